use super::*;
use crate::{CaseOf, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, Kind, Role};

fn join(who: u64, id: CaseId) -> sp_runtime::DispatchResult {
	Consent::join_case(signed(who), PATIENT, id)
}

#[test]
fn a_member_of_the_team_sees_what_the_opener_sees() {
	story(|| {
		let id = open();
		let hers = AccessRequest {
			requester: NED,
			..emergency(Category::Allergy)
		};
		assert_eq!(decide(&hers), denied(Reason::NoGrant));
		assert_ok!(join(NED, id));
		let entry = last_entry(PATIENT);
		assert_eq!((&entry.kind, entry.actor), (&Kind::CaseJoined { case: id }, Some(NED)));
		System::assert_last_event(
			Event::CaseJoined {
				patient: PATIENT,
				case: id,
				clinician: NED,
				entry,
			}
			.into(),
		);
		assert_eq!(decide(&hers), Decision::Permit(Basis::BreakGlass(id)));
		assert_eq!(CaseOf::<Test>::get(PATIENT, NED), Some(id));
	});
}

#[test]
fn only_clinicians_of_the_same_institution_join() {
	ExtBuilder::default()
		.credential(55, AWAY, Role::Pharmacist)
		.build_and_execute(|| {
			let id = open();
			assert_noop!(join(ADA, id), E::NoCredential);
			assert_noop!(join(STRANGER, id), E::NoCredential);
			assert_noop!(join(55, id), E::NotAClinician);
			assert_noop!(join(PAUL, id), E::NotAClinician);
			Credentials::insert((NED, AWAY), (Role::Nurse, false));
			assert_noop!(join(NED, id), E::Inactive);
			assert_noop!(
				Consent::join_case(RuntimeOrigin::none(), PATIENT, id),
				sp_runtime::DispatchError::BadOrigin
			);
		});
}

#[test]
fn only_an_open_case_is_joined() {
	story(|| {
		let id = open();
		assert_noop!(join(NED, id + 1), E::UnknownCase);
		assert_noop!(Consent::join_case(signed(NED), OTHER_PATIENT, id), E::UnknownCase);
		wait(6 * HOUR);
		assert_noop!(join(NED, id), E::CaseEnded);
		let id = open();
		assert_ok!(Consent::close_case(signed(BEA), PATIENT, id));
		assert_noop!(join(NED, id), E::CaseEnded);
	});
}

#[test]
fn nobody_joins_what_she_is_in_or_has_approved() {
	story(|| {
		let id = open();
		assert_noop!(join(BEA, id), E::AlreadyInvolved);
		assert_ok!(join(NED, id));
		assert_noop!(join(NED, id), E::AlreadyInvolved);
		assert_ok!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY));
		assert_noop!(join(CLEO, id), E::AlreadyApproved);
		Credentials::insert((66, AWAY), (Role::Doctor, true));
		let other = open_by(66, AWAY);
		assert_noop!(join(66, id), E::AlreadyInvolved);
		assert_noop!(join(NED, other), E::AlreadyInvolved);
	});
}

#[test]
fn eight_join_and_no_more() {
	let colleagues = (100..109).fold(ExtBuilder::default(), |world, nurse| {
		world.credential(nurse, AWAY, Role::Nurse)
	});
	colleagues.build_and_execute(|| {
		let id = open();
		for nurse in 100..108 {
			assert_ok!(join(nurse, id));
		}
		assert_noop!(join(108, id), E::TeamFull);
	});
}
