//! Four hospitals, each with a node, a vault and a store of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod hostile;
mod releases;
mod strangers;

use std::{fs, os::unix::fs::PermissionsExt};

use salus_tests::{hospitals, started, Ipfs, MainJob};
use tempfile::TempDir;

/// The whole job between the nodes of two hospitals with the embedded store; then who is let in, what is relayed, and
/// what a hostile node of a hospital can do.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_goes_from_one_hospital_s_node_to_the_other_s() {
	let nodes = started(hospitals(None, &[])).await;
	let [alice, bob, ..] = &nodes;
	MainJob::between(alice, bob).await;
	assert_eq!(bob.metric("salus_relayed_releases_total", &[]).await, 2);
	assert_eq!(alice.metric("salus_peer_releases_total", &[]).await, 2);
	assert_eq!(
		bob.metric("salus_relayed_releases_refused_total", &["Revoked"]).await
			+ bob
				.metric("salus_relayed_releases_refused_total", &["NotPermitted"])
				.await,
		1
	);
	let fetched = bob.metric("salus_fetched_blocks_total", &[]).await;
	assert!(fetched >= 2, "{fetched} blocks");
	assert_eq!(alice.metric("salus_peer_blocks_total", &[]).await, fetched);

	strangers::get_no_slot_and_no_answer(bob).await;
	releases::are_for_their_requester_alone(alice, bob).await;
	hostile::requests_change_nothing(alice, bob).await;
	hostile::node_s_blocks_are_not_taken(nodes).await;
}

/// The whole job between two hospitals, each with an IPFS daemon of its own in one private swarm, through which the
/// ciphertext goes.
#[tokio::test(flavor = "multi_thread")]
async fn the_ciphertext_goes_through_the_private_swarm() {
	let daemons = [Ipfs::start(), Ipfs::start()];
	daemons[1].connect(&daemons[0]);
	let folder = tempfile::tempdir().unwrap();
	let [alice, bob, eve, ferdie] = hospitals(None, &[]);
	let over = |daemon: &Ipfs| {
		let credentials = credentials(&folder, daemon);
		[
			"--store",
			"kubo",
			"--ipfs-api",
			&daemon.url(),
			"--ipfs-auth-file",
			&credentials,
		]
		.map(ToOwned::to_owned)
	};
	let nodes = [alice.and(&over(&daemons[0])), bob.and(&over(&daemons[1])), eve, ferdie];
	let [alice, bob, ..] = &started(nodes).await;
	MainJob::between(alice, bob).await;
	assert_eq!(bob.metric("salus_relayed_releases_total", &[]).await, 2);
	assert_eq!(
		bob.metric("salus_fetched_blocks_total", &[]).await,
		0,
		"the swarm brought them"
	);
	assert_eq!(alice.metric("salus_peer_blocks_total", &[]).await, 0);
}

fn credentials(folder: &TempDir, daemon: &Ipfs) -> String {
	let path = folder.path().join("credentials");
	fs::write(&path, daemon.credentials()).unwrap();
	fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
	path.display().to_string()
}
