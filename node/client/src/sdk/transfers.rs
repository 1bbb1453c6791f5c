//! Uploads and downloads under way: one process at a time for each, and none is kept for ever.

use std::{
	collections::BTreeMap,
	fs, io,
	path::{Path, PathBuf},
	time::{Duration, SystemTime},
};

use super::{files::make_folder, lock::Lock, DataDir, DataError, FileError};

/// Folder of uploads in the data folder.
pub(crate) const UPLOADS: &str = "uploads";
/// Folder of downloads in the data folder.
pub(crate) const DOWNLOADS: &str = "downloads";
/// Transfers that nobody went on with for so long are removed.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The files of one transfer, which this process alone works on.
#[derive(Debug)]
pub(crate) struct Transfer {
	/// `<folder>/<id>`: a file, a folder, or nothing yet; what belongs to it has the same name with an extension.
	pub(crate) path: PathBuf,
	_alone: Lock,
}

impl Transfer {
	/// Takes a transfer.
	///
	/// # Errors
	/// `Busy` when another process has it.
	pub(crate) fn take(data: &DataDir, kind: &'static str, id: &[u8; 32]) -> Result<Self, DataError> {
		let path = data.folder(kind)?.join(hex::encode(id));
		let alone = Lock::try_take(&path.with_extension("lock"))?;
		let what = if kind == UPLOADS { "upload" } else { "download" };
		Ok(Self {
			_alone: alone.ok_or(DataError::Busy(what))?,
			path,
		})
	}

	/// A file that belongs to it.
	pub(crate) fn with(&self, extension: &str) -> PathBuf {
		self.path.with_extension(extension)
	}

	/// Makes its folder.
	pub(crate) fn make_folder(&self) -> Result<&Path, FileError> {
		make_folder(&self.path)?;
		Ok(&self.path)
	}

	/// Removes its folder with all that is in it.
	pub(crate) fn remove_folder(&self) -> Result<(), FileError> {
		match fs::remove_dir_all(&self.path) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::at(&self.path)(error)),
			_ => Ok(()),
		}
	}
}

/// Removes the transfers of a data folder that nobody went on with. A failure is nobody's trouble: the next command
/// tries again.
pub(crate) fn reap(data: &Path) {
	reap_older(data, SystemTime::now(), KEPT);
}

fn reap_older(data: &Path, now: SystemTime, kept: Duration) {
	for kind in [UPLOADS, DOWNLOADS] {
		for (id, files) in transfers(&data.join(kind)) {
			let last = files.iter().filter_map(|path| touched(path)).max();
			let idle = last.and_then(|last| now.duration_since(last).ok());
			if idle.is_none_or(|idle| idle < kept) {
				continue;
			}
			let Ok(Some(_alone)) = Lock::try_take(&data.join(kind).join(id).with_extension("lock")) else {
				continue;
			};
			for path in files {
				if path.is_dir() {
					fs::remove_dir_all(path).ok();
				} else {
					fs::remove_file(path).ok();
				}
			}
		}
	}
}

/// What is in a folder, by the transfer it belongs to.
fn transfers(folder: &Path) -> BTreeMap<String, Vec<PathBuf>> {
	let mut found = BTreeMap::<String, Vec<PathBuf>>::new();
	for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
		let path = entry.path();
		if let Some(id) = path.file_stem().and_then(|stem| stem.to_str()) {
			found.entry(id.to_string()).or_default().push(path);
		}
	}
	found
}

/// When a file, or anything in a folder, was last written.
fn touched(path: &Path) -> Option<SystemTime> {
	let inside = fs::read_dir(path).into_iter().flatten().flatten();
	let times = inside.filter_map(|entry| entry.metadata().ok()?.modified().ok());
	times.chain(fs::metadata(path).ok()?.modified().ok()).max()
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Hash;

	fn data() -> (tempfile::TempDir, DataDir) {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
		(base, data)
	}

	#[test]
	fn one_process_at_a_time_has_a_transfer() {
		let (_base, data) = data();
		let taken = Transfer::take(&data, UPLOADS, &[1; 32]).unwrap();
		let busy = Transfer::take(&data, UPLOADS, &[1; 32]).unwrap_err();
		assert!(matches!(busy, DataError::Busy("upload")), "{busy}");
		Transfer::take(&data, UPLOADS, &[2; 32]).unwrap();
		Transfer::take(&data, DOWNLOADS, &[1; 32]).unwrap();
		drop(taken);
		Transfer::take(&data, UPLOADS, &[1; 32]).unwrap();
		assert_eq!(fs::read_dir(data.file(UPLOADS)).unwrap().count(), 0);
	}

	#[test]
	fn what_nobody_went_on_with_is_removed() {
		let (_base, data) = data();
		let upload = Transfer::take(&data, UPLOADS, &[1; 32]).unwrap();
		fs::write(upload.make_folder().unwrap().join("payload"), "x").unwrap();
		let download = Transfer::take(&data, DOWNLOADS, &[2; 32]).unwrap();
		fs::write(&download.path, "x").unwrap();
		fs::write(download.with("json"), "{}").unwrap();
		drop(upload);

		let count = |kind| transfers(&data.file(kind)).len();
		let now = SystemTime::now();
		reap_older(&data.file(""), now, KEPT);
		assert_eq!((count(UPLOADS), count(DOWNLOADS)), (1, 1));
		// In a week, while the download is still under way.
		reap_older(&data.file(""), now + KEPT + KEPT, KEPT);
		assert_eq!((count(UPLOADS), count(DOWNLOADS)), (0, 1));
		assert!(download.path.exists());
		drop(download);
		reap_older(&data.file(""), now + KEPT + KEPT, KEPT);
		assert_eq!(fs::read_dir(data.file(DOWNLOADS)).unwrap().count(), 0);
	}
}
