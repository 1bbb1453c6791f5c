//! Key table and store in step: through crashes, failures, and uploads that nobody registers.

use std::{
	fs,
	ops::Range,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
};

use async_trait::async_trait;
use cid::Cid;
use tokio::io::AsyncRead;

use super::{
	document,
	intake::take,
	store::block_file,
	world::{Prepared, World, AUTHOR, HOSPITAL, LIMITS, READER, RECORD, START},
};
use crate::{
	chain::{FinalisedChain, Object},
	holdings::{Differing, Holdings, Limits, Reaped, Swept},
	intake::{Intake, UploadError},
	key_table::{Field, Inserted, RowState, TableStatus},
	store::{read_all, Collected, Embedded, PayloadStat, PayloadStore, PayloadStream, StoreError},
	unixfs::{parse_cid, CHUNK_LEN},
	Clock,
};

/// A moment at which the world's tickets have ended.
const LATER: u64 = START + 60_001;

pub(super) fn cid_of(prepared: &Prepared) -> Cid {
	parse_cid(&prepared.announcement.ticket.cid).unwrap()
}

pub(super) fn sha256_of(prepared: &Prepared) -> [u8; 32] {
	prepared.announcement.ticket.sha256
}

pub(super) async fn is_readable(world: &World, prepared: &Prepared) -> bool {
	let cid = cid_of(prepared);
	let Ok(payload) = world.store.get(&cid, None).await else {
		return false;
	};
	read_all(payload).await.unwrap() == prepared.payload && world.store.stat(&cid).await.unwrap().pinned
}

pub(super) async fn reap(world: &World) -> Result<Reaped, UploadError> {
	let chain: Arc<dyn FinalisedChain> = world.chain.clone();
	world.holdings.reap(&chain, LATER).await
}

pub(super) fn register(world: &World, prepared: &Prepared) {
	let record = prepared.record();
	world.chain.state.lock().records.insert(record.object, record);
}

/// A store that fails or has little room where a test wants it.
struct Odd {
	store: Embedded,
	fails: AtomicBool,
	free: Option<u64>,
}

#[async_trait]
impl PayloadStore for Odd {
	async fn put(&self, source: &mut (dyn AsyncRead + Send + Unpin)) -> Result<Cid, StoreError> {
		let cid = self.store.put(source).await?;
		if self.fails.load(Ordering::Relaxed) {
			return Err(StoreError::Deadline);
		}
		Ok(cid)
	}

	async fn get(&self, cid: &Cid, range: Option<Range<u64>>) -> Result<PayloadStream, StoreError> {
		self.store.get(cid, range).await
	}

	async fn own_block(&self, cid: &Cid) -> Result<Vec<u8>, StoreError> {
		self.store.own_block(cid).await
	}

	async fn pin(&self, cid: &Cid) -> Result<(), StoreError> {
		self.store.pin(cid).await
	}

	async fn unpin(&self, cid: &Cid) -> Result<(), StoreError> {
		self.store.unpin(cid).await
	}

	async fn is_pinned(&self, cid: &Cid) -> Result<bool, StoreError> {
		self.store.is_pinned(cid).await
	}

	async fn stat(&self, cid: &Cid) -> Result<PayloadStat, StoreError> {
		self.store.stat(cid).await
	}

	async fn peers(&self) -> Result<Vec<String>, StoreError> {
		self.store.peers().await
	}

	async fn usage(&self) -> Result<u64, StoreError> {
		self.store.usage().await
	}

	async fn free(&self) -> Result<Option<u64>, StoreError> {
		Ok(self.free)
	}

	async fn collect(&self) -> Result<Collected, StoreError> {
		if self.fails.load(Ordering::Relaxed) {
			return Err(StoreError::Deadline);
		}
		self.store.collect().await
	}
}

/// Another intake over the world's table, with a store and limits of its own.
fn intake(world: &World, store: Arc<dyn PayloadStore>, limits: Limits) -> (Arc<Holdings>, Intake) {
	let holdings = Arc::new(Holdings::new(Arc::clone(&world.table), store, limits));
	let clock: Arc<dyn Clock> = Arc::new(|| START);
	let secret = world.custodian.clone();
	let intake = Intake::new(world.chain.clone(), Arc::clone(&holdings), HOSPITAL, secret, clock);
	(holdings, intake)
}

#[tokio::test]
async fn a_claim_to_another_payload_s_cid_drops_nothing() {
	let world = World::new();
	let kept = world.prepare(b"a document");
	take(&world, &kept).await.unwrap();
	// An upload that was signed for another payload's CID, and cut off by a crash.
	world.table.begin(&[7; 32], &kept.announcement.ticket.cid).unwrap();
	let swept = world.holdings.sweep().await.unwrap();
	assert_eq!(swept, Swept::default());
	assert!(is_readable(&world, &kept).await);
	assert!(world.table.begun().unwrap().is_empty());

	// Nor while the payload itself has no row yet.
	let coming = world.prepare(b"another document");
	world.store.put(&mut &coming.payload[..]).await.unwrap();
	world.table.begin(&[8; 32], &coming.announcement.ticket.cid).unwrap();
	world.holdings.sweep().await.unwrap();
	assert!(is_readable(&world, &coming).await);
}

#[tokio::test]
async fn what_was_kept_before_an_upload_is_not_its_to_drop() {
	// As after a restore of the key table without its last rows, or in a co-custodian's store.
	let world = World::new();
	let kept = world.prepare(b"a document");
	world.store.put(&mut &kept.payload[..]).await.unwrap();
	let (_client, mut body) = tokio::io::duplex(1024);
	{
		let upload = world.intake.take(&kept.announcement, &mut body);
		tokio::pin!(upload);
		for _ in 0..100 {
			assert!(futures::poll!(&mut upload).is_pending());
			tokio::time::sleep(std::time::Duration::from_millis(2)).await;
		}
		// The crash.
	}
	world.holdings.sweep().await.unwrap();
	assert!(is_readable(&world, &kept).await);
	assert_eq!(take(&world, &kept).await.unwrap(), Inserted::New);
}

#[tokio::test]
async fn what_a_crash_left_is_dropped() {
	let world = World::new();
	let lost = world.prepare(b"lost");
	let kept = world.prepare(b"kept");
	take(&world, &kept).await.unwrap();
	// The crash came after the store had the payload and before the row was there.
	world.table.begin(&sha256_of(&lost), &cid_of(&lost).to_bytes()).unwrap();
	world.store.put(&mut &lost.payload[..]).await.unwrap();
	// And here before the store had it, after its row was there for another time, and for a CID that is none.
	world
		.table
		.begin(&[1; 32], &world.prepare(b"never").announcement.ticket.cid)
		.unwrap();
	world.table.begin(&sha256_of(&kept), &cid_of(&kept).to_bytes()).unwrap();
	world.table.begin(&[2; 32], b"no CID").unwrap();

	let swept = world.holdings.sweep().await.unwrap();
	assert_eq!(
		swept,
		Swept {
			dropped: 1,
			unreadable: 0
		}
	);
	assert!(world.store.stat(&cid_of(&lost)).await.is_err());
	assert!(is_readable(&world, &kept).await);
	assert!(world.table.begun().unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_be_read_is_not_dropped() {
	let world = World::new();
	let lost = world.prepare(&document(2 * CHUNK_LEN));
	world.table.begin(&sha256_of(&lost), &cid_of(&lost).to_bytes()).unwrap();
	world.store.put(&mut &lost.payload[..]).await.unwrap();
	let folder = world.folder.path().join("store");
	fs::write(block_file(&folder, &cid_of(&lost)), b"damaged").unwrap();
	let swept = world.holdings.sweep().await.unwrap();
	assert_eq!(
		swept,
		Swept {
			dropped: 0,
			unreadable: 1
		}
	);
	assert!(folder.join("pins").join(cid_of(&lost).to_string()).exists());
}

#[tokio::test]
async fn an_upload_under_way_is_left_alone() {
	let world = World::new();
	let prepared = world.prepare(b"a document");
	let (client, mut body) = tokio::io::duplex(1024);
	let upload = world.intake.take(&prepared.announcement, &mut body);
	tokio::pin!(upload);
	while world.table.begun().unwrap().is_empty() {
		assert!(futures::poll!(&mut upload).is_pending());
		tokio::task::yield_now().await;
	}
	world.store.put(&mut &prepared.payload[..]).await.unwrap();
	world.holdings.sweep().await.unwrap();
	assert_eq!(world.table.begun().unwrap().len(), 1);
	assert!(is_readable(&world, &prepared).await);
	drop(client);
	assert!(matches!(upload.await, Err(UploadError::TooShort)));
}

#[tokio::test]
async fn what_a_failed_store_may_have_kept_is_swept() {
	let world = World::new();
	let odd = Arc::new(Odd {
		store: world.store.clone(),
		fails: AtomicBool::new(true),
		free: None,
	});
	let (holdings, intake) = intake(&world, odd.clone(), LIMITS);
	let prepared = world.prepare(b"a document");
	let refused = intake.take(&prepared.announcement, &mut &prepared.payload[..]).await;
	assert!(matches!(refused, Err(UploadError::Store(StoreError::Deadline))));
	assert!(is_readable(&world, &prepared).await, "it pinned it after all");
	assert_eq!(world.table.begun().unwrap().len(), 1);

	// What a sweep could not do, the next one does.
	assert!(holdings.sweep().await.is_err());
	odd.fails.store(false, Ordering::Relaxed);
	holdings.sweep().await.unwrap();
	assert!(world.store.stat(&cid_of(&prepared)).await.is_err());
	assert_eq!(world.store.usage().await.unwrap(), 0);
	assert!(world.table.begun().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_never_registered_goes_with_its_payload() {
	let world = World::new();
	let registered = world.prepare(b"registered");
	let never = world.prepare(b"never registered");
	let renewed = {
		let mut prepared = world.prepare(b"renewed");
		take(&world, &prepared).await.unwrap();
		prepared.announcement.ticket.not_after = LATER;
		prepared.sign();
		prepared
	};
	for prepared in [&registered, &never, &renewed] {
		take(&world, prepared).await.unwrap();
	}
	register(&world, &registered);

	let reaped = reap(&world).await.unwrap();
	let expected = Reaped {
		forgotten: 1,
		live: 1,
		swept: Swept {
			dropped: 1,
			unreadable: 0,
		},
		..Reaped::default()
	};
	assert_eq!(reaped, expected);
	assert_eq!(world.table.status().unwrap(), TableStatus { pending: 1, live: 1 });
	assert!(is_readable(&world, &registered).await && is_readable(&world, &renewed).await);
	assert!(world.store.stat(&cid_of(&never)).await.is_err());
	assert!(world.table.row(&sha256_of(&never)).unwrap().is_none());
	assert_eq!(reap(&world).await.unwrap(), Reaped::default());

	// It may come again.
	assert_eq!(take(&world, &never).await.unwrap(), Inserted::New);
}

#[tokio::test]
async fn a_crash_between_row_and_payload_leaves_it_to_the_next_sweep() {
	let world = World::new();
	let prepared = world.prepare(b"a document");
	take(&world, &prepared).await.unwrap();
	assert!(world.table.forget(&prepared.upload()).unwrap());
	// Here came the crash.
	let swept = world.holdings.sweep().await.unwrap();
	assert_eq!(swept.dropped, 1);
	assert!(world.store.stat(&cid_of(&prepared)).await.is_err());
}

#[tokio::test]
async fn the_payload_of_a_record_that_differs_stays() {
	let world = World::new();
	let prepared = world.prepare(b"a document");
	take(&world, &prepared).await.unwrap();
	let mut record = prepared.record();
	record.category += 1;
	world.chain.state.lock().records.insert(Object::Record(RECORD), record);
	let reaped = reap(&world).await.unwrap();
	let differing = Differing {
		sha256: sha256_of(&prepared),
		object: Object::Record(RECORD),
		field: Field::Category,
	};
	assert_eq!((reaped.differing, reaped.forgotten), (vec![differing], 0));
	assert!(is_readable(&world, &prepared).await);
	let row = world.table.row(&sha256_of(&prepared)).unwrap().unwrap();
	assert_eq!(row.state, RowState::Pending);
}

#[tokio::test]
async fn nothing_goes_while_the_chain_does_not_answer() {
	let world = World::new();
	let prepared = world.prepare(b"a document");
	take(&world, &prepared).await.unwrap();
	let batch = world.prepare_batch(b"readings");
	take(&world, &batch).await.unwrap();
	let lost = world.prepare(b"lost");
	world.table.begin(&sha256_of(&lost), &cid_of(&lost).to_bytes()).unwrap();
	world.chain.state.lock().available = false;
	assert!(matches!(reap(&world).await, Err(UploadError::Chain(_))));
	assert!(is_readable(&world, &prepared).await && is_readable(&world, &batch).await);
	assert!(world.table.begun().unwrap().is_empty(), "what needs no chain is done");
	world.chain.state.lock().available = true;
	assert_eq!(reap(&world).await.unwrap().forgotten, 2);
}

#[tokio::test]
async fn a_damaged_row_stays_and_stops_nothing() {
	let world = World::new();
	let [damaged, whole] = [b"damaged", b"overdue"].map(|document| world.prepare(document));
	for prepared in [&damaged, &whole] {
		take(&world, prepared).await.unwrap();
	}
	world.table.damage(&sha256_of(&damaged)).unwrap();
	let reaped = reap(&world).await.unwrap();
	assert_eq!((reaped.damaged, reaped.forgotten), (1, 1));
	assert!(is_readable(&world, &damaged).await);
	assert!(world.table.has_row(&sha256_of(&damaged)).unwrap());
}

#[tokio::test]
async fn the_reaper_takes_its_turn_with_uploads() {
	let world = World::new();
	let prepared = world.prepare(b"a document");
	take(&world, &prepared).await.unwrap();
	world.store.unpin(&cid_of(&prepared)).await.unwrap();
	world.store.collect().await.unwrap();
	// Its payload was lost, and is being sent again.
	let (client, mut body) = tokio::io::duplex(1024);
	let upload = world.intake.take(&prepared.announcement, &mut body);
	tokio::pin!(upload);
	while world.table.begun().unwrap().is_empty() {
		assert!(futures::poll!(&mut upload).is_pending());
		tokio::task::yield_now().await;
	}
	assert_eq!(reap(&world).await.unwrap(), Reaped::default());
	assert_eq!(world.table.status().unwrap().pending, 1);
	drop(client);
	assert!(upload.await.is_err());
	assert_eq!(reap(&world).await.unwrap().forgotten, 1);
}

#[tokio::test]
async fn all_intakes_of_a_node_share_its_disk() {
	// Small documents make payloads of 16,504 bytes.
	let world = World::with_limits(Limits {
		disk: 2 * 16_504 - 1,
		..LIMITS
	});
	let clock: Arc<dyn Clock> = Arc::new(|| START);
	let second = Intake::new(
		world.chain.clone(),
		Arc::clone(&world.holdings),
		HOSPITAL + 1,
		world.custodian.clone(),
		clock,
	);
	let first = world.prepare(b"first");
	let mut other = world.prepare(b"other");
	other.announcement.ticket.institution = HOSPITAL + 1;
	other.announcement.signer = READER;
	other.sign();
	let (_client, mut body) = tokio::io::duplex(1024);
	let upload = world.intake.take(&first.announcement, &mut body);
	tokio::pin!(upload);
	while world.table.begun().unwrap().is_empty() {
		assert!(futures::poll!(&mut upload).is_pending());
		tokio::task::yield_now().await;
	}
	let refused = second.take(&other.announcement, &mut &other.payload[..]).await;
	assert!(matches!(refused, Err(UploadError::DiskLimit)), "{refused:?}");
}

#[tokio::test]
async fn one_signer_has_a_part_of_the_store_until_records_are_final() {
	let world = World::with_limits(Limits {
		disk: 16 * 2 * 16_504,
		..LIMITS
	});
	let large = world.prepare(&document(100_000));
	take(&world, &large).await.unwrap();
	let waiting = large.announcement.ticket.size;
	assert!(waiting > 2 * 16_504, "one payload is always taken");
	let next = world.prepare(b"next");
	let refused = take(&world, &next).await;
	assert!(
		matches!(refused, Err(UploadError::SignerLimit { waiting: found }) if found == waiting),
		"{refused:?}"
	);
	// Others have parts of their own.
	let mut other = world.prepare(b"other");
	other.announcement.signer = READER;
	other.sign();
	take(&world, &other).await.unwrap();

	register(&world, &large);
	world.table.mark_live(&sha256_of(&large), &large.record()).unwrap();
	assert_eq!(world.table.waiting(&AUTHOR), 0);
	take(&world, &next).await.unwrap();
	take(&world, &world.prepare(b"second")).await.unwrap();
	assert!(matches!(
		take(&world, &world.prepare(b"third")).await,
		Err(UploadError::SignerLimit { .. })
	));

	// What waits already may be sent again.
	world.store.unpin(&cid_of(&next)).await.unwrap();
	assert_eq!(take(&world, &next).await.unwrap(), Inserted::Repeated);
}

#[tokio::test]
async fn one_signer_has_four_uploads_at_a_time() {
	let world = World::new();
	let prepared: Vec<_> = (0..5u8).map(|index| world.prepare(&[index])).collect();
	let mut clients = Vec::new();
	let mut uploads = Vec::new();
	for prepared in &prepared[..4] {
		let (client, body) = tokio::io::duplex(1024);
		clients.push(client);
		let mut upload = Box::pin(async {
			let mut body = body;
			world.intake.take(&prepared.announcement, &mut body).await
		});
		let begun = world.table.begun().unwrap().len();
		while world.table.begun().unwrap().len() == begun {
			assert!(futures::poll!(&mut upload).is_pending());
			tokio::task::yield_now().await;
		}
		uploads.push(upload);
	}
	let fifth = take(&world, &prepared[4]).await;
	assert!(matches!(fifth, Err(UploadError::TooManyTransfers(4))), "{fifth:?}");
	drop(clients);
	for upload in uploads {
		assert!(matches!(upload.await, Err(UploadError::TooShort)));
	}
	take(&world, &prepared[4]).await.unwrap();
}

#[tokio::test]
async fn the_disk_keeps_room_for_the_chain() {
	let world = World::new();
	let prepared = world.prepare(b"a document");
	for (free, taken) in [(16_504 + 1000, true), (16_504 + 999, false)] {
		let odd = Odd {
			store: world.store.clone(),
			fails: AtomicBool::new(false),
			free: Some(free),
		};
		let (_, intake) = intake(&world, Arc::new(odd), Limits { spare: 1000, ..LIMITS });
		let result = intake.take(&prepared.announcement, &mut &prepared.payload[..]).await;
		if taken {
			assert_eq!(result.unwrap(), Inserted::New);
			world.table.forget(&prepared.upload()).unwrap();
		} else {
			assert!(matches!(result, Err(UploadError::DiskSpace)), "{result:?}");
		}
	}
}
