//! Every way in which a call fails, and what its caller can do.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's module.
#[pallet_section]
mod errors {
	#[pallet::error]
	#[derive(PartialEq, Eq)]
	pub enum Error<T> {
		/// No institution has this id: look it up with `roles_institution`.
		UnknownInstitution,
		/// The institution is suspended, and only the council can reinstate it; or it was revoked.
		InstitutionNotActive,
		/// The institution is not suspended, so there is nothing to reinstate.
		InstitutionNotSuspended,
		/// An institution needs at least two officers, so that none decides about herself.
		TooFewOfficers,
		/// An officer is named twice.
		DuplicateOfficer,
		/// A hospital sits on the council: name its seat.
		SeatMissing,
		/// Only hospitals sit on the council: leave the seat out.
		SeatNotAllowed,
		/// An institution is admitted as active, and suspended later.
		StatusNotActive,
		/// The region is not an ISO 3166 code such as `CH` or `CH-ZH`.
		MalformedRegion,
		/// The time zone is not an IANA name such as `Europe/Zurich`.
		MalformedTimeZone,
		/// The HPKE key is too long or short, not canonical, or of low order: make another key pair.
		MalformedHpkeKey,
		/// The HPKE key is in use under another id, or a device's: make another key pair.
		HpkeKeyInUse,
		/// The institution's admission terms could not become a grant: correct them, or name no action where no
		/// patients are admitted.
		AdmissionTermsNotAcceptable,
		/// The account acts in another capacity already, as staff or as a patient, or its key is a device's: use an account
		/// of its own for each.
		AccountInUse,
		/// There are no ids left.
		IdsExhausted,
		/// The caller is not an officer of the institution.
		NotAnOfficer,
		/// It is the officer's own credential: another officer must decide.
		OwnCredential,
		/// What was signed is for another chain: sign for this chain's genesis hash.
		ForeignGenesis,
		/// The application is void: ask the applicant to sign another one.
		ApplicationExpired,
		/// The signature under the application is not the applicant's.
		ApplicantSignatureInvalid,
		/// The credential would end before it begins.
		DatesInverted,
		/// The credential would have ended already.
		DatesInPast,
		/// The applicant holds a credential here that has not expired: reinstate that one, or revoke it. In its last 90
		/// days it can be renewed in the same role.
		CredentialExists,
		/// The credential was revoked, for ever: a new one needs a new account.
		CredentialRevokedBefore,
		/// The account never had a credential at the institution.
		UnknownCredential,
		/// The credential is not active.
		CredentialNotActive,
		/// The credential is not suspended.
		CredentialNotSuspended,
		/// The voucher has ended: ask the hospital for another one.
		VoucherExpired,
		/// The voucher ends more than 30 days ahead: ask the hospital for a shorter one.
		VoucherTooLong,
		/// The voucher has been used: ask the hospital for another one.
		VoucherUsed,
		/// The hospital's admission terms are no longer those the voucher was made under: ask for another one.
		TermsChanged,
		/// The terms allow more than the hospital's admission terms: narrow them.
		TermsWider,
		/// The terms could not become a grant: they are empty, inverted or over.
		TermsNotAcceptable,
		/// The signature under the voucher is not the officer's.
		VoucherSignatureInvalid,
		/// The one-time key did not sign this registration: the letter's secret is needed.
		KeySignatureInvalid,
		/// The controller did not sign this registration.
		ControllerSignatureInvalid,
		/// The caller was never registered.
		NotRegistered,
		/// None of the keys belongs to a used voucher that has ended.
		NothingToPrune,
		/// No patient has this id.
		UnknownPatient,
		/// The patient died, or the id was merged into another.
		PatientNotActive,
		/// The caller holds no active administrator's credential at the patient's institution.
		NotAnAdministrator,
		/// The practitioner holds no active credential at the institution.
		PractitionerNotActive,
		/// The role may never see a record: patients are assigned to those who treat them.
		NotAPractitioner,
		/// The assignment is proposed or accepted already.
		AssignmentExists,
		/// The assignment is not waiting to be accepted.
		AssignmentNotProposed,
		/// The patient was never assigned to this practitioner at the institution.
		UnknownAssignment,
		/// The assignment is over already.
		AssignmentOver,
		/// It is not the caller's: the patient, the other one concerned, or who decides there may do it.
		NotInvolved,
		/// Anybody could sign by the voucher's one-time key, which is of low order: ask the hospital for another one.
		VoucherKeyWeak,
		/// The account left, or was replaced by another one, and never comes back: use a new account.
		AccountLeft,
		/// The institution's registrar attests applications: have it submit this one, then decide.
		RegistrarNamed,
		/// The caller is not the institution's registrar: two officers name it.
		NotTheRegistrar,
		/// The application is another account's than the call says.
		OtherApplicant,
		/// No application of this account waits at the institution: the registrar submits it.
		UnknownApplication,
		/// The application has not lapsed: an officer approves or declines it.
		ApplicationNotExpired,
		/// The renewed credential would begin after the old one ends: let it begin earlier.
		RenewalGap,
		/// The renewed credential would end no later than the old one: let it end later.
		RenewalNotLonger,
		/// The institution is the account's home already.
		HomeUnchanged,
		/// The account is an officer, seat, validator or registrar: be replaced there first.
		HoldsOffice,
		/// The account signs for a patient: rotate her key, or end the guardianship or the caregiver's part.
		ActsForPatient,
		/// Not every institution is named, each once, where the account has a credential that was not revoked. With more
		/// than sixteen, give some up first: `resign_credential`.
		CredentialsNotNamed,
		/// Another officer has to confirm the act.
		OwnAct,
		/// No such act waits at the institution, or it has lapsed: propose it.
		ActNotProposed,
		/// The act is proposed already: another officer confirms it.
		ActExists,
		/// As many acts as there can be wait at the institution: confirm or withdraw one.
		TooManyActs,
		/// Who proposed the act is no officer any more: propose it again.
		ProposerLeft,
		/// Officers decide about what the registrar attests: name an account that is no officer.
		RegistrarIsOfficer,
		/// The account is the registrar already.
		RegistrarExists,
		/// The institution has no registrar.
		NoRegistrar,
		/// There are as many officers as there can be: remove one first.
		TooManyOfficers,
		/// The account is none of the institution's officers.
		UnknownOfficer,
		/// No keys of the institution are announced.
		NoKeysAnnounced,
		/// What is announced comes into force 24 hours after its announcement.
		KeysNotDue,
		/// It is the institution's validator already, or it has none already.
		ValidatorUnchanged,
		/// Another institution admitted the patient: its officers act.
		PatientElsewhere,
		/// The caller signs for no patient.
		NotAPatient,
		/// An account signs for the patient already: she rotates her key, or recovers a lost one.
		HasController,
		/// The account did not accept this part for this patient, with this key, on this chain.
		AcceptanceInvalid,
		/// Name another account, another HPKE key, or both.
		NothingToRotate,
		/// The patient was not registered as unidentified, or it is known who she is.
		AlreadyIdentified,
		/// The day of majority is in the past, or more than 25 years ahead.
		MajorityOutOfRange,
		/// The date is not the first of a month at 00:00 UTC.
		NotFirstOfMonth,
		/// An id is merged into another one.
		MergeIntoItself,
		/// The id was not merged, or the merge was taken back.
		NotMerged,
		/// The merge is more than 30 days old, and stays.
		MergeFinal,
		/// Nobody has died at a time that is still to come.
		DeathInFuture,
		/// No death of the patient is noted.
		PatientNotDeceased,
		/// The account is a caregiver of the patient already.
		CaregiverExists,
		/// The patient has as many caregivers as there can be: remove one first.
		TooManyCaregivers,
		/// The account is no caregiver of the patient.
		UnknownCaregiver,
		/// Guardians are for the living, executors for the dead, and neither for an id that was merged.
		WrongCapacity,
		/// The guardianship allows nothing: name an action, or let her consent.
		EmptyScope,
		/// The guardianship would outlast the patient's majority.
		BeyondMajority,
		/// The account is a guardian of the patient already.
		GuardianExists,
		/// The patient has as many guardians as there can be: end one first.
		TooManyGuardians,
		/// The account is no guardian of the patient.
		UnknownGuardian,
		/// The time for objections is over: the patient contests the guardianship.
		ObjectionTooLate,
		/// The guardianship is contested already: the council decides.
		AlreadyContested,
		/// Nobody contests it, or the council has decided.
		NotContested,
		/// Nobody signs for the patient yet: she claims her id.
		NoController,
		/// A key is lost before its recovery begins: name a time that is past.
		LossInFuture,
		/// No recovery of the patient's key waits: two officers begin one.
		NoRecovery,
		/// The old key objected already.
		AlreadyObjected,
		/// It is too early: seven days after its beginning, fourteen where the old key objected and no contacts vouched.
		RecoveryNotDue,
		/// A recovery waits: recovery contacts change once it is decided.
		RecoveryOpen,
		/// Between one and eight contacts vouch together.
		ThresholdOutOfRange,
		/// The patient has no recovery contacts.
		NoContacts,
		/// These are not the contacts, or not the salt, that the patient committed to.
		ContactsDiffer,
		/// Fewer contacts sign than the patient wanted, or one signs twice.
		TooFewContacts,
		/// A signature is not the contact's, or is under other keys, another time of the loss, another end, or from before an
		/// earlier recovery ended: have it signed anew.
		VouchInvalid,
		/// The contacts have vouched already.
		AlreadyVouched,
		/// A guardian would amend what clinicians write: leave Amend out of her actions.
		GuardianAmends,
		/// Who attested the application is not the registrar any more: have it attested again.
		RegistrarReplaced,
		/// An id has a key that does not sign the merge, or one signs for an id that has none.
		MergeNotAgreed,
		/// What was signed about the merge holds no more: have it signed anew.
		MergeAgreementExpired,
		/// No contacts vouch for the recovery, or the old key objected: the council decides.
		CouncilDecides,
		/// What the contacts signed holds no more: have it signed anew.
		VouchingExpired,
		/// What the contacts signed ends more than 30 days ahead: have it signed for a shorter time.
		VouchingTooLong,
		/// The council can decide the recovery until 60 days after its beginning.
		RecoveryNotExpired,
		/// Another majority of the patient is recorded: leave it out, or name the same.
		MajorityRecorded,
		/// The institution was revoked, for ever: it is admitted anew, under another id.
		InstitutionRevoked,
		/// The account is the hospital's seat already.
		SeatUnchanged,
		/// A violation was found with this credential: two officers reinstate it, by the act `ReinstateCredential`.
		ViolationFound,
		/// A note of the patient's death is contested: the council decides about it first, or two officers take it back.
		DeathContested,
		/// The council upheld the note of her death: two officers take it back if it is wrong.
		DeathUpheld,
	}
}
