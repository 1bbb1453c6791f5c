//! The table of devices, as finality goes on.

use salus::devices::Changes;
use salus_primitives::Status;

use super::{
	model::{Fault, Model, OnChain},
	*,
};
use crate::telemetry::follow::Follower;

fn changed(devices: &[&SigningKey], bindings: &[u64]) -> Changes {
	Changes {
		devices: devices.iter().map(|signer| id(signer)).collect(),
		bindings: bindings.iter().copied().collect(),
	}
}

#[tokio::test]
async fn devices_are_known_from_the_first_look_on_and_what_blocks_change() {
	let (pulse, other) = (signer(1), signer(2));
	let model = Model::with(&[&pulse]);
	let devices = Devices::default();
	let mut follower = Follower::new(model.clone(), devices.clone());
	model.fault(Fault::Away);
	assert_eq!(follower.catch_up().await, Err(super::model::away()));
	assert_eq!(devices.sender(&id(&pulse)), Err(Refusal::NotReady));
	follower.catch_up().await.unwrap();
	assert!(devices.sender(&id(&pulse)).unwrap().bindings.contains_key(&BINDING));
	assert_eq!(devices.sender(&id(&other)), Err(Refusal::UnknownDevice));

	// A device is provisioned and bound, another is unbound: the block names its binding alone.
	let now = words::now();
	model.block(
		|state| {
			state.devices.insert(id(&other), OnChain::default());
			let bound = device(&other).bindings[&BINDING];
			state.bindings.insert(7, (id(&other), bound));
			state.bindings.get_mut(&BINDING).unwrap().1.ends = now - 1;
		},
		changed(&[&other], &[7, BINDING]),
	);
	follower.catch_up().await.unwrap();
	let mut hers = reading(&pulse, 0);
	assert_eq!(
		devices.get(&id(&pulse)).unwrap().may(&hers, now),
		Err(Refusal::OutsideBinding)
	);
	hers.at = now - 2;
	assert_eq!(
		devices.get(&id(&pulse)).unwrap().may(&hers, now),
		Ok(()),
		"what was measured before can still come"
	);
	assert_eq!(devices.get(&id(&other)).unwrap().bindings.len(), 1);

	model.block(
		|state| state.devices.get_mut(&id(&other)).unwrap().status = Status::Revoked,
		changed(&[&other], &[]),
	);
	follower.catch_up().await.unwrap();
	let mut his = reading(&other, 0);
	his.binding = 7;
	assert_eq!(
		devices.get(&id(&other)).unwrap().may(&his, now),
		Err(Refusal::DeviceNotActive)
	);
}

#[tokio::test]
async fn who_was_away_for_long_looks_at_everything_again() {
	let pulse = signer(1);
	let model = Model::with(&[&pulse]);
	let devices = Devices::default();
	let mut follower = Follower::new(model.clone(), devices.clone());
	follower.catch_up().await.unwrap();
	// No block says so: it is beyond those that can be read.
	model.block(
		|state| state.devices.get_mut(&id(&pulse)).unwrap().status = Status::Suspended,
		Changes::default(),
	);
	for _ in 0..8 {
		model.block(|_| {}, Changes::default());
	}
	follower.catch_up().await.unwrap();
	assert_eq!(devices.get(&id(&pulse)).unwrap().status, Status::Suspended);
}

#[tokio::test]
async fn a_reading_of_the_earlier_patient_comes_late_until_one_of_the_later_is_anchored() {
	let pulse = signer(1);
	let now = words::now();
	let mut moved = device(&pulse);
	moved.bindings.get_mut(&BINDING).unwrap().ends = now - 60_000;
	let later = Binding {
		patient: 8,
		starts: now - 60_000,
		ends: now + DAY,
	};
	moved.bindings.insert(5, later);
	let mut hers = reading(&pulse, 3);
	hers.at = now - 120_000;
	assert_eq!(moved.may(&hers, now), Ok(()));
	// Whoever wears it now did not measure then, and the one before does not any more.
	hers.binding = 5;
	assert_eq!(moved.may(&hers, now), Err(Refusal::OutsideBinding));
	hers.binding = BINDING;
	moved.anchored = Some(5);
	assert_eq!(moved.may(&hers, now), Err(Refusal::PassedBinding));
	hers.at = now;
	moved.anchored = None;
	assert_eq!(moved.may(&hers, now), Err(Refusal::OutsideBinding));
}
