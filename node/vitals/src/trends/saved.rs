//! A trend on its way to a disk and back: nothing of it is learned again after a restart.
//!
//! ```text
//! trend  = 01 ++ length (u8) ++ code ++ length (u8) ++ unit ++ the windows of an hour, a day and a week
//! window = told: 00 no, 01 up, 02 down ++ medians (f32, little-endian, NaN where nothing came)
//!          ++ open bucket: 00, or 01 ++ its number (u64) ++ stride (u32) ++ came (u32) ++ samples: count (u8), f32 each
//! ```

use super::{buckets::Buckets, floor, Direction, Trend, Watched, Window};

const VERSION: u8 = 1;

impl Trend {
	/// The trend as bytes.
	pub fn save(&self) -> Vec<u8> {
		let mut bytes = vec![VERSION];
		for text in [&self.code, &self.unit] {
			bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
			bytes.extend_from_slice(text.as_bytes());
		}
		for watched in &self.windows {
			bytes.push(match watched.told {
				None => 0,
				Some(Direction::Up) => 1,
				Some(Direction::Down) => 2,
			});
			watched.buckets.save(&mut bytes);
		}
		bytes
	}

	/// The trend that was saved; none where the bytes are of no trend of this version.
	pub fn restore(bytes: &[u8]) -> Option<Self> {
		let mut cursor = Cursor(bytes);
		if cursor.take::<1>()? != [VERSION] {
			return None;
		}
		let (code, unit) = (cursor.text()?, cursor.text()?);
		let [hour, day, week] = Window::ALL;
		let mut watched = |window: Window| {
			let told = match cursor.take::<1>()? {
				[0] => None,
				[1] => Some(Direction::Up),
				[2] => Some(Direction::Down),
				_ => return None,
			};
			let (length, count, _) = window.shape();
			let buckets = Buckets::restore(length, count, &mut cursor)?;
			Some(Watched { window, buckets, told })
		};
		let windows = [watched(hour)?, watched(day)?, watched(week)?];
		let floor = floor(&code)?;
		cursor.0.is_empty().then_some(Self {
			code,
			unit,
			floor,
			windows,
		})
	}
}

/// What is left to read.
pub(super) struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
	pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
		let (taken, rest) = self.0.split_first_chunk::<N>()?;
		self.0 = rest;
		Some(*taken)
	}

	pub(super) fn floats(&mut self, count: usize) -> Option<Vec<f32>> {
		(0..count).map(|_| self.take().map(f32::from_le_bytes)).collect()
	}

	fn text(&mut self) -> Option<String> {
		let [length] = self.take()?;
		let (text, rest) = self.0.split_at_checked(length.into())?;
		self.0 = rest;
		String::from_utf8(text.to_vec()).ok()
	}
}
