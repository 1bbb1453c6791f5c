//! Code systems and identifiers: HL7's and ours.

use salus_primitives::{AppointmentParty, CancelReason, Priority};

use crate::sdk::words::hyphenated;

pub(super) const CANCELLATION: &str = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason";
pub(super) const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
/// Ours. An institution that is nobody's literal reference, and an appointment by its number.
pub(super) const INSTITUTION: &str = "https://salus.example/fhir/NamingSystem/institution";
pub(super) const APPOINTMENT: &str = "https://salus.example/fhir/NamingSystem/appointment";
pub(super) const TELE: &str = "https://salus.example/fhir/StructureDefinition/tele";
pub(super) const CANCELLED_BY: &str = "https://salus.example/fhir/StructureDefinition/cancelled-by";
pub(super) const REPLACES: &str = "https://salus.example/fhir/StructureDefinition/replaces";

/// iCalendar's priorities (RFC 5545, 3.8.1.9), to which FHIR refers: 1 is the highest, 5 normal, 9 the lowest, 0 none.
pub(super) const fn of_priority(priority: Priority) -> u64 {
	match priority {
		Priority::Stat => 1,
		Priority::Asap => 2,
		Priority::Urgent => 3,
		Priority::Routine => 5,
	}
}

pub(super) const fn priority(number: u64) -> Option<Priority> {
	match number {
		1 => Some(Priority::Stat),
		2 => Some(Priority::Asap),
		3 | 4 => Some(Priority::Urgent),
		0 | 5..=9 => Some(Priority::Routine),
		_ => None,
	}
}

pub(super) const fn of_reason(reason: CancelReason) -> &'static str {
	match reason {
		CancelReason::Patient => "pat",
		CancelReason::Provider => "prov",
		CancelReason::Maintenance => "maint",
		CancelReason::Other => "other",
	}
}

/// The coarse reason of one of HL7's: `pat-crs` is the patient's, `meds-inc` is clinical and so other.
pub(super) fn reason(code: &str) -> Option<CancelReason> {
	match code.split('-').next() {
		Some("pat") => Some(CancelReason::Patient),
		Some("prov") => Some(CancelReason::Provider),
		Some("maint") => Some(CancelReason::Maintenance),
		Some("meds" | "other" | "oth") => Some(CancelReason::Other),
		_ => None,
	}
}

pub(super) fn of_party(party: AppointmentParty) -> String {
	hyphenated(party.name())
}

pub(super) fn party(word: &str) -> Option<AppointmentParty> {
	AppointmentParty::ALL.into_iter().find(|party| of_party(*party) == word)
}
