//! Papers in the model: what a patient without a device signed, seen by two who work at her hospital.

use super::Model;
use salus_primitives::{DenialTerms, Grantee, Role, Terms, DAY};

/// What she signed.
#[derive(Clone, Debug, PartialEq)]
pub enum Signed {
	Yes(u64, u64, Terms),
	No(u64, u64),
	Grant(Grantee<u64>, Terms),
	Revoke(Grantee<u64>, u64),
	Deny(DenialTerms<u64>),
	Lift(u64),
	Seal(u8),
	Unseal(u8),
	Appeal(u64),
}

impl Model {
	pub fn witness_paper(&mut self, who: u64, patient: u64, signed: Signed, scan: u8) -> bool {
		let Some(home) = self.home_on_paper(patient) else {
			return false;
		};
		let may = self.at_the_desk(who, home)
			&& !self.gains(who, patient, &signed)
			&& self.clone().fulfil(who, patient, signed.clone());
		if may {
			self.papers.insert((patient, who), (signed, scan, self.now + 7 * DAY));
		}
		may
	}

	pub fn confirm_paper(&mut self, second: u64, patient: u64, first: u64, signed: Signed, scan: u8) -> bool {
		let Some(home) = self.home_on_paper(patient) else {
			return false;
		};
		let waits = self
			.papers
			.get(&(patient, first))
			.is_some_and(|(what, which, until)| (what, which) == (&signed, &scan) && self.now < *until);
		let two = second != first && self.works(second, home) && self.at_the_desk(first, home);
		let selfless = [first, second].iter().all(|who| !self.gains(*who, patient, &signed));
		if !(waits && two && selfless) {
			return false;
		}
		let done = self.fulfil(second, patient, signed);
		if done {
			self.papers.remove(&(patient, first));
		}
		done
	}

	pub fn withdraw_paper(&mut self, who: u64, patient: u64, first: u64) -> bool {
		let may = self
			.papers
			.get(&(patient, first))
			.is_some_and(|(.., until)| who == first || *until <= self.now);
		may && self.papers.remove(&(patient, first)).is_some()
	}

	fn home_on_paper(&self, patient: u64) -> Option<u32> {
		self.patients
			.get(&patient)
			.filter(|person| !person.device)
			.map(|person| person.hospital)
	}

	fn at_the_desk(&self, who: u64, at: u32) -> bool {
		let administers = self.credentials.get(&(who, at)) == Some(&(Role::Administrator, true));
		self.institutions[&at] && (administers || self.officers.contains(&(who, at)))
	}

	fn works(&self, who: u64, at: u32) -> bool {
		let employed = self.credentials.get(&(who, at)).is_some_and(|(_, counts)| *counts);
		self.institutions[&at] && (employed || self.officers.contains(&(who, at)))
	}

	fn gains(&self, who: u64, patient: u64, signed: &Signed) -> bool {
		match signed {
			Signed::Yes(requester, ..) => *requester == who,
			Signed::Grant(Grantee::Account(account), _) => *account == who,
			Signed::Grant(Grantee::Institution(at), _) => self.credentials.contains_key(&(who, *at)),
			Signed::Grant(Grantee::Role(role, at), _) => {
				self.credentials.get(&(who, *at)).map(|(held, _)| held) == Some(role)
			}
			Signed::Grant(Grantee::Assigned(at), _) => self.assigned.contains(&(who, patient, *at)),
			Signed::Lift(denial) => {
				let lifted = self.denials.get(denial).filter(|(whose, _)| *whose == patient);
				lifted.is_some_and(|(_, terms)| terms.account == Some(who))
			}
			_ => false,
		}
	}

	/// As if she signed by a device of hers, with the account of who confirms.
	fn fulfil(&mut self, by: u64, patient: u64, signed: Signed) -> bool {
		let before = self.patients[&patient].clone();
		let person = self.patients.get_mut(&patient).unwrap();
		(person.device, person.controller) = (true, by);
		let done = match signed {
			Signed::Yes(requester, request, terms) => self.approve(by, patient, requester, request, terms),
			Signed::No(requester, request) => self.decline(by, patient, requester, request),
			Signed::Grant(grantee, terms) => self.grant(by, patient, grantee, terms),
			Signed::Revoke(grantee, grant) => self.revoke(by, patient, &grantee, grant),
			Signed::Deny(terms) => self.deny(by, patient, terms),
			Signed::Lift(denial) => self.lift_denial(by, patient, denial),
			Signed::Seal(drawer) => self.seal(by, patient, drawer),
			Signed::Unseal(drawer) => self.unseal(by, patient, drawer),
			Signed::Appeal(case) => self.appeal_case(by, patient, case),
		};
		self.patients.insert(patient, before);
		done
	}
}
