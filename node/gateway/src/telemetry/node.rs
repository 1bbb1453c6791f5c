//! The chain over a node's RPC.

use std::collections::{HashMap, HashSet};

use salus::{devices::Changes, telemetry, words, Account, Client, ConnectionError, Hash, SubmissionError};
use salus_primitives::{AnchorFilter, AnchorId, BindingId, InstitutionId, Moment, NewBatch};
use salus_vitals::signature::DeviceKey;
use tokio::sync::Mutex;

use super::{
	chain::{Chain, Failure, NotAnchored, Registry, Standing},
	devices::{Binding, Device},
	Closed, DeviceId,
};
use crate::{store::Block, submit::Node};

/// Blocks that are read one by one; who is further behind looks at everything again.
const NEAR: u32 = 64;
/// Bindings that are looked at together.
const TOGETHER: BindingId = 1_024;

/// A node, connected to anew after each failure.
pub struct NodeChain {
	node: Node,
	institution: InstitutionId,
	account: Account,
	client: Mutex<Option<Client>>,
}

/// The same, for the table of devices.
pub struct NodeRegistry {
	node: Node,
	institution: InstitutionId,
	client: Option<Client>,
}

impl NodeChain {
	/// The chain of this node, on which the account anchors for its institution.
	pub fn new(node: Node, institution: InstitutionId, account: Account) -> Self {
		Self {
			node,
			institution,
			account,
			client: Mutex::default(),
		}
	}

	async fn client(&self) -> Result<Client, Failure> {
		let mut held = self.client.lock().await;
		connected(&mut held, &self.node).await
	}

	/// A connection that failed is not used again; the node's own answer says that it is sound.
	async fn heard<T>(&self, answer: Result<T, ConnectionError>) -> Result<T, Failure> {
		if matches!(answer, Err(ref error) if !matches!(error, ConnectionError::Answered { .. })) {
			*self.client.lock().await = None;
		}
		answer.map_err(node_failure)
	}
}

/// The connection that is held, or a new one.
pub(super) async fn connected(held: &mut Option<Client>, node: &Node) -> Result<Client, Failure> {
	if let Some(client) = held {
		return Ok(client.clone());
	}
	let client = node.connect().await.map_err(|error| Failure {
		name: error.name().into(),
		message: error.to_string(),
	})?;
	*held = Some(client.clone());
	Ok(client)
}

fn node_failure(error: ConnectionError) -> Failure {
	Failure {
		name: "NodeUnavailable".into(),
		message: error.to_string(),
	}
}

impl Chain for NodeChain {
	async fn standing(&self, devices: &[DeviceId]) -> Result<Vec<Option<Standing>>, Failure> {
		let client = self.client().await?;
		let found = async {
			let at = client.finalised().await?.block_hash();
			client.devices(at, devices).await
		};
		let standing = |device: salus_primitives::Device| Standing {
			status: device.status,
			next_seq: device.next_seq,
		};
		let devices = self.heard(found.await).await?;
		Ok(devices.into_iter().map(|device| device.map(standing)).collect())
	}

	async fn binding(&self, id: BindingId) -> Result<Option<Binding>, Failure> {
		let client = self.client().await?;
		let found = async {
			let at = client.finalised().await?.block_hash();
			client.bindings(at, &[id]).await
		};
		let found = self.heard(found.await).await?;
		Ok(found.first().and_then(Option::as_ref).map(binding))
	}

	async fn find(&self, batch: &Closed) -> Result<Option<AnchorId>, Failure> {
		let client = self.client().await?;
		let found = async {
			let at = client.finalised().await?;
			let bindings = client.bindings(at.block_hash(), &[batch.binding]).await?;
			let Some(Some(binding)) = bindings.into_iter().next() else {
				return Ok(None);
			};
			let filter = AnchorFilter {
				binding: Some(batch.binding),
				from: Some(batch.first_at),
				until: Some(batch.last_at.saturating_add(1)),
			};
			client
				.anchor_with_root(&at, binding.patient, &filter, Hash::from(batch.root))
				.await
		};
		self.heard(found.await).await
	}

	async fn anchor(&self, batches: Vec<NewBatch>) -> Result<Vec<AnchorId>, NotAnchored> {
		let client = self.client().await?;
		match client
			.submit(&telemetry::anchor(self.institution, batches), &self.account)
			.await
		{
			Ok(done) => {
				let anchored = done
					.events
					.iter()
					.filter(|event| (event.pallet.as_str(), event.name.as_str()) == ("Telemetry", "Anchored"));
				Ok(anchored.filter_map(|event| event.number("anchor")).collect())
			}
			Err(SubmissionError::Connection(error)) => {
				*self.client.lock().await = None;
				Err(node_failure(error).into())
			}
			Err(SubmissionError::Rejected {
				pallet,
				error,
				place: Some(place),
				..
			}) if pallet == "Telemetry" => Err(NotAnchored::Batch {
				place: place.into(),
				error,
			}),
			Err(error) => {
				if matches!(error, SubmissionError::Unknown { .. }) {
					*self.client.lock().await = None;
				}
				Err(Failure {
					message: error.to_string(),
					name: salus::Error::from(error).name(),
				}
				.into())
			}
		}
	}
}

impl NodeRegistry {
	/// The devices of this institution.
	pub fn new(node: Node, institution: InstitutionId) -> Self {
		Self {
			node,
			institution,
			client: None,
		}
	}

	async fn client(&mut self) -> Result<Client, Failure> {
		connected(&mut self.client, &self.node).await
	}

	fn heard<T>(&mut self, answer: Result<T, ConnectionError>) -> Result<T, Failure> {
		if answer.is_err() {
			self.client = None;
		}
		answer.map_err(node_failure)
	}
}

impl Registry for NodeRegistry {
	async fn head(&mut self) -> Result<Block, Failure> {
		let client = self.client().await?;
		let head = client.finalised().await;
		let head = self.heard(head)?;
		let number = u32::try_from(head.block_number()).map_err(|_| unexplained("a block's number is too large"))?;
		Ok(Block {
			number,
			hash: head.block_hash(),
		})
	}

	async fn time(&mut self, at: Block) -> Result<Moment, Failure> {
		let client = self.client().await?;
		match client.time_at(at.hash).await {
			Err(ConnectionError::Young) => Ok(0),
			time => self.heard(time),
		}
	}

	async fn all(&mut self, at: Block) -> Result<Vec<Device>, Failure> {
		let client = self.client().await?;
		let read = read_all(&client, at.hash, self.institution).await;
		self.heard(read)
	}

	async fn changes(&mut self, after: Block, upto: Block) -> Result<Option<Changes>, Failure> {
		if upto.number.saturating_sub(after.number) > NEAR {
			return Ok(None);
		}
		let client = self.client().await?;
		let mut changes = Changes::default();
		for number in after.number.saturating_add(1)..=upto.number {
			let read = async {
				let hash = client.request("chain_getBlockHash", &[number.into()]).await?;
				let hash = hash.as_str().and_then(|text| words::hash(text).ok());
				let hash = hash.ok_or_else(|| ConnectionError::Unreadable {
					what: "chain_getBlockHash".into(),
					reason: "it is no hash".into(),
				})?;
				let block = client.online_at(hash).await?;
				client.device_changes(&block).await
			};
			let read = read.await;
			let read = self.heard(read)?;
			changes.devices.extend(read.devices);
			changes.bindings.extend(read.bindings);
		}
		Ok(Some(changes))
	}

	async fn some(&mut self, at: Block, devices: &[DeviceId], bindings: &[BindingId]) -> Result<Vec<Device>, Failure> {
		let client = self.client().await?;
		let institution = self.institution;
		let read = async {
			let read = client.devices(at.hash, devices).await?;
			let ours = devices.iter().copied().zip(read).filter_map(|(key, device)| {
				let device = device.filter(|device| device.institution == institution)?;
				Some((key, device))
			});
			let ours: Vec<_> = ours.collect();
			let mut ids: Vec<_> = ours.iter().filter_map(|(_, device)| device.latest).collect();
			ids.extend(bindings);
			ids.sort_unstable();
			ids.dedup();
			let mut found = HashMap::new();
			add(&client, at.hash, &ids, &mut found).await?;
			Ok(join(ours, &found))
		};
		let read = read.await;
		self.heard(read)
	}
}

fn unexplained(message: &str) -> Failure {
	Failure {
		name: "NodeUnavailable".into(),
		message: message.into(),
	}
}

/// The devices with all bindings that something can still be anchored of: from the one of the last anchored batch on.
async fn read_all(client: &Client, at: Hash, institution: InstitutionId) -> Result<Vec<Device>, ConnectionError> {
	let devices = client.devices_of(at, institution).await?;
	// One whose last batch is of the latest has no other; who was never anchored may have been bound from the first on.
	let several = devices
		.iter()
		.filter(|(_, device)| device.bindings > 1 && device.anchored != device.latest);
	let oldest = several
		.clone()
		.map(|(_, device)| device.anchored.unwrap_or_default())
		.min();
	let newest = several.filter_map(|(_, device)| device.latest).max();
	let ids: HashSet<_> = devices.iter().map(|(id, _)| *id).collect();
	let mut found = HashMap::new();
	let mut start = oldest.unwrap_or(BindingId::MAX);
	while newest.is_some_and(|newest| start <= newest) {
		let end = start.saturating_add(TOGETHER);
		let together: Vec<_> = (start..end).collect();
		let bindings = client.bindings(at, &together).await?;
		let ours = together
			.into_iter()
			.zip(bindings)
			.filter_map(|(id, binding)| Some((id, binding.filter(|binding| ids.contains(&binding.device))?)));
		found.extend(ours);
		start = end;
	}
	let missing = devices.iter().filter_map(|(_, device)| device.latest);
	let missing: Vec<_> = missing.filter(|latest| !found.contains_key(latest)).collect();
	add(client, at, &missing, &mut found).await?;
	Ok(join(devices, &found))
}

async fn add(
	client: &Client,
	at: Hash,
	ids: &[BindingId],
	found: &mut HashMap<BindingId, salus_primitives::Binding>,
) -> Result<(), ConnectionError> {
	let bindings = client.bindings(at, ids).await?;
	found.extend(
		ids.iter()
			.zip(bindings)
			.filter_map(|(id, binding)| Some((*id, binding?))),
	);
	Ok(())
}

fn join(
	devices: Vec<(DeviceId, salus_primitives::Device)>,
	found: &HashMap<BindingId, salus_primitives::Binding>,
) -> Vec<Device> {
	let mut bindings: HashMap<DeviceId, HashMap<BindingId, Binding>> = HashMap::new();
	for (id, of) in found {
		bindings.entry(of.device).or_default().insert(*id, binding(of));
	}
	let devices = devices.into_iter().filter_map(|(id, device)| {
		// The chain takes no weak key: one that is there all the same has no readings.
		let Ok(key) = DeviceKey::from_bytes(&id) else {
			tracing::warn!(
				device = hex::encode(id),
				"anybody could sign as this device; its readings are refused"
			);
			return None;
		};
		let mut bindings = bindings.remove(&id).unwrap_or_default();
		bindings.retain(|binding, _| Some(*binding) >= device.anchored);
		Some(Device {
			key,
			status: device.status,
			codes: device.codes.0,
			next_seq: device.next_seq,
			anchored: device.anchored,
			bindings,
		})
	});
	devices.collect()
}

fn binding(found: &salus_primitives::Binding) -> Binding {
	Binding {
		patient: found.patient,
		starts: found.starts,
		ends: found.ends,
	}
}

#[cfg(test)]
mod tests {
	use salus_primitives::Status;

	use super::*;

	fn device(latest: Option<BindingId>, anchored: Option<BindingId>) -> salus_primitives::Device {
		salus_primitives::Device {
			institution: 0,
			codes: Hash::repeat_byte(6),
			status: Status::Active,
			bindings: 2,
			latest,
			anchored,
			next_seq: 9,
			missing: 0,
		}
	}

	fn bound(device: DeviceId) -> salus_primitives::Binding {
		salus_primitives::Binding {
			device,
			patient: 7,
			starts: 1,
			ends: 5,
			last_at: None,
		}
	}

	#[test]
	fn a_weak_key_is_no_device_and_passed_bindings_are_left_out() {
		// y = 3 is a point of large order; 1 is the neutral one.
		let [mut sound, mut weak] = [[0; 32]; 2];
		(sound[0], weak[0]) = (3, 1);
		let found = HashMap::from([
			(1, bound(sound)),
			(4, bound(sound)),
			(5, bound(sound)),
			(6, bound(weak)),
		]);
		let devices = join(
			vec![(sound, device(Some(5), Some(4))), (weak, device(Some(6), None))],
			&found,
		);
		let [only] = devices.as_slice() else {
			panic!("{devices:?}")
		};
		assert_eq!(
			(only.key.as_bytes(), only.codes, only.next_seq, only.anchored),
			(&sound, [6; 32], 9, Some(4))
		);
		let mut ids: Vec<_> = only.bindings.keys().copied().collect();
		ids.sort_unstable();
		assert_eq!(ids, [4, 5]);
		assert!(only
			.bindings
			.values()
			.all(|binding| binding.contains(4) && !binding.contains(5)));
	}
}
