//! The four hospitals of the preset `local`, with a validator each.

use crate::{free_ports, node_key, printed, salus_node, until, Host, Node, Stopped};
use serde_json::{json, Value};
use std::fs;

/// Their validators' names, hospital 0 first.
pub const HOSPITALS: [&str; 4] = ["alice", "bob", "eve", "ferdie"];

/// Their nodes, not running yet: each on a port that stays the same, knowing the others' addresses, custodian of its own
/// hospital; with these further arguments. On these hosts, or else on this machine.
pub fn hospitals(hosts: Option<&[Host]>, more: &[&str]) -> [Stopped; 4] {
	let ports = free_ports::<4>();
	let folder = tempfile::tempdir().unwrap();
	let keys = HOSPITALS.map(|name| hex::encode(node_key(name)));
	let address = |index: usize| {
		let file = folder.path().join(HOSPITALS[index]);
		fs::write(&file, &keys[index]).unwrap();
		let peer = printed(&salus_node(&[
			"key",
			"inspect-node-key",
			"--file",
			file.to_str().unwrap(),
		]));
		let host = hosts.map_or("127.0.0.1".into(), |hosts| hosts[index].address().to_string());
		format!("/ip4/{host}/tcp/{}/p2p/{}", ports[index], peer.trim())
	};
	let addresses = [0, 1, 2, 3].map(address);
	[0, 1, 2, 3].map(|index| {
		let (name, custodian) = (format!("--{}", HOSPITALS[index]), index.to_string());
		let mut args = vec!["--chain", "local", "--no-mdns", &name, "--node-key", &keys[index]];
		args.extend(["--development-custodian", &custodian]);
		for (other, address) in addresses.iter().enumerate() {
			if other != index {
				args.extend(["--bootnodes", address]);
			}
		}
		let stopped = Stopped::new(&[&args[..], more].concat()).on_port(ports[index]);
		match hosts {
			Some(hosts) => stopped.on_host(&hosts[index]),
			None => stopped,
		}
	})
}

/// The hospitals' nodes, running, when each has finalised a block.
pub async fn started(nodes: [Stopped; 4]) -> [Node; 4] {
	let [alice, bob, eve, ferdie] = nodes;
	let (alice, bob, eve, ferdie) = tokio::join!(alice.start(), bob.start(), eve.start(), ferdie.start());
	let nodes = [alice, bob, eve, ferdie];
	for node in &nodes {
		node.blocks(1).await;
	}
	nodes
}

/// Waits until all of these have finalised this block, and fails unless it is the same one.
pub async fn agree(nodes: &[&Node], number: u64) -> Value {
	let mut hashes = Vec::new();
	for node in nodes {
		until("finality", || async {
			node.finalised().await.filter(|found| *found >= number)
		})
		.await;
		hashes.push(node.asked("chain_getBlockHash", json!([number])).await);
	}
	assert!(
		hashes.iter().all(|hash| *hash == hashes[0]),
		"block {number}: {hashes:?}"
	);
	hashes[0].clone()
}
