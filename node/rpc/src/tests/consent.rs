use codec::Encode;
use salus_primitives::{AccessRequest, Action, Category, Purpose, RecordStatus};
use serde_json::{json, Value};

use super::world::{account, World, BIG};

fn object() -> Value {
	json!({
		"requester": account(2).to_string(),
		"onBehalfOf": 1,
		"patient": 1,
		"record": BIG.to_string(),
		"custodian": 0,
		"category": "Laboratory",
		"recordedAt": 5,
		"author": account(3).to_string(),
		"status": { "type": "Superseded", "by": 8 },
		"action": "View",
		"purpose": "Treatment",
	})
}

#[tokio::test]
async fn a_decision_is_asked_for_by_object_or_by_bytes() {
	let world = World::new().await;
	let permit = json!({ "type": "Permit", "basis": { "type": "Grant", "grant": BIG.to_string() } });
	assert_eq!(world.ok("consent_decide", json!([object()])).await, permit);
	let request = AccessRequest {
		requester: account(2),
		on_behalf_of: Some(1),
		patient: 1,
		record: Some(BIG),
		custodian: 0,
		category: Category::Laboratory,
		compartment: None,
		recorded_at: 5,
		author: account(3),
		status: Some(RecordStatus::Superseded(8)),
		action: Action::View,
		purpose: Purpose::Treatment,
	};
	let bytes = format!("0x{}", hex::encode(request.encode()));
	assert_eq!(world.ok("consent_decide", json!({ "request": bytes })).await, permit);

	let mut other = object();
	other["purpose"] = json!("Research");
	assert_eq!(
		world.ok("consent_decide", json!([other])).await,
		json!({ "type": "Deny", "reason": "NoGrant" })
	);
}

#[tokio::test]
async fn a_request_that_is_none_is_refused() {
	let world = World::new().await;
	let mut unknown = object();
	unknown["purpose"] = json!("Curiosity");
	let mut extra = object();
	extra["salary"] = json!(1);
	for request in [
		unknown,
		extra,
		json!("0x00"),
		json!("0xzz"),
		json!("00".repeat(2000)),
		json!(7),
		json!(null),
	] {
		let (code, data) = world.fails("consent_decide", json!([request])).await;
		assert_eq!(
			(code, data),
			(7001, json!({ "name": "InvalidParameter", "parameter": "request" })),
			"{request}"
		);
	}
}

#[tokio::test]
async fn grants_come_in_pages() {
	let world = World::new().await;
	let first = world.ok("consent_grants", json!({ "patient": 1, "limit": 2 })).await;
	let ids = |page: &Value| {
		page["items"]
			.as_array()
			.unwrap()
			.iter()
			.map(|item| item["id"].clone())
			.collect::<Vec<_>>()
	};
	assert_eq!(ids(&first), [1, 2]);
	let second = world
		.ok(
			"consent_grants",
			json!({ "patient": 1, "cursor": first["next"], "limit": 2 }),
		)
		.await;
	assert_eq!(ids(&second), [3, 4]);
	let third = world.ok("consent_grants", json!([1, second["next"], 2])).await;
	assert_eq!(ids(&third), [5]);
	assert_eq!(third["next"], Value::Null);
	// A full page that is the last one has no next either.
	let exact = world.ok("consent_grants", json!([1, null, 5])).await;
	assert_eq!(
		(exact["items"].as_array().unwrap().len(), &exact["next"]),
		(5, &Value::Null)
	);

	let all = world.ok("consent_grants", json!([1])).await;
	assert_eq!(ids(&all), [1, 2, 3, 4, 5]);
	assert_eq!(
		all["items"][0]["grantee"],
		json!({ "type": "Role", "role": "Doctor", "institution": 1 })
	);
	assert_eq!(all["items"][0]["usesLeft"], 2);
	assert_eq!(all["next"], Value::Null);
	assert_eq!(
		world.ok("consent_grants", json!([2])).await,
		json!({ "items": [], "next": null })
	);
}

#[tokio::test]
async fn requests_come_in_pages() {
	let world = World::new().await;
	let first = world.ok("consent_requests", json!([1, null, 4])).await;
	assert_eq!(first["items"].as_array().unwrap().len(), 4);
	assert_eq!(first["items"][0]["requester"], account(2).to_string());
	assert_eq!(first["items"][0]["expiresAt"], 2);
	let second = world.ok("consent_requests", json!([1, first["next"], 4])).await;
	assert_eq!(second["items"].as_array().unwrap().len(), 1);
	assert_eq!(second["next"], Value::Null);
}

#[tokio::test]
async fn denials_name_only_what_they_name() {
	let world = World::new().await;
	let denials = world.ok("consent_denials", json!([1])).await;
	assert_eq!(denials[0]["terms"]["role"], "Insurer");
	assert_eq!(denials[0]["terms"]["record"], BIG.to_string());
	assert_eq!(denials[0]["terms"]["account"], Value::Null);
	assert_eq!(denials[0]["madeAt"], 3);
}
