//! The role matrix: what each role may do at most. It limits; it permits nothing by itself.

use crate::{Action, Category, CategorySet, Purpose, PurposeSet, Role};

/// One row of the matrix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RoleLimits {
	/// What the role may view, and share, at most.
	pub view: CategorySet,
	/// What the role may append, and amend, at most.
	pub append: CategorySet,
	/// For which purposes.
	pub purposes: PurposeSet,
}

/// The row for caregivers, whom the patient names and who have no role at an institution.
pub const CAREGIVER: RoleLimits = RoleLimits {
	view: CategorySet::ALL,
	append: CategorySet::of(&[Category::Vitals]),
	purposes: PurposeSet::of(&[Purpose::Family, Purpose::CareManagement]),
};

impl RoleLimits {
	/// Whether they allow this at all. Share needs what View needs, Amend what Append needs.
	pub const fn allow(self, action: Action, purpose: Purpose, category: Category) -> bool {
		let categories = match action {
			Action::View | Action::Share => self.view,
			Action::Append | Action::Amend => self.append,
		};
		self.purposes.contains(purpose) && categories.contains(category)
	}
}

const CLAIMS: CategorySet = CategorySet::of(&[Category::Claims]);
const CLINICAL: PurposeSet = PurposeSet::of(&[
	Purpose::Treatment,
	Purpose::Emergency,
	Purpose::CareManagement,
	Purpose::PublicHealth,
]);
const TREATMENT: PurposeSet = PurposeSet::of(&[Purpose::Treatment]);
const NOTHING: CategorySet = CategorySet::EMPTY;

impl Role {
	/// The row of the matrix for this role.
	pub const fn limits(self) -> RoleLimits {
		use Category::*;
		let (view, append, purposes) = match self {
			Self::Doctor => (
				CategorySet::ALL.without(CLAIMS),
				CategorySet::ALL.without(CLAIMS),
				CLINICAL,
			),
			Self::Nurse => (
				CategorySet::ALL.without(CategorySet::of(&[Claims, Genomic])),
				CategorySet::of(&[Encounter, Vitals, Procedure, Immunisation, Allergy]),
				CLINICAL,
			),
			Self::Pharmacist => (
				CategorySet::of(&[Prescription, Allergy, Immunisation, Laboratory]),
				CategorySet::of(&[Prescription, Immunisation]),
				TREATMENT,
			),
			Self::LabTechnician => (
				CategorySet::of(&[Order, Laboratory, Imaging]),
				CategorySet::of(&[Laboratory, Imaging, Genomic]),
				TREATMENT,
			),
			Self::Researcher => (
				CategorySet::ALL,
				NOTHING,
				PurposeSet::of(&[Purpose::Research, Purpose::ClinicalTrial]),
			),
			Self::Insurer => (
				CategorySet::ALL.without(CategorySet::of(&[Genomic])),
				CLAIMS,
				PurposeSet::of(&[Purpose::Payment]),
			),
			Self::Administrator | Self::PrivacyOfficer | Self::Auditor => {
				(NOTHING, NOTHING, PurposeSet::of(&[Purpose::Operations]))
			}
		};
		RoleLimits { view, append, purposes }
	}

	/// Whether the matrix lets the role do this at all.
	pub const fn allows(self, action: Action, purpose: Purpose, category: Category) -> bool {
		self.limits().allow(action, purpose, category)
	}
}
