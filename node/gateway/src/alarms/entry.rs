//! What a person enters or sets. Each entry stands for ever, with who made it and when; the latest of a kind counts.

use salus::{words, AccountId};
use salus_primitives::{Moment, PatientId, DAY, SECOND};
use salus_vitals::{
	escalation::{self, Ladder, Role},
	news2,
	thresholds::{LimitError, Thresholds},
	Decimal, Loinc, Unit,
};
use serde::{Deserialize, Serialize};

use super::{error::AlarmError, roster};
use crate::telemetry::DeviceId;

/// The longest time to acknowledge that the chain takes.
const LONGEST_WITHIN: Moment = DAY;

/// What was entered or set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Entry {
	/// What the score has to know of a patient; what is left out stays.
	Person {
		/// Who.
		patient: PatientId,
		/// Her day of birth, as 1980-05-17.
		born: Option<String>,
		/// Whether she is pregnant.
		pregnant: Option<bool>,
	},
	/// Which scale her saturation is read on, by a clinician's decision.
	Scale {
		/// Who.
		patient: PatientId,
		/// Scale 2, for hypercapnic respiratory failure.
		two: bool,
	},
	/// Her level of consciousness.
	Consciousness {
		/// Who.
		patient: PatientId,
		/// ACVPU.
		level: Level,
	},
	/// What she breathes.
	Oxygen {
		/// Who.
		patient: PatientId,
		/// Oxygen, not air.
		supplemental: bool,
	},
	/// Between which values a code is as it should be.
	Limits {
		/// Whose.
		of: Subject,
		/// LOINC.
		code: String,
		/// UCUM.
		unit: String,
		/// Below is too low.
		low: Option<String>,
		/// Above is too high.
		high: Option<String>,
	},
	/// A code has no limits any more.
	NoLimits {
		/// Whose.
		of: Subject,
		/// LOINC.
		code: String,
	},
	/// How often a device reports; it is not missed any more where there is none.
	Interval {
		/// Its key, hexadecimal.
		device: String,
		/// Milliseconds.
		every: Option<Moment>,
	},
	/// Who is told of alerts about a patient, or about everybody without a ladder of her own.
	Ladder {
		/// Who; all others where none is named.
		patient: Option<PatientId>,
		/// From the first told to the last; none takes the patient's own ladder away.
		rungs: Vec<Rung>,
	},
	/// Which doctor is on call for a span, in place of whoever was; the latest entry counts.
	Duty {
		/// Her account, hexadecimal; none leaves it to each ladder's own doctor.
		account: Option<String>,
		/// From when on.
		from: Moment,
		/// Until when, without that moment itself.
		until: Moment,
	},
}

/// Whose limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
	/// A patient's.
	Patient(PatientId),
	/// A device's, by its key in hexadecimal.
	Device(String),
}

/// ACVPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "camelCase")]
pub enum Level {
	/// Alert
	Alert,
	/// New confusion
	Confusion,
	/// Responds to voice
	Voice,
	/// Responds to pain
	Pain,
	/// Unresponsive
	Unresponsive,
}

/// One who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rung {
	/// What she is to the patient.
	pub post: Post,
	/// Her account, hexadecimal.
	pub account: String,
	/// Milliseconds to acknowledge.
	pub within: Moment,
}

/// What an addressee is to the patient, in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Post {
	/// A caregiver whom the patient named.
	Caregiver,
	/// The nurse.
	Nurse,
	/// The doctor on call.
	DoctorOnCall,
}

/// An entry, who made it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
	/// Its number.
	pub id: i64,
	/// Who.
	pub by: [u8; 32],
	/// When.
	pub at: Moment,
	/// What.
	pub entry: Entry,
}

impl Level {
	pub(super) fn level(self) -> news2::Consciousness {
		match self {
			Self::Alert => news2::Consciousness::Alert,
			Self::Confusion => news2::Consciousness::Confusion,
			Self::Voice => news2::Consciousness::Voice,
			Self::Pain => news2::Consciousness::Pain,
			Self::Unresponsive => news2::Consciousness::Unresponsive,
		}
	}
}

impl Post {
	pub(super) fn role(self) -> Role {
		match self {
			Self::Caregiver => Role::Caregiver,
			Self::Nurse => Role::Nurse,
			Self::DoctorOnCall => Role::DoctorOnCall,
		}
	}
}

impl Rung {
	/// Whether she is told before the other, and is not the same person.
	pub(super) fn is_below(&self, other: &Self) -> bool {
		self.post < other.post && self.account != other.account
	}

	/// Her account.
	///
	/// # Errors
	/// `NotAnAccount`
	pub fn account(&self) -> Result<AccountId, AlarmError> {
		account(&self.account)
	}
}

/// Somebody's account.
///
/// # Errors
/// `NotAnAccount`
pub fn account(text: &str) -> Result<AccountId, AlarmError> {
	words::account(text).map_err(|_| AlarmError::NotAnAccount)
}

/// The ladder that these rungs are.
///
/// # Errors
/// `Ladder`, `TimeTooLong`, `TwiceOnLadder`
pub fn ladder(rungs: &[Rung]) -> Result<Ladder, AlarmError> {
	if rungs.iter().any(|rung| rung.within > LONGEST_WITHIN) {
		return Err(AlarmError::TimeTooLong);
	}
	let twice = |place: usize, rung: &Rung| rungs.iter().take(place).any(|below| below.account == rung.account);
	if rungs.iter().enumerate().any(|(place, rung)| twice(place, rung)) {
		return Err(AlarmError::TwiceOnLadder);
	}
	let steps = rungs.iter().map(|rung| escalation::Rung {
		role: rung.post.role(),
		within: rung.within,
	});
	Ok(Ladder::new(steps.collect())?)
}

/// A device's key.
///
/// # Errors
/// `NotADevice`
pub fn device(text: &str) -> Result<DeviceId, AlarmError> {
	words::hash(text).map(|hash| hash.0).map_err(|_| AlarmError::NotADevice)
}

/// Sets limits as they were entered.
///
/// # Errors
/// `Code`, `Decimal`, `Limits`
pub fn set_limits(
	thresholds: &mut Thresholds,
	code: &str,
	unit: &str,
	low: Option<&str>,
	high: Option<&str>,
) -> Result<(), AlarmError> {
	let decimal = |text: Option<&str>| text.map(str::parse::<Decimal>).transpose();
	let (code, unit): (Loinc, Unit) = (code.parse()?, unit.parse()?);
	let set: Result<(), LimitError> = thresholds.set(code, unit, decimal(low)?, decimal(high)?);
	Ok(set?)
}

/// Full years from a day of birth to a time; none where it is no day, or one to come.
pub fn age(born: &str, now: Moment) -> Option<u8> {
	let parts = |day: &str| {
		let mut numbers = day.get(..10)?.split('-').map(str::parse::<u32>);
		let mut next = || numbers.next()?.ok();
		Some((next()?, (next()?, next()?)))
	};
	let is_day = born.len() == 10 && is_moment(born);
	let ((year, day), (this_year, today)) = (parts(born).filter(|_| is_day)?, parts(&words::show_moment(now))?);
	let years = this_year.checked_sub(year)?;
	let before_birthday = u32::from(today < day);
	u8::try_from(years.checked_sub(before_birthday)?).ok()
}

/// Whether there is such a day, before 1970 too.
fn is_moment(day: &str) -> bool {
	// The calendar repeats every 400 years, and no moment is before 1970.
	let shifted = day.get(..4).and_then(|year| year.parse::<u32>().ok());
	let later = shifted.and_then(|year| Some(format!("{:04}{}", year.checked_add(400)?, day.get(4..)?)));
	later.is_some_and(|later| words::moment(&later).is_ok())
}

impl Entry {
	/// Whether it can be entered at this time.
	///
	/// # Errors
	/// Each says what to correct.
	pub fn check(&self, now: Moment) -> Result<(), AlarmError> {
		match self {
			Self::Person { born: Some(born), .. } if age(born, now).is_none() => Err(AlarmError::NotADayOfBirth),
			Self::Person {
				born: None,
				pregnant: None,
				..
			} => Err(AlarmError::NothingEntered),
			Self::Limits {
				of,
				code,
				unit,
				low,
				high,
			} => {
				of.check()?;
				set_limits(&mut Thresholds::new(), code, unit, low.as_deref(), high.as_deref())
			}
			Self::NoLimits { of, code } => {
				of.check()?;
				code.parse::<Loinc>()?;
				Ok(())
			}
			Self::Interval { device: id, every } => {
				device(id)?;
				match every {
					Some(every) if !(SECOND..=DAY).contains(every) => Err(AlarmError::IntervalOutOfRange),
					_ => Ok(()),
				}
			}
			Self::Ladder { rungs, .. } if rungs.is_empty() => Ok(()),
			Self::Ladder { rungs, .. } => ladder(rungs).map(|_| ()),
			Self::Duty {
				account: doctor,
				from,
				until,
			} => {
				doctor.as_deref().map(account).transpose()?;
				roster::check(*from, *until, now)
			}
			Self::Person { .. } | Self::Scale { .. } | Self::Consciousness { .. } | Self::Oxygen { .. } => Ok(()),
		}
	}
}

impl Subject {
	fn check(&self) -> Result<(), AlarmError> {
		match self {
			Self::Patient(_) => Ok(()),
			Self::Device(id) => device(id).map(|_| ()),
		}
	}
}
