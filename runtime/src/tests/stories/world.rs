//! The runtime from its first block on.

use super::*;
use crate::tests::{chain, signed};
use codec::Encode;
use pallet_consent_runtime_api::runtime_decl_for_consent_api::ConsentApi;
use salus_primitives::AuditEntry;
use sp_consensus_aura::{digests::CompatibleDigestItem, sr25519::AuthoritySignature};
use sp_core::storage::StateVersion;
use sp_io::hashing::twox_128;
use sp_runtime::{
	traits::Header as _, transaction_validity::TransactionSource, transaction_validity::TransactionValidityError,
	Digest, DigestItem,
};
use std::collections::BTreeMap;

/// When the stories begin: 2027-01-15T08:00:00Z.
pub const NOW: Moment = 1_800_000_000_000;

/// Keys and values.
pub type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// A chain with two hospitals, its clock, and all that was said on it.
pub struct World {
	chain: sp_io::TestExternalities,
	/// The hash of the first block.
	pub genesis: Hash,
	parent: Hash,
	now: Moment,
	/// Every block but the first.
	pub blocks: Vec<Block>,
	/// Every block's events.
	pub events: Vec<RuntimeEvent>,
	trail: Vec<(PatientId, AuditEntry<AccountId>)>,
	/// Who decides where.
	pub officers: BTreeMap<InstitutionId, [String; 2]>,
	/// How many things were made that have to differ.
	pub made: u64,
}

/// Tells a story and checks the chain's invariants at its end.
pub fn story(told: impl FnOnce(&mut World)) {
	let mut world = World::new();
	told(&mut world);
	world.check();
}

impl World {
	fn new() -> Self {
		let mut chain = chain(genesis::DEVELOPMENT);
		let root = chain.execute_with(|| sp_io::storage::root(StateVersion::V1));
		let root = Hash::from_slice(&root);
		let first = Header::new(0, Hash::zero(), root, Hash::zero(), Digest::default());
		let mut world = Self {
			chain,
			genesis: first.hash(),
			parent: first.hash(),
			now: NOW - SECOND,
			blocks: Vec::new(),
			events: Vec::new(),
			trail: Vec::new(),
			officers: BTreeMap::from([(A, ["//Alice", "//Charlie"]), (B, ["//Bob", "//Dave"])])
				.into_iter()
				.map(|(institution, officers)| (institution, officers.map(String::from)))
				.collect(),
			made: 0,
		};
		world.later(SECOND);
		world
	}

	/// Reads the chain.
	pub fn read<T>(&mut self, read: impl FnOnce() -> T) -> T {
		self.chain.execute_with(read)
	}

	/// The chain's clock.
	pub fn now(&self) -> Moment {
		self.now
	}

	/// An empty block at this time.
	pub fn at(&mut self, now: Moment) {
		assert!(self.now < now, "the clock goes forward");
		self.block(now, Vec::new());
	}

	/// An empty block so much later.
	pub fn later(&mut self, by: Moment) {
		self.at(self.now + by);
	}

	/// What the next block, a second later, makes of a call that the pool takes.
	pub fn send(&mut self, who: &str, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
		let extrinsic = self.sign(who, call);
		self.submit(extrinsic).expect("the pool takes it")
	}

	/// The call, signed by its next nonce.
	pub fn sign(&mut self, who: &str, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
		let call = call.into();
		self.read(|| signed(who, call))
	}

	/// The pool's word on an extrinsic, and what the next block makes of it.
	pub fn submit(
		&mut self,
		extrinsic: UncheckedExtrinsic,
	) -> Result<Result<(), DispatchError>, TransactionValidityError> {
		self.pool(&extrinsic)?;
		let outcome = self.block(self.now + SECOND, vec![extrinsic]);
		outcome.into_iter().next().expect("one outcome")
	}

	/// What the pool says to it, which changes nothing.
	pub fn pool(&mut self, extrinsic: &UncheckedExtrinsic) -> Result<(), TransactionValidityError> {
		let (extrinsic, parent) = (extrinsic.clone(), self.parent);
		self.read(|| {
			sp_io::storage::start_transaction();
			let said = Executive::validate_transaction(TransactionSource::External, extrinsic, parent);
			sp_io::storage::rollback_transaction();
			said.map(|_| ())
		})
	}

	/// The next block: its clock, then these.
	pub fn block(&mut self, now: Moment, extrinsics: Vec<UncheckedExtrinsic>) -> Vec<sp_runtime::ApplyExtrinsicResult> {
		let clock = UncheckedExtrinsic::new_bare(pallet_timestamp::Call::set { now }.into());
		let slot = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest((now / SECOND).into());
		let number = self.blocks.len() as BlockNumber + 1;
		let digest = Digest { logs: vec![slot] };
		let header = Header::new(number, Hash::zero(), Hash::zero(), self.parent, digest);
		let body = extrinsics.clone();
		let (header, outcomes, events, entries) = self.read(|| {
			Executive::initialize_block(&header);
			Executive::apply_extrinsic(clock.clone()).unwrap().unwrap();
			let outcomes: Vec<_> = body.into_iter().map(Executive::apply_extrinsic).collect();
			let header = Executive::finalize_block();
			let events: Vec<_> = System::events().into_iter().map(|record| record.event).collect();
			(header, outcomes, events, Runtime::audit_entries())
		});
		self.parent = header.hash();
		self.now = now;
		self.events.extend(events);
		self.trail.extend(entries);
		let extrinsics = [vec![clock], extrinsics].concat();
		self.blocks.push(Block { header, extrinsics });
		outcomes
	}

	/// The engine's answer, as nodes and release desks ask for it.
	pub fn decide(&mut self, request: &AccessRequest<AccountId>) -> Decision {
		let request = request.clone();
		self.read(|| <Runtime as ConsentApi<Block, AccountId>>::decide(request))
	}

	/// What stands in a patient's audit trail.
	pub fn trail(&self, patient: PatientId) -> Vec<Kind<AccountId>> {
		let of_hers = self.trail.iter().filter(|(of, _)| *of == patient);
		of_hers.map(|(_, entry)| entry.kind.clone()).collect()
	}

	/// The whole state.
	pub fn state(&mut self) -> State {
		self.read(|| {
			std::iter::successors(sp_io::storage::next_key(&[]), |key| sp_io::storage::next_key(key))
				.map(|key| {
					let value = sp_io::storage::get(&key).unwrap();
					(key, value.to_vec())
				})
				.collect()
		})
	}

	/// What roles, consents and records have stored.
	pub fn care(&mut self) -> State {
		let pallets = ["Roles", "Consent", "Records"].map(|pallet| twox_128(pallet.as_bytes()));
		let mut state = self.state();
		state.retain(|key, _| pallets.iter().any(|pallet| key.starts_with(pallet)));
		state
	}

	/// A call is refused with this error, and nothing is other than before.
	pub fn refuses(&mut self, who: &str, call: impl Into<RuntimeCall>, error: impl Into<DispatchError>) {
		let (call, before) = (call.into(), self.care());
		assert_eq!(self.send(who, call.clone()), Err(error.into()), "{call:?}");
		assert!(self.care() == before, "a refused call changed something: {call:?}");
	}

	/// The seats of both hospitals agree on a call: what became of it.
	pub fn council(&mut self, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
		use frame_support::dispatch::GetDispatchInfo;
		use pallet_collective::{Call, Event};
		let call = call.into();
		let hash = <<Runtime as frame_system::Config>::Hashing as sp_runtime::traits::Hash>::hash_of(&call);
		let length = call.encoded_size() as u32;
		let weight = call.get_dispatch_info().call_weight;
		let index = self.read(pallet_collective::ProposalCount::<Runtime, CouncilCollective>::get);
		let proposal = Box::new(call);
		self.send(
			"//Alice",
			RuntimeCall::Council(Call::propose {
				threshold: 2,
				proposal,
				length_bound: length,
			}),
		)?;
		for seat in ["//Alice", "//Bob"] {
			let vote = Call::vote {
				proposal: hash,
				index,
				approve: true,
			};
			self.send(seat, RuntimeCall::Council(vote))?;
		}
		let close = Call::close {
			proposal_hash: hash,
			index,
			proposal_weight_bound: weight,
			length_bound: length,
		};
		self.send("//Alice", RuntimeCall::Council(close))?;
		let executed = self.events.iter().rev().find_map(|event| match event {
			RuntimeEvent::Council(Event::Executed { proposal_hash, result }) if *proposal_hash == hash => Some(*result),
			_ => None,
		});
		executed.expect("the motion is carried out")
	}

	/// What must hold of every state.
	fn check(&mut self) {
		self.read(|| {
			Roles::check_state().unwrap();
			Consent::check_state().unwrap();
			Records::check_state().unwrap();
			Telemetry::check_state().unwrap();
			Consortium::check_state().unwrap();
		});
	}
}
