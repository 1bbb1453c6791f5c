//! Refusals over HTTP: a status, and a JSON body with code, name and what to do.

use axum::{
	http::{header, StatusCode},
	response::{IntoResponse, Response},
};
use salus_rpc::RpcError;
use salus_vault::{desk::ReleaseError, intake::UploadError, store::StoreError};
use serde_json::{json, Value};

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
	/// The ticket is valid for too long.
	#[error("the ticket is valid for more than a day; sign one that ends sooner")]
	TicketTooLong,
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
	/// The store failed.
	#[error("the payload cannot be read here; its custodian's operator has to look at the node's log")]
	Store,
	/// The payload is gone.
	#[error("the payload is not in this node's store; ask another custodian")]
	NoPayload,
	/// The work was cut short.
	#[error("the vault did not answer; see the node's log")]
	Failed,
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

	/// Stable code, stable name and status.
	fn entry(&self) -> (i32, &'static str, StatusCode) {
		match self {
			Self::NotFound => (8001, "NotFound", StatusCode::NOT_FOUND),
			Self::NoSuchMethod => (8002, "NoSuchMethod", StatusCode::METHOD_NOT_ALLOWED),
			Self::MissingHeader(_) => (8003, "MissingHeader", StatusCode::BAD_REQUEST),
			Self::InvalidHeader { .. } => (8004, "InvalidHeader", StatusCode::BAD_REQUEST),
			Self::LengthRequired => (8005, "LengthRequired", StatusCode::LENGTH_REQUIRED),
			Self::WrongLength { .. } => (8006, "WrongLength", StatusCode::BAD_REQUEST),
			Self::TicketTooLong => (8007, "TicketTooLong", StatusCode::BAD_REQUEST),
			Self::NoDesk(_) => (8008, "NoDesk", StatusCode::MISDIRECTED_REQUEST),
			Self::OtherPayload => (8009, "OtherPayload", StatusCode::FORBIDDEN),
			Self::InvalidRange(_) => (8010, "InvalidRange", StatusCode::RANGE_NOT_SATISFIABLE),
			Self::Busy => (8011, "Busy", StatusCode::SERVICE_UNAVAILABLE),
			Self::Store => (8012, "Store", StatusCode::INTERNAL_SERVER_ERROR),
			Self::NoPayload => (8013, "NoPayload", StatusCode::NOT_FOUND),
			Self::Failed => (8014, "Failed", StatusCode::INTERNAL_SERVER_ERROR),
			Self::Upload(error) => upload_entry(error),
			Self::Release(error) => release_entry(error),
		}
	}
}

fn upload_entry(error: &UploadError) -> (i32, &'static str, StatusCode) {
	let (code, status) = match error.code() {
		"WrongVersion" => (8101, StatusCode::BAD_REQUEST),
		"WrongGenesis" => (8102, StatusCode::BAD_REQUEST),
		"WrongInstitution" => (8103, StatusCode::MISDIRECTED_REQUEST),
		"BadSignature" => (8104, StatusCode::UNAUTHORIZED),
		"Expired" => (8105, StatusCode::UNAUTHORIZED),
		"StaleChain" => (8106, StatusCode::SERVICE_UNAVAILABLE),
		"NotPermitted" => (8107, StatusCode::FORBIDDEN),
		"BadCid" => (8108, StatusCode::BAD_REQUEST),
		"BadSize" => (8109, StatusCode::BAD_REQUEST),
		"TooLarge" => (8110, StatusCode::PAYLOAD_TOO_LARGE),
		"DiskLimit" => (8111, StatusCode::INSUFFICIENT_STORAGE),
		"ForeignWraps" => (8112, StatusCode::BAD_REQUEST),
		"BadWraps" => (8113, StatusCode::BAD_REQUEST),
		"ForeignCustodyWrap" => (8114, StatusCode::BAD_REQUEST),
		"Duplicate" => (8115, StatusCode::CONFLICT),
		"InProgress" => (8116, StatusCode::CONFLICT),
		"BadHeader" => (8117, StatusCode::BAD_REQUEST),
		"TooShort" => (8118, StatusCode::BAD_REQUEST),
		"TooLong" => (8119, StatusCode::BAD_REQUEST),
		"WrongHash" => (8120, StatusCode::BAD_REQUEST),
		"WrongTree" => (8121, StatusCode::BAD_REQUEST),
		"WrongCid" => (8122, StatusCode::BAD_REQUEST),
		"Body" => (8123, StatusCode::REQUEST_TIMEOUT),
		"ChainUnavailable" => (8124, StatusCode::SERVICE_UNAVAILABLE),
		"Store" => (8125, StatusCode::INTERNAL_SERVER_ERROR),
		"KeyTable" => (8126, StatusCode::INTERNAL_SERVER_ERROR),
		_ => (8100, StatusCode::INTERNAL_SERVER_ERROR),
	};
	(code, error.code(), status)
}

/// Codes are the RPC's.
fn release_entry(error: &ReleaseError) -> (i32, &'static str, StatusCode) {
	let status = match error.code() {
		"WrongVersion" | "WrongGenesis" | "UnsupportedRecipientKey" | "InvalidRecipientKey" => StatusCode::BAD_REQUEST,
		"WrongCustodian" => StatusCode::MISDIRECTED_REQUEST,
		"BadSignature" | "StaleAnchor" => StatusCode::UNAUTHORIZED,
		"UnknownReceipt" | "UnknownRecord" | "NoKey" => StatusCode::NOT_FOUND,
		"ForeignReceipt" | "OldReceipt" | "RefusedInReceipt" | "NotPermitted" => StatusCode::FORBIDDEN,
		"StaleChain" | "ChainUnavailable" => StatusCode::SERVICE_UNAVAILABLE,
		_ => StatusCode::INTERNAL_SERVER_ERROR,
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
		answer(status, &json!({ "code": code, "name": name, "message": message }))
	}
}

/// An answer in JSON.
pub fn answer(status: StatusCode, body: &Value) -> Response {
	(status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]

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
			Refusal::TicketTooLong,
			Refusal::NoDesk(7),
			Refusal::OtherPayload,
			Refusal::InvalidRange(9),
			Refusal::Busy,
			Refusal::Store,
			Refusal::NoPayload,
			Refusal::Failed,
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

	#[tokio::test]
	async fn paths_and_addresses_stay_in_the_log() {
		let error = StoreError::BadEndpoint("http://10.0.0.1:5001".into());
		let response = Refusal::Upload(UploadError::Store(error)).into_response();
		let body = axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
		assert!(!String::from_utf8_lossy(&body).contains("10.0.0.1"));
	}
}
