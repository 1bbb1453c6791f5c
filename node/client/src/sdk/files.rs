//! Files that are readable by their owner only and appear under their name when they are complete.

use std::{
	fs,
	io::{self, Write},
	os::unix::fs::{DirBuilderExt, OpenOptionsExt},
	path::Path,
};

use serde::{de::DeserializeOwned, Serialize};
use tempfile::NamedTempFile;

use super::FileError;

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

/// Replaces a JSON file.
pub(crate) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), FileError> {
	let bytes = serde_json::to_vec_pretty(value).map_err(|error| FileError::at(path)(io::Error::other(error)))?;
	replace_private(path, &bytes)
}

/// Writes a new file with mode 0600; fails with `AlreadyExists` when the name is taken.
pub(crate) fn publish_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
	persist_new(temporary(path, bytes)?, path)
}

/// Writes two new files with mode 0600, or neither.
pub(crate) fn publish_both(first: (&Path, &[u8]), second: (&Path, &[u8])) -> Result<(), FileError> {
	let taken = || io::Error::from(io::ErrorKind::AlreadyExists);
	for (path, _) in [first, second] {
		if path.symlink_metadata().is_ok() {
			return Err(FileError::at(path)(taken()));
		}
	}
	let written = (temporary(first.0, first.1)?, temporary(second.0, second.1)?);
	persist_new(written.0, first.0)?;
	persist_new(written.1, second.0).inspect_err(|_| {
		// Ours, and of no use without the other.
		fs::remove_file(first.0).ok();
	})
}

/// Writes a file with mode 0600 in place of any earlier one.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
	temporary(path, bytes)?
		.persist(path)
		.map(|_| ())
		.map_err(|failed| FileError::at(path)(failed.error))
}

/// Moves a file to a name of the user's, across disks too, in place of any earlier one.
pub(crate) fn move_private(from: &Path, to: &Path) -> Result<(), FileError> {
	if fs::rename(from, to).is_ok() {
		return Ok(());
	}
	let copy = || {
		let mut copy = NamedTempFile::new_in(folder_of(to))?;
		io::copy(&mut fs::File::open(from)?, &mut copy)?;
		copy.as_file().sync_all()?;
		copy.persist(to).map_err(|failed| failed.error)?;
		fs::remove_file(from)
	};
	copy().map_err(FileError::at(to))
}

/// Whether a file can be written under this name: it is no folder, and its folder takes new files.
pub(crate) fn check_writable(path: &Path) -> Result<(), FileError> {
	let failed = FileError::at(path);
	if path.is_dir() {
		return Err(failed(io::ErrorKind::IsADirectory.into()));
	}
	if path.file_name().is_none() {
		return Err(failed(io::ErrorKind::InvalidInput.into()));
	}
	NamedTempFile::new_in(folder_of(path)).map(|_| ()).map_err(failed)
}

/// Whether a new file can be written under this name: as [`check_writable`], and there is none.
pub(crate) fn check_new(path: &Path) -> Result<(), FileError> {
	if path.symlink_metadata().is_ok() {
		return Err(FileError::at(path)(io::ErrorKind::AlreadyExists.into()));
	}
	check_writable(path)
}

/// Opens a file for appending.
pub(crate) fn append(path: &Path) -> Result<fs::File, FileError> {
	fs::OpenOptions::new()
		.create(true)
		.append(true)
		.mode(0o600)
		.open(path)
		.map_err(FileError::at(path))
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> Result<(), FileError> {
	match fs::remove_file(path) {
		Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::at(path)(error)),
		_ => Ok(()),
	}
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(folder: &Path) -> Result<(), FileError> {
	fs::DirBuilder::new()
		.recursive(true)
		.mode(0o700)
		.create(folder)
		.map_err(FileError::at(folder))
}

/// The folder a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
	match path.parent() {
		Some(folder) if !folder.as_os_str().is_empty() => folder,
		_ => Path::new("."),
	}
}

fn temporary(path: &Path, bytes: &[u8]) -> Result<NamedTempFile, FileError> {
	let write = || {
		let mut file = NamedTempFile::new_in(folder_of(path))?;
		file.write_all(bytes)?;
		file.as_file().sync_all()?;
		Ok(file)
	};
	write().map_err(FileError::at(path))
}

fn persist_new(file: NamedTempFile, path: &Path) -> Result<(), FileError> {
	file.persist_noclobber(path)
		.map(|_| ())
		.map_err(|failed| FileError::at(path)(failed.error))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn of_two_files_both_appear_or_neither() {
		let folder = tempfile::tempdir().unwrap();
		let (one, two) = (folder.path().join("one"), folder.path().join("two"));
		fs::write(&two, "earlier").unwrap();
		let error = publish_both((&one, b"1"), (&two, b"2")).unwrap_err();
		assert_eq!(
			(error.path.as_path(), error.source.kind()),
			(two.as_path(), io::ErrorKind::AlreadyExists)
		);
		assert!(!one.exists());
		assert_eq!(fs::read_to_string(&two).unwrap(), "earlier");

		let missing = folder.path().join("none").join("two");
		assert!(publish_both((&one, b"1"), (&missing, b"2")).is_err());
		assert!(!one.exists());
		assert!(publish_both((&one, b"1"), (&one, b"2")).is_err());
		assert!(!one.exists());
		let three = folder.path().join("three");
		publish_both((&one, b"1"), (&three, b"3")).unwrap();
		assert_eq!(
			(fs::read(&one).unwrap(), fs::read(&three).unwrap()),
			(b"1".to_vec(), b"3".to_vec())
		);
	}

	#[test]
	fn a_name_that_cant_be_written_is_told_beforehand() {
		let folder = tempfile::tempdir().unwrap();
		check_writable(&folder.path().join("new")).unwrap();
		check_new(&folder.path().join("new")).unwrap();
		assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
		let taken = tempfile::NamedTempFile::new().unwrap();
		check_writable(taken.path()).unwrap();
		assert_eq!(
			check_new(taken.path()).unwrap_err().source.kind(),
			io::ErrorKind::AlreadyExists
		);
		for wrong in [
			folder.path().to_owned(),
			folder.path().join("none").join("new"),
			"/".into(),
		] {
			assert!(check_writable(&wrong).is_err(), "{}", wrong.display());
		}
	}

	#[test]
	fn a_moved_file_takes_the_place_of_an_earlier_one() {
		let folder = tempfile::tempdir().unwrap();
		let (from, to) = (folder.path().join("from"), folder.path().join("to"));
		fs::write(&from, "new").unwrap();
		fs::write(&to, "earlier").unwrap();
		move_private(&from, &to).unwrap();
		assert_eq!(fs::read_to_string(&to).unwrap(), "new");
		assert!(!from.exists());
		// Another disk, where the machine has one.
		let shared = Path::new("/dev/shm");
		if shared.is_dir() {
			let there = tempfile::tempdir_in(shared).unwrap();
			move_private(&to, &there.path().join("to")).unwrap();
			assert!(!to.exists() && there.path().join("to").exists());
		}
		assert!(move_private(&from, &to).is_err());
	}
}
