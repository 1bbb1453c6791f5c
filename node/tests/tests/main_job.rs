//! The main job: a FHIR bundle and a CT image from one hospital's doctor to another's, and back byte for byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use salus_tests::{account, kinds, text, Ipfs, MainJob, Node};
use salus_vault::{
	fingerprint::fingerprint,
	store::{Embedded, PayloadStore},
};
use std::{fs, io::Cursor};

/// The whole job with the embedded store; the trail is complete and says who did what.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_goes_from_one_hospital_to_the_other_and_back_byte_for_byte() {
	let node = Node::start().await;
	let job = MainJob::run(&node).await;
	let id = job.patient.id.as_str();

	let proof = job.patient.salus.types(&format!("audit verify --patient {id}")).ok();
	let trail = node.trail(id).await;
	assert_eq!(proof["entries"].as_u64().unwrap(), trail.len() as u64);
	assert_eq!(
		kinds(&trail),
		[
			"PatientRegistered",
			"GrantGiven",
			"AssignmentProposed",
			"AssignmentAccepted",
			"RecordRegistered",
			"RecordRegistered",
			"AccessRefused",
			"ConsentRequested",
			"RequestApproved",
			"AccessPermitted",
			"AccessPermitted",
			"GrantRevoked",
			"AccessRefused",
		]
	);
	let requester = account("//Bob//doctor");
	for entry in trail
		.iter()
		.filter(|entry| entry["kind"]["type"].as_str().unwrap().starts_with("Access"))
	{
		assert_eq!(
			entry["actor"],
			requester.as_str(),
			"who did it is on the trail: {entry}"
		);
	}
}

/// The whole job with a real IPFS daemon as the store, which gives the same bytes the same CIDs as the embedded store
/// and keeps them.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_job_is_done_over_an_ipfs_daemon() {
	let ipfs = Ipfs::start();
	let folder = tempfile::tempdir().unwrap();
	let credentials = folder.path().join("credentials");
	fs::write(&credentials, ipfs.credentials()).unwrap();
	fs::set_permissions(&credentials, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
	let credentials = credentials.display().to_string();
	let store = [
		"--store",
		"kubo",
		"--ipfs-api",
		&ipfs.url(),
		"--ipfs-auth-file",
		&credentials,
	];
	let node = Node::start_with(&store).await;
	let status = node.asked("vault_status", serde_json::json!([])).await;
	assert_eq!(status["store"], "kubo");

	let job = MainJob::run(&node).await;
	let embedded = Embedded::open(&folder.path().join("store")).unwrap();
	for (record, payload) in [(&job.report, "report.payload"), (&job.scan, "scan.payload")] {
		let bytes = fs::read(job.requester.folder().join(payload)).unwrap();
		let cid = text(&record["cid"]);
		assert_eq!(fingerprint(&bytes).cid.to_string(), cid);
		let stored = embedded.put(&mut Cursor::new(&bytes)).await.unwrap();
		assert_eq!(stored.to_string(), cid, "the embedded store's");
		assert_eq!(
			ipfs.run(&["dag", "stat", "--progress=false", &cid])
				.matches(&cid)
				.count(),
			1
		);
		assert!(
			ipfs.run(&["pin", "ls", "--type=recursive", "--quiet"]).contains(&cid),
			"{payload} is pinned"
		);
		let kept = ipfs.cat(&cid);
		assert!(kept == bytes, "the daemon keeps {payload} as it was encrypted");
	}
}
