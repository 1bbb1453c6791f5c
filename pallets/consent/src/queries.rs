//! What the runtime API answers besides decisions.

use crate::{Config, Denials, Grants, ListedGrant, Pallet, Requests, MAX_PAGE};
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::traits::Time;
use salus_primitives::{ConsentRequest, Denial, GrantId, PatientId, RequestId};

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
