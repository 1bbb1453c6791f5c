//! `offer`, `accept` and `end_offer`.

use super::*;
use crate::OFFER_LIFETIME;
use salus_primitives::{PatientStatus, Role, Status};

const SCAN: H256 = H256([6; 32]);

fn offer(who: &str, n: u8, patient: PatientId, time: Interval, scan: Option<H256>) -> DispatchResult {
	Telemetry::offer(signed(who), key(n), patient, time, scan)
}

fn accept(who: &str, n: u8) -> DispatchResult {
	Telemetry::accept(signed(who), key(n))
}

fn end(who: &str, n: u8) -> DispatchResult {
	Telemetry::end_offer(signed(who), key(n))
}

#[test]
fn the_patient_accepts_what_the_ward_offers() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		assert_ok!(offer("nurse", 0, ADA, from_now(30 * DAY), None));
		assert_noted(ADA, "nurse", Kind::DeviceOffered { device: key(0) });
		assert_eq!(Telemetry::offered(key(0)).unwrap().until, START + OFFER_LIFETIME);
		assert_eq!(the_device(0).latest, None);
		pass(HOUR);
		assert_ok!(accept("ada", 0));
		let (binding, device) = (0, key(0));
		assert_noted(ADA, "ada", Kind::DeviceBound { binding, device });
		// It begins when she accepts.
		assert_eq!(
			(the_binding(0).starts, the_binding(0).ends),
			(START + HOUR, START + 30 * DAY)
		);
		assert_eq!(Telemetry::offered(key(0)), None);
		assert_noop!(accept("ada", 0), Error::NoOffer);
	});
}

#[test]
fn nobody_else_accepts() {
	story(|| {
		guard(ADA, "aunt", false);
		guard(ADA, "mother", true);
		assert_ok!(provision("desk", 0, A));
		assert_noop!(accept("ada", 0), Error::NoOffer);
		assert_noop!(accept("ada", 1), Error::UnknownDevice);
		assert_ok!(offer("doctor", 0, ADA, from_now(DAY), None));
		for who in ["ben", "aunt", "nurse", "doctor", "desk", "nobody"] {
			assert_noop!(accept(who, 0), Error::NotPermitted);
		}
		assert_ok!(accept("mother", 0));
		assert_ok!(unbind("mother", 0));
		assert_ok!(offer("doctor", 0, ADA, from_now(DAY + 1), None));
		assert_noop!(accept("mother", 0), Error::BeyondGuardianship);
	});
}

#[test]
fn who_offers_works_at_the_bed_or_the_desk() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		for who in ["pharmacist", "ada", "doctor-b"] {
			assert_noop!(offer(who, 0, ADA, from_now(DAY), None), Error::NotPermitted);
		}
		assert_noop!(offer("nurse", 1, ADA, from_now(DAY), None), Error::UnknownDevice);
		assert_noop!(offer("nurse", 0, 99, from_now(DAY), None), Error::UnknownPatient);
		assert_noop!(offer("nurse", 0, FAY, from_now(DAY), None), Error::ForeignPatient);
		assert_noop!(offer("nurse", 0, ADA, from_now(0), None), Error::IntervalInverted);
		assert_noop!(
			offer("nurse", 0, ADA, from_now(367 * DAY), None),
			Error::IntervalTooLong
		);
		Patients::mutate_extant(ADA, |patient| patient.status = PatientStatus::Deceased(START));
		assert_noop!(offer("nurse", 0, ADA, from_now(DAY), None), Error::PatientNotActive);
		assert_ok!(Telemetry::set_status(signed("desk"), key(0), Status::Suspended));
		assert_noop!(offer("nurse", 0, BEN, from_now(DAY), None), Error::DeviceInactive);
		Institutions::insert(A, false);
		assert_noop!(offer("nurse", 0, BEN, from_now(DAY), None), Error::InstitutionInactive);
	});
}

#[test]
fn a_device_is_offered_to_one_at_a_time() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		assert_ok!(offer("nurse", 0, ADA, from_now(30 * DAY), None));
		assert_noop!(offer("nurse", 0, BEN, from_now(DAY), None), Error::DeviceOffered);
		assert_noop!(bind("nurse", 0, BEN, "ben", from_now(DAY)), Error::DeviceOffered);
		pass(OFFER_LIFETIME);
		assert_eq!(Telemetry::offered(key(0)), None);
		assert_noop!(accept("ada", 0), Error::NoOffer);
		assert_ok!(offer("nurse", 0, BEN, from_now(DAY), None));
		assert_ok!(accept("ben", 0));
		assert_noop!(offer("nurse", 0, ADA, from_now(DAY), None), Error::StillBound);
	});
}

#[test]
fn a_lapsed_offer_stands_in_nobodys_way() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		assert_ok!(offer("nurse", 0, ADA, from_now(HOUR), None));
		assert_eq!(Telemetry::offered(key(0)).unwrap().until, START + HOUR);
		pass(HOUR);
		assert_ok!(bind("nurse", 0, BEN, "ben", from_now(DAY)));
		assert!(!crate::Offers::<Test>::contains_key(key(0)));
	});
}

#[test]
fn either_side_ends_an_offer() {
	story(|| {
		guard(ADA, "mother", true);
		assert_ok!(provision("desk", 0, A));
		assert_noop!(end("ada", 0), Error::NoOffer);
		assert_noop!(end("ada", 1), Error::UnknownDevice);
		for who in ["ada", "mother", "nurse", "doctor", "desk", "officer"] {
			assert_ok!(offer("nurse", 0, ADA, from_now(DAY), None));
			for stranger in ["ben", "pharmacist", "doctor-b", "nobody"] {
				assert_noop!(end(stranger, 0), Error::NotPermitted);
			}
			assert_ok!(end(who, 0));
			assert_noted(ADA, who, Kind::DeviceOfferEnded { device: key(0) });
			assert_noop!(accept("ada", 0), Error::NoOffer);
		}
		// A suspended institution keeps her from nothing.
		assert_ok!(offer("nurse", 0, ADA, from_now(DAY), None));
		Institutions::insert(A, false);
		assert_noop!(end("nurse", 0), Error::InstitutionInactive);
		assert_ok!(end("ada", 0));
	});
}

#[test]
fn what_was_signed_on_paper_takes_two_witnesses() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		// The first is at the desk.
		assert_noop!(offer("nurse", 0, PAM, from_now(DAY), Some(SCAN)), Error::NotPermitted);
		assert_ok!(offer("desk", 0, PAM, from_now(DAY), Some(SCAN)));
		assert_noop!(accept("desk", 0), Error::OwnOffer);
		for who in ["desk-b", "doctor-b", "ada", "nobody"] {
			assert_noop!(accept(who, 0), Error::NotPermitted);
		}
		assert_ok!(accept("pharmacist", 0));
		let with = account("desk");
		let (binding, device) = (0, key(0));
		let trail = entries(PAM);
		let kinds: Vec<_> = trail.iter().skip(1).map(|entry| entry.kind.clone()).collect();
		assert_eq!(
			kinds,
			vec![
				Kind::PaperWitnessed { with, scan: SCAN },
				Kind::DeviceBound { binding, device },
			]
		);
		assert!(trail
			.iter()
			.skip(1)
			.all(|entry| entry.actor == Some(account("pharmacist"))));
		// What the ward offers without a paper, nobody accepts.
		assert_ok!(unbind("nurse", 0));
		assert_ok!(offer("nurse", 0, PAM, from_now(DAY), None));
		assert_noop!(accept("pharmacist", 0), Error::NotPermitted);
	});
}

#[test]
fn paper_is_for_who_has_no_account() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		assert_noop!(offer("desk", 0, ADA, from_now(DAY), Some(SCAN)), Error::NotOnPaper);
		assert_ok!(offer("officer", 0, PAM, from_now(DAY), Some(SCAN)));
		Patients::mutate_extant(PAM, |patient| patient.controller = Some(account("pam")));
		assert_noop!(accept("nurse", 0), Error::NotOnPaper);
		assert_ok!(end("pam", 0));
	});
}

#[test]
fn a_witness_who_left_counts_no_more() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		assert_ok!(offer("desk", 0, PAM, from_now(DAY), Some(SCAN)));
		Credentials::insert((account("desk"), A), (Role::Administrator, false));
		assert_noop!(accept("nurse", 0), Error::WitnessLeft);
		Credentials::insert((account("desk"), A), (Role::Nurse, true));
		assert_noop!(accept("nurse", 0), Error::WitnessLeft);
		Institutions::insert(A, false);
		assert_noop!(accept("nurse", 0), Error::InstitutionInactive);
	});
}

#[test]
fn what_changed_since_the_offer_is_seen() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		assert_ok!(offer("desk", 0, ADA, from_now(DAY), None));
		assert_ok!(Telemetry::set_status(signed("desk"), key(0), Status::Suspended));
		assert_noop!(accept("ada", 0), Error::DeviceInactive);
		Patients::mutate_extant(ADA, |patient| patient.status = PatientStatus::MergedInto(BEN));
		assert_noop!(accept("ada", 0), Error::PatientNotActive);
	});
}
