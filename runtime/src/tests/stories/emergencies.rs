//! Break-glass: the emergency set at once, the rest after the second clinician, and a review of it all.

use super::*;
use salus_primitives::{Basis::BreakGlass, REVIEW_WITHIN};

const PRIYA: &str = "//Bob//privacy";

/// A patient of hospital A with an allergy and an image, and nobody at B who may see them.
fn chart(world: &mut World) -> (Patient, RecordId, RecordId) {
	let pia = world.patient("Pia", A);
	world.assign(&pia, ADA);
	let allergy = world.record(ADA, &pia, Category::Allergy);
	let image = world.record(ADA, &pia, Category::Imaging);
	(pia, allergy, image)
}

fn sees(world: &mut World, who: &str, record: RecordId) -> Decision {
	world.may(who, Some(B), Action::View, record, Purpose::Emergency)
}

#[test]
fn the_emergency_set_opens_at_once_and_the_rest_after_the_second_clinician() {
	story(|world| {
		let (pia, allergy, image) = chart(world);
		assert_eq!(sees(world, BEA, allergy), deny(Reason::NoGrant));
		let case = world.open_case(BEA, B, pia.id);
		assert_eq!(
			world.access(BEA, Some(B), allergy, Purpose::Emergency),
			permit(BreakGlass(case))
		);
		assert_eq!(sees(world, BEA, image), deny(Reason::NoGrant));
		assert_eq!(
			world.views(BEA, B, allergy),
			deny(Reason::NoGrant),
			"an emergency is no treatment"
		);

		// A nurse joins; neither she nor the opener is the second clinician.
		let join = Consents::join_case { patient: pia.id, case };
		world.send(NAT, join).unwrap();
		assert_eq!(sees(world, NAT, allergy), permit(BreakGlass(case)));
		let approve = |institution| Consents::approve_case {
			patient: pia.id,
			case,
			institution,
		};
		world.refuses(BEA, approve(B), ConsentError::OwnCase);
		world.refuses(NAT, approve(B), ConsentError::OwnCase);
		world.refuses(ADMIN, approve(A), ConsentError::NotAClinician);
		assert_eq!(sees(world, BEA, image), deny(Reason::NoGrant));
		world.send(ADA, approve(A)).unwrap();
		for clinician in [BEA, NAT] {
			assert_eq!(sees(world, clinician, image), permit(BreakGlass(case)));
		}
		assert_eq!(
			world.may(BEA, Some(B), Action::Share, image, Purpose::Emergency),
			deny(Reason::NoGrant),
			"viewing alone"
		);

		// It ends by itself; what was done stands in her trail.
		world.later(4 * HOUR);
		assert_eq!(sees(world, BEA, allergy), deny(Reason::NoGrant));
		let trail = world.trail(pia.id);
		for kind in [
			Kind::CaseOpened { case },
			Kind::CaseJoined { case },
			Kind::CaseApproved { case },
		] {
			assert!(trail.contains(&kind), "{kind:?}");
		}
	});
}

#[test]
fn an_overdue_review_bars_the_opener_and_payment_and_asks_for_one_more_approval() {
	story(|world| {
		let (pia, allergy, image) = chart(world);
		world.hire(PRIYA, B, Role::PrivacyOfficer);
		let insurer = "//Bob//billing";
		world.hire(insurer, B, Role::Insurer);
		let paid = world.terms(&[Action::View], &[Purpose::Payment], &Category::ALL);
		world.grant(&pia, Grantee::Account(account(insurer)), paid);
		let case = world.open_case(BEA, B, pia.id);
		let review = |verdict| Consents::review_case {
			patient: pia.id,
			case,
			verdict,
		};
		world.refuses(PRIYA, review(Verdict::Justified), ConsentError::CaseStillOpen);
		let close = Consents::close_case { patient: pia.id, case };
		world.send(BEA, close).unwrap();
		world.refuses(ADA, review(Verdict::Justified), ConsentError::NoCredential);
		world.refuses(NAT, review(Verdict::Justified), ConsentError::NotAPrivacyOfficer);
		let pays = |world: &mut World| world.may(insurer, Some(B), Action::View, allergy, Purpose::Payment);
		assert!(pays(world).is_permit());

		world.later(REVIEW_WITHIN);
		assert_eq!(world.read(|| Consent::reviews(B)).overdue, 1);
		assert_eq!(pays(world), deny(Reason::Inactive));
		let again = world.case(pia.id, B);
		world.refuses(BEA, again, ConsentError::Barred);
		// It stops no emergency: a colleague opens the next one, which needs two approvals now.
		let next = world.open_case(NAT, B, pia.id);
		assert_eq!(sees(world, NAT, allergy), permit(BreakGlass(next)));
		let approve = Consents::approve_case {
			patient: pia.id,
			case: next,
			institution: A,
		};
		world.send(ADA, approve.clone()).unwrap();
		assert_eq!(sees(world, NAT, image), deny(Reason::NoGrant), "one is not enough");
		world.send(NED, approve).unwrap();
		assert_eq!(sees(world, NAT, image), permit(BreakGlass(next)));

		// The privacy officer comes late, and all of it is over.
		world.send(PRIYA, review(Verdict::Violation)).unwrap();
		assert!(pays(world).is_permit());
		assert_eq!(
			world.views(BEA, B, allergy),
			deny(Reason::Inactive),
			"a violation suspends the opener"
		);
		let reinstate = pallet_roles::Call::reinstate_credential {
			account: account(BEA),
			institution: B,
		};
		world.refuses("//Bob", reinstate, RolesError::ViolationFound);
		let again = world.case(pia.id, B);
		world.refuses(BEA, again, ConsentError::Inactive);

		// The patient takes the other one to the council.
		let close = Consents::close_case {
			patient: pia.id,
			case: next,
		};
		world.send(NAT, close).unwrap();
		let judge = Consents::judge_case {
			patient: pia.id,
			case: next,
			verdict: Verdict::Justified,
		};
		assert_eq!(
			world.council(judge.clone()),
			Err(ConsentError::NotBeforeTheCouncil.into())
		);
		let appeal = Consents::appeal_case {
			patient: pia.id,
			case: next,
		};
		world.send(&pia.key, appeal).unwrap();
		world.council(judge).unwrap();
		assert_eq!(world.read(|| Consent::reviews(B)).waiting, 0);
	});
}

#[test]
fn a_declared_incident_opens_every_case_and_excuses_none_from_review() {
	story(|world| {
		let (pia, _, image) = chart(world);
		let case = world.open_case(BEA, B, pia.id);
		assert_eq!(sees(world, BEA, image), deny(Reason::NoGrant));
		let declare = Consents::declare_incident {
			institution: B,
			ends_at: world.now() + 2 * HOUR,
		};
		world.refuses("//Alice", declare.clone(), ConsentError::NotAnOfficer);
		world.send("//Bob", declare.clone()).unwrap();
		world.send("//Bob", declare.clone()).unwrap();
		assert_eq!(sees(world, BEA, image), deny(Reason::NoGrant), "one officer is not two");
		world.send("//Dave", declare).unwrap();
		assert_eq!(sees(world, BEA, image), permit(BreakGlass(case)));
		world.later(2 * HOUR);
		assert_eq!(sees(world, BEA, image), deny(Reason::NoGrant), "it is over");
		assert_eq!(world.read(|| Consent::reviews(B)).waiting, 1);
	});
}
