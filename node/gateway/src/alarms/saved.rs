//! What the rules know, on its way to the disk and back.

use std::collections::BTreeMap;

use salus_primitives::{BindingId, Moment, PatientId};
use salus_vitals::{
	news2::{ClinicianDecision, Entered, Freshness, Response},
	thresholds::Thresholds,
	trends::Trend,
	Reading,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
	chain::Bound,
	device::{Behind, Every, Watched},
	entry::{set_limits, Level},
	patient::{Episode, Patient, Side, Told},
};
use crate::{telemetry::DeviceId, GatewayError};

#[derive(Serialize, Deserialize)]
struct SavedPatient {
	born: Option<String>,
	pregnant: Option<bool>,
	scale: Option<By<()>>,
	oxygen: Option<By<bool>>,
	consciousness: Option<By<Level>>,
	limits: Vec<SavedLimits>,
	latest: Vec<String>,
	trends: Vec<String>,
	episodes: Vec<(String, Option<u8>, Option<Moment>, Moment)>,
	response: (u8, Option<Moment>),
	/// What came after the first version of the gateway.
	#[serde(default)]
	most: u8,
	#[serde(default)]
	before: u32,
	#[serde(default)]
	is_scored: bool,
	#[serde(default)]
	lost: u32,
}

#[derive(Serialize, Deserialize)]
struct By<T> {
	value: T,
	by: String,
	at: Moment,
}

#[derive(Serialize, Deserialize)]
struct SavedLimits {
	code: String,
	unit: String,
	low: Option<String>,
	high: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SavedDevice {
	every: Every,
	heard: Moment,
	binding: Option<u64>,
	limits: Vec<SavedLimits>,
	#[serde(default)]
	behind: Behind,
	#[serde(default)]
	impossible: BTreeMap<String, u8>,
}

/// Which states there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Name {
	/// The last entry that was taken.
	Entries,
	/// A patient.
	Patient(PatientId),
	/// A device.
	Device(DeviceId),
	/// A binding, which never changes whom it is of.
	Binding(BindingId),
}

impl Name {
	pub fn bytes(&self) -> Vec<u8> {
		match self {
			Self::Entries => b"e".to_vec(),
			Self::Patient(id) => [b"p".as_slice(), &id.to_be_bytes()].concat(),
			Self::Device(id) => [b"d".as_slice(), id].concat(),
			Self::Binding(id) => [b"b".as_slice(), &id.to_be_bytes()].concat(),
		}
	}

	pub fn read(bytes: &[u8]) -> Option<Self> {
		match bytes.split_first()? {
			(b'e', []) => Some(Self::Entries),
			(b'p', id) => Some(Self::Patient(u64::from_be_bytes(id.try_into().ok()?))),
			(b'd', id) => Some(Self::Device(id.try_into().ok()?)),
			(b'b', id) => Some(Self::Binding(u64::from_be_bytes(id.try_into().ok()?))),
			_ => None,
		}
	}
}

/// A state as bytes.
pub fn write<T: Serialize>(state: &T) -> Result<Zeroizing<Vec<u8>>, GatewayError> {
	serde_json::to_vec(state)
		.map(Zeroizing::new)
		.map_err(|_| GatewayError::Damaged)
}

/// The state that bytes are.
pub fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, GatewayError> {
	serde_json::from_slice(bytes).map_err(|_| GatewayError::Damaged)
}

impl Patient {
	/// As bytes.
	///
	/// # Errors
	/// None occurs
	pub fn save(&self) -> Result<Zeroizing<Vec<u8>>, GatewayError> {
		write(&SavedPatient {
			born: self.born.clone(),
			pregnant: self.pregnant,
			scale: self.scale.map(|decision| By {
				value: (),
				by: hex::encode(decision.by),
				at: decision.at,
			}),
			oxygen: self.oxygen.map(By::of),
			consciousness: self.consciousness.map(By::of),
			limits: save_limits(&self.limits),
			latest: self
				.latest
				.iter()
				.map(|reading| hex::encode(reading.encode()))
				.collect(),
			trends: self.trends.values().map(|trend| hex::encode(trend.save())).collect(),
			episodes: self
				.episodes
				.iter()
				.map(|(code, episode)| (code.clone(), episode.told.map(side), episode.back, episode.latest))
				.collect(),
			response: (
				response(self.response.response),
				self.response.less.map(|(since, _)| since),
			),
			most: self.response.less.map_or(0, |(_, most)| response(most)),
			before: self.response.before,
			is_scored: self.is_scored,
			lost: self.lost,
		})
	}

	/// Out of the bytes.
	///
	/// # Errors
	/// `Damaged`
	pub fn restore(id: PatientId, freshness: Freshness, bytes: &[u8]) -> Result<Self, GatewayError> {
		let saved: SavedPatient = read(bytes)?;
		let mut patient = Self::new(id, freshness);
		(patient.is_scored, patient.lost) = (saved.is_scored, saved.lost);
		(patient.born, patient.pregnant) = (saved.born, saved.pregnant);
		if let Some(By { by, at, .. }) = saved.scale {
			let by = key(&by)?;
			patient.scale = Some(ClinicianDecision { by, at });
		}
		if let Some(oxygen) = saved.oxygen {
			patient.set_oxygen(oxygen.entered()?);
		}
		if let Some(consciousness) = saved.consciousness {
			patient.set_consciousness(consciousness.entered()?);
		}
		patient.limits = restore_limits(&saved.limits)?;
		for reading in saved.latest {
			let reading = hex::decode(reading).ok().and_then(|bytes| Reading::decode(&bytes).ok());
			let reading = reading.ok_or(GatewayError::Damaged)?;
			// It was taken at its time: the order in which it came is what decides again.
			let _taken = patient.observations.take(&reading, reading.at);
			patient.latest.push(reading);
		}
		for trend in saved.trends {
			let trend = hex::decode(trend).ok().and_then(|bytes| Trend::restore(&bytes));
			let trend = trend.ok_or(GatewayError::Damaged)?;
			let (code, unit) = trend.quantity();
			patient.trends.insert((code.into(), unit.into()), trend);
		}
		for (code, told, back, latest) in saved.episodes {
			let told = told
				.map(|told| side_of(told).ok_or(GatewayError::Damaged))
				.transpose()?;
			patient.episodes.insert(code, Episode { told, back, latest });
		}
		let (told, less) = saved.response;
		let read = |saved| response_of(saved).ok_or(GatewayError::Damaged);
		let most = read(saved.most)?;
		patient.response = Told {
			response: read(told)?,
			less: less.map(|since| (since, most)),
			before: saved.before,
		};
		Ok(patient)
	}
}

impl Watched {
	/// As bytes.
	///
	/// # Errors
	/// None occurs
	pub fn save(&self) -> Result<Zeroizing<Vec<u8>>, GatewayError> {
		write(&SavedDevice {
			every: self.every,
			heard: self.heard,
			binding: self.binding,
			limits: save_limits(&self.limits),
			behind: self.behind,
			impossible: self.impossible.clone(),
		})
	}

	/// Out of the bytes.
	///
	/// # Errors
	/// `Damaged`
	pub fn restore(bytes: &[u8]) -> Result<Self, GatewayError> {
		let saved: SavedDevice = read(bytes)?;
		Ok(Self {
			every: saved.every,
			heard: saved.heard,
			binding: saved.binding,
			limits: restore_limits(&saved.limits)?,
			behind: saved.behind,
			impossible: saved.impossible,
		})
	}
}

impl Bound {
	/// As bytes.
	///
	/// # Errors
	/// None occurs
	pub fn save(&self) -> Result<Zeroizing<Vec<u8>>, GatewayError> {
		write(&(hex::encode(self.device), self.patient, self.starts, self.ends))
	}

	/// Out of the bytes.
	///
	/// # Errors
	/// `Damaged`
	pub fn restore(bytes: &[u8]) -> Result<Self, GatewayError> {
		let (device, patient, starts, ends): (String, PatientId, Moment, Moment) = read(bytes)?;
		Ok(Self {
			device: key(&device)?,
			patient,
			starts,
			ends,
		})
	}
}

impl<T> By<T> {
	fn of(entered: Entered<T>) -> Self {
		Self {
			value: entered.value,
			by: hex::encode(entered.by),
			at: entered.at,
		}
	}

	fn entered(self) -> Result<Entered<T>, GatewayError> {
		Ok(Entered {
			value: self.value,
			by: key(&self.by)?,
			at: self.at,
		})
	}
}

/// 32 bytes out of their digits.
fn key(text: &str) -> Result<[u8; 32], GatewayError> {
	let mut key = [0; 32];
	hex::decode_to_slice(text, &mut key).map_err(|_| GatewayError::Damaged)?;
	Ok(key)
}

fn save_limits(thresholds: &Thresholds) -> Vec<SavedLimits> {
	let saved = thresholds.iter().map(|(code, limits)| SavedLimits {
		code: code.to_string(),
		unit: limits.unit.to_string(),
		low: limits.low.map(|low| low.to_string()),
		high: limits.high.map(|high| high.to_string()),
	});
	saved.collect()
}

fn restore_limits(saved: &[SavedLimits]) -> Result<Thresholds, GatewayError> {
	let mut thresholds = Thresholds::new();
	for limits in saved {
		let (low, high) = (limits.low.as_deref(), limits.high.as_deref());
		set_limits(&mut thresholds, &limits.code, &limits.unit, low, high).map_err(|_| GatewayError::Damaged)?;
	}
	Ok(thresholds)
}

fn side(side: Side) -> u8 {
	match side {
		Side::Low => 0,
		Side::High => 1,
		Side::NotComparable => 2,
	}
}

fn side_of(number: u8) -> Option<Side> {
	[Side::Low, Side::High, Side::NotComparable]
		.into_iter()
		.find(|found| side(*found) == number)
}

fn response(response: Response) -> u8 {
	match response {
		Response::Ward => 0,
		Response::UrgentWard => 1,
		Response::Urgent => 2,
		Response::Emergency => 3,
	}
}

fn response_of(number: u8) -> Option<Response> {
	[
		Response::Ward,
		Response::UrgentWard,
		Response::Urgent,
		Response::Emergency,
	]
	.into_iter()
	.find(|found| response(*found) == number)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::alarms::device::Never;

	/// Of the gateway's first version.
	#[test]
	fn what_an_earlier_gateway_knew_is_not_lost() {
		let device = Watched::restore(br#"{"every":60000,"heard":5,"binding":1,"limits":[]}"#).unwrap();
		assert_eq!(device.every, Every::Interval(60_000));
		let device = Watched::restore(br#"{"every":null,"heard":5,"binding":null,"limits":[]}"#).unwrap();
		assert_eq!(device.every, Every::Unsaid);
		let patient = br#"{"born":null,"pregnant":null,"scale":null,"oxygen":null,"consciousness":null,"limits":[],"latest":[],"trends":[],"episodes":[],"response":[2,7]}"#;
		let patient = Patient::restore(7, Freshness::default(), patient).unwrap();
		assert_eq!(
			(patient.response.response, patient.response.less),
			(Response::Urgent, Some((7, Response::Ward)))
		);
	}

	#[test]
	fn what_is_known_of_a_device_comes_back() {
		for every in [Every::Unsaid, Every::Never(Never::Never), Every::Interval(1)] {
			let watched = Watched {
				every,
				impossible: BTreeMap::from([("59408-5".into(), 2)]),
				..Watched::default()
			};
			assert_eq!(Watched::restore(&watched.save().unwrap()).unwrap(), watched);
		}
	}
}
