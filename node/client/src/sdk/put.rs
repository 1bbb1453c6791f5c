//! Uploading a document: encrypted here, wrapped to custodian and patient, stored, then registered.

use std::{
	fs::{self, File},
	io::{self, Read},
	path::{Path, PathBuf},
};

use codec::{Decode, Encode};
use salus_primitives::{
	AccessRequest, Action, Category, Compartment, Decision, DocStatus, HpkeKey, InstitutionId, Media, Moment,
	NewRecord, Origin, PatientId, Purpose, RecordId, Relation, HOUR,
};
use salus_vault::{
	envelope::{encrypt, Context},
	fingerprint::FingerprintWriter,
	ticket::{UploadTicket, TICKET_VERSION},
	wrap::{self, Binding, Wraps},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
	calls,
	data_dir::{read_json, write_json},
	registration::vault_key,
	subject::{self, SubjectMemory},
	words, Acknowledgement, Actor, Client, DataDir, Error, FileError, Hash, KeyChange, PayloadError, Pins, Progress,
	Refusal, Upload, VaultClient, VaultError,
};

const STATE: &str = "state.json";
const PAYLOAD: &str = "payload";
/// How long an upload ticket is good: long enough for a slow line, and well within the day that a vault accepts.
const TICKET_LIFETIME: Moment = 12 * HOUR;

/// A document to upload.
#[derive(Clone, Debug)]
pub struct Put {
	/// The document.
	pub file: PathBuf,
	/// Whose it is.
	pub patient: PatientId,
	/// What it is.
	pub media: Media,
	/// What kind of document.
	pub category: Category,
	/// In which drawer.
	pub compartment: Option<Compartment>,
	/// When the documented thing happened.
	pub recorded_at: Moment,
	/// To which record it relates, and how.
	pub relates_to: Option<(Relation, RecordId)>,
	/// Whether it is complete.
	pub doc_status: DocStatus,
	/// Where it comes from.
	pub origin: Origin,
	/// Under which purpose it is written.
	pub purpose: Purpose,
	/// The confirmed subject of the document.
	pub subject: Option<String>,
	/// Whether a changed key of the institution is accepted.
	pub accept_new_key: bool,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct PutOutcome {
	/// The record.
	pub record: RecordId,
	/// Its payload's CID, binary.
	pub cid: Vec<u8>,
	/// SHA-256 of the ciphertext.
	pub sha256: Hash,
	/// SHA-256 of the document.
	pub document_sha256: Hash,
	/// Bytes of ciphertext.
	pub size: u64,
	/// The registration; none when an earlier run had registered it.
	pub acknowledgement: Option<Acknowledgement>,
	/// What became of the institution's pinned key.
	pub key: KeyChange,
	/// The document's subject, where its format names one.
	pub subject: Option<String>,
}

/// What is kept of an upload until it is registered: nothing that opens it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct State {
	/// SCALE of the upload ticket, hex.
	ticket: String,
	/// SCALE of the wraps, hex.
	wraps: String,
}

impl Put {
	/// Uploads the document and registers it. A run that was broken off goes on with the stored ciphertext.
	///
	/// # Errors
	/// Of each step: the subject check, keys and proofs, the vault, the chain. Nothing is registered that is not stored.
	pub async fn run(
		&self,
		client: &Client,
		vault: &VaultClient,
		data: &DataDir,
		actor: &Actor,
		progress: impl Progress + 'static,
	) -> Result<PutOutcome, Error> {
		let subject = self.check_subject(data)?;
		let patient = client.proven_patient(self.patient).await?;
		let institution = actor.institution.unwrap_or(patient.institution);
		let custodian = client.proven_institution(institution).await?;
		let key = Pins::new(data).check(institution, &custodian.hpke, self.accept_new_key)??;

		let document_sha256 = digest(&self.file)?;
		let folder = self.folder(data, institution, &document_sha256)?;
		let context = self.context(client, institution);
		let stored = match read_state(&folder)? {
			Some(stored) => stored,
			None => self.encrypt(&folder, &context, &custodian.hpke, patient.hpke.as_ref())?,
		};
		let (mut ticket, wraps) = stored;
		let sha256 = Hash::from(ticket.sha256);

		let registered = client
			.record_by_hash(&client.finalised().await?, self.patient, sha256)
			.await?;
		let (record, acknowledgement) = match registered {
			Some(record) => (record, None),
			None => {
				ticket.not_after = words::now().saturating_add(TICKET_LIFETIME);
				let upload = Upload {
					ticket: &ticket,
					wraps: &wraps,
					signer: actor.account.id(),
					signature: actor.account.sign(&ticket.signing_payload()),
				};
				match vault.upload(&upload, &folder.join(PAYLOAD), progress).await {
					Err(Error::Vault(VaultError::Refused { name, .. })) if name == "NotPermitted" => {
						return Err(self.refused(client, actor, &ticket, name).await)
					}
					result => result?,
				}
				let call = calls::register(self.record(&ticket)?, self.purpose, actor.institution);
				let acknowledgement = client.submit(&call, &actor.account).await?;
				let record = acknowledgement.number("Records", "record")?;
				(record, Some(acknowledgement))
			}
		};
		if let Some(subject) = &subject {
			SubjectMemory::new(data).remember(self.patient, subject)?;
		}
		fs::remove_dir_all(&folder).map_err(FileError::at(&folder))?;
		Ok(PutOutcome {
			record,
			cid: ticket.cid,
			sha256,
			document_sha256: Hash::from(document_sha256),
			size: ticket.size,
			acknowledgement,
			key,
			subject,
		})
	}

	/// The vault's refusal as the chain explains it.
	async fn refused(&self, client: &Client, actor: &Actor, ticket: &UploadTicket, name: String) -> Error {
		let request = AccessRequest {
			requester: actor.account.id(),
			on_behalf_of: actor.institution,
			patient: self.patient,
			record: None,
			custodian: ticket.institution,
			category: self.category,
			compartment: self.compartment,
			recorded_at: ticket.recorded_at,
			author: actor.account.id(),
			status: None,
			action: Action::Append,
			purpose: self.purpose,
		};
		let decision = match client.finalised().await {
			Ok(at) => client.decide(&at, &request).await,
			Err(error) => Err(error),
		};
		match decision {
			Ok(Decision::Deny(reason)) => Refusal {
				record: None,
				receipt: None,
				reason,
			}
			.into(),
			_ => {
				let message = "the chain did not permit this document; try again".to_string();
				VaultError::Refused { name, message }.into()
			}
		}
	}

	fn check_subject(&self, data: &DataDir) -> Result<Option<String>, Error> {
		let confirmed = self.subject.as_deref();
		let subject = match subject::read_subjects(&self.file, self.media)? {
			Some(subjects) => subject::check(&subjects, confirmed)?,
			None => None,
		};
		if let Some(subject) = &subject {
			SubjectMemory::new(data).compare(self.patient, subject, confirmed.is_some())?;
		}
		Ok(subject)
	}

	/// The folder of this upload: named so that the same command finds it again and nobody else learns of what.
	fn folder(&self, data: &DataDir, institution: InstitutionId, document: &[u8; 32]) -> Result<PathBuf, FileError> {
		let facts = (
			self.patient,
			self.category,
			self.compartment,
			self.media,
			self.origin,
			self.purpose,
			institution,
		)
			.encode();
		let name = data.salted(&[b"upload", document, &facts])?;
		data.folder(&format!("uploads/{}", hex::encode(name)))
	}

	fn context(&self, client: &Client, institution: InstitutionId) -> Context {
		Context {
			genesis: client.genesis().0,
			patient: self.patient,
			category: self.category as u8,
			media: self.media as u8,
			institution,
		}
	}

	/// Encrypts into the folder and leaves the state behind; the data key exists in here only.
	fn encrypt(
		&self,
		folder: &Path,
		context: &Context,
		custodian: &HpkeKey,
		patient: Option<&HpkeKey>,
	) -> Result<(UploadTicket, Wraps), Error> {
		let payload = folder.join(PAYLOAD);
		let source = File::open(&self.file).map_err(FileError::at(&self.file))?;
		let len = source.metadata().map_err(FileError::at(&self.file))?.len();
		let sink = File::create(&payload).map_err(FileError::at(&payload))?;
		let mut writer = FingerprintWriter::new(io::BufWriter::with_capacity(1 << 20, sink));
		let sealed = encrypt(io::BufReader::with_capacity(1 << 20, source), len, context, &mut writer)
			.map_err(PayloadError::Envelope)?;
		let (sink, print) = writer.finish();
		sink.into_inner()
			.map_err(io::IntoInnerError::into_error)
			.and_then(|sink| sink.sync_all())
			.map_err(FileError::at(&payload))?;

		let binding = |purpose| Binding {
			genesis: context.genesis,
			sha256: print.sha256,
			patient: context.patient,
			purpose,
		};
		let seal = |key: &HpkeKey, purpose| wrap::wrap(&sealed.data_key, &vault_key(key), &binding(purpose));
		let wraps = Wraps {
			custody: seal(custodian, wrap::Purpose::Custody).map_err(PayloadError::Wrap)?,
			subject: patient
				.map(|key| seal(key, wrap::Purpose::Subject))
				.transpose()
				.map_err(PayloadError::Wrap)?,
		};
		let ticket = UploadTicket {
			version: TICKET_VERSION,
			genesis: context.genesis,
			institution: context.institution,
			purpose: self.purpose as u8,
			patient: context.patient,
			category: context.category,
			compartment: self.compartment,
			media: context.media,
			recorded_at: self.recorded_at,
			cid: print.cid.to_bytes(),
			sha256: print.sha256,
			tree: print.tree,
			size: print.size,
			wraps: wraps.hash(),
			not_after: 0,
		};
		let state = State {
			ticket: words::hex(ticket.encode()),
			wraps: words::hex(wraps.encode()),
		};
		write_json(&folder.join(STATE), &state)?;
		Ok((ticket, wraps))
	}

	/// The record as it is registered: equal to the ticket in every field they share.
	fn record(&self, ticket: &UploadTicket) -> Result<NewRecord, Error> {
		Ok(NewRecord {
			patient: ticket.patient,
			origin: self.origin,
			category: self.category,
			compartment: ticket.compartment,
			media: self.media,
			cid: ticket
				.cid
				.clone()
				.try_into()
				.map_err(|_| Error::Usage("the CID is too long".into()))?,
			sha256: Hash::from(ticket.sha256),
			tree: Hash::from(ticket.tree),
			size: ticket.size,
			recorded_at: ticket.recorded_at,
			relates_to: self.relates_to,
			doc_status: self.doc_status,
		})
	}
}

/// What an earlier run left in a folder; none when it did not come to the end of encrypting.
fn read_state(folder: &Path) -> Result<Option<(UploadTicket, Wraps)>, FileError> {
	let path = folder.join(STATE);
	let Some(state) = read_json::<State>(&path)? else {
		return Ok(None);
	};
	let damaged = || FileError::at(&path)(io::Error::new(io::ErrorKind::InvalidData, "it is damaged; remove it"));
	let bytes = |text: &str| words::hex_bytes(text).map_err(|_| damaged());
	let ticket = UploadTicket::decode(&mut bytes(&state.ticket)?.as_slice()).map_err(|_| damaged())?;
	let wraps = Wraps::decode(&mut bytes(&state.wraps)?.as_slice()).map_err(|_| damaged())?;
	Ok(Some((ticket, wraps)))
}

/// SHA-256 of a file.
pub(crate) fn digest(path: &Path) -> Result<[u8; 32], FileError> {
	let mut file = File::open(path).map_err(FileError::at(path))?;
	let mut hasher = Sha256::new();
	let mut buffer = vec![0; 64 * 1024];
	loop {
		let read = file.read(&mut buffer).map_err(FileError::at(path))?;
		if read == 0 {
			return Ok(hasher.finalize().into());
		}
		hasher.update(buffer.get(..read).unwrap_or_default());
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_vault::{envelope::decrypt, fingerprint::fingerprint, wrap::HpkeSecret};

	fn put(file: &Path) -> Put {
		Put {
			file: file.to_owned(),
			patient: 7,
			media: Media::Opaque,
			category: Category::Imaging,
			compartment: Some(3),
			recorded_at: 1,
			relates_to: None,
			doc_status: DocStatus::Final,
			origin: Origin::Clinician,
			purpose: Purpose::Treatment,
			subject: None,
			accept_new_key: false,
		}
	}

	fn context() -> Context {
		Context {
			genesis: [1; 32],
			patient: 7,
			category: Category::Imaging as u8,
			media: Media::Opaque as u8,
			institution: 0,
		}
	}

	#[test]
	fn both_recipients_open_what_was_encrypted_and_a_second_run_finds_it() {
		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("scan.bin");
		fs::write(&file, b"a document").unwrap();
		let (custodian, patient) = (HpkeSecret::generate().unwrap(), HpkeSecret::generate().unwrap());
		let chain = |secret: &HpkeSecret| crate::sdk::registration::chain_key(secret.public());
		let (ticket, wraps) = put(&file)
			.encrypt(folder.path(), &context(), &chain(&custodian), Some(&chain(&patient)))
			.unwrap();

		let payload = fs::read(folder.path().join(PAYLOAD)).unwrap();
		let print = fingerprint(&payload);
		assert_eq!(
			(print.sha256, print.tree, print.size),
			(ticket.sha256, ticket.tree, ticket.size)
		);
		assert_eq!(wraps.hash(), ticket.wraps);
		let binding = |purpose| Binding {
			genesis: [1; 32],
			sha256: ticket.sha256,
			patient: 7,
			purpose,
		};
		for (wrap, secret, purpose) in [
			(&wraps.custody, &custodian, wrap::Purpose::Custody),
			(wraps.subject.as_ref().unwrap(), &patient, wrap::Purpose::Subject),
		] {
			let key = wrap::open(wrap, secret, &binding(purpose)).unwrap();
			let mut opened = Vec::new();
			decrypt(payload.as_slice(), ticket.size, &context(), &key, &mut opened).unwrap();
			assert_eq!(opened, b"a document");
		}

		let (again, same) = read_state(folder.path()).unwrap().unwrap();
		assert_eq!((again, same), (ticket.clone(), wraps));
		let record = put(&file).record(&ticket).unwrap();
		assert_eq!(
			(record.sha256.0, record.size, record.compartment),
			(ticket.sha256, ticket.size, Some(3))
		);
	}

	#[test]
	fn the_same_upload_has_the_same_folder_and_another_does_not() {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(base.path(), &Hash::zero()).unwrap();
		let put = put(Path::new("x"));
		let folder = put.folder(&data, 0, &[1; 32]).unwrap();
		assert_eq!(put.folder(&data, 0, &[1; 32]).unwrap(), folder);
		assert_ne!(put.folder(&data, 1, &[1; 32]).unwrap(), folder);
		assert_ne!(put.folder(&data, 0, &[2; 32]).unwrap(), folder);
		let other = Put { patient: 8, ..put };
		assert_ne!(other.folder(&data, 0, &[1; 32]).unwrap(), folder);
	}

	#[test]
	fn a_damaged_state_is_an_error() {
		let folder = tempfile::tempdir().unwrap();
		assert!(read_state(folder.path()).unwrap().is_none());
		for text in [
			"",
			"{}",
			r#"{"ticket":"0x","wraps":"0x"}"#,
			r#"{"ticket":"x","wraps":"x"}"#,
		] {
			fs::write(folder.path().join(STATE), text).unwrap();
			assert!(read_state(folder.path()).is_err(), "{text}");
		}
	}

	#[test]
	fn a_files_digest_is_its_sha256() {
		let file = tempfile::NamedTempFile::new().unwrap();
		assert_eq!(digest(file.path()).unwrap(), <[u8; 32]>::from(Sha256::digest([])));
		assert!(digest(Path::new("/nonexistent")).is_err());
	}
}
