//! What always holds.

#![cfg(any(feature = "try-runtime", feature = "std"))]

use crate::{
	keys, patients::is_first_of_month, ActiveSince, Applications, Assignments, CaregiversOf, ComingKeysOf, Config,
	ContactsOf, ContestedDeaths, Credentials, GuardiansOf, Home, HpkeKeys, Institutions, KeyLosses, KinOf, Merges,
	NextInstitution, NextPatient, Pallet, PaperRecords, PatientOf, Patients, ProposedActs, Recoveries, RecoveryRounds,
	Registrars, RetiredKeys, Ties, TiesOf, Tombstones, UsedVouchers, Violations, MIN_OFFICERS,
};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::ensure;
use salus_primitives::{InstitutionKind, PatientStatus, Status};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds, for `try_state` and for the tests of a runtime:
	/// - whoever has a home holds one provider reference and no other, and nobody else holds any: no other pallet gives
	///   one, so none is lost and none leaks;
	/// - every id in use is below the next one, and institutions are numbered without gaps;
	/// - staff have standing and are no patients; hospitals alone, and all of them, have seats; nobody holds an office at
	///   an institution that was revoked, but its validator;
	/// - every credential is somebody's with standing, at an institution, for some time, or a revoked one of an account
	///   that left; an account that left has nothing else;
	/// - a credential with which a violation was found is suspended;
	/// - what an account holds is counted;
	/// - registrars are no officers, applications wait at institutions, and no act waits twice;
	/// - [`Patients`] and [`PatientOf`] agree, and a patient's home is the institution that admitted her;
	/// - the note of a death that is contested is suspended until it is upheld;
	/// - caregivers and guardians act for one patient each, and are noted as such; guardianships end with a month, and a
	///   minor's with her majority;
	/// - a recovery waits for each key that is lost, and for no other;
	/// - a merge is noted of each id that was merged, and of no other;
	/// - the HPKE keys in use are those of institutions, announced or in force, and of patients, or of recoveries that
	///   wait, each in use once, and those that were are retired;
	/// - every assignment is of a patient to a holder of a credential at her institution;
	/// - no more vouchers are used than patients registered.
	pub fn check_state() -> Result<(), TryRuntimeError> {
		Self::check_standing()?;
		Self::check_institutions()?;
		Self::check_credentials()?;
		Self::check_violations()?;
		Self::check_ties()?;
		Self::check_decisions()?;
		Self::check_patients()?;
		Self::check_deaths()?;
		Self::check_kin()?;
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
		for account in Tombstones::<T>::iter_keys() {
			ensure!(
				!Home::<T>::contains_key(&account),
				"roles: an account that left has a home"
			);
		}
		for account in PatientOf::<T>::iter_keys().chain(KinOf::<T>::iter_keys()) {
			ensure!(
				Home::<T>::contains_key(&account),
				"roles: an account that acts for a patient has no standing"
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
			let revoked = institution.status == Status::Revoked;
			let staff = institution.officers.iter().chain(&institution.seat);
			for account in staff.chain(&institution.validator) {
				let left = revoked && Tombstones::<T>::contains_key(account);
				ensure!(
					left || Home::<T>::contains_key(account),
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
			let left = Tombstones::<T>::contains_key(&account) && credential.status == Status::Revoked;
			ensure!(
				left || Home::<T>::contains_key(&account),
				"roles: a credential's holder has no standing"
			);
			ensure!(
				!PatientOf::<T>::contains_key(&account) && !KinOf::<T>::contains_key(&account),
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

	fn check_violations() -> Result<(), TryRuntimeError> {
		for of in Violations::<T>::iter_keys() {
			let suspended = Credentials::<T>::get(of).is_some_and(|credential| credential.status == Status::Suspended);
			ensure!(suspended, "roles: a violation, and the credential is not suspended");
		}
		Ok(())
	}

	pub(crate) fn check_ties() -> Result<(), TryRuntimeError> {
		let mut held: BTreeMap<T::AccountId, Ties> = BTreeMap::new();
		let mut office = |account: T::AccountId| {
			let ties = held.entry(account).or_default();
			ties.offices = ties.offices.saturating_add(1);
		};
		for institution in Institutions::<T>::iter_values() {
			institution.validator.into_iter().for_each(&mut office);
			if institution.status != Status::Revoked {
				let staff = institution.officers.into_iter().chain(institution.seat);
				staff.for_each(&mut office);
			}
		}
		Registrars::<T>::iter_values().for_each(&mut office);
		let held_credentials = Credentials::<T>::iter().filter(|(_, credential)| credential.status != Status::Revoked);
		for ((account, _), _) in held_credentials {
			let ties = held.entry(account).or_default();
			ties.credentials = ties.credentials.saturating_add(1);
		}
		held.retain(|account, _| !Tombstones::<T>::contains_key(account));
		let noted: BTreeMap<_, _> = TiesOf::<T>::iter()
			.filter(|(_, ties)| *ties != Ties::default())
			.collect();
		ensure!(held == noted, "roles: what an account holds is miscounted");
		Ok(())
	}

	fn check_decisions() -> Result<(), TryRuntimeError> {
		for (id, registrar) in Registrars::<T>::iter() {
			let institution = Institutions::<T>::get(id).ok_or("roles: a registrar of no institution")?;
			ensure!(
				!institution.officers.contains(&registrar),
				"roles: a registrar is an officer"
			);
			ensure!(
				institution.status != Status::Revoked,
				"roles: a revoked institution has a registrar"
			);
		}
		for (_, institution) in Applications::<T>::iter_keys() {
			ensure!(
				Institutions::<T>::contains_key(institution),
				"roles: an application to no institution"
			);
		}
		for (institution, acts) in ProposedActs::<T>::iter() {
			ensure!(
				Institutions::<T>::contains_key(institution),
				"roles: an act of no institution"
			);
			let distinct: BTreeSet<_> = acts.iter().map(|proposed| Self::act_hash(&proposed.act)).collect();
			ensure!(distinct.len() == acts.len(), "roles: an act waits twice");
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
			let merged = match patient.status {
				PatientStatus::MergedInto(other) => Some(other),
				_ => None,
			};
			ensure!(
				Merges::<T>::get(id).map(|merge| merge.into) == merged,
				"roles: a merge is not the patient's"
			);
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

	fn check_deaths() -> Result<(), TryRuntimeError> {
		for (patient, contested) in ContestedDeaths::<T>::iter() {
			let agree = match Patients::<T>::get(patient).map(|entry| entry.status) {
				Some(PatientStatus::Deceased(at)) => contested.upheld && contested.at == at,
				Some(_) => !contested.upheld,
				None => false,
			};
			ensure!(agree, "roles: a contested death is not as the patient's entry says");
		}
		Ok(())
	}

	pub(crate) fn check_kin() -> Result<(), TryRuntimeError> {
		let mut kin = BTreeMap::new();
		for (patient, caregivers) in CaregiversOf::<T>::iter() {
			let distinct: BTreeSet<_> = caregivers.iter().collect();
			ensure!(
				distinct.len() == caregivers.len() && !caregivers.is_empty(),
				"roles: a caregiver is named twice, or none is"
			);
			kin.extend(caregivers.into_iter().map(|account| (account, patient)));
		}
		for (patient, guardians) in GuardiansOf::<T>::iter() {
			let distinct: BTreeSet<_> = guardians.iter().map(|one| &one.guardian).collect();
			ensure!(
				distinct.len() == guardians.len() && !guardians.is_empty(),
				"roles: a guardian is named twice, or none is"
			);
			for guardianship in guardians {
				ensure!(
					is_first_of_month(guardianship.ends),
					"roles: a guardianship ends within a month"
				);
				let within = |majority| {
					guardianship.executor || guardianship.ends <= majority || majority <= guardianship.starts
				};
				ensure!(
					Self::majority(patient).is_none_or(within),
					"roles: a guardianship outlasts the patient's majority"
				);
				kin.insert(guardianship.guardian, patient);
			}
		}
		let noted: BTreeMap<_, _> = KinOf::<T>::iter().collect();
		ensure!(
			kin == noted,
			"roles: those who act for patients are not those who were named"
		);
		for (account, _) in noted {
			ensure!(
				!PatientOf::<T>::contains_key(&account),
				"roles: a patient acts for another one"
			);
		}
		let of_patients = PaperRecords::<T>::iter_keys()
			.chain(Merges::<T>::iter_keys())
			.chain(Recoveries::<T>::iter_keys())
			.chain(RecoveryRounds::<T>::iter_keys())
			.chain(KeyLosses::<T>::iter_keys())
			.chain(ContactsOf::<T>::iter_keys())
			.chain(CaregiversOf::<T>::iter_keys())
			.chain(GuardiansOf::<T>::iter_keys());
		for patient in of_patients {
			ensure!(
				Patients::<T>::contains_key(patient),
				"roles: something is noted of nobody"
			);
		}
		for (patient, loss) in KeyLosses::<T>::iter() {
			let recovery = Recoveries::<T>::get(patient);
			let waits = match (loss.waiting, &recovery) {
				(Some(lost_at), Some(recovery)) => lost_at <= recovery.since,
				(None, None) => !loss.is_none(),
				_ => false,
			};
			let ordered = loss.recovered.is_none_or(|(lost_at, until)| lost_at <= until);
			ensure!(
				waits && ordered,
				"roles: a key was lost at another time than its recovery says"
			);
		}
		for patient in Recoveries::<T>::iter_keys() {
			ensure!(
				KeyLosses::<T>::contains_key(patient),
				"roles: a key is recovered that was not lost"
			);
		}
		Ok(())
	}

	pub(crate) fn check_hpke_keys() -> Result<(), TryRuntimeError> {
		let of_institutions = Institutions::<T>::iter_values().map(|institution| institution.hpke);
		let of_patients = Patients::<T>::iter_values().filter_map(|patient| patient.hpke);
		let mut in_use = BTreeSet::new();
		let announced = ComingKeysOf::<T>::iter_values().filter_map(|coming| coming.hpke.map(|(key, _)| key));
		let recovered = Recoveries::<T>::iter_values().map(|recovery| recovery.hpke);
		for key in of_institutions.chain(of_patients).chain(announced).chain(recovered) {
			let fingerprint = keys::fingerprint::<T>(&key).map_err(|_| "roles: a malformed HPKE key is in use")?;
			ensure!(in_use.insert(fingerprint), "roles: an HPKE key is in use twice");
		}
		for retired in RetiredKeys::<T>::iter_keys() {
			ensure!(in_use.insert(retired), "roles: a retired HPKE key is in use");
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
