//! The `salus` command: its options, its subcommands, what it prints and how it exits.

mod accept;
mod act;
mod acting;
mod alert;
mod application;
mod appointment;
mod assign;
mod attested;
mod audit;
mod caregiver;
mod consent;
mod consent_list;
mod correction;
mod council;
mod credential;
mod device;
mod did;
mod dry_run;
mod emergency;
mod emergency_card;
mod entry;
mod explain;
mod fhir;
mod frames;
mod guardian;
mod incident;
mod interrupt;
mod kept;
mod key;
mod node;
mod paper;
mod party;
mod passphrase;
mod patient;
mod progress;
mod qr;
mod record;
mod recovery;
mod report;
mod rotate;
mod session;
mod statement;
mod terms;
mod view;
mod vitals;
mod vouch;
mod voucher;
mod wish;
mod written;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use serde_json::{json, Map, Value};

use crate::sdk::{exit, Error, SubmissionError};
use report::Report;
use session::{Global, Session};

const EXIT_CODES: &str = "\
Exit codes:
  0  done; with --dry-run: it would be
  1  failed
  2  the command line is wrong
  3  access to a record was refused
  4  the chain rejected the transaction, or would have; nothing was changed
  5  the node or its vault can't be reached
  6  a local file or key is missing or wrong
  7  something does not verify
  8  a person has to confirm first (--subject, --accept-new-key, --again, --genesis,
     --untyped, --for-ever)
  9  sent, outcome unknown: check before repeating
  130  interrupted

Examples:
  salus key new --out ada.key
  salus --key ada.key record put Bundle.json --patient 0 --institution 0 --category laboratory
  salus audit verify --patient 0";

/// Health records on Salus, for people and clinical systems.
#[derive(Parser)]
#[command(name = "salus", version, after_long_help = EXIT_CODES, arg_required_else_help = true)]
struct Cli {
	#[command(flatten)]
	global: Global,
	#[command(subcommand)]
	command: Command,
}

#[derive(Subcommand)]
enum Command {
	/// The node and its chain
	#[command(subcommand)]
	Node(node::Node),
	/// Institutions
	#[command(subcommand)]
	Institution(node::Institution),
	/// Key files
	#[command(subcommand)]
	Key(key::Key),
	/// Apply for a credential: writes a signed application for the hospital
	Apply(application::Apply),
	/// Acts of two officers: one proposes, another confirms
	#[command(subcommand)]
	Act(act::Act),
	/// The council of the hospitals
	#[command(subcommand)]
	Council(council::Council),
	/// Accept to act for a patient: writes a signed acceptance
	#[command(subcommand)]
	Accept(accept::Accept),
	/// Approve an application, as an officer
	Approve(application::Approve),
	/// Applications that a registrar attested
	#[command(subcommand)]
	Application(attested::Application),
	/// Credentials
	#[command(subcommand)]
	Credential(credential::Credential),
	/// Admission vouchers
	#[command(subcommand)]
	Voucher(voucher::Voucher),
	/// Patients
	#[command(subcommand)]
	Patient(patient::Patient),
	/// Caregivers, whom a patient names
	#[command(subcommand)]
	Caregiver(caregiver::Caregiver),
	/// Guardians, who act in a patient's place
	#[command(subcommand)]
	Guardian(guardian::Guardian),
	/// A patient who lost her key
	#[command(subcommand)]
	Recovery(recovery::RecoveryCommand),
	/// Decentralised identifiers
	#[command(subcommand)]
	Did(did::Did),
	/// Assignments of patients to practitioners
	#[command(subcommand)]
	Assign(assign::Assign),
	/// Records
	#[command(subcommand)]
	Record(record::Record),
	/// Consent
	#[command(subcommand)]
	Consent(fhir::Consent),
	/// What a patient without a device signs on paper: one witness brings it, another confirms
	#[command(subcommand)]
	Paper(paper::Paper),
	/// Break-glass: access in an emergency, against a review of it afterwards
	#[command(subcommand)]
	Emergency(emergency::Emergency),
	/// Appointments: calendars, bookings, waiting lists, tele-consultations
	#[command(subcommand)]
	Appointment(Box<appointment::Appointment>),
	/// Medical devices, and who consented to be measured by them
	#[command(subcommand)]
	Device(Box<device::Device>),
	/// Readings of devices, decrypted: shown as curves, and proven one by one
	#[command(subcommand)]
	Vitals(vitals::Vitals),
	/// Alerts about patients: who is told, and whether she acknowledged
	#[command(subcommand)]
	Alert(alert::Alert),
	/// A patient's audit trail
	#[command(subcommand)]
	Audit(audit::Audit),
}

impl Command {
	async fn run(self, session: &Session) -> Result<Report, Error> {
		match self {
			Self::Node(command) => command.run(session).await,
			Self::Institution(command) => command.run(session).await,
			Self::Key(command) => command.run(session).await,
			Self::Apply(command) => command.run(session).await,
			Self::Act(command) => command.run(session).await,
			Self::Council(command) => command.run(session).await,
			Self::Accept(command) => command.run(session).await,
			Self::Approve(command) => command.run(session).await,
			Self::Application(command) => command.run(session).await,
			Self::Credential(command) => command.run(session).await,
			Self::Voucher(command) => command.run(session).await,
			Self::Patient(command) => command.run(session).await,
			Self::Caregiver(command) => command.run(session).await,
			Self::Guardian(command) => command.run(session).await,
			Self::Recovery(command) => command.run(session).await,
			Self::Did(command) => command.run(session).await,
			Self::Assign(command) => command.run(session).await,
			Self::Record(command) => command.run(session).await,
			Self::Consent(command) => command.run(session).await,
			Self::Paper(command) => command.run(session).await,
			Self::Emergency(command) => command.run(session).await,
			Self::Appointment(command) => command.run(session).await,
			Self::Device(command) => command.run(session).await,
			Self::Vitals(command) => command.run(session).await,
			Self::Alert(command) => command.run(session).await,
			Self::Audit(command) => command.run(session).await,
		}
	}
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
	let parsed = Cli::command()
		.try_get_matches()
		.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, dry_run::path(&matches))));
	let (cli, path) = match parsed {
		Ok(parsed) => parsed,
		Err(error) => return usage(&error, std::env::args_os().any(|argument| argument == "--json")),
	};
	let json = cli.global.json;
	let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
		Ok(runtime) => runtime,
		Err(error) => {
			eprintln!("error: no threads ({error}); try again");
			return ExitCode::from(exit::FAILED);
		}
	};
	runtime.spawn(interrupt::watch());
	let session = Session::new(cli.global);
	let result = runtime.block_on(async {
		if session.global.dry_run {
			dry_run::check(&path)?;
		}
		cli.command.run(&session).await
	});
	let result = match result {
		// The end of a dry run.
		Err(Error::Submission(SubmissionError::DryRun(preview))) => Ok(session.report().tried(&preview)),
		result => result,
	};
	match result.and_then(|report| report.print(json)) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			let code = error.exit_code();
			if json {
				eprintln!("{}", object(error.name(), error.to_string(), code, error.details()));
			} else {
				eprintln!("error: {error}");
			}
			ExitCode::from(code)
		}
	}
}

/// Says what is wrong with the command line, or shows the help that was asked for.
fn usage(error: &clap::Error, json: bool) -> ExitCode {
	if !error.use_stderr() {
		error.print().ok();
		return ExitCode::SUCCESS;
	}
	if json {
		eprintln!("{}", usage_object(error));
	} else {
		error.print().ok();
	}
	ExitCode::from(exit::USAGE)
}

fn usage_object(error: &clap::Error) -> Value {
	let text = error.render().to_string();
	let message = text.trim_start_matches("error: ").trim_end();
	object(
		format!("{:?}", error.kind()),
		message.to_string(),
		exit::USAGE,
		Map::new(),
	)
}

/// An error as `--json` prints it.
fn object(name: String, message: String, code: u8, mut details: Map<String, Value>) -> Value {
	details.insert("name".into(), name.into());
	details.insert("message".into(), message.into());
	details.insert("exitCode".into(), code.into());
	json!({ "error": details })
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn the_command_line_is_sound() {
		Cli::command().debug_assert();
	}

	#[test]
	fn every_command_shows_examples() {
		fn visit(command: &clap::Command, path: &str) {
			let path = format!("{path} {}", command.get_name());
			let mut leaf = true;
			for inner in command.get_subcommands() {
				leaf = false;
				visit(inner, &path);
			}
			let help = command.get_after_long_help().or(command.get_after_help());
			assert!(
				!leaf || help.is_some_and(|help| help.to_string().contains("salus ")),
				"{path} has no example"
			);
		}
		visit(&Cli::command(), "");
	}

	#[test]
	fn every_exit_code_stands_in_the_help_and_in_the_readme() {
		let readme = include_str!("../../README.md");
		for code in (0..=9).chain([exit::INTERRUPTED]) {
			assert!(EXIT_CODES.contains(&format!("\n  {code}  ")), "{code}");
			assert!(readme.contains(&format!("\n| {code} | ")), "{code}");
		}
	}

	#[test]
	fn a_wrong_command_line_is_told_as_json() {
		let error = Cli::try_parse_from(["salus", "--json", "node", "stat"]).err().unwrap();
		let object = usage_object(&error);
		let field = |name: &str| object.get("error").and_then(|error| error.get(name)).cloned();
		assert_eq!(field("exitCode"), Some(Value::from(exit::USAGE)));
		assert_eq!(field("name"), Some(Value::from("InvalidSubcommand")));
		assert!(field("message")
			.unwrap()
			.as_str()
			.unwrap()
			.starts_with("unrecognized subcommand"));
	}

	#[test]
	fn ids_of_one_seed_are_as_many_as_are_looked_for() {
		let register =
			|n: u32| Cli::try_parse_from(["salus", "patient", "register", "x", "--n", &n.to_string()]).is_ok();
		let most = crate::sdk::IDS_OF_ONE_SEED;
		assert!(register(0) && register(most - 1) && !register(most));
	}

	#[test]
	fn options_are_understood_before_and_behind_the_command() {
		for line in [
			"salus --dev --dev-key //Alice//doctor record list --patient 0 --json",
			"salus record get 0 --institution 1 --purpose treatment --out x --dev --dev-key //Bob//doctor",
			"salus consent grant --patient 1 --to role:doctor@1 --purpose treatment --category laboratory,imaging",
			"salus record put x.json --patient 0 --institution 0 --category laboratory --relates-to replaces:4",
			"salus --url ws://a:1 node status --url ws://b:1",
			"salus audit readers 7 --stale-ok",
			"salus --dry-run consent seal --patient 0 --compartment 3",
			"salus consent seal --patient 0 --compartment 3 --dry-run",
			"salus record put x.pdf --patient 0 --category imaging --subject 7 --again",
			"salus consent from-fhir - --directory who.json --untyped permit --json",
			"salus consent to-fhir --directory who.json",
			"salus consent explain --patient 0 --category laboratory --action append --purpose patient-request",
			"salus consent pass-on --patient 0 --institution 1 --grant 4 --to 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
			"salus consent seal --patient 0 --compartment 3",
			"salus emergency open --patient 0 --institution 1 --reason life-threat --justification-file w --salts s --for 4h",
			"salus emergency review --patient 0 --case 3 --verdict violation --json",
			"salus emergency open --card c.txt --of 0 --institution 1 --reason other --justification-file w --salts s --for 4h",
			"salus emergency incident declare --institution 1 --until 2026-11-21T20:00:00Z",
			"salus patient rotate-keys --patient 0 --new-key new.key --n 15",
			"salus patient rotate-keys --patient 0 --acceptance acceptance.json",
			"salus patient emergency-card --patient 0 --with mine.txt --out mine.txt --svg mine.svg",
			"salus caregiver name acceptance.json --patient 0",
			"salus guardian resign --patient 0",
			"salus recovery contacts clear --patient 0",
			"salus recovery vouch --patient 0 --contacts c.json a.json b.json",
			"salus recovery vouch-sign --patient 0 --account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --until 2026-12-10 --out v.json",
			"salus recovery vouch-sign --patient 0 --account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --acceptance n.json --lost-at 2026-11-18 --until 2026-12-10 --out v.json",
			"salus recovery begin --patient 0 --contacts c.json --acceptance n.json a.json b.json",
			"salus recovery complete --patient 0",
			"salus recovery prune --patient 0",
			"salus consent attest-erasure --patient 0 --grant 4",
			"salus record successor --institution 0 --author 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
			"salus act propose --institution 0 register-on-paper --identified --majority 2031-05 --evidence-file e --salts s --json",
			"salus act confirm --institution 0 --act 2 --salts s",
			"salus act confirm --institution 0 remove-registrar --dev --dev-key //Charlie",
			"salus act withdraw --institution 0 --act 0x3f2a91c4",
			"salus application approve 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --institution 0 --valid-for 10d",
			"salus application list --institution 0",
			"salus credential list 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
			"salus credential transfer --institution 1",
			"salus credential leave --for-ever",
			"salus credential resign --institution 1 --for-ever",
			"salus patient contest-death --patient 0",
			"salus council propose revoke-institution --institution 2",
			"salus council propose decide-death --patient 7 --retract",
			"salus institution apply-keys 0",
			"salus council propose decide-recovery --patient 7 --complete",
			"salus council vote --motion 3 --aye",
			"salus accept controller --patient 0 --out a.json",
			"salus accept controller --patient 0 --n 15 --out a.json",
			"salus accept merge --patient 8 --from 8 --into 7 --until 2026-12-01 --out a.json",
			"salus act propose --institution 0 merge --from 8 --into 7 --from-agreement a --into-agreement b",
			"salus act propose --institution 0 begin-recovery --patient 7 --lost-at 2026-11-20 --acceptance a --evidence-file e --salts s",
			"salus act propose --institution 0 name-caregiver --patient 7 --acceptance a",
			"salus consent confirm --patient 0 --grant 1",
			"salus paper propose --patient 7 --scan-file p --salts s grant --to role:nurse@0 --purpose treatment --category laboratory",
			"salus paper propose --patient 7 --scan-file p --salts s approve --request 0 --for 1d",
			"salus paper propose --patient 7 --scan-file p --salts s decline --request 0 --dry-run",
			"salus paper propose --patient 7 --scan-file p --salts s revoke --grant 1",
			"salus paper propose --patient 7 --scan-file p --salts s deny --all",
			"salus paper propose --patient 7 --scan-file p --salts s allow --denial 0",
			"salus paper propose --patient 7 --scan-file p --salts s seal --compartment 3",
			"salus paper propose --patient 7 --scan-file p --salts s unseal --compartment 3",
			"salus paper propose --patient 7 --scan-file p --salts s appeal --case 3 --json",
			"salus paper confirm --patient 7 --scan-file p --salts s",
			"salus paper withdraw --patient 7",
			"salus paper withdraw --patient 7 --witness 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
			"salus paper list --patient 7",
			"salus device key new --out monitor.key --dev",
			"salus --key monitor.key device claim --institution 0 --code 8867-4,59408-5 --out c.json --salts s.json",
			"salus device provision c.json --dry-run",
			"salus device revoke 0x0707070707070707070707070707070707070707070707070707070707070707 --for-ever",
			"salus device consent-statement --patient 7 --device 0707070707070707070707070707070707070707070707070707070707070707 --for 30d --out c.json",
			"salus device bind consent.json --json",
			"salus device offer 0x0707070707070707070707070707070707070707070707070707070707070707 --patient 7 --for 1d --scan-file p --salts s",
			"salus device accept 0x0707070707070707070707070707070707070707070707070707070707070707",
			"salus device end-offer 0x0707070707070707070707070707070707070707070707070707070707070707 --as-patient",
			"salus device unbind 3",
			"salus device list --institution 0",
			"salus device simulate --pulse a.csv --observation b --state s.json --dry-run",
			"salus device simulate --observation b --every 1s --times 3 --speed 10 --state s.json --to mqtts://h:8883 --ca c.pem --token-file t --mqtt 3",
			"salus vitals show 7 --code 8867-4,59408-5 --limit 8867-4=50..120 --svg x.svg --institution 0 --purpose treatment",
			"salus vitals show --batch a --batch b --fhir o.json --subject Patient/7 --plain",
			"salus vitals prove --anchor 12 --seq 4711 --batch a",
			"salus vitals check proof.json --json",
			"salus alert list --patient 7 --open",
			"salus alert acknowledge 3 --dry-run",
			"salus alert prune 3 4 5",
			"salus appointment open --institution 0 --day 2026-12-01,2026-12-02 --hours 08:00-12:00,13:00-24:00 --every 15m",
			"salus appointment block --institution 0 --start 2026-12-01T09:00:00Z --for 2h --dry-run",
			"salus appointment unblock --institution 0 --practitioner 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --start 0 --for 2h",
			"salus appointment close --institution 1 --start 2026-12-01T00:00:00Z --for 31d",
			"salus appointment availability --practitioner 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --institution 0 --day 2026-12-01 --json",
			"salus appointment availability --practitioner 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --from 2026-12-01 --to 2026-12-08 --free",
			"salus appointment availability --practitioner 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --from 2026-12-01 --to 2026-12-08 --watch",
			"salus appointment hold --patient 7 --institution 0 --with 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --start 0 --for 30m",
			"salus appointment release --patient 7 --institution 0 --with 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --start 0 --for 30m --as-patient",
			"salus appointment book --patient 7 --institution 0 --with 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --start 0 --for 30m --mode tele",
			"salus appointment reschedule 4 --start 2026-12-02T09:00:00Z",
			"salus appointment cancel 4 --reason patient",
			"salus appointment wait --patient 7 --institution 0 --with 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --for 30m --from 0 --to 9 --priority stat",
			"salus appointment cancel-day --institution 0 --start 2026-12-01T06:00:00Z --for 12h --next 2026-12-02,2026-12-03",
			"salus appointment offer --institution 0 --day 2026-12-01",
			"salus appointment join 4 --institution 0 --session 0x0000000000000000000000000000000000000000000000000000000000000001",
			"salus appointment list --practitioner 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --from 2026-12-01 --to 2026-12-08",
			"salus appointment prune --practitioner 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --day 2026-10-01",
			"salus appointment ics --patient 7 --out mine.ics --json",
			"salus appointment from-fhir - --directory who.json --institution 0 --json",
			"salus appointment to-fhir --directory who.json --carried kept.json --practitioner 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		] {
			Cli::try_parse_from(line.split(' ')).unwrap();
		}
		for line in [
			"salus record put x.json --patient 0 --category nonsense",
			"salus consent grant --patient 1 --to everybody --purpose treatment --category imaging",
			"salus record get --out x",
			"salus consent from-fhir x.json",
			"salus --dev-key //Alice node status",
			"salus record put x.json --patient 0 --category imaging --relates-to eats:4",
			"salus record list --patient 0 --limit 0",
			"salus consent seal --patient 0 --compartment 256",
			"salus emergency open --patient 0 --institution 1 --reason bored --justification-file w --salts s --for 4h",
			"salus emergency review --patient 0 --case 3 --verdict maybe",
			"salus emergency open --institution 1 --reason other --justification-file w --salts s --for 4h",
			"salus emergency open --patient 0 --card c --institution 1 --reason other --justification-file w --salts s --for 4h",
			"salus emergency open --patient 0 --of 0 --institution 1 --reason other --justification-file w --salts s --for 4h",
			"salus emergency incident declare --institution 1",
			"salus emergency incident declare --institution 1 --for 1h --until 2026-11-21",
			"salus patient rotate-keys --patient 0 --n 16",
			"salus patient rotate-keys --patient 0 --acceptance a.json --n 1",
			"salus patient rotate-keys --patient 0 --new-passphrase-file p",
			"salus recovery contacts set --patient 0 --threshold 1 --out c.json",
			"salus appointment ics --patient 7",
			"salus appointment from-fhir x.json",
			"salus recovery vouch --patient 0 --contacts c.json",
			"salus recovery vouch-sign --patient 0 --until 2026-12-10 --out v.json",
			"salus recovery vouch-sign --patient 0 --account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --out v.json",
			"salus recovery vouch-sign --patient 0 --account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --acceptance n.json --until 2026-12-10 --out v.json",
			"salus recovery begin --patient 0 --contacts c.json a.json b.json",
			"salus act propose --institution 0",
			"salus act propose add-officer --account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
			"salus act confirm --institution 0 --act 0",
			"salus act confirm --institution 0 --salts s",
			"salus accept controller --patient 0 --n 16 --out a.json",
			"salus accept king --patient 0 --out a.json",
			"salus accept merge --patient 8 --from 8 --into 7 --out a.json",
			"salus act propose --institution 0 begin-recovery --patient 7 --acceptance a --evidence-file e --salts s",
			"salus paper propose --patient 7 --scan-file p --salts s",
			"salus paper propose --patient 7 --salts s seal --compartment 3",
			"salus paper propose --patient 7 --scan-file p seal --compartment 3",
			"salus paper confirm --patient 7 --salts s",
			"salus council propose decide-recovery --patient 7 --complete --refuse",
			"salus council propose decide-guardian --patient 7 --guardian 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
			"salus council vote --motion 3",
			"salus apply --institution 0 --role doctor --licence x --licence-file y --speciality z --out a --salts b",
		] {
			assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
		}
	}
}
