//! A block store in a folder: no daemon, every change durable, nothing visible before it is whole.
//!
//! `blocks/<shard>/<cid>`, `pins/<cid>` (empty files) and `staging/` for puts under way. The shard is the two
//! characters before the CID's last, as Kubo's flatfs has it.

use std::{
	collections::HashSet,
	fs::{self, File},
	io::{self, Read, Write},
	ops::Range,
	path::{Path, PathBuf},
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
};

use async_trait::async_trait;
use cid::Cid;
use parking_lot::Mutex;
use rustix::fs::statvfs;
use tempfile::TempDir;
use tokio::{io::AsyncRead, task};

use super::{
	dag_error, next_chunk, no_cid, verified,
	walk::{self, BlockSource},
	Collected, PayloadStat, PayloadStore, PayloadStream, StoreError,
};
use crate::{
	file::{sync_folder, AtomicFile},
	unixfs::{read_node, Block, DagBuilder, Node, CHUNK_LEN, MAX_BLOCK_LEN, RAW},
};

/// The store that needs no daemon.
#[derive(Clone)]
pub struct Embedded {
	folder: Arc<Folder>,
}

impl Embedded {
	/// Opens or creates a store in a folder, and removes what interrupted puts left.
	///
	/// # Errors
	/// `Io`
	pub fn open(folder: &Path) -> Result<Self, StoreError> {
		let blocks = folder.join("blocks");
		let pins = folder.join("pins");
		let staging = folder.join("staging");
		if staging.exists() {
			fs::remove_dir_all(&staging)?;
		}
		for folder in [&blocks, &pins, &staging] {
			fs::create_dir_all(folder)?;
		}
		sync_folder(folder)?;
		let folder = Folder {
			blocks,
			pins,
			staging,
			change: Mutex::new(()),
			usage: AtomicU64::new(0),
		};
		let used = folder.each_block(|_, len| Ok(len))?;
		folder.usage.store(used, Ordering::Relaxed);
		Ok(Self {
			folder: Arc::new(folder),
		})
	}

	async fn run<T: Send + 'static>(
		&self,
		work: impl FnOnce(&Folder) -> Result<T, StoreError> + Send + 'static,
	) -> Result<T, StoreError> {
		let folder = Arc::clone(&self.folder);
		task::spawn_blocking(move || work(&folder))
			.await
			.map_err(io::Error::other)?
	}
}

#[async_trait]
impl PayloadStore for Embedded {
	async fn put(&self, source: &mut (dyn AsyncRead + Send + Unpin)) -> Result<Cid, StoreError> {
		let mut staged = self.run(Staged::begin).await?;
		loop {
			let chunk = next_chunk(source).await?;
			let last = chunk.len() < CHUNK_LEN;
			if !chunk.is_empty() {
				staged = self.run(move |_| staged.push(chunk)).await?;
			}
			if last {
				break;
			}
		}
		self.run(move |folder| staged.commit(folder)).await
	}

	async fn get(&self, cid: &Cid, range: Option<Range<u64>>) -> Result<PayloadStream, StoreError> {
		let root = walk::root(self, cid).await?;
		walk::stream(Arc::new(self.clone()), root, range)
	}

	async fn own_block(&self, cid: &Cid) -> Result<Vec<u8>, StoreError> {
		verified(cid, self.block(cid).await?)
	}

	async fn pin(&self, cid: &Cid) -> Result<(), StoreError> {
		let cid = *cid;
		self.run(move |folder| folder.pin(&cid)).await
	}

	async fn unpin(&self, cid: &Cid) -> Result<(), StoreError> {
		let cid = *cid;
		self.run(move |folder| folder.unpin(&cid)).await
	}

	async fn is_pinned(&self, cid: &Cid) -> Result<bool, StoreError> {
		let cid = *cid;
		self.run(move |folder| Ok(folder.pin_path(&cid).try_exists()?)).await
	}

	async fn stat(&self, cid: &Cid) -> Result<PayloadStat, StoreError> {
		let root = walk::root(self, cid).await?;
		let pinned = self.is_pinned(cid).await?;
		Ok(PayloadStat { size: root.len, pinned })
	}

	async fn peers(&self) -> Result<Vec<String>, StoreError> {
		Ok(Vec::new())
	}

	async fn usage(&self) -> Result<u64, StoreError> {
		Ok(self.folder.usage.load(Ordering::Relaxed))
	}

	async fn free(&self) -> Result<Option<u64>, StoreError> {
		self.run(|folder| {
			let disk = statvfs(&folder.blocks).map_err(io::Error::from)?;
			Ok(Some(disk.f_bavail.saturating_mul(disk.f_frsize)))
		})
		.await
	}

	async fn collect(&self) -> Result<Collected, StoreError> {
		self.run(Folder::collect).await
	}
}

#[async_trait]
impl BlockSource for Embedded {
	async fn block(&self, cid: &Cid) -> Result<Vec<u8>, StoreError> {
		let cid = *cid;
		self.run(move |folder| folder.read(&cid)).await
	}
}

struct Folder {
	blocks: PathBuf,
	pins: PathBuf,
	staging: PathBuf,
	/// Held by what publishes, pins or deletes: a collection never sees half a put.
	change: Mutex<()>,
	usage: AtomicU64,
}

impl Folder {
	fn block_path(&self, cid: &Cid) -> PathBuf {
		let name = cid.to_string();
		let shard: String = name.chars().rev().skip(1).take(2).collect();
		self.blocks.join(shard).join(name)
	}

	fn pin_path(&self, cid: &Cid) -> PathBuf {
		self.pins.join(cid.to_string())
	}

	fn read(&self, cid: &Cid) -> Result<Vec<u8>, StoreError> {
		let file = File::open(self.block_path(cid)).map_err(|error| match error.kind() {
			io::ErrorKind::NotFound => StoreError::NotFound(*cid),
			_ => StoreError::Io(error),
		})?;
		let mut bytes = Vec::new();
		file.take(MAX_BLOCK_LEN as u64 + 1).read_to_end(&mut bytes)?;
		Ok(bytes)
	}

	/// Whether every block below a root is there.
	fn check(&self, cid: &Cid) -> Result<(), StoreError> {
		for cid in self.dag(cid)? {
			if cid.codec() == RAW && !self.block_path(&cid).exists() {
				return Err(StoreError::NotFound(cid));
			}
		}
		Ok(())
	}

	/// The blocks below a root, leaves whether they are there or not; fails when a branch cannot be read.
	fn dag(&self, cid: &Cid) -> Result<Vec<Cid>, StoreError> {
		let mut found = Vec::new();
		let mut open = vec![*cid];
		while let Some(cid) = open.pop() {
			found.push(cid);
			if cid.codec() == RAW {
				continue;
			}
			let bytes = self.read(&cid)?;
			if let Node::Branch(children) = read_node(&cid, &bytes).map_err(|error| dag_error(cid, error))? {
				open.extend(children.into_iter().map(|(cid, _)| cid));
			}
		}
		Ok(found)
	}

	fn pin(&self, cid: &Cid) -> Result<(), StoreError> {
		let _change = self.change.lock();
		self.check(cid)?;
		self.write_pin(cid)
	}

	fn write_pin(&self, cid: &Cid) -> Result<(), StoreError> {
		Ok(AtomicFile::create(&self.pin_path(cid))?.replace()?)
	}

	fn unpin(&self, cid: &Cid) -> Result<(), StoreError> {
		let _change = self.change.lock();
		match fs::remove_file(self.pin_path(cid)) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
			_ => Ok(sync_folder(&self.pins)?),
		}
	}

	fn collect(&self) -> Result<Collected, StoreError> {
		let _change = self.change.lock();
		let mut live = HashSet::new();
		let mut freed = Collected::default();
		for pin in fs::read_dir(&self.pins)? {
			let name = pin?.file_name();
			let Some(cid) = name.to_str().and_then(|name| Cid::try_from(name).ok()) else {
				continue;
			};
			match self.dag(&cid) {
				Ok(blocks) => live.extend(blocks.iter().map(Cid::to_string)),
				Err(_) => freed.unreadable += 1,
			}
		}
		// The leaves of a payload whose branch is damaged are its last copy perhaps, and nothing here can tell them.
		if freed.unreadable > 0 {
			return Ok(freed);
		}
		let mut left = 0u64;
		self.each_block(|path, len| {
			let kept = path
				.file_name()
				.and_then(|name| name.to_str())
				.is_some_and(|name| live.contains(name));
			if kept {
				left = left.saturating_add(len);
			} else {
				fs::remove_file(path)?;
				freed.blocks += 1;
			}
			Ok(0)
		})?;
		self.usage.store(left, Ordering::Relaxed);
		Ok(freed)
	}

	/// Visits every block file with its length, and sums up what the visitor returns.
	fn each_block(&self, mut visit: impl FnMut(&Path, u64) -> io::Result<u64>) -> Result<u64, StoreError> {
		let mut sum = 0u64;
		for shard in fs::read_dir(&self.blocks)? {
			let shard = shard?.path();
			for block in fs::read_dir(&shard)? {
				let block = block?;
				sum = sum.saturating_add(visit(&block.path(), block.metadata()?.len())?);
			}
			sync_folder(&shard)?;
		}
		Ok(sum)
	}
}

/// A put under way: its blocks are in a folder of their own, which vanishes unless it is committed.
struct Staged {
	folder: TempDir,
	builder: DagBuilder,
}

impl Staged {
	fn begin(folder: &Folder) -> Result<Self, StoreError> {
		let folder = TempDir::new_in(&folder.staging)?;
		Ok(Self {
			folder,
			builder: DagBuilder::new(),
		})
	}

	fn push(mut self, chunk: Vec<u8>) -> Result<Self, StoreError> {
		let blocks = self.builder.push(chunk).map_err(no_cid)?;
		write_blocks(self.folder.path(), &blocks)?;
		Ok(self)
	}

	fn commit(self, folder: &Folder) -> Result<Cid, StoreError> {
		let (root, blocks) = self.builder.finish().map_err(no_cid)?;
		write_blocks(self.folder.path(), &blocks)?;
		let _change = folder.change.lock();
		let mut shards = HashSet::new();
		let mut added = 0u64;
		for staged in fs::read_dir(self.folder.path())? {
			let staged = staged?;
			let name = staged.file_name();
			let Some(cid) = name.to_str().and_then(|name| Cid::try_from(name).ok()) else {
				continue;
			};
			let target = folder.block_path(&cid);
			if let Some(shard) = target.parent() {
				fs::create_dir_all(shard)?;
				shards.insert(shard.to_owned());
			}
			if !target.exists() {
				added = added.saturating_add(staged.metadata()?.len());
			}
			fs::rename(staged.path(), target)?;
		}
		folder.usage.fetch_add(added, Ordering::Relaxed);
		for shard in &shards {
			sync_folder(shard)?;
		}
		sync_folder(&folder.blocks)?;
		folder.write_pin(&root)?;
		Ok(root)
	}
}

fn write_blocks(folder: &Path, blocks: &[Block]) -> Result<(), StoreError> {
	for block in blocks {
		let mut file = File::create(folder.join(block.cid.to_string()))?;
		file.write_all(&block.bytes)?;
		file.sync_all()?;
	}
	Ok(())
}
