//! The calls of the chain, with the chain's own types.

use salus_primitives::{
	CaseId, Compartment, DenialId, DenialTerms, EmergencyReason, ErrorReason, GrantId, Grantee, HpkeKey, InstitutionId,
	Moment, NewBatch, NewRecord, Parent, PatientId, Purpose, RecordId, RequestId, Terms, Verdict,
};
use subxt::{tx::Payload, utils::Static};

use super::{
	council::{Motion, MOTION_LENGTH},
	AccountId, Act, Application, ContactsCommitment, Hash, OpenedContacts, Paper, Registration, Signature, Vouch,
};
use crate::api::{
	self,
	runtime_types::{
		bounded_collections::bounded_vec::BoundedVec, salus_runtime::RuntimeCall, sp_weights::weight_v2::Weight,
	},
};

/// An officer makes a credential out of an application.
pub fn approve_application(
	application: Application,
	signature: Signature,
	valid_from: Moment,
	valid_until: Moment,
) -> impl Payload {
	api::tx()
		.roles()
		.approve_application(Static(application), signature, valid_from, valid_until)
}

/// An officer makes a credential out of an application that the registrar attested.
pub fn approve_attested_application(
	applicant: AccountId,
	institution: InstitutionId,
	valid_from: Moment,
	valid_until: Moment,
) -> impl Payload {
	api::tx()
		.roles()
		.approve_attested_application(applicant, institution, valid_from, valid_until)
}

/// An officer declines an application that the registrar attested.
pub fn decline_application(applicant: AccountId, institution: InstitutionId) -> impl Payload {
	api::tx().roles().decline_application(applicant, institution)
}

/// Anybody registered has an application forgotten that lapsed.
pub fn prune_application(applicant: AccountId, institution: InstitutionId) -> impl Payload {
	api::tx().roles().prune_application(applicant, institution)
}

/// Whoever holds a credential there makes another institution her home.
pub fn transfer(institution: InstitutionId) -> impl Payload {
	api::tx().roles().transfer(institution)
}

/// A practitioner gives up her credential at an institution.
pub fn resign_credential(institution: InstitutionId) -> impl Payload {
	api::tx().roles().resign_credential(institution)
}

/// An account leaves for ever; it names every institution where it has a credential that was not revoked.
pub fn leave(credentials: &[InstitutionId]) -> impl Payload {
	api::tx().roles().leave(BoundedVec(credentials.to_vec()))
}

/// Anybody registered puts in force what an institution announced 24 hours ago.
pub fn apply_keys(institution: InstitutionId) -> impl Payload {
	api::tx().roles().apply_keys(institution)
}

/// An officer suspends a credential.
pub fn suspend_credential(account: AccountId, institution: InstitutionId) -> impl Payload {
	api::tx().roles().suspend_credential(account, institution)
}

/// An officer reinstates a suspended credential.
pub fn reinstate_credential(account: AccountId, institution: InstitutionId) -> impl Payload {
	api::tx().roles().reinstate_credential(account, institution)
}

/// An officer revokes a credential for good.
pub fn revoke_credential(account: AccountId, institution: InstitutionId) -> impl Payload {
	api::tx().roles().revoke_credential(account, institution)
}

/// A patient registers herself; the call carries what authorises it.
pub fn register_patient(registration: Registration) -> impl Payload {
	api::tx().roles().register_patient(
		Static(registration.voucher),
		registration.officer,
		registration.voucher_signature,
		registration.controller,
		Static(registration.hpke),
		Static(registration.terms),
		registration.key_signature,
		registration.controller_signature,
	)
}

/// An officer proposes an act of two officers.
pub fn propose_act(institution: InstitutionId, act: Act) -> impl Payload {
	api::tx().roles().propose_act(institution, Static(act))
}

/// Another officer confirms it.
pub fn confirm_act(institution: InstitutionId, act: Act) -> impl Payload {
	api::tx().roles().confirm_act(institution, Static(act))
}

/// An officer takes a proposed act back.
pub fn withdraw_act(institution: InstitutionId, act: Act) -> impl Payload {
	api::tx().roles().withdraw_act(institution, Static(act))
}

/// A member puts a motion to the council, which carries it with so many ayes.
pub fn put_motion(ayes: u32, call: RuntimeCall) -> impl Payload {
	api::tx().council().propose(ayes, call, MOTION_LENGTH)
}

/// A member votes on a motion.
pub fn vote(motion: &Motion, aye: bool) -> impl Payload {
	api::tx().council().vote(motion.hash, motion.index, aye)
}

/// A motion that is carried, or can't be any more, is closed; a carried one is done.
pub fn close_motion(motion: &Motion, weight: Weight) -> impl Payload {
	api::tx()
		.council()
		.close(motion.hash, motion.index, weight, motion.length)
}

/// An administrator proposes to assign a patient to a practitioner.
pub fn propose_assignment(patient: PatientId, practitioner: AccountId) -> impl Payload {
	api::tx().roles().propose_assignment(patient, practitioner)
}

/// The practitioner accepts.
pub fn accept_assignment(patient: PatientId, institution: InstitutionId) -> impl Payload {
	api::tx().roles().accept_assignment(patient, institution)
}

/// Administrator, practitioner or patient end an assignment.
pub fn end_assignment(patient: PatientId, practitioner: AccountId, institution: InstitutionId) -> impl Payload {
	api::tx().roles().end_assignment(patient, practitioner, institution)
}

/// A patient takes another account and another HPKE key; the account signs that it accepts.
pub fn rotate_keys(controller: AccountId, acceptance: Signature, hpke: HpkeKey) -> impl Payload {
	api::tx()
		.roles()
		.rotate_keys(Some((controller, acceptance)), Some(Static(hpke)))
}

/// A patient names a caregiver, who signed that she accepts.
pub fn name_caregiver(caregiver: AccountId, acceptance: Signature) -> impl Payload {
	api::tx().roles().name_caregiver(caregiver, acceptance)
}

/// The patient, or the caregiver herself, ends her part.
pub fn remove_caregiver(patient: PatientId, caregiver: AccountId) -> impl Payload {
	api::tx().roles().remove_caregiver(patient, caregiver)
}

/// The patient, or a guardian who acts, objects to another guardian.
pub fn object_to_guardian(patient: PatientId, guardian: AccountId) -> impl Payload {
	api::tx().roles().object_to_guardian(patient, guardian)
}

/// A patient contests a guardianship.
pub fn contest_guardian(guardian: AccountId) -> impl Payload {
	api::tx().roles().contest_guardian(guardian)
}

/// A patient contests the note of her death, or a guardian of hers does.
pub fn contest_death(patient: PatientId) -> impl Payload {
	api::tx().roles().contest_death(patient)
}

/// A guardian gives her guardianship up.
pub fn resign_guardian(patient: PatientId) -> impl Payload {
	api::tx().roles().resign_guardian(patient)
}

/// A patient commits to recovery contacts, or to none.
pub fn set_recovery_contacts(contacts: Option<ContactsCommitment>) -> impl Payload {
	let contacts = contacts.map(|contacts| api::runtime_types::pallet_roles::types::ContactsCommitment {
		threshold: contacts.threshold,
		commitment: contacts.commitment,
	});
	api::tx().roles().set_recovery_contacts(contacts)
}

/// Whoever holds a patient's key objects to its recovery.
pub fn object_to_recovery() -> impl Payload {
	api::tx().roles().object_to_recovery()
}

/// Somebody registered shows a patient's contacts, of whom these signed, each by the place among them.
pub fn vouch(vouch: &Vouch, (contacts, salt): OpenedContacts, signatures: Vec<(u8, Signature)>) -> impl Payload {
	let (contacts, signatures) = (BoundedVec(contacts), BoundedVec(signatures));
	api::tx()
		.roles()
		.vouch(vouch.patient, vouch.not_after, salt, contacts, signatures)
}

/// Somebody registered begins the recovery that these contacts sign for, as in [`vouch`], to keys that accept it.
pub fn recover(
	vouch: Vouch,
	(contacts, salt): OpenedContacts,
	signatures: Vec<(u8, Signature)>,
	acceptance: Signature,
) -> impl Payload {
	let signatures = BoundedVec(signatures);
	let contacts = BoundedVec(contacts);
	api::tx().roles().recover(
		vouch.patient,
		vouch.controller,
		Static(vouch.hpke),
		vouch.lost_at,
		vouch.not_after,
		salt,
		contacts,
		signatures,
		acceptance,
	)
}

/// Somebody registered completes a recovery that contacts vouch for and nobody objected to.
pub fn complete_recovery(patient: PatientId) -> impl Payload {
	api::tx().roles().complete_recovery(patient)
}

/// Somebody registered has a recovery forgotten that nobody decided in time.
pub fn prune_recovery(patient: PatientId) -> impl Payload {
	api::tx().roles().prune_recovery(patient)
}

/// A practitioner asks for consent.
pub fn ask(patient: PatientId, institution: InstitutionId, terms: Terms, expires_at: Moment) -> impl Payload {
	api::tx().consent().ask(patient, institution, Static(terms), expires_at)
}

/// The requester withdraws a request.
pub fn withdraw(patient: PatientId, request: RequestId) -> impl Payload {
	api::tx().consent().withdraw(patient, request)
}

/// The patient approves a request, or less than was asked.
pub fn approve(patient: PatientId, requester: AccountId, request: RequestId, terms: Terms) -> impl Payload {
	api::tx().consent().approve(patient, requester, request, Static(terms))
}

/// The patient declines a request.
pub fn decline(patient: PatientId, requester: AccountId, request: RequestId) -> impl Payload {
	api::tx().consent().decline(patient, requester, request)
}

/// The patient gives a grant that nobody asked for.
pub fn grant(patient: PatientId, grantee: Grantee<AccountId>, terms: Terms) -> impl Payload {
	api::tx().consent().grant(patient, Static(grantee), Static(terms))
}

/// The patient revokes a grant.
pub fn revoke(patient: PatientId, grantee: Grantee<AccountId>, grant: GrantId) -> impl Payload {
	api::tx().consent().revoke(patient, Static(grantee), grant)
}

/// The patient confirms a grant that was given since her key was lost.
pub fn confirm_grant(patient: PatientId, grantee: Grantee<AccountId>, grant: GrantId) -> impl Payload {
	api::tx().consent().confirm_grant(patient, Static(grantee), grant)
}

/// Who is at the desk brings what a patient signed on paper.
pub fn witness_paper(patient: PatientId, paper: Paper) -> impl Payload {
	api::tx().consent().witness_paper(patient, Static(paper))
}

/// Another witness confirms what the first one brought.
pub fn confirm_paper(patient: PatientId, witness: AccountId, paper: Paper) -> impl Payload {
	api::tx().consent().confirm_paper(patient, witness, Static(paper))
}

/// Its witness takes a paper back, or anybody once it lapsed.
pub fn withdraw_paper(patient: PatientId, witness: AccountId) -> impl Payload {
	api::tx().consent().withdraw_paper(patient, witness)
}

/// The patient denies.
pub fn deny(patient: PatientId, terms: DenialTerms<AccountId>) -> impl Payload {
	api::tx().consent().deny(patient, Static(terms))
}

/// The patient lifts a denial.
pub fn lift_denial(patient: PatientId, denial: DenialId) -> impl Payload {
	api::tx().consent().lift_denial(patient, denial)
}

/// Whoever holds a grant that she may share passes it on.
pub fn pass_on(
	patient: PatientId,
	institution: InstitutionId,
	from: Parent<AccountId>,
	to: AccountId,
	terms: Terms,
) -> impl Payload {
	api::tx()
		.consent()
		.pass_on(patient, institution, Static(from), to, Static(terms))
}

/// The patient seals a compartment.
pub fn seal(patient: PatientId, compartment: Compartment) -> impl Payload {
	api::tx().consent().seal(patient, compartment)
}

/// The patient takes the seal off a compartment.
pub fn unseal(patient: PatientId, compartment: Compartment) -> impl Payload {
	api::tx().consent().unseal(patient, compartment)
}

/// A clinician breaks the glass.
pub fn open_case(
	patient: PatientId,
	institution: InstitutionId,
	reason: EmergencyReason,
	justification: Hash,
	ends_at: Moment,
) -> impl Payload {
	api::tx()
		.consent()
		.open_case(patient, institution, Static(reason), justification, ends_at)
}

/// A clinician joins the team of a case.
pub fn join_case(patient: PatientId, case: CaseId) -> impl Payload {
	api::tx().consent().join_case(patient, case)
}

/// A clinician approves a case of others.
pub fn approve_case(patient: PatientId, case: CaseId, institution: InstitutionId) -> impl Payload {
	api::tx().consent().approve_case(patient, case, institution)
}

/// Whoever is in a case, or a privacy officer, closes it.
pub fn close_case(patient: PatientId, case: CaseId) -> impl Payload {
	api::tx().consent().close_case(patient, case)
}

/// A privacy officer reviews a case.
pub fn review_case(patient: PatientId, case: CaseId, verdict: Verdict) -> impl Payload {
	api::tx().consent().review_case(patient, case, Static(verdict))
}

/// The patient sends a case to the council.
pub fn appeal_case(patient: PatientId, case: CaseId) -> impl Payload {
	api::tx().consent().appeal_case(patient, case)
}

/// An officer declares an incident, or says the same as another one did.
pub fn declare_incident(institution: InstitutionId, ends_at: Moment) -> impl Payload {
	api::tx().consent().declare_incident(institution, ends_at)
}

/// An officer ends an incident.
pub fn end_incident(institution: InstitutionId) -> impl Payload {
	api::tx().consent().end_incident(institution)
}

/// An officer names who goes on with an author's entries, or nobody.
pub fn name_successor(institution: InstitutionId, author: AccountId, successor: Option<AccountId>) -> impl Payload {
	api::tx().consent().name_successor(institution, author, successor)
}

/// Who held a grant, or answers for its holder, attests that copies are erased.
pub fn attest_erasure(patient: PatientId, grant: GrantId) -> impl Payload {
	api::tx().consent().attest_erasure(patient, grant)
}

/// Registers a stored document.
pub fn register(record: NewRecord, purpose: Purpose, institution: Option<InstitutionId>) -> impl Payload {
	api::tx()
		.records()
		.register(Static(record), Static(purpose), institution)
}

/// Marks a record as entered in error.
pub fn mark_entered_in_error(
	record: RecordId,
	reason: ErrorReason,
	institution: Option<InstitutionId>,
) -> impl Payload {
	api::tx()
		.records()
		.mark_entered_in_error(record, Static(reason), institution)
}

/// Asks for access to records of one patient.
pub fn access(records: &[RecordId], purpose: Purpose, institution: Option<InstitutionId>) -> impl Payload {
	api::tx()
		.records()
		.access(BoundedVec(records.to_vec()), Static(purpose), institution)
}

/// The desk anchors up to 256 batches of readings, each device's in the order of their numbers.
pub fn anchor(institution: InstitutionId, batches: Vec<NewBatch>) -> impl Payload {
	let batches = batches.into_iter().map(Static).collect();
	api::tx().telemetry().anchor(institution, BoundedVec(batches))
}
