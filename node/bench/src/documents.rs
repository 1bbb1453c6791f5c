//! Documents opened: receipt finalised, key released, ciphertext fetched, decrypted and verified.

use std::{
	fs::{self, File},
	io::BufWriter,
	path::Path,
	time::{Duration, Instant},
};

use salus::{Account, Actor, Client, DataDir, Fetch, Upload, VaultClient};
use salus_primitives::{Category, DocStatus, Media, NewRecord, Origin, Purpose, RecordFilter};
use salus_vault::{
	envelope::{encrypt, Context},
	fingerprint::FingerprintWriter,
	ticket::{UploadTicket, TICKET_VERSION},
	wrap::{self, Binding, HpkeKey, Wraps},
};
use sp_core::H256;
use sp_runtime::BoundedVec;
use tokio::task::JoinSet;

use crate::{
	error::{Error, Result},
	world::{Doctor, World, RECORDED},
};

/// Bytes of a document.
pub const DOCUMENT: usize = 12_000;

/// A doctor with her patient's documents.
struct Reader {
	actor: Actor,
	records: Vec<u64>,
	client: Client,
	vault: VaultClient,
}

/// How many documents a second so many readers opened together.
pub struct Opened {
	/// How many read at the same time.
	pub readers: usize,
	/// How many documents were opened.
	pub documents: usize,
	/// In what time.
	pub took: Duration,
	/// For each reader and chart: from asking to the last document.
	pub charts: Vec<Duration>,
}

/// Uploads a chart of documents for each of as many doctors as there are readers at most, and reads them, with each number
/// of readers in turn. A doctor uses her own hospital's node, and asks for a chart with one call.
pub async fn measure(world: &mut World, readers: &[usize], chart: u32, rounds: u32) -> Result<Vec<Opened>> {
	let folder = tempfile::tempdir().map_err(Error::io("a folder for documents"))?;
	let most = readers.iter().copied().max().unwrap_or_default();
	upload(world, most, chart, folder.path()).await?;
	let ready = open_readers(world, most, chart).await?;
	let mut opened = Vec::new();
	for count in readers {
		opened.push(read(world, ready.get(..*count).unwrap_or(&ready), rounds, folder.path()).await?);
	}
	Ok(opened)
}

/// Encrypts, stores and registers.
async fn upload(world: &mut World, readers: usize, chart: u32, folder: &Path) -> Result<()> {
	let genesis = world.genesis;
	let (url, _) = world.urls.first().ok_or_else(|| Error::Missing("a node".into()))?;
	let client = Client::connect(url).await?;
	let at = client.finalised().await.map_err(salus::Error::from)?;
	let now = client.time().await.map_err(salus::Error::from)?;
	let mut custodians = std::collections::BTreeMap::new();
	for doctor in world.doctors.iter().take(readers) {
		if let std::collections::btree_map::Entry::Vacant(place) = custodians.entry(doctor.institution) {
			place.insert(client.institution(&at, doctor.institution).await?.hpke);
		}
	}
	let mut batches = Vec::new();
	for doctor in world.doctors.iter().take(readers) {
		let custodian = custodians.get(&doctor.institution);
		let custodian = custodian.ok_or_else(|| Error::Missing("a custodian".into()))?;
		let vault = VaultClient::new(&world.node_of(doctor.institution)?.1)?;
		let mut records = Vec::new();
		for n in 0..chart {
			let path = folder.join(format!("{}-{n}.payload", doctor.patient));
			let document: Vec<u8> = (0..DOCUMENT)
				.map(|at| (at as u64 ^ doctor.patient ^ u64::from(n)).to_le_bytes()[0])
				.collect();
			let (mut ticket, wraps) = seal(genesis.0, doctor, custodian, &document, &path)?;
			ticket.not_after = now.saturating_add(600_000);
			let signed = ticket.signing_payload();
			let account = Account::from_pair(doctor.key.clone());
			let upload = Upload {
				signature: account.sign(&signed),
				signer: account.id(),
				ticket: &ticket,
				wraps: &wraps,
			};
			vault.upload(&upload, &path, ()).await?;
			fs::remove_file(&path).map_err(Error::io("a payload"))?;
			records.push(registered(&ticket));
		}
		batches.push(records);
	}
	let mut batches = batches.into_iter();
	let senders = world.senders(|doctor| {
		let records = batches.next().into_iter().map(|records| {
			let call = pallet_records::Call::register_batch {
				records: BoundedVec::truncate_from(records),
				purpose: Purpose::Treatment,
				institution: Some(doctor.institution),
			};
			doctor.sign(genesis, call.into(), chart)
		});
		records.collect()
	})?;
	world.land(senders).await
}

fn seal(
	genesis: [u8; 32],
	doctor: &Doctor,
	custodian: &salus_primitives::HpkeKey,
	document: &[u8],
	path: &Path,
) -> Result<(UploadTicket, Wraps)> {
	let context = Context {
		genesis,
		patient: doctor.patient,
		category: Category::Laboratory as u8,
		media: Media::Opaque as u8,
		institution: doctor.institution,
	};
	let sink = File::create(path).map_err(Error::io("a payload"))?;
	let mut writer = FingerprintWriter::new(BufWriter::new(sink));
	let sealed = encrypt(document, document.len() as u64, &context, &mut writer);
	let sealed = sealed.map_err(salus::PayloadError::Envelope)?;
	let (sink, print) = writer.finish();
	sink.into_inner()
		.map_err(|error| Error::io("a payload")(error.into_error()))?;
	let wrap_to = |key: &salus_primitives::HpkeKey, purpose| {
		let binding = Binding {
			genesis,
			sha256: print.sha256,
			patient: doctor.patient,
			purpose,
		};
		wrap::wrap(&sealed.data_key, &vault_key(key), &binding).map_err(salus::PayloadError::Wrap)
	};
	let wraps = Wraps {
		custody: wrap_to(custodian, wrap::Purpose::Custody)?,
		subject: Some(wrap_to(&doctor.hpke, wrap::Purpose::Subject)?),
	};
	let ticket = UploadTicket {
		version: TICKET_VERSION,
		genesis,
		institution: doctor.institution,
		purpose: Purpose::Treatment as u8,
		patient: doctor.patient,
		category: context.category,
		compartment: None,
		media: context.media,
		recorded_at: RECORDED,
		cid: print.cid.to_bytes(),
		sha256: print.sha256,
		tree: print.tree,
		size: print.size,
		wraps: wraps.hash(),
		not_after: 0,
	};
	Ok((ticket, wraps))
}

fn registered(ticket: &UploadTicket) -> NewRecord {
	NewRecord {
		patient: ticket.patient,
		origin: Origin::Clinician,
		category: Category::Laboratory,
		compartment: None,
		media: Media::Opaque,
		cid: BoundedVec::truncate_from(ticket.cid.clone()),
		sha256: H256(ticket.sha256),
		tree: H256(ticket.tree),
		size: ticket.size,
		recorded_at: ticket.recorded_at,
		relates_to: None,
		doc_status: DocStatus::Final,
	}
}

fn vault_key(key: &salus_primitives::HpkeKey) -> HpkeKey {
	match key {
		salus_primitives::HpkeKey::X25519(key) => HpkeKey::X25519(*key),
		salus_primitives::HpkeKey::XWing(key) => HpkeKey::XWing(key.to_vec()),
	}
}

/// Readers with connections of their own, who know the documents of their patients.
async fn open_readers(world: &World, readers: usize, chart: u32) -> Result<Vec<Reader>> {
	let opaque = RecordFilter::default();
	let mut ready = Vec::new();
	for doctor in world.doctors.iter().take(readers) {
		let (url, vault_url) = world.node_of(doctor.institution)?;
		let client = Client::connect(url).await?;
		let records = loop {
			let at = client.finalised().await.map_err(salus::Error::from)?;
			let listed = client.records(&at, doctor.patient, &opaque, chart as usize).await;
			let (records, _) = listed.map_err(salus::Error::from)?;
			if records.len() == chart as usize {
				break records;
			}
			// The node that was watched heard of it first.
			client.next_block(at.block_number()).await.map_err(salus::Error::from)?;
		};
		ready.push(Reader {
			actor: Actor {
				account: Account::from_pair(doctor.key.clone()),
				institution: Some(doctor.institution),
			},
			records: records.into_iter().map(|(id, _)| id).collect(),
			client,
			vault: VaultClient::new(vault_url)?,
		});
	}
	Ok(ready)
}

async fn read(world: &World, readers: &[Reader], rounds: u32, folder: &Path) -> Result<Opened> {
	let mut tasks = JoinSet::new();
	let start = Instant::now();
	for (n, reader) in readers.iter().enumerate() {
		let folder = folder.join(n.to_string());
		let data = DataDir::open(&folder.join("data"), &world.genesis)?;
		let (actor, records) = (reader.actor.clone(), reader.records.clone());
		let (client, vault) = (reader.client.clone(), reader.vault.clone());
		tasks.spawn(async move {
			let mut charts = Vec::new();
			for _ in 0..rounds {
				let asked = Instant::now();
				let (receipt, _, _) = client.access(&records, Purpose::Treatment, &actor).await?;
				for record in &records {
					let out = folder.join(record.to_string());
					let fetch = Fetch {
						record: *record,
						receipt: Some(receipt),
						purpose: Purpose::Treatment,
						out: out.clone(),
						keep_payload: None,
					};
					let fetched = fetch.run(&client, &vault, &data, &actor, ()).await?;
					if fetched.size != DOCUMENT as u64 {
						return Err(Error::Missing("a part of a document".into()));
					}
					fs::remove_file(&out).map_err(Error::io("a document"))?;
				}
				charts.push(asked.elapsed());
			}
			Ok(charts)
		});
	}
	let mut charts = Vec::new();
	while let Some(done) = tasks.join_next().await {
		charts.extend(done.unwrap_or_else(|_| Err(Error::Missing("a reader".into())))?);
	}
	charts.sort_unstable();
	let documents = readers.iter().map(|reader| reader.records.len()).sum::<usize>();
	Ok(Opened {
		readers: readers.len(),
		documents: documents.saturating_mul(rounds as usize),
		took: start.elapsed(),
		charts,
	})
}
