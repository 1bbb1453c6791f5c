//! Which nodes are whose: the peer ids that institutions name on the finalised chain.

use std::{
	collections::{BTreeMap, HashMap, HashSet},
	sync::Arc,
};

use pallet_roles_runtime_api::RolesApi;
use parking_lot::RwLock;
use salus_primitives::{Institution, InstitutionId, Status};
use salus_runtime::AccountId;
use sc_network::{multiaddr::Protocol, Multiaddr, PeerId};
use sp_api::{ApiError, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;

use crate::service::FullClient;

/// Institutions asked for at a time.
const PAGE: u32 = 256;

/// The nodes that institutions name at the finalised head.
pub struct Directory {
	client: Arc<FullClient>,
	named: RwLock<Named>,
}

impl Directory {
	/// Reads it for the first time.
	pub fn new(client: Arc<FullClient>) -> Result<Self, ApiError> {
		let named = RwLock::new(read(&client)?);
		Ok(Self { client, named })
	}

	/// Reads it again; whether it changed.
	pub fn refresh(&self) -> Result<bool, ApiError> {
		let now = read(&self.client)?;
		let changed = *self.named.read() != now;
		if changed {
			*self.named.write() = now;
		}
		Ok(changed)
	}

	/// The active institutions that name this node.
	pub fn institutions_of(&self, peer: &PeerId) -> Vec<InstitutionId> {
		self.named.read().active.get(peer).cloned().unwrap_or_default()
	}

	/// Whether an active institution names this node.
	pub fn is_active(&self, peer: &PeerId) -> bool {
		self.named.read().active.contains_key(peer)
	}

	/// The nodes of an institution.
	pub fn nodes_of(&self, institution: InstitutionId) -> Vec<PeerId> {
		self.named.read().nodes.get(&institution).cloned().unwrap_or_default()
	}

	/// All nodes that institutions name. A suspended one's stay: its validator is needed until the council takes it out.
	pub fn all(&self) -> HashSet<PeerId> {
		self.named.read().nodes.values().flatten().copied().collect()
	}

	/// Where nodes can be reached, as their institutions say.
	pub fn addresses(&self) -> Vec<(PeerId, Multiaddr)> {
		self.named.read().addresses.clone()
	}
}

#[derive(Default, PartialEq, Eq)]
struct Named {
	active: HashMap<PeerId, Vec<InstitutionId>>,
	nodes: BTreeMap<InstitutionId, Vec<PeerId>>,
	addresses: Vec<(PeerId, Multiaddr)>,
}

fn read(client: &FullClient) -> Result<Named, ApiError> {
	let (api, head) = (client.runtime_api(), client.info().finalized_hash);
	let mut named = Named::default();
	let mut from = 0;
	loop {
		let page = api.institutions(head, from, PAGE)?;
		let Some((last, _)) = page.last() else {
			return Ok(named);
		};
		from = last.saturating_add(1);
		for (id, institution) in &page {
			named.add(*id, institution);
		}
	}
}

impl Named {
	fn add(&mut self, id: InstitutionId, institution: &Institution<AccountId>) {
		// What is no peer id or no address says nothing about any node; the council admitted it all the same.
		let peers: Vec<_> = institution
			.peer_ids
			.iter()
			.filter_map(|bytes| PeerId::from_bytes(bytes).ok())
			.collect();
		for bytes in &institution.addresses {
			let Ok(address) = Multiaddr::try_from(bytes.to_vec()) else {
				continue;
			};
			self.addresses.extend(located(address, &peers));
		}
		if institution.status == Status::Active {
			for peer in &peers {
				self.active.entry(*peer).or_default().push(id);
			}
		}
		self.nodes.insert(id, peers);
	}
}

/// An address with a peer id is that node's, if the institution names it; one without may be any of its nodes'.
fn located(address: Multiaddr, peers: &[PeerId]) -> Vec<(PeerId, Multiaddr)> {
	let mut bare = address.clone();
	match bare.pop() {
		Some(Protocol::P2p(hash)) => PeerId::from_multihash(hash)
			.ok()
			.filter(|peer| peers.contains(peer))
			.map(|peer| (peer, bare))
			.into_iter()
			.collect(),
		_ => peers.iter().map(|peer| (*peer, address.clone())).collect(),
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]

	use super::*;
	use salus_primitives::{HpkeKey, InstitutionKind};
	use sp_runtime::BoundedVec;

	fn institution(peers: &[PeerId], addresses: &[&[u8]]) -> Institution<AccountId> {
		let peers = peers.iter().map(|peer| BoundedVec::truncate_from(peer.to_bytes()));
		let addresses = addresses
			.iter()
			.map(|address| BoundedVec::truncate_from(address.to_vec()));
		Institution {
			peer_ids: BoundedVec::truncate_from(peers.collect()),
			addresses: BoundedVec::truncate_from(addresses.collect()),
			..Institution::bare(InstitutionKind::Hospital, HpkeKey::X25519([0; 32]))
		}
	}

	#[test]
	fn a_suspended_institution_names_its_nodes_and_none_is_active() {
		let (one, two) = (PeerId::random(), PeerId::random());
		let mut named = Named::default();
		named.add(0, &institution(&[one], &[]));
		let suspended = Institution {
			status: Status::Suspended,
			..institution(&[two], &[])
		};
		named.add(1, &suspended);
		assert_eq!(named.active.get(&one), Some(&vec![0]));
		assert_eq!(named.active.get(&two), None);
		assert_eq!(named.nodes.values().flatten().count(), 2);
	}

	#[test]
	fn what_is_no_peer_id_or_address_is_passed_over() {
		let mut named = Named::default();
		let mut odd = institution(&[PeerId::random()], &[&[1, 2, 3]]);
		odd.peer_ids.try_push(BoundedVec::truncate_from(vec![9; 10])).unwrap();
		named.add(7, &odd);
		assert_eq!(named.nodes.get(&7).map(Vec::len), Some(1));
		assert!(named.addresses.is_empty());
	}

	#[test]
	fn an_address_is_that_of_the_node_it_names() {
		let (one, two) = (PeerId::random(), PeerId::random());
		let bare: Multiaddr = "/ip4/10.0.0.1/tcp/30333".parse().unwrap();
		let whole = |peer: PeerId| bare.clone().with(Protocol::P2p(peer.into()));
		assert_eq!(located(whole(one), &[one, two]), [(one, bare.clone())]);
		assert_eq!(
			located(bare.clone(), &[one, two]),
			[(one, bare.clone()), (two, bare.clone())]
		);
		assert!(located(whole(PeerId::random()), &[one, two]).is_empty());
	}
}
