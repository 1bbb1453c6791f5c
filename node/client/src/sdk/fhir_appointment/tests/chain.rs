//! What the chain has, written and read again.

use proptest::prelude::*;
use salus_primitives::{
	Appointment, AppointmentParty, AppointmentStatus, CancelReason, Mode, Period, Priority, Slot, SlotState, Wish, DAY,
	HOUR,
};

use super::*;

/// A directory of patient 7 and accounts 1 to 4.
fn directory() -> DirectoryMap {
	(1..=4).fold(
		DirectoryMap::new().with("Patient/ada", Entity::Patient(7)),
		|all, byte| all.with(format!("Practitioner/{byte}"), Entity::Account(account(byte))),
	)
}

fn both_ways(name: &str, terms: &Terms) {
	let directory = directory();
	let context = Context {
		directory: &directory,
		institution: None,
	};
	let writing = to_fhir(terms, None, &context).unwrap();
	let reading = from_fhir(writing.resource.to_string().as_bytes(), &context).unwrap();
	let mut read = reading.terms.clone();
	if let (Terms::Appointment(read), Terms::Appointment(terms)) = (&mut read, terms) {
		// The time at which it was made is the chain's to say.
		read.made_at = terms.made_at;
	}
	assert_eq!(&read, terms, "{}", writing.resource);
	let again = to_fhir(&reading.terms, Some(&reading.carried), &context).unwrap();
	assert_eq!(again.resource, writing.resource);
	leave(name, &writing.resource);
}

fn statuses() -> Vec<AppointmentStatus> {
	let parties = AppointmentParty::ALL.into_iter();
	let cancelled = parties.flat_map(|by| {
		let reasons = CancelReason::ALL.into_iter();
		reasons.map(move |reason| AppointmentStatus::Cancelled { by, reason })
	});
	[
		AppointmentStatus::Proposed,
		AppointmentStatus::Booked,
		AppointmentStatus::Arrived,
		AppointmentStatus::Fulfilled,
		AppointmentStatus::NoShow,
	]
	.into_iter()
	.chain(cancelled)
	.collect()
}

fn entry(status: AppointmentStatus, start: Moment, length: Moment, mode: Mode, many: u8) -> Appointment<AccountId> {
	Appointment {
		patient: 7,
		institution: 3,
		practitioners: (1..=many).map(account).collect::<Vec<_>>().try_into().unwrap(),
		period: Period::new(start, start + length),
		mode,
		status,
		made_at: start - HOUR,
		made_by: account(8),
		replaces: (many == 2).then_some(1),
		previous: None,
	}
}

fn wish(entry: &Appointment<AccountId>, priority: Priority) -> Wish {
	Wish {
		appointment: 4,
		patient: 7,
		institution: 3,
		displaced: false,
		priority,
		since: 0,
		wanted: entry.period,
		length: 30 * MINUTE,
		offer: None,
	}
}

#[test]
fn every_status_in_every_mode() {
	let start = at("2026-12-01T09:00:00Z");
	for (index, status) in statuses().into_iter().enumerate() {
		for mode in Mode::ALL {
			let entry = entry(status, start, HOUR, mode, 1);
			let wish = wish(&entry, Priority::Routine);
			let terms = Terms::Appointment(AppointmentTerms::new(4, &entry, Some(&wish)));
			both_ways(&format!("status-{index}-{}", mode.name()), &terms);
		}
	}
}

#[test]
fn every_priority_of_who_waits() {
	for priority in Priority::ALL {
		let entry = entry(AppointmentStatus::Proposed, at("2026-12-01"), 14 * DAY, Mode::Tele, 1);
		let terms = AppointmentTerms::new(4, &entry, Some(&wish(&entry, priority)));
		both_ways(&format!("wish-{}", priority.name()), &Terms::Appointment(terms));
	}
}

#[test]
fn a_wish_that_was_cancelled_has_no_time_but_the_one_within_which_it_was_wanted() {
	let status = AppointmentStatus::Cancelled {
		by: AppointmentParty::Patient,
		reason: CancelReason::Other,
	};
	let entry = entry(status, at("2026-12-01"), 14 * DAY, Mode::InPerson, 1);
	let terms = Terms::Appointment(AppointmentTerms::new(4, &entry, None));
	let directory = directory();
	let written = to_fhir(&terms, None, &at_hospital(&directory)).unwrap().resource;
	assert!(written.get("start").is_none() && written.get("requestedPeriod").is_some());
	both_ways("cancelled-wish", &terms);
}

#[test]
fn every_slot_and_a_calendar() {
	let start = at("2026-12-01T23:30:00Z");
	let until = start - HOUR;
	let states = [
		SlotState::Free,
		SlotState::BusyTentative { patient: 7, until },
		SlotState::Busy(4),
		SlotState::BusyUnavailable,
	];
	for (index, state) in states.into_iter().enumerate() {
		let slot = Slot {
			period: Period::new(start, start + 30 * MINUTE),
			institution: 3,
			state,
		};
		let terms = SlotTerms::new(account(1), &slot, until - 1);
		both_ways(&format!("slot-{index}"), &Terms::Slot(terms));
		// Nobody learns from a slot whose it is.
		let lapsed = SlotTerms::new(account(1), &slot, until);
		assert_eq!(lapsed.status == SlotStatus::Free, index < 2, "{state:?}");
	}
	for horizon in [None, Some(Period::new(start, start + DAY))] {
		let terms = ScheduleTerms {
			practitioner: account(1),
			institution: 3,
			horizon,
		};
		both_ways(&format!("calendar-{}", horizon.is_some()), &Terms::Schedule(terms));
	}
}

proptest! {
	#[test]
	fn any_appointment(
		minutes in 1_000_000u64..200_000_000,
		length in 5u64..1440,
		many in 1u8..=4,
		status in proptest::sample::select(statuses()),
	) {
		let many = if status == AppointmentStatus::Proposed { 1 } else { many };
		let entry = entry(status, minutes * MINUTE, length.max(30) * MINUTE, Mode::Tele, many);
		let wish = wish(&entry, Priority::Asap);
		both_ways("random", &Terms::Appointment(AppointmentTerms::new(4, &entry, Some(&wish))));
	}
}

#[test]
fn what_fhir_can_not_say_is_refused() {
	let far = 253_402_300_800_000;
	let entry = entry(AppointmentStatus::Booked, far, HOUR, Mode::Tele, 1);
	let terms = Terms::Appointment(AppointmentTerms::new(4, &entry, None));
	let error = to_fhir(&terms, None, &at_hospital(&directory())).unwrap_err();
	assert_eq!(error.path(), "Appointment.start");
	let stranger = Appointment {
		patient: 8,
		..self::entry(AppointmentStatus::Booked, DAY, HOUR, Mode::Tele, 1)
	};
	let terms = Terms::Appointment(AppointmentTerms::new(4, &stranger, None));
	let error = to_fhir(&terms, None, &at_hospital(&directory())).unwrap_err();
	assert!(matches!(error, SchedulingError::UnknownEntity { .. }), "{error}");
	assert_eq!(error.path(), "Appointment.participant[0].actor.reference");
}
