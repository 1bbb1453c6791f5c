//! Finalised blocks, in order, with the time at which each was known to be final.

use std::time::Instant;

use codec::Decode;
use frame_system::EventRecord;
use salus_runtime::{Hash, Runtime, RuntimeEvent};
use serde_json::Value;
use sp_io::hashing::blake2_256;
use tokio::sync::mpsc;

use crate::{
	error::{Error, Result},
	rpc::{bytes, number, Rpc},
};

/// A finalised block.
pub struct Block {
	/// Its number.
	pub number: u32,
	/// When this client heard that it is final.
	pub at: Instant,
	/// Records registered in it.
	pub records: usize,
	/// Calls that failed in it.
	pub failed: usize,
	/// The hashes of its extrinsics, where they were asked for.
	pub extrinsics: Vec<[u8; 32]>,
}

/// Finalised blocks from the next one on. Ends when it is dropped.
pub struct Follower {
	blocks: mpsc::Receiver<Result<Block>>,
}

impl Follower {
	/// Follows a node; `bodies` are asked for where transactions are looked for one by one.
	pub async fn new(rpc: &Rpc, bodies: bool) -> Result<Self> {
		let mut heads = rpc.finalised_heads().await?;
		let (_, mut last) = rpc.finalised().await?;
		let (note, mut noted) = mpsc::unbounded_channel::<Result<(u32, Instant)>>();
		tokio::spawn(async move {
			while let Some(head) = heads.next().await {
				let at = Instant::now();
				let head = head.map_err(|_| Error::Unreadable("a finalised head"));
				let head = head.and_then(|head| Ok((number(&head)?, at)));
				if note.send(head).is_err() {
					return;
				}
			}
		});
		let (send, blocks) = mpsc::channel(1_024);
		let rpc = rpc.clone();
		tokio::spawn(async move {
			while let Some(head) = noted.recv().await {
				let (number, at) = match head {
					Ok(head) => head,
					Err(error) => {
						send.send(Err(error)).await.ok();
						return;
					}
				};
				while last < number {
					last = last.saturating_add(1);
					let block = read(&rpc, last, at, bodies).await;
					let broken = block.is_err();
					if send.send(block).await.is_err() || broken {
						return;
					}
				}
			}
		});
		Ok(Self { blocks })
	}

	/// The next block.
	pub async fn next(&mut self) -> Result<Block> {
		let next = self.blocks.recv().await;
		next.unwrap_or(Err(Error::Unreadable("the stream of finalised heads")))
	}
}

async fn read(rpc: &Rpc, number: u32, at: Instant, bodies: bool) -> Result<Block> {
	let hash = rpc.block_hash(number).await?;
	let events = rpc.storage(&events_key(), &hash).await?.unwrap_or_default();
	let events = if events.is_empty() {
		Vec::new()
	} else {
		Vec::<EventRecord<RuntimeEvent, Hash>>::decode(&mut events.as_slice())
			.map_err(|_| Error::Unreadable("a block's events"))?
	};
	let count = |wanted: fn(&RuntimeEvent) -> bool| events.iter().filter(|record| wanted(&record.event)).count();
	let extrinsics = if bodies { body(rpc, &hash).await? } else { Vec::new() };
	Ok(Block {
		number,
		at,
		records: count(|event| {
			matches!(
				event,
				RuntimeEvent::Records(pallet_records::Event::<Runtime>::RecordRegistered { .. })
			)
		}),
		failed: count(|event| {
			matches!(
				event,
				RuntimeEvent::System(frame_system::Event::<Runtime>::ExtrinsicFailed { .. })
			)
		}),
		extrinsics,
	})
}

async fn body(rpc: &Rpc, hash: &str) -> Result<Vec<[u8; 32]>> {
	let block = rpc.call("chain_getBlock", &[Value::String(hash.to_owned())]).await?;
	let extrinsics = block.pointer("/block/extrinsics").and_then(Value::as_array);
	let extrinsics = extrinsics.ok_or(Error::Unreadable("a block"))?;
	let texts = extrinsics.iter().filter_map(Value::as_str);
	texts.map(|text| Ok(blake2_256(&bytes(text)?))).collect()
}

/// `twox128("System") ++ twox128("Events")`; the storage itself is private to the pallet.
fn events_key() -> Vec<u8> {
	[sp_io::hashing::twox_128(b"System"), sp_io::hashing::twox_128(b"Events")].concat()
}
