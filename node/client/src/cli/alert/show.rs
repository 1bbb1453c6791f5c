//! `salus alert show`: how an alert stands, and what it says, opened with the key of one who is told.

use clap::Args;
use salus_primitives::{Alert as Raised, AlertId, Moment};
use salus_vault::wrap::HpkeSecret;
use salus_vitals::catalogue;
use serde_json::{json, Value};

use super::{line, rung_lines, shown};
use crate::{
	cli::{key::text_or_file, report::Report, session::Session},
	sdk::{
		alert::{self, Content, Severity},
		words::{number, show_moment},
		AccountId, AlertError, At, Client, Error, KeyError,
	},
};

/// `salus alert show`
#[derive(Args)]
pub(crate) struct Show {
	/// The alert
	alert: AlertId,
	/// The message that told you, or - for standard input: what the alert says is opened with your key
	#[arg(long, value_name = "FILE")]
	from: Option<String>,
}

impl Show {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let alert = client.alert(&at, self.alert).await?;
		let now = client.time().await?;
		let content = match &self.from {
			Some(from) => Some(self.open(session, client, &at, &alert, from).await?),
			None => None,
		};
		let report = session
			.report()
			.line(line(self.alert, &alert, now))
			.field("alert", shown(self.alert, &alert, now))
			.field("content", content.as_ref().map(content_json));
		let report = match &content {
			Some(content) => table(content, &alert, now).into_iter().fold(report, Report::line),
			None => report,
		};
		Ok(rung_lines(&alert).into_iter().fold(report, Report::line))
	}

	async fn open(
		&self,
		session: &Session,
		client: &Client,
		at: &At,
		alert: &Raised<AccountId>,
		from: &str,
	) -> Result<Content, Error> {
		let message = text_or_file(from)?;
		// What is no message shows before a passphrase is asked for.
		alert::sealed_in(&message)?;
		let keys = self.keys(session, client, at, alert).await?;
		Ok(alert::open((self.alert, alert), client.genesis(), &message, &keys)?)
	}

	/// The keys that she may have been written to with: a patient's of her id, and everybody's own.
	async fn keys(
		&self,
		session: &Session,
		client: &Client,
		at: &At,
		alert: &Raised<AccountId>,
	) -> Result<Vec<HpkeSecret>, Error> {
		let identity = session.identity()?;
		let account = identity.account().id();
		if is_told(alert, &account) {
			return Ok(vec![identity.hpke()?]);
		}
		let controller = client.patient(at, alert.patient).await?.controller;
		if controller.is_some_and(|controller| is_told(alert, &controller)) {
			match client.patient_keys(at, &identity, alert.patient).await {
				Ok(patient) => return Ok(vec![patient.hpke, identity.hpke()?]),
				Err(Error::Key(KeyError::NotThePatient { .. } | KeyError::NoSeed)) => {}
				Err(error) => return Err(error),
			}
		}
		let alert = self.alert;
		Err(AlertError::NotAddressed { alert, account }.into())
	}
}

fn is_told(alert: &Raised<AccountId>, account: &AccountId) -> bool {
	alert.ladder.iter().any(|rung| rung.to == *account)
}

fn content_json(content: &Content) -> Value {
	let path = content
		.path
		.as_ref()
		.map(|path| json!({ "device": path.device, "binding": number(path.binding), "seq": number(path.seq) }));
	json!({
		"code": content.code,
		"name": name(content),
		"value": content.value,
		"unit": content.unit,
		"severity": content.severity.name(),
		"rule": content.rule.name(),
		"says": content.says,
		"at": number(content.at),
		"flags": content.flags,
		"path": path,
	})
}

/// What the code is, for people.
fn name(content: &Content) -> Option<&'static str> {
	catalogue::quantity(content.code.as_deref()?).map(|quantity| quantity.name)
}

fn table(content: &Content, alert: &Raised<AccountId>, now: Moment) -> Vec<String> {
	let what = content.code.as_ref().map(|code| match name(content) {
		Some(name) => format!("{name} (LOINC {code})"),
		None => format!("LOINC {code}, which this program does not know"),
	});
	let value = content.value.as_ref().map(|value| match &content.unit {
		Some(unit) => format!("{value} {unit}"),
		None => value.clone(),
	});
	let severity = match content.severity {
		Severity::Notice => "notice, at the next round",
		Severity::Urgent => "urgent, soon",
		Severity::Emergency => "emergency, now",
	};
	let reading = content.path.as_ref().map(|path| {
		format!(
			"number {} of device {} under binding {}",
			path.seq, path.device, path.binding
		)
	});
	let flags = (!content.flags.is_empty()).then(|| content.flags.join(", "));
	let rows = [
		("what", what),
		("value", value),
		("odd", flags),
		("severity", Some(severity.into())),
		("rule", Some(format!("{}: {}", content.rule.name(), content.says))),
		("when", Some(show_moment(content.at))),
		("reading", reading),
		("told", alert.addressee().map(ToString::to_string)),
		("until", Some(show_moment(alert.due))),
		("status", Some(alert.state(now).name().into())),
	];
	let rows = rows.into_iter().filter_map(|(row, text)| Some((row, text?)));
	rows.map(|(row, text)| format!("{row:<10}{}", printable(&text)))
		.collect()
}

/// Without what a terminal would obey.
fn printable(text: &str) -> String {
	text.replace(char::is_control, "?")
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::{super::tests::raised, *};
	use crate::sdk::alert::tests::content;

	#[test]
	fn what_an_alert_says_is_a_small_table() {
		let rows = table(&content(), &raised(), 59_999);
		let to = AccountId::from([1; 32]).to_string();
		let device = "05".repeat(32);
		assert_eq!(
			rows,
			[
				"what      heart rate (LOINC 8867-4)".to_string(),
				"value     139.73 /min".into(),
				"odd       implausible".into(),
				"severity  urgent, soon".into(),
				"rule      limits: above its limits".into(),
				"when      1970-01-01T00:01:00Z".into(),
				format!("reading   number 4711 of device {device} under binding 1"),
				format!("told      {to}"),
				"until     1970-01-01T00:01:00Z".into(),
				"status    Waiting".into(),
			]
		);
	}

	#[test]
	fn a_score_has_no_code_and_an_unknown_code_no_name() {
		let score = Content {
			code: None,
			unit: None,
			value: Some("7".into()),
			flags: Vec::new(),
			path: None,
			..content()
		};
		let rows = table(&score, &raised(), 0);
		assert_eq!((rows.len(), rows.first().unwrap().as_str()), (7, "value     7"));
		let unknown = Content {
			code: Some("1-8".into()),
			..content()
		};
		assert!(table(&unknown, &raised(), 0).first().unwrap().contains("does not know"));
		assert_eq!(content_json(&unknown).get("name").unwrap(), &Value::Null);
	}

	#[test]
	fn a_program_reads_the_same() {
		let read = content_json(&content());
		let expected = json!({
			"code": "8867-4",
			"name": "heart rate",
			"value": "139.73",
			"unit": "/min",
			"severity": "urgent",
			"rule": "limits",
			"says": "above its limits",
			"at": 60_000,
			"flags": ["implausible"],
			"path": { "device": "05".repeat(32), "binding": 1, "seq": 4711 },
		});
		assert_eq!(read, expected);
	}

	#[test]
	fn nothing_in_it_moves_the_terminal() {
		let odd = Content {
			says: "above\u{1b}[2J its\nlimits".into(),
			..content()
		};
		let rows = table(&odd, &raised(), 0);
		assert!(rows.iter().any(|row| row.ends_with("above?[2J its?limits")));
		assert!(rows.iter().all(|row| !row.contains(char::is_control)));
	}
}
