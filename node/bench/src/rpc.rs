//! One WebSocket connection.

use serde_json::Value;
use subxt::rpcs::{
	client::{RpcClient, RpcParams, RpcSubscription},
	Error as RpcError,
};

use crate::error::{Error, Result};

/// One WebSocket connection to a node.
#[derive(Clone)]
pub struct Rpc {
	client: RpcClient,
	/// Where the node is.
	pub url: String,
}

impl Rpc {
	/// Connects.
	pub async fn connect(url: &str) -> Result<Self> {
		let failed = |error: RpcError| Error::Rpc {
			url: url.to_owned(),
			method: "connect".to_owned(),
			reason: error.to_string(),
		};
		Ok(Self {
			client: RpcClient::from_insecure_url(url).await.map_err(failed)?,
			url: url.to_owned(),
		})
	}

	/// Calls a method.
	pub async fn call(&self, method: &str, params: &[Value]) -> Result<Value> {
		let list = self.params(method, params)?;
		self.client.request(method, list).await.map_err(self.failed(method))
	}

	/// The heads of finalised blocks as they come.
	pub async fn finalised_heads(&self) -> Result<RpcSubscription<Value>> {
		let (begin, end) = ("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads");
		let subscribed = self.client.subscribe(begin, RpcParams::new(), end).await;
		subscribed.map_err(self.failed(begin))
	}

	/// A value of the state, where there is one.
	pub async fn storage(&self, key: &[u8], block: &str) -> Result<Option<Vec<u8>>> {
		let params = [Value::String(hex(key)), Value::String(block.to_owned())];
		let found = self.call("state_getStorage", &params).await?;
		found.as_str().map(bytes).transpose()
	}

	/// The hash of the block with this number.
	pub async fn block_hash(&self, number: u32) -> Result<String> {
		text(self.call("chain_getBlockHash", &[number.into()]).await?)
	}

	/// Hash and number of the finalised head.
	pub async fn finalised(&self) -> Result<(String, u32)> {
		let hash = text(self.call("chain_getFinalizedHead", &[]).await?)?;
		let header = self.call("chain_getHeader", &[Value::String(hash.clone())]).await?;
		Ok((hash, number(&header)?))
	}

	fn params(&self, method: &str, params: &[Value]) -> Result<RpcParams> {
		let mut list = RpcParams::new();
		for param in params {
			list.push(param).map_err(self.failed(method))?;
		}
		Ok(list)
	}

	fn failed(&self, method: &str) -> impl FnOnce(RpcError) -> Error {
		let (url, method) = (self.url.clone(), method.to_owned());
		move |error| Error::Rpc {
			url,
			method,
			reason: error.to_string(),
		}
	}
}

/// The number in a header.
pub fn number(header: &Value) -> Result<u32> {
	header
		.get("number")
		.and_then(Value::as_str)
		.and_then(|digits| u32::from_str_radix(digits.trim_start_matches("0x"), 16).ok())
		.ok_or(Error::Unreadable("a header"))
}

/// Bytes as the RPC writes them.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
	format!("0x{}", hex::encode(bytes))
}

/// Bytes that the RPC wrote.
pub fn bytes(text: &str) -> Result<Vec<u8>> {
	hex::decode(text.trim_start_matches("0x")).map_err(|_| Error::Unreadable("a hexadecimal string"))
}

fn text(value: Value) -> Result<String> {
	match value {
		Value::String(text) => Ok(text),
		_ => Err(Error::Unreadable("a block's hash")),
	}
}
