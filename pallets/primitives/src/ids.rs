//! Dense identifiers and the units of time.

/// An admitted institution.
pub type InstitutionId = u32;
/// A patient of one institution: a person has one for each hospital she is registered at.
pub type PatientId = u64;
/// A record's metadata on chain.
pub type RecordId = u64;
/// A request for consent.
pub type RequestId = u64;
/// A grant of the patient.
pub type GrantId = u64;
/// A denial of the patient.
pub type DenialId = u64;
/// A break-glass case.
pub type CaseId = u64;
/// A receipt of one `access` call.
pub type ReceiptId = u64;
/// Milliseconds since the Unix epoch.
pub type Moment = u64;
/// A drawer chosen at random for each patient; what it holds is never said on chain.
pub type Compartment = u8;

/// Milliseconds in a second, minute, hour and day.
pub const SECOND: Moment = 1_000;
pub const MINUTE: Moment = 60 * SECOND;
pub const HOUR: Moment = 60 * MINUTE;
pub const DAY: Moment = 24 * HOUR;
