//! A doctor of another hospital asks, and the patient narrows what she gives.

use super::*;

#[test]
fn what_was_asked_is_narrowed_to_viewing_and_amending_is_refused() {
	story(|world| {
		let pia = world.patient("Pia", A);
		world.assign(&pia, ADA);
		let analysis = world.record(ADA, &pia, Category::Laboratory);
		let image = world.record(ADA, &pia, Category::Imaging);
		assert_eq!(
			world.access(BEA, Some(B), analysis, Purpose::Treatment),
			deny(Reason::NoGrant)
		);

		let both = [Category::Laboratory, Category::Imaging];
		let asked = world.terms(
			&[Action::View, Action::Append, Action::Amend],
			&[Purpose::Treatment],
			&both,
		);
		let request = world.ask(BEA, B, &pia, asked.clone());
		let viewing = Terms {
			actions: ActionSet::of(&[Action::View]),
			categories: CategorySet::of(&[Category::Laboratory]),
			..asked
		};
		let approve = |terms: Terms| Consents::approve {
			patient: pia.id,
			requester: account(BEA),
			request,
			terms,
		};
		world.send(&pia.key, approve(viewing.clone())).unwrap();

		let Decision::Permit(Basis::Grant(grant)) = world.access(BEA, Some(B), analysis, Purpose::Treatment) else {
			panic!("the patient granted it");
		};
		assert_eq!(world.views(BEA, B, image), deny(Reason::CategoryMismatch));
		for action in [Action::Amend, Action::Append, Action::Share] {
			assert_eq!(
				world.may(BEA, Some(B), action, analysis, Purpose::Treatment),
				deny(Reason::ActionMismatch)
			);
		}
		let mut amended = world.document(pia.id, Category::Laboratory);
		amended.relates_to = Some((salus_primitives::Relation::Replaces, analysis));
		let state = world.care();
		let refused = pallet_records::Error::<Runtime>::NotPermitted.into();
		assert_eq!(world.register(BEA, B, amended), Err(refused));
		assert!(world.care() == state);

		// What was settled cannot be settled again, and what was revoked is over at once.
		world.refuses(&pia.key, approve(viewing), ConsentError::UnknownRequest);
		let revoke = Consents::revoke {
			patient: pia.id,
			grantee: Grantee::Account(account(BEA)),
			grant,
		};
		world.send(&pia.key, revoke).unwrap();
		assert_eq!(
			world.access(BEA, Some(B), analysis, Purpose::Treatment),
			deny(Reason::Revoked)
		);
		let refusals = world.trail(pia.id);
		let refusals = refusals
			.iter()
			.filter(|kind| matches!(kind, Kind::AccessRefused { .. }));
		assert_eq!(refusals.count(), 2, "she sees who was refused");
	});
}

#[test]
fn one_single_report_is_shared_once() {
	story(|world| {
		let pia = world.patient("Pia", A);
		world.assign(&pia, ADA);
		let shared = world.record(ADA, &pia, Category::Laboratory);
		let other = world.record(ADA, &pia, Category::Laboratory);
		let once = Terms {
			records: vec![shared].try_into().unwrap(),
			uses: Some(1),
			..world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Laboratory])
		};
		let grant = world.grant(&pia, Grantee::Account(account(BEA)), once);
		assert_eq!(world.views(BEA, B, other), deny(Reason::RecordMismatch));
		assert_eq!(world.views(NAT, B, shared), deny(Reason::NoGrant), "it is Bea's alone");
		assert_eq!(
			world.access(BEA, Some(B), shared, Purpose::Treatment),
			permit(Basis::Grant(grant))
		);
		assert_eq!(
			world.access(BEA, Some(B), shared, Purpose::Treatment),
			deny(Reason::Exhausted)
		);
	});
}
