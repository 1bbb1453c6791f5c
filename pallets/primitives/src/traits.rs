//! By these traits pallets ask one another; the runtime alone ties them.

#[cfg(feature = "runtime-benchmarks")]
use crate::DenialTerms;
use crate::{
	AccessRequest, AuditEntry, Decision, GrantId, Grantee, Guardianship, Institution, InstitutionId, KeyLoss, Kind,
	Moment, Patient, PatientId, PatientStatus, Receipt, Record, RecordId, Role, Terms, MAX_MERGES,
};
use alloc::vec::Vec;
use sp_runtime::{DispatchError, Weight};

/// A credential as the decision engine sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
	/// The role it gives.
	pub role: Role,
	/// Whether credential and institution count now.
	pub active: bool,
	/// Since when she has been employed there, renewals without a gap included: what was hers before is hers no more.
	pub begun: Moment,
}

/// Who is who: implemented by pallet-roles. All of it is derived at use, so that one write suspends a hospital.
pub trait Registry<AccountId> {
	/// The institution's entry.
	fn institution(id: InstitutionId) -> Option<Institution<AccountId>>;
	/// Whether the account is an officer of this institution and the institution counts.
	fn is_officer(account: &AccountId, institution: InstitutionId) -> bool;
	/// The account's credential at this institution, if it ever had one.
	fn standing(account: &AccountId, institution: InstitutionId) -> Option<Standing>;
	/// Whether the account's credential at this institution is revoked, which is for ever.
	fn is_revoked(account: &AccountId, institution: InstitutionId) -> bool;
	/// The patient's entry.
	fn patient(id: PatientId) -> Option<Patient<AccountId>>;
	/// Under which id a patient of this status goes on, where hers was merged, and that id's entry: up to [`MAX_MERGES`]
	/// merges on, then as it is found. One read for each merge.
	fn goes_on_as(status: PatientStatus) -> Option<(PatientId, Patient<AccountId>)> {
		let mut found = None;
		let mut next = status;
		for _ in 0..MAX_MERGES {
			let PatientStatus::MergedInto(into) = next else {
				break;
			};
			let entry = Self::patient(into)?;
			next = entry.status;
			found = Some((into, entry));
		}
		found
	}
	/// Whether the account is the patient's own.
	fn is_controller(account: &AccountId, patient: PatientId) -> bool;
	/// Whether the practitioner has accepted an assignment to the patient at this institution and it has not ended. Two
	/// reads, of which one is of the credential that `standing` reads.
	fn is_assigned(practitioner: &AccountId, patient: PatientId, institution: InstitutionId) -> bool;
	/// The same for a practitioner whose standing is known, and with it since when she has been employed there. One read.
	fn is_assigned_since(
		practitioner: &AccountId,
		patient: PatientId,
		institution: InstitutionId,
		_begun: Moment,
	) -> bool {
		Self::is_assigned(practitioner, patient, institution)
	}
	/// The patient's guardianships, in force or not: ask [`Guardianship::is_active`]. One bounded read.
	fn guardianships(patient: PatientId) -> Vec<Guardianship<AccountId>>;
	/// The account's guardianship of the patient, in force or not. The same read.
	fn guardianship(patient: PatientId, account: &AccountId) -> Option<Guardianship<AccountId>>
	where
		AccountId: PartialEq,
	{
		let mut all = Self::guardianships(patient).into_iter();
		all.find(|guardianship| guardianship.guardian == *account)
	}
	/// Whether the patient named the account as a caregiver. One bounded read.
	fn is_caregiver(patient: PatientId, account: &AccountId) -> bool;
	/// Since when the patient's key may have been in other hands. One read.
	fn key_loss(patient: PatientId) -> KeyLoss;
	/// The institution whose quota the account uses; `None` for an account that was never registered.
	fn home(account: &AccountId) -> Option<InstitutionId>;
	/// Whether these 32 bytes are known as somebody's: the account of anybody who is or was registered, or an HPKE key that
	/// is or was in use. A key in use under one id is none under another.
	fn knows_key(_key: &[u8; 32]) -> bool {
		false
	}
	/// Since when the account's credential at this institution has been active without a break; `None` for one that is
	/// not active now. The institution's own status is left aside.
	fn active_since(_account: &AccountId, _institution: InstitutionId) -> Option<Moment> {
		None
	}
}

/// Which keys are devices': implemented by pallet-telemetry.
pub trait DeviceKeys {
	/// Whether a device has these bytes as its key, or had them. One read.
	fn is_device(key: &[u8; 32]) -> bool;
}

/// What follows from a violation: implemented by pallet-roles.
pub trait Discipline<AccountId> {
	/// Suspends the credential, if it is active; whether it was. Suspended before or now, it takes two officers to
	/// reinstate it.
	fn suspend(account: &AccountId, institution: InstitutionId) -> bool;
}

/// What happens to consent when a patient is admitted: implemented by pallet-consent.
pub trait Admission<AccountId> {
	/// Makes the accepted terms the patient's first grant, to whoever is assigned to her at the institution.
	fn admit(
		patient: PatientId,
		controller: &AccountId,
		institution: InstitutionId,
		terms: Terms,
	) -> Result<GrantId, DispatchError>;
	/// Whether the terms can be a grant at this time; the pool asks it before any signature is checked.
	fn acceptable(terms: &Terms, now: Moment) -> bool;
}

/// What happens to the council as institutions come, change their seats and go: implemented by pallet-consortium.
pub trait Seating<AccountId> {
	/// The institution has a seat and a validator from now on.
	fn admitted(id: InstitutionId, institution: &Institution<AccountId>) -> Result<(), DispatchError>;
	/// Another account sits for the institution, which has a seat.
	fn reseated(id: InstitutionId, seat: &AccountId) -> Result<(), DispatchError>;
	/// The institution has no seat any more, if it had one.
	fn unseated(id: InstitutionId) -> Result<(), DispatchError>;
	/// Worst case of `admitted`, which does more than the others.
	fn admitted_weight() -> Weight;
}

/// The decision engine: implemented by pallet-consent. Nothing else permits anything.
pub trait AccessControl<AccountId> {
	/// Decides, by reading storage and changing nothing.
	fn decide(request: &AccessRequest<AccountId>) -> Decision;
	/// `decide` about what was recorded from `recorded_at` to `last_at`, both with it, and is opened as a whole: a denial of
	/// any moment of it refuses it, and one grant has to hold both its ends. One use of each of the returned grants is
	/// given back, for a receipt about what is no record.
	fn decide_span(request: &AccessRequest<AccountId>, last_at: Moment, returned: &[GrantId]) -> Decision;
	/// Takes one use of a grant that a permit to this requester rested on.
	fn take_use(
		patient: PatientId,
		requester: &AccountId,
		on_behalf_of: Option<InstitutionId>,
		grant: GrantId,
	) -> Result<(), DispatchError>;
	/// `decide` with the receipt's own use given back and everything else judged anew. False for a record that the
	/// receipt does not permit.
	fn still_permits(receipt: &Receipt<AccountId>, id: RecordId, record: &Record<AccountId>) -> bool;
	/// Worst case of `decide`.
	fn decide_weight() -> Weight;
	/// The least that a permit costs: it rests on no grant, and nothing but patient, credential, institution, denials and
	/// assignment was read. The benchmarks of other pallets' calls make such decisions.
	fn least_weight() -> Weight;
	/// The most that this decision on this request can have cost; never above `decide_weight`.
	fn weight_of(request: &AccessRequest<AccountId>, decision: &Decision) -> Weight;
	/// Worst case of `take_use` beyond the decision that it follows and that has read the same.
	fn take_use_weight() -> Weight;
	/// Fills the patient's list of denials with these terms, each for another record that there is not: as far as a
	/// permit can go through denials.
	#[cfg(feature = "runtime-benchmarks")]
	fn fill_denials(patient: PatientId, terms: &DenialTerms<AccountId>);
}

/// The audit trail: implemented by pallet-records.
pub trait AuditTrail<AccountId> {
	/// Writes one entry at the end of the patient's trail and returns it for the caller's event.
	fn append(patient: PatientId, actor: Option<AccountId>, kind: Kind<AccountId>) -> AuditEntry<AccountId>;
}

/// Who may be named in a grant's list: kept here so that consent and its runtime API agree on keys.
pub fn grantees_of<AccountId: Clone>(
	requester: &AccountId,
	on_behalf_of: Option<(InstitutionId, Role)>,
) -> impl Iterator<Item = Grantee<AccountId>> {
	let at = on_behalf_of.into_iter().flat_map(|(institution, role)| {
		[
			Grantee::Institution(institution),
			Grantee::Role(role, institution),
			Grantee::Assigned(institution),
		]
	});
	core::iter::once(Grantee::Account(requester.clone())).chain(at)
}

/// Makes who is who for the benchmarks, on the runtime they run on.
#[cfg(feature = "runtime-benchmarks")]
pub trait BenchmarkHelper<AccountId> {
	/// Sets the chain's clock.
	fn clock(now: Moment);
	/// An active institution with this id.
	fn institution(id: InstitutionId);
	/// An active credential of the account at the institution.
	fn credential(account: &AccountId, institution: InstitutionId, role: Role);
	/// An active patient of the institution whom this account signs for.
	fn patient(controller: &AccountId, institution: InstitutionId) -> PatientId;
	/// An accepted assignment of the patient to the practitioner.
	fn assignment(practitioner: &AccountId, patient: PatientId, institution: InstitutionId);
	/// Takes the patient's account away: she is one on paper.
	fn on_paper(patient: PatientId);
	/// The patient's key was lost at this time and recovered just then.
	fn key_loss(patient: PatientId, at: Moment);
	/// The first patient's id is merged into the second's.
	fn merge(_from: PatientId, _into: PatientId) {}
	/// The account's credential at the institution is revoked.
	fn revocation(account: &AccountId, institution: InstitutionId);
}
