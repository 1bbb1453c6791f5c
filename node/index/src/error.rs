//! Why the index cannot go on.

use std::path::PathBuf;

use salus_primitives::PatientId;
use sp_core::H256;

/// Why the index refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
	/// The file cannot be opened or created.
	#[error("the audit index {} cannot be opened: {source}", .path.display())]
	Open {
		/// The file.
		path: PathBuf,
		/// What failed.
		source: sqlx::Error,
	},
	/// A newer program wrote the file.
	#[error("the audit index has version {0}, this program reads {version}; update it", version = crate::schema::VERSION)]
	UnsupportedVersion(i64),
	/// The file is another chain's.
	#[error("the audit index is of the chain {found}, this is {expected}; give the node another base path")]
	ForeignGenesis {
		/// The genesis hash in the file.
		found: H256,
		/// The genesis hash of this chain.
		expected: H256,
	},
	/// The last indexed block is not on the finalised chain.
	#[error(
		"block {number} of the audit index is not on the finalised chain; move the index away and sync the chain anew"
	)]
	CursorNotOnChain {
		/// The block of the cursor.
		number: u32,
	},
	/// The state of a block that is to be indexed is gone.
	#[error(
		"the state of block {number} was pruned before its audit entries were indexed; purge the chain and sync in \
		 full, or run the node with --state-pruning archive"
	)]
	StatePruned {
		/// The block.
		number: u32,
	},
	/// A finalised block has no header here.
	#[error(
		"the node has no block {number}, whose audit entries are to be indexed; purge the chain and sync in full, \
		 not by warp"
	)]
	MissingBlock {
		/// The block.
		number: u32,
	},
	/// A block was to be indexed out of turn.
	#[error("block {found} was to be indexed where block {expected} is due")]
	OutOfTurn {
		/// The block that is due.
		expected: u32,
		/// The block that came.
		found: u32,
	},
	/// An entry does not continue its patient's trail.
	#[error(
		"block {block} carries entry {found} of patient {patient} where entry {expected} is due; the audit index is \
		 incomplete: move it away and sync the chain anew"
	)]
	BrokenTrail {
		/// The block.
		block: u32,
		/// The patient.
		patient: PatientId,
		/// The number that is due.
		expected: u64,
		/// The number that came.
		found: u64,
	},
	/// The lists that run across patients are not complete.
	#[error("the chain's runtime can't say yet what is on lists that run across patients")]
	NotListed,
	/// A row is not what was written.
	#[error("the audit index is damaged; restore it from a backup, or move it away and sync the chain anew")]
	Damaged,
	/// A number is beyond what SQL integers hold.
	#[error("a number is beyond the range of the audit index")]
	OutOfRange,
	/// The database failed.
	#[error("the audit index failed: {0}")]
	Sql(#[from] sqlx::Error),
	/// The chain could not be read.
	#[error("the chain could not be read for the audit index: {0}")]
	Source(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a block's entries were not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
	/// The block's state is gone.
	#[error("the block's state was pruned")]
	StatePruned,
	/// Reading failed.
	#[error(transparent)]
	Failed(#[from] Box<dyn std::error::Error + Send + Sync>),
}
