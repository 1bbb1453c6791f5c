//! Waiting lists, and what is offered.

use super::*;

#[test]
fn who_never_answers_does_not_keep_the_others_waiting() {
	story(|| {
		let (first, second, third) = (wished(ADA), wished(BEN), wished(CAT));
		assert_ok!(open(DESK, DOCTOR, A, vec![from(at(2, 9, 0), 30)]));
		assert_eq!(offered(first), Some(from(at(2, 9, 0), 30)));
		set_time(at(1, 8, 0));
		assert_ok!(Appointments::offer(signed(DESK), DOCTOR, A, TODAY + 2));
		assert_eq!((offered(first), offered(second)), (None, Some(from(at(2, 9, 0), 30))));
		assert_ok!(open(DESK, DOCTOR, A, vec![from(at(2, 10, 0), 30)]));
		assert_eq!((offered(first), offered(third)), (None, Some(from(at(2, 10, 0), 30))));
		// What nobody else wants she is offered again, at her place.
		assert_ok!(open(DESK, DOCTOR, A, vec![from(at(2, 11, 0), 30)]));
		assert_eq!(offered(first), Some(from(at(2, 11, 0), 30)));
		assert_eq!(places(DOCTOR), [first, second, third]);
	});
}

#[test]
fn who_died_is_offered_nothing() {
	story(|| {
		let (first, second) = (wished(ADA), wished(BEN));
		die(ADA);
		morning(DOCTOR);
		assert_eq!(offered(second), Some(from(at(1, 9, 0), 30)));
		assert_eq!(slot(DOCTOR, at(1, 9, 30)), Some(SlotState::Free));
		// Her proposal is cancelled for the desk, and her trail says so.
		let (by, reason) = (AppointmentParty::Desk, CancelReason::Other);
		assert_eq!(status(first), AppointmentStatus::Cancelled { by, reason });
		let entry = last_entry(ADA);
		let kind = Kind::AppointmentCancelled {
			appointment: first,
			reason,
		};
		assert_eq!((entry.actor, &entry.kind), (None, &kind));
		assert!(events().iter().any(|event| event.audit() == [(ADA, entry.clone())]));
		assert_eq!(places(DOCTOR), [second]);
	});
}

#[test]
fn of_many_who_died_two_go_at_a_time() {
	story(|| {
		let waits = |patient: PatientId| {
			Patients::insert(patient, patient_of(ADAS + patient, A));
			wished(patient)
		};
		let dead: Vec<_> = (100..105).map(waits).collect();
		let alive = wished(BEN);
		(100..105).for_each(die);
		for (left, minute) in [(4, 0), (2, 15)] {
			assert_ok!(open(DESK, DOCTOR, A, vec![from(at(1, 9, minute), 15)]));
			assert_ok!(open(DESK, DOCTOR, A, vec![from(at(1, 10 + minute / 15, 0), 30)]));
			assert_eq!((places(DOCTOR).len(), offered(alive)), (left, None));
		}
		assert_ok!(open(DESK, DOCTOR, A, vec![from(at(1, 12, 0), 30)]));
		assert_eq!(places(DOCTOR), [alive]);
		assert_eq!(offered(alive), Some(from(at(1, 12, 0), 30)));
		assert!(dead
			.iter()
			.all(|id| matches!(status(*id), AppointmentStatus::Cancelled { .. })));
	});
}

#[test]
fn who_does_not_practise_is_not_offered() {
	story(|| {
		morning(DOCTOR);
		morning(NURSE);
		let both = booked(CAT, &[NURSE, DOCTOR], from(at(1, 9, 0), 30));
		let waits = wished(ADA);
		Credentials::insert((DOCTOR, A), (salus_primitives::Role::Doctor, false));
		assert_ok!(Appointments::cancel(signed(CATS), both, CancelReason::Patient));
		assert_eq!(offered(waits), None);
		assert_eq!(slot(DOCTOR, at(1, 9, 0)), Some(SlotState::Free));
	});
}

#[test]
fn what_she_gives_up_is_not_offered_to_herself() {
	story(|| {
		morning(DOCTOR);
		let half = from(at(1, 9, 0), 30);
		let (hers, next) = (wished(ADA), wished(BEN));
		assert_ok!(hold(ADAS, ADA, &[DOCTOR], half));
		assert_ok!(release(ADAS, ADA, &[DOCTOR], half));
		assert_eq!((offered(hers), offered(next)), (None, Some(half)));
		// Nor by a detour over an appointment.
		let later = from(at(1, 10, 0), 30);
		let id = booked(ADA, &[DOCTOR], later);
		assert_ok!(Appointments::reschedule(
			signed(ADAS),
			id,
			list([DOCTOR]),
			from(at(1, 11, 0), 30)
		));
		assert_eq!(
			(offered(hers), slot(DOCTOR, later.start)),
			(None, Some(SlotState::Free))
		);
		assert_ok!(Appointments::cancel(signed(ADAS), id, CancelReason::Patient));
		assert_eq!(
			(offered(hers), slot(DOCTOR, at(1, 11, 0))),
			(None, Some(SlotState::Free))
		);
		assert_ok!(Appointments::offer(signed(DESK), DOCTOR, A, TODAY + 1));
		assert_eq!(offered(hers), Some(from(at(1, 9, 30), 30)));
	});
}

#[test]
fn a_patient_asks_for_two_hours_at_most() {
	story(|| {
		guard();
		let wanted = Period::new(now(), now() + DAY);
		let long = 2 * HOUR + 1;
		for who in [ADAS, GUARDIAN] {
			assert_noop!(
				wish_for(who, ADA, wanted, long, Priority::Routine),
				Error::LengthByDeskOnly
			);
		}
		assert_ok!(wish_for(DESK, ADA, wanted, long, Priority::Routine));
		assert_ok!(wish_for(BENS, BEN, wanted, 2 * HOUR, Priority::Routine));
	});
}

#[test]
fn who_was_displaced_and_books_again_is_first_no_more() {
	story(|| {
		morning(DOCTOR);
		booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(2, 9, 0), 3)));
		let urgent = NextAppointment::<Test>::get();
		assert_ok!(wish_for(
			DESK,
			BEN,
			Period::new(now(), at(5, 0, 0)),
			15 * MINUTE,
			Priority::Stat
		));
		let tomorrow = Period::new(at(1, 0, 0), at(2, 0, 0));
		assert_ok!(Appointments::cancel_day(
			signed(DESK),
			DOCTOR,
			A,
			tomorrow,
			96,
			list([TODAY + 2])
		));
		let proposal = urgent + 1;
		assert_eq!(offered(proposal), Some(from(at(2, 9, 0), 15)));
		assert_eq!(offered(urgent), Some(from(at(2, 9, 15), 15)));
		assert_ok!(Appointments::decline(signed(BENS), urgent));
		// What is offered she accepts; another time she books.
		assert_noop!(book(ADAS, ADA, &[DOCTOR], from(at(2, 9, 0), 15)), Error::SlotOffered);
		let id = booked(ADA, &[DOCTOR], from(at(2, 9, 30), 15));
		let (by, reason) = (AppointmentParty::Patient, CancelReason::Other);
		assert_eq!(status(proposal), AppointmentStatus::Cancelled { by, reason });
		let kind = Kind::AppointmentCancelled {
			appointment: proposal,
			reason,
		};
		assert_noted(ADA, ADAS, kind);
		assert_eq!((places(DOCTOR), status(id)), (vec![urgent], AppointmentStatus::Booked));
		// The next has what she was offered.
		assert_eq!(offered(urgent), Some(from(at(2, 9, 0), 15)));
		assert!(crate::Agendas::<Test>::get(ADA).hopes.is_empty());
	});
}

#[test]
fn a_wish_of_her_own_stays_when_she_books() {
	story(|| {
		morning(DOCTOR);
		let id = wished(ADA);
		booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		assert_eq!(places(DOCTOR), [id]);
	});
}

#[test]
fn a_cancelled_day_leaves_another_hospitals_offers_alone() {
	story(|| {
		morning(DOCTOR);
		booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		let id = NextAppointment::<Test>::get();
		let wanted = Period::new(now(), at(5, 0, 0));
		let (priority, mode) = (Priority::Routine, Mode::InPerson);
		assert_ok!(Appointments::propose(
			signed(FAYS),
			FAY,
			B,
			DOCTOR,
			wanted,
			30 * MINUTE,
			priority,
			mode
		));
		assert_ok!(open(DESK_AWAY, DOCTOR, B, quarters(at(1, 13, 0), 2)));
		assert_eq!(offered(id), Some(from(at(1, 13, 0), 30)));
		let tomorrow = Period::new(at(1, 0, 0), at(2, 0, 0));
		assert_ok!(Appointments::cancel_day(
			signed(DESK),
			DOCTOR,
			A,
			tomorrow,
			96,
			list([])
		));
		assert_eq!(offered(id), Some(from(at(1, 13, 0), 30)));
		assert_ok!(Appointments::accept(signed(FAYS), id));
	});
}

#[test]
fn an_offer_that_is_cancelled_in_part_is_free_in_part() {
	story(|| {
		let first = wished(ADA);
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(1, 9, 0), 2)));
		assert_eq!(offered(first), Some(from(at(1, 9, 0), 30)));
		let second = NextAppointment::<Test>::get();
		let quarter = Period::new(now(), at(5, 0, 0));
		assert_ok!(wish_for(BENS, BEN, quarter, 15 * MINUTE, Priority::Routine));
		let part = from(at(1, 9, 15), 60);
		assert_ok!(Appointments::cancel_day(signed(DESK), DOCTOR, A, part, 96, list([])));
		assert_eq!((offered(first), offered(second)), (None, Some(from(at(1, 9, 0), 15))));
		assert_eq!(slot(DOCTOR, at(1, 9, 15)), Some(SlotState::BusyUnavailable));
	});
}

#[test]
fn places_that_are_past_take_no_place_from_who_is_displaced() {
	story(|| {
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(2, 9, 0), 4)));
		// 128 who wait until tomorrow at most, and never had what they waited for.
		let wanted = Period::new(now(), at(1, 0, 0));
		let old = |patient: PatientId| {
			Patients::insert(patient, patient_of(ADAS + patient, A));
			assert_ok!(wish_for(ADAS + patient, patient, wanted, HOUR, Priority::Routine));
		};
		(100..132).for_each(old);
		let one = on_list(DOCTOR)[0];
		let id = booked(ADA, &[DOCTOR], from(at(2, 9, 0), 15));
		set_time(at(1, 0, 0));
		// The other 96 places as displaced ones have them.
		crate::Waiting::<Test>::mutate(DOCTOR, |list| {
			let displaced = (0..96).map(|n| Wish {
				displaced: true,
				appointment: 1_000 + n,
				..one
			});
			let all: Vec<_> = displaced.chain(list.iter().copied()).collect();
			*list = super::list(all);
		});
		let day = Period::new(at(2, 0, 0), at(3, 0, 0));
		assert_ok!(Appointments::cancel_day(signed(DESK), DOCTOR, A, day, 96, list([])));
		let proposal = NextAppointment::<Test>::get() - 1;
		assert_eq!(appointment(proposal).replaces, Some(id));
		assert_eq!(places(DOCTOR), [proposal]);
		assert_eq!(crate::Waiting::<Test>::get(DOCTOR).len(), 1);
	});
}

#[test]
fn an_empty_list_is_not_kept() {
	story(|| {
		let kept = || crate::Waiting::<Test>::contains_key(DOCTOR);
		let id = wished(ADA);
		assert_ok!(Appointments::cancel(signed(ADAS), id, CancelReason::Patient));
		assert!(!kept());
		let id = wished(ADA);
		morning(DOCTOR);
		assert_ok!(Appointments::accept(signed(ADAS), id));
		assert!(!kept());
		wished(BEN);
		die(BEN);
		// Nothing is offered, and yet it is done.
		assert_ok!(Appointments::offer(signed(DESK), DOCTOR, A, TODAY + 1));
		assert!(!kept());
		assert_noop!(
			Appointments::offer(signed(DESK), DOCTOR, A, TODAY + 1),
			Error::NothingOffered
		);
	});
}
