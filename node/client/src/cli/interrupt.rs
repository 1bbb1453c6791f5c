//! What happens on Ctrl-C, and when the system ends the process.

use tokio::signal::unix::{signal, SignalKind};

use crate::sdk::{abandon_unfinished, exit};

/// Waits for SIGINT or SIGTERM, removes unfinished documents, and ends the process.
pub(crate) async fn watch() {
	let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
	else {
		// Without handlers the signals end the process at once, as they do by themselves.
		return;
	};
	tokio::select! {
		_ = interrupt.recv() => {}
		_ = terminate.recv() => {}
	}
	abandon_unfinished();
	eprintln!("interrupted; run the command again to go on");
	std::process::exit(exit::INTERRUPTED.into());
}
