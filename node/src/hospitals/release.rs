//! `/salus/release/1`: this node's desks answer other hospitals' nodes.

use std::{num::NonZeroU32, sync::Arc};

use async_trait::async_trait;
use codec::{DecodeAll, Encode};
use salus_rpc::ReleaseRefused;
use salus_vault::{
	between::{RelayedRequest, ReleaseReply, MAX_SIGNATURE_LEN},
	desk::Release,
};

use super::protocol::Desk;
use crate::vault::Desks;

/// This node's desks; none where it keeps no institution's keys.
pub struct ReleaseDesks(pub Option<Arc<Desks>>);

#[async_trait]
impl Desk for ReleaseDesks {
	type Request = RelayedRequest;
	type Given = Release;
	type Refusal = ReleaseRefused;

	const EACH_SECOND: NonZeroU32 = match NonZeroU32::new(200) {
		Some(number) => number,
		None => NonZeroU32::MIN,
	};

	fn read(mut payload: &[u8]) -> Option<RelayedRequest> {
		RelayedRequest::decode_all(&mut payload)
			.ok()
			.filter(|relayed| relayed.signature.len() <= MAX_SIGNATURE_LEN)
	}

	async fn answer(&self, relayed: RelayedRequest) -> Result<Release, ReleaseRefused> {
		match &self.0 {
			Some(desks) => desks.release(relayed.request, relayed.signature).await,
			None => Err(ReleaseRefused::NotHere(relayed.request.custodian)),
		}
	}

	fn code(refusal: &ReleaseRefused) -> &'static str {
		refusal.code()
	}

	fn reply(result: Result<Release, Option<ReleaseRefused>>) -> Vec<u8> {
		let reply = match result {
			Ok(release) => ReleaseReply::Released(release),
			Err(Some(ReleaseRefused::Desk(error))) => ReleaseReply::from(&error),
			Err(Some(ReleaseRefused::NotHere(_))) => ReleaseReply::NoDesk,
			Err(_) => ReleaseReply::Busy,
		};
		reply.encode()
	}
}
