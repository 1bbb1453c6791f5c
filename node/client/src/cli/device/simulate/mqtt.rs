//! Readings to the gateway's broker over MQTT 3.1.1 or 5: one message each, `<prefix>/<device>/readings`, QoS 1, not
//! retained. The broker's acknowledgement says that it has the message; the gateway takes it from there.

use std::{path::Path, time::Duration};

use rumqttc::{
	v5,
	v5::mqttbytes::v5::{self as five, PubAckReason},
	AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS, Transport,
};
use salus_primitives::DeviceKey;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::{
	sender::{Failed, Outcome},
	TOGETHER,
};
use crate::sdk::{broker_transport, BrokerError};

const ANSWERS_WITHIN: Duration = Duration::from_secs(30);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The version of MQTT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
	Three,
	Five,
}

/// A broker.
pub(super) struct Broker {
	pub(super) url: String,
	place: (String, u16),
	transport: Transport,
	device: String,
	password: Zeroizing<String>,
	topic: String,
	version: Version,
	link: Option<Link>,
}

/// A connection, in either version.
enum Link {
	Three(AsyncClient, Box<EventLoop>),
	Five(v5::AsyncClient, Box<v5::EventLoop>),
}

impl Broker {
	pub(super) fn new(
		url: &str,
		place: (String, u16),
		ca: Option<&Path>,
		device: &DeviceKey,
		password: Zeroizing<String>,
		prefix: &str,
		version: Version,
	) -> Result<Self, BrokerError> {
		let device = hex::encode(device);
		Ok(Self {
			url: url.to_string(),
			place,
			transport: broker_transport(ca)?,
			topic: format!("{prefix}/{device}/readings"),
			device,
			password,
			version,
			link: None,
		})
	}

	/// Publishes readings, and waits until the broker has each. After a failure the next one connects anew.
	pub(super) async fn send(&mut self, readings: &[Vec<u8>]) -> Result<Vec<Outcome>, Failed> {
		let mut link = match self.link.take() {
			Some(link) => link,
			None => self.connect(),
		};
		let sent = timeout(ANSWERS_WITHIN, link.publish(&self.topic, readings)).await;
		let late = |_| {
			Failed::Now(format!(
				"the broker did not answer within {} s",
				ANSWERS_WITHIN.as_secs()
			))
		};
		let outcomes = sent.map_err(late)?.map_err(Failed::Now)?;
		self.link = Some(link);
		Ok(outcomes)
	}

	fn connect(&self) -> Link {
		let (host, port) = &self.place;
		let name = format!("salus-{}", self.device.get(..16).unwrap_or_default());
		match self.version {
			Version::Three => {
				let mut options = MqttOptions::new(name, host, *port);
				options
					.set_keep_alive(KEEP_ALIVE)
					.set_credentials(self.device.as_str(), self.password.as_str())
					.set_transport(self.transport.clone());
				let (client, events) = AsyncClient::new(options, TOGETHER);
				Link::Three(client, Box::new(events))
			}
			Version::Five => {
				let mut options = v5::MqttOptions::new(name, host, *port);
				options
					.set_keep_alive(KEEP_ALIVE)
					.set_credentials(self.device.as_str(), self.password.as_str())
					.set_transport(self.transport.clone());
				let (client, events) = v5::AsyncClient::new(options, TOGETHER);
				Link::Five(client, Box::new(events))
			}
		}
	}
}

impl Link {
	async fn publish(&mut self, topic: &str, readings: &[Vec<u8>]) -> Result<Vec<Outcome>, String> {
		for reading in readings {
			match self {
				Self::Three(client, _) => client
					.try_publish(topic, QoS::AtLeastOnce, false, reading.clone())
					.map_err(|error| error.to_string())?,
				Self::Five(client, _) => client
					.try_publish(topic, v5::mqttbytes::QoS::AtLeastOnce, false, reading.clone())
					.map_err(|error| error.to_string())?,
			}
		}
		// Acknowledgements come in the order of messages.
		let mut outcomes = Vec::with_capacity(readings.len());
		while outcomes.len() < readings.len() {
			outcomes.extend(self.next().await?);
		}
		Ok(outcomes)
	}

	/// What the broker says next, if it is about a message.
	async fn next(&mut self) -> Result<Option<Outcome>, String> {
		match self {
			Self::Three(_, events) => match events.poll().await {
				Ok(Event::Incoming(Packet::PubAck(_))) => Ok(Some(Outcome::Kept)),
				Ok(_) => Ok(None),
				Err(error) => Err(BrokerError::from(error).to_string()),
			},
			Self::Five(_, events) => match events.poll().await {
				Ok(v5::Event::Incoming(five::Packet::PubAck(ack))) => Ok(Some(taken(ack.reason))),
				Ok(_) => Ok(None),
				Err(error) => Err(BrokerError::from(error).to_string()),
			},
		}
	}
}

/// What a broker's reason means. That nobody subscribes is not seen as taken: the gateway keeps no session there.
fn taken(reason: PubAckReason) -> Outcome {
	match reason {
		PubAckReason::Success => Outcome::Kept,
		PubAckReason::NoMatchingSubscribers | PubAckReason::QuotaExceeded => {
			Outcome::Later(format!("{reason:?} at the broker"))
		}
		other => Outcome::Refused(format!("{other:?}")),
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn a_broker_that_has_no_subscriber_is_tried_again_and_one_that_forbids_is_not() {
		assert_eq!(taken(PubAckReason::Success), Outcome::Kept);
		assert!(matches!(taken(PubAckReason::NoMatchingSubscribers), Outcome::Later(_)));
		assert_eq!(
			taken(PubAckReason::NotAuthorized),
			Outcome::Refused("NotAuthorized".into())
		);
	}

	#[tokio::test]
	async fn a_broker_that_is_not_there_is_a_failure_that_may_pass() {
		// A port that was free a moment ago.
		let port = std::net::TcpListener::bind("127.0.0.1:0")
			.unwrap()
			.local_addr()
			.unwrap()
			.port();
		for version in [Version::Three, Version::Five] {
			let place = ("127.0.0.1".to_string(), port);
			let token = Zeroizing::new("x".to_string());
			let mut broker = Broker::new("mqtt://127.0.0.1", place, None, &[7; 32], token, "salus", version).unwrap();
			assert!(matches!(broker.send(&[vec![1]]).await, Err(Failed::Now(_))));
			assert!(broker.link.is_none());
		}
	}
}
