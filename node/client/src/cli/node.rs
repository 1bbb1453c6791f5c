//! `salus node`, `salus institution`.

use clap::Subcommand;
use salus_primitives::InstitutionId;
use serde_json::{json, Value};

use super::{report::Report, session::Session, view};
use crate::sdk::{calls, words, Client, ConnectionError, Error};

#[derive(Subcommand)]
pub(crate) enum Node {
	/// Which chain the node is on, how far it is, and what its vault holds
	#[command(after_help = "Example:\n  salus node status")]
	Status,
}

impl Node {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let Self::Status = self;
		let client = session.client().await?;
		let at = client.finalised().await?;
		let chain = client.request("system_chain", &[]).await?;
		let version = client.request("system_version", &[]).await?;
		let health = client.request("system_health", &[]).await?;
		let best = client.request("chain_getHeader", &[]).await?;
		let best = best
			.get("number")
			.and_then(Value::as_str)
			.and_then(|number| u64::from_str_radix(number.trim_start_matches("0x"), 16).ok());
		// Told to the node's own machine only.
		let vault = match client.request("vault_status", &[]).await {
			Ok(vault) => vault,
			Err(ConnectionError::Answered { name, .. }) => json!({ "unavailable": name }),
			Err(error) => return Err(error.into()),
		};
		let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
		let peers = health.get("peers").and_then(Value::as_u64).unwrap_or_default();
		Ok(session
			.report()
			.line(format!("{} at {}, node {}", text(&chain), client.url(), text(&version)))
			.line(format!("genesis {}", words::hex(client.genesis())))
			.line(format!(
				"finalised block {} ({}), best block {}, {peers} peers, runtime version {}",
				at.block_number(),
				words::hex(at.block_hash()),
				best.map_or("unknown".into(), |best| best.to_string()),
				at.spec_version()
			))
			.line(format!("vault {vault}"))
			.field("chain", chain)
			.field("version", version)
			.field("genesis", words::hex(client.genesis()))
			.field(
				"finalised",
				json!({ "number": words::number(at.block_number()), "hash": words::hex(at.block_hash()) }),
			)
			.field("best", best)
			.field("peers", peers)
			.field("specVersion", at.spec_version())
			.field("vault", vault))
	}
}

#[derive(Subcommand)]
pub(crate) enum Institution {
	/// An institution's entry
	#[command(after_help = "Example:\n  salus institution show 0")]
	Show {
		/// The institution
		id: InstitutionId,
	},
	/// All institutions
	#[command(after_help = "Example:\n  salus institution list")]
	List,
	/// Put in force the keys and nodes that an institution announced 24 hours ago or earlier
	#[command(
		after_help = "Example:\n  salus --key officer.key institution apply-keys 0\n\nTwo officers announce them: salus act propose --institution 0 change-hpke-key"
	)]
	ApplyKeys {
		/// The institution
		id: InstitutionId,
	},
}

impl Institution {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::Show { id } => show(session, &client, id).await,
			Self::List => list(session, &client).await,
			Self::ApplyKeys { id } => {
				let acknowledgement = client.submit(&calls::apply_keys(id), &session.account()?).await?;
				Ok(session
					.report()
					.line(format!("what institution {id} announced is in force"))
					.field("institution", id)
					.acknowledged(&acknowledgement))
			}
		}
	}
}

async fn list(session: &Session, client: &Client) -> Result<Report, Error> {
	let institutions = client.institutions(&client.finalised().await?).await?;
	let entries = institutions.iter().map(|(id, entry)| view::institution(*id, entry));
	let report = session.report().field("institutions", entries.collect::<Vec<_>>());
	Ok(institutions.iter().fold(report, |report, (id, entry)| {
		report.line(format!(
			"institution {id}: {} in {}, {}",
			entry.kind.name(),
			String::from_utf8_lossy(&entry.region),
			entry.status.name()
		))
	}))
}

async fn show(session: &Session, client: &Client, id: InstitutionId) -> Result<Report, Error> {
	let entry = client.institution(&client.finalised().await?, id).await?;
	let officers: Vec<_> = entry.officers.iter().map(ToString::to_string).collect();
	Ok(session
		.report()
		.line(format!(
			"institution {id}: {} in {}, {}",
			entry.kind.name(),
			String::from_utf8_lossy(&entry.region),
			entry.status.name()
		))
		.line(format!("officers {}", officers.join(", ")))
		.line(format!("admission terms: {}", view::terms_line(&entry.admission_terms)))
		.field("institution", view::institution(id, &entry)))
}
