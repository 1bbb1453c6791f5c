//! What the consortium's people do, told on the whole runtime: signed extrinsics in blocks whose time the story moves,
//! decisions asked through the runtime API, and every invariant checked when the story is over.

mod applications;
mod consent;
mod cost;
mod deaths;
mod denials;
mod emergencies;
mod guardians;
mod matrix;
mod paper;
mod people;
mod recovery;
mod referrals;
mod refusals;
mod registration;
mod scanner;
mod standing;
mod telemetry;
mod unlinkable;
mod world;

use super::{account, key};
use crate::*;
use people::*;
use salus_primitives::{
	AccessRequest, Action, ActionSet, Assignment, Basis, Category, CategorySet, Decision, DenialTerms, EmergencyReason,
	Grantee, InstitutionId, InstitutionKind, Kind, Moment, PatientId, Purpose, PurposeSet, Reason, RecordId, Role,
	Terms, Verdict, DAY, HOUR, SECOND,
};
use sp_runtime::DispatchError;
use world::{story, World};

type RolesError = pallet_roles::Error<Runtime>;
type ConsentError = pallet_consent::Error<Runtime>;
type Consents = pallet_consent::Call<Runtime>;

fn permit(basis: Basis) -> Decision {
	Decision::Permit(basis)
}

fn deny(reason: Reason) -> Decision {
	Decision::Deny(reason)
}
