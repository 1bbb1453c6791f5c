//! Dense identifiers, what they are in the world outside, and the units of time.

use alloc::{format, string::String};
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_core::H256;

/// An admitted institution.
pub type InstitutionId = u32;
/// A patient of one institution: a person has one for each hospital she is registered at.
pub type PatientId = u64;
/// A record's metadata on chain.
pub type RecordId = u64;
/// A request for consent.
pub type RequestId = u64;
/// A grant of the patient.
pub type GrantId = u64;
/// A denial of the patient.
pub type DenialId = u64;
/// A break-glass case.
pub type CaseId = u64;
/// A receipt of one `access` call.
pub type ReceiptId = u64;
/// An appointment, proposed or booked.
pub type AppointmentId = u64;
/// Days since the Unix epoch, in UTC.
pub type UtcDay = u64;
/// A device: its ed25519 public key.
pub type DeviceKey = [u8; 32];
/// The time a device measures one patient.
pub type BindingId = u64;
/// An anchored batch of readings.
pub type AnchorId = u64;
/// An alert about a patient.
pub type AlertId = u64;
/// Milliseconds since the Unix epoch.
pub type Moment = u64;
/// A drawer chosen at random for each patient; what it holds is never said on chain.
pub type Compartment = u8;

/// Milliseconds in a second, minute, hour and day.
pub const SECOND: Moment = 1_000;
pub const MINUTE: Moment = 60 * SECOND;
pub const HOUR: Moment = 60 * MINUTE;
pub const DAY: Moment = 24 * HOUR;

/// How far the clock of a client or a device may be ahead of the chain's.
pub const CLOCK_TOLERANCE: Moment = 5 * MINUTE;

/// What a decentralised identifier names: `did:salus:<genesis hex>:institution:<n>`, `:patient:<n>`, `:account:<hex>`.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub enum DidSubject<AccountId> {
	/// An institution.
	#[codec(index = 0)]
	Institution(InstitutionId),
	/// A patient, under one of her ids.
	#[codec(index = 1)]
	Patient(PatientId),
	/// Whoever signs by an account.
	#[codec(index = 2)]
	Account(AccountId),
}

impl<AccountId: AsRef<[u8]> + From<[u8; 32]>> DidSubject<AccountId> {
	/// The identifier, on the chain of this genesis.
	pub fn did(&self, genesis: &H256) -> String {
		let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
		let named = match self {
			Self::Institution(id) => format!("institution:{id}"),
			Self::Patient(id) => format!("patient:{id}"),
			Self::Account(account) => format!("account:{}", hex(account.as_ref())),
		};
		format!("did:salus:{}:{named}", hex(genesis.as_bytes()))
	}

	/// What an identifier names, if it is one of this chain in its one spelling.
	pub fn parse(did: &str, genesis: &H256) -> Option<Self> {
		let (kind, id) = did.rsplit_once(':')?;
		let subject = match kind.rsplit_once(':')?.1 {
			"institution" => Self::Institution(id.parse().ok()?),
			"patient" => Self::Patient(id.parse().ok()?),
			"account" => Self::Account(from_hex(id)?.into()),
			_ => return None,
		};
		(subject.did(genesis) == did).then_some(subject)
	}
}

/// 32 bytes in hexadecimal digits.
fn from_hex(digits: &str) -> Option<[u8; 32]> {
	let mut bytes = [0; 32];
	let pairs = digits.as_bytes().chunks_exact(2);
	if pairs.len() != bytes.len() || !digits.is_ascii() {
		return None;
	}
	for (byte, pair) in bytes.iter_mut().zip(pairs) {
		*byte = u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok()?;
	}
	Some(bytes)
}
