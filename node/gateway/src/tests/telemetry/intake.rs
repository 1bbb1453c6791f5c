//! What the door takes and what it refuses.

use futures::future::join_all;
use salus_vitals::reading::ReadingError;

use super::*;

#[tokio::test]
async fn a_reading_is_kept_once_over_a_restart_too() {
	let taking = Taking::new().await;
	let pulse = signer(1);
	assert_eq!(taking.take(&pulse, signed(&pulse, 0)).await, Ok(Kept::New));
	let again = signed(&pulse, 1);
	assert_eq!(taking.take(&pulse, again.clone()).await, Ok(Kept::New));
	assert_eq!(taking.take(&pulse, again.clone()).await, Ok(Kept::Before));
	let taking = taking.restart().await;
	assert_eq!(taking.take(&pulse, again).await, Ok(Kept::Before));
	let (_folder, log) = taking.stop().await;
	assert_eq!(log.kept(), 2);
}

#[tokio::test]
async fn many_at_once_are_kept_each_once() {
	let taking = Taking::new().await;
	let pulse = signer(1);
	let sent = (0..300u64).map(|n| taking.take(&pulse, signed(&pulse, n / 2)));
	let outcomes = join_all(sent).await;
	// Both of a pair are signed anew and may have another time: one is kept, the other a repetition or a conflict.
	let new = outcomes.iter().filter(|outcome| **outcome == Ok(Kept::New)).count();
	assert_eq!(new, 150);
	let others = [Ok(Kept::Before), Err(Refusal::Conflict)];
	assert!(outcomes
		.iter()
		.all(|outcome| *outcome == Ok(Kept::New) || others.contains(outcome)));
	assert_eq!(taking.stop().await.1.kept(), 150);
}

#[test]
fn a_clock_may_be_five_minutes_ahead_and_no_more() {
	let (pulse, now) = (signer(1), words::now());
	let mut ahead = reading(&pulse, 0);
	ahead.at = now + 300_000;
	assert_eq!(device(&pulse).may(&ahead, now), Ok(()));
	ahead.at += 1;
	assert_eq!(device(&pulse).may(&ahead, now), Err(Refusal::ClockAhead));
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_its_name_and_nothing_is_kept() {
	let taking = Taking::new().await;
	let (pulse, other) = (signer(1), signer(2));
	let sign = |change: &dyn Fn(&mut Reading)| {
		let mut changed = reading(&pulse, 0);
		change(&mut changed);
		SignedReading::sign(changed, &pulse).unwrap().encode()
	};
	let mut forged = signed(&pulse, 0);
	*forged.last_mut().unwrap() ^= 1;
	let mut longer = signed(&pulse, 0);
	longer.push(0);
	let now = words::now();
	let cases = [
		(Vec::new(), Refusal::Malformed(ReadingError::Truncated("version"))),
		(longer, Refusal::Malformed(ReadingError::Trailing(1))),
		(sign(&|reading| reading.genesis = [8; 32]), Refusal::OtherChain),
		(signed(&other, 0), Refusal::OtherDevice),
		(sign(&|reading| reading.binding = 5), Refusal::UnknownBinding),
		(sign(&|reading| reading.at = now - 2 * DAY), Refusal::OutsideBinding),
		(sign(&|reading| reading.at = now + DAY / 2), Refusal::ClockAhead),
		(sign(&|reading| reading.seq = u64::MAX), Refusal::LastNumber),
		(forged, Refusal::BadSignature),
	];
	for (bytes, refusal) in cases {
		assert_eq!(taking.take(&pulse, bytes).await, Err(refusal), "{}", refusal.name());
	}
	assert_eq!(
		taking.take(&other, signed(&other, 0)).await,
		Err(Refusal::UnknownDevice)
	);
	taking.devices.set(Device {
		status: Status::Suspended,
		..device(&other)
	});
	assert_eq!(
		taking.take(&other, signed(&other, 0)).await,
		Err(Refusal::DeviceNotActive)
	);
	taking.devices.set(Device {
		next_seq: 7,
		..device(&pulse)
	});
	assert_eq!(taking.take(&pulse, signed(&pulse, 6)).await, Err(Refusal::Closed));
	assert_eq!(taking.stop().await.1.kept(), 0);
}

#[tokio::test]
async fn a_bad_signature_among_good_ones_is_the_only_one_refused() {
	let taking = Taking::new().await;
	let pulse = signer(1);
	let sent = (0..64).map(|seq| {
		let mut bytes = signed(&pulse, seq);
		if seq == 9 {
			*bytes.last_mut().unwrap() ^= 1;
		}
		taking.take(&pulse, bytes)
	});
	for (seq, outcome) in join_all(sent).await.into_iter().enumerate() {
		let expected = if seq == 9 {
			Err(Refusal::BadSignature)
		} else {
			Ok(Kept::New)
		};
		assert_eq!(outcome, expected, "{seq}");
	}
}

#[tokio::test]
async fn another_reading_with_a_number_that_is_kept_is_a_conflict() {
	let taking = Taking::new().await;
	let pulse = signer(1);
	let mut other = reading(&pulse, 0);
	other.value = Decimal::new(180, 0).into();
	assert_eq!(taking.take(&pulse, signed(&pulse, 0)).await, Ok(Kept::New));
	let other = SignedReading::sign(other, &pulse).unwrap().encode();
	assert_eq!(taking.take(&pulse, other).await, Err(Refusal::Conflict));
}

#[tokio::test]
async fn a_full_log_takes_nothing_new_and_still_knows_what_it_has() {
	let taking = Taking::with(3, never()).await;
	let pulse = signer(1);
	let first = signed(&pulse, 0);
	assert_eq!(taking.take(&pulse, first.clone()).await, Ok(Kept::New));
	for seq in 1..3 {
		assert_eq!(taking.take(&pulse, signed(&pulse, seq)).await, Ok(Kept::New));
	}
	assert_eq!(taking.take(&pulse, signed(&pulse, 3)).await, Err(Refusal::Full));
	assert_eq!(taking.take(&pulse, first).await, Ok(Kept::Before));
}

#[tokio::test]
async fn the_log_is_encrypted_and_opens_with_its_key_alone() {
	let taking = Taking::new().await;
	let pulse = signer(1);
	let sent = signed(&pulse, 0);
	taking.take(&pulse, sent.clone()).await.unwrap();
	let (folder, log) = taking.stop().await;
	drop(log);
	let mut found = 0;
	for entry in std::fs::read_dir(folder.path().join("data")).unwrap() {
		let bytes = std::fs::read(entry.unwrap().path()).unwrap();
		found += bytes.len();
		// The code, in clear in every reading.
		assert!(!bytes.windows(6).any(|window| window == b"8867-4"));
	}
	assert!(found > sent.len());
	let (_, other) = Secret::generate().unwrap();
	private(&folder, "key", &other);
	let mut log = open(folder.path(), 10).await;
	let rules = Rules { readings: 1, ..never() };
	let closed = Closer::new(rules)
		.close(&mut log, &Devices::default(), words::now())
		.await;
	assert!(matches!(closed, Err(GatewayError::Damaged)), "{closed:?}");
}
