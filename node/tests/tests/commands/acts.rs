//! What two officers do together, and what other people accept off chain for it.

use super::each;
use salus::{api, words, ApplicationFile};
use salus_primitives::DAY;
use salus_tests::{account, consortium::Council, kinds, text, Answer, Node, Patient, Salus};
use serde_json::{json, Value};
use std::{fs, path::Path};
use subxt::utils::Static;

const FIRST: &str = "//Alice";
const SECOND: &str = "//Charlie";
const SEEN: &str = "passport X1234567, shown at the desk";

/// The desk of hospital A, where two officers sit.
pub(super) struct Desk {
	pub(super) salus: Salus,
	/// What they saw.
	seen: String,
}

impl Desk {
	pub(super) fn of(node: &Node) -> Self {
		let salus = Salus::new(node);
		let seen = salus.write("seen.txt", SEEN);
		Self { salus, seen }
	}

	fn proposes(&self, act: &str) -> Answer {
		self.salus
			.types_as(FIRST, &format!("act propose --institution 0 {act}"))
	}

	fn confirms(&self, act: &str) -> Answer {
		self.salus
			.types_as(SECOND, &format!("act confirm --institution 0 {act}"))
	}

	/// Both do it, the second one by the act's hash.
	pub(super) fn does(&self, act: &str) -> Value {
		let proposed = self.proposes(act).ok();
		self.confirms(&format!("--act {}", text(&proposed["hash"]))).ok()
	}

	fn waits(&self) -> Value {
		self.salus.types("act list --institution 0").ok()
	}

	/// New evidence, whose salt file has this name.
	fn evidence(&self, salts: &str) -> String {
		format!("--evidence-file {} --salts {}", self.seen, self.salus.file(salts))
	}

	/// A registered patient on paper.
	pub(super) fn registers(&self, salts: &str) -> String {
		let evidence = self.evidence(salts);
		text(&self.does(&format!("register-on-paper --identified {evidence}"))["patient"])
	}
}

/// A patient without a device is registered by two officers, of whom neither is enough; with a device of her own she
/// claims her id, and her daughter, who accepts, becomes her guardian.
#[tokio::test(flavor = "multi_thread")]
async fn a_patient_on_paper_claims_her_id_and_is_given_a_guardian() {
	let node = Node::start().await;
	let desk = Desk::of(&node);
	let salus = &desk.salus;

	// Proposed: the chain has a commitment, the salt file opens it.
	let salts = salus.file("paper.json");
	let paper = format!("register-on-paper --identified {}", desk.evidence("paper.json"));
	let proposed = desk.proposes(&paper).ok();
	assert_eq!(node.acknowledged(&proposed).await, ["Roles.ActProposed"]);
	let sentence = text(&proposed["sentence"]);
	assert!(
		sentence.starts_with("You propose that a patient whom you know is registered at institution 0 on paper"),
		"{sentence}"
	);
	assert!(!proposed.to_string().contains("X1234567"));
	assert!(fs::read_to_string(&salts).unwrap().contains(SEEN));
	let waits = desk.waits();
	assert_eq!(each(&waits, "acts", "hash"), [&proposed["hash"]]);
	let entry = &waits["acts"][0];
	assert_eq!(
		(&entry["number"], &entry["proposer"], &entry["act"], &entry["until"]),
		(&json!(1), &json!(account(FIRST)), &proposed["act"], &proposed["until"])
	);
	assert_eq!(entry["act"]["type"], "RegisterOnPaper");

	// Not by herself, not another act, not with other evidence.
	let hash = text(&proposed["hash"]);
	let by_hash = format!("--act {hash}");
	let own = salus.types_as(FIRST, &format!("act confirm --institution 0 {by_hash}"));
	own.fails(4, "Roles.OwnAct");
	desk.proposes(&format!("register-on-paper --identified --salts {salts}"))
		.fails(4, "Roles.ActExists");
	desk.confirms(&format!("register-on-paper --unidentified --salts {salts}"))
		.fails(4, "Roles.ActNotProposed");
	let fresh = format!("register-on-paper --identified {}", desk.evidence("fresh.json"));
	desk.confirms(&fresh).fails(2, "Usage");
	let other = salus.write(
		"other.json",
		json!({ "evidence": SEEN, "evidenceSalt": format!("0x{}", "00".repeat(32)) }).to_string(),
	);
	desk.confirms(&format!("{by_hash} --salts {other}"))
		.fails(6, "Malformed");
	desk.confirms("--act 2").fails(1, "NotFound");
	desk.confirms(&format!("{by_hash} remove-registrar")).fails(2, "Usage");
	assert_eq!(desk.waits(), waits, "nothing was changed");

	// Confirmed, by the number in the list and against the evidence.
	let confirmed = desk.confirms(&format!("--act 1 --salts {salts}")).ok();
	assert_eq!(
		node.acknowledged(&confirmed).await,
		["Roles.PatientChanged", "Roles.ActConfirmed"]
	);
	let patient = text(&confirmed["patient"]);
	assert_eq!(desk.waits()["acts"], json!([]));
	let shown = || salus.types(&format!("patient show {patient}")).ok()["patient"].clone();
	assert_eq!(shown()["controller"], Value::Null);

	// She claims her id: what she accepts is for her alone.
	let another = desk.registers("another.json");
	let (key, _) = salus.key("her.key");
	let accepts = |file: &str| {
		let line = format!(
			"--key {key} accept controller --patient {patient} --out {}",
			salus.file(file)
		);
		salus.types(&line).ok()
	};
	let accepted = accepts("mine.json");
	assert_eq!(accepted["n"], 0);
	let file = text(&accepted["acceptance"]);
	let claim = |patient: &str, file: &str| format!("claim --patient {patient} --acceptance {file}");
	let wrong = desk.proposes(&claim(&another, &file)).fails(7, "OtherPatient");
	assert!(
		wrong.contains(&format!("for patient {patient}, not {another}")),
		"{wrong}"
	);
	let (guardian_key, guardian) = salus.key("daughter.key");
	let guards = salus.file("guardian.json");
	let accept = format!("--key {guardian_key} accept guardian --patient {patient} --out {guards}");
	let guardian_accepted = salus.types(&accept).ok();
	assert_eq!(guardian_accepted["account"], guardian.as_str());
	desk.proposes(&claim(&patient, &guards)).fails(7, "OtherCapacity");
	let tampered = fs::read_to_string(&file)
		.unwrap()
		.replace(&text(&accepted["account"]), &guardian);
	let tampered = salus.write("tampered.json", tampered);
	desk.proposes(&claim(&patient, &tampered)).fails(6, "Malformed");
	let claimed = desk.does(&claim(&patient, &file));
	assert_eq!(claimed["act"]["controller"], accepted["account"]);
	assert_eq!(shown()["controller"], accepted["account"]);
	salus
		.types(&format!("--key {key} patient card --patient {patient}"))
		.ok();
	// Her next keys are others, and nobody claims her id again.
	let again = accepts("again.json");
	assert_eq!(again["n"], 1);
	desk.proposes(&claim(&patient, &text(&again["acceptance"])))
		.fails(4, "Roles.HasController");

	// A guardian, who accepted. What is refused leaves no salt file.
	let now = words::show_moment(node.time().await);
	let until = format!("{}-01", now[..4].parse::<u32>().unwrap() + 2);
	let give = |scope: &str, salts: &str| {
		format!(
			"give-guardian --patient {patient} --acceptance {guards} {scope} --until {until} {}",
			desk.evidence(salts)
		)
	};
	desk.proposes(&give("", "empty.json")).fails(4, "Roles.EmptyScope");
	assert!(!Path::new(&salus.file("empty.json")).exists());
	let given = desk.does(&give("--action view --consents", "court.json"));
	assert_eq!(
		(
			&given["act"]["guardian"],
			&given["act"]["actions"],
			&given["act"]["consents"]
		),
		(&json!(guardian), &json!(["View"]), &json!(true))
	);
	let told = text(&given["sentence"]);
	assert!(told.contains("becomes guardian of patient") && told.contains("view the patient's documents"));
	desk.proposes(&give("--consents", "twice.json"))
		.fails(4, "Roles.GuardianExists");
	assert_eq!(
		kinds(&node.trail(&patient).await),
		["PatientRegisteredOnPaper", "ControllerChanged", "GuardianshipProposed"]
	);
}

/// A nurse whose application hospital A's registrar attested, and her salt file.
async fn attested(node: &Node, salus: &Salus) -> (String, String) {
	let (key, nurse) = salus.key("nurse.key");
	let (file, salts) = (salus.file("application.json"), salus.file("nurse.json"));
	let apply = format!("--key {key} apply --institution 0 --role nurse --licence N-1 --speciality Wards");
	salus.types(&format!("{apply} --out {file} --salts {salts}")).ok();
	salus
		.types_as(FIRST, &format!("approve {file}"))
		.fails(4, "Roles.RegistrarNamed");
	let genesis = words::hash(&node.genesis().await).unwrap();
	let text = fs::read_to_string(&file).unwrap();
	let (application, signature) = ApplicationFile::read(&text, &genesis, node.time().await).unwrap();
	let submit = api::tx()
		.roles()
		.submit_application(application.applicant, Static(application), signature);
	Council::at(node).await.sends("//Registrar", &submit).await;
	(nurse, salts)
}

/// Officers come and go, one id is merged into another, and a registrar is named, whose applications wait for an officer:
/// what is taken back is not confirmed any more.
#[tokio::test(flavor = "multi_thread")]
async fn officers_do_the_rest_together() {
	let node = Node::start().await;
	let desk = Desk::of(&node);
	let salus = &desk.salus;

	let (_, newcomer) = salus.key("newcomer.key");
	let add = format!("add-officer --account {newcomer}");
	let proposed = desk.proposes(&add).ok();
	let withdrawn = salus
		.types_as(
			SECOND,
			&format!("act withdraw --institution 0 --act {}", text(&proposed["hash"])),
		)
		.ok();
	assert_eq!(node.acknowledged(&withdrawn).await, ["Roles.ActWithdrawn"]);
	desk.confirms(&add).fails(4, "Roles.ActNotProposed");
	desk.proposes("remove-registrar").fails(4, "Roles.NoRegistrar");
	desk.proposes(&add).ok();
	let named_again = desk.confirms(&add).ok();
	assert_eq!(
		node.acknowledged(&named_again).await,
		["Roles.OfficerAdded", "Roles.ActConfirmed"]
	);
	let officers = salus.types("institution list").ok()["institutions"][0]["officers"].clone();
	assert_eq!(officers, json!([account(FIRST), account(SECOND), newcomer]));
	desk.does(&format!("remove-officer --account {newcomer}"));

	// Keys are announced, and not in force before their time.
	let key = format!("0x{}", "09".repeat(32));
	let announced = desk.does(&format!("change-hpke-key --hpke {key}"));
	assert!(announced["from"].as_u64().unwrap() > node.time().await);
	salus
		.types_as(FIRST, "institution apply-keys 0")
		.fails(4, "Roles.KeysNotDue");
	let peer = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
	let nodes = desk.does(&format!("change-nodes --peer {peer} --address /ip4/10.0.0.1/tcp/30333"));
	assert_eq!(nodes["act"]["addresses"], json!(["/ip4/10.0.0.1/tcp/30333"]));
	desk.does("change-admission-terms --category laboratory");
	let entry = salus.types("institution show 0").ok();
	assert_eq!(
		entry["institution"]["admissionTerms"]["categories"],
		json!(["Laboratory"])
	);

	// Two ids of one person, who dies and does not.
	let (from, into) = (desk.registers("from.json"), desk.registers("into.json"));
	desk.does(&format!("merge --from {from} --into {into}"));
	desk.does(&format!("unmerge --from {from}"));
	let died = words::show_moment(node.time().await);
	desk.does(&format!("note-death --patient {into} --at {died}"));
	let status = || text(&salus.types(&format!("patient show {into}")).ok()["patient"]["status"]);
	assert!(status().starts_with("Deceased"));
	desk.does(&format!("retract-death --patient {into}"));
	assert_eq!(status(), "Active");

	// One who has a key agrees by it; she names no caregiver at the desk, as one on paper does.
	let patient = Patient::registered(&node);
	let (keyed, third) = (&patient.id, desk.registers("third.json"));
	let merge = format!("merge --from {third} --into {keyed}");
	desk.proposes(&merge).fails(4, "Roles.MergeNotAgreed");
	let until = words::show_moment(node.time().await + DAY);
	let agreement = patient.salus.file("agreement.json");
	let agrees = |as_whom: &str| {
		let ids = format!("--from {third} --into {keyed}");
		patient.types(&format!(
			"accept merge --patient {as_whom} {ids} --until {until} --out {agreement}"
		))
	};
	agrees(&third).fails(6, "NotThePatient");
	agrees(&into).fails(2, "Usage");
	let agreed = agrees(keyed).ok();
	assert!(text(&agreed["sentence"]).contains(&format!("id {third} is closed, and you go on under id {keyed}")));
	desk.proposes(&format!(
		"merge --from {into} --into {keyed} --into-agreement {agreement}"
	))
	.fails(7, "OtherPatient");
	let merged = desk.does(&format!("{merge} --into-agreement {agreement}"));
	assert_eq!(
		(&merged["act"]["fromAgrees"], &merged["act"]["intoAgrees"]),
		(&json!(false), &json!(true))
	);
	let (carer_key, carer) = salus.key("carer.key");
	let accepts = |patient: &str, out: &str| {
		let out = salus.file(out);
		let line = format!("--key {carer_key} accept caregiver --patient {patient} --out {out}");
		salus.types(&line).ok();
		format!("name-caregiver --patient {patient} --acceptance {out}")
	};
	desk.proposes(&accepts(keyed, "keyed.json"))
		.fails(4, "Roles.HasController");
	desk.does(&accepts(&into, "carer.json"));
	let carers = || salus.types(&format!("caregiver list --patient {into}")).ok()["caregivers"].clone();
	assert_eq!(carers(), json!([carer]));
	desk.does(&format!("remove-caregiver --patient {into} --caregiver {carer}"));
	assert_eq!(carers(), json!([]));

	// A registrar, and a doctor who leaves.
	let registrar = account("//Registrar");
	desk.does(&format!("name-registrar --account {registrar}"));
	let waiting = || salus.types("application list --institution 0").ok();
	assert_eq!(waiting()["applications"], json!([]));
	let (nurse, attested) = attested(&node, salus).await;
	assert_eq!(each(&waiting(), "applications", "applicant"), [&json!(nurse)]);
	let approve = |salts: &str| {
		let line = format!("application approve {nurse} --institution 0 --salts {salts} --valid-for 10d");
		salus.types_as(FIRST, &line)
	};
	let other = json!({ "licence": "N-2", "licenceSalt": "0x".to_owned() + &"00".repeat(32), "speciality": "Wards", "specialitySalt": "0x".to_owned() + &"00".repeat(32) });
	approve(&salus.write("other.json", other.to_string())).fails(6, "Malformed");
	let prune = format!("application prune {nurse} --institution 0");
	salus.types_as(SECOND, &prune).fails(4, "Roles.ApplicationNotExpired");
	let approved = approve(&attested).ok();
	assert_eq!(node.acknowledged(&approved).await, ["Roles.CredentialIssued"]);
	assert_eq!(waiting()["applications"], json!([]));
	let doctor = "//Alice//doctor";
	let decide = |what: &str| {
		salus.types_as(
			FIRST,
			&format!("application {what} {} --institution 0", account(doctor)),
		)
	};
	decide("approve").fails(4, "Roles.UnknownApplication");
	decide("decline").fails(4, "Roles.UnknownApplication");
	decide("prune").fails(4, "Roles.UnknownApplication");
	salus
		.types_as(doctor, "credential transfer --institution 1")
		.fails(4, "Roles.CredentialNotActive");
	let held = |uri: &str| salus.types(&format!("credential list {}", account(uri))).ok();
	assert_eq!(
		(
			&held(doctor)["home"],
			each(&held(doctor), "credentials", "active").len()
		),
		(&json!(0), 1)
	);
	let unsure = salus.types_as(doctor, "credential leave").fails(8, "Unconfirmed");
	assert!(
		unsure.contains("never registered again") && unsure.contains("--for-ever"),
		"{unsure}"
	);
	assert_eq!(held(doctor)["home"], 0, "nothing was changed");
	let left = salus.types_as(doctor, "credential leave --for-ever").ok();
	assert_eq!(node.acknowledged(&left).await, ["Roles.AccountLeft"]);
	assert_eq!(
		(&held(doctor)["home"], &held(doctor)["credentials"][0]["active"]),
		(&Value::Null, &json!(false))
	);
	salus
		.types_as(FIRST, "credential leave --for-ever")
		.fails(4, "Roles.HoldsOffice");

	let nurse = "//Alice//nurse";
	let unsure = salus.types_as(nurse, "credential resign --institution 0");
	unsure.fails(8, "Unconfirmed");
	let resigned = salus
		.types_as(nurse, "credential resign --institution 0 --for-ever")
		.ok();
	assert_eq!(node.acknowledged(&resigned).await, ["Roles.CredentialRevoked"]);
	let left = salus.types_as(nurse, "credential leave --for-ever").ok();
	assert_eq!(left["institutions"], json!([]), "what was revoked is not named again");
}

/// Two hospitals' seats carry a motion and refuse another; what a carried motion can't do is told by the pallet's error.
#[tokio::test(flavor = "multi_thread")]
async fn the_council_decides_by_motions() {
	let node = Node::start().await;
	let salus = Salus::new(&node);
	let puts = |motion: &str| {
		let put = salus.types_as("//Alice", &format!("council propose {motion}")).ok();
		assert_eq!(put["threshold"], 2);
		text(&put["motion"])
	};
	let votes =
		|uri: &str, motion: &str, vote: &str| salus.types_as(uri, &format!("council vote --motion {motion} --{vote}"));
	let closes = |motion: &str| salus.types_as("//Bob", &format!("council close --motion {motion}"));

	let limits = puts("set-emergency-limits --institution 1 --approvals 2 --cases-a-day 9");
	let listed = salus.types("council list").ok();
	assert_eq!(
		each(&listed, "motions", "motion"),
		[&json!(limits.parse::<u32>().unwrap())]
	);
	let sentence = text(&listed["motions"][0]["sentence"]);
	assert_eq!(
		sentence,
		"emergency cases of institution 1 need 2 approvals, and it may open 9 in a day"
	);
	let voted = votes("//Alice", &limits, "aye").ok();
	assert_eq!(voted["sentence"], format!("You vote for the motion that {sentence}."));
	closes(&limits).fails(4, "Council.TooEarly");
	votes("//Alice//doctor", &limits, "aye").fails(4, "Council.NotMember");
	votes("//Bob", &limits, "aye").ok();
	let closed = closes(&limits).ok();
	assert_eq!(closed["carried"], true);
	let events = node.acknowledged(&closed).await;
	assert!(events.contains(&"Consent.EmergencyLimitsSet".to_owned()), "{events:?}");
	votes("//Bob", &limits, "aye").fails(1, "NotFound");

	let recovery = puts("decide-recovery --patient 0 --complete");
	for seat in ["//Alice", "//Bob"] {
		votes(seat, &recovery, "aye").ok();
	}
	closes(&recovery).fails(4, "Roles.NoRecovery");

	let suspend = puts("suspend-institution --institution 1");
	for seat in ["//Alice", "//Bob"] {
		votes(seat, &suspend, "nay").ok();
	}
	assert_eq!(closes(&suspend).ok()["carried"], false);
	let entry = salus.types("institution show 1").ok();
	assert_eq!(entry["institution"]["status"], "Active");
	assert_eq!(salus.types("council list").ok()["motions"], json!([]));

	let reseat = puts(&format!("change-seat --institution 1 --seat {}", account("//Dave")));
	for seat in ["//Alice", "//Bob"] {
		votes(seat, &reseat, "aye").ok();
	}
	let closed = closes(&reseat).ok();
	let events = node.acknowledged(&closed).await;
	assert!(events.contains(&"Roles.SeatChanged".to_owned()), "{events:?}");
	let revoke = puts("revoke-institution --institution 1");
	votes("//Bob", &revoke, "aye").fails(4, "Council.NotMember");
	for seat in ["//Alice", "//Dave"] {
		votes(seat, &revoke, "aye").ok();
	}
	assert_eq!(closes(&revoke).ok()["carried"], true);
	let entry = salus.types("institution show 1").ok();
	assert_eq!(entry["institution"]["status"], "Revoked");
}
