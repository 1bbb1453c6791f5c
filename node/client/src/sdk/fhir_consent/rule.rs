//! One provision as it stands, before it is a grant or a denial.

use salus_primitives::{ActionSet, CategorySet, Compartment, InstitutionId, Moment, PurposeSet, RecordId};
use serde_json::Value;

use super::{
	actor::{self, Who},
	codes,
	directory::{Directory, Meaning},
	element::{self, Element},
	instant, ConsentError, Note, RuleType,
};

/// A value with the path of the element it was read from.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
	pub(super) path: String,
	pub(super) value: T,
}

/// Half-open, in milliseconds since the epoch; open where FHIR says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
	pub(super) from: Option<i64>,
	pub(super) until: Option<i64>,
}

/// Which security labels: `N` for what is in no compartment, and compartments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Labels {
	pub(super) normal: Option<String>,
	pub(super) compartments: Vec<Compartment>,
}

/// A provision's conditions; none is "any".
#[derive(Clone, Debug)]
pub(super) struct Rule {
	pub(super) path: String,
	pub(super) kind: Option<RuleType>,
	pub(super) period: Option<At<Span>>,
	pub(super) who: Option<At<Vec<Who>>>,
	pub(super) sources: Option<At<Vec<InstitutionId>>>,
	pub(super) actions: Option<At<ActionSet>>,
	pub(super) purposes: Option<At<PurposeSet>>,
	pub(super) categories: Option<At<CategorySet>>,
	pub(super) labels: Option<At<Labels>>,
	pub(super) data_period: Option<At<Span>>,
	pub(super) records: Option<At<Vec<RecordId>>>,
	pub(super) uses: Option<At<u32>>,
	pub(super) erase_after: Option<At<Moment>>,
	pub(super) outlives: Option<At<bool>>,
	pub(super) nested: Vec<Rule>,
}

const KNOWN: [&str; 13] = [
	"id",
	"extension",
	"modifierExtension",
	"type",
	"period",
	"actor",
	"action",
	"securityLabel",
	"purpose",
	"class",
	"dataPeriod",
	"data",
	"provision",
];

impl Rule {
	/// A provision that says nothing.
	pub(super) fn empty(path: &str) -> Self {
		Self {
			path: path.into(),
			kind: None,
			period: None,
			who: None,
			sources: None,
			actions: None,
			purposes: None,
			categories: None,
			labels: None,
			data_period: None,
			records: None,
			uses: None,
			erase_after: None,
			outlives: None,
			nested: Vec::new(),
		}
	}

	/// Reads a provision and those in it.
	pub(super) fn read(
		value: &Value,
		path: &str,
		directory: &dyn Directory,
		notes: &mut Vec<Note>,
	) -> Result<Self, ConsentError> {
		let provision = Element::new(value, path, &KNOWN)?;
		let kind = match provision.text("type")? {
			None => None,
			Some("permit") => Some(RuleType::Permit),
			Some("deny") => Some(RuleType::Deny),
			Some(_) => return Err(ConsentError::malformed(provision.at("type"), "permit or deny")),
		};
		let (who, sources) = actor::all(&provision, directory)?;
		let mut nested = Vec::new();
		for (path, value) in provision.list("provision")? {
			nested.push(Self::read(value, &path, directory, notes)?);
		}
		Ok(Self {
			path: path.into(),
			kind,
			period: period(&provision, "period")?,
			who,
			sources,
			actions: set(&provision, "action", |value, path| {
				let reason = "it does not tell viewing, adding, correcting and sharing apart in this way";
				element::meaning(value, path, reason, |code| {
					(code.system == codes::ACTION).then(|| codes::action(code.code))?
				})
			})?,
			purposes: set(&provision, "purpose", |value, path| {
				let code = element::coding(value, path)?;
				let known = (code.system == codes::PURPOSE)
					.then(|| codes::purpose(code.code))
					.flatten();
				known.ok_or_else(|| ConsentError::none(code.path, "it is none of the ten purposes of use"))
			})?,
			categories: set(&provision, "class", |value, path| {
				let code = element::coding(value, path)?;
				let known = codes::category(code.system, code.code);
				let known =
					known.ok_or_else(|| ConsentError::none(path, "it is none of the categories of documents"))?;
				if code.system != codes::CATEGORY {
					notes.push(Note {
						path: path.into(),
						text: "read as the whole category that such documents are of",
					});
				}
				Ok(known)
			})?,
			labels: labels(&provision)?,
			data_period: period(&provision, "dataPeriod")?,
			records: records(&provision, directory)?,
			uses: extension(&provision, &LIMITING, USES, |value| {
				value
					.as_u64()
					.and_then(|uses| u32::try_from(uses).ok())
					.filter(|uses| (1..=MAX_USES).contains(uses))
			})?,
			erase_after: extension(&provision, &ADDING, ERASE_AFTER, |value| {
				let (start, _) = instant::span(value.as_str()?)?;
				Moment::try_from(start).ok()
			})?,
			outlives: extension(&provision, &ADDING, OUTLIVES, Value::as_bool)?,
			nested,
		})
	}
}

/// FHIR's largest `positiveInt`.
pub(super) const MAX_USES: u32 = (1 << 31) - 1;

/// A list of codes as a set.
fn set<Item, Set: FromIterator<Item>>(
	provision: &Element,
	name: &str,
	mut read: impl FnMut(&Value, &str) -> Result<Item, ConsentError>,
) -> Result<Option<At<Set>>, ConsentError> {
	let items = provision.list(name)?;
	if items.is_empty() {
		return Ok(None);
	}
	let value: Set = items
		.into_iter()
		.map(|(path, value)| read(value, &path))
		.collect::<Result<_, _>>()?;
	Ok(Some(At {
		path: provision.at(name),
		value,
	}))
}

fn period(provision: &Element, name: &str) -> Result<Option<At<Span>>, ConsentError> {
	let Some(value) = provision.get(name) else {
		return Ok(None);
	};
	let period = Element::new(value, provision.at(name), &["id", "start", "end"])?;
	let side = |name| -> Result<Option<(i64, i64)>, ConsentError> {
		let Some(text) = period.text(name)? else {
			return Ok(None);
		};
		let expected = "a dateTime, to the millisecond at most and without leap seconds";
		let span = instant::span(text).ok_or_else(|| ConsentError::malformed(period.at(name), expected))?;
		Ok(Some(span))
	};
	let value = Span {
		from: side("start")?.map(|(from, _)| from),
		until: side("end")?.map(|(_, until)| until),
	};
	if let (Some(from), Some(until)) = (value.from, value.until) {
		if from >= until {
			return Err(ConsentError::malformed(
				period.path,
				"a period that ends after it starts",
			));
		}
	}
	Ok(Some(At {
		path: period.path,
		value,
	}))
}

fn labels(provision: &Element) -> Result<Option<At<Labels>>, ConsentError> {
	let mut value = Labels {
		normal: None,
		compartments: Vec::new(),
	};
	for (path, label) in provision.list("securityLabel")? {
		let code = element::coding(label, path)?;
		match code.system {
			codes::CONFIDENTIALITY if code.code == codes::NORMAL => value.normal = Some(code.path),
			codes::COMPARTMENT => {
				let number = code
					.code
					.parse()
					.ok()
					.filter(|number: &Compartment| number.to_string() == code.code);
				let expected = "a compartment's number, from 0 to 255";
				value
					.compartments
					.push(number.ok_or_else(|| ConsentError::malformed(code.path, expected))?);
			}
			_ => {
				let reason = "the chain never knows what a record is about; name a compartment";
				return Err(ConsentError::none(code.path, reason));
			}
		}
	}
	let is_any = value.normal.is_none() && value.compartments.is_empty();
	Ok((!is_any).then(|| At {
		path: provision.at("securityLabel"),
		value,
	}))
}

fn records(provision: &Element, directory: &dyn Directory) -> Result<Option<At<Vec<RecordId>>>, ConsentError> {
	let mut all = Vec::new();
	for (path, value) in provision.list("data")? {
		let data = Element::new(value, path, &["id", "meaning", "reference"])?;
		let meaning = match data.text("meaning")? {
			Some("instance") => Meaning::Instance,
			Some("related") => Meaning::Related,
			Some("dependents") => Meaning::Dependents,
			Some("authoredby") => {
				let reason = "nothing on the chain goes by the author of a record";
				return Err(ConsentError::none(data.at("meaning"), reason));
			}
			_ => {
				let expected = "instance, related, dependents or authoredby";
				return Err(ConsentError::malformed(data.at("meaning"), expected));
			}
		};
		let (path, reference) = actor::literal(
			data.need("reference", "data is named by reference")?,
			data.at("reference"),
		)?;
		let found = directory.records(reference, meaning).filter(|found| !found.is_empty());
		let reference = || match meaning {
			Meaning::Instance => reference.to_string(),
			Meaning::Related => format!("{reference} with what it refers to"),
			Meaning::Dependents => format!("{reference} with what refers to it"),
		};
		all.extend(found.ok_or_else(|| ConsentError::UnknownReference {
			path,
			reference: reference(),
		})?);
	}
	Ok((!all.is_empty()).then(|| At {
		path: provision.at("data"),
		value: all,
	}))
}

/// An extension of ours: its url and the field of its value.
type Extension = (&'static str, &'static str);
const USES: Extension = (codes::USES, "valuePositiveInt");
const ERASE_AFTER: Extension = (codes::ERASE_AFTER, "valueDateTime");
const OUTLIVES: Extension = (codes::OUTLIVES, "valueBoolean");
/// Those that a provision may have under each name of the element.
const LIMITING: (&str, &[Extension]) = ("modifierExtension", &[USES]);
const ADDING: (&str, &[Extension]) = ("extension", &[ERASE_AFTER, OUTLIVES]);

/// The one extension of a kind that a provision may have; those that are of no kind are refused.
fn extension<T>(
	provision: &Element,
	(name, known): &(&str, &[Extension]),
	(url, field): Extension,
	read: impl Fn(&Value) -> Option<T>,
) -> Result<Option<At<T>>, ConsentError> {
	let mut found = None;
	for (path, value) in provision.list(name)? {
		let named = value.get("url").and_then(Value::as_str);
		if known.iter().any(|(other, _)| *other != url && named == Some(*other)) {
			continue;
		}
		let extension = Element::new(value, path, &["id", "url", field])?;
		if extension.text("url")? != Some(url) || found.is_some() {
			let reason = "the chain does not know this extension here, or knows it once";
			return Err(ConsentError::none(extension.path, reason));
		}
		let value = extension.need(field, "the extension has a value")?;
		let value = read(value).ok_or_else(|| ConsentError::malformed(extension.at(field), "a value in its range"))?;
		found = Some(At {
			path: extension.path,
			value,
		});
	}
	Ok(found)
}
