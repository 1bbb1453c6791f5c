//! What can be asked of devices, the batches of their readings, and alerts.
//!
//! ```
//! use salus_primitives::{is_included, LeafPath, MerkleTree};
//! use sp_core::H256;
//! // What `verify` answers of a batch, anybody can work out of its root and its count.
//! let leaves = vec![H256::repeat_byte(1), H256::repeat_byte(2), H256::repeat_byte(3)];
//! let tree = MerkleTree::new(leaves.clone()).unwrap();
//! let path = LeafPath { index: 2, siblings: tree.path(2).unwrap() };
//! assert!(is_included(&leaves[2], path.index.into(), 3, &path.siblings, &tree.root()));
//! ```
#![cfg_attr(not(feature = "std"), no_std)]
#![allow(clippy::multiple_bound_locations)]

extern crate alloc;

use alloc::vec::Vec;
use codec::Codec;
use salus_primitives::{
	Alert, AlertId, Anchor, AnchorFilter, AnchorId, Binding, BindingId, Decision, Device, DeviceKey, DeviceOffer,
	InstitutionId, LeafPath, PatientId, Receipt, ReceiptId,
};
use sp_core::H256;

sp_api::decl_runtime_apis! {
	/// Devices, bindings, batches, their receipts, and alerts.
	pub trait TelemetryApi<AccountId: Codec> {
		/// The device.
		fn device(key: DeviceKey) -> Option<Device>;
		/// To whom the device is offered, while she can accept it.
		fn offer(key: DeviceKey) -> Option<DeviceOffer<AccountId>>;
		/// The binding: which device measures whom, and when.
		fn binding(id: BindingId) -> Option<Binding>;
		/// The patient's bindings, oldest first: those that are not over, and of the others the latest, 32 in all.
		fn bindings(patient: PatientId) -> Vec<(BindingId, Binding)>;
		/// The batch.
		fn anchor(id: AnchorId) -> Option<Anchor>;
		/// The patient's batches before `before` that the filter keeps, newest first, at most `limit`; and where to go
		/// on.
		fn anchors(patient: PatientId, filter: AnchorFilter, before: Option<AnchorId>, limit: u32)
			-> (Vec<(AnchorId, Anchor)>, Option<AnchorId>);
		/// Whether the account may anchor batches of the patient's readings: it is at the desk of the institution, and one of
		/// the patient's bindings is of an active device of it.
		fn may_anchor(who: AccountId, institution: InstitutionId, patient: PatientId) -> bool;
		/// Whether the leaf is in the batch. It takes the hash of a leaf and never a reading.
		fn verify(leaf: H256, path: LeafPath, anchor: AnchorId) -> bool;
		/// The receipt of access to batches, while it lives. Records have receipts of their own, with ids of their own.
		fn receipt(id: ReceiptId) -> Option<Receipt<AccountId>>;
		/// Whether what the receipt permitted would still be permitted, its own use given back, and if not, why: about all
		/// of the batch, from its first reading to its last. What it refused stays refused for the same reason, and what no
		/// receipt that counts is about is `Unavailable`.
		fn still_permits(receipt: ReceiptId, anchor: AnchorId) -> Decision;
		/// The alert.
		fn alert(id: AlertId) -> Option<Alert<AccountId>>;
		/// The patient's alerts before `before`, newest first, at most `limit`; and where to go on.
		fn alerts(patient: PatientId, before: Option<AlertId>, limit: u32)
			-> (Vec<(AlertId, Alert<AccountId>)>, Option<AlertId>);
	}
}
