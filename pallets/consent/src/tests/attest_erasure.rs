use super::*;
use crate::{Erasures, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Kind, Role};

/// To view once or often, and to erase the copies within forty days.
fn erasing() -> Terms {
	Terms {
		erase_after: Some(NOON + 40 * DAY),
		..terms()
	}
}

fn attest(who: u64, grant: GrantId) -> sp_runtime::DispatchResult {
	Consent::attest_erasure(signed(who), PATIENT, grant)
}

fn overdue() -> Vec<GrantId> {
	let listed = Consent::overdue_erasures(PATIENT, None, 10);
	listed.into_iter().map(|(grant, _)| grant).collect()
}

#[test]
fn the_grantee_attests_and_it_is_written_down() {
	story(|| {
		let grant = give(Grantee::Account(BEA), erasing());
		assert_noop!(attest(BEA, grant), E::NothingToErase);
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		wait(DAY);
		assert_ok!(attest(BEA, grant));
		let entry = last_entry(PATIENT);
		assert_eq!(
			(&entry.kind, entry.actor),
			(&Kind::ErasureAttested { grant }, Some(BEA))
		);
		System::assert_last_event(
			Event::ErasureAttested {
				patient: PATIENT,
				grant,
				entry,
			}
			.into(),
		);
		let erasure = Erasures::<Test>::get(PATIENT, grant).unwrap();
		assert_eq!(erasure.attested, Some((BEA, NOON + DAY)));
		assert_noop!(attest(BEA, grant), E::AlreadyAttested);
		wait(40 * DAY);
		assert!(overdue().is_empty());
	});
}

#[test]
fn a_missing_attestation_is_listed_from_its_date_on() {
	story(|| {
		let used = give(Grantee::Account(BEA), erasing());
		give(Grantee::Account(BEA), erasing());
		let plain = give(Grantee::Account(BEA), terms());
		assert_ok!(take_use(BEA, Some(AWAY), used));
		assert_ok!(take_use(BEA, Some(AWAY), plain));
		wait(40 * DAY - 1);
		assert!(overdue().is_empty());
		wait(1);
		assert_eq!(
			overdue(),
			[used],
			"neither what was never used nor what is not to be erased"
		);
		assert!(Consent::overdue_erasures(PATIENT, Some(used), 10).is_empty());
		assert!(Consent::overdue_erasures(OTHER_PATIENT, None, 10).is_empty());
		assert_ok!(attest(BEA, used));
		assert!(overdue().is_empty());
	});
}

#[test]
fn it_is_owed_still_when_the_grant_is_gone() {
	story(|| {
		let grant = give(
			Grantee::Account(BEA),
			Terms {
				uses: Some(1),
				..erasing()
			},
		);
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		for _ in 0..16 {
			give(Grantee::Account(BEA), terms());
		}
		assert_noop!(
			Consent::revoke(signed(PIA), PATIENT, Grantee::Account(BEA), grant),
			E::UnknownGrant
		);
		Credentials::insert((BEA, AWAY), (Role::Doctor, false));
		wait(40 * DAY);
		assert_eq!(overdue(), [grant]);
		assert_ok!(attest(BEA, grant));
	});
}

#[test]
fn another_use_makes_another_attestation_owed() {
	story(|| {
		let grant = give(Grantee::Account(BEA), erasing());
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		assert_ok!(attest(BEA, grant));
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		wait(40 * DAY);
		assert_eq!(overdue(), [grant]);
		assert_ok!(attest(BEA, grant));
	});
}

#[test]
fn for_an_institution_its_officers_and_privacy_officers_answer() {
	let grantees = [
		Grantee::Institution(AWAY),
		Grantee::Role(Role::Doctor, AWAY),
		Grantee::Assigned(AWAY),
	];
	for grantee in grantees {
		for who in [OTTO, PAUL] {
			ExtBuilder::default().assigned(BEA, AWAY).build_and_execute(|| {
				let grant = give(grantee.clone(), erasing());
				assert_ok!(take_use(BEA, Some(AWAY), grant));
				for other in [BEA, HUGO, PIA] {
					assert_noop!(attest(other, grant), E::NotTheGrantee);
				}
				Credentials::insert((PAUL, AWAY), (Role::PrivacyOfficer, false));
				assert_noop!(attest(PAUL, grant), E::NotTheGrantee);
				Credentials::insert((PAUL, AWAY), (Role::PrivacyOfficer, true));
				assert_ok!(attest(who, grant));
			});
		}
	}
	story(|| {
		let grant = give(Grantee::Account(BEA), erasing());
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		for other in [OTTO, PAUL, NED] {
			assert_noop!(attest(other, grant), E::NotTheGrantee);
		}
		assert_noop!(
			Consent::attest_erasure(RuntimeOrigin::none(), PATIENT, grant),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}

#[test]
fn of_a_chain_whoever_used_it_owes() {
	story(|| {
		let parent = give(
			Grantee::Account(BEA),
			Terms {
				erase_after: Some(NOON + 40 * DAY),
				..shareable()
			},
		);
		let grant = pass_on(BEA, AWAY, from(Grantee::Account(BEA), parent), CLEO, erasing()).unwrap();
		assert_ok!(take_use(CLEO, Some(AWAY), grant));
		wait(40 * DAY);
		assert_eq!(overdue(), [grant]);
	});
}
