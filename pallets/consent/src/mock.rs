//! A runtime of this pallet alone. Registry and trail are kept in storage, so that they roll back with a failed call.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate as pallet_consent;
use frame_support::{derive_impl, pallet_prelude::ValueQuery, storage_alias, Blake2_128Concat, Twox64Concat};
use frame_system::EnsureRoot;
use salus_primitives::{
	AuditEntry, AuditTrail, Discipline, Guardianship, HpkeKey, Institution, InstitutionId, InstitutionKind, KeyLoss,
	Kind, Moment, Patient, PatientId, PatientStatus, Registry, Role, Standing, Status, DAY,
};
use sp_runtime::{traits::IdentityLookup, BuildStorage};

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeTask)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(22)]
	pub type Consent = pallet_consent;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountId = u64;
	type Lookup = IdentityLookup<u64>;
	type Block = Block;
	type DbWeight = frame_support::weights::constants::ParityDbWeight;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_consent::Config for Test {
	type Time = Timestamp;
	type Registry = Register;
	type CouncilOrigin = EnsureRoot<u64>;
	type Discipline = Register;
	type Audit = Trail;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Register;
}

/// Institutions, and whether they count.
#[storage_alias]
pub type Institutions = StorageMap<MockRegister, Twox64Concat, InstitutionId, bool>;
/// Credentials, and whether they count.
#[storage_alias]
pub type Credentials = StorageMap<MockRegister, Blake2_128Concat, (u64, InstitutionId), (Role, bool)>;
/// What kind an institution is, where it is no hospital.
#[storage_alias]
pub type Kinds = StorageMap<MockRegister, Twox64Concat, InstitutionId, InstitutionKind>;
/// Officers.
#[storage_alias]
pub type Officers = StorageMap<MockRegister, Blake2_128Concat, (u64, InstitutionId), ()>;
/// Since when a credential is active, where it isn't since the beginning.
#[storage_alias]
pub type Since = StorageMap<MockRegister, Blake2_128Concat, (u64, InstitutionId), Moment>;
/// Credentials that are revoked.
#[storage_alias]
pub type Revoked = StorageMap<MockRegister, Blake2_128Concat, (u64, InstitutionId), ()>;
/// Each patient's guardianships, under one key as roles keeps them.
#[storage_alias]
type GuardiansOf = StorageMap<MockRegister, Twox64Concat, PatientId, Vec<Guardianship<u64>>, ValueQuery>;
/// Guardianships, of a patient and to an account.
pub struct Guardianships;
impl Guardianships {
	pub fn insert(of_and_to: (PatientId, u64), guardianship: Guardianship<u64>) {
		Self::set(of_and_to, Some(guardianship));
	}
	pub fn remove(of_and_to: (PatientId, u64)) {
		Self::set(of_and_to, None);
	}
	pub fn set((patient, guardian): (PatientId, u64), guardianship: Option<Guardianship<u64>>) {
		GuardiansOf::mutate(patient, |all| {
			all.retain(|one| one.guardian != guardian);
			all.extend(guardianship);
		});
	}
}
/// Since when keys may have been in other hands.
#[storage_alias]
pub type KeyLosses = StorageMap<MockRegister, Twox64Concat, PatientId, KeyLoss>;
/// Caregivers.
#[storage_alias]
pub type Caregivers = StorageMap<MockRegister, Blake2_128Concat, (PatientId, u64), ()>;
/// Patients.
#[storage_alias]
pub type Patients = StorageMap<MockRegister, Twox64Concat, PatientId, Patient<u64>>;
/// Accepted assignments.
#[storage_alias]
pub type Assignments = StorageMap<MockRegister, Blake2_128Concat, (u64, PatientId, InstitutionId), ()>;
/// Each patient's trail.
#[storage_alias]
pub type Entries = StorageMap<MockTrail, Twox64Concat, PatientId, Vec<AuditEntry<u64>>>;

/// Who is who.
pub struct Register;

impl Registry<u64> for Register {
	fn institution(id: InstitutionId) -> Option<Institution<u64>> {
		let active = Institutions::get(id)?;
		let officers: Vec<u64> = Officers::iter_keys()
			.filter_map(|(account, at)| (at == id).then_some(account))
			.collect();
		Some(Institution {
			officers: officers.try_into().unwrap(),
			status: if active { Status::Active } else { Status::Suspended },
			..Institution::bare(
				Kinds::get(id).unwrap_or(InstitutionKind::Hospital),
				HpkeKey::X25519([7; 32]),
			)
		})
	}

	fn is_officer(account: &u64, institution: InstitutionId) -> bool {
		Officers::contains_key((*account, institution)) && Institutions::get(institution).unwrap_or(false)
	}

	fn standing(account: &u64, institution: InstitutionId) -> Option<Standing> {
		let (role, active) = Credentials::get((*account, institution))?;
		Some(Standing {
			role,
			active: active && Institutions::get(institution).unwrap_or(false),
			begun: 0,
		})
	}

	fn is_revoked(account: &u64, institution: InstitutionId) -> bool {
		Revoked::contains_key((*account, institution))
	}

	fn patient(id: PatientId) -> Option<Patient<u64>> {
		Patients::get(id)
	}

	fn is_controller(account: &u64, patient: PatientId) -> bool {
		Patients::get(patient).is_some_and(|patient| patient.controller == Some(*account))
	}

	fn is_assigned(practitioner: &u64, patient: PatientId, institution: InstitutionId) -> bool {
		Assignments::contains_key((*practitioner, patient, institution))
	}

	fn home(_: &u64) -> Option<InstitutionId> {
		None
	}

	fn guardianships(patient: PatientId) -> Vec<Guardianship<u64>> {
		GuardiansOf::get(patient)
	}

	fn is_caregiver(patient: PatientId, account: &u64) -> bool {
		Caregivers::contains_key((patient, *account))
	}

	fn key_loss(patient: PatientId) -> KeyLoss {
		KeyLosses::get(patient).unwrap_or_default()
	}

	fn active_since(account: &u64, institution: InstitutionId) -> Option<Moment> {
		let (_, active) = Credentials::get((*account, institution))?;
		active.then(|| Since::get((*account, institution)).unwrap_or(0))
	}
}

impl Discipline<u64> for Register {
	fn suspend(account: &u64, institution: InstitutionId) -> bool {
		Credentials::mutate((*account, institution), |credential| match credential {
			Some((_, active)) => core::mem::take(active),
			None => false,
		})
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl salus_primitives::BenchmarkHelper<u64> for Register {
	fn clock(now: Moment) {
		pallet_timestamp::Now::<Test>::put(now);
	}
	fn institution(id: InstitutionId) {
		Institutions::insert(id, true);
		for officer in [2 * u64::from(id), 2 * u64::from(id) + 1] {
			Officers::insert((officer, id), ());
		}
	}
	fn credential(account: &u64, institution: InstitutionId, role: Role) {
		Credentials::insert((*account, institution), (role, true));
	}
	fn patient(controller: &u64, institution: InstitutionId) -> PatientId {
		Patients::insert(PATIENT, patient_of(*controller, institution));
		PATIENT
	}
	fn assignment(practitioner: &u64, patient: PatientId, institution: InstitutionId) {
		Assignments::insert((*practitioner, patient, institution), ());
	}
	fn on_paper(patient: PatientId) {
		Patients::mutate(patient, |entry| {
			if let Some(entry) = entry {
				entry.controller = None;
			}
		});
	}
	fn key_loss(patient: PatientId, at: Moment) {
		let recovered = Some((at, at));
		KeyLosses::insert(
			patient,
			KeyLoss {
				waiting: None,
				recovered,
			},
		);
	}
	fn revocation(account: &u64, institution: InstitutionId) {
		revoke(*account, institution);
	}
}

/// The patients' trails.
pub struct Trail;

impl AuditTrail<u64> for Trail {
	fn append(patient: PatientId, actor: Option<u64>, kind: Kind<u64>) -> AuditEntry<u64> {
		let mut entries = Entries::get(patient).unwrap_or_default();
		let entry = AuditEntry {
			seq: entries.len() as u64 + 1,
			at: now(),
			actor,
			kind,
		};
		entries.push(entry.clone());
		Entries::insert(patient, entries);
		entry
	}
}

/// The hospital that admitted the patient.
pub const HOME: InstitutionId = 0;
/// Another hospital.
pub const AWAY: InstitutionId = 1;
/// A patient, and who signs for her.
pub const PATIENT: PatientId = 7;
pub const PIA: u64 = 70;
/// Another patient, and who signs for her.
pub const OTHER_PATIENT: PatientId = 8;
pub const OLE: u64 = 80;
/// A doctor of the patient's hospital.
pub const ADA: u64 = 10;
/// A doctor of the other hospital.
pub const BEA: u64 = 20;
/// A nurse of the other hospital.
pub const NED: u64 = 21;
/// A doctor of the other hospital who treats nobody here.
pub const CLEO: u64 = 23;
/// Privacy officers of the patient's hospital and of the other one.
pub const HUGO: u64 = 30;
pub const PAUL: u64 = 31;
/// Two officers of the other hospital.
pub const OTTO: u64 = 40;
pub const OLGA: u64 = 41;
/// A guardian and a caregiver of the patient, once they are named.
pub const GINA: u64 = 50;
pub const CARL: u64 = 51;
/// Nobody.
pub const STRANGER: u64 = 99;
/// When the stories begin.
pub const NOON: Moment = 1_000 * DAY;

pub fn patient_of(controller: u64, institution: InstitutionId) -> Patient<u64> {
	Patient {
		controller: Some(controller),
		hpke: None,
		institution,
		status: PatientStatus::Active,
	}
}

/// Revokes a credential, which never counts again.
pub fn revoke(account: u64, institution: InstitutionId) {
	Credentials::mutate((account, institution), |credential| {
		if let Some((_, active)) = credential {
			*active = false;
		}
	});
	Revoked::insert((account, institution), ());
}

pub fn now() -> Moment {
	pallet_timestamp::Now::<Test>::get()
}

pub fn set_time(at: Moment) {
	pallet_timestamp::Now::<Test>::put(at);
}

pub fn wait(time: Moment) {
	set_time(now() + time);
}

/// Builds the world a story is told in.
pub struct ExtBuilder {
	credentials: Vec<(u64, InstitutionId, Role)>,
	assignments: Vec<(u64, PatientId, InstitutionId)>,
}

impl Default for ExtBuilder {
	/// Two hospitals with their doctors and a nurse, two patients; nobody is assigned.
	fn default() -> Self {
		Self {
			credentials: vec![
				(ADA, HOME, Role::Doctor),
				(BEA, AWAY, Role::Doctor),
				(NED, AWAY, Role::Nurse),
				(CLEO, AWAY, Role::Doctor),
				(HUGO, HOME, Role::PrivacyOfficer),
				(PAUL, AWAY, Role::PrivacyOfficer),
			],
			assignments: vec![],
		}
	}
}

impl ExtBuilder {
	pub fn credential(mut self, account: u64, institution: InstitutionId, role: Role) -> Self {
		self.credentials.push((account, institution, role));
		self
	}

	pub fn assigned(mut self, account: u64, institution: InstitutionId) -> Self {
		self.assignments.push((account, PATIENT, institution));
		self
	}

	pub fn build(self) -> sp_io::TestExternalities {
		let genesis = RuntimeGenesisConfig {
			system: Default::default(),
		};
		let mut world = sp_io::TestExternalities::new(genesis.build_storage().unwrap());
		world.execute_with(|| {
			System::set_block_number(1);
			set_time(NOON);
			Institutions::insert(HOME, true);
			Institutions::insert(AWAY, true);
			Patients::insert(PATIENT, patient_of(PIA, HOME));
			Patients::insert(OTHER_PATIENT, patient_of(OLE, AWAY));
			Officers::insert((OTTO, AWAY), ());
			Officers::insert((OLGA, AWAY), ());
			for (account, institution, role) in self.credentials {
				Credentials::insert((account, institution), (role, true));
			}
			for assignment in self.assignments {
				Assignments::insert(assignment, ());
			}
		});
		world
	}

	/// Tells a story and checks the invariants at its end.
	pub fn build_and_execute(self, story: impl FnOnce()) {
		self.build().execute_with(|| {
			story();
			Consent::check_state().unwrap();
		});
	}
}

/// A story in the usual world.
pub fn story(told: impl FnOnce()) {
	ExtBuilder::default().build_and_execute(told);
}
