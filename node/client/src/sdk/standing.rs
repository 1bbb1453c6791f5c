//! Who is registered where, and which keys nobody has used yet.

use salus_primitives::{Credential, DidDocument, DidSubject, Institution, InstitutionId};

use super::{
	client::PAGE, AccountId, At, Client, ConnectionError, Error, Identity, KeyError, PatientKeys, IDS_OF_ONE_SEED,
};

impl Client {
	/// All institutions, by their ids.
	///
	/// # Errors
	/// `Broken`
	pub async fn institutions(&self, at: &At) -> Result<Vec<(InstitutionId, Institution<AccountId>)>, ConnectionError> {
		let mut institutions: Vec<(InstitutionId, Institution<AccountId>)> = Vec::new();
		loop {
			let from = institutions.last().map_or(0, |(id, _)| id.saturating_add(1));
			let page: Vec<_> = self.ask(at, "RolesApi_institutions", (from, PAGE)).await?;
			if page.is_empty() {
				return Ok(institutions);
			}
			institutions.extend(page);
		}
	}

	/// Every credential that an account has or had, and whether it counts now.
	///
	/// # Errors
	/// `Broken`
	pub async fn credentials(
		&self,
		at: &At,
		account: AccountId,
	) -> Result<Vec<(InstitutionId, Credential, bool)>, ConnectionError> {
		let mut credentials = Vec::new();
		for (institution, _) in self.institutions(at).await? {
			if let Some((credential, active)) = self.credential(at, account, institution).await? {
				credentials.push((institution, credential, active));
			}
		}
		Ok(credentials)
	}

	/// The institution whose quota an account uses; none for one without standing.
	///
	/// # Errors
	/// `Broken`
	pub async fn home(&self, at: &At, account: AccountId) -> Result<Option<InstitutionId>, ConnectionError> {
		self.ask(at, "RolesApi_home", account).await
	}

	/// The first of a person's keys at an institution that the chain has never seen: for an id that she claims, or in
	/// the place of others.
	///
	/// # Errors
	/// `NoSeed`, `AllUsed`
	pub async fn unused_patient_keys(
		&self,
		at: &At,
		identity: &Identity,
		institution: InstitutionId,
	) -> Result<PatientKeys, Error> {
		for n in 0..IDS_OF_ONE_SEED {
			let keys = identity.patient(&self.genesis(), institution, n)?;
			let subject = DidSubject::Account(keys.account.id());
			let seen: Option<DidDocument<AccountId>> = self.ask(at, "RolesApi_did_document", subject).await?;
			if seen.is_none() {
				return Ok(keys);
			}
		}
		Err(KeyError::AllUsed { institution }.into())
	}
}
