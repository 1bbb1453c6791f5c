use serde_json::{json, Value};

use super::world::{account, World, BIG};

fn did(named: &str) -> String {
	format!("did:salus:{}:{named}", "00".repeat(32))
}

fn of(id: &str, account: &str) -> Value {
	json!({
		"id": format!("{id}#{account}"),
		"type": "BlockchainVerificationMethod2021",
		"controller": id,
		"blockchainAccountId": format!("polkadot:{}:{account}", "0".repeat(32)),
	})
}

#[tokio::test]
async fn an_institutions_document_is_w3cs() {
	let id = did("institution:0");
	let (one, two) = (account(1).to_string(), account(2).to_string());
	let answer = World::new().await.ok("roles_did", json!([id])).await;
	assert_eq!(
		answer,
		json!({
			"@context": "https://w3id.org/did-resolution/v1",
			"didDocument": {
				"@context": [
					"https://www.w3.org/ns/did/v1",
					"https://w3id.org/security/multikey/v1",
					"https://w3id.org/security/suites/blockchain-2021/v1",
				],
				"id": id,
				"verificationMethod": [
					of(&id, &one),
					of(&id, &two),
					{
						"id": format!("{id}#hpke"),
						"type": "Multikey",
						"controller": id,
						// As `did:key` writes the X25519 key of 32 bytes 5.
						"publicKeyMultibase": "z6LSc1meEp8v3xCsnqdJi99Ymy5J4wb84vcFg23xnMsXT3PJ",
					},
				],
				"authentication": [format!("{id}#{one}"), format!("{id}#{two}")],
				"assertionMethod": [format!("{id}#{one}"), format!("{id}#{two}")],
				"keyAgreement": [format!("{id}#hpke")],
				"service": [{
					"id": format!("{id}#node-0"),
					"type": "https://salus.example/did#Node",
					"serviceEndpoint": "multiaddr:/ip4/192.0.2.7/tcp/30333",
				}],
			},
			"didResolutionMetadata": { "contentType": "application/did+ld+json" },
			"didDocumentMetadata": { "deactivated": false },
		})
	);
}

#[tokio::test]
async fn a_patient_on_paper_is_controlled_by_her_institution() {
	let id = did(&format!("patient:{BIG}"));
	let answer = World::new().await.ok("roles_did", json!({ "did": id })).await;
	let document = &answer["didDocument"];
	assert_eq!(document["controller"], did("institution:0"));
	// A key that no multicodec is registered for is not named.
	assert_eq!(
		document.as_object().unwrap().keys().collect::<Vec<_>>(),
		["@context", "controller", "id"]
	);
}

#[tokio::test]
async fn what_is_deactivated_has_no_document() {
	let left = did(&format!("account:{}", "02".repeat(32)));
	assert_eq!(
		World::new().await.ok("roles_did", json!([left])).await,
		json!({
			"@context": "https://w3id.org/did-resolution/v1",
			"didDocument": null,
			"didResolutionMetadata": {},
			"didDocumentMetadata": { "deactivated": true },
		})
	);
}
