//! Entries of a storage map whose keys begin alike, as the node has them at a block.

use codec::Decode;
use serde_json::{json, Value};

use super::{proof::decode, words, Client, ConnectionError, Error};

/// How many keys of storage one question answers with.
const KEYS: u32 = 256;

impl Client {
	/// The keys that begin so, in the state at a block.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub(crate) async fn keys_under(&self, prefix: &[u8], block: &Value) -> Result<Vec<Vec<u8>>, ConnectionError> {
		let mut found = Vec::new();
		let mut after = Value::Null;
		loop {
			let page = [json!(words::hex(prefix)), KEYS.into(), after, block.clone()];
			let keys = self.request("state_getKeysPaged", &page).await?;
			let keys = keys.as_array().cloned().unwrap_or_default();
			for key in &keys {
				found.push(bytes(key)?);
			}
			match keys.last() {
				Some(last) if keys.len() == KEYS as usize => after = last.clone(),
				_ => return Ok(found),
			}
		}
	}

	/// The entry at a key, in the state at a block.
	///
	/// # Errors
	/// `Broken`, `Unreadable`, `UnreadableValue`
	pub(crate) async fn entry_at<T: Decode>(&self, what: &'static str, key: &[u8], block: &Value) -> Result<T, Error> {
		let value = self
			.request("state_getStorage", &[json!(words::hex(key)), block.clone()])
			.await?;
		Ok(decode(what, &bytes(&value)?)?)
	}
}

fn bytes(value: &Value) -> Result<Vec<u8>, ConnectionError> {
	let text = value.as_str().and_then(|text| words::hex_bytes(text).ok());
	text.ok_or_else(|| ConnectionError::Unreadable {
		what: "state".into(),
		reason: "it is no hex".into(),
	})
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn what_a_node_answers_is_hex() {
		assert_eq!(bytes(&json!("0x0a0b")).unwrap(), [10, 11]);
		for wrong in [Value::Null, json!(7), json!("0x0")] {
			let error = bytes(&wrong).unwrap_err();
			assert!(matches!(error, ConnectionError::Unreadable { .. }), "{error}");
		}
	}
}
