//! Why a Schedule, a Slot or an Appointment can't be read or written.

use super::MAX_BYTES;

/// Why a resource can't be read or written; each names the element by its FHIRPath.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchedulingError {
	/// It is larger than any of the three.
	#[error(
		"a Schedule, Slot or Appointment has at most {MAX_BYTES} bytes, this has more; check that it is the right file"
	)]
	TooLarge,
	/// It is no JSON.
	#[error("this is no JSON of a Schedule, Slot or Appointment ({0}); check that it is the right file")]
	NotJson(String),
	/// The element is not as FHIR R4, or the chain, has it.
	#[error("{path} has to be {expected}; correct the resource")]
	Malformed {
		/// Which element.
		path: String,
		/// What has to be there.
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
	/// The chain has nothing that means the same.
	#[error("{path} has no counterpart on the chain: {reason}; nothing of the resource was taken over")]
	NoCounterpart {
		/// Which element.
		path: String,
		/// Why.
		reason: &'static str,
	},
	/// The directory does not know somebody whose time it is about.
	#[error("{path}: the directory does not know {reference}; add it")]
	UnknownReference {
		/// Where it stands.
		path: String,
		/// The reference.
		reference: String,
	},
	/// It names more than the chain can hold.
	#[error("{path} is more than the chain can hold ({most} at most); make several of it")]
	TooMany {
		/// Which element.
		path: String,
		/// How many there can be.
		most: usize,
	},
	/// The directory has no reference to somebody.
	#[error("{path}: the directory has no reference for {entity}; add one")]
	UnknownEntity {
		/// Where it would stand.
		path: String,
		/// Who.
		entity: String,
	},
	/// FHIR has no form for it.
	#[error("{path} can't be written: {reason}")]
	Inexpressible {
		/// Where it would stand.
		path: String,
		/// Why.
		reason: &'static str,
	},
}

impl SchedulingError {
	/// The FHIRPath of the element; empty where it is the whole file.
	pub fn path(&self) -> &str {
		match self {
			Self::TooLarge | Self::NotJson(_) => "",
			Self::Malformed { path, .. }
			| Self::Missing { path, .. }
			| Self::NoCounterpart { path, .. }
			| Self::UnknownReference { path, .. }
			| Self::TooMany { path, .. }
			| Self::UnknownEntity { path, .. }
			| Self::Inexpressible { path, .. } => path,
		}
	}

	pub(super) fn none(path: impl Into<String>, reason: &'static str) -> Self {
		let path = path.into();
		Self::NoCounterpart { path, reason }
	}

	pub(super) fn malformed(path: impl Into<String>, expected: &'static str) -> Self {
		let path = path.into();
		Self::Malformed { path, expected }
	}

	pub(super) fn missing(path: impl Into<String>, reason: &'static str) -> Self {
		let path = path.into();
		Self::Missing { path, reason }
	}
}
