//! What subxt generates from the runtime's metadata, with the chain's own types in it.
//!
//! `metadata.scale` is the runtime's metadata, checked in; [`Client::connect`](crate::Client::connect) compares it with
//! the node's. The runtime's example `metadata` writes it.

#![allow(missing_docs, clippy::all, clippy::restriction)]

#[subxt::subxt(
	runtime_metadata_path = "metadata.scale",
	substitute_type(path = "sp_runtime::MultiSignature", with = "::subxt::utils::MultiSignature"),
	substitute_type(path = "pallet_roles::acts::Act", with = "::subxt::utils::Static<crate::sdk::Act>"),
	substitute_type(
		path = "pallet_consent::paper::Paper",
		with = "::subxt::utils::Static<crate::sdk::Paper>"
	),
	substitute_type(
		path = "pallet_consent::wishes::Wish",
		with = "::subxt::utils::Static<crate::sdk::Wish>"
	),
	substitute_type(
		path = "salus_primitives::access::Action",
		with = "::subxt::utils::Static<::salus_primitives::Action>"
	),
	substitute_type(
		path = "salus_primitives::access::Purpose",
		with = "::subxt::utils::Static<::salus_primitives::Purpose>"
	),
	substitute_type(
		path = "salus_primitives::access::Category",
		with = "::subxt::utils::Static<::salus_primitives::Category>"
	),
	substitute_type(
		path = "salus_primitives::access::Role",
		with = "::subxt::utils::Static<::salus_primitives::Role>"
	),
	substitute_type(
		path = "salus_primitives::access::Basis",
		with = "::subxt::utils::Static<::salus_primitives::Basis>"
	),
	substitute_type(
		path = "salus_primitives::access::Reason",
		with = "::subxt::utils::Static<::salus_primitives::Reason>"
	),
	substitute_type(
		path = "salus_primitives::access::Decision",
		with = "::subxt::utils::Static<::salus_primitives::Decision>"
	),
	substitute_type(
		path = "salus_primitives::access::AccessRequest<A>",
		with = "::subxt::utils::Static<::salus_primitives::AccessRequest<A>>"
	),
	substitute_type(
		path = "salus_primitives::appointments::Period",
		with = "::subxt::utils::Static<::salus_primitives::Period>"
	),
	substitute_type(
		path = "salus_primitives::appointments::Mode",
		with = "::subxt::utils::Static<::salus_primitives::Mode>"
	),
	substitute_type(
		path = "salus_primitives::appointments::Priority",
		with = "::subxt::utils::Static<::salus_primitives::Priority>"
	),
	substitute_type(
		path = "salus_primitives::appointments::CancelReason",
		with = "::subxt::utils::Static<::salus_primitives::CancelReason>"
	),
	substitute_type(
		path = "salus_primitives::audit::AuditHead",
		with = "::subxt::utils::Static<::salus_primitives::AuditHead>"
	),
	substitute_type(
		path = "salus_primitives::audit::AuditEntry<A>",
		with = "::subxt::utils::Static<::salus_primitives::AuditEntry<A>>"
	),
	substitute_type(
		path = "salus_primitives::audit::Kind<A>",
		with = "::subxt::utils::Static<::salus_primitives::Kind<A>>"
	),
	substitute_type(
		path = "salus_primitives::consent::Terms",
		with = "::subxt::utils::Static<::salus_primitives::Terms>"
	),
	substitute_type(
		path = "salus_primitives::consent::ConsentRequest",
		with = "::subxt::utils::Static<::salus_primitives::ConsentRequest>"
	),
	substitute_type(
		path = "salus_primitives::consent::Grantee<A>",
		with = "::subxt::utils::Static<::salus_primitives::Grantee<A>>"
	),
	substitute_type(
		path = "salus_primitives::consent::Parent<A>",
		with = "::subxt::utils::Static<::salus_primitives::Parent<A>>"
	),
	substitute_type(
		path = "salus_primitives::consent::Grant<A>",
		with = "::subxt::utils::Static<::salus_primitives::Grant<A>>"
	),
	substitute_type(
		path = "salus_primitives::consent::DenialTerms<A>",
		with = "::subxt::utils::Static<::salus_primitives::DenialTerms<A>>"
	),
	substitute_type(
		path = "salus_primitives::consent::Denial<A>",
		with = "::subxt::utils::Static<::salus_primitives::Denial<A>>"
	),
	substitute_type(
		path = "salus_primitives::consent::Erasure<A>",
		with = "::subxt::utils::Static<::salus_primitives::Erasure<A>>"
	),
	substitute_type(
		path = "salus_primitives::emergency::EmergencyReason",
		with = "::subxt::utils::Static<::salus_primitives::EmergencyReason>"
	),
	substitute_type(
		path = "salus_primitives::emergency::Verdict",
		with = "::subxt::utils::Static<::salus_primitives::Verdict>"
	),
	substitute_type(
		path = "salus_primitives::explain::Miss<A>",
		with = "::subxt::utils::Static<::salus_primitives::Miss<A>>"
	),
	substitute_type(
		path = "salus_primitives::explain::Explanation<A>",
		with = "::subxt::utils::Static<::salus_primitives::Explanation<A>>"
	),
	substitute_type(
		path = "salus_primitives::listing::Party<A>",
		with = "::subxt::utils::Static<::salus_primitives::Party<A>>"
	),
	substitute_type(
		path = "salus_primitives::listing::Listing<A>",
		with = "::subxt::utils::Static<::salus_primitives::Listing<A>>"
	),
	substitute_type(
		path = "salus_primitives::records::Origin",
		with = "::subxt::utils::Static<::salus_primitives::Origin>"
	),
	substitute_type(
		path = "salus_primitives::records::Media",
		with = "::subxt::utils::Static<::salus_primitives::Media>"
	),
	substitute_type(
		path = "salus_primitives::records::Relation",
		with = "::subxt::utils::Static<::salus_primitives::Relation>"
	),
	substitute_type(
		path = "salus_primitives::records::DocStatus",
		with = "::subxt::utils::Static<::salus_primitives::DocStatus>"
	),
	substitute_type(
		path = "salus_primitives::records::ErrorReason",
		with = "::subxt::utils::Static<::salus_primitives::ErrorReason>"
	),
	substitute_type(
		path = "salus_primitives::records::RecordStatus",
		with = "::subxt::utils::Static<::salus_primitives::RecordStatus>"
	),
	substitute_type(
		path = "salus_primitives::records::NewRecord",
		with = "::subxt::utils::Static<::salus_primitives::NewRecord>"
	),
	substitute_type(
		path = "salus_primitives::records::RecordFilter",
		with = "::subxt::utils::Static<::salus_primitives::RecordFilter>"
	),
	substitute_type(
		path = "salus_primitives::records::Record<A>",
		with = "::subxt::utils::Static<::salus_primitives::Record<A>>"
	),
	substitute_type(
		path = "salus_primitives::records::Receipt<A>",
		with = "::subxt::utils::Static<::salus_primitives::Receipt<A>>"
	),
	substitute_type(
		path = "salus_primitives::registry::InstitutionKind",
		with = "::subxt::utils::Static<::salus_primitives::InstitutionKind>"
	),
	substitute_type(
		path = "salus_primitives::registry::Status",
		with = "::subxt::utils::Static<::salus_primitives::Status>"
	),
	substitute_type(
		path = "salus_primitives::registry::Credential",
		with = "::subxt::utils::Static<::salus_primitives::Credential>"
	),
	substitute_type(
		path = "salus_primitives::registry::PatientStatus",
		with = "::subxt::utils::Static<::salus_primitives::PatientStatus>"
	),
	substitute_type(
		path = "salus_primitives::registry::Voucher",
		with = "::subxt::utils::Static<::salus_primitives::Voucher>"
	),
	substitute_type(
		path = "salus_primitives::registry::Assignment",
		with = "::subxt::utils::Static<::salus_primitives::Assignment>"
	),
	substitute_type(
		path = "salus_primitives::registry::Institution<A>",
		with = "::subxt::utils::Static<::salus_primitives::Institution<A>>"
	),
	substitute_type(
		path = "salus_primitives::registry::Application<A>",
		with = "::subxt::utils::Static<::salus_primitives::Application<A>>"
	),
	substitute_type(
		path = "salus_primitives::registry::Patient<A>",
		with = "::subxt::utils::Static<::salus_primitives::Patient<A>>"
	),
	substitute_type(
		path = "salus_primitives::telemetry::NewBatch",
		with = "::subxt::utils::Static<::salus_primitives::NewBatch>"
	),
	substitute_type(
		path = "salus_primitives::signing::HpkeKey",
		with = "::subxt::utils::Static<::salus_primitives::HpkeKey>"
	),
	substitute_type(
		path = "salus_primitives::telemetry::NewBatch",
		with = "::subxt::utils::Static<::salus_primitives::NewBatch>"
	)
)]
mod generated {}

pub use generated::*;

/// Named so that a new file makes this crate compile anew; the macro alone does not watch it.
const _: &[u8] = include_bytes!("../metadata.scale");
