//! Terms as they stood in storage before a grant could be marked to outlive the patient, for the migrations of the pallets
//! that keep them.

use crate::{
	ActionSet, CategorySet, Compartment, Moment, PurposeSet, RecordId, Terms, MAX_TERMS_COMPARTMENTS, MAX_TERMS_RECORDS,
};
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The fields of [`Terms`] in their order, all but the last.
pub type UnmarkedTerms = (
	ActionSet,
	PurposeSet,
	CategorySet,
	BoundedVec<RecordId, ConstU32<MAX_TERMS_RECORDS>>,
	BoundedVec<Compartment, ConstU32<MAX_TERMS_COMPARTMENTS>>,
	Option<Moment>,
	Option<Moment>,
	Moment,
	Moment,
	Option<u32>,
	Option<Moment>,
);

impl From<UnmarkedTerms> for Terms {
	/// Nobody said that they outlive the patient.
	fn from(unmarked: UnmarkedTerms) -> Self {
		let (
			actions,
			purposes,
			categories,
			records,
			compartments,
			recorded_from,
			recorded_until,
			starts,
			ends,
			uses,
			erase_after,
		) = unmarked;
		Self {
			actions,
			purposes,
			categories,
			records,
			compartments,
			recorded_from,
			recorded_until,
			starts,
			ends,
			uses,
			erase_after,
			outlives: false,
		}
	}
}

#[cfg(any(test, feature = "std"))]
impl From<Terms> for UnmarkedTerms {
	/// For the tests of migrations, which begin with what an older runtime wrote.
	fn from(terms: Terms) -> Self {
		(
			terms.actions,
			terms.purposes,
			terms.categories,
			terms.records,
			terms.compartments,
			terms.recorded_from,
			terms.recorded_until,
			terms.starts,
			terms.ends,
			terms.uses,
			terms.erase_after,
		)
	}
}
