//! The key, asked of the record's custodian under a receipt.

use codec::{Decode, Encode};
use salus_primitives::{AccessRequest, Action, Decision, InstitutionId, ReceiptId, Record};
use salus_vault::{
	chain::Object,
	desk::Release,
	envelope::DataKey,
	request::{ReleaseRequest, REQUEST_VERSION},
	wrap::{self, Binding, HpkeSecret},
};
use serde_json::json;

use super::Fetch;
use crate::sdk::{
	words, AccountId, Actor, At, Client, ConnectionError, Error, KeyError, PayloadError, Refusal, Signature, VaultError,
};

/// How often a custodian is asked that has not seen the receipt, or the record, yet: once for each finalised block.
const TRIES: u32 = 5;

/// A key with the request it was released for, which authorises the download too.
pub(super) struct Released {
	pub(super) key: DataKey,
	pub(super) request: ReleaseRequest,
	pub(super) signature: Signature,
}

impl Fetch {
	/// Asks the custodian for the key, sealed to a fresh one of ours that is dropped after use.
	pub(super) async fn release(
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
					client.next_block(at.block_number()).await?;
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
		at: &At,
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
		let request = AccessRequest {
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
		let at = match client.finalised().await {
			Ok(at) => at,
			Err(error) => return error.into(),
		};
		match client.decide(&at, &request).await {
			Ok(Decision::Deny(reason)) => Refusal {
				record: Some(self.record),
				receipt: None,
				block: Some(at.block_number()),
				reason,
			}
			.into(),
			_ => VaultError::Refused { name, message }.into(),
		}
	}
}

/// Refusals of a custodian whose node is a block behind.
fn is_early(name: &str) -> bool {
	matches!(name, "UnknownReceipt" | "UnknownRecord" | "NoKey" | "StaleAnchor")
}
