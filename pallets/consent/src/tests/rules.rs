//! The rules told one by one, in their order.

use super::*;
use frame_support::assert_ok;
use salus_primitives::{Basis, DenialTerms, ErrorReason, PatientStatus, Role};

const IN_ERROR: Option<RecordStatus> = Some(RecordStatus::EnteredInError(ErrorReason::WrongContent));

fn of_author() -> AccessRequest<u64> {
	AccessRequest {
		requester: ADA,
		on_behalf_of: Some(HOME),
		..question()
	}
}

fn of_patient() -> AccessRequest<u64> {
	AccessRequest {
		requester: PIA,
		on_behalf_of: None,
		..question()
	}
}

#[test]
fn rule_1_without_standing_she_is_unknown() {
	story(|| {
		give(Grantee::Account(STRANGER), terms());
		for request in [
			AccessRequest {
				requester: STRANGER,
				..question()
			},
			AccessRequest {
				requester: STRANGER,
				on_behalf_of: None,
				..question()
			},
			AccessRequest {
				on_behalf_of: Some(HOME),
				..question()
			},
			AccessRequest {
				on_behalf_of: Some(9),
				..question()
			},
			AccessRequest {
				on_behalf_of: None,
				..question()
			},
			AccessRequest {
				requester: OLE,
				on_behalf_of: None,
				..question()
			},
			AccessRequest {
				on_behalf_of: Some(HOME),
				..of_patient()
			},
			AccessRequest {
				patient: 12_345,
				..of_patient()
			},
		] {
			assert_eq!(decide(&request), denied(Reason::Unknown), "{request:?}");
		}
	});
}

#[test]
fn rule_1_a_credential_or_institution_that_does_not_count_is_inactive() {
	story(|| {
		give(Grantee::Account(BEA), terms());
		Institutions::insert(AWAY, false);
		assert_eq!(decide(&question()), denied(Reason::Inactive));
		Institutions::insert(AWAY, true);
		Credentials::insert((BEA, AWAY), (Role::Doctor, false));
		assert_eq!(decide(&question()), denied(Reason::Inactive));
		let erased = AccessRequest {
			status: Some(RecordStatus::Erased),
			..question()
		};
		assert_eq!(
			decide(&erased),
			denied(Reason::Inactive),
			"standing comes before the record's status"
		);
	});
}

#[test]
fn rule_1a_what_is_erased_is_closed_to_everybody() {
	story(|| {
		give(Grantee::Account(BEA), terms());
		for status in [RecordStatus::Erasing, RecordStatus::Erased] {
			for request in [question(), of_author(), of_patient()] {
				let request = AccessRequest {
					status: Some(status),
					..request
				};
				assert_eq!(decide(&request), denied(Reason::Unavailable));
			}
		}
	});
}

#[test]
fn rule_1a_what_is_restricted_is_open_to_the_patient_alone() {
	story(|| {
		give(Grantee::Account(BEA), terms());
		let restricted = |request| AccessRequest {
			status: Some(RecordStatus::Restricted),
			..request
		};
		assert_eq!(decide(&restricted(question())), denied(Reason::Unavailable));
		assert_eq!(decide(&restricted(of_author())), denied(Reason::Unavailable));
		assert_eq!(decide(&restricted(of_patient())), Decision::Permit(Basis::Subject));
		let forbidden = AccessRequest {
			purpose: Purpose::Research,
			..restricted(question())
		};
		assert_eq!(decide(&forbidden), denied(Reason::Unavailable), "before the matrix");
	});
}

#[test]
fn rule_1a_what_was_entered_in_error_is_open_to_its_authors_eyes_alone() {
	story(|| {
		give(Grantee::Account(BEA), terms());
		let in_error = |request| AccessRequest {
			status: IN_ERROR,
			..request
		};
		assert_eq!(decide(&in_error(of_author())), Decision::Permit(Basis::Author));
		for action in [Action::Amend, Action::Append, Action::Share] {
			let request = AccessRequest {
				action,
				..in_error(of_author())
			};
			assert_eq!(decide(&request), denied(Reason::Unavailable));
		}
		assert_eq!(decide(&in_error(question())), denied(Reason::Unavailable));
		for action in Action::ALL {
			let request = AccessRequest {
				action,
				author: PIA,
				..in_error(of_patient())
			};
			assert_eq!(decide(&request), denied(Reason::Unavailable), "the patient included");
		}
		let forbidden = AccessRequest {
			purpose: Purpose::Payment,
			..in_error(of_author())
		};
		assert_eq!(decide(&forbidden), denied(Reason::RoleForbids), "after the matrix");
		assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
		assert_eq!(
			decide(&in_error(of_author())),
			denied(Reason::Refused),
			"after the denials"
		);
	});
}

#[test]
fn rule_2_the_patient_sees_and_shares_everything_and_adds_her_own() {
	story(|| {
		assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
		for action in [Action::View, Action::Share] {
			for (purpose, category) in Purpose::ALL.into_iter().flat_map(|p| Category::ALL.map(|c| (p, c))) {
				let request = AccessRequest {
					action,
					purpose,
					category,
					compartment: Some(3),
					..of_patient()
				};
				assert_eq!(decide(&request), Decision::Permit(Basis::Subject));
			}
		}
		let append = AccessRequest {
			action: Action::Append,
			record: None,
			status: None,
			..of_patient()
		};
		assert_eq!(decide(&append), denied(Reason::RoleForbids), "it names another author");
		let own = AccessRequest { author: PIA, ..append };
		assert_eq!(decide(&own), Decision::Permit(Basis::Subject));
		let elsewhere = AccessRequest { custodian: AWAY, ..own };
		assert_eq!(
			decide(&elsewhere),
			denied(Reason::RoleForbids),
			"kept by a hospital that isn't hers"
		);
		for author in [PIA, ADA] {
			let amend = AccessRequest {
				action: Action::Amend,
				author,
				..of_patient()
			};
			assert_eq!(decide(&amend), denied(Reason::RoleForbids));
		}
	});
}

/// An id that was merged is hers still: she sees what stands under it by the key of the id she goes on under.
#[test]
fn she_sees_what_stands_under_an_id_that_was_merged() {
	story(|| {
		let merge = |from: u64, into: u64| {
			Patients::mutate(from, |patient| {
				patient.as_mut().unwrap().status = PatientStatus::MergedInto(into)
			})
		};
		let by_ole = |action| AccessRequest {
			requester: OLE,
			author: OLE,
			action,
			..of_patient()
		};
		assert_eq!(decide(&by_ole(Action::View)), denied(Reason::Unknown));
		merge(PATIENT, OTHER_PATIENT);
		for (action, expected) in [
			(Action::View, Decision::Permit(Basis::Subject)),
			(Action::Share, Decision::Permit(Basis::Subject)),
			(Action::Append, denied(Reason::RoleForbids)),
			(Action::Amend, denied(Reason::RoleForbids)),
		] {
			assert_eq!(decide(&by_ole(action)), expected);
		}
		assert_eq!(
			decide(&of_patient()),
			denied(Reason::Unknown),
			"by the key that went out of use"
		);

		// As ids are merged on, up to four times.
		for id in 100..104 {
			Patients::insert(id, patient_of(1_000 + id, HOME));
			merge(if id == 100 { OTHER_PATIENT } else { id - 1 }, id);
			let now_hers = AccessRequest {
				requester: 1_000 + id,
				..of_patient()
			};
			let expected = if id < 103 {
				Decision::Permit(Basis::Subject)
			} else {
				denied(Reason::Unknown)
			};
			assert_eq!(decide(&now_hers), expected, "{id}");
			assert_eq!(decide(&by_ole(Action::View)), denied(Reason::Unknown));
		}
	});
}

#[test]
fn her_own_right_and_her_grants_end_with_her_status() {
	for status in [PatientStatus::Deceased(NOON), PatientStatus::MergedInto(8)] {
		story(|| {
			give(Grantee::Account(BEA), terms());
			Patients::mutate(PATIENT, |patient| patient.as_mut().unwrap().status = status);
			assert_eq!(decide(&of_patient()), denied(Reason::Unknown));
			assert_eq!(decide(&question()), denied(Reason::Expired));
			assert_eq!(decide(&of_author()), Decision::Permit(Basis::Author));
			assert_ok!(Consent::revoke(signed(PIA), PATIENT, Grantee::Account(BEA), 0));
			assert_eq!(decide(&question()), denied(Reason::Revoked));
		});
	}
}

#[test]
fn rule_3_the_matrix_forbids_whatever_is_granted() {
	story(|| {
		let everything = Terms {
			actions: ActionSet::ALL,
			purposes: PurposeSet::ALL,
			categories: CategorySet::ALL,
			..terms()
		};
		give(Grantee::Account(BEA), everything);
		assert!(decide(&question()).is_permit());
		let claims = AccessRequest {
			category: Category::Claims,
			..question()
		};
		assert_eq!(decide(&claims), denied(Reason::RoleForbids));
		let research = AccessRequest {
			purpose: Purpose::Research,
			..question()
		};
		assert_eq!(decide(&research), denied(Reason::RoleForbids));
		Credentials::insert((BEA, AWAY), (Role::Administrator, true));
		assert_eq!(decide(&question()), denied(Reason::RoleForbids));
	});
}

#[test]
fn rule_3_her_role_is_that_at_the_institution_she_names() {
	ExtBuilder::default()
		.credential(BEA, HOME, Role::Insurer)
		.build_and_execute(|| {
			give(
				Grantee::Account(BEA),
				Terms {
					purposes: PurposeSet::ALL,
					..terms()
				},
			);
			assert!(decide(&question()).is_permit());
			let insurer = AccessRequest {
				on_behalf_of: Some(HOME),
				..question()
			};
			assert_eq!(decide(&insurer), denied(Reason::RoleForbids));
			let payment = AccessRequest {
				purpose: Purpose::Payment,
				..insurer
			};
			assert!(decide(&payment).is_permit());
		});
}

#[test]
fn rule_6_the_author_reads_and_amends_where_it_is_kept() {
	ExtBuilder::default()
		.credential(ADA, AWAY, Role::Doctor)
		.build_and_execute(|| {
			for action in [Action::View, Action::Amend] {
				let request = AccessRequest { action, ..of_author() };
				assert_eq!(decide(&request), Decision::Permit(Basis::Author));
				let elsewhere = AccessRequest {
					on_behalf_of: Some(AWAY),
					..request
				};
				assert_eq!(decide(&elsewhere), denied(Reason::NoGrant));
			}
			for action in [Action::Share, Action::Append] {
				assert_eq!(
					decide(&AccessRequest { action, ..of_author() }),
					denied(Reason::NoGrant)
				);
			}
			let drawer = AccessRequest {
				compartment: Some(3),
				..of_author()
			};
			assert_eq!(
				decide(&drawer),
				Decision::Permit(Basis::Author),
				"a drawer doesn't hide her own entry"
			);
		});
}

#[test]
fn rule_6_the_assigned_writes_and_reads_nothing() {
	ExtBuilder::default().assigned(BEA, AWAY).build_and_execute(|| {
		let write = AccessRequest {
			action: Action::Append,
			..question()
		};
		assert_eq!(decide(&write), Decision::Permit(Basis::Assignment));
		for action in [Action::View, Action::Amend, Action::Share] {
			assert_eq!(decide(&AccessRequest { action, ..question() }), denied(Reason::NoGrant));
		}
		let claims = AccessRequest {
			category: Category::Claims,
			..write.clone()
		};
		assert_eq!(decide(&claims), denied(Reason::RoleForbids));
		let other = AccessRequest {
			requester: NED,
			category: Category::Vitals,
			..write
		};
		assert_eq!(decide(&other), denied(Reason::NoGrant));
	});
}

#[test]
fn rule_7_unlimited_grants_come_first_then_the_lowest_id() {
	story(|| {
		give(Grantee::Account(BEA), uses(1));
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(0)));
		give(Grantee::Account(BEA), uses(1));
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(0)));
		give(Grantee::Institution(AWAY), terms());
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(2)));
		give(Grantee::Account(BEA), terms());
		assert_eq!(
			decide(&question()),
			Decision::Permit(Basis::Grant(2)),
			"whichever list it stands in"
		);
	});
}

#[test]
fn rule_7_a_drawer_opens_to_an_account_that_is_granted_it_by_name() {
	story(|| {
		let drawer = AccessRequest {
			compartment: Some(3),
			..question()
		};
		give(
			Grantee::Institution(AWAY),
			Terms {
				compartments: compartments(&[3]),
				..terms()
			},
		);
		give(
			Grantee::Account(BEA),
			Terms {
				compartments: compartments(&[4]),
				..terms()
			},
		);
		assert_eq!(decide(&drawer), denied(Reason::CompartmentMismatch));
		let named = give(
			Grantee::Account(BEA),
			Terms {
				compartments: compartments(&[4, 3]),
				..terms()
			},
		);
		assert_eq!(decide(&drawer), Decision::Permit(Basis::Grant(named)));
		assert!(decide(&question()).is_permit(), "what is in no drawer is open besides");
	});
}

#[test]
fn rule_7_times_are_half_open() {
	story(|| {
		let window = Terms {
			starts: NOON + 10,
			ends: NOON + 20,
			..terms()
		};
		give(
			Grantee::Account(BEA),
			Terms {
				recorded_from: Some(5),
				recorded_until: Some(9),
				..window
			},
		);
		let at = |time: u64, recorded_at: u64| {
			set_time(time);
			decide(&AccessRequest {
				recorded_at,
				..question()
			})
		};
		let open = Decision::Permit(Basis::Grant(0));
		assert_eq!(at(NOON + 9, 5), denied(Reason::Expired));
		assert_eq!(at(NOON + 10, 5), open);
		assert_eq!(at(NOON + 19, 8), open);
		assert_eq!(at(NOON + 20, 8), denied(Reason::Expired));
		assert_eq!(at(NOON + 10, 4), denied(Reason::OutsideDateRange));
		assert_eq!(at(NOON + 10, 9), denied(Reason::OutsideDateRange));
		set_time(NOON);
	});
}

#[test]
fn rule_7_named_records_are_those_alone() {
	story(|| {
		give(
			Grantee::Account(BEA),
			Terms {
				records: records(&[1, 2]),
				..terms()
			},
		);
		assert!(decide(&question()).is_permit());
		assert_eq!(
			decide(&AccessRequest {
				record: Some(3),
				..question()
			}),
			denied(Reason::RecordMismatch)
		);
		assert_eq!(
			decide(&AccessRequest {
				record: None,
				..question()
			}),
			denied(Reason::RecordMismatch)
		);
	});
}

#[test]
fn rule_8_the_nearest_miss_gives_the_reason() {
	ExtBuilder::default().build().execute_with(|| {
		let drawer = AccessRequest {
			compartment: Some(1),
			..question()
		};
		assert_eq!(decide(&drawer), denied(Reason::NoGrant));
		let grantee = Grantee::Account(BEA);
		// Each grant gets further than the one before it.
		let revoked = give(grantee.clone(), terms());
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee.clone(), revoked));
		assert_eq!(decide(&drawer), denied(Reason::Revoked));
		give(
			grantee.clone(),
			Terms {
				starts: NOON + 1,
				..terms()
			},
		);
		assert_eq!(decide(&drawer), denied(Reason::Expired));
		let used = give(grantee.clone(), uses(1));
		assert_ok!(take_use(BEA, Some(AWAY), used));
		assert_eq!(decide(&drawer), denied(Reason::Exhausted));
		give(
			grantee.clone(),
			Terms {
				actions: ActionSet::of(&[Action::Share]),
				..terms()
			},
		);
		assert_eq!(decide(&drawer), denied(Reason::ActionMismatch));
		give(
			Grantee::Institution(AWAY),
			Terms {
				purposes: PurposeSet::of(&[Purpose::Research]),
				..terms()
			},
		);
		assert_eq!(decide(&drawer), denied(Reason::PurposeMismatch));
		give(
			grantee.clone(),
			Terms {
				categories: CategorySet::of(&[Category::Vitals]),
				..terms()
			},
		);
		assert_eq!(decide(&drawer), denied(Reason::CategoryMismatch));
		give(
			Grantee::Role(Role::Doctor, AWAY),
			Terms {
				records: records(&[9]),
				..terms()
			},
		);
		assert_eq!(decide(&drawer), denied(Reason::RecordMismatch));
		give(
			grantee.clone(),
			Terms {
				recorded_until: Some(5),
				..terms()
			},
		);
		assert_eq!(decide(&drawer), denied(Reason::OutsideDateRange));
		give(grantee.clone(), terms());
		assert_eq!(decide(&drawer), denied(Reason::CompartmentMismatch));
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee, 8));
		assert_eq!(decide(&drawer), denied(Reason::OutsideDateRange));
	});
}

#[test]
fn reasons_are_ordered_as_the_checks_are() {
	let order = [
		Reason::NoGrant,
		Reason::Revoked,
		Reason::Expired,
		Reason::Exhausted,
		Reason::ActionMismatch,
		Reason::PurposeMismatch,
		Reason::CategoryMismatch,
		Reason::RecordMismatch,
		Reason::OutsideDateRange,
		Reason::CompartmentMismatch,
	];
	assert!(order.is_sorted());
}

#[test]
fn a_decision_changes_nothing() {
	ExtBuilder::default().assigned(BEA, AWAY).build().execute_with(|| {
		give(Grantee::Account(BEA), uses(1));
		let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
		for action in Action::ALL {
			decide(&AccessRequest { action, ..question() });
		}
		assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), before);
	});
}
