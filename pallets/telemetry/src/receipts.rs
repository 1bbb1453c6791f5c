//! The life of receipts of access to batches: as those of records, in a queue of their own.

use crate::{Config, Error, NextReceipt, OldestReceipt, Pallet, Receipts};
use frame_support::traits::Time;
use salus_primitives::{Receipt, ReceiptId};

/// How many receipts that no longer count each new one removes: a backlog shrinks for as long as there is one.
const REMOVED: u64 = 2;

impl<T: Config> Pallet<T> {
	/// The id that the next receipt will have.
	pub(crate) fn coming_receipt() -> ReceiptId {
		NextReceipt::<T>::get()
	}

	/// Keeps a receipt, and removes up to two that no longer count.
	pub(crate) fn keep_receipt(receipt: Receipt<T::AccountId>) -> Result<(), Error<T>> {
		let id = Self::coming_receipt();
		NextReceipt::<T>::put(id.checked_add(1).ok_or(Error::IdsExhausted)?);
		Receipts::<T>::insert(id, receipt);
		let now = T::Time::now();
		let oldest = OldestReceipt::<T>::get();
		let dead = (oldest..oldest.saturating_add(REMOVED))
			.take_while(|id| Receipts::<T>::get(id).is_some_and(|receipt| !receipt.is_alive(now)))
			.inspect(|id| Receipts::<T>::remove(id));
		OldestReceipt::<T>::put(dead.last().map_or(oldest, |last| last.saturating_add(1)));
		Ok(())
	}
}
