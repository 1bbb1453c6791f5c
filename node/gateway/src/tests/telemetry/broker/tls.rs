//! TLS 1.3 with the broker, and what is refused.

use super::*;
use crate::telemetry::link::Link;

/// A CA, and with it a certificate for `localhost` where the broker looks for it; the CA's file.
pub(super) fn certificates(folder: &TempDir) -> PathBuf {
	fs::create_dir_all(folder.path().join("certs")).unwrap();
	let at = |name: &str| folder.path().join(name).display().to_string();
	let (ca, ca_key) = (at("ca.pem"), at("ca.key"));
	let (certificate, key) = (at("certs/broker.pem"), at("certs/broker.key"));
	let subject = format!("/CN=CA of {}", folder.path().file_name().unwrap().display());
	openssl(&["-keyout", &ca_key, "-out", &ca, "-subj", &subject]);
	openssl(&[
		"-CA",
		&ca,
		"-CAkey",
		&ca_key,
		"-keyout",
		&key,
		"-out",
		&certificate,
		"-subj",
		"/CN=broker",
		"-addext",
		"subjectAltName=DNS:localhost",
		"-addext",
		"basicConstraints=critical,CA:FALSE",
	]);
	ca.into()
}

/// Makes a key and a certificate.
fn openssl(arguments: &[&str]) {
	let output = Command::new("openssl")
		.args([
			"req",
			"-x509",
			"-newkey",
			"ec",
			"-pkeyopt",
			"ec_paramgen_curve:prime256v1",
		])
		.args(["-nodes", "-days", "2"])
		.args(arguments)
		.output()
		.expect("openssl is there: run scripts/setup");
	assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Why a gateway that is configured so has no connection, whichever MQTT it speaks.
async fn refused(config: &Mqtt) -> (&'static str, String) {
	let mut found = Vec::new();
	for protocol in [Protocol::V3, Protocol::V5] {
		let mut config = config.clone();
		config.protocol = protocol;
		let mut link = Link::new(&config).unwrap();
		let error = timeout(COMES, link.next()).await.unwrap().err().unwrap();
		found.push((error.name(), error.to_string()));
	}
	assert_eq!(found[0], found[1]);
	found.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readings_come_over_tls() {
	for protocol in [Protocol::V3, Protocol::V5] {
		let broker = Broker::with_certificate().await;
		let taking = Taking::new().await;
		let pulse = signer(1);
		let listening = Listening::begin(&taking, broker.config(protocol)).await;
		let sent: Vec<_> = (0..20).map(|seq| signed(&pulse, seq)).collect();
		let mut device = broker.device(&pulse);
		for reading in &sent {
			let taken = device.publish(&topic(&pulse), reading.clone()).await;
			assert_eq!(taken, Ok(PubAckReason::Success));
		}
		until_count(&taking, 20).await;
		until_kept(&taking, &pulse, &sent).await;
		listening.stop().await;
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_another_ca_is_not_trusted() {
	let broker = Broker::with_certificate().await;
	let others = tempfile::tempdir().unwrap();
	let mut config = broker.config(Protocol::V5);
	config.ca = Some(certificates(&others));
	let (name, text) = refused(&config).await;
	assert_eq!(name, "NotTrusted");
	assert!(
		text.contains("UnknownIssuer") && text.contains("the CA's file"),
		"{text}"
	);

	// The gateway says it, counts it and goes on trying.
	let taking = Taking::new().await;
	let listening = Listening::start(&taking, config);
	until("it tries again", || {
		taking.counted("broker_connections", "NotTrusted") > 1
	})
	.await;
	listening.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_another_name_is_not_trusted() {
	let broker = Broker::with_certificate().await;
	let mut config = broker.config(Protocol::V5);
	config.host = "127.0.0.1".into();
	let (name, text) = refused(&config).await;
	assert_eq!(name, "NotTrusted");
	assert!(text.contains("127.0.0.1") && text.contains("check its name"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_1_2_is_refused_by_either_side() {
	// mosquitto's own setting is the least version; the most is OpenSSL's to set.
	let folder = tempfile::tempdir().unwrap();
	let (ca, port) = (certificates(&folder), free_port());
	let openssl =
		"openssl_conf = all\n[all]\nssl_conf = tls\n[tls]\nsystem_default = most\n[most]\nMaxProtocol = TLSv1.2\n";
	fs::write(folder.path().join("openssl.cnf"), openssl).unwrap();
	let told = told(&folder, port, Some(&ca)).await.replace("tlsv1.3", "tlsv1.2");
	let broker = Broker::start(folder, port, Some(ca), &told);
	let (name, text) = refused(&broker.config(Protocol::V5)).await;
	assert_eq!(name, "NoTls");
	assert!(text.contains("TLS 1.3") && text.contains("tls_version"), "{text}");

	// And the broker that operators are told to run refuses others that come with it.
	let broker = Broker::with_certificate().await;
	for (version, taken) in [("-tls1_2", false), ("-tls1_3", true)] {
		let output = Command::new("openssl")
			.args(["s_client", version, "-verify_return_error", "-brief", "-CAfile"])
			.arg(broker.ca.as_ref().unwrap())
			.args(["-connect", &format!("localhost:{}", broker.port)])
			.stdin(Stdio::null())
			.output()
			.unwrap();
		assert_eq!(output.status.success(), taken, "{version}: {output:?}");
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_not_given_up_where_the_broker_has_none() {
	let broker = Broker::open();
	let mut config = broker.config(Protocol::V5);
	config.ca = Some(certificates(&broker.folder));
	// Whether the broker answers something else, or ends the connection, is the broker's.
	let mut link = Link::new(&config).unwrap();
	let error = timeout(COMES, link.next()).await.unwrap().err().unwrap();
	assert!(["NoTls", "Away"].contains(&error.name()), "{error}");
}
