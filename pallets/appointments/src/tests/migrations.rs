use super::*;
use crate::{
	migrations::{v0, ToVersion1},
	Agendas, Pallet, Waiting,
};
use codec::{Compact, Encode};
use frame_support::traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion};

/// Puts the agendas back to version 0, as it encoded them.
fn as_version_0() {
	for (patient, agenda) in Agendas::<Test>::iter() {
		let hold = |hold: &crate::Hold<u64>| (Compact(hold.period.start), Compact(hold.until));
		let old: v0::Agenda = (
			agenda.engagements,
			list(agenda.holds.iter().map(hold)),
			agenda.hopes,
			agenda.latest,
		);
		sp_io::storage::set(&Agendas::<Test>::hashed_key_for(patient), &old.encode());
	}
	StorageVersion::new(0).put::<Pallet<Test>>();
}

fn upgrade() {
	#[cfg(feature = "try-runtime")]
	ToVersion1::<Test>::try_on_runtime_upgrade(true).unwrap();
	#[cfg(not(feature = "try-runtime"))]
	ToVersion1::<Test>::on_runtime_upgrade();
}

/// Ada is booked, Ben is offered half an hour, Cat holds one.
fn some_of_everything() -> AppointmentId {
	let waits = wished(BEN);
	morning(DOCTOR);
	booked(ADA, &[DOCTOR], from(at(1, 10, 0), 30));
	assert_ok!(hold(CATS, CAT, &[DOCTOR], from(at(1, 11, 0), 30)));
	assert_eq!(offered(waits), Some(from(at(1, 9, 0), 30)));
	waits
}

#[test]
fn holds_lapse_and_all_else_stays() {
	story(|| {
		let waits = some_of_everything();
		let before: Vec<_> = [ADA, BEN].map(Agendas::<Test>::get).to_vec();
		// Held, and in nobody's agenda, as it could be.
		Calendar::<Test>::mutate(DOCTOR, TODAY + 1, |slots| {
			let until = at(0, 8, 15);
			slots[7].state = SlotState::BusyTentative { patient: CAT, until };
		});
		as_version_0();
		upgrade();
		assert_eq!(Pallet::<Test>::on_chain_storage_version(), 1);
		assert_eq!([ADA, BEN].map(Agendas::<Test>::get).to_vec(), before);
		assert!(Agendas::<Test>::get(CAT).holds.is_empty());
		for start in [at(1, 10, 45), at(1, 11, 0), at(1, 11, 15)] {
			assert_eq!(slot(DOCTOR, start), Some(SlotState::Free));
		}
		assert_eq!(slot(DOCTOR, at(1, 10, 0)), Some(SlotState::Busy(1)));
		assert_eq!(offered(waits), Some(from(at(1, 9, 0), 30)));
		assert_ok!(Appointments::accept(signed(BENS), waits));
		// It has run: what is there is left alone.
		assert_ok!(hold(CATS, CAT, &[DOCTOR], from(at(1, 11, 0), 30)));
		upgrade();
		assert_eq!(Agendas::<Test>::get(CAT).holds.len(), 1);
	});
}

#[test]
fn an_offer_that_is_not_held_any_more_is_void() {
	story(|| {
		let waits = some_of_everything();
		Calendar::<Test>::mutate(DOCTOR, TODAY + 1, |slots| slots[1].state = SlotState::BusyUnavailable);
		Waiting::<Test>::insert(NURSE, crate::WaitingList::default());
		as_version_0();
		upgrade();
		assert_eq!(
			(offered(waits), slot(DOCTOR, at(1, 9, 0))),
			(None, Some(SlotState::Free))
		);
		assert_eq!(on_list(DOCTOR)[0].offer, None);
		assert!(!Waiting::<Test>::contains_key(NURSE));
	});
}

#[test]
fn the_weight_is_that_of_all_that_is_read_and_written() {
	story(|| {
		some_of_everything();
		as_version_0();
		let weight = ToVersion1::<Test>::on_runtime_upgrade();
		let database = <Test as frame_system::Config>::DbWeight::get();
		// Three agendas, a waiting list with one offer, one day; and the version.
		assert_eq!(weight, database.reads_writes(2 * (3 + 1 + 1) + 1 + 1, 3 + 1 + 1 + 1));
		assert_eq!(ToVersion1::<Test>::on_runtime_upgrade(), database.reads(1));
	});
}
