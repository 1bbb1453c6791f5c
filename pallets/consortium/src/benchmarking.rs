//! Benchmarks of pallet-consortium, run on the real runtime.

use crate::{Call, Config, Loads, Pallet, Payer, Seats};
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Get};
use salus_primitives::{HpkeKey, Institution, InstitutionId, InstitutionKind, OnAdmitted};
use sp_runtime::Weight;

fn hospital<T: Config>(seat: T::AccountId) -> Institution<T::AccountId> {
	Institution {
		seat: Some(seat),
		..Institution::bare(InstitutionKind::Hospital, HpkeKey::X25519([7; 32]))
	}
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn authorise_upgrade() -> Result<(), BenchmarkError> {
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, T::Hash::default());
		assert!(frame_system::Pallet::<T>::authorized_upgrade().is_some());
		Ok(())
	}

	#[benchmark]
	fn admitted() -> Result<(), BenchmarkError> {
		let taken = Seats::<T>::get().len() as u32;
		for n in taken..T::MaxMembers::get() - 1 {
			let seat = account("seat", n, 0);
			Pallet::<T>::admitted(1_000 + n, &hospital::<T>(seat))?;
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

	impl_benchmark_test_suite!(Pallet, crate::mock::world(), crate::mock::Test);
}
