use super::*;
use crate::WeightInfo;
use frame_support::{
	dispatch::GetDispatchInfo,
	traits::Get,
	weights::{RuntimeDbWeight, Weight},
};

fn declared(call: Call<Test>) -> Weight {
	call.get_dispatch_info().call_weight
}

#[test]
fn each_batch_addressee_and_alert_is_paid() {
	let anchor = |count: u64| Call::anchor {
		institution: A,
		batches: list((0..count).map(|n| batch(0, 0, n, 1))),
	};
	let raise = |names: &[&str]| Call::raise {
		institution: A,
		patient: ADA,
		commitment: H256::zero(),
		ladder: list(names.iter().map(|name| salus_primitives::Rung {
			to: account(name),
			within: MINUTE,
		})),
	};
	let prune = |count: u64| Call::prune_alerts { alerts: list(0..count) };
	world().execute_with(|| {
		assert_eq!(declared(anchor(1)), <()>::anchor(1));
		assert_eq!(declared(anchor(256)), <()>::anchor(256));
		let database: RuntimeDbWeight = <Test as frame_system::Config>::DbWeight::get();
		let guardians_and_caregivers = database.reads(2);
		assert_eq!(declared(raise(&["nurse"])), <()>::raise(1) + guardians_and_caregivers);
		assert_eq!(
			declared(raise(&["nurse", "doctor", "ada"])),
			<()>::raise(3) + guardians_and_caregivers
		);
		assert_eq!(declared(prune(64)), <()>::prune_alerts(64));
	});
}
