//! Sending transactions and waiting until they are final.

use std::time::Duration;

use serde_json::Value;
use subxt::{
	client::OnlineClientAtBlockImpl,
	config::DefaultExtrinsicParamsBuilder,
	error::{
		BackendError, DispatchError, ExtrinsicError, RpcError, TransactionEventsError, TransactionProgressError,
		TransactionStatusError,
	},
	tx::{
		Payload, SubmittableTransaction, TransactionInBlock, TransactionInvalid, TransactionProgress,
		TransactionStatus, TransactionUnknown, ValidationResult,
	},
	Metadata, SubstrateConfig,
};
use tokio::sync::MutexGuard;

use super::{
	client::{broken, innermost, Client},
	event::EventView,
	general,
	rejections::explain,
	Account, At, Hash, SubmissionError,
};

/// How many blocks a transaction can wait in the pool.
const MORTALITY: u64 = 64;
/// The same in a dry run: the node that is asked has a signed transaction in its hands. No era is shorter.
const BRIEF: u64 = 4;
/// How long the next transaction of the same client waits at most until the pool says that it has this one.
const TURN: Duration = Duration::from_secs(10);
/// How long finality is waited for.
const FINALITY: Duration = Duration::from_secs(180);

type AtBlock = OnlineClientAtBlockImpl<SubstrateConfig>;
type Transaction = SubmittableTransaction<SubstrateConfig, AtBlock>;
type Progress = TransactionProgress<SubstrateConfig, AtBlock>;
type Status = TransactionStatus<SubstrateConfig, AtBlock>;
type InBlock = TransactionInBlock<SubstrateConfig, AtBlock>;

/// That a transaction took effect in a finalised block.
#[derive(Clone, Debug)]
pub struct Acknowledgement {
	/// The block's number.
	pub block: u64,
	/// The block's hash.
	pub hash: Hash,
	/// The extrinsic's index in the block.
	pub index: u32,
	/// The extrinsic's hash.
	pub extrinsic: Hash,
	/// What it left, the system's own events aside.
	pub events: Vec<EventView>,
}

impl Acknowledgement {
	/// The number in the first event of the pallet that has this field: the id of what was made.
	///
	/// # Errors
	/// `NoEvent`
	pub fn number(&self, pallet: &'static str, field: &str) -> Result<u64, SubmissionError> {
		self.events
			.iter()
			.filter(|event| event.pallet == pallet)
			.find_map(|event| event.number(field))
			.ok_or(SubmissionError::NoEvent {
				block: self.block,
				pallet,
			})
	}
}

impl Client {
	/// Signs a call, sends it and waits until it is final. In a dry run it ends in [`SubmissionError::DryRun`] instead, so
	/// that of several calls the first is tried alone. Several may be sent at a time: their nonces follow each other, and
	/// all wait for finality together.
	///
	/// # Errors
	/// `Rejected` with the pallet's error, `Unregistered`, `Invalid`; `Unknown` when it was sent and nobody says what
	/// became of it.
	pub async fn submit<Call: Payload>(
		&self,
		call: &Call,
		signer: &Account,
	) -> Result<Acknowledgement, SubmissionError> {
		let turn = self.turn.lock().await;
		let at = self.finalised().await?;
		let nonce = self.nonce(&at, signer).await?;
		let params = DefaultExtrinsicParamsBuilder::new()
			.mortal(if self.is_dry_run() { BRIEF } else { MORTALITY })
			.nonce(nonce)
			.build();
		let transaction = at
			.tx()
			.create_signable(call, &signer.id(), params)
			.await
			.and_then(|mut signable| signable.sign(signer))
			.map_err(encoding)?;
		self.send(&at, transaction, Some((signer, turn))).await
	}

	/// Sends a call that its own fields authorise, without a signer, and waits until it is final.
	///
	/// # Errors
	/// As [`submit`](Self::submit).
	pub async fn submit_authorised<Call: Payload>(&self, call: &Call) -> Result<Acknowledgement, SubmissionError> {
		let at = self.finalised().await?;
		let bytes = general::encode(&at, call).map_err(encoding)?;
		self.send(&at, at.tx().from_bytes(bytes), None).await
	}

	/// The next nonce: after those that wait in the pool, but in a dry run, which knows the finalised head alone.
	async fn nonce(&self, at: &At, signer: &Account) -> Result<u64, SubmissionError> {
		if self.is_dry_run() {
			let nonce: u32 = self.ask(at, "AccountNonceApi_account_nonce", signer.id()).await?;
			return Ok(nonce.into());
		}
		let nonce = self
			.request("system_accountNextIndex", &[Value::String(signer.id().to_string())])
			.await?;
		nonce
			.as_u64()
			.ok_or_else(|| SubmissionError::Encoding("the nonce is no number".into()))
	}

	/// The one way out of this client.
	async fn send(
		&self,
		at: &At,
		transaction: Transaction,
		signer: Option<(&Account, MutexGuard<'_, ()>)>,
	) -> Result<Acknowledgement, SubmissionError> {
		let (signer, turn) = signer.unzip();
		if self.is_dry_run() {
			let preview = self.try_transaction(at, transaction.encoded(), signer).await?;
			return Err(SubmissionError::DryRun(Box::new(preview)));
		}
		// Asked first, because its answer is typed and the pool's is a sentence.
		let verdict = transaction.validate().await.map_err(broken)?;
		check_validity(verdict, signer, at.metadata_ref())?;
		let extrinsic = transaction.hash();
		let unknown = |reason: String| SubmissionError::Unknown { extrinsic, reason };
		let mut progress = transaction
			.submit_and_watch()
			.await
			.map_err(|error| pool(error, extrinsic))?;
		// Whoever comes next counts on from what is in the pool.
		let first = tokio::time::timeout(TURN, progress.next()).await.ok();
		drop(turn);
		let in_block = tokio::time::timeout(FINALITY, final_block(progress, first))
			.await
			.map_err(|_| unknown(format!("it was not final within {} s", FINALITY.as_secs())))?
			.map_err(|error| match error {
				TransactionProgressError::TransactionStatusError(status) => status_error(status, extrinsic),
				error => unknown(innermost(&error)),
			})?;
		// It is final: what fails from here on leaves open only whether it succeeded.
		let at = in_block.at().await.map_err(|error| unknown(innermost(&error)))?;
		let block = at.block_number();
		let left = in_block.wait_for_success().await.map_err(|error| match error {
			TransactionEventsError::ExtrinsicFailed(error) => rejected(error, block),
			error => unknown(innermost(&error)),
		})?;
		let mut events = Vec::new();
		for event in left.iter() {
			let event = event.map_err(|error| unknown(innermost(&error)))?;
			let variant = at
				.metadata_ref()
				.pallet_by_name(event.pallet_name())
				.and_then(|pallet| pallet.event_variant_by_index(event.event_index()));
			if let Some(variant) = variant.filter(|_| event.pallet_name() != "System") {
				let view = EventView::read(
					event.pallet_name(),
					variant,
					event.field_bytes(),
					at.metadata_ref().types(),
				);
				events.push(view.map_err(|error| unknown(error.to_string()))?);
			}
		}
		Ok(Acknowledgement {
			block,
			hash: in_block.block_hash(),
			index: u32::try_from(left.extrinsic_index()).unwrap_or(u32::MAX),
			extrinsic,
			events,
		})
	}
}

/// The finalised block with a transaction, whose first status may be known.
async fn final_block(
	mut progress: Progress,
	mut first: Option<Option<Result<Status, TransactionProgressError>>>,
) -> Result<InBlock, TransactionProgressError> {
	loop {
		let status = match first.take() {
			Some(status) => status,
			None => progress.next().await,
		};
		let status = status.ok_or(TransactionProgressError::UnexpectedEndOfTransactionStatusStream)?;
		match status? {
			Status::InFinalizedBlock(block) => return Ok(block),
			Status::Error { message } => return Err(TransactionStatusError::Error(message).into()),
			Status::Invalid { message } => return Err(TransactionStatusError::Invalid(message).into()),
			Status::Dropped { message } => return Err(TransactionStatusError::Dropped(message).into()),
			Status::Validated | Status::Broadcasted | Status::NoLongerInBestBlock | Status::InBestBlock(_) => {}
		}
	}
}

pub(super) fn check_validity(
	verdict: ValidationResult,
	signer: Option<&Account>,
	metadata: &Metadata,
) -> Result<(), SubmissionError> {
	let invalid = |name: &str, next: &str| {
		Err(SubmissionError::Invalid {
			name: name.to_string(),
			next: next.to_string(),
		})
	};
	match verdict {
		ValidationResult::Valid(_) => Ok(()),
		ValidationResult::Invalid(TransactionInvalid::Payment) => match signer {
			Some(signer) => Err(SubmissionError::Unregistered(signer.id().to_string())),
			None => invalid(
				"Payment",
				"the transaction was refused before its call was looked at; report this",
			),
		},
		ValidationResult::Invalid(TransactionInvalid::Custom(code)) => match general::pool_error(code) {
			Some(name) => invalid(name, &explained(metadata, "Roles", name)),
			None => invalid(
				&format!("Custom{code}"),
				"the chain does not take this transaction; report this",
			),
		},
		ValidationResult::Invalid(TransactionInvalid::Stale | TransactionInvalid::Future) => invalid(
			"Nonce",
			"another transaction of this account came first; run the command again",
		),
		ValidationResult::Invalid(TransactionInvalid::BadProof) => invalid(
			"BadProof",
			"the node does not accept the signature; use the `salus` that comes with it",
		),
		ValidationResult::Invalid(TransactionInvalid::ExhaustsResources) => {
			invalid("ExhaustsResources", "the call is too large for a block; split it")
		}
		ValidationResult::Invalid(other) => invalid(&format!("{other:?}"), "run the command again"),
		ValidationResult::Unknown(TransactionUnknown::Custom(code)) => invalid(
			&format!("Unknown{code}"),
			"the node can't judge the transaction; run the command again",
		),
		ValidationResult::Unknown(other) => invalid(
			&format!("{other:?}"),
			"the node can't judge the transaction; run the command again",
		),
	}
}

fn rejected(dispatch: DispatchError, block: u64) -> SubmissionError {
	match explained_module(&dispatch) {
		Some((pallet, error, next)) => SubmissionError::Rejected {
			pallet,
			error,
			next,
			place: place(&dispatch),
			block,
		},
		None => SubmissionError::Failed {
			reason: dispatch.to_string(),
			block,
		},
	}
}

/// The number that a pallet's error carries beside its own: which of the things that the call names it is about.
fn place(error: &DispatchError) -> Option<u8> {
	let DispatchError::Module(module) = error else {
		return None;
	};
	let has_one = module.details().is_ok_and(|details| details.variant.fields.len() == 1);
	let [_, _, place, ..] = module.bytes();
	has_one.then_some(place)
}

/// A pallet's error: the pallet, its name, and what to do about it.
pub(super) fn explained_module(error: &DispatchError) -> Option<(String, String, String)> {
	let DispatchError::Module(module) = error else {
		return None;
	};
	let details = module.details().ok()?;
	let (pallet, error) = (details.pallet.name().to_string(), details.variant.name.clone());
	let next = explain(&pallet, &error, &details.variant.docs);
	Some((pallet, error, next))
}

fn status_error(status: TransactionStatusError, extrinsic: Hash) -> SubmissionError {
	match status {
		TransactionStatusError::Invalid(message) => SubmissionError::Invalid {
			name: message,
			next: "run the command again".into(),
		},
		TransactionStatusError::Dropped(reason) | TransactionStatusError::Error(reason) => {
			SubmissionError::Unknown { extrinsic, reason }
		}
		other => SubmissionError::Unknown {
			extrinsic,
			reason: other.to_string(),
		},
	}
}

fn encoding(error: impl std::error::Error) -> SubmissionError {
	SubmissionError::Encoding(innermost(&error))
}

/// The node's code for a transaction that it has already.
const ALREADY_IMPORTED: i32 = 1013;

/// What the pool answered; what is no answer leaves open whether the transaction arrived.
fn pool(error: ExtrinsicError, extrinsic: Hash) -> SubmissionError {
	match error {
		ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(RpcError::ClientError(
			subxt::rpcs::Error::User(answer),
		))) if answer.code != ALREADY_IMPORTED => SubmissionError::Invalid {
			name: answer.message,
			next: "run the command again".into(),
		},
		error => SubmissionError::Unknown {
			extrinsic,
			reason: innermost(&error),
		},
	}
}

impl SubmissionError {
	/// An error that a call would have, in the pallet's own words.
	pub(crate) fn foreseen(metadata: &Metadata, pallet: &str, error: &str) -> Self {
		Self::Foreseen {
			next: explained(metadata, pallet, error),
			pallet: pallet.to_string(),
			error: error.to_string(),
		}
	}
}

/// What the metadata says of a pallet's error.
fn explained(metadata: &Metadata, pallet: &str, name: &str) -> String {
	let errors = metadata
		.pallet_by_name(pallet)
		.and_then(|pallet| pallet.error_variants());
	let error = errors.into_iter().flatten().find(|error| error.name == name);
	explain(
		pallet,
		name,
		error.map(|error| error.docs.as_slice()).unwrap_or_default(),
	)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{exit, Error};
	use codec::Decode;

	const EXTRINSIC: Hash = Hash::repeat_byte(7);

	fn code(error: SubmissionError) -> (String, u8) {
		let error = Error::from(error);
		(error.name(), error.exit_code())
	}

	#[test]
	fn what_left_the_pool_may_have_taken_effect() {
		for status in [
			TransactionStatusError::Dropped("usurped".into()),
			TransactionStatusError::Error("gone".into()),
		] {
			assert_eq!(code(status_error(status, EXTRINSIC)), ("Unknown".into(), exit::UNKNOWN));
		}
		let invalid = TransactionStatusError::Invalid("stale".into());
		assert_eq!(code(status_error(invalid, EXTRINSIC)).1, exit::REJECTED);
	}

	#[test]
	fn only_an_answer_of_the_pool_says_that_nothing_was_sent() {
		let answer = |code| {
			let user = subxt::rpcs::UserError {
				code,
				message: "Invalid Transaction".into(),
				data: None,
			};
			ExtrinsicError::ErrorSubmittingTransaction(BackendError::from(subxt::rpcs::Error::User(user)))
		};
		assert_eq!(code(pool(answer(1010), EXTRINSIC)).1, exit::REJECTED);
		assert_eq!(code(pool(answer(ALREADY_IMPORTED), EXTRINSIC)).1, exit::UNKNOWN);
		let broken = ExtrinsicError::ErrorSubmittingTransaction(BackendError::other("the connection was closed"));
		assert_eq!(code(pool(broken, EXTRINSIC)), ("Unknown".into(), exit::UNKNOWN));
		let ended = ExtrinsicError::UnexpectedEndOfTransactionStatusStream;
		assert_eq!(code(pool(ended, EXTRINSIC)).1, exit::UNKNOWN);
	}

	#[test]
	fn errors_that_are_foreseen_are_told_in_the_pallets_words() {
		let metadata = Metadata::decode(&mut include_bytes!("../../metadata.scale").as_slice()).unwrap();
		for name in [
			"RecordedInFuture",
			"OriginMismatch",
			"UnknownRecord",
			"ForeignRelation",
			"RelationErased",
			"CategoryDiffers",
			"CompartmentDiffers",
			"NotCurrent",
		] {
			let SubmissionError::Foreseen { next, .. } = SubmissionError::foreseen(&metadata, "Records", name) else {
				unreachable!()
			};
			assert!(!next.contains("README"), "{name} is no error of pallet-records: {next}");
		}
	}
}
