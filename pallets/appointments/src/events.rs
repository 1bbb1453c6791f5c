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
		/// Slots were opened.
		Opened {
			/// Whose.
			practitioner: T::AccountId,
			/// Where.
			institution: InstitutionId,
			/// How many.
			slots: u32,
		},
		/// The free slots of a time were blocked.
		Blocked {
			/// Whose.
			practitioner: T::AccountId,
			/// Where.
			institution: InstitutionId,
			/// Which time.
			period: Period,
		},
		/// The blocked slots of a time are free again.
		Unblocked {
			/// Whose.
			practitioner: T::AccountId,
			/// Where.
			institution: InstitutionId,
			/// Which time.
			period: Period,
		},
		/// Slots are held for a patient.
		Held {
			/// The patient.
			patient: PatientId,
			/// With whom.
			practitioners: Practitioners<T::AccountId>,
			/// Which time.
			period: Period,
			/// Until before when.
			until: Moment,
		},
		/// What was held for a patient is not any more.
		Released {
			/// The patient.
			patient: PatientId,
			/// With whom.
			practitioners: Practitioners<T::AccountId>,
			/// Which time.
			period: Period,
		},
		/// An appointment was booked.
		Booked {
			/// The patient.
			patient: PatientId,
			/// The appointment.
			appointment: AppointmentId,
			/// When.
			period: Period,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// An appointment has another time, or other practitioners.
		Rescheduled {
			/// The patient.
			patient: PatientId,
			/// The appointment.
			appointment: AppointmentId,
			/// When it is now.
			period: Period,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// An appointment was cancelled. Where its day was, `Proposed` follows, unless the lists were full.
		Cancelled {
			/// The patient.
			patient: PatientId,
			/// The appointment.
			appointment: AppointmentId,
			/// On whose side.
			by: AppointmentParty,
			/// Why.
			reason: CancelReason,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// An appointment was put on a waiting list.
		Proposed {
			/// The patient.
			patient: PatientId,
			/// The appointment.
			appointment: AppointmentId,
			/// The one that was cancelled with its day.
			replaces: Option<AppointmentId>,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// Free slots are held for the first on the waiting list whom they suit.
		Offered {
			/// Whose slots.
			practitioner: T::AccountId,
			/// The patient.
			patient: PatientId,
			/// The proposed appointment.
			appointment: AppointmentId,
			/// The time, and until when it can be accepted.
			offer: Offer,
		},
		/// An offer was declined.
		Declined {
			/// The patient.
			patient: PatientId,
			/// The proposed appointment.
			appointment: AppointmentId,
		},
		/// A practitioner's day was cancelled, or a part of it.
		DayCancelled {
			/// Whose.
			practitioner: T::AccountId,
			/// Where.
			institution: InstitutionId,
			/// Which time.
			period: Period,
			/// How many appointments this call cancelled.
			displaced: u32,
			/// How many appointments are still to be cancelled, by further calls.
			left: u32,
		},
		/// The patient is there.
		Arrived {
			/// The patient.
			patient: PatientId,
			/// The appointment.
			appointment: AppointmentId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// An appointment took place.
		Fulfilled {
			/// The patient.
			patient: PatientId,
			/// The appointment.
			appointment: AppointmentId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient never came.
		NoShow {
			/// The patient.
			patient: PatientId,
			/// The appointment.
			appointment: AppointmentId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// Somebody joined a tele-consultation.
		Joined {
			/// The patient.
			patient: PatientId,
			/// The appointment.
			appointment: AppointmentId,
			/// Who joined.
			account: T::AccountId,
			/// Whether the patient has arrived by it.
			arrived: bool,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// Somebody was kept from joining a tele-consultation.
		JoinRefused {
			/// The patient.
			patient: PatientId,
			/// The appointment.
			appointment: AppointmentId,
			/// Who was refused.
			account: T::AccountId,
			/// Why.
			reason: Reason,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A tele-consultation was ended.
		ConsultationEnded {
			/// The patient.
			patient: PatientId,
			/// The appointment.
			appointment: AppointmentId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The calendar of a day long past was removed.
		Pruned {
			/// Whose.
			practitioner: T::AccountId,
			/// Which day.
			day: UtcDay,
		},
		/// Slots were closed.
		Closed {
			/// Whose.
			practitioner: T::AccountId,
			/// Where.
			institution: InstitutionId,
			/// Within which time.
			period: Period,
			/// How many.
			slots: u32,
		},
	}
}

impl<T: Config> Event<T> {
	/// The entries of patients' trails that the event carries.
	pub fn audit(&self) -> Vec<(PatientId, AuditEntry<T::AccountId>)> {
		match self {
			Self::Booked { patient, entry, .. }
			| Self::Rescheduled { patient, entry, .. }
			| Self::Cancelled { patient, entry, .. }
			| Self::Proposed { patient, entry, .. }
			| Self::Arrived { patient, entry, .. }
			| Self::Fulfilled { patient, entry, .. }
			| Self::NoShow { patient, entry, .. }
			| Self::Joined { patient, entry, .. }
			| Self::JoinRefused { patient, entry, .. }
			| Self::ConsultationEnded { patient, entry, .. } => vec![(*patient, entry.clone())],
			Self::Opened { .. }
			| Self::Blocked { .. }
			| Self::Unblocked { .. }
			| Self::Held { .. }
			| Self::Released { .. }
			| Self::Offered { .. }
			| Self::Declined { .. }
			| Self::DayCancelled { .. }
			| Self::Pruned { .. }
			| Self::Closed { .. }
			| Self::__Ignore(..) => Vec::new(),
		}
	}
}
