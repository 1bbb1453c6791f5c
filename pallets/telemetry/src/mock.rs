//! A runtime of this pallet alone. Who is who and who may do what are kept in storage, so that they roll back with a
//! failed call.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use crate as pallet_telemetry;
use core::cell::RefCell;
use frame_support::{derive_impl, storage_alias, weights::Weight, Blake2_128Concat, Twox64Concat};
use salus_primitives::{
	AccessControl, AccessRequest, ActionSet, AuditEntry, AuditTrail, Basis, Decision, GrantId, Guardianship, HpkeKey,
	Institution, InstitutionId, InstitutionKind, KeyLoss, Kind, Moment, Patient, PatientId, PatientStatus, Reason,
	Receipt, Record, RecordId, Registry, Role, Standing, Status, DAY,
};
use sp_core::{ed25519, sr25519, Pair, H256};
use sp_runtime::{traits::IdentityLookup, AccountId32, BoundedVec, BuildStorage, DispatchError, MultiSignature};

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
	#[runtime::pallet_index(25)]
	pub type Telemetry = pallet_telemetry;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	type Block = Block;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_telemetry::Config for Test {
	type Time = Timestamp;
	type Registry = Register;
	type AccessControl = Engine;
	type Audit = Trail;
	type Signature = MultiSignature;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Register;
}

/// Institutions, and whether they count.
#[storage_alias]
pub type Institutions = StorageMap<MockRegister, Twox64Concat, InstitutionId, bool>;
/// Credentials, and whether they count.
#[storage_alias]
pub type Credentials = StorageMap<MockRegister, Blake2_128Concat, (AccountId32, InstitutionId), (Role, bool)>;
/// Patients.
#[storage_alias]
pub type Patients = StorageMap<MockRegister, Twox64Concat, PatientId, Patient<AccountId32>>;
/// Guardianships.
#[storage_alias]
pub type Guardians = StorageMap<MockRegister, Twox64Concat, PatientId, Vec<Guardianship<AccountId32>>>;
/// Caregivers.
#[storage_alias]
pub type Caregivers = StorageMap<MockRegister, Blake2_128Concat, (PatientId, AccountId32), ()>;
/// Since when a patient's key may have been in other hands.
#[storage_alias]
pub type KeyLosses = StorageMap<MockRegister, Twox64Concat, PatientId, KeyLoss>;
/// HPKE keys in use.
#[storage_alias]
pub type HpkeKeys = StorageMap<MockRegister, Blake2_128Concat, [u8; 32], ()>;
/// A requester's grant to view a patient's vitals, recorded from a time until before another, and its uses left.
#[storage_alias]
pub type Grants = StorageMap<MockEngine, Blake2_128Concat, (PatientId, AccountId32), (GrantId, Moment, Moment, u32)>;
/// Which uses were taken, in order.
#[storage_alias]
pub type Taken = StorageValue<MockEngine, Vec<GrantId>>;
/// Each patient's trail.
#[storage_alias]
pub type Entries = StorageMap<MockTrail, Twox64Concat, PatientId, Vec<AuditEntry<AccountId32>>>;

/// Who is who.
pub struct Register;

impl Registry<AccountId32> for Register {
	fn institution(id: InstitutionId) -> Option<Institution<AccountId32>> {
		let active = Institutions::get(id)?;
		let officers = if id == A { vec![account("officer")] } else { vec![] };
		Some(Institution {
			status: if active { Status::Active } else { Status::Suspended },
			officers: BoundedVec::truncate_from(officers),
			..Institution::bare(InstitutionKind::Hospital, HpkeKey::X25519([7; 32]))
		})
	}
	fn is_officer(account: &AccountId32, id: InstitutionId) -> bool {
		Self::institution(id).is_some_and(|institution| institution.officers.contains(account))
	}
	fn standing(account: &AccountId32, institution: InstitutionId) -> Option<Standing> {
		let (role, active) = Credentials::get((account.clone(), institution))?;
		Some(Standing {
			role,
			active: active && Institutions::get(institution).unwrap_or(false),
			begun: 0,
		})
	}
	fn is_revoked(_: &AccountId32, _: InstitutionId) -> bool {
		false
	}
	fn patient(id: PatientId) -> Option<Patient<AccountId32>> {
		Patients::get(id)
	}
	fn is_controller(account: &AccountId32, patient: PatientId) -> bool {
		Patients::get(patient).is_some_and(|patient| patient.controller.as_ref() == Some(account))
	}
	fn is_assigned(_: &AccountId32, _: PatientId, _: InstitutionId) -> bool {
		false
	}
	fn guardianships(patient: PatientId) -> Vec<Guardianship<AccountId32>> {
		Guardians::get(patient).unwrap_or_default()
	}
	fn is_caregiver(patient: PatientId, account: &AccountId32) -> bool {
		Caregivers::contains_key((patient, account.clone()))
	}
	fn key_loss(patient: PatientId) -> KeyLoss {
		KeyLosses::get(patient).unwrap_or_default()
	}
	fn home(_: &AccountId32) -> Option<InstitutionId> {
		None
	}
	fn knows_key(key: &[u8; 32]) -> bool {
		let account = AccountId32::new(*key);
		HpkeKeys::contains_key(key)
			|| Patients::iter_values().any(|patient| patient.controller.as_ref() == Some(&account))
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl salus_primitives::BenchmarkHelper<AccountId32> for Register {
	fn clock(now: Moment) {
		set_time(now);
	}
	fn institution(id: InstitutionId) {
		Institutions::insert(id, true);
	}
	fn credential(account: &AccountId32, institution: InstitutionId, role: Role) {
		Credentials::insert((account.clone(), institution), (role, true));
	}
	fn patient(controller: &AccountId32, institution: InstitutionId) -> PatientId {
		let id = 1_000 + Patients::iter_keys().count() as u64;
		Patients::insert(id, patient_of(Some(controller.clone()), institution));
		id
	}
	fn assignment(_: &AccountId32, _: PatientId, _: InstitutionId) {}
	fn on_paper(patient: PatientId) {
		Patients::mutate_extant(patient, |patient| patient.controller = None);
	}
	fn key_loss(_: PatientId, _: Moment) {}
	fn revocation(account: &AccountId32, institution: InstitutionId) {
		Credentials::mutate_extant((account.clone(), institution), |(_, active)| *active = false);
	}
}

thread_local! {
	static ASKED: RefCell<Vec<(AccessRequest<AccountId32>, Moment)>> = const { RefCell::new(Vec::new()) };
}

/// What the engine was asked since this was last called, and until when it was recorded.
pub fn asked() -> Vec<(AccessRequest<AccountId32>, Moment)> {
	ASKED.with(|cell| core::mem::take(&mut *cell.borrow_mut()))
}

/// A decision engine with the rules that these tests need.
pub struct Engine;

impl Engine {
	fn rules(request: &AccessRequest<AccountId32>, last_at: Moment, returned: &[GrantId]) -> Decision {
		let who = &request.requester;
		match request.on_behalf_of {
			None if Register::is_controller(who, request.patient) => Decision::Permit(Basis::Subject),
			None => Decision::Deny(Reason::Unknown),
			Some(institution) if !Register::standing(who, institution).is_some_and(|standing| standing.active) => {
				Decision::Deny(Reason::Inactive)
			}
			Some(_) if request.author == *who => Decision::Permit(Basis::Author),
			Some(_) => match Grants::get((request.patient, who.clone())) {
				None => Decision::Deny(Reason::NoGrant),
				Some((grant, from, until, uses)) => {
					let given_back = u32::from(returned.contains(&grant));
					let held = |at| (from..until).contains(at);
					match (uses + given_back, held(&request.recorded_at) && held(&last_at)) {
						(0, _) => Decision::Deny(Reason::Exhausted),
						(_, false) => Decision::Deny(Reason::OutsideDateRange),
						(_, true) => Decision::Permit(Basis::Grant(grant)),
					}
				}
			},
		}
	}
}

impl AccessControl<AccountId32> for Engine {
	fn decide(request: &AccessRequest<AccountId32>) -> Decision {
		Self::decide_span(request, request.recorded_at, &[])
	}
	fn decide_span(request: &AccessRequest<AccountId32>, last_at: Moment, returned: &[GrantId]) -> Decision {
		ASKED.with(|cell| cell.borrow_mut().push((request.clone(), last_at)));
		Self::rules(request, last_at, returned)
	}
	fn take_use(
		patient: PatientId,
		requester: &AccountId32,
		_: Option<InstitutionId>,
		grant: GrantId,
	) -> Result<(), DispatchError> {
		let key = (patient, requester.clone());
		if let Some((id, from, until, uses)) = Grants::get(&key).filter(|(id, ..)| *id == grant) {
			let left = uses.checked_sub(1).ok_or(DispatchError::Other("no uses left"))?;
			Grants::insert(key, (id, from, until, left));
		}
		Taken::append(grant);
		Ok(())
	}
	fn still_permits(_: &Receipt<AccountId32>, _: RecordId, _: &Record<AccountId32>) -> bool {
		false
	}
	fn decide_weight() -> Weight {
		Weight::from_parts(1_000, 0)
	}
	fn least_weight() -> Weight {
		Weight::from_parts(300, 0)
	}
	fn weight_of(_: &AccessRequest<AccountId32>, decision: &Decision) -> Weight {
		match decision {
			Decision::Permit(Basis::Subject) => Self::least_weight(),
			_ => Self::decide_weight(),
		}
	}
	fn take_use_weight() -> Weight {
		Weight::from_parts(10, 0)
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn fill_denials(_: PatientId, _: &salus_primitives::DenialTerms<AccountId32>) {}
}

/// The patients' trails.
pub struct Trail;

impl AuditTrail<AccountId32> for Trail {
	fn append(patient: PatientId, actor: Option<AccountId32>, kind: Kind<AccountId32>) -> AuditEntry<AccountId32> {
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
/// Two patients of A with an account, one of A on paper, and one of B.
pub const ADA: PatientId = 0;
pub const BEN: PatientId = 1;
pub const PAM: PatientId = 2;
pub const FAY: PatientId = 3;
/// The time at which stories begin.
pub const START: Moment = 1_800_000_000_000;
/// The chain's genesis.
pub const GENESIS: H256 = H256([0x11; 32]);

/// Whoever has this name: `officer` (of A), `desk`, `doctor`, `nurse`, `pharmacist` (of A), `desk-b`, `doctor-b` (of B),
/// `ada`, `ben`, `fay`, and who is nobody.
pub fn pair(name: &str) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//{name}"), None).unwrap()
}

pub fn account(name: &str) -> AccountId32 {
	thread_local! {
		static KNOWN: RefCell<std::collections::BTreeMap<String, AccountId32>> = const { RefCell::new(std::collections::BTreeMap::new()) };
	}
	KNOWN.with(|known| {
		let mut known = known.borrow_mut();
		let made = known.entry(name.to_string());
		made.or_insert_with(|| AccountId32::new(pair(name).public().0)).clone()
	})
}

pub fn sign(name: &str, message: &[u8]) -> MultiSignature {
	MultiSignature::Sr25519(pair(name).sign(message))
}

/// Device number n.
pub fn device(n: u8) -> ed25519::Pair {
	ed25519::Pair::from_seed(&[n.wrapping_add(1); 32])
}

/// A patient of the institution.
pub fn patient_of(controller: Option<AccountId32>, institution: InstitutionId) -> Patient<AccountId32> {
	Patient {
		controller,
		hpke: None,
		institution,
		status: PatientStatus::Active,
	}
}

/// The patient has the guardian of this name for a day.
pub fn guard(patient: PatientId, name: &str, consents: bool) {
	let guardianship = Guardianship {
		guardian: account(name),
		executor: false,
		actions: ActionSet::EMPTY,
		consents,
		evidence: Default::default(),
		starts: 0,
		ends: START + DAY,
		contested: false,
	};
	let mut guardians = Guardians::get(patient).unwrap_or_default();
	guardians.push(guardianship);
	Guardians::insert(patient, guardians);
}

pub fn now() -> Moment {
	pallet_timestamp::Now::<Test>::get()
}

pub fn set_time(at: Moment) {
	pallet_timestamp::Now::<Test>::put(at);
}

/// Lets time pass.
pub fn pass(time: Moment) {
	set_time(now() + time);
}

/// Two hospitals, their people and patients.
pub fn world() -> sp_io::TestExternalities {
	asked();
	let mut world: sp_io::TestExternalities = frame_system::GenesisConfig::<Test>::default()
		.build_storage()
		.unwrap()
		.into();
	world.register_extension(sp_keystore::KeystoreExt::new(
		sp_keystore::testing::MemoryKeystore::new(),
	));
	world.execute_with(|| {
		System::set_block_number(1);
		frame_system::BlockHash::<Test>::insert(0, GENESIS);
		set_time(START);
		Institutions::insert(A, true);
		Institutions::insert(B, true);
		for (name, institution, role) in [
			("desk", A, Role::Administrator),
			("doctor", A, Role::Doctor),
			("nurse", A, Role::Nurse),
			("pharmacist", A, Role::Pharmacist),
			("desk-b", B, Role::Administrator),
			("doctor-b", B, Role::Doctor),
		] {
			Credentials::insert((account(name), institution), (role, true));
		}
		for (patient, controller, institution) in [
			(ADA, Some("ada"), A),
			(BEN, Some("ben"), A),
			(PAM, None, A),
			(FAY, Some("fay"), B),
		] {
			Patients::insert(patient, patient_of(controller.map(account), institution));
		}
	});
	world
}

/// Runs a story and checks the invariants at its end.
pub fn story(told: impl FnOnce()) {
	world().execute_with(|| {
		told();
		Telemetry::check_state().unwrap();
	});
}
