//! Asking the runtime at a block.

use std::{marker::PhantomData, sync::Arc};

use sp_api::{ApiError, ApiRef, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, NumberFor};

use crate::{
	input::{given, Input},
	RpcError,
};

/// The runtime APIs of a client.
pub(crate) struct Chain<Client, Block> {
	client: Arc<Client>,
	block: PhantomData<fn() -> Block>,
}

impl<Client, Block> Chain<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block>,
{
	pub(crate) fn new(client: Arc<Client>) -> Self {
		Self {
			client,
			block: PhantomData,
		}
	}

	/// Asks at the block that was named, else at the finalised head.
	pub(crate) fn ask<T>(
		&self,
		at: &Option<Input>,
		question: impl FnOnce(ApiRef<'_, Client::Api>, H256) -> Result<T, ApiError>,
	) -> Result<T, RpcError> {
		self.ask_at(self.block(at)?, question)
	}

	/// Asks at a block that this node has.
	pub(crate) fn ask_at<T>(
		&self,
		at: H256,
		question: impl FnOnce(ApiRef<'_, Client::Api>, H256) -> Result<T, ApiError>,
	) -> Result<T, RpcError> {
		question(self.client.runtime_api(), at).map_err(|error| match error {
			// The header is known, so what is unknown is the state.
			ApiError::UnknownBlock(_) => RpcError::StatePruned(at),
			error => {
				log::warn!(target: "salus-rpc", "the runtime call at {at} failed: {error}");
				RpcError::RuntimeFailed
			}
		})
	}

	/// Number and hash of the finalised head.
	pub(crate) fn head(&self) -> (NumberFor<Block>, H256) {
		let info = self.client.info();
		(info.finalized_number, info.finalized_hash)
	}

	/// The chain's genesis hash.
	pub(crate) fn genesis(&self) -> H256 {
		self.client.info().genesis_hash
	}

	fn block(&self, at: &Option<Input>) -> Result<H256, RpcError> {
		let Some(at) = given(at) else {
			return Ok(self.client.info().finalized_hash);
		};
		let hash = at.hash("at")?;
		match self.client.number(hash) {
			Ok(Some(_)) => Ok(hash),
			Ok(None) => Err(RpcError::UnknownBlock(hash)),
			Err(error) => {
				log::warn!(target: "salus-rpc", "block {hash} was not read: {error}");
				Err(RpcError::RuntimeFailed)
			}
		}
	}
}
