//! The key table: one sealed row for each payload, on the custodian's disk alone, which can forget.
//!
//! A row is inserted once and is pending until a finalised record equals its ticket in every field.

use std::{collections::BTreeMap, path::Path};

use codec::{Decode, DecodeAll, Encode};
use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};
use zeroize::Zeroizing;

use crate::{
	chain::{AccountId, RecordView},
	sealing::{self, NONCE_LEN},
	ticket::UploadTicket,
	wrap::Wraps,
};

const ROWS: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("rows");
/// Pending rows by insertion time (big-endian milliseconds) and SHA-256.
const PENDING: TableDefinition<'_, &[u8; 40], ()> = TableDefinition::new("pending");
/// CIDs of uploads that were begun: what a crash may have left in the store.
const BEGUN: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("begun");

const ROW_VERSION: u8 = 1;
const HEAD_LEN: usize = 14;

/// Why the key table refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyTableError {
	/// Another row of this payload exists.
	#[error("a different upload of this payload exists; register or reap that one first")]
	Duplicate,
	/// No row of this payload.
	#[error("no key is kept for this payload; upload it again")]
	NotFound,
	/// The finalised record and the ticket differ.
	#[error("the record's {0} is not the ticket's; register what was uploaded")]
	Mismatch(Field),
	/// The row is live for another record.
	#[error("the key is live for record {0} already")]
	AlreadyLive(u64),
	/// The row's epoch key was not given.
	#[error("the row is sealed under epoch key {0}; open that keystore file too")]
	UnknownEpoch(u32),
	/// The row does not open: damaged, or not ours.
	#[error("a row of the key table is damaged; restore the table from a backup")]
	Damaged,
	/// No epoch key was given.
	#[error("the key table needs an epoch key; create one")]
	NoEpochKey,
	/// The system gave no random bytes.
	#[error("the system has no randomness; try again")]
	NoRandomness,
	/// The database failed.
	#[error("the key table's database failed: {0}")]
	Database(#[from] Box<redb::Error>),
}

/// A field in which record and ticket can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Field {
	#[error("author")]
	Author,
	#[error("patient")]
	Patient,
	#[error("custodian")]
	Custodian,
	#[error("category")]
	Category,
	#[error("compartment")]
	Compartment,
	#[error("media type")]
	Media,
	#[error("recording time")]
	RecordedAt,
	#[error("CID")]
	Cid,
	#[error("SHA-256")]
	Sha256,
	#[error("tree root")]
	Tree,
	#[error("size")]
	Size,
}

/// A key under which rows are sealed, with its epoch's number.
#[derive(Clone)]
pub struct EpochKey {
	/// Number of the epoch; the highest is the current one.
	pub epoch: u32,
	/// The key; wiped when dropped.
	pub key: Zeroizing<[u8; 32]>,
}

impl EpochKey {
	/// A fresh key for an epoch.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn generate(epoch: u32) -> Result<Self, KeyTableError> {
		let mut key = Zeroizing::new([0; 32]);
		getrandom::fill(key.as_mut()).map_err(|_| KeyTableError::NoRandomness)?;
		Ok(Self { epoch, key })
	}
}

/// What an upload leaves in the table.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Upload {
	/// The signed ticket.
	pub ticket: UploadTicket,
	/// Who signed it.
	pub signer: AccountId,
	/// Wraps for custodian and patient.
	pub wraps: Wraps,
}

impl Upload {
	/// The same upload, whatever the time until which its ticket was valid.
	pub(crate) fn repeats(&self, other: &Self) -> bool {
		let ticket = UploadTicket {
			not_after: other.ticket.not_after,
			..self.ticket.clone()
		};
		ticket == other.ticket && self.signer == other.signer && self.wraps == other.wraps
	}

	/// Compares the ticket with a finalised record.
	///
	/// # Errors
	/// `Mismatch` with the first field that differs.
	pub fn check_record(&self, record: &RecordView) -> Result<(), KeyTableError> {
		let ticket = &self.ticket;
		let fields = [
			(Field::Author, self.signer == record.author),
			(Field::Patient, ticket.patient == record.patient),
			(Field::Custodian, ticket.institution == record.custodian),
			(Field::Category, ticket.category == record.category),
			(Field::Compartment, ticket.compartment == record.compartment),
			(Field::Media, ticket.media == record.media),
			(Field::RecordedAt, ticket.recorded_at == record.recorded_at),
			(Field::Cid, ticket.cid == record.cid),
			(Field::Sha256, ticket.sha256 == record.sha256),
			(Field::Tree, ticket.tree == record.tree),
			(Field::Size, ticket.size == record.size),
		];
		match fields.iter().find(|(_, equal)| !equal) {
			Some((field, _)) => Err(KeyTableError::Mismatch(*field)),
			None => Ok(()),
		}
	}
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
	/// What was uploaded.
	pub upload: Upload,
	/// Pending or live.
	pub state: RowState,
	/// When it was inserted, in milliseconds since the Unix epoch.
	pub inserted_at: u64,
	/// Epoch of the key it is sealed under.
	pub epoch: u32,
}

/// Life of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
	/// No finalised record yet: nothing is released.
	Pending,
	/// The record of this id is finalised.
	Live(u64),
}

/// Whether an insertion changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
	/// A new row.
	New,
	/// The same upload was there already.
	Repeated,
}

/// An upload that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
	/// SHA-256 of the payload.
	pub sha256: [u8; 32],
	/// CID of the payload in binary form.
	pub cid: Vec<u8>,
}

/// Rows of the table, by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableStatus {
	/// Rows that wait for their record.
	pub pending: u64,
	/// Rows in force.
	pub live: u64,
}

/// The table. Every change is on the disk when its method returns.
pub struct KeyTable {
	database: Database,
	keys: BTreeMap<u32, EpochKey>,
	current: EpochKey,
}

impl KeyTable {
	/// Opens or creates the table with the epoch keys that its rows are sealed under; new rows use the latest.
	///
	/// # Errors
	/// `NoEpochKey`, `Database`
	pub fn open(path: &Path, keys: impl IntoIterator<Item = EpochKey>) -> Result<Self, KeyTableError> {
		let keys: BTreeMap<u32, EpochKey> = keys.into_iter().map(|key| (key.epoch, key)).collect();
		let current = keys.values().next_back().cloned().ok_or(KeyTableError::NoEpochKey)?;
		let database = Database::create(path).map_err(failed)?;
		let begin = database.begin_write().map_err(failed)?;
		begin.open_table(ROWS).map_err(failed)?;
		begin.open_table(PENDING).map_err(failed)?;
		begin.open_table(BEGUN).map_err(failed)?;
		begin.commit().map_err(failed)?;
		Ok(Self {
			database,
			keys,
			current,
		})
	}

	/// Notes that an upload's bytes are about to be stored.
	///
	/// # Errors
	/// `Database`
	pub fn begin(&self, sha256: &[u8; 32], cid: &[u8]) -> Result<(), KeyTableError> {
		let change = self.change()?;
		change
			.open_table(BEGUN)
			.map_err(failed)?
			.insert(sha256, cid)
			.map_err(failed)?;
		change.commit().map_err(failed)
	}

	/// Notes that an upload failed and left nothing in the store.
	///
	/// # Errors
	/// `Database`
	pub fn abandon(&self, sha256: &[u8; 32]) -> Result<(), KeyTableError> {
		let change = self.change()?;
		change
			.open_table(BEGUN)
			.map_err(failed)?
			.remove(sha256)
			.map_err(failed)?;
		change.commit().map_err(failed)
	}

	/// Uploads that were begun and neither inserted nor abandoned.
	///
	/// # Errors
	/// `Database`
	pub fn begun(&self) -> Result<Vec<Begun>, KeyTableError> {
		let read = self.database.begin_read().map_err(failed)?;
		let begun = read.open_table(BEGUN).map_err(failed)?;
		let mut uploads = Vec::new();
		for entry in begun.iter().map_err(failed)? {
			let (sha256, cid) = entry.map_err(failed)?;
			uploads.push(Begun {
				sha256: *sha256.value(),
				cid: cid.value().to_vec(),
			});
		}
		Ok(uploads)
	}

	/// Inserts a pending row. The same upload again changes nothing; no row is ever overwritten.
	///
	/// # Errors
	/// `Duplicate`, `NoRandomness`, `Database`, `UnknownEpoch`, `Damaged`
	pub fn insert_pending(&self, upload: Upload, now: u64) -> Result<Inserted, KeyTableError> {
		let sha256 = upload.ticket.sha256;
		let change = self.change()?;
		let earlier = self.read_row(&change, &sha256)?;
		change
			.open_table(BEGUN)
			.map_err(failed)?
			.remove(&sha256)
			.map_err(failed)?;
		let inserted = match earlier {
			Some(row) if row.upload.repeats(&upload) => Inserted::Repeated,
			Some(_) => return Err(KeyTableError::Duplicate),
			None => {
				let row = Row {
					upload,
					state: RowState::Pending,
					inserted_at: now,
					epoch: self.current.epoch,
				};
				self.write_row(&change, &row)?;
				let key = pending_key(now, &sha256);
				let mut pending = change.open_table(PENDING).map_err(failed)?;
				pending.insert(&key, ()).map_err(failed)?;
				Inserted::New
			}
		};
		change.commit().map_err(failed)?;
		Ok(inserted)
	}

	/// Makes a row live once its record is finalised and equals the ticket in every field.
	///
	/// # Errors
	/// `NotFound`, `Mismatch`, `AlreadyLive`, `UnknownEpoch`, `Damaged`, `NoRandomness`, `Database`
	pub fn mark_live(&self, sha256: &[u8; 32], record: &RecordView) -> Result<(), KeyTableError> {
		let change = self.change()?;
		let row = self.read_row(&change, sha256)?.ok_or(KeyTableError::NotFound)?;
		row.upload.check_record(record)?;
		match row.state {
			RowState::Live(id) if id == record.id => return Ok(()),
			RowState::Live(id) => return Err(KeyTableError::AlreadyLive(id)),
			RowState::Pending => {}
		}
		let key = pending_key(row.inserted_at, sha256);
		change
			.open_table(PENDING)
			.map_err(failed)?
			.remove(&key)
			.map_err(failed)?;
		self.write_row(
			&change,
			&Row {
				state: RowState::Live(record.id),
				..row
			},
		)?;
		change.commit().map_err(failed)
	}

	/// The row of a payload.
	///
	/// # Errors
	/// `UnknownEpoch`, `Damaged`, `Database`
	pub fn row(&self, sha256: &[u8; 32]) -> Result<Option<Row>, KeyTableError> {
		let read = self.database.begin_read().map_err(failed)?;
		let rows = read.open_table(ROWS).map_err(failed)?;
		let sealed = rows.get(sha256).map_err(failed)?;
		sealed.map(|sealed| self.unseal(sha256, sealed.value())).transpose()
	}

	/// Deletes pending rows inserted before `older_than` and returns their CIDs. A row for which `registered` finds
	/// the finalised record becomes live instead.
	///
	/// # Errors
	/// `UnknownEpoch`, `Damaged`, `NoRandomness`, `Database`
	pub fn reap(
		&self,
		older_than: u64,
		mut registered: impl FnMut(&Upload) -> Option<RecordView>,
	) -> Result<Vec<Vec<u8>>, KeyTableError> {
		let change = self.change()?;
		let mut cids = Vec::new();
		for key in self.pending_before(&change, older_than)? {
			let sha256 = sha256_of(&key);
			let Some(row) = self.read_row(&change, &sha256)? else {
				change
					.open_table(PENDING)
					.map_err(failed)?
					.remove(&key)
					.map_err(failed)?;
				continue;
			};
			change
				.open_table(PENDING)
				.map_err(failed)?
				.remove(&key)
				.map_err(failed)?;
			match registered(&row.upload).filter(|record| row.upload.check_record(record).is_ok()) {
				Some(record) => {
					self.write_row(
						&change,
						&Row {
							state: RowState::Live(record.id),
							..row
						},
					)?;
				}
				None => {
					change
						.open_table(ROWS)
						.map_err(failed)?
						.remove(&sha256)
						.map_err(failed)?;
					cids.push(row.upload.ticket.cid);
				}
			}
		}
		change.commit().map_err(failed)?;
		Ok(cids)
	}

	/// Number of rows by state.
	///
	/// # Errors
	/// `Database`
	pub fn status(&self) -> Result<TableStatus, KeyTableError> {
		let read = self.database.begin_read().map_err(failed)?;
		let all = read.open_table(ROWS).map_err(failed)?.len().map_err(failed)?;
		let pending = read.open_table(PENDING).map_err(failed)?.len().map_err(failed)?;
		Ok(TableStatus {
			pending,
			live: all.saturating_sub(pending),
		})
	}

	fn change(&self) -> Result<WriteTransaction, KeyTableError> {
		self.database.begin_write().map_err(failed)
	}

	fn pending_before(&self, change: &WriteTransaction, older_than: u64) -> Result<Vec<[u8; 40]>, KeyTableError> {
		let pending = change.open_table(PENDING).map_err(failed)?;
		let end = pending_key(older_than, &[0; 32]);
		let mut keys = Vec::new();
		for entry in pending.range::<&[u8; 40]>(..&end).map_err(failed)? {
			keys.push(*entry.map_err(failed)?.0.value());
		}
		Ok(keys)
	}

	fn read_row(&self, change: &WriteTransaction, sha256: &[u8; 32]) -> Result<Option<Row>, KeyTableError> {
		let rows = change.open_table(ROWS).map_err(failed)?;
		let sealed = rows.get(sha256).map_err(failed)?;
		sealed.map(|sealed| self.unseal(sha256, sealed.value())).transpose()
	}

	fn write_row(&self, change: &WriteTransaction, row: &Row) -> Result<(), KeyTableError> {
		let sealed = self.seal(row)?;
		let sha256 = row.upload.ticket.sha256;
		let mut rows = change.open_table(ROWS).map_err(failed)?;
		rows.insert(&sha256, sealed.as_slice()).map_err(failed)?;
		Ok(())
	}

	/// version 1, epoch 4, pending 0 or live 1, insertion time 8, nonce 24, then the sealed row; all before the nonce,
	/// with the row's key in front, is associated data.
	fn seal(&self, row: &Row) -> Result<Vec<u8>, KeyTableError> {
		let mut nonce = [0; NONCE_LEN];
		getrandom::fill(&mut nonce).map_err(|_| KeyTableError::NoRandomness)?;
		let record = match row.state {
			RowState::Pending => None,
			RowState::Live(id) => Some(id),
		};
		let mut bytes = vec![ROW_VERSION];
		bytes.extend_from_slice(&self.current.epoch.to_be_bytes());
		bytes.push(u8::from(record.is_some()));
		bytes.extend_from_slice(&row.inserted_at.to_be_bytes());
		let associated = associated(&row.upload.ticket.sha256, &bytes);
		let plain = Zeroizing::new((&row.upload, record).encode());
		let sealed = sealing::seal(&self.current.key, &nonce, &associated, &plain).ok_or(KeyTableError::Damaged)?;
		bytes.extend_from_slice(&nonce);
		bytes.extend_from_slice(&sealed);
		Ok(bytes)
	}

	fn unseal(&self, sha256: &[u8; 32], bytes: &[u8]) -> Result<Row, KeyTableError> {
		let damaged = || KeyTableError::Damaged;
		let (head, rest) = bytes.split_first_chunk::<HEAD_LEN>().ok_or_else(damaged)?;
		let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(damaged)?;
		let [version, e0, e1, e2, e3, live, time @ ..] = *head;
		if version != ROW_VERSION {
			return Err(KeyTableError::Damaged);
		}
		let epoch = u32::from_be_bytes([e0, e1, e2, e3]);
		let key = self.keys.get(&epoch).ok_or(KeyTableError::UnknownEpoch(epoch))?;
		let plain = sealing::open(&key.key, nonce, &associated(sha256, head), sealed).ok_or_else(damaged)?;
		let (upload, record) =
			<(Upload, Option<u64>)>::decode_all(&mut plain.as_slice()).map_err(|_| KeyTableError::Damaged)?;
		let state = match (live, record) {
			(0, None) => RowState::Pending,
			(1, Some(id)) => RowState::Live(id),
			_ => return Err(KeyTableError::Damaged),
		};
		Ok(Row {
			upload,
			state,
			inserted_at: u64::from_be_bytes(time),
			epoch,
		})
	}
}

fn associated(sha256: &[u8; 32], head: &[u8]) -> Vec<u8> {
	[sha256.as_slice(), head].concat()
}

fn pending_key(time: u64, sha256: &[u8; 32]) -> [u8; 40] {
	let mut key = [0; 40];
	let source = time.to_be_bytes().into_iter().chain(*sha256);
	for (byte, value) in key.iter_mut().zip(source) {
		*byte = value;
	}
	key
}

fn sha256_of(pending: &[u8; 40]) -> [u8; 32] {
	pending.last_chunk().copied().unwrap_or_default()
}

fn failed(error: impl Into<redb::Error>) -> KeyTableError {
	KeyTableError::Database(Box::new(error.into()))
}
