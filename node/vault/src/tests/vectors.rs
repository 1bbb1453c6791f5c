//! The vectors in `vectors/`, which `vectors/check.py` reproduces with an implementation of its own.
//!
//! With `SALUS_WRITE_VECTORS=1` they are written; that is done once for a format's version.

use std::{env, fs, path::Path};

use codec::Encode;
use serde_json::{json, Value};

use super::{
	document,
	world::{data_key, hex32},
};
use crate::{
	chain::Object,
	envelope::{decrypt, padded_len, payload_len, seal, Context},
	fingerprint::fingerprint,
	keystore::{open as open_keystore, Strength},
	request::ReleaseRequest,
	ticket::UploadTicket,
	tree::{prove, root, LEAF_LEN},
	unixfs::{CidHasher, CHUNK_LEN},
	wrap::{open, wrap_with, Binding, HpkeKey, HpkeSecret, Purpose, Wrap, Wraps},
};

fn check(name: &str, value: &Value) {
	let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name);
	let text = format!("{}\n", serde_json::to_string_pretty(value).unwrap());
	if env::var_os("SALUS_WRITE_VECTORS").is_some() {
		fs::write(&path, &text).unwrap();
	}
	assert!(
		fs::read_to_string(&path).unwrap() == text,
		"{name} differs from what the code makes"
	);
}

fn contexts() -> [Context; 2] {
	[
		Context {
			genesis: hex32("11"),
			patient: 42,
			category: 4,
			media: 0,
			institution: 1,
		},
		Context {
			genesis: hex32("fe"),
			patient: u64::MAX - 1,
			category: 255,
			media: 6,
			institution: 0x0102_0304,
		},
	]
}

#[test]
fn envelopes() {
	let lengths = [0, 1, 43, 16_384, 16_385, 1_000_000, 1 << 20, (1 << 20) + 1, 2_400_000];
	let cases: Vec<Value> = lengths
		.iter()
		.enumerate()
		.map(|(index, len)| {
			let context = &contexts()[index % 2];
			let document = document(*len);
			let mut payload = Vec::new();
			let salt = [index as u8 ^ 0x5a; 32];
			let key = data_key(index as u8);
			let sealed = seal(&document[..], *len as u64, context, &mut payload, key, salt).unwrap();
			let mut read = Vec::new();
			decrypt(&payload[..], sealed.size, context, &sealed.data_key, &mut read).unwrap();
			assert_eq!(read, document);
			let found = fingerprint(&payload);
			json!({
				"context": {
					"genesis": hex::encode(context.genesis),
					"patient": context.patient.to_string(),
					"category": context.category,
					"media": context.media,
					"institution": context.institution,
				},
				"data_key": hex::encode(sealed.data_key.expose()),
				"salt": hex::encode(salt),
				"document_len": len,
				"header": hex::encode(sealed.header),
				"size": sealed.size,
				"sha256": hex::encode(found.sha256),
				"tree": hex::encode(found.tree),
				"cid": found.cid.to_string(),
			})
		})
		.collect();
	check("envelope.json", &json!(cases));
}

#[test]
fn paddings() {
	let powers = (0..52).flat_map(|bits| {
		let power = 1u64 << bits;
		[power - 1, power, power + 1, power + power / 3]
	});
	let cases: Vec<Value> = powers
		.filter_map(|len| padded_len(len).map(|padded| (len, padded)))
		.map(|(len, padded)| json!([len.to_string(), padded.to_string(), payload_len(padded).to_string()]))
		.collect();
	check("padding.json", &json!(cases));
}

#[test]
fn trees() {
	let leaf = LEAF_LEN;
	let lengths = [
		0,
		1,
		leaf,
		leaf + 1,
		2 * leaf,
		3 * leaf,
		5 * leaf - 1,
		7 * leaf,
		8 * leaf,
		100_000,
	];
	let roots: Vec<Value> = lengths
		.iter()
		.map(|len| json!({ "len": len, "root": hex::encode(root(&document(*len))) }))
		.collect();
	let proofs: Vec<Value> = [(1, 0), (8 * leaf, 3), (100_000, 0), (100_000, 13), (100_000, 24)]
		.iter()
		.map(|(len, index)| {
			let proof = prove(&document(*len)[..], *index).unwrap();
			let path: Vec<String> = proof.path.iter().map(hex::encode).collect();
			json!({ "len": len, "index": index, "leaves": proof.leaves, "path": path })
		})
		.collect();
	check("tree.json", &json!({ "roots": roots, "proofs": proofs }));
}

#[test]
fn cids() {
	let chunk = CHUNK_LEN;
	let cases: Vec<Value> = [
		0,
		1,
		chunk - 1,
		chunk,
		chunk + 1,
		2 * chunk,
		174 * chunk,
		174 * chunk + 1,
		175 * chunk,
	]
	.iter()
	.map(|len| {
		// Sevens, since long documents would take their time.
		let mut hasher = CidHasher::new();
		let sevens = vec![7; chunk];
		let mut left = *len;
		while left > 0 {
			let now = left.min(chunk);
			hasher.update(&sevens[..now]);
			left -= now;
		}
		json!({ "len": len, "cid": hasher.finish().unwrap().to_string() })
	})
	.collect();
	check("cid.json", &json!(cases));
}

#[test]
fn wraps() {
	let mini_secret = hex32("3c");
	let person = HpkeSecret::derive(&mini_secret).unwrap();
	let HpkeKey::X25519(public) = person.public() else {
		unreachable!()
	};
	let purposes = [
		("custody", Purpose::Custody),
		("subject", Purpose::Subject),
		("release", Purpose::Release(hex32("77"))),
	];
	let cases: Vec<Value> = purposes
		.iter()
		.enumerate()
		.map(|(index, (name, purpose))| {
			let binding = Binding {
				genesis: hex32("11"),
				sha256: hex32("22"),
				patient: 0x0102_0304_0506_0708,
				purpose: *purpose,
			};
			let key = data_key(index as u8 + 1);
			let material = [index as u8 + 0x40; 32];
			let wrap = wrap_with(&key, &person.public(), &binding, &material).unwrap();
			assert!(open(&wrap, &person, &binding).unwrap() == key);
			json!({
				"purpose": name,
				"request": matches!(purpose, Purpose::Release(_)).then(|| "77".repeat(32)),
				"genesis": hex::encode(binding.genesis),
				"sha256": hex::encode(binding.sha256),
				"patient": binding.patient.to_string(),
				"info": hex::encode(binding.info(&public)),
				"ephemeral_material": hex::encode(material),
				"data_key": hex::encode(key.expose()),
				"wrap": hex::encode(&wrap.0),
			})
		})
		.collect();
	let vectors = json!({
		"recipient": {
			"mini_secret": hex::encode(mini_secret),
			"private_key": hex::encode(person.to_bytes()),
			"public_key": hex::encode(public),
		},
		"wraps": cases,
	});
	check("wrap.json", &vectors);
}

#[test]
fn signed_bytes() {
	let wraps = Wraps {
		custody: Wrap(vec![1; 81]),
		subject: Some(Wrap(vec![2; 81])),
	};
	let without = Wraps {
		custody: Wrap(vec![1; 81]),
		subject: None,
	};
	let ticket = UploadTicket {
		version: 1,
		genesis: hex32("11"),
		institution: 7,
		purpose: 0,
		patient: 42,
		category: 4,
		compartment: Some(200),
		media: 1,
		recorded_at: 1_800_000_000_000,
		cid: fingerprint(b"x").cid.to_bytes(),
		sha256: hex32("22"),
		tree: hex32("33"),
		size: 16_504,
		wraps: wraps.hash(),
		not_after: 1_800_000_060_000,
	};
	let request = ReleaseRequest {
		version: 1,
		genesis: hex32("11"),
		custodian: 7,
		receipt: 1 << 40,
		object: Object::Record(9),
		requester: hex32("aa"),
		recipient_key: HpkeKey::X25519(hex32("bb")),
		anchor: (123_456, hex32("cc")),
		nonce: [0xdd; 16],
	};
	let batch = ReleaseRequest {
		object: Object::Batch(9),
		recipient_key: HpkeKey::XWing(vec![0xee; 1216]),
		..request.clone()
	};
	let requests: Vec<Value> = [&request, &batch]
		.iter()
		.map(|request| {
			json!({
				"scale": hex::encode(request.encode()),
				"hash": hex::encode(request.hash()),
				"signed": hex::encode(request.signing_payload()),
			})
		})
		.collect();
	let vectors = json!({
		"ticket": {
			"genesis": "11".repeat(32),
			"cid": fingerprint(b"x").cid.to_string(),
			"scale": hex::encode(ticket.encode()),
			"signed": hex::encode(ticket.signing_payload()),
		},
		"wraps": [
			{ "scale": hex::encode(wraps.encode()), "hash": hex::encode(wraps.hash()) },
			{ "scale": hex::encode(without.encode()), "hash": hex::encode(without.hash()) },
		],
		"requests": requests,
	});
	check("signed.json", &vectors);
}

/// A keystore file has random parts, so that the vector is a file made once.
#[test]
fn keystores() {
	let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/keystore.json");
	if env::var_os("SALUS_WRITE_VECTORS").is_some() {
		fs::remove_file(&made).ok();
		let secret = crate::keystore::Secret {
			kind: crate::keystore::Kind::Epoch,
			label: "key table".into(),
			public: [("epoch".to_owned(), "1".to_owned())].into(),
			bytes: zeroize::Zeroizing::new(vec![0x42; 32]),
		};
		crate::keystore::create(&made, &secret, "correct horse", Strength::Development).unwrap();
	}
	// A checkout does not keep the mode.
	let folder = tempfile::tempdir().unwrap();
	let copy = folder.path().join("keystore.json");
	fs::copy(&made, &copy).unwrap();
	fs::set_permissions(&copy, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
	let secret = open_keystore(&copy, "correct horse", Strength::Development).unwrap();
	assert_eq!(
		(secret.label.as_str(), secret.bytes.as_slice()),
		("key table", &[0x42; 32][..])
	);
	assert_eq!(secret.public["epoch"], "1");
}
