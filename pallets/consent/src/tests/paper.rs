//! `witness_paper`, `confirm_paper`, `withdraw_paper`: what a patient without a device signs before two witnesses.

use super::*;
use crate::{Denials, Event, Grants, Papers, PAPER_LIFETIME};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, DenialTerms, Kind, PatientStatus};
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	DispatchError, DispatchResult,
};

fn grantee() -> Grantee<u64> {
	Grantee::Account(BEA)
}

fn to_bea() -> Wish<u64> {
	Wish::Grant {
		grantee: grantee(),
		terms: terms(),
	}
}

fn bring(who: u64, wish: Wish<u64>) -> DispatchResult {
	Consent::witness_paper(signed(who), PATIENT, paper(wish))
}

fn confirm(who: u64, first: u64, wish: Wish<u64>) -> DispatchResult {
	Consent::confirm_paper(signed(who), PATIENT, first, paper(wish))
}

/// A story of a patient without a device.
fn at_the_desk(told: impl FnOnce()) {
	story(|| {
		without_device();
		told();
	});
}

#[test]
fn two_witnesses_bring_a_grant() {
	at_the_desk(|| {
		let (patient, hash) = (PATIENT, BlakeTwo256::hash_of(&paper(to_bea())));
		assert_ok!(bring(HANNA, to_bea()));
		System::assert_last_event(
			Event::PaperProposed {
				patient,
				witness: HANNA,
				paper: hash,
				until: NOON + PAPER_LIFETIME,
			}
			.into(),
		);
		assert_eq!(Entries::get(PATIENT), None, "nothing has happened to her yet");
		assert!(!decide(&question()).is_permit());

		System::reset_events();
		assert_ok!(confirm(ADA, HANNA, to_bea()));
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(0)));
		assert_eq!(Grants::<Test>::get(PATIENT, grantee())[0].given_by, ADA);
		let written = Entries::get(PATIENT).unwrap();
		let kinds: Vec<_> = written.iter().map(|entry| (entry.actor, entry.kind.clone())).collect();
		let scan = H256::repeat_byte(5);
		assert_eq!(
			kinds,
			[
				(Some(ADA), Kind::PaperWitnessed { with: HANNA, scan }),
				(Some(ADA), Kind::GrantGiven { grant: 0 })
			]
		);
		let events: Vec<_> = System::events().into_iter().map(|record| record.event).collect();
		let confirmed = Event::PaperConfirmed {
			patient,
			entry: written[0].clone(),
		};
		let granted = Event::Granted {
			patient,
			grantee: grantee(),
			grant: 0,
			entry: written[1].clone(),
		};
		assert_eq!(events, [RuntimeEvent::from(confirmed), granted.into()]);
		assert_eq!(Papers::<Test>::iter().count(), 0);
	});
}

#[test]
fn whatever_she_does_on_a_device_she_does_on_paper() {
	at_the_desk(|| {
		let (first, second) = (ask(terms()), ask(uses(1)));
		let (requester, request) = (BEA, second);
		assert_ok!(on_paper(Wish::Decline { requester, request }));
		let approve = |terms| Wish::Approve {
			requester,
			request: first,
			terms,
		};
		assert_noop!(bring(HANNA, approve(shareable())), E::TermsWider);
		assert_ok!(on_paper(approve(uses(3))));
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(0)));

		assert_ok!(on_paper(Wish::Deny(DenialTerms::all())));
		assert_eq!(decide(&question()), denied(Reason::Refused));
		assert_ok!(on_paper(Wish::LiftDenial(0)));
		assert!(decide(&question()).is_permit());

		assert_ok!(on_paper(Wish::Seal(3)));
		assert_eq!(Consent::sealed(PATIENT), [3]);
		assert_ok!(on_paper(Wish::Unseal(3)));
		assert_eq!(Consent::sealed(PATIENT), Vec::<u8>::new());

		let case = open_by(CLEO, AWAY);
		assert_noop!(bring(HANNA, Wish::Appeal(case)), E::CaseStillOpen);
		assert_ok!(Consent::close_case(signed(CLEO), PATIENT, case));
		assert_ok!(on_paper(Wish::Appeal(case)));
		assert!(crate::Cases::<Test>::get(PATIENT, case).unwrap().appealed_at.is_some());

		let revoke = Wish::Revoke {
			grantee: grantee(),
			grant: 0,
		};
		assert_ok!(on_paper(revoke));
		assert_eq!(decide(&question()), denied(Reason::Revoked));
		assert_eq!(Denials::<Test>::get(PATIENT).len(), 0);
	});
}

#[test]
fn what_could_not_be_done_is_refused_to_the_first_witness_already() {
	at_the_desk(|| {
		let grant = |grantee, terms| Wish::Grant { grantee, terms };
		for (wish, error) in [
			(grant(Grantee::Institution(9), terms()), E::UnknownInstitution),
			(grant(grantee(), uses(0)), E::NoUses),
			(
				Wish::Revoke {
					grantee: grantee(),
					grant: 0,
				},
				E::UnknownGrant,
			),
			(Wish::LiftDenial(0), E::UnknownDenial),
			(Wish::Unseal(1), E::NotSealed),
			(
				Wish::Decline {
					requester: BEA,
					request: 0,
				},
				E::UnknownRequest,
			),
		] {
			assert_noop!(bring(HANNA, wish), error);
		}
		assert_ok!(bring(HANNA, to_bea()));
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(NOON)
		});
		assert_noop!(confirm(ADA, HANNA, to_bea()), E::PatientNotActive);
		assert_noop!(bring(MARA, to_bea()), E::PatientNotActive);
	});
}

#[test]
fn whoever_has_a_device_signs_herself() {
	story(|| {
		staff_the_desk();
		assert_noop!(bring(HANNA, to_bea()), E::NotOnPaper);
		assert_noop!(
			Consent::witness_paper(signed(HANNA), 12_345, paper(to_bea())),
			E::UnknownPatient
		);
		without_device();
		assert_ok!(bring(HANNA, to_bea()));
		// She claims her id before the second witness confirms.
		Patients::mutate(PATIENT, |patient| patient.as_mut().unwrap().controller = Some(PIA));
		assert_noop!(confirm(ADA, HANNA, to_bea()), E::NotOnPaper);
		assert_noop!(
			Consent::confirm_paper(signed(ADA), 12_345, HANNA, paper(to_bea())),
			E::UnknownPatient
		);
		assert_ok!(Consent::withdraw_paper(signed(HANNA), PATIENT, HANNA));
	});
}

#[test]
fn the_first_witness_is_at_the_desk_and_the_second_works_there() {
	at_the_desk(|| {
		for who in [ADA, BEA, OTTO, HUGO, STRANGER] {
			assert_noop!(bring(who, to_bea()), E::NotAtTheDesk);
		}
		for who in [HANNA, MARA] {
			assert_ok!(bring(who, to_bea()));
			for second in [BEA, OTTO, PIA, STRANGER] {
				assert_noop!(confirm(second, who, to_bea()), E::NotAWitness);
			}
			assert_noop!(confirm(who, who, to_bea()), E::OwnPaper);
		}
		Credentials::insert((ADA, HOME), (Role::Doctor, false));
		assert_noop!(confirm(ADA, HANNA, to_bea()), E::NotAWitness);
		assert_ok!(confirm(MARA, HANNA, to_bea()));
		assert_ok!(confirm(HUGO, MARA, to_bea()));
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(
				Consent::witness_paper(origin.clone(), PATIENT, paper(to_bea())),
				DispatchError::BadOrigin
			);
			assert_noop!(
				Consent::confirm_paper(origin.clone(), PATIENT, HANNA, paper(to_bea())),
				DispatchError::BadOrigin
			);
			assert_noop!(
				Consent::withdraw_paper(origin, PATIENT, HANNA),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn a_witness_who_left_or_a_suspended_hospital_witnesses_nothing() {
	at_the_desk(|| {
		assert_ok!(bring(MARA, to_bea()));
		Credentials::insert((MARA, HOME), (Role::Administrator, false));
		assert_noop!(confirm(ADA, MARA, to_bea()), E::WitnessLeft);
		Credentials::insert((MARA, HOME), (Role::Nurse, true));
		assert_noop!(confirm(ADA, MARA, to_bea()), E::WitnessLeft);
		Credentials::insert((MARA, HOME), (Role::Administrator, true));
		Institutions::insert(HOME, false);
		assert_noop!(confirm(ADA, MARA, to_bea()), E::NotAWitness);
		assert_noop!(bring(HANNA, to_bea()), E::NotAtTheDesk);
		Institutions::insert(HOME, true);
		assert_ok!(confirm(ADA, MARA, to_bea()));
	});
}

#[test]
fn nobody_witnesses_what_opens_something_to_her() {
	at_the_desk(|| {
		let grant = |grantee| Wish::Grant {
			grantee,
			terms: terms(),
		};
		for grantee in [
			Grantee::Account(MARA),
			Grantee::Institution(HOME),
			Grantee::Role(Role::Administrator, HOME),
		] {
			assert_noop!(bring(MARA, grant(grantee)), E::WitnessGains);
		}
		for grantee in [
			Grantee::Account(ADA),
			Grantee::Institution(HOME),
			Grantee::Role(Role::Doctor, HOME),
		] {
			assert_ok!(bring(HANNA, grant(grantee.clone())));
			assert_noop!(confirm(ADA, HANNA, grant(grantee)), E::WitnessGains);
		}
		let assigned = || grant(Grantee::Assigned(HOME));
		assert_ok!(bring(HANNA, assigned()));
		Assignments::insert((ADA, PATIENT, HOME), ());
		assert_noop!(confirm(ADA, HANNA, assigned()), E::WitnessGains);
		assert_ok!(confirm(MARA, HANNA, assigned()));

		// The first witness came to gain by it after she brought it.
		assert_ok!(bring(HANNA, grant(Grantee::Institution(AWAY))));
		Credentials::insert((HANNA, AWAY), (Role::Auditor, true));
		assert_noop!(confirm(ADA, HANNA, grant(Grantee::Institution(AWAY))), E::WitnessGains);

		assert_ok!(Consent::ask(signed(ADA), PATIENT, HOME, terms(), now() + DAY));
		let approve = || Wish::Approve {
			requester: ADA,
			request: 0,
			terms: terms(),
		};
		assert_ok!(bring(HANNA, approve()));
		assert_noop!(confirm(ADA, HANNA, approve()), E::WitnessGains);
		assert_ok!(confirm(MARA, HANNA, approve()));

		let by_name = DenialTerms {
			account: Some(ADA),
			..DenialTerms::all()
		};
		assert_ok!(on_paper(Wish::Deny(by_name)));
		assert_ok!(bring(HANNA, Wish::LiftDenial(0)));
		assert_noop!(confirm(ADA, HANNA, Wish::LiftDenial(0)), E::WitnessGains);
		assert_ok!(confirm(HUGO, HANNA, Wish::LiftDenial(0)));
	});
}

#[test]
fn what_closes_something_anybody_at_the_desk_witnesses() {
	at_the_desk(|| {
		let given = Wish::Grant {
			grantee: Grantee::Account(ADA),
			terms: terms(),
		};
		assert_ok!(bring(HANNA, given.clone()));
		assert_ok!(confirm(MARA, HANNA, given));
		assert_ok!(on_paper(Wish::Revoke {
			grantee: Grantee::Account(ADA),
			grant: 0
		}));
	});
}

#[test]
fn the_second_confirms_what_the_first_brought_and_once() {
	at_the_desk(|| {
		assert_noop!(confirm(ADA, HANNA, to_bea()), E::UnknownPaper);
		assert_ok!(bring(HANNA, to_bea()));
		let wider = Wish::Grant {
			grantee: grantee(),
			terms: shareable(),
		};
		assert_noop!(confirm(ADA, HANNA, wider.clone()), E::UnknownPaper);
		let other_scan = Paper {
			scan: H256::repeat_byte(6),
			..paper(to_bea())
		};
		assert_noop!(
			Consent::confirm_paper(signed(ADA), PATIENT, HANNA, other_scan),
			E::UnknownPaper
		);
		// Another paper of hers takes its place.
		assert_ok!(bring(HANNA, wider.clone()));
		assert_noop!(confirm(ADA, HANNA, to_bea()), E::UnknownPaper);
		assert_ok!(confirm(ADA, HANNA, wider.clone()));
		assert_noop!(confirm(ADA, HANNA, wider), E::UnknownPaper);
	});
}

#[test]
fn a_paper_waits_for_seven_days() {
	at_the_desk(|| {
		let forever = Wish::Deny(DenialTerms::all());
		assert_ok!(bring(HANNA, forever.clone()));
		assert_ok!(bring(MARA, forever.clone()));
		wait(PAPER_LIFETIME - 1);
		for stranger in [MARA, ADA, STRANGER] {
			assert_noop!(Consent::withdraw_paper(signed(stranger), PATIENT, HANNA), E::PaperWaits);
		}
		assert_ok!(confirm(ADA, MARA, forever.clone()));
		wait(1);
		assert_noop!(confirm(ADA, HANNA, forever), E::PaperLapsed);
		assert_ok!(Consent::withdraw_paper(signed(STRANGER), PATIENT, HANNA));
		System::assert_last_event(
			Event::PaperWithdrawn {
				patient: PATIENT,
				witness: HANNA,
			}
			.into(),
		);
		assert_noop!(Consent::withdraw_paper(signed(HANNA), PATIENT, HANNA), E::UnknownPaper);
	});
}

#[test]
fn no_full_list_stops_a_revocation_or_a_denial_of_everything_on_paper() {
	at_the_desk(|| {
		for _ in 0..16 {
			assert_ok!(on_paper(to_bea()));
		}
		assert_noop!(bring(HANNA, to_bea()), E::TooManyGrants);
		for record in 100..131 {
			let narrow = DenialTerms {
				record: Some(record),
				..DenialTerms::all()
			};
			assert_ok!(on_paper(Wish::Deny(narrow)));
		}
		for grant in 0..16 {
			assert_ok!(on_paper(Wish::Revoke {
				grantee: grantee(),
				grant
			}));
		}
		assert_eq!(decide(&question()), denied(Reason::Revoked));
		assert_ok!(on_paper(Wish::Deny(DenialTerms::all())));
	});
}

#[test]
fn once_she_claims_her_id_she_revokes_what_she_gave_on_paper() {
	at_the_desk(|| {
		assert_ok!(on_paper(to_bea()));
		Patients::mutate(PATIENT, |patient| patient.as_mut().unwrap().controller = Some(PIA));
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee(), 0));
		assert_eq!(decide(&question()), denied(Reason::Revoked));
	});
}
