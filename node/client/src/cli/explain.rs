//! `salus consent explain`.

use clap::Args;
use salus_primitives::{
	AccessRequest, Action, Category, Compartment, Decision, Explanation, InstitutionId, Miss, PatientId, Purpose,
	Reason, RecordId, Rule,
};
use serde_json::{json, Value};

use super::{acting::acting, report::Report, session::Session, view};
use crate::sdk::{after_refusal, because, rule_name, shown_decision, words, AccountId, At, Client, Error};

/// `salus consent explain`
#[derive(Args)]
pub(crate) struct Explain {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// Who would ask; without it, you
	#[arg(long, value_parser = words::account)]
	requester: Option<AccountId>,
	/// The institution she acts for; without it she asks as the patient, her guardian or caregiver
	#[arg(long)]
	institution: Option<InstitutionId>,
	/// What is to be done
	#[arg(long, default_value = "view", value_parser = words::word::<Action>)]
	action: Action,
	/// Why
	#[arg(long, default_value = "treatment", value_parser = words::word::<Purpose>)]
	purpose: Purpose,
	/// A record; without it, one that is still to be registered
	#[arg(long)]
	record: Option<RecordId>,
	/// The category of the record that is to be registered
	#[arg(long, required_unless_present = "record", value_parser = words::word::<Category>)]
	category: Option<Category>,
	/// The drawer of the record that is to be registered
	#[arg(long)]
	compartment: Option<Compartment>,
	/// As the patient sees it: a refusal by name is shown as one
	#[arg(long)]
	as_patient: bool,
}

impl Explain {
	pub(crate) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let request = self.request(session, client, &at).await?;
		let explanation = client.explain(&at, &request).await?;
		let explanation = if self.as_patient {
			explanation
		} else {
			shown(explanation)
		};
		let Explanation { decision, rule, .. } = explanation;
		let (says, changes) = (because(rule, decision), changes(self.patient, &explanation));
		let mut report = session
			.report()
			.line(format!("{}: {says}", view::decision_line(&decision)))
			.line(format!("rule {}, {}, decided", rule.number(), rule_name(rule)))
			.line(format!(
				"as the chain would decide at finalised block {}",
				at.block_number()
			))
			.field("decision", view::decision(&decision))
			.field("rule", rule.number())
			.field("ruleName", rule_name(rule))
			.field("explanation", says)
			.field("denial", explanation.denial.map_or(Value::Null, words::number))
			.field("waiting", explanation.waiting.map_or(Value::Null, words::number))
			.field("misses", explanation.misses.iter().map(miss).collect::<Vec<_>>())
			.field("block", words::number(at.block_number()));
		for change in &changes {
			report = report.line(change);
		}
		if let Decision::Deny(reason) = decision {
			report = report.line(after_refusal(reason)).field("next", after_refusal(reason));
		}
		Ok(report.field("changes", changes))
	}

	async fn request(&self, session: &Session, client: &Client, at: &At) -> Result<AccessRequest<AccountId>, Error> {
		let requester = match self.requester {
			Some(requester) => requester,
			None => {
				let you = acting(session, client, self.institution, self.patient).await?;
				you.actor.account.id()
			}
		};
		match (self.record, self.category) {
			(Some(id), _) => {
				let record = client.record(at, id).await?;
				if record.patient != self.patient {
					let patient = record.patient;
					return Err(Error::Usage(format!("record {id} belongs to patient {patient}")));
				}
				Ok(AccessRequest {
					requester,
					on_behalf_of: self.institution,
					patient: self.patient,
					record: Some(id),
					custodian: record.custodian,
					category: record.category,
					compartment: record.compartment,
					recorded_at: record.recorded_at,
					author: record.author,
					status: Some(record.status),
					action: self.action,
					purpose: self.purpose,
				})
			}
			(None, Some(category)) => Ok(AccessRequest {
				requester,
				on_behalf_of: self.institution,
				patient: self.patient,
				record: None,
				custodian: match self.institution {
					Some(institution) => institution,
					None => client.patient(at, self.patient).await?.institution,
				},
				category,
				compartment: self.compartment,
				recorded_at: client.time().await?,
				author: requester,
				status: None,
				action: self.action,
				purpose: self.purpose,
			}),
			(None, None) => Err(Error::Usage("name a --record or a --category".into())),
		}
	}
}

/// An explanation as a requester is told it: without what the patient denied her or sealed.
fn shown(explanation: Explanation<AccountId>) -> Explanation<AccountId> {
	let decision = shown_decision(explanation.decision);
	if decision == explanation.decision {
		return explanation;
	}
	Explanation {
		decision,
		rule: Rule::Nothing,
		denial: None,
		waiting: None,
		misses: Vec::new(),
	}
}

/// What would make a refusal a permit, the nearest first, a line for each.
fn changes(patient: PatientId, explanation: &Explanation<AccountId>) -> Vec<String> {
	if explanation.decision.is_permit() {
		return Vec::new();
	}
	let waiting = explanation.waiting.map(|case| {
		format!("emergency case {case} would permit it once it has its approvals: salus emergency approve --patient {patient} --case {case} --institution <id>")
	});
	let denial = explanation.denial.map(|denial| {
		format!("denial {denial} refuses it; the patient can lift it: salus consent allow --patient {patient} --denial {denial}")
	});
	let misses = explanation.misses.iter().map(|miss| {
		let (grant, to) = (miss.grant, words::show_grantee(&miss.grantee));
		let how = match miss.reason {
			Reason::Suspended => format!(": salus consent confirm --patient {patient} --grant {grant}"),
			_ => String::new(),
		};
		format!("grant {grant} to {to} {}{how}", lacking(miss.reason))
	});
	waiting.into_iter().chain(denial).chain(misses).collect()
}

fn miss(miss: &Miss<AccountId>) -> Value {
	json!({
		"grantee": words::show_grantee(&miss.grantee),
		"grant": words::number(miss.grant),
		"reason": miss.reason.name(),
	})
}

/// What a grant would have to be to permit.
fn lacking(reason: Reason) -> &'static str {
	match reason {
		Reason::Revoked => "was revoked, or one that it was passed on from; only a new grant permits",
		Reason::Expired => "has ended or has not begun, or the patient's own status closes it",
		Reason::Exhausted => "has no uses left; it would have to allow more",
		Reason::ActionMismatch => "would have to allow this action",
		Reason::PurposeMismatch => "would have to allow this purpose",
		Reason::CategoryMismatch => "would have to cover this category",
		Reason::RecordMismatch => "would have to name this record",
		Reason::OutsideDateRange => "would have to cover the date of the record",
		Reason::CompartmentMismatch => "would have to be to an account and to name the record's drawer",
		Reason::Suspended => "was given since the patient's key was lost; she would have to confirm it",
		// The reasons above are all that a grant can fail for.
		Reason::Unknown
		| Reason::Inactive
		| Reason::Unavailable
		| Reason::RoleForbids
		| Reason::Refused
		| Reason::Sealed
		| Reason::NoGrant => "doesn't permit it",
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_primitives::{Basis, Grantee};

	fn explanation(decision: Decision, rule: Rule) -> Explanation<AccountId> {
		let miss = |grant, reason| Miss {
			grantee: Grantee::Institution(1),
			grant,
			reason,
		};
		Explanation {
			decision,
			rule,
			denial: Some(4),
			waiting: Some(7),
			misses: vec![
				miss(5, Reason::Suspended),
				miss(2, Reason::CategoryMismatch),
				miss(1, Reason::Revoked),
			],
		}
	}

	#[test]
	fn what_would_change_a_refusal_is_told_nearest_first() {
		let refused = explanation(Decision::Deny(Reason::CategoryMismatch), Rule::Nothing);
		let lines = changes(3, &refused);
		for (line, wanted) in lines.iter().zip([
			"emergency approve --patient 3 --case 7",
			"consent allow --patient 3 --denial 4",
			"grant 5 to institution:1 was given since the patient's key was lost; she would have to confirm it: salus consent confirm --patient 3 --grant 5",
			"grant 2 to institution:1 would have to cover this category",
			"grant 1 to institution:1 was revoked",
		]) {
			assert!(line.contains(wanted), "{wanted} is missing: {line}");
		}
		assert_eq!(lines.len(), 5);
		let permitted = explanation(Decision::Permit(Basis::BreakGlass(7)), Rule::BreakGlass);
		assert!(changes(3, &permitted).is_empty());
	}

	#[test]
	fn a_requester_is_not_told_what_the_patient_denied_her() {
		for (rule, reason) in [
			(Rule::Denial, Reason::Refused),
			(Rule::BreakGlass, Reason::Refused),
			(Rule::BreakGlass, Reason::Sealed),
		] {
			let told = shown(explanation(Decision::Deny(reason), rule));
			assert_eq!(
				(told.decision, told.rule),
				(Decision::Deny(Reason::NoGrant), Rule::Nothing)
			);
			assert!(told.denial.is_none() && changes(3, &told).is_empty());
		}
		let open = explanation(Decision::Deny(Reason::Revoked), Rule::Nothing);
		assert_eq!(shown(open.clone()), open);
	}
}
