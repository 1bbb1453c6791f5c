//! Why the pool refuses a registration: the codes of `InvalidTransaction::Custom`. 1 to 31 are this pallet's.

use crate::{Config, Error};
use sp_runtime::transaction_validity::InvalidTransaction;

/// [`Error::VoucherExpired`].
pub const VOUCHER_EXPIRED: u8 = 1;
/// [`Error::VoucherTooLong`].
pub const VOUCHER_TOO_LONG: u8 = 2;
/// [`Error::VoucherUsed`].
pub const VOUCHER_USED: u8 = 3;
/// [`Error::ForeignGenesis`].
pub const FOREIGN_GENESIS: u8 = 4;
/// [`Error::UnknownInstitution`].
pub const UNKNOWN_INSTITUTION: u8 = 5;
/// [`Error::InstitutionNotActive`].
pub const INSTITUTION_NOT_ACTIVE: u8 = 6;
/// [`Error::NotAnOfficer`].
pub const NOT_AN_OFFICER: u8 = 7;
/// [`Error::TermsChanged`].
pub const TERMS_CHANGED: u8 = 8;
/// [`Error::TermsWider`].
pub const TERMS_WIDER: u8 = 9;
/// [`Error::TermsNotAcceptable`].
pub const TERMS_NOT_ACCEPTABLE: u8 = 10;
/// [`Error::AccountInUse`].
pub const ACCOUNT_IN_USE: u8 = 11;
/// [`Error::MalformedHpkeKey`].
pub const MALFORMED_HPKE_KEY: u8 = 12;
/// [`Error::HpkeKeyInUse`].
pub const HPKE_KEY_IN_USE: u8 = 13;
/// [`Error::VoucherSignatureInvalid`].
pub const VOUCHER_SIGNATURE_INVALID: u8 = 14;
/// [`Error::KeySignatureInvalid`].
pub const KEY_SIGNATURE_INVALID: u8 = 15;
/// [`Error::ControllerSignatureInvalid`].
pub const CONTROLLER_SIGNATURE_INVALID: u8 = 16;
/// [`Error::VoucherKeyWeak`].
pub const VOUCHER_KEY_WEAK: u8 = 17;

/// [`Error::AccountLeft`].
pub const ACCOUNT_LEFT: u8 = 18;

/// The pool's word for what a registration's check found.
pub(crate) fn of<T: Config>(error: Error<T>) -> InvalidTransaction {
	InvalidTransaction::Custom(match error {
		Error::VoucherExpired => VOUCHER_EXPIRED,
		Error::VoucherTooLong => VOUCHER_TOO_LONG,
		Error::VoucherUsed => VOUCHER_USED,
		Error::ForeignGenesis => FOREIGN_GENESIS,
		Error::UnknownInstitution => UNKNOWN_INSTITUTION,
		Error::InstitutionNotActive => INSTITUTION_NOT_ACTIVE,
		Error::NotAnOfficer => NOT_AN_OFFICER,
		Error::TermsChanged => TERMS_CHANGED,
		Error::TermsWider => TERMS_WIDER,
		Error::TermsNotAcceptable => TERMS_NOT_ACCEPTABLE,
		Error::AccountInUse => ACCOUNT_IN_USE,
		Error::MalformedHpkeKey => MALFORMED_HPKE_KEY,
		Error::HpkeKeyInUse => HPKE_KEY_IN_USE,
		Error::VoucherSignatureInvalid => VOUCHER_SIGNATURE_INVALID,
		Error::KeySignatureInvalid => KEY_SIGNATURE_INVALID,
		Error::ControllerSignatureInvalid => CONTROLLER_SIGNATURE_INVALID,
		Error::VoucherKeyWeak => VOUCHER_KEY_WEAK,
		Error::AccountLeft => ACCOUNT_LEFT,
		// The check of a registration raises nothing else.
		_ => return InvalidTransaction::Call,
	})
}
