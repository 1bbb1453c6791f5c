//! What a patient has before her: nobody is in two places at once.

use crate::{Agenda, Config, Engagement, Error, Hold, Hope, MAX_WISHES};
use frame_support::ensure;
use salus_primitives::{AppointmentId, Moment, Period};

impl Agenda {
	/// Adds an appointment, if she has no other at that time.
	pub(crate) fn engage<T: Config>(
		&mut self,
		appointment: AppointmentId,
		period: Period,
		now: Moment,
	) -> Result<(), Error<T>> {
		self.engagements.retain(|engagement| now < engagement.period.end);
		ensure!(
			!self
				.engagements
				.iter()
				.any(|engagement| engagement.period.overlaps(&period)),
			Error::PatientOverlaps
		);
		self.engagements
			.try_push(Engagement { appointment, period })
			.map_err(|_| Error::TooManyAppointments)?;
		self.free_holds(period);
		Ok(())
	}

	/// Takes an appointment out, if it is still there.
	pub(crate) fn disengage(&mut self, appointment: AppointmentId) {
		self.engagements
			.retain(|engagement| engagement.appointment != appointment);
	}

	/// Adds a hold, or prolongs the one that begins at the same time.
	pub(crate) fn hold<T: Config>(&mut self, start: Moment, until: Moment, now: Moment) -> Result<(), Error<T>> {
		self.holds.retain(|hold| now < hold.until && hold.start != start);
		self.holds
			.try_push(Hold { start, until })
			.map_err(|_| Error::TooManyHolds)
	}

	/// Takes out the holds that begin within this period.
	pub(crate) fn free_holds(&mut self, period: Period) {
		self.holds
			.retain(|hold| hold.start < period.start || period.end <= hold.start);
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
