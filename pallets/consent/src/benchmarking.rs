//! Benchmarks of pallet-consent, run on the real runtime: every list is full and every entry as long as it can be.

mod world;

use crate::{
	Call, CaseOf, Cases, CasesOfDay, Config, DenialList, Denials, Dockets, EmergencyLimitsOf, Erasures, GrantList,
	Grants, IncidentProposals, Incidents, NextCase, NextDenial, NextGrant, NextRequest, Openers, Pallet, Paper, Papers,
	RequestList, Requests, Successors, Wish, MAX_CASE_LIFETIME, MAX_DENIALS, MAX_GRANTS, MAX_PASSES, MAX_REQUESTS,
	MAX_REQUEST_LIFETIME,
};
use frame_benchmarking::v2::*;
use frame_support::traits::Time;
use frame_system::RawOrigin;
use salus_primitives::{
	AccessControl, AccessRequest, Action, ActionSet, Approval, Basis, BenchmarkHelper, Case, CaseId, Category,
	CategorySet, ConsentRequest, Decision, Denial, DenialTerms, EmergencyLimits, EmergencyReason, Grant, Grantee,
	InstitutionId, Moment, Parent, PatientId, Purpose, PurposeSet, Reason, RecordId, RecordStatus, Registry, Role,
	Terms, Verdict, DAY, HOUR, MAX_APPROVALS, MAX_TEAM, MAX_TERMS_COMPARTMENTS, MAX_TERMS_RECORDS, REVIEW_WITHIN,
};
use sp_core::H256;
use world::{officers, world, LAST_REQUEST};

pub(crate) use world::fill_denials;

const HOME: InstitutionId = 4_000_000_000;
const AWAY: InstitutionId = 4_000_000_001;

#[benchmarks]
mod benchmarks {
	use super::*;
	use frame_support::traits::EnsureOrigin;

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
		let asked = Terms {
			outlives: false,
			..world.terms()
		};
		#[extrinsic_call]
		_(origin, world.patient, world.doctor.clone(), LAST_REQUEST, asked);
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
	fn open_case() {
		let world = world::<T>();
		let patient = world.patient;
		let old = world.case(0);
		Cases::<T>::mutate(patient, old, |case| {
			if let Some(case) = case {
				case.closed_at = Some(world.now);
			}
		});
		world.fill_dockets();
		CasesOfDay::<T>::insert(AWAY, (1_000, 1));
		let origin = RawOrigin::Signed(world.doctor.clone());
		#[extrinsic_call]
		_(
			origin,
			patient,
			AWAY,
			EmergencyReason::Other,
			H256::zero(),
			world.now + MAX_CASE_LIFETIME,
		);
		assert_eq!(CaseOf::<T>::get(patient, &world.doctor), Some(old + 1));
	}

	#[benchmark]
	fn join_case() {
		let world = world::<T>();
		let nurse = world.colleague(Role::Nurse);
		let case = world.case(1);
		#[extrinsic_call]
		_(RawOrigin::Signed(nurse.clone()), world.patient, case);
		assert_eq!(CaseOf::<T>::get(world.patient, &nurse), Some(case));
	}

	#[benchmark]
	fn approve_case() {
		let world = world::<T>();
		let nurse = world.colleague(Role::Nurse);
		let case = world.case(1);
		#[extrinsic_call]
		_(RawOrigin::Signed(nurse.clone()), world.patient, case, AWAY);
		assert!(Cases::<T>::get(world.patient, case).is_some_and(|case| case.is_approved_by(&nurse)));
	}

	#[benchmark]
	fn close_case() {
		let world = world::<T>();
		let officer = world.colleague(Role::PrivacyOfficer);
		let case = world.case(0);
		world.fill_dockets();
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), world.patient, case);
		assert!(Cases::<T>::get(world.patient, case).is_some_and(|case| case.closed_at.is_some()));
	}

	#[benchmark]
	fn review_case() {
		let world = world::<T>();
		let officer = world.colleague(Role::PrivacyOfficer);
		let case = world.case(0);
		world.fill_dockets();
		world.end_of(case);
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), world.patient, case, Verdict::Violation);
		assert!(Cases::<T>::get(world.patient, case).is_some_and(|case| case.is_reviewed()));
	}

	#[benchmark]
	fn appeal_case() {
		let world = world::<T>();
		let case = world.case(0);
		world.end_of(case);
		#[extrinsic_call]
		_(RawOrigin::Signed(world.controller.clone()), world.patient, case);
		assert!(Cases::<T>::get(world.patient, case).is_some_and(|case| case.appealed_at.is_some()));
	}

	#[benchmark]
	fn judge_case() -> Result<(), BenchmarkError> {
		let world = world::<T>();
		let case = world.case(0);
		world.fill_dockets();
		world.end_of(case);
		Cases::<T>::mutate(world.patient, case, |case| {
			if let Some(case) = case {
				case.appealed_at = Some(world.now + DAY);
			}
		});
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, world.patient, case, Verdict::Violation);
		assert!(Cases::<T>::get(world.patient, case).is_some_and(|case| case.judgement.is_some()));
		Ok(())
	}

	#[benchmark]
	fn set_emergency_limits() -> Result<(), BenchmarkError> {
		T::BenchmarkHelper::institution(AWAY);
		let limits = EmergencyLimits {
			approvals: 2,
			cases_a_day: 3,
		};
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, AWAY, limits);
		assert_eq!(EmergencyLimitsOf::<T>::get(AWAY), limits);
		Ok(())
	}

	#[benchmark]
	fn declare_incident() -> Result<(), BenchmarkError> {
		let world = world::<T>();
		let ends_at = world.now + HOUR;
		let [first, second, ..] = &officers::<T>(AWAY)[..] else {
			return Err(BenchmarkError::Stop("an institution has two officers"));
		};
		IncidentProposals::<T>::insert(AWAY, (first.clone(), ends_at));
		#[extrinsic_call]
		_(RawOrigin::Signed(second.clone()), AWAY, ends_at);
		assert_eq!(Incidents::<T>::get(AWAY), Some(ends_at));
		Ok(())
	}

	#[benchmark]
	fn end_incident() -> Result<(), BenchmarkError> {
		let world = world::<T>();
		Incidents::<T>::insert(AWAY, world.now + HOUR);
		let [.., last] = &officers::<T>(AWAY)[..] else {
			return Err(BenchmarkError::Stop("an institution has officers"));
		};
		#[extrinsic_call]
		_(RawOrigin::Signed(last.clone()), AWAY);
		assert_eq!(Incidents::<T>::get(AWAY), None);
		Ok(())
	}

	#[benchmark]
	fn seal() -> Result<(), BenchmarkError> {
		let world = world::<T>();
		Pallet::<T>::close_drawer(world.patient, 1).map_err(|_| BenchmarkError::Stop("it is open"))?;
		#[extrinsic_call]
		_(RawOrigin::Signed(world.controller.clone()), world.patient, 200);
		assert_eq!(Pallet::<T>::sealed(world.patient), [1, 200]);
		Ok(())
	}

	#[benchmark]
	fn unseal() -> Result<(), BenchmarkError> {
		let world = world::<T>();
		for compartment in [1, 200] {
			Pallet::<T>::close_drawer(world.patient, compartment).map_err(|_| BenchmarkError::Stop("it is open"))?;
		}
		#[extrinsic_call]
		_(RawOrigin::Signed(world.controller.clone()), world.patient, 200);
		assert_eq!(Pallet::<T>::sealed(world.patient), [1]);
		Ok(())
	}

	#[benchmark]
	fn pass_on() {
		let world = world::<T>();
		world.pass_on(MAX_PASSES as u32 - 1);
		let from = Parent {
			grantee: Grantee::Account(world.doctor.clone()),
			grant: NextGrant::<T>::get() - 1,
		};
		let to: T::AccountId = account("specialist", 0, 0);
		let grantee = Grantee::Account(to.clone());
		world.fill_grants(&grantee, true);
		Grants::<T>::mutate(world.patient, &grantee, |list| {
			if let Some(dead) = list.iter_mut().last() {
				dead.parent = Some(from.clone());
			}
		});
		let next = NextGrant::<T>::get();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(world.doctor.clone()),
			world.patient,
			AWAY,
			from,
			to,
			world.terms(),
		);
		assert!(Grants::<T>::get(world.patient, &grantee)
			.iter()
			.any(|given| given.id == next));
	}

	#[benchmark]
	fn name_successor() -> Result<(), BenchmarkError> {
		let world = world::<T>();
		let successor = world.colleague(Role::Nurse);
		let author = world.doctor.clone();
		T::BenchmarkHelper::revocation(&author, AWAY);
		let [officer, ..] = &officers::<T>(AWAY)[..] else {
			return Err(BenchmarkError::Stop("an institution has officers"));
		};
		#[extrinsic_call]
		_(
			RawOrigin::Signed(officer.clone()),
			AWAY,
			author.clone(),
			Some(successor.clone()),
		);
		assert_eq!(Successors::<T>::get(AWAY, &author), Some(successor));
		Ok(())
	}

	#[benchmark]
	fn attest_erasure() {
		let world = world::<T>();
		let officer = world.colleague(Role::PrivacyOfficer);
		let grantee = Grantee::Institution(AWAY);
		Pallet::<T>::owe_erasure(world.patient, 0, &grantee, world.now);
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), world.patient, 0);
		assert!(Erasures::<T>::get(world.patient, 0).is_some_and(|erasure| erasure.attested.is_some()));
	}

	#[benchmark]
	fn confirm_grant() {
		let world = world::<T>();
		let [grantee, ..] = world.grantees();
		world.fill_grants(&grantee, false);
		T::BenchmarkHelper::key_loss(world.patient, world.now);
		T::BenchmarkHelper::clock(world.now + 1);
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
			.any(|given| given.given_at == world.now + 1));
	}

	#[benchmark]
	fn witness_paper() -> Result<(), BenchmarkError> {
		let (world, paper) = world::<T>().paper();
		let [.., witness] = &officers::<T>(HOME)[..] else {
			return Err(BenchmarkError::Stop("an institution has officers"));
		};
		#[extrinsic_call]
		_(RawOrigin::Signed(witness.clone()), world.patient, paper);
		assert!(Papers::<T>::contains_key(world.patient, witness));
		Ok(())
	}

	#[benchmark]
	fn confirm_paper() -> Result<(), BenchmarkError> {
		let (world, paper) = world::<T>().paper();
		let [first, .., second] = &officers::<T>(HOME)[..] else {
			return Err(BenchmarkError::Stop("an institution has two officers"));
		};
		Pallet::<T>::note_paper(first.clone(), world.patient, paper.clone())?;
		#[extrinsic_call]
		_(RawOrigin::Signed(second.clone()), world.patient, first.clone(), paper);
		assert!(Denials::<T>::get(world.patient).is_empty());
		Ok(())
	}

	#[benchmark]
	fn withdraw_paper() -> Result<(), BenchmarkError> {
		let (world, paper) = world::<T>().paper();
		let [witness, ..] = &officers::<T>(HOME)[..] else {
			return Err(BenchmarkError::Stop("an institution has officers"));
		};
		Pallet::<T>::note_paper(witness.clone(), world.patient, paper)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(witness.clone()), world.patient, witness.clone());
		assert!(!Papers::<T>::contains_key(world.patient, witness));
		Ok(())
	}

	#[benchmark]
	fn decide() {
		let world = world::<T>();
		world.fill();
		world.open_the_drawer();
		T::BenchmarkHelper::key_loss(world.patient, world.now);
		// She is in a case that waits for its approvals, so that every rule is gone through.
		let case = world.case(0);
		Cases::<T>::mutate(world.patient, case, |case| {
			if let Some(case) = case {
				case.approvals_needed = MAX_APPROVALS as u8 + 1;
			}
		});
		let request = world.question();
		let decision;
		#[block]
		{
			decision = Pallet::<T>::decide(&request);
		}
		assert_eq!(decision, Decision::Deny(Reason::Suspended));
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
			purpose: Purpose::Treatment,
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
		T::BenchmarkHelper::key_loss(world.patient, 1);
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
		let taken = Grants::<T>::iter_prefix_values(world.patient)
			.flatten()
			.filter(|given| given.uses_left == Some(u32::MAX - 1));
		assert_eq!(taken.count(), MAX_PASSES + 1);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::default().build(), crate::mock::Test);
}
