//! Who is what at an institution.

use crate::{ActiveSince, Config, Credentials, Error, Event, Institutions, Pallet};
use frame_support::{ensure, traits::Time};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{
	wrapped, Application, Credential, Discipline, Institution, InstitutionId, Moment, Role, Status, APPLICATION_TAG,
};
use sp_core::H256;
use sp_runtime::traits::{Verify, Zero};

impl<T: Config> Pallet<T> {
	/// The institution, if it counts.
	pub(crate) fn active_institution(id: InstitutionId) -> Result<Institution<T::AccountId>, Error<T>> {
		let institution = Institutions::<T>::get(id).ok_or(Error::UnknownInstitution)?;
		ensure!(institution.status == Status::Active, Error::InstitutionNotActive);
		Ok(institution)
	}

	/// Whether the account is an officer who may decide about another's credential.
	pub(crate) fn ensure_decides(
		officer: &T::AccountId,
		account: &T::AccountId,
		institution: InstitutionId,
	) -> Result<(), Error<T>> {
		let institution = Self::active_institution(institution)?;
		ensure!(institution.officers.contains(officer), Error::NotAnOfficer);
		ensure!(officer != account, Error::OwnCredential);
		Ok(())
	}

	/// Enters the credential that was applied for.
	pub(crate) fn approve(
		application: &Application<T::AccountId>,
		signature: &T::Signature,
		valid_from: Moment,
		valid_until: Moment,
	) -> Result<(), Error<T>> {
		Self::check_application(application, signature)?;
		let credential = Credential {
			role: application.role,
			licence: application.licence,
			speciality: application.speciality,
			valid_from,
			valid_until,
			status: Status::Active,
		};
		Self::issue(&application.applicant, application.institution, credential)
	}

	/// Whether the application is for this chain, still stands, and is the applicant's own.
	fn check_application(application: &Application<T::AccountId>, signature: &T::Signature) -> Result<(), Error<T>> {
		ensure!(Self::is_genesis(&application.genesis), Error::ForeignGenesis);
		ensure!(T::Time::now() < application.not_after, Error::ApplicationExpired);
		let message = wrapped(APPLICATION_TAG, application);
		ensure!(
			signature.verify(message.as_slice(), &application.applicant),
			Error::ApplicantSignatureInvalid
		);
		Ok(())
	}

	/// Enters a credential, where there is none or the one there has expired.
	pub(crate) fn issue(
		account: &T::AccountId,
		institution: InstitutionId,
		credential: Credential,
	) -> Result<(), Error<T>> {
		let now = T::Time::now();
		ensure!(Institutions::<T>::contains_key(institution), Error::UnknownInstitution);
		ensure!(credential.valid_from < credential.valid_until, Error::DatesInverted);
		ensure!(now < credential.valid_until, Error::DatesInPast);
		match Credentials::<T>::get((account, institution)) {
			None => {}
			Some(old) if old.status == Status::Revoked => return Err(Error::CredentialRevokedBefore),
			// A suspended one stays suspended for as long as an officer wants, expired or not.
			Some(old) => ensure!(
				old.status == Status::Active && old.valid_until <= now,
				Error::CredentialExists
			),
		}
		Self::give_standing(account, institution)?;
		Credentials::<T>::insert((account, institution), credential);
		ActiveSince::<T>::insert((account, institution), now);
		Ok(())
	}

	/// Changes the status of a credential.
	pub(crate) fn change_credential(
		account: &T::AccountId,
		institution: InstitutionId,
		change: impl FnOnce(Status) -> Result<Status, Error<T>>,
	) -> Result<(), Error<T>> {
		Credentials::<T>::try_mutate((account, institution), |credential| {
			let credential = credential.as_mut().ok_or(Error::UnknownCredential)?;
			credential.status = change(credential.status)?;
			if credential.status == Status::Active {
				ActiveSince::<T>::insert((account, institution), T::Time::now());
			}
			Ok(())
		})
	}

	/// Since when the credential has been active without a break.
	pub(crate) fn since(account: &T::AccountId, institution: InstitutionId) -> Option<Moment> {
		let credential = Credentials::<T>::get((account, institution))?;
		let entered = ActiveSince::<T>::get((account, institution)).unwrap_or(credential.valid_from);
		credential
			.is_active(T::Time::now())
			.then_some(entered.max(credential.valid_from))
	}

	/// The role of the account's credential at an institution that counts, if it is active now.
	pub(crate) fn active_role(account: &T::AccountId, institution: InstitutionId) -> Option<Role> {
		Credentials::<T>::get((account, institution))
			.filter(|credential| credential.is_active(T::Time::now()))
			.map(|credential| credential.role)
	}

	/// Whether this is the genesis hash of this chain.
	pub(crate) fn is_genesis(hash: &H256) -> bool {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).as_ref() == hash.as_bytes()
	}
}

impl<T: Config> Discipline<T::AccountId> for Pallet<T> {
	fn suspend(account: &T::AccountId, institution: InstitutionId) -> bool {
		let suspended = Self::change_credential(account, institution, |status| match status {
			Status::Active => Ok(Status::Suspended),
			_ => Err(Error::CredentialNotActive),
		})
		.is_ok();
		if suspended {
			Self::deposit_event(Event::CredentialSuspended {
				account: account.clone(),
				institution,
			});
		}
		suspended
	}
}
