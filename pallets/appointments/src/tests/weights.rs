use super::*;
use crate::{Call, WeightInfo};
use frame_support::{dispatch::GetDispatchInfo, weights::Weight};

fn declared(call: Call<Test>) -> Weight {
	call.get_dispatch_info().call_weight
}

#[test]
fn slots_and_the_days_they_land_on_are_paid() {
	let open = |slots| Call::open {
		practitioner: DOCTOR,
		institution: A,
		slots: list(slots),
	};
	assert_eq!(declared(open(quarters(at(1, 9, 0), 12))), <()>::open(12, 1));
	assert_eq!(declared(open(quarters(at(1, 22, 0), 100))), <()>::open(100, 2));
	let scattered = (0..8).map(|day| from(at(day, 9, 0), 15)).collect();
	assert_eq!(declared(open(scattered)), <()>::open(8, 8));
}

#[test]
fn each_practitioner_is_paid() {
	let book = |practitioners: &[u64]| Call::book {
		patient: ADA,
		institution: A,
		practitioners: list(practitioners.to_vec()),
		period: from(at(1, 9, 0), 15),
		mode: Mode::Tele,
	};
	assert_eq!(declared(book(&[DOCTOR])), <()>::book(1));
	assert_eq!(declared(book(&[DOCTOR, NURSE, SURGEON])), <()>::book(3));
}

#[test]
fn a_cancelled_day_is_paid_for_as_many_as_are_asked_for() {
	let cancel_day = |most, next: &[u64]| Call::cancel_day {
		practitioner: DOCTOR,
		institution: A,
		period: from(at(1, 9, 0), 15),
		most,
		next: list(next.to_vec()),
	};
	assert_eq!(declared(cancel_day(3, &[1, 2])), <()>::cancel_day(3, 2));
	assert_eq!(
		declared(cancel_day(u32::MAX, &[])),
		<()>::cancel_day(crate::MAX_DISPLACED, 0)
	);
}
