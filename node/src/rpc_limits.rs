//! What the RPC listeners allow unless the command line says otherwise.

use std::num::NonZeroU32;

use sc_service::config::{RpcBatchRequestConfig, RpcConfiguration};

/// Calls a minute and connection.
const RATE: NonZeroU32 = rate(6_000);
/// The same with `--dev`: a limit, but none that a test or a script meets.
const DEVELOPMENT_RATE: NonZeroU32 = rate(60_000);
/// Calls of a batch.
const BATCH: u32 = 256;

const fn rate(calls: u32) -> NonZeroU32 {
	match NonZeroU32::new(calls) {
		Some(calls) => calls,
		None => NonZeroU32::MIN,
	}
}

/// Limits what the command line leaves unlimited, on every listener. Whom `--rpc-rate-limit-whitelisted-ips` exempts
/// stays exempt.
pub fn set(config: &mut RpcConfiguration, is_dev: bool) {
	let rate = if is_dev { DEVELOPMENT_RATE } else { RATE };
	config.rate_limit.get_or_insert(rate);
	limit_batches(&mut config.batch_config);
	for endpoint in config.addr.iter_mut().flatten() {
		endpoint.rate_limit.get_or_insert(rate);
		limit_batches(&mut endpoint.batch_config);
	}
}

fn limit_batches(batches: &mut RpcBatchRequestConfig) {
	if matches!(batches, RpcBatchRequestConfig::Unlimited) {
		*batches = RpcBatchRequestConfig::Limit(BATCH);
	}
}

/// Lets no web page use the listeners: the SDK's own list has a public web site on it, and patterns for this machine's
/// pages, which it compares letter by letter.
pub fn allow_no_origin(config: &mut RpcConfiguration) {
	for endpoint in config.addr.iter_mut().flatten() {
		endpoint.cors = Some(Vec::new());
	}
	config.cors = Some(Vec::new());
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]

	use super::*;
	use sc_cli::RpcParams;

	#[derive(clap::Parser)]
	struct Line {
		#[clap(flatten)]
		rpc: RpcParams,
	}

	/// The configuration that a command line makes, as `sc-cli` makes it.
	fn configured(arguments: &[&str]) -> RpcConfiguration {
		let line = <Line as clap::Parser>::try_parse_from([&["salus-node"], arguments].concat()).unwrap();
		let rpc = line.rpc;
		let addr = rpc.rpc_addr(false, false, 9944).unwrap();
		RpcConfiguration {
			addr: addr.map(|endpoints| endpoints.into_iter().map(Into::into).collect()),
			max_connections: rpc.rpc_max_connections,
			cors: rpc.rpc_cors(false).unwrap(),
			methods: rpc.rpc_methods.into(),
			max_request_size: rpc.rpc_max_request_size,
			max_response_size: rpc.rpc_max_response_size,
			id_provider: None,
			max_subs_per_conn: rpc.rpc_max_subscriptions_per_connection,
			port: 9944,
			message_buffer_capacity: rpc.rpc_message_buffer_capacity_per_connection,
			batch_config: rpc.rpc_batch_config().unwrap(),
			rate_limit: rpc.rpc_rate_limit,
			rate_limit_whitelisted_ips: rpc.rpc_rate_limit_whitelisted_ips.clone(),
			rate_limit_trust_proxy_headers: rpc.rpc_rate_limit_trust_proxy_headers,
			request_logger_limit: 1024,
		}
	}

	fn rates(config: &RpcConfiguration) -> Vec<Option<u32>> {
		let endpoints = config.addr.iter().flatten().map(|endpoint| endpoint.rate_limit);
		let all = [config.rate_limit].into_iter().chain(endpoints);
		all.map(|rate| rate.map(NonZeroU32::get)).collect()
	}

	#[test]
	fn every_listener_is_limited_unless_told() {
		let mut config = configured(&[]);
		assert_eq!(rates(&config), [None; 3]);
		set(&mut config, false);
		assert_eq!(rates(&config), [Some(6_000); 3]);
		assert!(matches!(config.batch_config, RpcBatchRequestConfig::Limit(256)));
		for endpoint in config.addr.iter().flatten() {
			assert!(matches!(endpoint.batch_config, RpcBatchRequestConfig::Limit(256)));
		}
		let mut config = configured(&[]);
		set(&mut config, true);
		assert_eq!(rates(&config), [Some(60_000); 3]);
	}

	#[test]
	fn what_the_command_line_says_counts() {
		let told = [
			"--rpc-rate-limit=10",
			"--rpc-rate-limit-whitelisted-ips=10.0.0.0/8",
			"--rpc-max-batch-request-len=5000",
		];
		let mut config = configured(&told);
		set(&mut config, false);
		assert_eq!(rates(&config), [Some(10); 3]);
		assert_eq!(config.rate_limit_whitelisted_ips.len(), 1);
		assert!(matches!(config.batch_config, RpcBatchRequestConfig::Limit(5000)));
		let mut config = configured(&["--rpc-disable-batch-requests"]);
		set(&mut config, false);
		assert!(matches!(config.batch_config, RpcBatchRequestConfig::Disabled));
		let mut config = configured(&["--experimental-rpc-endpoint=listen-addr=127.0.0.1:9955,rate-limit=7"]);
		set(&mut config, false);
		assert_eq!(rates(&config), [Some(6_000), Some(7)]);
	}

	#[test]
	fn no_web_page_is_let_in_unless_it_is_named() {
		let mut config = configured(&[]);
		let sdk = config.cors.clone().unwrap();
		assert!(sdk.iter().any(|origin| origin.contains("polkadot.js.org")));
		allow_no_origin(&mut config);
		assert_eq!(config.cors, Some(Vec::new()));
		assert!(config
			.addr
			.iter()
			.flatten()
			.all(|endpoint| endpoint.cors == Some(Vec::new())));
	}
}
