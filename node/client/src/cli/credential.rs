//! `salus credential`.

use clap::{Args, Subcommand};
use salus_primitives::{Credential as Held, InstitutionId, Status, MAX_LEFT};
use serde_json::json;

use super::{report::Report, session::Session, view};
use crate::sdk::{calls, not_found, words, AccountId, Client, Error};

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
	/// List where an account has, or had, a credential
	#[command(after_help = "Example:\n  salus credential list 5Grw…")]
	List {
		/// The practitioner's account
		#[arg(value_parser = words::account)]
		account: AccountId,
	},
	/// Move to another hospital, where you hold a credential that counts
	#[command(
		after_help = "Example:\n  salus --key ada.key credential transfer --institution 1\n\nYour credential at the hospital that was your home until now ends."
	)]
	Transfer {
		/// Your new home
		#[arg(long)]
		institution: InstitutionId,
	},
	/// Give up your credential at one institution, for ever
	#[command(
		after_help = "Example:\n  salus --key ada.key credential resign --institution 1 --for-ever\n\nIt is revoked: to work there again you need a new account."
	)]
	Resign {
		/// Where
		#[arg(long)]
		institution: InstitutionId,
		/// You know that you never have one there again
		#[arg(long)]
		for_ever: bool,
	},
	/// Leave for ever
	#[command(
		after_help = "Example:\n  salus --key ada.key credential leave --for-ever\n\nYour credentials everywhere are revoked, and a tombstone stays in the place of your account: it is never registered\nagain, at no hospital, so that nothing it ever signed is valid again. Who comes back needs a new account."
	)]
	Leave {
		/// You know that the account never comes back
		#[arg(long)]
		for_ever: bool,
	},
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
			Self::List { account } => return list(session, &client, account).await,
			Self::Transfer { institution } => return transfer(session, &client, institution).await,
			Self::Resign { institution, for_ever } => return resign(session, &client, institution, for_ever).await,
			Self::Leave { for_ever } => return leave(session, &client, for_ever).await,
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

async fn list(session: &Session, client: &Client, account: AccountId) -> Result<Report, Error> {
	let at = client.finalised().await?;
	let home = client.home(&at, account).await?;
	let credentials = client.credentials(&at, account).await?;
	let mut report = session
		.report()
		.line(match home {
			Some(home) => format!("{account} uses the quota of institution {home}"),
			None => format!("{account} has no standing"),
		})
		.field("account", account.to_string())
		.field("home", home);
	let mut listed = Vec::with_capacity(credentials.len());
	for (institution, credential, active) in &credentials {
		report = report.line(format!(
			"{} at institution {institution}: {}, {}, until {}",
			words::hyphenated(credential.role.name()),
			if *active { "counts now" } else { "does not count now" },
			credential.status.name(),
			words::show_moment(credential.valid_until)
		));
		listed.push(json!({
			"institution": institution,
			"credential": view::credential(credential),
			"active": active,
		}));
	}
	Ok(report.field("credentials", listed))
}

async fn transfer(session: &Session, client: &Client, institution: InstitutionId) -> Result<Report, Error> {
	let account = session.named_account()?;
	let home = client.home(&client.finalised().await?, account).await?;
	let ends = home
		.filter(|home| *home != institution)
		.map(|home| format!(", and your credential at institution {home} ends"))
		.unwrap_or_default();
	let sentence = format!("You move to institution {institution}, whose quota you use from now on{ends}.");
	session.before_signing(&sentence);
	let acknowledgement = client
		.submit(&calls::transfer(institution), &session.account()?)
		.await?;
	Ok(session
		.report()
		.line(format!("institution {institution} is your home"))
		.field("account", account.to_string())
		.field("institution", institution)
		.field("sentence", sentence)
		.acknowledged(&acknowledgement))
}

async fn resign(
	session: &Session,
	client: &Client,
	institution: InstitutionId,
	for_ever: bool,
) -> Result<Report, Error> {
	let account = session.named_account()?;
	let sentence = format!(
		"You give up your credential at institution {institution}, and account {account} never has one there again."
	);
	confirmed(&sentence, for_ever)?;
	session.before_signing(&sentence);
	let acknowledgement = client
		.submit(&calls::resign_credential(institution), &session.account()?)
		.await?;
	Ok(session
		.report()
		.line(format!("you have no credential at institution {institution} any more"))
		.field("account", account.to_string())
		.field("institution", institution)
		.field("sentence", sentence)
		.acknowledged(&acknowledgement))
}

async fn leave(session: &Session, client: &Client, for_ever: bool) -> Result<Report, Error> {
	let account = session.named_account()?;
	let credentials = client.credentials(&client.finalised().await?, account).await?;
	let places = held(&credentials)?;
	let sentence = leaving(&account, &places);
	confirmed(&sentence, for_ever)?;
	session.before_signing(&sentence);
	let acknowledgement = client.submit(&calls::leave(&places), &session.account()?).await?;
	Ok(session
		.report()
		.line(format!("{account} left, and never comes back"))
		.field("account", account.to_string())
		.field("institutions", places)
		.field("sentence", sentence)
		.acknowledged(&acknowledgement))
}

/// What is for ever is said twice.
fn confirmed(sentence: &str, for_ever: bool) -> Result<(), Error> {
	if for_ever {
		return Ok(());
	}
	Err(Error::Unconfirmed {
		what: sentence.trim_end_matches('.').to_string(),
		flag: "--for-ever",
	})
}

/// Where an account that leaves has a credential that was not revoked.
fn held(credentials: &[(InstitutionId, Held, bool)]) -> Result<Vec<InstitutionId>, Error> {
	let places: Vec<_> = credentials
		.iter()
		.filter(|(_, credential, _)| credential.status != Status::Revoked)
		.map(|(institution, ..)| *institution)
		.collect();
	if places.len() > MAX_LEFT as usize {
		return Err(Error::Usage(format!(
			"an account leaves with at most {MAX_LEFT} credentials, and yours has {}; give some up first: salus credential resign",
			places.len()
		)));
	}
	Ok(places)
}

fn leaving(account: &AccountId, places: &[InstitutionId]) -> String {
	let revoked = if places.is_empty() {
		String::new()
	} else {
		let places: Vec<_> = places.iter().map(ToString::to_string).collect();
		format!("your credentials at institutions {} are revoked, ", places.join(", "))
	};
	format!("You leave for ever: {revoked}account {account} is never registered again, and to come back you need a new one.")
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::Role;

	#[test]
	fn whoever_leaves_names_what_was_not_revoked() {
		let credential = |status| Held {
			role: Role::Nurse,
			licence: Default::default(),
			speciality: Default::default(),
			valid_from: 0,
			valid_until: 1,
			status,
		};
		let all = [
			(0, credential(Status::Active), true),
			(1, credential(Status::Revoked), false),
			(2, credential(Status::Suspended), false),
		];
		assert_eq!(held(&all).ok(), Some(vec![0, 2]));
		let many = |count: u32| -> Vec<_> { (0..count).map(|n| (n, credential(Status::Active), true)).collect() };
		assert!(held(&many(MAX_LEFT)).is_ok());
		let refused = held(&many(MAX_LEFT + 1))
			.err()
			.map(|error| error.to_string())
			.unwrap_or_default();
		assert!(refused.contains("salus credential resign"), "{refused}");
	}

	#[test]
	fn what_is_for_ever_is_confirmed() {
		assert!(confirmed("You leave.", true).is_ok());
		assert!(matches!(confirmed("You leave.", false), Err(Error::Unconfirmed { what, .. }) if what == "You leave"));
	}

	#[test]
	fn whoever_leaves_is_told_what_ends() {
		let account = AccountId::from([1; 32]);
		let said = leaving(&account, &[0, 3]);
		assert!(
			said.contains("at institutions 0, 3 are revoked") && said.contains(&account.to_string()),
			"{said}"
		);
		assert!(said.contains("never registered again"), "{said}");
		assert!(!leaving(&account, &[]).contains("revoked"));
	}
}
