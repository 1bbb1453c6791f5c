//! Files that appear under their name only once they are complete and on the disk.

use std::{
	fs::File,
	io::{self, Write},
	path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// A file being written beside its target, readable by its owner only, and removed unless it is published.
pub(crate) struct AtomicFile {
	temporary: NamedTempFile,
	target: PathBuf,
}

impl AtomicFile {
	pub(crate) fn create(target: &Path) -> io::Result<Self> {
		let temporary = NamedTempFile::new_in(folder(target))?;
		Ok(Self {
			temporary,
			target: target.to_owned(),
		})
	}

	/// Publishes the file in place of any earlier one.
	pub(crate) fn replace(self) -> io::Result<()> {
		self.temporary.as_file().sync_all()?;
		self.temporary.persist(&self.target).map_err(|failed| failed.error)?;
		sync_folder(folder(&self.target))
	}

	/// Publishes the file; fails with `AlreadyExists` when the name is taken.
	pub(crate) fn publish_new(self) -> io::Result<()> {
		self.temporary.as_file().sync_all()?;
		self.temporary
			.persist_noclobber(&self.target)
			.map_err(|failed| failed.error)?;
		sync_folder(folder(&self.target))
	}
}

impl Write for AtomicFile {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		self.temporary.write(bytes)
	}

	fn flush(&mut self) -> io::Result<()> {
		self.temporary.flush()
	}
}

/// Makes the folder's entries durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
	File::open(folder)?.sync_all()
}

/// The folder that a file is in.
pub(crate) fn folder(target: &Path) -> &Path {
	match target.parent() {
		Some(folder) if !folder.as_os_str().is_empty() => folder,
		_ => Path::new("."),
	}
}
