//! The life of consents in the model: what comes of each call.

use super::{Given, Model, Wanted};
use salus_primitives::{Action, DenialTerms, Grantee, Role, Terms, DAY};
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
			&& self
				.settle(patient, requester, request)
				.is_some_and(|asked| asked.until > self.now && no_wider(&terms, &asked.terms))
			&& self.give(patient, Grantee::Account(requester), terms);
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
		self.signs(who, patient) && known && self.give(patient, grantee, terms)
	}

	pub fn revoke(&mut self, who: u64, patient: u64, grantee: &Grantee<u64>, grant: u64) -> bool {
		let signs = self.signs(who, patient);
		let found = self.grants.get_mut(&grant);
		let found = found.filter(|given| given.patient == patient && given.grantee == *grantee && !given.revoked);
		match found {
			Some(given) if signs => {
				given.revoked = true;
				true
			}
			_ => false,
		}
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
		self.signs(who, patient) && hers && self.denials.remove(&denial).is_some()
	}

	pub fn take_use(&mut self, grant: u64) -> bool {
		match self.grants.get_mut(&grant).map(|given| &mut given.left) {
			None | Some(Some(0)) => false,
			Some(None) => true,
			Some(Some(left)) => {
				*left -= 1;
				true
			}
		}
	}

	fn signs(&self, who: u64, patient: u64) -> bool {
		self.patients
			.get(&patient)
			.is_some_and(|person| person.controller == who)
	}

	fn settle(&mut self, patient: u64, requester: u64, request: u64) -> Option<Wanted> {
		let wanted = self.requests.get(&request)?;
		if wanted.patient == patient && wanted.requester == requester {
			self.requests.remove(&request)
		} else {
			None
		}
	}

	fn give(&mut self, patient: u64, grantee: Grantee<u64>, terms: Terms) -> bool {
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
				passed_on: false,
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
}
