//! What is asked, granted or denied, as flags.

use std::time::Duration;

use clap::Args;
use salus_primitives::{
	Action, ActionSet, Category, CategorySet, Compartment, DenialTerms, InstitutionId, Moment, Purpose, PurposeSet,
	RecordId, Role, Terms, MAX_TERMS_COMPARTMENTS, MAX_TERMS_RECORDS,
};

use crate::sdk::{words, AccountId, Error};

/// Flags for terms. Without a flag, what is narrowed stays as it was.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct TermsFlags {
	/// What may be done: view, append, amend, share
	#[arg(long = "action", value_delimiter = ',', value_parser = words::word::<Action>)]
	pub(crate) actions: Vec<Action>,
	/// For which purposes: treatment, research, payment, …
	#[arg(long = "purpose", value_delimiter = ',', value_parser = words::word::<Purpose>)]
	pub(crate) purposes: Vec<Purpose>,
	/// On which categories: laboratory, imaging, summary, …
	#[arg(long = "category", value_delimiter = ',', value_parser = words::word::<Category>)]
	pub(crate) categories: Vec<Category>,
	/// On these records only, at most 16
	#[arg(long = "record", value_delimiter = ',')]
	pub(crate) records: Vec<RecordId>,
	/// In these drawers as well, at most 8
	#[arg(long = "compartment", value_delimiter = ',')]
	pub(crate) compartments: Vec<Compartment>,
	/// Of things that happened at this time or later
	#[arg(long, value_parser = words::moment)]
	pub(crate) recorded_from: Option<Moment>,
	/// Of things that happened before this time
	#[arg(long, value_parser = words::moment)]
	pub(crate) recorded_until: Option<Moment>,
	/// From this time on; at once without it
	#[arg(long, value_parser = words::moment)]
	pub(crate) starts: Option<Moment>,
	/// Until before this time
	#[arg(long, value_parser = words::moment, conflicts_with = "lasting")]
	pub(crate) ends: Option<Moment>,
	/// For this long, such as 30d
	#[arg(long = "for", value_parser = words::duration, value_name = "DURATION")]
	pub(crate) lasting: Option<Duration>,
	/// How many times at most
	#[arg(long)]
	pub(crate) uses: Option<u32>,
	/// When the grantee must have erased her copies
	#[arg(long, value_parser = words::moment)]
	pub(crate) erase_after: Option<Moment>,
	/// Also after the patient's death; `--outlives=false` takes that off what is narrowed
	#[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
	pub(crate) outlives: Option<bool>,
}

impl TermsFlags {
	/// Terms of their own: purposes and categories have to be named, viewing and 30 days are the defaults.
	///
	/// `now` is the chain's time.
	pub(crate) fn terms(&self, now: Moment) -> Result<Terms, Error> {
		if self.purposes.is_empty() || self.categories.is_empty() {
			return Err(Error::Usage("name at least one --purpose and one --category".into()));
		}
		let month = words::milliseconds(Duration::from_secs(30 * 24 * 60 * 60));
		self.narrow(
			Terms {
				actions: ActionSet::of(&[Action::View]),
				purposes: PurposeSet::EMPTY,
				categories: CategorySet::EMPTY,
				records: Default::default(),
				compartments: Default::default(),
				recorded_from: None,
				recorded_until: None,
				starts: now,
				ends: now.saturating_add(month),
				uses: None,
				erase_after: None,
				outlives: false,
			},
			now,
		)
	}

	/// Given terms with each named part replaced. Whether that narrows them is the chain's to check.
	pub(crate) fn narrow(&self, wide: Terms, now: Moment) -> Result<Terms, Error> {
		let starts = self.starts.unwrap_or(wide.starts);
		let lasting = self
			.lasting
			.map(|lasting| starts.max(now).saturating_add(words::milliseconds(lasting)));
		Ok(Terms {
			actions: replaced(&self.actions, wide.actions),
			purposes: replaced(&self.purposes, wide.purposes),
			categories: replaced(&self.categories, wide.categories),
			records: if self.records.is_empty() {
				wide.records
			} else {
				let too_many = |_| Error::Usage(format!("at most {MAX_TERMS_RECORDS} records can be named"));
				self.records.clone().try_into().map_err(too_many)?
			},
			compartments: if self.compartments.is_empty() {
				wide.compartments
			} else {
				let too_many = |_| Error::Usage(format!("at most {MAX_TERMS_COMPARTMENTS} drawers can be named"));
				self.compartments.clone().try_into().map_err(too_many)?
			},
			recorded_from: self.recorded_from.or(wide.recorded_from),
			recorded_until: self.recorded_until.or(wide.recorded_until),
			starts,
			ends: self.ends.or(lasting).unwrap_or(wide.ends),
			uses: self.uses.or(wide.uses),
			erase_after: self.erase_after.or(wide.erase_after),
			outlives: self.outlives.unwrap_or(wide.outlives),
		})
	}
}

/// Flags for a denial.
#[derive(Args)]
#[group(id = "names", multiple = true)]
pub(crate) struct DenialFlags {
	/// Deny everything to everybody
	#[arg(long)]
	all: bool,
	/// This requester
	#[arg(long, value_parser = words::account)]
	account: Option<AccountId>,
	/// Whoever acts at this institution
	#[arg(long)]
	institution: Option<InstitutionId>,
	/// Whoever acts in this role
	#[arg(long, value_parser = words::word::<Role>)]
	role: Option<Role>,
	/// Records of this category
	#[arg(long, value_parser = words::word::<Category>)]
	category: Option<Category>,
	/// Records in this drawer
	#[arg(long)]
	compartment: Option<Compartment>,
	/// Records kept by this institution
	#[arg(long)]
	source: Option<InstitutionId>,
	/// Of things that happened at this time or later
	#[arg(long, value_parser = words::moment)]
	recorded_from: Option<Moment>,
	/// Of things that happened before this time
	#[arg(long, value_parser = words::moment)]
	recorded_until: Option<Moment>,
	/// This record
	#[arg(long)]
	record: Option<RecordId>,
}

impl DenialFlags {
	/// What is denied, of which something has to be named.
	pub(crate) fn terms(self) -> Result<DenialTerms<AccountId>, Error> {
		let terms = DenialTerms {
			account: self.account,
			institution: self.institution,
			role: self.role,
			category: self.category,
			compartment: self.compartment,
			source: self.source,
			recorded_from: self.recorded_from,
			recorded_until: self.recorded_until,
			record: self.record,
		};
		if (terms == DenialTerms::all()) != self.all {
			return Err(Error::Usage("name what is denied, or --all and nothing else".into()));
		}
		Ok(terms)
	}
}

fn replaced<Item: Copy, Set: FromIterator<Item>>(named: &[Item], wide: Set) -> Set {
	if named.is_empty() {
		wide
	} else {
		named.iter().copied().collect()
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	const NOW: Moment = 1_000_000;

	fn asked() -> Terms {
		let flags = TermsFlags {
			purposes: vec![Purpose::Treatment],
			categories: vec![Category::Laboratory, Category::Imaging],
			lasting: Some(Duration::from_secs(3_600)),
			..TermsFlags::default()
		};
		flags.terms(NOW).unwrap()
	}

	#[test]
	fn terms_are_what_the_flags_say() {
		let terms = asked();
		assert_eq!(terms.actions, ActionSet::of(&[Action::View]));
		assert_eq!(
			terms.categories,
			CategorySet::of(&[Category::Laboratory, Category::Imaging])
		);
		assert_eq!((terms.starts, terms.ends), (NOW, NOW + 3_600_000));
	}

	#[test]
	fn narrowing_changes_only_what_is_named() {
		let asked = asked();
		let later = NOW + 10_000;
		let same = TermsFlags::default().narrow(asked.clone(), later).unwrap();
		assert_eq!(same, asked);

		let flags = TermsFlags {
			categories: vec![Category::Laboratory],
			lasting: Some(Duration::from_secs(60)),
			uses: Some(1),
			..TermsFlags::default()
		};
		let narrowed = flags.narrow(asked.clone(), later).unwrap();
		assert!(narrowed.is_within(&asked));
		assert_eq!(narrowed.categories, CategorySet::of(&[Category::Laboratory]));
		assert_eq!((narrowed.starts, narrowed.ends), (NOW, later + 60_000));
	}

	#[test]
	fn what_outlives_the_patient_is_said_and_taken_back_by_one_flag() {
		#[derive(clap::Parser)]
		struct Command {
			#[command(flatten)]
			terms: TermsFlags,
		}
		let flag = |arguments: &[&str]| {
			let base = ["x", "--purpose", "research", "--category", "other"];
			<Command as clap::Parser>::try_parse_from(base.iter().chain(arguments)).map(|command| command.terms)
		};
		let given = |arguments: &[&str]| flag(arguments).unwrap().terms(NOW).unwrap();
		assert!(!given(&[]).outlives);
		assert!(given(&["--outlives"]).outlives);
		assert!(given(&["--outlives", "--uses", "1"]).outlives);
		assert!(!given(&["--outlives=false"]).outlives);
		assert!(flag(&["--outlives=perhaps"]).is_err());

		let wide = given(&["--outlives"]);
		let narrowed = |arguments: &[&str]| flag(arguments).unwrap().narrow(wide.clone(), NOW).unwrap();
		assert!(narrowed(&[]).outlives);
		assert!(!narrowed(&["--outlives=false"]).outlives);
		assert!(narrowed(&["--outlives=false"]).is_within(&wide));
	}

	#[test]
	fn nothing_and_too_much_are_errors() {
		assert!(matches!(TermsFlags::default().terms(NOW), Err(Error::Usage(_))));
		let many = TermsFlags {
			records: (0..17).collect(),
			..TermsFlags::default()
		};
		assert!(matches!(many.narrow(asked(), NOW), Err(Error::Usage(_))));
		let many = TermsFlags {
			compartments: (0..9).collect(),
			..TermsFlags::default()
		};
		assert!(matches!(many.narrow(asked(), NOW), Err(Error::Usage(_))));
	}
}
