//! The messages between nodes byte by byte, and blocks that another node sends.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cid::Cid;
use codec::{DecodeAll, Encode};

use super::{document, world::World};
use crate::{
	between::{
		BlockReply, BlockRequest, RelayedRequest, ReleaseReply, MAX_BLOCK_REPLY_LEN, MAX_BLOCK_REQUEST_LEN,
		MAX_RELEASE_LEN, MAX_SIGNATURE_LEN,
	},
	desk::{Release, ReleaseError},
	store::{fetch, read_all, BlockSource, Embedded, PayloadStore, StoreError},
	unixfs::{cid_of_bytes, DagError, CHUNK_LEN, MAX_BLOCK_LEN},
	wrap::{HpkeKey, Wrap},
};

fn bytes_of(value: &impl Encode, len: usize) -> String {
	let bytes = value.encode();
	assert!(bytes.len() <= len, "{} bytes", bytes.len());
	hex::encode(bytes)
}

#[test]
fn messages_are_what_the_readme_says() {
	let released = ReleaseReply::Released(Release {
		wrap: Wrap(vec![7, 8, 9]),
	});
	assert_eq!(bytes_of(&released, MAX_RELEASE_LEN), "000c070809");
	let refused = ReleaseReply::from(&ReleaseError::NotPermitted(6));
	assert_eq!(bytes_of(&refused, MAX_RELEASE_LEN), "010e000106");
	let stale = ReleaseReply::from(&ReleaseError::StaleChain);
	assert_eq!(bytes_of(&stale, MAX_RELEASE_LEN), "01050000");
	assert_eq!(bytes_of(&ReleaseReply::NoDesk, MAX_RELEASE_LEN), "02");
	assert_eq!(bytes_of(&ReleaseReply::Busy, MAX_RELEASE_LEN), "03");

	let cid = cid_of_bytes(b"block").unwrap();
	let wanted = format!("90{}", hex::encode(cid.to_bytes()));
	assert_eq!(bytes_of(&BlockRequest::new(&cid), MAX_BLOCK_REQUEST_LEN), wanted);
	assert_eq!(BlockRequest::new(&cid).cid(), Ok(cid));
	let block = BlockReply::Block(b"block".to_vec());
	assert_eq!(bytes_of(&block, MAX_BLOCK_REPLY_LEN), "0014626c6f636b");
	assert_eq!(bytes_of(&BlockReply::NotFound, MAX_BLOCK_REPLY_LEN), "01");
	assert_eq!(bytes_of(&BlockReply::Busy, MAX_BLOCK_REPLY_LEN), "02");
}

#[test]
fn the_longest_messages_fit() {
	let world = World::new();
	let mut request = world.request(&world.patient);
	request.recipient_key = HpkeKey::XWing(vec![0; 1216]);
	let relayed = RelayedRequest {
		request,
		signature: vec![0; MAX_SIGNATURE_LEN],
	};
	assert!(relayed.encode().len() <= MAX_RELEASE_LEN);
	assert_eq!(
		RelayedRequest::decode_all(&mut relayed.encode().as_slice()),
		Ok(relayed)
	);
	let block = BlockReply::Block(vec![0; MAX_BLOCK_LEN]);
	assert!(block.encode().len() <= MAX_BLOCK_REPLY_LEN);
}

#[test]
fn what_is_no_cid_of_ours_names_no_block() {
	for cid in [vec![], vec![1u8, 0x55, 0x12, 0x20], vec![0; 36]] {
		let request = BlockRequest::decode_all(&mut cid.encode().as_slice()).unwrap();
		assert_eq!(request.cid(), Err(DagError::UnsupportedCid));
	}
}

/// Another node's store, which may send other bytes for one of the blocks it is asked for.
struct Elsewhere {
	store: Embedded,
	/// The block, counted from the first one asked for, that comes with other bytes.
	wrong: Option<usize>,
	asked: Mutex<usize>,
}

#[async_trait]
impl BlockSource for Elsewhere {
	async fn block(&self, cid: &Cid) -> Result<Vec<u8>, StoreError> {
		let mut bytes = self.store.own_block(cid).await?;
		let mut asked = self.asked.lock().unwrap();
		if self.wrong == Some(*asked) {
			bytes[0] ^= 1;
		}
		*asked += 1;
		Ok(bytes)
	}
}

#[tokio::test]
async fn a_payload_is_read_from_another_node_and_every_block_is_verified() {
	let folder = tempfile::tempdir().unwrap();
	let store = Embedded::open(folder.path()).unwrap();
	let bytes = document(3 * CHUNK_LEN + 5);
	let cid = store.put(&mut &bytes[..]).await.unwrap();
	let elsewhere = |wrong| {
		Arc::new(Elsewhere {
			store: store.clone(),
			wrong,
			asked: Mutex::default(),
		})
	};
	let honest = fetch(elsewhere(None), &cid, None).await.unwrap();
	assert_eq!(read_all(honest).await.unwrap(), bytes);
	let part = fetch(elsewhere(None), &cid, Some(10..2_000_000)).await.unwrap();
	assert_eq!(read_all(part).await.unwrap(), bytes[10..2_000_000]);

	let root = fetch(elsewhere(Some(0)), &cid, None).await;
	assert!(matches!(root.err(), Some(StoreError::WrongBytes(wrong)) if wrong == cid));
	for wrong in 1..=4 {
		let stream = fetch(elsewhere(Some(wrong)), &cid, None).await.unwrap();
		let read = read_all(stream).await;
		assert!(matches!(read, Err(StoreError::WrongBytes(_))), "block {wrong}");
	}
	let unknown = cid_of_bytes(b"unknown").unwrap();
	let absent = fetch(elsewhere(None), &unknown, None).await;
	assert!(matches!(absent.err(), Some(StoreError::NotFound(_))));
}
