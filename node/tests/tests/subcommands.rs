//! The subcommands of `salus-node`: blocks in and out, chain specifications, keys.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use salus_tests::{free_ports, node_key, printed, salus_node, text, until, Node, Patient, Salus, Stopped};
use serde_json::{json, Value};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// The id of the development chain, after which its folder is named.
const CHAIN: &str = "salus_dev";

/// Blocks between the justifications that a node keeps.
const PERIOD: u64 = 16;

/// Best and finalised number, as `chain-info` prints them.
fn heads(node: &Stopped) -> (u64, u64) {
	let info: Value = serde_json::from_str(&printed(&node.run("chain-info", &[]))).unwrap();
	(
		info["best_number"].as_u64().unwrap(),
		info["finalized_number"].as_u64().unwrap(),
	)
}

/// What a failing run of the node says.
fn refused(output: &std::process::Output) -> String {
	assert!(!output.status.success(), "it should have been refused");
	String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Another node that imports the exported blocks tells the same trail of a patient; a block is checked, blocks above the
/// finalised ones are reverted; purging takes the chain and the index and leaves the vault.
#[tokio::test(flavor = "multi_thread")]
async fn blocks_are_exported_imported_checked_and_reverted() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let id = patient.id.as_str();
	let letter = patient.salus.write("letter.txt", "my own words");
	let put = format!("record put {letter} --patient {id} --category other");
	let block = patient.types(&put).ok()["acknowledgement"]["block"].as_u64().unwrap();
	let trail = node.trail(id).await;
	let (genesis, rows) = (node.genesis().await, vault_rows(&node).await);
	assert_eq!(rows, (json!(0), json!(1)), "one upload, registered");
	let hash = node.asked("chain_getBlockHash", json!([block])).await;
	// Enough for a justification to be among the exported blocks, and for some blocks above it.
	let last = (block / PERIOD + 1) * PERIOD + PERIOD / 4;
	until("the blocks to export", || async {
		node.finalised().await.filter(|number| *number >= last)
	})
	.await;
	let original = node.stop().await;
	let (best, finalised) = heads(&original);
	assert!(best >= finalised && finalised >= block);

	// Out and in.
	let folder = tempfile::tempdir().unwrap();
	let exported = folder.path().join("blocks").display().to_string();
	printed(&original.run("export-blocks", &[&exported, "--binary"]));
	let other = Stopped::new(&["--dev"]);
	printed(&other.run("import-blocks", &[&exported, "--binary"]));
	let (imported, settled) = heads(&other);
	assert_eq!(imported, best);
	assert!(
		settled >= block && settled < imported - 2,
		"the last blocks carry no justification: {settled}"
	);

	// Checked by executing it again; an unknown one is said to be unknown.
	printed(&other.run("check-block", &[hash.as_str().unwrap()]));
	let unknown = refused(&other.run("check-block", &["1000000"]));
	assert!(unknown.contains("Unknown block"), "{unknown}");

	// Reverted, blocks that are not final only.
	printed(&other.run("revert", &["2"]));
	assert_eq!(heads(&other), (best - 2, settled));

	// Started: the same chain, with the same trail.
	let node = other.start().await;
	until("the imported blocks are final", || async {
		node.finalised().await.filter(|number| *number >= best)
	})
	.await;
	assert_eq!(node.genesis().await, genesis);
	assert_eq!(node.asked("chain_getBlockHash", json!([block])).await, hash);
	assert_eq!(node.trail(id).await, trail);
	drop(node);

	// Purged: chain and index are gone, the vault is there and opens again.
	let (database, index, vault) = (
		original.of_chain(CHAIN, "paritydb"),
		original.of_chain(CHAIN, "audit"),
		original.of_chain(CHAIN, "vault"),
	);
	for folder in [&database, &index, &vault] {
		assert!(folder.exists(), "{}", folder.display());
	}
	let kept = salus_tests::files(&vault);
	printed(&original.run("purge-chain", &["-y"]));
	assert!(!database.exists() && !index.exists());
	assert_eq!(salus_tests::files(&vault), kept);
	let node = original.start().await;
	assert_eq!(vault_rows(&node).await, rows);
	let head = node
		.asked("records_auditHead", json!([id.parse::<u64>().unwrap()]))
		.await;
	assert_eq!(head["entries"], 0);
}

/// Rows of the vault's key table: pending and live.
async fn vault_rows(node: &Node) -> (Value, Value) {
	let status = node.asked("vault_status", json!([])).await;
	(status["pending"].clone(), status["live"].clone())
}

/// A specification that was exported, plain, raw or with a boot node, is of the same chain, and a node starts from it;
/// development keys are refused once it is no development chain any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_starts_from_an_exported_specification() {
	let folder = tempfile::tempdir().unwrap();
	let file = |name: &str| folder.path().join(name).display().to_string();
	let (plain, raw, built) = (file("plain.json"), file("raw.json"), file("built.json"));
	printed(&salus_node(&[
		"export-chain-spec",
		"--chain",
		"dev",
		"--output",
		&plain,
	]));
	printed(&salus_node(&[
		"export-chain-spec",
		"--chain",
		&plain,
		"--raw",
		"--output",
		&raw,
	]));
	let base = file("base");
	let spec = printed(&salus_node(&["build-spec", "--chain", "dev", "--base-path", &base]));
	fs::write(&built, &spec).unwrap();
	let read = |path: &str| serde_json::from_str::<Value>(&fs::read_to_string(path).unwrap()).unwrap();
	assert_eq!(
		read(&built)["bootNodes"].as_array().unwrap().len(),
		1,
		"build-spec names itself as the boot node"
	);
	for field in ["id", "name", "chainType", "genesis", "properties"] {
		assert_eq!(read(&built)[field], read(&plain)[field], "{field}");
	}

	// A node of each: one validates, the other follows it.
	let alice = ["--alice", "--development-custodian", "0", "--no-mdns"];
	let validator = Stopped::new(&[&["--chain", &raw], &alice[..]].concat()).start().await;
	assert_eq!(validator.asked("system_chain", json!([])).await, "Salus development");
	let addresses = validator.asked("system_localListenAddresses", json!([])).await;
	let boot_node = addresses[0].as_str().unwrap();
	let second = hex::encode(node_key("alice-2"));
	let follow = ["--chain", &plain, "--no-mdns", "--bootnodes", boot_node];
	let reader = Stopped::new(&[&follow[..], &["--node-key", &second]].concat())
		.start()
		.await;
	until("the reader follows", || async {
		reader.finalised().await.filter(|number| *number > 0)
	})
	.await;
	assert_eq!(reader.genesis().await, validator.genesis().await);
	let status = validator.asked("vault_status", json!([])).await;
	assert_eq!(status["custodians"][0]["institution"], 0);
	let error = reader.rpc("vault_status", json!([])).await.unwrap_err();
	assert_eq!(error.data["name"], "NoDesk", "a node without a key has no vault");

	// The same genesis, but no development chain.
	let mut live = read(&plain);
	live["chainType"] = json!("Live");
	let live_file = file("live.json");
	fs::write(&live_file, live.to_string()).unwrap();
	let [rpc, p2p] = free_ports();
	let start = |more: &[&str]| {
		let (base, rpc) = (file("live"), rpc.to_string());
		let listen = format!("/ip4/127.0.0.1/tcp/{p2p}");
		let args = [
			"--chain",
			&live_file,
			"--base-path",
			&base,
			"--rpc-port",
			&rpc,
			"--no-prometheus",
			"--no-mdns",
		];
		refused(&salus_node(&[&args[..], &["--listen-addr", &listen], more].concat()))
	};
	let seed = start(&["--alice", "--unsafe-force-node-key-generation"]);
	assert!(
		seed.contains("development session keys are for development chains only"),
		"{seed}"
	);
	let custodian = start(&["--development-custodian", "0"]);
	assert!(
		custodian.contains("development custodian keys are for development chains only"),
		"{custodian}"
	);
	let insert = [
		"key",
		"insert",
		"--chain",
		&live_file,
		"--base-path",
		&file("live"),
		"--key-type",
		"aura",
	];
	printed(&salus_node(
		&[&insert[..], &["--scheme", "sr25519", "--suri", "//Bob"]].concat(),
	));
	let found = start(&[]);
	assert!(
		found.contains("the keystore holds Bob's development session key"),
		"{found}"
	);
}

/// A key that `key generate` prints goes into the keystore by `key insert`, readable by its owner only, and the node
/// that runs on it has it.
#[tokio::test(flavor = "multi_thread")]
async fn a_generated_key_is_inserted_and_found_by_the_node() {
	let generated = printed(&salus_node(&[
		"key",
		"generate",
		"--scheme",
		"sr25519",
		"--output-type",
		"json",
	]));
	let generated: Value = serde_json::from_str(&generated).unwrap();
	let (phrase, public) = (generated["secretPhrase"].as_str().unwrap(), &generated["publicKey"]);
	assert_eq!(phrase.split(' ').count(), 12);
	let folder = tempfile::tempdir().unwrap();
	let secret = folder.path().join("phrase");
	fs::write(&secret, phrase).unwrap();

	let node = Stopped::new(&["--dev"]);
	let base = node.base().display().to_string();
	let insert = [
		"key",
		"insert",
		"--dev",
		"--base-path",
		&base,
		"--key-type",
		"aura",
		"--scheme",
		"sr25519",
	];
	printed(&salus_node(
		&[&insert[..], &["--suri", &secret.display().to_string()]].concat(),
	));
	let keystore = salus_tests::files(&node.of_chain(CHAIN, "keystore"));
	assert_eq!(keystore.len(), 1);
	for path in keystore.keys() {
		assert_eq!(mode(Path::new(path)), 0o600, "{path}");
	}
	let node = node.start().await;
	assert_eq!(node.asked("author_hasKey", json!([public, "aura"])).await, true);
	let unknown = json!([format!("0x{}", "11".repeat(32)), "aura"]);
	assert_eq!(node.asked("author_hasKey", unknown).await, false);
}

/// `custodian-key` makes a file that only its owner can read and overwrites none; a node refuses a wrong passphrase, a file
/// that others can read, none at all, and a key that is not the chain's; with the chain's it is the custodian.
#[tokio::test(flavor = "multi_thread")]
async fn a_custodians_key_is_made_once_and_opened_with_its_passphrase() {
	let folder = tempfile::tempdir().unwrap();
	let file = |name: &str| folder.path().join(name).display().to_string();
	let secret = |name: &str, text: &str| {
		let path = file(name);
		fs::write(&path, text).unwrap();
		fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
		path
	};
	let make = |out: &str, passphrase: &str| {
		let args = [
			"custodian-key",
			"--institution",
			"1",
			"--output",
			out,
			"--passphrase-file",
			passphrase,
		];
		salus_node(&args)
	};
	let (key, passphrase) = (file("custodian.key"), secret("passphrase", "of hospital B\n"));
	let public = printed(&make(&key, &passphrase)).trim().to_owned();
	assert_eq!((public.len(), mode(Path::new(&key))), (66, 0o600));
	let written = fs::read_to_string(&key).unwrap();
	let again = refused(&make(&key, &passphrase));
	assert!(again.contains("exists already; choose another name"), "{again}");
	assert_eq!(fs::read_to_string(&key).unwrap(), written);
	let none = file("none.key");
	let unprotected = refused(&make(&none, &secret("empty", "\n")));
	assert!(
		unprotected.contains("the passphrase is empty; choose one"),
		"{unprotected}"
	);
	assert!(!Path::new(&none).exists());

	let base = file("base");
	let start = |key: &str, passphrase: &str, why: &str| {
		let args = [
			"--dev",
			"--base-path",
			&base,
			"--custodian-key",
			key,
			"--passphrase-file",
			passphrase,
		];
		let said = refused(&salus_node(&args));
		assert!(said.contains(why), "`{why}` is not in: {said}");
	};
	start(&key, &secret("wrong", "of hospital A\n"), "wrong passphrase for");
	start(&none, &passphrase, "does not exist; check the path");
	let shared = secret("shared.key", &written);
	fs::set_permissions(&shared, fs::Permissions::from_mode(0o644)).unwrap();
	start(&shared, &passphrase, "run: chmod 600");
	start(&key, &passphrase, "give the file with that key");

	// A development chain whose hospital B has this key.
	let mut spec: Value =
		serde_json::from_str(&printed(&salus_node(&["export-chain-spec", "--chain", "dev"]))).unwrap();
	let institution = &mut spec["genesis"]["runtimeGenesis"]["patch"]["roles"]["institutions"][1];
	institution["hpke"]["X25519"] = json!(hex::decode(&public[2..]).unwrap());
	let chain = file("chain.json");
	fs::write(&chain, spec.to_string()).unwrap();
	let node_key = "0b".repeat(32);
	let alice = [
		"--chain",
		&chain,
		"--alice",
		"--force-authoring",
		"--no-mdns",
		"--node-key",
		&node_key,
	];
	let custodian = ["--custodian-key", &key, "--passphrase-file", &passphrase];
	let node = Stopped::new(&[&alice[..], &custodian].concat()).start().await;
	assert!(node
		.log()
		.contains(&format!("Custodian of institution 1 with key {public}")));
	let status = node.asked("vault_status", json!([])).await;
	let custodians = status["custodians"].as_array().unwrap();
	assert_eq!(custodians.len(), 1, "the named custodian and no development one");
	assert_eq!(custodians[0]["institution"], 1);
	node.blocks(1).await;
	let patient = Salus::new(&node);
	let ((patients_key, _), voucher) = (patient.key("patient.key"), patient.file("voucher.txt"));
	let issue = format!("voucher issue --institution 1 --out {voucher}");
	patient.types_as("//Bob", &issue).ok();
	let signs = |line: &str| patient.types(&format!("--key {patients_key} {line}")).ok();
	let id = text(&signs(&format!("patient register {voucher}"))["patient"]);
	let (letter, out) = (patient.write("letter.txt", "my own words"), patient.file("out.txt"));
	let record = text(&signs(&format!("record put {letter} --patient {id} --category other"))["record"]);
	signs(&format!("record get {record} --out {out}"));
	assert_eq!(fs::read_to_string(&out).unwrap(), "my own words");
}

fn mode(path: &Path) -> u32 {
	fs::metadata(path).unwrap().permissions().mode() & 0o777
}
