//! General transactions: extrinsic version 5 with transaction extensions and no signer, for calls that authorise
//! themselves.

use subxt::{
	config::{ClientState, DefaultExtrinsicParamsBuilder, DefaultTransactionExtensions, TransactionExtensions},
	error::ExtrinsicError,
	ext::frame_decode::extrinsics::{best_v5_general_transaction_extension_version, encode_v5_general},
	tx::Payload,
	SubstrateConfig,
};

use super::At;

/// Encodes a call as a general transaction: preamble `0b0100_0101`, the extension version, each extension's bytes, the
/// call. `AuthorizeCall` encodes to nothing and lets the call judge itself; the era is immortal and the nonce unused,
/// because nobody signs.
///
/// subxt makes general transactions only on the way to a signature, so its encoder is called here.
pub(crate) fn encode<Call: Payload>(at: &At, call: &Call) -> Result<Vec<u8>, ExtrinsicError> {
	at.tx().validate(call)?;
	let metadata = at.metadata();
	let state = ClientState::<SubstrateConfig> {
		genesis_hash: at.genesis_hash().ok_or(ExtrinsicError::GenesisHashNotProvided)?,
		spec_version: at.spec_version(),
		transaction_version: at.transaction_version(),
		metadata: metadata.clone(),
	};
	let params = DefaultExtrinsicParamsBuilder::new().immortal().nonce(0).build();
	let extensions = <DefaultTransactionExtensions<_> as TransactionExtensions<_>>::new(&state, params)?;
	let version = best_v5_general_transaction_extension_version(&extensions, &*metadata, metadata.types())?;
	Ok(encode_v5_general(
		call.pallet_name(),
		call.call_name(),
		call.call_data(),
		version,
		&extensions,
		&*metadata,
		metadata.types(),
	)?)
}

/// The error of pallet-roles for which a custom code of the pool stands, in the order of its `pool_errors`.
pub(crate) fn pool_error(code: u8) -> Option<&'static str> {
	const ERRORS: [&str; 18] = [
		"VoucherExpired",
		"VoucherTooLong",
		"VoucherUsed",
		"ForeignGenesis",
		"UnknownInstitution",
		"InstitutionNotActive",
		"NotAnOfficer",
		"TermsChanged",
		"TermsWider",
		"TermsNotAcceptable",
		"AccountInUse",
		"MalformedHpkeKey",
		"HpkeKeyInUse",
		"VoucherSignatureInvalid",
		"KeySignatureInvalid",
		"ControllerSignatureInvalid",
		"VoucherKeyWeak",
		"AccountLeft",
	];
	ERRORS.get(usize::from(code.checked_sub(1)?)).copied()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn pool_codes_have_the_errors_names() {
		assert_eq!(pool_error(0), None);
		assert_eq!(pool_error(1), Some("VoucherExpired"));
		assert_eq!(pool_error(16), Some("ControllerSignatureInvalid"));
		assert_eq!(pool_error(17), Some("VoucherKeyWeak"));
		assert_eq!(pool_error(18), Some("AccountLeft"));
		assert_eq!(pool_error(19), None);
	}
}
