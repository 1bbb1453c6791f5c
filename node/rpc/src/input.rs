//! Parameters: taken as any JSON and read here, so that what is wrong with one has our own error.

use serde::{de::DeserializeOwned, Deserialize};
use serde_json::Value;
use sp_core::{crypto::Ss58Codec, H256};

use crate::{view::Int, AccountId, RpcError, MAX_LIMIT};

/// A parameter as it came.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Input(pub Value);

impl Input {
	/// An id or a moment: a number or a decimal string.
	pub(crate) fn integer(&self, parameter: &'static str) -> Result<u64, RpcError> {
		self.read::<Int>(
			parameter,
			"a number from 0 to 2^64 - 1, or the same as a decimal string",
		)
		.map(|int| int.0)
	}

	/// A small id.
	pub(crate) fn small(&self, parameter: &'static str) -> Result<u32, RpcError> {
		u32::try_from(self.integer(parameter)?)
			.map_err(|_| RpcError::parameter(parameter, "expected a number below 2^32"))
	}

	/// An account: SS58, or its 32 bytes in hex.
	pub(crate) fn account(&self, parameter: &'static str) -> Result<AccountId, RpcError> {
		let text = self.text(parameter, "an account as SS58 or 32 bytes in hex")?;
		account_of(text).map_err(|problem| RpcError::parameter(parameter, problem))
	}

	/// A block's hash.
	pub(crate) fn hash(&self, parameter: &'static str) -> Result<H256, RpcError> {
		let text = self.text(parameter, "32 bytes in hex")?;
		let bytes = bytes_of(text).map_err(|problem| RpcError::parameter(parameter, problem))?;
		Ok(H256(bytes))
	}

	/// Bytes in hex, `0x` in front or not.
	pub(crate) fn bytes(&self, parameter: &'static str, most: usize) -> Result<Vec<u8>, RpcError> {
		let text = self.text(parameter, "bytes in hex")?;
		let digits = text.strip_prefix("0x").unwrap_or(text);
		if digits.len() > most.saturating_mul(2) {
			return Err(RpcError::parameter(parameter, format!("longer than {most} bytes")));
		}
		hex::decode(digits).map_err(|error| RpcError::parameter(parameter, format!("expected hex: {error}")))
	}

	/// Anything that serde reads.
	pub(crate) fn object<T: DeserializeOwned>(&self, parameter: &'static str) -> Result<T, RpcError> {
		T::deserialize(&self.0).map_err(|error| RpcError::parameter(parameter, error))
	}

	pub(crate) fn text<'a>(&'a self, parameter: &'static str, expected: &str) -> Result<&'a str, RpcError> {
		self.0
			.as_str()
			.ok_or_else(|| RpcError::parameter(parameter, format!("expected {expected}")))
	}

	fn read<T: DeserializeOwned>(&self, parameter: &'static str, expected: &str) -> Result<T, RpcError> {
		T::deserialize(&self.0).map_err(|_| RpcError::parameter(parameter, format!("expected {expected}")))
	}
}

/// 32 bytes in hex, `0x` in front or not.
pub(crate) fn bytes_of(text: &str) -> Result<[u8; 32], &'static str> {
	let mut bytes = [0; 32];
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut bytes)
		.map_err(|_| "expected 32 bytes in hex")?;
	Ok(bytes)
}

/// An account written as SS58 or in hex.
pub(crate) fn account_of(text: &str) -> Result<AccountId, &'static str> {
	const EXPECTED: &str = "expected an account as SS58 or 32 bytes in hex";
	let Some(digits) = text.strip_prefix("0x") else {
		return AccountId::from_ss58check(text).map_err(|_| EXPECTED);
	};
	let bytes = hex::decode(digits).map_err(|_| EXPECTED)?;
	<[u8; 32]>::try_from(bytes).map(AccountId::new).map_err(|_| EXPECTED)
}

/// What was given, `null` counting as nothing.
pub(crate) fn given(input: &Option<Input>) -> Option<&Input> {
	input.as_ref().filter(|input| !input.0.is_null())
}

/// How many items a page may hold.
pub(crate) fn limit(input: &Option<Input>) -> Result<u32, RpcError> {
	let Some(input) = given(input) else {
		return Ok(crate::DEFAULT_LIMIT);
	};
	let limit = input.integer("limit")?;
	u32::try_from(limit)
		.ok()
		.filter(|limit| (1..=MAX_LIMIT).contains(limit))
		.ok_or(RpcError::InvalidLimit(limit))
}
