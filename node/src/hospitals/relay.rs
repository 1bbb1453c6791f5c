//! What this node asks of other hospitals for its own people: releases of their records' keys, and the ciphertexts.

use std::{num::NonZeroU32, sync::Arc};

use codec::{DecodeAll, Encode};
use pallet_roles_runtime_api::RolesApi;
use salus_primitives::InstitutionId;
use salus_rpc::{ReleaseRefused, VaultUnavailable};
use salus_runtime::AccountId;
use salus_vault::{
	between::{RelayedRequest, ReleaseReply, MAX_RELEASE_LEN, RELEASE_PROTOCOL},
	chain::RecordView,
	desk::{permission, Release, ReleaseError},
	request::ReleaseRequest,
	Outcomes, SystemClock,
};
use sc_network::{service::traits::NetworkService, IfDisconnected, PeerId};
use sp_api::{ApiError, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use tokio::task;

use super::{blocks::PeerBlocks, directory::Directory, pace::Pace, protocol::MALFORMED};
use crate::{service::FullClient, vault::NodeChain};

/// Releases and downloads that one account may ask for in a second.
const EACH_SECOND: NonZeroU32 = match NonZeroU32::new(20) {
	Some(number) => number,
	None => NonZeroU32::MIN,
};

/// Asks other hospitals' nodes.
pub struct Relay {
	network: Arc<dyn NetworkService>,
	directory: Arc<Directory>,
	asked: Arc<Asked>,
	outcomes: Arc<Outcomes>,
	blocks: Arc<Outcomes>,
}

/// What is asked of this node before anything goes out.
struct Asked {
	client: Arc<FullClient>,
	chain: Arc<NodeChain>,
	/// Institutions whose keys this node holds.
	keeps: Vec<InstitutionId>,
	directory: Arc<Directory>,
	node: PeerId,
	pace: Pace<AccountId>,
}

impl Relay {
	/// Asks by this network, for the people of the institutions whose keys the node holds or that name it.
	pub fn new(
		network: Arc<dyn NetworkService>,
		directory: Arc<Directory>,
		client: Arc<FullClient>,
		chain: Arc<NodeChain>,
		keeps: Vec<InstitutionId>,
	) -> Self {
		let asked = Asked {
			client,
			chain,
			keeps,
			directory: Arc::clone(&directory),
			node: network.local_peer_id(),
			pace: Pace::new(EACH_SECOND),
		};
		Self {
			network,
			directory,
			asked: Arc::new(asked),
			outcomes: Arc::default(),
			blocks: Arc::default(),
		}
	}

	/// What was brought back, and why not.
	pub fn outcomes(&self) -> Arc<Outcomes> {
		Arc::clone(&self.outcomes)
	}

	/// What became of the blocks asked for.
	pub fn blocks(&self) -> Arc<Outcomes> {
		Arc::clone(&self.blocks)
	}

	/// Brings the release from the custodian's node.
	pub async fn release(&self, request: ReleaseRequest, signature: Vec<u8>) -> Result<Release, ReleaseRefused> {
		let result = self.ask(request, signature).await;
		self.outcomes.count(result, ReleaseRefused::code)
	}

	async fn ask(&self, request: ReleaseRequest, signature: Vec<u8>) -> Result<Release, ReleaseRefused> {
		let custodian = request.custodian;
		let nodes = self.nodes(custodian)?;
		let asked = Arc::clone(&self.asked);
		let relayed = aside(move || {
			permission::check_request(&*asked.chain, &request, &signature)?;
			asked.check_requester(&request)?;
			Ok(RelayedRequest { request, signature })
		})
		.await?;
		let message = relayed.encode();
		let mut refused = ReleaseRefused::Unreachable(custodian);
		for node in nodes {
			match self.ask_node(node, message.clone()).await {
				Some(ReleaseReply::Released(release)) => return Ok(release),
				Some(ReleaseReply::Refused { number, reason }) => match ReleaseError::of_another_desk(number, reason) {
					Some(error) => return Err(error.into()),
					None => refused = ReleaseRefused::BadReply(custodian),
				},
				Some(ReleaseReply::Busy) => refused = ReleaseRefused::Busy(custodian),
				Some(ReleaseReply::NoDesk) | None => {}
			}
		}
		Err(refused)
	}

	/// The node's reply; none when it gives none.
	async fn ask_node(&self, node: PeerId, message: Vec<u8>) -> Option<ReleaseReply> {
		let answer = self
			.network
			.request(node, RELEASE_PROTOCOL.into(), message, None, IfDisconnected::TryConnect)
			.await;
		let (bytes, _) = answer
			.inspect_err(|error| log::debug!(target: "salus", "{node} released nothing: {error}"))
			.ok()?;
		let reply = (bytes.len() <= MAX_RELEASE_LEN).then(|| ReleaseReply::decode_all(&mut bytes.as_slice()).ok());
		let reply = reply.flatten();
		if reply.is_none() {
			self.network.report_peer(node, MALFORMED);
		}
		reply
	}

	/// Whether the request's signer, one of this node's own people, may fetch another custodian's ciphertext now.
	pub async fn authorise(&self, request: ReleaseRequest, signature: Vec<u8>) -> Result<RecordView, ReleaseRefused> {
		let asked = Arc::clone(&self.asked);
		self.nodes(request.custodian)?;
		aside(move || {
			let record = permission::check(&*asked.chain, &SystemClock, &request, &signature)?;
			asked.check_requester(&request)?;
			Ok(record)
		})
		.await
	}

	/// The blocks that an institution's nodes keep.
	pub fn blocks_of(&self, institution: InstitutionId) -> PeerBlocks {
		PeerBlocks::new(
			Arc::clone(&self.network),
			self.directory.nodes_of(institution),
			self.blocks(),
		)
	}

	fn nodes(&self, custodian: InstitutionId) -> Result<Vec<PeerId>, ReleaseRefused> {
		let mut nodes = self.directory.nodes_of(custodian);
		nodes.retain(|node| *node != self.asked.node);
		if nodes.is_empty() {
			return Err(ReleaseRefused::NotHere(custodian));
		}
		Ok(nodes)
	}
}

impl Asked {
	/// The requester is one of this node's own people and does not ask too often.
	fn check_requester(&self, request: &ReleaseRequest) -> Result<(), ReleaseRefused> {
		let requester = AccountId::new(request.requester);
		let own = self.is_own(&requester).map_err(|error| {
			log::warn!(target: "salus", "the relay could not ask the chain: {error}");
			VaultUnavailable
		})?;
		if !own {
			return Err(ReleaseRefused::ForeignRequester);
		}
		if !self.pace.allows(&requester) {
			return Err(ReleaseRefused::TooManyRequests);
		}
		Ok(())
	}

	/// A patient, somebody with a credential, or somebody at home there.
	fn is_own(&self, account: &AccountId) -> Result<bool, ApiError> {
		let (api, head) = (self.client.runtime_api(), self.client.info().finalized_hash);
		let mut institutions = self.directory.institutions_of(&self.node);
		institutions.extend(&self.keeps);
		if let Some(home) = api.home(head, account.clone())? {
			if institutions.contains(&home) {
				return Ok(true);
			}
		}
		if let Some(patient) = api.patient_of(head, account.clone())? {
			let patient = api.patient(head, patient)?;
			if patient.is_some_and(|patient| institutions.contains(&patient.institution)) {
				return Ok(true);
			}
		}
		for institution in institutions {
			if api.credential(head, account.clone(), institution)?.is_some() {
				return Ok(true);
			}
		}
		Ok(false)
	}
}

/// Runs what may block where it may.
async fn aside<T: Send + 'static>(
	work: impl FnOnce() -> Result<T, ReleaseRefused> + Send + 'static,
) -> Result<T, ReleaseRefused> {
	task::spawn_blocking(work).await.unwrap_or_else(|error| {
		log::error!(target: "salus", "a relay was cut short: {error}");
		Err(VaultUnavailable.into())
	})
}
