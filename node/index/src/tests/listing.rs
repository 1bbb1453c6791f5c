use std::{path::Path, sync::Arc};

use salus_primitives::{AuditEntry, Grantee, Listing, Party, PatientId};
use sqlx::{sqlite::SqliteConnectOptions, Executor, SqlitePool};

use super::{entry, genesis, grantee, hash, listing, Chain, Disk};
use crate::{AccountId, AuditIndex, BlockEntries, Follower, IndexError};

async fn follower(index: &AuditIndex, chain: &Chain) -> Follower<Chain> {
	Follower::resume(index.clone(), Arc::new(chain.clone())).await.unwrap()
}

async fn ids(index: &AuditIndex, finalised: u32) -> Vec<u64> {
	let found = index.candidates(&grantee(), None, 256, finalised).await.unwrap();
	found.into_iter().map(|(_, id)| id).collect()
}

async fn not_listed(index: &AuditIndex) {
	let error = index.candidates(&grantee(), None, 256, u32::MAX).await.unwrap_err();
	assert!(matches!(error, IndexError::NotListed), "{error}");
}

fn block(number: u32, entries: Vec<(PatientId, AuditEntry<AccountId>)>, said: Vec<Listing<AccountId>>) -> BlockEntries {
	BlockEntries {
		number,
		hash: hash(number),
		entries,
		listings: Some(said),
	}
}

/// The file as the program before this one wrote it, with these blocks in it.
async fn file_of_version_1(path: &Path, blocks: &[BlockEntries]) {
	std::fs::create_dir_all(path.parent().unwrap()).unwrap();
	let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
	let pool = SqlitePool::connect_with(options).await.unwrap();
	pool.execute(
		"CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 0), version BIGINT NOT NULL, genesis BLOB NOT NULL, \
		 number BIGINT NOT NULL, hash BLOB NOT NULL);
		 CREATE TABLE entries (patient BIGINT NOT NULL, seq BIGINT NOT NULL, block BIGINT NOT NULL, at BIGINT NOT NULL, \
		 actor BLOB, kind BLOB NOT NULL, PRIMARY KEY (patient, seq));",
	)
	.await
	.unwrap();
	let last = blocks.last().unwrap();
	sqlx::query("INSERT INTO meta VALUES (0, 1, ?, ?, ?)")
		.bind(genesis().as_bytes())
		.bind(last.number)
		.bind(last.hash.as_bytes())
		.execute(&pool)
		.await
		.unwrap();
	for block in blocks {
		for (patient, entry) in &block.entries {
			sqlx::query("INSERT INTO entries VALUES (?, ?, ?, ?, NULL, ?)")
				.bind(*patient as i64)
				.bind(entry.seq as i64)
				.bind(block.number)
				.bind(entry.at as i64)
				.bind(codec::Encode::encode(&entry.kind))
				.execute(&pool)
				.await
				.unwrap();
		}
	}
	pool.close().await;
}

#[tokio::test]
async fn a_new_index_lists_what_each_block_does() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	let mut follower = follower(&index, &chain).await;
	assert!(!follower.is_listed());
	follower.catch_up().await.unwrap();
	assert!(follower.is_listed());
	assert_eq!(index.listed().await.unwrap(), Some(0));
	assert!(ids(&index, 0).await.is_empty());
	chain.import(&[7, 8]);
	chain.import(&[]);
	chain.import(&[7]);
	chain.finalise(3);
	follower.catch_up().await.unwrap();
	assert_eq!(ids(&index, 3).await, [71, 72, 81]);
	assert_eq!(index.listed().await.unwrap(), Some(0));
}

#[tokio::test]
async fn candidates_come_in_pages_lowest_id_first_and_for_one_party_only() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	chain.import(&[1, 2, 3]);
	chain.finalise(1);
	follower(&index, &chain).await.catch_up().await.unwrap();
	let page = |after, limit| {
		let index = index.clone();
		async move { index.candidates(&grantee(), after, limit, 1).await.unwrap() }
	};
	assert_eq!(page(None, 2).await, [(1, 11), (2, 21)]);
	assert_eq!(page(Some(21), 2).await, [(3, 31)]);
	assert_eq!(page(Some(31), 2).await, []);
	assert_eq!(page(Some(u64::MAX), 2).await, []);
	// The same institution's other lists, and another institution's same one.
	for party in [
		Party::Eraser(Grantee::Institution(1)),
		Party::Grantee(Grantee::Assigned(1)),
		Party::Reviewer(1),
		Party::Grantee(Grantee::Institution(2)),
	] {
		assert_eq!(index.candidates(&party, None, 8, 1).await.unwrap(), []);
	}
}

#[tokio::test]
async fn what_left_a_list_is_a_candidate_until_that_is_final() {
	let disk = Disk::new();
	let index = disk.open().await;
	follower(&index, &Chain::default()).await.catch_up().await.unwrap();
	// The entries are of the times 1000, 2000 and 3000.
	let blocks = [
		block(
			1,
			vec![(1, entry(1))],
			vec![listing(1, 5, None), listing(1, 6, Some(2_000))],
		),
		block(2, vec![(1, entry(2))], vec![listing(1, 7, Some(9_000))]),
		block(
			3,
			vec![(1, entry(3))],
			vec![listing(1, 5, Some(3_000)), listing(1, 6, Some(8_000))],
		),
	];
	index.append(&blocks[..2]).await.unwrap();
	assert_eq!(ids(&index, 0).await, [5, 6, 7]);
	assert_eq!(ids(&index, 1).await, [5, 6, 7]);
	assert_eq!(ids(&index, 2).await, [5, 7], "6 ended with the second block");
	// The index is ahead of finality by a block: it is too early to leave anything out.
	index.append(&blocks[2..]).await.unwrap();
	assert_eq!(ids(&index, 2).await, [5, 6, 7], "6 is there again");
	assert_eq!(ids(&index, 3).await, [6, 7]);
}

#[tokio::test]
async fn a_file_of_version_1_is_filled_from_the_state() {
	let disk = Disk::new();
	let chain = Chain::default();
	let patients: Vec<PatientId> = (0..200).collect();
	chain.import(&patients);
	chain.import(&[7]);
	chain.finalise(2);
	file_of_version_1(disk.path(), &chain.blocks(1..=2)).await;
	// The past's states are gone; the head's is not.
	chain.prune(1);
	let index = disk.open().await;
	assert_eq!(index.audit(7, 1, 8, 2).await.unwrap().len(), 2, "what it had is there");
	not_listed(&index).await;
	let mut follower = follower(&index, &chain).await;
	assert!(!follower.is_listed());
	follower.catch_up().await.unwrap();
	assert!(follower.is_listed());
	assert_eq!(index.listed().await.unwrap(), Some(2));
	assert_eq!(ids(&index, 2).await.len(), 201);
	// It goes on from there, and is opened again as it is.
	chain.import(&[7]);
	chain.finalise(3);
	follower.catch_up().await.unwrap();
	assert_eq!(ids(&index, 3).await.len(), 202);
	drop((follower, index));
	assert_eq!(ids(&disk.open().await, 3).await.len(), 202);
}

#[tokio::test]
async fn a_file_of_version_1_that_is_behind_catches_up_first() {
	let disk = Disk::new();
	let chain = Chain::default();
	for patient in [1, 2, 3] {
		chain.import(&[patient]);
	}
	chain.finalise(3);
	file_of_version_1(disk.path(), &chain.blocks(1..=1)).await;
	let index = disk.open().await;
	follower(&index, &chain).await.catch_up().await.unwrap();
	assert_eq!(ids(&index, 3).await, [11, 21, 31]);
}

#[tokio::test]
async fn a_file_of_version_1_that_is_ahead_of_finality_reads_those_blocks_again() {
	let disk = Disk::new();
	let chain = Chain::default();
	for patient in [1, 2, 2] {
		chain.import(&[patient]);
	}
	chain.finalise(1);
	file_of_version_1(disk.path(), &chain.blocks(1..=3)).await;
	let index = disk.open().await;
	let mut follower = follower(&index, &chain).await;
	assert_eq!(follower.catch_up().await.unwrap().number, 1);
	assert_eq!(ids(&index, 1).await, [11]);
	assert!(index.audit(2, 1, 8, u32::MAX).await.unwrap().is_empty());
	chain.finalise(3);
	follower.catch_up().await.unwrap();
	assert_eq!(ids(&index, 3).await, [11, 21, 22]);
	assert_eq!(index.audit(2, 1, 8, u32::MAX).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_foreign_file_of_version_1_is_left_as_it_is() {
	let disk = Disk::new();
	let chain = Chain::default();
	chain.import(&[1]);
	file_of_version_1(disk.path(), &chain.blocks(1..=1)).await;
	let error = disk.open_for(hash(9)).await.unwrap_err();
	assert!(matches!(error, IndexError::ForeignGenesis { .. }), "{error}");
	let options = SqliteConnectOptions::new().filename(disk.path());
	let pool = SqlitePool::connect_with(options).await.unwrap();
	let version: i64 = sqlx::query_scalar("SELECT version FROM meta")
		.fetch_one(&pool)
		.await
		.unwrap();
	assert_eq!(version, 1);
}

#[tokio::test]
async fn lists_begin_with_the_runtime_that_knows_them() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	chain.lists_from(3);
	for patient in [1, 2, 3, 4] {
		chain.import(&[patient]);
	}
	let mut follower = follower(&index, &chain).await;
	chain.finalise(2);
	follower.catch_up().await.unwrap();
	assert!(!follower.is_listed());
	not_listed(&index).await;
	chain.finalise(3);
	follower.catch_up().await.unwrap();
	assert_eq!(index.listed().await.unwrap(), Some(3));
	chain.finalise(4);
	follower.catch_up().await.unwrap();
	assert_eq!(ids(&index, 4).await, [11, 21, 31, 41], "those of before as well");
}

#[tokio::test]
async fn a_block_that_says_nothing_of_lists_makes_them_incomplete() {
	let disk = Disk::new();
	let index = disk.open().await;
	follower(&index, &Chain::default()).await.catch_up().await.unwrap();
	let mute = BlockEntries {
		listings: None,
		..block(1, vec![(1, entry(1))], Vec::new())
	};
	index.append(&[mute]).await.unwrap();
	not_listed(&index).await;
}
