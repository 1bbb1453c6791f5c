//! A hospital's vault over HTTP: ciphertext in and out.

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
use salus_vault::{
	fingerprint::Fingerprinter, request::ReleaseRequest, ticket::UploadTicket, unixfs::parse_cid, wrap::Wraps,
};
use serde_json::Value;

use super::{client::innermost, data_dir::append, words::hex, AccountId, Error, FileError, Signature, VaultError};

const CONNECT: Duration = Duration::from_secs(10);
/// A download that stands still for longer has broken off.
const STALLED: Duration = Duration::from_secs(60);
/// What an upload has besides a second for each so many bytes.
const GRACE: u64 = 600;
const SLOWEST: u64 = 16 * 1024;
const CHUNK: usize = 64 * 1024;

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
	/// The root of its tree.
	pub tree: [u8; 32],
	/// Its bytes.
	pub size: u64,
}

impl Payload<'_> {
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
			&& found.tree == self.tree
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
	/// The vault at a URL such as `http://127.0.0.1:9946`.
	///
	/// # Errors
	/// `NoVault` for a URL that is none.
	pub fn new(url: &str) -> Result<Self, VaultError> {
		let url = url.trim_end_matches('/').to_string();
		let no_vault = |reason: String| VaultError::NoVault {
			url: url.clone(),
			reason,
		};
		if !url.starts_with("http://") {
			return Err(no_vault(
				"only http:// URLs are spoken; put the vault behind the hospital's own network".into(),
			));
		}
		let http = reqwest::Client::builder()
			.connect_timeout(CONNECT)
			.build()
			.map_err(|error| no_vault(innermost(&error)))?;
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
		let size = upload.ticket.size;
		let body = Counted {
			stream: tokio_util::io::ReaderStream::with_capacity(file, CHUNK),
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
		let checked = payload.check(target);
		if checked.is_err() {
			// Never go on from bytes that are wrong.
			fs::remove_file(target).map_err(FileError::at(target))?;
		}
		checked
	}

	fn failed(&self, error: reqwest::Error) -> VaultError {
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
struct Counted {
	stream: tokio_util::io::ReaderStream<tokio::fs::File>,
	done: u64,
	all: u64,
	progress: Box<dyn Progress>,
}

impl Stream for Counted {
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
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_vault::fingerprint::fingerprint;

	#[test]
	fn a_file_is_the_payload_or_not() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("payload");
		let bytes: Vec<u8> = (0..300_000u32).flat_map(u32::to_le_bytes).collect();
		let print = fingerprint(&bytes);
		let cid = print.cid.to_bytes();
		let payload = Payload {
			cid: &cid,
			sha256: print.sha256,
			tree: print.tree,
			size: print.size,
		};
		fs::write(&path, &bytes).unwrap();
		payload.check(&path).unwrap();
		for wrong in [
			Payload {
				sha256: [0; 32],
				..payload
			},
			Payload {
				tree: [0; 32],
				..payload
			},
			Payload { size: 1, ..payload },
			Payload { cid: &[1], ..payload },
		] {
			assert!(matches!(wrong.check(&path), Err(Error::Vault(VaultError::OtherBytes))));
		}
		fs::write(&path, bytes.get(1..).unwrap()).unwrap();
		assert!(payload.check(&path).is_err());
	}

	/// A vault that answers one request for each of these answers; returns its URL and the heads of the requests.
	async fn vault(answers: Vec<Vec<u8>>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
		use tokio::io::{AsyncReadExt, AsyncWriteExt};
		let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
		let url = format!("http://{}", listener.local_addr().unwrap());
		let heads = tokio::spawn(async move {
			let mut heads = Vec::new();
			for answer in answers {
				let (mut stream, _) = listener.accept().await.unwrap();
				let mut request = Vec::new();
				let head = loop {
					if let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
						break String::from_utf8(request.get(..end).unwrap().to_vec())
							.unwrap()
							.to_lowercase();
					}
					assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
				};
				let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
				let body = length.map_or(0, |length| length.parse::<usize>().unwrap());
				while request.len() < head.len() + 4 + body {
					assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
				}
				stream.write_all(&answer).await.unwrap();
				heads.push(head);
			}
			heads
		});
		(url, heads)
	}

	fn answer(status: &str, headers: &str, length: usize, body: &[u8]) -> Vec<u8> {
		let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}connection: close\r\n\r\n");
		[head.as_bytes(), body].concat()
	}

	fn request() -> ReleaseRequest {
		ReleaseRequest {
			version: 1,
			genesis: [0; 32],
			custodian: 0,
			receipt: 0,
			object: salus_vault::chain::Object::Record(0),
			requester: [0; 32],
			recipient_key: salus_vault::wrap::HpkeKey::X25519([0; 32]),
			anchor: (0, [0; 32]),
			nonce: [0; 16],
		}
	}

	#[tokio::test]
	async fn a_broken_off_download_goes_on_where_it_stopped() {
		let bytes: Vec<u8> = (0..50_000u32).flat_map(u32::to_le_bytes).collect();
		let print = fingerprint(&bytes);
		let cid = print.cid.to_bytes();
		let request = request();
		let download = Download {
			request: &request,
			signature: Signature::Sr25519([0; 64]),
			payload: Payload {
				cid: &cid,
				sha256: print.sha256,
				tree: print.tree,
				size: print.size,
			},
		};
		let (first, rest) = bytes.split_at(70_000);
		let range = format!("content-range: bytes 70000-{}/{}\r\n", bytes.len() - 1, bytes.len());
		let (url, heads) = vault(vec![
			answer(
				"206 Partial Content",
				"content-range: bytes 0-199999/200000\r\n",
				bytes.len(),
				first,
			),
			answer("206 Partial Content", &range, rest.len(), rest),
		])
		.await;
		let folder = tempfile::tempdir().unwrap();
		let target = folder.path().join("payload");
		let vault = VaultClient::new(&url).unwrap();

		let broken = vault.download(&download, &target, ()).await;
		assert!(
			matches!(broken, Err(Error::Vault(VaultError::Interrupted(_)))),
			"{broken:?}"
		);
		assert_eq!(fs::read(&target).unwrap(), first);
		vault.download(&download, &target, ()).await.unwrap();
		assert_eq!(fs::read(&target).unwrap(), bytes);

		let heads = heads.await.unwrap();
		assert!(heads
			.iter()
			.all(|head| head.contains("salus-release: 0x") && head.contains("salus-signature: 0x")));
		assert!(heads.last().unwrap().contains("range: bytes=70000-"));
	}

	#[tokio::test]
	async fn wrong_bytes_are_not_kept() {
		let print = fingerprint(b"the payload");
		let cid = print.cid.to_bytes();
		let request = request();
		let download = Download {
			request: &request,
			signature: Signature::Sr25519([0; 64]),
			payload: Payload {
				cid: &cid,
				sha256: print.sha256,
				tree: print.tree,
				size: print.size,
			},
		};
		let (url, _) = vault(vec![
			answer("200 OK", "", 11, b"another one"),
			answer("206 Partial Content", "content-range: bytes 5-10/11\r\n", 6, b"other."),
		])
		.await;
		let folder = tempfile::tempdir().unwrap();
		let target = folder.path().join("payload");
		let vault = VaultClient::new(&url).unwrap();
		for _ in 0..2 {
			let wrong = vault.download(&download, &target, ()).await;
			assert!(matches!(wrong, Err(Error::Vault(VaultError::OtherBytes))), "{wrong:?}");
		}
		assert!(!fs::exists(&target).unwrap() || fs::read(&target).unwrap().is_empty());
	}

	#[tokio::test]
	async fn an_upload_says_how_long_it_is_and_a_refusal_is_told() {
		let refusal = br#"{"code":8105,"name":"Expired","message":"the ticket has expired; sign a new one"}"#;
		let (url, heads) = vault(vec![
			answer("201 Created", "", 2, b"{}"),
			answer("401 Unauthorized", "", refusal.len(), refusal),
			answer("500 Internal Server Error", "", 4, b"what"),
		])
		.await;
		let folder = tempfile::tempdir().unwrap();
		let payload = folder.path().join("payload");
		fs::write(&payload, vec![7; 100_000]).unwrap();
		let wrap = salus_vault::wrap::Wrap(vec![1; 81]);
		let wraps = Wraps {
			custody: wrap,
			subject: None,
		};
		let ticket = UploadTicket {
			version: 1,
			genesis: [0; 32],
			institution: 0,
			purpose: 0,
			patient: 0,
			category: 0,
			compartment: None,
			media: 0,
			recorded_at: 0,
			cid: vec![],
			sha256: [0; 32],
			tree: [0; 32],
			size: 100_000,
			wraps: wraps.hash(),
			not_after: 0,
		};
		let upload = Upload {
			ticket: &ticket,
			wraps: &wraps,
			signer: AccountId::from([0; 32]),
			signature: Signature::Sr25519([0; 64]),
		};
		let vault = VaultClient::new(&url).unwrap();
		vault.upload(&upload, &payload, ()).await.unwrap();
		let refused = vault.upload(&upload, &payload, ()).await.unwrap_err();
		assert_eq!(
			(refused.name().as_str(), refused.exit_code()),
			("Expired", super::super::exit::REFUSED)
		);
		let failed = vault.upload(&upload, &payload, ()).await.unwrap_err();
		assert_eq!(
			(failed.name().as_str(), failed.exit_code()),
			("HttpError", super::super::exit::UNREACHABLE)
		);

		let heads = heads.await.unwrap();
		assert!(heads
			.iter()
			.all(|head| head.contains("content-length: 100000") && !head.contains("chunked")));
	}

	#[test]
	fn only_http_is_spoken() {
		assert!(VaultClient::new("http://127.0.0.1:9946/").is_ok());
		for url in ["https://127.0.0.1", "127.0.0.1:9946", ""] {
			assert!(
				matches!(VaultClient::new(url), Err(VaultError::NoVault { .. })),
				"{url}"
			);
		}
	}
}
