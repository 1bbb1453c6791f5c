//! What a record says of its payload's bytes, computed in one pass.

use std::io::{self, Write};

use cid::Cid;
use sha2::{Digest, Sha256};

use crate::{tree::TreeHasher, unixfs::CidHasher};

/// SHA-256, tree root, CID and size of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
	/// SHA-256 of all bytes.
	pub sha256: [u8; 32],
	/// Root of the tree over 4 KiB leaves.
	pub tree: [u8; 32],
	/// CID under which stores keep it.
	pub cid: Cid,
	/// Bytes.
	pub size: u64,
}

/// Computes a [`Fingerprint`] over bytes as they come.
#[derive(Default)]
pub struct Fingerprinter {
	sha256: Sha256,
	tree: TreeHasher,
	cid: CidHasher,
	size: u64,
}

impl Fingerprinter {
	/// A fingerprinter that has seen nothing.
	pub fn new() -> Self {
		Self::default()
	}

	/// Adds bytes.
	pub fn update(&mut self, bytes: &[u8]) {
		self.sha256.update(bytes);
		self.tree.update(bytes);
		self.cid.update(bytes);
		self.size = self.size.saturating_add(bytes.len() as u64);
	}

	/// Bytes seen so far.
	pub fn size(&self) -> u64 {
		self.size
	}

	/// The fingerprint of what was added.
	pub fn finish(self) -> Fingerprint {
		Fingerprint {
			sha256: self.sha256.finalize().into(),
			tree: self.tree.finish(),
			// The default is the CID of no payload: whatever it is compared with differs, and no store takes it.
			cid: self.cid.finish().unwrap_or_default(),
			size: self.size,
		}
	}
}

/// The fingerprint of a whole slice.
pub fn fingerprint(bytes: &[u8]) -> Fingerprint {
	let mut fingerprinter = Fingerprinter::new();
	fingerprinter.update(bytes);
	fingerprinter.finish()
}

/// Passes what is written on to another writer and fingerprints it.
pub struct FingerprintWriter<W> {
	sink: W,
	fingerprinter: Fingerprinter,
}

impl<W: Write> FingerprintWriter<W> {
	/// Fingerprints what goes to `sink`.
	pub fn new(sink: W) -> Self {
		Self {
			sink,
			fingerprinter: Fingerprinter::new(),
		}
	}

	/// The writer below and the fingerprint of what went through.
	pub fn finish(self) -> (W, Fingerprint) {
		(self.sink, self.fingerprinter.finish())
	}
}

impl<W: Write> Write for FingerprintWriter<W> {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		let written = self.sink.write(bytes)?;
		self.fingerprinter.update(bytes.get(..written).unwrap_or_default());
		Ok(written)
	}

	fn flush(&mut self) -> io::Result<()> {
		self.sink.flush()
	}
}
