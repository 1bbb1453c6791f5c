//! MQTT 3.1.1 and 5 with Debian's mosquitto: sessions that tear, messages that come twice, topics of others.

use std::{
	fs,
	net::TcpListener,
	process::{Child, Command, Stdio},
	time::Duration,
};

use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};

use super::*;
use crate::{
	config::{Mqtt, Protocol},
	telemetry::listen,
};

/// A broker in a folder of its own, which remembers sessions over its end.
pub struct Broker {
	folder: TempDir,
	pub port: u16,
	process: Child,
}

impl Drop for Broker {
	fn drop(&mut self) {
		self.process.kill().ok();
		self.process.wait().ok();
	}
}

impl Broker {
	pub fn new() -> Self {
		let folder = tempfile::tempdir().unwrap();
		let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
		let config = format!(
			"listener {port} 127.0.0.1\nallow_anonymous true\nretain_available false\npersistence true\n\
			 persistence_location {0}/\nautosave_interval 1\nautosave_on_changes true\nmax_queued_messages 0\nuser root\n",
			folder.path().display()
		);
		fs::write(folder.path().join("mosquitto.conf"), config).unwrap();
		let process = start_broker(&folder);
		Self { folder, port, process }
	}

	/// Ends it at once, as a power cut would, or lets it save first.
	fn restart(&mut self) {
		let id = self.process.id().to_string();
		assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
		self.process.wait().unwrap();
		self.process = start_broker(&self.folder);
	}

	pub fn config(&self, protocol: Protocol) -> Mqtt {
		Mqtt {
			host: "127.0.0.1".into(),
			port: self.port,
			protocol,
			client: "gateway".into(),
			prefix: "salus".into(),
			user: None,
			password: None,
			ca: None,
		}
	}

	/// Publishes these, and returns once the broker has taken all.
	pub async fn publish(&self, messages: Vec<(String, Vec<u8>)>) {
		let name = format!("device-{}", messages.len());
		let mut options = MqttOptions::new(name, "127.0.0.1", self.port);
		options.set_keep_alive(Duration::from_secs(5));
		let (client, mut events) = AsyncClient::new(options, messages.len().max(1));
		let count = messages.len();
		for (topic, payload) in messages {
			client.publish(topic, QoS::AtLeastOnce, false, payload).await.unwrap();
		}
		let mut taken = 0;
		while taken < count {
			if let Event::Incoming(Packet::PubAck(_)) = next(&mut events).await {
				taken += 1;
			}
		}
	}
}

/// The next event; a broker that is not up yet is tried again.
async fn next(events: &mut EventLoop) -> Event {
	loop {
		match events.poll().await {
			Ok(event) => return event,
			Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
		}
	}
}

fn start_broker(folder: &TempDir) -> Child {
	Command::new("mosquitto")
		.arg("-c")
		.arg(folder.path().join("mosquitto.conf"))
		.stdout(Stdio::null())
		.stderr(Stdio::null())
		.spawn()
		.expect("mosquitto is there: run scripts/setup")
}

pub fn topic(signer: &SigningKey) -> String {
	format!("salus/{}/readings", hex::encode(id(signer)))
}

/// Waits until the gateway has all of these and no other.
async fn until_kept(taking: &Taking, signer: &SigningKey, sent: &[Vec<u8>]) {
	let all = async {
		for bytes in sent {
			while taking.take(signer, bytes.clone()).await != Ok(Kept::Before) {
				tokio::time::sleep(Duration::from_millis(20)).await;
			}
		}
	};
	tokio::time::timeout(Duration::from_secs(60), all)
		.await
		.expect("all are kept");
}

/// Waits, by looking at the log's own file, until so many are kept.
async fn until_count(taking: &Taking, count: u64) {
	let all = async {
		while open(taking.folder.path(), 10_000).await.kept() != count {
			tokio::time::sleep(Duration::from_millis(50)).await;
		}
	};
	tokio::time::timeout(Duration::from_secs(60), all)
		.await
		.expect("all came");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readings_come_over_either_mqtt() {
	for protocol in [Protocol::V3, Protocol::V5] {
		let broker = Broker::new();
		let taking = Taking::new().await;
		let (end, ended) = watch::channel(false);
		let listening = tokio::spawn(listen(broker.config(protocol), taking.intake.clone(), ended));
		let pulse = signer(1);
		let probe = signed(&pulse, 0);
		// Until the gateway has subscribed, the broker keeps nothing for it: a session that it knows, it keeps for.
		while taking.take(&pulse, probe.clone()).await.is_err() {}
		subscribed(&broker, &taking).await;
		let sent: Vec<_> = (1..200).map(|seq| signed(&pulse, seq)).collect();
		broker
			.publish(sent.iter().map(|bytes| (topic(&pulse), bytes.clone())).collect())
			.await;
		until_count(&taking, 201).await;
		until_kept(&taking, &pulse, &sent).await;
		end.send_replace(true);
		listening.await.unwrap().unwrap();
	}
}

/// Publishes one reading of another device again and again, until it comes through.
async fn subscribed(broker: &Broker, taking: &Taking) {
	let other = signer(7);
	taking.devices.set(device(&other));
	let bytes = signed(&other, 0);
	let before = open(taking.folder.path(), 10_000).await.kept();
	let until = async {
		while open(taking.folder.path(), 10_000).await.kept() == before {
			broker.publish(vec![(topic(&other), bytes.clone())]).await;
		}
	};
	tokio::time::timeout(Duration::from_secs(60), until)
		.await
		.expect("subscribed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_while_the_gateway_or_the_broker_was_away_comes_later_and_once() {
	let mut broker = Broker::new();
	let mut taking = Taking::new().await;
	let pulse = signer(1);
	let begin = |taking: &Taking, broker: &Broker| {
		let (end, ended) = watch::channel(false);
		let listening = tokio::spawn(listen(broker.config(Protocol::V5), taking.intake.clone(), ended));
		(end, listening)
	};
	let (end, listening) = begin(&taking, &broker);
	subscribed(&broker, &taking).await;
	listening.abort();
	drop(end);

	let sent: Vec<_> = (0..50).map(|seq| signed(&pulse, seq)).collect();
	let messages = |range: std::ops::Range<usize>| -> Vec<_> {
		sent[range].iter().map(|bytes| (topic(&pulse), bytes.clone())).collect()
	};
	broker.publish(messages(0..20)).await;
	taking.restart().await;
	let (end, listening) = begin(&taking, &broker);
	until_count(&taking, 21).await;
	broker.restart();
	// Some twice: a device that heard no acknowledgement sends again.
	broker.publish(messages(10..50)).await;
	until_count(&taking, 51).await;
	until_kept(&taking, &pulse, &sent).await;
	end.send_replace(true);
	listening.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reading_on_anothers_topic_is_not_taken_and_holds_nothing_up() {
	let broker = Broker::new();
	let taking = Taking::new().await;
	let (end, ended) = watch::channel(false);
	let listening = tokio::spawn(listen(broker.config(Protocol::V3), taking.intake.clone(), ended));
	subscribed(&broker, &taking).await;
	let (pulse, other) = (signer(1), signer(2));
	taking.devices.set(device(&other));
	broker
		.publish(vec![
			(topic(&other), signed(&pulse, 0)),
			("salus/nobody/readings".into(), signed(&pulse, 0)),
			(topic(&pulse), vec![7; 100]),
			(topic(&pulse), signed(&pulse, 0)),
		])
		.await;
	until_count(&taking, 2).await;
	end.send_replace(true);
	listening.await.unwrap().unwrap();
}
