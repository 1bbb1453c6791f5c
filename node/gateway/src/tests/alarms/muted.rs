//! A device of which nothing is taken any more is somebody's to look after.

use std::collections::HashMap;

use ed25519_dalek::SigningKey;
use salus_primitives::{Status, HOUR, MINUTE};
use salus_vitals::{signature::DeviceKey, SignedReading};

use super::{
	super::world::genesis,
	world::{signer, Warning, PATIENT},
};
use crate::{
	alarms::{Rule, Severity},
	telemetry::{devices::Device, Arrivals, Kept, LogKey, Made, Refusal, REST},
};

const CLOSED: [Refusal; 3] = [Refusal::Closed; 3];

async fn warning() -> Warning {
	let warning = Warning::new().await;
	warning.chain.bind(1, &signer(1), PATIENT);
	warning
}

/// The door decides so of a reading of this device.
async fn decided(warning: &Warning, device: &SigningKey, signed: &SignedReading, outcome: Result<Kept, Refusal>) {
	let on_chain = Device {
		key: DeviceKey::from_bytes(&device.verifying_key().to_bytes()).unwrap(),
		status: Status::Active,
		codes: [0; 32],
		next_seq: 0,
		anchored: None,
		bindings: HashMap::new(),
	};
	let mut runs = warning.arrivals.runs().await.unwrap();
	let made = Made::of(&signed.reading, &on_chain);
	runs.note([(made, outcome)].into_iter(), warning.now).await.unwrap();
}

/// What the device sends now is refused, one reading after the other.
async fn refused(warning: &mut Warning, refusals: &[Refusal]) {
	let device = signer(1);
	for refusal in refusals {
		let signed = warning.sign(&device, 1, ("8867-4", "139.73", "/min"), warning.now);
		decided(warning, &device, &signed, Err(*refusal)).await;
	}
}

/// The device measures this now, and it is kept.
async fn heard(warning: &mut Warning) {
	let device = signer(1);
	let signed = warning.sign(&device, 1, ("8867-4", "70", "/min"), warning.now);
	assert_eq!(warning.keep(&signed).await, Kept::New);
	decided(warning, &device, &signed, Ok(Kept::New)).await;
}

/// How many were told of a device's refusals, and what each says.
async fn told(warning: &mut Warning) -> Vec<String> {
	warning.judge().await;
	let found = warning.found().await.into_iter();
	let said = found.map(|(alert, content)| {
		assert_eq!(
			(alert.patient, content.rule, content.severity),
			(PATIENT, Rule::Device, Severity::Urgent)
		);
		assert_eq!(
			(content.code, content.value, content.unit, content.path),
			(None, None, None, None),
			"what was refused is nobody's"
		);
		content.says
	});
	said.collect()
}

#[tokio::test]
async fn the_third_refusal_in_a_row_is_told_once_with_what_to_do() {
	let mut warning = warning().await;
	refused(&mut warning, &CLOSED[..2]).await;
	assert_eq!(told(&mut warning).await.len(), 0);
	warning.restart().await;
	refused(&mut warning, &[Refusal::Conflict]).await;
	for _ in 0..3 {
		let said = told(&mut warning).await;
		assert_eq!(said.len(), 1);
		assert!(said[0].contains("(Conflict)"), "{said:?}");
		assert!(
			said[0].contains("give a device that forgot its numbers another key"),
			"{said:?}"
		);
		assert!(!said[0].contains("139.73"));
		warning.pass(2 * HOUR);
		refused(&mut warning, &CLOSED).await;
		warning.restart().await;
	}
}

#[tokio::test]
async fn it_is_told_again_once_something_was_kept_and_an_hour_has_passed() {
	let mut warning = warning().await;
	refused(&mut warning, &CLOSED).await;
	assert_eq!(told(&mut warning).await.len(), 1);
	// One code of several is taken, and the others are not: one alert an hour is enough.
	for _ in 0..5 {
		warning.pass(MINUTE);
		heard(&mut warning).await;
		refused(&mut warning, &CLOSED).await;
		assert_eq!(told(&mut warning).await.len(), 1);
	}
	warning.pass(REST);
	refused(&mut warning, &CLOSED[..1]).await;
	assert_eq!(told(&mut warning).await.len(), 2);
}

#[tokio::test]
async fn what_passes_by_itself_is_no_trouble_of_the_device() {
	let mut warning = warning().await;
	for refusal in [
		Refusal::Full,
		Refusal::NotKept,
		Refusal::Unsettled,
		Refusal::BadSignature,
	] {
		refused(&mut warning, &[refusal; 5]).await;
	}
	assert_eq!(told(&mut warning).await.len(), 0);
}

#[tokio::test]
async fn a_device_that_measures_nobody_waits_until_it_does() {
	let mut warning = Warning::new().await;
	refused(&mut warning, &CLOSED).await;
	assert_eq!(told(&mut warning).await.len(), 0);
	warning.pass(MINUTE);
	assert_eq!(told(&mut warning).await.len(), 0);
	warning.chain.bind(1, &signer(1), PATIENT);
	warning.pass(MINUTE);
	assert_eq!(told(&mut warning).await.len(), 1);
}

#[tokio::test]
async fn a_device_that_came_right_before_it_was_anybody_s_is_told_of_to_nobody() {
	let mut warning = Warning::new().await;
	refused(&mut warning, &CLOSED).await;
	assert_eq!(told(&mut warning).await.len(), 0);
	warning.pass(MINUTE);
	let ends = warning.now + MINUTE;
	warning.chain.bind_until(1, &signer(1), PATIENT, ends);
	heard(&mut warning).await;
	// It has left her by the time of the next look.
	warning.pass(MINUTE);
	assert_eq!(told(&mut warning).await.len(), 0);
	warning.chain.bind(2, &signer(1), PATIENT);
	warning.pass(HOUR);
	assert_eq!(told(&mut warning).await.len(), 0);
}

#[tokio::test]
async fn rules_that_begin_later_tell_nothing_of_what_was_before() {
	let mut warning = warning().await;
	refused(&mut warning, &CLOSED).await;
	let key = LogKey::read(&warning.world.folder.path().join("key")).unwrap();
	Arrivals::stop(&warning.world.config.data, genesis(), key)
		.await
		.unwrap();
	warning.restart().await;
	assert_eq!(told(&mut warning).await.len(), 0);
}

#[tokio::test]
async fn while_the_chain_is_away_it_goes_by_what_is_known_here() {
	let mut warning = warning().await;
	heard(&mut warning).await;
	warning.judge().await;
	warning.chain.set_away(true);
	warning.pass(MINUTE);
	refused(&mut warning, &CLOSED).await;
	assert_eq!(told(&mut warning).await.len(), 1);
}

#[tokio::test]
async fn the_patient_s_ladder_hears_of_it() {
	let mut warning = warning().await;
	warning.ladder().await;
	refused(&mut warning, &CLOSED).await;
	warning.rounds(MINUTE).await;
	assert_eq!(warning.told(), ["kin@example.org"]);
	assert_eq!(warning.chain.raises(), 1);
}
