//! What is offered to whoever waits for an appointment, for whoever tells her.

use codec::Decode;
use salus_primitives::{AppointmentId, Moment, Offer, PatientId, Wish};
use serde_json::json;

use super::{client::broken, storage_key::waiting_prefix, words, AccountId, At, Client, ConnectionError, Hash};

/// An offer of a time that is held for her.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
	/// To whom.
	pub patient: PatientId,
	/// The proposed appointment.
	pub appointment: AppointmentId,
	/// The time, and until when it can be accepted.
	pub offer: Offer,
}

impl Client {
	/// The offers that a block's events make. The trail has none of them.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub async fn offers_made(&self, block: &At) -> Result<Vec<Offered>, ConnectionError> {
		let mut made = Vec::new();
		let events = block.events().fetch().await.map_err(broken)?;
		for event in events.iter() {
			let event = event.map_err(broken)?;
			if (event.pallet_name(), event.event_name()) == ("Appointments", "Offered") {
				made.push(read(event.field_bytes())?);
			}
		}
		Ok(made)
	}

	/// The offers that stand at a block and can be accepted then.
	///
	/// # Errors
	/// `Broken`, `Unreadable`, `Young` for the genesis
	pub async fn offers_open(&self, block: Hash) -> Result<Vec<Offered>, ConnectionError> {
		let now = self.time_at(block).await?;
		let at = json!(words::hex(block));
		let keys = self.keys_under(&waiting_prefix(), &at).await?;
		let lists: Vec<Option<Vec<Wish>>> = self.values_at("a waiting list", &keys, &at).await?;
		let wishes = lists.into_iter().flatten().flatten();
		Ok(wishes.filter_map(|wish| open(&wish, now)).collect())
	}
}

fn open(wish: &Wish, now: Moment) -> Option<Offered> {
	Some(Offered {
		patient: wish.patient,
		appointment: wish.appointment,
		offer: wish.live_offer(now)?,
	})
}

/// The event's fields, of which the first is whose slots they are.
fn read(mut fields: &[u8]) -> Result<Offered, ConnectionError> {
	let read = <(AccountId, PatientId, AppointmentId, Offer)>::decode(&mut fields);
	let (_, patient, appointment, offer) = read.map_err(|_| ConnectionError::Unreadable {
		what: "the event Appointments.Offered".into(),
		reason: "it does not decode".into(),
	})?;
	Ok(Offered {
		patient,
		appointment,
		offer,
	})
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]

	use codec::Encode;
	use salus_primitives::{Period, Priority};

	use super::*;

	const OFFER: Offer = Offer {
		period: Period { start: 20, end: 30 },
		until: 15,
	};

	#[test]
	fn an_event_says_to_whom_what_is_offered() {
		let event = (AccountId::from([1; 32]), 7u64, 3u64, OFFER).encode();
		let made = Offered {
			patient: 7,
			appointment: 3,
			offer: OFFER,
		};
		assert_eq!(read(&event).unwrap(), made);
		let short = read(event.get(..40).unwrap());
		assert!(matches!(short, Err(ConnectionError::Unreadable { .. })), "{short:?}");
	}

	#[test]
	fn an_offer_that_lapsed_is_none() {
		let wish = Wish {
			appointment: 3,
			patient: 7,
			institution: 0,
			displaced: false,
			priority: Priority::ALL[0],
			since: 1,
			wanted: OFFER.period,
			length: 10,
			offer: Some(OFFER),
		};
		assert_eq!(open(&wish, 14).unwrap().offer, OFFER);
		assert_eq!(open(&wish, 15), None);
		assert_eq!(open(&Wish { offer: None, ..wish }, 14), None);
	}
}
