//! A patient of the development chain's hospital A.

use crate::{Answer, Node, Salus};
use serde_json::Value;

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
		let (key, _) = salus.key("patient.key");
		let voucher = salus.file("voucher.txt");
		let issue = format!("voucher issue --institution 0 --out {voucher}");
		salus.types_as("//Alice", &issue).ok();
		let answer = salus.types(&format!("--key {key} patient register {voucher}")).ok();
		Self {
			id: text(&answer["patient"]),
			salus,
		}
	}

	/// The same, assigned to the doctor and the nurse of hospital A, who accepted.
	pub fn in_care(node: &Node) -> Self {
		let patient = Self::registered(node);
		for uri in ["//Alice//doctor", "//Alice//nurse"] {
			patient.assigned(uri);
		}
		patient
	}

	/// The administrator assigns her to somebody of hospital A, who accepts.
	pub fn assigned(&self, uri: &str) {
		let (id, practitioner) = (&self.id, account(uri));
		let propose = format!("assign propose --patient {id} --practitioner {practitioner}");
		self.salus.types_as("//Alice//admin", &propose).ok();
		let accept = format!("assign accept --patient {id} --institution 0");
		self.salus.types_as(uri, &accept).ok();
	}

	/// Runs a command line that she signs.
	pub fn types(&self, line: &str) -> Answer {
		self.signs(&line.split_whitespace().collect::<Vec<_>>())
	}

	/// Runs a command that she signs.
	pub fn signs(&self, args: &[&str]) -> Answer {
		self.salus
			.run(&[&["--key", &self.salus.file("patient.key")], args].concat())
	}
}

/// The SS58 address of a development account.
pub fn account(uri: &str) -> String {
	use sp_core::{crypto::Ss58Codec, sr25519, Pair};
	sr25519::Pair::from_string(uri, None).unwrap().public().to_ss58check()
}

/// A number in an answer, however it was written, or a word, as an argument.
pub fn text(value: &Value) -> String {
	value.to_string().trim_matches('"').to_owned()
}
