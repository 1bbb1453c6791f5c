//! Every error of the table, by name.

use jsonrpsee::types::ErrorObjectOwned;
use salus_primitives::{Reason, DAY, HOUR};
use salus_vault::{chain::ChainUnavailable, desk::ReleaseError, key_table::KeyTableError};
use serde_json::{json, Value};

use super::{
	vault::request,
	world::{account, broken, earlier, pruned, Desk, World},
};
use crate::{ReleaseRefused, RpcError, ERRORS};

/// The path of a leaf with so many siblings.
fn path(siblings: usize) -> Value {
	json!({ "index": 0, "siblings": vec![pruned(); siblings] })
}

#[tokio::test]
async fn invalid_parameter() {
	let world = World::new().await;
	for (method, params, parameter) in [
		("roles_institution", json!(["x"]), "id"),
		("roles_institution", json!([-1]), "id"),
		("roles_institution", json!([1u64 << 32]), "id"),
		("roles_institution", json!([0, "0x12"]), "at"),
		("roles_institution", json!([0, 12]), "at"),
		("roles_patient", json!(["18446744073709551616"]), "id"),
		("roles_patient", json!([1.5]), "id"),
		("roles_patient", json!(["+1"]), "id"),
		("roles_credential", json!(["nobody", 0]), "account"),
		("roles_credential", json!(["0x00", 0]), "account"),
		("roles_credential", json!([7, 0]), "account"),
		("consent_grants", json!(["one"]), "patient"),
		("consent_grantsTo", json!(["nobody"]), "grantee"),
		("consent_grantsTo", json!([{ "type": "Institution" }]), "grantee"),
		(
			"consent_grantsTo",
			json!([{ "type": "Assigned", "institution": 1, "role": "Nurse" }]),
			"grantee",
		),
		("consent_erasures", json!([7]), "grantee"),
		("consent_requestsBy", json!([7]), "requester"),
		("consent_openCases", json!(["0x00"]), "clinician"),
		("consent_reviews", json!([1u64 << 32]), "institution"),
		("appointments_availability", json!([7, 1, 2]), "practitioner"),
		(
			"appointments_availability",
			json!([account(2).to_string(), -1, 2]),
			"from",
		),
		("appointments_availability", json!([account(2).to_string(), 2, 2]), "to"),
		(
			"appointments_availability",
			json!([account(2).to_string(), 0, 42 * DAY + 1]),
			"to",
		),
		("appointments_get", json!(["one"]), "id"),
		("appointments_list", json!([1]), "of"),
		("appointments_list", json!([{}]), "of"),
		("appointments_list", json!([{ "patient": 1, "from": 1 }]), "of"),
		(
			"appointments_list",
			json!([{ "practitioner": account(2).to_string(), "from": 1 }]),
			"of",
		),
		(
			"appointments_list",
			json!([{ "practitioner": account(2).to_string(), "from": 2, "to": 1 }]),
			"of",
		),
		("appointments_list", json!([{ "patient": 1, "doctor": 2 }]), "of"),
		("appointments_waiting", json!(["0x00"]), "practitioner"),
		("appointments_consultation", json!([-3]), "id"),
		("telemetry_device", json!(["0x07"]), "device"),
		("telemetry_device", json!([7]), "device"),
		("telemetry_binding", json!(["one"]), "id"),
		("telemetry_bindings", json!([-1]), "patient"),
		("telemetry_anchor", json!([1.5]), "id"),
		("telemetry_anchors", json!(["+1"]), "patient"),
		("telemetry_anchors", json!([1, { "device": 7 }]), "filter"),
		("telemetry_anchors", json!([1, { "from": "soon" }]), "filter"),
		("telemetry_verify", json!(["0x00", path(0), 1]), "leaf"),
		("telemetry_verify", json!([pruned(), { "index": 0 }, 1]), "path"),
		(
			"telemetry_verify",
			json!([pruned(), { "index": -1, "siblings": [] }, 1]),
			"path",
		),
		(
			"telemetry_verify",
			json!([pruned(), { "index": 0, "siblings": ["0x01"] }, 1]),
			"path",
		),
		("telemetry_verify", json!([pruned(), path(65), 1]), "path"),
		("telemetry_verify", json!([pruned(), path(64), "two"]), "anchor"),
		("telemetry_alert", json!([null]), "id"),
		("telemetry_alerts", json!([{}]), "patient"),
		("records_list", json!([1, null, null, "many"]), "limit"),
		("records_audit", json!([1, -3]), "from"),
	] {
		let (code, data) = world.fails(method, params.clone()).await;
		assert_eq!(
			(code, data),
			(7001, json!({ "name": "InvalidParameter", "parameter": parameter })),
			"{method} {params}"
		);
	}
}

#[tokio::test]
async fn a_missing_parameter_is_json_rpcs_own_error() {
	let world = World::new().await;
	assert_eq!(world.fails("roles_institution", json!([])).await.0, -32602);
}

#[tokio::test]
async fn invalid_limit() {
	let world = World::new().await;
	for limit in [0u64, 257, 1 << 40] {
		for method in [
			"consent_grants",
			"consent_requests",
			"records_list",
			"records_audit",
			"telemetry_anchors",
			"telemetry_alerts",
		] {
			let (code, data) = world.fails(method, json!({ "patient": 1, "limit": limit })).await;
			let expected = json!({ "name": "InvalidLimit", "limit": limit, "least": 1, "most": 256 });
			assert_eq!((code, data), (7002, expected), "{method}");
		}
	}
	for (method, party) in [
		("consent_reviews", json!(1)),
		("consent_openCases", json!(account(1).to_string())),
		("appointments_list", json!({ "patient": 1 })),
	] {
		assert_eq!(world.fails(method, json!([party, null, 257])).await.0, 7002, "{method}");
	}
	world.ok("records_list", json!({ "patient": 1, "limit": 256 })).await;
}

#[tokio::test]
async fn invalid_cursor() {
	let world = World::new().await;
	let foreign = world.ok("consent_grants", json!([1, null, 1])).await["next"].clone();
	for cursor in [json!("0x"), json!("x"), json!(5), json!("0x0100"), foreign] {
		let answer = world
			.fails("records_list", json!({ "patient": 1, "cursor": cursor }))
			.await;
		assert_eq!(answer, (7003, json!({ "name": "InvalidCursor" })), "{cursor}");
	}
	assert_eq!(world.fails("records_audit", json!([1, "0x05"])).await.0, 7003);
	let grants = world.ok("consent_grants", json!([1, null, 1])).await["next"].clone();
	let by_patient = world.ok("appointments_list", json!([{ "patient": 1 }, null, 1])).await["next"].clone();
	let with = json!({ "practitioner": account(2).to_string(), "from": 0, "to": DAY });
	assert_eq!(
		world.fails("appointments_list", json!([with, by_patient])).await.0,
		7003
	);
	// One of another period.
	let of = json!({ "practitioner": account(2).to_string(), "from": 0, "to": 3 * HOUR });
	let later = world.ok("appointments_list", json!([of, null, 2])).await["next"].clone();
	let of = json!({ "practitioner": account(2).to_string(), "from": 0, "to": HOUR });
	assert_eq!(world.fails("appointments_list", json!([of, later])).await.0, 7003);
	let anchors = world.ok("telemetry_anchors", json!({ "patient": 1, "limit": 1 })).await["next"].clone();
	assert_eq!(world.fails("telemetry_alerts", json!([1, anchors])).await.0, 7003);
	let to = account(1).to_string();
	assert_eq!(world.fails("consent_grantsTo", json!([to, grants])).await.0, 7003);
}

#[tokio::test]
async fn unknown_block() {
	let world = World::new().await;
	let at = format!("0x{}", "77".repeat(32));
	let (code, data) = world.fails("roles_institution", json!([0, at])).await;
	assert_eq!((code, data), (7004, json!({ "name": "UnknownBlock", "at": at })));
}

#[tokio::test]
async fn state_pruned() {
	let world = World::new().await;
	let (code, data) = world
		.fails("roles_institution", json!({ "id": 0, "at": pruned() }))
		.await;
	assert_eq!((code, data), (7005, json!({ "name": "StatePruned", "at": pruned() })));
	assert_ne!(
		world.ok("roles_institution", json!({ "id": 0, "at": earlier() })).await,
		Value::Null
	);
}

#[tokio::test]
async fn runtime_failed() {
	let world = World::new().await;
	let answer = world
		.fails("roles_institution", json!({ "id": 0, "at": broken() }))
		.await;
	assert_eq!(answer, (7006, json!({ "name": "RuntimeFailed" })));
}

#[tokio::test]
async fn index_failed() {
	let world = World::new().await;
	world.index.close().await;
	assert_eq!(
		world.fails("records_audit", json!([1])).await,
		(7007, json!({ "name": "IndexFailed" }))
	);
}

#[tokio::test]
async fn index_behind() {
	let world = World::new().await;
	world.progress.send_modify(|progress| progress.number = 6);
	let answer = world.fails("records_audit", json!([1])).await;
	assert_eq!(answer, (7008, json!({ "name": "IndexBehind", "block": 7 })));
}

#[tokio::test]
async fn no_index() {
	let world = World::without_index().await;
	let lists = [
		"consent_grantsTo",
		"consent_requestsBy",
		"consent_openCases",
		"consent_erasures",
	];
	for method in lists {
		let answer = world.fails(method, json!([account(1).to_string()])).await;
		assert_eq!(answer, (7009, json!({ "name": "NoIndex" })), "{method}");
	}
	for method in ["consent_reviews", "records_audit"] {
		assert_eq!(world.fails(method, json!([1])).await.0, 7009, "{method}");
	}
	// What the state alone answers is answered.
	world.ok("consent_grants", json!([1])).await;
}

#[tokio::test]
async fn runtime_too_old() {
	// The index was never told that its lists are complete.
	let world = World::new().await;
	let answer = world.fails("consent_reviews", json!([1])).await;
	assert_eq!(answer, (7010, json!({ "name": "RuntimeTooOld" })));
}

#[tokio::test]
async fn invalid_did() {
	let world = World::new().await;
	let chain = format!("did:salus:{}", "00".repeat(32));
	for did in [
		"".to_string(),
		"institution:0".into(),
		"did:salus".into(),
		"did:".into(),
		"did:SALUS:x".into(),
		"did::x".into(),
		"did:salus:00:institution:0".into(),
		format!("{chain}:institution:00"),
		format!("{chain}:institution:4294967296"),
		format!("{chain}:doctor:0"),
		format!("{chain}:account:{}", "AA".repeat(32)),
		format!("{chain}:patient:0#key"),
		format!("did:salus:{}:institution:0", "AB".repeat(32)),
		format!("did:salus:{}:institution:00", "ab".repeat(32)),
		format!("{chain}:patient:{}", "1".repeat(1 << 20)),
	] {
		let expected = json!({ "name": "InvalidDid", "type": "https://www.w3.org/ns/did#INVALID_DID" });
		assert_eq!(
			world.fails("roles_did", json!([did])).await,
			(7011, expected),
			"{did:.80}"
		);
	}
	let (code, data) = world.fails("roles_did", json!([7])).await;
	assert_eq!((code, data["parameter"].clone()), (7001, json!("did")));
}

#[tokio::test]
async fn did_method_not_supported() {
	let expected = json!({ "name": "DidMethodNotSupported", "type": "https://www.w3.org/ns/did#METHOD_NOT_SUPPORTED" });
	for did in [
		"did:web:example.org",
		"did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc",
	] {
		let answer = World::new().await.fails("roles_did", json!([did])).await;
		assert_eq!(answer, (7012, expected.clone()));
	}
}

#[tokio::test]
async fn foreign_did() {
	let genesis = "0a".repeat(32);
	let did = format!("did:salus:{genesis}:institution:0");
	let (code, data) = World::new().await.fails("roles_did", json!([did])).await;
	let expected = json!({
		"name": "ForeignDid",
		"type": "https://www.w3.org/ns/did#NOT_FOUND",
		"genesis": format!("0x{genesis}"),
	});
	assert_eq!((code, data), (7013, expected));
}

#[tokio::test]
async fn unknown_did() {
	let chain = format!("did:salus:{}", "00".repeat(32));
	for named in [
		"institution:9".to_string(),
		"patient:9".into(),
		format!("account:{}", "77".repeat(32)),
	] {
		let answer = World::new()
			.await
			.fails(
				"roles_did",
				json!({ "did": format!("{chain}:{named}"), "at": earlier() }),
			)
			.await;
		let expected = json!({ "name": "UnknownDid", "type": "https://www.w3.org/ns/did#NOT_FOUND" });
		assert_eq!(answer, (7014, expected));
	}
}

fn refusals() -> Vec<(fn() -> ReleaseError, Value)> {
	use ReleaseError::*;
	vec![
		(|| WrongVersion, json!({ "name": "WrongVersion" })),
		(|| WrongGenesis, json!({ "name": "WrongGenesis" })),
		(|| WrongCustodian, json!({ "name": "WrongCustodian" })),
		(|| BadSignature, json!({ "name": "BadSignature" })),
		(|| StaleChain, json!({ "name": "StaleChain" })),
		(|| StaleAnchor, json!({ "name": "StaleAnchor" })),
		(|| UnsupportedRecipientKey, json!({ "name": "UnsupportedRecipientKey" })),
		(|| InvalidRecipientKey, json!({ "name": "InvalidRecipientKey" })),
		(|| UnknownReceipt, json!({ "name": "UnknownReceipt" })),
		(|| ForeignReceipt, json!({ "name": "ForeignReceipt" })),
		(|| OldReceipt, json!({ "name": "OldReceipt" })),
		(
			|| RefusedInReceipt(6),
			json!({ "name": "RefusedInReceipt", "reason": "NoGrant" }),
		),
		(|| UnknownRecord, json!({ "name": "UnknownRecord" })),
		(
			|| NotPermitted(7),
			json!({ "name": "NotPermitted", "reason": "Revoked" }),
		),
		(|| NoKey, json!({ "name": "NoKey" })),
		(|| UnreadableKey, json!({ "name": "UnreadableKey" })),
		(|| Chain(ChainUnavailable), json!({ "name": "ChainUnavailable" })),
		(|| KeyTable(KeyTableError::Damaged), json!({ "name": "KeyTable" })),
		(|| NoRandomness, json!({ "name": "NoRandomness" })),
	]
}

fn relays() -> Vec<(fn() -> ReleaseRefused, Value)> {
	use ReleaseRefused::*;
	vec![
		(|| ForeignRequester, json!({ "name": "ForeignRequester" })),
		(|| TooManyRequests, json!({ "name": "TooManyRequests" })),
		(
			|| Unreachable(7),
			json!({ "name": "CustodianUnreachable", "custodian": 7 }),
		),
		(|| Busy(7), json!({ "name": "CustodianBusy", "custodian": 7 })),
		(|| BadReply(7), json!({ "name": "CustodianBadReply", "custodian": 7 })),
	]
}

#[tokio::test]
async fn every_refusal_of_the_relay_has_its_code() {
	for (code, (refused, data)) in (7030..).zip(relays()) {
		let world = World::with(Some(Desk {
			refuses: Some(Box::new(refused)),
		}))
		.await;
		let answer = world.fails("vault_release", json!([request(0), "0x00"])).await;
		assert_eq!(answer, (code, data));
	}
}

#[tokio::test]
async fn every_refusal_of_the_desk_has_its_code() {
	for (code, (error, data)) in (7101..).zip(refusals()) {
		let world = World::with(Some(Desk {
			refuses: Some(Box::new(move || error().into())),
		}))
		.await;
		let answer = world.fails("vault_release", json!([request(0), "0x00"])).await;
		assert_eq!(answer, (code, data));
	}
}

/// What the chain says of a batch that a denial of its middle closes, and of one that lies across two grants.
#[tokio::test]
async fn a_batch_is_refused_for_the_chain_s_reason() {
	for reason in [Reason::Refused, Reason::OutsideDateRange] {
		let world = World::with(Some(Desk {
			refuses: Some(Box::new(move || ReleaseError::NotPermitted(reason as u8).into())),
		}))
		.await;
		let (_, data) = world.fails("vault_release", json!([request(0), "0x00"])).await;
		assert_eq!(data, json!({ "name": "NotPermitted", "reason": reason.name() }));
	}
}

#[test]
fn the_table_is_complete_and_in_the_readme() {
	let mut known: Vec<RpcError> = vec![
		RpcError::parameter("id", "wrong"),
		RpcError::InvalidLimit(0),
		RpcError::InvalidCursor,
		RpcError::UnknownBlock(pruned()),
		RpcError::StatePruned(pruned()),
		RpcError::RuntimeFailed,
		RpcError::IndexFailed,
		RpcError::IndexBehind(7),
		RpcError::NoIndex,
		RpcError::RuntimeTooOld,
		RpcError::InvalidDid,
		RpcError::DidMethodNotSupported,
		RpcError::ForeignDid(pruned()),
		RpcError::UnknownDid,
		RpcError::TooManySubscriptions,
		RpcError::NoDesk { custodian: None },
		RpcError::LocalOnly,
		RpcError::VaultFailed,
	];
	known.extend(relays().into_iter().map(|(refused, _)| RpcError::Relay(refused())));
	known.extend(refusals().into_iter().map(|(error, _)| RpcError::Release(error())));
	let table: Vec<_> = known.iter().map(|error| (error.code(), error.name())).collect();
	assert_eq!(table, ERRORS);
	let readme = include_str!("../../README.md");
	for (code, name) in ERRORS {
		assert!(
			readme.contains(&format!("| {code} | `{name}` |")),
			"{name} is missing in the README"
		);
	}
	for error in known {
		let (code, name) = (error.code(), error.name());
		let object = ErrorObjectOwned::from(error);
		assert_eq!(object.code(), code);
		let data: Value = serde_json::from_str(object.data().unwrap().get()).unwrap();
		assert_eq!(data["name"], name);
	}
}

#[tokio::test]
async fn no_method_asks_the_runtime_on_the_server_s_threads() {
	assert_eq!(World::new().await.inline_methods(), Vec::<&str>::new());
}
