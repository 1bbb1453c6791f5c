//! Applications that a registrar attested and no officer has decided.

use codec::{Decode, Encode};
use salus_primitives::{InstitutionId, Moment, Role};

use super::{proof::decode, storage_key::applications_prefix, AccountId, Client, Error, Hash};

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
		for key in self.keys_under(&prefix, &block).await? {
			let (applicant, at) = applicant(&key, prefix.len())?;
			if at == institution {
				found.push((applicant, self.entry_at("application", &key, &block).await?));
			}
		}
		Ok(found)
	}
}

/// Whose application an entry's key is for, and where.
fn applicant(key: &[u8], prefix: usize) -> Result<(AccountId, InstitutionId), Error> {
	let whose = key.get(prefix.saturating_add(HASHED)..).unwrap_or_default();
	Ok(decode("application's key", whose)?)
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
		let read = |key: &[u8]| applicant(key, prefix.len());
		assert_eq!(read(&key).unwrap(), (account, 3));
		let cut = key.split_last().unwrap().1;
		assert!(read(cut).is_err() && read(&prefix).is_err());
	}
}
