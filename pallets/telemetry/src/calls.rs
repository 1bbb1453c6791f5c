//! Who may call what.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's module.
#[pallet_section]
mod calls {
	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Provisions a device of an institution, whose key signed that it is to report there. By the desk.
		///
		/// # Events
		/// [`Event::Provisioned`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionInactive`], [`Error::NotPermitted`],
		/// [`Error::WeakKey`], [`Error::AlreadyProvisioned`], [`Error::KeyInUse`], [`Error::ClaimInvalid`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::provision())]
		pub fn provision(
			origin: OriginFor<T>,
			institution: InstitutionId,
			device: DeviceKey,
			codes: H256,
			signature: [u8; 64],
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_desk(&who, institution)?;
			Self::admit(institution, device, codes, signature)?;
			Self::deposit_event(Event::Provisioned { device, institution });
			Ok(())
		}

		/// Suspends, reinstates or revokes a device, the last for ever: one that is revoked measures nobody any more, and
		/// is offered to nobody. By the desk.
		///
		/// # Events
		/// [`Event::StatusSet`]; before it, [`Event::Interrupted`] where somebody is measured, [`Event::Unbound`] and
		/// [`Event::OfferEnded`] for what a revocation ends.
		///
		/// # Errors
		/// [`Error::UnknownDevice`], [`Error::InstitutionInactive`], [`Error::NotPermitted`],
		/// [`Error::DeviceRevoked`], [`Error::StatusUnchanged`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::set_status())]
		pub fn set_status(origin: OriginFor<T>, device: DeviceKey, status: Status) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let entry = Self::ensure_device(&device)?;
			Self::ensure_desk(&who, entry.institution)?;
			Self::change_status(&who, device, entry, status)?;
			Self::deposit_event(Event::StatusSet { device, status });
			Ok(())
		}

		/// Binds a device to a patient of its institution for a time, on the consent that she, or a guardian who may in her
		/// place, signed. By a doctor, a nurse or the desk.
		///
		/// # Events
		/// [`Event::Bound`].
		///
		/// # Errors
		/// [`Error::UnknownDevice`], [`Error::InstitutionInactive`], [`Error::NotPermitted`],
		/// [`Error::DeviceOffered`], [`Error::UnknownPatient`], [`Error::ForeignPatient`],
		/// [`Error::PatientNotActive`], [`Error::ConsentExpired`], [`Error::NotTheirConsent`],
		/// [`Error::BeyondGuardianship`], [`Error::RecoveryOpen`], [`Error::ConsentInvalid`], [`Error::DeviceInactive`],
		/// [`Error::IntervalInverted`], [`Error::IntervalTooLong`], [`Error::StillBound`], [`Error::TooManyBindings`],
		/// [`Error::IdsExhausted`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::bind())]
		pub fn bind(
			origin: OriginFor<T>,
			device: DeviceKey,
			patient: PatientId,
			time: Interval,
			consent: Statement<T::AccountId, T::Signature>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Ok(Self::attach_on_statement(who, device, patient, time, &consent)?)
		}

		/// Offers a device to a patient of its institution, for a week at most. By a doctor, a nurse or the desk. With a
		/// commitment to the scan of what a patient without an account signed on paper, by the desk, which saw her sign.
		///
		/// # Events
		/// [`Event::Offered`].
		///
		/// # Errors
		/// [`Error::UnknownDevice`], [`Error::InstitutionInactive`], [`Error::NotPermitted`],
		/// [`Error::UnknownPatient`], [`Error::ForeignPatient`], [`Error::PatientNotActive`], [`Error::NotOnPaper`],
		/// [`Error::DeviceInactive`], [`Error::IntervalInverted`], [`Error::IntervalTooLong`],
		/// [`Error::StillBound`], [`Error::DeviceOffered`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::offer())]
		pub fn offer(
			origin: OriginFor<T>,
			device: DeviceKey,
			patient: PatientId,
			time: Interval,
			scan: Option<H256>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Ok(Self::propose(who, device, patient, time, scan)?)
		}

		/// Accepts an offered device, which is bound by that. By the patient, or a guardian who may consent in her place; of
		/// an offer on paper, by another who works at the institution and saw her sign.
		///
		/// # Events
		/// [`Event::Bound`]; before it, [`Event::PaperWitnessed`] of an offer on paper.
		///
		/// # Errors
		/// [`Error::UnknownDevice`], [`Error::NoOffer`], [`Error::ForeignPatient`], [`Error::PatientNotActive`],
		/// [`Error::InstitutionInactive`], [`Error::NotPermitted`], [`Error::BeyondGuardianship`],
		/// [`Error::RecoveryOpen`], [`Error::NotOnPaper`], [`Error::OwnOffer`], [`Error::WitnessLeft`], [`Error::DeviceInactive`], [`Error::IntervalInverted`],
		/// [`Error::TooManyBindings`], [`Error::IdsExhausted`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::accept())]
		pub fn accept(origin: OriginFor<T>, device: DeviceKey) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Ok(Self::take_up(who, device)?)
		}

		/// Declines an offered device, or takes the offer back. By the patient, a guardian who may consent in her place, a
		/// doctor, a nurse or the desk.
		///
		/// # Events
		/// [`Event::OfferEnded`].
		///
		/// # Errors
		/// [`Error::UnknownDevice`], [`Error::NoOffer`], [`Error::InstitutionInactive`], [`Error::NotPermitted`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::end_offer())]
		pub fn end_offer(origin: OriginFor<T>, device: DeviceKey) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let institution = Self::ensure_device(&device)?.institution;
			let patient = Offers::<T>::get(device).ok_or(Error::<T>::NoOffer)?.patient;
			Self::ensure_involved(&who, patient, institution)?;
			Ok(Self::drop_offer(&who, device)?)
		}

		/// Ends a binding that is not over. What was measured before can still be anchored. By the patient, a guardian who may
		/// consent in her place, a doctor, a nurse or the desk.
		///
		/// # Events
		/// [`Event::Unbound`].
		///
		/// # Errors
		/// [`Error::UnknownBinding`], [`Error::InstitutionInactive`], [`Error::NotPermitted`],
		/// [`Error::BindingOver`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::unbind())]
		pub fn unbind(origin: OriginFor<T>, binding: BindingId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Ok(Self::detach(&who, binding)?)
		}

		/// Anchors up to 256 batches of devices of one institution, all or none; several of one device follow one another. By
		/// the desk, for which the gateway signs.
		///
		/// # Events
		/// [`Event::Anchored`] for each; before it, [`Event::Gap`] where readings of the device are missing.
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionInactive`], [`Error::NotPermitted`],
		/// [`Error::NoBatches`]; of one batch, all that begin with `Batch`, with its place in the call;
		/// [`Error::IdsExhausted`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::anchor(weights::count(batches.len())))]
		pub fn anchor(
			origin: OriginFor<T>,
			institution: InstitutionId,
			batches: BoundedVec<NewBatch, ConstU32<MAX_ANCHORED>>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			ensure!(!batches.is_empty(), Error::<T>::NoBatches);
			Self::ensure_desk(&who, institution)?;
			for (index, batch) in (0..=u8::MAX).zip(&batches) {
				Self::anchor_one(&who, institution, index, batch)?;
			}
			Ok(())
		}

		/// Asks to open batches of one patient. Each is decided as a record of the category Vitals, and the decisions are
		/// written into a receipt and into the patient's trail; a refusal is no error. One use is taken of each grant that
		/// a permit rests on. The receipt counts for 24 hours; up to two that no longer do are removed.
		///
		/// # Events
		/// [`Event::Accessed`].
		///
		/// # Errors
		/// [`Error::NoAnchors`], [`Error::DuplicateAnchor`], [`Error::UnknownAnchor`], [`Error::MixedPatients`],
		/// [`Error::IdsExhausted`].
		#[pallet::call_index(8)]
		#[pallet::weight(weights::access::<T>(weights::count(anchors.len())))]
		pub fn access(
			origin: OriginFor<T>,
			anchors: BoundedVec<AnchorId, ConstU32<MAX_BATCH>>,
			purpose: Purpose,
			institution: Option<InstitutionId>,
		) -> DispatchResultWithPostInfo {
			let requester = ensure_signed(origin)?;
			let asker = access::Asker {
				requester: &requester,
				on_behalf_of: institution,
				purpose,
			};
			let mut weight = T::WeightInfo::access(weights::count(anchors.len()));
			let outcome = Self::decide_access(&asker, anchors, &mut weight);
			weights::spent(weight, outcome)
		}

		/// Raises an alert about a patient of the institution, and tells the first of up to four addressees. By the desk, for
		/// which the gateway signs.
		///
		/// # Events
		/// [`Event::Raised`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionInactive`], [`Error::NotPermitted`],
		/// [`Error::UnknownPatient`], [`Error::ForeignPatient`], [`Error::PatientNotActive`],
		/// [`Error::NoAddressee`], [`Error::DuplicateAddressee`], [`Error::DeadlineImpossible`],
		/// [`Error::NotAnAddressee`], [`Error::TooManyAlerts`], [`Error::IdsExhausted`].
		#[pallet::call_index(9)]
		#[pallet::weight(weights::raise::<T>(weights::count(ladder.len())))]
		pub fn raise(
			origin: OriginFor<T>,
			institution: InstitutionId,
			patient: PatientId,
			commitment: H256,
			ladder: Ladder<T::AccountId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_desk(&who, institution)?;
			Ok(Self::sound(who, institution, patient, commitment, ladder)?)
		}

		/// Acknowledges an alert. By who is told now, in time; where nobody is left to be told, those who were can be late.
		///
		/// # Events
		/// [`Event::Acknowledged`].
		///
		/// # Errors
		/// [`Error::UnknownAlert`], [`Error::AlreadyAcknowledged`], [`Error::NotAddressed`], [`Error::Overdue`],
		/// [`Error::NotPermitted`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::acknowledge())]
		pub fn acknowledge(origin: OriginFor<T>, alert: AlertId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Ok(Self::answer(who, alert)?)
		}

		/// Tells the next addressee who still can be told of an alert whose addressee let her time pass, or left. By anybody
		/// registered.
		///
		/// # Events
		/// [`Event::Escalated`].
		///
		/// # Errors
		/// [`Error::UnknownAlert`], [`Error::AlreadyAcknowledged`], [`Error::NotOverdue`], [`Error::LadderEnded`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::escalate())]
		pub fn escalate(origin: OriginFor<T>, alert: AlertId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Ok(Self::pass_on(who, alert)?)
		}

		/// Removes up to 64 alerts from the state, 30 days after they were acknowledged or their last time was up. By anybody
		/// registered.
		///
		/// # Events
		/// [`Event::AlertsPruned`].
		///
		/// # Errors
		/// [`Error::NothingToPrune`], [`Error::UnknownAlert`], [`Error::TooRecent`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::prune_alerts(weights::count(alerts.len())))]
		pub fn prune_alerts(origin: OriginFor<T>, alerts: BoundedVec<AlertId, ConstU32<MAX_PRUNED>>) -> DispatchResult {
			ensure_signed(origin)?;
			ensure!(!alerts.is_empty(), Error::<T>::NothingToPrune);
			for alert in &alerts {
				Self::forget(*alert)?;
			}
			Self::deposit_event(Event::AlertsPruned {
				alerts: weights::count(alerts.len()),
			});
			Ok(())
		}
	}
}
