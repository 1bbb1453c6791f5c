use crate::{Action, ActionSet, Category, CategorySet, Purpose, PurposeSet};
use codec::{Decode, Encode};
use proptest::prelude::*;
use std::collections::BTreeSet;

#[test]
fn a_bit_that_names_nothing_does_not_decode() {
	assert!(ActionSet::decode(&mut &[0b1_0000][..]).is_err());
	assert!(PurposeSet::decode(&mut &(1_u16 << 10).encode()[..]).is_err());
	assert!(CategorySet::decode(&mut &(1_u16 << 13).encode()[..]).is_err());
	assert!(CategorySet::decode(&mut &[0][..]).is_err(), "a byte too short");
}

#[test]
fn all_is_every_variant() {
	assert_eq!(ActionSet::ALL.iter().count(), Action::ALL.len());
	assert_eq!(PurposeSet::ALL.iter().count(), Purpose::ALL.len());
	assert_eq!(CategorySet::ALL.iter().count(), Category::ALL.len());
}

proptest! {
	#[test]
	fn a_set_behaves_as_a_set(left in 0_u16..1 << 13, right in 0_u16..1 << 13) {
		let [a, b] = [left, right].map(|bits| CategorySet::from_bits(bits).unwrap());
		let [x, y]: [BTreeSet<Category>; 2] = [a, b].map(|set| set.iter().collect());
		prop_assert_eq!(a.is_subset(b), x.is_subset(&y));
		prop_assert_eq!(a.intersection(b).iter().collect::<BTreeSet<_>>(), &x & &y);
		prop_assert_eq!(a.without(b).iter().collect::<BTreeSet<_>>(), &x - &y);
		prop_assert_eq!(a.is_empty(), x.is_empty());
		prop_assert_eq!(x.iter().copied().collect::<CategorySet>(), a);
		prop_assert_eq!(CategorySet::decode(&mut &a.encode()[..]).unwrap(), a);
	}
}
