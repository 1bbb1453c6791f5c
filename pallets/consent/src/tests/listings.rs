use super::*;
use crate::MAX_PAGE;
use frame_support::assert_ok;
use salus_primitives::{Listing, Moment, Party, Role, Verdict};
use std::collections::BTreeMap;

/// An index off chain, which was told what each block's events put on lists or took off them.
#[derive(Default)]
struct Index {
	rows: BTreeMap<(Vec<u8>, u64), Listing<u64>>,
	told: usize,
}

impl Index {
	/// A block ends: its events tell what they did, with the state as it is now.
	fn block(&mut self) {
		let events = System::events();
		for record in events.iter().skip(self.told) {
			if let RuntimeEvent::Consent(event) = &record.event {
				self.put(Consent::listings(event));
			}
		}
		self.told = events.len();
	}

	fn put(&mut self, listings: impl IntoIterator<Item = Listing<u64>>) {
		use codec::Encode;
		for listing in listings {
			self.rows.insert((listing.party.encode(), listing.id), listing);
		}
	}

	/// What may be on a party's list.
	fn candidates(&self, party: &Party<u64>, now: Moment) -> Vec<(u64, u64)> {
		let rows = self.rows.values().filter(|row| row.party == *party);
		rows.filter(|row| row.until.is_none_or(|until| until > now))
			.map(|row| (row.patient, row.id))
			.collect()
	}

	/// What is on all of a patient's lists by the state, each of which the index has to know.
	fn knows_all(&self, patient: u64) {
		for listing in Consent::listings_of(patient) {
			if listing.until.is_none_or(|until| until > now()) {
				let candidates = self.candidates(&listing.party, now());
				assert!(candidates.contains(&(patient, listing.id)), "{listing:?}");
			}
		}
	}
}

#[test]
fn grants_are_on_the_list_of_each_kind_of_grantee_as_long_as_they_stand() {
	story(|| {
		let mut index = Index::default();
		let grantees = [
			Grantee::Account(BEA),
			Grantee::Institution(AWAY),
			Grantee::Role(Role::Doctor, AWAY),
			Grantee::Assigned(AWAY),
		];
		for grantee in &grantees {
			give(grantee.clone(), terms());
		}
		index.block();
		index.knows_all(PATIENT);
		for (id, grantee) in (0..).zip(&grantees) {
			let candidates = index.candidates(&Party::Grantee(grantee.clone()), now());
			assert_eq!(candidates, [(PATIENT, id)]);
			let grants = Consent::grants_to(grantee.clone(), candidates);
			assert_eq!(
				grants
					.iter()
					.map(|(patient, grant)| (*patient, grant.id))
					.collect::<Vec<_>>(),
				[(PATIENT, id)]
			);
		}
		// One that was revoked stands and says so.
		let to_bea = Grantee::Account(BEA);
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, to_bea.clone(), 0));
		index.block();
		let candidates = index.candidates(&Party::Grantee(to_bea.clone()), now());
		let grants = Consent::grants_to(to_bea.clone(), candidates);
		assert!(grants[0].1.revoked_at.is_some());
		// Sixteen more push it out; the index does not know, the state does.
		for _ in 0..16 {
			give(to_bea.clone(), terms());
		}
		index.block();
		index.knows_all(PATIENT);
		let candidates = index.candidates(&Party::Grantee(to_bea.clone()), now());
		assert_eq!(candidates.len(), 17);
		let grants = Consent::grants_to(to_bea.clone(), candidates.clone());
		assert!(grants.iter().map(|(_, grant)| grant.id).eq(4..20));
		// Nobody else's.
		assert!(Consent::grants_to(Grantee::Account(NED), candidates.clone()).is_empty());
		let elsewhere = candidates.iter().map(|(_, id)| (OTHER_PATIENT, *id)).collect();
		assert!(Consent::grants_to(to_bea, elsewhere).is_empty());
	});
}

#[test]
fn a_grant_given_and_pushed_out_in_one_block_is_on_no_list() {
	story(|| {
		let mut index = Index::default();
		let to = Grantee::Account(BEA);
		let first = give(to.clone(), terms());
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, to.clone(), first));
		for _ in 0..16 {
			give(to.clone(), terms());
		}
		index.block();
		assert!(!index.candidates(&Party::Grantee(to), now()).contains(&(PATIENT, first)));
		index.knows_all(PATIENT);
	});
}

#[test]
fn what_is_approved_or_passed_on_is_on_the_list_of_who_got_it() {
	story(|| {
		let mut index = Index::default();
		let sharing = Terms {
			actions: ActionSet::of(&[Action::View, Action::Share]),
			..terms()
		};
		let request = crate::NextRequest::<Test>::get();
		assert_ok!(Consent::ask(signed(BEA), PATIENT, AWAY, sharing.clone(), NOON + DAY));
		index.block();
		let asked = index.candidates(&Party::Requester(BEA), now());
		assert_eq!(asked, [(PATIENT, request)]);
		assert_eq!(Consent::requests_by(BEA, asked.clone())[0].1.terms, sharing);
		assert!(Consent::requests_by(NED, asked).is_empty());
		assert_ok!(Consent::approve(signed(PIA), PATIENT, BEA, request, sharing));
		let from = Parent {
			grantee: Grantee::Account(BEA),
			grant: 0,
		};
		assert_ok!(Consent::pass_on(signed(BEA), PATIENT, AWAY, from, CLEO, terms()));
		index.block();
		index.knows_all(PATIENT);
		assert!(index.candidates(&Party::Requester(BEA), now()).is_empty());
		assert_eq!(
			index.candidates(&Party::Grantee(Grantee::Account(BEA)), now()),
			[(PATIENT, 0)]
		);
		assert_eq!(
			index.candidates(&Party::Grantee(Grantee::Account(CLEO)), now()),
			[(PATIENT, 1)]
		);
	});
}

#[test]
fn requests_leave_the_list_when_they_are_settled_or_expire() {
	story(|| {
		let mut index = Index::default();
		for n in 1..=4 {
			assert_ok!(Consent::ask(
				signed(BEA),
				PATIENT,
				AWAY,
				uses(n),
				NOON + u64::from(n) * DAY
			));
		}
		assert_ok!(Consent::withdraw(signed(BEA), PATIENT, 1));
		index.block();
		assert_ok!(Consent::decline(signed(PIA), PATIENT, BEA, 2));
		index.block();
		index.knows_all(PATIENT);
		let open = |index: &Index| index.candidates(&Party::Requester(BEA), now());
		assert_eq!(open(&index), [(PATIENT, 0), (PATIENT, 3)]);
		assert_eq!(
			Consent::requests_by(BEA, vec![(PATIENT, 0), (PATIENT, 2), (PATIENT, 3)]).len(),
			2
		);
		wait(DAY);
		assert_eq!(open(&index), [(PATIENT, 3)]);
		assert_eq!(Consent::requests_by(BEA, vec![(PATIENT, 0), (PATIENT, 3)]).len(), 1);
	});
}

#[test]
fn cases_are_on_the_lists_of_their_clinicians_while_open_and_of_the_reviewers_until_reviewed() {
	story(|| {
		let mut index = Index::default();
		let case = open();
		assert_ok!(Consent::join_case(signed(NED), PATIENT, case));
		index.block();
		index.knows_all(PATIENT);
		let here = vec![(PATIENT, case)];
		for clinician in [BEA, NED] {
			assert_eq!(index.candidates(&Party::Clinician(clinician), now()), here);
			assert_eq!(Consent::open_cases(clinician, here.clone()).len(), 1);
		}
		assert!(Consent::open_cases(CLEO, here.clone()).is_empty());
		assert_eq!(index.candidates(&Party::Reviewer(AWAY), now()), here);
		assert_eq!(Consent::unreviewed_cases(AWAY, here.clone())[0].1, case);
		assert!(Consent::unreviewed_cases(HOME, here.clone()).is_empty());

		assert_ok!(Consent::close_case(signed(BEA), PATIENT, case));
		index.block();
		assert!(index.candidates(&Party::Clinician(NED), now()).is_empty());
		assert!(Consent::open_cases(NED, here.clone()).is_empty());
		assert_eq!(index.candidates(&Party::Reviewer(AWAY), now()), here);
		assert_ok!(Consent::review_case(signed(PAUL), PATIENT, case, Verdict::Justified));
		index.block();
		assert!(index.candidates(&Party::Reviewer(AWAY), now()).is_empty());
		assert!(Consent::unreviewed_cases(AWAY, here).is_empty());

		// One that ends by itself, and one that the council judges.
		wait(DAY);
		let case = open();
		index.block();
		wait(DAY);
		assert!(index.candidates(&Party::Clinician(BEA), now()).is_empty());
		assert_eq!(index.candidates(&Party::Reviewer(AWAY), now()), [(PATIENT, case)]);
		wait(8 * DAY);
		assert_ok!(Consent::judge_case(
			RuntimeOrigin::root(),
			PATIENT,
			case,
			Verdict::Justified
		));
		index.block();
		index.knows_all(PATIENT);
		assert!(index.candidates(&Party::Reviewer(AWAY), now()).is_empty());
	});
}

#[test]
fn erasures_are_owed_from_the_first_use_until_they_are_attested() {
	story(|| {
		let mut index = Index::default();
		let erasing = Terms {
			erase_after: Some(NOON + 40 * DAY),
			..terms()
		};
		let to = Grantee::Account(BEA);
		let grant = give(to.clone(), erasing);
		let plain = give(to.clone(), terms());
		index.block();
		for used in [grant, plain] {
			assert_eq!(Consent::erasure_listing(PATIENT, used), None);
			assert_ok!(take_use(BEA, Some(AWAY), used));
			// What the runtime asks for each use.
			index.put(Consent::erasure_listing(PATIENT, used));
		}
		index.knows_all(PATIENT);
		let here = vec![(PATIENT, grant)];
		assert_eq!(index.candidates(&Party::Eraser(to.clone()), now()), here);
		assert_eq!(
			Consent::erasures_owed(to.clone(), here.clone())[0].2.erase_after,
			NOON + 40 * DAY
		);
		assert!(Consent::erasures_owed(Grantee::Account(NED), here.clone()).is_empty());
		assert_ok!(Consent::attest_erasure(signed(BEA), PATIENT, grant));
		index.block();
		assert!(index.candidates(&Party::Eraser(to.clone()), now()).is_empty());
		assert!(Consent::erasures_owed(to.clone(), here.clone()).is_empty());
		// Used again, it is owed again.
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		index.put(Consent::erasure_listing(PATIENT, grant));
		assert_eq!(index.candidates(&Party::Eraser(to.clone()), now()), here);
		assert_eq!(Consent::erasures_owed(to, here).len(), 1);
	});
}

#[test]
fn no_more_than_a_page_is_looked_up() {
	story(|| {
		let to = Grantee::Account(BEA);
		let grant = give(to.clone(), terms());
		let asked = vec![(PATIENT, grant); MAX_PAGE as usize + 1];
		assert_eq!(Consent::grants_to(to, asked).len(), MAX_PAGE as usize);
	});
}

#[test]
fn what_concerns_no_list_says_nothing() {
	story(|| {
		assert_ok!(Consent::seal(signed(PIA), PATIENT, 3));
		assert_ok!(Consent::unseal(signed(PIA), PATIENT, 3));
		let events = System::events();
		assert_eq!(events.len(), 2);
		for record in events {
			let RuntimeEvent::Consent(event) = record.event else {
				panic!("another pallet's event")
			};
			assert_eq!(Consent::listings(&event), []);
		}
	});
}
