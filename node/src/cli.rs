//! What can be said on the command line.

use std::path::PathBuf;

use sc_cli::RunCmd;

use crate::vault::VaultOptions;

/// What the help ends with.
pub const EXAMPLES: &str = "\
Examples:
  salus-node --dev
      A chain of one's own: one validator, the vault of two hospitals, all on loopback, gone when it ends
  salus-node --dev --base-path data
      The same, kept in a folder
  salus-node --chain hospitals.json --custodian-key custodian.key --passphrase-file passphrase
      A hospital's node with its vault; --validator makes it author blocks
  salus-node --chain hospitals.json --state-pruning archive --rpc-cors https://polkadot.js.org
      A node that keeps every state, for the Polkadot.js apps
  salus-node custodian-key --institution 2 --output custodian.key
      A key for the vault
  salus-node purge-chain --chain hospitals.json
      Start over with the chain; the vault stays
";

const CUSTODIAN_KEY_EXAMPLES: &str = "\
Examples:
  salus-node custodian-key --institution 2 --output custodian.key
      Ask for a passphrase, make the file, print the public key for the institution's entry on chain
  salus-node custodian-key --institution 2 --output custodian.key --passphrase-file passphrase
      The same for scripts: the file has mode 0600 and holds the passphrase alone
";

/// The command line.
#[derive(Debug, clap::Parser)]
pub struct Cli {
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	#[clap(flatten)]
	pub run: RunCmd,

	#[clap(flatten)]
	pub vault: VaultOptions,

	#[clap(flatten)]
	pub storage_monitor: sc_storage_monitor::StorageMonitorParams,
}

/// What the node can do besides running.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
	/// Key management utilities
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Make a custodian's key file and print its public key
	CustodianKey(CustodianKeyCmd),

	/// Export the chain specification
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Build a chain specification with a boot node
	BuildSpec(sc_cli::BuildSpecCmd),

	/// Validate blocks
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Export blocks
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Export the state of a given block into a chain specification
	ExportState(sc_cli::ExportStateCmd),

	/// Import blocks
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Remove the whole chain and its audit index; the vault stays
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Revert the chain to a previous state
	Revert(sc_cli::RevertCmd),

	/// Print meta-information of the chain's database
	ChainInfo(sc_cli::ChainInfoCmd),

	#[cfg(feature = "storage-benchmark")]
	BenchmarkStorage(crate::storage_benchmark::StorageBenchmarkCmd),
}

/// Make a custodian's key file and print its public key
///
/// The public key goes into the institution's entry on chain; the file, with its passphrase, to the node's
/// `--custodian-key`.
#[derive(Debug, clap::Parser)]
#[command(after_help = CUSTODIAN_KEY_EXAMPLES)]
pub struct CustodianKeyCmd {
	/// The institution whose key it is
	#[arg(long, value_name = "ID")]
	pub institution: u32,

	/// The file to be made; it must not exist
	#[arg(long, value_name = "FILE")]
	pub output: PathBuf,

	/// A file of mode 0600 with the passphrase; without it the passphrase is asked for
	#[arg(long, value_name = "FILE")]
	pub passphrase_file: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]

	use super::*;
	use clap::CommandFactory;
	use sc_cli::SubstrateCli;

	#[test]
	fn the_pool_is_single_state_unless_told() {
		let command = || Cli::setup_command(Cli::command());
		let pool = |arguments: &[&str]| {
			let matches = command().try_get_matches_from(arguments).unwrap();
			let cli = <Cli as clap::FromArgMatches>::from_arg_matches(&matches).unwrap();
			format!("{:?}", cli.run.pool_config.pool_type)
		};
		assert_eq!(pool(&["salus-node", "--dev"]), "SingleState");
		assert_eq!(pool(&["salus-node", "--dev", "--pool-type=fork-aware"]), "ForkAware");
	}

	#[test]
	fn help_ends_with_examples_that_parse() {
		let mut command = Cli::setup_command(Cli::command());
		command.clone().debug_assert();
		let help = command.render_help().to_string();
		let key_help = command
			.find_subcommand_mut("custodian-key")
			.unwrap()
			.render_help()
			.to_string();
		for help in [help, key_help] {
			let examples: Vec<&str> = help.lines().filter(|line| line.starts_with("  salus-node ")).collect();
			assert!(examples.len() >= 2, "{help}");
			for example in examples {
				let parsed = command.clone().try_get_matches_from(example.split_whitespace());
				assert!(parsed.is_ok(), "{example}: {:?}", parsed.err());
			}
		}
	}
}
