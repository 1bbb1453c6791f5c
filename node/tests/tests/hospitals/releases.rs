//! Releases as a hospital's node relays them, or somebody at its wire.

use std::sync::Arc;

use codec::{DecodeAll, Encode};
use salus::{Actor, Client, Identity};
use salus_primitives::Purpose;
use salus_tests::{account, node_key, text, Node, Patient, Peer, Protocol};
use salus_vault::{
	between::{RelayedRequest, ReleaseReply},
	chain::Object,
	desk::ReleaseError,
	request::{ReleaseRequest, REQUEST_VERSION},
	wrap::{self, Binding, HpkeSecret},
};
use serde_json::{json, Value};
use sp_core::{crypto::Ss58Codec, sr25519, Pair};

const DOCTOR: &str = "//Alice//doctor";
const REQUESTER: &str = "//Bob//doctor";
const NURSE: &str = "//Bob//nurse";

/// A record of hospital A that the doctor of B may read, and his receipt.
pub struct Permitted {
	pub patient: Patient,
	pub record: u64,
	pub grant: String,
	pub receipt: u64,
	pub cid: String,
}

impl Permitted {
	/// A record, a consent and a receipt.
	pub async fn new(alice: &Node, bob: &Node) -> Self {
		let patient = Patient::registered(alice);
		patient.assigned(DOCTOR);
		let id = patient.id.as_str();
		let note = patient.salus.write("note.txt", "a note");
		let put = format!("record put {note} --patient {id} --institution 0 --category laboratory");
		let put = patient.salus.types_as(DOCTOR, &put).ok();
		let terms = "--purpose treatment --action view --category laboratory --for 1d";
		bob.follows(alice).await;
		let doctor = salus_tests::Salus::new(bob);
		let ask = format!("consent ask --patient {id} --institution 1 {terms}");
		let asked = doctor.types_as(REQUESTER, &ask).ok();
		alice.follows(bob).await;
		let approve = format!("consent approve --patient {id} --request {}", text(&asked["request"]));
		let grant = text(&patient.types(&approve).ok()["grant"]);
		bob.follows(alice).await;
		let record: u64 = text(&put["record"]).parse().unwrap();
		let client = Client::connect(&bob.url).await.unwrap();
		let actor = Actor {
			account: Identity::development(REQUESTER).unwrap().account().clone(),
			institution: Some(1),
		};
		let (receipt, ..) = client.access(&[record], Purpose::Treatment, &actor).await.unwrap();
		alice.follows(bob).await;
		Self {
			record,
			grant,
			receipt,
			cid: text(&put["cid"]),
			patient,
		}
	}

	/// A request for its key.
	pub async fn request(&self, node: &Node, uri: &str, recipient: &HpkeSecret) -> ReleaseRequest {
		let number = node.finalised().await.unwrap();
		let hash = node.asked("chain_getBlockHash", json!([number])).await;
		let bytes = |value: &Value| -> [u8; 32] {
			let text = value.as_str().unwrap().trim_start_matches("0x").to_owned();
			hex::decode(text).unwrap().try_into().unwrap()
		};
		ReleaseRequest {
			version: REQUEST_VERSION,
			genesis: bytes(&json!(node.genesis().await)),
			custodian: 0,
			receipt: self.receipt,
			object: Object::Record(self.record),
			requester: sr25519::Public::from_ss58check(&account(uri)).unwrap().0,
			recipient_key: recipient.public(),
			anchor: (u32::try_from(number).unwrap(), bytes(&hash)),
			nonce: [7; 16],
		}
	}
}

/// The request, signed by a development account.
pub fn signed(request: ReleaseRequest, uri: &str) -> RelayedRequest {
	let pair = sr25519::Pair::from_string(uri, None).unwrap();
	let signature = sp_core::sr25519::Signature::from(pair.sign(&request.signing_payload()));
	const SR25519: u8 = 1;
	let signature = [&[SR25519][..], signature.as_ref()].concat();
	RelayedRequest { request, signature }
}

/// What a node answers to a relayed request.
async fn reply(peer: &Peer, relayed: &RelayedRequest) -> ReleaseReply {
	let bytes = peer.ask(Protocol::Release, relayed.encode()).await.unwrap();
	ReleaseReply::decode_all(&mut bytes.as_slice()).unwrap()
}

fn refused(error: ReleaseError) -> ReleaseReply {
	ReleaseReply::from(&error)
}

/// Whoever relays, alters or replays a request gains nothing by it.
pub async fn are_for_their_requester_alone(alice: &Node, bob: &Node) {
	let permitted = Permitted::new(alice, bob).await;
	let peer = Peer::connected(node_key("ferdie-2"), alice, Arc::new(|_, _| None)).await;
	let secret = HpkeSecret::generate().unwrap();
	let request = permitted.request(alice, REQUESTER, &secret).await;
	let relayed = signed(request.clone(), REQUESTER);

	// The same request again yields the same key to the same recipient.
	let record = alice.asked("records_get", json!([permitted.record])).await;
	let sha256 = hex::decode(record["sha256"].as_str().unwrap().trim_start_matches("0x")).unwrap();
	let binding = Binding {
		genesis: request.genesis,
		sha256: sha256.try_into().unwrap(),
		patient: permitted.patient.id.parse().unwrap(),
		purpose: wrap::Purpose::Release(request.hash()),
	};
	let mut keys = Vec::new();
	for _ in 0..2 {
		let ReleaseReply::Released(release) = reply(&peer, &relayed).await else {
			panic!("a permitted request was refused");
		};
		let other = HpkeSecret::generate().unwrap();
		assert!(wrap::open(&release.wrap, &other, &binding).is_err());
		keys.push(wrap::open(&release.wrap, &secret, &binding).unwrap());
	}
	assert!(keys[0] == keys[1]);

	// Altered on its way, or signed by somebody else.
	let altered = RelayedRequest {
		request: ReleaseRequest {
			recipient_key: HpkeSecret::generate().unwrap().public(),
			..request.clone()
		},
		..relayed.clone()
	};
	assert_eq!(reply(&peer, &altered).await, refused(ReleaseError::BadSignature));
	let nurse = permitted.request(alice, NURSE, &secret).await;
	let another_s = signed(nurse.clone(), NURSE);
	assert_eq!(reply(&peer, &another_s).await, refused(ReleaseError::ForeignReceipt));
	let elsewhere = signed(
		ReleaseRequest {
			custodian: 3,
			..request.clone()
		},
		REQUESTER,
	);
	assert_eq!(reply(&peer, &elsewhere).await, ReleaseReply::NoDesk);

	// A node relays for its own people only.
	let params = |relayed: &RelayedRequest| {
		let hex = |bytes: Vec<u8>| format!("0x{}", hex::encode(bytes));
		json!([hex(relayed.request.encode()), hex(relayed.signature.clone())])
	};
	let doctor_of_a = permitted.request(bob, DOCTOR, &secret).await;
	let foreign = signed(doctor_of_a, DOCTOR);
	let error = bob.rpc("vault_release", params(&foreign)).await.unwrap_err();
	assert_eq!(error.data["name"], "ForeignRequester", "{error:?}");
	let error = bob.rpc("vault_release", params(&altered)).await.unwrap_err();
	assert_eq!(error.data["name"], "BadSignature", "{error:?}");
	let error = bob.rpc("vault_release", params(&another_s)).await.unwrap_err();
	assert_eq!(
		error.data["name"], "ForeignReceipt",
		"the custodian's refusal comes back: {error:?}"
	);

	// A replay after she revoked.
	let id = permitted.patient.id.as_str();
	let revoke = format!("consent revoke --patient {id} --grant {}", permitted.grant);
	permitted.patient.types(&revoke).ok();
	assert!(matches!(
		reply(&peer, &relayed).await,
		ReleaseReply::Refused { number: 14, .. }
	));
}
