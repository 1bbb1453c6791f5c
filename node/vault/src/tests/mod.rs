#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::panic,
	clippy::cast_possible_truncation
)]

mod alert;
mod batches;
mod between;
mod desk;
mod envelope;
mod holdings;
mod intake;
mod key_table;
mod keystore;
mod kubo_daemon;
mod mutations;
mod parsers;
mod store;
mod tree;
mod unixfs;
mod vectors;
mod world;
mod wrap;

/// Bytes that differ from place to place, the same on every machine.
fn document(len: usize) -> Vec<u8> {
	(0..len)
		.map(|at| ((at as u32).wrapping_mul(2_654_435_761) >> 24) as u8)
		.collect()
}
