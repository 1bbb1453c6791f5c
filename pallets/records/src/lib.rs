#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod audit;
mod corrections;
pub mod migrations;
mod queries;
mod receipts;
mod registration;
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
pub use queries::{MAX_HISTORY, MAX_PAGE, MAX_WALK};
pub use salus_primitives::{
	ciphertext_size, is_cid, is_cid_of_bytes, is_cid_of_size, is_ciphertext_size, CLOCK_TOLERANCE, MAX_BLOCK, MAX_SIZE,
	MIN_PADDED, RECEIPT_LIFETIME,
};
pub use types::*;
pub use weights::WeightInfo;

// The pallet macro's own code expects and casts.
#[allow(clippy::cast_possible_truncation, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use codec::Compact;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		AccessControl, AuditEntry, ErrorReason, InstitutionId, NewRecord, PatientId, Purpose, Receipt, ReceiptId,
		Record, RecordId, Registry, MAX_BATCH,
	};
	use sp_core::H256;

	/// The storage layout this code reads and writes.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(2);

	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = H256, RuntimeEvent: From<Event<Self>>> {
		/// The chain's clock.
		type Time: Time<Moment = u64>;
		/// Who is who.
		type Registry: Registry<Self::AccountId>;
		/// The decision engine.
		type AccessControl: AccessControl<Self::AccountId>;
		/// Weights from the benchmarks.
		type WeightInfo: WeightInfo;
		/// Makes institutions, credentials and patients for the benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: salus_primitives::BenchmarkHelper<Self::AccountId>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The id of the next record.
	#[pallet::storage]
	pub type NextRecord<T: Config> = StorageValue<_, RecordId, ValueQuery>;

	/// The id of the next receipt.
	#[pallet::storage]
	pub type NextReceipt<T: Config> = StorageValue<_, ReceiptId, ValueQuery>;

	/// The oldest receipt still kept; the same as the next one where none is.
	#[pallet::storage]
	pub type OldestReceipt<T: Config> = StorageValue<_, ReceiptId, ValueQuery>;

	/// The records' metadata. The chain itself gives the ids, one after the other, so that nobody can choose keys that
	/// make the trie deep: they need no hash.
	#[pallet::storage]
	pub type Records<T: Config> = StorageMap<_, Identity, RecordId, Record<T::AccountId>, OptionQuery>;

	/// A patient's record with a ciphertext whose SHA-256 begins so. Patients' ids are given like records', and SHA-256
	/// is the key's own hash.
	///
	/// An entry proves no document: whoever finds one compares the whole hash with the record's, as
	/// [`Pallet::by_hash`] does. To meet the prefix of a given document takes 2^128 hashes. Two of one's own that meet
	/// take 2^64, and the second is refused: nothing is won. The chain takes a hash at its author's word, so that
	/// whoever may write to a patient and learns of a hash beforehand can claim it, or its prefix, first: encrypting
	/// again gives another one.
	#[pallet::storage]
	pub type ByHash<T: Config> =
		StorageDoubleMap<_, Identity, PatientId, Identity, DigestPrefix, Compact<RecordId>, OptionQuery>;

	/// Where each patient's audit trail and list of records end.
	#[pallet::storage]
	pub type Trail<T: Config> = StorageMap<_, Twox64Concat, PatientId, TrailEnd, OptionQuery>;

	/// The outcomes of `access` calls of the last 24 hours, and of some before.
	#[pallet::storage]
	pub type Receipts<T: Config> = StorageMap<_, Twox64Concat, ReceiptId, Receipt<T::AccountId>, OptionQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A record was registered.
		RecordRegistered {
			/// The patient.
			patient: PatientId,
			/// The record.
			record: RecordId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A record was found to have been entered in error.
		RecordEnteredInError {
			/// The patient.
			patient: PatientId,
			/// The record.
			record: RecordId,
			/// Why.
			reason: ErrorReason,
			/// The record that it had replaced and that is current again.
			restored: Option<RecordId>,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// Access to records was decided; the entries say what was permitted and what refused.
		Accessed {
			/// The patient.
			patient: PatientId,
			/// The receipt.
			receipt: ReceiptId,
			/// Who asked.
			requester: T::AccountId,
			/// The entries in the patient's trail, one for each record, in the order asked.
			entries: BoundedVec<AuditEntry<T::AccountId>, ConstU32<MAX_BATCH>>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The CID is not 36 bytes of CIDv1 with codec raw or dag-pb and a SHA-256 digest: take it as the vault's
		/// upload returned it.
		MalformedCid,
		/// No envelope has this size: register the size of the ciphertext, not of the document.
		MalformedSize,
		/// `recorded_at` is more than five minutes ahead of the chain's clock: give it in milliseconds and check the
		/// clock.
		RecordedInFuture,
		/// The origin `Patient` goes with no institution, and every other origin with one.
		OriginMismatch,
		/// No patient has this id.
		UnknownPatient,
		/// The patient has a record with this ciphertext: `by_hash` names it.
		AlreadyRegistered,
		/// No record has this id.
		UnknownRecord,
		/// The record that this one relates to is another patient's.
		ForeignRelation,
		/// The record that this one relates to is erased, or being erased.
		RelationErased,
		/// Only a current record can be replaced: relate to the one that superseded it.
		NotCurrent,
		/// A replacement has the category of the record it replaces.
		CategoryDiffers,
		/// A replacement is in the compartment of the record it replaces.
		CompartmentDiffers,
		/// The decision engine refused, or the signer may not correct this record: ask `consent_decide` for the
		/// reason.
		NotPermitted,
		/// The call names no record.
		NoRecords,
		/// The call names a record twice.
		DuplicateRecord,
		/// The records are of more than one patient id: make one call for each.
		MixedPatients,
		/// The record has been marked already; the first reason stands.
		AlreadyEnteredInError,
		/// The record is restricted, being erased or erased: there is nothing left to correct.
		RecordClosed,
		/// Every id has been given.
		IdsExhausted,
		/// A payload of at most 1 MiB is one raw block, a larger one a tree with a dag-pb root: take CID and size as the
		/// vault's upload returned them.
		CidOfOtherSize,
		/// The CID of a raw block has another digest than the payload: take CID and SHA-256 as the vault's upload
		/// returned them.
		CidOfOtherBytes,
		/// Another ciphertext of the patient has a SHA-256 with the same first 16 bytes: encrypt the document again,
		/// which gives it another.
		HashPrefixTaken,
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
		/// Registers a record whose ciphertext the vault holds. The signer is its author, the institution she acts
		/// at its custodian; with no institution she is the patient, and her institution is its custodian. A
		/// replacement needs the right to amend what it replaces, at its date and at that of the replacement;
		/// anything else needs the right to append.
		///
		/// # Events
		/// [`Event::RecordRegistered`].
		///
		/// # Errors
		/// [`Error::MalformedCid`], [`Error::MalformedSize`], [`Error::CidOfOtherSize`],
		/// [`Error::CidOfOtherBytes`], [`Error::RecordedInFuture`], [`Error::OriginMismatch`],
		/// [`Error::UnknownPatient`], [`Error::AlreadyRegistered`], [`Error::HashPrefixTaken`],
		/// [`Error::UnknownRecord`], [`Error::ForeignRelation`], [`Error::RelationErased`],
		/// [`Error::CategoryDiffers`], [`Error::CompartmentDiffers`], [`Error::NotCurrent`],
		/// [`Error::NotPermitted`], [`Error::IdsExhausted`].
		#[pallet::call_index(0)]
		#[pallet::weight(weights::register::<T>(record).saturating_add(weights::decisions::<T>([record])))]
		pub fn register(
			origin: OriginFor<T>,
			record: NewRecord,
			purpose: Purpose,
			institution: Option<InstitutionId>,
		) -> DispatchResultWithPostInfo {
			let author = ensure_signed(origin)?;
			let mut weight = weights::register::<T>(&record);
			let outcome = Self::enter(&author, record, purpose, institution, &mut weight);
			weights::spent(weight, outcome)
		}

		/// Registers up to 64 records, all or none. A record may relate to one before it in the same batch, by the
		/// id it will have.
		///
		/// # Events
		/// [`Event::RecordRegistered`] for each.
		///
		/// # Errors
		/// [`Error::NoRecords`], and those of [`Pallet::register`].
		#[pallet::call_index(1)]
		#[pallet::weight(
			weights::register_batch::<T>(records).saturating_add(weights::decisions::<T>(records))
		)]
		pub fn register_batch(
			origin: OriginFor<T>,
			records: BoundedVec<NewRecord, ConstU32<MAX_BATCH>>,
			purpose: Purpose,
			institution: Option<InstitutionId>,
		) -> DispatchResultWithPostInfo {
			let author = ensure_signed(origin)?;
			ensure!(!records.is_empty(), Error::<T>::NoRecords);
			let mut weight = weights::register_batch::<T>(&records);
			let outcome = records
				.into_iter()
				.try_for_each(|record| Self::enter(&author, record, purpose, institution, &mut weight));
			weights::spent(weight, outcome)
		}

		/// Marks a record as entered in error: from now on it is released to its author alone. By its author with
		/// an active credential at its custodian, by an officer of its custodian, or with no institution by the
		/// patient for what she uploaded herself. If it was current, the version before it that is not in error is
		/// current again, past eight in error at most.
		///
		/// # Events
		/// [`Event::RecordEnteredInError`].
		///
		/// # Errors
		/// [`Error::UnknownRecord`], [`Error::NotPermitted`], [`Error::AlreadyEnteredInError`],
		/// [`Error::RecordClosed`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::mark_entered_in_error())]
		pub fn mark_entered_in_error(
			origin: OriginFor<T>,
			record: RecordId,
			reason: ErrorReason,
			institution: Option<InstitutionId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::correct(who, record, reason, institution)
		}

		/// Asks to view records of one patient. Each is decided, and the decisions are written into a receipt and
		/// into the patient's trail; a refusal is no error. One use is taken of each grant that a permit rests on.
		/// The receipt counts for 24 hours; up to two that no longer do are removed.
		///
		/// # Events
		/// [`Event::Accessed`].
		///
		/// # Errors
		/// [`Error::NoRecords`], [`Error::DuplicateRecord`], [`Error::UnknownRecord`], [`Error::MixedPatients`],
		/// [`Error::IdsExhausted`].
		#[pallet::call_index(3)]
		#[pallet::weight(weights::access::<T>(weights::count(records.len())))]
		pub fn access(
			origin: OriginFor<T>,
			records: BoundedVec<RecordId, ConstU32<MAX_BATCH>>,
			purpose: Purpose,
			institution: Option<InstitutionId>,
		) -> DispatchResultWithPostInfo {
			let requester = ensure_signed(origin)?;
			let mut weight = T::WeightInfo::access(weights::count(records.len()));
			let outcome = Self::decide_access(requester, records, purpose, institution, &mut weight);
			weights::spent(weight, outcome)
		}
	}
}
