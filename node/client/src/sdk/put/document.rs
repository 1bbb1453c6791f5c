//! The document that is uploaded: read whole, and the same bytes each time.

use std::{
	fs::File,
	io::{self, Read},
	path::Path,
};

use sha2::{Digest, Sha256};

use crate::sdk::{Error, FileError, PutError};

/// SHA-256 of a document.
///
/// # Errors
/// `Empty`, `Folder`; `File` when it can't be read.
pub(super) fn digest(path: &Path) -> Result<[u8; 32], Error> {
	let (mut source, len) = open(path)?;
	if len == 0 {
		return Err(PutError::Empty(path.to_owned()).into());
	}
	io::copy(&mut source, &mut io::sink()).map_err(FileError::at(path))?;
	Ok(source.digest())
}

/// Opens a document for a reading that knows what it read, and says how long it is.
///
/// # Errors
/// `Folder`; `File` when it can't be read.
pub(super) fn open(path: &Path) -> Result<(Hashing<File>, u64), Error> {
	let file = File::open(path).map_err(FileError::at(path))?;
	let facts = file.metadata().map_err(FileError::at(path))?;
	if facts.is_dir() {
		return Err(PutError::Folder(path.to_owned()).into());
	}
	Ok((Hashing::new(file), facts.len()))
}

/// A reader that hashes what passes through.
pub(super) struct Hashing<R> {
	source: R,
	hasher: Sha256,
}

impl<R> Hashing<R> {
	fn new(source: R) -> Self {
		Self {
			source,
			hasher: Sha256::new(),
		}
	}

	/// SHA-256 of what was read.
	pub(super) fn digest(self) -> [u8; 32] {
		self.hasher.finalize().into()
	}
}

impl<R: Read> Read for Hashing<R> {
	fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
		let read = self.source.read(buffer)?;
		self.hasher.update(buffer.get(..read).unwrap_or_default());
		Ok(read)
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;

	#[test]
	fn a_documents_digest_is_its_sha256() {
		let file = tempfile::NamedTempFile::new().unwrap();
		std::fs::write(file.path(), vec![7; 300_000]).unwrap();
		assert_eq!(
			digest(file.path()).unwrap(),
			<[u8; 32]>::from(Sha256::digest(vec![7; 300_000]))
		);
		assert!(digest(Path::new("/nonexistent")).is_err());
	}

	#[test]
	fn an_empty_file_and_a_folder_are_no_documents() {
		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("empty");
		std::fs::write(&file, "").unwrap();
		let empty = digest(&file).unwrap_err();
		assert_eq!((empty.name().as_str(), empty.exit_code()), ("Empty", exit::LOCAL));
		let wrong = digest(folder.path()).unwrap_err();
		assert_eq!((wrong.name().as_str(), wrong.exit_code()), ("Folder", exit::LOCAL));
	}
}
