//! `Admission`: the terms a patient accepts when she registers.

use crate::{terms, Config, Error, Event, Pallet};
use frame_support::traits::Time;
use salus_primitives::{Admission, AuditTrail, GrantId, Grantee, InstitutionId, Kind, Moment, PatientId, Terms};
use sp_runtime::DispatchError;

impl<T: Config> Admission<T::AccountId> for Pallet<T> {
	/// The grant has an entry and an event of its own, as every other grant has; the caller writes the patient's
	/// registration first.
	fn admit(
		patient: PatientId,
		controller: &T::AccountId,
		institution: InstitutionId,
		terms: Terms,
	) -> Result<GrantId, DispatchError> {
		terms::check(&terms, T::Time::now()).map_err(Error::<T>::from)?;
		let grantee = Grantee::Assigned(institution);
		let grant = Self::give(patient, &grantee, terms, controller, None, None)?;
		let entry = T::Audit::append(patient, Some(controller.clone()), Kind::GrantGiven { grant });
		Self::deposit_event(Event::Granted {
			patient,
			grantee,
			grant,
			entry,
		});
		Ok(grant)
	}

	fn acceptable(terms: &Terms, now: Moment) -> bool {
		terms::check(terms, now).is_ok()
	}
}
