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
		/// A device was provisioned.
		Provisioned {
			/// The device.
			device: DeviceKey,
			/// Whose gateway it reports to.
			institution: InstitutionId,
		},
		/// A device was suspended, reinstated or revoked.
		StatusSet {
			/// The device.
			device: DeviceKey,
			/// What it is now.
			status: Status,
		},
		/// The device that measures a patient was suspended or reinstated.
		Interrupted {
			/// The patient.
			patient: PatientId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A device was offered to a patient.
		Offered {
			/// The patient.
			patient: PatientId,
			/// The device.
			device: DeviceKey,
			/// Until before when she can accept.
			until: Moment,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// An offer was declined or taken back.
		OfferEnded {
			/// The patient.
			patient: PatientId,
			/// The device.
			device: DeviceKey,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// Two witnesses saw the patient sign for the binding that follows.
		PaperWitnessed {
			/// The patient.
			patient: PatientId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A device was bound to a patient.
		Bound {
			/// The patient.
			patient: PatientId,
			/// The device.
			device: DeviceKey,
			/// The binding.
			binding: BindingId,
			/// From when.
			starts: Moment,
			/// Until before when.
			ends: Moment,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// A binding was ended before its time.
		Unbound {
			/// The patient.
			patient: PatientId,
			/// The binding.
			binding: BindingId,
			/// Before when it ends now.
			ends: Moment,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// Readings of a device are missing: those from this number on, so many. The batch after them follows.
		Gap {
			/// The device.
			device: DeviceKey,
			/// The first that is missing.
			from: u64,
			/// How many.
			missing: u64,
		},
		/// A batch was anchored.
		Anchored {
			/// The patient.
			patient: PatientId,
			/// The device.
			device: DeviceKey,
			/// The batch.
			anchor: AnchorId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// Access to batches was decided; the entries say what was permitted and what refused.
		Accessed {
			/// The patient.
			patient: PatientId,
			/// The receipt.
			receipt: ReceiptId,
			/// Who asked.
			requester: T::AccountId,
			/// The entries in the patient's trail, one for each batch, in the order asked.
			entries: BoundedVec<AuditEntry<T::AccountId>, ConstU32<MAX_BATCH>>,
		},
		/// An alert was raised.
		Raised {
			/// The patient.
			patient: PatientId,
			/// The alert.
			alert: AlertId,
			/// Who is told.
			to: T::AccountId,
			/// Until before when she acknowledges in time.
			due: Moment,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// An alert was acknowledged.
		Acknowledged {
			/// The patient.
			patient: PatientId,
			/// The alert.
			alert: AlertId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// Nobody acknowledged an alert in time: it goes to the next.
		Escalated {
			/// The patient.
			patient: PatientId,
			/// The alert.
			alert: AlertId,
			/// Who is told.
			to: T::AccountId,
			/// Until before when she acknowledges in time.
			due: Moment,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// An alert that nobody acknowledged made room for a new one.
		AlertDropped {
			/// The patient.
			patient: PatientId,
			/// The alert.
			alert: AlertId,
		},
		/// Old alerts were removed from the state.
		AlertsPruned {
			/// How many.
			alerts: u32,
		},
	}
}

impl<T: Config> Event<T> {
	/// The audit entries that the event carries, in order.
	pub fn audit(&self) -> Vec<(PatientId, AuditEntry<T::AccountId>)> {
		match self {
			Self::Offered { patient, entry, .. }
			| Self::OfferEnded { patient, entry, .. }
			| Self::PaperWitnessed { patient, entry }
			| Self::Bound { patient, entry, .. }
			| Self::Unbound { patient, entry, .. }
			| Self::Interrupted { patient, entry }
			| Self::Anchored { patient, entry, .. }
			| Self::Raised { patient, entry, .. }
			| Self::Acknowledged { patient, entry, .. }
			| Self::Escalated { patient, entry, .. } => vec![(*patient, entry.clone())],
			Self::Accessed { patient, entries, .. } => entries.iter().map(|entry| (*patient, entry.clone())).collect(),
			Self::Provisioned { .. }
			| Self::StatusSet { .. }
			| Self::Gap { .. }
			| Self::AlertDropped { .. }
			| Self::AlertsPruned { .. }
			| Self::__Ignore(..) => Vec::new(),
		}
	}
}
