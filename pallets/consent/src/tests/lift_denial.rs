use super::*;
use crate::{Denials, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{DenialTerms, Kind};

#[test]
fn a_lifted_denial_refuses_no_more() {
	story(|| {
		give(Grantee::Account(BEA), terms());
		assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
		assert_eq!(decide(&question()), denied(Reason::Refused));
		assert_ok!(Consent::lift_denial(signed(PIA), PATIENT, 0));
		assert!(decide(&question()).is_permit());
		let entry = last_entry(PATIENT);
		assert_eq!(
			(&entry.kind, entry.actor),
			(&Kind::DenialLifted { denial: 0 }, Some(PIA))
		);
		System::assert_last_event(
			Event::DenialLifted {
				patient: PATIENT,
				denial: 0,
				entry,
			}
			.into(),
		);
		assert!(!Denials::<Test>::contains_key(PATIENT));
		assert_noop!(Consent::lift_denial(signed(PIA), PATIENT, 0), E::UnknownDenial);
	});
}

#[test]
fn only_the_patient_lifts_and_only_her_denials() {
	story(|| {
		assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
		for who in [BEA, OLE, STRANGER] {
			assert_noop!(Consent::lift_denial(signed(who), PATIENT, 0), E::NotThePatient);
		}
		assert_noop!(Consent::lift_denial(signed(PIA), 12_345, 0), E::UnknownPatient);
		assert_noop!(Consent::lift_denial(signed(OLE), OTHER_PATIENT, 0), E::UnknownDenial);
		assert_noop!(Consent::lift_denial(signed(PIA), PATIENT, 1), E::UnknownDenial);
	});
}

#[test]
fn a_lifted_denial_makes_room() {
	story(|| {
		let record = |record| DenialTerms {
			record: Some(record),
			..DenialTerms::all()
		};
		for id in 0..31 {
			assert_ok!(Consent::deny(signed(PIA), PATIENT, record(id)));
		}
		assert_ok!(Consent::lift_denial(signed(PIA), PATIENT, 12));
		assert_ok!(Consent::deny(signed(PIA), PATIENT, record(31)));
		assert_eq!(
			Denials::<Test>::get(PATIENT).last().unwrap().id,
			31,
			"ids are not used again"
		);
	});
}
