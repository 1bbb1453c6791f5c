//! Lists that run across patients: the index says where to look, the state of the finalised head what is there.

use std::sync::Arc;

use jsonrpsee::{core::async_trait, proc_macros::rpc};
use pallet_consent_runtime_api::ConsentApi;
use salus_primitives::{Grantee, Party, PatientId};
use sp_api::{ApiError, ApiRef, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};
use tokio::task;

use crate::{
	chain::Chain,
	index::failed,
	input::{limit, Input},
	page::{List, Page, MAX_LIMIT},
	view::{CaseView, ConsentRequestView, ErasureView, GrantView, GranteeView, Of},
	AccountId, Indexed, RpcError,
};

/// How many candidates are looked up at once, and how often for one page: what a call may cost.
const AT_ONCE: u32 = MAX_LIMIT + 1;
const LOOKS: u32 = 4;

/// Lists that run across patients.
#[rpc(server)]
pub trait ListsRpc {
	/// The grants to a grantee, lowest id first, dead ones that still stand in her lists included.
	#[method(name = "consent_grantsTo")]
	async fn grants_to(
		&self,
		grantee: Input,
		cursor: Option<Input>,
		limit: Option<Input>,
	) -> Result<Page<Of<GrantView>>, RpcError>;

	/// The requests of an account that can still be answered, lowest id first.
	#[method(name = "consent_requestsBy")]
	async fn requests_by(
		&self,
		requester: Input,
		cursor: Option<Input>,
		limit: Option<Input>,
	) -> Result<Page<Of<ConsentRequestView>>, RpcError>;

	/// The open emergency cases that a clinician opened or joined, lowest id first.
	#[method(name = "consent_openCases")]
	async fn open_cases(
		&self,
		clinician: Input,
		cursor: Option<Input>,
		limit: Option<Input>,
	) -> Result<Page<Of<CaseView>>, RpcError>;

	/// The emergency cases of an institution that nobody has reviewed, lowest id first, open ones included.
	#[method(name = "consent_reviews")]
	async fn reviews(
		&self,
		institution: Input,
		cursor: Option<Input>,
		limit: Option<Input>,
	) -> Result<Page<Of<CaseView>>, RpcError>;

	/// The erasures that a grantee has not attested, due or not, lowest id first.
	#[method(name = "consent_erasures")]
	async fn erasures(
		&self,
		grantee: Input,
		cursor: Option<Input>,
		limit: Option<Input>,
	) -> Result<Page<Of<ErasureView>>, RpcError>;
}

/// Answers from the index and the runtime.
pub struct Lists<Client, Block> {
	chain: Arc<Chain<Client, Block>>,
	indexed: Option<Indexed>,
}

/// Where to go on, and at most how many items.
struct Wanted {
	list: List,
	after: Option<u64>,
	most: u32,
}

impl Wanted {
	fn read(list: List, cursor: &Option<Input>, items: &Option<Input>) -> Result<Self, RpcError> {
		Ok(Self {
			list,
			after: list.read(cursor)?,
			most: limit(items)?,
		})
	}
}

impl<Client, Block> Lists<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Block::Header: HeaderT<Number = u32>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
{
	/// Answers from this client's runtime and this index, if the node has one.
	pub fn new(client: Arc<Client>, indexed: Option<Indexed>) -> Self {
		Self {
			chain: Arc::new(Chain::new(client)),
			indexed,
		}
	}

	/// A page of what `look_up` finds among the candidates. It is shorter than was asked for, with a cursor, where most
	/// of the candidates turned out to be on the list no more.
	async fn page<Item, Find>(
		&self,
		party: Party<AccountId>,
		wanted: Wanted,
		look_up: Find,
		id: fn(&Item) -> u64,
	) -> Result<(Vec<Item>, Option<String>), RpcError>
	where
		Item: Send + 'static,
		Find: Fn(ApiRef<'_, Client::Api>, H256, Vec<(PatientId, u64)>) -> Result<Vec<Item>, ApiError>
			+ Clone
			+ Send
			+ 'static,
	{
		let Wanted { list, mut after, most } = wanted;
		let most = usize::try_from(most).unwrap_or(usize::MAX);
		let (number, head) = self.chain.head();
		let index = Indexed::settled(&self.indexed, number).await?;
		let mut items = Vec::new();
		for _ in 0..LOOKS {
			let candidates = index.candidates(&party, after, AT_ONCE, number).await.map_err(failed)?;
			let Some((_, last)) = candidates.last().copied() else {
				return Ok((items, None));
			};
			let (chain, look_up) = (Arc::clone(&self.chain), look_up.clone());
			let found = task::spawn_blocking(move || chain.ask_at(head, |api, at| look_up(api, at, candidates)))
				.await
				.map_err(|error| {
					log::warn!(target: "salus-rpc", "a list was not looked up: {error}");
					RpcError::RuntimeFailed
				})??;
			items.extend(found);
			if items.len() > most {
				items.truncate(most);
				let next = items.last().map(|item| list.cursor(id(item)));
				return Ok((items, next));
			}
			after = Some(last);
		}
		Ok((items, after.map(|after| list.cursor(after))))
	}
}

#[async_trait]
impl<Client, Block> ListsRpcServer for Lists<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Block::Header: HeaderT<Number = u32>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
	Client::Api: ConsentApi<Block, AccountId>,
{
	async fn grants_to(
		&self,
		grantee: Input,
		cursor: Option<Input>,
		items: Option<Input>,
	) -> Result<Page<Of<GrantView>>, RpcError> {
		let grantee = grantee_of(&grantee)?;
		let wanted = Wanted::read(List::GrantsTo, &cursor, &items)?;
		let (party, to) = (Party::Grantee(grantee.clone()), grantee.clone());
		let look_up = move |api: ApiRef<'_, Client::Api>, at, ids| api.grants_to(at, to.clone(), ids);
		let (grants, next) = self.page(party, wanted, look_up, |(_, grant)| grant.id).await?;
		let items = grants.into_iter();
		Ok(Page {
			items: items
				.map(|(patient, grant)| Of::new(patient, GrantView::new(grantee.clone(), grant)))
				.collect(),
			next,
		})
	}

	async fn requests_by(
		&self,
		requester: Input,
		cursor: Option<Input>,
		items: Option<Input>,
	) -> Result<Page<Of<ConsentRequestView>>, RpcError> {
		let requester = requester.account("requester")?;
		let wanted = Wanted::read(List::RequestsBy, &cursor, &items)?;
		let (party, by) = (Party::Requester(requester.clone()), requester.clone());
		let look_up = move |api: ApiRef<'_, Client::Api>, at, ids| api.requests_by(at, by.clone(), ids);
		let (requests, next) = self.page(party, wanted, look_up, |(_, request)| request.id).await?;
		let items = requests.into_iter();
		Ok(Page {
			items: items
				.map(|(patient, request)| Of::new(patient, ConsentRequestView::new(requester.clone(), request)))
				.collect(),
			next,
		})
	}

	async fn open_cases(
		&self,
		clinician: Input,
		cursor: Option<Input>,
		items: Option<Input>,
	) -> Result<Page<Of<CaseView>>, RpcError> {
		let clinician = clinician.account("clinician")?;
		let wanted = Wanted::read(List::OpenCases, &cursor, &items)?;
		let party = Party::Clinician(clinician.clone());
		let look_up = move |api: ApiRef<'_, Client::Api>, at, ids| api.open_cases(at, clinician.clone(), ids);
		let (cases, next) = self.page(party, wanted, look_up, |(_, id, _)| *id).await?;
		Ok(Page {
			items: cases.into_iter().map(CaseView::of).collect(),
			next,
		})
	}

	async fn reviews(
		&self,
		institution: Input,
		cursor: Option<Input>,
		items: Option<Input>,
	) -> Result<Page<Of<CaseView>>, RpcError> {
		let institution = institution.small("institution")?;
		let wanted = Wanted::read(List::Reviews, &cursor, &items)?;
		let look_up = move |api: ApiRef<'_, Client::Api>, at, ids| api.unreviewed_cases(at, institution, ids);
		let (cases, next) = self
			.page(Party::Reviewer(institution), wanted, look_up, |(_, id, _)| *id)
			.await?;
		Ok(Page {
			items: cases.into_iter().map(CaseView::of).collect(),
			next,
		})
	}

	async fn erasures(
		&self,
		grantee: Input,
		cursor: Option<Input>,
		items: Option<Input>,
	) -> Result<Page<Of<ErasureView>>, RpcError> {
		let grantee = grantee_of(&grantee)?;
		let wanted = Wanted::read(List::Erasures, &cursor, &items)?;
		let party = Party::Eraser(grantee.clone());
		let look_up = move |api: ApiRef<'_, Client::Api>, at, ids| api.erasures_owed(at, grantee.clone(), ids);
		let (erasures, next) = self.page(party, wanted, look_up, |(_, id, _)| *id).await?;
		Ok(Page {
			items: erasures.into_iter().map(ErasureView::of).collect(),
			next,
		})
	}
}

/// A grantee as an object, or an account.
fn grantee_of(input: &Input) -> Result<Grantee<AccountId>, RpcError> {
	if input.0.is_string() {
		return input.account("grantee").map(Grantee::Account);
	}
	input.object::<GranteeView>("grantee").map(Into::into)
}
