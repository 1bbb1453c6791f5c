//! The key, asked of the custodian under a receipt.

use codec::{Decode, Encode};
use salus_primitives::{AccessRequest, AnchorId, InstitutionId, PatientId, ReceiptId};
use salus_vault::{
	chain::Object,
	desk::Release,
	envelope::DataKey,
	request::{ReleaseRequest, REQUEST_VERSION},
	wrap::{self, Binding, HpkeSecret},
};
use serde_json::json;

use super::{
	access::standing, words, AccountId, Actor, At, Client, ConnectionError, Error, KeyError, PayloadError, Signature,
	VaultError,
};

/// How often a custodian is asked that has not seen the receipt, or the record, yet: once for each finalised block.
const TRIES: u32 = 5;

/// What somebody would read: a record or a batch, as the chain has it.
pub(super) struct Sought {
	pub(super) object: Object,
	pub(super) patient: PatientId,
	pub(super) custodian: InstitutionId,
	/// Of the payload.
	pub(super) sha256: [u8; 32],
	/// What the chain is asked when the desk refused.
	pub(super) why: Why,
}

/// How the chain tells the reason.
pub(super) enum Why {
	/// By this question to the decision engine.
	Question(Box<AccessRequest<AccountId>>),
	/// By the receipt: a batch is judged over all of its time.
	Batch(AnchorId),
}

/// A key with the request it was released for, which authorises the download too.
pub(super) struct Released {
	pub(super) key: DataKey,
	pub(super) request: ReleaseRequest,
	pub(super) signature: Signature,
}

impl Sought {
	/// Asks the custodian for the key, sealed to a fresh one of ours that is dropped after use.
	pub(super) async fn release(&self, client: &Client, receipt: ReceiptId, actor: &Actor) -> Result<Released, Error> {
		let mut tries = 0;
		loop {
			let at = client.finalised().await?;
			let secret = HpkeSecret::generate().map_err(PayloadError::Wrap)?;
			let request = self.request(client, receipt, actor, &secret, &at)?;
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
				Err(error) => return Err(self.refused(client, receipt, error).await),
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
				sha256: self.sha256,
				patient: self.patient,
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
			custodian: self.custodian,
			receipt,
			object: self.object,
			requester: actor.account.id().0,
			recipient_key: secret.public(),
			anchor: (number, at.block_hash().0),
			nonce,
		})
	}

	/// The desk's refusal as the chain explains it now.
	async fn refused(&self, client: &Client, receipt: ReceiptId, error: ConnectionError) -> Error {
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
		let at = match client.finalised().await {
			Ok(at) => at,
			Err(error) => return error.into(),
		};
		let decision = match &self.why {
			Why::Question(request) => client.decide(&at, request).await,
			Why::Batch(anchor) => client.still_permits_batch(&at, receipt, *anchor).await,
		};
		let refusal = decision.map(|decision| standing(Some(self.object), at.block_number(), decision));
		match refusal {
			Ok(Err(refusal)) => refusal.into(),
			// The desk's word stands.
			Ok(Ok(())) | Err(_) => VaultError::Refused { name, message }.into(),
		}
	}
}

/// Refusals of a custodian whose node is a block behind.
fn is_early(name: &str) -> bool {
	matches!(name, "UnknownReceipt" | "UnknownRecord" | "NoKey" | "StaleAnchor")
}
