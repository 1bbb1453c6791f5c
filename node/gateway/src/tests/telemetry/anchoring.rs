//! From closed batches to anchors: in sequence, each once, whatever fails, and nothing lost without a reason.

use std::collections::HashSet;

use salus_primitives::Status;
use tokio::sync::Notify;

use super::{
	model::{opened, Fault, Model},
	*,
};
use crate::telemetry::{
	anchor::{self, Anchorer},
	chain::{Failure, NotStored},
	deposit::{self, Depositor},
	log::Checked,
	Closed, Held, Ledger, State,
};

/// A gateway's log and what works on it, beside a model.
struct Anchoring {
	_folder: TempDir,
	log: Log,
	devices: Devices,
	model: Model,
	metrics: Arc<Metrics>,
	depositor: Depositor<Model>,
	anchorer: Anchorer<Model>,
}

fn rules() -> Rules {
	Rules {
		readings: 4,
		age: 0,
		patience: 0,
	}
}

fn checked(signed: SignedReading) -> Checked {
	Checked {
		signed,
		next_on_chain: 0,
	}
}

/// What the vault, or the chain, says by this name.
fn failure(name: &str) -> Failure {
	Failure {
		name: name.into(),
		message: name.into(),
	}
}

impl Anchoring {
	async fn new(signers: &[&SigningKey]) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let (_, text) = Secret::generate().unwrap();
		private(&folder, "key", &text);
		let model = Model::with(signers);
		Self::over(folder, model).await
	}

	async fn over(folder: TempDir, model: Model) -> Self {
		let log = open(folder.path(), 10_000).await;
		let devices = model.devices();
		let metrics = Arc::new(Metrics::new().unwrap());
		let stored = Arc::new(Notify::new());
		Self {
			depositor: Depositor {
				ledger: log.ledger(),
				devices: devices.clone(),
				vault: model.clone(),
				metrics: Arc::clone(&metrics),
				closed: Arc::new(Notify::new()),
				stored: Arc::clone(&stored),
			},
			anchorer: Anchorer {
				ledger: log.ledger(),
				chain: model.clone(),
				metrics: Arc::clone(&metrics),
				stored,
			},
			_folder: folder,
			log,
			devices,
			model,
			metrics,
		}
	}

	/// As after a crash.
	async fn restart(self) -> Self {
		let Self {
			_folder: folder, model, ..
		} = self;
		Self::over(folder, model).await
	}

	fn ledger(&self) -> Ledger {
		self.log.ledger()
	}

	/// Keeps these readings and closes what they make.
	async fn take(&mut self, readings: impl IntoIterator<Item = SignedReading>) -> Vec<Closed> {
		let now = words::now();
		let readings: Vec<_> = readings.into_iter().map(checked).collect();
		let kept = self.log.keep(&readings, now).await.unwrap();
		assert!(kept.iter().all(|kept| *kept == Ok(Kept::New)), "{kept:?}");
		let closer = Closer::new(rules());
		closer.close(&mut self.log, &self.devices, now).await.unwrap()
	}

	/// Readings of the device with these numbers, in the binding that the model has for it.
	async fn take_numbers(&mut self, signer: &SigningKey, numbers: impl IntoIterator<Item = u64>) -> Vec<Closed> {
		let binding = *self.devices.get(&id(signer)).unwrap().bindings.keys().next().unwrap();
		let readings = numbers.into_iter().map(|seq| {
			let mut reading = reading(signer, seq);
			reading.binding = binding;
			SignedReading::sign(reading, signer).unwrap()
		});
		let readings: Vec<_> = readings.collect();
		self.take(readings).await
	}

	async fn store(&self) -> deposit::Round {
		self.depositor.round(words::now()).await.unwrap()
	}

	async fn anchor(&self) -> anchor::Round {
		self.anchorer.round(words::now()).await.unwrap()
	}

	/// Stores and anchors until there is nothing to do now.
	async fn settle(&self) {
		while self.store().await.done > 0 {}
		for _ in 0..20 {
			if self.anchor().await == anchor::Round::Idle {
				return;
			}
			while self.store().await.done > 0 {}
		}
		panic!("it never comes to an end");
	}

	async fn count(&self, state: State) -> u64 {
		let counts = self.ledger().counts().await.unwrap();
		counts.iter().find(|count| count.state == state).unwrap().batches
	}

	/// What is held up or aside: reason, first number, how many readings.
	async fn held(&self) -> Vec<(String, u64, u32)> {
		let held = self.ledger().held(99).await.unwrap();
		held.into_iter()
			.map(|Held { batch, reason, .. }| (reason, batch.first_seq, batch.count))
			.collect()
	}

	/// What is anchored is what was measured.
	fn check(&self) {
		let world = self.model.world();
		for anchor in &world.state.anchors {
			let file = opened(&world.vault[&anchor.sha256]);
			let batch = file.batch().unwrap();
			assert_eq!(batch.tree.root(), anchor.root.0);
			assert_eq!(
				(batch.first_seq, batch.first_at, batch.last_at),
				(anchor.first_seq, anchor.first_at, anchor.last_at)
			);
			assert_eq!(file.readings.len(), anchor.count as usize);
		}
	}
}

#[tokio::test]
async fn batches_are_stored_and_anchored_in_the_order_of_their_numbers() {
	let (pulse, other) = (signer(1), signer(2));
	let mut hospital = Anchoring::new(&[&pulse, &other]).await;
	hospital.take_numbers(&pulse, 0..10).await;
	hospital.take_numbers(&other, 0..3).await;
	hospital.settle().await;
	assert_eq!(hospital.model.anchored(&pulse), [(0, 4), (4, 4), (8, 2)]);
	assert_eq!(hospital.model.anchored(&other), [(0, 3)]);
	assert_eq!(hospital.model.world().calls, [4], "all in one call");
	assert_eq!((hospital.count(State::Anchored).await, hospital.log.kept()), (4, 0));
	hospital.check();
	// Nothing is left that would be sent again.
	let hospital = hospital.restart().await;
	hospital.settle().await;
	assert_eq!((hospital.model.world().calls.len(), hospital.log.kept()), (1, 0));
}

#[tokio::test]
async fn more_than_a_call_takes_is_anchored_in_several() {
	let signers: Vec<_> = (1..=10).map(signer).collect();
	let mut hospital = Anchoring::new(&signers.iter().collect::<Vec<_>>()).await;
	for signer in &signers {
		hospital.take_numbers(signer, 0..104).await;
	}
	hospital.settle().await;
	assert_eq!(hospital.model.world().calls, [256, 4]);
	for signer in &signers {
		let expected: Vec<_> = (0..26).map(|batch| (batch * 4, 4)).collect();
		assert_eq!(hospital.model.anchored(signer), expected);
	}
	hospital.check();
}

#[tokio::test]
async fn a_bad_batch_is_put_aside_with_its_reason_and_the_others_are_anchored() {
	let (pulse, other) = (signer(1), signer(2));
	let mut hospital = Anchoring::new(&[&pulse, &other]).await;
	hospital.take_numbers(&other, 0..4).await;
	// The chain has forgotten the binding; the gateway did not hear of it yet.
	let binding = BINDING + 1;
	hospital.take_numbers(&pulse, 0..4).await;
	hospital.model.world().state.bindings.remove(&binding);
	hospital.take_numbers(&pulse, 4..6).await;
	hospital.settle().await;
	assert_eq!(hospital.model.anchored(&pulse), [(0, 4), (4, 2)]);
	assert_eq!(hospital.held().await, [("BatchOfUnknownBinding".into(), 0, 4)]);
	assert_eq!((hospital.count(State::Aside).await, hospital.log.kept()), (1, 0));
	// It stays, and whoever mends what was wrong tries it again.
	let hospital = hospital.restart().await;
	let held = hospital.ledger().held(9).await.unwrap();
	hospital.model.block(
		|state| {
			let bound = device(&other).bindings[&BINDING];
			state.bindings.insert(binding, (id(&other), bound));
		},
		Default::default(),
	);
	hospital.ledger().retry(held[0].batch.id).await.unwrap();
	assert_eq!(hospital.log.kept(), 4);
	hospital
		.devices
		.replace(hospital.model.devices().get(&id(&other)).as_deref().cloned());
	hospital.settle().await;
	assert_eq!(hospital.model.anchored(&other), [(0, 4)]);
	assert_eq!((hospital.held().await, hospital.log.kept()), (vec![], 0));
	hospital.check();
	let none = hospital.ledger().retry(held[0].batch.id).await;
	assert!(matches!(none, Err(GatewayError::NotFound { .. })), "{none:?}");
}

#[tokio::test]
async fn an_answer_that_was_lost_is_looked_up_and_nothing_is_anchored_twice() {
	let pulse = signer(1);
	let mut hospital = Anchoring::new(&[&pulse]).await;
	hospital.take_numbers(&pulse, 0..8).await;
	while hospital.store().await.done > 0 {}
	hospital.model.fault(Fault::Lost);
	assert_eq!(hospital.anchor().await, anchor::Round::Failed);
	assert_eq!(hospital.count(State::Anchored).await, 0, "nobody knows yet");
	// The gateway dies on top of it.
	let mut hospital = hospital.restart().await;
	hospital.take_numbers(&pulse, 8..10).await;
	hospital.settle().await;
	assert_eq!(hospital.model.anchored(&pulse), [(0, 4), (4, 4), (8, 2)]);
	assert_eq!(hospital.model.world().calls, [2, 1]);
	assert_eq!(hospital.count(State::Anchored).await, 3);
	hospital.check();
}

#[tokio::test]
async fn a_node_that_is_away_costs_nothing_but_time() {
	let pulse = signer(1);
	let mut hospital = Anchoring::new(&[&pulse]).await;
	hospital.take_numbers(&pulse, 0..4).await;
	while hospital.store().await.done > 0 {}
	for _ in 0..3 {
		hospital.model.fault(Fault::Away);
		assert_eq!(hospital.anchor().await, anchor::Round::Failed);
	}
	hospital.settle().await;
	assert_eq!(hospital.model.anchored(&pulse), [(0, 4)]);
	let metrics = hospital.metrics.text().unwrap();
	let retries = "salus_gateway_batch_retries_total{reason=\"NodeUnavailable\",step=\"anchor\"} 3";
	assert!(metrics.contains(retries), "{metrics}");
}

#[tokio::test]
async fn the_same_bytes_are_stored_again_after_a_crash_and_a_lost_answer() {
	let pulse = signer(1);
	let mut hospital = Anchoring::new(&[&pulse]).await;
	hospital.take_numbers(&pulse, 0..4).await;
	hospital.model.fault(Fault::Lost);
	assert_eq!(hospital.store().await, deposit::Round { done: 0, failed: 1 });
	assert_eq!(hospital.count(State::Sealed).await, 1);
	let hospital = hospital.restart().await;
	let later = words::now() + 60_000;
	assert_eq!(hospital.depositor.round(later).await.unwrap().done, 1);
	hospital.settle().await;
	{
		let world = hospital.model.world();
		let envelopes: HashSet<_> = world.puts.iter().collect();
		assert_eq!((world.puts.len(), envelopes.len()), (2, 1));
	}
	hospital.check();
}

#[tokio::test]
async fn what_the_vault_says_decides_what_becomes_of_an_envelope() {
	let pulse = signer(1);
	let mut hospital = Anchoring::new(&[&pulse]).await;
	hospital.take_numbers(&pulse, 0..4).await;
	hospital
		.model
		.fault(Fault::Vault(NotStored::Stale(failure("ForeignWraps"))));
	assert_eq!(hospital.store().await.failed, 1);
	assert_eq!(hospital.count(State::Closed).await, 1, "it is sealed anew");
	let later = words::now() + 60_000;
	hospital
		.model
		.fault(Fault::Vault(NotStored::Never(failure("TooLarge"))));
	hospital.depositor.round(later).await.unwrap();
	assert_eq!(hospital.held().await, [("TooLarge".into(), 0, 4)]);
	let world = hospital.model.world();
	assert_ne!(world.puts[0], world.puts[1]);
}

#[tokio::test]
async fn a_suspended_devices_batches_wait_and_a_revoked_ones_are_put_aside() {
	let (pulse, other) = (signer(1), signer(2));
	let mut hospital = Anchoring::new(&[&pulse, &other]).await;
	hospital.take_numbers(&pulse, 0..8).await;
	hospital.take_numbers(&other, 0..2).await;
	let status = |status| {
		let mut world = hospital.model.world();
		world.state.devices.get_mut(&id(&pulse)).unwrap().status = status;
	};
	status(Status::Suspended);
	hospital.settle().await;
	assert_eq!(hospital.model.anchored(&other), [(0, 2)]);
	// The later one waits behind it and has no reason of its own.
	assert_eq!(hospital.held().await, [("BatchOfInactiveDevice".into(), 0, 4)]);
	assert_eq!(hospital.log.kept(), 8);
	let later = words::now() + 60_000;
	status(Status::Active);
	assert_eq!(hospital.anchorer.round(later).await.unwrap(), anchor::Round::Done);
	assert_eq!(hospital.model.anchored(&pulse), [(0, 4), (4, 4)]);

	hospital.take_numbers(&pulse, 8..10).await;
	{
		let mut world = hospital.model.world();
		world.state.devices.get_mut(&id(&pulse)).unwrap().status = Status::Revoked;
	}
	hospital.settle().await;
	assert_eq!(hospital.held().await, [("BatchOfInactiveDevice".into(), 8, 2)]);
	assert_eq!(hospital.count(State::Aside).await, 1);
}

#[tokio::test]
async fn a_batch_over_the_end_of_a_binding_is_divided_and_what_is_nobodys_is_put_aside() {
	let pulse = signer(1);
	let mut hospital = Anchoring::new(&[&pulse]).await;
	let now = words::now();
	let at = |seq: u64| now - 10_000 + seq * 1_000;
	let readings = |numbers: std::ops::Range<u64>| {
		let pulse = pulse.clone();
		numbers.map(move |seq| {
			let mut reading = reading(&pulse, seq);
			reading.at = at(seq);
			SignedReading::sign(reading, &pulse).unwrap()
		})
	};
	hospital.take(readings(0..4)).await;
	while hospital.store().await.done > 0 {}
	// She took the device off before the third reading.
	hospital.model.world().state.bindings.get_mut(&BINDING).unwrap().1.ends = at(2);
	hospital.settle().await;
	assert_eq!(hospital.model.anchored(&pulse), [(0, 2)]);
	assert_eq!(hospital.held().await, [("BatchOutsideBinding".into(), 2, 2)]);
	assert_eq!(hospital.log.kept(), 0);
	// Once the gateway knows of it, nothing of it is stored at all.
	hospital
		.devices
		.replace(hospital.model.devices().get(&id(&pulse)).as_deref().cloned());
	let puts = hospital.model.world().puts.len();
	hospital.take(readings(4..6)).await;
	hospital.settle().await;
	assert_eq!(hospital.held().await[1], ("BatchOutsideBinding".into(), 4, 2));
	assert_eq!(hospital.model.world().puts.len(), puts);
	hospital.check();
}

#[tokio::test]
async fn a_batch_ahead_of_the_chains_clock_waits_for_it() {
	let pulse = signer(1);
	let mut hospital = Anchoring::new(&[&pulse]).await;
	hospital.take_numbers(&pulse, 0..4).await;
	hospital.model.world().state.clock = Some(words::now() - 3_600_000);
	hospital.settle().await;
	assert_eq!(hospital.held().await, [("BatchAhead".into(), 0, 4)]);
	hospital.model.world().state.clock = None;
	assert_eq!(hospital.anchor().await, anchor::Round::Idle, "not before its time");
	let later = words::now() + 60_000;
	assert_eq!(hospital.anchorer.round(later).await.unwrap(), anchor::Round::Done);
	assert_eq!(hospital.model.anchored(&pulse), [(0, 4)]);
}

#[tokio::test]
async fn numbers_that_another_gateway_anchored_are_put_aside_and_the_rest_is_not() {
	let pulse = signer(1);
	let mut hospital = Anchoring::new(&[&pulse]).await;
	hospital.take_numbers(&pulse, 0..4).await;
	hospital
		.model
		.world()
		.state
		.devices
		.get_mut(&id(&pulse))
		.unwrap()
		.next_seq = 3;
	hospital.settle().await;
	assert_eq!(hospital.model.anchored(&pulse), [(3, 1)]);
	assert_eq!(hospital.held().await, [("BatchSequencePassed".into(), 0, 3)]);
	hospital.check();
}

#[tokio::test]
async fn readings_over_more_than_a_day_are_in_two_batches() {
	let pulse = signer(1);
	let mut hospital = Anchoring::new(&[&pulse]).await;
	let now = words::now();
	let ago = [DAY - 1_000, DAY - 2_000, 0];
	let readings: Vec<_> = (0..)
		.zip(ago)
		.map(|(seq, ago)| {
			let mut reading = reading(&pulse, seq);
			reading.at = now + 4_000 - ago;
			if seq == 2 {
				reading.at = now + 4_000 + 200_000;
			}
			SignedReading::sign(reading, &pulse).unwrap()
		})
		.collect();
	let closed = hospital.take(readings).await;
	let ranges: Vec<_> = closed.iter().map(|batch| (batch.first_seq, batch.count)).collect();
	assert_eq!(ranges, [(0, 2), (2, 1)]);
	hospital.settle().await;
	assert_eq!(hospital.model.anchored(&pulse), [(0, 2), (2, 1)]);
}

#[tokio::test]
async fn what_was_anchored_is_forgotten_after_a_while_and_nothing_else() {
	let (pulse, other) = (signer(1), signer(2));
	let mut hospital = Anchoring::new(&[&pulse, &other]).await;
	hospital.take_numbers(&pulse, 0..4).await;
	hospital.settle().await;
	hospital.take_numbers(&other, 0..2).await;
	let now = words::now();
	let ledger = hospital.ledger();
	assert_eq!(ledger.forget(now - 60_000, 9).await.unwrap(), 0);
	assert_eq!(ledger.forget(now + 60_000, 9).await.unwrap(), 1);
	assert_eq!(
		(
			hospital.count(State::Anchored).await,
			hospital.count(State::Closed).await
		),
		(0, 1)
	);
	// Its numbers are passed all the same, after a restart too.
	let mut hospital = hospital.restart().await;
	let again = SignedReading::sign(reading(&pulse, 3), &pulse).unwrap();
	let kept = hospital.log.keep(&[checked(again)], now).await.unwrap();
	assert_eq!(kept, [Err(Refusal::Closed)]);
	assert_eq!(hospital.log.kept(), 2);
}

#[tokio::test]
async fn what_the_vault_has_had_for_long_is_stored_again_before_it_is_anchored() {
	let pulse = signer(1);
	let mut hospital = Anchoring::new(&[&pulse]).await;
	hospital.take_numbers(&pulse, 0..4).await;
	hospital.store().await;
	hospital.model.fault(Fault::Away);
	assert_eq!(hospital.anchor().await, anchor::Round::Failed);
	// The chain was away for so long that the vault has let go of it.
	hospital.model.world().vault.clear();
	let later = words::now() + 7 * 3_600_000;
	assert_eq!(hospital.anchorer.round(later).await.unwrap(), anchor::Round::Idle);
	assert_eq!(hospital.depositor.round(later).await.unwrap().done, 1);
	assert_eq!(hospital.anchorer.round(later).await.unwrap(), anchor::Round::Done);
	assert_eq!(hospital.model.anchored(&pulse), [(0, 4)]);
	let world = hospital.model.world();
	assert_eq!(world.puts[0], world.puts[1], "the same bytes");
}
