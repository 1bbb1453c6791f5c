//! Calendars, appointments, waiting lists and tele-consultations: the calls, and what can be asked.

use salus_primitives::{
	Appointment, AppointmentId, AppointmentStatus, CancelReason, Consultation, InstitutionId, Mode, Moment, PatientId,
	Period, Priority, Slot, UtcDay, Wish, DAY, MAX_DAYS_ASKED,
};
use subxt::{tx::Payload, utils::Static};

use super::{AccountId, At, Client, ConnectionError, Error, Hash};
use crate::api::{self, runtime_types::bounded_collections::bounded_vec::BoundedVec};

/// How many of a patient's appointments are asked for at once.
const PAGE: u32 = 256;

/// Which time of which practitioners, for whom and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
	/// The patient.
	pub patient: PatientId,
	/// The institution that admitted her.
	pub institution: InstitutionId,
	/// One to four practitioners of it.
	pub practitioners: Vec<AccountId>,
	/// When.
	pub period: Period,
}

/// What a patient waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
	/// The patient.
	pub patient: PatientId,
	/// The institution that admitted her.
	pub institution: InstitutionId,
	/// With whom.
	pub practitioner: AccountId,
	/// Within what time.
	pub wanted: Period,
	/// How long it is to be.
	pub length: Moment,
	/// How soon; the desk alone says more than routine.
	pub priority: Priority,
	/// How they meet.
	pub mode: Mode,
}

/// The practitioner, or the desk, opens slots.
pub fn open(practitioner: AccountId, institution: InstitutionId, slots: &[Period]) -> impl Payload {
	let slots = slots.iter().copied().map(Static).collect();
	api::tx()
		.appointments()
		.open(practitioner, institution, BoundedVec(slots))
}

/// The practitioner, or the desk, blocks the free slots of a time.
pub fn block(practitioner: AccountId, institution: InstitutionId, period: Period) -> impl Payload {
	api::tx()
		.appointments()
		.block(practitioner, institution, Static(period))
}

/// The practitioner, or the desk, frees the blocked slots of a time.
pub fn unblock(practitioner: AccountId, institution: InstitutionId, period: Period) -> impl Payload {
	api::tx()
		.appointments()
		.unblock(practitioner, institution, Static(period))
}

/// The desk, or the practitioner wherever it is, closes the slots of a time that nobody has.
pub fn close(practitioner: AccountId, institution: InstitutionId, period: Period) -> impl Payload {
	api::tx()
		.appointments()
		.close(practitioner, institution, Static(period))
}

/// Whoever acts for a patient holds a time for her.
pub fn hold(visit: Visit) -> impl Payload {
	let Visit {
		patient,
		institution,
		practitioners,
		period,
	} = visit;
	api::tx()
		.appointments()
		.hold(patient, institution, BoundedVec(practitioners), Static(period))
}

/// Whoever acts for a patient releases what is held for her.
pub fn release(visit: Visit) -> impl Payload {
	let Visit {
		patient,
		institution,
		practitioners,
		period,
	} = visit;
	api::tx()
		.appointments()
		.release(patient, institution, BoundedVec(practitioners), Static(period))
}

/// Whoever acts for a patient books a time for her.
pub fn book(visit: Visit, mode: Mode) -> impl Payload {
	let Visit {
		patient,
		institution,
		practitioners,
		period,
	} = visit;
	api::tx().appointments().book(
		patient,
		institution,
		BoundedVec(practitioners),
		Static(period),
		Static(mode),
	)
}

/// Whoever acts for a patient gives an appointment another time, or other practitioners.
pub fn reschedule(appointment: AppointmentId, practitioners: Vec<AccountId>, period: Period) -> impl Payload {
	api::tx()
		.appointments()
		.reschedule(appointment, BoundedVec(practitioners), Static(period))
}

/// Whoever acts for a patient, or a practitioner of hers, cancels an appointment.
pub fn cancel(appointment: AppointmentId, reason: CancelReason) -> impl Payload {
	api::tx().appointments().cancel(appointment, Static(reason))
}

/// Whoever acts for a patient puts her on a waiting list.
pub fn propose(proposal: Proposal) -> impl Payload {
	api::tx().appointments().propose(
		proposal.patient,
		proposal.institution,
		proposal.practitioner,
		Static(proposal.wanted),
		proposal.length,
		Static(proposal.priority),
		Static(proposal.mode),
	)
}

/// Whoever acts for a patient books what she is offered.
pub fn accept(appointment: AppointmentId) -> impl Payload {
	api::tx().appointments().accept(appointment)
}

/// Whoever acts for a patient declines what she is offered; she keeps her place.
pub fn decline(appointment: AppointmentId) -> impl Payload {
	api::tx().appointments().decline(appointment)
}

/// The practitioner, or the desk, offers a day's free slots to who waits.
pub fn offer(practitioner: AccountId, institution: InstitutionId, day: UtcDay) -> impl Payload {
	api::tx().appointments().offer(practitioner, institution, day)
}

/// The practitioner, or the desk, cancels a time with up to so many appointments, whose patients are offered what is
/// free on the days named.
pub fn cancel_day(
	practitioner: AccountId,
	institution: InstitutionId,
	period: Period,
	most: u32,
	next: &[UtcDay],
) -> impl Payload {
	api::tx().appointments().cancel_day(
		practitioner,
		institution,
		Static(period),
		most,
		BoundedVec(next.to_vec()),
	)
}

/// The desk, or a practitioner, notes that the patient is there.
pub fn arrive(appointment: AppointmentId) -> impl Payload {
	api::tx().appointments().arrive(appointment)
}

/// The desk, or a practitioner, notes that an appointment took place.
pub fn fulfil(appointment: AppointmentId) -> impl Payload {
	api::tx().appointments().fulfil(appointment)
}

/// The desk, or a practitioner, notes that the patient never came.
pub fn mark_no_show(appointment: AppointmentId) -> impl Payload {
	api::tx().appointments().mark_no_show(appointment)
}

/// Somebody joins a tele-consultation: a practitioner for her institution, the patient's side for none.
pub fn join(appointment: AppointmentId, institution: Option<InstitutionId>, session: Hash) -> impl Payload {
	api::tx().appointments().join(appointment, institution, session)
}

/// Who takes part ends a tele-consultation.
pub fn end_consultation(appointment: AppointmentId) -> impl Payload {
	api::tx().appointments().end_consultation(appointment)
}

/// Anybody registered removes the calendar of a day long past.
pub fn prune(practitioner: AccountId, day: UtcDay) -> impl Payload {
	api::tx().appointments().prune(practitioner, day)
}

/// The UTC day of a point in time.
pub fn day_of(moment: Moment) -> UtcDay {
	moment / DAY
}

impl Client {
	/// A practitioner's slots that have a moment of the period, in the order of time; of a longer one, those of the
	/// first 42 days.
	///
	/// # Errors
	/// `Broken`
	pub async fn availability(
		&self,
		at: &At,
		practitioner: &AccountId,
		period: Period,
	) -> Result<Vec<Slot>, ConnectionError> {
		self.ask(at, "AppointmentsApi_availability", (practitioner, period))
			.await
	}

	/// An appointment.
	///
	/// # Errors
	/// `NotFound`
	pub async fn appointment(&self, at: &At, id: AppointmentId) -> Result<Appointment<AccountId>, Error> {
		let found: Option<_> = self.ask(at, "AppointmentsApi_appointment", id).await?;
		found.ok_or_else(|| super::not_found("appointment", id))
	}

	/// A patient's newest appointments, newest first, and whether there are more.
	///
	/// # Errors
	/// `Broken`
	pub async fn appointments_of(
		&self,
		at: &At,
		patient: PatientId,
	) -> Result<(Vec<(AppointmentId, Appointment<AccountId>)>, bool), ConnectionError> {
		let before: Option<AppointmentId> = None;
		let (page, next): (_, Option<AppointmentId>) = self
			.ask(at, "AppointmentsApi_appointments_of", (patient, before, PAGE))
			.await?;
		Ok((page, next.is_some()))
	}

	/// The appointments that have slots of a practitioner in a period of up to 42 days, in the order of time.
	///
	/// # Errors
	/// `Broken`
	pub async fn appointments_with(
		&self,
		at: &At,
		practitioner: &AccountId,
		period: Period,
	) -> Result<Vec<(AppointmentId, Appointment<AccountId>)>, ConnectionError> {
		self.ask(at, "AppointmentsApi_appointments_with", (practitioner, period))
			.await
	}

	/// Who waits for a practitioner, in the order in which they are offered what becomes free.
	///
	/// # Errors
	/// `Broken`
	pub async fn waiting(&self, at: &At, practitioner: &AccountId) -> Result<Vec<Wish>, ConnectionError> {
		self.ask(at, "AppointmentsApi_waiting", practitioner).await
	}

	/// The place on a waiting list of an appointment that is proposed.
	///
	/// # Errors
	/// `Broken`
	pub async fn wish(
		&self,
		at: &At,
		id: AppointmentId,
		appointment: &Appointment<AccountId>,
	) -> Result<Option<Wish>, ConnectionError> {
		if appointment.status != AppointmentStatus::Proposed {
			return Ok(None);
		}
		for practitioner in &appointment.practitioners {
			let list = self.waiting(at, practitioner).await?;
			if let Some(wish) = list.into_iter().find(|wish| wish.appointment == id) {
				return Ok(Some(wish));
			}
		}
		Ok(None)
	}

	/// The log of an appointment's tele-consultation.
	///
	/// # Errors
	/// `Broken`
	pub async fn consultation(
		&self,
		at: &At,
		id: AppointmentId,
	) -> Result<Option<Consultation<AccountId>>, ConnectionError> {
		self.ask(at, "AppointmentsApi_consultation", id).await
	}
}

/// The longest time that is asked for at once.
pub const LONGEST_ASKED: Moment = MAX_DAYS_ASKED * DAY;
