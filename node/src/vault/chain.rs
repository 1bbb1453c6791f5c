//! The finalised chain as the vault asks it.

use std::sync::Arc;

use codec::DecodeAll;
use pallet_consent_runtime_api::ConsentApi;
use pallet_records_runtime_api::{AuditApi, RecordsApi};
use pallet_roles_runtime_api::RolesApi;
use pallet_telemetry_runtime_api::TelemetryApi;
use salus_primitives::{
	AccessRequest, Action, Anchor, AnchorFilter, AnchorId, Binding, Category, Decision, Device, HpkeKey as KeyOnChain,
	Kind, Purpose, Reason, Receipt, Record, RecordId,
};
use salus_runtime::{opaque::Block, AccountId, Hash, Signature};
use salus_vault::{
	chain::{
		AccountId as AccountBytes, AnchorQuery, AppendQuery, BatchPage, BlockView, ChainUnavailable, FinalisedChain,
		Object, ReceiptItem, ReceiptView, RecordView, Verdict,
	},
	ticket::BATCH_MEDIA,
	wrap::HpkeKey,
};
use sc_consensus_aura::standalone::find_pre_digest;
use sp_api::{ApiError, ApiRef, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_consensus_aura::{sr25519::AuthoritySignature, SlotDuration};
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Verify};

use crate::service::FullClient;

/// How many of a patient's batches are asked for at a time: as many as the runtime gives.
const PAGE: u32 = 256;

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

	/// The records that this block's calls registered, and the batches that they anchored.
	pub fn registered_in(&self, block: Hash) -> Result<Vec<Object>, ChainUnavailable> {
		let entries = self
			.client
			.runtime_api()
			.entries(block)
			.map_err(|error| unavailable("entries", &error))?;
		let objects = entries.into_iter().filter_map(|(_, entry)| match entry.kind {
			Kind::RecordRegistered { record } => Some(Object::Record(record)),
			Kind::BatchAnchored { anchor, .. } => Some(Object::Batch(anchor)),
			_ => None,
		});
		Ok(objects.collect())
	}

	/// SHA-256 of a record's or a batch's payload.
	pub fn payload_of(&self, object: Object) -> Result<Option<[u8; 32]>, ChainUnavailable> {
		Ok(match object {
			Object::Record(id) => {
				let record = self.ask("record", |api, at| RecordsApi::record(&*api, at, id))?;
				record.map(|record| record.sha256.0)
			}
			Object::Batch(id) => {
				let anchor = self.ask("anchor", |api, at| api.anchor(at, id))?;
				anchor.map(|anchor| anchor.payload.sha256().0)
			}
		})
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

	/// A batch with its binding and its device.
	fn batch(&self, id: AnchorId) -> Result<Option<(Anchor, Binding, Device)>, ChainUnavailable> {
		let Some(anchor) = self.ask("anchor", |api, at| api.anchor(at, id))? else {
			return Ok(None);
		};
		let Some(binding) = self.ask("binding", |api, at| api.binding(at, anchor.binding))? else {
			return Ok(None);
		};
		let device = self.ask("device", |api, at| api.device(at, binding.device))?;
		Ok(device.map(|device| (anchor, binding, device)))
	}

	fn receipt_of(&self, id: u64, object: Object) -> Result<Option<Receipt<AccountId>>, ChainUnavailable> {
		match object {
			Object::Record(_) => self.ask("receipt", |api, at| RecordsApi::receipt(&*api, at, id)),
			Object::Batch(_) => self.ask("batch receipt", |api, at| TelemetryApi::receipt(&*api, at, id)),
		}
	}

	/// Why a receipt's permit of a record no longer stands: what the engine would say to a new request.
	fn reason(&self, receipt: u64, id: RecordId) -> Result<Reason, ChainUnavailable> {
		let receipt = self.ask("receipt", |api, at| RecordsApi::receipt(&*api, at, receipt))?;
		let record = self.ask("record", |api, at| RecordsApi::record(&*api, at, id))?;
		let Some((receipt, record)) = receipt.zip(record) else {
			return Ok(Reason::Unavailable);
		};
		let request = view_request(&receipt, id, &record);
		Ok(match self.ask("decide", |api, at| api.decide(at, request))? {
			Decision::Deny(reason) => reason,
			// The engine would permit it on another basis: the receipt itself is what does not cover it.
			Decision::Permit(_) => Reason::NoGrant,
		})
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

	fn receipt(&self, id: u64, object: Object) -> Result<Option<ReceiptView>, ChainUnavailable> {
		let of: fn(u64) -> Object = match object {
			Object::Record(_) => Object::Record,
			Object::Batch(_) => Object::Batch,
		};
		let receipt = self.receipt_of(id, object)?;
		Ok(receipt.map(|receipt| receipt_view(id, receipt, of)))
	}

	fn record(&self, object: Object) -> Result<Option<RecordView>, ChainUnavailable> {
		match object {
			Object::Record(id) => {
				let record = self.ask("record", |api, at| RecordsApi::record(&*api, at, id))?;
				Ok(record.map(|record| record_view(id, record)))
			}
			Object::Batch(id) => {
				let batch = self.batch(id)?;
				Ok(batch.map(|(anchor, binding, device)| batch_view(id, &anchor, &binding, &device)))
			}
		}
	}

	fn registered(&self, patient: u64, sha256: &[u8; 32]) -> Result<Option<RecordView>, ChainUnavailable> {
		match self.ask("by_hash", |api, at| api.by_hash(at, patient, H256(*sha256)))? {
			Some(id) => self.record(Object::Record(id)),
			None => Ok(None),
		}
	}

	fn batches(&self, patient: u64, before: Option<u64>) -> Result<BatchPage, ChainUnavailable> {
		let all = AnchorFilter::default();
		let (page, next) = self.ask("anchors", |api, at| api.anchors(at, patient, all, before, PAGE))?;
		Ok(BatchPage {
			batches: page
				.into_iter()
				.map(|(id, anchor)| (id, anchor.payload.sha256().0))
				.collect(),
			next,
		})
	}

	fn still_permits(&self, receipt: u64, object: Object) -> Result<Verdict, ChainUnavailable> {
		let id = match object {
			Object::Record(id) => id,
			Object::Batch(id) => {
				let decision = self.ask("still_permits of a batch", |api, at| {
					TelemetryApi::still_permits(&*api, at, receipt, id)
				})?;
				return Ok(verdict(decision));
			}
		};
		if self.ask("still_permits", |api, at| {
			RecordsApi::still_permits(&*api, at, receipt, id)
		})? {
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

	fn may_anchor(&self, query: &AnchorQuery) -> Result<bool, ChainUnavailable> {
		let AnchorQuery {
			requester,
			institution,
			patient,
		} = *query;
		let who = AccountId::new(requester);
		self.ask("may_anchor", |api, at| api.may_anchor(at, who, institution, patient))
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

fn receipt_view(id: u64, receipt: Receipt<AccountId>, of: impl Fn(u64) -> Object) -> ReceiptView {
	let items = receipt
		.outcomes
		.into_iter()
		.map(|(id, decision)| ReceiptItem {
			object: of(id),
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
		object: Object::Record(id),
		patient: record.patient,
		author: Some(record.author.into()),
		custodian: record.custodian,
		category: record.category as u8,
		compartment: record.compartment,
		media: record.media as u8,
		cid: record.cid.into_inner(),
		sha256: record.sha256.0,
		tree: Some(record.tree.0),
		size: record.size,
		recorded_at: record.recorded_at,
	}
}

fn batch_view(id: AnchorId, anchor: &Anchor, binding: &Binding, device: &Device) -> RecordView {
	RecordView {
		object: Object::Batch(id),
		patient: binding.patient,
		author: None,
		custodian: device.institution,
		category: Category::Vitals as u8,
		compartment: None,
		media: BATCH_MEDIA,
		cid: anchor.payload.cid().into_inner(),
		sha256: anchor.payload.sha256().0,
		tree: None,
		size: anchor.size,
		recorded_at: anchor.first_at,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_consensus_aura::digests::CompatibleDigestItem;
	use sp_runtime::{traits::Header, Digest, DigestItem};

	const SLOT: SlotDuration = SlotDuration::from_millis(1000);

	/// The vault knows no types of the runtime's, and names what a batch is by their indices.
	#[test]
	fn a_batch_is_what_the_runtime_says() {
		use salus_vault::ticket::{BATCH_CATEGORY, BATCH_PURPOSE};
		assert_eq!(BATCH_CATEGORY, Category::Vitals as u8);
		assert_eq!(BATCH_PURPOSE, Purpose::Treatment as u8);
		let known = salus_primitives::Media::ALL;
		assert!(known.iter().all(|media| *media as u8 != BATCH_MEDIA));
	}

	#[test]
	fn an_anchor_is_told_as_a_record_is() {
		let (sha256, root) = (H256::repeat_byte(2), H256::repeat_byte(3));
		let device = Device {
			institution: 7,
			codes: H256::zero(),
			status: salus_primitives::Status::Active,
			bindings: 1,
			latest: Some(4),
			anchored: Some(4),
			next_seq: 20,
			missing: 0,
		};
		let binding = Binding {
			device: [8; 32],
			patient: 9,
			starts: 0,
			ends: 100,
			last_at: Some(60),
		};
		let anchor = Anchor {
			binding: 4,
			first_seq: 10,
			count: 10,
			first_at: 50,
			last_at: 60,
			root: H256::repeat_byte(1),
			payload: salus_primitives::BatchPayload::Tree { root, sha256 },
			size: 16_504,
			previous: None,
		};
		let view = batch_view(11, &anchor, &binding, &device);
		let expected = RecordView {
			object: Object::Batch(11),
			patient: 9,
			author: None,
			custodian: 7,
			category: 8,
			compartment: None,
			media: 0xff,
			cid: [&[0x01, 0x70, 0x12, 0x20][..], &[3; 32]].concat(),
			sha256: [2; 32],
			tree: None,
			size: 16_504,
			recorded_at: 50,
		};
		assert_eq!(view, expected);
	}

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
