//! Why an Observation can't be read or written.

use super::MAX_BYTES;

/// Why an Observation can't be read or written; each names the element by its FHIRPath.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ObservationError {
	/// It is larger than any.
	#[error("an Observation has at most {MAX_BYTES} bytes, this has more; check that it is the right file")]
	TooLarge,
	/// It is no JSON.
	#[error("this is no JSON of an Observation ({0}); check that it is the right file")]
	NotJson(String),
	/// The element is not as FHIR R4 has it.
	#[error("{path} has to be {expected}; correct the Observation")]
	Malformed {
		/// Which element.
		path: String,
		/// What FHIR has there.
		expected: &'static str,
	},
	/// An element is not there that is needed.
	#[error("{path} is missing: {reason}")]
	Missing {
		/// Which element.
		path: String,
		/// What it is needed for.
		reason: &'static str,
	},
	/// A reading has nothing that means the same.
	#[error("{path} has no counterpart in a reading: {reason}; nothing of the Observation was taken over")]
	NoCounterpart {
		/// Which element.
		path: String,
		/// Why.
		reason: &'static str,
	},
	/// These readings have no form in FHIR, or not in this frame.
	#[error("{path} can't be written: {reason}")]
	Inexpressible {
		/// Where it would stand.
		path: String,
		/// Why.
		reason: &'static str,
	},
}

impl ObservationError {
	/// The FHIRPath of the element.
	pub fn path(&self) -> &str {
		match self {
			Self::TooLarge | Self::NotJson(_) => "Observation",
			Self::Malformed { path, .. }
			| Self::Missing { path, .. }
			| Self::NoCounterpart { path, .. }
			| Self::Inexpressible { path, .. } => path,
		}
	}

	pub(super) fn none(path: impl Into<String>, reason: &'static str) -> Self {
		Self::NoCounterpart {
			path: path.into(),
			reason,
		}
	}

	pub(super) fn malformed(path: impl Into<String>, expected: &'static str) -> Self {
		Self::Malformed {
			path: path.into(),
			expected,
		}
	}

	pub(super) fn missing(path: impl Into<String>, reason: &'static str) -> Self {
		Self::Missing {
			path: path.into(),
			reason,
		}
	}

	pub(super) fn inexpressible(path: impl Into<String>, reason: &'static str) -> Self {
		Self::Inexpressible {
			path: path.into(),
			reason,
		}
	}
}
