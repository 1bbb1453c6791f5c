//! Joining and ending tele-consultations.

use clap::Args;
use salus_primitives::{AppointmentId, InstitutionId, Reason};

use super::{done, found};
use crate::{
	cli::{acting::acting, report::Report, session::Session},
	sdk::{appointments, words, Client, Error, EventView, Hash, SubmissionError},
};

/// `salus appointment join`
#[derive(Args)]
pub(crate) struct Join {
	/// The appointment
	appointment: AppointmentId,
	/// The institution you act for, as one of its practitioners; not as the patient or who stands by her
	#[arg(long)]
	institution: Option<InstitutionId>,
	/// The salted commitment to the session's key; who joined before you has said it
	#[arg(long, value_parser = words::hash, value_name = "HASH")]
	session: Option<Hash>,
}

impl Join {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let id = self.appointment;
		let patient = found(client, id).await?.patient;
		let commitment = match self.session {
			Some(commitment) => commitment,
			None => {
				let at = client.finalised().await?;
				let log = client.consultation(&at, id).await?;
				let first = || {
					let reason =
						"nobody has joined, or nobody since it was ended; name the session's commitment with --session";
					Error::Usage(reason.into())
				};
				let goes_on = log.filter(|log| log.ended_at.is_none());
				goes_on.ok_or_else(first)?.session
			}
		};
		let acting = acting(session, client, self.institution, patient).await?;
		let call = appointments::join(id, self.institution, commitment);
		let submitted = client.submit(&call, &acting.actor.account).await;
		let refused = |events: &[EventView], block| match refusal(events) {
			Some(reason) => Err(Error::NotAdmitted {
				appointment: id,
				reason,
				block,
			}),
			None => Ok(()),
		};
		if let Err(SubmissionError::DryRun(preview)) = &submitted {
			refused(&preview.events, None)?;
		}
		let acknowledgement = submitted?;
		refused(&acknowledgement.events, Some(acknowledgement.block))?;
		let line = "you take part in its tele-consultation";
		Ok(done(session, id, line, None, &acknowledgement).field("session", words::hex(commitment)))
	}
}

/// Why the chain kept somebody from joining, if it did.
fn refusal(events: &[EventView]) -> Option<Reason> {
	let refused = events
		.iter()
		.find(|event| event.pallet == "Appointments" && event.name == "JoinRefused")?;
	let reason = refused.fields.get("reason")?.as_str()?;
	Reason::ALL.into_iter().find(|known| known.name() == reason)
}

/// `salus appointment end`
#[derive(Args)]
pub(crate) struct End {
	/// The appointment
	appointment: AppointmentId,
}

impl End {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let id = self.appointment;
		let at = client.finalised().await?;
		let own = session.named_account()?;
		let log = client.consultation(&at, id).await?;
		let mut participants = log.iter().flat_map(|log| log.participants.iter());
		let account = if participants.any(|participant| participant.account == own) {
			session.account()?
		} else {
			let patient = found(client, id).await?.patient;
			acting(session, client, None, patient).await?.actor.account
		};
		let acknowledgement = client.submit(&appointments::end_consultation(id), &account).await?;
		let line = "its tele-consultation is over";
		Ok(done(session, id, line, None, &acknowledgement))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	#[test]
	fn a_refusal_to_join_is_found_among_the_events() {
		let event = |name: &str, fields| EventView {
			pallet: "Appointments".into(),
			name: name.into(),
			fields,
		};
		let joined = event("Joined", json!({ "patient": 1, "appointment": 4, "arrived": true }));
		assert_eq!(refusal(std::slice::from_ref(&joined)), None);
		let refused = event(
			"JoinRefused",
			json!({ "patient": 1, "appointment": 4, "reason": "NoGrant" }),
		);
		assert_eq!(refusal(&[joined, refused]), Some(Reason::NoGrant));
	}
}
