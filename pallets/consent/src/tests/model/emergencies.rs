//! Break-glass in the model: what it opens, what comes of each call, and whose reviews are overdue. Nothing is counted
//! ahead: each answer is looked up in the list of all cases.

use super::{Asked, Model};
use salus_primitives::{Action, Category, Purpose, RecordStatus, Role, DAY, HOUR};
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq)]
pub struct Emergency {
	pub patient: u64,
	pub opener: u64,
	pub at: u32,
	pub from: u64,
	pub until: u64,
	pub closed: Option<u64>,
	pub needed: u8,
	pub team: BTreeSet<u64>,
	pub approved: BTreeSet<u64>,
	pub reviewed: bool,
	pub appealed: bool,
	pub judged: bool,
}

impl Emergency {
	fn over(&self) -> u64 {
		self.closed.unwrap_or(self.until)
	}

	/// Not found justified, or a violation, within seven days of its end; dates are full hours.
	fn is_overdue(&self, now: u64) -> bool {
		!self.reviewed && !self.judged && (self.over() + 7 * DAY) / HOUR <= now / HOUR
	}

	fn has(&self, who: u64) -> bool {
		self.opener == who || self.team.contains(&who)
	}
}

impl Model {
	/// The case that rule 4 is about, if it opens what is asked.
	pub(super) fn broken_glass(&self, asked: &Asked) -> Option<u64> {
		let request = asked.request;
		if (request.purpose, request.action) != (Purpose::Emergency, Action::View)
			|| matches!(request.status, Some(RecordStatus::EnteredInError(_)))
		{
			return None;
		}
		let (id, case) = self.cases.iter().find(|(_, case)| {
			case.patient == request.patient
				&& Some(case.at) == request.on_behalf_of
				&& case.has(request.requester)
				&& self.now < case.over()
		})?;
		let first = [
			Category::Summary,
			Category::Allergy,
			Category::Prescription,
			Category::Immunisation,
		];
		let at_once = first.contains(&request.category) && request.compartment.is_none();
		let incident = self.incidents.get(&case.at).is_some_and(|until| self.now < *until);
		(at_once || incident || case.approved.len() >= usize::from(case.needed)).then_some(*id)
	}

	pub(super) fn reviews_overdue(&self, at: u32) -> bool {
		self.cases
			.values()
			.any(|case| case.at == at && case.is_overdue(self.now))
	}

	fn treats(&self, who: u64, at: u32) -> bool {
		let role = match self.credentials.get(&(who, at)) {
			Some((role, true)) if self.institutions[&at] => *role,
			_ => return false,
		};
		self.hospitals.contains(&at) && [Role::Doctor, Role::Nurse].contains(&role)
	}

	fn in_a_case_of(&self, who: u64, patient: u64) -> bool {
		self.cases
			.values()
			.any(|case| case.patient == patient && case.has(who) && self.now < case.over())
	}

	pub fn open_case(&mut self, who: u64, patient: u64, at: u32, until: u64) -> bool {
		let now = self.now;
		let (approvals, a_day) = self.emergency_limits.get(&at).copied().unwrap_or((1, 50));
		let merged = self.merged.contains_key(&patient);
		let lives = self.patients.get(&patient).is_some_and(|person| person.lives || merged);
		let old_enough = self.since.get(&(who, at)).copied().unwrap_or(0) + 7 * DAY <= now;
		let today = self
			.cases
			.values()
			.filter(|case| case.at == at && case.from / DAY == now / DAY);
		let mine: Vec<_> = self.cases.values().filter(|case| case.opener == who).collect();
		let may = lives
			&& self.treats(who, at)
			&& old_enough
			&& (now + 1..=now + DAY).contains(&until)
			&& !self.in_a_case_of(who, patient)
			&& today.count() < a_day as usize
			&& !mine.iter().any(|case| case.is_overdue(now))
			&& mine.iter().filter(|case| now < case.over()).count() < 3;
		if may {
			let case = Emergency {
				patient,
				opener: who,
				at,
				from: now,
				until,
				closed: None,
				needed: approvals + u8::from(self.reviews_overdue(at)),
				team: BTreeSet::new(),
				approved: BTreeSet::new(),
				reviewed: false,
				appealed: false,
				judged: false,
			};
			self.cases.insert(self.cases.len() as u64, case);
		}
		may
	}

	/// Changes a case of this patient, if it is open or over as it has to be.
	fn with(
		&mut self,
		patient: u64,
		id: u64,
		open: Option<bool>,
		may: impl FnOnce(&Self, &Emergency) -> bool,
		change: impl FnOnce(&mut Emergency),
	) -> bool {
		let Some(case) = self.cases.get(&id).filter(|case| case.patient == patient) else {
			return false;
		};
		let is_open = self.now < case.over();
		if open.is_some_and(|open| open != is_open) || !may(self, case) {
			return false;
		}
		self.cases.get_mut(&id).map(change).is_some()
	}

	pub fn join_case(&mut self, who: u64, patient: u64, id: u64) -> bool {
		let may = |model: &Self, case: &Emergency| {
			model.treats(who, case.at)
				&& !model.in_a_case_of(who, patient)
				&& !case.approved.contains(&who)
				&& case.team.len() < 8
		};
		self.with(patient, id, Some(true), may, |case| {
			case.team.insert(who);
		})
	}

	pub fn approve_case(&mut self, who: u64, patient: u64, id: u64, at: u32) -> bool {
		let may = |model: &Self, case: &Emergency| {
			model.treats(who, at) && !case.has(who) && !case.approved.contains(&who) && case.approved.len() < 8
		};
		self.with(patient, id, Some(true), may, |case| {
			case.approved.insert(who);
		})
	}

	fn guards_privacy(&self, who: u64, at: u32) -> bool {
		self.credentials.get(&(who, at)) == Some(&(Role::PrivacyOfficer, true)) && self.institutions[&at]
	}

	pub fn close_case(&mut self, who: u64, patient: u64, id: u64) -> bool {
		let now = self.now;
		let may = |model: &Self, case: &Emergency| case.has(who) || model.guards_privacy(who, case.at);
		self.with(patient, id, Some(true), may, |case| case.closed = Some(now))
	}

	pub fn review_case(&mut self, who: u64, patient: u64, id: u64, violation: bool) -> bool {
		let may = |model: &Self, case: &Emergency| {
			model.guards_privacy(who, case.at)
				&& !case.has(who)
				&& !case.approved.contains(&who)
				&& !case.reviewed
				&& !case.judged
		};
		let done = self.with(patient, id, Some(false), may, |case| case.reviewed = true);
		self.punish(done && violation, id);
		done
	}

	pub fn appeal_case(&mut self, who: u64, patient: u64, id: u64) -> bool {
		let may = |model: &Self, case: &Emergency| model.signs(who, patient) && !case.appealed && !case.judged;
		self.with(patient, id, Some(false), may, |case| case.appealed = true)
	}

	pub fn judge_case(&mut self, patient: u64, id: u64, violation: bool) -> bool {
		let may = |model: &Self, case: &Emergency| !case.judged && (case.appealed || case.is_overdue(model.now));
		let done = self.with(patient, id, None, may, |case| case.judged = true);
		self.punish(done && violation, id);
		done
	}

	fn punish(&mut self, violation: bool, id: u64) {
		if violation {
			let (who, at) = (self.cases[&id].opener, self.cases[&id].at);
			if let Some((_, counts)) = self.credentials.get_mut(&(who, at)) {
				*counts = false;
			}
		}
	}

	/// `None` is the council.
	pub fn declare_incident(&mut self, who: Option<u64>, at: u32, until: u64) -> bool {
		let in_time = (self.now + 1..=self.now + 72 * HOUR).contains(&until);
		if !in_time || !self.decides(who, at) {
			return false;
		}
		let second = self.incidents_wanted.get(&at).copied();
		match (who, second) {
			(Some(who), Some((other, theirs)))
				if other != who && theirs == until && self.officers.contains(&(other, at)) => {}
			(Some(who), _) => {
				self.incidents_wanted.insert(at, (who, until));
				return true;
			}
			(None, _) => {}
		}
		self.incidents_wanted.remove(&at);
		self.incidents.insert(at, until);
		true
	}

	pub fn end_incident(&mut self, who: Option<u64>, at: u32) -> bool {
		let now = self.now;
		self.decides(who, at) && self.incidents.get(&at).is_some_and(|until| now < *until) && {
			self.incidents.remove(&at);
			true
		}
	}

	pub fn set_emergency_limits(&mut self, at: u32, approvals: u8, a_day: u32) -> bool {
		let sound = self.institutions.contains_key(&at) && (1..8).contains(&approvals) && a_day > 0;
		if sound {
			self.emergency_limits.insert(at, (approvals, a_day));
		}
		sound
	}

	fn decides(&self, who: Option<u64>, at: u32) -> bool {
		let known = self.institutions.get(&at);
		match who {
			None => known.is_some(),
			Some(who) => known == Some(&true) && self.officers.contains(&(who, at)),
		}
	}
}
