//! Registrations a second once the chain holds many records.

use std::time::Instant;

use salus_primitives::MAX_BATCH;

use crate::{
	error::Result,
	figures::{per_second, Series},
	run::registrations,
	world::World,
};

/// Batches that each doctor signs at a time, so that memory holds a part of them only.
const BATCHES: u32 = 16;
/// How often calls of one record each are measured at a size.
const TIMES: u32 = 3;

/// One call each, at two sizes of the state.
pub struct Growth {
	/// Records there were before the first of the later measurements.
	pub records: u64,
	/// Records a second at the start.
	pub before: Series,
	/// Records a second at the end.
	pub after: Series,
}

/// Measures, registers records in batches until there are so many, and measures again.
pub async fn measure(world: &mut World, to: u64, calls: u32, windows: (u32, u32)) -> Result<Growth> {
	let (window, batch_window) = windows;
	let mut growth = Growth {
		records: 0,
		before: Series::default(),
		after: Series::default(),
	};
	for _ in 0..TIMES {
		let outcome = registrations(world, calls, None, window).await?;
		growth.before.push(outcome.rate());
		growth.records = growth.records.saturating_add(outcome.records as u64);
	}
	eprintln!("  at {} records: {} records/s", growth.records, growth.before.text());
	while growth.records < to {
		let start = Instant::now();
		let outcome = registrations(world, BATCHES, Some(MAX_BATCH), batch_window).await?;
		growth.records = growth.records.saturating_add(outcome.records as u64);
		eprintln!(
			"  {} of {to} records: {:.0}/s, and {:.0}/s with signing them",
			growth.records,
			outcome.rate(),
			per_second(outcome.records, start.elapsed())
		);
	}
	for _ in 0..TIMES {
		growth
			.after
			.push(registrations(world, calls, None, window).await?.rate());
	}
	eprintln!("  at {} records: {} records/s", growth.records, growth.after.text());
	Ok(growth)
}
