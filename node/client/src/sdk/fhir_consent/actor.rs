//! Who a provision is about: recipients, custodians, and whom references mean.

use salus_primitives::{Grantee, InstitutionId, Role};
use serde_json::Value;

use super::{
	codes,
	directory::{Directory, Entity},
	element::{self, Element},
	rule::At,
	AccountId, ConsentError,
};

/// A recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
	Grantee(Grantee<AccountId>),
	/// A role wherever it is held.
	Everywhere(Role),
	/// One account, where it acts for an institution or in a role.
	Acting(AccountId, Option<InstitutionId>, Option<Role>),
}

type Actors = (Option<At<Vec<Who>>>, Option<At<Vec<InstitutionId>>>);

/// Recipients and custodians.
pub(super) fn all(provision: &Element, directory: &dyn Directory) -> Result<Actors, ConsentError> {
	let mut who: Option<At<Vec<Who>>> = None;
	let mut sources: Option<At<Vec<InstitutionId>>> = None;
	let mut acting = None;
	for (path, value) in provision.list("actor")? {
		let actor = Element::new(value, path, &["id", "role", "reference"])?;
		let capacity = Capacity::read(
			actor.need("role", "an actor is a recipient or a custodian")?,
			&actor.at("role"),
		)?;
		let place = Place::read(
			actor.need("reference", "an actor is named by reference")?,
			actor.at("reference"),
			directory,
		)?;
		if capacity.is_custodian {
			collect(&mut sources, actor.path, place.institution()?);
		} else if capacity.is_acting_for {
			let (institution, role) = (place.any_or_institution()?, capacity.role);
			if acting.replace((actor.path.clone(), institution, role)).is_some() {
				return Err(ConsentError::none(
					actor.path,
					"an account acts for one institution at a time",
				));
			}
		} else {
			collect(&mut who, actor.path, capacity.recipient(place)?);
		}
	}
	if let Some((path, institution, role)) = acting {
		let Some(who) = &mut who else {
			return Err(ConsentError::none(path, "no account is named that acts for it"));
		};
		for one in &mut who.value {
			match one {
				Who::Grantee(Grantee::Account(account)) => *one = Who::Acting(*account, institution, role),
				_ => return Err(ConsentError::none(path, "only accounts act for an institution")),
			}
		}
	}
	Ok((who, sources))
}

/// Adds to a list, which stands where its first item does.
fn collect<T>(list: &mut Option<At<Vec<T>>>, path: String, item: T) {
	let empty = At {
		path,
		value: Vec::new(),
	};
	list.get_or_insert(empty).value.push(item);
}

/// What an actor's role says.
#[derive(Default)]
struct Capacity {
	is_custodian: bool,
	is_acting_for: bool,
	is_assigned: bool,
	role: Option<Role>,
}

impl Capacity {
	fn read(value: &Value, path: &str) -> Result<Self, ConsentError> {
		let mut found = Self::default();
		let mut is_recipient = false;
		for code in element::concept(value, path)? {
			match (code.system, code.code) {
				(codes::PARTICIPATION, "PRCP" | "IRCP") => is_recipient = true,
				(codes::PARTICIPATION, "CST") => found.is_custodian = true,
				(codes::CAPACITY, codes::ASSIGNED) => found.is_assigned = true,
				(codes::CAPACITY, codes::ACTING_FOR) => found.is_acting_for = true,
				(codes::CAPACITY, word) if codes::role(word).is_some() && found.role.is_none() => {
					found.role = codes::role(word);
				}
				_ => {
					let reason =
						"actors are recipients (PRCP, IRCP), custodians (CST) or have one capacity on the chain";
					return Err(ConsentError::none(code.path, reason));
				}
			}
		}
		let kinds = [is_recipient, found.is_custodian, found.is_acting_for];
		let is_plain = !found.is_custodian || (!found.is_assigned && found.role.is_none());
		let is_one = kinds.into_iter().filter(|is| *is).count() == 1;
		let is_clear = !found.is_assigned || (found.role.is_none() && !found.is_acting_for);
		if is_one && is_plain && is_clear {
			Ok(found)
		} else {
			Err(ConsentError::none(
				path,
				"it is not one of recipient, custodian and acting for",
			))
		}
	}

	fn recipient(self, place: Place) -> Result<Who, ConsentError> {
		let is_plain = self.role.is_none() && !self.is_assigned;
		Ok(match (place.found.clone(), self.role) {
			(None, Some(role)) if !self.is_assigned => Who::Everywhere(role),
			(Some(Entity::Institution(institution)), Some(role)) => Who::Grantee(Grantee::Role(role, institution)),
			(Some(Entity::Institution(institution)), None) if self.is_assigned => {
				Who::Grantee(Grantee::Assigned(institution))
			}
			(Some(Entity::Institution(institution)), None) => Who::Grantee(Grantee::Institution(institution)),
			(Some(Entity::Account(account)), None) if is_plain => Who::Grantee(Grantee::Account(account)),
			(Some(Entity::Patient(_)), _) => {
				let reason = "a patient asks for nobody's records but her own; name a person's account";
				return Err(ConsentError::none(place.path, reason));
			}
			_ => return Err(place.wrong("an institution here")),
		})
	}
}

/// Whom an actor's reference means; nobody in particular stands for any institution.
struct Place {
	path: String,
	reference: String,
	found: Option<Entity>,
}

impl Place {
	fn read(value: &Value, path: String, directory: &dyn Directory) -> Result<Self, ConsentError> {
		if let (Some(identifier), None) = (value.get("identifier"), value.get("reference")) {
			let reference = Element::new(value, &path, &["type", "identifier", "display"])?;
			let at = reference.at("identifier");
			let fields = Element::new(identifier, &at, &["system", "value"])?;
			let is_any =
				fields.text("system")? == Some(codes::INSTITUTION) && fields.text("value")? == Some(codes::ANY);
			return if is_any {
				Ok(Self {
					path,
					reference: "any institution".into(),
					found: None,
				})
			} else {
				Err(ConsentError::none(at, "a directory knows literal references only"))
			};
		}
		let (path, reference, found) = entity(value, path, directory)?;
		Ok(Self {
			path,
			reference,
			found: Some(found),
		})
	}

	fn institution(self) -> Result<InstitutionId, ConsentError> {
		match self.found {
			Some(Entity::Institution(institution)) => Ok(institution),
			_ => Err(self.wrong("an institution")),
		}
	}

	fn any_or_institution(self) -> Result<Option<InstitutionId>, ConsentError> {
		match self.found {
			None => Ok(None),
			Some(_) => self.institution().map(Some),
		}
	}

	fn wrong(self, expected: &'static str) -> ConsentError {
		ConsentError::WrongReference {
			path: self.path,
			reference: self.reference,
			expected,
		}
	}
}

/// A literal reference and its path.
pub(super) fn literal(value: &Value, path: String) -> Result<(String, &str), ConsentError> {
	let reference = Element::new(value, path, &["id", "reference", "type", "display"])?;
	let target = reference.text("reference")?.ok_or_else(|| ConsentError::Missing {
		path: reference.at("reference"),
		reason: "a directory knows literal references only",
	})?;
	Ok((reference.path, target))
}

/// Whom a literal reference means.
pub(super) fn entity(
	value: &Value,
	path: String,
	directory: &dyn Directory,
) -> Result<(String, String, Entity), ConsentError> {
	let (path, reference) = literal(value, path)?;
	match directory.entity(reference) {
		Some(entity) => Ok((path, reference.to_string(), entity)),
		None => Err(ConsentError::UnknownReference {
			path,
			reference: reference.to_string(),
		}),
	}
}
