//! The answer to an operation that failed.

use serde_json::{json, Value};

use super::{operations::searchset, SchedulingError};
use crate::sdk::{ConnectionError, Error, SubmissionError};

/// The answer to an operation that failed: a searchset of an OperationOutcome, with what the error says to do next.
pub fn refused(error: &Error) -> Value {
	let mut issue = json!({ "severity": "error", "code": kind(error), "diagnostics": error.to_string() });
	let path = match error {
		Error::Scheduling(error) => error.path(),
		_ => "",
	};
	if let (Some(fields), false) = (issue.as_object_mut(), path.is_empty()) {
		fields.insert("expression".into(), json!([path]));
	}
	let outcome = json!({ "resourceType": "OperationOutcome", "id": "outcome", "issue": [issue] });
	let url = "https://salus.example/fhir/OperationOutcome/outcome";
	let entry = json!({ "fullUrl": url, "resource": outcome, "search": { "mode": "outcome" } });
	searchset(vec![entry], |_| false)
}

/// HL7's word for it (`issue-type`).
fn kind(error: &Error) -> &'static str {
	match error {
		Error::Scheduling(error) => match error {
			SchedulingError::Missing { .. } => "required",
			SchedulingError::NoCounterpart { .. } => "not-supported",
			SchedulingError::UnknownReference { .. } | SchedulingError::UnknownEntity { .. } => "not-found",
			SchedulingError::TooLarge => "too-long",
			_ => "invalid",
		},
		Error::Document(_) => "invalid",
		Error::NotFound { .. } => "not-found",
		Error::Key(_) => "forbidden",
		Error::Submission(error) => of_submission(error),
		Error::Connection(error) => of_connection(error),
		_ => "exception",
	}
}

fn of_submission(error: &SubmissionError) -> &'static str {
	match error {
		SubmissionError::Connection(error) => of_connection(error),
		SubmissionError::Rejected { pallet, error, .. } | SubmissionError::Foreseen { pallet, error, .. } => {
			match (pallet.as_str(), error.as_str()) {
				("Appointments", "SlotTaken" | "SlotHeld" | "SlotBlocked" | "PatientOverlaps") => "conflict",
				("Appointments", "NoSlot" | "UnknownPatient" | "UnknownInstitution") => "not-found",
				("Appointments", "NotPermitted") => "forbidden",
				_ => "business-rule",
			}
		}
		SubmissionError::Unregistered(_) | SubmissionError::Failed { .. } | SubmissionError::ForeseenFailure { .. } => {
			"forbidden"
		}
		_ => "exception",
	}
}

const fn of_connection(error: &ConnectionError) -> &'static str {
	match error {
		ConnectionError::NoNode { .. }
		| ConnectionError::Broken(_)
		| ConnectionError::NoBlock { .. }
		| ConnectionError::Young => "transient",
		_ => "exception",
	}
}
