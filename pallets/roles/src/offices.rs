//! Who acts for an institution, and under which keys: what its officers change two by two.

use crate::{
	keys, ComingKeys, ComingKeysOf, Config, Error, Event, Institutions, Pallet, Registrars, ValidatorAccounts,
	KEY_NOTICE, MIN_OFFICERS,
};
use frame_support::{ensure, traits::Time};
use salus_primitives::{Addresses, HpkeKey, Institution, InstitutionId, PeerIds, Status, Terms};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// The institution, if it counts and this is an officer of it.
	pub(crate) fn ensure_officer(
		officer: &T::AccountId,
		institution: InstitutionId,
	) -> Result<Institution<T::AccountId>, Error<T>> {
		let institution = Self::active_institution(institution)?;
		ensure!(institution.officers.contains(officer), Error::NotAnOfficer);
		Ok(institution)
	}

	/// Names who attests applications. Officers decide about them, so it is none of them.
	pub(crate) fn name_registrar(institution: InstitutionId, registrar: T::AccountId) -> Result<(), Error<T>> {
		let entry = Self::active_institution(institution)?;
		ensure!(!entry.officers.contains(&registrar), Error::RegistrarIsOfficer);
		let before = Registrars::<T>::get(institution);
		ensure!(before.as_ref() != Some(&registrar), Error::RegistrarExists);
		if let Some(before) = before {
			Self::quit_office(&before);
		}
		Self::take_office(&registrar, institution)?;
		Registrars::<T>::insert(institution, &registrar);
		Self::deposit_event(Event::RegistrarNamed { institution, registrar });
		Ok(())
	}

	pub(crate) fn remove_registrar(institution: InstitutionId) -> Result<(), Error<T>> {
		let registrar = Registrars::<T>::take(institution).ok_or(Error::NoRegistrar)?;
		Self::quit_office(&registrar);
		Self::deposit_event(Event::RegistrarRemoved { institution, registrar });
		Ok(())
	}

	pub(crate) fn add_officer(institution: InstitutionId, officer: T::AccountId) -> Result<(), Error<T>> {
		ensure!(
			Registrars::<T>::get(institution).as_ref() != Some(&officer),
			Error::RegistrarIsOfficer
		);
		Self::change_entry(institution, |entry| {
			ensure!(!entry.officers.contains(&officer), Error::DuplicateOfficer);
			Self::take_office(&officer, institution)?;
			entry
				.officers
				.try_push(officer.clone())
				.map_err(|_| Error::TooManyOfficers)
		})?;
		Self::deposit_event(Event::OfficerAdded { institution, officer });
		Ok(())
	}

	/// Removes an officer, unless fewer than two would be left: nothing that takes two could be done any more, not even
	/// adding another one.
	pub(crate) fn remove_officer(institution: InstitutionId, officer: T::AccountId) -> Result<(), Error<T>> {
		Self::change_entry(institution, |entry| {
			ensure!(entry.officers.contains(&officer), Error::UnknownOfficer);
			ensure!(entry.officers.len() > MIN_OFFICERS, Error::TooFewOfficers);
			entry.officers.retain(|one| *one != officer);
			Ok(())
		})?;
		Self::quit_office(&officer);
		Self::deposit_event(Event::OfficerRemoved { institution, officer });
		Ok(())
	}

	/// Puts one officer in another's place, by the council: for an institution of which fewer than two can sign.
	pub(crate) fn exchange_officer(
		institution: InstitutionId,
		officer: T::AccountId,
		successor: T::AccountId,
	) -> Result<(), Error<T>> {
		ensure!(
			Registrars::<T>::get(institution).as_ref() != Some(&successor),
			Error::RegistrarIsOfficer
		);
		Self::change_entry(institution, |entry| {
			ensure!(entry.status != Status::Revoked, Error::InstitutionRevoked);
			ensure!(!entry.officers.contains(&successor), Error::DuplicateOfficer);
			let place = entry.officers.iter_mut().find(|one| **one == officer);
			let place = place.ok_or(Error::UnknownOfficer)?;
			Self::take_office(&successor, institution)?;
			*place = successor.clone();
			Ok(())
		})?;
		Self::quit_office(&officer);
		Self::deposit_event(Event::OfficerReplaced {
			institution,
			officer,
			successor,
		});
		Ok(())
	}

	/// Announces another HPKE key, which is taken from now on; one that was announced before and never came into force is
	/// not used any more, under no id.
	pub(crate) fn announce_hpke_key(institution: InstitutionId, key: HpkeKey) -> Result<(), Error<T>> {
		keys::claim(&key)?;
		let from = T::Time::now().saturating_add(KEY_NOTICE);
		ComingKeysOf::<T>::try_mutate(institution, |coming| {
			if let Some((before, _)) = coming.get_or_insert_with(ComingKeys::default).hpke.replace((key, from)) {
				keys::retire::<T>(&before)?;
			}
			Ok::<_, Error<T>>(())
		})?;
		Self::deposit_event(Event::HpkeKeyAnnounced { institution, from });
		Ok(())
	}

	/// Announces other nodes, instead of others announced before.
	pub(crate) fn announce_nodes(institution: InstitutionId, peer_ids: PeerIds, addresses: Addresses) {
		let from = T::Time::now().saturating_add(KEY_NOTICE);
		ComingKeysOf::<T>::mutate(institution, |coming| {
			coming.get_or_insert_with(ComingKeys::default).nodes = Some((peer_ids, addresses, from));
		});
		Self::deposit_event(Event::NodesAnnounced { institution, from });
	}

	/// Puts into force what was announced long enough ago. A suspended institution's keys change too: its records are
	/// kept and read all the same.
	pub(crate) fn put_keys_in_force(institution: InstitutionId) -> Result<(), Error<T>> {
		let now = T::Time::now();
		let mut coming = ComingKeysOf::<T>::get(institution).ok_or(Error::NoKeysAnnounced)?;
		let hpke = coming.hpke.take_if(|(_, from)| *from <= now);
		let nodes = coming.nodes.take_if(|(_, _, from)| *from <= now);
		ensure!(hpke.is_some() || nodes.is_some(), Error::KeysNotDue);
		Self::change_entry(institution, |entry| {
			ensure!(entry.status != Status::Revoked, Error::InstitutionRevoked);
			if let Some((key, _)) = hpke {
				keys::retire::<T>(&entry.hpke)?;
				entry.hpke = key;
			}
			if let Some((peer_ids, addresses, _)) = nodes {
				entry.peer_ids = peer_ids;
				entry.addresses = addresses;
			}
			Ok(())
		})?;
		if coming == ComingKeys::default() {
			ComingKeysOf::<T>::remove(institution);
		} else {
			ComingKeysOf::<T>::insert(institution, coming);
		}
		Self::deposit_event(Event::KeysInForce { institution });
		Ok(())
	}

	pub(crate) fn change_admission_terms(institution: InstitutionId, terms: Terms) -> Result<(), Error<T>> {
		Self::check_admission_terms(&terms)?;
		Self::change_entry(institution, |entry| {
			entry.admission_terms = terms;
			Ok(())
		})?;
		Self::deposit_event(Event::AdmissionTermsChanged { institution });
		Ok(())
	}

	/// Gives up the validator's account and names another one, or none.
	pub(crate) fn change_validator(institution: InstitutionId, validator: Option<T::AccountId>) -> DispatchResult {
		let before = Self::active_institution(institution)?.validator;
		ensure!(before != validator, Error::<T>::ValidatorUnchanged);
		if let Some(before) = before {
			T::Validators::release(&before)?;
			Self::quit_office(&before);
		}
		if let Some(validator) = &validator {
			Self::take_office(validator, institution)?;
			T::Validators::take(validator, institution)?;
		}
		Self::change_entry(institution, |entry| {
			entry.validator = validator.clone();
			Ok(())
		})?;
		Self::deposit_event(Event::ValidatorChanged { institution, validator });
		Ok(())
	}

	fn change_entry(
		institution: InstitutionId,
		change: impl FnOnce(&mut Institution<T::AccountId>) -> Result<(), Error<T>>,
	) -> Result<(), Error<T>> {
		Institutions::<T>::try_mutate(institution, |entry| {
			change(entry.as_mut().ok_or(Error::UnknownInstitution)?)
		})
	}
}
