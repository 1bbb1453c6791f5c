//! A runtime of this pallet alone, and a world of two hospitals and a laboratory to tell stories in.

use crate as pallet_roles;
use crate::{Act, Call, Event, ValidatorAccounts};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{derive_impl, parameter_types, weights::Weight};
use frame_system::EnsureRoot;
use salus_primitives::{
	tagged, wrapped, Acceptance, Action, ActionSet, Admission, Application, AuditEntry, AuditTrail, Capacity,
	CategorySet, Credential, DeviceKeys, GrantId, HpkeKey, Institution, InstitutionId, InstitutionKind, Kind, Moment,
	PatientId, Purpose, PurposeSet, Role, Seating, Status, Terms, Vouch, Voucher, ACCEPT_TAG, APPLICATION_TAG, DAY,
	MERGE_TAG, REGISTER_TAG, VOUCHER_TAG, VOUCH_TAG,
};
use sp_core::{ed25519, sr25519, Pair, H256};
use sp_io::hashing::blake2_256;
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use sp_runtime::{
	generic,
	traits::{BlakeTwo256, IdentityLookup},
	AccountId32, BoundedVec, BuildStorage, DispatchError, DispatchResult, MultiSignature,
};
use std::{cell::RefCell, collections::BTreeMap};

/// What every transaction of the runtime goes through, as far as this pallet is concerned.
pub type Extensions = (
	frame_system::AuthorizeCall<Test>,
	frame_system::CheckNonZeroSender<Test>,
	frame_system::CheckNonce<Test>,
);
pub type Transaction = generic::UncheckedExtrinsic<AccountId32, RuntimeCall, MultiSignature, Extensions>;
type Block = generic::Block<generic::Header<u32, BlakeTwo256>, Transaction>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeTask)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(21)]
	pub type Roles = pallet_roles;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	type Block = Block;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

/// A patient admitted with her terms, as consent would note it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen)]
pub struct Admitted {
	pub patient: PatientId,
	pub controller: AccountId32,
	pub institution: InstitutionId,
	pub terms: Terms,
}

// In storage, so that what a refused call wrote is rolled back.
parameter_types! {
	pub storage Trail: Vec<(PatientId, AuditEntry<AccountId32>)> = vec![];
	pub storage Admissions: Vec<Admitted> = vec![];
	pub storage Told: Vec<InstitutionId> = vec![];
	pub storage Released: Vec<AccountId32> = vec![];
	pub storage Taken: Vec<(AccountId32, InstitutionId)> = vec![];
}
parameter_types! {
	pub static CouncilIsFull: bool = false;
	pub static ConsentIsFull: bool = false;
	pub static StillValidates: bool = false;
	pub static LastSeat: bool = false;
}

pub struct Audit;
impl AuditTrail<AccountId32> for Audit {
	fn append(patient: PatientId, actor: Option<AccountId32>, kind: Kind<AccountId32>) -> AuditEntry<AccountId32> {
		let mut trail = Trail::get();
		let seq = trail.iter().filter(|(of, _)| *of == patient).count() as u64 + 1;
		let entry = AuditEntry {
			seq,
			at: now(),
			actor,
			kind,
		};
		trail.push((patient, entry.clone()));
		Trail::set(&trail);
		entry
	}
}

pub struct Consent;
impl Admission<AccountId32> for Consent {
	fn admit(
		patient: PatientId,
		controller: &AccountId32,
		institution: InstitutionId,
		terms: Terms,
	) -> Result<GrantId, DispatchError> {
		let mut admissions = Admissions::get();
		admissions.push(Admitted {
			patient,
			controller: controller.clone(),
			institution,
			terms,
		});
		Admissions::set(&admissions);
		if ConsentIsFull::get() {
			return Err(DispatchError::Exhausted);
		}
		Ok(admissions.len() as GrantId)
	}
	fn acceptable(terms: &Terms, now: Moment) -> bool {
		!terms.actions.is_empty() && terms.starts < terms.ends && now < terms.ends
	}
}

pub struct Consortium;
impl Seating<AccountId32> for Consortium {
	fn admitted(id: InstitutionId, institution: &Institution<AccountId32>) -> Result<(), DispatchError> {
		assert_eq!(
			Roles::institution(id).as_ref(),
			Some(institution),
			"told once it stands"
		);
		if CouncilIsFull::get() {
			return Err(DispatchError::Exhausted);
		}
		let mut told = Told::get();
		told.push(id);
		Told::set(&told);
		Ok(())
	}
	fn reseated(id: InstitutionId, seat: &AccountId32) -> Result<(), DispatchError> {
		let stands = Roles::institution(id).and_then(|entry| entry.seat);
		assert_eq!(stands.as_ref(), Some(seat), "told once it stands");
		if CouncilIsFull::get() {
			return Err(DispatchError::Exhausted);
		}
		let mut told = Told::get();
		told.push(id);
		Told::set(&told);
		Ok(())
	}
	fn unseated(id: InstitutionId) -> Result<(), DispatchError> {
		let status = Roles::institution(id).map(|entry| entry.status);
		assert_eq!(status, Some(Status::Revoked), "told once it stands");
		if LastSeat::get() {
			return Err(DispatchError::Exhausted);
		}
		let mut told = Told::get();
		told.push(id);
		Told::set(&told);
		Ok(())
	}
	fn admitted_weight() -> Weight {
		Weight::from_parts(4, 0)
	}
}

/// The validators' accounts: what was released and taken.
pub struct Validators;
impl ValidatorAccounts<AccountId32> for Validators {
	fn release(account: &AccountId32) -> DispatchResult {
		if StillValidates::get() {
			return Err(DispatchError::Unavailable);
		}
		let mut released = Released::get();
		released.push(account.clone());
		Released::set(&released);
		Ok(())
	}
	fn take(account: &AccountId32, institution: InstitutionId) -> DispatchResult {
		let mut taken = Taken::get();
		taken.push((account.clone(), institution));
		Taken::set(&taken);
		Ok(())
	}
	fn weight() -> Weight {
		Weight::from_parts(5, 0)
	}
}

/// The key of a hospital's monitor.
pub const MONITOR: [u8; 32] = [0x42; 32];
/// Devices.
pub struct Monitors;

impl DeviceKeys for Monitors {
	fn is_device(key: &[u8; 32]) -> bool {
		*key == MONITOR
	}
}

impl pallet_roles::Config for Test {
	type Time = Timestamp;
	type CouncilOrigin = EnsureRoot<AccountId32>;
	type Admission = Consent;
	type Audit = Audit;
	type Devices = Monitors;
	type Seating = Consortium;
	type Signature = MultiSignature;
	type Validators = Validators;
	type WeightInfo = ();
}

/// When the stories begin: 2026-01-01T00:00:00Z.
pub const START: Moment = 1_767_225_600_000;
/// The genesis hash of the stories' chain.
pub const GENESIS: H256 = H256([0x5a; 32]);

/// Hospital A, hospital B, and laboratory L that admits no patients.
pub const A: InstitutionId = 0;
pub const B: InstitutionId = 1;
pub const L: InstitutionId = 2;

thread_local! {
	// The development phrase is stretched anew for every derivation, and stories derive thousands.
	static PAIRS: RefCell<BTreeMap<String, sr25519::Pair>> = const { RefCell::new(BTreeMap::new()) };
}

pub fn pair(name: &str) -> sr25519::Pair {
	let derive = || sr25519::Pair::from_string(&format!("//{name}"), None).unwrap();
	PAIRS.with_borrow_mut(|pairs| pairs.entry(name.to_owned()).or_insert_with(derive).clone())
}

pub fn id(name: &str) -> AccountId32 {
	pair(name).public().into()
}

pub fn by(name: &str) -> RuntimeOrigin {
	RuntimeOrigin::signed(id(name))
}

pub fn now() -> Moment {
	pallet_timestamp::Now::<Test>::get()
}

pub fn set_time(now: Moment) {
	pallet_timestamp::Now::<Test>::put(now);
}

pub fn admission_terms() -> Terms {
	Terms {
		actions: ActionSet::of(&[Action::View, Action::Append]),
		purposes: PurposeSet::of(&[Purpose::Treatment]),
		categories: CategorySet::ALL,
		ends: START + 1_000 * DAY,
		..Terms::none()
	}
}

/// An HPKE key for each number, never of low order.
pub fn hpke(n: u8) -> HpkeKey {
	let mut key = [n; 32];
	key[0] = 9;
	key[31] = 1;
	HpkeKey::X25519(key)
}

/// A hospital whose accounts bear its name: officers `a1` and `a2`, seat `a1`, validator `a-node`.
pub fn hospital(name: &str, key: HpkeKey) -> Institution<AccountId32> {
	Institution {
		region: BoundedVec::truncate_from(b"CH-ZH".to_vec()),
		time_zone: BoundedVec::truncate_from(b"Europe/Zurich".to_vec()),
		officers: BoundedVec::truncate_from(vec![id(&format!("{name}1")), id(&format!("{name}2"))]),
		admission_terms: admission_terms(),
		seat: Some(id(&format!("{name}1"))),
		validator: Some(id(&format!("{name}-node"))),
		..Institution::bare(InstitutionKind::Hospital, key)
	}
}

pub fn laboratory(name: &str, key: HpkeKey) -> Institution<AccountId32> {
	Institution {
		kind: InstitutionKind::DiagnosticCentre,
		seat: None,
		validator: None,
		admission_terms: Terms::none(),
		..hospital(name, key)
	}
}

pub fn credential(role: Role) -> Credential {
	Credential {
		role,
		licence: H256([1; 32]),
		speciality: H256([2; 32]),
		valid_from: START - DAY,
		valid_until: START + 365 * DAY,
		status: Status::Active,
	}
}

/// A chain with A, B and L; `admin`, `doctor` and `nurse` work at A, `doctor-b` and `admin-b` at B.
pub fn world() -> sp_io::TestExternalities {
	let genesis = RuntimeGenesisConfig {
		system: Default::default(),
		roles: pallet_roles::GenesisConfig {
			institutions: vec![
				hospital("a", hpke(201)),
				hospital("b", hpke(202)),
				laboratory("l", hpke(203)),
			],
			credentials: vec![
				(id("admin"), A, credential(Role::Administrator)),
				(id("doctor"), A, credential(Role::Doctor)),
				(id("nurse"), A, credential(Role::Nurse)),
				(id("admin-b"), B, credential(Role::Administrator)),
				(id("doctor-b"), B, credential(Role::Doctor)),
			],
		},
	};
	let mut world = sp_io::TestExternalities::new(genesis.build_storage().unwrap());
	// The benchmarks sign with keys of the keystore.
	world.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	world.execute_with(|| {
		frame_system::BlockHash::<Test>::insert(0, GENESIS);
		System::set_block_number(1);
		set_time(START);
	});
	world
}

/// Runs a story and checks the invariants at its end.
pub fn story(told: impl FnOnce()) {
	CouncilIsFull::set(false);
	ConsentIsFull::set(false);
	StillValidates::set(false);
	LastSeat::set(false);
	world().execute_with(|| {
		told();
		Roles::check_state().unwrap();
	});
}

/// An application that `applicant` signs as it stands when it is sent.
pub fn application(applicant: &str, institution: InstitutionId, role: Role) -> Application<AccountId32> {
	Application {
		genesis: GENESIS,
		institution,
		applicant: id(applicant),
		role,
		licence: H256([3; 32]),
		speciality: H256([4; 32]),
		not_after: now() + DAY,
	}
}

pub fn sign(name: &str, message: &[u8]) -> MultiSignature {
	MultiSignature::Sr25519(pair(name).sign(message))
}

pub fn signed_application(application: &Application<AccountId32>, applicant: &str) -> MultiSignature {
	sign(applicant, &wrapped(APPLICATION_TAG, application))
}

/// A registration in the making: everything of it can be bent before it is signed.
#[derive(Clone)]
pub struct Letter {
	pub voucher: Voucher,
	pub secret: ed25519::Pair,
	pub officer: &'static str,
	pub controller: String,
	pub hpke: HpkeKey,
	pub terms: Terms,
}

/// Hospital A's letter number `n`, signed by `a1`, for a patient who signs as `patient-n`.
pub fn letter(n: u8) -> Letter {
	let secret = ed25519::Pair::from_seed(&[n; 32]);
	Letter {
		voucher: Voucher {
			genesis: GENESIS,
			institution: A,
			terms: H256(blake2_256(&admission_terms().encode())),
			key: secret.public().0,
			not_after: now() + 14 * DAY,
		},
		secret,
		officer: "a1",
		controller: format!("patient-{n}"),
		hpke: hpke(n),
		terms: admission_terms(),
	}
}

impl Letter {
	/// What the one-time key and the controller sign.
	pub fn signed(&self) -> impl Encode {
		let Voucher {
			genesis,
			institution,
			key,
			..
		} = self.voucher.clone();
		(
			genesis,
			institution,
			key,
			id(&self.controller),
			self.hpke.clone(),
			self.terms.clone(),
		)
	}

	pub fn call(&self) -> Call<Test> {
		Call::register_patient {
			voucher: self.voucher.clone(),
			officer: id(self.officer),
			voucher_signature: sign(self.officer, &wrapped(VOUCHER_TAG, &self.voucher)),
			controller: id(&self.controller),
			hpke: self.hpke.clone(),
			terms: self.terms.clone(),
			key_signature: self.secret.sign(&tagged(REGISTER_TAG, &self.signed())).0,
			controller_signature: sign(&self.controller, &wrapped(REGISTER_TAG, &self.signed())),
		}
	}
}

/// Registers the patient of hospital A's letter `n`, controller `patient-n`.
pub fn register(n: u8) -> PatientId {
	use frame_support::traits::UnfilteredDispatchable;
	let call = letter(n).call();
	call.dispatch_bypass_filter(frame_system::RawOrigin::Authorized.into())
		.unwrap();
	Roles::patient_of(&id(&letter(n).controller)).unwrap()
}

/// The events of this pallet so far.
pub fn events() -> Vec<Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Roles(event) => Some(event),
			_ => None,
		})
		.collect()
}

/// The latest event of this pallet.
pub fn last_event() -> Event<Test> {
	events().pop().unwrap()
}

/// An act of two officers.
pub type TwoOfficers = Act<AccountId32, MultiSignature>;

/// `a1` proposes the act for hospital A and `a2` confirms it.
pub fn both(act: TwoOfficers) -> DispatchResult {
	Roles::propose_act(by("a1"), A, act.clone())?;
	Roles::confirm_act(by("a2"), A, act)
}

/// The merge of two ids, signed by the key of each that has one.
pub fn merging(from: PatientId, into: PatientId) -> TwoOfficers {
	let (first, second) = (signer_of(from), signer_of(into));
	merging_by((from, first.as_deref()), (into, second.as_deref()), now() + DAY)
}

/// The merge of two ids, signed by these accounts.
pub fn merging_by(
	(from, first): (PatientId, Option<&str>),
	(into, second): (PatientId, Option<&str>),
	not_after: Moment,
) -> TwoOfficers {
	let message = wrapped(MERGE_TAG, &(GENESIS, from, into, not_after));
	Act::Merge {
		from,
		into,
		not_after,
		from_signature: first.map(|name| sign(name, &message)),
		into_signature: second.map(|name| sign(name, &message)),
	}
}

/// The name of a patient's account.
fn signer_of(patient: PatientId) -> Option<String> {
	let controller = Roles::patient(patient)?.controller?;
	PAIRS.with_borrow(|pairs| {
		let mut known = pairs.iter();
		let found = known.find(|(_, pair)| AccountId32::from(pair.public()) == controller);
		found.map(|(name, _)| name.clone())
	})
}

/// The account accepts this part for this patient.
pub fn accepts(name: &str, patient: PatientId, capacity: Capacity, hpke: Option<&HpkeKey>) -> MultiSignature {
	let account = &id(name);
	let acceptance = Acceptance {
		genesis: GENESIS,
		patient,
		capacity,
		account,
		hpke,
	};
	sign(name, &wrapped(ACCEPT_TAG, &acceptance))
}

/// What a contact signs now for these keys: for a day.
pub fn vouch_for(patient: PatientId, controller: &AccountId32, hpke: &HpkeKey, lost_at: Moment) -> Vouch<AccountId32> {
	Vouch {
		genesis: GENESIS,
		patient,
		round: crate::RecoveryRounds::<Test>::get(patient),
		controller: controller.clone(),
		hpke: hpke.clone(),
		lost_at,
		not_after: now() + DAY,
	}
}

/// A contact's signature under it.
pub fn vouched_by(contact: &str, vouch: &Vouch<AccountId32>) -> MultiSignature {
	sign(contact, &wrapped(VOUCH_TAG, vouch))
}
