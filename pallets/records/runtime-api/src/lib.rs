//! What can be asked of records, receipts and the audit trail.
//!
//! ```
//! use salus_primitives::RecordFilter;
//! // Lists run newest first; the default filter keeps everything.
//! assert_eq!(RecordFilter::default().category, None);
//! ```
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use alloc::vec::Vec;
use codec::Codec;
use salus_primitives::{AuditEntry, AuditHead, PatientId, Receipt, ReceiptId, Record, RecordFilter, RecordId};
use sp_core::H256;

sp_api::decl_runtime_apis! {
	/// Records and receipts. In version 1 the numbers of a record had their full width.
	#[api_version(2)]
	pub trait RecordsApi<AccountId: Codec> {
		/// The record's metadata.
		fn record(id: RecordId) -> Option<Record<AccountId>>;
		/// The patient's records before `before` that the filter keeps, newest first, at most `limit`; and where to
		/// go on.
		fn records(patient: PatientId, filter: RecordFilter, before: Option<RecordId>, limit: u32)
			-> (Vec<(RecordId, Record<AccountId>)>, Option<RecordId>);
		/// The record and those it relates to and is superseded by, oldest first, at most `limit`.
		fn history(id: RecordId, limit: u32) -> Vec<(RecordId, Record<AccountId>)>;
		/// The patient's record with this ciphertext.
		fn by_hash(patient: PatientId, sha256: H256) -> Option<RecordId>;
		/// The receipt, while it lives.
		fn receipt(id: ReceiptId) -> Option<Receipt<AccountId>>;
		/// Whether what the receipt permitted would still be permitted, its own use given back.
		fn still_permits(receipt: ReceiptId, record: RecordId) -> bool;
		/// How long the patient's trail is and the hash it ends in.
		fn audit_head(patient: PatientId) -> AuditHead;
	}

	/// The audit entries of one block.
	pub trait AuditApi<AccountId: Codec> {
		/// The entries that this block's events carry, in order.
		fn entries() -> Vec<(PatientId, AuditEntry<AccountId>)>;
	}
}
