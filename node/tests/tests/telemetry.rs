//! Readings of a device, from the gateway's hands into the vault, and out of it to whom the patient consents.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

use salus::{
	open_batches, open_key, put_batch, seal_batch, telemetry, upload_batch, Account, Actor, BatchUpload, Client, Error,
	Identity, OpenBatches, SealedBatch, StoredBatch, VaultClient,
};
use salus_primitives::{
	tagged, wrapped, AnchorId, BindingConsent, BindingId, Cid, DeviceClaim, NewBatch, PatientId, Purpose, Reason,
	BIND_TAG, DAY, DEVICE_TAG, HOUR, SECOND,
};
use salus_tests::{kinds, text, Node, Patient, PASSPHRASE};
use salus_vault::keystore::Strength;
use salus_vitals::{
	batch::BatchSecret,
	batch_file::BatchFile,
	reading::{Reading, Value},
	Decimal, SignedReading,
};
use serde_json::json;
use sp_core::{ed25519, Pair, H256};

const ADMIN: &str = "//Alice//admin";
const DOCTOR: &str = "//Bob//doctor";

/// A bedside monitor of hospital A, bound to a patient of it, and the gateway that reads it.
struct Monitor {
	client: Client,
	vault: VaultClient,
	device: ed25519::Pair,
	patient: PatientId,
	binding: BindingId,
	/// Since when it measures.
	starts: u64,
}

fn account(uri: &str) -> Account {
	Identity::development(uri).unwrap().account().clone()
}

fn acting(uri: &str, institution: u32) -> Actor {
	Actor {
		account: account(uri),
		institution: Some(institution),
	}
}

impl Monitor {
	/// Provisioned by the desk, and bound with the patient's own signature.
	async fn bound(node: &Node, patient: &Patient) -> Self {
		let client = Client::connect(&node.url).await.unwrap();
		let device = ed25519::Pair::from_seed(&[7; 32]);
		let (genesis, key, codes) = (client.genesis(), device.public().0, H256::repeat_byte(5));
		let claim = DeviceClaim {
			genesis,
			institution: 0,
			device: key,
			codes,
		};
		let signature = device.sign(&tagged(DEVICE_TAG, &claim)).0;
		let provision = telemetry::provision(0, key, codes, signature);
		client.submit(&provision, &account(ADMIN)).await.unwrap();

		let id = patient.id.parse().unwrap();
		let starts = client.time().await.unwrap();
		let consent = BindingConsent {
			genesis,
			device: key,
			number: 0,
			patient: id,
			starts,
			ends: starts + DAY,
			not_after: starts + HOUR,
		};
		let hers = controller(&client, patient).await.account;
		let signature = hers.sign(&wrapped(BIND_TAG, &consent));
		let bind = telemetry::bind(&consent, hers.id(), signature);
		let bound = client.submit(&bind, &account("//Alice//nurse")).await.unwrap();
		let binding = bound.number("Telemetry", "binding").unwrap();
		Self {
			vault: VaultClient::new(&node.vault).unwrap(),
			// It begins when it is made.
			starts: client.proven_binding(binding).await.unwrap().starts,
			client,
			device,
			patient: id,
			binding,
		}
	}

	/// Three readings of a pulse from this number on, a second apart.
	fn measured(&self, first: u64) -> BatchFile {
		let signed = |seq: u64| {
			let reading = Reading {
				genesis: self.client.genesis().0,
				device: self.device.public().0,
				binding: self.binding,
				seq,
				at: self.starts + seq * SECOND,
				code: "8867-4".parse().unwrap(),
				value: Value::Decimal(Decimal::new(72 + i64::try_from(seq).unwrap(), 0)),
				unit: "/min".parse().unwrap(),
				group: seq,
			};
			let signature = self.device.sign(&reading.encode()).0;
			SignedReading { reading, signature }
		};
		BatchFile {
			secret: BatchSecret::new([u8::try_from(first).unwrap() + 1; 32]),
			readings: (first..first + 3).map(signed).collect(),
		}
	}

	fn upload(&self, file: BatchFile) -> BatchUpload {
		BatchUpload {
			institution: 0,
			patient: self.patient,
			first_at: file.readings[0].reading.at,
			file,
		}
	}

	/// Anchors what the vault has.
	async fn anchor(&self, file: &BatchFile, stored: StoredBatch) -> AnchorId {
		let hashed = file.batch().unwrap();
		let batch = NewBatch {
			device: self.device.public().0,
			binding: self.binding,
			first_seq: hashed.first_seq,
			count: u32::try_from(file.readings.len()).unwrap(),
			first_at: hashed.first_at,
			last_at: hashed.last_at,
			root: H256(hashed.tree.root()),
			cid: Cid::try_from(stored.cid).unwrap(),
			sha256: H256(stored.sha256),
			size: stored.size,
		};
		let call = telemetry::anchor(0, vec![batch]);
		let anchored = self.client.submit(&call, &account(ADMIN)).await.unwrap();
		anchored.number("Telemetry", "anchor").unwrap()
	}

	/// What somebody is given who would read it.
	async fn opens(&self, actor: &Actor, anchors: &[AnchorId], purpose: Purpose) -> Result<Vec<BatchFile>, Error> {
		let wanted = OpenBatches {
			patient: self.patient,
			anchors: anchors.to_vec(),
			purpose,
			receipt: None,
		};
		let opened = open_batches(&self.client, &self.vault, actor, &wanted).await?;
		assert!(opened.iter().map(|(id, _)| id).eq(anchors));
		Ok(opened.into_iter().map(|(_, file)| file).collect())
	}
}

/// The patient, as whom she acts for herself.
async fn controller(client: &Client, patient: &Patient) -> Actor {
	let key = patient.salus.file("patient.key");
	let identity = open_key(Path::new(&key), PASSPHRASE, Strength::Development).unwrap();
	let at = client.finalised().await.unwrap();
	let keys = client
		.patient_keys(&at, &identity, patient.id.parse().unwrap())
		.await
		.unwrap();
	Actor {
		account: keys.account,
		institution: None,
	}
}

fn refused(result: Result<Vec<BatchFile>, Error>) -> String {
	match result {
		Ok(_) => panic!("it was opened"),
		Err(error) => error.name(),
	}
}

/// At both its ends the batch would be permitted each time. The reason is that of all of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_refused_for_what_lies_between_its_ends() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let monitor = Monitor::bound(&node, &patient).await;
	let Monitor { client, vault, .. } = &monitor;
	let (id, doctor) = (patient.id.as_str(), acting(DOCTOR, 1));
	let measured = monitor.measured(0);
	let upload = monitor.upload(monitor.measured(0));
	let stored = put_batch(client, vault, upload, &account(ADMIN)).await.unwrap();
	let anchor = monitor.anchor(&measured, stored).await;
	let [first, middle, last] = [0, 1, 2].map(|n: usize| measured.readings[n].reading.at);

	let terms = "--purpose treatment --action view --category vitals --for 1d";
	let to = salus_tests::account(DOCTOR);
	let grant = |more: String| {
		let line = format!("consent grant --patient {id} --to account:{to} {terms} {more}");
		text(&patient.types(&line).ok()["grant"])
	};
	let permitted = || async {
		let (receipt, ..) = client
			.access_batches(&[anchor], Purpose::Treatment, &doctor)
			.await
			.unwrap();
		receipt
	};
	let under = |receipt| {
		let wanted = OpenBatches {
			patient: monitor.patient,
			anchors: vec![anchor],
			purpose: Purpose::Treatment,
			receipt: Some(receipt),
		};
		let doctor = &doctor;
		async move {
			match open_batches(client, vault, doctor, &wanted).await.map(drop) {
				Err(Error::Refused(refusal)) => refusal,
				other => panic!("it is no refusal: {other:?}"),
			}
		}
	};

	// Two grants with a gap between them.
	let whole = grant(String::new());
	let receipt = permitted().await;
	grant(format!("--recorded-until {middle}"));
	grant(format!("--recorded-from {last}"));
	patient
		.types(&format!("consent revoke --patient {id} --grant {whole}"))
		.ok();
	let refusal = under(receipt).await;
	assert_eq!(refusal.reason, Reason::OutsideDateRange);
	assert_eq!(Error::from(refusal).name(), "OutsideDateRange");

	// A denial of its middle, which the requester is told as any refusal of the patient's.
	grant(String::new());
	let receipt = permitted().await;
	let denied = format!(
		"consent deny --patient {id} --recorded-from {} --recorded-until {last}",
		first + 1
	);
	patient.types(&denied).ok();
	let refusal = under(receipt).await;
	assert_eq!(refusal.reason, Reason::Refused);
	assert_eq!(Error::from(refusal).name(), "NoGrant");
}

/// A batch is put, anchored, and opened by whom the patient consents to, for as long as she does.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_device_measured_is_opened_by_consent() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let monitor = Monitor::bound(&node, &patient).await;
	let Monitor { client, vault, .. } = &monitor;
	let id = patient.id.as_str();

	// Sealed once, sent twice with the same bytes, as after a crash.
	let first = monitor.measured(0);
	let sealed = seal_batch(client, monitor.upload(monitor.measured(0))).await.unwrap();
	let kept = sealed.to_bytes();
	let stored = upload_batch(vault, &sealed, &account(ADMIN)).await.unwrap();
	let again = SealedBatch::from_bytes(&kept).unwrap();
	assert_eq!(upload_batch(vault, &again, &account(ADMIN)).await.unwrap(), stored);
	let rows = node.asked("vault_status", json!([])).await;
	assert_eq!((text(&rows["pending"]), text(&rows["live"])), ("1".into(), "0".into()));

	// The nurse, whose hospital's device it is, has nothing to upload; nor what is not this patient's.
	let nurse = upload_batch(vault, &again, &account("//Alice//nurse"))
		.await
		.unwrap_err();
	assert_eq!(nurse.name(), "MayNotAnchor", "{nurse}");
	let other = Patient::registered(&node);
	let foreign = BatchUpload {
		patient: other.id.parse().unwrap(),
		..monitor.upload(monitor.measured(0))
	};
	let error = seal_batch(client, foreign).await.unwrap_err();
	assert_eq!(error.name(), "OtherBatch", "{error}");

	let second = monitor.measured(3);
	let upload = monitor.upload(monitor.measured(3));
	let stored_second = put_batch(client, vault, upload, &account(ADMIN)).await.unwrap();
	let anchors = [
		monitor.anchor(&first, stored).await,
		monitor.anchor(&second, stored_second).await,
	];
	salus_tests::until("both rows are live", || async {
		let rows = node.asked("vault_status", json!([])).await;
		((text(&rows["pending"]), text(&rows["live"])) == ("0".into(), "2".into())).then_some(())
	})
	.await;

	// Who uploaded and anchored reads nothing by that; nor does a doctor of B without a grant.
	let doctor = acting(DOCTOR, 1);
	let admin = acting(ADMIN, 0);
	assert_eq!(
		refused(monitor.opens(&admin, &anchors, Purpose::Operations).await),
		"RoleForbids"
	);
	assert_eq!(
		refused(monitor.opens(&doctor, &anchors, Purpose::Treatment).await),
		"NoGrant"
	);

	// The patient does, and so does the doctor once she grants it.
	let herself = controller(client, &patient).await;
	let opened = monitor
		.opens(&herself, &anchors, Purpose::PatientRequest)
		.await
		.unwrap();
	assert_eq!(opened[0].readings, first.readings);
	assert_eq!(opened[1].readings, second.readings);
	let proof = opened[0]
		.batch()
		.unwrap()
		.prove(&opened[0].secret, &first.readings[1])
		.unwrap();
	let key = salus_vitals::DeviceKey::from_bytes(&monitor.device.public().0).unwrap();
	let root = client.proven_anchor(anchors[0]).await.unwrap().root;
	assert_eq!(
		proof.verify(&root.0, 3, &key),
		Ok(()),
		"one reading is proven by what was opened"
	);

	let terms = "--purpose treatment --action view --category vitals --for 1d";
	let to = salus_tests::account(DOCTOR);
	let grant = format!("consent grant --patient {id} --to account:{to} {terms}");
	let grant = text(&patient.types(&grant).ok()["grant"]);
	let opened = monitor.opens(&doctor, &anchors, Purpose::Treatment).await.unwrap();
	assert_eq!(opened[0].readings, first.readings);

	// What was permitted before she revoked is not released any more.
	let (receipt, ..) = client
		.access_batches(&anchors, Purpose::Treatment, &doctor)
		.await
		.unwrap();
	patient
		.types(&format!("consent revoke --patient {id} --grant {grant}"))
		.ok();
	let late = OpenBatches {
		patient: monitor.patient,
		anchors: anchors.to_vec(),
		purpose: Purpose::Treatment,
		receipt: Some(receipt),
	};
	let error = open_batches(client, vault, &doctor, &late).await.map(drop).unwrap_err();
	assert_eq!(error.name(), "Revoked", "{error}");
	assert_eq!(
		refused(monitor.opens(&doctor, &anchors, Purpose::Treatment).await),
		"Revoked"
	);

	let trail = node.trail(id).await;
	let trail = kinds(&trail);
	let count = |kind: &str| trail.iter().filter(|found| **found == kind).count();
	assert_eq!((count("DeviceBound"), count("BatchAnchored")), (1, 2));
	assert_eq!((count("BatchAccessPermitted"), count("BatchAccessRefused")), (6, 6));
}
