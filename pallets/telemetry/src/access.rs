//! Access to batches: each is judged as a record of the category Vitals of the patient it was bound to.

use crate::{Anchors, Bindings, Config, Devices, Error, Event, Pallet};
use alloc::{collections::BTreeSet, vec::Vec};
use codec::Decode;
use frame_support::{ensure, traits::Time, weights::Weight};
use salus_primitives::{
	author_of, AccessControl, AccessRequest, Action, Anchor, AnchorId, AuditTrail, Basis, Category, Decision, GrantId,
	InstitutionId, Kind, Moment, PatientId, Purpose, Receipt, MAX_BATCH,
};
use sp_runtime::{traits::ConstU32, traits::TrailingZeroInput, BoundedVec, DispatchResult};

/// A batch as the decision engine is asked about it.
pub(crate) struct Vitals<AccountId> {
	patient: PatientId,
	custodian: InstitutionId,
	author: AccountId,
	first_at: Moment,
	pub last_at: Moment,
}

/// Who asks, where, and why.
pub(crate) struct Asker<'a, AccountId> {
	pub requester: &'a AccountId,
	pub on_behalf_of: Option<InstitutionId>,
	pub purpose: Purpose,
}

impl<AccountId: Clone> Vitals<AccountId> {
	/// What the engine is asked: about all of it, up to its latest reading.
	pub(crate) fn request(&self, asker: &Asker<AccountId>) -> AccessRequest<AccountId> {
		AccessRequest {
			requester: asker.requester.clone(),
			on_behalf_of: asker.on_behalf_of,
			patient: self.patient,
			// Its id is no record's: a grant that names records does not open it.
			record: None,
			custodian: self.custodian,
			category: Category::Vitals,
			compartment: None,
			recorded_at: self.first_at,
			author: self.author.clone(),
			status: None,
			action: Action::View,
			purpose: asker.purpose,
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Decides each batch and writes it all down. What the decisions and the uses cost is added to the call's weight.
	pub(crate) fn decide_access(
		asker: &Asker<T::AccountId>,
		ids: BoundedVec<AnchorId, ConstU32<MAX_BATCH>>,
		weight: &mut Weight,
	) -> DispatchResult {
		let (patient, batches) = Self::asked(&ids)?;
		// Every decision is made before any use is taken: one call takes one use of a grant, however many batches it
		// opens.
		let mut grants = BTreeSet::new();
		let mut decisions = Vec::new();
		for batch in &batches {
			let request = batch.request(asker);
			let decision = T::AccessControl::decide_span(&request, batch.last_at, &[]);
			*weight = weight.saturating_add(T::AccessControl::weight_of(&request, &decision));
			grants.extend(grant_of(&decision));
			decisions.push(decision);
		}
		for grant in grants {
			*weight = weight.saturating_add(T::AccessControl::take_use_weight());
			T::AccessControl::take_use(patient, asker.requester, asker.on_behalf_of, grant)?;
		}

		let receipt = Self::coming_receipt();
		let outcomes: Vec<_> = ids.into_iter().zip(decisions).collect();
		let entries = outcomes
			.iter()
			.map(|(anchor, decision)| {
				let kind = Self::kind(receipt, *anchor, asker.purpose, *decision);
				T::Audit::append(patient, Some(asker.requester.clone()), kind)
			})
			.collect();
		// Nothing is cut off: both lists are as long as the call's, and have its bound.
		Self::keep_receipt(Receipt {
			requester: asker.requester.clone(),
			on_behalf_of: asker.on_behalf_of,
			patient,
			purpose: asker.purpose,
			at: T::Time::now(),
			outcomes: BoundedVec::truncate_from(outcomes),
		})?;
		Self::deposit_event(Event::Accessed {
			patient,
			receipt,
			requester: asker.requester.clone(),
			entries: BoundedVec::truncate_from(entries),
		});
		Ok(())
	}

	/// The batches asked for, and the one patient whose they are.
	#[allow(clippy::type_complexity)]
	fn asked(ids: &[AnchorId]) -> Result<(PatientId, Vec<Vitals<T::AccountId>>), Error<T>> {
		ensure!(!ids.is_empty(), Error::NoAnchors);
		ensure!(
			ids.iter().collect::<BTreeSet<_>>().len() == ids.len(),
			Error::DuplicateAnchor
		);
		let batches = ids
			.iter()
			.map(|id| Anchors::<T>::get(id).and_then(|anchor| Self::vitals(&anchor)))
			.collect::<Option<Vec<_>>>()
			.ok_or(Error::UnknownAnchor)?;
		let mut patients = batches.iter().map(|batch| batch.patient);
		let patient = patients.next().ok_or(Error::NoAnchors)?;
		ensure!(patients.all(|other| other == patient), Error::MixedPatients);
		Ok((patient, batches))
	}

	/// The batch as the engine is asked about it.
	pub(crate) fn vitals(anchor: &Anchor) -> Option<Vitals<T::AccountId>> {
		let binding = Bindings::<T>::get(anchor.binding)?;
		let device = Devices::<T>::get(binding.device)?;
		Some(Vitals {
			patient: binding.patient,
			custodian: device.institution,
			author: T::AccountId::decode(&mut TrailingZeroInput::new(&author_of(&binding.device))).ok()?,
			first_at: anchor.first_at,
			last_at: anchor.last_at,
		})
	}

	fn kind(receipt: u64, anchor: AnchorId, purpose: Purpose, decision: Decision) -> Kind<T::AccountId> {
		match decision {
			Decision::Permit(basis) => Kind::BatchAccessPermitted {
				receipt,
				anchor,
				purpose,
				basis,
			},
			Decision::Deny(reason) => Kind::BatchAccessRefused {
				receipt,
				anchor,
				purpose,
				reason,
			},
		}
	}
}

/// The grant that a permit rests on.
pub(crate) fn grant_of(decision: &Decision) -> Option<GrantId> {
	match decision {
		Decision::Permit(Basis::Grant(grant)) => Some(*grant),
		_ => None,
	}
}
