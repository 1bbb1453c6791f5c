//! Who validates: whom the council named, whose institution is active and who has not offended. The set follows them by
//! few changes at a time and never falls below the floor.

use crate::{Changes, Config, Error, Event, MinValidators, Offenders, Pallet, Sessions, ValidatorAccounts, Validators};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use salus_primitives::{Institution, InstitutionId, Registry, Status};

/// Why a validator leaves the set: in this order, when not all can.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Leaves {
	Offended,
	Suspended,
	Removed,
}

/// How many of a set of this size may change from one session to the next: as many as it can lose without harm.
pub(crate) fn allowed_changes(validators: usize) -> usize {
	(validators.saturating_sub(1) / 3).max(1)
}

impl<T: Config> Pallet<T> {
	/// The set after the one that was handed over last.
	pub(crate) fn next_set() -> Vec<T::AccountId> {
		let named = Validators::<T>::get();
		let mut set = T::Sessions::queued();
		let mut changes = allowed_changes(set.len());

		let mut leaving: Vec<_> = set
			.iter()
			.filter_map(|validator| Some((Self::leaves(validator, &named)?, validator.clone())))
			.collect();
		leaving.sort_by_key(|(why, _)| *why);
		for (_, validator) in leaving {
			if set.len() <= Self::floor() {
				Self::deposit_event(Event::HeldByFloor { validator });
			} else if changes > 0 {
				set.retain(|one| *one != validator);
				changes = changes.saturating_sub(1);
			}
		}

		let most = usize::try_from(T::MaxMembers::get()).unwrap_or(usize::MAX);
		for validator in &named {
			let joins = !set.contains(validator) && Self::counts(validator) && T::Sessions::has_keys(validator);
			if joins && changes > 0 && set.len() < most {
				set.push(validator.clone());
				changes = changes.saturating_sub(1);
			}
		}
		set
	}

	/// Names the institution's validator.
	pub(crate) fn name_validator(id: InstitutionId) -> Result<T::AccountId, Error<T>> {
		let institution = T::Registry::institution(id).ok_or(Error::UnknownInstitution)?;
		ensure!(institution.status == Status::Active, Error::InstitutionNotActive);
		let validator = Self::validator_of(institution)?;
		ensure!(!Offenders::<T>::contains_key(&validator), Error::ValidatorOffended);
		ensure!(T::Sessions::has_keys(&validator), Error::KeysMissing);
		Validators::<T>::try_mutate(|named| {
			ensure!(!named.contains(&validator), Error::AlreadyValidator);
			named
				.try_push(validator.clone())
				.map_err(|_| Error::<T>::TooManyValidators)?;
			Self::note_change()
		})?;
		Ok(validator)
	}

	/// Strikes the institution's validator out, unless too few would be left.
	pub(crate) fn strike_validator(id: InstitutionId) -> Result<T::AccountId, Error<T>> {
		let institution = T::Registry::institution(id).ok_or(Error::UnknownInstitution)?;
		let validator = Self::validator_of(institution)?;
		Validators::<T>::try_mutate(|named| {
			let before = named.len();
			let counted = Self::counts(&validator);
			named.retain(|one| *one != validator);
			ensure!(named.len() < before, Error::NotAValidator);
			// Those who don't count are no help to the floor, and no loss to it.
			let left = if counted {
				named.iter().filter(|one| Self::counts(one)).count()
			} else {
				named.len()
			};
			ensure!(left >= Self::floor(), Error::<T>::BelowFloor);
			Self::note_change()
		})?;
		Ok(validator)
	}

	/// The institution's validator account.
	pub(crate) fn validator_of(institution: Institution<T::AccountId>) -> Result<T::AccountId, Error<T>> {
		institution.validator.ok_or(Error::NoValidatorAccount)
	}

	/// The least number of validators.
	pub(crate) fn floor() -> usize {
		usize::try_from(MinValidators::<T>::get()).unwrap_or(usize::MAX).max(1)
	}

	fn note_change() -> Result<(), Error<T>> {
		let changes = Changes::<T>::get().saturating_add(1);
		let allowed = allowed_changes(T::Sessions::queued().len());
		ensure!(
			usize::try_from(changes).unwrap_or(usize::MAX) <= allowed,
			Error::TooManyChanges
		);
		Changes::<T>::put(changes);
		Ok(())
	}

	fn leaves(validator: &T::AccountId, named: &[T::AccountId]) -> Option<Leaves> {
		if Offenders::<T>::contains_key(validator) {
			Some(Leaves::Offended)
		} else if !named.contains(validator) {
			Some(Leaves::Removed)
		} else if !Self::is_of_active(validator) {
			Some(Leaves::Suspended)
		} else {
			None
		}
	}

	fn counts(validator: &T::AccountId) -> bool {
		!Offenders::<T>::contains_key(validator) && Self::is_of_active(validator)
	}

	/// Whether its institution is active.
	fn is_of_active(validator: &T::AccountId) -> bool {
		ValidatorAccounts::<T>::get(validator)
			.and_then(T::Registry::institution)
			.is_some_and(|institution| institution.status == Status::Active)
	}
}
