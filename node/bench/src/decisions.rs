//! Decisions a second: the engine by itself, over the node's RPC, and a bare jsonrpsee server beside it.

use std::{
	process::{Child, Command, Stdio},
	time::{Duration, Instant},
};

use codec::Encode;
use futures::future::try_join_all;
use jsonrpsee::{server::Server, RpcModule};
use pallet_consent::Pallet as Consent;
use salus_primitives::{AccessControl, AccessRequest, Action, Decision, Purpose};
use salus_runtime::{AccountId, Runtime};
use serde_json::Value;

use crate::{
	error::{Error, Result},
	figures::per_second,
	network::free_ports,
	rpc::{hex, Rpc},
	state,
	world::{World, RECORDED},
};

/// How many calls wait on one connection.
const AT_ONCE: usize = 16;
/// Connections.
const CONNECTIONS: usize = 4;
/// What the echo is called.
const ECHO: &str = "echo";

/// How many answers a second.
pub struct Decisions {
	/// Decisions a second of the engine in this process, natively, on the chain's own state.
	pub native: f64,
	/// The same over `consent_decide`.
	pub rpc: f64,
	/// Echoes a second over a jsonrpsee server that does nothing.
	pub echo: f64,
}

/// A question that hospitals ask all day: may this doctor add a document about her patient?
pub fn ordinary(world: &World) -> Result<AccessRequest<AccountId>> {
	let doctor = world.doctors.first().ok_or_else(|| Error::Missing("a doctor".into()))?;
	Ok(AccessRequest {
		requester: doctor.id(),
		on_behalf_of: Some(doctor.institution),
		patient: doctor.patient,
		record: None,
		custodian: doctor.institution,
		category: salus_primitives::Category::Laboratory,
		compartment: None,
		recorded_at: RECORDED,
		author: doctor.id(),
		status: None,
		action: Action::Append,
		purpose: Purpose::Treatment,
	})
}

/// Asks one question again and again, for so long each.
pub async fn measure(world: &World, request: &AccessRequest<AccountId>, each: Duration) -> Result<Decisions> {
	let (url, _) = world.urls.first().ok_or_else(|| Error::Missing("a node".into()))?;
	let pairs = state::pairs(&world.watch).await?;
	let (native, decision) = natively(pairs, request, each);

	let param = Value::String(hex(request.encode()));
	let answer = world.watch.call("consent_decide", std::slice::from_ref(&param)).await?;
	let agree =
		answer.get("type").and_then(Value::as_str) == Some(if decision.is_permit() { "Permit" } else { "Deny" });
	if !agree {
		return Err(Error::Disagree {
			rpc: answer.to_string(),
			native: format!("{decision:?}"),
		});
	}
	let rpc = calls(url, "consent_decide", &param, each).await?;
	let echo = Echo::start(&answer).await?;
	let echoes = calls(&echo.url, ECHO, &param, each).await?;
	Ok(Decisions {
		native,
		rpc,
		echo: echoes,
	})
}

/// The engine as compiled into this program, on the chain's state in memory.
fn natively(pairs: Vec<(Vec<u8>, Vec<u8>)>, request: &AccessRequest<AccountId>, each: Duration) -> (f64, Decision) {
	let mut storage = sp_core::storage::Storage::default();
	storage.top.extend(pairs);
	sp_io::TestExternalities::new(storage).execute_with(|| {
		let decide = || <Consent<Runtime> as AccessControl<AccountId>>::decide(std::hint::black_box(request));
		let decision = decide();
		let (start, mut done) = (Instant::now(), 0_usize);
		while start.elapsed() < each {
			for _ in 0..100 {
				std::hint::black_box(decide());
			}
			done = done.saturating_add(100);
		}
		(per_second(done, start.elapsed()), decision)
	})
}

/// The same call again and again over several connections.
async fn calls(url: &str, method: &str, param: &Value, each: Duration) -> Result<f64> {
	let start = Instant::now();
	let connections = try_join_all((0..CONNECTIONS).map(|_| Rpc::connect(url))).await?;
	let lanes = connections
		.iter()
		.flat_map(|rpc| std::iter::repeat_n(rpc, AT_ONCE))
		.map(|rpc| async move {
			let mut done = 0_usize;
			while start.elapsed() < each {
				rpc.call(method, std::slice::from_ref(param)).await?;
				done = done.saturating_add(1);
			}
			Ok::<_, Error>(done)
		});
	let done: usize = try_join_all(lanes).await?.into_iter().sum();
	Ok(per_second(done, start.elapsed()))
}

/// This program again, as a jsonrpsee server that answers every call with the same bytes.
struct Echo {
	child: Child,
	url: String,
}

impl Echo {
	async fn start(answer: &Value) -> Result<Self> {
		let [port] = free_ports()?;
		let own = std::env::current_exe().map_err(Error::io("this program"))?;
		let child = Command::new(own)
			.args(["echo", &port.to_string(), &answer.to_string()])
			.stdin(Stdio::null())
			.spawn()
			.map_err(Error::io("the echo"))?;
		let echo = Self {
			child,
			url: format!("ws://127.0.0.1:{port}"),
		};
		let start = Instant::now();
		while Rpc::connect(&echo.url).await.is_err() {
			if start.elapsed() > Duration::from_secs(10) {
				return Err(Error::Missing("the echo".into()));
			}
			tokio::time::sleep(Duration::from_millis(20)).await;
		}
		Ok(echo)
	}
}

impl Drop for Echo {
	fn drop(&mut self) {
		self.child.kill().ok();
		self.child.wait().ok();
	}
}

/// Serves the echo until this process is ended.
pub async fn serve(port: u16, answer: &str) -> Result<()> {
	let answer: Value = serde_json::from_str(answer).map_err(|_| Error::Unreadable("the echo's answer"))?;
	let failed = |error: &dyn std::fmt::Display| Error::Missing(format!("the echo: {error}"));
	let server = Server::builder()
		.build(("127.0.0.1", port))
		.await
		.map_err(Error::io("the echo"))?;
	let mut module = RpcModule::new(answer);
	module
		.register_method(ECHO, |_, answer, _| answer.clone())
		.map_err(|error| failed(&error))?;
	server.start(module).stopped().await;
	Ok(())
}
