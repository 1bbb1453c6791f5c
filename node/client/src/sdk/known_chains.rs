//! Which chain was seen at which node, so that another one in its place doesn't pass unseen.

use std::{
	collections::BTreeMap,
	path::{Path, PathBuf},
};

use super::{
	data_dir::{make_own, update},
	files::read_json,
	words, ConnectionError, DataError, Error, Hash,
};

const FILE: &str = "known-chains.json";

/// What became of the chain at a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainChange {
	/// Seen for the first time, and remembered.
	New,
	/// As remembered.
	Same,
	/// Another than remembered, and confirmed.
	Confirmed,
}

/// The chains this client has seen, by the URL of the node.
#[derive(Clone, Debug)]
pub struct KnownChains {
	file: PathBuf,
}

impl KnownChains {
	/// Those below the folder `base`, which is made where there is none.
	///
	/// # Errors
	/// `File` when it can't be made, `Foreign`, `Open`
	pub fn open(base: &Path) -> Result<Self, DataError> {
		make_own(base)?;
		Ok(Self { file: base.join(FILE) })
	}

	/// [`check`](Self::check) of those below the folder `base`, remembering nothing: no folder is made.
	///
	/// # Errors
	/// As [`check`](Self::check).
	pub fn look(base: &Path, url: &str, found: Hash, confirmed: Option<Hash>) -> Result<ChainChange, Error> {
		let known: BTreeMap<String, String> = read_json(&base.join(FILE))
			.map_err(DataError::File)?
			.unwrap_or_default();
		told(change(&known, url, found, confirmed), url, found)
	}

	/// Compares the chain at a URL with the one seen there first. `confirmed` is the genesis hash that a person gave.
	///
	/// # Errors
	/// `OtherChain` when it is another and not the confirmed one.
	pub fn check(&self, url: &str, found: Hash, confirmed: Option<Hash>) -> Result<ChainChange, Error> {
		let change = update(&self.file, |known: &mut BTreeMap<String, String>| {
			let change = change(known, url, found, confirmed)?;
			known.insert(place(url).to_string(), words::hex(found));
			Ok::<_, String>(change)
		});
		told(change.map_err(DataError::File)?, url, found)
	}
}

fn place(url: &str) -> &str {
	url.trim_end_matches('/')
}

/// What becomes of the chain among those that are known, or which was there before.
fn change(
	known: &BTreeMap<String, String>,
	url: &str,
	found: Hash,
	confirmed: Option<Hash>,
) -> Result<ChainChange, String> {
	match known.get(place(url)) {
		Some(before) if *before == words::hex(found) => Ok(ChainChange::Same),
		Some(before) if confirmed != Some(found) => Err(before.clone()),
		before => Ok(before.map_or(ChainChange::New, |_| ChainChange::Confirmed)),
	}
}

fn told(change: Result<ChainChange, String>, url: &str, found: Hash) -> Result<ChainChange, Error> {
	change.map_err(|before| {
		ConnectionError::OtherChain {
			url: place(url).to_string(),
			found,
			known: words::hash(&before).unwrap_or_default(),
		}
		.into()
	})
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;

	#[test]
	fn another_chain_at_the_same_node_has_to_be_confirmed() {
		let base = tempfile::tempdir().unwrap();
		let chains = KnownChains::open(&base.path().join("data")).unwrap();
		let (one, two) = (Hash::repeat_byte(1), Hash::repeat_byte(2));
		let url = "ws://a:1";
		let look = |found, confirmed| KnownChains::look(&base.path().join("data"), url, found, confirmed);
		assert_eq!(look(one, None).unwrap(), ChainChange::New);
		assert_eq!(chains.check(url, one, None).unwrap(), ChainChange::New);
		assert_eq!(chains.check("ws://a:1/", one, None).unwrap(), ChainChange::Same);
		assert_eq!(chains.check("ws://b:1", two, None).unwrap(), ChainChange::New);

		for confirmed in [None, Some(one)] {
			let other = chains.check(url, two, confirmed).unwrap_err();
			assert_eq!(
				(other.name().as_str(), other.exit_code()),
				("OtherChain", exit::CONFIRM)
			);
			assert!(other.to_string().contains(&format!("--genesis {two:?}")), "{other}");
		}
		assert_eq!(chains.check(url, one, None).unwrap(), ChainChange::Same);
		assert_eq!(chains.check(url, two, Some(two)).unwrap(), ChainChange::Confirmed);
		assert_eq!(chains.check(url, two, None).unwrap(), ChainChange::Same);
	}
}
