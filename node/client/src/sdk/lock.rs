//! Locks between processes, on files that exist while they are held.

use std::{
	fs::{self, File, TryLockError},
	io,
	os::unix::fs::{MetadataExt, OpenOptionsExt},
	path::{Path, PathBuf},
};

use super::FileError;

/// A name that this process alone holds until it is dropped. Between processes and between threads.
#[derive(Debug)]
pub(crate) struct Lock {
	path: PathBuf,
	/// Holds the lock of the operating system.
	_file: File,
}

impl Lock {
	/// Waits for the name.
	pub(crate) fn wait(path: &Path) -> Result<Self, FileError> {
		loop {
			let file = open(path)?;
			file.lock().map_err(FileError::at(path))?;
			if let Some(lock) = Self::confirm(path, file)? {
				return Ok(lock);
			}
		}
	}

	/// Takes the name, unless somebody else has it.
	pub(crate) fn try_take(path: &Path) -> Result<Option<Self>, FileError> {
		loop {
			let file = open(path)?;
			match file.try_lock() {
				Ok(()) => {}
				Err(TryLockError::WouldBlock) => return Ok(None),
				Err(TryLockError::Error(error)) => return Err(FileError::at(path)(error)),
			}
			if let Some(lock) = Self::confirm(path, file)? {
				return Ok(Some(lock));
			}
		}
	}

	/// Whether what was locked is still the file of this name: its holder before removed it when she was done.
	fn confirm(path: &Path, file: File) -> Result<Option<Self>, FileError> {
		let failed = FileError::at(path);
		let held = match file.metadata() {
			Ok(held) => held,
			Err(error) => return Err(failed(error)),
		};
		match fs::metadata(path) {
			Ok(named) if (named.dev(), named.ino()) == (held.dev(), held.ino()) => Ok(Some(Self {
				path: path.to_owned(),
				_file: file,
			})),
			Ok(_) => Ok(None),
			Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
			Err(error) => Err(failed(error)),
		}
	}
}

impl Drop for Lock {
	fn drop(&mut self) {
		// Who waits for it sees that the name is gone and takes it anew.
		fs::remove_file(&self.path).ok();
	}
}

fn open(path: &Path) -> Result<File, FileError> {
	fs::OpenOptions::new()
		.create(true)
		.truncate(false)
		.write(true)
		.mode(0o600)
		.open(path)
		.map_err(FileError::at(path))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

	#[test]
	fn one_at_a_time_holds_a_name() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("x.lock");
		let held = Lock::try_take(&path).unwrap().unwrap();
		assert!(Lock::try_take(&path).unwrap().is_none());
		drop(held);
		assert!(!path.exists());
		assert!(Lock::try_take(&path).unwrap().is_some());
	}

	#[test]
	fn who_waits_is_never_in_together_with_the_holder() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("x.lock");
		let (inside, rounds) = (AtomicBool::new(false), AtomicU64::new(0));
		std::thread::scope(|scope| {
			for _ in 0..4 {
				scope.spawn(|| {
					for _ in 0..200 {
						let _held = Lock::wait(&path).unwrap();
						assert!(!inside.swap(true, Ordering::SeqCst));
						rounds.fetch_add(1, Ordering::SeqCst);
						inside.store(false, Ordering::SeqCst);
					}
				});
			}
		});
		assert_eq!(rounds.load(Ordering::SeqCst), 800);
	}
}
