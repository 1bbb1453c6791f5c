//! The Consent resource around its provisions.

use salus_primitives::InstitutionId;
use serde_json::Value;

use super::{
	actor, codes,
	directory::{Directory, Entity},
	element::{self, Element},
	instant,
	meaning::{Around, Base, Said},
	rule::Rule,
	ConsentError, ConsentStatement, Note, Reading, RuleType,
};

const KNOWN: [&str; 19] = [
	"resourceType",
	"id",
	"meta",
	"language",
	"text",
	"identifier",
	"status",
	"scope",
	"category",
	"patient",
	"dateTime",
	"performer",
	"organization",
	"sourceAttachment",
	"sourceReference",
	"policy",
	"policyRule",
	"verification",
	"provision",
];
/// What says nothing about access: R4 has `category` and `policy.uri` for finding and documenting.
const NO_TERMS: [&str; 9] = [
	"meta",
	"language",
	"text",
	"identifier",
	"category",
	"sourceAttachment",
	"sourceReference",
	"policy",
	"verification",
];

pub(super) fn consent(
	document: &Value,
	directory: &dyn Directory,
	untyped: Option<RuleType>,
) -> Result<Reading, ConsentError> {
	let consent = Element::new(document, "Consent", &KNOWN)?;
	if consent.text("resourceType")? != Some("Consent") {
		return Err(ConsentError::malformed(consent.at("resourceType"), "Consent"));
	}
	holds(&consent)?;
	is_whole(&consent)?;
	let (patient, organizations) = (patient(&consent, directory)?, organizations(&consent, directory)?);
	let (dated, written) = dated(&consent)?;
	let mut said = Said::default();
	let base = base(&consent)?;
	if base == Base::OptIn {
		said.notes.push(Note {
			path: consent.at("policyRule"),
			text: "it grants nothing by itself: on the chain only what a provision permits is open",
		});
	}
	let path = consent.at("provision");
	let root = match consent.get("provision") {
		Some(value) => Rule::read(value, &path, directory, &mut said.notes)?,
		None => Rule::empty(&path),
	};
	let around = Around {
		base,
		untyped,
		dated: written,
		organizations: &organizations,
	};
	said.root(root, &around)?;
	for name in NO_TERMS {
		if consent.get(name).is_some() {
			said.notes.push(Note {
				path: consent.at(name),
				text: "no part of the terms",
			});
		}
	}
	Ok(Reading {
		consent: ConsentStatement {
			id: id(&consent)?,
			patient,
			dated,
			performers: performers(&consent, directory)?,
			organizations,
			grants: said.grants,
			denials: said.denials,
		},
		notes: said.notes,
	})
}

/// Only a consent about privacy that is in force says what holds.
fn holds(consent: &Element) -> Result<(), ConsentError> {
	let status = consent.need("status", "only an active consent holds")?;
	if status.as_str() != Some("active") {
		return Err(ConsentError::none(consent.at("status"), "only an active consent holds"));
	}
	let scope = consent.need("scope", "this says what is consented to")?;
	let reason = "the chain decides about access to records, not about treatment, research or last wishes";
	element::meaning(scope, &consent.at("scope"), reason, |code| {
		(code.system == codes::SCOPE && code.code == "patient-privacy").then_some(())
	})
}

/// A resource of which a part was left out, or whose text says more than its elements, can't be taken at its word.
fn is_whole(consent: &Element) -> Result<(), ConsentError> {
	let tags = consent.get("meta").and_then(|meta| meta.get("tag"));
	for (index, tag) in tags.and_then(Value::as_array).into_iter().flatten().enumerate() {
		if tag.get("code").and_then(Value::as_str) == Some("SUBSETTED") {
			let path = format!("{}.tag[{index}]", consent.at("meta"));
			return Err(ConsentError::none(
				path,
				"a part of this consent was left out; get all of it",
			));
		}
	}
	let status = consent.get("text").and_then(|text| text.get("status"));
	if status.and_then(Value::as_str) == Some("additional") {
		let path = format!("{}.status", consent.at("text"));
		return Err(ConsentError::none(path, "its text says more than its elements"));
	}
	Ok(())
}

fn patient(consent: &Element, directory: &dyn Directory) -> Result<u64, ConsentError> {
	let value = consent.need("patient", "a consent is about one patient's records")?;
	match actor::entity(value, consent.at("patient"), directory)? {
		(_, _, Entity::Patient(patient)) => Ok(patient),
		(path, reference, _) => Err(ConsentError::WrongReference {
			path,
			reference,
			expected: "a patient",
		}),
	}
}

fn organizations(consent: &Element, directory: &dyn Directory) -> Result<Vec<InstitutionId>, ConsentError> {
	let each = consent.list("organization")?.into_iter();
	each.map(|(path, value)| match actor::entity(value, path, directory)? {
		(_, _, Entity::Institution(institution)) => Ok(institution),
		(path, reference, _) => Err(ConsentError::WrongReference {
			path,
			reference,
			expected: "an institution",
		}),
	})
	.collect()
}

fn performers(consent: &Element, directory: &dyn Directory) -> Result<Vec<Entity>, ConsentError> {
	let each = consent.list("performer")?.into_iter();
	each.map(|(path, value)| Ok(actor::entity(value, path, directory)?.2))
		.collect()
}

/// When it was written, as it stands there and as the first millisecond it covers.
fn dated(consent: &Element) -> Result<(Option<String>, Option<i64>), ConsentError> {
	let Some(text) = consent.text("dateTime")? else {
		return Ok((None, None));
	};
	let expected = "a dateTime, to the millisecond at most and without leap seconds";
	let (start, _) = instant::span(text).ok_or_else(|| ConsentError::malformed(consent.at("dateTime"), expected))?;
	Ok((Some(text.into()), Some(start)))
}

fn base(consent: &Element) -> Result<Base, ConsentError> {
	let rule = consent.need("policyRule", "it says what provisions are exceptions to")?;
	let reason = "only OPTIN and OPTOUT can be computed here";
	element::meaning(rule, &consent.at("policyRule"), reason, |code| {
		match (code.system, code.code) {
			(codes::ACT_CODE, "OPTIN") => Some(Base::OptIn),
			(codes::ACT_CODE, "OPTOUT") => Some(Base::OptOut),
			_ => None,
		}
	})
}

fn id(consent: &Element) -> Result<Option<String>, ConsentError> {
	let id = consent.text("id")?;
	if id.is_some_and(|id| !is_id(id)) {
		return Err(ConsentError::malformed(consent.at("id"), IS_ID));
	}
	Ok(id.map(Into::into))
}

pub(crate) const IS_ID: &str = "an id: 64 letters, digits, - and . at most";

pub(crate) fn is_id(id: &str) -> bool {
	(1..=64).contains(&id.len())
		&& id
			.bytes()
			.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}
