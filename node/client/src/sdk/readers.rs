//! Who was permitted to read a record, from a verified trail.

use salus_primitives::{Basis, Kind, Moment, Purpose, ReceiptId, RecordId};

use super::{AccountId, VerifiedTrail};

/// Somebody who was permitted to read a record. That she opened it is not proven: the key may have stayed where it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
	/// Who.
	pub account: AccountId,
	/// How often.
	pub times: u64,
	/// The first permit's time.
	pub first: Moment,
	/// The last permit's time.
	pub last: Moment,
	/// The purposes she gave.
	pub purposes: Vec<Purpose>,
	/// What the permits rested on.
	pub bases: Vec<Basis>,
	/// The receipts.
	pub receipts: Vec<ReceiptId>,
}

impl VerifiedTrail {
	/// Everybody who was permitted to read a record, in the order of the first permits.
	pub fn readers(&self, record: RecordId) -> Vec<Reader> {
		let mut readers: Vec<Reader> = Vec::new();
		for found in &self.entries {
			let (
				Some(account),
				Kind::AccessPermitted {
					receipt,
					record: of,
					purpose,
					basis,
				},
			) = (found.entry.actor, &found.entry.kind)
			else {
				continue;
			};
			if *of != record {
				continue;
			}
			let at = found.entry.at;
			match readers.iter_mut().find(|reader| reader.account == account) {
				Some(reader) => {
					reader.times = reader.times.saturating_add(1);
					reader.last = at;
					add(&mut reader.purposes, *purpose);
					add(&mut reader.bases, *basis);
					add(&mut reader.receipts, *receipt);
				}
				None => readers.push(Reader {
					account,
					times: 1,
					first: at,
					last: at,
					purposes: vec![*purpose],
					bases: vec![*basis],
					receipts: vec![*receipt],
				}),
			}
		}
		readers
	}
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
	if !list.contains(&item) {
		list.push(item);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::sdk::{Hash, TrailEntry};
	use salus_primitives::{AuditEntry, AuditHead, Reason};

	const RECORD: RecordId = 7;

	fn trail(entries: Vec<(Option<u8>, Kind<AccountId>)>) -> VerifiedTrail {
		let mut head = AuditHead::first(&Hash::zero(), 0);
		let entries: Vec<_> = entries
			.into_iter()
			.zip(1..)
			.map(|((actor, kind), seq)| {
				let entry = AuditEntry {
					seq,
					at: seq * 1_000,
					actor: actor.map(|byte| AccountId::from([byte; 32])),
					kind,
				};
				head = head.after(&entry);
				TrailEntry { block: seq, entry }
			})
			.collect();
		VerifiedTrail {
			entries,
			head,
			block: 9,
			hash: Hash::zero(),
			at: 9_000,
		}
	}

	fn permitted(receipt: ReceiptId, record: RecordId, purpose: Purpose, basis: Basis) -> Kind<AccountId> {
		Kind::AccessPermitted {
			receipt,
			record,
			purpose,
			basis,
		}
	}

	#[test]
	fn exactly_those_who_were_permitted_are_readers() {
		let treatment = Purpose::Treatment;
		let trail = trail(vec![
			(Some(1), Kind::RecordRegistered { record: RECORD }),
			(Some(2), permitted(10, RECORD, treatment, Basis::Grant(4))),
			(
				Some(3),
				Kind::AccessRefused {
					receipt: 11,
					record: RECORD,
					purpose: treatment,
					reason: Reason::NoGrant,
				},
			),
			(Some(4), permitted(12, RECORD, treatment, Basis::Assignment)),
			(Some(5), permitted(13, RECORD + 1, treatment, Basis::Assignment)),
			(Some(2), permitted(14, RECORD, Purpose::Research, Basis::Grant(4))),
		]);
		let readers = trail.readers(RECORD);
		assert_eq!(
			readers,
			[
				Reader {
					account: AccountId::from([2; 32]),
					times: 2,
					first: 2_000,
					last: 6_000,
					purposes: vec![treatment, Purpose::Research],
					bases: vec![Basis::Grant(4)],
					receipts: vec![10, 14],
				},
				Reader {
					account: AccountId::from([4; 32]),
					times: 1,
					first: 4_000,
					last: 4_000,
					purposes: vec![treatment],
					bases: vec![Basis::Assignment],
					receipts: vec![12],
				},
			]
		);
		assert!(trail.readers(RECORD + 2).is_empty());
	}
}
