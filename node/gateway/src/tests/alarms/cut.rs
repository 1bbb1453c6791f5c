//! The gateway dies between any two steps: at every point at which it waits for the disk, the chain or a server, it is cut
//! off, started again, and everything comes out as if nothing had been.

use salus_primitives::{HOUR, MINUTE, SECOND};

use super::{
	super::world::cut,
	at_once::{ill, once_each, raise_all},
	world::{account, signer, Warning, CAREGIVER, PATIENT},
};
use crate::{alarms::Rule, GatewayError};

const KIN: &str = "kin@example.org";
const NURSES: &str = "nurse@example.org";

/// A patient whose pulse is too high, and that nobody has looked at.
async fn measured() -> Warning {
	let mut warning = Warning::new().await;
	warning.watched().await;
	warning.ladder().await;
	warning.judge().await;
	warning.measured(&signer(1), 1, ("8867-4", "140", "/min")).await;
	warning.measured(&signer(1), 1, ("8867-4", "141", "/min")).await;
	warning
}

/// The same, looked at; and the number of the alert.
async fn judged() -> (Warning, i64) {
	let mut warning = measured().await;
	warning.judge().await;
	let id = warning.found().await[0].0.id;
	(warning, id)
}

/// How often a step may wait less than it does by itself: now and then the disk's thread answers before it is asked again.
const HASTY: usize = 20;

/// Cuts a step off after no poll, after one, after two and so on until it ends; each time in a world of its own. Again from
/// the start where it waited less often than this.
async fn at_every_point(
	least: usize,
	mut prepare: impl AsyncFnMut() -> (Warning, i64),
	mut step: impl AsyncFnMut(&mut Warning, i64) -> Result<(), GatewayError>,
	mut ends_well: impl AsyncFnMut(&mut Warning, usize),
) {
	for _ in 0..HASTY {
		let mut polls = 0;
		loop {
			let (mut warning, id) = prepare().await;
			let ended = cut(step(&mut warning, id), polls).await;
			warning.restart().await;
			ends_well(&mut warning, polls).await;
			if ended {
				break;
			}
			polls += 1;
		}
		if polls >= least {
			return;
		}
	}
	panic!("it waits often: never {least} times");
}

/// One alert, on chain once, and these were told of it, once.
async fn told(warning: &mut Warning, told: &[&str], polls: usize) {
	warning.rounds(30 * SECOND).await;
	assert_eq!(warning.told(), told, "cut after {polls}");
	assert_eq!(warning.chain.alerts().len(), 1, "cut after {polls}");
	assert_eq!(warning.found().await.len(), 1, "cut after {polls}");
	assert!(warning.chain.acknowledge(0, &account(CAREGIVER)) || told.len() > 1);
	warning.rounds(15 * SECOND).await;
	assert_eq!(warning.told(), told, "cut after {polls}");
}

#[tokio::test]
async fn while_the_rules_look() {
	at_every_point(
		5,
		async || (measured().await, 0),
		async |warning, _| {
			let now = warning.now;
			warning.engine.step(now).await?;
			warning.engine.keep(now).await
		},
		async |warning, polls| told(warning, &[KIN], polls).await,
	)
	.await;
}

#[tokio::test]
async fn while_an_entry_is_taken() {
	let ill = async || {
		let mut warning = Warning::new().await;
		warning.watched().await;
		warning.adult(PATIENT).await;
		warning.judge().await;
		warning.pass(2 * HOUR);
		let ill = [
			("9279-1", "30", "/min"),
			("59408-5", "88", "%"),
			("8480-6", "85", "mm[Hg]"),
			("8867-4", "110", "/min"),
			("8310-5", "38.5", "Cel"),
		];
		warning.measured_all(&signer(1), 1, &ill).await;
		warning.judge().await;
		assert_eq!(warning.found().await.len(), 0, "nobody looked at her for two hours");
		warning.seen(PATIENT).await;
		(warning, 0)
	};
	at_every_point(
		10,
		ill,
		async |warning, _| warning.engine.step(warning.now).await.map(|_| ()),
		async |warning, polls| {
			warning.judge().await;
			let found = warning.found().await;
			assert_eq!(found.len(), 1, "cut after {polls}");
			assert_eq!(found[0].1.rule, Rule::News2);
			assert_eq!(found[0].1.value.as_deref(), Some("11"));
		},
	)
	.await;
}

#[tokio::test]
async fn while_it_is_raised() {
	at_every_point(
		5,
		judged,
		async |warning, id| warning.raiser.look(id, warning.now).await,
		async |warning, polls| told(warning, &[KIN], polls).await,
	)
	.await;
}

#[tokio::test]
async fn while_several_are_raised_at_once() {
	at_every_point(
		10,
		async || (ill(2).await, 0),
		async |warning, _| raise_all(warning).await,
		async |warning, polls| {
			warning.rounds(30 * SECOND).await;
			assert!(once_each(warning, 2), "cut after {polls}");
			assert_eq!(warning.told(), [KIN, KIN], "cut after {polls}");
		},
	)
	.await;
}

#[tokio::test]
async fn while_somebody_is_told() {
	let raised = async || {
		let (warning, id) = judged().await;
		warning.raiser.look(id, warning.now).await.unwrap();
		(warning, id)
	};
	// A message that went out twice has one name, and one file.
	at_every_point(
		5,
		raised,
		async |warning, _| warning.teller.next(warning.now).await.map(|_| ()),
		async |warning, polls| told(warning, &[KIN], polls).await,
	)
	.await;
}

#[tokio::test]
async fn while_it_is_passed_on() {
	let overdue = async || {
		let (mut warning, id) = judged().await;
		warning.round().await;
		warning.pass(5 * MINUTE);
		(warning, id)
	};
	at_every_point(
		3,
		overdue,
		async |warning, id| warning.raiser.look(id, warning.now).await,
		async |warning, polls| told(warning, &[KIN, NURSES], polls).await,
	)
	.await;
}

#[tokio::test]
async fn while_the_gateways_own_clock_tells() {
	let away = async || {
		let (mut warning, id) = judged().await;
		warning.round().await;
		warning.chain.set_away(true);
		warning.pass(6 * MINUTE + SECOND);
		(warning, id)
	};
	at_every_point(
		3,
		away,
		async |warning, _| warning.raiser.advance(warning.now).await,
		async |warning, polls| {
			warning.round().await;
			warning.chain.set_away(false);
			told(warning, &[KIN, NURSES], polls).await;
		},
	)
	.await;
}
