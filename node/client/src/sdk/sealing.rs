//! Sealing a payload: encrypted under a fresh key, the key wrapped to whom it is for, and the ticket of its upload.

use std::io::{Read, Write};

use salus_primitives::{Compartment, HpkeKey, Moment, Purpose};
use salus_vault::{
	envelope::{encrypt, Context},
	fingerprint::FingerprintWriter,
	ticket::{UploadTicket, TICKET_VERSION},
	wrap::{self, Binding, Wraps},
};

use super::{registration::vault_key, PayloadError};

/// To whom the data key is wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recipients {
	pub(crate) custodian: HpkeKey,
	pub(crate) patient: Option<HpkeKey>,
}

/// What is sealed, besides its bytes.
pub(crate) struct Sealing<'a> {
	pub(crate) context: &'a Context,
	pub(crate) recipients: &'a Recipients,
	pub(crate) purpose: Purpose,
	pub(crate) compartment: Option<Compartment>,
	pub(crate) recorded_at: Moment,
}

impl Sealing<'_> {
	/// Encrypts `len` bytes into the sink and returns it with the wrapped keys and the ticket, which is not good for any
	/// time yet. The data key exists in here only.
	pub(crate) fn seal<W: Write>(
		&self,
		source: &mut impl Read,
		len: u64,
		sink: W,
	) -> Result<(UploadTicket, Wraps, W), PayloadError> {
		let context = self.context;
		let mut writer = FingerprintWriter::new(sink);
		let sealed = encrypt(source, len, context, &mut writer)?;
		let (sink, print) = writer.finish();
		let binding = |purpose| Binding {
			genesis: context.genesis,
			sha256: print.sha256,
			patient: context.patient,
			purpose,
		};
		let wrap_to = |key: &HpkeKey, purpose| wrap::wrap(&sealed.data_key, &vault_key(key), &binding(purpose));
		let subject = self.recipients.patient.as_ref();
		let wraps = Wraps {
			custody: wrap_to(&self.recipients.custodian, wrap::Purpose::Custody)?,
			subject: subject.map(|key| wrap_to(key, wrap::Purpose::Subject)).transpose()?,
		};
		let ticket = UploadTicket {
			version: TICKET_VERSION,
			genesis: context.genesis,
			institution: context.institution,
			purpose: self.purpose as u8,
			patient: context.patient,
			category: context.category,
			compartment: self.compartment,
			media: context.media,
			recorded_at: self.recorded_at,
			cid: print.cid.to_bytes(),
			sha256: print.sha256,
			tree: print.tree,
			size: print.size,
			wraps: wraps.hash(),
			not_after: 0,
		};
		Ok((ticket, wraps, sink))
	}
}
