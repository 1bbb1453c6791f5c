//! Decentralised identifiers.

use super::DOCTOR;
use salus_tests::{account, Node, Patient};
use serde_json::{json, Value};
use std::{
	io::Write,
	process::{Command, Stdio},
};

/// What an implementation of DID Core that is not ours says to the documents of these results.
fn checked(results: &[Value]) -> Vec<String> {
	let python = std::env::var("SALUS_PYTHON").expect("SALUS_PYTHON is not set: source ~/.cache/salus/env");
	let mut child = Command::new(python)
		.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/checks/did.py"))
		.stdin(Stdio::piped())
		.stdout(Stdio::piped())
		.stderr(Stdio::piped())
		.spawn()
		.unwrap();
	let mut input = child.stdin.take().unwrap();
	for result in results {
		writeln!(input, "{result}").unwrap();
	}
	drop(input);
	let output = child.wait_with_output().unwrap();
	let said = String::from_utf8_lossy(&output.stderr).into_owned();
	assert!(output.status.success(), "is pydid there? run scripts/setup: {said}");
	let said = String::from_utf8(output.stdout).unwrap();
	said.lines().map(str::to_string).collect()
}

/// An institution, a patient and an account resolve to documents that pydid reads; what left has none; an identifier that
/// is none, of another chain, or of nobody is refused each in its way.
#[tokio::test(flavor = "multi_thread")]
async fn identifiers_are_resolved() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let salus = &patient.salus;
	let chain = format!("did:salus:{}", node.genesis().await.trim_start_matches("0x"));
	let public = hex::encode(public(DOCTOR));
	let dids = [
		format!("{chain}:institution:0"),
		format!("{chain}:patient:{}", patient.id),
		format!("{chain}:account:{public}"),
	];
	let resolve = |did: &str| salus.types(&format!("did resolve {did}"));
	let results: Vec<_> = dids.iter().map(|did| resolve(did).ok()).collect();
	assert_eq!(checked(&results), dids);
	for (did, result) in dids.iter().zip(&results) {
		assert_eq!(
			*result,
			node.asked("roles_did", json!([did])).await,
			"the node's own answer"
		);
		assert_eq!(result["didDocumentMetadata"], json!({ "deactivated": false }));
	}
	let [institution, patients, doctors] = [0, 1, 2].map(|n| &results[n]["didDocument"]);
	assert_eq!(
		institution["authentication"],
		json!([
			format!("{}#{}", dids[0], account("//Alice")),
			format!("{}#{}", dids[0], account("//Charlie"))
		])
	);
	assert_eq!(patients["keyAgreement"], json!([format!("{}#hpke", dids[1])]));
	assert_eq!(doctors["keyAgreement"], Value::Null, "a practitioner has none on chain");

	for (did, code, name) in [
		(format!("{chain}:institution:404"), 1, "NotFound"),
		(format!("{chain}:institution:00"), 2, "Usage"),
		("did:web:example.org".to_string(), 2, "Usage"),
		(format!("did:salus:{}:institution:0", "0a".repeat(32)), 2, "Usage"),
	] {
		resolve(&did).fails(code, name);
	}
	// Before her registration there was nobody under her identifier.
	let genesis = node.genesis().await;
	let error = node.rpc("roles_did", json!([dids[1], genesis])).await.unwrap_err();
	assert_eq!(error.data["name"], "UnknownDid");
}

fn public(uri: &str) -> [u8; 32] {
	use sp_core::{sr25519, Pair};
	sr25519::Pair::from_string(uri, None).unwrap().public().0
}
