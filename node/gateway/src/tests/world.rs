//! A gateway in a folder of its own: its database, a register with one doctor, messages as files.

use std::{
	fs,
	future::{poll_fn, Future},
	os::unix::fs::PermissionsExt,
	path::PathBuf,
	pin::pin,
	sync::Arc,
	task::Poll,
	time::Duration,
};

use salus::{Application, ApplicationFile, Hash, Identity, Salts};
use salus_primitives::{Moment, Role, DAY};
use serde_json::{json, Value};
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::{
	config::Config,
	delivery::Courier,
	keyed::Secret,
	metrics::Metrics,
	register::{import, Register},
	registrar::Registrar,
	store::{CaseId, Store},
	GatewayError,
};

pub const NOW: Moment = 1_800_000_000_000;
pub const LICENCE: &str = "MCI-12345";
pub const CONTACT: &str = "ada@council.example";

pub fn genesis() -> Hash {
	Hash::repeat_byte(7)
}

/// A file that only its owner may read.
pub fn private(folder: &TempDir, name: &str, text: &str) -> PathBuf {
	let path = folder.path().join(name);
	fs::write(&path, text).unwrap();
	fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
	path
}

pub struct World {
	pub folder: TempDir,
	pub config: Config,
	pub secret: Secret,
	pub registrar: Registrar,
}

impl World {
	/// With a register of one doctor.
	pub async fn new() -> Self {
		let world = Self::with("[file]\nfolder = \"messages\"\n").await;
		world
			.import("licence,role,contact,valid_until,speciality\nMCI-12345,doctor,ada@council.example,2040-01-01,Cardiology\n")
			.await;
		world
	}

	/// With this way to contacts, and nobody in the register.
	pub async fn with(channel: &str) -> Self {
		rustls::crypto::ring::default_provider().install_default().ok();
		let folder = tempfile::tempdir().unwrap();
		let (secret, text) = Secret::generate().unwrap();
		private(&folder, "secret", &text);
		let text = format!(
			"data = \"data\"\nnode = \"ws://127.0.0.1:1\"\ngenesis = \"{:?}\"\ninstitution = 3\nsecret = \"secret\"\n\
			 development = true\n{channel}",
			genesis()
		);
		let config = Config::read(&private(&folder, "gateway.toml", &text)).unwrap();
		let registrar = start(&config, &secret).await;
		Self {
			folder,
			config,
			secret,
			registrar,
		}
	}

	pub fn store(&self) -> &Store {
		&self.registrar.store
	}

	pub async fn import(&self, csv: &str) {
		import(self.store(), &self.secret, &private(&self.folder, "register.csv", csv))
			.await
			.unwrap();
	}

	/// The gateway as it is after a restart.
	pub async fn restart(&mut self) {
		self.registrar = start(&self.config, &self.secret).await;
	}

	/// The messages so far.
	pub fn messages(&self) -> Vec<Value> {
		let found = fs::read_dir(self.folder.path().join("messages")).unwrap();
		let files = found
			.map(|entry| entry.unwrap().path())
			.filter(|path| path.extension().is_some());
		files
			.map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
			.collect()
	}

	/// Applies, and is sent a code: the case and the code.
	pub async fn applied(&self, applicant: &Applicant, now: Moment) -> (CaseId, String) {
		let before = self.messages();
		let case = self.registrar.apply(&applicant.body(), now).await.unwrap();
		let message = self
			.messages()
			.into_iter()
			.find(|message| !before.contains(message))
			.unwrap();
		(case, code(&message))
	}

	/// Whether the gateway's files have this text in them.
	pub fn has_on_disk(&self, text: &str) -> bool {
		let mut files = fs::read_dir(&self.config.data).unwrap();
		files.any(|file| {
			let bytes = fs::read(file.unwrap().path()).unwrap();
			bytes.windows(text.len()).any(|part| part == text.as_bytes())
		})
	}
}

/// Polls a future so often at most, as a process that is killed does. Whether it ended.
pub async fn cut<T>(future: impl Future<Output = Result<T, GatewayError>>, polls: usize) -> bool {
	let mut future = pin!(future);
	let mut left = polls;
	poll_fn(move |context| {
		if left == 0 {
			return Poll::Ready(false);
		}
		left -= 1;
		future.as_mut().poll(context).map(|ended| {
			ended.unwrap();
			true
		})
	})
	.await
}

/// Opens a database that a step may have held which was cut off: the thread that worked for it lets go of it a little later.
pub async fn once_let_go<T>(open: impl AsyncFn() -> Result<T, GatewayError>) -> T {
	let opened = async {
		loop {
			match open().await {
				Err(GatewayError::Sql(error)) if error.to_string().contains("is locked") => {
					tokio::time::sleep(Duration::from_millis(10)).await;
				}
				outcome => break outcome.unwrap(),
			}
		}
	};
	tokio::time::timeout(Duration::from_secs(60), opened)
		.await
		.expect("the database is let go of")
}

async fn start(config: &Config, secret: &Secret) -> Registrar {
	let store = once_let_go(async || Store::open(&config.data, config.genesis).await).await;
	Registrar {
		genesis: config.genesis,
		institution: config.institution,
		secret: secret.clone(),
		register: Register::new(config, store.clone()).unwrap(),
		store,
		courier: Arc::new(Courier::new(config).unwrap()),
		metrics: Arc::new(Metrics::new().unwrap()),
		proven: Arc::new(Notify::new()),
	}
}

/// The six digits of a message.
pub fn code(message: &Value) -> String {
	message["text"].as_str().unwrap()[..6].to_string()
}

/// Another code than this.
pub fn wrong(code: &str) -> String {
	format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// Somebody who applies.
pub struct Applicant {
	pub identity: Identity,
	pub application: Application,
	pub salts: Salts,
}

impl Applicant {
	/// The doctor of the register.
	pub fn doctor() -> Self {
		Self::with(LICENCE, "Cardiology", |_| {})
	}

	pub fn with(licence: &str, speciality: &str, change: impl FnOnce(&mut Application)) -> Self {
		let identity = Identity::development("//Ada").unwrap();
		let salts = Salts::generate(licence, speciality).unwrap();
		let (licence, speciality) = salts.commitments().unwrap();
		let mut application = Application {
			genesis: genesis(),
			institution: 3,
			applicant: identity.account().id(),
			role: Role::Doctor,
			licence,
			speciality,
			not_after: NOW + 30 * DAY,
		};
		change(&mut application);
		Self {
			identity,
			application,
			salts,
		}
	}

	pub fn json(&self) -> Value {
		let file = ApplicationFile::sign(&self.application, self.identity.account());
		json!({ "application": file, "salts": self.salts })
	}

	pub fn body(&self) -> Vec<u8> {
		self.json().to_string().into_bytes()
	}
}
