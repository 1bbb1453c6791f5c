//! Keys that were lost: the engine against the model over each time at which one can have been in other hands.

use super::*;

#[test]
fn engine_and_model_agree_over_lost_keys() {
	let mut met = Met::default();
	let given = NOON - DAY;
	let waits = |lost_at| KeyLoss {
		waiting: Some(lost_at),
		recovered: None,
	};
	let recovered = |lost_at, until| KeyLoss {
		waiting: None,
		recovered: Some((lost_at, until)),
	};
	let losses = [
		KeyLoss::default(),
		waits(given),
		waits(given + 1),
		waits(NOON),
		waits(NOON + 1),
		recovered(given, given),
		recovered(given - 9, given - 1),
		recovered(given + 1, NOON),
		recovered(0, NOON),
		KeyLoss {
			waiting: Some(NOON - 2),
			..recovered(given, given)
		},
		KeyLoss {
			waiting: Some(NOON - 1),
			..recovered(0, 9)
		},
	];
	let guards = Guardian {
		may: ActionSet::of(&[Action::View]),
		signs: true,
		executor: false,
		contested: false,
		from: 0,
		until: NOON + 1,
	};
	let guardianships = [
		None,
		Some(guards),
		Some(Guardian { until: NOON, ..guards }),
		Some(Guardian {
			contested: true,
			..guards
		}),
	];
	let everybody = [
		Who::Staff(Role::Doctor),
		Who::OfDeceased(Role::Doctor),
		Who::Suspended(Role::Doctor),
		Who::Subject,
	];
	let categories = [Category::Laboratory, Category::Immunisation];
	ExtBuilder::default().build().execute_with(|| {
		for who in everybody {
			let drawers = [None, Some(1), Some(2)];
			let statuses = [STATUSES[0], STATUSES[1]];
			let questions = questions(who, &[Purpose::Treatment], &categories, &drawers, &statuses);
			let mut shapes = grant_shapes(who.requester());
			if matches!(who, Who::OfDeceased(_)) {
				shapes = shapes
					.into_iter()
					.map(|shapes| shapes.into_iter().map(marked).collect())
					.collect();
			}
			for shapes in shapes {
				for (at, by) in [(given, PIA), (NOON - 2, PIA), (given, GINA), (NOON - 2, BEA)] {
					let at_that_time = |shape: &Shape| Shape {
						at,
						by,
						..shape.clone()
					};
					let mut grants: Vec<_> = shapes.iter().map(at_that_time).collect();
					// One of several stays as it was.
					if let (Some(last), true) = (shapes.last(), shapes.len() > 1) {
						grants.pop();
						grants.push(last.clone());
					}
					let mut model = set_up(who, false, &grants, &[]);
					for guardianship in guardianships {
						Guardianships::set((PATIENT, GINA), guardianship.map(|given| stored(GINA, given)));
						model.guardians = guardianship.map(|given| ((PATIENT, GINA), given)).into_iter().collect();
						for loss in losses {
							KeyLosses::insert(PATIENT, loss);
							let open = loss.waiting.map(|lost_at| (lost_at, u64::MAX));
							let spans = open.into_iter().chain(loss.recovered).collect();
							model.doubtful.insert(PATIENT, spans);
							for request in &questions {
								met.compare(&model, request, &(who, &grants, guardianship, loss));
							}
						}
					}
				}
			}
		}
	});
	println!("compared {} decisions over lost keys", met.compared);
	assert!(met.reasons.contains(&Reason::Suspended));
	assert!(met.rules.contains_key("7: a live grant"), "{:?}", met.rules);
}
