//! Cases, incidents and overdue reviews: the engine against the model over each state they can be in.

use super::*;
use crate::{CaseOf, Cases, Dockets, Incidents};
use frame_support::assert_ok;
use salus_primitives::{Approval, Review, Verdict};

/// Puts a case into storage and into the model.
fn put(model: &mut Model, id: u64, shape: &Emergency) {
	let case = Case {
		opener: shape.opener,
		institution: shape.at,
		reason: EmergencyReason::Other,
		justification: H256::zero(),
		opened_at: shape.from,
		ends_at: shape.until,
		approvals_needed: shape.needed,
		team: shape.team.iter().copied().collect::<Vec<_>>().try_into().unwrap(),
		approvals: shape
			.approved
			.iter()
			.map(|approver| Approval {
				approver: *approver,
				institution: HOME,
			})
			.collect::<Vec<_>>()
			.try_into()
			.unwrap(),
		closed_at: shape.closed,
		review: shape.reviewed.then_some(Review {
			verdict: Verdict::Justified,
			by: Some(PAUL),
			at: NOON,
		}),
		appealed_at: None,
		judgement: shape.judged.then_some(Review {
			verdict: Verdict::Justified,
			by: None,
			at: NOON,
		}),
	};
	for account in shape.team.iter().chain([&shape.opener]) {
		CaseOf::<Test>::insert(shape.patient, account, id);
	}
	if !case.is_reviewed() {
		Dockets::<Test>::mutate(shape.at, |docket| docket.add(case.review_due(), shape.from));
	}
	Cases::<Test>::insert(shape.patient, id, case);
	model.cases.insert(id, shape.clone());
}

fn set_up_with(model: &mut Model, cases: &[Emergency], incident: Option<(InstitutionId, u64)>) {
	let _ = Cases::<Test>::clear(u32::MAX, None);
	let _ = CaseOf::<Test>::clear(u32::MAX, None);
	let _ = Dockets::<Test>::clear(u32::MAX, None);
	let _ = Incidents::<Test>::clear(u32::MAX, None);
	for (id, shape) in cases.iter().enumerate() {
		put(model, id as u64, shape);
	}
	if let Some((at, until)) = incident {
		Incidents::<Test>::insert(at, until);
		model.incidents.insert(at, until);
	}
}

/// Bea's open case without any approval.
fn broken() -> Emergency {
	Emergency {
		patient: PATIENT,
		opener: BEA,
		at: AWAY,
		from: NOON - HOUR,
		until: NOON + HOUR,
		closed: None,
		needed: 1,
		team: BTreeSet::new(),
		approved: BTreeSet::new(),
		reviewed: false,
		appealed: false,
		judged: false,
	}
}

fn case_shapes() -> Vec<Vec<Emergency>> {
	let approved = |by: &[u64]| Emergency {
		approved: by.iter().copied().collect(),
		..broken()
	};
	let teamed = |case: Emergency| Emergency {
		opener: CLEO,
		team: [NED, BEA].into(),
		..case
	};
	vec![
		vec![],
		vec![broken()],
		vec![approved(&[ADA])],
		vec![Emergency {
			needed: 2,
			..approved(&[ADA])
		}],
		vec![Emergency {
			needed: 2,
			..approved(&[ADA, NED])
		}],
		vec![teamed(broken())],
		vec![teamed(approved(&[ADA]))],
		vec![Emergency {
			until: NOON,
			..approved(&[ADA])
		}],
		vec![Emergency {
			until: NOON + 1,
			..approved(&[ADA])
		}],
		vec![Emergency {
			closed: Some(NOON),
			..approved(&[ADA])
		}],
		vec![Emergency {
			at: HOME,
			..approved(&[ADA])
		}],
		vec![Emergency {
			patient: OTHER_PATIENT,
			..approved(&[ADA])
		}],
		vec![Emergency {
			opener: CLEO,
			..approved(&[ADA])
		}],
		vec![
			Emergency {
				closed: Some(NOON - 1),
				reviewed: true,
				..approved(&[ADA])
			},
			broken(),
		],
	]
}

#[test]
fn engine_and_model_agree_over_every_state_of_a_case() {
	let mut met = Met::default();
	let everybody = [
		Who::Staff(Role::Doctor),
		Who::Staff(Role::Nurse),
		Who::Staff(Role::Pharmacist),
		Who::Suspended(Role::Doctor),
		Who::OfDeceased(Role::Doctor),
		Who::Elsewhere(Role::Doctor),
		Who::Subject,
	];
	let categories = [
		Category::Summary,
		Category::Allergy,
		Category::Prescription,
		Category::Immunisation,
		Category::Imaging,
		Category::Genomic,
		Category::Claims,
	];
	let purposes = [Purpose::Emergency, Purpose::Treatment];
	let statuses = [STATUSES[0], STATUSES[1], STATUSES[3], STATUSES[4]];
	let by_name = || DenialTerms {
		account: Some(BEA),
		..DenialTerms::all()
	};
	let denials = [
		vec![],
		vec![DenialTerms::all()],
		vec![by_name()],
		vec![DenialTerms {
			category: Some(Category::Allergy),
			..by_name()
		}],
		vec![DenialTerms {
			role: Some(Role::Doctor),
			..DenialTerms::all()
		}],
	];
	let both = Terms {
		compartments: compartments(&[1, 2]),
		..anything()
	};
	let grants = [vec![], vec![to(Grantee::Account(BEA), both)]];
	let incidents = [
		None,
		Some((AWAY, NOON + 1)),
		Some((AWAY, NOON)),
		Some((HOME, NOON + HOUR)),
	];
	ExtBuilder::default().build().execute_with(|| {
		assert_ok!(Consent::seal(signed(PIA), PATIENT, 2));
		for who in everybody {
			let questions = questions(who, &purposes, &categories, &[None, Some(1), Some(2)], &statuses);
			for grants in &grants {
				for denials in &denials {
					let mut model = set_up(who, false, grants, denials);
					model.sealed.insert((PATIENT, 2));
					for cases in case_shapes() {
						for incident in incidents {
							model.cases.clear();
							model.incidents.clear();
							set_up_with(&mut model, &cases, incident);
							for request in &questions {
								met.compare(&model, request, &(who, grants, denials, &cases, incident));
							}
						}
					}
				}
			}
		}
	});
	println!("compared {} decisions over every state of a case", met.compared);
	for rule in ["4: refused by name", "4: sealed", "4: broken glass"] {
		assert!(
			met.rules.contains_key(rule),
			"{rule} decided something: {:?}",
			met.rules
		);
	}
}

#[test]
fn engine_and_model_agree_over_overdue_reviews() {
	let mut met = Met::default();
	let over = |ago: u64| Emergency {
		from: NOON - ago - HOUR,
		until: NOON - ago,
		..broken()
	};
	let week = 7 * DAY;
	let cases = [
		vec![over(week)],
		vec![over(week - 1)],
		vec![over(week - HOUR)],
		vec![over(week + 9 * DAY), over(HOUR)],
		vec![Emergency { at: HOME, ..over(week) }],
		vec![Emergency {
			reviewed: true,
			..over(week)
		}],
		vec![Emergency {
			judged: true,
			..over(week)
		}],
		vec![Emergency {
			closed: Some(NOON - week - HOUR + 1),
			..over(week - HOUR)
		}],
		vec![Emergency {
			patient: OTHER_PATIENT,
			opener: NED,
			..over(week)
		}],
	];
	ExtBuilder::default().build().execute_with(|| {
		for who in Role::ALL.into_iter().map(Who::Staff).chain([Who::Subject]) {
			let questions = questions(
				who,
				&Purpose::ALL,
				&[Category::Laboratory, Category::Claims],
				&[None],
				&STATUSES,
			);
			let grants = [to(Grantee::Institution(AWAY), anything())];
			for cases in &cases {
				let mut model = set_up(who, false, &grants, &[]);
				set_up_with(&mut model, cases, None);
				for request in &questions {
					met.compare(&model, request, &(who, cases));
				}
			}
		}
	});
	println!("compared {} decisions over overdue reviews", met.compared);
	assert!(met.rules.contains_key("1: reviews are overdue"), "{:?}", met.rules);
}
