#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::panic,
	clippy::cast_possible_truncation
)]

mod attacks;
mod block;
mod book;
mod cancel;
mod cancel_day;
mod close;
mod consultations;
mod find;
mod hold;
mod migrations;
mod model;
mod offers;
mod open;
mod progress;
mod propose;
mod prune;
mod queries;
mod reschedule;
mod state_machine;
mod try_state;
mod weights;

use crate::{mock::*, Calendar, Event, NextAppointment};
use frame_support::{assert_ok, BoundedVec};
use salus_primitives::{
	Appointment, AppointmentId, AppointmentParty, AppointmentStatus, AuditEntry, CancelReason, InstitutionId, Kind,
	Mode, Moment, PatientId, Period, Priority, SlotState, Wish, DAY, HOUR, MINUTE,
};
use sp_runtime::{traits::ConstU32, DispatchResult};

type Error = crate::Error<Test>;

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn list<T, const N: u32>(items: impl IntoIterator<Item = T>) -> BoundedVec<T, ConstU32<N>> {
	let items: Vec<T> = items.into_iter().collect();
	items.try_into().unwrap_or_else(|_| panic!("more than {N}"))
}

/// From a time on, for so many minutes.
fn from(start: Moment, minutes: u64) -> Period {
	Period::new(start, start + minutes * MINUTE)
}

/// Quarter-hours one after the other.
fn quarters(start: Moment, count: u64) -> Vec<Period> {
	(0..count).map(|n| from(start + n * 15 * MINUTE, 15)).collect()
}

fn open(who: u64, practitioner: u64, institution: InstitutionId, slots: Vec<Period>) -> DispatchResult {
	Appointments::open(signed(who), practitioner, institution, list(slots))
}

/// The desk of A opens tomorrow from nine to twelve.
fn morning(practitioner: u64) {
	assert_ok!(open(DESK, practitioner, A, quarters(at(1, 9, 0), 12)));
}

fn book(who: u64, patient: PatientId, practitioners: &[u64], period: Period) -> DispatchResult {
	let practitioners = list(practitioners.to_vec());
	Appointments::book(signed(who), patient, A, practitioners, period, Mode::InPerson)
}

/// The id of an appointment at A that a patient books herself.
fn booked(patient: PatientId, practitioners: &[u64], period: Period) -> AppointmentId {
	let id = NextAppointment::<Test>::get();
	assert_ok!(book(ADAS + patient, patient, practitioners, period));
	id
}

fn hold(who: u64, patient: PatientId, practitioners: &[u64], period: Period) -> DispatchResult {
	Appointments::hold(signed(who), patient, A, list(practitioners.to_vec()), period)
}

fn release(who: u64, patient: PatientId, practitioners: &[u64], period: Period) -> DispatchResult {
	Appointments::release(signed(who), patient, A, list(practitioners.to_vec()), period)
}

/// Somebody wants half an hour of the doctor's, any time within ten days.
fn wish(who: u64, patient: PatientId, priority: Priority) -> DispatchResult {
	wish_for(
		who,
		patient,
		Period::new(now(), now() + 10 * DAY),
		30 * MINUTE,
		priority,
	)
}

fn wish_for(who: u64, patient: PatientId, wanted: Period, length: Moment, priority: Priority) -> DispatchResult {
	let mode = Mode::InPerson;
	Appointments::propose(signed(who), patient, A, DOCTOR, wanted, length, priority, mode)
}

/// The id of a proposal that a patient makes herself.
fn wished(patient: PatientId) -> AppointmentId {
	let id = NextAppointment::<Test>::get();
	assert_ok!(wish(ADAS + patient, patient, Priority::Routine));
	id
}

fn appointment(id: AppointmentId) -> Appointment<u64> {
	Appointments::appointment(id).unwrap()
}

fn status(id: AppointmentId) -> AppointmentStatus {
	appointment(id).status
}

/// What the slot that begins then is.
fn slot(practitioner: u64, start: Moment) -> Option<SlotState> {
	Calendar::<Test>::get(practitioner, start / DAY)
		.into_iter()
		.find(|slot| slot.period.start == start)
		.map(|slot| slot.state)
}

fn on_list(practitioner: u64) -> Vec<Wish> {
	Appointments::waiting(&practitioner)
}

fn places(practitioner: u64) -> Vec<AppointmentId> {
	on_list(practitioner).iter().map(|wish| wish.appointment).collect()
}

/// What a proposal is offered.
fn offered(id: AppointmentId) -> Option<Period> {
	let wishes = on_list(DOCTOR);
	let wish = wishes.iter().find(|wish| wish.appointment == id)?;
	wish.live_offer(now()).map(|offer| offer.period)
}

/// This pallet's events so far.
fn events() -> Vec<Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Appointments(event) => Some(event),
			_ => None,
		})
		.collect()
}

fn last_entry(patient: PatientId) -> AuditEntry<u64> {
	Entries::get(patient).unwrap().last().unwrap().clone()
}

/// The latest event carries the latest entry of this patient's trail, which says this of this actor.
fn assert_noted(patient: PatientId, actor: u64, kind: Kind<u64>) {
	let entry = last_entry(patient);
	assert_eq!((entry.actor, &entry.kind), (Some(actor), &kind));
	assert_eq!(events().last().unwrap().audit(), vec![(patient, entry)]);
}

/// Writes a status that takes more calls than a test is about.
fn set_status(id: AppointmentId, status: AppointmentStatus) {
	crate::Appointments::<Test>::mutate(id, |kept| kept.as_mut().unwrap().status = status);
}

/// Changes the mode of an appointment.
fn make_tele(id: AppointmentId) {
	crate::Appointments::<Test>::mutate(id, |kept| kept.as_mut().unwrap().mode = Mode::Tele);
}
