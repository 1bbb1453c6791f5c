//! A device that measures a patient.

use crate::{text, Patient};

/// A device of hospital A, bound to a patient.
pub struct Worn {
	/// Its key, 64 hexadecimal digits.
	pub id: String,
	/// The file of its key.
	pub key: String,
	/// The file that opens the codes that it is committed to.
	pub codes: String,
	/// Its binding to her.
	pub binding: u64,
}

impl Patient {
	/// She wears a device of this name: provisioned by hospital A on its own claim to these codes, and bound by the nurse with
	/// her consent.
	pub fn wears(&self, name: &str, codes: &[&str]) -> Worn {
		let salus = &self.salus;
		let [key, claim, salts, consent] =
			["key", "claim", "salts", "consent"].map(|end| salus.file(&format!("{name}.{end}")));
		let made = salus.types(&format!("device key new --out {key}")).ok();
		let id = text(&made["device"]).trim_start_matches("0x").to_owned();
		let reports = codes.join(",");
		let claims = format!("--key {key} device claim --institution 0 --code {reports} --out {claim} --salts {salts}");
		salus.types(&claims).ok();
		let provision = format!("device provision {claim}");
		salus.types_as("//Alice//admin", &provision).ok();
		let consents = format!(
			"device consent-statement --patient {} --device {id} --for 1d --out {consent}",
			self.id
		);
		self.types(&consents).ok();
		let bound = salus.types_as("//Alice//nurse", &format!("device bind {consent}")).ok();
		Worn {
			id,
			key,
			codes: salts,
			binding: text(&bound["binding"]).parse().unwrap(),
		}
	}
}
