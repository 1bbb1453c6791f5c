//! Consent that was not given, and receipts that open nothing.

use super::{refused, REQUESTER};
use salus_tests::{kinds, text, Node, Patient, Salus, World};
use serde_json::json;
use std::{fs, path::Path};

/// A request or approval that the rules forbid changes nothing; a receipt that refuses, is another's, is unknown, or rests
/// on a consent that was revoked, opens nothing.
#[tokio::test(flavor = "multi_thread")]
async fn consent_that_is_not_given_opens_nothing() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let letter = salus.write("letter.txt", "my own words");
	let own = format!("record put {letter} --patient {id} --category laboratory");
	let record = text(&patient.types(&own).ok()["record"]);
	let bob = Salus::new(&node);
	let out = bob.file("out");
	let get = |record: &str, more: &str| {
		let line = format!("record get {record} --institution 1 --purpose treatment --out {out} {more}");
		bob.types_as(REQUESTER, &line)
	};
	let ask = |more: &str| {
		let line = format!("consent ask --patient {id} --institution 1 --purpose treatment {more}");
		bob.types_as(REQUESTER, &line)
	};
	let usual = "--category laboratory --for 1d";

	// Requests.
	let before = World::of(&node, id, salus).await;
	refused(ask(""), 2, "Usage", "name at least one --purpose and one --category");
	let nowhere = format!("consent ask --patient 404 --institution 1 --purpose treatment {usual}");
	refused(
		bob.types_as(REQUESTER, &nowhere),
		4,
		"Consent.UnknownPatient",
		"check the id on her card",
	);
	refused(
		ask(&format!("{usual} --uses 0")),
		4,
		"Consent.NoUses",
		"allow one at least",
	);
	refused(
		ask(&format!("{usual} --open 31d")),
		4,
		"Consent.ExpiryTooFar",
		"more than 30 days",
	);
	assert_eq!(World::of(&node, id, salus).await, before);
	let request = text(&ask(usual).ok()["request"]);
	let before = World::of(&node, id, salus).await;
	// The terms of both begin and end at the same instant, so that the second asks for the very same.
	let terms = &before.hers[2]["items"][0]["terms"];
	let span = format!("--starts {} --ends {}", text(&terms["starts"]), text(&terms["ends"]));
	let same = ask(&format!("--category laboratory {span}"));
	refused(same, 4, "Consent.DuplicateRequest", "The same is asked already");

	// Approvals: no wider than asked, by the patient, of what is open.
	let approve = |request: &str, more: &str| {
		let line = format!("consent approve --patient {id} --request {request} {more}");
		patient.types(&line)
	};
	let wider = approve(&request, "--category laboratory,imaging");
	refused(wider, 4, "Consent.TermsWider", "narrow them, or leave them as they are");
	refused(approve(&request, "--for 2d"), 4, "Consent.TermsWider", "narrow them");
	refused(approve("404", ""), 1, "NotFound", "check the id");
	let by_bob = format!("consent approve --patient {id} --request {request}");
	refused(
		bob.types_as(REQUESTER, &by_bob),
		6,
		"NotThePatient",
		"use the key she registered with",
	);
	assert_eq!(World::of(&node, id, salus).await, before);

	// Without consent: refused by the chain, with a receipt that is on the trail and opens nothing.
	refused(get("404", ""), 1, "NotFound", "check the id");
	let answer = get(&record, "");
	let refusal = text(&answer.error["receipt"]);
	refused(answer, 3, "NoGrant", "salus consent ask");
	let last = node.trail(id).await.pop().unwrap();
	assert_eq!(
		(&last["kind"]["type"], text(&last["kind"]["receipt"])),
		(&json!("AccessRefused"), refusal.clone())
	);
	let after = World::of(&node, id, salus).await;
	assert_eq!(
		(&after.hers, &after.rows, &after.stored),
		(&before.hers, &before.rows, &before.stored)
	);
	let on_refusal = format!("--receipt {refusal}");
	refused(get(&record, &on_refusal), 3, "NoGrant", "salus consent ask");

	// With consent: on a receipt of his own that permits.
	let grant = text(&approve(&request, "--for 12h").ok()["grant"]);
	refused(
		get(&record, &on_refusal),
		3,
		"RefusedInReceipt",
		"ask the patient for consent",
	);
	let read = format!("record get {record} --out {}", salus.file("own"));
	let hers = text(&patient.types(&read).ok()["receipt"]);
	let foreign = get(&record, &format!("--receipt {hers}"));
	refused(foreign, 3, "ForeignReceipt", "ask for access with your account");
	refused(
		get(&record, "--receipt 404"),
		3,
		"UnknownReceipt",
		"ask for access again",
	);
	assert!(!Path::new(&out).exists(), "nothing was written");
	let permitted = text(&get(&record, "").ok()["receipt"]);
	assert_eq!(fs::read_to_string(&out).unwrap(), "my own words");
	fs::remove_file(&out).unwrap();

	// After revocation: neither on the receipt of before nor on a new one.
	let revoke = format!("consent revoke --patient {id} --grant {grant}");
	patient.types(&revoke).ok();
	let before = World::of(&node, id, salus).await;
	let on_permit = get(&record, &format!("--receipt {permitted}"));
	refused(on_permit, 3, "Revoked", "ask again: salus consent ask");
	refused(patient.types(&revoke), 4, "Consent.AlreadyRevoked", "revoked before");
	assert_eq!(World::of(&node, id, salus).await, before);
	refused(get(&record, ""), 3, "Revoked", "ask again: salus consent ask");
	assert!(!Path::new(&out).exists(), "nothing was written");
	assert_eq!(kinds(&node.trail(id).await).last(), Some(&"AccessRefused"));
}
