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

fn main() -> sc_cli::Result<()> {
	command::run()
}
