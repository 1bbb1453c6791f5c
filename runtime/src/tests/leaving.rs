//! Accounts that leave, through the real transaction extensions.

use super::*;
use frame_support::{assert_noop, assert_ok};
use pallet_roles::{Act, ActOf};
use salus_primitives::InstitutionId;
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use sp_runtime::traits::{GeneratedSessionKeys, Header as _};

const ALICE: InstitutionId = 0;
const UNREGISTERED: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Payment);

fn local(told: impl FnOnce()) {
	let mut chain = chain(genesis::LOCAL);
	chain.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	chain.execute_with(|| {
		System::set_block_number(1);
		told();
		Roles::check_state().unwrap();
		Consortium::check_state().unwrap();
	});
}

fn by(uri: &str) -> RuntimeOrigin {
	RuntimeOrigin::signed(account(uri))
}

/// Hospital 0's officers agree.
fn both(act: ActOf<Runtime>) -> DispatchResultWithPostInfo {
	let propose = pallet_roles::Call::propose_act {
		institution: ALICE,
		act: act.clone(),
	};
	RuntimeCall::from(propose).dispatch(by("//Alice"))?;
	let confirm = pallet_roles::Call::confirm_act {
		institution: ALICE,
		act,
	};
	RuntimeCall::from(confirm).dispatch(by("//Charlie"))
}

fn leave(institutions: Vec<InstitutionId>) -> RuntimeCall {
	let credentials = institutions.try_into().unwrap();
	pallet_roles::Call::leave { credentials }.into()
}

#[test]
fn an_old_signed_call_is_refused_after_its_signer_left() {
	local(|| {
		// It never ends, and its nonce is the first of all.
		let old = signed("//Alice//nurse", remark());
		let departure = signed("//Alice//nurse", leave(vec![ALICE]));
		assert_eq!(validity(old.clone()), Ok(()));

		Executive::initialize_block(&Header::new(
			System::block_number() + 1,
			Default::default(),
			Default::default(),
			System::block_hash(0),
			Default::default(),
		));
		assert_ok!(Executive::apply_extrinsic(departure).unwrap());
		let nurse = account("//Alice//nurse");
		assert_eq!(System::providers(&nurse), 0);
		assert_eq!(System::account_nonce(&nurse), 0, "its nonce went with it");
		assert_eq!(validity(old.clone()), Err(UNREGISTERED));
		assert_eq!(Executive::apply_extrinsic(old).unwrap_err(), UNREGISTERED);

		// Nor is there a way back by which the nonce would count again.
		assert_noop!(
			both(Act::AddOfficer(nurse.clone())).map_err(|failed| failed.error),
			pallet_roles::Error::<Runtime>::AccountLeft
		);
	});
}

#[test]
fn a_validators_account_leaves_after_its_session_keys() {
	local(|| {
		let stash = account("//Alice//stash");
		let council = || RuntimeOrigin::from(pallet_collective::RawOrigin::Members(4, 4));
		assert_noop!(
			both(Act::ChangeValidator(None)).map_err(|failed| failed.error),
			pallet_consortium::Error::<Runtime>::StillValidates
		);
		pallet_consortium::MinValidators::<Runtime>::put(3);
		assert_ok!(Consortium::remove_validator(council(), ALICE));
		for _ in 0..2 {
			assert!(
				both(Act::ChangeValidator(None)).is_err(),
				"until the set has changed twice"
			);
			Session::rotate_session();
		}
		assert!(!Session::validators().contains(&stash));
		let consumers = System::consumers(&stash);
		assert_eq!(consumers, 1, "its session keys");
		assert!(leave(vec![]).dispatch(by("//Alice//stash")).is_err());

		assert_ok!(both(Act::ChangeValidator(Some(account("//Alice//node-2")))));
		assert_eq!(System::consumers(&stash), 0);
		assert_ok!(leave(vec![]).dispatch(by("//Alice//stash")));
		assert!(!frame_system::Account::<Runtime>::contains_key(&stash));

		let GeneratedSessionKeys { keys, proof } =
			SessionKeys::generate(&account("//Alice//node-2").encode(), Some("//Alice//node-2".into()));
		assert_ok!(Session::set_keys(by("//Alice//node-2"), keys, proof.encode()));
		assert_ok!(Consortium::add_validator(council(), ALICE));
	});
}
