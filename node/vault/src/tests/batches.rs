//! Batches of readings that are overdue: their anchors are looked for, once.

use super::{
	holdings::{cid_of, is_readable, reap, register, sha256_of},
	intake::take,
	world::{Prepared, World},
};
use crate::{
	chain::Object,
	holdings::{Differing, Reaped},
	key_table::{Field, RowState},
	store::PayloadStore,
};

/// The chain has these batches, oldest first, with ids from 0 on.
fn anchor(world: &World, batches: &[&Prepared]) {
	let mut state = world.chain.state.lock();
	for (id, prepared) in (0..).zip(batches) {
		let batch = prepared.anchor(id);
		state.records.insert(batch.object, batch);
	}
}

#[tokio::test]
async fn an_overdue_batch_is_looked_for_among_her_anchors() {
	let world = World::new();
	let [early, late, never] = [b"early", b"later", b"never"].map(|readings| world.prepare_batch(readings));
	for prepared in [&early, &late, &never] {
		take(&world, prepared).await.unwrap();
	}
	let others: Vec<_> = (0..3u8).map(|index| world.prepare_batch(&[index])).collect();
	anchor(&world, &[&others[0], &early, &others[1], &others[2], &late]);

	let reaped = reap(&world).await.unwrap();
	assert_eq!((reaped.live, reaped.forgotten, reaped.differing), (2, 1, Vec::new()));
	for (prepared, id) in [(&early, 1), (&late, 4)] {
		let row = world.table.row(&sha256_of(prepared)).unwrap().unwrap();
		assert_eq!(row.state, RowState::Live(Object::Batch(id)));
		assert!(is_readable(&world, prepared).await);
	}
	assert!(world.store.stat(&cid_of(&never)).await.is_err());
	// One walk for the three of them, and none once all is settled.
	assert_eq!(world.chain.state.lock().pages, 3);
	assert_eq!(reap(&world).await.unwrap(), Reaped::default());
	assert_eq!(world.chain.state.lock().pages, 3);
}

#[tokio::test]
async fn a_walk_ends_where_all_are_found() {
	let world = World::new();
	let late = world.prepare_batch(b"late");
	take(&world, &late).await.unwrap();
	let others: Vec<_> = (0..5u8).map(|index| world.prepare_batch(&[index])).collect();
	let anchors: Vec<_> = others.iter().chain([&late]).collect();
	anchor(&world, &anchors);
	assert_eq!(reap(&world).await.unwrap().live, 1);
	assert_eq!(world.chain.state.lock().pages, 1);
}

#[tokio::test]
async fn the_payload_of_a_batch_that_was_anchored_otherwise_stays() {
	let world = World::new();
	let prepared = world.prepare_batch(b"readings");
	take(&world, &prepared).await.unwrap();
	anchor(&world, &[&prepared]);
	let object = Object::Batch(0);
	let with_size = |size: u64| world.chain.state.lock().records.get_mut(&object).unwrap().size = size;
	with_size(1);
	let differing = Differing {
		sha256: sha256_of(&prepared),
		object,
		field: Field::Size,
	};
	for _ in 0..2 {
		let reaped = reap(&world).await.unwrap();
		assert_eq!((reaped.differing, reaped.forgotten), (vec![differing], 0));
	}
	assert_eq!(world.chain.state.lock().pages, 1, "an anchor never changes");
	assert!(is_readable(&world, &prepared).await);

	// An older anchor of the same payload that equals it counts.
	let world = World::new();
	let prepared = world.prepare_batch(b"readings");
	take(&world, &prepared).await.unwrap();
	anchor(&world, &[&prepared, &prepared]);
	world
		.chain
		.state
		.lock()
		.records
		.get_mut(&Object::Batch(1))
		.unwrap()
		.size = 1;
	assert_eq!(reap(&world).await.unwrap().live, 1);
	let row = world.table.row(&sha256_of(&prepared)).unwrap().unwrap();
	assert_eq!(row.state, RowState::Live(Object::Batch(0)));
}

#[tokio::test]
async fn a_batch_is_not_looked_for_among_others_anchors_or_records() {
	let world = World::new();
	let prepared = world.prepare_batch(b"readings");
	take(&world, &prepared).await.unwrap();
	register(&world, &prepared);
	let mut elsewhere = prepared.anchor(0);
	elsewhere.patient += 1;
	world.chain.state.lock().records.insert(elsewhere.object, elsewhere);
	let reaped = reap(&world).await.unwrap();
	assert_eq!((reaped.live, reaped.forgotten), (0, 1));
}
