//! Why an application or a code is refused, and what to do then.

use axum::{
	http::StatusCode,
	response::{IntoResponse, Response},
};
use salus::{words, DocumentError};
use salus_primitives::{InstitutionId, Moment};
use serde_json::json;

use crate::{register::LookupError, store::State, GatewayError};

/// Why the registrar refuses. No message repeats what was given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
	/// The body is not what it should be.
	#[error("line {line}, column {column}: this is no {{\"application\": …, \"salts\": …}}; send the two files that `salus apply` wrote")]
	Malformed {
		/// Where.
		line: usize,
		/// Where.
		column: usize,
	},
	/// The body is too long.
	#[error("the body is longer than {0} bytes; send the two files that `salus apply` wrote and nothing else")]
	TooLong(usize),
	/// The application does not hold.
	#[error("the application does not hold; make it anew with `salus apply`: {}", .0.1)]
	Application(Box<(&'static str, String)>),
	/// It is for another institution.
	#[error(
		"this is the registrar of institution {0}; apply to that one, or give the application to its own registrar"
	)]
	OtherInstitution(InstitutionId),
	/// The salts do not open the commitments.
	#[error("these salts do not open the application's commitments; send the salt file that was written with it")]
	OtherSalts,
	/// The register has no such licence.
	#[error("the medical council's register has no such licence; check the number, and ask the council")]
	UnknownLicence,
	/// The register has it for another role.
	#[error("the register has this licence for another role; apply for the role it is for")]
	OtherRole,
	/// The register has it for another speciality.
	#[error("the register has this licence with another speciality; apply with the one it names")]
	OtherSpeciality,
	/// It is over.
	#[error("the register says that this licence is no longer valid; renew it with the council")]
	LicenceExpired,
	/// The council's service.
	#[error("the medical council's register does not answer; try again later")]
	RegisterUnavailable,
	/// The contact had its codes.
	#[error("three codes were sent to the registered contact within a day; apply again after {}", words::show_moment(*.next))]
	TooManyCodes {
		/// When there is one again.
		next: Moment,
	},
	/// The code was not sent.
	#[error(
		"the code could not be sent to the registered contact; try again later, and tell the hospital if it stays so"
	)]
	NotSent,
	/// The application was proven before.
	#[error("this application was proven before; ask the hospital's officer about it")]
	AlreadyProven,
	/// The code is none.
	#[error("a code is six digits; send {{\"code\": \"012345\"}}")]
	NoCode,
	/// The code is wrong.
	#[error("the code is wrong; it may be tried {left} more times")]
	WrongCode {
		/// How often.
		left: u32,
	},
	/// The code came too late.
	#[error("the code is older than five minutes; apply again for a new one")]
	CodeExpired,
	/// The code was tried too often.
	#[error("the code was tried five times; apply again for a new one")]
	NoTriesLeft,
	/// The case takes no code.
	#[error("this case takes no code any more, it is {}; look at it, or apply again", .0.name())]
	Closed(State),
	/// There is no such case.
	#[error("there is no such case; apply first")]
	NoCase,
	/// There is no such path.
	#[error("there is nothing here; see the README of salus-gateway")]
	NotFound,
	/// Too many requests.
	#[error("the registrar has too much to do; try again in a few seconds")]
	Busy,
	/// The gateway itself.
	#[error("the gateway cannot do this now; try again later, and tell the hospital if it stays so")]
	Gateway(#[source] GatewayError),
}

impl Refusal {
	/// Its name, for clients and metrics.
	pub fn name(&self) -> &'static str {
		match self {
			Self::Malformed { .. } => "Malformed",
			Self::TooLong(_) => "TooLong",
			Self::Application(found) => found.0,
			Self::OtherInstitution(_) => "OtherInstitution",
			Self::OtherSalts => "OtherSalts",
			Self::UnknownLicence => "UnknownLicence",
			Self::OtherRole => "OtherRole",
			Self::OtherSpeciality => "OtherSpeciality",
			Self::LicenceExpired => "LicenceExpired",
			Self::RegisterUnavailable => "RegisterUnavailable",
			Self::TooManyCodes { .. } => "TooManyCodes",
			Self::NotSent => "NotSent",
			Self::AlreadyProven => "AlreadyProven",
			Self::NoCode => "NoCode",
			Self::WrongCode { .. } => "WrongCode",
			Self::CodeExpired => "CodeExpired",
			Self::NoTriesLeft => "NoTriesLeft",
			Self::Closed(_) => "Closed",
			Self::NoCase => "NoCase",
			Self::NotFound => "NotFound",
			Self::Busy => "Busy",
			Self::Gateway(_) => "Gateway",
		}
	}

	fn status(&self) -> StatusCode {
		match self {
			Self::Malformed { .. } | Self::NoCode => StatusCode::BAD_REQUEST,
			Self::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
			Self::NoCase | Self::NotFound => StatusCode::NOT_FOUND,
			Self::AlreadyProven | Self::Closed(_) => StatusCode::CONFLICT,
			Self::TooManyCodes { .. } | Self::Busy => StatusCode::TOO_MANY_REQUESTS,
			Self::RegisterUnavailable | Self::NotSent | Self::Gateway(_) => StatusCode::SERVICE_UNAVAILABLE,
			_ => StatusCode::UNPROCESSABLE_ENTITY,
		}
	}
}

impl From<DocumentError> for Refusal {
	fn from(error: DocumentError) -> Self {
		let name = match &error {
			DocumentError::BadSignature { .. } => "BadSignature",
			DocumentError::OtherChain { .. } => "OtherChain",
			DocumentError::Expired { .. } => "Expired",
			_ => "BadApplication",
		};
		Self::Application(Box::new((name, error.to_string())))
	}
}

impl From<LookupError> for Refusal {
	fn from(error: LookupError) -> Self {
		match error {
			LookupError::Unavailable => Self::RegisterUnavailable,
			LookupError::Gateway(error) => Self::Gateway(error),
		}
	}
}

impl IntoResponse for Refusal {
	fn into_response(self) -> Response {
		if let Self::Gateway(error) = &self {
			tracing::error!("{error}");
		}
		let body = json!({ "error": { "name": self.name(), "message": self.to_string() } });
		let headers = [("content-type", "application/json"), ("cache-control", "no-store")];
		(self.status(), headers, body.to_string()).into_response()
	}
}
