//! Subscriptions to what happens of a patient's devices: in order, each once, and none left out.

use std::time::Duration;

use jsonrpsee::core::server::{MethodsError, Subscription};
use salus_index::BlockEntries;
use salus_primitives::{AuditEntry, Kind};
use serde_json::{json, Value};
use sp_core::H256;
use tokio::time::timeout;

use super::world::World;
use crate::{availability::MAX_WATCHES, AccountId};

const SUBSCRIBE: &str = "telemetry_subscribeEvents";

async fn subscribed(world: &World, patient: u64, cursor: Value) -> Subscription {
	let params = vec![json!(patient), cursor];
	world.subscribe(SUBSCRIBE, params, 16).await.unwrap()
}

async fn next(subscription: &mut Subscription) -> Value {
	let message = timeout(Duration::from_secs(10), subscription.next::<Value>());
	message.await.unwrap().unwrap().unwrap().0
}

/// A finalised block with these entries in the trail of a patient, whose state counts as many as her id says.
async fn block(world: &World, number: u32, patient: u64, entries: impl IntoIterator<Item = (u64, Kind<AccountId>)>) {
	let entry = |(seq, kind)| {
		let entry = AuditEntry {
			seq,
			at: 10 * seq,
			actor: None,
			kind,
		};
		(patient, entry)
	};
	let block = BlockEntries {
		number,
		hash: H256::repeat_byte(1),
		entries: entries.into_iter().map(entry).collect(),
		listings: Some(Vec::new()),
	};
	world.index.append(&[block]).await.unwrap();
}

fn anchored(anchor: u64) -> Kind<AccountId> {
	Kind::BatchAnchored { anchor, missing: 2 }
}

async fn refused(world: &World, params: Vec<Value>) -> i32 {
	match world.subscribe(SUBSCRIBE, params, 16).await {
		Err(MethodsError::JsonRpc(error)) => error.code(),
		other => panic!("{other:?}"),
	}
}

#[tokio::test]
async fn says_what_happens_from_now_on_and_nothing_of_other_matters() {
	let world = World::new().await;
	block(&world, 1, 3, (1..=3).map(|alert| (alert, Kind::AlertRaised { alert }))).await;
	let mut news = subscribed(&world, 3, Value::Null).await;
	let record = Kind::RecordRegistered { record: 0 };
	block(&world, 2, 3, [(4, record), (5, anchored(7))]).await;
	world.finalise();
	let first = next(&mut news).await;
	assert_eq!(
		first["kind"],
		json!({ "type": "BatchAnchored", "anchor": 7, "missing": 2 })
	);
	assert_eq!(
		[&first["patient"], &first["seq"], &first["block"], &first["at"]],
		[3, 5, 2, 50]
	);

	let unbound = Kind::DeviceUnbound { binding: 1 };
	block(&world, 3, 3, [(6, unbound), (7, Kind::AlertAcknowledged { alert: 1 })]).await;
	world.finalise();
	assert_eq!(next(&mut news).await["kind"]["type"], "DeviceUnbound");
	assert_eq!(next(&mut news).await["kind"]["type"], "AlertAcknowledged");
}

#[tokio::test]
async fn who_comes_back_with_the_cursor_is_told_all_that_came_behind_it() {
	let world = World::new().await;
	block(&world, 1, 0, [(1, anchored(1))]).await;
	// The state of patient 0 counts no entry: all of the trail is news.
	let cursor = next(&mut subscribed(&world, 0, Value::Null).await).await["cursor"].clone();
	block(&world, 2, 0, [(2, anchored(2)), (3, anchored(3))]).await;
	let mut back = subscribed(&world, 0, cursor).await;
	assert_eq!(next(&mut back).await["kind"]["anchor"], 2);
	assert_eq!(next(&mut back).await["kind"]["anchor"], 3);
}

#[tokio::test]
async fn one_who_reads_slowly_misses_nothing() {
	let world = World::new().await;
	let mut slow = world
		.subscribe(SUBSCRIBE, vec![json!(0), Value::Null], 1)
		.await
		.unwrap();
	block(&world, 1, 0, (1..=600).map(|seq| (seq, anchored(seq)))).await;
	world.finalise();
	for anchor in 1..=600 {
		assert_eq!(next(&mut slow).await["kind"]["anchor"], anchor);
	}
}

#[tokio::test]
async fn what_is_not_indexed_yet_is_told_when_it_is() {
	let world = World::new().await;
	let mut news = subscribed(&world, 0, Value::Null).await;
	world.progress.send_modify(|progress| progress.number = 6);
	block(&world, 1, 0, [(1, anchored(1))]).await;
	world.finalise();
	world.progress.send_modify(|progress| progress.number = 7);
	assert_eq!(next(&mut news).await["kind"]["anchor"], 1);
}

#[tokio::test]
async fn bad_parameters_and_a_node_without_an_index_refuse() {
	let world = World::new().await;
	assert_eq!(refused(&world, vec![json!("one")]).await, 7001);
	assert_eq!(refused(&world, vec![json!(1), json!("0x05")]).await, 7003);
	assert_eq!(refused(&world, vec![]).await, -32602);
	assert_eq!(refused(&World::without_index().await, vec![json!(1)]).await, 7009);
}

#[tokio::test]
async fn too_many_followers() {
	let world = World::new().await;
	let mut all = Vec::new();
	for _ in 0..MAX_WATCHES {
		all.push(subscribed(&world, 1, Value::Null).await);
	}
	assert_eq!(refused(&world, vec![json!(1)]).await, 7015);

	// Who leaves makes a place.
	drop(all.pop());
	let free = async {
		while world.subscribe(SUBSCRIBE, vec![json!(1)], 16).await.is_err() {
			tokio::task::yield_now().await;
		}
	};
	timeout(Duration::from_secs(10), free).await.unwrap();
}
