use super::*;
use crate::{Event, Grants, Requests};
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use salus_primitives::{Basis, Kind, PatientStatus};

#[test]
fn an_approved_request_is_a_grant_to_the_requester() {
	story(|| {
		let request = ask(terms());
		assert_ok!(Consent::approve(signed(PIA), PATIENT, BEA, request, uses(2)));
		let entry = last_entry(PATIENT);
		assert_eq!(
			(&entry.kind, entry.actor),
			(&Kind::RequestApproved { request, grant: 0 }, Some(PIA))
		);
		assert_eq!(entry.seq, 2, "one entry for the request and one for the approval");
		System::assert_last_event(
			Event::Approved {
				patient: PATIENT,
				requester: BEA,
				request,
				grant: 0,
				entry,
			}
			.into(),
		);
		assert!(!Requests::<Test>::contains_key(PATIENT, BEA));
		let grant = &Grants::<Test>::get(PATIENT, Grantee::Account(BEA))[0];
		assert_eq!((grant.id, grant.given_at, grant.given_by), (0, NOON, PIA));
		assert_eq!(
			(grant.request, grant.uses_left, grant.revoked_at),
			(Some(request), Some(2), None)
		);
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(0)));
		assert_noop!(
			Consent::approve(signed(PIA), PATIENT, BEA, request, terms()),
			E::UnknownRequest
		);
	});
}

#[test]
fn only_the_patient_approves_and_only_what_is_open() {
	story(|| {
		let request = ask(terms());
		for who in [BEA, OLE, STRANGER] {
			assert_noop!(
				Consent::approve(signed(who), PATIENT, BEA, request, terms()),
				E::NotThePatient
			);
		}
		assert_noop!(
			Consent::approve(signed(PIA), 12_345, BEA, request, terms()),
			E::UnknownPatient
		);
		assert_noop!(
			Consent::approve(signed(PIA), PATIENT, NED, request, terms()),
			E::UnknownRequest
		);
		assert_noop!(
			Consent::approve(signed(PIA), PATIENT, BEA, request + 1, terms()),
			E::UnknownRequest
		);
		assert_noop!(
			Consent::approve(signed(OLE), OTHER_PATIENT, BEA, request, terms()),
			E::UnknownRequest
		);
		wait(10 * DAY);
		assert_noop!(
			Consent::approve(signed(PIA), PATIENT, BEA, request, terms()),
			E::RequestExpired
		);
		set_time(NOON);
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(NOON)
		});
		assert_noop!(
			Consent::approve(signed(PIA), PATIENT, BEA, request, terms()),
			E::PatientNotActive
		);
	});
}

#[test]
fn each_way_of_widening_is_refused_and_the_request_stays_open() {
	story(|| {
		let asked = Terms {
			records: records(&[1, 2]),
			compartments: compartments(&[5]),
			recorded_from: Some(100),
			recorded_until: Some(200),
			uses: Some(3),
			erase_after: Some(NOON + 40 * DAY),
			..terms()
		};
		let request = ask(asked.clone());
		let wider = [
			Terms {
				actions: ActionSet::of(&[Action::View, Action::Share]),
				..asked.clone()
			},
			Terms {
				purposes: PurposeSet::of(&[Purpose::Treatment, Purpose::Research]),
				..asked.clone()
			},
			Terms {
				categories: CategorySet::ALL,
				..asked.clone()
			},
			Terms {
				records: records(&[1, 3]),
				..asked.clone()
			},
			Terms {
				records: records(&[]),
				..asked.clone()
			},
			Terms {
				compartments: compartments(&[5, 6]),
				..asked.clone()
			},
			Terms {
				recorded_from: Some(99),
				..asked.clone()
			},
			Terms {
				recorded_from: None,
				..asked.clone()
			},
			Terms {
				recorded_until: Some(201),
				..asked.clone()
			},
			Terms {
				recorded_until: None,
				..asked.clone()
			},
			Terms {
				starts: asked.starts - 1,
				..asked.clone()
			},
			Terms {
				ends: asked.ends + 1,
				..asked.clone()
			},
			Terms {
				uses: Some(4),
				..asked.clone()
			},
			Terms {
				uses: None,
				..asked.clone()
			},
			Terms {
				erase_after: Some(NOON + 41 * DAY),
				..asked.clone()
			},
			Terms {
				erase_after: None,
				..asked.clone()
			},
			Terms {
				outlives: true,
				..asked.clone()
			},
		];
		for terms in wider {
			assert_noop!(
				Consent::approve(signed(PIA), PATIENT, BEA, request, terms),
				E::TermsWider
			);
		}
		let narrower = Terms {
			records: records(&[2]),
			uses: Some(1),
			compartments: compartments(&[]),
			..asked
		};
		assert_ok!(Consent::approve(signed(PIA), PATIENT, BEA, request, narrower));
	});
}

#[test]
fn approval_needs_room_among_the_grants() {
	story(|| {
		let request = ask(terms());
		for _ in 0..16 {
			give(Grantee::Account(BEA), terms());
		}
		assert_noop!(
			Consent::approve(signed(PIA), PATIENT, BEA, request, terms()),
			E::TooManyGrants
		);
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, Grantee::Account(BEA), 3));
		assert_ok!(Consent::approve(signed(PIA), PATIENT, BEA, request, terms()));
	});
}

fn any_terms() -> impl Strategy<Value = Terms> {
	let set = |max: u16| prop_oneof![1 => Just(max), 3 => 1..=max];
	(
		(set(15), set(1023), set(8191)),
		prop::collection::btree_set(0u64..4, 0..4),
		prop::collection::btree_set(0u8..4, 0..4),
		(
			prop::option::of(0u64..6),
			prop::option::of(0u64..6),
			prop::option::of(1u32..4),
		),
		(0u64..4, 0u64..4, prop::option::of(0u64..4), any::<bool>()),
	)
		.prop_map(
			|((actions, purposes, categories), ids, drawers, (from, until, uses), (starts, ends, erased, outlives))| {
				Terms {
					actions: ActionSet::from_bits(actions as u8).unwrap(),
					purposes: PurposeSet::from_bits(purposes).unwrap(),
					categories: CategorySet::from_bits(categories).unwrap(),
					records: records(&ids.into_iter().collect::<Vec<_>>()),
					compartments: compartments(&drawers.into_iter().collect::<Vec<_>>()),
					recorded_from: from,
					recorded_until: until,
					starts: NOON - 2 + starts,
					ends: NOON + ends,
					uses,
					erase_after: erased.map(|erased| NOON + erased),
					outlives,
				}
			},
		)
}

/// Cuts each part of `terms` to `limit` with some probability, so that many pairs are within one another.
fn cut(terms: Terms, limit: &Terms, parts: u16) -> Terms {
	let keep = |part: u32| parts & (1 << part) != 0;
	Terms {
		actions: if keep(0) { terms.actions } else { limit.actions },
		purposes: if keep(1) {
			terms.purposes
		} else {
			limit.purposes.intersection(terms.purposes)
		},
		categories: if keep(2) { terms.categories } else { limit.categories },
		records: if keep(3) { terms.records } else { limit.records.clone() },
		compartments: if keep(4) {
			terms.compartments
		} else {
			limit.compartments.clone()
		},
		recorded_from: if keep(5) {
			terms.recorded_from
		} else {
			limit.recorded_from
		},
		recorded_until: if keep(6) {
			terms.recorded_until
		} else {
			limit.recorded_until
		},
		starts: limit.starts.max(terms.starts),
		ends: limit.ends.min(terms.ends),
		uses: if keep(7) { terms.uses } else { limit.uses },
		erase_after: limit.erase_after,
		outlives: if keep(8) { terms.outlives } else { limit.outlives },
	}
}

/// Action, purpose, category, record, drawer, when it happened, and when it is asked.
type Point = (Action, Purpose, Category, u64, Option<u8>, u64, u64);

/// Whether terms cover one point: said here anew, so that it shares nothing with `is_within`.
fn covers(terms: &Terms, (action, purpose, category, record, drawer, recorded, at): Point) -> bool {
	terms.actions.iter().any(|one| one == action)
		&& terms.purposes.iter().any(|one| one == purpose)
		&& terms.categories.iter().any(|one| one == category)
		&& (terms.records.is_empty() || terms.records.contains(&record))
		&& drawer.is_none_or(|drawer| terms.compartments.contains(&drawer))
		&& (terms.recorded_from.unwrap_or(0)..terms.recorded_until.unwrap_or(u64::MAX)).contains(&recorded)
		&& (terms.starts..terms.ends).contains(&at)
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

	/// Whatever point an approved grant covers, the request covered.
	#[test]
	fn approve_never_widens(asked in any_terms(), answer in any_terms(), parts: u16, points in prop::collection::vec(any::<[u8; 7]>(), 40)) {
		ExtBuilder::default().build_and_execute(|| {
			// Filed directly: whether a role may ask it is tested elsewhere.
			let Ok(request) = (if crate::check(&asked, NOON).is_ok() {
				Consent::file(PATIENT, &BEA, AWAY, asked.clone(), NOON + DAY)
			} else {
				return;
			}) else { panic!("an empty list has room") };
			let answer = cut(answer, &asked, parts);
			if Consent::approve(signed(PIA), PATIENT, BEA, request, answer.clone()).is_err() {
				return;
			}
			let granted = Grants::<Test>::get(PATIENT, Grantee::Account(BEA))[0].terms.clone();
			assert_eq!(granted, answer, "it grants what she signed");
			for point in points {
				let point = (
					Action::ALL[point[0] as usize % 4],
					Purpose::ALL[point[1] as usize % 10],
					Category::ALL[point[2] as usize % 13],
					(point[3] % 5) as u64,
					Some(point[4] % 5).filter(|drawer| *drawer < 4),
					(point[5] % 7) as u64,
					NOON - 3 + (point[6] % 8) as u64,
				);
				assert!(!covers(&granted, point) || covers(&asked, point), "{point:?}");
			}
			if let Some(most) = asked.uses {
				assert!(granted.uses.unwrap() <= most);
			}
			if let Some(latest) = asked.erase_after {
				assert!(granted.erase_after.unwrap() <= latest);
			}
			assert!(asked.outlives || !granted.outlives);
		});
	}
}
