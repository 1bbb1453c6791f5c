//! Devices, their readings, the batches these are anchored in, and alerts. Readings never reach the chain: here is what a
//! device signs, so that gateway, client and a stranger's script agree on every byte.

use crate::{
	access::vocabulary, payload, AnchorId, BindingId, Cid, DeviceKey, InstitutionId, Moment, PatientId, Status,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeAll, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// Tag of a device's signature under a [`DeviceClaim`].
pub const DEVICE_TAG: &[u8] = b"salus/device/1";
/// Tag of a patient's or guardian's signature under a [`BindingConsent`].
pub const BIND_TAG: &[u8] = b"salus/bind/1";
/// What the batch's secret is expanded with, before the sequence number, to the salt of a leaf.
pub const SALT_LABEL: &[u8] = b"salus/leaf/1";

/// The version of [`Reading`].
pub const READING_VERSION: u8 = 1;
/// The most batches in one call.
pub const MAX_ANCHORED: u32 = 256;
/// The most readings in one batch.
pub const MAX_READINGS: u32 = 65_536;
/// The most addressees of one alert.
pub const MAX_RUNGS: u32 = 4;

/// The account that is taken for the author of what a device measured: nobody's, since nobody may read what a device
/// wrote because she had been its author.
pub fn author_of(device: &DeviceKey) -> [u8; 32] {
	(b"salus/author/1", device).using_encoded(blake2_256)
}

/// What was measured.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Value {
	/// `mantissa * 10^exponent`. 36.60 is (3660, -2): its precision is kept.
	#[codec(index = 0)]
	Decimal { mantissa: i64, exponent: i8 },
	/// SHA-256 of the samples of a waveform.
	#[codec(index = 1)]
	Waveform { sha256: H256 },
}

/// One measured value, as the device signs it: its canonical bytes are its SCALE encoding.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen)]
pub struct Reading {
	/// [`READING_VERSION`]. No other signature of a bare key begins with it.
	pub version: u8,
	/// The genesis hash of the chain it is for.
	pub genesis: H256,
	/// The device.
	pub device: DeviceKey,
	/// For whom it measures.
	pub binding: BindingId,
	/// Its number among all readings of the device.
	pub seq: u64,
	/// When it was measured.
	pub at: Moment,
	/// LOINC code.
	pub code: BoundedVec<u8, ConstU32<16>>,
	/// The value.
	pub value: Value,
	/// UCUM unit.
	pub unit: BoundedVec<u8, ConstU32<32>>,
	/// The number of the first reading of the same measurement; its own where it is the first or only one.
	pub group: u64,
}

impl Reading {
	/// The bytes that the device signs.
	pub fn to_bytes(&self) -> Vec<u8> {
		self.encode()
	}

	/// The reading with these canonical bytes: of this version, with a code and a unit of visible ASCII, and the first of
	/// its measurement not after it.
	pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
		let reading = Self::decode_all(&mut &*bytes).ok()?;
		let visible = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_graphic);
		let well_formed = reading.version == READING_VERSION
			&& visible(&reading.code)
			&& visible(&reading.unit)
			&& reading.group <= reading.seq;
		(well_formed && reading.encode() == bytes).then_some(reading)
	}
}

/// `blake2_256(0x00 ++ salt ++ reading ++ signature)`: the reading's canonical bytes, and the device's signature over
/// them.
pub fn leaf_hash(salt: &[u8; 16], reading: &[u8], signature: &[u8; 64]) -> H256 {
	H256(blake2_256(&[&[0], salt.as_slice(), reading, signature].concat()))
}

/// What a device signs under [`DEVICE_TAG`], in the `tagged` form, so that nobody provisions the key of another's.
#[derive(Clone, PartialEq, Eq, Debug, Encode)]
pub struct DeviceClaim {
	/// The genesis hash of the chain it is for.
	pub genesis: H256,
	/// The institution whose gateway it reports to.
	pub institution: InstitutionId,
	/// Its key.
	pub device: DeviceKey,
	/// Salted commitment to the codes it may report.
	pub codes: H256,
}

/// What a patient, or a guardian who may consent in her place, signs under [`BIND_TAG`], in the `wrapped` form. It counts
/// once: the next binding of the device has another number.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct BindingConsent {
	/// The genesis hash of the chain it is for.
	pub genesis: H256,
	/// The device.
	pub device: DeviceKey,
	/// How many bindings the device has had before.
	pub number: u32,
	/// The patient's id.
	pub patient: PatientId,
	/// From when.
	pub starts: Moment,
	/// Until before when.
	pub ends: Moment,
	/// It is void from this time on.
	pub not_after: Moment,
}

/// A device that reports to an institution's gateway. It stays for ever, and takes the same room whatever it measures.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Device {
	/// The institution whose gateway it reports to.
	pub institution: InstitutionId,
	/// Salted commitment to the codes it may report.
	pub codes: H256,
	/// Whether its readings are taken.
	pub status: Status,
	/// How many bindings it has had.
	pub bindings: u32,
	/// The latest of them.
	pub latest: Option<BindingId>,
	/// The binding of the batch that was anchored last.
	pub anchored: Option<BindingId>,
	/// The number of the next reading that can be anchored.
	pub next_seq: u64,
	/// How many readings before it never were.
	pub missing: u64,
}

/// The time in which a device measures one patient.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Binding {
	/// The device.
	pub device: DeviceKey,
	/// Whom it measures.
	#[codec(compact)]
	pub patient: PatientId,
	/// From when.
	#[codec(compact)]
	pub starts: Moment,
	/// Until before when.
	#[codec(compact)]
	pub ends: Moment,
	/// The time of the latest reading that was anchored.
	pub last_at: Option<Moment>,
}

impl Binding {
	/// Whether all of this time is in it.
	pub const fn contains(&self, first_at: Moment, last_at: Moment) -> bool {
		self.starts <= first_at && first_at <= last_at && last_at < self.ends
	}
}

/// A device that an institution would like a patient to wear.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct DeviceOffer<AccountId> {
	/// The patient.
	pub patient: PatientId,
	/// Who offered it.
	pub by: AccountId,
	/// From when.
	pub starts: Moment,
	/// Until before when.
	pub ends: Moment,
	/// Salted commitment to the scan of what the patient signed on paper; another witness accepts for her.
	pub scan: Option<H256>,
	/// The offer lapses at this time.
	pub until: Moment,
}

/// What a gateway says of a batch.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct NewBatch {
	/// The device.
	pub device: DeviceKey,
	/// For whom it measured.
	pub binding: BindingId,
	/// The number of the first reading.
	pub first_seq: u64,
	/// How many readings, numbered one after the other.
	pub count: u32,
	/// The time of the earliest reading.
	pub first_at: Moment,
	/// The time of the latest reading.
	pub last_at: Moment,
	/// The root over their leaves.
	pub root: H256,
	/// The encrypted batch's CIDv1, binary.
	pub cid: Cid,
	/// SHA-256 of the encrypted batch.
	pub sha256: H256,
	/// Bytes of the encrypted batch.
	pub size: u64,
}

/// Where the encrypted batch is: its CID and SHA-256, which of one block are the same digest.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum BatchPayload {
	/// One raw block.
	#[codec(index = 0)]
	Block { sha256: H256 },
	/// A tree of blocks, with the digest of its dag-pb root.
	#[codec(index = 1)]
	Tree { root: H256, sha256: H256 },
}

impl BatchPayload {
	/// Of a payload whose CID and SHA-256 were found to be of one.
	pub fn new(cid: &[u8], sha256: H256) -> Option<Self> {
		let digest = cid.last_chunk().map(|digest| H256(*digest))?;
		if cid.starts_with(&payload::RAW) {
			return (digest == sha256).then_some(Self::Block { sha256 });
		}
		let root = cid.starts_with(&payload::DAG_PB).then_some(digest)?;
		Some(Self::Tree { root, sha256 })
	}

	/// The CIDv1, binary.
	pub fn cid(&self) -> Cid {
		let (codec, digest) = match self {
			Self::Block { sha256 } => (payload::RAW, sha256),
			Self::Tree { root, .. } => (payload::DAG_PB, root),
		};
		// 36 bytes are within the bound.
		Cid::truncate_from([codec.as_slice(), digest.as_bytes()].concat())
	}

	/// SHA-256 of the ciphertext.
	pub const fn sha256(&self) -> H256 {
		match self {
			Self::Block { sha256 } | Self::Tree { sha256, .. } => *sha256,
		}
	}
}

/// A batch whose root is on chain. With its key it takes less than 200 bytes of state.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Anchor {
	/// Which device measured whom.
	#[codec(compact)]
	pub binding: BindingId,
	/// The number of the first reading.
	#[codec(compact)]
	pub first_seq: u64,
	/// How many readings.
	#[codec(compact)]
	pub count: u32,
	/// The time of the earliest reading.
	#[codec(compact)]
	pub first_at: Moment,
	/// The time of the latest reading.
	#[codec(compact)]
	pub last_at: Moment,
	/// The root over their leaves.
	pub root: H256,
	/// Where the encrypted batch is.
	pub payload: BatchPayload,
	/// Bytes of the encrypted batch.
	#[codec(compact)]
	pub size: u64,
	/// The patient's batch before this one: lists run newest first along it.
	pub previous: Option<AnchorId>,
}

/// Where a leaf stands in its batch: a reading's `seq` less the batch's `first_seq`, and the siblings from the leaf up.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct LeafPath {
	/// Which leaf.
	pub index: u32,
	/// The siblings.
	pub siblings: Vec<H256>,
}

/// What a query for a patient's batches lists.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct AnchorFilter {
	/// Only this binding's.
	pub binding: Option<BindingId>,
	/// Only those with readings at this time or later.
	pub from: Option<Moment>,
	/// Only those with readings before this time.
	pub until: Option<Moment>,
}

/// Who is told of an alert, and how long she has to acknowledge it.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Rung<AccountId> {
	/// Who.
	pub to: AccountId,
	/// How long, from when she is told.
	#[codec(compact)]
	pub within: Moment,
}

/// Who is told one after the other, as nobody acknowledges.
pub type Ladder<AccountId> = BoundedVec<Rung<AccountId>, ConstU32<MAX_RUNGS>>;

vocabulary! {
	/// Where an alert stands.
	pub enum AlertState { Waiting = 0, Overdue = 1, Acknowledged = 2 }
}

/// An alert about a patient: what it says goes encrypted to its addressees, off chain.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Alert<AccountId> {
	/// About whom.
	#[codec(compact)]
	pub patient: PatientId,
	/// The institution whose gateway raised it.
	#[codec(compact)]
	pub institution: InstitutionId,
	/// Salted commitment to what it says.
	pub commitment: H256,
	/// When it was raised.
	#[codec(compact)]
	pub raised_at: Moment,
	/// Who is told.
	pub ladder: Ladder<AccountId>,
	/// Which of them now.
	pub step: u8,
	/// Until before when she acknowledges in time.
	#[codec(compact)]
	pub due: Moment,
	/// When she did.
	pub acknowledged_at: Option<Moment>,
}

impl<AccountId> Alert<AccountId> {
	/// Who is told now.
	pub fn addressee(&self) -> Option<&AccountId> {
		self.ladder.get(usize::from(self.step)).map(|rung| &rung.to)
	}

	/// Who would be told next.
	pub fn next(&self) -> Option<&Rung<AccountId>> {
		self.ladder.get(usize::from(self.step).saturating_add(1))
	}

	/// Where it stands at this time.
	pub const fn state(&self, now: Moment) -> AlertState {
		match self.acknowledged_at {
			Some(_) => AlertState::Acknowledged,
			None if now < self.due => AlertState::Waiting,
			None => AlertState::Overdue,
		}
	}
}
