//! A patient dies, and what she marked to outlive her goes on.

use super::{guardians::MAJORITY, *};
use pallet_roles::{Act, GuardianshipTerms};
use salus_primitives::Capacity;
use sp_core::H256;

const SON: &str = "//Son";

#[test]
fn what_she_marked_outlives_her_until_her_executor_ends_it() {
	story(|world| {
		let pia = world.patient("Pia", A);
		world.assign(&pia, ADA);
		world.assign(&pia, NED);
		let note = world.record(ADA, &pia, Category::Laboratory);
		let plain = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Laboratory]);
		let marked = Terms {
			outlives: true,
			uses: Some(2),
			..plain.clone()
		};
		// The doctor asks for longer than her life, and so she is answered; the nurse is not.
		let request = world.ask(BEA, B, &pia, marked.clone());
		let approve = Consents::approve {
			patient: pia.id,
			requester: account(BEA),
			request,
			terms: marked.clone(),
		};
		world.send(&pia.key, approve).unwrap();
		let request = world.ask(NAT, B, &pia, plain.clone());
		let approve = |terms: Terms| Consents::approve {
			patient: pia.id,
			requester: account(NAT),
			request,
			terms,
		};
		world.refuses(&pia.key, approve(marked), ConsentError::TermsWider);
		world.send(&pia.key, approve(plain)).unwrap();
		for (who, at) in [(NED, A), (BEA, B), (NAT, B)] {
			assert!(
				world.access(who, Some(at), note, Purpose::Treatment).is_permit(),
				"{who}"
			);
		}

		world.later(DAY);
		let at = world.now();
		world.officers_do(A, Act::NoteDeath { patient: pia.id, at }).unwrap();
		// Her own right, her admission terms and what she gave for her life are over; the author reads what she wrote.
		assert_eq!(
			world.may(&pia.key, None, Action::View, note, Purpose::PatientRequest),
			deny(Reason::Unknown)
		);
		for (who, at) in [(NED, A), (NAT, B)] {
			let decided = world.access(who, Some(at), note, Purpose::Treatment);
			assert_eq!(decided, deny(Reason::Expired), "{who}");
		}
		assert_eq!(world.views(ADA, A, note), permit(Basis::Author));
		let Decision::Permit(Basis::Grant(grant)) = world.access(BEA, Some(B), note, Purpose::Treatment) else {
			panic!("it outlives her");
		};
		assert_eq!(
			world.views(BEA, B, note),
			deny(Reason::Exhausted),
			"within its own terms"
		);
		let again = Consents::grant {
			patient: pia.id,
			grantee: Grantee::Account(account(BEA)),
			terms: world.all_terms(),
		};
		world.refuses(&pia.key, again, ConsentError::PatientNotActive);

		// Her executor may end it for all that.
		let (guardian, signature) = world.acceptance(SON, pia.id, Capacity::Executor, None);
		let terms = GuardianshipTerms {
			guardian,
			executor: true,
			actions: ActionSet::of(&[Action::View]),
			consents: true,
			ends: MAJORITY,
			evidence: H256::repeat_byte(2),
		};
		let executor = Act::GiveGuardian {
			patient: pia.id,
			terms,
			signature,
		};
		world.officers_do(A, executor).unwrap();
		world.later(72 * HOUR);
		let revoke = Consents::revoke {
			patient: pia.id,
			grantee: Grantee::Account(account(BEA)),
			grant,
		};
		world.send(SON, revoke).unwrap();
		assert_eq!(world.views(BEA, B, note), deny(Reason::Revoked));
	});
}

/// Whoever took her phone gives nothing that outlives her by it.
#[test]
fn what_was_given_between_her_death_and_the_note_of_it_ends_with_the_note() {
	story(|world| {
		let pia = world.patient("Pia", A);
		world.assign(&pia, ADA);
		let note = world.record(ADA, &pia, Category::Laboratory);
		let died = world.now();
		world.later(HOUR);
		let marked = Terms {
			outlives: true,
			..world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Laboratory])
		};
		world.grant(&pia, Grantee::Account(account(BEA)), marked);
		assert!(world.views(BEA, B, note).is_permit());
		let death = |at| Act::NoteDeath { patient: pia.id, at };
		world.officers_do(A, death(died)).unwrap();
		assert_eq!(world.views(BEA, B, note), deny(Reason::Expired));

		// The hour was wrong: the officers note it again.
		world.officers_do(A, Act::RetractDeath { patient: pia.id }).unwrap();
		let later = world.now();
		world.officers_do(A, death(later)).unwrap();
		assert!(world.views(BEA, B, note).is_permit());
	});
}
