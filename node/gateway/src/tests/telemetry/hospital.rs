//! Chain and vault behind a socket: a call that a dead gateway has sent is carried out all the same, and is final some
//! blocks later.

use std::{
	collections::{HashMap, VecDeque},
	sync::Mutex,
	time::Duration,
};

use axum::{body::Bytes, routing::post, Router};
use codec::{Decode, DecodeAll, Encode};
use reqwest::Client;
use salus::Hash;
use salus_primitives::{AnchorId, NewBatch, PatientId};
use salus_vitals::batch_file::BatchFile;
use tokio::{sync::oneshot, time::sleep};

use super::{
	model::{away, envelope, opened, Asked, OnChain, Refused, State},
	*,
};
use crate::{
	listener,
	telemetry::{
		chain::{Chain, Failure, NotAnchored, NotStored, Standing, Vault},
		ledger::Sealed,
		Closed,
	},
};

/// Blocks that are not final.
const UNFINAL: usize = 2;

type Answer = oneshot::Sender<Result<Vec<AnchorId>, Refused>>;
type Call = (Vec<NewBatch>, Answer);

/// A call of a block, and what became of it.
type Done = (Call, Result<Vec<AnchorId>, Refused>);

/// Chain and vault.
#[derive(Default)]
pub struct Hospital {
	pool: Vec<Call>,
	best: State,
	pub finalised: State,
	unfinal: VecDeque<Vec<Done>>,
	pub vault: HashMap<Hash, Vec<u8>>,
	/// Each batch's envelope, by its root.
	pub envelopes: HashMap<[u8; 32], Hash>,
	pub puts: usize,
	pub calls: usize,
	pub refused: usize,
}

impl Hospital {
	/// With so many devices, each bound by the binding of its number.
	pub fn new(devices: u64) -> Self {
		let mut state = State::default();
		for number in 0..devices {
			let signer = numbered(number);
			state.devices.insert(id(&signer), OnChain::default());
			state
				.bindings
				.insert(number, (id(&signer), device(&signer).bindings[&BINDING]));
		}
		Self {
			best: state.clone(),
			finalised: state,
			..Self::default()
		}
	}

	fn block(&mut self) {
		let mut block = Vec::new();
		for call in std::mem::take(&mut self.pool) {
			self.calls += 1;
			let outcome = self.best.anchor(&call.0);
			self.refused += usize::from(outcome.is_err());
			block.push((call, outcome));
		}
		self.unfinal.push_back(block);
		if self.unfinal.len() <= UNFINAL {
			return;
		}
		for ((batches, answer), outcome) in self.unfinal.pop_front().into_iter().flatten() {
			assert_eq!(self.finalised.anchor(&batches), outcome);
			// Who asked may be dead.
			let _gone = answer.send(outcome);
		}
	}

	fn put(&mut self, sha256: Hash, payload: Vec<u8>) {
		let root = opened(&payload).batch().unwrap().tree.root();
		let known = *self.envelopes.entry(root).or_insert(sha256);
		assert_eq!(known, sha256, "a batch has one envelope for ever");
		self.puts += 1;
		self.vault.insert(sha256, payload);
	}
}

async fn answer(hospital: Arc<Mutex<Hospital>>, body: Bytes) -> Vec<u8> {
	match Asked::decode_all(&mut &*body).unwrap() {
		Asked::Standing(ids) => {
			let hospital = hospital.lock().unwrap();
			let next = |id| hospital.finalised.devices.get(id).map(|device| device.next_seq);
			ids.iter().map(next).collect::<Vec<_>>().encode()
		}
		Asked::Find(root) => hospital.lock().unwrap().finalised.find(&root).encode(),
		Asked::Put(sha256, payload) => {
			hospital.lock().unwrap().put(sha256, payload);
			Vec::new()
		}
		Asked::Anchor(batches) => {
			let (answer, answered) = oneshot::channel();
			{
				let mut hospital = hospital.lock().unwrap();
				for batch in &batches {
					assert!(hospital.vault.contains_key(&batch.sha256), "what is anchored is stored");
				}
				hospital.pool.push((batches, answer));
			}
			answered.await.unwrap().encode()
		}
	}
}

/// Serves it, with a block in each such time; where.
pub async fn serve(hospital: Arc<Mutex<Hospital>>, block: Duration) -> String {
	let blocks = Arc::clone(&hospital);
	tokio::spawn(async move {
		loop {
			sleep(block).await;
			blocks.lock().unwrap().block();
		}
	});
	let listener = listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
	let url = format!("http://{}/", listener.local_addr().unwrap());
	let routes = Router::new().route("/", post(move |body: Bytes| answer(Arc::clone(&hospital), body)));
	tokio::spawn(listener::serve(listener, None, routes, 64));
	url
}

/// The gateway's side of it.
#[derive(Clone)]
pub struct Remote {
	http: Client,
	url: String,
}

impl Remote {
	pub fn new(url: String) -> Self {
		let http = Client::new();
		Self { http, url }
	}

	async fn ask<T: Decode>(&self, asked: Asked) -> Result<T, Failure> {
		let sent = self.http.post(&self.url).body(asked.encode()).send().await;
		let body = sent.map_err(|_| away())?.bytes().await.map_err(|_| away())?;
		T::decode(&mut &*body).map_err(|_| away())
	}
}

impl Chain for Remote {
	async fn standing(&self, devices: &[DeviceId]) -> Result<Vec<Option<Standing>>, Failure> {
		let found: Vec<Option<u64>> = self.ask(Asked::Standing(devices.to_vec())).await?;
		let standing = |next_seq| Standing {
			status: Status::Active,
			next_seq,
		};
		Ok(found.into_iter().map(|next| next.map(standing)).collect())
	}

	async fn binding(&self, _: u64) -> Result<Option<Binding>, Failure> {
		Err(away())
	}

	async fn find(&self, batch: &Closed) -> Result<Option<AnchorId>, Failure> {
		self.ask(Asked::Find(batch.root)).await
	}

	async fn anchor(&self, batches: Vec<NewBatch>) -> Result<Vec<AnchorId>, NotAnchored> {
		let outcome: Result<Vec<AnchorId>, Refused> = self.ask(Asked::Anchor(batches)).await?;
		outcome.map_err(|(place, error)| NotAnchored::Batch {
			place: place.into(),
			error,
		})
	}
}

impl Vault for Remote {
	async fn seal(&self, _: &Closed, _: PatientId, file: BatchFile) -> Result<Sealed, NotStored> {
		Ok(envelope(&file))
	}

	async fn put(&self, sealed: &Sealed) -> Result<(), NotStored> {
		let asked = Asked::Put(sealed.sha256, sealed.sealed.clone());
		self.ask(asked).await.map_err(NotStored::Later)
	}
}
