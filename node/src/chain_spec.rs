//! The chains that the node knows by name.

use sc_service::{ChainType, Properties};

/// A chain specification without extensions.
pub type ChainSpec = sc_service::GenericChainSpec;

/// The chain of a name, if the node knows it.
pub fn named(name: &str) -> Option<Result<ChainSpec, String>> {
	match name {
		"dev" | "development" => Some(development()),
		"local" => Some(local()),
		_ => None,
	}
}

/// One validator, two hospitals.
fn development() -> Result<ChainSpec, String> {
	of_preset(
		"Salus development",
		"salus_dev",
		ChainType::Development,
		salus_runtime::genesis::DEVELOPMENT,
	)
}

/// Four validators, four hospitals.
fn local() -> Result<ChainSpec, String> {
	of_preset(
		"Salus local",
		"salus_local",
		ChainType::Local,
		salus_runtime::genesis::LOCAL,
	)
}

fn of_preset(name: &str, id: &str, chain_type: ChainType, preset: &str) -> Result<ChainSpec, String> {
	let code = salus_runtime::WASM_BINARY
		.ok_or("this node was built without a runtime (SKIP_WASM_BUILD); build it again, or give --chain FILE")?;
	let mut properties = Properties::new();
	properties.insert("ss58Format".into(), 42.into());
	Ok(ChainSpec::builder(code, None)
		.with_name(name)
		.with_id(id)
		.with_chain_type(chain_type)
		.with_properties(properties)
		.with_genesis_config_preset_name(preset)
		.build())
}
