//! Refusals over HTTP: a status, and a JSON body with code, name and what to do.

use axum::{
	http::{header, StatusCode},
	response::{IntoResponse, Response},
};
use salus_rpc::{reason_name, ReleaseRefused, RpcError};
use salus_vault::{desk::ReleaseError, intake::UploadError, store::StoreError};
use serde_json::{json, Value};

/// What is added to the number of an intake's refusal.
const UPLOAD: i32 = 8100;

/// Why a request over HTTP was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
	/// No such route.
	#[error("there is nothing here; upload to /v1/payloads, fetch from /v1/payloads/CID")]
	NotFound,
	/// The route has another method.
	#[error("upload with POST, fetch with GET")]
	NoSuchMethod,
	/// A header is missing.
	#[error("the header {0} is missing")]
	MissingHeader(&'static str),
	/// A header is not what it has to be.
	#[error("the header {header} is not {expected}")]
	InvalidHeader {
		/// Its name.
		header: &'static str,
		/// What it has to be.
		expected: &'static str,
	},
	/// The upload does not say how long it is.
	#[error("the upload has no Content-Length; send one, not chunks")]
	LengthRequired,
	/// The upload's length is not the ticket's.
	#[error("Content-Length is {found}, the ticket's size is {expected}; send what was signed")]
	WrongLength {
		/// The body's length.
		found: u64,
		/// The ticket's size.
		expected: u64,
	},
	/// The custodian is another node's.
	#[error("this node is not the custodian; ask the node of institution {0}")]
	NoDesk(u32),
	/// The release names a record with another payload.
	#[error("the release is for a record with another payload; ask for that one's CID")]
	OtherPayload,
	/// The range is not one that is served.
	#[error("the range cannot be served; ask for one range within {0} bytes")]
	InvalidRange(u64),
	/// Too many at a time.
	#[error("the vault is busy; try again in a moment")]
	Busy,
	/// The desk refused.
	#[error(transparent)]
	Release(ReleaseError),
	/// The intake refused.
	#[error(transparent)]
	Upload(UploadError),
	/// The custodian is another hospital, whose node could not be asked.
	#[error(transparent)]
	Relay(ReleaseRefused),
	/// The store failed.
	#[error("the payload cannot be read here; its custodian's operator has to look at the node's log")]
	Store,
	/// The payload is gone.
	#[error("the payload is not in this node's store; ask another custodian")]
	NoPayload,
	/// The work was cut short.
	#[error("the vault did not answer; see the node's log")]
	Failed,
	/// The account has too many downloads under way.
	#[error("this account has {0} downloads under way; wait until one has ended")]
	TooManyTransfers(usize),
}

impl Refusal {
	/// The failure of a read, its details in the log.
	pub fn store(error: StoreError) -> Self {
		if matches!(error, StoreError::NotFound(_)) {
			return Self::NoPayload;
		}
		log::warn!(target: "salus", "a payload was not read: {error}");
		Self::Store
	}

	/// The failure of a read that another institution's nodes had a part in.
	pub fn fetch(error: StoreError, custodian: u32) -> Self {
		match error {
			StoreError::Unreachable => Self::Relay(ReleaseRefused::Unreachable(custodian)),
			StoreError::WrongBytes(_) | StoreError::NotAPayload { .. } => {
				Self::Relay(ReleaseRefused::BadReply(custodian))
			}
			error => Self::store(error),
		}
	}

	/// Why the chain refused, where it did: the name of the runtime's `Reason`.
	fn reason(&self) -> Option<&'static str> {
		match self {
			Self::Upload(error) => error.reason(),
			Self::Release(error) => error.reason(),
			_ => None,
		}
		.and_then(reason_name)
	}

	/// Stable code, stable name and status.
	fn entry(&self) -> (i32, &'static str, StatusCode) {
		match self {
			Self::NotFound => (8001, "NotFound", StatusCode::NOT_FOUND),
			Self::NoSuchMethod => (8002, "NoSuchMethod", StatusCode::METHOD_NOT_ALLOWED),
			Self::MissingHeader(_) => (8003, "MissingHeader", StatusCode::BAD_REQUEST),
			Self::InvalidHeader { .. } => (8004, "InvalidHeader", StatusCode::BAD_REQUEST),
			Self::LengthRequired => (8005, "LengthRequired", StatusCode::LENGTH_REQUIRED),
			Self::WrongLength { .. } => (8006, "WrongLength", StatusCode::BAD_REQUEST),
			Self::NoDesk(_) => (8008, "NoDesk", StatusCode::MISDIRECTED_REQUEST),
			Self::OtherPayload => (8009, "OtherPayload", StatusCode::FORBIDDEN),
			Self::InvalidRange(_) => (8010, "InvalidRange", StatusCode::RANGE_NOT_SATISFIABLE),
			Self::Busy => (8011, "Busy", StatusCode::SERVICE_UNAVAILABLE),
			Self::Store => (8012, "Store", StatusCode::INTERNAL_SERVER_ERROR),
			Self::NoPayload => (8013, "NoPayload", StatusCode::NOT_FOUND),
			Self::Failed => (8014, "Failed", StatusCode::INTERNAL_SERVER_ERROR),
			Self::TooManyTransfers(_) => (8015, "TooManyTransfers", StatusCode::TOO_MANY_REQUESTS),
			Self::Relay(refused) => relay_entry(refused),
			Self::Upload(error) => upload_entry(error),
			Self::Release(error) => release_entry(error),
		}
	}
}

fn upload_entry(error: &UploadError) -> (i32, &'static str, StatusCode) {
	use UploadError as U;
	let status = match error {
		U::WrongVersion
		| U::WrongGenesis
		| U::BadCid
		| U::BadSize(_)
		| U::ForeignWraps
		| U::BadWraps(_)
		| U::ForeignCustodyWrap
		| U::BadHeader(_)
		| U::TooShort
		| U::TooLong
		| U::WrongHash
		| U::WrongTree
		| U::WrongCid
		| U::TicketTooLong
		| U::BadBatch => StatusCode::BAD_REQUEST,
		U::WrongInstitution => StatusCode::MISDIRECTED_REQUEST,
		U::BadSignature | U::Expired => StatusCode::UNAUTHORIZED,
		U::NotPermitted(_) | U::MayNotAnchor => StatusCode::FORBIDDEN,
		U::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
		U::DiskLimit | U::DiskSpace => StatusCode::INSUFFICIENT_STORAGE,
		U::Duplicate | U::InProgress => StatusCode::CONFLICT,
		U::SignerLimit { .. } | U::TooManyTransfers(_) => StatusCode::TOO_MANY_REQUESTS,
		U::Body(_) => StatusCode::REQUEST_TIMEOUT,
		U::StaleChain | U::Chain(_) => StatusCode::SERVICE_UNAVAILABLE,
		U::Store(_) | U::KeyTable(_) | U::CutShort => StatusCode::INTERNAL_SERVER_ERROR,
	};
	let code = match error {
		// From when the listener checked it.
		U::TicketTooLong => 8007,
		error => UPLOAD.saturating_add(i32::from(error.number())),
	};
	(code, error.code(), status)
}

/// Codes are the RPC's.
fn relay_entry(refused: &ReleaseRefused) -> (i32, &'static str, StatusCode) {
	use ReleaseRefused as R;
	let status = match refused {
		R::NotHere(_) => StatusCode::MISDIRECTED_REQUEST,
		R::ForeignRequester => StatusCode::FORBIDDEN,
		R::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
		R::Unreachable(_) | R::BadReply(_) => StatusCode::BAD_GATEWAY,
		R::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
		R::Desk(error) => return release_entry(error),
		R::Unavailable(_) => StatusCode::INTERNAL_SERVER_ERROR,
	};
	(RpcError::code_of(refused.code()), refused.code(), status)
}

/// Codes are the RPC's.
fn release_entry(error: &ReleaseError) -> (i32, &'static str, StatusCode) {
	use ReleaseError as R;
	let status = match error {
		R::WrongVersion | R::WrongGenesis | R::UnsupportedRecipientKey | R::InvalidRecipientKey => {
			StatusCode::BAD_REQUEST
		}
		R::WrongCustodian => StatusCode::MISDIRECTED_REQUEST,
		R::BadSignature | R::StaleAnchor => StatusCode::UNAUTHORIZED,
		R::UnknownReceipt | R::UnknownRecord | R::NoKey => StatusCode::NOT_FOUND,
		R::ForeignReceipt | R::OldReceipt | R::RefusedInReceipt(_) | R::NotPermitted(_) => StatusCode::FORBIDDEN,
		R::StaleChain | R::Chain(_) => StatusCode::SERVICE_UNAVAILABLE,
		R::UnreadableKey | R::KeyTable(_) | R::NoRandomness => StatusCode::INTERNAL_SERVER_ERROR,
	};
	(RpcError::release_code(error), error.code(), status)
}

impl IntoResponse for Refusal {
	fn into_response(self) -> Response {
		let (code, name, status) = self.entry();
		// What is the store's or the daemon's own stays in the log: a path or an address is nobody else's business.
		let message = match &self {
			Self::Upload(error @ (UploadError::Store(_) | UploadError::KeyTable(_))) => {
				log::warn!(target: "salus", "an upload failed: {error}");
				"the payload was not stored; the custodian's operator has to look at the node's log".to_owned()
			}
			refusal => refusal.to_string(),
		};
		let mut body = json!({ "code": code, "name": name, "message": message });
		if let (Some(reason), Some(fields)) = (self.reason(), body.as_object_mut()) {
			fields.insert("reason".into(), reason.into());
		}
		answer(status, &body)
	}
}

/// An answer in JSON.
pub fn answer(status: StatusCode, body: &Value) -> Response {
	(status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

	use super::*;
	use salus_vault::{chain::ChainUnavailable, envelope::EnvelopeError, key_table::KeyTableError, wrap::WrapError};
	use std::{collections::HashSet, io};

	fn every() -> Vec<Refusal> {
		use UploadError as U;
		let here = vec![
			Refusal::NotFound,
			Refusal::NoSuchMethod,
			Refusal::MissingHeader("salus-ticket"),
			Refusal::InvalidHeader {
				header: "salus-ticket",
				expected: "hex",
			},
			Refusal::LengthRequired,
			Refusal::WrongLength { found: 1, expected: 2 },
			Refusal::NoDesk(7),
			Refusal::OtherPayload,
			Refusal::InvalidRange(9),
			Refusal::Busy,
			Refusal::Store,
			Refusal::NoPayload,
			Refusal::Failed,
			Refusal::TooManyTransfers(4),
			Refusal::Relay(ReleaseRefused::ForeignRequester),
			Refusal::Relay(ReleaseRefused::TooManyRequests),
			Refusal::Relay(ReleaseRefused::Unreachable(7)),
			Refusal::Relay(ReleaseRefused::Busy(7)),
			Refusal::Relay(ReleaseRefused::BadReply(7)),
		];
		let uploads = vec![
			U::WrongVersion,
			U::WrongGenesis,
			U::WrongInstitution,
			U::BadSignature,
			U::Expired,
			U::StaleChain,
			U::NotPermitted(1),
			U::BadCid,
			U::BadSize(1),
			U::TooLarge { size: 2, limit: 1 },
			U::DiskLimit,
			U::ForeignWraps,
			U::BadWraps(WrapError::Malformed),
			U::ForeignCustodyWrap,
			U::Duplicate,
			U::InProgress,
			U::BadHeader(EnvelopeError::Corrupt),
			U::TooShort,
			U::TooLong,
			U::WrongHash,
			U::WrongTree,
			U::WrongCid,
			U::Body(io::ErrorKind::BrokenPipe.into()),
			U::Chain(ChainUnavailable),
			U::Store(StoreError::Deadline),
			U::KeyTable(KeyTableError::Damaged),
			U::CutShort,
			U::SignerLimit { waiting: 1 },
			U::TooManyTransfers(4),
			U::DiskSpace,
			U::TicketTooLong,
			U::BadBatch,
			U::MayNotAnchor,
		];
		here.into_iter()
			.chain(uploads.into_iter().map(Refusal::Upload))
			.collect()
	}

	#[test]
	fn every_refusal_stands_in_the_readme() {
		let readme = include_str!("../../README.md");
		let mut codes = HashSet::new();
		for refusal in every() {
			let (code, name, status) = refusal.entry();
			assert!(codes.insert(code), "{code} is given twice");
			let row = format!("| {code} | `{name}` | {} |", status.as_u16());
			assert!(readme.contains(&row), "missing: {row}");
		}
	}

	#[tokio::test]
	async fn a_body_says_code_name_and_what_to_do() {
		let response = Refusal::NoDesk(7).into_response();
		assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
		let body = axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
		let body: Value = serde_json::from_slice(&body).unwrap();
		let message = "this node is not the custodian; ask the node of institution 7";
		assert_eq!(body, json!({ "code": 8008, "name": "NoDesk", "message": message }));
	}

	async fn body(refusal: Refusal) -> Value {
		let body = refusal.into_response().into_body();
		serde_json::from_slice(&axum::body::to_bytes(body, 1024).await.unwrap()).unwrap()
	}

	#[tokio::test]
	async fn the_chain_s_reason_stands_by_its_name() {
		let refusals = [
			Refusal::Upload(UploadError::NotPermitted(6)),
			Refusal::Release(ReleaseError::NotPermitted(6)),
			Refusal::Release(ReleaseError::RefusedInReceipt(6)),
		];
		for refusal in refusals {
			let body = body(refusal).await;
			assert_eq!(body["reason"], "NoGrant", "{body}");
			assert!(!body["message"].as_str().unwrap().contains("reason"), "{body}");
		}
		assert_eq!(
			body(Refusal::Upload(UploadError::NotPermitted(255)))
				.await
				.get("reason"),
			None
		);
		assert_eq!(body(Refusal::Busy).await.get("reason"), None);
	}

	#[tokio::test]
	async fn paths_and_addresses_stay_in_the_log() {
		let error = StoreError::BadEndpoint("http://10.0.0.1:5001".into());
		let response = Refusal::Upload(UploadError::Store(error)).into_response();
		let body = axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
		assert!(!String::from_utf8_lossy(&body).contains("10.0.0.1"));
	}
}
