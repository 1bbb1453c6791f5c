use super::*;
use crate::{Event, Grants};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Kind, Role};

#[test]
fn revoked_grant_is_refused_at_once() {
	let grantees = [
		Grantee::Account(BEA),
		Grantee::Institution(AWAY),
		Grantee::Role(Role::Doctor, AWAY),
		Grantee::Assigned(AWAY),
	];
	for grantee in grantees {
		ExtBuilder::default().assigned(BEA, AWAY).build_and_execute(|| {
			let grant = give(grantee.clone(), terms());
			assert!(decide(&question()).is_permit());
			assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee.clone(), grant));
			assert_eq!(decide(&question()), denied(Reason::Revoked), "in the same block");
			let entry = last_entry(PATIENT);
			assert_eq!((&entry.kind, entry.actor), (&Kind::GrantRevoked { grant }, Some(PIA)));
			System::assert_last_event(
				Event::Revoked {
					patient: PATIENT,
					grantee: grantee.clone(),
					grant,
					entry,
				}
				.into(),
			);
			assert_noop!(Consent::revoke(signed(PIA), PATIENT, grantee, grant), E::AlreadyRevoked);
		});
	}
}

#[test]
fn only_the_patient_revokes_and_only_her_grants() {
	story(|| {
		let grantee = Grantee::Account(BEA);
		let grant = give(grantee.clone(), terms());
		for who in [BEA, OLE, STRANGER] {
			assert_noop!(
				Consent::revoke(signed(who), PATIENT, grantee.clone(), grant),
				E::NotThePatient
			);
		}
		assert_noop!(
			Consent::revoke(signed(PIA), 12_345, grantee.clone(), grant),
			E::UnknownPatient
		);
		assert_noop!(
			Consent::revoke(signed(OLE), OTHER_PATIENT, grantee.clone(), grant),
			E::UnknownGrant
		);
		assert_noop!(
			Consent::revoke(signed(PIA), PATIENT, Grantee::Account(NED), grant),
			E::UnknownGrant
		);
		assert_noop!(
			Consent::revoke(signed(PIA), PATIENT, grantee.clone(), grant + 1),
			E::UnknownGrant
		);
		assert_noop!(
			Consent::revoke(RuntimeOrigin::none(), PATIENT, grantee, grant),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}

#[test]
fn a_full_list_never_stops_a_revocation() {
	story(|| {
		let grantee = Grantee::Account(BEA);
		for _ in 0..16 {
			give(grantee.clone(), terms());
		}
		for grant in (0..16).rev() {
			assert!(decide(&question()).is_permit());
			assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee.clone(), grant));
		}
		assert_eq!(decide(&question()), denied(Reason::Revoked));
		assert_eq!(Grants::<Test>::get(PATIENT, grantee).len(), 16);
	});
}

#[test]
fn a_grant_that_has_not_begun_and_one_that_has_ended_can_be_revoked() {
	story(|| {
		let grantee = Grantee::Account(BEA);
		let later = give(
			grantee.clone(),
			Terms {
				starts: NOON + DAY,
				..terms()
			},
		);
		let short = give(
			grantee.clone(),
			Terms {
				ends: NOON + 1,
				..terms()
			},
		);
		wait(1);
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee.clone(), later));
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee.clone(), short));
		wait(DAY);
		assert_eq!(decide(&question()), denied(Reason::Revoked));
	});
}
