//! Who takes part: doctors with credentials, a patient for each, assigned to her.

use codec::{Decode, Encode};
use salus::{Client, Identity, Registration, VoucherLetter};
use salus_primitives::{
	wrapped, Application, Category, DocStatus, HpkeKey, InstitutionId, Media, Moment, NewRecord, Origin, PatientId,
	Purpose, Role, APPLICATION_TAG, DAY,
};
use salus_runtime::{genesis::admission_terms, AccountId, Hash, Nonce, RuntimeCall, Signature};
use sp_core::{sr25519, Pair, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::BoundedVec;

use crate::{
	error::{Error, Result},
	load::{self, Pace, Sender},
	network::{Node, Shape},
	rpc::Rpc,
	signing::{sign, unsigned, Signed},
};

/// The smallest envelope.
const SIZE: u64 = 16_384 + 16 + 104;
/// CIDv1, raw, SHA-256, 32 bytes.
const CID: [u8; 4] = [0x01, 0x55, 0x12, 0x20];
/// 2026-01-01T00:00:00Z.
pub const RECORDED: Moment = 1_767_225_600_000;

/// A doctor with her patient.
#[derive(Clone)]
pub struct Doctor {
	/// Her key.
	pub key: sr25519::Pair,
	/// Where she works.
	pub institution: InstitutionId,
	/// The node that she speaks to.
	pub node: usize,
	/// Her patient.
	pub patient: PatientId,
	/// The patient's key.
	pub hpke: HpkeKey,
	/// Her next nonce.
	pub nonce: Nonce,
	/// Of how many records she has made up the hashes.
	made: u64,
}

impl Doctor {
	/// Her account.
	pub fn id(&self) -> AccountId {
		self.key.public().into()
	}

	/// A record of her patient that is not on the chain yet.
	pub fn record(&mut self) -> NewRecord {
		self.made = self.made.saturating_add(1);
		let sha256 = blake2_256(&(self.patient, self.made).encode());
		NewRecord {
			patient: self.patient,
			origin: Origin::Clinician,
			category: Category::Laboratory,
			compartment: None,
			media: Media::FhirJson,
			cid: BoundedVec::truncate_from([&CID[..], &sha256[..]].concat()),
			sha256: H256(sha256),
			tree: H256(blake2_256(&sha256)),
			size: SIZE,
			recorded_at: RECORDED,
			relates_to: None,
			doc_status: DocStatus::Final,
		}
	}

	/// Signs a call with her next nonce.
	pub fn sign(&mut self, genesis: Hash, call: RuntimeCall, records: u32) -> Signed {
		let signed = sign(genesis, &self.key, self.nonce, call, records);
		self.nonce = self.nonce.saturating_add(1);
		signed
	}

	/// Signs registrations of so many records, one call each or in batches.
	pub fn registrations(&mut self, genesis: Hash, calls: u32, batch: Option<u32>) -> Vec<Signed> {
		let (purpose, institution) = (Purpose::Treatment, Some(self.institution));
		(0..calls)
			.map(|_| {
				let (call, records) = match batch {
					None => {
						let record = self.record();
						let call = pallet_records::Call::register {
							record,
							purpose,
							institution,
						};
						(call.into(), 1)
					}
					Some(size) => {
						let records = BoundedVec::truncate_from((0..size).map(|_| self.record()).collect());
						let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
						let call = pallet_records::Call::register_batch {
							records,
							purpose,
							institution,
						};
						(call.into(), count)
					}
				};
				self.sign(genesis, call, records)
			})
			.collect()
	}
}

/// A network with its people.
pub struct World {
	/// The chain.
	pub genesis: Hash,
	/// The doctors.
	pub doctors: Vec<Doctor>,
	/// Where the nodes are: RPC and vault.
	pub urls: Vec<(String, String)>,
	/// Connections to each node.
	connections: Vec<Vec<Rpc>>,
	/// A connection of its own for following finality.
	pub watch: Rpc,
}

struct Patient {
	doctor: sr25519::Pair,
	institution: InstitutionId,
	node: usize,
	controller: salus::AccountId,
	hpke: HpkeKey,
}

impl World {
	/// Registers so many patients with a doctor each, spread over the hospitals, and assigns them.
	pub async fn build(nodes: &[Node], shape: Shape, doctors: u32, connections: u32) -> Result<Self> {
		let first = nodes.first().ok_or_else(|| Error::Missing("a node".into()))?;
		let client = Client::connect(&first.url).await?;
		let genesis = client.genesis();
		let per_node = connections
			.div_ceil(u32::try_from(nodes.len()).unwrap_or(u32::MAX))
			.max(1);
		let mut pool = Vec::new();
		for node in nodes {
			let mut of_node = Vec::new();
			for _ in 0..per_node {
				of_node.push(Rpc::connect(&node.url).await?);
			}
			pool.push(of_node);
		}
		let mut world = Self {
			genesis,
			doctors: Vec::new(),
			urls: nodes
				.iter()
				.map(|node| (node.url.clone(), node.vault.clone()))
				.collect(),
			connections: pool,
			watch: Rpc::connect(&first.url).await?,
		};

		let hospitals = shape.hospitals();
		let share = doctors.div_ceil(u32::try_from(hospitals.len()).unwrap_or(u32::MAX));
		let now = client.time().await.map_err(salus::Error::from)?;
		let mut patients = Vec::new();
		let mut first_steps = Vec::new();
		for (institution, name, node) in &hospitals {
			let (sender, admitted) = world.admit(*institution, name, *node, share, now)?;
			first_steps.extend(sender);
			patients.extend((0_u32..).zip(admitted));
		}
		// One of each hospital after the other, so that the first few are of all hospitals.
		patients.sort_by_key(|(place, _)| *place);
		world.land(first_steps).await?;

		let at = client.finalised().await.map_err(salus::Error::from)?;
		for (_, patient) in patients {
			let id = client
				.patient_of(&at, patient.controller)
				.await
				.map_err(salus::Error::from)?;
			world.doctors.push(Doctor {
				key: patient.doctor,
				institution: patient.institution,
				node: patient.node,
				patient: id.ok_or_else(|| Error::Missing("a patient who registered".into()))?,
				hpke: patient.hpke,
				nonce: 0,
				made: 0,
			});
		}
		world.assign(&hospitals).await?;
		Ok(world)
	}

	/// An officer's approvals of doctors, and the registrations of their patients.
	fn admit(
		&self,
		institution: InstitutionId,
		name: &str,
		node: usize,
		share: u32,
		now: Moment,
	) -> Result<(Vec<Sender>, Vec<Patient>)> {
		let officer = Identity::development(&format!("//{name}"))?;
		let officer_key = pair(&format!("//{name}"))?;
		let (mut approvals, mut registrations, mut patients) = (Vec::new(), Vec::new(), Vec::new());
		for n in 0..share {
			let doctor = pair(&format!("//{name}//bench//{n}"))?;
			let application = Application {
				genesis: self.genesis,
				institution,
				applicant: AccountId::from(doctor.public()),
				role: Role::Doctor,
				licence: H256(blake2_256(&(b"licence", institution, n).encode())),
				speciality: H256(blake2_256(&(b"speciality", institution, n).encode())),
				not_after: now.saturating_add(DAY),
			};
			let signature = Signature::from(doctor.sign(&wrapped(APPLICATION_TAG, &application)));
			let call = pallet_roles::Call::approve_application {
				application,
				signature,
				valid_from: 0,
				valid_until: now.saturating_add(DAY.saturating_mul(365)),
			};
			approvals.push(sign(self.genesis, &officer_key, n, call.into(), 0));

			let terms = admission_terms();
			let not_after = now.saturating_add(DAY);
			let letter = VoucherLetter::issue(self.genesis, institution, &terms, not_after, officer.account())?;
			let seed = blake2_256(&(b"patient", institution, n).encode());
			let keys = Identity::from_seed(&seed).patient(&self.genesis, institution, 0)?;
			let registration = Registration::sign(&letter, &keys, terms);
			patients.push(Patient {
				doctor,
				institution,
				node,
				controller: registration.controller,
				hpke: registration.hpke.clone(),
			});
			registrations.push(unsigned(register(registration)?));
		}
		let rpc = self.connection(node, 0)?;
		let senders = [approvals, registrations].map(|transactions| Sender {
			rpc: rpc.clone(),
			transactions,
		});
		Ok((senders.into(), patients))
	}

	/// Administrators propose, doctors accept.
	async fn assign(&mut self, hospitals: &[(u32, &str, usize)]) -> Result<()> {
		let mut proposals = Vec::new();
		for (institution, name, node) in hospitals {
			let admin = pair(&format!("//{name}//admin"))?;
			let here = self.doctors.iter().filter(|doctor| doctor.institution == *institution);
			let transactions = (0..).zip(here).map(|(nonce, doctor)| {
				let call = pallet_roles::Call::propose_assignment {
					patient: doctor.patient,
					practitioner: doctor.id(),
				};
				sign(self.genesis, &admin, nonce, call.into(), 0)
			});
			proposals.push(Sender {
				rpc: self.connection(*node, 0)?,
				transactions: transactions.collect(),
			});
		}
		self.land(proposals).await?;
		let genesis = self.genesis;
		let senders = self.senders(|doctor| {
			let call = pallet_roles::Call::accept_assignment {
				patient: doctor.patient,
				institution: doctor.institution,
			};
			vec![doctor.sign(genesis, call.into(), 0)]
		})?;
		self.land(senders).await
	}

	/// What each doctor sends, over the connections to her hospital's node.
	pub fn senders(&mut self, mut transactions: impl FnMut(&mut Doctor) -> Vec<Signed>) -> Result<Vec<Sender>> {
		let mut doctors = std::mem::take(&mut self.doctors);
		let senders = doctors.iter_mut().enumerate().map(|(n, doctor)| {
			Ok(Sender {
				rpc: self.connection(doctor.node, n / self.urls.len().max(1))?,
				transactions: transactions(doctor),
			})
		});
		let senders = senders.collect();
		self.doctors = doctors;
		senders
	}

	/// Where a hospital's node is: RPC and vault.
	pub fn node_of(&self, institution: InstitutionId) -> Result<&(String, String)> {
		let doctor = self.doctors.iter().find(|doctor| doctor.institution == institution);
		let node = doctor.and_then(|doctor| self.urls.get(doctor.node));
		node.ok_or_else(|| Error::Missing(format!("a node of institution {institution}")))
	}

	/// The chain's clock.
	pub async fn time(&self) -> Result<Moment> {
		let client = Client::connect(&self.watch.url).await?;
		Ok(client.time().await.map_err(salus::Error::from)?)
	}

	/// Sends and waits until each of them is final.
	pub async fn land(&self, senders: Vec<Sender>) -> Result<()> {
		load::run(&self.watch, senders, Pace::Window(100_000), true)
			.await
			.map(drop)
	}

	/// One of the connections to a node.
	pub fn connection(&self, node: usize, n: usize) -> Result<Rpc> {
		let pool = self.connections.get(node).filter(|pool| !pool.is_empty());
		let rpc = pool.and_then(|pool| pool.get(n % pool.len()));
		rpc.cloned().ok_or_else(|| Error::Missing("a connection".into()))
	}
}

fn register(registration: Registration) -> Result<RuntimeCall> {
	let call = pallet_roles::Call::register_patient {
		voucher: registration.voucher,
		officer: registration.officer.0.into(),
		voucher_signature: native(&registration.voucher_signature)?,
		controller: registration.controller.0.into(),
		hpke: registration.hpke,
		terms: registration.terms,
		key_signature: registration.key_signature,
		controller_signature: native(&registration.controller_signature)?,
	};
	Ok(call.into())
}

/// A signature of the SDK as the runtime's.
fn native(signature: &salus::Signature) -> Result<Signature> {
	Signature::decode(&mut signature.encode().as_slice()).map_err(|_| Error::Unreadable("a signature"))
}

/// The key that the `n`th patient of a hospital signs by.
pub fn controller(genesis: Hash, institution: InstitutionId, n: u32) -> Result<sr25519::Pair> {
	let seed = blake2_256(&(b"patient", institution, n).encode());
	let (seed, genesis) = (hex::encode(seed), hex::encode(genesis));
	pair(&format!("0x{seed}//salus//{genesis}//{institution}//0"))
}

/// A key by its path.
pub fn pair(uri: &str) -> Result<sr25519::Pair> {
	sr25519::Pair::from_string(uri, None).map_err(|_| Error::Missing(format!("the key {uri}")))
}
