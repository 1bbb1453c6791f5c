//! Which devices there are: all of them at the finalised head once, and what each later block changes.

use tokio::{
	sync::watch,
	time::{sleep, Duration},
};

use super::{
	chain::{pause, Failure, Registry},
	devices::Devices,
};
use crate::{store::Block, GatewayError};

/// How often finality is looked at.
const GLANCE: Duration = Duration::from_millis(500);

/// Keeps the table of devices as the chain has it.
pub struct Follower<R> {
	registry: R,
	devices: Devices,
	cursor: Option<Block>,
}

impl<R: Registry> Follower<R> {
	/// Of this chain; nothing is known yet.
	pub fn new(registry: R, devices: Devices) -> Self {
		Self {
			registry,
			devices,
			cursor: None,
		}
	}

	/// Follows until told to end. A node that fails is asked again; what was known then still is.
	///
	/// # Errors
	/// None.
	pub async fn follow(mut self, mut end: watch::Receiver<bool>) -> Result<(), GatewayError> {
		let mut failures: u32 = 0;
		while !*end.borrow() {
			let wait = match self.catch_up().await {
				Ok(()) => {
					failures = 0;
					GLANCE
				}
				Err(failure) => {
					failures = failures.saturating_add(1);
					tracing::warn!("devices: {failure}");
					pause(failures)
				}
			};
			tokio::select! {
				() = sleep(wait) => {}
				_ = end.changed() => {}
			}
		}
		Ok(())
	}

	/// Brings the table to the finalised head.
	///
	/// # Errors
	/// What the node answered, or that it did not.
	pub async fn catch_up(&mut self) -> Result<(), Failure> {
		let head = self.registry.head().await?;
		let changes = match self.cursor {
			// A node that is behind says nothing new.
			Some(cursor) if head.number <= cursor.number => return Ok(()),
			Some(cursor) => self.registry.changes(cursor, head).await?,
			None => None,
		};
		match changes {
			Some(changes) => {
				let mut changed = self.devices.bound(|binding| changes.bindings.contains(binding));
				changed.extend(changes.devices);
				changed.sort_unstable();
				changed.dedup();
				let mut bindings = self.devices.bindings(&changed);
				bindings.extend(changes.bindings);
				if !changed.is_empty() {
					for device in self.registry.some(head, &changed, &bindings).await? {
						self.devices.set(device);
					}
				}
			}
			None => {
				self.devices.replace(self.registry.all(head).await?);
				tracing::info!(devices = self.devices.len(), block = head.number, "devices");
			}
		}
		self.devices.see(self.registry.time(head).await?);
		self.cursor = Some(head);
		Ok(())
	}
}
