use super::*;
use crate::{Denials, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, DenialTerms, Kind, Role};

fn all() -> DenialTerms<u64> {
	DenialTerms::all()
}

fn deny(terms: DenialTerms<u64>) -> sp_runtime::DispatchResult {
	Consent::deny(signed(PIA), PATIENT, terms)
}

#[test]
fn a_denial_of_everything_closes_everything_at_once_but_to_herself() {
	ExtBuilder::default().assigned(ADA, HOME).build_and_execute(|| {
		give(Grantee::Institution(AWAY), terms());
		let own = AccessRequest {
			requester: PIA,
			on_behalf_of: None,
			..question()
		};
		let author = AccessRequest {
			requester: ADA,
			on_behalf_of: Some(HOME),
			..question()
		};
		let write = AccessRequest {
			action: Action::Append,
			record: None,
			status: None,
			..author.clone()
		};
		for request in [&question(), &own, &author, &write] {
			assert!(decide(request).is_permit());
		}
		assert_ok!(deny(all()));
		let entry = last_entry(PATIENT);
		assert_eq!((&entry.kind, entry.actor), (&Kind::DenialMade { denial: 0 }, Some(PIA)));
		System::assert_last_event(
			Event::Denied {
				patient: PATIENT,
				denial: 0,
				entry,
			}
			.into(),
		);
		for request in [&question(), &author, &write] {
			assert_eq!(decide(request), denied(Reason::Refused));
		}
		assert_eq!(decide(&own), Decision::Permit(Basis::Subject));
		let other = AccessRequest {
			patient: OTHER_PATIENT,
			..question()
		};
		assert_eq!(decide(&other), denied(Reason::NoGrant), "it is hers alone");
	});
}

#[test]
fn a_denial_matches_when_all_that_it_names_holds() {
	let cases = [
		(
			DenialTerms {
				account: Some(BEA),
				..all()
			},
			DenialTerms {
				account: Some(ADA),
				..all()
			},
		),
		(
			DenialTerms {
				institution: Some(AWAY),
				..all()
			},
			DenialTerms {
				institution: Some(HOME),
				..all()
			},
		),
		(
			DenialTerms {
				role: Some(Role::Doctor),
				..all()
			},
			DenialTerms {
				role: Some(Role::Nurse),
				..all()
			},
		),
		(
			DenialTerms {
				category: Some(Category::Laboratory),
				..all()
			},
			DenialTerms {
				category: Some(Category::Imaging),
				..all()
			},
		),
		(
			DenialTerms {
				compartment: Some(3),
				..all()
			},
			DenialTerms {
				compartment: Some(4),
				..all()
			},
		),
		(
			DenialTerms {
				source: Some(HOME),
				..all()
			},
			DenialTerms {
				source: Some(AWAY),
				..all()
			},
		),
		(
			DenialTerms {
				record: Some(1),
				..all()
			},
			DenialTerms {
				record: Some(2),
				..all()
			},
		),
		(
			DenialTerms {
				recorded_from: Some(NOON - DAY),
				..all()
			},
			DenialTerms {
				recorded_from: Some(NOON - DAY + 1),
				..all()
			},
		),
		(
			DenialTerms {
				recorded_until: Some(NOON - DAY + 1),
				..all()
			},
			DenialTerms {
				recorded_until: Some(NOON - DAY),
				..all()
			},
		),
	];
	for (matching, missing) in cases.clone() {
		story(|| {
			give(
				Grantee::Account(BEA),
				Terms {
					compartments: compartments(&[3]),
					..terms()
				},
			);
			let request = AccessRequest {
				compartment: Some(3),
				..question()
			};
			assert_ok!(deny(missing.clone()));
			assert!(decide(&request).is_permit(), "{missing:?}");
			assert_ok!(deny(matching.clone()));
			assert_eq!(decide(&request), denied(Reason::Refused), "{matching:?}");
		});
	}
	// One part that doesn't hold keeps all the others from refusing.
	story(|| {
		give(
			Grantee::Account(BEA),
			Terms {
				compartments: compartments(&[3]),
				..terms()
			},
		);
		let mut terms = all();
		for (matching, _) in &cases {
			terms.account = terms.account.or(matching.account);
			terms.institution = terms.institution.or(matching.institution);
			terms.role = terms.role.or(matching.role);
			terms.category = terms.category.or(matching.category);
			terms.compartment = terms.compartment.or(matching.compartment);
			terms.source = terms.source.or(matching.source);
		}
		let request = AccessRequest {
			compartment: Some(3),
			..question()
		};
		assert_ok!(deny(DenialTerms {
			record: Some(2),
			..terms.clone()
		}));
		assert!(decide(&request).is_permit());
		assert_ok!(deny(terms));
		assert_eq!(decide(&request), denied(Reason::Refused));
	});
}

#[test]
fn a_denial_of_a_record_or_compartment_leaves_what_has_none() {
	ExtBuilder::default().assigned(ADA, HOME).build_and_execute(|| {
		assert_ok!(deny(DenialTerms {
			record: Some(1),
			..all()
		}));
		assert_ok!(deny(DenialTerms {
			compartment: Some(1),
			..all()
		}));
		let write = AccessRequest {
			requester: ADA,
			on_behalf_of: Some(HOME),
			action: Action::Append,
			record: None,
			status: None,
			..question()
		};
		assert_eq!(decide(&write), Decision::Permit(Basis::Assignment));
	});
}

#[test]
fn who_may_not_deny_and_what() {
	story(|| {
		for who in [BEA, OLE, STRANGER] {
			assert_noop!(Consent::deny(signed(who), PATIENT, all()), E::NotThePatient);
		}
		assert_noop!(Consent::deny(signed(PIA), 12_345, all()), E::UnknownPatient);
		assert_noop!(
			Consent::deny(RuntimeOrigin::none(), PATIENT, all()),
			sp_runtime::DispatchError::BadOrigin
		);
		assert_noop!(
			deny(DenialTerms {
				institution: Some(9),
				..all()
			}),
			E::UnknownInstitution
		);
		assert_noop!(
			deny(DenialTerms {
				source: Some(9),
				..all()
			}),
			E::UnknownInstitution
		);
		let inverted = DenialTerms {
			recorded_from: Some(5),
			recorded_until: Some(5),
			..all()
		};
		assert_noop!(deny(inverted), E::RangeInverted);
		assert_ok!(deny(DenialTerms {
			account: Some(BEA),
			..all()
		}));
		assert_noop!(
			deny(DenialTerms {
				account: Some(BEA),
				..all()
			}),
			E::DuplicateDenial
		);
	});
}

#[test]
fn a_full_list_never_stops_a_denial_of_everything() {
	story(|| {
		for record in 0..31 {
			assert_ok!(deny(DenialTerms {
				record: Some(record),
				..all()
			}));
		}
		assert_noop!(
			deny(DenialTerms {
				record: Some(31),
				..all()
			}),
			E::TooManyDenials
		);
		assert_ok!(deny(all()));
		assert_eq!(Denials::<Test>::get(PATIENT).len(), 32);
		assert_noop!(deny(all()), E::DuplicateDenial);
		assert_noop!(
			deny(DenialTerms {
				record: Some(31),
				..all()
			}),
			E::TooManyDenials
		);
	});
}

#[test]
fn an_early_denial_of_everything_takes_no_room_from_the_others() {
	story(|| {
		assert_ok!(deny(all()));
		for record in 0..31 {
			assert_ok!(deny(DenialTerms {
				record: Some(record),
				..all()
			}));
		}
		assert_noop!(
			deny(DenialTerms {
				record: Some(31),
				..all()
			}),
			E::TooManyDenials
		);
	});
}
