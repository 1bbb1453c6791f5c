//! The presets. No patients stand in them: the head of an audit trail needs the genesis hash.
//!
//! Every account is derived from the development phrase that everybody knows, and so are the custodians' HPKE keys:
//! a node refuses these keys on a chain that is not made for development.

use crate::{AccountId, ConsortiumConfig, RolesConfig, RuntimeGenesisConfig, SessionConfig, SessionKeys};
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use salus_primitives::{
	Action, ActionSet, Category, CategorySet, Credential, HpkeKey, Institution, InstitutionId, InstitutionKind, Moment,
	Purpose, PurposeSet, Role, Status, Terms,
};
use sp_core::{hex2array, H256};
use sp_genesis_builder::PresetId;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The preset with one validator and two hospitals.
pub const DEVELOPMENT: &str = sp_genesis_builder::DEV_RUNTIME_PRESET;
/// The preset with four validators and four hospitals.
pub const LOCAL: &str = "local";

/// 2100-01-01T00:00:00Z: development credentials and admission terms end here.
const FAR: Moment = 4_102_444_800_000;

/// A hospital of the presets: its well-known keys.
struct Hospital {
	officers: [AccountId; 2],
	seat: Sr25519Keyring,
	validator: Sr25519Keyring,
	finaliser: Ed25519Keyring,
	/// `//Name//admin`, `//Name//doctor`, `//Name//nurse`.
	staff: [[u8; 32]; 3],
	/// DeriveKeyPair(blake2_256("salus/development/custodian/" ++ n)), RFC 9180.
	custodian: [u8; 32],
	/// Ed25519 public keys of its nodes; the secrets are SHA-256 of `alice` and `alice-2`, and so on.
	nodes: [[u8; 32]; 2],
}

fn hospitals() -> [Hospital; 4] {
	[
		Hospital {
			officers: [
				Sr25519Keyring::Alice.to_account_id(),
				Sr25519Keyring::Charlie.to_account_id(),
			],
			seat: Sr25519Keyring::Alice,
			validator: Sr25519Keyring::AliceStash,
			finaliser: Ed25519Keyring::Alice,
			staff: [
				hex2array!("220cc646576b2e7e7d59fc68947ea77ce6412f9b299164a4510d592431249e05"),
				hex2array!("b0060759694d6a28d41a45e1b7b4434912d734decff96aec9faeeae1ee274f58"),
				hex2array!("fe2d1da8903e7cdadad1d35727499c0f1f3d5f7221b2fcbc4677d04fc250325e"),
			],
			custodian: hex2array!("6cd99b7f7bcdc9756dbee73f820294b61fbfedd6862ba7761e062662400ecc14"),
			nodes: [
				hex2array!("d5bf4a3fcce717b0388bcc2749ebc148ad9969b23f45ee1b605fd58778576ac4"),
				hex2array!("317da8b92a2b71bf1bd376372a76ec8960fa54c5e38f1eda38558f864c30f67f"),
			],
		},
		Hospital {
			officers: [
				Sr25519Keyring::Bob.to_account_id(),
				Sr25519Keyring::Dave.to_account_id(),
			],
			seat: Sr25519Keyring::Bob,
			validator: Sr25519Keyring::BobStash,
			finaliser: Ed25519Keyring::Bob,
			staff: [
				hex2array!("126177dc098abd48dd0bb8527ce9face3cb923ed852be89c8469689ef6b6f74c"),
				hex2array!("a657244bbcc92c7adb1e16991af4df5e4a27d9ddb7930e8ebdedffa5336e8b1a"),
				hex2array!("be44cff58fd095577b2d8519b7d44b43d28996989e3139c76f4807240b65a44a"),
			],
			custodian: hex2array!("3e664c431030a006e0932a4f3ce18ec57eeb598174640b0750074c85b14b900c"),
			nodes: [
				hex2array!("ecc1b58727f3f12b3194881a9ecb9de0b28ce7b207230d8e930fe1bce75e256c"),
				hex2array!("cf42a1e1c2dd6239b769b1b3ca3e15976ee3cdb8c3ca1f3be43cd4ee60a73973"),
			],
		},
		Hospital {
			officers: [
				Sr25519Keyring::Eve.to_account_id(),
				hex2array!("78b4e51c35034f1182cbaa1dd72957e1c45c66442d65a24b05ce04143d4cc351").into(),
			],
			seat: Sr25519Keyring::Eve,
			validator: Sr25519Keyring::EveStash,
			finaliser: Ed25519Keyring::Eve,
			staff: [
				hex2array!("76f4e8e6825458d524c22e71b782eba8db498d519c167d3925bb6b1856d5f87b"),
				hex2array!("f49eb906bc18542437b007090efb458d003bdfa6fd5a2926fdc1e8c227ef7974"),
				hex2array!("b08623b6587aaec33d86c354fee09b44d9e3ac4b75e3ca6c2d622f6de7dfdc55"),
			],
			custodian: hex2array!("2a8757f126a596ce440b19d9595fc3d71d172cfe07259c2206462ca942ee297f"),
			nodes: [
				hex2array!("565a0f9555cb4f4d4e06b8111257865dccd75cc75135a9b10c9a44eca5041343"),
				hex2array!("8491edd4d02e9b562e409046ae4ffbef458e8e00f92b87f01fc35ec6b0d973ae"),
			],
		},
		Hospital {
			officers: [
				Sr25519Keyring::Ferdie.to_account_id(),
				hex2array!("580c6503f496bbc65e840a84557198a2b8c813c02891741ffe2146aee8d43576").into(),
			],
			seat: Sr25519Keyring::Ferdie,
			validator: Sr25519Keyring::FerdieStash,
			finaliser: Ed25519Keyring::Ferdie,
			staff: [
				hex2array!("640cb7bebac881bc86d94e8e1b566a3a2c1bbf17a9fd9cecf0247158a30d9e0f"),
				hex2array!("a8bce5e29607424929c5422ea47d243e3a30825d63ca8e52b826b748feeeb77d"),
				hex2array!("620937fb5f634451892375422335ab3ab2e530980ed31aeef765595fc5661c5e"),
			],
			custodian: hex2array!("1f051c1eacdd1adda16a5f6531f3ed953815ea7d84d566f3428c33e28e449e43"),
			nodes: [
				hex2array!("761ee93456a1ba02bc1c7aac6baf5670fe8f09698e1314ae39cbd04f4c8da69f"),
				hex2array!("05a42e23fc2ce28c40ef8be74d3f6cdcb03518231377437e5cfc24ed057a621d"),
			],
		},
	]
}

/// What a patient of a preset's hospital accepts: whoever is assigned to her there may read and write for treatment,
/// but no genomes, no claims and nothing in a compartment.
pub fn admission_terms() -> Terms {
	Terms {
		actions: ActionSet::of(&[Action::View, Action::Append]),
		purposes: PurposeSet::of(&[Purpose::Treatment]),
		categories: CategorySet::ALL.without(CategorySet::of(&[Category::Genomic, Category::Claims])),
		records: BoundedVec::new(),
		compartments: BoundedVec::new(),
		recorded_from: None,
		recorded_until: None,
		starts: 0,
		ends: FAR,
		uses: None,
		erase_after: None,
		outlives: false,
	}
}

impl Hospital {
	fn institution(&self) -> Institution<AccountId> {
		Institution {
			kind: InstitutionKind::Hospital,
			region: BoundedVec::truncate_from(b"CH-ZH".to_vec()),
			time_zone: BoundedVec::truncate_from(b"Europe/Zurich".to_vec()),
			officers: BoundedVec::truncate_from(self.officers.to_vec()),
			status: Status::Active,
			hpke: HpkeKey::X25519(self.custodian),
			peer_ids: BoundedVec::truncate_from(self.nodes.iter().map(peer_id).collect()),
			addresses: BoundedVec::new(),
			admission_terms: admission_terms(),
			seat: Some(self.seat.to_account_id()),
			validator: Some(self.validator.to_account_id()),
		}
	}

	fn credentials(
		&self,
		institution: InstitutionId,
	) -> impl Iterator<Item = (AccountId, InstitutionId, Credential)> + '_ {
		let roles = [Role::Administrator, Role::Doctor, Role::Nurse];
		self.staff.iter().zip(roles).map(move |(account, role)| {
			// A commitment opens to nothing here: there is no licence behind a development credential.
			let credential = Credential {
				role,
				licence: H256::zero(),
				speciality: H256::zero(),
				valid_from: 0,
				valid_until: FAR,
				status: Status::Active,
			};
			((*account).into(), institution, credential)
		})
	}

	fn session(&self) -> (AccountId, AccountId, SessionKeys) {
		let keys = SessionKeys {
			aura: self.seat.public().into(),
			grandpa: self.finaliser.public().into(),
			authority_discovery: self.seat.public().into(),
		};
		(self.validator.to_account_id(), self.validator.to_account_id(), keys)
	}
}

/// The libp2p peer id of an Ed25519 key: its protobuf form under the identity multihash
/// (<https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md>).
fn peer_id(key: &[u8; 32]) -> BoundedVec<u8, ConstU32<64>> {
	const PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];
	BoundedVec::truncate_from([&PREFIX[..], key].concat())
}

fn consortium(hospitals: &[Hospital], validators: usize, min_validators: u32) -> serde_json::Value {
	let keys: Vec<_> = hospitals.iter().take(validators).map(Hospital::session).collect();
	let credentials = (0..)
		.zip(hospitals)
		.flat_map(|(institution, hospital)| hospital.credentials(institution))
		.collect::<Vec<_>>();
	build_struct_json_patch!(RuntimeGenesisConfig {
		consortium: ConsortiumConfig {
			validators: keys.iter().map(|(validator, ..)| validator.clone()).collect::<Vec<_>>(),
			min_validators,
		},
		roles: RolesConfig {
			institutions: hospitals.iter().map(Hospital::institution).collect::<Vec<_>>(),
			credentials
		},
		session: SessionConfig { keys },
	})
}

/// The preset of this name, as a patch of the default genesis.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	let [a, b, c, d] = hospitals();
	let patch = match id.as_ref() {
		DEVELOPMENT => consortium(&[a, b], 1, 1),
		LOCAL => consortium(&[a, b, c, d], 4, 4),
		_ => return None,
	};
	serde_json::to_vec(&patch).ok()
}

/// The names of the presets.
pub fn preset_names() -> Vec<PresetId> {
	vec![PresetId::from(DEVELOPMENT), PresetId::from(LOCAL)]
}
