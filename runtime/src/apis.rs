//! What the node and its RPC can ask of the runtime.

use crate::{
	configs::SLOT, key_owners::KeyOwners, AccountId, Appointments, AuthorityDiscovery, Block, Consent, Executive,
	Grandpa, InherentDataExt, Nonce, Records, Roles, Runtime, RuntimeGenesisConfig, SessionKeys, System, Telemetry,
	VERSION,
};
use alloc::{boxed::Box, vec::Vec};
use codec::Encode;
use frame_support::{
	genesis_builder_helper::{build_state, get_preset},
	traits::KeyOwnerProofSystem,
};
use frame_system::offchain::{CreateAuthorizedTransaction, SubmitTransaction};
use salus_primitives::*;
use sp_api::impl_runtime_apis;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata, H256};
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult, RuntimeAppPublic,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}
		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block);
		}
		fn initialize_block(header: &<Block as BlockT>::Header) -> sp_runtime::ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}
		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}
		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}
		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}
		fn inherent_extrinsics(data: sp_inherents::InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}
		fn check_inherents(
			block: <Block as BlockT>::LazyBlock,
			data: sp_inherents::InherentData,
		) -> sp_inherents::CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			tx: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, tx, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_aura::AuraApi<Block, AuraId> for Runtime {
		fn slot_duration() -> sp_consensus_aura::SlotDuration {
			sp_consensus_aura::SlotDuration::from_millis(SLOT)
		}
		fn authorities() -> Vec<AuraId> {
			pallet_aura::Authorities::<Runtime>::get().into_inner()
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			Grandpa::grandpa_authorities()
		}
		fn current_set_id() -> sp_consensus_grandpa::SetId {
			pallet_grandpa::CurrentSetId::<Runtime>::get()
		}
		fn submit_report_equivocation_unsigned_extrinsic(
			proof: sp_consensus_grandpa::EquivocationProof<<Block as BlockT>::Hash, NumberFor<Block>>,
			owner: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Grandpa::submit_unsigned_equivocation_report(proof, owner.decode()?)
		}
		fn generate_key_ownership_proof(
			_: sp_consensus_grandpa::SetId,
			authority: GrandpaId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			KeyOwners::prove((sp_consensus_grandpa::KEY_TYPE, authority))
				.map(|proof| sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
		}
	}

	impl sp_authority_discovery::AuthorityDiscoveryApi<Block> for Runtime {
		fn authorities() -> Vec<sp_authority_discovery::AuthorityId> {
			AuthorityDiscovery::authorities()
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(owner: Vec<u8>, seed: Option<Vec<u8>>) -> OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}
		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}
		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, crate::genesis::preset)
		}
		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			crate::genesis::preset_names()
		}
	}

	impl pallet_consortium_runtime_api::EquivocationApi<Block> for Runtime {
		fn prove_author(author: AuraId) -> Option<sp_session::MembershipProof> {
			KeyOwners::prove((AuraId::ID, author))
		}
		fn report_author(
			proof: pallet_consortium_runtime_api::Equivocation<<Block as BlockT>::Header>,
			owner: sp_session::MembershipProof,
		) -> Option<()> {
			type Call = pallet_consortium::Call<Runtime>;
			let call = Call::report_author { proof: Box::new(proof), owner };
			let report = <Runtime as CreateAuthorizedTransaction<Call>>::create_authorized_transaction(call.into());
			SubmitTransaction::<Runtime, Call>::submit_transaction(report).ok()
		}
	}

	impl pallet_roles_runtime_api::RolesApi<Block, AccountId> for Runtime {
		fn institution(id: InstitutionId) -> Option<Institution<AccountId>> {
			Roles::institution(id)
		}
		fn institutions(from: InstitutionId, limit: u32) -> Vec<(InstitutionId, Institution<AccountId>)> {
			Roles::institutions(from, limit)
		}
		fn credential(account: AccountId, institution: InstitutionId)
			-> Option<pallet_roles_runtime_api::CredentialView> {
			Roles::credential_view(&account, institution)
				.map(|(credential, active)| pallet_roles_runtime_api::CredentialView { credential, active })
		}
		fn patient(id: PatientId) -> Option<Patient<AccountId>> {
			Roles::patient(id)
		}
		fn patient_of(controller: AccountId) -> Option<PatientId> {
			Roles::patient_of(&controller)
		}
		fn assignment(patient: PatientId, practitioner: AccountId, institution: InstitutionId) -> Option<Assignment> {
			Roles::assignment(patient, &practitioner, institution)
		}
		fn home(account: AccountId) -> Option<InstitutionId> {
			<Roles as Registry<AccountId>>::home(&account)
		}
		fn registrar(institution: InstitutionId) -> Option<AccountId> {
			Roles::registrar(institution)
		}
		fn guardianships(patient: PatientId) -> Vec<Guardianship<AccountId>> {
			Roles::guardianships(patient)
		}
		fn caregivers(patient: PatientId) -> Vec<AccountId> {
			Roles::caregivers(patient)
		}
		fn did_document(subject: DidSubject<AccountId>) -> Option<DidDocument<AccountId>> {
			Roles::did_document(subject)
		}
	}

	impl pallet_consent_runtime_api::ConsentApi<Block, AccountId> for Runtime {
		fn decide(request: AccessRequest<AccountId>) -> Decision {
			<Consent as AccessControl<AccountId>>::decide(&request)
		}
		fn explain(request: AccessRequest<AccountId>) -> Explanation<AccountId> {
			Consent::explain(&request)
		}
		fn grants(patient: PatientId, after: Option<GrantId>, limit: u32) -> Vec<(Grantee<AccountId>, Grant<AccountId>)> {
			Consent::grants(patient, after, limit)
		}
		fn requests(patient: PatientId, after: Option<RequestId>, limit: u32) -> Vec<(AccountId, ConsentRequest)> {
			Consent::requests(patient, after, limit)
		}
		fn denials(patient: PatientId) -> Vec<Denial<AccountId>> {
			Consent::denials(patient)
		}
		fn overdue_erasures(patient: PatientId, after: Option<GrantId>, limit: u32)
			-> Vec<(GrantId, Erasure<AccountId>)> {
			Consent::overdue_erasures(patient, after, limit)
		}
		fn sealed(patient: PatientId) -> Vec<Compartment> {
			Consent::sealed(patient)
		}
		fn cases(patient: PatientId, after: Option<CaseId>, limit: u32) -> Vec<(CaseId, Case<AccountId>)> {
			Consent::cases(patient, after, limit)
		}
		fn reviews(institution: InstitutionId) -> Reviews {
			Consent::reviews(institution)
		}
		fn listings() -> Vec<Listing<AccountId>> {
			Runtime::listings()
		}
		fn listings_of(patients: Vec<PatientId>) -> Vec<Listing<AccountId>> {
			patients.into_iter().flat_map(Consent::listings_of).collect()
		}
		fn grants_to(grantee: Grantee<AccountId>, ids: Vec<(PatientId, GrantId)>)
			-> Vec<(PatientId, Grant<AccountId>)> {
			Consent::grants_to(grantee, ids)
		}
		fn requests_by(requester: AccountId, ids: Vec<(PatientId, RequestId)>) -> Vec<(PatientId, ConsentRequest)> {
			Consent::requests_by(requester, ids)
		}
		fn open_cases(clinician: AccountId, ids: Vec<(PatientId, CaseId)>)
			-> Vec<(PatientId, CaseId, Case<AccountId>)> {
			Consent::open_cases(clinician, ids)
		}
		fn unreviewed_cases(institution: InstitutionId, ids: Vec<(PatientId, CaseId)>)
			-> Vec<(PatientId, CaseId, Case<AccountId>)> {
			Consent::unreviewed_cases(institution, ids)
		}
		fn erasures_owed(grantee: Grantee<AccountId>, ids: Vec<(PatientId, GrantId)>)
			-> Vec<(PatientId, GrantId, Erasure<AccountId>)> {
			Consent::erasures_owed(grantee, ids)
		}
	}

	impl pallet_records_runtime_api::RecordsApi<Block, AccountId> for Runtime {
		fn record(id: RecordId) -> Option<Record<AccountId>> {
			Records::record(id)
		}
		fn records(patient: PatientId, filter: RecordFilter, before: Option<RecordId>, limit: u32)
			-> (Vec<(RecordId, Record<AccountId>)>, Option<RecordId>) {
			Records::records(patient, filter, before, limit)
		}
		fn history(id: RecordId, limit: u32) -> Vec<(RecordId, Record<AccountId>)> {
			Records::history(id, limit)
		}
		fn by_hash(patient: PatientId, sha256: H256) -> Option<RecordId> {
			Records::by_hash(patient, sha256)
		}
		fn receipt(id: ReceiptId) -> Option<Receipt<AccountId>> {
			Records::receipt(id)
		}
		fn still_permits(receipt: ReceiptId, record: RecordId) -> bool {
			Records::still_permits(receipt, record)
		}
		fn audit_head(patient: PatientId) -> AuditHead {
			Records::audit_head(patient)
		}
	}

	impl pallet_appointments_runtime_api::AppointmentsApi<Block, AccountId> for Runtime {
		fn availability(practitioner: AccountId, period: Period) -> Vec<Slot> {
			Appointments::availability(&practitioner, period)
		}
		fn appointment(id: AppointmentId) -> Option<Appointment<AccountId>> {
			Appointments::appointment(id)
		}
		fn appointments_of(patient: PatientId, before: Option<AppointmentId>, limit: u32)
			-> (Vec<(AppointmentId, Appointment<AccountId>)>, Option<AppointmentId>) {
			Appointments::appointments_of(patient, before, limit)
		}
		fn appointments_with(practitioner: AccountId, period: Period) -> Vec<(AppointmentId, Appointment<AccountId>)> {
			Appointments::appointments_with(&practitioner, period)
		}
		fn waiting(practitioner: AccountId) -> Vec<Wish> {
			Appointments::waiting(&practitioner)
		}
		fn consultation(id: AppointmentId) -> Option<Consultation<AccountId>> {
			Appointments::consultation(id)
		}
	}

	impl pallet_telemetry_runtime_api::TelemetryApi<Block, AccountId> for Runtime {
		fn device(key: DeviceKey) -> Option<Device> {
			Telemetry::device(key)
		}
		fn offer(key: DeviceKey) -> Option<DeviceOffer<AccountId>> {
			Telemetry::offered(key)
		}
		fn binding(id: BindingId) -> Option<Binding> {
			Telemetry::binding(id)
		}
		fn bindings(patient: PatientId) -> Vec<(BindingId, Binding)> {
			Telemetry::bindings(patient)
		}
		fn anchor(id: AnchorId) -> Option<Anchor> {
			Telemetry::anchored(id)
		}
		fn anchors(patient: PatientId, filter: AnchorFilter, before: Option<AnchorId>, limit: u32)
			-> (Vec<(AnchorId, Anchor)>, Option<AnchorId>) {
			Telemetry::anchors(patient, filter, before, limit)
		}
		fn may_anchor(who: AccountId, institution: InstitutionId, patient: PatientId) -> bool {
			Telemetry::may_anchor(&who, institution, patient)
		}
		fn verify(leaf: H256, path: LeafPath, anchor: AnchorId) -> bool {
			Telemetry::verify(leaf, &path, anchor)
		}
		fn receipt(id: ReceiptId) -> Option<Receipt<AccountId>> {
			Telemetry::receipt(id)
		}
		fn still_permits(receipt: ReceiptId, anchor: AnchorId) -> Decision {
			Telemetry::still_permits(receipt, anchor)
		}
		fn alert(id: AlertId) -> Option<Alert<AccountId>> {
			Telemetry::alert(id)
		}
		fn alerts(patient: PatientId, before: Option<AlertId>, limit: u32)
			-> (Vec<(AlertId, Alert<AccountId>)>, Option<AlertId>) {
			Telemetry::alerts(patient, before, limit)
		}
	}

	impl pallet_records_runtime_api::AuditApi<Block, AccountId> for Runtime {
		fn entries() -> Vec<(PatientId, AuditEntry<AccountId>)> {
			Runtime::audit_entries()
		}
	}

	impl crate::dry_run::DryRunApi<Block> for Runtime {
		fn dry_run(transaction: Vec<u8>, head: crate::Hash) -> Result<DryRun, DryRunError> {
			crate::dry_run::dry_run(&transaction, head)
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	// The macro gives the implementations below no place outside of the function.
	#[allow(non_local_definitions)]
	impl frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(extra: bool) -> (Vec<frame_benchmarking::BenchmarkList>, Vec<frame_support::traits::StorageInfo>) {
			use crate::*;
			use frame_benchmarking::{baseline::Pallet as BaselineBench, BenchmarkList};
			use frame_support::traits::StorageInfoTrait;
			use crate::benchmarking::session::Pallet as SessionBench;
			use frame_system_benchmarking::{extensions::Pallet as SystemExtensionsBench, Pallet as SystemBench};

			let mut list = Vec::<BenchmarkList>::new();
			list_benchmarks!(list, extra);
			(list, AllPalletsWithSystem::storage_info())
		}

		fn dispatch_benchmark(
			config: frame_benchmarking::BenchmarkConfig,
		) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
			use crate::*;
			use frame_benchmarking::{baseline::Pallet as BaselineBench, BenchmarkBatch};
			use frame_support::traits::{TrackedStorageKey, WhitelistedStorageKeys};
			use crate::benchmarking::session::Pallet as SessionBench;
			use frame_system_benchmarking::{extensions::Pallet as SystemExtensionsBench, Pallet as SystemBench};

			impl crate::benchmarking::session::Config for Runtime {}
			impl frame_system_benchmarking::Config for Runtime {}
			impl frame_benchmarking::baseline::Config for Runtime {}

			let mut whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
			// Every block sets its clock before any other call, so that none of them reads it from the database.
			if config.pallet != b"pallet_timestamp" {
				whitelist.push(TrackedStorageKey::new(pallet_timestamp::Now::<Runtime>::hashed_key().to_vec()));
			}
			let mut batches = Vec::<BenchmarkBatch>::new();
			let params = (&config, &whitelist);
			add_benchmarks!(params, batches);
			Ok(batches)
		}
	}

	#[cfg(feature = "try-runtime")]
	impl frame_try_runtime::TryRuntime<Block> for Runtime {
		fn on_runtime_upgrade(checks: frame_try_runtime::UpgradeCheckSelect)
			-> (frame_support::weights::Weight, frame_support::weights::Weight) {
			use frame_support::traits::Get;
			// A panic is how this API reports a failure.
			#[allow(clippy::expect_used)]
			let weight = Executive::try_runtime_upgrade(checks).expect("the upgrade keeps the invariants");
			(weight, <<Runtime as frame_system::Config>::BlockWeights as Get<frame_system::limits::BlockWeights>>::get().max_block)
		}
		fn execute_block(
			block: <Block as BlockT>::LazyBlock,
			state_root_check: bool,
			signature_check: bool,
			select: frame_try_runtime::TryStateSelect,
		) -> frame_support::weights::Weight {
			#[allow(clippy::expect_used)]
			let weight = Executive::try_execute_block(block, state_root_check, signature_check, select)
				.expect("the block keeps the invariants");
			weight
		}
	}
}
