//! A runtime of this pallet and the offences, and a world of three validators to tell stories in.

use crate as pallet_consortium;
use crate::{Offender, Payer, Sessions, ValidatorAccounts};
use codec::Encode;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU32, ConstU64, KeyOwnerProofSystem},
};
use frame_system::{pallet_prelude::HeaderFor, EnsureRoot};
use pallet_session::SessionManager;
use salus_primitives::{
	Guardianship, HpkeKey, Institution, InstitutionId, InstitutionKind, KeyLoss, Patient, PatientId, Registry, Seating,
	Standing, Status,
};
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	sr25519::{AuthorityId, AuthoritySignature},
};
use sp_consensus_slots::{EquivocationProof, Slot};
use sp_core::{crypto::KeyTypeId, sr25519, Pair};
use sp_runtime::{
	traits::{Header, IdentityLookup},
	BuildStorage, Digest, DigestItem, Weight,
};
use sp_session::MembershipProof;
use std::collections::{BTreeMap, BTreeSet};

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
	#[runtime::pallet_index(20)]
	pub type Consortium = pallet_consortium;
	#[runtime::pallet_index(34)]
	pub type Offences = pallet_offences;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountId = u64;
	type Lookup = IdentityLookup<u64>;
	type Block = Block;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_offences::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = Offender<Test>;
	type OnOffenceHandler = Consortium;
}

parameter_types! {
	pub const CouncilChange: Weight = Weight::from_parts(5, 7);
	pub static Members: Vec<u64> = vec![];
	pub static Institutions: BTreeMap<InstitutionId, Institution<u64>> = BTreeMap::new();
	/// The session pallet: the current session, its validators and who of them is disabled, and the queued set.
	pub static Index: u32 = 0;
	pub static InSession: Vec<u64> = vec![1, 2, 3];
	pub static Disabled: BTreeSet<u32> = BTreeSet::new();
	pub static Queued: Vec<u64> = vec![1, 2, 3];
	pub static WithKeys: BTreeSet<u64> = (1..100).collect();
	pub static KeysChanged: bool = false;
	pub static PrunedBefore: u32 = 0;
}

pub struct Council;
impl frame_support::traits::ChangeMembers<u64> for Council {
	fn change_members_sorted(incoming: &[u64], outgoing: &[u64], new: &[u64]) {
		let mut members: Vec<u64> = Members::get().into_iter().filter(|m| !outgoing.contains(m)).collect();
		members.extend(incoming);
		members.sort();
		assert_eq!(members, new, "the new list is the old one and the change");
		Members::set(members);
	}
}

/// Accounts above 100 belong to the institution of their hundreds.
pub struct Hundreds;
impl Payer<u64, RuntimeCall> for Hundreds {
	fn payer(signer: Option<&u64>, _: &RuntimeCall) -> Option<InstitutionId> {
		signer
			.filter(|who| **who >= 100)
			.and_then(|who| u32::try_from(who / 100).ok())
	}
}

pub struct Roles;
impl Registry<u64> for Roles {
	fn institution(id: InstitutionId) -> Option<Institution<u64>> {
		Institutions::get().get(&id).cloned()
	}
	fn is_officer(_: &u64, _: InstitutionId) -> bool {
		false
	}
	fn standing(_: &u64, _: InstitutionId) -> Option<Standing> {
		None
	}
	fn is_revoked(_: &u64, _: InstitutionId) -> bool {
		false
	}
	fn patient(_: PatientId) -> Option<Patient<u64>> {
		None
	}
	fn is_controller(_: &u64, _: PatientId) -> bool {
		false
	}
	fn is_assigned(_: &u64, _: PatientId, _: InstitutionId) -> bool {
		false
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

pub struct SessionPallet;
impl Sessions<u64> for SessionPallet {
	fn index() -> u32 {
		Index::get()
	}
	fn validators() -> Vec<u64> {
		InSession::get()
	}
	fn queued() -> Vec<u64> {
		Queued::get()
	}
	fn has_keys(account: &u64) -> bool {
		WithKeys::get().contains(account)
	}
	fn changed(validators: &[u64]) -> bool {
		KeysChanged::get() || Queued::get() != validators
	}
	fn is_disabled(index: u32) -> bool {
		Disabled::get().contains(&index)
	}
	fn disable(index: u32) {
		Disabled::mutate(|disabled| assert!(disabled.insert(index), "disabled twice"));
	}
	fn enable(index: u32) {
		Disabled::mutate(|disabled| {
			disabled.remove(&index);
		});
	}
	fn prune_history(before: u32) {
		PrunedBefore::set(before);
	}
}

/// The key of a validator belongs to it in any session, if the proof names three validators.
pub struct Owners;
impl KeyOwnerProofSystem<(KeyTypeId, AuthorityId)> for Owners {
	type Proof = MembershipProof;
	type IdentificationTuple = Offender<Test>;
	fn prove(_: (KeyTypeId, AuthorityId)) -> Option<MembershipProof> {
		Some(ownership(Index::get()))
	}
	fn check_proof((kind, key): (KeyTypeId, AuthorityId), proof: MembershipProof) -> Option<Offender<Test>> {
		assert_eq!(kind, sp_core::crypto::key_types::AURA);
		let key = sr25519::Public::from(key);
		let owner = (1..100).find(|validator| author(*validator).public() == key);
		owner.filter(|_| proof.validator_count == 3).map(|owner| (owner, ()))
	}
}

impl pallet_consortium::Config for Test {
	type CouncilOrigin = EnsureRoot<u64>;
	type Council = Council;
	type CouncilChange = CouncilChange;
	type Time = Timestamp;
	type Payer = Hundreds;
	type Registry = Roles;
	type Sessions = SessionPallet;
	type KeyOwners = Owners;
	type Offences = Offences;
	type ReportLongevity = ConstU64<64>;
	type MaxMembers = ConstU32<12>;
	type HistoryBlocks = ConstU32<6_000>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = World;
}

#[cfg(feature = "runtime-benchmarks")]
pub struct World;
#[cfg(feature = "runtime-benchmarks")]
impl pallet_consortium::BenchmarkHelper<u64, HeaderFor<Test>> for World {
	fn validator(_: InstitutionId, _: &u64) {}
	fn queue(_: &[u64]) {}
	fn equivocation(_: &[u64]) -> (EquivocationProof<HeaderFor<Test>, AuthorityId>, MembershipProof) {
		(equivocation(3), ownership(0))
	}
}

/// The Aura key of a validator.
pub fn author(validator: u64) -> sr25519::Pair {
	sr25519::Pair::from_seed(&[u8::try_from(validator).unwrap(); 32])
}

/// A header of this number for this slot, sealed by a validator.
pub fn sealed(number: u64, slot: u64, by: u64) -> HeaderFor<Test> {
	let slot = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(Slot::from(slot));
	let mut header = HeaderFor::<Test>::new(
		number,
		Default::default(),
		Default::default(),
		Default::default(),
		Digest { logs: vec![slot] },
	);
	let seal: AuthoritySignature = author(by).sign(header.hash().as_ref()).into();
	header.digest_mut().push(CompatibleDigestItem::aura_seal(seal));
	header
}

/// Two headers of a validator for slot 7.
pub fn equivocation(by: u64) -> EquivocationProof<HeaderFor<Test>, AuthorityId> {
	EquivocationProof {
		offender: author(by).public().into(),
		slot: 7.into(),
		first_header: sealed(5, 7, by),
		second_header: sealed(6, 7, by),
	}
}

/// The proof that [`Owners`] believes.
pub fn ownership(session: u32) -> MembershipProof {
	MembershipProof {
		session,
		trie_nodes: vec![],
		validator_count: 3,
	}
}

/// Admits a hospital whose validator, with session keys, is this account.
pub fn admit(id: InstitutionId, validator: Option<u64>) {
	let hospital = Institution {
		validator,
		..Institution::bare(InstitutionKind::Hospital, HpkeKey::X25519([0; 32]))
	};
	Institutions::mutate(|all| all.insert(id, hospital.clone()));
	Consortium::admitted(id, &hospital).unwrap();
}

pub fn set_status(id: InstitutionId, status: Status) {
	Institutions::mutate(|all| all.get_mut(&id).unwrap().status = status);
}

/// The next session begins, as the session pallet does it; the set it plans.
pub fn next_session() -> Vec<u64> {
	let next = Index::get() + 1;
	let changed = InSession::get() != Queued::get();
	InSession::set(Queued::get());
	if changed {
		Disabled::set(BTreeSet::new());
	}
	Index::set(next);
	<Consortium as SessionManager<u64>>::start_session(next);
	if let Some(set) = <Consortium as SessionManager<u64>>::new_session(next + 1) {
		Queued::set(set);
	}
	Queued::get()
}

/// A chain with the hospitals 1, 2 and 3, whose validators have the same numbers, and a floor of two.
pub fn world() -> sp_io::TestExternalities {
	Members::set(vec![]);
	Institutions::set(BTreeMap::new());
	Index::set(0);
	InSession::set(vec![1, 2, 3]);
	Disabled::set(BTreeSet::new());
	Queued::set(vec![1, 2, 3]);
	WithKeys::set((1..100).collect());
	KeysChanged::set(false);
	let genesis = RuntimeGenesisConfig {
		system: Default::default(),
		consortium: pallet_consortium::GenesisConfig {
			validators: vec![3, 1, 2],
			min_validators: 2,
			..Default::default()
		},
	};
	let mut world = sp_io::TestExternalities::new(genesis.build_storage().unwrap());
	world.execute_with(|| {
		System::set_block_number(1);
		for id in 1..=3 {
			admit(id, Some(u64::from(id)));
		}
	});
	world
}

/// Runs a story and checks the invariants at its end.
pub fn story(told: impl FnOnce()) {
	world().execute_with(|| {
		told();
		Consortium::check_state().unwrap();
	});
}

/// Whether the last events are these, in this order.
pub fn told(events: Vec<crate::Event<Test>>) {
	let all: Vec<RuntimeEvent> = System::events().into_iter().map(|record| record.event).collect();
	let expected: Vec<RuntimeEvent> = events.into_iter().map(Into::into).collect();
	assert_eq!(all[all.len() - expected.len()..], expected);
}

/// Whose validator an account is, in bytes: for tests that nothing else changed.
pub fn accounts() -> Vec<u8> {
	let mut all: Vec<_> = ValidatorAccounts::<Test>::iter().collect();
	all.sort();
	all.encode()
}
