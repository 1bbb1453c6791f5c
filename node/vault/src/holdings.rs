//! What the intakes of a node share: the key table and the store, what is under way between them, and the work that
//! keeps the two in step.

use std::{
	collections::{BTreeMap, HashMap},
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
};

use cid::Cid;
use futures::StreamExt;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tokio::task;

use crate::{
	chain::{AccountId, FinalisedChain, Object, RecordView},
	intake::UploadError,
	key_table::{Begun, Field, KeyTable, KeyTableError, Row, RowState, Upload},
	store::{PayloadStore, StoreError},
	ticket::UploadTicket,
	unixfs::parse_cid,
};

/// Uploads of one account at a time.
const UPLOADS_OF_ONE: usize = 4;
/// The part of the store that may wait for records of one account.
const SIGNERS_PART: u64 = 16;

/// What this node takes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
	/// Bytes of one payload.
	pub payload: u64,
	/// Bytes of the whole store.
	pub disk: u64,
	/// Bytes that stay free on the store's disk.
	pub spare: u64,
}

impl Limits {
	/// Bytes of the largest payload.
	pub fn largest(&self) -> u64 {
		self.payload.min(self.disk)
	}
}

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
	/// Payloads without a row that were dropped.
	pub dropped: u64,
	/// Pinned payloads that the store cannot read whole: nothing is collected as long as there are any.
	pub unreadable: u64,
}

/// What a run of the reaper did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaped {
	/// Rows that were never registered, and are gone.
	pub forgotten: u64,
	/// Rows whose records were final, and that are live now.
	pub live: u64,
	/// Rows that stay pending, since the record with their payload is another.
	pub differing: Vec<Differing>,
	/// Rows that do not open, and stay as they are.
	pub damaged: u64,
	/// The sweep that followed.
	pub swept: Swept,
}

/// A pending row and the record or batch with its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differing {
	/// SHA-256 of the payload.
	pub sha256: [u8; 32],
	/// The record or batch.
	pub object: Object,
	/// The first field in which they differ.
	pub field: Field,
}

/// Key table, store, and what is under way.
pub struct Holdings {
	table: Arc<KeyTable>,
	store: Arc<dyn PayloadStore>,
	limits: Limits,
	under_way: Arc<Mutex<UnderWay>>,
	/// Pending rows of batches that were anchored otherwise. An anchor never changes: they are looked for once.
	misanchored: Mutex<HashMap<[u8; 32], Differing>>,
	/// Whether the last collection deleted nothing, since a payload was unreadable.
	held_up: AtomicBool,
}

impl Holdings {
	/// Brings a key table and a store together.
	pub fn new(table: Arc<KeyTable>, store: Arc<dyn PayloadStore>, limits: Limits) -> Self {
		Self {
			table,
			store,
			limits,
			under_way: Arc::default(),
			misanchored: Mutex::default(),
			held_up: AtomicBool::new(false),
		}
	}

	/// The key table.
	pub fn table(&self) -> &Arc<KeyTable> {
		&self.table
	}

	/// The store.
	pub fn store(&self) -> &Arc<dyn PayloadStore> {
		&self.store
	}

	/// The limits.
	pub fn limits(&self) -> Limits {
		self.limits
	}

	/// Drops payloads without a row that crashes, failures or the reaper left, and collects what no pin needs. What is
	/// under way is left alone.
	///
	/// # Errors
	/// `Store`, `KeyTable`; what was not done is done by the next sweep.
	pub async fn sweep(&self) -> Result<Swept, UploadError> {
		let mut swept = Swept::default();
		let mut failed = Ok(());
		let mut settled = Vec::new();
		let mut garbage = self.held_up.load(Ordering::Relaxed);
		for begun in self.on_table(KeyTable::begun).await? {
			let Some(place) = UnderWay::take(&self.under_way, begun.sha256) else {
				continue;
			};
			match self.settle_begun(&begun).await {
				Ok(Settled::Kept) => {}
				Ok(Settled::Absent) => garbage = true,
				Ok(Settled::Dropped) => {
					garbage = true;
					swept.dropped = swept.dropped.saturating_add(1);
				}
				// One payload that cannot be judged now must not keep the others.
				Err(error) => {
					failed = Err(error);
					continue;
				}
			}
			settled.push(place);
		}
		if garbage {
			match self.store.collect().await {
				Ok(collected) => swept.unreadable = collected.unreadable,
				// The entries stay, so that the next sweep collects.
				Err(StoreError::Busy) => return failed.map(|()| swept),
				Err(error) => return Err(UploadError::Store(error)),
			}
			self.held_up.store(swept.unreadable > 0, Ordering::Relaxed);
		}
		for place in settled {
			let sha256 = place.sha256;
			self.on_table(move |table| table.abandon(&sha256)).await?;
		}
		failed.map(|()| swept)
	}

	/// Settles the pending rows whose tickets ended before this time, then sweeps: a row whose record is final becomes
	/// live; one whose payload stands in another record stays; one without a record goes, and its payload with it. So with
	/// batches and their anchors.
	///
	/// # Errors
	/// `Chain` when the chain does not answer: nothing goes then; `Store`, `KeyTable`
	pub async fn reap(&self, chain: &Arc<dyn FinalisedChain>, ended_before: u64) -> Result<Reaped, UploadError> {
		let mut reaped = Reaped::default();
		let settled = self.settle(chain, ended_before, &mut reaped).await;
		reaped.swept = self.sweep().await?;
		settled.map(|()| reaped)
	}

	async fn settle(
		&self,
		chain: &Arc<dyn FinalisedChain>,
		ended_before: u64,
		reaped: &mut Reaped,
	) -> Result<(), UploadError> {
		let mut batches = BTreeMap::<u64, HashMap<[u8; 32], Waiting>>::new();
		for sha256 in self.on_table(move |table| table.overdue(ended_before)).await? {
			let Some(place) = UnderWay::take(&self.under_way, sha256) else {
				continue;
			};
			let row = match self.on_table(move |table| table.row(&sha256)).await {
				Ok(row) => row,
				Err(UploadError::KeyTable(KeyTableError::Damaged | KeyTableError::UnknownEpoch(_))) => {
					reaped.damaged = reaped.damaged.saturating_add(1);
					continue;
				}
				Err(error) => return Err(error),
			};
			// It may have been renewed or registered a moment ago.
			let overdue =
				row.filter(|row| row.state == RowState::Pending && row.upload.ticket.not_after < ended_before);
			let Some(Row { upload, .. }) = overdue else {
				continue;
			};
			if !upload.ticket.is_batch() {
				self.settle_record(chain, upload, reaped).await?;
				continue;
			}
			let known = self.misanchored.lock().get(&sha256).copied();
			match known {
				Some(differing) => reaped.differing.push(differing),
				None => {
					let of_hers = batches.entry(upload.ticket.patient).or_default();
					let waiting = Waiting {
						upload,
						differing: None,
						_place: place,
					};
					of_hers.insert(sha256, waiting);
				}
			}
		}
		for (patient, waiting) in batches {
			self.settle_batches(chain, patient, waiting, reaped).await?;
		}
		Ok(())
	}

	async fn settle_record(
		&self,
		chain: &Arc<dyn FinalisedChain>,
		upload: Upload,
		reaped: &mut Reaped,
	) -> Result<(), UploadError> {
		let (sha256, patient) = (upload.ticket.sha256, upload.ticket.patient);
		let asked = Arc::clone(chain);
		let Some(record) = aside(move || asked.registered(patient, &sha256)).await?? else {
			return self.forget(upload, reaped).await;
		};
		let differing = self.compare(&upload, record, reaped).await?;
		reaped.differing.extend(differing);
		Ok(())
	}

	/// Settles all overdue batches of a patient's by one walk along her anchors, which the chain keeps in no other order:
	/// each of them is gone, live, or known to differ when it ends, so that none is walked for again.
	async fn settle_batches(
		&self,
		chain: &Arc<dyn FinalisedChain>,
		patient: u64,
		mut waiting: HashMap<[u8; 32], Waiting>,
		reaped: &mut Reaped,
	) -> Result<(), UploadError> {
		let mut before = None;
		loop {
			let asked = Arc::clone(chain);
			let page = aside(move || asked.batches(patient, before)).await??;
			for (id, sha256) in page.batches {
				let Some(found) = waiting.get_mut(&sha256) else {
					continue;
				};
				let asked = Arc::clone(chain);
				// A batch that was listed is there.
				let Some(batch) = aside(move || asked.record(Object::Batch(id))).await?? else {
					continue;
				};
				match self.compare(&found.upload, batch, reaped).await? {
					None => drop(waiting.remove(&sha256)),
					// Another anchor of the same payload may equal it.
					differing => found.differing = differing,
				}
			}
			before = page.next;
			if before.is_none() || waiting.is_empty() {
				break;
			}
		}
		for (sha256, found) in waiting {
			match found.differing {
				None => self.forget(found.upload, reaped).await?,
				Some(differing) => {
					self.misanchored.lock().insert(sha256, differing);
					reaped.differing.push(differing);
				}
			}
		}
		Ok(())
	}

	/// Makes a row live for the record or batch with its payload, unless they differ.
	async fn compare(
		&self,
		upload: &Upload,
		found: RecordView,
		reaped: &mut Reaped,
	) -> Result<Option<Differing>, UploadError> {
		let (sha256, object) = (upload.ticket.sha256, found.object);
		if let Some(field) = upload.difference(&found) {
			return Ok(Some(Differing { sha256, object, field }));
		}
		self.mark_live(sha256, found).await?;
		reaped.live = reaped.live.saturating_add(1);
		Ok(None)
	}

	async fn forget(&self, upload: Upload, reaped: &mut Reaped) -> Result<(), UploadError> {
		let forgotten = self.on_table(move |table| table.forget(&upload)).await?;
		reaped.forgotten = reaped.forgotten.saturating_add(u64::from(forgotten));
		Ok(())
	}

	async fn mark_live(&self, sha256: [u8; 32], record: RecordView) -> Result<(), UploadError> {
		self.on_table(move |table| table.mark_live(&sha256, &record)).await
	}

	/// Unpins the payload of an entry if nothing needs it. The entry is the work of whoever signed the ticket, and the
	/// CID in it his claim: only a payload that really has the entry's SHA-256 goes, and only without a row. What
	/// another row or entry holds has another SHA-256, whatever CID is claimed here.
	async fn settle_begun(&self, begun: &Begun) -> Result<Settled, UploadError> {
		let sha256 = begun.sha256;
		if self.on_table(move |table| table.has_row(&sha256)).await? {
			return Ok(Settled::Kept);
		}
		let Ok(cid) = parse_cid(&begun.cid) else {
			return Ok(Settled::Absent);
		};
		if !self.holds(&cid, &sha256).await? {
			return Ok(Settled::Absent);
		}
		self.store.unpin(&cid).await.map_err(UploadError::Store)?;
		Ok(Settled::Dropped)
	}

	/// Whether the store has a whole payload under a CID and it has this SHA-256.
	async fn holds(&self, cid: &Cid, sha256: &[u8; 32]) -> Result<bool, UploadError> {
		let found = async {
			let mut payload = self.store.get(cid, None).await?;
			let mut hasher = Sha256::new();
			while let Some(piece) = payload.next().await {
				hasher.update(piece?);
			}
			Ok(hasher.finalize().as_slice() == sha256.as_slice())
		};
		match found.await {
			Ok(equal) => Ok(equal),
			Err(StoreError::NotFound(_) | StoreError::WrongBytes(_) | StoreError::NotAPayload { .. }) => Ok(false),
			Err(error) => Err(UploadError::Store(error)),
		}
	}

	/// Whether the payload is here, pinned, and whole to the last block.
	pub(crate) async fn keeps(&self, ticket: &UploadTicket) -> Result<bool, UploadError> {
		let cid = parse_cid(&ticket.cid).map_err(|_| UploadError::BadCid)?;
		Ok(self.is_pinned(&cid).await? && self.holds(&cid, &ticket.sha256).await?)
	}

	/// Notes that an upload's bytes are about to be stored. What the store keeps without such a note was not left by an
	/// upload, and is not this one's to drop either.
	pub(crate) async fn begin(&self, ticket: &UploadTicket) -> Result<(), UploadError> {
		let cid = parse_cid(&ticket.cid).map_err(|_| UploadError::BadCid)?;
		let (sha256, bytes) = (ticket.sha256, ticket.cid.clone());
		let left = self.on_table(move |table| table.is_begun(&sha256)).await?;
		if !left && self.is_pinned(&cid).await? {
			return Ok(());
		}
		self.on_table(move |table| table.begin(&sha256, &bytes)).await
	}

	async fn is_pinned(&self, cid: &Cid) -> Result<bool, UploadError> {
		self.store.is_pinned(cid).await.map_err(UploadError::Store)
	}

	/// Takes the upload's place among those under way.
	pub(crate) fn claim(&self, upload: &Upload) -> Result<Place, UploadError> {
		let size = upload.ticket.size;
		UnderWay::claim(&self.under_way, upload.ticket.sha256, upload.signer, size)
	}

	/// Whether there is room for an upload whose place was taken.
	pub(crate) async fn check_room(&self, upload: &Upload, earlier: Option<&Row>) -> Result<(), UploadError> {
		let size = upload.ticket.size;
		let (all, own) = self.under_way.lock().bytes(&upload.signer);
		// A pending row of this very payload waits already.
		let counted = earlier.map_or(0, |row| if row.state == RowState::Pending { size } else { 0 });
		let signer = upload.signer;
		let waiting = self.on_table(move |table| Ok(table.waiting(&signer))).await?;
		let waiting = waiting.saturating_sub(counted);
		let others = waiting.saturating_add(own).saturating_sub(size);
		// One payload at a time is always taken: the limit for payloads may be above this one.
		if others > 0 && others.saturating_add(size) > self.limits.disk / SIGNERS_PART {
			return Err(UploadError::SignerLimit { waiting: others });
		}
		let used = self.store.usage().await.map_err(UploadError::Store)?;
		if used.saturating_add(all) > self.limits.disk {
			return Err(UploadError::DiskLimit);
		}
		let free = self.store.free().await.map_err(UploadError::Store)?;
		if free.is_some_and(|free| free < all.saturating_add(self.limits.spare)) {
			return Err(UploadError::DiskSpace);
		}
		Ok(())
	}

	/// Works on the key table where it may block.
	pub(crate) async fn on_table<T: Send + 'static>(
		&self,
		work: impl FnOnce(&KeyTable) -> Result<T, KeyTableError> + Send + 'static,
	) -> Result<T, UploadError> {
		let table = Arc::clone(&self.table);
		aside(move || work(&table)).await?.map_err(UploadError::KeyTable)
	}
}

/// An overdue batch that is looked for among its patient's anchors.
struct Waiting {
	upload: Upload,
	/// An anchor with its payload that is not what was uploaded.
	differing: Option<Differing>,
	_place: Place,
}

/// What became of a payload that was begun.
enum Settled {
	/// It has a row.
	Kept,
	/// It is not there, or not whole.
	Absent,
	/// It was there without a row, and is not pinned any more.
	Dropped,
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, UploadError> {
	task::spawn_blocking(work).await.map_err(|_| UploadError::CutShort)
}

/// The payloads that somebody works on, with signer and size where it is an upload.
#[derive(Default)]
struct UnderWay(HashMap<[u8; 32], Option<(AccountId, u64)>>);

impl UnderWay {
	fn claim(all: &Arc<Mutex<Self>>, sha256: [u8; 32], signer: AccountId, size: u64) -> Result<Place, UploadError> {
		let mut under_way = all.lock();
		if under_way.0.contains_key(&sha256) {
			return Err(UploadError::InProgress);
		}
		let own = under_way.0.values().flatten().filter(|(other, _)| *other == signer);
		if own.count() >= UPLOADS_OF_ONE {
			return Err(UploadError::TooManyTransfers(UPLOADS_OF_ONE));
		}
		under_way.0.insert(sha256, Some((signer, size)));
		Ok(Place {
			all: Arc::clone(all),
			sha256,
		})
	}

	/// For the node's own work; nothing where somebody works on the payload.
	fn take(all: &Arc<Mutex<Self>>, sha256: [u8; 32]) -> Option<Place> {
		let mut under_way = all.lock();
		if under_way.0.contains_key(&sha256) {
			return None;
		}
		under_way.0.insert(sha256, None);
		Some(Place {
			all: Arc::clone(all),
			sha256,
		})
	}

	/// Bytes of all uploads, and of one signer's.
	fn bytes(&self, signer: &AccountId) -> (u64, u64) {
		let uploads = self.0.values().flatten();
		uploads.fold((0u64, 0u64), |(all, own), (other, size)| {
			let own = if other == signer {
				own.saturating_add(*size)
			} else {
				own
			};
			(all.saturating_add(*size), own)
		})
	}
}

/// A payload's place among those that somebody works on, given back when dropped.
pub(crate) struct Place {
	all: Arc<Mutex<UnderWay>>,
	sha256: [u8; 32],
}

impl Drop for Place {
	fn drop(&mut self) {
		self.all.lock().0.remove(&self.sha256);
	}
}
