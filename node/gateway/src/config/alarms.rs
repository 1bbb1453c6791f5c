//! Settings of early warning.

use std::{num::NonZeroU32, path::PathBuf};

use salus_primitives::{Moment, MINUTE, SECOND};
use salus_vitals::news2::Freshness;
use serde::Deserialize;

use super::Signer;
use crate::alarms::Settings;

/// `[alarms]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarms {
	/// The key file of an administrator of the institution, who raises alerts.
	pub key: Option<PathBuf>,
	/// The file with its passphrase.
	pub passphrase: Option<PathBuf>,
	/// A well-known key such as `//Alice//admin`, for development.
	pub development_key: Option<String>,
	/// How often a device reports of which nobody said it, in seconds: silence of three intervals is an alert. Counted from
	/// its first reading on.
	pub interval: Option<NonZeroU32>,
	/// How old the parts of a score may be.
	#[serde(default)]
	pub freshness: FreshnessMinutes,
}

/// `[alarms.freshness]`, in minutes
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FreshnessMinutes {
	/// What devices measure.
	pub measured: NonZeroU32,
	/// Air or oxygen, as it was entered.
	pub oxygen: NonZeroU32,
	/// Consciousness, as it was entered.
	pub consciousness: NonZeroU32,
}

impl Default for FreshnessMinutes {
	/// As the score's own default.
	fn default() -> Self {
		let Freshness {
			measured,
			oxygen,
			consciousness,
		} = Freshness::default();
		let minutes = |time: Moment| {
			let minutes = u32::try_from(time.div_euclid(MINUTE)).ok();
			minutes.and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
		};
		Self {
			measured: minutes(measured),
			oxygen: minutes(oxygen),
			consciousness: minutes(consciousness),
		}
	}
}

impl Alarms {
	/// What the rules go by.
	pub fn settings(&self) -> Settings {
		let minutes = |minutes: NonZeroU32| MINUTE.saturating_mul(minutes.get().into());
		Settings {
			freshness: Freshness {
				measured: minutes(self.freshness.measured),
				oxygen: minutes(self.freshness.oxygen),
				consciousness: minutes(self.freshness.consciousness),
			},
			interval: self.interval.map(|seconds| SECOND.saturating_mul(seconds.get().into())),
		}
	}

	/// Who raises alerts.
	pub fn signer(&self) -> Signer {
		Signer {
			key: self.key.clone(),
			passphrase: self.passphrase.clone(),
			development_key: self.development_key.clone(),
		}
	}
}
