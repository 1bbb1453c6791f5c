//! Trying transactions: what the runtime API answers, and that it changes nothing.

use super::*;
use crate::dry_run::dry_run;
use frame_support::{assert_ok, traits::DisabledValidators};
use salus_primitives::{DryRun, DryRunError, Moment, Outcome, Purpose, SECOND};
use sp_consensus_aura::{Slot, AURA_ENGINE_ID};
use sp_core::{storage::StateVersion, H256};

use sp_runtime::{Digest, DigestItem, DispatchError};

/// 2027-01-15T08:00:00Z.
const NOW: Moment = 1_800_000_000_000;

/// A chain whose first block is of `NOW`, and that block's hash.
fn after_a_block(preset: &str, told: impl FnOnce(Hash)) {
	let mut chain = chain(preset);
	chain.execute_with(|| {
		let genesis = System::block_hash(0);
		let slot = Slot::from(NOW / SECOND);
		let digest = Digest {
			logs: vec![DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode())],
		};
		Executive::initialize_block(&Header {
			parent_hash: genesis,
			number: 1,
			state_root: Default::default(),
			extrinsics_root: Default::default(),
			digest,
		});
		let set = pallet_timestamp::Call::set { now: NOW };
		assert_eq!(
			Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(set.into())),
			Ok(Ok(()))
		);
		told(Executive::finalize_block().hash());
	});
	// What a block would hand to the node's offchain database.
	let written = chain.overlayed_changes().clone().offchain_drain_committed().count();
	assert_eq!(written, 0);
}

fn root() -> Vec<u8> {
	sp_io::storage::root(StateVersion::V1)
}

/// The outcome, which leaves the state as it was.
fn tried(extrinsic: UncheckedExtrinsic, head: Hash) -> Outcome {
	let before = root();
	let answer = dry_run(&extrinsic.encode(), head).unwrap();
	assert_eq!(root(), before, "something was changed");
	assert_eq!((answer.block, System::block_number()), (2, 1));
	answer.outcome
}

/// The officer of hospital A suspends its doctor.
fn suspend() -> RuntimeCall {
	pallet_roles::Call::suspend_credential {
		account: account("//Alice//doctor"),
		institution: 0,
	}
	.into()
}

fn access_to_nothing() -> RuntimeCall {
	pallet_records::Call::access {
		records: Default::default(),
		purpose: Purpose::Treatment,
		institution: Some(0),
	}
	.into()
}

fn invalid(outcome: Outcome) -> TransactionValidityError {
	match outcome {
		Outcome::Invalid(error) => error,
		other => panic!("{other:?}"),
	}
}

#[test]
fn what_would_succeed_leaves_its_events_and_no_trace() {
	after_a_block(genesis::DEVELOPMENT, |head| {
		let Outcome::Done { events, used } = tried(signed("//Alice", suspend()), head) else {
			panic!("it would succeed");
		};
		let first: RuntimeEvent = codec::Decode::decode(&mut events[0].as_slice()).unwrap();
		let RuntimeEvent::Roles(pallet_roles::Event::CredentialSuspended { .. }) = first else {
			panic!("{first:?}");
		};
		assert!(used.time > 0);
		assert_eq!(System::account_nonce(account("//Alice")), 0);
		// The chain does then what was foretold.
		assert_ok!(suspend().dispatch(RuntimeOrigin::signed(account("//Alice"))));
	});
}

#[test]
fn it_is_served_under_the_name_that_clients_call() {
	after_a_block(genesis::DEVELOPMENT, |head| {
		let transaction = signed("//Alice", suspend()).encode();
		let answer = apis::api::dispatch("DryRunApi_dry_run", &(&transaction, head).encode()).unwrap();
		assert_eq!(answer, dry_run(&transaction, head).encode());
		let hostile = (vec![0xff_u8; 4_096], head).encode();
		let answer = apis::api::dispatch("DryRunApi_dry_run", &hostile).unwrap();
		assert_eq!(answer, Err::<DryRun, _>(DryRunError::Malformed).encode());
	});
}

#[test]
fn what_would_fail_has_the_calls_error() {
	after_a_block(genesis::DEVELOPMENT, |head| {
		let Outcome::Failed { error, used } = tried(signed("//Alice//doctor", access_to_nothing()), head) else {
			panic!("it would fail");
		};
		assert_eq!(error, pallet_records::Error::<Runtime>::NoRecords.into());
		assert!(used.time > 0);
		let filtered = tried(signed("//Alice", pallet_session::Call::purge_keys {}.into()), head);
		assert!(
			matches!(&filtered, Outcome::Failed { error, .. } if *error == frame_system::Error::<Runtime>::CallFiltered.into()),
			"{filtered:?}"
		);
		let root_only = frame_system::Call::set_code { code: vec![0] }.into();
		let refused = tried(signed("//Alice", root_only), head);
		assert!(
			matches!(
				refused,
				Outcome::Failed {
					error: DispatchError::BadOrigin,
					..
				}
			),
			"{refused:?}"
		);
	});
}

#[test]
fn what_no_block_takes_is_invalid_as_the_pool_says_it() {
	after_a_block(genesis::DEVELOPMENT, |head| {
		let unregistered = tried(signed("//Mallory", remark()), head);
		assert_eq!(invalid(unregistered), InvalidTransaction::Payment.into());
		let mut forged = signed("//Alice", remark());
		forged.function = suspend();
		// The call is part of what was signed; its encoding is kept apart, so that it is read anew here.
		let forged = UncheckedExtrinsic::from_parts(forged.function, forged.preamble);
		assert_eq!(invalid(tried(forged, head)), InvalidTransaction::BadProof.into());
		let set = pallet_timestamp::Call::set { now: NOW + 5 * SECOND };
		let mandatory = tried(signed("//Alice", set.into()), head);
		assert_eq!(invalid(mandatory), InvalidTransaction::MandatoryValidation.into());
		let unsigned = UncheckedExtrinsic::new_transaction(remark(), transactions::extension(0));
		// Nobody signed it, and the call does not authorise itself.
		assert!(!matches!(tried(unsigned, head), Outcome::Done { .. }));
	});
}

#[test]
fn what_is_no_transaction_is_told_apart() {
	after_a_block(genesis::DEVELOPMENT, |head| {
		let tried = |bytes: &[u8]| dry_run(bytes, head).unwrap_err();
		let good = signed("//Alice", suspend()).encode();
		for malformed in [
			&[][..],
			&[0xff; 64],
			&good[1..],
			&good[..good.len() - 1],
			&[&good[..], &[0]].concat(),
		] {
			assert_eq!(tried(malformed), DryRunError::Malformed);
		}
		let DryRunError::TooLong(most) = tried(&vec![0; 8 << 20]) else {
			panic!("it is too long");
		};
		assert_eq!(most, 4_718_592, "nine tenths of 5 MiB");
		assert_eq!(tried(&vec![0; most as usize]), DryRunError::Malformed);
		for bare in [pallet_timestamp::Call::set { now: NOW + SECOND }.into(), remark()] {
			let bare = UncheckedExtrinsic::new_bare(bare).encode();
			assert_eq!(tried(&bare), DryRunError::NotATransaction);
		}
	});
}

#[test]
fn calls_in_calls_are_read_as_deeply_as_a_block_reads_them() {
	let nested = |depth| {
		(0..depth).fold(remark(), |call, _| {
			pallet_utility::Call::batch { calls: vec![call] }.into()
		})
	};
	// The frames of a native build are larger than those of the runtime's.
	let deep = std::thread::Builder::new().stack_size(1 << 30).spawn(move || {
		after_a_block(genesis::DEVELOPMENT, |head| {
			for depth in [1, 33, 100] {
				let outcome = tried(signed("//Alice", nested(depth)), head);
				assert!(matches!(outcome, Outcome::Done { .. }), "{depth}: {outcome:?}");
			}
			let too_deep = signed("//Alice", nested(300)).encode();
			assert_eq!(dry_run(&too_deep, head), Err(DryRunError::Malformed));
		});
	});
	deep.unwrap().join().unwrap();
}

#[test]
fn hostile_bytes_get_an_answer() {
	after_a_block(genesis::DEVELOPMENT, |head| {
		let good = signed("//Alice", suspend()).encode();
		let before = root();
		for at in 0..good.len() {
			for change in [0x01, 0x80, 0xff] {
				let mut bytes = good.clone();
				bytes[at] ^= change;
				// Any answer but a success: each byte is signed, or is the signature.
				let answer = dry_run(&bytes, head);
				assert!(
					!matches!(&answer, Ok(answer) if matches!(answer.outcome, Outcome::Done { .. })),
					"byte {at}: {answer:?}"
				);
			}
		}
		assert_eq!(root(), before);
	});
}

#[test]
fn the_next_blocks_time_is_the_earliest_with_an_author() {
	after_a_block(genesis::LOCAL, |head| {
		let time = |head| dry_run(&signed("//Alice", suspend()).encode(), head).unwrap().time;
		assert_eq!(time(head), NOW + SECOND);
		let authorities = 4;
		let next = (NOW / SECOND + 1) % authorities;
		Session::disable_index(u32::try_from(next).unwrap());
		assert!(Session::is_disabled(u32::try_from(next).unwrap()));
		assert_eq!(time(head), NOW + 2 * SECOND, "the next author is disabled");
		// Time that has gone on within the slot is not turned back.
		pallet_timestamp::Now::<Runtime>::put(NOW + 1_900);
		assert_eq!(time(head), NOW + 2_400);
		for author in 0..4 {
			Session::disable_index(author);
		}
		assert_eq!(
			dry_run(&signed("//Alice", suspend()).encode(), head),
			Err(DryRunError::NoNextBlock)
		);
	});
}

#[test]
fn a_genesis_has_no_time_yet() {
	chain(genesis::DEVELOPMENT).execute_with(|| {
		let answer = dry_run(&signed("//Alice", suspend()).encode(), System::block_hash(0));
		assert_eq!(answer, Err(DryRunError::NoNextBlock));
	});
}

#[test]
fn a_mortal_transaction_is_checked_against_the_head_that_is_named() {
	after_a_block(genesis::DEVELOPMENT, |head| {
		// As if it had been signed at block 1.
		let era = sp_runtime::generic::Era::mortal(64, 1);
		let mut extension = transactions::extension(0);
		extension.5 = frame_system::CheckEra::from(era);
		let implicit = (
			(),
			(),
			VERSION.spec_version,
			VERSION.transaction_version,
			System::block_hash(0),
			head,
			(),
			(),
			(),
			None,
			(),
		);
		let payload = SignedPayload::from_raw(suspend(), extension.clone(), implicit);
		let signature = payload.using_encoded(|bytes| key("//Alice").sign(bytes));
		let mortal = UncheckedExtrinsic::new_signed(suspend(), account("//Alice").into(), signature.into(), extension);
		assert!(matches!(tried(mortal.clone(), head), Outcome::Done { .. }));
		assert_eq!(
			invalid(tried(mortal, H256::repeat_byte(9))),
			InvalidTransaction::BadProof.into()
		);
	});
}

#[test]
fn an_account_that_is_ahead_of_the_head_is_told_so() {
	after_a_block(genesis::DEVELOPMENT, |head| {
		frame_system::Account::<Runtime>::mutate(account("//Alice"), |entry| entry.nonce = 4);
		let signed_early = signed("//Alice", suspend());
		frame_system::Account::<Runtime>::mutate(account("//Alice"), |entry| entry.nonce = 3);
		assert_eq!(
			invalid(tried(signed_early.clone(), head)),
			InvalidTransaction::Future.into()
		);
		frame_system::Account::<Runtime>::mutate(account("//Alice"), |entry| entry.nonce = 5);
		assert_eq!(invalid(tried(signed_early, head)), InvalidTransaction::Stale.into());
	});
}
