//! What can be said on the command line.

use std::path::PathBuf;

use sc_cli::RunCmd;

use crate::vault::VaultOptions;

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
}

/// Make a custodian's key file and print its public key
///
/// The public key goes into the institution's entry on chain; the file, with its passphrase, to the node's
/// `--custodian-key`.
#[derive(Debug, clap::Parser)]
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
