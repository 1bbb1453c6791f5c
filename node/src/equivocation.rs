//! The import queue, with an eye on authors that make two blocks for one slot. The SDK's Aura logs these; here the node
//! reports them to the chain. (GRANDPA's voter reports equivocating voters by itself.)

use std::sync::Arc;

use pallet_consortium_runtime_api::{Equivocation, EquivocationApi};
use prometheus_endpoint::Registry;
use salus_runtime::{opaque::Block, Hash, Header};
use sc_consensus::{BasicQueue, BlockImportParams, DefaultImportQueue, Verifier};
use sc_consensus_aura::{find_pre_digest, standalone, BuildVerifierParams, CheckForEquivocation};
use sc_consensus_slots::check_equivocation;
use sc_telemetry::TelemetryHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_consensus_aura::{
	inherents::InherentDataProvider as SlotProvider,
	sr25519::{AuthorityPair, AuthoritySignature},
	AuraApi,
};
use sp_consensus_slots::Slot;
use sp_core::traits::SpawnEssentialNamed;
use sp_runtime::traits::Header as _;
use sp_timestamp::InherentDataProvider as TimestampProvider;

use crate::service::{FullClient, GrandpaImport};

/// The queue in which blocks of others are verified and imported.
pub fn import_queue(
	client: Arc<FullClient>,
	import: GrandpaImport,
	pool: OffchainTransactionPoolFactory<Block>,
	spawner: &impl SpawnEssentialNamed,
	registry: Option<&Registry>,
	telemetry: Option<TelemetryHandle>,
) -> DefaultImportQueue<Block> {
	let slot_client = client.clone();
	let aura = sc_consensus_aura::build_verifier::<AuthorityPair, _, _, _>(BuildVerifierParams {
		client: client.clone(),
		create_inherent_data_providers: move |parent: Hash, ()| {
			let client = slot_client.clone();
			async move {
				let duration = standalone::slot_duration_at(&*client, parent)?;
				let timestamp = TimestampProvider::from_system_time();
				let slot = SlotProvider::from_timestamp_and_slot_duration(*timestamp, duration);
				Ok::<_, Box<dyn std::error::Error + Send + Sync>>((slot, timestamp))
			}
		},
		// It keeps headers without their seals, which prove nothing.
		check_for_equivocation: CheckForEquivocation::No,
		telemetry,
		compatibility_mode: Default::default(),
	});
	let watched = Watched {
		verifier: aura,
		watch: Watch { client, pool },
	};
	BasicQueue::new(
		watched,
		Box::new(import.clone()),
		Some(Box::new(import)),
		spawner,
		registry,
	)
}

/// A verifier whose verified headers are looked at.
struct Watched<V> {
	verifier: V,
	watch: Watch,
}

#[async_trait::async_trait]
impl<V: Verifier<Block>> Verifier<Block> for Watched<V> {
	async fn verify(&self, block: BlockImportParams<Block>) -> Result<BlockImportParams<Block>, String> {
		let sealed = block.header.clone();
		let verified = self.verifier.verify(block).await?;
		// Of a block that comes with its state, or is old and imported without, no seal was verified.
		if !verified.post_digests.is_empty() {
			if let Err(reason) = self.watch.see(&sealed) {
				log::warn!(
					"whether the author of block {} equivocated is not known: {reason}",
					sealed.number()
				);
			}
		}
		Ok(verified)
	}
}

/// Why a look at a header, or a report, failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
	#[error("the runtime does not answer: {0}")]
	Runtime(#[from] sp_api::ApiError),
	#[error("the database does not answer: {0}")]
	Database(#[from] sp_blockchain::Error),
	#[error("no slot in the header: {0}")]
	Slot(String),
}

struct Watch {
	client: Arc<FullClient>,
	pool: OffchainTransactionPoolFactory<Block>,
}

impl Watch {
	/// Remembers a sealed header, and reports its author if another of the same slot is remembered.
	fn see(&self, sealed: &Header) -> Result<(), Failure> {
		let slot =
			find_pre_digest::<Block, AuthoritySignature>(sealed).map_err(|error| Failure::Slot(error.to_string()))?;
		let parent = *sealed.parent_hash();
		let api = self.client.runtime_api();
		let authorities = api.authorities(parent)?;
		let Some(author) = standalone::slot_author::<AuthorityPair>(slot, &authorities) else {
			return Ok(());
		};
		let duration = api.slot_duration(parent)?;
		// The verifier lets a block of the next slot in, as a clock may be a little behind.
		let now = Slot::from_timestamp(*TimestampProvider::from_system_time(), duration) + 1;
		if let Some(proof) = check_equivocation(&*self.client, now, slot, sealed, author)? {
			log::warn!(
				"{} made two blocks for slot {slot}: {:?} and {:?}",
				proof.offender,
				proof.first_header.hash(),
				proof.second_header.hash(),
			);
			self.report(proof, parent)?;
		}
		Ok(())
	}

	/// Puts a report into this node's pool: it goes into the next block that this node makes.
	fn report(&self, proof: Equivocation<Header>, parent: Hash) -> Result<(), Failure> {
		let best = self.client.info().best_hash;
		// The key is the offender's in the session of the parent. Of the first block of a session, the chain may know
		// this of the new session only.
		for at in [parent, best] {
			let Some(owner) = self.client.runtime_api().prove_author(at, proof.offender.clone())? else {
				continue;
			};
			let mut api = self.client.runtime_api();
			api.register_extension(self.pool.offchain_transaction_pool(best));
			if api.report_author(best, proof.clone(), owner)?.is_some() {
				log::info!("{} is reported", proof.offender);
				return Ok(());
			}
		}
		log::info!(
			"the report of {} is not taken in: it is known, or the key is nobody's any more",
			proof.offender
		);
		Ok(())
	}
}
