use super::*;
use crate::{
	Alerts, AlertsOf, Anchors, Bindings, BindingsOf, Devices, LatestAnchor, NextAlert, NextReceipt, Offers,
	OldestReceipt, Receipts,
};
use salus_primitives::Receipt;

/// A chain with something of everything, damaged, of which the invariants must tell.
fn damaged(what: &'static str, damage: impl FnOnce()) {
	world().execute_with(|| {
		let ada = bound(0, ADA, HOUR);
		anchored(batch(0, ada, 0, 5));
		anchored(batch(0, ada, 7, 5));
		pass(HOUR);
		let ben = bound(0, BEN, DAY);
		anchored(batch(0, ben, 12, 5));
		bound(1, ADA, DAY);
		access::ask("ada", &[0, 1], None);
		pass(1);
		access::ask("ada", &[1], None);
		alerts::raised(ADA, &["nurse"]);
		alerts::raised(ADA, &["nurse"]);
		alerts::raised(BEN, &["nurse"]);
		Telemetry::check_state().unwrap();
		damage();
		assert_eq!(Telemetry::check_state(), Err(what.into()));
	});
}

fn binding(id: BindingId, change: impl FnOnce(&mut Binding)) {
	Bindings::<Test>::mutate_extant(id, change);
}

fn batch_of(id: AnchorId, change: impl FnOnce(&mut Anchor)) {
	Anchors::<Test>::mutate_extant(id, change);
}

#[test]
fn broken_bindings() {
	damaged("telemetry: a binding of a coming id", || NextBinding::<Test>::put(2));
	damaged("telemetry: a binding of no device", || Devices::<Test>::remove(key(1)));
	damaged("telemetry: an inverted binding", || {
		binding(2, |kept| kept.starts = kept.ends + 1)
	});
	let two = "telemetry: a device with two patients at once";
	damaged(two, || binding(0, |kept| kept.ends += 1));
	damaged(two, || binding(2, |kept| kept.device = key(0)));
}

#[test]
fn broken_lists_of_bindings() {
	let order = "telemetry: a list of bindings out of order";
	damaged(order, || BindingsOf::<Test>::insert(ADA, list([2, 0])));
	damaged(order, || BindingsOf::<Test>::insert(FAY, list([])));
	let not_hers = "telemetry: a list with a binding that is not the patient's";
	damaged(not_hers, || BindingsOf::<Test>::insert(ADA, list([0, 1, 2])));
	damaged(not_hers, || BindingsOf::<Test>::insert(ADA, list([0, 2, 9])));
	damaged("telemetry: a binding listed twice", || {
		BindingsOf::<Test>::insert(ADA, list([0, 0, 2]))
	});
	let unlisted = "telemetry: a binding on no list";
	damaged(unlisted, || BindingsOf::<Test>::insert(ADA, list([0])));
	damaged(unlisted, || BindingsOf::<Test>::remove(BEN));
}

#[test]
fn broken_batches() {
	damaged("telemetry: ids of batches are not dense", || NextAnchor::<Test>::put(4));
	damaged("telemetry: ids of batches are not dense", || Anchors::<Test>::remove(1));
	damaged("telemetry: a batch of no binding", || {
		batch_of(1, |kept| kept.binding = 9)
	});
	damaged("telemetry: a batch outside of its binding", || {
		batch_of(1, |kept| kept.binding = 1)
	});
	damaged("telemetry: a malformed batch", || batch_of(1, |kept| kept.count = 0));
	damaged("telemetry: a malformed batch", || batch_of(1, |kept| kept.size += 1));
	let latest = "telemetry: a binding with another latest reading";
	damaged(latest, || binding(0, |kept| kept.last_at = Some(START + 1)));
	damaged(latest, || binding(2, |kept| kept.last_at = Some(START + HOUR)));
}

#[test]
fn devices_that_disagree_with_their_batches() {
	damaged("telemetry: numbers that overlap", || {
		batch_of(1, |kept| kept.first_seq = 4)
	});
	let counts = "telemetry: a device that counts otherwise than its batches";
	damaged(counts, || batch_of(2, |kept| kept.count += 1));
	damaged(counts, || batch_of(2, |kept| kept.first_seq = 13));
	damaged(counts, || {
		Devices::<Test>::mutate_extant(key(0), |kept| kept.missing += 1)
	});
	damaged(counts, || {
		Devices::<Test>::mutate_extant(key(0), |kept| kept.anchored = Some(0))
	});
	damaged(counts, || {
		Devices::<Test>::mutate_extant(key(1), |kept| kept.next_seq = 1)
	});
	let forgot = "telemetry: a device that forgot a binding";
	damaged(forgot, || {
		Devices::<Test>::mutate_extant(key(0), |kept| kept.latest = Some(0))
	});
	let miscounts = "telemetry: a device that miscounts its bindings";
	damaged(miscounts, || {
		Devices::<Test>::mutate_extant(key(1), |kept| kept.bindings = 0)
	});
	damaged("telemetry: a weak key", || {
		let device = the_device(1);
		Devices::<Test>::insert([0; 32], device);
	});
	let offered = |n| {
		assert_ok!(provision("desk", n, A));
		assert_ok!(Telemetry::offer(signed("desk"), key(n), ADA, from_now(DAY), None));
	};
	damaged("telemetry: an offer of a revoked device", || {
		offered(3);
		Devices::<Test>::mutate_extant(key(3), |device| device.status = salus_primitives::Status::Revoked);
	});
	damaged("telemetry: an offer of a device in use", || {
		offered(3);
		let offer = Offers::<Test>::take(key(3)).unwrap();
		Offers::<Test>::insert(key(1), offer);
	});
	damaged("telemetry: an offer of no device", || {
		assert_ok!(provision("desk", 3, A));
		assert_ok!(Telemetry::offer(signed("desk"), key(3), ADA, from_now(DAY), None));
		let offer = Offers::<Test>::take(key(3)).unwrap();
		Offers::<Test>::insert(key(9), offer);
	});
	damaged(
		"telemetry: readings of an earlier patient after those of a later",
		|| {
			// All else agrees: the second batch is the later patient's, and the third is the earlier's again.
			batch_of(1, |kept| {
				kept.binding = 1;
				kept.first_at = START + HOUR;
				kept.last_at = START + HOUR;
			});
			batch_of(2, |kept| {
				kept.binding = 0;
				kept.first_at = START;
				kept.last_at = START;
			});
		},
	);
}

#[test]
fn broken_lists_of_batches() {
	damaged("telemetry: a list that leaves out a batch", || {
		LatestAnchor::<Test>::insert(ADA, 0)
	});
	damaged("telemetry: a list that leaves out a batch", || {
		batch_of(1, |kept| kept.previous = None)
	});
	damaged("telemetry: a list that does not end", || {
		batch_of(0, |kept| kept.previous = Some(2))
	});
	damaged("telemetry: a list that does not end", || {
		LatestAnchor::<Test>::insert(FAY, 0)
	});
	damaged("telemetry: a patient's batches without a list", || {
		LatestAnchor::<Test>::remove(BEN)
	});
}

#[test]
fn receipts_out_of_their_queue() {
	let pointers = "telemetry: receipts are not those between the pointers";
	damaged(pointers, || OldestReceipt::<Test>::put(1));
	damaged(pointers, || OldestReceipt::<Test>::put(3));
	damaged(pointers, || NextReceipt::<Test>::put(1));
	damaged(pointers, || Receipts::<Test>::remove(0));
	let change = |change: fn(&mut Receipt<AccountId32>)| move || Receipts::<Test>::mutate_extant(0, change);
	damaged("telemetry: receipts out of order", change(|receipt| receipt.at += 2));
	let about = "telemetry: a receipt about nothing, or twice about a batch";
	damaged(about, change(|receipt| receipt.outcomes.clear()));
	damaged(
		about,
		change(|receipt| {
			let first = receipt.outcomes[0];
			receipt.outcomes.try_push(first).unwrap();
		}),
	);
	let foreign = "telemetry: a receipt about another patient's batch";
	damaged(foreign, change(|receipt| receipt.patient = BEN));
	damaged(foreign, change(|receipt| receipt.outcomes[0].0 = 9));
}

#[test]
fn broken_alerts() {
	let order = "telemetry: a list of alerts out of order";
	damaged(order, || AlertsOf::<Test>::insert(ADA, list([1, 0])));
	damaged(order, || AlertsOf::<Test>::insert(FAY, list([])));
	let not_hers = "telemetry: a list with an alert that is not the patient's";
	damaged(not_hers, || AlertsOf::<Test>::insert(ADA, list([0, 1, 2])));
	damaged(not_hers, || Alerts::<Test>::remove(0));
	damaged("telemetry: an alert listed twice", || {
		AlertsOf::<Test>::insert(ADA, list([0, 0, 1]))
	});
	damaged("telemetry: an alert on no list", || {
		AlertsOf::<Test>::insert(ADA, list([0]))
	});
	damaged("telemetry: an alert of a coming id", || NextAlert::<Test>::put(2));
	damaged("telemetry: an alert that tells somebody twice", || {
		Alerts::<Test>::mutate_extant(0, |alert| {
			let rung = alert.ladder[0].clone();
			alert.ladder.try_push(rung).unwrap();
		});
	});
	damaged("telemetry: an alert for nobody", || {
		Alerts::<Test>::mutate_extant(0, |alert| alert.step = 1);
	});
	damaged("telemetry: an alert acknowledged before it was raised", || {
		Alerts::<Test>::mutate_extant(0, |alert| alert.acknowledged_at = Some(0));
	});
}
