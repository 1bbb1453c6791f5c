use super::*;
use crate::{mock::*, MAX_PAGE, MAX_WALK};
use frame_support::assert_ok;
use salus_primitives::{AuditHead, ErrorReason, RecordFilter};

fn ids(page: &[(RecordId, Record<u64>)]) -> Vec<RecordId> {
	page.iter().map(|(id, _)| *id).collect()
}

/// Every page from the newest on.
fn pages(patient: PatientId, filter: &RecordFilter, limit: u32) -> Vec<Vec<RecordId>> {
	let (mut pages, mut before) = (Vec::new(), None);
	loop {
		let (page, next) = Records::records(patient, filter.clone(), before, limit);
		pages.push(ids(&page));
		if next.is_none() {
			return pages;
		}
		assert!(before.is_none_or(|before| next < Some(before)), "pages go backwards");
		before = next;
	}
}

#[test]
fn a_patients_records_newest_first() {
	story(|| {
		for (seed, patient) in [ADA, BEN, ADA, ADA, BEN, ADA].into_iter().enumerate() {
			registered(new(patient, seed as u64));
		}
		let all = RecordFilter::default();
		assert_eq!(pages(ADA, &all, 64), vec![vec![5, 3, 2, 0]]);
		assert_eq!(pages(ADA, &all, 4), vec![vec![5, 3, 2, 0]]);
		assert_eq!(pages(ADA, &all, 3), vec![vec![5, 3, 2], vec![0]]);
		assert_eq!(pages(ADA, &all, 2), vec![vec![5, 3], vec![2, 0]]);
		assert_eq!(pages(ADA, &all, 1), vec![vec![5], vec![3], vec![2], vec![0]]);
		assert_eq!(pages(BEN, &all, 64), vec![vec![4, 1]]);
		assert_eq!(pages(99, &all, 64), vec![Vec::<RecordId>::new()]);
	});
}

#[test]
fn a_cursor_of_another_patient_or_of_nothing_ends_the_list() {
	story(|| {
		registered(new(ADA, 1));
		registered(new(BEN, 1));
		registered(new(ADA, 2));
		for before in [1, 99] {
			assert_eq!(
				Records::records(ADA, Default::default(), Some(before), 64),
				(vec![], None)
			);
		}
	});
}

#[test]
fn filters_keep_what_they_name() {
	story(|| {
		registered(NewRecord {
			recorded_at: 100,
			..new(ADA, 1)
		});
		registered(NewRecord {
			recorded_at: 200,
			category: Category::Summary,
			..new(ADA, 2)
		});
		registered(NewRecord {
			recorded_at: 300,
			..related(ADA, 3, Relation::Replaces, 0)
		});
		judge(|_| salus_primitives::Decision::Permit(salus_primitives::Basis::Grant(0)));
		assert_ok!(register(
			STRANGER,
			NewRecord {
				recorded_at: 400,
				..new(ADA, 4)
			},
			Some(B)
		));

		let all = RecordFilter::default();
		for (filter, kept) in [
			(
				RecordFilter {
					category: Some(Category::Encounter),
					..all.clone()
				},
				vec![3, 2, 0],
			),
			(
				RecordFilter {
					custodian: Some(A),
					..all.clone()
				},
				vec![2, 1, 0],
			),
			(
				RecordFilter {
					recorded_from: Some(200),
					..all.clone()
				},
				vec![3, 2, 1],
			),
			(
				RecordFilter {
					recorded_until: Some(200),
					..all.clone()
				},
				vec![0],
			),
			(
				RecordFilter {
					recorded_from: Some(200),
					recorded_until: Some(300),
					..all.clone()
				},
				vec![1],
			),
			(
				RecordFilter {
					current_only: true,
					..all.clone()
				},
				vec![3, 2, 1],
			),
			(
				RecordFilter {
					custodian: Some(9),
					..all.clone()
				},
				vec![],
			),
		] {
			assert_eq!(pages(ADA, &filter, 64).concat(), kept, "{filter:?}");
			assert_eq!(pages(ADA, &filter, 1).concat(), kept, "{filter:?}");
		}
	});
}

#[test]
fn a_page_and_a_walk_are_bounded() {
	story(|| {
		let number = u64::from(MAX_WALK) + 10;
		registered(NewRecord {
			category: Category::Summary,
			..new(ADA, number)
		});
		for seed in 0..number {
			registered(new(ADA, seed));
		}
		let (page, next) = Records::records(ADA, Default::default(), None, u32::MAX);
		assert_eq!(page.len(), MAX_PAGE as usize);
		assert_eq!(next, page.last().map(|(id, _)| *id));
		// Nothing was found yet, but the list goes on.
		let rare = RecordFilter {
			category: Some(Category::Summary),
			..Default::default()
		};
		let (page, next) = Records::records(ADA, rare.clone(), None, 64);
		assert_eq!((page, next), (vec![], Some(11)));
		assert_eq!(pages(ADA, &rare, 64), vec![vec![], vec![0]]);
		assert_eq!(Records::records(ADA, Default::default(), None, 0).0, vec![]);
	});
}

#[test]
fn a_history_leads_from_any_of_its_records_to_the_others() {
	story(|| {
		let first = registered(new(ADA, 1));
		let second = registered(related(ADA, 2, Relation::Replaces, first));
		let third = registered(related(ADA, 3, Relation::Replaces, second));
		let comment = registered(related(ADA, 4, Relation::Appends, second));
		registered(new(ADA, 5));
		for id in [first, second, third] {
			assert_eq!(ids(&Records::history(id, 64)), vec![first, second, third]);
		}
		assert_eq!(ids(&Records::history(comment, 64)), vec![first, second, comment]);
		// Where the limit is short, what is current is kept.
		assert_eq!(ids(&Records::history(second, 2)), vec![second, third]);
		assert_eq!(ids(&Records::history(third, 1)), vec![third]);
		assert_eq!(Records::history(third, 0), vec![]);
		assert_eq!(Records::history(99, 64), vec![]);
	});
}

#[test]
fn a_long_history_is_bounded() {
	story(|| {
		registered(new(ADA, 0));
		for seed in 1..300 {
			registered(related(ADA, seed, Relation::Replaces, seed - 1));
		}
		let history = Records::history(299, u32::MAX);
		assert_eq!(history.len(), crate::MAX_HISTORY as usize);
		assert_eq!(ids(&history), (44..300).collect::<Vec<_>>());
	});
}

#[test]
fn by_hash_names_the_patients_own_record() {
	story(|| {
		registered(new(ADA, 1));
		registered(new(BEN, 1));
		let sha256 = new(ADA, 1).sha256;
		assert_eq!(Records::by_hash(ADA, sha256), Some(0));
		assert_eq!(Records::by_hash(BEN, sha256), Some(1));
		assert_eq!(Records::by_hash(ADA, H256::zero()), None);
		assert_ok!(Records::mark_entered_in_error(
			RuntimeOrigin::signed(DOCTOR),
			0,
			ErrorReason::Other,
			Some(A)
		));
		assert_eq!(Records::by_hash(ADA, sha256), Some(0));
	});
}

#[test]
fn by_hash_takes_no_document_for_another_whose_hash_begins_alike() {
	story(|| {
		registered(new(ADA, 1));
		for byte in 0..32 {
			let mut other = digest(1);
			other.0[byte] ^= 1;
			assert_eq!(Records::by_hash(ADA, other), None, "byte {byte}");
		}
	});
}

#[test]
fn a_trail_without_entries_ends_where_it_begins() {
	story(|| {
		let genesis = System::block_hash(0);
		assert_eq!(Records::audit_head(ADA), AuditHead::first(&genesis, ADA));
	});
}
