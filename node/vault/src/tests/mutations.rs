//! Every kind of damage to a payload is refused: at least 100,000 of them.

use std::io;

use proptest::{
	prelude::*,
	test_runner::{Config, TestRunner},
};

use super::{document, envelope::sealed, world::context};
use crate::envelope::{decrypt, Context, DataKey, EnvelopeError, HEADER_LEN, SEGMENT_LEN};

struct Target {
	payload: Vec<u8>,
	size: u64,
	key: DataKey,
	refused: u64,
}

impl Target {
	fn new(len: usize) -> Self {
		let (payload, sealed) = sealed(&document(len), &context());
		Self {
			payload,
			size: sealed.size,
			key: sealed.data_key,
			refused: 0,
		}
	}

	fn refuses(&mut self, bytes: &[u8]) {
		self.refuses_as(bytes, self.size, &context());
	}

	fn refuses_as(&mut self, bytes: &[u8], size: u64, context: &Context) {
		let result = decrypt(bytes, size, context, &self.key, io::sink());
		assert!(
			matches!(
				result,
				Err(EnvelopeError::Corrupt
					| EnvelopeError::WrongKey
					| EnvelopeError::Truncated
					| EnvelopeError::UnsupportedVersion)
			),
			"{result:?}"
		);
		self.refused += 1;
	}
}

#[test]
fn any_flipped_bit_of_header_or_ciphertext_is_refused() {
	let mut target = Target::new(1000);
	let mut bytes = target.payload.clone();
	for bit in 0..bytes.len() * 8 {
		bytes[bit / 8] ^= 1 << (bit % 8);
		target.refuses(&bytes);
		bytes[bit / 8] ^= 1 << (bit % 8);
	}
	assert_eq!(target.refused, target.payload.len() as u64 * 8);
	assert!(target.refused >= 100_000, "{} mutations", target.refused);
}

#[test]
fn any_overwritten_moved_cut_or_added_bytes_are_refused() {
	let mut target = Target::new(1000);
	let original = target.payload.clone();
	let len = original.len();
	let mutation = (0usize..4, 0..len, 0..len, prop::collection::vec(any::<u8>(), 1..40));
	let mut runner = TestRunner::new(Config::with_cases(20_000));
	let mut tried = 0u64;
	let refused = std::cell::RefCell::new(&mut target);
	runner
		.run(&mutation, |(kind, at, other, bytes)| {
			let mut changed = original.clone();
			match kind {
				0 => changed
					.iter_mut()
					.skip(at)
					.zip(&bytes)
					.for_each(|(old, new)| *old = *new),
				1 => changed.swap(at, other),
				2 => changed.truncate(at),
				_ => drop(changed.splice(at..at, bytes)),
			}
			if changed != original {
				refused.borrow_mut().refuses(&changed);
			}
			Ok(())
		})
		.unwrap();
	tried += target.refused;
	assert!(tried >= 19_000, "{tried} mutations");
}

#[test]
fn dropped_swapped_repeated_and_foreign_segments_are_refused() {
	let mut target = Target::new(2 * SEGMENT_LEN + 300_000);
	let payload = target.payload.clone();
	let (header, body) = payload.split_at(HEADER_LEN);
	let segments: Vec<&[u8]> = body.chunks(SEGMENT_LEN + 16).collect();
	let (foreign, _) = sealed(&document(2 * SEGMENT_LEN + 300_000), &context());
	let (foreign_header, foreign_body) = foreign.split_at(HEADER_LEN);
	let foreign_segments: Vec<&[u8]> = foreign_body.chunks(SEGMENT_LEN + 16).collect();
	let count = segments.len();
	assert!(count >= 3);
	let join = |header: &[u8], parts: &[&[u8]]| [header, &parts.concat()].concat();

	let mut changed: Vec<Vec<u8>> = vec![join(foreign_header, &segments)];
	for at in 0..count {
		let mut dropped = segments.clone();
		dropped.remove(at);
		changed.push(join(header, &dropped));

		let mut replaced = segments.clone();
		replaced[at] = foreign_segments[at];
		changed.push(join(header, &replaced));

		for other in 0..count {
			let mut repeated = segments.clone();
			repeated.insert(other, segments[at]);
			changed.push(join(header, &repeated));
			if other != at {
				let mut swapped = segments.clone();
				swapped.swap(at, other);
				changed.push(join(header, &swapped));
				let mut copied = segments.clone();
				copied[other] = segments[at];
				changed.push(join(header, &copied));
			}
		}
	}
	for cut in [0, 1, HEADER_LEN - 1, HEADER_LEN, HEADER_LEN + 1, payload.len() / 2] {
		changed.push(payload[..cut].to_vec());
		changed.push(payload[..payload.len() - 1 - cut].to_vec());
		changed.push([&payload[..], &vec![0; cut + 1]].concat());
	}
	for bytes in &changed {
		target.refuses(bytes);
		// Also where the size of the record would go with the damage.
		if bytes.len() as u64 != target.size {
			target.refuses_as(bytes, bytes.len() as u64, &context());
		}
	}
	assert!(target.refused > 60, "{} mutations", target.refused);
}

#[test]
fn any_flipped_bit_of_a_payload_of_several_segments_is_refused() {
	let mut target = Target::new(2 * SEGMENT_LEN + 300_000);
	let mut bytes = target.payload.clone();
	let segments = (bytes.len() - HEADER_LEN).div_ceil(SEGMENT_LEN + 16);
	assert_eq!(segments, 3);
	let mut seen = vec![0u64; segments];
	let bits = bytes.len() * 8;
	let mut runner = TestRunner::new(Config::with_cases(1000));
	let state = std::cell::RefCell::new((&mut target, &mut bytes, &mut seen));
	runner
		.run(&(0..bits), |bit| {
			let (target, bytes, seen) = &mut *state.borrow_mut();
			bytes[bit / 8] ^= 1 << (bit % 8);
			target.refuses(bytes);
			bytes[bit / 8] ^= 1 << (bit % 8);
			if let Some(segment) = (bit / 8).checked_sub(HEADER_LEN) {
				seen[segment / (SEGMENT_LEN + 16)] += 1;
			}
			Ok(())
		})
		.unwrap();
	assert!(seen.iter().all(|hits| *hits > 50), "{seen:?}");
	assert_eq!(target.refused, 1000);
}

#[test]
fn a_payload_under_another_record_s_context_is_refused() {
	let mut target = Target::new(1000);
	let payload = target.payload.clone();
	let contexts = (
		any::<[u8; 32]>(),
		any::<u64>(),
		any::<u8>(),
		any::<u8>(),
		any::<u32>(),
		0..32u8,
	);
	let mut runner = TestRunner::new(Config::with_cases(2000));
	let target = std::cell::RefCell::new(&mut target);
	runner
		.run(&contexts, |(genesis, patient, category, media, institution, fields)| {
			let own = context();
			let pick = |bit: u8| fields & (1 << bit) != 0;
			let other = Context {
				genesis: if pick(0) { genesis } else { own.genesis },
				patient: if pick(1) { patient } else { own.patient },
				category: if pick(2) { category } else { own.category },
				media: if pick(3) { media } else { own.media },
				institution: if pick(4) { institution } else { own.institution },
			};
			if other != own {
				let mut target = target.borrow_mut();
				let size = target.size;
				target.refuses_as(&payload, size, &other);
			}
			Ok(())
		})
		.unwrap();
}
