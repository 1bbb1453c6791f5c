use super::*;
use crate::Call;
use frame_support::{
	assert_ok,
	traits::{GetCallName, UnfilteredDispatchable},
};
use salus_primitives::{Admission, AuditEntry, DenialTerms, Verdict};

/// Signs for two thirds of the council.
const COUNCIL: u64 = u64::MAX;

/// What the events so far carry.
fn carried() -> Vec<(u64, AuditEntry<u64>)> {
	System::events()
		.into_iter()
		.flat_map(|record| match record.event {
			RuntimeEvent::Consent(event) => event.audit(),
			_ => vec![],
		})
		.collect()
}

/// Every call of this pallet but those about an institution touches a patient. A new one fails here until it is listed
/// with an example, and an example fails that leaves no entry.
#[test]
fn every_call_leaves_an_entry_in_the_trail_and_in_its_event() {
	for name in Call::<Test>::get_call_names() {
		story(|| {
			let request = ask(terms());
			let grant = give(Grantee::Account(BEA), terms());
			assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
			let over = open_by(CLEO, AWAY);
			assert_ok!(Consent::close_case(signed(CLEO), PATIENT, over));
			let appealed = open_by(CLEO, AWAY);
			assert_ok!(Consent::close_case(signed(CLEO), PATIENT, appealed));
			assert_ok!(Consent::appeal_case(signed(PIA), PATIENT, appealed));
			let case = open_by(CLEO, AWAY);
			assert_ok!(Consent::seal(signed(PIA), PATIENT, 1));
			let shared = give(Grantee::Account(BEA), shareable());
			let to_erase = Terms {
				erase_after: Some(NOON + DAY),
				..shareable()
			};
			let copied = give(Grantee::Account(BEA), to_erase);
			assert_ok!(take_use(BEA, Some(AWAY), copied));
			System::reset_events();
			let (patient, requester, grantee) = (PATIENT, BEA, Grantee::Account(BEA));
			let (terms, narrow) = (terms(), uses(1));
			let (who, call) = match *name {
				"ask" => {
					let (institution, expires_at) = (AWAY, now() + DAY);
					let call = Call::ask {
						patient,
						institution,
						terms: narrow,
						expires_at,
					};
					(BEA, call)
				}
				"withdraw" => (BEA, Call::withdraw { patient, request }),
				"approve" => {
					let call = Call::approve {
						patient,
						requester,
						request,
						terms,
					};
					(PIA, call)
				}
				"decline" => {
					let call = Call::decline {
						patient,
						requester,
						request,
					};
					(PIA, call)
				}
				"grant" => {
					let call = Call::grant {
						patient,
						grantee,
						terms,
					};
					(PIA, call)
				}
				"revoke" => {
					let call = Call::revoke {
						patient,
						grantee,
						grant,
					};
					(PIA, call)
				}
				"deny" => {
					let terms = DenialTerms {
						record: Some(1),
						..DenialTerms::all()
					};
					(PIA, Call::deny { patient, terms })
				}
				"lift_denial" => (PIA, Call::lift_denial { patient, denial: 0 }),
				"open_case" => {
					let call = Call::open_case {
						patient,
						institution: AWAY,
						reason: EmergencyReason::Other,
						justification: H256::zero(),
						ends_at: now() + HOUR,
					};
					(BEA, call)
				}
				"join_case" => (NED, Call::join_case { patient, case }),
				"approve_case" => {
					let institution = HOME;
					let call = Call::approve_case {
						patient,
						case,
						institution,
					};
					(ADA, call)
				}
				"close_case" => (CLEO, Call::close_case { patient, case }),
				"review_case" => {
					let (case, verdict) = (over, Verdict::Violation);
					let call = Call::review_case { patient, case, verdict };
					(PAUL, call)
				}
				"appeal_case" => (PIA, Call::appeal_case { patient, case: over }),
				"judge_case" => {
					let (case, verdict) = (appealed, Verdict::Violation);
					let call = Call::judge_case { patient, case, verdict };
					(COUNCIL, call)
				}
				"seal" => (
					PIA,
					Call::seal {
						patient,
						compartment: 2,
					},
				),
				"unseal" => (
					PIA,
					Call::unseal {
						patient,
						compartment: 1,
					},
				),
				"pass_on" => {
					let call = Call::pass_on {
						patient,
						institution: AWAY,
						from: from(Grantee::Account(BEA), shared),
						to: NED,
						terms,
					};
					(BEA, call)
				}
				"attest_erasure" => (BEA, Call::attest_erasure { patient, grant: copied }),
				"confirm_grant" => {
					lost_since(NOON);
					recovered(PIA);
					wait(1);
					let call = Call::confirm_grant {
						patient,
						grantee,
						grant,
					};
					(PIA, call)
				}
				"confirm_paper" => {
					without_device();
					let paper = paper(Wish::Deny(DenialTerms {
						record: Some(1),
						..DenialTerms::all()
					}));
					assert_ok!(Consent::witness_paper(signed(HANNA), patient, paper.clone()));
					System::reset_events();
					let call = Call::confirm_paper {
						patient,
						witness: HANNA,
						paper,
					};
					(ADA, call)
				}
				// Nothing has happened to the patient before the second witness confirms.
				"witness_paper" | "withdraw_paper" => return,
				// These are about an institution, and no patient's trail has a place for them.
				"set_emergency_limits" | "declare_incident" | "end_incident" | "name_successor" => return,
				other => panic!("{other} is not listed: does it write an entry for each change?"),
			};
			let before = Entries::get(PATIENT).unwrap().len();
			let call: Call<Test> = call;
			let (origin, actor) = match who {
				COUNCIL => (RuntimeOrigin::root(), None),
				who => (signed(who), Some(who)),
			};
			assert_ok!(call.dispatch_bypass_filter(origin));
			let written = Entries::get(PATIENT).unwrap().split_off(before);
			// Of a paper there are two: who witnessed it, and what it says.
			let owed = if *name == "confirm_paper" { 2 } else { 1 };
			assert_eq!(written.len(), owed, "{name}");
			assert!(written.iter().all(|entry| entry.actor == actor), "{name}");
			let written: Vec<_> = written.into_iter().map(|entry| (PATIENT, entry)).collect();
			assert_eq!(carried(), written, "{name}");
		});
	}
}

#[test]
fn each_change_writes_one_entry_and_its_event_carries_it() {
	story(|| {
		ask(terms());
		assert_ok!(Consent::withdraw(signed(BEA), PATIENT, 0));
		ask(terms());
		assert_ok!(Consent::decline(signed(PIA), PATIENT, BEA, 1));
		ask(terms());
		assert_ok!(Consent::approve(signed(PIA), PATIENT, BEA, 2, terms()));
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, Grantee::Account(BEA), 0));
		give(Grantee::Institution(AWAY), terms());
		assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
		assert_ok!(Consent::lift_denial(signed(PIA), PATIENT, 0));
		assert_ok!(<Consent as Admission<u64>>::admit(PATIENT, &PIA, HOME, terms()));
		let written: Vec<_> = Entries::get(PATIENT)
			.unwrap()
			.into_iter()
			.map(|entry| (PATIENT, entry))
			.collect();
		assert_eq!(written.len(), 11);
		assert_eq!(carried(), written);
	});
}
