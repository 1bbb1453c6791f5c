//! Secrets in passphrase-encrypted files: one format for people and custodians.
//!
//! The file is JSON, described field by field in the crate's README.

use std::{
	collections::BTreeMap,
	fs::{File, OpenOptions},
	io::{self, Read, Write},
	os::unix::fs::{OpenOptionsExt, PermissionsExt},
	path::{Path, PathBuf},
};

use argon2::{Algorithm, Argon2, Params, Version};
use codec::Encode;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
	file::AtomicFile,
	hash::sha256,
	sealing::{self, NONCE_LEN},
};

/// Version of the file.
pub const KEYSTORE_VERSION: u8 = 1;

const DOMAIN: &[u8] = b"salus/keystore/1";
const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20poly1305";
const SALT_LEN: usize = 16;
/// No honest file is longer; reading stops here.
const MAX_FILE_LEN: u64 = 64 * 1024;
/// More than reading the longest file takes.
const ROOM: usize = 65 * 1024;
/// What a file may ask of this machine: 1 GiB, 16 passes, 16 lanes.
const MAX_MEMORY_KIB: u32 = 1 << 20;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 16;

/// Why a keystore file was not written or not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeystoreError {
	/// The passphrase is not the file's.
	#[error("wrong passphrase for {}; try again", .0.display())]
	WrongPassphrase(PathBuf),
	/// The file is not what was written.
	#[error("{} is damaged; restore it from a backup", .0.display())]
	Damaged(PathBuf),
	/// A newer program wrote the file.
	#[error("{} has version {found}, this program reads {KEYSTORE_VERSION}; update it", .path.display())]
	UnsupportedVersion {
		/// The file.
		path: PathBuf,
		/// Its version.
		found: u64,
	},
	/// Others than the owner may read or write the file.
	#[error("{path} is accessible to others; run: chmod 600 {path}", path = .0.display())]
	ReadableByOthers(PathBuf),
	/// The file's key derivation is weaker than this use allows.
	#[error("{} was made with development strength; make the key anew", .0.display())]
	Weak(PathBuf),
	/// The file's key derivation asks more than 1 GiB, 16 passes or 16 lanes.
	#[error("{} asks for excessive key derivation; do not trust it", .0.display())]
	Excessive(PathBuf),
	/// The name is taken.
	#[error("{} exists already; choose another name", .0.display())]
	Exists(PathBuf),
	/// No such file.
	#[error("{} does not exist; check the path", .0.display())]
	NotFound(PathBuf),
	/// A folder where a file has to be.
	#[error("{} is a folder; give the path of the file in it", .0.display())]
	Folder(PathBuf),
	/// An empty passphrase protects nothing.
	#[error("the passphrase is empty; choose one")]
	EmptyPassphrase,
	/// The file holds another kind of secret.
	#[error("{} holds a {found} key, not a {wanted} key; give the right file", .path.display())]
	WrongKind {
		/// The file.
		path: PathBuf,
		/// What it holds.
		found: Kind,
		/// What was asked for.
		wanted: Kind,
	},
	/// Reading or writing failed, or the system has no randomness.
	#[error("{}: {source}; check the disk and the permissions of the file and its folder", .path.display())]
	Io {
		/// The file.
		path: PathBuf,
		/// What failed.
		source: io::Error,
	},
}

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
	/// A person's seed, from which her accounts and HPKE keys are derived.
	#[codec(index = 0)]
	Seed,
	/// A custodian's private HPKE key.
	#[codec(index = 1)]
	Custodian,
	/// A key of the key table, for one epoch.
	#[codec(index = 2)]
	Epoch,
	/// A medical device's ed25519 seed: what it signs readings with.
	#[codec(index = 3)]
	Device,
}

impl std::fmt::Display for Kind {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str(match self {
			Self::Seed => "seed",
			Self::Custodian => "custodian",
			Self::Epoch => "epoch",
			Self::Device => "device",
		})
	}
}

/// How much work a guess at the passphrase costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
	/// 64 MiB, 3 passes, 4 lanes (RFC 9106's second recommended option); half a second or less.
	Standard,
	/// Next to nothing: development chains and tests only. Opening with `Standard` refuses such a file.
	Development,
}

impl Strength {
	fn costs(self) -> Costs {
		match self {
			Self::Standard => Costs {
				memory_kib: 64 * 1024,
				passes: 3,
				lanes: 4,
			},
			Self::Development => Costs {
				memory_kib: 64,
				passes: 1,
				lanes: 1,
			},
		}
	}
}

/// A secret with what may be known of it without the passphrase.
#[derive(Clone)]
pub struct Secret {
	/// What it is.
	pub kind: Kind,
	/// A name for people.
	pub label: String,
	/// Public facts, such as the public key or the epoch's number. Authenticated, not hidden.
	pub public: BTreeMap<String, String>,
	/// The secret; wiped when dropped.
	pub bytes: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Secret {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Secret")
			.field("kind", &self.kind)
			.field("label", &self.label)
			.field("public", &self.public)
			.finish_non_exhaustive()
	}
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode)]
#[serde(deny_unknown_fields)]
struct Costs {
	memory_kib: u32,
	passes: u32,
	lanes: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
	version: u8,
	kind: Kind,
	label: String,
	public: BTreeMap<String, String>,
	kdf: String,
	costs: Costs,
	salt: String,
	cipher: String,
	nonce: String,
	sealed: String,
	checksum: String,
}

impl Document {
	/// What the sealed secret is bound to.
	fn associated(&self) -> Vec<u8> {
		let mut bytes = DOMAIN.to_vec();
		let Self {
			version,
			kind,
			label,
			public,
			kdf,
			costs,
			salt,
			cipher,
			nonce,
			..
		} = self;
		(version, kind, label, public, kdf, costs).encode_to(&mut bytes);
		(salt, cipher, nonce).encode_to(&mut bytes);
		bytes
	}

	/// Tells damage from a wrong passphrase; it protects against nobody.
	fn checksum(&self) -> String {
		let mut bytes = self.associated();
		self.sealed.encode_to(&mut bytes);
		hex::encode(sha256(&bytes))
	}
}

/// Writes a secret into a new file with mode 0600, atomically.
///
/// # Errors
/// `Exists`, `EmptyPassphrase`, `Io`
pub fn create(path: &Path, secret: &Secret, passphrase: &str, strength: Strength) -> Result<(), KeystoreError> {
	write(path, secret, passphrase, strength)?
		.publish_new()
		.map_err(|error| match error.kind() {
			io::ErrorKind::AlreadyExists => KeystoreError::Exists(path.to_owned()),
			_ => failed(path)(error),
		})
}

/// Writes a secret in place of an earlier file, atomically: to change the passphrase.
///
/// # Errors
/// `EmptyPassphrase`, `Io`
pub fn replace(path: &Path, secret: &Secret, passphrase: &str, strength: Strength) -> Result<(), KeystoreError> {
	write(path, secret, passphrase, strength)?
		.replace()
		.map_err(failed(path))
}

fn write(path: &Path, secret: &Secret, passphrase: &str, strength: Strength) -> Result<AtomicFile, KeystoreError> {
	if passphrase.is_empty() {
		return Err(KeystoreError::EmptyPassphrase);
	}
	let mut salt = [0; SALT_LEN];
	let mut nonce = [0; NONCE_LEN];
	getrandom::fill(&mut salt)
		.and_then(|()| getrandom::fill(&mut nonce))
		.map_err(|error| failed(path)(io::Error::other(error.to_string())))?;
	let mut document = Document {
		version: KEYSTORE_VERSION,
		kind: secret.kind,
		label: secret.label.clone(),
		public: secret.public.clone(),
		kdf: KDF.into(),
		costs: strength.costs(),
		salt: hex::encode(salt),
		cipher: CIPHER.into(),
		nonce: hex::encode(nonce),
		sealed: String::new(),
		checksum: String::new(),
	};
	let key = stretch(path, passphrase, &salt, document.costs)?;
	let sealed = sealing::seal(&key, &nonce, &document.associated(), &secret.bytes)
		.ok_or_else(|| failed(path)(io::ErrorKind::InvalidInput.into()))?;
	document.sealed = hex::encode(sealed);
	document.checksum = document.checksum();

	let mut file = AtomicFile::create(path).map_err(failed(path))?;
	let json = serde_json::to_string_pretty(&document).map_err(|error| failed(path)(io::Error::other(error)))?;
	writeln!(file, "{json}").map_err(failed(path))?;
	Ok(file)
}

/// Opens a file. With `Strength::Standard` one made for development is refused.
///
/// # Errors
/// `NotFound`, `Folder`, `ReadableByOthers`, `Damaged`, `UnsupportedVersion`, `Weak`, `Excessive`, `WrongPassphrase`, `Io`
pub fn open(path: &Path, passphrase: &str, least: Strength) -> Result<Secret, KeystoreError> {
	let text = read_private(path)?;
	let document = parse(path, &text)?;
	let damaged = || KeystoreError::Damaged(path.to_owned());
	let costs = document.costs;
	let floor = least.costs();
	if costs.memory_kib < floor.memory_kib || costs.passes < floor.passes {
		return Err(KeystoreError::Weak(path.to_owned()));
	}
	let excessive = costs.memory_kib > MAX_MEMORY_KIB || costs.passes > MAX_PASSES || costs.lanes > MAX_LANES;
	if excessive {
		return Err(KeystoreError::Excessive(path.to_owned()));
	}
	let salt = hex::decode(&document.salt).map_err(|_| damaged())?;
	let nonce: [u8; NONCE_LEN] = hex::decode(&document.nonce)
		.ok()
		.and_then(|bytes| bytes.try_into().ok())
		.ok_or_else(damaged)?;
	let sealed = hex::decode(&document.sealed).map_err(|_| damaged())?;
	let key = stretch(path, passphrase, &salt, costs)?;
	let bytes = sealing::open(&key, &nonce, &document.associated(), &sealed)
		.ok_or_else(|| KeystoreError::WrongPassphrase(path.to_owned()))?;
	Ok(Secret {
		kind: document.kind,
		label: document.label,
		public: document.public,
		bytes,
	})
}

/// [`open`] for a file that must hold a secret of this kind.
///
/// # Errors
/// As [`open`], and `WrongKind`.
pub fn open_kind(path: &Path, passphrase: &str, least: Strength, wanted: Kind) -> Result<Secret, KeystoreError> {
	let secret = open(path, passphrase, least)?;
	if secret.kind == wanted {
		Ok(secret)
	} else {
		Err(KeystoreError::WrongKind {
			path: path.to_owned(),
			found: secret.kind,
			wanted,
		})
	}
}

/// Kind, label and public facts of a file, without its passphrase and so not authenticated.
///
/// # Errors
/// `NotFound`, `Folder`, `ReadableByOthers`, `Damaged`, `UnsupportedVersion`, `Io`
pub fn describe(path: &Path) -> Result<(Kind, String, BTreeMap<String, String>), KeystoreError> {
	let text = read_private(path)?;
	let document = parse(path, &text)?;
	Ok((document.kind, document.label, document.public))
}

/// Reads a small text that only its owner may read, such as a passphrase file, without its last line break.
///
/// # Errors
/// `NotFound`, `Folder`, `ReadableByOthers`, `Damaged` (not UTF-8 or too long), `Io`
pub fn read_private(path: &Path) -> Result<Zeroizing<String>, KeystoreError> {
	let file = open_file(path)?;
	let found = file.metadata().map_err(failed(path))?;
	if found.is_dir() {
		return Err(KeystoreError::Folder(path.to_owned()));
	}
	if found.permissions().mode() & 0o077 != 0 {
		return Err(KeystoreError::ReadableByOthers(path.to_owned()));
	}
	// Room for the longest file: a string that grows leaves its earlier places unwiped.
	let mut text = Zeroizing::new(String::with_capacity(ROOM));
	let read = file.take(MAX_FILE_LEN + 1).read_to_string(&mut text);
	match read {
		Ok(len) if len as u64 <= MAX_FILE_LEN => {}
		Err(error) if error.kind() != io::ErrorKind::InvalidData => return Err(failed(path)(error)),
		Ok(_) | Err(_) => return Err(KeystoreError::Damaged(path.to_owned())),
	}
	if text.ends_with('\n') {
		text.pop();
		if text.ends_with('\r') {
			text.pop();
		}
	}
	Ok(text)
}

fn open_file(path: &Path) -> Result<File, KeystoreError> {
	// O_NONBLOCK, so that a named pipe in its place cannot hang us.
	const O_NONBLOCK: i32 = 0o4000;
	OpenOptions::new()
		.read(true)
		.custom_flags(O_NONBLOCK)
		.open(path)
		.map_err(|error| match error.kind() {
			io::ErrorKind::NotFound => KeystoreError::NotFound(path.to_owned()),
			_ => failed(path)(error),
		})
}

fn parse(path: &Path, text: &str) -> Result<Document, KeystoreError> {
	let damaged = || KeystoreError::Damaged(path.to_owned());
	let value: serde_json::Value = serde_json::from_str(text).map_err(|_| damaged())?;
	let found = value
		.get("version")
		.and_then(serde_json::Value::as_u64)
		.ok_or_else(damaged)?;
	if found != u64::from(KEYSTORE_VERSION) {
		return Err(KeystoreError::UnsupportedVersion {
			path: path.to_owned(),
			found,
		});
	}
	let document: Document = serde_json::from_value(value).map_err(|_| damaged())?;
	let whole = document.kdf == KDF
		&& document.cipher == CIPHER
		&& bool::from(document.checksum().as_bytes().ct_eq(document.checksum.as_bytes()));
	if whole {
		Ok(document)
	} else {
		Err(damaged())
	}
}

fn stretch(path: &Path, passphrase: &str, salt: &[u8], costs: Costs) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
	let damaged = |_| KeystoreError::Damaged(path.to_owned());
	let Costs {
		memory_kib,
		passes,
		lanes,
	} = costs;
	let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(damaged)?;
	let mut key = Zeroizing::new([0; 32]);
	Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
		.hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
		.map_err(damaged)?;
	Ok(key)
}

fn failed(path: &Path) -> impl Fn(io::Error) -> KeystoreError + '_ {
	move |source| KeystoreError::Io {
		path: path.to_owned(),
		source,
	}
}
