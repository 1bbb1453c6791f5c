//! The gateway as a process, against a real mail server, an HTTP hook and a node.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod alerts;
mod notices;
mod registrar;
mod scale;

use salus::{words, Application, ApplicationFile, Hash, Identity, Salts};
use salus_primitives::{Role, DAY};
use salus_tests::{Gateway, Messages};
use serde_json::{json, Value};

const LICENCE: &str = "MCI-7041-KQX";
const CONTACT: &str = "ada@council.example";

/// What an applicant gives: a doctor with this licence, for this chain.
fn application(genesis: Hash, licence: &str) -> String {
	let identity = Identity::development("//Ada").unwrap();
	let salts = Salts::generate(licence, "Cardiology").unwrap();
	let (licence, speciality) = salts.commitments().unwrap();
	let application = Application {
		genesis,
		institution: 0,
		applicant: identity.account().id(),
		role: Role::Doctor,
		licence,
		speciality,
		not_after: words::now() + DAY,
	};
	let file = ApplicationFile::sign(&application, identity.account());
	json!({ "application": file, "salts": salts }).to_string()
}

/// The configuration of a mail server that is spoken to over TLS.
fn mail(messages: &Messages, security: &str) -> String {
	let port = messages.smtp;
	format!(
		"[mail]\nserver = \"localhost\"\nport = {port}\nsecurity = \"{security}\"\nca = \"ca.pem\"\nfrom = \
		 \"records@hospital.example\""
	)
}

fn hook(messages: &Messages) -> String {
	format!(
		"[hook]\nurl = \"http://127.0.0.1:{}/send\"\nsecret = \"hook.secret\"",
		messages.hook
	)
}

/// Imports a register with this doctor.
fn import(gateway: &Gateway, licence: &str, contact: &str) {
	let csv = format!("licence,role,contact,speciality\n{licence},doctor,{contact},Cardiology\n");
	let file = gateway.write("register.csv", &csv);
	assert_eq!(gateway.run(&format!("register import {file}")).ok()["licences"], 1);
}

/// Applies and is sent a code: the case's path, and the code.
async fn applied(gateway: &Gateway, messages: &Messages, body: &str) -> (String, String) {
	let before = messages.taken().len();
	let (status, case) = gateway.post("/v1/applications", body.to_string()).await;
	assert_eq!((status, &case["state"]), (200, &json!("codeSent")), "{case}");
	let taken = messages.taken();
	assert_eq!(taken.len(), before + 1, "one message for one code");
	let code = taken[before]["text"].as_str().unwrap()[..6].to_owned();
	(format!("/v1/applications/{}", case["case"].as_str().unwrap()), code)
}

/// Tries a code: status and the error's name.
async fn tried(gateway: &Gateway, case: &str, code: &str) -> (u16, String) {
	let (status, answer) = gateway
		.post(&format!("{case}/code"), json!({ "code": code }).to_string())
		.await;
	(status, name(&answer))
}

fn name(answer: &Value) -> String {
	answer["error"]["name"].as_str().unwrap_or_default().to_owned()
}

fn wrong(code: &str) -> String {
	format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// Nothing that the gateway logs or counts tells who somebody is.
async fn is_silent(gateway: &Gateway, about: &[&str]) {
	let said = format!("{}{}", gateway.log(), gateway.metrics().await);
	assert!(said.contains("salus_gateway"), "it says something at all");
	for word in about {
		assert!(!said.contains(word), "{word} in:\n{said}");
	}
}
