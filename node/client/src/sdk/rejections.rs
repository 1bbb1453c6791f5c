//! What to do about an error or a refusal of the chain.

use salus_primitives::{Basis, Decision, Reason, Rule};

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
		Reason::Suspended => "the consent was given since the patient's key was lost; ask her to confirm it: salus consent confirm",
	}
}

/// What a rule of the decision engine looks at.
pub fn rule_name(rule: Rule) -> &'static str {
	match rule {
		Rule::Standing => "who she is here",
		Rule::Status => "the record's status",
		Rule::Subject => "the patient and her guardians",
		Rule::Matrix => "the role matrix",
		Rule::BreakGlass => "break-glass",
		Rule::Denial => "the patient's denials",
		Rule::Author => "authors, and the assigned who write",
		Rule::Grant => "the patient's grants",
		Rule::Nothing => "nothing permits it",
	}
}

/// What a rule found.
pub fn because(rule: Rule, decision: Decision) -> &'static str {
	match (rule, decision) {
		(_, Decision::Permit(Basis::Subject)) => "she is the patient",
		(_, Decision::Permit(Basis::Guardian)) => "she is the patient's guardian",
		(_, Decision::Permit(Basis::BreakGlass(_))) => "a break-glass case is open",
		(_, Decision::Permit(Basis::Author)) => "she wrote the record and works for its custodian",
		(_, Decision::Permit(Basis::Assignment)) => "she is assigned to the patient and may write",
		(_, Decision::Permit(Basis::Grant(_))) => "a grant of the patient allows it",
		(Rule::Subject, Decision::Deny(Reason::RoleForbids)) => "the patient herself may not do this",
		(Rule::Subject, Decision::Deny(_)) => "her guardianship doesn't allow it",
		(_, Decision::Deny(reason)) => refused_because(reason),
	}
}

fn refused_because(reason: Reason) -> &'static str {
	match reason {
		Reason::Unknown => "she is neither the patient nor has a credential at the institution named",
		Reason::Inactive => {
			"her credential, or the institution, is suspended, expired or revoked, or its overdue reviews of emergencies bar it"
		}
		Reason::Unavailable => "the record's status keeps it closed",
		Reason::RoleForbids => "the role matrix forbids it",
		Reason::Sealed => "the compartment is sealed",
		Reason::Refused => "a denial of the patient matches",
		Reason::NoGrant => "no grant names her",
		Reason::Revoked => "the nearest grant was revoked",
		Reason::Expired => "the nearest grant has ended or has not begun",
		Reason::Exhausted => "the nearest grant has no uses left",
		Reason::ActionMismatch => "the nearest grant is for other actions",
		Reason::PurposeMismatch => "the nearest grant is for other purposes",
		Reason::CategoryMismatch => "the nearest grant is for other categories",
		Reason::RecordMismatch => "the nearest grant is for other records",
		Reason::OutsideDateRange => "the record is older or newer than the nearest grant covers",
		Reason::CompartmentMismatch => "the nearest grant doesn't name the record's compartment",
		Reason::Suspended => "the nearest grant was given since the patient's key was lost, and she has not confirmed it",
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
	fn every_answer_is_explained_and_every_refusal_has_a_next_step() {
		for reason in Reason::ALL {
			assert!(!after_refusal(reason).is_empty());
			for rule in Rule::ALL {
				assert!(!because(rule, Decision::Deny(reason)).is_empty());
			}
		}
		let names: std::collections::BTreeSet<_> = Rule::ALL.into_iter().map(rule_name).collect();
		assert_eq!(names.len(), Rule::ALL.len(), "each rule has a name of its own");
		let guardian = because(Rule::Subject, Decision::Deny(Reason::NoGrant));
		assert_ne!(guardian, because(Rule::Nothing, Decision::Deny(Reason::NoGrant)));
	}
}
