//! The card a patient shows so that a doctor elsewhere learns her id: signed, and good for five minutes.

use codec::{Decode, Encode};
use salus_primitives::{wrapped, InstitutionId, Moment, PatientId, CARD_TAG, MINUTE};

use super::{
	account::{verify, Account},
	words, AccountId, DocumentError, Hash, Signature,
};

/// How long a card is good.
pub const CARD_LIFETIME: Moment = 5 * MINUTE;

/// First letters of a card's text. All of it is in the alphabet of the QR code's alphanumeric mode.
const PREFIX: &str = "SALUSCARD1:";
/// How far the reader's clock may be behind the patient's.
const LEEWAY: Moment = MINUTE;

/// What a card says.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Card {
	/// The genesis hash of the chain.
	pub genesis: Hash,
	/// The institution that admitted her.
	pub institution: InstitutionId,
	/// Her id there.
	pub patient: PatientId,
	/// Her account, which signed.
	pub controller: AccountId,
	/// The card is void from this time on.
	pub not_after: Moment,
}

impl Card {
	/// The card's text, signed by the patient's account.
	pub fn show(&self, account: &Account) -> String {
		let signature = account.sign(&wrapped(CARD_TAG, self));
		format!("{PREFIX}{}", hex::encode_upper((self, signature).encode()))
	}

	/// Reads a card's text and checks signature, chain and time. Whether the signer is still the patient's controller
	/// is the chain's to say.
	///
	/// # Errors
	/// `Malformed`, `BadSignature`, `OtherChain`, `Expired`, `TooLong`
	pub fn read(text: &str, genesis: &Hash, now: Moment) -> Result<Self, DocumentError> {
		let malformed = |reason: &str| DocumentError::Malformed {
			what: "patient card",
			reason: reason.to_string(),
		};
		let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
		let digits = text
			.strip_prefix(PREFIX)
			.ok_or_else(|| malformed("it does not begin with SALUSCARD1:"))?;
		let bytes = words::hex_bytes(digits).map_err(|reason| malformed(&reason))?;
		let mut input = bytes.as_slice();
		let (card, signature) = <(Self, Signature)>::decode(&mut input).map_err(|_| malformed("it ends too early"))?;
		if !input.is_empty() {
			return Err(malformed("it is too long"));
		}
		if !verify(&card.controller, &wrapped(CARD_TAG, &card), &signature) {
			return Err(DocumentError::BadSignature {
				what: "patient card",
				signer: card.controller,
			});
		}
		if card.genesis != *genesis {
			return Err(DocumentError::OtherChain {
				what: "patient card",
				found: card.genesis,
			});
		}
		if now >= card.not_after {
			let until = words::show_moment(card.not_after);
			return Err(DocumentError::Expired {
				what: "patient card",
				until,
			});
		}
		if card.not_after - now > CARD_LIFETIME + LEEWAY {
			return Err(DocumentError::TooLong { what: "patient card" });
		}
		Ok(card)
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Identity;

	const NOW: Moment = 1_700_000_000_000;

	fn genesis() -> Hash {
		Hash::repeat_byte(3)
	}

	fn card(account: &Account) -> Card {
		Card {
			genesis: genesis(),
			institution: 0,
			patient: 12,
			controller: account.id(),
			not_after: NOW + CARD_LIFETIME,
		}
	}

	fn account() -> Account {
		Identity::from_seed(&[5; 32]).patient(&genesis(), 0, 0).unwrap().account
	}

	#[test]
	fn a_card_is_read_as_shown() {
		let account = account();
		let text = card(&account).show(&account);
		assert_eq!(Card::read(&text, &genesis(), NOW).unwrap(), card(&account));
		assert_eq!(Card::read(&format!(" {text}\n"), &genesis(), NOW).unwrap().patient, 12);
		assert!(text
			.chars()
			.all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == ':'));
	}

	#[test]
	fn a_card_is_void_after_five_minutes() {
		let account = account();
		let text = card(&account).show(&account);
		assert!(Card::read(&text, &genesis(), NOW + CARD_LIFETIME - 1).is_ok());
		assert!(matches!(
			Card::read(&text, &genesis(), NOW + CARD_LIFETIME),
			Err(DocumentError::Expired { .. })
		));
	}

	#[test]
	fn a_card_is_not_good_for_longer() {
		let account = account();
		let long = Card {
			not_after: NOW + 2 * CARD_LIFETIME,
			..card(&account)
		};
		assert!(matches!(
			Card::read(&long.show(&account), &genesis(), NOW),
			Err(DocumentError::TooLong { .. })
		));
		// The whole range of times is read without overflow.
		let endless = Card {
			not_after: u64::MAX,
			..card(&account)
		};
		assert!(matches!(
			Card::read(&endless.show(&account), &genesis(), 0),
			Err(DocumentError::TooLong { .. })
		));
	}

	#[test]
	fn any_change_is_noticed() {
		let account = account();
		let text = card(&account).show(&account);
		for position in PREFIX.len()..text.len() {
			let mut changed: Vec<char> = text.chars().collect();
			if let Some(letter) = changed.get_mut(position) {
				*letter = if *letter == '0' { '1' } else { '0' };
			}
			let changed: String = changed.into_iter().collect();
			assert!(Card::read(&changed, &genesis(), NOW).is_err(), "letter {position}");
		}
	}

	#[test]
	fn another_chains_card_is_refused() {
		let account = account();
		let text = card(&account).show(&account);
		assert!(matches!(
			Card::read(&text, &Hash::zero(), NOW),
			Err(DocumentError::OtherChain { .. })
		));
	}

	#[test]
	fn a_card_signed_by_somebody_else_is_refused() {
		let account = account();
		let other = Identity::development("//Bob").unwrap();
		let text = card(&account).show(other.account());
		assert!(matches!(
			Card::read(&text, &genesis(), NOW),
			Err(DocumentError::BadSignature { .. })
		));
	}

	#[test]
	fn malformed_text_is_no_card() {
		let account = account();
		let text = card(&account).show(&account);
		let cut = text.get(..text.len() - 2).unwrap_or_default().to_string();
		for text in [
			"",
			"hello",
			"SALUSCARD1:",
			"SALUSCARD1:XYZ",
			"SALUSCARD1:00",
			&cut,
			&format!("{text}00"),
		] {
			assert!(
				matches!(Card::read(text, &genesis(), NOW), Err(DocumentError::Malformed { .. })),
				"{text}"
			);
		}
	}

	proptest::proptest! {
		#[test]
		fn no_text_is_taken_for_a_card(text in ".*", bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
			assert!(Card::read(&text, &genesis(), NOW).is_err());
			assert!(Card::read(&format!("{PREFIX}{}", hex::encode_upper(bytes)), &genesis(), NOW).is_err());
		}
	}
}
