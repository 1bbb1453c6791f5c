//! A flood of transactions that are none.

use super::{
	stream::{assert_kept, extrinsics, Stream},
	DOCTOR,
};
use salus::{api, Account, Client, Identity};
use salus_tests::{until, Node};
use salus_vault::fingerprint::fingerprint;
use serde_json::{json, Value};
use std::{
	collections::{BTreeMap, BTreeSet},
	time::Instant,
};
use subxt::config::DefaultExtrinsicParamsBuilder;

/// Of each kind; all in all 10,000.
const FORGED: u32 = 3_000;
const STRANGERS: u32 = 3_000;
const GARBAGE: u32 = 2_000;
const FUTURE: u32 = 1_980;
const OVERSIZED: u32 = 16;
const OVERLONG: u32 = 4;
/// More than a block may hold; more than a request may be.
const OVERSIZED_BYTES: usize = 6 << 20;
const OVERLONG_BYTES: usize = 9 << 20;
/// Transactions in a request.
const BATCH: usize = 100;

/// Who sends what is valid meanwhile.
const VALID: [&str; 6] = [
	"//Alice//admin",
	"//Alice//nurse",
	"//Bob//admin",
	"//Bob//doctor",
	"//Bob//nurse",
	"//Dave",
];

/// Signs what nobody takes.
struct Forger {
	at: salus::At,
	doctor: Account,
	other: Account,
}

impl Forger {
	async fn new(client: &Client) -> Self {
		let [doctor, other] = [DOCTOR, "//Charlie"].map(|uri| Identity::development(uri).unwrap().account().clone());
		let at = client.finalised().await.unwrap();
		Self { at, doctor, other }
	}

	fn signed(&self, account: &Account, remark: Vec<u8>, nonce: u64) -> Vec<u8> {
		let params = DefaultExtrinsicParamsBuilder::new().immortal().nonce(nonce).build();
		let call = api::tx().system().remark(remark);
		let mut signable = self.at.tx().create_signable_offline(&call, params).unwrap();
		signable.sign(account).unwrap().into_encoded()
	}

	/// The doctor's transaction with another's signature.
	fn forged(&self, number: u32) -> Vec<u8> {
		let params = DefaultExtrinsicParamsBuilder::new().immortal().nonce(0).build();
		let call = api::tx().system().remark(number.to_le_bytes().to_vec());
		let mut signable = self.at.tx().create_signable_offline(&call, params).unwrap();
		let signature = self.other.sign(&signable.signer_payload().unwrap());
		let forged = signable.sign_with_account_and_signature(&self.doctor.id(), &signature);
		forged.unwrap().into_encoded()
	}

	/// All of these kinds, mixed.
	fn flood(&self) -> Vec<(Kind, Vec<u8>)> {
		let forged = (0..FORGED).map(|n| (Kind::Forged, self.forged(n)));
		let strangers = (0..STRANGERS).map(|n| {
			let seed = fingerprint(&n.to_le_bytes()).sha256;
			let stranger = Identity::from_seed(&seed);
			(Kind::Stranger, self.signed(stranger.account(), vec![1], 0))
		});
		let garbage = (0..GARBAGE).map(|n| {
			let bytes = n.to_le_bytes().into_iter().cycle().take(1 + n as usize % 300);
			(Kind::Garbage, bytes.collect())
		});
		let future = (0..FUTURE).map(|n| {
			let nonce = 1_000_000 + u64::from(n);
			(Kind::Future, self.signed(&self.doctor, vec![2], nonce))
		});
		let mut all: Vec<_> = forged
			.chain(strangers)
			.chain(garbage)
			.chain(future)
			.enumerate()
			.collect();
		// Kinds next to each other in each request.
		let requests = all.len() / BATCH;
		all.sort_by_key(|(index, _)| (index % requests, *index));
		all.into_iter().map(|(_, one)| one).collect()
	}
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
	Forged,
	Stranger,
	Garbage,
	Future,
	Oversized,
}

impl Kind {
	/// How the refusals of this kind begin; what is signed for a time that may come is taken, to wait.
	fn refusals(self) -> &'static [&'static str] {
		match self {
			Self::Forged => &["1010 Invalid Transaction: \"Transaction has a bad signature\""],
			Self::Stranger => &["1010 Invalid Transaction: \"Inability to pay some fees"],
			// No extrinsic; no transaction of this chain; the same bytes again.
			Self::Garbage => &[
				"1040 Client error: Could not decode",
				"1002 Verification Error",
				"1012 ",
			],
			Self::Future => &["taken"],
			Self::Oversized => &["1010 Invalid Transaction: \"Transaction would exhaust the block limits\""],
		}
	}
}

/// The samples of a metric with these labels, added up.
fn metric(metrics: &str, name: &str, labels: &[&str]) -> f64 {
	let samples = metrics.lines().filter(|line| {
		line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']))
			&& labels.iter().all(|label| line.contains(label))
	});
	samples
		.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap())
		.sum()
}

/// 10,000 transactions with others' signatures, of strangers, of garbage, with nonces far ahead, and too large: each is
/// refused with its reason or waits where there is little room; none is in a block; blocks come as before; and what is
/// valid becomes final meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_invalid_transactions_changes_nothing() {
	let node = Node::start().await;
	let client = Client::connect(&node.url).await.unwrap();
	let forger = Forger::new(&client).await;
	let flood = forger.flood();
	let stream = Stream::begin(&node, &VALID.map(String::from), None).await;
	until("the first of the valid", || async {
		(stream.finals() > 0).then_some(())
	})
	.await;

	let (first, sent) = (node.finalised().await.unwrap(), stream.finals());
	let (before, logged) = (node.metrics().await, node.log().len());
	let began = Instant::now();
	let mut answers = BTreeMap::<(Kind, String), u32>::new();
	let mut count = |kind: Kind, answer: &Value| {
		let error = &answer["error"];
		let said = match error["code"].as_i64() {
			Some(code) => format!("{code} {}: {}", error["message"].as_str().unwrap(), error["data"]),
			None => "taken".to_owned(),
		};
		assert!(
			kind.refusals().iter().any(|refusal| said.starts_with(refusal)),
			"{kind:?}: {said}"
		);
		*answers.entry((kind, said.chars().take(60).collect())).or_default() += 1;
	};
	for batch in flood.chunks(BATCH) {
		let params: Vec<_> = batch.iter().map(|(_, bytes)| json!([hex(bytes)])).collect();
		for ((kind, _), answer) in batch.iter().zip(node.batch("author_submitExtrinsic", &params).await) {
			count(*kind, &answer);
		}
	}
	for n in 0..OVERSIZED {
		let bytes = forger.signed(&forger.doctor, vec![3; OVERSIZED_BYTES], u64::from(n));
		let answer = node.batch("author_submitExtrinsic", &[json!([hex(&bytes)])]).await;
		count(Kind::Oversized, &answer[0]);
	}
	for _ in 0..OVERLONG {
		// Refused by its length: the connection may be closed before all of it is sent.
		let error = node
			.rpc("author_submitExtrinsic", json!([hex(&vec![4; OVERLONG_BYTES])]))
			.await;
		let error = error.unwrap_err();
		assert!(error.code == -32007 || error.code == 0, "{error:?}");
	}
	let took = began.elapsed();
	let (last, valid) = (node.best().await.unwrap(), stream.finals() - sent);
	let late = stream.late();
	println!(
		"the flood took {took:?}; {} blocks came and {valid} valid transactions became final meanwhile, {late} \
		 were sent again; {} bytes of log; {answers:#?}",
		last - first,
		node.log().len() - logged
	);

	// Blocks came, and what is valid became final, and goes on to.
	assert!(last - first >= took.as_secs() / 3, "blocks come as before");
	let acknowledged = stream.end().await;
	assert!(valid > 0, "what was valid became final meanwhile");
	assert!(late * 20 <= valid, "{late} waited until their time was over");
	assert_kept(&acknowledged, &[&node]).await;
	let last = last.max(acknowledged.iter().map(|one| one.block).max().unwrap());
	until("finality", || async {
		node.finalised().await.filter(|number| *number >= last)
	})
	.await;

	// Nothing but that, and each block's own timestamp, is in a block.
	let known: BTreeSet<_> = acknowledged.iter().map(|one| one.extrinsic.0).collect();
	for number in first..=last {
		let hash = node.asked("chain_getBlockHash", json!([number])).await;
		let found = extrinsics(&node, &hash).await;
		let other = found.iter().filter(|extrinsic| !known.contains(*extrinsic)).count();
		assert_eq!(other, 1, "block {number}");
	}

	// The refusals are counted, and nothing of it waits for a block.
	let after = node.metrics().await;
	let more = |name: &str, labels: &[&str]| metric(&after, name, labels) - metric(&before, name, labels);
	let refused = ["method=\"author_submitExtrinsic\"", "is_error=\"true\""];
	let wanted = FORGED + STRANGERS + GARBAGE + OVERSIZED;
	assert_eq!(more("substrate_rpc_calls_finished", &refused), f64::from(wanted));
	assert!(more("substrate_sub_txpool_validations_finished", &[]) >= f64::from(FORGED + STRANGERS));
	let pending = node.asked("author_pendingExtrinsics", json!([])).await;
	let waiting = pending.as_array().unwrap().len();
	assert_eq!(
		waiting, 0,
		"what has a nonce before it that nobody sent is not for a block"
	);
}

fn hex(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}
