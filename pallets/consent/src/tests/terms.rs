//! Every fault that terms can have, met by every call that takes terms.

use super::*;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

/// Each fault with terms that have no other.
fn faulty() -> Vec<(Terms, DispatchError)> {
	let ok = Terms {
		recorded_from: Some(5),
		recorded_until: Some(9),
		uses: Some(3),
		..terms()
	};
	let faults = vec![
		(
			Terms {
				actions: ActionSet::EMPTY,
				..ok.clone()
			},
			E::TermsEmpty,
		),
		(
			Terms {
				purposes: PurposeSet::EMPTY,
				..ok.clone()
			},
			E::TermsEmpty,
		),
		(
			Terms {
				categories: CategorySet::EMPTY,
				..ok.clone()
			},
			E::TermsEmpty,
		),
		(
			Terms {
				starts: NOON + DAY,
				ends: NOON + DAY,
				..ok.clone()
			},
			E::TermsInverted,
		),
		(
			Terms {
				starts: NOON + 2 * DAY,
				ends: NOON + DAY,
				..ok.clone()
			},
			E::TermsInverted,
		),
		(
			Terms {
				starts: NOON - DAY,
				ends: NOON,
				..ok.clone()
			},
			E::TermsInPast,
		),
		(
			Terms {
				recorded_from: Some(9),
				..ok.clone()
			},
			E::RangeInverted,
		),
		(
			Terms {
				recorded_from: None,
				recorded_until: Some(0),
				..ok.clone()
			},
			E::RangeInverted,
		),
		(
			Terms {
				records: records(&[4, 5, 4]),
				..ok.clone()
			},
			E::DuplicateRecord,
		),
		(
			Terms {
				compartments: compartments(&[1, 1]),
				..ok.clone()
			},
			E::DuplicateCompartment,
		),
		(
			Terms {
				uses: Some(0),
				..ok.clone()
			},
			E::NoUses,
		),
		(
			Terms {
				erase_after: Some(NOON),
				..ok.clone()
			},
			E::EraseTooEarly,
		),
		(
			Terms {
				starts: NOON + 5,
				erase_after: Some(NOON + 5),
				..ok
			},
			E::EraseTooEarly,
		),
	];
	faults.into_iter().map(|(terms, error)| (terms, error.into())).collect()
}

#[test]
fn no_call_takes_faulty_terms() {
	story(|| {
		let wide = Terms {
			starts: 0,
			ends: NOON + 60 * DAY,
			..terms()
		};
		let request = ask(wide);
		for (terms, error) in faulty() {
			assert_noop!(
				Consent::ask(signed(BEA), PATIENT, AWAY, terms.clone(), NOON + DAY),
				error
			);
			let grantee = Grantee::Institution(AWAY);
			assert_noop!(Consent::grant(signed(PIA), PATIENT, grantee, terms.clone()), error);
			// Narrowing to faulty terms is refused for the fault, save where the fault is wider than what was asked.
			let refused = Consent::approve(signed(PIA), PATIENT, BEA, request, terms.clone()).unwrap_err();
			assert!(
				refused == error || refused == E::TermsWider.into(),
				"{terms:?}: {refused:?}"
			);
			assert_noop!(
				<Consent as salus_primitives::Admission<u64>>::admit(PATIENT, &PIA, HOME, terms.clone()),
				error
			);
			assert!(!<Consent as salus_primitives::Admission<u64>>::acceptable(&terms, NOON));
		}
		assert_ok!(Consent::approve(signed(PIA), PATIENT, BEA, request, terms()));
	});
}

#[test]
fn narrowing_to_nothing_is_refused_for_what_is_wrong() {
	story(|| {
		let request = ask(Terms {
			compartments: compartments(&[1]),
			..terms()
		});
		let approve = |terms| Consent::approve(signed(PIA), PATIENT, BEA, request, terms);
		assert_noop!(
			approve(Terms {
				actions: ActionSet::EMPTY,
				..terms()
			}),
			E::TermsEmpty
		);
		assert_noop!(approve(uses(0)), E::NoUses);
		assert_noop!(approve(Terms { ends: NOON, ..terms() }), E::TermsInverted);
		assert_noop!(
			approve(Terms {
				erase_after: Some(NOON),
				..terms()
			}),
			E::EraseTooEarly
		);
		assert_noop!(
			approve(Terms {
				records: records(&[1, 1]),
				..terms()
			}),
			E::DuplicateRecord
		);
		assert_noop!(
			approve(Terms {
				compartments: compartments(&[1, 1]),
				..terms()
			}),
			E::DuplicateCompartment
		);
		assert_noop!(
			approve(Terms {
				recorded_from: Some(2),
				recorded_until: Some(1),
				..terms()
			}),
			E::RangeInverted
		);
		wait(2 * DAY);
		assert_noop!(
			approve(Terms {
				ends: NOON + DAY,
				..terms()
			}),
			E::TermsInPast
		);
	});
}

#[test]
fn the_bounds_of_terms_are_allowed() {
	story(|| {
		let widest = Terms {
			actions: ActionSet::ALL,
			purposes: PurposeSet::ALL,
			categories: CategorySet::ALL,
			records: records(&(0..16).collect::<Vec<_>>()),
			compartments: compartments(&[0, 1, 2, 3, 4, 5, 6, 255]),
			recorded_from: Some(0),
			recorded_until: Some(u64::MAX),
			starts: 0,
			ends: u64::MAX,
			uses: Some(u32::MAX),
			erase_after: Some(u64::MAX),
			outlives: true,
		};
		give(Grantee::Account(BEA), widest);
		give(
			Grantee::Account(BEA),
			Terms {
				starts: now(),
				ends: now() + 1,
				uses: Some(1),
				..terms()
			},
		);
	});
}
