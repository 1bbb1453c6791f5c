//! What was recorded over a time and is opened as a whole: a batch of a device's readings.

use super::*;
use frame_support::assert_ok;
use proptest::prelude::*;
use salus_primitives::{Basis, DenialTerms};

fn over(first: u64, last: u64) -> Decision {
	let request = AccessRequest {
		recorded_at: first,
		..question()
	};
	<Consent as AccessControl<u64>>::decide_span(&request, last, &[])
}

/// A grant of what was recorded from this time until before that one.
fn open(from: Option<u64>, until: Option<u64>) -> GrantId {
	let terms = Terms {
		recorded_from: from,
		recorded_until: until,
		..terms()
	};
	give(Grantee::Account(BEA), terms)
}

fn close(from: Option<u64>, until: Option<u64>) {
	let terms = DenialTerms {
		recorded_from: from,
		recorded_until: until,
		..DenialTerms::all()
	};
	assert_ok!(Consent::deny(signed(PIA), PATIENT, terms));
}

#[test]
fn a_denial_of_the_middle_closes_all_of_it() {
	story(|| {
		open(None, None);
		close(Some(13), Some(14));
		assert_eq!(over(12, 15), denied(Reason::Refused));
		assert_eq!(over(13, 13), denied(Reason::Refused));
		assert!(over(10, 12).is_permit());
		assert!(over(14, 20).is_permit());
	});
}

#[test]
fn one_grant_holds_both_ends_and_not_two_with_a_hole_between() {
	story(|| {
		open(None, Some(12));
		let later = open(Some(14), None);
		assert_eq!(over(11, 15), denied(Reason::OutsideDateRange));
		assert_eq!(over(12, 14), denied(Reason::OutsideDateRange));
		let whole = Decision::Permit(Basis::Grant(later));
		assert_eq!(over(14, 15), whole);
		let all = open(Some(11), Some(16));
		assert_eq!(over(11, 15), Decision::Permit(Basis::Grant(all)));
	});
}

#[test]
fn one_use_is_given_back_of_what_was_taken() {
	story(|| {
		let grant = give(Grantee::Account(BEA), uses(1));
		let request = question();
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		let last = request.recorded_at + 5;
		let again = |returned: &[GrantId]| <Consent as AccessControl<u64>>::decide_span(&request, last, returned);
		assert_eq!(again(&[]), denied(Reason::Exhausted));
		assert_eq!(again(&[grant]), Decision::Permit(Basis::Grant(grant)));
	});
}

/// Times from 0 to 9, or none.
fn window() -> impl Strategy<Value = (Option<u64>, Option<u64>)> {
	let time = || prop::option::of(0u64..10);
	(time(), time()).prop_filter("a window begins before it ends", |(from, until)| {
		until.is_none_or(|until| from.unwrap_or(0) < until)
	})
}

fn holds((from, until): &(Option<u64>, Option<u64>), at: u64) -> bool {
	from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until)
}

proptest! {
	/// Every moment is asked for by itself.
	#[test]
	fn what_is_open_is_what_one_grant_holds_at_every_moment_and_no_denial_at_any(
		grants in prop::collection::vec(window(), 0..4),
		denials in prop::collection::btree_set(window(), 0..3),
	) {
		ExtBuilder::default().build_and_execute(|| {
			for (from, until) in &grants {
				open(*from, *until);
			}
			for (from, until) in &denials {
				close(*from, *until);
			}
			for first in 0..10u64 {
				for last in first..10 {
					let permitted = grants.iter().any(|grant| (first..=last).all(|at| holds(grant, at)))
						&& !denials.iter().any(|denial| (first..=last).any(|at| holds(denial, at)));
					assert_eq!(over(first, last).is_permit(), permitted, "{first} to {last}");
				}
			}
		});
	}
}
