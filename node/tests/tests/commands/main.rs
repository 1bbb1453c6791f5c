//! The commands of `salus` that the main job does not need: each does what it says, and its acknowledgement names the
//! finalised block, the extrinsic in it and the events it left.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod acts;
mod appointments;
mod consents;
mod deaths;
mod devices;
mod dids;
mod dry_run;
mod keys;
mod kin;
mod lists;
mod paper;
mod people;
mod records;
mod scheduling;

use serde_json::Value;

const DOCTOR: &str = "//Alice//doctor";
const REQUESTER: &str = "//Bob//doctor";

/// The items of a list in an answer, each by one of its fields.
fn each<'a>(answer: &'a Value, list: &str, field: &str) -> Vec<&'a Value> {
	let items = answer[list].as_array().unwrap_or_else(|| panic!("no {list}: {answer}"));
	items.iter().map(|item| &item[field]).collect()
}
