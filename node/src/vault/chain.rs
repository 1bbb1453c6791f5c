//! The finalised chain as the vault asks it.

use std::sync::Arc;

use codec::DecodeAll;
use pallet_consent_runtime_api::ConsentApi;
use pallet_records_runtime_api::{AuditApi, RecordsApi};
use pallet_roles_runtime_api::RolesApi;
use salus_primitives::{
	AccessRequest, Action, Category, Decision, HpkeKey as KeyOnChain, Kind, Purpose, Reason, Receipt, Record, RecordId,
};
use salus_runtime::{opaque::Block, AccountId, Hash, Signature};
use salus_vault::{
	chain::{
		AccountId as AccountBytes, AppendQuery, BlockView, ChainUnavailable, FinalisedChain, Object, ReceiptItem,
		ReceiptView, RecordView, Verdict,
	},
	wrap::HpkeKey,
};
use sc_consensus_aura::standalone::find_pre_digest;
use sp_api::{ApiError, ApiRef, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_consensus_aura::{sr25519::AuthoritySignature, SlotDuration};
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Verify};

use crate::service::FullClient;

type Api<'a> = ApiRef<'a, <FullClient as ProvideRuntimeApi<Block>>::Api>;

/// The finalised chain of this node's client.
pub struct NodeChain {
	client: Arc<FullClient>,
	slot: SlotDuration,
}

impl NodeChain {
	/// The chain of this client.
	pub fn new(client: Arc<FullClient>) -> Result<Self, sp_blockchain::Error> {
		let slot = sc_consensus_aura::slot_duration(&*client)?;
		Ok(Self { client, slot })
	}

	/// The key of an institution; none where the finalised head does not know the institution.
	pub fn custodian_key(&self, institution: u32) -> Result<Option<HpkeKey>, ChainUnavailable> {
		let found = self.ask("institution", |api, at| api.institution(at, institution))?;
		Ok(found.map(|institution| match institution.hpke {
			KeyOnChain::X25519(key) => HpkeKey::X25519(key),
			KeyOnChain::XWing(key) => HpkeKey::XWing(key.into_inner()),
		}))
	}

	/// The records that this block's calls registered.
	pub fn registered_in(&self, block: Hash) -> Result<Vec<RecordView>, ChainUnavailable> {
		let entries = self
			.client
			.runtime_api()
			.entries(block)
			.map_err(|error| unavailable("entries", &error))?;
		let mut records = Vec::new();
		for (_, entry) in entries {
			if let Kind::RecordRegistered { record } = entry.kind {
				records.extend(self.record(Object::Record(record))?);
			}
		}
		Ok(records)
	}

	/// Asks the runtime at the finalised head.
	fn ask<T>(
		&self,
		what: &'static str,
		question: impl FnOnce(Api<'_>, Hash) -> Result<T, ApiError>,
	) -> Result<T, ChainUnavailable> {
		let head = self.client.info().finalized_hash;
		question(self.client.runtime_api(), head).map_err(|error| unavailable(what, &error))
	}

	/// When a block was made: by its header, which stays where its state is pruned. `None` where there is no header, or
	/// before the first block.
	fn time(&self, block: Hash) -> Result<Option<u64>, ChainUnavailable> {
		let header = self
			.client
			.header(block)
			.map_err(|error| unavailable("header", &error))?;
		Ok(header.and_then(|header| time_of(&header, self.slot)))
	}

	/// Why a receipt's permit no longer stands: what the engine would say to a new request.
	fn reason(&self, receipt: u64, id: RecordId) -> Result<Reason, ChainUnavailable> {
		let receipt = self.ask("receipt", |api, at| RecordsApi::receipt(&*api, at, receipt))?;
		let record = self.ask("record", |api, at| RecordsApi::record(&*api, at, id))?;
		let (Some(receipt), Some(record)) = (receipt, record) else {
			return Ok(Reason::Unavailable);
		};
		let request = view_request(&receipt, id, &record);
		match self.ask("decide", |api, at| api.decide(at, request))? {
			Decision::Deny(reason) => Ok(reason),
			// The engine would permit it on another basis: the receipt itself is what does not cover it.
			Decision::Permit(_) => Ok(Reason::NoGrant),
		}
	}
}

/// The beginning of the header's slot: no more than a slot before the block's own timestamp.
fn time_of(header: &<Block as BlockT>::Header, slot: SlotDuration) -> Option<u64> {
	let found = find_pre_digest::<Block, AuthoritySignature>(header).ok()?;
	found
		.timestamp(slot)
		.map(|time| time.as_millis())
		.filter(|time| *time > 0)
}

impl FinalisedChain for NodeChain {
	fn genesis(&self) -> [u8; 32] {
		self.client.info().genesis_hash.0
	}

	fn head(&self) -> Result<BlockView, ChainUnavailable> {
		let info = self.client.info();
		let time = self.time(info.finalized_hash)?.unwrap_or_default();
		Ok(BlockView {
			number: info.finalized_number,
			hash: info.finalized_hash.0,
			time,
		})
	}

	fn block(&self, number: u32) -> Result<Option<BlockView>, ChainUnavailable> {
		if number > self.client.info().finalized_number {
			return Ok(None);
		}
		let Some(hash) = self.client.hash(number).map_err(|error| unavailable("hash", &error))? else {
			return Ok(None);
		};
		Ok(self.time(hash)?.map(|time| BlockView {
			number,
			hash: hash.0,
			time,
		}))
	}

	fn receipt(&self, id: u64) -> Result<Option<ReceiptView>, ChainUnavailable> {
		let receipt = self.ask("receipt", |api, at| RecordsApi::receipt(&*api, at, id))?;
		Ok(receipt.map(|receipt| receipt_view(id, receipt)))
	}

	fn record(&self, object: Object) -> Result<Option<RecordView>, ChainUnavailable> {
		// Batches of readings come with the telemetry pallet.
		let Object::Record(id) = object else {
			return Ok(None);
		};
		let record = self.ask("record", |api, at| RecordsApi::record(&*api, at, id))?;
		Ok(record.map(|record| record_view(id, record)))
	}

	fn registered(&self, patient: u64, sha256: &[u8; 32]) -> Result<Option<RecordView>, ChainUnavailable> {
		match self.ask("by_hash", |api, at| api.by_hash(at, patient, H256(*sha256)))? {
			Some(id) => self.record(Object::Record(id)),
			None => Ok(None),
		}
	}

	fn still_permits(&self, receipt: u64, object: Object) -> Result<Verdict, ChainUnavailable> {
		let Object::Record(id) = object else {
			return Ok(Verdict::Deny(Reason::Unavailable as u8));
		};
		if self.ask("still_permits", |api, at| api.still_permits(at, receipt, id))? {
			return Ok(Verdict::Permit);
		}
		self.reason(receipt, id).map(|reason| Verdict::Deny(reason as u8))
	}

	fn decide_append(&self, query: &AppendQuery) -> Result<Verdict, ChainUnavailable> {
		let (Some(purpose), Some(category)) = (
			Purpose::ALL.get(usize::from(query.purpose)).copied(),
			Category::ALL.get(usize::from(query.category)).copied(),
		) else {
			return Ok(Verdict::Deny(Reason::RoleForbids as u8));
		};
		let requester = AccountId::new(query.requester);
		let own = self.ask("patient_of", |api, at| api.patient_of(at, requester.clone()))? == Some(query.patient);
		let request = AccessRequest {
			requester: requester.clone(),
			on_behalf_of: (!own).then_some(query.institution),
			patient: query.patient,
			record: None,
			custodian: query.institution,
			category,
			compartment: query.compartment,
			recorded_at: query.recorded_at,
			author: requester,
			status: None,
			action: Action::Append,
			purpose,
		};
		Ok(verdict(self.ask("decide", |api, at| api.decide(at, request))?))
	}

	fn verify(&self, account: &AccountBytes, message: &[u8], signature: &[u8]) -> bool {
		let mut signature = signature;
		Signature::decode_all(&mut signature)
			.is_ok_and(|signature| signature.verify(message, &AccountId::new(*account)))
	}
}

fn unavailable(what: &str, error: &dyn std::fmt::Display) -> ChainUnavailable {
	log::warn!(target: "salus", "the vault could not ask the chain ({what}): {error}");
	ChainUnavailable
}

fn view_request(receipt: &Receipt<AccountId>, id: RecordId, record: &Record<AccountId>) -> AccessRequest<AccountId> {
	AccessRequest {
		requester: receipt.requester.clone(),
		on_behalf_of: receipt.on_behalf_of,
		patient: receipt.patient,
		record: Some(id),
		custodian: record.custodian,
		category: record.category,
		compartment: record.compartment,
		recorded_at: record.recorded_at,
		author: record.author.clone(),
		status: Some(record.status),
		action: Action::View,
		purpose: receipt.purpose,
	}
}

fn verdict(decision: Decision) -> Verdict {
	match decision {
		Decision::Permit(_) => Verdict::Permit,
		Decision::Deny(reason) => Verdict::Deny(reason as u8),
	}
}

fn receipt_view(id: u64, receipt: Receipt<AccountId>) -> ReceiptView {
	let items = receipt
		.outcomes
		.into_iter()
		.map(|(record, decision)| ReceiptItem {
			object: Object::Record(record),
			verdict: verdict(decision),
		})
		.collect();
	ReceiptView {
		id,
		requester: receipt.requester.into(),
		at: receipt.at,
		items,
	}
}

fn record_view(id: RecordId, record: Record<AccountId>) -> RecordView {
	RecordView {
		id,
		patient: record.patient,
		author: record.author.into(),
		custodian: record.custodian,
		category: record.category as u8,
		compartment: record.compartment,
		media: record.media as u8,
		cid: record.cid.into_inner(),
		sha256: record.sha256.0,
		tree: record.tree.0,
		size: record.size,
		recorded_at: record.recorded_at,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_consensus_aura::digests::CompatibleDigestItem;
	use sp_runtime::{traits::Header, Digest, DigestItem};

	const SLOT: SlotDuration = SlotDuration::from_millis(1000);

	fn header(number: u32, logs: Vec<DigestItem>) -> <Block as BlockT>::Header {
		let hash = H256::zero;
		Header::new(number, hash(), hash(), hash(), Digest { logs })
	}

	#[test]
	fn a_block_is_as_old_as_its_slot() {
		let slot = |slot: u64| <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(slot.into());
		assert_eq!(
			time_of(&header(7, vec![slot(1_800_000_000)]), SLOT),
			Some(1_800_000_000_000)
		);
		assert_eq!(time_of(&header(0, Vec::new()), SLOT), None);
		assert_eq!(time_of(&header(7, Vec::new()), SLOT), None);
		assert_eq!(time_of(&header(7, vec![slot(1), slot(2)]), SLOT), None);
	}
}
