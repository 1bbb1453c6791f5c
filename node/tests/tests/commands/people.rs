//! Credentials, patients and assignments.

use super::each;
use salus_tests::{account, text, Answer, Node, Salus};
use serde_json::json;

/// A credential is issued, suspended, reinstated and revoked; a patient registers under narrower terms; an assignment is
/// proposed, accepted and ended, by the practitioner, an administrator and the patient.
#[tokio::test(flavor = "multi_thread")]
async fn people_come_and_go() {
	let node = Node::start().await;
	let salus = Salus::new(&node);

	// A nurse.
	let (key, nurse) = salus.key("nurse.key");
	let (application, salts) = (salus.file("application.json"), salus.file("salts.json"));
	let apply = format!("--key {key} apply --institution 0 --role nurse --licence N-1 --speciality Wards");
	let applied = salus
		.types(&format!("{apply} --out {application} --salts {salts}"))
		.ok();
	assert_eq!(applied["account"], nurse.as_str());
	let approve = format!("approve {application} --salts {salts} --valid-for 10d");
	let approved = salus.types_as("//Charlie", &approve).ok();
	assert_eq!(node.acknowledged(&approved).await, ["Roles.CredentialIssued"]);
	let show = || salus.types(&format!("credential show {nurse} --institution 0")).ok();
	let shown = show();
	let at = |field: &str| shown["credential"][field].as_u64().unwrap();
	assert_eq!(at("validUntil") - at("validFrom"), 10 * 24 * 3_600_000);
	assert_eq!(
		(&shown["active"], &shown["credential"]["role"]),
		(&json!(true), &json!("Nurse"))
	);
	let decide = |command: &str| salus.types_as("//Alice", &format!("credential {command} {nurse} --institution 0"));
	for (command, event, active, status) in [
		("suspend", "Roles.CredentialSuspended", false, "Suspended"),
		("reinstate", "Roles.CredentialReinstated", true, "Active"),
	] {
		assert_eq!(node.acknowledged(&decide(command).ok()).await, [event]);
		let shown = show();
		assert_eq!(
			(&shown["active"], &shown["credential"]["status"]),
			(&json!(active), &json!(status))
		);
	}

	// A patient, who accepts less than the hospital's terms.
	let letter = salus.file("letter.txt");
	let issue = format!("voucher issue --institution 0 --out {letter}");
	assert_eq!(text(&salus.types_as("//Charlie", &issue).ok()["key"]).len(), 66);
	let (own, _) = salus.key("patient.key");
	let register = format!("--key {own} patient register {letter} --category laboratory,vitals --for 30d");
	let registered = salus.types(&register).ok();
	let events = node.acknowledged(&registered).await;
	assert_eq!(events, ["Roles.PatientRegistered", "Consent.Granted"]);
	let (id, controller) = (text(&registered["patient"]), &registered["controller"]);
	let shown = salus.types(&format!("patient show {id}")).ok();
	assert_eq!(
		(&shown["patient"]["controller"], &shown["patient"]["status"]),
		(controller, &json!("Active"))
	);
	let consents = salus.types(&format!("consent list --patient {id}")).ok();
	assert_eq!(each(&consents, "grants", "grantee"), ["assigned:0"]);
	assert_eq!(
		consents["grants"][0]["terms"]["categories"],
		json!(["Laboratory", "Vitals"])
	);
	let card = text(&salus.types(&format!("--key {own} patient card --patient {id}")).ok()["card"]);
	let read = salus.types(&format!("patient read-card {card}")).ok();
	assert_eq!(
		(&read["controller"], &read["patient"]),
		(controller, &registered["patient"])
	);

	// Assignments, ended by each who may; one that was only proposed can be ended too.
	let about = format!("--patient {id} --practitioner {nurse}");
	let end = format!("assign end {about} --institution 0");
	let enders: [&dyn Fn() -> Answer; 3] = [
		&|| salus.types(&format!("--key {key} {end}")),
		&|| salus.types_as("//Alice//admin", &end),
		&|| salus.types(&format!("--key {own} {end} --as-patient")),
	];
	for (round, ender) in enders.iter().enumerate() {
		let proposed = salus
			.types_as("//Alice//admin", &format!("assign propose {about}"))
			.ok();
		assert_eq!(node.acknowledged(&proposed).await, ["Roles.AssignmentProposed"]);
		if round == 0 {
			let accept = format!("--key {key} assign accept --patient {id} --institution 0");
			let accepted = salus.types(&accept).ok();
			assert_eq!(node.acknowledged(&accepted).await, ["Roles.AssignmentAccepted"]);
		}
		assert_eq!(node.acknowledged(&ender().ok()).await, ["Roles.AssignmentEnded"]);
	}
	let trail = node.trail(&id).await;
	let actors: Vec<_> = trail.iter().skip(2).map(|entry| text(&entry["actor"])).collect();
	let (admin, patient) = (account("//Alice//admin"), text(controller));
	assert_eq!(
		actors,
		[&admin, &nurse, &nurse, &admin, &admin, &admin, &patient].map(Clone::clone)
	);

	assert_eq!(
		node.acknowledged(&decide("revoke").ok()).await,
		["Roles.CredentialRevoked"]
	);
	assert_eq!(show()["credential"]["status"], "Revoked");
	decide("reinstate").fails(4, "Roles.CredentialNotSuspended");
}
