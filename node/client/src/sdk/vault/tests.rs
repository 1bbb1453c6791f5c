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
		tree: Some(print.tree),
		size: print.size,
	};
	fs::write(&path, &bytes).unwrap();
	payload.check(&path).unwrap();
	// Of a batch the chain has no tree.
	let batch = Payload { tree: None, ..payload };
	batch.check(&path).unwrap();
	for wrong in [
		Payload {
			sha256: [0; 32],
			..payload
		},
		Payload {
			tree: Some([0; 32]),
			..payload
		},
		Payload { size: 1, ..payload },
		Payload { cid: &[1], ..payload },
		Payload { size: 1, ..batch },
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

fn ticket(size: u64) -> (UploadTicket, Wraps) {
	let wraps = Wraps {
		custody: salus_vault::wrap::Wrap(vec![1; 81]),
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
		size,
		wraps: wraps.hash(),
		not_after: 0,
	};
	(ticket, wraps)
}

fn upload<'a>(ticket: &'a UploadTicket, wraps: &'a Wraps) -> Upload<'a> {
	Upload {
		ticket,
		wraps,
		signer: AccountId::from([0; 32]),
		signature: Signature::Sr25519([0; 64]),
	}
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
			tree: Some(print.tree),
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
			tree: Some(print.tree),
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
	let (ticket, wraps) = ticket(100_000);
	let upload = upload(&ticket, &wraps);
	let vault = VaultClient::new(&url).unwrap();
	vault.upload(&upload, &payload, ()).await.unwrap();
	let refused = vault.upload(&upload, &payload, ()).await.unwrap_err();
	assert_eq!(
		(refused.name().as_str(), refused.exit_code()),
		("Expired", crate::sdk::exit::REFUSED)
	);
	let failed = vault.upload(&upload, &payload, ()).await.unwrap_err();
	assert_eq!(
		(failed.name().as_str(), failed.exit_code()),
		("HttpError", crate::sdk::exit::UNREACHABLE)
	);

	let heads = heads.await.unwrap();
	assert!(heads
		.iter()
		.all(|head| head.contains("content-length: 100000") && !head.contains("chunked")));
}

#[tokio::test]
async fn neither_a_proxy_nor_a_redirection_gets_at_a_transfer() {
	let folder = tempfile::tempdir().unwrap();
	let payload = folder.path().join("payload");
	fs::write(&payload, b"the payload").unwrap();
	let (elsewhere, heads) = vault(vec![answer("201 Created", "", 2, b"{}")]).await;
	let location = format!("location: {elsewhere}/v1/payloads\r\n");
	let (url, _) = vault(vec![answer("307 Temporary Redirect", &location, 0, b"")]).await;
	let (ticket, wraps) = ticket(11);
	let upload = upload(&ticket, &wraps);
	let answered = VaultClient::new(&url).unwrap().upload(&upload, &payload, ()).await;
	assert!(
		matches!(answered, Err(Error::Vault(VaultError::Answered { .. }))),
		"{answered:?}"
	);
	assert!(!heads.is_finished());
}

/// A vault behind TLS that answers one upload; returns its URL.
fn behind_tls() -> String {
	use rustls::{
		pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer},
		ServerConfig, ServerConnection, StreamOwned,
	};
	let certificate = CertificateDer::from_pem_slice(include_bytes!("fixtures/vault.pem")).unwrap();
	let key = PrivateKeyDer::from_pem_slice(include_bytes!("fixtures/vault.key")).unwrap();
	let config = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
		.with_safe_default_protocol_versions()
		.unwrap()
		.with_no_client_auth()
		.with_single_cert(vec![certificate], key)
		.unwrap();
	let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
	let url = format!("https://{}", listener.local_addr().unwrap());
	std::thread::spawn(move || {
		let (stream, _) = listener.accept().unwrap();
		let mut stream = StreamOwned::new(ServerConnection::new(config.into()).unwrap(), stream);
		let mut request = Vec::new();
		while !request.ends_with(b"the payload") {
			let mut buffer = [0; 1024];
			// A client that doesn't trust the certificate hangs up.
			match stream.read(&mut buffer) {
				Ok(0) | Err(_) => return,
				Ok(read) => request.extend_from_slice(buffer.get(..read).unwrap()),
			}
		}
		stream.write_all(&answer("201 Created", "", 2, b"{}")).unwrap();
		stream.conn.send_close_notify();
		stream.flush().unwrap();
	});
	url
}

#[tokio::test]
async fn a_vault_is_trusted_by_the_roots_that_are_given_and_no_others() {
	let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sdk/vault/fixtures");
	let folder = tempfile::tempdir().unwrap();
	let payload = folder.path().join("payload");
	fs::write(&payload, b"the payload").unwrap();
	let (ticket, wraps) = ticket(11);
	let upload = upload(&ticket, &wraps);
	let send = async |roots: &str| {
		let vault = VaultClient::with_roots(&behind_tls(), Some(&fixtures.join(roots)))?;
		vault.upload(&upload, &payload, ()).await
	};
	send("ca.pem").await.unwrap();
	let distrusted = send("other-ca.pem").await.unwrap_err();
	assert_eq!(
		(distrusted.name().as_str(), distrusted.exit_code()),
		("NotTrusted", crate::sdk::exit::UNVERIFIED)
	);
	assert!(distrusted.to_string().contains("--vault-ca"), "{distrusted}");
}
