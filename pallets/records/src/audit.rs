//! The audit trail: entries go into events, their hash chain into storage.

use crate::{Config, Event, Pallet, Trail, TrailEnd};
use alloc::{vec, vec::Vec};
use frame_support::traits::Time;
use salus_primitives::{AuditEntry, AuditHead, AuditTrail, Kind, PatientId};
use sp_runtime::traits::Zero;

impl<T: Config> AuditTrail<T::AccountId> for Pallet<T> {
	fn append(patient: PatientId, actor: Option<T::AccountId>, kind: Kind<T::AccountId>) -> AuditEntry<T::AccountId> {
		let mut end = Self::trail_end(patient);
		let entry = AuditEntry {
			seq: end.head.entries.saturating_add(1),
			at: T::Time::now(),
			actor,
			kind,
		};
		end.head = end.head.after(&entry);
		Trail::<T>::insert(patient, end);
		entry
	}
}

impl<T: Config> Pallet<T> {
	/// Where the patient's trail ends; one that nothing was written to ends where it begins.
	pub(crate) fn trail_end(patient: PatientId) -> TrailEnd {
		Trail::<T>::get(patient).unwrap_or_else(|| {
			// The genesis hash is never pruned from `BlockHash`, and known from block 1 on.
			let genesis =
				frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero());
			TrailEnd {
				head: AuditHead::first(&genesis, patient),
				latest_record: None,
			}
		})
	}
}

impl<T: Config> Event<T> {
	/// The audit entries that the event carries, in order.
	pub fn audit(&self) -> Vec<(PatientId, AuditEntry<T::AccountId>)> {
		match self {
			Self::RecordRegistered { patient, entry, .. } | Self::RecordEnteredInError { patient, entry, .. } => {
				vec![(*patient, entry.clone())]
			}
			Self::Accessed { patient, entries, .. } => entries.iter().map(|entry| (*patient, entry.clone())).collect(),
			Self::__Ignore(..) => Vec::new(),
		}
	}
}
