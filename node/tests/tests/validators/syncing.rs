use crate::finalised;
use salus_tests::{
	consortium::{address, in_session, Chain},
	until, Node,
};
use serde_json::json;

/// Over several sessions.
const BEHIND: u64 = 25;

async fn same_block(a: &Node, b: &Node, number: u64) {
	let (here, there) = (
		a.asked("chain_getBlockHash", json!([number])).await,
		b.asked("chain_getBlockHash", json!([number])).await,
	);
	assert!(here.is_string());
	assert_eq!(here, there, "block {number}");
}

/// A node that starts late executes every block since genesis; another one proves the finalised head by warp sync and
/// downloads that state. Both follow the head from then on.
#[tokio::test(flavor = "multi_thread")]
async fn late_nodes_catch_up_from_genesis_and_by_warp_sync() {
	let chain = Chain::new(3, &["late", "warp"]);
	let [alice, bob, eve] = chain.validators(["alice", "bob", "eve"]).await;
	finalised(&[&alice, &bob, &eve], BEHIND).await;
	let boot_nodes = [address(&alice).await, address(&bob).await, address(&eve).await];

	let late = chain.node("late", &[], &boot_nodes).start().await;
	let head = alice.finalised().await.unwrap();
	finalised(&[&late], head).await;
	same_block(&alice, &late, 1).await;
	same_block(&alice, &late, head).await;
	finalised(&[&late], head + 5).await;

	let warp = chain.node("warp", &["--sync", "warp"], &boot_nodes).start().await;
	let head = alice.finalised().await.unwrap();
	finalised(&[&warp], head).await;
	assert!(
		warp.log().contains("Warp sync is complete"),
		"it executed every block instead:\n{}",
		warp.log()
	);
	// What it has at first is the head it proved, and what came after.
	let head = warp.finalised().await.unwrap();
	finalised(&[&alice], head).await;
	same_block(&alice, &warp, head).await;
	assert_eq!(in_session(&warp).await, in_session(&alice).await);
	finalised(&[&warp], head + 5).await;
	// The history is filled in behind it.
	until("the blocks before the head", || async {
		warp.rpc("chain_getBlockHash", json!([1]))
			.await
			.ok()
			.filter(|hash| hash.is_string())
	})
	.await;
	same_block(&alice, &warp, 1).await;
	// It has not seen the past's events, and says so instead of showing half a trail.
	let refused = warp.rpc("records_audit", json!([0])).await.unwrap_err();
	assert_eq!(refused.data["name"], "NoIndex", "{refused:?}");
	let refused = warp.rpc("consent_reviews", json!([0])).await.unwrap_err();
	assert_eq!(refused.data["name"], "NoIndex", "{refused:?}");
	assert!(warp.log().contains("keeps no audit index"));
	assert!(late.rpc("records_audit", json!([0])).await.is_ok());

	// Started again, it goes on.
	let warp = warp.restart().await;
	let head = alice.finalised().await.unwrap();
	finalised(&[&warp], head + 5).await;
}
