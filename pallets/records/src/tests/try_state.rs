use super::*;
use crate::{digest_prefix, mock::*, ByHash, NextReceipt, NextRecord, OldestReceipt, Receipts, Trail};
use codec::Compact;
use frame_support::assert_ok;

/// A chain with something of everything, damaged, of which the invariants must tell.
fn damaged(damage: impl FnOnce()) {
	world().execute_with(|| {
		registered(new(ADA, 1));
		registered(related(ADA, 2, Relation::Replaces, 0));
		registered(new(BEN, 3));
		assert_ok!(access(ADAS, &[0, 1], None));
		assert_ok!(access(ADAS, &[1], None));
		Records::check_state().unwrap();
		damage();
		assert!(Records::check_state().is_err());
	});
}

fn change(id: RecordId, change: impl FnOnce(&mut Record<u64>)) {
	crate::Records::<Test>::mutate(id, |record| change(record.as_mut().unwrap()));
}

#[test]
fn ids_that_are_not_dense() {
	damaged(|| NextRecord::<Test>::put(4));
	damaged(|| NextRecord::<Test>::put(2));
	damaged(|| crate::Records::<Test>::remove(1));
}

#[test]
fn a_malformed_record() {
	damaged(|| change(2, |record| record.size += 1));
	damaged(|| change(2, |record| record.cid = Default::default()));
}

#[test]
fn a_cid_of_another_payload() {
	damaged(|| change(2, |record| record.cid[1] = 0x70));
	damaged(|| change(2, |record| record.cid[35] ^= 1));
	damaged(|| change(2, |record| record.size = ciphertext_size(1 << 20).unwrap()));
}

#[test]
fn two_versions_that_are_current() {
	let current = |id| change(id, |record| record.status = RecordStatus::Current);
	let in_error = RecordStatus::EnteredInError(salus_primitives::ErrorReason::Other);
	// The one between them is in error, so that neither is current beside what replaces it.
	world().execute_with(|| {
		registered(new(ADA, 1));
		registered(related(ADA, 2, Relation::Replaces, 0));
		registered(related(ADA, 3, Relation::Replaces, 1));
		change(1, |record| record.status = in_error);
		Records::check_state().unwrap();
		current(0);
		let named = "records: two versions of a document are current";
		assert_eq!(Records::check_state(), Err(named.into()));
	});
}

#[test]
fn an_index_that_differs() {
	let prefix = |seed| digest_prefix(&digest(seed));
	damaged(|| ByHash::<Test>::remove(ADA, prefix(1)));
	damaged(|| ByHash::<Test>::insert(ADA, prefix(1), Compact(1)));
	damaged(|| ByHash::<Test>::insert(ADA, prefix(9), Compact(1)));
}

#[test]
fn a_broken_list() {
	damaged(|| change(1, |record| record.previous = None));
	damaged(|| change(0, |record| record.previous = Some(2)));
	damaged(|| Trail::<Test>::remove(BEN));
	damaged(|| Trail::<Test>::mutate(ADA, |end| end.as_mut().unwrap().latest_record = Some(0)));
	damaged(|| Trail::<Test>::mutate(ADA, |end| end.as_mut().unwrap().head.entries = 1));
	damaged(|| Trail::<Test>::mutate(9, |end| *end = Some(Records::trail_end(9))));
}

#[test]
fn relations_that_do_not_answer_each_other() {
	damaged(|| change(0, |record| record.status = RecordStatus::Current));
	damaged(|| change(0, |record| record.status = RecordStatus::Superseded(2)));
	damaged(|| change(2, |record| record.status = RecordStatus::Superseded(9)));
	damaged(|| change(1, |record| record.relates_to = None));
	damaged(|| change(1, |record| record.relates_to = Some((Relation::Appends, 1))));
	damaged(|| change(2, |record| record.relates_to = Some((Relation::Appends, 0))));
	damaged(|| change(2, |record| record.relates_to = Some((Relation::Appends, 9))));
	damaged(|| change(1, |record| record.category = Category::Summary));
	damaged(|| change(1, |record| record.compartment = Some(1)));
}

#[test]
fn receipts_out_of_their_queue() {
	damaged(|| OldestReceipt::<Test>::put(1));
	damaged(|| OldestReceipt::<Test>::put(3));
	damaged(|| NextReceipt::<Test>::put(1));
	damaged(|| Receipts::<Test>::remove(0));
	damaged(|| Receipts::<Test>::mutate(0, |receipt| receipt.as_mut().unwrap().at += 1));
	damaged(|| Receipts::<Test>::mutate(0, |receipt| receipt.as_mut().unwrap().patient = BEN));
	damaged(|| Receipts::<Test>::mutate(0, |receipt| receipt.as_mut().unwrap().outcomes.clear()));
	damaged(|| {
		Receipts::<Test>::mutate(0, |receipt| {
			let outcomes = &mut receipt.as_mut().unwrap().outcomes;
			let first = outcomes[0];
			outcomes.try_push(first).unwrap();
		})
	});
}
