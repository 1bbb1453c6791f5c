use std::os::unix::fs::PermissionsExt;

use super::{genesis, hash, Chain, Disk};
use crate::{AuditIndex, BlockEntries, Cursor, IndexError};
use sp_core::H256;

#[tokio::test]
async fn a_trail_is_read_in_pages_from_any_entry() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	for _ in 0..10 {
		chain.import(&[5, 6]);
	}
	index.append(&chain.blocks(1..=10)).await.unwrap();

	let page = index.audit(5, 4, 3, u32::MAX).await.unwrap();
	assert_eq!(
		page.iter().map(|indexed| indexed.entry.seq).collect::<Vec<_>>(),
		[4, 5, 6]
	);
	assert_eq!(page.iter().map(|indexed| indexed.block).collect::<Vec<_>>(), [4, 5, 6]);
	assert_eq!(page[0].entry, super::entry(4));
	assert_eq!(page[1].entry, super::entry(5));
	assert!(index.audit(5, 11, 64, u32::MAX).await.unwrap().is_empty());
	assert!(index.audit(7, 1, 64, u32::MAX).await.unwrap().is_empty());
	assert!(index.audit(u64::MAX, u64::MAX, 64, u32::MAX).await.unwrap().is_empty());
	assert_eq!(index.count().await.unwrap(), 20);
}

#[tokio::test]
async fn nothing_is_read_of_a_block_that_is_not_final() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	for _ in 0..5 {
		chain.import(&[5]);
	}
	index.append(&chain.blocks(1..=5)).await.unwrap();
	for (finalised, entries) in [(0, 0), (3, 3), (5, 5), (u32::MAX, 5)] {
		assert_eq!(index.audit(5, 1, 64, finalised).await.unwrap().len(), entries);
	}
}

#[tokio::test]
async fn the_cursor_moves_with_the_entries_and_survives() {
	let disk = Disk::new();
	let chain = Chain::default();
	chain.import(&[1]);
	chain.import(&[]);
	let index = disk.open().await;
	assert_eq!(
		index.cursor().await.unwrap(),
		Cursor {
			number: 0,
			hash: genesis()
		}
	);
	index.append(&chain.blocks(1..=2)).await.unwrap();
	drop(index);
	let index = disk.open().await;
	assert_eq!(
		index.cursor().await.unwrap(),
		Cursor {
			number: 2,
			hash: hash(2)
		}
	);
	assert_eq!(index.audit(1, 1, 64, u32::MAX).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_block_out_of_turn_is_refused_whole() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	chain.import(&[1]);
	chain.import(&[1]);
	let error = index.append(&chain.blocks(2..=2)).await.unwrap_err();
	assert!(
		matches!(error, IndexError::OutOfTurn { expected: 1, found: 2 }),
		"{error}"
	);
	assert_eq!(index.cursor().await.unwrap().number, 0);
}

#[tokio::test]
async fn a_hole_in_a_trail_is_refused_and_leaves_nothing() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	chain.import(&[1]);
	chain.import(&[1]);
	let mut blocks: Vec<BlockEntries> = chain.blocks(1..=2);
	blocks[1].entries[0].1.seq = 3;
	let error = index.append(&blocks).await.unwrap_err();
	assert!(
		matches!(
			error,
			IndexError::BrokenTrail {
				block: 2,
				patient: 1,
				expected: 2,
				found: 3
			}
		),
		"{error}"
	);
	assert_eq!(index.cursor().await.unwrap().number, 0);
	assert!(index.audit(1, 1, 64, u32::MAX).await.unwrap().is_empty());
}

#[tokio::test]
async fn another_chains_file_is_refused() {
	let disk = Disk::new();
	disk.open().await;
	let other = H256::repeat_byte(1);
	let error = disk.open_for(other).await.unwrap_err();
	assert!(matches!(error, IndexError::ForeignGenesis { found, expected } if found == genesis() && expected == other));
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused() {
	let disk = Disk::new();
	disk.open().await;
	let options = sqlx::sqlite::SqliteConnectOptions::new().filename(disk.path());
	let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
	sqlx::query("UPDATE meta SET version = 3").execute(&pool).await.unwrap();
	let error = disk.open_for(genesis()).await.unwrap_err();
	assert!(matches!(error, IndexError::UnsupportedVersion(3)), "{error}");
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("audit.sqlite");
	std::fs::write(&path, b"this is not a database".repeat(100)).unwrap();
	let error = AuditIndex::open(&path, genesis()).await.unwrap_err();
	assert!(matches!(error, IndexError::Open { .. } | IndexError::Sql(_)), "{error}");
}

#[tokio::test]
async fn only_the_owner_reads_the_file() {
	let disk = Disk::new();
	disk.open().await;
	let mode = std::fs::metadata(disk.path()).unwrap().permissions().mode();
	assert_eq!(mode & 0o077, 0);
}
