//! Why the key table refused or failed.

use crate::chain::Object;

/// Why the key table refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyTableError {
	/// Another row of this payload exists.
	#[error("a different upload of this payload exists; register or reap that one first")]
	Duplicate,
	/// No row of this payload.
	#[error("no key is kept for this payload; upload it again")]
	NotFound,
	/// The finalised record and the ticket differ.
	#[error("the record's {0} is not the ticket's; register what was uploaded")]
	Mismatch(Field),
	/// The row is live for another record or batch.
	#[error("the key is live for {0} already")]
	AlreadyLive(Object),
	/// The row's epoch key was not given.
	#[error("the row is sealed under epoch key {0}; open that keystore file too")]
	UnknownEpoch(u32),
	/// No row that was tried opens under the epoch key that it names.
	#[error("no row of the key table opens under epoch key {0}; restore that key's file, or the table, from a backup")]
	WrongEpochKey(u32),
	/// The row does not open: damaged, or not ours.
	#[error("a row of the key table is damaged; restore the table from a backup")]
	Damaged,
	/// No epoch key was given.
	#[error("the key table needs an epoch key; create one")]
	NoEpochKey,
	/// It is another custodian's, which says no more.
	#[error("another custodian's key table failed; its operator has to look at the node's log")]
	Elsewhere,
	/// The system gave no random bytes.
	#[error("the system has no randomness; try again")]
	NoRandomness,
	/// The database failed.
	#[error("the key table's database failed: {0}; check the disk and the file's permissions")]
	Database(#[from] Box<redb::Error>),
}

/// A field in which record and ticket can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Field {
	#[error("author")]
	Author,
	#[error("patient")]
	Patient,
	#[error("custodian")]
	Custodian,
	#[error("category")]
	Category,
	#[error("compartment")]
	Compartment,
	#[error("media type")]
	Media,
	#[error("recording time")]
	RecordedAt,
	#[error("CID")]
	Cid,
	#[error("SHA-256")]
	Sha256,
	#[error("tree root")]
	Tree,
	#[error("size")]
	Size,
}
