use codec::{Decode, Encode};
use salus_index::BlockEntries;
use salus_primitives::{AuditEntry, Basis, Kind, Purpose, Reason};
use serde_json::{json, Value};
use sp_core::H256;

use super::world::{account, World};
use crate::AccountId;

fn ids(page: &Value) -> Vec<Value> {
	page["items"]
		.as_array()
		.unwrap()
		.iter()
		.map(|item| item["id"].clone())
		.collect()
}

#[tokio::test]
async fn a_record_is_shown_whole() {
	let world = World::new().await;
	assert_eq!(
		world.ok("records_get", json!([4])).await,
		json!({
			"id": 4,
			"patient": 1,
			"author": account(2).to_string(),
			"custodian": 0,
			"origin": "Clinician",
			"category": "Laboratory",
			"compartment": null,
			"media": "FhirJson",
			"cid": "bafkreiaha4dqobyha4dqobyha4dqobyha4dqobyha4dqobyha4dqobyha4",
			"sha256": format!("0x{}", "03".repeat(32)),
			"tree": format!("0x{}", "04".repeat(32)),
			"size": 16504,
			"recordedAt": 100,
			"registeredAt": 200,
			"relatesTo": { "relation": "Replaces", "record": 1 },
			"docStatus": "Final",
			"status": { "type": "Superseded", "by": 9 },
			"previous": 3,
		})
	);
	assert_eq!(world.ok("records_get", json!([5])).await, Value::Null);
}

#[tokio::test]
async fn records_are_listed_newest_first_in_pages() {
	let world = World::new().await;
	let first = world.ok("records_list", json!({ "patient": 1, "limit": 3 })).await;
	assert_eq!(ids(&first), [4, 3, 2]);
	let second = world.ok("records_list", json!([1, null, first["next"], 3])).await;
	assert_eq!(ids(&second), [1, 0]);
	assert_eq!(second["next"], Value::Null);
	let filter = json!({ "category": "Claims", "recordedFrom": "5", "currentOnly": true });
	assert_eq!(ids(&world.ok("records_list", json!([1, filter])).await).len(), 0);
}

#[tokio::test]
async fn a_filter_that_is_none_is_refused() {
	let world = World::new().await;
	for filter in [json!({ "colour": "red" }), json!({ "category": "Gossip" }), json!(1)] {
		let (code, data) = world.fails("records_list", json!([1, filter])).await;
		assert_eq!(
			(code, data),
			(7001, json!({ "name": "InvalidParameter", "parameter": "filter" }))
		);
	}
}

#[tokio::test]
async fn a_history_runs_oldest_first() {
	let world = World::new().await;
	let history = world.ok("records_history", json!([3])).await;
	let ids: Vec<_> = history
		.as_array()
		.unwrap()
		.iter()
		.map(|record| record["id"].clone())
		.collect();
	assert_eq!(ids, [1, 3]);
}

#[tokio::test]
async fn a_receipt_shows_each_decision() {
	let world = World::new().await;
	let receipt = world.ok("records_receipt", json!([3])).await;
	assert_eq!(
		receipt["outcomes"],
		json!([
			{ "record": 1, "decision": { "type": "Permit", "basis": { "type": "Author" } } },
			{ "record": 2, "decision": { "type": "Deny", "reason": "Expired" } },
		])
	);
	assert_eq!(receipt["onBehalfOf"], 1);
	assert_eq!(world.ok("records_receipt", json!([4])).await, Value::Null);
}

#[tokio::test]
async fn the_audit_head_has_hash_and_length() {
	let world = World::new().await;
	let head = world.ok("records_auditHead", json!([12])).await;
	assert_eq!(head, json!({ "head": format!("0x{}", "08".repeat(32)), "entries": 12 }));
}

#[tokio::test]
async fn the_trail_waits_for_what_was_finalised_just_now() {
	let world = World::new().await;
	world.progress.send_modify(|progress| progress.number = 6);
	let (page, ()) = tokio::join!(world.ok("records_audit", json!([1])), async {
		world.progress.send_modify(|progress| progress.number = 7);
	});
	assert_eq!(page, json!({ "items": [], "next": null }));
}

#[tokio::test]
async fn what_is_indexed_before_it_is_final_is_not_in_the_trail() {
	let world = World::new().await;
	// The finalised head is block 7; the index reads ahead of a leap of finality.
	let blocks = (1..=9).map(|number| BlockEntries {
		number,
		hash: H256::repeat_byte(1),
		entries: Vec::new(),
		listings: Some(Vec::new()),
	});
	let mut blocks: Vec<_> = blocks.collect();
	for (seq, block) in [(1, 6), (2, 7), (3, 8)] {
		let entry = AuditEntry {
			seq,
			at: seq,
			actor: None,
			kind: Kind::RecordRegistered { record: seq },
		};
		blocks[block].entries.push((1, entry));
	}
	world.index.append(&blocks).await.unwrap();
	let page = world.ok("records_audit", json!([1])).await;
	assert_eq!(
		(page["items"].as_array().unwrap().len(), &page["next"]),
		(1, &Value::Null)
	);
	assert_eq!(page["items"][0]["block"], 7);
}

#[tokio::test]
async fn the_trail_comes_from_the_index_in_pages() {
	let world = World::new().await;
	let kinds: Vec<Kind<AccountId>> = vec![
		Kind::PatientRegistered { institution: 0 },
		Kind::AssignmentProposed {
			institution: 0,
			practitioner: account(2),
		},
		Kind::AccessPermitted {
			receipt: 1,
			record: 2,
			purpose: Purpose::Treatment,
			basis: Basis::Grant(3),
		},
		Kind::AccessRefused {
			receipt: 2,
			record: 2,
			purpose: Purpose::Research,
			reason: Reason::NoGrant,
		},
	];
	let entry = |(seq, kind)| AuditEntry {
		seq,
		at: 10 * seq,
		actor: (seq > 1).then(|| account(4)),
		kind,
	};
	let entries: Vec<_> = (1..).zip(kinds).map(entry).collect();
	let block = BlockEntries {
		number: 1,
		hash: H256::repeat_byte(1),
		entries: entries.iter().cloned().map(|entry| (1, entry)).collect(),
		listings: Some(Vec::new()),
	};
	world.index.append(&[block]).await.unwrap();

	let first = world.ok("records_audit", json!({ "patient": 1, "limit": 3 })).await;
	assert_eq!(first["items"].as_array().unwrap().len(), 3);
	assert_eq!(first["items"][0]["actor"], Value::Null);
	assert_eq!(first["items"][1]["actor"], account(4).to_string());
	assert_eq!(
		first["items"][2]["kind"],
		json!({
			"type": "AccessPermitted",
			"receipt": 1,
			"record": 2,
			"purpose": "Treatment",
			"basis": { "type": "Grant", "grant": 3 },
		})
	);
	assert_eq!(first["items"][2]["block"], 1);
	let scale = hex::decode(first["items"][2]["scale"].as_str().unwrap().trim_start_matches("0x")).unwrap();
	assert_eq!(scale, entries[2].encode());
	assert_eq!(
		AuditEntry::<AccountId>::decode(&mut scale.as_slice()).unwrap(),
		entries[2]
	);

	let second = world.ok("records_audit", json!([1, first["next"], 3])).await;
	assert_eq!(second["items"].as_array().unwrap().len(), 1);
	assert_eq!(second["items"][0]["kind"]["reason"], "NoGrant");
	assert_eq!(second["next"], Value::Null);
	let from = world.ok("records_audit", json!([1, "2"])).await;
	assert_eq!(from["items"].as_array().unwrap().len(), 3);
	assert_eq!(
		world.ok("records_audit", json!([2])).await,
		json!({ "items": [], "next": null })
	);
}
