//! Any calls in any order, good and bad, by anybody: the invariants hold after each, what is refused changes nothing,
//! and every audit entry is in an event.

use crate::{mock::*, Home, PrunedKeys};
use codec::Encode;
use frame_support::{
	pallet_prelude::{Authorize, TransactionSource},
	traits::UnfilteredDispatchable,
};
use frame_system::RawOrigin;
use proptest::{
	prelude::*,
	test_runner::{Config, TestRunner},
};
use salus_primitives::{Institution, InstitutionId, Moment, PatientId, Role, DAY};
use sp_runtime::BoundedVec;

type Call = crate::Call<Test>;

/// Few enough that they meet.
const NAMES: [&str; 13] = [
	"a1",
	"a2",
	"b1",
	"l1",
	"admin",
	"doctor",
	"nurse",
	"admin-b",
	"doctor-b",
	"patient-1",
	"patient-2",
	"patient-3",
	"patient-4",
];
const ADMIN: usize = 4;
const PRACTITIONERS: core::ops::Range<usize> = 5..7;
const OUTSIDERS: core::ops::Range<usize> = 9..13;

#[derive(Clone, Debug)]
enum Step {
	Wait(Moment),
	Admit {
		officers: Vec<usize>,
		key: u8,
		lab: bool,
	},
	Suspend(InstitutionId),
	Reinstate(InstitutionId),
	Apply {
		officer: usize,
		applicant: usize,
		signer: usize,
		institution: InstitutionId,
		role: usize,
		days: u64,
	},
	Credential {
		how: u8,
		officer: usize,
		account: usize,
		institution: InstitutionId,
	},
	Register {
		n: u8,
		controller: usize,
		institution: InstitutionId,
		officer: usize,
		key: u8,
	},
	Prune {
		who: usize,
		letters: Vec<u8>,
	},
	Propose {
		who: usize,
		patient: PatientId,
		practitioner: usize,
	},
	Accept {
		who: usize,
		patient: PatientId,
		institution: InstitutionId,
	},
	End {
		who: usize,
		patient: PatientId,
		practitioner: usize,
		institution: InstitutionId,
	},
}

fn step() -> impl Strategy<Value = Step> {
	let who = || 0..NAMES.len();
	// Most of the time it is somebody who may, so that stories get somewhere.
	let administrator = || prop_oneof![8 => Just(ADMIN), 1 => who()];
	let practitioner = || prop_oneof![8 => PRACTITIONERS, 1 => who()];
	let outsider = || prop_oneof![8 => OUTSIDERS, 1 => who()];
	let institution = || prop_oneof![8 => Just(A), 3 => Just(B), 1 => 2u32..5];
	let officer = || prop_oneof![8 => 0usize..2, 3 => Just(2usize), 1 => who()];
	let ender = prop_oneof![2 => OUTSIDERS, 2 => PRACTITIONERS, 1 => Just(ADMIN), 1 => who()];
	let patient = || prop_oneof![4 => Just(0u64), 2 => Just(1u64), 1 => 2u64..5];
	prop_oneof![
		2 => (0u64..16).prop_map(|days| Step::Wait(days * DAY)),
		1 => (prop::collection::vec(who(), 1..4), 0u8..12, any::<bool>())
			.prop_map(|(officers, key, lab)| Step::Admit { officers, key, lab }),
		1 => institution().prop_map(Step::Suspend),
		3 => institution().prop_map(Step::Reinstate),
		4 => (officer(), who(), prop::option::weighted(0.1, who()), institution(), 0..Role::ALL.len(), 0u64..90).prop_map(
			|(officer, applicant, signer, institution, role, days)| Step::Apply {
				officer,
				applicant,
				signer: signer.unwrap_or(applicant),
				institution,
				role,
				days,
			}
		),
		6 => (0u8..8, officer(), practitioner(), institution())
			.prop_map(|(how, officer, account, institution)| Step::Credential { how, officer, account, institution }),
		8 => (0u8..6, outsider(), institution(), officer(), 0u8..12).prop_map(
			|(n, controller, institution, officer, key)| Step::Register { n, controller, institution, officer, key }
		),
		3 => (who(), prop::collection::vec(0u8..6, 0..6)).prop_map(|(who, letters)| Step::Prune { who, letters }),
		8 => (administrator(), patient(), practitioner())
			.prop_map(|(who, patient, practitioner)| Step::Propose { who, patient, practitioner }),
		8 => (practitioner(), patient(), institution())
			.prop_map(|(who, patient, institution)| Step::Accept { who, patient, institution }),
		4 => (ender, patient(), practitioner(), institution()).prop_map(|(who, patient, practitioner, institution)| Step::End {
			who,
			patient,
			practitioner,
			institution
		}),
	]
}

/// The call of a step and who sends it.
fn call(step: Step) -> Option<(RuntimeOrigin, Call)> {
	let by = |who: usize| by(NAMES[who]);
	let account = |who: usize| id(NAMES[who]);
	Some(match step {
		Step::Wait(time) => {
			set_time(now() + time);
			return None;
		}
		Step::Admit { officers, key, lab } => {
			let officers = BoundedVec::truncate_from(officers.into_iter().map(account).collect());
			let institution = if lab {
				laboratory("n", hpke(key))
			} else {
				hospital("n", hpke(key))
			};
			(
				RuntimeOrigin::root(),
				Call::admit_institution {
					institution: Institution {
						officers,
						..institution
					},
				},
			)
		}
		Step::Suspend(institution) => (RuntimeOrigin::root(), Call::suspend_institution { institution }),
		Step::Reinstate(institution) => (RuntimeOrigin::root(), Call::reinstate_institution { institution }),
		Step::Apply {
			officer,
			applicant,
			signer,
			institution,
			role,
			days,
		} => {
			let application = application(NAMES[applicant], institution, Role::ALL[role]);
			let signature = signed_application(&application, NAMES[signer]);
			let (valid_from, valid_until) = (now(), now() + days * DAY);
			(
				by(officer),
				Call::approve_application {
					application,
					signature,
					valid_from,
					valid_until,
				},
			)
		}
		Step::Credential {
			how,
			officer,
			account: who,
			institution,
		} => {
			let account = account(who);
			let call = match how {
				0..=3 => Call::suspend_credential { account, institution },
				4..=6 => Call::reinstate_credential { account, institution },
				_ => Call::revoke_credential { account, institution },
			};
			(by(officer), call)
		}
		Step::Register {
			n,
			controller,
			institution,
			officer,
			key,
		} => {
			let mut letter = letter(n);
			letter.voucher.institution = institution;
			letter.officer = NAMES[officer];
			letter.controller = NAMES[controller].into();
			letter.hpke = hpke(key);
			(RawOrigin::Authorized.into(), letter.call())
		}
		Step::Prune { who, letters } => {
			let keys = PrunedKeys::truncate_from(letters.into_iter().map(|n| letter(n).voucher.key).collect());
			(by(who), Call::prune_vouchers { keys })
		}
		Step::Propose {
			who,
			patient,
			practitioner,
		} => (
			by(who),
			Call::propose_assignment {
				patient,
				practitioner: account(practitioner),
			},
		),
		Step::Accept {
			who,
			patient,
			institution,
		} => (by(who), Call::accept_assignment { patient, institution }),
		Step::End {
			who,
			patient,
			practitioner,
			institution,
		} => (
			by(who),
			Call::end_assignment {
				patient,
				practitioner: account(practitioner),
				institution,
			},
		),
	})
}

/// How often each call was accepted, by its index.
type Accepted = [u32; 12];

fn run(steps: Vec<Step>, accepted: &mut Accepted) -> Result<(), TestCaseError> {
	let mut references = 0;
	for step in steps {
		let Some((origin, call)) = call(step) else { continue };
		let pool = call.authorize(TransactionSource::External);
		let before = sp_io::storage::root(Default::default());
		let index = usize::from(call.encode()[0]);
		match call.clone().dispatch_bypass_filter(origin) {
			Ok(_) => {
				accepted[index] += 1;
				prop_assert!(!matches!(pool, Some(Err(_))), "the pool refuses what the block accepts");
			}
			Err(_) => {
				let after = sp_io::storage::root(Default::default());
				prop_assert_eq!(after, before, "a refused call changed something: {:?}", call);
				prop_assert!(!matches!(pool, Some(Ok(_))), "the block refuses what the pool accepts");
			}
		}
		prop_assert_eq!(Roles::check_state(), Ok(()));

		let in_events: Vec<_> = events().iter().flat_map(|event| event.audit()).collect();
		prop_assert_eq!(in_events, Trail::get(), "an audit entry is in no event, or the reverse");
		let held: u32 = Home::<Test>::iter_keys()
			.map(|account| System::providers(&account))
			.sum();
		prop_assert_eq!(
			held as usize,
			Home::<Test>::iter_keys().count(),
			"one reference for each account"
		);
		prop_assert!(held >= references, "a reference was released");
		references = held;
	}
	Ok(())
}

#[test]
fn any_calls_in_any_order_keep_the_invariants() {
	CouncilIsFull::set(false);
	ConsentIsFull::set(false);
	let mut runner = TestRunner::new(Config {
		cases: 200,
		failure_persistence: None,
		..Config::default()
	});
	let accepted = core::cell::Cell::new(Accepted::default());
	let stories = prop::collection::vec(step(), 1..100);
	runner
		.run(&stories, |steps| {
			let mut counts = accepted.get();
			let outcome = world().execute_with(|| run(steps, &mut counts));
			accepted.set(counts);
			outcome
		})
		.unwrap();
	// A machine in which everything is refused would prove nothing.
	let accepted = accepted.get();
	println!("accepted, by call: {accepted:?}");
	assert!(
		accepted.iter().all(|count| *count > 0),
		"a call was never accepted: {accepted:?}"
	);
}
