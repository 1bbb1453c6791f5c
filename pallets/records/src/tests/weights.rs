use super::*;
use crate::{Call, Error, NextReceipt, WeightInfo};
use frame_support::{
	dispatch::{DispatchErrorWithPostInfo, GetDispatchInfo},
	weights::Weight,
};
use salus_primitives::{AccessControl, AccessRequest, Basis, Decision, Reason};
use sp_runtime::traits::Dispatchable;

const BY_GRANT: Decision = Decision::Permit(Basis::Grant(1));

fn one(record: NewRecord) -> Call<Test> {
	Call::register {
		record,
		purpose: Purpose::Treatment,
		institution: Some(A),
	}
}

fn batch(records: Vec<NewRecord>) -> Call<Test> {
	Call::register_batch {
		records: list(records),
		purpose: Purpose::Treatment,
		institution: Some(A),
	}
}

fn view(records: &[RecordId]) -> Call<Test> {
	Call::access {
		records: list(records.to_vec()),
		purpose: Purpose::Treatment,
		institution: Some(A),
	}
}

fn declared(call: &Call<Test>) -> Weight {
	call.get_dispatch_info().call_weight
}

/// What the worst decision adds, as the benchmarks contain a permit without grants.
fn worst() -> Weight {
	Engine::decide_weight() - Engine::least_weight()
}

/// What is left to be paid of a call of the doctor's, and how it ended. It is never more than was declared.
fn spent(call: Call<Test>) -> (Weight, DispatchResult) {
	let declared = declared(&call);
	let (info, outcome) = match RuntimeCall::Records(call).dispatch(RuntimeOrigin::signed(DOCTOR)) {
		Ok(post_info) => (post_info, Ok(())),
		Err(DispatchErrorWithPostInfo { post_info, error }) => (post_info, Err(error)),
	};
	let spent = info.actual_weight.unwrap_or(declared);
	assert!(spent.all_lte(declared), "{spent:?} of {declared:?}");
	(spent, outcome)
}

fn fails(call: Call<Test>, error: Error<Test>) -> Weight {
	let (weight, outcome) = spent(call);
	assert_eq!(outcome, Err(error.into()));
	weight
}

fn succeeds(call: Call<Test>) -> Weight {
	let (weight, outcome) = spent(call);
	assert_ok!(outcome);
	weight
}

/// A replacement of a record of the doctor's that happened on another day.
fn moved(seed: u64, replaced: RecordId) -> NewRecord {
	NewRecord {
		recorded_at: START - 1,
		..related(ADA, seed, Relation::Replaces, replaced)
	}
}

#[test]
fn every_decision_and_every_use_is_paid_in_advance() {
	story(|| {
		assert_eq!(declared(&one(new(ADA, 1))), <()>::register() + worst());
		// What relates to a record reads it; a replacement is decided at its own date too.
		let appended = one(related(ADA, 1, Relation::Appends, 0));
		assert_eq!(declared(&appended), <()>::register_replacement() + worst());
		let replacing = one(related(ADA, 1, Relation::Replaces, 0));
		assert_eq!(declared(&replacing), <()>::register_replacement() + worst() * 2);

		let mut records: Vec<_> = (0..6).map(|seed| new(ADA, seed)).collect();
		records.push(new(BEN, 0));
		records.push(related(BEN, 6, Relation::Appends, 0));
		records.extend([7, 8].map(|seed| related(ADA, seed, Relation::Replaces, seed - 7)));
		assert_eq!(declared(&batch(records)), <()>::register_batch(7, 2, 3) + worst() * 12);

		assert_eq!(
			declared(&view(&[0, 1, 2, 3])),
			<()>::access(4) + worst() * 4 + Engine::take_use_weight() * 4
		);
	});
}

#[test]
fn a_permit_without_grants_gives_back_all_that_grants_cost() {
	story(|| {
		let call = one(new(ADA, 1));
		assert!(<()>::register().ref_time() < declared(&call).ref_time());
		assert_eq!(succeeds(call), <()>::register());
		// Decided twice, and both times she is the author.
		assert_eq!(succeeds(one(moved(2, 0))), <()>::register_replacement());
		let records = vec![new(ADA, 3), new(BEN, 3), moved(4, 1)];
		assert_eq!(succeeds(batch(records)), <()>::register_batch(2, 2, 1));
		assert_eq!(succeeds(view(&[0, 1, 2])), <()>::access(3));
	});
}

#[test]
fn a_permit_by_a_grant_costs_the_worst_case() {
	story(|| {
		judge(|_| BY_GRANT);
		assert_eq!(succeeds(one(new(ADA, 1))), <()>::register() + worst());
		let records = vec![new(ADA, 2), new(BEN, 2)];
		assert_eq!(succeeds(batch(records)), <()>::register_batch(2, 2, 0) + worst() * 2);
	});
}

#[test]
fn a_replacement_costs_the_decisions_that_it_needed() {
	story(|| {
		registered(new(ADA, 1));
		judge(|_| BY_GRANT);
		let same_date = related(ADA, 2, Relation::Replaces, 0);
		assert_eq!(succeeds(one(same_date)), <()>::register_replacement() + worst());
		let twice = one(moved(3, 1));
		let all = declared(&twice);
		assert_eq!(succeeds(twice), all);
		assert_eq!(all, <()>::register_replacement() + worst() * 2);
		// Hers at the one date and by a grant at the other.
		judge(|request| match request.recorded_at {
			at if at == START - 1 => Decision::Permit(Basis::Author),
			_ => BY_GRANT,
		});
		let back = related(ADA, 4, Relation::Replaces, 2);
		assert_eq!(succeeds(one(back)), <()>::register_replacement() + worst());
	});
}

#[test]
fn a_call_that_fails_before_a_decision_pays_for_none() {
	story(|| {
		registered(new(ADA, 1));
		judge(|_| unreachable!("nothing is to be decided"));
		let malformed = NewRecord {
			cid: Cid::default(),
			..new(ADA, 2)
		};
		assert_eq!(fails(one(malformed.clone()), Error::MalformedCid), <()>::register());
		assert_eq!(fails(one(new(ADA, 1)), Error::AlreadyRegistered), <()>::register());
		let lost = one(related(ADA, 2, Relation::Signs, 9));
		assert_eq!(fails(lost, Error::UnknownRecord), <()>::register_replacement());
		let records = vec![malformed, new(ADA, 3)];
		assert_eq!(
			fails(batch(records), Error::MalformedCid),
			<()>::register_batch(2, 1, 0)
		);
		assert_eq!(fails(view(&[0, 9]), Error::UnknownRecord), <()>::access(2));
		assert_eq!(fails(view(&[]), Error::NoRecords), <()>::access(0));
	});
}

#[test]
fn a_refusal_pays_for_the_decisions_made_so_far() {
	story(|| {
		registered(new(ADA, 1));
		let refused_at = |at| {
			move |request: &AccessRequest<u64>| match request.recorded_at {
				when if when == at => Decision::Deny(Reason::NoGrant),
				_ => BY_GRANT,
			}
		};
		judge(refused_at(START));
		assert_eq!(fails(one(new(ADA, 2)), Error::NotPermitted), <()>::register() + worst());
		// A refused replacement is not asked about at its new date.
		assert_eq!(
			fails(one(moved(2, 0)), Error::NotPermitted),
			<()>::register_replacement() + worst()
		);
		judge(refused_at(START - 1));
		assert_eq!(
			fails(one(moved(2, 0)), Error::NotPermitted),
			<()>::register_replacement() + worst() * 2
		);
		// The first is permitted by a grant, the second refused, the third not asked about.
		let late = NewRecord {
			recorded_at: START - 1,
			..new(ADA, 3)
		};
		let records = vec![new(ADA, 2), late, new(ADA, 4)];
		assert_eq!(
			fails(batch(records), Error::NotPermitted),
			<()>::register_batch(3, 1, 0) + worst() * 2
		);
	});
}

#[test]
fn uses_that_were_not_taken_are_given_back() {
	story(|| {
		for seed in 0..5 {
			registered(new(ADA, seed));
		}
		judge(|request| match request.record.unwrap() {
			0 | 1 => BY_GRANT,
			2 => Decision::Deny(Reason::NoGrant),
			_ => Decision::Permit(Basis::Author),
		});
		assert_eq!(
			succeeds(view(&[0, 1, 2, 3, 4])),
			<()>::access(5) + worst() * 3 + Engine::take_use_weight()
		);
	});
}

#[test]
fn an_access_that_fails_after_its_decisions_pays_for_them() {
	world().execute_with(|| {
		registered(new(ADA, 0));
		judge(|_| BY_GRANT);
		NextReceipt::<Test>::put(u64::MAX);
		assert_eq!(
			fails(view(&[0]), Error::IdsExhausted),
			<()>::access(1) + worst() + Engine::take_use_weight()
		);
	});
}
