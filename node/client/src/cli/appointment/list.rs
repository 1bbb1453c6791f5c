//! `salus appointment show`, `list` and `waiting`.

use clap::Args;
use salus_primitives::{Appointment, AppointmentId, Moment, PatientId};

use super::{day, view};
use crate::{
	cli::{report::Report, session::Session},
	sdk::{words, AccountId, At, Client, Error},
};

/// `salus appointment show`
#[derive(Args)]
pub(crate) struct Show {
	/// The appointment
	appointment: AppointmentId,
}

impl Show {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let appointment = client.appointment(&at, self.appointment).await?;
		let log = client.consultation(&at, self.appointment).await?;
		let wish = client.wish(&at, self.appointment, &appointment).await?;
		let mut shown = view::appointment(self.appointment, &appointment);
		if let (Some(wish), Some(fields)) = (wish, shown.as_object_mut()) {
			fields.insert("wish".into(), view::wish(&wish));
		}
		let report = session
			.report()
			.line(view::appointment_line(self.appointment, &appointment))
			.field("appointment", shown)
			.field("consultation", log.as_ref().map(view::consultation));
		let lines = log.iter().flat_map(view::consultation_lines);
		Ok(lines.fold(report, Report::line))
	}
}

/// `salus appointment list`
#[derive(Args)]
pub(crate) struct List {
	#[command(flatten)]
	wanted: Wanted,
}

/// Which appointments.
#[derive(Args)]
pub(super) struct Wanted {
	/// All appointments of this patient, newest first
	#[arg(long, required_unless_present = "practitioner", conflicts_with = "practitioner")]
	patient: Option<PatientId>,
	/// Those in this practitioner's calendar, in the order of time
	#[arg(long, value_parser = words::account, requires_all = ["from", "to"], value_name = "ACCOUNT")]
	practitioner: Option<AccountId>,
	/// From when
	#[arg(long, value_parser = words::moment, requires = "practitioner", value_name = "TIME")]
	from: Option<Moment>,
	/// Until when, up to 42 days later
	#[arg(long, value_parser = words::moment, requires = "practitioner", value_name = "TIME")]
	to: Option<Moment>,
}

impl Wanted {
	/// These, and whether there are more.
	pub(super) async fn appointments(
		&self,
		client: &Client,
		at: &At,
	) -> Result<(Vec<(AppointmentId, Appointment<AccountId>)>, bool), Error> {
		match (self.patient, self.practitioner, self.from, self.to) {
			(Some(patient), ..) => {
				client.patient(at, patient).await?;
				Ok(client.appointments_of(at, patient).await?)
			}
			(None, Some(practitioner), Some(from), Some(to)) => {
				let asked = day::asked(from, to)?;
				Ok((client.appointments_with(at, &practitioner, asked).await?, false))
			}
			_ => {
				let usage = "name a --patient, or a --practitioner with --from and --to";
				Err(Error::Usage(usage.into()))
			}
		}
	}
}

impl List {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let (appointments, more) = self.wanted.appointments(client, &at).await?;
		let shown = |(id, appointment): &(AppointmentId, Appointment<AccountId>)| view::appointment(*id, appointment);
		let mut report = session
			.report()
			.field("appointments", appointments.iter().map(shown).collect::<Vec<_>>());
		for (id, appointment) in &appointments {
			report = report.line(view::appointment_line(*id, appointment));
		}
		if more {
			report = report.field("more", true).line("and older ones");
		}
		if appointments.is_empty() {
			report = report.line("no appointments");
		}
		Ok(report)
	}
}

/// `salus appointment waiting`
#[derive(Args)]
pub(crate) struct Waiting {
	/// The practitioner
	#[arg(long, value_parser = words::account, value_name = "ACCOUNT")]
	practitioner: AccountId,
}

impl Waiting {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let now = client.time().await?;
		let wishes = client.waiting(&at, &self.practitioner).await?;
		let mut report = session
			.report()
			.field("waiting", wishes.iter().map(view::wish).collect::<Vec<_>>());
		for wish in &wishes {
			report = report.line(view::wish_line(wish, now));
		}
		if wishes.is_empty() {
			report = report.line("nobody waits");
		}
		Ok(report)
	}
}
