//! Medians, percentiles and ratios.

use std::time::Duration;

use serde_json::{json, Value};

/// So many things in that time.
pub fn per_second(things: usize, took: Duration) -> f64 {
	things as f64 / took.as_secs_f64().max(1e-9)
}

/// The value below which this part of sorted values lies (nearest rank).
pub fn percentile(sorted: &[f64], part: f64) -> Option<f64> {
	let rank = (part * sorted.len() as f64).ceil().max(1.0);
	sorted
		.iter()
		.copied()
		.enumerate()
		.find_map(|(at, value)| ((at + 1) as f64 >= rank).then_some(value))
}

/// Several measurements of one thing.
#[derive(Clone, Default)]
pub struct Series(Vec<f64>);

impl Series {
	/// One more.
	pub fn push(&mut self, value: f64) {
		self.0.push(value);
		self.0.sort_by(f64::total_cmp);
	}

	/// The one in the middle; the mean of the two in the middle.
	pub fn median(&self) -> Option<f64> {
		let half = self.0.len() / 2;
		let upper = self.0.get(half)?;
		if self.0.len() % 2 == 1 {
			return Some(*upper);
		}
		half.checked_sub(1)
			.and_then(|at| self.0.get(at))
			.map(|lower| (lower + upper) / 2.0)
	}

	/// The greatest.
	pub fn best(&self) -> Option<f64> {
		self.0.last().copied()
	}

	/// The least.
	pub fn least(&self) -> Option<f64> {
		self.0.first().copied()
	}

	/// As it goes into the report.
	pub fn json(&self) -> Value {
		json!({ "median": self.median(), "least": self.least(), "greatest": self.best(), "runs": self.0 })
	}

	/// As it is printed: the median, and between what it was.
	pub fn text(&self) -> String {
		match (self.median(), self.least(), self.best()) {
			(Some(median), Some(least), Some(best)) => format!("{median:.1} ({least:.1} to {best:.1})"),
			_ => "not measured".to_owned(),
		}
	}
}

/// Percentiles of durations that are sorted, in milliseconds.
pub fn latencies(sorted: &[Duration]) -> Value {
	let millis: Vec<f64> = sorted.iter().map(|latency| latency.as_secs_f64() * 1_000.0).collect();
	let at = |part| percentile(&millis, part).map(f64::round);
	json!({ "p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "count": sorted.len() })
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
	use super::*;

	#[test]
	fn percentiles_are_by_nearest_rank() {
		let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
		assert_eq!(percentile(&hundred, 0.5), Some(50.0));
		assert_eq!(percentile(&hundred, 0.99), Some(99.0));
		assert_eq!(percentile(&hundred, 1.0), Some(100.0));
		assert_eq!(percentile(&hundred, 0.0), Some(1.0));
		assert_eq!(percentile(&[], 0.5), None);
	}

	#[test]
	fn a_series_knows_its_middle_and_its_ends() {
		let mut series = Series::default();
		assert_eq!(series.text(), "not measured");
		for value in [5.0, 1.0, 4.0] {
			series.push(value);
		}
		assert_eq!(
			(series.median(), series.least(), series.best()),
			(Some(4.0), Some(1.0), Some(5.0))
		);
		series.push(2.0);
		assert_eq!(series.median(), Some(3.0));
		assert_eq!(series.json()["runs"], json!([1.0, 2.0, 4.0, 5.0]));
	}
}
