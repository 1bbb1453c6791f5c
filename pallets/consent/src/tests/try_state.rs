//! The invariants are broken by hand, and each breach is found.

use super::*;
use crate::{
	CaseOf, Cases, CasesOfDay, Denials, Dockets, EmergencyLimitsOf, Grants, IncidentProposals, Incidents, Openers,
	Papers, Requests, Sealed, WaitingPaper, PAPER_LIFETIME,
};
use frame_support::assert_ok;
use salus_primitives::{DenialTerms, EmergencyLimits, Verdict};

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

/// Bea's open case with Ned in it and approved by Cleo; before it one that Paul reviewed and one that waits for that.
fn breach_of_cases(what: &str, breaking: impl FnOnce()) {
	breach(what, || {
		let reviewed = open();
		assert_ok!(Consent::close_case(signed(BEA), PATIENT, reviewed));
		assert_ok!(Consent::review_case(
			signed(PAUL),
			PATIENT,
			reviewed,
			Verdict::Justified
		));
		let waiting = open();
		assert_ok!(Consent::close_case(signed(BEA), PATIENT, waiting));
		let id = open();
		assert_ok!(Consent::join_case(signed(NED), PATIENT, id));
		assert_ok!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY));
		Consent::check_state().unwrap();
		breaking();
	});
}

fn change(id: CaseId, change: impl FnOnce(&mut Case<u64>)) {
	Cases::<Test>::mutate(PATIENT, id, |case| change(case.as_mut().unwrap()));
}

#[test]
fn breaches_among_cases_are_found() {
	breach_of_cases("a case of an unknown patient", || {
		Cases::<Test>::insert(12_345, 2, case(2));
	});
	breach_of_cases("a case id occurs twice", || {
		Cases::<Test>::insert(OTHER_PATIENT, 0, case(0))
	});
	breach_of_cases("a case id was not given yet", || crate::NextCase::<Test>::put(2));
	breach_of_cases("somebody is in an open case and it is not her last", || {
		CaseOf::<Test>::insert(PATIENT, NED, 1)
	});
	breach_of_cases("an open case is not its opener's", || {
		Openers::<Test>::mutate(BEA, |opener| opener.open.clear())
	});
	breach_of_cases("a clinician has an open case that is none", || {
		Openers::<Test>::mutate(BEA, |opener| opener.open.try_insert(0, (1, NOON + HOUR)).unwrap())
	});
	breach_of_cases("a case is open for too long", || {
		change(2, |case| case.ends_at = NOON + DAY + 1)
	});
	breach_of_cases("a case is open for too long", || change(0, |case| case.ends_at = NOON));
	breach_of_cases("a case was closed when it was not open", || {
		change(0, |case| case.closed_at = Some(NOON + 6 * HOUR))
	});
	breach_of_cases("a case needs too few or too many approvals", || {
		change(2, |case| case.approvals_needed = 0)
	});
	breach_of_cases("a case needs too few or too many approvals", || {
		change(2, |case| case.approvals_needed = 9)
	});
	breach_of_cases("somebody is in a case twice", || {
		change(2, |case| case.team.try_push(BEA).unwrap())
	});
	breach_of_cases("somebody is in a case twice", || {
		change(2, |case| case.team.try_push(NED).unwrap())
	});
	breach_of_cases("somebody approved her own case", || {
		change(2, |case| case.approvals[0].approver = NED)
	});
	breach_of_cases("somebody approved a case twice", || {
		change(2, |case| case.approvals.try_push(case.approvals[0].clone()).unwrap())
	});
	breach_of_cases("somebody reviewed her own case", || {
		change(0, |case| case.review.as_mut().unwrap().by = Some(BEA))
	});
	breach_of_cases("a case was reviewed or sent to the council while it was open", || {
		change(2, |case| case.appealed_at = Some(NOON))
	});
	breach_of_cases("a case was reviewed or sent to the council while it was open", || {
		change(0, |case| case.review.as_mut().unwrap().at = NOON - 1)
	});
	breach_of_cases("somebody's case is not hers", || {
		CaseOf::<Test>::insert(PATIENT, CLEO, 2)
	});
	breach_of_cases("somebody's case is not hers", || {
		CaseOf::<Test>::insert(PATIENT, CLEO, 77)
	});
}

#[test]
fn breaches_among_dockets_are_found() {
	let due = NOON + 7 * DAY;
	breach_of_cases("an institution's docket miscounts its reviews", || {
		Dockets::<Test>::mutate(AWAY, |docket| docket.remove(due, NOON))
	});
	breach_of_cases("an institution's docket miscounts its reviews", || {
		Dockets::<Test>::mutate(HOME, |docket| docket.add(due, NOON))
	});
	breach_of_cases("an institution's docket is missing", || Dockets::<Test>::remove(AWAY));
	breach_of_cases("a clinician's docket miscounts her reviews", || {
		Openers::<Test>::mutate(BEA, |opener| opener.docket.add(due, NOON))
	});
	breach_of_cases("a clinician's docket is missing", || {
		change(2, |case| case.ends_at = NOON + 1);
		set_time(NOON + 1);
		Openers::<Test>::remove(BEA);
		let mut docket = crate::Docket::default();
		docket.add(case(1).review_due(), NOON + 1);
		docket.add(case(2).review_due(), NOON + 1);
		Dockets::<Test>::insert(AWAY, docket);
	});
	breach_of_cases("the cases of a day are miscounted", || {
		CasesOfDay::<Test>::mutate(AWAY, |(_, count)| *count = 2)
	});
}

#[test]
fn breaches_among_incidents_are_found() {
	let long = "an incident lasts for too long, or is nowhere";
	breach(long, || Incidents::<Test>::insert(AWAY, NOON + 73 * HOUR));
	breach(long, || Incidents::<Test>::insert(9, NOON + HOUR));
	let long = "an incident was asked for that would last for too long, or be nowhere";
	breach(long, || {
		IncidentProposals::<Test>::insert(AWAY, (OTTO, NOON + 73 * HOUR))
	});
	breach(long, || IncidentProposals::<Test>::insert(9, (OTTO, NOON + HOUR)));
	for (institution, approvals, cases_a_day) in [(9, 1, 1), (AWAY, 0, 1), (AWAY, 8, 1), (AWAY, 1, 0)] {
		breach("emergency limits out of range", || {
			EmergencyLimitsOf::<Test>::insert(institution, EmergencyLimits { approvals, cases_a_day })
		});
	}
}

#[test]
fn breaches_among_seals_are_found() {
	let wrong = "seals of an unknown patient, or none";
	breach(wrong, || Sealed::<Test>::insert(PATIENT, crate::Seals::default()));
	breach(wrong, || {
		assert_ok!(Consent::close_drawer(12_345, 1));
	});
}

/// Bea has passed a grant on to Cleo, and she to Ned.
fn breach_of_chains(what: &str, breaking: impl FnOnce(GrantId)) {
	breach(what, || {
		let root = give(Grantee::Account(BEA), shareable());
		let next = pass_on(BEA, AWAY, from(Grantee::Account(BEA), root), CLEO, shareable()).unwrap();
		pass_on(CLEO, AWAY, from(Grantee::Account(CLEO), next), NED, shareable()).unwrap();
		Consent::check_state().unwrap();
		breaking(root);
	});
}

#[test]
fn breaches_among_grants_passed_on_are_found() {
	let cleos = |change: &dyn Fn(&mut salus_primitives::Grant<u64>)| {
		Grants::<Test>::mutate(PATIENT, Grantee::Account(CLEO), |list| change(list.get_mut(0).unwrap()))
	};
	breach_of_chains("a grant is wider than its parent", |_| {
		cleos(&|grant| grant.terms.categories = CategorySet::ALL)
	});
	breach_of_chains("a grant is older than its parent", |root| {
		cleos(&|grant| grant.parent = Some(from(Grantee::Account(BEA), root + 1)))
	});
	breach_of_chains("a compartment was passed on by other than an account", |root| {
		cleos(&|grant| {
			grant.parent = Some(from(Grantee::Institution(AWAY), root));
			grant.terms.compartments = compartments(&[1]);
		})
	});
	breach_of_chains("two grants were passed on to one account", |root| {
		Grants::<Test>::mutate(PATIENT, Grantee::Account(CLEO), |list| {
			let mut twin = list[0].clone();
			twin.id = root + 3;
			list.try_push(twin).unwrap();
		});
		crate::NextGrant::<Test>::put(root + 4);
	});
	breach_of_chains("a grant was passed on to other than an account", |_| {
		let list = Grants::<Test>::take(PATIENT, Grantee::Account(NED));
		Grants::<Test>::insert(PATIENT, Grantee::Institution(AWAY), list);
	});
}

#[test]
fn breaches_among_successors_are_found() {
	let wrong = "a successor of herself, or of somebody who never worked there";
	breach(wrong, || crate::Successors::<Test>::insert(AWAY, BEA, BEA));
	breach(wrong, || crate::Successors::<Test>::insert(HOME, BEA, ADA));
}

#[test]
fn breaches_among_erasures_are_found() {
	let owe = |grant, erase_after| Consent::owe_erasure(PATIENT, grant, &Grantee::Account(BEA), erase_after);
	breach("erasure is owed that was never asked for", || owe(77, NOON));
	breach("erasure is owed that was never asked for", || owe(0, NOON));
}

#[test]
fn breaches_among_papers_are_found() {
	let wrong = "a paper of an unknown patient, or one that waits for too long";
	let waits = |patient, until| {
		let paper = H256::zero();
		Papers::<Test>::insert(patient, HANNA, WaitingPaper { paper, until });
	};
	breach(wrong, || waits(12_345, NOON));
	breach(wrong, || waits(PATIENT, NOON + PAPER_LIFETIME + 1));
}
