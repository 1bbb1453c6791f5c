//! The engine against the model over the whole product of small domains.

use super::{
	model::{Given, Model, Person},
	*,
};
use crate::{Denials, Grants};
use salus_primitives::{DenialTerms, ErrorReason, Grant, Parent, Patient, PatientStatus, Role};
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

fn anything() -> Terms {
	Terms {
		actions: ActionSet::ALL,
		purposes: PurposeSet::ALL,
		categories: CategorySet::ALL,
		compartments: compartments(&[1]),
		starts: NOON - DAY,
		ends: NOON + DAY,
		..terms()
	}
}

/// A grant that stands in a list, however it got there.
#[derive(Clone, Debug)]
struct Shape {
	grantee: Grantee<u64>,
	terms: Terms,
	left: Option<u32>,
	revoked: bool,
	passed_on: bool,
}

fn to(grantee: Grantee<u64>, terms: Terms) -> Shape {
	Shape {
		grantee,
		left: terms.uses,
		terms,
		revoked: false,
		passed_on: false,
	}
}

/// Every shape of the grants to a requester, each differing in one respect from one that permits all, and pairs in
/// which one has to come first.
fn grant_shapes(requester: u64) -> Vec<Vec<Shape>> {
	let account = |terms| to(Grantee::Account(requester), terms);
	let plain = || account(anything());
	let limited = |left| Shape {
		left: Some(left),
		..account(Terms {
			uses: Some(3),
			..anything()
		})
	};
	let mut shapes = vec![vec![]];
	let singles = vec![
		plain(),
		to(Grantee::Account(STRANGER), anything()),
		to(Grantee::Institution(AWAY), anything()),
		to(Grantee::Institution(HOME), anything()),
		to(Grantee::Role(Role::Doctor, AWAY), anything()),
		to(Grantee::Role(Role::Insurer, AWAY), anything()),
		to(Grantee::Role(Role::Doctor, HOME), anything()),
		to(Grantee::Assigned(AWAY), anything()),
		to(Grantee::Assigned(HOME), anything()),
		to(
			Grantee::Institution(AWAY),
			Terms {
				compartments: compartments(&[]),
				..anything()
			},
		),
		Shape {
			revoked: true,
			..plain()
		},
		Shape {
			passed_on: true,
			..plain()
		},
		account(Terms {
			ends: NOON,
			..anything()
		}),
		account(Terms {
			ends: NOON + 1,
			..anything()
		}),
		account(Terms {
			starts: NOON + 1,
			..anything()
		}),
		account(Terms {
			starts: NOON,
			..anything()
		}),
		limited(0),
		limited(1),
		account(Terms {
			actions: ActionSet::of(&[Action::View]),
			..anything()
		}),
		account(Terms {
			actions: ActionSet::of(&[Action::Append, Action::Share]),
			..anything()
		}),
		account(Terms {
			purposes: PurposeSet::of(&[Purpose::Treatment, Purpose::Payment]),
			..anything()
		}),
		account(Terms {
			categories: CategorySet::of(&[Category::Laboratory]),
			..anything()
		}),
		account(Terms {
			records: records(&[1, 5]),
			..anything()
		}),
		account(Terms {
			records: records(&[5]),
			..anything()
		}),
		account(Terms {
			recorded_from: Some(100),
			recorded_until: Some(101),
			..anything()
		}),
		account(Terms {
			recorded_from: Some(101),
			..anything()
		}),
		account(Terms {
			recorded_until: Some(100),
			..anything()
		}),
		account(Terms {
			compartments: compartments(&[2, 3]),
			..anything()
		}),
		account(Terms {
			compartments: compartments(&[]),
			..anything()
		}),
	];
	shapes.extend(singles.into_iter().map(|single| vec![single]));
	shapes.extend([
		vec![limited(2), plain()],
		vec![limited(2), limited(1)],
		vec![plain(), plain()],
		vec![to(Grantee::Assigned(AWAY), anything()), limited(1)],
		vec![
			Shape {
				revoked: true,
				..plain()
			},
			limited(0),
		],
		vec![
			limited(0),
			account(Terms {
				categories: CategorySet::of(&[Category::Claims]),
				..anything()
			}),
		],
		vec![
			account(Terms {
				purposes: PurposeSet::of(&[Purpose::Family]),
				..anything()
			}),
			to(
				Grantee::Institution(AWAY),
				Terms {
					actions: ActionSet::of(&[Action::Share]),
					..anything()
				},
			),
		],
		vec![
			to(Grantee::Institution(AWAY), anything()),
			account(Terms {
				records: records(&[5]),
				..anything()
			}),
			Shape {
				passed_on: true,
				..plain()
			},
		],
		vec![
			account(Terms {
				recorded_until: Some(7),
				..anything()
			}),
			to(
				Grantee::Role(Role::Nurse, AWAY),
				Terms {
					uses: Some(1),
					..anything()
				},
			),
			to(
				Grantee::Assigned(AWAY),
				Terms {
					uses: Some(1),
					..anything()
				},
			),
		],
	]);
	shapes
}

fn denial_shapes(requester: u64) -> Vec<Vec<DenialTerms<u64>>> {
	let all = DenialTerms::all;
	let mut shapes = vec![vec![]];
	let singles = vec![
		all(),
		DenialTerms {
			account: Some(requester),
			..all()
		},
		DenialTerms {
			account: Some(STRANGER),
			..all()
		},
		DenialTerms {
			institution: Some(AWAY),
			..all()
		},
		DenialTerms {
			institution: Some(HOME),
			..all()
		},
		DenialTerms {
			role: Some(Role::Doctor),
			..all()
		},
		DenialTerms {
			category: Some(Category::Laboratory),
			..all()
		},
		DenialTerms {
			compartment: Some(1),
			..all()
		},
		DenialTerms {
			source: Some(HOME),
			..all()
		},
		DenialTerms {
			recorded_from: Some(100),
			recorded_until: Some(101),
			..all()
		},
		DenialTerms {
			recorded_from: Some(101),
			..all()
		},
		DenialTerms {
			recorded_until: Some(100),
			..all()
		},
		DenialTerms {
			record: Some(1),
			..all()
		},
		DenialTerms {
			record: Some(2),
			..all()
		},
		DenialTerms {
			account: Some(requester),
			category: Some(Category::Laboratory),
			compartment: Some(2),
			..all()
		},
	];
	shapes.extend(singles.into_iter().map(|single| vec![single]));
	shapes.push(vec![
		DenialTerms {
			role: Some(Role::Nurse),
			..all()
		},
		DenialTerms {
			source: Some(AWAY),
			record: Some(1),
			..all()
		},
	]);
	shapes
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
			hospital: HOME,
			lives,
		},
	);
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
		let parent = Parent {
			grantee: Grantee::Account(STRANGER),
			grant: 90,
		};
		let grant = Grant {
			id,
			terms: shape.terms.clone(),
			uses_left: shape.left,
			given_at: NOON - DAY,
			given_by: PIA,
			request: None,
			parent: shape.passed_on.then_some(parent),
			revoked_at: shape.revoked.then_some(NOON - 1),
		};
		Grants::<Test>::mutate(PATIENT, &shape.grantee, |list| list.try_push(grant).unwrap());
		let given = Given {
			patient: PATIENT,
			grantee: shape.grantee.clone(),
			terms: shape.terms.clone(),
			left: shape.left,
			revoked: shape.revoked,
			passed_on: shape.passed_on,
		};
		model.grants.insert(id, given);
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
			let grants = [vec![], vec![to(Grantee::Account(who.requester()), anything())]];
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
	assert_eq!(met.rules.len(), 15, "every rule decided something: {:?}", met.rules);
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
			for grants in grant_shapes(who.requester()) {
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
	let never = [Reason::Sealed];
	let expected: BTreeSet<_> = Reason::ALL
		.into_iter()
		.filter(|reason| !never.contains(reason))
		.collect();
	assert_eq!(met.reasons, expected, "every reason of this version was met");
}
