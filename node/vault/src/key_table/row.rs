//! A row: what was uploaded, and whether its record is finalised.

use codec::{Decode, Encode};

use super::{Field, KeyTableError};
use crate::{
	chain::{AccountId, Object, RecordView},
	ticket::UploadTicket,
	wrap::Wraps,
};

/// What an upload leaves in the table.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Upload {
	/// The signed ticket.
	pub ticket: UploadTicket,
	/// Who signed it.
	pub signer: AccountId,
	/// Wraps for custodian and patient.
	pub wraps: Wraps,
}

impl Upload {
	/// The same upload, whatever the time until which its ticket was valid.
	pub(crate) fn repeats(&self, other: &Self) -> bool {
		let ticket = UploadTicket {
			not_after: other.ticket.not_after,
			..self.ticket.clone()
		};
		ticket == other.ticket && self.signer == other.signer && self.wraps == other.wraps
	}

	/// Compares the ticket with a finalised record or batch.
	///
	/// # Errors
	/// `Mismatch` with the first field that differs.
	pub fn check_record(&self, record: &RecordView) -> Result<(), KeyTableError> {
		match self.difference(record) {
			Some(field) => Err(KeyTableError::Mismatch(field)),
			None => Ok(()),
		}
	}

	/// The first field in which ticket and record differ. An anchor names no author and has no tree.
	pub(crate) fn difference(&self, record: &RecordView) -> Option<Field> {
		let ticket = &self.ticket;
		let fields = [
			(Field::Author, record.author.is_none_or(|author| author == self.signer)),
			(Field::Patient, ticket.patient == record.patient),
			(Field::Custodian, ticket.institution == record.custodian),
			(Field::Category, ticket.category == record.category),
			(Field::Compartment, ticket.compartment == record.compartment),
			(Field::Media, ticket.media == record.media),
			(Field::RecordedAt, ticket.recorded_at == record.recorded_at),
			(Field::Cid, ticket.cid == record.cid),
			(Field::Sha256, ticket.sha256 == record.sha256),
			(Field::Tree, record.tree.is_none_or(|tree| tree == ticket.tree)),
			(Field::Size, ticket.size == record.size),
		];
		fields.iter().find(|(_, equal)| !equal).map(|(field, _)| *field)
	}
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
	/// What was uploaded.
	pub upload: Upload,
	/// Pending or live.
	pub state: RowState,
	/// When it was inserted, in milliseconds since the Unix epoch.
	pub inserted_at: u64,
	/// Epoch of the key it is sealed under.
	pub epoch: u32,
}

/// Life of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
	/// No finalised record yet: nothing is released.
	Pending,
	/// This record or batch is finalised.
	Live(Object),
}
