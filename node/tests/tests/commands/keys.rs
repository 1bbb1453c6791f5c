//! The node, institutions and keys.

use salus_tests::{account, text, Node, Salus};
use serde_json::json;

/// Alice's account as Polkadot.js exports it, under the password "whoisalice".
const POLKADOT_JS: &str = r#"{"encoded":"DumgApKCTqoCty1OZW/8WS+sgo6RdpHhCwAkA2IoDBMAgAAAAQAAAAgAAAB6IG/q24EeVf0JqWqcBd5m2tKq5BlyY84IQ8oamLn9DZe9Ouhgunr7i36J1XxUnTI801axqL/ym1gil0U8440Qvj0lFVKwGuxq38zuifgoj0B3Yru0CI6QKEvQPU5xxj4MpyxdSxP+2PnTzYao0HDH0fulaGvlAYXfqtU89xrx2/z9z7IjSwS3oDFPXRQ9kAdDebtyCVreZ9Otw9v3","encoding":{"content":["pkcs8","sr25519"],"type":["scrypt","xsalsa20-poly1305"],"version":"3"},"address":"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY","meta":{"genesisHash":"","name":"Alice","whenCreated":1718265838755}}"#;

/// What `node status` and `institution show` tell is what the chain says; a key that is made, imported from its words,
/// from a seed or from Polkadot.js is the account it should be, and signs.
#[tokio::test(flavor = "multi_thread")]
async fn nodes_institutions_and_keys_are_shown_as_they_are() {
	let node = Node::start().await;
	let salus = Salus::new(&node);
	let genesis = node.genesis().await;

	let status = salus.types(&format!("--genesis {genesis} node status")).ok();
	assert_eq!(
		(&status["chain"], &status["genesis"]),
		(&json!("Salus development"), &json!(genesis))
	);
	let finalised = &status["finalised"];
	let hash = node.asked("chain_getBlockHash", json!([finalised["number"]])).await;
	assert_eq!(finalised["hash"], hash);
	assert_eq!(
		(&status["vault"]["store"], &status["vault"]["live"]),
		(&json!("embedded"), &json!(0))
	);

	let shown = salus.types("institution show 0").ok();
	let institution = &shown["institution"];
	assert_eq!(
		(&institution["kind"], &institution["status"]),
		(&json!("Hospital"), &json!("Active"))
	);
	assert_eq!(
		institution["officers"],
		json!([account("//Alice"), account("//Charlie")])
	);
	let on_chain = node.asked("roles_institution", json!([0])).await;
	assert_eq!(institution["hpke"]["x25519"], on_chain["hpke"]["key"]);

	let file = salus.file("ada.key");
	let made = salus.types(&format!("key new --out {file} --label Ada")).ok();
	let facts = salus.types(&format!("key show {file}")).ok();
	assert_eq!(
		facts,
		json!({ "account": made["account"], "label": "Ada", "hasSeed": true })
	);
	let import = |out: &str, from: &str| {
		let out = salus.file(out);
		salus.types(&format!("key import --out {out} {from}")).ok()["account"].clone()
	};
	let words = salus.write("words", text(&made["phrase"]));
	assert_eq!(
		import("again.key", &format!("--phrase-file {words}")),
		made["account"],
		"the same words"
	);
	let seed = salus.write("seed", format!("0x{}", "07".repeat(32)));
	assert_ne!(import("seed.key", &format!("--phrase-file {seed}")), made["account"]);
	let (json, password) = (
		salus.write("alice.json", POLKADOT_JS),
		salus.write("password", "whoisalice"),
	);
	let exported = format!("--polkadot-js {json} --polkadot-js-password-file {password}");
	assert_eq!(import("alice.key", &exported), account("//Alice"));
	let alice = salus.file("alice.key");
	assert_eq!(salus.types(&format!("key show {alice}")).ok()["hasSeed"], false);

	// The officer's account out of Polkadot.js signs like any other.
	let nurse = account("//Alice//nurse");
	let suspend = format!("--key {alice} credential suspend {nurse} --institution 0");
	let suspended = salus.types(&suspend).ok();
	assert_eq!(node.acknowledged(&suspended).await, ["Roles.CredentialSuspended"]);
}
