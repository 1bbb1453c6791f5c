use std::collections::HashMap;

use cid::Cid;
use proptest::prelude::*;

use super::document;
use crate::unixfs::{
	cid_of_bytes, parse_cid, read_node, verify_block, Block, CidHasher, DagBuilder, DagError, Node, CHUNK_LEN,
	MAX_LINKS,
};

fn build(chunks: impl IntoIterator<Item = Vec<u8>>) -> (Cid, HashMap<Cid, Vec<u8>>) {
	let mut builder = DagBuilder::new();
	let mut blocks: Vec<Block> = chunks
		.into_iter()
		.flat_map(|chunk| builder.push(chunk).unwrap())
		.collect();
	let (root, rest) = builder.finish().unwrap();
	blocks.extend(rest);
	(root, blocks.into_iter().map(|block| (block.cid, block.bytes)).collect())
}

fn read(root: &Cid, blocks: &HashMap<Cid, Vec<u8>>) -> (Vec<u8>, usize) {
	match read_node(root, &blocks[root]).unwrap() {
		Node::Leaf => (blocks[root].clone(), 0),
		Node::Branch(children) => {
			assert!(children.len() <= MAX_LINKS);
			let mut bytes = Vec::new();
			let mut depths = Vec::new();
			for (child, len) in children {
				let (part, depth) = read(&child, blocks);
				assert_eq!(part.len() as u64, len);
				bytes.extend(part);
				depths.push(depth);
			}
			assert!(depths.iter().all(|depth| *depth == depths[0]), "unbalanced");
			(bytes, depths[0] + 1)
		}
	}
}

#[test]
fn a_payload_of_one_chunk_is_its_raw_leaf() {
	for len in [0, 1, CHUNK_LEN] {
		let bytes = document(len);
		assert_eq!(cid_of_bytes(&bytes).unwrap(), Block::raw(bytes).unwrap().cid);
	}
	assert_eq!(
		cid_of_bytes(&[]).unwrap().to_string(),
		"bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
	);
}

#[test]
fn builder_and_hasher_agree_around_the_boundaries_of_chunks() {
	for len in [
		CHUNK_LEN - 1,
		CHUNK_LEN,
		CHUNK_LEN + 1,
		2 * CHUNK_LEN,
		2 * CHUNK_LEN + 1,
	] {
		let bytes = document(len);
		let (root, blocks) = build(bytes.chunks(CHUNK_LEN).map(<[u8]>::to_vec));
		assert_eq!(root, cid_of_bytes(&bytes).unwrap());
		assert_eq!(read(&root, &blocks).0, bytes);
	}
}

#[test]
fn nodes_are_balanced_around_the_boundaries_of_levels() {
	// Short chunks have the same shape as full ones.
	for (chunks, depth) in [
		(2, 1),
		(MAX_LINKS, 1),
		(MAX_LINKS + 1, 2),
		(2 * MAX_LINKS, 2),
		(2 * MAX_LINKS + 1, 2),
		(MAX_LINKS * MAX_LINKS, 2),
		(MAX_LINKS * MAX_LINKS + 1, 3),
	] {
		let leaves: Vec<Vec<u8>> = (0..chunks as u32).map(|index| index.to_be_bytes().to_vec()).collect();
		let (root, blocks) = build(leaves.clone());
		let (bytes, found) = read(&root, &blocks);
		assert_eq!((bytes, found), (leaves.concat(), depth), "{chunks} chunks");
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(30))]

	#[test]
	fn the_cid_does_not_depend_on_the_pieces(len in 0usize..3_000_000, piece in 1usize..700_000) {
		let bytes = document(len);
		let mut hasher = CidHasher::new();
		bytes.chunks(piece).for_each(|piece| hasher.update(piece));
		prop_assert_eq!(hasher.finish(), cid_of_bytes(&bytes));
	}
}

#[test]
fn foreign_cids_are_refused() {
	let ours = cid_of_bytes(b"x").unwrap();
	assert_eq!(parse_cid(&ours.to_bytes()), Ok(ours));
	let v0 = Cid::new_v0(*Cid::new_v1(0x70, *ours.hash()).hash()).unwrap();
	let json = Cid::new_v1(0x0129, *ours.hash());
	for foreign in [v0.to_bytes(), json.to_bytes(), Vec::new(), vec![1; 64]] {
		assert_eq!(parse_cid(&foreign), Err(DagError::UnsupportedCid));
	}
	let mut trailing = ours.to_bytes();
	trailing.push(0);
	assert_eq!(parse_cid(&trailing), Err(DagError::UnsupportedCid));
}

#[test]
fn wrong_bytes_are_refused() {
	let cid = cid_of_bytes(b"x").unwrap();
	assert_eq!(verify_block(&cid, b"x"), Ok(()));
	assert_eq!(verify_block(&cid, b"y"), Err(DagError::WrongBytes));
}
