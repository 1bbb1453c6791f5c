//! `salus-gateway vitals`

use std::{path::PathBuf, time::Duration};

use clap::{Args, Subcommand, ValueEnum};
use salus::{words, AccountId};
use salus_primitives::{HpkeKey, Moment, PatientId, Role};
use salus_vault::keystore::read_private;
use salus_vitals::news2::{Freshness, NotScored};
use serde_json::{json, Value};

use super::{duty::DutyCommand, Report};
use crate::{
	alarms::{name, Addressee, AlarmError, Entry, Ledger, Level, Name, Patient, Post, Rung, Subject},
	config::Config,
	store::Store,
	submit::Node,
	telemetry::{Arrivals, LogKey},
	Contact, GatewayError,
};

const EXAMPLES: &str = "\
Examples:
  salus-gateway vitals person 7 --born 1980-05-17 --pregnant no --by 5Grw…
  salus-gateway vitals consciousness 7 alert --by 5Grw…
  salus-gateway vitals oxygen 7 air --by 5Grw…
  salus-gateway vitals limits --patient 7 15074-8 mmol/L --low 3.9 --high 10 --by 5Grw…
  salus-gateway vitals interval ea4a6c… 60s --by 5Grw…
  salus-gateway vitals addressee add 5Fhn… --contact-file address.txt
  salus-gateway vitals ladder --patient 7 --nurse 5Fhn…=10m --doctor 5DAA…=15m --by 5Grw…
  salus-gateway vitals duty 5Fgr… --from 2027-01-15T18:00:00Z --until 2027-01-16T06:00:00Z --by 5Grw…
  salus-gateway vitals duty
  salus-gateway vitals show 7

Who enters something is who --by says: whoever may run this command is trusted with that. It stands in the log for ever.";

/// `salus-gateway vitals`
#[derive(Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Vitals {
	/// What the early warning score has to know of a patient
	Person(Person),
	/// Which scale a patient's saturation is read on: a doctor of the institution decides
	Scale {
		/// Her id
		patient: PatientId,
		/// 2 is for hypercapnic respiratory failure with a target of 88 to 92 %
		#[arg(value_enum)]
		scale: Scale,
		#[command(flatten)]
		by: By,
	},
	/// A patient's level of consciousness now (ACVPU)
	Consciousness {
		/// Her id
		patient: PatientId,
		/// What it is
		#[arg(value_enum)]
		level: Level,
		#[command(flatten)]
		by: By,
	},
	/// What a patient breathes now
	Oxygen {
		/// Her id
		patient: PatientId,
		/// Air or oxygen
		#[arg(value_enum)]
		breathes: Breathes,
		#[command(flatten)]
		by: By,
	},
	/// Between which values a code is as it should be; without any its limits are taken off
	Limits(Limits),
	/// How often a device reports: silence of three intervals is an alert
	Interval {
		/// Its key, 64 hexadecimal digits
		device: String,
		/// Such as 60s; `none` ends the watch
		#[arg(value_parser = interval)]
		every: Every,
		#[command(flatten)]
		by: By,
	},
	/// Who can be told of alerts, and where
	#[command(subcommand)]
	Addressee(AddresseeCommand),
	/// Who is told of alerts, one after the other
	Ladder(LadderCommand),
	/// Which doctor is on call when, in place of the ladders' own: the latest entry counts; without anything, who is and will be
	Duty(DutyCommand),
	/// Alerts that nobody has acknowledged, and who could not be told
	Alerts,
	/// Somebody who was told in person has an alert that is not on the chain
	Acknowledge {
		/// Its number at this gateway
		alert: i64,
	},
	/// A patient's score, what it is made of, and what is set for her
	Show {
		/// Her id
		patient: PatientId,
	},
	/// What was entered and set, by whom and when
	Log,
}

/// Who enters it.
#[derive(Args)]
pub struct By {
	/// The account of who enters it
	#[arg(long, value_name = "ACCOUNT", value_parser = words::account)]
	by: AccountId,
}

/// `salus-gateway vitals person`
#[derive(Args)]
pub struct Person {
	/// Her id
	patient: PatientId,
	/// Her day of birth: the score is for people of 16 years and older
	#[arg(long, value_name = "DAY")]
	born: Option<String>,
	/// Whether she is pregnant: the score is not for use in pregnancy
	#[arg(long, value_enum)]
	pregnant: Option<YesNo>,
	#[command(flatten)]
	by: By,
}

/// `salus-gateway vitals limits`
#[derive(Args)]
pub struct Limits {
	/// LOINC, such as 8867-4
	code: String,
	/// UCUM, such as /min
	#[arg(required_unless_present = "none")]
	unit: Option<String>,
	/// The patient's limits, which go before her devices'
	#[arg(long, required_unless_present = "device", conflicts_with = "device")]
	patient: Option<PatientId>,
	/// The device's limits: its key, 64 hexadecimal digits
	#[arg(long)]
	device: Option<String>,
	/// Below is too low
	#[arg(long, allow_hyphen_values = true)]
	low: Option<String>,
	/// Above is too high
	#[arg(long, allow_hyphen_values = true)]
	high: Option<String>,
	/// Take them off
	#[arg(long, conflicts_with_all = ["low", "high", "unit"])]
	none: bool,
	#[command(flatten)]
	by: By,
}

/// `salus-gateway vitals addressee`
#[derive(Subcommand)]
pub enum AddresseeCommand {
	/// Note how somebody is told of alerts
	Add {
		/// Her account
		#[arg(value_parser = words::account)]
		account: AccountId,
		/// A file of mode 0600 with a mail address, or a telephone number such as +4930123456
		#[arg(long, value_name = "FILE")]
		contact_file: PathBuf,
		/// Her X25519 public key: with it she is told by mail what an alert is about; patients' own keys are on the chain
		#[arg(long, value_name = "KEY")]
		hpke: Option<String>,
	},
	/// Forget how somebody is told
	Remove {
		/// Her account
		#[arg(value_parser = words::account)]
		account: AccountId,
	},
	/// Who can be told and by what, without where
	List,
}

/// `salus-gateway vitals ladder`
#[derive(Args)]
pub struct LadderCommand {
	/// For this patient; otherwise for everybody without a ladder of her own
	#[arg(long)]
	patient: Option<PatientId>,
	/// A caregiver whom the patient named, and her time to acknowledge
	#[arg(long, value_name = "ACCOUNT=TIME", value_parser = rung)]
	caregiver: Option<(AccountId, Moment)>,
	/// The nurse
	#[arg(long, value_name = "ACCOUNT=TIME", value_parser = rung)]
	nurse: Option<(AccountId, Moment)>,
	/// The doctor on call
	#[arg(long, value_name = "ACCOUNT=TIME", value_parser = rung)]
	doctor: Option<(AccountId, Moment)>,
	/// Take the ladder away
	#[arg(long, conflicts_with_all = ["caregiver", "nurse", "doctor"])]
	none: bool,
	#[command(flatten)]
	by: By,
}

/// A scale of the saturation.
#[derive(Clone, Copy, ValueEnum)]
pub enum Scale {
	/// Scale 1
	#[value(name = "1")]
	One,
	/// Scale 2
	#[value(name = "2")]
	Two,
}

/// What is breathed.
#[derive(Clone, Copy, ValueEnum)]
pub enum Breathes {
	/// Air
	Air,
	/// Supplemental oxygen
	Oxygen,
}

/// Yes or no.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum YesNo {
	/// Yes
	Yes,
	/// No
	No,
}

/// An interval, or none.
#[derive(Clone, Copy)]
pub struct Every(Option<Duration>);

fn interval(text: &str) -> Result<Every, String> {
	match text {
		"none" => Ok(Every(None)),
		text => words::duration(text).map(|every| Every(Some(every))),
	}
}

fn rung(text: &str) -> Result<(AccountId, Moment), String> {
	let (account, within) = text
		.split_once('=')
		.ok_or("give an account and a time, such as 5Grw…=10m")?;
	Ok((words::account(account)?, words::milliseconds(words::duration(within)?)))
}

impl Vitals {
	pub async fn run(self, config: &Config, store: &Store) -> Result<Report, GatewayError> {
		let telemetry = config.telemetry.as_ref().ok_or(GatewayError::Missing("telemetry"))?;
		let key = LogKey::read(&telemetry.key)?;
		let ledger = Ledger::open(store.clone(), key.clone()).await?;
		match self {
			Self::Person(Person {
				patient,
				born,
				pregnant,
				by,
			}) => {
				let pregnant = pregnant.map(|pregnant| pregnant == YesNo::Yes);
				by.enter(
					&ledger,
					Entry::Person {
						patient,
						born,
						pregnant,
					},
				)
				.await
			}
			Self::Scale { patient, scale, by } => {
				by.check_doctor(config).await?;
				let two = matches!(scale, Scale::Two);
				by.enter(&ledger, Entry::Scale { patient, two }).await
			}
			Self::Consciousness { patient, level, by } => {
				by.enter(&ledger, Entry::Consciousness { patient, level }).await
			}
			Self::Oxygen { patient, breathes, by } => {
				let supplemental = matches!(breathes, Breathes::Oxygen);
				by.enter(&ledger, Entry::Oxygen { patient, supplemental }).await
			}
			Self::Limits(limits) => limits.run(&ledger).await,
			Self::Interval { device, every, by } => {
				let every = every.0.map(words::milliseconds);
				by.enter(&ledger, Entry::Interval { device, every }).await
			}
			Self::Addressee(command) => command.run(&ledger).await,
			Self::Ladder(ladder) => ladder.run(&ledger).await,
			Self::Duty(duty) => duty.run(&ledger, words::now()).await,
			Self::Alerts => alerts(&ledger).await,
			Self::Acknowledge { alert } => {
				ledger.answer(alert, words::now()).await?;
				Ok(Report {
					lines: vec![format!("alert {alert} is acknowledged; nobody else is told")],
					json: json!({ "alert": alert, "acknowledged": true }),
				})
			}
			Self::Show { patient } => {
				let arrivals = Arrivals::read(&config.data, config.genesis, key).await?;
				let freshness = config
					.alarms
					.as_ref()
					.map_or_else(Default::default, |alarms| alarms.settings().freshness);
				show(&arrivals, patient, freshness, words::now()).await
			}
			Self::Log => log(&ledger).await,
		}
	}
}

impl From<AccountId> for By {
	fn from(by: AccountId) -> Self {
		Self { by }
	}
}

impl By {
	pub(super) async fn enter(self, ledger: &Ledger, entry: Entry) -> Result<Report, GatewayError> {
		let id = ledger.write(&self.by, &entry, words::now()).await?;
		Ok(Report {
			lines: vec![format!("entry {id} by {}", self.by)],
			json: json!({ "entry": id }),
		})
	}

	/// Whether she is a doctor of the institution now, as the chain says.
	async fn check_doctor(&self, config: &Config) -> Result<(), GatewayError> {
		let node = Node {
			url: config.node.to_string(),
			genesis: config.genesis,
			development: config.development,
		};
		let client = node.connect().await?;
		let at = client.finalised().await?;
		match client.credential(&at, self.by, config.institution).await? {
			Some((credential, true)) if credential.role == Role::Doctor => Ok(()),
			_ => Err(AlarmError::NotADoctor(self.by.to_string()).into()),
		}
	}
}

impl Limits {
	async fn run(self, ledger: &Ledger) -> Result<Report, GatewayError> {
		let of = match (self.patient, self.device) {
			(Some(patient), _) => Subject::Patient(patient),
			(None, device) => Subject::Device(device.unwrap_or_default()),
		};
		let entry = match self.none {
			true => Entry::NoLimits { of, code: self.code },
			false => Entry::Limits {
				of,
				code: self.code,
				unit: self.unit.unwrap_or_default(),
				low: self.low,
				high: self.high,
			},
		};
		self.by.enter(ledger, entry).await
	}
}

impl LadderCommand {
	async fn run(self, ledger: &Ledger) -> Result<Report, GatewayError> {
		let named = [
			(Post::Caregiver, self.caregiver),
			(Post::Nurse, self.nurse),
			(Post::DoctorOnCall, self.doctor),
		];
		let rungs: Vec<_> = named
			.into_iter()
			.filter_map(|(post, named)| {
				let (account, within) = named?;
				Some(Rung {
					post,
					account: hex::encode(account.0),
					within,
				})
			})
			.collect();
		if rungs.is_empty() && !self.none {
			return Err(AlarmError::Ladder(salus_vitals::escalation::LadderError::Empty).into());
		}
		let entry = Entry::Ladder {
			patient: self.patient,
			rungs,
		};
		self.by.enter(ledger, entry).await
	}
}

impl AddresseeCommand {
	async fn run(self, ledger: &Ledger) -> Result<Report, GatewayError> {
		match self {
			Self::Add {
				account,
				contact_file,
				hpke,
			} => {
				let hpke = hpke.map(|key| words::hash(&key).map(|key| HpkeKey::X25519(key.0)));
				let addressee = Addressee {
					account,
					contact: Contact::parse(&read_private(&contact_file)?)?,
					hpke: hpke.transpose().map_err(|_| AlarmError::NotAnHpkeKey)?,
					since: words::now(),
				};
				ledger.reach(&addressee).await?;
				Ok(list(&[addressee]))
			}
			Self::Remove { account } => {
				ledger.forget(&account, words::now()).await?;
				Ok(Report {
					lines: vec![format!("{account} is told no more")],
					json: json!({ "account": account.to_string(), "forgotten": true }),
				})
			}
			Self::List => Ok(list(&ledger.addressees().await?)),
		}
	}
}

fn list(addressees: &[Addressee]) -> Report {
	let kind = |addressee: &Addressee| addressee.contact.kind().name();
	let lines = addressees.iter().map(|addressee| {
		let sealed = if addressee.hpke.is_some() { "with" } else { "without" };
		format!("{}  {:<6} {sealed} a key", addressee.account, kind(addressee))
	});
	let object = |addressee: &Addressee| {
		json!({
			"account": addressee.account.to_string(),
			"channel": kind(addressee),
			"hasKey": addressee.hpke.is_some(),
			"since": words::number(addressee.since),
		})
	};
	let mut lines: Vec<_> = lines.collect();
	if lines.is_empty() {
		lines.push("nobody can be told".into());
	}
	Report {
		lines,
		json: Value::Array(addressees.iter().map(object).collect()),
	}
}

async fn alerts(ledger: &Ledger) -> Result<Report, GatewayError> {
	let (open, unreached) = (ledger.alerts(true).await?, ledger.unreached().await?);
	let mut lines: Vec<_> = open
		.iter()
		.map(|alert| {
			let number = alert
				.chain
				.map_or("not on the chain".into(), |number| format!("{number} on the chain"));
			let told = match alert.step {
				Some(step) => format!(
					"{} told until {}",
					step.saturating_add(1),
					words::show_moment(alert.due)
				),
				None => "nobody told".into(),
			};
			let error = alert
				.error
				.as_deref()
				.map_or(String::new(), |error| format!("; {error}"));
			format!(
				"{}  patient {}: {number}, since {}, {told} of {}{error}",
				alert.id,
				alert.patient,
				words::show_moment(alert.created),
				alert.ladder.len()
			)
		})
		.collect();
	let missed = |unreached: &crate::alarms::Unreached| {
		format!(
			"   alert {}: {} was not reached ({})",
			unreached.alert, unreached.account, unreached.error
		)
	};
	lines.extend(unreached.iter().map(missed));
	if lines.is_empty() {
		lines.push("no alert is open".into());
	}
	let object = |alert: &crate::alarms::Raised| {
		json!({
			"alert": alert.id,
			"patient": words::number(alert.patient),
			"created": words::number(alert.created),
			"onChain": alert.chain.map(words::number),
			"step": alert.step,
			"due": words::number(alert.due),
			"error": alert.error,
		})
	};
	Ok(Report {
		lines,
		json: Value::Array(open.iter().map(object).collect()),
	})
}

async fn show(arrivals: &Arrivals, id: PatientId, freshness: Freshness, now: Moment) -> Result<Report, GatewayError> {
	let states = arrivals.states().await?;
	let state = states
		.iter()
		.find(|(name, _)| Name::read(name) == Some(Name::Patient(id)));
	let (_, state) = state.ok_or(GatewayError::NotFound {
		what: "patient whom the rules know of, as of a minute ago,",
		id: id.to_string(),
	})?;
	let patient = Patient::restore(id, freshness, state)?;
	let (line, json) = match patient.score(now) {
		Ok(score) => {
			let parts = score.parts.iter().map(|(part, points)| (name(*part), *points));
			(
				format!("NEWS2 {}", score.total),
				json!({ "total": score.total, "parts": parts.collect::<std::collections::BTreeMap<_, _>>() }),
			)
		}
		Err(reason) => {
			let named = match &reason {
				NotScored::AgeUnknown => "AgeUnknown",
				NotScored::Under16 => "Under16",
				NotScored::PregnancyUnknown => "PregnancyUnknown",
				NotScored::Pregnant => "Pregnant",
				_ => "Incomplete",
			};
			(
				format!("no score: {reason}"),
				json!({ "notScored": named, "message": reason.to_string() }),
			)
		}
	};
	let limits = patient.limits().iter().map(|(code, limits)| {
		let end = |limit: &Option<salus_vitals::Decimal>| limit.map_or("-".into(), |limit| limit.to_string());
		format!("{code} {} to {} {}", end(&limits.low), end(&limits.high), limits.unit)
	});
	let limits: Vec<String> = limits.collect();
	let mut lines = vec![line];
	lines.extend(limits.iter().map(|limits| format!("limits: {limits}")));
	Ok(Report {
		lines,
		json: json!({ "patient": words::number(id), "news2": json, "limits": limits }),
	})
}

async fn log(ledger: &Ledger) -> Result<Report, GatewayError> {
	let (mut lines, mut objects, mut after) = (Vec::new(), Vec::new(), 0);
	loop {
		let page = ledger.entries(after, 256).await?;
		let Some(last) = page.last() else { break };
		after = last.id;
		for written in &page {
			let (by, at) = (AccountId::from(written.by), words::show_moment(written.at));
			let entry = serde_json::to_value(&written.entry).map_err(|_| GatewayError::Damaged)?;
			lines.push(format!("{}  {at}  {by}  {entry}", written.id));
			objects.push(
				json!({ "entry": written.id, "at": words::number(written.at), "by": by.to_string(), "set": entry }),
			);
		}
	}
	if lines.is_empty() {
		lines.push("nothing was entered".into());
	}
	Ok(Report {
		lines,
		json: Value::Array(objects),
	})
}
