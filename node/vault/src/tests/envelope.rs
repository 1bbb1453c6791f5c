use std::io::{self, Cursor, Write};

use proptest::prelude::*;

use super::{document, world::context};
use crate::envelope::{
	decrypt, decrypt_to_file, encrypt, padded_len, padded_len_of_payload, payload_len, segment_count, Context,
	EnvelopeError, Opener, Sealed, HEADER_LEN, MAX_PADDED_LEN, MIN_PADDED_LEN, SEGMENT_LEN,
};

pub(super) fn sealed(document: &[u8], context: &Context) -> (Vec<u8>, Sealed) {
	let mut payload = Vec::new();
	let sealed = encrypt(document, document.len() as u64, context, &mut payload).unwrap();
	assert_eq!(payload.len() as u64, sealed.size);
	(payload, sealed)
}

#[test]
fn documents_of_all_lengths_come_back() {
	let segment = SEGMENT_LEN;
	for len in [
		0,
		1,
		16_383,
		16_384,
		16_385,
		segment - 1,
		segment,
		segment + 1,
		3 * segment + 5,
	] {
		let document = document(len);
		let (payload, sealed) = sealed(&document, &context());
		let mut read = Vec::new();
		let found = decrypt(&payload[..], sealed.size, &context(), &sealed.data_key, &mut read).unwrap();
		assert_eq!((found, read), (len as u64, document));
	}
}

#[test]
fn each_payload_has_a_key_and_a_salt_of_its_own() {
	let (one, first) = sealed(b"x", &context());
	let (two, second) = sealed(b"x", &context());
	assert_ne!(one[8..40], two[8..40]);
	assert!(first.data_key != second.data_key);
	let crossed = decrypt(&two[..], second.size, &context(), &first.data_key, io::sink());
	assert!(matches!(crossed, Err(EnvelopeError::WrongKey)));
}

#[test]
fn nothing_of_the_context_stands_in_the_payload() {
	let (payload, _) = sealed(&document(100), &context());
	let genesis = context().genesis;
	assert!(!payload.windows(8).any(|window| window == &genesis[..8]));
}

#[test]
fn another_record_s_context_is_refused_in_every_field() {
	let (payload, sealed) = sealed(&document(100), &context());
	let mut genesis = context().genesis;
	genesis[31] ^= 1;
	let others = [
		Context { genesis, ..context() },
		Context {
			patient: context().patient + 1,
			..context()
		},
		Context {
			category: context().category + 1,
			..context()
		},
		Context {
			media: context().media + 1,
			..context()
		},
		Context {
			institution: context().institution + 1,
			..context()
		},
	];
	for other in others {
		let result = decrypt(&payload[..], sealed.size, &other, &sealed.data_key, io::sink());
		assert!(matches!(result, Err(EnvelopeError::WrongKey)), "{other:?}");
	}
	let longer = payload_len(padded_len(20_000).unwrap());
	let result = decrypt(&payload[..], longer, &context(), &sealed.data_key, io::sink());
	assert!(matches!(result, Err(EnvelopeError::Corrupt)));
}

#[test]
fn a_newer_version_or_suite_is_unsupported() {
	let (payload, sealed) = sealed(b"x", &context());
	for at in [4, 5] {
		let mut newer = payload.clone();
		newer[at] = 2;
		let result = decrypt(&newer[..], sealed.size, &context(), &sealed.data_key, io::sink());
		assert!(matches!(result, Err(EnvelopeError::UnsupportedVersion)));
	}
}

#[test]
fn a_document_of_another_length_than_announced_is_refused() {
	let document = document(1000);
	let short = encrypt(&document[..], 1001, &context(), io::sink());
	assert!(matches!(short, Err(EnvelopeError::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof));
	let long = encrypt(&document[..], 999, &context(), io::sink());
	assert!(matches!(long, Err(EnvelopeError::Io(error)) if error.kind() == io::ErrorKind::InvalidInput));
}

#[test]
fn a_full_disk_is_reported_as_such() {
	struct Full;
	impl Write for Full {
		fn write(&mut self, _: &[u8]) -> io::Result<usize> {
			Err(io::ErrorKind::StorageFull.into())
		}
		fn flush(&mut self) -> io::Result<()> {
			Ok(())
		}
	}
	let result = encrypt(&b"x"[..], 1, &context(), Full);
	assert!(matches!(result, Err(EnvelopeError::Io(error)) if error.kind() == io::ErrorKind::StorageFull));
}

#[test]
fn a_file_appears_only_after_its_last_segment() {
	let folder = tempfile::tempdir().unwrap();
	let target = folder.path().join("bundle.json");
	let document = document(SEGMENT_LEN + 10);
	let (mut payload, sealed) = sealed(&document, &context());
	let size = sealed.size;
	let whole = payload.clone();

	let cut = &whole[..whole.len() - 1];
	let result = decrypt_to_file(cut, size, &context(), &sealed.data_key, &target);
	assert!(matches!(result, Err(EnvelopeError::Truncated)));
	*payload.last_mut().unwrap() ^= 1;
	let result = decrypt_to_file(&payload[..], size, &context(), &sealed.data_key, &target);
	assert!(matches!(result, Err(EnvelopeError::Corrupt)));
	assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

	decrypt_to_file(&whole[..], size, &context(), &sealed.data_key, &target).unwrap();
	assert_eq!(std::fs::read(&target).unwrap(), document);
	assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn padding_hides_the_length_and_costs_at_most_an_eighth() {
	assert_eq!(padded_len(0), Some(MIN_PADDED_LEN));
	assert_eq!(padded_len(MIN_PADDED_LEN), Some(MIN_PADDED_LEN));
	assert_eq!(padded_len(MIN_PADDED_LEN + 1), Some(MIN_PADDED_LEN + 1024));
	// The longest Padmé size within the counter.
	let longest = 127 << 45;
	assert!(longest <= MAX_PADDED_LEN);
	assert_eq!(padded_len(longest), Some(longest));
	assert_eq!(padded_len(longest + 1), None);
	assert_eq!(padded_len(u64::MAX), None);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(20_000))]

	#[test]
	fn the_padded_length_follows_from_the_size(len in 0..=MAX_PADDED_LEN, bits in 0u32..52) {
		let len = len >> bits;
		if let Some(padded) = padded_len(len) {
			prop_assert!(padded >= len);
			prop_assert!(padded <= MIN_PADDED_LEN || padded - len <= len / 8);
			prop_assert_eq!(padded_len(padded), Some(padded));
			prop_assert_eq!(padded_len_of_payload(payload_len(padded)).unwrap(), padded);
		}
	}

	#[test]
	fn a_size_that_no_payload_has_is_corrupt(size in 0u64..10_000_000) {
		match padded_len_of_payload(size) {
			Ok(padded) => prop_assert_eq!(payload_len(padded), size),
			Err(error) => prop_assert!(matches!(error, EnvelopeError::Corrupt)),
		}
	}
}

#[test]
fn any_range_comes_from_its_own_segments_alone() {
	let document = document(3 * SEGMENT_LEN + 777);
	let (payload, sealed) = sealed(&document, &context());
	let opener = Opener::new(&payload[..HEADER_LEN], sealed.size, &context(), &sealed.data_key).unwrap();
	let len = document.len() as u64;
	assert_eq!(opener.document_len(), len);
	assert!(segment_count(padded_len(len).unwrap()) > 3);

	let edges = [
		0,
		1,
		1000,
		1 << 20,
		(1 << 20) + 1,
		2 << 20,
		(3 << 20) - 1,
		3 << 20,
		len - 1,
		len,
	];
	for start in edges {
		for end in edges.into_iter().filter(|end| *end >= start) {
			let range = start..end;
			let needed = opener.payload_range(&range).unwrap();
			let segments = range.end.div_ceil(1 << 20) - range.start / (1 << 20);
			if !range.is_empty() {
				assert!(needed.end - needed.start <= segments * ((1 << 20) + 16));
			}
			let bytes = &payload[needed.start as usize..needed.end as usize];
			let mut read = Vec::new();
			opener.read_range(&range, Cursor::new(bytes), &mut read).unwrap();
			assert_eq!(read, &document[start as usize..end as usize]);
		}
	}
	for beyond in [0..len + 1, len + 1..len + 1] {
		assert!(matches!(opener.payload_range(&beyond), Err(EnvelopeError::Io(_))));
	}
}

#[test]
fn a_damaged_or_misplaced_segment_is_refused_in_a_range_too() {
	let document = document(3 * SEGMENT_LEN);
	let (payload, sealed) = sealed(&document, &context());
	let opener = Opener::new(&payload[..HEADER_LEN], sealed.size, &context(), &sealed.data_key).unwrap();
	let range = SEGMENT_LEN as u64..SEGMENT_LEN as u64 + 10;
	let needed = opener.payload_range(&range).unwrap();
	let (start, end) = (needed.start as usize, needed.end as usize);

	let mut damaged = payload[start..end].to_vec();
	damaged[500_000] ^= 1;
	let result = opener.read_range(&range, &damaged[..], io::sink());
	assert!(matches!(result, Err(EnvelopeError::Corrupt)));

	let first = &payload[HEADER_LEN..HEADER_LEN + SEGMENT_LEN + 16];
	let result = opener.read_range(&range, first, io::sink());
	assert!(matches!(result, Err(EnvelopeError::Corrupt)));

	let result = opener.read_range(&range, &payload[start..end - 1], io::sink());
	assert!(matches!(result, Err(EnvelopeError::Truncated)));
}
