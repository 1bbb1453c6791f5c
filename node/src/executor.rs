//! Calls into the runtime: wasm, save for the questions that are asked a thousand times a second.
//!
//! An instance of the wasm runtime costs more than most questions: page faults when it is made, interrupts between
//! cores when it is cleared. So where the chain runs the very code that this node was compiled with (the hash of the
//! whole binary is compared), the pool's check of a transaction and the reads that RPC, release desk and relay rest on run
//! as compiled in. **Blocks are made and imported by wasm alone**: what the chain agrees on never depends on a compiler.

use std::sync::LazyLock;

use codec::{Decode, DecodeAll, DecodeLimit};
use salus_primitives::{AccessRequest, InstitutionId, PatientId, ReceiptId, RecordId};
use salus_runtime::{AccountId, Hash, UncheckedExtrinsic, WASM_BINARY};
use sc_executor::{error::Error, with_externalities_safe, RuntimeVersion, RuntimeVersionOf, WasmExecutor};
use sc_service::config::ExecutorConfiguration;
use sp_core::traits::{CallContext, CodeExecutor, Externalities, ReadRuntimeVersion, RuntimeCode};
use sp_io::{hashing::blake2_256, SubstrateHostFunctions};
use sp_runtime::transaction_validity::TransactionSource;

/// How deep lists and boxes may be nested in a transaction that a node takes: a batch in a batch has two of them. The
/// compiled runtime decodes on this process's stack, which a deeper one could overflow.
const MAX_NESTED: u32 = 32;

/// The hash of the wasm runtime that was compiled with this node.
static COMPILED: LazyLock<Option<[u8; 32]>> = LazyLock::new(|| WASM_BINARY.map(blake2_256));

/// Runs the runtime's functions.
#[derive(Clone)]
pub struct Executor {
	wasm: WasmExecutor<SubstrateHostFunctions>,
}

impl Executor {
	/// With the node's settings for wasm.
	pub fn new(config: &ExecutorConfiguration) -> Self {
		Self {
			wasm: sc_service::new_wasm_executor(config),
		}
	}
}

/// Whether a function's arguments are well-formed.
type Check = fn(&[u8]) -> bool;

/// The functions that run as compiled in, and whether arguments of theirs are well-formed. RPC, release desk and relay
/// ask them for each request.
const COMPILED_IN: [(&str, Check); 12] = [
	("TaggedTransactionQueue_validate_transaction", is_transaction),
	("AccountNonceApi_account_nonce", is::<AccountId>),
	("ConsentApi_decide", is::<AccessRequest<AccountId>>),
	("RecordsApi_by_hash", is::<(PatientId, Hash)>),
	("RecordsApi_receipt", is::<ReceiptId>),
	("RecordsApi_record", is::<RecordId>),
	("RecordsApi_still_permits", is::<(ReceiptId, RecordId)>),
	("RolesApi_credential", is::<(AccountId, InstitutionId)>),
	("RolesApi_home", is::<AccountId>),
	("RolesApi_institution", is::<InstitutionId>),
	("RolesApi_patient", is::<PatientId>),
	("RolesApi_patient_of", is::<AccountId>),
];

/// Whether the arguments are well-formed, of the functions that run as compiled in; `None` for all others.
fn well_formed(method: &str, data: &[u8]) -> Option<bool> {
	let (_, check) = COMPILED_IN.iter().find(|(name, _)| *name == method)?;
	Some(check(data))
}

fn is<T: Decode>(mut data: &[u8]) -> bool {
	T::decode_all(&mut data).is_ok()
}

fn is_transaction(mut data: &[u8]) -> bool {
	<(TransactionSource, UncheckedExtrinsic, Hash)>::decode_all_with_depth_limit(MAX_NESTED, &mut data).is_ok()
}

impl CodeExecutor for Executor {
	type Error = Error;

	fn call(
		&self,
		ext: &mut dyn Externalities,
		code: &RuntimeCode,
		method: &str,
		data: &[u8],
		context: CallContext,
	) -> (Result<Vec<u8>, Error>, bool) {
		let compiled_in = context == CallContext::Offchain
			&& COMPILED.is_some_and(|compiled| code.hash.as_slice() == compiled.as_slice());
		match well_formed(method, data).filter(|_| compiled_in) {
			None => self.wasm.call(ext, code, method, data, context),
			// Wasm would end in a trap and a page of backtrace.
			Some(false) => (Err(Error::Other(format!("malformed arguments of {method}"))), true),
			Some(true) => (dispatch(ext, method, data), true),
		}
	}
}

fn dispatch(ext: &mut dyn Externalities, method: &str, data: &[u8]) -> Result<Vec<u8>, Error> {
	with_externalities_safe(ext, || salus_runtime::apis::api::dispatch(method, data))?
		.ok_or_else(|| Error::Other(format!("the runtime has no {method}")))
}

impl RuntimeVersionOf for Executor {
	fn runtime_version(&self, ext: &mut dyn Externalities, code: &RuntimeCode) -> Result<RuntimeVersion, Error> {
		self.wasm.runtime_version(ext, code)
	}
}

impl ReadRuntimeVersion for Executor {
	fn read_runtime_version(&self, code: &[u8], ext: &mut dyn Externalities) -> Result<Vec<u8>, String> {
		self.wasm.read_runtime_version(code, ext)
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]

	use super::*;
	use codec::Encode;
	use salus_primitives::{Action, Category, Purpose};
	use salus_runtime::RuntimeCall;
	use sp_core::traits::WrappedRuntimeCode;
	use sp_io::TestExternalities;
	use sp_keyring::Sr25519Keyring::Alice;
	use sp_runtime::{BuildStorage, Storage};

	const OFFCHAIN: CallContext = CallContext::Offchain;
	const VALIDATE: &str = "TaggedTransactionQueue_validate_transaction";

	static EXECUTOR: LazyLock<Executor> = LazyLock::new(|| Executor {
		wasm: WasmExecutor::builder().build(),
	});
	static GENESIS: LazyLock<Storage> = LazyLock::new(|| {
		let spec = crate::chain_spec::named("dev").unwrap().unwrap();
		spec.build_storage().unwrap()
	});

	/// Both answers of the runtime that is compiled in: its own, and that of the same code under another hash.
	fn ask(method: &str, data: &[u8], context: CallContext) -> [(Result<Vec<u8>, String>, bool); 2] {
		[COMPILED.unwrap().to_vec(), vec![0; 32]].map(|hash| {
			let code = RuntimeCode {
				code_fetcher: &WrappedRuntimeCode(WASM_BINARY.unwrap().into()),
				hash,
				heap_pages: None,
			};
			let mut chain = TestExternalities::new(GENESIS.clone());
			let (result, compiled_in) = EXECUTOR.call(&mut chain.ext(), &code, method, data, context);
			(result.map_err(|error| error.to_string()), compiled_in)
		})
	}

	/// That both are the same, of which one only is not wasm's.
	fn agree(method: &str, data: &[u8]) -> Vec<u8> {
		let [(compiled, yes), (wasm, no)] = ask(method, data, OFFCHAIN);
		assert_eq!((yes, no), (true, false), "{method}");
		assert_eq!(compiled, wasm, "{method}");
		compiled.unwrap()
	}

	fn transaction(call: RuntimeCall) -> Vec<u8> {
		let extrinsic = UncheckedExtrinsic::new_bare(call);
		(TransactionSource::External, extrinsic, Hash::zero()).encode()
	}

	fn nested(depth: usize) -> RuntimeCall {
		let innermost = RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() });
		(0..depth).fold(innermost, |call, _| {
			RuntimeCall::Utility(pallet_utility::Call::batch { calls: vec![call] })
		})
	}

	/// The same as bytes: to encode such a call would take the stack that it is to spare.
	fn nested_bytes(depth: usize) -> Vec<u8> {
		let version = UncheckedExtrinsic::new_bare(nested(0)).encode()[1];
		let innermost = nested(0).encode();
		let outer = nested(1).encode();
		let batch = &outer[..outer.len() - innermost.len()];
		let extrinsic = [&[version][..], &batch.repeat(depth), &innermost].concat();
		(TransactionSource::External, extrinsic, Hash::zero()).encode()
	}

	#[test]
	fn compiled_in_and_wasm_answer_the_same() {
		let alice = Alice.to_account_id();
		let decide = AccessRequest {
			requester: alice.clone(),
			on_behalf_of: Some(0),
			patient: 0,
			record: None,
			custodian: 0,
			category: Category::Summary,
			compartment: None,
			recorded_at: 0,
			author: alice.clone(),
			status: None,
			action: Action::View,
			purpose: Purpose::Treatment,
		};
		let questions = [
			("AccountNonceApi_account_nonce", alice.encode()),
			("RolesApi_credential", (alice.clone(), 0u32).encode()),
			("RolesApi_home", alice.encode()),
			("RolesApi_patient", 0u64.encode()),
			("RolesApi_patient_of", alice.encode()),
			("ConsentApi_decide", decide.encode()),
			("RecordsApi_by_hash", (0u64, Hash::zero()).encode()),
			("RecordsApi_receipt", 0u64.encode()),
			("RecordsApi_record", 0u64.encode()),
			("RecordsApi_still_permits", (0u64, 0u64).encode()),
			("RolesApi_institution", 1u32.encode()),
			("RolesApi_institution", 99u32.encode()),
			(VALIDATE, transaction(nested(0))),
		];
		for (method, data) in &questions {
			assert!(!agree(method, data).is_empty(), "{method}");
		}
		for (method, _) in COMPILED_IN {
			assert!(questions.iter().any(|(asked, _)| *asked == method), "{method}");
		}
		// Not only what is not there.
		assert!(agree("RolesApi_institution", &0u32.encode()).len() > 32);
	}

	#[test]
	fn blocks_are_wasm_s() {
		for import in [false, true] {
			let context = CallContext::Onchain { import };
			for (result, compiled_in) in ask("RolesApi_institution", &0u32.encode(), context) {
				assert!(!compiled_in);
				assert!(result.is_ok());
			}
		}
		let [(version, compiled_in), _] = ask("Core_version", &[], OFFCHAIN);
		assert!(!compiled_in);
		assert!(version.is_ok());
	}

	#[test]
	fn what_is_malformed_is_refused_before_it_runs() {
		let whole = transaction(nested(2));
		assert!(is_transaction(&whole));
		assert!((0..whole.len()).all(|cut| !is_transaction(&whole[..cut])));
		let [(refused, compiled_in), _] = ask(VALIDATE, &whole[1..], OFFCHAIN);
		assert!(compiled_in);
		let expected = Error::Other(format!("malformed arguments of {VALIDATE}"));
		assert_eq!(refused.unwrap_err(), expected.to_string());
	}

	#[test]
	fn calls_nested_too_deep_do_not_reach_the_stack() {
		assert_eq!(nested_bytes(8), transaction(nested(8)));
		assert!(is_transaction(&nested_bytes(8)));
		for depth in [33, 1_000, 100_000] {
			assert!(!is_transaction(&nested_bytes(depth)), "{depth}");
		}
	}
}
