//! The matrix, cell by cell as the design's table has it.

use crate::{Action, Category, Purpose, Role};
use Category::*;

/// Role, viewable, appendable, purposes.
type Row = (Role, &'static [Category], &'static [Category], &'static [Purpose]);

/// Written out, not computed.
const TABLE: [Row; 9] = [
	(Role::Doctor, ALL_BUT_CLAIMS, ALL_BUT_CLAIMS, CLINICAL),
	(
		Role::Nurse,
		&[
			Summary,
			Allergy,
			Order,
			Encounter,
			Laboratory,
			Imaging,
			Prescription,
			Immunisation,
			Vitals,
			Procedure,
			Other,
		],
		&[Encounter, Vitals, Procedure, Immunisation, Allergy],
		CLINICAL,
	),
	(
		Role::Pharmacist,
		&[Prescription, Allergy, Immunisation, Laboratory],
		&[Prescription, Immunisation],
		&[Purpose::Treatment],
	),
	(
		Role::LabTechnician,
		&[Order, Laboratory, Imaging],
		&[Laboratory, Imaging, Genomic],
		&[Purpose::Treatment],
	),
	(
		Role::Researcher,
		&Category::ALL,
		&[],
		&[Purpose::Research, Purpose::ClinicalTrial],
	),
	(
		Role::Insurer,
		&[
			Summary,
			Allergy,
			Order,
			Encounter,
			Laboratory,
			Imaging,
			Prescription,
			Immunisation,
			Vitals,
			Procedure,
			Claims,
			Other,
		],
		&[Claims],
		&[Purpose::Payment],
	),
	(Role::Administrator, &[], &[], &[Purpose::Operations]),
	(Role::PrivacyOfficer, &[], &[], &[Purpose::Operations]),
	(Role::Auditor, &[], &[], &[Purpose::Operations]),
];
const ALL_BUT_CLAIMS: &[Category] = &[
	Summary,
	Allergy,
	Order,
	Encounter,
	Laboratory,
	Imaging,
	Prescription,
	Immunisation,
	Vitals,
	Procedure,
	Genomic,
	Other,
];
const CLINICAL: &[Purpose] = &[
	Purpose::Treatment,
	Purpose::Emergency,
	Purpose::CareManagement,
	Purpose::PublicHealth,
];

#[test]
fn every_cell_is_as_the_design_has_it() {
	for (role, view, append, purposes) in TABLE {
		for category in Category::ALL {
			for purpose in Purpose::ALL {
				for (action, categories) in [
					(Action::View, view),
					(Action::Share, view),
					(Action::Append, append),
					(Action::Amend, append),
				] {
					let expected = categories.contains(&category) && purposes.contains(&purpose);
					assert_eq!(
						role.allows(action, purpose, category),
						expected,
						"{role:?} {action:?} {purpose:?} {category:?}"
					);
				}
			}
		}
	}
}
