//! Lists that run across patients. The node's index says where to look; what is shown is the chain's state.

use codec::{Decode, Encode};
use salus_primitives::{Case, CaseId, ConsentRequest, Erasure, Grant, GrantId, Grantee, InstitutionId, PatientId};
use serde_json::{json, Value};

use super::{words, AccountId, At, Client, ConnectionError};

/// How many are looked up at once; the chain looks up 257.
const AT_ONCE: usize = 256;

/// Where to look: a patient, and the grant, request or case.
type Place = (PatientId, u64);

impl Client {
	/// The grants to a grantee, lowest id first, dead ones that still stand in her lists included.
	///
	/// # Errors
	/// `Answered` by a node without an index, `Broken`, `Unreadable`
	pub async fn grants_to(
		&self,
		at: &At,
		grantee: &Grantee<AccountId>,
	) -> Result<Vec<(PatientId, Grant<AccountId>)>, ConnectionError> {
		let places = self.places("consent_grantsTo", as_json(grantee), "id").await?;
		self.look_up(at, "ConsentApi_grants_to", grantee, &places).await
	}

	/// The erasures that a grantee has not attested, due or not, lowest id first.
	///
	/// # Errors
	/// As [`grants_to`](Self::grants_to)
	pub async fn erasures_owed(
		&self,
		at: &At,
		grantee: &Grantee<AccountId>,
	) -> Result<Vec<(PatientId, GrantId, Erasure<AccountId>)>, ConnectionError> {
		let places = self.places("consent_erasures", as_json(grantee), "grant").await?;
		self.look_up(at, "ConsentApi_erasures_owed", grantee, &places).await
	}

	/// The requests of an account that can still be answered, lowest id first.
	///
	/// # Errors
	/// As [`grants_to`](Self::grants_to)
	pub async fn requests_by(
		&self,
		at: &At,
		requester: &AccountId,
	) -> Result<Vec<(PatientId, ConsentRequest)>, ConnectionError> {
		let party = json!(requester.to_string());
		let places = self.places("consent_requestsBy", party, "id").await?;
		self.look_up(at, "ConsentApi_requests_by", requester, &places).await
	}

	/// The open emergency cases that a clinician opened or joined, lowest id first.
	///
	/// # Errors
	/// As [`grants_to`](Self::grants_to)
	pub async fn open_cases(
		&self,
		at: &At,
		clinician: &AccountId,
	) -> Result<Vec<(PatientId, CaseId, Case<AccountId>)>, ConnectionError> {
		let party = json!(clinician.to_string());
		let places = self.places("consent_openCases", party, "id").await?;
		self.look_up(at, "ConsentApi_open_cases", clinician, &places).await
	}

	/// The emergency cases of an institution that nobody has reviewed, lowest id first, open ones included.
	///
	/// # Errors
	/// As [`grants_to`](Self::grants_to)
	pub async fn unreviewed_cases(
		&self,
		at: &At,
		institution: InstitutionId,
	) -> Result<Vec<(PatientId, CaseId, Case<AccountId>)>, ConnectionError> {
		let places = self.places("consent_reviews", json!(institution), "id").await?;
		self.look_up(at, "ConsentApi_unreviewed_cases", institution, &places)
			.await
	}

	/// All pages of one of the node's lists.
	async fn places(&self, method: &str, party: Value, id: &str) -> Result<Vec<Place>, ConnectionError> {
		let mut places = Vec::new();
		let mut cursor = Value::Null;
		loop {
			let page = self.request(method, &[party.clone(), cursor]).await?;
			let items = page.get("items").and_then(Value::as_array);
			let items = items.ok_or_else(|| unreadable(method, "it has no items"))?;
			for item in items {
				let number = |name: &str| item.get(name).and_then(words::number_of);
				let place = number("patient").zip(number(id));
				places.push(place.ok_or_else(|| unreadable(method, "an item names no patient or id"))?);
			}
			cursor = page.get("next").cloned().unwrap_or_default();
			if cursor.is_null() {
				return Ok(places);
			}
		}
	}

	async fn look_up<Item: Decode>(
		&self,
		at: &At,
		function: &str,
		party: impl Encode,
		places: &[Place],
	) -> Result<Vec<Item>, ConnectionError> {
		let mut items = Vec::new();
		for places in places.chunks(AT_ONCE) {
			items.extend(self.ask::<Vec<Item>>(at, function, (&party, places)).await?);
		}
		Ok(items)
	}
}

fn unreadable(what: &str, reason: &str) -> ConnectionError {
	ConnectionError::Unreadable {
		what: what.into(),
		reason: reason.into(),
	}
}

/// As the node's RPC reads it.
fn as_json(grantee: &Grantee<AccountId>) -> Value {
	match grantee {
		Grantee::Account(account) => json!(account.to_string()),
		Grantee::Institution(institution) => json!({ "type": "Institution", "institution": institution }),
		Grantee::Role(role, institution) => {
			json!({ "type": "Role", "role": role.name(), "institution": institution })
		}
		Grantee::Assigned(institution) => json!({ "type": "Assigned", "institution": institution }),
	}
}
