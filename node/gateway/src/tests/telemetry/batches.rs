//! When batches are closed, and that they never change.

use salus_vitals::batch::MAX_READINGS;

use super::*;
use crate::telemetry::log::Checked;

const SECOND: Moment = 1_000;

fn rules() -> Rules {
	Rules {
		readings: 4,
		age: 60 * SECOND,
		patience: 300 * SECOND,
	}
}

/// A log with these readings of one device.
async fn with(seqs: impl IntoIterator<Item = u64>) -> (TempDir, Log) {
	let taking = Taking::new().await;
	let pulse = signer(1);
	for seq in seqs {
		assert_eq!(taking.take(&pulse, signed(&pulse, seq)).await, Ok(Kept::New));
	}
	taking.stop().await
}

async fn close(log: &mut Log, now: Moment) -> Vec<(u64, u32)> {
	let closed = Closer::new(rules()).close(log, &Devices::default(), now).await.unwrap();
	closed.iter().map(|batch| (batch.first_seq, batch.count)).collect()
}

#[tokio::test]
async fn a_full_batch_is_closed_at_once_and_the_rest_when_it_is_old() {
	let before = words::now();
	let (_folder, mut log) = with(0..10).await;
	let now = words::now();
	assert_eq!(close(&mut log, now).await, [(0, 4), (4, 4)]);
	assert_eq!(close(&mut log, before + 59 * SECOND).await, []);
	assert_eq!(close(&mut log, now + 60 * SECOND).await, [(8, 2)]);
	assert_eq!(close(&mut log, now + DAY).await, []);
}

#[tokio::test]
async fn a_gap_is_waited_for_and_then_shows() {
	let before = words::now();
	let (_folder, mut log) = with([0, 1, 3, 4, 5, 6]).await;
	let now = words::now();
	assert_eq!(close(&mut log, now).await, []);
	assert_eq!(close(&mut log, now + 60 * SECOND).await, [(0, 2)]);
	assert_eq!(close(&mut log, before + 299 * SECOND).await, []);
	assert_eq!(close(&mut log, now + 300 * SECOND).await, [(3, 4)]);
}

#[tokio::test]
async fn what_comes_late_after_its_gap_was_closed_is_refused() {
	let (folder, mut log) = with([0, 2, 3]).await;
	let now = words::now();
	assert_eq!(close(&mut log, now + 300 * SECOND).await, [(0, 1), (2, 2)]);
	let late = || Checked {
		signed: SignedReading::decode(&signed(&signer(1), 1)).unwrap(),
		next_on_chain: 0,
	};
	let kept = log.keep(&[late()], now).await.unwrap();
	assert_eq!(kept, [Err(Refusal::Closed)]);
	drop(log);
	let mut log = open(folder.path(), 100).await;
	assert_eq!(log.keep(&[late()], now).await.unwrap(), [Err(Refusal::Closed)]);
}

#[tokio::test]
async fn readings_of_two_patients_are_in_two_batches() {
	let taking = Taking::new().await;
	let pulse = signer(1);
	let mut moved = device(&pulse);
	moved.bindings.insert(5, moved.bindings[&BINDING]);
	taking.devices.set(moved);
	for seq in 0..2 {
		taking.take(&pulse, signed(&pulse, seq)).await.unwrap();
	}
	let mut after = reading(&pulse, 2);
	after.binding = 5;
	let after = SignedReading::sign(after, &pulse).unwrap().encode();
	taking.take(&pulse, after).await.unwrap();
	let (_folder, mut log) = taking.stop().await;
	let now = words::now() + 60 * SECOND;
	assert_eq!(close(&mut log, now).await, [(0, 2), (2, 1)]);
	let closed = log.ledger().to_store(now, 9).await.unwrap();
	let bindings: Vec<_> = closed.iter().map(|batch| batch.binding).collect();
	assert_eq!(bindings, [BINDING, 5]);
}

#[tokio::test]
async fn a_closed_batch_is_the_same_after_a_restart() {
	let (folder, mut log) = with(0..9).await;
	let now = words::now();
	let closed = Closer::new(rules())
		.close(&mut log, &Devices::default(), now)
		.await
		.unwrap();
	assert_eq!(closed.len(), 2);
	let mut before = Vec::new();
	for batch in &closed {
		before.push(log.ledger().readings(batch).await.unwrap());
	}
	drop(log);
	let mut log = open(folder.path(), 1_000).await;
	assert_eq!(log.ledger().to_store(now, 9).await.unwrap(), closed);
	for (batch, before) in closed.iter().zip(before) {
		assert_eq!(log.ledger().readings(batch).await.unwrap(), before);
	}
	assert_eq!(close(&mut log, now + DAY).await, [(8, 1)]);
}

#[tokio::test]
async fn rules_without_sense_are_brought_into_range() {
	let (_folder, mut log) = with(0..2).await;
	let none = Closer::new(Rules { readings: 0, ..rules() });
	assert_eq!(
		none.close(&mut log, &Devices::default(), words::now())
			.await
			.unwrap()
			.len(),
		2
	);
	let _all = Closer::new(Rules {
		readings: MAX_READINGS + 1,
		..rules()
	});
}
