//! Doing what the command line says.

use std::{collections::BTreeMap, path::PathBuf};

use salus_runtime::opaque::Block;
use salus_vault::{
	keystore::{self, Kind, Secret, Strength},
	wrap::{HpkeKey, HpkeSecret},
};
use sc_cli::{RunCmd, SubstrateCli};
use sc_network::config::{build_multiaddr, NetworkBackendType};
use sc_service::{Configuration, PartialComponents};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use zeroize::Zeroizing;

use crate::{
	audit_index, chain_spec,
	cli::{Cli, CustodianKeyCmd, Subcommand, EXAMPLES},
	development, rpc_limits, service, vault,
};

/// The pool that `--pool-type` names unless told.
const POOL: &str = "single-state";

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Salus node".into()
	}

	fn impl_version() -> String {
		env!("SUBSTRATE_CLI_IMPL_VERSION").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		"The Salus authors".into()
	}

	fn support_url() -> String {
		"the consortium's operators".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
		let spec = match chain_spec::named(id) {
			Some(spec) => spec?,
			None if id.is_empty() => return Err("no chain was named; give --dev, --chain local or --chain FILE".into()),
			None => chain_spec::ChainSpec::from_json_file(PathBuf::from(id))?,
		};
		Ok(Box::new(spec))
	}

	/// The SDK's, with examples and with the single-state pool as the default: docs/performance.md says why.
	fn setup_command(command: clap::Command) -> clap::Command {
		command
			.name(Self::executable_name())
			.version(format!("{}\n", Self::impl_version()))
			.author(Self::author())
			.about(Self::description())
			.long_about(Self::description())
			.after_help(format!("{EXAMPLES}\nSupport: {}", Self::support_url()))
			.propagate_version(true)
			.args_conflicts_with_subcommands(true)
			.subcommand_negates_reqs(true)
			.mut_arg("pool_type", |argument| argument.default_value(POOL))
	}
}

/// Parses the command line and does what it says.
pub fn run() -> sc_cli::Result<()> {
	let mut cli = Cli::from_args();
	be_a_hospitals_node(&mut cli.run);
	match &cli.subcommand {
		Some(Subcommand::Key(cmd)) => cmd.run(&cli),
		Some(Subcommand::CustodianKey(cmd)) => make_custodian_key(cmd),
		Some(Subcommand::ExportChainSpec(cmd)) => cmd.run(cli.load_spec(&cmd.chain)?),
		Some(Subcommand::BuildSpec(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.sync_run(|config| cmd.run(config.chain_spec, config.network))
		}
		Some(Subcommand::CheckBlock(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.async_run(|config| {
				let PartialComponents {
					client,
					task_manager,
					import_queue,
					..
				} = service::new_partial(&config)?;
				Ok((cmd.run(client, import_queue), task_manager))
			})
		}
		Some(Subcommand::ExportBlocks(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.async_run(|config| {
				let PartialComponents {
					client, task_manager, ..
				} = service::new_partial(&config)?;
				Ok((cmd.run(client, config.database), task_manager))
			})
		}
		Some(Subcommand::ExportState(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.async_run(|config| {
				let PartialComponents {
					client, task_manager, ..
				} = service::new_partial(&config)?;
				Ok((cmd.run(client, config.chain_spec), task_manager))
			})
		}
		Some(Subcommand::ImportBlocks(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.async_run(|config| {
				let PartialComponents {
					client,
					task_manager,
					import_queue,
					..
				} = service::new_partial(&config)?;
				let spawner = task_manager.spawn_essential_handle();
				let import = async move {
					let (_, progress) = audit_index::start(client.clone(), &config, &spawner).await?;
					cmd.run(client.clone(), import_queue).await?;
					audit_index::settle(&client, progress).await;
					Ok(())
				};
				Ok((import, task_manager))
			})
		}
		Some(Subcommand::PurgeChain(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.sync_run(|config| {
				let index = audit_index::folder(&config);
				let database = config.database.path().map(ToOwned::to_owned);
				cmd.run(config.database)?;
				// The question may have been answered with no.
				if database.is_some_and(|database| !database.exists()) && index.exists() {
					std::fs::remove_dir_all(&index)?;
				}
				Ok(())
			})
		}
		Some(Subcommand::Revert(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.async_run(|config| {
				let PartialComponents {
					client,
					task_manager,
					backend,
					..
				} = service::new_partial(&config)?;
				let aux_revert = Box::new(|client, _, blocks| {
					sc_consensus_grandpa::revert(client, blocks)?;
					Ok(())
				});
				Ok((cmd.run(client, backend, Some(aux_revert)), task_manager))
			})
		}
		Some(Subcommand::ChainInfo(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.sync_run(|config| cmd.run::<Block>(&config))
		}
		#[cfg(feature = "storage-benchmark")]
		Some(Subcommand::BenchmarkStorage(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run(config)),
		None => {
			let runner = cli.create_runner(&cli.run)?;
			let is_dev = cli.run.shared_params.dev;
			runner.run_node_until_exit(|mut config| async move {
				if is_dev {
					keep_on_loopback(&cli, &mut config);
				}
				let rpc = &cli.run.rpc_params;
				if !is_dev && rpc.rpc_cors.is_none() && rpc.experimental_rpc_endpoint.is_empty() {
					rpc_limits::allow_no_origin(&mut config.rpc);
				}
				rpc_limits::set(&mut config.rpc, is_dev);
				let development = is_development(&cli, &config)?;
				check(&cli, &config, development)?;
				let vault = vault::open_keys(&cli.vault, is_dev, development, &config)?;
				match config.network.network_backend {
					NetworkBackendType::Libp2p => {
						service::new_full::<sc_network::NetworkWorker<Block, H256>>(
							config,
							vault,
							development,
							cli.storage_monitor,
						)
						.await
					}
					NetworkBackendType::Litep2p => {
						service::new_full::<sc_network::Litep2pNetworkBackend>(
							config,
							vault,
							development,
							cli.storage_monitor,
						)
						.await
					}
				}
				.map_err(sc_cli::Error::Service)
			})
		}
	}
}

/// Whether the chain is made for development. The presets are known; of others the genesis state is looked at.
fn is_development(cli: &Cli, config: &Configuration) -> sc_cli::Result<bool> {
	let name = cli.run.shared_params.chain_id(cli.run.shared_params.dev);
	if chain_spec::named(&name).is_some() {
		return Ok(true);
	}
	development::is_chain(&*config.chain_spec).map_err(|error| {
		sc_cli::Error::Input(format!(
			"the genesis state of {name} cannot be made: {error}; correct the chain specification"
		))
	})
}

/// What must not be said together.
fn check(cli: &Cli, config: &Configuration, development: bool) -> sc_cli::Result<()> {
	let refused = |why: &str| Err(sc_cli::Error::Input(why.into()));
	if config.dev_key_seed.is_some() && !development {
		return refused(
			"development session keys are for development chains only; make keys of your own with author_rotateKeysWithOwner",
		);
	}
	let endpoints = || config.rpc.addr.iter().flatten();
	let rpc = &cli.run.rpc_params;
	let local_rpc = !rpc.rpc_external
		&& !rpc.unsafe_rpc_external
		&& endpoints().all(|endpoint| endpoint.listen_addr.ip().is_loopback());
	if cli.run.shared_params.dev {
		let peers = config
			.network
			.listen_addresses
			.iter()
			.all(|address| is_loopback(&address.to_string()));
		let metrics = !cli.run.prometheus_params.prometheus_external;
		if !local_rpc || !metrics || !peers || !cli.vault.vault_listen.is_loopback() {
			return refused("--dev listens on loopback only; leave out the options that listen elsewhere");
		}
		return Ok(());
	}
	let is_every = |cors: &Option<Vec<String>>| cors.as_ref().is_none_or(|cors| cors.iter().any(|one| one == "*"));
	let every_origin = is_every(&config.rpc.cors) || endpoints().any(|endpoint| is_every(&endpoint.cors));
	// Where all keys are known a page finds nothing to take; tools that start test networks ask for it.
	if every_origin && !(development && local_rpc) {
		return refused(
			"--rpc-cors all is for development chains, with the RPC on loopback; name the origins that may use the RPC",
		);
	}
	Ok(())
}

/// A node with a development account's session keys is the one that the presets name, unless it has a node key. On
/// other chains such a node does not start.
fn be_a_hospitals_node(run: &mut RunCmd) {
	let name = match run.get_keyring() {
		Some(account) => account.to_string(),
		None if run.shared_params.dev => Sr25519Keyring::Alice.to_string(),
		None => return,
	};
	let params = &mut run.network_params.node_key_params;
	if params.node_key.is_none() && params.node_key_file.is_none() {
		params.node_key = Some(hex::encode(development::node_key(&name)));
	}
}

/// Whether a multiaddr is of this machine only.
fn is_loopback(address: &str) -> bool {
	["/ip4/127.", "/ip6/::1/", "/memory/"]
		.iter()
		.any(|prefix| address.starts_with(prefix))
}

fn keep_on_loopback(cli: &Cli, config: &mut Configuration) {
	if cli.run.network_params.listen_addr.is_empty() {
		let port = cli.run.network_params.port.unwrap_or(30333);
		config.network.listen_addresses = vec![build_multiaddr!(Ip4([127, 0, 0, 1]), Tcp(port))];
	}
}

fn make_custodian_key(cmd: &CustodianKeyCmd) -> sc_cli::Result<()> {
	let failed = |error: &dyn std::fmt::Display| sc_cli::Error::Input(error.to_string());
	let passphrase = match &cmd.passphrase_file {
		Some(file) => keystore::read_private(file).map_err(|error| failed(&error))?,
		None => {
			let first = Zeroizing::new(rpassword::prompt_password("Passphrase: ")?);
			let second = Zeroizing::new(rpassword::prompt_password("The same again: ")?);
			if first != second {
				return Err(failed(&"the passphrases differ; try again"));
			}
			first
		}
	};
	let secret = HpkeSecret::generate().map_err(|error| failed(&error))?;
	let HpkeKey::X25519(public) = secret.public() else {
		return Err(failed(&"the key is of a suite that this version does not make"));
	};
	let public = format!("0x{}", hex::encode(public));
	let file = Secret {
		kind: Kind::Custodian,
		label: format!("custodian of institution {}", cmd.institution),
		public: BTreeMap::from([
			("institution".into(), cmd.institution.to_string()),
			("publicKey".into(), public.clone()),
		]),
		bytes: Zeroizing::new(secret.to_bytes().to_vec()),
	};
	keystore::create(&cmd.output, &file, &passphrase, Strength::Standard).map_err(|error| failed(&error))?;
	println!("{public}");
	Ok(())
}
