//! What the runtime API answers from. Every walk is bounded, so that no call of it runs without end.

use crate::{
	access::{grant_of, Asker},
	Alerts, AlertsOf, Anchors, Bindings, BindingsOf, Config, Devices, LatestAnchor, Offers, Pallet, Receipts, MAX_PAGE,
	MAX_WALK,
};
use alloc::vec::Vec;
use frame_support::traits::Time;
use salus_primitives::{
	is_included, AccessControl, Alert, AlertId, Anchor, AnchorFilter, AnchorId, Binding, BindingId, Decision, Device,
	DeviceKey, DeviceOffer, GrantId, InstitutionId, LeafPath, PatientId, Reason, Receipt, ReceiptId, Status,
};
use sp_core::H256;

/// A page, newest first, and where the next one begins.
pub type Page<T> = (Vec<(u64, T)>, Option<u64>);

impl<T: Config> Pallet<T> {
	/// The device.
	pub fn device(key: DeviceKey) -> Option<Device> {
		Devices::<T>::get(key)
	}

	/// To whom the device is offered, while she can accept it.
	pub fn offered(key: DeviceKey) -> Option<DeviceOffer<T::AccountId>> {
		Offers::<T>::get(key).filter(|offer| T::Time::now() < offer.until)
	}

	/// The binding.
	pub fn binding(id: BindingId) -> Option<Binding> {
		Bindings::<T>::get(id)
	}

	/// The patient's bindings, oldest first.
	pub fn bindings(patient: PatientId) -> Vec<(BindingId, Binding)> {
		let ids = BindingsOf::<T>::get(patient).into_iter();
		ids.filter_map(|id| Some((id, Bindings::<T>::get(id)?))).collect()
	}

	/// The batch.
	pub fn anchored(id: AnchorId) -> Option<Anchor> {
		Anchors::<T>::get(id)
	}

	/// The patient's batches before `before` that the filter keeps, newest first, at most `limit` and at most
	/// [`MAX_PAGE`]. The second part, where there is one, is the `before` to go on with; a page can be short, even
	/// empty, and not the last one.
	pub fn anchors(patient: PatientId, filter: AnchorFilter, before: Option<AnchorId>, limit: u32) -> Page<Anchor> {
		let hers =
			|anchor: &Anchor| Bindings::<T>::get(anchor.binding).is_some_and(|binding| binding.patient == patient);
		let mut next = match before {
			None => LatestAnchor::<T>::get(patient),
			Some(id) => Anchors::<T>::get(id).filter(hers).and_then(|anchor| anchor.previous),
		};
		let limit = usize::try_from(limit.min(MAX_PAGE)).unwrap_or(usize::MAX);
		let mut page = Vec::new();
		let mut last = before;
		for _ in 0..MAX_WALK {
			let Some((id, anchor)) = next.and_then(|id| Some((id, Anchors::<T>::get(id)?))) else {
				return (page, None);
			};
			if page.len() >= limit {
				return (page, last);
			}
			next = anchor.previous;
			last = Some(id);
			if keeps(&filter, &anchor) {
				page.push((id, anchor));
			}
		}
		(page, last.filter(|_| next.is_some()))
	}

	/// Whether the account may anchor batches of the patient's readings: it is at the desk of the institution, and one of
	/// the patient's bindings is of an active device of it.
	pub fn may_anchor(who: &T::AccountId, institution: InstitutionId, patient: PatientId) -> bool {
		let measures_her = |id: BindingId| {
			Bindings::<T>::get(id)
				.and_then(|binding| Devices::<T>::get(binding.device))
				.is_some_and(|device| device.institution == institution && matches!(device.status, Status::Active))
		};
		Self::ensure_desk(who, institution).is_ok() && BindingsOf::<T>::get(patient).into_iter().any(measures_her)
	}

	/// Whether the leaf is in the batch.
	pub fn verify(leaf: H256, path: &LeafPath, anchor: AnchorId) -> bool {
		Anchors::<T>::get(anchor).is_some_and(|anchor| {
			is_included(
				&leaf,
				path.index.into(),
				anchor.count.into(),
				&path.siblings,
				&anchor.root,
			)
		})
	}

	/// The receipt, while it counts.
	pub fn receipt(id: ReceiptId) -> Option<Receipt<T::AccountId>> {
		Receipts::<T>::get(id).filter(|receipt| receipt.is_alive(T::Time::now()))
	}

	/// Whether what the receipt permitted would still be permitted, its own use given back, and if not, why: about all of
	/// the batch, from its first reading to its last. What it refused stays refused for the same reason, and what no receipt
	/// that counts is about is `Unavailable`.
	pub fn still_permits(receipt: ReceiptId, anchor: AnchorId) -> Decision {
		let unavailable = Decision::Deny(Reason::Unavailable);
		let Some(receipt) = Self::receipt(receipt) else {
			return unavailable;
		};
		let Some((_, decided)) = receipt.outcomes.iter().find(|(decided, _)| *decided == anchor) else {
			return unavailable;
		};
		if !decided.is_permit() {
			return *decided;
		}
		let Some(batch) = Anchors::<T>::get(anchor).and_then(|anchor| Self::vitals(&anchor)) else {
			return unavailable;
		};
		let taken: Vec<GrantId> = receipt.outcomes.iter().filter_map(|(_, made)| grant_of(made)).collect();
		let asker = Asker {
			requester: &receipt.requester,
			on_behalf_of: receipt.on_behalf_of,
			purpose: receipt.purpose,
		};
		let request = batch.request(&asker);
		T::AccessControl::decide_span(&request, batch.last_at, &taken)
	}

	/// The alert.
	pub fn alert(id: AlertId) -> Option<Alert<T::AccountId>> {
		Alerts::<T>::get(id)
	}

	/// The patient's alerts before `before`, newest first, at most `limit`; and where to go on.
	pub fn alerts(patient: PatientId, before: Option<AlertId>, limit: u32) -> Page<Alert<T::AccountId>> {
		let list = AlertsOf::<T>::get(patient);
		let mut earlier = list.iter().rev().filter(|id| before.is_none_or(|before| **id < before));
		let limit = usize::try_from(limit.min(MAX_PAGE)).unwrap_or(usize::MAX);
		let page: Vec<_> = earlier
			.by_ref()
			.take(limit)
			.filter_map(|id| Some((*id, Alerts::<T>::get(id)?)))
			.collect();
		let last = page.last().map(|(id, _)| *id).or(before);
		let more = earlier.next().is_some();
		(page, last.filter(|_| more))
	}
}

/// Whether the filter keeps the batch: it has a moment of the half-open time.
fn keeps(filter: &AnchorFilter, anchor: &Anchor) -> bool {
	filter.binding.is_none_or(|binding| binding == anchor.binding)
		&& filter.from.is_none_or(|from| from <= anchor.last_at)
		&& filter.until.is_none_or(|until| anchor.first_at < until)
}
