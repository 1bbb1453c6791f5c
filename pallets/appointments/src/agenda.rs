//! What a patient has before her: nobody is in two places at once.

use crate::{Agenda, Config, Engagement, Error, Hold, Hope, Visit, MAX_WISHES};
use frame_support::ensure;
use salus_primitives::{AppointmentId, Moment, Period, Practitioners, Slot};

impl<AccountId: Clone + PartialEq> Agenda<AccountId> {
	/// Adds an appointment, if she has no other at that time.
	pub(crate) fn engage<T: Config>(
		&mut self,
		appointment: AppointmentId,
		period: Period,
		now: Moment,
	) -> Result<(), Error<T>> {
		self.ensure_free(period, now)?;
		self.engagements
			.try_push(Engagement { appointment, period })
			.map_err(|_| Error::TooManyAppointments)
	}

	/// Adds an appointment that she begins under an id that was merged, if she has no other at that time.
	pub(crate) fn carry<T: Config>(
		&mut self,
		appointment: AppointmentId,
		period: Period,
		now: Moment,
	) -> Result<(), Error<T>> {
		if self.carried.iter().any(|carried| carried.appointment == appointment) {
			return Ok(());
		}
		self.ensure_free(period, now)?;
		self.carried
			.try_push(Engagement { appointment, period })
			.map_err(|_| Error::TooManyAppointments)
	}

	/// She has nothing at that time; what is past goes out.
	fn ensure_free<T: Config>(&mut self, period: Period, now: Moment) -> Result<(), Error<T>> {
		self.engagements.retain(|engagement| now < engagement.period.end);
		self.carried.retain(|engagement| now < engagement.period.end);
		let mut all = self.engagements.iter().chain(&self.carried);
		ensure!(
			!all.any(|engagement| engagement.period.overlaps(&period)),
			Error::PatientOverlaps
		);
		Ok(())
	}

	/// Takes an appointment out, if it is still there.
	pub(crate) fn disengage(&mut self, appointment: AppointmentId) {
		self.engagements
			.retain(|engagement| engagement.appointment != appointment);
		self.carried.retain(|engagement| engagement.appointment != appointment);
	}

	/// Adds a hold, if nothing is held for her at that time.
	pub(crate) fn hold<T: Config>(
		&mut self,
		visit: &Visit<AccountId>,
		until: Moment,
		now: Moment,
	) -> Result<(), Error<T>> {
		self.holds.retain(|hold| now < hold.until);
		ensure!(
			!self.holds.iter().any(|hold| hold.period.overlaps(&visit.period)),
			Error::HoldOverlaps
		);
		let hold = Hold {
			period: visit.period,
			practitioners: visit.practitioners.clone(),
			until,
		};
		self.holds.try_push(hold).map_err(|_| Error::TooManyHolds)
	}

	/// Why a visit can't take a slot that is held for her: a hold is booked as a whole, and an offer is accepted.
	pub(crate) fn refusal<T: Config>(
		&self,
		visit: &Visit<AccountId>,
		practitioner: &AccountId,
		slot: &Slot,
	) -> Option<Error<T>> {
		match self.holds.iter().find(|hold| hold.has(practitioner, slot)) {
			Some(hold) if hold.is_within(visit.period, visit.practitioners) => None,
			Some(_) => Some(Error::HoldOverlaps),
			None => Some(Error::SlotOffered),
		}
	}

	/// Takes out the holds that are booked as a whole.
	pub(crate) fn use_holds(&mut self, visit: &Visit<AccountId>) {
		self.holds
			.retain(|hold| !hold.is_within(visit.period, visit.practitioners));
	}

	/// Takes out the hold of just this time of just these. It is released as it was made.
	pub(crate) fn let_go(
		&mut self,
		period: Period,
		practitioners: &Practitioners<AccountId>,
		now: Moment,
	) -> Option<Hold<AccountId>> {
		let at = self.holds.iter().position(|hold| {
			let same = hold.period == period && hold.practitioners.len() == practitioners.len();
			same && now < hold.until && hold.is_within(period, practitioners)
		})?;
		Some(self.holds.remove(at))
	}

	/// Adds a waiting list; the last places are for those whose day was cancelled.
	pub(crate) fn hope<T: Config>(
		&mut self,
		appointment: AppointmentId,
		until: Moment,
		displaced: bool,
		now: Moment,
	) -> Result<(), Error<T>> {
		self.hopes.retain(|hope| now < hope.until);
		ensure!(displaced || self.hopes.len() < MAX_WISHES, Error::TooManyWishes);
		self.hopes
			.try_push(Hope { appointment, until })
			.map_err(|_| Error::TooManyWishes)
	}

	/// Takes a waiting list out, if it is still there.
	pub(crate) fn resign(&mut self, appointment: AppointmentId) {
		self.hopes.retain(|hope| hope.appointment != appointment);
	}
}
