//! Registrations as the pool and the block see them: general transactions through the extensions of a runtime.

use crate::{mock::*, pool_errors, REGISTRATION_LONGEVITY};
use codec::{Decode, Encode};
use frame_support::{assert_ok, dispatch::GetDispatchInfo};
use frame_system::{AuthorizeCall, ChainContext, CheckNonZeroSender, CheckNonce};
use salus_primitives::{wrapped, REGISTER_TAG};
use sp_runtime::{
	generic::SignedPayload,
	traits::{Applyable, Checkable},
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidity, ValidTransaction},
	ApplyExtrinsicResultWithInfo,
};

fn extensions() -> Extensions {
	(AuthorizeCall::new(), CheckNonZeroSender::new(), CheckNonce::from(0))
}

/// The transaction as it comes over the wire.
fn general(letter: &Letter) -> Transaction {
	let sent = Transaction::new_transaction(letter.call().into(), extensions()).encode();
	Transaction::decode(&mut sent.as_slice()).unwrap()
}

fn signed(name: &str, call: RuntimeCall) -> Transaction {
	let payload = SignedPayload::new(call.clone(), extensions()).unwrap();
	let signature = payload.using_encoded(|payload| sign(name, payload));
	Transaction::new_signed(call, id(name), signature, extensions())
}

fn validate(transaction: Transaction) -> TransactionValidity {
	let (info, length) = (transaction.get_dispatch_info(), transaction.encoded_size());
	let checked = transaction.check(&ChainContext::<Test>::default())?;
	checked.validate::<Test>(TransactionSource::External, &info, length)
}

fn apply(transaction: Transaction) -> ApplyExtrinsicResultWithInfo<frame_support::dispatch::PostDispatchInfo> {
	let (info, length) = (transaction.get_dispatch_info(), transaction.encoded_size());
	let checked = transaction.check(&ChainContext::<Test>::default())?;
	checked.apply::<Test>(&info, length)
}

#[test]
fn a_registration_is_valid_for_a_short_time_and_provides_its_one_time_key() {
	story(|| {
		let letter = letter(1);
		let valid = validate(general(&letter)).unwrap();
		assert_eq!(
			valid,
			ValidTransaction {
				priority: 0,
				requires: vec![],
				provides: vec![("salus/register", letter.voucher.key).encode()],
				longevity: REGISTRATION_LONGEVITY,
				propagate: true,
			}
		);
	});
}

#[test]
fn two_registrations_by_one_voucher_exclude_each_other() {
	story(|| {
		let mut other = letter(1);
		other.controller = "patient-2".into();
		let provides = |letter: &Letter| validate(general(letter)).unwrap().provides;
		assert_eq!(provides(&letter(1)), provides(&other));
		assert_ne!(provides(&letter(1)), provides(&letter(2)));
	});
}

#[test]
fn the_block_registers_her_and_refuses_a_replay() {
	story(|| {
		let transaction = general(&letter(1));
		assert_ok!(apply(transaction.clone()).unwrap());
		assert_eq!(Roles::patient_of(&id("patient-1")), Some(0));
		let used = InvalidTransaction::Custom(pool_errors::VOUCHER_USED);
		assert_eq!(validate(transaction.clone()), Err(used.into()));
		assert_eq!(apply(transaction).unwrap_err(), used.into());
	});
}

#[test]
fn the_block_judges_anew_what_the_pool_let_pass() {
	story(|| {
		let transaction = general(&letter(1));
		assert_ok!(validate(transaction.clone()));
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		let suspended = InvalidTransaction::Custom(pool_errors::INSTITUTION_NOT_ACTIVE);
		assert_eq!(apply(transaction).unwrap_err(), suspended.into());
	});
}

#[test]
fn a_forged_registration_does_not_get_into_the_pool() {
	story(|| {
		let letter = letter(1);
		let mut call = letter.call();
		let crate::Call::register_patient {
			controller_signature, ..
		} = &mut call
		else {
			panic!("it registers")
		};
		*controller_signature = sign("eve", &wrapped(REGISTER_TAG, &letter.signed()));
		let forged = Transaction::new_transaction(call.into(), extensions());
		let word = InvalidTransaction::Custom(pool_errors::CONTROLLER_SIGNATURE_INVALID);
		assert_eq!(validate(forged.clone()), Err(word.into()));
		assert_eq!(apply(forged).unwrap_err(), word.into());
	});
}

#[test]
fn other_calls_are_not_authorised_without_a_signer() {
	story(|| {
		let call = crate::Call::<Test>::accept_assignment {
			patient: 0,
			institution: A,
		};
		let transaction = Transaction::new_transaction(call.into(), extensions());
		assert!(apply(transaction).map_or(true, |outcome| outcome.is_err()));
	});
}

#[test]
fn an_account_without_standing_is_rejected_and_a_patient_is_not() {
	story(|| {
		let call = || RuntimeCall::System(frame_system::Call::remark { remark: vec![] });
		assert_eq!(
			validate(signed("patient-1", call())),
			Err(InvalidTransaction::Payment.into())
		);
		register(1);
		assert_ok!(validate(signed("patient-1", call())));
	});
}

#[test]
fn the_weight_covers_authorisation_and_a_change_of_the_council() {
	use crate::WeightInfo;
	use salus_primitives::Seating;
	story(|| {
		let info = general(&letter(1)).get_dispatch_info();
		assert_eq!(info.call_weight, <() as WeightInfo>::register_patient());
		assert!(info
			.extension_weight
			.all_gte(<() as WeightInfo>::authorize_register_patient()));
		let institution = hospital("n", hpke(100));
		let admit = crate::Call::<Test>::admit_institution { institution }
			.get_dispatch_info()
			.call_weight;
		assert_eq!(
			admit,
			<() as WeightInfo>::admit_institution() + Consortium::admitted_weight()
		);
	});
}
