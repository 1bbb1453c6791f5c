//! Who else acts for a patient: guardians, caregivers, and the contacts who vouch for her when she lost her key; and her
//! emergency card, for when nobody can ask her.

use super::{DOCTOR, REQUESTER};
use salus::{open_key, words, Acceptance, AcceptanceFile, Identity, PatientKeys, SubmissionError};
use salus_primitives::Capacity;
use salus_tests::{
	account,
	consortium::{signer, Council},
	kinds, text, Node, Patient, Salus, PASSPHRASE,
};
use salus_vault::keystore::Strength;
use serde_json::{json, Value as Json};
use std::{fs, path::Path};
use subxt::dynamic::{self, Value};

const GUARDIAN: &str = "//Mother";
const CAREGIVER: &str = "//Neighbour";
const CONTACTS: [&str; 3] = ["//Contact//1", "//Contact//2", "//Contact//3"];
const VITALS: &str = "pulse 71";

/// Hospital A's two officers do an act together: the patient it is about.
async fn act(node: &Node, act: Value) -> String {
	let council = Council::at(node).await;
	let call = |name: &str| dynamic::tx("Roles", name, vec![Value::u128(0), act.clone()]);
	council.sends("//Alice", &call("propose_act")).await;
	let done = council.sends("//Charlie", &call("confirm_act")).await;
	done.number("Roles", "patient").unwrap().to_string()
}

fn bytes(bytes: impl AsRef<[u8]>) -> Value {
	Value::from_bytes(bytes)
}

fn number(text: &str) -> u64 {
	text.parse().unwrap()
}

fn signature(signature: &salus::Signature) -> Value {
	let salus::Signature::Sr25519(signed) = signature else {
		unreachable!("accounts of the tests are sr25519")
	};
	Value::unnamed_variant("Sr25519", [bytes(signed)])
}

async fn genesis(node: &Node) -> salus::Hash {
	words::hash(&node.genesis().await).unwrap()
}

/// The first of January in so many years.
async fn january(node: &Node, years: u64) -> u64 {
	let now = words::show_moment(node.time().await);
	let year = number(&now[..4]) + years;
	words::moment(&format!("{year}-01-01")).unwrap()
}

/// What makes somebody a guardian for a year, who may view and consent.
async fn guardian_of(node: &Node, patient: &str, uri: &str) -> Value {
	let guardian = signer(uri);
	let acceptance = Acceptance::of(genesis(node).await, number(patient), Capacity::Guardian, guardian.id());
	let view = salus_primitives::ActionSet::of(&[salus_primitives::Action::View]);
	let terms = Value::named_composite([
		("guardian", bytes(guardian.id().0)),
		("executor", Value::bool(false)),
		("actions", Value::u128(codec::Encode::encode(&view)[0].into())),
		("consents", Value::bool(true)),
		("ends", Value::u128(january(node, 1).await.into())),
		("evidence", bytes([7; 32])),
	]);
	Value::named_variant(
		"GiveGuardian",
		[
			("patient", Value::u128(number(patient).into())),
			("terms", terms),
			("signature", signature(&guardian.sign(&acceptance.message()))),
		],
	)
}

/// The keys that a key file has for an id at hospital A.
async fn keys(node: &Node, file: &str, n: u32) -> PatientKeys {
	let identity: Identity = open_key(Path::new(file), PASSPHRASE, Strength::Development).unwrap();
	identity.patient(&genesis(node).await, 0, n).unwrap()
}

/// Uploads a document as hospital A's doctor.
pub(super) fn put(salus: &Salus, patient: &str, category: &str, document: &str) -> String {
	let file = salus.write(&format!("{category}.txt"), document);
	let line = format!("record put {file} --patient {patient} --institution 0 --category {category}");
	text(&salus.types_as(DOCTOR, &line).ok()["record"])
}

/// A command line that reads a record into a new file.
pub(super) fn get(salus: &Salus, record: &str, more: &str) -> (String, String) {
	let out = salus.file("out.txt");
	fs::remove_file(&out).ok();
	(format!("record get {record} --out {out} {more}"), out)
}

/// A child is registered on paper with a guardian, who acts at once: she approves what a doctor of hospital B asks, reads
/// the child's record, seals a drawer and takes no seal off; a stranger does none of it, and she none after she resigned.
#[tokio::test(flavor = "multi_thread")]
async fn a_guardian_signs_for_a_child() {
	let node = Node::start().await;
	let salus = Salus::new(&node);
	let majority = january(&node, 9).await;
	let on_paper = [
		("evidence", bytes([1; 32])),
		("identified", Value::bool(true)),
		(
			"majority",
			Value::unnamed_variant("Some", [Value::u128(majority.into())]),
		),
	];
	let child = act(&node, Value::named_variant("RegisterOnPaper", on_paper)).await;
	act(&node, guardian_of(&node, &child, GUARDIAN).await).await;
	let listed = |salus: &Salus| salus.types(&format!("guardian list --patient {child}")).ok()["guardians"].clone();
	let guardians = listed(&salus);
	assert_eq!(
		(
			&guardians[0]["guardian"],
			&guardians[0]["inForce"],
			&guardians[0]["actions"]
		),
		(&json!(account(GUARDIAN)), &json!(true), &json!(["View"]))
	);

	let propose = format!("assign propose --patient {child} --practitioner {}", account(DOCTOR));
	salus.types_as("//Alice//admin", &propose).ok();
	let accept = format!("assign accept --patient {child} --institution 0");
	salus.types_as(DOCTOR, &accept).ok();
	let record = put(&salus, &child, "laboratory", "haemoglobin 12.9");

	let ask = "--institution 1 --purpose treatment --category laboratory --action view,append";
	let asked = salus
		.types_as(REQUESTER, &format!("consent ask --patient {child} {ask}"))
		.ok();
	let approve = format!(
		"consent approve --patient {child} --request {}",
		text(&asked["request"])
	);
	salus.types_as("//Stranger", &approve).fails(6, "NotThePatient");
	// She gives what she may do herself.
	salus
		.types_as(GUARDIAN, &approve)
		.fails(4, "Consent.BeyondGuardianship");
	let approved = salus.types_as(GUARDIAN, &format!("{approve} --action view")).ok();
	assert_eq!(node.acknowledged(&approved).await, ["Consent.Approved"]);
	let sentence = text(&approved["sentence"]);
	let told = format!("You sign as guardian for patient {child}. The patient lets account");
	assert!(sentence.starts_with(&told), "{sentence}");
	let (line, out) = get(&salus, &record, "--institution 1");
	salus.types_as(REQUESTER, &line).ok();
	assert_eq!(fs::read_to_string(out).unwrap(), "haemoglobin 12.9");
	let (line, out) = get(&salus, &record, "");
	salus.types_as(GUARDIAN, &line).ok();
	assert_eq!(fs::read_to_string(out).unwrap(), "haemoglobin 12.9");

	let drawer = |command: &str| {
		salus.types_as(
			GUARDIAN,
			&format!("consent {command} --patient {child} --compartment 3"),
		)
	};
	let sealed = drawer("seal").ok();
	assert_eq!(node.acknowledged(&sealed).await, ["Consent.CompartmentSealed"]);
	drawer("unseal").fails(6, "NotThePatient");

	let resigned = salus
		.types_as(GUARDIAN, &format!("guardian resign --patient {child}"))
		.ok();
	assert_eq!(node.acknowledged(&resigned).await, ["Roles.PatientChanged"]);
	assert_eq!(listed(&salus), json!([]));
	let deny = format!("consent deny --patient {child} --all");
	salus.types_as(GUARDIAN, &deny).fails(6, "NotThePatient");
	let trail = node.trail(&child).await;
	let approval = trail
		.iter()
		.find(|entry| entry["kind"]["type"] == "RequestApproved")
		.unwrap();
	assert_eq!(approval["actor"], json!(account(GUARDIAN)));
}

/// Of an adult two officers make guardians: one to whom she objects within the time for it, and one whom she contests;
/// neither signs anything for her. Her caregiver accepts, is named, opens the vital signs she is granted and nothing else,
/// and leaves.
#[tokio::test(flavor = "multi_thread")]
async fn an_adult_objects_to_guardians_and_names_a_caregiver() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	patient.assigned(DOCTOR);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let listed = |what: &str| salus.types(&format!("{what} list --patient {id}")).ok()[format!("{what}s")].clone();

	for uri in [GUARDIAN, "//Uncle"] {
		act(&node, guardian_of(&node, id, uri).await).await;
	}
	let grant = format!("consent grant --patient {id} --to institution:1 --purpose treatment --category imaging");
	let early = salus.types_as(GUARDIAN, &grant).fails(6, "GuardianshipNotInForce");
	assert!(early.contains("it begins"), "{early}");
	let about = |command: &str, uri: &str| format!("guardian {command} --patient {id} --guardian {}", account(uri));
	salus
		.types_as("//Uncle", &about("object", GUARDIAN))
		.fails(6, "GuardianshipNotInForce");
	let objected = patient.types(&about("object", GUARDIAN)).ok();
	assert_eq!(node.acknowledged(&objected).await, ["Roles.PatientChanged"]);
	let contested = patient.types(&about("contest", "//Uncle")).ok();
	assert_eq!(node.acknowledged(&contested).await, ["Roles.PatientChanged"]);
	let guardians = listed("guardian");
	assert_eq!(guardians.as_array().unwrap().len(), 1, "{guardians}");
	assert_eq!(
		(
			&guardians[0]["guardian"],
			&guardians[0]["contested"],
			&guardians[0]["inForce"]
		),
		(&json!(account("//Uncle")), &json!(true), &json!(false))
	);

	// A caregiver.
	let caregiver = signer(CAREGIVER);
	let accepted = |patient: u64, genesis: salus::Hash| {
		let acceptance = Acceptance::of(genesis, patient, Capacity::Caregiver, caregiver.id());
		serde_json::to_string(&AcceptanceFile::sign(&acceptance, &caregiver)).unwrap()
	};
	let genesis = genesis(&node).await;
	let name = |file: &str| patient.types(&format!("caregiver name {file} --patient {id}"));
	let other = salus.write("other.json", accepted(number(id) + 1, genesis));
	name(&other).fails(7, "OtherPatient");
	let file = salus.write("acceptance.json", accepted(number(id), genesis));
	let named = name(&file).ok();
	assert_eq!(node.acknowledged(&named).await, ["Roles.PatientChanged"]);
	assert_eq!(listed("caregiver"), json!([account(CAREGIVER)]));
	let terms = "--purpose care-management --category vitals";
	patient
		.types(&format!(
			"consent grant --patient {id} --to account:{} {terms}",
			account(CAREGIVER)
		))
		.ok();
	let (vitals, imaging) = (
		put(salus, id, "vitals", VITALS),
		put(salus, id, "imaging", "a shadow, left"),
	);
	let (line, out) = get(salus, &vitals, "");
	let got = salus.types_as(CAREGIVER, &line).ok();
	assert_eq!(node.acknowledged(&got).await, ["Records.Accessed"]);
	assert_eq!(fs::read_to_string(&out).unwrap(), VITALS);
	let (line, out) = get(salus, &imaging, "");
	salus.types_as(CAREGIVER, &line).fails(3, "CategoryMismatch");
	assert!(!Path::new(&out).exists());

	let remove = format!("caregiver remove --patient {id} --caregiver {}", account(CAREGIVER));
	let removed = salus.types_as(CAREGIVER, &remove).ok();
	assert_eq!(node.acknowledged(&removed).await, ["Roles.PatientChanged"]);
	assert_eq!(listed("caregiver"), json!([]));
	salus.types_as(CAREGIVER, &line).fails(6, "NotThePatient");
	name(&file).fails(4, "Roles.AccountLeft");
	let trail = node.trail(id).await;
	let told = kinds(&trail);
	for kind in [
		"GuardianshipProposed",
		"GuardianshipChanged",
		"CaregiverNamed",
		"CaregiverRemoved",
	] {
		assert!(told.contains(&kind), "{kind}: {told:?}");
	}
}

/// A patient commits to contacts and says that she lost her key: two officers begin, her contacts vouch for the account
/// she told them and for no other, and whoever has the old key can object but changes neither contacts nor the time. The
/// council's word takes seven days, which no test waits for; so the new key works here because she changes it herself,
/// and the old one is refused by the client and by the chain.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_is_vouched_for_and_a_changed_key_is_void() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let show = || salus.types(&format!("recovery show --patient {id}")).ok();
	let accounts = CONTACTS.map(account).join(",");
	let file = salus.file("contacts.json");
	let set = |threshold: u8| {
		let whom = format!("--patient {id} --contact {accounts} --out {file}");
		patient.types(&format!("recovery contacts set --threshold {threshold} {whom}"))
	};
	set(4).refused(2);
	assert!(!Path::new(&file).exists());
	let done = set(2).ok();
	assert_eq!(node.acknowledged(&done).await, ["Roles.PatientChanged"]);
	assert_eq!(show()["contacts"]["commitment"], done["commitment"]);
	let until = words::show_moment(node.time().await + 29 * salus_primitives::DAY);
	let sign = |uri: &str, account: &str, out: &str| {
		let line = format!("recovery vouch-sign --patient {id} --account {account} --until {until} --out {out}");
		salus.types_as(uri, &line)
	};
	let vouches = [1, 2, 3].map(|place| salus.file(&format!("vouch-{place}.json")));
	sign(CONTACTS[0], &account("//New"), &vouches[0]).refused(1);

	// Two officers begin the recovery; what she granted before stays as it is.
	let grants = |category: &str| {
		let terms = format!("--to institution:1 --purpose treatment --category {category}");
		patient.types(&format!("consent grant --patient {id} {terms}")).ok()
	};
	let before = grants("imaging");
	patient.assigned(DOCTOR);
	let record = put(salus, id, "vitals", "pulse 61");
	let (new_file, _) = salus.key("new.key");
	let new = keys(&node, &new_file, 0).await;
	let acceptance = Acceptance::of_controller(genesis(&node).await, number(id), &new);
	let salus_vault::wrap::HpkeKey::X25519(hpke) = new.hpke.public() else {
		unreachable!("the first suite")
	};
	// Behind what she granted before, even in the last block.
	let lost_at = node.time().await + 1;
	let begin = [
		("patient", Value::u128(number(id).into())),
		("controller", bytes(new.account.id().0)),
		("hpke", Value::unnamed_variant("X25519", [bytes(hpke)])),
		("evidence", bytes([2; 32])),
		("lost_at", Value::u128(lost_at.into())),
		("signature", signature(&new.account.sign(&acceptance.message()))),
	];
	act(&node, Value::named_variant("BeginRecovery", begin)).await;
	let recovery = show()["recovery"].clone();
	let hers = new.account.id().to_string();
	assert_eq!(
		(&recovery["account"], &recovery["vouched"], &recovery["objected"]),
		(&json!(hers), &json!(false), &json!(false))
	);
	assert_eq!(recovery["lostAt"], json!(lost_at), "what the contacts sign");

	// What the old key gives since counts only once she confirms it, and the old key can't.
	let confirm = |grant: &Json| patient.types(&format!("consent confirm --patient {id} --grant {}", text(grant)));
	confirm(&before["grant"]).fails(4, "Consent.NotSuspended");
	let since = grants("vitals");
	confirm(&since["grant"]).fails(4, "Consent.RecoveryOpen");
	let asks = format!("--patient {id} --requester {} --institution 1", account(REQUESTER));
	let explained = salus
		.types(&format!("consent explain {asks} --record {record} --purpose treatment"))
		.ok();
	assert_eq!(explained["decision"], json!({ "deny": "Suspended" }));
	let how = format!("salus consent confirm --patient {id} --grant {}", text(&since["grant"]));
	assert!(explained.to_string().contains(&how), "{explained}");

	// The contacts vouch for the account she told them.
	sign(CONTACTS[0], &account("//Thief"), &vouches[0]).fails(7, "OtherAccount");
	assert!(!Path::new(&vouches[0]).exists());
	for (uri, out) in CONTACTS.iter().zip(&vouches).take(2) {
		assert_eq!(sign(uri, &hers, out).ok()["lostAt"], json!(lost_at));
	}
	let send = |files: &str| {
		let line = format!("recovery vouch --patient {id} --contacts {file} {files}");
		salus.types_as(REQUESTER, &line)
	};
	send(&vouches[0]).fails(7, "TooFewVouches");
	let sent = send(&format!("{} {}", vouches[0], vouches[1])).ok();
	assert_eq!(node.acknowledged(&sent).await, ["Roles.PatientChanged"]);
	let vouched = show()["recovery"].clone();
	assert_eq!((&vouched["vouched"], &vouched["due"]), (&json!(true), &recovery["due"]));

	// Whoever has the old key.
	let clear = format!("recovery contacts clear --patient {id}");
	patient.types(&clear).fails(4, "Roles.RecoveryOpen");
	let object = format!("recovery object --patient {id}");
	let objected = patient.types(&object).ok();
	assert_eq!(node.acknowledged(&objected).await, ["Roles.PatientChanged"]);
	let after = show()["recovery"].clone();
	assert_eq!(
		(&after["objected"], &after["due"]),
		(&json!(true), &recovery["due"]),
		"an objection delays nothing once contacts vouched"
	);

	// Keys that she changes herself: from the same words, from another file, then to another device.
	let old = keys(&node, &salus.file("patient.key"), 0).await;
	let rotate = format!("patient rotate-keys --patient {id}");
	let rotated = patient.types(&rotate).ok();
	assert_eq!(node.acknowledged(&rotated).await, ["Roles.PatientChanged"]);
	assert_eq!(
		(&rotated["n"], &rotated["before"]),
		(&json!(1), &json!(old.account.id().to_string()))
	);
	patient.types(&format!("{rotate} --n 0")).fails(4, "Roles.HpkeKeyInUse");
	let (other, _) = salus.key("other.key");
	let rotated = patient.types(&format!("{rotate} --new-key {other}")).ok();
	assert_eq!(
		rotated["controller"],
		json!(keys(&node, &other, 0).await.account.id().to_string())
	);
	let deny = format!("consent deny --patient {id} --all");
	patient.types(&deny).fails(6, "NotThePatient");
	let (device, _) = salus.key("device.key");
	let on_device = keys(&node, &device, 3).await;
	let acceptance = Acceptance::of_controller(genesis(&node).await, number(id), &on_device);
	let accepted = serde_json::to_string(&AcceptanceFile::sign(&acceptance, &on_device.account)).unwrap();
	let accepted = salus.write("controller.json", accepted);
	let moved = salus
		.types(&format!("--key {other} {rotate} --acceptance {accepted}"))
		.ok();
	assert_eq!(moved["controller"], json!(on_device.account.id().to_string()));
	let client = salus::Client::connect(&node.url).await.unwrap();
	let call = salus::calls::deny(number(id), salus_primitives::DenialTerms::all());
	let refused = client.submit(&call, &old.account).await;
	assert!(matches!(refused, Err(SubmissionError::Unregistered(_))), "{refused:?}");
	let denied = salus.types(&format!("--key {device} {deny}")).ok();
	assert_eq!(node.acknowledged(&denied).await, ["Consent.Denied"]);
}

/// No officer takes part: her contacts sign for the keys that she accepts on her new device, and anybody registered sends it.
/// What was granted since the loss is suspended; an objection leaves it to the council.
#[tokio::test(flavor = "multi_thread")]
async fn contacts_begin_a_recovery_by_themselves() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let contacts = salus.file("contacts.json");
	let accounts = CONTACTS.map(account).join(",");
	let set = format!("recovery contacts set --patient {id} --threshold 2 --contact {accounts} --out {contacts}");
	patient.types(&set).ok();

	let (device, _) = salus.key("device.key");
	let accepted = salus.file("accepted.json");
	let accept = format!("accept controller --patient {id} --out {accepted}");
	salus.types(&format!("--key {device} {accept}")).ok();
	let new = keys(&node, &device, 0).await.account.id().to_string();
	let vouches = [1, 2, 3].map(|place| salus.file(&format!("vouch-{place}.json")));
	let now = node.time().await;
	let lost = words::show_moment(now - salus_primitives::HOUR);
	let sign = |uri: &str, lost: &str, days: u64, out: &str| {
		let until = words::show_moment(now + days * salus_primitives::DAY);
		let times = format!("--lost-at {lost} --until {until}");
		let keys = format!("--account {new} --acceptance {accepted}");
		salus.types_as(
			uri,
			&format!("recovery vouch-sign --patient {id} {keys} {times} --out {out}"),
		)
	};
	for days in [0, 31] {
		sign(CONTACTS[0], &lost, days, &vouches[0]).refused(2);
	}
	let coming = words::show_moment(now + salus_primitives::DAY);
	sign(CONTACTS[0], &coming, 20, &vouches[0]).refused(2);
	for (uri, out) in CONTACTS.iter().zip(&vouches).take(2) {
		sign(uri, &lost, 20, out).ok();
	}
	let long_ago = words::show_moment(now - salus_primitives::DAY);
	sign(CONTACTS[2], &long_ago, 20, &vouches[2]).ok();
	let begin = |vouches: &str| {
		let files = format!("--contacts {contacts} --acceptance {accepted} {vouches}");
		salus.types_as(REQUESTER, &format!("recovery begin --patient {id} {files}"))
	};
	begin(&vouches[0]).fails(7, "TooFewVouches");
	begin(&format!("{} {}", vouches[0], vouches[2])).fails(7, "OtherTimes");
	let both = vouches[..2].join(" ");
	let begun = begin(&both).ok();
	assert_eq!(node.acknowledged(&begun).await, ["Roles.PatientChanged"]);
	assert_eq!(json!(lost), json!(words::show_moment(number(&text(&begun["lostAt"])))));
	let trail = node.trail(id).await;
	assert_eq!(kinds(&trail).last(), Some(&"RecoveryBegunByContacts"));
	begin(&both).fails(4, "Roles.RecoveryOpen");
	let shown = salus.types(&format!("recovery show --patient {id}")).ok();
	let recovery = &shown["recovery"];
	assert_eq!(
		(&recovery["account"], &recovery["vouched"]),
		(&json!(new), &json!(true))
	);

	let complete = format!("recovery complete --patient {id}");
	salus.types_as(REQUESTER, &complete).fails(4, "Roles.RecoveryNotDue");
	patient.types(&format!("recovery object --patient {id}")).ok();
	salus.types_as(REQUESTER, &complete).fails(4, "Roles.CouncilDecides");
	salus
		.types_as(REQUESTER, &format!("recovery prune --patient {id}"))
		.fails(4, "Roles.RecoveryNotExpired");

	// The council refuses it: what the contacts signed begins no other.
	let put = format!("council propose decide-recovery --patient {id} --refuse");
	let motion = text(&salus.types_as("//Alice", &put).ok()["motion"]);
	for seat in ["//Alice", "//Bob"] {
		let vote = format!("council vote --motion {motion} --aye");
		salus.types_as(seat, &vote).ok();
	}
	let close = format!("council close --motion {motion}");
	salus.types_as("//Bob", &close).ok();
	begin(&both).fails(7, "EarlierRecovery");
	assert_eq!(
		salus.types(&format!("recovery show --patient {id}")).ok()["recovery"],
		Json::Null
	);
}

/// A patient of two hospitals makes an emergency card, each id with the key it belongs to; a doctor of B opens a case by
/// it, while an incident that two officers declared makes approvals unnecessary.
#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_opened_by_an_emergency_card() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let letter = salus.file("letter.txt");
	let issue = format!("voucher issue --institution 1 --out {letter}");
	salus.types_as("//Bob", &issue).ok();
	let second = text(&patient.types(&format!("patient register {letter}")).ok()["patient"]);

	let (mine, drawn) = (salus.file("mine.txt"), salus.file("mine.svg"));
	let card = |patient: &str, more: &str| format!("patient emergency-card --patient {patient} --out {mine} {more}");
	let (stranger, _) = salus.key("stranger.key");
	salus
		.types(&format!("--key {stranger} {}", card(id, "")))
		.fails(6, "NotThePatient");
	assert!(!Path::new(&mine).exists());
	patient.types(&card(id, "")).ok();
	patient
		.types(&card(&second, &format!("--with {mine} --svg {drawn}")))
		.ok();
	assert!(fs::read_to_string(&drawn).unwrap().starts_with("<svg"));
	let read = salus.types(&format!("patient read-card {mine}")).ok();
	let ids = json!([
		{ "institution": 0, "patient": number(id) },
		{ "institution": 1, "patient": number(&second) },
	]);
	assert_eq!((&read["emergency"], &read["ids"]), (&json!(true), &ids));

	// It is good for a case, of the hospital that is named.
	let why = salus.write("why.txt", "found unconscious, with a card");
	let open = |more: &str| {
		let files = format!("--justification-file {why} --salts {}", salus.file("why.salts.json"));
		let line = format!("emergency open --card {mine} --institution 1 --reason unconscious --for 2h {files} {more}");
		salus.types_as(REQUESTER, &line)
	};
	for more in ["", "--of 7"] {
		let unclear = open(more);
		assert!(unclear.error["message"].as_str().unwrap().contains("institutions 0, 1"));
		unclear.refused(2);
	}
	let opened = open("--of 0").ok();
	assert_eq!(node.acknowledged(&opened).await, ["Consent.CaseOpened"]);
	assert_eq!(opened["patient"], json!(number(id)));

	// Two officers declare an incident.
	let incident = |uri: &str, line: &str| salus.types_as(uri, &format!("emergency incident {line} --institution 1"));
	incident(DOCTOR, "declare --for 1h").fails(4, "Consent.NotAnOfficer");
	let proposed = incident("//Bob", "declare --for 1h").ok();
	assert_eq!(node.acknowledged(&proposed).await, ["Consent.IncidentProposed"]);
	assert_eq!(proposed["declared"], json!(false));
	let until = words::show_moment(number(&text(&proposed["endsAt"])));
	let declared = incident("//Dave", &format!("declare --until {until}")).ok();
	assert_eq!(declared["declared"], json!(true), "{declared}");
	let ended = incident("//Dave", "end").ok();
	assert_eq!(node.acknowledged(&ended).await, ["Consent.IncidentEnded"]);
	incident("//Bob", "end").fails(4, "Consent.NoIncident");
}

/// Who used a grant attests that copies are erased, once; an author who left gets a successor.
#[tokio::test(flavor = "multi_thread")]
async fn copies_are_attested_and_an_author_succeeded() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	patient.assigned(DOCTOR);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let record = put(salus, id, "laboratory", "haemoglobin 12.9");
	let erase = words::show_moment(node.time().await + 40 * salus_primitives::DAY);
	let terms = format!("--purpose treatment --category laboratory --erase-after {erase}");
	let to = account(REQUESTER);
	let granted = patient
		.types(&format!("consent grant --patient {id} --to account:{to} {terms}"))
		.ok();
	let attest = |uri: &str| {
		let grant = text(&granted["grant"]);
		salus.types_as(uri, &format!("consent attest-erasure --patient {id} --grant {grant}"))
	};
	attest(REQUESTER).fails(4, "Consent.NothingToErase");
	let (line, _) = get(salus, &record, "--institution 1");
	salus.types_as(REQUESTER, &line).ok();
	attest(DOCTOR).fails(4, "Consent.NotTheGrantee");
	let attested = attest(REQUESTER).ok();
	assert_eq!(node.acknowledged(&attested).await, ["Consent.ErasureAttested"]);
	attest(REQUESTER).fails(4, "Consent.AlreadyAttested");

	let (author, nurse) = (account(DOCTOR), account("//Alice//nurse"));
	let named = |more: &str| {
		let line = format!("record successor --institution 0 --author {author} {more}");
		salus.types_as("//Alice", &line)
	};
	let successor = format!("--successor {nurse}");
	named(&successor).fails(4, "Consent.AuthorStillThere");
	// Suspended she may come back; who left for good is revoked.
	let ended = |how: &str| salus.types_as("//Charlie", &format!("credential {how} {author} --institution 0"));
	ended("suspend").ok();
	named(&successor).fails(4, "Consent.AuthorStillThere");
	ended("revoke").ok();
	for (more, expected) in [(successor.as_str(), json!(nurse)), ("", Json::Null)] {
		let named = named(more).ok();
		assert_eq!(node.acknowledged(&named).await, ["Consent.SuccessorNamed"]);
		assert_eq!(named["successor"], expected);
	}
	named("").fails(4, "Consent.NoSuccessor");
}
