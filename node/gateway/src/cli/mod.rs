//! The `salus-gateway` command.

mod codes;
mod duty;
mod init;
mod patient;
mod register;
mod telemetry;
mod token;
mod undelivered;
mod vitals;

#[cfg(test)]
pub(crate) use {codes::Codes, telemetry::Telemetry, vitals::Vitals};

use std::{
	io::{self, Write},
	path::PathBuf,
	process::ExitCode,
};

use clap::{Parser, Subcommand, ValueEnum};
use salus::words;
use serde_json::{json, Value};
use tracing_subscriber::EnvFilter;

use crate::{config::Config, run::run as serve, store::Store, telemetry::desk, GatewayError};

const EXAMPLES: &str = "\
Exit codes:
  0  done
  1  failed
  2  the command line is wrong

Examples:
  salus-gateway init --genesis 0x4a…  --institution 0 gateway
  salus-gateway --config gateway/gateway.toml register import council.csv
  salus-gateway --config gateway/gateway.toml patient add 7 --contact-file address.txt --consent
  salus-gateway --config gateway/gateway.toml run
  salus-gateway --config gateway/gateway.toml token new ea4a6c63…
  salus-gateway --config gateway/gateway.toml telemetry codes add codes.json
  salus-gateway --config gateway/gateway.toml telemetry status
  salus-gateway --config gateway/gateway.toml telemetry broker > salus.conf
  salus-gateway --config gateway/gateway.toml undelivered --json";

/// A hospital's edge service: the registrar of practitioners, word to patients, and readings of devices.
#[derive(Parser)]
#[command(name = "salus-gateway", version, after_long_help = EXAMPLES, arg_required_else_help = true)]
struct Cli {
	/// The configuration
	#[arg(
		long,
		short,
		global = true,
		env = "SALUS_GATEWAY_CONFIG",
		value_name = "FILE",
		default_value = "gateway.toml"
	)]
	config: PathBuf,
	/// Print JSON
	#[arg(long, global = true)]
	json: bool,
	/// How much the log on standard error says
	#[arg(long, global = true, value_enum, default_value = "info")]
	log: Level,
	#[command(subcommand)]
	command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum Level {
	Error,
	Warn,
	Info,
	Debug,
}

#[derive(Subcommand)]
enum Command {
	/// Write a configuration and a secret into a new folder
	Init(init::Init),
	/// Run what is configured, until SIGINT or SIGTERM
	Run,
	/// The medical council's register
	#[command(subcommand)]
	Register(register::Register),
	/// How patients are reached
	#[command(subcommand)]
	Patient(patient::Patient),
	/// Devices' tokens for sending readings over HTTP
	#[command(subcommand)]
	Token(token::Token),
	/// Readings of devices: which are taken, and those on their way to the chain
	#[command(subcommand)]
	Telemetry(telemetry::Telemetry),
	/// Early warning: what a person enters and sets, and alerts
	#[command(subcommand)]
	Vitals(vitals::Vitals),
	/// Notices that could not be delivered, for the hospital's desk
	Undelivered(undelivered::Undelivered),
}

/// What a command says: lines for people, an object for programs.
pub(crate) struct Report {
	lines: Vec<String>,
	json: Value,
}

impl Cli {
	async fn run(self) -> Result<Option<Report>, GatewayError> {
		if let Command::Init(init) = self.command {
			return init.run().map(Some);
		}
		let config = Config::read(&self.config)?;
		match self.command {
			Command::Init(_) => Ok(None),
			Command::Run => serve(&config, words::now()).await.map(|()| None),
			Command::Register(command) => command.run(&config, &store(&config).await?).await.map(Some),
			Command::Patient(command) => command.run(&store(&config).await?).await.map(Some),
			Command::Token(command) => command.run(&desk(&config).await?.tokens).await.map(Some),
			Command::Telemetry(command) => command.run(&config).await.map(Some),
			Command::Vitals(command) => command.run(&config, &store(&config).await?).await.map(Some),
			Command::Undelivered(command) => command.run(&store(&config).await?).await.map(Some),
		}
	}
}

async fn store(config: &Config) -> Result<Store, GatewayError> {
	Store::open(&config.data, config.genesis).await
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
	let cli = Cli::parse();
	let json = cli.json;
	log(cli.log);
	let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
		Ok(runtime) => runtime,
		Err(error) => {
			eprintln!("error: no threads ({error}); try again");
			return ExitCode::FAILURE;
		}
	};
	let done = runtime.block_on(cli.run()).and_then(|report| match report {
		Some(report) => report.print(json).map_err(GatewayError::Output),
		None => Ok(()),
	});
	match done {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) if json => {
			eprintln!(
				"{}",
				json!({ "error": { "name": error.name(), "message": error.to_string() } })
			);
			ExitCode::FAILURE
		}
		Err(error) => {
			eprintln!("error: {error}");
			ExitCode::FAILURE
		}
	}
}

/// Our own messages only: what libraries say may repeat what they were given.
fn log(level: Level) {
	let level = match level {
		Level::Error => "salus_gateway=error",
		Level::Warn => "salus_gateway=warn",
		Level::Info => "salus_gateway=info",
		Level::Debug => "salus_gateway=debug",
	};
	tracing_subscriber::fmt()
		.with_env_filter(EnvFilter::new(level))
		.with_writer(io::stderr)
		.with_ansi(false)
		.init();
}

impl Report {
	#[cfg(test)]
	pub(crate) fn lines(&self) -> &[String] {
		&self.lines
	}

	#[cfg(test)]
	pub(crate) fn json(&self) -> &Value {
		&self.json
	}

	fn print(&self, json: bool) -> io::Result<()> {
		let mut out = io::stdout().lock();
		if json {
			return writeln!(out, "{}", self.json);
		}
		self.lines.iter().try_for_each(|line| writeln!(out, "{line}"))
	}
}
