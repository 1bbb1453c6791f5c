//! The gateway dies, and the hospital's node is away, while devices stream.

use super::ward::{number, Ward};
use salus_tests::{until, Node, Running};
use serde_json::json;
use std::time::Duration;

/// The gateway is killed while its call is in the node's pool, so that it does not hear what became of it; and once more when
/// it has readings that are in no batch.
pub async fn of_the_gateway(ward: &mut Ward, alice: &Node) {
	let mut streams = ward.streams();
	anchors_are_under_way(alice).await;
	assert!(streams.iter_mut().all(|stream| !stream.has_ended()));
	ward.gateway.crash().await;
	until("readings come again, and wait", || async {
		let status = ward.gateway.run("telemetry status").ok();
		(taken(ward).await > 0 && number(&status["waiting"]) > 0).then_some(())
	})
	.await;
	assert!(streams.iter_mut().all(|stream| !stream.has_ended()));
	ward.gateway.crash().await;
	end(ward, streams);
	ward.has_anchored_everything_once(alice).await;
}

/// A's node ends, and its vault with it. The gateway takes readings all the same, and anchors them when the node is there
/// again.
pub async fn of_the_node(ward: &mut Ward, alice: Node) -> Node {
	let before = taken(ward).await;
	let streams = ward.streams();
	until("readings come", || async { (taken(ward).await > before).then_some(()) }).await;
	let before = retried(ward).await;
	let stopped = alice.stop().await;
	end(ward, streams);
	until("the gateway finds no node", || async {
		(retried(ward).await > before).then_some(())
	})
	.await;
	let alice = stopped.start().await;
	assert!(
		ward.anchored(&alice).await < ward.measured(),
		"what was measured meanwhile waits"
	);
	ward.finds(&alice);
	ward.has_anchored_everything_once(&alice).await;
	alice
}

/// Each device was rid of all that it measured.
fn end(ward: &Ward, streams: [Running; 2]) {
	for (device, stream) in ward.devices().into_iter().zip(streams) {
		let sent = stream.answer().ok();
		assert_eq!(sent["refused"], json!({}), "{sent}");
		assert_eq!(number(&sent["nextSeq"]), device.values.len() as u64, "{sent}");
	}
}

/// Waits, without a pause worth mentioning, until a transaction is in the node's pool: nobody but the gateway sends any.
async fn anchors_are_under_way(node: &Node) {
	let wait = async {
		while node.asked("author_pendingExtrinsics", json!([])).await == json!([]) {
			tokio::time::sleep(Duration::from_millis(1)).await;
		}
	};
	tokio::time::timeout(Duration::from_secs(60), wait)
		.await
		.expect("the gateway anchors nothing");
}

/// How many readings the gateway took since it was started.
async fn taken(ward: &Ward) -> u64 {
	ward.gateway.metric("salus_gateway_readings_total", &["\"ok\""]).await
}

/// How often it tried again to keep a batch in the vault, or to anchor it.
async fn retried(ward: &Ward) -> u64 {
	ward.gateway.metric("salus_gateway_batch_retries_total", &[]).await
}
