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

	/// What stands at each of these keys, in the state at a block; none where nothing does.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub(crate) async fn values_at<T: Decode>(
		&self,
		what: &str,
		keys: &[Vec<u8>],
		block: &Value,
	) -> Result<Vec<Option<T>>, ConnectionError> {
		const METHOD: &str = "state_queryStorageAt";
		let unreadable = |reason: &str| ConnectionError::Unreadable {
			what: what.into(),
			reason: reason.into(),
		};
		let mut found = Vec::with_capacity(keys.len());
		for keys in keys.chunks(KEYS as usize) {
			let asked: Vec<_> = keys.iter().map(words::hex).collect();
			let answer = self.request(METHOD, &[json!(asked), block.clone()]).await?;
			let changes = answer.pointer("/0/changes").and_then(Value::as_array);
			let changes = changes.ok_or_else(|| unreadable("the node lists no values"))?;
			let mut values = std::collections::HashMap::new();
			for change in changes {
				let key = change.get(0).and_then(Value::as_str);
				let key = key.ok_or_else(|| unreadable("a value has no key"))?;
				if let Some(value) = change.get(1).filter(|value| !value.is_null()) {
					let value =
						T::decode(&mut bytes(value)?.as_slice()).map_err(|_| unreadable("it does not decode"))?;
					values.insert(key.to_owned(), value);
				}
			}
			found.extend(asked.iter().map(|key| values.remove(key)));
		}
		Ok(found)
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

/// What a key of 32 bytes ends in, behind its hash.
pub(crate) fn last_32(key: &[u8]) -> Result<[u8; 32], ConnectionError> {
	let last = key.last_chunk().copied();
	last.ok_or_else(|| ConnectionError::Unreadable {
		what: "state".into(),
		reason: "a key is too short".into(),
	})
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
	fn a_key_ends_in_what_it_is_of() {
		let key = [vec![1; 48], vec![7; 32]].concat();
		assert_eq!(last_32(&key).unwrap(), [7; 32]);
		assert!(last_32(&[7; 31]).is_err());
	}

	#[test]
	fn what_a_node_answers_is_hex() {
		assert_eq!(bytes(&json!("0x0a0b")).unwrap(), [10, 11]);
		for wrong in [Value::Null, json!(7), json!("0x0")] {
			let error = bytes(&wrong).unwrap_err();
			assert!(matches!(error, ConnectionError::Unreadable { .. }), "{error}");
		}
	}
}
