//! Consent.

use super::{each, REQUESTER};
use salus_tests::{account, kinds, text, Node, Patient};
use serde_json::{json, Value};

/// Requests are withdrawn, declined and approved; grants are given to each kind of grantee and revoked; a denial goes
/// before every grant until it is lifted; `explain` names the rule each time and keeps from a requester that she is denied.
#[tokio::test(flavor = "multi_thread")]
async fn consent_is_asked_given_refused_and_explained() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let letter = salus.write("letter.txt", "my own words");
	let own = format!("record put {letter} --patient {id} --category laboratory");
	let record = text(&patient.types(&own).ok()["record"]);
	let signs = |line: &str| patient.types(&format!("consent {line} --patient {id}")).ok();
	let ask = |category: &str| {
		let terms = format!("--purpose treatment --category {category} --for 10d --uses 5 --open 2d");
		let line = format!("consent ask --patient {id} --institution 1 {terms}");
		salus.types_as(REQUESTER, &line).ok()
	};
	let listed = || salus.types(&format!("consent list --patient {id}")).ok();
	let explain = |more: &str| {
		let whom = format!("--patient {id} --requester {} --institution 1", account(REQUESTER));
		salus
			.types(&format!("consent explain {whom} --record {record} {more}"))
			.ok()
	};
	let denied = |answer: &Value, rule: &str, reason: &str| {
		assert_eq!(
			(&answer["rule"], &answer["decision"]),
			(&json!(rule), &json!({ "deny": reason }))
		);
		assert!(
			answer["next"].is_string() && answer["explanation"].is_string(),
			"{answer}"
		);
	};

	denied(&explain(""), "8", "NoGrant");
	denied(&explain("--purpose research"), "3", "RoleForbids");

	// Three requests: withdrawn, declined, approved for less.
	let first = ask("laboratory");
	assert_eq!(node.acknowledged(&first).await, ["Consent.Asked"]);
	assert_eq!(each(&listed(), "requests", "requester"), [&json!(account(REQUESTER))]);
	let withdraw = format!("consent withdraw --patient {id} --request {}", text(&first["request"]));
	let withdrawn = salus.types_as(REQUESTER, &withdraw).ok();
	assert_eq!(node.acknowledged(&withdrawn).await, ["Consent.Withdrawn"]);
	let second = text(&ask("laboratory")["request"]);
	let declined = signs(&format!("decline --request {second}"));
	assert_eq!(node.acknowledged(&declined).await, ["Consent.Declined"]);
	assert_eq!(listed()["requests"], json!([]));
	let third = text(&ask("laboratory,imaging")["request"]);
	let approved = signs(&format!("approve --request {third} --category laboratory --uses 2"));
	assert_eq!(node.acknowledged(&approved).await, ["Consent.Approved"]);
	let explained = explain("");
	assert_eq!(explained["rule"], "7");
	assert_eq!(
		explained["decision"]["permit"],
		json!({ "type": "Grant", "grant": approved["grant"] })
	);
	denied(&explain("--action share"), "8", "ActionMismatch");
	denied(&explain("--purpose emergency"), "8", "PurposeMismatch");

	// Grants that nobody asked for.
	let somebody = format!("account:{}", account(REQUESTER));
	for grantee in [&somebody, "institution:1", "role:nurse@1", "assigned:1"] {
		let terms = "--purpose treatment,emergency --category imaging --for 1d";
		let granted = signs(&format!("grant --to {grantee} {terms}"));
		assert_eq!(node.acknowledged(&granted).await, ["Consent.Granted"], "to {grantee}");
		let grants = listed();
		let grant = grants["grants"].as_array().unwrap().last().unwrap();
		assert_eq!((&grant["id"], &grant["grantee"]), (&granted["grant"], &json!(grantee)));
	}

	// A denial, of which the requester is not told.
	let denial = signs("deny --institution 1");
	assert_eq!(node.acknowledged(&denial).await, ["Consent.Denied"]);
	denied(&explain(""), "8", "NoGrant");
	denied(&explain("--as-patient"), "5", "Refused");
	assert_eq!(each(&listed(), "denials", "id"), [&denial["denial"]]);
	let lifted = signs(&format!("allow --denial {}", text(&denial["denial"])));
	assert_eq!(node.acknowledged(&lifted).await, ["Consent.DenialLifted"]);
	assert_eq!(explain("")["rule"], "7");
	let revoked = signs(&format!("revoke --grant {}", text(&approved["grant"])));
	assert_eq!(node.acknowledged(&revoked).await, ["Consent.Revoked"]);
	// Of her grants to him the nearest miss is one for another category.
	denied(&explain(""), "8", "CategoryMismatch");

	assert_eq!(
		kinds(&node.trail(id).await)[3..],
		[
			"ConsentRequested",
			"RequestWithdrawn",
			"ConsentRequested",
			"RequestDeclined",
			"ConsentRequested",
			"RequestApproved",
			"GrantGiven",
			"GrantGiven",
			"GrantGiven",
			"GrantGiven",
			"DenialMade",
			"DenialLifted",
			"GrantRevoked",
		]
	);
}
