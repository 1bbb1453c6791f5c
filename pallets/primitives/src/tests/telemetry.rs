//! Readings, leaves and what is signed, byte by byte. The vectors in `vectors/telemetry.json` are reproduced by
//! `scripts/telemetry/verify.py`, which shares no code with this; with `SALUS_WRITE_VECTORS=1` they are written, once for a
//! format's version.

use crate::*;
use codec::Encode;
use serde_json::{json, Value as Json};
use sp_core::{ed25519, Pair, H256};
use sp_io::hashing::{blake2_256, sha2_256};
use sp_runtime::{traits::ConstU32, BoundedVec};
use std::{env, fs, path::Path};

const GENESIS: H256 = H256([0x11; 32]);
const AT: Moment = 1_800_000_000_000;

fn device() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[7; 32])
}

fn text<const N: u32>(text: &str) -> BoundedVec<u8, ConstU32<N>> {
	text.as_bytes().to_vec().try_into().unwrap()
}

fn reading(seq: u64, code: &str, value: Value, unit: &str, group: u64) -> Reading {
	Reading {
		version: READING_VERSION,
		genesis: GENESIS,
		device: device().public().0,
		binding: 3,
		seq,
		at: AT + seq,
		code: text(code),
		value,
		unit: text(unit),
		group,
	}
}

fn decimal(mantissa: i64, exponent: i8) -> Value {
	Value::Decimal { mantissa, exponent }
}

/// A pulse, a blood pressure of two values, a temperature, and a waveform.
fn readings() -> Vec<Reading> {
	let samples = H256(sha2_256(b"samples"));
	vec![
		reading(40, "8867-4", decimal(72, 0), "/min", 40),
		reading(41, "8480-6", decimal(120, 0), "mm[Hg]", 41),
		reading(42, "8462-4", decimal(80, 0), "mm[Hg]", 41),
		reading(43, "8310-5", decimal(3_660, -2), "Cel", 43),
		reading(44, "131328-7", Value::Waveform { sha256: samples }, "mV", 44),
		reading(45, "2339-0", decimal(i64::MIN, i8::MIN), "mg/dL", 45),
	]
}

// HKDF (RFC 5869), for the one definition that belongs to the gateway.

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
	let mut block = [0; 64];
	block[..key.len()].copy_from_slice(key);
	let inner = sha2_256(&[&block.map(|byte| byte ^ 0x36), message].concat());
	sha2_256(&[&block.map(|byte| byte ^ 0x5c)[..], &inner].concat())
}

/// `HKDF-SHA256(salt empty, ikm = secret, info = "salus/leaf/1" ++ seq, 16 bytes)`, the number little-endian.
fn salt(secret: &[u8; 32], seq: u64) -> [u8; 16] {
	let info = [SALT_LABEL, &seq.to_le_bytes(), &[1]].concat();
	hmac(&hmac(&[0; 32], secret), &info)[..16].try_into().unwrap()
}

#[test]
fn hkdf_here_is_rfc_5869s() {
	// Test case 1, its pseudorandom key and the first 16 bytes of its output.
	let prk = hmac(&(0..13).collect::<Vec<u8>>(), &[0x0b; 22]);
	assert_eq!(prk[..4], [0x07, 0x77, 0x09, 0x36]);
	let info: Vec<u8> = (0xf0..=0xf9).chain([1]).collect();
	let hex = "3cb25f25faacd57a90434f64d0362f2a";
	assert_eq!(sp_core::bytes::from_hex(hex).unwrap(), hmac(&prk, &info)[..16]);
}

#[test]
fn a_reading_is_these_bytes() {
	let bytes = [
		&[1][..],
		&[0x11; 32],
		&device().public().0,
		&3_u64.to_le_bytes(),
		&43_u64.to_le_bytes(),
		&(AT + 43).to_le_bytes(),
		&[6 << 2],
		b"8310-5",
		&[0],
		&3_660_i64.to_le_bytes(),
		&[0xfe],
		&[3 << 2],
		b"Cel",
		&43_u64.to_le_bytes(),
	]
	.concat();
	let reading = readings()[3].clone();
	assert_eq!(reading.to_bytes(), bytes);
	assert_eq!(Reading::from_bytes(&bytes), Some(reading));
}

#[test]
fn bytes_that_are_not_canonical_are_no_reading() {
	let good = readings()[1].clone();
	let bytes = good.to_bytes();
	assert_eq!(Reading::from_bytes(&bytes), Some(good.clone()));
	assert_eq!(Reading::from_bytes(&[]), None);
	assert_eq!(Reading::from_bytes(&bytes[..bytes.len() - 1]), None);
	assert_eq!(Reading::from_bytes(&[&bytes[..], &[0]].concat()), None);
	// The length of the code in two bytes instead of one.
	let longer = [&bytes[..89], &[(6 << 2) | 1, 0], &bytes[90..]].concat();
	assert_eq!(Reading::from_bytes(&longer), None);
	let bent = |bend: fn(&mut Reading)| {
		let mut bent = good.clone();
		bend(&mut bent);
		Reading::from_bytes(&bent.to_bytes())
	};
	assert_eq!(bent(|reading| reading.version = 2), None);
	assert_eq!(bent(|reading| reading.code = text("")), None);
	assert_eq!(bent(|reading| reading.code = text("8480 6")), None);
	assert_eq!(bent(|reading| reading.unit = text("")), None);
	assert_eq!(bent(|reading| reading.unit = text("°C")), None);
	assert_eq!(bent(|reading| reading.group = 42), None);
	assert!(bent(|reading| reading.group = 0).is_some());
}

#[test]
fn a_leaf_is_the_hash_of_these_bytes() {
	let bytes = [&[0][..], &[1; 16], b"reading", &[2; 64]].concat();
	assert_eq!(leaf_hash(&[1; 16], b"reading", &[2; 64]), H256(blake2_256(&bytes)));
}

/// Whoever knows all of a reading but its value and tries values until a leaf fits, finds none: the salt is as long as a
/// key. With the salt, which is disclosed with the reading, she finds it.
#[test]
fn a_guessed_value_cannot_be_confirmed_without_its_salt() {
	let secret = [9; 32];
	let signed = |value: i64| {
		let bytes = reading(40, "8867-4", decimal(value, 0), "/min", 40).to_bytes();
		let signature = device().sign(&bytes).0;
		(bytes, signature)
	};
	let (bytes, signature) = signed(72);
	let leaf = leaf_hash(&salt(&secret, 40), &bytes, &signature);
	let fits = |salt: [u8; 16]| {
		(30..220)
			.filter(|value| {
				let (bytes, signature) = signed(*value);
				leaf_hash(&salt, &bytes, &signature) == leaf
			})
			.collect::<Vec<_>>()
	};
	// What she could take for it: nothing, the number, the time, another reading's salt.
	let known: [[u8; 16]; 4] = [
		[0; 16],
		salt(&[0; 32], 40),
		salt(&secret, 41),
		sha2_256(&40_u64.to_le_bytes())[..16].try_into().unwrap(),
	];
	assert_eq!(known.map(fits), [const { Vec::<i64>::new() }; 4]);
	assert_eq!(fits(salt(&secret, 40)), vec![72]);
}

#[test]
fn a_payload_of_one_block_says_its_digest_once() {
	let (sha256, root) = (H256::repeat_byte(1), H256::repeat_byte(2));
	let cid = |codec: u8, digest: H256| [&[1, codec, 0x12, 0x20], digest.as_bytes()].concat();
	let block = BatchPayload::new(&cid(0x55, sha256), sha256).unwrap();
	assert_eq!(block, BatchPayload::Block { sha256 });
	let tree = BatchPayload::new(&cid(0x70, root), sha256).unwrap();
	assert_eq!(tree, BatchPayload::Tree { root, sha256 });
	for (payload, expected) in [(block, cid(0x55, sha256)), (tree, cid(0x70, root))] {
		assert_eq!((payload.cid().into_inner(), payload.sha256()), (expected, sha256));
	}
	assert_eq!(BatchPayload::new(&cid(0x55, root), sha256), None);
	assert_eq!(BatchPayload::new(&cid(0x71, root), sha256), None);
	assert_eq!(BatchPayload::new(&[], sha256), None);
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
	bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn of_value(value: &Value) -> Json {
	match value {
		Value::Decimal { mantissa, exponent } => json!({ "mantissa": mantissa.to_string(), "exponent": exponent }),
		Value::Waveform { sha256 } => json!({ "waveform": hex(sha256) }),
	}
}

fn vectors() -> Json {
	let secret: [u8; 32] = core::array::from_fn(|place| place as u8);
	let mut leaves = Vec::new();
	let readings: Vec<Json> = readings()
		.iter()
		.map(|reading| {
			let bytes = reading.to_bytes();
			let signature = device().sign(&bytes).0;
			let salt = salt(&secret, reading.seq);
			let leaf = leaf_hash(&salt, &bytes, &signature);
			leaves.push(leaf);
			json!({
				"binding": reading.binding, "seq": reading.seq, "at": reading.at,
				"code": String::from_utf8_lossy(&reading.code), "value": of_value(&reading.value),
				"unit": String::from_utf8_lossy(&reading.unit), "group": reading.group,
				"bytes": hex(bytes), "signature": hex(signature), "salt": hex(salt), "leaf": hex(leaf),
			})
		})
		.collect();
	let trees: Vec<Json> = [1, 2, 3, 5, 6, 7, 8, 13]
		.map(|count: usize| {
			let leaves: Vec<_> = (0..count)
				.map(|n| leaf_hash(&[n as u8; 16], b"leaf", &[0; 64]))
				.collect();
			let tree = MerkleTree::new(leaves).unwrap();
			let paths: Vec<Vec<String>> = (0..count)
				.map(|index| tree.path(index).unwrap().iter().map(hex).collect())
				.collect();
			json!({ "leaves": count, "root": hex(tree.root()), "paths": paths })
		})
		.into();
	let tree = MerkleTree::new(leaves).unwrap();
	let device_key = device().public().0;
	let claim = DeviceClaim {
		genesis: GENESIS,
		institution: 1,
		device: device_key,
		codes: H256::repeat_byte(5),
	};
	let consent = BindingConsent {
		genesis: GENESIS,
		device: device_key,
		number: 2,
		patient: 42,
		starts: AT,
		ends: AT + DAY,
		not_after: AT + HOUR,
	};
	json!({
		"genesis": hex(GENESIS),
		"device": hex(device_key),
		"secret": hex(secret),
		"readings": readings,
		"root": hex(tree.root()),
		"paths": (0..6).map(|index| tree.path(index).unwrap().iter().map(hex).collect()).collect::<Vec<Vec<_>>>(),
		"trees": trees,
		"claim": {
			"institution": claim.institution, "codes": hex(claim.codes), "bytes": hex(claim.encode()),
			"signed": hex(tagged(DEVICE_TAG, &claim)), "signature": hex(device().sign(&tagged(DEVICE_TAG, &claim)).0),
		},
		"consent": {
			"number": consent.number, "patient": consent.patient, "starts": consent.starts, "ends": consent.ends,
			"not_after": consent.not_after, "bytes": hex(consent.encode()),
			"signed": hex(wrapped(BIND_TAG, &consent)),
		},
	})
}

#[test]
fn vectors_stand_as_they_were_written() {
	let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/telemetry.json");
	let text = format!("{}\n", serde_json::to_string_pretty(&vectors()).unwrap());
	if env::var_os("SALUS_WRITE_VECTORS").is_some() {
		fs::write(&path, &text).unwrap();
	}
	assert!(fs::read_to_string(&path).unwrap() == text, "the format changed");
}
