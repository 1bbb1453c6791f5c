//! A connection to the hospital's broker, in either version of MQTT.

use std::time::Duration;

use rumqttc::{mqttbytes::v4, v5, v5::mqttbytes::v5 as five, AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use salus::{broker_transport, BrokerError};
use salus_vault::keystore::read_private;
use zeroize::Zeroizing;

use crate::{
	config::{Mqtt, Protocol},
	GatewayError,
};

/// Messages that the broker may send before the first of them is acknowledged (MQTT 5, receive maximum).
pub const IN_FLIGHT: u16 = 1_024;
/// Acknowledgements that may wait for the connection: there are no more numbers for messages in MQTT.
pub const ACKS: usize = 65_536;
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// No reading is longer; what is longer is none.
pub const PACKET: u16 = 4 * 1_024;
/// For how long the broker keeps what came while no gateway was there (MQTT 5; a broker's setting before): a week.
const SESSION: u32 = 7 * 24 * 3_600;

/// A connection in either version.
pub enum Link {
	Three(AsyncClient, Box<EventLoop>),
	Five(v5::AsyncClient, Box<v5::EventLoop>),
}

/// What the broker said.
pub enum Heard {
	Connected,
	/// Whether what is asked for comes.
	Subscribed(bool),
	Message {
		topic: Vec<u8>,
		payload: Vec<u8>,
		ack: Box<Ack>,
	},
	Other,
}

/// The acknowledgement of a message.
pub enum Ack {
	Three(AsyncClient, v4::Publish),
	Five(v5::AsyncClient, five::Publish),
}

impl Link {
	/// Connects with the first [`next`](Self::next).
	///
	/// # Errors
	/// `Secret`, `Broker`: what the configuration names cannot be read.
	pub fn new(config: &Mqtt) -> Result<Self, GatewayError> {
		let password = match &config.password {
			Some(path) => Some(read_private(path)?),
			None => None,
		};
		let transport = broker_transport(config.ca.as_deref())?;
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

	/// What the broker says next. After an error the next one connects anew.
	///
	/// # Errors
	/// Why there is no connection.
	pub async fn next(&mut self) -> Result<Heard, BrokerError> {
		match self {
			Self::Three(client, events) => match events.poll().await {
				Ok(Event::Incoming(Packet::ConnAck(_))) => Ok(Heard::Connected),
				Ok(Event::Incoming(Packet::SubAck(answer))) => Ok(Heard::Subscribed(
					answer
						.return_codes
						.iter()
						.all(|code| matches!(code, v4::SubscribeReasonCode::Success(_))),
				)),
				Ok(Event::Incoming(Packet::Publish(publish))) => Ok(Heard::Message {
					topic: publish.topic.clone().into_bytes(),
					payload: publish.payload.to_vec(),
					ack: Box::new(Ack::Three(client.clone(), publish)),
				}),
				Ok(_) => Ok(Heard::Other),
				Err(error) => Err(error.into()),
			},
			Self::Five(client, events) => match events.poll().await {
				Ok(v5::Event::Incoming(five::Packet::ConnAck(_))) => Ok(Heard::Connected),
				Ok(v5::Event::Incoming(five::Packet::SubAck(answer))) => Ok(Heard::Subscribed(
					answer
						.return_codes
						.iter()
						.all(|code| matches!(code, five::SubscribeReasonCode::Success(_))),
				)),
				Ok(v5::Event::Incoming(five::Packet::Publish(publish))) => Ok(Heard::Message {
					topic: publish.topic.to_vec(),
					payload: publish.payload.to_vec(),
					ack: Box::new(Ack::Five(client.clone(), publish)),
				}),
				Ok(_) => Ok(Heard::Other),
				Err(error) => Err(error.into()),
			},
		}
	}

	/// Subscribes, each time: a broker that lost the session does not say so to MQTT 3.1.1's older servers.
	pub fn subscribe(&self, topic: &str) {
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
	/// Says that the message need not be sent again.
	pub async fn send(self) {
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
