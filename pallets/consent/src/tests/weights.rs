use super::*;
use crate::WeightInfo;
use frame_support::weights::Weight;
use salus_primitives::{AccessControl, Basis};

fn weight_of(request: &AccessRequest<u64>, decision: Decision) -> Weight {
	<Consent as AccessControl<u64>>::weight_of(request, &decision)
}

fn reads(count: u64) -> Weight {
	<Test as frame_system::Config>::DbWeight::get().reads(count)
}

#[test]
fn a_permit_that_rests_on_no_grant_costs_what_it_read() {
	let least = <Consent as AccessControl<u64>>::least_weight();
	let worst = <Consent as AccessControl<u64>>::decide_weight();
	assert_eq!(least, <() as WeightInfo>::decide_without_grants());
	assert!(least.ref_time() < worst.ref_time());
	let own = AccessRequest {
		author: BEA,
		..question()
	};
	let paid = AccessRequest {
		purpose: Purpose::Payment,
		..own.clone()
	};
	for basis in [Basis::Subject, Basis::Author, Basis::Assignment] {
		// Her own entry; that of the author she succeeds; with her hospital's overdue reviews looked up.
		assert_eq!(weight_of(&own, Decision::Permit(basis)), least);
		assert_eq!(
			weight_of(&question(), Decision::Permit(basis)),
			least.saturating_add(reads(1)).min(worst)
		);
		assert_eq!(
			weight_of(&paid, Decision::Permit(basis)),
			least.saturating_add(reads(1)).min(worst)
		);
	}
}

#[test]
fn everything_else_costs_the_worst_case() {
	let worst = <Consent as AccessControl<u64>>::decide_weight();
	for basis in [Basis::Grant(0), Basis::Guardian, Basis::BreakGlass(0)] {
		assert_eq!(weight_of(&question(), Decision::Permit(basis)), worst);
	}
	for reason in Reason::ALL {
		assert_eq!(weight_of(&question(), Decision::Deny(reason)), worst);
	}
}

#[test]
fn a_use_costs_what_it_adds_to_the_decision_before_it() {
	assert_eq!(
		<Consent as AccessControl<u64>>::take_use_weight() + <() as WeightInfo>::decide(),
		<() as WeightInfo>::decide_and_take_use()
	);
}
