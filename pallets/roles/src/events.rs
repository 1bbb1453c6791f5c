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
		/// The council revoked an institution, for ever.
		InstitutionRevoked {
			/// Its id.
			institution: InstitutionId,
		},
		/// The council put another account in a hospital's seat.
		SeatChanged {
			/// The hospital.
			institution: InstitutionId,
			/// Who sits for it from now on.
			seat: T::AccountId,
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
		/// An officer reinstated a credential, or two did after a violation.
		CredentialReinstated {
			/// Who holds it.
			account: T::AccountId,
			/// Where.
			institution: InstitutionId,
		},
		/// An officer revoked a credential, or its holder gave it up, for ever.
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
		/// The registrar attested an application.
		ApplicationSubmitted {
			/// The applicant.
			account: T::AccountId,
			/// Where.
			institution: InstitutionId,
			/// What she will be.
			role: Role,
			/// Who attested it.
			registrar: T::AccountId,
			/// When it lapses.
			until: Moment,
		},
		/// An officer declined an application.
		ApplicationDeclined {
			/// The applicant.
			account: T::AccountId,
			/// Where.
			institution: InstitutionId,
		},
		/// An application that nobody decided in time was forgotten.
		ApplicationLapsed {
			/// The applicant.
			account: T::AccountId,
			/// Where.
			institution: InstitutionId,
		},
		/// A credential was renewed.
		CredentialRenewed {
			/// Who holds it.
			account: T::AccountId,
			/// Where.
			institution: InstitutionId,
			/// What she is there.
			role: Role,
		},
		/// An account moved to another hospital; its credential at the old one ended.
		HomeMoved {
			/// The account.
			account: T::AccountId,
			/// Its home until now.
			from: InstitutionId,
			/// Its home from now on.
			institution: InstitutionId,
		},
		/// An account left for ever.
		AccountLeft {
			/// The account.
			account: T::AccountId,
		},
		/// An officer proposed an act.
		ActProposed {
			/// Where.
			institution: InstitutionId,
			/// Blake2-256 of the act.
			act: H256,
			/// Who proposed it.
			proposer: T::AccountId,
			/// When it lapses.
			until: Moment,
		},
		/// A second officer confirmed an act, and it was carried out.
		ActConfirmed {
			/// Where.
			institution: InstitutionId,
			/// Blake2-256 of the act.
			act: H256,
			/// Who proposed it.
			proposer: T::AccountId,
			/// Who confirmed it.
			officer: T::AccountId,
		},
		/// An officer took an act back.
		ActWithdrawn {
			/// Where.
			institution: InstitutionId,
			/// Blake2-256 of the act.
			act: H256,
			/// Who took it back.
			officer: T::AccountId,
		},
		/// An institution has a registrar.
		RegistrarNamed {
			/// Where.
			institution: InstitutionId,
			/// Who attests applications from now on.
			registrar: T::AccountId,
		},
		/// An institution has no registrar any more.
		RegistrarRemoved {
			/// Where.
			institution: InstitutionId,
			/// Who attested applications until now.
			registrar: T::AccountId,
		},
		/// An institution has another officer more.
		OfficerAdded {
			/// Where.
			institution: InstitutionId,
			/// The officer.
			officer: T::AccountId,
		},
		/// An institution has an officer less.
		OfficerRemoved {
			/// Where.
			institution: InstitutionId,
			/// The officer.
			officer: T::AccountId,
		},
		/// The council put one officer in another's place.
		OfficerReplaced {
			/// Where.
			institution: InstitutionId,
			/// Who was an officer.
			officer: T::AccountId,
			/// Who is one instead.
			successor: T::AccountId,
		},
		/// An institution announced another HPKE key.
		HpkeKeyAnnounced {
			/// Which.
			institution: InstitutionId,
			/// From when it can come into force.
			from: Moment,
		},
		/// An institution announced other nodes.
		NodesAnnounced {
			/// Which.
			institution: InstitutionId,
			/// From when they can come into force.
			from: Moment,
		},
		/// What an institution announced is in force.
		KeysInForce {
			/// Which.
			institution: InstitutionId,
		},
		/// An institution published other admission terms.
		AdmissionTermsChanged {
			/// Which.
			institution: InstitutionId,
		},
		/// An institution has another validator, or none.
		ValidatorChanged {
			/// Which.
			institution: InstitutionId,
			/// The validator's account.
			validator: Option<T::AccountId>,
		},
		/// Something about a patient changed, as the entry in her trail says.
		PatientChanged {
			/// Whose trail it is.
			patient: PatientId,
			/// What changed, and who did it.
			entry: AuditEntry<T::AccountId>,
		},
	}
}

impl<T: Config> Event<T> {
	/// The audit entries the event carries, with whose trail each stands in.
	pub fn audit(&self) -> Vec<(PatientId, AuditEntry<T::AccountId>)> {
		match self {
			Self::PatientRegistered { patient, entry, .. }
			| Self::PatientChanged { patient, entry }
			| Self::AssignmentProposed { patient, entry, .. }
			| Self::AssignmentAccepted { patient, entry, .. }
			| Self::AssignmentEnded { patient, entry, .. } => vec![(*patient, entry.clone())],
			// Named one by one, so that a new event is put on one side or the other.
			Self::InstitutionAdmitted { .. }
			| Self::InstitutionSuspended { .. }
			| Self::InstitutionReinstated { .. }
			| Self::InstitutionRevoked { .. }
			| Self::SeatChanged { .. }
			| Self::CredentialIssued { .. }
			| Self::CredentialSuspended { .. }
			| Self::CredentialReinstated { .. }
			| Self::CredentialRevoked { .. }
			| Self::VouchersPruned { .. }
			| Self::ApplicationSubmitted { .. }
			| Self::ApplicationDeclined { .. }
			| Self::ApplicationLapsed { .. }
			| Self::CredentialRenewed { .. }
			| Self::HomeMoved { .. }
			| Self::AccountLeft { .. }
			| Self::ActProposed { .. }
			| Self::ActConfirmed { .. }
			| Self::ActWithdrawn { .. }
			| Self::RegistrarNamed { .. }
			| Self::RegistrarRemoved { .. }
			| Self::OfficerAdded { .. }
			| Self::OfficerRemoved { .. }
			| Self::OfficerReplaced { .. }
			| Self::HpkeKeyAnnounced { .. }
			| Self::NodesAnnounced { .. }
			| Self::KeysInForce { .. }
			| Self::AdmissionTermsChanged { .. }
			| Self::ValidatorChanged { .. }
			| Self::__Ignore(..) => Vec::new(),
		}
	}
}
