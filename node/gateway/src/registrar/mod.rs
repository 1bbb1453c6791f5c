//! The registrar: who applies is the person in the medical council's register, or nobody's word is given.

pub mod http;
mod refusal;

use std::sync::Arc;

use codec::Encode;
use salus::{Application, ApplicationFile, Hash, Salts, Signature};
use salus_primitives::{InstitutionId, Moment};
use serde::Deserialize;
use tokio::sync::Notify;
use zeroize::{Zeroize, Zeroizing};

use crate::{
	delivery::{Courier, Message},
	keyed::{self, Secret, Use, DIGITS},
	metrics::Metrics,
	register::{Register, MAX_WORD},
	store::{Case, CaseId, Entry, NewCase, NotOpened, Store, Tried},
	submit::Short,
	GatewayError,
};
pub use refusal::Refusal;

const SUBJECT: &str = "Your one-time code";

/// What an applicant gives: the two files that `salus apply` wrote.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
	/// Her signed application.
	application: ApplicationFile,
	/// What opens its commitments.
	salts: Opening,
}

/// Her licence number and speciality; gone from memory when it is dropped.
#[derive(Deserialize)]
#[serde(transparent)]
struct Opening(Salts);

impl Drop for Opening {
	fn drop(&mut self) {
		self.0.licence.zeroize();
		self.0.licence_salt.zeroize();
		self.0.speciality.zeroize();
		self.0.speciality_salt.zeroize();
	}
}

/// The registrar of one institution.
pub struct Registrar {
	/// The chain's genesis hash.
	pub genesis: Hash,
	/// Whose it is.
	pub institution: InstitutionId,
	/// The key of its hashes.
	pub secret: Secret,
	/// What it must not forget.
	pub store: Store,
	/// Where licences are looked up.
	pub register: Register,
	/// How codes are sent.
	pub courier: Arc<Courier>,
	/// What is counted.
	pub metrics: Arc<Metrics>,
	/// Told when there is something to submit.
	pub proven: Arc<Notify>,
}

impl Registrar {
	/// Takes an application and sends a code to the contact that the register names.
	///
	/// # Errors
	/// All of [`Refusal`] but those of a code
	pub async fn apply(&self, body: &[u8], now: Moment) -> Result<CaseId, Refusal> {
		// Where serde found a fault, and not what stands there: that may be a licence number.
		let malformed = |error: &serde_json::Error| Refusal::Malformed {
			line: error.line(),
			column: error.column(),
		};
		let given: Given = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
		let text = serde_json::to_string(&given.application).map_err(|error| malformed(&error))?;
		let (application, signature) = ApplicationFile::read(&text, &self.genesis, now)?;
		let entry = self.entry(&application, &given.salts.0, now).await?;
		drop(given);
		self.send_code(&application, &signature, &entry, now).await
	}

	/// Tries a code. When it is right, the attestation is on the disk.
	///
	/// # Errors
	/// `WrongCode`, `CodeExpired`, `NoTriesLeft`, `Closed`, `NoCase`, `NoCode`, `Gateway`
	pub async fn prove(&self, id: &CaseId, code: &str, now: Moment) -> Result<(), Refusal> {
		if code.len() != DIGITS || !code.bytes().all(|digit| digit.is_ascii_digit()) {
			return Err(Refusal::NoCode);
		}
		let is_right = |hash: &[u8]| self.secret.verify(Use::Code, &[id.as_slice(), code.as_bytes()], hash);
		match self.store.try_code(id, now, is_right).await? {
			Tried::Right => {
				tracing::info!(case = %Short(id), "code proven");
				self.proven.notify_one();
				Ok(())
			}
			Tried::Wrong(left) => Err(Refusal::WrongCode { left }),
			Tried::Expired => Err(Refusal::CodeExpired),
			Tried::NoTriesLeft => Err(Refusal::NoTriesLeft),
			Tried::Closed(state) => Err(Refusal::Closed(state)),
			Tried::Unknown => Err(Refusal::NoCase),
		}
	}

	/// Where a case stands.
	///
	/// # Errors
	/// `NoCase`, `Gateway`
	pub async fn case(&self, id: &CaseId) -> Result<Case, Refusal> {
		self.store.case(id).await?.ok_or(Refusal::NoCase)
	}

	/// What the register says of the licence, where it agrees with the application.
	async fn entry(&self, application: &Application, salts: &Salts, now: Moment) -> Result<Entry, Refusal> {
		if application.institution != self.institution {
			return Err(Refusal::OtherInstitution(self.institution));
		}
		if salts.licence.len() > MAX_WORD || !salts.open(application) {
			return Err(Refusal::OtherSalts);
		}
		let entry = self.register.look_up(&self.secret, &salts.licence).await?;
		let entry = entry.ok_or(Refusal::UnknownLicence)?;
		if entry.role != application.role {
			return Err(Refusal::OtherRole);
		}
		if entry.valid_until.is_some_and(|until| now >= until) {
			return Err(Refusal::LicenceExpired);
		}
		let same = |speciality: &String| speciality.trim().to_lowercase() == salts.speciality.trim().to_lowercase();
		if !entry.speciality.as_ref().is_none_or(same) {
			return Err(Refusal::OtherSpeciality);
		}
		Ok(entry)
	}

	async fn send_code(
		&self,
		application: &Application,
		signature: &Signature,
		entry: &Entry,
		now: Moment,
	) -> Result<CaseId, Refusal> {
		let (id, code) = (keyed::unguessable()?, keyed::code()?);
		let case = NewCase {
			id,
			application: &application.encode(),
			signature: &signature.encode(),
			contact: self
				.secret
				.hash(Use::Contact, &[entry.contact.reveal().to_lowercase().as_bytes()]),
			code: self.secret.hash(Use::Code, &[&id, code.as_bytes()]),
		};
		// Counted before it is sent: whoever kills the gateway in between has one code less, never one more.
		match self.store.open_case(case, now).await? {
			Ok(()) => {}
			Err(NotOpened::Proven) => return Err(Refusal::AlreadyProven),
			Err(NotOpened::TooMany(next)) => return Err(Refusal::TooManyCodes { next }),
		}
		let message = Message {
			id: &hex::encode(keyed::unguessable()?),
			what: "code",
			subject: SUBJECT,
			text: text(&code),
		};
		let sent = self.courier.deliver(&entry.contact, &message).await;
		self.metrics
			.code(entry.contact.kind(), sent.map_err(|error| error.failure().name));
		match sent {
			Ok(()) => {
				tracing::info!(case = %Short(&id), by = entry.contact.kind().name(), "code sent");
				Ok(id)
			}
			Err(error) => {
				tracing::warn!(case = %Short(&id), by = entry.contact.kind().name(), "code not sent: {error}");
				if error.is_certain() {
					self.store.take_back(&id).await?;
				}
				Err(Refusal::NotSent)
			}
		}
	}
}

fn text(code: &str) -> Zeroizing<String> {
	Zeroizing::new(format!(
		"{code}\r\n\r\nThis code confirms an application for a credential at your hospital. It is good for five minutes.\r\n\
		 Give it to nobody. If you did not apply, somebody else used your licence number: tell the hospital.\r\n"
	))
}

impl From<GatewayError> for Refusal {
	fn from(error: GatewayError) -> Self {
		Self::Gateway(error)
	}
}
