//! The audit trail is complete: after a restart, a crash, and when more blocks have passed than the node keeps states.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use salus_tests::{Node, Patient};

fn entries(patient: &Patient) -> u64 {
	patient.salus.run(&["audit", "verify", "--patient", &patient.id]).ok()["entries"]
		.as_u64()
		.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_is_complete_after_a_restart_and_a_crash() {
	let node = Node::start().await;
	let mut patient = Patient::in_care(&node);
	let before = entries(&patient);
	assert!(
		before >= 5,
		"registration, first grant and two accepted assignments: {before}"
	);

	let node = node.restart().await;
	patient.salus.speak_to(&node);
	assert_eq!(entries(&patient), before);

	let node = node.crash().await;
	patient.salus.speak_to(&node);
	assert_eq!(entries(&patient), before);
	patient
		.signs(&["consent", "deny", "--patient", &patient.id, "--all"])
		.ok();
	assert_eq!(entries(&patient), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_is_complete_when_states_are_gone() {
	let node = Node::start_with(&["--state-pruning", "16"]).await;
	let patient = Patient::registered(&node);
	let before = entries(&patient);
	let then = node.finalised().await.unwrap();
	node.blocks(40).await;

	let old = node.rpc("chain_getBlockHash", serde_json::json!([then])).await.unwrap();
	let gone = node.rpc("state_getRuntimeVersion", serde_json::json!([old])).await;
	assert!(gone.is_err(), "the state of block {then} is pruned");
	assert_eq!(entries(&patient), before);
}
