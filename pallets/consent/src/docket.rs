//! Cases that wait for their review, counted by the hour in which it falls due: whether one is overdue is seen at use,
//! without a hook and without looking at the cases.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{Moment, DAY, HOUR, REVIEW_WITHIN};
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// How long a case can be open.
pub const MAX_CASE_LIFETIME: Moment = DAY;
/// Full hours ahead in which a review can fall due.
const HOURS: u32 = ((MAX_CASE_LIFETIME + REVIEW_WITHIN) / HOUR) as u32 + 1;

/// How many reviews are overdue, and how many fall due in which hour.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Docket {
	/// Hours since the Unix epoch in ascending order, each with a number of reviews.
	waiting: BoundedVec<(u64, u32), ConstU32<HOURS>>,
	/// Reviews that fell due before the first of these hours.
	overdue: u32,
}

impl Docket {
	/// How many reviews are overdue.
	pub fn overdue(&self, now: Moment) -> u32 {
		let late = self.waiting.iter().filter(|(hour, _)| is_past(*hour, now));
		late.fold(self.overdue, |sum, (_, count)| sum.saturating_add(*count))
	}

	/// Whether a review is overdue.
	pub fn is_overdue(&self, now: Moment) -> bool {
		self.overdue > 0 || self.waiting.first().is_some_and(|(hour, _)| is_past(*hour, now))
	}

	/// How many reviews are waiting and not overdue.
	pub fn waiting(&self, now: Moment) -> u32 {
		let ahead = self.waiting.iter().filter(|(hour, _)| !is_past(*hour, now));
		ahead.fold(0, |sum, (_, count)| sum.saturating_add(*count))
	}

	/// Counts a review that falls due at this time.
	pub(crate) fn add(&mut self, due: Moment, now: Moment) {
		self.roll(now);
		let hour = due / HOUR;
		match self.find(hour) {
			Ok(at) => {
				if let Some((_, count)) = self.waiting.get_mut(at) {
					*count = count.saturating_add(1);
				}
			}
			// There is a place for each hour that can come, so that what has none was past.
			Err(at) => {
				if is_past(hour, now) || self.waiting.try_insert(at, (hour, 1)).is_err() {
					self.overdue = self.overdue.saturating_add(1);
				}
			}
		}
	}

	/// No longer counts a review that was to fall due, or fell due, at this time.
	pub(crate) fn remove(&mut self, due: Moment, now: Moment) {
		self.roll(now);
		match self.find(due / HOUR) {
			Ok(at) => {
				if let Some((_, count)) = self.waiting.get_mut(at) {
					*count = count.saturating_sub(1);
				}
				self.waiting.retain(|(_, count)| *count > 0);
			}
			Err(_) => self.overdue = self.overdue.saturating_sub(1),
		}
	}

	/// The same at a later time.
	#[cfg(any(feature = "try-runtime", feature = "std"))]
	pub(crate) fn rolled(mut self, now: Moment) -> Self {
		self.roll(now);
		self
	}

	/// Adds up what has fallen due.
	fn roll(&mut self, now: Moment) {
		self.overdue = self.overdue(now);
		self.waiting.retain(|(hour, _)| !is_past(*hour, now));
	}

	fn find(&self, hour: u64) -> Result<usize, usize> {
		self.waiting.binary_search_by_key(&hour, |(hour, _)| *hour)
	}
}

fn is_past(hour: u64, now: Moment) -> bool {
	hour.saturating_mul(HOUR) <= now
}
