#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod access;
mod alerts;
mod anchoring;
mod bindings;
mod calls;
mod devices;
mod errors;
mod events;
mod parties;
mod queries;
mod receipts;
mod try_state;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use bindings::{Interval, Statement};
use frame_support::pallet_macros::import_section;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

// The pallet's and the codec's macros expand to casts and `expect`s of their own; the code in this module has none.
#[allow(clippy::cast_possible_truncation, clippy::expect_used)]
#[import_section(events::events)]
#[import_section(errors::errors)]
#[import_section(calls::calls)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use codec::DecodeWithMemTracking;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		AccessControl, Alert, AlertId, Anchor, AnchorId, AuditEntry, AuditTrail, Binding, BindingId, Device, DeviceKey,
		DeviceOffer, InstitutionId, Ladder, Moment, NewBatch, PatientId, Purpose, Receipt, ReceiptId, Registry, Status,
		MAX_ANCHORED, MAX_BATCH,
	};
	use sp_core::H256;
	use sp_runtime::traits::{IdentifyAccount, Verify};

	/// The storage layout this code reads and writes.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = H256, RuntimeEvent: From<Event<Self>>> {
		/// The chain's clock.
		type Time: Time<Moment = u64>;
		/// Who is who.
		type Registry: Registry<Self::AccountId>;
		/// The decision engine.
		type AccessControl: AccessControl<Self::AccountId>;
		/// Where every change is written down.
		type Audit: AuditTrail<Self::AccountId>;
		/// What patients and guardians sign consent to a device with.
		type Signature: Parameter
			+ DecodeWithMemTracking
			+ MaxEncodedLen
			+ Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>>;
		/// Weights from the benchmarks.
		type WeightInfo: WeightInfo;
		/// Makes institutions, credentials and patients for the benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: salus_primitives::BenchmarkHelper<Self::AccountId>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The devices. Their keys are chosen by who makes them.
	#[pallet::storage]
	pub type Devices<T: Config> = StorageMap<_, Blake2_128Concat, DeviceKey, Device, OptionQuery>;

	/// To whom each device is offered, one at a time.
	#[pallet::storage]
	pub type Offers<T: Config> = StorageMap<_, Blake2_128Concat, DeviceKey, DeviceOffer<T::AccountId>, OptionQuery>;

	/// The id of the next binding.
	#[pallet::storage]
	pub type NextBinding<T: Config> = StorageValue<_, BindingId, ValueQuery>;

	/// The bindings. The chain itself gives the ids, one after the other: they need no hash.
	#[pallet::storage]
	pub type Bindings<T: Config> = StorageMap<_, Identity, BindingId, Binding, OptionQuery>;

	/// Each patient's bindings: those that are not over, and of the others the latest.
	#[pallet::storage]
	pub type BindingsOf<T: Config> = StorageMap<_, Twox64Concat, PatientId, BindingList, ValueQuery>;

	/// The id of the next batch.
	#[pallet::storage]
	pub type NextAnchor<T: Config> = StorageValue<_, AnchorId, ValueQuery>;

	/// The batches. The chain itself gives the ids, one after the other: they need no hash.
	#[pallet::storage]
	pub type Anchors<T: Config> = StorageMap<_, Identity, AnchorId, Anchor, OptionQuery>;

	/// Each patient's newest batch.
	#[pallet::storage]
	pub type LatestAnchor<T: Config> = StorageMap<_, Twox64Concat, PatientId, AnchorId, OptionQuery>;

	/// The id of the next receipt.
	#[pallet::storage]
	pub type NextReceipt<T: Config> = StorageValue<_, ReceiptId, ValueQuery>;

	/// The oldest receipt still kept; the same as the next one where none is.
	#[pallet::storage]
	pub type OldestReceipt<T: Config> = StorageValue<_, ReceiptId, ValueQuery>;

	/// The outcomes of `access` calls of the last 24 hours, and of some before: those of records, with batches for records.
	#[pallet::storage]
	pub type Receipts<T: Config> = StorageMap<_, Twox64Concat, ReceiptId, Receipt<T::AccountId>, OptionQuery>;

	/// The id of the next alert.
	#[pallet::storage]
	pub type NextAlert<T: Config> = StorageValue<_, AlertId, ValueQuery>;

	/// The alerts. The chain itself gives the ids, one after the other: they need no hash.
	#[pallet::storage]
	pub type Alerts<T: Config> = StorageMap<_, Identity, AlertId, Alert<T::AccountId>, OptionQuery>;

	/// Each patient's alerts.
	#[pallet::storage]
	pub type AlertsOf<T: Config> = StorageMap<_, Twox64Concat, PatientId, AlertList, ValueQuery>;

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_state()
		}
	}
}
