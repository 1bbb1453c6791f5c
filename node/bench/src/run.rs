//! The order in which everything is measured: product, peer, product, peer.

use std::time::Duration;

use salus_primitives::{AccessRequest, MAX_BATCH};
use salus_runtime::AccountId;
use serde_json::{json, Value};

use crate::{
	dearest, decisions, documents,
	error::{Error, Result},
	figures::{latencies, per_second, Series},
	growth,
	load::{self, Outcome, Pace},
	network::{beside, Node, Setup, Shape},
	options::{Measure, Network, Options, Sizes},
	peer,
	report::{self, Report},
	state,
	world::World,
};

/// What was measured on one network.
#[derive(Default)]
pub struct Figures {
	/// Records a second, one call each.
	pub single: Series,
	/// Records a second in batches of 64.
	pub batch: Series,
	/// Percentiles at half load, with the load.
	pub latency: Option<Value>,
	/// Documents a second, by number of readers.
	pub documents: Vec<Value>,
	/// Bytes of state for a record.
	pub state: Option<f64>,
	/// Decisions a second.
	pub decisions: Option<Value>,
	/// Registrations a second before and after many.
	pub growth: Option<Value>,
	/// MiB, of the node that had most.
	pub memory: Series,
	/// Records in each finalised block of the last measurement of single calls.
	pub blocks: Vec<usize>,
}

/// Measures what the options ask for and prints it.
pub async fn everything(options: &Options) -> Result<()> {
	let sizes = options.sized();
	let logs = options.logs.clone().unwrap_or_else(std::env::temp_dir);
	std::fs::create_dir_all(&logs).map_err(Error::io(logs.display().to_string()))?;
	let setup = Setup {
		binary: options.binary.clone().map_or_else(|| beside("salus-node"), Ok)?,
		extra: options.node.clone(),
		logs,
	};
	let mut report = Report::default();
	for round in 1..=sizes.rounds {
		for network in &options.networks {
			let shape = match network {
				Network::One => Shape::One,
				Network::Four => Shape::Four,
			};
			eprintln!("round {round}: {}", shape.name());
			network_once(options, &sizes, &setup, shape, round == 1, report.of(shape)).await?;
			if let Some(folder) = &options.peer {
				eprintln!("round {round}: peer");
				let said = peer::run(folder, options.quick).await?;
				eprintln!("  peer: {:.0} records/s", peer::rate(&said)?);
				report.peer.push(peer::rate(&said)?);
			}
		}
	}
	if let (Some(folder), Some(script), true) = (&options.peer, &options.peer_state, options.measures(Measure::State)) {
		report.peer_state = Some(peer::bytes_of_a_record(folder, script).await?);
	}
	let whole = report.json(options, &sizes);
	if let Some(path) = &options.json {
		let text = serde_json::to_string_pretty(&whole).map_err(|_| Error::Unreadable("the report"))?;
		std::fs::write(path, text + "\n").map_err(Error::io(path.display().to_string()))?;
	}
	report::print(&report, &whole);
	Ok(())
}

async fn network_once(
	options: &Options,
	sizes: &Sizes,
	setup: &Setup,
	shape: Shape,
	first: bool,
	figures: &mut Figures,
) -> Result<()> {
	let nodes = setup.start(shape).await?;
	let mut world = World::build(&nodes, shape, sizes.accounts, options.connections).await?;
	let share = |records: u32| {
		records
			.div_ceil(u32::try_from(world.doctors.len()).unwrap_or(u32::MAX))
			.max(1)
	};
	let (calls, batches) = (share(sizes.records), share(sizes.batched.div_ceil(MAX_BATCH)));

	if options.measures(Measure::Single) || options.measures(Measure::State) || options.measures(Measure::Latency) {
		let before = state_before(options, first, &world).await?;
		let outcome = registrations(&mut world, calls, None, options.window).await?;
		eprintln!("  one call each: {:.0} records/s", outcome.rate());
		figures.single.push(outcome.rate());
		figures.blocks = outcome.blocks.iter().map(|(_, records)| *records).collect();
		if let Some(before) = before {
			figures.state = Some(bytes_of_a_record(&world, before, outcome.records).await?);
		}
	}
	if options.measures(Measure::Batch) {
		let outcome = registrations(&mut world, batches, Some(MAX_BATCH), options.batch_window).await?;
		eprintln!("  batches of {MAX_BATCH}: {:.0} records/s", outcome.rate());
		figures.batch.push(outcome.rate());
	}
	if first && options.measures(Measure::Latency) {
		let rate = options
			.rate
			.or(figures.single.median().map(|rate| rate / 2.0))
			.unwrap_or(1.0);
		let genesis = world.genesis;
		let calls = share_of(&world, rate * f64::from(sizes.seconds));
		let senders = world.senders(|doctor| doctor.registrations(genesis, calls, None))?;
		let outcome = load::run(&world.watch, senders, Pace::Rate(rate), true).await?;
		let found = latencies(&outcome.latencies);
		eprintln!("  at {rate:.0}/s, submission to finality: {found} ms");
		figures.latency = Some(json!({ "load": rate.round(), "milliseconds": found }));
	}
	if first && options.measures(Measure::Documents) {
		// One reader's round is short: several of them.
		for opened in documents::measure(&mut world, &sizes.readers, sizes.chart, 3).await? {
			let rate = per_second(opened.documents, opened.took);
			eprintln!("  {} readers: {rate:.0} documents/s", opened.readers);
			figures.documents.push(json!({
				"readers": opened.readers,
				"documents": opened.documents,
				"perSecond": rate,
				"chartMilliseconds": latencies(&opened.charts),
			}));
		}
	}
	if first && options.measures(Measure::Growth) {
		let windows = (options.window, options.batch_window);
		let growth = growth::measure(&mut world, sizes.grown, calls, windows).await?;
		figures.growth = Some(json!({
			"records": growth.records,
			"perSecondBefore": growth.before.json(),
			"perSecondAfter": growth.after.json(),
			"ratio": growth.after.median().zip(growth.before.median()).map(|(after, before)| after / before),
		}));
	}
	// Last: the dearest question is made by calls of accounts whose nonces the world does not follow.
	if first && options.measures(Measure::Decisions) && shape == Shape::One {
		let each = Duration::from_secs(sizes.decisions.into());
		let ordinary = decisions::ordinary(&world)?;
		let ordinary = asked("decisions", &world, &ordinary, each).await?;
		let dearest = dearest::question(&mut world).await?;
		let dearest = asked("the dearest decision", &world, &dearest, each).await?;
		figures.decisions = Some(json!({ "ordinary": ordinary, "dearest": dearest }));
	}
	let peaks = nodes.iter().map(Node::peak_memory).collect::<Result<Vec<_>>>()?;
	if let Some(most) = peaks.into_iter().max_by(f64::total_cmp) {
		figures.memory.push(most);
	}
	Ok(())
}

/// How often a question is answered in a second, each way.
async fn asked(name: &str, world: &World, request: &AccessRequest<AccountId>, each: Duration) -> Result<Value> {
	let found = decisions::measure(world, request, each).await?;
	let (native, rpc, echo) = (found.native, found.rpc, found.echo);
	eprintln!("  {name}: {native:.0}/s natively, {rpc:.0}/s over RPC, echo {echo:.0}/s");
	Ok(json!({
		"nativePerSecond": native,
		"rpcPerSecond": rpc,
		"echoPerSecond": echo,
		"rpcToEcho": rpc / echo,
	}))
}

/// How many calls each doctor makes so that there are this many.
fn share_of(world: &World, calls: f64) -> u32 {
	(calls / world.doctors.len().max(1) as f64).ceil().max(1.0) as u32
}

/// So many calls of each doctor, with one record each or a batch.
pub async fn registrations(world: &mut World, calls: u32, batch: Option<u32>, window: u32) -> Result<Outcome> {
	let genesis = world.genesis;
	let senders = world.senders(|doctor| doctor.registrations(genesis, calls, batch))?;
	load::run(&world.watch, senders, Pace::Window(window), false).await
}

async fn state_before(options: &Options, first: bool, world: &World) -> Result<Option<state::Size>> {
	if !(first && options.measures(Measure::State)) {
		return Ok(None);
	}
	Ok(Some(state::size(&state::pairs(&world.watch).await?)))
}

/// What the records of a measurement added.
async fn bytes_of_a_record(world: &World, before: state::Size, records: usize) -> Result<f64> {
	let pairs = state::pairs(&world.watch).await?;
	// The sums are of lengths of what was read; the node's own word on some of them.
	for (key, value) in pairs.iter().step_by((pairs.len() / 16).max(1)) {
		if state::storage_size(&world.watch, key).await? != Some(value.len() as u64) && !is_of_block(key) {
			return Err(Error::Unreadable("the size of a value"));
		}
	}
	let after = state::size(&pairs);
	let added = after.bytes.saturating_sub(before.bytes) as f64 / records.max(1) as f64;
	let keys = after.keys.saturating_sub(before.keys) as f64 / records.max(1) as f64;
	eprintln!("  state: {added:.1} bytes in {keys:.2} keys for each record");
	Ok(added)
}

/// Whether each block writes the key anew.
fn is_of_block(key: &[u8]) -> bool {
	key.starts_with(&sp_io::hashing::twox_128(b"System"))
}
