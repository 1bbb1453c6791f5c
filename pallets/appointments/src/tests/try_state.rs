use super::*;
use crate::{Agendas, Consultations, Engagement, Waiting};

/// A chain with something of everything, damaged, of which the invariants must tell.
fn damaged(what: &'static str, damage: impl FnOnce()) {
	world().execute_with(|| {
		morning(DOCTOR);
		morning(NURSE);
		booked(ADA, &[DOCTOR, NURSE], from(at(1, 9, 0), 30));
		booked(ADA, &[DOCTOR], from(at(1, 10, 0), 30));
		booked(BEN, &[DOCTOR], from(at(1, 11, 0), 15));
		wished(ADA);
		wished(BEN);
		make_tele(1);
		Consents::insert((ADA, DOCTOR), 1);
		set_time(at(1, 9, 50));
		assert_ok!(Appointments::join(signed(DOCTOR), 1, Some(A), Default::default()));
		Appointments::check_state().unwrap();
		damage();
		assert_eq!(Appointments::check_state(), Err(what.into()));
	});
}

fn change(id: AppointmentId, change: impl FnOnce(&mut Appointment<u64>)) {
	crate::Appointments::<Test>::mutate(id, |kept| change(kept.as_mut().unwrap()));
}

fn day(practitioner: u64, change: impl FnOnce(&mut salus_primitives::Slots)) {
	Calendar::<Test>::mutate(practitioner, TODAY + 1, change);
}

#[test]
fn broken_calendars() {
	damaged("appointments: an empty calendar", || {
		Calendar::<Test>::insert(SURGEON, TODAY, salus_primitives::Slots::default());
	});
	damaged("appointments: slots overlap or are out of order", || {
		day(DOCTOR, |slots| AsMut::<[_]>::as_mut(slots).swap(0, 1));
	});
	damaged("appointments: slots overlap or are out of order", || {
		day(DOCTOR, |slots| slots[2].period.end += MINUTE);
	});
	damaged("appointments: a slot leaves its day", || {
		day(NURSE, |slots| slots.last_mut().unwrap().period.end += DAY);
	});
	damaged("appointments: a slot of odd length", || {
		day(NURSE, |slots| slots.last_mut().unwrap().period.end -= 1);
	});
}

#[test]
fn slots_and_appointments_that_do_not_agree() {
	damaged("appointments: a slot of no appointment", || {
		day(NURSE, |slots| slots[8].state = SlotState::Busy(99));
	});
	let not_its = "appointments: a slot that its appointment does not have";
	damaged(not_its, || day(NURSE, |slots| slots[8].state = SlotState::Busy(1)));
	damaged(not_its, || day(DOCTOR, |slots| slots[2].state = SlotState::Busy(0)));
	damaged(not_its, || day(DOCTOR, |slots| slots[0].institution = B));
	damaged(not_its, || set_status(2, AppointmentStatus::Proposed));
	damaged("appointments: an appointment without its slots", || {
		day(NURSE, |slots| slots[1].state = SlotState::Free);
	});
	damaged("appointments: a gap in an appointment", || {
		day(NURSE, |slots| slots[0].state = SlotState::Free);
	});
}

#[test]
fn broken_appointments() {
	damaged("appointments: ids are not dense", || NextAppointment::<Test>::put(9));
	damaged("appointments: with nobody, or with somebody twice", || {
		change(3, |kept| kept.practitioners = list([]));
	});
	damaged("appointments: with nobody, or with somebody twice", || {
		change(3, |kept| kept.practitioners = list([DOCTOR, DOCTOR]));
	});
	damaged("appointments: an empty appointment", || {
		change(3, |kept| kept.period.end = kept.period.start);
	});
	damaged("appointments: one replaces a later one", || {
		change(2, |kept| kept.replaces = Some(2));
	});
	let not_cancelled = "appointments: one replaces what was not cancelled";
	damaged(not_cancelled, || change(2, |kept| kept.replaces = Some(1)));
	damaged(not_cancelled, || {
		assert_ok!(Appointments::cancel(signed(DESK), 1, CancelReason::Other));
		change(2, |kept| kept.replaces = Some(1));
	});
	damaged("appointments: too long", || change(2, |kept| kept.period.end += DAY));
}

#[test]
fn a_patient_in_two_places_at_once() {
	// Both of the practitioners' calendars agree with it: nothing but the patient is wrong.
	damaged("appointments: a patient in two places at once", || {
		day(NURSE, |slots| slots[4].state = SlotState::Busy(2));
		change(2, |kept| {
			kept.patient = ADA;
			kept.practitioners = list([NURSE]);
			kept.period = from(at(1, 10, 0), 15);
		});
		day(DOCTOR, |slots| slots[8].state = SlotState::Free);
	});
}

#[test]
fn agendas_that_leave_out_or_invent() {
	damaged("appointments: an agenda that leaves something out", || {
		Agendas::<Test>::mutate(ADA, |agenda| agenda.engagements.retain(|kept| kept.appointment != 1));
	});
	damaged("appointments: an agenda with what is not current", || {
		let engagement = Engagement {
			appointment: 2,
			period: from(at(1, 11, 0), 15),
		};
		Agendas::<Test>::mutate(ADA, |agenda| agenda.engagements.try_push(engagement).unwrap());
	});
	let carries = |appointment, period| {
		move || {
			let engagement = Engagement { appointment, period };
			Agendas::<Test>::mutate(ADA, |agenda| agenda.carried.try_push(engagement).unwrap());
		}
	};
	let hopes =
		|change: fn(&mut crate::Hope)| move || Agendas::<Test>::mutate(BEN, |agenda| change(&mut agenda.hopes[0]));
	let not_proposed = "appointments: a hope of what was not proposed";
	damaged(not_proposed, hopes(|hope| hope.appointment = 99));
	damaged(not_proposed, hopes(|hope| hope.appointment = 2));
	damaged(not_proposed, hopes(|hope| hope.appointment = 3));
	damaged(not_proposed, hopes(|hope| hope.until += 1));
	let nobody_began = "appointments: an agenda with what nobody began";
	damaged(nobody_began, carries(1, from(at(1, 10, 0), 30)));
	damaged(nobody_began, carries(99, from(at(1, 10, 0), 30)));
	damaged(nobody_began, carries(2, from(at(1, 11, 0), 30)));
	damaged(nobody_began, || {
		Patients::mutate(BEN, |patient| {
			patient.as_mut().unwrap().status = salus_primitives::PatientStatus::MergedInto(ADA);
		});
		carries(2, from(at(1, 11, 0), 15))();
	});
	damaged("appointments: a merged patient in two places at once", || {
		carries(2, from(at(1, 11, 0), 15))();
		carries(2, from(at(1, 11, 0), 15))();
	});
	damaged("appointments: an agenda of an unknown patient", || {
		Agendas::<Test>::insert(9, crate::Agenda::default());
	});
	damaged("appointments: a list that leaves one out", || {
		Agendas::<Test>::mutate(ADA, |agenda| agenda.latest = Some(1));
	});
	damaged("appointments: a list that does not end", || {
		change(0, |kept| kept.previous = Some(1));
	});
	damaged("appointments: a patient without an agenda", || {
		change(4, |kept| kept.status = AppointmentStatus::NoShow);
		change(4, |kept| kept.period = from(at(0, 9, 0) - 400 * DAY, 15));
		set_time(at(900, 0, 0));
		Waiting::<Test>::remove(DOCTOR);
		Agendas::<Test>::remove(BEN);
	});
}

#[test]
fn holds_and_slots_that_do_not_agree() {
	let holds = |change: fn(&mut Vec<crate::Hold<u64>>)| {
		move || {
			assert_ok!(hold(CATS, CAT, &[NURSE], from(at(1, 11, 30), 15)));
			assert_ok!(hold(CATS, CAT, &[NURSE], from(at(1, 11, 45), 15)));
			Agendas::<Test>::mutate(CAT, |agenda| {
				let mut kept: Vec<_> = agenda.holds.to_vec();
				change(&mut kept);
				agenda.holds = list(kept);
			});
		}
	};
	let for_nothing = "appointments: a slot that is held for nothing";
	damaged(for_nothing, holds(|kept| drop(kept.pop())));
	damaged(for_nothing, holds(|kept| kept[0].until -= 1));
	damaged(for_nothing, holds(|kept| kept[0].practitioners = list([DOCTOR])));
	damaged(for_nothing, || {
		let until = at(1, 10, 0);
		day(NURSE, |slots| {
			slots[10].state = SlotState::BusyTentative { patient: BEN, until };
		});
	});
	damaged(
		"appointments: two holds at the same time",
		holds(|kept| kept[0].period.end += MINUTE),
	);
	damaged(
		"appointments: a hold of nothing",
		holds(|kept| kept[0].period.end = kept[0].period.start),
	);
	damaged(
		"appointments: a hold of nothing",
		holds(|kept| kept[0].practitioners = list([])),
	);
	damaged(
		"appointments: a hold that lasts too long",
		holds(|kept| kept[0].until += HOUR),
	);
	damaged("appointments: a hold of too much", || {
		let slots = (0..33).map(|n| from(at(2, 9, 0) + n * 5 * MINUTE, 5));
		assert_ok!(open(DESK, SURGEON, A, slots.collect()));
		assert_ok!(hold(CATS, CAT, &[SURGEON], from(at(2, 9, 0), 160)));
		Agendas::<Test>::mutate(CAT, |agenda| agenda.holds[0].period.end += 5 * MINUTE);
		let state = slot(SURGEON, at(2, 9, 0)).unwrap();
		Calendar::<Test>::mutate(SURGEON, TODAY + 2, |slots| slots[32].state = state);
	});
}

#[test]
fn broken_waiting_lists() {
	let wishes = |change: fn(&mut crate::WaitingList)| move || Waiting::<Test>::mutate(DOCTOR, change);
	damaged("appointments: an empty waiting list", || {
		Waiting::<Test>::insert(NURSE, crate::WaitingList::default());
	});
	damaged(
		"appointments: a waiting list out of order",
		wishes(|list| AsMut::<[_]>::as_mut(list).swap(0, 1)),
	);
	damaged(
		"appointments: a wish for no appointment",
		wishes(|list| list[1].appointment = 99),
	);
	let too_many = "appointments: too many wait, or one for two things";
	damaged(too_many, wishes(|list| list[1].patient = ADA));
	damaged(
		too_many,
		wishes(|list| {
			let more = (0..31).map(|n| Wish {
				appointment: 100 + n,
				patient: 100 + n,
				..list[1]
			});
			*list = super::list(list.iter().copied().chain(more).collect::<Vec<_>>());
		}),
	);
	let not_its = "appointments: a wish that is not its appointment's";
	damaged(not_its, wishes(|list| list[1].patient = CAT));
	damaged(not_its, wishes(|list| list[0].displaced = true));
	damaged("appointments: an offer of what was not wished", || {
		Waiting::<Test>::mutate(DOCTOR, |list| {
			list[0].offer = Some(salus_primitives::Offer {
				period: from(at(1, 9, 0), 15),
				until: 0,
			});
		});
	});
	damaged("appointments: an offer of what is not held", || {
		Waiting::<Test>::mutate(DOCTOR, |list| {
			list[0].offer = Some(salus_primitives::Offer {
				period: from(at(1, 11, 15), 30),
				until: at(1, 11, 0),
			});
		});
	});
	damaged("appointments: a proposal on no list", || {
		Waiting::<Test>::remove(DOCTOR);
	});
	damaged("appointments: a proposal on no agenda", || {
		Agendas::<Test>::mutate(BEN, |agenda| agenda.hopes = list([]));
	});
}

#[test]
fn broken_logs() {
	let log = |change: fn(&mut salus_primitives::Consultation<u64>)| {
		move || Consultations::<Test>::mutate(1, |kept| change(kept.as_mut().unwrap()))
	};
	damaged(
		"appointments: a log of nobody, or of somebody twice",
		log(|log| log.participants.clear()),
	);
	damaged(
		"appointments: a log of nobody, or of somebody twice",
		log(|log| {
			let first = log.participants[0].clone();
			log.participants.try_push(first).unwrap();
		}),
	);
	damaged("appointments: a log out of order", log(|log| log.ended_at = Some(0)));
	damaged("appointments: a log of a meeting in person", || {
		change(1, |kept| kept.mode = Mode::InPerson);
	});
	damaged("appointments: a log of no appointment", || {
		let kept = Consultations::<Test>::get(1).unwrap();
		Consultations::<Test>::insert(99, kept);
	});
}
