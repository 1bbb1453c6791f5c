//! The register as a service: `POST {"licence": "…"}`, signed as a hook's requests are, is answered by 200 and
//! `{"role", "contact", "validUntil"?, "speciality"?}`, or by 404. The number is in the body and not in the URL, which
//! proxies write down.

use salus::words;
use salus_primitives::Role;
use serde::Deserialize;
use serde_json::json;

use super::{LookupError, MAX_WORD};
use crate::{delivery::Hook, keyed, store::Entry, Contact};

/// No honest answer is longer.
const MAX_ANSWER: usize = 16 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
	role: String,
	contact: String,
	valid_until: Option<String>,
	speciality: Option<String>,
}

pub async fn look_up(service: &Hook, licence: &str) -> Result<Option<Entry>, LookupError> {
	let unavailable = || LookupError::Unavailable;
	let id = hex::encode(keyed::unguessable()?);
	let mut answer = service
		.post(&id, &json!({ "licence": licence }))
		.await
		.map_err(|_| unavailable())?;
	match answer.status().as_u16() {
		200 => {}
		404 => return Ok(None),
		_ => return Err(unavailable()),
	}
	let mut bytes = Vec::new();
	while let Some(chunk) = answer.chunk().await.map_err(|_| unavailable())? {
		bytes.extend_from_slice(&chunk);
		if bytes.len() > MAX_ANSWER {
			return Err(unavailable());
		}
	}
	read(&bytes).map(Some).ok_or_else(unavailable)
}

fn read(bytes: &[u8]) -> Option<Entry> {
	let answer: Answer = serde_json::from_slice(bytes).ok()?;
	Some(Entry {
		role: words::word::<Role>(&answer.role).ok()?,
		contact: Contact::parse(&answer.contact).ok()?,
		valid_until: answer.valid_until.map(|text| words::moment(&text)).transpose().ok()?,
		speciality: answer.speciality.filter(|speciality| speciality.len() <= MAX_WORD),
	})
}
