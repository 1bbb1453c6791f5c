//! What this pallet stores besides the common types, and what its benchmarks ask of the runtime.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{AuditHead, Moment, RecordId, DAY, MINUTE};
use scale_info::TypeInfo;

/// How long a receipt counts.
pub const RECEIPT_LIFETIME: Moment = DAY;

/// How far a client's clock may be ahead of the chain's.
pub const CLOCK_TOLERANCE: Moment = 5 * MINUTE;

/// Where a patient's audit trail and list of records end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct TrailEnd {
	/// How long the trail is and the hash it ends in.
	pub head: AuditHead,
	/// The newest record.
	pub latest_record: Option<RecordId>,
}

/// Makes who is who for the benchmarks, on the runtime they run on.
#[cfg(feature = "runtime-benchmarks")]
pub trait BenchmarkHelper<AccountId> {
	/// Sets the chain's clock.
	fn clock(now: Moment);
	/// An active institution with this id.
	fn institution(id: salus_primitives::InstitutionId);
	/// An active credential of the account at the institution.
	fn credential(account: &AccountId, institution: salus_primitives::InstitutionId, role: salus_primitives::Role);
	/// An active patient of the institution whom this account signs for.
	fn patient(controller: &AccountId, institution: salus_primitives::InstitutionId) -> salus_primitives::PatientId;
	/// An accepted assignment of the patient to the practitioner.
	fn assignment(
		practitioner: &AccountId,
		patient: salus_primitives::PatientId,
		institution: salus_primitives::InstitutionId,
	);
}
