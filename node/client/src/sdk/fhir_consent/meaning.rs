//! What provisions mean: grants and denials.

use salus_primitives::{
	Action, ActionSet, CategorySet, Compartment, DenialTerms, Grantee, InstitutionId, Moment, Purpose, PurposeSet,
	Role, Terms, MAX_TERMS_COMPARTMENTS, MAX_TERMS_RECORDS,
};
use sp_runtime::{traits::ConstU32, BoundedVec};

use super::{
	actor::Who,
	rule::{At, Labels, Rule, Span},
	AccountId, ConsentError, Note, RuleType, MAX_NARROW_DENIALS,
};

/// What holds where no provision says anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
	OptIn,
	OptOut,
}

/// What the rest of the Consent says about its provisions.
pub(super) struct Around<'a> {
	pub(super) base: Base,
	/// What a lone provision without a type is, where a person said so.
	pub(super) untyped: Option<RuleType>,
	/// When the Consent was written, at the earliest.
	pub(super) dated: Option<i64>,
	/// To whom is granted what names nobody.
	pub(super) organizations: &'a [InstitutionId],
}

/// Grants, denials and notes so far.
#[derive(Default)]
pub(super) struct Said {
	pub(super) grants: Vec<(Grantee<AccountId>, Terms)>,
	pub(super) denials: Vec<DenialTerms<AccountId>>,
	pub(super) notes: Vec<Note>,
}

impl Said {
	fn note(&mut self, path: &str, text: &'static str) {
		self.notes.push(Note {
			path: path.into(),
			text,
		});
	}

	/// Takes in the outermost provision and those in it.
	pub(super) fn root(&mut self, mut root: Rule, around: &Around) -> Result<(), ConsentError> {
		let nested = std::mem::take(&mut root.nested);
		if let Some(inner) = nested.iter().find_map(|rule| rule.nested.first()) {
			return Err(ConsentError::none(&inner.path, "exceptions to exceptions"));
		}
		if let Some(rule) = nested.iter().find(|rule| rule.kind.is_none()) {
			return Err(ConsentError::Missing {
				path: format!("{}.type", rule.path),
				reason: "a nested provision permits or denies",
			});
		}
		match root.kind {
			_ if nested.is_empty() => self.lone(root, around),
			None => self.framed(root, nested, around),
			Some(RuleType::Permit) => self.permit_with_exceptions(root, nested, around),
			Some(RuleType::Deny) => {
				let first = nested.into_iter().next().map(|rule| rule.path);
				let reason = "a denial goes before every grant, so nothing can be excepted from it";
				Err(ConsentError::none(first.unwrap_or(root.path), reason))
			}
		}
	}

	fn lone(&mut self, rule: Rule, around: &Around) -> Result<(), ConsentError> {
		let kind = match rule.kind.or(around.untyped) {
			Some(kind) => kind,
			None if around.base == Base::OptIn && rule.names_nothing() => {
				return Err(ConsentError::Ambiguous {
					path: format!("{}.type", rule.path),
				});
			}
			None => RuleType::Deny,
		};
		if rule.kind.is_none() && around.untyped.is_none() {
			let text = "it has no type and is read as a denial: an exception to OPTIN, or what OPTOUT covers";
			self.note(&rule.path, text);
		}
		self.typed(rule, kind, around)
	}

	fn framed(&mut self, mut frame: Rule, nested: Vec<Rule>, around: &Around) -> Result<(), ConsentError> {
		let all_deny = nested.iter().all(|rule| rule.kind == Some(RuleType::Deny));
		let emergency = PurposeSet::of(&[Purpose::Emergency]);
		let emergencies = frame
			.purposes
			.take_if(|purposes| all_deny && around.base == Base::OptOut && purposes.value == emergency);
		let before = self.denials.len();
		for rule in nested {
			let kind = rule.kind.unwrap_or(RuleType::Deny);
			self.typed(rule.within(&frame)?, kind, around)?;
		}
		if let Some(purposes) = emergencies {
			if self.denials.iter().skip(before).any(|terms| terms.account.is_some()) {
				let reason = "a denial of an account holds when the glass is broken, too";
				return Err(ConsentError::none(purposes.path, reason));
			}
			let text = "no term of its own: breaking the glass goes before these denials";
			self.note(&purposes.path, text);
		}
		Ok(())
	}

	fn permit_with_exceptions(&mut self, root: Rule, nested: Vec<Rule>, around: &Around) -> Result<(), ConsentError> {
		let mut frame = root.clone();
		frame.period = None;
		frame.actions = None;
		frame.purposes = None;
		frame.uses = None;
		frame.erase_after = None;
		frame.outlives = None;
		self.permit(root, around)?;
		for rule in nested {
			if rule.kind == Some(RuleType::Permit) {
				let reason = "a permit in a permit adds nothing to it; let both stand in a provision without type";
				return Err(ConsentError::none(rule.path, reason));
			}
			let text = "as a denial it holds until it is lifted, for every action and purpose";
			self.note(&rule.path, text);
			self.deny(rule.within(&frame)?, around)?;
		}
		Ok(())
	}

	fn typed(&mut self, rule: Rule, kind: RuleType, around: &Around) -> Result<(), ConsentError> {
		match kind {
			RuleType::Permit => self.permit(rule, around),
			RuleType::Deny => self.deny(rule, around),
		}
	}

	fn permit(&mut self, rule: Rule, around: &Around) -> Result<(), ConsentError> {
		if let Some(sources) = rule.sources {
			let reason = "a grant covers records wherever they are kept";
			return Err(ConsentError::none(sources.path, reason));
		}
		let grantees = match rule.who {
			Some(who) => grantees(who)?,
			None if around.organizations.is_empty() => {
				return Err(ConsentError::Missing {
					path: format!("{}.actor", rule.path),
					reason: "a grant is to somebody, and no Consent.organization stands in",
				});
			}
			None => {
				self.note(
					&rule.path,
					"it names no recipient and is read as for those of Consent.organization",
				);
				around.organizations.iter().copied().map(Grantee::Institution).collect()
			}
		};
		let (starts, ends) = validity(rule.period)?;
		let (recorded_from, recorded_until) = recorded(rule.data_period)?;
		let records = rule.records.map(|records| {
			records.value.try_into().map_err(|_| ConsentError::TooMany {
				path: records.path,
				most: size(MAX_TERMS_RECORDS),
			})
		});
		let terms = Terms {
			actions: rule.actions.map_or(ActionSet::ALL, |actions| actions.value),
			purposes: rule.purposes.map_or(PurposeSet::ALL, |purposes| purposes.value),
			categories: rule.categories.map_or(CategorySet::ALL, |categories| categories.value),
			records: records.transpose()?.unwrap_or_default(),
			compartments: match rule.labels {
				Some(labels) => opened(labels)?,
				None => Default::default(),
			},
			recorded_from,
			recorded_until,
			starts,
			ends,
			uses: rule.uses.map(|uses| uses.value),
			erase_after: rule.erase_after.map(|at| at.value),
			outlives: rule.outlives.is_some_and(|at| at.value),
		};
		self.grants
			.extend(grantees.into_iter().map(|grantee| (grantee, terms.clone())));
		Ok(())
	}

	fn deny(&mut self, mut rule: Rule, around: &Around) -> Result<(), ConsentError> {
		if let Some(period) = rule.period.take() {
			let is_over = matches!((period.value.until, around.dated), (Some(until), Some(dated)) if until <= dated);
			if !is_over || rule.data_period.is_some() {
				let reason = "a denial holds until it is lifted; dataPeriod says from when the records are";
				return Err(ConsentError::none(period.path, reason));
			}
			let text = "it was over when the Consent was written, so that it is read as the records' time, dataPeriod";
			self.note(&period.path, text);
			rule.data_period = Some(period);
		}
		if let Some(actions) = &rule.actions {
			if !actions.value.contains(Action::View) {
				let reason = "a denial closes every action, and this does not name access";
				return Err(ConsentError::none(&actions.path, reason));
			}
			if actions.value != ActionSet::ALL {
				self.note(
					&actions.path,
					"read as every action: what nobody may see nobody may change",
				);
			}
		}
		if let Some(purposes) = rule.purposes.filter(|purposes| purposes.value != PurposeSet::ALL) {
			return Err(ConsentError::none(purposes.path, "a denial holds for every purpose"));
		}
		let limits = [rule.uses.map(|uses| uses.path), rule.erase_after.map(|at| at.path)];
		if let Some(path) = limits.into_iter().flatten().next() {
			return Err(ConsentError::none(path, "a denial has no such limit"));
		}
		if let Some(outlives) = rule.outlives {
			let reason = "a denial holds until it is lifted, also after the patient's death";
			return Err(ConsentError::none(outlives.path, reason));
		}
		let (recorded_from, recorded_until) = recorded(rule.data_period)?;
		let mut denials = vec![DenialTerms {
			recorded_from,
			recorded_until,
			..DenialTerms::all()
		}];
		let room = size(MAX_NARROW_DENIALS).saturating_sub(self.denials.len());
		let too_many = || ConsentError::TooMany {
			path: rule.path.clone(),
			most: size(MAX_NARROW_DENIALS),
		};
		if room == 0 {
			return Err(too_many());
		}
		let mut each = |count: usize, name: &dyn Fn(&mut DenialTerms<AccountId>, usize)| {
			if denials.len().saturating_mul(count) > room {
				return Err(too_many());
			}
			let named = |terms: &DenialTerms<AccountId>| {
				let mut all = vec![terms.clone(); count];
				all.iter_mut().enumerate().for_each(|(index, terms)| name(terms, index));
				all
			};
			denials = denials.iter().flat_map(named).collect();
			Ok(())
		};
		let refused = rule.who.map(refused).transpose()?;
		if let Some(who) = &refused {
			each(who.len(), &|terms, index| {
				if let Some((account, institution, role)) = who.get(index) {
					(terms.account, terms.institution, terms.role) = (*account, *institution, *role);
				}
			})?;
		}
		if let Some(At { value, .. }) = &rule.sources {
			each(value.len(), &|terms, index| terms.source = value.get(index).copied())?;
		}
		if let Some(At { value, .. }) = rule.categories.filter(|set| set.value != CategorySet::ALL) {
			let categories: Vec<_> = value.iter().collect();
			each(categories.len(), &|terms, index| {
				terms.category = categories.get(index).copied()
			})?;
		}
		if let Some(At { value, .. }) = &rule.labels {
			if let Some(normal) = &value.normal {
				let reason = "a denial of what is in no compartment would be one of everything";
				return Err(ConsentError::none(normal, reason));
			}
			let drawers = &value.compartments;
			each(drawers.len(), &|terms, index| {
				terms.compartment = drawers.get(index).copied()
			})?;
		}
		if let Some(At { value, .. }) = &rule.records {
			each(value.len(), &|terms, index| terms.record = value.get(index).copied())?;
		}
		self.denials.append(&mut denials);
		Ok(())
	}
}

impl Rule {
	/// Whether it names a period at most.
	fn names_nothing(&self) -> bool {
		let named = [
			self.who.is_some(),
			self.sources.is_some(),
			self.actions.is_some(),
			self.purposes.is_some(),
			self.categories.is_some(),
			self.labels.is_some(),
			self.data_period.is_some(),
			self.records.is_some(),
			self.uses.is_some(),
			self.erase_after.is_some(),
			self.outlives.is_some(),
		];
		!named.contains(&true)
	}

	/// The rule with what the provision around it says, where it says nothing itself, or less.
	fn within(self, frame: &Self) -> Result<Self, ConsentError> {
		Ok(Self {
			period: inherit(&frame.period, self.period, |_, _| false)?,
			who: acting(&frame.who, self.who)?,
			sources: inherit(&frame.sources, self.sources, |_, _| false)?,
			actions: inherit(&frame.actions, self.actions, |less, more| less.is_subset(*more))?,
			purposes: inherit(&frame.purposes, self.purposes, |less, more| less.is_subset(*more))?,
			categories: inherit(&frame.categories, self.categories, |less, more| less.is_subset(*more))?,
			labels: inherit(&frame.labels, self.labels, |_, _| false)?,
			data_period: inherit(&frame.data_period, self.data_period, |_, _| false)?,
			records: inherit(&frame.records, self.records, |_, _| false)?,
			uses: inherit(&frame.uses, self.uses, |less, more| less < more)?,
			erase_after: inherit(&frame.erase_after, self.erase_after, |less, more| less < more)?,
			outlives: inherit(&frame.outlives, self.outlives, |less, more| less < more)?,
			..self
		})
	}
}

const DIFFERS: &str = "it differs from what the provision around it says";

fn inherit<T: Clone + PartialEq>(
	frame: &Option<At<T>>,
	own: Option<At<T>>,
	is_less: impl Fn(&T, &T) -> bool,
) -> Result<Option<At<T>>, ConsentError> {
	match (frame, own) {
		(Some(frame), Some(own)) if frame.value != own.value && !is_less(&own.value, &frame.value) => {
			Err(ConsentError::none(own.path, DIFFERS))
		}
		(frame, None) => Ok(frame.clone()),
		(_, own) => Ok(own),
	}
}

/// Accounts that are named within an institution are meant where they act for it.
fn acting(frame: &Option<At<Vec<Who>>>, own: Option<At<Vec<Who>>>) -> Result<Option<At<Vec<Who>>>, ConsentError> {
	let (Some(around), Some(mut named)) = (frame, own.clone()) else {
		return inherit(frame, own, |_, _| false);
	};
	let place = match around.value.as_slice() {
		[Who::Grantee(Grantee::Institution(institution))] => (*institution, None),
		[Who::Grantee(Grantee::Role(role, institution))] => (*institution, Some(*role)),
		_ => return inherit(frame, own, |_, _| false),
	};
	for who in &mut named.value {
		match (&who, place) {
			(Who::Grantee(Grantee::Account(account)), (institution, role)) => {
				*who = Who::Acting(*account, Some(institution), role);
			}
			(Who::Grantee(Grantee::Role(_, inner)), (institution, None)) if *inner == institution => {}
			_ => return inherit(frame, own, |_, _| false),
		}
	}
	Ok(Some(named))
}

fn grantees(who: At<Vec<Who>>) -> Result<Vec<Grantee<AccountId>>, ConsentError> {
	let grantee = |one| match one {
		Who::Grantee(grantee) => Ok(grantee),
		Who::Everywhere(_) => Err("a grant to a role is for one institution"),
		Who::Acting(..) => Err("a grant to an account holds wherever it acts"),
	};
	let each = who.value.into_iter().map(grantee);
	each.collect::<Result<_, _>>()
		.map_err(|reason| ConsentError::none(who.path, reason))
}

type Named = (Option<AccountId>, Option<InstitutionId>, Option<Role>);

fn refused(who: At<Vec<Who>>) -> Result<Vec<Named>, ConsentError> {
	let named = |one| match one {
		Who::Grantee(Grantee::Account(account)) => Ok((Some(account), None, None)),
		Who::Grantee(Grantee::Institution(institution)) => Ok((None, Some(institution), None)),
		Who::Grantee(Grantee::Role(role, institution)) => Ok((None, Some(institution), Some(role))),
		Who::Everywhere(role) => Ok((None, None, Some(role))),
		Who::Acting(account, institution, role) => Ok((Some(account), institution, role)),
		Who::Grantee(Grantee::Assigned(_)) => Err("a denial names people, institutions and roles, not assignments"),
	};
	let each = who.value.into_iter().map(named);
	each.collect::<Result<_, _>>()
		.map_err(|reason| ConsentError::none(who.path, reason))
}

/// The compartments that a grant opens.
fn opened(labels: At<Labels>) -> Result<BoundedVec<Compartment, ConstU32<MAX_TERMS_COMPARTMENTS>>, ConsentError> {
	if labels.value.normal.is_none() {
		let reason = "a grant that opens a compartment opens what is in none too; add the label N if that is meant";
		return Err(ConsentError::none(labels.path, reason));
	}
	labels.value.compartments.try_into().map_err(|_| ConsentError::TooMany {
		path: labels.path,
		most: size(MAX_TERMS_COMPARTMENTS),
	})
}

/// From when until when a grant holds. Before 1970 the chain's clock never was.
fn validity(period: Option<At<Span>>) -> Result<(Moment, Moment), ConsentError> {
	let Some(At { path, value }) = period else {
		return Ok((0, Moment::MAX));
	};
	let starts = value.from.unwrap_or(0).max(0);
	let ends = match value.until {
		Some(until) => moment(until, || format!("{path}.end"))?,
		None => Moment::MAX,
	};
	Ok((moment(starts, || format!("{path}.start"))?, ends))
}

type Recorded = (Option<Moment>, Option<Moment>);

fn recorded(period: Option<At<Span>>) -> Result<Recorded, ConsentError> {
	let Some(At { path, value }) = period else {
		return Ok((None, None));
	};
	let from = value.from.map(|from| moment(from, || format!("{path}.start")));
	let until = value.until.map(|until| moment(until, || format!("{path}.end")));
	Ok((from.transpose()?, until.transpose()?))
}

fn moment(at: i64, path: impl Fn() -> String) -> Result<Moment, ConsentError> {
	Moment::try_from(at).map_err(|_| ConsentError::none(path(), "the chain's times begin in 1970"))
}

fn size(most: u32) -> usize {
	usize::try_from(most).unwrap_or(usize::MAX)
}
