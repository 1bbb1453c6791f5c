//! What makes terms acceptable at all.

use crate::{Config, Error};
use salus_primitives::{Action, ActionSet, DenialTerms, Moment, Role, Terms};

/// What is wrong with terms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TermsFault {
	/// They name no action, no purpose or no category.
	Empty,
	/// They end before they start.
	Inverted,
	/// They have ended.
	InPast,
	/// `recorded_until` is not after `recorded_from`.
	RangeInverted,
	/// They name a record twice.
	DuplicateRecord,
	/// They name a compartment twice.
	DuplicateCompartment,
	/// They allow no use.
	NoUses,
	/// Copies would have to be erased before the first could be made.
	EraseTooEarly,
}

impl<T: Config> From<TermsFault> for Error<T> {
	fn from(fault: TermsFault) -> Self {
		match fault {
			TermsFault::Empty => Self::TermsEmpty,
			TermsFault::Inverted => Self::TermsInverted,
			TermsFault::InPast => Self::TermsInPast,
			TermsFault::RangeInverted => Self::RangeInverted,
			TermsFault::DuplicateRecord => Self::DuplicateRecord,
			TermsFault::DuplicateCompartment => Self::DuplicateCompartment,
			TermsFault::NoUses => Self::NoUses,
			TermsFault::EraseTooEarly => Self::EraseTooEarly,
		}
	}
}

/// Whether the terms could permit something, now or later.
pub fn check(terms: &Terms, now: Moment) -> Result<(), TermsFault> {
	well_formed(terms)?;
	if terms.ends <= now {
		return Err(TermsFault::InPast);
	}
	if terms.erase_after.is_some_and(|erased| erased <= now) {
		return Err(TermsFault::EraseTooEarly);
	}
	Ok(())
}

/// What holds of acceptable terms at any time.
pub(crate) fn well_formed(terms: &Terms) -> Result<(), TermsFault> {
	if terms.actions.is_empty() || terms.purposes.is_empty() || terms.categories.is_empty() {
		return Err(TermsFault::Empty);
	}
	if terms.starts >= terms.ends {
		return Err(TermsFault::Inverted);
	}
	if is_inverted(terms.recorded_from, terms.recorded_until) {
		return Err(TermsFault::RangeInverted);
	}
	if has_duplicate(&terms.records) {
		return Err(TermsFault::DuplicateRecord);
	}
	if has_duplicate(&terms.compartments) {
		return Err(TermsFault::DuplicateCompartment);
	}
	if terms.uses == Some(0) {
		return Err(TermsFault::NoUses);
	}
	if terms.erase_after.is_some_and(|erased| erased <= terms.starts) {
		return Err(TermsFault::EraseTooEarly);
	}
	Ok(())
}

/// Whether a denial's range of dates is one.
pub(crate) fn denial_well_formed<AccountId>(terms: &DenialTerms<AccountId>) -> Result<(), TermsFault> {
	if is_inverted(terms.recorded_from, terms.recorded_until) {
		return Err(TermsFault::RangeInverted);
	}
	Ok(())
}

/// Whether the role matrix lets the role do all that the terms name.
pub(crate) fn fit_role(terms: &Terms, role: Role) -> bool {
	const READING: ActionSet = ActionSet::of(&[Action::View, Action::Share]);
	const WRITING: ActionSet = ActionSet::of(&[Action::Append, Action::Amend]);
	let limits = role.limits();
	let reads = !terms.actions.intersection(READING).is_empty();
	let writes = !terms.actions.intersection(WRITING).is_empty();
	terms.purposes.is_subset(limits.purposes)
		&& (!reads || terms.categories.is_subset(limits.view))
		&& (!writes || terms.categories.is_subset(limits.append))
}

fn is_inverted(from: Option<Moment>, until: Option<Moment>) -> bool {
	until.is_some_and(|until| until <= from.unwrap_or(0))
}

fn has_duplicate<Item: PartialEq>(items: &[Item]) -> bool {
	items
		.iter()
		.enumerate()
		.any(|(at, item)| items.iter().skip(at.saturating_add(1)).any(|later| later == item))
}
