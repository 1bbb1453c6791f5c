//! `close`.

use super::*;
use crate::{Call, WeightInfo, MAX_CLOSED};
use frame_support::{assert_noop, dispatch::GetDispatchInfo};
use salus_primitives::Role;

fn close(who: u64, institution: InstitutionId, period: Period) -> DispatchResult {
	Appointments::close(signed(who), DOCTOR, institution, period)
}

fn tomorrow() -> Period {
	Period::new(at(1, 0, 0), at(2, 0, 0))
}

/// Hospital B opened all of the doctor's days and revoked her credential then.
#[test]
fn a_former_employer_does_not_keep_her_time() {
	story(|| {
		for day in 1..=8 {
			assert_ok!(open(DESK_AWAY, DOCTOR, B, quarters(at(day, 8, 0), 16)));
		}
		Credentials::insert((DOCTOR, B), (Role::Doctor, false));
		Institutions::insert(B, false);
		assert_noop!(open(DESK, DOCTOR, A, quarters(at(1, 9, 0), 4)), Error::SlotOverlaps);
		assert_ok!(close(DOCTOR, B, Period::new(at(1, 0, 0), at(9, 0, 0))));
		assert_eq!(Calendar::<Test>::iter().count(), 0);
		assert_eq!(
			events().last(),
			Some(&Event::Closed {
				practitioner: DOCTOR,
				institution: B,
				period: Period::new(at(1, 0, 0), at(9, 0, 0)),
				slots: 8 * 16,
			})
		);
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(1, 9, 0), 4)));
	});
}

#[test]
fn what_is_free_lapsed_or_blocked_goes_and_what_is_somebodys_stays() {
	story(|| {
		morning(DOCTOR);
		assert_ok!(open(DESK_AWAY, DOCTOR, B, quarters(at(1, 13, 0), 1)));
		assert_ok!(hold(CATS, CAT, &[DOCTOR], from(at(1, 9, 0), 15)));
		set_time(at(0, 8, 15));
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 15), 15));
		assert_ok!(hold(BENS, BEN, &[DOCTOR], from(at(1, 9, 30), 15)));
		assert_ok!(Appointments::block(signed(DESK), DOCTOR, A, from(at(1, 10, 0), 30)));
		assert_ok!(close(DESK, A, tomorrow()));
		let left: Vec<_> = Calendar::<Test>::get(DOCTOR, TODAY + 1)
			.into_iter()
			.map(|slot| slot.period.start)
			.collect();
		assert_eq!(left, [at(1, 9, 15), at(1, 9, 30), at(1, 13, 0)]);
		assert_eq!(slot(DOCTOR, at(1, 9, 15)), Some(SlotState::Busy(id)));
		assert_noop!(close(DESK, A, tomorrow()), Error::NoSlot);
	});
}

#[test]
fn a_part_of_a_slot_is_none_of_it() {
	story(|| {
		morning(DOCTOR);
		assert_ok!(close(DESK, A, from(at(1, 9, 10), 30)));
		assert_eq!(slot(DOCTOR, at(1, 9, 0)), Some(SlotState::Free));
		assert_eq!(slot(DOCTOR, at(1, 9, 15)), None);
		assert_eq!(slot(DOCTOR, at(1, 9, 30)), Some(SlotState::Free));
	});
}

#[test]
fn not_permitted() {
	story(|| {
		morning(DOCTOR);
		for who in [ADAS, SURGEON, DESK_AWAY, STRANGER] {
			assert_noop!(close(who, A, tomorrow()), Error::NotPermitted);
		}
		// Each desk closes what is its own.
		assert_noop!(close(DESK_AWAY, B, tomorrow()), Error::NoSlot);
		Credentials::insert((DESK, A), (Role::Administrator, false));
		assert_noop!(close(DESK, A, tomorrow()), Error::NotPermitted);
	});
}

#[test]
fn periods_that_are_inverted_or_too_long() {
	story(|| {
		morning(DOCTOR);
		assert_noop!(close(DESK, A, from(at(1, 9, 0), 0)), Error::PeriodInverted);
		assert_noop!(
			close(DESK, A, Period::new(at(0, 9, 0), at(31, 9, 0) + 1)),
			Error::TooLong
		);
		assert_noop!(close(DESK, A, Period::new(0, u64::MAX)), Error::TooLong);
		assert_ok!(close(DESK, A, Period::new(at(0, 9, 0), at(31, 9, 0))));
	});
}

#[test]
fn each_day_is_paid() {
	let declared = |period| {
		let call = Call::<Test>::close {
			practitioner: DOCTOR,
			institution: A,
			period,
		};
		call.get_dispatch_info().call_weight
	};
	assert_eq!(declared(tomorrow()), <()>::close(1));
	assert_eq!(declared(Period::new(at(0, 9, 0), at(31, 9, 0))), <()>::close(32));
	assert_eq!(declared(Period::new(0, u64::MAX)), <()>::close(MAX_CLOSED));
	assert_eq!(declared(Period::new(u64::MAX, 0)), <()>::close(0));
}
