//! Taking and giving payloads: ciphertext only, in constant memory, everything checked before bytes flow.

use std::{io, ops::Range, pin::Pin, sync::Arc, time::Duration};

use axum::{
	body::Body,
	extract::{Path, State},
	http::{header, HeaderMap, HeaderName, HeaderValue, StatusCode},
	response::{IntoResponse, Response},
};
use codec::{Decode, DecodeAll};
use futures::{Stream, TryStreamExt};
use salus_primitives::MINUTE;
use salus_rpc::ReleaseRefused;
use salus_runtime::AccountId;
use salus_vault::{
	chain::RecordView,
	intake::{Announcement, UploadError},
	key_table::Inserted,
	request::{ReleaseRequest, MAX_REQUEST_LEN},
	store::{PayloadStream, StoreError},
	ticket::UploadTicket,
	unixfs::parse_cid,
	wrap::Wraps,
};
use serde_json::json;
use sp_core::crypto::Ss58Codec;
use tokio::{io::AsyncReadExt, sync::Semaphore, time};
use tokio_stream::StreamExt;
use tokio_util::io::StreamReader;

use super::{
	http::Served,
	refusal::{answer, Refusal},
	transfers::{Deadline, DOWNLOADS_OF_ONE},
};

const TICKET: HeaderName = HeaderName::from_static("salus-ticket");
const SIGNER: HeaderName = HeaderName::from_static("salus-signer");
const SIGNATURE: HeaderName = HeaderName::from_static("salus-signature");
const WRAPS: HeaderName = HeaderName::from_static("salus-wraps");
const RELEASE: HeaderName = HeaderName::from_static("salus-release");

/// More than any of the headers is.
const MAX_HEADER: usize = MAX_REQUEST_LEN;
/// How long an upload may pause.
const PAUSE: Duration = Duration::from_millis(MINUTE);
/// How much of a refused upload is read beside the answer, so that a client that is still sending sees it: what a fast
/// line brings until the answer is there.
const DRAIN: u64 = 16 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(2);

type Upload = StreamReader<Pin<Box<dyn Stream<Item = io::Result<bytes::Bytes>> + Send>>, bytes::Bytes>;

/// `POST /v1/payloads`
///
/// In a task of its own: a client that hangs up ends its body, never the work between store and key table.
pub async fn take(State(served): State<Served>, headers: HeaderMap, body: Body) -> Response {
	let work = tokio::spawn(async move {
		let mut body = reader(body, Deadline::of(length(&headers).unwrap_or_default()));
		match receive(&served, &headers, &mut body).await {
			Ok(response) => response,
			Err(refusal) => {
				log::debug!(target: "salus", "an upload was refused ({refusal})");
				tokio::spawn(drain(body));
				refusal.into_response()
			}
		}
	});
	work.await.unwrap_or_else(|error| {
		log::error!(target: "salus", "an upload was cut short: {error}");
		Refusal::Failed.into_response()
	})
}

async fn drain(body: Upload) {
	let mut rest = body.take(DRAIN);
	let drained = time::timeout(DRAIN_TIME, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
	log::trace!(target: "salus", "read of a refused upload: {drained:?}");
}

async fn receive(served: &Served, headers: &HeaderMap, body: &mut Upload) -> Result<Response, Refusal> {
	let _place = place(&served.uploads)?;
	let ticket: UploadTicket = scale(headers, &TICKET, "a SCALE encoded upload ticket in hex")?;
	let signer = account(headers)?;
	let signature = bytes(headers, &SIGNATURE, "a SCALE encoded signature in hex")?;
	let wraps: Wraps = scale(headers, &WRAPS, "SCALE encoded wraps in hex")?;
	let found = length(headers)?;
	if found != ticket.size {
		return Err(Refusal::WrongLength {
			found,
			expected: ticket.size,
		});
	}
	let custodian = served
		.desks
		.custodian(ticket.institution)
		.ok_or(Refusal::NoDesk(ticket.institution))?;

	let (cid, sha256) = (ticket.cid.clone(), hex::encode(ticket.sha256));
	let announcement = Announcement {
		ticket,
		signer,
		wraps,
		signature,
	};
	let inserted = custodian
		.intake
		.take(&announcement, body)
		.await
		.map_err(Refusal::Upload)?;
	let status = match inserted {
		Inserted::New => StatusCode::CREATED,
		Inserted::Repeated => StatusCode::OK,
	};
	let cid = parse_cid(&cid).map_err(|_| Refusal::Upload(UploadError::BadCid))?;
	let body = json!({ "cid": cid.to_string(), "sha256": format!("0x{sha256}"), "state": "pending" });
	Ok(answer(status, &body))
}

/// `GET /v1/payloads/{cid}`
pub async fn give(State(served): State<Served>, Path(cid): Path<String>, headers: HeaderMap) -> Response {
	match send(&served, &cid, &headers).await {
		Ok(response) => response,
		Err(refusal) => refusal.into_response(),
	}
}

async fn send(served: &Served, cid: &str, headers: &HeaderMap) -> Result<Response, Refusal> {
	let place = place(&served.downloads)?;
	let request: ReleaseRequest = scale(headers, &RELEASE, "a SCALE encoded release request in hex")?;
	let signature = bytes(headers, &SIGNATURE, "a SCALE encoded signature in hex")?;
	let requester = request.requester;
	let record = served
		.releases
		.authorise(request, signature)
		.await
		.map_err(|error| match error {
			ReleaseRefused::NotHere(institution) => Refusal::NoDesk(institution),
			ReleaseRefused::Desk(error) => Refusal::Release(error),
			ReleaseRefused::Unavailable(_) => Refusal::Failed,
			relayed => Refusal::Relay(relayed),
		})?;
	// Only now is it known that she is who she says.
	let own = served
		.downloads_by_account
		.claim(requester)
		.ok_or(Refusal::TooManyTransfers(DOWNLOADS_OF_ONE))?;
	let payload = parse_cid(&record.cid).map_err(|_| Refusal::NoPayload)?;
	if payload.to_string() != cid {
		return Err(Refusal::OtherPayload);
	}
	let range = range(headers, record.size)?;
	let stream = served
		.releases
		.payload(&record, &payload, range.clone())
		.await
		.map_err(|error| match served.desks.custodian(record.custodian) {
			Some(_) => Refusal::store(error),
			None => Refusal::fetch(error, record.custodian),
		})?;
	let length = range
		.as_ref()
		.map_or(record.size, |range| range.end.saturating_sub(range.start));
	// The places are given back when the last byte is out.
	let stream = in_time(stream, Deadline::of(length)).map(move |piece| {
		let _places = (&place, &own);
		piece
	});
	let stream = stream.inspect_err(|error| log::warn!(target: "salus", "a download broke off: {error}"));
	Ok(found(&record, range, Body::from_stream(stream)))
}

/// Ends at its deadline, whenever the reader comes for the next piece.
fn in_time(stream: PayloadStream, deadline: Deadline) -> impl Stream<Item = Result<bytes::Bytes, StoreError>> + Send {
	stream.map(move |piece| {
		if deadline.has_passed() {
			return Err(StoreError::Io(io::ErrorKind::TimedOut.into()));
		}
		piece
	})
}

fn found(record: &RecordView, range: Option<Range<u64>>, body: Body) -> Response {
	let length = range
		.as_ref()
		.map_or(record.size, |range| range.end.saturating_sub(range.start));
	let mut response = Response::new(body);
	let headers = response.headers_mut();
	headers.insert(
		header::CONTENT_TYPE,
		HeaderValue::from_static("application/octet-stream"),
	);
	headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
	headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
	headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
	if let Some(range) = range {
		let text = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), record.size);
		if let Ok(value) = HeaderValue::from_str(&text) {
			headers.insert(header::CONTENT_RANGE, value);
		}
		*response.status_mut() = StatusCode::PARTIAL_CONTENT;
	}
	response
}

fn reader(body: Body, deadline: Deadline) -> Upload {
	let late = |why| Err(io::Error::new(io::ErrorKind::TimedOut, why));
	let pieces = body
		.into_data_stream()
		.map_err(io::Error::other)
		.timeout(PAUSE)
		.map(move |piece| match piece {
			Ok(_) if deadline.has_passed() => late("it took longer than a second for each 16 KiB"),
			Ok(piece) => piece,
			Err(_) => late("nothing came for a minute"),
		});
	StreamReader::new(Box::pin(pieces))
}

fn place(places: &Arc<Semaphore>) -> Result<tokio::sync::OwnedSemaphorePermit, Refusal> {
	Arc::clone(places).try_acquire_owned().map_err(|_| Refusal::Busy)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName, expected: &'static str) -> Result<&'a str, Refusal> {
	let value = headers.get(name).ok_or(Refusal::MissingHeader(static_name(name)))?;
	value.to_str().map_err(|_| Refusal::InvalidHeader {
		header: static_name(name),
		expected,
	})
}

fn bytes(headers: &HeaderMap, name: &HeaderName, expected: &'static str) -> Result<Vec<u8>, Refusal> {
	let invalid = || Refusal::InvalidHeader {
		header: static_name(name),
		expected,
	};
	let text = text(headers, name, expected)?;
	let digits = text.strip_prefix("0x").unwrap_or(text);
	if digits.len() > 2 * MAX_HEADER {
		return Err(invalid());
	}
	hex::decode(digits).map_err(|_| invalid())
}

fn scale<T: Decode>(headers: &HeaderMap, name: &HeaderName, expected: &'static str) -> Result<T, Refusal> {
	let bytes = bytes(headers, name, expected)?;
	T::decode_all(&mut bytes.as_slice()).map_err(|_| Refusal::InvalidHeader {
		header: static_name(name),
		expected,
	})
}

/// The signer's account: hex, or SS58.
fn account(headers: &HeaderMap) -> Result<[u8; 32], Refusal> {
	const EXPECTED: &str = "an account in hex or SS58";
	let invalid = || Refusal::InvalidHeader {
		header: static_name(&SIGNER),
		expected: EXPECTED,
	};
	let given = text(headers, &SIGNER, EXPECTED)?;
	if let Ok(account) = AccountId::from_ss58check(given) {
		return Ok(account.into());
	}
	bytes(headers, &SIGNER, EXPECTED)?.try_into().map_err(|_| invalid())
}

fn static_name(name: &HeaderName) -> &'static str {
	[TICKET, SIGNER, SIGNATURE, WRAPS, RELEASE]
		.iter()
		.position(|known| known == name)
		.and_then(|index| {
			[
				"salus-ticket",
				"salus-signer",
				"salus-signature",
				"salus-wraps",
				"salus-release",
			]
			.get(index)
			.copied()
		})
		.unwrap_or("salus")
}

fn length(headers: &HeaderMap) -> Result<u64, Refusal> {
	let length = headers.get(header::CONTENT_LENGTH).ok_or(Refusal::LengthRequired)?;
	length
		.to_str()
		.ok()
		.and_then(|length| length.parse().ok())
		.ok_or(Refusal::LengthRequired)
}

/// One range of RFC 9110: `bytes=from-to`, `bytes=from-` or `bytes=-last`.
fn range(headers: &HeaderMap, size: u64) -> Result<Option<Range<u64>>, Refusal> {
	let Some(value) = headers.get(header::RANGE) else {
		return Ok(None);
	};
	let invalid = || Refusal::InvalidRange(size);
	let text = value
		.to_str()
		.ok()
		.and_then(|text| text.strip_prefix("bytes="))
		.ok_or_else(invalid)?;
	let (from, to) = text.split_once('-').ok_or_else(invalid)?;
	let number = |text: &str| text.parse::<u64>().map_err(|_| invalid());
	let range = match (from.is_empty(), to.is_empty()) {
		(true, true) => return Err(invalid()),
		(true, false) => size.saturating_sub(number(to)?)..size,
		(false, true) => number(from)?..size,
		(false, false) => number(from)?..number(to)?.saturating_add(1).min(size),
	};
	if range.is_empty() {
		return Err(invalid());
	}
	Ok(Some(range))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

	use super::*;

	fn asked(text: &str) -> Result<Option<Range<u64>>, Refusal> {
		let mut headers = HeaderMap::new();
		headers.insert(header::RANGE, text.parse().unwrap());
		range(&headers, 1000)
	}

	#[tokio::test]
	async fn an_upload_ends_at_its_deadline_however_it_trickles() {
		let read = |deadline| async move {
			let pieces = ["one", "two"].map(|piece| Ok::<_, io::Error>(bytes::Bytes::from(piece)));
			let mut text = String::new();
			let mut body = reader(Body::from_stream(tokio_stream::iter(pieces)), deadline);
			body.read_to_string(&mut text).await.map(|_| text)
		};
		assert_eq!(read(Deadline::of(6)).await.unwrap(), "onetwo");
		let late = read(Deadline::after(Duration::ZERO)).await.unwrap_err();
		assert_eq!(late.kind(), io::ErrorKind::TimedOut);
	}

	#[tokio::test]
	async fn a_download_ends_at_its_deadline_whenever_it_is_read() {
		let pieces = || -> PayloadStream { Box::pin(tokio_stream::iter([Ok(bytes::Bytes::from("one"))])) };
		let read = |deadline| in_time(pieces(), deadline).collect::<Vec<_>>();
		assert!(read(Deadline::of(3)).await.iter().all(Result::is_ok));
		let late = read(Deadline::after(Duration::ZERO)).await;
		assert!(matches!(&late[..], [Err(StoreError::Io(error))] if error.kind() == io::ErrorKind::TimedOut));
	}

	#[test]
	fn single_ranges_are_served() {
		assert_eq!(range(&HeaderMap::new(), 1000).unwrap(), None);
		assert_eq!(asked("bytes=0-0").unwrap(), Some(0..1));
		assert_eq!(asked("bytes=10-19").unwrap(), Some(10..20));
		assert_eq!(asked("bytes=990-").unwrap(), Some(990..1000));
		assert_eq!(asked("bytes=-10").unwrap(), Some(990..1000));
		assert_eq!(asked("bytes=0-5000").unwrap(), Some(0..1000));
	}

	#[test]
	fn other_ranges_are_refused() {
		for text in [
			"bytes=-",
			"bytes=1000-",
			"bytes=5-4",
			"bytes=0-1,4-5",
			"pages=1-2",
			"bytes=a-b",
			"bytes=-0",
		] {
			assert!(matches!(asked(text), Err(Refusal::InvalidRange(1000))), "{text}");
		}
	}
}
