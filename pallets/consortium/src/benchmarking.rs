//! Benchmarks of pallet-consortium, run on the real runtime.

use crate::{quota, Call, Config, Loads, Pallet, Payer, Seats};
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Get};
use salus_primitives::{
	ActionSet, CategorySet, HpkeKey, Institution, InstitutionId, InstitutionKind, OnAdmitted, PurposeSet, Status, Terms,
};
use sp_runtime::Weight;

fn hospital<T: Config>(seat: T::AccountId) -> Institution<T::AccountId> {
	Institution {
		kind: InstitutionKind::Hospital,
		region: Default::default(),
		time_zone: Default::default(),
		officers: Default::default(),
		status: Status::Active,
		hpke: HpkeKey::X25519([7; 32]),
		peer_ids: Default::default(),
		addresses: Default::default(),
		admission_terms: Terms {
			actions: ActionSet::EMPTY,
			purposes: PurposeSet::EMPTY,
			categories: CategorySet::EMPTY,
			records: Default::default(),
			compartments: Default::default(),
			recorded_from: None,
			recorded_until: None,
			starts: 0,
			ends: 1,
			uses: None,
			erase_after: None,
		},
		seat: Some(seat),
		validator: None,
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
			quota::count::<T>(payer, Weight::from_parts(1, 1));
		}
		assert_eq!(Loads::<T>::iter().count(), 1);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::world(), crate::mock::Test);
}
