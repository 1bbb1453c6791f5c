//! Why a reading is not taken. None of these repeats a value.

use axum::{
	http::StatusCode,
	response::{IntoResponse, Response},
};
use salus_vitals::reading::ReadingError;
use serde_json::{json, Value};

/// How far a device's clock may be ahead, as on chain.
pub const CLOCK_AHEAD: u64 = 5 * 60_000;

/// All that a device's readings can be refused for until somebody looks at it.
const LASTING: [Refusal; 11] = [
	Refusal::DeviceNotActive,
	Refusal::CodesNotOpened,
	Refusal::OtherCodes,
	Refusal::CodeNotPermitted,
	Refusal::UnknownBinding,
	Refusal::PassedBinding,
	Refusal::OutsideBinding,
	Refusal::ClockAhead,
	Refusal::LastNumber,
	Refusal::Conflict,
	Refusal::Closed,
];

/// Why a reading was refused; whoever sent it reads what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
	/// The bytes are none of a signed reading.
	#[error("{0}")]
	Malformed(ReadingError),
	/// It is for another chain.
	#[error("the reading names another chain; set the device up for this one")]
	OtherChain,
	/// The device that sent it is not the one that signed it.
	#[error("the reading is another device's than the one that sent it; each device sends its own")]
	OtherDevice,
	/// The institution has no such device.
	#[error("the institution has no such device; have it provisioned first")]
	UnknownDevice,
	/// The device was suspended or revoked.
	#[error("the device was taken out of use; ask whoever provisioned it")]
	DeviceNotActive,
	/// Nobody gave the gateway the device's codes.
	#[error("the gateway does not know what the device may report; have `salus-gateway telemetry codes add` run with the device's salt file, and send it again")]
	CodesNotOpened,
	/// The codes that the gateway was given are others than the device's commitment is to.
	#[error("the codes that the gateway was given are not those that the device signed for the chain; have `salus-gateway telemetry codes add` run with the salt file of its claim, and send it again")]
	OtherCodes,
	/// The device is not committed to the code.
	#[error("the device did not sign for the chain that it reports this code; stop it there, or give it another key whose claim has the code")]
	CodeNotPermitted,
	/// The device has no such binding.
	#[error("the device is not bound as the reading says; set it up for the patient who wears it now")]
	UnknownBinding,
	/// Readings of a later binding are anchored.
	#[error("the device measures another by now, and readings of hers are on the chain; what comes of earlier ones is too late")]
	PassedBinding,
	/// It was measured before the binding began or after it ended.
	#[error(
		"the reading was measured outside the time in which the device is bound; check its clock, or bind it anew"
	)]
	OutsideBinding,
	/// The device's clock is ahead.
	#[error("the reading is more than five minutes ahead of the gateway's clock; set the device's clock")]
	ClockAhead,
	/// No reading can come after it.
	#[error(
		"the reading has the last number that there is, and the chain takes those below; give the device another key"
	)]
	LastNumber,
	/// The signature is none of the device's.
	#[error("the device did not sign this reading; look at the device if it is repeated")]
	BadSignature,
	/// The chain as the gateway knows it is older than the reading's coming: a block may say that all is well with it.
	#[error("the gateway has not heard yet that the device is in use and bound so; it keeps the reading until it knows, so send it again later")]
	Unsettled,
	/// So many of the device's readings wait for a block that this one cannot.
	#[error("as many readings as can wait until the gateway knows whose the device is; send it again later")]
	Crowded,
	/// Another reading has its number.
	#[error("the device sent another reading with this number before; number each one above the last, and give a device that forgot its numbers another key")]
	Conflict,
	/// The batch with its number is closed.
	#[error("the device's readings with this number and before are in closed batches; leave this one out and go on with the next number")]
	Closed,
	/// The chain was not heard of yet.
	#[error("the gateway does not know its devices yet, because no node answered; send it again later")]
	NotReady,
	/// Too much waits.
	#[error("the gateway has as many readings as it can keep; send it again later")]
	Full,
	/// The request is not JSON with readings.
	#[error("send {{\"readings\": [hexadecimal, …]}} with 1 to 256 readings")]
	NotReadings,
	/// The request is too long.
	#[error("the request has more than {0} bytes; send fewer readings at a time")]
	TooLong(usize),
	/// Nobody said who sends it.
	#[error("the device's token is missing or wrong; send \"Authorization: Bearer\" with the device and its token")]
	NoToken,
	/// There is no such thing here.
	#[error("there is only POST /v1/readings here")]
	NotFound,
	/// The gateway ends or its database failed.
	#[error("the gateway could not keep the reading; send it again")]
	NotKept,
}

impl Refusal {
	/// Its name, for scripts and metrics.
	pub fn name(&self) -> &'static str {
		match self {
			Self::Malformed(_) => "Malformed",
			Self::OtherChain => "OtherChain",
			Self::OtherDevice => "OtherDevice",
			Self::UnknownDevice => "UnknownDevice",
			Self::DeviceNotActive => "DeviceNotActive",
			Self::CodesNotOpened => "CodesNotOpened",
			Self::OtherCodes => "OtherCodes",
			Self::CodeNotPermitted => "CodeNotPermitted",
			Self::UnknownBinding => "UnknownBinding",
			Self::PassedBinding => "PassedBinding",
			Self::OutsideBinding => "OutsideBinding",
			Self::ClockAhead => "ClockAhead",
			Self::LastNumber => "LastNumber",
			Self::BadSignature => "BadSignature",
			Self::Unsettled => "Unsettled",
			Self::Crowded => "Crowded",
			Self::Conflict => "Conflict",
			Self::Closed => "Closed",
			Self::NotReady => "NotReady",
			Self::Full => "Full",
			Self::NotReadings => "NotReadings",
			Self::TooLong(_) => "TooLong",
			Self::NoToken => "NoToken",
			Self::NotFound => "NotFound",
			Self::NotKept => "NotKept",
		}
	}

	/// Whether it is no fault of the reading's, so that whoever sent it sends it again.
	pub fn passes(&self) -> bool {
		matches!(self, Self::NotReady | Self::Full | Self::NotKept) || self.is_of_one_device()
	}

	/// Whether it passes for one device alone, when something is done for it; others' readings must not wait for that.
	pub fn is_of_one_device(&self) -> bool {
		matches!(
			self,
			Self::CodesNotOpened | Self::OtherCodes | Self::Unsettled | Self::Crowded
		)
	}

	/// Whether a block that the gateway has not seen may say otherwise.
	pub fn may_be_early(&self) -> bool {
		matches!(self, Self::UnknownBinding | Self::DeviceNotActive)
	}

	/// Whether what the device goes on measuring is lost like this, so that a person has to do something for it. It says
	/// nothing of the device where the signature was not looked at, or is wrong.
	pub fn is_lasting(&self) -> bool {
		LASTING.contains(self)
	}

	/// The lasting one of this name.
	pub fn lasting(name: &str) -> Option<Self> {
		LASTING.into_iter().find(|refusal| refusal.name() == name)
	}

	pub(super) fn to_json(self) -> Value {
		json!({ "name": self.name(), "message": self.to_string() })
	}
}

impl IntoResponse for Refusal {
	fn into_response(self) -> Response {
		let status = match self {
			Self::NoToken => StatusCode::UNAUTHORIZED,
			Self::NotFound => StatusCode::NOT_FOUND,
			Self::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
			_ if self.passes() => StatusCode::SERVICE_UNAVAILABLE,
			_ => StatusCode::BAD_REQUEST,
		};
		let headers = [("content-type", "application/json"), ("cache-control", "no-store")];
		let body = json!({ "error": self.to_json() }).to_string();
		match self.passes() {
			true => (status, headers, [("retry-after", "10")], body).into_response(),
			false => (status, headers, body).into_response(),
		}
	}
}
