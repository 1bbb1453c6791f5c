//! Records that should never have been entered.

use crate::{Config, Error, Event, Pallet, Records, MAX_PASSED};
use frame_support::ensure;
use salus_primitives::{
	AuditTrail, ErrorReason, InstitutionId, Kind, Origin, Record, RecordId, RecordStatus, Registry, Relation,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Marks a record as entered in error.
	pub(crate) fn correct(
		who: T::AccountId,
		id: RecordId,
		reason: ErrorReason,
		institution: Option<InstitutionId>,
	) -> DispatchResult {
		let mut record = Records::<T>::get(id).ok_or(Error::<T>::UnknownRecord)?;
		ensure!(Self::may_correct(&who, &record, institution), Error::<T>::NotPermitted);
		let was_current = match record.status {
			RecordStatus::Current => true,
			RecordStatus::Superseded(_) => false,
			RecordStatus::EnteredInError(_) => return Err(Error::<T>::AlreadyEnteredInError.into()),
			RecordStatus::Restricted | RecordStatus::Erasing | RecordStatus::Erased => {
				return Err(Error::<T>::RecordClosed.into())
			}
		};
		record.status = RecordStatus::EnteredInError(reason);
		let (patient, relates_to) = (record.patient, record.relates_to);
		Records::<T>::insert(id, record);

		let restored = match relates_to {
			Some((Relation::Replaces, replaced)) if was_current => Self::restore(replaced, id),
			_ => None,
		};
		let entry = Self::append(patient, Some(who), Kind::RecordEnteredInError { record: id, reason });
		Self::deposit_event(Event::RecordEnteredInError {
			patient,
			record: id,
			reason,
			restored,
			entry,
		});
		Ok(())
	}

	/// Whether the signer may say so: the author while her credential at the custodian counts, an officer of the
	/// custodian, or the patient of her own upload. It is no access to the content, so the decision engine isn't
	/// asked: a denial must not keep a hospital from taking back a record of the wrong patient.
	fn may_correct(who: &T::AccountId, record: &Record<T::AccountId>, institution: Option<InstitutionId>) -> bool {
		let Some(institution) = institution else {
			return record.origin == Origin::Patient && T::Registry::is_controller(who, record.patient);
		};
		let is_author =
			|| *who == record.author && T::Registry::standing(who, institution).is_some_and(|standing| standing.active);
		institution == record.custodian && (is_author() || T::Registry::is_officer(who, institution))
	}

	/// Makes the record current again that this one had replaced, or where that is itself in error the one before it,
	/// past [`MAX_PASSED`] of them at most. Otherwise nothing would be current, and what is not current can't be
	/// replaced by a right version.
	fn restore(replaced: RecordId, by: RecordId) -> Option<RecordId> {
		let (mut id, mut by) = (replaced, by);
		for _ in 0..=MAX_PASSED {
			let mut record = Records::<T>::get(id)?;
			match (record.status, record.relates_to) {
				(RecordStatus::Superseded(successor), _) if successor == by => {
					record.status = RecordStatus::Current;
					Records::<T>::insert(id, record);
					return Some(id);
				}
				(RecordStatus::EnteredInError(_), Some((Relation::Replaces, before))) => (id, by) = (before, id),
				_ => return None,
			}
		}
		None
	}
}
