//! Applicants and their codes. No node answers here: what is proven waits for one.

use super::{application, applied, hook, import, is_silent, mail, name, tried, wrong, CONTACT, LICENCE};
use salus::Hash;
use salus_tests::{free_ports, until, Gateway, Messages, Mode};
use serde_json::json;
use std::fs;

fn genesis() -> Hash {
	Hash::repeat_byte(9)
}

/// A gateway with a registrar, and where its messages go.
fn registrar(mode: Mode) -> (Gateway, Messages) {
	let [nobody] = free_ports();
	let gateway = Gateway::new(&format!("{:?}", genesis()), &format!("ws://127.0.0.1:{nobody}")).registrar();
	let messages = Messages::start(gateway.folder(), mode);
	(gateway, messages)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_proves_by_mail_over_tls_that_she_is_in_the_register() {
	for (mode, security) in [(Mode::Starttls, "starttls"), (Mode::Tls, "tls")] {
		let (gateway, messages) = registrar(mode);
		let mut gateway = gateway.configured(&mail(&messages, security));
		import(&gateway, LICENCE, CONTACT);
		gateway.start().await;
		let (case, code) = applied(&gateway, &messages, &application(genesis(), LICENCE)).await;
		let mail = &messages.taken()[0];
		assert_eq!((&mail["to"], &mail["tls"]), (&json!([CONTACT]), &json!(true)));
		assert_eq!(mail["sender"], "records@hospital.example");
		assert!(
			!mail["subject"].as_str().unwrap().contains(&code),
			"a locked screen shows subjects"
		);

		assert_eq!(tried(&gateway, &case, &code).await.0, 200);
		gateway.crash().await;
		assert_eq!(tried(&gateway, &case, &code).await, (409, "Closed".into()), "replayed");
		until("the attestation is tried", || async {
			let (_, case) = gateway.get(&case).await;
			assert_eq!(case["state"], "proven");
			(case["error"] == "NodeUnavailable").then_some(())
		})
		.await;
		let metrics = gateway.metrics().await;
		assert!(
			metrics.contains("salus_gateway_code_tries_total{outcome=\"Closed\"} 1"),
			"{metrics}"
		);
		is_silent(
			&gateway,
			&[
				CONTACT,
				"council.example",
				LICENCE,
				&code,
				case.rsplit('/').next().unwrap(),
			],
		)
		.await;
		gateway.stop().await;
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sixth_try_is_refused_whoever_kills_the_gateway() {
	let (gateway, messages) = registrar(Mode::Starttls);
	let mut gateway = gateway.configured(&mail(&messages, "starttls"));
	import(&gateway, LICENCE, CONTACT);
	gateway.start().await;
	let (case, code) = applied(&gateway, &messages, &application(genesis(), LICENCE)).await;
	for _ in 0..5 {
		assert_eq!(tried(&gateway, &case, &wrong(&code)).await, (422, "WrongCode".into()));
		gateway.crash().await;
	}
	for code in [&wrong(&code), &code] {
		assert_eq!(tried(&gateway, &case, code).await, (422, "NoTriesLeft".into()));
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fourth_code_of_a_day_is_refused_whoever_kills_the_gateway() {
	let (gateway, messages) = registrar(Mode::Starttls);
	let mut gateway = gateway.configured(&mail(&messages, "starttls"));
	import(&gateway, LICENCE, CONTACT);
	gateway.start().await;
	for _ in 0..3 {
		applied(&gateway, &messages, &application(genesis(), LICENCE)).await;
		gateway.crash().await;
	}
	let (status, answer) = gateway.post("/v1/applications", application(genesis(), LICENCE)).await;
	assert_eq!((status, name(&answer).as_str()), (429, "TooManyCodes"));
	assert_eq!(messages.taken().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_input_is_refused_and_changes_nothing() {
	let (gateway, messages) = registrar(Mode::Starttls);
	let mut gateway = gateway.configured(&mail(&messages, "starttls"));
	import(&gateway, LICENCE, CONTACT);
	// A second recipient hidden in a contact: the register is refused as a whole, by its line.
	let evil = "licence,role,contact\nA-1,doctor,a@council.example\nA-2,doctor,\"b@council.example\r\nBcc: eve@evil.example\"\n";
	let message = gateway
		.run(&format!("register import {}", gateway.write("evil.csv", evil)))
		.refused_as("Row");
	assert!(message.contains("line 3") && !message.contains("evil"), "{message}");
	assert_eq!(gateway.run("register status").ok()["licences"], 1);

	gateway.start().await;
	let good = application(genesis(), LICENCE);
	let injected = good.replacen('{', "{\"contact\":\"eve@evil.example\",", 1);
	for (body, expected) in [
		("x".repeat(17 * 1024), (413, "TooLong")),
		("[".repeat(10_000), (400, "Malformed")),
		("{\"application\":".repeat(900), (400, "Malformed")),
		(good.replace("0x", "0y"), (422, "BadApplication")),
		(injected, (400, "Malformed")),
		(application(Hash::zero(), LICENCE), (422, "OtherChain")),
		(
			application(genesis(), "MCI-0'; DROP TABLE register; --"),
			(422, "UnknownLicence"),
		),
		(application(genesis(), &"9".repeat(4_000)), (422, "OtherSalts")),
	] {
		let (status, answer) = gateway.post("/v1/applications", body).await;
		assert_eq!((status, name(&answer).as_str()), expected, "{answer}");
	}
	// It is cut off, with an answer or without.
	assert_ne!(gateway.floods("/v1/applications", 64 * 1024 * 1024).await, Some(200));
	for (path, expected) in [
		("/v1/applications/zz/code", "NoCase"),
		("/v1/applications/00000000000000000000000000000000/code", "NoCase"),
		("/v1/applications/../../etc/passwd", "NotFound"),
		("/", "NotFound"),
	] {
		let (status, answer) = gateway.post(path, "{\"code\":\"123456\"}").await;
		assert_eq!((status, name(&answer).as_str()), (404, expected), "{path}");
	}
	assert!(messages.taken().is_empty());
	let (case, code) = applied(&gateway, &messages, &good).await;
	for body in [
		"",
		"{}",
		"{\"code\":123456}",
		"{\"code\":\"12345\"}",
		&format!("{{\"code\":\"{}\"}}", "1".repeat(900)),
	] {
		let (status, answer) = gateway.post(&format!("{case}/code"), body.to_owned()).await;
		assert_eq!((status, name(&answer).as_str()), (400, "NoCode"), "{body}");
	}
	assert_eq!(tried(&gateway, &case, &code).await.0, 200);
	is_silent(&gateway, &[CONTACT, LICENCE, &code, "evil", "DROP", "9999"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_is_down_costs_no_code_and_one_that_is_up_knows_our_signature() {
	const PHONE: &str = "+4930123456";
	let (gateway, mut messages) = registrar(Mode::Plain);
	let mut gateway = gateway.configured(&hook(&messages));
	import(&gateway, LICENCE, PHONE);
	gateway.start().await;
	messages.stop();
	for _ in 0..4 {
		let (status, answer) = gateway.post("/v1/applications", application(genesis(), LICENCE)).await;
		assert_eq!((status, name(&answer).as_str()), (503, "NotSent"));
	}
	messages.start_again();
	let (case, code) = applied(&gateway, &messages, &application(genesis(), LICENCE)).await;
	let message = &messages.taken()[0];
	assert_eq!(
		(&message["by"], &message["to"], &message["what"]),
		(&json!("hook"), &json!(PHONE), &json!("code"))
	);
	assert_eq!(tried(&gateway, &case, &code).await.0, 200);
	// A hook that knows another secret takes nothing.
	fs::write(gateway.folder().join("hook.secret"), "00".repeat(32)).unwrap();
	let (status, answer) = gateway.post("/v1/applications", application(genesis(), LICENCE)).await;
	assert_eq!((status, name(&answer).as_str()), (503, "NotSent"));
	assert_eq!(messages.taken().len(), 1);
	is_silent(&gateway, &[PHONE, LICENCE, &code]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_code_goes_over_a_connection_that_is_not_protected() {
	// A server without STARTTLS, and one whose certificate another CA signed.
	for mode in [Mode::Plain, Mode::Starttls] {
		let (gateway, messages) = registrar(mode);
		let mut gateway = gateway.configured(&mail(&messages, "starttls"));
		if matches!(mode, Mode::Starttls) {
			let other = tempfile::tempdir().unwrap();
			drop(Messages::start(other.path(), mode));
			fs::copy(other.path().join("ca.pem"), gateway.folder().join("ca.pem")).unwrap();
		}
		import(&gateway, LICENCE, CONTACT);
		gateway.start().await;
		let (status, answer) = gateway.post("/v1/applications", application(genesis(), LICENCE)).await;
		assert_eq!((status, name(&answer).as_str()), (503, "NotSent"), "{mode:?}");
		assert!(messages.taken().is_empty(), "{mode:?}");
		assert!(
			gateway.log().contains("TLS is missing or not trusted"),
			"{}",
			gateway.log()
		);
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn one_gateway_works_on_a_folder() {
	let (gateway, messages) = registrar(Mode::Plain);
	let mut gateway = gateway.configured(&hook(&messages));
	gateway.start().await;
	gateway.run("run").refused_as("Busy");
	fs::set_permissions(
		gateway.folder().join("secret"),
		std::os::unix::fs::PermissionsExt::from_mode(0o644),
	)
	.unwrap();
	gateway.kill();
	let message = gateway.run("run").refused_as("Secret");
	assert!(message.contains("chmod 600"), "{message}");
}
