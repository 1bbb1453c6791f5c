//! Segments on their way: while one batch is sealed or opened on all cores, the caller's thread reads the next.
//! Memory is two batches, whatever the payload's length.

use zeroize::optimization_barrier;

use super::{
	layout::{SEGMENT_LEN, TAG_LEN},
	EnvelopeError,
};

/// More buffers cost more in fresh memory than they bring.
const BATCH: usize = 2;
/// Room beyond a sealed segment, so that reading to the end of one never moves the buffer.
const SLACK: usize = 64;

/// One segment and what became of it.
pub(super) struct Segment {
	pub(super) index: u64,
	pub(super) bytes: Buffer,
	outcome: Result<(), EnvelopeError>,
}

impl Segment {
	fn new(longest: usize) -> Self {
		let bytes = Buffer(Vec::with_capacity(longest + TAG_LEN + SLACK));
		Self {
			index: 0,
			bytes,
			outcome: Ok(()),
		}
	}
}

/// Bytes that are wiped when dropped, at the speed of `memset`: `Zeroize` goes byte by byte, which takes as long as the
/// cipher.
pub(super) struct Buffer(pub(super) Vec<u8>);

impl Drop for Buffer {
	fn drop(&mut self) {
		self.0.clear();
		self.0.resize(self.0.capacity(), 0);
		optimization_barrier(self.0.as_slice());
	}
}

/// Reads segments until `read` says that there are no more, works on each, and writes them in order. `padded` is the
/// plaintext of all segments: a short payload takes buffers of its own length.
///
/// # Errors
/// The first error in the order of the segments; nothing from that segment on is written.
pub(super) fn run(
	padded: u64,
	mut read: impl FnMut(&mut Segment) -> Result<bool, EnvelopeError>,
	work: impl Fn(&mut Segment) -> Result<(), EnvelopeError> + Sync,
	mut write: impl FnMut(&Segment) -> Result<(), EnvelopeError>,
) -> Result<(), EnvelopeError> {
	let longest = usize::try_from(padded).map_or(SEGMENT_LEN, |len| len.min(SEGMENT_LEN));
	let mut now = Batch::new(longest);
	let mut next = Batch::new(longest);
	now.fill(&mut read)?;
	loop {
		let ahead = match now.segments_mut() {
			[] => return Ok(()),
			[segment] => {
				segment.outcome = work(segment);
				next.fill(&mut read)
			}
			segments => rayon::in_place_scope(|scope| {
				for segment in segments {
					scope.spawn(|_| segment.outcome = work(segment));
				}
				next.fill(&mut read)
			}),
		};
		for segment in now.segments_mut() {
			std::mem::replace(&mut segment.outcome, Ok(()))?;
			write(segment)?;
		}
		ahead?;
		std::mem::swap(&mut now, &mut next);
	}
}

struct Batch {
	segments: Vec<Segment>,
	filled: usize,
	longest: usize,
}

impl Batch {
	fn new(longest: usize) -> Self {
		Self {
			segments: Vec::new(),
			filled: 0,
			longest,
		}
	}

	fn fill(
		&mut self,
		read: &mut impl FnMut(&mut Segment) -> Result<bool, EnvelopeError>,
	) -> Result<(), EnvelopeError> {
		self.filled = 0;
		while self.filled < BATCH {
			if self.filled == self.segments.len() {
				self.segments.push(Segment::new(self.longest));
			}
			let Some(segment) = self.segments.get_mut(self.filled) else {
				break;
			};
			segment.bytes.0.clear();
			if !read(segment)? {
				break;
			}
			self.filled += 1;
		}
		Ok(())
	}

	fn segments_mut(&mut self) -> &mut [Segment] {
		self.segments.get_mut(..self.filled).unwrap_or_default()
	}
}
