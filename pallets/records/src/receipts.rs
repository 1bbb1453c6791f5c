//! Access to records: the decisions, their receipt, and the life of receipts.

use crate::{Config, Error, Event, NextReceipt, OldestReceipt, Pallet, Receipts, Records};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::{ensure, traits::Time, weights::Weight};
use salus_primitives::{
	AccessControl, Action, AuditTrail, Basis, Decision, InstitutionId, Kind, Moment, PatientId, Purpose, Receipt,
	ReceiptId, Record, RecordId, MAX_BATCH,
};
use sp_runtime::{traits::ConstU32, BoundedVec, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Decides each record and writes it all down. What the decisions and the uses cost is added to the call's weight.
	pub(crate) fn decide_access(
		requester: T::AccountId,
		ids: BoundedVec<RecordId, ConstU32<MAX_BATCH>>,
		purpose: Purpose,
		on_behalf_of: Option<InstitutionId>,
		weight: &mut Weight,
	) -> DispatchResult {
		let (patient, records) = Self::asked(&ids)?;
		// Every decision is made before any use is taken: one call takes one use of a grant, however many records
		// it opens.
		let decisions: Vec<Decision> = records
			.iter()
			.map(|(id, record)| {
				let request = Self::question(&requester, on_behalf_of, *id, record, Action::View, purpose);
				Self::decide(&request, weight)
			})
			.collect();
		let grants: BTreeSet<_> = decisions
			.iter()
			.filter_map(|decision| match decision {
				Decision::Permit(Basis::Grant(grant)) => Some(*grant),
				_ => None,
			})
			.collect();
		for grant in grants {
			*weight = weight.saturating_add(T::AccessControl::take_use_weight());
			T::AccessControl::take_use(patient, &requester, on_behalf_of, grant)?;
		}

		let at = T::Time::now();
		let id = Self::next_receipt(at)?;
		// Nothing is cut off: both lists are as long as the call's, and have its bound.
		let outcomes: Vec<_> = ids.into_iter().zip(decisions).collect();
		let entries = outcomes.iter().map(|(record, decision)| {
			let (record, receipt) = (*record, id);
			let kind = match *decision {
				Decision::Permit(basis) => Kind::AccessPermitted {
					receipt,
					record,
					purpose,
					basis,
				},
				Decision::Deny(reason) => Kind::AccessRefused {
					receipt,
					record,
					purpose,
					reason,
				},
			};
			Self::append(patient, Some(requester.clone()), kind)
		});
		let entries = BoundedVec::truncate_from(entries.collect());
		let outcomes = BoundedVec::truncate_from(outcomes);
		let receipt = Receipt {
			requester: requester.clone(),
			on_behalf_of,
			patient,
			purpose,
			at,
			outcomes,
		};
		Receipts::<T>::insert(id, receipt);
		Self::deposit_event(Event::Accessed {
			patient,
			receipt: id,
			requester,
			entries,
		});
		Ok(())
	}

	/// The records asked for, and the one patient whose they are.
	#[allow(clippy::type_complexity)]
	fn asked(ids: &[RecordId]) -> Result<(PatientId, Vec<(RecordId, Record<T::AccountId>)>), Error<T>> {
		let distinct: BTreeSet<_> = ids.iter().collect();
		ensure!(distinct.len() == ids.len(), Error::<T>::DuplicateRecord);
		let records = ids
			.iter()
			.map(|id| Ok((*id, Records::<T>::get(id).ok_or(Error::<T>::UnknownRecord)?)))
			.collect::<Result<Vec<_>, Error<T>>>()?;
		let patient = records
			.first()
			.map(|(_, record)| record.patient)
			.ok_or(Error::<T>::NoRecords)?;
		ensure!(
			records.iter().all(|(_, record)| record.patient == patient),
			Error::<T>::MixedPatients
		);
		Ok((patient, records))
	}

	/// Gives the next receipt's id and removes up to two receipts that no longer count: one call adds one, so that
	/// a backlog shrinks for as long as there is one.
	fn next_receipt(now: Moment) -> Result<ReceiptId, Error<T>> {
		let id = NextReceipt::<T>::get();
		NextReceipt::<T>::put(id.checked_add(1).ok_or(Error::<T>::IdsExhausted)?);
		let mut oldest = OldestReceipt::<T>::get();
		for _ in 0..2 {
			let Some(receipt) = Receipts::<T>::get(oldest) else {
				break;
			};
			if receipt.is_alive(now) {
				break;
			}
			Receipts::<T>::remove(oldest);
			oldest = oldest.saturating_add(1);
		}
		OldestReceipt::<T>::put(oldest);
		Ok(id)
	}
}
