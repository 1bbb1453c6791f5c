//! What is kept of an upload until its record is final: ciphertext and wrapped keys, nothing that opens it.

use std::{fs, io};

use codec::{Decode, Encode};
use salus_vault::{
	ticket::{UploadTicket, TICKET_VERSION},
	wrap::Wraps,
};
use serde::{Deserialize, Serialize};

use crate::sdk::{
	files::write_json,
	sealing::Recipients,
	transfers::{Transfer, UPLOADS},
	words, DataDir, DataError, Error, FileError, Payload,
};

const STATE: &str = "state.json";
const PAYLOAD: &str = "payload";

/// An encrypted document: its ticket, its wrapped keys and to whom they are wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
	pub(super) ticket: UploadTicket,
	pub(super) wraps: Wraps,
	pub(super) recipients: Recipients,
}

impl Kept {
	/// Whether it can be uploaded as it is: wrapped to the keys that are on the chain now, and the ciphertext as it was
	/// written.
	pub(super) fn is_usable(&self, stored: &Stored, recipients: &Recipients) -> Result<bool, Error> {
		let sound = self.recipients == *recipients
			&& self.ticket.version == TICKET_VERSION
			&& self.wraps.hash() == self.ticket.wraps;
		if !sound {
			return Ok(false);
		}
		let payload = Payload {
			cid: &self.ticket.cid,
			sha256: self.ticket.sha256,
			tree: Some(self.ticket.tree),
			size: self.ticket.size,
		};
		match payload.check(&stored.payload()) {
			Ok(()) => Ok(true),
			Err(Error::Vault(_)) => Ok(false),
			Err(Error::File(error)) if error.source.kind() == io::ErrorKind::NotFound => Ok(false),
			Err(error) => Err(error),
		}
	}
}

/// The folder of one upload, which this process alone works in.
#[derive(Debug)]
pub(super) struct Stored {
	transfer: Transfer,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct State {
	/// SCALE of the upload ticket, hex.
	ticket: String,
	/// SCALE of the wraps, hex.
	wraps: String,
	/// SCALE of the custodian's public key, hex.
	custodian: String,
	/// SCALE of the patient's public key, hex; none for a patient without one.
	patient: Option<String>,
}

impl Stored {
	/// The upload with this id.
	///
	/// # Errors
	/// `Busy`
	pub(super) fn open(data: &DataDir, id: &[u8; 32]) -> Result<Self, DataError> {
		let transfer = Transfer::take(data, UPLOADS, id)?;
		Ok(Self { transfer })
	}

	/// Where the ciphertext is.
	pub(super) fn payload(&self) -> std::path::PathBuf {
		self.transfer.path.join(PAYLOAD)
	}

	/// Makes the folder.
	pub(super) fn make(&self) -> Result<(), FileError> {
		self.transfer.make_folder().map(|_| ())
	}

	/// What an earlier run left; none when it did not come to the end of encrypting, or when it is damaged, for then
	/// the document is encrypted anew.
	pub(super) fn read(&self) -> Result<Option<Kept>, FileError> {
		let path = self.transfer.path.join(STATE);
		match fs::read(&path) {
			Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok().and_then(decode)),
			Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
			Err(error) => Err(FileError::at(path)(error)),
		}
	}

	/// Leaves behind what a later run needs.
	pub(super) fn write(&self, kept: &Kept) -> Result<(), FileError> {
		let state = State {
			ticket: words::hex(kept.ticket.encode()),
			wraps: words::hex(kept.wraps.encode()),
			custodian: words::hex(kept.recipients.custodian.encode()),
			patient: kept.recipients.patient.as_ref().map(|key| words::hex(key.encode())),
		};
		write_json(&self.transfer.path.join(STATE), &state)
	}

	/// Forgets the upload.
	pub(super) fn clear(&self) -> Result<(), FileError> {
		self.transfer.remove_folder()
	}
}

fn decode(state: State) -> Option<Kept> {
	Some(Kept {
		ticket: scale(&state.ticket)?,
		wraps: scale(&state.wraps)?,
		recipients: Recipients {
			custodian: scale(&state.custodian)?,
			patient: match &state.patient {
				Some(key) => Some(scale(key)?),
				None => None,
			},
		},
	})
}

fn scale<T: Decode>(text: &str) -> Option<T> {
	let bytes = words::hex_bytes(text).ok()?;
	let mut input = bytes.as_slice();
	let value = T::decode(&mut input).ok()?;
	input.is_empty().then_some(value)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Hash;
	use salus_primitives::HpkeKey;
	use salus_vault::{fingerprint::fingerprint, wrap::Wrap};

	fn key(byte: u8) -> HpkeKey {
		HpkeKey::X25519([byte; 32])
	}

	fn stored() -> (tempfile::TempDir, Stored, Kept) {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
		let stored = Stored::open(&data, &[1; 32]).unwrap();
		let print = fingerprint(b"the payload");
		let wraps = Wraps {
			custody: Wrap(vec![1; 81]),
			subject: None,
		};
		let kept = Kept {
			ticket: UploadTicket {
				version: TICKET_VERSION,
				genesis: [0; 32],
				institution: 0,
				purpose: 0,
				patient: 0,
				category: 0,
				compartment: None,
				media: 0,
				recorded_at: 0,
				cid: print.cid.to_bytes(),
				sha256: print.sha256,
				tree: print.tree,
				size: print.size,
				wraps: wraps.hash(),
				not_after: 0,
			},
			wraps,
			recipients: Recipients {
				custodian: key(1),
				patient: Some(key(2)),
			},
		};
		stored.make().unwrap();
		fs::write(stored.payload(), b"the payload").unwrap();
		stored.write(&kept).unwrap();
		(base, stored, kept)
	}

	#[test]
	fn a_later_run_finds_what_an_earlier_one_left() {
		let (_base, stored, kept) = stored();
		let found = stored.read().unwrap().unwrap();
		assert_eq!(found, kept);
		assert!(found.is_usable(&stored, &kept.recipients).unwrap());
		stored.clear().unwrap();
		assert_eq!(stored.read().unwrap(), None);
		stored.clear().unwrap();
	}

	#[test]
	fn another_key_or_another_ciphertext_is_not_gone_on_with() {
		let (_base, stored, kept) = stored();
		for recipients in [
			Recipients {
				custodian: key(3),
				..kept.recipients.clone()
			},
			Recipients {
				patient: Some(key(3)),
				..kept.recipients.clone()
			},
			Recipients {
				patient: None,
				..kept.recipients.clone()
			},
		] {
			assert!(!kept.is_usable(&stored, &recipients).unwrap());
		}
		let other = Kept {
			wraps: Wraps {
				custody: Wrap(vec![2; 81]),
				subject: None,
			},
			..kept.clone()
		};
		assert!(!other.is_usable(&stored, &kept.recipients).unwrap());
		fs::write(stored.payload(), b"the payloaD").unwrap();
		assert!(!kept.is_usable(&stored, &kept.recipients).unwrap());
		fs::remove_file(stored.payload()).unwrap();
		assert!(!kept.is_usable(&stored, &kept.recipients).unwrap());
	}

	#[test]
	fn a_damaged_state_is_none() {
		let (_base, stored, _) = stored();
		for text in [
			"",
			"{}",
			r#"{"ticket":"0x","wraps":"0x"}"#,
			r#"{"ticket":"x","wraps":"x","custodian":"x","patient":null}"#,
		] {
			fs::write(stored.transfer.path.join(STATE), text).unwrap();
			assert_eq!(stored.read().unwrap(), None, "{text}");
		}
	}
}
