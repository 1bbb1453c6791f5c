//! CIDs of payloads: CIDv1, SHA-256, raw leaves of 1 MiB, balanced dag-pb UnixFS with up to 174 links a node; what
//! `ipfs add --cid-version 1 --raw-leaves --chunker size-1048576` computes.
//!
//! Formats: <https://specs.ipfs.tech/unixfs/>, <https://ipld.io/specs/codecs/dag-pb/spec/>.

use cid::{multihash::Multihash, Cid};
use sha2::{Digest, Sha256};

/// Bytes of a leaf.
pub const CHUNK_LEN: usize = 1 << 20;
/// Links of a full node.
pub const MAX_LINKS: usize = 174;
/// The longest node that is read: 174 links are under 10 KiB; Kubo refuses blocks of more than 2 MiB.
pub const MAX_BLOCK_LEN: usize = 2 << 20;

/// Codec of a leaf.
pub const RAW: u64 = 0x55;
const DAG_PB: u64 = 0x70;
const SHA2_256: u64 = 0x12;

/// Why a CID or a block was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DagError {
	/// Not a CIDv1 over SHA-256 of a raw or dag-pb block.
	#[error("the CID is not a CIDv1 with SHA-256 of a raw or dag-pb block; compute it with this program")]
	UnsupportedCid,
	/// The block's bytes do not have the CID's hash.
	#[error("the block's bytes are not the CID's; fetch it from another peer")]
	WrongBytes,
	/// The block has the right hash, but is no node of a payload's DAG.
	#[error("the block is no UnixFS file node with raw leaves; the payload was not added by this program")]
	NotAFile,
	/// No CID could be made of a block's hash; it does not happen with SHA-256.
	#[error("no CID could be made of a block's hash; report this as a bug")]
	NoCid,
}

/// Reads a CID in its binary form, as the chain stores it.
///
/// # Errors
/// `UnsupportedCid`
pub fn parse_cid(bytes: &[u8]) -> Result<Cid, DagError> {
	let cid = Cid::try_from(bytes).map_err(|_| DagError::UnsupportedCid)?;
	if cid.to_bytes() == bytes {
		supported(&cid).map(|()| cid)
	} else {
		Err(DagError::UnsupportedCid)
	}
}

fn supported(cid: &Cid) -> Result<(), DagError> {
	let digest = cid.hash();
	let ours = cid.version() == cid::Version::V1
		&& matches!(cid.codec(), RAW | DAG_PB)
		&& digest.code() == SHA2_256
		&& digest.digest().len() == 32;
	if ours {
		Ok(())
	} else {
		Err(DagError::UnsupportedCid)
	}
}

/// A block with its CID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
	/// Hash and codec of the bytes.
	pub cid: Cid,
	/// The bytes.
	pub bytes: Vec<u8>,
}

impl Block {
	/// A leaf.
	///
	/// # Errors
	/// `NoCid`
	pub fn raw(bytes: Vec<u8>) -> Result<Self, DagError> {
		let cid = cid_of(RAW, Sha256::digest(&bytes).into())?;
		Ok(Self { cid, bytes })
	}

	fn node(bytes: Vec<u8>) -> Result<Self, DagError> {
		let cid = cid_of(DAG_PB, Sha256::digest(&bytes).into())?;
		Ok(Self { cid, bytes })
	}
}

fn cid_of(codec: u64, digest: [u8; 32]) -> Result<Cid, DagError> {
	let hash = Multihash::wrap(SHA2_256, &digest).map_err(|_| DagError::NoCid)?;
	Ok(Cid::new_v1(codec, hash))
}

/// Checks a block's bytes against its CID.
///
/// # Errors
/// `UnsupportedCid`, `WrongBytes`
pub fn verify_block(cid: &Cid, bytes: &[u8]) -> Result<(), DagError> {
	supported(cid)?;
	if cid.hash().digest() == Sha256::digest(bytes).as_slice() {
		Ok(())
	} else {
		Err(DagError::WrongBytes)
	}
}

#[derive(Clone, Copy)]
struct Link {
	cid: Cid,
	/// Bytes of the file below this link.
	file_len: u64,
	/// Bytes of all blocks below this link, itself included.
	dag_len: u64,
}

/// Builds the DAG above the leaves, level by level, holding at most one unfinished node for each.
#[derive(Default)]
struct Levels(Vec<Vec<Link>>);

impl Levels {
	fn add(&mut self, level: usize, link: Link, nodes: &mut Vec<Block>) -> Result<(), DagError> {
		let mut level = level;
		let mut link = link;
		loop {
			if self.0.len() == level {
				self.0.push(Vec::new());
			}
			let Some(open) = self.0.get_mut(level) else {
				return Ok(());
			};
			if open.len() < MAX_LINKS {
				open.push(link);
				return Ok(());
			}
			let (node, above) = close(&std::mem::replace(open, vec![link]))?;
			nodes.push(node);
			link = above;
			level += 1;
		}
	}

	/// The root of what was added, at least one leaf.
	fn finish(mut self, nodes: &mut Vec<Block>) -> Result<Cid, DagError> {
		let mut level = 0;
		loop {
			let top = level + 1 == self.0.len();
			let open = std::mem::take(self.0.get_mut(level).ok_or(DagError::NoCid)?);
			if let (true, [root]) = (top, open.as_slice()) {
				return Ok(root.cid);
			}
			let (node, above) = close(&open)?;
			nodes.push(node);
			level += 1;
			self.add(level, above, nodes)?;
		}
	}
}

/// Encodes a node: links first, then the UnixFS data, as dag-pb prescribes.
fn close(links: &[Link]) -> Result<(Block, Link), DagError> {
	let mut bytes = Vec::new();
	let mut unixfs = vec![0x08, 0x02];
	let file_len: u64 = links.iter().map(|link| link.file_len).sum();
	unixfs.push(0x18);
	varint(file_len, &mut unixfs);
	for link in links {
		let cid = link.cid.to_bytes();
		let mut encoded = vec![0x0a];
		varint(cid.len() as u64, &mut encoded);
		encoded.extend_from_slice(&cid);
		encoded.extend_from_slice(&[0x12, 0x00, 0x18]);
		varint(link.dag_len, &mut encoded);
		bytes.push(0x12);
		varint(encoded.len() as u64, &mut bytes);
		bytes.extend_from_slice(&encoded);
		unixfs.push(0x20);
		varint(link.file_len, &mut unixfs);
	}
	bytes.push(0x0a);
	varint(unixfs.len() as u64, &mut bytes);
	bytes.extend_from_slice(&unixfs);
	let below: u64 = links.iter().map(|link| link.dag_len).sum();
	let dag_len = below.saturating_add(bytes.len() as u64);
	let node = Block::node(bytes)?;
	let link = Link {
		cid: node.cid,
		file_len,
		dag_len,
	};
	Ok((node, link))
}

/// Builds the blocks of a payload out of its chunks.
#[derive(Default)]
pub struct DagBuilder {
	levels: Levels,
	empty: bool,
}

impl DagBuilder {
	/// A builder that has seen nothing.
	pub fn new() -> Self {
		Self {
			levels: Levels::default(),
			empty: true,
		}
	}

	/// Adds the next chunk, [`CHUNK_LEN`] bytes unless it is the last, and returns the blocks that are complete by it.
	///
	/// # Errors
	/// `NoCid`
	pub fn push(&mut self, chunk: Vec<u8>) -> Result<Vec<Block>, DagError> {
		self.empty = false;
		let leaf = Block::raw(chunk)?;
		let len = leaf.bytes.len() as u64;
		let link = Link {
			cid: leaf.cid,
			file_len: len,
			dag_len: len,
		};
		let mut blocks = vec![leaf];
		self.levels.add(0, link, &mut blocks)?;
		Ok(blocks)
	}

	/// The root and the blocks that were still open.
	///
	/// # Errors
	/// `NoCid`
	pub fn finish(mut self) -> Result<(Cid, Vec<Block>), DagError> {
		let mut blocks = if self.empty { self.push(Vec::new())? } else { Vec::new() };
		let root = self.levels.finish(&mut blocks)?;
		Ok((root, blocks))
	}
}

/// Computes the CID over bytes as they come, without keeping a block.
pub struct CidHasher {
	levels: Result<Levels, DagError>,
	chunk: Sha256,
	filled: usize,
	any: bool,
}

impl Default for CidHasher {
	fn default() -> Self {
		Self {
			levels: Ok(Levels::default()),
			chunk: Sha256::new(),
			filled: 0,
			any: false,
		}
	}
}

impl CidHasher {
	/// A hasher that has seen nothing.
	pub fn new() -> Self {
		Self::default()
	}

	/// Adds bytes.
	pub fn update(&mut self, mut bytes: &[u8]) {
		while !bytes.is_empty() {
			let (now, later) = bytes.split_at(bytes.len().min(CHUNK_LEN - self.filled));
			self.chunk.update(now);
			self.filled += now.len();
			bytes = later;
			if self.filled == CHUNK_LEN {
				self.close_chunk();
			}
		}
	}

	/// The CID of what was added.
	///
	/// # Errors
	/// `NoCid`
	pub fn finish(mut self) -> Result<Cid, DagError> {
		if self.filled > 0 || !self.any {
			self.close_chunk();
		}
		self.levels?.finish(&mut Vec::new())
	}

	fn close_chunk(&mut self) {
		let digest = std::mem::take(&mut self.chunk).finalize().into();
		let len = std::mem::take(&mut self.filled) as u64;
		self.any = true;
		let Ok(levels) = &mut self.levels else { return };
		let added = cid_of(RAW, digest).and_then(|cid| {
			let link = Link {
				cid,
				file_len: len,
				dag_len: len,
			};
			levels.add(0, link, &mut Vec::new())
		});
		if let Err(error) = added {
			self.levels = Err(error);
		}
	}
}

/// The CID of a whole slice.
///
/// # Errors
/// `NoCid`
pub fn cid_of_bytes(bytes: &[u8]) -> Result<Cid, DagError> {
	let mut hasher = CidHasher::new();
	hasher.update(bytes);
	hasher.finish()
}

/// What a block of a payload's DAG is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
	/// Bytes of the file.
	Leaf,
	/// Children in order, each with the bytes of the file below it.
	Branch(Vec<(Cid, u64)>),
}

/// Verifies a block and reads it as a node of a payload's DAG.
///
/// # Errors
/// `UnsupportedCid`, `WrongBytes`, `NotAFile`
pub fn read_node(cid: &Cid, bytes: &[u8]) -> Result<Node, DagError> {
	verify_block(cid, bytes)?;
	if cid.codec() == RAW {
		return Ok(Node::Leaf);
	}
	branch(bytes).ok_or(DagError::NotAFile).map(Node::Branch)
}

fn branch(bytes: &[u8]) -> Option<Vec<(Cid, u64)>> {
	let mut links = Vec::new();
	let mut unixfs = None;
	let mut fields = Fields(bytes);
	while let Some(field) = fields.next()? {
		match field {
			(2, Value::Bytes(link)) if unixfs.is_none() => links.push(link_cid(link)?),
			(1, Value::Bytes(data)) if unixfs.is_none() => unixfs = Some(data),
			_ => return None,
		}
	}
	let sizes = file_sizes(unixfs?)?;
	if links.is_empty() || links.len() > MAX_LINKS || links.len() != sizes.len() {
		return None;
	}
	Some(links.into_iter().zip(sizes).collect())
}

fn link_cid(link: &[u8]) -> Option<Cid> {
	let mut cid = None;
	let mut fields = Fields(link);
	while let Some(field) = fields.next()? {
		match field {
			(1, Value::Bytes(bytes)) => cid = Some(parse_cid(bytes).ok()?),
			(2, Value::Bytes([])) | (3, Value::Varint(_)) => {}
			_ => return None,
		}
	}
	cid
}

/// The block sizes of a UnixFS file node that holds no data of its own.
fn file_sizes(unixfs: &[u8]) -> Option<Vec<u64>> {
	let mut sizes = Vec::new();
	let mut total = None;
	let mut file = false;
	let mut fields = Fields(unixfs);
	while let Some(field) = fields.next()? {
		match field {
			(1, Value::Varint(2)) => file = true,
			(2, Value::Bytes([])) => {}
			(3, Value::Varint(len)) => total = Some(len),
			(4, Value::Varint(len)) => sizes.push(len),
			_ => return None,
		}
	}
	let sum = sizes.iter().try_fold(0u64, |sum, len| sum.checked_add(*len))?;
	(file && total == Some(sum)).then_some(sizes)
}

enum Value<'a> {
	Varint(u64),
	Bytes(&'a [u8]),
}

/// Protobuf fields; the outer option is a malformed message, the inner one its end.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
	fn next(&mut self) -> Option<Option<(u64, Value<'a>)>> {
		if self.0.is_empty() {
			return Some(None);
		}
		let key = self.varint()?;
		let value = match key & 7 {
			0 => Value::Varint(self.varint()?),
			2 => {
				let len = usize::try_from(self.varint()?).ok()?;
				let (bytes, rest) = self.0.split_at_checked(len)?;
				self.0 = rest;
				Value::Bytes(bytes)
			}
			_ => return None,
		};
		Some(Some((key >> 3, value)))
	}

	fn varint(&mut self) -> Option<u64> {
		let mut value = 0u64;
		for shift in (0..64).step_by(7) {
			let (byte, rest) = self.0.split_first()?;
			self.0 = rest;
			let bits = u64::from(byte & 0x7f);
			if shift == 63 && bits > 1 {
				return None;
			}
			value |= bits << shift;
			if byte & 0x80 == 0 {
				return Some(value);
			}
		}
		None
	}
}

fn varint(mut value: u64, target: &mut Vec<u8>) {
	while value >= 0x80 {
		target.push((value & 0x7f) as u8 | 0x80);
		value >>= 7;
	}
	target.push((value & 0x7f) as u8);
}
