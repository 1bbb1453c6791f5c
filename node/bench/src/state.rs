//! Bytes of state: the lengths of keys and values.

use serde_json::Value;

use crate::{
	error::{Error, Result},
	rpc::{bytes, hex, Rpc},
};

/// Keys of a page.
const PAGE: u32 = 1_000;

/// How much there is at one block.
#[derive(Clone, Copy)]
pub struct Size {
	/// Keys.
	pub keys: u64,
	/// The sum of their lengths and of those of their values.
	pub bytes: u64,
}

/// All keys with their values at the finalised head.
pub async fn pairs(rpc: &Rpc) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
	let (block, _) = rpc.finalised().await?;
	let mut pairs = Vec::new();
	let mut after: Option<String> = None;
	loop {
		let params = [
			Value::String("0x".into()),
			PAGE.into(),
			after.clone().map_or(Value::Null, Value::String),
			Value::String(block.clone()),
		];
		let page = rpc.call("state_getKeysPaged", &params).await?;
		let page = page.as_array().ok_or(Error::Unreadable("a page of keys"))?;
		let Some(last) = page.last().and_then(Value::as_str) else {
			break;
		};
		after = Some(last.to_owned());
		let params = [Value::Array(page.clone()), Value::String(block.clone())];
		let found = rpc.call("state_queryStorageAt", &params).await?;
		let changes = found.pointer("/0/changes").and_then(Value::as_array);
		for change in changes.ok_or(Error::Unreadable("a page of values"))? {
			let text = |at: usize| change.get(at).and_then(Value::as_str);
			let (Some(key), Some(value)) = (text(0), text(1)) else {
				continue;
			};
			pairs.push((bytes(key)?, bytes(value)?));
		}
	}
	Ok(pairs)
}

/// Keys and bytes of the state, without what each block writes anew and what records do not add to: the runtime's
/// code and the system's own entries.
pub fn size(pairs: &[(Vec<u8>, Vec<u8>)]) -> Size {
	let system = sp_io::hashing::twox_128(b"System");
	let of_system = |key: &[u8]| key.starts_with(&system) || key.starts_with(b":");
	let counted = pairs.iter().filter(|(key, _)| !of_system(key));
	counted.fold(Size { keys: 0, bytes: 0 }, |size, (key, value)| Size {
		keys: size.keys.saturating_add(1),
		bytes: size.bytes.saturating_add(key.len().saturating_add(value.len()) as u64),
	})
}

/// What `state_getStorageSize` says of a key, to compare with.
pub async fn storage_size(rpc: &Rpc, key: &[u8]) -> Result<Option<u64>> {
	let size = rpc.call("state_getStorageSize", &[Value::String(hex(key))]).await?;
	Ok(size.as_u64())
}
