//! The finalised chain over a node's RPC.

use codec::DecodeAll;
use salus::{words, AccountId, Client, ConnectionError, Hash, Offered};
use salus_primitives::{AuditEntry, PatientId};
use serde_json::Value;

use super::{Blocks, EntriesError, Entry, Page};
use crate::{store::Block, submit::Node, GatewayError};

/// Entries on a page of a trail.
const PAGE: u64 = 256;
/// What the node says of a block whose state it does not keep.
const PRUNED: [&str; 2] = ["State already discarded", "UnknownBlock"];

/// A node, connected to anew after each failure.
pub struct NodeBlocks {
	node: Node,
	client: Option<Client>,
}

impl NodeBlocks {
	/// The chain of this node.
	pub fn new(node: Node) -> Self {
		Self { node, client: None }
	}

	async fn request(&mut self, method: &str, params: &[Value]) -> Result<Value, GatewayError> {
		let client = self.client().await?;
		let answer = client.request(method, params).await;
		self.heard(client, answer)
	}

	async fn client(&mut self) -> Result<Client, GatewayError> {
		match self.client.take() {
			Some(client) => Ok(client),
			None => self.node.connect().await,
		}
	}

	/// The node's own answer says that the connection is sound.
	fn heard<T>(&mut self, client: Client, answer: Result<T, ConnectionError>) -> Result<T, GatewayError> {
		if matches!(answer, Ok(_) | Err(ConnectionError::Answered { .. })) {
			self.client = Some(client);
		}
		Ok(answer?)
	}

	async fn finalised(&mut self) -> Result<Hash, GatewayError> {
		let hash = self.request("chain_getFinalizedHead", &[]).await?;
		hash_of("chain_getFinalizedHead", &hash)
	}
}

impl Blocks for NodeBlocks {
	type Account = AccountId;

	async fn head(&mut self) -> Result<Block, GatewayError> {
		let hash = self.finalised().await?;
		let header = self
			.request("chain_getHeader", &[Value::String(words::hex(hash))])
			.await?;
		let number = header.get("number").and_then(Value::as_str).and_then(|text| {
			let digits = text.strip_prefix("0x")?;
			u32::from_str_radix(digits, 16).ok()
		});
		let number = number.ok_or_else(|| unreadable("chain_getHeader", "it has no number"))?;
		Ok(Block { number, hash })
	}

	async fn hash(&mut self, number: u32) -> Result<Option<Hash>, GatewayError> {
		let hash = self.request("chain_getBlockHash", &[number.into()]).await?;
		match hash {
			Value::Null => Ok(None),
			hash => hash_of("chain_getBlockHash", &hash).map(Some),
		}
	}

	async fn entries(&mut self, hash: Hash) -> Result<Vec<Entry<AccountId>>, EntriesError> {
		const FUNCTION: &str = "AuditApi_entries";
		let call = [FUNCTION.into(), "0x".into(), Value::String(words::hex(hash))];
		let answer = self.request("state_call", &call).await.map_err(|error| match error {
			GatewayError::Node(ConnectionError::Answered { message, .. })
				if PRUNED.iter().any(|pruned| message.contains(pruned)) =>
			{
				EntriesError::Pruned
			}
			error => EntriesError::Gateway(error),
		})?;
		let bytes = answer.as_str().and_then(|text| words::hex_bytes(text).ok());
		let bytes = bytes.ok_or_else(|| unreadable(FUNCTION, "it is no hex"))?;
		let entries = Vec::decode_all(&mut bytes.as_slice()).map_err(|_| unreadable(FUNCTION, "it does not decode"));
		Ok(entries?)
	}

	async fn offers(&mut self, hash: Hash) -> Result<Vec<Offered>, GatewayError> {
		let client = self.client().await?;
		let read = async {
			let block = client.online_at(hash).await?;
			client.offers_made(&block).await
		};
		let made = read.await;
		self.heard(client, made)
	}

	async fn open_offers(&mut self, hash: Hash) -> Result<Vec<Offered>, GatewayError> {
		let client = self.client().await?;
		let open = client.offers_open(hash).await;
		self.heard(client, open)
	}

	async fn trail(&mut self, patient: PatientId, from: u64) -> Result<Page<AccountId>, GatewayError> {
		const METHOD: &str = "records_audit";
		let page = self
			.request(METHOD, &[words::number(patient), words::number(from), PAGE.into()])
			.await?;
		let items = page.get("items").and_then(Value::as_array);
		let items = items.ok_or_else(|| unreadable(METHOD, "it has no items"))?;
		let read = |item: &Value| {
			let block = item
				.get("block")
				.and_then(Value::as_u64)
				.and_then(|block| u32::try_from(block).ok())?;
			let scale = item.get("scale").and_then(Value::as_str)?;
			let bytes = words::hex_bytes(scale).ok()?;
			let entry = AuditEntry::decode_all(&mut bytes.as_slice()).ok()?;
			Some((block, (patient, entry)))
		};
		let entries: Option<Vec<_>> = items.iter().map(read).collect();
		entries.ok_or_else(|| unreadable(METHOD, "an entry does not decode"))
	}
}

fn hash_of(what: &str, value: &Value) -> Result<Hash, GatewayError> {
	let hash = value.as_str().and_then(|text| words::hash(text).ok());
	hash.ok_or_else(|| unreadable(what, "it is no hash"))
}

fn unreadable(what: &str, reason: &str) -> GatewayError {
	GatewayError::Node(ConnectionError::Unreadable {
		what: what.into(),
		reason: reason.into(),
	})
}
