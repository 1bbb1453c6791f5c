use super::*;

#[test]
fn availability_over_a_range_in_one_call() {
	story(|| {
		for day in [1, 2, 4] {
			assert_ok!(open(DESK, DOCTOR, A, quarters(at(day, 9, 0), 4)));
		}
		let id = booked(ADA, &[DOCTOR], from(at(2, 9, 15), 30));
		let range = Period::new(at(1, 9, 40), at(4, 9, 0));
		let starts: Vec<_> = Appointments::availability(&DOCTOR, range)
			.into_iter()
			.map(|slot| (slot.period.start, slot.state))
			.collect();
		let free = SlotState::Free;
		assert_eq!(
			starts,
			vec![
				(at(1, 9, 30), free),
				(at(1, 9, 45), free),
				(at(2, 9, 0), free),
				(at(2, 9, 15), SlotState::Busy(id)),
				(at(2, 9, 30), SlotState::Busy(id)),
				(at(2, 9, 45), free),
			]
		);
	});
}

#[test]
fn a_lapsed_hold_is_shown_as_free() {
	story(|| {
		morning(DOCTOR);
		let quarter = from(at(1, 9, 0), 15);
		assert_ok!(hold(ADAS, ADA, &[DOCTOR], quarter));
		let state = || Appointments::availability(&DOCTOR, quarter)[0].state;
		assert!(matches!(state(), SlotState::BusyTentative { patient: ADA, .. }));
		set_time(at(0, 8, 15));
		assert_eq!(state(), SlotState::Free);
	});
}

#[test]
fn a_range_without_end_is_cut_off() {
	story(|| {
		for day in [41, 43] {
			assert_ok!(open(DESK, DOCTOR, A, quarters(at(day, 9, 0), 1)));
		}
		let all = Appointments::availability(&DOCTOR, Period::new(at(0, 0, 0), u64::MAX));
		assert_eq!(all.len(), 1);
		assert!(Appointments::availability(&DOCTOR, Period::new(5, 5)).is_empty());
		assert!(Appointments::availability(&DOCTOR, Period::new(at(41, 12, 0), at(41, 0, 0))).is_empty());
		assert!(Appointments::availability(&DOCTOR, Period::new(u64::MAX, u64::MAX)).is_empty());
	});
}

#[test]
fn appointments_of_a_calendar_are_listed_once_each() {
	story(|| {
		morning(DOCTOR);
		let first = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 45));
		let second = booked(BEN, &[DOCTOR], from(at(1, 9, 45), 15));
		let day = Period::new(at(1, 0, 0), at(2, 0, 0));
		let ids: Vec<_> = Appointments::appointments_with(&DOCTOR, day)
			.into_iter()
			.map(|(id, _)| id)
			.collect();
		assert_eq!(ids, vec![first, second]);
	});
}

#[test]
fn a_patients_appointments_newest_first_page_by_page() {
	story(|| {
		morning(DOCTOR);
		let mut hers = vec![];
		for n in 0..5 {
			hers.insert(0, booked(ADA, &[DOCTOR], from(at(1, 9, 0) + n * 30 * MINUTE, 15)));
			booked(BEN, &[DOCTOR], from(at(1, 9, 15) + n * 30 * MINUTE, 15));
		}
		hers.insert(0, wished(ADA));
		let page = |before, limit| {
			let (page, next) = Appointments::appointments_of(ADA, before, limit);
			let ids: Vec<_> = page.into_iter().map(|(id, _)| id).collect();
			(ids, next)
		};
		assert_eq!(page(None, 256), (hers.clone(), None));
		assert_eq!(page(None, 4), (hers[..4].to_vec(), Some(hers[3])));
		assert_eq!(page(Some(hers[3]), 4), (hers[4..].to_vec(), None));
		assert_eq!(page(Some(hers[3]), 0), (vec![], Some(hers[3])));
		// Another patient's, and nobody's.
		assert_eq!(page(Some(1), 4), (vec![], None));
		assert_eq!(page(Some(99), 4), (vec![], None));
	});
}

#[test]
fn who_waits_in_vain_is_not_listed() {
	story(|| {
		wished(ADA);
		assert_eq!(places(DOCTOR).len(), 1);
		set_time(now() + 10 * DAY);
		assert!(places(DOCTOR).is_empty());
	});
}
