//! The life of consents in the model: what comes of each call.

use super::{Given, Model, Wanted};
use salus_primitives::{Action, ActionSet, DenialTerms, Grantee, Role, Terms, DAY};
use std::collections::BTreeSet;

/// The calls; each says whether it succeeds.
impl Model {
	pub fn ask(&mut self, who: u64, patient: u64, institution: u32, terms: Terms, until: u64) -> bool {
		let now = self.now;
		let lives = self.patients.get(&patient).is_some_and(|person| person.lives);
		let Some((role, true)) = self.credentials.get(&(who, institution)).copied() else {
			return false;
		};
		let may = self.institutions[&institution] && self.role_may(role, &terms);
		let in_time = until > now && until - now <= 30 * DAY;
		let mine = |wanted: &&Wanted| wanted.patient == patient && wanted.requester == who && wanted.until > now;
		let open: Vec<&Wanted> = self.requests.values().filter(mine).collect();
		let again = open
			.iter()
			.any(|wanted| wanted.institution == institution && wanted.terms == terms);
		if !(lives && may && in_time && self.sound(&terms) && !again && open.len() < 8) {
			return false;
		}
		self.requests
			.retain(|_, wanted| wanted.until > now || wanted.patient != patient || wanted.requester != who);
		self.requests.insert(
			self.next_request,
			Wanted {
				patient,
				requester: who,
				institution,
				terms,
				until,
			},
		);
		self.next_request += 1;
		true
	}

	pub fn withdraw(&mut self, who: u64, patient: u64, request: u64) -> bool {
		self.settle(patient, who, request).is_some()
	}

	pub fn decline(&mut self, who: u64, patient: u64, requester: u64, request: u64) -> bool {
		self.signs(who, patient) && self.settle(patient, requester, request).is_some()
	}

	pub fn approve(&mut self, who: u64, patient: u64, requester: u64, request: u64, terms: Terms) -> bool {
		let before = self.clone();
		let approved = self.signs(who, patient)
			&& self.may_give(who, patient, &terms)
			&& self
				.settle(patient, requester, request)
				.is_some_and(|asked| asked.until > self.now && no_wider(&terms, &asked.terms))
			&& self.give(who, patient, Grantee::Account(requester), terms, None);
		if !approved {
			*self = before;
		}
		approved
	}

	pub fn grant(&mut self, who: u64, patient: u64, grantee: Grantee<u64>, terms: Terms) -> bool {
		let known = match &grantee {
			Grantee::Account(_) => true,
			Grantee::Institution(at) | Grantee::Role(_, at) | Grantee::Assigned(at) => {
				self.institutions.contains_key(at)
			}
		};
		self.signs(who, patient)
			&& known && self.may_give(who, patient, &terms)
			&& self.give(who, patient, grantee, terms, None)
	}

	pub fn revoke(&mut self, who: u64, patient: u64, grantee: &Grantee<u64>, grant: u64) -> bool {
		let signs = self.signs(who, patient);
		let found = self.grants.get_mut(&grant);
		let found = found.filter(|given| given.patient == patient && given.grantee == *grantee && !given.revoked);
		match found {
			Some(given) if signs || (given.parent.is_some() && given.by == who) => {
				given.revoked = true;
				true
			}
			_ => false,
		}
	}

	/// A referral: `who` holds the grant at this institution and may show what it opens.
	#[allow(clippy::too_many_arguments)]
	pub fn pass_on(
		&mut self,
		who: u64,
		patient: u64,
		at: u32,
		grantee: &Grantee<u64>,
		grant: u64,
		to: u64,
		terms: Terms,
	) -> bool {
		let now = self.now;
		let Some((role, true)) = self.credentials.get(&(who, at)).copied() else {
			return false;
		};
		let holds = self.institutions[&at]
			&& match grantee {
				Grantee::Account(account) => *account == who,
				Grantee::Institution(there) => *there == at,
				Grantee::Role(named, there) => (*named, *there) == (role, at),
				Grantee::Assigned(there) => *there == at && self.assigned.contains(&(who, patient, at)),
			};
		let parent = self.grants.get(&grant);
		let Some(parent) = parent.filter(|given| given.patient == patient && given.grantee == *grantee) else {
			return false;
		};
		let chain = self.chain(parent);
		let usable = |given: &Given| !given.revoked && given.left != Some(0);
		let live = usable(parent)
			&& (parent.terms.starts..parent.terms.ends).contains(&now)
			&& chain.iter().all(|(_, above)| above.is_some_and(usable));
		let drawers = matches!(grantee, Grantee::Account(_)) || terms.compartments.is_empty();
		let shares = parent.terms.actions.iter().any(|action| action == Action::Share);
		let own = chain.last().and_then(|(_, top)| *top).unwrap_or(parent);
		let live = live && !self.in_doubt(own);
		let may = holds && live && drawers && shares && chain.len() < 3 && to != who && no_wider(&terms, &parent.terms);
		let before = self.clone();
		let received: Vec<u64> = self
			.grants
			.iter()
			.filter(|(_, given)| {
				given.patient == patient && given.grantee == Grantee::Account(to) && given.parent.is_some()
			})
			.map(|(id, _)| *id)
			.collect();
		let alive = |id: &u64| {
			let given = &self.grants[id];
			let mut above = self.chain(given).into_iter();
			usable(given) && now < given.terms.ends && above.all(|(_, above)| above.is_some_and(usable))
		};
		if !may || received.iter().any(alive) {
			return false;
		}
		self.grants.retain(|id, _| !received.contains(id));
		let given = self.give(who, patient, Grantee::Account(to), terms, Some(grant));
		if !given {
			*self = before;
		}
		given
	}

	pub fn deny(&mut self, who: u64, patient: u64, terms: DenialTerms<u64>) -> bool {
		let everything = terms == DenialTerms::all();
		let hers: Vec<_> = self
			.denials
			.values()
			.filter(|(whose, _)| *whose == patient)
			.map(|(_, terms)| terms)
			.collect();
		let others = hers.iter().filter(|terms| ***terms != DenialTerms::all()).count();
		let places = [terms.institution, terms.source].into_iter().flatten();
		let made = self.signs(who, patient)
			&& places.into_iter().all(|at| self.institutions.contains_key(&at))
			&& !inverted(terms.recorded_from, terms.recorded_until)
			&& !hers.contains(&&terms)
			&& (everything || others < 31);
		if made {
			self.denials.insert(self.next_denial, (patient, terms));
			self.next_denial += 1;
		}
		made
	}

	pub fn lift_denial(&mut self, who: u64, patient: u64, denial: u64) -> bool {
		let hers = self.denials.get(&denial).is_some_and(|(whose, _)| *whose == patient);
		let has_key = self.patients.get(&patient).is_some_and(|person| person.device);
		let opens = self.is_hers(who, patient) || (!has_key && self.signs(who, patient));
		let lives = !self.died.contains_key(&patient);
		opens && lives && !self.key_is_missing(who, patient) && hers && self.denials.remove(&denial).is_some()
	}

	pub fn seal(&mut self, who: u64, patient: u64, drawer: u8) -> bool {
		self.signs(who, patient) && self.sealed.insert((patient, drawer))
	}

	pub fn unseal(&mut self, who: u64, patient: u64, drawer: u8) -> bool {
		let waits = |(_, last): &(u64, u64)| *last == u64::MAX;
		let missing = self.doubtful.get(&patient).is_some_and(|spans| spans.iter().any(waits));
		let lives = !self.died.contains_key(&patient);
		self.is_hers(who, patient) && lives && !missing && self.sealed.remove(&(patient, drawer))
	}

	pub fn attest_erasure(&mut self, who: u64, patient: u64, grant: u64) -> bool {
		let privacy = |at| {
			let officer = self.officers.contains(&(who, at));
			let guards = self.credentials.get(&(who, at)) == Some(&(Role::PrivacyOfficer, true));
			self.institutions[&at] && (officer || guards)
		};
		let may = match self.copies.get(&(patient, grant)) {
			Some((_, _, true)) | None => false,
			Some((Grantee::Account(holder), ..)) => *holder == who,
			Some((Grantee::Institution(at) | Grantee::Role(_, at) | Grantee::Assigned(at), ..)) => privacy(*at),
		};
		if may {
			self.copies.get_mut(&(patient, grant)).unwrap().2 = true;
		}
		may
	}

	pub fn take_use(&mut self, grant: u64) -> bool {
		let Some(given) = self.grants.get(&grant) else {
			return false;
		};
		let chain: Vec<u64> = self.chain(given).iter().map(|(id, _)| *id).chain([grant]).collect();
		let usable = |id: &u64| self.grants.get(id).is_some_and(|given| given.left != Some(0));
		if !chain.iter().all(usable) {
			return false;
		}
		let used = self.grants[&grant].clone();
		if let Some(until) = used.terms.erase_after {
			self.copies.insert((used.patient, grant), (used.grantee, until, false));
		}
		for id in chain {
			let left = &mut self.grants.get_mut(&id).unwrap().left;
			*left = left.map(|left| left - 1);
		}
		true
	}

	/// The patient, or a guardian who may consent in her place.
	pub(super) fn signs(&self, who: u64, patient: u64) -> bool {
		self.is_hers(who, patient) || self.consents_for(who, patient).is_some()
	}

	fn consents_for(&self, who: u64, patient: u64) -> Option<(ActionSet, u64)> {
		self.active_guardian(who, patient)
			.and_then(|given| given.signs.then_some((given.may, given.until)))
	}

	/// A guardian gives what she may do, for as long as she may, no compartment and nothing beyond the patient's life.
	fn may_give(&self, who: u64, patient: u64, terms: &Terms) -> bool {
		self.consents_for(who, patient).is_none_or(|(actions, until)| {
			let within = terms
				.actions
				.iter()
				.all(|action| actions.iter().any(|one| one == action));
			within && terms.ends <= until && terms.compartments.is_empty() && !terms.outlives
		})
	}

	pub fn name_successor(&mut self, officer: u64, at: u32, author: u64, successor: Option<u64>) -> bool {
		if self.institutions.get(&at) != Some(&true) || !self.officers.contains(&(officer, at)) {
			return false;
		}
		let Some(successor) = successor else {
			return self.successors.remove(&(at, author)).is_some();
		};
		let works = self
			.credentials
			.get(&(successor, at))
			.is_some_and(|(_, counts)| *counts);
		let may = self.revoked.contains(&(author, at)) && works && officer != successor;
		if may {
			self.successors.insert((at, author), successor);
		}
		may
	}

	fn is_hers(&self, who: u64, patient: u64) -> bool {
		self.patients
			.get(&patient)
			.is_some_and(|person| person.device && person.controller == who)
	}

	/// Whether a recovery waits, and whoever signs is no guardian.
	fn key_is_missing(&self, who: u64, patient: u64) -> bool {
		let mut spans = self.doubtful.get(&patient).into_iter().flatten();
		spans.any(|(_, last)| *last == u64::MAX) && self.consents_for(who, patient).is_none()
	}

	/// Gives a grant again that is in doubt.
	pub fn confirm_grant(&mut self, who: u64, patient: u64, grantee: &Grantee<u64>, grant: u64) -> bool {
		let lives = self.patients.get(&patient).is_some_and(|person| person.lives);
		let Some(given) = self.grants.get(&grant) else {
			return false;
		};
		let again = Given {
			at: self.now,
			by: who,
			..given.clone()
		};
		let may = lives
			&& self.signs(who, patient)
			&& given.patient == patient
			&& given.grantee == *grantee
			&& given.parent.is_none()
			&& self.in_doubt(given)
			&& !self.in_doubt(&again)
			&& !given.revoked
			&& self.now < given.terms.ends
			&& given.left != Some(0)
			&& self.may_give(who, patient, &given.terms);
		if may {
			self.grants.insert(grant, again);
		}
		may
	}

	fn settle(&mut self, patient: u64, requester: u64, request: u64) -> Option<Wanted> {
		let wanted = self.requests.get(&request)?;
		if wanted.patient == patient && wanted.requester == requester {
			self.requests.remove(&request)
		} else {
			None
		}
	}

	fn give(&mut self, by: u64, patient: u64, grantee: Grantee<u64>, terms: Terms, parent: Option<u64>) -> bool {
		if !self.sound(&terms) || !self.patients[&patient].lives {
			return false;
		}
		let list: Vec<u64> = self
			.grants
			.iter()
			.filter(|(_, given)| given.patient == patient && given.grantee == grantee)
			.map(|(id, _)| *id)
			.collect();
		if list.len() == 16 {
			let dead = |id: &&u64| {
				let given = &self.grants[*id];
				given.revoked || given.terms.ends <= self.now || given.left == Some(0)
			};
			match list.iter().find(dead) {
				Some(lowest) => self.grants.remove(lowest),
				None => return false,
			};
		}
		let left = terms.uses;
		self.grants.insert(
			self.next_grant,
			Given {
				patient,
				grantee,
				terms,
				left,
				revoked: false,
				parent,
				by,
				at: self.now,
			},
		);
		self.next_grant += 1;
		true
	}

	/// Whether each action, purpose and category that the terms name is in the role's row.
	fn role_may(&self, role: Role, terms: &Terms) -> bool {
		let row = &self.matrix[&role];
		let purposes = terms.purposes.iter().all(|purpose| row.purposes.contains(&purpose));
		let actions = terms.actions.iter().all(|action| {
			let at_most = match action {
				Action::View | Action::Share => &row.view,
				Action::Append | Action::Amend => &row.append,
			};
			terms.categories.iter().all(|category| at_most.contains(&category))
		});
		purposes && actions
	}

	fn sound(&self, terms: &Terms) -> bool {
		let named = terms.actions.iter().count() * terms.purposes.iter().count() * terms.categories.iter().count();
		let records: BTreeSet<_> = terms.records.iter().collect();
		let drawers: BTreeSet<_> = terms.compartments.iter().collect();
		named > 0
			&& records.len() == terms.records.len()
			&& drawers.len() == terms.compartments.len()
			&& terms.starts < terms.ends
			&& self.now < terms.ends
			&& !inverted(terms.recorded_from, terms.recorded_until)
			&& terms.uses != Some(0)
			&& terms.erase_after.unwrap_or(u64::MAX) > self.now.max(terms.starts)
	}
}

fn inverted(from: Option<u64>, until: Option<u64>) -> bool {
	until.is_some_and(|until| until <= from.unwrap_or(u64::MIN))
}

/// Whether `answer` allows nothing that `asked` does not.
fn no_wider(answer: &Terms, asked: &Terms) -> bool {
	const NO_LIMIT: u64 = u64::MAX;
	let limits = |terms: &Terms| {
		[
			terms.ends,
			terms.recorded_until.unwrap_or(NO_LIMIT),
			terms.uses.map_or(NO_LIMIT, u64::from),
			terms.erase_after.unwrap_or(NO_LIMIT),
		]
	};
	let floors = |terms: &Terms| [terms.starts, terms.recorded_from.unwrap_or(u64::MIN)];
	let records = asked.records.is_empty() || !answer.records.is_empty();
	answer
		.actions
		.iter()
		.all(|one| asked.actions.iter().any(|other| one == other))
		&& answer
			.purposes
			.iter()
			.all(|one| asked.purposes.iter().any(|other| one == other))
		&& answer
			.categories
			.iter()
			.all(|one| asked.categories.iter().any(|other| one == other))
		&& records
		&& answer
			.records
			.iter()
			.all(|one| asked.records.is_empty() || asked.records.iter().any(|other| one == other))
		&& answer
			.compartments
			.iter()
			.all(|one| asked.compartments.iter().any(|other| one == other))
		&& limits(answer)
			.iter()
			.zip(limits(asked))
			.all(|(mine, theirs)| *mine <= theirs)
		&& floors(answer)
			.iter()
			.zip(floors(asked))
			.all(|(mine, theirs)| *mine >= theirs)
		&& (asked.outlives || !answer.outlives)
}
