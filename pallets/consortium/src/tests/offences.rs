//! An author that made two blocks for one slot is reported, and what follows.

use crate::{
	mock::*, pool_errors, AuthorEquivocation, Call, Error, Event, MinValidators, Offender, Offenders, MAX_EVIDENCE,
};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult, traits::Authorize};
use frame_system::{pallet_prelude::HeaderFor, RawOrigin};
use salus_primitives::Status;
use sp_consensus_aura::sr25519::AuthorityId;
use sp_consensus_slots::EquivocationProof;
use sp_runtime::{
	traits::Header,
	transaction_validity::{InvalidTransaction, TransactionPriority, TransactionSource, TransactionValidityError},
	DispatchError, Perbill,
};
use sp_session::MembershipProof;
use sp_staking::offence::{Offence, OffenceDetails, OnOffenceHandler};

type Proof = EquivocationProof<HeaderFor<Test>, AuthorityId>;

/// An offence of any kind, in the current session.
pub fn offend(validator: u64) {
	let details = [OffenceDetails {
		offender: (validator, ()),
		reporters: vec![],
	}];
	Consortium::on_offence(&details, &[Perbill::zero()], Index::get());
}

fn report(proof: Proof, owner: MembershipProof) -> DispatchResult {
	Consortium::report_author(RawOrigin::Authorized.into(), Box::new(proof), owner)
}

fn pool(proof: Proof, owner: MembershipProof, source: TransactionSource) -> Result<u64, TransactionValidityError> {
	let call = Call::<Test>::report_author {
		proof: Box::new(proof),
		owner,
	};
	let (validity, _) = call.authorize(source).expect("an authorised call")?;
	assert!(!validity.propagate);
	assert_eq!(validity.provides.len(), 1);
	Ok(validity.priority)
}

/// The pool and the call refuse it alike, and nothing changes.
fn refused(proof: Proof, owner: MembershipProof, error: Error<Test>, code: InvalidTransaction) {
	assert_eq!(
		pool(proof.clone(), owner.clone(), TransactionSource::Local),
		Err(code.into())
	);
	assert_noop!(report(proof, owner), error);
}

#[test]
fn an_equivocating_author_is_disabled_at_once_and_leaves_the_next_set() {
	story(|| {
		assert_ok!(report(equivocation(2), ownership(0)));
		System::assert_has_event(
			Event::ValidatorOffended {
				validator: 2,
				session: 0,
			}
			.into(),
		);
		assert_eq!(Disabled::get().into_iter().collect::<Vec<_>>(), [1]);
		assert_eq!(next_session(), [1, 3]);
		next_session();
		assert_eq!(InSession::get(), [1, 3]);
		assert!(Disabled::get().is_empty());
	});
}

#[test]
fn where_the_floor_holds_it_stays_disabled_in_every_session_and_the_council_is_told() {
	story(|| {
		MinValidators::<Test>::put(3);
		assert_ok!(report(equivocation(2), ownership(0)));
		System::assert_has_event(Event::HeldByFloor { validator: 2 }.into());
		assert_eq!(next_session(), [1, 2, 3]);
		told(vec![Event::HeldByFloor { validator: 2 }]);

		// A fourth takes its place: the session pallet forgets who is disabled, this pallet does not.
		admit(4, Some(4));
		assert_ok!(Consortium::add_validator(RuntimeOrigin::root(), 4));
		assert_eq!(next_session(), [1, 2, 3, 4]);
		assert_eq!(next_session(), [1, 3, 4]);
		assert_eq!(InSession::get(), [1, 2, 3, 4]);
		assert!(Disabled::get().contains(&1));
		next_session();
		assert_eq!((InSession::get(), Disabled::get().len()), (vec![1, 3, 4], 0));
	});
}

#[test]
fn the_council_reinstates_it_and_old_offences_count_no_more() {
	story(|| {
		assert_ok!(report(equivocation(2), ownership(0)));
		next_session();
		assert_ok!(Consortium::reinstate_validator(RuntimeOrigin::root(), 2));
		told(vec![Event::ValidatorReinstated {
			institution: 2,
			validator: 2,
		}]);
		assert!(Disabled::get().is_empty(), "it is in this session, and authors again");
		assert_eq!(next_session(), [1, 3, 2]);

		let other = EquivocationProof {
			slot: 8.into(),
			first_header: sealed(5, 8, 2),
			second_header: sealed(6, 8, 2),
			..equivocation(2)
		};
		refused(
			other.clone(),
			ownership(1),
			Error::AlreadyReported,
			InvalidTransaction::Stale,
		);
		// What it does after that session counts.
		assert_ok!(report(other, ownership(2)));
		assert!(Consortium::is_offender(&2));
	});
}

#[test]
fn the_last_that_authors_goes_on() {
	story(|| {
		for validator in [1, 2, 3] {
			offend(validator);
		}
		assert_eq!(Offenders::<Test>::iter().count(), 3);
		assert_eq!(Disabled::get().into_iter().collect::<Vec<_>>(), [0, 1]);
		next_session();
		assert!(Disabled::get().len() < InSession::get().len());
	});
}

#[test]
fn an_offender_that_is_not_in_the_set_is_remembered() {
	story(|| {
		admit(4, Some(4));
		offend(4);
		assert!(Consortium::is_offender(&4));
		assert!(Disabled::get().is_empty());
		// Suspended and offended: it leaves once, for the graver reason.
		set_status(1, Status::Suspended);
		offend(1);
		assert_eq!(next_session(), [2, 3]);
	});
}

#[test]
fn the_pool_takes_a_report_of_this_node_or_of_a_block_only() {
	story(|| {
		for source in [TransactionSource::Local, TransactionSource::InBlock] {
			let priority = pool(equivocation(2), ownership(0), source);
			assert_eq!(priority, Ok(TransactionPriority::MAX));
		}
		assert_eq!(
			pool(equivocation(2), ownership(0), TransactionSource::External),
			Err(InvalidTransaction::Call.into())
		);
		for origin in [RuntimeOrigin::signed(1), RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Consortium::report_author(origin, Box::new(equivocation(2)), ownership(0)),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn already_reported() {
	story(|| {
		assert_ok!(report(equivocation(2), ownership(0)));
		let (error, code) = (Error::AlreadyReported, InvalidTransaction::Stale);
		refused(equivocation(2), ownership(0), error, code);
	});
}

#[test]
fn key_owner_proof_invalid() {
	story(|| {
		let proof = MembershipProof {
			validator_count: 4,
			..ownership(0)
		};
		let code = InvalidTransaction::Custom(pool_errors::KEY_OWNER_PROOF_INVALID);
		refused(equivocation(2), proof, Error::KeyOwnerProofInvalid, code);
	});
}

#[test]
fn evidence_too_large() {
	story(|| {
		let proof = MembershipProof {
			trie_nodes: vec![vec![0; MAX_EVIDENCE]],
			..ownership(0)
		};
		let code = InvalidTransaction::Custom(pool_errors::EVIDENCE_TOO_LARGE);
		refused(equivocation(2), proof, Error::EvidenceTooLarge, code);
	});
}

#[test]
fn header_unsealed() {
	story(|| {
		for cut in [1, 2] {
			let mut proof = equivocation(2);
			for _ in 0..cut {
				proof.second_header.digest_mut().pop();
			}
			let code = InvalidTransaction::Custom(pool_errors::HEADER_UNSEALED);
			refused(proof, ownership(0), Error::HeaderUnsealed, code);
		}
	});
}

#[test]
fn other_slot() {
	story(|| {
		let code = InvalidTransaction::Custom(pool_errors::OTHER_SLOT);
		for proof in [
			EquivocationProof {
				second_header: sealed(6, 8, 2),
				..equivocation(2)
			},
			EquivocationProof {
				slot: 9.into(),
				..equivocation(2)
			},
		] {
			refused(proof, ownership(0), Error::OtherSlot, code);
		}
	});
}

#[test]
fn seal_invalid() {
	story(|| {
		let mut altered = equivocation(2);
		altered.second_header.set_number(60);
		let code = InvalidTransaction::Custom(pool_errors::SEAL_INVALID);
		for proof in [
			altered,
			EquivocationProof {
				first_header: sealed(5, 7, 3),
				..equivocation(2)
			},
		] {
			refused(proof, ownership(0), Error::SealInvalid, code);
		}
	});
}

#[test]
fn same_block() {
	story(|| {
		let code = InvalidTransaction::Custom(pool_errors::SAME_BLOCK);
		// The seal is random: two of them make two hashes of one block.
		let (first, second) = (sealed(5, 7, 2), sealed(5, 7, 2));
		assert_ne!(first.hash(), second.hash());
		let proof = EquivocationProof {
			first_header: first,
			second_header: second,
			..equivocation(2)
		};
		refused(proof, ownership(0), Error::SameBlock, code);
	});
}

#[test]
fn the_offence_says_who_when_and_how_many() {
	story(|| {
		assert_ok!(report(equivocation(2), ownership(0)));
		type Kind = AuthorEquivocation<Offender<Test>>;
		assert_eq!(&Kind::ID, b"aura:equivocatio");
		let recorded = System::events()
			.into_iter()
			.filter_map(|record| match record.event {
				RuntimeEvent::Offences(pallet_offences::Event::Offence { kind, slot }) => Some((kind, slot)),
				_ => None,
			})
			.collect::<Vec<_>>();
		assert_eq!(recorded, [(Kind::ID, 7_u64.encode())]);
	});
}
