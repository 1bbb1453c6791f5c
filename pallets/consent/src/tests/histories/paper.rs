//! Patients without a device and patients who lose theirs, in a history.

use super::*;
use model::Signed;

impl History {
	/// She has a device or none, two witnesses bring what she signs, or one of them alone.
	pub(super) fn paper(&mut self) {
		let (patient, controller, _) = self.dice.pick(&[PATIENTS[0], PATIENTS[0], PATIENTS[1]]);
		let has_one = self.model.patients[&patient].device;
		if self.dice.one_in(if has_one { 8 } else { 2 }) {
			let device = !has_one;
			self.model.patients.get_mut(&patient).unwrap().device = device;
			Patients::mutate(patient, |entry| {
				entry.as_mut().unwrap().controller = device.then_some(controller)
			});
		}
		if self.model.patients[&patient].device && !self.dice.one_in(12) {
			return;
		}
		if self.dice.one_in(6) {
			let (who, first) = (self.dice.pick(&[HANNA, MARA, BEA]), self.dice.pick(&[HANNA, MARA]));
			let ours = Consent::withdraw_paper(signed(who), patient, first);
			let theirs = self.model.withdraw_paper(who, patient, first);
			return self.called("withdraw_paper", ours, theirs);
		}
		let (wish, hers) = self.a_wish(patient);
		let first = self
			.dice
			.pick(&[HANNA, HANNA, HANNA, MARA, MARA, MARA, MARA, OTTO, ADA]);
		let paper = |scan| Paper {
			wish: wish.clone(),
			scan: H256::repeat_byte(scan),
		};
		if !self.dice.one_in(8) {
			let ours = Consent::witness_paper(signed(first), patient, paper(1));
			let theirs = self.model.witness_paper(first, patient, hers.clone(), 1);
			self.called("witness_paper", ours, theirs);
		}
		for second in [self.dice.pick(&[BEA, ADA, ADA, HUGO, HANNA, MARA]), HANNA] {
			if self.dice.one_in(4) {
				continue;
			}
			let scan = if self.dice.one_in(20) { 2 } else { 1 };
			let ours = Consent::confirm_paper(signed(second), patient, first, paper(scan));
			let theirs = self.model.confirm_paper(second, patient, first, hers.clone(), scan);
			self.called("confirm_paper", ours, theirs);
		}
	}

	fn a_wish(&mut self, patient: u64) -> (Wish<u64>, Signed) {
		let now = self.model.now;
		match self.dice.below(9) {
			8 => {
				let (case, _) = self.a_case();
				(Wish::Appeal(case), Signed::Appeal(case))
			}
			0 => {
				let (request, _, requester, asked) = self.a_filed_request();
				let asked = asked.unwrap_or_else(|| some_terms(&mut self.dice, now));
				let terms = an_answer(&mut self.dice, &asked, now);
				let signed = Signed::Yes(requester, request, terms.clone());
				(
					Wish::Approve {
						requester,
						request,
						terms,
					},
					signed,
				)
			}
			1 => {
				let (request, _, requester, _) = self.a_filed_request();
				(Wish::Decline { requester, request }, Signed::No(requester, request))
			}
			2 | 3 => {
				let (grantee, terms) = (a_grantee(&mut self.dice), some_terms(&mut self.dice, now));
				let signed = Signed::Grant(grantee.clone(), terms.clone());
				(Wish::Grant { grantee, terms }, signed)
			}
			4 => {
				let (grant, grantee) = self.a_given_grant(patient);
				let signed = Signed::Revoke(grantee.clone(), grant);
				(Wish::Revoke { grantee, grant }, signed)
			}
			5 => {
				let terms = a_denial(&mut self.dice);
				(Wish::Deny(terms.clone()), Signed::Deny(terms))
			}
			6 => {
				let made = self.model.denials.iter().filter(|(_, (whose, _))| *whose == patient);
				let made: Vec<_> = made.map(|(id, _)| *id).chain([0]).collect();
				let denial = self.dice.pick(&made);
				(Wish::LiftDenial(denial), Signed::Lift(denial))
			}
			_ => {
				let drawer = self.dice.pick(&[1, 1, 2, 255]);
				if self.dice.one_in(2) {
					(Wish::Seal(drawer), Signed::Seal(drawer))
				} else {
					(Wish::Unseal(drawer), Signed::Unseal(drawer))
				}
			}
		}
	}

	fn a_given_grant(&mut self, patient: u64) -> (u64, Grantee<u64>) {
		let given = self.model.grants.iter().filter(|(_, given)| given.patient == patient);
		let given: Vec<_> = given.map(|(id, given)| (*id, given.grantee.clone())).collect();
		if given.is_empty() || self.dice.one_in(12) {
			return (self.dice.below(5), a_grantee(&mut self.dice));
		}
		self.dice.pick(&given)
	}

	/// What roles does when two officers begin a recovery, and when the council decides it.
	pub(super) fn lose_or_recover(&mut self) {
		let (now, (patient, ..)) = (self.model.now, self.dice.pick(&PATIENTS));
		let spans = self.model.doubtful.entry(patient).or_default();
		let open = spans.iter().find(|(_, last)| *last == u64::MAX).copied();
		let loss = KeyLosses::get(patient).unwrap_or_default();
		match open {
			None if !self.dice.one_in(3) => {}
			None => {
				let lost_at = now - self.dice.pick(&[0, 0, HOUR, DAY, 12 * DAY]);
				spans.insert((lost_at, u64::MAX));
				let waiting = Some(lost_at);
				KeyLosses::insert(patient, KeyLoss { waiting, ..loss });
			}
			Some(open) => {
				spans.remove(&open);
				if self.dice.one_in(3) {
					KeyLosses::insert(patient, KeyLoss { waiting: None, ..loss });
				} else {
					// One span of all.
					let first = spans.iter().map(|(first, _)| *first).chain([open.0]).min().unwrap();
					*spans = [(first, now)].into();
					KeyLosses::insert(patient, loss.completed(now));
					if self.dice.one_in(2) {
						self.model.now += 1;
						set_time(self.model.now);
					}
				}
			}
		}
	}

	/// Mostly a grant that is in doubt.
	pub(super) fn confirm_grant(&mut self) {
		let in_doubt = self.model.grants.iter().filter(|(_, given)| self.model.in_doubt(given));
		let in_doubt: Vec<_> = in_doubt
			.map(|(id, given)| (*id, given.patient, given.grantee.clone()))
			.collect();
		if in_doubt.is_empty() && !self.dice.one_in(6) {
			return;
		}
		let (grant, patient, grantee) = if in_doubt.is_empty() || self.dice.one_in(6) {
			let (grant, grantee) = self.a_given_grant(PATIENT);
			(grant, PATIENT, grantee)
		} else {
			self.dice.pick(&in_doubt)
		};
		let who = if self.dice.one_in(4) {
			self.dice.pick(&[GINA, GINA, BEA])
		} else {
			self.model.patients[&patient].controller
		};
		let ours = Consent::confirm_grant(signed(who), patient, grantee.clone(), grant);
		let theirs = self.model.confirm_grant(who, patient, &grantee, grant);
		self.called("confirm_grant", ours, theirs);
	}
}
