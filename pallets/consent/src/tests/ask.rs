use super::*;
use crate::{Event, NextRequest, Requests};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Kind, PatientStatus, Role};

fn asked(who: u64, patient: u64, at: InstitutionId, terms: Terms, until: u64) -> sp_runtime::DispatchResult {
	Consent::ask(signed(who), patient, at, terms, until)
}

#[test]
fn a_doctor_asks_and_the_patient_sees_it() {
	story(|| {
		assert_ok!(asked(BEA, PATIENT, AWAY, terms(), NOON + DAY));
		let entry = last_entry(PATIENT);
		assert_eq!(entry.kind, Kind::ConsentRequested { request: 0 });
		assert_eq!((entry.seq, entry.actor, entry.at), (1, Some(BEA), NOON));
		System::assert_last_event(
			Event::Asked {
				patient: PATIENT,
				requester: BEA,
				request: 0,
				entry,
			}
			.into(),
		);
		let list = Requests::<Test>::get(PATIENT, BEA);
		assert_eq!((list[0].id, list[0].institution, list[0].asked_at), (0, AWAY, NOON));
		assert_eq!((&list[0].terms, list[0].expires_at), (&terms(), NOON + DAY));
		assert_eq!(decide(&question()), denied(Reason::NoGrant), "asking opens nothing");
	});
}

#[test]
fn who_may_not_ask() {
	story(|| {
		let until = NOON + DAY;
		assert_noop!(
			Consent::ask(RuntimeOrigin::none(), PATIENT, AWAY, terms(), until),
			sp_runtime::DispatchError::BadOrigin
		);
		assert_noop!(asked(BEA, 12_345, AWAY, terms(), until), E::UnknownPatient);
		assert_noop!(asked(BEA, PATIENT, 9, terms(), until), E::UnknownInstitution);
		assert_noop!(asked(BEA, PATIENT, HOME, terms(), until), E::NoCredential);
		assert_noop!(asked(STRANGER, PATIENT, AWAY, terms(), until), E::NoCredential);
		assert_noop!(asked(PIA, PATIENT, HOME, terms(), until), E::NoCredential);
		Credentials::insert((BEA, AWAY), (Role::Doctor, false));
		assert_noop!(asked(BEA, PATIENT, AWAY, terms(), until), E::Inactive);
		Institutions::insert(AWAY, false);
		assert_noop!(asked(NED, PATIENT, AWAY, terms(), until), E::Inactive);
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(NOON)
		});
		assert_noop!(asked(ADA, PATIENT, HOME, terms(), until), E::PatientNotActive);
	});
}

#[test]
fn nobody_asks_for_more_than_her_role_may_ever_do() {
	story(|| {
		let until = NOON + DAY;
		let claims = Terms {
			categories: CategorySet::of(&[Category::Claims]),
			..terms()
		};
		assert_noop!(asked(BEA, PATIENT, AWAY, claims, until), E::RoleForbids);
		let research = Terms {
			purposes: PurposeSet::of(&[Purpose::Treatment, Purpose::Research]),
			..terms()
		};
		assert_noop!(asked(BEA, PATIENT, AWAY, research, until), E::RoleForbids);
		for purpose in [Purpose::Family, Purpose::PatientRequest] {
			let personal = Terms {
				purposes: PurposeSet::of(&[purpose]),
				..terms()
			};
			assert_noop!(asked(BEA, PATIENT, AWAY, personal, until), E::RoleForbids);
		}
		// A nurse views laboratory reports and writes none.
		assert_ok!(asked(NED, PATIENT, AWAY, terms(), until));
		for action in [Action::Append, Action::Amend] {
			let write = Terms {
				actions: ActionSet::of(&[Action::View, action]),
				..terms()
			};
			assert_noop!(asked(NED, PATIENT, AWAY, write, until), E::RoleForbids);
		}
		let vitals = CategorySet::of(&[Category::Vitals]);
		assert_ok!(asked(
			NED,
			PATIENT,
			AWAY,
			Terms {
				actions: ActionSet::ALL,
				categories: vitals,
				..terms()
			},
			until
		));
		Credentials::insert((STRANGER, AWAY), (Role::Auditor, true));
		assert_noop!(asked(STRANGER, PATIENT, AWAY, terms(), until), E::RoleForbids);
	});
}

#[test]
fn a_request_is_open_for_thirty_days_at_most() {
	story(|| {
		assert_noop!(asked(BEA, PATIENT, AWAY, terms(), NOON - 1), E::ExpiryInPast);
		assert_noop!(asked(BEA, PATIENT, AWAY, terms(), NOON), E::ExpiryInPast);
		assert_noop!(asked(BEA, PATIENT, AWAY, terms(), NOON + 30 * DAY + 1), E::ExpiryTooFar);
		assert_noop!(asked(BEA, PATIENT, AWAY, terms(), u64::MAX), E::ExpiryTooFar);
		assert_ok!(asked(BEA, PATIENT, AWAY, terms(), NOON + 1));
		assert_ok!(asked(BEA, PATIENT, AWAY, uses(1), NOON + 30 * DAY));
	});
}

#[test]
fn the_same_is_not_asked_twice() {
	ExtBuilder::default()
		.credential(BEA, HOME, salus_primitives::Role::Doctor)
		.build_and_execute(|| {
			assert_ok!(asked(BEA, PATIENT, AWAY, terms(), NOON + DAY));
			assert_noop!(asked(BEA, PATIENT, AWAY, terms(), NOON + 2 * DAY), E::DuplicateRequest);
			assert_ok!(asked(BEA, PATIENT, HOME, terms(), NOON + DAY));
			assert_ok!(asked(NED, PATIENT, AWAY, terms(), NOON + DAY));
			assert_ok!(asked(BEA, OTHER_PATIENT, AWAY, terms(), NOON + DAY));
			set_time(NOON + DAY);
			assert_ok!(asked(BEA, PATIENT, AWAY, terms(), NOON + 2 * DAY));
		});
}

#[test]
fn a_full_list_stops_its_requester_alone_until_requests_expire() {
	story(|| {
		for n in 1..=8 {
			assert_ok!(asked(BEA, PATIENT, AWAY, uses(n), NOON + n as u64 * DAY));
		}
		assert_noop!(asked(BEA, PATIENT, AWAY, terms(), NOON + DAY), E::TooManyRequests);
		assert_ok!(asked(NED, PATIENT, AWAY, terms(), NOON + DAY));
		set_time(NOON + 2 * DAY);
		assert_ok!(asked(BEA, PATIENT, AWAY, terms(), NOON + 3 * DAY));
		let open: Vec<_> = Requests::<Test>::get(PATIENT, BEA)
			.iter()
			.map(|request| request.id)
			.collect();
		assert_eq!(open, [2, 3, 4, 5, 6, 7, 9], "the two expired ones went out");
		assert_eq!(NextRequest::<Test>::get(), 10);
	});
}
