//! Who has standing, and how it ends.

use crate::{Config, Error, Event, Home, KinOf, LeftInstitutions, Pallet, PatientOf, TiesOf, Tombstones};
use alloc::collections::BTreeSet;
use codec::Encode;
use frame_support::ensure;
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use salus_primitives::{DeviceKeys, InstitutionId, PatientId, Status};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Gives an account standing as staff of an institution, if it has none yet. It keeps its first home.
	pub(crate) fn give_standing(account: &T::AccountId, institution: InstitutionId) -> Result<(), Error<T>> {
		Self::ensure_free(account)?;
		// A doctor who is also a patient, or a patient's mother, must not be found out: she is one under an account of
		// its own.
		let acts_for_patient = PatientOf::<T>::contains_key(account) || KinOf::<T>::contains_key(account);
		ensure!(!acts_for_patient, Error::AccountInUse);
		if !Home::<T>::contains_key(account) {
			Self::settle(account, institution);
		}
		Ok(())
	}

	/// Gives an account an office at an institution: officer, seat, validator, registrar.
	pub(crate) fn take_office(account: &T::AccountId, institution: InstitutionId) -> Result<(), Error<T>> {
		Self::give_standing(account, institution)?;
		TiesOf::<T>::mutate(account, |ties| ties.offices = ties.offices.saturating_add(1));
		Ok(())
	}

	/// Notes that an account gave up an office. Its standing stays.
	pub(crate) fn quit_office(account: &T::AccountId) {
		TiesOf::<T>::mutate(account, |ties| ties.offices = ties.offices.saturating_sub(1));
	}

	/// Gives an account standing as one that acts for this patient and for nobody else.
	pub(crate) fn join_kin(
		account: &T::AccountId,
		patient: PatientId,
		institution: InstitutionId,
	) -> Result<(), Error<T>> {
		if KinOf::<T>::get(account) == Some(patient) {
			return Ok(());
		}
		Self::ensure_unused(account)?;
		Self::settle(account, institution);
		KinOf::<T>::insert(account, patient);
		Ok(())
	}

	/// The signer, who has standing, whatever it is.
	pub(crate) fn ensure_registered(origin: OriginFor<T>) -> Result<T::AccountId, DispatchError> {
		let who = ensure_signed(origin)?;
		ensure!(Home::<T>::contains_key(&who), Error::<T>::NotRegistered);
		Ok(who)
	}

	/// Whether the account has no part in anything yet.
	pub(crate) fn ensure_unused(account: &T::AccountId) -> Result<(), Error<T>> {
		Self::ensure_free(account)?;
		ensure!(!Home::<T>::contains_key(account), Error::AccountInUse);
		Ok(())
	}

	/// Whether the account may have standing: it did not end for ever, and it is no device's key.
	fn ensure_free(account: &T::AccountId) -> Result<(), Error<T>> {
		ensure!(!Tombstones::<T>::contains_key(account), Error::AccountLeft);
		let is_device = |bytes: &[u8]| bytes.try_into().is_ok_and(T::Devices::is_device);
		ensure!(!account.using_encoded(is_device), Error::AccountInUse);
		Ok(())
	}

	/// Makes the institution the home of an account that has none.
	pub(crate) fn settle(account: &T::AccountId, institution: InstitutionId) {
		frame_system::Pallet::<T>::inc_providers(account);
		Home::<T>::insert(account, institution);
	}

	/// Ends an account's standing for ever. Its nonce goes with it: if it came back, its old signed calls would be valid
	/// again, and so its tombstone keeps it out.
	pub(crate) fn bury(account: &T::AccountId) -> Result<(), DispatchError> {
		frame_system::Pallet::<T>::dec_providers(account)?;
		Home::<T>::remove(account);
		TiesOf::<T>::remove(account);
		Tombstones::<T>::insert(account, ());
		Ok(())
	}

	/// Lets an account leave that holds no office and acts for no patient. Its credentials are revoked.
	pub(crate) fn depart(account: T::AccountId, credentials: &LeftInstitutions) -> DispatchResult {
		ensure!(Home::<T>::contains_key(&account), Error::<T>::NotRegistered);
		let acts_for_patient = PatientOf::<T>::contains_key(&account) || KinOf::<T>::contains_key(&account);
		ensure!(!acts_for_patient, Error::<T>::ActsForPatient);
		let ties = TiesOf::<T>::get(&account);
		ensure!(ties.offices == 0, Error::<T>::HoldsOffice);
		let named: BTreeSet<_> = credentials.iter().collect();
		let all = u32::try_from(named.len()) == Ok(ties.credentials) && named.len() == credentials.len();
		ensure!(all, Error::<T>::CredentialsNotNamed);
		for institution in named {
			Self::change_credential(&account, *institution, |status| match status {
				Status::Revoked => Err(Error::CredentialsNotNamed),
				_ => Ok(Status::Revoked),
			})?;
		}
		Self::bury(&account)?;
		Self::deposit_event(Event::AccountLeft { account });
		Ok(())
	}
}
