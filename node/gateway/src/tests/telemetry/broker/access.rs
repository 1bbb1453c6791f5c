//! Who may what at a broker that is set up as operators are told, and what the gateway does where one is not.

use rumqttc::{v5::mqttbytes::v5::LastWill, AsyncClient, MqttOptions};

use super::*;
use crate::telemetry::link::Link;

/// A hospital with two devices.
struct Ward {
	broker: Broker,
	taking: Taking,
	pulse: SigningKey,
	other: SigningKey,
}

impl Ward {
	async fn new() -> Self {
		Self::at(Broker::as_told().await).await
	}

	async fn at(broker: Broker) -> Self {
		let [pulse, other] = DEVICES.map(signer);
		let taking = Taking::new().await;
		taking.devices.set(device(&other));
		Self {
			broker,
			taking,
			pulse,
			other,
		}
	}

	async fn listen(&self, protocol: Protocol) -> Listening {
		Listening::begin(&self.taking, self.broker.config(protocol)).await
	}

	/// The other device is heard, and nothing of what was sent before.
	async fn hears_no_other(&self) {
		let reading = signed(&self.other, 0);
		let published = self
			.broker
			.device(&self.other)
			.publish(&topic(&self.other), reading)
			.await;
		assert_eq!(published, Ok(PubAckReason::Success));
		until_count(&self.taking, 1).await;
		self.taking.until_counted("ok", 1).await;
		for refusal in ["OtherDevice", "UnknownDevice", "Malformed", "BadSignature"] {
			assert_eq!(self.taking.counted("readings", refusal), 0, "{refusal}");
		}
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_with_its_credential_is_heard_on_its_own_topic() {
	for protocol in [Protocol::V3, Protocol::V5] {
		let ward = Ward::new().await;
		let listening = ward.listen(protocol).await;
		let sent: Vec<_> = (0..30).map(|seq| signed(&ward.pulse, seq)).collect();
		let mut device = ward.broker.device(&ward.pulse);
		for reading in &sent {
			let taken = device.publish(&topic(&ward.pulse), reading.clone()).await;
			assert_eq!(taken, Ok(PubAckReason::Success));
		}
		until_count(&ward.taking, 30).await;
		until_kept(&ward.taking, &ward.pulse, &sent).await;
		listening.stop().await;
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_anothers_topic_the_broker_takes_nothing() {
	let ward = Ward::new().await;
	let listening = ward.listen(Protocol::V5).await;
	let (theirs, name) = (topic(&ward.other), hex::encode(id(&ward.pulse)));
	for topic in [
		theirs.as_str(),
		"salus/gateway/readings",
		"salus/readings",
		&format!("salus/{name}/readings/more"),
		&format!("salus/{}/readings", name.to_uppercase()),
		"another",
	] {
		// mosquitto 2.0 says NotAuthorized, or ends the connection where its queue has no end.
		let mut device = ward.broker.device(&ward.pulse);
		let answered = device.publish(topic, signed(&ward.pulse, 0)).await;
		assert!(
			matches!(answered, Ok(PubAckReason::NotAuthorized) | Err(_)),
			"{topic}: {answered:?}"
		);
	}

	// MQTT 3.1.1 has no word for it: whether it is acknowledged or not, it goes nowhere.
	let mut options = MqttOptions::new("any", "127.0.0.1", ward.broker.port);
	options.set_credentials(&name, password_of(&ward.pulse));
	let (client, mut events) = AsyncClient::new(options, 10);
	client
		.try_publish(&theirs, rumqttc::QoS::AtLeastOnce, false, signed(&ward.pulse, 0))
		.unwrap();
	let answered = async {
		while !matches!(
			events.poll().await,
			Err(_) | Ok(rumqttc::Event::Incoming(rumqttc::Packet::PubAck(_)))
		) {}
	};
	timeout(COMES, answered).await.unwrap();
	drop(events);

	// What a device leaves behind as its will is none of another's either.
	let mut options = ward.broker.options(&name, Some((&name, &password_of(&ward.pulse))));
	options.set_last_will(LastWill::new(
		&theirs,
		signed(&ward.pulse, 0),
		QoS::AtLeastOnce,
		false,
		None,
	));
	let mut device = Party::with(options);
	// The broker does not connect it, or says nothing when it is gone.
	let _refused = timeout(COMES, device.next()).await.unwrap();
	drop(device);
	sleep(SILENCE).await;

	ward.hears_no_other().await;
	listening.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_broker_has_no_list_the_gateway_refuses_and_counts_it() {
	for protocol in [Protocol::V3, Protocol::V5] {
		let ward = Ward::at(Broker::open()).await;
		let listening = ward.listen(protocol).await;
		let (pulse, other) = (&ward.pulse, &ward.other);
		let own = signed(pulse, 0);
		let mut forged = signed(pulse, 1);
		*forged.last_mut().unwrap() ^= 1;
		ward.broker
			.publish(vec![
				(topic(other), signed(pulse, 0)),
				("salus/nobody/readings".into(), signed(pulse, 0)),
				(topic(pulse), vec![7; 100]),
				(topic(pulse), forged),
				(topic(pulse), own.clone()),
			])
			.await;
		until_count(&ward.taking, 1).await;
		until_kept(&ward.taking, pulse, &[own]).await;
		for refusal in ["OtherDevice", "UnknownDevice", "Malformed", "BadSignature"] {
			until(refusal, || ward.taking.counted("readings", refusal) == 1).await;
		}
		listening.stop().await;
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_own_password_nobody_is_let_in() {
	let ward = Ward::new().await;
	let name = hex::encode(id(&ward.pulse));
	let theirs = password_of(&ward.other);
	for credential in [
		None,
		Some((name.as_str(), "")),
		Some((name.as_str(), "guessed")),
		Some((name.as_str(), theirs.as_str())),
		Some(("nobody", "guessed")),
		Some((GATEWAY, theirs.as_str())),
	] {
		let refused = ward.broker.party(&name, credential).connect().await;
		assert_eq!(refused, Err(ConnectReturnCode::NotAuthorized), "{credential:?}");
	}
	assert_eq!(ward.broker.device(&ward.pulse).connect().await, Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_with_a_wrong_password_says_so_and_tries_again() {
	let ward = Ward::new().await;
	for protocol in [Protocol::V3, Protocol::V5] {
		let mut config = ward.broker.config(protocol);
		config.password = Some(private(&ward.broker.folder, "wrong", "guessed"));
		let error = Link::new(&config).unwrap().next().await.err().unwrap();
		assert_eq!(error.name(), "Credentials");
		assert!(error.to_string().contains("check both"), "{error}");
	}
	let mut config = ward.broker.config(Protocol::V5);
	config.password = Some(private(&ward.broker.folder, "wrong", "guessed"));
	let listening = Listening::start(&ward.taking, config);
	let tries = || ward.taking.counted("broker_connections", "Credentials");
	until("it tries again", || tries() > 1).await;
	assert_eq!(ward.taking.counted("broker_connections", "ok"), 0);
	listening.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_retained_for_a_gateway_that_comes_later() {
	let ward = Ward::new().await;
	let own = topic(&ward.pulse);
	let mut device = ward.broker.device(&ward.pulse);
	device.connect().await.unwrap();
	device
		.client
		.try_publish(&own, QoS::AtLeastOnce, true, signed(&ward.pulse, 0))
		.unwrap();
	let answered = device.answer().await;
	assert!(answered.is_err(), "{answered:?}");
	drop(device);

	// Nor over MQTT 3.1.1.
	let name = hex::encode(id(&ward.pulse));
	let mut options = MqttOptions::new("any", "127.0.0.1", ward.broker.port);
	options.set_credentials(&name, password_of(&ward.pulse));
	let (client, mut events) = AsyncClient::new(options, 10);
	client
		.try_publish(&own, rumqttc::QoS::AtLeastOnce, true, signed(&ward.pulse, 0))
		.unwrap();
	let ended = async { while events.poll().await.is_ok() {} };
	timeout(COMES, ended).await.unwrap();
	drop(events);

	let listening = ward.listen(Protocol::V5).await;
	sleep(SILENCE).await;
	ward.hears_no_other().await;
	listening.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_hears_nothing_of_others_nor_of_itself() {
	let ward = Ward::new().await;
	let listening = ward.listen(Protocol::V5).await;
	let mut device = ward.broker.device(&ward.pulse);
	let (own, theirs) = (topic(&ward.pulse), topic(&ward.other));
	for filter in [
		"#",
		"$SYS/#",
		"salus/+/readings",
		"salus/#",
		"$share/any/salus/+/readings",
		own.as_str(),
		theirs.as_str(),
	] {
		device.client.try_subscribe(filter, QoS::AtLeastOnce).unwrap();
		// Whether the broker says no, or yes and sends nothing, is the broker's.
		let answered = async { while !matches!(device.next().await.unwrap(), Packet::SubAck(_)) {} };
		timeout(COMES, answered).await.unwrap();
	}
	ward.hears_no_other().await;
	let heard = async { while !matches!(device.next().await.unwrap(), Packet::Publish(_)) {} };
	assert!(timeout(SILENCE, heard).await.is_err());
	listening.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_takes_over_the_gateways_session_with_what_waits_in_it() {
	let ward = Ward::new().await;
	ward.listen(Protocol::V5).await.abort().await;
	let sent: Vec<_> = (0..20).map(|seq| signed(&ward.pulse, seq)).collect();
	let mut device = ward.broker.device(&ward.pulse);
	for reading in &sent {
		device.publish(&topic(&ward.pulse), reading.clone()).await.unwrap();
	}
	drop(device);

	let theirs = hex::encode(id(&ward.other));
	for clean in [false, true] {
		let mut options = ward.broker.options(GATEWAY, Some((&theirs, &password_of(&ward.other))));
		options.set_clean_start(clean);
		let mut device = Party::with(options);
		device.connect().await.unwrap();
		let heard = async { while !matches!(device.next().await.unwrap(), Packet::Publish(_)) {} };
		assert!(timeout(SILENCE, heard).await.is_err());
	}

	let listening = Listening::start(&ward.taking, ward.broker.config(Protocol::V5));
	until_count(&ward.taking, 20).await;
	until_kept(&ward.taking, &ward.pulse, &sent).await;
	listening.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_sends_what_is_longer_than_any_reading_is_put_out() {
	let ward = Ward::new().await;
	let listening = ward.listen(Protocol::V3).await;
	let name = hex::encode(id(&ward.pulse));
	let mut options = MqttOptions::new("any", "127.0.0.1", ward.broker.port);
	options
		.set_credentials(&name, password_of(&ward.pulse))
		.set_max_packet_size(10_000, 10_000);
	let (client, mut events) = AsyncClient::new(options, 10);
	client
		.try_publish(topic(&ward.pulse), rumqttc::QoS::AtLeastOnce, false, vec![7; 5_000])
		.unwrap();
	let ended = async { while events.poll().await.is_ok() {} };
	timeout(COMES, ended).await.unwrap();
	drop(events);
	ward.hears_no_other().await;
	assert_eq!(ward.taking.counted("broker_connections", "ok"), 1);
	listening.stop().await;
}
