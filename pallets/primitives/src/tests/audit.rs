//! The hash chain, against bytes put together by hand.

use crate::{AuditEntry, AuditHead, Kind};
use codec::Encode;
use sp_core::H256;
use sp_io::hashing::blake2_256;

#[test]
fn the_first_head_binds_chain_and_patient() {
	let genesis = H256::repeat_byte(7);
	let mut bytes = b"salus/audit/1".to_vec();
	bytes.extend([7; 32]);
	bytes.extend(258_u64.to_le_bytes());
	assert_eq!(
		AuditHead::first(&genesis, 258),
		AuditHead {
			head: H256(blake2_256(&bytes)),
			entries: 0
		}
	);
	assert_ne!(
		AuditHead::first(&genesis, 259).head,
		AuditHead::first(&genesis, 258).head
	);
	assert_ne!(
		AuditHead::first(&H256::zero(), 258).head,
		AuditHead::first(&genesis, 258).head
	);
}

#[test]
fn each_head_is_the_hash_of_the_one_before_and_the_entry() {
	let first = AuditHead::first(&H256::zero(), 1);
	let entry = AuditEntry {
		seq: 1,
		at: 5,
		actor: Some(9_u64),
		kind: Kind::GrantGiven { grant: 3 },
	};
	let mut bytes = first.head.as_bytes().to_vec();
	bytes.extend(1_u64.to_le_bytes());
	bytes.extend(5_u64.to_le_bytes());
	bytes.push(1);
	bytes.extend(9_u64.to_le_bytes());
	bytes.push(20);
	bytes.extend(3_u64.to_le_bytes());
	assert_eq!(
		first.after(&entry),
		AuditHead {
			head: H256(blake2_256(&bytes)),
			entries: 1
		}
	);
	let other = AuditEntry { at: 6, ..entry.clone() };
	assert_ne!(first.after(&other).head, first.after(&entry).head);
	assert_eq!(entry.encode().len(), bytes.len() - 32);
}
