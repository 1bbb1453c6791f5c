#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod quota;
mod seats;
mod sessions;
mod try_state;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use quota::Quota;
pub use sessions::{Identified, ValidatorOf};
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
// The expansion of the storage macros calls `expect`; nothing written here does.
#[allow(clippy::expect_used)]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{ChangeMembers, Time},
	};
	use frame_system::pallet_prelude::*;
	use salus_primitives::InstitutionId;

	/// The storage layout this code reads and writes.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Two thirds of the council.
		type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// The council whose members follow the seats.
		type Council: ChangeMembers<Self::AccountId>;
		/// Worst case of a change of the council's members: whatever votes are open are gone through.
		type CouncilChange: Get<Weight>;
		/// The chain's clock.
		type Time: Time<Moment = u64>;
		/// Which institution pays for a call.
		type Payer: Payer<Self::AccountId, Self::RuntimeCall>;
		/// What the session pallet knows of the validators' keys.
		type SessionKeys: SessionKeys<Self::AccountId>;
		/// The most seats, and the most validators.
		#[pallet::constant]
		type MaxMembers: Get<u32>;
		/// How many sessions the roots of past validator sets are kept.
		#[pallet::constant]
		type HistoryDepth: Get<u32>;
		/// Weights from the benchmarks.
		type WeightInfo: WeightInfo;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The council: one seat for each admitted hospital.
	#[pallet::storage]
	pub type Seats<T: Config> = StorageValue<_, BoundedVec<(InstitutionId, T::AccountId), T::MaxMembers>, ValueQuery>;

	/// The validator set.
	#[pallet::storage]
	pub type Validators<T: Config> = StorageValue<_, BoundedVec<T::AccountId, T::MaxMembers>, ValueQuery>;

	/// The set is never smaller than this.
	#[pallet::storage]
	pub type MinValidators<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// What each institution's accounts used in the latest window in which they used anything.
	#[pallet::storage]
	pub type Loads<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, Load, OptionQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The validators: fixed from genesis on.
		pub validators: Vec<T::AccountId>,
		/// The floor of the validator set.
		pub min_validators: u32,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			let mut validators = self.validators.clone();
			validators.sort();
			validators.dedup();
			assert!(
				validators.len() == self.validators.len(),
				"genesis: a validator is named twice"
			);
			let validators: Result<BoundedVec<_, T::MaxMembers>, _> = validators.try_into();
			assert!(validators.is_ok(), "genesis: more validators than MaxMembers");
			let validators = validators.unwrap_or_default();
			let floor = usize::try_from(self.min_validators).unwrap_or(usize::MAX);
			assert!(
				validators.len() >= floor,
				"genesis: fewer validators than min_validators"
			);
			Validators::<T>::put(validators);
			MinValidators::<T>::put(self.min_validators);
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A hospital has a seat on the council.
		Seated {
			/// The hospital.
			institution: InstitutionId,
			/// Its account on the council.
			seat: T::AccountId,
		},
		/// The council authorised a runtime upgrade by its code's hash.
		UpgradeAuthorised {
			/// Blake2-256 of the code.
			code_hash: T::Hash,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The institution has a seat already.
		AlreadySeated,
		/// The account sits on the council for another institution: name another one.
		SeatTaken,
		/// The council is full: raise `MaxMembers` with a runtime upgrade.
		TooManySeats,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Authorises a runtime upgrade. Anybody may then send the code with `system.applyAuthorizedUpgrade`; the
		/// spec version must grow and the spec name stay.
		///
		/// # Events
		/// [`Event::UpgradeAuthorised`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::authorise_upgrade())]
		pub fn authorise_upgrade(origin: OriginFor<T>, code_hash: T::Hash) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			frame_system::Pallet::<T>::do_authorize_upgrade(code_hash, true);
			Self::deposit_event(Event::UpgradeAuthorised { code_hash });
			Ok(())
		}
	}
}
