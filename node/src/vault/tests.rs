//! The listener and its routes, over a chain that says what a test wants it to say.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::{
	collections::BTreeMap,
	net::SocketAddr,
	ops::Range,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	time::Duration,
};

use async_trait::async_trait;
use codec::Encode;
use salus_vault::{
	chain::{
		AccountId, AnchorQuery, AppendQuery, BatchPage, BlockView, ChainUnavailable, FinalisedChain, Object,
		ReceiptItem, ReceiptView, RecordView, Verdict,
	},
	desk::Desk,
	envelope::{encrypt, Context},
	fingerprint::{fingerprint, Fingerprint},
	holdings::{Holdings, Limits},
	intake::Intake,
	key_table::{EpochKey, KeyTable, RowState},
	request::ReleaseRequest,
	store::{Collected, Embedded, PayloadStat, PayloadStore, PayloadStream, StoreError},
	ticket::{UploadTicket, BATCH_CATEGORY, BATCH_MEDIA},
	wrap::{wrap, Binding, HpkeSecret, Purpose, Wraps},
	Clock, SystemClock,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
	io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
	net::TcpStream,
	sync::Semaphore,
	time,
};

use super::{
	http,
	listener::{self, Grants},
	Custodian, Desks, Releases, StoreKind,
};

const GENESIS: [u8; 32] = [1; 32];
const HOSPITAL: u32 = 3;
const PATIENT: u64 = 4;
const SIGNER: AccountId = [5; 32];
const RECORD: u64 = 6;

/// A chain that permits everything, or nothing.
struct Chain {
	permits: AtomicBool,
	record: RecordView,
}

impl Chain {
	fn verdict(&self) -> Verdict {
		if self.permits.load(Ordering::Relaxed) {
			Verdict::Permit
		} else {
			Verdict::Deny(6)
		}
	}

	fn is_of_its_kind(&self, object: Object) -> bool {
		std::mem::discriminant(&self.record.object) == std::mem::discriminant(&object)
	}
}

impl FinalisedChain for Chain {
	fn genesis(&self) -> [u8; 32] {
		GENESIS
	}

	fn head(&self) -> Result<BlockView, ChainUnavailable> {
		Ok(BlockView {
			number: 9,
			hash: [9; 32],
			time: SystemClock.now(),
		})
	}

	fn block(&self, _: u32) -> Result<Option<BlockView>, ChainUnavailable> {
		self.head().map(Some)
	}

	fn receipt(&self, id: u64, object: Object) -> Result<Option<ReceiptView>, ChainUnavailable> {
		Ok(self.is_of_its_kind(object).then(|| ReceiptView {
			id,
			requester: SIGNER,
			at: SystemClock.now(),
			items: vec![ReceiptItem {
				object: self.record.object,
				verdict: Verdict::Permit,
			}],
		}))
	}

	fn record(&self, object: Object) -> Result<Option<RecordView>, ChainUnavailable> {
		Ok(Some(self.record.clone()).filter(|record| record.object == object))
	}

	fn registered(&self, _: u64, _: &[u8; 32]) -> Result<Option<RecordView>, ChainUnavailable> {
		Ok(None)
	}

	fn batches(&self, _: u64, _: Option<u64>) -> Result<BatchPage, ChainUnavailable> {
		Ok(BatchPage::default())
	}

	fn still_permits(&self, _: u64, _: Object) -> Result<Verdict, ChainUnavailable> {
		Ok(self.verdict())
	}

	fn decide_append(&self, _: &AppendQuery) -> Result<Verdict, ChainUnavailable> {
		Ok(self.verdict())
	}

	fn may_anchor(&self, _: &AnchorQuery) -> Result<bool, ChainUnavailable> {
		Ok(self.verdict() == Verdict::Permit)
	}

	fn verify(&self, _: &AccountId, _: &[u8], signature: &[u8]) -> bool {
		signature == b"signed"
	}
}

/// A store whose puts end only when they are let.
struct Held {
	store: Embedded,
	gate: Semaphore,
}

#[async_trait]
impl PayloadStore for Held {
	async fn put(&self, source: &mut (dyn AsyncRead + Send + Unpin)) -> Result<cid::Cid, StoreError> {
		let cid = self.store.put(source).await?;
		self.gate.acquire().await.unwrap().forget();
		Ok(cid)
	}

	async fn get(&self, cid: &cid::Cid, range: Option<Range<u64>>) -> Result<PayloadStream, StoreError> {
		self.store.get(cid, range).await
	}

	async fn own_block(&self, cid: &cid::Cid) -> Result<Vec<u8>, StoreError> {
		self.store.own_block(cid).await
	}

	async fn pin(&self, cid: &cid::Cid) -> Result<(), StoreError> {
		self.store.pin(cid).await
	}

	async fn unpin(&self, cid: &cid::Cid) -> Result<(), StoreError> {
		self.store.unpin(cid).await
	}

	async fn is_pinned(&self, cid: &cid::Cid) -> Result<bool, StoreError> {
		self.store.is_pinned(cid).await
	}

	async fn stat(&self, cid: &cid::Cid) -> Result<PayloadStat, StoreError> {
		self.store.stat(cid).await
	}

	async fn peers(&self) -> Result<Vec<String>, StoreError> {
		self.store.peers().await
	}

	async fn usage(&self) -> Result<u64, StoreError> {
		self.store.usage().await
	}

	async fn free(&self) -> Result<Option<u64>, StoreError> {
		self.store.free().await
	}

	async fn collect(&self) -> Result<Collected, StoreError> {
		self.store.collect().await
	}
}

/// A vault behind its listener, and a payload for it.
struct Vault {
	_folder: TempDir,
	address: SocketAddr,
	chain: Arc<Chain>,
	table: Arc<KeyTable>,
	store: Arc<Held>,
	payload: Vec<u8>,
	ticket: UploadTicket,
	wraps: Wraps,
}

impl Vault {
	async fn open(document: &[u8]) -> Self {
		let context = Context {
			genesis: GENESIS,
			patient: PATIENT,
			category: 0,
			media: 0,
			institution: HOSPITAL,
		};
		Self::open_with(document, &context, Object::Record(RECORD)).await
	}

	/// The same with a batch of readings.
	async fn open_batch(readings: &[u8]) -> Self {
		let context = Context {
			genesis: GENESIS,
			patient: PATIENT,
			category: BATCH_CATEGORY,
			media: BATCH_MEDIA,
			institution: HOSPITAL,
		};
		Self::open_with(readings, &context, Object::Batch(RECORD)).await
	}

	async fn open_with(document: &[u8], context: &Context, object: Object) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let mut payload = Vec::new();
		let sealed = encrypt(document, document.len() as u64, context, &mut payload).unwrap();
		let Fingerprint {
			sha256,
			tree,
			cid,
			size,
		} = fingerprint(&payload);
		let secret = HpkeSecret::generate().unwrap();
		let binding = Binding {
			genesis: GENESIS,
			sha256,
			patient: PATIENT,
			purpose: Purpose::Custody,
		};
		let wraps = Wraps {
			custody: wrap(&sealed.data_key, &secret.public(), &binding).unwrap(),
			subject: None,
		};
		let ticket = UploadTicket {
			version: 1,
			genesis: GENESIS,
			institution: HOSPITAL,
			purpose: 0,
			patient: PATIENT,
			category: context.category,
			compartment: None,
			media: context.media,
			recorded_at: 1,
			cid: cid.to_bytes(),
			sha256,
			tree,
			size,
			wraps: wraps.hash(),
			not_after: SystemClock.now() + 60_000,
		};
		let is_record = matches!(object, Object::Record(_));
		let record = RecordView {
			object,
			patient: PATIENT,
			author: is_record.then_some(SIGNER),
			custodian: HOSPITAL,
			category: context.category,
			compartment: None,
			media: context.media,
			cid: ticket.cid.clone(),
			sha256,
			tree: is_record.then_some(tree),
			size,
			recorded_at: 1,
		};
		let chain = Arc::new(Chain {
			permits: AtomicBool::new(true),
			record,
		});
		let table = folder.path().join("keys.redb");
		let table = Arc::new(KeyTable::open(&table, [EpochKey::generate(1).unwrap()]).unwrap());
		let store = Arc::new(Held {
			store: Embedded::open(&folder.path().join("store")).unwrap(),
			gate: Semaphore::new(0),
		});
		let limits = Limits {
			payload: 64 << 20,
			disk: 256 << 20,
			spare: 0,
		};
		let holdings = Arc::new(Holdings::new(Arc::clone(&table), store.clone(), limits));
		let clock: Arc<dyn Clock> = Arc::new(SystemClock);
		let custodian = Custodian {
			desk: Arc::new(Desk::new(
				chain.clone(),
				Arc::clone(&table),
				HOSPITAL,
				secret.clone(),
				Arc::clone(&clock),
			)),
			intake: Arc::new(Intake::new(
				chain.clone(),
				Arc::clone(&holdings),
				HOSPITAL,
				secret,
				clock,
			)),
		};
		let custodians = BTreeMap::from([(HOSPITAL, custodian)]);
		let desks = Arc::new(Desks::new(custodians, holdings, StoreKind::Embedded));
		let listener = listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
		let address = listener.local_addr().unwrap();
		let releases = Arc::new(Releases::new(Some(Arc::clone(&desks)), None));
		let routes = http::routes(desks, releases);
		tokio::spawn(listener::serve(listener, routes, Grants::default()));
		Self {
			_folder: folder,
			address,
			chain,
			table,
			store,
			payload,
			ticket,
			wraps,
		}
	}

	fn cid(&self) -> cid::Cid {
		salus_vault::unixfs::parse_cid(&self.ticket.cid).unwrap()
	}

	/// An upload's head, and so much of its body.
	async fn begin_upload(&self, bytes: usize) -> TcpStream {
		let head = format!(
			"POST /v1/payloads HTTP/1.1\r\nHost: vault\r\nConnection: close\r\nContent-Length: {}\r\nsalus-ticket: {}\r\n\
			 salus-wraps: {}\r\nsalus-signer: {}\r\nsalus-signature: {}\r\n\r\n",
			self.ticket.size,
			hex::encode(self.ticket.encode()),
			hex::encode(self.wraps.encode()),
			format_args!("0x{}", hex::encode(SIGNER)),
			hex::encode(b"signed"),
		);
		let mut stream = TcpStream::connect(self.address).await.unwrap();
		stream.write_all(head.as_bytes()).await.unwrap();
		stream.write_all(&self.payload[..bytes]).await.unwrap();
		stream
	}

	/// A download's head.
	async fn begin_download(&self) -> TcpStream {
		self.begin_download_of(self.chain.record.object).await
	}

	async fn begin_download_of(&self, object: Object) -> TcpStream {
		let secret = HpkeSecret::generate().unwrap();
		let request = ReleaseRequest {
			version: 1,
			genesis: GENESIS,
			custodian: HOSPITAL,
			receipt: 1,
			object,
			requester: SIGNER,
			recipient_key: secret.public(),
			anchor: (9, [9; 32]),
			nonce: [0; 16],
		};
		let head = format!(
			"GET /v1/payloads/{} HTTP/1.1\r\nHost: vault\r\nConnection: close\r\nsalus-release: {}\r\n\
			 salus-signature: {}\r\n\r\n",
			self.cid(),
			hex::encode(request.encode()),
			hex::encode(b"signed"),
		);
		let mut stream = TcpStream::connect(self.address).await.unwrap();
		stream.write_all(head.as_bytes()).await.unwrap();
		stream
	}

	/// The state of the payload's row; none without one.
	fn row(&self) -> Option<RowState> {
		self.table.row(&self.ticket.sha256).unwrap().map(|row| row.state)
	}
}

/// Status and body of an answer.
async fn answer(mut stream: TcpStream) -> (u16, Vec<u8>) {
	let mut bytes = Vec::new();
	stream.read_to_end(&mut bytes).await.unwrap();
	let at = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
	let status = String::from_utf8_lossy(&bytes[9..12]).parse().unwrap();
	(status, bytes[at + 4..].to_vec())
}

fn json(body: &[u8]) -> Value {
	serde_json::from_slice(body).unwrap()
}

async fn until(what: &str, holds: impl Fn() -> bool) {
	for _ in 0..200 {
		if holds() {
			return;
		}
		time::sleep(Duration::from_millis(20)).await;
	}
	panic!("{what}: never");
}

#[tokio::test]
async fn a_payload_goes_in_and_comes_out() {
	let vault = Vault::open(&[7; 3 << 20]).await;
	vault.store.gate.add_permits(1);
	let (status, body) = answer(vault.begin_upload(vault.payload.len()).await).await;
	assert_eq!(status, 201, "{}", String::from_utf8_lossy(&body));
	assert_eq!(json(&body)["cid"], vault.cid().to_string());
	let (status, _) = answer(vault.begin_upload(0).await).await;
	assert_eq!(status, 200, "the same again is taken without its body");
	let (status, body) = answer(vault.begin_download().await).await;
	assert_eq!((status, body == vault.payload), (200, true));
	assert_eq!(vault.row(), Some(RowState::Live(Object::Record(RECORD))));
}

#[tokio::test]
async fn a_batch_goes_in_and_comes_out_and_is_no_record() {
	let vault = Vault::open_batch(&[7; 3 << 20]).await;
	vault.store.gate.add_permits(1);
	let (status, body) = answer(vault.begin_upload(vault.payload.len()).await).await;
	assert_eq!(status, 201, "{}", String::from_utf8_lossy(&body));
	let (status, body) = answer(vault.begin_download_of(Object::Record(RECORD)).await).await;
	assert_eq!((status, &json(&body)["name"]), (404, &"UnknownReceipt".into()));
	assert_eq!(vault.row(), Some(RowState::Pending));
	let (status, body) = answer(vault.begin_download().await).await;
	assert_eq!((status, body == vault.payload), (200, true));
	assert_eq!(vault.row(), Some(RowState::Live(Object::Batch(RECORD))));

	let vault = Vault::open_batch(b"readings").await;
	vault.chain.permits.store(false, Ordering::Relaxed);
	let (status, body) = answer(vault.begin_upload(vault.payload.len()).await).await;
	assert_eq!((status, &json(&body)["name"]), (403, &"MayNotAnchor".into()));
}

#[tokio::test]
async fn a_refusal_says_the_chain_s_reason() {
	let vault = Vault::open(b"a document").await;
	vault.chain.permits.store(false, Ordering::Relaxed);
	let (status, body) = answer(vault.begin_upload(vault.payload.len()).await).await;
	let body = json(&body);
	assert_eq!(
		(status, &body["name"], &body["reason"]),
		(403, &"NotPermitted".into(), &"NoGrant".into())
	);
}

#[tokio::test]
async fn a_refusal_reaches_a_client_that_is_still_sending() {
	let vault = Vault::open(&[7; 8 << 20]).await;
	vault.chain.permits.store(false, Ordering::Relaxed);
	// Sends all of it before it reads, or nothing.
	for bytes in [vault.payload.len(), 0] {
		let (status, body) = answer(vault.begin_upload(bytes).await).await;
		assert_eq!((status, &json(&body)["name"]), (403, &"NotPermitted".into()));
	}
}

#[tokio::test]
async fn a_client_that_hangs_up_ends_its_body_and_leaves_nothing() {
	let vault = Vault::open(&[7; 1 << 20]).await;
	let stream = vault.begin_upload(vault.payload.len() / 2).await;
	until("the upload begins", || !vault.table.begun().unwrap().is_empty()).await;
	drop(stream);
	until("the upload ends", || vault.table.begun().unwrap().is_empty()).await;
	assert_eq!(vault.row(), None);
	assert_eq!(vault.store.usage().await.unwrap(), 0);
	// Its place is free again, as soon as its task has ended.
	vault.store.gate.add_permits(1);
	let mut status = 409;
	for _ in 0..100 {
		status = answer(vault.begin_upload(vault.payload.len()).await).await.0;
		if status != 409 {
			break;
		}
		time::sleep(Duration::from_millis(20)).await;
	}
	assert_eq!(status, 201);
}

#[tokio::test]
async fn a_client_that_hangs_up_ends_no_work_between_store_and_key_table() {
	let vault = Vault::open(b"a document").await;
	let stream = vault.begin_upload(vault.payload.len()).await;
	while !vault.store.stat(&vault.cid()).await.is_ok_and(|stat| stat.pinned) {
		time::sleep(Duration::from_millis(20)).await;
	}
	drop(stream);
	time::sleep(Duration::from_millis(200)).await;
	assert_eq!(vault.row(), None);
	vault.store.gate.add_permits(1);
	until("the row is inserted", || vault.row().is_some()).await;
	assert!(vault.table.begun().unwrap().is_empty());
}

#[tokio::test]
async fn an_account_has_four_downloads_at_a_time() {
	// More than the buffers of a connection hold, so that a download which nobody reads goes on.
	let vault = Vault::open(&[7; 24 << 20]).await;
	vault.store.gate.add_permits(1);
	assert_eq!(answer(vault.begin_upload(vault.payload.len()).await).await.0, 201);
	let mut under_way = Vec::new();
	for _ in 0..4 {
		let mut stream = vault.begin_download().await;
		let mut first = [0; 12];
		stream.read_exact(&mut first).await.unwrap();
		assert_eq!(&first, b"HTTP/1.1 200");
		under_way.push(stream);
	}
	let (status, body) = answer(vault.begin_download().await).await;
	assert_eq!((status, &json(&body)["name"]), (429, &"TooManyTransfers".into()));
	under_way.pop();
	let mut freed = false;
	for _ in 0..100 {
		let (status, _) = answer(vault.begin_download().await).await;
		freed = status == 200;
		if freed {
			break;
		}
		time::sleep(Duration::from_millis(20)).await;
	}
	assert!(freed, "a place was not given back");
}
