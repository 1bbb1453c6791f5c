//! Power cuts, half packets and sessions that are taken over.

use std::io::{Read, Write};

use super::*;

/// A client's first words in MQTT 3.1.1, and the beginning of a message, shorter than it says, as both versions have it.
const CONNECT: &[u8] = b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04torn";
const HALF: &[u8] = b"\x32\xf0\x01\x00\x05salu";

fn messages(signer: &SigningKey, sent: &[Vec<u8>]) -> Vec<(String, Vec<u8>)> {
	sent.iter().map(|bytes| (topic(signer), bytes.clone())).collect()
}

fn measured(signer: &SigningKey, count: u64) -> Vec<Vec<u8>> {
	(0..count).map(|seq| signed(signer, seq)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_killed_gives_what_it_had_saved_and_what_devices_send_again() {
	for protocol in [Protocol::V3, Protocol::V5] {
		let mut broker = Broker::saving();
		let taking = Taking::new().await;
		let pulse = signer(1);
		let sent = measured(&pulse, 60);
		Listening::begin(&taking, broker.config(protocol)).await.abort().await;
		broker.publish(messages(&pulse, &sent[..20])).await;
		until("the broker has saved the last of them", || broker.has_saved(&sent[19])).await;
		broker.kill();
		broker.begin();
		let taking = taking.restart().await;
		let listening = Listening::start(&taking, broker.config(protocol));
		until_count(&taking, 20).await;

		// In the midst of a stream, with the gateway there: some are answered, the others on their way.
		let mut device = broker.party("device", None);
		for (topic, payload) in messages(&pulse, &sent[20..30]) {
			assert_eq!(device.publish(&topic, payload).await, Ok(PubAckReason::Success));
		}
		for (topic, payload) in messages(&pulse, &sent[30..]) {
			device
				.client
				.try_publish(topic, QoS::AtLeastOnce, false, payload)
				.unwrap();
		}
		assert_eq!(device.answer().await, Ok(PubAckReason::Success));
		broker.kill();
		broker.begin();
		// A device that lost its connection sends again what it is not sure of.
		broker.publish(messages(&pulse, &sent[20..])).await;
		until_count(&taking, 60).await;
		until_kept(&taking, &pulse, &sent).await;
		listening.stop().await;
		assert_eq!(taking.stop().await.1.kept(), 60, "each once");
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_hangs_up_within_a_packet_sent_nothing_and_disturbs_nobody() {
	let broker = Broker::open();
	let taking = Taking::new().await;
	let listening = Listening::begin(&taking, broker.config(Protocol::V5)).await;
	let pulse = signer(1);
	for _ in 0..3 {
		let mut torn = TcpStream::connect(("127.0.0.1", broker.port)).unwrap();
		torn.write_all(CONNECT).unwrap();
		torn.read_exact(&mut [0; 4]).unwrap();
		torn.write_all(HALF).unwrap();
	}
	let sent = measured(&pulse, 5);
	broker.publish(messages(&pulse, &sent)).await;
	until_count(&taking, 5).await;
	taking.until_counted("ok", 5).await;
	assert_eq!(taking.counted("readings", "Malformed"), 0);
	listening.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_whose_broker_breaks_off_within_a_packet_connects_anew() {
	let accepts: [(Protocol, &[u8]); 2] = [
		(Protocol::V3, b"\x20\x02\x00\x00"),
		(Protocol::V5, b"\x20\x03\x00\x00\x00"),
	];
	for (protocol, accepted) in accepts {
		let mut broker = Broker::open();
		let taking = Taking::new().await;
		let pulse = signer(1);
		broker.kill();
		let false_one = TcpListener::bind(("127.0.0.1", broker.port)).unwrap();
		let listening = Listening::start(&taking, broker.config(protocol));
		tokio::task::spawn_blocking(move || {
			let (mut gateway, _) = false_one.accept().unwrap();
			assert!(gateway.read(&mut [0; 512]).unwrap() > 0);
			gateway.write_all(accepted).unwrap();
			gateway.write_all(HALF).unwrap();
		})
		.await
		.unwrap();
		until("the gateway has noticed", || {
			taking.counted("broker_connections", "Away") > 0
		})
		.await;
		broker.begin();
		until("the gateway has subscribed", || {
			taking.counted("broker_connections", "ok") > 0
		})
		.await;
		broker.publish(messages(&pulse, &measured(&pulse, 5))).await;
		until_count(&taking, 5).await;
		assert_eq!(taking.counted("readings", "Malformed"), 0);
		listening.stop().await;
	}
}

/// The broker of this test lets anybody be the gateway; the one that operators are told to run does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_whose_session_is_taken_over_takes_it_back() {
	for protocol in [Protocol::V3, Protocol::V5] {
		let broker = Broker::open();
		let taking = Taking::new().await;
		let pulse = signer(1);
		let listening = Listening::begin(&taking, broker.config(protocol)).await;
		let sent = measured(&pulse, 8);
		broker.publish(messages(&pulse, &sent[..4])).await;
		until_count(&taking, 4).await;

		let mut stranger = broker.party(GATEWAY, None);
		stranger.connect().await.unwrap();
		until("the gateway has subscribed again", || {
			taking.counted("broker_connections", "ok") > 1
		})
		.await;
		broker.publish(messages(&pulse, &sent[4..])).await;
		until_count(&taking, 8).await;
		until_kept(&taking, &pulse, &sent).await;
		listening.stop().await;
	}
}
