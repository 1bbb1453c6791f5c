//! A runtime of this pallet alone. Who is who and who may do what are kept in storage, so that they roll back with a
//! failed call; a test can also take the decisions into its own hands.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate as pallet_records;
use core::cell::RefCell;
use frame_support::{
	derive_impl, storage_alias,
	weights::{constants::RocksDbWeight, Weight},
	Blake2_128Concat, Twox64Concat,
};
use salus_primitives::{
	AccessControl, AccessRequest, Action, Basis, Decision, GrantId, Guardianship, Institution, InstitutionId, KeyLoss,
	Moment, Patient, PatientId, PatientStatus, Reason, Receipt, Record, RecordId, RecordStatus, Registry, Role,
	Standing,
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
	#[runtime::pallet_index(23)]
	pub type Records = pallet_records;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountId = u64;
	type Lookup = IdentityLookup<u64>;
	type Block = Block;
	type DbWeight = RocksDbWeight;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_records::Config for Test {
	type Time = Timestamp;
	type Registry = Register;
	type AccessControl = Engine;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Register;
}

/// Credentials, and whether they count.
#[storage_alias]
pub type Credentials = StorageMap<MockRegister, Blake2_128Concat, (u64, InstitutionId), bool>;
/// Officers of institutions that count.
#[storage_alias]
pub type Officers = StorageMap<MockRegister, Blake2_128Concat, (u64, InstitutionId), ()>;
/// Patients.
#[storage_alias]
pub type Patients = StorageMap<MockRegister, Twox64Concat, PatientId, Patient<u64>>;
/// Accepted assignments.
#[storage_alias]
pub type Assignments = StorageMap<MockRegister, Blake2_128Concat, (u64, PatientId, InstitutionId), ()>;
/// A requester's grant to view a patient's records, and its uses left.
#[storage_alias]
pub type Grants = StorageMap<MockEngine, Blake2_128Concat, (PatientId, u64), (GrantId, u32)>;
/// Which uses were taken, in order.
#[storage_alias]
pub type Taken = StorageValue<MockEngine, Vec<GrantId>>;

/// Who is who.
pub struct Register;

impl Registry<u64> for Register {
	fn institution(_: InstitutionId) -> Option<Institution<u64>> {
		None
	}
	fn is_officer(account: &u64, institution: InstitutionId) -> bool {
		Officers::contains_key((*account, institution))
	}
	fn standing(account: &u64, institution: InstitutionId) -> Option<Standing> {
		let active = Credentials::get((*account, institution))?;
		Some(Standing {
			role: Role::Doctor,
			active,
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
	fn is_assigned(practitioner: &u64, patient: PatientId, institution: InstitutionId) -> bool {
		Assignments::contains_key((*practitioner, patient, institution))
	}
	fn guardianships(_: PatientId) -> Vec<Guardianship<u64>> {
		Vec::new()
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
		pallet_timestamp::Now::<Test>::put(now);
	}
	fn institution(_: InstitutionId) {}
	fn credential(account: &u64, institution: InstitutionId, _: Role) {
		Credentials::insert((*account, institution), true);
	}
	fn patient(controller: &u64, institution: InstitutionId) -> PatientId {
		Patients::insert(ADA, patient_of(*controller, institution));
		ADA
	}
	fn assignment(practitioner: &u64, patient: PatientId, institution: InstitutionId) {
		Assignments::insert((*practitioner, patient, institution), ());
	}
	fn on_paper(_: PatientId) {}
	fn key_loss(_: PatientId, _: Moment) {}
	fn revocation(account: &u64, institution: InstitutionId) {
		Credentials::insert((*account, institution), false);
	}
}

type Judge = Box<dyn Fn(&AccessRequest<u64>) -> Decision>;

thread_local! {
	static JUDGE: RefCell<Option<Judge>> = const { RefCell::new(None) };
	static ASKED: RefCell<Vec<AccessRequest<u64>>> = const { RefCell::new(Vec::new()) };
	static STILL: RefCell<bool> = const { RefCell::new(true) };
}

/// Takes the decisions into the test's own hands.
pub fn judge(judge: impl Fn(&AccessRequest<u64>) -> Decision + 'static) {
	JUDGE.with(|cell| *cell.borrow_mut() = Some(Box::new(judge)));
}

/// What the engine was asked since this was last called.
pub fn asked() -> Vec<AccessRequest<u64>> {
	ASKED.with(|cell| core::mem::take(&mut *cell.borrow_mut()))
}

/// What `still_permits` answers.
pub fn still(answer: bool) {
	STILL.with(|cell| *cell.borrow_mut() = answer);
}

/// A decision engine with the rules that these tests need.
pub struct Engine;

impl Engine {
	fn rules(request: &AccessRequest<u64>) -> Decision {
		let Some(institution) = request.on_behalf_of else {
			if !Register::is_controller(&request.requester, request.patient) {
				return Decision::Deny(Reason::Unknown);
			}
			return match request.action {
				_ if matches!(request.status, Some(RecordStatus::EnteredInError(_))) => {
					Decision::Deny(Reason::Unavailable)
				}
				Action::View | Action::Share => Decision::Permit(Basis::Subject),
				Action::Append if request.author == request.requester => Decision::Permit(Basis::Subject),
				_ => Decision::Deny(Reason::RoleForbids),
			};
		};
		match Register::standing(&request.requester, institution) {
			None => return Decision::Deny(Reason::Unknown),
			Some(standing) if !standing.active => return Decision::Deny(Reason::Inactive),
			_ => (),
		}
		let is_author = request.author == request.requester && request.custodian == institution;
		match request.action {
			Action::View | Action::Amend if is_author => Decision::Permit(Basis::Author),
			_ if matches!(request.status, Some(RecordStatus::EnteredInError(_))) => Decision::Deny(Reason::Unavailable),
			Action::Append if Register::is_assigned(&request.requester, request.patient, institution) => {
				Decision::Permit(Basis::Assignment)
			}
			Action::View => match Grants::get((request.patient, request.requester)) {
				None => Decision::Deny(Reason::NoGrant),
				Some((_, 0)) => Decision::Deny(Reason::Exhausted),
				Some((grant, _)) => Decision::Permit(Basis::Grant(grant)),
			},
			_ => Decision::Deny(Reason::NoGrant),
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
	fn take_use(
		patient: PatientId,
		requester: &u64,
		_: Option<InstitutionId>,
		grant: GrantId,
	) -> Result<(), DispatchError> {
		if let Some((id, left)) = Grants::get((patient, requester)).filter(|(id, _)| *id == grant) {
			let left = left.checked_sub(1).ok_or(DispatchError::Other("no uses left"))?;
			Grants::insert((patient, requester), (id, left));
		}
		Taken::append(grant);
		Ok(())
	}

	fn still_permits(receipt: &Receipt<u64>, id: RecordId, _: &Record<u64>) -> bool {
		STILL.with(|cell| *cell.borrow())
			&& receipt
				.outcomes
				.iter()
				.any(|(record, made)| *record == id && made.is_permit())
	}

	fn decide_weight() -> Weight {
		Weight::from_parts(1_000, 0)
	}

	fn least_weight() -> Weight {
		Weight::from_parts(300, 0)
	}

	fn weight_of(_: &AccessRequest<u64>, decision: &Decision) -> Weight {
		match decision {
			Decision::Permit(Basis::Subject | Basis::Author | Basis::Assignment) => Self::least_weight(),
			_ => Self::decide_weight(),
		}
	}

	fn take_use_weight() -> Weight {
		Weight::from_parts(1, 0)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn fill_denials(_: PatientId, _: &salus_primitives::DenialTerms<u64>) {}
}

/// Hospital A and hospital B.
pub const A: InstitutionId = 0;
pub const B: InstitutionId = 1;
/// Doctors of A, of A and of B; only the first is assigned to the patients.
pub const DOCTOR: u64 = 10;
pub const COLLEAGUE: u64 = 11;
pub const STRANGER: u64 = 12;
/// An officer of A.
pub const OFFICER: u64 = 13;
/// Two patients of A and the accounts that sign for them.
pub const ADA: PatientId = 0;
pub const BEN: PatientId = 1;
pub const ADAS: u64 = 20;
pub const BENS: u64 = 21;
/// The time at which stories begin.
pub const START: Moment = 1_800_000_000_000;

/// A patient of the institution.
pub fn patient_of(controller: u64, institution: InstitutionId) -> Patient<u64> {
	Patient {
		controller: Some(controller),
		hpke: None,
		institution,
		status: PatientStatus::Active,
	}
}

/// The chain's clock.
pub fn now() -> Moment {
	pallet_timestamp::Now::<Test>::get()
}

/// Lets time pass.
pub fn pass(time: Moment) {
	pallet_timestamp::Now::<Test>::put(now() + time);
}

/// Two hospitals, their people and two patients of the first.
pub fn world() -> sp_io::TestExternalities {
	JUDGE.with(|cell| *cell.borrow_mut() = None);
	asked();
	still(true);
	let mut world: sp_io::TestExternalities = frame_system::GenesisConfig::<Test>::default()
		.build_storage()
		.unwrap()
		.into();
	world.execute_with(|| {
		System::set_block_number(1);
		pallet_timestamp::Now::<Test>::put(START);
		for (who, institution) in [(DOCTOR, A), (COLLEAGUE, A), (STRANGER, B)] {
			Credentials::insert((who, institution), true);
		}
		Officers::insert((OFFICER, A), ());
		Patients::insert(ADA, patient_of(ADAS, A));
		Patients::insert(BEN, patient_of(BENS, A));
		Assignments::insert((DOCTOR, ADA, A), ());
		Assignments::insert((DOCTOR, BEN, A), ());
	});
	world
}

/// Runs a story and checks the invariants at its end.
pub fn story(told: impl FnOnce()) {
	world().execute_with(|| {
		told();
		Records::check_state().unwrap();
	});
}
