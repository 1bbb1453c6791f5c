//! What the node has after the main job: nothing that is secret, in no file, log line or metric.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use salus_tests::{account, ct_image, fhir_example, files, until, Files, MainJob, Node, PASSPHRASE};
use serde_json::Value;
use std::{collections::BTreeMap, fs};

/// Something to look for, in every form in which it could lie there.
struct Marker {
	what: String,
	forms: Vec<Vec<u8>>,
}

impl Marker {
	/// A text: as it is, as UTF-16, and in hex.
	fn text(what: &str, text: &str) -> Self {
		let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
		let mut marker = Self::bytes(what, text.as_bytes());
		marker.forms.push(wide);
		marker
	}

	/// Bytes: as they are, and in hex.
	fn bytes(what: &str, bytes: &[u8]) -> Self {
		assert!(bytes.len() >= 6, "{what} is too short to be found by chance only");
		Self {
			what: what.to_owned(),
			forms: vec![
				bytes.to_vec(),
				hex::encode(bytes).into_bytes(),
				hex::encode_upper(bytes).into_bytes(),
			],
		}
	}

	/// Where it is found.
	fn places<'a>(&self, files: &'a Files) -> Vec<&'a str> {
		let holds = |bytes: &[u8]| self.forms.iter().any(|form| contains(bytes, form));
		files
			.iter()
			.filter(|(_, bytes)| holds(bytes))
			.map(|(path, _)| path.as_str())
			.collect()
	}
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
	let first = wanted[0];
	let mut rest = bytes;
	while let Some(at) = rest.iter().position(|byte| *byte == first) {
		if rest[at..].starts_with(wanted) {
			return true;
		}
		rest = &rest[at + 1..];
	}
	false
}

fn unhex(text: &str) -> Vec<u8> {
	hex::decode(text.trim_start_matches("0x")).unwrap()
}

/// What must not be found: the documents, who they are about, the licence, and every secret of a client.
fn secrets(job: &MainJob) -> Vec<Marker> {
	let bundle = fs::read_to_string(fhir_example("Bundle-report.json")).unwrap();
	let image = fs::read(ct_image()).unwrap();
	let in_bundle = [
		"Everywoman, Eve A",
		"comprehensive bone marrow report",
		"\"resourceType\"",
	];
	let in_image = ["CompressedSamples^CT1", "1CT1"];
	for text in in_bundle {
		assert!(bundle.contains(text), "{text} is in the bundle");
	}
	for text in in_image {
		assert!(contains(&image, text.as_bytes()), "{text} is in the image");
	}
	let salts: Value = serde_json::from_slice(&fs::read(job.doctor.folder().join("salts.json")).unwrap()).unwrap();
	let letter = fs::read_to_string(job.patient.salus.folder().join("voucher.txt")).unwrap();
	let letter = unhex(letter.trim().trim_start_matches("SALUSVOUCHER1:"));
	let mut markers: Vec<_> = in_bundle
		.iter()
		.map(|text| Marker::text("of the bundle", text))
		.collect();
	markers.push(Marker::text("the name in the image", in_image[0]));
	// From the middle of the picture.
	markers.push(Marker::bytes(
		"pixels of the image",
		&image[image.len() / 2..image.len() / 2 + 24],
	));
	markers.push(Marker::text("the licence", MainJob::LICENCE));
	markers.push(Marker::text("the speciality", MainJob::SPECIALITY));
	markers.push(Marker::text("the passphrase", PASSPHRASE));
	markers.push(Marker::bytes("the voucher's secret", &letter[letter.len() - 32..]));
	for salt in ["licenceSalt", "specialitySalt"] {
		markers.push(Marker::bytes(salt, &unhex(salts[salt].as_str().unwrap())));
	}
	markers
}

/// After the main job no file under the base path, no line of a log in full detail and no metric holds a word of a
/// document, the patient's name, the licence, a passphrase, a salt or a voucher's secret; the same search finds what is on
/// the chain in clear. Metrics count releases and refusals and how far finality and index are, and name no account.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_left_behind() {
	let node = Node::start_with(&["-lsalus=trace,rpc=trace,jsonrpsee=trace,txpool=debug,sync=debug,db=debug"]).await;
	let job = MainJob::run(&node).await;
	let secrets = secrets(&job);

	let trail = node.trail(&job.patient.id).await.len() as f64;
	let mut found = files(node.base());
	found.insert("metrics".into(), node.metrics().await.into_bytes());
	for marker in &secrets {
		assert_eq!(marker.places(&found), [""; 0], "{} is there", marker.what);
	}
	// What the client keeps below its data folder opens nothing either.
	for client in [&job.doctor, &job.requester, &job.patient.salus] {
		let kept = files(&client.folder().join("data"));
		for marker in &secrets {
			assert_eq!(marker.places(&kept), [""; 0], "{} is there", marker.what);
		}
	}

	// The search sees what is there: in the database, in the index, in the vault's store, and in the clients' own files.
	let sha256 = Marker::bytes("a ciphertext's hash", &unhex(job.report["sha256"].as_str().unwrap()));
	let places = sha256.places(&found);
	assert!(places.iter().any(|path| path.contains("/paritydb/")), "{places:?}");
	let requester = account("//Bob//doctor");
	let actor = Marker::bytes("an account", &public_key(&requester));
	let places = actor.places(&found);
	assert!(places.iter().any(|path| path.contains("entries.sqlite")), "{places:?}");
	let payload = fs::read(job.requester.folder().join("report.payload")).unwrap();
	let ciphertext = Marker::bytes("a payload", &payload[200..264]);
	let places = ciphertext.places(&found);
	assert!(places.iter().any(|path| path.contains("/vault/store/")), "{places:?}");
	let own = files(job.doctor.folder());
	let licence = Marker::text("the licence", MainJob::LICENCE);
	assert_eq!(
		licence.places(&own).len(),
		2,
		"in the doctor's own file and in her salt file"
	);
	assert!(
		node.log().contains("TRACE") || node.log().contains("DEBUG"),
		"the log is in full detail"
	);

	// Metrics.
	let metrics = until("finality and the index have caught up", || async {
		let metrics = Metrics::read(&node.metrics().await);
		let height = |status| metrics.of("substrate_block_height", &[status]);
		let lag = height("status=\"best\"") - height("status=\"finalized\"");
		let entries = metrics.of("salus_audit_entries", &[]);
		let whole = lag <= 2.0 && metrics.of("salus_index_lag_blocks", &[]) == 0.0;
		(whole && entries == trail).then_some(metrics)
	})
	.await;
	let institution = "institution=\"0\"";
	assert_eq!(metrics.of("salus_vault_uploads_total", &[institution]), 2.0);
	let released = metrics.of("salus_vault_releases_total", &[institution]);
	assert_eq!(released, 4.0, "a key and a ciphertext for each record");
	let refused = [institution, "error=\"NotPermitted\""];
	assert_eq!(metrics.of("salus_vault_releases_refused_total", &refused), 1.0);
	let genesis = node.genesis().await;
	for (name, labels) in metrics.0.keys() {
		let words = labels.split(|letter: char| !letter.is_ascii_alphanumeric());
		for word in words.filter(|word| *word != genesis.trim_start_matches("0x")) {
			let ss58 = word.starts_with('5') && word.len() >= 47;
			let key = word.len() >= 64
				&& word
					.trim_start_matches("0x")
					.bytes()
					.all(|byte| byte.is_ascii_hexdigit());
			assert!(!ss58 && !key, "{name} names an account: {labels}");
		}
	}
}

/// Metrics by name and labels.
struct Metrics(BTreeMap<(String, String), f64>);

impl Metrics {
	fn read(text: &str) -> Self {
		let sample = |line: &str| {
			let (series, value) = line.rsplit_once(' ')?;
			let (name, labels) = series.split_once('{').unwrap_or((series, ""));
			Some(((name.to_owned(), labels.to_owned()), value.parse().ok()?))
		};
		let lines = text.lines().filter(|line| !line.starts_with('#'));
		Self(lines.filter_map(sample).collect())
	}

	/// The first sample of this name with all of these labels.
	fn of(&self, name: &str, labels: &[&str]) -> f64 {
		let mut found = self
			.0
			.iter()
			.filter(|((named, with), _)| named == name && labels.iter().all(|label| with.contains(label)));
		*found.next().unwrap_or_else(|| panic!("no {name} {labels:?}")).1
	}
}

fn public_key(address: &str) -> [u8; 32] {
	use sp_core::{crypto::Ss58Codec, sr25519};
	sr25519::Public::from_ss58check(address).unwrap().0
}
