//! Access asked of the chain, to records or to batches: the receipt, and what it says.

use salus_primitives::{AccessRequest, AnchorId, Decision, Purpose, Reason, Receipt, ReceiptId, RecordId};
use salus_vault::chain::Object;
use subxt::tx::Payload;

use super::{
	calls, client::not_found, telemetry, AccountId, Acknowledgement, Actor, At, Client, Error, Refusal,
	SubmissionError, VaultError,
};

impl Client {
	/// Asks for access to records of one patient and returns the receipt of permits and refusals.
	///
	/// # Errors
	/// As [`submit`](Self::submit), and `AfterReceipt` when the receipt can't be read; a refusal is no error here.
	pub async fn access(
		&self,
		records: &[RecordId],
		purpose: Purpose,
		actor: &Actor,
	) -> Result<(ReceiptId, Receipt<AccountId>, Acknowledgement), Error> {
		let call = calls::access(records, purpose, actor.institution);
		self.accessed("Records", &call, actor).await
	}

	/// The same for batches of one patient. Their receipts have ids of their own.
	///
	/// # Errors
	/// As [`access`](Self::access).
	pub async fn access_batches(
		&self,
		anchors: &[AnchorId],
		purpose: Purpose,
		actor: &Actor,
	) -> Result<(ReceiptId, Receipt<AccountId>, Acknowledgement), Error> {
		let call = telemetry::access(anchors, purpose, actor.institution);
		self.accessed("Telemetry", &call, actor).await
	}

	async fn accessed(
		&self,
		pallet: &'static str,
		call: &impl Payload,
		actor: &Actor,
	) -> Result<(ReceiptId, Receipt<AccountId>, Acknowledgement), Error> {
		let acknowledgement = match self.submit(call, &actor.account).await {
			// What would be in the block is a receipt, and what would be in it may be a refusal.
			Err(SubmissionError::DryRun(preview)) => {
				return Err(match preview.refusal() {
					Some(refusal) => refusal.into(),
					None => SubmissionError::DryRun(preview).into(),
				})
			}
			sent => sent?,
		};
		let id = acknowledgement.number(pallet, "receipt")?;
		let receipt = async {
			let at = self.online_at(acknowledgement.hash).await?;
			let found: Option<_> = self.ask(&at, &format!("{pallet}Api_receipt"), id).await?;
			found.ok_or_else(|| not_found("receipt", id))
		};
		Ok((id, receipt.await.map_err(after(id))?, acknowledgement))
	}
}

/// What a receipt says of an object.
///
/// # Errors
/// `Refusal` unless it is permitted.
pub(super) fn permitted(
	object: Object,
	id: ReceiptId,
	receipt: &Receipt<AccountId>,
	acknowledgement: &Acknowledgement,
) -> Result<(), Refusal> {
	let (Object::Record(wanted) | Object::Batch(wanted)) = object;
	let outcome = receipt.outcomes.iter().find(|(decided, _)| *decided == wanted);
	let reason = match outcome {
		Some((_, Decision::Permit(_))) => return Ok(()),
		Some((_, Decision::Deny(reason))) => *reason,
		None => Reason::Unknown,
	};
	Err(Refusal {
		object: Some(object),
		receipt: Some(id),
		block: Some(acknowledgement.block),
		reason,
	})
}

/// What the chain would decide at this block about a request.
///
/// # Errors
/// As [`standing`]; `Broken`
pub(super) async fn decided(
	client: &Client,
	at: &At,
	object: Option<Object>,
	request: &AccessRequest<AccountId>,
) -> Result<(), Error> {
	let decision = client.decide(at, request).await?;
	Ok(standing(object, at.block_number(), decision)?)
}

/// A decision as it stands at this block; the refusal names the object, where there is one.
///
/// # Errors
/// `Refusal`
pub(super) fn standing(object: Option<Object>, block: u64, decision: Decision) -> Result<(), Refusal> {
	match decision {
		Decision::Permit(_) => Ok(()),
		Decision::Deny(reason) => Err(Refusal {
			object,
			receipt: None,
			block: Some(block),
			reason,
		}),
	}
}

/// Names the receipt that stays good when something fails after a permit.
pub(super) fn after(receipt: ReceiptId) -> impl FnOnce(Error) -> Error {
	move |error| {
		if is_refusal(&error) {
			return error;
		}
		Error::AfterReceipt {
			receipt,
			error: Box::new(error),
		}
	}
}

/// Whether the desk, or the chain, refuses under this receipt.
pub(super) fn is_refusal(error: &Error) -> bool {
	match error {
		Error::Refused(_) => true,
		Error::Vault(VaultError::Refused { name, .. } | VaultError::Answered { name, .. }) => matches!(
			name.as_str(),
			"UnknownReceipt" | "ForeignReceipt" | "OldReceipt" | "RefusedInReceipt" | "NotPermitted"
		),
		_ => false,
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{exit, Hash};
	use salus_primitives::Basis;

	#[test]
	fn a_refusal_is_no_matter_of_going_on() {
		let refused = VaultError::Refused {
			name: "OldReceipt".into(),
			message: "too old".into(),
		};
		let error = after(4)(refused.into());
		assert_eq!(
			(error.name().as_str(), error.exit_code()),
			("OldReceipt", exit::REFUSED)
		);
		assert!(!error.to_string().contains("--receipt"), "{error}");
		let stale = VaultError::Refused {
			name: "StaleAnchor".into(),
			message: "too old".into(),
		};
		assert!(after(4)(stale.into()).to_string().contains("`--receipt 4`"));
		let broken = after(4)(VaultError::Interrupted("gone".into()).into());
		assert!(broken.to_string().contains("`--receipt 4`"), "{broken}");
	}

	/// What the chain answers of a batch that a denial of its middle closes, and of one that lies across two grants.
	#[test]
	fn a_refusal_of_a_batch_is_told_by_the_chain_s_reason() {
		let batch = Some(Object::Batch(11));
		assert_eq!(standing(batch, 40, Decision::Permit(Basis::Grant(3))), Ok(()));
		for (reason, shown) in [
			// That she denied it is not the requester's to know.
			(Reason::Refused, "NoGrant"),
			(Reason::OutsideDateRange, "OutsideDateRange"),
		] {
			let refusal = standing(batch, 40, Decision::Deny(reason)).unwrap_err();
			assert_eq!((refusal.object, refusal.reason), (batch, reason));
			assert_eq!((refusal.receipt, refusal.block), (None, Some(40)));
			let error = Error::from(refusal);
			assert_eq!((error.name().as_str(), error.exit_code()), (shown, exit::REFUSED));
			assert!(
				error
					.to_string()
					.contains(&format!("access to batch 11 is refused: {shown}")),
				"{error}"
			);
		}
	}

	#[test]
	fn a_receipt_permits_what_it_says_and_nothing_else() {
		let outcomes = vec![
			(1, Decision::Permit(Basis::Subject)),
			(2, Decision::Deny(Reason::NoGrant)),
		];
		let receipt = Receipt {
			requester: AccountId::from([1; 32]),
			on_behalf_of: None,
			patient: 7,
			purpose: Purpose::Treatment,
			at: 0,
			outcomes: outcomes.try_into().unwrap(),
		};
		let acknowledgement = Acknowledgement {
			block: 40,
			hash: Hash::zero(),
			index: 0,
			extrinsic: Hash::zero(),
			events: vec![],
		};
		let said = |object| permitted(object, 3, &receipt, &acknowledgement);
		assert_eq!(said(Object::Batch(1)), Ok(()));
		for (object, reason) in [
			(Object::Batch(2), Reason::NoGrant),
			(Object::Record(2), Reason::NoGrant),
			(Object::Batch(9), Reason::Unknown),
		] {
			let refusal = said(object).unwrap_err();
			assert_eq!((refusal.object, refusal.reason), (Some(object), reason));
			assert_eq!((refusal.receipt, refusal.block), (Some(3), Some(40)));
		}
	}
}
