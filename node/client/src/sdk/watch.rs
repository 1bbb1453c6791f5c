//! Word of a practitioner's slots as finalised blocks have them otherwise.

use salus_primitives::{Moment, Period, Slot, SlotState, DAY};
use serde_json::Value;
use subxt::rpcs::client::{RpcParams, RpcSubscription};

use super::{client::broken, words, AccountId, Client, ConnectionError};

/// The longest time that is watched at once.
pub const LONGEST_WATCHED: Moment = 7 * DAY;

/// A practitioner's slots at a finalised block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
	/// The block's number.
	pub block: u64,
	/// All of them, in the order of time; holds that have lapsed are free.
	pub slots: Vec<Slot>,
}

/// A subscription to a practitioner's slots; it ends when it is dropped.
pub struct AvailabilityWatch(RpcSubscription<Value>);

impl Client {
	/// Subscribes to a practitioner's slots in a time of up to [`LONGEST_WATCHED`].
	///
	/// # Errors
	/// `Answered` with the node's error, `Broken`
	pub async fn watch_availability(
		&self,
		practitioner: &AccountId,
		period: Period,
	) -> Result<AvailabilityWatch, ConnectionError> {
		let mut params = RpcParams::new();
		params.push(practitioner.to_string()).map_err(broken)?;
		for moment in [period.start, period.end] {
			params.push(moment).map_err(broken)?;
		}
		let method = "appointments_subscribeAvailability";
		let subscription = self.subscribe(method, params, "appointments_unsubscribeAvailability");
		Ok(AvailabilityWatch(subscription.await?))
	}
}

impl AvailabilityWatch {
	/// How they are, the first time; then how they are whenever that is otherwise.
	///
	/// # Errors
	/// `Broken` once the node ends it, `Unreadable`
	pub async fn next(&mut self) -> Result<Availability, ConnectionError> {
		let ended = || ConnectionError::Broken("the node ended the subscription".into());
		let message = self.0.next().await.ok_or_else(ended)?.map_err(broken)?;
		read(&message).ok_or_else(|| ConnectionError::Unreadable {
			what: "appointments_availabilityChanged".into(),
			reason: "it is no list of slots".into(),
		})
	}
}

fn read(message: &Value) -> Option<Availability> {
	let slots = message.get("slots")?.as_array()?;
	Some(Availability {
		block: words::number_of(message.get("block")?)?,
		slots: slots.iter().map(slot).collect::<Option<_>>()?,
	})
}

fn slot(shown: &Value) -> Option<Slot> {
	let number = |object: &Value, name: &str| words::number_of(object.get(name)?);
	let state = shown.get("state")?;
	Some(Slot {
		period: Period::new(number(shown, "start")?, number(shown, "end")?),
		institution: number(shown, "institution")?.try_into().ok()?,
		state: match state.get("type")?.as_str()? {
			"Free" => SlotState::Free,
			"BusyTentative" => SlotState::BusyTentative {
				patient: number(state, "patient")?,
				until: number(state, "until")?,
			},
			"Busy" => SlotState::Busy(number(state, "appointment")?),
			"BusyUnavailable" => SlotState::BusyUnavailable,
			_ => return None,
		},
	})
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use serde_json::json;

	#[test]
	fn slots_are_read_as_the_node_shows_them() {
		let one = |state: Value| json!({ "start": 60_000, "end": 120_000, "institution": 3, "state": state });
		let message = |state: Value| json!({ "block": 7, "hash": "0x00", "slots": [one(state)], "cursor": "c" });
		let held = SlotState::BusyTentative {
			patient: u64::MAX,
			until: 5,
		};
		for (shown, state) in [
			(json!({ "type": "Free" }), SlotState::Free),
			(json!({ "type": "Busy", "appointment": 4 }), SlotState::Busy(4)),
			(json!({ "type": "BusyUnavailable" }), SlotState::BusyUnavailable),
			(
				json!({ "type": "BusyTentative", "patient": u64::MAX.to_string(), "until": 5 }),
				held,
			),
		] {
			let slot = Slot {
				period: Period::new(60_000, 120_000),
				institution: 3,
				state,
			};
			let slots = vec![slot];
			assert_eq!(read(&message(shown)), Some(Availability { block: 7, slots }));
		}
		for wrong in [json!({ "type": "Gone" }), json!({ "type": "Busy" }), json!(null)] {
			assert_eq!(read(&message(wrong)), None);
		}
	}
}
