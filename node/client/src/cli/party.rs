//! Who signs for a patient: she herself, or a guardian of hers. Nobody says which: the key file's own account stands among
//! her guardians or it doesn't, and the sentence before the signature tells a guardian that she signs as one. What a key
//! could be taken for by mistake, another patient's, is named by `--patient` already.

use salus_primitives::{Guardianship, PatientId, PatientStatus};

use super::session::Session;
use crate::sdk::{sentence::Voice, why_not_in_force, Account, AccountId, Client, Error, KeyError};

/// Who signs for a patient.
pub(crate) struct Party {
	patient: PatientId,
	guardian: bool,
}

impl Party {
	/// Whoever gives, takes back and answers consent: the patient, or a guardian who may in her place.
	pub(crate) async fn who_consents(session: &Session, client: &Client, patient: PatientId) -> Result<Self, Error> {
		let guardianship = in_force(session, client, patient, None).await?;
		if guardianship.as_ref().is_some_and(|guardianship| !guardianship.consents) {
			return Err(KeyError::GuardianMayNotConsent { patient }.into());
		}
		Ok(Self {
			patient,
			guardian: guardianship.is_some(),
		})
	}

	/// The patient, or any guardian who acts.
	pub(crate) async fn who_acts(session: &Session, client: &Client, patient: PatientId) -> Result<Self, Error> {
		let guardianship = in_force(session, client, patient, None).await?;
		Ok(Self {
			patient,
			guardian: guardianship.is_some(),
		})
	}

	/// Who says that a patient lives: she, or a guardian who acts as long as she does.
	pub(crate) async fn who_says_she_lives(
		session: &Session,
		client: &Client,
		patient: PatientId,
	) -> Result<Self, Error> {
		let guardianship = in_force(session, client, patient, Some(PatientStatus::Active)).await?;
		Ok(Self {
			patient,
			guardian: guardianship.is_some(),
		})
	}

	/// Tells what is about to be signed, before the key is asked for.
	pub(crate) fn is_told(&self, session: &Session, sentence: impl FnOnce(Voice) -> String) -> String {
		let sentence = if self.guardian {
			let sentence = sentence(Voice::OfThePatient);
			format!("You sign as guardian for patient {}. {sentence}", self.patient)
		} else {
			sentence(Voice::ToThePatient)
		};
		session.before_signing(&sentence);
		sentence
	}

	/// The account that signs.
	pub(crate) async fn account(&self, session: &Session, client: &Client) -> Result<Account, Error> {
		if self.guardian {
			session.account()
		} else {
			Ok(session.patient(client, self.patient).await?.account)
		}
	}
}

/// The guardianship of whoever signs, if she has one; an error when it doesn't count now, or would not for a patient of
/// this status.
async fn in_force(
	session: &Session,
	client: &Client,
	patient: PatientId,
	status: Option<PatientStatus>,
) -> Result<Option<Guardianship<AccountId>>, Error> {
	let own = session.named_account()?;
	let at = client.finalised().await?;
	let guardianships = client.guardianships(&at, patient).await?;
	let Some(guardianship) = guardianships.into_iter().find(|one| one.guardian == own) else {
		return Ok(None);
	};
	let status = match status {
		Some(status) => status,
		None => client.patient(&at, patient).await?.status,
	};
	match why_not_in_force(&guardianship, status, client.time().await?) {
		Some(why) => Err(KeyError::GuardianshipNotInForce { patient, why }.into()),
		None => Ok(Some(guardianship)),
	}
}
