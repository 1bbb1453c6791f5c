//! The register as a CSV file (RFC 4180) with a head line: `licence,role,contact` and, if there are any, `valid_until`
//! and `speciality`, in any order.

use std::{collections::HashSet, fs::File, path::Path};

use csv::{ReaderBuilder, StringRecord, Trim};
use salus::words;
use salus_primitives::Role;

use super::{hash, MAX_WORD};
use crate::{
	keyed::{Secret, HASH},
	store::{Entry, Store},
	Contact, GatewayError,
};

/// The doctors of a large country.
const MAX_ROWS: u64 = 2_000_000;

/// Where the columns are.
struct Columns {
	licence: usize,
	role: usize,
	contact: usize,
	valid_until: Option<usize>,
	speciality: Option<usize>,
}

/// Puts a file in the place of the register that was imported before; says how many licences it has.
///
/// # Errors
/// `Row` with the line of the first wrong row, `TooManyRows`, `File`, `Sql`; nothing is imported then.
pub async fn import(store: &Store, secret: &Secret, path: &Path) -> Result<usize, GatewayError> {
	let file = File::open(path).map_err(GatewayError::at(path))?;
	let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(false).from_reader(file);
	let head = reader.headers().map_err(|error| wrong_row(&error, 1))?;
	let columns = Columns::find(head)?;
	let mut entries = Vec::new();
	let mut known: HashSet<[u8; HASH]> = HashSet::new();
	for record in reader.into_records() {
		let record = record.map_err(|error| wrong_row(&error, 0))?;
		let line = record.position().map_or(0, csv::Position::line);
		let (licence, entry) = columns
			.read(&record, secret)
			.map_err(|reason| GatewayError::Row { line, reason })?;
		if !known.insert(licence) {
			return Err(GatewayError::Row {
				line,
				reason: "this licence stands on an earlier line already",
			});
		}
		entries.push((licence, entry));
		if u64::try_from(entries.len()).unwrap_or(u64::MAX) > MAX_ROWS {
			return Err(GatewayError::TooManyRows(MAX_ROWS));
		}
	}
	if entries.is_empty() {
		return Err(GatewayError::Row {
			line: 2,
			reason: "there is no licence in the file",
		});
	}
	store.replace_register(&entries).await?;
	Ok(entries.len())
}

impl Columns {
	fn find(head: &StringRecord) -> Result<Self, GatewayError> {
		const KNOWN: [&str; 5] = ["licence", "role", "contact", "valid_until", "speciality"];
		let wrong = |reason| GatewayError::Row { line: 1, reason };
		let place = |name: &str| head.iter().position(|column| column == name);
		if head.iter().any(|column| !KNOWN.contains(&column)) {
			return Err(wrong(
				"a column is not one of licence, role, contact, valid_until, speciality",
			));
		}
		if KNOWN
			.iter()
			.any(|name| head.iter().filter(|column| column == name).count() > 1)
		{
			return Err(wrong("a column stands there twice"));
		}
		Ok(Self {
			licence: place("licence").ok_or_else(|| wrong("the column licence is missing"))?,
			role: place("role").ok_or_else(|| wrong("the column role is missing"))?,
			contact: place("contact").ok_or_else(|| wrong("the column contact is missing"))?,
			valid_until: place("valid_until"),
			speciality: place("speciality"),
		})
	}

	fn read(&self, record: &StringRecord, secret: &Secret) -> Result<([u8; HASH], Entry), &'static str> {
		let field = |place: usize| record.get(place).unwrap_or_default();
		let optional = |place: Option<usize>| place.map(field).filter(|text| !text.is_empty());
		let licence = field(self.licence);
		if licence.is_empty() || licence.len() > MAX_WORD {
			return Err("the licence is empty or too long");
		}
		let valid_until = optional(self.valid_until).map(words::moment).transpose();
		let speciality = optional(self.speciality);
		if speciality.is_some_and(|text| text.len() > MAX_WORD || text.chars().any(char::is_control)) {
			return Err("the speciality is too long or no text");
		}
		let entry = Entry {
			role: words::word::<Role>(field(self.role)).map_err(|_| "the role is none, such as doctor or nurse")?,
			contact: Contact::parse(field(self.contact))
				.map_err(|_| "the contact is neither a mail address nor a telephone number such as +4930123456")?,
			valid_until: valid_until.map_err(|_| "valid_until is no date such as 2026-11-21")?,
			speciality: speciality.map(str::to_string),
		};
		Ok((hash(secret, licence), entry))
	}
}

/// What the reader says, without the text it says it of.
fn wrong_row(error: &csv::Error, line: u64) -> GatewayError {
	let line = error.position().map_or(line, csv::Position::line);
	let reason = match error.kind() {
		csv::ErrorKind::Utf8 { .. } => "it is not UTF-8",
		csv::ErrorKind::UnequalLengths { .. } => "it has another number of fields than the head line",
		csv::ErrorKind::Io(_) => "the file cannot be read",
		_ => "it is no CSV",
	};
	GatewayError::Row { line, reason }
}
