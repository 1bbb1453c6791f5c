//! Random histories on the chain and in the model, which must agree after every step.

use super::{model::Model, *};
use crate::{mock::*, RECEIPT_LIFETIME};
use proptest::prelude::*;
use salus_primitives::{Moment, HOUR};

/// One step. Numbers are taken modulo what there is, so that most steps are possible.
#[derive(Clone, Debug)]
pub enum Step {
	Register {
		who: u64,
		patient: PatientId,
		seed: u64,
		relation: Option<(Relation, u64)>,
	},
	Batch {
		patient: PatientId,
		seeds: Vec<u64>,
	},
	Upload {
		who: u64,
		patient: PatientId,
		seed: u64,
	},
	Mark {
		who: u64,
		institution: Option<InstitutionId>,
		record: u64,
	},
	Access {
		who: u64,
		institution: Option<InstitutionId>,
		records: Vec<u64>,
	},
	Grant {
		patient: PatientId,
		uses: u32,
	},
	Suspend {
		active: bool,
	},
	Pass {
		time: Moment,
	},
	Foreign {
		patient: PatientId,
	},
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let patient = prop_oneof![4 => Just(ADA), 2 => Just(BEN), 1 => Just(7)];
	let clinician = prop_oneof![4 => Just(DOCTOR), 1 => Just(COLLEAGUE), 1 => Just(STRANGER)];
	let anybody = prop_oneof![
		Just((DOCTOR, Some(A))),
		Just((COLLEAGUE, Some(A))),
		Just((STRANGER, Some(B))),
		Just((OFFICER, Some(A))),
		Just((ADAS, None)),
		Just((BENS, None)),
		Just((DOCTOR, None)),
	];
	let relation = proptest::option::of((
		prop_oneof![3 => Just(Relation::Replaces), 1 => Just(Relation::Appends), 1 => Just(Relation::Signs)],
		any::<u64>(),
	));
	let seed = 0_u64..400;
	let step = prop_oneof![
		6 => (clinician, patient.clone(), seed.clone(), relation)
			.prop_map(|(who, patient, seed, relation)| Step::Register { who, patient, seed, relation }),
		1 => (patient.clone(), proptest::collection::vec(seed.clone(), 0..5))
			.prop_map(|(patient, seeds)| Step::Batch { patient, seeds }),
		2 => (prop_oneof![Just(ADAS), Just(BENS)], patient.clone(), seed)
			.prop_map(|(who, patient, seed)| Step::Upload { who, patient, seed }),
		2 => (anybody.clone(), any::<u64>())
			.prop_map(|((who, institution), record)| Step::Mark { who, institution, record }),
		6 => (anybody, proptest::collection::vec(any::<u64>(), 0..4))
			.prop_map(|((who, institution), records)| Step::Access { who, institution, records }),
		1 => (patient.clone(), 0_u32..3).prop_map(|(patient, uses)| Step::Grant { patient, uses }),
		1 => prop_oneof![1 => Just(false), 2 => Just(true)].prop_map(|active| Step::Suspend { active }),
		2 => prop_oneof![0..HOUR, HOUR..RECEIPT_LIFETIME, Just(RECEIPT_LIFETIME), Just(3 * RECEIPT_LIFETIME)]
			.prop_map(|time| Step::Pass { time }),
		1 => patient.prop_map(|patient| Step::Foreign { patient }),
	];
	proptest::collection::vec(step, 1..60)
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 512, ..Default::default() })]

	#[test]
	fn random_histories_agree_with_the_model(steps in steps()) {
		story(|| {
			let mut model = Model::new();
			for step in steps {
				model.take(step);
				model.compare();
			}
			model.check_chains();
		});
	}
}
