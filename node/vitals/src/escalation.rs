//! An alert on its way up: caregiver, nurse, doctor on call. A pure state machine; who sends and keeps is the gateway.
//!
//! Each is told once and has her own time from then on, however late the gateway looks: nobody is passed over because it
//! was down. When the last has let her time pass, she is told again each time it passes again.

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
	/// A caregiver whom the patient named.
	Caregiver,
	/// The nurse.
	Nurse,
	/// The doctor on call.
	DoctorOnCall,
}

/// One who is told, and how long she has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
	/// Who.
	pub role: Role,
	/// Milliseconds to acknowledge, from when she is told.
	pub within: u64,
}

/// Who is told one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder(Vec<Rung>);

/// Why a ladder is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LadderError {
	/// Nobody is on it.
	#[error("nobody would be told; name a nurse or a doctor on call")]
	Empty,
	/// The roles do not rise.
	#[error("the ladder has to rise from caregiver to nurse to doctor on call, each at most once; put them in order")]
	NotRising,
	/// Somebody has no time.
	#[error("somebody has no time to acknowledge; give each at least a minute")]
	NoTime,
	/// A caregiver stands alone.
	#[error("a caregiver alone can't be the last to be told; add a nurse or a doctor on call")]
	NoClinician,
}

/// The least time to acknowledge, in milliseconds.
pub const LEAST_WITHIN: u64 = 60_000;

impl Ladder {
	/// These, from the first told to the last.
	///
	/// # Errors
	/// Each says what to change.
	pub fn new(rungs: Vec<Rung>) -> Result<Self, LadderError> {
		let last = rungs.last().ok_or(LadderError::Empty)?;
		let rises = rungs
			.iter()
			.zip(rungs.iter().skip(1))
			.all(|(below, above)| below.role < above.role);
		if !rises {
			return Err(LadderError::NotRising);
		}
		if rungs.iter().any(|rung| rung.within < LEAST_WITHIN) {
			return Err(LadderError::NoTime);
		}
		if last.role == Role::Caregiver {
			return Err(LadderError::NoClinician);
		}
		Ok(Self(rungs))
	}

	/// The rungs, from the first told to the last.
	pub fn rungs(&self) -> &[Rung] {
		&self.0
	}
}

/// Tell somebody: this is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "somebody has to be told"]
pub struct Notice {
	/// Whom.
	pub role: Role,
	/// Until before when she acknowledges in time.
	pub due: u64,
	/// How often she has been told before.
	pub repeat: u32,
}

/// Where an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
	/// Somebody was told and has time.
	Waiting {
		/// Who.
		role: Role,
		/// Until before when.
		due: u64,
	},
	/// The last was told again: nobody acknowledged in time.
	Overdue {
		/// Who.
		role: Role,
		/// Until before when, this time.
		due: u64,
		/// How often again.
		repeat: u32,
	},
	/// It is in somebody's hands.
	Acknowledged {
		/// Whose.
		role: Role,
		/// Since when.
		at: u64,
	},
}

/// Why an acknowledgement ends nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AcknowledgeError {
	/// It went on to somebody above.
	#[error("the alert went on to {now:?}, who has to acknowledge it now; talk to each other")]
	WentOn {
		/// To whom.
		now: Role,
	},
	/// Somebody else has it.
	#[error("the alert was acknowledged before, by {by:?}; nothing is left to do")]
	Acknowledged {
		/// Who has it.
		by: Role,
	},
}

/// One alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
	ladder: Ladder,
	step: usize,
	state: State,
}

impl Escalation {
	/// Raises an alert: the first on the ladder is told.
	pub fn raise(ladder: Ladder, now: u64) -> (Self, Notice) {
		// A ladder is never empty.
		let first = ladder.0.first().copied().unwrap_or(Rung {
			role: Role::DoctorOnCall,
			within: LEAST_WITHIN,
		});
		let due = now.saturating_add(first.within);
		let state = State::Waiting { role: first.role, due };
		let notice = Notice {
			role: first.role,
			due,
			repeat: 0,
		};
		(Self { ladder, step: 0, state }, notice)
	}

	/// The alert that stood so before the gateway was started again; none where that state is not of this ladder.
	pub fn resume(ladder: Ladder, state: State) -> Option<Self> {
		let place = |role: Role| ladder.0.iter().position(|rung| rung.role == role);
		let last = ladder.0.len().checked_sub(1)?;
		let step = match state {
			State::Waiting { role, .. } => place(role)?,
			State::Overdue { role, repeat, .. } => place(role).filter(|step| *step == last && repeat > 0)?,
			// Somebody above whoever was told may have it, who need not be on the ladder.
			State::Acknowledged { .. } => last,
		};
		Some(Self { ladder, step, state })
	}

	/// Where it stands.
	pub fn state(&self) -> State {
		self.state
	}

	/// When it has to be looked at again; never, once it is acknowledged.
	pub fn due(&self) -> Option<u64> {
		match self.state {
			State::Waiting { due, .. } | State::Overdue { due, .. } => Some(due),
			State::Acknowledged { .. } => None,
		}
	}

	/// Looks at the clock: whoever let her time pass, the next is told.
	pub fn look(&mut self, now: u64) -> Option<Notice> {
		let (role, repeat) = match self.state {
			State::Waiting { role, due } if due <= now => (role, 0),
			State::Overdue { role, due, repeat } if due <= now => (role, repeat),
			_ => return None,
		};
		let above = self.step.saturating_add(1);
		if let Some(next) = self.ladder.0.get(above) {
			let due = now.saturating_add(next.within);
			self.step = above;
			self.state = State::Waiting { role: next.role, due };
			return Some(Notice {
				role: next.role,
				due,
				repeat: 0,
			});
		}
		let within = self.ladder.0.get(self.step).map_or(LEAST_WITHIN, |rung| rung.within);
		let due = now.saturating_add(within);
		let repeat = repeat.saturating_add(1);
		self.state = State::Overdue { role, due, repeat };
		Some(Notice { role, due, repeat })
	}

	/// Somebody takes it into her hands: whoever has been told last, or anybody above her.
	///
	/// # Errors
	/// `WentOn` and `Acknowledged`; nothing is changed then.
	pub fn acknowledge(&mut self, role: Role, now: u64) -> Result<(), AcknowledgeError> {
		match self.state {
			State::Acknowledged { role: by, .. } => Err(AcknowledgeError::Acknowledged { by }),
			State::Waiting { role: told, .. } | State::Overdue { role: told, .. } if role < told => {
				Err(AcknowledgeError::WentOn { now: told })
			}
			_ => {
				self.state = State::Acknowledged { role, at: now };
				Ok(())
			}
		}
	}
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
	use proptest::prelude::*;

	use super::*;

	const MINUTE: u64 = 60_000;
	const START: u64 = 1_000_000;

	fn rung(role: Role, minutes: u64) -> Rung {
		Rung {
			role,
			within: minutes * MINUTE,
		}
	}

	fn all_three() -> Ladder {
		Ladder::new(vec![
			rung(Role::Caregiver, 5),
			rung(Role::Nurse, 10),
			rung(Role::DoctorOnCall, 15),
		])
		.unwrap()
	}

	fn told(notice: Option<Notice>) -> Option<(Role, u64, u32)> {
		notice.map(|notice| (notice.role, (notice.due - START) / MINUTE, notice.repeat))
	}

	#[test]
	fn unacknowledged_it_goes_up_and_comes_again() {
		let (mut alert, first) = Escalation::raise(all_three(), START);
		assert_eq!(told(Some(first)), Some((Role::Caregiver, 5, 0)));
		assert_eq!(alert.look(START + 5 * MINUTE - 1), None);
		assert_eq!(told(alert.look(START + 5 * MINUTE)), Some((Role::Nurse, 15, 0)));
		assert_eq!(alert.look(START + 5 * MINUTE), None);
		assert_eq!(told(alert.look(START + 15 * MINUTE)), Some((Role::DoctorOnCall, 30, 0)));
		assert_eq!(told(alert.look(START + 30 * MINUTE)), Some((Role::DoctorOnCall, 45, 1)));
		assert_eq!(told(alert.look(START + 45 * MINUTE)), Some((Role::DoctorOnCall, 60, 2)));
		assert!(matches!(alert.state(), State::Overdue { repeat: 2, .. }));
		assert_eq!(alert.acknowledge(Role::DoctorOnCall, START + 46 * MINUTE), Ok(()));
		assert_eq!((alert.look(u64::MAX), alert.due()), (None, None));
	}

	#[test]
	fn whoever_was_passed_over_ends_it_no_more_and_whoever_is_above_does() {
		let (mut alert, _) = Escalation::raise(all_three(), START);
		assert!(alert.look(START + 6 * MINUTE).is_some());
		let late = alert.acknowledge(Role::Caregiver, START + 7 * MINUTE);
		assert_eq!(late, Err(AcknowledgeError::WentOn { now: Role::Nurse }));
		assert!(matches!(alert.state(), State::Waiting { role: Role::Nurse, .. }));
		assert_eq!(alert.acknowledge(Role::DoctorOnCall, START + 8 * MINUTE), Ok(()));
		let again = alert.acknowledge(Role::Nurse, START + 9 * MINUTE);
		assert_eq!(again, Err(AcknowledgeError::Acknowledged { by: Role::DoctorOnCall }));
	}

	#[test]
	fn a_gateway_that_was_down_passes_over_nobody() {
		let (mut alert, _) = Escalation::raise(all_three(), START);
		let hours_later = START + 600 * MINUTE;
		assert_eq!(told(alert.look(hours_later)), Some((Role::Nurse, 610, 0)));
		assert_eq!(alert.look(hours_later), None);
	}

	#[test]
	fn only_a_state_of_its_ladder_is_resumed() {
		let two = Ladder::new(vec![rung(Role::Nurse, 10), rung(Role::DoctorOnCall, 15)]).unwrap();
		let resumed = |state| Escalation::resume(two.clone(), state);
		let due = START;
		assert_eq!(
			resumed(State::Waiting {
				role: Role::Caregiver,
				due
			}),
			None
		);
		assert_eq!(
			resumed(State::Overdue {
				role: Role::Nurse,
				due,
				repeat: 1
			}),
			None
		);
		assert_eq!(
			resumed(State::Overdue {
				role: Role::DoctorOnCall,
				due,
				repeat: 0
			}),
			None
		);
		let mut waiting = resumed(State::Waiting { role: Role::Nurse, due }).unwrap();
		assert_eq!(told(waiting.look(START)), Some((Role::DoctorOnCall, 15, 0)));
		let mut ended = resumed(State::Acknowledged {
			role: Role::Caregiver,
			at: due,
		})
		.unwrap();
		assert_eq!(ended.look(u64::MAX), None);
	}

	#[test]
	fn ladders_rise_and_end_with_a_clinician() {
		let ladder = |rungs: &[Rung]| Ladder::new(rungs.to_vec()).unwrap_err();
		assert_eq!(ladder(&[]), LadderError::Empty);
		let nurse = rung(Role::Nurse, 5);
		assert_eq!(ladder(&[nurse, nurse]), LadderError::NotRising);
		assert_eq!(ladder(&[nurse, rung(Role::Caregiver, 5)]), LadderError::NotRising);
		assert_eq!(ladder(&[rung(Role::Nurse, 0)]), LadderError::NoTime);
		assert_eq!(ladder(&[rung(Role::Caregiver, 5)]), LadderError::NoClinician);
		assert!(Ladder::new(vec![rung(Role::DoctorOnCall, 1)]).is_ok());
	}

	#[derive(Clone, Debug)]
	enum Step {
		Look(u64),
		Acknowledge(Role),
	}

	fn role() -> impl Strategy<Value = Role> {
		prop::sample::select(vec![Role::Caregiver, Role::Nurse, Role::DoctorOnCall])
	}

	fn ladders() -> impl Strategy<Value = Ladder> {
		let present = prop::sample::subsequence(vec![Role::Caregiver, Role::Nurse, Role::DoctorOnCall], 1..=3);
		let times = prop::collection::vec(MINUTE..20 * MINUTE, 3);
		(present, times).prop_filter_map("ends with a clinician", |(roles, times)| {
			let rungs = roles.into_iter().zip(times);
			Ladder::new(rungs.map(|(role, within)| Rung { role, within }).collect()).ok()
		})
	}

	proptest! {
		#[test]
		fn roles_never_go_down_everybody_has_her_time_and_it_ends_once(
			ladder in ladders(),
			steps in prop::collection::vec(prop_oneof![
				(0..30 * MINUTE).prop_map(Step::Look),
				(0..30 * MINUTE).prop_map(Step::Look),
				(0..30 * MINUTE).prop_map(Step::Look),
				role().prop_map(Step::Acknowledge),
			], 0..40),
		) {
			let mut now = START;
			let (mut alert, first) = Escalation::raise(ladder.clone(), now);
			let mut notices = vec![first];
			let mut acknowledged = None;
			for step in steps {
				// A gateway that starts again goes on where it was.
				alert = Escalation::resume(ladder.clone(), alert.state()).unwrap();
				let before = alert.clone();
				let told_now = notices.last().unwrap().role;
				match step {
					Step::Look(wait) => {
						now += wait;
						if let Some(notice) = alert.look(now) {
							prop_assert!(acknowledged.is_none(), "told after it was acknowledged");
							let last = notices.last().unwrap();
							prop_assert!(last.due <= now, "before her time had passed");
							let rung = ladder.rungs().iter().find(|rung| rung.role == notice.role).unwrap();
							prop_assert_eq!(notice.due, now + rung.within, "less than her own time");
							prop_assert!(notice.role > last.role || notice.repeat == last.repeat + 1);
							notices.push(notice);
						} else {
							prop_assert!(acknowledged.is_some() || now < notices.last().unwrap().due, "nobody was told");
							prop_assert_eq!(&before, &alert);
						}
					}
					Step::Acknowledge(role) => {
						let result = alert.acknowledge(role, now);
						prop_assert_eq!(result.is_ok(), acknowledged.is_none() && role >= told_now);
						match result {
							Ok(()) => acknowledged = Some((role, now)),
							Err(_) => prop_assert_eq!(&before, &alert),
						}
					}
				}
			}
			// Nobody on the ladder is left out below the last one told.
			let mut told: Vec<_> = notices.iter().map(|notice| notice.role).collect();
			told.dedup();
			let rungs: Vec<_> = ladder.rungs().iter().map(|rung| rung.role).collect();
			prop_assert_eq!(&told[..], &rungs[..told.len()]);
			if let Some((role, at)) = acknowledged {
				prop_assert_eq!(alert.state(), State::Acknowledged { role, at });
			}
		}
	}
}
