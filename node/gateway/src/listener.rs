//! Listening: what a connection may cost before anybody has said who he is, with TLS or without.

use std::{fs, io::BufReader, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
	rt::{TokioIo, TokioTimer},
	service::TowerToHyperService,
};
use rustls::{
	pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer},
	ServerConfig,
};
use salus_vault::keystore::read_private;
use tokio::{
	io::{AsyncRead, AsyncWrite},
	net::TcpListener,
	sync::Semaphore,
	time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use crate::GatewayError;

const HEADERS: usize = 64;
/// Bytes of a request's head.
const BUFFER: usize = 16 * 1024;
/// For the TLS handshake, and again for the head of a request.
const HEAD: Duration = Duration::from_secs(10);
/// For a whole connection: sending a code to a slow mail server is the longest that is waited for here.
const WHOLE: Duration = Duration::from_secs(120);
/// When no connection can be accepted, for example for want of file descriptors.
const PAUSE: Duration = Duration::from_secs(1);

/// Takes the port.
///
/// # Errors
/// `Listen`
pub async fn bind(address: SocketAddr) -> Result<TcpListener, GatewayError> {
	let failed = |source| GatewayError::Listen { address, source };
	TcpListener::bind(address).await.map_err(failed)
}

/// TLS 1.3 with these files.
///
/// # Errors
/// `Tls`, `Secret`, `File`
pub fn tls(certificate: &Path, key: &Path) -> Result<TlsAcceptor, GatewayError> {
	let wrong = |path: &Path, reason: String| GatewayError::Tls {
		path: path.to_owned(),
		reason,
	};
	let pem = fs::read(certificate).map_err(GatewayError::at(certificate))?;
	let chain: Result<Vec<_>, _> = CertificateDer::pem_reader_iter(BufReader::new(pem.as_slice())).collect();
	let chain = chain.map_err(|error| wrong(certificate, error.to_string()))?;
	let secret = read_private(key)?;
	let secret = PrivateKeyDer::from_pem_slice(secret.as_bytes()).map_err(|error| wrong(key, error.to_string()))?;
	let provider = Arc::new(rustls::crypto::ring::default_provider());
	let config = ServerConfig::builder_with_provider(provider)
		.with_protocol_versions(&[&rustls::version::TLS13])
		.map_err(|error| wrong(certificate, error.to_string()))?
		.with_no_client_auth()
		.with_single_cert(chain, secret)
		.map_err(|error| wrong(certificate, error.to_string()))?;
	Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves so many connections at a time until it is dropped.
pub async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, routes: Router, connections: usize) {
	let places = Arc::new(Semaphore::new(connections));
	// The semaphore is never closed.
	while let Ok(place) = Arc::clone(&places).acquire_owned().await {
		let stream = match listener.accept().await {
			Ok((stream, _)) => stream,
			Err(error) => {
				tracing::warn!("a connection was not accepted: {error}");
				sleep(PAUSE).await;
				continue;
			}
		};
		let (tls, routes) = (tls.clone(), routes.clone());
		tokio::spawn(async move {
			let _place = place;
			let connection = async {
				match tls {
					None => answer(stream, routes).await,
					Some(tls) => {
						if let Ok(Ok(stream)) = timeout(HEAD, tls.accept(stream)).await {
							answer(stream, routes).await;
						}
					}
				}
			};
			// What takes longer is nobody's honest request.
			let _late = timeout(WHOLE, connection).await;
		});
	}
}

async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin, routes: Router) {
	let mut http = http1::Builder::new();
	http.timer(TokioTimer::new())
		.header_read_timeout(HEAD)
		.max_headers(HEADERS)
		.max_buf_size(BUFFER);
	let service = TowerToHyperService::new(routes);
	if let Err(error) = http.serve_connection(TokioIo::new(stream), service).await {
		tracing::debug!("a connection broke off: {error}");
	}
}
