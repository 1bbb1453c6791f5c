//! A node of the peer-to-peer network that is not ours: it says what a test makes it say.

use std::{collections::HashMap, sync::Arc};

use futures::StreamExt;
use litep2p::{
	config::ConfigBuilder,
	crypto::ed25519::{Keypair, SecretKey},
	protocol::{
		notification::{self, NotificationEvent, NotificationHandle, ValidationResult},
		request_response::{self, DialOptions, RequestResponseError, RequestResponseEvent, RequestResponseHandle},
	},
	transport::tcp::config::Config as Tcp,
	types::RequestId,
	Litep2p, Litep2pEvent, PeerId,
};
use salus_vault::{
	between::{BLOCK_PROTOCOL, MAX_BLOCK_REPLY_LEN, RELEASE_PROTOCOL},
	fingerprint::fingerprint,
};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use crate::Node;

/// More than any message of these protocols.
const MAX_MESSAGE: usize = MAX_BLOCK_REPLY_LEN;

/// One of the protocols of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
	/// `/salus/release/1`
	Release,
	/// `/salus/block/1`
	Block,
}

/// How a request of another node is answered; not at all with `None`.
pub type Answers = Arc<dyn Fn(Protocol, Vec<u8>) -> Option<Vec<u8>> + Send + Sync>;

/// Why a request was not answered.
pub type NoAnswer = RequestResponseError;

/// The node secret of a hospital of the presets, such as `alice` or `alice-2`.
pub fn node_key(name: &str) -> [u8; 32] {
	fingerprint(name.as_bytes()).sha256
}

/// Whether the other side opened a slot for a notification protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
	/// It did.
	Opened,
	/// It refused.
	Refused,
}

type Reply = oneshot::Sender<Result<Vec<u8>, NoAnswer>>;

enum Command {
	Ask(Protocol, Vec<u8>, Reply),
	OpenSlot(oneshot::Sender<Slot>),
}

/// A running peer, connected to one node.
pub struct Peer {
	commands: mpsc::UnboundedSender<Command>,
}

impl Peer {
	/// A peer with this secret, connected to a node, that answers the node's requests like this.
	pub async fn connected(key: [u8; 32], node: &Node, answers: Answers) -> Self {
		let addresses = node.asked("system_localListenAddresses", json!([])).await;
		let address = addresses[0].as_str().unwrap().parse().unwrap();
		let id = node.asked("system_localPeerId", json!([])).await;
		let node_id: PeerId = id.as_str().unwrap().parse().unwrap();
		let genesis = node.genesis().await;
		let (slot_config, slots) = slots(&genesis);
		let (release_config, releases) = requests(RELEASE_PROTOCOL);
		let (block_config, blocks) = requests(BLOCK_PROTOCOL);
		let tcp = Tcp {
			listen_addresses: vec!["/ip4/127.0.0.1/tcp/0".parse().unwrap()],
			..Tcp::default()
		};
		let config = ConfigBuilder::new()
			.with_keypair(Keypair::from(SecretKey::try_from_bytes(key).unwrap()))
			.with_tcp(tcp)
			.with_notification_protocol(slot_config)
			.with_request_response_protocol(release_config)
			.with_request_response_protocol(block_config);
		let mut network = Litep2p::new(config.build()).unwrap();
		network.dial_address(address).await.unwrap();
		loop {
			match network.next_event().await.unwrap() {
				Litep2pEvent::ConnectionEstablished { .. } => break,
				Litep2pEvent::DialFailure { error, .. } => panic!("the node cannot be reached: {error}"),
				_ => {}
			}
		}
		let (commands, received) = mpsc::unbounded_channel();
		let running = Running {
			network,
			node: node_id,
			slots,
			releases,
			blocks,
			answers,
			received,
			asked: HashMap::new(),
			opening: Vec::new(),
		};
		tokio::spawn(running.run());
		Self { commands }
	}

	/// Asks the node, and returns its reply.
	pub async fn ask(&self, protocol: Protocol, message: Vec<u8>) -> Result<Vec<u8>, NoAnswer> {
		let (reply, replied) = oneshot::channel();
		self.commands.send(Command::Ask(protocol, message, reply)).ok().unwrap();
		replied.await.unwrap()
	}

	/// Asks the node for a slot among those who hear of its blocks.
	pub async fn slot(&self) -> Slot {
		let (reply, replied) = oneshot::channel();
		self.commands.send(Command::OpenSlot(reply)).ok().unwrap();
		replied.await.unwrap()
	}
}

fn requests(name: &'static str) -> (request_response::Config, RequestResponseHandle) {
	request_response::ConfigBuilder::new(name.into())
		.with_max_size(MAX_MESSAGE)
		.build()
}

/// The protocol that announces blocks, with the handshake of a node that is at the genesis block.
fn slots(genesis: &str) -> (notification::Config, NotificationHandle) {
	let hash = genesis.trim_start_matches("0x");
	let bytes = hex::decode(hash).unwrap();
	const FULL_NODE: u8 = 1;
	let handshake = [&[FULL_NODE][..], &0u32.to_le_bytes(), &bytes, &bytes].concat();
	notification::ConfigBuilder::new(format!("/{hash}/block-announces/1").into())
		.with_max_size(1 << 20)
		.with_handshake(handshake)
		.with_auto_accept_inbound(true)
		.build()
}

struct Running {
	network: Litep2p,
	node: PeerId,
	slots: NotificationHandle,
	releases: RequestResponseHandle,
	blocks: RequestResponseHandle,
	answers: Answers,
	received: mpsc::UnboundedReceiver<Command>,
	asked: HashMap<(Protocol, RequestId), Reply>,
	opening: Vec<oneshot::Sender<Slot>>,
}

impl Running {
	/// Until the test drops the peer.
	async fn run(mut self) {
		loop {
			tokio::select! {
				command = self.received.recv() => match command {
					Some(command) => self.command(command).await,
					None => return,
				},
				event = self.releases.next() => self.request(Protocol::Release, event.unwrap()),
				event = self.blocks.next() => self.request(Protocol::Block, event.unwrap()),
				event = self.slots.next() => self.slot(event.unwrap()),
				event = self.network.next_event() => drop(event),
			}
		}
	}

	fn handle(&mut self, protocol: Protocol) -> &mut RequestResponseHandle {
		match protocol {
			Protocol::Release => &mut self.releases,
			Protocol::Block => &mut self.blocks,
		}
	}

	async fn command(&mut self, command: Command) {
		let node = self.node;
		match command {
			Command::Ask(protocol, message, reply) => {
				let sent = self.handle(protocol).send_request(node, message, DialOptions::Dial);
				let id = sent.await.unwrap();
				self.asked.insert((protocol, id), reply);
			}
			Command::OpenSlot(reply) => {
				self.opening.push(reply);
				self.slots.open_substream(node).await.unwrap();
			}
		}
	}

	fn request(&mut self, protocol: Protocol, event: RequestResponseEvent) {
		match event {
			RequestResponseEvent::RequestReceived {
				request_id, request, ..
			} => match (self.answers)(protocol, request) {
				Some(reply) => self.handle(protocol).send_response(request_id, reply),
				None => self.handle(protocol).reject_request(request_id),
			},
			RequestResponseEvent::ResponseReceived {
				request_id, response, ..
			} => {
				self.answered(protocol, request_id, Ok(response));
			}
			RequestResponseEvent::RequestFailed { request_id, error, .. } => {
				self.answered(protocol, request_id, Err(error));
			}
		}
	}

	fn answered(&mut self, protocol: Protocol, id: RequestId, answer: Result<Vec<u8>, NoAnswer>) {
		if let Some(reply) = self.asked.remove(&(protocol, id)) {
			reply.send(answer).ok();
		}
	}

	fn slot(&mut self, event: NotificationEvent) {
		let slot = match event {
			NotificationEvent::ValidateSubstream { peer, .. } => {
				self.slots.send_validation_result(peer, ValidationResult::Accept);
				return;
			}
			NotificationEvent::NotificationStreamOpened { .. } => Slot::Opened,
			NotificationEvent::NotificationStreamOpenFailure { .. } => Slot::Refused,
			_ => return,
		};
		for reply in self.opening.drain(..) {
			reply.send(slot).ok();
		}
	}
}
