//! What came of an appointment, as the desk or one of its practitioners notes it.

use clap::Args;
use salus_primitives::AppointmentId;

use super::done;
use crate::{
	cli::{report::Report, session::Session},
	sdk::{appointments, Client, Error},
};

/// `salus appointment arrive`, `fulfil` and `noshow`
#[derive(Args)]
pub(crate) struct Which {
	/// The appointment
	appointment: AppointmentId,
}

impl Which {
	pub(super) async fn arrive(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let call = appointments::arrive(self.appointment);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let line = "the patient is there";
		Ok(done(session, self.appointment, line, None, &acknowledgement))
	}

	pub(super) async fn fulfil(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let call = appointments::fulfil(self.appointment);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		Ok(done(session, self.appointment, "it took place", None, &acknowledgement))
	}

	pub(super) async fn no_show(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let call = appointments::mark_no_show(self.appointment);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let line = "the patient never came";
		Ok(done(session, self.appointment, line, None, &acknowledgement))
	}
}
