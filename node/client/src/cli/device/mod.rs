//! `salus device`: medical devices, who consented to be measured by them, and a simulator of one.

mod binding;
mod consent;
mod key;
mod list;
mod offer;
mod provision;
mod simulate;
mod view;

pub(super) use provision::loinc;

use clap::{Args, Subcommand};
use salus_primitives::{DeviceKey, Moment};

use super::{report::Report, session::Session};
use crate::sdk::{telemetry::Wearing, words, Acknowledgement, Error};

#[derive(Subcommand)]
pub(crate) enum Device {
	/// Keys of devices
	#[command(subcommand)]
	Key(key::Key),
	/// Have a device sign that it reports to an institution: writes a claim for its desk
	#[command(
		after_help = "Example:\n  salus --key monitor.key device claim --institution 0 --code 8867-4,59408-5 --out claim.json --salts codes.json\n\nThe codes are those that the device may report. They stay in the salt file, without which the institution's gateway takes\nnone of its readings: salus-gateway telemetry codes add codes.json. The chain has a salted commitment to them."
	)]
	Claim(provision::Claim),
	/// Provision a device that signed a claim, as the desk
	#[command(after_help = "Example:\n  salus --key desk.key device provision claim.json")]
	Provision(provision::Provision),
	/// Suspend a device, whose readings are then not taken, as the desk
	#[command(after_help = "Example:\n  salus --key desk.key device suspend 0x3f2a…")]
	Suspend(provision::Which),
	/// Reinstate a suspended device, as the desk
	#[command(after_help = "Example:\n  salus --key desk.key device reinstate 0x3f2a…")]
	Reinstate(provision::Which),
	/// Revoke a device for ever, as the desk: it measures nobody any more
	#[command(after_help = "Example:\n  salus --key desk.key device revoke 0x3f2a… --for-ever")]
	Revoke(provision::Revoke),
	/// Sign that a device may measure you, or the patient whose guardian you are: writes a consent for the ward
	#[command(
		after_help = "Example:\n  salus --key me.key device consent-statement --patient 7 --device 0x3f2a… --for 30d --out consent.json\n\nGive the file to the ward, which binds the device with it: salus device bind. It counts once, and is void after --until,\na week unless you say otherwise."
	)]
	ConsentStatement(consent::ConsentStatement),
	/// Bind a device to a patient on the consent that she signed, as a doctor, a nurse or the desk
	#[command(after_help = "Example:\n  salus --key nurse.key device bind consent.json")]
	Bind(consent::Bind),
	/// Offer a device to a patient, who accepts it herself, as a doctor, a nurse or the desk
	#[command(
		after_help = "Examples:\n  salus --key nurse.key device offer 0x3f2a… --patient 7 --for 30d\n  salus --key desk.key device offer 0x3f2a… --patient 7 --for 30d --scan-file scan.pdf --salts paper.json\n\nA patient without an account signs on paper: the desk brings the scan, and another who works there accepts for her with\nthe same scan and salt file."
	)]
	Offer(offer::Offer),
	/// Accept an offered device, as the patient or her guardian; of an offer on paper, as the second witness
	#[command(
		after_help = "Examples:\n  salus --key me.key device accept 0x3f2a…\n  salus --key second.key device accept 0x3f2a… --scan-file scan.pdf --salts paper.json"
	)]
	Accept(offer::Accept),
	/// Decline an offered device, or take the offer back
	#[command(after_help = "Example:\n  salus --key me.key device end-offer 0x3f2a…")]
	EndOffer(offer::EndOffer),
	/// End a binding, as the patient, her guardian, a doctor, a nurse or the desk
	#[command(
		after_help = "Example:\n  salus --key me.key device unbind 3\n\nWhat was measured before is still taken."
	)]
	Unbind(binding::Unbind),
	/// Show a device, to whom it is offered, and whom it measures
	#[command(after_help = "Example:\n  salus device show 0x3f2a…")]
	Show(list::Show),
	/// List the devices of a patient or of an institution
	#[command(after_help = "Examples:\n  salus device list --patient 7\n  salus device list --institution 0")]
	List(list::List),
	/// Play recordings as a device: sign what it measures, and send it to a gateway
	#[command(
		after_help = "Examples:\n  salus --key monitor.key device simulate --pulse ~/.cache/salus/inputs/heartpy/data2.csv --state monitor.json \\\n    --to https://gateway.hospital.example --token-file monitor.token\n  salus --key monitor.key device simulate --observation ~/.cache/salus/inputs/fhir --every 2s --speed 10 \\\n    --state monitor.json --frames frames.json --to mqtt://127.0.0.1:1883 --token-file monitor.token\n\nThe recordings are those of scripts/inputs. Readings carry the time at which they are sent. A device that broke off goes\non when the command is repeated: what nobody took is sent again as it was, and no number is used twice. --dry-run prints\nthe readings."
	)]
	Simulate(simulate::Simulate),
}

impl Device {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = match self {
			Self::Key(key) => return key.run(session).await,
			_ => session.client().await?,
		};
		match self {
			Self::Key(key) => key.run(session).await,
			Self::Claim(claim) => claim.run(session, &client),
			Self::Provision(provision) => provision.run(session, &client).await,
			Self::Suspend(which) => which.suspend(session, &client).await,
			Self::Reinstate(which) => which.reinstate(session, &client).await,
			Self::Revoke(revoke) => revoke.run(session, &client).await,
			Self::ConsentStatement(statement) => statement.run(session, &client).await,
			Self::Bind(bind) => bind.run(session, &client).await,
			Self::Offer(offer) => offer.run(session, &client).await,
			Self::Accept(accept) => accept.run(session, &client).await,
			Self::EndOffer(end) => end.run(session, &client).await,
			Self::Unbind(unbind) => unbind.run(session, &client).await,
			Self::Show(show) => show.run(session, &client).await,
			Self::List(list) => list.run(session, &client).await,
			Self::Simulate(simulate) => simulate.run(session, &client).await,
		}
	}
}

/// A device's key, as people write it.
fn device_key(text: &str) -> Result<DeviceKey, String> {
	words::hash(text)
		.map(|key| key.0)
		.map_err(|_| format!("`{text}` is no device; give its key, 64 hex digits: salus device key show"))
}

/// How long a device is to measure.
#[derive(Args)]
struct During {
	/// From when; from now on without it
	#[arg(long, value_parser = words::moment, value_name = "TIME")]
	start: Option<Moment>,
	/// For how long, up to 366 days
	#[arg(long = "for", value_parser = words::duration, value_name = "DURATION")]
	lasting: std::time::Duration,
}

impl During {
	fn wearing(&self, now: Moment) -> Wearing {
		let starts = self.start.unwrap_or(now);
		Wearing {
			starts,
			ends: starts.saturating_add(words::milliseconds(self.lasting)),
		}
	}
}

/// For people: from when until when.
fn span(starts: Moment, ends: Moment) -> String {
	format!("from {} until {}", words::show_moment(starts), words::show_moment(ends))
}

/// What became of a device.
fn done(session: &Session, device: DeviceKey, line: &str, acknowledgement: &Acknowledgement) -> Report {
	session
		.report()
		.line(format!("device {}: {line}", words::hex(device)))
		.field("device", words::hex(device))
		.acknowledged(acknowledgement)
}

/// The binding that a call made, told for what it is.
fn bound(report: Report, acknowledgement: &Acknowledgement) -> Result<Report, Error> {
	let binding = acknowledgement.number("Telemetry", "binding")?;
	Ok(report
		.line(format!("it is binding {binding}"))
		.field("binding", words::number(binding)))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn a_device_is_named_by_its_key() {
		assert_eq!(device_key(&format!("0x{}", "07".repeat(32))).unwrap(), [7; 32]);
		assert!(device_key("5Grw").unwrap_err().contains("salus device key show"));
	}

	#[test]
	fn measuring_begins_now_unless_said_otherwise() {
		let lasting = words::duration("2h").unwrap();
		let during = |start| During { start, lasting }.wearing(1_000);
		let hours = 2 * 3_600_000;
		assert_eq!((during(None).starts, during(None).ends), (1_000, 1_000 + hours));
		assert_eq!(during(Some(5_000)).ends, 5_000 + hours);
		assert_eq!(during(Some(u64::MAX)).ends, u64::MAX);
	}
}
