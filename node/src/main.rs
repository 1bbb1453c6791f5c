#![doc = include_str!("../README.md")]
// The SDK's errors are that large, and pass once in the node's life.
#![allow(clippy::result_large_err)]

mod audit_index;
mod chain_spec;
mod cli;
mod command;
mod development;
mod equivocation;
mod executor;
mod hospitals;
mod metrics;
mod rpc;
mod rpc_limits;
mod service;
#[cfg(feature = "storage-benchmark")]
mod storage_benchmark;
mod vault;

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

// The trie cache's millions of small nodes come and go in any order, and leave the system's allocator searching for room.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("salus-node: {error}");
			ExitCode::FAILURE
		}
	}
}
