//! Messages by SMTP.

use std::{error::Error, fs, io, time::Duration};

use lettre::{
	message::{
		header::{ContentType, HeaderName, HeaderValue},
		Mailbox,
	},
	transport::smtp::{
		authentication::Credentials,
		client::{Certificate, CertificateStore, Tls, TlsParameters},
		Error as SmtpError,
	},
	Address, AsyncSmtpTransport, AsyncTransport, Message as Mail, Tokio1Executor,
};
use salus_vault::keystore::read_private;

use super::{DeliveryError, Message};
use crate::{
	config::{self, Security},
	contact::Contact,
	GatewayError,
};

/// For each step of the conversation.
const PATIENCE: Duration = Duration::from_secs(15);
/// RFC 3834: programs do not answer it.
const AUTOMATIC: &str = "Auto-Submitted";

/// A mail server.
pub struct Mailer {
	server: AsyncSmtpTransport<Tokio1Executor>,
	from: Mailbox,
}

impl Mailer {
	pub fn new(config: &config::Mail) -> Result<Self, GatewayError> {
		let wrong = |reason: &str| GatewayError::Config {
			path: config.ca.clone().unwrap_or_else(|| "[mail]".into()),
			reason: reason.to_string(),
		};
		let Ok(Contact::Mail(from)) = Contact::parse(&config.from) else {
			return Err(wrong("mail.from is no plain mail address"));
		};
		let tls = || {
			let mut parameters = TlsParameters::builder(config.server.clone());
			if let Some(ca) = &config.ca {
				let pem = fs::read(ca).map_err(GatewayError::at(ca))?;
				let certificate = Certificate::from_pem(&pem).map_err(|_| wrong("it holds no PEM certificate"))?;
				parameters = parameters
					.certificate_store(CertificateStore::None)
					.add_root_certificate(certificate);
			}
			parameters.build().map_err(|_| wrong("it holds no usable certificate"))
		};
		let tls = match config.security {
			Security::Starttls => Tls::Required(tls()?),
			Security::Tls => Tls::Wrapper(tls()?),
			Security::None => Tls::None,
		};
		let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.server)
			.port(config.port)
			.timeout(Some(PATIENCE))
			.tls(tls);
		if let (Some(user), Some(password)) = (&config.user, &config.password) {
			let password = read_private(password)?;
			server = server.credentials(Credentials::new(user.clone(), password.to_string()));
		}
		Ok(Self {
			server: server.build(),
			from: Mailbox::new(None, from),
		})
	}

	pub async fn send(&self, to: &Address, message: &Message<'_>) -> Result<(), DeliveryError> {
		let unwritable = |_| DeliveryError::Unwritable;
		let automatic = HeaderName::new_from_ascii_str(AUTOMATIC);
		let mail = Mail::builder()
			.from(self.from.clone())
			.to(Mailbox::new(None, to.clone()))
			.subject(message.subject)
			.message_id(Some(format!("<{}@{}>", message.id, self.from.email.domain())))
			.date_now()
			.header(ContentType::TEXT_PLAIN)
			.raw_header(HeaderValue::new(automatic, "auto-generated".into()))
			.body(message.text.to_string())
			.map_err(unwritable)?;
		self.server
			.send(mail)
			.await
			.map(|_| ())
			.map_err(|error| failure(&error))
	}
}

fn failure(error: &SmtpError) -> DeliveryError {
	if let Some(code) = error.status().map(u16::from) {
		return match error.is_permanent() {
			true => DeliveryError::Rejected(code),
			false => DeliveryError::Deferred(code),
		};
	}
	if error.is_tls() || error.is_client() {
		return DeliveryError::NotTrusted;
	}
	match cause(error) {
		Some(cause) if is_distrust(cause) => DeliveryError::NotTrusted,
		Some(cause) if is_absence(cause) => DeliveryError::Unreachable,
		_ => DeliveryError::Broken,
	}
}

/// What the connection itself said.
fn cause(error: &SmtpError) -> Option<&io::Error> {
	let mut source = error.source();
	while let Some(cause) = source {
		if let Some(found) = cause.downcast_ref() {
			return Some(found);
		}
		source = cause.source();
	}
	None
}

/// Whether the handshake ended before anything was said.
fn is_distrust(cause: &io::Error) -> bool {
	let tls = cause.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
	matches!(
		tls,
		Some(rustls::Error::InvalidCertificate(_) | rustls::Error::PeerIncompatible(_))
	)
}

/// Whether the connection was not even made.
fn is_absence(cause: &io::Error) -> bool {
	matches!(
		cause.kind(),
		io::ErrorKind::ConnectionRefused | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable
	)
}
