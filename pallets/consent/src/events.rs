//! What this pallet says happened.

use crate::{Config, Event};
use alloc::{vec, vec::Vec};
use frame_support::pallet_macros::pallet_section;
use salus_primitives::{AuditEntry, PatientId};

/// A part of the pallet's module.
#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody asked a patient for consent.
		Asked {
			/// The patient.
			patient: PatientId,
			/// Who asked.
			requester: T::AccountId,
			/// The request.
			request: RequestId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The requester withdrew a request.
		Withdrawn {
			/// The patient.
			patient: PatientId,
			/// Who had asked.
			requester: T::AccountId,
			/// The request.
			request: RequestId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient approved a request, as it was or narrowed.
		Approved {
			/// The patient.
			patient: PatientId,
			/// Who had asked, and is the grantee.
			requester: T::AccountId,
			/// The request.
			request: RequestId,
			/// The grant that came of it.
			grant: GrantId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient declined a request.
		Declined {
			/// The patient.
			patient: PatientId,
			/// Who had asked.
			requester: T::AccountId,
			/// The request.
			request: RequestId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient gave a grant, of herself or by accepting the terms of her admission.
		Granted {
			/// The patient.
			patient: PatientId,
			/// To whom.
			grantee: Grantee<T::AccountId>,
			/// The grant.
			grant: GrantId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A grant was revoked: by the patient, or by whoever had passed it on.
		Revoked {
			/// The patient.
			patient: PatientId,
			/// Whose grant it was.
			grantee: Grantee<T::AccountId>,
			/// The grant.
			grant: GrantId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient made a denial.
		Denied {
			/// The patient.
			patient: PatientId,
			/// The denial.
			denial: DenialId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient lifted a denial.
		DenialLifted {
			/// The patient.
			patient: PatientId,
			/// The denial.
			denial: DenialId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A clinician broke the glass.
		CaseOpened {
			/// The patient.
			patient: PatientId,
			/// The case.
			case: CaseId,
			/// Who opened the case.
			opener: T::AccountId,
			/// Where she acts.
			institution: InstitutionId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A clinician joined a case.
		CaseJoined {
			/// The patient.
			patient: PatientId,
			/// The case.
			case: CaseId,
			/// Who joined.
			clinician: T::AccountId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A clinician approved a case of others.
		CaseApproved {
			/// The patient.
			patient: PatientId,
			/// The case.
			case: CaseId,
			/// Who approved.
			approver: T::AccountId,
			/// Where she acts.
			institution: InstitutionId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A case was closed before its time was over.
		CaseClosed {
			/// The patient.
			patient: PatientId,
			/// The case.
			case: CaseId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A privacy officer reviewed a case.
		CaseReviewed {
			/// The patient.
			patient: PatientId,
			/// The case.
			case: CaseId,
			/// What was found.
			verdict: Verdict,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient sent a case to the council.
		CaseAppealed {
			/// The patient.
			patient: PatientId,
			/// The case.
			case: CaseId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The council judged a case.
		CaseJudged {
			/// The patient.
			patient: PatientId,
			/// The case.
			case: CaseId,
			/// What was found.
			verdict: Verdict,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The council set what an institution may do in emergencies.
		EmergencyLimitsSet {
			/// The institution.
			institution: InstitutionId,
			/// The limits.
			limits: EmergencyLimits,
		},
		/// An officer asked for an incident to be declared: another one has to do so too.
		IncidentProposed {
			/// The institution.
			institution: InstitutionId,
			/// Who asked.
			officer: T::AccountId,
			/// Until when it is to last.
			ends_at: Moment,
		},
		/// An incident is declared: cases of the institution need no approval.
		IncidentDeclared {
			/// The institution.
			institution: InstitutionId,
			/// Until when.
			ends_at: Moment,
		},
		/// An incident was ended before its time was over.
		IncidentEnded {
			/// The institution.
			institution: InstitutionId,
		},
		/// The patient sealed a compartment.
		CompartmentSealed {
			/// The patient.
			patient: PatientId,
			/// The compartment.
			compartment: Compartment,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient took the seal off a compartment.
		CompartmentUnsealed {
			/// The patient.
			patient: PatientId,
			/// The compartment.
			compartment: Compartment,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// Somebody passed a grant on.
		PassedOn {
			/// The patient.
			patient: PatientId,
			/// To whom.
			to: T::AccountId,
			/// The grant that came of it.
			grant: GrantId,
			/// The grant it was passed on from.
			parent: GrantId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// An officer named who goes on with an author's entries, or took that back.
		SuccessorNamed {
			/// The institution.
			institution: InstitutionId,
			/// Who left.
			author: T::AccountId,
			/// Who goes on; `None` for nobody any more.
			successor: Option<T::AccountId>,
		},
		/// A grantee attested that her copies are erased.
		ErasureAttested {
			/// The patient.
			patient: PatientId,
			/// The grant.
			grant: GrantId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A grant that was given since the patient's key was lost was confirmed.
		Confirmed {
			/// The patient.
			patient: PatientId,
			/// Whose grant it is.
			grantee: Grantee<T::AccountId>,
			/// The grant.
			grant: GrantId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A first witness brought what a patient signed on paper.
		PaperProposed {
			/// The patient.
			patient: PatientId,
			/// Who brought it.
			witness: T::AccountId,
			/// `blake2_256(SCALE(paper))`.
			paper: H256,
			/// It lapses at this time.
			until: Moment,
		},
		/// A second witness confirmed a paper; what it says comes next.
		PaperConfirmed {
			/// The patient.
			patient: PatientId,
			/// The entry in the patient's trail, which names both witnesses.
			entry: AuditEntry<T::AccountId>,
		},
		/// A paper was taken back.
		PaperWithdrawn {
			/// The patient.
			patient: PatientId,
			/// Who had brought it.
			witness: T::AccountId,
		},
	}
}

impl<T: Config> Event<T> {
	/// The entries of patients' trails that the event carries.
	pub fn audit(&self) -> Vec<(PatientId, AuditEntry<T::AccountId>)> {
		match self {
			Self::Asked { patient, entry, .. }
			| Self::Withdrawn { patient, entry, .. }
			| Self::Approved { patient, entry, .. }
			| Self::Declined { patient, entry, .. }
			| Self::Granted { patient, entry, .. }
			| Self::Revoked { patient, entry, .. }
			| Self::Denied { patient, entry, .. }
			| Self::DenialLifted { patient, entry, .. }
			| Self::CaseOpened { patient, entry, .. }
			| Self::CaseJoined { patient, entry, .. }
			| Self::CaseApproved { patient, entry, .. }
			| Self::CaseClosed { patient, entry, .. }
			| Self::CaseReviewed { patient, entry, .. }
			| Self::CaseAppealed { patient, entry, .. }
			| Self::CaseJudged { patient, entry, .. }
			| Self::CompartmentSealed { patient, entry, .. }
			| Self::CompartmentUnsealed { patient, entry, .. }
			| Self::PassedOn { patient, entry, .. }
			| Self::ErasureAttested { patient, entry, .. }
			| Self::Confirmed { patient, entry, .. }
			| Self::PaperConfirmed { patient, entry, .. } => vec![(*patient, entry.clone())],
			Self::EmergencyLimitsSet { .. }
			| Self::IncidentProposed { .. }
			| Self::IncidentDeclared { .. }
			| Self::IncidentEnded { .. }
			| Self::SuccessorNamed { .. }
			| Self::PaperProposed { .. }
			| Self::PaperWithdrawn { .. }
			| Self::__Ignore(..) => Vec::new(),
		}
	}
}
