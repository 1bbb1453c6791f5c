//! As whom a command acts: a practitioner for her institution, or for nobody but the patient: she herself, a guardian or
//! a caregiver of hers.

use salus_primitives::{InstitutionId, PatientId, Purpose};

use super::session::Session;
use crate::sdk::{Actor, Client, Error};

/// Who acts, and why unless she says otherwise.
pub(crate) struct Acting {
	pub(crate) actor: Actor,
	pub(crate) purpose: Purpose,
}

/// With an institution the key's own account acts for it. Without one it acts as the patient's guardian or caregiver,
/// where it is one; else the patient acts with the key of her id. What a guardian or caregiver may is for the chain to
/// say, which notes the refusal too.
pub(crate) async fn acting(
	session: &Session,
	client: &Client,
	institution: Option<InstitutionId>,
	patient: PatientId,
) -> Result<Acting, Error> {
	let (account, purpose) = match institution {
		Some(_) => (session.account()?, Purpose::Treatment),
		None => {
			let own = session.named_account()?;
			let at = client.finalised().await?;
			let guardians = client.guardianships(&at, patient).await?;
			if guardians.iter().any(|one| one.guardian == own) {
				(session.account()?, Purpose::PatientRequest)
			} else if client.caregivers(&at, patient).await?.contains(&own) {
				(session.account()?, Purpose::CareManagement)
			} else {
				(session.patient(client, patient).await?.account, Purpose::PatientRequest)
			}
		}
	};
	Ok(Acting {
		actor: Actor { account, institution },
		purpose,
	})
}
