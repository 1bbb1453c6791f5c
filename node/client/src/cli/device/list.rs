//! `salus device show` and `list`.

use clap::Args;
use salus_primitives::{DeviceKey, InstitutionId, PatientId};

use super::{device_key, view};
use crate::{
	cli::{report::Report, session::Session},
	sdk::{words, Client, Error},
};

/// `salus device show`
#[derive(Args)]
pub(crate) struct Show {
	/// The device
	#[arg(value_parser = device_key)]
	device: DeviceKey,
}

impl Show {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let device = client.device(&at, self.device).await?;
		let offer = client.device_offer(&at, self.device).await?;
		let binding = match device.latest {
			Some(id) => Some((id, client.binding(&at, id).await?)),
			None => None,
		};
		let mut report = session
			.report()
			.line(view::device_line(self.device, &device))
			.field("device", view::device(self.device, &device))
			.field("offer", offer.as_ref().map(view::offer))
			.field(
				"binding",
				binding.as_ref().map(|(id, binding)| view::binding(*id, binding)),
			);
		if let Some(offer) = &offer {
			report = report.line(view::offer_line(offer));
		}
		if let Some((id, binding)) = &binding {
			report = report.line(view::binding_line(*id, binding, client.time().await?));
		}
		Ok(report)
	}
}

/// `salus device list`
#[derive(Args)]
pub(crate) struct List {
	/// The bindings of this patient, oldest first
	#[arg(long, required_unless_present = "institution", conflicts_with = "institution")]
	patient: Option<PatientId>,
	/// The devices that report to this institution
	#[arg(long)]
	institution: Option<InstitutionId>,
}

impl List {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		match (self.patient, self.institution) {
			(Some(patient), _) => of_patient(session, client, patient).await,
			(None, Some(institution)) => of_institution(session, client, institution).await,
			(None, None) => Err(Error::Usage("name a --patient or an --institution".into())),
		}
	}
}

async fn of_patient(session: &Session, client: &Client, patient: PatientId) -> Result<Report, Error> {
	let at = client.finalised().await?;
	client.patient(&at, patient).await?;
	let bindings = client.bindings_of(&at, patient).await?;
	let now = client.time().await?;
	let shown = bindings.iter().map(|(id, binding)| view::binding(*id, binding));
	let mut report = session
		.report()
		.field("patient", words::number(patient))
		.field("bindings", shown.collect::<Vec<_>>());
	for (id, binding) in &bindings {
		report = report.line(view::binding_line(*id, binding, now));
	}
	if bindings.is_empty() {
		report = report.line("no device measured her");
	}
	Ok(report)
}

async fn of_institution(session: &Session, client: &Client, institution: InstitutionId) -> Result<Report, Error> {
	let at = client.finalised().await?;
	client.institution(&at, institution).await?;
	let mut report = session.report();
	let mut shown = Vec::new();
	for key in client.device_keys().await? {
		let device = client.device(&at, key).await?;
		if device.institution == institution {
			report = report.line(view::device_line(key, &device));
			shown.push(view::device(key, &device));
		}
	}
	if shown.is_empty() {
		report = report.line("no devices");
	}
	Ok(report.field("institution", institution).field("devices", shown))
}
