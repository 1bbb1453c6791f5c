//! What calls declare, and what they give back.

use super::*;
use frame_support::dispatch::{DispatchClass, GetDispatchInfo};
use pallet_records::WeightInfo as _;
use salus_primitives::{
	AccessControl, AccessRequest, Action, Assignment, Basis, Category, Cid, Decision, DocStatus, Media, NewRecord,
	Origin, Patient, PatientStatus, Purpose, Reason, Relation,
};
use sp_core::H256;

type Measured = crate::weights::pallet_records::WeightInfo<Runtime>;
type Engine = <Runtime as pallet_records::Config>::AccessControl;

const NOW: u64 = 1_800_000_000_000;

fn least() -> Weight {
	<Engine as AccessControl<AccountId>>::least_weight()
}

fn worst() -> Weight {
	<Engine as AccessControl<AccountId>>::decide_weight()
}

/// A patient who is assigned to the doctor.
fn world(story: impl FnOnce()) {
	chain(genesis::DEVELOPMENT).execute_with(|| {
		System::set_block_number(1);
		pallet_timestamp::Now::<Runtime>::put(NOW);
		let patient = Patient {
			controller: Some(account("//Pia")),
			hpke: None,
			institution: 0,
			status: PatientStatus::Active,
		};
		pallet_roles::Patients::<Runtime>::insert(0, patient);
		pallet_roles::Assignments::<Runtime>::insert(0, (account(DOCTOR), 0), Assignment::Accepted(0));
		story();
	});
}

const DOCTOR: &str = "//Alice//doctor";

fn record(seed: u8) -> NewRecord {
	let sha256 = [seed; 32];
	NewRecord {
		patient: 0,
		origin: Origin::Clinician,
		category: Category::Encounter,
		compartment: None,
		media: Media::FhirJson,
		cid: Cid::truncate_from([&[0x01, 0x55, 0x12, 0x20][..], &sha256].concat()),
		sha256: H256(sha256),
		tree: H256::zero(),
		size: pallet_records::ciphertext_size(pallet_records::MIN_PADDED).unwrap(),
		recorded_at: NOW,
		relates_to: None,
		doc_status: DocStatus::Final,
	}
}

fn register(record: NewRecord) -> RuntimeCall {
	pallet_records::Call::register {
		record,
		purpose: Purpose::Treatment,
		institution: Some(0),
	}
	.into()
}

fn batch(records: Vec<NewRecord>) -> RuntimeCall {
	pallet_records::Call::register_batch {
		records: records.try_into().unwrap(),
		purpose: Purpose::Treatment,
		institution: Some(0),
	}
	.into()
}

fn base_extrinsic() -> Weight {
	let limits = <<Runtime as frame_system::Config>::BlockWeights as Get<frame_system::limits::BlockWeights>>::get();
	limits.get(DispatchClass::Normal).base_extrinsic
}

/// What a block has left for less, after this call of the doctor's, and what the call declared.
fn taken(call: RuntimeCall) -> (Weight, Weight) {
	let extrinsic = signed(DOCTOR, call);
	let info = extrinsic.get_dispatch_info();
	let before = *System::block_weight().get(DispatchClass::Normal);
	Executive::apply_extrinsic(extrinsic).unwrap().unwrap();
	let after = *System::block_weight().get(DispatchClass::Normal);
	// The length of an extrinsic counts as proof.
	let call = (after - before - base_extrinsic() - info.extension_weight).set_proof_size(0);
	(call, info.call_weight.set_proof_size(0))
}

#[test]
fn no_decision_costs_more_than_the_worst_case() {
	assert!(least().all_lt(worst()));
	let doctor = AccountId::new([7; 32]);
	let own = AccessRequest {
		requester: doctor.clone(),
		on_behalf_of: Some(0),
		patient: 0,
		record: None,
		custodian: 0,
		category: Category::Laboratory,
		compartment: None,
		recorded_at: NOW,
		author: doctor,
		status: None,
		action: Action::Append,
		purpose: Purpose::Treatment,
	};
	let weight_of = |decision| <Engine as AccessControl<AccountId>>::weight_of(&own, &decision);
	for basis in [Basis::Subject, Basis::Author, Basis::Assignment] {
		assert_eq!(weight_of(Decision::Permit(basis)), least());
	}
	for decision in [
		Decision::Permit(Basis::Grant(0)),
		Decision::Permit(Basis::Guardian),
		Decision::Permit(Basis::BreakGlass(0)),
		Decision::Deny(Reason::NoGrant),
	] {
		assert_eq!(weight_of(decision), worst());
	}
}

/// The fixed reads of a decision are in the call's benchmark, and those of grants beside it.
#[test]
fn a_registration_declares_no_read_twice() {
	let reads = |count| <Runtime as frame_system::Config>::DbWeight::get().reads(count);
	let beyond = worst() - least();
	assert!(beyond.ref_time() >= reads(4).ref_time());
	assert_eq!(
		register(record(1)).get_dispatch_info().call_weight,
		Measured::register() + beyond
	);
}

#[test]
fn a_block_gets_back_what_grants_would_have_cost() {
	world(|| {
		for (call, measured) in [
			(register(record(1)), Measured::register()),
			(
				batch(vec![record(2), record(3), record(4)]),
				Measured::register_batch(3, 1, 0),
			),
			(
				register(NewRecord {
					relates_to: Some((Relation::Replaces, 0)),
					recorded_at: NOW - 1,
					..record(5)
				}),
				Measured::register_replacement(),
			),
		] {
			let (taken, declared) = taken(call);
			assert_eq!(taken, measured.set_proof_size(0));
			assert!(taken.ref_time() < declared.ref_time());
		}
	});
}

#[test]
fn a_batch_of_calls_gives_back_what_its_calls_do() {
	world(|| {
		let calls = || vec![register(record(1)), register(record(2))];
		let (taken, declared) = taken(pallet_utility::Call::batch_all { calls: calls() }.into());
		let unspent: u64 = calls()
			.iter()
			.map(|call| call.get_dispatch_info().call_weight.ref_time() - Measured::register().ref_time())
			.sum();
		assert_eq!(declared.ref_time() - taken.ref_time(), unspent);
	});
}

/// Together as measured: the account's nonce, her home and its load are what the extensions read, the last of them and
/// the nonce what they write.
#[test]
fn base_and_extensions_declare_what_an_extrinsic_was_measured_to_take() {
	chain(genesis::DEVELOPMENT).execute_with(|| {
		let info = signed(DOCTOR, remark()).get_dispatch_info();
		let base = base_extrinsic();
		let database = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(3, 2);
		assert_eq!(
			(base + info.extension_weight).ref_time(),
			(crate::weights::overhead::EXTRINSIC + database).ref_time()
		);
	});
}
