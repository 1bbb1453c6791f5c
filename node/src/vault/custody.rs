//! Whether the custodians' keys are those on chain: with another, no upload would ever open.

use salus_vault::{chain::ChainUnavailable, wrap::HpkeKey};

use super::chain::NodeChain;

/// A custodian whose key was not compared yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unchecked {
	pub institution: u32,
	/// Where the key comes from, for people.
	pub source: String,
	/// Its public key.
	pub public: HpkeKey,
}

/// The key is not the chain's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
	"{holder} has the key {found} of institution {institution}, whose key on chain is {expected}; give the file \
	 with that key"
)]
pub struct OtherKey {
	institution: u32,
	holder: String,
	found: String,
	expected: String,
}

/// The keys of institutions at the finalised head.
pub trait Institutions {
	/// This institution's; none where it is not known.
	fn key(&self, institution: u32) -> Result<Option<HpkeKey>, ChainUnavailable>;
}

impl Institutions for NodeChain {
	fn key(&self, institution: u32) -> Result<Option<HpkeKey>, ChainUnavailable> {
		self.custodian_key(institution)
	}
}

/// Compares the keys, and returns those whose institutions the chain does not know yet.
pub fn check(chain: &impl Institutions, unchecked: Vec<Unchecked>) -> Result<Vec<Unchecked>, OtherKey> {
	let mut left = Vec::new();
	for custodian in unchecked {
		match chain.key(custodian.institution) {
			Ok(Some(expected)) if expected == custodian.public => {}
			Ok(Some(expected)) => {
				return Err(OtherKey {
					institution: custodian.institution,
					holder: custodian.source,
					found: shown(&custodian.public),
					expected: shown(&expected),
				})
			}
			// What the chain could not say is asked again too; the failure is logged where it happens.
			Ok(None) | Err(ChainUnavailable) => left.push(custodian),
		}
	}
	Ok(left)
}

fn shown(key: &HpkeKey) -> String {
	let bytes = match key {
		HpkeKey::X25519(bytes) => bytes.as_slice(),
		HpkeKey::XWing(bytes) => bytes,
	};
	format!("0x{}", hex::encode(bytes))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]

	use super::*;
	use std::collections::BTreeMap;

	struct Chain(Result<BTreeMap<u32, HpkeKey>, ChainUnavailable>);

	impl Institutions for Chain {
		fn key(&self, institution: u32) -> Result<Option<HpkeKey>, ChainUnavailable> {
			self.0
				.as_ref()
				.map(|keys| keys.get(&institution).cloned())
				.map_err(|error| *error)
		}
	}

	fn key(byte: u8) -> HpkeKey {
		HpkeKey::X25519([byte; 32])
	}

	fn custodian(institution: u32, byte: u8) -> Unchecked {
		Unchecked {
			institution,
			source: format!("custodian-{institution}.key"),
			public: key(byte),
		}
	}

	#[test]
	fn a_key_that_is_not_the_chain_s_is_refused_with_both() {
		let chain = Chain(Ok(BTreeMap::from([(1, key(0x11)), (2, key(0x22))])));
		assert_eq!(
			check(&chain, vec![custodian(1, 0x11), custodian(2, 0x22)]),
			Ok(Vec::new())
		);
		let error = check(&chain, vec![custodian(1, 0x11), custodian(2, 0x33)])
			.unwrap_err()
			.to_string();
		for part in ["custodian-2.key", "institution 2", &"22".repeat(32), &"33".repeat(32)] {
			assert!(error.contains(part), "{part}: {error}");
		}
	}

	#[test]
	fn an_institution_that_the_chain_does_not_know_yet_is_left_for_later() {
		let chain = Chain(Ok(BTreeMap::from([(1, key(0x11))])));
		let coming = custodian(2, 0x22);
		assert_eq!(
			check(&chain, vec![custodian(1, 0x11), coming.clone()]),
			Ok(vec![coming.clone()])
		);
		assert_eq!(
			check(&Chain(Err(ChainUnavailable)), vec![coming.clone()]),
			Ok(vec![coming])
		);
	}
}
