//! The decision engine and the life of consents a second time: plain tables over maps, written from the design's text
//! and sharing no logic with the pallet. It keeps its own role matrix.

mod calls;

use salus_primitives::{
	AccessRequest, Action, Basis, Category, Decision, DenialTerms, Grantee, Purpose, Reason, Receipt, Record,
	RecordStatus, Role, Terms,
};
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

/// One row of the matrix.
#[derive(Clone, Default)]
struct Row {
	view: BTreeSet<Category>,
	append: BTreeSet<Category>,
	purposes: BTreeSet<Purpose>,
}

fn read_matrix() -> BTreeMap<Role, Row> {
	let mut matrix: BTreeMap<Role, Row> = BTreeMap::new();
	for line in MATRIX.lines().filter(|line| !line.is_empty()) {
		let cells: Vec<&str> = line.split(" | ").collect();
		let purposes = if cells[3] == "as Doctor" {
			matrix[&Role::Doctor].purposes.clone()
		} else {
			cells[3]
				.split(", ")
				.map(|name| Purpose::ALL.into_iter().find(|one| one.name() == name).unwrap())
				.collect()
		};
		let row = Row {
			view: read_categories(cells[1]),
			append: read_categories(cells[2]),
			purposes,
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

#[derive(Clone, Debug)]
pub struct Person {
	pub controller: u64,
	pub hospital: u32,
	pub lives: bool,
}

#[derive(Clone, Debug)]
pub struct Given {
	pub patient: u64,
	pub grantee: Grantee<u64>,
	pub terms: Terms,
	pub left: Option<u32>,
	pub revoked: bool,
	pub passed_on: bool,
}

#[derive(Clone, Debug)]
pub struct Wanted {
	pub patient: u64,
	pub requester: u64,
	pub institution: u32,
	pub terms: Terms,
	pub until: u64,
}

#[derive(Clone)]
pub struct Model {
	matrix: BTreeMap<Role, Row>,
	pub now: u64,
	pub institutions: BTreeMap<u32, bool>,
	pub credentials: BTreeMap<(u64, u32), (Role, bool)>,
	pub patients: BTreeMap<u64, Person>,
	pub assigned: BTreeSet<(u64, u64, u32)>,
	pub grants: BTreeMap<u64, Given>,
	pub denials: BTreeMap<u64, (u64, DenialTerms<u64>)>,
	pub requests: BTreeMap<u64, Wanted>,
	next_grant: u64,
	next_denial: u64,
	next_request: u64,
}

/// One question, with the grants of which one use counts as not taken.
struct Asked<'a> {
	request: &'a AccessRequest<u64>,
	returned: &'a BTreeSet<u64>,
}

type Rule = fn(&Model, &Asked) -> Option<Decision>;

const fn deny(reason: Reason) -> Option<Decision> {
	Some(Decision::Deny(reason))
}

const fn permit(basis: Basis) -> Option<Decision> {
	Some(Decision::Permit(basis))
}

/// The rules, top to bottom.
const RULES: [(&str, Rule); 15] = [
	("1: no patient and no credential", |model, asked| {
		(!model.is_patient(asked) && model.credential(asked).is_none()).then_some(Decision::Deny(Reason::Unknown))
	}),
	("1: suspended, expired or revoked", |model, asked| {
		match (model.is_patient(asked), model.credential(asked)) {
			(false, Some((_, false))) => deny(Reason::Inactive),
			_ => None,
		}
	}),
	("1a: erased", |_, asked| match asked.request.status {
		Some(RecordStatus::Erasing) | Some(RecordStatus::Erased) => deny(Reason::Unavailable),
		_ => None,
	}),
	("1a: restricted", |model, asked| match asked.request.status {
		Some(RecordStatus::Restricted) if !model.is_patient(asked) => deny(Reason::Unavailable),
		_ => None,
	}),
	(
		"1a: entered in error, and she is no author by rule 6",
		|model, asked| {
			(entered_in_error(asked) && model.is_patient(asked)).then_some(Decision::Deny(Reason::Unavailable))
		},
	),
	("2: the patient sees and shares", |model, asked| {
		let sees = [Action::View, Action::Share].contains(&asked.request.action);
		(model.is_patient(asked) && sees).then_some(Decision::Permit(Basis::Subject))
	}),
	("2: the patient appends her own", |model, asked| {
		let own = asked.request.author == asked.request.requester
			&& model.patients.get(&asked.request.patient).map(|person| person.hospital)
				== Some(asked.request.custodian);
		(model.is_patient(asked) && asked.request.action == Action::Append && own)
			.then_some(Decision::Permit(Basis::Subject))
	}),
	("2: the patient does nothing else", |model, asked| {
		model.is_patient(asked).then_some(Decision::Deny(Reason::RoleForbids))
	}),
	("3: the matrix", |model, asked| {
		let row = &model.matrix[&model.credential(asked).unwrap().0];
		let at_most = match asked.request.action {
			Action::View | Action::Share => &row.view,
			Action::Append | Action::Amend => &row.append,
		};
		let within = at_most.contains(&asked.request.category) && row.purposes.contains(&asked.request.purpose);
		if within {
			None
		} else {
			deny(Reason::RoleForbids)
		}
	}),
	("5: a denial", |model, asked| {
		let hers = model
			.denials
			.values()
			.filter(|(patient, _)| *patient == asked.request.patient);
		let mut matching = hers.filter(|(_, terms)| model.denial_matches(terms, asked));
		matching.next().map(|_| Decision::Deny(Reason::Refused))
	}),
	("6: the author", |_, asked| {
		let wrote = asked.request.author == asked.request.requester
			&& asked.request.on_behalf_of == Some(asked.request.custodian);
		match asked.request.action {
			Action::View if wrote => permit(Basis::Author),
			Action::Amend if wrote && !entered_in_error(asked) => permit(Basis::Author),
			_ => None,
		}
	}),
	("1a: entered in error", |_, asked| {
		entered_in_error(asked).then_some(Decision::Deny(Reason::Unavailable))
	}),
	("6: the assigned writes", |model, asked| {
		(asked.request.action == Action::Append && model.is_assigned(asked))
			.then_some(Decision::Permit(Basis::Assignment))
	}),
	("7: a live grant", |model, asked| {
		let live: Vec<(u64, &Given)> = model
			.grants_for(asked)
			.filter(|(id, given)| CHECKS.iter().all(|(_, fails)| !fails(model, *id, given, asked)))
			.collect();
		let unlimited = live
			.iter()
			.filter(|(_, given)| given.terms.uses.is_none())
			.map(|(id, _)| *id)
			.min();
		let any = live.iter().map(|(id, _)| *id).min();
		unlimited.or(any).map(|id| Decision::Permit(Basis::Grant(id)))
	}),
	("8: the nearest miss", |model, asked| {
		let furthest = model
			.grants_for(asked)
			.filter_map(|(id, given)| CHECKS.iter().position(|(_, fails)| fails(model, id, given, asked)))
			.max();
		deny(furthest.map_or(Reason::NoGrant, |at| CHECKS[at].0))
	}),
];

type Check = fn(&Model, u64, &Given, &Asked) -> bool;

/// What keeps a grant from permitting, in the order of rule 8.
const CHECKS: [(Reason, Check); 9] = [
	(Reason::Revoked, |_, _, given, _| given.revoked || given.passed_on),
	(Reason::Expired, |model, _, given, asked| {
		let lives = model
			.patients
			.get(&asked.request.patient)
			.is_some_and(|person| person.lives);
		!(lives && given.terms.starts <= model.now && model.now < given.terms.ends)
	}),
	(Reason::Exhausted, |_, id, given, asked| {
		let back = u64::from(asked.returned.contains(&id));
		given.left.is_some_and(|left| u64::from(left) + back == 0)
	}),
	(Reason::ActionMismatch, |_, _, given, asked| {
		!given.terms.actions.iter().any(|one| one == asked.request.action)
	}),
	(Reason::PurposeMismatch, |_, _, given, asked| {
		!given.terms.purposes.iter().any(|one| one == asked.request.purpose)
	}),
	(Reason::CategoryMismatch, |_, _, given, asked| {
		!given.terms.categories.iter().any(|one| one == asked.request.category)
	}),
	(Reason::RecordMismatch, |_, _, given, asked| {
		let named: BTreeSet<_> = given.terms.records.iter().map(|id| Some(*id)).collect();
		!named.is_empty() && !named.contains(&asked.request.record)
	}),
	(Reason::OutsideDateRange, |_, _, given, asked| {
		let (from, until) = (given.terms.recorded_from, given.terms.recorded_until);
		outside(asked.request.recorded_at, from, until)
	}),
	(Reason::CompartmentMismatch, |_, _, given, asked| {
		match (asked.request.compartment, &given.grantee) {
			(None, _) => false,
			(Some(drawer), Grantee::Account(_)) => !given.terms.compartments.contains(&drawer),
			(Some(_), _) => true,
		}
	}),
];

fn outside(at: u64, from: Option<u64>, until: Option<u64>) -> bool {
	at < from.unwrap_or(u64::MIN) || until.is_some_and(|until| until <= at)
}

fn entered_in_error(asked: &Asked) -> bool {
	matches!(asked.request.status, Some(RecordStatus::EnteredInError(_)))
}

impl Model {
	pub fn new(now: u64) -> Self {
		Self {
			matrix: read_matrix(),
			now,
			institutions: BTreeMap::new(),
			credentials: BTreeMap::new(),
			patients: BTreeMap::new(),
			assigned: BTreeSet::new(),
			grants: BTreeMap::new(),
			denials: BTreeMap::new(),
			requests: BTreeMap::new(),
			next_grant: 0,
			next_denial: 0,
			next_request: 0,
		}
	}

	pub fn decide(&self, request: &AccessRequest<u64>) -> Decision {
		self.decide_with(request, &BTreeSet::new())
	}

	fn decide_with(&self, request: &AccessRequest<u64>, returned: &BTreeSet<u64>) -> Decision {
		let asked = Asked { request, returned };
		RULES
			.iter()
			.find_map(|(_, rule)| rule(self, &asked))
			.expect("the last rule always decides")
	}

	/// Which rule decided.
	pub fn rule(&self, request: &AccessRequest<u64>) -> &'static str {
		let asked = Asked {
			request,
			returned: &BTreeSet::new(),
		};
		RULES
			.iter()
			.find(|(_, rule)| rule(self, &asked).is_some())
			.expect("the last rule always decides")
			.0
	}

	pub fn still_permits(&self, receipt: &Receipt<u64>, id: u64, record: &Record<u64>) -> bool {
		let outcomes: BTreeMap<u64, Decision> = receipt.outcomes.iter().copied().collect();
		let rested: BTreeSet<u64> = outcomes
			.values()
			.filter_map(|outcome| {
				if let Decision::Permit(Basis::Grant(id)) = outcome {
					Some(*id)
				} else {
					None
				}
			})
			.collect();
		let now = self.decide_with(
			&AccessRequest {
				requester: receipt.requester,
				on_behalf_of: receipt.on_behalf_of,
				patient: record.patient,
				record: Some(id),
				custodian: record.custodian,
				category: record.category,
				compartment: record.compartment,
				recorded_at: record.recorded_at,
				author: record.author,
				status: Some(record.status),
				action: Action::View,
				purpose: receipt.purpose,
			},
			&rested,
		);
		receipt.patient == record.patient
			&& matches!(outcomes.get(&id), Some(Decision::Permit(_)))
			&& matches!(now, Decision::Permit(_))
	}

	/// With no institution named, and the key of a patient who lives.
	fn is_patient(&self, asked: &Asked) -> bool {
		asked.request.on_behalf_of.is_none()
			&& self
				.patients
				.get(&asked.request.patient)
				.is_some_and(|person| person.lives && person.controller == asked.request.requester)
	}

	fn credential(&self, asked: &Asked) -> Option<(Role, bool)> {
		let at = asked.request.on_behalf_of?;
		let (role, counts) = self.credentials.get(&(asked.request.requester, at))?;
		Some((*role, *counts && self.institutions[&at]))
	}

	fn is_assigned(&self, asked: &Asked) -> bool {
		let (who, patient) = (asked.request.requester, asked.request.patient);
		asked
			.request
			.on_behalf_of
			.is_some_and(|at| self.assigned.contains(&(who, patient, at)))
	}

	fn grants_for<'a>(&'a self, asked: &'a Asked) -> impl Iterator<Item = (u64, &'a Given)> {
		let at = asked.request.on_behalf_of;
		let role = self.credential(asked).map(|(role, _)| role);
		self.grants
			.iter()
			.map(|(id, given)| (*id, given))
			.filter(move |(_, given)| {
				given.patient == asked.request.patient
					&& match &given.grantee {
						Grantee::Account(who) => *who == asked.request.requester,
						Grantee::Institution(there) => Some(*there) == at,
						Grantee::Role(named, there) => Some(*there) == at && Some(*named) == role,
						Grantee::Assigned(there) => Some(*there) == at && self.is_assigned(asked),
					}
			})
	}

	fn denial_matches(&self, terms: &DenialTerms<u64>, asked: &Asked) -> bool {
		let request = asked.request;
		let conditions = [
			terms.account.map(|who| who == request.requester),
			terms.institution.map(|at| Some(at) == request.on_behalf_of),
			terms
				.role
				.map(|role| Some(role) == self.credential(asked).map(|(role, _)| role)),
			terms.category.map(|category| category == request.category),
			terms.compartment.map(|drawer| Some(drawer) == request.compartment),
			terms.source.map(|source| source == request.custodian),
			terms.record.map(|id| Some(id) == request.record),
			Some(!outside(request.recorded_at, terms.recorded_from, terms.recorded_until)),
		];
		conditions.into_iter().flatten().all(|holds| holds)
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
