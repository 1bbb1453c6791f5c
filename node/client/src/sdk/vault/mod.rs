//! A hospital's vault over HTTP: ciphertext in and out.

pub(super) mod tls;

use std::{
	fs::{self, File},
	future::Future,
	io::{self, Read, Write},
	path::Path,
	pin::Pin,
	task::{Context, Poll},
	time::Duration,
};

use codec::Encode;
use futures::{Stream, StreamExt};
use reqwest::{
	header::{CONTENT_LENGTH, CONTENT_RANGE, RANGE},
	Body, Response, StatusCode,
};
use salus_primitives::{Moment, Record, HOUR};
use salus_vault::{
	fingerprint::Fingerprinter, request::ReleaseRequest, ticket::UploadTicket, unixfs::parse_cid, wrap::Wraps,
};
use serde_json::Value;
use tokio::io::AsyncRead;

use super::{
	client::innermost,
	files::append,
	threads::blocking,
	words::{hex, now},
	Account, AccountId, Error, FileError, Signature, VaultError,
};

/// A download that stands still for longer has broken off.
const STALLED: Duration = Duration::from_secs(60);
/// What an upload has besides a second for each so many bytes.
const GRACE: u64 = 600;
const SLOWEST: u64 = 16 * 1024;
const CHUNK: usize = 64 * 1024;
/// How long an upload ticket is good: long enough for a slow line, and well within the day that a vault accepts.
const TICKET_LIFETIME: Moment = 12 * HOUR;

/// Is told how far a transfer is: bytes done, bytes in all.
pub trait Progress: Send + Sync {
	/// So far.
	fn at(&self, done: u64, all: u64);
}

impl Progress for () {
	fn at(&self, _: u64, _: u64) {}
}

/// A vault.
#[derive(Clone, Debug)]
pub struct VaultClient {
	url: String,
	http: reqwest::Client,
}

/// What goes with an upload.
pub struct Upload<'a> {
	/// What the payload is and where it belongs.
	pub ticket: &'a UploadTicket,
	/// The wrapped keys.
	pub wraps: &'a Wraps,
	/// Who uploads.
	pub signer: AccountId,
	/// Her signature under the ticket.
	pub signature: Signature,
}

/// What authorises a download.
pub struct Download<'a> {
	/// The release request.
	pub request: &'a ReleaseRequest,
	/// The requester's signature under it.
	pub signature: Signature,
	/// What the payload has to be: CID, SHA-256, tree, size.
	pub payload: Payload<'a>,
}

/// A payload as the chain describes it.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
	/// Its CID, binary.
	pub cid: &'a [u8],
	/// Its SHA-256.
	pub sha256: [u8; 32],
	/// The root of its tree; the chain has none of a batch.
	pub tree: Option<[u8; 32]>,
	/// Its bytes.
	pub size: u64,
}

/// A ticket that is good from now on.
pub(crate) fn good_from_now(ticket: &UploadTicket) -> UploadTicket {
	UploadTicket {
		not_after: now().saturating_add(TICKET_LIFETIME),
		..ticket.clone()
	}
}

impl<'a> Upload<'a> {
	/// What goes with an upload of this account's.
	pub fn sign(ticket: &'a UploadTicket, wraps: &'a Wraps, account: &Account) -> Self {
		Self {
			ticket,
			wraps,
			signer: account.id(),
			signature: account.sign(&ticket.signing_payload()),
		}
	}
}

impl<'a> Payload<'a> {
	/// A record's payload.
	pub fn of(record: &'a Record<AccountId>) -> Self {
		Self {
			cid: &record.cid,
			sha256: record.sha256.0,
			tree: Some(record.tree.0),
			size: record.size,
		}
	}

	/// Whether a file is this payload.
	///
	/// # Errors
	/// `OtherBytes`; `File` when it can't be read.
	pub fn check(&self, path: &Path) -> Result<(), Error> {
		let mut file = File::open(path).map_err(FileError::at(path))?;
		let mut fingerprinter = Fingerprinter::new();
		let mut buffer = vec![0; CHUNK];
		loop {
			let read = file.read(&mut buffer).map_err(FileError::at(path))?;
			if read == 0 {
				break;
			}
			fingerprinter.update(buffer.get(..read).unwrap_or_default());
		}
		let found = fingerprinter.finish();
		let same = found.sha256 == self.sha256
			&& self.tree.is_none_or(|tree| tree == found.tree)
			&& found.size == self.size
			&& found.cid.to_bytes() == self.cid;
		if same {
			Ok(())
		} else {
			Err(VaultError::OtherBytes.into())
		}
	}
}

impl VaultClient {
	/// The vault at a URL such as `https://vault.hospital.example`; `http://` on this machine only. Its certificate is
	/// signed by a root that the system trusts.
	///
	/// # Errors
	/// `NoVault` for a URL that is none, `Plain`
	pub fn new(url: &str) -> Result<Self, Error> {
		Self::with_roots(url, None)
	}

	/// [`new`](Self::new) with a file of PEM certificates: exactly these sign the vault's certificate.
	///
	/// # Errors
	/// As [`new`](Self::new), and `BadRoots`; `File` when it can't be read.
	pub fn with_roots(url: &str, roots: Option<&Path>) -> Result<Self, Error> {
		let url = url.trim_end_matches('/').to_string();
		let http = tls::client(&url, roots)?;
		Ok(Self { url, http })
	}

	/// Uploads a payload. The same payload under the same ticket again changes nothing.
	///
	/// # Errors
	/// `Refused` with the vault's reason, `NoVault`, `Interrupted`
	pub async fn upload(
		&self,
		upload: &Upload<'_>,
		payload: &Path,
		progress: impl Progress + 'static,
	) -> Result<(), Error> {
		let file = tokio::fs::File::open(payload).await.map_err(FileError::at(payload))?;
		self.upload_from(upload, file, progress).await
	}

	/// [`upload`](Self::upload) of a payload from anywhere.
	///
	/// # Errors
	/// As [`upload`](Self::upload).
	pub async fn upload_from(
		&self,
		upload: &Upload<'_>,
		payload: impl AsyncRead + Send + Unpin + 'static,
		progress: impl Progress + 'static,
	) -> Result<(), Error> {
		let size = upload.ticket.size;
		let body = Counted {
			stream: tokio_util::io::ReaderStream::with_capacity(payload, CHUNK),
			done: 0,
			all: size,
			progress: Box::new(progress),
		};
		let response = self
			.http
			.post(format!("{}/v1/payloads", self.url))
			.header("salus-ticket", hex(upload.ticket.encode()))
			.header("salus-wraps", hex(upload.wraps.encode()))
			.header("salus-signer", hex(upload.signer))
			.header("salus-signature", hex(upload.signature.encode()))
			.header(CONTENT_LENGTH, size)
			.timeout(Duration::from_secs(GRACE.saturating_add(size / SLOWEST)))
			.body(Body::wrap_stream(body))
			.send()
			.await
			.map_err(|error| self.failed(error))?;
		match response.status() {
			StatusCode::CREATED | StatusCode::OK => Ok(()),
			_ => Err(refused(response).await.into()),
		}
	}

	/// Downloads a payload into `target`, going on where an earlier download stopped, and checks that it is the one on
	/// the chain.
	///
	/// # Errors
	/// `Refused` with the vault's reason, `OtherBytes`, `NoVault`, `Interrupted`
	pub async fn download(&self, download: &Download<'_>, target: &Path, progress: impl Progress) -> Result<(), Error> {
		let payload = download.payload;
		let cid = parse_cid(payload.cid).map_err(|_| VaultError::OtherBytes)?;
		let mut file = append(target)?;
		let mut done = file.metadata().map_err(FileError::at(target))?.len();
		if done > payload.size {
			done = restart(&file, target)?;
		}
		if done < payload.size {
			let request = self
				.http
				.get(format!("{}/v1/payloads/{cid}", self.url))
				.header("salus-release", hex(download.request.encode()))
				.header("salus-signature", hex(download.signature.encode()))
				.header(RANGE, format!("bytes={done}-"))
				.send();
			let response = stalled(request).await?.map_err(|error| self.failed(error))?;
			match response.status() {
				StatusCode::PARTIAL_CONTENT => {
					let from = response
						.headers()
						.get(CONTENT_RANGE)
						.and_then(|range| range.to_str().ok());
					if !from.is_some_and(|range| range.starts_with(&format!("bytes {done}-"))) {
						return Err(VaultError::OtherBytes.into());
					}
				}
				// The vault sends all of it.
				StatusCode::OK => done = restart(&file, target)?,
				_ => return Err(refused(response).await.into()),
			}
			let mut body = response.bytes_stream();
			while let Some(bytes) = stalled(body.next()).await? {
				let bytes = bytes.map_err(|error| VaultError::Interrupted(innermost(&error)))?;
				done = done.saturating_add(bytes.len() as u64);
				if done > payload.size {
					break;
				}
				file.write_all(&bytes).map_err(FileError::at(target))?;
				progress.at(done, payload.size);
			}
			if done < payload.size {
				return Err(VaultError::Interrupted("the vault closed the connection".into()).into());
			}
			file.sync_all().map_err(FileError::at(target))?;
		}
		let checked = check(payload, target).await;
		if checked.is_err() {
			// Never go on from bytes that are wrong.
			fs::remove_file(target).map_err(FileError::at(target))?;
		}
		checked
	}

	fn failed(&self, error: reqwest::Error) -> VaultError {
		if let Some(reason) = tls::distrust(&error) {
			return VaultError::NotTrusted {
				url: self.url.clone(),
				reason,
			};
		}
		let reason = innermost(&error);
		if error.is_connect() || error.is_builder() {
			VaultError::NoVault {
				url: self.url.clone(),
				reason,
			}
		} else {
			VaultError::Interrupted(reason)
		}
	}
}

/// [`Payload::check`] beside the asynchronous work.
async fn check(payload: Payload<'_>, path: &Path) -> Result<(), Error> {
	let (cid, path) = (payload.cid.to_vec(), path.to_owned());
	let Payload { sha256, tree, size, .. } = payload;
	blocking(move || {
		let payload = Payload {
			cid: &cid,
			sha256,
			tree,
			size,
		};
		payload.check(&path)
	})
	.await
}

/// Waits for the next bytes, but not for ever.
async fn stalled<T>(next: impl Future<Output = T>) -> Result<T, VaultError> {
	let waited = |_| VaultError::Interrupted(format!("nothing came for {} s", STALLED.as_secs()));
	tokio::time::timeout(STALLED, next).await.map_err(waited)
}

/// Empties a file that was begun wrongly.
fn restart(file: &File, path: &Path) -> Result<u64, FileError> {
	file.set_len(0).map_err(FileError::at(path))?;
	Ok(0)
}

/// What the vault says in `{code, name, message}`.
async fn refused(response: Response) -> VaultError {
	let status = response.status();
	let body = response.bytes().await.unwrap_or_default();
	let answer: Option<Value> = serde_json::from_slice(&body).ok();
	let text = |field| {
		answer
			.as_ref()
			.and_then(|answer| answer.get(field))
			.and_then(Value::as_str)
	};
	let name = text("name").unwrap_or("HttpError").to_string();
	let message = text("message")
		.unwrap_or("it gave no reason; see the node's log")
		.to_string();
	if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
		VaultError::Refused { name, message }
	} else {
		VaultError::Answered { name, message }
	}
}

/// A body that tells how much of it has gone.
struct Counted<R> {
	stream: tokio_util::io::ReaderStream<R>,
	done: u64,
	all: u64,
	progress: Box<dyn Progress>,
}

impl<R: AsyncRead + Unpin> Stream for Counted<R> {
	type Item = io::Result<bytes::Bytes>;

	fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
		let next = self.stream.poll_next_unpin(context);
		if let Poll::Ready(Some(Ok(bytes))) = &next {
			self.done = self.done.saturating_add(bytes.len() as u64);
			self.progress.at(self.done, self.all);
		}
		next
	}
}

#[cfg(test)]
mod tests;
