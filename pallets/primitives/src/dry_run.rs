//! What a transaction would do in the next block.

use crate::Moment;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_runtime::{transaction_validity::TransactionValidityError, DispatchError};

/// What a transaction would do as the first of the next block.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct DryRun {
	/// That block's number.
	pub block: u32,
	/// That block's time: the earliest that it can have.
	pub time: Moment,
	/// What would become of the transaction.
	pub outcome: Outcome,
}

/// What would become of a transaction.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub enum Outcome {
	/// No block could hold it.
	#[codec(index = 0)]
	Invalid(TransactionValidityError),
	/// It would be in the block and change nothing.
	#[codec(index = 1)]
	Failed {
		/// Why.
		error: DispatchError,
		/// What it would use of the block.
		used: Used,
	},
	/// It would take effect.
	#[codec(index = 2)]
	Done {
		/// The events that it would leave, each encoded, without those that say that an extrinsic succeeded.
		events: Vec<Vec<u8>>,
		/// What it would use of the block.
		used: Used,
	},
}

/// A weight, in the two parts it has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, TypeInfo)]
pub struct Used {
	/// Picoseconds.
	pub time: u64,
	/// Bytes of proof.
	pub proof: u64,
}

/// Why a transaction can't be tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub enum DryRunError {
	/// It is longer than this: no block could hold it.
	#[codec(index = 0)]
	TooLong(u32),
	/// The bytes are no extrinsic of this runtime, or one that is nested too deeply.
	#[codec(index = 1)]
	Malformed,
	/// It is bare: what authors put into blocks themselves is not tried.
	#[codec(index = 2)]
	NotATransaction,
	/// The next block can't be told from this one: it is the genesis, which has no time; or the next block holds no
	/// transactions, while a migration runs; or nobody may author it.
	#[codec(index = 3)]
	NoNextBlock,
}
