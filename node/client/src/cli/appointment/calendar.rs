//! What a practitioner, or the desk for her, does with her calendar.

use std::time::Duration;

use chrono::{NaiveDate, Weekday};
use clap::Args;
use salus_primitives::{InstitutionId, Moment, Period, UtcDay, MAX_DISPLACED, MAX_NEXT_DAYS, MAX_OPENED};

use super::{
	hours::{self, Hours},
	span, When,
};
use crate::{
	cli::{report::Report, session::Session, view},
	sdk::{
		appointments::{self, day_of},
		words, AccountId, Client, Error,
	},
};

/// Whose calendar it is.
#[derive(Args)]
pub(crate) struct Whose {
	/// The institution where she works
	#[arg(long)]
	institution: InstitutionId,
	/// The practitioner; you yourself unless you say so
	#[arg(long, value_parser = words::account, value_name = "ACCOUNT")]
	practitioner: Option<AccountId>,
}

impl Whose {
	fn practitioner(&self, session: &Session) -> Result<AccountId, Error> {
		self.practitioner.map_or_else(|| session.named_account(), Ok)
	}
}

/// `salus appointment open`
#[derive(Args)]
pub(crate) struct Open {
	#[command(flatten)]
	whose: Whose,
	/// The days
	#[arg(
		long = "day",
		value_parser = hours::day,
		value_delimiter = ',',
		requires = "hours",
		group = "on",
		value_name = "DAY"
	)]
	days: Vec<NaiveDate>,
	/// Or these days of each week: mon,tue
	#[arg(
		long,
		value_delimiter = ',',
		requires_all = ["hours", "from", "to"],
		conflicts_with = "days",
		group = "on",
		value_name = "WEEKDAY"
	)]
	weekly: Vec<Weekday>,
	/// The first day of these weeks
	#[arg(long, value_parser = hours::day, requires = "weekly", value_name = "DAY")]
	from: Option<NaiveDate>,
	/// The day after the last of these weeks
	#[arg(long, value_parser = hours::day, requires = "weekly", value_name = "DAY")]
	to: Option<NaiveDate>,
	/// From when to when, by the clocks of the institution
	#[arg(long, value_parser = hours::hours, value_delimiter = ',', requires = "on", value_name = "08:00-12:00")]
	hours: Vec<Hours>,
	/// Or when a single stretch begins: 2026-12-01T09:00:00Z
	#[arg(
		long,
		value_parser = words::moment,
		conflicts_with = "on",
		required_unless_present = "on",
		requires = "lasting",
		value_name = "TIME"
	)]
	start: Option<Moment>,
	/// How long that stretch is: 2h
	#[arg(long = "for", value_parser = words::duration, requires = "start", value_name = "DURATION")]
	lasting: Option<Duration>,
	/// How long a slot is
	#[arg(long, value_parser = words::duration, value_name = "DURATION")]
	every: Duration,
}

impl Open {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let practitioner = self.whose.practitioner(session)?;
		let institution = self.whose.institution;
		let calls = self.calls(client).await?;
		let account = session.account()?;
		let (mut opened, mut acknowledgements) = (Vec::<Period>::new(), Vec::new());
		for slots in calls {
			let call = appointments::open(practitioner, institution, &slots);
			let submitted = client.submit(&call, &account).await;
			if let (Err(_), Some(latest)) = (&submitted, opened.last()) {
				let end = words::show_moment(latest.end);
				session.note(&format!("what ends by {end} is open; name the days after it to go on"));
			}
			acknowledgements.push(submitted?);
			opened.extend(slots);
		}
		let shown: Vec<_> = opened.iter().copied().map(super::view::period).collect();
		let report = session
			.report()
			.line(format!(
				"{} slots of {practitioner} are open at institution {institution}",
				opened.len()
			))
			.field("practitioner", view::account(&practitioner))
			.field("institution", institution)
			.field("slots", shown);
		Ok(acknowledgements
			.iter()
			.fold(report, |report, acknowledgement| report.acknowledged(acknowledgement)))
	}

	/// The slots of each call.
	async fn calls(&self, client: &Client) -> Result<Vec<Vec<Period>>, Error> {
		let every = words::milliseconds(self.every);
		if let Some((start, lasting)) = self.start.zip(self.lasting) {
			let stretch = super::lasting(start, words::milliseconds(lasting));
			let slots = hours::divided(stretch, every, || "the minutes of --for".into()).map_err(Error::Usage)?;
			if slots.len() > hours::size(MAX_OPENED) {
				return Err(Error::Usage(format!(
					"these are {} slots, and one call opens {MAX_OPENED} at most; name days and hours instead",
					slots.len()
				)));
			}
			return Ok(vec![slots]);
		}
		let days = match self.from.zip(self.to) {
			Some((from, to)) => hours::weekly(&self.weekly, from, to).map_err(Error::Usage)?,
			None => self.days.clone(),
		};
		let zone = hours::zone(client, self.whose.institution).await?;
		hours::calls(zone, &days, &self.hours, every, hours::size(MAX_OPENED)).map_err(Error::Usage)
	}
}

/// `salus appointment block`, `unblock` and `close`
#[derive(Args)]
pub(crate) struct Stretch {
	#[command(flatten)]
	whose: Whose,
	#[command(flatten)]
	when: When,
}

impl Stretch {
	pub(super) async fn block(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let practitioner = self.whose.practitioner(session)?;
		let call = appointments::block(practitioner, self.whose.institution, self.when.period());
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		Ok(self
			.said(session, &practitioner, "blocked")
			.acknowledged(&acknowledgement))
	}

	pub(super) async fn unblock(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let practitioner = self.whose.practitioner(session)?;
		let call = appointments::unblock(practitioner, self.whose.institution, self.when.period());
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		Ok(self
			.said(session, &practitioner, "free again")
			.acknowledged(&acknowledgement))
	}

	pub(super) async fn close(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let practitioner = self.whose.practitioner(session)?;
		let call = appointments::close(practitioner, self.whose.institution, self.when.period());
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let slots = acknowledgement.number("Appointments", "slots")?;
		let what = format!("without {slots} slots that nobody had");
		Ok(self
			.said(session, &practitioner, &what)
			.field("slots", slots)
			.acknowledged(&acknowledgement))
	}

	fn said(&self, session: &Session, practitioner: &AccountId, what: &str) -> Report {
		let period = self.when.period();
		session
			.report()
			.line(format!("{practitioner} is {what} from {}", span(period)))
			.field("practitioner", view::account(practitioner))
			.field("period", super::view::period(period))
	}
}

/// `salus appointment offer`
#[derive(Args)]
pub(crate) struct Offer {
	#[command(flatten)]
	whose: Whose,
	/// The day, by UTC
	#[arg(long, value_parser = words::moment, value_name = "DAY")]
	day: Moment,
}

impl Offer {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let practitioner = self.whose.practitioner(session)?;
		let call = appointments::offer(practitioner, self.whose.institution, day_of(self.day));
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let offers = acknowledgement.events.iter().filter(|event| event.name == "Offered");
		let count = offers.count();
		Ok(session
			.report()
			.line(format!("{count} who wait for {practitioner} are offered a time"))
			.field("practitioner", view::account(&practitioner))
			.field("offers", count)
			.acknowledged(&acknowledgement))
	}
}

/// `salus appointment cancel-day`
#[derive(Args)]
pub(crate) struct CancelDay {
	#[command(flatten)]
	whose: Whose,
	#[command(flatten)]
	when: When,
	#[arg(
		long,
		default_value_t = 32,
		value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_DISPLACED)),
		help = format!("How many appointments are cancelled at most, up to {MAX_DISPLACED}")
	)]
	most: u32,
	#[arg(
		long,
		value_parser = words::moment,
		value_delimiter = ',',
		num_args = 1..,
		value_name = "DAY",
		help = format!("The UTC days whose free slots their patients are offered at once, up to {MAX_NEXT_DAYS}")
	)]
	next: Vec<Moment>,
}

impl CancelDay {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let practitioner = self.whose.practitioner(session)?;
		if self.next.len() > hours::size(MAX_NEXT_DAYS) {
			return Err(Error::Usage(format!("name up to {MAX_NEXT_DAYS} days with --next")));
		}
		let next: Vec<UtcDay> = self.next.iter().copied().map(day_of).collect();
		let period = self.when.period();
		let call = appointments::cancel_day(practitioner, self.whose.institution, period, self.most, &next);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let displaced = acknowledgement.number("Appointments", "displaced")?;
		let left = acknowledgement.number("Appointments", "left")?;
		let report = session
			.report()
			.line(format!(
				"{practitioner} is blocked from {}; {displaced} appointments are cancelled",
				span(period)
			))
			.field("practitioner", view::account(&practitioner))
			.field("period", super::view::period(period))
			.field("displaced", displaced)
			.field("left", left);
		let report = if left > 0 {
			report.line(format!("{left} are left; run the command again"))
		} else {
			report
		};
		Ok(report.acknowledged(&acknowledgement))
	}
}

/// `salus appointment prune`
#[derive(Args)]
pub(crate) struct Prune {
	/// The practitioner
	#[arg(long, value_parser = words::account, value_name = "ACCOUNT")]
	practitioner: AccountId,
	/// The day, by UTC
	#[arg(long, value_parser = words::moment, value_name = "DAY")]
	day: Moment,
}

impl Prune {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let call = appointments::prune(self.practitioner, day_of(self.day));
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		Ok(session
			.report()
			.line(format!(
				"that day's calendar of {} is removed; its appointments stay",
				self.practitioner
			))
			.field("practitioner", view::account(&self.practitioner))
			.acknowledged(&acknowledgement))
	}
}
