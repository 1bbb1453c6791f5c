//! One conformance test over both stores, and what each has of its own.

use std::{
	fs, io,
	path::Path,
	pin::Pin,
	task::{Context, Poll},
	time::Duration,
};

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};

use super::{document, kubo_daemon::Daemon};
use crate::{
	store::{read_all, Collected, Embedded, Kubo, PayloadStat, PayloadStore, StoreError},
	unixfs::{cid_of_bytes, Block, CHUNK_LEN},
};

const LENGTHS: [usize; 6] = [0, 1, CHUNK_LEN, CHUNK_LEN + 1, 3 * CHUNK_LEN, 3 * CHUNK_LEN + 12_345];

async fn conforms(store: &dyn PayloadStore) {
	for len in LENGTHS {
		let bytes = document(len);
		let cid = store.put(&mut &bytes[..]).await.unwrap();
		assert_eq!(cid, cid_of_bytes(&bytes).unwrap(), "{len}");
		assert_eq!(store.put(&mut &bytes[..]).await.unwrap(), cid);
		assert_eq!(read_all(store.get(&cid, None).await.unwrap()).await.unwrap(), bytes);
		let stat = PayloadStat {
			size: len as u64,
			pinned: true,
		};
		assert_eq!(store.stat(&cid).await.unwrap(), stat);
	}
	assert!(store.usage().await.unwrap() > 3 << 20);
	ranges(store).await;
	pins(store).await;
	absence(store).await;
	collects_nothing_that_is_put_meanwhile(store).await;
	assert!(store.peers().await.unwrap().is_empty());
}

async fn ranges(store: &dyn PayloadStore) {
	let bytes = document(3 * CHUNK_LEN + 12_345);
	let len = bytes.len() as u64;
	let cid = store.put(&mut &bytes[..]).await.unwrap();
	let chunk = CHUNK_LEN as u64;
	for range in [
		0..0,
		0..1,
		0..chunk,
		chunk - 1..chunk + 1,
		chunk..2 * chunk,
		10..len - 10,
		len - 1..len,
		len..len,
	] {
		let read = read_all(store.get(&cid, Some(range.clone())).await.unwrap())
			.await
			.unwrap();
		assert_eq!(read, &bytes[range.start as usize..range.end as usize], "{range:?}");
	}
	let beyond = store.get(&cid, Some(0..len + 1)).await.err();
	assert!(matches!(beyond, Some(StoreError::OutOfRange(found)) if found == len));
}

async fn pins(store: &dyn PayloadStore) {
	store.collect().await.unwrap();
	let kept = document(2 * CHUNK_LEN + 1);
	let dropped = document(2 * CHUNK_LEN + 2);
	let kept_cid = store.put(&mut &kept[..]).await.unwrap();
	let dropped_cid = store.put(&mut &dropped[..]).await.unwrap();
	store.pin(&kept_cid).await.unwrap();
	store.unpin(&dropped_cid).await.unwrap();
	store.unpin(&dropped_cid).await.unwrap();
	assert!(!store.stat(&dropped_cid).await.unwrap().pinned);
	assert!(!store.is_pinned(&dropped_cid).await.unwrap() && store.is_pinned(&kept_cid).await.unwrap());
	store.pin(&dropped_cid).await.unwrap();
	assert!(store.stat(&dropped_cid).await.unwrap().pinned);
	store.unpin(&dropped_cid).await.unwrap();

	// Both begin with the same two chunks: only the last chunk and the root of the dropped one go.
	assert_eq!(store.collect().await.unwrap().blocks, 2);
	let gone = store.get(&dropped_cid, None).await.err();
	assert!(
		matches!(gone, Some(StoreError::NotFound(cid)) if cid == dropped_cid),
		"{gone:?}"
	);
	let read = read_all(store.get(&kept_cid, None).await.unwrap()).await.unwrap();
	assert_eq!(read, kept);
}

async fn absence(store: &dyn PayloadStore) {
	let absent = cid_of_bytes(b"nobody has this").unwrap();
	for error in [
		store.get(&absent, None).await.err(),
		store.stat(&absent).await.err(),
		store.pin(&absent).await.err(),
	] {
		assert!(
			matches!(error, Some(StoreError::NotFound(cid)) if cid == absent),
			"{error:?}"
		);
	}
	store.unpin(&absent).await.unwrap();
	assert!(!store.is_pinned(&absent).await.unwrap());
	let foreign = cid::Cid::new_v1(0x0129, *absent.hash());
	assert!(store.get(&foreign, None).await.is_err());
}

async fn collects_nothing_that_is_put_meanwhile(store: &dyn PayloadStore) {
	let puts = (0..8).map(|index| async move {
		let bytes = document(2 * CHUNK_LEN + 100 + index);
		(store.put(&mut &bytes[..]).await.unwrap(), bytes)
	});
	let collections = async {
		for _ in 0..8 {
			store.collect().await.unwrap();
			tokio::time::sleep(Duration::from_millis(5)).await;
		}
	};
	let (puts, ()) = tokio::join!(futures::future::join_all(puts), collections);
	for (cid, bytes) in puts {
		assert_eq!(read_all(store.get(&cid, None).await.unwrap()).await.unwrap(), bytes);
	}

	// One that waits for its source when the collection comes.
	let bytes = document(2 * CHUNK_LEN + 200);
	let (mut client, mut body) = tokio::io::duplex(CHUNK_LEN);
	let put = store.put(&mut body);
	let meanwhile = async {
		client.write_all(&bytes[..2 * CHUNK_LEN]).await.unwrap();
		tokio::time::sleep(Duration::from_millis(100)).await;
		let collected = store.collect();
		let rest = async {
			tokio::time::sleep(Duration::from_millis(300)).await;
			client.write_all(&bytes[2 * CHUNK_LEN..]).await.unwrap();
			client.shutdown().await.unwrap();
		};
		let (collected, ()) = tokio::join!(collected, rest);
		collected.unwrap();
	};
	let (cid, ()) = tokio::join!(put, meanwhile);
	assert_eq!(
		read_all(store.get(&cid.unwrap(), None).await.unwrap()).await.unwrap(),
		bytes
	);
}

/// Ends in an error after some bytes.
struct Broken(usize);

impl AsyncRead for Broken {
	fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
		if self.0 == 0 {
			return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
		}
		let len = buffer.remaining().min(self.0);
		buffer.put_slice(&vec![1; len]);
		self.0 -= len;
		Poll::Ready(Ok(()))
	}
}

async fn leaves_nothing_of_a_broken_put(store: &dyn PayloadStore) {
	let error = store.put(&mut Broken(2 * CHUNK_LEN + 5)).await.unwrap_err();
	assert!(matches!(error, StoreError::Io(error) if error.kind() == io::ErrorKind::ConnectionReset));
	let leaf = Block::raw(vec![1; CHUNK_LEN]).unwrap().cid;
	assert!(matches!(store.stat(&leaf).await, Err(StoreError::NotFound(_))));
	assert_eq!(store.collect().await.unwrap().blocks, 0);
}

fn embedded() -> (TempDir, Embedded) {
	let folder = TempDir::new().unwrap();
	let store = Embedded::open(folder.path()).unwrap();
	(folder, store)
}

#[tokio::test]
async fn the_embedded_store_conforms() {
	let (_folder, store) = embedded();
	conforms(&store).await;
	leaves_nothing_of_a_broken_put(&store).await;
}

#[tokio::test]
async fn a_kubo_daemon_conforms() {
	let daemon = Daemon::start();
	let store = daemon.store(Duration::from_secs(30));
	assert!(store.version().await.unwrap().starts_with("0."));
	conforms(&store).await;
	leaves_nothing_of_a_broken_put(&store).await;
	computes_what_ipfs_add_computes(&daemon);
	notices_wrong_bytes_of_the_daemon(&daemon, &store).await;
	puts_a_collection_off_while_a_put_waits(&daemon).await;
	has_errors_for_daemons_that_do_not_answer(&daemon).await;
}

async fn puts_a_collection_off_while_a_put_waits(daemon: &Daemon) {
	let store = daemon.store(Duration::from_secs(5));
	let (client, mut body) = tokio::io::duplex(1024);
	let slow = store.clone();
	let put = tokio::spawn(async move { slow.put(&mut body).await });
	tokio::time::sleep(Duration::from_millis(100)).await;
	// Other puts go on meanwhile.
	let mut another = &b"another"[..];
	let (collected, other) = tokio::join!(store.collect(), store.put(&mut another));
	assert!(matches!(collected, Err(StoreError::Busy)), "{collected:?}");
	other.unwrap();
	drop(client);
	put.await.unwrap().unwrap();
	store.collect().await.unwrap();
}

fn computes_what_ipfs_add_computes(daemon: &Daemon) {
	for len in LENGTHS {
		let bytes = document(len);
		assert_eq!(daemon.add(&bytes), cid_of_bytes(&bytes).unwrap().to_string(), "{len}");
	}
	// More than one level of nodes.
	let deep = vec![7; 175 * CHUNK_LEN + 1];
	assert_eq!(daemon.add(&deep), cid_of_bytes(&deep).unwrap().to_string());
}

async fn notices_wrong_bytes_of_the_daemon(daemon: &Daemon, store: &Kubo) {
	let bytes = document(CHUNK_LEN + 99);
	let cid = store.put(&mut &bytes[..]).await.unwrap();
	let leaf = Block::raw(bytes[..CHUNK_LEN].to_vec()).unwrap().cid;
	daemon.damage(&leaf);
	// The daemon notices by itself where its datastore verifies; if it does not, we do.
	let stream = store.get(&cid, None).await.unwrap();
	let error = read_all(stream).await.unwrap_err();
	assert!(
		matches!(error, StoreError::WrongBytes(found) if found == leaf) || matches!(error, StoreError::Daemon(_)),
		"{error:?}"
	);
}

async fn has_errors_for_daemons_that_do_not_answer(daemon: &Daemon) {
	let denied = daemon.stranger().version().await;
	assert!(matches!(denied, Err(StoreError::Daemon(_))));
	// Connections are taken and never answered.
	let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
	let endpoint = format!("http://{}", silent.local_addr().unwrap());
	let slow = Kubo::new(&endpoint, None, Duration::from_millis(100)).unwrap();
	assert!(matches!(slow.version().await, Err(StoreError::Deadline)));
	let absent = cid_of_bytes(b"x").unwrap();
	assert!(matches!(
		slow.get(&absent, None).await.err(),
		Some(StoreError::Deadline)
	));
	drop(silent);
	let gone = Kubo::new(&endpoint, None, Duration::from_secs(30)).unwrap();
	assert!(matches!(gone.version().await, Err(StoreError::Daemon(_))));
	for endpoint in [
		"http://10.0.0.1:5001",
		"http://ipfs:5001",
		"http://127.0.0.1.example.org:5001",
		"http://[2001:db8::1]:5001",
		"http://salus:secret@10.0.0.1:5001",
		"http://localhost@10.0.0.1:5001",
		"http://127.0.0.1:5001@10.0.0.1:5001",
	] {
		let result = Kubo::new(endpoint, None, Duration::from_secs(1));
		assert!(matches!(result, Err(StoreError::NotLoopback(_))), "{endpoint}");
	}
	for endpoint in ["http://localhost:5001", "http://127.0.0.2:5001/", "http://[::1]:5001"] {
		Kubo::new(endpoint, None, Duration::from_secs(1)).unwrap();
	}
	for endpoint in [
		"",
		"127.0.0.1:5001",
		"http://",
		"http:///x",
		"https://h:1",
		"http://a b",
	] {
		let result = Kubo::new(endpoint, None, Duration::from_secs(1));
		assert!(matches!(result, Err(StoreError::BadEndpoint(_))), "{endpoint}");
	}
}

pub(super) fn block_file(folder: &Path, cid: &cid::Cid) -> std::path::PathBuf {
	let name = cid.to_string();
	let shards = fs::read_dir(folder.join("blocks")).unwrap();
	shards
		.map(|shard| shard.unwrap().path().join(&name))
		.find(|path| path.exists())
		.unwrap()
}

#[tokio::test]
async fn a_damaged_block_of_the_embedded_store_is_noticed_and_healed() {
	let (folder, store) = embedded();
	let bytes = document(2 * CHUNK_LEN);
	let cid = store.put(&mut &bytes[..]).await.unwrap();
	let leaf = Block::raw(bytes[CHUNK_LEN..].to_vec()).unwrap().cid;
	let path = block_file(folder.path(), &leaf);
	for damage in [
		vec![0; CHUNK_LEN],
		bytes[CHUNK_LEN..2 * CHUNK_LEN - 1].to_vec(),
		vec![0; 3 << 20],
	] {
		fs::write(&path, damage).unwrap();
		let error = read_all(store.get(&cid, None).await.unwrap()).await.unwrap_err();
		assert!(matches!(error, StoreError::WrongBytes(found) if found == leaf));
		// What is whole can still be had.
		let first = store.get(&cid, Some(0..CHUNK_LEN as u64)).await.unwrap();
		assert_eq!(read_all(first).await.unwrap(), &bytes[..CHUNK_LEN]);
	}
	fs::remove_file(&path).unwrap();
	let error = read_all(store.get(&cid, None).await.unwrap()).await.unwrap_err();
	assert!(matches!(error, StoreError::NotFound(found) if found == leaf));
	assert!(matches!(store.pin(&cid).await, Err(StoreError::NotFound(found)) if found == leaf));

	store.put(&mut &bytes[..]).await.unwrap();
	assert_eq!(read_all(store.get(&cid, None).await.unwrap()).await.unwrap(), bytes);
}

#[tokio::test]
async fn the_embedded_store_survives_a_restart_and_drops_what_a_crash_left() {
	let (folder, store) = embedded();
	let bytes = document(CHUNK_LEN + 5);
	let cid = store.put(&mut &bytes[..]).await.unwrap();
	let usage = store.usage().await.unwrap();
	let half_done = folder.path().join("staging/put");
	fs::create_dir(&half_done).unwrap();
	fs::write(half_done.join(cid.to_string()), b"half a blo").unwrap();
	drop(store);

	let store = Embedded::open(folder.path()).unwrap();
	assert_eq!(read_all(store.get(&cid, None).await.unwrap()).await.unwrap(), bytes);
	assert!(store.stat(&cid).await.unwrap().pinned);
	assert_eq!(store.usage().await.unwrap(), usage);
	assert_eq!(fs::read_dir(folder.path().join("staging")).unwrap().count(), 0);
	assert_eq!(store.collect().await.unwrap().blocks, 0);
}

#[tokio::test]
async fn a_missing_leaf_stops_no_collection() {
	let (folder, store) = embedded();
	let damaged = document(2 * CHUNK_LEN);
	let dropped = document(CHUNK_LEN + 1);
	let damaged_cid = store.put(&mut &damaged[..]).await.unwrap();
	let dropped_cid = store.put(&mut &dropped[..]).await.unwrap();
	let leaf = Block::raw(damaged[CHUNK_LEN..].to_vec()).unwrap().cid;
	fs::remove_file(block_file(folder.path(), &leaf)).unwrap();
	store.unpin(&dropped_cid).await.unwrap();
	// Both begin with the same chunk.
	let collected = store.collect().await.unwrap();
	assert_eq!(
		collected,
		Collected {
			blocks: 2,
			unreadable: 0
		}
	);
	let first = store.get(&damaged_cid, Some(0..CHUNK_LEN as u64)).await.unwrap();
	assert_eq!(read_all(first).await.unwrap(), &damaged[..CHUNK_LEN]);
}

#[tokio::test]
async fn nothing_is_deleted_while_a_branch_is_unreadable() {
	let (folder, store) = embedded();
	let damaged = document(2 * CHUNK_LEN);
	let cid = store.put(&mut &damaged[..]).await.unwrap();
	let dropped = store.put(&mut &b"dropped"[..]).await.unwrap();
	store.unpin(&dropped).await.unwrap();
	let root = block_file(folder.path(), &cid);
	let whole = fs::read(&root).unwrap();
	for damage in [Some(&b"damaged"[..]), None] {
		match damage {
			Some(bytes) => fs::write(&root, bytes).unwrap(),
			None => fs::remove_file(&root).unwrap(),
		}
		let collected = store.collect().await.unwrap();
		assert_eq!(
			collected,
			Collected {
				blocks: 0,
				unreadable: 1
			}
		);
	}
	fs::write(&root, whole).unwrap();
	assert_eq!(read_all(store.get(&cid, None).await.unwrap()).await.unwrap(), damaged);
	assert_eq!(
		store.collect().await.unwrap(),
		Collected {
			blocks: 1,
			unreadable: 0
		}
	);
}

#[tokio::test]
async fn the_embedded_store_knows_what_is_free() {
	let (_folder, store) = embedded();
	assert!(store.free().await.unwrap().unwrap() > 0);
}
