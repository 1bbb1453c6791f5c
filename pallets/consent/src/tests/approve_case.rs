use super::*;
use crate::Event;
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, InstitutionKind, Kind, Role};

fn approve(who: u64, id: CaseId, at: InstitutionId) -> sp_runtime::DispatchResult {
	Consent::approve_case(signed(who), PATIENT, id, at)
}

#[test]
fn an_approval_opens_the_rest() {
	story(|| {
		let id = open();
		assert_eq!(decide(&emergency(Category::Imaging)), denied(Reason::NoGrant));
		assert_ok!(approve(CLEO, id, AWAY));
		let entry = last_entry(PATIENT);
		assert_eq!(
			(&entry.kind, entry.actor),
			(&Kind::CaseApproved { case: id }, Some(CLEO))
		);
		System::assert_last_event(
			Event::CaseApproved {
				patient: PATIENT,
				case: id,
				approver: CLEO,
				institution: AWAY,
				entry,
			}
			.into(),
		);
		let opened = Decision::Permit(Basis::BreakGlass(id));
		assert_eq!(decide(&emergency(Category::Imaging)), opened);
		assert_eq!(decide(&emergency(Category::Summary)), opened);
		let cleo = AccessRequest {
			requester: CLEO,
			..emergency(Category::Imaging)
		};
		assert_eq!(
			decide(&cleo),
			denied(Reason::NoGrant),
			"whoever approves sees nothing by that"
		);
	});
}

#[test]
fn a_clinician_of_another_hospital_may_approve() {
	story(|| {
		let id = open();
		assert_ok!(approve(ADA, id, HOME));
		assert!(decide(&emergency(Category::Imaging)).is_permit());
	});
}

#[test]
fn neither_opener_nor_team_approve_and_nobody_twice() {
	story(|| {
		let id = open();
		assert_ok!(Consent::join_case(signed(NED), PATIENT, id));
		assert_noop!(approve(BEA, id, AWAY), E::OwnCase);
		assert_noop!(approve(NED, id, AWAY), E::OwnCase);
		Credentials::insert((BEA, HOME), (Role::Doctor, true));
		assert_noop!(approve(BEA, id, HOME), E::OwnCase);
		assert_ok!(approve(CLEO, id, AWAY));
		assert_noop!(approve(CLEO, id, AWAY), E::AlreadyApproved);
	});
}

#[test]
fn only_clinicians_approve() {
	ExtBuilder::default()
		.credential(55, HOME, Role::Pharmacist)
		.build_and_execute(|| {
			let id = open();
			assert_noop!(approve(55, id, HOME), E::NotAClinician);
			assert_noop!(approve(PAUL, id, AWAY), E::NotAClinician);
			assert_noop!(approve(STRANGER, id, AWAY), E::NoCredential);
			assert_noop!(approve(ADA, id, AWAY), E::NoCredential);
			assert_noop!(approve(ADA, id, 9), E::UnknownInstitution);
			Kinds::insert(HOME, InstitutionKind::Pharmacy);
			assert_noop!(approve(ADA, id, HOME), E::NotAClinician);
			Kinds::insert(HOME, InstitutionKind::Clinic);
			Credentials::insert((ADA, HOME), (Role::Doctor, false));
			assert_noop!(approve(ADA, id, HOME), E::Inactive);
			assert_noop!(
				Consent::approve_case(RuntimeOrigin::none(), PATIENT, id, HOME),
				sp_runtime::DispatchError::BadOrigin
			);
		});
}

#[test]
fn only_an_open_case_is_approved() {
	story(|| {
		let id = open();
		assert_noop!(approve(ADA, id + 1, HOME), E::UnknownCase);
		wait(6 * HOUR);
		assert_noop!(approve(ADA, id, HOME), E::CaseEnded);
	});
}

#[test]
fn eight_approvals_and_no_more() {
	let colleagues = (100..109).fold(ExtBuilder::default(), |world, nurse| {
		world.credential(nurse, HOME, Role::Nurse)
	});
	colleagues.build_and_execute(|| {
		let id = open();
		for nurse in 100..108 {
			assert_ok!(approve(nurse, id, HOME));
		}
		assert_noop!(approve(108, id, HOME), E::TooManyApprovals);
	});
}
