//! Hosts in network namespaces of their own, behind two switches with a cable between them that can be cut.

use std::{
	ffi::OsStr,
	fs,
	io::Write,
	net::Ipv4Addr,
	path::Path,
	process::{self, Command},
};

/// Set to 1, it leaves out the tests that need namespaces.
const WITHOUT: &str = "SALUS_NO_NAMESPACES";
/// What the names begin with of all that is made here; the maker's process id comes next.
const PREFIX: &str = "salus";
/// 10.80.0.0/12: one network of four addresses for each host, 16 hosts for each of the processes that run at a time.
const MANAGEMENT: u32 = 0x0a50_0000;
const PROCESSES: u32 = 1 << 14;
const ADDRESSES: u32 = 64;
/// The cable's end at the first switch.
const CABLE: &str = "cable";

/// Switches, cable, and hosts: gone when dropped.
pub struct Wires {
	switches: String,
	/// The hosts, those behind the first switch first.
	pub hosts: Vec<Host>,
}

/// A host: nodes run on it, reach each other over the switches, and are reached by the tests over a line of its own.
#[derive(Clone, Debug)]
pub struct Host {
	namespace: String,
	line: String,
	address: Ipv4Addr,
	management: Ipv4Addr,
}

impl Wires {
	/// So many hosts behind each of the two switches; nothing where namespaces are not wanted, which is said.
	pub fn lay(behind: [usize; 2]) -> Option<Self> {
		if std::env::var_os(WITHOUT).is_some_and(|value| value == "1") {
			// Not captured as what a test prints is.
			let said = writeln!(
				std::io::stderr(),
				"NOT TESTED: a partitioned network, since {WITHOUT}=1"
			);
			said.unwrap();
			return None;
		}
		sweep();
		let id = process::id();
		let mut wires = Self {
			switches: format!("{PREFIX}{id}-switches"),
			hosts: Vec::new(),
		};
		let switches = wires.switches.clone();
		let made = ip(&["netns", "add", &switches]);
		assert!(
			made.is_ok(),
			"network namespaces cannot be made ({}): run the tests as root, or set {WITHOUT}=1 to leave out what needs \
			 them",
			made.unwrap_err()
		);
		for switch in ["left", "right"] {
			inside(&switches, &["link", "add", switch, "type", "bridge"]);
			inside(&switches, &["link", "set", switch, "up"]);
		}
		inside(
			&switches,
			&["link", "add", CABLE, "type", "veth", "peer", "name", "end"],
		);
		for (end, switch) in [(CABLE, "left"), ("end", "right")] {
			inside(&switches, &["link", "set", end, "master", switch, "up"]);
		}
		for (switch, count) in ["left", "right"].into_iter().zip(behind) {
			for _ in 0..count {
				let host = Host::new(wires.hosts.len());
				wires.hosts.push(host.clone());
				host.wire(&switches, switch);
			}
		}
		Some(wires)
	}

	/// Cuts the cable: hosts behind the two switches do not reach each other any more, and are not told.
	pub fn cut(&self) {
		inside(&self.switches, &["link", "set", CABLE, "down"]);
	}

	/// Mends it.
	pub fn mend(&self) {
		inside(&self.switches, &["link", "set", CABLE, "up"]);
	}
}

impl Drop for Wires {
	fn drop(&mut self) {
		for host in &self.hosts {
			// With its line, whose other end is in the namespace; that lives until its last process has ended.
			let _ = ip(&["link", "del", &host.line]);
			let _ = ip(&["netns", "del", &host.namespace]);
		}
		let _ = ip(&["netns", "del", &self.switches]);
	}
}

impl Host {
	fn new(index: usize) -> Self {
		let id = process::id();
		let number = u32::try_from(index).unwrap();
		let first = MANAGEMENT + id % PROCESSES * ADDRESSES + number * 4;
		Self {
			namespace: format!("{PREFIX}{id}-{index}"),
			line: format!("{PREFIX}{id}l{index}"),
			address: Ipv4Addr::new(10, 0, 0, u8::try_from(index + 1).unwrap()),
			management: Ipv4Addr::from(first + 2),
		}
	}

	fn wire(&self, switches: &str, switch: &str) {
		let namespace = self.namespace.as_str();
		ip(&["netns", "add", namespace]).unwrap();
		inside(namespace, &["link", "set", "lo", "up"]);

		let port = self.line.as_str();
		let peer = ["type", "veth", "peer", "name", port, "netns", switches];
		inside(namespace, &[&["link", "add", "net"], &peer[..]].concat());
		inside(switches, &["link", "set", port, "master", switch, "up"]);
		inside(
			namespace,
			&["address", "add", &format!("{}/24", self.address), "dev", "net"],
		);
		inside(namespace, &["link", "set", "net", "up"]);

		let here = Ipv4Addr::from(u32::from(self.management) - 1);
		let peer = ["type", "veth", "peer", "name", "line", "netns", namespace];
		ip(&[&["link", "add", port], &peer[..]].concat()).unwrap();
		ip(&["address", "add", &format!("{here}/30"), "dev", port]).unwrap();
		ip(&["link", "set", port, "up"]).unwrap();
		let there = format!("{}/30", self.management);
		inside(namespace, &["address", "add", &there, "dev", "line"]);
		inside(namespace, &["link", "set", "line", "up"]);
	}

	/// Its address behind the switch.
	pub fn address(&self) -> Ipv4Addr {
		self.address
	}

	/// A port of it, as the tests reach it.
	pub(crate) fn at(&self, port: u16) -> String {
		format!("{}:{port}", self.management)
	}

	/// Starts a program on it.
	pub(crate) fn command(&self, program: &Path) -> Command {
		let mut command = Command::new("ip");
		command.args(["netns", "exec", &self.namespace]).arg(program);
		command
	}

	/// Where a node on it listens: to its peers behind the switch, to the tests on their line.
	pub(crate) fn listens(&self, p2p: u16) -> [String; 8] {
		[
			"--listen-addr".into(),
			format!("/ip4/{}/tcp/{p2p}", self.address),
			// Nobody but the tests reaches that line, and they are this machine.
			"--unsafe-rpc-external".into(),
			"--rpc-methods".into(),
			"unsafe".into(),
			"--prometheus-external".into(),
			"--vault-listen".into(),
			self.management.to_string(),
		]
	}
}

/// Removes what test programs left that were killed.
fn sweep() {
	for entry in fs::read_dir("/run/netns").into_iter().flatten().flatten() {
		let name = entry.file_name().into_string().unwrap_or_default();
		let id = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('-'));
		if id.is_some_and(|(id, _)| id.parse::<u32>().is_ok() && !Path::new("/proc").join(id).exists()) {
			let _ = ip(&["netns", "del", &name]);
		}
	}
}

fn inside(namespace: &str, args: &[&str]) {
	ip(&[&["-n", namespace], args].concat()).unwrap();
}

fn ip<S: AsRef<OsStr> + std::fmt::Debug>(args: &[S]) -> Result<(), String> {
	let output = Command::new("ip")
		.args(args)
		.output()
		.map_err(|error| format!("ip: {error}; install iproute2"))?;
	if output.status.success() {
		return Ok(());
	}
	let error = String::from_utf8_lossy(&output.stderr);
	Err(format!("ip {args:?}: {}", error.trim()))
}
