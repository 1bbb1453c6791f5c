//! Erasure of copies: who owes it, and who attested it. It is owed from the first use of a grant whose terms say so, and
//! stays owed when the grant itself is gone.

use crate::{Config, Erasures, Error, Pallet};
use frame_support::{ensure, traits::Time};
use salus_primitives::{Erasure, GrantId, Grantee, Moment, PatientId, Registry, Role};

impl<T: Config> Pallet<T> {
	/// Notes that copies were made under a grant.
	pub(crate) fn owe_erasure(
		patient: PatientId,
		grant: GrantId,
		grantee: &Grantee<T::AccountId>,
		erase_after: Moment,
	) {
		if Erasures::<T>::get(patient, grant).is_some_and(|erasure| erasure.attested.is_none()) {
			return;
		}
		let erasure = Erasure {
			grantee: grantee.clone(),
			erase_after,
			attested: None,
		};
		Erasures::<T>::insert(patient, grant, erasure);
	}

	/// Notes that they are erased: for an account by itself, for others by an officer or a privacy officer of the
	/// institution.
	pub(crate) fn attest(who: &T::AccountId, patient: PatientId, grant: GrantId) -> Result<(), Error<T>> {
		let mut erasure = Erasures::<T>::get(patient, grant).ok_or(Error::NothingToErase)?;
		let answers = match &erasure.grantee {
			Grantee::Account(account) => account == who,
			Grantee::Institution(institution) | Grantee::Role(_, institution) | Grantee::Assigned(institution) => {
				T::Registry::is_officer(who, *institution)
					|| T::Registry::standing(who, *institution)
						.is_some_and(|standing| standing.active && standing.role == Role::PrivacyOfficer)
			}
		};
		ensure!(answers, Error::NotTheGrantee);
		ensure!(erasure.attested.is_none(), Error::AlreadyAttested);
		erasure.attested = Some((who.clone(), T::Time::now()));
		Erasures::<T>::insert(patient, grant, erasure);
		Ok(())
	}
}
