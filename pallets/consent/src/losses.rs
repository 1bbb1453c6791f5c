//! Keys that were lost: what was given since, perhaps by somebody else, permits nothing until the patient confirms it.

use crate::{delegation::Root, parties::Scope, Config, Error, Grants, Pallet};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Time};
use salus_primitives::{GrantId, Grantee, Guardianship, KeyLoss, Moment, PatientId, PatientStatus, Registry};
use sp_runtime::{DispatchError, DispatchResult};

/// What is in doubt of a patient's grants. Nothing is read before it is asked for, and the loss and her guardians once.
pub(crate) struct Doubt<T: Config> {
	patient: PatientId,
	status: Option<PatientStatus>,
	now: Moment,
	loss: Option<KeyLoss>,
	guardians: Option<Vec<Guardianship<T::AccountId>>>,
}

impl<T: Config> Doubt<T> {
	pub fn of(patient: PatientId, status: Option<PatientStatus>, now: Moment) -> Self {
		Self {
			patient,
			status,
			now,
			loss: None,
			guardians: None,
		}
	}

	/// Whether a grant was given by a key that may have been in other hands. A guardian's is not: two officers gave her
	/// to the patient, and she signs by a key of her own.
	pub fn covers(&mut self, given: &Root<T::AccountId>) -> bool {
		let patient = self.patient;
		let loss = self.loss.get_or_insert_with(|| T::Registry::key_loss(patient));
		loss.covers(given.at) && !self.is_guardian(&given.by)
	}

	fn is_guardian(&mut self, account: &T::AccountId) -> bool {
		let (patient, now) = (self.patient, self.now);
		let guardians = self
			.guardians
			.get_or_insert_with(|| T::Registry::guardianships(patient));
		self.status.is_some_and(|status| {
			guardians
				.iter()
				.any(|guardianship| guardianship.guardian == *account && guardianship.is_active(now, status))
		})
	}
}

impl<T: Config> Pallet<T> {
	/// Gives a grant that is in doubt again: as of now, by who confirms it.
	pub(crate) fn give_again(
		who: &T::AccountId,
		scope: &Scope,
		patient: PatientId,
		grantee: &Grantee<T::AccountId>,
		grant: GrantId,
	) -> Result<(), DispatchError> {
		let now = T::Time::now();
		let mut doubt = Doubt::<T>::of(patient, Some(PatientStatus::Active), now);
		Grants::<T>::try_mutate(patient, grantee, |list| {
			let found = list
				.iter_mut()
				.find(|candidate| candidate.id == grant)
				.ok_or(Error::<T>::UnknownGrant)?;
			let suspended = found.parent.is_none() && doubt.covers(&Root::of(found));
			ensure!(suspended, Error::<T>::NotSuspended);
			ensure!(!found.is_dead(now), Error::<T>::GrantNotLive);
			ensure!(scope.covers(&found.terms), Error::<T>::BeyondGuardianship);
			found.given_at = now;
			found.given_by = who.clone();
			ensure!(!doubt.covers(&Root::of(found)), Error::<T>::RecoveryOpen);
			Ok(())
		})
	}

	/// While a recovery waits, the key that is said to be lost opens nothing that was closed. A guardian does.
	pub(crate) fn ensure_key_held(patient: PatientId, scope: &Scope) -> DispatchResult {
		let held = scope.is_guardians() || T::Registry::key_loss(patient).waiting.is_none();
		ensure!(held, Error::<T>::RecoveryOpen);
		Ok(())
	}
}
