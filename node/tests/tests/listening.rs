//! Who can reach a node: `--dev` speaks to every web page and listens on loopback only; any other node names the origins
//! it speaks to, and keeps unsafe methods to its own machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use salus_tests::{salus_node, Node, Stopped};
use serde_json::{json, Value};
use std::{
	collections::BTreeSet,
	fs,
	net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

const ALLOWED: &str = "access-control-allow-origin";

/// The sockets that a process listens on, or receives datagrams on, by protocol.
fn sockets(pid: u32) -> Vec<(&'static str, SocketAddr)> {
	let inodes: BTreeSet<String> = fs::read_dir(format!("/proc/{pid}/fd"))
		.unwrap()
		.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
		.filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
		.collect();
	// Columns: slot, local address, remote address, state, …, the inode the tenth.
	const LISTENS: &str = "0A";
	const UNCONNECTED: &str = "07";
	let mut found = Vec::new();
	for (protocol, state) in [
		("tcp", LISTENS),
		("tcp6", LISTENS),
		("udp", UNCONNECTED),
		("udp6", UNCONNECTED),
	] {
		let table = fs::read_to_string(format!("/proc/{pid}/net/{protocol}")).unwrap();
		for line in table.lines().skip(1) {
			let columns: Vec<_> = line.split_whitespace().collect();
			if columns[3] == state && inodes.contains(columns[9]) {
				found.push((protocol, address(columns[1])));
			}
		}
	}
	found
}

/// `0100007F:1F90`: words of the address in the machine's order, and the port.
fn address(text: &str) -> SocketAddr {
	let (address, port) = text.split_once(':').unwrap();
	let bytes: Vec<u8> = hex::decode(address)
		.unwrap()
		.chunks(4)
		.flat_map(|word| u32::from_be_bytes(word.try_into().unwrap()).to_le_bytes())
		.collect();
	let ip = match <[u8; 4]>::try_from(bytes.as_slice()) {
		Ok(bytes) => IpAddr::V4(Ipv4Addr::from(bytes)),
		Err(_) => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).unwrap())),
	};
	SocketAddr::new(ip, u16::from_str_radix(port, 16).unwrap())
}

/// A development node lets every web page use its RPC, and nobody from outside reaches a socket of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_development_node_speaks_to_every_page_and_listens_on_loopback_only() {
	let node = Node::start().await;
	for origin in ["https://polkadot.js.org", "https://a.page.example"] {
		let allowed = node.ask_from(origin).await;
		let allowed = allowed
			.get(ALLOWED)
			.unwrap_or_else(|| panic!("{origin} is not let in: {allowed:?}"));
		assert!([origin, "*"].contains(&allowed.to_str().unwrap()), "{allowed:?}");
	}

	let found = sockets(node.pid());
	let port = |url: &str| {
		let authority = url.split("://").nth(1).unwrap().split('/').next().unwrap().to_owned();
		authority.rsplit(':').next().unwrap().parse::<u16>().unwrap()
	};
	for url in [&node.url, &node.vault, &node.metrics] {
		let listening = found.iter().any(|(_, address)| address.port() == port(url));
		assert!(listening, "{url} is among {found:?}");
	}
	assert!(found.len() >= 4, "RPC, vault, metrics, peers: {found:?}");
	for (protocol, address) in &found {
		assert!(address.ip().is_loopback(), "{protocol} {address}");
	}
}

/// Whatever would let others than this machine reach a development node is refused before anything listens, and so are
/// all origins where others reach the RPC or the keys are real.
#[test]
fn what_would_open_a_node_to_others_is_refused() {
	let loopback = "--dev listens on loopback only; leave out the options that listen elsewhere";
	let endpoint = "listen-addr=0.0.0.0:0";
	for options in [
		&["--dev", "--rpc-external"][..],
		&["--dev", "--unsafe-rpc-external"],
		&["--dev", "--prometheus-external"],
		&["--dev", "--vault-listen", "0.0.0.0"],
		&["--dev", "--vault-listen", "::"],
		&["--dev", "--listen-addr", "/ip4/0.0.0.0/tcp/0"],
		&[
			"--dev",
			"--listen-addr",
			"/ip4/127.0.0.1/tcp/0",
			"--listen-addr",
			"/ip6/::/tcp/0",
		],
		&["--dev", "--experimental-rpc-endpoint", endpoint],
	] {
		refused(options, loopback);
	}
	let origins =
		"--rpc-cors all is for development chains, with the RPC on loopback; name the origins that may use the RPC";
	let everywhere = "listen-addr=0.0.0.0:0,cors=*";
	let live = live_chain();
	let live = live.path().to_str().unwrap();
	for options in [
		&["--chain", "local", "--rpc-cors", "all", "--rpc-external"][..],
		&["--chain", "local", "--rpc-cors", "*", "--unsafe-rpc-external"],
		&["--chain", "local", "--experimental-rpc-endpoint", everywhere],
		// The development chain without --dev is a chain like any other.
		&["--chain", "dev", "--rpc-cors", "all", "--rpc-external"],
		&["--chain", live, "--rpc-cors", "all"],
		&[
			"--chain",
			live,
			"--experimental-rpc-endpoint",
			"listen-addr=127.0.0.1:0,cors=*",
		],
	] {
		refused(options, origins);
	}
}

/// The chain `local`, but for its word that it is made for development.
fn live_chain() -> tempfile::NamedTempFile {
	let output = salus_node(&["export-chain-spec", "--chain", "local", "--raw"]);
	assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
	let mut spec: Value = serde_json::from_slice(&output.stdout).unwrap();
	spec["chainType"] = json!("Live");
	let file = tempfile::NamedTempFile::new().unwrap();
	fs::write(&file, spec.to_string()).unwrap();
	file
}

fn refused(options: &[&str], why: &str) {
	let base = tempfile::tempdir().unwrap();
	let folder = base.path().display().to_string();
	let output = salus_node(&[options, &["--base-path", &folder]].concat());
	let said = String::from_utf8_lossy(&output.stderr);
	assert_eq!(output.status.code(), Some(1), "{options:?}: {said}");
	assert!(said.contains(why), "{options:?}: {said}");
}

/// A test network's node speaks to every page where it was told to, on loopback: tools that start one ask for that.
#[tokio::test(flavor = "multi_thread")]
async fn a_development_chain_may_speak_to_every_page_on_loopback() {
	let node = Stopped::new(&["--chain", "local", "--no-mdns", "--rpc-cors", "all"]);
	let node = node.start().await;
	let allowed = node.ask_from("https://a.page.example").await;
	assert!(allowed.contains_key(ALLOWED), "{allowed:?}");
}

/// Without `--dev` a page of an origin that was not named is not let in; and when the RPC listens for others, it serves
/// them what is safe and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn any_other_node_names_its_origins_and_keeps_unsafe_methods_to_itself() {
	let named = "https://ward.hospital.example";
	let node = Stopped::new(&[
		"--chain",
		"local",
		"--no-mdns",
		"--rpc-cors",
		named,
		"--unsafe-rpc-external",
	]);
	let node = node.start().await;
	assert_eq!(node.ask_from(named).await.get(ALLOWED).unwrap(), named);
	let foreign = node.ask_from("https://a.page.example").await;
	assert_eq!(foreign.get(ALLOWED), None);

	assert_eq!(node.asked("roles_institution", json!([3])).await["id"], 3);
	let error = node.rpc("vault_status", json!([])).await.unwrap_err();
	assert_eq!((error.code, &error.data["name"]), (7021, &json!("LocalOnly")));
	for (method, params) in [
		("author_rotateKeys", json!([])),
		("author_hasKey", json!(["0x00", "aura"])),
		("author_insertKey", json!(["aura", "//Alice", "0x00"])),
		("system_dryRun", json!(["0x00"])),
		("system_addReservedPeer", json!(["/ip4/127.0.0.1/tcp/1"])),
	] {
		let error = node.rpc(method, params).await.unwrap_err();
		assert!(error.message.contains("unsafe"), "{method}: {error:?}");
	}
}
