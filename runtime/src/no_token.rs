//! Where the SDK asks for a token, it gets one of which there is nothing.
//!
//! pallet-session wants to hold a deposit for session keys. The deposit is zero, nothing can be minted, and every
//! balance is zero; what would move anything else fails.

use crate::{AccountId, RuntimeHoldReason};
use frame_support::traits::tokens::{
	fungible::{hold, Dust, Inspect, Mutate, Unbalanced},
	DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence,
};
use sp_runtime::{DispatchError, DispatchResult, TokenError};

/// The token that does not exist.
pub struct NoToken;

fn nothing_but_zero(amount: u128) -> DispatchResult {
	if amount == 0 {
		Ok(())
	} else {
		Err(TokenError::Unsupported.into())
	}
}

impl Inspect<AccountId> for NoToken {
	type Balance = u128;

	fn total_issuance() -> u128 {
		0
	}
	fn minimum_balance() -> u128 {
		0
	}
	fn total_balance(_: &AccountId) -> u128 {
		0
	}
	fn balance(_: &AccountId) -> u128 {
		0
	}
	fn reducible_balance(_: &AccountId, _: Preservation, _: Fortitude) -> u128 {
		0
	}
	fn can_deposit(_: &AccountId, amount: u128, _: Provenance) -> DepositConsequence {
		if amount == 0 {
			DepositConsequence::Success
		} else {
			DepositConsequence::UnknownAsset
		}
	}
	fn can_withdraw(_: &AccountId, amount: u128) -> WithdrawConsequence<u128> {
		if amount == 0 {
			WithdrawConsequence::Success
		} else {
			WithdrawConsequence::UnknownAsset
		}
	}
}

impl Unbalanced<AccountId> for NoToken {
	fn handle_dust(_: Dust<AccountId, Self>) {}
	fn write_balance(_: &AccountId, amount: u128) -> Result<Option<u128>, DispatchError> {
		nothing_but_zero(amount).map(|()| None)
	}
	fn set_total_issuance(_: u128) {}
}

impl Mutate<AccountId> for NoToken {}

impl hold::Inspect<AccountId> for NoToken {
	type Reason = RuntimeHoldReason;

	fn total_balance_on_hold(_: &AccountId) -> u128 {
		0
	}
	fn balance_on_hold(_: &RuntimeHoldReason, _: &AccountId) -> u128 {
		0
	}
}

impl hold::Unbalanced<AccountId> for NoToken {
	fn set_balance_on_hold(_: &RuntimeHoldReason, _: &AccountId, amount: u128) -> DispatchResult {
		nothing_but_zero(amount)
	}
}

impl hold::Mutate<AccountId> for NoToken {}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use frame_support::traits::tokens::Precision;

	#[test]
	fn nothing_can_be_minted_or_held() {
		let who = AccountId::new([1; 32]);
		let reason = RuntimeHoldReason::Session(pallet_session::HoldReason::Keys);
		assert!(NoToken::mint_into(&who, 1).is_err());
		assert!(<NoToken as hold::Mutate<_>>::hold(&reason, &who, 1).is_err());
	}

	#[test]
	fn a_deposit_of_zero_is_held_and_released() {
		let who = AccountId::new([1; 32]);
		let reason = RuntimeHoldReason::Session(pallet_session::HoldReason::Keys);
		<NoToken as hold::Mutate<_>>::hold(&reason, &who, 0).unwrap();
		assert_eq!(
			<NoToken as hold::Mutate<_>>::release_all(&reason, &who, Precision::BestEffort),
			Ok(0)
		);
	}
}
