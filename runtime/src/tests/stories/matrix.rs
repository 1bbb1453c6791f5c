//! Each role sees exactly its row of the design's table, whatever the patient grants.

use super::{world::NOW, *};
use salus_primitives::Capacity;
use Category::*;
use Purpose::{
	CareManagement, ClinicalTrial, Emergency, Family, Operations, Payment, PublicHealth, Research, Treatment,
};

/// A row: role (none for a caregiver), what it views at most, what it appends at most, for which purposes.
type Row = (
	Option<Role>,
	&'static [Category],
	&'static [Category],
	&'static [Purpose],
);

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
const ALL_BUT_CLAIMS_AND_GENOMIC: &[Category] = &[
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
];
const ALL_BUT_GENOMIC: &[Category] = &[
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
];
const ALL: &[Category] = &[
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
	Claims,
	Other,
];
const CLINICAL: &[Purpose] = &[Treatment, Emergency, CareManagement, PublicHealth];

/// The design's table.
const TABLE: [Row; 10] = [
	(Some(Role::Doctor), ALL_BUT_CLAIMS, ALL_BUT_CLAIMS, CLINICAL),
	(
		Some(Role::Nurse),
		ALL_BUT_CLAIMS_AND_GENOMIC,
		&[Encounter, Vitals, Procedure, Immunisation, Allergy],
		CLINICAL,
	),
	(
		Some(Role::Pharmacist),
		&[Prescription, Allergy, Immunisation, Laboratory],
		&[Prescription, Immunisation],
		&[Treatment],
	),
	(
		Some(Role::LabTechnician),
		&[Order, Laboratory, Imaging],
		&[Laboratory, Imaging, Genomic],
		&[Treatment],
	),
	(Some(Role::Researcher), ALL, &[], &[Research, ClinicalTrial]),
	(Some(Role::Insurer), ALL_BUT_GENOMIC, &[Claims], &[Payment]),
	(Some(Role::Administrator), &[], &[], &[Operations]),
	(Some(Role::PrivacyOfficer), &[], &[], &[Operations]),
	(Some(Role::Auditor), &[], &[], &[Operations]),
	(None, ALL, &[Vitals], &[Family, CareManagement]),
];

/// Where each role works.
fn workplace(world: &mut World, role: Role) -> InstitutionId {
	match role {
		Role::Pharmacist => world.admit(InstitutionKind::Pharmacy),
		Role::LabTechnician => world.admit(InstitutionKind::DiagnosticCentre),
		Role::Researcher => world.admit(InstitutionKind::ResearchInstitute),
		Role::Insurer => world.admit(InstitutionKind::Insurer),
		Role::Auditor => world.admit(InstitutionKind::Regulator),
		Role::Doctor | Role::Nurse | Role::Administrator | Role::PrivacyOfficer => B,
	}
}

#[test]
fn every_category_action_and_purpose_is_as_the_table_says() {
	story(|world| {
		let pia = world.patient("Pia", A);
		let (mut asked, mut permitted) = (0, 0);
		for (role, view, append, purposes) in TABLE {
			let name = role.map_or("Caregiver", Role::name);
			let who = format!("//Zoe//{name}");
			let at = role.map(|role| {
				let institution = workplace(world, role);
				world.hire(&who, institution, role);
				institution
			});
			if role.is_none() {
				let (caregiver, signature) = world.acceptance(&who, pia.id, Capacity::Caregiver, None);
				let name = pallet_roles::Call::name_caregiver { caregiver, signature };
				world.send(&pia.key, name).unwrap();
			}
			let (requester, author) = (account(&who), account(ADA));
			let terms = world.all_terms();
			let grant = world.grant(&pia, Grantee::Account(requester.clone()), terms);
			for category in Category::ALL {
				for action in Action::ALL {
					for purpose in Purpose::ALL {
						let request = AccessRequest {
							requester: requester.clone(),
							on_behalf_of: at,
							patient: pia.id,
							record: Some(0),
							custodian: A,
							category,
							compartment: None,
							recorded_at: NOW,
							author: author.clone(),
							status: None,
							action,
							purpose,
						};
						let most = match action {
							Action::View | Action::Share => view,
							Action::Append | Action::Amend => append,
						};
						let expected = if most.contains(&category) && purposes.contains(&purpose) {
							permitted += 1;
							permit(Basis::Grant(grant))
						} else {
							deny(Reason::RoleForbids)
						};
						asked += 1;
						assert_eq!(
							world.decide(&request),
							expected,
							"{name} {category:?} {action:?} {purpose:?}"
						);
					}
				}
			}
		}
		assert_eq!(asked, 10 * 13 * 4 * 10);
		// Twice what is viewed and twice what is appended, for each purpose: 192 + 128 + 12 + 12 + 52 + 26 + 56.
		assert_eq!(permitted, 478);
	});
}
