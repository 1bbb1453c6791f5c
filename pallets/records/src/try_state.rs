//! What always holds.

#![cfg(any(feature = "try-runtime", feature = "std"))]

use crate::{
	digest_prefix, is_cid, is_cid_of_bytes, is_cid_of_size, is_ciphertext_size, ByHash, Config, NextReceipt,
	NextRecord, OldestReceipt, Pallet, Receipts, Records, Trail,
};
use alloc::collections::{BTreeMap, BTreeSet};
use codec::Compact;
use frame_support::ensure;
use salus_primitives::{PatientId, Record, RecordId, RecordStatus, Relation};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds, for `try_state` and for the tests of a runtime:
	/// - record ids are dense below `NextRecord`, and every record is well-formed;
	/// - `ByHash` names every record once and nothing else;
	/// - a relation points to an earlier record of the same patient; what is superseded names the record that
	///   replaces it, and what a record in force replaces is not current; of all versions of a document, which replace
	///   one another, one is current at most;
	/// - along `previous` from `latest_record`, every record of a patient is met once, newest first, and her trail
	///   has an entry for each at least;
	/// - the receipts are those from `OldestReceipt` to before `NextReceipt`, in the order of time, each about
	///   distinct records of one patient.
	pub fn check_state() -> Result<(), TryRuntimeError> {
		let records: BTreeMap<RecordId, Record<T::AccountId>> = Records::<T>::iter().collect();
		Self::check_records(&records)?;
		Self::check_relations(&records)?;
		Self::check_trails(&records)?;
		Self::check_receipts(&records)
	}

	fn check_records(records: &BTreeMap<RecordId, Record<T::AccountId>>) -> Result<(), TryRuntimeError> {
		ensure!(
			(0..NextRecord::<T>::get()).eq(records.keys().copied()),
			"records: ids are not dense"
		);
		ensure!(
			records
				.values()
				.all(|record| is_cid(&record.cid) && is_ciphertext_size(record.size)),
			"records: a malformed CID or size"
		);
		ensure!(
			records
				.values()
				.all(|record| is_cid_of_size(&record.cid, record.size) && is_cid_of_bytes(&record.cid, &record.sha256)),
			"records: a CID of other bytes"
		);
		ensure!(
			ByHash::<T>::iter().count() == records.len(),
			"records: ByHash and Records differ in number"
		);
		for (id, record) in records {
			ensure!(
				ByHash::<T>::get(record.patient, digest_prefix(&record.sha256)) == Some(Compact(*id)),
				"records: ByHash does not name a record"
			);
		}
		Ok(())
	}

	fn check_relations(records: &BTreeMap<RecordId, Record<T::AccountId>>) -> Result<(), TryRuntimeError> {
		// Of each record, the first version of its document: relations point back, so that it is known already.
		let mut first: BTreeMap<RecordId, RecordId> = BTreeMap::new();
		let mut current: BTreeSet<RecordId> = BTreeSet::new();
		for (id, record) in records {
			let origin = match record.relates_to {
				Some((Relation::Replaces, before)) => first.get(&before).copied().unwrap_or(before),
				_ => *id,
			};
			first.insert(*id, origin);
			ensure!(
				record.status != RecordStatus::Current || current.insert(origin),
				"records: two versions of a document are current"
			);
			if let Some((relation, target_id)) = record.relates_to {
				let target = records.get(&target_id).ok_or("records: a relation to nothing")?;
				ensure!(target_id < *id, "records: a relation to a later record");
				ensure!(
					target.patient == record.patient,
					"records: a relation to another patient's record"
				);
				if relation == Relation::Replaces {
					ensure!(
						target.category == record.category && target.compartment == record.compartment,
						"records: a replacement in another category or compartment"
					);
					let in_force = !matches!(record.status, RecordStatus::EnteredInError(_));
					ensure!(
						!in_force || target.status != RecordStatus::Current,
						"records: a replaced record is current"
					);
				}
			}
			if let RecordStatus::Superseded(by) = record.status {
				let successor = records.get(&by).ok_or("records: superseded by nothing")?;
				ensure!(
					successor.relates_to == Some((Relation::Replaces, *id)),
					"records: superseded by what does not replace it"
				);
			}
		}
		Ok(())
	}

	fn check_trails(records: &BTreeMap<RecordId, Record<T::AccountId>>) -> Result<(), TryRuntimeError> {
		let mut of_patient: BTreeMap<PatientId, BTreeSet<RecordId>> = BTreeMap::new();
		for (id, record) in records {
			of_patient.entry(record.patient).or_default().insert(*id);
		}
		for (patient, end) in Trail::<T>::iter() {
			let own = of_patient.remove(&patient).unwrap_or_default();
			let mut next = end.latest_record;
			for id in own.iter().rev() {
				ensure!(next == Some(*id), "records: a list that leaves out a record");
				next = records.get(id).and_then(|record| record.previous);
			}
			ensure!(next.is_none(), "records: a list that does not end");
			let registered = u64::try_from(own.len()).unwrap_or(u64::MAX);
			ensure!(
				end.head.entries >= registered,
				"records: a trail shorter than its records"
			);
			ensure!(end.head.entries > 0, "records: an empty trail is stored");
		}
		ensure!(of_patient.is_empty(), "records: a patient's records without a trail");
		Ok(())
	}

	fn check_receipts(records: &BTreeMap<RecordId, Record<T::AccountId>>) -> Result<(), TryRuntimeError> {
		let receipts: BTreeMap<_, _> = Receipts::<T>::iter().collect();
		ensure!(
			OldestReceipt::<T>::get() <= NextReceipt::<T>::get(),
			"records: the oldest receipt is still to come"
		);
		ensure!(
			(OldestReceipt::<T>::get()..NextReceipt::<T>::get()).eq(receipts.keys().copied()),
			"records: receipts are not those between the pointers"
		);
		ensure!(
			receipts.values().is_sorted_by_key(|receipt| receipt.at),
			"records: receipts out of order"
		);
		for receipt in receipts.values() {
			ensure!(!receipt.outcomes.is_empty(), "records: a receipt about nothing");
			let distinct: BTreeSet<_> = receipt.outcomes.iter().map(|(record, _)| record).collect();
			ensure!(
				distinct.len() == receipt.outcomes.len(),
				"records: a receipt names a record twice"
			);
			ensure!(
				distinct
					.iter()
					.all(|id| records.get(id).is_some_and(|record| record.patient == receipt.patient)),
				"records: a receipt about another patient's record"
			);
		}
		Ok(())
	}
}
