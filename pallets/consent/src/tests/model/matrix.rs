//! The role matrix of the model, read from the design's table.

use salus_primitives::{Category, Purpose, Role};
use std::collections::{BTreeMap, BTreeSet};

/// The role matrix as the design prints it: what a role views, what it appends, for which purposes.
const MATRIX: &str = "
Doctor | all but Claims | all but Claims | Treatment, Emergency, CareManagement, PublicHealth
Nurse | all but Claims, Genomic | Encounter, Vitals, Procedure, Immunisation, Allergy | as Doctor
Pharmacist | Prescription, Allergy, Immunisation, Laboratory | Prescription, Immunisation | Treatment
LabTechnician | Order, Laboratory, Imaging | Laboratory, Imaging, Genomic | Treatment
Researcher | all | none | Research, ClinicalTrial
Insurer | all but Genomic | Claims | Payment
Administrator, PrivacyOfficer, Auditor | none | none | Operations
";

/// The row for caregivers, who have no role.
pub const CAREGIVERS: &str = "all | Vitals | Family, CareManagement";

/// One row of the matrix.
#[derive(Clone, Default)]
pub struct Row {
	pub view: BTreeSet<Category>,
	pub append: BTreeSet<Category>,
	pub purposes: BTreeSet<Purpose>,
}

pub fn read_matrix() -> BTreeMap<Role, Row> {
	let mut matrix: BTreeMap<Role, Row> = BTreeMap::new();
	for line in MATRIX.lines().filter(|line| !line.is_empty()) {
		let cells: Vec<&str> = line.split(" | ").collect();
		let mut row = read_row(&cells[1..3]);
		row.purposes = if cells[3] == "as Doctor" {
			matrix[&Role::Doctor].purposes.clone()
		} else {
			read_purposes(cells[3])
		};
		for name in cells[0].split(", ") {
			matrix.insert(
				Role::ALL.into_iter().find(|one| one.name() == name).unwrap(),
				row.clone(),
			);
		}
	}
	matrix
}

pub fn read_row(cells: &[&str]) -> Row {
	Row {
		view: read_categories(cells[0]),
		append: read_categories(cells[1]),
		purposes: cells.get(2).map(|cell| read_purposes(cell)).unwrap_or_default(),
	}
}

fn read_purposes(cell: &str) -> BTreeSet<Purpose> {
	cell.split(", ")
		.map(|name| Purpose::ALL.into_iter().find(|one| one.name() == name).unwrap())
		.collect()
}

fn read_categories(cell: &str) -> BTreeSet<Category> {
	let named = |names: &str| -> BTreeSet<Category> {
		names
			.split(", ")
			.map(|name| Category::ALL.into_iter().find(|one| one.name() == name).unwrap())
			.collect()
	};
	match (cell, cell.strip_prefix("all but ")) {
		("all", _) => Category::ALL.into_iter().collect(),
		("none", _) => BTreeSet::new(),
		(_, Some(but)) => Category::ALL
			.into_iter()
			.collect::<BTreeSet<_>>()
			.difference(&named(but))
			.copied()
			.collect(),
		(names, None) => named(names),
	}
}

#[test]
fn the_models_matrix_is_the_engines() {
	let matrix = read_matrix();
	for role in Role::ALL {
		let limits = role.limits();
		assert_eq!(matrix[&role].view, limits.view.iter().collect());
		assert_eq!(matrix[&role].append, limits.append.iter().collect());
		assert_eq!(matrix[&role].purposes, limits.purposes.iter().collect());
	}
}
