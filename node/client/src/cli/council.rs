//! `salus council`: what two thirds of the hospitals' seats decide.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use salus_primitives::{CaseId, Institution, InstitutionId, Moment, PatientId, Verdict};
use serde_json::{json, Value};
use subxt::utils::Static;

use super::{report::Report, session::Session, view};
use crate::{
	api::runtime_types::{
		pallet_consent::pallet::Call as Consent, pallet_consortium::pallet::Call as Consortium,
		pallet_roles::pallet::Call as Roles, salus_primitives::emergency::EmergencyLimits as Limits,
		salus_runtime::RuntimeCall,
	},
	sdk::{
		calls,
		council::{clause, Motion},
		not_found, words, AccountId, Client, DocumentError, Error, FileError, Hash,
	},
};

#[derive(Subcommand)]
pub(crate) enum Council {
	/// Put a motion to the council, as a hospital's seat; two thirds of the seats carry it
	#[command(
		after_help = "Example:\n  salus --key seat.key council propose suspend-institution --institution 2\n\nPutting it is no vote yet: salus council vote"
	)]
	Propose {
		#[command(subcommand)]
		kind: Kind,
	},
	/// Vote on a motion, as a hospital's seat
	#[command(after_help = "Example:\n  salus --key seat.key council vote --motion 3 --aye")]
	Vote {
		/// The motion's number
		#[arg(long)]
		motion: u32,
		#[command(flatten)]
		vote: Vote,
	},
	/// Close a motion that has its votes, or whose time is over; what it says is done if it is carried
	#[command(after_help = "Example:\n  salus --key seat.key council close --motion 3")]
	Close {
		/// The motion's number
		#[arg(long)]
		motion: u32,
	},
	/// List the motions that wait
	#[command(after_help = "Example:\n  salus council list")]
	List,
}

/// For it or against it.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Vote {
	/// For it
	#[arg(long)]
	aye: bool,
	/// Against it
	#[arg(long)]
	nay: bool,
}

/// What the council decides.
#[derive(Subcommand)]
pub(crate) enum Kind {
	/// Admit an institution
	#[command(
		after_help = "Example:\n  salus --key seat.key council propose admit-institution hospital.json\n\nThe file is the institution's entry, as an institution of a chain specification."
	)]
	AdmitInstitution {
		/// Its entry, JSON
		entry: PathBuf,
	},
	/// Suspend an institution, and with it everybody's standing there
	#[command(after_help = "Example:\n  salus --key seat.key council propose suspend-institution --institution 2")]
	SuspendInstitution(Where),
	/// Reinstate a suspended institution
	#[command(after_help = "Example:\n  salus --key seat.key council propose reinstate-institution --institution 2")]
	ReinstateInstitution(Where),
	/// Revoke an institution for ever: nobody's standing there counts again, and its seat is gone
	#[command(after_help = "Example:\n  salus --key seat.key council propose revoke-institution --institution 2")]
	RevokeInstitution(Where),
	/// Put another account in a hospital's seat
	#[command(
		after_help = "Example:\n  salus --key seat.key council propose change-seat --institution 2 --seat 5Grw…"
	)]
	ChangeSeat {
		#[command(flatten)]
		place: Where,
		/// Who will sit for it
		#[arg(long, value_parser = words::account)]
		seat: AccountId,
	},
	/// Put another officer in the place of one who can't sign any more
	#[command(
		after_help = "Example:\n  salus --key seat.key council propose replace-officer --institution 2 --officer 5Grw… --successor 5Fnx…"
	)]
	ReplaceOfficer {
		#[command(flatten)]
		place: Where,
		/// Who is an officer
		#[arg(long, value_parser = words::account)]
		officer: AccountId,
		/// Who will be instead
		#[arg(long, value_parser = words::account)]
		successor: AccountId,
	},
	/// Uphold a contested guardianship, or end it
	#[command(
		after_help = "Example:\n  salus --key seat.key council propose decide-guardian --patient 7 --guardian 5Grw… --uphold"
	)]
	DecideGuardian {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The guardian's account
		#[arg(long, value_parser = words::account)]
		guardian: AccountId,
		#[command(flatten)]
		decision: Guardianship,
	},
	/// Complete the recovery of a patient's lost key, or refuse it
	#[command(after_help = "Example:\n  salus --key seat.key council propose decide-recovery --patient 7 --complete")]
	DecideRecovery {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		#[command(flatten)]
		decision: Recovery,
	},
	/// Uphold the note of a patient's death that is contested, or take it back
	#[command(after_help = "Example:\n  salus --key seat.key council propose decide-death --patient 7 --retract")]
	DecideDeath {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		#[command(flatten)]
		decision: Death,
	},
	/// Judge an emergency case that is before the council
	#[command(
		after_help = "Example:\n  salus --key seat.key council propose judge-case --patient 7 --case 3 --verdict justified"
	)]
	JudgeCase {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The case
		#[arg(long)]
		case: CaseId,
		/// What was found: justified or violation
		#[arg(long, value_parser = words::word::<Verdict>)]
		verdict: Verdict,
	},
	/// Set what emergency cases of an institution need
	#[command(
		after_help = "Example:\n  salus --key seat.key council propose set-emergency-limits --institution 2 --approvals 1 --cases-a-day 50"
	)]
	SetEmergencyLimits {
		#[command(flatten)]
		place: Where,
		/// How many approvals a case needs
		#[arg(long)]
		approvals: u8,
		/// How many cases it may open in a day (UTC)
		#[arg(long)]
		cases_a_day: u32,
	},
	/// Declare an incident, in which many are hurt at once: emergency cases need no approval
	#[command(
		after_help = "Example:\n  salus --key seat.key council propose declare-incident --institution 2 --until 2026-11-21T20:00:00Z"
	)]
	DeclareIncident {
		#[command(flatten)]
		place: Where,
		/// Until when, at most 72 hours ahead
		#[arg(long, value_parser = words::moment)]
		until: Moment,
	},
	/// End an incident
	#[command(after_help = "Example:\n  salus --key seat.key council propose end-incident --institution 2")]
	EndIncident(Where),
	/// Authorise a runtime upgrade
	#[command(after_help = "Example:\n  salus --key seat.key council propose authorise-upgrade --code-hash 0x3f2a…")]
	AuthoriseUpgrade {
		/// Blake2b-256 of the new runtime's code
		#[arg(long, value_parser = words::hash)]
		code_hash: Hash,
	},
	/// Add an institution's validator
	#[command(after_help = "Example:\n  salus --key seat.key council propose add-validator --institution 2")]
	AddValidator(Where),
	/// Strike an institution's validator out
	#[command(after_help = "Example:\n  salus --key seat.key council propose remove-validator --institution 2")]
	RemoveValidator(Where),
	/// Pardon an institution's validator that offended
	#[command(after_help = "Example:\n  salus --key seat.key council propose reinstate-validator --institution 2")]
	ReinstateValidator(Where),
}

/// At which institution.
#[derive(Args)]
pub(crate) struct Where {
	/// The institution
	#[arg(long)]
	institution: InstitutionId,
}

/// What becomes of a contested guardianship.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Guardianship {
	/// It counts again
	#[arg(long)]
	uphold: bool,
	/// It is over
	#[arg(long)]
	end: bool,
}

/// What becomes of the note of a death.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Death {
	/// She died
	#[arg(long)]
	uphold: bool,
	/// She lives
	#[arg(long)]
	retract: bool,
}

/// What becomes of a recovery.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Recovery {
	/// The new account signs for the patient
	#[arg(long)]
	complete: bool,
	/// It is refused
	#[arg(long)]
	refuse: bool,
}

impl Council {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::Propose { kind } => propose(session, &client, kind).await,
			Self::Vote { motion, vote } => cast(session, &client, motion, vote.aye).await,
			Self::Close { motion } => close(session, &client, motion).await,
			Self::List => list(session, &client).await,
		}
	}
}

impl Kind {
	/// The call, and what it does.
	fn call(self) -> Result<(RuntimeCall, String), Error> {
		let call = match self {
			Self::AdmitInstitution { entry } => return admit(&entry),
			Self::SuspendInstitution(Where { institution }) => {
				RuntimeCall::Roles(Roles::suspend_institution { institution })
			}
			Self::ReinstateInstitution(Where { institution }) => {
				RuntimeCall::Roles(Roles::reinstate_institution { institution })
			}
			Self::RevokeInstitution(Where { institution }) => {
				RuntimeCall::Roles(Roles::revoke_institution { institution })
			}
			Self::ChangeSeat { place, seat } => RuntimeCall::Roles(Roles::change_seat {
				institution: place.institution,
				seat,
			}),
			Self::ReplaceOfficer {
				place,
				officer,
				successor,
			} => RuntimeCall::Roles(Roles::replace_officer {
				institution: place.institution,
				officer,
				successor,
			}),
			Self::DecideGuardian {
				patient,
				guardian,
				decision,
			} => RuntimeCall::Roles(Roles::decide_guardian {
				patient,
				guardian,
				upheld: decision.uphold,
			}),
			Self::DecideRecovery { patient, decision } => RuntimeCall::Roles(Roles::decide_recovery {
				patient,
				complete: decision.complete,
			}),
			Self::DecideDeath { patient, decision } => RuntimeCall::Roles(Roles::decide_death {
				patient,
				upheld: decision.uphold,
			}),
			Self::JudgeCase { patient, case, verdict } => RuntimeCall::Consent(Consent::judge_case {
				patient,
				case,
				verdict: Static(verdict),
			}),
			Self::SetEmergencyLimits {
				place,
				approvals,
				cases_a_day,
			} => RuntimeCall::Consent(Consent::set_emergency_limits {
				institution: place.institution,
				limits: Limits { approvals, cases_a_day },
			}),
			Self::DeclareIncident { place, until } => RuntimeCall::Consent(Consent::declare_incident {
				institution: place.institution,
				ends_at: until,
			}),
			Self::EndIncident(Where { institution }) => RuntimeCall::Consent(Consent::end_incident { institution }),
			Self::AuthoriseUpgrade { code_hash } => {
				RuntimeCall::Consortium(Consortium::authorise_upgrade { code_hash })
			}
			Self::AddValidator(Where { institution }) => {
				RuntimeCall::Consortium(Consortium::add_validator { institution })
			}
			Self::RemoveValidator(Where { institution }) => {
				RuntimeCall::Consortium(Consortium::remove_validator { institution })
			}
			Self::ReinstateValidator(Where { institution }) => {
				RuntimeCall::Consortium(Consortium::reinstate_validator { institution })
			}
		};
		let does = clause(&call).ok_or_else(|| Error::Usage("this call is none of the council's".into()))?;
		Ok((call, does))
	}
}

/// An institution that is admitted, told by what people compare.
fn admit(file: &std::path::Path) -> Result<(RuntimeCall, String), Error> {
	let text = std::fs::read_to_string(file).map_err(FileError::at(file))?;
	let entry: Institution<AccountId> = serde_json::from_str(&text).map_err(|error| DocumentError::Malformed {
		what: "institution's entry",
		reason: error.to_string(),
	})?;
	let officers: Vec<_> = entry.officers.iter().map(ToString::to_string).collect();
	let does = format!(
		"a {} in {} is admitted, with the officers {}",
		words::hyphenated(entry.kind.name()),
		String::from_utf8_lossy(&entry.region),
		officers.join(" and ")
	);
	let call = RuntimeCall::Roles(Roles::admit_institution {
		institution: Static(entry),
	});
	Ok((call, does))
}

async fn propose(session: &Session, client: &Client, kind: Kind) -> Result<Report, Error> {
	let (call, does) = kind.call()?;
	let ayes = client.two_thirds().await?;
	let sentence = format!("You put to the council that {does}.");
	session.before_signing(&sentence);
	let acknowledgement = client
		.submit(&calls::put_motion(ayes, call), &session.account()?)
		.await?;
	let motion = acknowledgement.number("Council", "proposalIndex")?;
	Ok(session
		.report()
		.line(format!(
			"motion {motion} takes {ayes} ayes; each seat votes: salus council vote --motion {motion} --aye"
		))
		.field("motion", words::number(motion))
		.field("threshold", ayes)
		.field("sentence", sentence)
		.acknowledged(&acknowledgement))
}

async fn cast(session: &Session, client: &Client, number: u32, aye: bool) -> Result<Report, Error> {
	let motion = found(client, number).await?;
	let way = if aye { "for" } else { "against" };
	let sentence = format!("You vote {way} the motion that {}.", motion.sentence);
	session.before_signing(&sentence);
	let acknowledgement = client.submit(&calls::vote(&motion, aye), &session.account()?).await?;
	Ok(session
		.report()
		.line(format!("you voted {way} motion {number}"))
		.field("motion", number)
		.field("aye", aye)
		.field("sentence", sentence)
		.acknowledged(&acknowledgement))
}

async fn close(session: &Session, client: &Client, number: u32) -> Result<Report, Error> {
	let motion = found(client, number).await?;
	let sentence = format!(
		"You close the motion that {}, with {} ayes of {}.",
		motion.sentence,
		motion.ayes.len(),
		motion.threshold
	);
	session.before_signing(&sentence);
	let call = calls::close_motion(&motion, client.motion_weight().await?);
	let acknowledgement = client.submit(&call, &session.account()?).await?;
	client.carried_out(&acknowledgement).await?;
	let carried = acknowledgement.events.iter().any(|event| event.name == "Executed");
	let line = if carried {
		format!("motion {number} is carried, and done")
	} else {
		format!("motion {number} is not carried, and nothing was changed")
	};
	Ok(session
		.report()
		.line(line)
		.field("motion", number)
		.field("carried", carried)
		.field("sentence", sentence)
		.acknowledged(&acknowledgement))
}

async fn list(session: &Session, client: &Client) -> Result<Report, Error> {
	let motions = client.motions().await?;
	let mut report = session
		.report()
		.field("motions", motions.iter().map(entry).collect::<Vec<_>>());
	for motion in &motions {
		report = report.line(format!(
			"motion {}: that {}; {} ayes of {}, {} nays, until block {}",
			motion.index,
			motion.sentence,
			motion.ayes.len(),
			motion.threshold,
			motion.nays.len(),
			motion.end
		));
	}
	if motions.is_empty() {
		report = report.line("no motions wait");
	}
	Ok(report)
}

fn entry(motion: &Motion) -> Value {
	let accounts = |accounts: &[AccountId]| accounts.iter().map(view::account).collect::<Vec<_>>();
	json!({
		"motion": motion.index,
		"hash": words::hex(motion.hash),
		"sentence": motion.sentence,
		"call": motion.call,
		"threshold": motion.threshold,
		"ayes": accounts(&motion.ayes),
		"nays": accounts(&motion.nays),
		"endBlock": motion.end,
	})
}

async fn found(client: &Client, number: u32) -> Result<Motion, Error> {
	let motions = client.motions().await?;
	let motion = motions.into_iter().find(|motion| motion.index == number);
	motion.ok_or_else(|| not_found("motion", number))
}
