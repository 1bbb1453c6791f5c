//! Ending a binding.

use clap::Args;
use salus_primitives::BindingId;

use super::done;
use crate::{
	cli::{
		appointment::{Side, Signer},
		report::Report,
		session::Session,
	},
	sdk::{telemetry, words, Client, Error},
};

/// `salus device unbind`
#[derive(Args)]
pub(crate) struct Unbind {
	/// The binding
	binding: BindingId,
	#[command(flatten)]
	side: Side,
}

impl Unbind {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let binding = client.binding(&at, self.binding).await?;
		let institution = client.device(&at, binding.device).await?.institution;
		let sentence = || {
			format!(
				"You end binding {}: device {} measures patient {} no more.",
				self.binding,
				words::hex(binding.device),
				binding.patient
			)
		};
		let signer = Signer::of(session, client, (binding.patient, institution), &self.side, sentence).await?;
		let call = telemetry::unbind(self.binding);
		let acknowledgement = client.submit(&call, &signer.account).await?;
		let line = format!("binding {} to patient {} has ended", self.binding, binding.patient);
		Ok(done(session, binding.device, &line, &acknowledgement)
			.field("binding", words::number(self.binding))
			.field("patient", words::number(binding.patient))
			.field("sentence", signer.sentence))
	}
}
