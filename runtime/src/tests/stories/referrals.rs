//! A doctor refers a patient to another doctor, who sees what the first one sees and no longer than she does.

use super::*;
use salus_primitives::Parent;

const CARA: &str = "//Cara";

/// Bea holds a grant that she may share; the record is Ada's.
fn granted(world: &mut World) -> (Patient, RecordId, u64) {
	let pia = world.patient("Pia", A);
	world.assign(&pia, ADA);
	let image = world.record(ADA, &pia, Category::Imaging);
	let terms = world.terms(
		&[Action::View, Action::Share],
		&[Purpose::Treatment],
		&[Category::Imaging, Category::Laboratory],
	);
	let grant = world.grant(&pia, Grantee::Account(account(BEA)), terms);
	(pia, image, grant)
}

/// Who passes on which grant to whom.
fn pass_on(patient: &Patient, from: &str, grant: u64, to: &str, terms: Terms) -> Consents {
	Consents::pass_on {
		patient: patient.id,
		institution: B,
		from: Parent {
			grantee: Grantee::Account(account(from)),
			grant,
		},
		to: account(to),
		terms,
	}
}

fn revoke(patient: &Patient, holder: &str, grant: u64) -> Consents {
	Consents::revoke {
		patient: patient.id,
		grantee: Grantee::Account(account(holder)),
		grant,
	}
}

#[test]
fn a_referral_ends_when_the_first_grant_is_revoked() {
	story(|world| {
		let (pia, image, first) = granted(world);
		world.hire(CARA, B, Role::Doctor);
		assert_eq!(world.views(CARA, B, image), deny(Reason::NoGrant));
		let narrower = Terms {
			ends: world.now() + 7 * DAY,
			..world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Imaging])
		};
		world.send(BEA, pass_on(&pia, BEA, first, CARA, narrower)).unwrap();
		let second = first + 1;
		assert_eq!(
			world.access(CARA, Some(B), image, Purpose::Treatment),
			permit(Basis::Grant(second))
		);

		// One write on the first grant: the second is not touched, and counts no more.
		let cara = Grantee::Account(account(CARA));
		let before = world.read(|| pallet_consent::Grants::<Runtime>::get(pia.id, &cara));
		world.send(&pia.key, revoke(&pia, BEA, first)).unwrap();
		assert_eq!(
			world.read(|| pallet_consent::Grants::<Runtime>::get(pia.id, &cara)),
			before
		);
		assert_eq!(
			world.access(CARA, Some(B), image, Purpose::Treatment),
			deny(Reason::Revoked)
		);
		assert_eq!(world.views(BEA, B, image), deny(Reason::Revoked));
	});
}

#[test]
fn no_grant_is_passed_on_wider_to_oneself_too_far_or_in_a_ring() {
	story(|world| {
		let (pia, image, first) = granted(world);
		let doctors = ["//Cara", "//Dina", "//Elsa", "//Fay"];
		for doctor in doctors {
			world.hire(doctor, B, Role::Doctor);
		}
		let [cara, dina, elsa, fay] = doctors;
		let shared = world.terms(
			&[Action::View, Action::Share],
			&[Purpose::Treatment],
			&[Category::Imaging],
		);
		// It began after the first grant did, and ends with it.
		let shared = Terms {
			ends: shared.ends - 30 * SECOND,
			..shared
		};
		let wider = Terms {
			categories: CategorySet::of(&[Category::Imaging, Category::Genomic]),
			..shared.clone()
		};
		world.refuses(BEA, pass_on(&pia, BEA, first, cara, wider), ConsentError::TermsWider);
		world.refuses(
			BEA,
			pass_on(&pia, BEA, first, BEA, shared.clone()),
			ConsentError::PassedToSelf,
		);
		world.refuses(
			cara,
			pass_on(&pia, BEA, first, dina, shared.clone()),
			ConsentError::NotTheGrantee,
		);

		let mut holder = (BEA, first);
		for to in [cara, dina, elsa] {
			world
				.send(holder.0, pass_on(&pia, holder.0, holder.1, to, shared.clone()))
				.unwrap();
			holder = (to, holder.1 + 1);
		}
		assert!(world.views(elsa, B, image).is_permit());
		world.refuses(
			elsa,
			pass_on(&pia, elsa, holder.1, fay, shared.clone()),
			ConsentError::PassedOnTooFar,
		);
		// Back to Cara would close a ring: she holds one that was passed on.
		let dinas = first + 2;
		world.refuses(
			dina,
			pass_on(&pia, dina, dinas, cara, shared.clone()),
			ConsentError::PassedOnBefore,
		);
		// To Bea it is a grant below her own, which ends with it: no ring.
		world.send(dina, pass_on(&pia, dina, dinas, BEA, shared)).unwrap();
		world.send(&pia.key, revoke(&pia, BEA, first)).unwrap();
		for who in [BEA, cara, dina, elsa] {
			assert_eq!(world.views(who, B, image), deny(Reason::Revoked), "{who}");
		}
	});
}
