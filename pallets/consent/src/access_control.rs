//! `AccessControl`: decisions, the uses they take, and whether a receipt still stands.

use crate::{
	decide::{self, Extent},
	Config, Error, Grants, Pallet, WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{traits::Get, weights::Weight};
#[cfg(feature = "runtime-benchmarks")]
use salus_primitives::DenialTerms;
use salus_primitives::{
	grantees_of, AccessControl, AccessRequest, Action, Basis, Decision, GrantId, InstitutionId, Moment, Parent,
	PatientId, Receipt, Record, RecordId, Registry,
};
use sp_runtime::DispatchError;

impl<T: Config> AccessControl<T::AccountId> for Pallet<T> {
	fn decide(request: &AccessRequest<T::AccountId>) -> Decision {
		decide::decide::<T>(request, &Extent::of(request, &[]))
	}

	fn decide_span(request: &AccessRequest<T::AccountId>, last_at: Moment, returned: &[GrantId]) -> Decision {
		decide::decide::<T>(request, &Extent { last_at, returned })
	}

	fn take_use(
		patient: PatientId,
		requester: &T::AccountId,
		on_behalf_of: Option<InstitutionId>,
		grant: GrantId,
	) -> Result<(), DispatchError> {
		let acting = on_behalf_of.and_then(|institution| {
			T::Registry::standing(requester, institution).map(|standing| (institution, standing.role))
		});
		for grantee in grantees_of(requester, acting) {
			if Grants::<T>::get(patient, &grantee)
				.iter()
				.any(|candidate| candidate.id == grant)
			{
				return Self::use_up(patient, Parent { grantee, grant });
			}
		}
		Err(Error::<T>::UnknownGrant.into())
	}

	/// One `access` call takes one use of each grant it rests on, so each of them has one use given back here, and
	/// no other grant has.
	fn still_permits(receipt: &Receipt<T::AccountId>, id: RecordId, record: &Record<T::AccountId>) -> bool {
		let permitted = receipt
			.outcomes
			.iter()
			.any(|(decided, outcome)| *decided == id && outcome.is_permit());
		if !permitted || record.patient != receipt.patient {
			return false;
		}
		let taken: Vec<GrantId> = receipt
			.outcomes
			.iter()
			.filter_map(|(_, outcome)| match outcome {
				Decision::Permit(Basis::Grant(grant)) => Some(*grant),
				_ => None,
			})
			.collect();
		let request = AccessRequest {
			requester: receipt.requester.clone(),
			on_behalf_of: receipt.on_behalf_of,
			patient: receipt.patient,
			record: Some(id),
			custodian: record.custodian,
			category: record.category,
			compartment: record.compartment,
			recorded_at: record.recorded_at,
			author: record.author.clone(),
			status: Some(record.status),
			action: Action::View,
			purpose: receipt.purpose,
		};
		decide::decide::<T>(&request, &Extent::of(&request, &taken)).is_permit()
	}

	fn decide_weight() -> Weight {
		T::WeightInfo::decide()
	}

	fn least_weight() -> Weight {
		T::WeightInfo::decide_without_grants()
	}

	fn weight_of(request: &AccessRequest<T::AccountId>, decision: &Decision) -> Weight {
		match decision {
			Decision::Permit(Basis::Subject | Basis::Author | Basis::Assignment) => {
				let docket = decide::SUSPENDED_BY_OVERDUE_REVIEWS.contains(request.purpose);
				let successor = request.author != request.requester;
				let more = u64::from(docket).saturating_add(successor.into());
				Self::least_weight()
					.saturating_add(T::DbWeight::get().reads(more))
					.min(T::WeightInfo::decide())
			}
			Decision::Permit(Basis::Grant(_) | Basis::Guardian | Basis::BreakGlass(_)) | Decision::Deny(_) => {
				T::WeightInfo::decide()
			}
		}
	}

	fn take_use_weight() -> Weight {
		T::WeightInfo::decide_and_take_use().saturating_sub(T::WeightInfo::decide())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn fill_denials(patient: PatientId, terms: &DenialTerms<T::AccountId>) {
		crate::benchmarking::fill_denials::<T>(patient, terms, crate::MAX_DENIALS);
	}
}
