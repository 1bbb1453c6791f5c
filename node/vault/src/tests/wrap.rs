use codec::{Decode, Encode};
use hpke::{
	aead::AesGcm256,
	kdf::HkdfSha256,
	kem::{Kem, X25519HkdfSha256},
	Deserializable, OpModeR, Serializable,
};
use serde_json::Value;

use super::world::{data_key, hex32};
use crate::wrap::{open, wrap, Binding, HpkeKey, HpkeSecret, Purpose, Wrap, WrapError, Wraps, WRAP_LEN};

fn binding() -> Binding {
	Binding {
		genesis: [1; 32],
		sha256: [2; 32],
		patient: 3,
		purpose: Purpose::Release([4; 32]),
	}
}

/// The vectors that come with RFC 9180, mode base, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
#[test]
fn the_suite_is_rfc_9180_s() {
	let vector: Value = serde_json::from_str(include_str!("../../vectors/rfc9180.json")).unwrap();
	let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
	let ids = ["mode", "kem_id", "kdf_id", "aead_id"].map(|id| vector[id].as_u64().unwrap());
	assert_eq!(ids, [0, 0x20, 1, 2]);

	// The vectors' private keys are not clamped, ours are when they are read.
	let clamped = HpkeSecret::from_bytes(&bytes(&vector["skRm"])).unwrap().to_bytes();
	let (secret, public) = X25519HkdfSha256::derive_keypair(&bytes(&vector["ikmR"]));
	assert_eq!(secret.to_bytes().to_vec(), clamped.to_vec());
	assert_eq!(public.to_bytes().to_vec(), bytes(&vector["pkRm"]));
	let ours = HpkeSecret::derive_key_pair(&bytes(&vector["ikmR"]));
	assert_eq!(ours.to_bytes(), clamped);
	assert_eq!(ours.public(), HpkeKey::X25519(public.to_bytes().into()));

	let encapsulated = Deserializable::from_bytes(&bytes(&vector["enc"])).unwrap();
	let mut receiver = hpke::setup_receiver::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
		&OpModeR::Base,
		&secret,
		&encapsulated,
		&bytes(&vector["info"]),
	)
	.unwrap();
	let encryptions = vector["encryptions"].as_array().unwrap();
	assert!(encryptions.len() >= 5);
	for encryption in encryptions {
		let opened = receiver
			.open(&bytes(&encryption["ct"]), &bytes(&encryption["aad"]))
			.unwrap();
		assert_eq!(opened, bytes(&encryption["pt"]));
	}
}

#[test]
fn a_wrap_opens_for_its_recipient_alone() {
	let recipient = HpkeSecret::generate().unwrap();
	let key = data_key(7);
	let wrapped = wrap(&key, &recipient.public(), &binding()).unwrap();
	assert_eq!(wrapped.0.len(), WRAP_LEN);
	assert!(open(&wrapped, &recipient, &binding()).unwrap() == key);
	let other = HpkeSecret::generate().unwrap();
	assert_eq!(open(&wrapped, &other, &binding()), Err(WrapError::WrongKey));
}

#[test]
fn two_wraps_of_one_key_differ() {
	let recipient = HpkeSecret::generate().unwrap();
	let key = data_key(7);
	let one = wrap(&key, &recipient.public(), &binding()).unwrap();
	assert_ne!(one, wrap(&key, &recipient.public(), &binding()).unwrap());
}

#[test]
fn a_wrap_opens_under_its_binding_alone() {
	let recipient = HpkeSecret::generate().unwrap();
	let wrapped = wrap(&data_key(7), &recipient.public(), &binding()).unwrap();
	let others = [
		Binding {
			genesis: [9; 32],
			..binding()
		},
		Binding {
			sha256: [9; 32],
			..binding()
		},
		Binding {
			patient: 9,
			..binding()
		},
		Binding {
			purpose: Purpose::Custody,
			..binding()
		},
		Binding {
			purpose: Purpose::Subject,
			..binding()
		},
		Binding {
			purpose: Purpose::Release([9; 32]),
			..binding()
		},
	];
	for other in others {
		assert_eq!(
			open(&wrapped, &recipient, &other),
			Err(WrapError::WrongKey),
			"{other:?}"
		);
	}
}

#[test]
fn any_flipped_bit_of_a_wrap_is_refused() {
	let recipient = HpkeSecret::generate().unwrap();
	let wrapped = wrap(&data_key(7), &recipient.public(), &binding()).unwrap();
	for bit in 0..WRAP_LEN * 8 {
		let mut bytes = wrapped.0.clone();
		bytes[bit / 8] ^= 1 << (bit % 8);
		// X25519 ignores the highest bit of a point; HPKE binds the encapsulated key as sent.
		assert!(open(&Wrap(bytes), &recipient, &binding()).is_err(), "bit {bit}");
	}
}

#[test]
fn unusable_keys_and_wraps_have_errors_of_their_own() {
	let key = data_key(7);
	let xwing = HpkeKey::XWing(vec![0; 1216]);
	assert_eq!(wrap(&key, &xwing, &binding()), Err(WrapError::UnsupportedKey));
	let zero = HpkeKey::X25519([0; 32]);
	assert_eq!(wrap(&key, &zero, &binding()), Err(WrapError::InvalidKey));
	let secret = HpkeSecret::generate().unwrap();
	for (bytes, error) in [
		(vec![], WrapError::Malformed),
		(vec![1; WRAP_LEN - 1], WrapError::Malformed),
		(vec![1; WRAP_LEN + 1], WrapError::Malformed),
		(vec![2; WRAP_LEN], WrapError::UnsupportedKey),
		(vec![1; WRAP_LEN], WrapError::WrongKey),
	] {
		assert_eq!(open(&Wrap(bytes), &secret, &binding()), Err(error));
	}
	assert_eq!(HpkeSecret::from_bytes(&[0; 31]).err(), Some(WrapError::InvalidKey));
}

#[test]
fn a_key_longer_than_the_chain_stores_is_not_decoded() {
	let longest = HpkeKey::XWing(vec![1; 1216]);
	assert_eq!(HpkeKey::decode(&mut &longest.encode()[..]), Ok(longest));
	let longer = HpkeKey::XWing(vec![1; 1217]).encode();
	assert!(HpkeKey::decode(&mut &longer[..]).is_err());
	assert!(HpkeKey::decode(&mut &[1, 0xff, 0xff, 0xff, 0xff][..]).is_err());
}

#[test]
fn a_person_s_key_is_derived_from_her_mini_secret() {
	let one = HpkeSecret::derive(&hex32("00")).unwrap();
	assert_eq!(one.public(), HpkeSecret::derive(&hex32("00")).unwrap().public());
	assert_ne!(one.public(), HpkeSecret::derive(&hex32("01")).unwrap().public());
	let again = HpkeSecret::from_bytes(one.to_bytes().as_ref()).unwrap();
	assert_eq!(one.public(), again.public());
}

#[test]
fn no_secret_shows_in_debug_output() {
	let secret = HpkeSecret::generate().unwrap();
	assert_eq!(format!("{secret:?} {:?}", data_key(7)), "HpkeSecret(..) DataKey(..)");
}

#[test]
fn the_hash_of_wraps_covers_both() {
	let wraps = Wraps {
		custody: Wrap(vec![1; 81]),
		subject: Some(Wrap(vec![2; 81])),
	};
	let without = Wraps {
		subject: None,
		..wraps.clone()
	};
	let changed = Wraps {
		subject: Some(Wrap(vec![3; 81])),
		..wraps.clone()
	};
	assert_ne!(wraps.hash(), without.hash());
	assert_ne!(wraps.hash(), changed.hash());
}
