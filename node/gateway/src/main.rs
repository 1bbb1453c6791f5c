//! The `salus-gateway` command.

use std::process::ExitCode;

fn main() -> ExitCode {
	salus_gateway::cli::run()
}
