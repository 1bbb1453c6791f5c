//! Vouchers whose one-time key is of low order.

use super::registration::refused;
use crate::{mock::*, pool_errors, Call, Error};
use salus_primitives::{tagged, REGISTER_TAG};
use sp_core::{ed25519, Pair};

/// The encodings of the points of low order, the sign of x left out.
const LOW_ORDER: [&str; 7] = [
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

#[test]
fn a_one_time_key_by_which_anybody_signs_is_refused() {
	story(|| {
		let mut forgeable = 0;
		for (encoding, sign) in LOW_ORDER.into_iter().flat_map(|key| [(key, 0), (key, 0x80)]) {
			let mut letter = letter(1);
			letter.voucher.key = sp_core::bytes::from_hex(encoding).unwrap().try_into().unwrap();
			letter.voucher.key[31] |= sign;
			// R is the neutral element and S is zero.
			let mut signature = [0; 64];
			signature[0] = 1;
			let message = tagged(REGISTER_TAG, &letter.signed());
			let key = ed25519::Public::from_raw(letter.voucher.key);
			forgeable += u32::from(ed25519::Pair::verify(
				&ed25519::Signature::from_raw(signature),
				message,
				&key,
			));
			let mut call = letter.call();
			if let Call::register_patient { key_signature, .. } = &mut call {
				*key_signature = signature;
			}
			refused(call, Error::VoucherKeyWeak, pool_errors::VOUCHER_KEY_WEAK);
		}
		assert_eq!(forgeable, 14, "every one of them would have signed anything");
	});
}
