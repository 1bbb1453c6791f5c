//! The runtime of the Salus consortium: the pallets wired together. No token, no sudo key.
//!
//! ```
//! use salus_runtime::{genesis, Runtime, RuntimeGenesisConfig, UncheckedExtrinsic};
//!
//! // Two presets: `development` and `local`.
//! assert_eq!(genesis::preset_names().len(), 2);
//! # fn shows(_: Option<(Runtime, RuntimeGenesisConfig, UncheckedExtrinsic)>) {}
//! ```
//!
//! - `configs`: each pallet's parameters, and why they are what they are
//! - `apis`: what the node and its RPC can ask
//! - `dry_run`: what a transaction would do in the next block
//! - `genesis`: the presets
//! - `key_owners`: whose session key it is, for reports of equivocation
//! - `transactions`: their extensions, and those that the runtime itself puts into a node's pool
//! - `no_token`: the token that the SDK asks for and that does not exist
//! - `weights`: measured on this runtime

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "512"]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod configs;
pub mod dry_run;
pub mod genesis;
mod key_owners;
mod no_token;
pub mod transactions;
mod weights;

#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

pub use apis::RuntimeApi;
pub use frame_system::Call as SystemCall;

/// Types that don't know what a call is.
pub mod opaque {
	use super::*;
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	/// A header.
	pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
	/// A block whose extrinsics are bytes.
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
	/// What identifies a block.
	pub type BlockId = generic::BlockId<Block>;
}

impl_opaque_keys! {
	/// What a validator authors, finalises and is found with.
	pub struct SessionKeys {
		pub aura: Aura,
		pub grandpa: Grandpa,
		pub authority_discovery: AuthorityDiscovery,
	}
}

/// This runtime's version.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: alloc::borrow::Cow::Borrowed("salus"),
	impl_name: alloc::borrow::Cow::Borrowed("salus-node"),
	authoring_version: 1,
	spec_version: 104,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 2,
	system_version: 1,
};

/// A signature of any of the usual schemes.
pub type Signature = MultiSignature;
/// An account: the public key, or its hash.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How many transactions an account has sent.
pub type Nonce = u32;
/// A block's number.
pub type BlockNumber = u32;
/// A block's hash, and every other Blake2-256.
pub type Hash = sp_core::H256;
/// How a call names an account.
pub type Address = MultiAddress<AccountId, ()>;
/// A header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// The transaction extensions: final from the first genesis, because every client encodes them.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_consortium::Quota<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// An extrinsic.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What a signer signs.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// Applies blocks.
pub type Executive =
	frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// The council is the first and only collective.
pub type CouncilCollective = pallet_collective::Instance1;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask
	)]
	pub struct Runtime;

	// Genesis and hooks run in the order of the indices. Standing comes before sessions, so that validators have their
	// provider reference before their keys take a consumer reference, and the validator set before the session asks.
	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Aura = pallet_aura;
	#[runtime::pallet_index(4)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(8)]
	pub type Council = pallet_collective<Instance1>;
	#[runtime::pallet_index(9)]
	pub type Utility = pallet_utility;

	#[runtime::pallet_index(20)]
	pub type Consortium = pallet_consortium;
	#[runtime::pallet_index(21)]
	pub type Roles = pallet_roles;
	#[runtime::pallet_index(22)]
	pub type Consent = pallet_consent;
	#[runtime::pallet_index(23)]
	pub type Records = pallet_records;
	#[runtime::pallet_index(24)]
	pub type Appointments = pallet_appointments;
	#[runtime::pallet_index(25)]
	pub type Telemetry = pallet_telemetry;

	#[runtime::pallet_index(30)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(31)]
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(32)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(33)]
	pub type AuthorityDiscovery = pallet_authority_discovery;
	#[runtime::pallet_index(34)]
	pub type Offences = pallet_offences;
}

impl Runtime {
	/// The audit entries that the current block's events carry, in order.
	pub fn audit_entries() -> Vec<(salus_primitives::PatientId, salus_primitives::AuditEntry<AccountId>)> {
		frame_system::Pallet::<Runtime>::read_events_no_consensus()
			.flat_map(|record| match record.event {
				RuntimeEvent::Roles(event) => event.audit(),
				RuntimeEvent::Consent(event) => event.audit(),
				RuntimeEvent::Records(event) => event.audit(),
				RuntimeEvent::Appointments(event) => event.audit(),
				RuntimeEvent::Telemetry(event) => event.audit(),
				_ => Vec::new(),
			})
			.collect()
	}

	/// What the current block's events put on lists that run across patients or took off them, in order.
	pub fn listings() -> Vec<salus_primitives::Listing<AccountId>> {
		frame_system::Pallet::<Runtime>::read_events_no_consensus()
			.flat_map(|record| match record.event {
				RuntimeEvent::Consent(event) => Consent::listings(&event),
				RuntimeEvent::Records(event) => Self::owed(event.audit()),
				RuntimeEvent::Telemetry(event) => Self::owed(event.audit()),
				_ => Vec::new(),
			})
			.collect()
	}

	/// The erasures that are owed since grants were used, as these entries of one call say.
	fn owed(
		entries: Vec<(salus_primitives::PatientId, salus_primitives::AuditEntry<AccountId>)>,
	) -> Vec<salus_primitives::Listing<AccountId>> {
		use salus_primitives::{Basis, Kind};
		let used = entries.into_iter().filter_map(|(patient, entry)| match entry.kind {
			Kind::AccessPermitted {
				basis: Basis::Grant(grant),
				..
			}
			| Kind::BatchAccessPermitted {
				basis: Basis::Grant(grant),
				..
			} => Some((patient, grant)),
			_ => None,
		});
		// One call takes one use of a grant, however many records it opens.
		let used: alloc::collections::BTreeSet<_> = used.collect();
		let owed = used.into_iter();
		owed.filter_map(|(patient, grant)| Consent::erasure_listing(patient, grant))
			.collect()
	}
}

#[cfg(feature = "runtime-benchmarks")]
frame_benchmarking::define_benchmarks!(
	[frame_benchmarking, BaselineBench::<Runtime>]
	[frame_system, SystemBench::<Runtime>]
	[frame_system_extensions, SystemExtensionsBench::<Runtime>]
	[pallet_timestamp, Timestamp]
	[pallet_session, SessionBench::<Runtime>]
	[pallet_collective, Council]
	[pallet_utility, Utility]
	[pallet_consortium, Consortium]
	[pallet_roles, Roles]
	[pallet_consent, Consent]
	[pallet_records, Records]
	[pallet_appointments, Appointments]
	[pallet_telemetry, Telemetry]
);
