//! The RPC methods beyond the SDK's own.

use std::sync::Arc;

use futures::StreamExt;
use jsonrpsee::RpcModule;
use salus_rpc::{Indexed, ReleaseDesk};
use salus_runtime::{opaque::Block, BlockNumber, Hash};
use sc_client_api::BlockchainEvents;
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use sc_transaction_pool::TransactionPoolHandle;
use substrate_frame_rpc_system::{System, SystemApiServer};

use crate::service::{FullBackend, FullClient};

/// What the methods ask.
#[derive(Clone)]
pub struct Sources {
	pub client: Arc<FullClient>,
	pub pool: Arc<TransactionPoolHandle<Block, FullClient>>,
	/// None on a node that joined by warp sync.
	pub indexed: Option<Indexed>,
	pub desk: Option<Arc<dyn ReleaseDesk>>,
	pub grandpa: GrandpaSources,
}

/// What the GRANDPA methods ask.
#[derive(Clone)]
pub struct GrandpaSources {
	pub voter_state: SharedVoterState,
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
	pub justifications: GrandpaJustificationStream<Block>,
	pub proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// All of them.
pub fn module(
	sources: Sources,
	executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, jsonrpsee::core::RegisterMethodError> {
	let Sources {
		client,
		pool,
		indexed,
		desk,
		grandpa,
	} = sources;
	let GrandpaSources {
		voter_state,
		authority_set,
		justifications,
		proofs,
	} = grandpa;
	let mut module = RpcModule::new(());
	module.merge(System::new(client.clone(), pool).into_rpc())?;
	module.merge(Grandpa::new(executor, authority_set, voter_state, justifications, proofs).into_rpc())?;
	let events = client.clone();
	let finality = Arc::new(move || events.finality_notification_stream().map(|_| ()).boxed());
	module.merge(salus_rpc::module::<Block, _>(client, indexed, desk, finality)?)?;
	Ok(module)
}
