//! The registry.

use std::sync::Arc;

use jsonrpsee::proc_macros::rpc;
use pallet_roles_runtime_api::RolesApi;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::Block as BlockT;

use crate::{
	chain::Chain,
	did,
	input::Input,
	view::{CredentialView, DidResolution, InstitutionView, PatientView},
	AccountId, RpcError,
};

/// The registry.
#[rpc(server)]
pub trait RolesRpc {
	/// An institution; null where there is none of this id.
	#[method(name = "roles_institution", blocking)]
	fn institution(&self, id: Input, at: Option<Input>) -> Result<Option<InstitutionView>, RpcError>;

	/// An account's credential at an institution; null where it has none.
	#[method(name = "roles_credential", blocking)]
	fn credential(
		&self,
		account: Input,
		institution: Input,
		at: Option<Input>,
	) -> Result<Option<CredentialView>, RpcError>;

	/// A patient; null where there is none of this id.
	#[method(name = "roles_patient", blocking)]
	fn patient(&self, id: Input, at: Option<Input>) -> Result<Option<PatientView>, RpcError>;

	/// A `did:salus` identifier, resolved: the document with its metadata, as W3C's DID Resolution has them.
	#[method(name = "roles_did", blocking)]
	fn did(&self, did: Input, at: Option<Input>) -> Result<DidResolution, RpcError>;
}

/// Answers from the runtime.
pub struct Roles<Client, Block>(Chain<Client, Block>);

impl<Client, Block> Roles<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block>,
{
	/// Answers from this client's runtime.
	pub fn new(client: Arc<Client>) -> Self {
		Self(Chain::new(client))
	}
}

impl<Client, Block> RolesRpcServer for Roles<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
	Client::Api: RolesApi<Block, AccountId>,
{
	fn institution(&self, id: Input, at: Option<Input>) -> Result<Option<InstitutionView>, RpcError> {
		let id = id.small("id")?;
		let institution = self.0.ask(&at, |api, at| api.institution(at, id))?;
		Ok(institution.map(|institution| InstitutionView::new(id, institution)))
	}

	fn credential(
		&self,
		account: Input,
		institution: Input,
		at: Option<Input>,
	) -> Result<Option<CredentialView>, RpcError> {
		let account = account.account("account")?;
		let institution = institution.small("institution")?;
		let credential = self.0.ask(&at, |api, at| api.credential(at, account, institution))?;
		Ok(credential.map(Into::into))
	}

	fn patient(&self, id: Input, at: Option<Input>) -> Result<Option<PatientView>, RpcError> {
		let id = id.integer("id")?;
		let patient = self.0.ask(&at, |api, at| api.patient(at, id))?;
		Ok(patient.map(|patient| PatientView::new(id, patient)))
	}

	fn did(&self, did: Input, at: Option<Input>) -> Result<DidResolution, RpcError> {
		let subject = did::subject(did.text("did", "a DID")?, &self.0.genesis())?;
		let document = self.0.ask(&at, |api, at| api.did_document(at, subject))?;
		document.map(DidResolution::from).ok_or(RpcError::UnknownDid)
	}
}
