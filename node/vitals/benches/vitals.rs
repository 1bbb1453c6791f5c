//! Signatures in bulk as a share of ed25519-dalek's own batch verification, readings hashed into batches a second, and
//! one reading proven and checked: in one run, on one core.

use std::{
	hint::black_box,
	time::{Duration, Instant},
};

use criterion::{criterion_group, Criterion, Throughput};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use salus_vitals::{
	batch::{Batch, BatchSecret},
	signature::{verify_bulk, BULK},
	Decimal, DeviceKey, Reading, SignedReading,
};

type Failure = Box<dyn std::error::Error>;

/// Readings of a batch: a device that measures every second anchors each hour.
const BATCH: usize = 4_096;

fn signer(index: usize) -> Result<SigningKey, Failure> {
	let mut seed = [0; 32];
	let (head, _) = seed.split_at_mut(8);
	head.copy_from_slice(&u64::try_from(index)?.to_le_bytes());
	Ok(SigningKey::from_bytes(&seed))
}

fn signed(signer: &SigningKey, seq: usize) -> Result<SignedReading, Failure> {
	let seq = u64::try_from(seq)?;
	let reading = Reading {
		genesis: [1; 32],
		device: signer.verifying_key().to_bytes(),
		binding: 7,
		seq,
		at: 1_795_000_000_000 + 1_000 * seq,
		code: "59408-5".parse()?,
		value: Decimal::new(97, 0).into(),
		unit: "%".parse()?,
		group: seq,
	};
	Ok(SignedReading::sign(reading, signer)?)
}

/// As many devices as signatures, which is the slowest case and the one that dalek's benchmark has.
struct Bulk {
	signed: Vec<SignedReading>,
	keys: Vec<DeviceKey>,
	dalek: (Vec<Signature>, Vec<VerifyingKey>),
}

/// The message of ed25519-dalek's own benchmark, of 59 bytes.
const DALEK_MESSAGE: &[u8] = b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

impl Bulk {
	fn new() -> Result<Self, Failure> {
		let signers = (0..BULK).map(signer).collect::<Result<Vec<_>, _>>()?;
		let signed = signers
			.iter()
			.map(|signer| signed(signer, 1))
			.collect::<Result<_, _>>()?;
		let keys = signers
			.iter()
			.map(|signer| DeviceKey::from_bytes(&signer.verifying_key().to_bytes()))
			.collect::<Result<_, _>>()?;
		let signatures = signers.iter().map(|signer| signer.sign(DALEK_MESSAGE)).collect();
		let verifying = signers.iter().map(SigningKey::verifying_key).collect();
		Ok(Self {
			signed,
			keys,
			dalek: (signatures, verifying),
		})
	}

	fn ours(&self) -> Result<(), Failure> {
		let pairs: Vec<_> = self.signed.iter().zip(&self.keys).collect();
		match verify_bulk(&pairs).is_empty() {
			true => Ok(()),
			false => Err("a good signature did not verify".into()),
		}
	}

	fn dalek(&self) -> Result<(), Failure> {
		let (signatures, keys) = &self.dalek;
		Ok(ed25519_dalek::verify_batch(
			&vec![DALEK_MESSAGE; BULK],
			signatures,
			keys,
		)?)
	}
}

/// How often a second work is done, over half a second; for what takes microseconds over five milliseconds, so that some
/// rounds are not interrupted on a machine that others use too.
fn rate(work: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
	rate_over(Duration::from_millis(500), work)
}

fn rate_over(time: Duration, mut work: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
	let start = Instant::now();
	let mut rounds = 0.0;
	while start.elapsed() < time {
		work()?;
		rounds += 1.0;
	}
	Ok(rounds / start.elapsed().as_secs_f64())
}

/// ABAB: medians of nine rounds and their spread.
fn figures() -> Result<(), Failure> {
	let bulk = Bulk::new()?;
	let device = signer(1)?;
	let key = DeviceKey::from_bytes(&device.verifying_key().to_bytes())?;
	let readings = (0..BATCH)
		.map(|seq| signed(&device, seq))
		.collect::<Result<Vec<_>, _>>()?;
	let secret = BatchSecret::new([5; 32]);
	let batch = Batch::new(&secret, &readings)?;
	let (root, leaves) = (batch.tree.root(), u64::try_from(BATCH)?);
	let reading = readings.get(BATCH / 3).ok_or("no reading")?;
	let mut rounds: [Vec<f64>; 5] = Default::default();
	for _ in 0..9 {
		let [ours, dalek, hashed, proven, strict] = &mut rounds;
		ours.push(rate(|| bulk.ours())?);
		dalek.push(rate(|| bulk.dalek())?);
		hashed.push(rate(|| {
			black_box(Batch::new(&secret, black_box(&readings))?);
			Ok(())
		})?);
		for _ in 0..20 {
			proven.push(rate_over(Duration::from_millis(5), || {
				let proof = batch.prove(&secret, black_box(reading)).ok_or("no proof")?;
				Ok(black_box(&proof).verify(&root, leaves, &key)?)
			})?);
			strict.push(rate_over(Duration::from_millis(5), || {
				Ok(black_box(reading).verify(&key)?)
			})?);
		}
	}
	let [ours, dalek, hashed, proven, strict] = rounds.map(Spread::new);
	let each = f64::from(u32::try_from(BULK)?);
	println!("signatures, {BULK} devices: {}", ours.show(each, "a second"));
	println!("ed25519-dalek, {BULK} keys: {}", dalek.show(each, "a second"));
	println!("ours / ed25519-dalek: {:.2}", ours.median / dalek.median);
	let each = f64::from(u32::try_from(BATCH)?);
	println!(
		"readings hashed into batches of {BATCH}: {}",
		hashed.show(each, "a second")
	);
	for (name, spread) in [
		("one of them proven and checked", proven),
		("ed25519-dalek's verify_strict in it", strict),
	] {
		println!("{name}: {:.1} us (least {:.1})", 1e6 / spread.median, 1e6 / spread.most);
	}
	Ok(())
}

struct Spread {
	least: f64,
	median: f64,
	most: f64,
}

impl Spread {
	fn new(mut values: Vec<f64>) -> Self {
		values.sort_by(f64::total_cmp);
		let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
		Self {
			least: at(0),
			median: at(values.len() / 2),
			most: at(values.len().saturating_sub(1)),
		}
	}

	fn show(&self, each: f64, unit: &str) -> String {
		let [median, least, most] = [self.median, self.least, self.most].map(|rate| rate * each);
		format!("{median:.0} {unit} ({least:.0} to {most:.0})")
	}
}

fn benches(criterion: &mut Criterion) {
	let (Ok(bulk), Ok(device)) = (Bulk::new(), signer(1)) else {
		return;
	};
	let Ok(readings) = (0..BATCH)
		.map(|seq| signed(&device, seq))
		.collect::<Result<Vec<_>, _>>()
	else {
		return;
	};
	let mut group = criterion.benchmark_group("vitals");
	group.sample_size(20);
	group.throughput(Throughput::Elements(BULK as u64));
	group.bench_function("verify_bulk", |bench| bench.iter(|| bulk.ours()));
	group.bench_function("ed25519-dalek verify_batch", |bench| bench.iter(|| bulk.dalek()));
	group.throughput(Throughput::Elements(BATCH as u64));
	let secret = BatchSecret::new([5; 32]);
	group.bench_function("Batch::new", |bench| bench.iter(|| Batch::new(&secret, &readings)));
	group.bench_function("Reading::decode", |bench| {
		let bytes: Vec<_> = readings.iter().map(SignedReading::encode).collect();
		bench.iter(|| {
			bytes
				.iter()
				.map(|bytes| SignedReading::decode(bytes))
				.collect::<Result<Vec<_>, _>>()
		});
	});
	group.finish();
}

criterion_group!(all, benches);

fn main() -> Result<(), Failure> {
	figures()?;
	all();
	Criterion::default().configure_from_args().final_summary();
	Ok(())
}
