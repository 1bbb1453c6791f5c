//! What the client keeps on this machine, for each chain apart: pinned keys, salted subjects, broken-off transfers.

use std::{
	fs,
	io::{self, Write},
	os::unix::fs::{DirBuilderExt, OpenOptionsExt},
	path::{Path, PathBuf},
};

use serde::{de::DeserializeOwned, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{FileError, Hash};

/// A folder of the client's own for one chain, readable by its owner only.
#[derive(Clone, Debug)]
pub struct DataDir {
	folder: PathBuf,
}

impl DataDir {
	/// Opens the folder for a chain below `base`, and makes it where there is none.
	///
	/// # Errors
	/// When it can't be made.
	pub fn open(base: &Path, genesis: &Hash) -> Result<Self, FileError> {
		let folder = base.join(hex::encode(genesis));
		make_folder(&folder)?;
		Ok(Self { folder })
	}

	/// `$XDG_DATA_HOME/salus`, or `~/.local/share/salus`.
	pub fn default_base() -> PathBuf {
		let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
		std::env::var_os("XDG_DATA_HOME")
			.filter(|path| !path.is_empty())
			.map(PathBuf::from)
			.or_else(home)
			.unwrap_or_else(std::env::temp_dir)
			.join("salus")
	}

	/// A file in the folder.
	pub fn file(&self, name: &str) -> PathBuf {
		self.folder.join(name)
	}

	/// A folder in the folder.
	///
	/// # Errors
	/// When it can't be made.
	pub fn folder(&self, name: &str) -> Result<PathBuf, FileError> {
		let folder = self.folder.join(name);
		make_folder(&folder)?;
		Ok(folder)
	}

	/// A JSON file's content; the default where there is no file.
	///
	/// # Errors
	/// When it is there and can't be read.
	pub fn read<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, FileError> {
		read_json(&self.file(name)).map(Option::unwrap_or_default)
	}

	/// Replaces a JSON file, atomically.
	///
	/// # Errors
	/// When it can't be written.
	pub fn write<T: Serialize>(&self, name: &str, value: &T) -> Result<(), FileError> {
		write_json(&self.file(name), value)
	}

	/// A digest that nobody without this machine's salt can compare with a guess.
	///
	/// # Errors
	/// When the salt can't be read or made.
	pub fn salted(&self, parts: &[&[u8]]) -> Result<[u8; 32], FileError> {
		let salt = self.salt()?;
		let mut hasher = Sha256::new_with_prefix(salt.as_slice());
		for part in parts {
			hasher.update((part.len() as u64).to_be_bytes());
			hasher.update(part);
		}
		Ok(hasher.finalize().into())
	}

	fn salt(&self) -> Result<Zeroizing<Vec<u8>>, FileError> {
		let path = self.file("salt");
		let failed = FileError::at(&path);
		match fs::read(&path) {
			Ok(salt) if salt.len() == 32 => return Ok(Zeroizing::new(salt)),
			Ok(_) => {
				return Err(failed(io::Error::new(
					io::ErrorKind::InvalidData,
					"the salt is damaged",
				)))
			}
			Err(error) if error.kind() == io::ErrorKind::NotFound => {}
			Err(error) => return Err(failed(error)),
		}
		let mut salt = Zeroizing::new(vec![0; 32]);
		getrandom::fill(&mut salt).map_err(|error| failed(io::Error::other(error.to_string())))?;
		match publish_new(&path, &salt) {
			Ok(()) => Ok(salt),
			// Another command made it first.
			Err(error) if error.source.kind() == io::ErrorKind::AlreadyExists => {
				fs::read(&path).map(Zeroizing::new).map_err(FileError::at(&path))
			}
			Err(error) => Err(error),
		}
	}
}

/// A JSON file's content, or none where there is no file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, FileError> {
	match fs::read(path) {
		Ok(bytes) => serde_json::from_slice(&bytes)
			.map(Some)
			.map_err(|error| FileError::at(path)(io::Error::new(io::ErrorKind::InvalidData, error))),
		Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
		Err(error) => Err(FileError::at(path)(error)),
	}
}

/// Replaces a JSON file, atomically and readable by its owner only.
pub(crate) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), FileError> {
	let bytes = serde_json::to_vec_pretty(value).map_err(|error| FileError::at(path)(io::Error::other(error)))?;
	replace_private(path, &bytes)
}

/// Writes a new file with mode 0600; fails with `AlreadyExists` when the name is taken.
pub(crate) fn publish_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
	let temporary = temporary(path, bytes)?;
	temporary
		.persist_noclobber(path)
		.map(|_| ())
		.map_err(|failed| FileError::at(path)(failed.error))
}

/// Writes a file with mode 0600 in place of any earlier one, atomically.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
	temporary(path, bytes)?
		.persist(path)
		.map(|_| ())
		.map_err(|failed| FileError::at(path)(failed.error))
}

fn temporary(path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, FileError> {
	let folder = match path.parent() {
		Some(folder) if !folder.as_os_str().is_empty() => folder,
		_ => Path::new("."),
	};
	let write = || {
		let mut file = tempfile::NamedTempFile::new_in(folder)?;
		file.write_all(bytes)?;
		file.as_file().sync_all()?;
		Ok(file)
	};
	write().map_err(FileError::at(path))
}

/// Opens a file for appending, readable by its owner only.
pub(crate) fn append(path: &Path) -> Result<fs::File, FileError> {
	fs::OpenOptions::new()
		.create(true)
		.append(true)
		.mode(0o600)
		.open(path)
		.map_err(FileError::at(path))
}

fn make_folder(folder: &Path) -> Result<(), FileError> {
	fs::DirBuilder::new()
		.recursive(true)
		.mode(0o700)
		.create(folder)
		.map_err(FileError::at(folder))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use std::{collections::BTreeMap, os::unix::fs::PermissionsExt};

	#[test]
	fn files_are_the_owners_only_and_come_back() {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(base.path(), &Hash::zero()).unwrap();
		let written = BTreeMap::from([("a".to_string(), 1)]);
		assert_eq!(
			data.read::<BTreeMap<String, i32>>("pins.json").unwrap(),
			BTreeMap::new()
		);
		data.write("pins.json", &written).unwrap();
		assert_eq!(data.read::<BTreeMap<String, i32>>("pins.json").unwrap(), written);
		let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
		assert_eq!(mode(&data.file("pins.json")), 0o600);
		assert_eq!(mode(&data.file("")), 0o700);
	}

	#[test]
	fn chains_are_kept_apart() {
		let base = tempfile::tempdir().unwrap();
		let one = DataDir::open(base.path(), &Hash::zero()).unwrap();
		let two = DataDir::open(base.path(), &Hash::repeat_byte(1)).unwrap();
		assert_ne!(one.file("x"), two.file("x"));
		assert_ne!(one.salted(&[b"x"]).unwrap(), two.salted(&[b"x"]).unwrap());
	}

	#[test]
	fn salted_digests_are_stable_and_of_separate_parts() {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(base.path(), &Hash::zero()).unwrap();
		let again = DataDir::open(base.path(), &Hash::zero()).unwrap();
		assert_eq!(
			data.salted(&[b"ab", b"c"]).unwrap(),
			again.salted(&[b"ab", b"c"]).unwrap()
		);
		assert_ne!(
			data.salted(&[b"ab", b"c"]).unwrap(),
			data.salted(&[b"a", b"bc"]).unwrap()
		);
	}

	#[test]
	fn a_damaged_file_is_an_error() {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(base.path(), &Hash::zero()).unwrap();
		fs::write(data.file("pins.json"), "{").unwrap();
		assert!(data.read::<BTreeMap<String, i32>>("pins.json").is_err());
		fs::write(data.file("salt"), "short").unwrap();
		assert!(data.salted(&[]).is_err());
	}
}
