//! A patient lost her key. Whoever found it objects.

use super::*;
use pallet_roles::{Act, Call, ContactsCommitment, CONTESTED_RECOVERY_NOTICE, RECOVERY_NOTICE};
use salus_primitives::{contacts_commitment, wrapped, Capacity, ControllerCause, RecoveryChange, VOUCH_TAG};
use sp_core::{Pair, H256};

/// Hospital A's officers begin the recovery to a new key of the person's, and the thief objects.
fn begin(world: &mut World, patient: &Patient) -> Patient {
	let (key, hpke) = derive("Pia", world.genesis, A, 1);
	let (controller, signature) = world.acceptance(&key, patient.id, Capacity::Controller, Some(&hpke));
	let act = Act::BeginRecovery {
		patient: patient.id,
		controller,
		hpke: hpke.clone(),
		evidence: H256::repeat_byte(9),
		lost_at: world.now(),
		signature,
	};
	world.officers_do(A, act).unwrap();
	Patient {
		id: patient.id,
		at: A,
		key,
		hpke,
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
		let new = begin(world, &lost);
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
		let new = begin(world, &lost);
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
