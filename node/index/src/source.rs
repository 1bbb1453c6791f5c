//! Where the entries come from: finalised blocks, through the runtime API.

use std::{marker::PhantomData, sync::Arc};

use pallet_consent_runtime_api::ConsentApi;
use pallet_records_runtime_api::AuditApi;
use salus_primitives::{AuditEntry, Listing, PatientId};
use sp_api::{ApiError, ApiExt, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};

use crate::{AccountId, SourceError};

/// The finalised chain as the index sees it.
pub trait FinalisedBlocks: Send + Sync + 'static {
	/// Number and hash of the finalised head.
	fn head(&self) -> (u32, H256);

	/// Hash of the block of this number on the canonical chain.
	///
	/// # Errors
	/// `Failed`
	fn hash(&self, number: u32) -> Result<Option<H256>, SourceError>;

	/// The entries that the block's events carry.
	///
	/// # Errors
	/// `StatePruned`, `Failed`
	fn entries(&self, hash: H256) -> Result<Vec<(PatientId, AuditEntry<AccountId>)>, SourceError>;

	/// What the block's events did to lists that run across patients; `None` where its runtime can't say.
	///
	/// # Errors
	/// `StatePruned`, `Failed`
	fn listings(&self, hash: H256) -> Result<Option<Vec<Listing<AccountId>>>, SourceError>;

	/// All that is on such lists of these patients, after the block; `None` where its runtime can't say.
	///
	/// # Errors
	/// `StatePruned`, `Failed`
	fn listings_of(&self, hash: H256, patients: Vec<PatientId>)
		-> Result<Option<Vec<Listing<AccountId>>>, SourceError>;
}

/// The version of `ConsentApi` that knows such lists.
const LISTS: u32 = 2;

/// The chain of a node's client.
pub struct ClientBlocks<Client, Block> {
	client: Arc<Client>,
	block: PhantomData<fn() -> Block>,
}

impl<Client, Block> ClientBlocks<Client, Block> {
	/// Reads through this client.
	pub fn new(client: Arc<Client>) -> Self {
		Self {
			client,
			block: PhantomData,
		}
	}
}

impl<Client, Block> FinalisedBlocks for ClientBlocks<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Block::Header: HeaderT<Number = u32>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + 'static,
	Client::Api: AuditApi<Block, AccountId> + ConsentApi<Block, AccountId>,
{
	fn head(&self) -> (u32, H256) {
		let info = self.client.info();
		(info.finalized_number, info.finalized_hash)
	}

	fn hash(&self, number: u32) -> Result<Option<H256>, SourceError> {
		self.client
			.hash(number)
			.map_err(|error| SourceError::Failed(error.into()))
	}

	fn entries(&self, hash: H256) -> Result<Vec<(PatientId, AuditEntry<AccountId>)>, SourceError> {
		self.client.runtime_api().entries(hash).map_err(unread)
	}

	fn listings(&self, hash: H256) -> Result<Option<Vec<Listing<AccountId>>>, SourceError> {
		self.knows_lists(hash)?
			.then(|| self.client.runtime_api().listings(hash).map_err(unread))
			.transpose()
	}

	fn listings_of(
		&self,
		hash: H256,
		patients: Vec<PatientId>,
	) -> Result<Option<Vec<Listing<AccountId>>>, SourceError> {
		self.knows_lists(hash)?
			.then(|| self.client.runtime_api().listings_of(hash, patients).map_err(unread))
			.transpose()
	}
}

impl<Client, Block> ClientBlocks<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Client: ProvideRuntimeApi<Block>,
	Client::Api: ConsentApi<Block, AccountId>,
{
	/// Whether the block's runtime knows lists that run across patients.
	fn knows_lists(&self, hash: H256) -> Result<bool, SourceError> {
		let version = self
			.client
			.runtime_api()
			.api_version::<dyn ConsentApi<Block, AccountId>>(hash)
			.map_err(unread)?;
		Ok(version.is_some_and(|version| version >= LISTS))
	}
}

/// The header is known, so what is unknown is the state.
fn unread(error: ApiError) -> SourceError {
	match error {
		ApiError::UnknownBlock(_) => SourceError::StatePruned,
		error => SourceError::Failed(error.into()),
	}
}
