//! Devices, bindings, batches and alerts.

use salus_primitives::{
	Alert, AlertId, Anchor, AnchorFilter, AnchorId, Binding, BindingId, Device, DeviceKey, DeviceOffer, LeafPath, Rung,
	Status,
};
use serde::{Deserialize, Serialize};

use super::{cid_text, Account, AuditEntryView, Hex, Int};
use crate::{input::bytes_of, AccountId};

/// To whom a device is offered.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceOfferView {
	pub patient: Int,
	pub by: Account,
	pub starts: Int,
	pub ends: Int,
	pub scan: Option<Hex>,
	pub until: Int,
}

impl From<DeviceOffer<AccountId>> for DeviceOfferView {
	fn from(offer: DeviceOffer<AccountId>) -> Self {
		Self {
			patient: offer.patient.into(),
			by: offer.by.into(),
			starts: offer.starts.into(),
			ends: offer.ends.into(),
			scan: offer.scan.map(Into::into),
			until: offer.until.into(),
		}
	}
}

/// A device, and to whom it is offered now.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceView {
	pub device: Hex,
	pub institution: u32,
	pub codes: Hex,
	pub status: Status,
	pub bindings: u32,
	pub latest: Option<Int>,
	pub anchored: Option<Int>,
	pub next_seq: Int,
	pub missing: Int,
	pub offer: Option<DeviceOfferView>,
}

impl DeviceView {
	/// The device of this key.
	pub fn new(key: DeviceKey, device: Device, offer: Option<DeviceOffer<AccountId>>) -> Self {
		Self {
			device: key.into(),
			institution: device.institution,
			codes: device.codes.into(),
			status: device.status,
			bindings: device.bindings,
			latest: device.latest.map(Int),
			anchored: device.anchored.map(Int),
			next_seq: device.next_seq.into(),
			missing: device.missing.into(),
			offer: offer.map(Into::into),
		}
	}
}

/// Which device measures whom, and when.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BindingView {
	pub id: Int,
	pub device: Hex,
	pub patient: Int,
	pub starts: Int,
	pub ends: Int,
	pub last_at: Option<Int>,
}

impl BindingView {
	/// The binding of this id.
	pub fn new(id: BindingId, binding: Binding) -> Self {
		Self {
			id: id.into(),
			device: binding.device.into(),
			patient: binding.patient.into(),
			starts: binding.starts.into(),
			ends: binding.ends.into(),
			last_at: binding.last_at.map(Int),
		}
	}
}

/// A batch. The CID is in its text form.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnchorView {
	pub id: Int,
	pub binding: Int,
	pub first_seq: Int,
	pub count: u32,
	pub first_at: Int,
	pub last_at: Int,
	pub root: Hex,
	pub cid: String,
	pub sha256: Hex,
	pub size: Int,
	pub previous: Option<Int>,
}

impl AnchorView {
	/// The batch of this id.
	pub fn new(id: AnchorId, anchor: Anchor) -> Self {
		Self {
			id: id.into(),
			binding: anchor.binding.into(),
			first_seq: anchor.first_seq.into(),
			count: anchor.count,
			first_at: anchor.first_at.into(),
			last_at: anchor.last_at.into(),
			root: anchor.root.into(),
			cid: cid_text(&anchor.payload.cid()),
			sha256: anchor.payload.sha256().into(),
			size: anchor.size.into(),
			previous: anchor.previous.map(Int),
		}
	}
}

/// Which batches are listed.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnchorFilterView {
	pub binding: Option<Int>,
	pub from: Option<Int>,
	pub until: Option<Int>,
}

impl From<AnchorFilterView> for AnchorFilter {
	fn from(filter: AnchorFilterView) -> Self {
		let plain = |int: Option<Int>| int.map(|int| int.0);
		Self {
			binding: plain(filter.binding),
			from: plain(filter.from),
			until: plain(filter.until),
		}
	}
}

/// Where a leaf stands in its batch.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafPathView {
	pub index: u32,
	pub siblings: Vec<String>,
}

/// More siblings than the path of any batch has.
const MAX_SIBLINGS: usize = 64;

impl TryFrom<LeafPathView> for LeafPath {
	type Error = &'static str;

	fn try_from(path: LeafPathView) -> Result<Self, Self::Error> {
		if path.siblings.len() > MAX_SIBLINGS {
			return Err("no batch's path has more than 64 siblings");
		}
		let siblings = path.siblings.iter().map(|text| bytes_of(text).map(Into::into));
		Ok(Self {
			index: path.index,
			siblings: siblings.collect::<Result<_, _>>()?,
		})
	}
}

/// Who is told of an alert, and how long she has.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RungView {
	pub to: Account,
	pub within: Int,
}

impl From<Rung<AccountId>> for RungView {
	fn from(rung: Rung<AccountId>) -> Self {
		Self {
			to: rung.to.into(),
			within: rung.within.into(),
		}
	}
}

/// An alert; `to` is who is told now.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertView {
	pub id: Int,
	pub patient: Int,
	pub institution: u32,
	pub commitment: Hex,
	pub raised_at: Int,
	pub ladder: Vec<RungView>,
	pub step: u8,
	pub to: Option<Account>,
	pub due: Int,
	pub acknowledged_at: Option<Int>,
}

impl AlertView {
	/// The alert of this id.
	pub fn new(id: AlertId, alert: Alert<AccountId>) -> Self {
		Self {
			id: id.into(),
			patient: alert.patient.into(),
			institution: alert.institution,
			commitment: alert.commitment.into(),
			raised_at: alert.raised_at.into(),
			step: alert.step,
			to: alert.addressee().cloned().map(Account),
			ladder: alert.ladder.into_iter().map(Into::into).collect(),
			due: alert.due.into(),
			acknowledged_at: alert.acknowledged_at.map(Int),
		}
	}
}

/// What happened of a patient's devices, batches and alerts, as a subscriber is told; the cursor says what she knows.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TelemetryEventView {
	pub patient: Int,
	#[serde(flatten)]
	pub entry: AuditEntryView,
	pub cursor: String,
}
