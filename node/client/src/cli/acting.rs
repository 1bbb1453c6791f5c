//! As whom a command acts: a practitioner for her institution, or the patient for herself.

use salus_primitives::{InstitutionId, PatientId};

use super::session::Session;
use crate::sdk::{Actor, Client, Error};

/// With an institution the key's own account acts for it; without one, the patient acts with the key of her id.
pub(crate) async fn actor(
	session: &Session,
	client: &Client,
	institution: Option<InstitutionId>,
	patient: PatientId,
) -> Result<Actor, Error> {
	let account = match institution {
		Some(_) => session.account()?,
		None => session.patient(client, patient).await?.account,
	};
	Ok(Actor { account, institution })
}
