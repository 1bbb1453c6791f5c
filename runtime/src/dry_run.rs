//! Trying a transaction: the next block is opened on this one's state, as its author would, and the transaction applied
//! with all its extensions. Everything is undone afterwards.
//!
//! `state_call` serves it to whoever can reach the RPC, like every runtime API, and like the SDK's own `BlockBuilder`. It
//! costs at most what a block costs: a transaction that is too long is not decoded, one without a valid signature of
//! an account with standing is not executed, and one whose weight no block takes neither.

use crate::{
	configs::SLOT, Executive, Hash, Header, Runtime, RuntimeCall, RuntimeEvent, Session, System, UncheckedExtrinsic,
};
use alloc::vec::Vec;
use codec::{DecodeLimit, Encode};
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	storage::{with_transaction, TransactionOutcome},
	traits::{DisabledValidators, Get},
	weights::Weight,
	MAX_EXTRINSIC_DEPTH,
};
use frame_system::Phase;
use salus_primitives::{DryRun, DryRunError, Moment, Outcome, Used};
use sp_consensus_aura::{Slot, AURA_ENGINE_ID};
use sp_runtime::{
	traits::ExtrinsicLike, transaction_validity::InvalidTransaction, Digest, DigestItem, DispatchError,
	ExtrinsicInclusionMode,
};

sp_api::decl_runtime_apis! {
	/// Trying transactions.
	pub trait DryRunApi {
		/// What this encoded transaction would do as the first of the next block, after its inherents. `head` is the
		/// hash of the block that is asked, which a state does not hold: mortal transactions are checked against it.
		fn dry_run(transaction: Vec<u8>, head: Hash) -> Result<DryRun, DryRunError>;
	}
}

/// Where the transaction is in the block: behind the time.
const INDEX: u32 = 1;

/// What this encoded transaction would do. Nothing is changed.
pub fn dry_run(transaction: &[u8], head: Hash) -> Result<DryRun, DryRunError> {
	let extrinsic = read(transaction)?;
	with_transaction(|| TransactionOutcome::Rollback(Ok::<_, DispatchError>(tried(extrinsic, head))))
		// No storage layer is open when a runtime API is entered, so that there is room for this one.
		.unwrap_or(Err(DryRunError::NoNextBlock))
}

fn read(transaction: &[u8]) -> Result<UncheckedExtrinsic, DryRunError> {
	let limits = <<Runtime as frame_system::Config>::BlockLength as Get<frame_system::limits::BlockLength>>::get();
	let most = *limits.max.get(DispatchClass::Normal);
	if u32::try_from(transaction.len()).map_or(true, |length| length > most) {
		return Err(DryRunError::TooLong(most));
	}
	let extrinsic = UncheckedExtrinsic::decode_all_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut &transaction[..])
		.map_err(|_| DryRunError::Malformed)?;
	if extrinsic.is_bare() {
		return Err(DryRunError::NotATransaction);
	}
	Ok(extrinsic)
}

fn tried(extrinsic: UncheckedExtrinsic, head: Hash) -> Result<DryRun, DryRunError> {
	let mandatory = extrinsic.function.get_dispatch_info().class == DispatchClass::Mandatory;
	let time = open_next_block(head)?;
	let outcome = if mandatory {
		// As the pool says it.
		Outcome::Invalid(InvalidTransaction::MandatoryValidation.into())
	} else {
		match Executive::apply_extrinsic(extrinsic) {
			Err(invalid) => Outcome::Invalid(invalid),
			Ok(Err(error)) => Outcome::Failed { error, used: left().1 },
			Ok(Ok(())) => {
				let (events, used) = left();
				Outcome::Done { events, used }
			}
		}
	};
	Ok(DryRun {
		block: System::block_number(),
		time,
		outcome,
	})
}

/// Opens the next block and gives it the time.
fn open_next_block(head: Hash) -> Result<Moment, DryRunError> {
	let time = next_time().ok_or(DryRunError::NoNextBlock)?;
	let slot = Slot::from(time / SLOT);
	let header = Header {
		parent_hash: head,
		number: System::block_number().saturating_add(1),
		state_root: Hash::zero(),
		extrinsics_root: Hash::zero(),
		digest: Digest {
			logs: [DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode())].into(),
		},
	};
	if Executive::initialize_block(&header) == ExtrinsicInclusionMode::OnlyInherents {
		return Err(DryRunError::NoNextBlock);
	}
	let set = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now: time });
	match Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(set)) {
		Ok(Ok(())) => Ok(time),
		_ => Err(DryRunError::NoNextBlock),
	}
}

/// The earliest time of the next block: in a slot after this block's, whose author is not disabled.
fn next_time() -> Option<Moment> {
	let now = pallet_timestamp::Now::<Runtime>::get();
	if now == 0 {
		return None;
	}
	let authorities = pallet_aura::Authorities::<Runtime>::decode_len().filter(|count| *count > 0)?;
	let authorities = u64::try_from(authorities).ok()?;
	let period: Moment = <Runtime as pallet_timestamp::Config>::MinimumPeriod::get();
	let earliest = now.checked_add(period)?;
	let current = u64::from(pallet_aura::CurrentSlot::<Runtime>::get());
	let first = current.checked_add(1)?.max(earliest / SLOT);
	let last = first.checked_add(authorities)?;
	let slot = (first..last).find(|slot| {
		let author = u32::try_from(slot % authorities);
		author.is_ok_and(|author| !Session::is_disabled(author))
	})?;
	slot.checked_mul(SLOT).map(|start| start.max(earliest))
}

/// The events of the transaction, and what it used.
fn left() -> (Vec<Vec<u8>>, Used) {
	let mut used = Used::default();
	let mut events = Vec::new();
	for record in System::read_events_no_consensus() {
		if !matches!(record.phase, Phase::ApplyExtrinsic(INDEX)) {
			continue;
		}
		match &record.event {
			RuntimeEvent::System(
				frame_system::Event::ExtrinsicSuccess { dispatch_info }
				| frame_system::Event::ExtrinsicFailed { dispatch_info, .. },
			) => used = parts(dispatch_info.weight),
			event => events.push(event.encode()),
		}
	}
	(events, used)
}

fn parts(weight: Weight) -> Used {
	Used {
		time: weight.ref_time(),
		proof: weight.proof_size(),
	}
}
