use super::*;
use crate::Event;
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Kind, Verdict};

fn appeal(who: u64, id: CaseId) -> sp_runtime::DispatchResult {
	Consent::appeal_case(signed(who), PATIENT, id)
}

#[test]
fn the_patient_sends_a_case_to_the_council_reviewed_or_not() {
	for reviewed in [false, true] {
		story(|| {
			let id = open();
			assert_noop!(appeal(PIA, id), E::CaseStillOpen);
			wait(6 * HOUR);
			if reviewed {
				assert_ok!(Consent::review_case(signed(PAUL), PATIENT, id, Verdict::Justified));
			}
			assert_ok!(appeal(PIA, id));
			let entry = last_entry(PATIENT);
			assert_eq!(
				(&entry.kind, entry.actor),
				(&Kind::CaseAppealed { case: id }, Some(PIA))
			);
			System::assert_last_event(
				Event::CaseAppealed {
					patient: PATIENT,
					case: id,
					entry,
				}
				.into(),
			);
			assert_noop!(appeal(PIA, id), E::AlreadyAppealed);
			assert_ok!(Consent::judge_case(
				RuntimeOrigin::root(),
				PATIENT,
				id,
				Verdict::Violation
			));
			assert_noop!(appeal(PIA, id), E::AlreadyJudged);
		});
	}
}

#[test]
fn only_the_patient_and_only_hers() {
	story(|| {
		let id = open();
		wait(6 * HOUR);
		for who in [BEA, OLE, PAUL] {
			assert_noop!(appeal(who, id), E::NotThePatient);
		}
		assert_noop!(Consent::appeal_case(signed(PIA), 12_345, id), E::UnknownPatient);
		assert_noop!(Consent::appeal_case(signed(OLE), OTHER_PATIENT, id), E::UnknownCase);
		assert_noop!(
			Consent::appeal_case(RuntimeOrigin::none(), PATIENT, id),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}
