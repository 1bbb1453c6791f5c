//! Handing readings in until they are taken or refused for good.

use std::{collections::BTreeMap, path::Path, time::Duration};

use reqwest::Url;
use salus_primitives::DeviceKey;
use tokio::time::{sleep, Instant};
use zeroize::Zeroizing;

use super::{
	http::Http,
	mqtt::{Broker, Version},
	state::State,
	TOGETHER,
};
use crate::sdk::{http_client, is_loopback, Error, SendError};

/// For how long it is tried, and how often.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(if cfg!(test) { 1 } else { 2_000 });

/// What became of a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
	Kept,
	KeptBefore,
	/// For good, with the gateway's name of it.
	Refused(String),
	/// Not now.
	Later(String),
}

/// How many readings were taken and refused.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcomes {
	pub(super) kept: u64,
	pub(super) before: u64,
	pub(super) refused: BTreeMap<String, u64>,
}

/// Why readings could not be handed in.
pub(super) enum Failed {
	/// It may pass.
	Now(String),
	ForGood(SendError),
}

/// Where readings go.
pub(super) enum Sender {
	Http(Http),
	Mqtt(Box<Broker>),
	#[cfg(test)]
	Model(tests::Model),
}

/// The gateway or broker at a URL.
///
/// # Errors
/// `BadUrl`, `File`, `BadRoots`, `NoRoots`
pub(super) fn open(
	url: &str,
	ca: Option<&Path>,
	device: &DeviceKey,
	token: Zeroizing<String>,
	prefix: &str,
	version: u8,
) -> Result<Sender, Error> {
	let bad = || SendError::BadUrl(url.to_string());
	let parsed = Url::parse(url).map_err(|_| bad())?;
	let token = Zeroizing::new(token.trim().to_string());
	match parsed.scheme() {
		"https" => {}
		"http" | "mqtt" if is_loopback(&parsed) => {}
		"mqtts" if ca.is_some() => {}
		"mqtts" => {
			return Err(Error::Usage(
				"name the certificates that the broker's is signed by with --ca".into(),
			))
		}
		_ => return Err(bad().into()),
	}
	Ok(match parsed.scheme() {
		"http" | "https" => Sender::Http(Http::new(http_client(url, ca)?, parsed, device, &token)?),
		scheme => {
			let secure = scheme == "mqtts";
			let version = if version == 5 { Version::Five } else { Version::Three };
			let host = parsed.host_str().ok_or_else(bad)?.trim_matches(['[', ']']).to_string();
			let port = parsed.port().unwrap_or(if secure { 8_883 } else { 1_883 });
			let ca = ca.filter(|_| secure);
			Sender::Mqtt(Box::new(Broker::new(
				url,
				(host, port),
				ca,
				device,
				token,
				prefix,
				version,
			)?))
		}
	})
}

impl Sender {
	/// Hands in all that waits, and leaves nothing waiting.
	///
	/// # Errors
	/// `Unreachable` after a minute without progress, `Refused`, `Unreadable`: what was not taken still waits.
	pub(super) async fn deliver(&mut self, state: &mut State, outcomes: &mut Outcomes) -> Result<(), Error> {
		let mut since = Instant::now();
		loop {
			let part: Vec<_> = state.outbox().iter().take(TOGETHER).cloned().collect();
			if part.is_empty() {
				return Ok(());
			}
			let reason = match self.send(&part).await {
				Ok(found) => {
					let (left, reason) = outcomes.count(&part, found);
					let progress = left.len() < part.len();
					let rest = state.outbox().iter().skip(part.len()).cloned();
					let left = left.into_iter().chain(rest).collect();
					state.leave(left)?;
					if progress {
						since = Instant::now();
						continue;
					}
					reason
				}
				Err(Failed::Now(reason)) => reason,
				Err(Failed::ForGood(error)) => return Err(error.into()),
			};
			if since.elapsed() >= self.patience() {
				return Err(SendError::Unreachable {
					url: self.url(),
					seconds: PATIENCE.as_secs(),
					reason,
				}
				.into());
			}
			sleep(PAUSE).await;
		}
	}

	fn patience(&self) -> Duration {
		match self {
			#[cfg(test)]
			Self::Model(_) => Duration::from_secs(1),
			_ => PATIENCE,
		}
	}

	fn url(&self) -> String {
		match self {
			Self::Http(http) => http.url(),
			Self::Mqtt(broker) => broker.url.clone(),
			#[cfg(test)]
			Self::Model(_) => "model".into(),
		}
	}

	async fn send(&mut self, readings: &[Vec<u8>]) -> Result<Vec<Outcome>, Failed> {
		match self {
			Self::Http(http) => http.send(readings).await,
			Self::Mqtt(broker) => broker.send(readings).await,
			#[cfg(test)]
			Self::Model(model) => model.send(readings),
		}
	}
}

impl Outcomes {
	/// Counts what became of readings. Those that were not taken now, and why.
	fn count(&mut self, readings: &[Vec<u8>], found: Vec<Outcome>) -> (Vec<Vec<u8>>, String) {
		let mut left = Vec::new();
		let mut reason = String::from("no answer for some readings");
		let found = found.into_iter().map(Some).chain(std::iter::repeat(None));
		for (reading, outcome) in readings.iter().zip(found) {
			match outcome {
				Some(Outcome::Kept) => self.kept = self.kept.saturating_add(1),
				Some(Outcome::KeptBefore) => {
					self.kept = self.kept.saturating_add(1);
					self.before = self.before.saturating_add(1);
				}
				Some(Outcome::Refused(name)) => {
					let count = self.refused.entry(name).or_default();
					*count = count.saturating_add(1);
				}
				Some(Outcome::Later(why)) => {
					reason = why;
					left.push(reading.clone());
				}
				None => left.push(reading.clone()),
			}
		}
		(left, reason)
	}
}

#[cfg(test)]
pub(super) mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::{cli::vitals::tests::heart, sdk::exit};
	use std::collections::VecDeque;

	/// A gateway that answers as it was told, and notes what came.
	pub(in super::super) struct Model {
		answers: VecDeque<Result<Vec<Outcome>, Failed>>,
		came: Vec<Vec<Vec<u8>>>,
	}

	impl Model {
		pub(super) fn send(&mut self, readings: &[Vec<u8>]) -> Result<Vec<Outcome>, Failed> {
			self.came.push(readings.to_vec());
			self.answers
				.pop_front()
				.unwrap_or_else(|| Err(Failed::Now("away".into())))
		}
	}

	fn state(folder: &tempfile::TempDir, seqs: &[u64]) -> State {
		let mut state = State::open(&folder.path().join("state.json"), &[7; 32], 0).unwrap();
		state.take(100, &heart(7, seqs)).unwrap();
		state
	}

	fn model(answers: impl IntoIterator<Item = Result<Vec<Outcome>, Failed>>) -> Sender {
		Sender::Model(Model {
			answers: answers.into_iter().collect(),
			came: Vec::new(),
		})
	}

	fn came(sender: &Sender) -> &[Vec<Vec<u8>>] {
		match sender {
			Sender::Model(model) => &model.came,
			_ => &[],
		}
	}

	#[tokio::test]
	async fn what_is_not_taken_now_is_handed_in_again_with_the_same_bytes() {
		let folder = tempfile::tempdir().unwrap();
		let mut state = state(&folder, &[1, 2, 3]);
		let all = state.outbox().to_vec();
		let mut sender = model([
			Err(Failed::Now("away".into())),
			Ok(vec![
				Outcome::Kept,
				Outcome::Later("Full".into()),
				Outcome::Refused("Closed".into()),
			]),
			Ok(vec![Outcome::KeptBefore]),
		]);
		let mut outcomes = Outcomes::default();
		sender.deliver(&mut state, &mut outcomes).await.unwrap();
		assert_eq!(
			came(&sender),
			[all.clone(), all.clone(), vec![all.get(1).unwrap().clone()]]
		);
		assert_eq!((outcomes.kept, outcomes.before), (2, 1));
		assert_eq!(outcomes.refused, BTreeMap::from([("Closed".into(), 1)]));
		assert!(state.outbox().is_empty());
	}

	#[tokio::test]
	async fn after_a_minute_it_ends_and_what_waits_still_waits() {
		let folder = tempfile::tempdir().unwrap();
		let mut state = state(&folder, &[1, 2]);
		let error = model([])
			.deliver(&mut state, &mut Outcomes::default())
			.await
			.unwrap_err();
		assert_eq!(
			(error.name().as_str(), error.exit_code()),
			("Unreachable", exit::UNREACHABLE)
		);
		assert!(error.to_string().contains("away"), "{error}");
		drop(state);
		let again = State::open(&folder.path().join("state.json"), &[7; 32], 0).unwrap();
		assert_eq!(again.outbox().len(), 2);
	}

	#[tokio::test]
	async fn many_go_in_parts_and_a_refusal_of_all_ends_it() {
		let folder = tempfile::tempdir().unwrap();
		let seqs: Vec<u64> = (0..300).collect();
		let mut state = state(&folder, &seqs);
		let refused = SendError::Refused {
			name: "NoToken".into(),
			message: "wrong".into(),
		};
		let mut sender = model([Ok(vec![Outcome::Kept; 256]), Err(Failed::ForGood(refused))]);
		let mut outcomes = Outcomes::default();
		let error = sender.deliver(&mut state, &mut outcomes).await.unwrap_err();
		assert_eq!((error.name().as_str(), error.exit_code()), ("NoToken", exit::REFUSED));
		assert_eq!(came(&sender).iter().map(Vec::len).collect::<Vec<_>>(), [256, 44]);
		assert_eq!((outcomes.kept, state.outbox().len()), (256, 44));
	}

	#[test]
	fn in_clear_only_this_machine_is_spoken_to() {
		let token = || Zeroizing::new("token".to_string());
		let opened = |url: &str| open(url, None, &[7; 32], token(), "salus", 5);
		for url in [
			"http://127.0.0.1:9955",
			"mqtt://localhost:1883",
			"mqtt://[::1]",
			"https://h.example",
		] {
			assert!(opened(url).is_ok(), "{url}");
		}
		for url in [
			"http://10.0.0.1",
			"mqtt://h.example",
			"mqtts://h.example",
			"ws://127.0.0.1",
			"h.example",
			"",
		] {
			let error = opened(url).err().unwrap();
			assert_eq!(error.exit_code(), exit::USAGE, "{url}: {error}");
		}
	}
}
