//! Benchmarks of pallet-consent, run on the real runtime: every list is full and every entry as long as it can be.

use crate::{
	Call, Config, DenialList, Denials, GrantList, Grants, NextDenial, NextGrant, NextRequest, Pallet, RequestList,
	Requests, MAX_DENIALS, MAX_GRANTS, MAX_REQUESTS, MAX_REQUEST_LIFETIME,
};
use frame_benchmarking::v2::*;
use frame_support::traits::Time;
use frame_system::RawOrigin;
use salus_primitives::{
	AccessControl, AccessRequest, Action, ActionSet, Basis, BenchmarkHelper, Category, CategorySet, ConsentRequest,
	Decision, Denial, DenialTerms, Grant, Grantee, InstitutionId, Moment, PatientId, Purpose, PurposeSet, Reason,
	RecordId, RecordStatus, Role, Terms, DAY, MAX_TERMS_COMPARTMENTS, MAX_TERMS_RECORDS,
};

const HOME: InstitutionId = 4_000_000_000;
const AWAY: InstitutionId = 4_000_000_001;

/// A patient, a doctor of another hospital who is assigned to her there, and the time.
struct World<T: Config> {
	patient: PatientId,
	controller: T::AccountId,
	doctor: T::AccountId,
	now: Moment,
}

fn world<T: Config>() -> World<T> {
	let controller: T::AccountId = account("controller", 0, 0);
	let doctor: T::AccountId = account("doctor", 0, 0);
	T::BenchmarkHelper::institution(HOME);
	T::BenchmarkHelper::institution(AWAY);
	T::BenchmarkHelper::credential(&doctor, AWAY, Role::Doctor);
	let patient = T::BenchmarkHelper::patient(&controller, HOME);
	T::BenchmarkHelper::assignment(&doctor, patient, AWAY);
	World {
		patient,
		controller,
		doctor,
		now: T::Time::now(),
	}
}

impl<T: Config> World<T> {
	fn grantees(&self) -> [Grantee<T::AccountId>; 4] {
		[
			Grantee::Account(self.doctor.clone()),
			Grantee::Institution(AWAY),
			Grantee::Role(Role::Doctor, AWAY),
			Grantee::Assigned(AWAY),
		]
	}

	/// The longest terms, which a doctor may ask for.
	fn terms(&self) -> Terms {
		let records = (0..u64::from(MAX_TERMS_RECORDS)).collect::<alloc::vec::Vec<_>>();
		let compartments = (0..=u8::MAX)
			.take(MAX_TERMS_COMPARTMENTS as usize)
			.collect::<alloc::vec::Vec<_>>();
		Terms {
			actions: ActionSet::ALL,
			purposes: PurposeSet::of(&[Purpose::Treatment]),
			categories: CategorySet::ALL.without(CategorySet::of(&[Category::Claims])),
			records: records.try_into().unwrap_or_default(),
			compartments: compartments.try_into().unwrap_or_default(),
			recorded_from: Some(1),
			recorded_until: Some(Moment::MAX),
			starts: self.now,
			ends: self.now + 300 * DAY,
			uses: Some(u32::MAX),
			erase_after: Some(self.now + 400 * DAY),
		}
	}

	/// Sixteen grants, of which the last is dead if one has to be.
	fn fill_grants(&self, grantee: &Grantee<T::AccountId>, one_dead: bool) {
		let first = NextGrant::<T>::get();
		let list: alloc::vec::Vec<_> = (first..first + u64::from(MAX_GRANTS))
			.map(|id| Grant {
				id,
				terms: self.terms(),
				uses_left: Some(u32::MAX),
				given_at: self.now,
				given_by: self.controller.clone(),
				request: Some(0),
				parent: None,
				revoked_at: (one_dead && id == first + u64::from(MAX_GRANTS) - 1).then_some(self.now),
			})
			.collect();
		let list: GrantList<T::AccountId> = list.try_into().unwrap_or_default();
		Grants::<T>::insert(self.patient, grantee, list);
		NextGrant::<T>::put(first + u64::from(MAX_GRANTS));
		NextRequest::<T>::mutate(|next| *next = (*next).max(1));
	}

	/// A denial of the question that holds in all but its record.
	fn denial(&self) -> DenialTerms<T::AccountId> {
		DenialTerms {
			account: Some(self.doctor.clone()),
			institution: Some(AWAY),
			role: Some(Role::Doctor),
			category: Some(Category::Laboratory),
			compartment: Some(200),
			source: Some(HOME),
			recorded_from: Some(1),
			recorded_until: Some(Moment::MAX),
			record: Some(0),
		}
	}

	/// May she view what another wrote? Every denial and every grant is near, and none of them decides.
	fn question(&self) -> AccessRequest<T::AccountId> {
		AccessRequest {
			requester: self.doctor.clone(),
			on_behalf_of: Some(AWAY),
			patient: self.patient,
			record: Some(u64::from(MAX_TERMS_RECORDS) - 1),
			custodian: HOME,
			category: Category::Laboratory,
			compartment: Some(200),
			recorded_at: 1,
			author: self.controller.clone(),
			status: Some(RecordStatus::Current),
			action: Action::View,
			purpose: Purpose::Treatment,
		}
	}

	/// Full lists of grants and denials.
	fn fill(&self) {
		for grantee in self.grantees() {
			self.fill_grants(&grantee, false);
		}
		fill_denials::<T>(self.patient, &self.denial(), MAX_DENIALS);
	}

	/// Requests that differ from the longest terms in the last field alone; the first has expired if one has to be.
	fn fill_requests(&self, one_expired: bool) {
		let list: alloc::vec::Vec<_> = (0..u64::from(MAX_REQUESTS))
			.map(|id| ConsentRequest {
				id,
				institution: AWAY,
				terms: Terms {
					erase_after: Some(self.now + 500 * DAY + id),
					..self.terms()
				},
				asked_at: self.now,
				expires_at: if one_expired && id == 0 {
					self.now
				} else {
					self.now + MAX_REQUEST_LIFETIME
				},
			})
			.collect();
		let list: RequestList = list.try_into().unwrap_or_default();
		Requests::<T>::insert(self.patient, &self.doctor, list);
		NextRequest::<T>::put(u64::from(MAX_REQUESTS));
	}
}

/// So many denials with these terms, each for another record that there is not.
pub(crate) fn fill_denials<T: Config>(patient: PatientId, terms: &DenialTerms<T::AccountId>, count: u32) {
	let list: alloc::vec::Vec<_> = (0..u64::from(count))
		.map(|id| Denial {
			id,
			terms: DenialTerms {
				record: Some(RecordId::MAX - id),
				..terms.clone()
			},
			made_at: T::Time::now(),
		})
		.collect();
	let list: DenialList<T::AccountId> = list.try_into().unwrap_or_default();
	Denials::<T>::insert(patient, list);
	NextDenial::<T>::put(u64::from(count));
}

const LAST_REQUEST: u64 = MAX_REQUESTS as u64 - 1;

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn ask() {
		let world = world::<T>();
		world.fill_requests(true);
		let origin = RawOrigin::Signed(world.doctor.clone());
		#[extrinsic_call]
		_(
			origin,
			world.patient,
			AWAY,
			world.terms(),
			world.now + MAX_REQUEST_LIFETIME,
		);
		let list = Requests::<T>::get(world.patient, &world.doctor);
		assert_eq!(list.last().map(|request| request.id), Some(u64::from(MAX_REQUESTS)));
		assert_eq!(list.len() as u32, MAX_REQUESTS);
	}

	#[benchmark]
	fn withdraw() {
		let world = world::<T>();
		world.fill_requests(false);
		#[extrinsic_call]
		_(RawOrigin::Signed(world.doctor.clone()), world.patient, LAST_REQUEST);
		assert_eq!(
			Requests::<T>::get(world.patient, &world.doctor).len() as u64,
			LAST_REQUEST
		);
	}

	#[benchmark]
	fn approve() {
		let world = world::<T>();
		let [grantee, ..] = world.grantees();
		world.fill_grants(&grantee, true);
		world.fill_requests(false);
		let origin = RawOrigin::Signed(world.controller.clone());
		#[extrinsic_call]
		_(origin, world.patient, world.doctor.clone(), LAST_REQUEST, world.terms());
		assert_eq!(
			Requests::<T>::get(world.patient, &world.doctor).len() as u64,
			LAST_REQUEST
		);
	}

	#[benchmark]
	fn decline() {
		let world = world::<T>();
		world.fill_requests(false);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(world.controller.clone()),
			world.patient,
			world.doctor.clone(),
			LAST_REQUEST,
		);
		assert_eq!(
			Requests::<T>::get(world.patient, &world.doctor).len() as u64,
			LAST_REQUEST
		);
	}

	#[benchmark]
	fn grant() {
		let world = world::<T>();
		let [_, _, grantee, _] = world.grantees();
		world.fill_grants(&grantee, true);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(world.controller.clone()),
			world.patient,
			grantee.clone(),
			world.terms(),
		);
		assert_eq!(NextGrant::<T>::get(), u64::from(MAX_GRANTS) + 1);
	}

	#[benchmark]
	fn revoke() {
		let world = world::<T>();
		let [grantee, ..] = world.grantees();
		world.fill_grants(&grantee, false);
		let last = NextGrant::<T>::get() - 1;
		#[extrinsic_call]
		_(
			RawOrigin::Signed(world.controller.clone()),
			world.patient,
			grantee.clone(),
			last,
		);
		assert!(Grants::<T>::get(world.patient, &grantee)
			.iter()
			.any(|given| given.revoked_at.is_some()));
	}

	#[benchmark]
	fn deny() {
		let world = world::<T>();
		fill_denials::<T>(world.patient, &world.denial(), MAX_DENIALS - 2);
		Denials::<T>::mutate(world.patient, |list| {
			let _ = list.try_push(Denial {
				id: u64::from(MAX_DENIALS) - 2,
				terms: DenialTerms::all(),
				made_at: world.now,
			});
		});
		NextDenial::<T>::put(u64::from(MAX_DENIALS) - 1);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(world.controller.clone()),
			world.patient,
			world.denial(),
		);
		assert_eq!(Denials::<T>::get(world.patient).len() as u32, MAX_DENIALS);
	}

	#[benchmark]
	fn lift_denial() {
		let world = world::<T>();
		fill_denials::<T>(world.patient, &world.denial(), MAX_DENIALS);
		let last = NextDenial::<T>::get() - 1;
		#[extrinsic_call]
		_(RawOrigin::Signed(world.controller.clone()), world.patient, last);
		assert_eq!(Denials::<T>::get(world.patient).len() as u32, MAX_DENIALS - 1);
	}

	#[benchmark]
	fn decide() {
		let world = world::<T>();
		world.fill();
		let request = world.question();
		let decision;
		#[block]
		{
			decision = Pallet::<T>::decide(&request);
		}
		assert_eq!(decision, Decision::Deny(Reason::CompartmentMismatch));
	}

	#[benchmark]
	fn decide_without_grants() {
		let world = world::<T>();
		world.fill();
		let request = AccessRequest {
			record: None,
			author: world.doctor.clone(),
			status: None,
			action: Action::Append,
			..world.question()
		};
		let decision;
		#[block]
		{
			decision = Pallet::<T>::decide(&request);
		}
		assert_eq!(decision, Decision::Permit(Basis::Assignment));
	}

	#[benchmark]
	fn decide_and_take_use() -> Result<(), BenchmarkError> {
		let world = world::<T>();
		world.fill();
		let last = NextGrant::<T>::get() - 1;
		let request = AccessRequest {
			compartment: None,
			..world.question()
		};
		let decision;
		#[block]
		{
			decision = Pallet::<T>::decide(&request);
			<Pallet<T> as AccessControl<T::AccountId>>::take_use(world.patient, &world.doctor, Some(AWAY), last)?;
		}
		assert!(matches!(decision, Decision::Permit(Basis::Grant(_))));
		let taken = |given: &Grant<T::AccountId>| given.id == last && given.uses_left == Some(u32::MAX - 1);
		assert!(Grants::<T>::get(world.patient, Grantee::Assigned(AWAY))
			.iter()
			.any(taken));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::default().build(), crate::mock::Test);
}
