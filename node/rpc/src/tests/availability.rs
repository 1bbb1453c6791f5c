//! Subscriptions: what is said at once, when finality moves on, and to whom who comes back.

use std::time::Duration;

use jsonrpsee::core::server::{MethodsError, Subscription};
use salus_primitives::{SlotState, DAY, HOUR};
use serde_json::{json, Value};
use tokio::time::timeout;

use super::{
	appointments::slots,
	diary::set_calendar,
	world::{account, finalised, World},
};
use crate::{availability::MAX_WATCHES, AccountId};

const SUBSCRIBE: &str = "appointments_subscribeAvailability";

fn params(practitioner: &AccountId, cursor: Value) -> Vec<Value> {
	vec![json!(practitioner.to_string()), json!(0), json!(DAY), cursor]
}

async fn subscribed(world: &World, practitioner: &AccountId, cursor: Value) -> Subscription {
	world
		.subscribe(SUBSCRIBE, params(practitioner, cursor), 16)
		.await
		.unwrap()
}

async fn next(subscription: &mut Subscription) -> Value {
	let message = timeout(Duration::from_secs(10), subscription.next::<Value>());
	message.await.unwrap().unwrap().unwrap().0
}

fn states(message: &Value) -> Vec<&Value> {
	let slots = message["slots"].as_array().unwrap().iter();
	slots.map(|slot| &slot["state"]["type"]).collect()
}

/// Code and data with which a subscription is refused.
async fn refused(world: &World, params: Vec<Value>) -> (i32, Value) {
	match world.subscribe(SUBSCRIBE, params, 16).await {
		Err(MethodsError::JsonRpc(error)) => {
			let data = error.data().map(|data| serde_json::from_str(data.get()).unwrap());
			(error.code(), data.unwrap_or_default())
		}
		other => panic!("{other:?}"),
	}
}

#[tokio::test]
async fn says_what_is_and_then_each_change() {
	let (world, doctor) = (World::new().await, account(40));
	set_calendar(doctor.clone(), slots([SlotState::Free; 2]));
	let mut subscription = subscribed(&world, &doctor, Value::Null).await;
	let first = next(&mut subscription).await;
	assert_eq!(states(&first), ["Free", "Free"]);
	assert_eq!((&first["block"], &first["hash"]), (&json!(7), &json!(finalised())));
	assert_eq!(first["slots"][1]["start"], HOUR);

	// A block that changes nothing of it says nothing: what comes next is the change.
	assert_eq!(world.finalise(), 1);
	set_calendar(doctor, slots([SlotState::Free, SlotState::Busy(3)]));
	world.finalise();
	let second = next(&mut subscription).await;
	assert_eq!(states(&second), ["Free", "Busy"]);
	assert_ne!(first["cursor"], second["cursor"]);
}

#[tokio::test]
async fn who_comes_back_with_the_cursor_is_told_what_changed_meanwhile() {
	let (world, doctor) = (World::new().await, account(41));
	set_calendar(doctor.clone(), slots([SlotState::Free]));
	let cursor = next(&mut subscribed(&world, &doctor, Value::Null).await).await["cursor"].clone();

	// Nothing did: the first word is the next change.
	let mut back = subscribed(&world, &doctor, cursor.clone()).await;
	set_calendar(doctor.clone(), slots([SlotState::Busy(1)]));
	world.finalise();
	assert_eq!(states(&next(&mut back).await), ["Busy"]);
	drop(back);

	// It did: that is said at once.
	let mut later = subscribed(&world, &doctor, cursor).await;
	assert_eq!(states(&next(&mut later).await), ["Busy"]);
}

#[tokio::test]
async fn one_who_reads_slowly_is_told_the_last_state() {
	let (world, doctor) = (World::new().await, account(42));
	set_calendar(doctor.clone(), slots([SlotState::Free]));
	let mut slow = world
		.subscribe(SUBSCRIBE, params(&doctor, Value::Null), 1)
		.await
		.unwrap();
	// Her buffer holds one message; the others find it full.
	for appointment in 0..5 {
		set_calendar(doctor.clone(), slots([SlotState::Busy(appointment)]));
		world.finalise();
		tokio::task::yield_now().await;
	}
	let last = json!({ "type": "Busy", "appointment": 4 });
	loop {
		let message = next(&mut slow).await;
		if message["slots"][0]["state"] == last {
			break;
		}
		world.finalise();
	}
}

#[tokio::test]
async fn bad_parameters_are_refused_as_of_a_call() {
	let world = World::new().await;
	let doctor = account(43).to_string();
	for (params, parameter) in [
		(vec![json!(7), json!(0), json!(1)], "practitioner"),
		(vec![json!(doctor), json!("soon"), json!(1)], "from"),
		(vec![json!(doctor), json!(1), json!(1)], "to"),
		(vec![json!(doctor), json!(0), json!(7 * DAY + 1)], "to"),
	] {
		let expected = json!({ "name": "InvalidParameter", "parameter": parameter });
		assert_eq!(refused(&world, params).await, (7001, expected));
	}
	assert_eq!(refused(&world, params(&account(43), json!("0x05"))).await.0, 7003);
	assert_eq!(refused(&world, vec![json!(doctor)]).await.0, -32602);
	// A runtime that does not answer, at once.
	assert_eq!(refused(&world, params(&account(0xbb), Value::Null)).await.0, 7006);
}

#[tokio::test]
async fn too_many_subscriptions() {
	let (world, doctor) = (World::new().await, account(44));
	let mut all = Vec::new();
	for _ in 0..MAX_WATCHES {
		all.push(subscribed(&world, &doctor, Value::Null).await);
	}
	let params = params(&doctor, Value::Null);
	let expected = json!({ "name": "TooManySubscriptions" });
	assert_eq!(refused(&world, params.clone()).await, (7015, expected));

	// Who leaves makes a place.
	drop(all.pop());
	let free = async {
		while world.subscribe(SUBSCRIBE, params.clone(), 16).await.is_err() {
			tokio::task::yield_now().await;
		}
	};
	timeout(Duration::from_secs(10), free).await.unwrap();
}
