//! Releases and ciphertexts wherever they are kept: at this node's desks, or at another hospital's by the relay.

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use cid::Cid;
use salus_rpc::{ReleaseDesk, ReleaseRefused, VaultStatus, VaultUnavailable};
use salus_vault::{
	chain::RecordView,
	desk::Release,
	request::ReleaseRequest,
	store::{fetch, PayloadStream, StoreError},
};

use super::{Desks, StoreKind};
use crate::hospitals::Relay;

/// All that this node's people can be given.
pub struct Releases {
	desks: Option<Arc<Desks>>,
	relay: Option<Relay>,
}

impl Releases {
	/// At these desks, and by this relay where there is a network.
	pub fn new(desks: Option<Arc<Desks>>, relay: Option<Relay>) -> Self {
		Self { desks, relay }
	}

	fn relay_to(&self, custodian: u32) -> Result<&Relay, ReleaseRefused> {
		self.relay.as_ref().ok_or(ReleaseRefused::NotHere(custodian))
	}

	fn desks_of(&self, custodian: u32) -> Option<&Desks> {
		self.desks
			.as_deref()
			.filter(|desks| desks.custodian(custodian).is_some())
	}

	/// Whether the request's signer may fetch the record's ciphertext now.
	pub async fn authorise(&self, request: ReleaseRequest, signature: Vec<u8>) -> Result<RecordView, ReleaseRefused> {
		match self.desks_of(request.custodian) {
			Some(desks) => desks.authorise(request, signature).await,
			None => self.relay_to(request.custodian)?.authorise(request, signature).await,
		}
	}

	/// The record's ciphertext: from this node's store where the record's custodian is here; else by the daemon's swarm,
	/// where there is a daemon, or from the custodian's own nodes.
	pub async fn payload(
		&self,
		record: &RecordView,
		cid: &Cid,
		range: Option<Range<u64>>,
	) -> Result<PayloadStream, StoreError> {
		if let Some(desks) = self.desks_of(record.custodian) {
			return desks.holdings().store().get(cid, range).await;
		}
		let swarm = self.desks.as_deref().filter(|desks| desks.kind() == StoreKind::Kubo);
		if let Some(desks) = swarm {
			match desks.holdings().store().get(cid, range.clone()).await {
				Err(error @ (StoreError::NotFound(_) | StoreError::Deadline | StoreError::Daemon(_))) => {
					log::debug!(target: "salus", "the swarm did not give {cid}: {error}");
				}
				found => return found,
			}
		}
		let relay = self.relay.as_ref().ok_or(StoreError::NotFound(*cid))?;
		fetch(Arc::new(relay.blocks_of(record.custodian)), cid, range).await
	}
}

#[async_trait]
impl ReleaseDesk for Releases {
	async fn release(&self, request: ReleaseRequest, signature: Vec<u8>) -> Result<Release, ReleaseRefused> {
		match self.desks_of(request.custodian) {
			Some(desks) => desks.release(request, signature).await,
			None => self.relay_to(request.custodian)?.release(request, signature).await,
		}
	}

	async fn status(&self) -> Result<Option<VaultStatus>, VaultUnavailable> {
		match &self.desks {
			Some(desks) => desks.status().await.map(Some),
			None => Ok(None),
		}
	}
}
