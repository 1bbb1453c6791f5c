//! Bad input, given to the `salus` command: each refusal has an exit code, a name and a sentence that says what to do
//! next, and leaves nothing half-done.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod consents;
mod documents;
mod keys;
mod vouchers;

use salus_tests::Answer;
use std::{fs, os::unix::fs::PermissionsExt};

const DOCTOR: &str = "//Alice//doctor";
const REQUESTER: &str = "//Bob//doctor";

/// The name of every refusal of a key file, passphrase file or voucher file as such; the message tells them apart.
const KEYSTORE: &str = "Keystore";

/// Asserts that a command failed with this code and name, and says this next.
fn refused(answer: Answer, code: i32, name: &str, next: &str) {
	let message = answer.fails(code, name);
	assert!(message.contains(next), "`{next}` is not in: {message}");
}

/// Asserts that the pool did not take a transaction for this reason, and that the command says this next.
fn refused_by_pool(answer: Answer, reason: &str, next: &str) {
	let message = answer.error["message"].as_str().unwrap_or_default().to_owned();
	answer.refused(4);
	assert!(
		message.starts_with(&format!("{reason}: ")),
		"{reason} is not why: {message}"
	);
	assert!(message.contains(next), "`{next}` is not in: {message}");
}

fn readable_by_all(path: &str) {
	fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
}
