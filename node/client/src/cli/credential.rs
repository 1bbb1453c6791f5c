//! `salus credential`.

use clap::{Args, Subcommand};
use salus_primitives::InstitutionId;

use super::{report::Report, session::Session, view};
use crate::sdk::{calls, not_found, words, AccountId, Error};

/// Whose credential, and where.
#[derive(Args)]
pub(crate) struct Which {
	/// The practitioner's account
	#[arg(value_parser = words::account)]
	account: AccountId,
	/// The institution
	#[arg(long)]
	institution: InstitutionId,
}

#[derive(Subcommand)]
pub(crate) enum Credential {
	/// Show a credential and whether it counts now
	#[command(after_help = "Example:\n  salus credential show 5Grw… --institution 0")]
	Show(Which),
	/// Suspend a credential, as an officer
	#[command(after_help = "Example:\n  salus --key officer.key credential suspend 5Grw… --institution 0")]
	Suspend(Which),
	/// Reinstate a suspended credential, as an officer
	#[command(after_help = "Example:\n  salus --key officer.key credential reinstate 5Grw… --institution 0")]
	Reinstate(Which),
	/// Revoke a credential for good, as an officer
	#[command(after_help = "Example:\n  salus --key officer.key credential revoke 5Grw… --institution 0")]
	Revoke(Which),
}

impl Credential {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		let (done, Which { account, institution }, acknowledgement) = match self {
			Self::Show(Which { account, institution }) => {
				let at = client.finalised().await?;
				let (credential, active) = client
					.credential(&at, account, institution)
					.await?
					.ok_or_else(|| not_found("credential", format!("of {account} at institution {institution}")))?;
				return Ok(session
					.report()
					.line(format!(
						"{account} is {} at institution {institution}: {}, {}, valid {} to {}",
						credential.role.name(),
						if active { "counts now" } else { "does not count now" },
						credential.status.name(),
						words::show_moment(credential.valid_from),
						words::show_moment(credential.valid_until),
					))
					.field("credential", view::credential(&credential))
					.field("active", active));
			}
			Self::Suspend(which) => {
				let call = calls::suspend_credential(which.account, which.institution);
				("suspended", which, client.submit(&call, &session.account()?).await?)
			}
			Self::Reinstate(which) => {
				let call = calls::reinstate_credential(which.account, which.institution);
				("reinstated", which, client.submit(&call, &session.account()?).await?)
			}
			Self::Revoke(which) => {
				let call = calls::revoke_credential(which.account, which.institution);
				("revoked", which, client.submit(&call, &session.account()?).await?)
			}
		};
		Ok(session
			.report()
			.line(format!(
				"the credential of {account} at institution {institution} is {done}"
			))
			.field("account", account.to_string())
			.field("institution", institution)
			.acknowledged(&acknowledgement))
	}
}
