//! Records, receipts and the audit trail.

use std::sync::Arc;

use jsonrpsee::{core::async_trait, proc_macros::rpc};
use pallet_records_runtime_api::RecordsApi;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};

use crate::{
	chain::Chain,
	index::failed,
	input::{given, limit, Input},
	page::{List, Page, MAX_LIMIT},
	view::{AuditEntryView, AuditHeadView, ReceiptView, RecordFilterView, RecordView},
	AccountId, Indexed, RpcError,
};

/// Records, receipts and the audit trail.
#[rpc(server)]
pub trait RecordsRpc {
	/// A record's metadata; null where there is none of this id.
	#[method(name = "records_get", blocking)]
	fn get(&self, id: Input, at: Option<Input>) -> Result<Option<RecordView>, RpcError>;

	/// A patient's records that the filter keeps, newest first.
	#[method(name = "records_list", blocking)]
	fn list(
		&self,
		patient: Input,
		filter: Option<Input>,
		cursor: Option<Input>,
		limit: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<RecordView>, RpcError>;

	/// A record with those it relates to and is superseded by, oldest first, at most 256.
	#[method(name = "records_history", blocking)]
	fn history(&self, id: Input, at: Option<Input>) -> Result<Vec<RecordView>, RpcError>;

	/// A receipt, while it lives; else null.
	#[method(name = "records_receipt", blocking)]
	fn receipt(&self, id: Input, at: Option<Input>) -> Result<Option<ReceiptView>, RpcError>;

	/// How long a patient's audit trail is and the hash it ends in.
	#[method(name = "records_auditHead", blocking)]
	fn audit_head(&self, patient: Input, at: Option<Input>) -> Result<AuditHeadView, RpcError>;

	/// A patient's finalised audit entries from a number, or a cursor, on.
	#[method(name = "records_audit")]
	async fn audit(
		&self,
		patient: Input,
		from: Option<Input>,
		limit: Option<Input>,
	) -> Result<Page<AuditEntryView>, RpcError>;
}

/// Answers from the runtime and the index.
pub struct RecordsRpc<Client, Block> {
	chain: Chain<Client, Block>,
	indexed: Option<Indexed>,
}

impl<Client, Block> RecordsRpc<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block>,
{
	/// Answers from this client's runtime and this index, if the node has one.
	pub fn new(client: Arc<Client>, indexed: Option<Indexed>) -> Self {
		Self {
			chain: Chain::new(client),
			indexed,
		}
	}
}

#[async_trait]
impl<Client, Block> RecordsRpcServer for RecordsRpc<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Block::Header: HeaderT<Number = u32>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
	Client::Api: RecordsApi<Block, AccountId>,
{
	fn get(&self, id: Input, at: Option<Input>) -> Result<Option<RecordView>, RpcError> {
		let id = id.integer("id")?;
		let record = self.chain.ask(&at, |api, at| api.record(at, id))?;
		Ok(record.map(|record| RecordView::new(id, record)))
	}

	fn list(
		&self,
		patient: Input,
		filter: Option<Input>,
		cursor: Option<Input>,
		items: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<RecordView>, RpcError> {
		let patient = patient.integer("patient")?;
		let filter = match given(&filter) {
			Some(filter) => filter.object::<RecordFilterView>("filter")?.into(),
			None => Default::default(),
		};
		let (before, most) = (List::Records.read(&cursor)?, limit(&items)?);
		let (records, next) = self
			.chain
			.ask(&at, |api, at| api.records(at, patient, filter, before, most))?;
		Ok(Page {
			items: records
				.into_iter()
				.map(|(id, record)| RecordView::new(id, record))
				.collect(),
			next: next.map(|before| List::Records.cursor(before)),
		})
	}

	fn history(&self, id: Input, at: Option<Input>) -> Result<Vec<RecordView>, RpcError> {
		let id = id.integer("id")?;
		let records = self.chain.ask(&at, |api, at| api.history(at, id, MAX_LIMIT))?;
		Ok(records
			.into_iter()
			.map(|(id, record)| RecordView::new(id, record))
			.collect())
	}

	fn receipt(&self, id: Input, at: Option<Input>) -> Result<Option<ReceiptView>, RpcError> {
		let id = id.integer("id")?;
		let receipt = self.chain.ask(&at, |api, at| api.receipt(at, id))?;
		Ok(receipt.map(|receipt| ReceiptView::new(id, receipt)))
	}

	fn audit_head(&self, patient: Input, at: Option<Input>) -> Result<AuditHeadView, RpcError> {
		let patient = patient.integer("patient")?;
		Ok(self.chain.ask(&at, |api, at| api.audit_head(at, patient))?.into())
	}

	async fn audit(
		&self,
		patient: Input,
		from: Option<Input>,
		items: Option<Input>,
	) -> Result<Page<AuditEntryView>, RpcError> {
		let patient = patient.integer("patient")?;
		let from = match given(&from) {
			Some(from) if from.0.as_str().is_some_and(|text| text.starts_with("0x")) => List::Audit.id_of(from)?,
			Some(from) => from.integer("from")?,
			None => 1,
		};
		let most = limit(&items)?;
		let (finalised, _) = self.chain.head();
		let index = Indexed::settled(&self.indexed, finalised).await?;
		let mut entries = index
			.audit(patient, from, most.saturating_add(1), finalised)
			.await
			.map_err(failed)?;
		let more = entries.len() > usize::try_from(most).unwrap_or(usize::MAX);
		let next = entries
			.pop_if(|_| more)
			.map(|first_of_next| List::Audit.cursor(first_of_next.entry.seq));
		Ok(Page {
			items: entries.into_iter().map(Into::into).collect(),
			next,
		})
	}
}
