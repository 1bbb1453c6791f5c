//! `--dry-run`: what it means for each command.

use clap::ArgMatches;

use crate::sdk::Error;

/// What a command does with `--dry-run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DryRun {
	/// Its transaction is tried on the finalised head instead of being sent.
	Tried,
	/// It sends and writes nothing anyway, and does what it does; no chain is noted.
	Reads,
	/// It writes a file or shows what a key signed, and sends nothing to the chain: there is nothing to try.
	Refused,
}

use DryRun::{Reads, Refused, Tried};

/// Every command, in the order of the help; what comes below one of them is decided with it.
const COMMANDS: &[(&str, DryRun)] = &[
	("node status", Reads),
	("institution show", Reads),
	("institution list", Reads),
	("institution apply-keys", Tried),
	("key new", Refused),
	("key show", Reads),
	("key hpke", Reads),
	("key import", Refused),
	("apply", Refused),
	("act propose", Tried),
	("act confirm", Tried),
	("act withdraw", Tried),
	("act list", Reads),
	("council propose", Tried),
	("council vote", Tried),
	("council close", Tried),
	("council list", Reads),
	("accept guardian", Refused),
	("accept executor", Refused),
	("accept caregiver", Refused),
	("accept controller", Refused),
	("accept merge", Refused),
	("approve", Tried),
	("application list", Reads),
	("application approve", Tried),
	("application decline", Tried),
	("application prune", Tried),
	("credential show", Reads),
	("credential list", Reads),
	("credential transfer", Tried),
	("credential resign", Tried),
	("credential leave", Tried),
	("credential suspend", Tried),
	("credential reinstate", Tried),
	("credential revoke", Tried),
	("voucher issue", Refused),
	("patient register", Tried),
	("patient card", Refused),
	("patient emergency-card", Refused),
	("patient rotate-keys", Tried),
	("patient contest-death", Tried),
	("patient read-card", Reads),
	("patient show", Reads),
	("caregiver name", Tried),
	("caregiver remove", Tried),
	("caregiver list", Reads),
	("guardian list", Reads),
	("guardian object", Tried),
	("guardian contest", Tried),
	("guardian resign", Tried),
	("recovery contacts set", Tried),
	("recovery contacts clear", Tried),
	("recovery vouch-sign", Refused),
	("recovery vouch", Tried),
	("recovery begin", Tried),
	("recovery complete", Tried),
	("recovery prune", Tried),
	("recovery object", Tried),
	("recovery show", Reads),
	("did resolve", Reads),
	("assign propose", Tried),
	("assign accept", Tried),
	("assign end", Tried),
	("record put", Tried),
	("record get", Tried),
	("record verify", Reads),
	("record list", Reads),
	("record show", Reads),
	("record history", Reads),
	("record successor", Tried),
	("record error", Tried),
	("consent ask", Tried),
	("consent approve", Tried),
	("consent decline", Tried),
	("consent withdraw", Tried),
	("consent grant", Tried),
	("consent revoke", Tried),
	("consent confirm", Tried),
	("consent deny", Tried),
	("consent allow", Tried),
	("consent list", Reads),
	("consent explain", Reads),
	("consent pass-on", Tried),
	("consent seal", Tried),
	("consent unseal", Tried),
	("consent attest-erasure", Tried),
	("consent from-fhir", Reads),
	("consent to-fhir", Reads),
	("paper propose", Tried),
	("paper confirm", Tried),
	("paper withdraw", Tried),
	("paper list", Reads),
	("emergency open", Tried),
	("emergency join", Tried),
	("emergency approve", Tried),
	("emergency close", Tried),
	("emergency review", Tried),
	("emergency appeal", Tried),
	("emergency list", Reads),
	("emergency incident declare", Tried),
	("emergency incident end", Tried),
	("appointment open", Tried),
	("appointment block", Tried),
	("appointment unblock", Tried),
	("appointment close", Tried),
	("appointment availability", Reads),
	("appointment hold", Tried),
	("appointment release", Tried),
	("appointment book", Tried),
	("appointment reschedule", Tried),
	("appointment cancel", Tried),
	("appointment wait", Tried),
	("appointment accept", Tried),
	("appointment decline", Tried),
	("appointment offer", Tried),
	("appointment cancel-day", Tried),
	("appointment arrive", Tried),
	("appointment fulfil", Tried),
	("appointment noshow", Tried),
	("appointment join", Tried),
	("appointment end", Tried),
	("appointment show", Reads),
	("appointment list", Reads),
	("appointment waiting", Reads),
	("appointment prune", Tried),
	("appointment ics", Refused),
	("appointment from-fhir", Reads),
	("appointment to-fhir", Reads),
	("appointment operation find", Reads),
	("appointment operation hold", Tried),
	("appointment operation book", Tried),
	("device key new", Refused),
	("device key show", Reads),
	("device claim", Refused),
	("device provision", Tried),
	("device suspend", Tried),
	("device reinstate", Tried),
	("device revoke", Tried),
	("device consent-statement", Refused),
	("device bind", Tried),
	("device offer", Tried),
	("device accept", Tried),
	("device end-offer", Tried),
	("device unbind", Tried),
	("device show", Reads),
	("device list", Reads),
	("device simulate", Tried),
	("vitals show", Tried),
	("vitals prove", Tried),
	("vitals check", Reads),
	("alert list", Reads),
	("alert show", Reads),
	("alert acknowledge", Tried),
	("alert escalate", Tried),
	("alert prune", Tried),
	("audit show", Reads),
	("audit verify", Reads),
	("audit readers", Reads),
];

/// The names of the command and its subcommand.
pub(super) fn path(matches: &ArgMatches) -> String {
	let next = |matches: &ArgMatches| {
		matches
			.subcommand()
			.map(|(name, inner)| (name.to_string(), inner.clone()))
	};
	std::iter::successors(next(matches), |(_, inner)| next(inner))
		.map(|(name, _)| name)
		.collect::<Vec<_>>()
		.join(" ")
}

/// Refuses a command of which nothing can be tried. One without a decision is refused too.
pub(super) fn check(path: &str) -> Result<(), Error> {
	match decided(path) {
		Some((_, Tried | Reads)) => Ok(()),
		Some((_, Refused)) | None => Err(Error::Usage(format!(
			"`salus {path}` sends nothing to the chain, so that there is nothing to try; leave out --dry-run"
		))),
	}
}

/// The command's decision.
fn decided(path: &str) -> Option<&'static (&'static str, DryRun)> {
	COMMANDS.iter().find(|(known, _)| {
		path.strip_prefix(known)
			.is_some_and(|below| below.is_empty() || below.starts_with(' '))
	})
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::{super::Cli, *};
	use crate::sdk::exit;
	use clap::{Command, CommandFactory};

	/// The leaves of the tree of commands, with what they do.
	fn leaves(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
		let inner: Vec<_> = command.get_subcommands().collect();
		if inner.is_empty() {
			found.push((path.trim_start().to_string(), command.clone()));
		}
		for inner in inner {
			leaves(inner, &format!("{path} {}", inner.get_name()), found);
		}
	}

	#[test]
	fn every_command_has_a_decision_about_dry_runs() {
		let mut found = Vec::new();
		leaves(&Cli::command(), "", &mut found);
		let mut names: Vec<_> = found
			.iter()
			.map(|(path, _)| decided(path).map_or(path.as_str(), |(known, _)| *known))
			.collect();
		names.dedup();
		let decisions: Vec<_> = COMMANDS.iter().map(|(path, _)| *path).collect();
		assert_eq!(names, decisions, "give the new command a decision");
	}

	#[test]
	fn a_command_whose_example_signs_is_tried_or_refused() {
		let mut found = Vec::new();
		leaves(&Cli::command(), "", &mut found);
		for (path, command) in &found {
			let Some((_, decision)) = decided(path) else { continue };
			let help = command.get_after_long_help().or(command.get_after_help());
			let help = help.map(ToString::to_string).unwrap_or_default();
			// An example with a key signs something; but these name somebody by her key, open with it, or print what it has.
			let reads = [
				"consent explain",
				"consent list",
				"emergency list",
				"alert show",
				"key hpke",
			];
			if help.contains("--key ") && !reads.contains(&path.as_str()) {
				assert_ne!(*decision, Reads, "{path} signs");
			}
		}
	}

	#[test]
	fn every_source_file_that_submits_is_of_commands_that_are_tried() {
		let files = [
			("act", include_str!("act/mod.rs")),
			("application", include_str!("attested.rs")),
			("assign", include_str!("assign.rs")),
			("approve", include_str!("application.rs")),
			("consent", include_str!("consent.rs")),
			("record error", include_str!("correction.rs")),
			("caregiver", include_str!("caregiver.rs")),
			("council", include_str!("council.rs")),
			("credential", include_str!("credential.rs")),
			("guardian", include_str!("guardian.rs")),
			("institution apply-keys", include_str!("node.rs")),
			("recovery", include_str!("recovery.rs")),
			("recovery", include_str!("vouch.rs")),
			("emergency", include_str!("emergency.rs")),
			("paper", include_str!("paper.rs")),
			("patient", include_str!("patient.rs")),
			("appointment open", include_str!("appointment/calendar.rs")),
			("appointment book", include_str!("appointment/visit.rs")),
			("appointment arrive", include_str!("appointment/progress.rs")),
			("appointment join", include_str!("appointment/consultation.rs")),
			("appointment operation", include_str!("appointment/operation.rs")),
			("device provision", include_str!("device/provision.rs")),
			("device bind", include_str!("device/consent.rs")),
			("device accept", include_str!("device/offer.rs")),
			("device unbind", include_str!("device/binding.rs")),
			("alert acknowledge", include_str!("alert/mod.rs")),
		];
		for (name, text) in files {
			assert!(text.contains(".submit"), "{name} submits");
			let tried = |(path, decision): &(&str, DryRun)| path.starts_with(name) && *decision == Tried;
			assert!(COMMANDS.iter().any(tried), "{name} is tried");
		}
		for (name, text) in [
			("accept", include_str!("accept.rs")),
			("key", include_str!("key.rs")),
			("voucher", include_str!("voucher.rs")),
			("audit", include_str!("audit.rs")),
			("fhir", include_str!("fhir.rs")),
			("explain", include_str!("explain.rs")),
			("device show", include_str!("device/list.rs")),
			("device key", include_str!("device/key.rs")),
			("alert show", include_str!("alert/show.rs")),
			("appointment availability", include_str!("appointment/day.rs")),
			("appointment availability", include_str!("appointment/watch.rs")),
			("appointment list", include_str!("appointment/list.rs")),
			("appointment ics", include_str!("appointment/ics.rs")),
			("appointment from-fhir", include_str!("appointment/fhir.rs")),
		] {
			assert!(!text.contains(".submit"), "{name} submits");
		}
	}

	#[test]
	fn what_cant_be_tried_is_refused_with_the_reason() {
		for path in [
			"voucher issue",
			"apply",
			"patient card",
			"key new",
			"key import",
			"unheard of",
		] {
			let refused = check(path).unwrap_err();
			assert_eq!(refused.exit_code(), exit::USAGE);
			assert!(refused.to_string().contains(path), "{refused}");
		}
		check("consent grant").unwrap();
		check("record list").unwrap();
	}

	#[test]
	fn the_path_of_a_command_is_told_without_its_options() {
		let line = "salus --dry-run --json consent seal --patient 0 --compartment 3";
		let matches = Cli::command().try_get_matches_from(line.split(' ')).unwrap();
		assert_eq!(path(&matches), "consent seal");
		let matches = Cli::command()
			.try_get_matches_from("salus approve application.json".split(' '))
			.unwrap();
		assert_eq!(path(&matches), "approve");
	}
}
