//! What always holds.

#![cfg(any(feature = "try-runtime", feature = "std"))]

use crate::{
	keys, ActiveSince, Assignments, Config, Credentials, Home, HpkeKeys, Institutions, NextInstitution, NextPatient,
	Pallet, PatientOf, Patients, UsedVouchers, MIN_OFFICERS,
};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use salus_primitives::{InstitutionKind, PatientStatus};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds, for `try_state` and for the tests of a runtime:
	/// - whoever has a home holds one provider reference and no other, and nobody else holds any: no other pallet gives
	///   one, so none is lost and none leaks;
	/// - every id in use is below the next one, and institutions are numbered without gaps;
	/// - staff have standing and are no patients; hospitals alone, and all of them, have seats;
	/// - every credential is somebody's with standing, at an institution, for some time;
	/// - [`Patients`] and [`PatientOf`] agree, and a patient's home is the institution that admitted her;
	/// - the HPKE keys in use are those of institutions and patients, each in use once;
	/// - every assignment is of a patient to a holder of a credential at her institution;
	/// - no more vouchers are used than patients registered.
	pub fn check_state() -> Result<(), TryRuntimeError> {
		Self::check_standing()?;
		Self::check_institutions()?;
		Self::check_credentials()?;
		Self::check_patients()?;
		Self::check_hpke_keys()?;
		Self::check_assignments()
	}

	fn check_standing() -> Result<(), TryRuntimeError> {
		for (account, institution) in Home::<T>::iter() {
			ensure!(
				frame_system::Pallet::<T>::providers(&account) == 1,
				"roles: an account with a home holds other than one provider reference"
			);
			ensure!(
				frame_system::Pallet::<T>::sufficients(&account) == 0,
				"roles: an account with a home holds a sufficient reference"
			);
			ensure!(
				Institutions::<T>::contains_key(institution),
				"roles: a home is no institution"
			);
		}
		for (account, info) in frame_system::Account::<T>::iter() {
			let stranger = info.providers == 0 && info.sufficients == 0;
			ensure!(
				stranger || Home::<T>::contains_key(&account),
				"roles: an account without a home holds a reference"
			);
		}
		Ok(())
	}

	fn check_institutions() -> Result<(), TryRuntimeError> {
		let next = NextInstitution::<T>::get();
		let mut count = 0u32;
		for (id, institution) in Institutions::<T>::iter() {
			count = count.saturating_add(1);
			ensure!(id < next, "roles: an institution's id is not below the next one");
			let officers: BTreeSet<_> = institution.officers.iter().collect();
			ensure!(
				officers.len() == institution.officers.len(),
				"roles: an officer is named twice"
			);
			ensure!(
				officers.len() >= MIN_OFFICERS,
				"roles: an institution has too few officers"
			);
			let hospital = institution.kind == InstitutionKind::Hospital;
			ensure!(
				hospital == institution.seat.is_some(),
				"roles: a seat without a hospital, or the reverse"
			);
			for account in institution
				.officers
				.iter()
				.chain(&institution.seat)
				.chain(&institution.validator)
			{
				ensure!(
					Home::<T>::contains_key(account),
					"roles: an institution's account has no standing"
				);
				ensure!(
					!PatientOf::<T>::contains_key(account),
					"roles: an institution's account is a patient's"
				);
			}
		}
		ensure!(count == next, "roles: an institution's id was skipped");
		Ok(())
	}

	fn check_credentials() -> Result<(), TryRuntimeError> {
		for ((account, institution), credential) in Credentials::<T>::iter() {
			ensure!(
				Institutions::<T>::contains_key(institution),
				"roles: a credential of no institution"
			);
			ensure!(
				Home::<T>::contains_key(&account),
				"roles: a credential's holder has no standing"
			);
			ensure!(
				!PatientOf::<T>::contains_key(&account),
				"roles: a credential's holder is a patient"
			);
			ensure!(
				credential.valid_from < credential.valid_until,
				"roles: a credential ends before it begins"
			);
		}
		for (of, _) in ActiveSince::<T>::iter() {
			ensure!(
				Credentials::<T>::contains_key(of),
				"roles: a credential that was never issued is active since"
			);
		}
		Ok(())
	}

	fn check_patients() -> Result<(), TryRuntimeError> {
		let next = NextPatient::<T>::get();
		let mut patients = 0u64;
		for (id, patient) in Patients::<T>::iter() {
			patients = patients.saturating_add(1);
			ensure!(id < next, "roles: a patient's id is not below the next one");
			ensure!(
				Institutions::<T>::contains_key(patient.institution),
				"roles: a patient of no institution"
			);
			if let Some(controller) = &patient.controller {
				ensure!(
					PatientOf::<T>::get(controller) == Some(id),
					"roles: a controller is not its patient's"
				);
				let home = Home::<T>::get(controller);
				ensure!(
					home == Some(patient.institution),
					"roles: a patient's home is not her institution"
				);
			}
			if let PatientStatus::MergedInto(other) = patient.status {
				let other = Patients::<T>::get(other).ok_or("roles: a patient was merged into nobody")?;
				ensure!(
					other.institution == patient.institution,
					"roles: a patient was merged across institutions"
				);
			}
		}
		ensure!(patients == next, "roles: a patient's id was skipped");
		for (controller, id) in PatientOf::<T>::iter() {
			let patient = Patients::<T>::get(id).ok_or("roles: a controller of nobody")?;
			ensure!(
				patient.controller == Some(controller),
				"roles: two controllers of one patient"
			);
		}
		let used = UsedVouchers::<T>::iter_keys().fold(0u64, |count, _| count.saturating_add(1));
		ensure!(
			used <= patients,
			"roles: more vouchers were used than patients registered"
		);
		Ok(())
	}

	fn check_hpke_keys() -> Result<(), TryRuntimeError> {
		let of_institutions = Institutions::<T>::iter_values().map(|institution| institution.hpke);
		let of_patients = Patients::<T>::iter_values().filter_map(|patient| patient.hpke);
		let mut in_use = BTreeSet::new();
		for key in of_institutions.chain(of_patients) {
			let fingerprint = keys::fingerprint::<T>(&key).map_err(|_| "roles: a malformed HPKE key is in use")?;
			ensure!(in_use.insert(fingerprint), "roles: an HPKE key is in use twice");
		}
		let noted: BTreeSet<_> = HpkeKeys::<T>::iter_keys().collect();
		ensure!(noted == in_use, "roles: the HPKE keys noted are not those in use");
		Ok(())
	}

	fn check_assignments() -> Result<(), TryRuntimeError> {
		for (patient, (practitioner, institution), _) in Assignments::<T>::iter() {
			let patient = Patients::<T>::get(patient).ok_or("roles: an assignment of nobody")?;
			ensure!(
				patient.institution == institution,
				"roles: an assignment at another institution"
			);
			let credential = Credentials::<T>::contains_key((practitioner, institution));
			ensure!(credential, "roles: an assignment to somebody without a credential");
		}
		Ok(())
	}
}
