//! A patient's audit trail: fetched entry by entry, hashed here, and compared with the head that the chain's state
//! proves.

use codec::Decode;
use salus_primitives::{AuditEntry, AuditHead, Moment, PatientId, MINUTE, SECOND};
use serde_json::{json, Value};

use super::{client::Client, words, AccountId, ConnectionError, Error, Hash, ProofError};

const PAGE: u32 = 256;
/// How far the chain's time at a head may be from this machine's clock.
pub const FRESHNESS: Moment = MINUTE;
/// How many blocks the node's index may be behind a change that is final.
const TRIES: u32 = 5;

/// An entry with the block it was written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailEntry {
	/// The block's number.
	pub block: u64,
	/// The entry.
	pub entry: AuditEntry<AccountId>,
}

/// A trail that ends in the head on the chain.
#[derive(Clone, Debug)]
pub struct VerifiedTrail {
	/// The entries, first to last.
	pub entries: Vec<TrailEntry>,
	/// The head they end in.
	pub head: AuditHead,
	/// The finalised block whose state proves the head.
	pub block: u64,
	/// That block's hash.
	pub hash: Hash,
	/// The chain's time at that block, proven with the head.
	pub at: Moment,
}

impl VerifiedTrail {
	/// Whether the head is of now: a node that is cut off serves a complete trail of yesterday.
	///
	/// # Errors
	/// `StaleHead` beyond [`FRESHNESS`] from `now`, in either direction.
	pub fn check_fresh(&self, now: Moment) -> Result<(), ProofError> {
		let apart = self.at.abs_diff(now);
		if apart <= FRESHNESS {
			return Ok(());
		}
		Err(ProofError::StaleHead {
			block: self.block,
			at: words::show_moment(self.at),
			seconds: apart / SECOND,
		})
	}
}

/// Whether these entries are all of a patient's trail: numbered without a gap, and hashing to the head.
///
/// # Errors
/// `Gap`, `Short`, `WrongHead`
pub fn verify<'a>(
	genesis: &Hash,
	patient: PatientId,
	entries: impl IntoIterator<Item = &'a AuditEntry<AccountId>>,
	head: &AuditHead,
) -> Result<(), ProofError> {
	let mut reached = AuditHead::first(genesis, patient);
	for entry in entries {
		let wanted = reached.entries.saturating_add(1);
		if entry.seq != wanted {
			return Err(ProofError::Gap {
				patient,
				wanted,
				found: entry.seq,
			});
		}
		reached = reached.after(entry);
	}
	if reached.entries < head.entries {
		return Err(ProofError::Short {
			patient,
			wanted: head.entries,
			found: reached.entries,
		});
	}
	if reached == *head {
		Ok(())
	} else {
		Err(ProofError::WrongHead {
			patient,
			entries: reached.entries,
		})
	}
}

impl Client {
	/// A patient's audit entries from number `from` on, as the node's index tells them, up to number `until`.
	///
	/// # Errors
	/// `Answered`, `Unreadable`, `Broken`
	pub async fn audit(&self, patient: PatientId, from: u64, until: u64) -> Result<Vec<TrailEntry>, ConnectionError> {
		let mut entries = Vec::new();
		let mut cursor = json!(from.to_string());
		loop {
			let page = self
				.request("records_audit", &[json!(patient.to_string()), cursor, json!(PAGE)])
				.await?;
			let items = page
				.get("items")
				.and_then(Value::as_array)
				.ok_or_else(|| unreadable("it has no items"))?;
			for item in items {
				let read = read(item)?;
				if read.entry.seq > until {
					return Ok(entries);
				}
				entries.push(read);
			}
			match page.get("next") {
				Some(next) if !next.is_null() && !items.is_empty() => cursor = next.clone(),
				_ => return Ok(entries),
			}
		}
	}

	/// Fetches all of a patient's trail and checks it against the head in the state of the finalised block.
	///
	/// # Errors
	/// The kinds of `ProofError`, and as [`audit`](Self::audit).
	pub async fn verified_trail(&self, patient: PatientId) -> Result<VerifiedTrail, Error> {
		let proven = self.proven_trail(patient).await?;
		let head = proven
			.value
			.unwrap_or_else(|| AuditHead::first(&self.genesis(), patient));
		let entries = self.audit(patient, 1, head.entries).await?;
		verify(
			&self.genesis(),
			patient,
			entries.iter().map(|entry| &entry.entry),
			&head,
		)?;
		Ok(VerifiedTrail {
			entries,
			head,
			block: proven.number,
			hash: proven.hash,
			at: proven.at,
		})
	}

	/// The verified trail once it holds an entry that is known to be final: the node's index may be some blocks behind.
	///
	/// # Errors
	/// `NoEntry`, and as [`verified_trail`](Self::verified_trail).
	pub async fn verified_trail_with(
		&self,
		patient: PatientId,
		wanted: impl Fn(&AuditEntry<AccountId>) -> bool,
	) -> Result<VerifiedTrail, Error> {
		let mut tries = 0;
		loop {
			let number = self.finalised().await?.block_number();
			let behind = match self.verified_trail(patient).await {
				Ok(trail) if trail.entries.iter().any(|found| wanted(&found.entry)) => return Ok(trail),
				Ok(_) => ProofError::NoEntry(patient).into(),
				Err(error) if is_behind(&error) => error,
				Err(error) => return Err(error),
			};
			if tries == TRIES {
				return Err(behind);
			}
			tries += 1;
			self.next_block(number).await?;
		}
	}
}

/// Whether the node's index has not read as far as its head.
fn is_behind(error: &Error) -> bool {
	match error {
		Error::Proof(error) => matches!(error, ProofError::Short { .. }),
		Error::Connection(ConnectionError::Answered { name, .. }) => name == "IndexBehind",
		_ => false,
	}
}

/// Reads an item of `records_audit`: the SCALE form is what is hashed, so it alone is believed.
fn read(item: &Value) -> Result<TrailEntry, ConnectionError> {
	let scale = item
		.get("scale")
		.and_then(Value::as_str)
		.ok_or_else(|| unreadable("an entry has no scale"))?;
	let bytes = words::hex_bytes(scale).map_err(|reason| unreadable(&reason))?;
	let mut input = bytes.as_slice();
	let entry = AuditEntry::decode(&mut input).map_err(|_| unreadable("an entry does not decode"))?;
	if !input.is_empty() {
		return Err(unreadable("an entry is too long"));
	}
	let block = item
		.get("block")
		.and_then(Value::as_u64)
		.ok_or_else(|| unreadable("an entry has no block"))?;
	Ok(TrailEntry { block, entry })
}

fn unreadable(reason: &str) -> ConnectionError {
	ConnectionError::Unreadable {
		what: "records_audit".into(),
		reason: reason.into(),
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
	use super::*;
	use codec::Encode;
	use salus_primitives::Kind;

	const PATIENT: PatientId = 3;

	fn genesis() -> Hash {
		Hash::repeat_byte(7)
	}

	fn trail(length: u64) -> (Vec<AuditEntry<AccountId>>, AuditHead) {
		let mut head = AuditHead::first(&genesis(), PATIENT);
		let entries: Vec<_> = (1..=length)
			.map(|seq| {
				let entry = AuditEntry {
					seq,
					at: 1_000 * seq,
					actor: Some(AccountId::from([1; 32])),
					kind: Kind::RecordRegistered { record: seq },
				};
				head = head.after(&entry);
				entry
			})
			.collect();
		(entries, head)
	}

	#[test]
	fn a_whole_trail_is_complete() {
		for length in [0, 1, 2, 50] {
			let (entries, head) = trail(length);
			verify(&genesis(), PATIENT, &entries, &head).unwrap();
		}
	}

	#[test]
	fn a_missing_swapped_changed_or_foreign_entry_is_noticed() {
		let (entries, head) = trail(5);
		let check = |entries: &[AuditEntry<AccountId>]| verify(&genesis(), PATIENT, entries, &head).unwrap_err();

		assert!(matches!(
			check(&entries[..4]),
			ProofError::Short {
				wanted: 5,
				found: 4,
				..
			}
		));
		assert!(matches!(
			check(&entries[1..]),
			ProofError::Gap {
				wanted: 1,
				found: 2,
				..
			}
		));
		let mut swapped = entries.clone();
		swapped.swap(1, 2);
		assert!(matches!(
			check(&swapped),
			ProofError::Gap {
				wanted: 2,
				found: 3,
				..
			}
		));
		let mut changed = entries.clone();
		changed[2].at += 1;
		assert!(matches!(check(&changed), ProofError::WrongHead { entries: 5, .. }));
		let mut repeated = entries.clone();
		repeated.push(entries[4].clone());
		assert!(matches!(
			check(&repeated),
			ProofError::Gap {
				wanted: 6,
				found: 5,
				..
			}
		));
		let (longer, _) = trail(6);
		assert!(matches!(check(&longer), ProofError::WrongHead { entries: 6, .. }));
		assert!(verify(&genesis(), PATIENT + 1, &entries, &head).is_err());
		assert!(verify(&Hash::zero(), PATIENT, &entries, &head).is_err());
	}

	#[test]
	fn a_head_of_yesterday_or_of_tomorrow_is_stale() {
		let now = 1_700_000_000_000;
		let trail = |at: Moment| VerifiedTrail {
			entries: vec![],
			head: AuditHead::first(&genesis(), PATIENT),
			block: 7,
			hash: genesis(),
			at,
		};
		for at in [now, now - FRESHNESS, now + FRESHNESS] {
			trail(at).check_fresh(now).unwrap();
		}
		for at in [now - FRESHNESS - 1, now + FRESHNESS + 1, 0] {
			let stale = trail(at).check_fresh(now).unwrap_err();
			assert!(matches!(stale, ProofError::StaleHead { block: 7, .. }), "{at}");
			assert_eq!(Error::from(stale).exit_code(), crate::sdk::exit::UNVERIFIED);
		}
	}

	#[test]
	fn only_an_index_that_is_behind_is_waited_for() {
		let short = ProofError::Short {
			patient: PATIENT,
			wanted: 2,
			found: 1,
		};
		assert!(is_behind(&short.into()));
		assert!(!is_behind(
			&ProofError::WrongHead {
				patient: PATIENT,
				entries: 1
			}
			.into()
		));
		let answered = |name: &str| ConnectionError::Answered {
			method: "records_audit".into(),
			code: 7008,
			name: name.into(),
			message: String::new(),
		};
		assert!(is_behind(&answered("IndexBehind").into()));
		assert!(!is_behind(&answered("IndexFailed").into()));
	}

	#[test]
	fn items_are_read_from_their_scale_form() {
		let (entries, _) = trail(1);
		let scale = words::hex(entries[0].encode());
		let item = json!({"seq": 9, "at": 9, "kind": {"type": "PatientRegistered"}, "block": 4, "scale": scale});
		assert_eq!(
			read(&item).unwrap(),
			TrailEntry {
				block: 4,
				entry: entries[0].clone()
			}
		);
		for broken in [
			json!({}),
			json!({"block": 4}),
			json!({"block": 4, "scale": "0x00"}),
			json!({"block": 4, "scale": format!("{scale}00")}),
			json!({"block": 4, "scale": 7}),
			json!({"scale": scale}),
		] {
			assert!(read(&broken).is_err(), "{broken}");
		}
	}
}
