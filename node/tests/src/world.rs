//! What a refusal must not change.

use crate::{Node, Salus};
use serde_json::{json, Value};
use std::{collections::BTreeMap, fs, io::ErrorKind, path::Path};

/// Files by their path, with their bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What there is of a patient on the chain, in the vault and on a client's disk.
#[derive(Debug, PartialEq)]
pub struct World {
	/// The end of her trail.
	pub head: Value,
	/// Her records, grants, requests and denials.
	pub hers: Vec<Value>,
	/// Rows of the key table: pending and live.
	pub rows: (Value, Value),
	/// Bytes in the store.
	pub stored: Value,
	/// What the client keeps, its locks aside.
	pub client: Files,
}

impl World {
	/// As it is now.
	pub async fn of(node: &Node, patient: &str, salus: &Salus) -> Self {
		let patient: u64 = patient.parse().unwrap();
		let mut hers = Vec::new();
		for method in ["records_list", "consent_grants", "consent_requests", "consent_denials"] {
			hers.push(node.asked(method, json!([patient])).await);
		}
		let vault = node.asked("vault_status", json!([])).await;
		let mut client = files(&salus.folder().join("data"));
		client.retain(|path, _| !path.ends_with(".lock"));
		Self {
			head: node.asked("records_auditHead", json!([patient])).await,
			hers,
			rows: (vault["pending"].clone(), vault["live"].clone()),
			stored: vault["stored"].clone(),
			client,
		}
	}
}

/// All files below a folder.
pub fn files(folder: &Path) -> Files {
	let mut found = Files::new();
	let mut folders = vec![folder.to_owned()];
	while let Some(folder) = folders.pop() {
		for entry in fs::read_dir(&folder).into_iter().flatten() {
			let path = entry.unwrap().path();
			if path.is_dir() {
				folders.push(path);
			} else {
				match fs::read(&path) {
					Ok(bytes) => drop(found.insert(path.display().to_string(), bytes)),
					// Renamed or removed since it was listed.
					Err(error) if error.kind() == ErrorKind::NotFound => {}
					Err(error) => panic!("{}: {error}", path.display()),
				}
			}
		}
	}
	found
}
