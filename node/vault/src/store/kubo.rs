//! A Kubo daemon behind its RPC. CIDs are computed here and every block that comes back is verified.

use std::{
	future::Future,
	io::Cursor,
	net::IpAddr,
	ops::Range,
	sync::Arc,
	time::{Duration, Instant},
};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use ipfs_api_backend_hyper::{Form, IpfsClient, TryFromUri};
use ipfs_api_prelude::{ApiRequest, Backend};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use tokio::{
	io::AsyncRead,
	sync::RwLock,
	time::{sleep, timeout},
};

use super::{
	next_chunk, no_cid, verified,
	walk::{self, BlockSource},
	Collected, PayloadStat, PayloadStore, PayloadStream, StoreError,
};
use crate::unixfs::{Block, DagBuilder, CHUNK_LEN, MAX_BLOCK_LEN, RAW};

/// Our pins carry this name among the daemon's others.
const PIN_NAME: &str = "salus";
/// No answer that is kept is longer.
const MAX_ANSWER_LEN: usize = 16 << 20;
/// What a daemon works off each second at the least where its work grows with the bytes: pinning reads a payload,
/// collecting reads all that is pinned.
const PACE: u64 = 4 << 20;
/// How often a collection looks whether the last put has ended.
const TURN: Duration = Duration::from_millis(50);

/// A store in a Kubo daemon.
#[derive(Clone)]
pub struct Kubo {
	client: IpfsClient,
	deadline: Duration,
	/// Read by each put and written by a collection, which would take the blocks that no pin holds yet.
	putting: Arc<RwLock<()>>,
}

impl Kubo {
	/// A store behind the RPC endpoint `http://host:port` on this machine, with the user and password of the daemon's
	/// `API.Authorizations` if it has them. Every call ends after `deadline`, and a while more where the daemon's work
	/// grows with the bytes.
	///
	/// # Errors
	/// `BadEndpoint`, `NotLoopback`
	pub fn new(endpoint: &str, credentials: Option<(&str, &str)>, deadline: Duration) -> Result<Self, StoreError> {
		let bad = || StoreError::BadEndpoint(endpoint.to_owned());
		let authority = endpoint.strip_prefix("http://").ok_or_else(bad)?;
		if authority.is_empty() || authority.starts_with(['/', '?', '#']) {
			return Err(bad());
		}
		let client = IpfsClient::from_str(endpoint).map_err(|_| bad())?;
		if !is_loopback(authority) {
			return Err(StoreError::NotLoopback(endpoint.to_owned()));
		}
		let client = match credentials {
			Some((user, password)) => client.with_credentials(user, password),
			None => client,
		};
		Ok(Self {
			client,
			deadline,
			putting: Arc::default(),
		})
	}

	/// The daemon's version, to see whether it answers.
	///
	/// # Errors
	/// `Deadline`, `Daemon`
	pub async fn version(&self) -> Result<String, StoreError> {
		#[derive(Deserialize)]
		#[serde(rename_all = "PascalCase")]
		struct Answer {
			version: String,
		}
		Ok(self.ask::<Answer>(Version {}, None).await?.version)
	}

	async fn put_block(&self, block: Block) -> Result<(), StoreError> {
		#[derive(Deserialize)]
		#[serde(rename_all = "PascalCase")]
		struct Answer {
			key: String,
		}
		let codec = if block.cid.codec() == RAW { "raw" } else { "dag-pb" };
		let mut form = Form::default();
		form.add_reader("data", Cursor::new(block.bytes));
		let request = BlockPut {
			cid_codec: codec,
			mhtype: "sha2-256",
			pin: false,
		};
		let theirs = self.ask::<Answer>(request, Some(form)).await?.key;
		if Cid::try_from(theirs.as_str()).is_ok_and(|cid| cid == block.cid) {
			Ok(())
		} else {
			Err(StoreError::CidMismatch {
				ours: block.cid,
				theirs,
			})
		}
	}

	async fn store(
		&self,
		source: &mut (dyn AsyncRead + Send + Unpin),
		stored: &mut Vec<Cid>,
	) -> Result<Cid, StoreError> {
		let mut builder = DagBuilder::new();
		let mut len = 0u64;
		loop {
			let chunk = next_chunk(source).await?;
			let last = chunk.len() < CHUNK_LEN;
			len = len.saturating_add(chunk.len() as u64);
			if !chunk.is_empty() {
				self.put_blocks(builder.push(chunk).map_err(no_cid)?, stored).await?;
			}
			if last {
				break;
			}
		}
		let (root, blocks) = builder.finish().map_err(no_cid)?;
		self.put_blocks(blocks, stored).await?;
		self.add_pin(&root, len).await?;
		Ok(root)
	}

	async fn add_pin(&self, root: &Cid, len: u64) -> Result<(), StoreError> {
		let arg = root.to_string();
		let request = PinAdd {
			arg: &arg,
			recursive: true,
			name: PIN_NAME,
		};
		let pinned = self.call(request, None, self.deadline_for(len)).await;
		pinned.map(|_| ()).map_err(|failure| failure.into_store_error(root))
	}

	/// The deadline of work that grows with so many bytes.
	fn deadline_for(&self, bytes: u64) -> Duration {
		self.deadline.saturating_add(Duration::from_secs(bytes / PACE))
	}

	async fn put_blocks(&self, blocks: Vec<Block>, stored: &mut Vec<Cid>) -> Result<(), StoreError> {
		for block in blocks {
			stored.push(block.cid);
			self.put_block(block).await?;
		}
		Ok(())
	}

	/// Takes back the blocks of a failed put; the daemon refuses those that a pin needs, and keeps them.
	async fn take_back(&self, stored: &[Cid]) -> Result<(), StoreError> {
		for cid in stored {
			let name = cid.to_string();
			match self
				.call(
					BlockRm {
						arg: &name,
						force: true,
					},
					None,
					self.deadline,
				)
				.await
			{
				Ok(_) | Err(Failure::Api(_)) => {}
				Err(failure) => return Err(failure.into_store_error(cid)),
			}
		}
		Ok(())
	}

	async fn fetch(&self, cid: &Cid, offline: bool) -> Result<Bytes, Failure> {
		let arg = cid.to_string();
		self.call(BlockGet { arg: &arg, offline }, None, self.deadline).await
	}

	async fn ask<T: DeserializeOwned>(
		&self,
		request: impl ApiRequest,
		form: Option<Form<'static>>,
	) -> Result<T, StoreError> {
		let answer = self
			.call(request, form, self.deadline)
			.await
			.map_err(Failure::into_daemon_error)?;
		serde_json::from_slice(&answer).map_err(|error| StoreError::Daemon(error.to_string()))
	}

	/// One call with its deadline; the body is bounded.
	async fn call(
		&self,
		request: impl ApiRequest,
		form: Option<Form<'static>>,
		deadline: Duration,
	) -> Result<Bytes, Failure> {
		let mut bytes = Vec::new();
		self.read(request, form, deadline, |piece| {
			bytes.extend_from_slice(&piece);
			if bytes.len() > MAX_ANSWER_LEN {
				return Err(Failure::Daemon("its answer is too long".into()));
			}
			Ok(())
		})
		.await?;
		Ok(Bytes::from(bytes))
	}

	/// One call with its deadline; the body goes to `take` piece by piece.
	async fn read(
		&self,
		request: impl ApiRequest,
		form: Option<Form<'static>>,
		deadline: Duration,
		mut take: impl FnMut(Bytes) -> Result<(), Failure> + Send,
	) -> Result<(), Failure> {
		let request = self.client.build_base_request(request, form).map_err(Failure::from)?;
		let mut body = self.client.request_stream_bytes(request);
		within(deadline, async {
			while let Some(piece) = body.next().await {
				take(piece.map_err(Failure::from)?)?;
			}
			Ok(())
		})
		.await
	}

	/// Removes what no pin holds. The answer has a line for each block, as many as there may be.
	async fn remove_unpinned(&self) -> Result<Collected, StoreError> {
		let deadline = self.deadline_for(self.usage().await?);
		let mut lines = 0u64;
		self.read(RepoGc {}, None, deadline, |piece| {
			lines = lines.saturating_add(piece.iter().filter(|byte| **byte == b'\n').count() as u64);
			Ok(())
		})
		.await
		.map_err(Failure::into_daemon_error)?;
		Ok(Collected {
			blocks: lines,
			unreadable: 0,
		})
	}
}

/// Whether `host:port` is this machine's own; with a user in front it is not looked at.
fn is_loopback(authority: &str) -> bool {
	let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
	if authority.contains('@') {
		return false;
	}
	let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
		Some((address, _)) => address,
		None => authority.split(':').next().unwrap_or_default(),
	};
	host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

async fn within<T>(deadline: Duration, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
	timeout(deadline, work).await.unwrap_or(Err(Failure::Deadline))
}

#[async_trait]
impl PayloadStore for Kubo {
	async fn put(&self, source: &mut (dyn AsyncRead + Send + Unpin)) -> Result<Cid, StoreError> {
		let _putting = self.putting.read().await;
		let mut stored = Vec::new();
		let result = self.store(source, &mut stored).await;
		if result.is_err() {
			// The failure that ended the put is the one to report; what stays behind is unpinned.
			self.take_back(&stored).await.ok();
		}
		result
	}

	async fn get(&self, cid: &Cid, range: Option<Range<u64>>) -> Result<PayloadStream, StoreError> {
		let root = walk::root(self, cid).await?;
		walk::stream(Arc::new(self.clone()), root, range)
	}

	async fn own_block(&self, cid: &Cid) -> Result<Vec<u8>, StoreError> {
		let found = self.fetch(cid, true).await;
		let bytes = found.map_err(|failure| failure.into_store_error(cid))?;
		verified(cid, bounded(cid, &bytes)?)
	}

	async fn pin(&self, cid: &Cid) -> Result<(), StoreError> {
		let _putting = self.putting.read().await;
		let len = walk::root(self, cid).await?.len;
		self.add_pin(cid, len).await
	}

	async fn unpin(&self, cid: &Cid) -> Result<(), StoreError> {
		let arg = cid.to_string();
		match self
			.call(
				PinRm {
					arg: &arg,
					recursive: true,
				},
				None,
				self.deadline,
			)
			.await
		{
			Ok(_) => Ok(()),
			Err(Failure::Api(message)) if message.contains("not pinned") => Ok(()),
			Err(failure) => Err(failure.into_store_error(cid)),
		}
	}

	async fn is_pinned(&self, cid: &Cid) -> Result<bool, StoreError> {
		let arg = cid.to_string();
		let request = PinLs {
			arg: &arg,
			r#type: "recursive",
		};
		match self.call(request, None, self.deadline).await {
			Ok(_) => Ok(true),
			Err(Failure::Api(message)) if message.contains("not pinned") => Ok(false),
			Err(failure) => Err(failure.into_store_error(cid)),
		}
	}

	async fn stat(&self, cid: &Cid) -> Result<PayloadStat, StoreError> {
		let root = walk::root(self, cid).await?;
		let pinned = self.is_pinned(cid).await?;
		Ok(PayloadStat { size: root.len, pinned })
	}

	async fn peers(&self) -> Result<Vec<String>, StoreError> {
		#[derive(Deserialize)]
		#[serde(rename_all = "PascalCase")]
		struct Answer {
			peers: Option<Vec<Peer>>,
		}
		#[derive(Deserialize)]
		#[serde(rename_all = "PascalCase")]
		struct Peer {
			peer: String,
		}
		let answer = self.ask::<Answer>(SwarmPeers {}, None).await?;
		Ok(answer
			.peers
			.unwrap_or_default()
			.into_iter()
			.map(|peer| peer.peer)
			.collect())
	}

	async fn usage(&self) -> Result<u64, StoreError> {
		#[derive(Deserialize)]
		#[serde(rename_all = "PascalCase")]
		struct Answer {
			repo_size: u64,
		}
		Ok(self.ask::<Answer>(RepoStat { size_only: true }, None).await?.repo_size)
	}

	/// A daemon does not say what is free on its disk.
	async fn free(&self) -> Result<Option<u64>, StoreError> {
		Ok(None)
	}

	/// Waits for the puts under way, but not in a line with those to come: a put lasts as long as its source likes, and
	/// a collection that stood in line would keep all others waiting.
	async fn collect(&self) -> Result<Collected, StoreError> {
		let began = Instant::now();
		loop {
			if let Ok(_alone) = self.putting.try_write() {
				return self.remove_unpinned().await;
			}
			if began.elapsed() > self.deadline {
				return Err(StoreError::Busy);
			}
			sleep(TURN).await;
		}
	}
}

#[async_trait]
impl BlockSource for Kubo {
	/// From the daemon's own disk, else from its peers until the deadline.
	async fn block(&self, cid: &Cid) -> Result<Vec<u8>, StoreError> {
		let failure = match self.fetch(cid, true).await {
			Ok(bytes) => return bounded(cid, &bytes),
			Err(failure) => failure,
		};
		if !failure.is_absence() {
			return Err(failure.into_store_error(cid));
		}
		if self.peers().await?.is_empty() {
			return Err(StoreError::NotFound(*cid));
		}
		match self.fetch(cid, false).await {
			Ok(bytes) => bounded(cid, &bytes),
			Err(Failure::Deadline) => Err(StoreError::NotFound(*cid)),
			Err(failure) => Err(failure.into_store_error(cid)),
		}
	}
}

fn bounded(cid: &Cid, bytes: &Bytes) -> Result<Vec<u8>, StoreError> {
	if bytes.len() > MAX_BLOCK_LEN {
		Err(StoreError::WrongBytes(*cid))
	} else {
		Ok(bytes.to_vec())
	}
}

enum Failure {
	/// The daemon answered with an error.
	Api(String),
	Daemon(String),
	Deadline,
}

impl Failure {
	fn is_absence(&self) -> bool {
		matches!(self, Self::Api(message) if message.contains("not found") || message.contains("could not find"))
	}

	fn into_store_error(self, cid: &Cid) -> StoreError {
		if self.is_absence() {
			StoreError::NotFound(*cid)
		} else {
			self.into_daemon_error()
		}
	}

	fn into_daemon_error(self) -> StoreError {
		match self {
			Self::Api(message) | Self::Daemon(message) => StoreError::Daemon(message),
			Self::Deadline => StoreError::Deadline,
		}
	}
}

impl From<ipfs_api_backend_hyper::Error> for Failure {
	fn from(error: ipfs_api_backend_hyper::Error) -> Self {
		match error {
			ipfs_api_backend_hyper::Error::Api(error) => Self::Api(error.message),
			error => Self::Daemon(error.to_string()),
		}
	}
}

macro_rules! requests {
    ($($name:ident $(<$life:lifetime>)? $path:literal { $($(#[$attribute:meta])* $field:ident: $type:ty),* })*) => {$(
        #[derive(Serialize)]
        struct $name $(<$life>)? { $($(#[$attribute])* $field: $type),* }

        impl $(<$life>)? ApiRequest for $name $(<$life>)? {
            const PATH: &'static str = $path;
        }
    )*};
}

requests! {
	Version "/version" {}
	BlockPut<'a> "/block/put" { #[serde(rename = "cid-codec")] cid_codec: &'a str, mhtype: &'a str, pin: bool }
	BlockGet<'a> "/block/get" { arg: &'a str, offline: bool }
	BlockRm<'a> "/block/rm" { arg: &'a str, force: bool }
	PinAdd<'a> "/pin/add" { arg: &'a str, recursive: bool, name: &'a str }
	PinRm<'a> "/pin/rm" { arg: &'a str, recursive: bool }
	PinLs<'a> "/pin/ls" { arg: &'a str, r#type: &'a str }
	SwarmPeers "/swarm/peers" {}
	RepoStat "/repo/stat" { #[serde(rename = "size-only")] size_only: bool }
	RepoGc "/repo/gc" {}
}
