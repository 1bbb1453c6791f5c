//! A client in memory whose runtime answers what the tests tell it, and a desk that does the same.

use std::sync::Arc;

use futures::{stream, StreamExt};

use jsonrpsee::{
	core::async_trait,
	core::server::{MethodCallback, Methods, MethodsError, RpcModule, Subscription},
	types::ErrorObjectOwned,
};
use pallet_roles_runtime_api::CredentialView;
use salus_index::{AuditIndex, Progress};
use salus_primitives::*;
use salus_vault::{desk::Release, request::ReleaseRequest, wrap::Wrap};
use sc_rpc_api::DenyUnsafe;
use serde_json::{json, Value};
use sp_api::{ApiError, ApiRef, ProvideRuntimeApi};
use sp_blockchain::{BlockStatus, HeaderBackend, Info};
use sp_core::H256;
use sp_runtime::{
	generic,
	traits::{BlakeTwo256, Block as BlockT},
	BoundedVec, OpaqueExtrinsic,
};
use tokio::sync::{broadcast, watch};

use super::{bedside, diary};
use crate::{view::Int, AccountId, Custody, Indexed, ReleaseDesk, ReleaseRefused, VaultStatus, VaultUnavailable};

pub type Block = generic::Block<generic::Header<u32, BlakeTwo256>, OpaqueExtrinsic>;

/// More than 2^53.
pub const BIG: u64 = (1 << 60) + 1;

pub fn finalised() -> H256 {
	H256::repeat_byte(0xf1)
}

/// A block that is known and whose state is there.
pub fn earlier() -> H256 {
	H256::repeat_byte(0xea)
}

/// A block that is known and whose state is gone.
pub fn pruned() -> H256 {
	H256::repeat_byte(0x99)
}

/// A block whose runtime fails.
pub fn broken() -> H256 {
	H256::repeat_byte(0xbb)
}

pub fn account(byte: u8) -> AccountId {
	AccountId::new([byte; 32])
}

pub fn terms() -> Terms {
	Terms {
		actions: ActionSet::of(&[Action::View]),
		purposes: PurposeSet::of(&[Purpose::Treatment, Purpose::Emergency]),
		categories: CategorySet::of(&[Category::Laboratory]),
		records: BoundedVec::truncate_from(vec![3, BIG]),
		compartments: BoundedVec::truncate_from(vec![2]),
		recorded_from: Some(5),
		recorded_until: None,
		starts: 10,
		ends: 20,
		uses: Some(3),
		erase_after: None,
		outlives: false,
	}
}

pub fn grant(id: GrantId) -> Grant<AccountId> {
	Grant {
		id,
		terms: terms(),
		uses_left: Some(2),
		given_at: 11,
		given_by: account(1),
		request: Some(4),
		parent: None,
		revoked_at: None,
	}
}

pub fn record(previous: Option<RecordId>) -> Record<AccountId> {
	let mut cid = vec![0x01, 0x55, 0x12, 0x20];
	cid.extend([7; 32]);
	Record {
		patient: 1,
		author: account(2),
		custodian: 0,
		origin: Origin::Clinician,
		category: Category::Laboratory,
		compartment: None,
		media: Media::FhirJson,
		cid: BoundedVec::truncate_from(cid),
		sha256: H256::repeat_byte(3),
		tree: H256::repeat_byte(4),
		size: 16_504,
		recorded_at: 100,
		registered_at: 200,
		relates_to: Some((Relation::Replaces, 1)),
		doc_status: DocStatus::Final,
		status: RecordStatus::Superseded(9),
		previous,
	}
}

pub fn case(opener: AccountId, institution: InstitutionId) -> Case<AccountId> {
	Case {
		opener,
		institution,
		reason: EmergencyReason::Unconscious,
		justification: H256::repeat_byte(6),
		opened_at: 10,
		ends_at: 20,
		approvals_needed: 2,
		team: BoundedVec::truncate_from(vec![account(4)]),
		approvals: BoundedVec::truncate_from(vec![Approval {
			approver: account(5),
			institution: 0,
		}]),
		closed_at: Some(15),
		review: None,
		appealed_at: None,
		judgement: None,
	}
}

/// What the state has of what the index found: nothing of patient 9.
fn standing(ids: Vec<(PatientId, u64)>) -> impl Iterator<Item = (PatientId, u64)> {
	ids.into_iter().filter(|(patient, _)| *patient != 9)
}

/// The client: patient 1 has five grants and five requests with the ids 1 to 5, and five records with the ids 0 to 4.
pub struct Client;

pub struct Runtime;

impl ProvideRuntimeApi<Block> for Client {
	type Api = Runtime;
	fn runtime_api(&self) -> ApiRef<'_, Runtime> {
		Runtime.into()
	}
}

impl HeaderBackend<Block> for Client {
	fn header(&self, _: H256) -> sp_blockchain::Result<Option<<Block as BlockT>::Header>> {
		Ok(None)
	}
	fn info(&self) -> Info<Block> {
		Info {
			best_hash: H256::zero(),
			best_number: 9,
			genesis_hash: H256::zero(),
			finalized_hash: finalised(),
			finalized_number: 7,
			finalized_state: None,
			number_leaves: 1,
			block_gap: None,
		}
	}
	fn status(&self, _: H256) -> sp_blockchain::Result<BlockStatus> {
		Ok(BlockStatus::InChain)
	}
	fn number(&self, hash: H256) -> sp_blockchain::Result<Option<u32>> {
		Ok([finalised(), earlier(), pruned(), broken()]
			.contains(&hash)
			.then_some(7))
	}
	fn hash(&self, _: u32) -> sp_blockchain::Result<Option<H256>> {
		Ok(None)
	}
}

/// Institution 0 with two officers, an address that is one and one that is none; patient `BIG`, on paper, with a key of
/// X-Wing; account 2, which left.
fn did_document(subject: DidSubject<AccountId>) -> Option<DidDocument<AccountId>> {
	let document = DidDocument {
		genesis: H256::zero(),
		subject: subject.clone(),
		controller: None,
		accounts: Vec::new(),
		hpke: None,
		addresses: Default::default(),
		deactivated: false,
	};
	// /ip4/192.0.2.7/tcp/30333
	let address = vec![4, 192, 0, 2, 7, 6, 0x76, 0x7d];
	match subject {
		DidSubject::Institution(0) => Some(DidDocument {
			accounts: vec![account(1), account(2)],
			hpke: Some(HpkeKey::X25519([5; 32])),
			addresses: BoundedVec::truncate_from(vec![
				BoundedVec::truncate_from(vec![0xff, 0xff]),
				BoundedVec::truncate_from(address),
			]),
			..document
		}),
		DidSubject::Patient(BIG) => Some(DidDocument {
			controller: Some(DidSubject::Institution(0)),
			hpke: Some(HpkeKey::XWing(BoundedVec::truncate_from(vec![6; 1216]))),
			..document
		}),
		DidSubject::Account(found) if found == account(2) => Some(DidDocument {
			accounts: vec![found],
			deactivated: true,
			..document
		}),
		_ => None,
	}
}

/// What the runtime says to a known block whose state is not there, or to one that does not work.
fn check(at: H256) -> Result<(), ApiError> {
	if at == pruned() {
		return Err(ApiError::UnknownBlock("State already discarded".into()));
	}
	if at == broken() {
		return Err(ApiError::StateBackendIsNotTrie);
	}
	Ok(())
}

fn page<T>(all: impl IntoIterator<Item = (u64, T)>, after: Option<u64>, limit: u32) -> Vec<T> {
	all.into_iter()
		.filter(|(id, _)| after.is_none_or(|after| *id > after))
		.take(limit as usize)
		.map(|(_, item)| item)
		.collect()
}

sp_api::mock_impl_runtime_apis! {
	impl pallet_roles_runtime_api::RolesApi<Block, AccountId> for Runtime {
		#[advanced]
		fn institution(&self, at: H256, id: InstitutionId) -> Result<Option<Institution<AccountId>>, ApiError> {
			check(at)?;
			Ok((id == 0).then(|| Institution {
				kind: InstitutionKind::Hospital,
				region: BoundedVec::truncate_from(b"CH-ZH".to_vec()),
				time_zone: BoundedVec::truncate_from(b"Europe/Zurich".to_vec()),
				officers: BoundedVec::truncate_from(vec![account(1), account(2)]),
				status: Status::Active,
				hpke: HpkeKey::X25519([5; 32]),
				peer_ids: Default::default(),
				addresses: BoundedVec::truncate_from(vec![BoundedVec::truncate_from(vec![1, 2])]),
				admission_terms: terms(),
				seat: Some(account(3)),
				validator: None,
			}))
		}
		fn institutions(_: InstitutionId, _: u32) -> Vec<(InstitutionId, Institution<AccountId>)> {
			Vec::new()
		}
		fn credential(of: AccountId, institution: InstitutionId) -> Option<CredentialView> {
			(of == account(2) && institution == 0).then(|| CredentialView {
				credential: Credential {
					role: Role::Doctor,
					licence: H256::repeat_byte(1),
					speciality: H256::repeat_byte(2),
					valid_from: 1,
					valid_until: BIG,
					status: Status::Active,
				},
				active: false,
			})
		}
		fn patient(id: PatientId) -> Option<Patient<AccountId>> {
			(id == BIG).then(|| Patient {
				controller: Some(account(9)),
				hpke: Some(HpkeKey::X25519([6; 32])),
				institution: 0,
				status: PatientStatus::MergedInto(4),
			})
		}
		fn patient_of(_: AccountId) -> Option<PatientId> {
			None
		}
		fn assignment(_: PatientId, _: AccountId, _: InstitutionId) -> Option<Assignment> {
			None
		}
		fn home(_: AccountId) -> Option<InstitutionId> {
			None
		}
		fn registrar(_: InstitutionId) -> Option<AccountId> {
			None
		}
		fn guardianships(_: PatientId) -> Vec<Guardianship<AccountId>> {
			Vec::new()
		}
		fn caregivers(_: PatientId) -> Vec<AccountId> {
			Vec::new()
		}
		fn did_document(subject: DidSubject<AccountId>) -> Option<DidDocument<AccountId>> {
			did_document(subject)
		}
	}

	impl pallet_consent_runtime_api::ConsentApi<Block, AccountId> for Runtime {
		fn decide(request: AccessRequest<AccountId>) -> Decision {
			if request.purpose == Purpose::Treatment && request.record == Some(BIG) {
				Decision::Permit(Basis::Grant(BIG))
			} else {
				Decision::Deny(Reason::NoGrant)
			}
		}
		fn explain(_: AccessRequest<AccountId>) -> Explanation<AccountId> {
			Explanation {
				decision: Decision::Deny(Reason::NoGrant),
				rule: Rule::Nothing,
				denial: None,
				waiting: None,
				misses: Vec::new(),
			}
		}
		fn grants(patient: PatientId, after: Option<GrantId>, limit: u32) -> Vec<(Grantee<AccountId>, Grant<AccountId>)> {
			let ids = (1..=5).filter(move |_| patient == 1);
			page(ids.map(|id| (id, (Grantee::Role(Role::Doctor, 1), grant(id)))), after, limit)
		}
		fn requests(patient: PatientId, after: Option<RequestId>, limit: u32) -> Vec<(AccountId, ConsentRequest)> {
			let ids = (1..=5).filter(move |_| patient == 1);
			let request = |id| ConsentRequest { id, institution: 1, terms: terms(), asked_at: 1, expires_at: 2 };
			page(ids.map(|id| (id, (account(2), request(id)))), after, limit)
		}
		fn denials(patient: PatientId) -> Vec<Denial<AccountId>> {
			let terms = DenialTerms { role: Some(Role::Insurer), record: Some(BIG), ..DenialTerms::all() };
			if patient == 1 { vec![Denial { id: 1, terms, made_at: 3 }] } else { Vec::new() }
		}
		fn overdue_erasures(_: PatientId, _: Option<GrantId>, _: u32) -> Vec<(GrantId, Erasure<AccountId>)> {
			Vec::new()
		}
		fn sealed(_: PatientId) -> Vec<Compartment> {
			Vec::new()
		}
		fn cases(_: PatientId, _: Option<CaseId>, _: u32) -> Vec<(CaseId, Case<AccountId>)> {
			Vec::new()
		}
		fn reviews(_: InstitutionId) -> Reviews {
			Reviews { waiting: 0, overdue: 0, incident_until: None }
		}
		fn listings() -> Vec<Listing<AccountId>> {
			Vec::new()
		}
		fn listings_of(_: Vec<PatientId>) -> Vec<Listing<AccountId>> {
			Vec::new()
		}
		#[advanced]
		fn grants_to(
			&self,
			at: H256,
			_: Grantee<AccountId>,
			ids: Vec<(PatientId, GrantId)>,
		) -> Result<Vec<(PatientId, Grant<AccountId>)>, ApiError> {
			// The state of the finalised head alone is asked, and never for more than it answers.
			assert_eq!(at, finalised());
			assert!(ids.len() <= 257);
			Ok(standing(ids).map(|(patient, id)| (patient, grant(id))).collect())
		}
		fn requests_by(_: AccountId, ids: Vec<(PatientId, RequestId)>) -> Vec<(PatientId, ConsentRequest)> {
			let request = |id| ConsentRequest { id, institution: 1, terms: terms(), asked_at: 1, expires_at: 2 };
			standing(ids).map(|(patient, id)| (patient, request(id))).collect()
		}
		fn open_cases(clinician: AccountId, ids: Vec<(PatientId, CaseId)>)
			-> Vec<(PatientId, CaseId, Case<AccountId>)> {
			standing(ids).map(|(patient, id)| (patient, id, case(clinician.clone(), 1))).collect()
		}
		fn unreviewed_cases(institution: InstitutionId, ids: Vec<(PatientId, CaseId)>)
			-> Vec<(PatientId, CaseId, Case<AccountId>)> {
			standing(ids).map(|(patient, id)| (patient, id, case(account(3), institution))).collect()
		}
		fn erasures_owed(grantee: Grantee<AccountId>, ids: Vec<(PatientId, GrantId)>)
			-> Vec<(PatientId, GrantId, Erasure<AccountId>)> {
			let erasure = Erasure { grantee, erase_after: BIG, attested: None };
			standing(ids).map(|(patient, id)| (patient, id, erasure.clone())).collect()
		}
	}

	impl pallet_appointments_runtime_api::AppointmentsApi<Block, AccountId> for Runtime {
		#[advanced]
		fn availability(&self, at: H256, practitioner: AccountId, period: Period) -> Result<Vec<Slot>, ApiError> {
			check(at)?;
			diary::availability(&practitioner, period)
		}
		fn appointment(id: AppointmentId) -> Option<Appointment<AccountId>> {
			diary::appointment(id)
		}
		fn appointments_of(patient: PatientId, before: Option<AppointmentId>, limit: u32)
			-> (Vec<(AppointmentId, Appointment<AccountId>)>, Option<AppointmentId>) {
			diary::of_patient(patient, before, limit)
		}
		fn appointments_with(practitioner: AccountId, period: Period) -> Vec<(AppointmentId, Appointment<AccountId>)> {
			diary::of_practitioner(&practitioner, period)
		}
		fn waiting(practitioner: AccountId) -> Vec<Wish> {
			diary::waiting(&practitioner)
		}
		fn consultation(id: AppointmentId) -> Option<Consultation<AccountId>> {
			diary::consultation(id)
		}
	}

	impl pallet_telemetry_runtime_api::TelemetryApi<Block, AccountId> for Runtime {
		#[advanced]
		fn device(&self, at: H256, key: DeviceKey) -> Result<Option<Device>, ApiError> {
			check(at)?;
			Ok(bedside::device(key))
		}
		fn offer(key: DeviceKey) -> Option<DeviceOffer<AccountId>> {
			bedside::offer(key)
		}
		fn binding(id: BindingId) -> Option<Binding> {
			bedside::binding(id)
		}
		fn bindings(patient: PatientId) -> Vec<(BindingId, Binding)> {
			bedside::bindings(patient)
		}
		fn anchor(id: AnchorId) -> Option<Anchor> {
			bedside::anchor(id)
		}
		fn anchors(patient: PatientId, filter: AnchorFilter, before: Option<AnchorId>, limit: u32)
			-> (Vec<(AnchorId, Anchor)>, Option<AnchorId>) {
			bedside::anchors(patient, &filter, before, limit)
		}
		fn verify(leaf: H256, path: LeafPath, anchor: AnchorId) -> bool {
			bedside::anchor(anchor).is_some_and(|anchor| {
				is_included(&leaf, path.index.into(), anchor.count.into(), &path.siblings, &anchor.root)
			})
		}
		fn may_anchor(_: AccountId, _: InstitutionId, _: PatientId) -> bool {
			false
		}
		fn receipt(_: ReceiptId) -> Option<Receipt<AccountId>> {
			None
		}
		fn still_permits(_: ReceiptId, _: AnchorId) -> Decision {
			Decision::Deny(Reason::Unavailable)
		}
		fn alert(id: AlertId) -> Option<Alert<AccountId>> {
			bedside::alert(id)
		}
		fn alerts(patient: PatientId, before: Option<AlertId>, limit: u32)
			-> (Vec<(AlertId, Alert<AccountId>)>, Option<AlertId>) {
			bedside::alerts(patient, before, limit)
		}
	}

	impl pallet_records_runtime_api::RecordsApi<Block, AccountId> for Runtime {
		fn record(id: RecordId) -> Option<Record<AccountId>> {
			(id < 5).then(|| record(id.checked_sub(1)))
		}
		fn records(patient: PatientId, filter: RecordFilter, before: Option<RecordId>, limit: u32)
			-> (Vec<(RecordId, Record<AccountId>)>, Option<RecordId>) {
			if patient != 1 || filter.category == Some(Category::Claims) {
				return (Vec::new(), None);
			}
			let all = (0..5u64).rev().filter(|id| before.is_none_or(|before| *id < before));
			let found: Vec<_> = all.take(limit as usize).map(|id| (id, record(id.checked_sub(1)))).collect();
			let next = found.last().map(|(id, _)| *id).filter(|id| *id > 0);
			(found, next)
		}
		fn history(id: RecordId, _: u32) -> Vec<(RecordId, Record<AccountId>)> {
			vec![(1, record(None)), (id, record(Some(1)))]
		}
		fn by_hash(_: PatientId, _: H256) -> Option<RecordId> {
			None
		}
		fn receipt(id: ReceiptId) -> Option<Receipt<AccountId>> {
			(id == 3).then(|| Receipt {
				requester: account(2),
				on_behalf_of: Some(1),
				patient: 1,
				purpose: Purpose::Treatment,
				at: 77,
				outcomes: BoundedVec::truncate_from(vec![
					(1, Decision::Permit(Basis::Author)),
					(2, Decision::Deny(Reason::Expired)),
				]),
			})
		}
		fn still_permits(_: ReceiptId, _: RecordId) -> bool {
			false
		}
		fn audit_head(patient: PatientId) -> AuditHead {
			AuditHead { head: H256::repeat_byte(8), entries: patient }
		}
	}
}

type Refuses = Box<dyn Fn() -> ReleaseRefused + Send + Sync>;

/// A desk that refuses or releases as it was told; it keeps institution 0 only.
#[derive(Default)]
pub struct Desk {
	pub refuses: Option<Refuses>,
}

#[async_trait]
impl ReleaseDesk for Desk {
	async fn release(&self, request: ReleaseRequest, signature: Vec<u8>) -> Result<Release, ReleaseRefused> {
		if request.custodian != 0 {
			return Err(ReleaseRefused::NotHere(request.custodian));
		}
		match &self.refuses {
			Some(refusal) => Err(refusal()),
			None => Ok(Release { wrap: Wrap(signature) }),
		}
	}

	async fn status(&self) -> Result<Option<VaultStatus>, VaultUnavailable> {
		Ok(Some(VaultStatus {
			store: "embedded".into(),
			stored: Int(BIG),
			limit: Int(2),
			pending: Int(3),
			live: Int(4),
			custodians: vec![Custody {
				institution: 0,
				releases: Int(5),
				refused_releases: [("OldReceipt".into(), Int(6))].into(),
				uploads: Int(7),
				refused_uploads: Default::default(),
			}],
		}))
	}
}

/// The RPC module over all of it.
pub struct World {
	pub index: AuditIndex,
	pub progress: watch::Sender<Progress>,
	finality: broadcast::Sender<()>,
	module: RpcModule<()>,
	_folder: tempfile::TempDir,
}

impl World {
	pub async fn new() -> Self {
		Self::with(Some(Desk::default())).await
	}

	pub async fn with(desk: Option<Desk>) -> Self {
		Self::built(desk, true).await
	}

	/// On a node that keeps no index.
	pub async fn without_index() -> Self {
		Self::built(None, false).await
	}

	async fn built(desk: Option<Desk>, has_index: bool) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let index = AuditIndex::open(&folder.path().join("index.sqlite"), H256::zero())
			.await
			.unwrap();
		let desk = desk.map(|desk| Arc::new(desk) as Arc<dyn ReleaseDesk>);
		let (progress, read) = watch::channel(Progress { number: 7, entries: 0 });
		let indexed = has_index.then(|| Indexed {
			index: index.clone(),
			progress: read,
		});
		let (finality, _) = broadcast::channel(16);
		let told = finality.clone();
		let blocks = move || {
			let heads = told.subscribe();
			stream::unfold(heads, |mut heads| async {
				heads.recv().await.ok().map(|()| ((), heads))
			})
			.boxed()
		};
		let module = crate::module::<Block, _>(Arc::new(Client), indexed, desk, Arc::new(blocks)).unwrap();
		Self {
			index,
			progress,
			finality,
			module,
			_folder: folder,
		}
	}

	/// As a caller from elsewhere.
	pub fn remote(mut self) -> Self {
		self.module.extensions_mut().insert(DenyUnsafe::Yes);
		self
	}

	/// As a caller on the node's machine.
	pub fn local(mut self) -> Self {
		self.module.extensions_mut().insert(DenyUnsafe::No);
		self
	}

	/// The methods that work on the server's own threads, where nothing may block.
	pub fn inline_methods(&self) -> Vec<&'static str> {
		let methods = self.module.method_names();
		methods
			.filter(|name| matches!(self.module.method(name), Some(MethodCallback::Sync(_))))
			.collect()
	}

	pub async fn call(&self, method: &str, params: Value) -> Result<Value, ErrorObjectOwned> {
		let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
		let (answer, _) = Methods::raw_json_request(&self.module, &request, 1).await.unwrap();
		let mut answer: Value = serde_json::from_str(&answer).unwrap();
		match answer.get("error") {
			Some(error) => Err(serde_json::from_value(error.clone()).unwrap()),
			None => Ok(answer["result"].take()),
		}
	}

	/// A subscription, whose connection holds so many messages that were not read.
	pub async fn subscribe(
		&self,
		method: &str,
		params: Vec<Value>,
		buffer: usize,
	) -> Result<Subscription, MethodsError> {
		self.module.subscribe(method, params, buffer).await
	}

	/// Finality moves on; how many subscribers were told.
	pub fn finalise(&self) -> usize {
		self.finality.send(()).unwrap_or(0)
	}

	/// The answer of a call that succeeds.
	pub async fn ok(&self, method: &str, params: Value) -> Value {
		self.call(method, params).await.unwrap()
	}

	/// Code and data of a call that fails; the message is not empty.
	pub async fn fails(&self, method: &str, params: Value) -> (i32, Value) {
		let error = self.call(method, params).await.unwrap_err();
		assert!(!error.message().is_empty());
		let data = error
			.data()
			.map(|data| serde_json::from_str(data.get()).unwrap())
			.unwrap_or_default();
		(error.code(), data)
	}
}
