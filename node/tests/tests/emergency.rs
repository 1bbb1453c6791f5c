//! Break-glass: a patient of hospital A is brought to hospital B and can't be asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use salus_tests::{account, kinds, text, Answer, Node, Patient, Salus};
use serde_json::{json, Value};
use std::{fs, os::unix::fs::PermissionsExt};

/// Hospital A's.
const AUTHOR: &str = "//Alice//doctor";
const APPROVER: &str = "//Alice//nurse";
/// Hospital B's: who opens the case, and who joins it.
const OPENER: &str = "//Bob//doctor";
const JOINER: &str = "//Bob//nurse";

const ALLERGY: &str = "penicillin: anaphylaxis";
const SCAN: &str = "old infarct, left";
const DRAWER: &str = "what she told her psychiatrist";

/// The patient, her records, and hospital B's client.
struct Scene {
	node: Node,
	patient: Patient,
	bob: Salus,
	allergy: String,
	scan: String,
	drawer: String,
}

impl Scene {
	async fn new() -> Self {
		let node = Node::start().await;
		let patient = Patient::registered(&node);
		patient.assigned(AUTHOR);
		let put = |name: &str, document: &str, said: &str| {
			let file = patient.salus.write(name, document);
			let line = format!("record put {file} --patient {} --institution 0 {said}", patient.id);
			text(&patient.salus.types_as(AUTHOR, &line).ok()["record"])
		};
		Self {
			allergy: put("allergy.txt", ALLERGY, "--category allergy"),
			scan: put("scan.txt", SCAN, "--category imaging"),
			drawer: put("drawer.txt", DRAWER, "--category imaging --compartment 3"),
			bob: Salus::new(&node),
			patient,
			node,
		}
	}

	/// Has somebody of B read a record in an emergency.
	fn get(&self, uri: &str, record: &str) -> Answer {
		let out = self.bob.file("out.txt");
		fs::remove_file(&out).ok();
		let line = format!("record get {record} --institution 1 --purpose emergency --out {out}");
		self.bob.types_as(uri, &line)
	}

	/// Somebody of B reads a document under the case.
	async fn reads(&self, uri: &str, record: &str, document: &str) {
		let got = self.get(uri, record).ok();
		assert_eq!(self.node.acknowledged(&got).await, ["Records.Accessed"]);
		let read = fs::read_to_string(self.bob.file("out.txt")).unwrap();
		assert_eq!(read, document);
	}

	/// Somebody of B is refused, and nothing is written.
	fn refused(&self, uri: &str, record: &str) {
		self.get(uri, record).fails(3, "NoGrant");
		assert!(!self.bob.folder().join("out.txt").exists());
	}

	/// What the chain would decide of the opener's reading a record in an emergency.
	fn explained(&self, record: &str, more: &str) -> Value {
		let whom = format!("--patient {} --institution 1 --record {record}", self.patient.id);
		let line = format!("consent explain {whom} --purpose emergency {more}");
		self.bob.types_as(OPENER, &line).ok()
	}

	/// A command on emergencies of this patient.
	fn emergency(&self, uri: &str, line: &str) -> Answer {
		let id = &self.patient.id;
		self.bob.types_as(uri, &format!("emergency {line} --patient {id}"))
	}

	/// Its events.
	async fn does(&self, uri: &str, line: &str) -> Vec<String> {
		let answer = self.emergency(uri, line).ok();
		self.node.acknowledged(&answer).await
	}

	/// The only case there is.
	fn case(&self) -> Value {
		let listed = self.emergency(OPENER, "list").ok();
		let cases = listed["cases"].as_array().unwrap();
		assert_eq!(cases.len(), 1, "{listed}");
		cases[0].clone()
	}

	/// The cases on a list that runs across patients, each of this patient.
	fn listed(&self, uri: &str, whose: &str) -> Vec<Value> {
		let listed = self.bob.types_as(uri, &format!("emergency list {whose}")).ok();
		let cases = listed["cases"].as_array().unwrap();
		for case in cases {
			assert_eq!(text(&case["patient"]), self.patient.id);
		}
		cases.iter().map(|case| case["id"].clone()).collect()
	}

	/// A privacy officer of hospital B, approved by its officer: her key file.
	fn privacy_officer(&self) -> String {
		let (key, _) = self.bob.key("privacy.key");
		let (application, salts) = (self.bob.file("application.json"), self.bob.file("salts.json"));
		let apply = "apply --institution 1 --role privacy-officer --licence DPO-1 --speciality Privacy";
		let files = format!("--out {application} --salts {salts}");
		self.bob.types(&format!("--key {key} {apply} {files}")).ok();
		self.bob.types_as("//Bob", &format!("approve {application}")).ok();
		key
	}
}

/// What an explanation says: the rule, the decision, the case that waits.
fn says(answer: &Value) -> (&str, &Value, &Value) {
	(
		answer["rule"].as_str().unwrap(),
		&answer["decision"],
		&answer["waiting"],
	)
}

/// Without consent hospital B's doctor is refused; her case opens the emergency set to her and, when a clinician who is
/// not in it has approved it, the rest but what the patient sealed; it ends with its closing, is reviewed, and goes to
/// the council. `explain` says why each time. Credentials of the development preset count from the first day, so that
/// they are old enough.
#[tokio::test(flavor = "multi_thread")]
async fn a_case_opens_what_it_may_for_as_long_as_it_may() {
	let scene = Scene::new().await;
	let (bob, id) = (&scene.bob, scene.patient.id.as_str());
	let no_grant = json!({ "deny": "NoGrant" });

	// Nobody gave her consent.
	scene.refused(OPENER, &scene.allergy);
	let before = scene.explained(&scene.allergy, "");
	assert_eq!(says(&before), ("8", &no_grant, &Value::Null));
	assert_eq!((&before["misses"], &before["changes"]), (&json!([]), &json!([])));

	// Nor did the nurse of A get what would do, but something near it.
	let somebody = format!("account:{}", account(APPROVER));
	let grant = format!("consent grant --patient {id} --to {somebody} --purpose treatment --category allergy");
	let grant = scene.patient.types(&grant).ok()["grant"].clone();
	let explain = format!(
		"consent explain --patient {id} --institution 0 --record {}",
		scene.allergy
	);
	let near = bob.types_as(APPROVER, &format!("{explain} --purpose emergency")).ok();
	assert_eq!(says(&near), ("8", &json!({ "deny": "PurposeMismatch" }), &Value::Null));
	assert_eq!(
		near["misses"],
		json!([{ "grantee": somebody, "grant": grant, "reason": "PurposeMismatch" }])
	);
	let change = near["changes"][0].as_str().unwrap();
	assert!(change.contains("would have to allow this purpose"), "{change}");

	// A case that may not be opened is not, and leaves no salt file.
	let why = bob.write("why.txt", "brought in unconscious, no relative");
	let salts = bob.file("why.salts.json");
	let open = |uri: &str, more: &str| {
		let files = format!("--justification-file {why} --salts {salts}");
		scene.emergency(
			uri,
			&format!("open --institution 1 --reason unconscious {files} {more}"),
		)
	};
	open(OPENER, "--for 25h").fails(4, "Consent.CaseTooLong");
	open("//Bob//admin", "--for 2h").fails(4, "Consent.NotAClinician");
	assert!(!bob.folder().join("why.salts.json").exists());
	assert_eq!(scene.emergency(OPENER, "list").ok()["cases"], json!([]));

	// She opens one: the emergency set is hers at once, the rest is not.
	let opened = open(OPENER, "--for 2h").ok();
	assert_eq!(scene.node.acknowledged(&opened).await, ["Consent.CaseOpened"]);
	let case = text(&opened["case"]);
	let kept: salus::Justification = serde_json::from_slice(&fs::read(&salts).unwrap()).unwrap();
	assert_eq!(fs::metadata(&salts).unwrap().permissions().mode() & 0o777, 0o600);
	let listed = scene.case();
	let commitment = format!("0x{}", hex::encode(kept.commitment().unwrap()));
	assert_eq!(
		(&listed["id"], &listed["justification"], &listed["open"]),
		(&opened["case"], &json!(commitment), &json!(true))
	);
	open(OPENER, "--for 1h").refused(6);
	assert_eq!(scene.listed(OPENER, "--clinician"), [opened["case"].clone()]);
	assert_eq!(scene.listed(JOINER, "--clinician"), [] as [Value; 0]);
	let by_case = json!({ "permit": { "type": "BreakGlass", "case": opened["case"] } });
	assert_eq!(
		says(&scene.explained(&scene.allergy, "")),
		("4", &by_case, &Value::Null)
	);
	scene.reads(OPENER, &scene.allergy, ALLERGY).await;
	scene.refused(JOINER, &scene.allergy);
	scene.refused(OPENER, &scene.scan);
	let waiting = scene.explained(&scene.scan, "");
	assert_eq!(says(&waiting), ("8", &no_grant, &opened["case"]));
	let change = waiting["changes"][0].as_str().unwrap();
	assert!(
		change.contains(&format!("emergency approve --patient {id} --case {case}")),
		"{change}"
	);

	// Neither she nor her team approve it; a nurse of hospital A does.
	let which = format!("--case {case}");
	assert_eq!(
		scene.does(JOINER, &format!("join {which}")).await,
		["Consent.CaseJoined"]
	);
	scene.reads(JOINER, &scene.allergy, ALLERGY).await;
	assert_eq!(scene.listed(JOINER, "--clinician"), [opened["case"].clone()]);
	for uri in [OPENER, JOINER] {
		let own = scene.emergency(uri, &format!("approve {which} --institution 1"));
		own.fails(4, "Consent.OwnCase");
	}
	let seal = scene
		.patient
		.types(&format!("consent seal --patient {id} --compartment 3"))
		.ok();
	assert_eq!(scene.node.acknowledged(&seal).await, ["Consent.CompartmentSealed"]);
	let approve = format!("approve {which} --institution 0");
	assert_eq!(scene.does(APPROVER, &approve).await, ["Consent.CaseApproved"]);
	assert_eq!(says(&scene.explained(&scene.scan, "")), ("4", &by_case, &Value::Null));
	scene.reads(OPENER, &scene.scan, SCAN).await;
	scene.reads(JOINER, &scene.scan, SCAN).await;

	// What the patient sealed stays closed until she takes the seal off.
	scene.refused(OPENER, &scene.drawer);
	assert_eq!(
		says(&scene.explained(&scene.drawer, "")),
		("8", &no_grant, &Value::Null)
	);
	let sealed = scene.explained(&scene.drawer, "--as-patient");
	assert_eq!(says(&sealed), ("4", &json!({ "deny": "Sealed" }), &Value::Null));
	let seals = || bob.types(&format!("consent list --patient {id}")).ok()["sealed"].clone();
	assert_eq!(seals(), json!([3]));
	let unseal = scene
		.patient
		.types(&format!("consent unseal --patient {id} --compartment 3"))
		.ok();
	assert_eq!(scene.node.acknowledged(&unseal).await, ["Consent.CompartmentUnsealed"]);
	assert_eq!(seals(), json!([]));
	scene.reads(OPENER, &scene.drawer, DRAWER).await;

	// It is reviewed and appealed when it has ended, not before; its end ends what it permitted.
	let privacy = scene.privacy_officer();
	let review = format!("--key {privacy} emergency review {which} --patient {id} --verdict violation");
	bob.types(&review).fails(4, "Consent.CaseStillOpen");
	let appeal = format!("emergency appeal {which} --patient {id}");
	scene.patient.types(&appeal).fails(4, "Consent.CaseStillOpen");
	scene
		.emergency(APPROVER, &format!("close {which}"))
		.fails(4, "Consent.NotInvolved");
	assert_eq!(
		scene.does(JOINER, &format!("close {which}")).await,
		["Consent.CaseClosed"]
	);
	for record in [&scene.allergy, &scene.scan, &scene.drawer] {
		scene.refused(OPENER, record);
		assert_eq!(says(&scene.explained(record, "")), ("8", &no_grant, &Value::Null));
	}
	scene.refused(JOINER, &scene.allergy);
	scene.emergency(APPROVER, &approve).fails(4, "Consent.CaseEnded");

	// The privacy officer finds it without knowing the patient; hospital A's has none to review.
	for uri in [OPENER, JOINER] {
		assert_eq!(scene.listed(uri, "--clinician"), [] as [Value; 0]);
	}
	assert_eq!(scene.listed("//Bob", "--institution 1"), [opened["case"].clone()]);
	assert_eq!(scene.listed("//Alice", "--institution 0"), [] as [Value; 0]);

	// A violation costs her the credential, and the patient may still ask the council.
	let reviewed = bob.types(&review).ok();
	let events = scene.node.acknowledged(&reviewed).await;
	assert!(events.contains(&"Consent.CaseReviewed".to_owned()), "{events:?}");
	assert_eq!(scene.listed("//Bob", "--institution 1"), [] as [Value; 0]);
	let show = format!("credential show {} --institution 1", account(OPENER));
	let credential = bob.types(&show).ok();
	assert_eq!(
		(&credential["active"], &credential["credential"]["status"]),
		(&json!(false), &json!("Suspended"))
	);
	let appealed = scene.patient.types(&appeal).ok();
	assert_eq!(scene.node.acknowledged(&appealed).await, ["Consent.CaseAppealed"]);
	let ended = scene.case();
	assert_eq!(
		(&ended["open"], &ended["review"]["verdict"], &ended["judgement"]),
		(&json!(false), &json!("Violation"), &Value::Null)
	);
	assert_eq!(
		(&ended["team"], &ended["approvals"][0]["approver"]),
		(&json!([account(JOINER)]), &json!(account(APPROVER)))
	);
	assert!(ended["appealedAt"].is_number(), "{ended}");

	// All of it stands in her trail.
	let trail = scene.node.trail(id).await;
	let of_the_case = |kind: &&str| kind.starts_with("Case") || kind.starts_with("Compartment");
	let told: Vec<_> = kinds(&trail).into_iter().filter(of_the_case).collect();
	assert_eq!(
		told,
		[
			"CaseOpened",
			"CaseJoined",
			"CompartmentSealed",
			"CaseApproved",
			"CompartmentUnsealed",
			"CaseClosed",
			"CaseReviewed",
			"CaseAppealed",
		]
	);
}
