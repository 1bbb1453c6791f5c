//! Vouchers that admit nobody.

use super::{readable_by_all, refused, refused_by_pool, DOCTOR, KEYSTORE};
use codec::Encode;
use salus::{Client, Hash, Identity, VoucherLetter};
use salus_primitives::DAY;
use salus_tests::{kinds, until, Node, Salus};
use serde_json::{json, Value};
use std::{fs, path::Path};

/// A voucher that is malformed, open to others, foreign, expired, too long, stolen, forged or used registers nobody, and
/// the patient whom it was written for can still register with hers.
#[tokio::test(flavor = "multi_thread")]
async fn a_void_voucher_registers_nobody() {
	let node = Node::start().await;
	let salus = Salus::new(&node);
	let (key, _) = salus.key("patient.key");
	let register = |voucher: &str| salus.types(&format!("--key {key} patient register {voucher}"));
	let issue = |uri: &str, out: &str, lasting: &str| {
		let line = format!("voucher issue --institution 0 --out {out} --for {lasting}");
		salus.types_as(uri, &line)
	};

	let letter = salus.file("letter.txt");
	issue("//Alice", &letter, "14d").ok();
	let good = fs::read_to_string(&letter).unwrap();
	let cut = salus.write("cut.txt", &good[..good.len() - 2]);
	refused(register(&cut), 6, "Malformed", "check that it was copied whole");
	refused(
		register("SALUSVOUCHER1:00"),
		6,
		"Malformed",
		"check that it was copied whole",
	);
	let missing = register(&salus.file("nowhere.txt"));
	refused(missing, 6, KEYSTORE, "does not exist; check the path");
	readable_by_all(&letter);
	refused(register(&letter), 6, KEYSTORE, "run: chmod 600");
	salus.write("letter.txt", &good);

	// Who may write one, for how long, and over which file.
	let none = salus.file("none.txt");
	refused(issue(DOCTOR, &none, "1d"), 2, "Usage", "is no officer of institution 0");
	refused(issue("//Alice", &none, "31d"), 2, "Usage", "30 days at most");
	assert!(!Path::new(&none).exists());
	refused(issue("//Alice", &letter, "1d"), 6, "File", "check the path");
	assert_eq!(fs::read_to_string(&letter).unwrap(), good);

	// What a program of an officer's own could have written.
	let client = Client::connect(&node.url).await.unwrap();
	let at = client.finalised().await.unwrap();
	let terms = client.institution(&at, 0).await.unwrap().admission_terms;
	let (genesis, now) = (client.genesis(), node.time().await);
	let written = |genesis: Hash, until: u64, uri: &str| {
		let officer = Identity::development(uri).unwrap();
		VoucherLetter::issue(genesis, 0, &terms, until, officer.account()).unwrap()
	};
	let file = |letter: VoucherLetter| salus.write("written.txt", letter.text().as_str());
	let foreign = file(written(Hash::repeat_byte(7), now + DAY, "//Alice"));
	refused(register(&foreign), 7, "OtherChain", "connect to a node of that chain");
	let endless = file(written(genesis, now + 31 * DAY, "//Alice"));
	refused(register(&endless), 7, "TooLong", "ask for a new one");
	let other_hospitals = file(written(genesis, now + DAY, "//Bob"));
	refused_by_pool(
		register(&other_hospitals),
		"NotAnOfficer",
		"not an officer of the institution",
	);
	let brief = salus.file("brief.txt");
	let end = issue("//Alice", &brief, "1s").ok()["notAfter"].as_u64().unwrap();
	until("the voucher ends", || async {
		(node.time().await >= end).then_some(())
	})
	.await;
	refused(register(&brief), 7, "Expired", "ask for a new one");

	// Whoever saw a voucher on its way to a block lacks the letter's secret, and a secret of her own does not serve.
	let mut seen = written(genesis, now + DAY, "//Alice");
	let own = written(genesis, now + DAY, "//Eve");
	let stolen = |seen: &VoucherLetter| {
		let bytes = (&seen.voucher, &seen.officer, &seen.signature, *own.secret).encode();
		salus.write("stolen.txt", format!("SALUSVOUCHER1:{}", hex::encode_upper(bytes)))
	};
	refused(
		register(&stolen(&seen)),
		6,
		"Malformed",
		"its secret is not the voucher's",
	);
	seen.voucher.key = own.voucher.key;
	refused(register(&stolen(&seen)), 7, "BadSignature", "ask for a new one");

	// More than the hospital's terms.
	let wider = register(&format!("{letter} --category genomic"));
	refused_by_pool(wider, "TermsWider", "narrow them");
	assert_eq!(
		node.asked("roles_patient", json!([0])).await,
		Value::Null,
		"nobody is registered"
	);

	// None of that used the letter up; the first who registers with it does, for ever.
	assert_eq!(register(&format!("{letter} --category laboratory")).ok()["patient"], 0);
	let (other, _) = salus.key("other.key");
	for key in [&key, &other] {
		let again = salus.types(&format!("--key {key} patient register {letter} --n 1"));
		refused_by_pool(again, "VoucherUsed", "ask the hospital for another one");
	}
	assert_eq!(node.asked("roles_patient", json!([1])).await, Value::Null);
	assert_eq!(kinds(&node.trail("0").await), ["PatientRegistered", "GrantGiven"]);
}
