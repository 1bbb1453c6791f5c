//! The vault: its state, and the release of keys.

use std::{collections::BTreeMap, sync::Arc};

use codec::{DecodeAll, Encode};
use jsonrpsee::{core::async_trait, proc_macros::rpc, Extensions};
use salus_vault::{
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

/// A SCALE encoded signature of any scheme is at most 66 bytes.
const MAX_SIGNATURE: usize = 66;

/// The desks of the institutions whose keys a node holds.
#[async_trait]
pub trait ReleaseDesk: Send + Sync + 'static {
	/// Releases a data key to the request's recipient key, or says why not.
	async fn release(&self, request: ReleaseRequest, signature: Vec<u8>) -> Result<Release, ReleaseRefused>;
	/// What the vault holds and has done.
	async fn status(&self) -> Result<VaultStatus, VaultUnavailable>;
}

/// Why a key was not released.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseRefused {
	/// This node holds no key of that institution.
	#[error("institution {0} is not kept here")]
	NotHere(u32),
	/// Its desk refused.
	#[error(transparent)]
	Desk(#[from] ReleaseError),
	/// The work was cut short.
	#[error(transparent)]
	Unavailable(#[from] VaultUnavailable),
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
		self.desk(None)?
			.status()
			.await
			.map_err(|VaultUnavailable| RpcError::VaultFailed)
	}

	async fn release(&self, request: Input, signature: Option<Input>) -> Result<String, RpcError> {
		let (request, signature) = both(request, signature)?;
		let request = request.bytes("request", MAX_REQUEST_LEN)?;
		let request = ReleaseRequest::decode_all(&mut request.as_slice()).map_err(|error| {
			RpcError::parameter("request", format!("expected a SCALE encoded release request: {error}"))
		})?;
		let signature = signature.bytes("signature", MAX_SIGNATURE)?;
		let released = self.desk(Some(request.custodian))?.release(request, signature).await;
		match released {
			Ok(release) => Ok(format!("0x{}", hex::encode(release.encode()))),
			Err(ReleaseRefused::NotHere(custodian)) => Err(RpcError::NoDesk {
				custodian: Some(custodian),
			}),
			Err(ReleaseRefused::Desk(error)) => Err(RpcError::Release(error)),
			Err(ReleaseRefused::Unavailable(VaultUnavailable)) => Err(RpcError::VaultFailed),
		}
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
