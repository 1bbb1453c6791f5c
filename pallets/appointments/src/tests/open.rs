use super::*;
use frame_support::assert_noop;
use sp_runtime::DispatchError;

#[test]
fn opened_slots_are_free_and_in_order() {
	story(|| {
		let afternoon = quarters(at(1, 14, 0), 2);
		assert_ok!(open(DESK, DOCTOR, A, afternoon.clone()));
		assert_ok!(open(
			DOCTOR,
			DOCTOR,
			A,
			vec![from(at(1, 9, 0), 40), from(at(1, 8, 0), 60)]
		));
		let day: Vec<_> = Calendar::<Test>::get(DOCTOR, TODAY + 1).into_inner();
		let periods: Vec<_> = day.iter().map(|slot| slot.period).collect();
		assert_eq!(
			periods,
			[vec![from(at(1, 8, 0), 60), from(at(1, 9, 0), 40)], afternoon].concat()
		);
		assert!(day
			.iter()
			.all(|slot| slot.state == SlotState::Free && slot.institution == A));
		assert_eq!(
			events().last(),
			Some(&Event::Opened {
				practitioner: DOCTOR,
				institution: A,
				slots: 2
			})
		);
	});
}

#[test]
fn a_local_day_of_25_hours_lands_on_two_utc_days() {
	story(|| {
		// In Zurich clocks go back on 2026-10-25: that day has 100 quarter-hours, from 22:00 UTC the day before.
		let day = 20_751 - TODAY;
		let begins = at(day, 0, 0) - 2 * HOUR;
		assert_eq!((begins + 25 * HOUR) % DAY, 23 * HOUR);
		let slots = quarters(begins, 100);
		set_time(begins - DAY);
		assert_ok!(open(DESK, DOCTOR, A, slots));
		assert_eq!(Calendar::<Test>::get(DOCTOR, TODAY + day - 1).len(), 8);
		assert_eq!(Calendar::<Test>::get(DOCTOR, TODAY + day).len(), 92);
		// The hour that is there twice is two hours, and an appointment crosses midnight UTC.
		let twice = from(at(day, 0, 0), 120);
		booked(ADA, &[DOCTOR], twice);
		let over_midnight = from(at(day, 0, 0) - 15 * MINUTE, 15);
		booked(BEN, &[DOCTOR], over_midnight);
		assert_noop!(
			book(CATS, CAT, &[DOCTOR], from(at(day, 0, 0) - 15 * MINUTE, 30)),
			Error::SlotTaken
		);
		let late = from(at(day, 22, 45), 15);
		booked(CAT, &[DOCTOR], late);
		// 23:00 UTC is the next local day.
		assert_noop!(book(CATS, CAT, &[DOCTOR], from(at(day, 23, 0), 15)), Error::NoSlot);
	});
}

#[test]
fn a_local_day_of_23_hours_has_92_quarters() {
	story(|| {
		// In Zurich clocks go forward on 2027-03-28, at 01:00 UTC: from 23:00 UTC to 22:00 UTC.
		let day = 20_905 - TODAY;
		let begins = at(day, 0, 0) - HOUR;
		set_time(begins - DAY);
		assert_ok!(open(DESK, DOCTOR, A, quarters(begins, 92)));
		assert_eq!(Calendar::<Test>::get(DOCTOR, TODAY + day).len(), 88);
		booked(ADA, &[DOCTOR], from(at(day, 0, 45), 30));
	});
}

#[test]
fn not_permitted() {
	story(|| {
		for who in [ADAS, SURGEON, DESK_AWAY, STRANGER] {
			assert_noop!(open(who, DOCTOR, A, quarters(at(1, 9, 0), 1)), Error::NotPermitted);
		}
		Credentials::insert((DESK, A), (salus_primitives::Role::Administrator, false));
		assert_noop!(open(DESK, DOCTOR, A, quarters(at(1, 9, 0), 1)), Error::NotPermitted);
		let unsigned = Appointments::open(RuntimeOrigin::none(), DOCTOR, A, list(quarters(at(1, 9, 0), 1)));
		assert_eq!(unsigned, Err(DispatchError::BadOrigin));
	});
}

#[test]
fn unknown_institution() {
	story(|| {
		assert_noop!(
			open(DESK, DOCTOR, 9, quarters(at(1, 9, 0), 1)),
			Error::UnknownInstitution
		);
	});
}

#[test]
fn institution_inactive() {
	story(|| {
		Institutions::insert(A, false);
		assert_noop!(
			open(DESK, DOCTOR, A, quarters(at(1, 9, 0), 1)),
			Error::InstitutionInactive
		);
	});
}

#[test]
fn no_credential_and_not_a_practitioner_and_practitioner_inactive() {
	story(|| {
		let slots = || quarters(at(1, 9, 0), 1);
		assert_noop!(open(DESK, AWAY, A, slots()), Error::NoCredential);
		assert_noop!(open(STRANGER, STRANGER, A, slots()), Error::NoCredential);
		assert_noop!(open(DESK, RESEARCHER, A, slots()), Error::NotAPractitioner);
		assert_noop!(open(DESK, DESK, A, slots()), Error::NotAPractitioner);
		Credentials::insert((DOCTOR, A), (salus_primitives::Role::Doctor, false));
		assert_noop!(open(DESK, DOCTOR, A, slots()), Error::PractitionerInactive);
		assert_noop!(open(DOCTOR, DOCTOR, A, slots()), Error::PractitionerInactive);
	});
}

#[test]
fn slots_that_no_calendar_takes() {
	story(|| {
		fn refused(period: Period, error: Error) {
			assert_noop!(open(DESK, DOCTOR, A, vec![period]), error);
		}
		assert_noop!(open(DESK, DOCTOR, A, vec![]), Error::NoSlots);
		refused(Period::new(at(1, 9, 0), at(1, 9, 0)), Error::PeriodInverted);
		refused(Period::new(at(1, 9, 0), at(1, 8, 0)), Error::PeriodInverted);
		refused(Period::new(at(1, 9, 0) + 1, at(1, 10, 0)), Error::NotWholeMinutes);
		refused(Period::new(at(1, 9, 0), at(1, 10, 0) + 1), Error::NotWholeMinutes);
		refused(from(at(1, 9, 0), 4), Error::SlotTooShort);
		refused(from(at(1, 23, 50), 15), Error::CrossesMidnight);
		refused(from(0, u64::MAX / MINUTE), Error::CrossesMidnight);
		refused(from(at(0, 7, 59), 15), Error::InPast);
		refused(from(at(400, 8, 0), 15), Error::TooFarAhead);
		assert_ok!(open(
			DESK,
			DOCTOR,
			A,
			vec![from(at(1, 23, 45), 15), from(at(0, 8, 0), 5)]
		));
		assert_ok!(open(DESK, DOCTOR, A, vec![from(at(400, 7, 45), 15)]));
	});
}

#[test]
fn slot_overlaps() {
	story(|| {
		morning(DOCTOR);
		for overlapping in [from(at(1, 8, 50), 15), from(at(1, 9, 5), 5), from(at(1, 8, 0), 300)] {
			assert_noop!(open(DESK, DOCTOR, A, vec![overlapping]), Error::SlotOverlaps);
		}
		// A practitioner's time is hers, wherever she works.
		assert_noop!(
			open(DESK_AWAY, DOCTOR, B, vec![from(at(1, 10, 0), 15)]),
			Error::SlotOverlaps
		);
		let twice = vec![from(at(1, 14, 0), 15), from(at(1, 14, 10), 15)];
		assert_noop!(open(DESK, DOCTOR, A, twice), Error::SlotOverlaps);
		assert_ok!(open(DESK_AWAY, DOCTOR, B, vec![from(at(1, 12, 0), 15)]));
	});
}

#[test]
fn calendar_full() {
	story(|| {
		assert_ok!(open(
			DESK,
			DOCTOR,
			A,
			(0..96).map(|n| from(at(1, 0, 0) + n * 10 * MINUTE, 10)).collect()
		));
		assert_noop!(open(DESK, DOCTOR, A, vec![from(at(1, 23, 0), 15)]), Error::CalendarFull);
		assert_ok!(open(DESK, DOCTOR, A, vec![from(at(2, 0, 0), 15)]));
	});
}

#[test]
fn who_waits_is_offered_what_is_opened() {
	story(|| {
		let first = wished(ADA);
		let second = wished(BEN);
		morning(DOCTOR);
		assert_eq!(offered(first), Some(from(at(1, 9, 0), 30)));
		assert_eq!(offered(second), Some(from(at(1, 9, 30), 30)));
		let until = now() + DAY;
		assert_eq!(
			slot(DOCTOR, at(1, 9, 15)),
			Some(SlotState::BusyTentative { patient: ADA, until })
		);
		assert_noop!(book(CATS, CAT, &[DOCTOR], from(at(1, 9, 0), 15)), Error::SlotHeld);
	});
}
