//! The invariants are broken by hand, and each breach is found.

use super::*;
use crate::{Denials, Grants, Requests};
use frame_support::assert_ok;
use salus_primitives::DenialTerms;

fn breach(what: &str, breaking: impl FnOnce()) {
	ExtBuilder::default().build().execute_with(|| {
		give(Grantee::Account(BEA), uses(2));
		give(Grantee::Account(BEA), terms());
		ask(terms());
		ask(uses(1));
		assert_ok!(Consent::deny(
			signed(PIA),
			PATIENT,
			DenialTerms {
				record: Some(1),
				..DenialTerms::all()
			}
		));
		assert_ok!(Consent::deny(
			signed(PIA),
			PATIENT,
			DenialTerms {
				record: Some(2),
				..DenialTerms::all()
			}
		));
		Consent::check_state().unwrap();
		breaking();
		let found = Consent::check_state().unwrap_err();
		assert_eq!(
			found,
			sp_runtime::DispatchError::from(Box::leak(format!("consent: {what}").into_boxed_str()) as &'static str)
		);
	});
}

fn grants(change: impl FnOnce(&mut crate::GrantList<u64>)) {
	Grants::<Test>::mutate(PATIENT, Grantee::Account(BEA), change);
}

fn requests(change: impl FnOnce(&mut crate::RequestList)) {
	Requests::<Test>::mutate(PATIENT, BEA, change);
}

fn denials(change: impl FnOnce(&mut crate::DenialList<u64>)) {
	Denials::<Test>::mutate(PATIENT, change);
}

#[test]
fn breaches_among_grants_are_found() {
	breach("grants of an unknown patient", || {
		let list = Grants::<Test>::get(PATIENT, Grantee::Account(BEA));
		Grants::<Test>::insert(12_345, Grantee::Account(BEA), list);
		Grants::<Test>::remove(PATIENT, Grantee::Account(BEA));
	});
	breach("an empty list of grants", || grants(|list| list.clear()));
	breach("grants out of order", || grants(|list| list.as_mut().reverse()));
	breach("a grant id occurs twice", || grants(|list| list[0].id = 1));
	breach("a grant id was not given yet", || grants(|list| list[1].id = 2));
	breach("a grant with malformed terms", || grants(|list| list[1].terms.ends = 0));
	breach("more uses left than were granted", || {
		grants(|list| list[0].uses_left = Some(3))
	});
	breach("more uses left than were granted", || {
		grants(|list| list[0].uses_left = None)
	});
	breach("more uses left than were granted", || {
		grants(|list| list[1].uses_left = Some(1))
	});
	breach("a grant was passed on", || {
		let parent = salus_primitives::Parent {
			grantee: Grantee::Account(BEA),
			grant: 0,
		};
		grants(|list| list[1].parent = Some(parent))
	});
	breach("a grant was revoked before it was given", || {
		grants(|list| list[1].revoked_at = Some(1))
	});
	breach("a grant answers a request that was never made", || {
		grants(|list| list[1].request = Some(2))
	});
}

#[test]
fn breaches_among_requests_are_found() {
	breach("requests to an unknown patient", || {
		let list = Requests::<Test>::get(PATIENT, BEA);
		Requests::<Test>::insert(12_345, BEA, list);
		Requests::<Test>::remove(PATIENT, BEA);
	});
	breach("an empty list of requests", || requests(|list| list.clear()));
	breach("requests out of order", || requests(|list| list.as_mut().reverse()));
	breach("a request id occurs twice", || requests(|list| list[0].id = 1));
	breach("a request id was not given yet", || requests(|list| list[1].id = 2));
	breach("a request with malformed terms", || {
		requests(|list| list[1].terms.ends = 0)
	});
	breach("a request is open for too long", || {
		requests(|list| list[1].expires_at = NOON + 31 * DAY)
	});
	breach("a request is open for too long", || {
		requests(|list| list[1].expires_at = NOON)
	});
}

#[test]
fn breaches_among_denials_are_found() {
	breach("denials of an unknown patient", || {
		let list = Denials::<Test>::get(PATIENT);
		Denials::<Test>::insert(12_345, list);
		Denials::<Test>::remove(PATIENT);
	});
	breach("an empty list of denials", || denials(|list| list.clear()));
	breach("denials out of order", || denials(|list| list.as_mut().reverse()));
	breach("a denial id occurs twice", || denials(|list| list[0].id = 1));
	breach("a denial id was not given yet", || denials(|list| list[1].id = 2));
	breach("a denial is there twice", || {
		denials(|list| list[1].terms = list[0].terms.clone())
	});
	breach("a denial with an inverted range", || {
		denials(|list| list[0].terms.recorded_until = Some(0))
	});
	breach("no slot is left for a denial of everything", || {
		denials(|list| {
			let denial = list[1].clone();
			while !list.is_full() {
				list.try_push(denial.clone()).unwrap();
			}
		})
	});
}
