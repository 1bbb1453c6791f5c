//! `bind`: consent that the patient signed.

use super::*;
use crate::{Bindings, BindingsOf, MAX_BINDING, MAX_BINDINGS};
use salus_primitives::{PatientStatus, Status};

#[test]
fn a_device_is_bound_on_the_patients_signature() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		for who in ["nurse", "doctor", "desk", "officer"] {
			let id = NextBinding::<Test>::get();
			let (starts, ends) = (now(), now() + HOUR);
			assert_ok!(bind(who, 0, ADA, "ada", from_now(HOUR)));
			let expected = Binding {
				device: key(0),
				patient: ADA,
				starts,
				ends,
				last_at: None,
			};
			assert_eq!(the_binding(id), expected);
			let device = key(0);
			assert_noted(ADA, who, Kind::DeviceBound { binding: id, device });
			let Some(Event::Bound {
				binding,
				starts: from,
				ends: until,
				..
			}) = events().pop()
			else {
				panic!("another event");
			};
			assert_eq!((binding, from, until), (id, starts, ends));
			pass(HOUR);
		}
		assert_eq!((the_device(0).bindings, the_device(0).latest), (4, Some(3)));
		let ids: Vec<_> = Telemetry::bindings(ADA).iter().map(|(id, _)| *id).collect();
		assert_eq!(ids, vec![0, 1, 2, 3]);
	});
}

#[test]
fn a_binding_begins_when_it_is_made_or_later() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		let since = Interval {
			starts: START - DAY,
			ends: START + HOUR,
		};
		assert_ok!(bind("nurse", 0, ADA, "ada", since));
		assert_eq!(the_binding(0).starts, START);
		pass(HOUR);
		let coming = Interval {
			starts: now() + HOUR,
			ends: now() + DAY,
		};
		assert_ok!(bind("nurse", 0, ADA, "ada", coming));
		assert_eq!(
			(the_binding(1).starts, the_binding(1).ends),
			(coming.starts, coming.ends)
		);
	});
}

#[test]
fn who_binds_works_at_the_bed_or_the_desk() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		for who in ["pharmacist", "ada", "doctor-b", "desk-b", "nobody"] {
			assert_noop!(bind(who, 0, ADA, "ada", from_now(DAY)), Error::NotPermitted);
		}
		assert_noop!(bind("nurse", 1, ADA, "ada", from_now(DAY)), Error::UnknownDevice);
		Institutions::insert(A, false);
		assert_noop!(bind("nurse", 0, ADA, "ada", from_now(DAY)), Error::InstitutionInactive);
	});
}

#[test]
fn a_guardian_who_may_consent_signs_in_her_place() {
	story(|| {
		guard(ADA, "mother", true);
		guard(BEN, "aunt", false);
		assert_ok!(provision("desk", 0, A));
		assert_noop!(bind("nurse", 0, BEN, "aunt", from_now(HOUR)), Error::NotTheirConsent);
		for stranger in ["ben", "mother", "nurse", "nobody"] {
			assert_noop!(bind("nurse", 0, PAM, stranger, from_now(HOUR)), Error::NotTheirConsent);
		}
		let beyond = bind("nurse", 0, ADA, "mother", from_now(DAY + 1));
		assert_noop!(beyond, Error::BeyondGuardianship);
		assert_ok!(bind("nurse", 0, ADA, "mother", from_now(HOUR)));
		// Her guardianship is over by then.
		pass(DAY);
		assert_noop!(bind("nurse", 0, ADA, "mother", from_now(HOUR)), Error::NotTheirConsent);
	});
}

#[test]
fn a_key_that_is_said_to_be_lost_lets_nobody_measure_her() {
	story(|| {
		guard(ADA, "mother", true);
		assert_ok!(provision("desk", 0, A));
		assert_ok!(provision("desk", 1, A));
		assert_ok!(Telemetry::offer(signed("nurse"), key(1), ADA, from_now(HOUR), None));
		let lost = salus_primitives::KeyLoss {
			waiting: Some(START - DAY),
			recovered: None,
		};
		KeyLosses::insert(ADA, lost);
		assert_noop!(bind("nurse", 0, ADA, "ada", from_now(HOUR)), Error::RecoveryOpen);
		assert_noop!(Telemetry::accept(signed("ada"), key(1)), Error::RecoveryOpen);
		// A guardian's key is another. What closes is hers to do.
		assert_ok!(bind("nurse", 0, ADA, "mother", from_now(HOUR)));
		assert_ok!(Telemetry::end_offer(signed("ada"), key(1)));
		assert_ok!(unbind("ada", 0));
	});
}

#[test]
fn a_consent_is_to_all_that_it_says_and_counts_once() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		assert_ok!(provision("desk", 1, A));
		let time = from_now(HOUR);
		let good = statement("ada", 0, ADA, time);
		let bind = |n, patient, time, statement| Telemetry::bind(signed("nurse"), key(n), patient, time, statement);
		// Another device, another patient of the same guardian, another time, another limit, another signer's name.
		assert_noop!(bind(1, ADA, time, good.clone()), Error::ConsentInvalid);
		guard(ADA, "mother", true);
		guard(BEN, "mother", true);
		let hers = statement("mother", 0, ADA, time);
		assert_noop!(bind(0, BEN, time, hers.clone()), Error::ConsentInvalid);
		let longer = Interval {
			ends: time.ends + 1,
			..time
		};
		assert_noop!(bind(0, ADA, longer, good.clone()), Error::ConsentInvalid);
		let later = Interval {
			starts: time.starts + 1,
			..time
		};
		assert_noop!(bind(0, ADA, later, good.clone()), Error::ConsentInvalid);
		let extended = Statement {
			not_after: good.not_after + 1,
			..good.clone()
		};
		assert_noop!(bind(0, ADA, time, extended), Error::ConsentInvalid);
		let renamed = Statement {
			signer: account("mother"),
			..good.clone()
		};
		assert_noop!(bind(0, ADA, time, renamed), Error::ConsentInvalid);
		// A replay after the patient ended it.
		assert_ok!(bind(0, ADA, time, good.clone()));
		assert_ok!(unbind("ada", 0));
		assert_noop!(bind(0, ADA, time, good), Error::ConsentInvalid);
		// Nor does what was signed at the same time, and void by now.
		let late = statement("ada", 0, ADA, from_now(DAY));
		let day = from_now(DAY);
		pass(HOUR);
		assert_noop!(bind(0, ADA, day, late), Error::ConsentExpired);
		// Another chain.
		let good = statement("ada", 0, ADA, day);
		frame_system::BlockHash::<Test>::insert(0, H256::zero());
		assert_noop!(bind(0, ADA, day, good), Error::ConsentInvalid);
	});
}

#[test]
fn the_patient_is_one_of_the_devices_institution_who_lives() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		assert_noop!(bind("nurse", 0, 99, "ada", from_now(DAY)), Error::UnknownPatient);
		assert_noop!(bind("nurse", 0, FAY, "fay", from_now(DAY)), Error::ForeignPatient);
		for status in [PatientStatus::Deceased(START), PatientStatus::MergedInto(BEN)] {
			Patients::mutate_extant(ADA, |patient| patient.status = status);
			assert_noop!(bind("nurse", 0, ADA, "ada", from_now(DAY)), Error::PatientNotActive);
		}
	});
}

#[test]
fn a_time_that_is_over_or_too_long_is_refused() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		let bind = |starts, ends| bind("nurse", 0, ADA, "ada", Interval { starts, ends });
		assert_noop!(bind(START, START), Error::IntervalInverted);
		assert_noop!(bind(START + 2, START + 1), Error::IntervalInverted);
		assert_noop!(bind(START - 2, START - 1), Error::IntervalInverted);
		assert_noop!(bind(START, START + MAX_BINDING + 1), Error::IntervalTooLong);
		assert_noop!(bind(START, Moment::MAX), Error::IntervalTooLong);
		assert_ok!(bind(START, START + MAX_BINDING));
	});
}

#[test]
fn a_device_never_has_two_patients() {
	story(|| {
		bound(0, ADA, HOUR);
		assert_noop!(bind("nurse", 0, BEN, "ben", from_now(DAY)), Error::StillBound);
		// Nor after that, as long as the first is not over.
		let after = Interval {
			starts: now() + 2 * HOUR,
			ends: now() + DAY,
		};
		assert_noop!(bind("nurse", 0, BEN, "ben", after), Error::StillBound);
		pass(HOUR - 1);
		assert_noop!(bind("nurse", 0, BEN, "ben", after), Error::StillBound);
		pass(1);
		assert_ok!(bind("nurse", 0, BEN, "ben", from_now(DAY)));
		// But a patient has two devices.
		bound(1, BEN, DAY);
	});
}

#[test]
fn a_suspended_or_revoked_device_is_bound_to_nobody() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		for status in [Status::Suspended, Status::Revoked] {
			assert_ok!(Telemetry::set_status(signed("desk"), key(0), status));
			assert_noop!(bind("nurse", 0, ADA, "ada", from_now(DAY)), Error::DeviceInactive);
		}
	});
}

#[test]
fn a_full_list_makes_room_for_as_long_as_something_is_over() {
	story(|| {
		let used = bound(0, ADA, HOUR);
		let unused = bound(1, ADA, HOUR);
		anchored(batch(0, used, 0, 1));
		let longer: Vec<_> = (2..MAX_BINDINGS as u8).map(|n| bound(n, ADA, DAY)).collect();
		let full = MAX_BINDINGS as u8;
		assert_ok!(provision("desk", full, A));
		assert_noop!(bind("nurse", full, ADA, "ada", from_now(DAY)), Error::TooManyBindings);
		pass(HOUR);
		bound(full, ADA, DAY);
		// The oldest left the list, and stays for its batch.
		assert_eq!(BindingsOf::<Test>::get(ADA)[0], unused);
		assert!(Bindings::<Test>::contains_key(used));
		assert_eq!(the_anchor(0).binding, used);
		// The next has no batch, and goes.
		bound(full + 1, ADA, DAY);
		assert_eq!(BindingsOf::<Test>::get(ADA)[0], longer[0]);
		assert!(!Bindings::<Test>::contains_key(unused));
		assert_ok!(provision("desk", full + 2, A));
		assert_noop!(
			bind("nurse", full + 2, ADA, "ada", from_now(HOUR)),
			Error::TooManyBindings
		);
		// Whoever forgot a binding is free all the same.
		bound(1, BEN, DAY);
	});
}

#[test]
fn ids_run_out() {
	world().execute_with(|| {
		assert_ok!(provision("desk", 0, A));
		NextBinding::<Test>::put(u64::MAX);
		assert_noop!(bind("nurse", 0, ADA, "ada", from_now(DAY)), Error::IdsExhausted);
		NextBinding::<Test>::put(0);
		crate::Devices::<Test>::mutate_extant(key(0), |device| device.bindings = u32::MAX);
		assert_noop!(bind("nurse", 0, ADA, "ada", from_now(DAY)), Error::IdsExhausted);
	});
}
