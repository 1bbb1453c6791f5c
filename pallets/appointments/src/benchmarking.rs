//! Benchmarks of pallet-appointments, run on the real runtime: full days, full waiting lists, appointments over midnight.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use crate::{
	Agendas, Appointments, Calendar, Call, Config, Consultations, NextAppointment, Pallet, Waiting, MAX_ALL_WAITING,
	MAX_CLOSED, MAX_DISPLACED, MAX_NEXT_DAYS, MAX_OPENED_DAYS, MAX_WAITING, RETENTION,
};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::BoundedVec;
use frame_system::RawOrigin;
use salus_primitives::{
	AppointmentStatus, BenchmarkHelper, CancelReason, Mode, Period, Priority, SlotState, DAY, MAX_PARTICIPANTS,
	MAX_PRACTITIONERS, MAX_SLOTS_A_DAY,
};
use sp_core::H256;

mod world;
use world::*;

#[benchmarks]
mod benchmarks {
	use super::*;

	// More than 96 do not fit on one day. All of these days but what is opened is free already.
	#[benchmark]
	fn open(s: Linear<16, MAX_SLOTS_A_DAY>, d: Linear<1, MAX_OPENED_DAYS>) {
		let world = world::<T>();
		world.crowd(1, s);
		let doctor = world.practitioners[0].clone();
		let slots: Vec<_> = (0..s)
			.map(|n| {
				let last = n + d >= s;
				let of_day = if last {
					u64::from(MAX_SLOTS_A_DAY) - 1
				} else {
					u64::from(n / d)
				};
				quarter(NOW + (u64::from(n % d) + 1) * DAY + of_day * QUARTER)
			})
			.collect();
		world.fill(1, TODAY + 1..TODAY + 1 + u64::from(d), SlotState::Free);
		for day in TODAY + 1..TODAY + 1 + u64::from(d) {
			Calendar::<T>::mutate(&doctor, day, |kept| kept.retain(|slot| !slots.contains(&slot.period)));
		}
		let origin = RawOrigin::Signed(world.desk.clone());
		#[extrinsic_call]
		_(origin, doctor.clone(), HOSPITAL, BoundedVec::truncate_from(slots));
		assert_eq!(
			Calendar::<T>::get(&doctor, TODAY + u64::from(d)).len(),
			MAX_SLOTS_A_DAY as usize
		);
	}

	#[benchmark]
	fn block() {
		let world = world::<T>();
		world.fill(1, TODAY + 1..TODAY + 4, SlotState::Free);
		let doctor = world.practitioners[0].clone();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(world.desk.clone()),
			doctor.clone(),
			HOSPITAL,
			three_days(),
		);
		assert_eq!(
			Calendar::<T>::get(&doctor, TODAY + 2)[0].state,
			SlotState::BusyUnavailable
		);
	}

	#[benchmark]
	fn unblock() {
		let world = world::<T>();
		world.fill(1, TODAY + 1..TODAY + 4, SlotState::BusyUnavailable);
		world.crowd(1, MAX_SLOTS_A_DAY);
		let doctor = world.practitioners[0].clone();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(world.desk.clone()),
			doctor.clone(),
			HOSPITAL,
			three_days(),
		);
		assert!(Waiting::<T>::get(&doctor)[0].offer.is_some());
	}

	#[benchmark]
	fn hold(p: Linear<1, MAX_PRACTITIONERS>) {
		let world = world::<T>();
		world.fill(p as usize, TODAY + 1..TODAY + 3, SlotState::Free);
		let (origin, with) = (RawOrigin::Signed(world.controller.clone()), world.with(p));
		#[extrinsic_call]
		_(origin, world.patient, HOSPITAL, with, held_over_midnight());
		assert_eq!(Agendas::<T>::get(world.patient).holds.len(), 2);
	}

	#[benchmark]
	fn release(p: Linear<1, MAX_PRACTITIONERS>) {
		let world = world::<T>();
		let patient = world.patient;
		world.fill(p as usize, TODAY + 1..TODAY + 3, SlotState::Free);
		let (origin, with) = (RawOrigin::Signed(world.controller.clone()), world.with(p));
		let held = Pallet::<T>::hold(
			origin.clone().into(),
			patient,
			HOSPITAL,
			with.clone(),
			held_over_midnight(),
		);
		held.expect("it is free");
		world.crowd(p as usize, 8);
		#[extrinsic_call]
		_(origin, patient, HOSPITAL, with, held_over_midnight());
		assert!(Waiting::<T>::get(&world.practitioners[0])[0].offer.is_some());
	}

	#[benchmark]
	fn book(p: Linear<1, MAX_PRACTITIONERS>) {
		let world = world::<T>();
		world.fill(p as usize, TODAY + 1..TODAY + 3, SlotState::Free);
		let made_up: Vec<_> = (0..p as usize).map(|who| world.offered(who, true)).collect();
		let id = NextAppointment::<T>::get();
		let (origin, with) = (RawOrigin::Signed(world.controller.clone()), world.with(p));
		#[extrinsic_call]
		_(origin, world.patient, HOSPITAL, with, over_midnight(1), Mode::InPerson);
		assert_eq!(status::<T>(id), Some(AppointmentStatus::Booked));
		assert!(made_up
			.into_iter()
			.all(|id| status::<T>(id) != Some(AppointmentStatus::Proposed)));
	}

	#[benchmark]
	fn reschedule() {
		let world = world::<T>();
		let id = world.booked(MAX_PRACTITIONERS, Mode::InPerson);
		world.fill(4, TODAY + 4..TODAY + 6, SlotState::Free);
		world.crowd(4, 32);
		let (origin, with) = (
			RawOrigin::Signed(world.controller.clone()),
			world.with(MAX_PRACTITIONERS),
		);
		#[extrinsic_call]
		_(origin, id, with, over_midnight(4));
		assert_eq!(
			Appointments::<T>::get(id).map(|kept| kept.period),
			Some(over_midnight(4))
		);
	}

	#[benchmark]
	fn cancel() {
		let world = world::<T>();
		let id = world.booked(MAX_PRACTITIONERS, Mode::InPerson);
		world.crowd(4, 32);
		let controller = world.merged();
		#[extrinsic_call]
		_(RawOrigin::Signed(controller), id, CancelReason::Patient);
		assert!(matches!(status::<T>(id), Some(AppointmentStatus::Cancelled { .. })));
	}

	#[benchmark]
	fn propose() {
		let world = world::<T>();
		world.crowd(1, 0);
		let doctor = world.practitioners[0].clone();
		// One ordinary place is left.
		Waiting::<T>::mutate(&doctor, |list| list.truncate(MAX_ALL_WAITING as usize - 1));
		let id = NextAppointment::<T>::get();
		let origin = RawOrigin::Signed(world.desk.clone());
		let wanted = Period::new(NOW, NOW + DAY);
		#[extrinsic_call]
		_(
			origin,
			world.patient,
			HOSPITAL,
			doctor,
			wanted,
			QUARTER,
			Priority::Urgent,
			Mode::InPerson,
		);
		assert_eq!(status::<T>(id), Some(AppointmentStatus::Proposed));
	}

	#[benchmark]
	fn accept() {
		let world = world::<T>();
		let id = world.offered(0, false);
		#[extrinsic_call]
		_(RawOrigin::Signed(world.controller.clone()), id);
		assert_eq!(status::<T>(id), Some(AppointmentStatus::Booked));
	}

	#[benchmark]
	fn decline() {
		let world = world::<T>();
		let id = world.offered(0, false);
		#[extrinsic_call]
		_(RawOrigin::Signed(world.controller.clone()), id);
		assert!(Waiting::<T>::get(&world.practitioners[0])[0].offer.is_some());
	}

	#[benchmark]
	fn offer() {
		let world = world::<T>();
		world.fill(1, TODAY + 1..TODAY + 2, SlotState::Free);
		world.crowd(1, MAX_SLOTS_A_DAY);
		let doctor = world.practitioners[0].clone();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(world.desk.clone()),
			doctor.clone(),
			HOSPITAL,
			TODAY + 1,
		);
		assert!(Waiting::<T>::get(&doctor)[90].offer.is_some());
	}

	// Each appointment is of another patient, and with three colleagues whom no other has.
	#[benchmark]
	fn cancel_day(n: Linear<0, MAX_DISPLACED>, d: Linear<0, MAX_NEXT_DAYS>) {
		let world = world::<T>();
		let doctor = world.practitioners[0].clone();
		world.fill(1, TODAY + 1..TODAY + 4, SlotState::Free);
		world.fill(1, TODAY + 10..TODAY + 10 + u64::from(d), SlotState::Free);
		let period = three_days();
		world.queue(&doctor, MAX_ALL_WAITING - MAX_WAITING as u32..MAX_ALL_WAITING, 0);
		for at in 0..n {
			let patient = T::BenchmarkHelper::patient(&account("displaced", at, 0), HOSPITAL);
			busy::<T>(patient);
			let colleagues = (0..3).map(|m| practitioner::<T>(100 + 3 * at + m));
			let with: Vec<_> = core::iter::once(doctor.clone()).chain(colleagues).collect();
			let slot = quarter(period.start + u64::from(at) * QUARTER);
			for colleague in &with[1..] {
				fill_day::<T>(colleague, slot.start / DAY, SlotState::Free);
				world.queue(colleague, 0..MAX_ALL_WAITING, 3);
			}
			let origin = RawOrigin::Signed(world.desk.clone());
			Pallet::<T>::book(
				origin.into(),
				patient,
				HOSPITAL,
				BoundedVec::truncate_from(with),
				slot,
				Mode::InPerson,
			)
			.expect("it is free");
			merged::<T>(patient, at);
		}
		let first = NextAppointment::<T>::get();
		let next = (0..u64::from(d)).map(|day| TODAY + 10 + day).collect();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(world.desk.clone()),
			doctor,
			HOSPITAL,
			period,
			n,
			BoundedVec::truncate_from(next),
		);
		assert_eq!(NextAppointment::<T>::get(), first + u64::from(n));
	}

	#[benchmark]
	fn arrive() {
		let world = world::<T>();
		let id = world.booked(1, Mode::InPerson);
		world.merged();
		T::BenchmarkHelper::clock(over_midnight(1).start);
		#[extrinsic_call]
		_(RawOrigin::Signed(world.practitioners[0].clone()), id);
		assert_eq!(status::<T>(id), Some(AppointmentStatus::Arrived));
	}

	#[benchmark]
	fn fulfil() {
		let world = world::<T>();
		let id = world.booked(1, Mode::InPerson);
		world.merged();
		T::BenchmarkHelper::clock(over_midnight(1).start);
		let origin = RawOrigin::Signed(world.practitioners[0].clone());
		Pallet::<T>::arrive(origin.clone().into(), id).expect("she is there");
		#[extrinsic_call]
		_(origin, id);
		assert_eq!(status::<T>(id), Some(AppointmentStatus::Fulfilled));
	}

	#[benchmark]
	fn mark_no_show() {
		let world = world::<T>();
		let id = world.booked(1, Mode::InPerson);
		world.merged();
		T::BenchmarkHelper::clock(over_midnight(1).start);
		#[extrinsic_call]
		_(RawOrigin::Signed(world.practitioners[0].clone()), id);
		assert_eq!(status::<T>(id), Some(AppointmentStatus::NoShow));
	}

	// The one before was full and is over.
	#[benchmark]
	fn join() {
		let world = world::<T>();
		let id = world.booked(MAX_PRACTITIONERS, Mode::Tele);
		let controller = world.merged();
		T::BenchmarkHelper::clock(over_midnight(1).start);
		let mut log = consultation::<T>(MAX_PARTICIPANTS);
		log.ended_at = Some(0);
		Consultations::<T>::insert(id, log);
		#[extrinsic_call]
		_(RawOrigin::Signed(controller), id, None, H256::zero());
		assert_eq!(status::<T>(id), Some(AppointmentStatus::Arrived));
	}

	#[benchmark]
	fn end_consultation() {
		let world = world::<T>();
		let id = world.booked(1, Mode::Tele);
		let controller = world.merged();
		let mut log = consultation::<T>(MAX_PARTICIPANTS);
		log.participants[MAX_PARTICIPANTS as usize - 1].account = controller.clone();
		Consultations::<T>::insert(id, log);
		#[extrinsic_call]
		_(RawOrigin::Signed(controller), id);
		assert!(Consultations::<T>::get(id).is_some_and(|kept| kept.ended_at.is_some()));
	}

	#[benchmark]
	fn prune() {
		let world = world::<T>();
		world.fill(1, TODAY..TODAY + 1, SlotState::Free);
		T::BenchmarkHelper::clock(NOW + DAY + RETENTION);
		let doctor = world.practitioners[0].clone();
		#[extrinsic_call]
		_(RawOrigin::Signed(world.controller.clone()), doctor.clone(), TODAY);
		assert!(!Calendar::<T>::contains_key(doctor, TODAY));
	}

	// Every other slot is somebody's.
	#[benchmark]
	fn close(d: Linear<1, MAX_CLOSED>) {
		let world = world::<T>();
		let doctor = world.practitioners[0].clone();
		world.fill(1, TODAY + 1..TODAY + 1 + u64::from(d), SlotState::Free);
		for day in TODAY + 1..TODAY + 1 + u64::from(d) {
			Calendar::<T>::mutate(&doctor, day, |slots| {
				for slot in slots.iter_mut().step_by(2) {
					slot.state = SlotState::Busy(0);
				}
			});
		}
		let noon = NOW + DAY + DAY / 2;
		let period = match d {
			1 => Period::new(NOW + DAY, NOW + 2 * DAY),
			_ => Period::new(noon, noon + u64::from(d - 1) * DAY),
		};
		#[extrinsic_call]
		_(RawOrigin::Signed(world.desk.clone()), doctor.clone(), HOSPITAL, period);
		assert!(Calendar::<T>::get(&doctor, TODAY + 1).len() < MAX_SLOTS_A_DAY as usize);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::world(), crate::mock::Test);
}
