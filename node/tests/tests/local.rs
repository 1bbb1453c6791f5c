//! Four validators: finality needs three of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use salus_tests::{until, Node, Stopped};
use serde_json::json;

/// How many blocks each validator finalises before they are compared.
const BLOCKS: u64 = 10;
/// How many more blocks come while finality stands still.
const ONWARD: u64 = 5;

/// The preset's validators.
fn validator(name: &str, boot_node: Option<&str>) -> Stopped {
	let (flag, boot_nodes) = (format!("--{name}"), boot_node.map(|address| ["--bootnodes", address]));
	let args = ["--chain", "local", "--no-mdns", &flag];
	Stopped::new(&[&args[..], boot_nodes.as_ref().map_or(&[], |pair| &pair[..])].concat())
}

/// Waits until all of these have finalised this many blocks.
async fn finalised(nodes: &[&Node], number: u64) {
	for node in nodes {
		until("finality", || async {
			node.finalised().await.filter(|found| *found >= number)
		})
		.await;
	}
}

/// Waits until this node's best block has this number.
async fn best(node: &Node, number: u64) {
	until("blocks", || async {
		node.best().await.filter(|found| *found >= number)
	})
	.await;
}

/// All four finalise the same chain; three go on without one; two do not, while blocks still come; and with the third
/// back all of those blocks become final.
#[tokio::test(flavor = "multi_thread")]
async fn four_validators_of_the_local_preset_finalise() {
	let alice = validator("alice", None).start().await;
	let addresses = alice.asked("system_localListenAddresses", json!([])).await;
	let boot_node = addresses[0].as_str().unwrap().to_owned();
	let join = |name: &'static str| validator(name, Some(&boot_node)).start();
	let (bob, eve, ferdie) = tokio::join!(join("bob"), join("eve"), join("ferdie"));

	finalised(&[&alice, &bob, &eve, &ferdie], BLOCKS).await;
	let mut hashes = Vec::new();
	for node in [&alice, &bob, &eve, &ferdie] {
		hashes.push(node.asked("chain_getBlockHash", json!([BLOCKS])).await);
	}
	assert!(hashes.iter().all(|hash| *hash == hashes[0]), "{hashes:?}");

	// Three of four.
	ferdie.stop().await;
	let three = [&alice, &bob, &eve];
	let then = alice.best().await.unwrap();
	finalised(&three, then + ONWARD).await;

	// Two of four: votes under way settle, then nothing more is final while blocks come.
	let eve = eve.stop().await;
	let then = alice.best().await.unwrap();
	best(&alice, then + 2).await;
	let settled = alice.finalised().await.unwrap();
	best(&alice, then + 2 + ONWARD).await;
	for node in [&alice, &bob] {
		assert!(
			node.finalised().await.unwrap() <= settled,
			"two of four finalise nothing"
		);
	}

	// The third is back.
	let then = alice.best().await.unwrap();
	let eve = eve.start().await;
	finalised(&[&alice, &bob, &eve], then).await;
}
