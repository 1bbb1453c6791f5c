#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
//! The runtime as a whole: presets, the gate to the pool, and what the extensions are.

mod dry_run;
mod errors;
mod leaving;
mod listings;
mod records;
mod seats;
mod stories;
mod validators;
mod weights;

use crate::*;
use codec::Encode;
use frame_support::{dispatch::DispatchResultWithPostInfo, traits::Get, weights::Weight};
use salus_primitives::{Registry, Role};
use sp_core::{sr25519, Pair};
use sp_runtime::{
	traits::{Dispatchable, Hash as _, TransactionExtension},
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
};

fn chain(preset: &str) -> sp_io::TestExternalities {
	let patch = genesis::preset(&preset.into()).unwrap();
	let mut externalities = sp_io::TestExternalities::new_empty();
	externalities.execute_with(|| {
		frame_support::genesis_builder_helper::build_state::<RuntimeGenesisConfig>(whole(&patch)).unwrap();
	});
	externalities
}

/// A patch laid over the default genesis, as the chain spec builder does it.
fn whole(patch: &[u8]) -> Vec<u8> {
	fn merge(into: &mut serde_json::Value, patch: serde_json::Value) {
		match (into, patch) {
			(serde_json::Value::Object(into), serde_json::Value::Object(patch)) => {
				for (key, value) in patch {
					merge(into.entry(key).or_insert(serde_json::Value::Null), value);
				}
			}
			(into, patch) => *into = patch,
		}
	}
	let defaults = frame_support::genesis_builder_helper::get_preset::<RuntimeGenesisConfig>(&None, |_| None).unwrap();
	let mut config: serde_json::Value = serde_json::from_slice(&defaults).unwrap();
	merge(&mut config, serde_json::from_slice(patch).unwrap());
	serde_json::to_vec(&config).unwrap()
}

fn key(uri: &str) -> sr25519::Pair {
	sr25519::Pair::from_string(uri, None).unwrap()
}

fn account(uri: &str) -> AccountId {
	key(uri).public().into()
}

fn signed(uri: &str, call: RuntimeCall) -> UncheckedExtrinsic {
	let extension = transactions::extension(System::account_nonce(account(uri)));
	let payload = SignedPayload::new(call.clone(), extension.clone()).unwrap();
	let signature = payload.using_encoded(|bytes| key(uri).sign(bytes));
	UncheckedExtrinsic::new_signed(call, account(uri).into(), signature.into(), extension)
}

fn remark() -> RuntimeCall {
	frame_system::Call::remark { remark: Vec::new() }.into()
}

/// Puts a call to this council, whose first members all say aye, and closes the motion when its time is over.
fn motion(council: &[AccountId], ayes: usize, threshold: u32, call: RuntimeCall) -> DispatchResultWithPostInfo {
	pallet_collective::Members::<Runtime, CouncilCollective>::put(council);
	System::set_block_number(1);
	let hash = <Runtime as frame_system::Config>::Hashing::hash_of(&call);
	let length = call.encoded_size() as u32;
	let proposer = RuntimeOrigin::signed(council[0].clone());
	Council::propose(proposer.clone(), threshold, Box::new(call), length)?;
	for member in &council[..ayes] {
		Council::vote(RuntimeOrigin::signed(member.clone()), hash, 0, true)?;
	}
	let duration: BlockNumber =
		<<Runtime as pallet_collective::Config<CouncilCollective>>::MotionDuration as Get<BlockNumber>>::get();
	System::set_block_number(2 + duration);
	Council::close(proposer, hash, 0, Weight::MAX, length)
}

fn validity(extrinsic: UncheckedExtrinsic) -> Result<(), TransactionValidityError> {
	Executive::validate_transaction(TransactionSource::External, extrinsic, System::block_hash(0)).map(|_| ())
}

#[test]
fn the_development_preset_holds_two_staffed_hospitals_and_one_validator() {
	chain(genesis::DEVELOPMENT).execute_with(|| {
		assert_eq!(Session::validators(), [account("//Alice//stash")]);
		assert_eq!(pallet_collective::Members::<Runtime, CouncilCollective>::get().len(), 2);
		for (institution, name) in [(0, "Alice"), (1, "Bob")] {
			assert!(Roles::is_officer(&account(&format!("//{name}")), institution));
			for (staff, role) in [
				("admin", Role::Administrator),
				("doctor", Role::Doctor),
				("nurse", Role::Nurse),
			] {
				let standing = Roles::standing(&account(&format!("//{name}//{staff}")), institution).unwrap();
				assert_eq!((standing.role, standing.active), (role, true));
			}
		}
		assert!(Roles::institution(2).is_none());
	});
}

#[test]
fn the_local_preset_holds_four_hospitals_that_validate() {
	chain(genesis::LOCAL).execute_with(|| {
		assert_eq!(Session::validators().len(), 4);
		assert_eq!(pallet_consortium::MinValidators::<Runtime>::get(), 4);
		for (institution, name) in (0..).zip(["Alice", "Bob", "Eve", "Ferdie"]) {
			assert!(Roles::is_officer(&account(&format!("//{name}")), institution));
			assert!(Roles::standing(&account(&format!("//{name}//doctor")), institution).is_some());
		}
	});
}

#[test]
fn there_is_no_other_preset() {
	assert!(genesis::preset(&"mainnet".into()).is_none());
}

#[test]
fn the_invariants_hold_at_genesis() {
	for preset in [genesis::DEVELOPMENT, genesis::LOCAL] {
		chain(preset).execute_with(|| {
			Roles::check_state().unwrap();
			Consent::check_state().unwrap();
			Records::check_state().unwrap();
			Appointments::check_state().unwrap();
			Telemetry::check_state().unwrap();
			Consortium::check_state().unwrap();
			// What no pallet sees alone.
			let seats: Vec<AccountId> = pallet_consortium::Seats::<Runtime>::get()
				.into_iter()
				.map(|(_, seat)| seat)
				.collect();
			let mut members = seats.clone();
			members.sort();
			assert_eq!(pallet_collective::Members::<Runtime, CouncilCollective>::get(), members);
			let institutions: Vec<_> = pallet_roles::Institutions::<Runtime>::iter_values().collect();
			for institution in &institutions {
				assert!(institution.seat.as_ref().is_none_or(|seat| seats.contains(seat)));
			}
			for validator in pallet_consortium::Validators::<Runtime>::get() {
				assert!(institutions
					.iter()
					.any(|institution| institution.validator.as_ref() == Some(&validator)));
			}
		});
	}
}

#[test]
fn a_registered_account_passes_the_gate_and_an_unregistered_one_does_not() {
	chain(genesis::DEVELOPMENT).execute_with(|| {
		System::set_block_number(1);
		assert_eq!(validity(signed("//Alice//doctor", remark())), Ok(()));
		assert_eq!(
			validity(signed("//Mallory", remark())),
			Err(TransactionValidityError::Invalid(InvalidTransaction::Payment))
		);
	});
}

#[test]
fn the_transaction_extensions_are_these_in_this_order() {
	let names: Vec<_> = <TxExtension as TransactionExtension<RuntimeCall>>::metadata()
		.into_iter()
		.map(|e| e.identifier)
		.collect();
	assert_eq!(
		names,
		[
			"AuthorizeCall",
			"CheckNonZeroSender",
			"CheckSpecVersion",
			"CheckTxVersion",
			"CheckGenesis",
			"CheckMortality",
			"CheckNonce",
			"CheckWeight",
			"Quota",
			"CheckMetadataHash",
			"WeightReclaim"
		]
	);
}

#[test]
fn silence_on_the_council_is_a_no() {
	let council: Vec<AccountId> = (1..=5).map(|n| [n; 32].into()).collect();
	let upgrade = || -> RuntimeCall {
		pallet_consortium::Call::authorise_upgrade {
			code_hash: Hash::repeat_byte(7),
		}
		.into()
	};
	// Three of five are no two thirds, whatever the others leave unsaid and whatever the motion claims to need.
	for (ayes, threshold, passes) in [(3, 4, false), (3, 2, false), (4, 4, true)] {
		chain(genesis::DEVELOPMENT).execute_with(|| {
			assert!(motion(&council, ayes, threshold, upgrade()).is_ok());
			assert_eq!(
				System::authorized_upgrade().is_some(),
				passes,
				"{ayes} ayes of {threshold}"
			);
		});
	}
}

#[test]
fn a_validator_keeps_its_keys_and_no_derived_account_acts() {
	let purge = || RuntimeCall::from(pallet_session::Call::purge_keys {});
	let derived = || {
		RuntimeCall::from(pallet_utility::Call::as_derivative {
			index: 0,
			call: Box::new(remark()),
		})
	};
	let batched = |call| RuntimeCall::from(pallet_utility::Call::batch_all { calls: vec![call] });
	chain(genesis::DEVELOPMENT).execute_with(|| {
		for call in [purge(), derived(), batched(purge()), batched(derived())] {
			let refused = call.dispatch(RuntimeOrigin::signed(account("//Alice//stash")));
			assert_eq!(
				refused.map_err(|failed| failed.error),
				Err(frame_system::Error::<Runtime>::CallFiltered.into())
			);
		}
	});
}

#[test]
fn nothing_yields_root() {
	chain(genesis::DEVELOPMENT).execute_with(|| {
		// The council passes a motion: the call is dispatched with the council's origin, never with Root.
		let set_code = frame_system::Call::set_code { code: Vec::new() };
		let members: Vec<AccountId> = pallet_collective::Members::<Runtime, CouncilCollective>::get();
		let origin: RuntimeOrigin = pallet_collective::RawOrigin::Members(members.len() as u32, 2).into();
		assert!(RuntimeCall::System(set_code).dispatch(origin).is_err());
	});
}
