//! What can be wrong with a call, and what its caller can do.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's module.
#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// No patient has this id: check the id on her card.
		UnknownPatient,
		/// The patient died or her id was merged: she can give nothing any more.
		PatientNotActive,
		/// The signer is not this patient: sign with the key she registered under this id, or as a guardian who may consent.
		NotThePatient,
		/// No institution has this id.
		UnknownInstitution,
		/// The signer has no credential at the institution: name the one she works for.
		NoCredential,
		/// The signer's credential or the institution is suspended, expired or revoked.
		Inactive,
		/// The role may never do all that is asked: ask for what the role matrix allows.
		RoleForbids,
		/// The terms name no action, no purpose or no category: name at least one of each.
		TermsEmpty,
		/// The terms end before they start.
		TermsInverted,
		/// The terms have ended already: let them end later than now.
		TermsInPast,
		/// `recorded_until` is not after `recorded_from`.
		RangeInverted,
		/// The terms name a record twice: name it once.
		DuplicateRecord,
		/// The terms name a compartment twice: name it once.
		DuplicateCompartment,
		/// The terms allow no use: allow one at least, or any number.
		NoUses,
		/// Copies would have to be erased before the first could be made: let `erase_after` be later than now and
		/// than the start.
		EraseTooEarly,
		/// The terms allow more than was asked: narrow them, or leave them as they are.
		TermsWider,
		/// The request would expire at once: let it expire later than now.
		ExpiryInPast,
		/// The request would be open for more than 30 days.
		ExpiryTooFar,
		/// The same is asked already and can still be answered.
		DuplicateRequest,
		/// Eight requests to this patient are open: withdraw one, or wait until one expires.
		TooManyRequests,
		/// The requester made no such request, or it was settled.
		UnknownRequest,
		/// The request can't be answered any more: it has to be made again.
		RequestExpired,
		/// Sixteen grants to this grantee are live: revoke one.
		TooManyGrants,
		/// The grantee has no such grant from this patient, or it was dead and gave way to a new one.
		UnknownGrant,
		/// The grant was revoked before.
		AlreadyRevoked,
		/// The grant has no uses left.
		UsesExhausted,
		/// The same denial is there already.
		DuplicateDenial,
		/// Thirty-one denials are there, and the last slot is kept for one of everything: lift one, or deny all.
		TooManyDenials,
		/// The patient has no such denial.
		UnknownDenial,
		/// Every id has been given.
		IdsExhausted,
		/// The signer is not a doctor or nurse of a hospital or clinic there: only they treat emergencies.
		NotAClinician,
		/// The signer's credential has not been active for seven days: a colleague has to open the case.
		CredentialTooYoung,
		/// The case would end at once: let it end later than now.
		CaseEndsInPast,
		/// The case would be open for more than 24 hours: open it for less, and another one if need be.
		CaseTooLong,
		/// The signer is in an open case of this patient already.
		AlreadyInvolved,
		/// The signer has three open cases: close one.
		TooManyOpenCases,
		/// The institution has opened as many cases today as the council allows it.
		TooManyCasesToday,
		/// A case the signer opened was not found justified in time: a colleague has to open this one.
		Barred,
		/// The patient has no such case.
		UnknownCase,
		/// The case has been closed, or its time is over: open another one.
		CaseEnded,
		/// The case is open: close it first, or wait until its time is over.
		CaseStillOpen,
		/// Eight have joined the case: open another one.
		TeamFull,
		/// The signer opened the case, joined it or approved it: somebody else has to do this.
		OwnCase,
		/// The signer has approved this case.
		AlreadyApproved,
		/// The case has eight approvals, which is more than any case needs.
		TooManyApprovals,
		/// The signer is neither in the case nor a privacy officer where it was opened.
		NotInvolved,
		/// The signer is no privacy officer of the institution where the case was opened.
		NotAPrivacyOfficer,
		/// The case has been reviewed: the patient can send it to the council.
		AlreadyReviewed,
		/// The patient has sent the case to the council before.
		AlreadyAppealed,
		/// The council has judged the case, which is the last word.
		AlreadyJudged,
		/// The patient has not sent the case to the council, and its review is not overdue.
		NotBeforeTheCouncil,
		/// A case needs one to seven approvals, and an institution may open one case a day at least.
		LimitsOutOfRange,
		/// The signer is not an active officer of the institution.
		NotAnOfficer,
		/// The incident would end at once: let it end later than now.
		IncidentEndsInPast,
		/// The incident would last for more than 72 hours: declare it again when it does.
		IncidentTooLong,
		/// No incident is declared at the institution.
		NoIncident,
		/// The compartment is sealed already.
		AlreadySealed,
		/// The compartment is not sealed.
		NotSealed,
		/// The grant was not given to the signer, or not to her where she acts, or she doesn't answer for its holder.
		NotTheGrantee,
		/// The grant is the signer's: pass it on to somebody else.
		PassedToSelf,
		/// The grant, or one above it, is revoked, over, not begun or used up: the patient has to give another one.
		GrantNotLive,
		/// The grant has been passed on three times: ask the patient for one.
		PassedOnTooFar,
		/// The grant does not allow its holder to share: ask the patient for one that does.
		NotShareable,
		/// The account holds another grant that was passed on to it: have that one revoked, or ask the patient.
		PassedOnBefore,
		/// The terms allow more than the guardian herself may do, or for longer, name a compartment, or outlive the patient:
		/// narrow them.
		BeyondGuardianship,
		/// The author's credential at the institution is not revoked: revoke it first if she left for good.
		AuthorStillThere,
		/// The officer would name herself: another officer has to do this.
		OwnSuccession,
		/// The author has no successor at the institution.
		NoSuccessor,
		/// No copies are owed erasure under such a grant: it was never used, or its terms ask for none.
		NothingToErase,
		/// It has been attested, and the grant has not been used since.
		AlreadyAttested,
		/// The grant is not suspended, or it was passed on: confirm the one that it was passed on from.
		NotSuspended,
		/// The patient's key is said to be lost, or was recovered in this very block: a guardian does this, or she herself
		/// once the council has decided.
		RecoveryOpen,
		/// The patient signs by an account of her own: she does this on her device.
		NotOnPaper,
		/// The signer is neither an officer nor an active administrator of the institution that admitted the patient.
		NotAtTheDesk,
		/// The signer holds neither office nor an active credential at the institution that admitted the patient.
		NotAWitness,
		/// The signer brought this paper: another witness confirms it.
		OwnPaper,
		/// The paper would open something to one of its witnesses: somebody else has to witness it.
		WitnessGains,
		/// The first witness is at the desk no more: another one has to bring the paper.
		WitnessLeft,
		/// The witness brought no such paper of this patient, or brought another one since: compare what both were given.
		UnknownPaper,
		/// The paper waited for seven days: it has to be brought again.
		PaperLapsed,
		/// The paper waits for its second witness: its first one may take it back.
		PaperWaits,
	}
}
