//! The decision engine: the rules in their order, the first that matches decides.

use crate::{
	delegation::Lists, losses::Doubt, CaseOf, Cases, Config, DenialList, Denials, Dockets, Pallet, Sealed, Successors,
};
use frame_support::traits::Time;
use salus_primitives::{
	grantees_of, AccessRequest, Action, Basis, CaseId, Category, CategorySet, Decision, DenialId, DenialTerms, Grant,
	GrantId, Grantee, Guardianship, InstitutionId, Moment, Patient, PatientStatus, Purpose, PurposeSet, Reason,
	RecordStatus, Registry, Role, RoleLimits, Rule, Terms, CAREGIVER,
};

/// The most storage items one decision reads: the clock, the patient, the credential and its institution, the
/// requester's case and whether an incident is declared, the denials, the assignment, the author's successor, the lists
/// of the four grantees a requester can be, and those of the three grants that can stand above the one passed on to her,
/// since when the patient's key may have been in other hands, and her guardians.
pub const MAX_READS: u32 = 19;

/// What a case opens before it has its approvals.
const EMERGENCY_SET: CategorySet = CategorySet::of(&[
	Category::Summary,
	Category::Allergy,
	Category::Prescription,
	Category::Immunisation,
]);

/// For what an institution gets no access while a review of its cases is overdue. HL7 counts clinical trials as
/// research.
pub(crate) const SUSPENDED_BY_OVERDUE_REVIEWS: PurposeSet =
	PurposeSet::of(&[Purpose::Payment, Purpose::Research, Purpose::ClinicalTrial]);

/// A permit and a refusal, each with the rule it comes of.
type Found = Result<(Rule, Basis), (Rule, Reason)>;

/// What is worth knowing of a decision besides itself.
pub(crate) enum Note<'a, AccountId> {
	/// This denial refuses.
	Denial(DenialId),
	/// The requester's case waits for its approvals.
	Waiting(CaseId),
	/// This grant failed a check.
	Miss(&'a Grantee<AccountId>, GrantId, Reason),
}

/// What a decision is about besides its request.
pub(crate) struct Extent<'a> {
	/// When the last of it was recorded; the first was at the request's `recorded_at`.
	pub last_at: Moment,
	/// Grants of which one use counts as not taken.
	pub returned: &'a [GrantId],
}

impl<'a> Extent<'a> {
	/// Of what was recorded at one moment.
	pub fn of<AccountId>(request: &AccessRequest<AccountId>, returned: &'a [GrantId]) -> Self {
		Self {
			last_at: request.recorded_at,
			returned,
		}
	}
}

/// Decides.
pub(crate) fn decide<T: Config>(request: &AccessRequest<T::AccountId>, extent: &Extent) -> Decision {
	decision(rules::<T>(request, extent, &mut |_| {})).1
}

/// The decision, the rule that decided, and what was to be noted on the way.
pub(crate) fn decide_noting<T: Config>(
	request: &AccessRequest<T::AccountId>,
	note: &mut dyn FnMut(Note<T::AccountId>),
) -> (Rule, Decision) {
	decision(rules::<T>(request, &Extent::of(request, &[]), note))
}

fn decision(found: Found) -> (Rule, Decision) {
	match found {
		Ok((rule, basis)) => (rule, Decision::Permit(basis)),
		Err((rule, reason)) => (rule, Decision::Deny(reason)),
	}
}

/// Says by which rule something is refused.
fn by(rule: Rule) -> impl FnOnce(Reason) -> (Rule, Reason) {
	move |reason| (rule, reason)
}

fn rules<T: Config>(
	request: &AccessRequest<T::AccountId>,
	extent: &Extent,
	note: &mut dyn FnMut(Note<T::AccountId>),
) -> Found {
	let now = T::Time::now();
	let patient = T::Registry::patient(request.patient);
	let capacity = standing::<T>(request, patient.as_ref(), now).map_err(by(Rule::Standing))?;
	availability(request, &capacity).map_err(by(Rule::Status))?;
	let status = patient.as_ref().map(|patient| patient.status);
	let mut judged = |staff| judged::<T>(request, staff, status, extent, now, note);
	match capacity {
		Capacity::Subject { admitted_by } => subject(request, admitted_by)
			.map(|basis| (Rule::Subject, basis))
			.map_err(by(Rule::Subject)),
		Capacity::Guardian {
			guardianship,
			caregiver,
		} => match guardian(request, &guardianship) {
			Some(basis) => Ok((Rule::Subject, basis)),
			None if caregiver => {
				availability(request, &Capacity::Caregiver).map_err(by(Rule::Status))?;
				judged(None)
			}
			None => Err((Rule::Subject, Reason::NoGrant)),
		},
		Capacity::Caregiver => judged(None),
		Capacity::Staff {
			institution,
			role,
			begun,
		} => judged(Some(((institution, role), begun))),
	}
}

/// Rules 3 to 8, for staff and, without an institution, for caregivers.
fn judged<T: Config>(
	request: &AccessRequest<T::AccountId>,
	staff: Option<((InstitutionId, Role), Moment)>,
	patient: Option<PatientStatus>,
	extent: &Extent,
	now: Moment,
	note: &mut dyn FnMut(Note<T::AccountId>),
) -> Found {
	let acting = staff.map(|(acting, _)| acting);
	let limits = acting.map_or(CAREGIVER, |(_, role)| role.limits());
	role_matrix(request, limits).map_err(by(Rule::Matrix))?;
	let denials = Denials::<T>::get(request.patient);
	if let Some((institution, _)) = acting {
		let broken = break_glass::<T>(request, institution, &denials, now, note).map_err(by(Rule::BreakGlass))?;
		if let Some(basis) = broken {
			return Ok((Rule::BreakGlass, basis));
		}
	}
	refusals(request, extent, acting.map(|(_, role)| role), &denials, note).map_err(by(Rule::Denial))?;
	let assigned = staff.is_some_and(|((institution, _), begun)| {
		T::Registry::is_assigned_since(&request.requester, request.patient, institution, begun)
	});
	if let Some(basis) = authorship::<T>(request, acting, assigned).map_err(by(Rule::Status))? {
		return Ok((Rule::Author, basis));
	}
	grants::<T>(request, &Acting { acting, assigned }, patient, extent, now, note)
		.map(|basis| (Rule::Grant, basis))
		.map_err(by(Rule::Nothing))
}

/// In what capacity a requester asks.
enum Capacity<AccountId> {
	/// As the patient.
	Subject { admitted_by: Option<InstitutionId> },
	/// As her guardian, and as a caregiver besides or not.
	Guardian {
		guardianship: Guardianship<AccountId>,
		caregiver: bool,
	},
	/// As somebody she named.
	Caregiver,
	/// In a role at an institution.
	Staff {
		institution: InstitutionId,
		role: Role,
		begun: Moment,
	},
}

/// Where and as what a requester acts, for the grants.
struct Acting {
	acting: Option<(InstitutionId, Role)>,
	assigned: bool,
}

/// The right of her own ends with a patient's status.
fn is_active<AccountId>(patient: &Patient<AccountId>) -> bool {
	matches!(patient.status, PatientStatus::Active)
}

/// Rule 1. Whoever names an institution asks in her role there and in no other capacity: a patient who names one
/// where she has no credential has no standing there.
fn standing<T: Config>(
	request: &AccessRequest<T::AccountId>,
	patient: Option<&Patient<T::AccountId>>,
	now: Moment,
) -> Result<Capacity<T::AccountId>, Reason> {
	match request.on_behalf_of {
		None => {
			let patient = patient.ok_or(Reason::Unknown)?;
			if is_subject::<T>(patient, &request.requester) {
				return Ok(Capacity::Subject {
					admitted_by: is_active(patient).then_some(patient.institution),
				});
			}
			stand_in::<T>(request, patient.status, now)
		}
		Some(institution) => match T::Registry::standing(&request.requester, institution) {
			None => Err(Reason::Unknown),
			Some(standing) if !standing.active => Err(Reason::Inactive),
			Some(_) if is_barred::<T>(request.purpose, institution, now) => Err(Reason::Inactive),
			Some(standing) => Ok(Capacity::Staff {
				institution,
				role: standing.role,
				begun: standing.begun,
			}),
		},
	}
}

/// Whether it is the patient's own account; once her id was merged, that of the id she goes on under.
fn is_subject<T: Config>(patient: &Patient<T::AccountId>, account: &T::AccountId) -> bool {
	let is_hers = |entry: &Patient<T::AccountId>| is_active(entry) && entry.controller.as_ref() == Some(account);
	is_hers(patient) || T::Registry::goes_on_as(patient.status).is_some_and(|(_, entry)| is_hers(&entry))
}

/// Rule 1 for those who are not the patient and name no institution.
fn stand_in<T: Config>(
	request: &AccessRequest<T::AccountId>,
	patient: PatientStatus,
	now: Moment,
) -> Result<Capacity<T::AccountId>, Reason> {
	let guardianship = T::Registry::guardianship(request.patient, &request.requester)
		.filter(|guardianship| guardianship.is_active(now, patient));
	let caregiver = T::Registry::is_caregiver(request.patient, &request.requester);
	match (guardianship, caregiver) {
		(Some(guardianship), caregiver) => Ok(Capacity::Guardian {
			guardianship,
			caregiver,
		}),
		(None, true) => Ok(Capacity::Caregiver),
		(None, false) => Err(Reason::Unknown),
	}
}

/// Whether overdue reviews of the institution's cases suspend its access for this purpose.
fn is_barred<T: Config>(purpose: Purpose, institution: InstitutionId, now: Moment) -> bool {
	SUSPENDED_BY_OVERDUE_REVIEWS.contains(purpose) && Dockets::<T>::get(institution).is_overdue(now)
}

/// Rule 1a, save for what rule 6 permits of a record entered in error, which is left to `authorship`.
fn availability<AccountId>(request: &AccessRequest<AccountId>, capacity: &Capacity<AccountId>) -> Result<(), Reason> {
	match (request.status, capacity) {
		(Some(RecordStatus::Erasing | RecordStatus::Erased), _) => Err(Reason::Unavailable),
		(Some(RecordStatus::EnteredInError(_)), Capacity::Subject { .. } | Capacity::Guardian { .. }) => {
			Err(Reason::Unavailable)
		}
		(Some(RecordStatus::Restricted), Capacity::Staff { .. } | Capacity::Caregiver) => Err(Reason::Unavailable),
		_ => Ok(()),
	}
}

fn is_in_error<AccountId>(request: &AccessRequest<AccountId>) -> bool {
	matches!(request.status, Some(RecordStatus::EnteredInError(_)))
}

/// Rule 2: the patient sees and shows everything, adds documents of her own to an id that was not merged, and amends
/// nothing.
fn subject<AccountId: PartialEq>(
	request: &AccessRequest<AccountId>,
	admitted_by: Option<InstitutionId>,
) -> Result<Basis, Reason> {
	let may = match request.action {
		Action::View | Action::Share => true,
		Action::Append => request.author == request.requester && admitted_by == Some(request.custodian),
		Action::Amend => false,
	};
	if may {
		Ok(Basis::Subject)
	} else {
		Err(Reason::RoleForbids)
	}
}

/// Rule 2 for guardians: what they may do, outside of compartments.
fn guardian<AccountId>(request: &AccessRequest<AccountId>, guardianship: &Guardianship<AccountId>) -> Option<Basis> {
	let may = guardianship.actions.contains(request.action) && request.compartment.is_none();
	may.then_some(Basis::Guardian)
}

/// Rule 3: the role matrix limits; it permits nothing by itself.
fn role_matrix<AccountId>(request: &AccessRequest<AccountId>, limits: RoleLimits) -> Result<(), Reason> {
	if limits.allow(request.action, request.purpose, request.category) {
		Ok(())
	} else {
		Err(Reason::RoleForbids)
	}
}

/// Rule 4: whoever is in an open case sees the emergency set, and the rest once the case has its approvals. Before it
/// has them everything else is for the rules that follow to decide; so is what was entered in error, by rule 1a.
fn break_glass<T: Config>(
	request: &AccessRequest<T::AccountId>,
	institution: InstitutionId,
	denials: &DenialList<T::AccountId>,
	now: Moment,
	note: &mut dyn FnMut(Note<T::AccountId>),
) -> Result<Option<Basis>, Reason> {
	let emergency = request.purpose == Purpose::Emergency && request.action == Action::View;
	if !emergency || is_in_error(request) {
		return Ok(None);
	}
	let Some(id) = CaseOf::<T>::get(request.patient, &request.requester) else {
		return Ok(None);
	};
	let open = Cases::<T>::get(request.patient, id).filter(|case| case.institution == institution && case.is_open(now));
	let Some(case) = open else {
		return Ok(None);
	};
	let at_once = request.compartment.is_none() && EMERGENCY_SET.contains(request.category);
	if !at_once && !case.is_approved() && !Pallet::<T>::has_incident(institution, now) {
		note(Note::Waiting(id));
		return Ok(None);
	}
	let by_name = DenialTerms {
		account: Some(request.requester.clone()),
		..DenialTerms::all()
	};
	if let Some(denial) = denials.iter().find(|denial| denial.terms == by_name) {
		note(Note::Denial(denial.id));
		return Err(Reason::Refused);
	}
	if request
		.compartment
		.is_some_and(|compartment| Sealed::<T>::get(request.patient).contains(compartment))
	{
		return Err(Reason::Sealed);
	}
	Ok(Some(Basis::BreakGlass(id)))
}

/// Rule 5.
fn refusals<AccountId: PartialEq>(
	request: &AccessRequest<AccountId>,
	extent: &Extent,
	role: Option<Role>,
	denials: &DenialList<AccountId>,
	note: &mut dyn FnMut(Note<AccountId>),
) -> Result<(), Reason> {
	let matching = |terms| matches_all(terms, request, extent.last_at, role);
	match denials.iter().find(|denial| matching(&denial.terms)) {
		Some(denial) => {
			note(Note::Denial(denial.id));
			Err(Reason::Refused)
		}
		None => Ok(()),
	}
}

/// Whether all that the denial names holds, of one moment of what is asked for at least.
fn matches_all<AccountId: PartialEq>(
	terms: &DenialTerms<AccountId>,
	request: &AccessRequest<AccountId>,
	last_at: Moment,
	role: Option<Role>,
) -> bool {
	terms
		.account
		.as_ref()
		.is_none_or(|account| *account == request.requester)
		&& terms
			.institution
			.is_none_or(|institution| request.on_behalf_of == Some(institution))
		&& terms.role.is_none_or(|named| role == Some(named))
		&& terms.category.is_none_or(|category| category == request.category)
		&& terms
			.compartment
			.is_none_or(|compartment| request.compartment == Some(compartment))
		&& terms.source.is_none_or(|source| source == request.custodian)
		&& terms.record.is_none_or(|record| request.record == Some(record))
		&& terms.recorded_from.is_none_or(|from| from <= last_at)
		&& terms.recorded_until.is_none_or(|until| request.recorded_at < until)
}

/// Rule 6: the author, or her successor, reads and amends her entries while she works for their custodian, and the
/// assigned practitioner writes. A record entered in error is open to these authors' eyes only.
fn authorship<T: Config>(
	request: &AccessRequest<T::AccountId>,
	acting: Option<(InstitutionId, Role)>,
	assigned: bool,
) -> Result<Option<Basis>, Reason> {
	let reads_or_amends = matches!(request.action, Action::View | Action::Amend);
	let at_custodian = acting.is_some_and(|(institution, _)| request.custodian == institution);
	let wrote = at_custodian
		&& reads_or_amends
		&& (request.author == request.requester
			|| Successors::<T>::get(request.custodian, &request.author).as_ref() == Some(&request.requester));
	match request.action {
		Action::View if wrote => Ok(Some(Basis::Author)),
		_ if is_in_error(request) => Err(Reason::Unavailable),
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
	patient: Option<PatientStatus>,
	extent: &Extent,
	now: Moment,
	note: &mut dyn FnMut(Note<T::AccountId>),
) -> Result<Basis, Reason> {
	let mut lists = Lists::<T>::of(request.patient);
	let mut doubt = Doubt::<T>::of(request.patient, patient, now);
	let mut live: Option<(bool, GrantId)> = None;
	let mut nearest = Reason::NoGrant;
	for grantee in grantees_of(&request.requester, acting.acting) {
		if matches!(grantee, Grantee::Assigned(_)) && !acting.assigned {
			continue;
		}
		for grant in lists.to(&grantee).to_vec() {
			let above = lists.above(&grant, extent.returned);
			let state = State {
				revoked: grant.revoked_at.is_some() || above.revoked,
				ended: !lasts(&grant.terms, above.root.at, patient)
					|| now < grant.terms.starts
					|| grant.terms.ends <= now,
				used_up: above.used_up || (grant.uses_left == Some(0) && !extent.returned.contains(&grant.id)),
			};
			let missed = miss(&grant, &grantee, request, extent.last_at, &state)
				.or_else(|| doubt.covers(&above.root).then_some(Reason::Suspended));
			match missed {
				Some(reason) => {
					note(Note::Miss(&grantee, grant.id, reason));
					nearest = nearest.max(reason);
				}
				None => {
					let rank = (grant.uses_left.is_some(), grant.id);
					live = Some(live.map_or(rank, |best| best.min(rank)));
				}
			}
		}
	}
	live.map(|(_, id)| Basis::Grant(id)).ok_or(nearest)
}

/// Whether a patient's status leaves a grant: all of them end with her id, and with her life those that are not marked to
/// outlive it. What was given after she died she did not give.
fn lasts(terms: &Terms, given_at: Moment, patient: Option<PatientStatus>) -> bool {
	match patient {
		Some(PatientStatus::Active) => true,
		Some(PatientStatus::Deceased(died)) => terms.outlives && given_at <= died,
		Some(PatientStatus::MergedInto(_)) | None => false,
	}
}

/// What has become of a grant and of those above it.
struct State {
	revoked: bool,
	ended: bool,
	used_up: bool,
}

/// The first check that the grant fails. One that was passed on has no time or mark of its own to look up above it: its
/// terms are within those of its parents.
fn miss<AccountId>(
	grant: &Grant<AccountId>,
	grantee: &Grantee<AccountId>,
	request: &AccessRequest<AccountId>,
	last_at: Moment,
	state: &State,
) -> Option<Reason> {
	let terms = &grant.terms;
	if state.revoked {
		return Some(Reason::Revoked);
	}
	if state.ended {
		return Some(Reason::Expired);
	}
	if state.used_up {
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
	let holds = |at| is_between(at, terms.recorded_from, terms.recorded_until);
	if !holds(request.recorded_at) || !holds(last_at) {
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
