//! The desks of the institutions that this node keeps keys for.

use std::{collections::BTreeMap, sync::Arc};

use salus_rpc::{view::Int, Custody, ReleaseRefused, VaultStatus, VaultUnavailable};
use salus_vault::{
	chain::RecordView,
	desk::{Desk, Release, ReleaseError},
	holdings::Holdings,
	intake::Intake,
	request::ReleaseRequest,
	Outcomes,
};
use tokio::task;

use super::StoreKind;

/// One institution's desk and intake.
pub struct Custodian {
	pub desk: Arc<Desk>,
	pub intake: Arc<Intake>,
}

/// All of them, with what they share.
pub struct Desks {
	custodians: BTreeMap<u32, Custodian>,
	holdings: Arc<Holdings>,
	kind: StoreKind,
}

impl Desks {
	/// Desks over one key table and one store.
	pub fn new(custodians: BTreeMap<u32, Custodian>, holdings: Arc<Holdings>, kind: StoreKind) -> Self {
		Self {
			custodians,
			holdings,
			kind,
		}
	}

	/// Each institution's.
	pub fn custodians(&self) -> impl Iterator<Item = (u32, &Custodian)> {
		self.custodians
			.iter()
			.map(|(institution, custodian)| (*institution, custodian))
	}

	/// This institution's.
	pub fn custodian(&self, institution: u32) -> Option<&Custodian> {
		self.custodians.get(&institution)
	}

	/// The key table, the store, and what is under way between them.
	pub fn holdings(&self) -> &Arc<Holdings> {
		&self.holdings
	}

	/// Whether the request's signer may fetch the record's ciphertext now.
	pub async fn authorise(&self, request: ReleaseRequest, signature: Vec<u8>) -> Result<RecordView, ReleaseRefused> {
		let desk = self.desk(request.custodian)?;
		aside(move || desk.authorise(&request, &signature)).await
	}

	/// Where payloads rest.
	pub fn kind(&self) -> StoreKind {
		self.kind
	}

	fn desk(&self, institution: u32) -> Result<Arc<Desk>, ReleaseRefused> {
		let custodian = self
			.custodian(institution)
			.ok_or(ReleaseRefused::NotHere(institution))?;
		Ok(Arc::clone(&custodian.desk))
	}

	/// Releases a data key to the request's recipient key, or says why not.
	pub async fn release(&self, request: ReleaseRequest, signature: Vec<u8>) -> Result<Release, ReleaseRefused> {
		let desk = self.desk(request.custodian)?;
		aside(move || desk.release(&request, &signature)).await
	}

	/// What the vault holds and has done.
	pub async fn status(&self) -> Result<VaultStatus, VaultUnavailable> {
		let table = Arc::clone(self.holdings.table());
		let rows = task::spawn_blocking(move || table.status())
			.await
			.map_err(|error| failed(&error))?
			.map_err(|error| failed(&error))?;
		let stored = self.holdings.store().usage().await.map_err(|error| failed(&error))?;
		let custodians = self.custodians().map(|(institution, custodian)| {
			let (desk, intake) = (custodian.desk.outcomes(), custodian.intake.outcomes());
			Custody {
				institution,
				releases: Int(desk.passed()),
				refused_releases: refusals(desk),
				uploads: Int(intake.passed()),
				refused_uploads: refusals(intake),
			}
		});
		Ok(VaultStatus {
			store: self.kind.name().into(),
			stored: Int(stored),
			limit: Int(self.holdings.limits().disk),
			pending: Int(rows.pending),
			live: Int(rows.live),
			custodians: custodians.collect(),
		})
	}
}

/// Runs a desk's work where it may block.
async fn aside<T: Send + 'static>(
	work: impl FnOnce() -> Result<T, ReleaseError> + Send + 'static,
) -> Result<T, ReleaseRefused> {
	match task::spawn_blocking(work).await {
		Ok(result) => Ok(result?),
		Err(error) => Err(failed(&error).into()),
	}
}

fn refusals(outcomes: &Outcomes) -> BTreeMap<String, Int> {
	outcomes
		.refused()
		.into_iter()
		.map(|(error, count)| (error.to_owned(), Int(count)))
		.collect()
}

fn failed(error: &dyn std::fmt::Display) -> VaultUnavailable {
	log::warn!(target: "salus", "the vault failed: {error}");
	VaultUnavailable
}
