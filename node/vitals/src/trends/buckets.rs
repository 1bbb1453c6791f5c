//! Medians of equal stretches of time, the oldest overwritten.

use super::{median, saved::Cursor};

/// The most values of the open bucket that are kept: beyond it every second, then every fourth, and so on.
const SAMPLES: usize = 32;

#[derive(Clone, Debug)]
pub(super) struct Buckets {
	length: u64,
	/// NaN where nothing came.
	medians: Box<[f32]>,
	/// Number of the open bucket since the epoch.
	open: Option<u64>,
	samples: Vec<f32>,
	/// Of how many values one is kept, and how many came.
	stride: u32,
	came: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Added {
	/// To the open bucket.
	Open,
	/// To a new one: those before are closed.
	Closed,
	/// To none: its bucket is closed.
	Late,
}

impl Buckets {
	pub(super) fn new(length: u64, count: usize) -> Self {
		Self {
			length: length.max(1),
			medians: vec![f32::NAN; count].into(),
			open: None,
			samples: Vec::new(),
			stride: 1,
			came: 0,
		}
	}

	pub(super) fn add(&mut self, at: u64, value: f32) -> Added {
		let bucket = at / self.length;
		let added = match self.open {
			Some(open) if bucket < open => return Added::Late,
			Some(open) if bucket > open => {
				self.close(open, bucket);
				Added::Closed
			}
			_ => Added::Open,
		};
		self.open = Some(bucket);
		if self.came.is_multiple_of(self.stride) {
			self.samples.push(value);
		}
		self.came = self.came.saturating_add(1);
		if self.samples.len() > SAMPLES {
			let mut is_kept = false;
			self.samples.retain(|_| {
				is_kept = !is_kept;
				is_kept
			});
			self.stride = self.stride.saturating_mul(2);
		}
		added
	}

	/// The closed buckets that have a value: the oldest so many, and the rest.
	pub(super) fn closed(&self, baseline: usize) -> (Vec<f32>, Vec<f32>) {
		let count = self.medians.len();
		// The place of the open one is where the oldest stands.
		let oldest = self.place(self.open.unwrap_or_default());
		let ordered = (0..count).map(|place| (place, self.medians.get(oldest.saturating_add(place) % count)));
		let has_value = |(_, value): &(usize, Option<&f32>)| value.is_some_and(|value| !value.is_nan());
		let (old, new): (Vec<_>, Vec<_>) = ordered.filter(has_value).partition(|(place, _)| *place < baseline);
		let values =
			|places: Vec<(usize, Option<&f32>)>| places.into_iter().filter_map(|(_, value)| value.copied()).collect();
		(values(old), values(new))
	}

	pub(super) fn save(&self, bytes: &mut Vec<u8>) {
		let floats =
			|bytes: &mut Vec<u8>, values: &[f32]| bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
		floats(bytes, &self.medians);
		let Some(open) = self.open else {
			bytes.push(0);
			return;
		};
		bytes.push(1);
		bytes.extend_from_slice(&open.to_le_bytes());
		bytes.extend_from_slice(&self.stride.to_le_bytes());
		bytes.extend_from_slice(&self.came.to_le_bytes());
		bytes.push(u8::try_from(self.samples.len()).unwrap_or(u8::MAX));
		floats(bytes, &self.samples);
	}

	pub(super) fn restore(length: u64, count: usize, cursor: &mut Cursor<'_>) -> Option<Self> {
		let mut buckets = Self::new(length, count);
		buckets.medians = cursor.floats(count)?.into();
		match cursor.take::<1>()? {
			[0] => return Some(buckets),
			[1] => {}
			_ => return None,
		}
		buckets.open = Some(u64::from_le_bytes(cursor.take()?));
		buckets.stride = u32::from_le_bytes(cursor.take()?);
		buckets.came = u32::from_le_bytes(cursor.take()?);
		let [samples] = cursor.take()?;
		buckets.samples = cursor.floats(samples.into())?;
		let is_sound = buckets.stride.is_power_of_two() && buckets.samples.len() <= SAMPLES;
		is_sound.then_some(buckets)
	}

	fn place(&self, bucket: u64) -> usize {
		u64::try_from(self.medians.len())
			.ok()
			.and_then(|count| bucket.checked_rem(count))
			.and_then(|place| usize::try_from(place).ok())
			.unwrap_or_default()
	}

	fn close(&mut self, open: u64, next: u64) {
		let closed = median(std::mem::take(&mut self.samples)).unwrap_or(f32::NAN);
		(self.stride, self.came) = (1, 0);
		self.set(open, closed);
		// What was not heard of, once around at most.
		for bucket in (open.saturating_add(1)..next).rev().take(self.medians.len()) {
			self.set(bucket, f32::NAN);
		}
	}

	fn set(&mut self, bucket: u64, value: f32) {
		let place = self.place(bucket);
		if let Some(slot) = self.medians.get_mut(place) {
			*slot = value;
		}
	}
}

#[cfg(test)]
impl Buckets {
	/// What it takes on the heap.
	pub(super) fn bytes(&self) -> usize {
		std::mem::size_of_val(&*self.medians) + self.samples.capacity() * std::mem::size_of::<f32>()
	}
}
