use std::{os::unix::fs::PermissionsExt, path::Path};

use codec::Encode;
use redb::{Database, ReadableDatabase, TableDefinition};

use super::world::{World, AUTHOR, PATIENT, READER, START};
use crate::{
	chain::{Object, RecordView},
	key_table::{Begun, EpochKey, Field, Inserted, KeyTable, KeyTableError, RowState, TableStatus, Upload},
	sealing::seal,
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
	assert_eq!((row.state, row.upload), (RowState::Live(record.object), upload));
	assert_eq!(table.status().unwrap(), TableStatus { pending: 0, live: 1 });
	let other = RecordView {
		object: Object::Record(99),
		..record.clone()
	};
	let refused = table.mark_live(&record.sha256, &other);
	assert!(matches!(refused, Err(KeyTableError::AlreadyLive(object)) if object == record.object));
}

#[test]
fn the_row_of_a_batch_is_live_for_its_anchor_and_for_no_record() {
	let folder = tempfile::tempdir().unwrap();
	let key = EpochKey::generate(1).unwrap();
	let table = open(folder.path(), &[&key]);
	let prepared = World::new().prepare_batch(b"readings");
	let (sha256, anchor) = (prepared.announcement.ticket.sha256, prepared.anchor(7));
	table.insert_pending(prepared.upload(), START).unwrap();
	// No record has such a media type.
	let record = RecordView {
		media: 6,
		..prepared.record()
	};
	let refused = table.mark_live(&sha256, &record);
	assert!(matches!(refused, Err(KeyTableError::Mismatch(Field::Media))));
	table.mark_live(&sha256, &anchor).unwrap();
	for other in [
		prepared.anchor(8),
		RecordView {
			object: Object::Record(7),
			..anchor.clone()
		},
	] {
		let refused = table.mark_live(&sha256, &other);
		assert!(matches!(refused, Err(KeyTableError::AlreadyLive(Object::Batch(7)))));
	}
	drop(table);
	let row = open(folder.path(), &[&key]).row(&sha256).unwrap().unwrap();
	assert_eq!(
		(row.state, row.upload),
		(RowState::Live(Object::Batch(7)), prepared.upload())
	);
}

#[test]
fn an_anchor_that_differs_in_any_field_makes_nothing_live() {
	let folder = tempfile::tempdir().unwrap();
	let table = open(folder.path(), &[&EpochKey::generate(1).unwrap()]);
	let prepared = World::new().prepare_batch(b"readings");
	let anchor = prepared.anchor(7);
	table.insert_pending(prepared.upload(), START).unwrap();
	type Change = fn(&mut RecordView);
	let others: [(Field, Change); 7] = [
		(Field::Patient, |anchor| anchor.patient = PATIENT + 1),
		(Field::Custodian, |anchor| anchor.custodian += 1),
		(Field::Category, |anchor| anchor.category += 1),
		(Field::RecordedAt, |anchor| anchor.recorded_at += 1),
		(Field::Cid, |anchor| anchor.cid.push(0)),
		(Field::Sha256, |anchor| anchor.sha256[0] ^= 1),
		(Field::Size, |anchor| anchor.size += 1),
	];
	for (field, change) in others {
		let mut other = anchor.clone();
		change(&mut other);
		let refused = table.mark_live(&anchor.sha256, &other);
		assert!(matches!(refused, Err(KeyTableError::Mismatch(found)) if found == field));
	}
	assert_eq!(table.row(&anchor.sha256).unwrap().unwrap().state, RowState::Pending);
}

/// A row as it was written before there were batches, from the format's text; under another version's number too.
fn row_of_records(version: u8, key: &EpochKey, upload: &Upload, record: Option<u64>) -> Vec<u8> {
	let mut head = vec![version];
	head.extend_from_slice(&key.epoch.to_be_bytes());
	head.push(u8::from(record.is_some()));
	head.extend_from_slice(&START.to_be_bytes());
	let (nonce, plain) = ([3; 24], (upload, record).encode());
	let associated = [upload.ticket.sha256.as_slice(), &head].concat();
	let sealed = seal(&key.key, &nonce, &associated, &plain).unwrap();
	[head.as_slice(), &nonce, &sealed].concat()
}

#[test]
fn rows_from_before_there_were_batches_are_read_and_go_on() {
	let folder = tempfile::tempdir().unwrap();
	let key = EpochKey::generate(1).unwrap();
	drop(open(folder.path(), &[&key]));
	let [(pending, pending_record), (live, live_record)] = [b"one", b"two"].map(|document| upload(document));
	write(
		folder.path(),
		&pending_record.sha256,
		&row_of_records(1, &key, &pending, None),
	);
	write(
		folder.path(),
		&live_record.sha256,
		&row_of_records(1, &key, &live, Some(5)),
	);

	let table = open(folder.path(), &[&key]);
	let row = table.row(&live_record.sha256).unwrap().unwrap();
	assert_eq!((row.state, &row.upload), (RowState::Live(Object::Record(5)), &live));
	let row = table.row(&pending_record.sha256).unwrap().unwrap();
	assert_eq!(
		(row.state, row.upload, row.inserted_at),
		(RowState::Pending, pending, START)
	);
	table.mark_live(&pending_record.sha256, &pending_record).unwrap();
	let row = table.row(&pending_record.sha256).unwrap().unwrap();
	assert_eq!(row.state, RowState::Live(pending_record.object));

	drop(table);

	for version in [0, 2, 3] {
		write(
			folder.path(),
			&live_record.sha256,
			&row_of_records(version, &key, &live, Some(5)),
		);
		let damaged = open(folder.path(), &[&key]).row(&live_record.sha256);
		assert!(matches!(damaged, Err(KeyTableError::Damaged)), "version {version}");
	}
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
	let mut earlier = first.clone();
	earlier.ticket.not_after -= 1000;
	assert_eq!(table.insert_pending(earlier, START + 1).unwrap(), Inserted::Repeated);

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
		(Field::Author, |record| record.author = Some(READER)),
		(Field::Patient, |record| record.patient = PATIENT + 1),
		(Field::Custodian, |record| record.custodian += 1),
		(Field::Category, |record| record.category += 1),
		(Field::Compartment, |record| record.compartment = Some(1)),
		(Field::Media, |record| record.media += 1),
		(Field::RecordedAt, |record| record.recorded_at += 1),
		(Field::Cid, |record| record.cid.push(0)),
		(Field::Sha256, |record| record.sha256[0] ^= 1),
		(Field::Tree, |record| record.tree = Some([0; 32])),
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
fn a_pending_row_is_overdue_once_its_last_ticket_has_ended() {
	let folder = tempfile::tempdir().unwrap();
	let table = open(folder.path(), &[&EpochKey::generate(1).unwrap()]);
	let [(first, first_record), (second, _), (live, live_record)] =
		[b"one", b"two", b"liv"].map(|document| upload(document));
	let end = first.ticket.not_after;
	let mut second = second;
	second.ticket.not_after = end - 1;
	for upload in [&first, &second, &live] {
		table.insert_pending(upload.clone(), START).unwrap();
	}
	table.mark_live(&live_record.sha256, &live_record).unwrap();
	assert!(table.overdue(end - 1).unwrap().is_empty());
	assert_eq!(table.overdue(end).unwrap(), [second.ticket.sha256]);
	assert_eq!(
		table.overdue(end + 1).unwrap(),
		[second.ticket.sha256, first.ticket.sha256]
	);

	let mut renewed = first.clone();
	renewed.ticket.not_after = end + 5000;
	assert_eq!(
		table.insert_pending(renewed.clone(), START + 1).unwrap(),
		Inserted::Repeated
	);
	assert_eq!(table.overdue(end + 5000).unwrap(), [second.ticket.sha256]);
	assert_eq!(table.overdue(end + 5001).unwrap().len(), 2);
	let row = table.row(&first_record.sha256).unwrap().unwrap();
	assert_eq!((row.upload, row.inserted_at), (renewed.clone(), START));
	assert_eq!(table.status().unwrap(), TableStatus { pending: 2, live: 1 });

	// The live one is never overdue again, whatever ticket repeats it.
	let mut live = live;
	live.ticket.not_after += 1;
	assert_eq!(table.insert_pending(live, START).unwrap(), Inserted::Repeated);
	assert_eq!(table.overdue(end + 5001).unwrap().len(), 2);
	table.mark_live(&first_record.sha256, &first_record).unwrap();
	assert_eq!(table.overdue(end + 5001).unwrap(), [second.ticket.sha256]);
}

#[test]
fn a_forgotten_row_leaves_its_payload_to_whoever_sweeps() {
	let folder = tempfile::tempdir().unwrap();
	let table = open(folder.path(), &[&EpochKey::generate(1).unwrap()]);
	let (upload, record) = upload(b"x");
	assert!(!table.forget(&upload).unwrap());
	table.insert_pending(upload.clone(), START).unwrap();
	let mut stale = upload.clone();
	stale.ticket.not_after -= 1;
	assert!(!table.forget(&stale).unwrap(), "it was renewed meanwhile");
	assert!(table.begun().unwrap().is_empty());

	assert!(table.forget(&upload).unwrap());
	assert!(table.row(&record.sha256).unwrap().is_none());
	assert!(table.overdue(u64::MAX).unwrap().is_empty());
	let begun = Begun {
		sha256: record.sha256,
		cid: record.cid.clone(),
	};
	assert_eq!(table.begun().unwrap(), [begun]);

	table.insert_pending(upload.clone(), START).unwrap();
	assert!(table.begun().unwrap().is_empty());
	table.mark_live(&record.sha256, &record).unwrap();
	assert!(!table.forget(&upload).unwrap(), "it is live");
	assert!(table.has_row(&record.sha256).unwrap());
}

#[test]
fn what_waits_is_counted_by_signer() {
	let folder = tempfile::tempdir().unwrap();
	let key = EpochKey::generate(1).unwrap();
	let table = open(folder.path(), &[&key]);
	let [(one, record), (two, _), (other, _)] = [b"one", b"two", b"oth"].map(|document| upload(document));
	let mut other = other;
	other.signer = READER;
	let size = one.ticket.size;
	for upload in [&one, &two, &other, &one] {
		table.insert_pending(upload.clone(), START).unwrap();
	}
	assert_eq!((table.waiting(&AUTHOR), table.waiting(&READER)), (2 * size, size));
	table.mark_live(&record.sha256, &record).unwrap();
	table.mark_live(&record.sha256, &record).unwrap();
	assert_eq!(table.waiting(&AUTHOR), size);
	drop(table);

	let table = open(folder.path(), &[&key]);
	assert_eq!((table.waiting(&AUTHOR), table.waiting(&READER)), (size, size));
	table.forget(&two).unwrap();
	table.forget(&two).unwrap();
	assert_eq!(table.waiting(&AUTHOR), 0);
}

#[test]
fn only_the_owner_reads_the_file() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("keys.redb");
	let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
	let key = EpochKey::generate(1).unwrap();
	drop(open(folder.path(), &[&key]));
	assert_eq!(mode(), 0o600);
	// As earlier versions made it.
	std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
	drop(open(folder.path(), &[&key]));
	assert_eq!(mode(), 0o600);
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

	let path = folder.path().join("keys.redb");
	let second = EpochKey::generate(2).unwrap();
	let result = KeyTable::open(&path, [second.clone()]);
	assert!(matches!(result.err(), Some(KeyTableError::UnknownEpoch(1))));
	let wrong = EpochKey::generate(1).unwrap();
	let result = KeyTable::open(&path, [wrong]);
	assert!(matches!(result.err(), Some(KeyTableError::WrongEpochKey(1))));
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
	let (damaged, record) = upload(b"x");
	open(folder.path(), &[&key]).insert_pending(damaged, START).unwrap();
	let database = Database::open(folder.path().join("keys.redb")).unwrap();
	let sealed = {
		let read = database.begin_read().unwrap();
		let rows = read.open_table(ROWS).unwrap();
		let sealed = rows.get(&record.sha256).unwrap().unwrap().value().to_vec();
		sealed
	};
	drop(database);
	// One row that opens, so that the table does.
	let (whole, _) = upload(b"whole");
	open(folder.path(), &[&key]).insert_pending(whole, START).unwrap();
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
