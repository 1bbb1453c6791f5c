#![doc = include_str!("../README.md")]

mod audit_index;
mod chain_spec;
mod cli;
mod command;
mod development;
mod metrics;
mod rpc;
mod service;
mod vault;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("salus-node: {error}");
			ExitCode::FAILURE
		}
	}
}
