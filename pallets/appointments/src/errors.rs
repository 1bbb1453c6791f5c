//! What can be wrong with a call, and what its caller can do.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's module.
#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// No patient has this id: check the id on her card.
		UnknownPatient,
		/// The patient died or her id was merged: she can have no appointment under this id any more.
		PatientNotActive,
		/// The patient is another institution's: book under the id she has at this one.
		ForeignPatient,
		/// No institution has this id.
		UnknownInstitution,
		/// The institution is suspended: nobody can be booked there until it is reinstated.
		InstitutionInactive,
		/// The practitioner has no credential at the institution: name the one she works for.
		NoCredential,
		/// The practitioner's credential is suspended, expired or revoked: book somebody else.
		PractitionerInactive,
		/// The account's role there sees no patients.
		NotAPractitioner,
		/// The signer is neither the patient, her guardian in force who consents for her nor the institution's desk, nor
		/// where it is asked for the practitioner: ask one of them.
		NotPermitted,
		/// The appointment is with nobody: name one practitioner at least.
		NoPractitioner,
		/// A practitioner is named twice: name her once.
		DuplicatePractitioner,
		/// The time ends before it begins, or at once.
		PeriodInverted,
		/// The time has passed already: take a later one.
		InPast,
		/// The time is more than 400 days ahead.
		TooFarAhead,
		/// The time is too long: an appointment has a day at most, what is blocked or cancelled 26 hours.
		TooLong,
		/// The call names no slot.
		NoSlots,
		/// Slots begin and end on whole minutes.
		NotWholeMinutes,
		/// A slot has five minutes at least.
		SlotTooShort,
		/// A slot ends at midnight UTC at the latest: open two. An appointment can take both.
		CrossesMidnight,
		/// The practitioner has another slot at that time.
		SlotOverlaps,
		/// The practitioner has 96 slots that day: open longer ones.
		CalendarFull,
		/// The practitioner has no slots there that make up exactly this time: ask for her availability.
		NoSlot,
		/// The time takes more than 32 slots of a practitioner, or to hold it, of all of them: take a shorter one.
		TooManySlots,
		/// Somebody else has the slot: choose another, or wait.
		SlotTaken,
		/// The slot is held for somebody else: choose another, or try again when the hold has lapsed.
		SlotHeld,
		/// The slot is blocked: choose another.
		SlotBlocked,
		/// Just this is not held for the patient: release what she holds as it was held.
		NotHeld,
		/// The patient has two holds: release one, or wait until it lapses.
		TooManyHolds,
		/// The patient has another appointment at that time, under this id or the one she goes on under: reschedule or
		/// cancel it first.
		PatientOverlaps,
		/// The patient has 16 appointments before her: cancel one first.
		TooManyAppointments,
		/// No appointment has this id.
		UnknownAppointment,
		/// The appointment's status doesn't allow it: look it up.
		WrongStatus,
		/// The appointment has begun: it can be cancelled, but not moved.
		AlreadyBegun,
		/// It is too early for that: arrivals are noted from four hours before, a consultation is joined from 15 minutes
		/// before, what came of it is noted after it began.
		TooEarly,
		/// The appointment is over: it is cancelled until its end, what came of it is noted for seven days, that nobody came
		/// at any time.
		TooLate,
		/// Only the desk says that an appointment is more urgent than others.
		PriorityByDeskOnly,
		/// The length is nothing, or longer than the time within which it is wanted.
		LengthImpossible,
		/// The patient waits for this practitioner already: cancel that proposal first.
		AlreadyWaiting,
		/// Thirty-two wait for this practitioner: choose another, or ask later.
		WaitingListFull,
		/// The patient is on eight waiting lists: leave one first.
		TooManyWishes,
		/// Nothing is offered to this appointment now, or not any more: it keeps its place.
		NoOffer,
		/// Nobody waits for what is free on that day.
		NothingOffered,
		/// The appointment is not a tele-consultation.
		NotTele,
		/// The signer has no part in this appointment.
		NotAParticipant,
		/// The session has another key: take the commitment from the consultation's log.
		SessionDiffers,
		/// The signer takes part already.
		AlreadyJoined,
		/// Eight take part.
		TooManyParticipants,
		/// Nobody has joined, or nobody since it was ended: one of its practitioners, the patient or her guardian begins it.
		NoConsultation,
		/// Somebody joined the consultation already: it can't be moved any more.
		ConsultationBegun,
		/// The consultation was ended already.
		ConsultationOver,
		/// The day is not 30 days past.
		TooRecent,
		/// There is no such calendar.
		NoCalendar,
		/// Every id has been given.
		IdsExhausted,
		/// Something is held for the patient at that time: book or release all of it, or wait until it lapses.
		HoldOverlaps,
		/// The slot is offered to the patient: accept the offer, or decline it.
		SlotOffered,
		/// The slots lie on more than eight UTC days: open them by several calls.
		TooManyDays,
		/// Only the desk waits for more than two hours at once.
		LengthByDeskOnly,
	}
}
