//! Sessions that tear, messages that come twice or too long.

use super::*;
use crate::telemetry::link::Link;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readings_come_over_either_mqtt() {
	for protocol in [Protocol::V3, Protocol::V5] {
		let broker = Broker::open();
		let taking = Taking::new().await;
		let listening = Listening::begin(&taking, broker.config(protocol)).await;
		let pulse = signer(1);
		let sent: Vec<_> = (0..200).map(|seq| signed(&pulse, seq)).collect();
		broker
			.publish(sent.iter().map(|bytes| (topic(&pulse), bytes.clone())).collect())
			.await;
		until_count(&taking, 200).await;
		until_kept(&taking, &pulse, &sent).await;
		listening.stop().await;
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_while_the_gateway_or_the_broker_was_away_comes_later_and_once() {
	let mut broker = Broker::open();
	let taking = Taking::new().await;
	let pulse = signer(1);
	Listening::begin(&taking, broker.config(Protocol::V5))
		.await
		.abort()
		.await;

	let sent: Vec<_> = (0..50).map(|seq| signed(&pulse, seq)).collect();
	let messages = |range: std::ops::Range<usize>| -> Vec<_> {
		sent[range].iter().map(|bytes| (topic(&pulse), bytes.clone())).collect()
	};
	broker.publish(messages(0..20)).await;
	let taking = taking.restart().await;
	let listening = Listening::start(&taking, broker.config(Protocol::V5));
	until_count(&taking, 20).await;
	broker.restart();
	// Some twice: a device that heard no acknowledgement sends again.
	broker.publish(messages(10..50)).await;
	until_count(&taking, 50).await;
	until_kept(&taking, &pulse, &sent).await;
	listening.stop().await;
}

/// The broker of this test takes what the one that operators are told to run does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_longer_than_any_reading_is_passed_over() {
	let broker = Broker::open();
	let taking = Taking::new().await;
	let pulse = signer(1);
	Listening::begin(&taking, broker.config(Protocol::V3))
		.await
		.abort()
		.await;
	let sent = vec![signed(&pulse, 0), signed(&pulse, 1)];
	broker
		.publish(vec![
			(topic(&pulse), sent[0].clone()),
			(topic(&pulse), vec![7; 5_000]),
			(topic(&pulse), sent[1].clone()),
		])
		.await;

	// MQTT 3.1.1 cannot tell the broker, and the log says what to do.
	let mut link = Link::new(&broker.config(Protocol::V3)).unwrap();
	let error = timeout(COMES, async {
		loop {
			if let Err(error) = link.next().await {
				return error;
			}
		}
	});
	let error = error.await.expect("the message comes");
	assert_eq!(error.name(), "TooLong", "{error}");
	drop(link);
	let listening = Listening::start(&taking, broker.config(Protocol::V5));
	until_count(&taking, 2).await;
	until_kept(&taking, &pulse, &sent).await;
	listening.stop().await;
}
