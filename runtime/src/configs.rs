//! Each pallet's parameters, and why they are what they are.

use crate::{
	key_owners::KeyOwners, no_token::NoToken, weights, AccountId, Aura, Block, BlockNumber, Consent, Consortium,
	Council, CouncilCollective, Hash, Historical, Nonce, Offences, OriginCaller, PalletInfo, Records, Roles, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask, Session, SessionKeys, Signature, Telemetry, Timestamp,
	VERSION,
};
use alloc::vec::Vec;
use frame_support::{
	derive_impl,
	dispatch::DispatchClass,
	parameter_types,
	traits::{ConstBool, ConstU32, ConstU64, Contains, DisabledValidators, Get},
	weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, RuntimeDbWeight, Weight},
};
use frame_system::limits::{BlockLength, BlockWeights};
use pallet_consortium::Offender;
use pallet_session::{historical, SessionInterface};
use salus_primitives::{InstitutionId, Registry, DAY};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_runtime::{traits::OpaqueKeys, DispatchResult, Perbill};
use sp_staking::offence::{Offence, OffenceError, ReportOffence};
use sp_version::RuntimeVersion;

/// A slot, in milliseconds.
pub const SLOT: u64 = 1_000;
/// How many blocks it can be proven whose a session key was: fourteen days.
const HISTORY: u32 = (14 * DAY / SLOT) as u32;

/// The most hospitals: seats on the council, validators, authorities.
type MaxHospitals = ConstU32<100>;

/// Author's build and import by the others must fit into the slot, and a block is full before its author's time is up:
/// docs/performance.md.
const MAX_BLOCK: Weight = Weight::from_parts(620 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
/// What is kept for the consortium's own calls.
const ORDINARY: Perbill = Perbill::from_percent(90);
/// A key is written in full blocks of a chain of a million records in so many times the time that it takes on a state that
/// was made for measuring: docs/performance.md.
const GROWN: u64 = 2;

parameter_types! {
	/// Blocks whose hashes the chain remembers: an era can be as long.
	pub const BlockHashCount: BlockNumber = 2_400;
	pub const Version: RuntimeVersion = VERSION;
	pub DbWeight: RuntimeDbWeight = {
		let RuntimeDbWeight { read, write } = weights::database::DbWeight::get();
		RuntimeDbWeight { read, write: GROWN.saturating_mul(write) }
	};
	pub Weights: BlockWeights = BlockWeights::builder()
		.base_block(weights::overhead::BLOCK)
		// An extrinsic is measured with its extensions, which declare their time themselves.
		.for_class(DispatchClass::all(), |class| {
			class.base_extrinsic = weights::overhead::EXTRINSIC.saturating_sub(weights::extensions::TIME)
		})
		.for_class(DispatchClass::Normal, |weights| weights.max_total = Some(ORDINARY * MAX_BLOCK))
		.for_class(DispatchClass::Operational, |weights| {
			weights.max_total = Some(MAX_BLOCK);
			weights.reserved = Some(MAX_BLOCK - ORDINARY * MAX_BLOCK);
		})
		.avg_block_initialization(Perbill::from_percent(5))
		.build_or_panic();
	pub Length: BlockLength = BlockLength::builder()
		.max_length(5 * 1024 * 1024)
		.modify_max_length_for_class(DispatchClass::Normal, |length| *length = ORDINARY * *length)
		.build();
	pub const SS58Prefix: u8 = 42;
}

/// What brings the state of an older runtime to this one's layout, in the block after the upgrade.
type Migrations = (
	pallet_records::migrations::ToVersion2<Runtime>,
	pallet_roles::migrations::V2<Runtime>,
	pallet_roles::migrations::V3<Runtime>,
	pallet_roles::migrations::V4<Runtime>,
	pallet_roles::migrations::V5<Runtime>,
	pallet_roles::migrations::V6<Runtime>,
	// It reads institutions to check what it did.
	pallet_consent::migrations::ToVersion2<Runtime>,
	pallet_appointments::migrations::ToVersion1<Runtime>,
);

/// Calls of the SDK's pallets that nobody may make.
pub struct Permitted;

impl Contains<RuntimeCall> for Permitted {
	fn contains(call: &RuntimeCall) -> bool {
		match call {
			// A validator without keys leaves the set, below its floor; leaving is the council's decision.
			RuntimeCall::Session(pallet_session::Call::purge_keys { .. }) => false,
			// A derived account has no standing and would act all the same.
			RuntimeCall::Utility(pallet_utility::Call::as_derivative { .. }) => false,
			_ => true,
		}
	}
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type BaseCallFilter = Permitted;
	type SystemWeightInfo = weights::frame_system::WeightInfo<Runtime>;
	type ExtensionsWeightInfo = weights::frame_system_extensions::WeightInfo<Runtime>;
	type Block = Block;
	type BlockWeights = Weights;
	type BlockLength = Length;
	type AccountId = AccountId;
	type Nonce = Nonce;
	type Hash = Hash;
	type BlockHashCount = BlockHashCount;
	type DbWeight = DbWeight;
	type Version = Version;
	type AccountData = ();
	type SS58Prefix = SS58Prefix;
	type MaxConsumers = ConstU32<16>;
	type SingleBlockMigrations = Migrations;
}

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = Aura;
	type MinimumPeriod = ConstU64<{ SLOT / 2 }>;
	type WeightInfo = weights::pallet_timestamp::WeightInfo<Runtime>;
}

impl pallet_aura::Config for Runtime {
	type AuthorityId = AuraId;
	type DisabledValidators = Session;
	type MaxAuthorities = MaxHospitals;
	type AllowMultipleBlocksPerSlot = ConstBool<false>;
	type SlotDuration = ConstU64<SLOT>;
}

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = MaxHospitals;
	type MaxNominators = ConstU32<0>;
	/// A set lasts a session at least, and a session as a rule ten minutes.
	type MaxSetIdSessionEntries = ConstU64<{ (HISTORY / pallet_consortium::SESSION_LENGTH) as u64 }>;
	type KeyOwnerProof = sp_session::MembershipProof;
	type EquivocationReportSystem = pallet_grandpa::EquivocationReportSystem<Self, Reports, KeyOwners, ReportLongevity>;
}

/// How many blocks a node's report of equivocation waits in its pool: it makes a block of its own long before.
type ReportLongevity = ConstU64<{ pallet_consortium::SESSION_LENGTH as u64 }>;

/// Reports of offences. Once a validator is known as an offender, further ones would only fill the chain.
pub struct Reports;

impl<O: Offence<Offender<Runtime>>> ReportOffence<AccountId, Offender<Runtime>, O> for Reports {
	fn report_offence(reporters: Vec<AccountId>, offence: O) -> Result<(), OffenceError> {
		let session = offence.session_index();
		let judged = |(validator, ()): &Offender<Runtime>| Consortium::is_judged(validator, session);
		if offence.offenders().iter().all(judged) {
			return Err(OffenceError::DuplicateReport);
		}
		Offences::report_offence(reporters, offence)
	}

	fn is_known_offence(offenders: &[Offender<Runtime>], slot: &O::Slot) -> bool {
		offenders
			.iter()
			.all(|(validator, ())| Consortium::is_offender(validator))
			|| <Offences as ReportOffence<_, _, O>>::is_known_offence(offenders, slot)
	}
}

impl pallet_offences::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = Offender<Runtime>;
	type OnOffenceHandler = Consortium;
}

impl pallet_authorship::Config for Runtime {
	type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Aura>;
	type EventHandler = ();
}

impl pallet_authority_discovery::Config for Runtime {
	type MaxAuthorities = MaxHospitals;
}

/// Sessions of equal length, which the genesis sets.
type Periodic = pallet_session::PeriodicSessions<pallet_consortium::SessionBlocks<Runtime>, ConstU32<0>>;

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = pallet_consortium::ValidatorOf<Runtime>;
	type ShouldEndSession = Periodic;
	type NextSessionRotation = Periodic;
	type SessionManager = historical::NoteHistoricalRoot<Runtime, Consortium>;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type Keys = SessionKeys;
	/// Not asked: the consortium disables whoever offended.
	type DisablingStrategy = ();
	type WeightInfo = weights::pallet_session::WeightInfo<Runtime>;
	type Currency = NoToken;
	type KeyDeposit = frame_support::traits::ConstU128<0>;
}

impl historical::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = pallet_consortium::Identified;
}

/// Two thirds of the council.
type TwoThirds = pallet_collective::EnsureProportionAtLeast<AccountId, CouncilCollective, 2, 3>;

parameter_types! {
	pub MaxMotionWeight: Weight = Perbill::from_percent(50) * MAX_BLOCK;
}

impl pallet_collective::Config<CouncilCollective> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	/// Three days: motions count blocks, the one exception to time in milliseconds.
	type MotionDuration = ConstU32<{ 3 * 24 * 3_600 }>;
	type MaxProposals = ConstU32<32>;
	type MaxMembers = MaxHospitals;
	/// Silence is a no: there is never a prime member. Any other rule turns a bare majority into two thirds.
	type DefaultVote = pallet_collective::PrimeDefaultVote;
	type WeightInfo = weights::pallet_collective::WeightInfo<Runtime>;
	/// Seats follow the institutions. The SDK's benchmarks seat members of their own.
	#[cfg(not(feature = "runtime-benchmarks"))]
	type SetMembersOrigin = frame_support::traits::NeverEnsureOrigin<()>;
	#[cfg(feature = "runtime-benchmarks")]
	type SetMembersOrigin = frame_system::EnsureRoot<AccountId>;
	type MaxProposalWeight = MaxMotionWeight;
	type DisapproveOrigin = TwoThirds;
	type KillOrigin = TwoThirds;
	type Consideration = ();
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = weights::pallet_utility::WeightInfo<Runtime>;
}

/// The signer's home pays; for a registration, the institution whose voucher it carries.
pub struct Payer;

impl pallet_consortium::Payer<AccountId, RuntimeCall> for Payer {
	fn payer(signer: Option<&AccountId>, call: &RuntimeCall) -> Option<InstitutionId> {
		match (signer, call) {
			(Some(who), _) => <Roles as Registry<AccountId>>::home(who),
			(None, RuntimeCall::Roles(pallet_roles::Call::register_patient { voucher, .. })) => {
				Some(voucher.institution)
			}
			(None, _) => None,
		}
	}
}

/// The session pallet, as the consortium sees it.
pub struct Sessions;

impl pallet_consortium::Sessions<AccountId> for Sessions {
	fn index() -> u32 {
		Session::current_index()
	}

	fn validators() -> Vec<AccountId> {
		Session::validators()
	}

	fn queued() -> Vec<AccountId> {
		let queued = pallet_session::QueuedKeys::<Runtime>::get();
		queued.into_iter().map(|(validator, _)| validator).collect()
	}

	fn has_keys(account: &AccountId) -> bool {
		pallet_session::NextKeys::<Runtime>::contains_key(account)
	}

	fn is_disabled(index: u32) -> bool {
		<Session as DisabledValidators>::is_disabled(index)
	}

	fn disable(index: u32) {
		Session::disable_index(index);
	}

	fn enable(index: u32) {
		Session::reenable_index(index);
	}

	fn changed(validators: &[AccountId]) -> bool {
		let queued = pallet_session::QueuedKeys::<Runtime>::get();
		queued.len() != validators.len()
			|| queued.iter().any(|(validator, keys)| {
				!validators.contains(validator)
					|| pallet_session::NextKeys::<Runtime>::get(validator).as_ref() != Some(keys)
			})
	}

	fn prune_history(before: u32) {
		// Nothing older than that is stored most of the time: an event about nothing is spared.
		let oldest = historical::StoredRange::<Runtime>::get().map(|(oldest, _)| oldest);
		if oldest.is_some_and(|oldest| oldest < before) {
			Historical::prune_up_to(before);
		}
	}
}

parameter_types! {
	/// A full council changes while as many motions are open as there can be.
	pub CouncilChange: Weight = {
		type Weights = <Runtime as pallet_collective::Config<CouncilCollective>>::WeightInfo;
		type Motions = <Runtime as pallet_collective::Config<CouncilCollective>>::MaxProposals;
		let (members, motions) = (MaxHospitals::get(), <Motions as Get<u32>>::get());
		<Weights as pallet_collective::WeightInfo>::set_members(members, members, motions)
	};
}

impl pallet_consortium::Config for Runtime {
	type CouncilOrigin = TwoThirds;
	type Council = Council;
	type CouncilChange = CouncilChange;
	type Time = Timestamp;
	type Payer = Payer;
	type Registry = Roles;
	type Sessions = Sessions;
	type KeyOwners = KeyOwners;
	type Offences = Reports;
	type ReportLongevity = ReportLongevity;
	type MaxMembers = MaxHospitals;
	type HistoryBlocks = ConstU32<HISTORY>;
	type WeightInfo = weights::pallet_consortium::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::validators::Equivocators;
}

/// The validators' accounts: the consortium knows them, and the session pallet has their keys.
pub struct ValidatorAccounts;

impl pallet_roles::ValidatorAccounts<AccountId> for ValidatorAccounts {
	fn release(account: &AccountId) -> DispatchResult {
		// The session finds the keys by the account that the consortium still knows.
		if <Sessions as pallet_consortium::Sessions<AccountId>>::has_keys(account) {
			<Session as SessionInterface>::purge_keys(account)?;
		}
		Consortium::release_validator(account)
	}

	fn take(account: &AccountId, institution: InstitutionId) -> DispatchResult {
		Consortium::take_validator(account, institution)
	}

	fn weight() -> Weight {
		let database = <Runtime as frame_system::Config>::DbWeight::get();
		<Session as SessionInterface>::purge_keys_weight().saturating_add(database.reads_writes(6, 2))
	}
}

impl pallet_roles::Config for Runtime {
	type Time = Timestamp;
	type CouncilOrigin = TwoThirds;
	type Admission = Consent;
	type Audit = Records;
	type Devices = Telemetry;
	type Seating = Consortium;
	type Signature = Signature;
	type Validators = ValidatorAccounts;
	type WeightInfo = weights::pallet_roles::WeightInfo<Runtime>;
}

impl pallet_consent::Config for Runtime {
	type Time = Timestamp;
	type Registry = Roles;
	type CouncilOrigin = TwoThirds;
	type Discipline = Roles;
	type Audit = Records;
	type WeightInfo = weights::pallet_consent::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::World;
}

impl pallet_records::Config for Runtime {
	type Time = Timestamp;
	type Registry = Roles;
	type AccessControl = Consent;
	type WeightInfo = weights::pallet_records::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::World;
}

impl pallet_appointments::Config for Runtime {
	type Time = Timestamp;
	type Registry = Roles;
	type AccessControl = Consent;
	type Audit = Records;
	type WeightInfo = weights::pallet_appointments::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::World;
}

impl pallet_telemetry::Config for Runtime {
	type Time = Timestamp;
	type Registry = Roles;
	type AccessControl = Consent;
	type Audit = Records;
	type Signature = Signature;
	type WeightInfo = weights::pallet_telemetry::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::World;
}
