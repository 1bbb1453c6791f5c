//! The command line.

use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  scripts/bench --json result.json
      Everything, beside the peer where it is found; about eight minutes
  scripts/bench --quick
      Does the driver still work? A minute, and no figure to quote
  scripts/bench --measure single --networks four --rounds 1 --no-peer
      Registrations of one call each on four validators
  scripts/bench --measure growth --networks one --grown 1000000 --no-peer
      How much slower a state of a million records is; about ten minutes
  scripts/bench --measure single --node=--pool-type=single-state
      The same with another pool
";

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Measure {
	/// Registrations a second, one call each
	Single,
	/// Registrations a second in batches of 64
	Batch,
	/// From submission to finality at half of the first figure
	Latency,
	/// Documents opened a second
	Documents,
	/// Bytes of state for each record
	State,
	/// Decisions a second
	Decisions,
	/// Registrations a second, one call each, before and after --grown records
	Growth,
}

/// On what is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Network {
	/// One validator
	One,
	/// Four validators on this machine
	Four,
}

/// Measures a consortium and, in between, its peer
#[derive(Debug, clap::Parser)]
#[command(name = "scripts/bench", bin_name = "scripts/bench", version, after_help = EXAMPLES)]
pub struct Options {
	/// Write what was measured to this file, too
	#[arg(long, value_name = "FILE")]
	pub json: Option<PathBuf>,

	/// Little of everything, once: to see that it works
	#[arg(long)]
	pub quick: bool,

	/// What is measured
	#[arg(long, value_enum, value_delimiter = ',', default_values = ["single", "batch", "latency", "documents", "state", "decisions"])]
	pub measure: Vec<Measure>,

	/// On which networks
	#[arg(long, value_enum, value_delimiter = ',', default_values = ["one", "four"])]
	pub networks: Vec<Network>,

	/// How often throughput is measured, peer and product in turn
	#[arg(long, value_name = "N", default_value_t = 2)]
	pub rounds: u32,

	/// Records of a measurement of calls with one record each
	#[arg(long, value_name = "N", default_value_t = 12_000)]
	pub records: u32,

	/// Records of a measurement in batches of 64
	#[arg(long, value_name = "N", default_value_t = 25_600)]
	pub batched: u32,

	/// Records of a chain that has grown
	#[arg(long, value_name = "N", default_value_t = 10_000_000)]
	pub grown: u64,

	/// Accounts that send
	#[arg(long, value_name = "N", default_value_t = 128)]
	pub accounts: u32,

	/// WebSocket connections
	#[arg(long, value_name = "N", default_value_t = 8)]
	pub connections: u32,

	/// Records that are sent and not final yet, at most
	#[arg(long, value_name = "N", default_value_t = 4_000)]
	pub window: u32,

	/// The same in batches of 64
	#[arg(long, value_name = "N", default_value_t = 16_000)]
	pub batch_window: u32,

	/// How long load is half
	#[arg(long, value_name = "SECONDS", default_value_t = 20)]
	pub seconds: u32,

	/// Documents of a chart, which are asked for with one call
	#[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=64))]
	pub chart: u32,

	/// Transactions a second of the half load, where it is not half of what was measured before
	#[arg(long, value_name = "N")]
	pub rate: Option<f64>,

	/// The peer's folder
	#[arg(long, value_name = "FOLDER")]
	pub peer: Option<PathBuf>,

	/// The script that counts the peer's state
	#[arg(long, value_name = "FILE", requires = "peer")]
	pub peer_state: Option<PathBuf>,

	/// One more argument for the nodes; may be given several times
	#[arg(long = "node", value_name = "ARGUMENT", allow_hyphen_values = true)]
	pub node: Vec<String>,

	/// The node's binary; that beside this program unless given
	#[arg(long, value_name = "FILE")]
	pub binary: Option<PathBuf>,

	/// Where the nodes' logs go
	#[arg(long, value_name = "FOLDER")]
	pub logs: Option<PathBuf>,

	/// The commit that is measured, for the report
	#[arg(long, value_name = "HASH", default_value = "unknown")]
	pub commit: String,

	#[command(subcommand)]
	pub command: Option<Command>,
}

/// What the driver starts itself for.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
	/// Answer every call with the same bytes
	#[command(hide = true)]
	Echo {
		/// The port.
		port: u16,
		/// The answer.
		answer: String,
	},
}

impl Options {
	/// With `--quick`, less of everything.
	pub fn sized(&self) -> Sizes {
		if self.quick {
			return Sizes {
				rounds: 1,
				records: 400,
				batched: 64 * 16,
				grown: 64 * 160,
				accounts: 8,
				seconds: 5,
				readers: vec![1, 4],
				chart: 4,
				decisions: 1,
			};
		}
		Sizes {
			rounds: self.rounds,
			records: self.records,
			batched: self.batched,
			grown: self.grown,
			accounts: self.accounts,
			seconds: self.seconds,
			readers: vec![1, 16, 64],
			chart: self.chart,
			decisions: 4,
		}
	}

	/// Whether this is measured.
	pub fn measures(&self, measure: Measure) -> bool {
		self.measure.contains(&measure)
	}
}

/// How much of everything.
#[derive(Clone, Debug)]
pub struct Sizes {
	/// How often.
	pub rounds: u32,
	/// Records in calls of their own.
	pub records: u32,
	/// Records in batches.
	pub batched: u32,
	/// Records of a chain that has grown.
	pub grown: u64,
	/// Accounts.
	pub accounts: u32,
	/// Seconds of half load.
	pub seconds: u32,
	/// Numbers of readers.
	pub readers: Vec<usize>,
	/// Documents of a chart.
	pub chart: u32,
	/// Seconds of decisions, each way.
	pub decisions: u32,
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use clap::{CommandFactory, Parser};

	#[test]
	fn examples_parse() {
		Options::command().debug_assert();
		let examples = EXAMPLES.lines().filter(|line| line.starts_with("  scripts/bench "));
		// What the script itself takes.
		let parsed = examples.map(|line| {
			let words = line.split_whitespace().filter(|word| *word != "--no-peer");
			Options::try_parse_from(words).map(|_| ())
		});
		let parsed: Result<Vec<_>, _> = parsed.collect();
		assert_eq!(parsed.unwrap().len(), 5);
	}

	#[test]
	fn a_quick_run_is_small() {
		let quick = Options::try_parse_from(["scripts/bench", "--quick"]).unwrap().sized();
		let whole = Options::try_parse_from(["scripts/bench"]).unwrap().sized();
		assert!(quick.records * 10 < whole.records && quick.batched * 10 < whole.batched && quick.rounds == 1);
	}
}
