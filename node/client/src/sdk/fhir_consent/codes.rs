//! Code systems: HL7's, LOINC's and ours.

use salus_primitives::{Action, Category, Purpose, Role};

use crate::sdk::words::hyphenated;

pub(super) const ACTION: &str = "http://terminology.hl7.org/CodeSystem/consentaction";
pub(super) const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
pub(super) const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
pub(super) const LOINC: &str = "http://loinc.org";
pub(super) const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
pub(super) const PURPOSE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
pub(super) const RESOURCE: &str = "http://hl7.org/fhir/resource-types";
pub(super) const SCOPE: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
/// Ours. Compartments are numbers; what they hold is nobody's to know.
pub(super) const CATEGORY: &str = "https://salus.example/fhir/CodeSystem/category";
pub(super) const COMPARTMENT: &str = "https://salus.example/fhir/CodeSystem/compartment";
pub(super) const CAPACITY: &str = "https://salus.example/fhir/CodeSystem/capacity";
pub(super) const USES: &str = "https://salus.example/fhir/StructureDefinition/uses";
pub(super) const ERASE_AFTER: &str = "https://salus.example/fhir/StructureDefinition/erase-after";
pub(super) const OUTLIVES: &str = "https://salus.example/fhir/StructureDefinition/outlives";
/// Stands for any institution where FHIR requires a reference: system and value of an identifier.
pub(super) const INSTITUTION: &str = "https://salus.example/fhir/NamingSystem/institution";
pub(super) const ANY: &str = "any";

/// Codes of [`CAPACITY`] beside the roles.
pub(super) const ASSIGNED: &str = "assigned";
pub(super) const ACTING_FOR: &str = "acting-for";
/// What is in no compartment.
pub(super) const NORMAL: &str = "N";

/// consentaction's word; its `use` is none of the chain's actions.
pub(super) const fn of_action(action: Action) -> &'static str {
	match action {
		Action::View => "access",
		Action::Append => "collect",
		Action::Amend => "correct",
		Action::Share => "disclose",
	}
}

/// v3 PurposeOfUse.
pub(super) const fn of_purpose(purpose: Purpose) -> &'static str {
	match purpose {
		Purpose::Treatment => "TREAT",
		Purpose::Emergency => "ETREAT",
		Purpose::Payment => "HPAYMT",
		Purpose::Operations => "HOPERAT",
		Purpose::Research => "HRESCH",
		Purpose::ClinicalTrial => "CLINTRCH",
		Purpose::PublicHealth => "PUBHLTH",
		Purpose::CareManagement => "CAREMGT",
		Purpose::Family => "FAMRQT",
		Purpose::PatientRequest => "PATRQT",
	}
}

pub(super) fn of_category(category: Category) -> String {
	hyphenated(category.name())
}

pub(super) fn of_role(role: Role) -> String {
	hyphenated(role.name())
}

pub(super) fn action(code: &str) -> Option<Action> {
	Action::ALL.into_iter().find(|action| of_action(*action) == code)
}

pub(super) fn purpose(code: &str) -> Option<Purpose> {
	Purpose::ALL.into_iter().find(|purpose| of_purpose(*purpose) == code)
}

pub(super) fn role(code: &str) -> Option<Role> {
	Role::ALL.into_iter().find(|role| of_role(*role) == code)
}

/// The category that a class of documents is, where it is one: an `Observation` can be of several.
pub(super) fn category(system: &str, code: &str) -> Option<Category> {
	match system {
		CATEGORY => Category::ALL
			.into_iter()
			.find(|category| of_category(*category) == code),
		RESOURCE => resource(code),
		LOINC => document_type(code),
		_ => None,
	}
}

fn resource(code: &str) -> Option<Category> {
	Some(match code {
		"AllergyIntolerance" => Category::Allergy,
		"Claim" | "ClaimResponse" | "ExplanationOfBenefit" => Category::Claims,
		"Encounter" => Category::Encounter,
		"ImagingStudy" => Category::Imaging,
		"Immunization" => Category::Immunisation,
		"MedicationRequest" | "MedicationDispense" => Category::Prescription,
		"MolecularSequence" => Category::Genomic,
		"Procedure" => Category::Procedure,
		"ServiceRequest" => Category::Order,
		_ => return None,
	})
}

/// LOINC codes of whole documents.
fn document_type(code: &str) -> Option<Category> {
	Some(match code {
		"34133-9" | "60591-5" => Category::Summary,
		"48765-2" => Category::Allergy,
		"11502-2" => Category::Laboratory,
		"18748-4" => Category::Imaging,
		"57833-6" => Category::Prescription,
		"11369-6" => Category::Immunisation,
		"8716-3" => Category::Vitals,
		"51969-4" => Category::Genomic,
		_ => return None,
	})
}
