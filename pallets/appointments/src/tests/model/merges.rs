//! Merged ids in the model.

use super::*;

impl Model {
	/// Merges an id into another, if both go on, or takes it back.
	pub fn merge(&mut self, from: PatientId, into: PatientId) -> bool {
		let goes_on = |patient| !self.merged.contains_key(&patient);
		let may = from != into && goes_on(from) && goes_on(into);
		if may {
			self.merged.insert(from, into);
		}
		may
	}

	pub fn ensure_active(&self, patient: PatientId) -> Result<(), Error> {
		match self.merged.contains_key(&patient) {
			true => Err(Error::PatientNotActive),
			false => Ok(()),
		}
	}

	/// Under which id a merged patient goes on.
	pub fn heir(&self, patient: PatientId) -> Option<PatientId> {
		let into = *self.merged.get(&patient)?;
		Some(self.heir(into).unwrap_or(into))
	}

	/// An appointment of a merged patient begins.
	pub fn carry(&mut self, id: AppointmentId, made: &Made) -> Result<(), Error> {
		let Some(heir) = self.heir(made.patient) else {
			return Ok(());
		};
		if self
			.carried
			.iter()
			.any(|(whose, which, _)| (*whose, *which) == (heir, id))
		{
			return Ok(());
		}
		let own = self.made.iter().filter(|other| {
			let current = matches!(other.status, AppointmentStatus::Booked | AppointmentStatus::Arrived);
			other.patient == heir && current
		});
		let carried = self.carried.iter().filter(|(whose, _, _)| *whose == heir);
		let mut periods = own.map(|made| made.period).chain(carried.map(|(_, _, period)| *period));
		if periods.any(|period| now() < period.end && meets(period, made.period)) {
			return Err(Error::PatientOverlaps);
		}
		self.carried.push((heir, id, made.period));
		Ok(())
	}

	/// An appointment is over.
	pub fn over(&mut self, id: AppointmentId, status: AppointmentStatus) {
		let heir = self.heir(self.made[id as usize].patient);
		self.carried
			.retain(|(whose, which, _)| Some(*whose) != heir || *which != id);
		self.made[id as usize].status = status;
	}
}
