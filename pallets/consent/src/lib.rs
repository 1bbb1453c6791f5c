#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod access_control;
mod admission;
mod calls;
mod cases;
mod decide;
mod delegation;
mod docket;
mod erasures;
mod errors;
mod events;
mod explain;
mod incidents;
mod listings;
mod lists;
mod losses;
pub mod migrations;
mod paper;
mod parties;
mod queries;
mod seals;
mod successors;
mod terms;
mod try_state;
mod types;
pub mod weights;
mod wishes;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

pub use decide::MAX_READS;
pub use docket::{Docket, MAX_CASE_LIFETIME};
pub use pallet::*;
pub use paper::{Paper, WaitingPaper, PAPER_LIFETIME};
pub use seals::Seals;
pub use terms::{check, TermsFault};
pub use types::*;
pub use weights::WeightInfo;
pub use wishes::Wish;

// The pallet's and the codec's macros expand to casts and `expect`s of their own; the code in this module has none.
#[allow(clippy::cast_possible_truncation, clippy::expect_used)]
#[import_section(events::events)]
#[import_section(errors::errors)]
#[import_section(calls::calls)]
#[frame_support::pallet]
pub mod pallet {
	use super::{parties::Scope, *};
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		AuditEntry, AuditTrail, Case, CaseId, Compartment, DenialId, DenialTerms, Discipline, EmergencyLimits,
		EmergencyReason, Erasure, GrantId, Grantee, InstitutionId, Kind, Moment, Parent, PatientId, Registry,
		RequestId, Terms, Verdict,
	};
	use sp_core::H256;

	/// The storage layout this code reads and writes.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(2);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The chain's clock.
		type Time: Time<Moment = u64>;
		/// Who is who.
		type Registry: Registry<Self::AccountId>;
		/// Two thirds of the council.
		type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Who suspends a credential after a violation.
		type Discipline: Discipline<Self::AccountId>;
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

	/// The id of the next grant.
	#[pallet::storage]
	pub type NextGrant<T: Config> = StorageValue<_, GrantId, ValueQuery>;

	/// The id of the next request.
	#[pallet::storage]
	pub type NextRequest<T: Config> = StorageValue<_, RequestId, ValueQuery>;

	/// The id of the next denial.
	#[pallet::storage]
	pub type NextDenial<T: Config> = StorageValue<_, DenialId, ValueQuery>;

	/// Each patient's grants to each grantee.
	#[pallet::storage]
	pub type Grants<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		PatientId,
		Blake2_128Concat,
		Grantee<T::AccountId>,
		GrantList<T::AccountId>,
		ValueQuery,
	>;

	/// Each patient's denials.
	#[pallet::storage]
	pub type Denials<T: Config> = StorageMap<_, Twox64Concat, PatientId, DenialList<T::AccountId>, ValueQuery>;

	/// The requests of each requester to each patient.
	#[pallet::storage]
	pub type Requests<T: Config> =
		StorageDoubleMap<_, Twox64Concat, PatientId, Blake2_128Concat, T::AccountId, RequestList, ValueQuery>;

	/// The id of the next break-glass case.
	#[pallet::storage]
	pub type NextCase<T: Config> = StorageValue<_, CaseId, ValueQuery>;

	/// Each patient's break-glass cases.
	#[pallet::storage]
	pub type Cases<T: Config> =
		StorageDoubleMap<_, Twox64Concat, PatientId, Twox64Concat, CaseId, Case<T::AccountId>, OptionQuery>;

	/// The case of a patient that a clinician opened or joined last.
	#[pallet::storage]
	pub type CaseOf<T: Config> =
		StorageDoubleMap<_, Twox64Concat, PatientId, Blake2_128Concat, T::AccountId, CaseId, OptionQuery>;

	/// Each clinician's open cases, and which of those she opened wait for their review.
	#[pallet::storage]
	pub type Openers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Opener, ValueQuery>;

	/// Which of an institution's cases wait for their review.
	#[pallet::storage]
	pub type Dockets<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, Docket, ValueQuery>;

	/// The day since the Unix epoch on which an institution last opened a case, and how many on that day.
	#[pallet::storage]
	pub type CasesOfDay<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, (u64, u32), ValueQuery>;

	/// What the council allows each institution in emergencies.
	#[pallet::storage]
	pub type EmergencyLimitsOf<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, EmergencyLimits, ValueQuery>;

	/// The incident declared at an institution, and until when.
	#[pallet::storage]
	pub type Incidents<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, Moment, OptionQuery>;

	/// The incident that one officer has asked for, and until when.
	#[pallet::storage]
	pub type IncidentProposals<T: Config> =
		StorageMap<_, Twox64Concat, InstitutionId, (T::AccountId, Moment), OptionQuery>;

	/// The compartments that each patient has sealed.
	#[pallet::storage]
	pub type Sealed<T: Config> = StorageMap<_, Twox64Concat, PatientId, Seals, ValueQuery>;

	/// Who reads and amends at an institution what somebody wrote who left it.
	#[pallet::storage]
	pub type Successors<T: Config> =
		StorageDoubleMap<_, Twox64Concat, InstitutionId, Blake2_128Concat, T::AccountId, T::AccountId, OptionQuery>;

	/// The copies that grantees made, or may have made, and have to erase.
	#[pallet::storage]
	pub type Erasures<T: Config> =
		StorageDoubleMap<_, Twox64Concat, PatientId, Twox64Concat, GrantId, Erasure<T::AccountId>, OptionQuery>;

	/// What patients signed on paper and a second witness has not confirmed: one paper for each patient and first witness.
	#[pallet::storage]
	pub type Papers<T: Config> =
		StorageDoubleMap<_, Twox64Concat, PatientId, Blake2_128Concat, T::AccountId, WaitingPaper, OptionQuery>;

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_state()
		}
	}
}
