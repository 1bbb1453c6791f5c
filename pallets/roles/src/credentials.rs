//! Who is what at an institution.

use crate::{
	acts::Officers, ActiveSince, Config, Credentials, Error, Event, Home, Institutions, Pallet, Registrars, TiesOf,
	Violations, RENEWAL_WINDOW,
};
use frame_support::{ensure, traits::Time};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{Application, Credential, Discipline, Institution, InstitutionId, Moment, Role, Status};
use sp_core::H256;
use sp_runtime::traits::Zero;

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
		Self::ensure_officer(officer, institution)?;
		ensure!(officer != account, Error::OwnCredential);
		Ok(())
	}

	/// Enters the credential that was applied for, where no registrar attests applications.
	pub(crate) fn approve(
		application: Application<T::AccountId>,
		signature: &T::Signature,
		valid_from: Moment,
		valid_until: Moment,
	) -> Result<(), Error<T>> {
		ensure!(
			!Registrars::<T>::contains_key(application.institution),
			Error::RegistrarNamed
		);
		Self::check_application(&application, signature)?;
		let credential = Credential {
			role: application.role,
			licence: application.licence,
			speciality: application.speciality,
			valid_from,
			valid_until,
			status: Status::Active,
		};
		Self::issue_or_renew(application.applicant, application.institution, credential)
	}

	/// Enters a credential and says what it replaced.
	pub(crate) fn issue(
		account: &T::AccountId,
		institution: InstitutionId,
		mut credential: Credential,
	) -> Result<Option<Credential>, Error<T>> {
		let now = T::Time::now();
		ensure!(Institutions::<T>::contains_key(institution), Error::UnknownInstitution);
		ensure!(credential.valid_from < credential.valid_until, Error::DatesInverted);
		ensure!(now < credential.valid_until, Error::DatesInPast);
		let replaced = Self::ensure_issuable(account, institution, credential.role)?;
		match &replaced {
			None => TiesOf::<T>::mutate(account, |ties| ties.credentials = ties.credentials.saturating_add(1)),
			Some(old) if now < old.valid_until => {
				ensure!(credential.valid_from <= old.valid_until, Error::RenewalGap);
				ensure!(old.valid_until < credential.valid_until, Error::RenewalNotLonger);
				// It keeps its beginning: an earlier one would bring back what was hers before she was employed.
				credential.valid_from = old.valid_from;
			}
			// She is hired again: what was hers under the earlier one is not hers under this one.
			Some(_) => credential.valid_from = credential.valid_from.max(now),
		}
		Self::give_standing(account, institution)?;
		Credentials::<T>::insert((account, institution), credential);
		// A renewal in time goes on with what was active before.
		if replaced.as_ref().is_none_or(|old| old.valid_until <= now) {
			ActiveSince::<T>::insert((account, institution), now);
		}
		Ok(replaced)
	}

	/// Whether a credential in this role could be issued: where there is none, one has expired, or one in the same role
	/// is about to. That one is the answer.
	pub(crate) fn ensure_issuable(
		account: &T::AccountId,
		institution: InstitutionId,
		role: Role,
	) -> Result<Option<Credential>, Error<T>> {
		let now = T::Time::now();
		let Some(old) = Credentials::<T>::get((account, institution)) else {
			return Ok(None);
		};
		ensure!(old.status != Status::Revoked, Error::CredentialRevokedBefore);
		let due = old.valid_until <= now.saturating_add(RENEWAL_WINDOW);
		let over = old.valid_until <= now || (due && old.role == role);
		// A suspended one stays suspended for as long as an officer wants, expired or not.
		ensure!(old.status == Status::Active && over, Error::CredentialExists);
		Ok(Some(old))
	}

	/// Enters a credential and tells of it.
	pub(crate) fn issue_or_renew(
		account: T::AccountId,
		institution: InstitutionId,
		credential: Credential,
	) -> Result<(), Error<T>> {
		let role = credential.role;
		let replaced = Self::issue(&account, institution, credential)?;
		Self::deposit_event(if replaced.is_none() {
			Event::CredentialIssued {
				account,
				institution,
				role,
			}
		} else {
			Event::CredentialRenewed {
				account,
				institution,
				role,
			}
		});
		Ok(())
	}

	/// Makes another institution the home of an account that works there. Her credential at the old home ends, and so
	/// does its quota for her.
	pub(crate) fn move_home(account: T::AccountId, institution: InstitutionId) -> Result<(), Error<T>> {
		let now = T::Time::now();
		let from = Home::<T>::get(&account).ok_or(Error::NotRegistered)?;
		ensure!(from != institution, Error::HomeUnchanged);
		ensure!(TiesOf::<T>::get(&account).offices == 0, Error::HoldsOffice);
		Self::active_institution(institution)?;
		let role = Self::active_role(&account, institution);
		ensure!(role.is_some(), Error::CredentialNotActive);
		Credentials::<T>::mutate((&account, from), |credential| {
			if let Some(credential) = credential.as_mut().filter(|credential| now < credential.valid_until) {
				// One that has not begun never does.
				credential.valid_from = credential.valid_from.min(now.saturating_sub(1));
				credential.valid_until = now;
			}
		});
		Home::<T>::insert(&account, institution);
		Self::deposit_event(Event::HomeMoved {
			account,
			from,
			institution,
		});
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
			match credential.status {
				Status::Active => ActiveSince::<T>::insert((account, institution), T::Time::now()),
				Status::Suspended => {}
				Status::Revoked => {
					Violations::<T>::remove((account, institution));
					TiesOf::<T>::mutate(account, |ties| ties.credentials = ties.credentials.saturating_sub(1));
				}
			}
			Ok(())
		})
	}

	/// Reinstates a suspended credential, as one officer may where no violation was found.
	pub(crate) fn reinstate_credential_of(account: T::AccountId, institution: InstitutionId) -> Result<(), Error<T>> {
		let violation = Violations::<T>::contains_key((&account, institution));
		ensure!(!violation, Error::ViolationFound);
		Self::reinstate(account, institution)
	}

	/// Reinstates a suspended credential, as two officers may, whatever was found: neither about her own.
	pub(crate) fn reinstate_together(officers: &Officers<T>, account: T::AccountId) -> Result<(), Error<T>> {
		let own = account == *officers.proposer || account == *officers.confirmer;
		ensure!(!own, Error::OwnCredential);
		Violations::<T>::remove((&account, officers.institution));
		Self::reinstate(account, officers.institution)
	}

	fn reinstate(account: T::AccountId, institution: InstitutionId) -> Result<(), Error<T>> {
		Self::change_credential(&account, institution, |status| match status {
			Status::Suspended => Ok(Status::Active),
			_ => Err(Error::CredentialNotSuspended),
		})?;
		Self::deposit_event(Event::CredentialReinstated { account, institution });
		Ok(())
	}

	/// Revokes a credential, for ever.
	pub(crate) fn revoke_credential_of(account: T::AccountId, institution: InstitutionId) -> Result<(), Error<T>> {
		Self::change_credential(&account, institution, |status| match status {
			Status::Revoked => Err(Error::CredentialRevokedBefore),
			_ => Ok(Status::Revoked),
		})?;
		Self::deposit_event(Event::CredentialRevoked { account, institution });
		Ok(())
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
		Self::genesis() == *hash
	}

	/// The genesis hash of this chain.
	pub(crate) fn genesis() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}
}

impl<T: Config> Discipline<T::AccountId> for Pallet<T> {
	fn suspend(account: &T::AccountId, institution: InstitutionId) -> bool {
		let status = Credentials::<T>::get((account, institution)).map(|credential| credential.status);
		if matches!(status, None | Some(Status::Revoked)) {
			return false;
		}
		Violations::<T>::insert((account, institution), ());
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
