//! `salus guardian`. Two officers give and end guardianships (`salus act`); here is what those concerned do.

use clap::{Args, Subcommand};
use salus_primitives::{Guardianship, Moment, PatientId, PatientStatus};
use serde_json::{json, Value};

use super::{party::Party, report::Report, session::Session, view};
use crate::sdk::{calls, why_not_in_force, words, AccountId, Error};

#[derive(Subcommand)]
pub(crate) enum Guardian {
	/// List a patient's guardians, and what each may
	#[command(after_help = "Example:\n  salus guardian list --patient 0")]
	List {
		/// The patient
		#[arg(long)]
		patient: PatientId,
	},
	/// Object to a guardian before she acts, as the patient or as a guardian who acts: it ends her guardianship
	#[command(
		after_help = "Example:\n  salus --key me.key guardian object --patient 0 --guardian 5Grw…\n\nObjections are heard for 72 hours from the officers' act on; after that the patient contests."
	)]
	Object(Which),
	/// Contest a guardianship, as the patient: it is suspended until the council decides
	#[command(after_help = "Example:\n  salus --key me.key guardian contest --patient 0 --guardian 5Grw…")]
	Contest(Which),
	/// Give your guardianship up
	#[command(
		after_help = "Example:\n  salus --key guardian.key guardian resign --patient 0\n\nYour account never comes back: to be a guardian again you take another key."
	)]
	Resign {
		/// The patient
		#[arg(long)]
		patient: PatientId,
	},
}

/// A guardianship.
#[derive(Args)]
pub(crate) struct Which {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The guardian's account
	#[arg(long, value_parser = words::account)]
	guardian: AccountId,
}

impl Guardian {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		let (patient, guardian, said, sentence, acknowledgement) = match self {
			Self::List { patient } => return list(session, patient).await,
			Self::Object(Which { patient, guardian }) => {
				let party = Party::who_acts(session, &client, patient).await?;
				let sentence = party.is_told(session, |_| {
					format!("You object to account {guardian} as a guardian: it will not act.")
				});
				let account = party.account(session, &client).await?;
				let call = calls::object_to_guardian(patient, guardian);
				let acknowledgement = client.submit(&call, &account).await?;
				(patient, guardian, "does not become", sentence, acknowledgement)
			}
			Self::Contest(Which { patient, guardian }) => {
				let sentence = format!(
					"You contest the guardianship of account {guardian}: it doesn't act until the council has decided."
				);
				session.before_signing(&sentence);
				let account = session.patient(&client, patient).await?.account;
				let acknowledgement = client.submit(&calls::contest_guardian(guardian), &account).await?;
				(patient, guardian, "is suspended as", sentence, acknowledgement)
			}
			Self::Resign { patient } => {
				let sentence = format!("You give up your guardianship of patient {patient}, for good.");
				session.before_signing(&sentence);
				let account = session.account()?;
				let acknowledgement = client.submit(&calls::resign_guardian(patient), &account).await?;
				(patient, account.id(), "is no longer", sentence, acknowledgement)
			}
		};
		Ok(session
			.report()
			.line(format!("account {guardian} {said} a guardian of patient {patient}"))
			.field("patient", words::number(patient))
			.field("guardian", view::account(&guardian))
			.field("sentence", sentence)
			.acknowledged(&acknowledgement))
	}
}

async fn list(session: &Session, patient: PatientId) -> Result<Report, Error> {
	let client = session.client().await?;
	let at = client.finalised().await?;
	let now = client.time().await?;
	let status = client.patient(&at, patient).await?.status;
	let guardians = client.guardianships(&at, patient).await?;
	let mut report = session.report().field(
		"guardians",
		guardians
			.iter()
			.map(|guardian| guardian_json(guardian, status, now))
			.collect::<Vec<_>>(),
	);
	for guardian in &guardians {
		report = report.line(guardian_line(guardian, status, now));
	}
	if guardians.is_empty() {
		report = report.line("no guardians");
	}
	Ok(report)
}

fn guardian_json(guardianship: &Guardianship<AccountId>, status: PatientStatus, now: Moment) -> Value {
	json!({
		"guardian": view::account(&guardianship.guardian),
		"executor": guardianship.executor,
		"actions": guardianship.actions.iter().map(|action| action.name()).collect::<Vec<_>>(),
		"consents": guardianship.consents,
		"evidence": words::hex(guardianship.evidence),
		"starts": words::number(guardianship.starts),
		"ends": words::number(guardianship.ends),
		"contested": guardianship.contested,
		"inForce": guardianship.is_active(now, status),
	})
}

fn guardian_line(guardianship: &Guardianship<AccountId>, status: PatientStatus, now: Moment) -> String {
	let mut may: Vec<_> = guardianship
		.actions
		.iter()
		.map(|action| words::hyphenated(action.name()))
		.collect();
	if guardianship.consents {
		may.push("consent".into());
	}
	let state = match why_not_in_force(guardianship, status, now) {
		Some(why) => format!("not in force: {why}"),
		None => format!("until {}", words::show_moment(guardianship.ends)),
	};
	let what = if guardianship.executor { "executor" } else { "guardian" };
	format!("{what} {} may {}; {state}", guardianship.guardian, may.join(", "))
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{Action, ActionSet};

	#[test]
	fn a_guardian_is_told_with_what_she_may_and_why_she_may_not() {
		let guardianship = Guardianship {
			guardian: AccountId::from([1; 32]),
			executor: false,
			actions: ActionSet::of(&[Action::View, Action::Append]),
			consents: true,
			evidence: Default::default(),
			starts: 1_000,
			ends: 2_000,
			contested: false,
		};
		let line = |now| guardian_line(&guardianship, PatientStatus::Active, now);
		assert!(line(1_000).contains("may view, append, consent; until 1970-01-01T00:00:02Z"));
		assert!(line(0).contains("not in force: it begins 1970-01-01T00:00:01Z"));
		let json = |now| guardian_json(&guardianship, PatientStatus::Active, now);
		assert_eq!(json(1_000).get("inForce"), Some(&Value::Bool(true)));
		assert_eq!(json(2_000).get("inForce"), Some(&Value::Bool(false)));
	}
}
