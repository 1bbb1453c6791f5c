//! Narrowing, against a model: terms allow a set of points, and narrower terms allow no point that wider ones don't.

use crate::{Action, ActionSet, Category, CategorySet, Compartment, Moment, Purpose, PurposeSet, RecordId, Terms};
use proptest::prelude::*;

/// One thing that might be done.
#[derive(Debug, Clone)]
struct Point {
	action: Action,
	purpose: Purpose,
	category: Category,
	record: RecordId,
	compartment: Option<Compartment>,
	recorded_at: Moment,
	now: Moment,
	/// The patient has died.
	afterwards: bool,
}

fn allows(terms: &Terms, point: &Point) -> bool {
	terms.actions.contains(point.action)
		&& terms.purposes.contains(point.purpose)
		&& terms.categories.contains(point.category)
		&& (terms.records.is_empty() || terms.records.contains(&point.record))
		&& point
			.compartment
			.is_none_or(|compartment| terms.compartments.contains(&compartment))
		&& terms.recorded_from.is_none_or(|from| from <= point.recorded_at)
		&& terms.recorded_until.is_none_or(|until| point.recorded_at < until)
		&& (terms.starts..terms.ends).contains(&point.now)
		&& (terms.outlives || !point.afterwards)
}

fn terms() -> impl Strategy<Value = Terms> {
	let sets = (1_u8..4, 1_u16..4, 1_u16..4);
	let lists = (
		prop::collection::vec(0_u64..3, 0..3),
		prop::collection::vec(0_u8..3, 0..3),
	);
	let times = (
		prop::option::of(0_u64..4),
		prop::option::of(0_u64..4),
		0_u64..3,
		0_u64..5,
	);
	let limits = (prop::option::of(1_u32..4), prop::option::of(0_u64..4), any::<bool>());
	(sets, lists, times, limits).prop_map(|(sets, lists, times, limits)| Terms {
		actions: ActionSet::from_bits(sets.0).unwrap(),
		purposes: PurposeSet::from_bits(sets.1).unwrap(),
		categories: CategorySet::from_bits(sets.2).unwrap(),
		records: lists.0.try_into().unwrap(),
		compartments: lists.1.try_into().unwrap(),
		recorded_from: times.0,
		recorded_until: times.1,
		starts: times.2,
		ends: times.3,
		uses: limits.0,
		erase_after: limits.1,
		outlives: limits.2,
	})
}

fn points() -> impl Strategy<Value = Point> {
	(
		0_usize..2,
		0_usize..2,
		0_usize..2,
		0_u64..3,
		prop::option::of(0_u8..3),
		0_u64..4,
		0_u64..5,
		any::<bool>(),
	)
		.prop_map(
			|(action, purpose, category, record, compartment, recorded_at, now, afterwards)| Point {
				action: Action::ALL[action],
				purpose: Purpose::ALL[purpose],
				category: Category::ALL[category],
				record,
				compartment,
				recorded_at,
				now,
				afterwards,
			},
		)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(4_096))]

	#[test]
	fn narrower_terms_allow_nothing_that_wider_ones_do_not(
		narrow in terms(), wide in terms(), points in prop::collection::vec(points(), 32),
	) {
		if narrow.is_within(&wide) {
			for point in points {
				prop_assert!(!allows(&narrow, &point) || allows(&wide, &point), "{:?}", point);
			}
			prop_assert!(wide.uses.is_none_or(|wide| narrow.uses.is_some_and(|narrow| narrow <= wide)));
			prop_assert!(wide.erase_after.is_none_or(|wide| narrow.erase_after.is_some_and(|narrow| narrow <= wide)));
		}
	}

	#[test]
	fn terms_are_within_themselves(terms in terms()) {
		prop_assert!(terms.is_within(&terms));
	}

	#[test]
	fn within_is_transitive(a in terms(), b in terms(), c in terms()) {
		prop_assert!(!(a.is_within(&b) && b.is_within(&c)) || a.is_within(&c));
	}
}
