//! Lists that run across patients.

use super::{each, REQUESTER};
use salus_tests::{account, text, Node, Patient};
use serde_json::{json, Value};

/// The patients and ids of a list in an answer.
fn ids(answer: &Value, list: &str) -> Vec<(String, String)> {
	let patients = each(answer, list, "patient").into_iter().map(text);
	patients.zip(each(answer, list, "id").into_iter().map(text)).collect()
}

/// A doctor lists her open requests and her grants of two patients without saying whose; an institution's, a role's and
/// the assigned's grants are listed by those names; each change shows once it is final; and the node says the same page
/// by page.
#[tokio::test(flavor = "multi_thread")]
async fn grants_and_requests_are_listed_across_patients() {
	let node = Node::start().await;
	let patients = [Patient::registered(&node), Patient::registered(&node)];
	let [one, other] = &patients;
	let by_doctor = |line: &str| one.salus.types_as(REQUESTER, line).ok();
	let requests = || ids(&by_doctor("consent list --requester"), "requests");
	let grants = |grantee: &str| one.salus.types(&format!("consent list --grantee {grantee}")).ok();
	let ask = |patient: &Patient| {
		let terms = "--purpose treatment --category laboratory --for 10d";
		let line = format!("consent ask --patient {} --institution 1 {terms}", patient.id);
		(patient.id.clone(), text(&by_doctor(&line)["request"]))
	};
	let signs = |patient: &Patient, line: &str| patient.types(&format!("consent {line} --patient {}", patient.id)).ok();

	// Her requests, until each is settled.
	assert!(requests().is_empty());
	let (first, second) = (ask(one), ask(other));
	assert_eq!(requests(), [first.clone(), second.clone()]);
	let of_another = format!("consent list --requester {}", account("//Alice//doctor"));
	assert_eq!(one.salus.types(&of_another).ok()["requests"], json!([]));
	signs(other, &format!("decline --request {}", second.1));
	assert_eq!(requests(), std::slice::from_ref(&first));
	let approved = signs(one, &format!("approve --request {}", first.1));
	assert!(requests().is_empty());

	// Her grants: what was approved, and what the other patient gives her unasked.
	let to_her = format!("account:{}", account(REQUESTER));
	let give = |patient: &Patient, grantee: &str| {
		let terms = "--purpose treatment --category imaging --for 1d";
		let granted = signs(patient, &format!("grant --to {grantee} {terms}"));
		(patient.id.clone(), text(&granted["grant"]))
	};
	let hers = [(one.id.clone(), text(&approved["grant"])), give(other, &to_her)];
	let own = by_doctor("consent list --grantee");
	assert_eq!(ids(&own, "grants"), hers);
	assert_eq!(own["erasures"], json!([]));
	assert_eq!(grants(&account(REQUESTER))["grants"], own["grants"]);
	for grantee in ["institution:1", "role:nurse@1", "assigned:1"] {
		assert_eq!(grants(grantee)["grants"], json!([]), "{grantee}");
		let given = [give(one, grantee), give(other, grantee)];
		let listed = grants(grantee);
		assert_eq!(ids(&listed, "grants"), given, "{grantee}");
		assert_eq!(each(&listed, "grants", "grantee"), [&json!(grantee), &json!(grantee)]);
	}

	// One that is revoked says so.
	signs(one, &format!("revoke --grant {}", hers[0].1));
	let listed = by_doctor("consent list --grantee");
	assert_eq!(ids(&listed, "grants"), hers);
	let revoked = each(&listed, "grants", "revokedAt");
	assert!(revoked[0].is_number() && revoked[1].is_null(), "{listed}");

	// The node's own pages.
	let party = json!({ "type": "Assigned", "institution": 1 });
	let first = node.asked("consent_grantsTo", json!([party, null, 1])).await;
	let second = node.asked("consent_grantsTo", json!([party, first["next"], 1])).await;
	let pages = [first, second];
	let found: Vec<_> = pages.iter().flat_map(|page| ids(page, "items")).collect();
	assert_eq!(found, ids(&grants("assigned:1"), "grants"));
	assert_eq!(pages[1]["next"], Value::Null);

	// One of --patient, --grantee and --requester has to be named, and no more than one.
	one.salus.types("consent list").refused(2);
	one.salus
		.types("consent list --patient 0 --grantee assigned:1")
		.refused(2);
}
