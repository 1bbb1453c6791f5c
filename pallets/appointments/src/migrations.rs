//! From one storage layout to the next.

use crate::{waiting::is_held, Agenda, Agendas, Calendar, Config, Pallet, Waiting};
use alloc::{collections::BTreeMap, vec::Vec};
use core::marker::PhantomData;
use frame_support::{
	migrations::VersionedMigration,
	traits::{Get, Time, UncheckedOnRuntimeUpgrade},
	weights::Weight,
};
use salus_primitives::{Offer, PatientId, SlotState, Slots};

#[cfg(feature = "try-runtime")]
use sp_runtime::TryRuntimeError;

/// To version 1: an agenda says which slots of whom are held. What was held lapses with the upgrade, a quarter-hour early at
/// most; an offer stays if all of its time is still held for her to whom it was made.
///
/// It goes through every agenda, waiting list and calendar in one block: a chain with tens of thousands of days of
/// calendars would want `pallet-migrations`, which takes as many blocks as it needs.
pub type ToVersion1<T> = VersionedMigration<0, 1, EndHolds<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The layout before.
pub(crate) mod v0 {
	use crate::{Engagement, Hope, MAX_ALL_WISHES, MAX_ENGAGEMENTS, MAX_HOLDS};
	use codec::Compact;
	use salus_primitives::{AppointmentId, Moment};
	use sp_runtime::{traits::ConstU32, BoundedVec};

	/// When a hold begins, and until when it lasts.
	pub type Hold = (Compact<Moment>, Compact<Moment>);

	/// The fields of an agenda in their order.
	pub type Agenda = (
		BoundedVec<Engagement, ConstU32<MAX_ENGAGEMENTS>>,
		BoundedVec<Hold, ConstU32<MAX_HOLDS>>,
		BoundedVec<Hope, ConstU32<MAX_ALL_WISHES>>,
		Option<AppointmentId>,
	);
}

/// What [`ToVersion1`] does where the version is 0.
pub struct EndHolds<T>(PhantomData<T>);

/// To whom a practitioner's time is offered.
type Offered<AccountId> = BTreeMap<AccountId, Vec<(PatientId, Offer)>>;

impl<T: Config> UncheckedOnRuntimeUpgrade for EndHolds<T> {
	fn on_runtime_upgrade() -> Weight {
		let (mut read, mut written) = (0u64, 0u64);
		Agendas::<T>::translate::<v0::Agenda, _>(|_, (engagements, _, hopes, latest)| {
			read = read.saturating_add(2);
			written = written.saturating_add(1);
			Some(Agenda {
				engagements,
				carried: Default::default(),
				holds: Default::default(),
				hopes,
				latest,
			})
		});
		let mut offered = Offered::<T::AccountId>::new();
		for (practitioner, mut list) in Waiting::<T>::iter().collect::<Vec<_>>() {
			read = read.saturating_add(2);
			written = written.saturating_add(1);
			for wish in list.iter_mut() {
				let Some(offer) = wish.live_offer(T::Time::now()) else {
					continue;
				};
				read = read.saturating_add(1);
				if is_held::<T>(&practitioner, wish, offer) {
					offered
						.entry(practitioner.clone())
						.or_default()
						.push((wish.patient, offer));
				} else {
					wish.offer = None;
				}
			}
			if list.is_empty() {
				Waiting::<T>::remove(practitioner);
			} else {
				Waiting::<T>::insert(practitioner, list);
			}
		}
		Calendar::<T>::translate::<Slots, _>(|practitioner, _, mut slots| {
			read = read.saturating_add(2);
			written = written.saturating_add(1);
			let offers = offered.get(&practitioner);
			for slot in slots.iter_mut() {
				let SlotState::BusyTentative { patient, until } = slot.state else {
					continue;
				};
				let is_offered = |(whom, offer): &(PatientId, Offer)| {
					*whom == patient && offer.until == until && offer.period.contains(&slot.period)
				};
				if !offers.is_some_and(|offers| offers.iter().any(is_offered)) {
					slot.state = SlotState::Free;
				}
			}
			Some(slots)
		});
		T::DbWeight::get().reads_writes(read, written)
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(_: Vec<u8>) -> Result<(), TryRuntimeError> {
		Pallet::<T>::check_state()
	}
}
