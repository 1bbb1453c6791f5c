//! A patient lost her key. Whoever found it objects.

use super::*;
use pallet_roles::{Act, Call, ContactsCommitment, CONTESTED_RECOVERY_NOTICE, RECOVERY_NOTICE};
use salus_primitives::{contacts_commitment, wrapped, Capacity, ControllerCause, RecoveryChange, VOUCH_TAG};
use sp_core::{Pair, H256};

/// The person with the keys that she makes after the loss.
fn renewed(world: &World, patient: &Patient) -> Patient {
	let (key, hpke) = derive("Pia", world.genesis, A, 1);
	Patient {
		key,
		hpke,
		..patient.clone()
	}
}

/// The recovery to her new key; the old one is lost since then, as she says.
fn recovery(world: &World, new: &Patient, lost_at: Moment) -> Act<AccountId, Signature> {
	let (controller, signature) = world.acceptance(&new.key, new.id, Capacity::Controller, Some(&new.hpke));
	Act::BeginRecovery {
		patient: new.id,
		controller,
		hpke: new.hpke.clone(),
		evidence: H256::repeat_byte(9),
		lost_at,
		signature,
	}
}

/// Hospital A's officers begin it.
pub fn begin(world: &mut World, patient: &Patient, lost_at: Moment) -> Patient {
	let new = renewed(world, patient);
	let act = recovery(world, &new, lost_at);
	world.officers_do(A, act).unwrap();
	new
}

fn confirm(patient: &Patient, grantee: &str, grant: u64) -> Consents {
	Consents::confirm_grant {
		patient: patient.id,
		grantee: Grantee::Account(account(grantee)),
		grant,
	}
}

fn decide(patient: &Patient, complete: bool) -> Call<Runtime> {
	Call::decide_recovery {
		patient: patient.id,
		complete,
	}
}

#[test]
fn a_thief_who_objects_delays_the_recovery_and_does_not_end_it() {
	story(|world| {
		let lost = world.patient("Pia", A);
		world.assign(&lost, ADA);
		let note = world.record(ADA, &lost, Category::Encounter);
		let lost_at = world.now();
		world.later(DAY);
		let new = begin(world, &lost, lost_at);
		let begun = world.now();
		world.send(&lost.key, Call::object_to_recovery {}).unwrap();
		world.refuses(&lost.key, Call::object_to_recovery {}, RolesError::AlreadyObjected);
		// Nor does the thief choose contacts of his own now.
		let contacts = Some(ContactsCommitment {
			threshold: 1,
			commitment: H256::repeat_byte(6),
		});
		world.refuses(
			&lost.key,
			Call::set_recovery_contacts { contacts },
			RolesError::RecoveryOpen,
		);

		world.at(begun + RECOVERY_NOTICE);
		assert_eq!(
			world.council(decide(&lost, true)),
			Err(RolesError::RecoveryNotDue.into())
		);
		assert_eq!(
			world.may(&new.key, None, Action::View, note, Purpose::PatientRequest),
			deny(Reason::Unknown)
		);
		world.at(begun + CONTESTED_RECOVERY_NOTICE);
		// An old signed call of the thief's, ready before the council decides.
		let everybody = Consents::grant {
			patient: lost.id,
			grantee: Grantee::Institution(B),
			terms: world.all_terms(),
		};
		let old = world.sign(&lost.key, everybody);
		world.council(decide(&lost, true)).unwrap();

		assert_eq!(
			world.may(&new.key, None, Action::View, note, Purpose::PatientRequest),
			permit(Basis::Subject)
		);
		assert_eq!(
			world.may(&lost.key, None, Action::View, note, Purpose::PatientRequest),
			deny(Reason::Unknown)
		);
		assert_eq!(world.pool(&old), Err(refusals::UNREGISTERED), "the old key is buried");
		assert_eq!(world.views(BEA, B, note), deny(Reason::NoGrant));
		let entry = world.read(|| Roles::patient(lost.id)).unwrap();
		assert_eq!(entry.hpke, Some(new.hpke));
		let trail = world.trail(lost.id);
		let objected = Kind::RecoveryChanged {
			change: RecoveryChange::Objected,
		};
		let recovered = Kind::ControllerChanged {
			controller: account(&new.key),
			cause: ControllerCause::Recovered,
		};
		assert!(trail.contains(&objected));
		assert_eq!(trail.last(), Some(&recovered));
	});
}

#[test]
fn contacts_she_chose_before_outweigh_the_thief() {
	story(|world| {
		let lost = world.patient("Pia", A);
		let friends = ["//Friend//1", "//Friend//2", "//Friend//3"];
		let salt = [5; 32];
		let contacts = friends.map(account).to_vec();
		let commitment = ContactsCommitment {
			threshold: 2,
			commitment: contacts_commitment(&salt, 2, &contacts),
		};
		let contacts_set = Call::set_recovery_contacts {
			contacts: Some(commitment),
		};
		world.send(&lost.key, contacts_set).unwrap();
		let lost_at = world.now();
		world.later(DAY);
		let new = begin(world, &lost, lost_at);
		let begun = world.now();
		world.send(&lost.key, Call::object_to_recovery {}).unwrap();

		let signed = (world.genesis, lost.id, account(&new.key), new.hpke.clone());
		let message = wrapped(VOUCH_TAG, &signed);
		let vouch = |places: &[u8]| Call::vouch {
			patient: lost.id,
			salt,
			contacts: contacts.clone().try_into().unwrap(),
			signatures: places
				.iter()
				.map(|place| {
					(
						*place,
						Signature::from(key(friends[usize::from(*place)]).sign(&message)),
					)
				})
				.collect::<Vec<_>>()
				.try_into()
				.unwrap(),
		};
		world.refuses(ADA, vouch(&[0]), RolesError::TooFewContacts);
		world.refuses(ADA, vouch(&[0, 0]), RolesError::TooFewContacts);
		world.send(ADA, vouch(&[0, 2])).unwrap();
		world.at(begun + RECOVERY_NOTICE);
		world.council(decide(&lost, true)).unwrap();
		assert_eq!(world.read(|| Roles::patient_of(&account(&new.key))), Some(lost.id));
	});
}

/// She gave Bea a grant, lost her key, and whoever found it gave Nat one: the grants, and since when.
fn robbed(world: &mut World) -> (Patient, RecordId, [u64; 2], Moment) {
	let lost = world.patient("Pia", A);
	world.assign(&lost, ADA);
	let note = world.record(ADA, &lost, Category::Encounter);
	let give = |world: &mut World, to: &str| {
		let terms = world.terms(
			&[Action::View, Action::Share],
			&[Purpose::Treatment],
			&[Category::Encounter],
		);
		world.grant(&lost, Grantee::Account(account(to)), terms)
	};
	let hers = give(world, BEA);
	world.later(DAY);
	let lost_at = world.now();
	world.later(DAY);
	let stolen = give(world, NAT);
	assert_eq!(world.views(BEA, B, note), permit(Basis::Grant(hers)));
	assert_eq!(world.views(NAT, B, note), permit(Basis::Grant(stolen)));
	world.later(DAY);
	(lost, note, [hers, stolen], lost_at)
}

#[test]
fn what_the_thief_granted_counts_once_she_confirms_it_and_not_before() {
	story(|world| {
		let (lost, note, [hers, stolen], lost_at) = robbed(world);
		world.refuses(&lost.key, confirm(&lost, NAT, stolen), ConsentError::NotSuspended);
		let denial = world.read(pallet_consent::NextDenial::<Runtime>::get);
		let research = DenialTerms {
			role: Some(Role::Researcher),
			..everything()
		};
		let deny_research = Consents::deny {
			patient: lost.id,
			terms: research,
		};
		world.send(&lost.key, deny_research).unwrap();

		// A loss is in the past.
		let new = renewed(world, &lost);
		let later = recovery(world, &new, world.now() + HOUR);
		let propose = Call::propose_act {
			institution: A,
			act: later,
		};
		world.refuses("//Alice", propose, RolesError::LossInFuture);
		let new = begin(world, &lost, lost_at);
		let begun = world.now();

		// At once; and what she gave before goes on, to all who hold it.
		assert_eq!(world.views(NAT, B, note), deny(Reason::Suspended));
		assert_eq!(
			world.access(NAT, Some(B), note, Purpose::Treatment),
			deny(Reason::Suspended)
		);
		assert_eq!(
			world.access(BEA, Some(B), note, Purpose::Treatment),
			permit(Basis::Grant(hers))
		);
		let terms = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Encounter]);
		let pass_on = Consents::pass_on {
			patient: lost.id,
			institution: B,
			from: salus_primitives::Parent {
				grantee: Grantee::Account(account(NAT)),
				grant: stolen,
			},
			to: account("//Cara"),
			terms: terms.clone(),
		};
		world.refuses(NAT, pass_on, ConsentError::GrantNotLive);

		// The old key closes and opens nothing.
		let lift = Consents::lift_denial {
			patient: lost.id,
			denial,
		};
		world.refuses(&lost.key, lift, ConsentError::RecoveryOpen);
		world.refuses(&lost.key, confirm(&lost, NAT, stolen), ConsentError::RecoveryOpen);
		let another = world.grant(&lost, Grantee::Account(account(NED)), terms);
		assert_eq!(world.views(NED, A, note), deny(Reason::Suspended));

		world.at(begun + RECOVERY_NOTICE);
		let old = world.sign(&lost.key, confirm(&lost, NAT, stolen));
		world.council(decide(&lost, true)).unwrap();
		assert_eq!(world.pool(&old), Err(refusals::UNREGISTERED), "the old key is buried");
		assert_eq!(world.views(BEA, B, note), permit(Basis::Grant(hers)));
		for (who, at) in [(NAT, B), (NED, A)] {
			assert_eq!(world.views(who, at, note), deny(Reason::Suspended), "{who}");
		}

		// She agrees with one of them.
		world.send(&new.key, confirm(&new, NAT, stolen)).unwrap();
		assert_eq!(
			world.access(NAT, Some(B), note, Purpose::Treatment),
			permit(Basis::Grant(stolen))
		);
		let confirmed = Kind::GrantConfirmed { grant: stolen };
		let trail = world.trail(lost.id);
		assert!(trail.contains(&confirmed), "{trail:?}");
		world.refuses(&new.key, confirm(&new, NAT, stolen), ConsentError::NotSuspended);
		world.refuses(&new.key, confirm(&new, BEA, hers), ConsentError::NotSuspended);
		// The other one she takes back.
		let grantee = Grantee::Account(account(NED));
		let revoke = Consents::revoke {
			patient: new.id,
			grantee,
			grant: another,
		};
		world.send(&new.key, revoke).unwrap();
		world.refuses(&new.key, confirm(&new, NED, another), ConsentError::GrantNotLive);
		assert_eq!(world.views(NED, A, note), deny(Reason::Revoked));
	});
}

#[test]
fn a_recovery_that_the_council_refuses_leaves_every_grant_as_it_was() {
	story(|world| {
		let (lost, note, [hers, stolen], lost_at) = robbed(world);
		begin(world, &lost, lost_at);
		assert_eq!(world.views(NAT, B, note), deny(Reason::Suspended));
		world.send(&lost.key, Call::object_to_recovery {}).unwrap();
		world.council(decide(&lost, false)).unwrap();
		assert_eq!(world.views(BEA, B, note), permit(Basis::Grant(hers)));
		assert_eq!(world.views(NAT, B, note), permit(Basis::Grant(stolen)));
		assert!(world
			.read(|| pallet_roles::KeyLosses::<Runtime>::get(lost.id))
			.is_none());
	});
}

#[test]
fn a_guardian_outlasts_the_lost_key() {
	story(|world| {
		const MUM: &str = "//Mum";
		let lost = world.patient("Pia", A);
		world.assign(&lost, ADA);
		let note = world.record(ADA, &lost, Category::Encounter);
		let given = guardians::guardian(world, MUM, lost.id, &[Action::View], guardians::MAJORITY);
		world.officers_do(A, given).unwrap();
		let lost_at = world.now();
		world.later(pallet_roles::OBJECTION_WINDOW);
		let mum = Patient {
			key: MUM.into(),
			..lost.clone()
		};
		let terms = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Encounter]);
		let hers = world.grant(&mum, Grantee::Account(account(BEA)), terms.clone());
		let stolen = world.grant(&lost, Grantee::Account(account(NAT)), terms);
		begin(world, &lost, lost_at);
		assert_eq!(world.views(BEA, B, note), permit(Basis::Grant(hers)));
		assert_eq!(world.views(NAT, B, note), deny(Reason::Suspended));
		// She does not wait for the council.
		world.send(MUM, confirm(&lost, NAT, stolen)).unwrap();
		assert_eq!(world.views(NAT, B, note), permit(Basis::Grant(stolen)));

		// Whoever has the key contests her: until the council has decided nothing that was given since counts.
		let contest = Call::contest_guardian { guardian: account(MUM) };
		world.send(&lost.key, contest).unwrap();
		for who in [BEA, NAT] {
			assert_eq!(world.views(who, B, note), deny(Reason::Suspended), "{who}");
		}
		let uphold = Call::decide_guardian {
			patient: lost.id,
			guardian: account(MUM),
			upheld: true,
		};
		world.council(uphold).unwrap();
		assert_eq!(world.views(BEA, B, note), permit(Basis::Grant(hers)));
	});
}
