//! Which institutions are admitted, and which count.

use crate::{
	keys, Config, Error, Event, Institutions, NextInstitution, Pallet, ProposedActs, Registrars, MIN_OFFICERS,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Time};
use salus_primitives::{Admission, Institution, InstitutionId, InstitutionKind, Seating, Status, Terms};
use sp_runtime::{DispatchError, DispatchResult};

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
			Self::take_office(account, id)?;
		}
		NextInstitution::<T>::put(next);
		Institutions::<T>::insert(id, &institution);
		T::Seating::admitted(id, &institution)?;
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

	/// Revokes an institution. Whoever held an office there is free, but for its validator: it may have to answer for an
	/// offence.
	pub(crate) fn revoke(id: InstitutionId) -> DispatchResult {
		Self::change_institution(id, |status| match status {
			Status::Revoked => Err(Error::InstitutionRevoked),
			_ => Ok(Status::Revoked),
		})?;
		let entry = Institutions::<T>::get(id).ok_or(Error::<T>::UnknownInstitution)?;
		for account in entry
			.officers
			.iter()
			.chain(&entry.seat)
			.chain(&Registrars::<T>::take(id))
		{
			Self::quit_office(account);
		}
		ProposedActs::<T>::remove(id);
		T::Seating::unseated(id)?;
		Self::deposit_event(Event::InstitutionRevoked { institution: id });
		Ok(())
	}

	/// Puts another account in a hospital's seat.
	pub(crate) fn reseat(id: InstitutionId, seat: T::AccountId) -> DispatchResult {
		let mut entry = Institutions::<T>::get(id).ok_or(Error::<T>::UnknownInstitution)?;
		ensure!(entry.status != Status::Revoked, Error::<T>::InstitutionRevoked);
		let before = entry.seat.replace(seat.clone()).ok_or(Error::<T>::SeatNotAllowed)?;
		ensure!(before != seat, Error::<T>::SeatUnchanged);
		Self::take_office(&seat, id)?;
		Self::quit_office(&before);
		Institutions::<T>::insert(id, entry);
		T::Seating::reseated(id, &seat)?;
		Self::deposit_event(Event::SeatChanged { institution: id, seat });
		Ok(())
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
		Self::check_admission_terms(&institution.admission_terms)
	}

	/// An institution that admits no patients names no action.
	pub(crate) fn check_admission_terms(terms: &Terms) -> Result<(), Error<T>> {
		let acceptable = terms.actions.is_empty() || T::Admission::acceptable(terms, T::Time::now());
		ensure!(acceptable, Error::AdmissionTermsNotAcceptable);
		Ok(())
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
