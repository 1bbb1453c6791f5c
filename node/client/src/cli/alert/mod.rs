//! `salus alert`: who is told of an alert, and whether she acknowledged. What it says goes to her encrypted, off chain.

mod show;

use clap::{Args, Subcommand};
use salus_primitives::{Alert as Raised, AlertId, AlertState, Moment, PatientId};
use serde_json::{json, Value};

use super::{report::Report, session::Session, view};
use crate::sdk::{
	telemetry,
	words::{self, number, show_moment},
	Account, AccountId, Acknowledgement, Client, Error,
};

#[derive(Subcommand)]
pub(crate) enum Alert {
	/// List a patient's alerts, newest first
	#[command(after_help = "Examples:\n  salus alert list --patient 7\n  salus alert list --patient 7 --open")]
	List(List),
	/// Show an alert, with all who are told one after the other; and what it says, to one of them
	#[command(
		after_help = "Examples:\n  salus alert show 3\n  salus --key nurse.key alert show 3 --from message.txt\n\nWhat an alert says is nowhere but in the message to whom it was addressed: save its text, or pipe it to -. It is opened\nwith your key, and compared with what stands on chain. The hospital seals it to the key that salus key hpke shows, or to\nthat of a patient's id."
	)]
	Show(show::Show),
	/// Acknowledge an alert, as who is told now
	#[command(
		after_help = "Example:\n  salus --key nurse.key alert acknowledge 3\n\nIn time, or late as the last who is told: then nobody else is left."
	)]
	Acknowledge(Which),
	/// Have the next be told of an alert that was not acknowledged in time, as anybody registered
	#[command(after_help = "Example:\n  salus --key desk.key alert escalate 3")]
	Escalate(Which),
	/// Remove alerts from the state, 30 days after they ended
	#[command(after_help = "Example:\n  salus --key desk.key alert prune 3 4 5")]
	Prune(Prune),
}

/// `salus alert list`
#[derive(Args)]
pub(crate) struct List {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// Only those that nobody acknowledged
	#[arg(long)]
	open: bool,
}

/// Which alert.
#[derive(Args)]
pub(crate) struct Which {
	/// The alert
	alert: AlertId,
}

/// `salus alert prune`
#[derive(Args)]
pub(crate) struct Prune {
	/// The alerts, up to 64
	#[arg(required = true, num_args = 1..=64)]
	alerts: Vec<AlertId>,
}

impl Alert {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::List(list) => list.run(session, &client).await,
			Self::Show(show) => show.run(session, &client).await,
			Self::Acknowledge(which) => which.acknowledge(session, &client).await,
			Self::Escalate(which) => which.escalate(session, &client).await,
			Self::Prune(prune) => prune.run(session, &client).await,
		}
	}
}

impl List {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		client.patient(&at, self.patient).await?;
		let now = client.time().await?;
		let mut alerts = client.alerts(&at, self.patient).await?;
		if self.open {
			alerts.retain(|(_, alert)| alert.acknowledged_at.is_none());
		}
		let shown = alerts.iter().map(|(id, alert)| shown(*id, alert, now));
		let mut report = session
			.report()
			.field("patient", number(self.patient))
			.field("alerts", shown.collect::<Vec<_>>());
		for (id, alert) in &alerts {
			report = report.line(line(*id, alert, now));
		}
		if alerts.is_empty() {
			report = report.line("no alerts");
		}
		Ok(report)
	}
}

impl Which {
	async fn acknowledge(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let alert = client.alert(&at, self.alert).await?;
		// A patient is told under the account of her id, everybody else under that of the key file.
		let controller = client.patient(&at, alert.patient).await?.controller;
		let is_patient = controller.is_some() && alert.addressee() == controller.as_ref();
		let account = if is_patient {
			session.patient(client, alert.patient).await?.account
		} else {
			session.account()?
		};
		self.submit(
			session,
			client,
			&telemetry::acknowledge(self.alert),
			&account,
			"acknowledged",
		)
		.await
	}

	async fn escalate(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let call = telemetry::escalate(self.alert);
		let account = session.account()?;
		self.submit(session, client, &call, &account, "the next is told").await
	}

	async fn submit(
		&self,
		session: &Session,
		client: &Client,
		call: &impl subxt::tx::Payload,
		account: &Account,
		what: &str,
	) -> Result<Report, Error> {
		let acknowledgement: Acknowledgement = client.submit(call, account).await?;
		Ok(session
			.report()
			.line(format!("alert {}: {what}", self.alert))
			.field("alert", number(self.alert))
			.acknowledged(&acknowledgement))
	}
}

impl Prune {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let call = telemetry::prune_alerts(&self.alerts);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let alerts: Vec<_> = self.alerts.iter().map(|id| number(*id)).collect();
		Ok(session
			.report()
			.line(format!("{} alerts removed", alerts.len()))
			.field("alerts", alerts)
			.acknowledged(&acknowledgement))
	}
}

fn shown(id: AlertId, alert: &Raised<AccountId>, now: Moment) -> Value {
	let ladder = alert.ladder.iter();
	json!({
		"id": number(id),
		"patient": number(alert.patient),
		"institution": alert.institution,
		"commitment": words::hex(alert.commitment),
		"raisedAt": number(alert.raised_at),
		"ladder": ladder
			.map(|rung| json!({ "to": view::account(&rung.to), "within": number(rung.within) }))
			.collect::<Vec<_>>(),
		"step": alert.step,
		"to": alert.addressee().map(view::account),
		"due": number(alert.due),
		"acknowledgedAt": view::optional(alert.acknowledged_at),
		"state": alert.state(now).name(),
	})
}

fn line(id: AlertId, alert: &Raised<AccountId>, now: Moment) -> String {
	let to = alert.addressee().map_or_else(|| "nobody".into(), ToString::to_string);
	let state = match (alert.state(now), alert.acknowledged_at) {
		(AlertState::Acknowledged, at) => format!("acknowledged by {to} {}", show_moment(at.unwrap_or(alert.due))),
		(AlertState::Waiting, _) => format!("{to} is told, until {}", show_moment(alert.due)),
		(AlertState::Overdue, _) if alert.next().is_some() => {
			format!(
				"{to} let her time pass {}; salus alert escalate {id}",
				show_moment(alert.due)
			)
		}
		(AlertState::Overdue, _) => format!("{to}, the last, let her time pass {}", show_moment(alert.due)),
	};
	format!(
		"alert {id} of patient {} at institution {}, raised {}: {state}",
		alert.patient,
		alert.institution,
		show_moment(alert.raised_at),
	)
}

fn rung_lines(alert: &Raised<AccountId>) -> Vec<String> {
	let rungs = (1..).zip(alert.ladder.iter());
	rungs
		.map(|(place, rung)| format!("{place}. {} has {} s", rung.to, rung.within / 1_000))
		.collect()
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_primitives::Rung;

	pub(super) fn raised() -> Raised<AccountId> {
		let rung = |byte| Rung {
			to: AccountId::from([byte; 32]),
			within: 60_000,
		};
		Raised {
			patient: 7,
			institution: 0,
			commitment: Default::default(),
			raised_at: 0,
			ladder: vec![rung(1), rung(2)].try_into().unwrap(),
			step: 0,
			due: 60_000,
			acknowledged_at: None,
		}
	}

	#[test]
	fn an_alert_waits_passes_on_and_ends() {
		let alert = raised();
		assert!(line(3, &alert, 59_999).contains("is told, until 1970-01-01T00:01:00Z"));
		assert!(line(3, &alert, 60_000).ends_with("salus alert escalate 3"));
		let last = Raised {
			step: 1,
			due: 120_000,
			..raised()
		};
		assert!(line(3, &last, 120_000).contains("the last"));
		let over = Raised {
			acknowledged_at: Some(5_000),
			..raised()
		};
		assert!(line(3, &over, 90_000).contains("acknowledged by"));
		assert_eq!(shown(3, &over, 90_000).get("state").unwrap(), "Acknowledged");
		assert_eq!(shown(3, &alert, 60_000).get("state").unwrap(), "Overdue");
	}

	#[test]
	fn all_who_are_told_are_listed_in_order() {
		let lines = rung_lines(&raised());
		assert_eq!(lines.len(), 2);
		assert!(lines.first().unwrap().starts_with("1. ") && lines.first().unwrap().ends_with("has 60 s"));
	}
}
