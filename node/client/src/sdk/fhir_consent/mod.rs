//! FHIR R4 `Consent` to and from what a patient says on the chain: grants and denials. Pure: no file, no node, no clock.
//!
//! Nothing is left out in silence. An element that has no counterpart here is refused with its FHIRPath. What was read
//! as something close to it, and what says nothing about access, is listed in [`Reading::notes`].
//!
//! # How a Consent is read
//!
//! On the chain nobody may do what nobody granted. So `policyRule` `OPTIN` grants nothing by itself, and `OPTOUT` says
//! what holds anyhow: only provisions become terms.
//!
//! | provision | becomes |
//! |---|---|
//! | `type` permit | a grant for each recipient; without one, for the institutions in `Consent.organization` |
//! | `type` deny | a denial for each combination of recipients, custodians, classes, labels and records |
//! | the outermost, without `type`, around typed ones | the frame of those: what it says holds for each of them too |
//! | a permit around denies | its grants, and the denies as denials, which say what the permit says of recipients and data |
//! | a frame for `ETREAT` around denies, under `OPTOUT` | the denials alone: breaking the glass goes before a denial, unless it names an account |
//! | the outermost, alone, without `type` | a denial: under `OPTIN` an exception to it, under `OPTOUT` what it covers |
//! | the same under `OPTIN`, naming a period at most | ambiguous; the caller has to say which |
//!
//! The last is because HL7's own examples `basic` and `notTime` differ in their dates alone, and one gives what the
//! other withholds. Denies around permits, and a third level, are refused: a denial goes before every grant.
//!
//! | element | in a grant | in a denial |
//! |---|---|---|
//! | `period` | `starts`, `ends`; open sides are 0 and the end of time | refused; one that was over when the Consent was written can only mean the records' time, and is read so |
//! | `actor` `PRCP`, `IRCP` | the grantee | account, institution, role |
//! | `actor` `CST` | refused | the institution that keeps the records |
//! | `action` | `access` View, `collect` Append, `correct` Amend, `disclose` Share; none: all | none, or `access` among them: a denial closes every action |
//! | `purpose` | v3 PurposeOfUse; none: all | refused |
//! | `class` | categories, by our code system, FHIR resource types and LOINC document types; none: all | one |
//! | `securityLabel` | compartments, by our code system, with `N` for what is in none | a compartment |
//! | `dataPeriod` | `recorded_from`, `recorded_until` | the same |
//! | `data` | records; `related` and `dependents` are looked up as such | one |
//!
//! Times are read as FHIR means them: a date is all of its day (in UTC, since it has no zone), an end is included. They
//! are written in UTC to the millisecond. Limits of use, dates of erasure and the mark of what outlives the patient are
//! extensions of ours; the first modifies the provision, so that nobody who does not know it reads more into it. Who does
//! not know the last reads less: a grant for her life. `node/client/fhir` defines them, and the codes.

mod actor;
mod codes;
mod directory;
mod element;
mod error;
pub(crate) mod instant;
mod meaning;
mod read;
mod rule;
mod strict;
mod write;

#[cfg(test)]
mod tests;

pub use directory::{Directory, DirectoryMap, Entity, Meaning};
pub use error::ConsentError;
pub(crate) use read::{is_id, IS_ID};
pub(crate) use strict::parse as parse_json;

use salus_primitives::{DenialTerms, Grantee, InstitutionId, PatientId, Terms, MAX_DENIALS};
use serde_json::Value;

use super::AccountId;

/// The largest Consent that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The most denials one patient can have beside the one of everything.
const MAX_NARROW_DENIALS: u32 = MAX_DENIALS - 1;

/// What a Consent says, in the chain's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentStatement {
	/// The Consent's own id.
	pub id: Option<String>,
	/// Whose records it is about.
	pub patient: PatientId,
	/// When it was written: a FHIR `dateTime`.
	pub dated: Option<String>,
	/// Who agreed to it.
	pub performers: Vec<Entity>,
	/// Which institutions manage it.
	pub organizations: Vec<InstitutionId>,
	/// What it permits, and to whom.
	pub grants: Vec<(Grantee<AccountId>, Terms)>,
	/// What it denies.
	pub denials: Vec<DenialTerms<AccountId>>,
}

/// Permit or deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleType {
	/// A grant.
	Permit,
	/// A denial.
	Deny,
}

/// Something a reader should know about how an element was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
	/// Which element.
	pub path: String,
	/// How it was read.
	pub text: &'static str,
}

/// A Consent that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
	/// What it says.
	pub consent: ConsentStatement,
	/// What was read as something close to it, and what is no part of the terms.
	pub notes: Vec<Note>,
}

/// Reads a Consent. `untyped` says what a lone provision without `type` is; without it the rules above decide.
///
/// # Errors
/// Each has the FHIRPath of the element that can't be read.
pub fn from_fhir(json: &[u8], directory: &dyn Directory, untyped: Option<RuleType>) -> Result<Reading, ConsentError> {
	if json.len() > MAX_BYTES {
		return Err(ConsentError::TooLarge);
	}
	let document = strict::parse(json).map_err(|error| ConsentError::NotJson(error.to_string()))?;
	read::consent(&document, directory, untyped)
}

/// Writes a Consent that [`from_fhir`] reads as the same statement.
///
/// # Errors
/// `UnknownEntity` for whoever the directory has no reference for; `Inexpressible` for what FHIR has no form for: times
/// beyond the year 9999, terms that permit nothing, more than 2,147,483,647 uses.
pub fn to_fhir(consent: &ConsentStatement, directory: &dyn Directory) -> Result<Value, ConsentError> {
	write::consent(consent, directory)
}
