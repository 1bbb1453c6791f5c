//! The release desk: opens the custodian's wrap and seals the key to who may have it now. It never sees plaintext.

use std::sync::Arc;

use codec::{Decode, Encode};

use crate::{
	chain::{ChainUnavailable, FinalisedChain, RecordView, Verdict},
	clock::Clock,
	key_table::{KeyTable, KeyTableError, Row, RowState},
	refusals::Outcomes,
	request::{ReleaseRequest, REQUEST_VERSION},
	wrap::{self, Binding, HpkeSecret, Purpose, Wrap},
};

/// How far the finalised head may be from the desk's clock, and how old an anchor may be.
pub const FRESHNESS_MS: u64 = 60_000;
/// How old a receipt may be.
pub const RECEIPT_LIFETIME_MS: u64 = 3_600_000;

/// Why the desk refused. Codes and numbers are stable. Exhaustive on purpose: whoever answers with them has to have an
/// answer for each.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
	/// The request is of another version.
	#[error("the request's version is not supported; update the client")]
	WrongVersion,
	/// The request is for another chain.
	#[error("the request is for another chain; check which node the client is connected to")]
	WrongGenesis,
	/// The request is for another institution's desk, or the record is another's.
	#[error("the key is not kept here; ask the record's custodian")]
	WrongCustodian,
	/// The signature is not the requester's.
	#[error("the signature is not the requester's over this request; sign it anew")]
	BadSignature,
	/// The desk's finalised head is too far from its clock.
	#[error("this custodian is cut off from the chain; try again once its node has caught up")]
	StaleChain,
	/// The anchor is not on the desk's finalised chain or too old.
	#[error("the anchor is not a finalised block of the last 60 seconds; ask again with a new one")]
	StaleAnchor,
	/// This version cannot seal to the recipient's key.
	#[error("the recipient's key is of a suite that is not supported; use an X25519 key")]
	UnsupportedRecipientKey,
	/// The recipient's key is no usable point.
	#[error("the recipient's key is not valid; make a new one")]
	InvalidRecipientKey,
	/// No such receipt is finalised.
	#[error("no such receipt is finalised; wait for finality, or ask for access again")]
	UnknownReceipt,
	/// The receipt names another requester or does not name the object.
	#[error("the receipt is not for this requester and record; ask for access with your account")]
	ForeignReceipt,
	/// The receipt is older than an hour.
	#[error("the receipt is older than an hour; ask for access again")]
	OldReceipt,
	/// The receipt records a refusal.
	#[error("access was refused when it was asked for; ask the patient for consent")]
	RefusedInReceipt(u8),
	/// The record is not finalised.
	#[error("no such record is finalised; check its id")]
	UnknownRecord,
	/// The chain does not permit it any more.
	#[error("access is not permitted any more; ask the patient for consent")]
	NotPermitted(u8),
	/// No live key: never uploaded here, or the upload is not what was registered.
	#[error("no key is kept for this record; its author has to upload it again")]
	NoKey,
	/// The custodian's wrap does not open with its present key.
	#[error("the custodian's key does not open the kept wrap; its operator has to restore the key")]
	UnreadableKey,
	/// The chain could not be read.
	#[error(transparent)]
	Chain(#[from] ChainUnavailable),
	/// The key table failed.
	#[error("the custodian's key table failed; its operator has to look at the node's log")]
	KeyTable(#[source] KeyTableError),
	/// The system gave no random bytes.
	#[error("the custodian's system has no randomness; try again")]
	NoRandomness,
}

impl ReleaseError {
	/// A stable name, for RPC data and metric labels.
	pub fn code(&self) -> &'static str {
		self.entry().1
	}

	/// A stable number, for RPC errors.
	pub fn number(&self) -> u16 {
		self.entry().0
	}

	fn entry(&self) -> (u16, &'static str) {
		match self {
			Self::WrongVersion => (1, "WrongVersion"),
			Self::WrongGenesis => (2, "WrongGenesis"),
			Self::WrongCustodian => (3, "WrongCustodian"),
			Self::BadSignature => (4, "BadSignature"),
			Self::StaleChain => (5, "StaleChain"),
			Self::StaleAnchor => (6, "StaleAnchor"),
			Self::UnsupportedRecipientKey => (7, "UnsupportedRecipientKey"),
			Self::InvalidRecipientKey => (8, "InvalidRecipientKey"),
			Self::UnknownReceipt => (9, "UnknownReceipt"),
			Self::ForeignReceipt => (10, "ForeignReceipt"),
			Self::OldReceipt => (11, "OldReceipt"),
			Self::RefusedInReceipt(_) => (12, "RefusedInReceipt"),
			Self::UnknownRecord => (13, "UnknownRecord"),
			Self::NotPermitted(_) => (14, "NotPermitted"),
			Self::NoKey => (15, "NoKey"),
			Self::UnreadableKey => (16, "UnreadableKey"),
			Self::Chain(_) => (17, "ChainUnavailable"),
			Self::KeyTable(_) => (18, "KeyTable"),
			Self::NoRandomness => (19, "NoRandomness"),
		}
	}

	/// The index of the runtime's `Reason`, where the chain refused.
	pub fn reason(&self) -> Option<u8> {
		match self {
			Self::RefusedInReceipt(reason) | Self::NotPermitted(reason) => Some(*reason),
			_ => None,
		}
	}
}

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
		self.check_request(request, signature)?;
		self.check_freshness(request)?;
		self.check_receipt(request)?;
		let record = self.chain.record(request.object)?.ok_or(ReleaseError::UnknownRecord)?;
		if record.custodian != self.institution {
			return Err(ReleaseError::WrongCustodian);
		}
		let verdict = self.chain.still_permits(request.receipt, request.object)?;
		if let Verdict::Deny(reason) = verdict {
			return Err(ReleaseError::NotPermitted(reason));
		}
		let row = self.live_row(&record)?;
		Ok((record, row))
	}

	fn check_request(&self, request: &ReleaseRequest, signature: &[u8]) -> Result<(), ReleaseError> {
		if request.version != REQUEST_VERSION {
			return Err(ReleaseError::WrongVersion);
		}
		if request.genesis != self.chain.genesis() {
			return Err(ReleaseError::WrongGenesis);
		}
		if request.custodian != self.institution {
			return Err(ReleaseError::WrongCustodian);
		}
		let supported = request.recipient_key.check_supported();
		supported.map_err(|_| ReleaseError::UnsupportedRecipientKey)?;
		if !self
			.chain
			.verify(&request.requester, &request.signing_payload(), signature)
		{
			return Err(ReleaseError::BadSignature);
		}
		Ok(())
	}

	fn check_freshness(&self, request: &ReleaseRequest) -> Result<(), ReleaseError> {
		let now = self.clock.now();
		let head = self.chain.head()?;
		if now.abs_diff(head.time) > FRESHNESS_MS {
			return Err(ReleaseError::StaleChain);
		}
		let (number, hash) = request.anchor;
		let anchor = self.chain.block(number)?.filter(|block| block.hash == hash);
		match anchor {
			Some(block) if now.saturating_sub(block.time) <= FRESHNESS_MS => Ok(()),
			_ => Err(ReleaseError::StaleAnchor),
		}
	}

	fn check_receipt(&self, request: &ReleaseRequest) -> Result<(), ReleaseError> {
		let receipt = self
			.chain
			.receipt(request.receipt)?
			.ok_or(ReleaseError::UnknownReceipt)?;
		let item = receipt.items.iter().find(|item| item.object == request.object);
		let item = item
			.filter(|_| receipt.requester == request.requester)
			.ok_or(ReleaseError::ForeignReceipt)?;
		if self.clock.now().saturating_sub(receipt.at) > RECEIPT_LIFETIME_MS {
			return Err(ReleaseError::OldReceipt);
		}
		match item.verdict {
			Verdict::Permit => Ok(()),
			Verdict::Deny(reason) => Err(ReleaseError::RefusedInReceipt(reason)),
		}
	}

	/// The record's row; one still pending becomes live here, since its record is finalised.
	fn live_row(&self, record: &RecordView) -> Result<Row, ReleaseError> {
		let row = self.table.row(&record.sha256).map_err(ReleaseError::KeyTable)?;
		let row = row.ok_or(ReleaseError::NoKey)?;
		match row.state {
			RowState::Live(id) if id == record.id => Ok(row),
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
