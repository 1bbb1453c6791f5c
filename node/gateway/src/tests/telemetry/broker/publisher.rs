//! A device that stays at a broker and is there again after whatever happens to its connection.

use rumqttc::{v5::MqttOptions, NetworkOptions};

use super::*;

/// Before it connects again.
const PAUSE: Duration = Duration::from_millis(100);

/// Somebody who publishes at least once, in a session that outlives her connections. What the broker answers is heard
/// even while nobody waits for it.
pub struct Publisher {
	client: v5::AsyncClient,
	published: usize,
	acknowledged: watch::Receiver<usize>,
}

impl Publisher {
	pub(super) fn start(mut options: MqttOptions) -> Self {
		// A message is a packet: whoever waits for its acknowledgement does not wait for the next one.
		let mut network = NetworkOptions::new();
		network.set_tcp_nodelay(true);
		options
			.set_network_options(network)
			.set_clean_start(false)
			.set_session_expiry_interval(Some(3_600))
			.set_keep_alive(COMES);
		let (client, mut events) = v5::AsyncClient::new(options, 1_000);
		let (count, acknowledged) = watch::channel(0);
		tokio::spawn(async move {
			loop {
				match events.poll().await {
					Ok(Event::Incoming(Packet::PubAck(ack))) => {
						assert_eq!(ack.reason, PubAckReason::Success);
						count.send_modify(|count| *count += 1);
					}
					Ok(_) => {}
					Err(ConnectionError::RequestsDone) => return,
					Err(_) => sleep(PAUSE).await,
				}
			}
		});
		Self {
			client,
			published: 0,
			acknowledged,
		}
	}

	/// Returns once the broker has acknowledged all that was ever published. May be given up at any time: what was published
	/// stays so.
	pub async fn publish(&mut self, topic: &str, messages: &[Vec<u8>]) {
		for payload in messages {
			self.client
				.try_publish(topic, QoS::AtLeastOnce, false, payload.clone())
				.unwrap();
			self.published += 1;
		}
		let all = self.acknowledged.wait_for(|count| *count == self.published);
		timeout(COMES, all).await.expect("the broker answers").unwrap();
	}
}
