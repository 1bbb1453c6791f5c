//! Who else acts for a patient: her guardians and caregivers, and whether a guardianship counts now.

use salus_primitives::{Guardianship, Moment, PatientId, PatientStatus};

use super::{words::show_moment, AccountId, At, Client, ConnectionError};

impl Client {
	/// A patient's guardians, those included whose guardianship is not in force.
	///
	/// # Errors
	/// `Broken`
	pub async fn guardianships(
		&self,
		at: &At,
		patient: PatientId,
	) -> Result<Vec<Guardianship<AccountId>>, ConnectionError> {
		self.ask(at, "RolesApi_guardianships", patient).await
	}

	/// A patient's caregivers.
	///
	/// # Errors
	/// `Broken`
	pub async fn caregivers(&self, at: &At, patient: PatientId) -> Result<Vec<AccountId>, ConnectionError> {
		self.ask(at, "RolesApi_caregivers", patient).await
	}
}

/// Why a guardianship is not in force, for people; none when it is.
pub fn why_not_in_force(guardianship: &Guardianship<AccountId>, status: PatientStatus, now: Moment) -> Option<String> {
	if guardianship.is_active(now, status) {
		return None;
	}
	Some(if guardianship.ends <= now {
		format!("it ended {}", show_moment(guardianship.ends))
	} else if guardianship.contested {
		"the patient contests it, and the council has not decided".into()
	} else if now < guardianship.starts {
		format!(
			"it begins {}; until then objections are heard",
			show_moment(guardianship.starts)
		)
	} else {
		match status {
			PatientStatus::Active => "it is an executor's, and the patient lives".into(),
			PatientStatus::Deceased(_) => "it ended with the patient's death".into(),
			PatientStatus::MergedInto(into) => format!("the patient's id was merged into {into}"),
		}
	})
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_primitives::{Action, ActionSet};

	fn guardianship() -> Guardianship<AccountId> {
		Guardianship {
			guardian: AccountId::from([1; 32]),
			executor: false,
			actions: ActionSet::of(&[Action::View]),
			consents: true,
			evidence: Default::default(),
			starts: 10,
			ends: 20,
			contested: false,
		}
	}

	#[test]
	fn a_guardianship_that_does_not_count_says_why() {
		let why = |guardianship: &Guardianship<AccountId>, status, now| why_not_in_force(guardianship, status, now);
		let lives = PatientStatus::Active;
		assert_eq!(why(&guardianship(), lives, 10), None);
		assert_eq!(why(&guardianship(), lives, 19), None);
		let executor = Guardianship {
			executor: true,
			..guardianship()
		};
		assert_eq!(why(&executor, PatientStatus::Deceased(5), 10), None);
		let contested = Guardianship {
			contested: true,
			..guardianship()
		};
		for (guardianship, status, now, wanted) in [
			(&guardianship(), lives, 9, "begins"),
			(&guardianship(), lives, 20, "ended"),
			(&contested, lives, 10, "contests"),
			(&contested, lives, 20, "ended"),
			(&executor, lives, 10, "executor's"),
			(&guardianship(), PatientStatus::Deceased(5), 10, "death"),
			(&guardianship(), PatientStatus::MergedInto(4), 10, "merged into 4"),
			(&executor, PatientStatus::MergedInto(4), 10, "merged into 4"),
		] {
			let said = why(guardianship, status, now).unwrap();
			assert!(said.contains(wanted), "{wanted}: {said}");
		}
	}
}
