#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod agenda;
mod booking;
mod calls;
mod consultations;
mod days;
mod diary;
mod errors;
mod events;
mod merges;
pub mod migrations;
mod opening;
mod parties;
mod progress;
mod queries;
mod try_state;
mod types;
mod waiting;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use booking::Visit;
use consultations::Joined;
use days::Closing;
use diary::Diary;
use frame_support::pallet_macros::import_section;
use progress::Step;
use waiting::Proposal;

pub use pallet::*;
pub use queries::Listed;
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
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		AccessControl, Appointment, AppointmentId, AppointmentParty, AuditEntry, AuditTrail, CancelReason,
		Consultation, InstitutionId, Kind, Mode, Moment, Offer, PatientId, Period, Practitioners, Priority, Reason,
		Registry, Slots, UtcDay,
	};
	use sp_core::H256;

	/// The storage layout this code reads and writes.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The chain's clock.
		type Time: Time<Moment = u64>;
		/// Who is who.
		type Registry: Registry<Self::AccountId>;
		/// The decision engine.
		type AccessControl: AccessControl<Self::AccountId>;
		/// Where every change is written down.
		type Audit: AuditTrail<Self::AccountId>;
		/// Weights from the benchmarks.
		type WeightInfo: WeightInfo;
		/// Makes institutions, credentials and patients for the benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: salus_primitives::BenchmarkHelper<Self::AccountId>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Each practitioner's slots of each UTC day.
	#[pallet::storage]
	pub type Calendar<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, UtcDay, Slots, ValueQuery>;

	/// The id of the next appointment.
	#[pallet::storage]
	pub type NextAppointment<T: Config> = StorageValue<_, AppointmentId, ValueQuery>;

	/// The appointments. The chain itself gives the ids, one after the other: they need no hash.
	#[pallet::storage]
	pub type Appointments<T: Config> = StorageMap<_, Identity, AppointmentId, Appointment<T::AccountId>, OptionQuery>;

	/// What each patient has before her.
	#[pallet::storage]
	pub type Agendas<T: Config> = StorageMap<_, Twox64Concat, PatientId, Agenda<T::AccountId>, ValueQuery>;

	/// Who waits for each practitioner.
	#[pallet::storage]
	pub type Waiting<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, WaitingList, ValueQuery>;

	/// The logs of tele-consultations.
	#[pallet::storage]
	pub type Consultations<T: Config> = StorageMap<_, Identity, AppointmentId, Consultation<T::AccountId>, OptionQuery>;

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_state()
		}
	}
}
