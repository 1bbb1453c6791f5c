//! Who may call what.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's module.
#[pallet_section]
mod calls {
	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Opens slots of a practitioner, up to 128 on up to eight UTC days, and offers them to who waits for her. Weekly
		/// hours are expanded off chain, in the institution's time zone. By the practitioner or the desk.
		///
		/// # Events
		/// [`Event::Opened`], [`Event::Offered`] for each offer.
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionInactive`], [`Error::NotPermitted`],
		/// [`Error::NoCredential`], [`Error::NotAPractitioner`], [`Error::PractitionerInactive`], [`Error::NoSlots`],
		/// [`Error::TooManyDays`], [`Error::PeriodInverted`], [`Error::NotWholeMinutes`], [`Error::SlotTooShort`],
		/// [`Error::CrossesMidnight`], [`Error::InPast`], [`Error::TooFarAhead`], [`Error::SlotOverlaps`],
		/// [`Error::CalendarFull`].
		#[pallet::call_index(0)]
		#[pallet::weight(weights::open::<T>(slots))]
		pub fn open(
			origin: OriginFor<T>,
			practitioner: T::AccountId,
			institution: InstitutionId,
			slots: BoundedVec<Period, ConstU32<MAX_OPENED>>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_keeps(&who, &practitioner, institution)?;
			Self::ensure_practitioner(&practitioner, institution)?;
			Self::open_all(&practitioner, institution, &slots)?;
			Self::deposit_event(Event::Opened {
				practitioner,
				institution,
				slots: weights::count(slots.len()),
			});
			Ok(())
		}

		/// Blocks the free slots of a time, of up to 26 hours. By the practitioner or the desk.
		///
		/// # Events
		/// [`Event::Blocked`].
		///
		/// # Errors
		/// Those of who keeps the calendar as for [`Pallet::open`], [`Error::PeriodInverted`], [`Error::TooLong`],
		/// [`Error::SlotTaken`], [`Error::SlotHeld`], [`Error::NoSlot`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::block())]
		pub fn block(
			origin: OriginFor<T>,
			practitioner: T::AccountId,
			institution: InstitutionId,
			period: Period,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_keeps(&who, &practitioner, institution)?;
			Self::block_all(&practitioner, institution, period)?;
			Self::deposit_event(Event::Blocked {
				practitioner,
				institution,
				period,
			});
			Ok(())
		}

		/// Frees the blocked slots of a time, of up to 26 hours, and offers them to who waits. By the practitioner or the
		/// desk.
		///
		/// # Events
		/// [`Event::Unblocked`], [`Event::Offered`] for each offer.
		///
		/// # Errors
		/// As for [`Pallet::open`] of who keeps the calendar, [`Error::PeriodInverted`], [`Error::TooLong`],
		/// [`Error::NoSlot`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::unblock())]
		pub fn unblock(
			origin: OriginFor<T>,
			practitioner: T::AccountId,
			institution: InstitutionId,
			period: Period,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_keeps(&who, &practitioner, institution)?;
			Self::ensure_practitioner(&practitioner, institution)?;
			Self::unblock_all(&practitioner, institution, period)?;
			Self::deposit_event(Event::Unblocked {
				practitioner,
				institution,
				period,
			});
			Ok(())
		}

		/// Holds a time of up to four practitioners for a patient, of up to 32 slots of all, for 15 minutes and not longer
		/// than until it begins. By the patient, her guardian or the desk.
		///
		/// # Events
		/// [`Event::Held`].
		///
		/// # Errors
		/// As for [`Pallet::book`], without those of appointments; [`Error::TooManyHolds`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::hold(weights::count(practitioners.len())))]
		pub fn hold(
			origin: OriginFor<T>,
			patient: PatientId,
			institution: InstitutionId,
			practitioners: Practitioners<T::AccountId>,
			period: Period,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let visit = Visit::new(patient, institution, &practitioners, period);
			Self::ensure_visit(&who, &visit)?;
			let until = Self::hold_all(&visit)?;
			Self::deposit_event(Event::Held {
				patient,
				practitioners,
				period,
				until,
			});
			Ok(())
		}

		/// Releases what is held for a patient, as it was held, and offers it to who waits. By the patient, her guardian or
		/// the desk.
		///
		/// # Events
		/// [`Event::Released`], [`Event::Offered`] for each offer.
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotPermitted`], [`Error::ForeignPatient`], [`Error::NotHeld`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::release(weights::count(practitioners.len())))]
		pub fn release(
			origin: OriginFor<T>,
			patient: PatientId,
			institution: InstitutionId,
			practitioners: Practitioners<T::AccountId>,
			period: Period,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let (_, entry) = Self::ensure_acts_for(&who, patient, institution)?;
			ensure!(entry.institution == institution, Error::<T>::ForeignPatient);
			Self::release_all(&Visit::new(patient, institution, &practitioners, period))?;
			Self::deposit_event(Event::Released {
				patient,
				practitioners,
				period,
			});
			Ok(())
		}

		/// Books a time of up to four practitioners of one institution for a patient of it: all or none. What she
		/// waited for with one of them in place of a cancelled appointment is cancelled. By the patient, her guardian or the
		/// desk.
		///
		/// # Events
		/// [`Event::Booked`], [`Event::Cancelled`] for a proposal, [`Event::Offered`] for each offer.
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotPermitted`], [`Error::PatientNotActive`],
		/// [`Error::ForeignPatient`], [`Error::UnknownInstitution`], [`Error::InstitutionInactive`],
		/// [`Error::NoPractitioner`], [`Error::DuplicatePractitioner`], [`Error::NoCredential`],
		/// [`Error::NotAPractitioner`], [`Error::PractitionerInactive`], [`Error::PeriodInverted`],
		/// [`Error::TooLong`], [`Error::InPast`], [`Error::NoSlot`], [`Error::TooManySlots`], [`Error::SlotTaken`],
		/// [`Error::SlotHeld`], [`Error::HoldOverlaps`], [`Error::SlotOffered`], [`Error::SlotBlocked`],
		/// [`Error::PatientOverlaps`], [`Error::TooManyAppointments`], [`Error::IdsExhausted`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::book(weights::count(practitioners.len())))]
		pub fn book(
			origin: OriginFor<T>,
			patient: PatientId,
			institution: InstitutionId,
			practitioners: Practitioners<T::AccountId>,
			period: Period,
			mode: Mode,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let visit = Visit::new(patient, institution, &practitioners, period);
			let party = Self::ensure_visit(&who, &visit)?;
			let appointment = Self::book_all(&who, &visit, mode)?;
			let kind = Kind::AppointmentBooked { appointment };
			let entry = T::Audit::append(patient, Some(who.clone()), kind);
			Self::deposit_event(Event::Booked {
				patient,
				appointment,
				period,
				entry,
			});
			Self::make_up(&who, party, &visit);
			Ok(())
		}

		/// Gives a booked appointment that has not begun another time, or other practitioners of its institution: all of
		/// it or nothing. What becomes free is offered to who waits. By the patient, her guardian or the desk.
		///
		/// # Events
		/// [`Event::Rescheduled`], [`Event::Offered`] for each offer.
		///
		/// # Errors
		/// [`Error::UnknownAppointment`], [`Error::WrongStatus`], [`Error::AlreadyBegun`],
		/// [`Error::ConsultationBegun`], and those of [`Pallet::book`] but for ids.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::reschedule())]
		pub fn reschedule(
			origin: OriginFor<T>,
			appointment: AppointmentId,
			practitioners: Practitioners<T::AccountId>,
			period: Period,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let booked = Self::ensure_appointment(appointment)?;
			let patient = booked.patient;
			let visit = Visit::new(patient, booked.institution, &practitioners, period);
			Self::ensure_visit(&who, &visit)?;
			Self::move_to(appointment, booked, practitioners, period)?;
			let entry = T::Audit::append(patient, Some(who), Kind::AppointmentRescheduled { appointment });
			Self::deposit_event(Event::Rescheduled {
				patient,
				appointment,
				period,
				entry,
			});
			Ok(())
		}

		/// Cancels an appointment that is proposed, booked and not over, or arrived, until seven days after its end. What
		/// becomes free is offered to who waits. By the patient, her guardian, the desk or one of its practitioners.
		///
		/// # Events
		/// [`Event::Cancelled`], [`Event::Offered`] for each offer.
		///
		/// # Errors
		/// [`Error::UnknownAppointment`], [`Error::NotPermitted`], [`Error::WrongStatus`], [`Error::TooLate`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::cancel())]
		pub fn cancel(origin: OriginFor<T>, appointment: AppointmentId, reason: CancelReason) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let made = Self::ensure_appointment(appointment)?;
			let by = Self::ensure_party(&who, &made)?;
			let patient = made.patient;
			Self::call_off(appointment, made, by, reason)?;
			let entry = T::Audit::append(patient, Some(who), Kind::AppointmentCancelled { appointment, reason });
			Self::deposit_event(Event::Cancelled {
				patient,
				appointment,
				by,
				reason,
				entry,
			});
			Ok(())
		}

		/// Puts a patient on a practitioner's waiting list, for an appointment of this length within this time. By the
		/// patient, her guardian or the desk; the desk alone says that it is urgent.
		///
		/// # Events
		/// [`Event::Proposed`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotPermitted`], [`Error::PatientNotActive`],
		/// [`Error::ForeignPatient`], [`Error::UnknownInstitution`], [`Error::InstitutionInactive`],
		/// [`Error::NoCredential`], [`Error::NotAPractitioner`], [`Error::PractitionerInactive`],
		/// [`Error::PeriodInverted`], [`Error::InPast`], [`Error::TooFarAhead`], [`Error::TooLong`],
		/// [`Error::LengthImpossible`], [`Error::PriorityByDeskOnly`], [`Error::LengthByDeskOnly`],
		/// [`Error::AlreadyWaiting`], [`Error::WaitingListFull`], [`Error::TooManyWishes`], [`Error::IdsExhausted`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::propose())]
		#[allow(clippy::too_many_arguments)]
		pub fn propose(
			origin: OriginFor<T>,
			patient: PatientId,
			institution: InstitutionId,
			practitioner: T::AccountId,
			wanted: Period,
			length: Moment,
			priority: Priority,
			mode: Mode,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let proposal = Proposal {
				patient,
				institution,
				practitioner,
				wanted,
				length,
				priority,
				mode,
			};
			let appointment = Self::put_on_list(&who, proposal)?;
			let entry = T::Audit::append(patient, Some(who), Kind::AppointmentProposed { appointment });
			Self::deposit_event(Event::Proposed {
				patient,
				appointment,
				replaces: None,
				entry,
			});
			Ok(())
		}

		/// Books what a proposed appointment is offered. By the patient, her guardian or the desk.
		///
		/// # Events
		/// [`Event::Booked`].
		///
		/// # Errors
		/// [`Error::UnknownAppointment`], [`Error::WrongStatus`], [`Error::NoOffer`], and those of [`Pallet::book`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::accept())]
		pub fn accept(origin: OriginFor<T>, appointment: AppointmentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let proposed = Self::ensure_appointment(appointment)?;
			let patient = proposed.patient;
			Self::ensure_acts_for(&who, patient, proposed.institution)?;
			let period = Self::take_offer(&who, appointment, proposed)?;
			let entry = T::Audit::append(patient, Some(who), Kind::AppointmentBooked { appointment });
			Self::deposit_event(Event::Booked {
				patient,
				appointment,
				period,
				entry,
			});
			Ok(())
		}

		/// Declines what a proposed appointment is offered: it keeps its place, and the next is offered that time. By the
		/// patient, her guardian or the desk.
		///
		/// # Events
		/// [`Event::Declined`], [`Event::Offered`] for each offer.
		///
		/// # Errors
		/// [`Error::UnknownAppointment`], [`Error::NotPermitted`], [`Error::WrongStatus`], [`Error::NoOffer`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::decline())]
		pub fn decline(origin: OriginFor<T>, appointment: AppointmentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let proposed = Self::ensure_appointment(appointment)?;
			Self::ensure_acts_for(&who, proposed.patient, proposed.institution)?;
			Self::pass_offer(appointment, &proposed)?;
			Self::deposit_event(Event::Declined {
				patient: proposed.patient,
				appointment,
			});
			Ok(())
		}

		/// Offers what is free on a UTC day, lapsed offers included, to who waits. By the practitioner or the desk.
		///
		/// # Events
		/// [`Event::Offered`] for each offer.
		///
		/// # Errors
		/// As for [`Pallet::open`] of who keeps the calendar, [`Error::NothingOffered`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::offer())]
		pub fn offer(
			origin: OriginFor<T>,
			practitioner: T::AccountId,
			institution: InstitutionId,
			day: UtcDay,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_keeps(&who, &practitioner, institution)?;
			Self::ensure_practitioner(&practitioner, institution)?;
			Self::offer_day(&practitioner, institution, day)?;
			Ok(())
		}

		/// Cancels a practitioner's day, or a part of it, of up to 26 hours: its slots are blocked, up to `most`
		/// appointments that are still to begin are cancelled, and their patients are put first on her waiting list and
		/// offered what is free on the `next` UTC days. Where appointments are left, call again. By the practitioner or the
		/// desk.
		///
		/// # Events
		/// [`Event::Cancelled`] and [`Event::Proposed`] for each appointment, [`Event::Offered`] for each offer,
		/// [`Event::DayCancelled`].
		///
		/// # Errors
		/// As for [`Pallet::open`] of who keeps the calendar, [`Error::PeriodInverted`], [`Error::TooLong`],
		/// [`Error::InPast`], [`Error::NoSlot`], [`Error::IdsExhausted`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::cancel_day((*most).min(MAX_DISPLACED), weights::count(next.len())))]
		pub fn cancel_day(
			origin: OriginFor<T>,
			practitioner: T::AccountId,
			institution: InstitutionId,
			period: Period,
			most: u32,
			next: BoundedVec<UtcDay, ConstU32<MAX_NEXT_DAYS>>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let party = Self::ensure_keeps(&who, &practitioner, institution)?;
			let closing = Closing {
				by: &who,
				party,
				practitioner: &practitioner,
				institution,
				period,
				most: most.min(MAX_DISPLACED),
				next: &next,
			};
			let (displaced, left) = Self::cancel_time(&closing)?;
			let days = weights::count(next.len());
			Self::deposit_event(Event::DayCancelled {
				practitioner,
				institution,
				period,
				displaced,
				left,
			});
			Ok(Some(T::WeightInfo::cancel_day(displaced, days)).into())
		}

		/// Notes that the patient is there, from four hours before until seven days after. By the desk or one of the
		/// practitioners.
		///
		/// # Events
		/// [`Event::Arrived`].
		///
		/// # Errors
		/// [`Error::UnknownAppointment`], [`Error::NotPermitted`], [`Error::WrongStatus`], [`Error::TooEarly`],
		/// [`Error::TooLate`], and of a merged patient [`Error::PatientOverlaps`], [`Error::TooManyAppointments`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::arrive())]
		pub fn arrive(origin: OriginFor<T>, appointment: AppointmentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let patient = Self::advance(&who, appointment, Step::Arrive)?;
			let entry = T::Audit::append(patient, Some(who), Kind::AppointmentArrived { appointment });
			Self::deposit_event(Event::Arrived {
				patient,
				appointment,
				entry,
			});
			Ok(())
		}

		/// Notes that an appointment took place, until seven days after. By the desk or one of the practitioners.
		///
		/// # Events
		/// [`Event::Fulfilled`].
		///
		/// # Errors
		/// [`Error::UnknownAppointment`], [`Error::NotPermitted`], [`Error::WrongStatus`], [`Error::TooEarly`],
		/// [`Error::TooLate`], and of a merged patient [`Error::PatientOverlaps`], [`Error::TooManyAppointments`].
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::fulfil())]
		pub fn fulfil(origin: OriginFor<T>, appointment: AppointmentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let patient = Self::advance(&who, appointment, Step::Fulfil)?;
			let entry = T::Audit::append(patient, Some(who), Kind::AppointmentFulfilled { appointment });
			Self::deposit_event(Event::Fulfilled {
				patient,
				appointment,
				entry,
			});
			Ok(())
		}

		/// Notes that the patient never came, once the appointment has begun. By the desk or one of the practitioners.
		///
		/// # Events
		/// [`Event::NoShow`].
		///
		/// # Errors
		/// [`Error::UnknownAppointment`], [`Error::NotPermitted`], [`Error::WrongStatus`], [`Error::TooEarly`].
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::mark_no_show())]
		pub fn mark_no_show(origin: OriginFor<T>, appointment: AppointmentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let patient = Self::advance(&who, appointment, Step::NoShow)?;
			let entry = T::Audit::append(patient, Some(who), Kind::AppointmentNoShow { appointment });
			Self::deposit_event(Event::NoShow {
				patient,
				appointment,
				entry,
			});
			Ok(())
		}

		/// Joins a tele-consultation, from 15 minutes before its appointment until its end: one of its practitioners, at
		/// its institution, or without an institution the patient and who stands by her, as far as the decision engine
		/// permits them to view encounters. A practitioner, the patient or her guardian begins it, and says which commitment
		/// to the session's key it has; after an end, another session. A refusal is no error: it is written down.
		///
		/// # Events
		/// [`Event::Joined`], or [`Event::JoinRefused`].
		///
		/// # Errors
		/// [`Error::UnknownAppointment`], [`Error::NotTele`], [`Error::NotAParticipant`], [`Error::WrongStatus`],
		/// [`Error::TooEarly`], [`Error::TooLate`], [`Error::NoConsultation`], [`Error::SessionDiffers`],
		/// [`Error::AlreadyJoined`], [`Error::TooManyParticipants`], and of a merged patient as for [`Pallet::arrive`].
		#[pallet::call_index(16)]
		#[pallet::weight(weights::join::<T>())]
		pub fn join(
			origin: OriginFor<T>,
			appointment: AppointmentId,
			institution: Option<InstitutionId>,
			session: H256,
		) -> DispatchResultWithPostInfo {
			let account = ensure_signed(origin)?;
			let mut weight = T::WeightInfo::join();
			let (patient, joined) = Self::admit(&account, appointment, institution, session, &mut weight)?;
			let note = |kind| T::Audit::append(patient, Some(account.clone()), kind);
			let event = match joined {
				Joined::In { arrived } => Event::Joined {
					patient,
					appointment,
					account: account.clone(),
					arrived,
					entry: note(Kind::ConsultationJoined { appointment }),
				},
				Joined::Refused(reason) => Event::JoinRefused {
					patient,
					appointment,
					account: account.clone(),
					reason,
					entry: note(Kind::ConsultationRefused { appointment, reason }),
				},
			};
			Self::deposit_event(event);
			Ok(Some(weight).into())
		}

		/// Ends a tele-consultation for all, four hours after its appointment at the latest. By one who takes part: a
		/// practitioner, the patient or her guardian.
		///
		/// # Events
		/// [`Event::ConsultationEnded`].
		///
		/// # Errors
		/// [`Error::UnknownAppointment`], [`Error::NoConsultation`], [`Error::NotAParticipant`],
		/// [`Error::NotPermitted`], [`Error::ConsultationOver`], [`Error::TooLate`].
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::end_consultation())]
		pub fn end_consultation(origin: OriginFor<T>, appointment: AppointmentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let patient = Self::hang_up(&who, appointment)?;
			let entry = T::Audit::append(patient, Some(who), Kind::ConsultationEnded { appointment });
			Self::deposit_event(Event::ConsultationEnded {
				patient,
				appointment,
				entry,
			});
			Ok(())
		}

		/// Removes the calendar of a day that ended 30 days ago or earlier; its appointments stay. By anybody.
		///
		/// # Events
		/// [`Event::Pruned`].
		///
		/// # Errors
		/// [`Error::TooRecent`], [`Error::NoCalendar`].
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::prune())]
		pub fn prune(origin: OriginFor<T>, practitioner: T::AccountId, day: UtcDay) -> DispatchResult {
			ensure_signed(origin)?;
			Self::forget(&practitioner, day)?;
			Self::deposit_event(Event::Pruned { practitioner, day });
			Ok(())
		}

		/// Closes the slots of a time, of up to 31 days, that are free, lapsed or blocked: they are there no more. By the
		/// desk, or by the practitioner, of slots of hers at any institution.
		///
		/// # Events
		/// [`Event::Closed`].
		///
		/// # Errors
		/// [`Error::NotPermitted`], [`Error::PeriodInverted`], [`Error::TooLong`], [`Error::NoSlot`].
		#[pallet::call_index(19)]
		#[pallet::weight(weights::close::<T>(*period))]
		pub fn close(
			origin: OriginFor<T>,
			practitioner: T::AccountId,
			institution: InstitutionId,
			period: Period,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_frees(&who, &practitioner, institution)?;
			let slots = Self::close_all(&practitioner, institution, period)?;
			Self::deposit_event(Event::Closed {
				practitioner,
				institution,
				period,
				slots,
			});
			Ok(())
		}
	}
}
