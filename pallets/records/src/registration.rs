//! How a record comes onto the chain.

use crate::{
	digest_prefix, is_cid, is_cid_of_bytes, is_cid_of_size, is_ciphertext_size, weights, ByHash, Config, Error, Event,
	NextRecord, Pallet, Records, Trail, CLOCK_TOLERANCE,
};
use codec::Compact;
use frame_support::{ensure, traits::Time, weights::Weight};
use salus_primitives::{
	AccessControl, AccessRequest, Action, AuditTrail, Decision, InstitutionId, Kind, NewRecord, Origin, Purpose,
	Record, RecordId, RecordStatus, Registry, Relation,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Registers one record by this author. What its decisions cost is added to the call's weight.
	pub(crate) fn enter(
		author: &T::AccountId,
		new: NewRecord,
		purpose: Purpose,
		institution: Option<InstitutionId>,
		weight: &mut Weight,
	) -> DispatchResult {
		Self::well_formed(&new, institution)?;
		let patient = T::Registry::patient(new.patient).ok_or(Error::<T>::UnknownPatient)?;
		let custodian = institution.unwrap_or(patient.institution);
		Self::unregistered(&new)?;
		let target = new
			.relates_to
			.map(|(relation, id)| Self::target(&new, relation, id))
			.transpose()?;

		let replaced = match (new.relates_to, target) {
			(Some((Relation::Replaces, id)), Some(target)) => Some((id, target)),
			_ => None,
		};
		let request = match &replaced {
			Some((id, target)) => Self::question(author, institution, *id, target, Action::Amend, purpose),
			None => AccessRequest {
				requester: author.clone(),
				on_behalf_of: institution,
				patient: new.patient,
				record: None,
				custodian,
				category: new.category,
				compartment: new.compartment,
				recorded_at: new.recorded_at,
				author: author.clone(),
				status: None,
				action: Action::Append,
				purpose,
			},
		};
		ensure!(Self::decide(&request, weight).is_permit(), Error::<T>::NotPermitted);
		// Whoever may amend what happened in one year may not for that write about another.
		if request.recorded_at != new.recorded_at {
			let moved = AccessRequest {
				recorded_at: new.recorded_at,
				..request
			};
			ensure!(Self::decide(&moved, weight).is_permit(), Error::<T>::NotPermitted);
		}

		let record = Self::insert(author, new, custodian)?;
		if let Some((id, mut target)) = replaced {
			target.status = RecordStatus::Superseded(record);
			Records::<T>::insert(id, target);
		}
		Ok(())
	}

	/// What can be said of a new record without reading storage.
	fn well_formed(new: &NewRecord, institution: Option<InstitutionId>) -> DispatchResult {
		ensure!(is_cid(&new.cid), Error::<T>::MalformedCid);
		ensure!(is_ciphertext_size(new.size), Error::<T>::MalformedSize);
		ensure!(is_cid_of_size(&new.cid, new.size), Error::<T>::CidOfOtherSize);
		ensure!(is_cid_of_bytes(&new.cid, &new.sha256), Error::<T>::CidOfOtherBytes);
		ensure!(
			new.recorded_at <= T::Time::now().saturating_add(CLOCK_TOLERANCE),
			Error::<T>::RecordedInFuture
		);
		// What a patient uploaded has no retention, so nobody else can call a record hers, nor she hers a clinician's.
		ensure!(
			(new.origin == Origin::Patient) == institution.is_none(),
			Error::<T>::OriginMismatch
		);
		Ok(())
	}

	/// That the patient has no record with this ciphertext, nor one that stands in its place in `ByHash`.
	fn unregistered(new: &NewRecord) -> Result<(), Error<T>> {
		let Some(Compact(id)) = ByHash::<T>::get(new.patient, digest_prefix(&new.sha256)) else {
			return Ok(());
		};
		match Records::<T>::get(id) {
			Some(found) if found.sha256 != new.sha256 => Err(Error::<T>::HashPrefixTaken),
			_ => Err(Error::<T>::AlreadyRegistered),
		}
	}

	/// The record that a new one relates to.
	fn target(new: &NewRecord, relation: Relation, id: RecordId) -> Result<Record<T::AccountId>, Error<T>> {
		let target = Records::<T>::get(id).ok_or(Error::<T>::UnknownRecord)?;
		ensure!(target.patient == new.patient, Error::<T>::ForeignRelation);
		ensure!(
			!matches!(target.status, RecordStatus::Erasing | RecordStatus::Erased),
			Error::<T>::RelationErased
		);
		if relation == Relation::Replaces {
			ensure!(target.category == new.category, Error::<T>::CategoryDiffers);
			ensure!(target.compartment == new.compartment, Error::<T>::CompartmentDiffers);
			ensure!(target.status == RecordStatus::Current, Error::<T>::NotCurrent);
		}
		Ok(target)
	}

	/// Asks the engine, and adds to the call's weight what this decision cost beyond those of the benchmark.
	pub(crate) fn decide(request: &AccessRequest<T::AccountId>, weight: &mut Weight) -> Decision {
		let decision = T::AccessControl::decide(request);
		*weight = weight.saturating_add(weights::decision::<T>(request, &decision));
		decision
	}

	/// The question whether somebody may do something with a record that exists.
	pub(crate) fn question(
		requester: &T::AccountId,
		on_behalf_of: Option<InstitutionId>,
		id: RecordId,
		record: &Record<T::AccountId>,
		action: Action,
		purpose: Purpose,
	) -> AccessRequest<T::AccountId> {
		AccessRequest {
			requester: requester.clone(),
			on_behalf_of,
			patient: record.patient,
			record: Some(id),
			custodian: record.custodian,
			category: record.category,
			compartment: record.compartment,
			recorded_at: record.recorded_at,
			author: record.author.clone(),
			status: Some(record.status),
			action,
			purpose,
		}
	}

	/// Writes a permitted record, its place in the patient's list, and its entry.
	fn insert(author: &T::AccountId, new: NewRecord, custodian: InstitutionId) -> Result<RecordId, Error<T>> {
		let id = NextRecord::<T>::get();
		NextRecord::<T>::put(id.checked_add(1).ok_or(Error::<T>::IdsExhausted)?);

		let patient = new.patient;
		let entry = Self::append(patient, Some(author.clone()), Kind::RecordRegistered { record: id });
		let mut end = Self::trail_end(patient);
		let previous = end.latest_record.replace(id);
		Trail::<T>::insert(patient, end);

		ByHash::<T>::insert(patient, digest_prefix(&new.sha256), Compact(id));
		Records::<T>::insert(
			id,
			Record {
				patient,
				author: author.clone(),
				custodian,
				origin: new.origin,
				category: new.category,
				compartment: new.compartment,
				media: new.media,
				cid: new.cid,
				sha256: new.sha256,
				tree: new.tree,
				size: new.size,
				recorded_at: new.recorded_at,
				registered_at: T::Time::now(),
				relates_to: new.relates_to,
				doc_status: new.doc_status,
				status: RecordStatus::Current,
				previous,
			},
		);
		Self::deposit_event(Event::RecordRegistered {
			patient,
			record: id,
			entry,
		});
		Ok(id)
	}
}
