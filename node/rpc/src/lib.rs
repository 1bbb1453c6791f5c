#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod appointments;
mod availability;
mod chain;
mod consent;
mod did;
mod error;
mod index;
mod input;
mod lists;
mod page;
mod records;
mod roles;
mod telemetry;
mod telemetry_events;
#[cfg(test)]
mod tests;
mod vault;
pub mod view;

use std::sync::Arc;

use jsonrpsee::{core::RegisterMethodError, RpcModule};
use pallet_appointments_runtime_api::AppointmentsApi;
use pallet_consent_runtime_api::ConsentApi;
use pallet_records_runtime_api::RecordsApi;
use pallet_roles_runtime_api::RolesApi;
use pallet_telemetry_runtime_api::TelemetryApi;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};

pub use appointments::{Appointments, AppointmentsRpcServer};
pub use availability::Finality;
pub use consent::{Consent, ConsentRpcServer};
pub use error::{reason_name, RpcError, ERRORS};
pub use index::Indexed;
pub use input::Input;
pub use lists::{Lists, ListsRpcServer};
pub use page::{Page, DEFAULT_LIMIT, MAX_LIMIT};
pub use records::{RecordsRpc, RecordsRpcServer};
pub use roles::{Roles, RolesRpcServer};
pub use telemetry::{Telemetry, TelemetryRpcServer};
pub use vault::{Custody, ReleaseDesk, ReleaseRefused, Vault, VaultRpcServer, VaultStatus, VaultUnavailable};

/// Accounts as the chain has them.
pub type AccountId = sp_runtime::AccountId32;

/// All methods of this crate. Without an index those that need one answer `NoIndex`, without a desk the vault's `NoDesk`.
///
/// # Errors
/// When two methods have one name.
pub fn module<Block, Client>(
	client: Arc<Client>,
	indexed: Option<Indexed>,
	desk: Option<Arc<dyn ReleaseDesk>>,
	finality: Finality,
) -> Result<RpcModule<()>, RegisterMethodError>
where
	Block: BlockT<Hash = H256>,
	Block::Header: HeaderT<Number = u32>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
	Client::Api: RolesApi<Block, AccountId>
		+ ConsentApi<Block, AccountId>
		+ RecordsApi<Block, AccountId>
		+ AppointmentsApi<Block, AccountId>
		+ TelemetryApi<Block, AccountId>,
{
	let mut module = RpcModule::new(());
	module.merge(Roles::<Client, Block>::new(Arc::clone(&client)).into_rpc())?;
	module.merge(Consent::<Client, Block>::new(Arc::clone(&client)).into_rpc())?;
	module.merge(Lists::<Client, Block>::new(Arc::clone(&client), indexed.clone()).into_rpc())?;
	module.merge(Appointments::<Client, Block>::new(Arc::clone(&client), Arc::clone(&finality)).into_rpc())?;
	module.merge(Telemetry::<Client, Block>::new(Arc::clone(&client), indexed.clone(), finality).into_rpc())?;
	module.merge(RecordsRpc::<Client, Block>::new(client, indexed).into_rpc())?;
	module.merge(Vault::new(desk).into_rpc())?;
	Ok(module)
}
