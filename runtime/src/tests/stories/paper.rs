//! A patient without a device: two officers registered her, nobody signs for her, and one day she does herself.

use super::*;
use pallet_consent::{Paper, Wish};
use pallet_roles::Act;
use salus_primitives::Capacity;
use sp_core::H256;

/// The scan that everything she signs is on.
const SCAN: H256 = H256::repeat_byte(3);

fn paper(wish: Wish<AccountId>) -> Paper<AccountId> {
	Paper { wish, scan: SCAN }
}

fn bring(patient: PatientId, wish: Wish<AccountId>) -> Consents {
	Consents::witness_paper {
		patient,
		paper: paper(wish),
	}
}

/// The second witness's call; `first` brought the paper.
fn confirm(patient: PatientId, first: &str, paper: Paper<AccountId>) -> Consents {
	Consents::confirm_paper {
		patient,
		witness: account(first),
		paper,
	}
}

/// Two officers register a patient who is known, and an administrator assigns her to the doctor and the nurse.
fn pearl(world: &mut World) -> Patient {
	let id = world.read(pallet_roles::NextPatient::<Runtime>::get);
	let register = Act::RegisterOnPaper {
		evidence: H256::repeat_byte(1),
		identified: true,
		majority: None,
	};
	world.officers_do(A, register).unwrap();
	let (key, hpke) = derive("Pearl", world.genesis, A, 0);
	let pearl = Patient { id, at: A, key, hpke };
	world.assign(&pearl, ADA);
	world.assign(&pearl, NED);
	pearl
}

#[test]
fn a_patient_on_paper_is_treated_and_claims_her_id_later() {
	story(|world| {
		let id = world.read(pallet_roles::NextPatient::<Runtime>::get);
		let register = Act::RegisterOnPaper {
			evidence: H256::repeat_byte(1),
			identified: false,
			majority: None,
		};
		let alone = pallet_roles::Call::confirm_act {
			institution: A,
			act: register.clone(),
		};
		let propose = pallet_roles::Call::propose_act {
			institution: A,
			act: register.clone(),
		};
		world.send("//Alice", propose).unwrap();
		world.refuses("//Alice", alone.clone(), RolesError::OwnAct);
		world.send("//Charlie", alone).unwrap();
		let registered = Kind::PatientRegisteredOnPaper {
			institution: A,
			with: account("//Alice"),
		};
		assert_eq!(world.trail(id), [registered]);

		// She is assigned and written about; without a grant nobody reads what others wrote.
		let (key, hpke) = derive("Pearl", world.genesis, A, 0);
		let pearl = Patient { id, at: A, key, hpke };
		world.assign(&pearl, ADA);
		world.assign(&pearl, NED);
		let prescription = world.record(ADA, &pearl, Category::Prescription);
		assert_eq!(world.views(ADA, A, prescription), permit(Basis::Author));
		assert_eq!(world.views(NED, A, prescription), deny(Reason::NoGrant));
		// Nobody gives consent for her, the hospital's officers least of all.
		let terms = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Prescription]);
		let give = Consents::grant {
			patient: id,
			grantee: Grantee::Account(account(NED)),
			terms: terms.clone(),
		};
		world.refuses("//Alice", give, ConsentError::NotThePatient);
		// An emergency is one all the same.
		let case = world.open_case(NED, A, id);
		assert_eq!(
			world.access(NED, Some(A), prescription, Purpose::Emergency),
			permit(Basis::BreakGlass(case))
		);

		world
			.officers_do(
				A,
				Act::Identify {
					patient: id,
					evidence: H256::repeat_byte(2),
					majority: None,
				},
			)
			.unwrap();
		let (controller, signature) = world.acceptance(&pearl.key, id, Capacity::Controller, Some(&pearl.hpke));
		let claim = Act::Claim {
			patient: id,
			controller,
			hpke: pearl.hpke.clone(),
			signature,
		};
		world.officers_do(A, claim).unwrap();
		world.grant(&pearl, Grantee::Account(account(NED)), terms);
		assert!(world.views(NED, A, prescription).is_permit());
	});
}

#[test]
fn what_she_signs_before_two_witnesses_counts_as_if_she_had_signed_on_a_device() {
	story(|world| {
		let pearl = pearl(world);
		let id = pearl.id;
		let prescription = world.record(ADA, &pearl, Category::Prescription);
		let terms = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Prescription]);
		let to = |who: &str| Wish::Grant {
			grantee: Grantee::Account(account(who)),
			terms: terms.clone(),
		};
		let to_ned = to(NED);
		let grant = world.read(pallet_consent::NextGrant::<Runtime>::get);

		// Nobody brings it but the desk, and nobody who would see more by it.
		world.refuses(ADA, bring(id, to_ned.clone()), ConsentError::NotAtTheDesk);
		world.refuses(ADMIN_OF_B, bring(id, to_ned.clone()), ConsentError::NotAtTheDesk);
		world.refuses(ADMIN, bring(id, to(ADMIN)), ConsentError::WitnessGains);
		world.send(ADMIN, bring(id, to_ned.clone())).unwrap();
		assert_eq!(world.views(NED, A, prescription), deny(Reason::NoGrant), "one witness");

		// Another one who works there confirms the very same, and is not the one who gains.
		let same = confirm(id, ADMIN, paper(to_ned.clone()));
		world.refuses(ADMIN, same.clone(), ConsentError::OwnPaper);
		world.refuses(BEA, same.clone(), ConsentError::NotAWitness);
		world.refuses(NED, same.clone(), ConsentError::WitnessGains);
		let longer = Wish::Grant {
			grantee: Grantee::Account(account(NED)),
			terms: Terms {
				ends: terms.ends + DAY,
				..terms.clone()
			},
		};
		let other_scan = Paper {
			scan: H256::repeat_byte(4),
			..paper(to_ned.clone())
		};
		for other in [paper(longer), other_scan] {
			world.refuses(ADA, confirm(id, ADMIN, other), ConsentError::UnknownPaper);
		}
		world.refuses(
			ADA,
			confirm(id, "//Alice", paper(to_ned.clone())),
			ConsentError::UnknownPaper,
		);
		world.send(ADA, same.clone()).unwrap();
		assert_eq!(
			world.access(NED, Some(A), prescription, Purpose::Treatment),
			permit(Basis::Grant(grant))
		);
		let witnessed = Kind::PaperWitnessed {
			with: account(ADMIN),
			scan: SCAN,
		};
		let trail = world.trail(id);
		let carried_out = [witnessed.clone(), Kind::GrantGiven { grant }];
		assert!(trail.windows(2).any(|pair| pair == carried_out), "{trail:?}");
		world.refuses(ADA, same, ConsentError::UnknownPaper);

		// She refuses the nurse, thinks better of it, and takes the grant back: each on a paper of its own.
		let denial = world.read(pallet_consent::NextDenial::<Runtime>::get);
		let not_ned = DenialTerms {
			account: Some(account(NED)),
			..everything()
		};
		let revoke = Wish::Revoke {
			grantee: Grantee::Account(account(NED)),
			grant,
		};
		for (wish, then) in [
			(Wish::Deny(not_ned), deny(Reason::Refused)),
			(Wish::LiftDenial(denial), permit(Basis::Grant(grant))),
			(revoke, deny(Reason::Revoked)),
		] {
			world.send("//Alice", bring(id, wish.clone())).unwrap();
			world.send(ADA, confirm(id, "//Alice", paper(wish.clone()))).unwrap();
			assert_eq!(world.views(NED, A, prescription), then, "{wish:?}");
		}
		let ends = [
			Kind::DenialMade { denial },
			Kind::DenialLifted { denial },
			Kind::GrantRevoked { grant },
		];
		let trail = world.trail(id);
		let by_alice = Kind::PaperWitnessed {
			with: account("//Alice"),
			scan: SCAN,
		};
		for end in ends {
			let carried_out = [by_alice.clone(), end];
			assert!(trail.windows(2).any(|pair| pair == carried_out), "{trail:?}");
		}

		// Once she signs for herself there is no paper of hers.
		world.send("//Alice", bring(id, to_ned.clone())).unwrap();
		let (controller, signature) = world.acceptance(&pearl.key, id, Capacity::Controller, Some(&pearl.hpke));
		let claim = Act::Claim {
			patient: id,
			controller,
			hpke: pearl.hpke.clone(),
			signature,
		};
		world.officers_do(A, claim).unwrap();
		world.refuses(
			ADA,
			confirm(id, "//Alice", paper(to_ned.clone())),
			ConsentError::NotOnPaper,
		);
		world.refuses("//Alice", bring(id, to_ned), ConsentError::NotOnPaper);
	});
}

#[test]
fn two_officers_enter_the_caregiver_whom_she_names_and_a_paper_shows_him_her_vitals() {
	story(|world| {
		const SON: &str = "//Son";
		let pearl = pearl(world);
		let id = pearl.id;
		let vitals = world.record(NED, &pearl, Category::Vitals);
		let sees = |world: &mut World| world.may(SON, None, Action::View, vitals, Purpose::Family);
		let (caregiver, signature) = world.acceptance(SON, id, Capacity::Caregiver, None);
		let name = Act::NameCaregiver {
			patient: id,
			caregiver: caregiver.clone(),
			signature,
		};
		assert_eq!(sees(world), deny(Reason::Unknown));
		let alone = pallet_roles::Call::confirm_act {
			institution: A,
			act: name.clone(),
		};
		world.refuses("//Alice", alone, RolesError::ActNotProposed);
		world.officers_do(A, name).unwrap();
		let named = Kind::CaregiverNamed {
			caregiver: caregiver.clone(),
		};
		assert_eq!(world.trail(id).last(), Some(&named));

		// A name is no grant.
		assert_eq!(sees(world), deny(Reason::NoGrant));
		let wish = Wish::Grant {
			grantee: Grantee::Account(caregiver.clone()),
			terms: world.terms(&[Action::View], &[Purpose::Family], &[Category::Vitals]),
		};
		let grant = world.read(pallet_consent::NextGrant::<Runtime>::get);
		world.send("//Charlie", bring(id, wish.clone())).unwrap();
		world.send(ADMIN, confirm(id, "//Charlie", paper(wish))).unwrap();
		assert_eq!(
			world.access(SON, None, vitals, Purpose::Family),
			permit(Basis::Grant(grant))
		);

		let remove = Act::RemoveCaregiver { patient: id, caregiver };
		world.officers_do(A, remove).unwrap();
		assert_eq!(sees(world), deny(Reason::Unknown), "his grant ends with his part");
	});
}
