//! From one storage layout to the next.

use crate::{Config, Grants, Pallet, Requests, MAX_GRANTS, MAX_REQUESTS};
use core::marker::PhantomData;
use frame_support::{
	migrations::VersionedMigration,
	traits::{Get, UncheckedOnRuntimeUpgrade},
	weights::Weight,
};
use sp_runtime::{traits::ConstU32, BoundedVec};

#[cfg(feature = "try-runtime")]
use {
	crate::{GrantList, RequestList},
	alloc::vec::Vec,
	codec::{DecodeAll, Encode},
	frame_support::ensure,
	salus_primitives::{Grantee, PatientId},
	sp_runtime::TryRuntimeError,
};

/// To version 2: the terms of grants and requests say whether they outlive the patient. Those given and asked before don't.
///
/// It rewrites every list in one block: a chain with tens of thousands of them would want `pallet-migrations`, which takes
/// as many blocks as it needs. A paper that waits is kept as a hash: one that names terms is not found by its second
/// witness any more and has to be brought again.
pub type ToVersion2<T> = VersionedMigration<1, 2, MarkTerms<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The layout before.
pub(crate) mod v1 {
	use salus_primitives::{ConsentRequest, GrantId, InstitutionId, Moment, Parent, RequestId, UnmarkedTerms};

	/// The fields of a grant in their order.
	pub type Grant<AccountId> = (
		GrantId,
		UnmarkedTerms,
		Option<u32>,
		Moment,
		AccountId,
		Option<RequestId>,
		Option<Parent<AccountId>>,
		Option<Moment>,
	);

	/// The fields of a request in their order.
	pub type Request = (RequestId, InstitutionId, UnmarkedTerms, Moment, Moment);

	/// The grant with these fields.
	pub fn grant<AccountId>(fields: Grant<AccountId>) -> salus_primitives::Grant<AccountId> {
		let (id, terms, uses_left, given_at, given_by, request, parent, revoked_at) = fields;
		salus_primitives::Grant {
			id,
			terms: terms.into(),
			uses_left,
			given_at,
			given_by,
			request,
			parent,
			revoked_at,
		}
	}

	/// The request with these fields.
	pub fn request((id, institution, terms, asked_at, expires_at): Request) -> ConsentRequest {
		ConsentRequest {
			id,
			institution,
			terms: terms.into(),
			asked_at,
			expires_at,
		}
	}
}

/// The grants and requests of one list, as they were.
type OldGrants<T> = BoundedVec<v1::Grant<<T as frame_system::Config>::AccountId>, ConstU32<MAX_GRANTS>>;
type OldRequests = BoundedVec<v1::Request, ConstU32<MAX_REQUESTS>>;

/// As many as there were, each made anew.
fn each<Old, New, Most: Get<u32>>(list: BoundedVec<Old, Most>, anew: impl FnMut(Old) -> New) -> BoundedVec<New, Most> {
	BoundedVec::truncate_from(list.into_iter().map(anew).collect())
}

/// What [`ToVersion2`] does where the version is 1.
pub struct MarkTerms<T>(PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for MarkTerms<T> {
	fn on_runtime_upgrade() -> Weight {
		let mut lists = 0u64;
		Grants::<T>::translate::<OldGrants<T>, _>(|_, _, list| {
			lists = lists.saturating_add(1);
			Some(each(list, v1::grant))
		});
		Requests::<T>::translate::<OldRequests, _>(|_, _, list| {
			lists = lists.saturating_add(1);
			Some(each(list, v1::request))
		});
		// Its key is looked up, and then it is read.
		T::DbWeight::get().reads_writes(lists.saturating_mul(2), lists)
	}

	/// The lists as they shall be read afterwards.
	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<Vec<u8>, TryRuntimeError> {
		let unreadable = "consent: a list is not of the layout before";
		let mut grants = Vec::new();
		for (patient, grantee) in Grants::<T>::iter_keys() {
			let key = Grants::<T>::hashed_key_for(patient, &grantee);
			let list: OldGrants<T> = frame_support::storage::unhashed::get(&key).ok_or(unreadable)?;
			grants.push((patient, grantee, each(list, v1::grant)));
		}
		let mut requests = Vec::new();
		for (patient, requester) in Requests::<T>::iter_keys() {
			let key = Requests::<T>::hashed_key_for(patient, &requester);
			let list: OldRequests = frame_support::storage::unhashed::get(&key).ok_or(unreadable)?;
			requests.push((patient, requester, each(list, v1::request)));
		}
		Ok((grants, requests).encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(before: Vec<u8>) -> Result<(), TryRuntimeError> {
		type Grants2<T> = Vec<(
			PatientId,
			Grantee<<T as frame_system::Config>::AccountId>,
			GrantList<<T as frame_system::Config>::AccountId>,
		)>;
		type Requests2<T> = Vec<(PatientId, <T as frame_system::Config>::AccountId, RequestList)>;
		let (grants, requests) = <(Grants2<T>, Requests2<T>)>::decode_all(&mut before.as_slice())
			.map_err(|_| "consent: what was noted before the upgrade is unreadable")?;
		ensure!(
			grants == Grants::<T>::iter().collect::<Vec<_>>(),
			"consent: the upgrade changed a grant"
		);
		ensure!(
			requests == Requests::<T>::iter().collect::<Vec<_>>(),
			"consent: the upgrade changed a request"
		);
		Pallet::<T>::check_state()
	}
}
