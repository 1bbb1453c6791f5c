//! Calendars, appointments and waiting lists as the runtime of the tests has them.

use std::{
	collections::BTreeMap,
	sync::{Mutex, MutexGuard},
};

use salus_primitives::*;
use sp_api::ApiError;
use sp_core::H256;
use sp_runtime::BoundedVec;

use super::world::{account, BIG};
use crate::AccountId;

static CALENDARS: Mutex<BTreeMap<AccountId, Vec<Slot>>> = Mutex::new(BTreeMap::new());

fn calendars() -> MutexGuard<'static, BTreeMap<AccountId, Vec<Slot>>> {
	CALENDARS.lock().unwrap()
}

/// From now on the state has these slots of the practitioner.
pub fn set_calendar(practitioner: AccountId, slots: Vec<Slot>) {
	calendars().insert(practitioner, slots);
}

/// Of one practitioner the runtime says nothing.
pub fn availability(practitioner: &AccountId, period: Period) -> Result<Vec<Slot>, ApiError> {
	if *practitioner == account(0xbb) {
		return Err(ApiError::StateBackendIsNotTrie);
	}
	let slots = calendars().get(practitioner).cloned().unwrap_or_default();
	Ok(slots.into_iter().filter(|slot| slot.period.overlaps(&period)).collect())
}

/// Booked by patient 1 with accounts 2 and 3, each an hour after the one before.
fn booked(id: AppointmentId) -> Appointment<AccountId> {
	let hour = id.saturating_mul(HOUR);
	Appointment {
		patient: 1,
		institution: 0,
		practitioners: BoundedVec::truncate_from(vec![account(2), account(3)]),
		period: Period::new(hour, hour.saturating_add(HOUR)),
		mode: Mode::Tele,
		status: AppointmentStatus::Booked,
		made_at: 5,
		made_by: account(1),
		replaces: id.checked_sub(2),
		previous: id.checked_sub(1),
	}
}

/// Five that are booked, and a large one that was cancelled.
pub fn appointment(id: AppointmentId) -> Option<Appointment<AccountId>> {
	match id {
		0..5 => Some(booked(id)),
		BIG => Some(Appointment {
			status: AppointmentStatus::Cancelled {
				by: AppointmentParty::Desk,
				reason: CancelReason::Provider,
			},
			..booked(BIG)
		}),
		_ => None,
	}
}

type Listed = (AppointmentId, Appointment<AccountId>);

pub fn of_patient(
	patient: PatientId,
	before: Option<AppointmentId>,
	limit: u32,
) -> (Vec<Listed>, Option<AppointmentId>) {
	let all = (0..5u64)
		.rev()
		.filter(|id| patient == 1 && before.is_none_or(|before| *id < before));
	let found: Vec<_> = all.take(limit as usize).map(|id| (id, booked(id))).collect();
	let next = found.last().map(|(id, _)| *id).filter(|id| *id > 0);
	(found, next)
}

pub fn of_practitioner(practitioner: &AccountId, period: Period) -> Vec<Listed> {
	let all = (0..5u64).filter(|_| *practitioner == account(2));
	let listed = all.map(|id| (id, booked(id)));
	listed
		.filter(|(_, appointment)| appointment.period.overlaps(&period))
		.collect()
}

/// Two wait for account 2; the first is offered something.
pub fn waiting(practitioner: &AccountId) -> Vec<Wish> {
	let wish = Wish {
		appointment: 7,
		patient: BIG,
		institution: 0,
		displaced: true,
		priority: Priority::Asap,
		since: 3,
		wanted: Period::new(HOUR, 9 * HOUR),
		length: HOUR,
		offer: Some(Offer {
			period: Period::new(2 * HOUR, 3 * HOUR),
			until: HOUR,
		}),
	};
	let second = Wish {
		appointment: 8,
		displaced: false,
		offer: None,
		..wish
	};
	if *practitioner == account(2) {
		vec![wish, second]
	} else {
		Vec::new()
	}
}

pub fn consultation(id: AppointmentId) -> Option<Consultation<AccountId>> {
	let participant = |byte, on_behalf_of, joined_at| Participant {
		account: account(byte),
		on_behalf_of,
		joined_at,
	};
	(id == 3).then(|| Consultation {
		session: H256::repeat_byte(4),
		started_at: 10,
		ended_at: None,
		participants: BoundedVec::truncate_from(vec![participant(2, Some(0), 10), participant(1, None, 11)]),
	})
}
