use std::path::Path;

use redb::{Database, ReadableDatabase, TableDefinition};

use super::world::{World, PATIENT, READER, START};
use crate::{
	chain::RecordView,
	key_table::{EpochKey, Field, Inserted, KeyTable, KeyTableError, RowState, TableStatus, Upload},
};

const ROWS: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("rows");

fn upload(document: &[u8]) -> (Upload, RecordView) {
	let prepared = World::new().prepare(document);
	(prepared.upload(), prepared.record())
}

fn open(folder: &Path, keys: &[&EpochKey]) -> KeyTable {
	KeyTable::open(&folder.join("keys.redb"), keys.iter().map(|key| (*key).clone())).unwrap()
}

#[test]
fn a_row_is_pending_until_its_record_is_finalised() {
	let folder = tempfile::tempdir().unwrap();
	let table = open(folder.path(), &[&EpochKey::generate(1).unwrap()]);
	let (upload, record) = upload(b"x");
	assert_eq!(table.insert_pending(upload.clone(), START).unwrap(), Inserted::New);
	let row = table.row(&record.sha256).unwrap().unwrap();
	assert_eq!((row.state, row.inserted_at, row.epoch), (RowState::Pending, START, 1));
	assert_eq!(table.status().unwrap(), TableStatus { pending: 1, live: 0 });

	table.mark_live(&record.sha256, &record).unwrap();
	table.mark_live(&record.sha256, &record).unwrap();
	let row = table.row(&record.sha256).unwrap().unwrap();
	assert_eq!((row.state, row.upload), (RowState::Live(record.id), upload));
	assert_eq!(table.status().unwrap(), TableStatus { pending: 0, live: 1 });
	let other = RecordView {
		id: 99,
		..record.clone()
	};
	assert!(matches!(table.mark_live(&record.sha256, &other), Err(KeyTableError::AlreadyLive(id)) if id == record.id));
}

#[test]
fn the_same_upload_again_changes_nothing_and_another_is_refused() {
	let folder = tempfile::tempdir().unwrap();
	let table = open(folder.path(), &[&EpochKey::generate(1).unwrap()]);
	let (first, record) = upload(b"x");
	table.insert_pending(first.clone(), START).unwrap();
	assert_eq!(
		table.insert_pending(first.clone(), START + 1).unwrap(),
		Inserted::Repeated
	);
	let mut renewed = first.clone();
	renewed.ticket.not_after += 1000;
	assert_eq!(table.insert_pending(renewed, START + 1).unwrap(), Inserted::Repeated);

	let mut foreign = first.clone();
	foreign.signer = READER;
	assert!(matches!(
		table.insert_pending(foreign, START),
		Err(KeyTableError::Duplicate)
	));
	let mut rewrapped = first.clone();
	rewrapped.wraps.subject = None;
	assert!(matches!(
		table.insert_pending(rewrapped, START),
		Err(KeyTableError::Duplicate)
	));
	let row = table.row(&record.sha256).unwrap().unwrap();
	assert_eq!((row.upload, row.inserted_at), (first, START));
}

#[test]
fn a_record_that_differs_in_any_field_makes_nothing_live() {
	let folder = tempfile::tempdir().unwrap();
	let table = open(folder.path(), &[&EpochKey::generate(1).unwrap()]);
	let (upload, record) = upload(b"x");
	table.insert_pending(upload, START).unwrap();
	type Change = fn(&mut RecordView);
	let others: [(Field, Change); 11] = [
		(Field::Author, |record| record.author = READER),
		(Field::Patient, |record| record.patient = PATIENT + 1),
		(Field::Custodian, |record| record.custodian += 1),
		(Field::Category, |record| record.category += 1),
		(Field::Compartment, |record| record.compartment = Some(1)),
		(Field::Media, |record| record.media += 1),
		(Field::RecordedAt, |record| record.recorded_at += 1),
		(Field::Cid, |record| record.cid.push(0)),
		(Field::Sha256, |record| record.sha256[0] ^= 1),
		(Field::Tree, |record| record.tree[0] ^= 1),
		(Field::Size, |record| record.size += 1),
	];
	for (field, change) in others {
		let mut other = record.clone();
		change(&mut other);
		let result = table.mark_live(&record.sha256, &other);
		assert!(matches!(result, Err(KeyTableError::Mismatch(found)) if found == field));
	}
	assert_eq!(table.row(&record.sha256).unwrap().unwrap().state, RowState::Pending);
	assert!(matches!(
		table.mark_live(&[0; 32], &record),
		Err(KeyTableError::NotFound)
	));
}

#[test]
fn what_was_never_registered_is_reaped() {
	let folder = tempfile::tempdir().unwrap();
	let table = open(folder.path(), &[&EpochKey::generate(1).unwrap()]);
	let [(old, old_record), (live, live_record), (late, late_record), (new, new_record)] =
		[b"old", b"liv", b"lat", b"new"].map(|document| upload(document));
	table.insert_pending(old.clone(), START).unwrap();
	table.insert_pending(live, START).unwrap();
	table.insert_pending(late.clone(), START).unwrap();
	table.insert_pending(new, START + 10).unwrap();
	table.mark_live(&live_record.sha256, &live_record).unwrap();

	// The late one was finalised, but nobody had told the table.
	let registered = |upload: &Upload| (*upload == late).then(|| late_record.clone());
	assert_eq!(table.reap(START + 10, registered).unwrap(), [old.ticket.cid]);
	assert!(table.row(&old_record.sha256).unwrap().is_none());
	let state = |record: &RecordView| table.row(&record.sha256).unwrap().unwrap().state;
	assert_eq!(state(&live_record), RowState::Live(live_record.id));
	assert_eq!(state(&late_record), RowState::Live(late_record.id));
	assert_eq!(state(&new_record), RowState::Pending);
	assert!(table.reap(START + 10, |_| None).unwrap().is_empty());
}

#[test]
fn rows_are_there_after_a_crash() {
	let folder = tempfile::tempdir().unwrap();
	let key = EpochKey::generate(1).unwrap();
	let table = open(folder.path(), &[&key]);
	let (upload, record) = upload(b"x");
	table.insert_pending(upload, START).unwrap();

	// What is on the disk now is what a power failure would leave.
	let copy = tempfile::tempdir().unwrap();
	std::fs::copy(folder.path().join("keys.redb"), copy.path().join("keys.redb")).unwrap();
	let revived = open(copy.path(), &[&key]);
	assert_eq!(revived.row(&record.sha256).unwrap().unwrap().state, RowState::Pending);
}

#[test]
fn rows_open_under_their_epoch_s_key_alone() {
	let folder = tempfile::tempdir().unwrap();
	let first = EpochKey::generate(1).unwrap();
	let (upload, record) = upload(b"x");
	open(folder.path(), &[&first]).insert_pending(upload, START).unwrap();

	let second = EpochKey::generate(2).unwrap();
	let result = open(folder.path(), &[&second]).row(&record.sha256);
	assert!(matches!(result, Err(KeyTableError::UnknownEpoch(1))));
	let wrong = EpochKey::generate(1).unwrap();
	let result = open(folder.path(), &[&wrong]).row(&record.sha256);
	assert!(matches!(result, Err(KeyTableError::Damaged)));
	let both = open(folder.path(), &[&first, &second]);
	both.mark_live(&record.sha256, &record).unwrap();
	assert_eq!(both.row(&record.sha256).unwrap().unwrap().epoch, 2);
	let none = KeyTable::open(&folder.path().join("keys.redb"), []);
	assert!(matches!(none, Err(KeyTableError::NoEpochKey)));
}

#[test]
fn a_row_changed_on_the_disk_is_damaged() {
	let folder = tempfile::tempdir().unwrap();
	let key = EpochKey::generate(1).unwrap();
	let (upload, record) = upload(b"x");
	open(folder.path(), &[&key]).insert_pending(upload, START).unwrap();
	let database = Database::open(folder.path().join("keys.redb")).unwrap();
	let sealed = {
		let read = database.begin_read().unwrap();
		let rows = read.open_table(ROWS).unwrap();
		let sealed = rows.get(&record.sha256).unwrap().unwrap().value().to_vec();
		sealed
	};
	drop(database);
	// Everywhere but in the epoch's number, which has an error of its own.
	for at in (0..sealed.len()).filter(|at| !(1..5).contains(at)) {
		let mut bytes = sealed.clone();
		bytes[at] ^= 1;
		write(folder.path(), &record.sha256, &bytes);
		let result = open(folder.path(), &[&key]).row(&record.sha256);
		assert!(matches!(result, Err(KeyTableError::Damaged)), "byte {at}");
		if at > 60 {
			break;
		}
	}
	// A row of one payload does not pass for another's.
	write(folder.path(), &[5; 32], &sealed);
	let result = open(folder.path(), &[&key]).row(&[5; 32]);
	assert!(matches!(result, Err(KeyTableError::Damaged)));
	write(folder.path(), &record.sha256, &sealed[..20]);
	let result = open(folder.path(), &[&key]).row(&record.sha256);
	assert!(matches!(result, Err(KeyTableError::Damaged)));
}

fn write(folder: &Path, sha256: &[u8; 32], bytes: &[u8]) {
	let database = Database::open(folder.join("keys.redb")).unwrap();
	let change = database.begin_write().unwrap();
	change.open_table(ROWS).unwrap().insert(sha256, bytes).unwrap();
	change.commit().unwrap();
}

#[test]
fn no_key_stands_in_the_table_in_clear() {
	let folder = tempfile::tempdir().unwrap();
	let table = open(folder.path(), &[&EpochKey::generate(1).unwrap()]);
	let (upload, _) = upload(b"x");
	let wrap = upload.wraps.custody.0.clone();
	table.insert_pending(upload, START).unwrap();
	drop(table);
	let bytes = std::fs::read(folder.path().join("keys.redb")).unwrap();
	assert!(!bytes.windows(32).any(|window| window == &wrap[..32]));
}
