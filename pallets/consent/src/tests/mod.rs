#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::panic,
	clippy::cast_possible_truncation
)]

mod admission;
mod appeal_case;
mod approve;
mod approve_case;
mod ask;
mod attacks;
mod attest_erasure;
mod break_glass;
mod caregivers;
mod close_case;
mod confirm_grant;
mod declare_incident;
mod decline;
mod deny;
mod docket;
mod end_incident;
mod events;
mod exhaustive;
mod explain;
mod grant;
mod guardians;
mod histories;
mod join_case;
mod judge_case;
mod lift_denial;
mod listings;
mod lost_keys;
mod migrations;
mod model;
mod name_successor;
mod open_case;
mod outlives;
mod paper;
mod pass_on;
mod queries;
mod readme;
mod reads;
mod review_case;
mod revoke;
mod rules;
mod seal;
mod set_emergency_limits;
mod spans;
mod still_permits;
mod take_use;
mod terms;
mod try_state;
mod unseal;
mod weights;
mod withdraw;

use crate::{mock::*, Error, Paper, Wish};
use salus_primitives::{
	AccessControl, AccessRequest, Action, ActionSet, Case, CaseId, Category, CategorySet, Decision, EmergencyReason,
	GrantId, Grantee, Guardianship, InstitutionId, KeyLoss, Parent, Purpose, PurposeSet, Reason, Record, RecordId,
	RecordStatus, Role, Terms, DAY, HOUR,
};
use sp_core::H256;

type E = Error<Test>;

/// To view anything ordinary for treatment, for thirty days from noon.
fn terms() -> Terms {
	Terms {
		actions: ActionSet::of(&[Action::View]),
		purposes: PurposeSet::of(&[Purpose::Treatment]),
		categories: CategorySet::of(&[Category::Laboratory, Category::Summary, Category::Imaging]),
		starts: NOON,
		ends: NOON + 30 * DAY,
		..Terms::none()
	}
}

fn uses(count: u32) -> Terms {
	Terms {
		uses: Some(count),
		..terms()
	}
}

/// Bea of the other hospital wants to view a laboratory report that Ada wrote, to treat the patient.
fn question() -> AccessRequest<u64> {
	AccessRequest {
		requester: BEA,
		on_behalf_of: Some(AWAY),
		patient: PATIENT,
		record: Some(1),
		custodian: HOME,
		category: Category::Laboratory,
		compartment: None,
		recorded_at: NOON - DAY,
		author: ADA,
		status: Some(RecordStatus::Current),
		action: Action::View,
		purpose: Purpose::Treatment,
	}
}

fn record() -> Record<u64> {
	let asked = question();
	Record {
		patient: asked.patient,
		author: asked.author,
		custodian: asked.custodian,
		origin: salus_primitives::Origin::Clinician,
		category: asked.category,
		compartment: asked.compartment,
		media: salus_primitives::Media::FhirJson,
		cid: Default::default(),
		sha256: Default::default(),
		tree: Default::default(),
		size: 0,
		recorded_at: asked.recorded_at,
		registered_at: NOON,
		relates_to: None,
		doc_status: salus_primitives::DocStatus::Final,
		status: RecordStatus::Current,
		previous: None,
	}
}

fn decide(request: &AccessRequest<u64>) -> Decision {
	<Consent as AccessControl<u64>>::decide(request)
}

fn take_use(requester: u64, on_behalf_of: Option<InstitutionId>, grant: GrantId) -> sp_runtime::DispatchResult {
	<Consent as AccessControl<u64>>::take_use(PATIENT, &requester, on_behalf_of, grant)
}

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// The patient gives a grant and says which.
fn give(grantee: Grantee<u64>, terms: Terms) -> GrantId {
	let id = crate::NextGrant::<Test>::get();
	frame_support::assert_ok!(Consent::grant(signed(PIA), PATIENT, grantee, terms));
	id
}

/// Bea asks and the answer is due within ten days.
fn ask(terms: Terms) -> u64 {
	let id = crate::NextRequest::<Test>::get();
	frame_support::assert_ok!(Consent::ask(signed(BEA), PATIENT, AWAY, terms, now() + 10 * DAY));
	id
}

fn records(ids: &[RecordId]) -> frame_support::BoundedVec<RecordId, sp_runtime::traits::ConstU32<16>> {
	ids.to_vec().try_into().unwrap()
}

fn compartments(ids: &[u8]) -> frame_support::BoundedVec<u8, sp_runtime::traits::ConstU32<8>> {
	ids.to_vec().try_into().unwrap()
}

fn last_entry(patient: u64) -> salus_primitives::AuditEntry<u64> {
	Entries::get(patient).unwrap().last().unwrap().clone()
}

/// A refusal.
fn denied(reason: Reason) -> Decision {
	Decision::Deny(reason)
}

/// Bea breaks the glass for six hours.
fn open() -> CaseId {
	open_by(BEA, AWAY)
}

fn open_by(who: u64, at: InstitutionId) -> CaseId {
	let id = crate::NextCase::<Test>::get();
	frame_support::assert_ok!(break_glass(who, at, now() + 6 * HOUR));
	id
}

fn break_glass(who: u64, at: InstitutionId, ends_at: u64) -> sp_runtime::DispatchResult {
	let (reason, justification) = (EmergencyReason::Unconscious, H256::repeat_byte(9));
	Consent::open_case(signed(who), PATIENT, at, reason, justification, ends_at)
}

fn case(id: CaseId) -> Case<u64> {
	crate::Cases::<Test>::get(PATIENT, id).unwrap()
}

/// Bea's question in an emergency.
fn emergency(category: Category) -> AccessRequest<u64> {
	AccessRequest {
		category,
		purpose: Purpose::Emergency,
		..question()
	}
}

/// To view and to show to others.
fn shareable() -> Terms {
	Terms {
		actions: ActionSet::of(&[Action::View, Action::Share]),
		..terms()
	}
}

fn from(grantee: Grantee<u64>, grant: GrantId) -> Parent<u64> {
	Parent { grantee, grant }
}

/// Somebody passes a grant on.
fn pass_on(
	who: u64,
	at: InstitutionId,
	parent: Parent<u64>,
	to: u64,
	terms: Terms,
) -> Result<GrantId, sp_runtime::DispatchError> {
	let id = crate::NextGrant::<Test>::get();
	Consent::pass_on(signed(who), PATIENT, at, parent, to, terms).map(|()| id)
}

/// A guardianship of Gina's, for ten days from noon.
fn guardianship(actions: &[Action]) -> Guardianship<u64> {
	Guardianship {
		guardian: GINA,
		executor: false,
		actions: ActionSet::of(actions),
		consents: false,
		evidence: H256::zero(),
		starts: NOON,
		ends: NOON + 10 * DAY,
		contested: false,
	}
}

/// Gina is the patient's guardian for these actions.
fn guardian(actions: &[Action]) {
	Guardianships::insert((PATIENT, GINA), guardianship(actions));
}

/// A question of somebody who acts for no institution.
fn private(requester: u64) -> AccessRequest<u64> {
	AccessRequest {
		requester,
		on_behalf_of: None,
		..question()
	}
}

/// At the desk of the patient's hospital: an officer and an administrator.
const HANNA: u64 = 60;
const MARA: u64 = 61;

/// The patient has no device, and her hospital's desk is staffed.
fn without_device() {
	Patients::mutate(PATIENT, |patient| patient.as_mut().unwrap().controller = None);
	staff_the_desk();
}

fn staff_the_desk() {
	Officers::insert((HANNA, HOME), ());
	Credentials::insert((MARA, HOME), (Role::Administrator, true));
}

fn paper(wish: Wish<u64>) -> Paper<u64> {
	Paper {
		wish,
		scan: H256::repeat_byte(5),
	}
}

/// Hanna brings what the patient signed, and Ada confirms it.
fn on_paper(wish: Wish<u64>) -> sp_runtime::DispatchResult {
	Consent::witness_paper(signed(HANNA), PATIENT, paper(wish.clone()))?;
	Consent::confirm_paper(signed(ADA), PATIENT, HANNA, paper(wish))
}

/// The patient says since when she has not had her key, and a recovery waits.
fn lost_since(at: u64) {
	let before = KeyLosses::get(PATIENT).unwrap_or_default();
	let loss = KeyLoss {
		waiting: Some(at),
		..before
	};
	KeyLosses::insert(PATIENT, loss);
}

/// The council completes the recovery now: she signs by this account.
fn recovered(controller: u64) {
	let loss = KeyLosses::get(PATIENT).unwrap_or_default().completed(now());
	KeyLosses::insert(PATIENT, loss);
	Patients::mutate(PATIENT, |patient| {
		patient.as_mut().unwrap().controller = Some(controller)
	});
}

/// The model's guardian as roles would keep her.
fn stored(guardian: u64, given: model::Guardian) -> Guardianship<u64> {
	Guardianship {
		guardian,
		executor: given.executor,
		actions: given.may,
		consents: given.signs,
		evidence: H256::zero(),
		starts: given.from,
		ends: given.until,
		contested: given.contested,
	}
}
