#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::panic,
	clippy::cast_possible_truncation
)]

mod admission;
mod approve;
mod ask;
mod decline;
mod deny;
mod events;
mod exhaustive;
mod grant;
mod histories;
mod lift_denial;
mod model;
mod queries;
mod readme;
mod reads;
mod revoke;
mod rules;
mod still_permits;
mod take_use;
mod terms;
mod try_state;
mod weights;
mod withdraw;

use crate::{mock::*, Error};
use salus_primitives::{
	AccessControl, AccessRequest, Action, ActionSet, Category, CategorySet, Decision, GrantId, Grantee, InstitutionId,
	Purpose, PurposeSet, Reason, Record, RecordId, RecordStatus, Terms, DAY,
};

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
