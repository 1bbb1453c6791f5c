use salus_primitives::{Period, Slot, SlotState, HOUR};
use serde_json::{json, Value};

use super::{
	diary::set_calendar,
	world::{account, pruned, World, BIG},
};

/// Slots of an hour each, one after the other.
pub fn slots(states: impl IntoIterator<Item = SlotState>) -> Vec<Slot> {
	let starts = (0..).map(|hour| hour * HOUR);
	let slot = |(start, state)| Slot {
		period: Period::new(start, start + HOUR),
		institution: 1,
		state,
	};
	starts.zip(states).map(slot).collect()
}

fn starts(page: &Value) -> Vec<u64> {
	let items = page["items"].as_array().unwrap().iter();
	items.map(|item| item["start"].as_u64().unwrap() / HOUR).collect()
}

fn ids(page: &Value) -> Vec<u64> {
	let items = page["items"].as_array().unwrap().iter();
	items.map(|item| item["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_slot_of_each_state() {
	let (world, doctor) = (World::new().await, account(30));
	let states = [
		SlotState::Free,
		SlotState::BusyTentative { patient: BIG, until: 9 },
		SlotState::Busy(4),
		SlotState::BusyUnavailable,
	];
	set_calendar(doctor.clone(), slots(states));
	let page = world
		.ok("appointments_availability", json!([doctor.to_string(), 0, 4 * HOUR]))
		.await;
	let slot = |hour: u64, state: Value| json!({ "start": hour * HOUR, "end": (hour + 1) * HOUR, "institution": 1, "state": state });
	assert_eq!(
		page,
		json!({
			"items": [
				slot(0, json!({ "type": "Free" })),
				slot(1, json!({ "type": "BusyTentative", "patient": BIG.to_string(), "until": 9 })),
				slot(2, json!({ "type": "Busy", "appointment": 4 })),
				slot(3, json!({ "type": "BusyUnavailable" })),
			],
			"next": null,
		})
	);
	let nobody = json!([account(31).to_string(), 0, HOUR]);
	assert_eq!(
		world.ok("appointments_availability", nobody).await,
		json!({ "items": [], "next": null })
	);
	let gone = json!({ "practitioner": doctor.to_string(), "from": 0, "to": 1, "at": pruned() });
	assert_eq!(world.fails("appointments_availability", gone).await.0, 7005);
}

#[tokio::test]
async fn pages_of_availability_follow_one_another() {
	let (world, doctor) = (World::new().await, account(32));
	set_calendar(doctor.clone(), slots([SlotState::Free; 7]));
	let (mut found, mut cursor) = (Vec::new(), Value::Null);
	loop {
		// From within the second slot until within the sixth.
		let (from, to) = (HOUR + 1, 5 * HOUR + 1);
		let params =
			json!({ "practitioner": doctor.to_string(), "from": from, "to": to, "limit": 2, "cursor": cursor });
		let page = world.ok("appointments_availability", params).await;
		assert!(starts(&page).len() <= 2);
		found.extend(starts(&page));
		cursor = page["next"].clone();
		if cursor.is_null() {
			break;
		}
	}
	assert_eq!(found, [1, 2, 3, 4, 5]);
	// A full page that is the last one has no next.
	let exact = world
		.ok(
			"appointments_availability",
			json!([doctor.to_string(), 0, 7 * HOUR, null, 7]),
		)
		.await;
	assert_eq!((starts(&exact).len(), &exact["next"]), (7, &Value::Null));
}

#[tokio::test]
async fn an_appointment_is_shown_whole() {
	let world = World::new().await;
	assert_eq!(
		world.ok("appointments_get", json!([3])).await,
		json!({
			"id": 3,
			"patient": 1,
			"institution": 0,
			"practitioners": [account(2).to_string(), account(3).to_string()],
			"start": 3 * HOUR,
			"end": 4 * HOUR,
			"mode": "Tele",
			"status": { "type": "Booked" },
			"madeAt": 5,
			"madeBy": account(1).to_string(),
			"replaces": 1,
		})
	);
	let cancelled = world.ok("appointments_get", json!([BIG.to_string()])).await;
	assert_eq!(cancelled["id"], BIG.to_string());
	assert_eq!(
		cancelled["status"],
		json!({ "type": "Cancelled", "by": "Desk", "reason": "Provider" })
	);
	assert_eq!(world.ok("appointments_get", json!([9])).await, Value::Null);
}

#[tokio::test]
async fn a_patients_appointments_newest_first() {
	let world = World::new().await;
	let of = json!({ "patient": 1 });
	let first = world.ok("appointments_list", json!([of, null, 3])).await;
	assert_eq!(ids(&first), [4, 3, 2]);
	let second = world.ok("appointments_list", json!([of, first["next"], 3])).await;
	assert_eq!((ids(&second), &second["next"]), (vec![1, 0], &Value::Null));
	let nobody = world.ok("appointments_list", json!([{ "patient": 2 }])).await;
	assert_eq!(nobody, json!({ "items": [], "next": null }));
}

#[tokio::test]
async fn a_practitioners_appointments_in_the_order_of_time() {
	let world = World::new().await;
	let of = json!({ "practitioner": account(2).to_string(), "from": HOUR, "to": 5 * HOUR });
	let first = world.ok("appointments_list", json!({ "of": of, "limit": 3 })).await;
	assert_eq!(ids(&first), [1, 2, 3]);
	let second = world
		.ok(
			"appointments_list",
			json!({ "of": of, "limit": 3, "cursor": first["next"] }),
		)
		.await;
	assert_eq!((ids(&second), &second["next"]), (vec![4], &Value::Null));
}

#[tokio::test]
async fn who_waits_and_what_they_are_offered() {
	let world = World::new().await;
	let list = world.ok("appointments_waiting", json!([account(2).to_string()])).await;
	assert_eq!(
		list[0],
		json!({
			"appointment": 7,
			"patient": BIG.to_string(),
			"institution": 0,
			"displaced": true,
			"priority": "Asap",
			"since": 3,
			"wanted": { "start": HOUR, "end": 9 * HOUR },
			"length": HOUR,
			"offer": { "start": 2 * HOUR, "end": 3 * HOUR, "until": HOUR },
		})
	);
	assert_eq!((&list[1]["appointment"], &list[1]["offer"]), (&json!(8), &Value::Null));
	assert_eq!(
		world.ok("appointments_waiting", json!([account(3).to_string()])).await,
		json!([])
	);
}

#[tokio::test]
async fn the_log_of_a_consultation() {
	let world = World::new().await;
	assert_eq!(
		world.ok("appointments_consultation", json!([3])).await,
		json!({
			"session": format!("0x{}", "04".repeat(32)),
			"startedAt": 10,
			"endedAt": null,
			"participants": [
				{ "account": account(2).to_string(), "onBehalfOf": 0, "joinedAt": 10 },
				{ "account": account(1).to_string(), "onBehalfOf": null, "joinedAt": 11 },
			],
		})
	);
	assert_eq!(world.ok("appointments_consultation", json!([4])).await, Value::Null);
}
