//! Stands between two parties that speak TCP, and does to their bytes what a test wants.

use std::{
	net::SocketAddr,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc, Mutex,
	},
	time::Duration,
};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{
		tcp::{OwnedReadHalf, OwnedWriteHalf},
		TcpListener, TcpStream,
	},
	sync::watch,
	task::JoinHandle,
};

/// The bytes that are passed on at a time.
const PIECE: usize = 64 << 10;
/// Headers and short answers are smaller, and stay as they are when bodies are altered.
const BODY: usize = 4 << 10;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
	/// From the one who connected.
	Forth,
	/// The answers.
	Back,
}

/// What is done to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
	/// Nothing.
	None,
	/// Connections are closed, new ones at once.
	Down,
	/// Each piece of an answer is kept for so long.
	Slow(Duration),
	/// A bit of each piece of a payload is flipped, that way; never one of what frames it.
	Altered(Way),
	/// That way so many bytes pass from now on, and then none until there is another fault, or none.
	Held(Way, u64),
}

/// A proxy on a port of its own.
pub struct Proxy {
	address: SocketAddr,
	shared: Arc<Shared>,
	task: JoinHandle<()>,
}

struct Shared {
	upstream: Mutex<SocketAddr>,
	fault: watch::Sender<Fault>,
	/// Bytes passed since the fault was set, each way.
	passed: [AtomicU64; 2],
}

impl Shared {
	fn passed(&self, way: Way) -> &AtomicU64 {
		let [forth, back] = &self.passed;
		match way {
			Way::Forth => forth,
			Way::Back => back,
		}
	}
}

impl Proxy {
	/// To this address, of the form `http://host:port`, `ws://host:port` or `host:port`.
	pub async fn to(upstream: &str) -> Self {
		Self::on(0, upstream).await
	}

	/// The same on this port of the machine's own.
	pub async fn on(port: u16, upstream: &str) -> Self {
		let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
		let address = listener.local_addr().unwrap();
		let shared = Arc::new(Shared {
			upstream: Mutex::new(socket(upstream)),
			fault: watch::Sender::new(Fault::None),
			passed: Default::default(),
		});
		let task = tokio::spawn(accept(listener, shared.clone()));
		Self { address, shared, task }
	}

	/// Where it is, over HTTP.
	pub fn url(&self) -> String {
		format!("http://{}", self.address)
	}

	/// Leads somewhere else from now on.
	pub fn lead_to(&self, upstream: &str) {
		*self.shared.upstream.lock().unwrap() = socket(upstream);
	}

	/// Does this to all bytes from now on.
	pub fn set(&self, fault: Fault) {
		for way in [Way::Forth, Way::Back] {
			self.shared.passed(way).store(0, Ordering::SeqCst);
		}
		self.shared.fault.send_replace(fault);
	}

	/// Bytes that went this way since the last [`set`](Self::set).
	pub fn passed(&self, way: Way) -> u64 {
		self.shared.passed(way).load(Ordering::SeqCst)
	}
}

impl Drop for Proxy {
	fn drop(&mut self) {
		self.shared.fault.send_replace(Fault::Down);
		self.task.abort();
	}
}

fn socket(url: &str) -> SocketAddr {
	let address = url.split_once("://").map_or(url, |(_, address)| address);
	address.trim_end_matches('/').parse().unwrap()
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
	while let Ok((near, _)) = listener.accept().await {
		if *shared.fault.borrow() == Fault::Down {
			continue;
		}
		let shared = shared.clone();
		tokio::spawn(async move {
			let upstream = *shared.upstream.lock().unwrap();
			// Nobody there: the connection is closed, as it would be without a proxy.
			let Ok(far) = TcpStream::connect(upstream).await else {
				return;
			};
			let (near_from, near_to) = near.into_split();
			let (far_from, far_to) = far.into_split();
			tokio::join!(
				pass(Way::Forth, near_from, far_to, &shared),
				pass(Way::Back, far_from, near_to, &shared),
			);
		});
	}
}

/// Passes bytes on until one side closes.
async fn pass(way: Way, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared) {
	let mut faults = shared.fault.subscribe();
	let mut buffer = vec![0; PIECE];
	loop {
		let read = tokio::select! {
			read = from.read(&mut buffer) => read,
			_ = down(&mut faults) => return,
		};
		let Ok(count @ 1..) = read else {
			break;
		};
		let piece = &mut buffer[..count];
		loop {
			let fault = *faults.borrow_and_update();
			match fault {
				Fault::Down => return,
				Fault::Slow(time) if way == Way::Back => tokio::time::sleep(time).await,
				Fault::Altered(altered) if altered == way && count >= BODY => alter(piece),
				Fault::Held(held, most) if held == way => {
					let passed = shared.passed(way).load(Ordering::SeqCst);
					if passed.saturating_add(count as u64) > most {
						let _ = faults.changed().await;
						continue;
					}
				}
				_ => {}
			}
			break;
		}
		if to.write_all(piece).await.is_err() {
			break;
		}
		shared.passed(way).fetch_add(count as u64, Ordering::SeqCst);
	}
	let _ = to.shutdown().await;
}

/// Flips a bit of a payload's. The lines of HTTP, of its chunks and of a form are ASCII; half of a ciphertext is not.
fn alter(piece: &mut [u8]) {
	let second_half = piece.len() / 2..;
	if let Some(byte) = piece[second_half].iter_mut().find(|byte| !byte.is_ascii()) {
		*byte ^= 1;
	}
}

async fn down(faults: &mut watch::Receiver<Fault>) {
	let _ = faults.wait_for(|fault| *fault == Fault::Down).await;
}
