//! The compartments that a patient has sealed: closed to break-glass too.

use crate::{Config, Error, Pallet, Sealed};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::ensure;
use salus_primitives::{Compartment, PatientId};
use scale_info::TypeInfo;

/// A set of compartments, one bit for each: bit `n % 8` of byte `n / 8`.
#[derive(
	Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Seals([u8; 32]);

impl Seals {
	/// Whether the compartment is sealed.
	pub fn contains(&self, compartment: Compartment) -> bool {
		self.0
			.get(usize::from(compartment / 8))
			.is_some_and(|byte| byte & bit(compartment) != 0)
	}

	/// Whether nothing is sealed.
	pub fn is_empty(&self) -> bool {
		self.0 == [0; 32]
	}

	/// The sealed compartments, lowest first.
	pub fn iter(&self) -> impl Iterator<Item = Compartment> + '_ {
		(0..=Compartment::MAX).filter(|compartment| self.contains(*compartment))
	}

	fn flip(&mut self, compartment: Compartment) {
		if let Some(byte) = self.0.get_mut(usize::from(compartment / 8)) {
			*byte ^= bit(compartment);
		}
	}
}

const fn bit(compartment: Compartment) -> u8 {
	1 << (compartment % 8)
}

impl<T: Config> Pallet<T> {
	/// Seals a compartment.
	pub(crate) fn close_drawer(patient: PatientId, compartment: Compartment) -> Result<(), Error<T>> {
		Sealed::<T>::try_mutate(patient, |seals| {
			ensure!(!seals.contains(compartment), Error::AlreadySealed);
			seals.flip(compartment);
			Ok(())
		})
	}

	/// Takes the seal off a compartment. A patient without seals has no entry.
	pub(crate) fn open_drawer(patient: PatientId, compartment: Compartment) -> Result<(), Error<T>> {
		Sealed::<T>::try_mutate_exists(patient, |slot| {
			let mut seals = slot.take().unwrap_or_default();
			ensure!(seals.contains(compartment), Error::NotSealed);
			seals.flip(compartment);
			*slot = Some(seals).filter(|seals| !seals.is_empty());
			Ok(())
		})
	}

	/// The patient's sealed compartments, lowest first.
	pub fn sealed(patient: PatientId) -> Vec<Compartment> {
		Sealed::<T>::get(patient).iter().collect()
	}
}
