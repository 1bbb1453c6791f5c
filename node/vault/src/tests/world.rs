//! A hospital with a chain that says what a test wants it to say.

use std::{
	collections::HashMap,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
};

use parking_lot::Mutex;
use tempfile::TempDir;

use crate::{
	chain::{
		AccountId, AnchorQuery, AppendQuery, BatchPage, BlockView, ChainUnavailable, FinalisedChain, Object,
		ReceiptItem, ReceiptView, RecordView, Verdict,
	},
	desk::Desk,
	envelope::{encrypt, Context, DataKey},
	fingerprint::{fingerprint, Fingerprint},
	hash::blake2_256,
	holdings::{Holdings, Limits},
	intake::{Announcement, Intake},
	key_table::{EpochKey, KeyTable, Upload},
	request::ReleaseRequest,
	store::{Embedded, PayloadStore},
	ticket::{UploadTicket, BATCH_CATEGORY, BATCH_MEDIA},
	wrap::{wrap, Binding, HpkeSecret, Purpose, Wraps},
	Clock,
};

pub(super) const GENESIS: [u8; 32] = [0x11; 32];
pub(super) const HOSPITAL: u32 = 1;
pub(super) const PATIENT: u64 = 42;
pub(super) const AUTHOR: AccountId = [0xaa; 32];
pub(super) const READER: AccountId = [0xbb; 32];
pub(super) const RECORD: u64 = 5;
pub(super) const RECEIPT: u64 = 6;
/// Among anchors as among records: their ids have nothing to do with each other.
pub(super) const ANCHOR: u64 = RECORD;
/// How many of a patient's batches a page has.
const PAGE: usize = 2;
pub(super) const LIMITS: Limits = Limits {
	payload: 8 << 20,
	disk: 64 << 20,
	spare: 0,
};
/// When the world begins.
pub(super) const START: u64 = 1_800_000_000_000;

pub(super) fn context() -> Context {
	Context {
		genesis: GENESIS,
		patient: PATIENT,
		category: 4,
		media: 1,
		institution: HOSPITAL,
	}
}

/// What a batch of readings is encrypted under.
pub(super) fn batch_context() -> Context {
	Context {
		category: BATCH_CATEGORY,
		media: BATCH_MEDIA,
		..context()
	}
}

pub(super) fn data_key(seed: u8) -> DataKey {
	DataKey::from_slice(&[seed; 32]).unwrap()
}

/// 32 times the same byte, in hex.
pub(super) fn hex32(byte: &str) -> [u8; 32] {
	hex::decode(byte.repeat(32)).unwrap().try_into().unwrap()
}

/// Signatures of the tests' accounts.
pub(super) fn sign(account: &AccountId, message: &[u8]) -> Vec<u8> {
	blake2_256(&[account.as_slice(), message].concat()).to_vec()
}

pub(super) struct Chain {
	pub(super) state: Mutex<State>,
}

pub(super) struct State {
	pub(super) available: bool,
	pub(super) blocks: Vec<BlockView>,
	pub(super) receipts: HashMap<u64, ReceiptView>,
	pub(super) batch_receipts: HashMap<u64, ReceiptView>,
	pub(super) records: HashMap<Object, RecordView>,
	pub(super) permits: Verdict,
	pub(super) append: Verdict,
	pub(super) asked: Vec<AppendQuery>,
	pub(super) may_anchor: bool,
	pub(super) asked_to_anchor: Vec<AnchorQuery>,
	/// Pages of batches that were asked for.
	pub(super) pages: usize,
}

impl Chain {
	fn read<T>(&self, read: impl FnOnce(&mut State) -> T) -> Result<T, ChainUnavailable> {
		let mut state = self.state.lock();
		if state.available {
			Ok(read(&mut state))
		} else {
			Err(ChainUnavailable)
		}
	}
}

impl FinalisedChain for Chain {
	fn genesis(&self) -> [u8; 32] {
		GENESIS
	}

	fn head(&self) -> Result<BlockView, ChainUnavailable> {
		self.read(|state| *state.blocks.last().unwrap())
	}

	fn block(&self, number: u32) -> Result<Option<BlockView>, ChainUnavailable> {
		self.read(|state| state.blocks.iter().find(|block| block.number == number).copied())
	}

	fn receipt(&self, id: u64, object: Object) -> Result<Option<ReceiptView>, ChainUnavailable> {
		self.read(|state| match object {
			Object::Record(_) => state.receipts.get(&id).cloned(),
			Object::Batch(_) => state.batch_receipts.get(&id).cloned(),
		})
	}

	fn record(&self, object: Object) -> Result<Option<RecordView>, ChainUnavailable> {
		self.read(|state| state.records.get(&object).cloned())
	}

	fn registered(&self, patient: u64, sha256: &[u8; 32]) -> Result<Option<RecordView>, ChainUnavailable> {
		self.read(|state| {
			let mut records = state.records.values();
			records
				.find(|record| {
					matches!(record.object, Object::Record(_)) && record.patient == patient && record.sha256 == *sha256
				})
				.cloned()
		})
	}

	fn batches(&self, patient: u64, before: Option<u64>) -> Result<BatchPage, ChainUnavailable> {
		self.read(|state| {
			state.pages += 1;
			let hers = state.records.values().filter(|record| record.patient == patient);
			let mut batches: Vec<_> = hers
				.filter_map(|record| match record.object {
					Object::Batch(id) if before.is_none_or(|before| id < before) => Some((id, record.sha256)),
					_ => None,
				})
				.collect();
			batches.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
			let more = batches.len() > PAGE;
			batches.truncate(PAGE);
			let next = batches.last().map(|(id, _)| *id).filter(|_| more);
			BatchPage { batches, next }
		})
	}

	fn still_permits(&self, _: u64, _: Object) -> Result<Verdict, ChainUnavailable> {
		self.read(|state| state.permits)
	}

	fn decide_append(&self, query: &AppendQuery) -> Result<Verdict, ChainUnavailable> {
		self.read(|state| {
			state.asked.push(query.clone());
			state.append
		})
	}

	fn may_anchor(&self, query: &AnchorQuery) -> Result<bool, ChainUnavailable> {
		self.read(|state| {
			state.asked_to_anchor.push(*query);
			state.may_anchor
		})
	}

	fn verify(&self, account: &AccountId, message: &[u8], signature: &[u8]) -> bool {
		signature == sign(account, message)
	}
}

/// A payload with all that its upload needs.
pub(super) struct Prepared {
	pub(super) payload: Vec<u8>,
	pub(super) announcement: Announcement,
	pub(super) key: DataKey,
}

impl Prepared {
	pub(super) fn upload(&self) -> Upload {
		Upload {
			ticket: self.announcement.ticket.clone(),
			signer: self.announcement.signer,
			wraps: self.announcement.wraps.clone(),
		}
	}

	pub(super) fn sign(&mut self) {
		let payload = self.announcement.ticket.signing_payload();
		self.announcement.signature = sign(&self.announcement.signer, &payload);
	}

	pub(super) fn record(&self) -> RecordView {
		let ticket = &self.announcement.ticket;
		RecordView {
			object: Object::Record(RECORD),
			patient: ticket.patient,
			author: Some(self.announcement.signer),
			custodian: ticket.institution,
			category: ticket.category,
			compartment: ticket.compartment,
			media: ticket.media,
			cid: ticket.cid.clone(),
			sha256: ticket.sha256,
			tree: Some(ticket.tree),
			size: ticket.size,
			recorded_at: ticket.recorded_at,
		}
	}

	/// What the chain says of a batch once it is anchored.
	pub(super) fn anchor(&self, id: u64) -> RecordView {
		RecordView {
			object: Object::Batch(id),
			author: None,
			tree: None,
			..self.record()
		}
	}
}

pub(super) struct World {
	pub(super) folder: TempDir,
	pub(super) chain: Arc<Chain>,
	pub(super) now: Arc<AtomicU64>,
	pub(super) table: Arc<KeyTable>,
	pub(super) store: Embedded,
	pub(super) custodian: HpkeSecret,
	pub(super) patient: HpkeSecret,
	pub(super) desk: Desk,
	pub(super) holdings: Arc<Holdings>,
	pub(super) intake: Intake,
}

impl World {
	pub(super) fn new() -> Self {
		Self::with_limits(LIMITS)
	}

	pub(super) fn with_limits(limits: Limits) -> Self {
		let folder = TempDir::new().unwrap();
		let blocks = (0..3)
			.map(|number| BlockView {
				number,
				hash: [number as u8; 32],
				time: START - 2000 + u64::from(number) * 1000,
			})
			.collect();
		let state = State {
			available: true,
			blocks,
			receipts: HashMap::new(),
			batch_receipts: HashMap::new(),
			records: HashMap::new(),
			permits: Verdict::Permit,
			append: Verdict::Permit,
			asked: Vec::new(),
			may_anchor: true,
			asked_to_anchor: Vec::new(),
			pages: 0,
		};
		let chain = Arc::new(Chain {
			state: Mutex::new(state),
		});
		let now = Arc::new(AtomicU64::new(START));
		let key = EpochKey::generate(1).unwrap();
		let table = Arc::new(KeyTable::open(&folder.path().join("keys.redb"), [key]).unwrap());
		let store = Embedded::open(&folder.path().join("store")).unwrap();
		let custodian = HpkeSecret::generate().unwrap();
		let clock: Arc<dyn Clock> = {
			let now = Arc::clone(&now);
			Arc::new(move || now.load(Ordering::Relaxed))
		};
		let desk = Desk::new(
			chain.clone(),
			Arc::clone(&table),
			HOSPITAL,
			custodian.clone(),
			Arc::clone(&clock),
		);
		let shared: Arc<dyn PayloadStore> = Arc::new(store.clone());
		let holdings = Arc::new(Holdings::new(Arc::clone(&table), shared, limits));
		let intake = Intake::new(chain.clone(), Arc::clone(&holdings), HOSPITAL, custodian.clone(), clock);
		let patient = HpkeSecret::generate().unwrap();
		Self {
			folder,
			chain,
			now,
			table,
			store,
			custodian,
			patient,
			desk,
			holdings,
			intake,
		}
	}

	pub(super) fn later(&self, milliseconds: u64) {
		self.now.fetch_add(milliseconds, Ordering::Relaxed);
	}

	/// The chain finalises a block at the present time.
	pub(super) fn finalise(&self) -> BlockView {
		let mut state = self.chain.state.lock();
		let number = state.blocks.last().unwrap().number + 1;
		let time = self.now.load(Ordering::Relaxed);
		let block = BlockView {
			number,
			hash: [number as u8; 32],
			time,
		};
		state.blocks.push(block);
		block
	}

	pub(super) fn prepare(&self, document: &[u8]) -> Prepared {
		self.prepare_as(document, &context())
	}

	/// The upload of a batch of readings.
	pub(super) fn prepare_batch(&self, readings: &[u8]) -> Prepared {
		self.prepare_as(readings, &batch_context())
	}

	fn prepare_as(&self, document: &[u8], context: &Context) -> Prepared {
		let mut payload = Vec::new();
		let len = document.len() as u64;
		let sealed = encrypt(document, len, context, &mut payload).unwrap();
		let Fingerprint {
			sha256,
			tree,
			cid,
			size,
		} = fingerprint(&payload);
		let binding = |purpose| Binding {
			genesis: GENESIS,
			sha256,
			patient: PATIENT,
			purpose,
		};
		let key = sealed.data_key;
		let custody = wrap(&key, &self.custodian.public(), &binding(Purpose::Custody)).unwrap();
		let subject = wrap(&key, &self.patient.public(), &binding(Purpose::Subject)).unwrap();
		let wraps = Wraps {
			custody,
			subject: Some(subject),
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
			recorded_at: START - 5000,
			cid: cid.to_bytes(),
			sha256,
			tree,
			size,
			wraps: wraps.hash(),
			not_after: START + 60_000,
		};
		let announcement = Announcement {
			ticket,
			signer: AUTHOR,
			wraps,
			signature: Vec::new(),
		};
		let mut prepared = Prepared {
			payload,
			announcement,
			key,
		};
		prepared.sign();
		prepared
	}

	/// A record with its key in the table, and a receipt that permits the reader to open it.
	pub(super) fn registered(&self) -> Prepared {
		let prepared = self.prepare(b"a document");
		self.finalised(&prepared, prepared.record());
		prepared
	}

	/// An anchored batch, likewise.
	pub(super) fn anchored(&self) -> Prepared {
		let prepared = self.prepare_batch(b"readings");
		self.finalised(&prepared, prepared.anchor(ANCHOR));
		prepared
	}

	fn finalised(&self, prepared: &Prepared, view: RecordView) {
		self.table.insert_pending(prepared.upload(), START).unwrap();
		let object = view.object;
		let items = vec![ReceiptItem {
			object,
			verdict: Verdict::Permit,
		}];
		let receipt = ReceiptView {
			id: RECEIPT,
			requester: READER,
			at: START - 1000,
			items,
		};
		let mut state = self.chain.state.lock();
		state.records.insert(object, view);
		match object {
			Object::Record(_) => state.receipts.insert(RECEIPT, receipt),
			Object::Batch(_) => state.batch_receipts.insert(RECEIPT, receipt),
		};
	}

	pub(super) fn request(&self, recipient: &HpkeSecret) -> ReleaseRequest {
		let head = self.chain.head().unwrap();
		ReleaseRequest {
			version: 1,
			genesis: GENESIS,
			custodian: HOSPITAL,
			receipt: RECEIPT,
			object: Object::Record(RECORD),
			requester: READER,
			recipient_key: recipient.public(),
			anchor: (head.number, head.hash),
			nonce: [9; 16],
		}
	}
}
