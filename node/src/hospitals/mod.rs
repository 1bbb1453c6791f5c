//! Between hospitals: which nodes are let in, and what they ask each other over the chain's own network.

mod admission;
mod blocks;
mod directory;
mod lateness;
mod pace;
mod protocol;
mod relay;
mod release;

use std::{collections::HashSet, sync::Arc};

use prometheus_endpoint::Registry;
use salus_runtime::{opaque::Block, Hash};
use salus_vault::between::{
	BLOCK_PROTOCOL, MAX_BLOCK_REPLY_LEN, MAX_BLOCK_REQUEST_LEN, MAX_RELEASE_LEN, RELEASE_PROTOCOL,
};
use sc_network::{
	config::{FullNetworkConfiguration, NetworkConfiguration},
	service::traits::NetworkService,
	NetworkBackend, PeerId,
};
use sc_service::{error::Error, TaskManager};
use sp_consensus::SyncOracle;

use crate::{
	metrics,
	service::FullClient,
	vault::{Desks, NodeChain, Releases},
};
use blocks::OwnBlocks;
use directory::Directory;
use protocol::{Requests, Server};
use release::ReleaseDesks;

pub use relay::Relay;

/// The other hospitals, before there is a network.
pub struct Hospitals {
	client: Arc<FullClient>,
	desks: Option<Arc<Desks>>,
	directory: Arc<Directory>,
	named_here: HashSet<PeerId>,
}

impl Hospitals {
	/// Reads who they are, and closes the network to everybody else.
	pub fn new(
		config: &mut NetworkConfiguration,
		client: Arc<FullClient>,
		desks: Option<Arc<Desks>>,
	) -> Result<Self, Error> {
		let directory = Directory::new(client.clone()).map_err(|error| Error::Application(error.into()))?;
		Ok(Self {
			client,
			desks,
			directory: Arc::new(directory),
			named_here: admission::close_to_strangers(config),
		})
	}

	/// Adds the protocols that the hospitals' nodes speak.
	pub fn listen<N: NetworkBackend<Block, Hash>>(
		self,
		config: &mut FullNetworkConfiguration<Block, Hash, N>,
	) -> Listening {
		let (release, releases) = protocol::new::<N>(RELEASE_PROTOCOL, MAX_RELEASE_LEN, MAX_RELEASE_LEN);
		let (block, blocks) = protocol::new::<N>(BLOCK_PROTOCOL, MAX_BLOCK_REQUEST_LEN, MAX_BLOCK_REPLY_LEN);
		config.add_request_response_protocol(release);
		config.add_request_response_protocol(block);
		Listening {
			hospitals: self,
			releases,
			blocks,
		}
	}
}

/// The same with the requests that come in.
pub struct Listening {
	hospitals: Hospitals,
	releases: Requests,
	blocks: Requests,
}

impl Listening {
	/// Answers the requests, lets in whom the chain names, and asks other hospitals for this node's people.
	pub fn start(
		self,
		network: Arc<dyn NetworkService>,
		sync: Arc<dyn SyncOracle + Send + Sync>,
		chain: Arc<NodeChain>,
		registry: Option<&Registry>,
		tasks: &TaskManager,
	) -> Result<Arc<Releases>, Error> {
		let Self {
			hospitals,
			releases,
			blocks,
		} = self;
		let Hospitals {
			client,
			desks,
			directory,
			named_here,
		} = hospitals;
		let own_blocks = OwnBlocks(desks.as_ref().map(|desks| desks.holdings().clone()));
		let block_desk = Server::new(own_blocks, directory.clone());
		let release_desk = Server::new(ReleaseDesks(desks.clone()), directory.clone());
		let keeps = desks.iter().flat_map(|desks| desks.custodians()).map(|(id, _)| id);
		let relay = Relay::new(
			network.clone(),
			directory.clone(),
			client.clone(),
			chain,
			keeps.collect(),
		);
		if let Some(registry) = registry {
			let counted = vec![
				(
					"salus_peer_releases",
					"Keys released to other hospitals' nodes",
					release_desk.outcomes(),
				),
				(
					"salus_peer_blocks",
					"Blocks sent to other hospitals' nodes",
					block_desk.outcomes(),
				),
				(
					"salus_relayed_releases",
					"Keys brought from other hospitals' nodes",
					relay.outcomes(),
				),
				(
					"salus_fetched_blocks",
					"Blocks fetched from other hospitals' nodes",
					relay.blocks(),
				),
			];
			metrics::register_network(registry, counted)?;
		}

		let spawner = tasks.spawn_essential_handle();
		let admitting = admission::admit(client, network, sync, directory, named_here);
		spawner.spawn("hospitals-admission", Some("salus"), admitting);
		spawner.spawn("hospitals-release", Some("salus"), release_desk.serve(releases));
		spawner.spawn("hospitals-block", Some("salus"), block_desk.serve(blocks));
		Ok(Arc::new(Releases::new(desks, Some(relay))))
	}
}
