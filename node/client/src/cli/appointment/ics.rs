//! `salus appointment ics`.

use std::{
	collections::{btree_map::Entry, BTreeMap},
	path::PathBuf,
};

use clap::Args;
use salus_primitives::{Appointment, AppointmentId, AppointmentStatus, Period};

use super::list::Wanted;
use crate::{
	cli::{report::Report, session::Session},
	sdk::{
		check_writable,
		ics::{calendar, CalendarEntry},
		replace_private, AccountId, At, Client, Error,
	},
};

/// `salus appointment ics`
#[derive(Args)]
pub(crate) struct Ics {
	#[command(flatten)]
	wanted: Wanted,
	/// The file; an earlier one is replaced
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

impl Ics {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		check_writable(&self.out)?;
		let at = client.finalised().await?;
		let (appointments, more) = self.wanted.appointments(client, &at).await?;
		let mut trails = BTreeMap::new();
		let mut entries = Vec::new();
		for (id, appointment) in &appointments {
			let trail = match trails.entry(appointment.patient) {
				Entry::Occupied(known) => known.into_mut(),
				Entry::Vacant(place) => place.insert(client.verified_trail(appointment.patient).await?.entries),
			};
			let offered = offered(client, &at, *id, appointment).await?;
			entries.extend(CalendarEntry::new(*id, appointment, trail, offered));
		}
		let text = calendar(&client.genesis(), &entries);
		replace_private(&self.out, text.as_bytes())?;
		let timeless = appointments.len().saturating_sub(entries.len());
		let mut report = session
			.report()
			.line(format!("{}: {} events", self.out.display(), entries.len()))
			.field("file", self.out.display().to_string())
			.field("events", entries.len())
			.field("withoutTime", timeless);
		if timeless > 0 {
			report = report.line(format!("{timeless} without a time are left out: they are wanted only"));
		}
		if more {
			report = report.field("more", true).line("older ones are left out");
		}
		Ok(report)
	}
}

/// What somebody who waits is offered now.
async fn offered(
	client: &Client,
	at: &At,
	id: AppointmentId,
	appointment: &Appointment<AccountId>,
) -> Result<Option<Period>, Error> {
	if appointment.status != AppointmentStatus::Proposed {
		return Ok(None);
	}
	let now = client.time().await?;
	let wish = client.wish(at, id, appointment).await?;
	Ok(wish.and_then(|wish| wish.live_offer(now)).map(|offer| offer.period))
}
