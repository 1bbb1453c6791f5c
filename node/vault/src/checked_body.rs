//! The body of an upload, checked against its ticket while it streams.

use std::{
	io,
	pin::Pin,
	task::{Context as TaskContext, Poll},
};

use tokio::io::{AsyncRead, ReadBuf};

use crate::{
	envelope::{Context, DataKey, Opener, HEADER_LEN},
	fingerprint::Fingerprinter,
	intake::UploadError,
	ticket::UploadTicket,
};

/// A body that fails as soon as it cannot be the ticket's payload, and at its end unless it is: a store that reads it
/// to the end without an error holds exactly what was signed.
pub(crate) struct CheckedBody<'a> {
	body: &'a mut (dyn AsyncRead + Send + Unpin),
	ticket: &'a UploadTicket,
	key: DataKey,
	header: Vec<u8>,
	fingerprinter: Option<Fingerprinter>,
	pub(crate) failure: Option<UploadError>,
}

impl<'a> CheckedBody<'a> {
	pub(crate) fn new(body: &'a mut (dyn AsyncRead + Send + Unpin), ticket: &'a UploadTicket, key: DataKey) -> Self {
		let header = Vec::with_capacity(HEADER_LEN);
		let fingerprinter = Some(Fingerprinter::new());
		Self {
			body,
			ticket,
			key,
			header,
			fingerprinter,
			failure: None,
		}
	}

	fn add(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
		let Some(fingerprinter) = &mut self.fingerprinter else {
			return Ok(());
		};
		fingerprinter.update(bytes);
		if fingerprinter.size() > self.ticket.size {
			return Err(UploadError::TooLong);
		}
		let missing = HEADER_LEN - self.header.len();
		if missing > 0 {
			self.header.extend(bytes.iter().take(missing));
			if self.header.len() == HEADER_LEN {
				self.check_header()?;
			}
		}
		Ok(())
	}

	fn check_header(&self) -> Result<(), UploadError> {
		let context = Context {
			genesis: self.ticket.genesis,
			patient: self.ticket.patient,
			category: self.ticket.category,
			media: self.ticket.media,
			institution: self.ticket.institution,
		};
		Opener::new(&self.header, self.ticket.size, &context, &self.key)
			.map(|_| ())
			.map_err(UploadError::BadHeader)
	}

	fn end(&mut self) -> Result<(), UploadError> {
		let Some(fingerprinter) = self.fingerprinter.take() else {
			return Ok(());
		};
		let found = fingerprinter.finish();
		if found.size < self.ticket.size {
			return Err(UploadError::TooShort);
		}
		if found.sha256 != self.ticket.sha256 {
			return Err(UploadError::WrongHash);
		}
		if found.tree != self.ticket.tree {
			return Err(UploadError::WrongTree);
		}
		if found.cid.to_bytes() != self.ticket.cid {
			return Err(UploadError::WrongCid);
		}
		Ok(())
	}
}

impl AsyncRead for CheckedBody<'_> {
	fn poll_read(
		self: Pin<&mut Self>,
		context: &mut TaskContext<'_>,
		buffer: &mut ReadBuf<'_>,
	) -> Poll<io::Result<()>> {
		let this = self.get_mut();
		if this.failure.is_some() {
			return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
		}
		let before = buffer.filled().len();
		let room = buffer.remaining();
		let result = match Pin::new(&mut *this.body).poll_read(context, buffer) {
			Poll::Pending => return Poll::Pending,
			Poll::Ready(Err(error)) => Err(UploadError::Body(error)),
			Poll::Ready(Ok(())) => {
				let new = buffer.filled().get(before..).unwrap_or_default();
				match new {
					[] if room == 0 => Ok(()),
					[] => this.end(),
					bytes => this.add(bytes),
				}
			}
		};
		Poll::Ready(result.map_err(|error| {
			this.failure = Some(error);
			io::ErrorKind::InvalidData.into()
		}))
	}
}
