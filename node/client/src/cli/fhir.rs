//! `salus consent from-fhir` and `to-fhir`: no node, no key.

use std::{
	fs::File,
	io::Read,
	path::{Path, PathBuf},
};

use clap::{Args, Subcommand, ValueEnum};
use salus_primitives::{PatientId, RecordId};
use serde::de::DeserializeOwned;
use serde_json::{json, Map, Value};
use sp_io::hashing::blake2_256;

use super::{
	report::Report,
	session::Session,
	statement::{entity, malformed, said, Statement, LIST},
};
use crate::sdk::{
	fhir_consent::{from_fhir, parse_json, to_fhir, DirectoryMap, Meaning, RuleType},
	Error, FileError,
};

#[derive(Subcommand)]
pub(crate) enum Consent {
	#[command(flatten)]
	OnChain(Box<super::consent::Consent>),
	/// Read a FHIR R4 Consent as grants and denials; needs no node
	#[command(
		after_help = "Examples:\n  salus consent from-fhir Consent.json --directory who.json\n  curl -s https://ehr.example/fhir/Consent/7 | salus consent from-fhir - --directory who.json --json\n\nThe directory says whom and what the references mean:\n  { \"Patient/7\": \"patient:0\", \"Organization/a\": \"institution:1\", \"Practitioner/3\": \"account:5Grw…\",\n    \"DocumentReference/4\": \"record:12\", \"related Task/9\": \"record:12,13\" }\n\nWhat has no counterpart on the chain is refused with its FHIRPath; nothing is left out in silence."
	)]
	FromFhir(FromFhir),
	/// Write grants and denials as a FHIR R4 Consent; needs no node
	#[command(
		after_help = "Examples:\n  salus consent list --patient 0 --json | salus consent to-fhir --patient 0 --directory who.json\n  salus consent from-fhir Consent.json --directory who.json --json | salus consent to-fhir --directory who.json\n\nIt reads what `consent list` and `consent from-fhir` print with --json. Grants that were revoked or used up are left out and named on standard error."
	)]
	ToFhir(ToFhir),
}

/// `salus consent from-fhir`
#[derive(Args)]
pub(crate) struct FromFhir {
	/// The Consent, as JSON; - for standard input
	file: PathBuf,
	/// Whom and what references mean: a JSON object
	#[arg(long, value_name = "FILE")]
	directory: PathBuf,
	/// What a lone provision without a type is, where that can't be told
	#[arg(long)]
	untyped: Option<Untyped>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Untyped {
	Permit,
	Deny,
}

/// `salus consent to-fhir`
#[derive(Args)]
pub(crate) struct ToFhir {
	/// Grants and denials, as JSON; - for standard input
	#[arg(default_value = "-")]
	file: PathBuf,
	/// Whom and what references mean: a JSON object
	#[arg(long, value_name = "FILE")]
	directory: PathBuf,
	/// Whose they are, where the file does not say
	#[arg(long)]
	patient: Option<PatientId>,
}

impl Consent {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		match self {
			Self::OnChain(command) => command.run(session).await,
			Self::FromFhir(command) => command.run(),
			Self::ToFhir(command) => command.run(),
		}
	}
}

impl FromFhir {
	fn run(self) -> Result<Report, Error> {
		let directory = directory(&self.directory)?;
		let untyped = self.untyped.map(|untyped| match untyped {
			Untyped::Permit => RuleType::Permit,
			Untyped::Deny => RuleType::Deny,
		});
		let reading = from_fhir(&content("consent", &self.file)?, &directory, untyped)?;
		let mut report = said(&reading.consent);
		for note in &reading.notes {
			report = report.line(format!("{}: {}", note.path, note.text));
		}
		let notes: Vec<_> = reading
			.notes
			.iter()
			.map(|note| json!({ "path": note.path, "text": note.text }))
			.collect();
		Ok(report.field("notes", notes))
	}
}

impl ToFhir {
	fn run(self) -> Result<Report, Error> {
		let directory = directory(&self.directory)?;
		let file: Statement = parse(LIST, &self.file)?;
		let consent = file.statement(self.patient)?;
		let document = to_fhir(&consent, &directory)?;
		let text = serde_json::to_string_pretty(&document).map_err(|error| malformed("consent", error))?;
		let fields = document.as_object().cloned().unwrap_or_default();
		let report = fields
			.into_iter()
			.fold(Report::new(), |report, (name, value)| report.field(&name, value));
		Ok(report.line(text))
	}
}

/// The largest file that is read: a directory can be a whole hospital's. A Consent's own bound is much lower.
const MAX_FILE: u64 = 64 << 20;

pub(crate) fn parse<T: DeserializeOwned>(what: &'static str, path: &Path) -> Result<T, Error> {
	parse_json(&content(what, path)?)
		.and_then(serde_json::from_value)
		.map_err(|error| malformed(what, error))
}

/// A file or standard input.
pub(crate) fn content(what: &'static str, path: &Path) -> Result<Vec<u8>, Error> {
	let mut bytes = Vec::new();
	let limit = MAX_FILE.saturating_add(1);
	let read = if path == Path::new("-") {
		std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
	} else {
		File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
	};
	let size = read.map_err(FileError::at(path))?;
	if u64::try_from(size).is_ok_and(|size| size <= MAX_FILE) {
		Ok(bytes)
	} else {
		Err(malformed(what, format!("it is larger than {MAX_FILE} bytes")))
	}
}

/// Whom and what references mean.
pub(crate) fn directory(path: &Path) -> Result<DirectoryMap, Error> {
	let what = "directory";
	let entries: Map<String, Value> = parse(what, path)?;
	let mut directory = DirectoryMap::new();
	for (reference, meant) in entries {
		let meant = meant
			.as_str()
			.ok_or_else(|| malformed(what, format!("`{reference}` has no text")))?;
		let (meaning, reference) = match reference.split_once(' ') {
			Some(("related", reference)) => (Meaning::Related, reference),
			Some(("dependents", reference)) => (Meaning::Dependents, reference),
			_ => (Meaning::Instance, reference.as_str()),
		};
		directory = match meant.strip_prefix("record:") {
			Some(ids) => {
				let ids: Result<Vec<RecordId>, _> = ids.split(',').map(|id| id.trim().parse()).collect();
				let ids = ids.map_err(|_| malformed(what, format!("`{meant}` names no records")))?;
				directory.with_records(reference, meaning, ids)
			}
			None => directory.with(reference, entity(meant).map_err(|error| malformed(what, error))?),
		};
	}
	Ok(directory)
}

/// Where something is that is nowhere but in the Bundle it came in, by what identifies it: a UUID of version 8 (RFC 9562,
/// 5.8).
pub(super) fn urn(named: &[u8]) -> String {
	let mut id = [0; 16];
	id.iter_mut().zip(blake2_256(named)).for_each(|(to, from)| *to = from);
	let [_, _, _, _, _, _, version, _, variant, ..] = &mut id;
	*version = *version & 0x0f | 0x80;
	*variant = *variant & 0x3f | 0x80;
	let text = hex::encode(id);
	let parts: Vec<_> = [0..8, 8..12, 12..16, 16..20, 20..32]
		.into_iter()
		.filter_map(|range| text.get(range))
		.collect();
	format!("urn:uuid:{}", parts.join("-"))
}

#[cfg(test)]
pub(super) mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{exit, fhir_consent::Entity, words};

	/// Leaves what was written where `SALUS_FHIR_OUT` says, for a validator of FHIR.
	pub(in crate::cli) fn leave(name: &str, document: &str) {
		if let Some(folder) = std::env::var_os("SALUS_FHIR_OUT") {
			std::fs::write(Path::new(&folder).join(format!("{name}.json")), document).unwrap();
		}
	}

	const ADA: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	fn file(text: &str) -> tempfile::NamedTempFile {
		let file = tempfile::NamedTempFile::new().unwrap();
		std::fs::write(file.path(), text).unwrap();
		file
	}

	#[test]
	fn a_directory_says_whom_and_what_references_mean() {
		let text = json!({
			"Patient/7": "patient:0",
			"Organization/a": "institution:1",
			"Practitioner/3": format!("account:{ADA}"),
			"DocumentReference/4": "record:12",
			"related Task/9": "record:12,13",
		});
		let ada = Entity::Account(words::account(ADA).unwrap());
		let expected = DirectoryMap::new()
			.with("Patient/7", Entity::Patient(0))
			.with("Organization/a", Entity::Institution(1))
			.with("Practitioner/3", ada)
			.with_records("DocumentReference/4", Meaning::Instance, vec![12])
			.with_records("Task/9", Meaning::Related, vec![12, 13]);
		assert_eq!(directory(file(&text.to_string()).path()).unwrap(), expected);
		for wrong in [
			"[]",
			r#"{"Patient/7": 0}"#,
			r#"{"Patient/7": "patient:x"}"#,
			r#"{"Patient/7": "role:doctor@1"}"#,
			r#"{"DocumentReference/4": "record:1,x"}"#,
			r#"{"Patient/7": "patient:0", "Patient/7": "patient:1"}"#,
		] {
			let error = directory(file(wrong).path()).unwrap_err();
			assert_eq!(
				(error.name().as_str(), error.exit_code()),
				("Malformed", exit::LOCAL),
				"{wrong}"
			);
		}
	}

	#[test]
	fn a_consent_of_ten_megabytes_is_refused() {
		let (consent, who) = (file(&" ".repeat(10_000_000)), file("{}"));
		let command = FromFhir {
			file: consent.path().into(),
			directory: who.path().into(),
			untyped: None,
		};
		assert_eq!(command.run().err().unwrap().name(), "TooLarge");
	}
}
