//! Who is let in: nodes that an institution names, and those that this node's operator names on the command line.

use std::{
	collections::HashSet,
	sync::Arc,
	time::{Duration, Instant},
};

use futures::StreamExt;
use sc_client_api::BlockchainEvents;
use sc_network::{
	config::{NetworkConfiguration, NonReservedPeerMode},
	service::traits::NetworkService,
	PeerId, ReputationChange,
};
use sp_consensus::SyncOracle;
use tokio::time::MissedTickBehavior;

use super::{
	directory::Directory,
	lateness::{Lateness, Remedy},
};
use crate::service::FullClient;

/// From the first connection on nobody gets a slot for notifications who is not named. What the operator named: boot
/// nodes and reserved nodes, by which a new hospital's node reaches the chain that will name it.
pub fn close_to_strangers(config: &mut NetworkConfiguration) -> HashSet<PeerId> {
	let set = &mut config.default_peers_set;
	set.non_reserved_mode = NonReservedPeerMode::Deny;
	for node in &config.boot_nodes {
		if !set.reserved_nodes.iter().any(|known| known.peer_id == node.peer_id) {
			set.reserved_nodes.push(node.clone());
		}
	}
	set.reserved_nodes.iter().map(|node| node.peer_id).collect()
}

/// Lets in what the finalised chain names, as it changes, and brings hospitals together that were parted.
pub async fn admit(
	client: Arc<FullClient>,
	network: Arc<dyn NetworkService>,
	sync: Arc<dyn SyncOracle + Send + Sync>,
	directory: Arc<Directory>,
	named_here: HashSet<PeerId>,
) {
	let mut finality = client.finality_notification_stream();
	let ours = network.local_peer_id();
	if directory.institutions_of(&ours).is_empty() {
		log::warn!(
			target: "salus",
			"No active institution names this node ({ours}): hospitals that were not told otherwise refuse it"
		);
	}
	let mut lateness = Lateness::new(Instant::now());
	let mut seconds = tokio::time::interval(Duration::from_secs(1));
	seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
	loop {
		let mut admitted = directory.all();
		admitted.extend(&named_here);
		admitted.remove(&ours);
		for (peer, address) in directory.addresses() {
			network.add_known_address(peer, address);
		}
		network.set_authorized_peers(admitted.clone());
		loop {
			tokio::select! {
				block = finality.next() => {
					if block.is_none() {
						return;
					}
					lateness = Lateness::new(Instant::now());
					match directory.refresh() {
						Ok(true) => break,
						Ok(false) => {}
						Err(error) => log::warn!(target: "salus", "the institutions' nodes were not read: {error}"),
					}
				}
				_ = seconds.tick() => match lateness.remedy(Instant::now(), sync.is_major_syncing()) {
					Remedy::None => {}
					Remedy::Forgive => forgive(&*network, &admitted),
					Remedy::Reconnect => {
						forgive(&*network, &admitted);
						log::info!(target: "salus", "Nothing becomes final: connecting to the hospitals' nodes anew");
						network.set_authorized_peers(HashSet::new());
						network.set_authorized_peers(admitted.clone());
					}
				},
			}
		}
	}
}

/// No named node is refused for what it answered while finality stands still.
fn forgive(network: &dyn NetworkService, named: &HashSet<PeerId>) {
	for peer in named {
		let reputation = network.peer_reputation(peer);
		if reputation < 0 {
			network.report_peer(
				*peer,
				ReputationChange::new(reputation.saturating_neg(), "finality is late"),
			);
		}
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]

	use super::*;
	use sc_network::config::MultiaddrWithPeerId;

	#[test]
	fn boot_nodes_are_let_in_and_strangers_are_not() {
		let node = || MultiaddrWithPeerId {
			multiaddr: "/ip4/10.0.0.1/tcp/30333".parse().unwrap(),
			peer_id: PeerId::random(),
		};
		let (boot, reserved) = (node(), node());
		let mut config = NetworkConfiguration::new("node", "test", Default::default(), None);
		config.boot_nodes = vec![boot.clone(), reserved.clone()];
		config.default_peers_set.reserved_nodes = vec![reserved.clone()];
		let named = close_to_strangers(&mut config);
		assert_eq!(named, HashSet::from([boot.peer_id, reserved.peer_id]));
		assert_eq!(config.default_peers_set.reserved_nodes.len(), 2);
		assert_eq!(config.default_peers_set.non_reserved_mode, NonReservedPeerMode::Deny);
	}
}
