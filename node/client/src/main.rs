//! The `salus` command.

use std::process::ExitCode;

fn main() -> ExitCode {
	salus::cli::run()
}
