//! Whether a release may be made now: all that the chain knows of it, before any key is looked at.
//!
//! The desk asks this, and so does a node that hands out another custodian's ciphertext.

use super::ReleaseError;
use crate::{
	chain::{FinalisedChain, RecordView, Verdict},
	clock::Clock,
	request::{ReleaseRequest, REQUEST_VERSION},
};

/// How far the finalised head may be from the clock, and how old an anchor may be.
pub const FRESHNESS_MS: u64 = 60_000;
/// How old a receipt may be.
pub const RECEIPT_LIFETIME_MS: u64 = 3_600_000;

/// The record asked for, if its requester signed and the chain permits it at its finalised head.
///
/// # Errors
/// Those of the chain and of the request; none of a key.
pub fn check(
	chain: &dyn FinalisedChain,
	clock: &dyn Clock,
	request: &ReleaseRequest,
	signature: &[u8],
) -> Result<RecordView, ReleaseError> {
	check_request(chain, request, signature)?;
	check_freshness(chain, clock, request)?;
	check_receipt(chain, clock, request)?;
	let record = chain.record(request.object)?.ok_or(ReleaseError::UnknownRecord)?;
	if record.custodian != request.custodian {
		return Err(ReleaseError::WrongCustodian);
	}
	match chain.still_permits(request.receipt, request.object)? {
		Verdict::Permit => Ok(record),
		Verdict::Deny(reason) => Err(ReleaseError::NotPermitted(reason)),
	}
}

/// Whether the request is for this chain, can be answered, and is the requester's.
///
/// # Errors
/// `WrongVersion`, `WrongGenesis`, `UnsupportedRecipientKey`, `BadSignature`
pub fn check_request(
	chain: &dyn FinalisedChain,
	request: &ReleaseRequest,
	signature: &[u8],
) -> Result<(), ReleaseError> {
	if request.version != REQUEST_VERSION {
		return Err(ReleaseError::WrongVersion);
	}
	if request.genesis != chain.genesis() {
		return Err(ReleaseError::WrongGenesis);
	}
	let supported = request.recipient_key.check_supported();
	supported.map_err(|_| ReleaseError::UnsupportedRecipientKey)?;
	if !chain.verify(&request.requester, &request.signing_payload(), signature) {
		return Err(ReleaseError::BadSignature);
	}
	Ok(())
}

fn check_freshness(
	chain: &dyn FinalisedChain,
	clock: &dyn Clock,
	request: &ReleaseRequest,
) -> Result<(), ReleaseError> {
	let now = clock.now();
	let head = chain.head()?;
	if now.abs_diff(head.time) > FRESHNESS_MS {
		return Err(ReleaseError::StaleChain);
	}
	let (number, hash) = request.anchor;
	let anchor = chain.block(number)?.filter(|block| block.hash == hash);
	match anchor {
		Some(block) if now.saturating_sub(block.time) <= FRESHNESS_MS => Ok(()),
		_ => Err(ReleaseError::StaleAnchor),
	}
}

fn check_receipt(chain: &dyn FinalisedChain, clock: &dyn Clock, request: &ReleaseRequest) -> Result<(), ReleaseError> {
	let receipt = chain.receipt(request.receipt, request.object)?;
	let receipt = receipt.ok_or(ReleaseError::UnknownReceipt)?;
	let item = receipt.items.iter().find(|item| item.object == request.object);
	let item = item
		.filter(|_| receipt.requester == request.requester)
		.ok_or(ReleaseError::ForeignReceipt)?;
	if clock.now().saturating_sub(receipt.at) > RECEIPT_LIFETIME_MS {
		return Err(ReleaseError::OldReceipt);
	}
	match item.verdict {
		Verdict::Permit => Ok(()),
		Verdict::Deny(reason) => Err(ReleaseError::RefusedInReceipt(reason)),
	}
}
