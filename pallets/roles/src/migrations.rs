//! From one storage layout to the next.

use crate::{keys, Config, Credentials, Home, Institutions, KeyLosses, Pallet, ProposedActs, Recoveries, TiesOf};
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{
	migrations::VersionedMigration,
	traits::{Get, UncheckedOnRuntimeUpgrade},
	weights::Weight,
};
use salus_primitives::Status;

#[cfg(feature = "try-runtime")]
use {
	codec::{DecodeAll, Encode},
	frame_support::ensure,
	salus_primitives::{Institution, InstitutionId},
	sp_runtime::TryRuntimeError,
};

/// Institutions as they were up to layout 3.
pub(crate) mod v3 {
	use crate::{Config, Pallet};
	use frame_support::{storage_alias, Twox64Concat};
	use salus_primitives::{
		Addresses, HpkeKey, Institution, InstitutionId, InstitutionKind, PeerIds, Status, UnmarkedTerms, MAX_OFFICERS,
	};
	use sp_runtime::{traits::ConstU32, BoundedVec};

	/// The fields of an institution in their order.
	pub type Fields<AccountId> = (
		InstitutionKind,
		BoundedVec<u8, ConstU32<8>>,
		BoundedVec<u8, ConstU32<32>>,
		BoundedVec<AccountId, ConstU32<MAX_OFFICERS>>,
		Status,
		HpkeKey,
		PeerIds,
		Addresses,
		UnmarkedTerms,
		Option<AccountId>,
		Option<AccountId>,
	);

	#[storage_alias]
	pub type Institutions<T: Config> =
		StorageMap<Pallet<T>, Twox64Concat, InstitutionId, Fields<<T as frame_system::Config>::AccountId>>;

	/// The institution with these fields.
	pub fn institution<AccountId>(fields: Fields<AccountId>) -> Institution<AccountId> {
		let (kind, region, time_zone, officers, status, hpke, peer_ids, addresses, admission_terms, seat, validator) =
			fields;
		Institution {
			kind,
			region,
			time_zone,
			officers,
			status,
			hpke,
			peer_ids,
			addresses,
			admission_terms: admission_terms.into(),
			seat,
			validator,
		}
	}
}

/// To layout 2: counts what each account holds that has to end before it leaves.
pub type V2<T> = VersionedMigration<1, 2, CountTies<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The counting.
pub struct CountTies<T>(core::marker::PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for CountTies<T> {
	fn on_runtime_upgrade() -> Weight {
		let mut steps = 0u64;
		for institution in v3::Institutions::<T>::iter_values().map(v3::institution) {
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
		steps = steps.saturating_add(count_credentials::<T>());
		T::DbWeight::get().reads_writes(steps, steps)
	}
}

/// Counts the credentials of each account that stays, but for those that were revoked, and says how many there are.
fn count_credentials<T: Config>() -> u64 {
	let mut held = BTreeMap::<T::AccountId, u32>::new();
	let mut steps = 0u64;
	for ((account, _), credential) in Credentials::<T>::iter() {
		let count = held.entry(account).or_default();
		*count = count.saturating_add(u32::from(credential.status != Status::Revoked));
		steps = steps.saturating_add(1);
	}
	for (account, count) in held {
		if Home::<T>::contains_key(&account) {
			TiesOf::<T>::mutate(&account, |ties| ties.credentials = count);
		}
	}
	steps
}

/// To layout 3: since when a key is lost whose recovery waits, and that nobody else takes the HPKE key it is to. No time was
/// claimed then, so it is that of the proposal.
pub type V3<T> = VersionedMigration<2, 3, NoteLosses<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The noting.
pub struct NoteLosses<T>(core::marker::PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for NoteLosses<T> {
	fn on_runtime_upgrade() -> Weight {
		let mut steps = 0u64;
		for (patient, recovery) in Recoveries::<T>::iter().collect::<Vec<_>>() {
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
}

/// To layout 4: admission terms say whether they outlive the patient; those published before don't. Their hash is another
/// one then, so that vouchers made before are void: the officers issue them anew. The council finishes its motions that
/// name an institution's entry before the upgrade, as such calls are longer after it.
pub type V4<T> = VersionedMigration<3, 4, MarkAdmissionTerms<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The marking.
pub struct MarkAdmissionTerms<T>(core::marker::PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for MarkAdmissionTerms<T> {
	fn on_runtime_upgrade() -> Weight {
		let mut steps = 0u64;
		Institutions::<T>::translate_values::<v3::Fields<T::AccountId>, _>(|fields| {
			steps = steps.saturating_add(1);
			Some(v3::institution(fields))
		});
		// Its key is looked up, and then it is read.
		T::DbWeight::get().reads_writes(steps.saturating_mul(2), steps)
	}

	/// The institutions as they shall be read afterwards.
	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<Vec<u8>, TryRuntimeError> {
		let institutions: Vec<_> = v3::Institutions::<T>::iter()
			.map(|(id, fields)| (id, v3::institution(fields)))
			.collect();
		ensure!(
			institutions.len() == v3::Institutions::<T>::iter_keys().count(),
			"roles: an institution is not of the layout before"
		);
		Ok(institutions.encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(before: Vec<u8>) -> Result<(), TryRuntimeError> {
		let before = Vec::<(InstitutionId, Institution<T::AccountId>)>::decode_all(&mut before.as_slice())
			.map_err(|_| "roles: what was noted before the upgrade is unreadable")?;
		ensure!(
			before == Institutions::<T>::iter().collect::<Vec<_>>(),
			"roles: the upgrade changed an institution"
		);
		Ok(())
	}
}

/// To layout 5: an `Identify` that waits names no majority, and is proposed again. What waits with it at its institution is
/// as unreadable, and goes with it.
pub type V5<T> = VersionedMigration<4, 5, DropOldActs<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The dropping.
pub struct DropOldActs<T>(core::marker::PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for DropOldActs<T> {
	fn on_runtime_upgrade() -> Weight {
		let (mut read, mut dropped) = (0u64, 0u64);
		for institution in ProposedActs::<T>::iter_keys().collect::<Vec<_>>() {
			read = read.saturating_add(2);
			if ProposedActs::<T>::try_get(institution).is_err() {
				ProposedActs::<T>::remove(institution);
				dropped = dropped.saturating_add(1);
			}
		}
		T::DbWeight::get().reads_writes(read, dropped)
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(_: Vec<u8>) -> Result<(), TryRuntimeError> {
		for institution in ProposedActs::<T>::iter_keys() {
			ensure!(
				ProposedActs::<T>::try_get(institution).is_ok(),
				"roles: an act that waits can't be read"
			);
		}
		Ok(())
	}
}

/// To layout 6: an account that leaves does not name again what was revoked before.
pub type V6<T> = VersionedMigration<5, 6, RecountCredentials<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The counting.
pub struct RecountCredentials<T>(core::marker::PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for RecountCredentials<T> {
	fn on_runtime_upgrade() -> Weight {
		let steps = count_credentials::<T>();
		T::DbWeight::get().reads_writes(steps.saturating_mul(3), steps)
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(_: Vec<u8>) -> Result<(), TryRuntimeError> {
		// That of the layouts before as well: what is checked is written in this one.
		Pallet::<T>::check_state()
	}
}
