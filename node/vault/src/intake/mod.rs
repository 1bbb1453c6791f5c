//! Uploads: everything is checked before bytes are taken, and the bytes before anything is kept.

mod error;

use std::sync::Arc;

use tokio::{io::AsyncRead, task};

use crate::{
	chain::{AccountId, AnchorQuery, AppendQuery, FinalisedChain, Verdict},
	checked_body::CheckedBody,
	clock::Clock,
	desk::permission::FRESHNESS_MS,
	envelope::{padded_len_of_payload, DataKey},
	holdings::{Holdings, Place},
	key_table::{Inserted, Upload},
	refusals::Outcomes,
	ticket::{UploadTicket, BATCH_CATEGORY, BATCH_PURPOSE, MAX_CID_LEN, TICKET_VERSION},
	unixfs::parse_cid,
	wrap::{self, Binding, HpkeSecret, Purpose, Wraps},
};

pub use error::UploadError;

/// The longest that a ticket may be valid from now on, in milliseconds: a day.
pub const MAX_TICKET_LIFE_MS: u64 = 86_400_000;

/// What comes before an upload's body.
#[derive(Clone, Debug)]
pub struct Announcement {
	/// The ticket.
	pub ticket: UploadTicket,
	/// Who signed it.
	pub signer: AccountId,
	/// Wraps for custodian and patient.
	pub wraps: Wraps,
	/// The signer's signature over the ticket.
	pub signature: Vec<u8>,
}

/// Takes uploads of one institution.
pub struct Intake {
	judge: Arc<Judge>,
	holdings: Arc<Holdings>,
	clock: Arc<dyn Clock>,
	outcomes: Outcomes,
}

impl Intake {
	/// Takes uploads for an institution with its private key.
	pub fn new(
		chain: Arc<dyn FinalisedChain>,
		holdings: Arc<Holdings>,
		institution: u32,
		secret: HpkeSecret,
		clock: Arc<dyn Clock>,
	) -> Self {
		let judge = Judge {
			chain,
			institution,
			secret,
			largest: holdings.limits().largest(),
			clock: Arc::clone(&clock),
		};
		Self {
			judge: Arc::new(judge),
			holdings,
			clock,
			outcomes: Outcomes::default(),
		}
	}

	/// Takes an upload. The body is not touched before everything else was checked. The payload is stored and pinned,
	/// then its pending row inserted; the same upload again renews its ticket and changes nothing else.
	///
	/// To be run to its end, in a task of its own: a caller that stops waiting may end the body, not the work.
	///
	/// # Errors
	/// Each way to refuse has a variant of its own.
	pub async fn take(
		&self,
		announcement: &Announcement,
		body: &mut (dyn AsyncRead + Send + Unpin),
	) -> Result<Inserted, UploadError> {
		let result = match self.admit(announcement).await {
			Ok(None) => Ok(Inserted::Repeated),
			Ok(Some(wanted)) => self.receive(wanted, body).await,
			Err(error) => Err(error),
		};
		self.outcomes.count(result, UploadError::code)
	}

	/// What was taken and refused since the intake opened.
	pub fn outcomes(&self) -> &Outcomes {
		&self.outcomes
	}

	/// What the body is wanted for; nothing where everything is there already.
	async fn admit(&self, announcement: &Announcement) -> Result<Option<Wanted>, UploadError> {
		let (judge, judged) = (Arc::clone(&self.judge), announcement.clone());
		let key = task::spawn_blocking(move || judge.check(&judged))
			.await
			.map_err(|_| UploadError::CutShort)??;
		let upload = Upload {
			ticket: announcement.ticket.clone(),
			signer: announcement.signer,
			wraps: announcement.wraps.clone(),
		};
		let place = self.holdings.claim(&upload)?;
		let sha256 = upload.ticket.sha256;
		let earlier = self.holdings.on_table(move |table| table.row(&sha256)).await?;
		if let Some(row) = &earlier {
			if !row.upload.repeats(&upload) {
				return Err(UploadError::Duplicate);
			}
			if self.holdings.keeps(&upload.ticket).await? {
				let now = self.clock.now();
				self.holdings
					.on_table(move |table| table.insert_pending(upload, now))
					.await?;
				return Ok(None);
			}
		}
		self.holdings.check_room(&upload, earlier.as_ref()).await?;
		Ok(Some(Wanted { upload, key, place }))
	}

	async fn receive(
		&self,
		wanted: Wanted,
		body: &mut (dyn AsyncRead + Send + Unpin),
	) -> Result<Inserted, UploadError> {
		let Wanted {
			upload,
			key,
			place: _place,
		} = wanted;
		let sha256 = upload.ticket.sha256;
		self.holdings.begin(&upload.ticket).await?;
		let mut checked = CheckedBody::new(body, &upload.ticket, key);
		if let Err(error) = self.holdings.store().put(&mut checked).await {
			let Some(refused) = checked.failure.take() else {
				// What a store left that failed by itself is for the next sweep to see.
				return Err(UploadError::Store(error));
			};
			self.holdings.on_table(move |table| table.abandon(&sha256)).await?;
			return Err(refused);
		}
		let now = self.clock.now();
		// Without a row the payload stays noted as begun, and the next sweep drops it.
		self.holdings
			.on_table(move |table| table.insert_pending(upload, now))
			.await
	}
}

/// An upload whose body may come.
struct Wanted {
	upload: Upload,
	/// Opens the payload's header.
	key: DataKey,
	place: Place,
}

/// What is checked before anything is touched: it computes and asks the chain, so it runs where it may block.
struct Judge {
	chain: Arc<dyn FinalisedChain>,
	institution: u32,
	secret: HpkeSecret,
	largest: u64,
	clock: Arc<dyn Clock>,
}

impl Judge {
	/// The key that opens the payload's header, if the upload may be taken.
	fn check(&self, announcement: &Announcement) -> Result<DataKey, UploadError> {
		self.check_ticket(announcement)?;
		self.check_standing(announcement)?;
		self.open_custody(&announcement.ticket, &announcement.wraps)
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
		let is_plain_batch =
			|| (ticket.category, ticket.compartment, ticket.purpose) == (BATCH_CATEGORY, None, BATCH_PURPOSE);
		if ticket.is_batch() && !is_plain_batch() {
			return Err(UploadError::BadBatch);
		}
		if ticket.cid.len() > MAX_CID_LEN || parse_cid(&ticket.cid).is_err() {
			return Err(UploadError::BadCid);
		}
		if padded_len_of_payload(ticket.size).is_err() {
			return Err(UploadError::BadSize(ticket.size));
		}
		if ticket.size > self.largest {
			return Err(UploadError::TooLarge {
				size: ticket.size,
				limit: self.largest,
			});
		}
		announcement.wraps.check_shape().map_err(UploadError::BadWraps)?;
		if announcement.wraps.hash() != ticket.wraps {
			return Err(UploadError::ForeignWraps);
		}
		let now = self.clock.now();
		if now > ticket.not_after {
			return Err(UploadError::Expired);
		}
		if ticket.not_after > now.saturating_add(MAX_TICKET_LIFE_MS) {
			return Err(UploadError::TicketTooLong);
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
		if ticket.is_batch() {
			return self.check_desk(announcement);
		}
		let query = AppendQuery {
			requester: announcement.signer,
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

	/// A batch is no entry of a clinician's: who may anchor it may upload it.
	fn check_desk(&self, announcement: &Announcement) -> Result<(), UploadError> {
		let query = AnchorQuery {
			requester: announcement.signer,
			institution: announcement.ticket.institution,
			patient: announcement.ticket.patient,
		};
		if !self.chain.may_anchor(&query)? {
			return Err(UploadError::MayNotAnchor);
		}
		Ok(())
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
}
