//! `salus patient emergency-card`: her ids at her hospitals, for a wallet.

use std::path::PathBuf;

use clap::Args;
use salus_primitives::PatientId;
use serde_json::{json, Value};

use super::{acting::acting, key::text_or_file, qr, report::Report, session::Session};
use crate::sdk::{publish_new, replace_private, words, EmergencyCard, Error, MOST_HOSPITALS};

/// `salus patient emergency-card`
#[derive(Args)]
pub(crate) struct CardFlags {
	/// Your patient id at the hospital whose node this is
	#[arg(long)]
	patient: PatientId,
	/// A card that has ids of yours at other hospitals on it: its text, a file, or - for standard input
	#[arg(long, value_name = "CARD")]
	with: Option<String>,
	/// Write its text to a file
	#[arg(long, value_name = "FILE")]
	out: Option<PathBuf>,
	/// Draw it as a new SVG of a bank card's size, to be printed
	#[arg(long, value_name = "FILE")]
	svg: Option<PathBuf>,
}

impl CardFlags {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		let institution = client
			.patient(&client.finalised().await?, self.patient)
			.await?
			.institution;
		// A wrong number on this card would open somebody else's case: the key has to be of somebody who acts for this id.
		acting(session, &client, None, self.patient).await?;
		let card = match &self.with {
			Some(card) => EmergencyCard::read(&text_or_file(card)?, &client.genesis())?
				.with(institution, self.patient)
				.ok_or_else(|| Error::Usage(format!("a card holds the ids of {MOST_HOSPITALS} hospitals")))?,
			None => EmergencyCard::new(client.genesis(), institution, self.patient),
		};
		let text = card.text();
		let mut report = said(session.report(), &card).line(NOTICE).field("card", text.as_str());
		if let Some(svg) = &self.svg {
			let picture = qr::svg(&text, &printed(&card))
				.ok_or_else(|| Error::Usage("the card is too long to be drawn; take fewer hospitals".into()))?;
			publish_new(svg, picture.as_bytes())?;
			report = report
				.line(format!("drawn in {}", svg.display()))
				.field("svg", svg.display().to_string());
		}
		match &self.out {
			Some(out) => {
				replace_private(out, text.as_bytes())?;
				report = report.line(format!("written to {}", out.display()));
			}
			None => report = report.line(text.as_str()),
		}
		if let Some(picture) = session.is_talkative().then(|| qr::render(&text)).flatten() {
			report = report.line(picture);
		}
		Ok(report)
	}
}

/// What whoever reads one has to know.
pub(crate) const NOTICE: &str =
	"it is not signed, and good for opening an emergency case only: compare name and birth date with the person";

/// What a card says, for people and programs.
pub(crate) fn said(report: Report, card: &EmergencyCard) -> Report {
	let ids: Vec<Value> = card
		.ids
		.iter()
		.map(|(institution, patient)| json!({ "institution": institution, "patient": words::number(*patient) }))
		.collect();
	card.ids
		.iter()
		.map(|(institution, patient)| format!("patient {patient} of institution {institution}"))
		.fold(report.field("emergency", true).field("ids", ids), Report::line)
}

/// What is printed beside the code.
fn printed(card: &EmergencyCard) -> Vec<String> {
	let mut lines = vec!["SALUS EMERGENCY CARD".to_string()];
	lines.extend(
		card.ids
			.iter()
			.map(|(institution, patient)| format!("hospital {institution}: patient {patient}")),
	);
	lines.push("Not signed; only for opening an".into());
	lines.push("emergency case. Compare name".into());
	lines.push("and birth date with the person.".into());
	lines
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn the_fullest_card_can_be_drawn() {
		let mut card = EmergencyCard::new(Default::default(), 0, PatientId::MAX);
		for institution in 1..16 {
			card = card.with(institution, PatientId::MAX).unwrap();
		}
		let picture = qr::svg(&card.text(), &printed(&card)).unwrap();
		assert!(picture.contains(&format!("hospital 15: patient {}", PatientId::MAX)));
		assert!(qr::render(&card.text()).is_some());
	}
}
