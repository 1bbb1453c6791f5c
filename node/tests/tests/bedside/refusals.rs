//! What the gateway and the chain do not take.

use super::{
	ward::{number, Device, Ward, VALUE},
	DESK,
};
use salus::{telemetry, Client};
use salus_primitives::{AnchorId, NewBatch, DAY, HOUR};
use salus_tests::{consortium::Council, until, Node};
use salus_vitals::SignedReading;
use serde_json::json;

/// Fast: what is refused anyhow.
const SPEED: u32 = 2_000;

/// A device that has another's token or password, or sends what another signed, or where it may not.
pub async fn of_another_s_token(ward: &Ward) {
	let (salus, gateway, broker) = (&ward.patient.salus, &ward.gateway, &ward.broker);
	let (monitor, watch) = (&ward.monitor, &ward.watch);
	let sends = |to: &str, secret: &str, more: &str| {
		let state = salus.file("stranger.state");
		// Its numbers count for nobody.
		let _ = std::fs::remove_file(&state);
		watch.plays(
			SPEED,
			&format!("--state {state} --to {to} --token-file {secret} {more}"),
		)
	};
	salus
		.types(&sends(&gateway.devices_url(), &monitor.secret, ""))
		.fails(3, "NoToken");
	let foreign = ward.signs(watch, 0, 0).encode();
	assert_eq!(gateway.hand_in(&monitor.bearer, &foreign).await, "OtherDevice");
	assert_eq!(gateway.hand_in(&watch.id, &foreign).await, "NoToken");

	// The broker lets nobody in with another's password, and nobody publish beside its own topic.
	let stranger = salus.starts(&sends(&broker.url(), &monitor.secret, ""));
	until("the broker refuses it", || async {
		broker.log().contains("disconnected, not authorised").then_some(())
	})
	.await;
	stranger.kill();
	let elsewhere = salus.types(&sends(&broker.url(), &watch.secret, "--prefix other")).ok();
	assert_eq!(number(&elsewhere["kept"]), 0, "{elsewhere}");
	assert!(number(&elsewhere["refused"]["NotAuthorized"]) > 0, "{elsewhere}");
}

/// A reading that is anchored: again, with another value under its number, or with its signature spoilt; and its whole
/// batch, by who may anchor.
pub async fn of_what_came_before(ward: &Ward, alice: &Node, anchored: &SignedReading, batch: AnchorId) {
	let (gateway, monitor) = (&ward.gateway, &ward.monitor);
	let bearer = &monitor.bearer;
	assert_eq!(gateway.hand_in(bearer, &anchored.encode()).await, "keptBefore");
	let other = ward.signs(monitor, anchored.reading.seq, anchored.reading.at);
	assert_eq!(gateway.hand_in(bearer, &other.encode()).await, "Conflict");
	assert_eq!(gateway.hand_in(bearer, &spoilt(anchored)).await, "BadSignature");

	let client = Client::connect(&alice.url).await.unwrap();
	let found = client.proven_anchor(batch).await.unwrap();
	let again = NewBatch {
		device: anchored.reading.device,
		binding: found.binding,
		first_seq: found.first_seq,
		count: found.count,
		first_at: found.first_at,
		last_at: found.last_at,
		root: found.root,
		cid: found.payload.cid(),
		sha256: found.payload.sha256(),
		size: found.size,
	};
	let council = Council::at(alice).await;
	let error = council.refused(DESK, &telemetry::anchor(0, vec![again])).await;
	assert_eq!(error, "BatchSequencePassed");
}

/// What was not measured while a device was bound, or under no binding of it. What was measured before she ended the
/// binding still is taken.
pub async fn of_what_is_nobody_s(ward: &mut Ward, alice: &Node) {
	let (patient, gateway) = (&ward.patient, &ward.gateway);
	let (monitor, watch) = (&ward.monitor, &ward.watch);
	let next = |device: &Device| device.values.len() as u64;
	let now = alice.time().await;
	let early = ward.signs(watch, next(watch), now - DAY);
	assert_eq!(gateway.hand_in(&watch.bearer, &early.encode()).await, "OutsideBinding");
	let ahead = ward.signs(watch, next(watch), now + HOUR);
	assert_eq!(gateway.hand_in(&watch.bearer, &ahead.encode()).await, "ClockAhead");
	let mut unbound = ward.signs(watch, next(watch), now).reading;
	unbound.binding += 100;
	let unbound = watch.signs(unbound).encode();
	// Until a later block is final, there may be one that says so.
	until("the gateway knows that there is no such binding", || async {
		let answer = gateway.hand_in(&watch.bearer, &unbound).await;
		assert!(["Unsettled", "UnknownBinding"].contains(&answer.as_str()), "{answer}");
		(answer == "UnknownBinding").then_some(())
	})
	.await;

	patient.types(&format!("device unbind {}", monitor.binding)).ok();
	let binding = alice.asked("telemetry_binding", json!([monitor.binding])).await;
	let ends = number(&binding["ends"]);
	let late = ward.signs(monitor, next(monitor), ends);
	// A reading that nobody signed is kept in no case: the gateway looks at its time first.
	until("the gateway knows that the binding is over", || async {
		let answer = gateway.hand_in(&monitor.bearer, &spoilt(&late)).await;
		(answer == "OutsideBinding").then_some(())
	})
	.await;
	assert_eq!(gateway.hand_in(&monitor.bearer, &late.encode()).await, "OutsideBinding");
	let salus = &patient.salus;
	let state = salus.file("late.state");
	let to = format!(
		"--state {state} --to {} --token-file {}",
		gateway.devices_url(),
		monitor.secret
	);
	let sent = salus.types(&monitor.plays(SPEED, &to)).ok();
	assert_eq!(number(&sent["kept"]), 0, "{sent}");
	assert!(number(&sent["refused"]["OutsideBinding"]) > 0, "{sent}");

	let last = ward.signs(monitor, next(monitor), ends - 1);
	assert_eq!(gateway.hand_in(&monitor.bearer, &last.encode()).await, "kept");
	ward.monitor.values.push(VALUE.to_string());
}

/// The same with a signature that is none.
fn spoilt(signed: &SignedReading) -> Vec<u8> {
	let mut bytes = signed.encode();
	*bytes.last_mut().unwrap() ^= 1;
	bytes
}
