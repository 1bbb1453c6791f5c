//! Successors: who goes on with the entries of an author who left.

use crate::{Config, Error, Pallet, Successors};
use frame_support::ensure;
use salus_primitives::{InstitutionId, Registry};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Names, or takes back, the successor of an author who left the institution for good: one whose credential there is
	/// suspended or lapsed may be back tomorrow, and an officer who could suspend her for a minute would open to anybody
	/// what she wrote.
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
		ensure!(
			T::Registry::standing(author, institution).is_some(),
			Error::<T>::NoCredential
		);
		ensure!(
			T::Registry::is_revoked(author, institution),
			Error::<T>::AuthorStillThere
		);
		ensure!(officer != successor, Error::<T>::OwnSuccession);
		Self::ensure_active(successor, institution)?;
		Successors::<T>::insert(institution, author, successor);
		Ok(())
	}
}
