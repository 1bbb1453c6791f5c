//! What to do about an error or a refusal of the chain.

use salus_primitives::{Basis, Decision, Reason};

/// What a pallet's error means and what to do about it: the pallet's own words, which the metadata carries.
pub fn explain(pallet: &str, error: &str, docs: &[String]) -> String {
	let words = docs
		.iter()
		.map(|line| line.trim())
		.filter(|line| !line.is_empty())
		.collect::<Vec<_>>()
		.join(" ");
	if words.is_empty() {
		format!(
			"see `{error}` in the errors of pallets/{}/README.md",
			pallet.to_lowercase()
		)
	} else {
		words.trim_end_matches('.').to_string()
	}
}

/// What a requester does after a refusal.
pub fn after_refusal(reason: Reason) -> &'static str {
	match reason {
		Reason::Unknown =>
			"you have no standing there: name the institution you work for with --institution, or apply to it (salus apply)",
		Reason::Inactive => "your credential or its institution doesn't count now: see salus credential show",
		Reason::Unavailable => "the record is closed: see salus record show",
		Reason::RoleForbids => "your role may never do this",
		Reason::Refused | Reason::Sealed | Reason::NoGrant =>
			"ask for consent: salus consent ask --patient <id> --institution <id> --purpose <purpose> --category <category>",
		Reason::Revoked | Reason::Expired | Reason::Exhausted => "the consent is over; ask again: salus consent ask",
		Reason::ActionMismatch => "the consent is for other actions; ask for this one: salus consent ask --action",
		Reason::PurposeMismatch => "the consent is for other purposes; use one of those, or ask: salus consent ask --purpose",
		Reason::CategoryMismatch => "the consent is for other categories; ask for this one: salus consent ask --category",
		Reason::RecordMismatch => "the consent is for other records; ask for this one: salus consent ask --record",
		Reason::OutsideDateRange => "the consent covers another span of dates; ask for this one: salus consent ask",
		Reason::CompartmentMismatch => "the record is in a drawer that the consent doesn't name; ask the patient",
	}
}

/// The rule of the decision engine that gave an answer, and what it says.
pub fn rule(decision: Decision) -> (&'static str, &'static str) {
	match decision {
		Decision::Permit(Basis::Subject) => ("2", "she is the patient"),
		Decision::Permit(Basis::Guardian) => ("2", "she is the patient's guardian"),
		Decision::Permit(Basis::BreakGlass(_)) => ("4", "a break-glass case is open"),
		Decision::Permit(Basis::Author) => ("6", "she wrote the record and works for its custodian"),
		Decision::Permit(Basis::Assignment) => ("6", "she is assigned to the patient and may write"),
		Decision::Permit(Basis::Grant(_)) => ("7", "a grant of the patient allows it"),
		Decision::Deny(reason) => match reason {
			Reason::Unknown => (
				"1",
				"she is neither the patient nor has a credential at the institution named",
			),
			Reason::Inactive => (
				"1",
				"her credential, or the institution, is suspended, expired or revoked",
			),
			Reason::Unavailable => ("1a", "the record's status keeps it closed"),
			Reason::RoleForbids => ("3", "the role matrix forbids it"),
			Reason::Sealed => ("4", "the compartment is sealed"),
			Reason::Refused => ("5", "a denial of the patient matches"),
			Reason::NoGrant => ("8", "no grant names her"),
			Reason::Revoked => ("8", "the nearest grant was revoked"),
			Reason::Expired => ("8", "the nearest grant has ended or has not begun"),
			Reason::Exhausted => ("8", "the nearest grant has no uses left"),
			Reason::ActionMismatch => ("8", "the nearest grant is for other actions"),
			Reason::PurposeMismatch => ("8", "the nearest grant is for other purposes"),
			Reason::CategoryMismatch => ("8", "the nearest grant is for other categories"),
			Reason::RecordMismatch => ("8", "the nearest grant is for other records"),
			Reason::OutsideDateRange => ("8", "the record is older or newer than the nearest grant covers"),
			Reason::CompartmentMismatch => ("8", "the nearest grant doesn't name the record's compartment"),
		},
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn an_error_is_explained_in_the_pallets_words() {
		let docs = [
			"The terms allow more than was asked:".to_string(),
			" narrow them.".to_string(),
			String::new(),
		];
		assert_eq!(
			explain("Consent", "TermsWider", &docs),
			"The terms allow more than was asked: narrow them"
		);
		assert!(explain("Consent", "Odd", &[]).contains("pallets/consent/README.md"));
	}

	#[test]
	fn every_answer_has_a_rule_and_every_refusal_a_next_step() {
		for reason in Reason::ALL {
			let (number, says) = rule(Decision::Deny(reason));
			assert!(!number.is_empty() && !says.is_empty() && !after_refusal(reason).is_empty());
		}
		assert_eq!(rule(Decision::Permit(Basis::Grant(1))).0, "7");
	}
}
