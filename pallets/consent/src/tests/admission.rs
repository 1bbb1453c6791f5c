use super::*;
use crate::{Event, Grants};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Admission, Basis, Kind};

fn admit(terms: Terms) -> Result<GrantId, sp_runtime::DispatchError> {
	<Consent as Admission<u64>>::admit(PATIENT, &PIA, HOME, terms)
}

#[test]
fn admission_terms_are_the_first_grant_and_open_to_the_assigned_alone() {
	story(|| {
		assert_ok!(admit(terms()), 0);
		let entry = last_entry(PATIENT);
		assert_eq!((&entry.kind, entry.actor), (&Kind::GrantGiven { grant: 0 }, Some(PIA)));
		let grantee = Grantee::Assigned(HOME);
		System::assert_last_event(
			Event::Granted {
				patient: PATIENT,
				grantee: grantee.clone(),
				grant: 0,
				entry,
			}
			.into(),
		);
		assert_eq!(Grants::<Test>::get(PATIENT, grantee)[0].given_by, PIA);
		let ada = AccessRequest {
			requester: ADA,
			on_behalf_of: Some(HOME),
			author: BEA,
			..question()
		};
		assert_eq!(decide(&ada), denied(Reason::NoGrant));
		Assignments::insert((ADA, PATIENT, HOME), ());
		assert_eq!(decide(&ada), Decision::Permit(Basis::Grant(0)));
		Assignments::remove((ADA, PATIENT, HOME));
		assert_eq!(decide(&ada), denied(Reason::NoGrant), "as soon as the assignment ends");
	});
}

#[test]
fn what_is_acceptable_can_be_admitted() {
	story(|| {
		assert!(<Consent as Admission<u64>>::acceptable(&terms(), NOON));
		assert!(!<Consent as Admission<u64>>::acceptable(&terms(), NOON + 30 * DAY));
		wait(30 * DAY);
		assert_noop!(admit(terms()), E::TermsInPast);
	});
}
