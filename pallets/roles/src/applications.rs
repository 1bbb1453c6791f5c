//! The life of an application: attested by the registrar, decided by an officer, or lapsed.

use crate::{Applications, AttestedApplication, Config, Error, Event, Pallet, Registrars, APPLICATION_LIFETIME};
use frame_support::{ensure, traits::Time};
use salus_primitives::{wrapped, Application, Credential, InstitutionId, Moment, Status, APPLICATION_TAG};
use sp_runtime::traits::Verify;

impl<T: Config> Pallet<T> {
	/// Enters an application that the registrar attests. An earlier one that waits is replaced: the applicant signed a
	/// newer one, and no officer has relied on either.
	pub(crate) fn attest(
		registrar: T::AccountId,
		applicant: T::AccountId,
		application: &Application<T::AccountId>,
		signature: &T::Signature,
	) -> Result<(), Error<T>> {
		let institution = application.institution;
		Self::active_institution(institution)?;
		ensure!(
			Registrars::<T>::get(institution).as_ref() == Some(&registrar),
			Error::NotTheRegistrar
		);
		ensure!(registrar != applicant, Error::OwnCredential);
		ensure!(application.applicant == applicant, Error::OtherApplicant);
		Self::check_application(application, signature)?;
		Self::ensure_issuable(&applicant, institution, application.role)?;
		let until = T::Time::now()
			.saturating_add(APPLICATION_LIFETIME)
			.min(application.not_after);
		let attested = AttestedApplication {
			role: application.role,
			licence: application.licence,
			speciality: application.speciality,
			registrar: registrar.clone(),
			until,
		};
		Applications::<T>::insert((&applicant, institution), attested);
		Self::deposit_event(Event::ApplicationSubmitted {
			account: applicant,
			institution,
			role: application.role,
			registrar,
			until,
		});
		Ok(())
	}

	/// Issues the credential that was applied for by the registrar.
	pub(crate) fn approve_attested(
		officer: &T::AccountId,
		applicant: T::AccountId,
		institution: InstitutionId,
		valid_from: Moment,
		valid_until: Moment,
	) -> Result<(), Error<T>> {
		let attested = Self::take_application(officer, &applicant, institution)?;
		ensure!(T::Time::now() < attested.until, Error::ApplicationExpired);
		// One that was removed may have been removed for what it attested.
		ensure!(
			Registrars::<T>::get(institution).as_ref() == Some(&attested.registrar),
			Error::RegistrarReplaced
		);
		let credential = Credential {
			role: attested.role,
			licence: attested.licence,
			speciality: attested.speciality,
			valid_from,
			valid_until,
			status: Status::Active,
		};
		Self::issue_or_renew(applicant, institution, credential)
	}

	/// Declines an application, lapsed or not.
	pub(crate) fn decline(
		officer: &T::AccountId,
		applicant: T::AccountId,
		institution: InstitutionId,
	) -> Result<(), Error<T>> {
		Self::take_application(officer, &applicant, institution)?;
		Self::deposit_event(Event::ApplicationDeclined {
			account: applicant,
			institution,
		});
		Ok(())
	}

	/// Forgets an application that nobody decided in time.
	pub(crate) fn forget_application(applicant: T::AccountId, institution: InstitutionId) -> Result<(), Error<T>> {
		let key = (&applicant, institution);
		let attested = Applications::<T>::get(key).ok_or(Error::UnknownApplication)?;
		ensure!(attested.until <= T::Time::now(), Error::ApplicationNotExpired);
		Applications::<T>::remove(key);
		Self::deposit_event(Event::ApplicationLapsed {
			account: applicant,
			institution,
		});
		Ok(())
	}

	/// Takes an application that this officer may decide.
	fn take_application(
		officer: &T::AccountId,
		applicant: &T::AccountId,
		institution: InstitutionId,
	) -> Result<AttestedApplication<T::AccountId>, Error<T>> {
		Self::ensure_decides(officer, applicant, institution)?;
		Applications::<T>::take((applicant, institution)).ok_or(Error::UnknownApplication)
	}

	/// Whether the application is for this chain, still stands, and is the applicant's own.
	pub(crate) fn check_application(
		application: &Application<T::AccountId>,
		signature: &T::Signature,
	) -> Result<(), Error<T>> {
		ensure!(Self::is_genesis(&application.genesis), Error::ForeignGenesis);
		ensure!(T::Time::now() < application.not_after, Error::ApplicationExpired);
		let message = wrapped(APPLICATION_TAG, application);
		ensure!(
			signature.verify(message.as_slice(), &application.applicant),
			Error::ApplicantSignatureInvalid
		);
		Ok(())
	}
}
