//! Failures of batches of readings, of the proof of one, and of sending readings.

use std::path::PathBuf;

use salus_primitives::{AnchorId, BindingId, PatientId};
use salus_vitals::{batch::BatchError, batch_file::BatchFileError, reading::ReadingError, signature::SignatureError};

use super::exit;
use crate::sdk::Hash;

/// Why readings, or the proof of one, can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VitalsError {
	/// The file is no batch.
	#[error("{}: {error}", .path.display())]
	NoBatch {
		/// The file.
		path: PathBuf,
		/// What is wrong with it.
		error: BatchFileError,
	},
	/// The readings of a file make no batch.
	#[error("the batch: {0}")]
	Batch(#[from] BatchError),
	/// No batch of the patient on chain is this one.
	#[error("no batch of patient {patient} on chain has the root {root:?}; check the patient and the file")]
	NotAnchored {
		/// Whose it should be.
		patient: PatientId,
		/// The root of the file's readings.
		root: Hash,
	},
	/// The file is another batch than the anchor's.
	#[error("this is not batch {anchor}: its {what} is another on chain; take the file of that batch")]
	OtherBatch {
		/// The batch on chain.
		anchor: AnchorId,
		/// What differs first.
		what: &'static str,
	},
	/// The batch does not have the reading.
	#[error("the batch has the readings {first} to {last}, and not {seq}; see salus vitals show")]
	NoSuchReading {
		/// What was asked for.
		seq: u64,
		/// The batch's first.
		first: u64,
		/// The batch's last.
		last: u64,
	},
	/// There is nothing to show.
	#[error("patient {0} has no batch in this time that could be shown; see salus vitals show --help")]
	NoReadings(PatientId),
	/// None of the readings is of these codes.
	#[error("there are no readings of {wanted}; there are some of {found}")]
	NoSuchCode {
		/// Asked for.
		wanted: String,
		/// What there is.
		found: String,
	},
	/// The text is no proof.
	#[error("this is no proof of a reading ({0}); check that it was copied whole")]
	NoProof(String),
	/// The proof's reading is none.
	#[error("the proof's reading: {0}")]
	BadReading(ReadingError),
	/// The proof says of the batch what the chain does not.
	#[error("the proof has another {what} than batch {anchor} on chain; it proves nothing")]
	OtherAnchor {
		/// The batch on chain.
		anchor: AnchorId,
		/// What differs.
		what: &'static str,
	},
	/// The reading is of another chain.
	#[error("the reading was signed for the chain with genesis {0:?}; connect to a node of that chain")]
	OtherChain(Hash),
	/// The reading is of another binding.
	#[error("the reading is of binding {found}, and batch {anchor} of binding {wanted}; it proves nothing")]
	OtherBinding {
		/// The batch on chain.
		anchor: AnchorId,
		/// The reading's.
		found: BindingId,
		/// The batch's.
		wanted: BindingId,
	},
	/// The reading is of another device than was bound.
	#[error("the reading is of device {found:?}, and {wanted:?} was bound; it proves nothing")]
	OtherDevice {
		/// The reading's.
		found: Hash,
		/// The binding's.
		wanted: Hash,
	},
	/// The reading's number is not of the batch.
	#[error("reading {seq} is not of batch {anchor}, which has {first} and the {count} from there; it proves nothing")]
	OutsideBatch {
		/// The batch on chain.
		anchor: AnchorId,
		/// The reading's number.
		seq: u64,
		/// The batch's first.
		first: u64,
		/// How many it has.
		count: u32,
	},
	/// The reading's time is not of the batch.
	#[error("the reading's time is not among those of batch {0}; it proves nothing")]
	OutsideTime(AnchorId),
	/// The path leads elsewhere.
	#[error("the reading is not in batch {0}: its path leads to another root; it was changed, or the proof is of another batch")]
	NotInBatch(AnchorId),
	/// The device did not sign.
	#[error("the reading: {0}")]
	NotSigned(#[from] SignatureError),
}

impl VitalsError {
	pub(super) fn exit_code(&self) -> u8 {
		match self {
			Self::NoBatch { .. } | Self::NoProof(_) | Self::BadReading(_) => exit::LOCAL,
			Self::NoSuchReading { .. } | Self::NoReadings(_) | Self::NoSuchCode { .. } => exit::FAILED,
			_ => exit::UNVERIFIED,
		}
	}
}

/// Why a device's readings did not reach a gateway.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
	/// The gateway or broker can't be reached.
	#[error("{url} did not take the readings for {seconds} s ({reason}); see that it runs and repeat the command: it goes on where it was")]
	Unreachable {
		/// Where.
		url: String,
		/// How long it was tried.
		seconds: u64,
		/// What was wrong last.
		reason: String,
	},
	/// It is no URL of a gateway or broker.
	#[error("{0} is no gateway; use https://HOST:PORT, or http:// on this machine, or mqtts://HOST:PORT, or mqtt:// on this machine")]
	BadUrl(String),
	/// The gateway refuses the device.
	#[error("the gateway refused the request: {message} ({name})")]
	Refused {
		/// The gateway's name of it.
		name: String,
		/// What it says.
		message: String,
	},
	/// The gateway's answer is none.
	#[error("{url} does not answer as a gateway of this version ({reason}); check the URL")]
	Unreadable {
		/// Where.
		url: String,
		/// What is wrong.
		reason: String,
	},
	/// The file of a device's state is another device's.
	#[error("{} is of device {found}, and the key is of {wanted}; name another file with --state", .path.display())]
	OtherDevice {
		/// The file.
		path: PathBuf,
		/// Whose it is.
		found: String,
		/// Whose key it is.
		wanted: String,
	},
	/// Another process sends from the same state.
	#[error("another process sends for this device with {}; wait until it is done", .0.display())]
	Busy(PathBuf),
	/// The device has no more numbers.
	#[error("the device has used up its numbers; take another device")]
	NumbersEnded,
	/// A recording can't be played.
	#[error("{} can't be played: {reason}", .path.display())]
	BadSource {
		/// The file.
		path: PathBuf,
		/// What is wrong.
		reason: String,
	},
}

impl SendError {
	pub(super) fn exit_code(&self) -> u8 {
		match self {
			Self::Unreachable { .. } | Self::Unreadable { .. } => exit::UNREACHABLE,
			Self::BadUrl(_) => exit::USAGE,
			Self::Refused { .. } => exit::REFUSED,
			Self::OtherDevice { .. } | Self::Busy(_) | Self::BadSource { .. } => exit::LOCAL,
			Self::NumbersEnded => exit::FAILED,
		}
	}
}
