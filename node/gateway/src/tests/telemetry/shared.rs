//! The running gateway has its readings' file open twice, for readings and for the rules, and a command opens it beside it.

use std::{fs, os::unix::fs::MetadataExt, process::Command};

use super::*;
use crate::telemetry::Arrivals;

const FOLDER: &str = "SALUS_SHARED_FOLDER";

/// The command: opens the file, looks, and closes it as the last one to have it would.
#[tokio::test]
#[ignore = "a process of the test below"]
async fn command_process() {
	let folder = std::path::PathBuf::from(std::env::var_os(FOLDER).unwrap());
	let arrivals = rules(&folder).await;
	assert_eq!(arrivals.after(0, 10).await.unwrap().len(), 1);
	arrivals.close().await;
}

async fn rules(folder: &Path) -> Arrivals {
	let key = LogKey::read(&folder.join("key")).unwrap();
	Arrivals::read(&folder.join("data"), genesis(), key).await.unwrap()
}

#[tokio::test]
async fn a_command_leaves_the_running_gateway_its_write_ahead_log() {
	let taking = Taking::new().await;
	let key = LogKey::read(&taking.folder.path().join("key")).unwrap();
	let arrivals = Arrivals::open(&taking.folder.path().join("data"), genesis(), key)
		.await
		.unwrap();
	taking.take(&signer(1), signed(&signer(1), 0)).await.unwrap();
	let wal = taking.folder.path().join("data/readings.sqlite-wal");
	let before = fs::metadata(&wal).unwrap().ino();

	let command = Command::new(std::env::current_exe().unwrap())
		.args(["--exact", "tests::telemetry::shared::command_process", "--ignored"])
		.env(FOLDER, taking.folder.path())
		.output()
		.unwrap();
	assert!(command.status.success(), "{}", String::from_utf8_lossy(&command.stdout));

	assert_eq!(fs::metadata(&wal).unwrap().ino(), before, "the log in use was deleted");
	taking.take(&signer(1), signed(&signer(1), 1)).await.unwrap();
	assert_eq!(arrivals.after(0, 10).await.unwrap().len(), 2);
	let (_folder, log) = taking.stop().await;
	assert_eq!(log.kept(), 2);
}
