//! Attestations on their way to the chain.

use std::{future::Future, sync::Arc, time::Duration};

use codec::DecodeAll;
use salus::{words, Account, Application, Client, ConnectOptions, ConnectionError, Hash, Signature, SubmissionError};
use salus_primitives::{Moment, MINUTE, SECOND};
use subxt::{
	dynamic::{self, Value},
	ext::scale_value::Composite,
	tx::DynamicPayload,
	Metadata,
};
use tokio::sync::{watch, Notify};

use crate::{
	metrics::Metrics,
	store::{Due, State, Store},
	GatewayError,
};

/// The call an attestation is made by.
const PALLET: &str = "Roles";
const CALL: &str = "submit_application";
/// Its fields: who applies, what she signed, her signature.
const FIELDS: usize = 3;
/// Pauses after a failure that may pass.
const SHORTEST: Moment = 5 * SECOND;
const LONGEST: Moment = 600 * SECOND;
/// How often new work is looked for without being told.
const GLANCE: Duration = Duration::from_secs(1);

/// That a registrar found the applicant to be who the register names, and what she applied for.
#[derive(Clone, Debug)]
pub struct Attestation {
	/// What she signed.
	pub application: Application,
	/// Her signature.
	pub signature: Signature,
}

/// Why an attestation is not on the chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
	/// The runtime has no such call yet.
	#[error(
		"the chain's runtime has no call {PALLET}.{CALL}; the attestation is kept and submitted once the runtime has it"
	)]
	CallMissing,
	/// The runtime's call takes something else.
	#[error(
		"the runtime's {PALLET}.{CALL} takes other arguments ({0}); use the salus-gateway that comes with the node"
	)]
	OtherCall(String),
	/// The node or the pool.
	#[error(transparent)]
	Submission(#[from] SubmissionError),
}

impl SubmitError {
	/// Whether the chain itself said no.
	fn is_refusal(&self) -> bool {
		use SubmissionError::{Failed, Foreseen, Rejected};
		matches!(
			self,
			Self::Submission(Rejected { .. } | Failed { .. } | Foreseen { .. })
		)
	}

	/// Whether a transaction may have left.
	fn was_sent(&self) -> bool {
		matches!(self, Self::Submission(SubmissionError::Unknown { .. }))
	}

	/// How long to wait before another try; a runtime does not change within seconds.
	fn pause(&self, attempts: u32) -> Moment {
		match self {
			Self::CallMissing | Self::OtherCall(_) => MINUTE,
			Self::Submission(_) => SHORTEST.saturating_mul(1 << attempts.min(7)).min(LONGEST),
		}
	}

	/// Its name, for the applicant, the log and metrics.
	pub fn name(&self) -> String {
		match self {
			Self::CallMissing => "CallMissing".into(),
			Self::OtherCall(_) => "OtherCall".into(),
			Self::Submission(SubmissionError::Rejected { pallet, error, .. }) => format!("{pallet}.{error}"),
			Self::Submission(SubmissionError::Connection(_)) => "NodeUnavailable".into(),
			Self::Submission(SubmissionError::Unregistered(_)) => "RegistrarUnregistered".into(),
			Self::Submission(SubmissionError::Unknown { .. }) => "Unknown".into(),
			Self::Submission(_) => "Invalid".into(),
		}
	}
}

/// Brings attestations onto the chain.
pub trait Submit: Send + Sync + 'static {
	/// Submits one and waits until it is final; says in which block.
	fn submit(&self, attestation: &Attestation) -> impl Future<Output = Result<u64, SubmitError>> + Send;
}

/// Signs as the registrar and submits over a node's RPC.
pub struct Chain {
	node: Node,
	registrar: Account,
}

/// A node of this chain, and whether it may be one for development.
#[derive(Clone, Debug)]
pub struct Node {
	/// Its URL.
	pub url: String,
	/// The chain's genesis hash.
	pub genesis: Hash,
	/// Whether the chain has to be one for development.
	pub development: bool,
}

impl Node {
	/// Connects.
	///
	/// # Errors
	/// `Node`, `NotDevelopment`
	pub async fn connect(&self) -> Result<Client, GatewayError> {
		let options = ConnectOptions {
			genesis: Some(self.genesis),
			..ConnectOptions::default()
		};
		let client = Client::connect_with(&self.url, options).await?;
		if self.development && !client.is_development().await? {
			return Err(GatewayError::NotDevelopment(self.url.clone()));
		}
		Ok(client)
	}
}

impl Chain {
	/// Submits as this account over this node.
	pub fn new(node: Node, registrar: Account) -> Self {
		Self { node, registrar }
	}
}

impl Submit for Chain {
	async fn submit(&self, attestation: &Attestation) -> Result<u64, SubmitError> {
		let client = self.node.connect().await.map_err(|error| match error {
			GatewayError::Node(error) => SubmissionError::from(error),
			error => SubmissionError::from(ConnectionError::Broken(error.to_string())),
		})?;
		let at = client.finalised().await.map_err(SubmissionError::from)?;
		check_call(at.metadata_ref(), PALLET, CALL)?;
		let done = client.submit(&call(attestation), &self.registrar).await?;
		Ok(done.block)
	}
}

/// Whether the runtime has a call of this name with as many fields as ours.
pub(crate) fn check_call(metadata: &Metadata, pallet: &str, call: &str) -> Result<(), SubmitError> {
	let found = metadata
		.pallet_by_name(pallet)
		.and_then(|pallet| pallet.call_variant_by_name(call))
		.ok_or(SubmitError::CallMissing)?;
	match found.fields.len() {
		FIELDS => Ok(()),
		fields => Err(SubmitError::OtherCall(format!("{fields} instead of {FIELDS}"))),
	}
}

fn call(attestation: &Attestation) -> DynamicPayload<Composite<()>> {
	let arguments = [
		Value::from_bytes(attestation.application.applicant.0),
		application(&attestation.application),
		signature(&attestation.signature),
	];
	dynamic::tx(PALLET, CALL, Composite::unnamed(arguments))
}

pub(crate) fn application(application: &Application) -> Value {
	Value::named_composite([
		("genesis", Value::from_bytes(application.genesis)),
		("institution", Value::u128(application.institution.into())),
		("applicant", Value::from_bytes(application.applicant.0)),
		("role", Value::unnamed_variant(application.role.name(), [])),
		("licence", Value::from_bytes(application.licence)),
		("speciality", Value::from_bytes(application.speciality)),
		("not_after", Value::u128(application.not_after.into())),
	])
}

pub(crate) fn signature(signature: &Signature) -> Value {
	let (name, bytes): (_, &[u8]) = match signature {
		Signature::Ed25519(bytes) => ("Ed25519", bytes),
		Signature::Sr25519(bytes) => ("Sr25519", bytes),
		Signature::Ecdsa(bytes) => ("Ecdsa", bytes),
	};
	Value::unnamed_variant(name, [Value::from_bytes(bytes)])
}

/// Submits what is proven, until told to end.
///
/// # Errors
/// `Sql`, `Damaged`
pub async fn work<S: Submit>(
	store: Store,
	submit: S,
	metrics: Arc<Metrics>,
	proven: Arc<Notify>,
	mut end: watch::Receiver<bool>,
) -> Result<(), GatewayError> {
	while !*end.borrow() {
		let now = words::now();
		match store.due_attestation(now).await? {
			Some(due) => {
				let ended = one(&store, &submit, &due, now).await?;
				metrics.attestation(&ended);
			}
			None => {
				tokio::select! {
					() = proven.notified() => {}
					() = tokio::time::sleep(GLANCE) => {}
					_ = end.changed() => {}
				}
			}
		}
	}
	Ok(())
}

/// Submits one attestation; says how that ended.
pub async fn one<S: Submit>(store: &Store, submit: &S, due: &Due, now: Moment) -> Result<String, GatewayError> {
	let attestation = Attestation {
		application: decode(&due.application)?,
		signature: decode(&due.signature)?,
	};
	match submit.submit(&attestation).await {
		Ok(block) => {
			tracing::info!(case = %Short(&due.id), block, "attestation submitted");
			store.end_case(&due.id, State::Submitted, Some(block), None).await?;
			Ok("submitted".into())
		}
		Err(error) => {
			let name = error.name();
			tracing::warn!(case = %Short(&due.id), "attestation not submitted: {error}");
			if error.is_refusal() {
				// After a try whose outcome nobody knows, a refusal may be that of a repetition.
				let state = if due.attempts == 0 {
					State::Refused
				} else {
					State::Uncertain
				};
				store.end_case(&due.id, state, None, Some(&name)).await?;
			} else {
				let due_at = now.saturating_add(error.pause(due.attempts));
				store.postpone(&due.id, due_at, &name, error.was_sent()).await?;
			}
			Ok(name)
		}
	}
}

fn decode<T: DecodeAll>(bytes: &[u8]) -> Result<T, GatewayError> {
	T::decode_all(&mut &*bytes).map_err(|_| GatewayError::Damaged)
}

/// The beginning of a case's name: enough to find it, too little to try its code.
pub struct Short<'a>(pub &'a [u8]);

impl std::fmt::Display for Short<'_> {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str(&hex::encode(self.0.get(..4).unwrap_or_default()))
	}
}
