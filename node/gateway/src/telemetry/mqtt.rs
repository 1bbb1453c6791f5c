//! Readings over MQTT 3.1.1 or 5, from the hospital's broker. A message is acknowledged once its reading is on the disk or
//! refused, in the order in which messages came; the broker sends again what a crash took with it.

use std::{sync::Arc, time::Duration};

use tokio::{
	sync::{mpsc, oneshot, watch},
	time::sleep,
};

use super::{
	link::{Ack, Heard, Link, ACKS},
	DeviceId, Intake, Kept, Refusal,
};
use crate::{config::Mqtt, metrics::Metrics, GatewayError};

/// Before a broker that went away is tried again, and before a reading is handed in again.
const PAUSE: Duration = Duration::from_secs(2);

/// A message whose reading was handed in.
struct Taken {
	outcome: oneshot::Receiver<Result<Kept, Refusal>>,
	ack: Box<Ack>,
}

/// Takes readings from a broker until told to end.
///
/// # Errors
/// `Secret`, `Broker`: what the configuration names cannot be read. A broker that is away is waited for.
pub async fn listen(
	config: Mqtt,
	intake: Intake,
	metrics: Arc<Metrics>,
	mut end: watch::Receiver<bool>,
) -> Result<(), GatewayError> {
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
			Ok(Heard::Subscribed(true)) => metrics.broker(Ok(())),
			Ok(Heard::Subscribed(false)) => {
				metrics.broker(Err("NotPermitted"));
				tracing::error!(
					"the broker does not let the gateway's user read {topic}: see `salus-gateway telemetry broker --acl`"
				);
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
						let refusal = Refusal::UnknownDevice;
						metrics.reading(Err(refusal.name()));
						let _gone = answer.send(Err(refusal));
					}
				}
				if taken.send(Taken { outcome, ack }).await.is_err() {
					break;
				}
			}
			Ok(Heard::Other) => {}
			Err(error) => {
				metrics.broker(Err(error.name()));
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

/// Hands a reading in until it is kept or refused; while there is no room the broker keeps what follows. What waits for one
/// device's sake would keep every other's from being acknowledged: it is dropped, or waits on the disk.
async fn hand_in(intake: Intake, device: DeviceId, payload: Vec<u8>, answer: oneshot::Sender<Result<Kept, Refusal>>) {
	loop {
		match intake.take(device, payload.clone()).await {
			Err(Refusal::NotKept) if intake.is_closed() => return,
			Err(refusal) if refusal.passes() && !refusal.is_of_one_device() => sleep(PAUSE).await,
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
