//! Readings over MQTT 3.1.1 or 5, from the hospital's broker. A message is acknowledged once its reading is on the disk or
//! refused for good, in the order in which messages came; the broker sends again what a crash took with it.

use std::{fs, path::Path, sync::Arc, time::Duration};

use rumqttc::{
	mqttbytes::v4, v5, v5::mqttbytes::v5 as five, AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS,
	TlsConfiguration, Transport,
};
use rustls::{
	pki_types::{pem::PemObject, CertificateDer},
	ClientConfig, RootCertStore,
};
use salus_vault::keystore::read_private;
use tokio::{
	sync::{mpsc, oneshot, watch},
	time::sleep,
};
use zeroize::Zeroizing;

use super::{DeviceId, Intake, Kept, Refusal};
use crate::{
	config::{Mqtt, Protocol},
	GatewayError,
};

/// Messages that the broker may send before the first of them is acknowledged (MQTT 5, receive maximum).
const IN_FLIGHT: u16 = 1_024;
/// Acknowledgements that may wait for the connection: there are no more numbers for messages in MQTT.
const ACKS: usize = 65_536;
/// Before a broker that went away is tried again, and before a reading is handed in again.
const PAUSE: Duration = Duration::from_secs(2);
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// No reading is longer; what is longer is none.
const PACKET: u16 = 4 * 1_024;
/// For how long the broker keeps what came while no gateway was there (MQTT 5; a broker's setting before): a week.
const SESSION: u32 = 7 * 24 * 3_600;

/// A message whose reading was handed in.
struct Taken {
	outcome: oneshot::Receiver<Result<Kept, Refusal>>,
	ack: Box<Ack>,
}

/// The acknowledgement of a message.
enum Ack {
	Three(AsyncClient, v4::Publish),
	Five(v5::AsyncClient, five::Publish),
}

/// A connection in either version.
enum Link {
	Three(AsyncClient, Box<EventLoop>),
	Five(v5::AsyncClient, Box<v5::EventLoop>),
}

/// What the broker said.
enum Heard {
	Connected,
	Message {
		topic: Vec<u8>,
		payload: Vec<u8>,
		ack: Box<Ack>,
	},
	Other,
}

/// Takes readings from a broker until told to end.
///
/// # Errors
/// `File`, `Secret`, `Tls`: what the configuration names cannot be read. A broker that is away is waited for.
pub async fn listen(config: Mqtt, intake: Intake, mut end: watch::Receiver<bool>) -> Result<(), GatewayError> {
	let mut link = Link::new(&config)?;
	let topic = format!("{}/+/readings", config.prefix);
	let (taken, mut waiting) = mpsc::channel::<Taken>(ACKS);
	let acknowledging = tokio::spawn(async move {
		while let Some(Taken { outcome, ack }) = waiting.recv().await {
			match outcome.await {
				Ok(_) => ack.send().await,
				// The gateway ends: what is not acknowledged is sent again.
				Err(_) => break,
			}
		}
	});
	while !*end.borrow() {
		let heard = tokio::select! {
			heard = link.next() => heard,
			_ = end.changed() => break,
		};
		match heard {
			Ok(Heard::Connected) => {
				tracing::info!("connected to the broker at {}:{}", config.host, config.port);
				link.subscribe(&topic);
			}
			Ok(Heard::Message { topic, payload, ack }) => {
				let (answer, outcome) = oneshot::channel();
				match device_of(&config.prefix, &topic) {
					Some(device) => {
						tokio::spawn(hand_in(intake.clone(), device, payload, answer));
					}
					None => {
						// Nobody's topic: the subscription is for devices' alone, and one of them has another name than a key.
						tracing::warn!("a message on a topic that is no device's was dropped");
						let _gone = answer.send(Err(Refusal::UnknownDevice));
					}
				}
				if taken.send(Taken { outcome, ack }).await.is_err() {
					break;
				}
			}
			Ok(Heard::Other) => {}
			Err(error) => {
				tracing::warn!("the broker at {}:{}: {error}; trying again", config.host, config.port);
				tokio::select! {
					() = sleep(PAUSE) => {}
					_ = end.changed() => {}
				}
			}
		}
	}
	acknowledging.abort();
	Ok(())
}

/// Hands a reading in until it is kept or refused for good; while there is no room the broker keeps what follows.
async fn hand_in(intake: Intake, device: DeviceId, payload: Vec<u8>, answer: oneshot::Sender<Result<Kept, Refusal>>) {
	loop {
		match intake.take(device, payload.clone()).await {
			Err(Refusal::NotKept) if intake.is_closed() => return,
			Err(refusal) if refusal.passes() => sleep(PAUSE).await,
			outcome => {
				let _gone = answer.send(outcome);
				return;
			}
		}
	}
}

/// The device in a topic `<prefix>/<64 hexadecimal digits>/readings`.
fn device_of(prefix: &str, topic: &[u8]) -> Option<DeviceId> {
	let digits = std::str::from_utf8(topic)
		.ok()?
		.strip_prefix(prefix)?
		.strip_prefix('/')?
		.strip_suffix("/readings")?;
	let mut device = DeviceId::default();
	hex::decode_to_slice(digits, &mut device).ok()?;
	Some(device)
}

impl Link {
	fn new(config: &Mqtt) -> Result<Self, GatewayError> {
		let password = match &config.password {
			Some(path) => Some(read_private(path)?),
			None => None,
		};
		let transport = transport(config.ca.as_deref())?;
		let (name, host) = (config.client.as_str(), config.host.as_str());
		let credentials = config.user.as_ref().map(|user| {
			let password = password.unwrap_or_else(|| Zeroizing::new(String::new()));
			(user.clone(), password)
		});
		Ok(match config.protocol {
			Protocol::V3 => {
				let mut options = MqttOptions::new(name, host, config.port);
				options
					.set_keep_alive(KEEP_ALIVE)
					.set_manual_acks(true)
					.set_clean_session(false)
					.set_max_packet_size(PACKET.into(), PACKET.into())
					.set_transport(transport);
				if let Some((user, password)) = credentials {
					options.set_credentials(user, password.as_str());
				}
				let (client, events) = AsyncClient::new(options, ACKS);
				Self::Three(client, Box::new(events))
			}
			Protocol::V5 => {
				let mut options = v5::MqttOptions::new(name, host, config.port);
				options
					.set_keep_alive(KEEP_ALIVE)
					.set_manual_acks(true)
					.set_clean_start(false)
					.set_session_expiry_interval(Some(SESSION))
					.set_receive_maximum(Some(IN_FLIGHT))
					.set_max_packet_size(Some(PACKET.into()))
					.set_transport(transport);
				if let Some((user, password)) = credentials {
					options.set_credentials(user, password.as_str());
				}
				let (client, events) = v5::AsyncClient::new(options, ACKS);
				Self::Five(client, Box::new(events))
			}
		})
	}

	async fn next(&mut self) -> Result<Heard, String> {
		match self {
			Self::Three(client, events) => match events.poll().await {
				Ok(Event::Incoming(Packet::ConnAck(_))) => Ok(Heard::Connected),
				Ok(Event::Incoming(Packet::Publish(publish))) => Ok(Heard::Message {
					topic: publish.topic.clone().into_bytes(),
					payload: publish.payload.to_vec(),
					ack: Box::new(Ack::Three(client.clone(), publish)),
				}),
				Ok(_) => Ok(Heard::Other),
				Err(error) => Err(error.to_string()),
			},
			Self::Five(client, events) => match events.poll().await {
				Ok(v5::Event::Incoming(five::Packet::ConnAck(_))) => Ok(Heard::Connected),
				Ok(v5::Event::Incoming(five::Packet::Publish(publish))) => Ok(Heard::Message {
					topic: publish.topic.to_vec(),
					payload: publish.payload.to_vec(),
					ack: Box::new(Ack::Five(client.clone(), publish)),
				}),
				Ok(_) => Ok(Heard::Other),
				Err(error) => Err(error.to_string()),
			},
		}
	}

	/// Subscribes, each time: a broker that lost the session does not say so to MQTT 3.1.1's older servers.
	fn subscribe(&self, topic: &str) {
		let sent = match self {
			Self::Three(client, _) => client
				.try_subscribe(topic, QoS::AtLeastOnce)
				.map_err(|error| error.to_string()),
			Self::Five(client, _) => client
				.try_subscribe(topic, v5::mqttbytes::QoS::AtLeastOnce)
				.map_err(|error| error.to_string()),
		};
		if let Err(error) = sent {
			tracing::error!("the broker was not asked for readings: {error}");
		}
	}
}

impl Ack {
	async fn send(self) {
		let sent = match &self {
			Self::Three(client, publish) => client.ack(publish).await.map_err(|error| error.to_string()),
			Self::Five(client, publish) => client.ack(publish).await.map_err(|error| error.to_string()),
		};
		if let Err(error) = sent {
			// The connection is over: the broker sends the message again, and it was kept before.
			tracing::debug!("a message was not acknowledged: {error}");
		}
	}
}

/// TLS 1.3 with a server that these certificates stand for; none on this machine.
fn transport(ca: Option<&Path>) -> Result<Transport, GatewayError> {
	let Some(path) = ca else { return Ok(Transport::Tcp) };
	let wrong = |reason: String| GatewayError::Tls {
		path: path.to_owned(),
		reason,
	};
	let pem = fs::read(path).map_err(GatewayError::at(path))?;
	let mut roots = RootCertStore::empty();
	for certificate in CertificateDer::pem_slice_iter(&pem) {
		let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
		roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
	}
	if roots.is_empty() {
		return Err(wrong("it has no certificate".into()));
	}
	let provider = Arc::new(rustls::crypto::ring::default_provider());
	let config = ClientConfig::builder_with_provider(provider)
		.with_protocol_versions(&[&rustls::version::TLS13])
		.map_err(|error| wrong(error.to_string()))?
		.with_root_certificates(roots)
		.with_no_client_auth();
	Ok(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))))
}
