//! Three intervals without a word are an alert.

use salus_primitives::{Moment, HOUR, MINUTE, SECOND};

use super::world::{signer, Warning, PATIENT};
use crate::alarms::{Entry, Rule, Settings, Severity};

const PULSE: (&str, &str, &str) = ("8867-4", "70", "/min");

/// A monitor of a patient that reports every minute.
async fn monitor() -> Warning {
	let mut warning = Warning::new().await;
	warning.chain.bind(1, &signer(1), PATIENT);
	every(&warning, Some(MINUTE)).await;
	warning.judge().await;
	warning
}

async fn every(warning: &Warning, every: Option<Moment>) {
	let device = hex::encode(signer(1).verifying_key().to_bytes());
	warning.enter(Entry::Interval { device, every }).await;
}

async fn silences(warning: &mut Warning) -> usize {
	warning.judge().await;
	let found = warning.found().await;
	for (alert, content) in &found {
		assert_eq!(
			(alert.patient, content.rule, content.severity),
			(PATIENT, Rule::Silence, Severity::Urgent)
		);
	}
	found.len()
}

#[tokio::test]
async fn three_intervals_are_told_once_and_told_again_after_a_word() {
	let mut warning = monitor().await;
	warning.measured(&signer(1), 1, PULSE).await;
	warning.judge().await;
	warning.pass(3 * MINUTE - 1);
	assert_eq!(silences(&mut warning).await, 0);
	warning.pass(1);
	assert_eq!(silences(&mut warning).await, 1);
	warning.pass(HOUR);
	assert_eq!(silences(&mut warning).await, 1);
	warning.measured(&signer(1), 1, PULSE).await;
	assert_eq!(silences(&mut warning).await, 1);
	warning.pass(3 * MINUTE);
	assert_eq!(silences(&mut warning).await, 2);
}

#[tokio::test]
async fn a_device_that_never_said_a_word_is_silent_too() {
	let mut warning = monitor().await;
	warning.pass(3 * MINUTE);
	assert_eq!(silences(&mut warning).await, 1);
}

#[tokio::test]
async fn a_gateway_that_was_down_gives_devices_an_interval_and_tells_nothing_twice() {
	let mut warning = monitor().await;
	warning.measured(&signer(1), 1, PULSE).await;
	warning.judge().await;
	warning.pass(HOUR);
	warning.restart().await;
	assert_eq!(silences(&mut warning).await, 0, "it was the gateway that was silent");
	warning.pass(MINUTE - 1);
	assert_eq!(silences(&mut warning).await, 0);
	warning.pass(1);
	assert_eq!(silences(&mut warning).await, 1);
	for _ in 0..3 {
		warning.restart().await;
		warning.pass(10 * MINUTE);
		assert_eq!(silences(&mut warning).await, 1, "the same silence");
	}
}

#[tokio::test]
async fn a_device_that_measures_nobody_is_not_missed() {
	let mut warning = monitor().await;
	warning.measured(&signer(1), 1, PULSE).await;
	warning.judge().await;
	// She goes home: the chain says so, whatever the gateway knew.
	let ends = warning.now + MINUTE;
	warning.chain.bind_until(1, &signer(1), PATIENT, ends);
	warning.pass(10 * MINUTE);
	assert_eq!(silences(&mut warning).await, 0);
	// The next patient has it, and it says nothing.
	warning.chain.bind(2, &signer(1), PATIENT);
	warning.pass(3 * MINUTE);
	assert_eq!(silences(&mut warning).await, 1);
}

#[tokio::test]
async fn nobody_is_missed_of_whom_nobody_said_how_often_she_reports() {
	let mut warning = monitor().await;
	every(&warning, None).await;
	warning.pass(HOUR);
	assert_eq!(silences(&mut warning).await, 0);
	warning.restart().await;
	warning.pass(HOUR);
	assert_eq!(silences(&mut warning).await, 0);
	// A longer interval counts from when it is set.
	every(&warning, Some(HOUR)).await;
	warning.judge().await;
	warning.pass(3 * HOUR - SECOND);
	assert_eq!(silences(&mut warning).await, 0);
	warning.pass(SECOND);
	assert_eq!(silences(&mut warning).await, 1);
}

#[tokio::test]
async fn a_chain_that_is_away_hides_no_silence() {
	let mut warning = monitor().await;
	warning.measured(&signer(1), 1, PULSE).await;
	warning.judge().await;
	warning.chain.set_away(true);
	warning.pass(3 * MINUTE);
	assert_eq!(silences(&mut warning).await, 1);
}

#[tokio::test]
async fn a_hospital_says_how_often_devices_report_of_which_nobody_said_it() {
	let settings = Settings {
		interval: Some(MINUTE),
		..Settings::default()
	};
	let mut warning = Warning::with_settings("[file]\nfolder = \"messages\"\n", settings).await;
	warning.chain.bind(1, &signer(1), PATIENT);
	warning.measured(&signer(1), 1, PULSE).await;
	warning.judge().await;
	warning.pass(3 * MINUTE - 1);
	assert_eq!(silences(&mut warning).await, 0);
	warning.pass(1);
	assert_eq!(silences(&mut warning).await, 1);
	// Whoever says that it does not is heard, over a restart too.
	every(&warning, None).await;
	warning.measured(&signer(1), 1, PULSE).await;
	warning.judge().await;
	warning.restart().await;
	warning.pass(HOUR);
	assert_eq!(silences(&mut warning).await, 1);
}

#[tokio::test]
async fn a_chain_that_hangs_is_not_waited_for_with_each_silent_device() {
	let mut warning = monitor().await;
	for number in 2..=100 {
		warning.chain.bind(number.into(), &signer(number), PATIENT);
		warning.measured(&signer(number), number.into(), PULSE).await;
		let device = hex::encode(signer(number).verifying_key().to_bytes());
		let every = Some(MINUTE);
		warning.enter(Entry::Interval { device, every }).await;
	}
	warning.measured(&signer(1), 1, PULSE).await;
	warning.judge().await;
	warning.chain.hang();
	warning.pass(3 * MINUTE);
	assert_eq!(silences(&mut warning).await, 100);
	assert_eq!(warning.chain.asked(), 1);
}
