//! What the client keeps on this machine, for each chain apart: pinned keys, salted subjects, broken-off transfers.

use std::{
	fs, io,
	os::unix::fs::{MetadataExt, PermissionsExt},
	path::{Path, PathBuf},
};

use serde::{de::DeserializeOwned, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{
	files::{make_folder, publish_new, read_json, write_json},
	lock::Lock,
	transfers, DataError, FileError, Hash,
};

/// A folder of the client's own for one chain, readable by its owner only.
#[derive(Clone, Debug)]
pub struct DataDir {
	folder: PathBuf,
}

impl DataDir {
	/// Opens the folder for a chain below `base`, and makes it where there is none. Transfers that nobody went on with
	/// for a week are removed.
	///
	/// # Errors
	/// `File` when it can't be made, `Foreign`, `Open`
	pub fn open(base: &Path, genesis: &Hash) -> Result<Self, DataError> {
		make_own(base)?;
		let folder = base.join(hex::encode(genesis));
		make_own(&folder)?;
		transfers::reap(&folder);
		Ok(Self { folder })
	}

	/// Whether there is such a folder.
	pub fn exists(base: &Path, genesis: &Hash) -> bool {
		base.join(hex::encode(genesis)).is_dir()
	}

	/// `$XDG_DATA_HOME/salus`, or `~/.local/share/salus`.
	///
	/// # Errors
	/// `NoHome`
	pub fn default_base() -> Result<PathBuf, DataError> {
		base(std::env::var_os("XDG_DATA_HOME"), std::env::var_os("HOME"))
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

	/// Reads a JSON file and writes it back if it was changed, while no other process does.
	///
	/// # Errors
	/// When it can't be read or written.
	pub fn update<T, R>(&self, name: &str, change: impl FnOnce(&mut T) -> R) -> Result<R, FileError>
	where
		T: DeserializeOwned + Serialize + Default + PartialEq + Clone,
	{
		update(&self.file(name), change)
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

/// Reads a JSON file and writes it back if it was changed, while no other process does.
pub(crate) fn update<T, R>(path: &Path, change: impl FnOnce(&mut T) -> R) -> Result<R, FileError>
where
	T: DeserializeOwned + Serialize + Default + PartialEq + Clone,
{
	let _alone = Lock::wait(&path.with_extension("lock"))?;
	let before: T = read_json(path)?.unwrap_or_default();
	let mut value = before.clone();
	let answer = change(&mut value);
	if value != before {
		write_json(path, &value)?;
	}
	Ok(answer)
}

/// Makes a folder of this user's that nobody else may look into, or checks that it is one.
pub(crate) fn make_own(folder: &Path) -> Result<(), DataError> {
	make_folder(folder)?;
	let failed = FileError::at(folder);
	let inspect = || {
		let found = fs::metadata(folder)?;
		// Who owns a new file is this process's user, which the standard library does not tell.
		let ours = tempfile::tempfile_in(folder)?.metadata()?.uid();
		Ok((found.permissions().mode(), found.uid() == ours))
	};
	match inspect().map_err(failed)? {
		(_, false) => Err(DataError::Foreign(folder.to_owned())),
		(mode, true) if mode & 0o077 != 0 => Err(DataError::Open(folder.to_owned())),
		_ => Ok(()),
	}
}

fn base(data_home: Option<std::ffi::OsString>, home: Option<std::ffi::OsString>) -> Result<PathBuf, DataError> {
	let given = |path: Option<std::ffi::OsString>| path.filter(|path| !path.is_empty()).map(PathBuf::from);
	given(data_home)
		.or_else(|| Some(given(home)?.join(".local/share")))
		.map(|base| base.join("salus"))
		.ok_or(DataError::NoHome)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use std::collections::BTreeMap;

	type Names = BTreeMap<String, i32>;

	#[test]
	fn files_are_the_owners_only_and_come_back() {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
		assert_eq!(data.read::<Names>("pins.json").unwrap(), Names::new());
		data.update("pins.json", |names: &mut Names| names.insert("a".into(), 1))
			.unwrap();
		assert_eq!(
			data.read::<Names>("pins.json").unwrap(),
			Names::from([("a".to_string(), 1)])
		);
		let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
		assert_eq!(mode(&data.file("pins.json")), 0o600);
		assert_eq!(mode(&data.file("")), 0o700);
	}

	#[test]
	fn updates_of_several_processes_are_all_kept() {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
		std::thread::scope(|scope| {
			for name in 0..8 {
				let data = &data;
				scope.spawn(move || {
					data.update("pins.json", |names: &mut Names| names.insert(name.to_string(), name))
						.unwrap();
				});
			}
		});
		assert_eq!(data.read::<Names>("pins.json").unwrap().len(), 8);
	}

	#[test]
	fn chains_are_kept_apart() {
		let base = tempfile::tempdir().unwrap();
		let one = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
		let two = DataDir::open(&base.path().join("data"), &Hash::repeat_byte(1)).unwrap();
		assert_ne!(one.file("x"), two.file("x"));
		assert_ne!(one.salted(&[b"x"]).unwrap(), two.salted(&[b"x"]).unwrap());
	}

	#[test]
	fn salted_digests_are_stable_and_of_separate_parts() {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
		let again = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
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
		let data = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
		fs::write(data.file("pins.json"), "{").unwrap();
		assert!(data.read::<Names>("pins.json").is_err());
		assert!(data.update("pins.json", |_: &mut Names| ()).is_err());
		fs::write(data.file("salt"), "short").unwrap();
		assert!(data.salted(&[]).is_err());
	}

	#[test]
	fn a_folder_that_others_look_into_is_refused() {
		let base = tempfile::tempdir().unwrap();
		fs::set_permissions(base.path(), fs::Permissions::from_mode(0o750)).unwrap();
		let refused = DataDir::open(base.path(), &Hash::zero());
		assert!(matches!(refused, Err(DataError::Open(_))), "{refused:?}");
		assert!(refused.unwrap_err().to_string().contains("chmod 700"));
		fs::set_permissions(base.path(), fs::Permissions::from_mode(0o700)).unwrap();
		DataDir::open(base.path(), &Hash::zero()).unwrap();
	}

	#[test]
	fn there_is_no_folder_that_everybody_shares() {
		let some = |text: &str| Some(text.into());
		assert_eq!(
			base(some("/data"), some("/home/ada")).unwrap(),
			Path::new("/data/salus")
		);
		assert_eq!(
			base(some(""), some("/home/ada")).unwrap(),
			Path::new("/home/ada/.local/share/salus")
		);
		assert!(matches!(base(None, None), Err(DataError::NoHome)));
		assert!(matches!(base(None, some("")), Err(DataError::NoHome)));
	}
}
