//! What can be asked of calendars, appointments and waiting lists.
//!
//! ```
//! use salus_primitives::{Period, DAY};
//! // Availability over a week, in one call.
//! assert_eq!(Period::new(0, 7 * DAY).days().count(), 7);
//! ```
#![cfg_attr(not(feature = "std"), no_std)]
#![allow(clippy::multiple_bound_locations)]

extern crate alloc;

use alloc::vec::Vec;
use codec::Codec;
use salus_primitives::{Appointment, AppointmentId, Consultation, PatientId, Period, Slot, Wish};

sp_api::decl_runtime_apis! {
	/// Calendars, appointments, waiting lists and tele-consultations.
	pub trait AppointmentsApi<AccountId: Codec> {
		/// The practitioner's slots that have a moment of the period, at most 42 days of it, in the order of time. Holds
		/// that have lapsed are free.
		fn availability(practitioner: AccountId, period: Period) -> Vec<Slot>;
		/// The appointment.
		fn appointment(id: AppointmentId) -> Option<Appointment<AccountId>>;
		/// The patient's appointments before `before`, newest first, at most `limit`; and where to go on.
		fn appointments_of(patient: PatientId, before: Option<AppointmentId>, limit: u32)
			-> (Vec<(AppointmentId, Appointment<AccountId>)>, Option<AppointmentId>);
		/// The appointments that have slots of the practitioner in the period, at most 42 days of it, in the order of
		/// time.
		fn appointments_with(practitioner: AccountId, period: Period) -> Vec<(AppointmentId, Appointment<AccountId>)>;
		/// Who waits for the practitioner, in the order in which they are offered what becomes free.
		fn waiting(practitioner: AccountId) -> Vec<Wish>;
		/// The log of an appointment's tele-consultation.
		fn consultation(id: AppointmentId) -> Option<Consultation<AccountId>>;
	}
}
