//! A batch with its secret, as it is sealed for those who may read it.

use zeroize::Zeroizing;

use crate::{
	batch::{Batch, BatchError, BatchSecret, MAX_READINGS},
	reading::{Cursor, ReadingError, MAX_LEN},
	signature::SignedReading,
};

/// The first bytes of a batch file.
pub const MAGIC: [u8; 4] = *b"SBAT";
/// The version of batch files written here.
pub const FILE_VERSION: u8 = 1;

/// The secret of a batch and its readings: all that proofs of them need.
///
/// `"SBAT" ++ 01 ++ secret (32) ++ count (u32, little-endian) ++ for each: reading ++ signature (64)`
pub struct BatchFile {
	/// Makes the salts.
	pub secret: BatchSecret,
	/// In the order of their numbers.
	pub readings: Vec<SignedReading>,
}

/// Why bytes are no batch file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchFileError {
	/// They begin otherwise.
	#[error("this is no batch of readings; check that it is the file that was opened")]
	NotABatch,
	/// Another version.
	#[error("this is a batch file of version {0}, and {FILE_VERSION} is known; update this program")]
	UnknownVersion(u8),
	/// The number of readings is none that a batch has.
	#[error("the batch file says that it has {0} readings, and a batch has 1 to {MAX_READINGS}; fetch it again")]
	Count(u32),
	/// The reading at this place cannot be read.
	#[error("reading {0} of the batch file: {1}")]
	Reading(u32, ReadingError),
	/// It ends before its head does.
	#[error("the batch file ends before its readings; fetch it again")]
	Truncated,
	/// Something follows.
	#[error("{0} bytes follow the readings of the batch file; fetch it again")]
	Trailing(usize),
}

impl BatchFile {
	/// The readings, hashed: what is compared with the anchor.
	///
	/// # Errors
	/// As [`Batch::new`].
	pub fn batch(&self) -> Result<Batch, BatchError> {
		Batch::new(&self.secret, &self.readings)
	}

	/// The bytes; they are gone from memory once they are dropped.
	///
	/// # Errors
	/// `Count` where there is none, or more than a batch has.
	pub fn encode(&self) -> Result<Zeroizing<Vec<u8>>, BatchFileError> {
		let count = u32::try_from(self.readings.len()).unwrap_or(u32::MAX);
		check_count(count)?;
		// Room for all of it: bytes that move while they grow would stay behind.
		let room = HEAD.saturating_add(self.readings.len().saturating_mul(MAX_LEN.saturating_add(64)));
		let mut bytes = Zeroizing::new(Vec::with_capacity(room));
		bytes.extend_from_slice(&MAGIC);
		bytes.push(FILE_VERSION);
		bytes.extend_from_slice(self.secret.as_bytes());
		bytes.extend_from_slice(&count.to_le_bytes());
		for signed in &self.readings {
			bytes.extend_from_slice(&signed.encode());
		}
		Ok(bytes)
	}

	/// The batch file that these bytes are, all of them. Neither signatures nor the order of numbers are checked: the
	/// anchored root stands for them.
	///
	/// # Errors
	/// Each says what is wrong; whatever decodes encodes to the same bytes.
	pub fn decode(bytes: &[u8]) -> Result<Self, BatchFileError> {
		let mut cursor = Cursor(bytes);
		let head = |_| BatchFileError::Truncated;
		if cursor.array("mark").map_err(|_| BatchFileError::NotABatch)? != MAGIC {
			return Err(BatchFileError::NotABatch);
		}
		match cursor.array("version").map_err(head)? {
			[FILE_VERSION] => {}
			[other] => return Err(BatchFileError::UnknownVersion(other)),
		}
		let secret = BatchSecret::new(cursor.array("secret").map_err(head)?);
		let count = u32::from_le_bytes(cursor.array("count").map_err(head)?);
		check_count(count)?;
		let mut readings = Vec::new();
		for place in 0..count {
			let of_reading = |error| BatchFileError::Reading(place, error);
			let reading = cursor.reading().map_err(of_reading)?;
			let signature = cursor.array("signature").map_err(of_reading)?;
			readings.push(SignedReading { reading, signature });
		}
		match cursor.0.len() {
			0 => Ok(Self { secret, readings }),
			more => Err(BatchFileError::Trailing(more)),
		}
	}
}

/// Bytes before the readings.
const HEAD: usize = 4 + 1 + 32 + 4;

fn check_count(count: u32) -> Result<(), BatchFileError> {
	match usize::try_from(count) {
		Ok(1..=MAX_READINGS) => Ok(()),
		_ => Err(BatchFileError::Count(count)),
	}
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
	use proptest::prelude::*;

	use super::*;
	use crate::signature::tests::{signed, signer};

	fn file(count: u64) -> BatchFile {
		BatchFile {
			secret: BatchSecret::new([5; 32]),
			readings: (10..10 + count).map(|seq| signed(&signer(9), seq)).collect(),
		}
	}

	#[test]
	fn bytes_are_as_written_down_and_come_back() {
		let file = file(3);
		let bytes = file.encode().unwrap();
		let mut expected = b"SBAT\x01".to_vec();
		expected.extend([5; 32]);
		expected.extend([3, 0, 0, 0]);
		for signed in &file.readings {
			expected.extend(signed.encode());
		}
		assert_eq!(*bytes, expected);
		let again = BatchFile::decode(&bytes).unwrap();
		assert_eq!(again.readings, file.readings);
		assert_eq!(again.batch().unwrap(), file.batch().unwrap());
		assert_eq!(again.encode().unwrap(), bytes);
	}

	#[test]
	fn what_is_no_batch_file_says_why() {
		let bytes = file(2).encode().unwrap();
		let error = |bytes: &[u8]| BatchFile::decode(bytes).err();
		let changed = |at: usize, byte: u8| {
			let mut bytes = bytes.to_vec();
			bytes[at] = byte;
			BatchFile::decode(&bytes).err()
		};
		assert_eq!(error(&[]), Some(BatchFileError::NotABatch));
		assert_eq!(changed(0, b's'), Some(BatchFileError::NotABatch));
		assert_eq!(changed(4, 2), Some(BatchFileError::UnknownVersion(2)));
		assert_eq!(error(&bytes[..20]), Some(BatchFileError::Truncated));
		assert_eq!(error(&bytes[..HEAD - 1]), Some(BatchFileError::Truncated));
		assert_eq!(changed(37, 0), Some(BatchFileError::Count(0)));
		assert_eq!(changed(40, 1), Some(BatchFileError::Count(0x0100_0002)));
		assert_eq!(changed(37, 1), Some(BatchFileError::Trailing((bytes.len() - HEAD) / 2)));
		let short = Some(BatchFileError::Reading(1, ReadingError::Truncated("signature")));
		assert_eq!(error(&bytes[..bytes.len() - 1]), short);
		assert_eq!(
			changed(HEAD, 9),
			Some(BatchFileError::Reading(0, ReadingError::UnknownVersion(9)))
		);
		assert_eq!(file(0).encode().err(), Some(BatchFileError::Count(0)));
		let mut long = bytes.to_vec();
		long.push(0);
		assert_eq!(error(&long), Some(BatchFileError::Trailing(1)));
	}

	proptest! {
		#[test]
		fn whatever_decodes_encodes_to_the_same_bytes(
			at in 0usize..400, byte: u8, cut in 0usize..400,
		) {
			let mut bytes = file(2).encode().unwrap().to_vec();
			let at = at % bytes.len();
			bytes[at] = byte;
			bytes.truncate(bytes.len() - cut.saturating_sub(390).min(9));
			if let Ok(file) = BatchFile::decode(&bytes) {
				prop_assert_eq!(file.encode().unwrap().to_vec(), bytes);
			}
		}
	}
}
