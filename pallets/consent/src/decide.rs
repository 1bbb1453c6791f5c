//! The decision engine: the rules in their order, the first that matches decides.
//!
//! Rule 4 (break-glass) and guardians, caregivers and successors are not part of this version: nobody has these
//! capacities yet, so nothing rests on them.

use crate::{Config, Denials, Grants};
use frame_support::traits::Time;
use salus_primitives::{
	grantees_of, AccessRequest, Action, Basis, Decision, DenialTerms, Grant, GrantId, Grantee, InstitutionId, Moment,
	Patient, PatientStatus, Reason, RecordStatus, Registry, Role,
};

/// The most storage items one decision reads: the clock, the patient, the credential and its institution, the
/// denials, the assignment, and the lists of the four grantees a requester can be.
pub const MAX_READS: u32 = 10;

/// Decides. `returned` are grants of which one use counts as not taken.
pub(crate) fn decide<T: Config>(request: &AccessRequest<T::AccountId>, returned: &[GrantId]) -> Decision {
	match rules::<T>(request, returned) {
		Ok(basis) => Decision::Permit(basis),
		Err(reason) => Decision::Deny(reason),
	}
}

fn rules<T: Config>(request: &AccessRequest<T::AccountId>, returned: &[GrantId]) -> Result<Basis, Reason> {
	let patient = T::Registry::patient(request.patient).filter(is_active);
	let capacity = standing::<T>(request, patient.as_ref())?;
	availability(request, &capacity)?;
	match capacity {
		Capacity::Subject { admitted_by } => subject(request, admitted_by),
		Capacity::Staff { institution, role } => {
			role_matrix(request, role)?;
			denials::<T>(request, role)?;
			let assigned = T::Registry::is_assigned(&request.requester, request.patient, institution);
			match authorship(request, institution, assigned)? {
				Some(basis) => Ok(basis),
				None => grants::<T>(
					request,
					&Acting {
						institution,
						role,
						assigned,
					},
					patient.is_some(),
					returned,
				),
			}
		}
	}
}

/// In what capacity a requester asks.
enum Capacity {
	/// As the patient.
	Subject { admitted_by: InstitutionId },
	/// In a role at an institution.
	Staff { institution: InstitutionId, role: Role },
}

/// Where and as what a requester acts, for the grants.
struct Acting {
	institution: InstitutionId,
	role: Role,
	assigned: bool,
}

/// The right of her own and the grants of a patient end with her status.
fn is_active<AccountId>(patient: &Patient<AccountId>) -> bool {
	matches!(patient.status, PatientStatus::Active)
}

/// Rule 1. Whoever names an institution asks in her role there and in no other capacity: a patient who names one
/// where she has no credential has no standing there.
fn standing<T: Config>(
	request: &AccessRequest<T::AccountId>,
	patient: Option<&Patient<T::AccountId>>,
) -> Result<Capacity, Reason> {
	match request.on_behalf_of {
		None => patient
			.filter(|patient| patient.controller.as_ref() == Some(&request.requester))
			.map(|patient| Capacity::Subject {
				admitted_by: patient.institution,
			})
			.ok_or(Reason::Unknown),
		Some(institution) => match T::Registry::standing(&request.requester, institution) {
			None => Err(Reason::Unknown),
			Some(standing) if !standing.active => Err(Reason::Inactive),
			Some(standing) => Ok(Capacity::Staff {
				institution,
				role: standing.role,
			}),
		},
	}
}

/// Rule 1a, save for what rule 6 permits of a record entered in error, which is left to `authorship`.
fn availability<AccountId>(request: &AccessRequest<AccountId>, capacity: &Capacity) -> Result<(), Reason> {
	match (request.status, capacity) {
		(Some(RecordStatus::Erasing | RecordStatus::Erased), _) => Err(Reason::Unavailable),
		(Some(RecordStatus::EnteredInError(_)), Capacity::Subject { .. }) => Err(Reason::Unavailable),
		(Some(RecordStatus::Restricted), Capacity::Staff { .. }) => Err(Reason::Unavailable),
		_ => Ok(()),
	}
}

/// Rule 2: the patient sees and shows everything, adds documents of her own, and amends nothing.
fn subject<AccountId: PartialEq>(
	request: &AccessRequest<AccountId>,
	admitted_by: InstitutionId,
) -> Result<Basis, Reason> {
	let may = match request.action {
		Action::View | Action::Share => true,
		Action::Append => request.author == request.requester && request.custodian == admitted_by,
		Action::Amend => false,
	};
	if may {
		Ok(Basis::Subject)
	} else {
		Err(Reason::RoleForbids)
	}
}

/// Rule 3: the role matrix limits; it permits nothing by itself.
fn role_matrix<AccountId>(request: &AccessRequest<AccountId>, role: Role) -> Result<(), Reason> {
	if role.allows(request.action, request.purpose, request.category) {
		Ok(())
	} else {
		Err(Reason::RoleForbids)
	}
}

/// Rule 5.
fn denials<T: Config>(request: &AccessRequest<T::AccountId>, role: Role) -> Result<(), Reason> {
	if Denials::<T>::get(request.patient)
		.iter()
		.any(|denial| matches_all(&denial.terms, request, role))
	{
		Err(Reason::Refused)
	} else {
		Ok(())
	}
}

/// Whether all that the denial names holds.
fn matches_all<AccountId: PartialEq>(
	terms: &DenialTerms<AccountId>,
	request: &AccessRequest<AccountId>,
	role: Role,
) -> bool {
	terms
		.account
		.as_ref()
		.is_none_or(|account| *account == request.requester)
		&& terms
			.institution
			.is_none_or(|institution| request.on_behalf_of == Some(institution))
		&& terms.role.is_none_or(|named| named == role)
		&& terms.category.is_none_or(|category| category == request.category)
		&& terms
			.compartment
			.is_none_or(|compartment| request.compartment == Some(compartment))
		&& terms.source.is_none_or(|source| source == request.custodian)
		&& terms.record.is_none_or(|record| request.record == Some(record))
		&& is_between(request.recorded_at, terms.recorded_from, terms.recorded_until)
}

/// Rule 6: the author reads and amends her own entries while she works for their custodian, and the assigned
/// practitioner writes. A record entered in error is open to its author's eyes only.
fn authorship<AccountId: PartialEq>(
	request: &AccessRequest<AccountId>,
	institution: InstitutionId,
	assigned: bool,
) -> Result<Option<Basis>, Reason> {
	let wrote = request.author == request.requester && request.custodian == institution;
	let in_error = matches!(request.status, Some(RecordStatus::EnteredInError(_)));
	match request.action {
		Action::View if wrote => Ok(Some(Basis::Author)),
		_ if in_error => Err(Reason::Unavailable),
		Action::Amend if wrote => Ok(Some(Basis::Author)),
		Action::Append if assigned => Ok(Some(Basis::Assignment)),
		_ => Ok(None),
	}
}

/// Rules 7 and 8: of the live grants one without a use limit comes first, then the lowest id; where none lives, the
/// one that got furthest gives the reason. [`Reason`] is ordered as the checks are.
fn grants<T: Config>(
	request: &AccessRequest<T::AccountId>,
	acting: &Acting,
	patient_active: bool,
	returned: &[GrantId],
) -> Result<Basis, Reason> {
	let now = T::Time::now();
	let mut live: Option<(bool, GrantId)> = None;
	let mut nearest = Reason::NoGrant;
	for grantee in grantees_of(&request.requester, Some((acting.institution, acting.role))) {
		if matches!(grantee, Grantee::Assigned(_)) && !acting.assigned {
			continue;
		}
		for grant in Grants::<T>::get(request.patient, &grantee) {
			let used_up = grant.uses_left == Some(0) && !returned.contains(&grant.id);
			let ended = !patient_active || now < grant.terms.starts || grant.terms.ends <= now;
			match miss(&grant, &grantee, request, ended, used_up) {
				Some(reason) => nearest = nearest.max(reason),
				None => {
					let rank = (grant.uses_left.is_some(), grant.id);
					live = Some(live.map_or(rank, |best| best.min(rank)));
				}
			}
		}
	}
	live.map(|(_, id)| Basis::Grant(id)).ok_or(nearest)
}

/// The first check that the grant fails. No grant can be passed on in this version, so that whatever stands above one
/// is not there to let it live.
fn miss<AccountId>(
	grant: &Grant<AccountId>,
	grantee: &Grantee<AccountId>,
	request: &AccessRequest<AccountId>,
	ended: bool,
	used_up: bool,
) -> Option<Reason> {
	let terms = &grant.terms;
	if grant.revoked_at.is_some() || grant.parent.is_some() {
		return Some(Reason::Revoked);
	}
	if ended {
		return Some(Reason::Expired);
	}
	if used_up {
		return Some(Reason::Exhausted);
	}
	if !terms.actions.contains(request.action) {
		return Some(Reason::ActionMismatch);
	}
	if !terms.purposes.contains(request.purpose) {
		return Some(Reason::PurposeMismatch);
	}
	if !terms.categories.contains(request.category) {
		return Some(Reason::CategoryMismatch);
	}
	if !terms.records.is_empty() && !request.record.is_some_and(|record| terms.records.contains(&record)) {
		return Some(Reason::RecordMismatch);
	}
	if !is_between(request.recorded_at, terms.recorded_from, terms.recorded_until) {
		return Some(Reason::OutsideDateRange);
	}
	let opens = |compartment| matches!(grantee, Grantee::Account(_)) && terms.compartments.contains(&compartment);
	if !request.compartment.is_none_or(opens) {
		return Some(Reason::CompartmentMismatch);
	}
	None
}

fn is_between(at: Moment, from: Option<Moment>, until: Option<Moment>) -> bool {
	from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until)
}
