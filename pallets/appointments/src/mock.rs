//! A runtime of this pallet alone. Who is who and who may do what are kept in storage, so that they roll back with a
//! failed call; a test can also take the decisions into its own hands.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate as pallet_appointments;
use core::cell::RefCell;
use frame_support::{
	derive_impl,
	pallet_prelude::ValueQuery,
	storage_alias,
	weights::{constants::RocksDbWeight, Weight},
	Blake2_128Concat, Twox64Concat,
};
use salus_primitives::{
	AccessControl, AccessRequest, ActionSet, AuditEntry, AuditTrail, Basis, Decision, GrantId, Guardianship, HpkeKey,
	Institution, InstitutionId, InstitutionKind, KeyLoss, Kind, Moment, Patient, PatientId, PatientStatus, Reason,
	Receipt, Record, RecordId, Registry, Role, Standing, Status, UtcDay, DAY, HOUR, MINUTE,
};
use sp_runtime::{traits::IdentityLookup, BuildStorage, DispatchError};

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
	#[runtime::pallet_index(24)]
	pub type Appointments = pallet_appointments;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type DbWeight = RocksDbWeight;
	type AccountId = u64;
	type Lookup = IdentityLookup<u64>;
	type Block = Block;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_appointments::Config for Test {
	type Time = Timestamp;
	type Registry = Register;
	type AccessControl = Engine;
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
/// Patients.
#[storage_alias]
pub type Patients = StorageMap<MockRegister, Twox64Concat, PatientId, Patient<u64>>;
/// Each patient's guardianships.
#[storage_alias]
pub type Guardianships = StorageMap<MockRegister, Twox64Concat, PatientId, Vec<Guardianship<u64>>, ValueQuery>;
/// To whom patients have given consent.
#[storage_alias]
pub type Consents = StorageMap<MockEngine, Blake2_128Concat, (PatientId, u64), GrantId>;
/// Each patient's trail.
#[storage_alias]
pub type Entries = StorageMap<MockTrail, Twox64Concat, PatientId, Vec<AuditEntry<u64>>>;

/// Who is who.
pub struct Register;

impl Registry<u64> for Register {
	fn institution(id: InstitutionId) -> Option<Institution<u64>> {
		let active = Institutions::get(id)?;
		Some(Institution {
			status: if active { Status::Active } else { Status::Suspended },
			..Institution::bare(InstitutionKind::Hospital, HpkeKey::X25519([7; 32]))
		})
	}
	fn is_officer(_: &u64, _: InstitutionId) -> bool {
		false
	}
	fn standing(account: &u64, institution: InstitutionId) -> Option<Standing> {
		let (role, active) = Credentials::get((*account, institution))?;
		Some(Standing {
			role,
			active: active && Institutions::get(institution).unwrap_or(false),
			begun: 0,
		})
	}
	fn is_revoked(_: &u64, _: InstitutionId) -> bool {
		false
	}
	fn patient(id: PatientId) -> Option<Patient<u64>> {
		Patients::get(id)
	}
	fn is_controller(account: &u64, patient: PatientId) -> bool {
		Patients::get(patient).is_some_and(|patient| patient.controller == Some(*account))
	}
	fn is_assigned(_: &u64, _: PatientId, _: InstitutionId) -> bool {
		false
	}
	fn guardianships(patient: PatientId) -> Vec<Guardianship<u64>> {
		Guardianships::get(patient)
	}
	fn is_caregiver(_: PatientId, _: &u64) -> bool {
		false
	}
	fn key_loss(_: PatientId) -> KeyLoss {
		KeyLoss::default()
	}
	fn home(_: &u64) -> Option<InstitutionId> {
		None
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl salus_primitives::BenchmarkHelper<u64> for Register {
	fn clock(now: Moment) {
		set_time(now);
	}
	fn institution(id: InstitutionId) {
		Institutions::insert(id, true);
	}
	fn credential(account: &u64, institution: InstitutionId, role: Role) {
		Credentials::insert((*account, institution), (role, true));
	}
	fn patient(controller: &u64, institution: InstitutionId) -> PatientId {
		let id = 1_000 + Patients::iter_keys().count() as u64;
		Patients::insert(id, patient_of(*controller, institution));
		id
	}
	fn merge(from: PatientId, into: PatientId) {
		Patients::mutate_extant(from, |patient| patient.status = PatientStatus::MergedInto(into));
	}
	fn assignment(_: &u64, _: PatientId, _: InstitutionId) {}
	fn on_paper(_: PatientId) {}
	fn key_loss(_: PatientId, _: Moment) {}
	fn revocation(account: &u64, institution: InstitutionId) {
		Credentials::mutate_extant((*account, institution), |(_, active)| *active = false);
	}
}

type Judge = Box<dyn Fn(&AccessRequest<u64>) -> Decision>;

thread_local! {
	static JUDGE: RefCell<Option<Judge>> = const { RefCell::new(None) };
	static ASKED: RefCell<Vec<AccessRequest<u64>>> = const { RefCell::new(Vec::new()) };
}

/// Takes the decisions into the test's own hands.
pub fn judge(judge: impl Fn(&AccessRequest<u64>) -> Decision + 'static) {
	JUDGE.with(|cell| *cell.borrow_mut() = Some(Box::new(judge)));
}

/// What the engine was asked since this was last called.
pub fn asked() -> Vec<AccessRequest<u64>> {
	ASKED.with(|cell| core::mem::take(&mut *cell.borrow_mut()))
}

/// A decision engine with the rules that these tests need.
pub struct Engine;

impl Engine {
	/// By her own account, or once her id was merged by that of the id she goes on under.
	fn is_subject(who: u64, patient: PatientId) -> bool {
		match Patients::get(patient) {
			Some(Patient {
				status: PatientStatus::MergedInto(into),
				..
			}) => Self::is_subject(who, into),
			Some(found) => found.controller == Some(who),
			None => false,
		}
	}

	fn rules(request: &AccessRequest<u64>) -> Decision {
		let (who, patient) = (request.requester, request.patient);
		match request.on_behalf_of {
			None if Self::is_subject(who, patient) => Decision::Permit(Basis::Subject),
			None if Register::guardianship(patient, &who).is_some() => Decision::Permit(Basis::Guardian),
			None => Decision::Deny(Reason::Unknown),
			Some(institution) if !Register::standing(&who, institution).is_some_and(|standing| standing.active) => {
				Decision::Deny(Reason::Inactive)
			}
			Some(_) => match Consents::get((patient, who)) {
				Some(grant) => Decision::Permit(Basis::Grant(grant)),
				None => Decision::Deny(Reason::NoGrant),
			},
		}
	}
}

impl AccessControl<u64> for Engine {
	fn decide(request: &AccessRequest<u64>) -> Decision {
		ASKED.with(|cell| cell.borrow_mut().push(request.clone()));
		JUDGE.with(|cell| {
			cell.borrow()
				.as_ref()
				.map_or_else(|| Self::rules(request), |judge| judge(request))
		})
	}
	fn decide_span(request: &AccessRequest<u64>, _: Moment, _: &[GrantId]) -> Decision {
		Self::decide(request)
	}
	fn take_use(_: PatientId, _: &u64, _: Option<InstitutionId>, _: GrantId) -> Result<(), DispatchError> {
		Err(DispatchError::Other("joining takes no use"))
	}
	fn still_permits(_: &Receipt<u64>, _: RecordId, _: &Record<u64>) -> bool {
		false
	}
	fn decide_weight() -> Weight {
		Weight::from_parts(1_000, 0)
	}
	fn least_weight() -> Weight {
		Weight::from_parts(300, 0)
	}
	fn weight_of(_: &AccessRequest<u64>, decision: &Decision) -> Weight {
		match decision {
			Decision::Permit(Basis::Subject) => Self::least_weight(),
			_ => Self::decide_weight(),
		}
	}
	fn take_use_weight() -> Weight {
		Weight::zero()
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn fill_denials(_: PatientId, _: &salus_primitives::DenialTerms<u64>) {}
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

/// Hospital A and hospital B.
pub const A: InstitutionId = 0;
pub const B: InstitutionId = 1;
/// Practitioners of A, the first of them of B too; one of B alone; the desks of both.
pub const DOCTOR: u64 = 10;
pub const SURGEON: u64 = 11;
pub const NURSE: u64 = 12;
pub const PHARMACIST: u64 = 13;
pub const TECHNICIAN: u64 = 14;
pub const AWAY: u64 = 15;
pub const DESK: u64 = 16;
pub const DESK_AWAY: u64 = 17;
/// A researcher of A: she sees no patients.
pub const RESEARCHER: u64 = 18;
/// Three patients of A and one of B, and the accounts that sign for them.
pub const ADA: PatientId = 0;
pub const BEN: PatientId = 1;
pub const CAT: PatientId = 2;
pub const FAY: PatientId = 3;
pub const ADAS: u64 = 20;
pub const BENS: u64 = 21;
pub const CATS: u64 = 22;
pub const FAYS: u64 = 23;
/// Ada's guardian, once she is one.
pub const GUARDIAN: u64 = 30;
/// Nobody.
pub const STRANGER: u64 = 99;
/// The day of the stories.
pub const TODAY: UtcDay = 20_000;

/// A time, so many days after today.
pub fn at(days: u64, hour: u64, minute: u64) -> Moment {
	(TODAY + days) * DAY + hour * HOUR + minute * MINUTE
}

/// A patient of the institution.
pub fn patient_of(controller: u64, institution: InstitutionId) -> Patient<u64> {
	Patient {
		controller: Some(controller),
		hpke: None,
		institution,
		status: PatientStatus::Active,
	}
}

/// Ada has a guardian who consents for her, until tomorrow at noon.
pub fn guard() {
	let guardianship = Guardianship {
		guardian: GUARDIAN,
		executor: false,
		actions: ActionSet::EMPTY,
		consents: true,
		evidence: Default::default(),
		starts: 0,
		ends: at(1, 12, 0),
		contested: false,
	};
	Guardianships::append(ADA, guardianship);
}

pub fn now() -> Moment {
	pallet_timestamp::Now::<Test>::get()
}

pub fn set_time(at: Moment) {
	pallet_timestamp::Now::<Test>::put(at);
}

/// Two hospitals, their people and patients, at eight in the morning.
pub fn world() -> sp_io::TestExternalities {
	JUDGE.with(|cell| *cell.borrow_mut() = None);
	asked();
	let mut world: sp_io::TestExternalities = frame_system::GenesisConfig::<Test>::default()
		.build_storage()
		.unwrap()
		.into();
	world.execute_with(|| {
		System::set_block_number(1);
		set_time(at(0, 8, 0));
		Institutions::insert(A, true);
		Institutions::insert(B, true);
		for (who, institution, role) in [
			(DOCTOR, A, Role::Doctor),
			(DOCTOR, B, Role::Doctor),
			(SURGEON, A, Role::Doctor),
			(NURSE, A, Role::Nurse),
			(PHARMACIST, A, Role::Pharmacist),
			(TECHNICIAN, A, Role::LabTechnician),
			(AWAY, B, Role::Doctor),
			(DESK, A, Role::Administrator),
			(DESK_AWAY, B, Role::Administrator),
			(RESEARCHER, A, Role::Researcher),
		] {
			Credentials::insert((who, institution), (role, true));
		}
		for (patient, controller, institution) in [(ADA, ADAS, A), (BEN, BENS, A), (CAT, CATS, A), (FAY, FAYS, B)] {
			Patients::insert(patient, patient_of(controller, institution));
		}
	});
	world
}

/// Runs a story and checks the invariants at its end.
pub fn story(told: impl FnOnce()) {
	world().execute_with(|| {
		told();
		Appointments::check_state().unwrap();
	});
}
