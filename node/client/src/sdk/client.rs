//! A connection to a node, and what is read over it.

use std::{future::Future, sync::Arc, time::Duration};

use codec::{Decode, Encode};
use salus_primitives::{
	AccessRequest, Assignment, Case, CaseId, Compartment, ConsentRequest, Credential, Decision, Denial, Explanation,
	Grant, GrantId, Grantee, Institution, InstitutionId, Moment, Patient, PatientId, Receipt, ReceiptId, Record,
	RecordFilter, RecordId, RequestId,
};
use serde_json::Value;
use subxt::{
	rpcs::{
		client::{RpcParams, RpcSubscription},
		RpcClient,
	},
	OnlineClient, OnlineClientAtBlock, SubstrateConfig,
};
use tokio::sync::Mutex;

use super::{
	storage_key::time_key, words, Account, AccountId, ConnectionError, Error, Hash, Identity, KeyError, PatientKeys,
};
use crate::api;

/// The chain at one block.
pub type At = OnlineClientAtBlock<SubstrateConfig>;

/// How many items a page of a list has.
pub(super) const PAGE: u32 = 128;
/// How many records of one history are shown; the chain lists up to 256.
const HISTORY: u32 = 255;
/// How many ids of one institution a key is looked for among.
pub const IDS_OF_ONE_SEED: u32 = 16;
/// How long a new finalised block is waited for.
const NEXT_BLOCK: Duration = Duration::from_secs(30);

/// What is asked of a node at connecting.
#[derive(Clone, Debug, Default)]
pub struct ConnectOptions {
	/// The chain's genesis hash, where it is known beforehand: any other chain is refused.
	pub genesis: Option<Hash>,
	/// Whether the client sends nothing: what it would submit is tried on the finalised head instead.
	pub dry_run: bool,
}

/// A connection to a node.
#[derive(Clone)]
pub struct Client {
	pub(crate) online: OnlineClient<SubstrateConfig>,
	rpc: RpcClient,
	genesis: Hash,
	url: String,
	pub(super) dry_run: bool,
	/// Whose turn it is to take a nonce, until the pool has its transaction.
	pub(super) turn: Arc<Mutex<()>>,
}

/// As whom a command acts.
#[derive(Clone, Debug)]
pub struct Actor {
	/// The account that signs.
	pub account: Account,
	/// For which institution; none for the patient.
	pub institution: Option<InstitutionId>,
}

impl Client {
	/// Connects to a node and checks that it runs the runtime this client was made for.
	///
	/// # Errors
	/// `NoNode`, `OtherRuntime`, `Broken`
	pub async fn connect(url: &str) -> Result<Self, ConnectionError> {
		Self::connect_with(url, ConnectOptions::default()).await
	}

	/// [`connect`](Self::connect) to a chain that is known beforehand.
	///
	/// # Errors
	/// As [`connect`](Self::connect), and `WrongGenesis`.
	pub async fn connect_with(url: &str, options: ConnectOptions) -> Result<Self, ConnectionError> {
		let no_node = |reason: String| ConnectionError::NoNode {
			url: url.to_string(),
			reason,
		};
		let rpc = RpcClient::from_insecure_url(url)
			.await
			.map_err(|error| no_node(innermost(&error)))?;
		let online = OnlineClient::<SubstrateConfig>::from_rpc_client(rpc.clone())
			.await
			.map_err(|error| no_node(innermost(&error)))?;
		let genesis = online.genesis_hash();
		if let Some(wanted) = options.genesis.filter(|wanted| *wanted != genesis) {
			return Err(ConnectionError::WrongGenesis {
				url: url.to_string(),
				found: genesis,
				wanted,
			});
		}
		let client = Self {
			online,
			rpc,
			genesis,
			url: url.to_string(),
			dry_run: options.dry_run,
			turn: Arc::default(),
		};
		let at = client.finalised().await?;
		if !api::is_codegen_valid_for(at.metadata_ref()) {
			return Err(ConnectionError::OtherRuntime {
				spec_version: at.spec_version(),
			});
		}
		Ok(client)
	}

	/// The chain's genesis hash.
	pub fn genesis(&self) -> Hash {
		self.genesis
	}

	/// Where the node is.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// The chain at the finalised head.
	///
	/// # Errors
	/// `Broken`
	pub async fn finalised(&self) -> Result<At, ConnectionError> {
		self.online.at_current_block().await.map_err(broken)
	}

	/// The chain at a block.
	///
	/// # Errors
	/// `Broken`
	pub async fn online_at(&self, block: Hash) -> Result<At, ConnectionError> {
		self.online.at_block(block).await.map_err(broken)
	}

	/// Calls any RPC of the node.
	///
	/// # Errors
	/// `Answered` with the node's error, `Broken`
	pub async fn request(&self, method: &str, params: &[Value]) -> Result<Value, ConnectionError> {
		let mut list = RpcParams::new();
		for param in params {
			list.push(param).map_err(broken)?;
		}
		self.rpc
			.request(method, list)
			.await
			.map_err(|error| answered(method, error))
	}

	/// Subscribes to what the node tells.
	pub(super) async fn subscribe(
		&self,
		method: &str,
		params: RpcParams,
		unsubscribe: &str,
	) -> Result<RpcSubscription<Value>, ConnectionError> {
		let subscription = self.rpc.subscribe(method, params, unsubscribe).await;
		subscription.map_err(|error| answered(method, error))
	}

	/// Calls a runtime API at a block.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub async fn ask<T: Decode>(&self, at: &At, function: &str, args: impl Encode) -> Result<T, ConnectionError> {
		let bytes = at
			.runtime_apis()
			.call_raw(function, Some(&args.encode()))
			.await
			.map_err(broken)?;
		let mut input = bytes.as_slice();
		let unreadable = |reason: &str| ConnectionError::Unreadable {
			what: function.into(),
			reason: reason.into(),
		};
		let value = T::decode(&mut input).map_err(|_| unreadable("it does not decode"))?;
		if input.is_empty() {
			Ok(value)
		} else {
			Err(unreadable("it is too long"))
		}
	}

	/// The chain's time at the finalised head.
	///
	/// # Errors
	/// `Broken`, `Young` while only the genesis is final, `Unreadable`
	pub async fn time(&self) -> Result<Moment, ConnectionError> {
		let block = self.request("chain_getFinalizedHead", &[]).await?;
		self.time_in(block).await
	}

	/// The chain's time in a block.
	///
	/// # Errors
	/// `Broken`, `Young` for the genesis, `Unreadable`
	pub async fn time_at(&self, block: Hash) -> Result<Moment, ConnectionError> {
		self.time_in(Value::String(words::hex(block))).await
	}

	async fn time_in(&self, block: Value) -> Result<Moment, ConnectionError> {
		let key = Value::String(words::hex(time_key()));
		let stored = self.request("state_getStorage", &[key, block]).await?;
		if stored.is_null() {
			return Err(ConnectionError::Young);
		}
		stored
			.as_str()
			.and_then(|text| words::hex_bytes(text).ok())
			.and_then(|bytes| Moment::decode(&mut bytes.as_slice()).ok())
			.ok_or_else(|| ConnectionError::Unreadable {
				what: "Timestamp.Now".into(),
				reason: "it is no time".into(),
			})
	}

	/// Waits until a block after this one is final, but not for ever.
	///
	/// # Errors
	/// `NoBlock`, `Broken`
	pub async fn next_block(&self, after: u64) -> Result<(), ConnectionError> {
		within(NEXT_BLOCK, async {
			let mut blocks = self.online.stream_blocks().await.map_err(broken)?;
			while let Some(block) = blocks.next().await {
				if block.map_err(broken)?.number() > after {
					return Ok(());
				}
			}
			Err(ConnectionError::Broken("the node closed the connection".into()))
		})
		.await
	}

	/// Whether this is a development chain, where well-known keys are no secret and no harm.
	///
	/// # Errors
	/// `Broken`
	pub async fn is_development(&self) -> Result<bool, ConnectionError> {
		let kind = self.request("system_chainType", &[]).await?;
		Ok(matches!(kind.as_str(), Some("Development" | "Local")))
	}

	/// An institution's entry.
	///
	/// # Errors
	/// `NotFound`
	pub async fn institution(&self, at: &At, id: InstitutionId) -> Result<Institution<AccountId>, Error> {
		let found: Option<_> = self.ask(at, "RolesApi_institution", id).await?;
		found.ok_or_else(|| not_found("institution", id))
	}

	/// An account's credential at an institution, and whether it counts now.
	///
	/// # Errors
	/// `Broken`
	pub async fn credential(
		&self,
		at: &At,
		account: AccountId,
		institution: InstitutionId,
	) -> Result<Option<(Credential, bool)>, ConnectionError> {
		self.ask(at, "RolesApi_credential", (account, institution)).await
	}

	/// Whether an account is an officer of an institution, or has a credential there.
	///
	/// # Errors
	/// `NotFound`
	pub async fn works_at(&self, at: &At, account: AccountId, institution: InstitutionId) -> Result<bool, Error> {
		if self.credential(at, account, institution).await?.is_some() {
			return Ok(true);
		}
		Ok(self.institution(at, institution).await?.officers.contains(&account))
	}

	/// A patient's entry.
	///
	/// # Errors
	/// `NotFound`
	pub async fn patient(&self, at: &At, id: PatientId) -> Result<Patient<AccountId>, Error> {
		let found: Option<_> = self.ask(at, "RolesApi_patient", id).await?;
		found.ok_or_else(|| not_found("patient", id))
	}

	/// The id of which an account is the controller.
	///
	/// # Errors
	/// `Broken`
	pub async fn patient_of(&self, at: &At, controller: AccountId) -> Result<Option<PatientId>, ConnectionError> {
		self.ask(at, "RolesApi_patient_of", controller).await
	}

	/// How a patient is assigned to a practitioner.
	///
	/// # Errors
	/// `Broken`
	pub async fn assignment(
		&self,
		at: &At,
		patient: PatientId,
		practitioner: AccountId,
		institution: InstitutionId,
	) -> Result<Option<Assignment>, ConnectionError> {
		self.ask(at, "RolesApi_assignment", (patient, practitioner, institution))
			.await
	}

	/// The keys with which this person controls a patient id: those of the institution that admitted her, the first
	/// few in turn.
	///
	/// # Errors
	/// `NotFound`, `NotThePatient`, `NoSeed`
	pub async fn patient_keys(&self, at: &At, identity: &Identity, patient: PatientId) -> Result<PatientKeys, Error> {
		let entry = self.patient(at, patient).await?;
		for n in 0..IDS_OF_ONE_SEED {
			let keys = identity.patient(&self.genesis, entry.institution, n)?;
			if entry.controller == Some(keys.account.id()) {
				return Ok(keys);
			}
		}
		Err(KeyError::NotThePatient { patient }.into())
	}

	/// A record's metadata.
	///
	/// # Errors
	/// `NotFound`
	pub async fn record(&self, at: &At, id: RecordId) -> Result<Record<AccountId>, Error> {
		let found: Option<_> = self.ask(at, "RecordsApi_record", id).await?;
		found.ok_or_else(|| not_found("record", id))
	}

	/// A patient's records that the filter keeps, newest first, at most `most`, and whether there are more.
	///
	/// # Errors
	/// `Broken`
	pub async fn records(
		&self,
		at: &At,
		patient: PatientId,
		filter: &RecordFilter,
		most: usize,
	) -> Result<(Vec<(RecordId, Record<AccountId>)>, bool), ConnectionError> {
		let mut records = Vec::new();
		let mut before: Option<RecordId> = None;
		loop {
			let (page, next): (Vec<_>, Option<RecordId>) = self
				.ask(at, "RecordsApi_records", (patient, filter, before, PAGE))
				.await?;
			records.extend(page);
			if next.is_none() || records.len() > most {
				return Ok(cut(records, most));
			}
			before = next;
		}
	}

	/// A record with those it relates to and is superseded by, oldest first, and whether there are more.
	///
	/// # Errors
	/// `Broken`
	pub async fn history(
		&self,
		at: &At,
		id: RecordId,
	) -> Result<(Vec<(RecordId, Record<AccountId>)>, bool), ConnectionError> {
		let records = self.ask(at, "RecordsApi_history", (id, HISTORY + 1)).await?;
		Ok(cut(records, HISTORY as usize))
	}

	/// The patient's record with this ciphertext.
	///
	/// # Errors
	/// `Broken`
	pub async fn record_by_hash(
		&self,
		at: &At,
		patient: PatientId,
		sha256: Hash,
	) -> Result<Option<RecordId>, ConnectionError> {
		self.ask(at, "RecordsApi_by_hash", (patient, sha256)).await
	}

	/// A receipt, while it lives.
	///
	/// # Errors
	/// `NotFound`
	pub async fn receipt(&self, at: &At, id: ReceiptId) -> Result<Receipt<AccountId>, Error> {
		let found: Option<_> = self.ask(at, "RecordsApi_receipt", id).await?;
		found.ok_or_else(|| not_found("receipt", id))
	}

	/// What the chain would decide at this block.
	///
	/// # Errors
	/// `Broken`
	pub async fn decide(&self, at: &At, request: &AccessRequest<AccountId>) -> Result<Decision, ConnectionError> {
		self.ask(at, "ConsentApi_decide", request).await
	}

	/// What the chain would decide at this block, by which rule, and what would change it.
	///
	/// # Errors
	/// `Broken`
	pub async fn explain(
		&self,
		at: &At,
		request: &AccessRequest<AccountId>,
	) -> Result<Explanation<AccountId>, ConnectionError> {
		self.ask(at, "ConsentApi_explain", request).await
	}

	/// A patient's grants, lowest id first.
	///
	/// # Errors
	/// `Broken`
	pub async fn grants(
		&self,
		at: &At,
		patient: PatientId,
	) -> Result<Vec<(Grantee<AccountId>, Grant<AccountId>)>, ConnectionError> {
		let mut grants: Vec<(Grantee<AccountId>, Grant<AccountId>)> = Vec::new();
		loop {
			let after: Option<GrantId> = grants.last().map(|(_, grant)| grant.id);
			let page: Vec<_> = self.ask(at, "ConsentApi_grants", (patient, after, PAGE)).await?;
			if page.is_empty() {
				return Ok(grants);
			}
			grants.extend(page);
		}
	}

	/// The requests made to a patient, lowest id first.
	///
	/// # Errors
	/// `Broken`
	pub async fn requests(
		&self,
		at: &At,
		patient: PatientId,
	) -> Result<Vec<(AccountId, ConsentRequest)>, ConnectionError> {
		let mut requests: Vec<(AccountId, ConsentRequest)> = Vec::new();
		loop {
			let after: Option<RequestId> = requests.last().map(|(_, request)| request.id);
			let page: Vec<_> = self.ask(at, "ConsentApi_requests", (patient, after, PAGE)).await?;
			if page.is_empty() {
				return Ok(requests);
			}
			requests.extend(page);
		}
	}

	/// A patient's denials.
	///
	/// # Errors
	/// `Broken`
	pub async fn denials(&self, at: &At, patient: PatientId) -> Result<Vec<Denial<AccountId>>, ConnectionError> {
		self.ask(at, "ConsentApi_denials", patient).await
	}

	/// The compartments that a patient has sealed, lowest first.
	///
	/// # Errors
	/// `Broken`
	pub async fn sealed(&self, at: &At, patient: PatientId) -> Result<Vec<Compartment>, ConnectionError> {
		self.ask(at, "ConsentApi_sealed", patient).await
	}

	/// A patient's break-glass cases, lowest id first.
	///
	/// # Errors
	/// `Broken`
	pub async fn cases(&self, at: &At, patient: PatientId) -> Result<Vec<(CaseId, Case<AccountId>)>, ConnectionError> {
		let mut cases: Vec<(CaseId, Case<AccountId>)> = Vec::new();
		loop {
			let after: Option<CaseId> = cases.last().map(|(id, _)| *id);
			let page: Vec<_> = self.ask(at, "ConsentApi_cases", (patient, after, PAGE)).await?;
			if page.is_empty() {
				return Ok(cases);
			}
			cases.extend(page);
		}
	}
}

impl std::fmt::Debug for Client {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Client")
			.field("url", &self.url)
			.field("genesis", &self.genesis)
			.finish_non_exhaustive()
	}
}

/// Waits for a block within this time.
async fn within<T>(
	limit: Duration,
	block: impl Future<Output = Result<T, ConnectionError>>,
) -> Result<T, ConnectionError> {
	let seconds = limit.as_secs();
	let late = |_| ConnectionError::NoBlock { seconds };
	tokio::time::timeout(limit, block).await.map_err(late)?
}

/// The first of a list, and whether there was more.
fn cut<T>(mut items: Vec<T>, most: usize) -> (Vec<T>, bool) {
	let more = items.len() > most;
	items.truncate(most);
	(items, more)
}

pub(crate) fn not_found(what: &'static str, id: impl ToString) -> Error {
	Error::NotFound {
		what,
		id: id.to_string(),
	}
}

pub(crate) fn broken(error: impl std::error::Error) -> ConnectionError {
	ConnectionError::Broken(innermost(&error))
}

/// The node's own error, where it gave one.
fn answered(method: &str, error: subxt::rpcs::Error) -> ConnectionError {
	match error {
		subxt::rpcs::Error::User(user) => {
			let data: Option<Value> = user.data.and_then(|data| serde_json::from_str(data.get()).ok());
			let name = data.as_ref().and_then(|data| data.get("name")).and_then(Value::as_str);
			ConnectionError::Answered {
				method: method.to_string(),
				code: user.code,
				name: name.unwrap_or("RpcError").to_string(),
				message: user.message,
			}
		}
		error => broken(error),
	}
}

/// The last cause of an error: what a transport said, without the layers above it.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
	let mut error = error;
	while let Some(source) = error.source() {
		error = source;
	}
	error
		.to_string()
		.trim_start_matches("RPC error: client error: ")
		.to_string()
}

pub(crate) fn hash_of(what: &str, value: &Value) -> Result<Hash, ConnectionError> {
	value
		.as_str()
		.and_then(|text| words::hash(text).ok())
		.ok_or_else(|| ConnectionError::Unreadable {
			what: what.to_string(),
			reason: "it is no hash".into(),
		})
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[tokio::test]
	async fn a_block_that_does_not_come_is_an_error_with_a_next_step() {
		let never = std::future::pending::<Result<(), ConnectionError>>();
		let error = within(Duration::from_millis(1), never).await.unwrap_err();
		assert!(matches!(error, ConnectionError::NoBlock { .. }), "{error:?}");
		assert!(error.to_string().contains("salus node status"), "{error}");
		assert!(within(Duration::from_secs(1), async { Ok(()) }).await.is_ok());
	}

	#[test]
	fn a_cut_list_says_so() {
		assert_eq!(cut(vec![1, 2, 3], 2), (vec![1, 2], true));
		assert_eq!(cut(vec![1, 2], 2), (vec![1, 2], false));
		assert_eq!(cut(Vec::<u8>::new(), 2), (vec![], false));
	}
}
