use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::PathBuf};

use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::keystore::{
	create, describe, open, open_kind, read_private, replace, KeystoreError, Kind, Secret, Strength,
};

const DEVELOPMENT: Strength = Strength::Development;

fn secret() -> Secret {
	Secret {
		kind: Kind::Custodian,
		label: "Hospital A".into(),
		public: BTreeMap::from([("public_key".into(), "aa".repeat(32))]),
		bytes: Zeroizing::new(vec![7; 32]),
	}
}

fn file() -> (TempDir, PathBuf) {
	let folder = TempDir::new().unwrap();
	let path = folder.path().join("custodian.json");
	create(&path, &secret(), "correct horse", DEVELOPMENT).unwrap();
	(folder, path)
}

fn rewrite(path: &PathBuf, from: &str, to: &str) {
	let text = fs::read_to_string(path).unwrap();
	assert!(text.contains(from), "{from}");
	fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_secret_comes_back_with_its_passphrase() {
	let (_folder, path) = file();
	let found = open(&path, "correct horse", DEVELOPMENT).unwrap();
	assert_eq!(
		(found.kind, &found.label, &found.public),
		(Kind::Custodian, &secret().label, &secret().public)
	);
	assert_eq!(*found.bytes, [7; 32]);
	assert_eq!(describe(&path).unwrap(), (Kind::Custodian, found.label, found.public));
	assert!(!fs::read_to_string(&path).unwrap().contains(&hex::encode([7; 32])));
}

#[test]
fn the_standard_strength_works_too() {
	let folder = TempDir::new().unwrap();
	let path = folder.path().join("seed.json");
	create(&path, &secret(), "p", Strength::Standard).unwrap();
	assert_eq!(*open(&path, "p", Strength::Standard).unwrap().bytes, [7; 32]);
}

#[test]
fn a_wrong_passphrase_is_told_apart_from_damage() {
	let (_folder, path) = file();
	let wrong = open(&path, "correct house", DEVELOPMENT);
	assert!(matches!(wrong, Err(KeystoreError::WrongPassphrase(_))));
}

#[test]
fn a_file_that_others_may_read_is_refused() {
	let (_folder, path) = file();
	assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
	for mode in [0o640, 0o604, 0o620, 0o660, 0o601] {
		fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
		let error = open(&path, "correct horse", DEVELOPMENT).unwrap_err();
		assert!(matches!(error, KeystoreError::ReadableByOthers(_)), "{mode:o}");
		assert!(error.to_string().contains(&format!("chmod 600 {}", path.display())));
		assert!(matches!(read_private(&path), Err(KeystoreError::ReadableByOthers(_))));
	}
	fs::set_permissions(&path, PermissionsExt::from_mode(0o400)).unwrap();
	open(&path, "correct horse", DEVELOPMENT).unwrap();
}

#[test]
fn a_damaged_file_is_reported_as_damaged() {
	let (_folder, path) = file();
	let whole = fs::read(&path).unwrap();
	for len in [0, 1, whole.len() / 2, whole.len() - 3] {
		fs::write(&path, &whole[..len]).unwrap();
		let result = open(&path, "correct horse", DEVELOPMENT);
		assert!(matches!(result, Err(KeystoreError::Damaged(_))), "cut to {len}");
	}
	fs::write(&path, [0xff; 100]).unwrap();
	let result = open(&path, "correct horse", DEVELOPMENT);
	assert!(matches!(result, Err(KeystoreError::Damaged(_))));
	fs::write(&path, vec![b' '; 100_000]).unwrap();
	let result = open(&path, "correct horse", DEVELOPMENT);
	assert!(matches!(result, Err(KeystoreError::Damaged(_))));
}

#[test]
fn no_changed_byte_passes() {
	let (_folder, path) = file();
	let whole = fs::read(&path).unwrap();
	for at in 0..whole.len() {
		let mut bytes = whole.clone();
		bytes[at] ^= 1;
		fs::write(&path, &bytes).unwrap();
		match open(&path, "correct horse", DEVELOPMENT) {
			Err(_) => {}
			// White space between fields may be other white space.
			Ok(found) => assert!(whole[at].is_ascii_whitespace() && *found.bytes == [7; 32]),
		}
	}
}

#[test]
fn public_facts_are_authenticated_even_with_a_matching_checksum() {
	let (_folder, path) = file();
	rewrite(&path, "Hospital A", "Hospital B");
	let result = open(&path, "correct horse", DEVELOPMENT);
	assert!(matches!(result, Err(KeystoreError::Damaged(_))));
}

#[test]
fn a_newer_version_is_unsupported() {
	let (_folder, path) = file();
	rewrite(&path, "\"version\": 1", "\"version\": 2");
	let result = open(&path, "correct horse", DEVELOPMENT);
	assert!(matches!(
		result,
		Err(KeystoreError::UnsupportedVersion { found: 2, .. })
	));
}

#[test]
fn development_files_open_no_standard_door() {
	let (_folder, path) = file();
	let result = open(&path, "correct horse", Strength::Standard);
	assert!(matches!(result, Err(KeystoreError::Weak(_))));
}

#[test]
fn names_passphrases_and_kinds_are_checked() {
	let (folder, path) = file();
	let again = create(&path, &secret(), "p", DEVELOPMENT);
	assert!(matches!(again, Err(KeystoreError::Exists(_))));
	let empty = create(&folder.path().join("empty.json"), &secret(), "", DEVELOPMENT);
	assert!(matches!(empty, Err(KeystoreError::EmptyPassphrase)));
	let absent = open(&folder.path().join("absent.json"), "p", DEVELOPMENT);
	assert!(matches!(absent, Err(KeystoreError::NotFound(_))));
	let wrong = open_kind(&path, "correct horse", DEVELOPMENT, Kind::Seed);
	assert!(matches!(
		wrong,
		Err(KeystoreError::WrongKind {
			found: Kind::Custodian,
			..
		})
	));
	open_kind(&path, "correct horse", DEVELOPMENT, Kind::Custodian).unwrap();
	// Nothing but the file itself was left in the folder by all this.
	assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_changed_passphrase_replaces_the_file() {
	let (_folder, path) = file();
	let secret = open(&path, "correct horse", DEVELOPMENT).unwrap();
	replace(&path, &secret, "battery staple", DEVELOPMENT).unwrap();
	assert!(open(&path, "correct horse", DEVELOPMENT).is_err());
	assert_eq!(*open(&path, "battery staple", DEVELOPMENT).unwrap().bytes, [7; 32]);
	assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_passphrase_file_is_read_without_its_line_break() {
	let folder = TempDir::new().unwrap();
	let path = folder.path().join("passphrase");
	fs::write(&path, "").unwrap();
	fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
	for (written, read) in [
		("correct horse\n", "correct horse"),
		("correct horse\r\n", "correct horse"),
		("correct horse", "correct horse"),
		("correct horse\r", "correct horse\r"),
		("correct\nhorse\n\n", "correct\nhorse\n"),
		("", ""),
	] {
		fs::write(&path, written).unwrap();
		assert_eq!(read_private(&path).unwrap().as_str(), read, "{written:?}");
	}
	let longest = "x".repeat(64 * 1024);
	fs::write(&path, &longest).unwrap();
	let read = read_private(&path).unwrap();
	assert_eq!(
		(read.as_str(), read.capacity()),
		(longest.as_str(), 65 * 1024),
		"it grew"
	);
}

#[test]
fn a_folder_is_no_key_file() {
	let folder = TempDir::new().unwrap();
	for error in [
		open(folder.path(), "p", DEVELOPMENT).unwrap_err(),
		read_private(folder.path()).unwrap_err(),
	] {
		assert!(matches!(error, KeystoreError::Folder(_)), "{error}");
		assert!(error.to_string().contains("is a folder"));
	}
}

#[test]
fn a_failure_of_the_disk_says_what_to_check() {
	let folder = TempDir::new().unwrap();
	let error = create(&folder.path().join("none/key.json"), &secret(), "p", DEVELOPMENT).unwrap_err();
	assert!(matches!(error, KeystoreError::Io { .. }));
	assert!(
		error.to_string().contains("check the disk and the permissions"),
		"{error}"
	);
}
