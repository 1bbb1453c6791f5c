//! Emergencies in a history: cases opened, joined, approved, closed, reviewed, sent to the council; incidents.

use super::*;
use salus_primitives::{EmergencyLimits, EmergencyReason, Verdict};

impl History {
	/// Mostly a case that was opened, with its patient.
	pub(super) fn a_case(&mut self) -> (u64, u64) {
		let opened: Vec<_> = self.model.cases.iter().map(|(id, case)| (*id, case.patient)).collect();
		if opened.is_empty() || self.dice.one_in(15) {
			return (self.dice.below(4), PATIENT);
		}
		let latest = opened[opened.len().saturating_sub(3)..].to_vec();
		self.dice.pick(&latest)
	}

	fn a_clinician(&mut self) -> (u64, InstitutionId) {
		if self.dice.one_in(8) {
			let (who, at, _) = self.dice.pick(&STAFF);
			return (who, at);
		}
		self.dice
			.pick(&[(BEA, AWAY), (BEA, AWAY), (NED, AWAY), (CLEO, AWAY), (ADA, HOME)])
	}

	pub(super) fn emergency_step(&mut self) {
		let now = self.model.now;
		match self.dice.below(16) {
			0..=3 => self.open(),
			4 | 5 => {
				let ((case, patient), (who, _)) = (self.a_case(), self.a_clinician());
				let ours = Consent::join_case(signed(who), patient, case);
				let theirs = self.model.join_case(who, patient, case);
				self.called("join_case", ours, theirs);
			}
			6..=8 => {
				let ((case, patient), (who, at)) = (self.a_case(), self.a_clinician());
				let ours = Consent::approve_case(signed(who), patient, case, at);
				let theirs = self.model.approve_case(who, patient, case, at);
				self.called("approve_case", ours, theirs);
			}
			9 => {
				let (case, patient) = self.a_case();
				let who = self.dice.pick(&[BEA, NED, CLEO, PAUL, HUGO]);
				let ours = Consent::close_case(signed(who), patient, case);
				let theirs = self.model.close_case(who, patient, case);
				self.called("close_case", ours, theirs);
			}
			10 | 11 => {
				let (case, patient) = self.a_case();
				let who = self.dice.pick(&[PAUL, PAUL, PAUL, HUGO, CLEO]);
				let violation = self.dice.one_in(5);
				let ours = Consent::review_case(signed(who), patient, case, verdict(violation));
				let theirs = self.model.review_case(who, patient, case, violation);
				self.called("review_case", ours, theirs);
			}
			12 => {
				let (case, patient) = self.a_case();
				let (_, who) = self.patient();
				let ours = Consent::appeal_case(signed(who), patient, case);
				let theirs = self.model.appeal_case(who, patient, case);
				self.called("appeal_case", ours, theirs);
			}
			13 => {
				let (case, patient) = self.a_case();
				let violation = self.dice.one_in(3);
				let ours = Consent::judge_case(RuntimeOrigin::root(), patient, case, verdict(violation));
				let theirs = self.model.judge_case(patient, case, violation);
				self.called("judge_case", ours, theirs);
			}
			14 => {
				let who = self.dice.pick(&[Some(OTTO), Some(OLGA), Some(BEA), None]);
				let origin = who.map_or(RuntimeOrigin::root(), signed);
				let at = self.dice.pick(&[AWAY, AWAY, AWAY, HOME, 9]);
				if self.dice.one_in(4) {
					let ours = Consent::end_incident(origin, at);
					let theirs = self.model.end_incident(who, at);
					return self.called("end_incident", ours, theirs);
				}
				let until = now - now % HOUR + self.dice.pick(&[HOUR, 12 * HOUR, 12 * HOUR, 72 * HOUR, 73 * HOUR, 0]);
				let ours = Consent::declare_incident(origin, at, until);
				let theirs = self.model.declare_incident(who, at, until);
				self.called("declare_incident", ours, theirs);
			}
			_ => {
				let at = self.dice.pick(&[AWAY, AWAY, HOME, 9]);
				let (approvals, cases_a_day) = self.dice.pick(&[(1, 2), (1, 50), (2, 50), (0, 2), (8, 2), (3, 0)]);
				let limits = EmergencyLimits { approvals, cases_a_day };
				let ours = Consent::set_emergency_limits(RuntimeOrigin::root(), at, limits);
				let theirs = self.model.set_emergency_limits(at, approvals, cases_a_day);
				self.called("set_emergency_limits", ours, theirs);
			}
		}
	}

	fn open(&mut self) {
		let now = self.model.now;
		let (who, at) = self.a_clinician();
		if self.dice.one_in(30) {
			Since::insert((who, at), now);
			self.model.since.insert((who, at), now);
		}
		let length = self.dice.pick(&[HOUR, 6 * HOUR, DAY, DAY, DAY + 1, 0]);
		for _ in 0..self.dice.pick(&[1, 1, 1, 4]) {
			let (patient, _) = self.patient();
			let (reason, justification) = (EmergencyReason::Other, H256::zero());
			let ours = Consent::open_case(signed(who), patient, at, reason, justification, now + length);
			let theirs = self.model.open_case(who, patient, at, now + length);
			self.called("open_case", ours, theirs);
		}
	}
}

const fn verdict(violation: bool) -> Verdict {
	if violation {
		Verdict::Violation
	} else {
		Verdict::Justified
	}
}
