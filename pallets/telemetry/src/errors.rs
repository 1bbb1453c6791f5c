//! What can be wrong with a call, and what its caller can do.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's module. Those of a batch say which, counted from 0; nothing of its call is kept.
#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// No institution has this id.
		UnknownInstitution,
		/// The institution is suspended: nothing can be done at it until it is reinstated.
		InstitutionInactive,
		/// No patient has this id: check the id on her card.
		UnknownPatient,
		/// The patient died or her id was merged: nothing new is measured under this id.
		PatientNotActive,
		/// The patient is another institution's: use the id she has at the device's.
		ForeignPatient,
		/// The signer may not do this: the README says who may.
		NotPermitted,
		/// Anybody could sign by this device key, or it has another encoding: make another key pair.
		WeakKey,
		/// The key is or was somebody's account or HPKE key: make another key pair for the device.
		KeyInUse,
		/// The device has been provisioned: a key is one device's for ever.
		AlreadyProvisioned,
		/// The device did not sign this claim: sign it for this chain and institution, with these codes.
		ClaimInvalid,
		/// No device has this key: provision it first.
		UnknownDevice,
		/// The device is suspended or revoked: reinstate it, or take another.
		DeviceInactive,
		/// The device was revoked, which is for ever: take another, with a key of its own.
		DeviceRevoked,
		/// The device has this status already.
		StatusUnchanged,
		/// The device measures somebody, or will: end that binding first.
		StillBound,
		/// The device is offered to somebody: wait for the answer, or take the offer back.
		DeviceOffered,
		/// The time ends before it begins, or is over.
		IntervalInverted,
		/// A binding ends within 366 days: give consent again then.
		IntervalTooLong,
		/// The consent was void before it came onto the chain: have it signed again.
		ConsentExpired,
		/// The signer of the consent is neither the patient nor a guardian who may consent in her place.
		NotTheirConsent,
		/// The binding would outlast the guardianship of who consents: consent for as long as it lasts.
		BeyondGuardianship,
		/// The patient's key is said to be lost: wait for the recovery's end, or ask a guardian.
		RecoveryOpen,
		/// The signature is not under this consent: this chain, device, number of binding, patient and time.
		ConsentInvalid,
		/// The device is offered to nobody, or the offer lapsed: have it offered again.
		NoOffer,
		/// The patient has an account: she accepts herself, and nothing on paper does.
		NotOnPaper,
		/// Who offered cannot be the second witness: ask another who works there.
		OwnOffer,
		/// The witness who offered is no longer at the desk: have it offered again.
		WitnessLeft,
		/// The patient has 32 bindings that are not over: end one first.
		TooManyBindings,
		/// No binding has this id.
		UnknownBinding,
		/// The binding is over already.
		BindingOver,
		/// The call names no batch.
		NoBatches,
		/// The batch has no reading: leave it out.
		BatchEmpty(u8),
		/// The batch has more than 65,536 readings: anchor it in two.
		BatchTooLarge(u8),
		/// The batch ends before it begins: give its earliest time, then its latest.
		BatchInverted(u8),
		/// The batch spans more than a day: anchor it in two.
		BatchTooLong(u8),
		/// The batch has a reading of more than five minutes ahead of the chain's clock: set the device's clock.
		BatchAhead(u8),
		/// The batch's CID is not 36 bytes of CIDv1 with codec raw or dag-pb and a SHA-256 digest: take it as the vault's
		/// upload returned it.
		BatchCidMalformed(u8),
		/// No envelope has the batch's size: register the size of the ciphertext.
		BatchSizeMalformed(u8),
		/// The batch's CID is of a payload of another size: take both as the vault's upload returned them.
		BatchCidOfOtherSize(u8),
		/// The batch's CID is of other bytes than its SHA-256: take both as the vault's upload returned them.
		BatchCidOfOtherBytes(u8),
		/// The batch's device was never provisioned.
		BatchOfUnknownDevice(u8),
		/// The batch's device reports to another institution.
		BatchOfForeignDevice(u8),
		/// The batch's device is suspended or revoked.
		BatchOfInactiveDevice(u8),
		/// The batch's binding was never made, or was over without a reading and made room for others.
		BatchOfUnknownBinding(u8),
		/// The batch's binding is another device's.
		BatchOfForeignBinding(u8),
		/// The batch has readings from before the binding or after it: divide it where the patient changed.
		BatchOutsideBinding(u8),
		/// A later binding of the batch's device has readings already: these came too late to be the earlier patient's.
		BatchOfPassedBinding(u8),
		/// The batch has readings of after the patient's death: leave them out, or have the note of it corrected.
		BatchAfterDeath(u8),
		/// The batch has numbers that are passed: it is a replay, overlaps what is anchored, or came out of order.
		BatchSequencePassed(u8),
		/// The batch's numbers go beyond 2^64.
		BatchSequenceOverflows(u8),
		/// The call names no batch to open.
		NoAnchors,
		/// The call names a batch twice.
		DuplicateAnchor,
		/// No batch has this id.
		UnknownAnchor,
		/// The batches are of more than one patient id: make one call for each.
		MixedPatients,
		/// The alert is for nobody: name one addressee at least.
		NoAddressee,
		/// An addressee is named twice.
		DuplicateAddressee,
		/// This addressee, counted from 0, is neither the patient, nor her guardian or caregiver, nor a doctor or nurse
		/// whose credential at the institution counts.
		NotAnAddressee(u8),
		/// This addressee, counted from 0, has no time, or more than a day.
		DeadlineImpossible(u8),
		/// The patient has 64 alerts that wait for an addressee: have some acknowledged, or escalated.
		TooManyAlerts,
		/// No alert has this id, or it was pruned.
		UnknownAlert,
		/// The alert was acknowledged already.
		AlreadyAcknowledged,
		/// The alert is not addressed to the signer now.
		NotAddressed,
		/// The time is up: escalate the alert to who is next.
		Overdue,
		/// The addressee still has time.
		NotOverdue,
		/// Nobody is left to escalate to: the last addressee can still acknowledge.
		LadderEnded,
		/// The call names no alert.
		NothingToPrune,
		/// The alert's end is not 30 days past.
		TooRecent,
		/// Every id or number has been given.
		IdsExhausted,
	}
}
