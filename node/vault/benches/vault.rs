//! Encryption and decryption of 16 MiB as a share of what openssl does in the same run, and wraps a second.

#![allow(clippy::indexing_slicing)]

use std::{
	hint::black_box,
	io,
	process::Command,
	time::{Duration, Instant},
};

use criterion::{criterion_group, BatchSize, Criterion, Throughput};
use salus_vault::{
	envelope::{decrypt, encrypt, Context, Sealed},
	wrap::{open, wrap, Binding, HpkeSecret, Purpose},
};

const LEN: usize = 16 << 20;

fn context() -> Context {
	Context {
		genesis: [1; 32],
		patient: 1,
		category: 4,
		media: 1,
		institution: 1,
	}
}

fn sealed(document: &[u8]) -> io::Result<(Vec<u8>, Sealed)> {
	let mut payload = Vec::with_capacity(LEN + (LEN >> 3));
	let sealed = encrypt(document, document.len() as u64, &context(), &mut payload).map_err(io::Error::other)?;
	Ok((payload, sealed))
}

fn envelope(criterion: &mut Criterion) {
	let document = vec![7; LEN];
	let Ok((payload, sealed)) = sealed(&document) else {
		return;
	};
	let mut group = criterion.benchmark_group("envelope, 16 MiB");
	group.throughput(Throughput::Bytes(LEN as u64)).sample_size(20);
	group.bench_function("encrypt", |bench| {
		bench.iter(|| encrypt(&document[..], LEN as u64, &context(), io::sink()));
	});
	group.bench_function("decrypt", |bench| {
		bench.iter(|| decrypt(&payload[..], sealed.size, &context(), &sealed.data_key, io::sink()));
	});
	group.finish();
}

fn wraps(criterion: &mut Criterion) {
	let Ok((_, sealed)) = sealed(b"a document") else { return };
	let Ok(recipient) = HpkeSecret::generate() else { return };
	let binding = Binding {
		genesis: [1; 32],
		sha256: [2; 32],
		patient: 1,
		purpose: Purpose::Custody,
	};
	let public = recipient.public();
	let Ok(wrapped) = wrap(&sealed.data_key, &public, &binding) else {
		return;
	};
	let mut group = criterion.benchmark_group("wrap");
	group.throughput(Throughput::Elements(1));
	group.bench_function("wrap", |bench| {
		bench.iter(|| wrap(black_box(&sealed.data_key), &public, &binding));
	});
	group.bench_function("open", |bench| {
		bench.iter_batched(
			|| wrapped.clone(),
			|wrapped| open(&wrapped, &recipient, &binding),
			BatchSize::SmallInput,
		);
	});
	group.finish();
}

/// ABAB with openssl, which has one thread: medians of five rounds, and their spread; ours with a thread for each core,
/// and with one, which says what the cipher itself does.
fn against_openssl() -> io::Result<()> {
	let document = vec![7; LEN];
	let (payload, sealed) = sealed(&document)?;
	let one = rayon::ThreadPoolBuilder::new()
		.num_threads(1)
		.build()
		.map_err(io::Error::other)?;
	let encrypt = || encrypt(&document[..], LEN as u64, &context(), io::sink()).map(|_| ());
	let decrypt = || decrypt(&payload[..], sealed.size, &context(), &sealed.data_key, io::sink()).map(|_| ());
	let mut rounds: [Vec<f64>; 5] = Default::default();
	for _ in 0..5 {
		rounds[0].push(openssl()?);
		rounds[1].push(rate(encrypt)?);
		rounds[2].push(rate(decrypt)?);
		rounds[3].push(one.install(|| rate(encrypt))?);
		rounds[4].push(one.install(|| rate(decrypt))?);
	}
	for rates in &mut rounds {
		rates.sort_by(f64::total_cmp);
	}
	let names = [
		"openssl, one thread",
		"encrypt, a thread for each core",
		"decrypt, a thread for each core",
		"encrypt, one thread",
		"decrypt, one thread",
	];
	for (name, rates) in names.into_iter().zip(&rounds) {
		println!(
			"{name}: {:.0} MB/s ({:.0} to {:.0}), {:.2} of openssl",
			rates[2] / 1e6,
			rates[0] / 1e6,
			rates[4] / 1e6,
			rates[2] / rounds[0][2]
		);
	}
	Ok(())
}

fn rate<E: std::error::Error + Send + Sync + 'static>(mut work: impl FnMut() -> Result<(), E>) -> io::Result<f64> {
	let start = Instant::now();
	let mut bytes = 0.0;
	while start.elapsed() < Duration::from_secs(1) {
		work().map_err(io::Error::other)?;
		bytes += LEN as f64;
	}
	Ok(bytes / start.elapsed().as_secs_f64())
}

/// Bytes a second of `openssl speed` for AES-256-GCM over 16 MiB, on one core, by the clock on the wall as ours.
fn openssl() -> io::Result<f64> {
	let len = LEN.to_string();
	let output = Command::new("openssl")
		.args(["speed", "-mr", "-elapsed", "-evp", "aes-256-gcm"])
		.args(["-bytes", &len, "-seconds", "1"])
		.output()?;
	let text = String::from_utf8_lossy(&output.stdout);
	// +F:22:AES-256-GCM:3012345678.90
	text.lines()
		.find_map(|line| line.strip_prefix("+F:")?.rsplit(':').next()?.trim().parse().ok())
		.ok_or_else(|| io::Error::other("openssl speed printed no rate; install openssl 3"))
}

criterion_group!(benches, envelope, wraps);

fn main() -> io::Result<()> {
	against_openssl()?;
	benches();
	Criterion::default().configure_from_args().final_summary();
	Ok(())
}
