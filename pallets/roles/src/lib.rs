#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod acts;
mod applications;
mod assignments;
mod calls;
mod credentials;
mod deaths;
mod did;
mod errors;
mod events;
mod institutions;
mod keys;
mod kin;
pub mod migrations;
mod offices;
mod patients;
pub mod pool_errors;
mod recovery;
mod registration;
mod registry;
mod standing;
mod storage;
mod try_state;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use acts::Act;
use frame_support::pallet_macros::import_section;
pub use pallet::*;
use recovery::Shown;
pub use registration::Registration;
pub use types::*;
pub use weights::WeightInfo;

// `expect` and the casts are in what the macros expand to, and in nothing written here. As many arguments as
// `register_patient` has, its caller signs.
#[allow(
	clippy::cast_possible_truncation,
	clippy::expect_used,
	clippy::too_many_arguments,
	clippy::type_complexity
)]
#[import_section(storage::storage)]
#[import_section(events::events)]
#[import_section(errors::errors)]
#[import_section(calls::calls)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::{ensure_authorized, pallet_prelude::*};
	use salus_primitives::{
		Admission, Application, Assignment, AuditEntry, AuditTrail, Credential, DeviceKeys, HpkeKey, Institution,
		InstitutionId, KeyLoss, Moment, Patient, PatientId, Role, Seating, Status, Terms, Voucher, MAX_LEFT,
	};
	use sp_core::H256;
	use sp_runtime::traits::{IdentifyAccount, Verify};

	/// The storage layout this code reads and writes.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(6);

	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = H256, RuntimeEvent: From<Event<Self>>> {
		/// The chain's clock.
		type Time: Time<Moment = Moment>;
		/// Two thirds of the council.
		type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Who keeps the terms a patient accepts when she registers.
		type Admission: Admission<Self::AccountId>;
		/// Who keeps the patients' audit trails.
		type Audit: AuditTrail<Self::AccountId>;
		/// Which keys are devices', and so nobody's.
		type Devices: DeviceKeys;
		/// Who is told of an admitted institution.
		type Seating: Seating<Self::AccountId>;
		/// What accounts sign applications, vouchers and registrations with.
		type Signature: Parameter
			+ DecodeWithMemTracking
			+ MaxEncodedLen
			+ Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>>;
		/// The accounts that validate.
		type Validators: ValidatorAccounts<Self::AccountId>;
		/// Weights from the benchmarks.
		type WeightInfo: WeightInfo;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The first institutions, numbered from 0.
		pub institutions: Vec<Institution<T::AccountId>>,
		/// The first credentials.
		pub credentials: Vec<(T::AccountId, InstitutionId, Credential)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			// A chain must not start from a genesis that its own rules refuse.
			for institution in &self.institutions {
				let admitted = Pallet::<T>::admit(institution.clone());
				assert!(admitted.is_ok(), "genesis: an institution is refused: {admitted:?}");
			}
			for (account, institution, credential) in &self.credentials {
				let issued = Pallet::<T>::issue(account, *institution, credential.clone());
				assert!(issued.is_ok(), "genesis: a credential is refused: {issued:?}");
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_state()
		}
	}
}
