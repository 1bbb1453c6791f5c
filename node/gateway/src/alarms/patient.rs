//! One patient's rules: what is known of her, and what a reading or an entry comes to. It asks no clock and no disk.

use std::collections::BTreeMap;

use salus::alert::{Content, Path, Rule, Severity};
use salus_primitives::{Moment, PatientId, HOUR, MINUTE};
use salus_vitals::{
	news2::{
		self, ClinicianDecision, Entered, Freshness, News2, NotScored, Observations, Oxygen, OxygenScale, Part, Person,
		Response, Taken,
	},
	thresholds::{assess, Standing, Thresholds},
	trends::{self, Change, Direction, Observed, Trend, Window},
	Reading,
};

use super::{
	entry::{age, set_limits, Entry, Level, Written},
	error::AlarmError,
	finding::{content, key, path, Cause, Finding},
};

/// How long something has to be over before it is told again.
pub const REARM: Moment = 15 * MINUTE;
/// What is older when it comes says nothing of now: limits are not asked.
pub const LATE: Moment = HOUR;
/// Trends of one patient: codes and units. What comes beyond has none.
const TRENDS: usize = 32;

/// What the rules know of a patient.
#[derive(Clone, Debug)]
pub struct Patient {
	pub(super) id: PatientId,
	pub(super) born: Option<String>,
	pub(super) pregnant: Option<bool>,
	pub(super) scale: Option<ClinicianDecision>,
	pub(super) oxygen: Option<Entered<bool>>,
	pub(super) consciousness: Option<Entered<Level>>,
	pub(super) limits: Thresholds,
	/// The readings that the score is made of, in the order in which they came.
	pub(super) latest: Vec<Reading>,
	pub(super) observations: Observations,
	pub(super) trends: BTreeMap<(String, String), Trend>,
	pub(super) episodes: BTreeMap<String, Episode>,
	pub(super) response: Told,
	/// How old the parts of the score may be.
	pub(super) freshness: Freshness,
	/// Whether she has a score, and how often she had one no more.
	pub(super) is_scored: bool,
	pub(super) lost: u32,
	/// The reading after which she is to be scored, and when it was kept: once what was measured at that time is there.
	unscored: Option<(Path, Moment, Moment)>,
}

/// How a code stands to its limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Episode {
	/// What was told.
	pub told: Option<Side>,
	/// Since when it is within again.
	pub back: Option<Moment>,
	/// The time of the latest reading.
	pub latest: Moment,
}

/// Outside of limits, where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
	/// Below.
	Low,
	/// Above.
	High,
	/// In a unit that cannot be compared.
	NotComparable,
}

/// Which response of the score was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
	/// Which.
	pub response: Response,
	/// Since when the score asks for less, and for what at most.
	pub less: Option<(Moment, Response)>,
	/// How often it was told before, and over.
	pub before: u32,
}

impl Patient {
	/// Nothing is known of her.
	pub fn new(id: PatientId, freshness: Freshness) -> Self {
		Self {
			id,
			freshness,
			is_scored: false,
			lost: 0,
			unscored: None,
			born: None,
			pregnant: None,
			scale: None,
			oxygen: None,
			consciousness: None,
			limits: Thresholds::new(),
			latest: Vec::new(),
			observations: Observations::default(),
			trends: BTreeMap::new(),
			episodes: BTreeMap::new(),
			response: Told {
				response: Response::Ward,
				less: None,
				before: 0,
			},
		}
	}

	/// Takes a reading of hers that was kept at this time, by her device's limits where she has none of her own. What was
	/// measured at one time is scored together: once something of another time comes, or with [`Self::settle`].
	pub fn read(&mut self, reading: &Reading, received: Moment, device: &Thresholds) -> Vec<Finding> {
		let mut findings = Vec::new();
		if self.unscored.as_ref().is_some_and(|(_, at, _)| *at != reading.at) {
			findings.extend(self.settle());
		}
		findings.extend(self.compare(reading, received, device));
		findings.extend(self.follow(reading));
		if self.observations.take(reading, received) == Taken::Latest {
			self.latest.retain(|kept| kept.code != reading.code);
			self.latest.push(reading.clone());
			self.unscored = Some((path(reading), reading.at, received));
		}
		findings
	}

	/// Scores what was taken.
	pub fn settle(&mut self) -> Option<Finding> {
		let (path, _, received) = self.unscored.take()?;
		self.score_by(received, Some(path))
	}

	/// Tells when she had a score and has none any more, for a part is missing or too old.
	pub fn lose(&mut self, now: Moment) -> Option<Finding> {
		if !self.is_scored {
			return None;
		}
		let reason = self.score(now).err()?;
		self.is_scored = false;
		let NotScored::Incomplete { missing, stale } = reason else {
			return None;
		};
		let before = self.lost;
		self.lost = before.saturating_add(1);
		let parts: Vec<_> = missing.into_iter().chain(stale).map(name).collect();
		Some(Finding {
			key: key(Rule::News2, Cause::Score(self.id, before), "lost"),
			patient: self.id,
			content: Content {
				rule: Rule::News2,
				severity: match self.response.response {
					Response::Ward => Severity::Notice,
					_ => Severity::Urgent,
				},
				at: now,
				code: None,
				value: None,
				unit: None,
				says: format!("no score any more, observe again: {}", parts.join(", ")),
				flags: Vec::new(),
				path: None,
			},
		})
	}

	/// Takes what a person entered.
	///
	/// # Errors
	/// As [`Entry::check`], for what could not have been entered
	pub fn enter(&mut self, written: &Written) -> Result<Vec<Finding>, AlarmError> {
		let Written { by, at, entry, .. } = written;
		match entry {
			Entry::Person { born, pregnant, .. } => {
				self.born = born.clone().or_else(|| self.born.take());
				self.pregnant = pregnant.or(self.pregnant);
			}
			Entry::Scale { two, .. } => {
				self.scale = two.then_some(ClinicianDecision { by: *by, at: *at });
			}
			Entry::Consciousness { level, .. } => self.set_consciousness(Entered {
				value: *level,
				by: *by,
				at: *at,
			}),
			Entry::Oxygen { supplemental, .. } => self.set_oxygen(Entered {
				value: *supplemental,
				by: *by,
				at: *at,
			}),
			Entry::Limits {
				code, unit, low, high, ..
			} => {
				set_limits(&mut self.limits, code, unit, low.as_deref(), high.as_deref())?;
				self.episodes.remove(code);
				return Ok(Vec::new());
			}
			Entry::NoLimits { code, .. } => {
				self.limits.remove(&code.parse()?);
				self.episodes.remove(code);
				return Ok(Vec::new());
			}
			Entry::Interval { .. } | Entry::Ladder { .. } | Entry::Duty { .. } => return Ok(Vec::new()),
		}
		Ok(self.score_by(*at, None).into_iter().collect())
	}

	/// Her own limits.
	pub fn limits(&self) -> &Thresholds {
		&self.limits
	}

	/// Her score at this time, or why there is none.
	///
	/// # Errors
	/// `NotScored`
	pub fn score(&self, now: Moment) -> Result<News2, NotScored> {
		let person = Person {
			age: self.born.as_deref().and_then(|born| age(born, now)),
			pregnant: self.pregnant,
			scale: self.scale.map_or(OxygenScale::One, OxygenScale::Two),
		};
		news2::score(&self.observations, &person, now, &self.freshness)
	}

	pub(super) fn set_consciousness(&mut self, entered: Entered<Level>) {
		let Entered { value, by, at } = entered;
		let value = value.level();
		if self.observations.take_consciousness(Entered { value, by, at }, at) == Taken::Latest {
			self.consciousness = Some(entered);
		}
	}

	pub(super) fn set_oxygen(&mut self, entered: Entered<bool>) {
		let Entered { value, by, at } = entered;
		let value = if value { Oxygen::Supplemental } else { Oxygen::Air };
		if self.observations.take_oxygen(Entered { value, by, at }, at) == Taken::Latest {
			self.oxygen = Some(entered);
		}
	}

	/// Tells when the score asks for more than was told.
	fn score_by(&mut self, now: Moment, path: Option<Path>) -> Option<Finding> {
		let score = self.score(now).ok()?;
		self.is_scored = true;
		let told = &mut self.response;
		if let Some((_, most)) = told.less.filter(|(since, _)| since.saturating_add(REARM) <= now) {
			*told = Told {
				response: most,
				less: None,
				before: told.before.saturating_add(1),
			};
		}
		if score.response < told.response {
			let (since, most) = told.less.unwrap_or((now, score.response));
			told.less = Some((since, most.max(score.response)));
			return None;
		}
		told.less = None;
		if score.response == told.response {
			return None;
		}
		told.response = score.response;
		let severity = match score.response {
			Response::Emergency => Severity::Emergency,
			_ => Severity::Urgent,
		};
		let which = match score.response {
			Response::Ward => "ward",
			Response::UrgentWard => "urgentWard",
			Response::Urgent => "urgent",
			Response::Emergency => "emergency",
		};
		Some(Finding {
			// The same after a restart, whichever of the readings is scored first then.
			key: key(Rule::News2, Cause::Score(self.id, told.before), which),
			patient: self.id,
			content: Content {
				rule: Rule::News2,
				severity,
				at: now,
				code: None,
				value: Some(score.total.to_string()),
				unit: None,
				says: in_words(&score),
				flags: Vec::new(),
				path,
			},
		})
	}

	/// Tells when a value leaves its limits.
	fn compare(&mut self, reading: &Reading, received: Moment, device: &Thresholds) -> Option<Finding> {
		let standing = assess(reading, &self.limits, device).standing;
		let code = reading.code.as_str();
		if standing == Standing::NoLimit && !self.episodes.contains_key(code) {
			return None;
		}
		let episode = self.episodes.entry(code.to_string()).or_default();
		if reading.at.saturating_add(LATE) < received {
			return None;
		}
		// Another device of hers may have a clock that is ahead, and a broker may hand over a burst in any order: what is
		// outside is told all the same, what is within is news only where it is the latest.
		let is_latest = reading.at >= episode.latest;
		episode.latest = episode.latest.max(reading.at);
		let side = match standing {
			Standing::Low => Side::Low,
			Standing::High => Side::High,
			Standing::NotComparable => Side::NotComparable,
			Standing::Within | Standing::NoLimit if !is_latest => return None,
			Standing::Within | Standing::NoLimit => {
				let back = *episode.back.get_or_insert(reading.at);
				if back.saturating_add(REARM) <= reading.at {
					episode.told = None;
				}
				return None;
			}
		};
		if is_latest {
			episode.back = None;
		}
		if episode.told == Some(side) {
			return None;
		}
		episode.told = Some(side);
		let says = match side {
			Side::Low => "below its limits",
			Side::High => "above its limits",
			Side::NotComparable => "in another unit than its limits; look at it",
		};
		Some(Finding {
			key: key(Rule::Limits, Cause::Reading(reading), ""),
			patient: self.id,
			content: content(reading, Rule::Limits, Severity::Urgent, says.into()),
		})
	}

	/// Tells when a value leaves its own baseline.
	fn follow(&mut self, reading: &Reading) -> Vec<Finding> {
		if !reading.flags().is_empty() || trends::floor(reading.code.as_str()).is_none() {
			return Vec::new();
		}
		let which = (reading.code.to_string(), reading.unit.to_string());
		let is_room = self.trends.len() < TRENDS;
		let trend = match self.trends.entry(which) {
			std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
			std::collections::btree_map::Entry::Vacant(_) if !is_room => return Vec::new(),
			std::collections::btree_map::Entry::Vacant(vacant) => match Trend::new(reading) {
				Some(trend) => vacant.insert(trend),
				None => return Vec::new(),
			},
		};
		let Observed::Counted(changes) = trend.observe(reading) else {
			return Vec::new();
		};
		let finding = |change: Change| {
			let (window, words) = match change.window {
				Window::Hour => ("hour", "an hour"),
				Window::Day => ("day", "a day"),
				Window::Week => ("week", "a week"),
			};
			let direction = match change.direction {
				Direction::Up => "up",
				Direction::Down => "down",
			};
			let says = format!(
				"{direction} against the patient's own baseline of {words}: {:.1} after {:.1}, {:.1} deviations",
				change.now,
				change.baseline,
				change.z.abs()
			);
			Finding {
				key: key(Rule::Trend, Cause::Reading(reading), window),
				patient: self.id,
				content: content(reading, Rule::Trend, Severity::Notice, says),
			}
		};
		changes.into_iter().map(finding).collect()
	}
}

fn in_words(score: &News2) -> String {
	let parts = score
		.parts
		.iter()
		.map(|(part, points)| format!("{} {points}", name(*part)));
	let response = match score.response {
		Response::Ward => "ward",
		Response::UrgentWard => "urgent on the ward: a single part scores 3",
		Response::Urgent => "urgent",
		Response::Emergency => "emergency",
	};
	format!(
		"NEWS2 {}, {response} ({})",
		score.total,
		parts.collect::<Vec<_>>().join(", ")
	)
}

/// A part of the score, for people.
pub fn name(part: Part) -> &'static str {
	match part {
		Part::Respiration => "respiration",
		Part::Saturation => "saturation",
		Part::Oxygen => "air or oxygen",
		Part::Systolic => "systolic pressure",
		Part::Pulse => "pulse",
		Part::Consciousness => "consciousness",
		Part::Temperature => "temperature",
	}
}
