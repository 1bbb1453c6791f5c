//! The key table: one sealed row for each payload, on the custodian's disk alone, which can forget.
//!
//! A row is inserted once and is pending until a finalised record equals its ticket in every field, or the anchor of a
//! finalised batch in every field that it has.

mod error;
mod keys;
mod row;

use std::{
	collections::HashMap,
	fs::{File, OpenOptions, Permissions},
	io,
	os::unix::fs::{OpenOptionsExt, PermissionsExt},
	path::Path,
};

use parking_lot::Mutex;
use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};

use self::keys::Keys;
use crate::{
	chain::{AccountId, RecordView},
	file::{folder, sync_folder},
};

pub use error::{Field, KeyTableError};
pub use keys::EpochKey;
pub use row::{Row, RowState, Upload};

const ROWS: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("rows");
/// Pending rows by the end of their tickets (big-endian milliseconds) and SHA-256.
const PENDING: TableDefinition<'_, &[u8; 40], ()> = TableDefinition::new("pending-until");
/// Payloads that may be in the store without a row, with the CIDs that their signers claim for them.
const BEGUN: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("begun");

/// Rows that are opened at the start to see whether the keys are theirs: one may be damaged, not all.
const PROBED: usize = 16;

/// Whether an insertion changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
	/// A new row.
	New,
	/// The same upload was there already.
	Repeated,
}

/// A payload that may be in the store without a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
	/// SHA-256 of the payload.
	pub sha256: [u8; 32],
	/// CID in binary form, as the signer claimed it: until the payload was seen, nothing says that it is the payload's.
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
	keys: Keys,
	/// Bytes of the pending rows' payloads, by signer. Held while a change adds or ends a pending row.
	waiting: Mutex<HashMap<AccountId, u64>>,
}

impl KeyTable {
	/// Opens or creates the table, for its owner's eyes alone, with the epoch keys that its rows are sealed under; new
	/// rows use the latest.
	///
	/// # Errors
	/// `NoEpochKey`, `Database`; `UnknownEpoch` or `WrongEpochKey` when the keys are not those of the rows
	pub fn open(path: &Path, keys: impl IntoIterator<Item = EpochKey>) -> Result<Self, KeyTableError> {
		let keys = Keys::new(keys)?;
		let file = private_file(path).map_err(failed)?;
		let database = Database::builder().create_file(file).map_err(failed)?;
		let begin = database.begin_write().map_err(failed)?;
		begin.open_table(ROWS).map_err(failed)?;
		begin.open_table(PENDING).map_err(failed)?;
		begin.open_table(BEGUN).map_err(failed)?;
		begin.commit().map_err(failed)?;
		let table = Self {
			database,
			keys,
			waiting: Mutex::default(),
		};
		table.probe()?;
		let waiting = table.count_waiting()?;
		*table.waiting.lock() = waiting;
		Ok(table)
	}

	/// Notes that an upload's bytes are about to be stored.
	///
	/// # Errors
	/// `Database`
	pub fn begin(&self, sha256: &[u8; 32], cid: &[u8]) -> Result<(), KeyTableError> {
		let change = self.change()?;
		note_begun(&change, sha256, cid)?;
		change.commit().map_err(failed)
	}

	/// Whether a payload is noted as begun.
	///
	/// # Errors
	/// `Database`
	pub fn is_begun(&self, sha256: &[u8; 32]) -> Result<bool, KeyTableError> {
		let read = self.database.begin_read().map_err(failed)?;
		let begun = read.open_table(BEGUN).map_err(failed)?;
		Ok(begun.get(sha256).map_err(failed)?.is_some())
	}

	/// Notes that nothing without a row is left of a payload in the store.
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

	/// Payloads that were begun or forgotten, and neither inserted nor abandoned since.
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

	/// Inserts a pending row. The same upload again moves the end of a pending row's ticket, if the new one ends later,
	/// and changes nothing else; no other upload ever overwrites a row.
	///
	/// # Errors
	/// `Duplicate`, `NoRandomness`, `Database`, `UnknownEpoch`, `Damaged`
	pub fn insert_pending(&self, upload: Upload, now: u64) -> Result<Inserted, KeyTableError> {
		let sha256 = upload.ticket.sha256;
		let mut waiting = self.waiting.lock();
		let change = self.change()?;
		change
			.open_table(BEGUN)
			.map_err(failed)?
			.remove(&sha256)
			.map_err(failed)?;
		let Some(row) = self.read_row(&change, &sha256)? else {
			let (signer, size) = (upload.signer, upload.ticket.size);
			list(&change, &upload)?;
			self.write_row(
				&change,
				&Row {
					upload,
					state: RowState::Pending,
					inserted_at: now,
					epoch: self.keys.epoch(),
				},
			)?;
			change.commit().map_err(failed)?;
			let sum = waiting.entry(signer).or_default();
			*sum = sum.saturating_add(size);
			return Ok(Inserted::New);
		};
		if !row.upload.repeats(&upload) {
			return Err(KeyTableError::Duplicate);
		}
		if row.state == RowState::Pending && upload.ticket.not_after > row.upload.ticket.not_after {
			unlist(&change, &row.upload)?;
			list(&change, &upload)?;
			self.write_row(&change, &Row { upload, ..row })?;
		}
		change.commit().map_err(failed)?;
		Ok(Inserted::Repeated)
	}

	/// Makes a row live once its record is finalised and equals the ticket in every field, or its batch.
	///
	/// # Errors
	/// `NotFound`, `Mismatch`, `AlreadyLive`, `UnknownEpoch`, `Damaged`, `NoRandomness`, `Database`
	pub fn mark_live(&self, sha256: &[u8; 32], record: &RecordView) -> Result<(), KeyTableError> {
		let mut waiting = self.waiting.lock();
		let change = self.change()?;
		let row = self.read_row(&change, sha256)?.ok_or(KeyTableError::NotFound)?;
		row.upload.check_record(record)?;
		match row.state {
			RowState::Live(object) if object == record.object => return Ok(()),
			RowState::Live(object) => return Err(KeyTableError::AlreadyLive(object)),
			RowState::Pending => {}
		}
		unlist(&change, &row.upload)?;
		let row = Row {
			state: RowState::Live(record.object),
			..row
		};
		self.write_row(&change, &row)?;
		change.commit().map_err(failed)?;
		end_waiting(&mut waiting, &row.upload);
		Ok(())
	}

	/// Takes a pending row out, unless it has changed since it was read, and notes its payload as begun, in one change:
	/// whoever sweeps drops the payload, now or after a crash. Says whether it did.
	///
	/// # Errors
	/// `UnknownEpoch`, `Damaged`, `Database`
	pub fn forget(&self, upload: &Upload) -> Result<bool, KeyTableError> {
		let sha256 = &upload.ticket.sha256;
		let mut waiting = self.waiting.lock();
		let change = self.change()?;
		let row = self.read_row(&change, sha256)?;
		if !row.is_some_and(|row| row.state == RowState::Pending && row.upload == *upload) {
			return Ok(false);
		}
		change
			.open_table(ROWS)
			.map_err(failed)?
			.remove(sha256)
			.map_err(failed)?;
		unlist(&change, upload)?;
		note_begun(&change, sha256, &upload.ticket.cid)?;
		change.commit().map_err(failed)?;
		end_waiting(&mut waiting, upload);
		Ok(true)
	}

	/// SHA-256 of the pending rows whose tickets ended before this time, the longest overdue first.
	///
	/// # Errors
	/// `Database`
	pub fn overdue(&self, before: u64) -> Result<Vec<[u8; 32]>, KeyTableError> {
		let read = self.database.begin_read().map_err(failed)?;
		let pending = read.open_table(PENDING).map_err(failed)?;
		let end = pending_key(before, &[0; 32]);
		let mut overdue = Vec::new();
		for entry in pending.range::<&[u8; 40]>(..&end).map_err(failed)? {
			overdue.push(sha256_of(entry.map_err(failed)?.0.value()));
		}
		Ok(overdue)
	}

	/// The row of a payload.
	///
	/// # Errors
	/// `UnknownEpoch`, `Damaged`, `Database`
	pub fn row(&self, sha256: &[u8; 32]) -> Result<Option<Row>, KeyTableError> {
		let read = self.database.begin_read().map_err(failed)?;
		let rows = read.open_table(ROWS).map_err(failed)?;
		let sealed = rows.get(sha256).map_err(failed)?;
		sealed
			.map(|sealed| self.keys.unseal(sha256, sealed.value()))
			.transpose()
	}

	/// Whether there is a row of a payload, be it damaged.
	///
	/// # Errors
	/// `Database`
	pub fn has_row(&self, sha256: &[u8; 32]) -> Result<bool, KeyTableError> {
		let read = self.database.begin_read().map_err(failed)?;
		let rows = read.open_table(ROWS).map_err(failed)?;
		Ok(rows.get(sha256).map_err(failed)?.is_some())
	}

	/// Bytes of the payloads that an account uploaded and that wait for their records.
	pub fn waiting(&self, signer: &AccountId) -> u64 {
		self.waiting.lock().get(signer).copied().unwrap_or_default()
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

	/// Flips a bit of a row on the disk.
	#[cfg(test)]
	pub(crate) fn damage(&self, sha256: &[u8; 32]) -> Result<(), KeyTableError> {
		let change = self.change()?;
		{
			let mut rows = change.open_table(ROWS).map_err(failed)?;
			let sealed = rows.get(sha256).map_err(failed)?.map(|sealed| sealed.value().to_vec());
			let mut sealed = sealed.ok_or(KeyTableError::NotFound)?;
			if let Some(last) = sealed.last_mut() {
				*last ^= 1;
			}
			rows.insert(sha256, sealed.as_slice()).map_err(failed)?;
		}
		change.commit().map_err(failed)
	}

	/// Refuses keys that open none of the first rows: with them every row would look damaged.
	fn probe(&self) -> Result<(), KeyTableError> {
		let read = self.database.begin_read().map_err(failed)?;
		let rows = read.open_table(ROWS).map_err(failed)?;
		let mut refused = Ok(());
		for entry in rows.iter().map_err(failed)?.take(PROBED) {
			let (sha256, sealed) = entry.map_err(failed)?;
			match self.keys.unseal(sha256.value(), sealed.value()) {
				Ok(_) => return Ok(()),
				Err(KeyTableError::Damaged) => refused = Err(KeyTableError::WrongEpochKey(self.keys.epoch())),
				Err(error) => refused = Err(error),
			}
		}
		refused
	}

	fn count_waiting(&self) -> Result<HashMap<AccountId, u64>, KeyTableError> {
		let mut waiting = HashMap::<AccountId, u64>::new();
		for sha256 in self.overdue(u64::MAX)? {
			match self.row(&sha256) {
				Ok(Some(row)) => {
					let sum = waiting.entry(row.upload.signer).or_default();
					*sum = sum.saturating_add(row.upload.ticket.size);
				}
				// Whose it was cannot be read.
				Ok(None) | Err(KeyTableError::Damaged | KeyTableError::UnknownEpoch(_)) => {}
				Err(error) => return Err(error),
			}
		}
		Ok(waiting)
	}

	fn change(&self) -> Result<WriteTransaction, KeyTableError> {
		self.database.begin_write().map_err(failed)
	}

	fn read_row(&self, change: &WriteTransaction, sha256: &[u8; 32]) -> Result<Option<Row>, KeyTableError> {
		let rows = change.open_table(ROWS).map_err(failed)?;
		let sealed = rows.get(sha256).map_err(failed)?;
		sealed
			.map(|sealed| self.keys.unseal(sha256, sealed.value()))
			.transpose()
	}

	fn write_row(&self, change: &WriteTransaction, row: &Row) -> Result<(), KeyTableError> {
		let sealed = self.keys.seal(row)?;
		let sha256 = row.upload.ticket.sha256;
		let mut rows = change.open_table(ROWS).map_err(failed)?;
		rows.insert(&sha256, sealed.as_slice()).map_err(failed)?;
		Ok(())
	}
}

/// The file, of mode 0600 from the first moment on, and its name on the disk.
fn private_file(path: &Path) -> io::Result<File> {
	let file = OpenOptions::new()
		.read(true)
		.write(true)
		.create(true)
		.truncate(false)
		.mode(0o600)
		.open(path)?;
	file.set_permissions(Permissions::from_mode(0o600))?;
	sync_folder(folder(path))?;
	Ok(file)
}

fn note_begun(change: &WriteTransaction, sha256: &[u8; 32], cid: &[u8]) -> Result<(), KeyTableError> {
	let mut begun = change.open_table(BEGUN).map_err(failed)?;
	begun.insert(sha256, cid).map_err(failed)?;
	Ok(())
}

fn list(change: &WriteTransaction, upload: &Upload) -> Result<(), KeyTableError> {
	let mut pending = change.open_table(PENDING).map_err(failed)?;
	let key = pending_key(upload.ticket.not_after, &upload.ticket.sha256);
	pending.insert(&key, ()).map_err(failed)?;
	Ok(())
}

fn unlist(change: &WriteTransaction, upload: &Upload) -> Result<(), KeyTableError> {
	let mut pending = change.open_table(PENDING).map_err(failed)?;
	let key = pending_key(upload.ticket.not_after, &upload.ticket.sha256);
	pending.remove(&key).map_err(failed)?;
	Ok(())
}

fn end_waiting(waiting: &mut HashMap<AccountId, u64>, upload: &Upload) {
	if let Some(sum) = waiting.get_mut(&upload.signer) {
		*sum = sum.saturating_sub(upload.ticket.size);
		if *sum == 0 {
			waiting.remove(&upload.signer);
		}
	}
}

fn pending_key(until: u64, sha256: &[u8; 32]) -> [u8; 40] {
	let mut key = [0; 40];
	let source = until.to_be_bytes().into_iter().chain(*sha256);
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
