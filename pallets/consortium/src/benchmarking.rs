//! Benchmarks of pallet-consortium, run on the real runtime.

use crate::{
	authorship::Report, BenchmarkHelper, Call, Config, Loads, MinValidators, Offenders, Pallet, Payer, Seats,
	ValidatorAccounts, Validators,
};
use alloc::{boxed::Box, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use salus_primitives::{HpkeKey, Institution, InstitutionId, InstitutionKind, Seating};
use sp_runtime::{transaction_validity::TransactionSource, Weight};

fn hospital<T: Config>(seat: T::AccountId) -> Institution<T::AccountId> {
	Institution {
		seat: Some(seat),
		validator: Some(account("validator", InstitutionId::MAX, 0)),
		..Institution::bare(InstitutionKind::Hospital, HpkeKey::X25519([7; 32]))
	}
}

fn council<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

/// As many validators as there can be, less so many; the institution of the last.
fn validators<T: Config>(less: u32) -> (Vec<T::AccountId>, InstitutionId) {
	let most = T::MaxMembers::get() - less;
	let validators: Vec<T::AccountId> = (0..most).map(one::<T>).collect();
	Validators::<T>::put(BoundedVec::truncate_from(validators.clone()));
	T::BenchmarkHelper::queue(&validators);
	(validators, 1_000 + most - 1)
}

fn one<T: Config>(n: u32) -> T::AccountId {
	let validator = account("validator", n, 0);
	T::BenchmarkHelper::validator(1_000 + n, &validator);
	ValidatorAccounts::<T>::insert(&validator, 1_000 + n);
	validator
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn authorise_upgrade() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, T::Hash::default());
		assert!(frame_system::Pallet::<T>::authorized_upgrade().is_some());
		Ok(())
	}

	#[benchmark]
	fn add_validator() -> Result<(), BenchmarkError> {
		let (named, last) = validators::<T>(1);
		let validator = one::<T>(named.len() as u32);
		let origin = council::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, last + 1);
		assert!(Validators::<T>::get().contains(&validator));
		Ok(())
	}

	#[benchmark]
	fn remove_validator() -> Result<(), BenchmarkError> {
		let (named, last) = validators::<T>(0);
		let origin = council::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, last);
		assert_eq!(Validators::<T>::get().len() + 1, named.len());
		Ok(())
	}

	#[benchmark]
	fn reinstate_validator() -> Result<(), BenchmarkError> {
		let (named, last) = validators::<T>(0);
		let evidence = T::BenchmarkHelper::equivocation(&named);
		let offender = named.last().ok_or(BenchmarkError::Weightless)?;
		Offenders::<T>::insert(offender, evidence.1.session);
		Pallet::<T>::disable_offenders();
		let origin = council::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, last);
		assert!(!Offenders::<T>::contains_key(offender));
		Ok(())
	}

	#[benchmark]
	fn authorize_report_author() -> Result<(), BenchmarkError> {
		let (named, _) = validators::<T>(0);
		let (proof, owner) = T::BenchmarkHelper::equivocation(&named);
		let report = Report::<T> {
			proof: &proof,
			owner: &owner,
		};
		let verdict;
		#[block]
		{
			verdict = report.authorize(TransactionSource::Local);
		}
		assert!(verdict.is_ok());
		Ok(())
	}

	/// The set is as small as it may be, so that the council is told as well.
	#[benchmark]
	fn report_author() -> Result<(), BenchmarkError> {
		let (named, _) = validators::<T>(0);
		MinValidators::<T>::put(T::MaxMembers::get());
		let (proof, owner) = T::BenchmarkHelper::equivocation(&named);
		#[extrinsic_call]
		_(RawOrigin::Authorized, Box::new(proof), owner);
		assert_eq!(Offenders::<T>::iter_keys().next().as_ref(), named.last());
		Ok(())
	}

	#[benchmark]
	fn admitted() -> Result<(), BenchmarkError> {
		let taken = Seats::<T>::get().len() as u32;
		for n in taken..T::MaxMembers::get() - 1 {
			let seat = account("seat", n, 0);
			let hospital = Institution {
				validator: None,
				..hospital::<T>(seat)
			};
			Pallet::<T>::admitted(1_000 + n, &hospital)?;
		}
		let last = hospital::<T>(account("last", 0, 0));
		#[block]
		{
			Pallet::<T>::admitted(InstitutionId::MAX, &last)?;
		}
		assert_eq!(Seats::<T>::get().len() as u32, T::MaxMembers::get());
		Ok(())
	}

	#[benchmark]
	fn quota() {
		let who: T::AccountId = account("who", 0, 0);
		let call: T::RuntimeCall = frame_system::Call::<T>::remark {
			remark: Default::default(),
		}
		.into();
		#[block]
		{
			let payer = T::Payer::payer(Some(&who), &call).unwrap_or(InstitutionId::MAX);
			crate::quota::count::<T>(payer, Weight::from_parts(1, 1));
		}
		assert_eq!(Loads::<T>::iter().count(), 1);
	}
}
