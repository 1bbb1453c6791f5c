//! Benchmarks of pallet-appointments, run on the real runtime: full days, full waiting lists, appointments over midnight.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use crate::{
	Agendas, Appointments, Calendar, Call, Config, Consultations, Engagement, Hold, Hope, NextAppointment, Pallet,
	Waiting, MAX_ALL_WAITING, MAX_DISPLACED, MAX_ENGAGEMENTS, MAX_NEXT_DAYS, MAX_WAITING, RETENTION,
};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::BoundedVec;
use frame_system::RawOrigin;
use salus_primitives::{
	Appointment, AppointmentId, AppointmentStatus, BenchmarkHelper, CancelReason, Consultation, InstitutionId, Mode,
	Moment, Offer, Participant, PatientId, Period, Practitioners, Priority, Role, Slot, SlotState, UtcDay, Wish, DAY,
	HOUR, MAX_PARTICIPANTS, MAX_PRACTITIONERS, MAX_SLOTS_A_DAY, MINUTE,
};
use sp_core::H256;

const HOSPITAL: InstitutionId = 7_000;
const TODAY: UtcDay = 20_000;
const NOW: Moment = TODAY * DAY;
/// A quarter-hour: 96 of them are a day.
const QUARTER: Moment = 15 * MINUTE;

/// Who is there.
struct World<T: Config> {
	desk: T::AccountId,
	practitioners: Vec<T::AccountId>,
	controller: T::AccountId,
	patient: PatientId,
}

/// A hospital with four practitioners, and a patient with as much before her as can be.
fn world<T: Config>() -> World<T> {
	let desk: T::AccountId = account("desk", 0, 0);
	T::BenchmarkHelper::clock(NOW);
	T::BenchmarkHelper::institution(HOSPITAL);
	T::BenchmarkHelper::credential(&desk, HOSPITAL, Role::Administrator);
	let practitioners: Vec<T::AccountId> = (0..MAX_PRACTITIONERS).map(|n| practitioner::<T>(n)).collect();
	let controller: T::AccountId = account("patient", 0, 0);
	let patient = T::BenchmarkHelper::patient(&controller, HOSPITAL);
	busy::<T>(patient);
	World {
		desk,
		practitioners,
		controller,
		patient,
	}
}

fn practitioner<T: Config>(number: u32) -> T::AccountId {
	let doctor = account("doctor", number, 0);
	T::BenchmarkHelper::credential(&doctor, HOSPITAL, Role::Doctor);
	doctor
}

/// Fills an agenda, but for one place of each kind. What is in it is long ahead.
fn busy<T: Config>(patient: PatientId) {
	let far = NOW + 300 * DAY;
	let engagement = |n: u32| Engagement {
		appointment: n.into(),
		period: Period::new(far + Moment::from(n) * HOUR, far + Moment::from(n) * HOUR + HOUR),
	};
	let hope = |n: u32| Hope {
		appointment: n.into(),
		until: far,
	};
	Agendas::<T>::mutate(patient, |agenda| {
		agenda.engagements = BoundedVec::truncate_from((1..MAX_ENGAGEMENTS).map(engagement).collect());
		agenda.holds = BoundedVec::truncate_from(vec![Hold { start: far, until: far }]);
		agenda.hopes = BoundedVec::truncate_from((0..7).map(hope).collect());
	});
}

impl<T: Config> World<T> {
	/// Fills days of these practitioners with quarter-hours.
	fn fill(&self, who: usize, days: core::ops::Range<UtcDay>, state: SlotState) {
		for practitioner in &self.practitioners[..who] {
			for day in days.clone() {
				fill_day::<T>(practitioner, day, state);
			}
		}
	}

	/// Fills the waiting lists of these practitioners with wishes that begin to suit in so many days.
	fn crowd(&self, who: usize, from_day: u64) {
		for practitioner in &self.practitioners[..who] {
			Waiting::<T>::insert(
				practitioner,
				BoundedVec::truncate_from((0..MAX_ALL_WAITING).map(|n| self.wish(n, from_day)).collect()),
			);
		}
	}

	fn wish(&self, n: u32, from_day: u64) -> Wish {
		Wish {
			appointment: 100_000 + AppointmentId::from(n),
			patient: self.patient,
			institution: HOSPITAL,
			displaced: n < MAX_ALL_WAITING - MAX_WAITING as u32,
			priority: Priority::Routine,
			since: 0,
			wanted: Period::new(NOW + from_day * DAY, NOW + 399 * DAY),
			length: QUARTER,
			offer: None,
		}
	}

	fn with(&self, who: u32) -> Practitioners<T::AccountId> {
		BoundedVec::truncate_from(self.practitioners[..who as usize].to_vec())
	}

	/// An appointment of 32 quarter-hours of these practitioners, over midnight, of full days.
	fn booked(&self, who: u32, mode: Mode) -> AppointmentId {
		self.fill(who as usize, TODAY + 1..TODAY + 3, SlotState::Free);
		let id = NextAppointment::<T>::get();
		let origin = RawOrigin::Signed(self.desk.clone());
		Pallet::<T>::book(
			origin.into(),
			self.patient,
			HOSPITAL,
			self.with(who),
			over_midnight(1),
			mode,
		)
		.expect("it is free");
		id
	}

	/// The last on a full list of the first practitioner's, who is offered eight hours.
	fn offered(&self) -> AppointmentId {
		self.fill(1, TODAY + 1..TODAY + 3, SlotState::Free);
		self.crowd(1, 1);
		let id = NextAppointment::<T>::get();
		let doctor = &self.practitioners[0];
		let offer = Offer {
			period: over_midnight(1),
			until: NOW + HOUR,
		};
		Waiting::<T>::mutate(doctor, |list| {
			let last = list.last_mut().expect("it is full");
			last.appointment = id;
			last.length = offer.period.length();
			last.offer = Some(offer);
		});
		for day in [TODAY + 1, TODAY + 2] {
			Calendar::<T>::mutate(doctor, day, |slots| {
				for slot in slots.iter_mut().filter(|slot| slot.period.overlaps(&offer.period)) {
					slot.state = SlotState::BusyTentative {
						patient: self.patient,
						until: offer.until,
					};
				}
			});
		}
		Pallet::<T>::enter(
			id,
			Appointment {
				patient: self.patient,
				institution: HOSPITAL,
				practitioners: self.with(1),
				period: Period::new(NOW, NOW + 399 * DAY),
				mode: Mode::InPerson,
				status: AppointmentStatus::Proposed,
				made_at: NOW,
				made_by: self.desk.clone(),
				replaces: None,
				previous: None,
			},
		);
		id
	}
}

fn fill_day<T: Config>(practitioner: &T::AccountId, day: UtcDay, state: SlotState) {
	let slot = |n: u64| Slot {
		period: quarter(day * DAY + n * QUARTER),
		institution: HOSPITAL,
		state,
	};
	Calendar::<T>::insert(
		practitioner,
		day,
		BoundedVec::truncate_from((0..96).map(slot).collect()),
	);
}

fn quarter(start: Moment) -> Period {
	Period::new(start, start + QUARTER)
}

/// Eight hours, half of them after midnight.
fn over_midnight(day: u64) -> Period {
	let midnight = NOW + (day + 1) * DAY;
	Period::new(midnight - 4 * HOUR, midnight + 4 * HOUR)
}

/// 26 hours that touch three days.
fn three_days() -> Period {
	Period::new(NOW + 2 * DAY - HOUR, NOW + 3 * DAY + HOUR)
}

fn status<T: Config>(id: AppointmentId) -> Option<AppointmentStatus> {
	Appointments::<T>::get(id).map(|appointment| appointment.status)
}

/// A consultation with so many others.
fn consultation<T: Config>(participants: u32) -> Consultation<T::AccountId> {
	let one = |n| Participant {
		account: account("participant", n, 0),
		on_behalf_of: None,
		joined_at: 0,
	};
	Consultation {
		session: H256::zero(),
		started_at: 0,
		ended_at: None,
		participants: BoundedVec::truncate_from((0..participants).map(one).collect()),
	}
}

#[benchmarks]
mod benchmarks {
	use super::*;

	// More than 96 do not fit on one day.
	#[benchmark]
	fn open(s: Linear<8, MAX_SLOTS_A_DAY>, d: Linear<1, 8>) {
		let world = world::<T>();
		world.crowd(1, 398);
		let doctor = world.practitioners[0].clone();
		let slots = (0..s).map(|n| quarter(NOW + u64::from(n % d) * DAY + u64::from(n / d) * QUARTER));
		let origin = RawOrigin::Signed(world.desk.clone());
		let slots = BoundedVec::truncate_from(slots.collect());
		#[extrinsic_call]
		_(origin, doctor.clone(), HOSPITAL, slots);
		assert!(!Calendar::<T>::get(&doctor, TODAY + u64::from(d) - 1).is_empty());
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
		world.crowd(1, 0);
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
		_(origin, world.patient, HOSPITAL, with, over_midnight(1));
		assert_eq!(Agendas::<T>::get(world.patient).holds.len(), 2);
	}

	#[benchmark]
	fn release(p: Linear<1, MAX_PRACTITIONERS>) {
		let world = world::<T>();
		let (patient, until) = (world.patient, NOW + HOUR);
		world.fill(
			p as usize,
			TODAY + 1..TODAY + 3,
			SlotState::BusyTentative { patient, until },
		);
		world.crowd(p as usize, 0);
		let (origin, with) = (RawOrigin::Signed(world.controller.clone()), world.with(p));
		#[extrinsic_call]
		_(origin, patient, HOSPITAL, with, over_midnight(1));
		assert!(Waiting::<T>::get(&world.practitioners[0])[0].offer.is_some());
	}

	#[benchmark]
	fn book(p: Linear<1, MAX_PRACTITIONERS>) {
		let world = world::<T>();
		world.fill(p as usize, TODAY + 1..TODAY + 3, SlotState::Free);
		let id = NextAppointment::<T>::get();
		let (origin, with) = (RawOrigin::Signed(world.controller.clone()), world.with(p));
		#[extrinsic_call]
		_(origin, world.patient, HOSPITAL, with, over_midnight(1), Mode::InPerson);
		assert!(Appointments::<T>::contains_key(id));
	}

	#[benchmark]
	fn reschedule() {
		let world = world::<T>();
		let id = world.booked(MAX_PRACTITIONERS, Mode::InPerson);
		world.fill(4, TODAY + 4..TODAY + 6, SlotState::Free);
		world.crowd(4, 0);
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
		world.crowd(4, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(world.controller.clone()), id, CancelReason::Patient);
		assert!(matches!(status::<T>(id), Some(AppointmentStatus::Cancelled { .. })));
	}

	#[benchmark]
	fn propose() {
		let world = world::<T>();
		world.crowd(1, 0);
		let doctor = world.practitioners[0].clone();
		// One ordinary place is left, and nobody on the list is she.
		Waiting::<T>::mutate(&doctor, |list| {
			list.pop();
			list.iter_mut().for_each(|wish| wish.patient = PatientId::MAX);
		});
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
		let id = world.offered();
		#[extrinsic_call]
		_(RawOrigin::Signed(world.controller.clone()), id);
		assert_eq!(status::<T>(id), Some(AppointmentStatus::Booked));
	}

	#[benchmark]
	fn decline() {
		let world = world::<T>();
		let id = world.offered();
		#[extrinsic_call]
		_(RawOrigin::Signed(world.controller.clone()), id);
		assert!(Waiting::<T>::get(&world.practitioners[0])[0].offer.is_some());
	}

	#[benchmark]
	fn offer() {
		let world = world::<T>();
		world.fill(1, TODAY + 1..TODAY + 2, SlotState::Free);
		world.crowd(1, 0);
		let doctor = world.practitioners[0].clone();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(world.desk.clone()),
			doctor.clone(),
			HOSPITAL,
			TODAY + 1,
		);
		assert!(Waiting::<T>::get(&doctor)[95].offer.is_some());
	}

	// Each appointment is of another patient, and with three colleagues whom no other has.
	#[benchmark]
	fn cancel_day(n: Linear<0, MAX_DISPLACED>, d: Linear<0, MAX_NEXT_DAYS>) {
		let world = world::<T>();
		let doctor = world.practitioners[0].clone();
		world.fill(1, TODAY + 1..TODAY + 4, SlotState::Free);
		world.fill(1, TODAY + 10..TODAY + 10 + u64::from(d), SlotState::Free);
		let period = three_days();
		for at in 0..n {
			let patient = T::BenchmarkHelper::patient(&account("displaced", at, 0), HOSPITAL);
			busy::<T>(patient);
			let colleagues = (0..3).map(|m| practitioner::<T>(100 + 3 * at + m));
			let with: Vec<_> = core::iter::once(doctor.clone()).chain(colleagues).collect();
			let slot = quarter(period.start + u64::from(at) * QUARTER);
			for colleague in &with[1..] {
				fill_day::<T>(colleague, slot.start / DAY, SlotState::Free);
				Waiting::<T>::insert(
					colleague,
					BoundedVec::truncate_from((0..MAX_ALL_WAITING).map(|m| world.wish(m, 398)).collect()),
				);
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
		T::BenchmarkHelper::clock(over_midnight(1).start);
		#[extrinsic_call]
		_(RawOrigin::Signed(world.practitioners[0].clone()), id);
		assert_eq!(status::<T>(id), Some(AppointmentStatus::Arrived));
	}

	#[benchmark]
	fn fulfil() {
		let world = world::<T>();
		let id = world.booked(1, Mode::InPerson);
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
		T::BenchmarkHelper::clock(over_midnight(1).start);
		#[extrinsic_call]
		_(RawOrigin::Signed(world.practitioners[0].clone()), id);
		assert_eq!(status::<T>(id), Some(AppointmentStatus::NoShow));
	}

	#[benchmark]
	fn join() {
		let world = world::<T>();
		let id = world.booked(MAX_PRACTITIONERS, Mode::Tele);
		T::BenchmarkHelper::clock(over_midnight(1).start);
		Consultations::<T>::insert(id, consultation::<T>(MAX_PARTICIPANTS - 1));
		let origin = RawOrigin::Signed(world.controller.clone());
		#[extrinsic_call]
		_(origin, id, None, H256::zero());
		assert_eq!(status::<T>(id), Some(AppointmentStatus::Arrived));
	}

	#[benchmark]
	fn end_consultation() {
		let world = world::<T>();
		let id = world.booked(1, Mode::Tele);
		Consultations::<T>::insert(id, consultation::<T>(MAX_PARTICIPANTS));
		#[extrinsic_call]
		_(RawOrigin::Signed(account("participant", MAX_PARTICIPANTS - 1, 0)), id);
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

	impl_benchmark_test_suite!(Pallet, crate::mock::world(), crate::mock::Test);
}
