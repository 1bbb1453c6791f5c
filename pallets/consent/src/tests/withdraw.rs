use super::*;
use crate::{Event, Requests};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::Kind;

#[test]
fn a_withdrawn_request_is_gone() {
	story(|| {
		let request = ask(terms());
		assert_ok!(Consent::withdraw(signed(BEA), PATIENT, request));
		let entry = last_entry(PATIENT);
		assert_eq!(
			(&entry.kind, entry.actor),
			(&Kind::RequestWithdrawn { request }, Some(BEA))
		);
		System::assert_last_event(
			Event::Withdrawn {
				patient: PATIENT,
				requester: BEA,
				request,
				entry,
			}
			.into(),
		);
		assert!(!Requests::<Test>::contains_key(PATIENT, BEA));
		assert_noop!(Consent::withdraw(signed(BEA), PATIENT, request), E::UnknownRequest);
		assert_noop!(
			Consent::approve(signed(PIA), PATIENT, BEA, request, terms()),
			E::UnknownRequest
		);
	});
}

#[test]
fn only_the_requester_withdraws_and_only_what_she_asked() {
	story(|| {
		let request = ask(terms());
		let other = ask(uses(1));
		for who in [NED, PIA, STRANGER] {
			assert_noop!(Consent::withdraw(signed(who), PATIENT, request), E::UnknownRequest);
		}
		assert_noop!(
			Consent::withdraw(signed(BEA), OTHER_PATIENT, request),
			E::UnknownRequest
		);
		assert_noop!(
			Consent::withdraw(RuntimeOrigin::none(), PATIENT, request),
			sp_runtime::DispatchError::BadOrigin
		);
		assert_ok!(Consent::withdraw(signed(BEA), PATIENT, request));
		assert_eq!(Requests::<Test>::get(PATIENT, BEA)[0].id, other);
	});
}

#[test]
fn an_expired_request_can_be_withdrawn() {
	story(|| {
		let request = ask(terms());
		wait(10 * DAY);
		assert!(Consent::requests(PATIENT, None, 10).is_empty());
		assert_ok!(Consent::withdraw(signed(BEA), PATIENT, request));
		assert!(!Requests::<Test>::contains_key(PATIENT, BEA));
	});
}
