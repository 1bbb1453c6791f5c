//! What the runtime API answers from. Every walk is bounded, so that no call of it runs without end.

use crate::{digest_prefix, ByHash, Config, Pallet, Receipts, Records};
use alloc::{collections::VecDeque, vec::Vec};
use codec::Compact;
use frame_support::traits::Time;
use salus_primitives::{
	AccessControl, AuditHead, PatientId, Receipt, ReceiptId, Record, RecordFilter, RecordId, RecordStatus,
};
use sp_core::H256;

/// The most records in one page.
pub const MAX_PAGE: u32 = 256;
/// The most records that are read to fill one page.
pub const MAX_WALK: u32 = 4_096;
/// The most records in one history.
pub const MAX_HISTORY: u32 = 256;

/// A page, newest first, and where the next one begins.
pub type Page<AccountId> = (Vec<(RecordId, Record<AccountId>)>, Option<RecordId>);

impl<T: Config> Pallet<T> {
	/// The record's metadata.
	pub fn record(id: RecordId) -> Option<Record<T::AccountId>> {
		Records::<T>::get(id)
	}

	/// The patient's records before `before` that the filter keeps, newest first, at most `limit` and at most
	/// [`MAX_PAGE`]. The second part, where there is one, is the `before` to go on with; a page can be short, even
	/// empty, and not the last one.
	pub fn records(
		patient: PatientId,
		filter: RecordFilter,
		before: Option<RecordId>,
		limit: u32,
	) -> Page<T::AccountId> {
		let mut next = match before {
			None => Self::trail_end(patient).latest_record,
			Some(id) => Records::<T>::get(id)
				.filter(|record| record.patient == patient)
				.and_then(|record| record.previous),
		};
		let limit = usize::try_from(limit.min(MAX_PAGE)).unwrap_or(usize::MAX);
		let mut page = Vec::new();
		let mut last = before;
		for _ in 0..MAX_WALK {
			let Some((id, record)) = next.and_then(|id| Some((id, Records::<T>::get(id)?))) else {
				return (page, None);
			};
			if page.len() >= limit {
				return (page, last);
			}
			next = record.previous;
			last = Some(id);
			if keeps(&filter, &record) {
				page.push((id, record));
			}
		}
		(page, last.filter(|_| next.is_some()))
	}

	/// The record, what superseded it and what it relates to in turn, oldest first, at most `limit` and at most
	/// [`MAX_HISTORY`]. Where the limit is short, what came later is kept before what came earlier.
	pub fn history(id: RecordId, limit: u32) -> Vec<(RecordId, Record<T::AccountId>)> {
		let limit = usize::try_from(limit.min(MAX_HISTORY)).unwrap_or(usize::MAX);
		let Some(record) = Records::<T>::get(id).filter(|_| limit > 0) else {
			return Vec::new();
		};
		let mut earlier = record.relates_to;
		let mut later = record.status;
		let mut history = VecDeque::from([(id, record)]);
		// Relations point to lower ids and successors have higher ones, so that neither walk can turn in a circle.
		while let RecordStatus::Superseded(by) = later {
			let Some(record) = Records::<T>::get(by).filter(|_| history.len() < limit) else {
				break;
			};
			later = record.status;
			history.push_back((by, record));
		}
		while let Some((_, target)) = earlier {
			let Some(record) = Records::<T>::get(target).filter(|_| history.len() < limit) else {
				break;
			};
			earlier = record.relates_to;
			history.push_front((target, record));
		}
		history.into()
	}

	/// The patient's record with this ciphertext: with all of its hash, of which `ByHash` holds the beginning.
	pub fn by_hash(patient: PatientId, sha256: H256) -> Option<RecordId> {
		let Compact(id) = ByHash::<T>::get(patient, digest_prefix(&sha256))?;
		let record = Records::<T>::get(id)?;
		(record.sha256 == sha256).then_some(id)
	}

	/// The receipt, while it counts.
	pub fn receipt(id: ReceiptId) -> Option<Receipt<T::AccountId>> {
		Receipts::<T>::get(id).filter(|receipt| receipt.is_alive(T::Time::now()))
	}

	/// Whether what the receipt permitted would still be permitted, its own use given back.
	pub fn still_permits(receipt: ReceiptId, record: RecordId) -> bool {
		let Some(receipt) = Self::receipt(receipt) else {
			return false;
		};
		let Some(found) = Records::<T>::get(record) else {
			return false;
		};
		T::AccessControl::still_permits(&receipt, record, &found)
	}

	/// How long the patient's trail is and the hash it ends in.
	pub fn audit_head(patient: PatientId) -> AuditHead {
		Self::trail_end(patient).head
	}
}

/// Whether the filter keeps the record; the date range is half-open.
fn keeps<AccountId>(filter: &RecordFilter, record: &Record<AccountId>) -> bool {
	filter.category.is_none_or(|category| category == record.category)
		&& filter.custodian.is_none_or(|custodian| custodian == record.custodian)
		&& filter.recorded_from.is_none_or(|from| from <= record.recorded_at)
		&& filter.recorded_until.is_none_or(|until| record.recorded_at < until)
		&& (!filter.current_only || record.status == RecordStatus::Current)
}
