//! Random histories on the chain and in the model, which must agree after every step.

use super::{
	model::{Measured, Model},
	*,
};
use crate::{ALERT_RETENTION, OFFER_LIFETIME};
use proptest::{
	prelude::*,
	test_runner::{Config, TestRunner},
};
use salus_primitives::{Rung, Status};
use sp_runtime::DispatchError;
use std::{cell::RefCell, collections::BTreeMap};

/// One batch in the making: which binding, how far from the next number, how many, and when in the binding's time.
type Draft = (u64, i64, u32, (u64, u64));

/// One step. Numbers are taken modulo what there is, so that most steps are possible.
#[derive(Clone, Debug)]
enum Step {
	Provision(u8),
	SetStatus(u8, Status),
	Bind(u8, PatientId, u64, u64),
	Offer(u8, PatientId, u64),
	Accept(u8, PatientId),
	EndOffer(u8),
	Unbind(u64),
	Anchor(Vec<Draft>),
	Access(PatientId, Vec<u64>),
	Raise(PatientId, usize),
	Acknowledge(u64, usize),
	Escalate(u64),
	Prune(u64),
	Pass(Moment),
}

/// How many kinds of steps there are.
const KINDS: usize = 14;
const LADDER: [(&str, Moment); 3] = [("nurse", 10 * MINUTE), ("doctor", HOUR), ("ada", DAY)];

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let n = || 0_u8..3;
	let patient = || prop_oneof![Just(ADA), Just(BEN)];
	let status = prop_oneof![4 => Just(Status::Active), 2 => Just(Status::Suspended), 1 => Just(Status::Revoked)];
	let shift = prop_oneof![20 => Just(0_i64), 4 => 1_i64..9, 1 => -9_i64..0];
	let count = prop_oneof![30 => 1_u32..9, 1 => Just(0)];
	// By fifths of the binding's time, mostly in order and mostly before its end.
	let times = prop_oneof![
		12 => (0_u64..5).prop_flat_map(|from| (Just(from), from..5)),
		1 => (0_u64..6, 0_u64..6),
	];
	let draft = || (any::<u64>(), shift.clone(), count.clone(), times.clone());
	let wait = prop_oneof![
		3 => Just(5 * MINUTE), 4 => Just(HOUR), 2 => Just(DAY), 1 => Just(OFFER_LIFETIME), 1 => Just(ALERT_RETENTION),
	];
	let step = prop_oneof![
		4 => n().prop_map(Step::Provision),
		2 => (n(), status).prop_map(|(n, status)| Step::SetStatus(n, status)),
		8 => (n(), patient(), 0_u64..3, 0_u64..9).prop_map(|(n, who, delay, hours)| Step::Bind(n, who, delay, hours)),
		4 => (n(), patient(), 0_u64..300).prop_map(|(n, who, hours)| Step::Offer(n, who, hours)),
		4 => (n(), patient()).prop_map(|(n, who)| Step::Accept(n, who)),
		2 => n().prop_map(Step::EndOffer),
		3 => any::<u64>().prop_map(Step::Unbind),
		16 => proptest::collection::vec(draft(), 0..3).prop_map(Step::Anchor),
		4 => (patient(), proptest::collection::vec(any::<u64>(), 0..4)).prop_map(|(who, ids)| Step::Access(who, ids)),
		4 => (patient(), 1_usize..3).prop_map(|(who, rungs)| Step::Raise(who, rungs)),
		4 => (any::<u64>(), 0_usize..2).prop_map(|(id, who)| Step::Acknowledge(id, who)),
		4 => any::<u64>().prop_map(Step::Escalate),
		2 => any::<u64>().prop_map(Step::Prune),
		8 => wait.prop_map(Step::Pass),
	];
	proptest::collection::vec(step, 1..100)
}

/// Chain and model say the same. Whether they accepted.
fn agree(chain: DispatchResult, model: Result<(), Error>) -> bool {
	assert_eq!(chain, model.map_err(DispatchError::from));
	chain.is_ok()
}

/// What the model keeps of a batch, as a gateway says it.
fn said(batch: &Measured) -> NewBatch {
	NewBatch {
		first_at: batch.first_at,
		last_at: batch.last_at,
		..super::batch(batch.n, batch.binding, batch.first_seq, batch.count)
	}
}

impl Model {
	/// Batches that mostly follow one another, each in the time of its binding by fifths.
	fn drafted(&self, drafts: &[Draft]) -> Vec<Measured> {
		let mut follows: BTreeMap<u8, u64> = BTreeMap::new();
		let one = |(pick, shift, count, (from, until)): &Draft| {
			// Mostly the latest binding.
			let latest = self.wears.len() as u64;
			let binding = match pick % 4 {
				0 => (pick / 4) % (latest + 1),
				_ => latest.saturating_sub(1 + (pick / 4) % 2),
			};
			let (n, starts, ends) = match self.wears.get(binding as usize) {
				Some(worn) => (worn.n, worn.starts, worn.ends.min(now() + 6 * MINUTE)),
				None => (0, now(), now()),
			};
			let at = |fifths: u64| starts + ends.saturating_sub(starts).min(20 * HOUR) * fifths / 5;
			let next = follows.entry(n).or_insert_with(|| self.next_seq(n));
			let first_seq = next.saturating_add_signed(*shift);
			*next = first_seq + u64::from(*count);
			Measured {
				n,
				binding,
				first_seq,
				count: *count,
				first_at: at(*from),
				last_at: at(*until),
			}
		};
		drafts.iter().map(one).collect()
	}

	/// Whether the step was accepted.
	fn take(&mut self, step: Step) -> bool {
		let pick = |number: u64, there: usize| number % (there as u64 + 1);
		match step {
			Step::Provision(n) => agree(provision("desk", n, A), self.provision(n)),
			Step::SetStatus(n, status) => {
				let call = Telemetry::set_status(signed("desk"), key(n), status);
				agree(call, self.set_status(n, status))
			}
			Step::Bind(n, patient, delay, hours) => {
				let time = Interval {
					starts: now() + delay * MINUTE,
					ends: now() + hours * HOUR,
				};
				let call = bind("nurse", n, patient, controller(patient), time);
				agree(call, self.bind(n, patient, time))
			}
			Step::Offer(n, patient, hours) => {
				let time = from_now(hours * HOUR);
				let call = Telemetry::offer(signed("nurse"), key(n), patient, time, None);
				agree(call, self.offer(n, patient, time))
			}
			Step::Accept(n, patient) => {
				let call = Telemetry::accept(signed(controller(patient)), key(n));
				agree(call, self.accept(n, patient))
			}
			Step::EndOffer(n) => agree(Telemetry::end_offer(signed("nurse"), key(n)), self.end_offer(n)),
			Step::Unbind(number) => {
				let id = pick(number, self.wears.len());
				agree(unbind("nurse", id), self.unbind(id))
			}
			Step::Anchor(drafts) => {
				let batches = self.drafted(&drafts);
				let call = anchor(batches.iter().map(said).collect());
				agree(call, self.anchor(&batches))
			}
			Step::Access(patient, numbers) => {
				let latest = self.batches.len() as u64;
				let ids: Vec<_> = numbers.iter().map(|number| latest.saturating_sub(number % 4)).collect();
				let call = access::access(controller(patient), &ids, None);
				let expected = self.access(&ids).map_err(DispatchError::from);
				assert_eq!(call, expected.map(drop));
				if let Ok(whose) = expected {
					let receipt = Telemetry::receipt(self.receipts - 1).unwrap();
					let hers = whose == patient;
					assert!(receipt
						.outcomes
						.iter()
						.all(|(_, decision)| decision.is_permit() == hers));
				}
				expected.is_ok()
			}
			Step::Raise(patient, rungs) => {
				let ladder = LADDER[..rungs].iter();
				let ladder = ladder.map(|(name, within)| Rung {
					to: account(name),
					within: *within,
				});
				assert_ok!(Telemetry::raise(signed("desk"), A, patient, H256::zero(), list(ladder)));
				self.raise(patient, &LADDER[..rungs]);
				true
			}
			Step::Acknowledge(number, who) => {
				let (id, who) = (pick(number, self.alerts.len()), LADDER[who].0);
				agree(Telemetry::acknowledge(signed(who), id), self.acknowledge(who, id))
			}
			Step::Escalate(number) => {
				let id = pick(number, self.alerts.len());
				agree(Telemetry::escalate(signed("desk"), id), self.escalate(id))
			}
			Step::Prune(number) => {
				let id = pick(number, self.alerts.len());
				let call = Telemetry::prune_alerts(signed("nurse"), list([id]));
				agree(call, self.prune(id))
			}
			Step::Pass(time) => {
				pass(time);
				true
			}
		}
	}
}

/// How often steps of each kind were accepted.
type Accepted = BTreeMap<String, u32>;

#[test]
fn random_histories_agree_with_the_model() {
	let accepted = RefCell::new(Accepted::new());
	// The rarest steps are accepted a few times in 256 histories, so now and then it takes more of them.
	for _ in 0..10 {
		histories(256, &accepted);
		if accepted.borrow().len() == KINDS {
			break;
		}
	}
	let accepted = accepted.into_inner();
	println!("accepted, by step: {accepted:?}");
	// Histories in which everything is refused would prove nothing.
	assert_eq!(accepted.len(), KINDS, "a step was never accepted: {accepted:?}");
}

fn histories(cases: u32, accepted: &RefCell<Accepted>) {
	let mut runner = TestRunner::new(Config {
		cases,
		failure_persistence: None,
		..Config::default()
	});
	let told = |steps: Vec<Step>| {
		story(|| {
			let mut model = Model::default();
			model.take(Step::Provision(0));
			model.take(Step::Provision(1));
			for step in steps {
				let kind = format!("{step:?}").split('(').next().unwrap().to_string();
				if model.take(step) {
					*accepted.borrow_mut().entry(kind).or_default() += 1;
				}
				model.compare();
			}
		});
		Ok(())
	};
	runner.run(&steps(), told).unwrap();
}
