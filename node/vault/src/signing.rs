//! The bytes that accounts sign, in the form in which Polkadot.js wallets sign them.

use codec::Encode;

use crate::hash::blake2_256;

/// Tag of an upload ticket.
pub const UPLOAD_TAG: &[u8] = b"salus/upload/1";
/// Tag of a release request.
pub const RELEASE_TAG: &[u8] = b"salus/release/1";

/// `"<Bytes>" ++ tag ++ blake2_256(SCALE(value)) ++ "</Bytes>"`.
pub fn signing_payload(tag: &[u8], value: &impl Encode) -> Vec<u8> {
	let mut payload = b"<Bytes>".to_vec();
	payload.extend_from_slice(tag);
	payload.extend_from_slice(&blake2_256(&value.encode()));
	payload.extend_from_slice(b"</Bytes>");
	payload
}
