#![doc = include_str!("../README.md")]

mod dearest;
mod decisions;
mod documents;
mod error;
mod figures;
mod finality;
mod growth;
mod load;
mod network;
mod options;
mod peer;
mod report;
mod rpc;
mod run;
mod signing;
mod state;
mod world;

use std::process::ExitCode;

use clap::Parser;

use options::{Command, Options};

#[tokio::main]
async fn main() -> ExitCode {
	let options = Options::parse();
	let done = match &options.command {
		Some(Command::Echo { port, answer }) => decisions::serve(*port, answer).await,
		None => run::everything(&options).await,
	};
	match done {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("salus-bench: {error}");
			ExitCode::FAILURE
		}
	}
}
