//! What would change a decision.

use super::*;
use frame_support::assert_ok;
use salus_primitives::{Basis, DenialTerms, ErrorReason, Explanation, Role, Rule};

fn explain(request: &AccessRequest<u64>) -> Explanation<u64> {
	let explained = Consent::explain(request);
	assert_eq!(explained.decision, decide(request));
	explained
}

#[test]
fn each_rule_is_named_by_its_number() {
	story(|| {
		let rule = |request: AccessRequest<u64>| explain(&request).rule.number();
		let stranger = AccessRequest {
			requester: STRANGER,
			..question()
		};
		assert_eq!(rule(stranger), "1");
		let erased = AccessRequest {
			status: Some(RecordStatus::Erased),
			..question()
		};
		assert_eq!(rule(erased), "1a");
		let in_error = AccessRequest {
			status: Some(RecordStatus::EnteredInError(ErrorReason::Other)),
			..question()
		};
		assert_eq!(rule(in_error), "1a");
		assert_eq!(rule(private(PIA)), "2");
		let amends = AccessRequest {
			action: Action::Amend,
			..private(PIA)
		};
		assert_eq!(rule(amends), "2");
		guardian(&[Action::View]);
		assert_eq!(rule(private(GINA)), "2");
		let claims = AccessRequest {
			category: Category::Claims,
			..question()
		};
		assert_eq!(rule(claims), "3");
		open();
		assert_eq!(rule(emergency(Category::Allergy)), "4");
		let ada = AccessRequest {
			requester: ADA,
			on_behalf_of: Some(HOME),
			..question()
		};
		assert_eq!(rule(ada), "6");
		assert_eq!(rule(question()), "8");
		give(Grantee::Account(BEA), terms());
		assert_eq!(rule(question()), "7");
		assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
		assert_eq!(rule(question()), "5");
		assert_eq!(
			Rule::ALL.map(Rule::number),
			["1", "1a", "2", "3", "4", "5", "6", "7", "8"]
		);
	});
}

#[test]
fn each_grant_that_misses_is_listed_with_the_nearest_first() {
	story(|| {
		let grantee = Grantee::Account(BEA);
		let research = Terms {
			purposes: PurposeSet::of(&[Purpose::Research]),
			..terms()
		};
		let first = give(grantee.clone(), research.clone());
		let other_records = Terms {
			records: records(&[9]),
			..terms()
		};
		let nearest = give(Grantee::Institution(AWAY), other_records);
		let second = give(grantee.clone(), research);
		give(Grantee::Role(Role::Nurse, AWAY), terms());
		let explained = explain(&question());
		let misses: Vec<_> = explained.misses.iter().map(|miss| (miss.grant, miss.reason)).collect();
		assert_eq!(
			misses,
			[
				(nearest, Reason::RecordMismatch),
				(first, Reason::PurposeMismatch),
				(second, Reason::PurposeMismatch)
			]
		);
		assert_eq!(explained.misses[0].grantee, Grantee::Institution(AWAY));
		assert_eq!(explained.decision, denied(Reason::RecordMismatch));
		let live = give(grantee, terms());
		let explained = explain(&question());
		assert_eq!(explained.decision, Decision::Permit(Basis::Grant(live)));
		assert!(explained.misses.is_empty());
	});
}

#[test]
fn the_denial_that_refuses_is_named() {
	story(|| {
		open();
		let elsewhere = DenialTerms {
			institution: Some(HOME),
			..DenialTerms::all()
		};
		assert_ok!(Consent::deny(signed(PIA), PATIENT, elsewhere));
		assert_eq!(explain(&question()).denial, None);
		let by_name = DenialTerms {
			account: Some(BEA),
			..DenialTerms::all()
		};
		assert_ok!(Consent::deny(signed(PIA), PATIENT, by_name));
		assert_eq!(explain(&question()).denial, Some(1));
		let explained = explain(&emergency(Category::Allergy));
		assert_eq!((explained.rule, explained.denial), (Rule::BreakGlass, Some(1)));
	});
}

#[test]
fn a_case_that_waits_for_approvals_is_named() {
	story(|| {
		assert_eq!(explain(&emergency(Category::Imaging)).waiting, None);
		let id = open();
		let explained = explain(&emergency(Category::Imaging));
		assert_eq!((explained.rule, explained.waiting), (Rule::Nothing, Some(id)));
		assert_ok!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY));
		let explained = explain(&emergency(Category::Imaging));
		assert_eq!((explained.rule, explained.waiting), (Rule::BreakGlass, None));
	});
}
