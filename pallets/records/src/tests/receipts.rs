use super::*;
use crate::{mock::*, NextReceipt, OldestReceipt, Receipts, RECEIPT_LIFETIME};
use frame_support::assert_ok;
use salus_primitives::{Purpose, ReceiptId};

/// Leaves this many receipts.
fn leave(number: u64) {
	for _ in 0..number {
		assert_ok!(access(ADAS, &[0], None));
	}
}

fn kept() -> Vec<ReceiptId> {
	let mut ids: Vec<_> = Receipts::<Test>::iter_keys().collect();
	ids.sort();
	ids
}

fn pointers() -> (ReceiptId, ReceiptId) {
	(OldestReceipt::<Test>::get(), NextReceipt::<Test>::get())
}

#[test]
fn a_receipt_counts_for_its_lifetime_and_not_a_millisecond_longer() {
	story(|| {
		registered(new(ADA, 1));
		leave(1);
		pass(RECEIPT_LIFETIME - 1);
		assert!(Records::receipt(0).is_some());
		pass(1);
		assert!(Records::receipt(0).is_none());
		// It is still there: nothing has removed it.
		assert_eq!(kept(), vec![0]);
	});
}

#[test]
fn receipts_that_count_are_never_removed() {
	story(|| {
		registered(new(ADA, 1));
		leave(3);
		pass(RECEIPT_LIFETIME - 1);
		leave(3);
		assert_eq!(kept(), vec![0, 1, 2, 3, 4, 5]);
		assert_eq!(pointers(), (0, 6));
	});
}

#[test]
fn each_new_receipt_removes_two_that_no_longer_count() {
	story(|| {
		registered(new(ADA, 1));
		leave(5);
		pass(RECEIPT_LIFETIME);
		for kept_now in [vec![2, 3, 4, 5], vec![4, 5, 6], vec![5, 6, 7], vec![5, 6, 7, 8]] {
			leave(1);
			assert_eq!(kept(), kept_now);
			assert_eq!(pointers(), (kept_now[0], kept_now.last().unwrap() + 1));
			Records::check_state().unwrap();
		}
	});
}

#[test]
fn a_receipt_that_counts_stops_the_removal() {
	story(|| {
		registered(new(ADA, 1));
		leave(1);
		pass(1);
		leave(1);
		pass(RECEIPT_LIFETIME - 1);
		leave(1);
		assert_eq!(kept(), vec![1, 2]);
	});
}

#[test]
fn a_queue_that_ran_empty_starts_again() {
	story(|| {
		registered(new(ADA, 1));
		leave(2);
		pass(RECEIPT_LIFETIME);
		leave(1);
		assert_eq!((kept(), pointers()), (vec![2], (2, 3)));
		pass(RECEIPT_LIFETIME);
		leave(1);
		assert_eq!((kept(), pointers()), (vec![3], (3, 4)));
	});
}

#[test]
fn a_call_that_fails_removes_nothing() {
	story(|| {
		registered(new(ADA, 1));
		leave(2);
		pass(RECEIPT_LIFETIME);
		assert!(access(ADAS, &[0, 9], None).is_err());
		assert_eq!(kept(), vec![0, 1]);
	});
}

#[test]
fn still_permits_asks_the_engine_about_a_receipt_that_counts() {
	story(|| {
		registered(new(ADA, 1));
		registered(new(ADA, 2));
		leave(1);
		assert_ok!(Records::access(
			RuntimeOrigin::signed(STRANGER),
			list(vec![0]),
			Purpose::Treatment,
			Some(B)
		));
		assert!(Records::still_permits(0, 0));
		// Not decided by it, refused by it, no such record, no such receipt.
		assert!(!Records::still_permits(0, 1));
		assert!(!Records::still_permits(1, 0));
		assert!(!Records::still_permits(0, 9));
		assert!(!Records::still_permits(9, 0));
		still(false);
		assert!(!Records::still_permits(0, 0));
		still(true);
		pass(RECEIPT_LIFETIME);
		assert!(!Records::still_permits(0, 0));
	});
}
