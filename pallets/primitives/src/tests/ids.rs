//! Decentralised identifiers.

use crate::DidSubject;
use sp_core::H256;
use sp_runtime::AccountId32;

type Subject = DidSubject<AccountId32>;

fn genesis() -> H256 {
	H256::repeat_byte(0x0a)
}

#[test]
fn each_subject_has_one_spelling() {
	let chain = format!("did:salus:{}", "0a".repeat(32));
	for (subject, named) in [
		(Subject::Institution(7), "institution:7".to_string()),
		(Subject::Patient(u64::MAX), format!("patient:{}", u64::MAX)),
		(
			Subject::Account([0xb0; 32].into()),
			format!("account:{}", "b0".repeat(32)),
		),
	] {
		let did = subject.did(&genesis());
		assert_eq!(did, format!("{chain}:{named}"));
		assert_eq!(Subject::parse(&did, &genesis()), Some(subject.clone()));
		assert_eq!(Subject::parse(&did, &H256::zero()), None, "another chain's");
	}
}

#[test]
fn other_spellings_name_nobody() {
	let chain = format!("did:salus:{}", "0a".repeat(32));
	for named in [
		"",
		"institution",
		"institution:",
		"institution:07",
		"institution:+7",
		"institution:-1",
		"institution:4294967296",
		"institution:7:8",
		"doctor:7",
		"account:b0",
		&format!("account:{}", "B0".repeat(32)),
		&format!("account:{}", "zz".repeat(32)),
		&format!("account:{}", "é".repeat(32)),
		&format!("account:0x{}", "b0".repeat(31)),
	] {
		assert_eq!(Subject::parse(&format!("{chain}:{named}"), &genesis()), None, "{named}");
	}
	for did in ["", "did:salus", "did:web:example.org:institution:7", "institution:7"] {
		assert_eq!(Subject::parse(did, &genesis()), None, "{did}");
	}
}
