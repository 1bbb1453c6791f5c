//! Decentralised identifiers: what DID Core 1.0 and DID Resolution write as JSON.

use cid::multibase::{encode, Base};
use multiaddr::Multiaddr;
use salus_primitives::{DidDocument, HpkeKey};
use serde::Serialize;
use sp_core::H256;

use crate::AccountId;

/// DID Core, and the suites whose verification methods are used.
const DOCUMENT: [&str; 3] = [
	"https://www.w3.org/ns/did/v1",
	"https://w3id.org/security/multikey/v1",
	"https://w3id.org/security/suites/blockchain-2021/v1",
];
/// The media type of a document in JSON-LD.
const CONTENT_TYPE: &str = "application/did+ld+json";
/// DID Resolution.
const RESULT: &str = "https://w3id.org/did-resolution/v1";
/// A node of the consortium: `multiaddr:` is libp2p's URI scheme.
const NODE: &str = "https://salus.example/did#Node";
/// `x25519-pub` of the multicodec table, as a varint.
const X25519: [u8; 2] = [0xec, 0x01];

/// The result of a resolution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DidResolution {
	/// DID Resolution's own.
	#[serde(rename = "@context")]
	pub context: &'static str,
	/// The document; none of what is deactivated.
	pub did_document: Option<DidDocumentView>,
	/// About the resolution.
	pub did_resolution_metadata: ResolutionMetadata,
	/// About the document.
	pub did_document_metadata: DocumentMetadata,
}

/// About a resolution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResolutionMetadata {
	/// The document's media type.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub content_type: Option<&'static str>,
}

/// About a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentMetadata {
	/// Whether nothing signed for the subject counts now.
	pub deactivated: bool,
}

/// A DID document.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DidDocumentView {
	#[serde(rename = "@context")]
	pub context: [&'static str; 3],
	pub id: String,
	#[serde(skip_serializing_if = "Option::is_none")]
	pub controller: Option<String>,
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub verification_method: Vec<VerificationMethodView>,
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub authentication: Vec<String>,
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub assertion_method: Vec<String>,
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub key_agreement: Vec<String>,
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub service: Vec<ServiceView>,
}

/// A key, or an account that signs.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum VerificationMethodView {
	#[serde(rename = "BlockchainVerificationMethod2021", rename_all = "camelCase")]
	Account {
		id: String,
		controller: String,
		blockchain_account_id: String,
	},
	#[serde(rename_all = "camelCase")]
	Multikey {
		id: String,
		controller: String,
		public_key_multibase: String,
	},
}

/// Where a node is.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceView {
	pub id: String,
	#[serde(rename = "type")]
	pub kind: &'static str,
	pub service_endpoint: String,
}

impl From<DidDocument<AccountId>> for DidResolution {
	fn from(found: DidDocument<AccountId>) -> Self {
		let deactivated = found.deactivated;
		let document = (!deactivated).then(|| DidDocumentView::from(found));
		Self {
			context: RESULT,
			did_resolution_metadata: ResolutionMetadata {
				content_type: document.is_some().then_some(CONTENT_TYPE),
			},
			did_document: document,
			did_document_metadata: DocumentMetadata { deactivated },
		}
	}
}

impl From<DidDocument<AccountId>> for DidDocumentView {
	fn from(found: DidDocument<AccountId>) -> Self {
		let id = found.subject.did(&found.genesis);
		let accounts: Vec<_> = found
			.accounts
			.iter()
			.map(|account| VerificationMethodView::Account {
				id: format!("{id}#{account}"),
				controller: id.clone(),
				blockchain_account_id: caip10(&found.genesis, account),
			})
			.collect();
		let signs: Vec<_> = found.accounts.iter().map(|account| format!("{id}#{account}")).collect();
		let key = match &found.hpke {
			Some(HpkeKey::X25519(key)) => Some(VerificationMethodView::Multikey {
				id: format!("{id}#hpke"),
				controller: id.clone(),
				public_key_multibase: encode(Base::Base58Btc, [&X25519[..], key.as_slice()].concat()),
			}),
			Some(HpkeKey::XWing(_)) | None => None,
		};
		let service = found
			.addresses
			.iter()
			.filter_map(|address| Multiaddr::try_from(address.to_vec()).ok())
			.enumerate()
			.map(|(n, address)| ServiceView {
				id: format!("{id}#node-{n}"),
				kind: NODE,
				service_endpoint: format!("multiaddr:{address}"),
			})
			.collect();
		Self {
			context: DOCUMENT,
			controller: found.controller.map(|controller| controller.did(&found.genesis)),
			key_agreement: key.iter().map(|_| format!("{id}#hpke")).collect(),
			verification_method: accounts.into_iter().chain(key).collect(),
			authentication: signs.clone(),
			assertion_method: signs,
			service,
			id,
		}
	}
}

/// CAIP-10 in the namespace `polkadot`: the first 16 bytes of the genesis hash, and the address.
fn caip10(genesis: &H256, account: &AccountId) -> String {
	let chain: String = hex::encode(genesis).chars().take(32).collect();
	format!("polkadot:{chain}:{account}")
}
