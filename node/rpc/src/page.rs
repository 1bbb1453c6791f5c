//! Pages and their opaque cursors.

use codec::{DecodeAll, Encode};
use serde::Serialize;

use crate::{
	input::{given, Input},
	RpcError,
};

/// The most items of a page.
pub const MAX_LIMIT: u32 = 256;
/// The items of a page unless a limit is given.
pub const DEFAULT_LIMIT: u32 = 64;

/// Some items and where to go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page<T> {
	/// The items.
	pub items: Vec<T>,
	/// The cursor of the next page; none after the last.
	pub next: Option<String>,
}

/// The list that a cursor belongs to: one list's cursor is refused by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
	Grants = 1,
	Requests = 2,
	Records = 3,
	Audit = 4,
	GrantsTo = 5,
	RequestsBy = 6,
	OpenCases = 7,
	Reviews = 8,
	Erasures = 9,
	AppointmentsOf = 10,
	AppointmentsWith = 11,
	Availability = 12,
	Watched = 13,
	Anchors = 14,
	Alerts = 15,
	TelemetryEvents = 16,
}

impl List {
	/// A cursor at this id.
	pub(crate) fn cursor(self, id: u64) -> String {
		format!("0x{}", hex::encode((self as u8, id).encode()))
	}

	/// The id of a cursor that was given.
	pub(crate) fn read(self, cursor: &Option<Input>) -> Result<Option<u64>, RpcError> {
		given(cursor).map(|cursor| self.id_of(cursor)).transpose()
	}

	/// The id of this cursor.
	pub(crate) fn id_of(self, cursor: &Input) -> Result<u64, RpcError> {
		let text = cursor
			.0
			.as_str()
			.and_then(|text| text.strip_prefix("0x"))
			.ok_or(RpcError::InvalidCursor)?;
		let bytes = hex::decode(text).map_err(|_| RpcError::InvalidCursor)?;
		match <(u8, u64)>::decode_all(&mut bytes.as_slice()) {
			Ok((list, id)) if list == self as u8 => Ok(id),
			_ => Err(RpcError::InvalidCursor),
		}
	}
}
