//! A patient of the development chain's hospital A.

use crate::{Node, Salus};

/// A patient with keys and a client of her own.
pub struct Patient {
	/// Her id.
	pub id: String,
	/// Her client.
	pub salus: Salus,
}

impl Patient {
	/// Registers herself at hospital A with a voucher of its officer.
	pub fn registered(node: &Node) -> Self {
		let salus = Salus::new(node);
		let (key, voucher) = (salus.file("patient.key"), salus.file("voucher.txt"));
		salus.run(&["key", "new", "--out", &key, "--label", "patient"]).ok();
		salus
			.run_as(
				"//Alice",
				&["voucher", "issue", "--institution", "0", "--out", &voucher],
			)
			.ok();
		let answer = salus.run(&["--key", &key, "patient", "register", &voucher]).ok();
		Self {
			id: answer["patient"].to_string().trim_matches('"').to_owned(),
			salus,
		}
	}

	/// The same, assigned to the doctor and the nurse of hospital A, who accepted.
	pub fn in_care(node: &Node) -> Self {
		let patient = Self::registered(node);
		for uri in ["//Alice//doctor", "//Alice//nurse"] {
			patient.assign(uri);
		}
		patient
	}

	fn assign(&self, uri: &str) {
		let practitioner = account(uri);
		let patient = ["--patient", &self.id];
		let propose = [&["assign", "propose", "--practitioner", &practitioner], &patient[..]].concat();
		self.salus.run_as("//Alice//admin", &propose).ok();
		let accept = [&["assign", "accept", "--institution", "0"], &patient[..]].concat();
		self.salus.run_as(uri, &accept).ok();
	}

	/// Runs a command that she signs.
	pub fn signs(&self, args: &[&str]) -> crate::Answer {
		self.salus
			.run(&[&["--key", &self.salus.file("patient.key")], args].concat())
	}
}

/// The SS58 address of a development account.
pub fn account(uri: &str) -> String {
	use sp_core::{crypto::Ss58Codec, sr25519, Pair};
	sr25519::Pair::from_string(uri, None).unwrap().public().to_ss58check()
}
