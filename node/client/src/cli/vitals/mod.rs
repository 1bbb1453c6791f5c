//! `salus vitals`: readings of devices, decrypted here: as curves, as FHIR, and proven one by one.

mod curve;
mod fhir;
mod limit;
mod prove;
mod show;
mod source;
mod svg;
mod terminal;
mod tick;

use clap::Subcommand;

use super::{report::Report, session::Session};
use crate::sdk::Error;

#[derive(Subcommand)]
pub(crate) enum Vitals {
	/// Open a patient's batches, and show their readings as curves: on the terminal, as SVG, as FHIR
	#[command(
		after_help = "Examples:\n  salus --key doctor.key vitals show 7 --institution 0 --code 8867-4,59408-5\n  salus --key me.key vitals show 7 --code 8867-4 --from 2026-12-01 --svg heart.svg --limit 8867-4=50..120\n  salus vitals show --batch export.batch --code 8480-6,8462-4 --fhir bundle.json\n  salus --key doctor.key vitals show 7 --institution 0 --fhir bundle.json --frames frames.json\n\nOpening asks the chain for access, which stands in the patient's trail. With --batch a decrypted batch is read from its\nfile instead; with a patient it is compared with what is on chain, without one it is taken as it is. Where numbers of a\ndevice are missing, the curve has a gap. Observations that salus device simulate played come out as they went in, with\nthe frames that it kept."
	)]
	Show(Box<show::Show>),
	/// Prove one reading to somebody else, who is shown no other: prints the proof
	#[command(
		after_help = "Examples:\n  salus --key me.key vitals prove --anchor 12 --seq 4711 > proof.json\n  salus vitals prove --anchor 12 --seq 4711 --batch export.batch > proof.json\n\nWhoever gets it checks it with any node, or without one: salus vitals check proof.json, scripts/telemetry/verify.py."
	)]
	Prove(prove::Prove),
	/// Check the proof of a reading against the batch that the chain's state proves
	#[command(
		after_help = "Example:\n  salus vitals check proof.json\n\nIt is checked that the reading is of this chain, of the device that was bound and of the batch, that its path leads to\nthe root on chain, and strictly that the device signed it."
	)]
	Check(prove::Check),
}

impl Vitals {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		match self {
			Self::Show(show) => show.run(session).await,
			Self::Prove(prove) => prove.run(session).await,
			Self::Check(check) => check.run(session).await,
		}
	}
}

#[cfg(test)]
pub(super) mod tests {
	pub(in crate::cli) use super::{
		curve::tests::heart,
		fhir::{bundle, Written},
	};
}
