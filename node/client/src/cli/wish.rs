//! What a paper says, as a subcommand: what the patient would do herself with `salus consent`.

use clap::{Args, Subcommand};
use salus_primitives::{CaseId, Compartment, DenialId, GrantId, Grantee, PatientId, RequestId};

use super::{
	consent::{find_grant, find_request},
	terms::{DenialFlags, TermsFlags},
};
use crate::sdk::{words, AccountId, Client, Error, Wish};

#[derive(Subcommand)]
pub(crate) enum Says {
	/// She approves a request, or less than was asked
	#[command(
		after_help = "Example:\n  salus --key desk.key paper propose --patient 7 --scan-file scan.pdf --salts paper.json \\\n    approve --request 0 --category laboratory --for 1d\n\nWithout flags all that was asked is approved."
	)]
	Approve(Box<Approve>),
	/// She declines a request
	#[command(
		after_help = "Example:\n  salus --key desk.key paper propose --patient 7 --scan-file scan.pdf --salts paper.json decline --request 0"
	)]
	Decline {
		/// The request
		#[arg(long)]
		request: RequestId,
	},
	/// She gives a grant that nobody asked for
	#[command(
		after_help = "Example:\n  salus --key desk.key paper propose --patient 7 --scan-file scan.pdf --salts paper.json \\\n    grant --to role:doctor@1 --purpose treatment --category laboratory,imaging"
	)]
	Grant(Box<Give>),
	/// She revokes a grant
	#[command(
		after_help = "Example:\n  salus --key desk.key paper propose --patient 7 --scan-file scan.pdf --salts paper.json revoke --grant 1"
	)]
	Revoke {
		/// The grant
		#[arg(long)]
		grant: GrantId,
	},
	/// She denies: it matches when all that it names holds
	#[command(
		after_help = "Example:\n  salus --key desk.key paper propose --patient 7 --scan-file scan.pdf --salts paper.json deny --institution 1"
	)]
	Deny(DenialFlags),
	/// She lifts a denial
	#[command(
		after_help = "Example:\n  salus --key desk.key paper propose --patient 7 --scan-file scan.pdf --salts paper.json allow --denial 0"
	)]
	Allow {
		/// The denial
		#[arg(long)]
		denial: DenialId,
	},
	/// She seals a drawer against emergencies too
	#[command(
		after_help = "Example:\n  salus --key desk.key paper propose --patient 7 --scan-file scan.pdf --salts paper.json seal --compartment 3"
	)]
	Seal {
		/// The drawer
		#[arg(long)]
		compartment: Compartment,
	},
	/// She takes the seal off a drawer
	#[command(
		after_help = "Example:\n  salus --key desk.key paper propose --patient 7 --scan-file scan.pdf --salts paper.json unseal --compartment 3"
	)]
	Unseal {
		/// The drawer
		#[arg(long)]
		compartment: Compartment,
	},
	/// She asks the council to judge an emergency case
	#[command(
		after_help = "Example:\n  salus --key desk.key paper propose --patient 7 --scan-file scan.pdf --salts paper.json appeal --case 3"
	)]
	Appeal {
		/// The case
		#[arg(long)]
		case: CaseId,
	},
}

/// A request, and what of it.
#[derive(Args)]
pub(crate) struct Approve {
	/// The request
	#[arg(long)]
	request: RequestId,
	#[command(flatten)]
	narrower: TermsFlags,
}

/// A grant.
#[derive(Args)]
pub(crate) struct Give {
	/// To whom: account:SS58, institution:ID, role:ROLE@ID or assigned:ID
	#[arg(long, value_parser = words::grantee)]
	to: Grantee<AccountId>,
	#[command(flatten)]
	terms: TermsFlags,
}

impl Says {
	/// As the chain takes it: requests and grants are looked up among the patient's.
	pub(crate) async fn wish(self, client: &Client, patient: PatientId) -> Result<Wish, Error> {
		Ok(match self {
			Self::Approve(approve) => {
				let (requester, asked) = find_request(client, patient, approve.request).await?;
				Wish::Approve {
					requester,
					request: approve.request,
					terms: approve.narrower.narrow(asked.terms, client.time().await?)?,
				}
			}
			Self::Decline { request } => {
				let (requester, _) = find_request(client, patient, request).await?;
				Wish::Decline { requester, request }
			}
			Self::Grant(give) => Wish::Grant {
				terms: give.terms.terms(client.time().await?)?,
				grantee: give.to,
			},
			Self::Revoke { grant } => {
				let (grantee, _) = find_grant(client, patient, grant).await?;
				Wish::Revoke { grantee, grant }
			}
			Self::Deny(denial) => Wish::Deny(denial.terms()?),
			Self::Allow { denial } => Wish::LiftDenial(denial),
			Self::Seal { compartment } => Wish::Seal(compartment),
			Self::Unseal { compartment } => Wish::Unseal(compartment),
			Self::Appeal { case } => Wish::Appeal(case),
		})
	}
}
