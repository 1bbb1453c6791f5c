//! `did_document`.

use super::paper::paper_patient;
use crate::{mock::*, Act};
use frame_support::assert_ok;
use salus_primitives::{Addresses, DidDocument, DidSubject};
use sp_runtime::AccountId32;

fn document(subject: DidSubject<AccountId32>) -> DidDocument<AccountId32> {
	Roles::did_document(subject).unwrap()
}

#[test]
fn an_institutions_document_names_officers_key_and_nodes() {
	story(|| {
		let subject = DidSubject::Institution(A);
		let expected = DidDocument {
			genesis: GENESIS,
			subject: subject.clone(),
			controller: None,
			accounts: vec![id("a1"), id("a2")],
			hpke: Some(hpke(201)),
			addresses: Addresses::new(),
			deactivated: false,
		};
		assert_eq!(document(subject.clone()), expected);
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		assert!(document(subject).deactivated);
	});
}

#[test]
fn a_patients_document_names_her_account_or_her_institution() {
	story(|| {
		let (patient, paper) = (register(1), paper_patient());
		let hers = document(DidSubject::Patient(patient));
		assert_eq!((hers.accounts, hers.hpke), (vec![id("patient-1")], Some(hpke(1))));
		assert_eq!((hers.controller, hers.deactivated), (None, false));
		let on_paper = document(DidSubject::Patient(paper));
		assert_eq!((on_paper.accounts, on_paper.hpke), (vec![], None));
		assert_eq!(on_paper.controller, Some(DidSubject::Institution(A)));
		assert_ok!(both(merging(paper, patient)));
		assert!(document(DidSubject::Patient(paper)).deactivated);
		assert_ok!(both(Act::NoteDeath { patient, at: START }));
		assert!(document(DidSubject::Patient(patient)).deactivated);
	});
}

#[test]
fn an_accounts_document_outlives_its_standing_and_says_nothing_else() {
	story(|| {
		let subject = || DidSubject::Account(id("nurse"));
		let standing = document(subject());
		assert_eq!((standing.accounts, standing.hpke), (vec![id("nurse")], None));
		assert!(!standing.deactivated);
		assert_ok!(Roles::leave(by("nurse"), vec![A].try_into().unwrap()));
		assert!(document(subject()).deactivated);
	});
}

#[test]
fn nobody_has_no_document() {
	story(|| {
		for subject in [
			DidSubject::Institution(9),
			DidSubject::Patient(0),
			DidSubject::Account(id("stranger")),
		] {
			assert_eq!(Roles::did_document(subject), None);
		}
	});
}
