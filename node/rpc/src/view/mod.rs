//! What answers look like: camelCase, bytes in hex, accounts in SS58, integers beyond 2^53 as decimal strings.

mod appointments;
mod audit;
mod consent;
mod did;
mod emergency;
mod records;
mod registry;
mod telemetry;

use salus_vault::unixfs::parse_cid;
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

use crate::{input::account_of, AccountId};

pub use appointments::{
	AppointmentStatusView, AppointmentView, AvailabilityView, ConsultationView, OfferView, ParticipantView, PeriodView,
	SlotStateView, SlotView, WishView,
};
pub use audit::{AuditEntryView, AuditHeadView, KindView};
pub use consent::{
	AccessRequestView, BasisView, ConsentRequestView, DecisionView, DenialTermsView, DenialView, ErasureView,
	GrantView, GranteeView, ParentView, TermsView,
};
pub use did::{DidDocumentView, DidResolution, ServiceView, VerificationMethodView};
pub use emergency::{ApprovalView, CaseView, ReviewView};
pub use records::{OutcomeView, ReceiptView, RecordFilterView, RecordStatusView, RecordView, RelationView};
pub use registry::{CredentialView, HpkeKeyView, InstitutionView, PatientStatusView, PatientView};
pub use telemetry::{
	AlertView, AnchorFilterView, AnchorView, BindingView, DeviceOfferView, DeviceView, LeafPathView, RungView,
	TelemetryEventView,
};

/// The largest integer that every JSON reader holds exactly.
const MAX_SAFE: u64 = (1 << 53) - 1;

/// An integer: a number up to 2^53 - 1, a decimal string beyond; both are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Int(pub u64);

impl From<u64> for Int {
	fn from(int: u64) -> Self {
		Self(int)
	}
}

impl Serialize for Int {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		if self.0 <= MAX_SAFE {
			serializer.serialize_u64(self.0)
		} else {
			serializer.collect_str(&self.0)
		}
	}
}

impl<'de> Deserialize<'de> for Int {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		#[derive(Deserialize)]
		#[serde(untagged)]
		enum Either {
			Number(u64),
			Text(String),
		}
		const EXPECTED: &str = "expected an integer from 0 to 2^64 - 1, or the same as a decimal string";
		match Either::deserialize(deserializer).map_err(|_| de::Error::custom(EXPECTED))? {
			Either::Number(int) => Ok(Self(int)),
			Either::Text(text) if text.bytes().all(|digit| digit.is_ascii_digit()) => {
				text.parse().map(Self).map_err(|_| de::Error::custom(EXPECTED))
			}
			Either::Text(_) => Err(de::Error::custom(EXPECTED)),
		}
	}
}

/// An account: SS58 out; SS58 or hex in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account(pub AccountId);

impl From<AccountId> for Account {
	fn from(account: AccountId) -> Self {
		Self(account)
	}
}

impl Serialize for Account {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		// SS58 with the prefix 42, which is the default's.
		serializer.collect_str(&self.0)
	}
}

impl<'de> Deserialize<'de> for Account {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		let text = String::deserialize(deserializer)?;
		account_of(&text).map(Self).map_err(de::Error::custom)
	}
}

/// Bytes in hex with `0x` in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hex(pub Vec<u8>);

impl<T: AsRef<[u8]>> From<T> for Hex {
	fn from(bytes: T) -> Self {
		Self(bytes.as_ref().to_vec())
	}
}

impl Serialize for Hex {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(&format_args!("0x{}", hex::encode(&self.0)))
	}
}

/// Something of a patient, on a list that runs across patients.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Of<View> {
	pub patient: Int,
	#[serde(flatten)]
	pub view: View,
}

impl<View> Of<View> {
	/// This patient's.
	pub fn new(patient: u64, view: View) -> Self {
		Self {
			patient: patient.into(),
			view,
		}
	}
}

/// A CID in its text form; bytes that are none in hex.
fn cid_text(bytes: &[u8]) -> String {
	parse_cid(bytes).map_or_else(|_| format!("0x{}", hex::encode(bytes)), |cid| cid.to_string())
}

/// A list of integers.
fn ints(ids: impl IntoIterator<Item = u64>) -> Vec<Int> {
	ids.into_iter().map(Int).collect()
}
