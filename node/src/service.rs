//! The node's parts, wired together.

use std::{sync::Arc, time::Duration};

use salus_rpc::{Indexed, ReleaseDesk};
use salus_runtime::{opaque::Block, Hash, RuntimeApi};
use sc_client_api::BlockBackend;
use sc_consensus_aura::{SlotProportion, StartAuraParams};
use sc_consensus_grandpa::{FinalityProofProvider, SharedVoterState};
use sc_network::NetworkBackend;
use sc_service::{error::Error, Configuration, PartialComponents, TaskManager, WarpSyncConfig};
use sc_storage_monitor::{StorageMonitorParams, StorageMonitorService};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool::TransactionPoolHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_aura::sr25519::AuthorityPair as AuraPair;

use crate::{audit_index, development, equivocation, executor::Executor, hospitals::Hospitals, metrics, rpc, vault};

/// The client.
pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, Executor>;
/// The database.
pub type FullBackend = sc_service::TFullBackend<Block>;
type SelectChain = sc_consensus::LongestChain<FullBackend, Block>;
/// Imports blocks and what is final.
pub type GrandpaImport = sc_consensus_grandpa::GrandpaBlockImport<FullBackend, Block, FullClient, SelectChain>;
type GrandpaLink = sc_consensus_grandpa::LinkHalf<Block, FullClient, SelectChain>;

/// What subcommands need too.
pub type Service = PartialComponents<
	FullClient,
	FullBackend,
	SelectChain,
	sc_consensus::DefaultImportQueue<Block>,
	TransactionPoolHandle<Block, FullClient>,
	(GrandpaImport, GrandpaLink, Option<Telemetry>),
>;

/// A finalised block keeps its justification at least this often: proofs and light clients start from one.
const JUSTIFICATION_PERIOD: u32 = 16;
/// The part of a slot in which its author makes the block: 0.98 and 0.9 of that are for extrinsics, 588 ms, which is more
/// than the runtime lets ordinary calls of a block weigh.
const PROPOSAL: f32 = 2.0 / 3.0;
/// How long a GRANDPA message is expected to travel between hospitals. Rounds follow one another without a rest, each of
/// four times this at least, and a block waits for the next one to begin.
const GOSSIP: Duration = Duration::from_millis(50);

/// The parts that read and import blocks.
pub fn new_partial(config: &Configuration) -> Result<Service, Error> {
	let telemetry = config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| -> Result<_, sc_telemetry::Error> {
			let worker = TelemetryWorker::new(16)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok((worker, telemetry))
		})
		.transpose()?;
	let (client, backend, keystore_container, task_manager) = sc_service::new_full_parts::<Block, RuntimeApi, _>(
		config,
		telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
		Executor::new(&config.executor),
		Vec::new(),
	)?;
	let client = Arc::new(client);
	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = sc_consensus::LongestChain::new(backend.clone());
	let transaction_pool = Arc::new(
		sc_transaction_pool::Builder::new(
			task_manager.spawn_essential_handle(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);
	let (grandpa_import, grandpa_link) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		telemetry.as_ref().map(Telemetry::handle),
	)?;
	let import_queue = equivocation::import_queue(
		client.clone(),
		grandpa_import.clone(),
		OffchainTransactionPoolFactory::new(transaction_pool.clone()),
		&task_manager.spawn_essential_handle(),
		config.prometheus_registry(),
		telemetry.as_ref().map(Telemetry::handle),
	);

	Ok(PartialComponents {
		client,
		backend,
		task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: (grandpa_import, grandpa_link, telemetry),
	})
}

/// The whole node; `development` says whether the chain is made for development. The index catches up before the
/// network brings new blocks.
pub async fn new_full<N: NetworkBackend<Block, Hash>>(
	mut config: Configuration,
	keys: Option<vault::Keys>,
	development: bool,
	storage_monitor: StorageMonitorParams,
) -> Result<TaskManager, Error> {
	let PartialComponents {
		client,
		backend,
		mut task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: (block_import, grandpa_link, mut telemetry),
	} = new_partial(&config)?;

	if !development {
		if let Some(name) = development::session_key_in(&*keystore_container.keystore()) {
			return Err(Error::Other(format!(
				"the keystore holds {name}'s development session key, which everybody knows; remove it from {}",
				config.data_path.join("keystore").display()
			)));
		}
	}
	let spare = storage_monitor.threshold.saturating_mul(1 << 20);
	if let Some(path) = config.database.path() {
		StorageMonitorService::try_spawn(storage_monitor, path.to_owned(), &task_manager.spawn_essential_handle())
			.map_err(|error| Error::Application(error.into()))?;
	}

	let registry = config.prometheus_registry().cloned();
	let (index, progress) = audit_index::start(client.clone(), &config, &task_manager.spawn_essential_handle()).await?;
	let chain = Arc::new(vault::NodeChain::new(client.clone())?);
	let vault = match keys {
		Some(keys) => Some(vault::open(keys, spare, chain.clone()).await?),
		None => None,
	};
	let desks = vault.as_ref().map(|vault| vault.desks().clone());
	if let Some(registry) = &registry {
		metrics::register_index(registry, client.clone(), progress.clone())?;
		if let Some(desks) = &desks {
			metrics::register_vault(registry, desks)?;
		}
	}
	let hospitals = Hospitals::new(&mut config.network, client.clone(), desks)?;

	let mut net_config = sc_network::config::FullNetworkConfiguration::<Block, Hash, N>::new(
		&config.network,
		config.prometheus_registry().cloned(),
	);
	let metrics = N::register_notification_metrics(config.prometheus_registry());
	let genesis = client
		.block_hash(0)?
		.ok_or_else(|| Error::Other("the database has no genesis block".into()))?;
	let grandpa_protocol = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
	let (grandpa_config, grandpa_notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
		grandpa_protocol.clone(),
		metrics.clone(),
		net_config.peer_store_handle(),
	);
	let enable_grandpa = !config.disable_grandpa;
	// A protocol that nobody serves would end every connection.
	if enable_grandpa {
		net_config.add_notification_protocol(grandpa_config);
	}
	let hospitals = hospitals.listen::<N>(&mut net_config);
	let warp_sync = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
		backend.clone(),
		grandpa_link.shared_authority_set().clone(),
		Vec::new(),
	));
	let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
		sc_service::build_network(sc_service::BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: transaction_pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	let releases = hospitals.start(
		network.clone(),
		sync_service.clone(),
		chain,
		registry.as_ref(),
		&task_manager,
	)?;
	if let Some(vault) = vault {
		vault.serve(releases.clone(), client.clone(), &task_manager);
	}

	let role = config.role;
	let force_authoring = config.force_authoring;
	let name = config.network.node_name.clone();
	let voter_state = SharedVoterState::empty();
	let sources = rpc::Sources {
		client: client.clone(),
		pool: transaction_pool.clone(),
		indexed: index.map(|index| Indexed { index, progress }),
		desk: Some(releases as Arc<dyn ReleaseDesk>),
		grandpa: rpc::GrandpaSources {
			voter_state: voter_state.clone(),
			authority_set: grandpa_link.shared_authority_set().clone(),
			justifications: grandpa_link.justification_stream(),
			proofs: FinalityProofProvider::new_for_service(
				backend.clone(),
				Some(grandpa_link.shared_authority_set().clone()),
			),
		},
	};
	sc_service::spawn_tasks(sc_service::SpawnTasksParams {
		network: network.clone(),
		client: client.clone(),
		keystore: keystore_container.keystore(),
		task_manager: &mut task_manager,
		transaction_pool: transaction_pool.clone(),
		rpc_builder: Box::new(move |executor| {
			rpc::module(sources.clone(), executor).map_err(|error| Error::Application(error.into()))
		}),
		backend,
		system_rpc_tx,
		tx_handler_controller,
		sync_service: sync_service.clone(),
		config,
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;

	if role.is_authority() {
		let proposer_factory = sc_basic_authorship::ProposerFactory::new(
			task_manager.spawn_handle(),
			client.clone(),
			transaction_pool.clone(),
			registry.as_ref(),
			telemetry.as_ref().map(Telemetry::handle),
		);
		let slot_duration = sc_consensus_aura::slot_duration(&*client)?;
		let aura = sc_consensus_aura::start_aura::<AuraPair, _, _, _, _, _, _, _, _, _, _>(StartAuraParams {
			slot_duration,
			client,
			select_chain,
			block_import,
			proposer_factory,
			create_inherent_data_providers: move |_, ()| async move {
				let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
				let slot = sp_consensus_aura::inherents::InherentDataProvider::from_timestamp_and_slot_duration(
					*timestamp,
					slot_duration,
				);
				Ok((slot, timestamp))
			},
			force_authoring,
			backoff_authoring_blocks: Option::<()>::None,
			keystore: keystore_container.keystore(),
			sync_oracle: sync_service.clone(),
			justification_sync_link: sync_service.clone(),
			block_proposal_slot_portion: SlotProportion::new(PROPOSAL),
			// An author who missed slots takes longer: a full block that never fits would be made and thrown away for ever.
			max_block_proposal_slot_portion: None,
			telemetry: telemetry.as_ref().map(Telemetry::handle),
			compatibility_mode: Default::default(),
		})?;
		task_manager
			.spawn_essential_handle()
			.spawn_blocking("aura", Some("block-authoring"), aura);
	}

	if enable_grandpa {
		let voter = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
			config: sc_consensus_grandpa::Config {
				gossip_duration: GOSSIP,
				justification_generation_period: JUSTIFICATION_PERIOD,
				name: Some(name),
				observer_enabled: false,
				keystore: role.is_authority().then(|| keystore_container.keystore()),
				local_role: role,
				telemetry: telemetry.as_ref().map(Telemetry::handle),
				protocol_name: grandpa_protocol,
			},
			link: grandpa_link,
			network,
			sync: Arc::new(sync_service),
			notification_service: grandpa_notifications,
			// The default rules vote two blocks behind the best one, which is two seconds here.
			voting_rule: (),
			prometheus_registry: registry,
			shared_voter_state: voter_state,
			telemetry: telemetry.as_ref().map(Telemetry::handle),
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(transaction_pool),
		})?;
		task_manager
			.spawn_essential_handle()
			.spawn_blocking("grandpa-voter", None, voter);
	}

	Ok(task_manager)
}
