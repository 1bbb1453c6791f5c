//! A network of several validators: its chain specification, its nodes, the council's motions, and who authors.

use crate::{node_key, printed, salus_node, Node, Stopped};
use codec::{Decode, Encode};
use salus::{
	api::{self, runtime_types::salus_runtime::RuntimeCall},
	Account, Acknowledgement, Client, EventView,
};
use salus_primitives::Institution;
use serde_json::{json, Value};
use sp_core::{ed25519, sr25519, Pair as _, H256};
use sp_io::hashing;
use std::{path::PathBuf, sync::Arc};
use tempfile::TempDir;

/// Whom the council's motions need: 2/3 of four and of five.
const COUNCIL: [&str; 4] = ["//Alice", "//Bob", "//Eve", "//Ferdie"];
/// A bound on the encoded length of a motion's call.
const LENGTH: u32 = 16 * 1_024;

/// The libp2p peer id, binary, of a name's node key.
pub fn peer_id(name: &str) -> Vec<u8> {
	let public = ed25519::Pair::from_seed(&node_key(name)).public();
	// An identity multihash of the key in protobuf.
	[&[0x00, 0x24, 0x08, 0x01, 0x12, 0x20][..], &public.0].concat()
}

/// A chain made from the preset `local`, with sessions of ten blocks.
#[derive(Clone)]
pub struct Chain {
	folder: Arc<TempDir>,
}

impl Chain {
	/// Sessions of ten blocks and this floor; the peers of these names belong to the last hospital.
	pub fn new(min_validators: u32, peers: &[&str]) -> Self {
		let spec = printed(&salus_node(&["export-chain-spec", "--chain", "local"]));
		let mut spec: Value = serde_json::from_str(&spec).unwrap();
		let patch = &mut spec["genesis"]["runtimeGenesis"]["patch"];
		patch["consortium"]["sessionLength"] = json!(10);
		patch["consortium"]["minValidators"] = json!(min_validators);
		let known = patch["roles"]["institutions"][3]["peer_ids"].as_array_mut().unwrap();
		known.extend(peers.iter().map(|name| json!(peer_id(name))));
		let chain = Self {
			folder: Arc::new(tempfile::tempdir().unwrap()),
		};
		std::fs::write(chain.file(), spec.to_string()).unwrap();
		chain
	}

	fn file(&self) -> PathBuf {
		self.folder.path().join("chain.json")
	}

	/// A node of this name, with these arguments, that knows these addresses.
	pub fn node(&self, name: &str, args: &[&str], boot_nodes: &[String]) -> Stopped {
		let (file, key) = (self.file().display().to_string(), hex::encode(node_key(name)));
		let mut all = vec!["--chain", &file, "--no-mdns", "--node-key", &key];
		all.extend(args);
		for address in boot_nodes {
			all.extend(["--bootnodes", address]);
		}
		Stopped::new(&all)
	}

	/// The first four validators of the preset, or as many as are named, running and in touch.
	pub async fn validators<const N: usize>(&self, names: [&str; N]) -> [Node; N] {
		let mut nodes: Vec<Node> = Vec::new();
		for name in names {
			let mut boot_nodes = Vec::new();
			for node in &nodes {
				boot_nodes.push(address(node).await);
			}
			let flag = format!("--{name}");
			nodes.push(self.node(name, &[&flag], &boot_nodes).start().await);
		}
		nodes
			.try_into()
			.unwrap_or_else(|_| unreachable!("as many nodes as names"))
	}
}

/// Where others find this node.
pub async fn address(node: &Node) -> String {
	let addresses = node.asked("system_localListenAddresses", json!([])).await;
	addresses[0].as_str().unwrap().to_owned()
}

/// A development account.
pub fn signer(uri: &str) -> Account {
	Account::from_pair(sr25519::Pair::from_string(uri, None).unwrap())
}

/// An admitted hospital's entry: officers `//Name` and `//Name//second`, seat `//Name`, validator `//Name//stash`.
pub fn hospital(name: &str) -> Institution<salus::AccountId> {
	use salus_primitives::{HpkeKey, InstitutionKind};
	let id = |uri: &str| signer(uri).id();
	let uri = format!("//{name}");
	let hpke = salus_vault::wrap::HpkeSecret::derive_key_pair(&hashing::blake2_256(name.as_bytes())).public();
	let salus_vault::wrap::HpkeKey::X25519(hpke) = hpke else {
		unreachable!("the first suite")
	};
	let mut hospital = Institution::bare(InstitutionKind::Hospital, HpkeKey::X25519(hpke));
	hospital.region = b"CH-BE".to_vec().try_into().unwrap();
	hospital.time_zone = b"Europe/Zurich".to_vec().try_into().unwrap();
	hospital.officers = vec![id(&uri), id(&format!("{uri}//second"))].try_into().unwrap();
	hospital.peer_ids = vec![peer_id(&name.to_lowercase()).try_into().unwrap()]
		.try_into()
		.unwrap();
	hospital.seat = Some(id(&uri));
	hospital.validator = Some(id(&format!("{uri}//stash")));
	hospital
}

/// The council as its members' clients see it over one node.
pub struct Council {
	client: Client,
}

impl Council {
	/// Over this node.
	pub async fn at(node: &Node) -> Self {
		Self {
			client: Client::connect(&node.url).await.unwrap(),
		}
	}

	/// Puts a call to the council, whose members say aye, and closes the motion: what it left, or the error's name.
	pub async fn decides(&self, call: RuntimeCall) -> Result<Vec<EventView>, String> {
		let ayes = u32::try_from(COUNCIL.len()).unwrap();
		let proposed = self
			.sends(COUNCIL[0], &api::tx().council().propose(ayes, call, LENGTH))
			.await;
		let motion = proposed.events.iter().find(|event| event.name == "Proposed").unwrap();
		let index = u32::try_from(motion.number("proposalIndex").unwrap()).unwrap();
		let hash: [u8; 32] = hex::decode(motion.fields["proposalHash"].as_str().unwrap().trim_start_matches("0x"))
			.unwrap()
			.try_into()
			.unwrap();
		let votes = COUNCIL.map(|member| async move {
			let vote = api::tx().council().vote(H256(hash), index, true);
			self.sends(member, &vote).await
		});
		let [a, b, c, d] = votes;
		tokio::join!(a, b, c, d);
		let weight = api::runtime_types::sp_weights::weight_v2::Weight {
			ref_time: 190_000_000_000,
			proof_size: 1 << 30,
		};
		let close = api::tx().council().close(H256(hash), index, weight, LENGTH);
		let closed = self.sends(COUNCIL[0], &close).await;
		let executed = closed.events.iter().find(|event| event.name == "Executed").unwrap();
		match self.error(&executed.fields["result"]).await {
			Some(name) => Err(name),
			None => Ok(closed.events),
		}
	}

	/// Signs, sends and waits until it is final.
	pub async fn sends(&self, uri: &str, call: &impl subxt::tx::Payload) -> Acknowledgement {
		self.client.submit(call, &signer(uri)).await.unwrap()
	}

	/// Signs, sends and waits until it is final: the error's name.
	pub async fn refused(&self, uri: &str, call: &impl subxt::tx::Payload) -> String {
		match self.client.submit(call, &signer(uri)).await {
			Err(salus::SubmissionError::Rejected { error, .. }) => error,
			other => panic!("not rejected: {other:?}"),
		}
	}

	/// The name of the error in a result.
	async fn error(&self, result: &Value) -> Option<String> {
		let error = result.get("Err")?;
		let module = error.get("Module").unwrap_or_else(|| panic!("refused: {error}"));
		let pallet = u8::try_from(module["index"].as_u64().unwrap()).unwrap();
		let bytes = hex::decode(module["error"].as_str().unwrap().trim_start_matches("0x")).unwrap();
		let at = self.client.finalised().await.unwrap();
		let pallet = at.metadata_ref().pallet_by_error_index(pallet).unwrap();
		Some(pallet.error_variant_by_index(bytes[0]).unwrap().name.clone())
	}
}

/// Keys made by a node for a validator's account, and the proof that they are the node's.
pub async fn rotate_keys(node: &Node, validator: &str) -> (Vec<u8>, Vec<u8>) {
	let bytes = |value: &Value| hex::decode(value.as_str().unwrap().trim_start_matches("0x")).unwrap();
	let owner = format!("0x{}", hex::encode(signer(validator).id().0));
	let made = node.asked("author_rotateKeysWithOwner", json!([owner])).await;
	(bytes(&made["keys"]), bytes(&made["proof"]))
}

/// `session.setKeys` of keys as a node gives them.
pub fn set_keys(keys: &[u8], proof: Vec<u8>) -> impl subxt::tx::Payload {
	use api::runtime_types::{
		salus_runtime::SessionKeys, sp_authority_discovery, sp_consensus_aura, sp_consensus_grandpa,
	};
	let key = |index: usize| <[u8; 32]>::try_from(&keys[32 * index..32 * (index + 1)]).unwrap();
	let keys = SessionKeys {
		aura: sp_consensus_aura::sr25519::app_sr25519::Public(key(0)),
		grandpa: sp_consensus_grandpa::app::Public(key(1)),
		authority_discovery: sp_authority_discovery::app::Public(key(2)),
	};
	api::tx().session().set_keys(keys, proof)
}

/// What a runtime API answers, encoded.
pub async fn state_call<T: Decode>(node: &Node, method: &str, arguments: Vec<u8>, at: &Value) -> T {
	let arguments = format!("0x{}", hex::encode(arguments));
	let answer = node.asked("state_call", json!([method, arguments, at])).await;
	let bytes = hex::decode(answer.as_str().unwrap().trim_start_matches("0x")).unwrap();
	T::decode(&mut bytes.as_slice()).unwrap()
}

/// The Aura keys in force after this block.
pub async fn authors(node: &Node, at: &Value) -> Vec<[u8; 32]> {
	state_call(node, "AuraApi_authorities", Vec::new(), at).await
}

/// The GRANDPA keys in force after this block.
pub async fn voters(node: &Node, at: &Value) -> Vec<[u8; 32]> {
	let voters: Vec<([u8; 32], u64)> = state_call(node, "GrandpaApi_grandpa_authorities", Vec::new(), at).await;
	voters.into_iter().map(|(key, _)| key).collect()
}

/// The Aura key that sealed the block of this number.
pub async fn author_of(node: &Node, number: u64) -> [u8; 32] {
	let hash = node.asked("chain_getBlockHash", json!([number])).await;
	let header = node.asked("chain_getHeader", json!([hash])).await;
	let slot = header["digest"]["logs"]
		.as_array()
		.unwrap()
		.iter()
		.find_map(|log| {
			let bytes = hex::decode(log.as_str()?.trim_start_matches("0x")).ok()?;
			// A pre-runtime digest of Aura: its kind, its engine, a length and the slot.
			let rest = bytes.strip_prefix(b"\x06aura\x20")?;
			Some(u64::from_le_bytes(rest.try_into().ok()?))
		})
		.unwrap();
	let authors = authors(node, &header["parentHash"]).await;
	authors[usize::try_from(slot % authors.len() as u64).unwrap()]
}

/// The key of a value or of a map's entry in the chain's state, hashed as the consortium's and the session's are.
pub fn state_key(pallet: &str, item: &str, account: Option<&str>) -> String {
	let mut key = [hashing::twox_128(pallet.as_bytes()), hashing::twox_128(item.as_bytes())].concat();
	if let Some(uri) = account {
		let id = signer(uri).id().0;
		key.extend(hashing::blake2_128(&id));
		key.extend(id);
	}
	format!("0x{}", hex::encode(key))
}

/// A value of the chain's finalised state.
pub async fn stored<T: Decode>(node: &Node, key: &str) -> Option<T> {
	let head = node.asked("chain_getFinalizedHead", json!([])).await;
	let value = node.asked("state_getStorage", json!([key, head])).await;
	let bytes = hex::decode(value.as_str()?.trim_start_matches("0x")).unwrap();
	Some(T::decode(&mut bytes.as_slice()).unwrap())
}

/// The validators of the current session.
pub async fn in_session(node: &Node) -> Vec<[u8; 32]> {
	stored(node, &state_key("Session", "Validators", None)).await.unwrap()
}

/// The session in which a validator equivocated, where it did and was not reinstated.
pub async fn offended(node: &Node, validator: &str) -> Option<u32> {
	stored(node, &state_key("Consortium", "Offenders", Some(validator))).await
}

/// A development validator's Aura key.
pub fn aura_key(uri: &str) -> [u8; 32] {
	sr25519::Pair::from_string(uri, None).unwrap().public().0
}

/// A precommit of a development validator: its signature under GRANDPA's encoding.
pub fn precommit(uri: &str, target: H256, number: u32, round: u64, set: u64) -> [u8; 64] {
	let signed = (1_u8, target, number, round, set).encode();
	ed25519::Pair::from_string(uri, None).unwrap().sign(&signed).0
}
