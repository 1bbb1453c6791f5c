//! Documents in clear on their way to their name: none is left behind, whether the command fails or is interrupted.

use std::{
	collections::BTreeSet,
	fs::{self, File},
	path::{Path, PathBuf},
	sync::{Mutex, MutexGuard, PoisonError},
};

use tempfile::NamedTempFile;

use super::{files::folder_of, FileError};

/// The unfinished files of this process. Whoever holds the lock alone makes, renames or removes one.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A document being written beside its target, readable by its owner only, and removed unless it is published.
#[derive(Debug)]
pub(crate) struct Plaintext {
	file: NamedTempFile,
	target: PathBuf,
	_listed: Listed,
}

/// The place of a file in the list of the unfinished.
#[derive(Debug)]
struct Listed(PathBuf);

impl Drop for Listed {
	fn drop(&mut self) {
		unfinished().remove(&self.0);
	}
}

impl Plaintext {
	/// Begins a document that will have this name.
	pub(crate) fn beside(target: &Path) -> Result<Self, FileError> {
		let mut unfinished = unfinished();
		let file = NamedTempFile::new_in(folder_of(target)).map_err(FileError::at(target))?;
		let path = file.path().to_owned();
		unfinished.insert(path.clone());
		Ok(Self {
			file,
			target: target.to_owned(),
			_listed: Listed(path),
		})
	}

	/// What is written to.
	pub(crate) fn file(&mut self) -> &mut File {
		self.file.as_file_mut()
	}

	/// Gives it its name, in place of any earlier file.
	pub(crate) fn publish(self) -> Result<(), FileError> {
		let Self { file, target, _listed } = self;
		let publish = || {
			file.as_file().sync_all()?;
			{
				let _alone = unfinished();
				file.persist(&target).map_err(|failed| failed.error)?;
			}
			File::open(folder_of(&target))?.sync_all()
		};
		publish().map_err(FileError::at(&target))
	}
}

/// Removes the unfinished documents of this process. From then on none is begun or published, for the process is about
/// to end.
pub fn abandon_unfinished() {
	let unfinished = unfinished();
	remove_all(&unfinished);
	std::mem::forget(unfinished);
}

fn remove_all(files: &BTreeSet<PathBuf>) {
	for path in files {
		fs::remove_file(path).ok();
	}
}

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
	// A thread that panicked leaves the list as good as it was.
	UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use std::{io::Write, os::unix::fs::PermissionsExt};

	#[test]
	fn a_document_appears_when_it_is_published_and_leaves_nothing_otherwise() {
		let folder = tempfile::tempdir().unwrap();
		let target = folder.path().join("report.json");
		let count = || fs::read_dir(folder.path()).unwrap().count();

		let mut abandoned = Plaintext::beside(&target).unwrap();
		abandoned.file().write_all(b"half").unwrap();
		assert_eq!((count(), target.exists()), (1, false));
		let listed = |path: &Path| unfinished().contains(path);
		let path = abandoned.file.path().to_owned();
		assert!(listed(&path));
		drop(abandoned);
		assert_eq!((count(), listed(&path)), (0, false));

		let mut document = Plaintext::beside(&target).unwrap();
		document.file().write_all(b"whole").unwrap();
		document.publish().unwrap();
		assert_eq!((count(), fs::read(&target).unwrap()), (1, b"whole".to_vec()));
		let mode = fs::metadata(&target).unwrap().permissions().mode();
		assert_eq!(mode & 0o777, 0o600);
	}

	#[test]
	fn an_interruption_removes_what_is_unfinished() {
		let folder = tempfile::tempdir().unwrap();
		let target = folder.path().join("report.json");
		let document = Plaintext::beside(&target).unwrap();
		remove_all(&BTreeSet::from([document.file.path().to_owned()]));
		assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
		assert!(document.publish().is_err());
		assert!(!target.exists());
	}
}
