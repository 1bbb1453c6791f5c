//! Guardians, caregivers and successors: the engine against the model over each state they can be in.

use super::*;
use crate::Successors;

#[test]
fn engine_and_model_agree_over_guardians_and_caregivers() {
	let mut met = Met::default();
	let view = Guardian {
		may: ActionSet::of(&[Action::View]),
		signs: false,
		executor: false,
		contested: false,
		from: NOON,
		until: NOON + 1,
	};
	let all = Guardian {
		may: ActionSet::ALL,
		..view
	};
	let guardianships = [
		None,
		Some(view),
		Some(Guardian { until: NOON, ..view }),
		Some(Guardian {
			from: NOON + 1,
			until: NOON + DAY,
			..view
		}),
		Some(Guardian { contested: true, ..all }),
		Some(all),
		Some(Guardian { executor: true, ..all }),
		Some(Guardian {
			may: ActionSet::of(&[Action::Append, Action::Share]),
			..view
		}),
	];
	let purposes = [Purpose::Family, Purpose::CareManagement, Purpose::Treatment];
	let categories = [Category::Vitals, Category::Laboratory, Category::Claims];
	let denials = [
		vec![],
		vec![DenialTerms::all()],
		vec![DenialTerms {
			account: Some(BEA),
			category: Some(Category::Vitals),
			..DenialTerms::all()
		}],
		vec![DenialTerms {
			role: Some(Role::Doctor),
			..DenialTerms::all()
		}],
	];
	// `BEA` is the guardian and caregiver here, so that the shapes of grants are to her.
	let everybody = [Who::Nobody, Who::Elsewhere(Role::Doctor), Who::Staff(Role::Doctor)];
	ExtBuilder::default().build().execute_with(|| {
		for deceased in [false, true] {
			for who in everybody {
				let drawers = [None, Some(1), Some(2)];
				let mut questions = questions(who, &purposes, &categories, &drawers, &STATUSES);
				let privately: Vec<_> = questions
					.iter()
					.map(|request| AccessRequest {
						on_behalf_of: None,
						..request.clone()
					})
					.collect();
				questions.extend(privately);
				let mut shapes: Vec<_> = grant_shapes(BEA).into_iter().take(12).collect();
				if deceased {
					let marked = |shapes: &Vec<Shape>| shapes.iter().cloned().map(marked).collect();
					shapes.extend(shapes.iter().map(marked).collect::<Vec<_>>());
				}
				for grants in shapes {
					for denials in &denials {
						let mut model = set_up(who, false, &grants, denials);
						if deceased {
							Patients::mutate(PATIENT, |patient| {
								patient.as_mut().unwrap().status = PatientStatus::Deceased(NOON)
							});
							model.patients.get_mut(&PATIENT).unwrap().lives = false;
							model.died.insert(PATIENT, NOON);
						}
						for guardianship in guardianships {
							for caregiver in [false, true] {
								Guardianships::set((PATIENT, BEA), guardianship.map(|given| stored(BEA, given)));
								Caregivers::set((PATIENT, BEA), caregiver.then_some(()));
								model.guardians =
									guardianship.map(|given| ((PATIENT, BEA), given)).into_iter().collect();
								model.caregivers = caregiver.then_some((PATIENT, BEA)).into_iter().collect();
								for request in questions.iter().skip(usize::from(caregiver)).step_by(5) {
									met.compare(&model, request, &(who, &grants, denials, guardianship, caregiver));
								}
							}
						}
					}
				}
			}
		}
	});
	println!("compared {} decisions over guardians and caregivers", met.compared);
	for rule in [
		"2: a guardian does what she may",
		"2: a guardian who is nothing else does nothing else",
	] {
		assert!(
			met.rules.contains_key(rule),
			"{rule} decided something: {:?}",
			met.rules
		);
	}
}

#[test]
fn engine_and_model_agree_over_successors() {
	let mut met = Met::default();
	let successions = [
		None,
		Some((AWAY, ADA, BEA)),
		Some((HOME, ADA, BEA)),
		Some((AWAY, NED, BEA)),
		Some((AWAY, ADA, NED)),
	];
	let everybody = [
		Who::Staff(Role::Doctor),
		Who::Staff(Role::Nurse),
		Who::Staff(Role::Auditor),
		Who::Suspended(Role::Doctor),
		Who::Elsewhere(Role::Doctor),
		Who::Subject,
	];
	ExtBuilder::default().build().execute_with(|| {
		for who in everybody {
			let categories = [Category::Vitals, Category::Laboratory];
			let questions = questions(who, &[Purpose::Treatment], &categories, &[None, Some(1)], &STATUSES);
			for grants in [vec![], vec![to(Grantee::Account(BEA), anything())]] {
				for denials in denial_shapes(BEA) {
					let mut model = set_up(who, false, &grants, &denials);
					for succession in successions {
						let _ = Successors::<Test>::clear(u32::MAX, None);
						model.successors.clear();
						if let Some((at, author, successor)) = succession {
							Successors::<Test>::insert(at, author, successor);
							model.successors.insert((at, author), successor);
						}
						for request in &questions {
							met.compare(&model, request, &(who, &grants, &denials, succession));
						}
					}
				}
			}
		}
	});
	println!("compared {} decisions over successors", met.compared);
	assert!(met.rules.contains_key("6: the author"));
}

#[test]
fn engine_and_model_agree_over_merges() {
	let mut met = Met::default();
	let guardian = Guardian {
		may: ActionSet::ALL,
		signs: false,
		executor: false,
		contested: false,
		from: NOON,
		until: NOON + 1,
	};
	let into = |met: &mut Met, lives: bool, requester: u64| {
		for who in [Who::Staff(Role::Doctor), Who::Nobody, Who::Subject] {
			let categories = [Category::Vitals, Category::Laboratory];
			let questions = questions(who, &[Purpose::Treatment], &categories, &[None, Some(1)], &STATUSES);
			let plain = to(Grantee::Account(BEA), anything());
			for grants in [vec![], vec![plain.clone()], vec![marked(plain)]] {
				for denials in denial_shapes(BEA) {
					let mut model = set_up(who, false, &grants, &denials);
					let died = if lives {
						PatientStatus::Active
					} else {
						PatientStatus::Deceased(NOON)
					};
					let other = patient_of(OLE, HOME);
					Patients::insert(OTHER_PATIENT, Patient { status: died, ..other });
					let person = Person {
						controller: OLE,
						hospital: HOME,
						device: true,
						lives,
					};
					model.patients.insert(OTHER_PATIENT, person);
					if !lives {
						model.died.insert(OTHER_PATIENT, NOON);
					}
					Patients::mutate(PATIENT, |patient| {
						patient.as_mut().unwrap().status = PatientStatus::MergedInto(OTHER_PATIENT)
					});
					model.patients.get_mut(&PATIENT).unwrap().lives = false;
					model.merged.insert(PATIENT, OTHER_PATIENT);
					Guardianships::insert((PATIENT, BEA), stored(BEA, guardian));
					model.guardians.insert((PATIENT, BEA), guardian);
					for request in &questions {
						let request = AccessRequest {
							requester: if who.on_behalf_of().is_none() {
								requester
							} else {
								request.requester
							},
							..request.clone()
						};
						met.compare(&model, &request, &(who, requester, lives, &grants, &denials));
					}
				}
			}
		}
	};
	ExtBuilder::default().build().execute_with(|| {
		for requester in [PIA, OLE, BEA] {
			for lives in [true, false] {
				into(&mut met, lives, requester);
			}
		}
	});
	println!("compared {} decisions over merges", met.compared);
	assert!(met.rules.contains_key("2: the patient sees and shares"));
}
