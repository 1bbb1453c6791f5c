//! A patient lost her key. Whoever found it objects.

use super::*;
use pallet_roles::{
	Act, Call, ContactsCommitment, CONTESTED_RECOVERY_NOTICE, RECOVERY_LIFETIME, RECOVERY_NOTICE, VOUCHING_LIFETIME,
};
use salus_primitives::{contacts_commitment, wrapped, Capacity, ControllerCause, RecoveryChange, Vouch, VOUCH_TAG};
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

const FRIENDS: [&str; 3] = ["//Friend//1", "//Friend//2", "//Friend//3"];
const SALT: [u8; 32] = [5; 32];

/// She chooses three friends, of whom two vouch together.
fn choose_friends(world: &mut World, patient: &Patient) {
	let contacts = Some(ContactsCommitment {
		threshold: 2,
		commitment: contacts_commitment(&SALT, 2, &FRIENDS.map(account)),
	});
	world
		.send(&patient.key, Call::set_recovery_contacts { contacts })
		.unwrap();
}

/// What her friends are asked to sign now.
fn word(world: &mut World, new: &Patient, lost_at: Moment) -> Vouch<AccountId> {
	Vouch {
		genesis: world.genesis,
		patient: new.id,
		round: world.read(|| pallet_roles::RecoveryRounds::<Runtime>::get(new.id)),
		controller: account(&new.key),
		hpke: new.hpke.clone(),
		lost_at,
		not_after: world.now() + VOUCHING_LIFETIME,
	}
}

/// The signatures of some of them.
fn signatures(word: &Vouch<AccountId>, places: &[u8]) -> pallet_roles::Vouching<Signature> {
	let message = wrapped(VOUCH_TAG, word);
	let signed = |place: &u8| {
		let friend = key(FRIENDS[usize::from(*place)]);
		(*place, Signature::from(friend.sign(&message)))
	};
	places.iter().map(signed).collect::<Vec<_>>().try_into().unwrap()
}

/// What anybody sends for her, without any officer.
fn recover(
	world: &World,
	new: &Patient,
	word: &Vouch<AccountId>,
	signatures: pallet_roles::Vouching<Signature>,
) -> Call<Runtime> {
	let (controller, acceptance) = world.acceptance(&new.key, new.id, Capacity::Controller, Some(&new.hpke));
	Call::recover {
		patient: new.id,
		controller,
		hpke: new.hpke.clone(),
		lost_at: word.lost_at,
		not_after: word.not_after,
		salt: SALT,
		contacts: FRIENDS.map(account).to_vec().try_into().unwrap(),
		signatures,
		acceptance,
	}
}

#[test]
fn contacts_she_chose_before_outweigh_the_thief() {
	story(|world| {
		let lost = world.patient("Pia", A);
		choose_friends(world, &lost);
		let lost_at = world.now();
		world.later(DAY);
		let new = begin(world, &lost, lost_at);
		let begun = world.now();
		world.send(&lost.key, Call::object_to_recovery {}).unwrap();

		let word = word(world, &new, lost_at);
		let vouch = |places: &[u8]| Call::vouch {
			patient: lost.id,
			not_after: word.not_after,
			salt: SALT,
			contacts: FRIENDS.map(account).to_vec().try_into().unwrap(),
			signatures: signatures(&word, places),
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

/// Somebody got hold of what her friends signed, and of their names: both are on chain once they were sent.
#[test]
fn what_her_friends_signed_suspends_since_when_they_say_and_once() {
	story(|world| {
		let (lost, note, [before, since], lost_at) = robbed(world);
		choose_friends(world, &lost);
		let new = renewed(world, &lost);
		let signed = word(world, &new, lost_at);

		// Who sends it would suspend more than they say, or keep it for later.
		let everything = Vouch {
			lost_at: 0,
			..signed.clone()
		};
		let later = Vouch {
			not_after: signed.not_after - 1,
			..signed.clone()
		};
		for claimed in [everything, later] {
			let sent = recover(world, &new, &claimed, signatures(&signed, &[0, 2]));
			world.refuses(ADA, sent, RolesError::VouchInvalid);
		}

		let sent = recover(world, &new, &signed, signatures(&signed, &[0, 2]));
		world.send(ADA, sent.clone()).unwrap();
		assert_eq!(world.views(BEA, B, note), permit(Basis::Grant(before)));
		assert_eq!(world.views(NAT, B, note), deny(Reason::Suspended));
		world.send(&lost.key, Call::object_to_recovery {}).unwrap();
		world.council(decide(&lost, false)).unwrap();
		assert_eq!(world.views(NAT, B, note), permit(Basis::Grant(since)));
		world.refuses(ADA, sent, RolesError::VouchInvalid);
		assert_eq!(world.views(NAT, B, note), permit(Basis::Grant(since)));

		// Her friends are hers still.
		let again = word(world, &new, lost_at);
		let sent = recover(world, &new, &again, signatures(&again, &[1, 2]));
		world.send(ADA, sent).unwrap();
		assert_eq!(world.views(NAT, B, note), deny(Reason::Suspended));
	});
}

#[test]
fn a_council_that_never_decides_suspends_for_sixty_days() {
	story(|world| {
		let lost = world.patient("Pia", A);
		world.assign(&lost, ADA);
		let note = world.record(ADA, &lost, Category::Encounter);
		let terms = Terms {
			ends: world.now() + 90 * DAY,
			..world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Encounter])
		};
		let grant = world.grant(&lost, Grantee::Account(account(NAT)), terms);
		// Two officers who lie.
		begin(world, &lost, 0);
		let begun = world.now();
		let prune = Call::prune_recovery { patient: lost.id };
		world.send(&lost.key, Call::object_to_recovery {}).unwrap();
		world.at(begun + RECOVERY_LIFETIME - HOUR);
		world.refuses(&lost.key, prune.clone(), RolesError::RecoveryNotExpired);
		assert_eq!(world.views(NAT, B, note), deny(Reason::Suspended));
		world.at(begun + RECOVERY_LIFETIME);
		world.send(&lost.key, prune.clone()).unwrap();
		assert_eq!(world.views(NAT, B, note), permit(Basis::Grant(grant)));
		let lapsed = Kind::RecoveryChanged {
			change: RecoveryChange::Lapsed,
		};
		assert_eq!(world.trail(lost.id).last(), Some(&lapsed));
		world.refuses(&lost.key, prune, RolesError::NoRecovery);
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
