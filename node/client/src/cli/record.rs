//! `salus record`.

use std::path::PathBuf;

use clap::{builder::RangedU64ValueParser, Args, Subcommand};
use salus_primitives::{
	Category, Compartment, DocStatus, InstitutionId, Media, Moment, Origin, PatientId, Purpose, ReceiptId,
	RecordFilter, RecordId, Relation,
};

use super::{
	acting::{acting, Acting},
	correction::ErrorFlags,
	progress::Bar,
	report::Report,
	session::Session,
	view,
};
use crate::sdk::{calls, guess_media, not_found, words, AccountId, Error, Fetch, KeyChange, Payload, ProofError, Put};

#[derive(Subcommand)]
pub(crate) enum Record {
	/// Encrypt a document, store it in the vault and register it
	#[command(
		after_help = "Examples:\n  salus --key ada.key record put Bundle.json --patient 0 --institution 0 --category laboratory\n  salus --key me.key record put letter.pdf --patient 0 --category other\n\nWithout --institution the patient uploads a document of her own. A command that broke off goes on when it is repeated."
	)]
	Put(PutFlags),
	/// Ask for access to a record, download, decrypt and verify it
	#[command(
		after_help = "Examples:\n  salus --key bob.key record get 0 --institution 1 --purpose treatment --out report.json\n  salus --key me.key record get 0 --out report.json\n\nWithout --institution the patient reads a record of her own, or her guardian or caregiver with the key she is that by."
	)]
	Get(GetFlags),
	/// Prove a record by the chain's state, and a payload file by the record
	#[command(after_help = "Example:\n  salus record verify 0 --payload 0.salv")]
	Verify {
		/// The record
		id: RecordId,
		/// A ciphertext, as `record get --keep-payload` leaves it
		#[arg(long, value_name = "FILE")]
		payload: Option<PathBuf>,
	},
	/// List a patient's records, newest first
	#[command(after_help = "Example:\n  salus record list --patient 0 --category laboratory --current")]
	List(ListFlags),
	/// A record's metadata
	#[command(after_help = "Example:\n  salus record show 0")]
	Show {
		/// The record
		id: RecordId,
	},
	/// A record with those it relates to and is superseded by, oldest first
	#[command(after_help = "Example:\n  salus record history 0")]
	History {
		/// The record
		id: RecordId,
	},
	/// Name who goes on with the entries of an author who left, as an officer; without --successor nobody does any more
	#[command(
		after_help = "Example:\n  salus --key officer.key record successor --institution 0 --author 5Grw… --successor 5FHn…\n\nThe author's credential there must not count any more. You can't name yourself."
	)]
	Successor(Successor),
	/// Mark a record as entered in error
	#[command(
		after_help = "Example:\n  salus --key ada.key record error 0 --reason wrong-patient --institution 0\n\nFor wrong-patient it lists who was permitted to read the record."
	)]
	Error(ErrorFlags),
}

/// `salus record put`
#[derive(Args)]
pub(crate) struct PutFlags {
	/// The document
	file: PathBuf,
	/// Whose it is
	#[arg(long)]
	patient: PatientId,
	/// The institution you act for; without it the patient uploads a document of her own
	#[arg(long)]
	institution: Option<InstitutionId>,
	/// What kind of document: laboratory, imaging, summary, …
	#[arg(long, value_parser = words::word::<Category>)]
	category: Category,
	/// Under which purpose; without it treatment, and patient-request for the patient herself
	#[arg(long, value_parser = words::word::<Purpose>)]
	purpose: Option<Purpose>,
	/// What the file is: fhir-json, dicom, pdf, …; told by its content without this
	#[arg(long, value_parser = words::word::<Media>)]
	media: Option<Media>,
	/// The drawer it goes into
	#[arg(long)]
	compartment: Option<Compartment>,
	/// When the documented thing happened; now without it
	#[arg(long, value_parser = words::moment)]
	recorded_at: Option<Moment>,
	/// The record it relates to: replaces:ID, appends:ID, transforms:ID or signs:ID
	#[arg(long, value_parser = relation)]
	relates_to: Option<(Relation, RecordId)>,
	/// The document is not complete yet
	#[arg(long)]
	preliminary: bool,
	/// The document was scanned from paper, or comes from a device
	#[arg(long, value_parser = words::word::<Origin>)]
	origin: Option<Origin>,
	/// Confirms that the document is about this subject, as the document names it; says so for a format that is not read
	#[arg(long)]
	subject: Option<String>,
	/// Accepts that the institution's key is another than this client saw before
	#[arg(long)]
	accept_new_key: bool,
	/// Makes a second record of a document that this client put before
	#[arg(long)]
	again: bool,
}

/// `salus record get`
#[derive(Args)]
pub(crate) struct GetFlags {
	/// The record
	id: RecordId,
	/// Where the document goes
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
	/// The institution you act for; without it the patient reads a record of her own, or a guardian or caregiver of hers
	#[arg(long)]
	institution: Option<InstitutionId>,
	/// Why; without it treatment, patient-request for the patient and her guardians, care-management for caregivers
	#[arg(long, value_parser = words::word::<Purpose>)]
	purpose: Option<Purpose>,
	/// Rests on the receipt of an earlier access, at most an hour old, instead of asking again
	#[arg(long)]
	receipt: Option<ReceiptId>,
	/// Keeps the ciphertext too
	#[arg(long, value_name = "FILE")]
	keep_payload: Option<PathBuf>,
}

/// `salus record list`
#[derive(Args)]
pub(crate) struct ListFlags {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// Only this category
	#[arg(long, value_parser = words::word::<Category>)]
	category: Option<Category>,
	/// Only records kept by this institution
	#[arg(long)]
	custodian: Option<InstitutionId>,
	/// Of things that happened at this time or later
	#[arg(long, value_parser = words::moment)]
	recorded_from: Option<Moment>,
	/// Of things that happened before this time
	#[arg(long, value_parser = words::moment)]
	recorded_until: Option<Moment>,
	/// Neither superseded nor in error
	#[arg(long)]
	current: bool,
	/// At most so many
	#[arg(long, default_value_t = 100, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
	limit: usize,
}

impl Record {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		match self {
			Self::Put(flags) => flags.run(session).await,
			Self::Get(flags) => flags.run(session).await,
			Self::Verify { id, payload } => verify(session, id, payload).await,
			Self::List(flags) => flags.run(session).await,
			Self::Show { id } => {
				let client = session.client().await?;
				let record = client.record(&client.finalised().await?, id).await?;
				Ok(session
					.report()
					.line(view::record_line(id, &record))
					.line(format!(
						"{} bytes, CID {}, SHA-256 {}",
						record.size,
						view::cid(&record.cid),
						words::hex(record.sha256)
					))
					.field("record", view::record(id, &record)))
			}
			Self::History { id } => {
				let client = session.client().await?;
				let (records, more) = client.history(&client.finalised().await?, id).await?;
				if records.is_empty() {
					return Err(not_found("record", id));
				}
				let report = listed(session, &records).field("more", more);
				Ok(if more {
					report.line("there are more: name an earlier or later record of this history")
				} else {
					report
				})
			}
			Self::Successor(successor) => successor.run(session).await,
			Self::Error(flags) => flags.run(session).await,
		}
	}
}

/// `salus record successor`
#[derive(Args)]
pub(crate) struct Successor {
	/// The institution whose officer you are
	#[arg(long)]
	institution: InstitutionId,
	/// Who left
	#[arg(long, value_parser = words::account)]
	author: AccountId,
	/// Who goes on with her entries there
	#[arg(long, value_parser = words::account)]
	successor: Option<AccountId>,
}

impl Successor {
	async fn run(self, session: &Session) -> Result<Report, Error> {
		let Self {
			institution,
			author,
			successor,
		} = self;
		let client = session.client().await?;
		let call = calls::name_successor(institution, author, successor);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		Ok(session
			.report()
			.line(match successor {
				Some(successor) => {
					format!("{successor} goes on with the entries of {author} at institution {institution}")
				}
				None => format!("nobody goes on with the entries of {author} at institution {institution} any more"),
			})
			.field("institution", institution)
			.field("author", view::account(&author))
			.field("successor", successor.as_ref().map(view::account))
			.acknowledged(&acknowledgement))
	}
}

impl PutFlags {
	async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		let Acting { actor, purpose } = acting(session, &client, self.institution, self.patient).await?;
		let media = match self.media {
			Some(media) => media,
			None => guess_media(&self.file)?,
		};
		let own = self.institution.is_none();
		let put = Put {
			file: self.file,
			patient: self.patient,
			media,
			category: self.category,
			compartment: self.compartment,
			recorded_at: self.recorded_at,
			relates_to: self.relates_to,
			doc_status: if self.preliminary {
				DocStatus::Preliminary
			} else {
				DocStatus::Final
			},
			origin: self
				.origin
				.unwrap_or(if own { Origin::Patient } else { Origin::Clinician }),
			purpose: self.purpose.unwrap_or(purpose),
			subject: self.subject,
			accept_new_key: self.accept_new_key,
			again: self.again,
		};
		let (vault, data) = (session.vault()?, session.data(&client)?);
		let done = put
			.run(&client, &vault, &data, &actor, Bar::new(session, "upload"))
			.await?;
		let mut report = session
			.report()
			.field("record", words::number(done.record))
			.field("cid", view::cid(&done.cid))
			.field("sha256", words::hex(done.sha256))
			.field("size", words::number(done.size))
			.field("documentSha256", words::hex(done.document_sha256))
			.field("media", media.name())
			.field("subject", done.subject.clone())
			.field("subjectChecked", done.subject_checked)
			.field("keyChanged", matches!(done.key, KeyChange::Accepted { .. }));
		if let KeyChange::Accepted { before } = &done.key {
			report = report.line(format!(
				"warning: the institution's key is another than before ({before})"
			));
		}
		match (&done.subject, done.subject_checked) {
			(Some(subject), true) => report = report.line(format!("the document is about {subject}")),
			(Some(subject), false) => report = report.line(format!("the document is about {subject}, as you say")),
			(None, true) => report = report.line("the document names no subject"),
			(None, false) => report = report.line("whom the document is about was not checked: its format is not read"),
		}
		if !done.warnings.is_empty() {
			report = done
				.warnings
				.iter()
				.fold(report, |report, warning| report.line(format!("warning: {warning}")))
				.field("warnings", done.warnings.clone());
		}
		report = report
			.line(format!(
				"record {} of patient {}: {} bytes, CID {}",
				done.record,
				self.patient,
				done.size,
				view::cid(&done.cid)
			))
			.line(format!("SHA-256 of the document {}", words::hex(done.document_sha256)));
		Ok(match &done.acknowledgement {
			Some(acknowledgement) => report.acknowledged(acknowledgement),
			None => report.line("it was registered by an earlier run of this command, as the chain's state proves"),
		})
	}
}

impl GetFlags {
	async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		let record = client.record(&client.finalised().await?, self.id).await?;
		let Acting { actor, purpose } = acting(session, &client, self.institution, record.patient).await?;
		let fetch = Fetch {
			record: self.id,
			receipt: self.receipt,
			purpose: self.purpose.unwrap_or(purpose),
			out: self.out,
			keep_payload: self.keep_payload,
		};
		let (vault, data) = (session.vault()?, session.data(&client)?);
		let done = fetch
			.run(&client, &vault, &data, &actor, Bar::new(session, "download"))
			.await?;
		let report = session
			.report()
			.line(format!(
				"record {} ({} bytes) written to {}, receipt {}",
				self.id,
				done.size,
				fetch.out.display(),
				done.receipt
			))
			.line(format!("SHA-256 of the document {}", words::hex(done.sha256)))
			.field("record", words::number(self.id))
			.field("receipt", words::number(done.receipt))
			.field("out", fetch.out.display().to_string())
			.field("sha256", words::hex(done.sha256))
			.field("size", words::number(done.size));
		Ok(match &done.acknowledgement {
			Some(acknowledgement) => report.acknowledged(acknowledgement),
			None => report.line("under the receipt of an earlier access; no further use was taken"),
		})
	}
}

impl ListFlags {
	async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		let at = client.finalised().await?;
		client.patient(&at, self.patient).await?;
		let filter = RecordFilter {
			category: self.category,
			custodian: self.custodian,
			recorded_from: self.recorded_from,
			recorded_until: self.recorded_until,
			current_only: self.current,
		};
		let (records, more) = client.records(&at, self.patient, &filter, self.limit).await?;
		let report = listed(session, &records).field("more", more);
		Ok(if more {
			report.line("there are more: raise --limit, or name a --category or a time")
		} else if records.is_empty() {
			report.line("no records")
		} else {
			report
		})
	}
}

async fn verify(session: &Session, id: RecordId, payload: Option<PathBuf>) -> Result<Report, Error> {
	let client = session.client().await?;
	let proven = client.proven_record(id).await?;
	let record = proven.value.ok_or_else(|| not_found("record", id))?;
	if client.record(&client.online_at(proven.hash).await?, id).await? != record {
		return Err(ProofError::OtherRecord(id).into());
	}
	let mut report = session
		.report()
		.line(format!(
			"record {id} is in the state of finalised block {} ({})",
			proven.number,
			words::hex(proven.hash)
		))
		.field("record", view::record(id, &record))
		.field("block", words::number(proven.number))
		.field("hash", words::hex(proven.hash))
		.field("payload", payload.is_some());
	if let Some(path) = payload {
		Payload::of(&record).check(&path)?;
		report = report.line(format!("{} is its payload", path.display()));
	}
	Ok(report)
}

fn listed(session: &Session, records: &[(RecordId, salus_primitives::Record<AccountId>)]) -> Report {
	let items: Vec<_> = records.iter().map(|(id, record)| view::record(*id, record)).collect();
	let report = session.report().field("records", items);
	records.iter().fold(report, |report, (id, record)| {
		report.line(view::record_line(*id, record))
	})
}

fn relation(text: &str) -> Result<(Relation, RecordId), String> {
	let wrong = || format!("`{text}` is no relation; use replaces:ID, appends:ID, transforms:ID or signs:ID");
	let (relation, id) = text.split_once(':').ok_or_else(wrong)?;
	Ok((words::word(relation)?, id.parse().map_err(|_| wrong())?))
}
