//! The invariants are broken by hand, and each breach is found.

use super::paper::MAY_2030;
use crate::{
	keys, mock::*, Act, ActiveSince, Applications, Assignments, AttestedApplication, CaregiversOf, ContactsCommitment,
	ContactsOf, ContestedDeath, ContestedDeaths, Credentials, GuardiansOf, Home, HpkeKeys, Institutions, KeyLosses,
	KinOf, Merge, Merges, NextInstitution, NextPatient, PaperRecord, PaperRecords, PatientOf, Patients, ProposedAct,
	ProposedActs, Recoveries, Recovery, RecoveryRounds, Registrars, Ties, TiesOf, Tombstones, UsedVouchers, Violations,
};
use frame_support::assert_ok;
use salus_primitives::{
	Action, ActionSet, Assignment, Credential, Guardianship, HpkeKey, Institution, InstitutionKind, KeyLoss, Patient,
	PatientStatus, Role, DAY,
};
use sp_core::H256;
use sp_runtime::{AccountId32, BoundedVec, DispatchError};

/// Two patients, of whom the first is assigned to the doctor.
fn breach(what: &str, breaking: impl FnOnce()) {
	world().execute_with(|| {
		register(1);
		register(2);
		assert_ok!(Roles::propose_assignment(by("admin"), 0, id("doctor")));
		Roles::check_state().unwrap();
		breaking();
		let named: &'static str = Box::leak(format!("roles: {what}").into_boxed_str());
		assert_eq!(Roles::check_state(), Err(DispatchError::from(named)));
	});
}

fn recovery() -> Recovery<AccountId32> {
	Recovery {
		controller: id("new"),
		hpke: hpke(9),
		evidence: H256::zero(),
		since: START,
		objected: false,
		vouched: false,
	}
}

fn institution(id: u32, change: impl FnOnce(&mut Institution<AccountId32>)) {
	Institutions::<Test>::mutate(id, |entry| change(entry.as_mut().unwrap()));
}

fn patient(id: u64, change: impl FnOnce(&mut Patient<AccountId32>)) {
	Patients::<Test>::mutate(id, |entry| change(entry.as_mut().unwrap()));
}

#[test]
fn breaches_of_standing_are_found() {
	let wrong = "an account with a home holds other than one provider reference";
	for name in ["doctor", "a1", "a-node", "patient-1"] {
		breach(wrong, || {
			assert_ok!(System::dec_providers(&id(name)));
		});
		breach(wrong, || {
			System::inc_providers(&id(name));
		});
	}
	breach("an account with a home holds a sufficient reference", || {
		System::inc_sufficients(&id("doctor"));
	});
	breach("a home is no institution", || Home::<Test>::insert(id("doctor"), 9));
	for leak in [System::inc_providers, System::inc_sufficients] {
		breach("an account without a home holds a reference", || {
			leak(&id("nobody"));
		});
	}
	breach("an account without a home holds a reference", || {
		Home::<Test>::remove(id("doctor"));
	});
}

#[test]
fn breaches_among_institutions_are_found() {
	breach("an institution's id is not below the next one", || {
		NextInstitution::<Test>::put(2)
	});
	breach("an officer is named twice", || {
		institution(A, |a| a.officers[1] = a.officers[0].clone())
	});
	breach("an institution has too few officers", || {
		institution(A, |a| {
			a.officers.pop();
		})
	});
	breach("a seat without a hospital, or the reverse", || {
		institution(A, |a| a.seat = None)
	});
	breach("a seat without a hospital, or the reverse", || {
		institution(A, |a| a.kind = InstitutionKind::Clinic)
	});
	let strangers = "an institution's account has no standing";
	breach(strangers, || institution(A, |a| a.officers[0] = id("nobody")));
	breach(strangers, || institution(A, |a| a.seat = Some(id("nobody"))));
	breach(strangers, || institution(A, |a| a.validator = Some(id("nobody"))));
	breach(strangers, || {
		assert_ok!(Roles::revoke_institution(RuntimeOrigin::root(), A));
		institution(A, |a| a.seat = Some(id("nobody")))
	});
	breach("a revoked institution has a registrar", || {
		assert_ok!(Roles::revoke_institution(RuntimeOrigin::root(), A));
		Roles::settle(&id("desk"), A);
		Roles::take_office(&id("desk"), A).unwrap();
		Registrars::<Test>::insert(A, id("desk"));
	});
	breach("an institution's account is a patient's", || {
		institution(A, |a| a.officers[0] = id("patient-1"))
	});
	breach("an institution's id was skipped", || NextInstitution::<Test>::put(4));
}

#[test]
fn violations_are_of_suspended_credentials() {
	let what = "a violation, and the credential is not suspended";
	breach(what, || Violations::<Test>::insert((id("doctor"), A), ()));
	breach(what, || Violations::<Test>::insert((id("nobody"), A), ()));
}

#[test]
fn breaches_among_credentials_are_found() {
	let issued = |name: &str, at: u32| Credentials::<Test>::insert((id(name), at), credential(Role::Nurse));
	breach("a credential of no institution", || issued("doctor", 9));
	breach("a credential's holder has no standing", || issued("nobody", A));
	breach("a credential's holder is a patient", || issued("patient-1", A));
	breach("a credential ends before it begins", || {
		Credentials::<Test>::insert(
			(id("nurse"), B),
			Credential {
				valid_from: START,
				valid_until: START,
				..credential(Role::Nurse)
			},
		)
	});
	breach("a credential that was never issued is active since", || {
		ActiveSince::<Test>::insert((id("nobody"), A), START)
	});
}

#[test]
fn breaches_among_patients_are_found() {
	breach("a patient's id is not below the next one", || {
		NextPatient::<Test>::put(1)
	});
	breach("a patient of no institution", || {
		patient(0, |entry| entry.institution = 9)
	});
	breach("a controller is not its patient's", || {
		patient(0, |entry| entry.controller = Some(id("patient-2")))
	});
	breach("a patient's home is not her institution", || {
		Home::<Test>::insert(id("patient-1"), B)
	});
	breach("a patient was merged into nobody", || {
		patient(0, |entry| entry.status = PatientStatus::MergedInto(7))
	});
	breach("a patient was merged across institutions", || {
		Home::<Test>::insert(id("patient-2"), B);
		patient(1, |entry| entry.institution = B);
		patient(0, |entry| entry.status = PatientStatus::MergedInto(1));
	});
	breach("a patient's id was skipped", || NextPatient::<Test>::put(3));
	breach("a controller of nobody", || {
		Roles::settle(&id("patient-3"), A);
		PatientOf::<Test>::insert(id("patient-3"), 7)
	});
	breach("two controllers of one patient", || {
		Roles::settle(&id("patient-3"), A);
		PatientOf::<Test>::insert(id("patient-3"), 0)
	});
	breach("an account that acts for a patient has no standing", || {
		PatientOf::<Test>::insert(id("patient-3"), 0)
	});
	breach("more vouchers were used than patients registered", || {
		UsedVouchers::<Test>::insert(letter(3).voucher.key, START)
	});
}

#[test]
fn breaches_among_hpke_keys_are_found() {
	breach("a malformed HPKE key is in use", || {
		institution(B, |b| b.hpke = HpkeKey::X25519([0; 32]))
	});
	breach("an HPKE key is in use twice", || {
		patient(0, |entry| entry.hpke = Some(hpke(2)))
	});
	// The same X25519 key, this time as half of an X-Wing key.
	breach("an HPKE key is in use twice", || {
		let HpkeKey::X25519(half) = hpke(2) else {
			panic!("it is an X25519 key")
		};
		let key = [vec![1; 1_184], half.to_vec()].concat();
		patient(0, |entry| {
			entry.hpke = Some(HpkeKey::XWing(BoundedVec::truncate_from(key)))
		});
	});
	let not_those = "the HPKE keys noted are not those in use";
	breach(not_those, || patient(0, |entry| entry.hpke = None));
	breach(not_those, || patient(0, |entry| entry.hpke = Some(hpke(77))));
	breach(not_those, || HpkeKeys::<Test>::insert(H256([1; 32]), ()));
}

#[test]
fn breaches_among_assignments_are_found() {
	let assigned = |patient: u64, name: &str, at: u32| {
		Assignments::<Test>::insert(patient, (id(name), at), Assignment::Accepted(START));
	};
	breach("an assignment of nobody", || assigned(7, "doctor", A));
	breach("an assignment at another institution", || assigned(0, "doctor-b", B));
	breach("an assignment to somebody without a credential", || {
		assigned(0, "a1", A)
	});
}

#[test]
fn breaches_among_acts_and_applications_are_found() {
	breach("an account that left has a home", || {
		Tombstones::<Test>::insert(id("nurse"), ())
	});
	breach("what an account holds is miscounted", || {
		TiesOf::<Test>::insert(id("nurse"), Ties::default())
	});
	breach("what an account holds is miscounted", || Roles::quit_office(&id("a1")));
	let office = |name: &str| TiesOf::<Test>::mutate(id(name), |ties| ties.offices += 1);
	breach("a registrar of no institution", || {
		office("nurse");
		Registrars::<Test>::insert(9, id("nurse"))
	});
	breach("a registrar is an officer", || {
		office("a1");
		Registrars::<Test>::insert(A, id("a1"))
	});
	breach("an application to no institution", || {
		let attested = AttestedApplication {
			role: Role::Nurse,
			licence: H256::zero(),
			speciality: H256::zero(),
			registrar: id("a1"),
			until: START,
		};
		Applications::<Test>::insert((id("ada"), 9), attested)
	});
	let waits = || ProposedAct {
		act: Act::RemoveRegistrar,
		proposer: id("a1"),
		until: START,
	};
	breach("an act of no institution", || {
		ProposedActs::<Test>::insert(9, BoundedVec::truncate_from(vec![waits()]))
	});
	breach("an act waits twice", || {
		ProposedActs::<Test>::insert(A, BoundedVec::truncate_from(vec![waits(), waits()]))
	});
	breach("a retired HPKE key is in use", || {
		keys::retire::<Test>(&hpke(1)).unwrap()
	});
}

#[test]
fn contested_deaths_are_as_the_patients_entry_says() {
	let what = "a contested death is not as the patient's entry says";
	let contested = |of: u64, upheld| ContestedDeaths::<Test>::insert(of, ContestedDeath { at: START, upheld });
	let died = |at| {
		Patients::<Test>::mutate(0, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(at)
		})
	};
	breach(what, || contested(9, false));
	breach(what, || contested(0, true));
	breach(what, || {
		died(START);
		contested(0, false);
	});
	breach(what, || {
		died(START - DAY);
		contested(0, true);
	});
}

#[test]
fn breaches_among_kin_are_found() {
	let guardianship = |guardian: &str, ends: u64| Guardianship {
		guardian: id(guardian),
		executor: false,
		actions: ActionSet::of(&[Action::View]),
		consents: false,
		evidence: H256::zero(),
		starts: START,
		ends,
		contested: false,
	};
	let guardians = |of: u64, all: Vec<Guardianship<AccountId32>>| {
		GuardiansOf::<Test>::insert(of, BoundedVec::truncate_from(all));
	};
	let caregivers = |of: u64, all: &[&str]| {
		CaregiversOf::<Test>::insert(of, BoundedVec::truncate_from(all.iter().map(|name| id(name)).collect()));
	};
	let kin = |name: &str, of: u64| {
		Roles::settle(&id(name), A);
		KinOf::<Test>::insert(id(name), of);
	};
	let unnoted = "those who act for patients are not those who were named";
	breach(unnoted, || kin("mother", 0));
	breach(unnoted, || caregivers(0, &["mother"]));
	breach(unnoted, || guardians(0, vec![guardianship("mother", 0)]));
	breach(unnoted, || {
		kin("mother", 1);
		caregivers(0, &["mother"]);
	});
	breach("a caregiver is named twice, or none is", || {
		kin("mother", 0);
		caregivers(0, &["mother", "mother"]);
	});
	breach("a caregiver is named twice, or none is", || caregivers(0, &[]));
	breach("a guardian is named twice, or none is", || {
		kin("mother", 0);
		guardians(0, vec![guardianship("mother", 0), guardianship("mother", 0)]);
	});
	breach("a guardian is named twice, or none is", || guardians(0, vec![]));
	breach("a guardianship ends within a month", || {
		kin("mother", 0);
		guardians(0, vec![guardianship("mother", START + DAY)]);
	});
	breach("a guardianship outlasts the patient's majority", || {
		kin("mother", 0);
		guardians(0, vec![guardianship("mother", MAY_2030)]);
		let paper = PaperRecord {
			evidence: H256::zero(),
			identified: true,
			// 1 April 2030.
			majority: Some(MAY_2030 - 30 * DAY),
		};
		PaperRecords::<Test>::insert(0, paper);
	});
	breach("a patient acts for another one", || {
		KinOf::<Test>::insert(id("patient-2"), 0);
		caregivers(0, &["patient-2"]);
	});
	breach("an account that acts for a patient has no standing", || {
		KinOf::<Test>::insert(id("mother"), 0)
	});
	breach("something is noted of nobody", || {
		let contacts = ContactsCommitment {
			threshold: 1,
			commitment: H256::zero(),
		};
		ContactsOf::<Test>::insert(7, contacts);
	});
	let elsewhere = "a key was lost at another time than its recovery says";
	let lost = |waiting, recovered| KeyLosses::<Test>::insert(0, KeyLoss { waiting, recovered });
	breach(elsewhere, || lost(Some(START), None));
	breach(elsewhere, || lost(None, None));
	breach(elsewhere, || lost(None, Some((START, START - 1))));
	breach(elsewhere, || {
		Recoveries::<Test>::insert(0, recovery());
		lost(Some(START + 1), None);
	});
	breach(elsewhere, || {
		Recoveries::<Test>::insert(0, recovery());
		lost(None, Some((START, START)));
	});
	breach("something is noted of nobody", || RecoveryRounds::<Test>::insert(7, 1));
	breach("a key is recovered that was not lost", || {
		Recoveries::<Test>::insert(0, recovery())
	});
	breach("something is noted of nobody", || {
		let loss = KeyLoss {
			waiting: None,
			recovered: Some((START, START)),
		};
		KeyLosses::<Test>::insert(7, loss);
	});
	breach("a merge is not the patient's", || {
		Merges::<Test>::insert(0, Merge { into: 1, at: START })
	});
	breach("a merge is not the patient's", || {
		patient(0, |entry| entry.status = PatientStatus::MergedInto(1))
	});
}
