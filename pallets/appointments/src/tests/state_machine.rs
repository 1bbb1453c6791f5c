//! Random histories on the chain and in the model, which must agree after every step.

use super::{model::*, *};
use core::cell::RefCell;
use proptest::{
	prelude::*,
	test_runner::{Config, TestRunner},
};
use salus_primitives::PatientStatus;
use sp_runtime::DispatchError;
use std::collections::BTreeMap;

/// The slots of the histories begin here, so that they cross midnight UTC.
fn begins() -> Moment {
	at(0, 22, 0)
}

/// One step. Appointments are taken modulo what there is.
#[derive(Clone, Debug)]
enum Step {
	Open(u64, Period),
	Block(u64, Period),
	Unblock(u64, Period),
	Close(u64, Period),
	Book(PatientId, Vec<u64>, Period),
	/// All patients want the same.
	Rush(u64, Period),
	Hold(PatientId, Vec<u64>, Period),
	/// What is held, or a part of it.
	Release(u64, bool),
	Cancel(u64),
	Reschedule(u64, Vec<u64>, Period),
	Propose(PatientId, u64, u64),
	Accept(u64),
	Decline(u64),
	CancelDay(u64, Period, u32),
	Advance(u64, AppointmentStatus),
	Merge(PatientId, PatientId),
	Unmerge(PatientId),
	Pass(Moment),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let patient = || prop_oneof![Just(ADA), Just(BEN), Just(CAT)];
	let practitioner = || prop_oneof![2 => Just(DOCTOR), 1 => Just(NURSE)];
	let practitioners = || prop_oneof![2 => Just(vec![DOCTOR]), 1 => Just(vec![NURSE]), 2 => Just(vec![NURSE, DOCTOR])];
	let period = |most: u64| {
		(0_u64..16, 1..=most).prop_map(|(first, count)| {
			let start = begins() + first * QUARTER;
			Period::new(start, (start + count * QUARTER).min(begins() + 16 * QUARTER))
		})
	};
	let status = prop_oneof![
		2 => Just(AppointmentStatus::Arrived),
		3 => Just(AppointmentStatus::Fulfilled),
		2 => Just(AppointmentStatus::NoShow),
	];
	let wait = prop_oneof![
		3 => Just(5 * MINUTE),
		3 => Just(15 * MINUTE),
		2 => Just(HOUR),
		1 => Just(3 * HOUR),
	];
	let step = prop_oneof![
		6 => (practitioner(), period(16)).prop_map(|(who, period)| Step::Open(who, period)),
		1 => (practitioner(), period(4)).prop_map(|(who, period)| Step::Block(who, period)),
		1 => (practitioner(), period(8)).prop_map(|(who, period)| Step::Unblock(who, period)),
		1 => (practitioner(), period(4)).prop_map(|(who, period)| Step::Close(who, period)),
		8 => (patient(), practitioners(), period(3)).prop_map(|(patient, who, period)| Step::Book(patient, who, period)),
		3 => (practitioner(), period(2)).prop_map(|(who, period)| Step::Rush(who, period)),
		3 => (patient(), practitioners(), period(3)).prop_map(|(patient, who, period)| Step::Hold(patient, who, period)),
		2 => (any::<u64>(), prop::bool::weighted(0.3)).prop_map(|(number, part)| Step::Release(number, part)),
		4 => any::<u64>().prop_map(Step::Cancel),
		4 => (any::<u64>(), practitioners(), period(3)).prop_map(|(id, who, period)| Step::Reschedule(id, who, period)),
		4 => (patient(), practitioner(), 1_u64..4).prop_map(|(patient, who, count)| Step::Propose(patient, who, count)),
		4 => any::<u64>().prop_map(Step::Accept),
		2 => any::<u64>().prop_map(Step::Decline),
		2 => (practitioner(), period(16), 0_u32..5).prop_map(|(who, period, most)| Step::CancelDay(who, period, most)),
		8 => (any::<u64>(), status).prop_map(|(id, status)| Step::Advance(id, status)),
		1 => (patient(), patient()).prop_map(|(from, into)| Step::Merge(from, into)),
		2 => patient().prop_map(Step::Unmerge),
		4 => wait.prop_map(Step::Pass),
	];
	proptest::collection::vec(step, 1..60)
}

/// Chain and model say the same. Whether they accepted.
fn agree(chain: DispatchResult, model: Result<(), Error>) -> bool {
	assert_eq!(chain, model.map_err(DispatchError::from));
	chain.is_ok()
}

fn set_patient(patient: PatientId, status: PatientStatus) {
	Patients::mutate(patient, |kept| kept.as_mut().unwrap().status = status);
}

impl Model {
	/// Whether the step was accepted.
	fn take(&mut self, step: Step) -> bool {
		let pick = |number: u64| number % (self.made.len() as u64 + 1);
		match step {
			Step::Open(who, period) => {
				let slots = quarters(period.start, (period.end - period.start) / QUARTER);
				agree(open(DESK, who, A, slots.clone()), self.open(who, &slots))
			}
			Step::Block(who, period) => {
				let expected = self.block(who, period);
				agree(Appointments::block(signed(DESK), who, A, period), expected)
			}
			Step::Unblock(who, period) => agree(
				Appointments::unblock(signed(DESK), who, A, period),
				self.unblock(who, period),
			),
			Step::Close(who, period) => agree(
				Appointments::close(signed(who), who, A, period),
				self.close(who, period),
			),
			Step::Book(patient, who, period) => agree(
				book(ADAS + patient, patient, &who, period),
				self.book(patient, &who, period),
			),
			Step::Rush(who, period) => self.rush(who, period),
			Step::Hold(patient, who, period) => agree(
				hold(ADAS + patient, patient, &who, period),
				self.hold(patient, &who, period),
			),
			Step::Release(number, part) => self.release_one(number, part),
			Step::Cancel(number) => {
				let id = pick(number);
				let reason = CancelReason::Other;
				agree(
					Appointments::cancel(signed(DESK), id, reason),
					self.cancel(id, AppointmentParty::Desk, reason),
				)
			}
			Step::Reschedule(number, who, period) => {
				let id = pick(number);
				let chain = Appointments::reschedule(signed(DESK), id, list(who.clone()), period);
				agree(chain, self.reschedule(id, &who, period))
			}
			Step::Propose(patient, who, count) => {
				let wanted = Period::new(now(), now() + 10 * DAY);
				let length = count * QUARTER;
				let (priority, mode) = (Priority::Routine, Mode::InPerson);
				let signer = signed(ADAS + patient);
				let chain = Appointments::propose(signer, patient, A, who, wanted, length, priority, mode);
				agree(chain, self.propose(patient, who, length))
			}
			Step::Accept(number) => {
				let id = pick(number);
				agree(Appointments::accept(signed(DESK), id), self.accept(id))
			}
			Step::Decline(number) => {
				let id = pick(number);
				agree(Appointments::decline(signed(DESK), id), self.decline(id))
			}
			Step::CancelDay(who, period, most) => {
				let chain = Appointments::cancel_day(signed(DESK), who, A, period, most, list([]));
				let chain = chain.map(drop).map_err(|error| error.error);
				agree(chain, self.cancel_day(who, period, most as usize))
			}
			Step::Advance(number, to) => {
				let id = self.going_on(number).unwrap_or(pick(number));
				let chain = match to {
					AppointmentStatus::Arrived => Appointments::arrive(signed(DESK), id),
					AppointmentStatus::Fulfilled => Appointments::fulfil(signed(DESK), id),
					_ => Appointments::mark_no_show(signed(DESK), id),
				};
				agree(chain, self.advance(id, to))
			}
			Step::Merge(from, into) => {
				let merged = self.merge(from, into);
				if merged {
					set_patient(from, PatientStatus::MergedInto(into));
				}
				merged
			}
			Step::Unmerge(patient) => {
				set_patient(patient, PatientStatus::Active);
				self.merged.remove(&patient).is_some()
			}
			Step::Pass(time) => {
				set_time(now() + time);
				true
			}
		}
	}

	/// Half of the time, an appointment that is booked or has begun: most are over before anybody comes.
	fn going_on(&self, number: u64) -> Option<AppointmentId> {
		let goes_on = |made: &Made| matches!(made.status, AppointmentStatus::Booked | AppointmentStatus::Arrived);
		let ids: Vec<_> = (0..).zip(&self.made).filter(|(_, made)| goes_on(made)).collect();
		let nth = number % (2 * ids.len() as u64 + 1);
		ids.get(nth as usize).map(|(id, _)| *id)
	}

	/// A hold, live or not, or without one something that is none.
	fn release_one(&mut self, number: u64, part: bool) -> bool {
		let nth = number as usize % (self.holds.len() + 1);
		let (patient, mut who, mut period) = match self.holds.get(nth) {
			Some(hold) => (hold.patient, hold.practitioners.clone(), hold.period),
			None => (BEN, vec![DOCTOR], from(begins(), 15)),
		};
		if part && who.len() > 1 {
			who.pop();
		} else if part {
			period.end += QUARTER;
		}
		agree(
			release(ADAS + patient, patient, &who, period),
			self.release(patient, &who, period),
		)
	}

	fn block(&mut self, who: u64, period: Period) -> Result<(), Error> {
		let starts = (period.start..period.end).step_by(QUARTER as usize);
		let there: Vec<_> = starts.filter(|start| self.slots.contains_key(&(who, *start))).collect();
		for start in &there {
			match self.slots[&(who, *start)] {
				SlotState::Busy(_) => return Err(Error::SlotTaken),
				SlotState::BusyTentative { until, .. } if now() < until => return Err(Error::SlotHeld),
				_ => (),
			}
		}
		if there.is_empty() {
			return Err(Error::NoSlot);
		}
		for start in there {
			self.slots.insert((who, start), SlotState::BusyUnavailable);
		}
		Ok(())
	}

	/// All three patients want the same slots at once. Where they are free, and those patients too, exactly one gets them
	/// and the others learn that they are taken.
	fn rush(&mut self, who: u64, period: Period) -> bool {
		let outcomes: Vec<_> = [BEN, ADA, CAT]
			.into_iter()
			.filter(|patient| !self.merged.contains_key(patient))
			.collect::<Vec<_>>()
			.into_iter()
			.map(|patient| {
				let chain = book(ADAS + patient, patient, &[who], period);
				let model = self.book(patient, &[who], period);
				agree(chain, model);
				chain
			})
			.collect();
		let won = outcomes.iter().position(Result::is_ok);
		assert!(outcomes.iter().filter(|outcome| outcome.is_ok()).count() <= 1);
		if let Some(winner) = won {
			for outcome in &outcomes[winner + 1..] {
				assert_eq!(*outcome, Err(Error::SlotTaken.into()));
			}
		}
		won.is_some()
	}
}

/// How often steps of each kind were accepted.
type Accepted = BTreeMap<String, u32>;

/// How many kinds of steps there are.
const KINDS: usize = 20;

impl Step {
	/// An appointment goes on in three ways, which are three calls.
	fn kind(&self) -> String {
		let said = match self {
			Self::Advance(_, to) => format!("{to:?}"),
			other => format!("{other:?}"),
		};
		said.split('(').next().unwrap().into()
	}
}

#[test]
fn random_histories_agree_with_the_model() {
	let accepted = RefCell::new(Accepted::new());
	// The rarest steps are accepted a few times in 512 histories, so now and then it takes more of them.
	for _ in 0..10 {
		histories(512, &accepted);
		if accepted.borrow().len() == KINDS {
			break;
		}
	}
	let accepted = accepted.into_inner();
	println!("accepted, by step: {accepted:?}");
	// Histories in which everything is refused would prove nothing.
	assert_eq!(accepted.len(), KINDS, "a step was never accepted: {accepted:?}");
}

/// So many random histories, from half an hour before the first slot begins.
fn histories(cases: u32, accepted: &RefCell<Accepted>) {
	let mut runner = TestRunner::new(Config {
		cases,
		failure_persistence: None,
		..Config::default()
	});
	runner
		.run(&steps(), |steps| {
			story(|| {
				set_time(begins() - 30 * MINUTE);
				let mut model = Model::default();
				for step in steps {
					let kind = step.kind();
					if model.take(step) {
						*accepted.borrow_mut().entry(kind).or_default() += 1;
					}
					model.compare();
				}
			});
			Ok(())
		})
		.unwrap();
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 512, ..Default::default() })]

	#[test]
	fn of_patients_who_want_the_last_slot_exactly_one_gets_it(order in Just(vec![ADA, BEN, CAT]).prop_shuffle(), desk in any::<bool>()) {
		story(|| {
			let last = from(at(1, 9, 0), 15);
			assert_ok!(open(DESK, DOCTOR, A, vec![last]));
			for (n, patient) in order.into_iter().enumerate() {
				let outcome = book(if desk { DESK } else { ADAS + patient }, patient, &[DOCTOR], last);
				assert_eq!(outcome, if n == 0 { Ok(()) } else { Err(Error::SlotTaken.into()) });
				Appointments::check_state().unwrap();
			}
		});
	}
}
