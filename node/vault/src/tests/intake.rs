use std::fs;

use codec::Encode;

use super::{
	document,
	store::block_file,
	world::{context, sign, Prepared, World, AUTHOR, HOSPITAL, PATIENT, READER, START},
};
use crate::{
	chain::{AnchorQuery, Verdict},
	envelope::encrypt,
	holdings::Limits,
	intake::{UploadError, MAX_TICKET_LIFE_MS},
	key_table::{Inserted, RowState, TableStatus},
	store::{read_all, PayloadStore},
	ticket::UploadTicket,
	unixfs::{parse_cid, Block, CHUNK_LEN},
	wrap::{wrap, Binding, HpkeSecret, Purpose, Wrap},
};

pub(super) async fn take(world: &World, prepared: &Prepared) -> Result<Inserted, UploadError> {
	world
		.intake
		.take(&prepared.announcement, &mut &prepared.payload[..])
		.await
}

/// Refuses a changed upload before its body is read, and leaves nothing behind.
async fn refused_unread(world: &World, change: impl FnOnce(&mut Prepared)) -> UploadError {
	let mut prepared = world.prepare(b"a document");
	change(&mut prepared);
	prepared.sign();
	refused_unread_as_is(world, &prepared).await
}

async fn refused_unread_as_is(world: &World, prepared: &Prepared) -> UploadError {
	let mut body = &prepared.payload[..];
	let error = world.intake.take(&prepared.announcement, &mut body).await.unwrap_err();
	assert_eq!(body.len(), prepared.payload.len(), "the body was touched");
	is_clean(world).await;
	error
}

async fn is_clean(world: &World) {
	assert_eq!(world.table.status().unwrap(), TableStatus::default());
	assert!(world.table.begun().unwrap().is_empty());
	assert_eq!(world.store.usage().await.unwrap(), 0);
	for folder in ["pins", "staging"] {
		let path = world.folder.path().join("store").join(folder);
		assert_eq!(std::fs::read_dir(path).unwrap().count(), 0, "{folder}");
	}
}

#[tokio::test]
async fn an_upload_is_stored_pinned_and_pending() {
	let world = World::new();
	let prepared = world.prepare(&document(2 * CHUNK_LEN));
	assert_eq!(take(&world, &prepared).await.unwrap(), Inserted::New);
	let ticket = &prepared.announcement.ticket;
	let cid = parse_cid(&ticket.cid).unwrap();
	assert!(world.store.stat(&cid).await.unwrap().pinned);
	let stored = read_all(world.store.get(&cid, None).await.unwrap()).await.unwrap();
	assert_eq!(stored, prepared.payload);
	let row = world.table.row(&ticket.sha256).unwrap().unwrap();
	assert_eq!((row.state, row.upload), (RowState::Pending, prepared.upload()));
	assert!(world.table.begun().unwrap().is_empty());
}

#[tokio::test]
async fn the_same_upload_again_is_taken_without_its_body() {
	let world = World::new();
	let prepared = world.prepare(b"a document");
	take(&world, &prepared).await.unwrap();
	let mut body = &prepared.payload[..];
	let again = world.intake.take(&prepared.announcement, &mut body).await.unwrap();
	assert_eq!((again, body.len()), (Inserted::Repeated, prepared.payload.len()));
	assert_eq!(world.table.status().unwrap().pending, 1);
}

#[tokio::test]
async fn a_lost_payload_can_be_sent_again() {
	let world = World::new();
	let prepared = world.prepare(b"a document");
	take(&world, &prepared).await.unwrap();
	let cid = parse_cid(&prepared.announcement.ticket.cid).unwrap();
	world.store.unpin(&cid).await.unwrap();
	world.store.collect().await.unwrap();
	assert_eq!(take(&world, &prepared).await.unwrap(), Inserted::Repeated);
	assert!(world.store.stat(&cid).await.unwrap().pinned);
}

#[tokio::test]
async fn a_payload_that_lost_a_leaf_is_wanted_again() {
	let world = World::new();
	let prepared = world.prepare(&document(2 * CHUNK_LEN));
	take(&world, &prepared).await.unwrap();
	let leaf = Block::raw(prepared.payload[CHUNK_LEN..2 * CHUNK_LEN].to_vec())
		.unwrap()
		.cid;
	fs::remove_file(block_file(&world.folder.path().join("store"), &leaf)).unwrap();
	let cid = parse_cid(&prepared.announcement.ticket.cid).unwrap();
	assert!(world.store.stat(&cid).await.unwrap().pinned, "root and pin are there");

	let mut body = &prepared.payload[..];
	let again = world.intake.take(&prepared.announcement, &mut body).await.unwrap();
	assert_eq!((again, body.len()), (Inserted::Repeated, 0), "the body was not wanted");
	let stored = read_all(world.store.get(&cid, None).await.unwrap()).await.unwrap();
	assert_eq!(stored, prepared.payload);
}

#[tokio::test]
async fn the_same_upload_under_a_later_ticket_waits_longer() {
	let world = World::new();
	let mut prepared = world.prepare(b"a document");
	take(&world, &prepared).await.unwrap();
	prepared.announcement.ticket.not_after += 1000;
	prepared.sign();
	assert_eq!(take(&world, &prepared).await.unwrap(), Inserted::Repeated);
	let row = world.table.row(&prepared.announcement.ticket.sha256).unwrap().unwrap();
	assert_eq!(row.upload.ticket.not_after, START + 61_000);
}

#[tokio::test]
async fn another_upload_of_the_same_payload_is_refused_and_harms_nothing() {
	let world = World::new();
	let prepared = world.prepare(b"a document");
	take(&world, &prepared).await.unwrap();
	let mut thief = Prepared {
		announcement: prepared.announcement.clone(),
		payload: prepared.payload.clone(),
		key: super::world::data_key(0),
	};
	thief.announcement.signer = READER;
	thief.sign();
	assert!(matches!(take(&world, &thief).await, Err(UploadError::Duplicate)));
	let ticket = &prepared.announcement.ticket;
	assert_eq!(
		world.table.row(&ticket.sha256).unwrap().unwrap().upload,
		prepared.upload()
	);
	assert!(world.store.stat(&parse_cid(&ticket.cid).unwrap()).await.unwrap().pinned);
}

#[tokio::test]
async fn a_ticket_for_another_version_chain_or_institution_is_refused() {
	let world = World::new();
	let refuse = |change: fn(&mut UploadTicket)| {
		refused_unread(&world, move |prepared| change(&mut prepared.announcement.ticket))
	};
	assert!(matches!(
		refuse(|ticket| ticket.version = 2).await,
		UploadError::WrongVersion
	));
	assert!(matches!(
		refuse(|ticket| ticket.genesis[0] ^= 1).await,
		UploadError::WrongGenesis
	));
	let other = refuse(|ticket| ticket.institution = HOSPITAL + 1).await;
	assert!(matches!(other, UploadError::WrongInstitution));
}

#[tokio::test]
async fn a_ticket_with_an_impossible_cid_or_size_is_refused() {
	let world = World::new();
	let refuse = |change: fn(&mut UploadTicket)| {
		refused_unread(&world, move |prepared| change(&mut prepared.announcement.ticket))
	};
	assert!(matches!(refuse(|ticket| ticket.cid.clear()).await, UploadError::BadCid));
	assert!(matches!(refuse(|ticket| ticket.cid.push(0)).await, UploadError::BadCid));
	assert!(matches!(
		refuse(|ticket| ticket.cid = vec![1; 65]).await,
		UploadError::BadCid
	));
	assert!(matches!(
		refuse(|ticket| ticket.size = 0).await,
		UploadError::BadSize(0)
	));
	assert!(matches!(
		refuse(|ticket| ticket.size += 1).await,
		UploadError::BadSize(_)
	));
	assert!(matches!(
		refuse(|ticket| ticket.size = u64::MAX).await,
		UploadError::BadSize(_)
	));
}

#[tokio::test]
async fn a_payload_beyond_the_limits_is_refused() {
	let world = World::with_limits(Limits {
		payload: 16_503,
		disk: u64::MAX,
		spare: 0,
	});
	let error = refused_unread(&world, |_| ()).await;
	assert!(matches!(
		error,
		UploadError::TooLarge {
			size: 16_504,
			limit: 16_503
		}
	));

	let world = World::with_limits(Limits {
		payload: u64::MAX,
		disk: 16_503,
		spare: 0,
	});
	let error = refused_unread(&world, |_| ()).await;
	assert!(matches!(error, UploadError::TooLarge { limit: 16_503, .. }));

	let world = World::with_limits(Limits {
		payload: u64::MAX,
		disk: 2 * 16_504 - 1,
		spare: 0,
	});
	take(&world, &world.prepare(b"one")).await.unwrap();
	let mut second = world.prepare(b"two");
	second.announcement.signer = READER;
	second.sign();
	assert!(matches!(take(&world, &second).await, Err(UploadError::DiskLimit)));
	assert_eq!(world.table.status().unwrap().pending, 1);
}

#[tokio::test]
async fn an_expired_ticket_is_refused() {
	let world = World::new();
	let prepared = world.prepare(b"a document");
	world.later(60_000);
	world.finalise();
	world.later(1);
	let error = refused_unread_as_is(&world, &prepared).await;
	assert!(matches!(error, UploadError::Expired));
}

#[tokio::test]
async fn a_ticket_for_more_than_a_day_is_refused() {
	let world = World::new();
	let valid_for = |life: u64| move |prepared: &mut Prepared| prepared.announcement.ticket.not_after = START + life;
	let error = refused_unread(&world, valid_for(MAX_TICKET_LIFE_MS + 1)).await;
	assert!(matches!(error, UploadError::TicketTooLong));
	let mut longest = world.prepare(b"a document");
	valid_for(MAX_TICKET_LIFE_MS)(&mut longest);
	longest.sign();
	assert_eq!(take(&world, &longest).await.unwrap(), Inserted::New);
}

#[tokio::test]
async fn a_signature_by_another_or_over_another_ticket_is_refused() {
	let world = World::new();
	let mut prepared = world.prepare(b"a document");
	let payload = prepared.announcement.ticket.signing_payload();
	prepared.announcement.signature = sign(&READER, &payload);
	assert!(matches!(
		refused_unread_as_is(&world, &prepared).await,
		UploadError::BadSignature
	));
	prepared.sign();
	prepared.announcement.ticket.recorded_at += 1;
	assert!(matches!(
		refused_unread_as_is(&world, &prepared).await,
		UploadError::BadSignature
	));
}

#[tokio::test]
async fn who_may_not_append_may_not_upload() {
	let world = World::new();
	world.chain.state.lock().append = Verdict::Deny(9);
	let error = refused_unread(&world, |_| ()).await;
	assert!(matches!(error, UploadError::NotPermitted(9)));
	assert_eq!(error.reason(), Some(9));
	assert!(!error.to_string().contains('9'), "a number tells a person nothing");
	let asked = world.chain.state.lock().asked[0].clone();
	assert_eq!(
		(asked.requester, asked.patient, asked.institution),
		(AUTHOR, PATIENT, HOSPITAL)
	);
	assert_eq!(asked.category, context().category);
}

#[tokio::test]
async fn a_batch_is_taken_of_whoever_may_anchor_it() {
	let world = World::new();
	world.chain.state.lock().append = Verdict::Deny(9);
	let prepared = world.prepare_batch(b"readings");
	assert_eq!(take(&world, &prepared).await.unwrap(), Inserted::New);
	let row = world.table.row(&prepared.announcement.ticket.sha256).unwrap().unwrap();
	assert_eq!((row.state, row.upload), (RowState::Pending, prepared.upload()));
	let expected = AnchorQuery {
		requester: AUTHOR,
		institution: HOSPITAL,
		patient: PATIENT,
	};
	let state = world.chain.state.lock();
	assert_eq!(
		(state.asked_to_anchor.as_slice(), state.asked.len()),
		(&[expected][..], 0)
	);
}

#[tokio::test]
async fn who_may_not_anchor_may_upload_records_and_no_batch() {
	let world = World::new();
	world.chain.state.lock().may_anchor = false;
	let prepared = world.prepare_batch(b"readings");
	let error = refused_unread_as_is(&world, &prepared).await;
	assert!(matches!(error, UploadError::MayNotAnchor));
	assert_eq!(error.reason(), None);
	assert_eq!(
		take(&world, &world.prepare(b"a document")).await.unwrap(),
		Inserted::New
	);
	assert_eq!(world.chain.state.lock().asked_to_anchor.len(), 1);
}

#[tokio::test]
async fn a_ticket_of_a_batch_says_nothing_that_no_batch_is() {
	let world = World::new();
	let changes: [fn(&mut UploadTicket); 3] = [
		|ticket| ticket.category -= 1,
		|ticket| ticket.compartment = Some(1),
		|ticket| ticket.purpose = 4,
	];
	for change in changes {
		let mut prepared = world.prepare_batch(b"readings");
		change(&mut prepared.announcement.ticket);
		prepared.sign();
		let error = refused_unread_as_is(&world, &prepared).await;
		assert!(matches!(error, UploadError::BadBatch));
	}
}

#[tokio::test]
async fn the_tree_of_a_batch_is_checked_though_its_anchor_has_none() {
	let world = World::new();
	let mut prepared = world.prepare_batch(&document(2 * CHUNK_LEN));
	prepared.announcement.ticket.tree[0] ^= 1;
	prepared.sign();
	assert!(matches!(take(&world, &prepared).await, Err(UploadError::WrongTree)));
	is_clean(&world).await;
}

#[tokio::test]
async fn a_node_without_the_chain_takes_nothing() {
	let world = World::new();
	let mut prepared = world.prepare(b"a document");
	prepared.announcement.ticket.not_after += 1_000_000;
	prepared.sign();
	world.later(60_001);
	let error = refused_unread_as_is(&world, &prepared).await;
	assert!(matches!(error, UploadError::StaleChain));
	world.chain.state.lock().available = false;
	let error = refused_unread_as_is(&world, &prepared).await;
	assert!(matches!(error, UploadError::Chain(_)));
}

#[tokio::test]
async fn wraps_that_are_foreign_or_unusable_are_refused() {
	let world = World::new();
	let foreign = refused_unread(&world, |prepared| prepared.announcement.wraps.subject = None).await;
	assert!(matches!(foreign, UploadError::ForeignWraps));
	let rewrap = |prepared: &mut Prepared, custody| {
		prepared.announcement.wraps.custody = custody;
		prepared.announcement.ticket.wraps = prepared.announcement.wraps.hash();
	};
	let bad = refused_unread(&world, |prepared| rewrap(prepared, Wrap(vec![1; 80]))).await;
	assert!(matches!(bad, UploadError::BadWraps(_)));
	let closed = refused_unread(&world, |prepared| {
		let recipient = HpkeSecret::generate().unwrap().public();
		let ticket = &prepared.announcement.ticket;
		let binding = Binding {
			genesis: ticket.genesis,
			sha256: ticket.sha256,
			patient: ticket.patient,
			purpose: Purpose::Custody,
		};
		let custody = wrap(&prepared.key, &recipient, &binding).unwrap();
		rewrap(prepared, custody);
	})
	.await;
	assert!(matches!(closed, UploadError::ForeignCustodyWrap));
}

/// Refuses a changed body and leaves nothing behind.
async fn refused_body(change: impl FnOnce(&mut Prepared)) -> UploadError {
	let world = World::new();
	let mut prepared = world.prepare(&document(2 * CHUNK_LEN));
	change(&mut prepared);
	prepared.sign();
	let error = take(&world, &prepared).await.unwrap_err();
	is_clean(&world).await;
	assert!(world.store.collect().await.unwrap().blocks == 0);
	error
}

#[tokio::test]
async fn a_body_that_is_not_the_ticket_s_is_refused_and_leaves_nothing() {
	let short = refused_body(|prepared| prepared.payload.truncate(2 * CHUNK_LEN)).await;
	assert!(matches!(short, UploadError::TooShort));
	let empty = refused_body(|prepared| prepared.payload.clear()).await;
	assert!(matches!(empty, UploadError::TooShort));
	let long = refused_body(|prepared| prepared.payload.push(0)).await;
	assert!(matches!(long, UploadError::TooLong));
	let damaged = refused_body(|prepared| *prepared.payload.last_mut().unwrap() ^= 1).await;
	assert!(matches!(damaged, UploadError::WrongHash));
	let header = refused_body(|prepared| prepared.payload[50] ^= 1).await;
	assert!(matches!(header, UploadError::BadHeader(_)));
	let tree = refused_body(|prepared| prepared.announcement.ticket.tree[0] ^= 1).await;
	assert!(matches!(tree, UploadError::WrongTree));
	let cid = refused_body(|prepared| prepared.announcement.ticket.cid[10] ^= 1).await;
	assert!(matches!(cid, UploadError::WrongCid));
}

#[tokio::test]
async fn a_payload_of_another_context_is_refused() {
	// Encrypted for one category, announced as another.
	let error = refused_body(|prepared| prepared.announcement.ticket.category += 1).await;
	assert!(matches!(error, UploadError::BadHeader(_)));
	let error = refused_body(|prepared| prepared.announcement.ticket.media += 1).await;
	assert!(matches!(error, UploadError::BadHeader(_)));
}

#[tokio::test]
async fn a_payload_that_the_wrapped_key_does_not_open_is_refused() {
	let error = refused_body(|prepared| {
		// Another payload of the same size, with the wraps of the first.
		let mut payload = Vec::new();
		let document = document(2 * CHUNK_LEN);
		encrypt(&document[..], document.len() as u64, &context(), &mut payload).unwrap();
		prepared.payload = payload;
	})
	.await;
	assert!(matches!(error, UploadError::BadHeader(_)));
}

#[tokio::test]
async fn an_upload_under_way_is_not_taken_twice() {
	let world = World::new();
	let prepared = world.prepare(b"a document");
	let (client, mut body) = tokio::io::duplex(1024);
	let first = world.intake.take(&prepared.announcement, &mut body);
	tokio::pin!(first);
	// The first upload waits for its body.
	assert!(futures::poll!(&mut first).is_pending());
	while world.table.begun().unwrap().is_empty() {
		assert!(futures::poll!(&mut first).is_pending());
		tokio::task::yield_now().await;
	}
	assert!(matches!(take(&world, &prepared).await, Err(UploadError::InProgress)));
	drop(client);
	assert!(matches!(first.await, Err(UploadError::TooShort)));
	take(&world, &prepared).await.unwrap();
}

#[tokio::test]
async fn refusals_are_counted_by_their_code() {
	let world = World::new();
	refused_unread(&world, |prepared| prepared.announcement.ticket.version = 9).await;
	take(&world, &world.prepare(b"a document")).await.unwrap();
	assert_eq!(world.intake.outcomes().passed(), 1);
	let refused = world.intake.outcomes().refused();
	assert_eq!(refused.into_iter().collect::<Vec<_>>(), [("WrongVersion", 1)]);
}

#[test]
fn the_signed_bytes_are_what_wallets_sign() {
	let world = World::new();
	let ticket = world.prepare(b"x").announcement.ticket;
	let payload = ticket.signing_payload();
	assert!(payload.starts_with(b"<Bytes>salus/upload/1") && payload.ends_with(b"</Bytes>"));
	let hash = crate::hash::blake2_256(&ticket.encode());
	assert_eq!(payload[21..53], hash);
	assert_eq!(payload.len(), 21 + 32 + 8);
}
