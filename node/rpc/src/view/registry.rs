//! Institutions, credentials, patients.

use pallet_roles_runtime_api::CredentialView as Found;
use salus_primitives::{HpkeKey, Institution, InstitutionKind, Patient, PatientId, PatientStatus, Role, Status};
use serde::Serialize;

use super::{Account, Hex, Int, TermsView};
use crate::AccountId;

/// An HPKE public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", content = "key")]
pub enum HpkeKeyView {
	/// DHKEM(X25519, HKDF-SHA256).
	X25519(Hex),
	/// X-Wing.
	XWing(Hex),
}

impl From<HpkeKey> for HpkeKeyView {
	fn from(key: HpkeKey) -> Self {
		match key {
			HpkeKey::X25519(key) => Self::X25519(key.into()),
			HpkeKey::XWing(key) => Self::XWing(key.into()),
		}
	}
}

/// An institution.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstitutionView {
	pub id: u32,
	pub kind: InstitutionKind,
	pub region: String,
	pub time_zone: String,
	pub officers: Vec<Account>,
	pub status: Status,
	pub hpke: HpkeKeyView,
	pub peer_ids: Vec<Hex>,
	pub addresses: Vec<Hex>,
	pub admission_terms: TermsView,
	pub seat: Option<Account>,
	pub validator: Option<Account>,
}

impl InstitutionView {
	/// The institution of this id.
	pub fn new(id: u32, institution: Institution<AccountId>) -> Self {
		Self {
			id,
			kind: institution.kind,
			region: String::from_utf8_lossy(&institution.region).into_owned(),
			time_zone: String::from_utf8_lossy(&institution.time_zone).into_owned(),
			officers: institution.officers.into_iter().map(Account).collect(),
			status: institution.status,
			hpke: institution.hpke.into(),
			peer_ids: institution.peer_ids.into_iter().map(Into::into).collect(),
			addresses: institution.addresses.into_iter().map(Into::into).collect(),
			admission_terms: institution.admission_terms.into(),
			seat: institution.seat.map(Account),
			validator: institution.validator.map(Account),
		}
	}
}

/// A credential, and whether it and its institution count now.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialView {
	pub role: Role,
	pub licence: Hex,
	pub speciality: Hex,
	pub valid_from: Int,
	pub valid_until: Int,
	pub status: Status,
	pub active: bool,
}

impl From<Found> for CredentialView {
	fn from(found: Found) -> Self {
		let Found { credential, active } = found;
		Self {
			role: credential.role,
			licence: credential.licence.into(),
			speciality: credential.speciality.into(),
			valid_from: credential.valid_from.into(),
			valid_until: credential.valid_until.into(),
			status: credential.status,
			active,
		}
	}
}

/// Whether a patient lives, under this id.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum PatientStatusView {
	Active,
	Deceased { at: Int },
	MergedInto { patient: Int },
}

/// A patient.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PatientView {
	pub id: Int,
	pub controller: Option<Account>,
	pub hpke: Option<HpkeKeyView>,
	pub institution: u32,
	pub status: PatientStatusView,
}

impl PatientView {
	/// The patient of this id.
	pub fn new(id: PatientId, patient: Patient<AccountId>) -> Self {
		Self {
			id: id.into(),
			controller: patient.controller.map(Account),
			hpke: patient.hpke.map(Into::into),
			institution: patient.institution,
			status: match patient.status {
				PatientStatus::Active => PatientStatusView::Active,
				PatientStatus::Deceased(at) => PatientStatusView::Deceased { at: at.into() },
				PatientStatus::MergedInto(patient) => PatientStatusView::MergedInto {
					patient: patient.into(),
				},
			},
		}
	}
}
