//! Keys and nodes that cannot be used.

use super::{readable_by_all, refused, DOCTOR, KEYSTORE};
use salus_tests::{files, free_ports, printed, salus_node, Node, Patient, World, PASSPHRASE};
use std::fs;

/// A key file that is missing, open to others, damaged, of another kind, somebody else's or never registered signs
/// nothing; a node that is stopped, of another chain or without a vault is said to be so, and what waits for a vault is
/// uploaded once one answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_or_node_signs_nothing() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	patient.assigned(DOCTOR);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let deny = format!("consent deny --patient {id} --all");
	let with = |options: &str| salus.types(&format!("{options} {deny}"));
	let before = World::of(&node, id, salus).await;

	// Key files.
	let key_file = |file: &str, next: &str| refused(with(&format!("--key {file}")), 6, KEYSTORE, next);
	let (key, _) = salus.key("good.key");
	key_file(&salus.file("nowhere.key"), "does not exist; check the path");
	readable_by_all(&key);
	key_file(&key, &format!("run: chmod 600 {key}"));
	key_file(
		&salus.write("damaged.key", "{}"),
		"is damaged; restore it from a backup",
	);
	let passphrase = salus.write("passphrase", PASSPHRASE);
	let custodian = salus.file("custodian.key");
	let make = ["custodian-key", "--institution", "0", "--output", &custodian];
	printed(&salus_node(&[&make[..], &["--passphrase-file", &passphrase]].concat()));
	key_file(&custodian, "holds a custodian key, not a seed key; give the right file");

	// Passphrases.
	let mine = salus.file("patient.key");
	let wrong = salus.write("wrong", "incorrect");
	let with_passphrase = |file: &str, next: &str| {
		let answer = with(&format!("--key {mine} --passphrase-file {file}"));
		refused(answer, 6, KEYSTORE, next);
	};
	with_passphrase(&wrong, "wrong passphrase for");
	readable_by_all(&wrong);
	with_passphrase(&wrong, "run: chmod 600");
	with_passphrase(&salus.file("none"), "does not exist; check the path");

	// Nobody's, somebody else's, and one that would be overwritten.
	refused(with(""), 6, "Missing", "name your key with --key FILE");
	refused(
		with("--dev-key Alice"),
		6,
		"BadPath",
		"use a path such as //Alice//doctor",
	);
	let (stranger, _) = salus.key("stranger.key");
	let not_hers = with(&format!("--key {stranger}"));
	refused(not_hers, 6, "NotThePatient", "use the key she registered with");
	let ask = format!("consent ask --patient {id} --institution 0 --purpose treatment --category laboratory");
	let unregistered = salus.types(&format!("--key {stranger} {ask}"));
	refused(
		unregistered,
		4,
		"Unregistered",
		"have a hospital approve it (`salus apply`)",
	);
	let as_was = fs::read(&stranger).unwrap();
	let again = salus.types(&format!("key new --out {stranger}"));
	refused(again, 6, KEYSTORE, "exists already; choose another name");
	assert_eq!(fs::read(&stranger).unwrap(), as_was);

	// Another chain, and nobody there.
	let other = with(&format!("--key {mine} --genesis {}", "11".repeat(32)));
	refused(other, 7, "WrongGenesis", "connect to a node of your consortium");
	assert_eq!(World::of(&node, id, salus).await, before);
	let document = salus.write("letter.txt", "a letter to nobody");
	let put = format!("record put {document} --patient {id} --institution 0 --category other");
	let to = |vault: &str| salus.types_as(DOCTOR, &format!("--vault {vault} {put}"));
	refused(
		to("http://198.51.100.1"),
		2,
		"Plain",
		"name the vault's https:// URL with --vault",
	);
	refused(
		to("ftp://127.0.0.1"),
		5,
		"NoVault",
		"neither an https:// nor an http:// URL",
	);
	assert_eq!(World::of(&node, id, salus).await, before);
	let [nobody] = free_ports();
	refused(to(&format!("http://127.0.0.1:{nobody}")), 5, "NoVault", "check --vault");
	let waiting = World::of(&node, id, salus).await;
	assert_eq!(
		(&waiting.head, &waiting.hers, &waiting.rows),
		(&before.head, &before.hers, &before.rows)
	);
	let kept = files(&salus.folder().join("data"));
	assert!(
		kept.keys().any(|path| path.contains("/uploads/")),
		"the ciphertext waits: {:?}",
		kept.keys()
	);
	for (path, bytes) in &kept {
		let opens = bytes.windows(8).any(|window| window == b"a letter");
		assert!(!opens, "{path} opens the document");
	}
	let done = salus.types_as(DOCTOR, &put).ok();
	assert_eq!(node.acknowledged(&done).await, ["Records.RecordRegistered"]);
	node.stop().await;
	let stopped = with(&format!("--key {mine}"));
	refused(stopped, 5, "NoNode", "start one, or name another with --url");
}
