//! Benchmarks of pallet-session, which brings none.

use super::World;
use crate::{AccountId, SessionKeys};
use alloc::vec::Vec;
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use pallet_consortium::ValidatorAccounts;
use pallet_session::{Call, NextKeys};
use salus_primitives::{BenchmarkHelper, InstitutionId};
use sp_runtime::traits::GeneratedSessionKeys;

/// Whose validator sets keys.
const INSTITUTION: InstitutionId = 7;

/// What the benchmarks run on.
pub trait Config:
	frame_system::Config<AccountId = AccountId>
	+ pallet_consortium::Config
	+ pallet_session::Config<Keys = SessionKeys, ValidatorId = AccountId>
{
}

/// The pallet under the name that the benchmarks' macros want.
pub struct Pallet<T: Config>(pallet_session::Pallet<T>);

/// A validator, with keys and the proof that they are its own.
fn validator<T: Config>() -> Result<(AccountId, SessionKeys, Vec<u8>), BenchmarkError> {
	let last: AccountId = account("validator", u32::MAX, 0);
	World::institution(INSTITUTION);
	ValidatorAccounts::<T>::insert(&last, INSTITUTION);
	frame_system::Pallet::<T>::inc_providers(&last);
	let GeneratedSessionKeys { keys, proof } = SessionKeys::generate(&last.encode(), None);
	Ok((last, keys, proof.encode()))
}

fn set<T: Config>() -> Result<AccountId, BenchmarkError> {
	let (validator, keys, proof) = validator::<T>()?;
	pallet_session::Pallet::<T>::set_keys(RawOrigin::Signed(validator.clone()).into(), keys, proof)?;
	Ok(validator)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// Of new keys in the place of others.
	#[benchmark]
	fn set_keys() -> Result<(), BenchmarkError> {
		set::<T>()?;
		let (validator, keys, proof) = validator::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(validator.clone()), keys.clone(), proof);
		assert_eq!(NextKeys::<T>::get(validator), Some(keys));
		Ok(())
	}

	#[benchmark]
	fn purge_keys() -> Result<(), BenchmarkError> {
		let validator = set::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(validator.clone()));
		assert!(!NextKeys::<T>::contains_key(validator));
		Ok(())
	}
}
