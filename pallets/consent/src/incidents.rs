//! Declared incidents and what the council allows an institution: both change how many approvals a case needs.

use crate::{
	Config, EmergencyLimitsOf, Error, Event, IncidentProposals, Incidents, Pallet, MAX_APPROVALS_NEEDED, MAX_INCIDENT,
};
use frame_support::{
	ensure,
	traits::{EnsureOrigin, Time},
};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use salus_primitives::{EmergencyLimits, InstitutionId, Moment, Registry};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Whether an incident is declared at the institution.
	pub(crate) fn has_incident(institution: InstitutionId, now: Moment) -> bool {
		Incidents::<T>::get(institution).is_some_and(|ends_at| now < ends_at)
	}

	/// Declares an incident by the council or by the second of two officers; notes the first one's word.
	pub(crate) fn declare(
		origin: OriginFor<T>,
		institution: InstitutionId,
		ends_at: Moment,
	) -> Result<(), DispatchError> {
		let officer = Self::ensure_council_or_officer(origin, institution)?;
		let now = T::Time::now();
		ensure!(now < ends_at, Error::<T>::IncidentEndsInPast);
		ensure!(ends_at <= now.saturating_add(MAX_INCIDENT), Error::<T>::IncidentTooLong);
		if let Some(officer) = officer {
			// The word of one who is no officer any more counts for nothing.
			let other = IncidentProposals::<T>::get(institution).filter(|(proposer, proposed)| {
				*proposer != officer && *proposed == ends_at && T::Registry::is_officer(proposer, institution)
			});
			if other.is_none() {
				IncidentProposals::<T>::insert(institution, (officer.clone(), ends_at));
				Self::deposit_event(Event::IncidentProposed {
					institution,
					officer,
					ends_at,
				});
				return Ok(());
			}
		}
		IncidentProposals::<T>::remove(institution);
		Incidents::<T>::insert(institution, ends_at);
		Self::deposit_event(Event::IncidentDeclared { institution, ends_at });
		Ok(())
	}

	/// Ends an incident.
	pub(crate) fn end(origin: OriginFor<T>, institution: InstitutionId) -> Result<(), DispatchError> {
		Self::ensure_council_or_officer(origin, institution)?;
		ensure!(Self::has_incident(institution, T::Time::now()), Error::<T>::NoIncident);
		Incidents::<T>::remove(institution);
		Ok(())
	}

	/// Sets what the council allows an institution.
	pub(crate) fn allow(institution: InstitutionId, limits: EmergencyLimits) -> Result<(), DispatchError> {
		Self::ensure_institution(institution)?;
		let sound = (1..=MAX_APPROVALS_NEEDED).contains(&limits.approvals) && limits.cases_a_day > 0;
		ensure!(sound, Error::<T>::LimitsOutOfRange);
		EmergencyLimitsOf::<T>::insert(institution, limits);
		Ok(())
	}

	/// The officer who signs; none for the council.
	fn ensure_council_or_officer(
		origin: OriginFor<T>,
		institution: InstitutionId,
	) -> Result<Option<T::AccountId>, DispatchError> {
		let officer = match T::CouncilOrigin::try_origin(origin) {
			Ok(_) => None,
			Err(origin) => Some(ensure_signed(origin)?),
		};
		Self::ensure_institution(institution)?;
		if let Some(officer) = &officer {
			ensure!(T::Registry::is_officer(officer, institution), Error::<T>::NotAnOfficer);
		}
		Ok(officer)
	}
}
