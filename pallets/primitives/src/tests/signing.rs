use crate::{commitment, tagged, wrapped, HpkeKey, Vouch, REGISTER_TAG};
use codec::Encode;
use sp_core::H256;
use sp_io::hashing::blake2_256;

#[test]
fn what_is_signed_is_tag_and_hash_wrapped_for_accounts() {
	let value = (H256::repeat_byte(1), 2_u32);
	let hash = blake2_256(&value.encode());
	let bare = [b"salus/register/1".as_slice(), &hash].concat();
	assert_eq!(tagged(REGISTER_TAG, &value), bare);
	assert_eq!(
		wrapped(REGISTER_TAG, &value),
		[b"<Bytes>".as_slice(), &bare, b"</Bytes>"].concat()
	);
}

#[test]
fn a_commitment_hides_behind_its_salt() {
	let expected = blake2_256(&[b"salus/commitment/1licence".as_slice(), &[3; 32], b"MCI-12345"].concat());
	assert_eq!(commitment(b"licence", &[3; 32], b"MCI-12345"), H256(expected));
	assert_ne!(commitment(b"licence", &[4; 32], b"MCI-12345"), H256(expected));
}

#[test]
fn a_vouch_says_which_keys_since_when_and_until_when() {
	let vouch = Vouch {
		genesis: H256::repeat_byte(1),
		patient: 7,
		round: 2,
		controller: [3u8; 32],
		hpke: HpkeKey::X25519([4; 32]),
		lost_at: 5,
		not_after: 6,
	};
	let expected = [
		[1; 32].as_slice(),
		&7u64.to_le_bytes(),
		&2u32.to_le_bytes(),
		&[3; 32],
		&[0],
		&[4; 32],
		&5u64.to_le_bytes(),
		&6u64.to_le_bytes(),
	];
	assert_eq!(vouch.encode(), expected.concat());
}
