//! `admit_institution`, `suspend_institution`, `reinstate_institution`, `revoke_institution`.

use crate::{mock::*, Act, Error, Event, Home, NextInstitution, KEY_NOTICE};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{HpkeKey, Institution, InstitutionId, InstitutionKind, Registry, Status, Terms};
use sp_runtime::{AccountId32, BoundedVec, DispatchError};

const NEW: InstitutionId = 3;

fn new_hospital() -> Institution<AccountId32> {
	hospital("n", hpke(100))
}

fn refused(institution: Institution<AccountId32>, error: Error<Test>) {
	assert_noop!(Roles::admit_institution(RuntimeOrigin::root(), institution), error);
}

#[test]
fn the_council_admits_a_hospital_and_its_people_get_standing() {
	story(|| {
		assert_ok!(Roles::admit_institution(RuntimeOrigin::root(), new_hospital()));
		assert_eq!(last_event(), Event::InstitutionAdmitted { institution: NEW });
		assert_eq!(Roles::institution(NEW), Some(new_hospital()));
		assert_eq!(NextInstitution::<Test>::get(), NEW + 1);
		assert_eq!(Told::get().last(), Some(&NEW));
		for name in ["n1", "n2", "n-node"] {
			assert_eq!(Roles::home(&id(name)), Some(NEW));
			assert_eq!(System::providers(&id(name)), 1);
		}
	});
}

#[test]
fn an_account_keeps_its_first_home_and_one_reference() {
	story(|| {
		let mut clinic = laboratory("c", hpke(100));
		clinic.officers = BoundedVec::truncate_from(vec![id("a1"), id("c2")]);
		assert_ok!(Roles::admit_institution(RuntimeOrigin::root(), clinic));
		assert_eq!(Home::<Test>::get(id("a1")), Some(A));
		assert_eq!(System::providers(&id("a1")), 1);
		assert!(Roles::is_officer(&id("a1"), NEW) && Roles::is_officer(&id("a1"), A));
	});
}

#[test]
fn only_the_council_admits_suspends_and_reinstates() {
	story(|| {
		assert_noop!(
			Roles::admit_institution(by("a1"), new_hospital()),
			DispatchError::BadOrigin
		);
		assert_noop!(Roles::suspend_institution(by("a1"), B), DispatchError::BadOrigin);
		assert_noop!(Roles::reinstate_institution(by("a1"), B), DispatchError::BadOrigin);
	});
}

#[test]
fn an_institution_has_two_officers_who_are_two_people() {
	story(|| {
		let with = |officers: Vec<&str>| Institution {
			officers: BoundedVec::truncate_from(officers.into_iter().map(id).collect()),
			..new_hospital()
		};
		refused(with(vec![]), Error::TooFewOfficers);
		refused(with(vec!["n1"]), Error::TooFewOfficers);
		refused(with(vec!["n1", "n1"]), Error::DuplicateOfficer);
		refused(with(vec!["n1", "n2", "n1"]), Error::DuplicateOfficer);
	});
}

#[test]
fn hospitals_and_only_hospitals_have_a_seat() {
	story(|| {
		refused(
			Institution {
				seat: None,
				..new_hospital()
			},
			Error::SeatMissing,
		);
		refused(
			Institution {
				kind: InstitutionKind::Insurer,
				..new_hospital()
			},
			Error::SeatNotAllowed,
		);
		assert_ok!(Roles::admit_institution(
			RuntimeOrigin::root(),
			laboratory("m", hpke(99))
		));
	});
}

#[test]
fn an_institution_is_admitted_as_active() {
	story(|| {
		for status in [Status::Suspended, Status::Revoked] {
			refused(
				Institution {
					status,
					..new_hospital()
				},
				Error::StatusNotActive,
			);
		}
	});
}

#[test]
fn a_malformed_region_is_refused() {
	story(|| {
		for region in [
			"",
			"C",
			"ch",
			"CHE",
			"CH-",
			"CH-ZURI",
			"CH-zh",
			"C1",
			"CH_ZH",
			"CH-Z\u{df}",
		] {
			let region = BoundedVec::truncate_from(region.as_bytes().to_vec());
			refused(
				Institution {
					region,
					..new_hospital()
				},
				Error::MalformedRegion,
			);
		}
		for (n, region) in (50..).zip(["CH", "CH-ZH", "FR-75", "GB-ENG"]) {
			let region = BoundedVec::truncate_from(region.as_bytes().to_vec());
			let institution = Institution {
				region,
				..hospital("n", hpke(n))
			};
			assert_ok!(Roles::admit_institution(RuntimeOrigin::root(), institution));
		}
	});
}

#[test]
fn a_malformed_time_zone_is_refused() {
	story(|| {
		for zone in ["", "/", "Europe/", "Europe//Zurich", "Europe Zurich", "Z\u{fc}rich"] {
			let time_zone = BoundedVec::truncate_from(zone.as_bytes().to_vec());
			refused(
				Institution {
					time_zone,
					..new_hospital()
				},
				Error::MalformedTimeZone,
			);
		}
		for (n, zone) in (50..).zip([
			"UTC",
			"America/Argentina/Buenos_Aires",
			"Etc/GMT+1",
			"America/Port-au-Prince",
		]) {
			let time_zone = BoundedVec::truncate_from(zone.as_bytes().to_vec());
			let institution = Institution {
				time_zone,
				..hospital("n", hpke(n))
			};
			assert_ok!(Roles::admit_institution(RuntimeOrigin::root(), institution));
		}
	});
}

#[test]
fn a_malformed_hpke_key_is_refused() {
	story(|| {
		let p_low = |low: u8| {
			let mut key = [0xff; 32];
			key[0] = low;
			key[31] = 0x7f;
			HpkeKey::X25519(key)
		};
		let mut one = [0; 32];
		one[0] = 1;
		let mut high_bit = [7; 32];
		high_bit[31] = 0x80;
		let of_order_8 = sp_core::hex2array!("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157");
		let other_of_order_8 = sp_core::hex2array!("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
		let x_wing = |bytes: usize, fill: u8| HpkeKey::XWing(BoundedVec::truncate_from(vec![fill; bytes]));
		let malformed = [
			HpkeKey::X25519([0; 32]),
			HpkeKey::X25519(one),
			HpkeKey::X25519(of_order_8),
			HpkeKey::X25519(other_of_order_8),
			HpkeKey::X25519(high_bit),
			HpkeKey::X25519([0xff; 32]),
			p_low(0xec),
			p_low(0xed),
			p_low(0xee),
			p_low(0xff),
			x_wing(0, 1),
			x_wing(32, 1),
			x_wing(1_215, 1),
			x_wing(1_216, 0),
			x_wing(1_216, 0xff),
		];
		for key in malformed {
			refused(hospital("n", key), Error::MalformedHpkeKey);
		}
		for key in [p_low(0xeb), x_wing(1_216, 1)] {
			assert_ok!(Roles::admit_institution(RuntimeOrigin::root(), hospital("n", key)));
		}
	});
}

#[test]
fn an_hpke_key_in_use_is_refused() {
	story(|| {
		refused(hospital("n", hpke(201)), Error::HpkeKeyInUse);
		register(1);
		refused(hospital("n", hpke(1)), Error::HpkeKeyInUse);
	});
}

#[test]
fn a_key_in_use_is_refused_as_half_of_another() {
	story(|| {
		let x_wing = |n: u8| {
			let HpkeKey::X25519(half) = hpke(n) else {
				panic!("it is an X25519 key")
			};
			HpkeKey::XWing(BoundedVec::truncate_from([vec![n; 1_184], half.to_vec()].concat()))
		};
		refused(hospital("n", x_wing(201)), Error::HpkeKeyInUse);
		assert_ok!(Roles::admit_institution(
			RuntimeOrigin::root(),
			hospital("n", x_wing(100))
		));
		refused(hospital("m", hpke(100)), Error::HpkeKeyInUse);
		let mut other_lattice = x_wing(100);
		if let HpkeKey::XWing(key) = &mut other_lattice {
			key[0] ^= 1;
		}
		refused(hospital("m", other_lattice), Error::HpkeKeyInUse);
	});
}

#[test]
fn admission_terms_must_be_able_to_become_a_grant() {
	story(|| {
		let over = Terms {
			ends: START,
			..admission_terms()
		};
		refused(
			Institution {
				admission_terms: over,
				..new_hospital()
			},
			Error::AdmissionTermsNotAcceptable,
		);
	});
}

#[test]
fn a_patients_account_never_becomes_staff() {
	story(|| {
		register(1);
		let patient = id("patient-1");
		let officers = BoundedVec::truncate_from(vec![id("n1"), patient.clone()]);
		refused(
			Institution {
				officers,
				..new_hospital()
			},
			Error::AccountInUse,
		);
		refused(
			Institution {
				seat: Some(patient.clone()),
				..new_hospital()
			},
			Error::AccountInUse,
		);
		refused(
			Institution {
				validator: Some(patient),
				..new_hospital()
			},
			Error::AccountInUse,
		);
	});
}

#[test]
fn ids_run_out_in_the_end() {
	story(|| {
		let next = NextInstitution::<Test>::get();
		NextInstitution::<Test>::put(InstitutionId::MAX);
		refused(new_hospital(), Error::IdsExhausted);
		NextInstitution::<Test>::put(next);
	});
}

#[test]
fn what_the_consortium_refuses_leaves_nothing_behind() {
	story(|| {
		CouncilIsFull::set(true);
		assert_noop!(
			Roles::admit_institution(RuntimeOrigin::root(), new_hospital()),
			DispatchError::Exhausted
		);
		assert_eq!(System::providers(&id("n1")), 0);
	});
}

#[test]
fn one_write_suspends_everybody_at_an_institution_and_one_brings_them_back() {
	story(|| {
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		assert_eq!(last_event(), Event::InstitutionSuspended { institution: A });
		assert!(Roles::active_institution(A).is_err() && !Roles::is_officer(&id("a1"), A));
		assert!(!Roles::standing(&id("doctor"), A).unwrap().active);
		assert!(Roles::standing(&id("doctor-b"), B).unwrap().active);

		assert_ok!(Roles::reinstate_institution(RuntimeOrigin::root(), A));
		assert_eq!(last_event(), Event::InstitutionReinstated { institution: A });
		assert!(Roles::active_institution(A).is_ok() && Roles::is_officer(&id("a1"), A));
		assert!(Roles::standing(&id("doctor"), A).unwrap().active);
	});
}

#[test]
fn a_revoked_institution_never_counts_again() {
	story(|| {
		let council = RuntimeOrigin::root;
		assert_noop!(Roles::revoke_institution(by("a1"), A), DispatchError::BadOrigin);
		assert_noop!(
			Roles::revoke_institution(council(), 9),
			Error::<Test>::UnknownInstitution
		);
		LastSeat::set(true);
		assert_noop!(Roles::revoke_institution(council(), A), DispatchError::Exhausted);
		LastSeat::set(false);
		assert_ok!(both(Act::NameRegistrar(id("desk"))));
		assert_ok!(Roles::propose_act(by("a1"), A, Act::AddOfficer(id("a3"))));
		let before = Told::get().len();

		assert_ok!(Roles::revoke_institution(council(), A));
		assert_eq!(last_event(), Event::InstitutionRevoked { institution: A });
		assert_eq!(Told::get()[before..], [A]);
		assert!(Roles::active_institution(A).is_err() && !Roles::is_officer(&id("a1"), A));
		assert!(!Roles::standing(&id("doctor"), A).unwrap().active);
		assert!(Roles::standing(&id("doctor-b"), B).unwrap().active);
		assert_eq!(Roles::registrar(A), None);
		assert!(Roles::proposed_acts(A).is_empty());
		assert_noop!(
			Roles::reinstate_institution(council(), A),
			Error::<Test>::InstitutionRevoked
		);
		assert_noop!(
			Roles::suspend_institution(council(), A),
			Error::<Test>::InstitutionNotActive
		);
		assert_noop!(
			Roles::revoke_institution(council(), A),
			Error::<Test>::InstitutionRevoked
		);
		// A suspended one is revoked as well.
		assert_ok!(Roles::suspend_institution(council(), B));
		assert_ok!(Roles::revoke_institution(council(), B));
	});
}

#[test]
fn nodes_and_keys_of_a_revoked_institution_stay_what_they_were() {
	story(|| {
		assert_ok!(both(Act::ChangeHpkeKey(hpke(77))));
		assert_ok!(Roles::revoke_institution(RuntimeOrigin::root(), A));
		set_time(START + KEY_NOTICE);
		assert_noop!(Roles::apply_keys(by("b1"), A), Error::<Test>::InstitutionRevoked);
	});
}

#[test]
fn whoever_acted_for_a_revoked_institution_is_free_but_its_validator() {
	story(|| {
		assert_ok!(both(Act::NameRegistrar(id("desk"))));
		assert_ok!(Roles::revoke_institution(RuntimeOrigin::root(), A));
		for name in ["a1", "a2", "desk"] {
			assert_ok!(Roles::leave(by(name), Default::default()));
		}
		assert_noop!(
			Roles::leave(by("a-node"), Default::default()),
			Error::<Test>::HoldsOffice
		);
		assert_ok!(Roles::leave(by("doctor"), vec![A].try_into().unwrap()));
	});
}

#[test]
fn what_does_not_exist_or_is_done_already_is_refused() {
	story(|| {
		assert_noop!(
			Roles::suspend_institution(RuntimeOrigin::root(), 9),
			Error::<Test>::UnknownInstitution
		);
		assert_noop!(
			Roles::reinstate_institution(RuntimeOrigin::root(), 9),
			Error::<Test>::UnknownInstitution
		);
		assert_noop!(
			Roles::reinstate_institution(RuntimeOrigin::root(), A),
			Error::<Test>::InstitutionNotSuspended
		);
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		assert_noop!(
			Roles::suspend_institution(RuntimeOrigin::root(), A),
			Error::<Test>::InstitutionNotActive
		);
	});
}

#[test]
fn institutions_are_listed_by_their_ids() {
	story(|| {
		let ids = |from, limit| -> Vec<InstitutionId> {
			let page = Roles::institutions(from, limit);
			assert!(page
				.iter()
				.all(|(id, entry)| Roles::institution(*id).as_ref() == Some(entry)));
			page.into_iter().map(|(id, _)| id).collect()
		};
		assert_eq!(ids(0, u32::MAX), (0..NEW).collect::<Vec<_>>());
		assert_eq!(ids(1, 1), [1]);
		assert!(ids(0, 0).is_empty());
		assert!(ids(NEW, 8).is_empty());
		assert!(ids(u32::MAX, u32::MAX).is_empty());
	});
}
