//! What a decision takes in this process, on the real runtime's storage in memory: the dearest one there can be, with
//! every list full, beside those that hospitals ask for most.

#![allow(clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{criterion_group, Criterion};
use pallet_consent::{CaseOf, Cases, Denials, Grants, MAX_DENIALS, MAX_GRANTS, MAX_PASSES};
use pallet_roles::{Assignments, Credentials, GuardiansOf, Institutions, KeyLosses, Patients};
use salus_primitives::{
	AccessControl, AccessRequest, Action, ActionSet, Assignment, Basis, Case, Category, CategorySet, Credential,
	Decision, Denial, DenialTerms, EmergencyReason, Grant, GrantId, Grantee, Guardianship, HpkeKey, Institution,
	InstitutionId, InstitutionKind, KeyLoss, Moment, Parent, Patient, PatientId, PatientStatus, Purpose, PurposeSet,
	Reason, RecordId, RecordStatus, Role, Status, Terms, DAY, MAX_GUARDIANS, MAX_TERMS_COMPARTMENTS, MAX_TERMS_RECORDS,
};
use salus_runtime::{AccountId, Consent, Runtime};
use sp_core::H256;
use sp_io::TestExternalities;

const NOW: Moment = 1_800_000_000_000;
const HOSPITAL: InstitutionId = 0;
const PATIENT: PatientId = 0;
/// The record that is asked for, which every grant covers.
const RECORD: RecordId = 0;

fn account(byte: u8) -> AccountId {
	AccountId::new([byte; 32])
}

fn patient() -> AccountId {
	account(1)
}

fn doctor() -> AccountId {
	account(2)
}

fn colleague() -> AccountId {
	account(3)
}

/// The longest terms.
fn terms() -> Terms {
	let records: Vec<RecordId> = (RECORD..).take(MAX_TERMS_RECORDS as usize).collect();
	let drawers: Vec<u8> = (0..).take(MAX_TERMS_COMPARTMENTS as usize).collect();
	Terms {
		actions: ActionSet::ALL,
		purposes: PurposeSet::ALL,
		categories: CategorySet::ALL,
		records: records.try_into().unwrap(),
		compartments: drawers.try_into().unwrap(),
		recorded_from: Some(1),
		recorded_until: Some(Moment::MAX),
		starts: NOW - DAY,
		ends: NOW + DAY,
		uses: Some(u32::MAX),
		erase_after: Some(NOW + 2 * DAY),
		outlives: true,
	}
}

/// A full list, whose last grant was passed on from this one.
fn fill(next: &mut GrantId, grantee: &Grantee<AccountId>, parent: Option<Parent<AccountId>>) -> GrantId {
	let first = *next;
	*next += u64::from(MAX_GRANTS);
	let last = *next - 1;
	let list: Vec<_> = (first..*next)
		.map(|id| Grant {
			id,
			terms: terms(),
			uses_left: Some(u32::MAX),
			given_at: NOW - DAY,
			given_by: patient(),
			request: None,
			parent: parent.clone().filter(|_| id == last),
			revoked_at: None,
		})
		.collect();
	Grants::<Runtime>::insert(PATIENT, grantee, pallet_consent::GrantList::try_from(list).unwrap());
	last
}

/// One doctor of a hospital, assigned to a patient of it: everything that a decision reads, and nothing else.
fn people() {
	pallet_timestamp::Now::<Runtime>::put(NOW);
	let hospital = Institution::bare(InstitutionKind::Hospital, HpkeKey::X25519([9; 32]));
	Institutions::<Runtime>::insert(HOSPITAL, hospital);
	let credential = Credential {
		role: Role::Doctor,
		licence: H256::zero(),
		speciality: H256::zero(),
		valid_from: 0,
		valid_until: Moment::MAX,
		status: Status::Active,
	};
	Credentials::<Runtime>::insert((doctor(), HOSPITAL), credential);
	let admitted = Patient {
		controller: Some(patient()),
		hpke: Some(HpkeKey::X25519([8; 32])),
		institution: HOSPITAL,
		status: PatientStatus::Active,
	};
	Patients::<Runtime>::insert(PATIENT, admitted);
	Assignments::<Runtime>::insert(PATIENT, (doctor(), HOSPITAL), Assignment::Accepted(0));
}

/// Full lists of denials and of grants, to all that the doctor is and to those through whom one came to her, and a case
/// of hers that waits for its approval.
fn fill_everything() {
	let mut next = 0;
	let mut parent = None;
	for passer in (10..).take(MAX_PASSES) {
		let grantee = Grantee::Account(account(passer));
		let grant = fill(&mut next, &grantee, parent.take());
		parent = Some(Parent { grantee, grant });
	}
	fill(&mut next, &Grantee::Account(doctor()), parent);
	for grantee in [
		Grantee::Institution(HOSPITAL),
		Grantee::Role(Role::Doctor, HOSPITAL),
		Grantee::Assigned(HOSPITAL),
	] {
		fill(&mut next, &grantee, None);
	}
	let denials: Vec<_> = (0..u64::from(MAX_DENIALS))
		.map(|id| Denial {
			id,
			terms: DenialTerms {
				account: Some(doctor()),
				institution: Some(HOSPITAL),
				role: Some(Role::Doctor),
				category: Some(Category::Imaging),
				compartment: None,
				source: Some(HOSPITAL),
				recorded_from: Some(1),
				recorded_until: Some(Moment::MAX),
				record: Some(RECORD + 1 + id),
			},
			made_at: NOW,
		})
		.collect();
	Denials::<Runtime>::insert(PATIENT, pallet_consent::DenialList::try_from(denials).unwrap());
	let case = Case {
		opener: doctor(),
		institution: HOSPITAL,
		reason: EmergencyReason::Other,
		justification: H256::zero(),
		opened_at: NOW,
		ends_at: NOW + DAY,
		approvals_needed: 1,
		team: Default::default(),
		approvals: Default::default(),
		closed_at: None,
		review: None,
		appealed_at: None,
		judgement: None,
	};
	Cases::<Runtime>::insert(PATIENT, 0, case);
	CaseOf::<Runtime>::insert(PATIENT, doctor(), 0);
}

/// The patient's key was lost before she gave any of it, as is said: everything is in doubt, unless a guardian gave it,
/// and she has as many as she may.
fn lose_key() {
	let loss = KeyLoss {
		waiting: Some(0),
		recovered: Some((0, NOW)),
	};
	KeyLosses::<Runtime>::insert(PATIENT, loss);
	let guardians: Vec<_> = (20..)
		.take(MAX_GUARDIANS as usize)
		.map(|guardian| Guardianship {
			guardian: account(guardian),
			executor: false,
			actions: ActionSet::of(&[Action::View]),
			consents: true,
			starts: 0,
			ends: Moment::MAX,
			contested: false,
			evidence: H256::zero(),
		})
		.collect();
	GuardiansOf::<Runtime>::insert(PATIENT, pallet_roles::Guardianships::try_from(guardians).unwrap());
}

/// May the doctor view, in an emergency, what a colleague wrote?
fn question() -> AccessRequest<AccountId> {
	AccessRequest {
		requester: doctor(),
		on_behalf_of: Some(HOSPITAL),
		patient: PATIENT,
		record: Some(RECORD),
		custodian: HOSPITAL,
		category: Category::Imaging,
		compartment: None,
		recorded_at: 1,
		author: colleague(),
		status: Some(RecordStatus::Current),
		action: Action::View,
		purpose: Purpose::Emergency,
	}
}

/// State that is stored, not on its way: what a decision finds in a block's beginning.
fn stored(written: impl FnOnce()) -> TestExternalities {
	let mut state = TestExternalities::default();
	state.execute_with(written);
	state.commit_all().unwrap();
	state
}

fn decide(criterion: &mut Criterion) {
	let full = || {
		stored(|| {
			people();
			fill_everything();
		})
	};
	let lost = || {
		stored(|| {
			people();
			fill_everything();
			lose_key();
		})
	};
	let ordinary = || stored(people);
	let treatment = AccessRequest {
		purpose: Purpose::Treatment,
		..question()
	};
	let append = AccessRequest {
		record: None,
		status: None,
		author: doctor(),
		action: Action::Append,
		..treatment.clone()
	};
	let own = AccessRequest {
		requester: patient(),
		on_behalf_of: None,
		purpose: Purpose::PatientRequest,
		..question()
	};
	let first_of_hers = MAX_PASSES as GrantId * GrantId::from(MAX_GRANTS);
	let mut group = criterion.benchmark_group("decide");
	for (name, mut state, request, expected) in [
		(
			"the dearest: every list full, refused",
			lost(),
			question(),
			Decision::Deny(Reason::Suspended),
		),
		(
			"by a grant, every list full",
			full(),
			treatment,
			Decision::Permit(Basis::Grant(first_of_hers)),
		),
		(
			"an assigned doctor appends, lists empty",
			ordinary(),
			append,
			Decision::Permit(Basis::Assignment),
		),
		("the patient views", ordinary(), own, Decision::Permit(Basis::Subject)),
	] {
		state.execute_with(|| {
			let decide = || <Consent as AccessControl<AccountId>>::decide(black_box(&request));
			let decision = decide();
			assert_eq!(decision, expected, "{name}");
			group.bench_function(name, |bench| bench.iter(decide));
		});
	}
	group.finish();
}

criterion_group!(benches, decide);

fn main() {
	benches();
	Criterion::default().configure_from_args().final_summary();
}
