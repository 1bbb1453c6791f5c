//! Readings that come before the block that says whose they are.

use futures::future::join_all;
use serde_json::json;

use super::{
	broker::{topic, until_count, Broker, Listening},
	http::{post, serve},
	*,
};
use crate::config::Protocol;

/// A gateway that has seen no block; its device is bound to nobody.
async fn unbound() -> (Taking, SigningKey) {
	let (taking, pulse) = (Taking::early(10_000, never()).await, signer(1));
	taking.devices.set(of_nobody(&pulse));
	(taking, pulse)
}

fn of_nobody(signer: &SigningKey) -> Device {
	Device {
		bindings: HashMap::new(),
		..device(signer)
	}
}

/// The gateway knows the chain up to now.
fn see(taking: &Taking) {
	taking.devices.see(words::now() + 1);
}

#[tokio::test]
async fn a_reading_that_came_before_the_block_of_its_binding_is_kept_once_that_is_seen() {
	let (taking, pulse) = unbound().await;
	let sent = signed(&pulse, 0);
	for _ in 0..2 {
		assert_eq!(taking.take(&pulse, sent.clone()).await, Err(Refusal::Unsettled));
	}
	assert!(Refusal::Unsettled.passes());
	taking.devices.set(device(&pulse));
	// A block before it came says so.
	taking.devices.see(1);
	taking.until_counted("ok", 1).await;
	assert_eq!(taking.take(&pulse, sent).await, Ok(Kept::Before));
	assert_eq!(taking.stop().await.1.kept(), 1);
}

#[tokio::test]
async fn a_later_block_that_does_not_help_it_decides() {
	let (taking, pulse) = unbound().await;
	let sent = signed(&pulse, 0);
	assert_eq!(taking.take(&pulse, sent.clone()).await, Err(Refusal::Unsettled));
	see(&taking);
	taking.until_counted("UnknownBinding", 1).await;
	// Whoever sends it again does not wait again; what comes later does.
	assert_eq!(taking.take(&pulse, sent).await, Err(Refusal::UnknownBinding));
	while words::now() <= taking.devices.seen() {
		tokio::task::yield_now().await;
	}
	assert_eq!(taking.take(&pulse, signed(&pulse, 1)).await, Err(Refusal::Unsettled));
	assert_eq!(taking.stop().await.1.kept(), 0);
}

#[tokio::test]
async fn a_reading_before_the_block_that_reinstates_its_device_waits_over_a_restart() {
	let (taking, pulse) = (Taking::early(10, never()).await, signer(1));
	taking.devices.set(Device {
		status: Status::Suspended,
		..device(&pulse)
	});
	let sent = signed(&pulse, 0);
	assert_eq!(taking.take(&pulse, sent.clone()).await, Err(Refusal::Unsettled));
	let taking = taking.restart().await;
	taking.devices.set(device(&pulse));
	see(&taking);
	taking.until_counted("ok", 1).await;
	assert_eq!(taking.take(&pulse, sent).await, Ok(Kept::Before));
}

#[tokio::test]
async fn what_a_full_log_has_no_room_for_goes_on_waiting() {
	let (mut taking, pulse) = (Taking::early(1, never()).await, signer(1));
	assert_eq!(taking.take(&pulse, signed(&pulse, 0)).await, Ok(Kept::New));
	taking.devices.set(of_nobody(&pulse));
	assert_eq!(taking.take(&pulse, signed(&pulse, 1)).await, Err(Refusal::Unsettled));
	taking.devices.set(device(&pulse));
	see(&taking);
	taking.until_counted("Full", 1).await;
	taking.most = 2;
	let taking = taking.restart().await;
	taking.until_counted("ok", 2).await;
}

#[tokio::test]
async fn what_the_device_did_not_sign_does_not_wait() {
	let (taking, pulse) = unbound().await;
	let mut forged = signed(&pulse, 0);
	*forged.last_mut().unwrap() ^= 1;
	assert_eq!(taking.take(&pulse, forged).await, Err(Refusal::UnknownBinding));
	see(&taking);
	assert_eq!(taking.stop().await.1.kept(), 0);
}

#[tokio::test]
async fn another_reading_with_the_number_of_one_that_waits_is_a_conflict() {
	let (taking, pulse) = unbound().await;
	assert_eq!(taking.take(&pulse, signed(&pulse, 0)).await, Err(Refusal::Unsettled));
	let mut other = reading(&pulse, 0);
	other.value = Decimal::new(180, 0).into();
	let other = SignedReading::sign(other, &pulse).unwrap().encode();
	assert_eq!(taking.take(&pulse, other).await, Err(Refusal::Conflict));
}

#[tokio::test]
async fn a_device_has_so_many_wait_and_no_other_suffers() {
	let (taking, pulse) = unbound().await;
	let sent = (0..4_097).map(|seq| taking.take(&pulse, signed(&pulse, seq)));
	let outcomes = join_all(sent).await;
	let count = |refusal| outcomes.iter().filter(|outcome| **outcome == Err(refusal)).count();
	assert_eq!((count(Refusal::Unsettled), count(Refusal::Crowded)), (4_096, 1));
	let other = signer(2);
	taking.devices.set(device(&other));
	assert_eq!(taking.take(&other, signed(&other, 0)).await, Ok(Kept::New));
	taking.devices.set(device(&pulse));
	see(&taking);
	taking.until_counted("ok", 4_097).await;
}

#[tokio::test]
async fn over_http_it_is_sent_again_later() {
	let (taking, pulse) = unbound().await;
	let url = serve(&taking).await;
	let token = taking.tokens.make(&id(&pulse), words::now()).await.unwrap();
	let bearer = format!("{}.{}", hex::encode(id(&pulse)), token.as_str());
	let body = json!({ "readings": [hex::encode(signed(&pulse, 0)), hex::encode(signed(&pulse, 1))] });
	let (status, answer) = post(&url, Some(&bearer), &body).await;
	assert_eq!((status, &answer["error"]["name"]), (503, &json!("Unsettled")));
	taking.devices.set(device(&pulse));
	see(&taking);
	taking.until_counted("ok", 2).await;
	let (status, answer) = post(&url, Some(&bearer), &body).await;
	assert_eq!(
		(status, &answer["results"]),
		(200, &json!(["keptBefore", "keptBefore"]))
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_mqtt_it_is_not_lost_and_holds_no_other_up() {
	for protocol in [Protocol::V3, Protocol::V5] {
		let broker = Broker::open();
		let (taking, pulse) = unbound().await;
		let other = signer(2);
		taking.devices.set(device(&other));
		let listening = Listening::begin(&taking, broker.config(protocol)).await;
		let of = |signer: &SigningKey, range: std::ops::Range<u64>| -> Vec<_> {
			range.map(|seq| (topic(signer), signed(signer, seq))).collect()
		};
		broker.publish([of(&pulse, 0..3), of(&other, 0..20)].concat()).await;
		taking.until_counted("Unsettled", 3).await;
		taking.until_counted("ok", 20).await;
		// The broker has its answer: whatever dies now, nobody sends these again.
		listening.stop().await;
		let taking = taking.restart().await;
		taking.devices.set(device(&pulse));
		see(&taking);
		until_count(&taking, 23).await;
	}
}
