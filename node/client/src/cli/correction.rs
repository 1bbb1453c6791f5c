//! `salus record error`.

use clap::Args;
use salus_primitives::{ErrorReason, InstitutionId, Kind, RecordId};
use serde_json::Value;

use super::{
	acting::acting,
	audit::{proven_at, proven_line},
	report::Report,
	session::Session,
	view,
};
use crate::sdk::{calls, words, AccountId, Error, VerifiedTrail};

/// `salus record error`
#[derive(Args)]
pub(crate) struct ErrorFlags {
	/// The record
	id: RecordId,
	/// Why: wrong-patient, wrong-content, duplicate, other
	#[arg(long, value_parser = words::word::<ErrorReason>)]
	reason: ErrorReason,
	/// The institution you act for; without it the patient marks a record of her own
	#[arg(long)]
	institution: Option<InstitutionId>,
}

impl ErrorFlags {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let Self {
			id,
			reason,
			institution,
		} = self;
		let client = session.client().await?;
		let record = client.record(&client.finalised().await?, id).await?;
		let actor = acting(session, &client, institution, record.patient).await?.actor;
		let call = calls::mark_entered_in_error(id, reason, institution);
		let acknowledgement = client.submit(&call, &actor.account).await?;
		let report = session
			.report()
			.line(format!(
				"record {id} is marked as entered in error and opens to nobody but its author"
			))
			.field("record", words::number(id))
			.field("reason", reason.name())
			.acknowledged(&acknowledgement);
		if reason != ErrorReason::WrongPatient {
			return Ok(report);
		}
		let marked =
			|kind: &Kind<AccountId>| matches!(kind, Kind::RecordEnteredInError { record, .. } if *record == id);
		let trail = client
			.verified_trail_with(record.patient, |entry| marked(&entry.kind))
			.await;
		Ok(listed(report, id, &record.author, trail))
	}
}

/// Adds who was permitted to read a record. It is marked already, so that no failure of the list is one of the command.
fn listed(report: Report, record: RecordId, author: &AccountId, trail: Result<VerifiedTrail, Error>) -> Report {
	let report = report.field("author", view::account(author));
	match trail {
		Ok(trail) => {
			let readers = trail.readers(record);
			view::reader_lines(&readers, author, " before")
				.into_iter()
				.fold(report, Report::line)
				.line(proven_line(&trail))
				.field("readers", view::readers(&readers))
				.field("provenAt", proven_at(&trail))
		}
		Err(error) => report
			.line(format!(
				"who was permitted to read it before can't be listed now: {error}"
			))
			.line(format!("list them with: salus audit readers {record}"))
			.field("readers", Value::Null)
			.field("readersError", error.to_string())
			.field("provenAt", Value::Null),
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{Hash, ProofError};
	use salus_primitives::AuditHead;
	use serde_json::json;

	#[test]
	fn a_list_that_fails_leaves_the_mark_a_success() {
		let author = AccountId::from([1; 32]);
		let failed = listed(Report::new(), 7, &author, Err(ProofError::NoEntry(3).into()));
		let text = failed.text();
		assert!(text.contains("list them with: salus audit readers 7"), "{}", *text);
		let fields = Value::Object(failed.fields().clone());
		assert_eq!(fields.get("readers"), Some(&Value::Null));
		assert!(fields
			.get("readersError")
			.unwrap()
			.as_str()
			.unwrap()
			.contains("patient 3"));
	}

	#[test]
	fn a_record_that_nobody_read_says_so() {
		let trail = VerifiedTrail {
			entries: vec![],
			head: AuditHead::first(&Hash::zero(), 3),
			block: 40,
			hash: Hash::zero(),
			at: 1_000,
		};
		let report = listed(Report::new(), 7, &AccountId::from([1; 32]), Ok(trail));
		assert!(report.text().contains("nobody was permitted to read it"));
		assert_eq!(report.fields().get("readers"), Some(&json!([])));
		let proven = report.fields().get("provenAt").unwrap();
		assert_eq!((&proven["block"], &proven["time"]), (&json!(40), &json!(1_000)));
	}
}
