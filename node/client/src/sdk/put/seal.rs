//! Encrypting a document for its recipients.

use std::{
	fs::File,
	io::{self, ErrorKind},
};

use salus_primitives::Moment;
use salus_vault::envelope::{Context, EnvelopeError};

use super::{
	document,
	stored::{Kept, Stored},
	Put,
};
use crate::sdk::{
	sealing::{Recipients, Sealing},
	Error, FileError, PayloadError, PutError,
};

impl Put {
	/// Encrypts into the upload's folder and leaves the state behind; the data key exists in here only. What was
	/// encrypted has this digest, or the file was changed meanwhile.
	pub(super) fn seal(
		&self,
		stored: &Stored,
		context: &Context,
		recipients: Recipients,
		recorded_at: Moment,
		digest: &[u8; 32],
	) -> Result<Kept, Error> {
		let sealed = self.encrypt(stored, context, recipients, recorded_at, digest);
		sealed.inspect_err(|_| {
			stored.clear().ok();
		})
	}

	fn encrypt(
		&self,
		stored: &Stored,
		context: &Context,
		recipients: Recipients,
		recorded_at: Moment,
		digest: &[u8; 32],
	) -> Result<Kept, Error> {
		stored.clear()?;
		stored.make()?;
		let payload = stored.payload();
		let (source, len) = document::open(&self.file)?;
		let sink = File::create(&payload).map_err(FileError::at(&payload))?;
		let mut source = io::BufReader::with_capacity(1 << 20, source);
		let sealing = Sealing {
			context,
			recipients: &recipients,
			purpose: self.purpose,
			compartment: self.compartment,
			recorded_at,
		};
		let changed = || Error::from(PutError::Changed(self.file.clone()));
		let sink = io::BufWriter::with_capacity(1 << 20, sink);
		let (ticket, wraps, sink) = sealing.seal(&mut source, len, sink).map_err(|error| match error {
			PayloadError::Envelope(EnvelopeError::Io(error)) => match error.kind() {
				// The document is shorter, or longer, than it was.
				ErrorKind::UnexpectedEof | ErrorKind::InvalidInput => changed(),
				_ => FileError::at(&payload)(error).into(),
			},
			error => error.into(),
		})?;
		if source.into_inner().digest() != *digest {
			return Err(changed());
		}
		sink.into_inner()
			.map_err(io::IntoInnerError::into_error)
			.and_then(|sink| sink.sync_all())
			.map_err(FileError::at(&payload))?;
		let kept = Kept {
			ticket,
			wraps,
			recipients,
		};
		stored.write(&kept)?;
		Ok(kept)
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::{super::tests::*, *};
	use crate::sdk::{exit, registration::chain_key};
	use salus_vault::{
		envelope::decrypt,
		fingerprint::fingerprint,
		wrap::{self, Binding, HpkeSecret},
	};
	use std::fs;

	#[test]
	fn both_recipients_open_what_was_encrypted_and_a_second_run_finds_it() {
		let world = World::new(b"a document");
		let (custodian, patient) = (HpkeSecret::generate().unwrap(), HpkeSecret::generate().unwrap());
		let recipients = Recipients {
			custodian: chain_key(custodian.public()),
			patient: Some(chain_key(patient.public())),
		};
		let kept = world.seal(recipients.clone()).unwrap();

		let payload = fs::read(world.stored.payload()).unwrap();
		let print = fingerprint(&payload);
		let ticket = &kept.ticket;
		assert_eq!(
			(print.sha256, print.tree, print.size, ticket.recorded_at),
			(ticket.sha256, ticket.tree, ticket.size, RECORDED)
		);
		let binding = |purpose| Binding {
			genesis: [1; 32],
			sha256: ticket.sha256,
			patient: 7,
			purpose,
		};
		for (wrap, secret, purpose) in [
			(&kept.wraps.custody, &custodian, wrap::Purpose::Custody),
			(kept.wraps.subject.as_ref().unwrap(), &patient, wrap::Purpose::Subject),
		] {
			let key = wrap::open(wrap, secret, &binding(purpose)).unwrap();
			let mut opened = Vec::new();
			decrypt(payload.as_slice(), ticket.size, &context(), &key, &mut opened).unwrap();
			assert_eq!(opened, b"a document");
		}
		let again = world.stored.read().unwrap().unwrap();
		assert!(again.is_usable(&world.stored, &recipients).unwrap());
		assert_eq!(again, kept);
	}

	#[test]
	fn a_document_that_was_changed_meanwhile_is_not_taken() {
		for other in [&b"a DOCUMENT"[..], b"a documen", b"a document."] {
			let world = World::new(b"a document");
			fs::write(&world.put.file, other).unwrap();
			let changed = world.seal(recipients()).unwrap_err();
			assert_eq!((changed.name().as_str(), changed.exit_code()), ("Changed", exit::LOCAL));
			assert!(!world.stored.payload().exists());
		}
	}
}
