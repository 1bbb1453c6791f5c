//! What goes into the lists of grants, requests and denials, and what goes out.

use crate::{Config, Denials, Error, Grants, NextDenial, NextGrant, NextRequest, Pallet, Requests, MAX_DENIALS};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	ConsentRequest, Denial, DenialId, DenialTerms, Grant, GrantId, Grantee, InstitutionId, Moment, Parent, PatientId,
	RequestId, Terms,
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Adds a grant. Where the list is full, the dead grant with the lowest id goes out.
	pub(crate) fn give(
		patient: PatientId,
		grantee: &Grantee<T::AccountId>,
		terms: Terms,
		given_by: &T::AccountId,
		request: Option<RequestId>,
		parent: Option<Parent<T::AccountId>>,
	) -> Result<GrantId, DispatchError> {
		let now = T::Time::now();
		Grants::<T>::try_mutate(patient, grantee, |list| {
			if list.is_full() {
				let dead = list
					.iter()
					.filter(|grant| grant.is_dead(now))
					.map(|grant| grant.id)
					.min();
				let dead = dead.ok_or(Error::<T>::TooManyGrants)?;
				list.retain(|grant| grant.id != dead);
			}
			let id = NextGrant::<T>::get();
			let grant = Grant {
				id,
				uses_left: terms.uses,
				terms,
				given_at: now,
				given_by: given_by.clone(),
				request,
				parent,
				revoked_at: None,
			};
			list.try_push(grant).map_err(|_| Error::<T>::TooManyGrants)?;
			NextGrant::<T>::put(following::<T>(id)?);
			Ok(id)
		})
	}

	/// Marks a grant as revoked. It needs no room, so a full list never stops it.
	pub(crate) fn take_back(
		patient: PatientId,
		grantee: &Grantee<T::AccountId>,
		grant: GrantId,
	) -> Result<(), DispatchError> {
		Grants::<T>::try_mutate(patient, grantee, |list| {
			let found = list
				.iter_mut()
				.find(|candidate| candidate.id == grant)
				.ok_or(Error::<T>::UnknownGrant)?;
			ensure!(found.revoked_at.is_none(), Error::<T>::AlreadyRevoked);
			found.revoked_at = Some(T::Time::now());
			Ok(())
		})
	}

	/// Adds a request. Expired ones go out, as they count as absent.
	pub(crate) fn file(
		patient: PatientId,
		requester: &T::AccountId,
		institution: InstitutionId,
		terms: Terms,
		expires_at: Moment,
	) -> Result<RequestId, DispatchError> {
		let now = T::Time::now();
		Requests::<T>::try_mutate(patient, requester, |list| {
			list.retain(|request| now < request.expires_at);
			let same = |request: &ConsentRequest| request.institution == institution && request.terms == terms;
			ensure!(!list.iter().any(same), Error::<T>::DuplicateRequest);
			let id = NextRequest::<T>::get();
			let request = ConsentRequest {
				id,
				institution,
				terms,
				asked_at: now,
				expires_at,
			};
			list.try_push(request).map_err(|_| Error::<T>::TooManyRequests)?;
			NextRequest::<T>::put(following::<T>(id)?);
			Ok(id)
		})
	}

	/// Takes a request out, expired or not.
	pub(crate) fn settle(
		patient: PatientId,
		requester: &T::AccountId,
		request: RequestId,
	) -> Result<ConsentRequest, DispatchError> {
		Requests::<T>::try_mutate_exists(patient, requester, |slot| {
			let mut list = slot.take().unwrap_or_default();
			let found = list.iter().find(|candidate| candidate.id == request).cloned();
			let found = found.ok_or(Error::<T>::UnknownRequest)?;
			list.retain(|candidate| candidate.id != request);
			*slot = Some(list).filter(|list| !list.is_empty());
			Ok(found)
		})
	}

	/// Adds a denial. The last slot is kept for a denial of everything, so that a full list never stops that one.
	pub(crate) fn refuse(patient: PatientId, terms: DenialTerms<T::AccountId>) -> Result<DenialId, DispatchError> {
		Denials::<T>::try_mutate(patient, |list| {
			ensure!(
				!list.iter().any(|denial| denial.terms == terms),
				Error::<T>::DuplicateDenial
			);
			let all = DenialTerms::all();
			let narrow = list.iter().filter(|denial| denial.terms != all).count();
			let room = terms == all || narrow.saturating_add(1) < MAX_DENIALS as usize;
			ensure!(room, Error::<T>::TooManyDenials);
			let id = NextDenial::<T>::get();
			let denial = Denial {
				id,
				terms,
				made_at: T::Time::now(),
			};
			list.try_push(denial).map_err(|_| Error::<T>::TooManyDenials)?;
			NextDenial::<T>::put(following::<T>(id)?);
			Ok(id)
		})
	}

	/// Takes a denial out.
	pub(crate) fn lift(patient: PatientId, denial: DenialId) -> Result<(), DispatchError> {
		Denials::<T>::try_mutate_exists(patient, |slot| {
			let mut list = slot.take().unwrap_or_default();
			let before = list.len();
			list.retain(|candidate| candidate.id != denial);
			ensure!(list.len() < before, Error::<T>::UnknownDenial);
			*slot = Some(list).filter(|list| !list.is_empty());
			Ok(())
		})
	}
}

fn following<T: Config>(id: u64) -> Result<u64, Error<T>> {
	id.checked_add(1).ok_or(Error::IdsExhausted)
}
