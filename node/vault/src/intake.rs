//! Uploads: everything is checked before bytes are taken, and the bytes before anything is kept.

use std::{collections::HashSet, io, sync::Arc};

use parking_lot::Mutex;
use tokio::{io::AsyncRead, task};

use crate::{
	chain::{AccountId, AppendQuery, ChainUnavailable, FinalisedChain, RecordView, Verdict},
	checked_body::CheckedBody,
	clock::Clock,
	desk::FRESHNESS_MS,
	envelope::{padded_len_of_payload, DataKey, EnvelopeError},
	key_table::{Begun, Inserted, KeyTable, KeyTableError, Upload},
	refusals::Outcomes,
	store::{PayloadStore, StoreError},
	ticket::{Origin, UploadTicket, MAX_CID_LEN, TICKET_VERSION},
	unixfs::parse_cid,
	wrap::{self, Binding, HpkeSecret, Purpose, WrapError, Wraps},
};

/// Why an upload was refused. Codes are stable; nothing is left behind by any of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
	/// The ticket is of another version.
	#[error("the ticket's version is not supported; update the client")]
	WrongVersion,
	/// The ticket is for another chain.
	#[error("the ticket is for another chain; check which node the client is connected to")]
	WrongGenesis,
	/// The ticket is for another institution.
	#[error("the ticket is for another institution; upload to that institution's node")]
	WrongInstitution,
	/// The signature is not the signer's.
	#[error("the signature is not the signer's over this ticket; sign it anew")]
	BadSignature,
	/// The ticket's time is over.
	#[error("the ticket has expired; sign a new one")]
	Expired,
	/// The node's finalised head is too far from its clock.
	#[error("this node is cut off from the chain; try again once it has caught up")]
	StaleChain,
	/// The chain does not let the signer add this document.
	#[error(
		"the chain does not permit this document (reason {0}); see the signer's standing and the patient's consents"
	)]
	NotPermitted(u8),
	/// The ticket's CID is not one of ours.
	#[error("the ticket's CID is not a CIDv1 as this program computes it; use the client's")]
	BadCid,
	/// No payload has the ticket's size.
	#[error("no payload has {0} bytes; encrypt the document with the client")]
	BadSize(u64),
	/// The payload is larger than this node takes.
	#[error("the payload has {size} bytes, this node takes {limit}")]
	TooLarge {
		/// Bytes of the payload.
		size: u64,
		/// The node's limit.
		limit: u64,
	},
	/// The node's store is full.
	#[error("this node's store is full; its operator has to raise the vault's limit")]
	DiskLimit,
	/// The wraps are not those of the ticket.
	#[error("the wraps are not those the ticket names; send them with it")]
	ForeignWraps,
	/// A wrap is malformed or of an unknown suite.
	#[error("a wrap is not usable: {0}")]
	BadWraps(WrapError),
	/// The custodian's wrap does not open.
	#[error("the custodian's wrap does not open; wrap to this institution's key on chain")]
	ForeignCustodyWrap,
	/// Another upload of this payload was accepted.
	#[error("a different upload of this payload exists; register that one, or encrypt anew")]
	Duplicate,
	/// The same payload is being uploaded right now.
	#[error("this payload is being uploaded; wait for that upload")]
	InProgress,
	/// The payload's header does not open with the wrapped key under the ticket's context.
	#[error("the payload is not the ticket's: {0}")]
	BadHeader(EnvelopeError),
	/// The body ended early.
	#[error("the body ended before the ticket's size; send it again")]
	TooShort,
	/// The body is longer than the ticket says.
	#[error("the body is longer than the ticket's size; send what was signed")]
	TooLong,
	/// The bytes have another SHA-256.
	#[error("the payload's SHA-256 is not the ticket's; send what was signed")]
	WrongHash,
	/// The bytes have another tree.
	#[error("the payload's tree is not the ticket's; sign what was encrypted")]
	WrongTree,
	/// The bytes have another CID.
	#[error("the payload's CID is not the ticket's; sign what was encrypted")]
	WrongCid,
	/// Reading the body failed.
	#[error("the upload broke off: {0}")]
	Body(io::Error),
	/// The chain could not be read.
	#[error(transparent)]
	Chain(#[from] ChainUnavailable),
	/// The store failed.
	#[error("the payload was not stored: {0}")]
	Store(StoreError),
	/// The key table failed.
	#[error("the key table failed; the node's operator has to look at its log")]
	KeyTable(#[source] KeyTableError),
}

impl UploadError {
	/// A stable name, for HTTP bodies and metric labels.
	pub fn code(&self) -> &'static str {
		match self {
			Self::WrongVersion => "WrongVersion",
			Self::WrongGenesis => "WrongGenesis",
			Self::WrongInstitution => "WrongInstitution",
			Self::BadSignature => "BadSignature",
			Self::Expired => "Expired",
			Self::StaleChain => "StaleChain",
			Self::NotPermitted(_) => "NotPermitted",
			Self::BadCid => "BadCid",
			Self::BadSize(_) => "BadSize",
			Self::TooLarge { .. } => "TooLarge",
			Self::DiskLimit => "DiskLimit",
			Self::ForeignWraps => "ForeignWraps",
			Self::BadWraps(_) => "BadWraps",
			Self::ForeignCustodyWrap => "ForeignCustodyWrap",
			Self::Duplicate => "Duplicate",
			Self::InProgress => "InProgress",
			Self::BadHeader(_) => "BadHeader",
			Self::TooShort => "TooShort",
			Self::TooLong => "TooLong",
			Self::WrongHash => "WrongHash",
			Self::WrongTree => "WrongTree",
			Self::WrongCid => "WrongCid",
			Self::Body(_) => "Body",
			Self::Chain(_) => "ChainUnavailable",
			Self::Store(_) => "Store",
			Self::KeyTable(_) => "KeyTable",
		}
	}
}

/// What this node takes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
	/// Bytes of one payload.
	pub payload: u64,
	/// Bytes of the whole store.
	pub disk: u64,
}

/// What comes before an upload's body.
#[derive(Clone, Debug)]
pub struct Announcement {
	/// The ticket.
	pub ticket: UploadTicket,
	/// Who signed it.
	pub signer: AccountId,
	/// Where the content comes from, as it will be registered.
	pub origin: Origin,
	/// Wraps for custodian and patient.
	pub wraps: Wraps,
	/// The signer's signature over the ticket.
	pub signature: Vec<u8>,
}

/// Takes uploads of one institution.
pub struct Intake {
	chain: Arc<dyn FinalisedChain>,
	table: Arc<KeyTable>,
	store: Arc<dyn PayloadStore>,
	institution: u32,
	secret: HpkeSecret,
	limits: Limits,
	clock: Arc<dyn Clock>,
	under_way: Arc<Mutex<UnderWay>>,
	outcomes: Outcomes,
}

#[derive(Default)]
struct UnderWay {
	payloads: HashSet<[u8; 32]>,
	bytes: u64,
}

impl Intake {
	/// Takes uploads for an institution with its private key.
	pub fn new(
		chain: Arc<dyn FinalisedChain>,
		table: Arc<KeyTable>,
		store: Arc<dyn PayloadStore>,
		institution: u32,
		secret: HpkeSecret,
		limits: Limits,
		clock: Arc<dyn Clock>,
	) -> Self {
		let under_way = Arc::default();
		let outcomes = Outcomes::default();
		Self {
			chain,
			table,
			store,
			institution,
			secret,
			limits,
			clock,
			under_way,
			outcomes,
		}
	}

	/// Takes an upload. The body is not touched before everything else was checked. The payload is stored and pinned,
	/// then its pending row inserted; the same upload again changes nothing.
	///
	/// # Errors
	/// Each way to refuse has a variant of its own.
	pub async fn take(
		&self,
		announcement: &Announcement,
		body: &mut (dyn AsyncRead + Send + Unpin),
	) -> Result<Inserted, UploadError> {
		let result = match self.admit(announcement).await {
			Ok(Admission::Repeated) => Ok(Inserted::Repeated),
			Ok(Admission::Wanted(key, _place)) => self.receive(announcement, key, body).await,
			Err(error) => Err(error),
		};
		self.outcomes.count(result, UploadError::code)
	}

	/// What was taken and refused since the intake opened.
	pub fn outcomes(&self) -> &Outcomes {
		&self.outcomes
	}

	/// Drops what a crash left between store and key table; to be called before the first upload.
	///
	/// # Errors
	/// `Store`, `KeyTable`
	pub async fn recover(&self) -> Result<(), UploadError> {
		let begun = self.table.begun().map_err(UploadError::KeyTable)?;
		for Begun { sha256, cid } in &begun {
			let kept = self.table.row(sha256).map_err(UploadError::KeyTable)?.is_some();
			if !kept {
				self.unpin(cid).await?;
			}
			self.table.abandon(sha256).map_err(UploadError::KeyTable)?;
		}
		if !begun.is_empty() {
			self.store.collect().await.map_err(UploadError::Store)?;
		}
		Ok(())
	}

	/// Drops rows and payloads that were uploaded before `older_than` and never registered; returns how many.
	///
	/// # Errors
	/// `Store`, `KeyTable`
	pub async fn reap(
		&self,
		older_than: u64,
		registered: impl FnMut(&Upload) -> Option<RecordView>,
	) -> Result<usize, UploadError> {
		let cids = self.table.reap(older_than, registered).map_err(UploadError::KeyTable)?;
		for cid in &cids {
			self.unpin(cid).await?;
		}
		if !cids.is_empty() {
			self.store.collect().await.map_err(UploadError::Store)?;
		}
		Ok(cids.len())
	}

	async fn unpin(&self, cid: &[u8]) -> Result<(), UploadError> {
		let cid = parse_cid(cid).map_err(|_| UploadError::BadCid)?;
		self.store.unpin(&cid).await.map_err(UploadError::Store)
	}

	async fn admit(&self, announcement: &Announcement) -> Result<Admission, UploadError> {
		self.check_ticket(announcement)?;
		self.check_standing(announcement)?;
		let Announcement {
			ticket, signer, wraps, ..
		} = announcement;
		let key = self.open_custody(ticket, wraps)?;
		let place = Place::take(&self.under_way, ticket)?;
		if let Some(row) = self.table.row(&ticket.sha256).map_err(UploadError::KeyTable)? {
			let upload = Upload {
				ticket: ticket.clone(),
				signer: *signer,
				wraps: wraps.clone(),
			};
			if !row.upload.repeats(&upload) {
				return Err(UploadError::Duplicate);
			}
			if self.is_stored(ticket).await? {
				return Ok(Admission::Repeated);
			}
		}
		let used = self.store.usage().await.map_err(UploadError::Store)?;
		let under_way = self.under_way.lock().bytes;
		if used.saturating_add(under_way) > self.limits.disk {
			return Err(UploadError::DiskLimit);
		}
		Ok(Admission::Wanted(key, place))
	}

	fn check_ticket(&self, announcement: &Announcement) -> Result<(), UploadError> {
		let ticket = &announcement.ticket;
		if ticket.version != TICKET_VERSION {
			return Err(UploadError::WrongVersion);
		}
		if ticket.genesis != self.chain.genesis() {
			return Err(UploadError::WrongGenesis);
		}
		if ticket.institution != self.institution {
			return Err(UploadError::WrongInstitution);
		}
		if ticket.cid.len() > MAX_CID_LEN || parse_cid(&ticket.cid).is_err() {
			return Err(UploadError::BadCid);
		}
		if padded_len_of_payload(ticket.size).is_err() {
			return Err(UploadError::BadSize(ticket.size));
		}
		if ticket.size > self.limits.payload {
			return Err(UploadError::TooLarge {
				size: ticket.size,
				limit: self.limits.payload,
			});
		}
		announcement.wraps.check_shape().map_err(UploadError::BadWraps)?;
		if announcement.wraps.hash() != ticket.wraps {
			return Err(UploadError::ForeignWraps);
		}
		if self.clock.now() > ticket.not_after {
			return Err(UploadError::Expired);
		}
		let payload = ticket.signing_payload();
		if !self
			.chain
			.verify(&announcement.signer, &payload, &announcement.signature)
		{
			return Err(UploadError::BadSignature);
		}
		Ok(())
	}

	fn check_standing(&self, announcement: &Announcement) -> Result<(), UploadError> {
		if self.clock.now().abs_diff(self.chain.head()?.time) > FRESHNESS_MS {
			return Err(UploadError::StaleChain);
		}
		let ticket = &announcement.ticket;
		let query = AppendQuery {
			requester: announcement.signer,
			origin: announcement.origin,
			institution: ticket.institution,
			purpose: ticket.purpose,
			patient: ticket.patient,
			category: ticket.category,
			compartment: ticket.compartment,
			recorded_at: ticket.recorded_at,
		};
		match self.chain.decide_append(&query)? {
			Verdict::Permit => Ok(()),
			Verdict::Deny(reason) => Err(UploadError::NotPermitted(reason)),
		}
	}

	fn open_custody(&self, ticket: &UploadTicket, wraps: &Wraps) -> Result<DataKey, UploadError> {
		let binding = Binding {
			genesis: ticket.genesis,
			sha256: ticket.sha256,
			patient: ticket.patient,
			purpose: Purpose::Custody,
		};
		wrap::open(&wraps.custody, &self.secret, &binding).map_err(|_| UploadError::ForeignCustodyWrap)
	}

	async fn is_stored(&self, ticket: &UploadTicket) -> Result<bool, UploadError> {
		let cid = parse_cid(&ticket.cid).map_err(|_| UploadError::BadCid)?;
		match self.store.stat(&cid).await {
			Ok(stat) => Ok(stat.pinned),
			Err(StoreError::NotFound(_) | StoreError::WrongBytes(_)) => Ok(false),
			Err(error) => Err(UploadError::Store(error)),
		}
	}

	async fn receive(
		&self,
		announcement: &Announcement,
		key: DataKey,
		body: &mut (dyn AsyncRead + Send + Unpin),
	) -> Result<Inserted, UploadError> {
		let Announcement {
			ticket, signer, wraps, ..
		} = announcement;
		self.on_table({
			let (sha256, cid) = (ticket.sha256, ticket.cid.clone());
			move |table| table.begin(&sha256, &cid)
		})
		.await?;
		let mut checked = CheckedBody::new(body, ticket, key);
		let stored = self.store.put(&mut checked).await;
		if let Err(error) = stored {
			let error = checked.failure.take().unwrap_or(UploadError::Store(error));
			let sha256 = ticket.sha256;
			self.on_table(move |table| table.abandon(&sha256)).await?;
			return Err(error);
		}
		let upload = Upload {
			ticket: ticket.clone(),
			signer: *signer,
			wraps: wraps.clone(),
		};
		let now = self.clock.now();
		let inserted = self.on_table(move |table| table.insert_pending(upload, now)).await;
		if inserted.is_err() {
			// A row that cannot even be looked for may exist: then the payload stays, and `recover` decides.
			if let Ok(None) = self.table.row(&ticket.sha256) {
				self.unpin(&ticket.cid).await?;
			}
		}
		inserted
	}

	async fn on_table<T: Send + 'static>(
		&self,
		work: impl FnOnce(&KeyTable) -> Result<T, KeyTableError> + Send + 'static,
	) -> Result<T, UploadError> {
		let table = Arc::clone(&self.table);
		task::spawn_blocking(move || work(&table))
			.await
			.map_err(|error| UploadError::Body(io::Error::other(error)))?
			.map_err(UploadError::KeyTable)
	}
}

enum Admission {
	/// Everything is there already.
	Repeated,
	/// The body is wanted; the key opens its header.
	Wanted(DataKey, Place),
}

/// An upload's place among those under way, given back when dropped.
struct Place {
	under_way: Arc<Mutex<UnderWay>>,
	sha256: [u8; 32],
	size: u64,
}

impl Place {
	fn take(under_way: &Arc<Mutex<UnderWay>>, ticket: &UploadTicket) -> Result<Self, UploadError> {
		let mut all = under_way.lock();
		if !all.payloads.insert(ticket.sha256) {
			return Err(UploadError::InProgress);
		}
		all.bytes = all.bytes.saturating_add(ticket.size);
		Ok(Self {
			under_way: Arc::clone(under_way),
			sha256: ticket.sha256,
			size: ticket.size,
		})
	}
}

impl Drop for Place {
	fn drop(&mut self) {
		let mut all = self.under_way.lock();
		all.payloads.remove(&self.sha256);
		all.bytes = all.bytes.saturating_sub(self.size);
	}
}
