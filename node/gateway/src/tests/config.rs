use std::{fs, os::unix::fs::PermissionsExt};

use super::world::{genesis, private};
use crate::{config::Config, GatewayError};

const HEAD: &str = "data = \"data\"\nnode = \"ws://127.0.0.1:9944\"\ninstitution = 0\nsecret = \"secret\"\n";
const REGISTRAR: &str = "[registrar]\nkey = \"key\"\npassphrase = \"passphrase\"\n";

fn read(text: &str) -> Result<Config, GatewayError> {
	let folder = tempfile::tempdir().unwrap();
	Config::read(&private(&folder, "gateway.toml", text))
}

fn with(rest: &str) -> Result<Config, GatewayError> {
	read(&format!("{HEAD}genesis = \"{:?}\"\n{rest}", genesis()))
}

#[test]
fn paths_are_relative_to_the_file() {
	let folder = tempfile::tempdir().unwrap();
	let text = format!(
		"{HEAD}genesis = \"{:?}\"\n{REGISTRAR}listen = \"127.0.0.1:1\"\n",
		genesis()
	);
	let config = Config::read(&private(&folder, "gateway.toml", &text)).unwrap();
	assert_eq!(config.genesis, genesis());
	assert_eq!(config.secret, folder.path().join("secret"));
	assert_eq!(config.registrar.unwrap().key.unwrap(), folder.path().join("key"));
}

#[test]
fn nothing_is_spoken_in_clear_beyond_this_machine() {
	let refused = [
		("node", format!("{}genesis = \"{:?}\"", HEAD.replace("ws://127.0.0.1", "ws://node.example"), genesis())),
		("registrar.listen", format!("{HEAD}genesis = \"{:?}\"\n{REGISTRAR}listen = \"0.0.0.0:1\"", genesis())),
		("mail.server", format!("{HEAD}genesis = \"{:?}\"\n[mail]\nserver = \"mail.example\"\nport = 25\nsecurity = \"none\"\nfrom = \"a@b.example\"", genesis())),
		("hook.url", format!("{HEAD}genesis = \"{:?}\"\n[hook]\nurl = \"http://sms.example\"\nsecret = \"s\"", genesis())),
		("hook.url", format!("{HEAD}genesis = \"{:?}\"\n[hook]\nurl = \"http://127.0.0.1.evil.example\"\nsecret = \"s\"", genesis())),
		("registrar.register.url", format!("{HEAD}genesis = \"{:?}\"\n{REGISTRAR}listen = \"127.0.0.1:1\"\nregister = {{ url = \"http://council.example\", secret = \"s\" }}", genesis())),
	];
	for (expected, text) in refused {
		match read(&text) {
			Err(GatewayError::Plain { setting, .. }) => assert_eq!(setting, expected),
			other => panic!("{expected}: {other:?}"),
		}
	}
	for allowed in [
		"[mail]\nserver = \"localhost\"\nport = 25\nsecurity = \"none\"\nfrom = \"a@b.example\"",
		"[mail]\nserver = \"mail.example\"\nport = 25\nsecurity = \"starttls\"\nfrom = \"a@b.example\"",
		"[hook]\nurl = \"http://[::1]:8080/send\"\nsecret = \"s\"",
		"[hook]\nurl = \"https://sms.example\"\nsecret = \"s\"",
	] {
		with(allowed).unwrap();
	}
}

#[test]
fn what_is_for_development_says_so() {
	for rest in [
		"[file]\nfolder = \"x\"",
		"[registrar]\nlisten = \"127.0.0.1:1\"\ndevelopment_key = \"//Alice\"",
	] {
		assert!(matches!(with(rest), Err(GatewayError::NeedsDevelopment(_))), "{rest}");
		with(&format!("development = true\n{rest}")).unwrap();
	}
}

#[test]
fn a_configuration_that_means_nothing_is_refused() {
	for rest in [
		"colour = 1",
		"[registrar]\nlisten = \"127.0.0.1:1\"",
		"[registrar]\nlisten = \"127.0.0.1:1\"\nkey = \"k\"",
		"development = true\n[registrar]\nlisten = \"127.0.0.1:1\"\nkey = \"k\"\npassphrase = \"p\"\ndevelopment_key = \"//Alice\"",
		"[registrar]\nlisten = \"0.0.0.0:1\"\nkey = \"k\"\npassphrase = \"p\"\ncertificate = \"c\"",
		"[mail]\nserver = \"localhost\"\nport = 25\nsecurity = \"none\"\nfrom = \"a@b.example\"\nuser = \"u\"\npassword = \"p\"",
		"[mail]\nserver = \"m.example\"\nport = 25\nsecurity = \"tls\"\nfrom = \"a@b.example\"\nuser = \"u\"",
		"[notices]\nattempts = 0",
		"[notices]\npause = 0",
		"metrics = \"0.0.0.0:9961\"",
	] {
		assert!(matches!(with(rest), Err(GatewayError::Config { .. })), "{rest}: {:?}", with(rest));
	}
	assert!(matches!(
		read(&format!("{HEAD}genesis = \"0x00\"")),
		Err(GatewayError::Config { .. })
	));
	assert!(matches!(read(HEAD), Err(GatewayError::Config { .. })));
}

#[test]
fn a_configuration_that_others_may_write_is_refused() {
	let folder = tempfile::tempdir().unwrap();
	let path = private(&folder, "gateway.toml", &format!("{HEAD}genesis = \"{:?}\"", genesis()));
	Config::read(&path).unwrap();
	fs::set_permissions(&path, fs::Permissions::from_mode(0o620)).unwrap();
	assert!(matches!(Config::read(&path), Err(GatewayError::Config { .. })));
}

#[test]
fn pauses_double_up_to_an_hour() {
	let notices = with("[notices]\npause = 30").unwrap().notices.unwrap();
	let seconds: Vec<_> = [1, 2, 3, 7, 8, 200]
		.map(|attempts| notices.pause_after(attempts).as_secs())
		.into();
	assert_eq!(seconds, [30, 60, 120, 1_920, 3_600, 3_600]);
}

const TELEMETRY: &str = "[telemetry]\nkey = \"k\"\nvault = \"https://vault.example\"\n";
const ACCOUNT: &str = "[telemetry.account]\nkey = \"a\"\npassphrase = \"p\"\n";
const HTTP: &str = "[telemetry.http]\nlisten = \"127.0.0.1:1\"\n";

#[test]
fn readings_have_a_vault_an_account_and_a_way_in() {
	let telemetry = with(&format!("{TELEMETRY}{ACCOUNT}{HTTP}")).unwrap().telemetry.unwrap();
	assert_eq!((telemetry.batch, telemetry.age, telemetry.keep), (1_024, 60, 3_600));
	for (name, rest) in [
		("no way in", format!("{TELEMETRY}{ACCOUNT}")),
		("no account", format!("{TELEMETRY}{HTTP}")),
		("no vault", format!("[telemetry]\nkey = \"k\"\n{ACCOUNT}{HTTP}")),
		(
			"no passphrase",
			format!("{TELEMETRY}[telemetry.account]\nkey = \"a\"\n{HTTP}"),
		),
		("no time", format!("{TELEMETRY}age = 0\n{ACCOUNT}{HTTP}")),
		("no patience", format!("{TELEMETRY}patience = 0\n{ACCOUNT}{HTTP}")),
		("too long", format!("{TELEMETRY}keep = 2592001\n{ACCOUNT}{HTTP}")),
		("too many", format!("{TELEMETRY}batch = 65537\n{ACCOUNT}{HTTP}")),
		(
			"more than all",
			format!("{TELEMETRY}batch = 9\nmost = 8\n{ACCOUNT}{HTTP}"),
		),
		(
			"a topic of others",
			format!("{TELEMETRY}{ACCOUNT}[telemetry.mqtt]\nhost = \"localhost\"\nport = 1883\nprefix = \"#\"\n"),
		),
	] {
		assert!(
			matches!(with(&rest), Err(GatewayError::Config { .. })),
			"{name}: {:?}",
			with(&rest)
		);
	}
	for (expected, rest) in [
		(
			"telemetry.vault",
			format!("{}{ACCOUNT}{HTTP}", TELEMETRY.replace("https", "http")),
		),
		(
			"telemetry.http.listen",
			format!("{TELEMETRY}{ACCOUNT}{}", HTTP.replace("127.0.0.1", "0.0.0.0")),
		),
	] {
		match with(&rest) {
			Err(GatewayError::Plain { setting, .. }) => assert_eq!(setting, expected),
			other => panic!("{expected}: {other:?}"),
		}
	}
	let known = format!("{TELEMETRY}[telemetry.account]\ndevelopment_key = \"//Alice//admin\"\n{HTTP}");
	assert!(matches!(with(&known), Err(GatewayError::NeedsDevelopment(_))));
	with(&format!("development = true\n{known}")).unwrap();
}

#[test]
fn a_broker_beyond_this_machine_is_spoken_to_over_tls_only() {
	let mqtt = |host: &str, rest: &str| {
		with(&format!(
			"{TELEMETRY}{ACCOUNT}[telemetry.mqtt]\nhost = \"{host}\"\nport = 1883\n{rest}"
		))
	};
	for host in [
		"broker.example",
		"10.0.0.1",
		"0.0.0.0",
		"[2001:db8::1]",
		"localhost.example",
		"127.0.0.1.example",
		"",
	] {
		let refused = mqtt(host, "").unwrap_err();
		assert!(
			matches!(
				refused,
				GatewayError::Plain {
					setting: "telemetry.mqtt.host",
					..
				}
			),
			"{host}: {refused}"
		);
		mqtt(host, "ca = \"ca.pem\"").unwrap();
	}
	for host in ["localhost", "127.0.0.1", "127.8.9.1", "::1"] {
		mqtt(host, "").unwrap();
	}
	for user in ["", "two words", "a\\nuser b", "+", "#"] {
		let refused = mqtt("localhost", &format!("user = \"{user}\"\npassword = \"p\"\n")).unwrap_err();
		assert!(matches!(refused, GatewayError::Config { .. }), "{user:?}: {refused}");
	}
}
