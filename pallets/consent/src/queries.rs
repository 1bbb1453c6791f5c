//! What the runtime API answers besides decisions.

use crate::{Config, Denials, Grants, ListedGrant, Pallet, Requests, MAX_PAGE};
use alloc::vec::Vec;
use frame_support::traits::Time;
use salus_primitives::{ConsentRequest, Denial, GrantId, PatientId, RequestId};

impl<T: Config> Pallet<T> {
	/// The patient's grants with an id above `after`, lowest first, at most `limit` and never more than [`MAX_PAGE`].
	/// It iterates all the patient's lists: never call it in a transaction.
	pub fn grants(patient: PatientId, after: Option<GrantId>, limit: u32) -> Vec<ListedGrant<T::AccountId>> {
		let grants = Grants::<T>::iter_prefix(patient)
			.flat_map(|(grantee, list)| list.into_iter().map(move |grant| (grantee.clone(), grant)));
		page(grants, |(_, grant)| grant.id, after, limit)
	}

	/// The requests to the patient that can still be answered, with an id above `after`, lowest first, at most `limit`
	/// and never more than [`MAX_PAGE`]. It iterates all the patient's lists: never call it in a transaction.
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

fn page<Item>(
	items: impl Iterator<Item = Item>,
	id: impl Fn(&Item) -> u64,
	after: Option<u64>,
	limit: u32,
) -> Vec<Item> {
	let mut items: Vec<Item> = items
		.filter(|item| after.is_none_or(|after| id(item) > after))
		.collect();
	items.sort_by_key(&id);
	items.truncate(limit.min(MAX_PAGE) as usize);
	items
}
