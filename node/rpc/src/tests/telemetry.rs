use serde_json::{json, Value};
use sp_core::H256;

use super::{
	bedside::{leaves, tree, BOUND, OFFERED},
	world::{account, pruned, World, BIG},
};

fn hex_of(bytes: impl AsRef<[u8]>) -> String {
	format!("0x{}", hex::encode(bytes))
}

fn ids(page: &Value) -> Vec<u64> {
	let items = page["items"].as_array().unwrap().iter();
	items.map(|item| item["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_device_is_shown_whole_with_whom_it_is_offered_to() {
	let world = World::new().await;
	let bound = json!({
		"device": hex_of(BOUND),
		"institution": 0,
		"codes": hex_of([5; 32]),
		"status": "Suspended",
		"bindings": 3,
		"latest": BIG.to_string(),
		"anchored": 4,
		"nextSeq": u64::MAX.to_string(),
		"missing": 2,
		"offer": null,
	});
	assert_eq!(world.ok("telemetry_device", json!([hex_of(BOUND)])).await, bound);
	let plain = json!({ "device": hex::encode(BOUND), "at": null });
	assert_eq!(world.ok("telemetry_device", plain).await, bound);
	let offered = world.ok("telemetry_device", json!([hex_of(OFFERED)])).await;
	assert_eq!(
		offered["offer"],
		json!({
			"patient": BIG.to_string(),
			"by": account(2).to_string(),
			"starts": 10,
			"ends": 20,
			"scan": hex_of([6; 32]),
			"until": 15,
		})
	);
	assert_eq!(offered["latest"], Value::Null);
	assert_eq!(
		world.ok("telemetry_device", json!([hex_of([1; 32])])).await,
		Value::Null
	);
	let gone = json!({ "device": hex_of(BOUND), "at": pruned() });
	assert_eq!(world.fails("telemetry_device", gone).await.0, 7005);
}

#[tokio::test]
async fn bindings_say_who_is_measured_and_when() {
	let world = World::new().await;
	let hers = json!({ "id": 4, "device": hex_of(BOUND), "patient": 1, "starts": 10, "ends": 20, "lastAt": 19 });
	assert_eq!(world.ok("telemetry_binding", json!([4])).await, hers);
	assert_eq!(world.ok("telemetry_bindings", json!([1])).await, json!([hers]));
	let other = world.ok("telemetry_binding", json!([BIG.to_string()])).await;
	assert_eq!(
		(&other["patient"], &other["lastAt"]),
		(&json!(BIG.to_string()), &Value::Null)
	);
	assert_eq!(world.ok("telemetry_binding", json!([5])).await, Value::Null);
	assert_eq!(world.ok("telemetry_bindings", json!([2])).await, json!([]));
}

#[tokio::test]
async fn a_batch_is_shown_whole_and_its_cid_is_of_a_block_or_of_a_tree() {
	let world = World::new().await;
	assert_eq!(
		world.ok("telemetry_anchor", json!([2])).await,
		json!({
			"id": 2,
			"binding": 4,
			"firstSeq": 10,
			"count": 5,
			"firstAt": 200,
			"lastAt": 250,
			"root": tree().root(),
			"cid": "bafkreiadambqgaydambqgaydambqgaydambqgaydambqgaydambqgaydam",
			"sha256": hex_of([3; 32]),
			"size": 16504,
			"previous": 1,
		})
	);
	let first = world.ok("telemetry_anchor", json!([0])).await;
	assert!(first["cid"].as_str().unwrap().starts_with("bafybei"), "{first}");
	assert_eq!(
		(&first["previous"], &first["sha256"]),
		(&Value::Null, &json!(hex_of([3; 32])))
	);
	assert_eq!(world.ok("telemetry_anchor", json!([5])).await, Value::Null);
}

#[tokio::test]
async fn a_patients_batches_newest_first_in_pages_and_by_time() {
	let world = World::new().await;
	let first = world.ok("telemetry_anchors", json!({ "patient": 1, "limit": 3 })).await;
	assert_eq!(ids(&first), [4, 3, 2]);
	let second = world.ok("telemetry_anchors", json!([1, null, first["next"], 3])).await;
	assert_eq!((ids(&second), &second["next"]), (vec![1, 0], &Value::Null));
	let some = json!({ "binding": "4", "from": 150, "until": 301 });
	assert_eq!(ids(&world.ok("telemetry_anchors", json!([1, some])).await), [3, 2, 1]);
	for nothing in [json!([2]), json!([1, { "binding": 5 }])] {
		let page = world.ok("telemetry_anchors", nothing).await;
		assert_eq!(page, json!({ "items": [], "next": null }));
	}
}

#[tokio::test]
async fn a_leaf_is_verified_and_no_other() {
	let world = World::new().await;
	let (leaves, tree) = (leaves(), tree());
	for (index, leaf) in leaves.iter().enumerate() {
		let path = json!({ "index": index, "siblings": tree.path(index).unwrap() });
		assert_eq!(
			world.ok("telemetry_verify", json!([leaf, path, 2])).await,
			true,
			"{index}"
		);
		let (other, late) = (H256::repeat_byte(77), json!([leaf, path, 9]));
		assert_eq!(world.ok("telemetry_verify", json!([other, path, 2])).await, false);
		assert_eq!(world.ok("telemetry_verify", late).await, false, "no such batch");
		let elsewhere = json!({ "index": index ^ 1, "siblings": path["siblings"] });
		assert_eq!(world.ok("telemetry_verify", json!([leaf, elsewhere, 2])).await, false);
	}
}

#[tokio::test]
async fn an_alert_says_who_is_told_now() {
	let world = World::new().await;
	assert_eq!(
		world.ok("telemetry_alert", json!([BIG.to_string()])).await,
		json!({
			"id": BIG.to_string(),
			"patient": 1,
			"institution": 0,
			"commitment": hex_of([4; 32]),
			"raisedAt": 10,
			"ladder": [
				{ "to": account(2).to_string(), "within": 5 },
				{ "to": account(3).to_string(), "within": BIG.to_string() },
			],
			"step": 1,
			"to": account(3).to_string(),
			"due": (BIG + 15).to_string(),
			"acknowledgedAt": null,
		})
	);
	assert_eq!(world.ok("telemetry_alert", json!([4])).await["acknowledgedAt"], 12);
	assert_eq!(world.ok("telemetry_alert", json!([9])).await, Value::Null);
}

#[tokio::test]
async fn a_patients_alerts_newest_first() {
	let world = World::new().await;
	let first = world.ok("telemetry_alerts", json!([1, null, 4])).await;
	assert_eq!(ids(&first), [4, 3, 2, 1]);
	let second = world
		.ok("telemetry_alerts", json!({ "patient": 1, "cursor": first["next"] }))
		.await;
	assert_eq!((ids(&second), &second["next"]), (vec![0], &Value::Null));
	let nobody = world.ok("telemetry_alerts", json!([2])).await;
	assert_eq!(nobody, json!({ "items": [], "next": null }));
}
