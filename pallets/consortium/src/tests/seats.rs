use crate::{mock::*, Error, Event, Seats};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{
	ActionSet, CategorySet, HpkeKey, Institution, InstitutionKind, OnAdmitted, PurposeSet, Status, Terms,
};

fn hospital(seat: Option<u64>) -> Institution<u64> {
	Institution {
		kind: InstitutionKind::Hospital,
		region: Default::default(),
		time_zone: Default::default(),
		officers: Default::default(),
		status: Status::Active,
		hpke: HpkeKey::X25519([0; 32]),
		peer_ids: Default::default(),
		addresses: Default::default(),
		admission_terms: Terms {
			actions: ActionSet::EMPTY,
			purposes: PurposeSet::EMPTY,
			categories: CategorySet::EMPTY,
			records: Default::default(),
			compartments: Default::default(),
			recorded_from: None,
			recorded_until: None,
			starts: 0,
			ends: 1,
			uses: None,
			erase_after: None,
		},
		seat,
		validator: None,
	}
}

#[test]
fn an_admitted_hospital_takes_its_seat() {
	story(|| {
		assert_ok!(Consortium::admitted(0, &hospital(Some(70))));
		assert_ok!(Consortium::admitted(1, &hospital(Some(60))));
		assert_eq!(Members::get(), [60, 70]);
		assert_eq!(Seats::<Test>::get().into_inner(), [(0, 70), (1, 60)]);
		System::assert_has_event(
			Event::Seated {
				institution: 1,
				seat: 60,
			}
			.into(),
		);
	});
}

#[test]
fn an_institution_without_a_seat_changes_nothing() {
	story(|| {
		assert_ok!(Consortium::admitted(0, &hospital(None)));
		assert!(Members::get().is_empty());
	});
}

#[test]
fn already_seated() {
	story(|| {
		assert_ok!(Consortium::admitted(0, &hospital(Some(70))));
		assert_noop!(
			Consortium::admitted(0, &hospital(Some(71))),
			Error::<Test>::AlreadySeated
		);
	});
}

#[test]
fn seat_taken() {
	story(|| {
		assert_ok!(Consortium::admitted(0, &hospital(Some(70))));
		assert_noop!(Consortium::admitted(1, &hospital(Some(70))), Error::<Test>::SeatTaken);
	});
}

#[test]
fn too_many_seats() {
	story(|| {
		for id in 0..4 {
			assert_ok!(Consortium::admitted(id, &hospital(Some(70 + u64::from(id)))));
		}
		assert_noop!(
			Consortium::admitted(4, &hospital(Some(80))),
			Error::<Test>::TooManySeats
		);
	});
}
