//! The receipt of a permit, kept until the document is there, so that a repeated command doesn't take another use.

use std::path::PathBuf;

use salus_primitives::{InstitutionId, Moment, Purpose, ReceiptId, MINUTE};
use serde::{Deserialize, Serialize};

use crate::sdk::{
	files::{remove, write_json},
	words, Actor, FileError,
};

/// Five minutes less than the desk takes a receipt.
const LIFETIME: Moment = 55 * MINUTE;

/// The kept receipt of one download.
pub(super) struct KeptReceipt {
	path: PathBuf,
	asked: Asked,
}

/// Under what access was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
	requester: String,
	institution: Option<InstitutionId>,
	purpose: Purpose,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
	receipt: ReceiptId,
	#[serde(flatten)]
	asked: Asked,
	until: Moment,
}

impl KeptReceipt {
	/// The place of one download's receipt.
	pub(super) fn new(path: PathBuf, actor: &Actor, purpose: Purpose) -> Self {
		let asked = Asked {
			requester: actor.account.id().to_string(),
			institution: actor.institution,
			purpose,
		};
		Self { path, asked }
	}

	/// The receipt, if it was given for the same question and still counts.
	pub(super) fn read(&self) -> Option<ReceiptId> {
		self.read_at(words::now())
	}

	fn read_at(&self, now: Moment) -> Option<ReceiptId> {
		// One that can't be read costs a use, and nothing else.
		let bytes = std::fs::read(&self.path).ok()?;
		let content: Content = serde_json::from_slice(&bytes).ok()?;
		let counts =
			content.asked == self.asked && now < content.until && content.until <= now.saturating_add(LIFETIME);
		counts.then_some(content.receipt)
	}

	/// Keeps a receipt that was given now.
	pub(super) fn write(&self, receipt: ReceiptId) -> Result<(), FileError> {
		let content = Content {
			receipt,
			asked: self.asked.clone(),
			until: words::now().saturating_add(LIFETIME),
		};
		write_json(&self.path, &content)
	}

	/// Forgets it.
	pub(super) fn forget(&self) -> Result<(), FileError> {
		remove(&self.path)
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Identity;

	fn actor(seed: u8, institution: Option<InstitutionId>) -> Actor {
		Actor {
			account: Identity::from_seed(&[seed; 32]).account().clone(),
			institution,
		}
	}

	#[test]
	fn a_receipt_serves_for_the_same_question_and_not_for_ever() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("receipt.json");
		let of = |actor: Actor, purpose| KeptReceipt::new(path.clone(), &actor, purpose);
		let kept = of(actor(1, Some(1)), Purpose::Treatment);
		assert_eq!(kept.read(), None);
		kept.write(12).unwrap();
		assert_eq!(kept.read(), Some(12));
		for other in [
			of(actor(2, Some(1)), Purpose::Treatment),
			of(actor(1, Some(2)), Purpose::Treatment),
			of(actor(1, None), Purpose::Treatment),
			of(actor(1, Some(1)), Purpose::Research),
		] {
			assert_eq!(other.read(), None);
		}
		let now = words::now();
		assert_eq!(kept.read_at(now + LIFETIME), None);
		// The clock was set back.
		assert_eq!(kept.read_at(now - LIFETIME), None);
		kept.forget().unwrap();
		kept.forget().unwrap();
		assert_eq!(kept.read(), None);
		std::fs::write(&path, "{").unwrap();
		assert_eq!(kept.read(), None);
	}
}
