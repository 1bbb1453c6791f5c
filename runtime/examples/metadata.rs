//! Writes this runtime's metadata to standard output: the client's types are generated from it.
//!
//!     cargo run --release -p salus-runtime --example metadata > node/client/metadata.scale

use std::io::Write;

/// The latest stable version of the metadata format.
const VERSION: u32 = 16;

fn main() -> std::io::Result<()> {
	let metadata = salus_runtime::Runtime::metadata_at_version(VERSION)
		.ok_or_else(|| std::io::Error::other("this runtime has no metadata of that version"))?;
	// The opaque wrapper is a length-prefixed vector; the file holds what is in it.
	std::io::stdout().write_all(&metadata)
}
