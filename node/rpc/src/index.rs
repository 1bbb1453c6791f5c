//! Waiting for the audit index.

use std::time::Duration;

use salus_index::{AuditIndex, IndexError, Progress};
use tokio::{sync::watch, time};

use crate::RpcError;

/// How long an answer waits for the index to read what was finalised just now.
const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 100 } else { 5_000 });

/// The index, and how far it has come.
#[derive(Clone)]
pub struct Indexed {
	/// The index.
	pub index: AuditIndex,
	/// How far it has come.
	pub progress: watch::Receiver<Progress>,
}

impl Indexed {
	/// Waits until all up to the block of this number is indexed: a caller who has proven a head finds what ends in it.
	pub(crate) async fn settled(indexed: &Option<Self>, head: u32) -> Result<&AuditIndex, RpcError> {
		let Self { index, progress } = indexed.as_ref().ok_or(RpcError::NoIndex)?;
		let mut progress = progress.clone();
		let settled = time::timeout(PATIENCE, progress.wait_for(|progress| progress.number >= head)).await;
		match settled {
			Ok(Ok(_)) => Ok(index),
			Ok(Err(_)) => Err(RpcError::IndexFailed),
			Err(_) => Err(RpcError::IndexBehind(head)),
		}
	}
}

pub(crate) fn failed(error: IndexError) -> RpcError {
	if matches!(error, IndexError::NotListed) {
		return RpcError::RuntimeTooOld;
	}
	log::warn!(target: "salus-rpc", "the audit index failed: {error}");
	RpcError::IndexFailed
}
