//! The engine against the model over the whole product of small domains.

mod capacities;
mod emergencies;
mod lost_keys;
mod shapes;

use super::{
	model::{Emergency, Given, Guardian, Model, Person},
	*,
};
use crate::{Denials, Grants};
use salus_primitives::{DenialTerms, ErrorReason, Grant, Parent, Patient, PatientStatus, Role};
use shapes::{anything, denial_shapes, grant_shapes, marked, to, Above, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// Who asks: a role and whether it counts, the patient, or somebody without standing.
#[derive(Clone, Copy, Debug)]
enum Who {
	Staff(Role),
	Suspended(Role),
	AtSuspended(Role),
	Elsewhere(Role),
	/// As `Staff`, of a patient who died.
	OfDeceased(Role),
	Subject,
	Deceased,
	SubjectAtHospital,
	Nobody,
}

/// Whose entry the record is: the requester's, kept where she acts or elsewhere, or somebody else's.
const AUTHORSHIPS: [(bool, InstitutionId); 4] = [(true, AWAY), (true, HOME), (false, AWAY), (false, HOME)];

const STATUSES: [Option<RecordStatus>; 7] = [
	None,
	Some(RecordStatus::Current),
	Some(RecordStatus::Superseded(2)),
	Some(RecordStatus::EnteredInError(ErrorReason::WrongPatient)),
	Some(RecordStatus::Restricted),
	Some(RecordStatus::Erasing),
	Some(RecordStatus::Erased),
];

impl Who {
	fn requester(self) -> u64 {
		match self {
			Self::Subject | Self::Deceased | Self::SubjectAtHospital => PIA,
			_ => BEA,
		}
	}

	fn on_behalf_of(self) -> Option<InstitutionId> {
		match self {
			Self::Subject | Self::Deceased | Self::Nobody => None,
			_ => Some(AWAY),
		}
	}

	fn credential(self) -> Option<(InstitutionId, Role, bool)> {
		match self {
			Self::Staff(role) | Self::AtSuspended(role) | Self::OfDeceased(role) => Some((AWAY, role, true)),
			Self::Suspended(role) => Some((AWAY, role, false)),
			Self::Elsewhere(role) => Some((HOME, role, true)),
			_ => None,
		}
	}
}

/// Puts a grant into storage and into a model.
fn put(model: &mut Model, id: u64, shape: &Shape, parent: Option<(Grantee<u64>, u64)>) {
	let grant = Grant {
		id,
		terms: shape.terms.clone(),
		uses_left: shape.left,
		given_at: shape.at,
		given_by: shape.by,
		request: None,
		parent: parent.clone().map(|(grantee, grant)| Parent { grantee, grant }),
		revoked_at: shape.revoked.then_some(NOON - 1),
	};
	Grants::<Test>::mutate(PATIENT, &shape.grantee, |list| list.try_push(grant).unwrap());
	let given = Given {
		patient: PATIENT,
		grantee: shape.grantee.clone(),
		terms: shape.terms.clone(),
		left: shape.left,
		revoked: shape.revoked,
		parent: parent.map(|(_, grant)| grant),
		by: shape.by,
		at: shape.at,
	};
	model.grants.insert(id, given);
}

/// Puts the same world into storage and into a model.
fn set_up(who: Who, assigned: bool, grants: &[Shape], denials: &[DenialTerms<u64>]) -> Model {
	let mut model = Model::new(NOON);
	set_time(NOON);
	let lives = !matches!(who, Who::Deceased | Who::OfDeceased(_));
	let status = if lives {
		PatientStatus::Active
	} else {
		PatientStatus::Deceased(NOON)
	};
	Patients::insert(
		PATIENT,
		Patient {
			status,
			..patient_of(PIA, HOME)
		},
	);
	model.patients.insert(
		PATIENT,
		Person {
			controller: PIA,
			device: true,
			hospital: HOME,
			lives,
		},
	);
	if !lives {
		model.died.insert(PATIENT, NOON);
	}
	let away_counts = !matches!(who, Who::AtSuspended(_));
	for (institution, counts) in [(HOME, true), (AWAY, away_counts)] {
		Institutions::insert(institution, counts);
		model.institutions.insert(institution, counts);
	}
	for (account, institution) in Credentials::iter_keys().collect::<Vec<_>>() {
		Credentials::remove((account, institution));
	}
	if let Some((institution, role, counts)) = who.credential() {
		Credentials::insert((who.requester(), institution), (role, counts));
		model.credentials.insert((who.requester(), institution), (role, counts));
	}
	Assignments::remove((who.requester(), PATIENT, AWAY));
	if assigned {
		Assignments::insert((who.requester(), PATIENT, AWAY), ());
		model.assigned.insert((who.requester(), PATIENT, AWAY));
	}
	let _ = Grants::<Test>::clear(u32::MAX, None);
	for (id, shape) in grants.iter().enumerate() {
		let id = id as u64;
		let mut parent = None;
		for (height, above) in shape.above.iter().enumerate().rev() {
			let upper = 1_000 + 10 * id + height as u64;
			let (grantee, left, revoked) = match above {
				Above::Live(grantee) => (grantee, None, false),
				Above::Used(grantee, left) => (grantee, Some(*left), false),
				Above::Revoked(grantee) => (grantee, None, true),
				Above::Gone(grantee) => {
					parent = Some((grantee.clone(), upper));
					continue;
				}
			};
			let upper_shape = Shape {
				left,
				revoked,
				..to(
					grantee.clone(),
					Terms {
						uses: left.map(|_| 9),
						outlives: shape.terms.outlives,
						..anything()
					},
				)
			};
			put(&mut model, upper, &upper_shape, parent);
			parent = Some((grantee.clone(), upper));
		}
		put(&mut model, id, shape, parent);
	}
	Denials::<Test>::remove(PATIENT);
	for (id, terms) in denials.iter().enumerate() {
		let denial = salus_primitives::Denial {
			id: id as u64,
			terms: terms.clone(),
			made_at: NOON,
		};
		Denials::<Test>::mutate(PATIENT, |list| list.try_push(denial).unwrap());
		model.denials.insert(id as u64, (PATIENT, terms.clone()));
	}
	model
}

/// What a comparison met, so that it can be seen to have met everything.
#[derive(Default)]
struct Met {
	compared: u64,
	rules: BTreeMap<&'static str, u64>,
	reasons: BTreeSet<Reason>,
}

impl Met {
	fn compare(&mut self, model: &Model, request: &AccessRequest<u64>, world: &dyn std::fmt::Debug) {
		let (ours, theirs) = (decide(request), model.decide(request));
		assert_eq!(
			ours,
			theirs,
			"engine and model differ by {:?} on {request:?} in {world:?}",
			model.rule(request)
		);
		self.compared += 1;
		if self.compared.is_multiple_of(61) {
			*self.rules.entry(model.rule(request)).or_default() += 1;
			let explained = Consent::explain(request);
			assert_eq!(explained.decision, theirs);
			let (number, _) = model.rule(request).split_once(':').unwrap();
			assert_eq!(explained.rule.number(), number, "{request:?} in {world:?}");
			let misses: Vec<_> = explained.misses.iter().map(|miss| (miss.grant, miss.reason)).collect();
			assert_eq!(misses, model.misses(request), "{request:?} in {world:?}");
		}
		if let Decision::Deny(reason) = ours {
			self.reasons.insert(reason);
		}
	}
}

/// Every record and question of these vocabularies.
fn questions(
	who: Who,
	purposes: &[Purpose],
	categories: &[Category],
	drawers: &[Option<u8>],
	statuses: &[Option<RecordStatus>],
) -> Vec<AccessRequest<u64>> {
	let mut all = vec![];
	for action in Action::ALL {
		for purpose in purposes {
			for category in categories {
				for compartment in drawers {
					for status in statuses {
						for (wrote, custodian) in AUTHORSHIPS {
							all.push(AccessRequest {
								requester: who.requester(),
								on_behalf_of: who.on_behalf_of(),
								patient: PATIENT,
								record: status.map(|_| 1),
								custodian,
								category: *category,
								compartment: *compartment,
								recorded_at: 100,
								author: if wrote { who.requester() } else { ADA },
								status: *status,
								action,
								purpose: *purpose,
							});
						}
					}
				}
			}
		}
	}
	all
}

/// Every role in every state of its credential, and everybody else, over the whole vocabulary.
#[test]
fn engine_and_model_agree_over_the_whole_vocabulary() {
	let mut met = Met::default();
	let mut everybody: Vec<Who> = Role::ALL
		.into_iter()
		.flat_map(|role| {
			[
				Who::Staff(role),
				Who::Suspended(role),
				Who::AtSuspended(role),
				Who::Elsewhere(role),
			]
		})
		.collect();
	everybody.extend([
		Who::Subject,
		Who::SubjectAtHospital,
		Who::Deceased,
		Who::OfDeceased(Role::Doctor),
		Who::Nobody,
	]);
	ExtBuilder::default().build().execute_with(|| {
		for who in everybody {
			let questions = questions(who, &Purpose::ALL, &Category::ALL, &[None, Some(1)], &STATUSES);
			let plain = to(Grantee::Account(who.requester()), anything());
			let mut grants = vec![vec![], vec![plain.clone()]];
			if matches!(who, Who::Deceased | Who::OfDeceased(_)) {
				grants.push(vec![marked(plain)]);
			}
			let denials = [
				vec![],
				vec![DenialTerms {
					category: Some(Category::Imaging),
					..DenialTerms::all()
				}],
			];
			for assigned in [false, true] {
				for grant in &grants {
					for denial in &denials {
						let model = set_up(who, assigned, grant, denial);
						for request in &questions {
							met.compare(&model, request, &(who, assigned, grant, denial));
						}
					}
				}
			}
		}
	});
	println!("compared {} decisions over the whole vocabulary", met.compared);
	assert_eq!(
		met.rules.len(),
		15,
		"every rule but those of emergencies and guardians decided something: {:?}",
		met.rules
	);
}

/// Every role over every shape of grants and denials, with one purpose and one category that it may have and one that
/// it may not.
#[test]
fn engine_and_model_agree_over_every_shape_of_grants_and_denials() {
	let mut met = Met::default();
	let statuses = [STATUSES[0], STATUSES[1], STATUSES[3]];
	let mut everybody: Vec<Who> = Role::ALL.into_iter().map(Who::Staff).collect();
	everybody.extend([
		Who::Suspended(Role::Doctor),
		Who::OfDeceased(Role::Nurse),
		Who::Subject,
		Who::Nobody,
	]);
	ExtBuilder::default().build().execute_with(|| {
		for who in everybody {
			let purposes = match who {
				Who::Staff(Role::Researcher) => [Purpose::Research, Purpose::ClinicalTrial],
				Who::Staff(Role::Insurer) => [Purpose::Payment, Purpose::Treatment],
				Who::Staff(Role::Doctor | Role::Nurse) => [Purpose::Treatment, Purpose::Emergency],
				_ => [Purpose::Treatment, Purpose::Operations],
			};
			let categories = [Category::Laboratory, Category::Immunisation, Category::Claims];
			let questions = questions(who, &purposes, &categories, &[None, Some(1), Some(2)], &statuses);
			let mut shapes = grant_shapes(who.requester());
			// Of one who died every shape marked to outlive her, too.
			if matches!(who, Who::OfDeceased(_)) {
				shapes.extend(
					shapes
						.clone()
						.into_iter()
						.map(|shapes| shapes.into_iter().map(marked).collect()),
				);
			}
			for grants in shapes {
				for denials in denial_shapes(who.requester()) {
					for assigned in [false, true] {
						let model = set_up(who, assigned, &grants, &denials);
						for request in &questions {
							met.compare(&model, request, &(who, assigned, &grants, &denials));
						}
					}
				}
			}
		}
	});
	println!(
		"compared {} decisions over every shape of grants and denials",
		met.compared
	);
	let never = [Reason::Sealed, Reason::Suspended];
	let expected: BTreeSet<_> = Reason::ALL
		.into_iter()
		.filter(|reason| !never.contains(reason))
		.collect();
	assert_eq!(met.reasons, expected, "every reason of this version was met");
}
