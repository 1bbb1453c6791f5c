use super::*;
use crate::{Event, Successors};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, ErrorReason, Role};

fn name(who: u64, author: u64, successor: Option<u64>) -> sp_runtime::DispatchResult {
	Consent::name_successor(signed(who), AWAY, author, successor)
}

/// Cleo's question about what Bea wrote at their hospital.
fn cleo() -> AccessRequest<u64> {
	AccessRequest {
		requester: CLEO,
		custodian: AWAY,
		author: BEA,
		..question()
	}
}

fn bea_leaves() {
	revoke(BEA, AWAY);
}

#[test]
fn a_successor_reads_and_amends_what_the_author_wrote_there() {
	story(|| {
		bea_leaves();
		assert_eq!(decide(&cleo()), denied(Reason::NoGrant));
		assert_ok!(name(OTTO, BEA, Some(CLEO)));
		System::assert_last_event(
			Event::SuccessorNamed {
				institution: AWAY,
				author: BEA,
				successor: Some(CLEO),
			}
			.into(),
		);
		for action in Action::ALL {
			let expected = match action {
				Action::View | Action::Amend => Decision::Permit(Basis::Author),
				Action::Append | Action::Share => denied(Reason::NoGrant),
			};
			assert_eq!(decide(&AccessRequest { action, ..cleo() }), expected);
		}
		let in_error = |action| AccessRequest {
			action,
			status: Some(RecordStatus::EnteredInError(ErrorReason::Other)),
			..cleo()
		};
		assert_eq!(decide(&in_error(Action::View)), Decision::Permit(Basis::Author));
		assert_eq!(decide(&in_error(Action::Amend)), denied(Reason::Unavailable));
		let elsewhere = AccessRequest {
			custodian: HOME,
			..cleo()
		};
		assert_eq!(decide(&elsewhere), denied(Reason::NoGrant));
		let others = AccessRequest { author: NED, ..cleo() };
		assert_eq!(decide(&others), denied(Reason::NoGrant));
		Credentials::insert((CLEO, AWAY), (Role::Doctor, false));
		assert_eq!(decide(&cleo()), denied(Reason::Inactive));
	});
}

#[test]
fn it_can_be_taken_back_and_given_to_another() {
	story(|| {
		bea_leaves();
		assert_noop!(name(OTTO, BEA, None), E::NoSuccessor);
		assert_ok!(name(OTTO, BEA, Some(CLEO)));
		assert_ok!(name(OLGA, BEA, Some(NED)));
		assert_eq!(decide(&cleo()), denied(Reason::NoGrant));
		assert_eq!(Successors::<Test>::get(AWAY, BEA), Some(NED));
		assert_ok!(name(OLGA, BEA, None));
		assert!(!Successors::<Test>::contains_key(AWAY, BEA));
	});
}

#[test]
fn only_an_officer_names_one_and_not_herself() {
	ExtBuilder::default()
		.credential(OTTO, AWAY, Role::Doctor)
		.build_and_execute(|| {
			bea_leaves();
			for who in [CLEO, PAUL, PIA, STRANGER] {
				assert_noop!(name(who, BEA, Some(NED)), E::NotAnOfficer);
			}
			assert_noop!(name(OTTO, BEA, Some(OTTO)), E::OwnSuccession);
			assert_noop!(
				Consent::name_successor(signed(OTTO), 9, BEA, Some(CLEO)),
				E::UnknownInstitution
			);
			assert_noop!(
				Consent::name_successor(RuntimeOrigin::none(), AWAY, BEA, Some(CLEO)),
				sp_runtime::DispatchError::BadOrigin
			);
			assert_ok!(name(OLGA, BEA, Some(OTTO)));
		});
}

/// An officer who suspends a doctor for a minute must not open to a friend what she ever wrote.
#[test]
fn a_suspended_or_lapsed_author_has_not_left() {
	story(|| {
		Credentials::insert((BEA, AWAY), (Role::Doctor, false));
		assert_noop!(name(OTTO, BEA, Some(CLEO)), E::AuthorStillThere);
		Credentials::insert((BEA, AWAY), (Role::Doctor, true));
		assert_eq!(decide(&cleo()), denied(Reason::NoGrant));
	});
}

#[test]
fn only_of_an_author_who_left_by_somebody_who_works_there() {
	story(|| {
		assert_noop!(name(OTTO, BEA, Some(CLEO)), E::AuthorStillThere);
		assert_noop!(name(OTTO, ADA, Some(CLEO)), E::NoCredential);
		bea_leaves();
		assert_noop!(name(OTTO, BEA, Some(ADA)), E::NoCredential);
		assert_noop!(name(OTTO, BEA, Some(BEA)), E::Inactive);
		assert_ok!(name(OTTO, BEA, Some(CLEO)));
	});
}
