use codec::Encode;

use super::world::{sign, World, ANCHOR, AUTHOR, HOSPITAL, READER, RECEIPT, RECORD, START};
use crate::{
	chain::{Object, Verdict},
	desk::{Release, ReleaseError},
	key_table::RowState,
	request::{ReleaseRequest, MAX_REQUEST_LEN},
	wrap::{open, Binding, HpkeKey, HpkeSecret, Purpose, Wrap, WrapError},
};

fn ask(world: &World, request: &ReleaseRequest) -> Result<Release, ReleaseError> {
	let signature = sign(&request.requester, &request.signing_payload());
	let authorised = world.desk.authorise(request, &signature).map_err(|error| error.code());
	let released = world.desk.release(request, &signature);
	assert_eq!(authorised.err(), released.as_ref().map_err(ReleaseError::code).err());
	released
}

fn refusal(world: &World, change: impl FnOnce(&mut ReleaseRequest)) -> ReleaseError {
	let mut request = world.request(&HpkeSecret::generate().unwrap());
	change(&mut request);
	ask(world, &request).unwrap_err()
}

#[test]
fn a_permitted_reader_gets_the_key_sealed_to_her_alone() {
	let world = World::new();
	let prepared = world.registered();
	let recipient = HpkeSecret::generate().unwrap();
	let request = world.request(&recipient);
	let release = ask(&world, &request).unwrap();
	let record = prepared.record();
	assert!(release.open(&recipient, &request, &record).unwrap() == prepared.key);
	let other = HpkeSecret::generate().unwrap();
	assert_eq!(release.open(&other, &request, &record), Err(WrapError::WrongKey));
	let another = ReleaseRequest {
		nonce: [0; 16],
		..request.clone()
	};
	assert_eq!(release.open(&recipient, &another, &record), Err(WrapError::WrongKey));
	assert!(request.encode().len() <= MAX_REQUEST_LEN && release.encode().len() <= MAX_REQUEST_LEN);
}

#[test]
fn the_patient_opens_her_own_wrap_without_a_desk() {
	let world = World::new();
	let prepared = world.registered();
	let record = prepared.record();
	let binding = Binding {
		genesis: super::world::GENESIS,
		sha256: record.sha256,
		patient: record.patient,
		purpose: Purpose::Subject,
	};
	let subject = prepared.announcement.wraps.subject.clone().unwrap();
	assert!(open(&subject, &world.patient, &binding).unwrap() == prepared.key);
}

#[test]
fn a_first_release_makes_the_pending_row_live() {
	let world = World::new();
	let sha256 = world.registered().record().sha256;
	ask(&world, &world.request(&HpkeSecret::generate().unwrap())).unwrap();
	let live = RowState::Live(Object::Record(RECORD));
	assert_eq!(world.table.row(&sha256).unwrap().unwrap().state, live);
}

#[test]
fn a_replay_yields_the_same_key_to_the_same_recipient_while_permitted() {
	let world = World::new();
	let prepared = world.registered();
	let recipient = HpkeSecret::generate().unwrap();
	let request = world.request(&recipient);
	for _ in 0..2 {
		let release = ask(&world, &request).unwrap();
		assert!(release.open(&recipient, &request, &prepared.record()).unwrap() == prepared.key);
	}
	world.chain.state.lock().permits = Verdict::Deny(3);
	assert!(matches!(ask(&world, &request), Err(ReleaseError::NotPermitted(3))));
}

#[test]
fn requests_of_another_version_chain_or_custodian_are_refused() {
	let world = World::new();
	world.registered();
	let refuse = |change: fn(&mut ReleaseRequest)| refusal(&world, change).code();
	assert_eq!(refuse(|request| request.version = 2), "WrongVersion");
	assert_eq!(refuse(|request| request.genesis[0] ^= 1), "WrongGenesis");
	assert_eq!(refuse(|request| request.custodian = HOSPITAL + 1), "WrongCustodian");
}

#[test]
fn a_signature_by_another_or_over_another_request_is_refused() {
	let world = World::new();
	world.registered();
	let request = world.request(&HpkeSecret::generate().unwrap());
	let other = ReleaseRequest {
		nonce: [1; 16],
		..request.clone()
	};
	for signature in [
		sign(&AUTHOR, &request.signing_payload()),
		sign(&READER, &other.signing_payload()),
		Vec::new(),
	] {
		let result = world.desk.release(&request, &signature);
		assert!(matches!(result, Err(ReleaseError::BadSignature)));
	}
}

#[test]
fn a_desk_cut_off_from_the_chain_refuses_all() {
	let world = World::new();
	world.registered();
	world.later(60_000);
	ask(&world, &world.request(&HpkeSecret::generate().unwrap())).unwrap();
	world.later(1);
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::StaleChain));
	world.finalise();
	ask(&world, &world.request(&HpkeSecret::generate().unwrap())).unwrap();
}

#[test]
fn a_desk_whose_clock_is_behind_the_chain_refuses_all() {
	let world = World::new();
	world.registered();
	world.now.store(START - 60_001, std::sync::atomic::Ordering::Relaxed);
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::StaleChain));
}

#[test]
fn an_anchor_that_is_old_foreign_or_not_finalised_is_refused() {
	let world = World::new();
	world.registered();
	let old = world.chain.state.lock().blocks[2];
	world.later(60_001);
	world.finalise();
	let stale = refusal(&world, |request| request.anchor = (old.number, old.hash));
	assert!(matches!(stale, ReleaseError::StaleAnchor));
	let foreign = refusal(&world, |request| request.anchor.1 = [0xff; 32]);
	assert!(matches!(foreign, ReleaseError::StaleAnchor));
	let ahead = refusal(&world, |request| request.anchor.0 += 1);
	assert!(matches!(ahead, ReleaseError::StaleAnchor));
}

#[test]
fn a_receipt_that_is_not_finalised_is_unknown() {
	let world = World::new();
	world.registered();
	let unknown = refusal(&world, |request| request.receipt = RECEIPT + 1);
	assert!(matches!(unknown, ReleaseError::UnknownReceipt));
}

#[test]
fn a_receipt_of_another_requester_or_record_is_foreign() {
	let world = World::new();
	world.registered();
	let foreign = refusal(&world, |request| request.requester = AUTHOR);
	assert!(matches!(foreign, ReleaseError::ForeignReceipt));
	let foreign = refusal(&world, |request| request.object = Object::Record(RECORD + 1));
	assert!(matches!(foreign, ReleaseError::ForeignReceipt));
}

#[test]
fn an_anchored_batch_is_opened_as_a_record_is() {
	let world = World::new();
	let prepared = world.anchored();
	let recipient = HpkeSecret::generate().unwrap();
	let request = ReleaseRequest {
		object: Object::Batch(ANCHOR),
		..world.request(&recipient)
	};
	let release = ask(&world, &request).unwrap();
	let batch = prepared.anchor(ANCHOR);
	assert!(release.open(&recipient, &request, &batch).unwrap() == prepared.key);
	let row = world.table.row(&batch.sha256).unwrap().unwrap();
	assert_eq!(row.state, RowState::Live(Object::Batch(ANCHOR)));

	world.chain.state.lock().permits = Verdict::Deny(7);
	assert!(matches!(ask(&world, &request), Err(ReleaseError::NotPermitted(7))));
}

#[test]
fn a_receipt_of_records_opens_no_batch_and_one_of_batches_no_record() {
	let batch = |request: &mut ReleaseRequest| request.object = Object::Batch(ANCHOR);
	let world = World::new();
	world.registered();
	assert!(matches!(refusal(&world, batch), ReleaseError::UnknownReceipt));
	// Both have a receipt of this number now, and each opens what it names.
	world.anchored();
	ask(&world, &world.request(&HpkeSecret::generate().unwrap())).unwrap();
	world.chain.state.lock().receipts.clear();
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::UnknownReceipt));

	let world = World::new();
	world.anchored();
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::UnknownReceipt));
	// Should a node mix them up, what a receipt names still says of which kind it is.
	let mut state = world.chain.state.lock();
	let receipt = state.batch_receipts[&RECEIPT].clone();
	state.receipts.insert(RECEIPT, receipt);
	drop(state);
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::ForeignReceipt));
}

#[test]
fn the_key_of_a_batch_is_no_record_s_of_the_same_number() {
	let world = World::new();
	let prepared = world.anchored();
	let (batch, record) = (Object::Batch(ANCHOR), Object::Record(ANCHOR));
	let request = ReleaseRequest {
		object: batch,
		..world.request(&HpkeSecret::generate().unwrap())
	};
	ask(&world, &request).unwrap();
	world.registered();
	world.chain.state.lock().records.insert(record, prepared.record());
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::NoKey));
	let foreign = crate::chain::RecordView {
		custodian: HOSPITAL + 1,
		..prepared.anchor(ANCHOR)
	};
	world.chain.state.lock().records.insert(batch, foreign);
	let elsewhere = refusal(&world, |request| request.object = batch);
	assert!(matches!(elsewhere, ReleaseError::WrongCustodian));
	world.chain.state.lock().records.remove(&batch);
	let unknown = refusal(&world, |request| request.object = batch);
	assert!(matches!(unknown, ReleaseError::UnknownRecord));
}

#[test]
fn a_receipt_older_than_an_hour_is_refused() {
	let world = World::new();
	world.registered();
	world.later(3_600_000 - 1000);
	world.finalise();
	ask(&world, &world.request(&HpkeSecret::generate().unwrap())).unwrap();
	world.later(1);
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::OldReceipt));
}

#[test]
fn a_receipt_of_a_refusal_opens_nothing() {
	let world = World::new();
	world.registered();
	let denied = Verdict::Deny(7);
	world.chain.state.lock().receipts.get_mut(&RECEIPT).unwrap().items[0].verdict = denied;
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::RefusedInReceipt(7)));
}

#[test]
fn a_revocation_after_the_receipt_is_obeyed() {
	let world = World::new();
	world.registered();
	world.chain.state.lock().permits = Verdict::Deny(4);
	let error = refusal(&world, |_| ());
	assert!(matches!(error, ReleaseError::NotPermitted(4)));
	assert_eq!(error.reason(), Some(4));
}

#[test]
fn a_record_of_another_custodian_is_refused() {
	let world = World::new();
	world.registered();
	let object = Object::Record(RECORD);
	world.chain.state.lock().records.get_mut(&object).unwrap().custodian = HOSPITAL + 1;
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::WrongCustodian));
	world.chain.state.lock().records.clear();
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::UnknownRecord));
}

#[test]
fn without_a_row_that_equals_the_record_there_is_no_key() {
	let world = World::new();
	world.registered();
	let object = Object::Record(RECORD);
	let genuine = world.chain.state.lock().records[&object].clone();
	let set = |record| world.chain.state.lock().records.insert(object, record);

	set(crate::chain::RecordView {
		sha256: [0; 32],
		..genuine.clone()
	});
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::NoKey));
	set(crate::chain::RecordView {
		author: Some(READER),
		..genuine.clone()
	});
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::NoKey));
	set(genuine.clone());
	ask(&world, &world.request(&HpkeSecret::generate().unwrap())).unwrap();
	set(crate::chain::RecordView {
		object: Object::Record(RECORD + 1),
		..genuine
	});
	assert!(matches!(refusal(&world, |_| ()), ReleaseError::NoKey));
}

#[test]
fn an_unsupported_or_unusable_recipient_key_is_refused() {
	let world = World::new();
	world.registered();
	let unsupported = refusal(&world, |request| {
		request.recipient_key = HpkeKey::XWing(vec![1; 1216]);
	});
	assert!(matches!(unsupported, ReleaseError::UnsupportedRecipientKey));
	let mut request = world.request(&HpkeSecret::generate().unwrap());
	request.recipient_key = HpkeKey::X25519([0; 32]);
	let signature = sign(&READER, &request.signing_payload());
	let result = world.desk.release(&request, &signature);
	assert!(matches!(result, Err(ReleaseError::InvalidRecipientKey)));
}

#[test]
fn a_wrap_that_the_custodian_s_key_does_not_open_is_reported() {
	let world = World::new();
	let mut prepared = world.prepare(b"another document");
	prepared.announcement.wraps.custody = Wrap(vec![1; 81]);
	let receipt = world.registered();
	let object = Object::Record(RECORD);
	world.table.insert_pending(prepared.upload(), START).unwrap();
	world.chain.state.lock().records.insert(object, prepared.record());
	drop(receipt);
	let request = world.request(&HpkeSecret::generate().unwrap());
	let signature = sign(&READER, &request.signing_payload());
	let result = world.desk.release(&request, &signature);
	assert!(matches!(result, Err(ReleaseError::UnreadableKey)));
}

#[test]
fn an_unreadable_chain_releases_nothing() {
	let world = World::new();
	world.registered();
	let request = world.request(&HpkeSecret::generate().unwrap());
	world.chain.state.lock().available = false;
	assert!(matches!(ask(&world, &request), Err(ReleaseError::Chain(_))));
}

#[test]
fn refusals_are_counted_by_their_code() {
	let world = World::new();
	world.registered();
	let request = world.request(&HpkeSecret::generate().unwrap());
	world
		.desk
		.release(&request, &sign(&READER, &request.signing_payload()))
		.unwrap();
	for _ in 0..2 {
		world.desk.release(&request, b"forged").unwrap_err();
	}
	assert_eq!(world.desk.outcomes().passed(), 1);
	let refused = world.desk.outcomes().refused();
	assert_eq!(refused.into_iter().collect::<Vec<_>>(), [("BadSignature", 2)]);
}
