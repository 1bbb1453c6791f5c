//! Whether a value has left the patient's own baseline: over an hour, a day and a week, in memory that does not grow.
//!
//! Time is cut into buckets, and of each its median is kept. The latest buckets of a window are what is now, those before
//! are the baseline:
//!
//! | window | bucket | now | baseline |
//! |---|---|---|---|
//! | hour | 1 min | 5 min | the 55 min before |
//! | day | 15 min | 1 h | the 23 h before |
//! | week | 2 h | 24 h | the 6 days before |
//!
//! ```text
//! z = (median(now) - median(baseline)) / max(1.4826 * MAD(baseline), floor)
//! ```
//!
//! with MAD the median of the distances from the median, which 1.4826 makes comparable to a standard deviation of normally
//! distributed values, and `floor` the deviation that the measurement itself has (of each code, [`floor`]): otherwise a
//! patient at perfect rest would be an alarm. `|z| >= 3.5` is a change: the modified z-score and its limit of Iglewicz and
//! Hoaglin (How to Detect and Handle Outliers, ASQC 1993). Up to half of the buckets can be artefacts before a median
//! follows them (Rousseeuw and Croux, JASA 88, 1993). A change is told once; it is over when `|z| < 2`.
//!
//! A third of now and a third of the baseline have to be there, else nothing is said: the window is still learning.

mod buckets;
mod saved;
#[cfg(test)]
mod tests;

use buckets::Buckets;

use crate::reading::Reading;

/// From where on it is a change.
pub const CHANGE: f32 = 3.5;
/// Below it a change is over.
pub const OVER: f32 = 2.0;
/// Makes the MAD of normally distributed values their standard deviation.
const NORMAL: f32 = 1.4826;

const MINUTE: u64 = 60_000;

/// How far back is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
	/// An hour.
	Hour,
	/// 24 hours.
	Day,
	/// Seven days.
	Week,
}

impl Window {
	/// All three.
	pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

	/// A bucket's length, how many there are, and how many of them are now.
	const fn shape(self) -> (u64, usize, usize) {
		match self {
			Self::Hour => (MINUTE, 60, 5),
			Self::Day => (15 * MINUTE, 96, 4),
			Self::Week => (120 * MINUTE, 84, 12),
		}
	}
}

/// The least deviation that a change is measured in: what these measurements differ by from one to the next in a patient
/// whose state does not change. None for codes without trends.
pub fn floor(code: &str) -> Option<f32> {
	Some(match code {
		"8867-4" | "8889-8" => 3.0,
		"9279-1" => 1.5,
		"59408-5" | "2708-6" => 1.0,
		"8310-5" => 0.2,
		"8480-6" => 5.0,
		"8462-4" | "8478-0" => 4.0,
		"2339-0" => 10.0,
		"15074-8" => 0.6,
		_ => return None,
	})
}

/// Up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
	/// Above the baseline.
	Up,
	/// Below it.
	Down,
}

/// A value left its baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
	/// Over which window.
	pub window: Window,
	/// Which way.
	pub direction: Direction,
	/// Where it is now.
	pub now: f32,
	/// Where it was.
	pub baseline: f32,
	/// How far it went, in deviations.
	pub z: f32,
}

/// What became of a reading.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Observed {
	/// It counts. A value that closes a bucket can show changes, of the time before it.
	Counted(Vec<Change>),
	/// Its bucket is closed: it is kept with the readings, and the trend does not know it.
	Late,
	/// It is flagged, a waveform, or of another code or unit: no trend is made of it.
	NotUsed,
}

/// One patient's trend of one code in one unit. About 1.5 KiB, however many readings come.
#[derive(Clone, Debug)]
pub struct Trend {
	code: String,
	unit: String,
	floor: f32,
	windows: [Watched; 3],
}

#[derive(Clone, Debug)]
struct Watched {
	window: Window,
	buckets: Buckets,
	told: Option<Direction>,
}

impl Trend {
	/// The trend that a first reading begins; none for codes without one.
	pub fn new(first: &Reading) -> Option<Self> {
		let watched = |window: Window| {
			let (length, count, _) = window.shape();
			Watched {
				window,
				buckets: Buckets::new(length, count),
				told: None,
			}
		};
		Some(Self {
			code: first.code.as_str().into(),
			unit: first.unit.as_str().into(),
			floor: floor(first.code.as_str())?,
			windows: Window::ALL.map(watched),
		})
	}

	/// Its code and unit.
	pub fn quantity(&self) -> (&str, &str) {
		(&self.code, &self.unit)
	}

	/// Takes a reading, in the order of their times.
	pub fn observe(&mut self, reading: &Reading) -> Observed {
		let is_ours = (reading.code.as_str(), reading.unit.as_str()) == (&self.code, &self.unit);
		let number = reading.number().filter(|_| is_ours && reading.flags().is_empty());
		match number {
			Some(number) => self.take(reading.at, number.approximate()),
			None => Observed::NotUsed,
		}
	}

	fn take(&mut self, at: u64, value: f32) -> Observed {
		let mut changes = Vec::new();
		let mut counted = false;
		for watched in &mut self.windows {
			match watched.buckets.add(at, value) {
				buckets::Added::Late => {}
				buckets::Added::Open => counted = true,
				buckets::Added::Closed => {
					counted = true;
					changes.extend(watched.look(self.floor));
				}
			}
		}
		match counted {
			true => Observed::Counted(changes),
			false => Observed::Late,
		}
	}
}

impl Watched {
	fn look(&mut self, floor: f32) -> Option<Change> {
		let (_, count, now) = self.window.shape();
		let (baseline, current) = self.buckets.closed(count.saturating_sub(now));
		let is_enough = |values: &[f32], of: usize| values.len() >= of.div_ceil(3);
		if !is_enough(&current, now) || !is_enough(&baseline, count.saturating_sub(now)) {
			return None;
		}
		let middle = median(baseline.clone())?;
		let distances = baseline.iter().map(|value| (value - middle).abs()).collect();
		let scale = (NORMAL * median(distances)?).max(floor);
		let now = median(current)?;
		let z = (now - middle) / scale;
		let direction = if z > 0.0 { Direction::Up } else { Direction::Down };
		if z.abs() < OVER {
			self.told = None;
		}
		if z.abs() < CHANGE || self.told == Some(direction) {
			return None;
		}
		self.told = Some(direction);
		Some(Change {
			window: self.window,
			direction,
			now,
			baseline: middle,
			z,
		})
	}
}

/// None of nothing.
fn median(mut values: Vec<f32>) -> Option<f32> {
	values.sort_by(f32::total_cmp);
	let above = *values.get(values.len() / 2)?;
	match values.len() % 2 {
		1 => Some(above),
		_ => Some((above + values.get((values.len() / 2).checked_sub(1)?)?) / 2.0),
	}
}
