//! `prune_vouchers`.

use crate::{mock::*, pool_errors, Error, Event, PrunedKeys, UsedVouchers, MAX_PRUNED};
use frame_support::{
	assert_noop, assert_ok,
	pallet_prelude::{Authorize, TransactionSource},
};
use salus_primitives::DAY;
use sp_runtime::{transaction_validity::InvalidTransaction, DispatchError};

fn keys(letters: &[u8]) -> PrunedKeys {
	PrunedKeys::try_from(letters.iter().map(|n| letter(*n).voucher.key).collect::<Vec<_>>()).unwrap()
}

#[test]
fn ended_vouchers_are_forgotten_and_others_kept() {
	story(|| {
		register(1);
		register(2);
		set_time(START + DAY);
		register(3);
		set_time(START + 14 * DAY);
		// 9 was never used, 3 has a day left, 1 is named twice.
		assert_ok!(Roles::prune_vouchers(by("patient-1"), keys(&[9, 3, 1, 2, 1])));
		assert_eq!(last_event(), Event::VouchersPruned { count: 2 });
		assert_eq!(
			UsedVouchers::<Test>::iter_keys().collect::<Vec<_>>(),
			keys(&[3]).into_inner()
		);
	});
}

#[test]
fn a_forgotten_voucher_is_refused_all_the_same() {
	story(|| {
		let call = letter(1).call();
		register(1);
		set_time(START + 14 * DAY);
		assert_ok!(Roles::prune_vouchers(by("nurse"), keys(&[1])));
		let word = call.authorize(TransactionSource::External).unwrap().unwrap_err();
		assert_eq!(word, InvalidTransaction::Custom(pool_errors::VOUCHER_EXPIRED).into());
	});
}

#[test]
fn a_call_that_would_forget_nothing_is_refused() {
	story(|| {
		register(1);
		assert_noop!(
			Roles::prune_vouchers(by("nurse"), keys(&[])),
			Error::<Test>::NothingToPrune
		);
		assert_noop!(
			Roles::prune_vouchers(by("nurse"), keys(&[1, 2])),
			Error::<Test>::NothingToPrune
		);
	});
}

#[test]
fn only_the_registered_prune() {
	story(|| {
		assert_noop!(
			Roles::prune_vouchers(by("nobody"), keys(&[1])),
			Error::<Test>::NotRegistered
		);
		assert_noop!(
			Roles::prune_vouchers(RuntimeOrigin::none(), keys(&[1])),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn a_call_names_64_keys_at_most() {
	assert!(PrunedKeys::try_from(vec![[0; 32]; MAX_PRUNED as usize]).is_ok());
	assert!(PrunedKeys::try_from(vec![[0; 32]; MAX_PRUNED as usize + 1]).is_err());
}
