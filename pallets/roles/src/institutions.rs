//! Which institutions are admitted, and who gets standing.

use crate::{keys, Config, Error, Home, Institutions, NextInstitution, Pallet, PatientOf, MIN_OFFICERS};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Time};
use salus_primitives::{Admission, Institution, InstitutionId, InstitutionKind, OnAdmitted, Status};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Checks an institution and enters it under the next id.
	pub(crate) fn admit(institution: Institution<T::AccountId>) -> Result<InstitutionId, DispatchError> {
		Self::check_institution(&institution)?;
		let id = NextInstitution::<T>::get();
		let next = id.checked_add(1).ok_or(Error::<T>::IdsExhausted)?;
		keys::claim::<T>(&institution.hpke)?;
		for account in institution
			.officers
			.iter()
			.chain(&institution.seat)
			.chain(&institution.validator)
		{
			Self::give_standing(account, id)?;
		}
		NextInstitution::<T>::put(next);
		Institutions::<T>::insert(id, &institution);
		T::OnAdmitted::admitted(id, &institution)?;
		Ok(id)
	}

	/// Changes the status of an institution.
	pub(crate) fn change_institution(
		id: InstitutionId,
		change: impl FnOnce(Status) -> Result<Status, Error<T>>,
	) -> Result<(), Error<T>> {
		Institutions::<T>::try_mutate(id, |institution| {
			let institution = institution.as_mut().ok_or(Error::UnknownInstitution)?;
			institution.status = change(institution.status)?;
			Ok(())
		})
	}

	fn check_institution(institution: &Institution<T::AccountId>) -> Result<(), Error<T>> {
		ensure!(institution.status == Status::Active, Error::StatusNotActive);
		ensure!(institution.officers.len() >= MIN_OFFICERS, Error::TooFewOfficers);
		let officers: BTreeSet<_> = institution.officers.iter().collect();
		ensure!(officers.len() == institution.officers.len(), Error::DuplicateOfficer);
		match (institution.kind, &institution.seat) {
			(InstitutionKind::Hospital, None) => return Err(Error::SeatMissing),
			(InstitutionKind::Hospital, Some(_)) | (_, None) => {}
			(_, Some(_)) => return Err(Error::SeatNotAllowed),
		}
		ensure!(is_region(&institution.region), Error::MalformedRegion);
		ensure!(is_time_zone(&institution.time_zone), Error::MalformedTimeZone);
		// An institution that admits no patients names no action.
		let terms = &institution.admission_terms;
		let acceptable = terms.actions.is_empty() || T::Admission::acceptable(terms, T::Time::now());
		ensure!(acceptable, Error::AdmissionTermsNotAcceptable);
		Ok(())
	}

	/// Gives an account standing as staff of an institution, if it has none yet. It keeps its first home.
	pub(crate) fn give_standing(account: &T::AccountId, institution: InstitutionId) -> Result<(), Error<T>> {
		// A doctor who is also a patient must not be found out: she is one under an account of its own.
		ensure!(!PatientOf::<T>::contains_key(account), Error::AccountInUse);
		if !Home::<T>::contains_key(account) {
			Self::settle(account, institution);
		}
		Ok(())
	}

	/// Makes the institution the home of an account that has none. The reference is never released: an account that
	/// came back with its nonce at 0 would make its old signed calls valid again.
	pub(crate) fn settle(account: &T::AccountId, institution: InstitutionId) {
		frame_system::Pallet::<T>::inc_providers(account);
		Home::<T>::insert(account, institution);
	}
}

/// ISO 3166: a country's two letters, or those, a hyphen and a subdivision of one to three letters or digits.
fn is_region(region: &[u8]) -> bool {
	match region {
		[a, b] => [a, b].iter().all(|letter| letter.is_ascii_uppercase()),
		[a, b, b'-', rest @ ..] => {
			[a, b].iter().all(|letter| letter.is_ascii_uppercase())
				&& (1..=3).contains(&rest.len())
				&& rest
					.iter()
					.all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
		}
		_ => false,
	}
}

/// The letters of an IANA time zone's name; whether there is such a zone is beyond the chain.
fn is_time_zone(name: &[u8]) -> bool {
	let inner = |letter: &u8| letter.is_ascii_alphanumeric() || b"_+-".contains(letter);
	name.split(|letter| *letter == b'/')
		.all(|part| !part.is_empty() && part.iter().all(inner))
}
