//! What was measured, on what, and beside what.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{json, Value};

use crate::{
	figures::Series,
	network::{Shape, LIFTED},
	options::{Measure, Options, Sizes},
	peer,
	run::Figures,
};

/// Everything that was measured.
#[derive(Default)]
pub struct Report {
	/// On one validator.
	pub one: Figures,
	/// On four.
	pub four: Figures,
	/// The peer's records a second.
	pub peer: Series,
	/// The peer's bytes of state for a record.
	pub peer_state: Option<f64>,
}

impl Report {
	/// What was measured on such a network.
	pub fn of(&mut self, shape: Shape) -> &mut Figures {
		match shape {
			Shape::One => &mut self.one,
			Shape::Four => &mut self.four,
		}
	}

	/// As it is written.
	pub fn json(&self, options: &Options, sizes: &Sizes) -> Value {
		let seconds = SystemTime::now()
			.duration_since(UNIX_EPOCH)
			.map(|since| since.as_secs());
		json!({
			"unixTime": seconds.unwrap_or_default(),
			"commit": options.commit,
			"machine": machine(),
			"quick": options.quick,
			"parameters": {
				"rounds": sizes.rounds,
				"records": sizes.records,
				"batched": sizes.batched,
				"grown": options.measures(Measure::Growth).then_some(sizes.grown),
				"accounts": sizes.accounts,
				"connections": options.connections,
				"window": options.window,
				"batchWindow": options.batch_window,
				"halfLoadSeconds": sizes.seconds,
				"chart": sizes.chart,
				"nodeArguments": LIFTED.iter().copied().chain(options.node.iter().map(String::as_str)).collect::<Vec<_>>(),
				"peerArguments": peer::ARGUMENTS,
			},
			"oneValidator": figures(&self.one),
			"fourValidators": figures(&self.four),
			"peer": { "recordsPerSecond": self.peer.json(), "stateBytesPerRecord": self.peer_state },
			"ratios": self.ratios(),
		})
	}

	/// To the peer at its best in this run.
	fn ratios(&self) -> Value {
		let to_peer = |series: &Series| Some(series.median()? / self.peer.best()?);
		json!({
			"single": to_peer(&self.one.single),
			"batch": to_peer(&self.one.batch),
			"singleOnFour": to_peer(&self.four.single),
			"batchOnFour": to_peer(&self.four.batch),
			"state": self.one.state.zip(self.peer_state).map(|(own, peer)| own / peer),
		})
	}
}

fn figures(figures: &Figures) -> Value {
	json!({
		"singleRecordsPerSecond": figures.single.json(),
		"batchRecordsPerSecond": figures.batch.json(),
		"halfLoad": figures.latency,
		"documents": figures.documents,
		"stateBytesPerRecord": figures.state,
		"decisions": figures.decisions,
		"growth": figures.growth,
		"peakMemoryMiB": figures.memory.json(),
		"recordsInBlocks": figures.blocks,
	})
}

fn machine() -> Value {
	let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
	let field = |text: &str, name: &str| {
		let line = text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
		line.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()))
	};
	json!({
		"cpu": field(&read("/proc/cpuinfo"), "model name"),
		"cores": std::thread::available_parallelism().map(usize::from).ok(),
		"memory": field(&read("/proc/meminfo"), "MemTotal"),
		"kernel": read("/proc/sys/kernel/osrelease").trim(),
		// What else ran, and the run itself, over the last 1, 5 and 15 minutes.
		"loadAverage": read("/proc/loadavg").split_whitespace().take(3).collect::<Vec<_>>().join(" "),
	})
}

/// Prints medians with their spread, and the ratios.
pub fn print(report: &Report, whole: &Value) {
	println!("machine     {}", whole.get("machine").unwrap_or(&Value::Null));
	println!("commit      {}", whole.get("commit").unwrap_or(&Value::Null));
	println!("parameters  {}", whole.get("parameters").unwrap_or(&Value::Null));
	println!();
	println!("records a second: median (least to greatest)");
	let rows = [
		("  one validator, one call each", &report.one.single),
		("  one validator, batches of 64", &report.one.batch),
		("  four validators, one call each", &report.four.single),
		("  four validators, batches of 64", &report.four.batch),
		("  peer", &report.peer),
	];
	for (name, series) in rows {
		println!("{name:<36}{}", series.text());
	}
	let networks = [("one validator", &report.one), ("four validators", &report.four)];
	for (name, figures) in networks {
		if let Some(latency) = &figures.latency {
			println!("half load, {name:<25}{latency}");
		}
		for opened in &figures.documents {
			println!("documents, {name:<25}{opened}");
		}
		if let Some(decisions) = &figures.decisions {
			println!("decisions, {name:<25}{decisions}");
		}
		if let Some(growth) = &figures.growth {
			println!("growth, {name:<28}{growth}");
		}
		if figures.memory.median().is_some() {
			println!("peak MiB, {name:<26}{}", figures.memory.text());
		}
	}
	if let Some(bytes) = report.one.state {
		println!(
			"state bytes for a record            {bytes:.1}, peer {:?}",
			report.peer_state
		);
	}
	println!(
		"ratios to the peer's best           {}",
		whole.get("ratios").unwrap_or(&Value::Null)
	);
}
