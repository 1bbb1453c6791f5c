//! `salus voucher`.

use std::{path::PathBuf, time::Duration};

use clap::Subcommand;
use salus_primitives::{InstitutionId, DAY, VOUCHER_LIFETIME};

use super::{qr, report::Report, session::Session, view};
use crate::sdk::{publish_new, words, Error, VoucherLetter};

#[derive(Subcommand)]
pub(crate) enum Voucher {
	/// Write an admission voucher for a patient's letter, as an officer
	#[command(
		after_help = "Example:\n  salus --key officer.key voucher issue --institution 0 --out letter.txt --qr\n\nWhoever has the file can register in the patient's place: it belongs into her letter and nowhere else."
	)]
	Issue {
		/// The institution that admits
		#[arg(long)]
		institution: InstitutionId,
		/// For how long it is good, at most 30d
		#[arg(long = "for", default_value = "14d", value_parser = words::duration, value_name = "DURATION")]
		lasting: Duration,
		/// The new voucher file
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
		/// Show it as a QR code too
		#[arg(long)]
		qr: bool,
	},
}

impl Voucher {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let Self::Issue {
			institution,
			lasting,
			out,
			qr,
		} = self;
		if words::milliseconds(lasting) > VOUCHER_LIFETIME {
			let most = VOUCHER_LIFETIME / DAY;
			return Err(Error::Usage(format!("a voucher is good for {most} days at most")));
		}
		let client = session.client().await?;
		let entry = client.proven_institution(institution).await?;
		let officer = session.account()?;
		if !entry.officers.contains(&officer.id()) {
			return Err(Error::Usage(format!(
				"{} is no officer of institution {institution}; its vouchers are signed by {}",
				officer.id(),
				entry
					.officers
					.iter()
					.map(ToString::to_string)
					.collect::<Vec<_>>()
					.join(" or ")
			)));
		}
		let not_after = client.time().await?.saturating_add(words::milliseconds(lasting));
		let letter = VoucherLetter::issue(
			client.genesis(),
			institution,
			&entry.admission_terms,
			not_after,
			&officer,
		)?;
		let text = letter.text();
		publish_new(&out, text.as_bytes())?;
		let mut report = session
			.report()
			.line(format!(
				"voucher of institution {institution}, good until {}, written to {}",
				words::show_moment(not_after),
				out.display()
			))
			.line(format!(
				"it admits under these terms: {}",
				view::terms_line(&entry.admission_terms)
			))
			.field("file", out.display().to_string())
			.field("institution", institution)
			.field("key", words::hex(letter.voucher.key))
			.field("notAfter", words::number(not_after));
		if let Some(picture) = (qr && session.is_talkative()).then(|| qr::render(&text)).flatten() {
			report = report.line(picture);
		}
		Ok(report)
	}
}
