//! `salus did`.

use clap::Subcommand;
use serde_json::{Map, Value};

use super::{report::Report, session::Session};
use crate::sdk::{not_found, ConnectionError, Error};

#[derive(Subcommand)]
pub(crate) enum Did {
	/// Resolve a did:salus identifier: the W3C DID document of an institution, a patient or an account
	#[command(
		after_help = "Example:\n  salus did resolve did:salus:3f…:institution:0\n\nThe identifier names the chain by its genesis hash: salus node status shows it, to be written without 0x. Of what is\ndeactivated there is no document."
	)]
	Resolve {
		/// The identifier
		did: String,
	},
}

impl Did {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let Self::Resolve { did } = self;
		let client = session.client().await?;
		let answer = client.request("roles_did", &[Value::String(did.clone())]).await;
		let result = fields(answer.map_err(|error| refused(error, &did))?)?;
		let report = match result.get("didDocument") {
			Some(Value::Null) => session
				.report()
				.line(format!("{did} is deactivated: nothing signed for it counts now")),
			Some(document) if document.get("id").and_then(Value::as_str) == Some(did.as_str()) => {
				session.report().line(format!("{document:#}"))
			}
			_ => return Err(unreadable("it is the document of another").into()),
		};
		Ok(result
			.into_iter()
			.fold(report, |report, (name, value)| report.field(&name, value)))
	}
}

fn fields(answer: Value) -> Result<Map<String, Value>, ConnectionError> {
	match answer {
		Value::Object(fields) => Ok(fields),
		_ => Err(unreadable("it is no resolution result")),
	}
}

fn unreadable(reason: &str) -> ConnectionError {
	ConnectionError::Unreadable {
		what: "roles_did".into(),
		reason: reason.into(),
	}
}

/// What is wrong with the identifier is no failure of the node.
fn refused(error: ConnectionError, did: &str) -> Error {
	match error {
		ConnectionError::Answered { name, .. } if name == "UnknownDid" => not_found("DID", did),
		ConnectionError::Answered { name, message, .. }
			if matches!(name.as_str(), "InvalidDid" | "DidMethodNotSupported" | "ForeignDid") =>
		{
			Error::Usage(message)
		}
		error => error.into(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::sdk::exit;

	#[test]
	fn what_is_wrong_with_an_identifier_is_told_apart_from_the_nodes_failures() {
		let answered = |name: &str| ConnectionError::Answered {
			method: "roles_did".into(),
			code: 7006,
			name: name.into(),
			message: "did: what to do".into(),
		};
		for (name, code) in [
			("UnknownDid", exit::FAILED),
			("InvalidDid", exit::USAGE),
			("DidMethodNotSupported", exit::USAGE),
			("ForeignDid", exit::USAGE),
			("RuntimeFailed", exit::UNREACHABLE),
		] {
			assert_eq!(refused(answered(name), "did:x").exit_code(), code, "{name}");
		}
		let other = refused(answered("RuntimeFailed"), "did:x").to_string();
		assert!(other.contains("7006"), "{other}");
	}
}
