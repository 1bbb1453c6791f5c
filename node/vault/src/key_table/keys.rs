//! The keys under which rows are sealed, and the sealed form of a row.

use std::collections::BTreeMap;

use codec::{DecodeAll, Encode};
use zeroize::Zeroizing;

use super::{KeyTableError, Row, RowState, Upload};
use crate::{
	chain::Object,
	sealing::{self, NONCE_LEN},
};

/// The version of rows written here: what a live row is of is an [`Object`].
const ROW_VERSION: u8 = 2;
/// The version before there were batches: a live row is of the record with this id.
const RECORDS_ONLY: u8 = 1;
const HEAD_LEN: usize = 14;

/// A key under which rows are sealed, with its epoch's number.
#[derive(Clone)]
pub struct EpochKey {
	/// Number of the epoch; the highest is the current one.
	pub epoch: u32,
	/// The key; wiped when dropped.
	pub key: Zeroizing<[u8; 32]>,
}

impl EpochKey {
	/// A fresh key for an epoch.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn generate(epoch: u32) -> Result<Self, KeyTableError> {
		let mut key = Zeroizing::new([0; 32]);
		getrandom::fill(key.as_mut()).map_err(|_| KeyTableError::NoRandomness)?;
		Ok(Self { epoch, key })
	}
}

/// All that were given; new rows use the latest.
pub(super) struct Keys {
	keys: BTreeMap<u32, EpochKey>,
	current: EpochKey,
}

impl Keys {
	pub(super) fn new(keys: impl IntoIterator<Item = EpochKey>) -> Result<Self, KeyTableError> {
		let keys: BTreeMap<u32, EpochKey> = keys.into_iter().map(|key| (key.epoch, key)).collect();
		let current = keys.values().next_back().cloned().ok_or(KeyTableError::NoEpochKey)?;
		Ok(Self { keys, current })
	}

	/// The epoch of new rows.
	pub(super) fn epoch(&self) -> u32 {
		self.current.epoch
	}

	/// version 2, epoch 4, pending 0 or live 1, insertion time 8, nonce 24, then the sealed row; all before the nonce,
	/// with the row's key in front, is associated data.
	pub(super) fn seal(&self, row: &Row) -> Result<Vec<u8>, KeyTableError> {
		let mut nonce = [0; NONCE_LEN];
		getrandom::fill(&mut nonce).map_err(|_| KeyTableError::NoRandomness)?;
		let object = match row.state {
			RowState::Pending => None,
			RowState::Live(object) => Some(object),
		};
		let mut bytes = vec![ROW_VERSION];
		bytes.extend_from_slice(&self.current.epoch.to_be_bytes());
		bytes.push(u8::from(object.is_some()));
		bytes.extend_from_slice(&row.inserted_at.to_be_bytes());
		let associated = associated(&row.upload.ticket.sha256, &bytes);
		let plain = Zeroizing::new((&row.upload, object).encode());
		let sealed = sealing::seal(&self.current.key, &nonce, &associated, &plain).ok_or(KeyTableError::Damaged)?;
		bytes.extend_from_slice(&nonce);
		bytes.extend_from_slice(&sealed);
		Ok(bytes)
	}

	pub(super) fn unseal(&self, sha256: &[u8; 32], bytes: &[u8]) -> Result<Row, KeyTableError> {
		let damaged = || KeyTableError::Damaged;
		let (head, rest) = bytes.split_first_chunk::<HEAD_LEN>().ok_or_else(damaged)?;
		let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(damaged)?;
		let [version, e0, e1, e2, e3, live, time @ ..] = *head;
		let epoch = u32::from_be_bytes([e0, e1, e2, e3]);
		let key = self.keys.get(&epoch).ok_or(KeyTableError::UnknownEpoch(epoch))?;
		let plain = sealing::open(&key.key, nonce, &associated(sha256, head), sealed).ok_or_else(damaged)?;
		let (upload, object) = content(version, &plain).ok_or_else(damaged)?;
		let state = match (live, object) {
			(0, None) => RowState::Pending,
			(1, Some(object)) => RowState::Live(object),
			_ => return Err(KeyTableError::Damaged),
		};
		Ok(Row {
			upload,
			state,
			inserted_at: u64::from_be_bytes(time),
			epoch,
		})
	}
}

/// What was sealed, and what it is live for.
fn content(version: u8, mut plain: &[u8]) -> Option<(Upload, Option<Object>)> {
	match version {
		ROW_VERSION => DecodeAll::decode_all(&mut plain).ok(),
		RECORDS_ONLY => {
			let (upload, record) = <(Upload, Option<u64>)>::decode_all(&mut plain).ok()?;
			Some((upload, record.map(Object::Record)))
		}
		_ => None,
	}
}

fn associated(sha256: &[u8; 32], head: &[u8]) -> Vec<u8> {
	[sha256.as_slice(), head].concat()
}
