//! What reads foreign bytes never panics, and reads only what it would write.

use std::{fs, os::unix::fs::PermissionsExt};

use codec::{Decode, DecodeAll, Encode};
use proptest::prelude::*;

use super::world::{World, PATIENT};
use crate::{
	between::{BlockReply, BlockRequest, RelayedRequest, ReleaseReply},
	envelope::{payload_len, Header},
	keystore::{open, Strength},
	request::ReleaseRequest,
	ticket::UploadTicket,
	unixfs::{cid_of_bytes, parse_cid, read_node, Block},
	wrap::{self, Binding, HpkeKey, HpkeSecret, Purpose, Wrap, Wraps},
};

fn scale<T: Decode + Encode>(bytes: &[u8]) {
	if let Ok(value) = T::decode_all(&mut &bytes[..]) {
		// Compact integers have one form only, so that what decodes is what was encoded.
		assert_eq!(value.encode(), bytes);
	}
}

fn all(bytes: &[u8], secret: &HpkeSecret) {
	scale::<UploadTicket>(bytes);
	scale::<ReleaseRequest>(bytes);
	scale::<Wraps>(bytes);
	scale::<HpkeKey>(bytes);
	scale::<RelayedRequest>(bytes);
	scale::<ReleaseReply>(bytes);
	scale::<BlockReply>(bytes);
	if let Ok(request) = BlockRequest::decode_all(&mut &bytes[..]) {
		assert_eq!(request.encode(), bytes);
		drop(request.cid());
	}
	for size in [bytes.len() as u64, payload_len(16_384)] {
		drop(Header::parse(bytes, size));
	}
	if let Ok(cid) = parse_cid(bytes) {
		assert_eq!(cid.to_bytes(), bytes);
	}
	drop(read_node(&cid_of_bytes(b"x").unwrap(), bytes));
	let binding = Binding {
		genesis: [0; 32],
		sha256: [0; 32],
		patient: PATIENT,
		purpose: Purpose::Custody,
	};
	assert!(wrap::open(&Wrap(bytes.to_vec()), secret, &binding).is_err());
}

#[test]
fn arbitrary_bytes_are_refused_or_read_without_a_panic() {
	let secret = HpkeSecret::generate().unwrap();
	proptest!(ProptestConfig::with_cases(20_000), |(bytes in prop::collection::vec(any::<u8>(), 0..400))| {
		all(&bytes, &secret);
	});
}

#[test]
fn cut_and_changed_encodings_are_refused_or_read_without_a_panic() {
	let world = World::new();
	let prepared = world.prepare(b"x");
	let announcement = &prepared.announcement;
	let request = world.request(&world.patient);
	let encodings = [
		announcement.ticket.encode(),
		announcement.wraps.encode(),
		announcement.wraps.custody.0.clone(),
		request.encode(),
		announcement.ticket.cid.clone(),
		prepared.payload[..104].to_vec(),
	];
	for encoding in encodings {
		for len in 0..encoding.len() {
			all(&encoding[..len], &world.custodian);
			let mut changed = encoding.clone();
			for value in [0, 1, 0x7f, 0x80, 0xff] {
				changed[len] = value;
				all(&changed, &world.custodian);
			}
		}
	}
}

#[test]
fn a_cut_ticket_or_request_does_not_decode() {
	let world = World::new();
	let ticket = world.prepare(b"x").announcement.ticket.encode();
	let request = world.request(&world.patient).encode();
	for len in 0..ticket.len() {
		assert!(UploadTicket::decode_all(&mut &ticket[..len]).is_err());
	}
	for len in 0..request.len() {
		assert!(ReleaseRequest::decode_all(&mut &request[..len]).is_err());
	}
}

#[test]
fn changed_nodes_under_their_own_hash_are_refused_or_read_without_a_panic() {
	// A node whose hash is right and whose content is arbitrary.
	proptest!(ProptestConfig::with_cases(20_000), |(bytes in prop::collection::vec(any::<u8>(), 0..200))| {
		let raw = Block::raw(bytes).unwrap();
		let node = cid::Cid::new_v1(0x70, *raw.cid.hash());
		drop(read_node(&node, &raw.bytes));
	});
}

#[test]
fn arbitrary_keystore_files_are_refused() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("key.json");
	fs::write(&path, "").unwrap();
	fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
	proptest!(ProptestConfig::with_cases(2000), |(text in ".{0,200}", version in any::<u64>())| {
		for text in [text.clone(), format!("{{\"version\": {version}, \"kind\": \"{text}\"}}")] {
			fs::write(&path, text).unwrap();
			prop_assert!(open(&path, "p", Strength::Development).is_err());
		}
	});
}
