//! The state of consents, and the decision.

use std::sync::Arc;

use codec::DecodeAll;
use jsonrpsee::proc_macros::rpc;
use pallet_consent_runtime_api::ConsentApi;
use salus_primitives::AccessRequest;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::Block as BlockT;

use crate::{
	chain::Chain,
	input::{limit, Input},
	page::{List, Page},
	view::{AccessRequestView, ConsentRequestView, DecisionView, DenialView, GrantView},
	AccountId, RpcError,
};

/// More than any SCALE encoded access request.
const MAX_REQUEST: usize = 1024;

/// The state of consents.
#[rpc(server)]
pub trait ConsentRpc {
	/// The decision on a request, exactly as the chain would decide it at the block.
	#[method(name = "consent_decide", blocking)]
	fn decide(&self, request: Input, at: Option<Input>) -> Result<DecisionView, RpcError>;

	/// A patient's grants, lowest id first.
	#[method(name = "consent_grants", blocking)]
	fn grants(
		&self,
		patient: Input,
		cursor: Option<Input>,
		limit: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<GrantView>, RpcError>;

	/// The requests made to a patient, lowest id first.
	#[method(name = "consent_requests", blocking)]
	fn requests(
		&self,
		patient: Input,
		cursor: Option<Input>,
		limit: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<ConsentRequestView>, RpcError>;

	/// A patient's denials.
	#[method(name = "consent_denials", blocking)]
	fn denials(&self, patient: Input, at: Option<Input>) -> Result<Vec<DenialView>, RpcError>;
}

/// Answers from the runtime.
pub struct Consent<Client, Block>(Chain<Client, Block>);

impl<Client, Block> Consent<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block>,
{
	/// Answers from this client's runtime.
	pub fn new(client: Arc<Client>) -> Self {
		Self(Chain::new(client))
	}
}

impl<Client, Block> ConsentRpcServer for Consent<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
	Client::Api: ConsentApi<Block, AccountId>,
{
	fn decide(&self, request: Input, at: Option<Input>) -> Result<DecisionView, RpcError> {
		let request = access_request(&request)?;
		Ok(self.0.ask(&at, |api, at| api.decide(at, request))?.into())
	}

	fn grants(
		&self,
		patient: Input,
		cursor: Option<Input>,
		items: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<GrantView>, RpcError> {
		let patient = patient.integer("patient")?;
		let (after, most) = (List::Grants.read(&cursor)?, limit(&items)?);
		let mut grants = self.0.ask(&at, |api, at| api.grants(at, patient, after, most + 1))?;
		let next = cut(List::Grants, &mut grants, most, |(_, grant)| grant.id);
		Ok(Page {
			next,
			items: grants
				.into_iter()
				.map(|(grantee, grant)| GrantView::new(grantee, grant))
				.collect(),
		})
	}

	fn requests(
		&self,
		patient: Input,
		cursor: Option<Input>,
		items: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<ConsentRequestView>, RpcError> {
		let patient = patient.integer("patient")?;
		let (after, most) = (List::Requests.read(&cursor)?, limit(&items)?);
		let mut requests = self.0.ask(&at, |api, at| api.requests(at, patient, after, most + 1))?;
		let next = cut(List::Requests, &mut requests, most, |(_, request)| request.id);
		Ok(Page {
			next,
			items: requests
				.into_iter()
				.map(|(requester, request)| ConsentRequestView::new(requester, request))
				.collect(),
		})
	}

	fn denials(&self, patient: Input, at: Option<Input>) -> Result<Vec<DenialView>, RpcError> {
		let patient = patient.integer("patient")?;
		let denials = self.0.ask(&at, |api, at| api.denials(at, patient))?;
		Ok(denials.into_iter().map(Into::into).collect())
	}
}

/// A request as an object, or SCALE encoded in hex.
fn access_request(input: &Input) -> Result<AccessRequest<AccountId>, RpcError> {
	if !input.0.is_string() {
		return input.object::<AccessRequestView>("request").map(Into::into);
	}
	let bytes = input.bytes("request", MAX_REQUEST)?;
	AccessRequest::decode_all(&mut bytes.as_slice())
		.map_err(|error| RpcError::parameter("request", format!("expected a SCALE encoded AccessRequest: {error}")))
}

/// Cuts what was found, one more than a page if there is one, to the page, and says where the next one starts.
fn cut<Item>(list: List, found: &mut Vec<Item>, most: u32, id: impl Fn(&Item) -> u64) -> Option<String> {
	let most = usize::try_from(most).unwrap_or(usize::MAX);
	let more = found.len() > most;
	found.truncate(most);
	found.last().filter(|_| more).map(|last| list.cursor(id(last)))
}
