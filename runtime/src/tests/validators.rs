//! Validators on the whole runtime: sessions, keys and equivocation.

use super::*;
use crate::key_owners::KeyOwners;
use frame_support::{
	assert_ok,
	traits::{DisabledValidators, KeyOwnerProofSystem, OnInitialize},
};
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_consortium::{Offenders, Sessions as _};
use salus_primitives::{HpkeKey, Institution, InstitutionId, InstitutionKind, Status};
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	sr25519::{AuthorityId, AuthoritySignature},
	AURA_ENGINE_ID,
};
use sp_consensus_slots::EquivocationProof;
use sp_core::{crypto::key_types, ed25519};
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use sp_runtime::{
	traits::{GeneratedSessionKeys, Header as _},
	Digest, DigestItem, RuntimeAppPublic,
};

const FERDIE: InstitutionId = 3;

fn council() -> RuntimeOrigin {
	pallet_collective::RawOrigin::Members(4, 4).into()
}

fn sealed(number: BlockNumber, slot: u64, author: &str) -> Header {
	let slot = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(slot.into());
	let digest = Digest { logs: vec![slot] };
	let mut header = Header::new(
		number,
		Default::default(),
		Default::default(),
		Default::default(),
		digest,
	);
	let seal: AuthoritySignature = key(author).sign(header.hash().as_ref()).into();
	header.digest_mut().push(CompatibleDigestItem::aura_seal(seal));
	header
}

/// What a node that saw it puts into its pool.
fn report(author: &str) -> UncheckedExtrinsic {
	type Call = pallet_consortium::Call<Runtime>;
	let offender: AuthorityId = key(author).public().into();
	let owner = KeyOwners::prove((AuthorityId::ID, offender.clone())).unwrap();
	let proof = EquivocationProof {
		offender,
		slot: 7.into(),
		first_header: sealed(5, 7, author),
		second_header: sealed(6, 7, author),
	};
	let call = Call::report_author {
		proof: Box::new(proof),
		owner,
	};
	<Runtime as CreateAuthorizedTransaction<Call>>::create_authorized_transaction(call.into())
}

fn pooled(source: TransactionSource, extrinsic: UncheckedExtrinsic) -> Result<(), TransactionValidityError> {
	Executive::validate_transaction(source, extrinsic, System::block_hash(0)).map(drop)
}

/// Makes the keys of this seed the account's own.
fn set_keys(uri: &str, seed: &str) {
	let GeneratedSessionKeys { keys, proof } = SessionKeys::generate(&account(uri).encode(), Some(seed.into()));
	assert_ok!(Session::set_keys(
		RuntimeOrigin::signed(account(uri)),
		keys,
		proof.encode()
	));
}

fn local(told: impl FnOnce()) {
	let mut chain = chain(genesis::LOCAL);
	chain.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	chain.execute_with(|| {
		System::set_block_number(1);
		told();
		Consortium::check_state().unwrap();
	});
}

#[test]
fn a_fifth_hospital_sets_keys_and_joins() {
	local(|| {
		let mut entry = Institution::bare(InstitutionKind::Hospital, HpkeKey::X25519([9; 32]));
		entry.region = b"CH-BE".to_vec().try_into().unwrap();
		entry.time_zone = b"Europe/Zurich".to_vec().try_into().unwrap();
		entry.officers = vec![account("//Grace"), account("//Heidi")].try_into().unwrap();
		entry.seat = Some(account("//Grace"));
		entry.validator = Some(account("//Grace//stash"));
		assert_ok!(Roles::admit_institution(council(), entry));
		let missing = pallet_consortium::Error::<Runtime>::KeysMissing;
		assert_eq!(Consortium::add_validator(council(), 4), Err(missing.into()));
		set_keys("//Grace//stash", "//Grace//node");
		assert_ok!(Consortium::add_validator(council(), 4));

		Session::rotate_session();
		assert_eq!(Session::validators().len(), 4);
		Session::rotate_session();
		assert_eq!(Session::validators().last(), Some(&account("//Grace//stash")));
		let aura: AuthorityId = key("//Grace//node").public().into();
		assert!(pallet_aura::Authorities::<Runtime>::get().contains(&aura));

		// While its institution is suspended it is left out.
		assert_ok!(Roles::suspend_institution(council(), 4));
		Session::rotate_session();
		Session::rotate_session();
		assert_eq!(Session::validators().len(), 4);
	});
}

#[test]
fn a_set_that_stays_is_not_handed_over_again() {
	local(|| {
		let set = pallet_grandpa::CurrentSetId::<Runtime>::get();
		for _ in 0..3 {
			Session::rotate_session();
		}
		assert_eq!(pallet_grandpa::CurrentSetId::<Runtime>::get(), set);
	});
}

#[test]
fn an_author_is_reported_by_its_node_and_makes_no_block_more() {
	local(|| {
		assert_eq!(
			pooled(TransactionSource::External, report("//Ferdie")),
			Err(InvalidTransaction::Call.into())
		);
		assert_eq!(pooled(TransactionSource::Local, report("//Ferdie")), Ok(()));
		assert_ok!(Executive::apply_extrinsic(report("//Ferdie")).unwrap());

		let ferdie = account("//Ferdie//stash");
		assert!(Consortium::is_offender(&ferdie));
		let index = Session::validator_id_to_index(&ferdie).unwrap();
		assert!(<Session as DisabledValidators>::is_disabled(index));
		assert_eq!(
			pooled(TransactionSource::Local, report("//Ferdie")),
			Err(InvalidTransaction::Stale.into())
		);

		// Four is the floor: it stays, and stays disabled when the set is handed over anew.
		set_keys("//Bob//stash", "//Bob//other");
		for _ in 0..3 {
			Session::rotate_session();
			assert_eq!(Session::validators().len(), 4);
			let index = Session::validator_id_to_index(&ferdie).unwrap();
			assert!(<Session as DisabledValidators>::is_disabled(index));
		}
		let slot = u64::from(index) + 4_000;
		System::reset_events();
		let next = System::block_number() + 1;
		System::initialize(
			&next,
			&Default::default(),
			&Digest {
				logs: vec![DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode())],
			},
		);
		let made = std::panic::catch_unwind(|| Aura::on_initialize(next));
		assert!(made.is_err(), "its block is none");
	});
}

#[test]
fn new_keys_do_not_hide_what_the_old_ones_did() {
	local(|| {
		// The session pallet proves by the keys that are set; those in force are others.
		set_keys("//Ferdie//stash", "//Ferdie//other");
		assert_eq!(pooled(TransactionSource::Local, report("//Ferdie")), Ok(()));
		Session::rotate_session();
		assert_eq!(pooled(TransactionSource::Local, report("//Ferdie")), Ok(()));
		assert_ok!(Executive::apply_extrinsic(report("//Ferdie")).unwrap());
		assert!(Offenders::<Runtime>::contains_key(account("//Ferdie//stash")));
	});
}

#[test]
fn a_key_belongs_to_whom_the_session_says() {
	local(|| {
		let ferdie = (account("//Ferdie//stash"), ());
		let owner = || KeyOwners::prove((key_types::AURA, key("//Ferdie").public())).unwrap();
		assert_eq!(
			KeyOwners::check_proof((key_types::AURA, key("//Ferdie").public()), owner()),
			Some(ferdie.clone())
		);
		// Another kind of key, nobody's key, and another number of validators.
		assert_eq!(
			KeyOwners::check_proof((key_types::GRANDPA, key("//Ferdie").public()), owner()),
			None
		);
		assert_eq!(
			KeyOwners::check_proof((key_types::BABE, key("//Ferdie").public()), owner()),
			None
		);
		assert_eq!(
			KeyOwners::check_proof((key_types::AURA, key("//Mallory").public()), owner()),
			None
		);
		let mut fewer = owner();
		fewer.validator_count -= 1;
		assert_eq!(
			KeyOwners::check_proof((key_types::AURA, key("//Ferdie").public()), fewer),
			None
		);

		// In a later session the proof itself is needed.
		let (before, mut empty) = (owner(), owner());
		empty.trie_nodes.clear();
		Session::rotate_session();
		let key = (key_types::AURA, key("//Ferdie").public());
		assert_eq!(KeyOwners::check_proof(key, before), Some(ferdie));
		assert_eq!(KeyOwners::check_proof(key, empty), None);
	});
}

#[test]
fn a_voter_is_reported_by_its_node() {
	local(|| {
		let voter = ed25519::Pair::from_string("//Ferdie", None).unwrap();
		let (round, set) = (3_u64, 0_u64);
		let vote = |hash: u8, number: BlockNumber| {
			let target = (Hash::repeat_byte(hash), number);
			let signed = (1_u8, target, round, set).encode();
			(target, voter.sign(&signed))
		};
		// Two precommits, as SCALE has them.
		let encoded = (set, 1_u8, round, voter.public(), vote(1, 1), vote(2, 2)).encode();
		let proof: sp_consensus_grandpa::EquivocationProof<Hash, BlockNumber> =
			codec::Decode::decode(&mut encoded.as_slice()).unwrap();
		let owner = KeyOwners::prove((key_types::GRANDPA, voter.public())).unwrap();
		let call = pallet_grandpa::Call::<Runtime>::report_equivocation_unsigned {
			equivocation_proof: Box::new(proof),
			key_owner_proof: owner,
		};
		let bare = || UncheckedExtrinsic::new_bare(call.clone().into());
		assert_eq!(pooled(TransactionSource::Local, bare()), Ok(()));
		assert_ok!(Executive::apply_extrinsic(bare()).unwrap());
		assert!(Consortium::is_offender(&account("//Ferdie//stash")));
		assert_eq!(
			pooled(TransactionSource::Local, bare()),
			Err(InvalidTransaction::Stale.into())
		);
	});
}

#[test]
fn a_pardoned_validator_authors_again() {
	local(|| {
		assert_ok!(Executive::apply_extrinsic(report("//Ferdie")).unwrap());
		assert_ok!(Consortium::reinstate_validator(council(), FERDIE));
		let index = Session::validator_id_to_index(&account("//Ferdie//stash")).unwrap();
		assert!(!<Session as DisabledValidators>::is_disabled(index));
		assert!(crate::configs::Sessions::queued().contains(&account("//Ferdie//stash")));
		assert_eq!(Roles::institution(FERDIE).unwrap().status, Status::Active);
	});
}
