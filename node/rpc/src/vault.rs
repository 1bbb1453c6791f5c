//! The vault: its state, and the release of keys.

use std::{collections::BTreeMap, sync::Arc};

use codec::{DecodeAll, Encode};
use jsonrpsee::{core::async_trait, proc_macros::rpc, Extensions};
use salus_vault::{
	between::MAX_SIGNATURE_LEN,
	desk::{Release, ReleaseError},
	request::{ReleaseRequest, MAX_REQUEST_LEN},
};
use sc_rpc_api::DenyUnsafe;
use serde::{Deserialize, Serialize};

use crate::{
	input::{given, Input},
	view::Int,
	RpcError,
};

/// The desks of the institutions whose keys a node holds.
#[async_trait]
pub trait ReleaseDesk: Send + Sync + 'static {
	/// Releases a data key to the request's recipient key, or says why not.
	async fn release(&self, request: ReleaseRequest, signature: Vec<u8>) -> Result<Release, ReleaseRefused>;
	/// What the vault holds and has done; none where the node has no vault.
	async fn status(&self) -> Result<Option<VaultStatus>, VaultUnavailable>;
}

/// Why a key was not released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseRefused {
	/// This node holds no key of that institution, and the chain names no node that does.
	#[error("institution {0} is not kept here")]
	NotHere(u32),
	/// The custodian is another hospital's, and the requester not one of this node's own people.
	#[error(
		"the account is neither a patient nor a practitioner of this node's institution; ask your own hospital's node"
	)]
	ForeignRequester,
	/// She asks for too much at once.
	#[error("the account asks for too many releases; try again in a few seconds")]
	TooManyRequests,
	/// No node of the custodian answers.
	#[error("no node of institution {0}, the custodian, answers; try again when it is back")]
	Unreachable(u32),
	/// The custodian's node has too much to do for this node.
	#[error("the node of institution {0}, the custodian, is busy; try again in a few seconds")]
	Busy(u32),
	/// The custodian's node answered with what is no reply.
	#[error("the node of institution {0}, the custodian, answered with something else; tell its operator")]
	BadReply(u32),
	/// Its desk refused.
	#[error(transparent)]
	Desk(#[from] ReleaseError),
	/// The work was cut short.
	#[error(transparent)]
	Unavailable(#[from] VaultUnavailable),
}

impl ReleaseRefused {
	/// A stable name, for RPC data and metric labels.
	pub fn code(&self) -> &'static str {
		match self {
			Self::NotHere(_) => "NoDesk",
			Self::ForeignRequester => "ForeignRequester",
			Self::TooManyRequests => "TooManyRequests",
			Self::Unreachable(_) => "CustodianUnreachable",
			Self::Busy(_) => "CustodianBusy",
			Self::BadReply(_) => "CustodianBadReply",
			Self::Desk(error) => error.code(),
			Self::Unavailable(VaultUnavailable) => "VaultFailed",
		}
	}

	/// The custodian whose node could not be asked.
	pub fn custodian(&self) -> Option<u32> {
		match self {
			Self::NotHere(custodian)
			| Self::Unreachable(custodian)
			| Self::Busy(custodian)
			| Self::BadReply(custodian) => Some(*custodian),
			_ => None,
		}
	}
}

/// The vault could not be asked; the node's log says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the vault did not answer")]
pub struct VaultUnavailable;

/// What a node's vault holds and has done since it started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VaultStatus {
	/// `embedded` or `kubo`.
	pub store: String,
	/// Bytes in the store.
	pub stored: Int,
	/// Bytes it may hold.
	pub limit: Int,
	/// Rows of the key table that wait for their record.
	pub pending: Int,
	/// Rows in force.
	pub live: Int,
	/// The institutions whose keys this node holds.
	pub custodians: Vec<Custody>,
}

/// One institution's part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Custody {
	/// The institution.
	pub institution: u32,
	/// Keys and ciphertexts released.
	pub releases: Int,
	/// Refusals of releases, by name.
	pub refused_releases: BTreeMap<String, Int>,
	/// Uploads taken.
	pub uploads: Int,
	/// Refusals of uploads, by name.
	pub refused_uploads: BTreeMap<String, Int>,
}

/// The vault.
#[rpc(server)]
pub trait VaultRpc {
	/// What this node's vault holds and has done. Local only.
	#[method(name = "vault_status", with_extensions)]
	async fn status(&self) -> Result<VaultStatus, RpcError>;

	/// Releases a data key: the request and its signature are SCALE in hex, as two parameters or as one object with
	/// these fields. The answer is the SCALE encoded release in hex, useless to everybody but the holder of the
	/// request's recipient key.
	#[method(name = "vault_release")]
	async fn release(&self, request: Input, signature: Option<Input>) -> Result<String, RpcError>;
}

/// Answers from the node's desks.
pub struct Vault(Option<Arc<dyn ReleaseDesk>>);

impl Vault {
	/// Answers from these desks.
	pub fn new(desk: Option<Arc<dyn ReleaseDesk>>) -> Self {
		Self(desk)
	}

	fn desk(&self, custodian: Option<u32>) -> Result<&dyn ReleaseDesk, RpcError> {
		self.0.as_deref().ok_or(RpcError::NoDesk { custodian })
	}
}

#[async_trait]
impl VaultRpcServer for Vault {
	async fn status(&self, extensions: &Extensions) -> Result<VaultStatus, RpcError> {
		let allowed = extensions
			.get::<DenyUnsafe>()
			.is_some_and(|policy| policy.check_if_safe().is_ok());
		if !allowed {
			return Err(RpcError::LocalOnly);
		}
		let status = self.desk(None)?.status().await;
		status
			.map_err(|VaultUnavailable| RpcError::VaultFailed)?
			.ok_or(RpcError::NoDesk { custodian: None })
	}

	async fn release(&self, request: Input, signature: Option<Input>) -> Result<String, RpcError> {
		let (request, signature) = both(request, signature)?;
		let request = request.bytes("request", MAX_REQUEST_LEN)?;
		let request = ReleaseRequest::decode_all(&mut request.as_slice()).map_err(|error| {
			RpcError::parameter("request", format!("expected a SCALE encoded release request: {error}"))
		})?;
		let signature = signature.bytes("signature", MAX_SIGNATURE_LEN)?;
		let released = self.desk(Some(request.custodian))?.release(request, signature).await;
		let release = released.map_err(|refused| match refused {
			ReleaseRefused::NotHere(custodian) => RpcError::NoDesk {
				custodian: Some(custodian),
			},
			ReleaseRefused::Desk(error) => RpcError::Release(error),
			ReleaseRefused::Unavailable(VaultUnavailable) => RpcError::VaultFailed,
			relayed => RpcError::Relay(relayed),
		})?;
		Ok(format!("0x{}", hex::encode(release.encode())))
	}
}

fn both(request: Input, signature: Option<Input>) -> Result<(Input, Input), RpcError> {
	#[derive(Deserialize)]
	#[serde(deny_unknown_fields)]
	struct Both {
		request: Input,
		signature: Input,
	}
	match given(&signature) {
		Some(signature) => Ok((request, signature.clone())),
		None if request.0.is_object() => {
			let Both { request, signature } = request.object("request")?;
			Ok((request, signature))
		}
		None => Err(RpcError::parameter("signature", "missing")),
	}
}
