use super::*;
use crate::{Event, Grants, NextGrant, MAX_GRANTS};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, Kind, PatientStatus, Role};

fn all_grantees() -> [Grantee<u64>; 4] {
	[
		Grantee::Account(BEA),
		Grantee::Institution(AWAY),
		Grantee::Role(Role::Doctor, AWAY),
		Grantee::Assigned(AWAY),
	]
}

fn ids(grantee: Grantee<u64>) -> Vec<u64> {
	Grants::<Test>::get(PATIENT, grantee)
		.iter()
		.map(|grant| grant.id)
		.collect()
}

#[test]
fn the_patient_grants_to_each_kind_of_grantee() {
	for grantee in all_grantees() {
		ExtBuilder::default().assigned(BEA, AWAY).build_and_execute(|| {
			assert_eq!(decide(&question()), denied(Reason::NoGrant));
			assert_ok!(Consent::grant(signed(PIA), PATIENT, grantee.clone(), terms()));
			let entry = last_entry(PATIENT);
			assert_eq!((&entry.kind, entry.actor), (&Kind::GrantGiven { grant: 0 }, Some(PIA)));
			System::assert_last_event(
				Event::Granted {
					patient: PATIENT,
					grantee: grantee.clone(),
					grant: 0,
					entry,
				}
				.into(),
			);
			let grant = &Grants::<Test>::get(PATIENT, &grantee)[0];
			assert_eq!((grant.given_by, grant.request, &grant.parent), (PIA, None, &None));
			assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(0)));
		});
	}
}

#[test]
fn who_may_not_grant() {
	story(|| {
		let grant = |who, patient, grantee| Consent::grant(signed(who), patient, grantee, terms());
		for who in [BEA, OLE, STRANGER] {
			assert_noop!(grant(who, PATIENT, Grantee::Account(BEA)), E::NotThePatient);
		}
		assert_noop!(grant(PIA, OTHER_PATIENT, Grantee::Account(BEA)), E::NotThePatient);
		assert_noop!(grant(PIA, 12_345, Grantee::Account(BEA)), E::UnknownPatient);
		assert_noop!(
			Consent::grant(RuntimeOrigin::none(), PATIENT, Grantee::Account(BEA), terms()),
			sp_runtime::DispatchError::BadOrigin
		);
		for grantee in [
			Grantee::Institution(9),
			Grantee::Role(Role::Nurse, 9),
			Grantee::Assigned(9),
		] {
			assert_noop!(grant(PIA, PATIENT, grantee), E::UnknownInstitution);
		}
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::MergedInto(8)
		});
		assert_noop!(grant(PIA, PATIENT, Grantee::Account(BEA)), E::PatientNotActive);
	});
}

#[test]
fn sixteen_live_grants_are_the_most_for_one_grantee() {
	story(|| {
		for _ in 0..MAX_GRANTS {
			give(Grantee::Account(BEA), terms());
		}
		assert_noop!(
			Consent::grant(signed(PIA), PATIENT, Grantee::Account(BEA), terms()),
			E::TooManyGrants
		);
		assert_eq!(NextGrant::<Test>::get(), 16, "a refused grant takes no id");
		give(Grantee::Account(NED), terms());
		give(Grantee::Institution(AWAY), terms());
	});
}

#[test]
fn dead_grants_are_pushed_out_lowest_id_first_and_only_when_there_is_no_room() {
	story(|| {
		let grantee = Grantee::Account(BEA);
		for n in 0..16u64 {
			let terms = match n {
				9 => uses(1),
				4 => Terms {
					ends: NOON + DAY,
					..terms()
				},
				_ => terms(),
			};
			give(grantee.clone(), terms);
			if n == 6 {
				assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee.clone(), 6));
			}
		}
		assert_eq!(ids(grantee.clone()).len(), 16, "a dead grant stays while there is room");
		assert_ok!(take_use(BEA, Some(AWAY), 9));
		wait(DAY);
		assert_eq!(give(grantee.clone(), terms()), 16);
		assert_eq!(
			ids(grantee.clone()),
			[0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
			"expired"
		);
		assert_eq!(give(grantee.clone(), terms()), 17);
		assert_eq!(
			ids(grantee.clone()),
			[0, 1, 2, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
			"revoked"
		);
		assert_eq!(give(grantee.clone(), terms()), 18);
		assert_eq!(
			ids(grantee.clone()),
			[0, 1, 2, 3, 5, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18],
			"exhausted"
		);
		assert_noop!(
			Consent::grant(signed(PIA), PATIENT, grantee.clone(), terms()),
			E::TooManyGrants
		);
	});
}

#[test]
fn ids_never_wrap() {
	story(|| {
		NextGrant::<Test>::put(u64::MAX);
		assert_noop!(
			Consent::grant(signed(PIA), PATIENT, Grantee::Account(BEA), terms()),
			E::IdsExhausted
		);
		crate::NextRequest::<Test>::put(u64::MAX);
		assert_noop!(
			Consent::ask(signed(BEA), PATIENT, AWAY, terms(), NOON + DAY),
			E::IdsExhausted
		);
		crate::NextDenial::<Test>::put(u64::MAX);
		assert_noop!(
			Consent::deny(signed(PIA), PATIENT, salus_primitives::DenialTerms::all()),
			E::IdsExhausted
		);
	});
}
