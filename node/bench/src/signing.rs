//! Transactions, signed before anything is timed.

use codec::Encode;
use salus_runtime::{
	transactions::extension, Hash, Nonce, RuntimeCall, Signature, SignedPayload, UncheckedExtrinsic, VERSION,
};
use sp_core::{sr25519, Pair};
use sp_io::hashing::blake2_256;

use crate::rpc::hex;

/// A transaction as it is sent.
pub struct Signed {
	/// Its bytes as the RPC takes them.
	pub hex: String,
	/// Its hash.
	pub hash: [u8; 32],
	/// How many records it registers.
	pub records: u32,
}

impl Signed {
	fn new(extrinsic: &UncheckedExtrinsic, records: u32) -> Self {
		let bytes = extrinsic.encode();
		Self {
			hex: hex(&bytes),
			hash: blake2_256(&bytes),
			records,
		}
	}
}

/// Signs a call of this account; it stays valid until it is used.
pub fn sign(genesis: Hash, key: &sr25519::Pair, nonce: Nonce, call: RuntimeCall, records: u32) -> Signed {
	let extension = extension(nonce);
	let (spec, transaction) = (VERSION.spec_version, VERSION.transaction_version);
	let implicit = ((), (), spec, transaction, genesis, genesis, (), (), (), None, ());
	let payload = SignedPayload::from_raw(call.clone(), extension.clone(), implicit);
	let signature = Signature::from(payload.using_encoded(|bytes| key.sign(bytes)));
	let account = sp_runtime::AccountId32::from(key.public());
	let extrinsic = UncheckedExtrinsic::new_signed(call, account.into(), signature, extension);
	Signed::new(&extrinsic, records)
}

/// A call that its own fields authorise.
pub fn unsigned(call: RuntimeCall) -> Signed {
	Signed::new(&UncheckedExtrinsic::new_transaction(call, extension(0)), 0)
}
