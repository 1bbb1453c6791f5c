//! Devices: one is provisioned and bound by a signed consent, its readings are shown and one of them proven; offers, on
//! paper too; alerts.

use super::DOCTOR;
use salus::{
	alert::armour,
	api::{
		self,
		runtime_types::{bounded_collections::bounded_vec::BoundedVec, salus_primitives::telemetry::Rung},
	},
	open_device_key, telemetry, words,
};
use salus_primitives::NewBatch;
use salus_tests::{account, consortium::Council, fhir_example, kinds, text, Node, Patient, Salus, PASSPHRASE};
use salus_vault::{
	alert::{commitment, AlertScope, SALT},
	keystore::Strength,
	wrap::HpkeKey,
};
use salus_vitals::{
	batch::BatchSecret, batch_file::BatchFile, fhir::Json, reading::Value as Measured, Decimal, Reading, SignedReading,
};
use serde_json::{json, Value};
use sp_core::H256;
use std::{
	io::{BufRead, BufReader, Read, Write},
	net::TcpListener,
	os::unix::fs::PermissionsExt,
	path::Path,
	sync::{Arc, Mutex},
};

const DESK: &str = "//Alice//admin";
const NURSE: &str = "//Alice//nurse";
const REPORTS: &str = "--code 8867-4,9279-1";

/// A device with a key of its own, provisioned at hospital A.
struct Device {
	id: String,
	key: String,
}

impl Device {
	fn provisioned(salus: &Salus, name: &str) -> Self {
		let key = salus.file(&format!("{name}.key"));
		let made = salus.types(&format!("device key new --out {key}")).ok();
		let (claim, salts) = (
			salus.file(&format!("{name}.json")),
			salus.file(&format!("{name}.salts")),
		);
		let claims = format!("--key {key} device claim --institution 0 {REPORTS} --out {claim} --salts {salts}");
		salus.types(&claims).ok();
		salus.types_as(DESK, &format!("device provision {claim}")).ok();
		Self {
			id: text(&made["device"]),
			key,
		}
	}

	/// A batch of its readings of a binding: a heart rate and a respiratory rate by turns, a second apart.
	fn batch(&self, genesis: &str, binding: u64, first: u64, from: u64) -> BatchFile {
		let key = open_device_key(Path::new(&self.key), PASSPHRASE, Strength::Development).unwrap();
		let reading = |seq: u64| {
			let (code, value) = if seq.is_multiple_of(2) {
				("8867-4", 70)
			} else {
				("9279-1", 15)
			};
			let reading = Reading {
				genesis: words::hash(genesis).unwrap().0,
				device: key.verifying_key().to_bytes(),
				binding,
				seq,
				at: from + seq,
				code: code.parse().unwrap(),
				value: Measured::Decimal(Decimal::new(value, 0)),
				unit: "/min".parse().unwrap(),
				group: seq,
			};
			SignedReading::sign(reading, &key).unwrap()
		};
		BatchFile {
			secret: BatchSecret::new([u8::try_from(first).unwrap(); 32]),
			readings: (first..first + 6).map(reading).collect(),
		}
	}
}

/// What a gateway says of a batch; nobody has its ciphertext.
fn anchored(file: &BatchFile) -> NewBatch {
	let batch = file.batch().unwrap();
	let reading = &file.readings[0].reading;
	let sha256 = H256::from(batch.tree.root());
	let cid = [&[1, 0x55, 0x12, 0x20], sha256.as_bytes()].concat();
	NewBatch {
		device: reading.device,
		binding: reading.binding,
		first_seq: batch.first_seq,
		count: u32::try_from(file.readings.len()).unwrap(),
		first_at: batch.first_at,
		last_at: batch.last_at,
		root: batch.tree.root().into(),
		cid: cid.try_into().unwrap(),
		sha256,
		// The smallest payload that there is.
		size: 104 + 16 * 1024 + 16,
	}
}

/// A device signs where it reports to, the desk provisions it, the patient signs at home and the nurse binds it. Its
/// readings are anchored with a gap, shown from their files, and one is proven to who has nothing but the proof.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_bound_by_a_signed_consent_and_one_reading_is_proven() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let salus = &patient.salus;
	let device = Device::provisioned(salus, "monitor");
	let shown = salus.types(&format!("device show {}", device.id)).ok();
	let asked = node.asked("telemetry_device", json!([device.id])).await;
	assert_eq!(
		(&shown["device"]["codes"], &shown["binding"]),
		(&asked["codes"], &Value::Null)
	);
	salus
		.types_as(DESK, &format!("device provision {}", salus.file("monitor.json")))
		.fails(4, "Telemetry.AlreadyProvisioned");

	// She signs on her machine. Nobody is bound by another's consent, nor twice by one.
	let consent = salus.file("consent.json");
	let signs = format!(
		"device consent-statement --patient {} --device {} --for 1d --out {consent}",
		patient.id, device.id
	);
	let signed = patient.types(&signs).ok();
	assert!(text(&signed["sentence"]).contains("measures you"), "{signed}");
	let bind = format!("device bind {consent}");
	salus.types_as(NURSE, &format!("--dry-run {bind}")).ok();
	let bound = salus.types_as(NURSE, &bind).ok();
	assert_eq!(node.acknowledged(&bound).await, ["Telemetry.Bound"]);
	let binding = bound["binding"].as_u64().unwrap();
	salus.types_as(NURSE, &bind).fails(4, "Telemetry.ConsentInvalid");
	let forged = std::fs::read_to_string(&consent)
		.unwrap()
		.replace("\"patient\": ", "\"patient\": 1");
	let forged = salus.write("forged.json", forged);
	salus
		.types_as(NURSE, &format!("device bind {forged}"))
		.fails(6, "Malformed");

	// Two batches with three numbers missing between them.
	let genesis = node.genesis().await;
	let from = node.time().await;
	let council = Council::at(&node).await;
	let files = [0, 9].map(|first| device.batch(&genesis, binding, first, from));
	for file in &files {
		council.sends(DESK, &telemetry::anchor(0, vec![anchored(file)])).await;
	}
	let anchors = node.asked("telemetry_anchors", json!([patient.id])).await;
	let first = text(&anchors["items"][1]["id"]);
	let names = ["first.batch", "second.batch"];
	let paths: Vec<_> = names
		.iter()
		.zip(&files)
		.map(|(name, file)| salus.write(name, file.encode().unwrap()))
		.collect();

	// Shown: compared with the chain, drawn, and as FHIR.
	let (svg, bundle) = (salus.file("heart.svg"), salus.file("bundle.json"));
	let show = format!(
		"vitals show {} --batch {} --batch {} --code 8867-4 --limit 8867-4=60..65 --svg {svg} --fhir {bundle}",
		patient.id, paths[0], paths[1]
	);
	let shown = salus.types(&show).ok();
	assert_eq!(shown["gaps"][0]["missing"], 3);
	assert_eq!(shown["curves"][0]["runs"].as_array().unwrap().len(), 2);
	assert_eq!(shown["curves"][0]["runs"][0]["points"][0]["standing"], "High");
	assert!(std::fs::read_to_string(&svg).unwrap().contains("class=\"gap\""));
	let bundle: Value = serde_json::from_str(&std::fs::read_to_string(&bundle).unwrap()).unwrap();
	assert_eq!(shown["observations"], bundle["entry"].as_array().unwrap().len());
	let stray = salus.write(
		"stray.batch",
		device.batch(&genesis, binding, 20, from).encode().unwrap(),
	);
	salus
		.types(&format!("vitals show {} --batch {stray}", patient.id))
		.fails(7, "NotAnchored");

	// Proven and checked; nothing else is.
	let prove = format!("vitals prove --anchor {first} --seq 2 --batch {}", paths[0]);
	let proof = salus.types(&prove).ok();
	let file = salus.write("proof.json", proof.to_string());
	let stranger = Salus::new(&node);
	let checked = stranger.types(&format!("vitals check {file}")).ok();
	assert_eq!(
		(&checked["verified"], &checked["reading"]["value"]),
		(&json!(true), &json!("70"))
	);
	assert_eq!(text(&checked["patient"]), patient.id);
	for (field, value, error) in [
		("root", json!("00".repeat(32)), "OtherAnchor"),
		("salt", json!("00".repeat(16)), "NotInBatch"),
		("anchor", json!(404), "NotFound"),
	] {
		let mut forged = proof.clone();
		forged[field] = value;
		let forged = salus.write("forged.json", forged.to_string());
		let answer = stranger.types(&format!("vitals check {forged}"));
		assert_eq!(answer.error["name"], error, "{field}: {}", answer.stderr);
	}
	salus
		.types(&format!("vitals prove --anchor {first} --seq 77 --batch {}", paths[0]))
		.fails(1, "NoSuchReading");
	salus
		.types(&format!("vitals prove --anchor {first} --seq 9 --batch {}", paths[1]))
		.fails(7, "OtherBatch");

	// She ends it; the desk takes the device out of use.
	let unbound = patient.types(&format!("device unbind {binding}")).ok();
	assert_eq!(node.acknowledged(&unbound).await, ["Telemetry.Unbound"]);
	let listed = salus.types(&format!("device list --patient {}", patient.id)).ok();
	assert_eq!(
		listed["bindings"],
		node.asked("telemetry_bindings", json!([patient.id])).await
	);
	salus
		.types_as(DESK, &format!("device revoke {}", device.id))
		.fails(8, "Unconfirmed");
	for line in ["suspend", "reinstate"] {
		let done = salus.types_as(DESK, &format!("device {line} {}", device.id)).ok();
		assert_eq!(node.acknowledged(&done).await, ["Telemetry.StatusSet"]);
	}
	salus
		.types_as(DESK, &format!("device revoke {} --for-ever", device.id))
		.ok();
	let devices = salus.types("device list --institution 0").ok();
	assert_eq!(devices["devices"][0]["status"], "Revoked");
	let trail = node.trail(&patient.id).await;
	let hers: Vec<_> = kinds(&trail)
		.into_iter()
		.filter(|kind| kind.starts_with("Device") || kind.starts_with("Batch"))
		.collect();
	assert_eq!(hers, ["DeviceBound", "BatchAnchored", "BatchAnchored", "DeviceUnbound"]);
}

/// Takes readings as a gateway does, and keeps their bytes. Its URL.
fn gateway() -> (String, Arc<Mutex<Vec<Vec<u8>>>>) {
	let listener = TcpListener::bind("127.0.0.1:0").unwrap();
	let url = format!("http://{}", listener.local_addr().unwrap());
	let taken = Arc::new(Mutex::new(Vec::new()));
	let keeps = taken.clone();
	std::thread::spawn(move || {
		for stream in listener.incoming() {
			let mut stream = BufReader::new(stream.unwrap());
			let mut length = 0;
			for line in stream
				.by_ref()
				.lines()
				.map(Result::unwrap)
				.take_while(|line| !line.is_empty())
			{
				if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
					length = value.trim().parse().unwrap();
				}
			}
			let mut body = vec![0; length];
			stream.read_exact(&mut body).unwrap();
			let asked: Value = serde_json::from_slice(&body).unwrap();
			let readings: Vec<_> = asked["readings"].as_array().unwrap().iter().map(text).collect();
			let answer = json!({ "results": vec!["kept"; readings.len()] }).to_string();
			keeps
				.lock()
				.unwrap()
				.extend(readings.iter().map(|reading| hex::decode(reading).unwrap()));
			let head = format!(
				"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
				answer.len()
			);
			stream.get_mut().write_all((head + &answer).as_bytes()).unwrap();
		}
	});
	(url, taken)
}

/// HL7's Observations go through a device, a batch and its anchor, and come out as they went in: the frames that the device
/// kept are put around its readings.
#[tokio::test(flavor = "multi_thread")]
async fn observations_that_are_played_come_out_as_they_went_in() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let salus = &patient.salus;
	let device = Device::provisioned(salus, "monitor");
	let consent = salus.file("consent.json");
	let signs = format!(
		"device consent-statement --patient {} --device {} --for 1d --out {consent}",
		patient.id, device.id
	);
	patient.types(&signs).ok();
	salus.types_as(NURSE, &format!("device bind {consent}")).ok();

	let (url, taken) = gateway();
	let (folder, frames) = (fhir_example(""), salus.file("frames.json"));
	let played = format!(
		"--key {} device simulate --observation {} --every 10ms --speed 10 --state {} --frames {frames} --to {url} --token-file {}",
		device.key,
		folder.display(),
		salus.file("state.json"),
		salus.write("token", "5a".repeat(32)),
	);
	salus.types(&format!("--dry-run {played}")).ok();
	assert!(!Path::new(&frames).exists(), "a dry run keeps nothing");
	let played = salus.types(&played).ok();
	let mode = std::fs::metadata(&frames).unwrap().permissions().mode();
	assert_eq!(mode & 0o777, 0o600);
	let readings: Vec<_> = taken
		.lock()
		.unwrap()
		.iter()
		.map(|bytes| SignedReading::decode(bytes).unwrap())
		.collect();
	assert_eq!(played["kept"], readings.len());

	let file = BatchFile {
		secret: BatchSecret::new([1; 32]),
		readings,
	};
	let council = Council::at(&node).await;
	council.sends(DESK, &telemetry::anchor(0, vec![anchored(&file)])).await;
	let (batch, bundle) = (
		salus.write("day.batch", file.encode().unwrap()),
		salus.file("bundle.json"),
	);
	let show = format!(
		"vitals show {} --batch {batch} --fhir {bundle} --frames {frames}",
		patient.id
	);
	let shown = salus.types(&show).ok();
	assert_eq!(shown["framed"], shown["observations"]);
	let written = Json::parse(&std::fs::read_to_string(&bundle).unwrap()).unwrap();
	let Some(Json::Array(entries)) = written.get("entry") else {
		panic!("{written}")
	};
	assert!(entries.len() >= 13, "{}", entries.len());
	for resource in entries.iter().map(|entry| entry.get("resource").unwrap()) {
		let id = resource.get("id").and_then(Json::as_str).unwrap();
		let name = format!("Observation-{id}.json");
		let went_in = std::fs::read_to_string(folder.join(&name)).unwrap();
		assert_eq!(resource, &Json::parse(&went_in).unwrap(), "{name}");
	}
}

/// A device is offered, declined, offered again and accepted; on paper by two witnesses who compare one scan.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_offered_and_accepted_by_her_or_on_paper() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let salus = &patient.salus;
	let device = Device::provisioned(salus, "watch").id;
	let offer = format!("device offer {device} --patient {} --for 1d", patient.id);
	let accept = format!("device accept {device}");
	patient.types(&accept).fails(1, "NotFound");
	let offered = salus.types_as(NURSE, &offer).ok();
	assert_eq!(node.acknowledged(&offered).await, ["Telemetry.Offered"]);
	salus.types_as(NURSE, &offer).fails(4, "Telemetry.DeviceOffered");
	let declined = patient.types(&format!("device end-offer {device}")).ok();
	assert_eq!(node.acknowledged(&declined).await, ["Telemetry.OfferEnded"]);
	salus.types_as(NURSE, &offer).ok();
	salus.types_as(DOCTOR, &accept).fails(6, "NotThePatient");
	let accepted = patient.types(&accept).ok();
	assert_eq!(node.acknowledged(&accepted).await, ["Telemetry.Bound"]);
	salus
		.types_as(NURSE, &format!("device unbind {}", text(&accepted["binding"])))
		.ok();

	// One who has an account signs nothing on paper.
	let (scan, salts) = (salus.write("scan.pdf", "signed"), salus.file("paper.json"));
	let paper = format!("{offer} --scan-file {scan} --salts {salts}");
	salus.types_as(DESK, &paper).fails(4, "Telemetry.NotOnPaper");
	assert!(!Path::new(&salts).exists(), "there is nothing for it to open");
}

/// Who is told acknowledges, and nobody else; what nobody acknowledges goes to the next.
#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_acknowledged_by_who_is_told() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let salus = &patient.salus;
	let council = Council::at(&node).await;
	let id: u64 = patient.id.parse().unwrap();
	let rung = |uri: &str, within| Rung {
		to: words::account(&account(uri)).unwrap(),
		within,
	};
	for ladder in [
		vec![rung(NURSE, 3_600_000), rung(DOCTOR, 60_000)],
		vec![rung(NURSE, 1), rung(DOCTOR, 3_600_000)],
	] {
		let call = api::tx().telemetry().raise(0, id, H256::zero(), BoundedVec(ladder));
		council.sends(DESK, &call).await;
	}
	let listed = salus.types(&format!("alert list --patient {id} --open")).ok();
	let alerts = listed["alerts"].as_array().unwrap();
	let (late, first) = (text(&alerts[0]["id"]), text(&alerts[1]["id"]));
	assert_eq!(alerts[1]["state"], "Waiting");

	salus
		.types_as(DOCTOR, &format!("alert acknowledge {first}"))
		.fails(4, "Telemetry.NotAddressed");
	salus
		.types_as(DESK, &format!("alert escalate {first}"))
		.fails(4, "Telemetry.NotOverdue");
	let done = salus.types_as(NURSE, &format!("alert acknowledge {first}")).ok();
	assert_eq!(node.acknowledged(&done).await, ["Telemetry.Acknowledged"]);

	let passed = salus.types_as(DESK, &format!("alert escalate {late}")).ok();
	assert_eq!(node.acknowledged(&passed).await, ["Telemetry.Escalated"]);
	let shown = salus.types(&format!("alert show {late}")).ok();
	assert_eq!(shown["alert"]["to"], account(DOCTOR));
	let asked = node.asked("telemetry_alert", json!([late])).await;
	assert_eq!((&asked["step"], &asked["to"]), (&json!(1), &json!(account(DOCTOR))));
	salus.types_as(DOCTOR, &format!("alert acknowledge {late}")).ok();
	let open = salus.types(&format!("alert list --patient {id} --open")).ok();
	assert_eq!(open["alerts"], json!([]));
	salus
		.types_as(DESK, &format!("alert prune {first}"))
		.fails(4, "Telemetry.TooRecent");
}

/// What an alert says is opened out of the message by who is told of it, and is what stands on chain.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_alert_says_is_opened_by_who_is_told() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let salus = &patient.salus;
	let said = |value: &str| {
		let content = json!({
			"rule": "limits", "severity": "urgent", "at": 1_800_000_000_000_u64, "code": "8867-4", "value": value,
			"unit": "/min", "says": "above its limits",
		});
		[[7; SALT].as_slice(), content.to_string().as_bytes()].concat()
	};
	let id: u64 = patient.id.parse().unwrap();
	let committed = commitment(&said("139.73")).unwrap();
	let rung = |uri: &str| Rung {
		to: words::account(&account(uri)).unwrap(),
		within: 3_600_000,
	};
	let ladder = BoundedVec(vec![rung(NURSE), rung(DOCTOR)]);
	let call = api::tx().telemetry().raise(0, id, H256(committed), ladder);
	Council::at(&node).await.sends(DESK, &call).await;
	let listed = salus.types(&format!("alert list --patient {id}")).ok();
	let alert = text(&listed["alerts"][0]["id"]);

	// As the gateway writes to the nurse, whose key it was given.
	let given = salus.types_as(NURSE, "key hpke").ok();
	let key = HpkeKey::X25519(words::hash(&text(&given["hpke"])).unwrap().0);
	let scope = AlertScope {
		genesis: words::hash(&node.genesis().await).unwrap().0,
		patient: id,
		commitment: committed,
	};
	let message = |name: &str, said: &[u8]| {
		let sealed = armour(&scope.seal(said, &key).unwrap());
		salus.write(name, format!("Alert {alert} waits for you.\r\n\r\n{sealed}"))
	};
	let true_one = message("message.txt", &said("139.73"));
	let show = |file: &str| format!("alert show {alert} --from {file}");
	let shown = salus.types_as(NURSE, &show(&true_one)).ok();
	let content = &shown["content"];
	assert_eq!(
		(&content["name"], &content["value"], &content["severity"]),
		(&json!("heart rate"), &json!("139.73"), &json!("urgent"))
	);
	assert_eq!(shown["alert"]["to"], account(NURSE));
	let bare = salus.types(&format!("alert show {alert}")).ok();
	assert_eq!(bare["content"], Value::Null);

	salus.types_as(DOCTOR, &show(&true_one)).fails(6, "WrongKey");
	salus.types_as(DESK, &show(&true_one)).fails(6, "NotAddressed");
	let changed = message("changed.txt", &said("70"));
	salus.types_as(NURSE, &show(&changed)).fails(7, "OtherContent");
	let notice = salus.write("notice.txt", format!("Alert {alert} waits for you."));
	salus.types_as(NURSE, &show(&notice)).fails(6, "NoSealed");
	let cut = salus.write("cut.txt", "-----BEGIN SALUS ALERT-----\r\n01");
	salus.types_as(NURSE, &show(&cut)).fails(6, "Malformed");
}
