//! Dry runs: a transaction is signed and shown to the node's runtime, which tries it on the finalised head and undoes it.
//! Nothing is sent.

use std::fmt;

use codec::{Decode, Encode};
use salus_primitives::{DryRun, DryRunError, Moment, Outcome, Reason, Used};
use salus_vault::chain::Object;
use serde_json::Value;
use sp_runtime::transaction_validity::TransactionValidityError;
use subxt::{
	error::DispatchError,
	tx::{TransactionInvalid, TransactionUnknown, ValidationResult},
	Metadata,
};

use super::{
	event::EventView,
	submit::{check_validity, explained_module},
	words, Account, At, Client, ConnectionError, Hash, Refusal, SubmissionError,
};

/// What a transaction would have done, had it been sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
	/// The number of the finalised block on which it was tried.
	pub block: u64,
	/// That block's hash.
	pub hash: Hash,
	/// The time at which it was tried: the earliest that the next block can have.
	pub time: Moment,
	/// The events that it would leave, the system's own aside. What they number can be taken by others before.
	pub events: Vec<EventView>,
	/// What it would use of a block.
	pub used: Used,
	/// What a dry run can't tell of this command, each a sentence.
	pub unchecked: Vec<&'static str>,
}

impl Preview {
	/// The refusal that an access would find in its receipt.
	pub(crate) fn refusal(&self) -> Option<Refusal> {
		type Of = fn(u64) -> Object;
		let kinds: [(_, _, _, Of); 2] = [
			("Records", "AccessRefused", "record", Object::Record),
			("Telemetry", "BatchAccessRefused", "anchor", Object::Batch),
		];
		let (accessed, (_, kind, field, of)) = self.events.iter().find_map(|event| {
			let kind = kinds.into_iter().find(|(pallet, ..)| event.pallet == *pallet)?;
			(event.name == "Accessed").then_some((event, kind))
		})?;
		let entries = accessed.fields.get("entries")?.as_array()?;
		entries.iter().find_map(|entry| {
			let refused = entry.get("kind")?.get(kind)?;
			let reason = refused.get("reason").and_then(Value::as_str)?;
			let id = refused.get(field)?;
			Some(Refusal {
				object: id.as_u64().or_else(|| id.as_str()?.parse().ok()).map(of),
				receipt: None,
				block: None,
				reason: Reason::ALL.into_iter().find(|known| known.name() == reason)?,
			})
		})
	}
}

impl fmt::Display for Preview {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(
			f,
			"a dry run, nothing was sent: at finalised block {} ({}), as of {}, it would succeed",
			self.block,
			words::hex(self.hash),
			words::show_moment(self.time)
		)
	}
}

impl Client {
	/// Whether this client sends nothing.
	pub fn is_dry_run(&self) -> bool {
		self.dry_run
	}

	/// What an encoded transaction would do in the block after this one. Nothing is sent.
	///
	/// # Errors
	/// What sending it would end in: `Foreseen`, `ForeseenFailure`, `Unregistered`, `Invalid`, `Encoding`.
	pub async fn try_transaction(
		&self,
		at: &At,
		transaction: &[u8],
		signer: Option<&Account>,
	) -> Result<Preview, SubmissionError> {
		let hash = at.block_hash();
		let answer: Result<DryRun, DryRunError> = self.ask(at, "DryRunApi_dry_run", (transaction, hash)).await?;
		let tried = match answer {
			Ok(tried) => tried,
			Err(error) => return Err(untried(error, at.block_number())),
		};
		let metadata = at.metadata_ref();
		match tried.outcome {
			Outcome::Invalid(error) => Err(invalid(error, signer, metadata)),
			Outcome::Failed { error, .. } => {
				let error = DispatchError::decode_from(error.encode(), at.metadata())
					.map_err(|error| SubmissionError::Encoding(error.to_string()))?;
				Err(foreseen(&error))
			}
			Outcome::Done { events, used } => {
				let mut views = Vec::new();
				for event in &events {
					views.extend(view(event, metadata)?);
				}
				Ok(Preview {
					block: at.block_number(),
					hash,
					time: tried.time,
					events: views,
					used,
					unchecked: Vec::new(),
				})
			}
		}
	}
}

/// Why the runtime did not try it.
fn untried(error: DryRunError, head: u64) -> SubmissionError {
	match error {
		DryRunError::TooLong(most) => SubmissionError::Invalid {
			name: "ExhaustsResources".into(),
			next: format!("the call is too large for a block, which takes {most} bytes; split it"),
		},
		DryRunError::Malformed | DryRunError::NotATransaction => {
			SubmissionError::Encoding("the node's runtime does not read it".into())
		}
		DryRunError::NoNextBlock if head == 0 => ConnectionError::Young.into(),
		DryRunError::NoNextBlock => SubmissionError::Invalid {
			name: "NoNextBlock".into(),
			next: "the next block takes no transactions, or has no author; wait for it and run the command again"
				.into(),
		},
	}
}

/// As the pool would have said it.
fn invalid(error: TransactionValidityError, signer: Option<&Account>, metadata: &Metadata) -> SubmissionError {
	let verdict = match error {
		TransactionValidityError::Invalid(invalid) => {
			TransactionInvalid::decode(&mut invalid.encode().as_slice()).map(ValidationResult::Invalid)
		}
		TransactionValidityError::Unknown(unknown) => {
			TransactionUnknown::decode(&mut unknown.encode().as_slice()).map(ValidationResult::Unknown)
		}
	};
	match verdict.map(|verdict| check_validity(verdict, signer, metadata)) {
		Ok(Err(error)) => error,
		// A reason that this client has no word for.
		Ok(Ok(())) | Err(_) => SubmissionError::Invalid {
			name: format!("{error:?}"),
			next: "the chain does not take this transaction; report this".into(),
		},
	}
}

/// As the block would have said it.
fn foreseen(error: &DispatchError) -> SubmissionError {
	match explained_module(error) {
		Some((pallet, error, next)) => SubmissionError::Foreseen { pallet, error, next },
		None => SubmissionError::ForeseenFailure {
			reason: error.to_string(),
		},
	}
}

/// An encoded event; none for the system's own.
fn view(bytes: &[u8], metadata: &Metadata) -> Result<Option<EventView>, SubmissionError> {
	let unreadable = |reason: String| ConnectionError::Unreadable {
		what: "DryRunApi_dry_run".into(),
		reason,
	};
	let [pallet, event, fields @ ..] = bytes else {
		return Err(unreadable("an event is empty".into()).into());
	};
	let pallet = metadata
		.pallet_by_event_index(*pallet)
		.ok_or_else(|| unreadable("an event is of no pallet".into()))?;
	if pallet.name() == "System" {
		return Ok(None);
	}
	let variant = pallet
		.event_variant_by_index(*event)
		.ok_or_else(|| unreadable(format!("an event of {} is unknown", pallet.name())))?;
	EventView::read(pallet.name(), variant, fields, metadata.types())
		.map(Some)
		.map_err(|error| unreadable(error.to_string()).into())
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{exit, Error};
	use serde_json::json;
	use sp_runtime::transaction_validity::{InvalidTransaction, UnknownTransaction};

	fn metadata() -> Metadata {
		Metadata::decode(&mut include_bytes!("../../metadata.scale").as_slice()).unwrap()
	}

	fn told(error: SubmissionError) -> (String, u8) {
		let error = Error::from(error);
		(error.name(), error.exit_code())
	}

	fn preview(events: Vec<EventView>) -> Preview {
		Preview {
			block: 7,
			hash: Hash::repeat_byte(1),
			time: 0,
			events,
			used: Used::default(),
			unchecked: Vec::new(),
		}
	}

	#[test]
	fn what_the_pool_would_refuse_is_told_as_the_pool_tells_it() {
		let metadata = metadata();
		for (error, name) in [
			(InvalidTransaction::Custom(1), "VoucherExpired"),
			(InvalidTransaction::Future, "Nonce"),
			(InvalidTransaction::Stale, "Nonce"),
			(InvalidTransaction::BadProof, "BadProof"),
			(InvalidTransaction::ExhaustsResources, "ExhaustsResources"),
			(InvalidTransaction::Payment, "Payment"),
			(InvalidTransaction::MandatoryValidation, "MandatoryValidation"),
			// subxt knows no such.
			(InvalidTransaction::UnknownOrigin, "Invalid"),
		] {
			assert_eq!(
				told(invalid(error.into(), None, &metadata)),
				(told(invalid(error.into(), None, &metadata)).0, exit::REJECTED)
			);
			let SubmissionError::Invalid { name: found, .. } = invalid(error.into(), None, &metadata) else {
				unreachable!()
			};
			assert!(found.starts_with(name), "{found} is not {name}");
		}
		let unknown = invalid(UnknownTransaction::CannotLookup.into(), None, &metadata);
		assert_eq!(told(unknown).1, exit::REJECTED);
	}

	#[test]
	fn what_cant_be_tried_says_what_to_do() {
		for (error, head, code) in [
			(DryRunError::TooLong(9), 1, exit::REJECTED),
			(DryRunError::Malformed, 1, exit::FAILED),
			(DryRunError::NotATransaction, 1, exit::FAILED),
			(DryRunError::NoNextBlock, 0, exit::UNREACHABLE),
			(DryRunError::NoNextBlock, 1, exit::REJECTED),
		] {
			assert_eq!(told(untried(error, head)).1, code, "{error:?}");
		}
	}

	#[test]
	fn a_failing_call_has_the_pallets_error_and_next_step() {
		let metadata = metadata().arc();
		let pallet = metadata.pallet_by_name("Records").unwrap();
		let variant = pallet
			.error_variants()
			.unwrap()
			.iter()
			.find(|error| error.name == "NoRecords")
			.unwrap();
		let module = sp_runtime::ModuleError {
			index: pallet.error_index(),
			error: [variant.index, 0, 0, 0],
			message: None,
		};
		let failed = |error: sp_runtime::DispatchError| {
			foreseen(&DispatchError::decode_from(error.encode(), metadata.clone()).unwrap())
		};
		let error = failed(sp_runtime::DispatchError::Module(module));
		assert!(error.to_string().contains("not sent"), "{error}");
		assert_eq!(told(error), ("Records.NoRecords".into(), exit::REJECTED));
		let error = failed(sp_runtime::DispatchError::BadOrigin);
		assert_eq!(told(error), ("ForeseenFailure".into(), exit::REJECTED));
	}

	#[test]
	fn an_access_that_would_be_refused_is_a_refusal() {
		let accessed = |pallet: &str, kind: Value| {
			preview(vec![EventView {
				pallet: pallet.into(),
				name: "Accessed".into(),
				fields: json!({ "patient": 1, "entries": [{ "seq": 4, "kind": kind }] }),
			}])
		};
		let record = json!({ "AccessRefused": { "receipt": 2, "record": 7, "reason": "NoGrant" } });
		let batch = json!({ "BatchAccessRefused": { "receipt": 2, "anchor": 7, "reason": "NoGrant" } });
		for (pallet, kind, object) in [
			("Records", record, Object::Record(7)),
			("Telemetry", batch, Object::Batch(7)),
		] {
			let refusal = accessed(pallet, kind).refusal().unwrap();
			assert_eq!(
				(refusal.object, refusal.receipt, refusal.reason),
				(Some(object), None, Reason::NoGrant)
			);
		}
		let permitted = accessed("Records", json!({ "AccessPermitted": { "receipt": 2, "record": 7 } }));
		assert_eq!(permitted.refusal(), None);
		assert_eq!(preview(vec![]).refusal(), None);
	}

	#[test]
	fn a_dry_run_is_no_failure_and_says_that_nothing_was_sent() {
		let error = SubmissionError::DryRun(Box::new(preview(vec![])));
		assert!(error.to_string().contains("nothing was sent"), "{error}");
		assert_eq!(told(error), ("DryRun".into(), 0));
	}
}
