//! Reading a document: access on the chain, release by the custodian, download, decryption, verification.

mod receipts;

use std::{
	fs::File,
	io::{self, BufReader, BufWriter, Write},
	path::{Path, PathBuf},
};

use salus_primitives::{AccessRequest, Action, Purpose, ReceiptId, Record, RecordId};
use salus_vault::{
	chain::Object,
	envelope::{decrypt, Context, DataKey, EnvelopeError},
};
use sha2::{Digest, Sha256};

use self::receipts::KeptReceipt;
use super::{
	access::{after, is_refusal, permitted},
	client::not_found,
	files::{check_writable, move_private, remove},
	plaintext::Plaintext,
	release::{Released, Sought, Why},
	threads::blocking,
	transfers::{Transfer, DOWNLOADS},
	vault::Payload,
	AccountId, Acknowledgement, Actor, Client, DataDir, Download, Error, FileError, Hash, PayloadError, Progress,
	SubmissionError, VaultClient,
};

/// A document to read.
#[derive(Clone, Debug)]
pub struct Fetch {
	/// Which record.
	pub record: RecordId,
	/// The receipt of an earlier access; none to ask for access now, or to go on with a download that was broken off.
	pub receipt: Option<ReceiptId>,
	/// Why.
	pub purpose: Purpose,
	/// Where the document goes.
	pub out: PathBuf,
	/// Where the ciphertext is kept as well.
	pub keep_payload: Option<PathBuf>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Fetched {
	/// The receipt it rests on.
	pub receipt: ReceiptId,
	/// SHA-256 of the document.
	pub sha256: Hash,
	/// Bytes of the document.
	pub size: u64,
	/// The access call; none when the receipt was given, or kept by an earlier run.
	pub acknowledgement: Option<Acknowledgement>,
}

impl Fetch {
	/// Reads the document.
	///
	/// # Errors
	/// `Refused` when the chain or the desk refuses; of each other step: the vault, the envelope, the disk. The document
	/// appears under its name only when all of it verified. What fails after a permit is an `AfterReceipt`, and the same
	/// call again goes on without taking another use.
	pub async fn run(
		&self,
		client: &Client,
		vault: &VaultClient,
		data: &DataDir,
		actor: &Actor,
		progress: impl Progress,
	) -> Result<Fetched, Error> {
		check_writable(&self.out)?;
		self.keep_payload.as_deref().map_or(Ok(()), check_writable)?;
		if client.is_dry_run() {
			return Err(self.tried(client, actor).await);
		}
		let record = client
			.proven_record(self.record)
			.await?
			.value
			.ok_or_else(|| not_found("record", self.record))?;
		let transfer = Transfer::take(data, DOWNLOADS, &record.sha256.0)?;
		let kept = KeptReceipt::new(transfer.with("json"), actor, self.purpose);

		let (receipt, released, acknowledgement) = self.permitted(client, actor, &record, &kept).await?;
		let fetched = async {
			let download = Download {
				request: &released.request,
				signature: released.signature.clone(),
				payload: Payload::of(&record),
			};
			vault.download(&download, &transfer.path, progress).await?;
			let (size, sha256) = self
				.open(client.genesis(), &record, &transfer.path, released.key)
				.await?;
			match &self.keep_payload {
				Some(keep) => move_private(&transfer.path, keep)?,
				None => remove(&transfer.path)?,
			}
			kept.forget()?;
			Ok::<_, Error>((size, sha256))
		};
		let fetched = fetched.await.inspect_err(|error| {
			if is_refusal(error) {
				kept.forget().ok();
			}
		});
		let (size, sha256) = fetched.map_err(after(receipt))?;
		Ok(Fetched {
			receipt,
			sha256,
			size,
			acknowledgement,
		})
	}

	/// A dry run: the access alone. No key is asked for and nothing is downloaded.
	async fn tried(&self, client: &Client, actor: &Actor) -> Error {
		if let Some(receipt) = self.receipt {
			return Error::Usage(format!(
				"under receipt {receipt} nothing is sent to the chain, so that there is nothing to try; leave out --receipt or --dry-run"
			));
		}
		match client.access(&[self.record], self.purpose, actor).await {
			Err(Error::Submission(SubmissionError::DryRun(mut preview))) => {
				preview.unchecked.extend([
					"the custodian was not asked for the key, and nothing was downloaded",
					"a receipt that an earlier run kept was not looked for: with one, no further access is asked",
				]);
				SubmissionError::DryRun(preview).into()
			}
			Err(error) => error,
			// A client that sends nothing has no receipt.
			Ok(_) => Error::BrokenOff,
		}
	}

	/// A permit and the key: under the given receipt, under one that an earlier run kept, or under a new one.
	async fn permitted(
		&self,
		client: &Client,
		actor: &Actor,
		record: &Record<AccountId>,
		kept: &KeptReceipt,
	) -> Result<(ReceiptId, Released, Option<Acknowledgement>), Error> {
		let sought = self.sought(record, actor);
		if let Some(receipt) = self.receipt {
			let released = sought.release(client, receipt, actor).await;
			return Ok((receipt, released.map_err(after(receipt))?, None));
		}
		if let Some(receipt) = kept.read() {
			match sought.release(client, receipt, actor).await {
				Ok(released) => return Ok((receipt, released, None)),
				// It is of no use any more; the chain is asked anew.
				Err(error) if is_refusal(&error) => kept.forget()?,
				Err(error) => return Err(after(receipt)(error)),
			}
		}
		let (receipt, decided, acknowledgement) = client.access(&[self.record], self.purpose, actor).await?;
		permitted(sought.object, receipt, &decided, &acknowledgement)?;
		let released = async {
			kept.write(receipt)?;
			let released = sought.release(client, receipt, actor).await;
			if released.as_ref().is_err_and(is_refusal) {
				kept.forget()?;
			}
			released
		};
		Ok((receipt, released.await.map_err(after(receipt))?, Some(acknowledgement)))
	}

	/// The record, as its custodian is asked for its key.
	fn sought(&self, record: &Record<AccountId>, actor: &Actor) -> Sought {
		let question = AccessRequest {
			requester: actor.account.id(),
			on_behalf_of: actor.institution,
			patient: record.patient,
			record: Some(self.record),
			custodian: record.custodian,
			category: record.category,
			compartment: record.compartment,
			recorded_at: record.recorded_at,
			author: record.author,
			status: Some(record.status),
			action: Action::View,
			purpose: self.purpose,
		};
		Sought {
			object: Object::Record(self.record),
			patient: record.patient,
			custodian: record.custodian,
			sha256: record.sha256.0,
			why: Why::Question(Box::new(question)),
		}
	}

	/// Decrypts the ciphertext into the document; returns its length and its SHA-256.
	async fn open(
		&self,
		genesis: Hash,
		record: &Record<AccountId>,
		ciphertext: &Path,
		key: DataKey,
	) -> Result<(u64, Hash), Error> {
		let (context, size) = (context(genesis, record), record.size);
		let (ciphertext, out) = (ciphertext.to_owned(), self.out.clone());
		blocking(move || {
			let payload = File::open(&ciphertext).map_err(FileError::at(&ciphertext))?;
			let mut document = Plaintext::beside(&out)?;
			let mut sink = Hashing {
				sink: BufWriter::with_capacity(1 << 20, document.file()),
				hasher: Sha256::new(),
			};
			let payload = BufReader::with_capacity(1 << 20, payload);
			let len = decrypt(payload, size, &context, &key, &mut sink).map_err(|error| match error {
				EnvelopeError::Io(error) => Error::from(FileError::at(&out)(error)),
				error => PayloadError::Envelope(error).into(),
			})?;
			let sha256 = sink.digest();
			document.publish()?;
			Ok((len, sha256))
		})
		.await
	}
}

/// Hashes what is written on to another writer.
struct Hashing<W> {
	sink: W,
	hasher: Sha256,
}

impl<W> Hashing<W> {
	/// SHA-256 of what was written.
	fn digest(self) -> Hash {
		Hash::from(<[u8; 32]>::from(self.hasher.finalize()))
	}
}

impl<W: Write> Write for Hashing<W> {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		let written = self.sink.write(bytes)?;
		self.hasher.update(bytes.get(..written).unwrap_or_default());
		Ok(written)
	}

	fn flush(&mut self) -> io::Result<()> {
		self.sink.flush()
	}
}

/// What a payload of this record was encrypted under.
fn context(genesis: Hash, record: &Record<AccountId>) -> Context {
	Context {
		genesis: genesis.0,
		patient: record.patient,
		category: record.category as u8,
		media: record.media as u8,
		institution: record.custodian,
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;
	use salus_vault::{
		envelope::encrypt,
		wrap::{self, Binding, HpkeSecret},
	};

	fn fetch(out: PathBuf) -> Fetch {
		Fetch {
			record: 1,
			receipt: None,
			purpose: Purpose::Treatment,
			out,
			keep_payload: None,
		}
	}

	fn record(size: u64) -> Record<AccountId> {
		use salus_primitives::{Category, DocStatus, Media, Origin, RecordStatus};
		Record {
			patient: 7,
			author: AccountId::from([1; 32]),
			custodian: 0,
			origin: Origin::Clinician,
			category: Category::Laboratory,
			compartment: None,
			media: Media::Opaque,
			cid: Default::default(),
			sha256: Hash::zero(),
			tree: Hash::zero(),
			size,
			recorded_at: 0,
			registered_at: 0,
			relates_to: None,
			doc_status: DocStatus::Final,
			status: RecordStatus::Current,
			previous: None,
		}
	}

	#[tokio::test]
	async fn a_document_appears_whole_or_not_at_all() {
		let folder = tempfile::tempdir().unwrap();
		let (ciphertext, out) = (folder.path().join("ciphertext"), folder.path().join("out"));
		let document: Vec<u8> = (0..3_000_000u32).map(|n| n.to_le_bytes()[0]).collect();
		let genesis = Hash::repeat_byte(1);
		let mut payload = Vec::new();
		let wanted = context(genesis, &record(0));
		let sealed = encrypt(document.as_slice(), document.len() as u64, &wanted, &mut payload).unwrap();
		let secret = HpkeSecret::generate().unwrap();
		let binding = Binding {
			genesis: genesis.0,
			sha256: [0; 32],
			patient: 7,
			purpose: wrap::Purpose::Subject,
		};
		let wrapped = wrap::wrap(&sealed.data_key, &secret.public(), &binding).unwrap();
		let key = || wrap::open(&wrapped, &secret, &binding).unwrap();

		let mut damaged = payload.clone();
		*damaged.last_mut().unwrap() ^= 1;
		std::fs::write(&ciphertext, &damaged).unwrap();
		let opened = fetch(out.clone())
			.open(genesis, &record(sealed.size), &ciphertext, key())
			.await;
		assert_eq!(opened.unwrap_err().exit_code(), exit::UNVERIFIED);
		assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

		std::fs::write(&ciphertext, &payload).unwrap();
		let (len, sha256) = fetch(out.clone())
			.open(genesis, &record(sealed.size), &ciphertext, key())
			.await
			.unwrap();
		assert_eq!(std::fs::read(&out).unwrap(), document);
		assert_eq!(
			(len, sha256.0),
			(document.len() as u64, <[u8; 32]>::from(Sha256::digest(&document)))
		);
	}
}
