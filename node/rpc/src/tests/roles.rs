use serde_json::{json, Value};

use super::world::{account, World, BIG};

#[tokio::test]
async fn an_institution_is_shown_whole() {
	let world = World::new().await;
	let institution = world.ok("roles_institution", json!([0])).await;
	assert_eq!(
		institution,
		json!({
			"id": 0,
			"kind": "Hospital",
			"region": "CH-ZH",
			"timeZone": "Europe/Zurich",
			"officers": [account(1).to_string(), account(2).to_string()],
			"status": "Active",
			"hpke": { "type": "X25519", "key": format!("0x{}", "05".repeat(32)) },
			"peerIds": [],
			"addresses": ["0x0102"],
			"admissionTerms": {
				"actions": ["View"],
				"purposes": ["Treatment", "Emergency"],
				"categories": ["Laboratory"],
				"records": [3, BIG.to_string()],
				"compartments": [2],
				"recordedFrom": 5,
				"recordedUntil": null,
				"starts": 10,
				"ends": 20,
				"uses": 3,
				"eraseAfter": null,
				"outlives": false,
			},
			"seat": account(3).to_string(),
			"validator": null,
		})
	);
}

#[tokio::test]
async fn what_does_not_exist_is_null() {
	let world = World::new().await;
	assert_eq!(world.ok("roles_institution", json!([1])).await, Value::Null);
	assert_eq!(world.ok("roles_patient", json!({ "id": 2 })).await, Value::Null);
	let params = json!({ "account": account(3).to_string(), "institution": 0 });
	assert_eq!(world.ok("roles_credential", params).await, Value::Null);
}

#[tokio::test]
async fn a_credential_is_found_by_ss58_and_by_hex() {
	let world = World::new().await;
	let by_ss58 = world.ok("roles_credential", json!([account(2).to_string(), 0])).await;
	let by_hex = world
		.ok("roles_credential", json!([format!("0x{}", "02".repeat(32)), "0"]))
		.await;
	assert_eq!(by_ss58, by_hex);
	assert_eq!(by_ss58["role"], "Doctor");
	assert_eq!(by_ss58["active"], false);
	assert_eq!(by_ss58["validUntil"], BIG.to_string());
}

#[tokio::test]
async fn ids_beyond_2_to_the_53_are_decimal_strings() {
	let world = World::new().await;
	let patient = world.ok("roles_patient", json!([BIG.to_string()])).await;
	assert_eq!(patient["id"], BIG.to_string());
	assert_eq!(patient["status"], json!({ "type": "MergedInto", "patient": 4 }));
	assert_eq!(world.ok("roles_patient", json!([BIG])).await, patient);
}
