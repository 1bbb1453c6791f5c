//! What a simulated device keeps: its next number, and the readings that nobody took yet. It is on the disk before a
//! reading leaves, so that no number is ever used for two readings, whenever the process ends.

use std::path::{Path, PathBuf};

use salus_primitives::DeviceKey;
use salus_vitals::SignedReading;
use serde::{Deserialize, Serialize};

use crate::sdk::{read_json, words, write_json, Error, FileError, Lock, SendError};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Kept {
	device: String,
	next_seq: u64,
	outbox: Vec<String>,
}

/// The state of one device, which this process alone has.
pub(super) struct State {
	path: PathBuf,
	kept: Kept,
	outbox: Vec<Vec<u8>>,
	_lock: Lock,
}

impl State {
	/// The state in a file; a new one begins with this number.
	///
	/// # Errors
	/// `Busy`, `OtherDevice`, `File`
	pub(super) fn open(path: &Path, device: &DeviceKey, first: u64) -> Result<Self, Error> {
		let mut name = path.as_os_str().to_owned();
		name.push(".lock");
		let lock = Lock::try_take(Path::new(&name))?.ok_or_else(|| SendError::Busy(path.to_owned()))?;
		let device = words::hex(device);
		let kept = match read_json::<Kept>(path)? {
			Some(kept) if kept.device != device => {
				return Err(SendError::OtherDevice {
					path: path.to_owned(),
					found: kept.device,
					wanted: device,
				}
				.into())
			}
			Some(kept) => kept,
			None => Kept {
				device,
				next_seq: first,
				outbox: Vec::new(),
			},
		};
		let damaged = |_| FileError::at(path)(std::io::ErrorKind::InvalidData.into());
		let outbox = kept.outbox.iter().map(|reading| hex::decode(reading).map_err(damaged));
		Ok(Self {
			path: path.to_owned(),
			outbox: outbox.collect::<Result<_, _>>()?,
			kept,
			_lock: lock,
		})
	}

	pub(super) fn next_seq(&self) -> u64 {
		self.kept.next_seq
	}

	/// What nobody took yet, in order.
	pub(super) fn outbox(&self) -> &[Vec<u8>] {
		&self.outbox
	}

	/// Puts readings behind the others; from here on the next number is this.
	///
	/// # Errors
	/// `File`: nothing of them may be sent then.
	pub(super) fn take(&mut self, next_seq: u64, signed: &[SignedReading]) -> Result<(), FileError> {
		self.outbox.extend(signed.iter().map(SignedReading::encode));
		self.kept.next_seq = next_seq;
		self.write()
	}

	/// Leaves only these of what waits, which were not taken.
	///
	/// # Errors
	/// `File`
	pub(super) fn leave(&mut self, left: Vec<Vec<u8>>) -> Result<(), FileError> {
		self.outbox = left;
		self.write()
	}

	fn write(&mut self) -> Result<(), FileError> {
		self.kept.outbox = self.outbox.iter().map(hex::encode).collect();
		write_json(&self.path, &self.kept)
	}
}

#[cfg(test)]
pub(super) mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::cli::vitals::tests::heart;

	#[test]
	fn numbers_and_what_waits_outlive_the_process() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("state.json");
		let mut state = State::open(&path, &[7; 32], 5).unwrap();
		assert_eq!((state.next_seq(), state.outbox().len()), (5, 0));
		let readings = heart(7, &[5, 6]);
		state.take(7, &readings).unwrap();
		drop(state);

		let mut again = State::open(&path, &[7; 32], 0).unwrap();
		assert_eq!(again.next_seq(), 7, "the file goes before what the chain says");
		let waiting: Vec<_> = readings.iter().map(SignedReading::encode).collect();
		assert_eq!(again.outbox(), waiting);
		again.leave(Vec::new()).unwrap();
		drop(again);
		let last = State::open(&path, &[7; 32], 0).unwrap();
		assert_eq!((last.next_seq(), last.outbox().len()), (7, 0));
	}

	#[test]
	fn a_state_is_one_device_s_and_one_process_s() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("state.json");
		let mut state = State::open(&path, &[7; 32], 0).unwrap();
		state.take(1, &heart(7, &[0])).unwrap();
		assert_eq!(State::open(&path, &[7; 32], 0).err().unwrap().name(), "Busy");
		drop(state);
		assert_eq!(State::open(&path, &[8; 32], 0).err().unwrap().name(), "OtherDevice");
		std::fs::write(&path, "{}").unwrap();
		assert!(State::open(&path, &[7; 32], 0).is_err());
	}
}
