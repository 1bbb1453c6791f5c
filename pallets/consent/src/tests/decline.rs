use super::*;
use crate::{Event, Requests};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::Kind;

#[test]
fn a_declined_request_is_gone_and_opens_nothing() {
	story(|| {
		let request = ask(terms());
		assert_ok!(Consent::decline(signed(PIA), PATIENT, BEA, request));
		let entry = last_entry(PATIENT);
		assert_eq!(
			(&entry.kind, entry.actor),
			(&Kind::RequestDeclined { request }, Some(PIA))
		);
		System::assert_last_event(
			Event::Declined {
				patient: PATIENT,
				requester: BEA,
				request,
				entry,
			}
			.into(),
		);
		assert!(!Requests::<Test>::contains_key(PATIENT, BEA));
		assert_eq!(decide(&question()), denied(Reason::NoGrant));
		assert_noop!(Consent::decline(signed(PIA), PATIENT, BEA, request), E::UnknownRequest);
	});
}

#[test]
fn only_the_patient_declines_and_only_what_was_asked() {
	story(|| {
		let request = ask(terms());
		for who in [BEA, OLE, STRANGER] {
			assert_noop!(Consent::decline(signed(who), PATIENT, BEA, request), E::NotThePatient);
		}
		assert_noop!(Consent::decline(signed(PIA), 12_345, BEA, request), E::UnknownPatient);
		assert_noop!(Consent::decline(signed(PIA), PATIENT, NED, request), E::UnknownRequest);
		assert_noop!(
			Consent::decline(signed(OLE), OTHER_PATIENT, BEA, request),
			E::UnknownRequest
		);
	});
}

#[test]
fn an_expired_request_can_be_declined() {
	story(|| {
		let request = ask(terms());
		wait(10 * DAY);
		assert_ok!(Consent::decline(signed(PIA), PATIENT, BEA, request));
		assert!(!Requests::<Test>::contains_key(PATIENT, BEA));
	});
}
