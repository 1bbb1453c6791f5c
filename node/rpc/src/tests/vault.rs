use codec::{Decode, Encode};
use salus_vault::{
	chain::Object,
	desk::Release,
	request::{ReleaseRequest, REQUEST_VERSION},
	wrap::HpkeKey,
};
use serde_json::json;

use super::world::{Desk, World, BIG};

pub fn request(custodian: u32) -> String {
	let request = ReleaseRequest {
		version: REQUEST_VERSION,
		genesis: [0; 32],
		custodian,
		receipt: 3,
		object: Object::Record(1),
		requester: [2; 32],
		recipient_key: HpkeKey::X25519([7; 32]),
		anchor: (7, [0xf1; 32]),
		nonce: [1; 16],
	};
	format!("0x{}", hex::encode(request.encode()))
}

fn signature() -> String {
	format!("0x01{}", "aa".repeat(64))
}

#[tokio::test]
async fn a_release_is_asked_for_by_name_by_position_or_by_one_object() {
	let world = World::new().await;
	let both = json!({ "request": request(0), "signature": signature() });
	let by_name = world.ok("vault_release", both.clone()).await;
	assert_eq!(
		world.ok("vault_release", json!([request(0), signature()])).await,
		by_name
	);
	assert_eq!(world.ok("vault_release", json!([both])).await, by_name);
	let bytes = hex::decode(by_name.as_str().unwrap().trim_start_matches("0x")).unwrap();
	assert_eq!(Release::decode(&mut bytes.as_slice()).unwrap().wrap.0.len(), 65);
}

#[tokio::test]
async fn a_request_or_signature_that_is_none_is_refused() {
	let world = World::new().await;
	let invalid = |parameter: &str| (7001, json!({ "name": "InvalidParameter", "parameter": parameter }));
	for request in ["0x", "0x00", "zz", &"00".repeat(3000), &format!("{}00", request(0))] {
		assert_eq!(
			world.fails("vault_release", json!([request, signature()])).await,
			invalid("request")
		);
	}
	assert_eq!(
		world.fails("vault_release", json!([request(0)])).await,
		invalid("signature")
	);
	assert_eq!(
		world.fails("vault_release", json!([request(0), 5])).await,
		invalid("signature")
	);
	assert_eq!(
		world.fails("vault_release", json!([request(0), "00".repeat(67)])).await,
		invalid("signature")
	);
	assert_eq!(
		world.fails("vault_release", json!([{ "request": request(0) }])).await,
		invalid("request")
	);
}

#[tokio::test]
async fn a_node_says_that_it_is_not_the_custodian() {
	let elsewhere = (7020, json!({ "name": "NoDesk", "custodian": 5 }));
	let world = World::new().await;
	assert_eq!(
		world.fails("vault_release", json!([request(5), signature()])).await,
		elsewhere
	);
	let world = World::with(None).await;
	assert_eq!(
		world.fails("vault_release", json!([request(5), signature()])).await,
		elsewhere
	);
	let none = (7020, json!({ "name": "NoDesk", "custodian": null }));
	assert_eq!(world.local().fails("vault_status", json!([])).await, none);
}

#[tokio::test]
async fn the_status_is_local_only() {
	let world = World::with(Some(Desk::default())).await.remote();
	assert_eq!(
		world.fails("vault_status", json!([])).await,
		(7021, json!({ "name": "LocalOnly" }))
	);
	let status = World::new().await.local().ok("vault_status", json!([])).await;
	assert_eq!(
		status,
		json!({
			"store": "embedded",
			"stored": BIG.to_string(),
			"limit": 2,
			"pending": 3,
			"live": 4,
			"custodians": [{
				"institution": 0,
				"releases": 5,
				"refusedReleases": { "OldReceipt": 6 },
				"uploads": 7,
				"refusedUploads": {},
			}],
		})
	);
}
