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
		/// The council admitted an institution.
		InstitutionAdmitted {
			/// Its id.
			institution: InstitutionId,
		},
		/// The council suspended an institution: nobody's standing there counts any more.
		InstitutionSuspended {
			/// Its id.
			institution: InstitutionId,
		},
		/// The council reinstated an institution.
		InstitutionReinstated {
			/// Its id.
			institution: InstitutionId,
		},
		/// An officer approved an application.
		CredentialIssued {
			/// Who holds the credential.
			account: T::AccountId,
			/// Where.
			institution: InstitutionId,
			/// What she is there.
			role: Role,
		},
		/// An officer suspended a credential, or it follows from a violation.
		CredentialSuspended {
			/// Who holds it.
			account: T::AccountId,
			/// Where.
			institution: InstitutionId,
		},
		/// An officer reinstated a credential.
		CredentialReinstated {
			/// Who holds it.
			account: T::AccountId,
			/// Where.
			institution: InstitutionId,
		},
		/// An officer revoked a credential, for ever.
		CredentialRevoked {
			/// Who held it.
			account: T::AccountId,
			/// Where.
			institution: InstitutionId,
		},
		/// A patient registered herself.
		PatientRegistered {
			/// Her id.
			patient: PatientId,
			/// Whose voucher she had.
			institution: InstitutionId,
			/// The first entry of her trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// Used vouchers that have ended were forgotten.
		VouchersPruned {
			/// How many.
			count: u32,
		},
		/// An administrator proposed to assign a patient to a practitioner.
		AssignmentProposed {
			/// Who is assigned.
			patient: PatientId,
			/// Where.
			institution: InstitutionId,
			/// To whom.
			practitioner: T::AccountId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The practitioner accepted.
		AssignmentAccepted {
			/// Who is assigned.
			patient: PatientId,
			/// Where.
			institution: InstitutionId,
			/// To whom.
			practitioner: T::AccountId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// An assignment is over.
		AssignmentEnded {
			/// Who was assigned.
			patient: PatientId,
			/// Where.
			institution: InstitutionId,
			/// To whom.
			practitioner: T::AccountId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
	}
}

impl<T: Config> Event<T> {
	/// The audit entries the event carries, with whose trail each stands in.
	pub fn audit(&self) -> Vec<(PatientId, AuditEntry<T::AccountId>)> {
		match self {
			Self::PatientRegistered { patient, entry, .. }
			| Self::AssignmentProposed { patient, entry, .. }
			| Self::AssignmentAccepted { patient, entry, .. }
			| Self::AssignmentEnded { patient, entry, .. } => vec![(*patient, entry.clone())],
			// Named one by one, so that a new event is put on one side or the other.
			Self::InstitutionAdmitted { .. }
			| Self::InstitutionSuspended { .. }
			| Self::InstitutionReinstated { .. }
			| Self::CredentialIssued { .. }
			| Self::CredentialSuspended { .. }
			| Self::CredentialReinstated { .. }
			| Self::CredentialRevoked { .. }
			| Self::VouchersPruned { .. }
			| Self::__Ignore(..) => Vec::new(),
		}
	}
}
