use super::*;
use crate::Waiting;
use frame_support::{assert_noop, dispatch::DispatchResultWithPostInfo};
use sp_runtime::traits::Dispatchable;

fn cancel_day(who: u64, period: Period, most: u32, next: &[u64]) -> DispatchResultWithPostInfo {
	let next = list(next.iter().map(|day| TODAY + day));
	Appointments::cancel_day(signed(who), DOCTOR, A, period, most, next)
}

/// All of tomorrow.
fn tomorrow() -> Period {
	Period::new(at(1, 0, 0), at(2, 0, 0))
}

/// How many were displaced and are left, as the last event says.
fn outcome() -> (u32, u32) {
	match events().last() {
		Some(Event::DayCancelled { displaced, left, .. }) => (*displaced, *left),
		other => panic!("{other:?}"),
	}
}

/// The doctor's morning is full of Ada, Ben and Cat, and the next days have free time.
fn full_morning() -> Vec<AppointmentId> {
	morning(DOCTOR);
	for day in [2, 3] {
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(day, 9, 0), 6)));
	}
	(0..12)
		.map(|n| {
			booked(
				[ADA, BEN, CAT][n as usize % 3],
				&[DOCTOR],
				from(at(1, 9, 0) + n * 15 * MINUTE, 15),
			)
		})
		.collect()
}

#[test]
fn a_doctor_falls_ill_with_a_full_day() {
	story(|| {
		let made = full_morning();
		assert_ok!(cancel_day(DOCTOR, tomorrow(), 96, &[2, 3]));
		assert_eq!(outcome(), (12, 0));
		for (n, id) in made.iter().enumerate() {
			let cancelled = AppointmentStatus::Cancelled {
				by: AppointmentParty::Practitioner,
				reason: CancelReason::Provider,
			};
			assert_eq!(status(*id), cancelled);
			// Each is offered, in their order, the next time that is free.
			let proposal = 12 + n as u64;
			assert_eq!(appointment(proposal).replaces, Some(*id));
			let day = 2 + n as u64 / 6;
			let expected = from(at(day, 9, 0) + (n as u64 % 6) * 15 * MINUTE, 15);
			assert_eq!(offered(proposal), Some(expected));
		}
		for start in quarters(at(1, 9, 0), 12) {
			assert_eq!(slot(DOCTOR, start.start), Some(SlotState::BusyUnavailable));
		}
		assert_noop!(book(ADAS, ADA, &[DOCTOR], from(at(1, 9, 0), 15)), Error::SlotBlocked);
		assert_ok!(Appointments::accept(signed(ADAS), 12));
		assert_eq!(appointment(12).period, from(at(2, 9, 0), 15));
	});
}

/// Who is seen on the full day, eight times each, and who waits besides.
const SEEN: core::ops::Range<PatientId> = 100..112;
const WAITING: core::ops::Range<PatientId> = 200..232;

/// A day of 96 quarters, each of one of twelve patients with one to four practitioners, and 32 who wait. What was booked, in
/// the order of time, and who waits, in that of the list.
fn full_day() -> (Vec<AppointmentId>, Vec<AppointmentId>) {
	for patient in SEEN.chain(WAITING) {
		Patients::insert(patient, patient_of(ADAS + patient, A));
	}
	let attending = [DOCTOR, SURGEON, NURSE, PHARMACIST];
	for practitioner in attending {
		assert_ok!(open(DESK, practitioner, A, quarters(at(1, 0, 0), 96)));
	}
	let quarters = (0..).zip(quarters(at(1, 0, 0), 96));
	let made = quarters.map(|(n, quarter)| {
		let with = 1 + n as usize % attending.len();
		booked(SEEN.start + n % 12, &attending[..with], quarter)
	});
	let made = made.collect();
	let priorities = [Priority::Routine, Priority::Urgent, Priority::Asap, Priority::Stat];
	let mut waiting: Vec<_> = WAITING
		.map(|patient| {
			let (id, priority) = (NextAppointment::<Test>::get(), priorities[patient as usize % 4]);
			let wanted = Period::new(now(), now() + 10 * DAY);
			assert_ok!(wish_for(DESK, patient, wanted, 15 * MINUTE, priority));
			(priority, id)
		})
		.collect();
	waiting.sort_unstable();
	(made, waiting.into_iter().map(|(_, id)| id).collect())
}

#[test]
fn the_fullest_day_is_cancelled_by_one_call() {
	story(|| {
		// 110 quarters on two days: for all who are displaced, and 14 of those who wait.
		for (day, count) in [(2, 60), (3, 50)] {
			assert_ok!(open(DESK, DOCTOR, A, quarters(at(day, 8, 0), count)));
		}
		let free = [quarters(at(2, 8, 0), 60), quarters(at(3, 8, 0), 50)].concat();
		let (made, waiting) = full_day();
		let info = cancel_day(DOCTOR, tomorrow(), 96, &[2, 3]).unwrap();
		assert_eq!(info.actual_weight, Some(<() as crate::WeightInfo>::cancel_day(96, 2)));
		assert_eq!(outcome(), (96, 0));

		// Whoever was displaced is first, in the order of the day; the others by priority, then time.
		let list = on_list(DOCTOR);
		let displaced: Vec<_> = list
			.iter()
			.filter(|wish| wish.displaced)
			.map(|wish| wish.appointment)
			.collect();
		assert_eq!(places(DOCTOR), [&displaced[..], &waiting].concat());
		let replaced: Vec<_> = displaced.iter().filter_map(|id| appointment(*id).replaces).collect();
		assert_eq!(replaced, made);
		let offers: Vec<_> = list.iter().filter_map(|wish| wish.live_offer(now())).collect();
		assert_eq!(offers.iter().map(|offer| offer.period).collect::<Vec<_>>(), free);
		assert!(list[offers.len()..].iter().all(|wish| wish.offer.is_none()));
		for id in made {
			assert!(matches!(status(id), AppointmentStatus::Cancelled { .. }));
		}
		for quarter in quarters(at(1, 0, 0), 96) {
			assert_eq!(slot(DOCTOR, quarter.start), Some(SlotState::BusyUnavailable));
			for colleague in [SURGEON, NURSE, PHARMACIST] {
				assert_eq!(slot(colleague, quarter.start), Some(SlotState::Free));
			}
		}

		// All of them can accept: each has another time, and nobody two at once.
		for (id, expected) in displaced.into_iter().zip(free) {
			let patient = appointment(id).patient;
			assert_ok!(Appointments::accept(signed(ADAS + patient), id));
			assert_eq!(
				(status(id), appointment(id).period),
				(AppointmentStatus::Booked, expected)
			);
		}
		assert_eq!(places(DOCTOR), waiting);
	});
}

#[test]
fn a_list_that_is_full_of_displaced_patients_takes_no_more() {
	story(|| {
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(2, 9, 0), 1)));
		let last = booked(ADA, &[DOCTOR], from(at(2, 9, 0), 15));
		full_day();
		assert_ok!(cancel_day(DESK, tomorrow(), 96, &[]));
		let list = places(DOCTOR);
		assert_eq!(list.len(), 128);
		assert_ok!(cancel_day(DESK, Period::new(at(2, 0, 0), at(3, 0, 0)), 96, &[]));
		assert_eq!(outcome(), (1, 0));
		assert!(matches!(status(last), AppointmentStatus::Cancelled { .. }));
		assert_eq!(places(DOCTOR), list);
		let proposed = |event: &Event<Test>| matches!(event, Event::Proposed { replaces: Some(id), .. } if *id == last);
		assert!(!events().iter().any(proposed), "she looks for another time herself");
	});
}

#[test]
fn the_desk_cancels_and_the_trails_say_so() {
	story(|| {
		morning(DOCTOR);
		booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		assert_ok!(cancel_day(DESK, tomorrow(), 96, &[]));
		let kinds: Vec<_> = Entries::get(ADA).unwrap().into_iter().skip(1).collect();
		assert_eq!(
			kinds
				.iter()
				.map(|entry| (entry.actor, entry.kind.clone()))
				.collect::<Vec<_>>(),
			vec![
				(
					Some(DESK),
					Kind::AppointmentCancelled {
						appointment: 0,
						reason: CancelReason::Provider
					}
				),
				(Some(DESK), Kind::AppointmentProposed { appointment: 1 }),
			]
		);
	});
}

#[test]
fn as_many_as_asked_and_the_rest_by_another_call() {
	story(|| {
		let made = full_morning();
		let info = cancel_day(DESK, tomorrow(), 5, &[]).unwrap();
		assert_eq!(outcome(), (5, 7));
		assert_eq!(info.actual_weight, Some(<() as crate::WeightInfo>::cancel_day(5, 0)));
		assert_eq!(status(made[5]), AppointmentStatus::Booked);
		assert_ok!(cancel_day(DESK, tomorrow(), 0, &[]));
		assert_eq!(outcome(), (0, 7));
		assert_ok!(cancel_day(DESK, tomorrow(), u32::MAX, &[]));
		assert_eq!(outcome(), (7, 0));
	});
}

#[test]
fn displaced_patients_come_before_all_others() {
	story(|| {
		morning(DOCTOR);
		booked(ADA, &[DOCTOR], from(at(1, 9, 0), 30));
		let urgent = NextAppointment::<Test>::get();
		assert_ok!(Appointments::block(signed(DESK), DOCTOR, A, from(at(1, 9, 30), 150)));
		assert_ok!(wish(DESK, BEN, Priority::Stat));
		assert_ok!(cancel_day(DESK, tomorrow(), 96, &[]));
		let displaced = urgent + 1;
		assert_eq!(places(DOCTOR), vec![displaced, urgent]);
		assert_ok!(open(DESK, DOCTOR, A, vec![from(at(2, 9, 0), 30)]));
		assert_eq!(offered(displaced), Some(from(at(2, 9, 0), 30)));
		assert_eq!(offered(urgent), None);
	});
}

#[test]
fn colleagues_are_free_again() {
	story(|| {
		morning(DOCTOR);
		morning(NURSE);
		booked(ADA, &[DOCTOR, NURSE], from(at(1, 9, 0), 30));
		assert_ok!(cancel_day(DESK, tomorrow(), 96, &[]));
		assert_eq!(slot(NURSE, at(1, 9, 0)), Some(SlotState::Free));
		assert_eq!(slot(DOCTOR, at(1, 9, 0)), Some(SlotState::BusyUnavailable));
	});
}

#[test]
fn a_part_of_a_day() {
	story(|| {
		morning(DOCTOR);
		let before = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		let across = booked(BEN, &[DOCTOR], from(at(1, 9, 45), 30));
		assert_ok!(cancel_day(DESK, from(at(1, 10, 0), 120), 96, &[]));
		assert_eq!(status(before), AppointmentStatus::Booked);
		assert!(matches!(status(across), AppointmentStatus::Cancelled { .. }));
		assert_eq!(slot(DOCTOR, at(1, 9, 45)), Some(SlotState::Free));
		assert_eq!(slot(DOCTOR, at(1, 10, 0)), Some(SlotState::BusyUnavailable));
	});
}

#[test]
fn what_has_begun_goes_on() {
	story(|| {
		let made = full_morning();
		set_time(at(1, 9, 5));
		assert_ok!(cancel_day(DOCTOR, tomorrow(), 96, &[]));
		assert_eq!(outcome(), (11, 0));
		assert_eq!(status(made[0]), AppointmentStatus::Booked);
		assert_eq!(slot(DOCTOR, at(1, 9, 0)), Some(SlotState::Busy(made[0])));
	});
}

#[test]
fn holds_and_offers_of_that_day_are_void() {
	story(|| {
		let waits = wished(ADA);
		morning(DOCTOR);
		assert_ok!(hold(BENS, BEN, &[DOCTOR], from(at(1, 11, 0), 15)));
		assert_eq!(offered(waits), Some(from(at(1, 9, 0), 30)));
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(2, 9, 0), 2)));
		assert_ok!(cancel_day(DESK, tomorrow(), 96, &[2]));
		assert_eq!(offered(waits), Some(from(at(2, 9, 0), 30)));
		assert_noop!(book(BENS, BEN, &[DOCTOR], from(at(1, 11, 0), 15)), Error::SlotBlocked);
	});
}

#[test]
fn another_institutions_time_stays() {
	story(|| {
		morning(DOCTOR);
		assert_ok!(open(DESK_AWAY, DOCTOR, B, quarters(at(1, 13, 0), 4)));
		let practitioners = list([DOCTOR]);
		let there = from(at(1, 13, 0), 15);
		assert_ok!(Appointments::book(
			signed(FAYS),
			FAY,
			B,
			practitioners,
			there,
			Mode::Tele
		));
		assert_ok!(cancel_day(DESK, tomorrow(), 96, &[]));
		assert_eq!(status(0), AppointmentStatus::Booked);
		assert_eq!(slot(DOCTOR, at(1, 13, 15)), Some(SlotState::Free));
	});
}

#[test]
fn where_the_lists_are_full_it_is_cancelled_all_the_same() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		// 24 proposals of hers that stand on her agenda.
		crate::Agendas::<Test>::mutate(ADA, |agenda| {
			let hope = |appointment| crate::Hope {
				appointment,
				until: Moment::MAX,
			};
			agenda.hopes = list((0..24).map(|n| hope(1_000 + n)));
		});
		assert_ok!(cancel_day(DESK, tomorrow(), 96, &[]));
		assert_eq!(outcome(), (1, 0));
		assert!(matches!(status(id), AppointmentStatus::Cancelled { .. }));
		assert!(Waiting::<Test>::get(DOCTOR).is_empty());
		crate::Agendas::<Test>::mutate(ADA, |agenda| agenda.hopes = list([]));
	});
}

#[test]
fn periods_that_are_inverted_too_long_or_past() {
	story(|| {
		morning(DOCTOR);
		assert_noop!(cancel_day(DESK, from(at(1, 9, 0), 0), 1, &[]), Error::PeriodInverted);
		assert_noop!(cancel_day(DESK, Period::new(0, u64::MAX), 1, &[]), Error::TooLong);
		assert_noop!(cancel_day(DESK, from(at(0, 7, 0), 60), 1, &[]), Error::InPast);
		assert_noop!(cancel_day(DESK, from(at(2, 7, 0), 60), 1, &[]), Error::NoSlot);
	});
}

#[test]
fn not_permitted() {
	story(|| {
		full_morning();
		for who in [ADAS, SURGEON, DESK_AWAY, STRANGER] {
			assert_noop!(cancel_day(who, tomorrow(), 1, &[]), Error::NotPermitted);
		}
	});
}

#[test]
fn ids_exhausted() {
	world().execute_with(|| {
		full_morning();
		NextAppointment::<Test>::put(u64::MAX);
		let call = RuntimeCall::Appointments(crate::Call::cancel_day {
			practitioner: DOCTOR,
			institution: A,
			period: tomorrow(),
			most: 1,
			next: list([]),
		});
		assert_noop!(call.dispatch(signed(DESK)), Error::IdsExhausted);
	});
}
