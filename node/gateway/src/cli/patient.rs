//! `salus-gateway patient`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use salus::words;
use salus_primitives::PatientId;
use salus_vault::keystore::read_private;
use serde_json::{json, Value};

use super::Report;
use crate::{contact, store::Store, Contact, GatewayError};

/// `salus-gateway patient`
#[derive(Subcommand)]
pub enum Patient {
	/// Note where a patient wants to be told of what happens with her records
	Add(Add),
	/// Forget a patient's contacts; she is written to no more
	Remove {
		/// Her id
		patient: PatientId,
		/// That of one kind only
		#[arg(long, value_enum)]
		kind: Option<Kind>,
	},
	/// Who is reached and by what, without where
	List,
}

/// `salus-gateway patient add`
#[derive(Args)]
#[command(
	after_help = "Example:\n  (umask 077; printf '%s' jane@example.org > address.txt)\n  salus-gateway patient add 7 --contact-file address.txt --consent\n\nEvery user of the machine can read an argument, so the contact is in a file of mode 0600."
)]
pub struct Add {
	/// Her id
	patient: PatientId,
	/// A file of mode 0600 with a mail address, or a telephone number such as +4930123456
	#[arg(long, value_name = "FILE")]
	contact_file: PathBuf,
	/// She consented to be written to there
	#[arg(long)]
	consent: bool,
}

/// A kind of contact.
#[derive(Clone, Copy, ValueEnum)]
pub enum Kind {
	/// Her mail address
	Mail,
	/// Her telephone number
	Phone,
}

impl Patient {
	pub async fn run(self, store: &Store) -> Result<Report, GatewayError> {
		match self {
			Self::Add(add) => add.run(store).await,
			Self::Remove { patient, kind } => {
				let kind = kind.map(|kind| match kind {
					Kind::Mail => contact::Kind::Mail,
					Kind::Phone => contact::Kind::Phone,
				});
				match store.forget(patient, kind).await? {
					0 => Err(GatewayError::NotFound {
						what: "contact of patient",
						id: patient.to_string(),
					}),
					gone => Ok(Report {
						lines: vec![format!("{gone} contacts of patient {patient} are forgotten")],
						json: json!({ "patient": words::number(patient), "forgotten": gone }),
					}),
				}
			}
			Self::List => list(store).await,
		}
	}
}

impl Add {
	async fn run(self, store: &Store) -> Result<Report, GatewayError> {
		if !self.consent {
			return Err(GatewayError::NoConsent);
		}
		let contact = Contact::parse(&read_private(&self.contact_file)?)?;
		store.reach(self.patient, &contact, words::now()).await?;
		let kind = contact.kind().name();
		Ok(Report {
			lines: vec![format!("patient {} is told by {kind} from now on", self.patient)],
			json: json!({ "patient": words::number(self.patient), "channel": kind }),
		})
	}
}

async fn list(store: &Store) -> Result<Report, GatewayError> {
	let reached = store.reached().await?;
	let lines = reached.iter().map(|reached| {
		let since = words::show_moment(reached.consented);
		format!("{:>10}  {:<6} since {since}", reached.patient, reached.channel.name())
	});
	let object = |reached: &crate::store::Reached| {
		json!({
			"patient": words::number(reached.patient),
			"channel": reached.channel.name(),
			"consented": words::number(reached.consented),
		})
	};
	Ok(Report {
		lines: lines.collect(),
		json: Value::Array(reached.iter().map(object).collect()),
	})
}
