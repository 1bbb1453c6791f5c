use crate::{mock::*, Error, Event, MinValidators, Seats, Validators, WeightInfo};
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use salus_primitives::{HpkeKey, Institution, InstitutionId, InstitutionKind, Seating};
use sp_runtime::Weight;
use std::collections::{BTreeMap, BTreeSet};

fn hospital(seat: Option<u64>) -> Institution<u64> {
	Institution {
		seat,
		..Institution::bare(InstitutionKind::Hospital, HpkeKey::X25519([0; 32]))
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
		for id in 0..12 {
			assert_ok!(Consortium::admitted(id, &hospital(Some(70 + u64::from(id)))));
		}
		assert_noop!(
			Consortium::admitted(12, &hospital(Some(90))),
			Error::<Test>::TooManySeats
		);
	});
}

#[test]
fn another_account_sits_for_a_hospital() {
	story(|| {
		assert_ok!(Consortium::admitted(4, &hospital(Some(70))));
		assert_ok!(Consortium::admitted(5, &hospital(Some(60))));
		assert_ok!(Consortium::reseated(4, &50));
		assert_eq!(Members::get(), [50, 60]);
		assert_eq!(Seats::<Test>::get().into_inner(), [(4, 50), (5, 60)]);
		told(vec![
			Event::Unseated {
				institution: 4,
				seat: 70,
			},
			Event::Seated {
				institution: 4,
				seat: 50,
			},
		]);
		assert_noop!(Consortium::reseated(4, &50), Error::<Test>::SeatTaken);
		assert_noop!(Consortium::reseated(4, &60), Error::<Test>::SeatTaken);
		assert_noop!(Consortium::reseated(6, &61), Error::<Test>::NotSeated);
	});
}

#[test]
fn a_seat_goes_and_the_last_one_stays() {
	story(|| {
		assert_ok!(Consortium::admitted(4, &hospital(Some(70))));
		assert_ok!(Consortium::admitted(5, &hospital(Some(60))));
		assert_ok!(Consortium::unseated(6));
		assert_eq!(Members::get(), [60, 70]);
		assert_ok!(Consortium::unseated(4));
		assert_eq!(Members::get(), [60]);
		assert_eq!(Seats::<Test>::get().into_inner(), [(5, 60)]);
		told(vec![Event::Unseated {
			institution: 4,
			seat: 70,
		}]);
		assert_noop!(Consortium::unseated(5), Error::<Test>::LastSeat);
		assert_ok!(Consortium::admitted(4, &hospital(Some(70))));
		assert_eq!(Members::get(), [60, 70], "its account is free for another one");
	});
}

#[test]
fn the_weight_covers_the_votes_that_are_open() {
	let weight = <Consortium as Seating<u64>>::admitted_weight();
	assert_eq!(weight, <() as WeightInfo>::admitted() + Weight::from_parts(5, 7));
}

proptest! {
	/// Few ids and accounts, so that they meet.
	#[test]
	fn any_admissions_in_any_order_keep_seats_and_members_alike(
		admissions in prop::collection::vec((0_u32..16, prop::option::weighted(0.8, 60_u64..76)), 0..48),
	) {
		Members::set(vec![]);
		story(|| {
			let mut known: BTreeMap<InstitutionId, u64> = BTreeMap::new();
			for (id, seat) in admissions {
				let taken = known.values().any(|account| Some(*account) == seat);
				let expected = match seat {
					None => Ok(()),
					Some(_) if known.contains_key(&id) => Err(Error::<Test>::AlreadySeated),
					Some(_) if taken => Err(Error::SeatTaken),
					Some(_) if known.len() == 12 => Err(Error::TooManySeats),
					Some(seat) => {
						known.insert(id, seat);
						Ok(())
					}
				};
				let before = sp_io::storage::root(Default::default());
				let done = Consortium::admitted(id, &hospital(seat));
				assert_eq!(done, expected.map_err(Into::into));
				if done.is_err() || seat.is_none() {
					assert_eq!(sp_io::storage::root(Default::default()), before);
				}

				let seats: BTreeMap<_, _> = Seats::<Test>::get().into_iter().collect();
				assert_eq!(seats, known);
				let sorted: BTreeSet<_> = known.values().copied().collect();
				assert_eq!(Members::get(), sorted.into_iter().collect::<Vec<_>>());
				let floor = MinValidators::<Test>::get() as usize;
				assert!(Validators::<Test>::get().len() >= floor);
				Consortium::check_state().unwrap();
			}
		});
	}
}

#[test]
fn a_validator_that_is_named_or_validates_is_not_released() {
	story(|| {
		let named = Validators::<Test>::get();
		assert!(!named.is_empty());
		for validator in named {
			let released = Consortium::release_validator(&validator);
			assert_noop!(released, Error::<Test>::StillValidates);
		}
	});
}

#[test]
fn a_released_account_is_taken_again_by_one_institution() {
	story(|| {
		assert_ok!(Consortium::take_validator(&900, 7));
		assert_noop!(Consortium::take_validator(&900, 8), Error::<Test>::ValidatorTaken);
		assert_ok!(Consortium::release_validator(&900));
		assert_ok!(Consortium::take_validator(&900, 8));
		crate::Offenders::<Test>::insert(900, 1);
		assert_noop!(Consortium::release_validator(&900), Error::<Test>::ValidatorOffended);
		crate::Offenders::<Test>::remove(900);
		assert_ok!(Consortium::release_validator(&900));
	});
}
