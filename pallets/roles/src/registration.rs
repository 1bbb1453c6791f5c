//! Self-registration of a patient by a voucher.

use crate::{
	keys, pool_errors, Config, Error, Event, HpkeKeys, NextPatient, Pallet, PatientOf, Patients, PrunedKeys,
	UsedVouchers, REGISTRATION_LONGEVITY, VOUCHER_LIFETIME,
};
use codec::Encode;
use frame_support::{
	dispatch::DispatchResult, ensure, pallet_prelude::TransactionValidityWithRefund, traits::Time, weights::Weight,
};
use salus_primitives::{
	is_weak_ed25519, tagged, wrapped, Admission, AuditTrail, HpkeKey, Kind, Patient, PatientStatus, Terms, Voucher,
	REGISTER_TAG, VOUCHER_TAG,
};
use sp_core::{ed25519, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::Verify, transaction_validity::ValidTransaction};

/// What `register_patient` carries.
pub struct Registration<'a, T: Config> {
	/// The hospital's invitation.
	pub voucher: &'a Voucher,
	/// Who signed it.
	pub officer: &'a T::AccountId,
	/// The officer's signature.
	pub voucher_signature: &'a T::Signature,
	/// The account that will sign for the patient.
	pub controller: &'a T::AccountId,
	/// The key that subject wraps will be made to.
	pub hpke: &'a HpkeKey,
	/// The terms she accepts.
	pub terms: &'a Terms,
	/// The one-time key's ed25519 signature.
	pub key_signature: &'a [u8; 64],
	/// The controller's signature.
	pub controller_signature: &'a T::Signature,
}

impl<T: Config> Registration<'_, T> {
	/// What the pool says of it.
	pub(crate) fn authorize(&self) -> TransactionValidityWithRefund {
		self.check().map_err(pool_errors::of)?;
		let validity = ValidTransaction::with_tag_prefix("salus/register")
			.and_provides(self.voucher.key)
			.longevity(REGISTRATION_LONGEVITY)
			.propagate(true)
			.build()?;
		Ok((validity, Weight::zero()))
	}

	/// Everything that must hold. What is cheap comes first: anybody can fill the pool with forged signatures.
	pub(crate) fn check(&self) -> Result<(), Error<T>> {
		self.check_voucher()?;
		self.check_terms()?;
		Pallet::<T>::ensure_unused(self.controller)?;
		keys::check(self.hpke)?;
		self.check_signatures()
	}

	fn check_voucher(&self) -> Result<(), Error<T>> {
		let now = T::Time::now();
		ensure!(now < self.voucher.not_after, Error::VoucherExpired);
		ensure!(
			self.voucher.not_after <= now.saturating_add(VOUCHER_LIFETIME),
			Error::VoucherTooLong
		);
		ensure!(!is_weak_ed25519(&self.voucher.key), Error::VoucherKeyWeak);
		ensure!(!UsedVouchers::<T>::contains_key(self.voucher.key), Error::VoucherUsed);
		ensure!(Pallet::<T>::is_genesis(&self.voucher.genesis), Error::ForeignGenesis);
		Ok(())
	}

	fn check_terms(&self) -> Result<(), Error<T>> {
		let institution = Pallet::<T>::active_institution(self.voucher.institution)?;
		ensure!(institution.officers.contains(self.officer), Error::NotAnOfficer);
		let published = H256(institution.admission_terms.using_encoded(blake2_256));
		ensure!(self.voucher.terms == published, Error::TermsChanged);
		ensure!(self.terms.is_within(&institution.admission_terms), Error::TermsWider);
		ensure!(
			T::Admission::acceptable(self.terms, T::Time::now()),
			Error::TermsNotAcceptable
		);
		Ok(())
	}

	fn check_signatures(&self) -> Result<(), Error<T>> {
		let voucher = wrapped(VOUCHER_TAG, self.voucher);
		ensure!(
			self.voucher_signature.verify(voucher.as_slice(), self.officer),
			Error::VoucherSignatureInvalid
		);

		let Voucher {
			genesis,
			institution,
			key,
			..
		} = self.voucher;
		let signed = (genesis, institution, key, self.controller, self.hpke, self.terms);
		let by_key = ed25519::Signature::from_raw(*self.key_signature);
		let key = ed25519::Public::from_raw(*key);
		ensure!(
			by_key.verify(tagged(REGISTER_TAG, &signed).as_slice(), &key),
			Error::KeySignatureInvalid
		);
		let by_controller = wrapped(REGISTER_TAG, &signed);
		ensure!(
			self.controller_signature
				.verify(by_controller.as_slice(), self.controller),
			Error::ControllerSignatureInvalid
		);
		Ok(())
	}

	/// Enters the patient, uses up the voucher and makes her terms a grant.
	pub(crate) fn enter(&self) -> DispatchResult {
		let institution = self.voucher.institution;
		let patient = NextPatient::<T>::get();
		NextPatient::<T>::put(patient.checked_add(1).ok_or(Error::<T>::IdsExhausted)?);
		UsedVouchers::<T>::insert(self.voucher.key, self.voucher.not_after);
		HpkeKeys::<T>::insert(keys::fingerprint::<T>(self.hpke)?, ());
		Pallet::<T>::settle(self.controller, institution);
		PatientOf::<T>::insert(self.controller, patient);
		let entry = Patient {
			controller: Some(self.controller.clone()),
			hpke: Some(self.hpke.clone()),
			institution,
			status: PatientStatus::Active,
		};
		Patients::<T>::insert(patient, entry);

		let entry = T::Audit::append(
			patient,
			Some(self.controller.clone()),
			Kind::PatientRegistered { institution },
		);
		Pallet::<T>::deposit_event(Event::PatientRegistered {
			patient,
			institution,
			entry,
		});
		T::Admission::admit(patient, self.controller, institution, self.terms.clone())?;
		Ok(())
	}
}

/// Forgets those used vouchers that have ended, and says how many.
pub(crate) fn prune<T: Config>(keys: &PrunedKeys) -> u32 {
	let now = T::Time::now();
	keys.iter().fold(0, |count: u32, key| {
		if UsedVouchers::<T>::get(key).is_some_and(|not_after| not_after <= now) {
			UsedVouchers::<T>::remove(key);
			count.saturating_add(1)
		} else {
			count
		}
	})
}
