//! The pallet against the model over random histories of up to 60 steps: calls, time jumps, changes of standing,
//! accesses. A step repeats its call now and then until a list is full. `SALUS_HISTORIES=1000000` runs a million, 30
//! million calls and 184 million decisions, in some twenty minutes.

mod dice;
mod emergencies;
mod paper;

use super::{
	model::{Guardian, Model, Person},
	*,
};
use dice::{a_denial, a_grantee, a_request, an_answer, some_record, some_terms, Dice};
use frame_support::assert_ok;
use salus_primitives::{Basis, PatientStatus, Receipt, Role, HOUR};
use std::collections::BTreeSet;

const STAFF: [(u64, InstitutionId, Role); 9] = [
	(ADA, HOME, Role::Doctor),
	(BEA, AWAY, Role::Doctor),
	(NED, AWAY, Role::Nurse),
	(BEA, HOME, Role::Pharmacist),
	(22, AWAY, Role::Insurer),
	(CLEO, AWAY, Role::Doctor),
	(PAUL, AWAY, Role::PrivacyOfficer),
	(HUGO, HOME, Role::PrivacyOfficer),
	(MARA, HOME, Role::Administrator),
];
const PATIENTS: [(u64, u64, InstitutionId); 2] = [(PATIENT, PIA, HOME), (OTHER_PATIENT, OLE, AWAY)];

/// A receipt and the records it decided on.
type Kept = (Receipt<u64>, Vec<(u64, Record<u64>)>);

struct History {
	dice: Dice,
	model: Model,
	kept: Vec<Kept>,
	decisions: u64,
	permits: u64,
	succeeded: u64,
	calls: u64,
	reasons: BTreeSet<Reason>,
}

impl History {
	fn begin(number: u64) -> Self {
		let mut model = Model::new(NOON);
		for (account, institution) in Credentials::iter_keys().collect::<Vec<_>>() {
			Credentials::remove((account, institution));
		}
		model.institutions.extend([(HOME, true), (AWAY, true)]);
		model.hospitals.extend([HOME, AWAY]);
		staff_the_desk();
		model.officers.extend([(OTTO, AWAY), (OLGA, AWAY), (HANNA, HOME)]);
		for (patient, controller, hospital) in PATIENTS {
			model.patients.insert(
				patient,
				Person {
					controller,
					device: true,
					hospital,
					lives: true,
				},
			);
		}
		for (account, institution, role) in STAFF {
			Credentials::insert((account, institution), (role, true));
			model.credentials.insert((account, institution), (role, true));
		}
		let dice = Dice::of(number);
		Self {
			dice,
			model,
			kept: vec![],
			decisions: 0,
			permits: 0,
			succeeded: 0,
			calls: 0,
			reasons: BTreeSet::new(),
		}
	}

	fn called(&mut self, what: &str, ours: sp_runtime::DispatchResult, theirs: bool) {
		assert_eq!(ours.is_ok(), theirs, "{what}: the pallet says {ours:?}");
		self.calls += 1;
		self.succeeded += u64::from(theirs);
	}

	fn patient(&mut self) -> (u64, u64) {
		let (patient, controller, _) = self.dice.pick(&[PATIENTS[0], PATIENTS[0], PATIENTS[0], PATIENTS[1]]);
		let signer = if self.dice.one_in(9) {
			self.dice.pick(&[PIA, OLE, BEA, GINA, GINA, GINA])
		} else {
			controller
		};
		(patient, signer)
	}

	/// Mostly a request that was made, with its patient and its requester.
	fn a_filed_request(&mut self) -> (u64, u64, u64, Option<Terms>) {
		let filed: Vec<_> = self
			.model
			.requests
			.iter()
			.map(|(id, wanted)| (*id, wanted.clone()))
			.collect();
		if filed.is_empty() || self.dice.one_in(12) {
			return (self.dice.below(4), PATIENT, BEA, None);
		}
		let (id, wanted) = self.dice.pick(&filed);
		(id, wanted.patient, wanted.requester, Some(wanted.terms))
	}

	fn step(&mut self) {
		let now = self.model.now;
		match self.dice.below(40) {
			0 | 1 => {
				let (who, at, _) = self.dice.pick(&STAFF);
				let at = if self.dice.one_in(12) { 1 - at } else { at };
				let (patient, _) = self.patient();
				let terms = some_terms(&mut self.dice, now);
				let until = now
					+ self
						.dice
						.pick(&[0, HOUR, DAY, DAY, 10 * DAY, 10 * DAY, 30 * DAY, 31 * DAY]);
				for uses in 1..=self.dice.pick(&[1, 1, 1, 1, 1, 1, 9]) {
					let terms = Terms {
						uses: if uses == 1 { terms.uses } else { Some(uses) },
						..terms.clone()
					};
					let ours = Consent::ask(signed(who), patient, at, terms.clone(), until);
					let theirs = self.model.ask(who, patient, at, terms, until);
					self.called("ask", ours, theirs);
				}
			}
			2 => {
				let (request, patient, requester, _) = self.a_filed_request();
				let who = if self.dice.one_in(8) { ADA } else { requester };
				let ours = Consent::withdraw(signed(who), patient, request);
				let theirs = self.model.withdraw(who, patient, request);
				self.called("withdraw", ours, theirs);
			}
			3 | 4 => {
				let (request, patient, requester, asked) = self.a_filed_request();
				let who = if self.dice.one_in(15) {
					BEA
				} else {
					self.model.patients[&patient].controller
				};
				let asked = asked.unwrap_or_else(|| some_terms(&mut self.dice, now));
				let terms = an_answer(&mut self.dice, &asked, now);
				let ours = Consent::approve(signed(who), patient, requester, request, terms.clone());
				let theirs = self.model.approve(who, patient, requester, request, terms);
				self.called("approve", ours, theirs);
			}
			5 => {
				let (request, patient, requester, _) = self.a_filed_request();
				let (_, who) = self.patient();
				let ours = Consent::decline(signed(who), patient, requester, request);
				let theirs = self.model.decline(who, patient, requester, request);
				self.called("decline", ours, theirs);
			}
			6..=8 => {
				let (patient, who) = self.patient();
				let grantee = a_grantee(&mut self.dice);
				let terms = some_terms(&mut self.dice, now);
				for _ in 0..self.dice.pick(&[1, 1, 1, 1, 1, 1, 1, 1, 17]) {
					let ours = Consent::grant(signed(who), patient, grantee.clone(), terms.clone());
					let theirs = self.model.grant(who, patient, grantee.clone(), terms.clone());
					self.called("grant", ours, theirs);
				}
			}
			9 | 10 => {
				let given: Vec<_> = self
					.model
					.grants
					.iter()
					.map(|(id, given)| (*id, given.patient, given.grantee.clone()))
					.collect();
				let (grant, patient, grantee) = if given.is_empty() || self.dice.one_in(12) {
					(self.dice.below(5), PATIENT, a_grantee(&mut self.dice))
				} else {
					self.dice.pick(&given)
				};
				let passer = self.model.grants.get(&grant).map(|given| given.by);
				let who = match passer {
					_ if self.dice.one_in(15) => BEA,
					Some(passer) => passer,
					None => self.model.patients[&patient].controller,
				};
				let ours = Consent::revoke(signed(who), patient, grantee.clone(), grant);
				let theirs = self.model.revoke(who, patient, &grantee, grant);
				self.called("revoke", ours, theirs);
			}
			11 => {
				let (patient, who) = self.patient();
				for _ in 0..if self.dice.one_in(60) { 50 } else { 1 } {
					let terms = a_denial(&mut self.dice);
					let ours = Consent::deny(signed(who), patient, terms.clone());
					let theirs = self.model.deny(who, patient, terms);
					self.called("deny", ours, theirs);
				}
			}
			12 => {
				for _ in 0..self.dice.pick(&[1, 1, 1, 30]) {
					let made: Vec<_> = self
						.model
						.denials
						.iter()
						.map(|(id, (patient, _))| (*id, *patient))
						.collect();
					let nothing = made.is_empty() || self.dice.one_in(12);
					let (denial, patient) = if nothing {
						(self.dice.below(5), PATIENT)
					} else {
						self.dice.pick(&made)
					};
					let who = if self.dice.one_in(15) {
						OLE
					} else {
						self.model.patients[&patient].controller
					};
					let ours = Consent::lift_denial(signed(who), patient, denial);
					let theirs = self.model.lift_denial(who, patient, denial);
					self.called("lift_denial", ours, theirs);
					if nothing {
						break;
					}
				}
			}
			13 => {
				self.model.now += self.dice.pick(&[1, HOUR, DAY, 3 * DAY, 12 * DAY]);
				set_time(self.model.now);
			}
			14 => self.change_standing(),
			15 => {
				let (who, at, _) = self.dice.pick(&STAFF);
				let (patient, ..) = self.dice.pick(&PATIENTS);
				if self.model.assigned.remove(&(who, patient, at)) {
					Assignments::remove((who, patient, at));
				} else {
					self.model.assigned.insert((who, patient, at));
					Assignments::insert((who, patient, at), ());
				}
			}
			16..=20 => self.emergency_step(),
			21 => {
				let (patient, who) = self.patient();
				let drawer = self.dice.pick(&[1, 1, 2, 255]);
				if self.dice.one_in(2) {
					let ours = Consent::seal(signed(who), patient, drawer);
					let theirs = self.model.seal(who, patient, drawer);
					self.called("seal", ours, theirs);
				} else {
					let ours = Consent::unseal(signed(who), patient, drawer);
					let theirs = self.model.unseal(who, patient, drawer);
					self.called("unseal", ours, theirs);
				}
			}
			22..=24 => self.pass_on(),
			25 => {
				let (officer, at) = self.dice.pick(&[(OTTO, AWAY), (OLGA, AWAY), (BEA, AWAY), (OTTO, HOME)]);
				let author = self.dice.pick(&[ADA, BEA, NED, CLEO]);
				let successor = self.dice.pick(&[Some(BEA), Some(NED), Some(CLEO), None]);
				let ours = Consent::name_successor(signed(officer), at, author, successor);
				let theirs = self.model.name_successor(officer, at, author, successor);
				self.called("name_successor", ours, theirs);
			}
			26 => self.stand_ins(),
			27 => {
				let copied: Vec<_> = self.model.copies.keys().copied().collect();
				let (patient, grant) = if copied.is_empty() {
					(PATIENT, self.dice.below(4))
				} else {
					self.dice.pick(&copied)
				};
				let who = self.dice.pick(&[BEA, BEA, NED, PAUL, OTTO, HUGO, 22]);
				let ours = Consent::attest_erasure(signed(who), patient, grant);
				let theirs = self.model.attest_erasure(who, patient, grant);
				self.called("attest_erasure", ours, theirs);
			}
			28..=30 => self.paper(),
			31 | 32 => self.lose_or_recover(),
			33 | 34 => self.confirm_grant(),
			_ => self.access(),
		}
	}

	/// Gina becomes a guardian or is none any more, Carl and she caregivers.
	fn stand_ins(&mut self) {
		let (patient, ..) = self.dice.pick(&PATIENTS);
		if self.dice.one_in(2) {
			let who = self.dice.pick(&[GINA, CARL, CARL]);
			let named = !self.dice.one_in(4);
			Caregivers::set((patient, who), named.then_some(()));
			self.model.caregivers.remove(&(patient, who));
			self.model.caregivers.extend(named.then_some((patient, who)));
			return;
		}
		if self.dice.one_in(5) {
			Guardianships::remove((patient, GINA));
			self.model.guardians.remove(&(patient, GINA));
			return;
		}
		let now = self.model.now;
		let given = Guardian {
			may: self
				.dice
				.pick(&[ActionSet::ALL, ActionSet::ALL, ActionSet::of(&[Action::View])]),
			signs: !self.dice.one_in(4),
			executor: self.dice.one_in(6),
			contested: self.dice.one_in(8),
			from: now + self.dice.pick(&[0, 0, 0, HOUR]),
			until: now + self.dice.pick(&[1, DAY, 20 * DAY]),
		};
		Guardianships::insert((patient, GINA), stored(GINA, given));
		self.model.guardians.insert((patient, GINA), given);
	}

	/// Mostly a grant that was given, by somebody who may hold it, with terms as wide or narrower.
	fn pass_on(&mut self) {
		let now = self.model.now;
		let given: Vec<_> = self
			.model
			.grants
			.iter()
			.map(|(id, given)| (*id, given.patient, given.grantee.clone(), given.terms.clone()))
			.collect();
		if given.is_empty() {
			return;
		}
		let (grant, patient, grantee, terms) = self.dice.pick(&given);
		let (who, at) = match &grantee {
			Grantee::Account(who) if !self.dice.one_in(8) => {
				let homes: Vec<_> = STAFF.iter().filter(|(staff, ..)| staff == who).collect();
				(*who, homes.first().map_or(AWAY, |(_, at, _)| *at))
			}
			_ => {
				let (who, at, _) = self.dice.pick(&STAFF);
				(who, at)
			}
		};
		let to = self.dice.pick(&[ADA, BEA, BEA, NED, CLEO, CLEO]);
		let terms = an_answer(&mut self.dice, &terms, now);
		let ours = Consent::pass_on(
			signed(who),
			patient,
			at,
			from(grantee.clone(), grant),
			to,
			terms.clone(),
		);
		let theirs = self.model.pass_on(who, patient, at, &grantee, grant, to, terms);
		self.called("pass_on", ours, theirs);
	}

	/// Mostly what doesn't count comes to count again, so that most histories go on.
	fn change_standing(&mut self) {
		let counts = !self.dice.one_in(4);
		match self.dice.below(8) {
			0 => {
				let at = self.dice.pick(&[HOME, AWAY]);
				self.model.institutions.insert(at, counts);
				Institutions::insert(at, counts);
			}
			1 => {
				self.model.patients.get_mut(&PATIENT).unwrap().lives = counts;
				let died = self.dice.pick(&[NOON, self.model.now]);
				let status = if counts {
					self.model.died.remove(&PATIENT);
					PatientStatus::Active
				} else {
					self.model.died.insert(PATIENT, died);
					PatientStatus::Deceased(died)
				};
				Patients::mutate(PATIENT, |patient| patient.as_mut().unwrap().status = status);
			}
			_ => {
				let (who, at, role) = self.dice.pick(&STAFF);
				if self.dice.one_in(12) {
					self.model.revoked.insert((who, at));
					revoke(who, at);
				}
				let counts = counts && !self.model.revoked.contains(&(who, at));
				self.model.credentials.insert((who, at), (role, counts));
				Credentials::insert((who, at), (role, counts));
			}
		}
	}

	/// One `access` to up to three records: a decision on each, one use of each grant, a receipt.
	fn access(&mut self) {
		let asked = AccessRequest {
			action: Action::View,
			..a_request(&mut self.dice)
		};
		let mut outcomes = vec![];
		let mut records = vec![];
		for id in 1..=1 + self.dice.below(3) {
			let record = some_record(&mut self.dice, asked.patient);
			let request = AccessRequest {
				record: Some(id),
				custodian: record.custodian,
				category: record.category,
				compartment: record.compartment,
				recorded_at: record.recorded_at,
				author: record.author,
				status: Some(record.status),
				..asked.clone()
			};
			outcomes.push((id, self.compare(&request)));
			records.push((id, record));
		}
		let mut grants: Vec<u64> = outcomes
			.iter()
			.filter_map(|(_, outcome)| match outcome {
				Decision::Permit(Basis::Grant(grant)) => Some(*grant),
				_ => None,
			})
			.collect();
		grants.sort();
		grants.dedup();
		for grant in grants {
			let taken =
				<Consent as AccessControl<u64>>::take_use(asked.patient, &asked.requester, asked.on_behalf_of, grant);
			assert_ok!(taken);
			assert!(self.model.take_use(grant));
		}
		let receipt = Receipt {
			requester: asked.requester,
			on_behalf_of: asked.on_behalf_of,
			patient: asked.patient,
			purpose: asked.purpose,
			at: self.model.now,
			outcomes: outcomes.try_into().unwrap(),
		};
		for (id, record) in &records {
			let permitted = receipt
				.outcomes
				.iter()
				.any(|(decided, outcome)| decided == id && outcome.is_permit());
			let still = <Consent as AccessControl<u64>>::still_permits(&receipt, *id, record);
			assert_eq!(still, permitted, "a receipt stands in the block it was written in");
		}
		if self.kept.len() < 6 {
			self.kept.push((receipt, records));
		}
	}

	fn compare(&mut self, request: &AccessRequest<u64>) -> Decision {
		let (ours, theirs) = (decide(request), self.model.decide(request));
		assert_eq!(
			ours,
			theirs,
			"engine and model differ by {:?} on {request:?}",
			self.model.rule(request)
		);
		self.decisions += 1;
		match ours {
			Decision::Permit(_) => self.permits += 1,
			Decision::Deny(reason) => {
				self.reasons.insert(reason);
			}
		}
		ours
	}

	/// Lists, receipts and a few random questions.
	fn compare_all(&mut self) {
		for _ in 0..5 {
			let request = a_request(&mut self.dice);
			self.compare(&request);
		}
		for (receipt, records) in &self.kept {
			for (id, record) in records {
				let ours = <Consent as AccessControl<u64>>::still_permits(receipt, *id, record);
				assert_eq!(
					ours,
					self.model.still_permits(receipt, *id, record),
					"{receipt:?} on {id}: {record:?}"
				);
			}
		}
	}

	fn compare_lists(&self) {
		let ours: BTreeSet<_> = crate::Cases::<Test>::iter()
			.map(|(patient, id, case)| (id, patient, case.approvals_needed, case.end(), case.is_reviewed()))
			.collect();
		let theirs = self.model.cases.iter().map(|(id, case)| {
			let over = case.closed.unwrap_or(case.until);
			(*id, case.patient, case.needed, over, case.reviewed || case.judged)
		});
		assert_eq!(ours, theirs.collect());
		for (patient, ..) in PATIENTS {
			let ours: Vec<_> = crate::Papers::<Test>::iter_prefix(patient)
				.map(|(witness, paper)| (witness, paper.until))
				.collect::<BTreeSet<_>>()
				.into_iter()
				.collect();
			let waiting = self.model.papers.iter().filter(|((whose, _), _)| *whose == patient);
			assert_eq!(
				ours,
				waiting
					.map(|((_, witness), (.., until))| (*witness, *until))
					.collect::<Vec<_>>()
			);
			let ours: Vec<_> = Consent::grants(patient, None, 256)
				.into_iter()
				.map(|(grantee, grant)| {
					(
						grant.id,
						grantee,
						grant.uses_left,
						grant.revoked_at.is_some(),
						grant.given_at,
					)
				})
				.collect();
			let theirs = self.model.grants.iter().filter(|(_, given)| given.patient == patient);
			let theirs: Vec<_> = theirs
				.map(|(id, given)| (*id, given.grantee.clone(), given.left, given.revoked, given.at))
				.take(256)
				.collect();
			assert_eq!(ours, theirs);
			let ours: Vec<_> = Consent::requests(patient, None, 256)
				.into_iter()
				.map(|(who, request)| (request.id, who))
				.collect();
			let open = self.model.requests.iter();
			let open = open.filter(|(_, wanted)| wanted.patient == patient && self.model.now < wanted.until);
			assert_eq!(
				ours,
				open.map(|(id, wanted)| (*id, wanted.requester)).collect::<Vec<_>>()
			);
			let ours: Vec<_> = Consent::overdue_erasures(patient, None, 256)
				.into_iter()
				.map(|(grant, _)| grant)
				.collect();
			let missing = self.model.copies.iter().filter(|((whose, _), (_, until, attested))| {
				*whose == patient && !attested && *until <= self.model.now
			});
			assert_eq!(ours, missing.map(|((_, grant), _)| *grant).collect::<Vec<_>>());
			let ours: Vec<_> = Consent::denials(patient)
				.into_iter()
				.map(|denial| (denial.id, denial.terms))
				.collect();
			let theirs = self.model.denials.iter().filter(|(_, (whose, _))| *whose == patient);
			assert_eq!(
				ours,
				theirs.map(|(id, (_, terms))| (*id, terms.clone())).collect::<Vec<_>>()
			);
		}
	}
}

/// Names the history that a failed assertion belongs to.
struct Telling(u64);

impl Drop for Telling {
	fn drop(&mut self) {
		if std::thread::panicking() {
			eprintln!("in history {}", self.0);
		}
	}
}

#[test]
fn pallet_and_model_agree_over_random_histories() {
	let histories: u64 = std::env::var("SALUS_HISTORIES").map_or(20_000, |count| count.parse().unwrap());
	let (mut decisions, mut permits, mut calls, mut succeeded) = (0, 0, 0, 0);
	let mut reasons = BTreeSet::new();
	for number in 0..histories {
		let _telling = Telling(number);
		ExtBuilder::default().build_and_execute(|| {
			let mut history = History::begin(number);
			for _ in 0..10 + history.dice.below(51) {
				history.step();
				history.compare_all();
			}
			history.compare_lists();
			decisions += history.decisions;
			permits += history.permits;
			calls += history.calls;
			succeeded += history.succeeded;
			reasons.extend(history.reasons);
		});
	}
	println!(
		"{histories} histories: {calls} calls of which {succeeded} succeeded, {decisions} decisions of which {permits} permits"
	);
	assert!(
		succeeded * 4 > calls && permits * 20 > decisions,
		"histories in which something happens"
	);
	assert_eq!(reasons.len(), Reason::ALL.len(), "every reason: {reasons:?}");
}
