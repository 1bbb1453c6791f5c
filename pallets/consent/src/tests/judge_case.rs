use super::*;
use crate::{Dockets, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Kind, Role, Verdict};

fn judge(id: CaseId, verdict: Verdict) -> sp_runtime::DispatchResult {
	Consent::judge_case(RuntimeOrigin::root(), PATIENT, id, verdict)
}

#[test]
fn the_councils_word_is_the_last() {
	story(|| {
		let id = open();
		wait(6 * HOUR);
		assert_ok!(Consent::review_case(signed(PAUL), PATIENT, id, Verdict::Justified));
		assert_noop!(judge(id, Verdict::Violation), E::NotBeforeTheCouncil);
		assert_ok!(Consent::appeal_case(signed(PIA), PATIENT, id));
		let verdict = Verdict::Violation;
		assert_ok!(judge(id, verdict));
		let entry = last_entry(PATIENT);
		assert_eq!(
			(&entry.kind, entry.actor),
			(&Kind::CaseJudged { case: id, verdict }, None)
		);
		System::assert_last_event(
			Event::CaseJudged {
				patient: PATIENT,
				case: id,
				verdict,
				entry,
			}
			.into(),
		);
		assert_eq!(Credentials::get((BEA, AWAY)), Some((Role::Doctor, false)));
		assert_eq!(case(id).judgement.unwrap().by, None);
		assert_noop!(judge(id, Verdict::Justified), E::AlreadyJudged);
	});
}

#[test]
fn an_overdue_review_goes_to_the_council() {
	story(|| {
		let id = open();
		wait(6 * HOUR + 7 * DAY - 1);
		assert_noop!(judge(id, Verdict::Justified), E::NotBeforeTheCouncil);
		wait(1);
		assert!(Dockets::<Test>::get(AWAY).is_overdue(now()));
		assert_ok!(judge(id, Verdict::Justified));
		assert!(!Dockets::<Test>::get(AWAY).is_overdue(now()));
		open();
	});
}

#[test]
fn only_the_council_and_only_what_is_before_it() {
	story(|| {
		let id = open();
		assert_noop!(judge(id + 1, Verdict::Justified), E::UnknownCase);
		assert_noop!(judge(id, Verdict::Justified), E::NotBeforeTheCouncil);
		for who in [BEA, PAUL, OTTO, PIA] {
			assert_noop!(
				Consent::judge_case(signed(who), PATIENT, id, Verdict::Justified),
				sp_runtime::DispatchError::BadOrigin
			);
		}
	});
}
