//! Patients without a device: `RegisterOnPaper`, `Identify`, `Claim`.

use crate::{mock::*, patients::is_first_of_month, Act, Error, Event, PaperRecord, PaperRecords};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{
	AuditEntry, Capacity, ControllerCause, Kind, Moment, Patient, PatientId, PatientStatus, DAY, SECOND,
};
use sp_core::H256;

pub(super) const EVIDENCE: H256 = H256([7; 32]);
/// 2030-05-01T00:00:00Z.
pub(super) const MAY_2030: Moment = 1_903_824_000_000;

pub(super) fn refused(act: TwoOfficers, error: Error<Test>) {
	assert_noop!(Roles::propose_act(by("a1"), A, act), error);
}

pub(super) fn on_paper(identified: bool, majority: Option<Moment>) -> TwoOfficers {
	Act::RegisterOnPaper {
		evidence: EVIDENCE,
		identified,
		majority,
	}
}

pub(super) fn identify(patient: PatientId, majority: Option<Moment>) -> TwoOfficers {
	Act::Identify {
		patient,
		evidence: H256([8; 32]),
		majority,
	}
}

/// A patient of hospital A on paper: the first patient there is.
pub(super) fn paper_patient() -> PatientId {
	assert_ok!(both(on_paper(true, None)));
	crate::NextPatient::<Test>::get() - 1
}

pub(super) fn claim(patient: PatientId, controller: &str, key: u8) -> TwoOfficers {
	let signature = accepts(controller, patient, Capacity::Controller, Some(&hpke(key)));
	Act::Claim {
		patient,
		controller: id(controller),
		hpke: hpke(key),
		signature,
	}
}

#[test]
fn two_officers_register_a_patient_on_paper() {
	story(|| {
		assert_ok!(both(on_paper(true, None)));
		let entry = AuditEntry {
			seq: 1,
			at: START,
			actor: Some(id("a2")),
			kind: Kind::PatientRegisteredOnPaper {
				institution: A,
				with: id("a1"),
			},
		};
		assert_eq!(Trail::get(), vec![(0, entry.clone())]);
		assert!(events().contains(&Event::PatientChanged { patient: 0, entry }));
		assert_eq!(
			Roles::patient(0),
			Some(Patient {
				controller: None,
				hpke: None,
				institution: A,
				status: PatientStatus::Active
			})
		);
		let paper = PaperRecord {
			evidence: EVIDENCE,
			identified: true,
			majority: None,
		};
		assert_eq!(PaperRecords::<Test>::get(0), Some(paper));
	});
}

#[test]
fn a_minor_comes_of_age_on_the_first_of_a_month_ahead() {
	story(|| {
		assert_ok!(both(on_paper(true, Some(MAY_2030))));
		assert_eq!(PaperRecords::<Test>::get(0).unwrap().majority, Some(MAY_2030));
		refused(on_paper(true, Some(START)), Error::MajorityOutOfRange);
		refused(on_paper(true, Some(START + 9_151 * DAY)), Error::MajorityOutOfRange);
		refused(on_paper(true, Some(MAY_2030 + DAY)), Error::NotFirstOfMonth);
		refused(on_paper(true, Some(MAY_2030 + SECOND)), Error::NotFirstOfMonth);
	});
}

#[test]
fn the_first_of_a_month_is_known_for_centuries() {
	// Every day from 1970 to 2369, counted as a calendar does.
	let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
	let mut day = 0;
	for year in 1970..2370 {
		let february = if leap(year) { 29 } else { 28 };
		for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
			for of_month in 0..length {
				assert_eq!(is_first_of_month(day * DAY), of_month == 0, "day {day} of {year}");
				day += 1;
			}
		}
	}
	assert!(!is_first_of_month(1));
}

#[test]
fn there_are_ids_left() {
	story(|| {
		world().execute_with(|| {
			crate::NextPatient::<Test>::put(u64::MAX);
			refused(on_paper(true, None), Error::IdsExhausted);
		});
	});
}

#[test]
fn an_unidentified_patient_is_identified_once() {
	story(|| {
		assert_ok!(both(on_paper(false, None)));
		let identify = |patient| identify(patient, None);
		assert_ok!(both(identify(0)));
		let paper = PaperRecords::<Test>::get(0).unwrap();
		assert_eq!((paper.identified, paper.evidence), (true, H256([8; 32])));
		assert_eq!(
			Trail::get().last().unwrap().1.kind,
			Kind::PatientIdentified { with: id("a1") }
		);
		refused(identify(0), Error::AlreadyIdentified);
		register(1);
		refused(identify(1), Error::AlreadyIdentified);
		refused(identify(9), Error::UnknownPatient);
		assert_noop!(
			Roles::propose_act(by("b1"), B, identify(0)),
			Error::<Test>::PatientElsewhere
		);
	});
}

#[test]
fn whoever_turns_out_to_be_a_child_has_a_majority() {
	story(|| {
		assert_ok!(both(on_paper(false, None)));
		refused(identify(0, Some(START)), Error::MajorityOutOfRange);
		refused(identify(0, Some(START + 9_151 * DAY)), Error::MajorityOutOfRange);
		refused(identify(0, Some(MAY_2030 + DAY)), Error::NotFirstOfMonth);
		assert_ok!(both(identify(0, Some(MAY_2030))));
		let paper = PaperRecords::<Test>::get(0).unwrap();
		assert_eq!((paper.identified, paper.majority), (true, Some(MAY_2030)));
	});
}

#[test]
fn a_majority_that_is_recorded_stays() {
	story(|| {
		for majority in [None, Some(MAY_2030)] {
			assert_ok!(both(on_paper(false, Some(MAY_2030))));
			let child = crate::NextPatient::<Test>::get() - 1;
			// 1 June 2030.
			let later = Some(MAY_2030 + 31 * DAY);
			refused(identify(child, later), Error::MajorityRecorded);
			assert_ok!(both(identify(child, majority)));
			assert_eq!(PaperRecords::<Test>::get(child).unwrap().majority, Some(MAY_2030));
		}
	});
}

#[test]
fn she_claims_her_id_later() {
	story(|| {
		let patient = paper_patient();
		assert_ok!(both(claim(patient, "patient-1", 1)));
		let entry = Roles::patient(patient).unwrap();
		assert_eq!((entry.controller, entry.hpke), (Some(id("patient-1")), Some(hpke(1))));
		assert_eq!(Roles::patient_of(&id("patient-1")), Some(patient));
		assert_eq!(Roles::home(&id("patient-1")), Some(A));
		assert_eq!(System::providers(&id("patient-1")), 1);
		assert_eq!(
			Trail::get().last().unwrap().1.kind,
			Kind::ControllerChanged {
				controller: id("patient-1"),
				cause: ControllerCause::Claimed
			}
		);
		refused(claim(patient, "patient-2", 2), Error::HasController);
	});
}

#[test]
fn only_an_account_and_a_key_of_her_own_claim() {
	story(|| {
		let patient = paper_patient();
		register(1);
		refused(claim(patient, "patient-1", 2), Error::AccountInUse);
		refused(claim(patient, "doctor", 2), Error::AccountInUse);
		refused(claim(patient, "patient-2", 1), Error::HpkeKeyInUse);
		assert_ok!(Roles::leave(by("nurse"), vec![A].try_into().unwrap()));
		refused(claim(patient, "nurse", 2), Error::AccountLeft);
		let mut bent = claim(patient, "patient-2", 2);
		if let Act::Claim { hpke, .. } = &mut bent {
			*hpke = salus_primitives::HpkeKey::X25519([0; 32]);
		}
		refused(bent, Error::AcceptanceInvalid);
		let malformed = salus_primitives::HpkeKey::X25519([0; 32]);
		let signature = accepts("patient-2", patient, Capacity::Controller, Some(&malformed));
		let act = Act::Claim {
			patient,
			controller: id("patient-2"),
			hpke: malformed,
			signature,
		};
		refused(act, Error::MalformedHpkeKey);
	});
}

#[test]
fn the_account_accepts_this_patient_and_this_part() {
	story(|| {
		let patient = paper_patient();
		let with = |signature| Act::Claim {
			patient,
			controller: id("patient-2"),
			hpke: hpke(2),
			signature,
		};
		let key = hpke(2);
		for signature in [
			accepts("eve", patient, Capacity::Controller, Some(&key)),
			accepts("patient-2", patient + 1, Capacity::Controller, Some(&key)),
			accepts("patient-2", patient, Capacity::Guardian, Some(&key)),
			accepts("patient-2", patient, Capacity::Controller, None),
		] {
			refused(with(signature), Error::AcceptanceInvalid);
		}
	});
}

#[test]
fn the_dead_and_the_merged_are_not_claimed() {
	story(|| {
		let (first, second) = (paper_patient(), paper_patient());
		assert_ok!(both(merging(first, second)));
		refused(claim(first, "patient-1", 1), Error::PatientNotActive);
		refused(claim(9, "patient-1", 1), Error::UnknownPatient);
		assert_noop!(
			Roles::propose_act(by("b1"), B, claim(second, "patient-1", 1)),
			Error::<Test>::PatientElsewhere
		);
	});
}
