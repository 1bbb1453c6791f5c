//! Messages as files, for development.

use std::{fs, os::unix::fs::DirBuilderExt, path::PathBuf};

use serde_json::json;
use tokio::{fs::OpenOptions, io::AsyncWriteExt};

use super::{DeliveryError, Message};
use crate::{config::Folder, Contact, GatewayError};

/// A folder of messages, each in a file of its own that only its owner may read.
pub struct Files(PathBuf);

impl Files {
	pub fn new(config: &Folder) -> Result<Self, GatewayError> {
		let mut builder = fs::DirBuilder::new();
		builder
			.recursive(true)
			.mode(0o700)
			.create(&config.folder)
			.map_err(GatewayError::at(&config.folder))?;
		Ok(Self(config.folder.clone()))
	}

	pub async fn write(&self, to: &Contact, message: &Message<'_>) -> Result<(), DeliveryError> {
		let content = json!({
			"id": message.id,
			"what": message.what,
			"to": to.reveal(),
			"subject": message.subject,
			"text": message.text.as_str(),
		});
		let (partial, path) = (
			self.0.join(format!(".{}", message.id)),
			self.0.join(format!("{}.json", message.id)),
		);
		let written = async {
			let mut file = OpenOptions::new()
				.create(true)
				.write(true)
				.truncate(true)
				.mode(0o600)
				.open(&partial)
				.await?;
			file.write_all(content.to_string().as_bytes()).await?;
			file.sync_all().await?;
			tokio::fs::rename(&partial, &path).await
		};
		written.await.map_err(|_| DeliveryError::NoFile)
	}
}
