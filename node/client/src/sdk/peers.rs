//! Peers and their addresses: as people write them, and as bytes on the chain.

use multiaddr::{Multiaddr, PeerId};

use super::words;

/// A libp2p peer id, `12D3Koo…`, in binary.
///
/// # Errors
/// Shows the form.
pub fn peer(text: &str) -> Result<Vec<u8>, String> {
	text.parse::<PeerId>()
		.map(|id| id.to_bytes())
		.map_err(|_| format!("`{text}` is no peer id; give one such as 12D3Koo…"))
}

/// A multiaddr, `/dns/node.hospital.example/tcp/30333`, in binary.
///
/// # Errors
/// Shows the form.
pub fn address(text: &str) -> Result<Vec<u8>, String> {
	text.parse::<Multiaddr>()
		.map(|address| address.to_vec())
		.map_err(|_| format!("`{text}` is no address; give one such as /dns/node.hospital.example/tcp/30333"))
}

/// A binary peer id as people write it.
pub fn show_peer(bytes: &[u8]) -> String {
	PeerId::from_bytes(bytes).map_or_else(|_| words::hex(bytes), |id| id.to_base58())
}

/// A binary address as people write it.
pub fn show_address(bytes: &[u8]) -> String {
	Multiaddr::try_from(bytes.to_vec()).map_or_else(|_| words::hex(bytes), |address| address.to_string())
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn peers_and_addresses_are_shown_as_they_are_read() {
		let id = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
		assert_eq!(show_peer(&peer(id).unwrap()), id);
		let tcp = "/dns/node.hospital.example/tcp/30333";
		assert_eq!(show_address(&address(tcp).unwrap()), tcp);
		assert!(peer("12D3").unwrap_err().contains("12D3Koo"));
		assert!(address("node:30333").unwrap_err().contains("/dns/"));
		assert_eq!(show_peer(&[1, 2]), "0x0102");
		assert_eq!(show_address(&[255]), "0xff");
	}
}
