//! Applications that a registrar attested and no officer has decided.

use codec::{Decode, Encode};
use salus_primitives::{InstitutionId, Moment, Role};
use serde_json::{json, Value};

use super::{proof::decode, storage_key::applications_prefix, words, AccountId, Client, ConnectionError, Error, Hash};

/// How many keys of storage one question answers with.
const KEYS: u32 = 256;
/// The hash before the key of an entry.
const HASHED: usize = 16;

/// An application as the registrar attested it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AttestedApplication {
	/// What the applicant will be.
	pub role: Role,
	/// Salted commitment to her licence.
	pub licence: Hash,
	/// Salted commitment to her speciality.
	pub speciality: Hash,
	/// Who attested that she is the person in the register.
	pub registrar: AccountId,
	/// It lapses at this time.
	pub until: Moment,
}

impl Client {
	/// The applications that wait at an institution, lapsed ones too, by applicant.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub async fn attested_applications(
		&self,
		institution: InstitutionId,
	) -> Result<Vec<(AccountId, AttestedApplication)>, Error> {
		let block = self.request("chain_getFinalizedHead", &[]).await?;
		let prefix = applications_prefix();
		let mut found = Vec::new();
		let mut after = Value::Null;
		loop {
			let page = [json!(words::hex(&prefix)), KEYS.into(), after.clone(), block.clone()];
			let keys = self.request("state_getKeysPaged", &page).await?;
			let keys = keys.as_array().cloned().unwrap_or_default();
			for key in &keys {
				let (applicant, at) = applicant(key, prefix.len())?;
				if at != institution {
					continue;
				}
				let value = self.request("state_getStorage", &[key.clone(), block.clone()]).await?;
				found.push((applicant, decode("application", &bytes(&value)?)?));
			}
			match keys.last() {
				Some(last) if keys.len() == KEYS as usize => after = last.clone(),
				_ => return Ok(found),
			}
		}
	}
}

/// Whose application an entry's key is for, and where.
fn applicant(key: &Value, prefix: usize) -> Result<(AccountId, InstitutionId), Error> {
	let key = bytes(key)?;
	let whose = key.get(prefix.saturating_add(HASHED)..).unwrap_or_default();
	Ok(decode("application's key", whose)?)
}

fn bytes(value: &Value) -> Result<Vec<u8>, ConnectionError> {
	let text = value.as_str().and_then(|text| words::hex_bytes(text).ok());
	text.ok_or_else(|| ConnectionError::Unreadable {
		what: "Roles.Applications".into(),
		reason: "it is no hex".into(),
	})
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn a_key_names_the_applicant_and_the_institution() {
		let account = AccountId::from([7; 32]);
		let prefix = applications_prefix();
		let key = [prefix.as_slice(), &[9; HASHED], &(account, 3u32).encode()].concat();
		let read = |key: &[u8]| applicant(&json!(words::hex(key)), prefix.len());
		assert_eq!(read(&key).unwrap(), (account, 3));
		let cut = key.split_last().unwrap().1;
		assert!(read(cut).is_err() && read(&prefix).is_err());
		assert!(applicant(&Value::Null, prefix.len()).is_err());
	}
}
