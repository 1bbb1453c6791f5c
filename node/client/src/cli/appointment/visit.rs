//! What is done for a patient: holding, booking, moving, cancelling, waiting.

use std::time::Duration;

use clap::Args;
use salus_primitives::{AppointmentId, CancelReason, InstitutionId, Mode, Moment, PatientId, Period, Priority};

use super::{done, found, lasting, span, with, Side, Signer, When};
use crate::{
	cli::{report::Report, session::Session},
	sdk::{
		appointments::{self, Proposal, Visit as Time},
		words, AccountId, Client, Error,
	},
};

/// A patient, and where.
#[derive(Args)]
struct Whose {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The institution that admitted her
	#[arg(long)]
	institution: InstitutionId,
}

/// `salus appointment hold` and `release`
#[derive(Args)]
pub(crate) struct Visit {
	#[command(flatten)]
	whose: Whose,
	/// With whom: one to four practitioners
	#[arg(long = "with", value_parser = words::account, value_delimiter = ',', required = true, value_name = "ACCOUNT")]
	practitioners: Vec<AccountId>,
	#[command(flatten)]
	when: When,
	#[command(flatten)]
	side: Side,
}

impl Visit {
	fn time(&self) -> Time {
		Time {
			patient: self.whose.patient,
			institution: self.whose.institution,
			practitioners: self.practitioners.clone(),
			period: self.when.period(),
		}
	}

	/// Who signs for it, after she was told so.
	async fn signer(&self, session: &Session, client: &Client, verb: &str) -> Result<Signer, Error> {
		let whose = (self.whose.patient, self.whose.institution);
		let said = || {
			format!(
				"You {verb} {}, {}.",
				span(self.when.period()),
				with(&self.practitioners)
			)
		};
		Signer::of(session, client, whose, &self.side, said).await
	}

	fn said(&self, session: &Session, line: String, sentence: Option<String>) -> Report {
		let report = session
			.report()
			.line(line)
			.field("patient", words::number(self.whose.patient))
			.field("period", super::view::period(self.when.period()));
		match sentence {
			Some(sentence) => report.field("sentence", sentence),
			None => report,
		}
	}

	pub(super) async fn hold(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let Signer { account, sentence } = self.signer(session, client, "hold").await?;
		let acknowledgement = client.submit(&appointments::hold(self.time()), &account).await?;
		let until = acknowledgement.number("Appointments", "until")?;
		let line = format!(
			"{} is held for patient {} until {}",
			span(self.when.period()),
			self.whose.patient,
			words::show_moment(until)
		);
		Ok(self
			.said(session, line, sentence)
			.field("until", words::number(until))
			.acknowledged(&acknowledgement))
	}

	pub(super) async fn release(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let Signer { account, sentence } = self.signer(session, client, "release").await?;
		let acknowledgement = client.submit(&appointments::release(self.time()), &account).await?;
		let line = format!("{} is not held any more", span(self.when.period()));
		Ok(self.said(session, line, sentence).acknowledged(&acknowledgement))
	}
}

/// `salus appointment book`
#[derive(Args)]
pub(crate) struct Book {
	#[command(flatten)]
	visit: Visit,
	/// How they meet: in-person or tele
	#[arg(long, value_parser = words::word::<Mode>, default_value = "in-person")]
	mode: Mode,
}

impl Book {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let Signer { account, sentence } = self.visit.signer(session, client, "book").await?;
		let call = appointments::book(self.visit.time(), self.mode);
		let acknowledgement = client.submit(&call, &account).await?;
		let appointment = acknowledgement.number("Appointments", "appointment")?;
		let line = format!(
			"patient {} is booked {}, {}",
			self.visit.whose.patient,
			span(self.visit.when.period()),
			with(&self.visit.practitioners)
		);
		Ok(done(session, appointment, &line, sentence, &acknowledgement)
			.field("patient", words::number(self.visit.whose.patient))
			.field("period", super::view::period(self.visit.when.period())))
	}
}

/// `salus appointment reschedule`
#[derive(Args)]
pub(crate) struct Reschedule {
	/// The appointment
	appointment: AppointmentId,
	/// When it begins from now on: 2026-12-02T09:00:00Z
	#[arg(long, value_parser = words::moment, value_name = "TIME")]
	start: Moment,
	/// How long it is; as long as before unless you say so
	#[arg(long = "for", value_parser = words::duration, value_name = "DURATION")]
	lasting: Option<Duration>,
	/// With whom; with the same as before unless you say so
	#[arg(long = "with", value_parser = words::account, value_delimiter = ',', value_name = "ACCOUNT")]
	practitioners: Vec<AccountId>,
	#[command(flatten)]
	side: Side,
}

impl Reschedule {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let id = self.appointment;
		let booked = found(client, id).await?;
		let length = self.lasting.map_or(booked.period.length(), words::milliseconds);
		let period = lasting(self.start, length);
		let practitioners = if self.practitioners.is_empty() {
			booked.practitioners.into_inner()
		} else {
			self.practitioners
		};
		let whose = (booked.patient, booked.institution);
		let said = || {
			format!(
				"You move appointment {id} to {}, {}.",
				span(period),
				with(&practitioners)
			)
		};
		let Signer { account, sentence } = Signer::of(session, client, whose, &self.side, said).await?;
		let line = format!("it is {} now, {}", span(period), with(&practitioners));
		let call = appointments::reschedule(id, practitioners, period);
		let acknowledgement = client.submit(&call, &account).await?;
		Ok(done(session, id, &line, sentence, &acknowledgement).field("period", super::view::period(period)))
	}
}

/// `salus appointment cancel`
#[derive(Args)]
pub(crate) struct Cancel {
	/// The appointment
	appointment: AppointmentId,
	/// Why: patient, provider, maintenance or other
	#[arg(long, value_parser = words::word::<CancelReason>)]
	reason: CancelReason,
	#[command(flatten)]
	side: Side,
}

impl Cancel {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let id = self.appointment;
		let booked = found(client, id).await?;
		let whose = (booked.patient, booked.institution);
		let said = || format!("You cancel appointment {id}, {}.", span(booked.period));
		let Signer { account, sentence } = Signer::of(session, client, whose, &self.side, said).await?;
		let call = appointments::cancel(id, self.reason);
		let acknowledgement = client.submit(&call, &account).await?;
		Ok(done(session, id, "it is cancelled", sentence, &acknowledgement).field("reason", self.reason.name()))
	}
}

/// `salus appointment wait`
#[derive(Args)]
pub(crate) struct Wait {
	#[command(flatten)]
	whose: Whose,
	/// With whom
	#[arg(long = "with", value_parser = words::account, value_name = "ACCOUNT")]
	practitioner: AccountId,
	/// How long the appointment is to be
	#[arg(long = "for", value_parser = words::duration, value_name = "DURATION")]
	lasting: Duration,
	/// From when it suits her
	#[arg(long, value_parser = words::moment, value_name = "TIME")]
	from: Moment,
	/// Until when
	#[arg(long, value_parser = words::moment, value_name = "TIME")]
	to: Moment,
	/// How soon: stat, asap, urgent or routine
	#[arg(long, value_parser = words::word::<Priority>, default_value = "routine")]
	priority: Priority,
	/// How they meet: in-person or tele
	#[arg(long, value_parser = words::word::<Mode>, default_value = "in-person")]
	mode: Mode,
	#[command(flatten)]
	side: Side,
}

impl Wait {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let wanted = Period::new(self.from, self.to);
		let practitioner = self.practitioner;
		let whose = (self.whose.patient, self.whose.institution);
		let said = || {
			format!(
				"You wait for an appointment with {practitioner}, within {}.",
				span(wanted)
			)
		};
		let Signer { account, sentence } = Signer::of(session, client, whose, &self.side, said).await?;
		let call = appointments::propose(Proposal {
			patient: self.whose.patient,
			institution: self.whose.institution,
			practitioner,
			wanted,
			length: words::milliseconds(self.lasting),
			priority: self.priority,
			mode: self.mode,
		});
		let acknowledgement = client.submit(&call, &account).await?;
		let appointment = acknowledgement.number("Appointments", "appointment")?;
		let line = format!("patient {} waits for {practitioner}", self.whose.patient);
		Ok(done(session, appointment, &line, sentence, &acknowledgement)
			.field("patient", words::number(self.whose.patient))
			.field("wanted", super::view::period(wanted)))
	}
}

/// `salus appointment accept` and `decline`
#[derive(Args)]
pub(crate) struct Which {
	/// The proposed appointment
	appointment: AppointmentId,
	#[command(flatten)]
	side: Side,
}

impl Which {
	async fn signer(&self, session: &Session, client: &Client, verb: &str) -> Result<Signer, Error> {
		let proposed = found(client, self.appointment).await?;
		let whose = (proposed.patient, proposed.institution);
		let said = || format!("You {verb} what is offered to appointment {}.", self.appointment);
		Signer::of(session, client, whose, &self.side, said).await
	}

	pub(super) async fn accept(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let id = self.appointment;
		let Signer { account, sentence } = self.signer(session, client, "accept").await?;
		let acknowledgement = client.submit(&appointments::accept(id), &account).await?;
		let booked = found(client, id).await?;
		let line = format!("it is booked {}, {}", span(booked.period), with(&booked.practitioners));
		Ok(done(session, id, &line, sentence, &acknowledgement).field("period", super::view::period(booked.period)))
	}

	pub(super) async fn decline(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let id = self.appointment;
		let Signer { account, sentence } = self.signer(session, client, "decline").await?;
		let acknowledgement = client.submit(&appointments::decline(id), &account).await?;
		let line = "the offer is declined; it waits for the next";
		Ok(done(session, id, line, sentence, &acknowledgement))
	}
}
