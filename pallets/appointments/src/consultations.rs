//! Tele-consultations: who may join, and their log. Sound and picture go from client to client; here is only that it took
//! place, and a commitment to the session's key.

use crate::{Appointments, Config, Consultations, Error, Pallet, EARLY_JOIN, LATE_END};
use codec::Decode;
use frame_support::{ensure, traits::Time, weights::Weight};
use salus_primitives::{
	AccessControl, AccessRequest, Action, Appointment, AppointmentId, AppointmentParty, AppointmentStatus, Basis,
	Category, Consultation, Decision, InstitutionId, Mode, Participant, PatientId, Purpose, Reason, Registry,
};
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Hash, TrailingZeroInput},
	BoundedVec,
};

/// How an attempt to join ended.
pub(crate) enum Joined {
	In { arrived: bool },
	Refused(Reason),
}

impl<T: Config> Pallet<T> {
	/// Lets somebody join whom the decision engine permits. A refusal is an outcome, not an error: as an error it would
	/// leave no trace.
	pub(crate) fn admit(
		who: &T::AccountId,
		id: AppointmentId,
		on_behalf_of: Option<InstitutionId>,
		session: H256,
		weight: &mut Weight,
	) -> Result<(PatientId, Joined), Error<T>> {
		let mut appointment = Self::ensure_appointment(id)?;
		let now = T::Time::now();
		let period = appointment.period;
		let named =
			on_behalf_of.is_none_or(|at| at == appointment.institution && appointment.practitioners.contains(who));
		ensure!(matches!(appointment.mode, Mode::Tele), Error::NotTele);
		ensure!(named, Error::NotAParticipant);
		ensure!(appointment.status.is_current(), Error::WrongStatus);
		ensure!(period.start.saturating_sub(EARLY_JOIN) <= now, Error::TooEarly);
		ensure!(now < period.end, Error::TooLate);
		// What was ended before the appointment's end begins anew.
		let begun = Consultations::<T>::get(id).filter(|begun| begun.ended_at.is_none());
		if let Some(begun) = &begun {
			ensure!(begun.session == session, Error::SessionDiffers);
			let is_in = begun.participants.iter().any(|participant| participant.account == *who);
			ensure!(!is_in, Error::AlreadyJoined);
		}
		let patient = appointment.patient;
		if let Some(reason) = Self::refused(who, id, &appointment, on_behalf_of, weight) {
			return Ok((patient, Joined::Refused(reason)));
		}
		let mut consultation = match begun {
			Some(begun) => begun,
			None => {
				ensure!(Self::leads(who, &appointment), Error::NoConsultation);
				Consultation {
					session,
					started_at: now,
					ended_at: None,
					participants: BoundedVec::new(),
				}
			}
		};
		let participant = Participant {
			account: who.clone(),
			on_behalf_of,
			joined_at: now,
		};
		consultation
			.participants
			.try_push(participant)
			.map_err(|_| Error::TooManyParticipants)?;
		Consultations::<T>::insert(id, consultation);
		// On the screen is as good as at the desk.
		let arrived = on_behalf_of.is_none() && matches!(appointment.status, AppointmentStatus::Booked);
		if arrived {
			Self::carry_over(id, &appointment)?;
			appointment.status = AppointmentStatus::Arrived;
			Appointments::<T>::insert(id, appointment);
		}
		Ok((patient, Joined::In { arrived }))
	}

	/// Whether the decision engine refuses, and why: who joins learns what a record of the encounter would say, so she
	/// needs what it takes to view one.
	fn refused(
		who: &T::AccountId,
		id: AppointmentId,
		appointment: &Appointment<T::AccountId>,
		on_behalf_of: Option<InstitutionId>,
		weight: &mut Weight,
	) -> Option<Reason> {
		// What is said is the patient's, or where she has no account nobody's: nobody may join as its author.
		let controller = T::Registry::patient(appointment.patient).and_then(|patient| patient.controller);
		let Some(author) = controller.or_else(|| nobody(id)) else {
			return Some(Reason::NoGrant);
		};
		let request = AccessRequest {
			requester: who.clone(),
			on_behalf_of,
			patient: appointment.patient,
			record: None,
			custodian: appointment.institution,
			category: Category::Encounter,
			compartment: None,
			recorded_at: T::Time::now(),
			author,
			status: None,
			action: Action::View,
			purpose: match on_behalf_of {
				Some(_) => Purpose::Treatment,
				None => Purpose::Family,
			},
		};
		let decision = T::AccessControl::decide(&request);
		*weight = weight.saturating_add(beyond::<T>(T::AccessControl::weight_of(&request, &decision)));
		match decision {
			Decision::Permit(Basis::Author) => Some(Reason::NoGrant),
			Decision::Permit(_) => None,
			Decision::Deny(reason) => Some(reason),
		}
	}

	/// Whether somebody begins and ends a consultation: one of its practitioners who counts, the patient, or who acts for
	/// her. Others whom she lets join are guests.
	fn leads(who: &T::AccountId, appointment: &Appointment<T::AccountId>) -> bool {
		let party = Self::ensure_party(who, appointment);
		party.is_ok_and(|party| !matches!(party, AppointmentParty::Desk))
	}

	/// Ends a consultation, by one who takes part and leads it.
	pub(crate) fn hang_up(who: &T::AccountId, id: AppointmentId) -> Result<PatientId, Error<T>> {
		let appointment = Self::ensure_appointment(id)?;
		let mut consultation = Consultations::<T>::get(id).ok_or(Error::NoConsultation)?;
		let now = T::Time::now();
		let takes_part = consultation
			.participants
			.iter()
			.any(|participant| participant.account == *who);
		ensure!(takes_part, Error::NotAParticipant);
		ensure!(Self::leads(who, &appointment), Error::NotPermitted);
		ensure!(consultation.ended_at.is_none(), Error::ConsultationOver);
		ensure!(now < appointment.period.end.saturating_add(LATE_END), Error::TooLate);
		consultation.ended_at = Some(now);
		Consultations::<T>::insert(id, consultation);
		Ok(appointment.patient)
	}
}

/// An account that nobody has the key of, for an appointment.
fn nobody<AccountId: Decode>(id: AppointmentId) -> Option<AccountId> {
	let hash = BlakeTwo256::hash_of(&(b"salus/author/1", "appointment", id));
	AccountId::decode(&mut TrailingZeroInput::new(hash.as_bytes())).ok()
}

/// What a decision of this cost adds to a call whose benchmark makes the cheapest one.
pub(crate) fn beyond<T: Config>(decision: Weight) -> Weight {
	decision.saturating_sub(T::AccessControl::least_weight())
}
