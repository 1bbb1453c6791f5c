//! Whether a type of ours is encoded as the chain's of the same name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Debug;

use codec::{Decode, Encode};
use scale_info::TypeDef;
use subxt::{
	ext::scale_value::{scale::decode_as_type, Composite, ValueDef},
	Metadata,
};

/// One value of each variant, in the chain's order, is read by the chain's metadata as what it is: the same variant, and
/// the same fields in the same order.
pub(crate) fn are_those_of_the_chain<T: Encode + Decode + Debug + PartialEq>(path: [&str; 3], all: &[T]) {
	let metadata = Metadata::decode(&mut include_bytes!("../../metadata.scale").as_slice()).unwrap();
	let types = metadata.types();
	let found = types.types.iter().find(|found| found.ty.path.segments == path).unwrap();
	let TypeDef::Variant(variants) = &found.ty.type_def else {
		panic!("an enum")
	};
	assert_eq!(all.len(), variants.variants.len());
	for (value, variant) in all.iter().zip(&variants.variants) {
		let (encoded, debug) = (value.encode(), format!("{value:?}"));
		let mut input = encoded.as_slice();
		let read = decode_as_type(&mut input, found.id, types).expect(&debug);
		assert!(input.is_empty(), "{debug}");
		let ValueDef::Variant(read) = read.value else {
			panic!("an enum")
		};
		assert_eq!(read.name, variant.name);
		let rest = debug.strip_prefix(variant.name.as_str()).expect(&debug);
		assert!(!rest.starts_with(char::is_alphanumeric), "{debug}");
		if let Composite::Named(fields) = read.values {
			// In the order of the chain, each behind the one before.
			let mut rest = rest;
			for (name, _) in fields {
				rest = rest.split_once(&format!("{name}: ")).expect(&debug).1;
			}
		}
		assert_eq!(T::decode(&mut encoded.as_slice()).unwrap(), *value);
	}
}
