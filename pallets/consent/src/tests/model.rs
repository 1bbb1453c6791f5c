//! The decision engine and the life of consents a second time: plain tables over maps, written from the design's text
//! and sharing no logic with the pallet. It keeps its own role matrix.

mod calls;
mod emergencies;
mod matrix;
mod paper;

pub use emergencies::Emergency;
use matrix::{read_matrix, read_row, Row, CAREGIVERS};
pub use paper::Signed;

use salus_primitives::{
	AccessRequest, Action, ActionSet, Basis, Decision, DenialTerms, Grantee, Purpose, Reason, Receipt, Record,
	RecordStatus, Role, Terms,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
pub struct Person {
	/// Everybody has a key here.
	pub controller: u64,
	/// Without one nobody signs for her.
	pub device: bool,
	pub hospital: u32,
	pub lives: bool,
}

#[derive(Clone, Debug)]
pub struct Given {
	pub patient: u64,
	pub grantee: Grantee<u64>,
	pub terms: Terms,
	pub left: Option<u32>,
	pub revoked: bool,
	/// The grant it was passed on from, and by whom.
	pub parent: Option<u64>,
	pub by: u64,
	pub at: u64,
}

#[derive(Clone, Debug)]
pub struct Wanted {
	pub patient: u64,
	pub requester: u64,
	pub institution: u32,
	pub terms: Terms,
	pub until: u64,
}

#[derive(Clone, Copy, Debug)]
pub struct Guardian {
	pub may: ActionSet,
	pub signs: bool,
	/// For one who died, and not for one who lives.
	pub executor: bool,
	pub contested: bool,
	pub from: u64,
	pub until: u64,
}

#[derive(Clone)]
pub struct Model {
	matrix: BTreeMap<Role, Row>,
	pub now: u64,
	pub institutions: BTreeMap<u32, bool>,
	pub credentials: BTreeMap<(u64, u32), (Role, bool)>,
	/// Credentials that never count again.
	pub revoked: BTreeSet<(u64, u32)>,
	pub patients: BTreeMap<u64, Person>,
	/// When a patient died who lives no more for that reason.
	pub died: BTreeMap<u64, u64>,
	/// Which id goes on as which; the old one lives no more.
	pub merged: BTreeMap<u64, u64>,
	pub assigned: BTreeSet<(u64, u64, u32)>,
	pub grants: BTreeMap<u64, Given>,
	pub denials: BTreeMap<u64, (u64, DenialTerms<u64>)>,
	pub requests: BTreeMap<u64, Wanted>,
	/// Of a patient, to an account.
	pub guardians: BTreeMap<(u64, u64), Guardian>,
	pub caregivers: BTreeSet<(u64, u64)>,
	/// Of a patient, under a grant: who made copies, until when she may keep them, and whether she attested.
	pub copies: BTreeMap<(u64, u64), (Grantee<u64>, u64, bool)>,
	/// The times, first and last, at which a patient's key may have been in other hands; a recovery that waits has no
	/// end.
	pub doubtful: BTreeMap<u64, BTreeSet<(u64, u64)>>,
	/// Of a patient, from a first witness: what was signed, the number of its scan, and until when it waits.
	pub papers: BTreeMap<(u64, u64), (Signed, u8, u64)>,
	/// Where, after whom: who.
	pub successors: BTreeMap<(u32, u64), u64>,
	/// What kind an institution is, as far as that matters: a hospital or clinic, or something else.
	pub hospitals: BTreeSet<u32>,
	/// Since when a credential is active, where it isn't since the beginning.
	pub since: BTreeMap<(u64, u32), u64>,
	pub officers: BTreeSet<(u64, u32)>,
	pub cases: BTreeMap<u64, Emergency>,
	pub sealed: BTreeSet<(u64, u8)>,
	pub incidents: BTreeMap<u32, u64>,
	pub incidents_wanted: BTreeMap<u32, (u64, u64)>,
	pub emergency_limits: BTreeMap<u32, (u8, u32)>,
	next_grant: u64,
	next_denial: u64,
	next_request: u64,
}

/// One question, with the grants of which one use counts as not taken.
struct Asked<'a> {
	request: &'a AccessRequest<u64>,
	returned: &'a BTreeSet<u64>,
}

type Rule = fn(&Model, &Asked) -> Option<Decision>;

const fn deny(reason: Reason) -> Option<Decision> {
	Some(Decision::Deny(reason))
}

const fn permit(basis: Basis) -> Option<Decision> {
	Some(Decision::Permit(basis))
}

/// The rules, top to bottom.
const RULES: [(&str, Rule); 21] = [
	("1: nobody", |model, asked| {
		let somebody = model.is_patient(asked)
			|| model.guardianship(asked).is_some()
			|| model.is_caregiver(asked)
			|| model.credential(asked).is_some();
		(!somebody).then_some(Decision::Deny(Reason::Unknown))
	}),
	("1: suspended, expired or revoked", |model, asked| {
		match model.credential(asked) {
			Some((_, false)) => deny(Reason::Inactive),
			_ => None,
		}
	}),
	("1: reviews are overdue", |model, asked| {
		let suspended = [Purpose::Payment, Purpose::Research, Purpose::ClinicalTrial];
		asked
			.request
			.on_behalf_of
			.filter(|at| suspended.contains(&asked.request.purpose) && model.reviews_overdue(*at))
			.map(|_| Decision::Deny(Reason::Inactive))
	}),
	("1a: erased", |_, asked| match asked.request.status {
		Some(RecordStatus::Erasing) | Some(RecordStatus::Erased) => deny(Reason::Unavailable),
		_ => None,
	}),
	("1a: restricted", |model, asked| match asked.request.status {
		Some(RecordStatus::Restricted) if !model.by_rule_2(asked) => deny(Reason::Unavailable),
		_ => None,
	}),
	(
		"1a: entered in error, and she is no author by rule 6",
		|model, asked| {
			let hers = model.is_patient(asked) || model.guardianship(asked).is_some();
			(entered_in_error(asked) && hers).then_some(Decision::Deny(Reason::Unavailable))
		},
	),
	("2: the patient sees and shares", |model, asked| {
		let sees = [Action::View, Action::Share].contains(&asked.request.action);
		(model.is_patient(asked) && sees).then_some(Decision::Permit(Basis::Subject))
	}),
	("2: the patient appends her own", |model, asked| {
		let own = asked.request.author == asked.request.requester
			&& !model.merged.contains_key(&asked.request.patient)
			&& model.patients.get(&asked.request.patient).map(|person| person.hospital)
				== Some(asked.request.custodian);
		(model.is_patient(asked) && asked.request.action == Action::Append && own)
			.then_some(Decision::Permit(Basis::Subject))
	}),
	("2: the patient does nothing else", |model, asked| {
		model.is_patient(asked).then_some(Decision::Deny(Reason::RoleForbids))
	}),
	("2: a guardian does what she may", |model, asked| {
		model.guards(asked).then_some(Decision::Permit(Basis::Guardian))
	}),
	("2: a guardian who is nothing else does nothing else", |model, asked| {
		(model.guardianship(asked).is_some() && !model.is_caregiver(asked)).then_some(Decision::Deny(Reason::NoGrant))
	}),
	("3: the matrix", |model, asked| {
		let caregivers = read_row(&CAREGIVERS.split(" | ").collect::<Vec<_>>());
		let row = match model.credential(asked) {
			Some((role, _)) => &model.matrix[&role],
			None => &caregivers,
		};
		let at_most = match asked.request.action {
			Action::View | Action::Share => &row.view,
			Action::Append | Action::Amend => &row.append,
		};
		let within = at_most.contains(&asked.request.category) && row.purposes.contains(&asked.request.purpose);
		if within {
			None
		} else {
			deny(Reason::RoleForbids)
		}
	}),
	("4: refused by name", |model, asked| {
		model.broken_glass(asked)?;
		let mut hers = model
			.denials
			.values()
			.filter(|(patient, _)| *patient == asked.request.patient);
		let named = DenialTerms {
			account: Some(asked.request.requester),
			..DenialTerms::all()
		};
		hers.any(|(_, terms)| *terms == named)
			.then_some(Decision::Deny(Reason::Refused))
	}),
	("4: sealed", |model, asked| {
		model.broken_glass(asked)?;
		let drawer = asked.request.compartment?;
		model
			.sealed
			.contains(&(asked.request.patient, drawer))
			.then_some(Decision::Deny(Reason::Sealed))
	}),
	("4: broken glass", |model, asked| {
		model
			.broken_glass(asked)
			.and_then(|case| permit(Basis::BreakGlass(case)))
	}),
	("5: a denial", |model, asked| {
		let hers = model
			.denials
			.values()
			.filter(|(patient, _)| *patient == asked.request.patient);
		let mut matching = hers.filter(|(_, terms)| model.denial_matches(terms, asked));
		matching.next().map(|_| Decision::Deny(Reason::Refused))
	}),
	("6: the author", |model, asked| {
		let there = asked.request.on_behalf_of == Some(asked.request.custodian);
		let author = (asked.request.custodian, asked.request.author);
		let wrote = there
			&& (asked.request.author == asked.request.requester
				|| model.successors.get(&author) == Some(&asked.request.requester));
		match asked.request.action {
			Action::View if wrote => permit(Basis::Author),
			Action::Amend if wrote && !entered_in_error(asked) => permit(Basis::Author),
			_ => None,
		}
	}),
	("1a: entered in error", |_, asked| {
		entered_in_error(asked).then_some(Decision::Deny(Reason::Unavailable))
	}),
	("6: the assigned writes", |model, asked| {
		(asked.request.action == Action::Append && model.is_assigned(asked))
			.then_some(Decision::Permit(Basis::Assignment))
	}),
	("7: a live grant", |model, asked| {
		let live: Vec<(u64, &Given)> = model
			.grants_for(asked)
			.filter(|(id, given)| CHECKS.iter().all(|(_, fails)| !fails(model, *id, given, asked)))
			.collect();
		let unlimited = live
			.iter()
			.filter(|(_, given)| given.terms.uses.is_none())
			.map(|(id, _)| *id)
			.min();
		let any = live.iter().map(|(id, _)| *id).min();
		unlimited.or(any).map(|id| Decision::Permit(Basis::Grant(id)))
	}),
	("8: the nearest miss", |model, asked| {
		let furthest = model
			.grants_for(asked)
			.filter_map(|(id, given)| CHECKS.iter().position(|(_, fails)| fails(model, id, given, asked)))
			.max();
		deny(furthest.map_or(Reason::NoGrant, |at| CHECKS[at].0))
	}),
];

type Check = fn(&Model, u64, &Given, &Asked) -> bool;

/// What keeps a grant from permitting, in the order of rule 8.
const CHECKS: [(Reason, Check); 10] = [
	(Reason::Revoked, |model, _, given, _| {
		given.revoked
			|| model
				.chain(given)
				.iter()
				.any(|(_, above)| above.is_none_or(|above| above.revoked))
	}),
	(Reason::Expired, |model, _, given, asked| {
		let lives = model
			.patients
			.get(&asked.request.patient)
			.is_some_and(|person| person.lives);
		let lasts = lives
			|| model
				.died
				.get(&asked.request.patient)
				.is_some_and(|died| model.outlives(given, *died));
		!(lasts && given.terms.starts <= model.now && model.now < given.terms.ends)
	}),
	(Reason::Exhausted, |model, id, given, asked| {
		let own = asked.returned.contains(&id);
		let spent = |id: u64, given: &Given| given.left == Some(0) && !own && !asked.returned.contains(&id);
		let mut above = model.chain(given).into_iter();
		spent(id, given) || above.any(|(id, above)| above.is_some_and(|above| spent(id, above)))
	}),
	(Reason::ActionMismatch, |_, _, given, asked| {
		!given.terms.actions.iter().any(|one| one == asked.request.action)
	}),
	(Reason::PurposeMismatch, |_, _, given, asked| {
		!given.terms.purposes.iter().any(|one| one == asked.request.purpose)
	}),
	(Reason::CategoryMismatch, |_, _, given, asked| {
		!given.terms.categories.iter().any(|one| one == asked.request.category)
	}),
	(Reason::RecordMismatch, |_, _, given, asked| {
		let named: BTreeSet<_> = given.terms.records.iter().map(|id| Some(*id)).collect();
		!named.is_empty() && !named.contains(&asked.request.record)
	}),
	(Reason::OutsideDateRange, |_, _, given, asked| {
		let (from, until) = (given.terms.recorded_from, given.terms.recorded_until);
		outside(asked.request.recorded_at, from, until)
	}),
	(Reason::CompartmentMismatch, |_, _, given, asked| {
		match (asked.request.compartment, &given.grantee) {
			(None, _) => false,
			(Some(drawer), Grantee::Account(_)) => !given.terms.compartments.contains(&drawer),
			(Some(_), _) => true,
		}
	}),
	(Reason::Suspended, |model, _, given, _| {
		let chain = model.chain(given);
		let own = chain.last().and_then(|(_, top)| *top).unwrap_or(given);
		model.in_doubt(own)
	}),
];

fn outside(at: u64, from: Option<u64>, until: Option<u64>) -> bool {
	at < from.unwrap_or(u64::MIN) || until.is_some_and(|until| until <= at)
}

fn entered_in_error(asked: &Asked) -> bool {
	matches!(asked.request.status, Some(RecordStatus::EnteredInError(_)))
}

impl Model {
	pub fn new(now: u64) -> Self {
		Self {
			matrix: read_matrix(),
			now,
			institutions: BTreeMap::new(),
			credentials: BTreeMap::new(),
			revoked: BTreeSet::new(),
			patients: BTreeMap::new(),
			died: BTreeMap::new(),
			merged: BTreeMap::new(),
			assigned: BTreeSet::new(),
			grants: BTreeMap::new(),
			denials: BTreeMap::new(),
			requests: BTreeMap::new(),
			guardians: BTreeMap::new(),
			caregivers: BTreeSet::new(),
			copies: BTreeMap::new(),
			doubtful: BTreeMap::new(),
			papers: BTreeMap::new(),
			successors: BTreeMap::new(),
			hospitals: BTreeSet::new(),
			since: BTreeMap::new(),
			officers: BTreeSet::new(),
			cases: BTreeMap::new(),
			sealed: BTreeSet::new(),
			incidents: BTreeMap::new(),
			incidents_wanted: BTreeMap::new(),
			emergency_limits: BTreeMap::new(),
			next_grant: 0,
			next_denial: 0,
			next_request: 0,
		}
	}

	pub fn decide(&self, request: &AccessRequest<u64>) -> Decision {
		self.decide_with(request, &BTreeSet::new())
	}

	fn decide_with(&self, request: &AccessRequest<u64>, returned: &BTreeSet<u64>) -> Decision {
		let asked = Asked { request, returned };
		RULES
			.iter()
			.find_map(|(_, rule)| rule(self, &asked))
			.expect("the last rule always decides")
	}

	/// Which rule decided.
	pub fn rule(&self, request: &AccessRequest<u64>) -> &'static str {
		let asked = Asked {
			request,
			returned: &BTreeSet::new(),
		};
		RULES
			.iter()
			.find(|(_, rule)| rule(self, &asked).is_some())
			.expect("the last rule always decides")
			.0
	}

	/// Under rule 8, each grant to the requester and the check it fails first, the nearest miss first.
	pub fn misses(&self, request: &AccessRequest<u64>) -> Vec<(u64, Reason)> {
		let asked = Asked {
			request,
			returned: &BTreeSet::new(),
		};
		if !self.rule(request).starts_with('8') {
			return vec![];
		}
		let mut misses: Vec<_> = self
			.grants_for(&asked)
			.filter_map(|(id, given)| {
				let at = CHECKS.iter().position(|(_, fails)| fails(self, id, given, &asked))?;
				Some((CHECKS.len() - at, id))
			})
			.collect();
		misses.sort();
		let reason = |from_the_end: usize| CHECKS[CHECKS.len() - from_the_end].0;
		misses.into_iter().map(|(at, id)| (id, reason(at))).collect()
	}

	pub fn still_permits(&self, receipt: &Receipt<u64>, id: u64, record: &Record<u64>) -> bool {
		let outcomes: BTreeMap<u64, Decision> = receipt.outcomes.iter().copied().collect();
		let rested: BTreeSet<u64> = outcomes
			.values()
			.filter_map(|outcome| {
				if let Decision::Permit(Basis::Grant(id)) = outcome {
					Some(*id)
				} else {
					None
				}
			})
			.collect();
		let now = self.decide_with(
			&AccessRequest {
				requester: receipt.requester,
				on_behalf_of: receipt.on_behalf_of,
				patient: record.patient,
				record: Some(id),
				custodian: record.custodian,
				category: record.category,
				compartment: record.compartment,
				recorded_at: record.recorded_at,
				author: record.author,
				status: Some(record.status),
				action: Action::View,
				purpose: receipt.purpose,
			},
			&rested,
		);
		receipt.patient == record.patient
			&& matches!(outcomes.get(&id), Some(Decision::Permit(_)))
			&& matches!(now, Decision::Permit(_))
	}

	/// With no institution named, and the key of a patient who lives, under this id or the one it was merged into.
	fn is_patient(&self, asked: &Asked) -> bool {
		let mut id = asked.request.patient;
		for _ in 0..4 {
			id = self.merged.get(&id).copied().unwrap_or(id);
		}
		asked.request.on_behalf_of.is_none()
			&& self
				.patients
				.get(&id)
				.is_some_and(|person| person.device && person.lives && person.controller == asked.request.requester)
	}

	/// The grants above one, nearest first; the last is `None` where it is not there any more.
	pub(super) fn chain(&self, given: &Given) -> Vec<(u64, Option<&Given>)> {
		let mut chain = vec![];
		let mut next = given.parent;
		while let Some(id) = next {
			let above = self.grants.get(&id);
			chain.push((id, above));
			next = above.and_then(|above| above.parent);
		}
		chain
	}

	/// Whether it goes on after this death: it is marked, as all above it are, and she gave it while she lived.
	fn outlives(&self, given: &Given, died: u64) -> bool {
		let chain = self.chain(given);
		let own = chain.last().and_then(|(_, top)| *top).unwrap_or(given);
		let mut above = chain.iter().filter_map(|(_, above)| *above);
		given.terms.outlives && above.all(|above| above.terms.outlives) && own.at <= died
	}

	/// Whether somebody else may have given it; a guardian signs by a key of her own.
	pub(super) fn in_doubt(&self, own: &Given) -> bool {
		let mut spans = self.doubtful.get(&own.patient).into_iter().flatten();
		spans.any(|(first, last)| (*first..=*last).contains(&own.at))
			&& self.active_guardian(own.by, own.patient).is_none()
	}

	fn guardianship(&self, asked: &Asked) -> Option<Guardian> {
		let stands_in = asked.request.on_behalf_of.is_none() && !self.is_patient(asked);
		self.active_guardian(asked.request.requester, asked.request.patient)
			.filter(|_| stands_in)
	}

	/// Whoever doesn't live is dead, save for ids that were merged.
	pub(super) fn active_guardian(&self, who: u64, patient: u64) -> Option<Guardian> {
		let given = self.guardians.get(&(patient, who)).copied()?;
		let theirs = self.patients.get(&patient)?.lives != given.executor && !self.merged.contains_key(&patient);
		(theirs && !given.contested && (given.from..given.until).contains(&self.now)).then_some(given)
	}

	fn guards(&self, asked: &Asked) -> bool {
		self.guardianship(asked).is_some_and(|given| {
			let may = given.may.iter().any(|action| action == asked.request.action);
			may && asked.request.compartment.is_none()
		})
	}

	/// Whether rule 2 has the last word.
	fn by_rule_2(&self, asked: &Asked) -> bool {
		let nothing_else = self.guardianship(asked).is_some() && !self.is_caregiver(asked);
		self.is_patient(asked) || self.guards(asked) || nothing_else
	}

	fn is_caregiver(&self, asked: &Asked) -> bool {
		let (patient, who) = (asked.request.patient, asked.request.requester);
		asked.request.on_behalf_of.is_none() && !self.is_patient(asked) && self.caregivers.contains(&(patient, who))
	}

	fn credential(&self, asked: &Asked) -> Option<(Role, bool)> {
		let at = asked.request.on_behalf_of?;
		let (role, counts) = self.credentials.get(&(asked.request.requester, at))?;
		Some((*role, *counts && self.institutions[&at]))
	}

	fn is_assigned(&self, asked: &Asked) -> bool {
		let (who, patient) = (asked.request.requester, asked.request.patient);
		asked
			.request
			.on_behalf_of
			.is_some_and(|at| self.assigned.contains(&(who, patient, at)))
	}

	fn grants_for<'a>(&'a self, asked: &'a Asked) -> impl Iterator<Item = (u64, &'a Given)> {
		let at = asked.request.on_behalf_of;
		let role = self.credential(asked).map(|(role, _)| role);
		self.grants
			.iter()
			.map(|(id, given)| (*id, given))
			.filter(move |(_, given)| {
				given.patient == asked.request.patient
					&& match &given.grantee {
						Grantee::Account(who) => *who == asked.request.requester,
						Grantee::Institution(there) => Some(*there) == at,
						Grantee::Role(named, there) => Some(*there) == at && Some(*named) == role,
						Grantee::Assigned(there) => Some(*there) == at && self.is_assigned(asked),
					}
			})
	}

	fn denial_matches(&self, terms: &DenialTerms<u64>, asked: &Asked) -> bool {
		let request = asked.request;
		let conditions = [
			terms.account.map(|who| who == request.requester),
			terms.institution.map(|at| Some(at) == request.on_behalf_of),
			terms
				.role
				.map(|role| Some(role) == self.credential(asked).map(|(role, _)| role)),
			terms.category.map(|category| category == request.category),
			terms.compartment.map(|drawer| Some(drawer) == request.compartment),
			terms.source.map(|source| source == request.custodian),
			terms.record.map(|id| Some(id) == request.record),
			Some(!outside(request.recorded_at, terms.recorded_from, terms.recorded_until)),
		];
		conditions.into_iter().flatten().all(|holds| holds)
	}
}
