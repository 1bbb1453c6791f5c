//! A patient's consent to be measured by a device: signed on her machine, given to the ward, which binds the device with it.

use codec::Encode;
use salus_primitives::{wrapped, BindingConsent, Moment, PatientId, BIND_TAG};
use serde::{Deserialize, Serialize};

use super::{
	account::{verify, Account},
	application::decode,
	words, AccountId, DocumentError, Hash, Signature,
};

const WHAT: &str = "consent to a device";

/// The file that a patient or her guardian gives to the ward. The fields beside the signed ones are for people to read and
/// are checked against them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BindingConsentFile {
	/// SCALE of the consent, hex.
	pub consent: String,
	/// SCALE of the signature, hex.
	pub signature: String,
	/// Who signed.
	pub signer: String,
	/// The device.
	pub device: String,
	/// Whom it is to measure.
	pub patient: PatientId,
	/// From when.
	pub starts: Moment,
	/// Until before when.
	pub ends: Moment,
	/// It is void from this time on.
	pub not_after: Moment,
}

/// What whoever signs is told before; `{whom}` is her, or the patient whose guardian she is.
pub fn consent_sentence(consent: &BindingConsent, is_guardian: bool) -> String {
	let whom = if is_guardian { "the patient" } else { "you" };
	format!(
		"Device {} measures {whom}, patient {}, from {} until {}. The ward can use this consent once, until {}; \
		 either side ends the measuring at any time.",
		words::hex(consent.device),
		consent.patient,
		words::show_moment(consent.starts),
		words::show_moment(consent.ends),
		words::show_moment(consent.not_after),
	)
}

impl BindingConsentFile {
	/// Signs a consent.
	pub fn sign(consent: &BindingConsent, account: &Account) -> Self {
		Self {
			consent: words::hex(consent.encode()),
			signature: words::hex(account.sign(&wrapped(BIND_TAG, consent)).encode()),
			signer: account.id().to_string(),
			device: words::hex(consent.device),
			patient: consent.patient,
			starts: consent.starts,
			ends: consent.ends,
			not_after: consent.not_after,
		}
	}

	/// Reads a file's text and checks all of it: shape, signature, chain, and that it is not void at this time.
	///
	/// # Errors
	/// `Malformed`, `BadSignature`, `OtherChain`, `Expired`
	pub fn read(
		text: &str,
		genesis: &Hash,
		now: Moment,
	) -> Result<(BindingConsent, AccountId, Signature), DocumentError> {
		let malformed = |reason: String| DocumentError::Malformed { what: WHAT, reason };
		let file: Self = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
		let consent: BindingConsent = decode(&file.consent).map_err(malformed)?;
		let signature: Signature = decode(&file.signature).map_err(malformed)?;
		let signer = words::account(&file.signer).map_err(malformed)?;
		let readable = (file.device, file.patient, file.starts, file.ends, file.not_after);
		let signed = (
			words::hex(consent.device),
			consent.patient,
			consent.starts,
			consent.ends,
			consent.not_after,
		);
		if readable != signed {
			return Err(malformed("its readable part is not what was signed".into()));
		}
		if !verify(&signer, &wrapped(BIND_TAG, &consent), &signature) {
			return Err(DocumentError::BadSignature { what: WHAT, signer });
		}
		if consent.genesis != *genesis {
			return Err(DocumentError::OtherChain {
				what: WHAT,
				found: consent.genesis,
			});
		}
		if consent.not_after <= now {
			return Err(DocumentError::Expired {
				what: WHAT,
				until: words::show_moment(consent.not_after),
			});
		}
		Ok((consent, signer, signature))
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Identity;

	const GENESIS: Hash = Hash::repeat_byte(1);

	fn consent() -> BindingConsent {
		BindingConsent {
			genesis: GENESIS,
			device: [7; 32],
			number: 2,
			patient: 5,
			starts: 10,
			ends: 20,
			not_after: 15,
		}
	}

	fn signed(consent: &BindingConsent) -> BindingConsentFile {
		BindingConsentFile::sign(consent, Identity::from_seed(&[8; 32]).account())
	}

	fn read(file: &BindingConsentFile, now: Moment) -> Result<(BindingConsent, AccountId, Signature), DocumentError> {
		BindingConsentFile::read(&serde_json::to_string(file).unwrap(), &GENESIS, now)
	}

	#[test]
	fn a_consent_is_read_as_signed_until_it_is_void() {
		let file = signed(&consent());
		let (found, signer, _) = read(&file, 14).unwrap();
		assert_eq!(
			(found, signer),
			(consent(), Identity::from_seed(&[8; 32]).account().id())
		);
		assert!(matches!(read(&file, 15), Err(DocumentError::Expired { .. })));
	}

	#[test]
	fn whoever_signs_is_told_which_device_whom_and_for_how_long() {
		let sentence = consent_sentence(&consent(), false);
		assert!(sentence.contains("measures you, patient 5"), "{sentence}");
		assert!(sentence.contains(&words::hex([7; 32])), "{sentence}");
		assert!(consent_sentence(&consent(), true).contains("the patient, patient 5"));
	}

	#[test]
	fn a_consent_of_another_or_to_something_else_has_its_own_error() {
		let file = signed(&consent());
		let other = Identity::from_seed(&[9; 32]).account().id().to_string();
		let forged = BindingConsentFile {
			signer: other,
			..file.clone()
		};
		assert!(matches!(read(&forged, 0), Err(DocumentError::BadSignature { .. })));
		let elsewhere = BindingConsent {
			genesis: Hash::zero(),
			..consent()
		};
		assert!(matches!(
			read(&signed(&elsewhere), 0),
			Err(DocumentError::OtherChain { .. })
		));
		for broken in [
			BindingConsentFile {
				patient: 6,
				..file.clone()
			},
			BindingConsentFile {
				ends: 21,
				..file.clone()
			},
			BindingConsentFile {
				device: words::hex([8; 32]),
				..file.clone()
			},
			BindingConsentFile {
				signature: "0x00".into(),
				..file.clone()
			},
			BindingConsentFile {
				consent: format!("{}00", file.consent),
				..file
			},
		] {
			assert!(
				matches!(read(&broken, 0), Err(DocumentError::Malformed { .. })),
				"{broken:?}"
			);
		}
	}
}
