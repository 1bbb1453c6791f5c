//! `/salus/release/1`: this node's desks answer other hospitals' nodes.

use std::{num::NonZeroU32, sync::Arc};

use async_trait::async_trait;
use codec::{DecodeAll, Encode};
use salus_rpc::ReleaseRefused;
use salus_vault::{
	between::{RelayedRequest, ReleaseReply, MAX_SIGNATURE_LEN},
	desk::Release,
	Outcomes,
};
use sc_network::PeerId;

use super::{
	directory::Directory,
	pace::Pace,
	protocol::{Answer, Desk, MALFORMED, STRANGER},
};
use crate::vault::Desks;

/// Releases that one node may ask for in a second.
const EACH_SECOND: NonZeroU32 = match NonZeroU32::new(200) {
	Some(number) => number,
	None => NonZeroU32::MIN,
};

/// Answers other nodes' requests.
pub struct ReleaseServer {
	desks: Option<Arc<Desks>>,
	directory: Arc<Directory>,
	pace: Pace<PeerId>,
	outcomes: Arc<Outcomes>,
}

/// Why another node got no key.
enum Refused {
	Stranger,
	Malformed,
	Busy,
	Desk(ReleaseRefused),
}

impl Refused {
	fn code(&self) -> &'static str {
		match self {
			Self::Stranger => "Stranger",
			Self::Malformed => "Malformed",
			Self::Busy => "Busy",
			Self::Desk(refused) => refused.code(),
		}
	}
}

#[async_trait]
impl Desk for ReleaseServer {
	async fn answer(&self, peer: PeerId, payload: Vec<u8>) -> Answer {
		let result = self.release(&peer, &payload).await;
		let reply = match self.outcomes.count(result, Refused::code) {
			Ok(release) => ReleaseReply::Released(release),
			Err(Refused::Stranger) => return Err(STRANGER),
			Err(Refused::Malformed) => return Err(MALFORMED),
			Err(Refused::Desk(ReleaseRefused::Desk(error))) => ReleaseReply::from(&error),
			Err(Refused::Desk(ReleaseRefused::NotHere(_))) => ReleaseReply::NoDesk,
			Err(Refused::Busy | Refused::Desk(_)) => ReleaseReply::Busy,
		};
		Ok(reply.encode())
	}
}

impl ReleaseServer {
	/// Answers from these desks, where this node has any.
	pub fn new(desks: Option<Arc<Desks>>, directory: Arc<Directory>) -> Self {
		Self {
			desks,
			directory,
			pace: Pace::new(EACH_SECOND),
			outcomes: Arc::default(),
		}
	}

	/// What was released to other nodes and refused to them.
	pub fn outcomes(&self) -> Arc<Outcomes> {
		Arc::clone(&self.outcomes)
	}

	async fn release(&self, peer: &PeerId, mut payload: &[u8]) -> Result<Release, Refused> {
		if !self.directory.is_active(peer) {
			return Err(Refused::Stranger);
		}
		if !self.pace.allows(peer) {
			return Err(Refused::Busy);
		}
		let relayed = RelayedRequest::decode_all(&mut payload).map_err(|_| Refused::Malformed)?;
		if relayed.signature.len() > MAX_SIGNATURE_LEN {
			return Err(Refused::Malformed);
		}
		let custodian = relayed.request.custodian;
		let desks = self
			.desks
			.as_ref()
			.ok_or(Refused::Desk(ReleaseRefused::NotHere(custodian)))?;
		desks
			.release(relayed.request, relayed.signature)
			.await
			.map_err(Refused::Desk)
	}
}
