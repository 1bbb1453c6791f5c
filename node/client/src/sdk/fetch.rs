//! Reading a document: access on the chain, release by the custodian, download, decryption, verification.

use std::{fs, path::PathBuf};

use codec::{Decode, Encode};
use salus_primitives::{Decision, InstitutionId, Purpose, Reason, Receipt, ReceiptId, Record, RecordId};
use salus_vault::{
	chain::Object,
	desk::Release,
	envelope::{decrypt_to_file, Context, DataKey},
	request::{ReleaseRequest, REQUEST_VERSION},
	wrap::{self, Binding, HpkeSecret},
};
use serde_json::json;

use super::{
	calls, put::digest, vault::Payload, words, AccountId, Acknowledgement, Actor, Client, ConnectionError, DataDir,
	Download, Error, FileError, Hash, KeyError, PayloadError, Progress, Refusal, Signature, VaultClient, VaultError,
};

/// How often a custodian is asked that has not seen the receipt, or the record, yet: once for each finalised block.
const TRIES: u32 = 5;

/// A document to read.
#[derive(Clone, Debug)]
pub struct Fetch {
	/// Which record.
	pub record: RecordId,
	/// The receipt of an earlier access; none to ask for access now.
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
	/// The access call; none when the receipt was given.
	pub acknowledgement: Option<Acknowledgement>,
}

impl Client {
	/// Asks for access to records of one patient and returns the receipt of permits and refusals.
	///
	/// # Errors
	/// As [`submit`](Self::submit); a refusal is no error here.
	pub async fn access(
		&self,
		records: &[RecordId],
		purpose: Purpose,
		actor: &Actor,
	) -> Result<(ReceiptId, Receipt<AccountId>, Acknowledgement), Error> {
		let call = calls::access(records, purpose, actor.institution);
		let acknowledgement = self.submit(&call, &actor.account).await?;
		let id = acknowledgement.number("Records", "receipt")?;
		let at = self.online_at(acknowledgement.hash).await?;
		Ok((id, self.receipt(&at, id).await?, acknowledgement))
	}
}

impl Fetch {
	/// Reads the document.
	///
	/// # Errors
	/// `Refused` when the chain or the desk refuses; of each other step: the vault, the envelope. The document appears
	/// under its name only when all of it verified.
	pub async fn run(
		&self,
		client: &Client,
		vault: &VaultClient,
		data: &DataDir,
		actor: &Actor,
		progress: impl Progress,
	) -> Result<Fetched, Error> {
		let record = client
			.proven_record(self.record)
			.await?
			.value
			.ok_or_else(|| super::client::not_found("record", self.record))?;
		let (receipt, acknowledgement) = match self.receipt {
			Some(receipt) => (receipt, None),
			None => {
				let (id, receipt, acknowledgement) = client.access(&[self.record], self.purpose, actor).await?;
				self.check(id, &receipt)?;
				(id, Some(acknowledgement))
			}
		};
		let released = self.release(client, &record, receipt, actor).await?;

		let ciphertext = data.folder("downloads")?.join(hex::encode(record.sha256));
		let download = Download {
			request: &released.request,
			signature: released.signature.clone(),
			payload: Payload {
				cid: &record.cid,
				sha256: record.sha256.0,
				tree: record.tree.0,
				size: record.size,
			},
		};
		vault.download(&download, &ciphertext, progress).await?;
		let file = fs::File::open(&ciphertext).map_err(FileError::at(&ciphertext))?;
		let context = context(client.genesis(), &record);
		let size = decrypt_to_file(
			std::io::BufReader::new(file),
			record.size,
			&context,
			&released.key,
			&self.out,
		)
		.map_err(PayloadError::Envelope)?;
		if let Some(keep) = &self.keep_payload {
			fs::copy(&ciphertext, keep).map_err(FileError::at(keep))?;
		}
		fs::remove_file(&ciphertext).map_err(FileError::at(&ciphertext))?;
		Ok(Fetched {
			receipt,
			sha256: Hash::from(digest(&self.out)?),
			size,
			acknowledgement,
		})
	}

	fn check(&self, id: ReceiptId, receipt: &Receipt<AccountId>) -> Result<(), Refusal> {
		let outcome = receipt.outcomes.iter().find(|(record, _)| *record == self.record);
		match outcome {
			Some((_, Decision::Permit(_))) => Ok(()),
			Some((_, Decision::Deny(reason))) => Err(Refusal {
				record: Some(self.record),
				receipt: Some(id),
				reason: *reason,
			}),
			None => Err(Refusal {
				record: Some(self.record),
				receipt: Some(id),
				reason: Reason::Unknown,
			}),
		}
	}

	/// Asks the custodian for the key, sealed to a fresh one of ours that is dropped after use.
	async fn release(
		&self,
		client: &Client,
		record: &Record<AccountId>,
		receipt: ReceiptId,
		actor: &Actor,
	) -> Result<Released, Error> {
		let mut tries = 0;
		loop {
			let at = client.finalised().await?;
			let secret = HpkeSecret::generate().map_err(PayloadError::Wrap)?;
			let request = self.request(client, record.custodian, receipt, actor, &secret, &at)?;
			let signature = actor.account.sign(&request.signing_payload());
			let params = [
				json!(words::hex(request.encode())),
				json!(words::hex(signature.encode())),
			];
			let answer = match client.request("vault_release", &params).await {
				Ok(answer) => answer,
				Err(ConnectionError::Answered { name, .. }) if is_early(&name) && tries < TRIES => {
					tries += 1;
					next_block(client, at.block_number()).await?;
					continue;
				}
				Err(error) => return Err(self.refused(client, actor, record, error).await),
			};
			let unreadable = || ConnectionError::Unreadable {
				what: "vault_release".into(),
				reason: "it is no release".into(),
			};
			let bytes = answer
				.as_str()
				.and_then(|text| words::hex_bytes(text).ok())
				.ok_or_else(unreadable)?;
			let release = Release::decode(&mut bytes.as_slice()).map_err(|_| unreadable())?;
			let binding = Binding {
				genesis: client.genesis().0,
				sha256: record.sha256.0,
				patient: record.patient,
				purpose: wrap::Purpose::Release(request.hash()),
			};
			let key = wrap::open(&release.wrap, &secret, &binding).map_err(PayloadError::Wrap)?;
			return Ok(Released {
				key,
				request,
				signature,
			});
		}
	}

	fn request(
		&self,
		client: &Client,
		custodian: InstitutionId,
		receipt: ReceiptId,
		actor: &Actor,
		secret: &HpkeSecret,
		at: &super::At,
	) -> Result<ReleaseRequest, Error> {
		let mut nonce = [0; 16];
		getrandom::fill(&mut nonce).map_err(|_| KeyError::NoRandomness)?;
		let number = u32::try_from(at.block_number()).map_err(|_| ConnectionError::Unreadable {
			what: "the finalised head".into(),
			reason: "its number is too high".into(),
		})?;
		Ok(ReleaseRequest {
			version: REQUEST_VERSION,
			genesis: client.genesis().0,
			custodian,
			receipt,
			object: Object::Record(self.record),
			requester: actor.account.id().0,
			recipient_key: secret.public(),
			anchor: (number, at.block_hash().0),
			nonce,
		})
	}

	/// The desk's refusal as the chain explains it now.
	async fn refused(
		&self,
		client: &Client,
		actor: &Actor,
		record: &Record<AccountId>,
		error: ConnectionError,
	) -> Error {
		let ConnectionError::Answered { name, message, .. } = error else {
			return error.into();
		};
		match name.as_str() {
			"NotPermitted" | "RefusedInReceipt" => {}
			"UnknownReceipt" | "ForeignReceipt" | "OldReceipt" | "BadSignature" => {
				return VaultError::Refused { name, message }.into()
			}
			_ => return VaultError::Answered { name, message }.into(),
		}
		let request = salus_primitives::AccessRequest {
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
			action: salus_primitives::Action::View,
			purpose: self.purpose,
		};
		let decision = match client.finalised().await {
			Ok(at) => client.decide(&at, &request).await,
			Err(error) => Err(error),
		};
		match decision {
			Ok(Decision::Deny(reason)) => Refusal {
				record: Some(self.record),
				receipt: None,
				reason,
			}
			.into(),
			_ => VaultError::Refused { name, message }.into(),
		}
	}
}

struct Released {
	key: DataKey,
	request: ReleaseRequest,
	signature: Signature,
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

/// Refusals of a custodian whose node is a block behind.
fn is_early(name: &str) -> bool {
	matches!(name, "UnknownReceipt" | "UnknownRecord" | "NoKey" | "StaleAnchor")
}

/// Waits until a block after this one is final.
async fn next_block(client: &Client, number: u64) -> Result<(), ConnectionError> {
	let mut blocks = client.online.stream_blocks().await.map_err(super::client::broken)?;
	while let Some(block) = blocks.next().await {
		if block.map_err(super::client::broken)?.number() > number {
			return Ok(());
		}
	}
	Err(ConnectionError::Broken("the node closed the connection".into()))
}
