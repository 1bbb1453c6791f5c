//! Successors: who goes on with the entries of an author who left.

use crate::{Config, Error, Pallet, Successors};
use frame_support::ensure;
use salus_primitives::{InstitutionId, Registry};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Names, or takes back, the successor of an author whose credential at the institution doesn't count any more.
	pub(crate) fn succeed(
		officer: &T::AccountId,
		institution: InstitutionId,
		author: &T::AccountId,
		successor: Option<&T::AccountId>,
	) -> Result<(), DispatchError> {
		Self::ensure_institution(institution)?;
		ensure!(T::Registry::is_officer(officer, institution), Error::<T>::NotAnOfficer);
		let Some(successor) = successor else {
			ensure!(
				Successors::<T>::take(institution, author).is_some(),
				Error::<T>::NoSuccessor
			);
			return Ok(());
		};
		let left = T::Registry::standing(author, institution).ok_or(Error::<T>::NoCredential)?;
		ensure!(!left.active, Error::<T>::AuthorStillThere);
		ensure!(officer != successor, Error::<T>::OwnSuccession);
		Self::ensure_active(successor, institution)?;
		Successors::<T>::insert(institution, author, successor);
		Ok(())
	}
}
