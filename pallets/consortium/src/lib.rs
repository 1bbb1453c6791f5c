#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod authorship;
mod offences;
pub mod pool_errors;
mod quota;
mod seats;
mod sessions;
mod try_state;
mod types;
mod validators;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use authorship::{AuthorEquivocation, MAX_EVIDENCE};
pub use offences::Offender;
pub use pallet::*;
pub use quota::Quota;
pub use sessions::{Identified, SessionBlocks, ValidatorOf};
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
// The expansion of the storage macros calls `expect`; nothing written here does.
#[allow(clippy::expect_used)]
pub mod pallet {
	use super::*;
	use crate::authorship::Report;
	use alloc::{boxed::Box, vec::Vec};
	use frame_support::{
		pallet_prelude::*,
		traits::{ChangeMembers, KeyOwnerProofSystem, Time},
	};
	use frame_system::{ensure_authorized, pallet_prelude::*};
	use salus_primitives::{InstitutionId, Registry};
	use sp_consensus_aura::sr25519::AuthorityId;
	use sp_consensus_slots::EquivocationProof;
	use sp_core::crypto::KeyTypeId;
	use sp_session::MembershipProof;
	use sp_staking::{offence::ReportOffence, SessionIndex};

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
		/// Who is who: whose validator counts.
		type Registry: Registry<Self::AccountId>;
		/// The session pallet.
		type Sessions: Sessions<Self::AccountId>;
		/// Whose key it is that sealed a header.
		type KeyOwners: KeyOwnerProofSystem<
			(KeyTypeId, AuthorityId),
			Proof = MembershipProof,
			IdentificationTuple = Offender<Self>,
		>;
		/// Who keeps the offences, and tells this pallet of each.
		type Offences: ReportOffence<Self::AccountId, Offender<Self>, AuthorEquivocation<Offender<Self>>>;
		/// How many blocks a node's report waits in its pool.
		#[pallet::constant]
		type ReportLongevity: Get<u64>;
		/// The most seats, and the most validators.
		#[pallet::constant]
		type MaxMembers: Get<u32>;
		/// How many blocks the roots of past validator sets are kept.
		#[pallet::constant]
		type HistoryBlocks: Get<u32>;
		/// Weights from the benchmarks.
		type WeightInfo: WeightInfo;
		/// Makes validators and evidence for the benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId, HeaderFor<Self>>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The council: one seat for each admitted hospital.
	#[pallet::storage]
	pub type Seats<T: Config> = StorageValue<_, BoundedVec<(InstitutionId, T::AccountId), T::MaxMembers>, ValueQuery>;

	/// Whom the council named as validators. The set follows: those who offended and those whose institution is
	/// suspended are left out of it where the floor allows.
	#[pallet::storage]
	pub type Validators<T: Config> = StorageValue<_, BoundedVec<T::AccountId, T::MaxMembers>, ValueQuery>;

	/// Whose validator an account is.
	#[pallet::storage]
	pub type ValidatorAccounts<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, InstitutionId, OptionQuery>;

	/// How often the council changed [`Validators`] since the last session began.
	#[pallet::storage]
	pub type Changes<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// Validators that equivocated, and in which session.
	#[pallet::storage]
	pub type Offenders<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, SessionIndex, OptionQuery>;

	/// Reinstated validators, and the session until whose end their offences are pardoned.
	#[pallet::storage]
	pub type Pardons<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, SessionIndex, OptionQuery>;

	/// The set is never smaller than this.
	#[pallet::storage]
	pub type MinValidators<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// Blocks in a session.
	#[pallet::storage]
	pub type SessionLength<T: Config> = StorageValue<_, u32, ValueQuery, ConstU32<SESSION_LENGTH>>;

	/// What each institution's accounts used in the latest window in which they used anything.
	#[pallet::storage]
	pub type Loads<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, Load, OptionQuery>;

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// The first validators.
		pub validators: Vec<T::AccountId>,
		/// The floor of the validator set.
		pub min_validators: u32,
		/// Blocks in a session.
		pub session_length: u32,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self {
				validators: Vec::new(),
				min_validators: 0,
				session_length: SESSION_LENGTH,
			}
		}
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
			assert!(
				self.session_length >= MIN_SESSION_LENGTH,
				"genesis: session_length is less than {MIN_SESSION_LENGTH} blocks"
			);
			Validators::<T>::put(validators);
			MinValidators::<T>::put(self.min_validators);
			SessionLength::<T>::put(self.session_length);
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
		/// An account sits on the council for this hospital no more.
		Unseated {
			/// The hospital.
			institution: InstitutionId,
			/// Its account until now.
			seat: T::AccountId,
		},
		/// The council named an institution's validator: it validates two sessions later.
		ValidatorAdded {
			/// The institution.
			institution: InstitutionId,
			/// Its validator's account.
			validator: T::AccountId,
		},
		/// The council struck an institution's validator out: it validates until the end of the next session.
		ValidatorRemoved {
			/// The institution.
			institution: InstitutionId,
			/// Its validator's account.
			validator: T::AccountId,
		},
		/// A validator equivocated: its slots stay empty, and it leaves the set where the floor allows.
		ValidatorOffended {
			/// The validator's account.
			validator: T::AccountId,
			/// The session in which it did.
			session: SessionIndex,
		},
		/// A validator should leave the set, which is as small as it may be: the council names another one first.
		HeldByFloor {
			/// The validator's account.
			validator: T::AccountId,
		},
		/// The council pardoned a validator what it did until the end of this session.
		ValidatorReinstated {
			/// The institution.
			institution: InstitutionId,
			/// Its validator's account.
			validator: T::AccountId,
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
		/// The account is another institution's validator: name another one.
		ValidatorTaken,
		/// No institution has this id: look it up with `roles_institution`.
		UnknownInstitution,
		/// The institution is suspended, and the council reinstates it first; or it was revoked.
		InstitutionNotActive,
		/// The institution was admitted without an account for a validator.
		NoValidatorAccount,
		/// The institution's validator has no session keys: it makes them with `author_rotateKeysWithOwner` and sets
		/// them with `session.setKeys`.
		KeysMissing,
		/// The institution's validator is named already.
		AlreadyValidator,
		/// The institution's validator is not named.
		NotAValidator,
		/// The institution's validator equivocated: reinstate it first.
		ValidatorOffended,
		/// The institution's validator has not offended, so there is nothing to pardon.
		ValidatorNotOffended,
		/// There are as many validators as there can be: raise `MaxMembers` with a runtime upgrade.
		TooManyValidators,
		/// Fewer validators than the floor would be left: name another one first.
		BelowFloor,
		/// The set changed as much as it may in this session: wait for the next one.
		TooManyChanges,
		/// The evidence is larger than two headers and a proof can be.
		EvidenceTooLarge,
		/// The proof does not say to which validator the author's key belongs.
		KeyOwnerProofInvalid,
		/// The validator is known as an offender, or it was pardoned.
		AlreadyReported,
		/// A header carries no seal at its end.
		HeaderUnsealed,
		/// A header is not for the slot that is reported.
		OtherSlot,
		/// A header's seal is not the author's.
		SealInvalid,
		/// The headers are one block's.
		SameBlock,
		/// The account is named as a validator, or validates until the next session's end: the council strikes it out, and
		/// two sessions later it is free.
		StillValidates,
		/// Nobody would be left on the council, and nothing could be decided any more: admit another hospital first.
		LastSeat,
		/// The institution has no seat.
		NotSeated,
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

		/// Names an institution's validator, which has set its session keys. The set changes at the end of the session,
		/// and the validator authors and votes from the one after.
		///
		/// # Events
		/// [`Event::ValidatorAdded`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::UnknownInstitution`],
		/// [`Error::InstitutionNotActive`], [`Error::NoValidatorAccount`], [`Error::ValidatorOffended`],
		/// [`Error::KeysMissing`], [`Error::AlreadyValidator`], [`Error::TooManyValidators`],
		/// [`Error::TooManyChanges`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::add_validator())]
		pub fn add_validator(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			let validator = Self::name_validator(institution)?;
			Self::deposit_event(Event::ValidatorAdded { institution, validator });
			Ok(())
		}

		/// Strikes an institution's validator out. The set changes at the end of the session, and the validator stops
		/// with the one after.
		///
		/// # Events
		/// [`Event::ValidatorRemoved`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::UnknownInstitution`],
		/// [`Error::NoValidatorAccount`], [`Error::NotAValidator`], [`Error::BelowFloor`],
		/// [`Error::TooManyChanges`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::remove_validator())]
		pub fn remove_validator(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			let validator = Self::strike_validator(institution)?;
			Self::deposit_event(Event::ValidatorRemoved { institution, validator });
			Ok(())
		}

		/// Pardons an institution's validator what it did until the end of this session. It authors again at once if it
		/// is still in the set, and comes back into it if it is still named.
		///
		/// # Events
		/// [`Event::ValidatorReinstated`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::UnknownInstitution`],
		/// [`Error::NoValidatorAccount`], [`Error::ValidatorNotOffended`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::reinstate_validator())]
		pub fn reinstate_validator(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			let entry = T::Registry::institution(institution).ok_or(Error::<T>::UnknownInstitution)?;
			let validator = Self::validator_of(entry)?;
			ensure!(Self::is_offender(&validator), Error::<T>::ValidatorNotOffended);
			Self::pardon(&validator);
			Self::deposit_event(Event::ValidatorReinstated { institution, validator });
			Ok(())
		}

		/// Reports two blocks that an author made for one slot. The node that has seen them puts this into its own pool
		/// and into the next block that it makes; the pool gives the codes of [`pool_errors`].
		///
		/// # Events
		/// [`Event::ValidatorOffended`], and [`Event::HeldByFloor`] where the validator cannot leave the set.
		///
		/// # Errors
		/// `BadOrigin` to a signed transaction; [`Error::EvidenceTooLarge`], [`Error::KeyOwnerProofInvalid`],
		/// [`Error::AlreadyReported`], [`Error::HeaderUnsealed`], [`Error::OtherSlot`], [`Error::SealInvalid`],
		/// [`Error::SameBlock`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::report_author())]
		#[pallet::authorize(|source, proof, owner| Report::<T> { proof, owner }.authorize(source))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_report_author())]
		pub fn report_author(
			origin: OriginFor<T>,
			proof: Box<EquivocationProof<HeaderFor<T>, AuthorityId>>,
			owner: MembershipProof,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			let report = Report::<T> {
				proof: &proof,
				owner: &owner,
			};
			let validator = report.check()?;
			report.enter(validator)?;
			Ok(())
		}
	}
}
