//! What a grant or a denial says, as one plain sentence: shown to the patient before she signs it.

use chrono::{DateTime, Timelike};
use salus_primitives::{Action, Category, CategorySet, DenialTerms, Grantee, Moment, Purpose, PurposeSet, Role, Terms};

use super::{words::hyphenated, AccountId};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
	/// To the patient: "You let …".
	ToThePatient,
	/// About her: "The patient lets …".
	OfThePatient,
}

impl Voice {
	fn pick(self, to: &'static str, of: &'static str) -> &'static str {
		match self {
			Self::ToThePatient => to,
			Self::OfThePatient => of,
		}
	}
}

/// What a grant allows.
pub fn grant(grantee: &Grantee<AccountId>, terms: &Terms, voice: Voice) -> String {
	let who = match grantee {
		Grantee::Account(account) => format!("account {account}"),
		Grantee::Institution(institution) => format!("everybody with a credential at institution {institution}"),
		Grantee::Role(role, institution) => format!("{} at institution {institution}", every(*role)),
		Grantee::Assigned(institution) => {
			let patient = voice.pick("you", "the patient");
			format!("whoever is assigned to {patient} at institution {institution}")
		}
	};
	let mut parts = vec![format!(
		"{} {who} {} {}",
		voice.pick("You let", "The patient lets"),
		listed(terms.actions.iter().map(verb)).unwrap_or_else(|| "do nothing with".into()),
		documents(terms.categories, voice),
	)];
	if !terms.records.is_empty() {
		parts.push(format!("but only {}", numbered("record", terms.records.iter())));
	}
	parts.extend(recorded(terms.recorded_from, terms.recorded_until));
	if !terms.compartments.is_empty() {
		let drawers = numbered("drawer", terms.compartments.iter());
		parts.push(match grantee {
			Grantee::Account(_) => format!("also those in {drawers}"),
			_ => format!("but none in {drawers}, which open to a named account only"),
		});
	}
	parts.push(purposes(terms.purposes));
	parts.push(match (terms.starts, terms.ends) {
		(0, Moment::MAX) => "without an end".into(),
		(0, ends) => format!("until {}", time(ends)),
		(starts, Moment::MAX) => format!("from {} on, without an end", time(starts)),
		(starts, ends) => format!("from {} until {}", time(starts), time(ends)),
	});
	if let Some(uses) = terms.uses {
		parts.push(match uses {
			1 => "once".into(),
			_ => format!("at most {uses} times"),
		});
	}
	if terms.outlives {
		parts.push(format!("also after {} death", voice.pick("your", "the patient's")));
	}
	if let Some(at) = terms.erase_after {
		parts.push(format!("and copies have to be erased by {}", time(at)));
	}
	format!("{}.", parts.join(", "))
}

/// What a denial closes.
pub fn denial(terms: &DenialTerms<AccountId>, voice: Voice) -> String {
	let acting = |place: String| match &terms.account {
		Some(account) => format!("account {account} as {place}"),
		None => place,
	};
	let who = match (&terms.account, terms.role, terms.institution) {
		(None, None, None) => "everybody else".into(),
		(Some(account), None, None) => format!("account {account}"),
		(Some(account), None, Some(institution)) => format!("account {account} acting for institution {institution}"),
		(None, None, Some(institution)) => format!("everybody acting for institution {institution}"),
		(account, Some(role), institution) => {
			let role = match account {
				Some(_) => article(role),
				None => every(role),
			};
			acting(match institution {
				Some(institution) => format!("{role} at institution {institution}"),
				None => role,
			})
		}
	};
	let categories = terms
		.category
		.map_or(CategorySet::ALL, |category| CategorySet::of(&[category]));
	let mut parts = vec![format!(
		"{} {who} all access to {}",
		voice.pick("You refuse", "The patient refuses"),
		documents(categories, voice),
	)];
	if let Some(source) = terms.source {
		parts.push(format!("as far as institution {source} keeps them"));
	}
	if let Some(drawer) = terms.compartment {
		parts.push(format!("but only those in drawer {drawer}"));
	}
	if let Some(record) = terms.record {
		parts.push(format!("but only record {record}"));
	}
	parts.extend(recorded(terms.recorded_from, terms.recorded_until));
	parts.push(
		voice
			.pick("whatever you have granted", "whatever else was granted")
			.into(),
	);
	format!("{}.", parts.join(", "))
}

pub(super) fn verb(action: Action) -> String {
	let word = match action {
		Action::View => "view",
		Action::Append => "add to",
		Action::Amend => "correct",
		Action::Share => "share",
	};
	word.into()
}

fn documents(categories: CategorySet, voice: Voice) -> String {
	let whose = voice.pick("your", "the patient's");
	if categories == CategorySet::ALL {
		return format!("all {whose} documents");
	}
	match listed(categories.iter().map(Category::name).map(hyphenated)) {
		Some(kinds) => format!("{whose} {kinds} documents"),
		None => format!("none of {whose} documents"),
	}
}

fn purposes(purposes: PurposeSet) -> String {
	if purposes == PurposeSet::ALL {
		return "for any purpose".into();
	}
	let word = |purpose| {
		let word = match purpose {
			Purpose::Treatment => "treatment",
			Purpose::Emergency => "emergencies",
			Purpose::Payment => "payment",
			Purpose::Operations => "the institution's operations",
			Purpose::Research => "research",
			Purpose::ClinicalTrial => "clinical trials",
			Purpose::PublicHealth => "public health",
			Purpose::CareManagement => "care management",
			Purpose::Family => "requests of the family",
			Purpose::PatientRequest => "requests of the patient",
		};
		word.to_string()
	};
	match listed(purposes.iter().map(word)) {
		Some(words) => format!("for {words}"),
		None => "for no purpose".into(),
	}
}

fn recorded(from: Option<Moment>, until: Option<Moment>) -> Option<String> {
	match (from, until) {
		(None, None) => None,
		(Some(from), None) => Some(format!("of what happened on {} or later", time(from))),
		(None, Some(until)) => Some(format!("of what happened before {}", time(until))),
		(Some(from), Some(until)) => Some(format!(
			"of what happened from {} until before {}",
			time(from),
			time(until)
		)),
	}
}

fn every(role: Role) -> String {
	format!("every {}", title(role))
}

fn article(role: Role) -> String {
	let title = title(role);
	let article = if title.starts_with(['a', 'e', 'i', 'o', 'u']) {
		"an"
	} else {
		"a"
	};
	format!("{article} {title}")
}

fn title(role: Role) -> String {
	match role {
		Role::LabTechnician => "laboratory technician".into(),
		other => hyphenated(other.name()).replace('-', " "),
	}
}

/// `a, b and c`; none for nothing.
pub(super) fn listed(words: impl Iterator<Item = String>) -> Option<String> {
	let mut words: Vec<_> = words.collect();
	let last = words.pop()?;
	Some(if words.is_empty() {
		last
	} else {
		format!("{} and {last}", words.join(", "))
	})
}

fn numbered<N: ToString>(noun: &str, numbers: impl ExactSizeIterator<Item = N>) -> String {
	let plural = if numbers.len() == 1 { "" } else { "s" };
	let numbers = listed(numbers.map(|number| number.to_string())).unwrap_or_default();
	format!("{noun}{plural} {numbers}")
}

/// `21 November 2026 08:30 UTC`, as exact as the moment is.
pub(super) fn time(moment: Moment) -> String {
	let time = i64::try_from(moment).ok().and_then(DateTime::from_timestamp_millis);
	let Some(time) = time else {
		return format!("{moment} ms after 1970");
	};
	let format = match (time.second(), time.nanosecond()) {
		(0, 0) => "%-d %B %Y %H:%M UTC",
		(_, 0) => "%-d %B %Y %H:%M:%S UTC",
		_ => "%-d %B %Y %H:%M:%S%.3f UTC",
	};
	time.format(format).to_string()
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_primitives::{ActionSet, HOUR};

	/// 21 November 2026, 08:30 UTC.
	const NOW: Moment = 1_795_249_800_000;
	const DAY: Moment = 24 * HOUR;

	fn ada() -> AccountId {
		AccountId::from([0xd4; 32])
	}

	fn terms() -> Terms {
		Terms {
			actions: ActionSet::of(&[Action::View]),
			purposes: PurposeSet::of(&[Purpose::Treatment]),
			categories: CategorySet::of(&[Category::Laboratory]),
			starts: NOW,
			ends: NOW + DAY,
			..Terms::none()
		}
	}

	fn said(terms: Terms) -> String {
		grant(&Grantee::Role(Role::Doctor, 1), &terms, Voice::ToThePatient)
	}

	const PLAIN: &str = "You let every doctor at institution 1 view your laboratory documents, for treatment, \
		from 21 November 2026 08:30 UTC until 22 November 2026 08:30 UTC.";

	#[test]
	fn a_grant_is_one_sentence() {
		assert_eq!(said(terms()), PLAIN);
		let of = grant(&Grantee::Role(Role::Doctor, 1), &terms(), Voice::OfThePatient);
		let expected = PLAIN
			.replace("You let", "The patient lets")
			.replace("your", "the patient's");
		assert_eq!(of, expected);
	}

	#[test]
	fn a_grant_names_whom_it_is_to() {
		let to = |grantee| grant(&grantee, &terms(), Voice::ToThePatient);
		let expected = |who: &str| PLAIN.replace("every doctor at institution 1", who);
		let account = expected(&format!("account {}", ada()));
		assert_eq!(to(Grantee::Account(ada())), account);
		let everybody = expected("everybody with a credential at institution 2");
		assert_eq!(to(Grantee::Institution(2)), everybody);
		let assigned = expected("whoever is assigned to you at institution 3");
		assert_eq!(to(Grantee::Assigned(3)), assigned);
		let technician = expected("every laboratory technician at institution 4");
		assert_eq!(to(Grantee::Role(Role::LabTechnician, 4)), technician);
		let of = grant(&Grantee::Assigned(3), &terms(), Voice::OfThePatient);
		assert!(of.contains("assigned to the patient at institution 3"), "{of}");
	}

	#[test]
	fn a_grant_names_what_may_be_done_on_what_and_why() {
		let all = Terms {
			actions: ActionSet::ALL,
			purposes: PurposeSet::ALL,
			categories: CategorySet::ALL,
			..terms()
		};
		let expected = "You let every doctor at institution 1 view, add to, correct and share all your documents, for any purpose, from ";
		assert!(said(all.clone()).starts_with(expected), "{}", said(all));
		let some = Terms {
			purposes: PurposeSet::of(&[Purpose::Research, Purpose::ClinicalTrial, Purpose::Family]),
			categories: CategorySet::of(&[Category::Summary, Category::Other]),
			..terms()
		};
		let expected =
			"your summary and other documents, for research, clinical trials and requests of the family, from ";
		assert!(said(some.clone()).contains(expected), "{}", said(some));
		for purpose in Purpose::ALL {
			let one = said(Terms {
				purposes: PurposeSet::of(&[purpose]),
				..terms()
			});
			assert!(purpose == Purpose::Treatment || !one.contains("for treatment"), "{one}");
		}
	}

	#[test]
	fn a_grant_names_records_drawers_and_their_time() {
		let narrow = Terms {
			records: vec![4, 7].try_into().unwrap(),
			compartments: vec![3].try_into().unwrap(),
			recorded_from: Some(NOW - DAY),
			recorded_until: Some(NOW),
			..terms()
		};
		let expected =
			"documents, but only records 4 and 7, of what happened from 20 November 2026 08:30 UTC until before \
			21 November 2026 08:30 UTC, but none in drawer 3, which open to a named account only, for treatment";
		assert!(said(narrow.clone()).contains(expected), "{}", said(narrow));
		let account = grant(&Grantee::Account(ada()), &narrow, Voice::ToThePatient);
		assert!(account.contains(", also those in drawer 3, for treatment"), "{account}");
		let open = Terms {
			recorded_from: Some(NOW),
			..terms()
		};
		assert!(said(open).contains("of what happened on 21 November 2026 08:30 UTC or later"));
		let open = Terms {
			recorded_until: Some(NOW),
			..terms()
		};
		assert!(said(open).contains("of what happened before 21 November 2026 08:30 UTC"));
	}

	#[test]
	fn a_grant_names_its_limits() {
		let ending = |starts, ends| {
			said(Terms {
				starts,
				ends,
				..terms()
			})
		};
		assert!(ending(0, Moment::MAX).ends_with(", without an end."));
		assert!(ending(0, NOW).ends_with(", until 21 November 2026 08:30 UTC."));
		assert!(ending(NOW + 1_000, Moment::MAX).ends_with(", from 21 November 2026 08:30:01 UTC on, without an end."));
		assert!(ending(0, NOW + 5).ends_with("until 21 November 2026 08:30:00.005 UTC."));
		assert!(ending(0, Moment::MAX - 1).ends_with(&format!("until {} ms after 1970.", Moment::MAX - 1)));
		let once = said(Terms {
			uses: Some(1),
			..terms()
		});
		assert!(once.ends_with(", once."), "{once}");
		let limited = said(Terms {
			uses: Some(3),
			erase_after: Some(NOW + 2 * DAY),
			..terms()
		});
		let expected = ", at most 3 times, and copies have to be erased by 23 November 2026 08:30 UTC.";
		assert!(limited.ends_with(expected), "{limited}");
	}

	#[test]
	fn a_grant_says_whether_it_goes_on_after_her_death() {
		assert!(!PLAIN.contains("death"));
		let marked = Terms {
			outlives: true,
			uses: Some(3),
			erase_after: Some(NOW + 2 * DAY),
			..terms()
		};
		let expected =
			"22 November 2026 08:30 UTC, at most 3 times, also after your death, and copies have to be erased by \
			23 November 2026 08:30 UTC.";
		assert!(said(marked.clone()).ends_with(expected), "{}", said(marked));
		let plain = Terms {
			outlives: true,
			..terms()
		};
		assert_eq!(
			said(plain.clone()),
			PLAIN.replace(
				" 22 November 2026 08:30 UTC.",
				" 22 November 2026 08:30 UTC, also after your death."
			)
		);
		let of = grant(&Grantee::Role(Role::Doctor, 1), &plain, Voice::OfThePatient);
		assert!(of.ends_with(", also after the patient's death."), "{of}");
	}

	#[test]
	fn terms_that_allow_nothing_say_so() {
		let nothing = said(Terms::none());
		assert!(
			nothing.contains("do nothing with none of your documents, for no purpose"),
			"{nothing}"
		);
	}

	#[test]
	fn a_denial_names_whom_it_refuses() {
		let refuse = |account, institution, role| {
			let terms = DenialTerms {
				account,
				institution,
				role,
				..DenialTerms::all()
			};
			denial(&terms, Voice::ToThePatient)
		};
		let expected =
			|who: &str| format!("You refuse {who} all access to all your documents, whatever you have granted.");
		assert_eq!(refuse(None, None, None), expected("everybody else"));
		assert_eq!(
			refuse(None, Some(1), None),
			expected("everybody acting for institution 1")
		);
		assert_eq!(refuse(None, None, Some(Role::Insurer)), expected("every insurer"));
		assert_eq!(
			refuse(None, Some(1), Some(Role::Nurse)),
			expected("every nurse at institution 1")
		);
		let ada = ada();
		assert_eq!(refuse(Some(ada), None, None), expected(&format!("account {ada}")));
		let acting = expected(&format!("account {ada} acting for institution 1"));
		assert_eq!(refuse(Some(ada), Some(1), None), acting);
		let nurse = expected(&format!("account {ada} as a nurse at institution 1"));
		assert_eq!(refuse(Some(ada), Some(1), Some(Role::Nurse)), nurse);
		let auditor = expected(&format!("account {ada} as an auditor"));
		assert_eq!(refuse(Some(ada), None, Some(Role::Auditor)), auditor);
	}

	#[test]
	fn a_denial_names_what_it_closes() {
		let terms = DenialTerms {
			category: Some(Category::Genomic),
			compartment: Some(3),
			source: Some(2),
			recorded_from: Some(NOW),
			record: Some(9),
			..DenialTerms::all()
		};
		let expected =
			"You refuse everybody else all access to your genomic documents, as far as institution 2 keeps them, \
			but only those in drawer 3, but only record 9, of what happened on 21 November 2026 08:30 UTC or later, \
			whatever you have granted.";
		assert_eq!(denial(&terms, Voice::ToThePatient), expected);
		let of = denial(&DenialTerms::all(), Voice::OfThePatient);
		assert_eq!(
			of,
			"The patient refuses everybody else all access to all the patient's documents, whatever else was granted."
		);
	}
}
