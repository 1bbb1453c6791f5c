use super::*;
use crate::WeightInfo;
use frame_support::weights::Weight;
use salus_primitives::{AccessControl, Basis};

fn weight_of(decision: Decision) -> Weight {
	<Consent as AccessControl<u64>>::weight_of(&decision)
}

#[test]
fn a_permit_that_rests_on_no_grant_costs_less_than_the_worst_case() {
	for basis in [Basis::Subject, Basis::Author, Basis::Assignment] {
		assert_eq!(
			weight_of(Decision::Permit(basis)),
			<() as WeightInfo>::decide_without_grants()
		);
	}
	let worst = <Consent as AccessControl<u64>>::decide_weight();
	assert_eq!(worst, <() as WeightInfo>::decide());
	assert!(<() as WeightInfo>::decide_without_grants().ref_time() < worst.ref_time());
}

#[test]
fn everything_else_costs_the_worst_case() {
	let worst = <Consent as AccessControl<u64>>::decide_weight();
	for basis in [Basis::Grant(0), Basis::Guardian, Basis::BreakGlass(0)] {
		assert_eq!(weight_of(Decision::Permit(basis)), worst);
	}
	for reason in Reason::ALL {
		assert_eq!(weight_of(Decision::Deny(reason)), worst);
	}
}

#[test]
fn a_use_costs_what_it_adds_to_the_decision_before_it() {
	assert_eq!(
		<Consent as AccessControl<u64>>::take_use_weight() + <() as WeightInfo>::decide(),
		<() as WeightInfo>::decide_and_take_use()
	);
}
