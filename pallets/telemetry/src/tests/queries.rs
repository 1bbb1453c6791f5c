use super::*;
use crate::{MAX_PAGE, MAX_WALK};
use salus_primitives::{leaf_hash, AnchorFilter, LeafPath, MerkleTree, Status};

fn page(filter: AnchorFilter, before: Option<AnchorId>, limit: u32) -> (Vec<AnchorId>, Option<AnchorId>) {
	let (page, next) = Telemetry::anchors(ADA, filter, before, limit);
	(page.into_iter().map(|(id, _)| id).collect(), next)
}

/// Ten batches of Ada's, one a minute, of two devices by turns, with one of Ben's between them.
fn measured() -> (BindingId, BindingId) {
	let (one, two) = (bound(0, ADA, DAY), bound(1, ADA, DAY));
	let ben = bound(2, BEN, DAY);
	for n in 0..5 {
		anchored(batch(0, one, n, 1));
		pass(MINUTE);
		if n == 2 {
			anchored(batch(2, ben, 0, 1));
		}
		anchored(batch(1, two, n, 1));
		pass(MINUTE);
	}
	(one, two)
}

#[test]
fn a_patients_batches_come_newest_first() {
	story(|| {
		measured();
		let all = vec![10, 9, 8, 7, 6, 4, 3, 2, 1, 0];
		assert_eq!(page(AnchorFilter::default(), None, 99), (all.clone(), None));
		let (first, next) = page(AnchorFilter::default(), None, 4);
		assert_eq!((first, next), (all[..4].to_vec(), Some(7)));
		let (rest, next) = page(AnchorFilter::default(), next, 6);
		assert_eq!((rest, next), (all[4..].to_vec(), None));
		assert_eq!(page(AnchorFilter::default(), None, 0), (vec![], None));
		// Another's batch leads nowhere.
		assert_eq!(page(AnchorFilter::default(), Some(5), 9), (vec![], None));
		assert_eq!(page(AnchorFilter::default(), Some(99), 9), (vec![], None));
		assert_eq!(
			Telemetry::anchors(FAY, AnchorFilter::default(), None, 9),
			(vec![], None)
		);
	});
}

#[test]
fn a_filter_keeps_a_binding_and_a_time() {
	story(|| {
		let (one, _) = measured();
		let of_one = AnchorFilter {
			binding: Some(one),
			..Default::default()
		};
		assert_eq!(page(of_one.clone(), None, 99).0, vec![9, 7, 4, 2, 0]);
		// The first of a page of two is not the last it read.
		assert_eq!(page(of_one, None, 2), (vec![9, 7], Some(7)));
		let between = AnchorFilter {
			binding: None,
			from: Some(START + 2 * MINUTE),
			until: Some(START + 5 * MINUTE),
		};
		assert_eq!(page(between, None, 99).0, vec![4, 3, 2]);
	});
}

#[test]
fn pages_are_bounded() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		let batches = |from: u64| (from..from + 256).map(|n| batch(0, binding, n, 1)).collect();
		for call in 0..17 {
			assert_ok!(anchor(batches(call * 256)));
		}
		let (ids, next) = page(AnchorFilter::default(), None, u32::MAX);
		assert_eq!((ids.len() as u32, next), (MAX_PAGE, Some(17 * 256 - 256)));
		// Nothing is found in all that is read: the page is empty, and not the last one.
		let never = AnchorFilter {
			until: Some(0),
			..Default::default()
		};
		assert_eq!(
			page(never.clone(), None, 9),
			(vec![], Some(17 * 256 - u64::from(MAX_WALK)))
		);
		assert_eq!(page(never, Some(256), 9), (vec![], None));
	});
}

#[test]
fn the_desk_may_anchor_what_a_device_of_its_institution_measures() {
	story(|| {
		let may = |who: &str, institution, patient| Telemetry::may_anchor(&account(who), institution, patient);
		assert!(!may("desk", A, ADA), "nothing measures her");
		let binding = bound(0, ADA, DAY);
		assert!(may("desk", A, ADA) && may("officer", A, ADA));
		for who in ["nurse", "doctor", "ada", "desk-b", "nobody"] {
			assert!(!may(who, A, ADA), "{who}");
		}
		assert!(!may("desk-b", B, ADA) && !may("desk", A, BEN));
		assert!(!may("desk", 9, ADA) && !may("desk", A, 99));

		// Readings of a binding that is over can still come.
		pass(HOUR);
		assert_ok!(unbind("ada", binding));
		pass(2 * DAY);
		assert!(may("desk", A, ADA));
		anchored(NewBatch {
			first_at: START,
			last_at: START,
			..batch(0, binding, 0, 1)
		});

		// Those of a device that does not count can't, unless another counts.
		assert_ok!(Telemetry::set_status(signed("desk"), key(0), Status::Suspended));
		assert!(!may("desk", A, ADA));
		bound(1, ADA, DAY);
		assert!(may("desk", A, ADA));
		Institutions::insert(A, false);
		assert!(!may("desk", A, ADA) && !may("officer", A, ADA));
	});
}

#[test]
fn a_leaf_is_verified_by_its_hash() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		let leaves: Vec<_> = (0..5_u8).map(|n| leaf_hash(&[n; 16], b"reading", &[0; 64])).collect();
		let tree = MerkleTree::new(leaves.clone()).unwrap();
		let anchor = anchored(NewBatch {
			root: tree.root(),
			..batch(0, binding, 10, 5)
		});
		for (index, leaf) in (0..).zip(&leaves) {
			let siblings = tree.path(index as usize).unwrap();
			let path = LeafPath { index, siblings };
			assert!(Telemetry::verify(*leaf, &path, anchor));
			assert!(!Telemetry::verify(H256::zero(), &path, anchor));
			assert!(!Telemetry::verify(*leaf, &path, anchor + 1));
			let moved = LeafPath {
				index: index + 1,
				..path
			};
			assert!(!Telemetry::verify(*leaf, &moved, anchor));
		}
		// A root that does not match its batch proves nothing of it.
		let other = anchored(batch(0, binding, 15, 5));
		let path = LeafPath {
			index: 0,
			siblings: tree.path(0).unwrap(),
		};
		assert!(!Telemetry::verify(leaves[0], &path, other));
	});
}

#[test]
fn alerts_come_newest_first() {
	story(|| {
		for _ in 0..5 {
			alerts::raised(ADA, &["nurse"]);
			alerts::raised(BEN, &["nurse"]);
		}
		let page = |before, limit| {
			let (page, next) = Telemetry::alerts(ADA, before, limit);
			(page.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), next)
		};
		assert_eq!(page(None, 99), (vec![8, 6, 4, 2, 0], None));
		assert_eq!(page(None, 2), (vec![8, 6], Some(6)));
		assert_eq!(page(Some(6), 2), (vec![4, 2], Some(2)));
		assert_eq!(page(Some(2), 1), (vec![0], None));
		assert_eq!(page(Some(0), 9), (vec![], None));
	});
}
