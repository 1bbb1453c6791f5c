//! What leaves the gateway, to whom, and what never does.

use std::sync::{
	atomic::{AtomicU32, Ordering},
	Arc,
};

use axum::{http::StatusCode, routing::post, Router};
use salus::alert::sealed_in;
use salus_primitives::{commitment, HpkeKey, MINUTE, SECOND};
use salus_vault::{alert::AlertScope, wrap::HpkeSecret};

use super::{
	super::world::genesis,
	world::{account, Warning, CAREGIVER, DOCTOR, NURSE, PATIENT},
};
use crate::alarms::{Content, Entry, Rule, SUBJECT};

const KIN: &str = "kin@example.org";

fn public(secret: &HpkeSecret) -> HpkeKey {
	match secret.public() {
		salus_vault::wrap::HpkeKey::X25519(key) => HpkeKey::X25519(key),
		salus_vault::wrap::HpkeKey::XWing(_) => unreachable!(),
	}
}

async fn limits(warning: &Warning) {
	warning.watched().await;
	warning.ladder().await;
}

async fn high(warning: &mut Warning) {
	warning.alarmed().await;
	warning.round().await;
}

/// What is sealed in a message.
fn sealed(text: &str) -> Option<Vec<u8>> {
	sealed_in(text).ok().map(|mut sealed| sealed.remove(0))
}

#[tokio::test]
async fn what_it_is_about_is_read_by_her_alone_and_is_what_stands_on_chain() {
	let mut warning = Warning::new().await;
	limits(&warning).await;
	let (hers, other) = (HpkeSecret::generate().unwrap(), HpkeSecret::generate().unwrap());
	warning.reach(CAREGIVER, KIN, Some(public(&hers))).await;
	high(&mut warning).await;
	let (_, text) = warning.messages().remove(0);
	let on_chain = warning.chain.alerts().remove(0);
	let scope = AlertScope {
		genesis: genesis().0,
		patient: PATIENT,
		commitment: on_chain.commitment,
	};
	let sealed = sealed(&text).unwrap();
	assert!(scope.open(&sealed, &other).is_err());
	let said = scope.open(&sealed, &hers).unwrap();
	let (salt, rest) = said.split_first_chunk().unwrap();
	assert_eq!(commitment(b"alert", salt, rest).0, on_chain.commitment);
	let content: Content = serde_json::from_slice(&scope.read(&sealed, &hers).unwrap()).unwrap();
	assert_eq!(content.rule, Rule::Limits);
	assert_eq!(
		(content.code.as_deref(), content.value.as_deref()),
		(Some("8867-4"), Some("139.73"))
	);
	assert_eq!(content.path.unwrap().seq, 0);
}

#[tokio::test]
async fn a_patients_own_key_is_the_one_on_chain() {
	let mut warning = Warning::new().await;
	limits(&warning).await;
	let hers = HpkeSecret::generate().unwrap();
	warning.chain.give_key(PATIENT, account(CAREGIVER), public(&hers));
	high(&mut warning).await;
	let text = warning.messages().remove(0).1;
	let scope = AlertScope {
		genesis: genesis().0,
		patient: PATIENT,
		commitment: warning.chain.alerts()[0].commitment,
	};
	assert!(scope.open(&sealed(&text).unwrap(), &hers).is_ok());
}

#[tokio::test]
async fn without_a_key_by_telephone_or_before_the_chain_took_her_there_is_the_notice_alone() {
	let mut warning = Warning::new().await;
	limits(&warning).await;
	let key = HpkeSecret::generate().unwrap();
	warning.reach(DOCTOR, "+4930123456", Some(public(&key))).await;
	high(&mut warning).await;
	warning.rounds(16 * MINUTE).await;
	let messages = warning.messages();
	assert_eq!(messages.len(), 3);
	assert!(messages
		.iter()
		.all(|(_, text)| sealed(text).is_none() && text.contains("Alert 0 ")));

	let mut warning = Warning::new().await;
	limits(&warning).await;
	warning.reach(CAREGIVER, KIN, Some(public(&key))).await;
	warning.alarmed().await;
	warning.chain.set_away(true);
	warning.rounds(2 * MINUTE).await;
	let messages = warning.messages();
	assert_eq!(messages.len(), 1);
	assert!(
		sealed(&messages[0].1).is_none(),
		"nobody has said that she may acknowledge"
	);
}

#[tokio::test]
async fn nothing_clinical_and_nobody_is_in_clear_anywhere() {
	let mut warning = Warning::new().await;
	limits(&warning).await;
	warning.adult(PATIENT).await;
	let key = HpkeSecret::generate().unwrap();
	warning.reach(NURSE, "nurse@example.org", Some(public(&key))).await;
	high(&mut warning).await;
	warning.engine.keep(warning.now).await.unwrap();
	warning.rounds(6 * MINUTE).await;
	let metrics = warning.world.registrar.metrics.text().unwrap();
	let shown: Vec<_> = warning.messages().into_iter().map(|(_, text)| text).collect();
	assert_eq!(shown.len(), 2);
	for secret in [
		"8867-4",
		"139.73",
		"limits",
		"1980-05-17",
		"/min",
		"consciousness",
		"pregnant",
	] {
		assert!(!warning.world.has_on_disk(secret), "{secret} on the disk");
		assert!(shown.iter().all(|text| !text.contains(secret)), "{secret} in a message");
		assert!(!metrics.contains(secret), "{secret} in metrics");
	}
	assert!(shown
		.iter()
		.all(|text| !text.contains("patient 7") && !text.contains("http")));
	let subjects = warning.world.messages();
	assert!(subjects
		.iter()
		.all(|message| message["subject"] == SUBJECT && message["what"] == "alert"));
}

/// A hook that answers as told, and how often it was asked and with how many names.
async fn hook(status: StatusCode, calls: Arc<AtomicU32>) -> String {
	let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
	let address = listener.local_addr().unwrap();
	let answer = move || async move {
		calls.fetch_add(1, Ordering::SeqCst);
		status
	};
	let routes = Router::new().route("/", post(answer));
	tokio::spawn(async move { axum::serve(listener, routes).await });
	format!("http://{address}/")
}

#[tokio::test]
async fn whoever_cannot_be_reached_is_passed_over_at_once() {
	for (status, tries) in [(StatusCode::FORBIDDEN, 1), (StatusCode::SERVICE_UNAVAILABLE, 4)] {
		let calls = Arc::new(AtomicU32::new(0));
		let url = hook(status, Arc::clone(&calls)).await;
		let mut warning = Warning::with(&format!(
			"[hook]\nurl = \"{url}\"\nsecret = \"secret\"\n[file]\nfolder = \"messages\"\n"
		))
		.await;
		limits(&warning).await;
		high(&mut warning).await;
		warning.rounds(57 * SECOND).await;
		// All go to the hook: the first and the second were passed over, the last is tried again in her time.
		let alert = warning.found().await.remove(0).0;
		assert_eq!(alert.step, Some(if tries == 1 { 2 } else { 1 }), "{status}");
		assert!(calls.load(Ordering::SeqCst) >= tries);
		assert_eq!(warning.chain.alerts()[0].step, 0, "she has her time on the chain");
		assert!(!warning.ledger.unreached().await.unwrap().is_empty());
		warning.rounds(40 * MINUTE).await;
		assert_eq!(warning.chain.alerts()[0].step, 2, "the chain comes after");
	}
}

#[tokio::test]
async fn a_contact_that_was_taken_away_is_passed_over() {
	let mut warning = Warning::new().await;
	limits(&warning).await;
	let id = warning.alarmed().await;
	warning.raiser.look(id, warning.now).await.unwrap();
	// She is about to be told, on no ladder any more. The desk cannot take her contact away, and if it is lost nobody knows how.
	let rungs = super::world::rungs()[1..].to_vec();
	warning.enter(Entry::Ladder { patient: None, rungs }).await;
	let refused = warning
		.ledger
		.forget(&account(CAREGIVER), warning.now)
		.await
		.unwrap_err();
	assert_eq!(refused.name(), "OnAlert");
	sqlx::query("DELETE FROM addressees WHERE account = ?")
		.bind(hex::encode(CAREGIVER))
		.execute(&warning.world.store().pool)
		.await
		.unwrap();
	warning.rounds(6 * SECOND).await;
	assert_eq!(warning.told(), ["nurse@example.org"]);
	assert_eq!(warning.ledger.unreached().await.unwrap()[0].error, "NoContact");
}
