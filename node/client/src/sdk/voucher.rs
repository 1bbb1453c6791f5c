//! The voucher in a patient's letter: a hospital's signed invitation with the one-time secret that redeems it.

use codec::{Decode, Encode};
use ed25519_dalek::SigningKey;
use salus_primitives::{wrapped, InstitutionId, Moment, Terms, Voucher, VOUCHER_LIFETIME, VOUCHER_TAG};
use sp_io::hashing::blake2_256;
use zeroize::Zeroizing;

use super::{
	account::{verify, Account},
	words, AccountId, DocumentError, Hash, KeyError, Signature,
};

const WHAT: &str = "voucher";
const PREFIX: &str = "SALUSVOUCHER1:";

/// What stands in the letter. Whoever has it can register in the patient's place, so it travels in nothing else.
pub struct VoucherLetter {
	/// The voucher.
	pub voucher: Voucher,
	/// The officer who signed it.
	pub officer: AccountId,
	/// Her signature.
	pub signature: Signature,
	/// The one-time key's secret.
	pub secret: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for VoucherLetter {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("VoucherLetter")
			.field("voucher", &self.voucher)
			.finish_non_exhaustive()
	}
}

impl VoucherLetter {
	/// Writes a voucher of the officer's institution under its published admission terms.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn issue(
		genesis: Hash,
		institution: InstitutionId,
		terms: &Terms,
		not_after: Moment,
		officer: &Account,
	) -> Result<Self, KeyError> {
		let mut secret = Zeroizing::new([0; 32]);
		getrandom::fill(secret.as_mut()).map_err(|_| KeyError::NoRandomness)?;
		let voucher = Voucher {
			genesis,
			institution,
			terms: Hash::from(terms.using_encoded(blake2_256)),
			key: SigningKey::from_bytes(&secret).verifying_key().to_bytes(),
			not_after,
		};
		let signature = officer.sign(&wrapped(VOUCHER_TAG, &voucher));
		Ok(Self {
			voucher,
			officer: officer.id(),
			signature,
			secret,
		})
	}

	/// The letter's text, in the alphabet of the QR code's alphanumeric mode.
	pub fn text(&self) -> Zeroizing<String> {
		let bytes = Zeroizing::new((&self.voucher, &self.officer, &self.signature, *self.secret).encode());
		let digits = Zeroizing::new(hex::encode_upper(&*bytes));
		Zeroizing::new(format!("{PREFIX}{}", *digits))
	}

	/// Reads a letter's text and checks what can be checked without the chain: shape, key, signature, chain, time.
	///
	/// # Errors
	/// `Malformed`, `BadSignature`, `OtherChain`, `Expired`, `TooLong`
	pub fn read(text: &str, genesis: &Hash, now: Moment) -> Result<Self, DocumentError> {
		let malformed = |reason: &str| DocumentError::Malformed {
			what: WHAT,
			reason: reason.to_string(),
		};
		let text: Zeroizing<String> = Zeroizing::new(text.chars().filter(|letter| !letter.is_whitespace()).collect());
		let digits = text
			.strip_prefix(PREFIX)
			.ok_or_else(|| malformed("it does not begin with SALUSVOUCHER1:"))?;
		let bytes = Zeroizing::new(words::hex_bytes(digits).map_err(|reason| malformed(&reason))?);
		let mut input = bytes.as_slice();
		let (voucher, officer, signature, secret) = <(Voucher, AccountId, Signature, [u8; 32])>::decode(&mut input)
			.map_err(|_| malformed("it ends too early"))?;
		let letter = Self {
			voucher,
			officer,
			signature,
			secret: Zeroizing::new(secret),
		};
		if !input.is_empty() {
			return Err(malformed("it is too long"));
		}
		if letter.one_time_key().verifying_key().to_bytes() != letter.voucher.key {
			return Err(malformed("its secret is not the voucher's"));
		}
		if !verify(
			&letter.officer,
			&wrapped(VOUCHER_TAG, &letter.voucher),
			&letter.signature,
		) {
			return Err(DocumentError::BadSignature {
				what: WHAT,
				signer: letter.officer,
			});
		}
		if letter.voucher.genesis != *genesis {
			return Err(DocumentError::OtherChain {
				what: WHAT,
				found: letter.voucher.genesis,
			});
		}
		if now >= letter.voucher.not_after {
			return Err(DocumentError::Expired {
				what: WHAT,
				until: words::show_moment(letter.voucher.not_after),
			});
		}
		if letter.voucher.not_after - now > VOUCHER_LIFETIME {
			return Err(DocumentError::TooLong { what: WHAT });
		}
		Ok(letter)
	}

	pub(crate) fn one_time_key(&self) -> SigningKey {
		SigningKey::from_bytes(&self.secret)
	}

	/// Whether these are the terms the voucher was written under.
	pub fn names(&self, terms: &Terms) -> bool {
		self.voucher.terms.0 == terms.using_encoded(blake2_256)
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{registration::tests::terms, Identity};
	use salus_primitives::DAY;

	const NOW: Moment = 1_700_000_000_000;

	fn genesis() -> Hash {
		Hash::repeat_byte(1)
	}

	fn letter(not_after: Moment) -> VoucherLetter {
		let officer = Identity::development("//Alice").unwrap();
		VoucherLetter::issue(genesis(), 0, &terms(), not_after, officer.account()).unwrap()
	}

	#[test]
	fn a_letter_is_read_as_written() {
		let letter = letter(NOW + DAY);
		let read = VoucherLetter::read(&letter.text(), &genesis(), NOW).unwrap();
		assert_eq!(read.voucher, letter.voucher);
		assert_eq!(*read.secret, *letter.secret);
		assert!(read.names(&terms()));
		assert!(!read.names(&Terms {
			uses: Some(1),
			..terms()
		}));
	}

	#[test]
	fn each_letter_has_a_key_of_its_own() {
		assert_ne!(letter(NOW).voucher.key, letter(NOW).voucher.key);
	}

	#[test]
	fn a_wrong_letter_has_its_own_error() {
		let text = letter(NOW + DAY).text();
		let read = |text: &str, genesis: Hash, now: Moment| VoucherLetter::read(text, &genesis, now).unwrap_err();
		assert!(matches!(
			read(&text, Hash::zero(), NOW),
			DocumentError::OtherChain { .. }
		));
		assert!(matches!(
			read(&text, genesis(), NOW + DAY),
			DocumentError::Expired { .. }
		));
		assert!(matches!(
			read(&letter(NOW + VOUCHER_LIFETIME + 1).text(), genesis(), NOW),
			DocumentError::TooLong { .. }
		));
		let cut = text.get(..text.len() - 2).unwrap_or_default().to_string();
		for text in ["", "SALUSCARD1:00", "SALUSVOUCHER1:", &cut, &format!("{}00", *text)] {
			assert!(
				matches!(read(text, genesis(), NOW), DocumentError::Malformed { .. }),
				"{text}"
			);
		}
	}

	#[test]
	fn another_secret_or_officer_is_noticed() {
		let mut letter = letter(NOW + DAY);
		letter.secret = Zeroizing::new([1; 32]);
		assert!(matches!(
			VoucherLetter::read(&letter.text(), &genesis(), NOW),
			Err(DocumentError::Malformed { .. })
		));
		let mut letter = self::letter(NOW + DAY);
		letter.officer = Identity::development("//Bob").unwrap().account().id();
		assert!(matches!(
			VoucherLetter::read(&letter.text(), &genesis(), NOW),
			Err(DocumentError::BadSignature { .. })
		));
	}

	#[test]
	fn the_secret_is_not_printed() {
		let letter = letter(NOW);
		assert!(!format!("{letter:?}").contains("secret"));
	}

	proptest::proptest! {
		#[test]
		fn no_text_is_taken_for_a_letter(text in ".*", bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
			assert!(VoucherLetter::read(&text, &genesis(), NOW).is_err());
			assert!(VoucherLetter::read(&format!("{PREFIX}{}", hex::encode_upper(bytes)), &genesis(), NOW).is_err());
		}
	}
}
