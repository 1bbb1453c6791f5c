//! The release desk: opens the custodian's wrap and seals the key to who may have it now. It never sees plaintext.

use std::sync::Arc;

use codec::{Decode, Encode};

mod error;
pub mod permission;

pub use error::ReleaseError;

use crate::{
	chain::{FinalisedChain, RecordView},
	clock::Clock,
	key_table::{KeyTable, KeyTableError, Row, RowState},
	refusals::Outcomes,
	request::ReleaseRequest,
	wrap::{self, Binding, HpkeSecret, Purpose, Wrap},
};

/// What the desk hands out: useless to everybody but the recipient key's holder.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Release {
	/// The data key, sealed to the request's recipient key and bound to the request.
	pub wrap: Wrap,
}

impl Release {
	/// Opens the release with the recipient key's secret; the record is the finalised one.
	///
	/// # Errors
	/// As [`wrap::open`].
	pub fn open(
		&self,
		secret: &HpkeSecret,
		request: &ReleaseRequest,
		record: &RecordView,
	) -> Result<crate::envelope::DataKey, wrap::WrapError> {
		wrap::open(&self.wrap, secret, &release_binding(request, record))
	}
}

/// The desk of one institution.
pub struct Desk {
	chain: Arc<dyn FinalisedChain>,
	table: Arc<KeyTable>,
	institution: u32,
	secret: HpkeSecret,
	clock: Arc<dyn Clock>,
	outcomes: Outcomes,
}

impl Desk {
	/// Opens the desk of an institution with its private key.
	pub fn new(
		chain: Arc<dyn FinalisedChain>,
		table: Arc<KeyTable>,
		institution: u32,
		secret: HpkeSecret,
		clock: Arc<dyn Clock>,
	) -> Self {
		Self {
			chain,
			table,
			institution,
			secret,
			clock,
			outcomes: Outcomes::default(),
		}
	}

	/// Releases the data key to the request's recipient key. The same request again yields the same data key to the
	/// same recipient key, and only while the chain still permits it.
	///
	/// # Errors
	/// Each way to refuse has a variant of its own.
	pub fn release(&self, request: &ReleaseRequest, signature: &[u8]) -> Result<Release, ReleaseError> {
		let result = self
			.judge(request, signature)
			.and_then(|(record, row)| self.rewrap(request, &record, &row));
		self.outcomes.count(result, ReleaseError::code)
	}

	/// Makes the checks of [`release`](Self::release) without touching a key, and returns the record: whoever passes
	/// may fetch its ciphertext.
	///
	/// # Errors
	/// As [`release`](Self::release).
	pub fn authorise(&self, request: &ReleaseRequest, signature: &[u8]) -> Result<RecordView, ReleaseError> {
		let result = self.judge(request, signature).map(|(record, _)| record);
		self.outcomes.count(result, ReleaseError::code)
	}

	/// What was released and refused since the desk opened.
	pub fn outcomes(&self) -> &Outcomes {
		&self.outcomes
	}

	fn judge(&self, request: &ReleaseRequest, signature: &[u8]) -> Result<(RecordView, Row), ReleaseError> {
		if request.custodian != self.institution {
			return Err(ReleaseError::WrongCustodian);
		}
		let record = permission::check(&*self.chain, &*self.clock, request, signature)?;
		let row = self.live_row(&record)?;
		Ok((record, row))
	}

	/// The record's row; one still pending becomes live here, since its record is finalised.
	fn live_row(&self, record: &RecordView) -> Result<Row, ReleaseError> {
		let row = self.table.row(&record.sha256).map_err(ReleaseError::KeyTable)?;
		let row = row.ok_or(ReleaseError::NoKey)?;
		match row.state {
			RowState::Live(object) if object == record.object => Ok(row),
			RowState::Live(_) => Err(ReleaseError::NoKey),
			RowState::Pending => match self.table.mark_live(&record.sha256, record) {
				Ok(()) => Ok(row),
				Err(KeyTableError::Mismatch(_) | KeyTableError::NotFound) => Err(ReleaseError::NoKey),
				Err(error) => Err(ReleaseError::KeyTable(error)),
			},
		}
	}

	fn rewrap(&self, request: &ReleaseRequest, record: &RecordView, row: &Row) -> Result<Release, ReleaseError> {
		let custody = Binding {
			genesis: request.genesis,
			sha256: record.sha256,
			patient: record.patient,
			purpose: Purpose::Custody,
		};
		let key =
			wrap::open(&row.upload.wraps.custody, &self.secret, &custody).map_err(|_| ReleaseError::UnreadableKey)?;
		let binding = release_binding(request, record);
		let wrap = wrap::wrap(&key, &request.recipient_key, &binding).map_err(|error| match error {
			wrap::WrapError::NoRandomness => ReleaseError::NoRandomness,
			_ => ReleaseError::InvalidRecipientKey,
		})?;
		Ok(Release { wrap })
	}
}

fn release_binding(request: &ReleaseRequest, record: &RecordView) -> Binding {
	Binding {
		genesis: request.genesis,
		sha256: record.sha256,
		patient: record.patient,
		purpose: Purpose::Release(request.hash()),
	}
}
