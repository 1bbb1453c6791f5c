//! The vault's listener: what a connection may cost before anybody has said who he is.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
	rt::{TokioIo, TokioTimer},
	service::TowerToHyperService,
};
use sc_service::error::Error;
use socket2::SockRef;
use tokio::{
	net::{TcpListener, TcpStream},
	sync::Semaphore,
	time,
};

/// Connections at a time.
const CONNECTIONS: usize = 512;
/// Headers of a request; ours are six.
const HEADERS: usize = 64;
/// Bytes of a request's head, and of what is buffered of a body.
const BUFFER: usize = 64 * 1024;
/// How long nothing of what was sent may be acknowledged.
const UNHEARD: Duration = Duration::from_secs(60);
/// How long to wait when no connection can be accepted, for example for want of file descriptors.
const PAUSE: Duration = Duration::from_secs(1);

/// What connections are granted.
#[derive(Clone, Copy, Debug)]
pub struct Grants {
	/// At a time.
	pub connections: usize,
	/// Time for the head of a request, and between two requests.
	pub head: Duration,
}

impl Default for Grants {
	fn default() -> Self {
		Self {
			connections: CONNECTIONS,
			head: Duration::from_secs(10),
		}
	}
}

/// Takes the port.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
	TcpListener::bind(address).await.map_err(|error| {
		Error::Other(format!(
			"the vault cannot listen on {address}: {error}; choose another --vault-port"
		))
	})
}

/// Serves until it is dropped.
pub async fn serve(listener: TcpListener, service: Router, grants: Grants) {
	let places = Arc::new(Semaphore::new(grants.connections));
	// The semaphore is never closed.
	while let Ok(place) = Arc::clone(&places).acquire_owned().await {
		match listener.accept().await {
			Ok((stream, _)) => {
				let service = service.clone();
				tokio::spawn(async move {
					let _place = place;
					connection(stream, service, grants).await;
				});
			}
			Err(error) if is_the_peers(&error) => {}
			Err(error) => {
				log::warn!(target: "salus", "the vault accepts no connections: {error}");
				time::sleep(PAUSE).await;
			}
		}
	}
}

async fn connection(stream: TcpStream, service: Router, grants: Grants) {
	if let Err(error) = bound_silence(&stream) {
		log::debug!(target: "salus", "a connection to the vault has no timeout: {error}");
	}
	let served = http1::Builder::new()
		.timer(TokioTimer::new())
		.header_read_timeout(grants.head)
		.max_headers(HEADERS)
		.max_buf_size(BUFFER)
		.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
		.await;
	if let Err(error) = served {
		log::debug!(target: "salus", "a connection to the vault broke off: {error}");
	}
}

/// Closes a connection whose peer is gone, or reads nothing, while there is something to send.
#[cfg(target_os = "linux")]
fn bound_silence(stream: &TcpStream) -> io::Result<()> {
	SockRef::from(stream).set_tcp_user_timeout(Some(UNHEARD))
}

/// The system's own notice, which takes hours.
#[cfg(not(target_os = "linux"))]
fn bound_silence(stream: &TcpStream) -> io::Result<()> {
	let keepalive = socket2::TcpKeepalive::new().with_time(UNHEARD);
	SockRef::from(stream).set_tcp_keepalive(&keepalive)
}

/// The peer has hung up before it was accepted: the listener is sound.
fn is_the_peers(error: &io::Error) -> bool {
	matches!(
		error.kind(),
		io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
	)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::expect_used)]

	use super::*;
	use axum::routing::get;
	use std::time::Instant;
	use tokio::io::{AsyncReadExt, AsyncWriteExt};

	const SHORT: Duration = Duration::from_millis(300);

	async fn served(grants: Grants) -> SocketAddr {
		let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
		let address = listener.local_addr().unwrap();
		let service = Router::new().route("/", get(|| async { "here" }));
		tokio::spawn(serve(listener, service, grants));
		address
	}

	/// What a connection answers until it closes, and after how long that is.
	async fn told(address: SocketAddr, request: &[u8]) -> (String, Duration) {
		let began = Instant::now();
		let mut stream = TcpStream::connect(address).await.unwrap();
		stream.write_all(request).await.unwrap();
		let mut answer = Vec::new();
		let read = time::timeout(20 * SHORT, stream.read_to_end(&mut answer)).await;
		read.expect("it stays open").ok();
		(String::from_utf8_lossy(&answer).into_owned(), began.elapsed())
	}

	#[tokio::test]
	async fn a_request_that_does_not_come_closes_its_connection() {
		let address = served(Grants {
			head: SHORT,
			..Grants::default()
		})
		.await;
		for begun in ["", "GET / HTTP/1.1\r\nHost: vault\r\nsalus-ticket: 0x"] {
			let (_, open) = told(address, begun.as_bytes()).await;
			assert!(open >= SHORT, "{begun:?} was closed after {open:?}");
		}
		// Between two requests as before the first.
		let (answer, open) = told(address, b"GET / HTTP/1.1\r\nHost: vault\r\n\r\n").await;
		assert!(
			answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"),
			"{answer}"
		);
		assert!(open >= SHORT);
	}

	#[tokio::test]
	async fn a_head_has_its_bounds() {
		let address = served(Grants::default()).await;
		let many = "x: y\r\n".repeat(HEADERS + 1);
		let long = format!("x: {}\r\n", "y".repeat(2 * BUFFER));
		for headers in [many, long] {
			let request = format!("GET / HTTP/1.1\r\nHost: vault\r\n{headers}\r\n");
			let (answer, _) = told(address, request.as_bytes()).await;
			assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
		}
	}

	#[tokio::test]
	async fn one_more_than_may_be_waits() {
		let address = served(Grants {
			connections: 1,
			head: SHORT,
		})
		.await;
		let began = Instant::now();
		let mut idle = TcpStream::connect(address).await.unwrap();
		idle.write_all(b"GET").await.unwrap();
		time::sleep(SHORT / 3).await;
		let request = b"GET / HTTP/1.1\r\nHost: vault\r\nConnection: close\r\n\r\n";
		let (answer, _) = told(address, request).await;
		assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
		assert!(began.elapsed() >= SHORT, "it did not wait for the end of the idle one");
	}
}
