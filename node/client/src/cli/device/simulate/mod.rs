//! `salus device simulate`: a device that plays recordings, signs what it measures, and sends it to a gateway.

mod http;
mod mqtt;
mod sender;
mod source;
mod state;

use std::{path::PathBuf, time::Duration};

use clap::Args;
use ed25519_dalek::SigningKey;
use salus_primitives::BindingId;
use salus_vault::keystore::read_private;
use salus_vitals::{reading::Value, Reading, SignedReading};
use serde_json::json;
use tokio::time::{sleep_until, Instant};

use crate::{
	cli::{frames::FrameFile, progress::Bar, report::Report, session::Session},
	sdk::{words, Client, Error, KeyError, Progress, SendError},
};
use sender::{Outcomes, Sender};
use source::Event;
use state::State;

/// The most readings that go together.
const TOGETHER: usize = 256;

/// `salus device simulate`
#[derive(Args)]
pub(crate) struct Simulate {
	/// A recorded pulse wave (CSV, as in PyPI heartpy), played as heart rates; several times for several
	#[arg(long, required_unless_present = "observations", value_name = "FILE")]
	pulse: Vec<PathBuf>,
	/// How many samples a second a recording without a clock has
	#[arg(long, default_value_t = 100.0, value_name = "HZ")]
	frequency: f64,
	/// A FHIR R4 Observation, or a folder of such, whose vital signs are played one after the other
	#[arg(long = "observation", value_name = "FILE")]
	observations: Vec<PathBuf>,
	/// Keep in this file what else the Observations say: salus vitals show --frames puts it around their values again
	#[arg(long, value_name = "FILE", requires = "observations")]
	frames: Option<PathBuf>,
	/// The time between two Observations
	#[arg(long, value_parser = words::duration, default_value = "5s", value_name = "DURATION")]
	every: Duration,
	/// How often all is played
	#[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
	times: u32,
	/// How many times as fast as it was recorded
	#[arg(long, default_value_t = 1.0)]
	speed: f64,
	/// The binding to the patient; the device's latest without it
	#[arg(long)]
	binding: Option<BindingId>,
	/// Where the device keeps its next number, and what was not taken yet
	#[arg(long, value_name = "FILE")]
	state: PathBuf,
	/// The first number, where the file is new: the chain's next one without it
	#[arg(long)]
	next_seq: Option<u64>,
	/// The gateway (https://, http:// on this machine) or its broker (mqtts://, mqtt:// on this machine)
	#[arg(long, value_name = "URL")]
	to: Option<String>,
	/// A file of mode 0600 with the device's token, or its password at the broker
	#[arg(long, value_name = "FILE")]
	token_file: Option<PathBuf>,
	/// A file of PEM certificates: the gateway's or broker's has to be signed by one of these
	#[arg(long, value_name = "FILE")]
	ca: Option<PathBuf>,
	/// What the topics at the broker begin with
	#[arg(long, default_value = "salus")]
	prefix: String,
	/// The version of MQTT: 3 for 3.1.1, or 5
	#[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(3..=5))]
	mqtt: u8,
}

/// What is on the disk before a reading leaves.
struct Kept {
	state: State,
	frames: Option<FrameFile>,
}

/// As what the device signs.
struct Signing<'a> {
	key: &'a SigningKey,
	genesis: [u8; 32],
	binding: BindingId,
}

impl Simulate {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		if !(self.speed.is_finite() && self.speed > 0.0 && self.frequency.is_finite() && self.frequency > 0.0) {
			return Err(Error::Usage("--speed and --frequency are numbers above 0".into()));
		}
		let events = self.events()?;
		let key = session.device()?;
		let device = key.verifying_key().to_bytes();
		let at = client.finalised().await?;
		let entry = client.device(&at, device).await?;
		let binding = match (self.binding, entry.latest) {
			(Some(binding), _) | (None, Some(binding)) => binding,
			(None, None) => {
				return Err(Error::Usage(
					"the device is bound to nobody: salus device bind, or name its binding with --binding".into(),
				))
			}
		};
		let signing = Signing {
			key: &key,
			genesis: client.genesis().0,
			binding,
		};
		let first = self.next_seq.unwrap_or(entry.next_seq);
		if session.global.dry_run {
			return preview(session, &signing, &events, first);
		}
		let mut sender = self.sender(&device)?;
		let mut kept = Kept {
			state: State::open(&self.state, &device, first)?,
			frames: self.frames.as_deref().map(FrameFile::open).transpose()?,
		};
		let mut outcomes = Outcomes::default();
		// What an earlier run signed and nobody took: the same bytes again.
		sender.deliver(&mut kept.state, &mut outcomes).await?;
		self.play(session, &signing, &events, &mut kept, &mut sender, &mut outcomes)
			.await?;
		let next_seq = kept.state.next_seq();
		let report = session
			.report()
			.line(format!(
				"device {}: {} readings taken, {} of them before; the next number is {next_seq}",
				words::hex(device),
				outcomes.kept,
				outcomes.before
			))
			.field("device", words::hex(device))
			.field("binding", words::number(binding))
			.field("kept", words::number(outcomes.kept))
			.field("keptBefore", words::number(outcomes.before))
			.field("refused", json!(outcomes.refused))
			.field("nextSeq", words::number(next_seq))
			.field("state", self.state.display().to_string())
			.field("frames", self.frames.as_ref().map(|file| file.display().to_string()));
		let lines = outcomes
			.refused
			.iter()
			.map(|(name, count)| format!("refused by the gateway: {count} ({name})"));
		Ok(lines.fold(report, Report::line))
	}

	/// All that is played, in the order of time.
	fn events(&self) -> Result<Vec<Event>, SendError> {
		let mut all = Vec::new();
		for path in &self.pulse {
			all.extend(source::pulse(path, self.frequency)?);
		}
		all.extend(source::observations(&self.observations, self.every)?);
		all.sort_by_key(|event| event.after);
		Ok(source::over_and_over(all, self.times, self.every))
	}

	fn sender(&self, device: &[u8; 32]) -> Result<Sender, Error> {
		let (Some(url), Some(token)) = (&self.to, &self.token_file) else {
			return Err(Error::Usage(
				"name the gateway with --to, and the device's --token-file".into(),
			));
		};
		let token = read_private(token).map_err(KeyError::from)?;
		sender::open(url, self.ca.as_deref(), device, token, &self.prefix, self.mqtt)
	}

	async fn play(
		&self,
		session: &Session,
		signing: &Signing<'_>,
		events: &[Event],
		kept: &mut Kept,
		sender: &mut Sender,
		outcomes: &mut Outcomes,
	) -> Result<(), Error> {
		let bar = Bar::counting(session, "playing");
		let all = u64::try_from(events.len()).unwrap_or(u64::MAX);
		let begun = Instant::now();
		let mut rest = events;
		while let Some(event) = rest.first() {
			sleep_until(begun + event.after.div_f64(self.speed)).await;
			// What is due by now goes together.
			let due = begun.elapsed().mul_f64(self.speed);
			let count = rest
				.iter()
				.take(TOGETHER / source::MOST)
				.take_while(|event| event.after <= due)
				.count();
			let (now, later) = rest.split_at_checked(count.max(1)).unwrap_or((rest, &[]));
			kept.take(signing, now)?;
			sender.deliver(&mut kept.state, outcomes).await?;
			rest = later;
			bar.at(all - u64::try_from(rest.len()).unwrap_or(0), all);
		}
		Ok(())
	}
}

impl Kept {
	/// Takes the readings of what is measured now.
	fn take(&mut self, signing: &Signing, events: &[Event]) -> Result<(), Error> {
		let mut next = self.state.next_seq();
		let mut signed = Vec::new();
		for event in events {
			let readings = signing.sign(event, &mut next, words::now())?;
			if let (Some(frames), Some(origin)) = (&mut self.frames, &event.origin) {
				frames.add(&readings, origin);
			}
			signed.extend(readings);
		}
		match &self.frames {
			Some(frames) if events.iter().any(|event| event.origin.is_some()) => frames.write()?,
			_ => {}
		}
		Ok(self.state.take(next, &signed)?)
	}
}

impl Signing<'_> {
	/// The readings of an event, measured at this time, numbered on.
	fn sign(&self, event: &Event, next: &mut u64, at: u64) -> Result<Vec<SignedReading>, SendError> {
		let group = *next;
		let mut readings = Vec::with_capacity(event.values.len());
		for (code, value, unit) in &event.values {
			let reading = Reading {
				genesis: self.genesis,
				device: self.key.verifying_key().to_bytes(),
				binding: self.binding,
				seq: *next,
				at,
				code: code.clone(),
				value: (*value).into(),
				unit: unit.clone(),
				group,
			};
			*next = next.checked_add(1).ok_or(SendError::NumbersEnded)?;
			// The key stands in the reading.
			readings.extend(SignedReading::sign(reading, self.key));
		}
		Ok(readings)
	}
}

/// What would be sent, and nothing kept or sent.
fn preview(session: &Session, signing: &Signing, events: &[Event], first: u64) -> Result<Report, Error> {
	let mut next = first;
	let mut report = session.report();
	let mut shown = Vec::new();
	let start = words::now();
	for event in events {
		let at = start.saturating_add(words::milliseconds(event.after));
		for signed in signing.sign(event, &mut next, at)? {
			let reading = &signed.reading;
			let value = match &reading.value {
				Value::Decimal(value) => value.to_string(),
				Value::Waveform(sha256) => hex::encode(sha256),
			};
			report = report.line(format!(
				"{} {} {value} {} (reading {}, group {})",
				words::show_moment(reading.at),
				reading.code,
				reading.unit,
				reading.seq,
				reading.group
			));
			shown.push(json!({
				"seq": words::number(reading.seq),
				"at": words::number(reading.at),
				"code": reading.code.as_str(),
				"value": value,
				"unit": reading.unit.as_str(),
				"group": words::number(reading.group),
				"bytes": hex::encode(signed.encode()),
			}));
		}
	}
	Ok(report.field("readings", shown).field("nextSeq", words::number(next)))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
	use super::*;
	use crate::cli::{
		frames::Frames,
		vitals::tests::{bundle, Written},
	};
	use salus_vitals::{fhir::Json, DeviceKey};
	use std::path::Path;

	/// HL7's Observations that have values, with their text.
	fn examples() -> Vec<(String, String, Vec<Event>)> {
		let inputs = std::env::var_os("SALUS_INPUTS").map(PathBuf::from);
		let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/salus/inputs");
		let folder = inputs.unwrap_or_else(home).join("fhir");
		let mut examples = Vec::new();
		for entry in std::fs::read_dir(folder).expect("run scripts/inputs first") {
			let path = entry.unwrap().path();
			let name = path.file_name().unwrap().to_string_lossy().into_owned();
			if !name.starts_with("Observation-") {
				continue;
			}
			if let Ok(events) = source::observations(std::slice::from_ref(&path), Duration::from_secs(1)) {
				examples.push((name, std::fs::read_to_string(path).unwrap(), events));
			}
		}
		examples
	}

	/// What a device keeps in a folder.
	fn kept(folder: &Path, key: &SigningKey) -> Kept {
		Kept {
			state: State::open(&folder.join("state.json"), &key.verifying_key().to_bytes(), 5).unwrap(),
			frames: Some(FrameFile::open(&folder.join("frames.json")).unwrap()),
		}
	}

	/// What came out of the bytes that were sent.
	fn written(kept: &Kept, frames: Option<&Frames>) -> (Written, Vec<Json>) {
		let sent = kept.state.outbox().iter();
		let readings: Vec<_> = sent.map(|bytes| SignedReading::decode(bytes).unwrap()).collect();
		let written = bundle(&readings, "Patient/7", frames);
		let Some(Json::Array(entries)) = Json::parse(&written.bundle).unwrap().get("entry").cloned() else {
			panic!("{}", written.bundle)
		};
		let resources = entries.iter().map(|entry| entry.get("resource").unwrap().clone());
		(written, resources.collect())
	}

	#[test]
	fn hl7_s_observations_come_out_as_they_went_in() {
		let folder = tempfile::tempdir().unwrap();
		let key = SigningKey::from_bytes(&[7; 32]);
		let signing = Signing {
			key: &key,
			genesis: [1; 32],
			binding: 3,
		};
		let examples = examples();
		for vital in [
			"blood-pressure",
			"blood-pressure-dar",
			"bmi",
			"bmi-using-related",
			"body-height",
			"body-length",
			"body-temperature",
			"example",
			"head-circumference",
			"heart-rate",
			"mbp",
			"respiratory-rate",
			"satO2",
		] {
			let name = format!("Observation-{vital}.json");
			assert!(examples.iter().any(|(known, ..)| *known == name), "{name}");
		}
		// Each twice, the second time by another process.
		for _ in 0..2 {
			let mut kept = kept(folder.path(), &key);
			for (_, _, events) in &examples {
				kept.take(&signing, events).unwrap();
			}
		}
		let frames = Frames::read(&folder.path().join("frames.json")).unwrap();
		let kept = kept(folder.path(), &key);
		let (told, resources) = written(&kept, Some(&frames));
		assert_eq!(
			(told.observations, told.framed),
			(2 * examples.len(), 2 * examples.len())
		);
		assert_eq!((told.left_out.len(), told.without_frame.len()), (0, 0));
		for ((name, text, _), resource) in examples.iter().chain(&examples).zip(&resources) {
			assert_eq!(resource, &Json::parse(text).unwrap(), "{name}");
		}
		// Without the frames the values alone are there.
		let (told, resources) = written(&kept, None);
		assert_eq!(told.framed, 0);
		for resource in resources {
			assert_eq!(
				resource.get("subject").unwrap().get("reference"),
				Some(&Json::text("Patient/7"))
			);
		}
	}

	#[test]
	fn what_is_played_is_signed_numbered_on_and_grouped() {
		let key = SigningKey::from_bytes(&[7; 32]);
		let signing = Signing {
			key: &key,
			genesis: [1; 32],
			binding: 3,
		};
		let value = |code: &str, value: &str, unit: &str| {
			(code.parse().unwrap(), value.parse().unwrap(), unit.parse().unwrap())
		};
		let pressure = Event {
			after: Duration::ZERO,
			values: vec![value("8480-6", "120", "mm[Hg]"), value("8462-4", "80", "mm[Hg]")],
			origin: None,
		};
		let mut next = 41;
		let first = signing.sign(&pressure, &mut next, 1_000).unwrap();
		let second = signing.sign(&pressure, &mut next, 2_000).unwrap();
		let numbers = |signed: &[SignedReading]| {
			signed
				.iter()
				.map(|signed| (signed.reading.seq, signed.reading.group))
				.collect::<Vec<_>>()
		};
		assert_eq!(numbers(&first), [(41, 41), (42, 41)]);
		assert_eq!(numbers(&second), [(43, 43), (44, 43)]);
		let device = DeviceKey::from_bytes(&key.verifying_key().to_bytes()).unwrap();
		assert!(first.iter().chain(&second).all(|signed| signed.verify(&device).is_ok()));
		let mut last = u64::MAX;
		assert!(matches!(
			signing.sign(&pressure, &mut last, 0),
			Err(SendError::NumbersEnded)
		));
	}
}
