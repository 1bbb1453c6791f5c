//! The emergency card: the ids of one person at her hospitals, on paper, for when nobody can ask her. It is good for
//! opening a break-glass case and for nothing else.
//!
//! It is not signed and never expires, on purpose:
//!
//! - A signature would be needed from each id's key, and so prove to whoever finds the card that the ids belong to one
//!   person, which nothing on the chain says. Without one the card is a note like any other: it can be disowned.
//! - A signature dies with its key. The card has to work when her keys were changed or lost since it was printed.
//! - It would not make the card hers. Whoever carries it may have found or stolen it, signed or not.
//!
//! So an attacker can write a card with somebody else's ids. What he gains is what he would have by telling a doctor the
//! number: she opens a case of the wrong patient, which is told to that patient and reviewed. A doctor therefore compares
//! the name and the birth date in the summary with the person before her, as with a bracelet. Who finds a card learns at
//! which hospitals somebody is known, and ids that only the consortium can look up; no record opens by it. The check bytes
//! are against typing errors and not against him.

use std::collections::BTreeMap;

use codec::{Decode, Encode};
use salus_primitives::{InstitutionId, PatientId};
use sp_io::hashing::blake2_256;

use super::{words, DocumentError, Hash};

/// First letters of an emergency card's text, all of which is in the alphabet of the QR code's alphanumeric mode.
const PREFIX: &str = "SALUSEMERGENCY1:";
const WHAT: &str = "emergency card";
/// What the check bytes are a hash of begins so.
const CHECK_TAG: &[u8] = b"salus/emergency-card/1";
const CHECK_LEN: usize = 4;
/// The most hospitals on one card.
pub const MOST_HOSPITALS: usize = 16;
/// A genesis hash, a length, as many ids as may be, the check bytes.
const MOST_BYTES: usize = 32 + 1 + MOST_HOSPITALS * (4 + 8) + CHECK_LEN;

/// What an emergency card says.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct EmergencyCard {
	/// The genesis hash of the chain.
	pub genesis: Hash,
	/// Her id at each hospital.
	pub ids: BTreeMap<InstitutionId, PatientId>,
}

impl EmergencyCard {
	/// A card with one id on it.
	pub fn new(genesis: Hash, institution: InstitutionId, patient: PatientId) -> Self {
		Self {
			genesis,
			ids: BTreeMap::from([(institution, patient)]),
		}
	}

	/// The card with another id on it, in place of an earlier one at the same hospital; none when it is full.
	pub fn with(mut self, institution: InstitutionId, patient: PatientId) -> Option<Self> {
		self.ids.insert(institution, patient);
		(self.ids.len() <= MOST_HOSPITALS).then_some(self)
	}

	/// Her id at a hospital, or the only one there is.
	pub fn id(&self, institution: Option<InstitutionId>) -> Option<PatientId> {
		match (institution, self.ids.len()) {
			(Some(institution), _) => self.ids.get(&institution).copied(),
			(None, 1) => self.ids.values().next().copied(),
			(None, _) => None,
		}
	}

	/// Whether a text is meant to be one of these.
	pub fn is_one(text: &str) -> bool {
		text.trim_start().starts_with(PREFIX)
	}

	/// The card's text.
	pub fn text(&self) -> String {
		let mut bytes = self.encode();
		bytes.extend(check(&bytes));
		format!("{PREFIX}{}", hex::encode_upper(bytes))
	}

	/// Reads a card's text, in one piece or in groups. Whether there are such patients is the chain's to say.
	///
	/// # Errors
	/// `Malformed`, `OtherChain`
	pub fn read(text: &str, genesis: &Hash) -> Result<Self, DocumentError> {
		let malformed = |reason: &str| DocumentError::Malformed {
			what: WHAT,
			reason: reason.to_string(),
		};
		let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
		let digits = text
			.strip_prefix(PREFIX)
			.ok_or_else(|| malformed("it does not begin with SALUSEMERGENCY1:"))?;
		if digits.len() > 2 * MOST_BYTES {
			return Err(malformed("it is too long"));
		}
		let bytes = words::hex_bytes(digits).map_err(|reason| malformed(&reason))?;
		let (said, checked) = bytes
			.split_last_chunk::<CHECK_LEN>()
			.ok_or_else(|| malformed("it ends too early"))?;
		if *checked != check(said) {
			return Err(malformed("a letter is wrong or missing"));
		}
		let card = Self::decode(&mut &*said).map_err(|_| malformed("it ends too early"))?;
		if card.encode() != said {
			return Err(malformed("its hospitals are not in order, or something follows them"));
		}
		if card.ids.is_empty() || card.ids.len() > MOST_HOSPITALS {
			return Err(malformed("it names no hospital, or too many"));
		}
		if card.genesis != *genesis {
			return Err(DocumentError::OtherChain {
				what: WHAT,
				found: card.genesis,
			});
		}
		Ok(card)
	}
}

/// What shows that a letter was mistyped.
fn check(said: &[u8]) -> [u8; CHECK_LEN] {
	let [a, b, c, d, ..] = blake2_256(&[CHECK_TAG, said].concat());
	[a, b, c, d]
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	const GENESIS: Hash = Hash::repeat_byte(3);

	fn card() -> EmergencyCard {
		EmergencyCard::new(GENESIS, 1, 7).with(0, 12).unwrap()
	}

	/// A card's text over bytes that [`EmergencyCard`] would not write.
	fn written(said: &[u8]) -> String {
		let bytes = [said, &check(said)].concat();
		format!("{PREFIX}{}", hex::encode_upper(bytes))
	}

	fn malformed(text: &str) -> bool {
		matches!(
			EmergencyCard::read(text, &GENESIS),
			Err(DocumentError::Malformed { .. })
		)
	}

	#[test]
	fn a_card_is_read_as_printed() {
		let text = card().text();
		assert_eq!(EmergencyCard::read(&text, &GENESIS).unwrap(), card());
		let (first, rest) = text.split_at(30);
		assert_eq!(
			EmergencyCard::read(&format!(" {first}\n {rest}\n"), &GENESIS).unwrap(),
			card()
		);
		assert!(EmergencyCard::is_one(&text) && !EmergencyCard::is_one("SALUSCARD1:00"));
		assert!(text
			.chars()
			.all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == ':'));
	}

	#[test]
	fn an_id_is_taken_from_a_card_by_its_hospital_or_because_it_is_the_only_one() {
		assert_eq!(card().id(Some(0)), Some(12));
		assert_eq!(card().id(Some(1)), Some(7));
		assert_eq!((card().id(Some(2)), card().id(None)), (None, None));
		assert_eq!(EmergencyCard::new(GENESIS, 4, 9).id(None), Some(9));
		assert_eq!(card().with(1, 8).unwrap().id(Some(1)), Some(8));
	}

	#[test]
	fn a_wrong_letter_is_noticed_wherever_it_is() {
		let text = card().text();
		for position in PREFIX.len()..text.len() {
			let mut changed: Vec<char> = text.chars().collect();
			if let Some(letter) = changed.get_mut(position) {
				*letter = if *letter == '0' { '1' } else { '0' };
			}
			let changed: String = changed.into_iter().collect();
			assert!(malformed(&changed), "letter {position}");
		}
	}

	#[test]
	fn another_chains_card_is_refused() {
		let error = EmergencyCard::read(&card().text(), &Hash::zero()).unwrap_err();
		assert!(matches!(error, DocumentError::OtherChain { found, .. } if found == GENESIS));
	}

	#[test]
	fn a_card_holds_sixteen_hospitals_and_no_more() {
		let full = (1..16).fold(EmergencyCard::new(GENESIS, 0, 0), |card, institution| {
			card.with(institution, PatientId::MAX).unwrap()
		});
		assert_eq!(EmergencyCard::read(&full.text(), &GENESIS).unwrap(), full);
		assert_eq!(full.encode().len() + CHECK_LEN, MOST_BYTES);
		assert!(full.clone().with(15, 1).is_some());
		assert!(full.clone().with(16, 1).is_none());
		let mut ids = full.ids;
		ids.insert(16, 1);
		assert!(malformed(&written(&(GENESIS, ids).encode())));
	}

	#[test]
	fn malformed_text_is_no_emergency_card() {
		let text = card().text();
		let cut = text.get(..text.len() - 2).unwrap_or_default();
		let (unsorted, double, none) = (
			vec![(1u32, 7u64), (0, 12)],
			vec![(1u32, 7u64), (1, 7)],
			Vec::<(u32, u64)>::new(),
		);
		for text in [
			"",
			"hello",
			PREFIX,
			"SALUSEMERGENCY1:XYZ",
			"SALUSEMERGENCY1:00",
			"SALUSCARD1:00",
			cut,
			&format!("{text}00"),
			&written(&(GENESIS, unsorted).encode()),
			&written(&(GENESIS, double).encode()),
			&written(&(GENESIS, none).encode()),
			&written(&[card().encode(), vec![0]].concat()),
			&written(&[]),
		] {
			assert!(malformed(text), "{text}");
		}
	}

	proptest::proptest! {
		#[test]
		fn no_text_is_taken_for_an_emergency_card(text in ".*", bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
			assert!(EmergencyCard::read(&text, &GENESIS).is_err());
			assert!(EmergencyCard::read(&format!("{PREFIX}{}", hex::encode_upper(bytes)), &GENESIS).is_err());
		}
	}
}
