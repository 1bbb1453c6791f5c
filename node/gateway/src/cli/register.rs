//! `salus-gateway register`

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::Report;
use crate::{config::Config, keyed::Secret, register::import, store::Store, GatewayError};

/// `salus-gateway register`
#[derive(Subcommand)]
pub enum Register {
	/// Put a CSV file in the place of the register, whole or not at all
	#[command(
		after_help = "The first line names the columns: licence,role,contact and, if there are any, valid_until,speciality.\n\nExample:\n  licence,role,contact,valid_until,speciality\n  MCI-12345,doctor,ada@example.org,2028-01-01,Cardiology\n  MCI-67890,nurse,+4930123456,,"
	)]
	Import {
		/// The file
		file: PathBuf,
	},
	/// How many licences there are
	Status,
}

impl Register {
	pub async fn run(self, config: &Config, store: &Store) -> Result<Report, GatewayError> {
		if let Self::Import { file } = self {
			import(store, &Secret::read(&config.secret)?, &file).await?;
		}
		let licences = store.licences().await?;
		Ok(Report {
			lines: vec![format!("the register has {licences} licences")],
			json: json!({ "licences": licences }),
		})
	}
}
