//! From one storage layout to the next.

use crate::{digest_prefix, ByHash, Config, Pallet, Records};
use alloc::vec::Vec;
use codec::Compact;
use core::marker::PhantomData;
use frame_support::{
	migrations::VersionedMigration,
	traits::{Get, UncheckedOnRuntimeUpgrade},
	weights::Weight,
};

#[cfg(feature = "try-runtime")]
use {
	alloc::collections::{BTreeMap, BTreeSet},
	codec::{DecodeAll, Encode},
	frame_support::ensure,
	salus_primitives::{Record, RecordId},
	sp_runtime::TryRuntimeError,
};

/// To version 2: records and `ByHash` under keys without a hash of their ids, `ByHash` with the first half of SHA-256,
/// and the numbers of a record compact.
///
/// It rewrites every record in one block. The weight declared is that of some five thousand records in a block of
/// 500 ms, with writes at 13.5 µs: a chain with many more would want `pallet-migrations`, which takes as many blocks as it needs.
pub type ToVersion2<T> = VersionedMigration<1, 2, Shorten<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The layout before.
mod v1 {
	use crate::{Config, Pallet};
	use frame_support::{storage_alias, Identity, Twox64Concat};
	use salus_primitives::{
		Category, Cid, Compartment, DocStatus, InstitutionId, Media, Moment, Origin, PatientId, RecordId, RecordStatus,
		Relation,
	};
	use sp_core::H256;

	/// The fields of a record in today's order, none of them compact.
	pub type Fields<AccountId> = (
		PatientId,
		AccountId,
		InstitutionId,
		Origin,
		Category,
		Option<Compartment>,
		Media,
		Cid,
		H256,
		H256,
		u64,
		Moment,
		Moment,
		Option<(Relation, RecordId)>,
		DocStatus,
		RecordStatus,
		Option<RecordId>,
	);

	#[storage_alias]
	pub type Records<T: Config> =
		StorageMap<Pallet<T>, Twox64Concat, RecordId, Fields<<T as frame_system::Config>::AccountId>>;

	#[storage_alias]
	pub type ByHash<T: Config> = StorageDoubleMap<Pallet<T>, Twox64Concat, PatientId, Identity, H256, RecordId>;

	/// The record with these fields.
	pub fn record<AccountId>(fields: Fields<AccountId>) -> salus_primitives::Record<AccountId> {
		let (
			patient,
			author,
			custodian,
			origin,
			category,
			compartment,
			media,
			cid,
			sha256,
			tree,
			size,
			recorded_at,
			registered_at,
			relates_to,
			doc_status,
			status,
			previous,
		) = fields;
		salus_primitives::Record {
			patient,
			author,
			custodian,
			origin,
			category,
			compartment,
			media,
			cid,
			sha256,
			tree,
			size,
			recorded_at,
			registered_at,
			relates_to,
			doc_status,
			status,
			previous,
		}
	}
}

/// What [`ToVersion2`] does where the version is 1.
pub struct Shorten<T>(PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for Shorten<T> {
	fn on_runtime_upgrade() -> Weight {
		// Old and new keys have one prefix: all of the old ones are taken before a new one is written, or the walk would
		// come to those as well.
		let records: Vec<_> = v1::Records::<T>::drain().collect();
		let hashes: Vec<_> = v1::ByHash::<T>::drain().collect();
		let moved = u64::try_from(records.len().saturating_add(hashes.len())).unwrap_or(u64::MAX);

		for (id, fields) in records {
			Records::<T>::insert(id, v1::record(fields));
		}
		for (patient, sha256, id) in hashes {
			// Where two hashes begin alike the first record has the entry, as if the second had come today.
			ByHash::<T>::mutate(patient, digest_prefix(&sha256), |entry| {
				let first = entry.map_or(id, |Compact(found)| id.min(found));
				*entry = Some(Compact(first));
			});
		}
		let twice = moved.saturating_mul(2);
		T::DbWeight::get().reads_writes(twice, twice)
	}

	/// The records as they shall be read afterwards.
	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<Vec<u8>, TryRuntimeError> {
		let hashes: Vec<_> = v1::ByHash::<T>::iter_keys().collect();
		let prefixes: BTreeSet<_> = hashes
			.iter()
			.map(|(patient, sha256)| (patient, digest_prefix(sha256)))
			.collect();
		ensure!(
			prefixes.len() == hashes.len(),
			"records: two hashes of a patient begin alike"
		);
		let records: BTreeMap<RecordId, Record<T::AccountId>> = v1::Records::<T>::iter()
			.map(|(id, fields)| (id, v1::record(fields)))
			.collect();
		Ok(records.encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(before: Vec<u8>) -> Result<(), TryRuntimeError> {
		let before = BTreeMap::<RecordId, Record<T::AccountId>>::decode_all(&mut before.as_slice())
			.map_err(|_| "records: what was noted before the upgrade is unreadable")?;
		ensure!(
			before == Records::<T>::iter().collect(),
			"records: the upgrade changed a record"
		);
		Pallet::<T>::check_state()
	}
}
