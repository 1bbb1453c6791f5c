//! The vault's options.

use std::{
	net::{IpAddr, Ipv4Addr},
	path::PathBuf,
	time::Duration,
};

/// Where payloads rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum StoreKind {
	/// A block store in the node's base path.
	Embedded,
	/// An IPFS daemon.
	Kubo,
}

impl StoreKind {
	/// Its name on the command line.
	pub fn name(self) -> &'static str {
		match self {
			Self::Embedded => "embedded",
			Self::Kubo => "kubo",
		}
	}
}

/// The vault's options.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Vault")]
pub struct VaultOptions {
	/// Be the custodian whose key is in this keystore file; may be given several times
	///
	/// Made by the subcommand `custodian-key`. Without it, and without --dev, the node has no vault.
	#[arg(long, value_name = "FILE")]
	pub custodian_key: Vec<PathBuf>,

	/// A file of mode 0600 with the passphrase of the custodian's key; without it the passphrase is asked for
	#[arg(long, value_name = "FILE")]
	pub passphrase_file: Option<PathBuf>,

	/// Be custodian of this institution with its development key: on development chains only
	#[arg(long, value_name = "ID")]
	pub development_custodian: Vec<u32>,

	/// Port of the vault's HTTP listener
	#[arg(long, value_name = "PORT", default_value_t = 9946)]
	pub vault_port: u16,

	/// Address that the vault's HTTP listener listens on; the ciphertext is encrypted, the connection is not
	#[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
	pub vault_listen: IpAddr,

	/// Bytes that the store may hold, such as 500GiB or 2TB
	#[arg(long, value_name = "SIZE", default_value = "64GiB", value_parser = size)]
	pub vault_limit: u64,

	/// Bytes that one payload may have, such as 500MiB or 4GiB; never more than --vault-limit
	#[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = size)]
	pub vault_payload_limit: u64,

	/// Where payloads rest
	#[arg(long, value_name = "STORE", value_enum, default_value_t = StoreKind::Embedded)]
	pub store: StoreKind,

	/// RPC address of the IPFS daemon on this machine (with --store kubo)
	#[arg(long, value_name = "URL", default_value = "http://127.0.0.1:5001")]
	pub ipfs_api: String,

	/// A file of mode 0600 with `user:password` for the daemon's `API.Authorizations`
	#[arg(long, value_name = "FILE")]
	pub ipfs_auth_file: Option<PathBuf>,

	/// How long the IPFS daemon may take for one answer; for pinning and collecting it has longer, by the bytes
	#[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
	pub ipfs_timeout: u64,
}

impl VaultOptions {
	/// How long the IPFS daemon may take for one answer.
	pub fn ipfs_deadline(&self) -> Duration {
		Duration::from_secs(self.ipfs_timeout)
	}
}

/// A number of bytes, with a decimal or binary suffix.
fn size(text: &str) -> Result<u64, String> {
	const UNITS: [(&str, u64); 11] = [
		("KiB", 1 << 10),
		("MiB", 1 << 20),
		("GiB", 1 << 30),
		("TiB", 1 << 40),
		("PiB", 1 << 50),
		("kB", 1_000),
		("MB", 1_000_000),
		("GB", 1_000_000_000),
		("TB", 1_000_000_000_000),
		("PB", 1_000_000_000_000_000),
		("B", 1),
	];
	let (digits, unit) = UNITS
		.iter()
		.find_map(|(suffix, unit)| text.strip_suffix(suffix).map(|digits| (digits, *unit)))
		.unwrap_or((text, 1));
	digits
		.trim_end()
		.parse::<u64>()
		.ok()
		.and_then(|number| number.checked_mul(unit))
		.filter(|size| *size > 0)
		.ok_or_else(|| "give a number of bytes such as 1073741824, 500GiB or 2TB".into())
}

#[cfg(test)]
mod tests {
	use super::size;

	#[test]
	fn sizes_have_decimal_and_binary_suffixes() {
		assert_eq!(size("1"), Ok(1));
		assert_eq!(size("64GiB"), Ok(64 << 30));
		assert_eq!(size("2 TB"), Ok(2_000_000_000_000));
		assert_eq!(size("7B"), Ok(7));
	}

	#[test]
	fn other_sizes_are_refused() {
		for text in ["", "0", "-1", "GiB", "1.5GiB", "1 XB", "99999999PiB"] {
			assert!(size(text).is_err(), "{text}");
		}
	}
}
