//! Why a Consent can't be read or written.

use super::MAX_BYTES;

/// Why a Consent can't be read or written; each names the element by its FHIRPath.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
	/// It is larger than any consent.
	#[error("a consent has at most {MAX_BYTES} bytes, this has more; check that it is the right file")]
	TooLarge,
	/// It is no JSON.
	#[error("this is no JSON of a Consent ({0}); check that it is the right file")]
	NotJson(String),
	/// The element is not as FHIR R4 has it.
	#[error("{path} has to be {expected}; correct the Consent")]
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
	/// The chain has nothing that means the same.
	#[error("{path} has no counterpart on the chain: {reason}; nothing of the Consent was taken over")]
	NoCounterpart {
		/// Which element.
		path: String,
		/// Why.
		reason: &'static str,
	},
	/// The element can be read in two ways that contradict each other.
	#[error("{path} is missing, and without it this can be a consent or a refusal; ask the patient, then say --untyped permit or --untyped deny")]
	Ambiguous {
		/// Which element.
		path: String,
	},
	/// The directory does not know the reference.
	#[error("{path}: the directory does not know {reference}; add it")]
	UnknownReference {
		/// Where it stands.
		path: String,
		/// The reference, and what is meant where that makes a difference.
		reference: String,
	},
	/// The directory knows the reference as something that can't stand here.
	#[error("{path}: {reference} has to be {expected}; correct the Consent or the directory")]
	WrongReference {
		/// Where it stands.
		path: String,
		/// The reference.
		reference: String,
		/// What can stand here.
		expected: &'static str,
	},
	/// The Consent says more than the chain can hold.
	#[error("{path} is more than the chain can hold ({most} at most); split the Consent")]
	TooMany {
		/// Which element.
		path: String,
		/// How many there can be.
		most: usize,
	},
	/// The directory has no reference to somebody or something.
	#[error("{path}: the directory has no reference for {entity}; add one")]
	UnknownEntity {
		/// Where it would stand.
		path: String,
		/// Who or what.
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

impl ConsentError {
	/// The FHIRPath of the element.
	pub fn path(&self) -> &str {
		match self {
			Self::TooLarge | Self::NotJson(_) => "Consent",
			Self::Malformed { path, .. }
			| Self::Missing { path, .. }
			| Self::NoCounterpart { path, .. }
			| Self::Ambiguous { path }
			| Self::UnknownReference { path, .. }
			| Self::WrongReference { path, .. }
			| Self::TooMany { path, .. }
			| Self::UnknownEntity { path, .. }
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
}
