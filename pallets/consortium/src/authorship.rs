//! Equivocation of an author: two blocks for one slot. The SDK's Aura only logs it; a node that sees it reports the two
//! sealed headers here.

use crate::{offences::Offender, pool_errors, Config, Error, Pallet};
use codec::Encode;
use frame_support::{
	ensure,
	pallet_prelude::TransactionValidityWithRefund,
	traits::{Get, KeyOwnerProofSystem},
};
use frame_system::pallet_prelude::HeaderFor;
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	sr25519::{AuthorityId, AuthoritySignature},
};
use sp_consensus_slots::{EquivocationProof, Slot};
use sp_runtime::{
	traits::Header,
	transaction_validity::{InvalidTransaction, TransactionPriority, TransactionSource, ValidTransaction},
	Perbill, RuntimeAppPublic, Weight,
};
use sp_session::MembershipProof;
use sp_staking::{
	offence::{Kind, Offence, ReportOffence},
	SessionIndex,
};

/// Two headers are a few hundred bytes, and the proof is a few nodes of a trie of some hundred leaves.
pub const MAX_EVIDENCE: usize = 32 * 1_024;

/// Two blocks of one author for one slot.
pub struct AuthorEquivocation<Offender> {
	slot: Slot,
	session: SessionIndex,
	validators: u32,
	offender: Offender,
}

impl<Offender: Clone> Offence<Offender> for AuthorEquivocation<Offender> {
	const ID: Kind = *b"aura:equivocatio";
	type Slot = Slot;

	fn offenders(&self) -> alloc::vec::Vec<Offender> {
		alloc::vec![self.offender.clone()]
	}

	fn session_index(&self) -> SessionIndex {
		self.session
	}

	fn validator_set_count(&self) -> u32 {
		self.validators
	}

	fn slot(&self) -> Slot {
		self.slot
	}

	/// Without a token there is nothing to slash.
	fn slash_fraction(&self, _: u32) -> Perbill {
		Perbill::zero()
	}
}

/// What `report_author` carries.
pub(crate) struct Report<'a, T: Config> {
	pub(crate) proof: &'a EquivocationProof<HeaderFor<T>, AuthorityId>,
	pub(crate) owner: &'a MembershipProof,
}

impl<T: Config> Report<'_, T> {
	/// What the pool says of it. Only a node's own report is taken in, and those of a block: a stranger could keep
	/// everybody busy with forged seals.
	pub(crate) fn authorize(&self, source: TransactionSource) -> TransactionValidityWithRefund {
		if !matches!(source, TransactionSource::Local | TransactionSource::InBlock) {
			return Err(InvalidTransaction::Call.into());
		}
		let offender = self.check().map_err(pool_errors::of)?;
		let validity = ValidTransaction::with_tag_prefix("salus/equivocation")
			.priority(TransactionPriority::MAX)
			.and_provides(offender)
			.longevity(T::ReportLongevity::get())
			.propagate(false)
			.build()?;
		Ok((validity, Weight::zero()))
	}

	/// Everything that must hold; the validator who did it.
	pub(crate) fn check(&self) -> Result<T::AccountId, Error<T>> {
		let size = self.proof.encoded_size().saturating_add(self.owner.encoded_size());
		ensure!(size <= MAX_EVIDENCE, Error::EvidenceTooLarge);
		let key = (AuthorityId::ID, self.proof.offender.clone());
		let (validator, ()) = T::KeyOwners::check_proof(key, self.owner.clone()).ok_or(Error::KeyOwnerProofInvalid)?;
		ensure!(
			!Pallet::<T>::is_judged(&validator, self.owner.session),
			Error::AlreadyReported
		);
		let first = self.sealed(&self.proof.first_header)?;
		let second = self.sealed(&self.proof.second_header)?;
		// One block sealed twice is one block.
		ensure!(first != second, Error::SameBlock);
		Ok(validator)
	}

	/// The hash that the offender sealed.
	fn sealed(&self, header: &HeaderFor<T>) -> Result<<HeaderFor<T> as Header>::Hash, Error<T>> {
		let mut header = header.clone();
		let seal: AuthoritySignature = header
			.digest_mut()
			.pop()
			.and_then(|item| item.as_aura_seal())
			.ok_or(Error::HeaderUnsealed)?;
		let slot = header
			.digest()
			.logs()
			.iter()
			.find_map(CompatibleDigestItem::<AuthoritySignature>::as_aura_pre_digest);
		ensure!(slot == Some(self.proof.slot), Error::OtherSlot);
		let hash = header.hash();
		ensure!(self.proof.offender.verify(&hash, &seal), Error::SealInvalid);
		Ok(hash)
	}

	/// Reports the offence.
	pub(crate) fn enter(&self, validator: T::AccountId) -> Result<(), Error<T>> {
		let offence = AuthorEquivocation::<Offender<T>> {
			slot: self.proof.slot,
			session: self.owner.session,
			validators: self.owner.validator_count,
			offender: (validator, ()),
		};
		T::Offences::report_offence(alloc::vec::Vec::new(), offence).map_err(|_| Error::AlreadyReported)
	}
}
