//! The shapes of grants and denials that a decision can meet.

use super::*;

pub fn anything() -> Terms {
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
pub struct Shape {
	pub grantee: Grantee<u64>,
	pub terms: Terms,
	pub left: Option<u32>,
	pub revoked: bool,
	/// What stands above it, nearest first.
	pub above: Vec<Above>,
	/// When it was given, and by whom.
	pub at: u64,
	pub by: u64,
}

/// A grant above one: in whose list, and what became of it.
#[derive(Clone, Debug)]
pub enum Above {
	Live(Grantee<u64>),
	Used(Grantee<u64>, u32),
	Revoked(Grantee<u64>),
	Gone(Grantee<u64>),
}

pub fn to(grantee: Grantee<u64>, terms: Terms) -> Shape {
	Shape {
		grantee,
		left: terms.uses,
		terms,
		revoked: false,
		above: vec![],
		at: NOON - DAY,
		by: PIA,
	}
}

/// The same, to go on when the patient dies, with all above it.
pub fn marked(shape: Shape) -> Shape {
	Shape {
		terms: Terms {
			outlives: true,
			..shape.terms
		},
		..shape
	}
}

fn passed_on(above: &[Above], shape: Shape) -> Shape {
	Shape {
		above: above.to_vec(),
		..shape
	}
}

/// Every shape of the grants to a requester, each differing in one respect from one that permits all, and pairs in
/// which one has to come first.
pub fn grant_shapes(requester: u64) -> Vec<Vec<Shape>> {
	let account = |terms| to(Grantee::Account(requester), terms);
	let plain = || account(anything());
	let limited = |left| Shape {
		left: Some(left),
		..account(Terms {
			uses: Some(3),
			..anything()
		})
	};
	let other = || Grantee::Account(STRANGER);
	use Above::*;
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
		passed_on(&[Live(other())], plain()),
		passed_on(&[Revoked(other())], plain()),
		passed_on(&[Gone(other())], plain()),
		passed_on(&[Used(other(), 0)], limited(1)),
		passed_on(&[Used(other(), 1)], limited(1)),
		passed_on(&[Used(other(), 1)], limited(0)),
		passed_on(&[Live(Grantee::Institution(AWAY))], plain()),
		passed_on(&[Revoked(Grantee::Assigned(AWAY))], plain()),
		passed_on(&[Used(Grantee::Role(Role::Doctor, AWAY), 0)], limited(1)),
		passed_on(
			&[Live(other()), Live(other()), Live(Grantee::Institution(HOME))],
			plain(),
		),
		passed_on(&[Live(other()), Revoked(other()), Live(other())], plain()),
		passed_on(&[Live(other()), Live(other()), Revoked(Grantee::Account(NED))], plain()),
		passed_on(&[Live(other()), Used(other(), 0), Gone(other())], limited(1)),
		passed_on(
			&[Used(other(), 1), Used(other(), 1), Used(Grantee::Institution(AWAY), 0)],
			limited(1),
		),
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
		vec![plain(), marked(limited(1))],
		vec![
			marked(passed_on(&[Live(other()), Revoked(other())], plain())),
			marked(limited(0)),
		],
		// Given after the time at which she died, where she did.
		vec![Shape {
			at: NOON + 1,
			..marked(plain())
		}],
		vec![Shape {
			at: NOON,
			..marked(passed_on(&[Live(other())], plain()))
		}],
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
			passed_on(&[Revoked(other())], plain()),
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

pub fn denial_shapes(requester: u64) -> Vec<Vec<DenialTerms<u64>>> {
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
