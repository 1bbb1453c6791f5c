use super::*;
use crate::MAX_PAGE;
use frame_support::assert_ok;
use salus_primitives::{DenialTerms, Role};

#[test]
fn grants_come_lowest_id_first_over_all_grantees_and_in_pages() {
	story(|| {
		let grantees = [
			Grantee::Role(Role::Nurse, AWAY),
			Grantee::Account(BEA),
			Grantee::Assigned(HOME),
			Grantee::Account(BEA),
			Grantee::Institution(AWAY),
		];
		for grantee in &grantees {
			give(grantee.clone(), terms());
		}
		let all = Consent::grants(PATIENT, None, 10);
		assert_eq!(
			all.iter().map(|(grantee, _)| grantee.clone()).collect::<Vec<_>>(),
			grantees
		);
		assert_eq!(
			all.iter().map(|(_, grant)| grant.id).collect::<Vec<_>>(),
			[0, 1, 2, 3, 4]
		);
		let mut paged = Consent::grants(PATIENT, None, 2);
		assert_eq!(paged.len(), 2);
		while let Some((_, last)) = paged.last() {
			let next = Consent::grants(PATIENT, Some(last.id), 2);
			if next.is_empty() {
				break;
			}
			paged.extend(next);
		}
		assert_eq!(paged, all);
		assert!(Consent::grants(OTHER_PATIENT, None, 10).is_empty());
		assert!(Consent::grants(PATIENT, None, 0).is_empty());
	});
}

#[test]
fn requests_that_expired_count_as_absent() {
	story(|| {
		assert_ok!(Consent::ask(signed(BEA), PATIENT, AWAY, terms(), NOON + DAY));
		assert_ok!(Consent::ask(signed(NED), PATIENT, AWAY, terms(), NOON + 2 * DAY));
		assert_ok!(Consent::ask(signed(BEA), PATIENT, AWAY, uses(1), NOON + 3 * DAY));
		let ids = |after| -> Vec<_> {
			Consent::requests(PATIENT, after, 10)
				.iter()
				.map(|(who, request)| (*who, request.id))
				.collect()
		};
		assert_eq!(ids(None), [(BEA, 0), (NED, 1), (BEA, 2)]);
		assert_eq!(ids(Some(0)), [(NED, 1), (BEA, 2)]);
		wait(DAY);
		assert_eq!(ids(None), [(NED, 1), (BEA, 2)]);
		wait(2 * DAY);
		assert!(ids(None).is_empty());
	});
}

#[test]
fn a_page_is_never_longer_than_its_bound() {
	story(|| {
		for account in 0..20 {
			for _ in 0..16 {
				give(Grantee::Account(1_000 + account), terms());
			}
		}
		let page = Consent::grants(PATIENT, None, u32::MAX);
		assert_eq!(page.len(), MAX_PAGE as usize);
		// The lists come in the order of their keys' hashes; the page has the lowest ids of all of them.
		assert!(page.iter().map(|(_, grant)| grant.id).eq(0..u64::from(MAX_PAGE)));
		let rest = Consent::grants(PATIENT, Some(u64::from(MAX_PAGE) - 1), u32::MAX);
		assert!(rest.iter().map(|(_, grant)| grant.id).eq(u64::from(MAX_PAGE)..320));
	});
}

#[test]
fn denials_are_listed() {
	story(|| {
		assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
		let denials = Consent::denials(PATIENT);
		assert_eq!(
			(denials[0].id, denials[0].made_at, &denials[0].terms),
			(0, NOON, &DenialTerms::all())
		);
		assert!(Consent::denials(OTHER_PATIENT).is_empty());
	});
}

#[test]
fn cases_are_listed_and_reviews_are_counted() {
	story(|| {
		for _ in 0..3 {
			let id = open();
			assert_ok!(Consent::close_case(signed(BEA), PATIENT, id));
			wait(DAY);
		}
		let ids = |after, limit| -> Vec<_> {
			Consent::cases(PATIENT, after, limit)
				.iter()
				.map(|(id, _)| *id)
				.collect()
		};
		assert_eq!(ids(None, 10), [0, 1, 2]);
		assert_eq!(ids(Some(0), 1), [1]);
		assert!(Consent::cases(OTHER_PATIENT, None, 10).is_empty());
		assert_eq!(Consent::cases(PATIENT, None, 1), [(0, case(0))]);
		let counts = || {
			let reviews = Consent::reviews(AWAY);
			(reviews.waiting, reviews.overdue, reviews.incident_until)
		};
		assert_eq!(counts(), (3, 0, None));
		wait(5 * DAY);
		let until = now() + HOUR;
		assert_ok!(Consent::declare_incident(RuntimeOrigin::root(), AWAY, until));
		assert_eq!(counts(), (1, 2, Some(until)));
		wait(HOUR);
		assert_eq!(counts(), (1, 2, None));
	});
}
