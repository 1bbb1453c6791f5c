//! From one storage layout to the next.

use crate::{keys, Config, Credentials, Institutions, KeyLosses, Pallet, Recoveries, TiesOf};
use frame_support::{
	migrations::VersionedMigration,
	traits::{Get, UncheckedOnRuntimeUpgrade},
	weights::Weight,
};

/// To layout 2: counts what each account holds that has to end before it leaves.
pub type V2<T> = VersionedMigration<1, 2, CountTies<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The counting.
pub struct CountTies<T>(core::marker::PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for CountTies<T> {
	fn on_runtime_upgrade() -> Weight {
		let mut steps = 0u64;
		for institution in Institutions::<T>::iter_values() {
			for account in institution
				.officers
				.iter()
				.chain(&institution.seat)
				.chain(&institution.validator)
			{
				TiesOf::<T>::mutate(account, |ties| ties.offices = ties.offices.saturating_add(1));
				steps = steps.saturating_add(1);
			}
			steps = steps.saturating_add(1);
		}
		for (account, _) in Credentials::<T>::iter_keys() {
			TiesOf::<T>::mutate(&account, |ties| ties.credentials = ties.credentials.saturating_add(1));
			steps = steps.saturating_add(1);
		}
		T::DbWeight::get().reads_writes(steps, steps)
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(_: alloc::vec::Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		// What the layouts after this one hold besides is not there yet.
		Pallet::<T>::check_ties()
	}
}

/// To layout 3: since when a key is lost whose recovery waits, and that nobody else takes the HPKE key it is to. No time was
/// claimed then, so it is that of the proposal.
pub type V3<T> = VersionedMigration<2, 3, NoteLosses<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The noting.
pub struct NoteLosses<T>(core::marker::PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for NoteLosses<T> {
	fn on_runtime_upgrade() -> Weight {
		let mut steps = 0u64;
		for (patient, recovery) in Recoveries::<T>::iter().collect::<alloc::vec::Vec<_>>() {
			steps = steps.saturating_add(1);
			if keys::claim::<T>(&recovery.hpke).is_err() {
				// Somebody took the key since: it could never be completed, and is begun again with another.
				Recoveries::<T>::remove(patient);
				continue;
			}
			KeyLosses::<T>::mutate(patient, |loss| loss.waiting = Some(recovery.since));
		}
		T::DbWeight::get().reads_writes(steps.saturating_mul(2), steps.saturating_mul(2))
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(_: alloc::vec::Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		Pallet::<T>::check_state()
	}
}
