//! What the runtime API answers besides decisions.

use crate::{Cases, Config, Denials, Dockets, Erasures, Grants, Incidents, ListedGrant, Pallet, Requests, MAX_PAGE};
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::traits::Time;
use salus_primitives::{
	Case, CaseId, ConsentRequest, Denial, Erasure, GrantId, InstitutionId, PatientId, RequestId, Reviews,
};

impl<T: Config> Pallet<T> {
	/// The patient's grants with an id above `after`, lowest first, at most `limit` and never more than [`MAX_PAGE`].
	/// For each page it reads all the patient's lists, one after the other, and keeps no more than the page: never call
	/// it in a transaction.
	pub fn grants(patient: PatientId, after: Option<GrantId>, limit: u32) -> Vec<ListedGrant<T::AccountId>> {
		let grants = Grants::<T>::iter_prefix(patient)
			.flat_map(|(grantee, list)| list.into_iter().map(move |grant| (grantee.clone(), grant)));
		page(grants, |(_, grant)| grant.id, after, limit)
	}

	/// The requests to the patient that can still be answered, with an id above `after`, lowest first, at most `limit`
	/// and never more than [`MAX_PAGE`]. For each page it reads all the patient's lists, one after the other, and keeps
	/// no more than the page: never call it in a transaction.
	pub fn requests(patient: PatientId, after: Option<RequestId>, limit: u32) -> Vec<(T::AccountId, ConsentRequest)> {
		let now = T::Time::now();
		let requests = Requests::<T>::iter_prefix(patient)
			.flat_map(|(requester, list)| list.into_iter().map(move |request| (requester.clone(), request)))
			.filter(|(_, request)| now < request.expires_at);
		page(requests, |(_, request)| request.id, after, limit)
	}

	/// The patient's break-glass cases with an id above `after`, lowest first, at most `limit` and never more than
	/// [`MAX_PAGE`]. Never call it in a transaction.
	pub fn cases(patient: PatientId, after: Option<CaseId>, limit: u32) -> Vec<(CaseId, Case<T::AccountId>)> {
		page(Cases::<T>::iter_prefix(patient), |(id, _)| *id, after, limit)
	}

	/// What waits for an institution's privacy officers, and whether an incident is declared.
	pub fn reviews(institution: InstitutionId) -> Reviews {
		let now = T::Time::now();
		let docket = Dockets::<T>::get(institution);
		Reviews {
			waiting: docket.waiting(now),
			overdue: docket.overdue(now),
			incident_until: Incidents::<T>::get(institution).filter(|ends_at| now < *ends_at),
		}
	}

	/// The erasures that grantees should have attested by now, with a grant's id above `after`, lowest first, at most
	/// `limit` and never more than [`MAX_PAGE`]. Never call it in a transaction.
	pub fn overdue_erasures(
		patient: PatientId,
		after: Option<GrantId>,
		limit: u32,
	) -> Vec<(GrantId, Erasure<T::AccountId>)> {
		let now = T::Time::now();
		let overdue = Erasures::<T>::iter_prefix(patient).filter(|(_, erasure)| erasure.is_overdue(now));
		page(overdue, |(grant, _)| *grant, after, limit)
	}

	/// The patient's denials.
	pub fn denials(patient: PatientId) -> Vec<Denial<T::AccountId>> {
		Denials::<T>::get(patient).into_inner()
	}
}

/// The items with the lowest ids above `after`. No more than a page of them is held at any time.
fn page<Item>(
	items: impl Iterator<Item = Item>,
	id: impl Fn(&Item) -> u64,
	after: Option<u64>,
	limit: u32,
) -> Vec<Item> {
	let limit = usize::try_from(limit.min(MAX_PAGE)).unwrap_or(usize::MAX);
	let mut lowest = BTreeMap::new();
	for item in items {
		let id = id(&item);
		if after.is_some_and(|after| id <= after) {
			continue;
		}
		lowest.insert(id, item);
		if lowest.len() > limit {
			lowest.pop_last();
		}
	}
	lowest.into_values().collect()
}
