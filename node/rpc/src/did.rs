//! What a `did:salus` identifier names.

use salus_primitives::DidSubject;
use sp_core::H256;

use crate::{AccountId, RpcError};

/// No identifier of ours is longer: method, genesis, `account` and 32 bytes in hex.
const MAX_LEN: usize = 160;

/// Whom the identifier names on the chain of this genesis.
pub(crate) fn subject(did: &str, genesis: &H256) -> Result<DidSubject<AccountId>, RpcError> {
	let mut parts = did.splitn(4, ':');
	let (scheme, method, chain) = (parts.next(), parts.next(), parts.next());
	let is_method = |name: &str| {
		!name.is_empty()
			&& name
				.bytes()
				.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
	};
	match (scheme, method, chain) {
		(Some("did"), Some("salus"), Some(chain)) if did.len() <= MAX_LEN => {
			let chain = genesis_of(chain).ok_or(RpcError::InvalidDid)?;
			let subject = DidSubject::parse(did, &chain).ok_or(RpcError::InvalidDid)?;
			if chain == *genesis {
				Ok(subject)
			} else {
				Err(RpcError::ForeignDid(chain))
			}
		}
		(Some("did"), Some(method), Some(id)) if method != "salus" && is_method(method) && !id.is_empty() => {
			Err(RpcError::DidMethodNotSupported)
		}
		_ => Err(RpcError::InvalidDid),
	}
}

fn genesis_of(digits: &str) -> Option<H256> {
	let bytes: [u8; 32] = hex::decode(digits).ok()?.try_into().ok()?;
	Some(H256(bytes))
}
