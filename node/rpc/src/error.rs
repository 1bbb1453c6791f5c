//! The one table of errors.

use jsonrpsee::types::ErrorObjectOwned;
use salus_primitives::Reason;
use salus_vault::desk::ReleaseError;
use serde_json::{json, Value};
use sp_core::H256;

use crate::ReleaseRefused;

/// Code and name of every error, as the README lists them.
pub const ERRORS: &[(i32, &str)] = &[
	(7001, "InvalidParameter"),
	(7002, "InvalidLimit"),
	(7003, "InvalidCursor"),
	(7004, "UnknownBlock"),
	(7005, "StatePruned"),
	(7006, "RuntimeFailed"),
	(7007, "IndexFailed"),
	(7008, "IndexBehind"),
	(7009, "NoIndex"),
	(7010, "RuntimeTooOld"),
	(7011, "InvalidDid"),
	(7012, "DidMethodNotSupported"),
	(7013, "ForeignDid"),
	(7014, "UnknownDid"),
	(7015, "TooManySubscriptions"),
	(7020, "NoDesk"),
	(7021, "LocalOnly"),
	(7022, "VaultFailed"),
	(7030, "ForeignRequester"),
	(7031, "TooManyRequests"),
	(7032, "CustodianUnreachable"),
	(7033, "CustodianBusy"),
	(7034, "CustodianBadReply"),
	(7101, "WrongVersion"),
	(7102, "WrongGenesis"),
	(7103, "WrongCustodian"),
	(7104, "BadSignature"),
	(7105, "StaleChain"),
	(7106, "StaleAnchor"),
	(7107, "UnsupportedRecipientKey"),
	(7108, "InvalidRecipientKey"),
	(7109, "UnknownReceipt"),
	(7110, "ForeignReceipt"),
	(7111, "OldReceipt"),
	(7112, "RefusedInReceipt"),
	(7113, "UnknownRecord"),
	(7114, "NotPermitted"),
	(7115, "NoKey"),
	(7116, "UnreadableKey"),
	(7117, "ChainUnavailable"),
	(7118, "KeyTable"),
	(7119, "NoRandomness"),
];

/// What is added to the number of a desk's refusal.
const RELEASE: i32 = 7100;

/// Why a call was refused or failed. Each has a code, a name, a message that says what to do, and data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RpcError {
	/// A parameter is not what it has to be.
	#[error("{parameter}: {problem}")]
	InvalidParameter {
		/// Its name.
		parameter: &'static str,
		/// What is wrong with it.
		problem: String,
	},
	/// A page of no or of too many items.
	#[error("limit: {0} is not from 1 to 256; ask for fewer and follow `next`")]
	InvalidLimit(u64),
	/// The cursor is not one that this method gave.
	#[error("cursor: not one that this method gave; start without a cursor")]
	InvalidCursor,
	/// The node does not have the block.
	#[error("at: block {0} is not known here; leave `at` out for the finalised head")]
	UnknownBlock(H256),
	/// The block's state is gone.
	#[error("at: the state of block {0} was pruned; ask for a later block or an archive node")]
	StatePruned(H256),
	/// The runtime call failed.
	#[error("the runtime did not answer; see the node's log")]
	RuntimeFailed,
	/// The audit index failed.
	#[error("the node's audit index did not answer; see the node's log")]
	IndexFailed,
	/// The audit index has not read the finalised head yet.
	#[error("the node's audit index has not reached block {0} yet; try again in a moment")]
	IndexBehind(u32),
	/// The node keeps no index.
	#[error(
		"this node joined by warp sync and keeps no audit index; ask another node, or the operator for one that \
		 synced in full"
	)]
	NoIndex,
	/// The chain's runtime does not know lists that run across patients.
	#[error("the chain's runtime does not know such lists yet; ask again when the runtime is upgraded")]
	RuntimeTooOld,
	/// The identifier is not a DID in its one spelling.
	#[error("did: expected did:salus:<genesis hash>:institution:<n>, :patient:<n> or :account:<public key>, in lower-case hex without 0x")]
	InvalidDid,
	/// The identifier is of another DID method.
	#[error("did: only did:salus is resolved here; ask a resolver of that method")]
	DidMethodNotSupported,
	/// The identifier is of another chain.
	#[error("did: it is of the chain with genesis {0:?}; ask a node of that chain")]
	ForeignDid(H256),
	/// Nobody was ever registered under the identifier.
	#[error("did: nobody is or was registered under it at this block; check the identifier")]
	UnknownDid,
	/// The node has as many subscribers as it can serve.
	#[error("this node serves as many subscriptions as it can; try again later, or ask another node")]
	TooManySubscriptions,
	/// This node holds no key of the institution.
	#[error("this node keeps no such key; ask the node of the custodian{}", named(custodian))]
	NoDesk {
		/// Whom the request names; `None` for calls that name nobody.
		custodian: Option<u32>,
	},
	/// The method is served on the node's own machine only.
	#[error("this method is served locally only; call it on the node's machine, or see --rpc-methods")]
	LocalOnly,
	/// The vault failed.
	#[error("the node's vault did not answer; see the node's log")]
	VaultFailed,
	/// The release desk refused.
	#[error(transparent)]
	Release(ReleaseError),
	/// The request could not be relayed to the custodian's node, or not answered there.
	#[error(transparent)]
	Relay(ReleaseRefused),
}

impl RpcError {
	/// The parameter is not what it has to be.
	pub(crate) fn parameter(parameter: &'static str, problem: impl ToString) -> Self {
		Self::InvalidParameter {
			parameter,
			problem: problem.to_string(),
		}
	}

	/// The error's stable name.
	pub fn name(&self) -> &'static str {
		match self {
			Self::InvalidParameter { .. } => "InvalidParameter",
			Self::InvalidLimit(_) => "InvalidLimit",
			Self::InvalidCursor => "InvalidCursor",
			Self::UnknownBlock(_) => "UnknownBlock",
			Self::StatePruned(_) => "StatePruned",
			Self::RuntimeFailed => "RuntimeFailed",
			Self::IndexFailed => "IndexFailed",
			Self::IndexBehind(_) => "IndexBehind",
			Self::NoIndex => "NoIndex",
			Self::RuntimeTooOld => "RuntimeTooOld",
			Self::InvalidDid => "InvalidDid",
			Self::DidMethodNotSupported => "DidMethodNotSupported",
			Self::ForeignDid(_) => "ForeignDid",
			Self::UnknownDid => "UnknownDid",
			Self::TooManySubscriptions => "TooManySubscriptions",
			Self::NoDesk { .. } => "NoDesk",
			Self::LocalOnly => "LocalOnly",
			Self::VaultFailed => "VaultFailed",
			Self::Release(error) => error.code(),
			Self::Relay(refused) => refused.code(),
		}
	}

	/// The error's stable code.
	pub fn code(&self) -> i32 {
		if let Self::Release(error) = self {
			return Self::release_code(error);
		}
		Self::code_of(self.name())
	}

	/// The code of the error with this name.
	pub fn code_of(name: &str) -> i32 {
		ERRORS
			.iter()
			.find(|(_, known)| *known == name)
			.map_or(7006, |(code, _)| *code)
	}

	/// The code of a desk's refusal.
	pub fn release_code(error: &ReleaseError) -> i32 {
		RELEASE.saturating_add(i32::from(error.number()))
	}

	/// What a program can act on, the name first.
	pub fn data(&self) -> Value {
		let name = self.name();
		match self {
			Self::InvalidParameter { parameter, .. } => json!({ "name": name, "parameter": parameter }),
			Self::InvalidLimit(limit) => json!({ "name": name, "limit": limit, "least": 1, "most": 256 }),
			Self::UnknownBlock(at) | Self::StatePruned(at) => json!({ "name": name, "at": at }),
			Self::IndexBehind(block) => json!({ "name": name, "block": block }),
			Self::InvalidDid => json!({ "name": name, "type": "https://www.w3.org/ns/did#INVALID_DID" }),
			Self::DidMethodNotSupported => {
				json!({ "name": name, "type": "https://www.w3.org/ns/did#METHOD_NOT_SUPPORTED" })
			}
			Self::ForeignDid(genesis) => {
				json!({ "name": name, "type": "https://www.w3.org/ns/did#NOT_FOUND", "genesis": genesis })
			}
			Self::UnknownDid => json!({ "name": name, "type": "https://www.w3.org/ns/did#NOT_FOUND" }),
			Self::NoDesk { custodian } => json!({ "name": name, "custodian": custodian }),
			Self::Relay(refused) => match refused.custodian() {
				Some(custodian) => json!({ "name": name, "custodian": custodian }),
				None => json!({ "name": name }),
			},
			Self::Release(error) => match error.reason() {
				Some(index) => json!({ "name": name, "reason": reason_name(index) }),
				None => json!({ "name": name }),
			},
			_ => json!({ "name": name }),
		}
	}
}

fn named(custodian: &Option<u32>) -> String {
	custodian.map_or_else(String::new, |id| format!(", institution {id}"))
}

/// The name of the runtime's `Reason` with this index, as the RPC and the vault's HTTP answers say it.
pub fn reason_name(index: u8) -> Option<&'static str> {
	Reason::ALL.get(usize::from(index)).map(|reason| reason.name())
}

impl From<RpcError> for ErrorObjectOwned {
	fn from(error: RpcError) -> Self {
		Self::owned(error.code(), error.to_string(), Some(error.data()))
	}
}
