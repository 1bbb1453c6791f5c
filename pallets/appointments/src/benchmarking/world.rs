//! Who and what there is for the benchmarks: full days, full waiting lists, full agendas.

#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::cast_possible_truncation
)]

use crate::{
	Agendas, Appointments, Calendar, Config, Engagement, Hold, Hope, NextAppointment, Pallet, Waiting, MAX_ALL_WAITING,
	MAX_ENGAGEMENTS, MAX_WAITING,
};
use alloc::{vec, vec::Vec};
use frame_benchmarking::account;
use frame_support::BoundedVec;
use frame_system::RawOrigin;
use salus_primitives::{
	Appointment, AppointmentId, AppointmentStatus, BenchmarkHelper, Consultation, InstitutionId, Mode, Moment, Offer,
	Participant, PatientId, Period, Practitioners, Priority, Role, Slot, SlotState, UtcDay, Wish, DAY, HOUR,
	MAX_MERGES, MAX_PRACTITIONERS, MINUTE,
};
use sp_core::H256;

pub const HOSPITAL: InstitutionId = 7_000;
pub const TODAY: UtcDay = 20_000;
pub const NOW: Moment = TODAY * DAY;
/// A quarter-hour: 96 of them are a day.
pub const QUARTER: Moment = 15 * MINUTE;

/// Who is there.
pub struct World<T: Config> {
	pub desk: T::AccountId,
	pub practitioners: Vec<T::AccountId>,
	pub controller: T::AccountId,
	pub patient: PatientId,
}

/// A hospital with four practitioners, and a patient with as much before her as can be.
pub fn world<T: Config>() -> World<T> {
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

pub fn practitioner<T: Config>(number: u32) -> T::AccountId {
	let doctor = account("doctor", number, 0);
	T::BenchmarkHelper::credential(&doctor, HOSPITAL, Role::Doctor);
	doctor
}

/// Fills an agenda, but for one place of each kind. What is in it is long ahead.
pub fn busy<T: Config>(patient: PatientId) {
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
		agenda.carried = agenda.engagements.clone();
		let hold = Hold {
			period: quarter(far),
			practitioners: (0..MAX_PRACTITIONERS)
				.map(|n| account("other", n, 0))
				.collect::<Vec<_>>()
				.try_into()
				.expect("four"),
			until: far,
		};
		agenda.holds = BoundedVec::truncate_from(vec![hold]);
		agenda.hopes = BoundedVec::truncate_from((0..7).map(hope).collect());
	});
}

/// Merges a patient's id, and again as often as it is followed; the last one's agenda is full but for a place. Who signs
/// for her then.
pub fn merged<T: Config>(patient: PatientId, seed: u32) -> T::AccountId {
	let mut from = patient;
	for n in 0..MAX_MERGES {
		let into = T::BenchmarkHelper::patient(&account("merged", n, seed), HOSPITAL);
		T::BenchmarkHelper::merge(from, into);
		from = into;
	}
	busy::<T>(from);
	account("merged", MAX_MERGES - 1, seed)
}

impl<T: Config> World<T> {
	/// Fills days of these practitioners with quarter-hours.
	pub fn fill(&self, who: usize, days: core::ops::Range<UtcDay>, state: SlotState) {
		for practitioner in &self.practitioners[..who] {
			for day in days.clone() {
				fill_day::<T>(practitioner, day, state);
			}
		}
	}

	/// Fills the waiting lists of these practitioners; a quarter-hour suits so many.
	pub fn crowd(&self, who: usize, suits: u32) {
		for practitioner in &self.practitioners[..who] {
			self.queue(practitioner, 0..MAX_ALL_WAITING, suits);
		}
	}

	/// A waiting list with the places of this range. A quarter-hour suits so many of them, each of another patient; the
	/// first and the last of these died. Of the others each run of slots ends just before or just after they want it to.
	pub fn queue(&self, practitioner: &T::AccountId, places: core::ops::Range<u32>, suits: u32) {
		let from = places.start;
		let wish = |n: u32| {
			let mut wish = self.wish(n);
			let place = n - from;
			if place >= suits {
				wish.length = 31 * QUARTER + MINUTE;
				return wish;
			}
			wish.appointment = NextAppointment::<T>::get();
			wish.patient = if place == 0 || place + 1 == suits {
				// The registry looks for her as it does for one who died.
				PatientId::MAX - wish.appointment
			} else {
				T::BenchmarkHelper::patient(&account("waits", n, wish.appointment as u32), HOSPITAL)
			};
			self.propose_for(wish.patient);
			wish
		};
		Waiting::<T>::insert(practitioner, BoundedVec::truncate_from(places.map(wish).collect()));
	}

	/// A proposal of the next id.
	pub fn propose_for(&self, patient: PatientId) {
		let proposal = Appointment {
			patient,
			institution: HOSPITAL,
			practitioners: self.with(1),
			period: Period::new(NOW, NOW + 399 * DAY),
			mode: Mode::InPerson,
			status: AppointmentStatus::Proposed,
			made_at: NOW,
			made_by: self.desk.clone(),
			replaces: None,
			previous: None,
		};
		Pallet::<T>::enter(NextAppointment::<T>::get(), proposal);
	}

	pub fn wish(&self, n: u32) -> Wish {
		Wish {
			appointment: 100_000 + AppointmentId::from(n),
			patient: PatientId::MAX,
			institution: HOSPITAL,
			displaced: n < MAX_ALL_WAITING - MAX_WAITING as u32,
			priority: Priority::Routine,
			since: 0,
			wanted: Period::new(NOW, NOW + 399 * DAY),
			length: QUARTER,
			offer: None,
		}
	}

	pub fn with(&self, who: u32) -> Practitioners<T::AccountId> {
		BoundedVec::truncate_from(self.practitioners[..who as usize].to_vec())
	}

	/// An appointment of 32 quarter-hours of these practitioners, over midnight, of full days.
	pub fn booked(&self, who: u32, mode: Mode) -> AppointmentId {
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

	/// As [`merged`], the patient. Who signs for her now.
	pub fn merged(&self) -> T::AccountId {
		merged::<T>(self.patient, 0)
	}

	/// The last on a full list of a practitioner's, who is offered eight hours.
	pub fn offered(&self, who: usize, displaced: bool) -> AppointmentId {
		let doctor = &self.practitioners[who];
		self.queue(doctor, 0..MAX_ALL_WAITING, 32);
		let id = NextAppointment::<T>::get();
		let (patient, until) = (self.patient, NOW + HOUR);
		let period = over_midnight(4);
		Waiting::<T>::mutate(doctor, |list| {
			let last = list.last_mut().expect("it is full");
			last.appointment = id;
			last.patient = patient;
			last.displaced = displaced;
			last.length = period.length();
			last.offer = Some(Offer { period, until });
		});
		for day in TODAY + 4..TODAY + 6 {
			fill_day::<T>(doctor, day, SlotState::Free);
			Calendar::<T>::mutate(doctor, day, |slots| {
				for slot in slots.iter_mut().filter(|slot| slot.period.overlaps(&period)) {
					slot.state = SlotState::BusyTentative { patient, until };
				}
			});
		}
		self.propose_for(patient);
		id
	}
}

pub fn fill_day<T: Config>(practitioner: &T::AccountId, day: UtcDay, state: SlotState) {
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

pub fn quarter(start: Moment) -> Period {
	Period::new(start, start + QUARTER)
}

/// Eight hours, half of them after midnight.
pub fn over_midnight(day: u64) -> Period {
	let midnight = NOW + (day + 1) * DAY;
	Period::new(midnight - 4 * HOUR, midnight + 4 * HOUR)
}

/// Two hours, one of them after midnight: of four practitioners as many slots as a hold takes.
pub fn held_over_midnight() -> Period {
	let midnight = NOW + 2 * DAY;
	Period::new(midnight - HOUR, midnight + HOUR)
}

/// 26 hours that touch three days.
pub fn three_days() -> Period {
	Period::new(NOW + 2 * DAY - HOUR, NOW + 3 * DAY + HOUR)
}

pub fn status<T: Config>(id: AppointmentId) -> Option<AppointmentStatus> {
	Appointments::<T>::get(id).map(|appointment| appointment.status)
}

/// A consultation with so many others.
pub fn consultation<T: Config>(participants: u32) -> Consultation<T::AccountId> {
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
