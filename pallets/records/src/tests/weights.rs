use super::*;
use crate::{mock::*, Call, WeightInfo};
use frame_support::dispatch::GetDispatchInfo;
use salus_primitives::{AccessControl, Basis, Decision};

fn weight(call: Call<Test>) -> frame_support::weights::Weight {
	call.get_dispatch_info().call_weight
}

#[test]
fn every_decision_and_every_use_is_paid_in_advance() {
	story(|| {
		let decide = Engine::decide_weight();
		let (purpose, institution) = (Purpose::Treatment, Some(A));
		assert_eq!(
			weight(Call::register {
				record: new(ADA, 1),
				purpose,
				institution
			}),
			<()>::register() + decide
		);
		// A replacement is decided at its own date too.
		assert_eq!(
			weight(Call::register {
				record: related(ADA, 1, Relation::Replaces, 0),
				purpose,
				institution
			}),
			<()>::register() + decide * 2
		);
		let mut records: Vec<_> = (0..6).map(|seed| new(ADA, seed)).collect();
		records.push(related(ADA, 6, Relation::Appends, 0));
		records.extend([7, 8].map(|seed| related(ADA, seed, Relation::Replaces, seed - 7)));
		let records = list(records);
		assert_eq!(
			weight(Call::register_batch {
				records,
				purpose,
				institution
			}),
			<()>::register_batch(9) + decide * 11
		);
		assert_eq!(
			weight(Call::access {
				records: list((0..9).collect()),
				purpose,
				institution
			}),
			<()>::access(9) + decide * 9 + Engine::take_use_weight() * 9
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
			0 | 1 => Decision::Permit(Basis::Grant(1)),
			_ => Decision::Permit(Basis::Author),
		});
		let records = list((0..5).collect());
		let info = Records::access(RuntimeOrigin::signed(DOCTOR), records, Purpose::Treatment, Some(A)).unwrap();
		let spent = <()>::access(5) + Engine::decide_weight() * 5 + Engine::take_use_weight();
		assert_eq!(info.actual_weight, Some(spent));
	});
}
