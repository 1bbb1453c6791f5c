//! One reading, proven to somebody else, and checked by her.

use std::path::PathBuf;

use clap::Args;
use salus_primitives::AnchorId;
use salus_vitals::{catalogue, reading::Value, Reading};
use serde_json::json;

use super::source::{self, Access};
use crate::{
	cli::{report::Report, session::Session},
	sdk::{words, Error, FileError, ReadingProofFile, VitalsError},
};

/// `salus vitals prove`
#[derive(Args)]
pub(crate) struct Prove {
	/// The batch on chain
	#[arg(long)]
	anchor: AnchorId,
	/// The reading's number
	#[arg(long)]
	seq: u64,
	/// The decrypted batch, in place of asking for access
	#[arg(long, value_name = "FILE")]
	batch: Option<PathBuf>,
	#[command(flatten)]
	access: Access,
}

impl Prove {
	pub(super) async fn run(self, session: &Session) -> Result<Report, Error> {
		// A file that is none needs no node to be told.
		let file = self.batch.as_deref().map(source::read).transpose()?;
		let client = session.client().await?;
		let at = client.finalised().await?;
		let anchor = client.anchor(&at, self.anchor).await?;
		let file = match file {
			Some(file) => file,
			None => {
				let patient = client.binding(&at, anchor.binding).await?.patient;
				let opened = self.access.open(session, &client, patient, &[self.anchor]).await?;
				let mut opened = opened.into_iter().map(|(_, file)| file);
				opened.next().ok_or(VitalsError::NoReadings(patient))?
			}
		};
		let proof = ReadingProofFile::new(&file, self.anchor, &anchor, self.seq)?;
		let text = serde_json::to_string_pretty(&proof).map_err(|error| FileError::at("proof")(error.into()))?;
		// With and without --json the same proof is printed: it is for a file.
		Ok(Report::new()
			.line(text)
			.field("anchor", proof.anchor)
			.field("reading", proof.reading)
			.field("signature", proof.signature)
			.field("salt", proof.salt)
			.field("root", proof.root)
			.field("count", proof.count)
			.field("first_seq", proof.first_seq)
			.field("siblings", proof.siblings))
	}
}

/// `salus vitals check`
#[derive(Args)]
pub(crate) struct Check {
	/// The proof
	proof: PathBuf,
}

impl Check {
	pub(super) async fn run(self, session: &Session) -> Result<Report, Error> {
		let text = std::fs::read_to_string(&self.proof).map_err(FileError::at(&self.proof))?;
		let proof = ReadingProofFile::read(&text)?;
		let client = session.client().await?;
		let anchor = client.proven_anchor(proof.anchor).await?;
		let binding = client.proven_binding(anchor.binding).await?;
		let signed = proof.check(&client.genesis(), &anchor, &binding)?;
		let reading = &signed.reading;
		Ok(session
			.report()
			.line(said(reading))
			.line(format!(
				"measured {} by device {}, reading {}, bound to patient {}",
				words::show_moment(reading.at),
				words::hex(reading.device),
				reading.seq,
				binding.patient
			))
			.line(format!(
				"it is in batch {} as the state of the finalised head proves it, and the device signed it",
				proof.anchor
			))
			.field("verified", true)
			.field("anchor", words::number(proof.anchor))
			.field("patient", words::number(binding.patient))
			.field(
				"reading",
				json!({
					"device": words::hex(reading.device),
					"binding": words::number(reading.binding),
					"seq": words::number(reading.seq),
					"at": words::number(reading.at),
					"code": reading.code.as_str(),
					"value": value(reading),
					"unit": reading.unit.as_str(),
				}),
			))
	}
}

fn value(reading: &Reading) -> String {
	match &reading.value {
		Value::Decimal(value) => value.to_string(),
		Value::Waveform(sha256) => format!("waveform {}", hex::encode(sha256)),
	}
}

/// What was measured, for people.
fn said(reading: &Reading) -> String {
	let name = match catalogue::quantity(reading.code.as_str()) {
		Some(quantity) => format!("{} ({})", quantity.name, reading.code),
		None => reading.code.to_string(),
	};
	format!("{name}: {} {}", value(reading), reading.unit)
}

#[cfg(test)]
mod tests {
	use super::{super::curve::tests::reading, *};

	#[test]
	fn a_reading_is_told_in_its_precision_and_unit() {
		let signed = reading(7, 1, "8310-5", "36.60", "Cel");
		assert_eq!(said(&signed.reading), "body temperature (8310-5): 36.60 Cel");
		let unknown = reading(7, 1, "85354-9", "1", "1");
		assert_eq!(said(&unknown.reading), "85354-9: 1 1");
	}
}
