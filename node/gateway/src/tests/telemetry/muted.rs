//! Devices of which nothing is taken any more, and who can have a person told of it.

use super::*;
use crate::telemetry::{Arrivals, Mute};

type Change = fn(&mut Reading);

async fn mutes(taking: &Taking) -> Vec<Mute> {
	let key = LogKey::read(&taking.folder.path().join("key")).unwrap();
	let arrivals = Arrivals::read(&taking.folder.path().join("data"), genesis(), key).await;
	arrivals.unwrap().mutes().await.unwrap()
}

fn sign(signer: &SigningKey, seq: u64, change: impl Fn(&mut Reading)) -> Vec<u8> {
	let mut changed = reading(signer, seq);
	change(&mut changed);
	SignedReading::sign(changed, signer).unwrap().encode()
}

async fn refused(taking: &Taking, signer: &SigningKey, bytes: Vec<u8>) -> Refusal {
	taking.take(signer, bytes).await.unwrap_err()
}

#[tokio::test]
async fn a_device_that_forgot_its_numbers_is_told_of_after_the_third_reading() {
	let taking = Taking::new().await;
	let pulse = signer(1);
	taking.devices.set(Device {
		next_seq: 100,
		..device(&pulse)
	});
	for seq in 0..2 {
		assert_eq!(refused(&taking, &pulse, signed(&pulse, seq)).await, Refusal::Closed);
	}
	assert_eq!(mutes(&taking).await, []);
	// It is counted on the disk.
	let taking = taking.restart().await;
	assert_eq!(refused(&taking, &pulse, signed(&pulse, 2)).await, Refusal::Closed);
	let told = mutes(&taking).await;
	assert_eq!(told.len(), 1);
	assert_eq!((told[0].device, told[0].refusal), (id(&pulse), Refusal::Closed));
	assert!(told[0].since <= told[0].reached);
	for seq in 3..9 {
		refused(&taking, &pulse, signed(&pulse, seq)).await;
	}
	assert_eq!(mutes(&taking).await, told, "once");
}

#[tokio::test]
async fn a_reading_that_is_kept_in_between_begins_the_count_anew() {
	let taking = Taking::new().await;
	let pulse = signer(1);
	for seq in 0..4u64 {
		// Two of three.
		for number in 0..2 {
			let ahead = sign(&pulse, 10 * seq + number, |reading| reading.at += DAY / 2);
			assert_eq!(refused(&taking, &pulse, ahead).await, Refusal::ClockAhead);
		}
		assert_eq!(taking.take(&pulse, signed(&pulse, 10 * seq + 5)).await, Ok(Kept::New));
	}
	assert_eq!(mutes(&taking).await, []);
}

#[tokio::test]
async fn each_lasting_refusal_counts() {
	let now = words::now();
	let cases: [(Refusal, Change); 5] = [
		(Refusal::ClockAhead, |reading| reading.at += DAY / 2),
		(Refusal::OutsideBinding, |reading| reading.at -= 2 * DAY),
		(Refusal::UnknownBinding, |reading| reading.binding += 1),
		(Refusal::CodeNotPermitted, |reading| {
			reading.code = "59408-5".parse().unwrap()
		}),
		(Refusal::Closed, |_| {}),
	];
	for (refusal, change) in cases {
		let taking = Taking::new().await;
		let pulse = signer(1);
		taking.devices.set(Device {
			next_seq: 100,
			..device(&pulse)
		});
		for seq in 0..3 {
			assert_eq!(refused(&taking, &pulse, sign(&pulse, seq, change)).await, refusal);
		}
		let told = mutes(&taking).await;
		assert_eq!(told.len(), 1, "{refusal:?}");
		assert!(told[0].refusal == refusal && told[0].since >= now);
	}
}

#[tokio::test]
async fn no_stranger_has_anybody_called() {
	let taking = Taking::new().await;
	let (pulse, stranger) = (signer(1), signer(99));
	for seq in 0..9 {
		// Bytes that the device did not sign, whatever else is wrong with them.
		for change in [0, DAY / 2] {
			let mut forged = sign(&pulse, seq, |reading| reading.at += change);
			*forged.last_mut().unwrap() ^= 1;
			refused(&taking, &pulse, forged).await;
		}
		// Another's topic or token, a device that nobody has, another chain, what is no reading.
		let ahead = sign(&pulse, seq, |reading| reading.at += DAY / 2);
		assert_eq!(refused(&taking, &stranger, ahead).await, Refusal::OtherDevice);
		let unknown = signed(&stranger, seq);
		assert_eq!(refused(&taking, &stranger, unknown).await, Refusal::UnknownDevice);
		let foreign = sign(&pulse, seq, |reading| reading.genesis = [8; 32]);
		assert_eq!(refused(&taking, &pulse, foreign).await, Refusal::OtherChain);
		refused(&taking, &pulse, vec![0; 90]).await;
	}
	assert_eq!(mutes(&taking).await, []);
	assert!(taking.counted("readings", "BadSignature") >= 9, "they are counted");
}

#[tokio::test]
async fn whoever_repeats_what_the_device_sent_has_nobody_called() {
	let taking = Taking::new().await;
	let pulse = signer(1);
	// One reading, however often it comes.
	let ahead = sign(&pulse, 0, |reading| reading.at += DAY / 2);
	for _ in 0..9 {
		assert_eq!(refused(&taking, &pulse, ahead.clone()).await, Refusal::ClockAhead);
	}
	// What is kept.
	let sent: Vec<_> = (0..4).map(|seq| signed(&pulse, seq)).collect();
	for bytes in [&sent, &sent].into_iter().flatten() {
		assert!(taking.take(&pulse, bytes.clone()).await.is_ok());
	}
	// What was anchored and forgotten here, of this binding and of the one before.
	let mut moved = device(&pulse);
	let mut earlier = moved.bindings[&BINDING];
	earlier.ends = words::now() - DAY / 2;
	moved.bindings = HashMap::from([(BINDING, earlier), (BINDING + 1, device(&pulse).bindings[&BINDING])]);
	moved.next_seq = 100;
	taking.devices.set(moved);
	for seq in 10..19 {
		let hers = sign(&pulse, seq, |reading| reading.at -= 3 * DAY / 4);
		assert_eq!(refused(&taking, &pulse, hers).await, Refusal::Closed);
		let late = sign(&pulse, seq, |reading| {
			reading.at -= DAY / 4;
			reading.binding = BINDING;
		});
		assert_eq!(refused(&taking, &pulse, late).await, Refusal::OutsideBinding);
	}
	assert_eq!(mutes(&taking).await, []);
}

#[tokio::test]
async fn what_waited_for_a_block_in_vain_counts_when_that_is_decided() {
	let taking = Taking::early(10, never()).await;
	let pulse = signer(1);
	for seq in 0..3 {
		let unbound = sign(&pulse, seq, |reading| reading.binding += 1);
		assert_eq!(refused(&taking, &pulse, unbound).await, Refusal::Unsettled);
	}
	assert_eq!(mutes(&taking).await, []);
	taking.devices.see(words::now() + 1);
	taking.until_counted("UnknownBinding", 3).await;
	let told = mutes(&taking).await;
	assert_eq!(told.len(), 1);
	assert_eq!(told[0].refusal, Refusal::UnknownBinding);
}
