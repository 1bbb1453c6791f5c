//! The calls: who, what must hold, the change, the event.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's module.
#[pallet_section]
mod calls {
	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Admits an institution. Its officers, seat and validator get standing.
		///
		/// # Events
		/// [`Event::InstitutionAdmitted`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::StatusNotActive`], [`Error::TooFewOfficers`],
		/// [`Error::DuplicateOfficer`], [`Error::SeatMissing`], [`Error::SeatNotAllowed`],
		/// [`Error::MalformedRegion`], [`Error::MalformedTimeZone`], [`Error::MalformedHpkeKey`],
		/// [`Error::HpkeKeyInUse`], [`Error::AdmissionTermsNotAcceptable`], [`Error::AccountInUse`],
		/// [`Error::IdsExhausted`], and what the consortium refuses.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::admit_institution().saturating_add(T::Seating::admitted_weight()))]
		pub fn admit_institution(origin: OriginFor<T>, institution: Institution<T::AccountId>) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			let institution = Self::admit(institution)?;
			Self::deposit_event(Event::InstitutionAdmitted { institution });
			Ok(())
		}

		/// Suspends an institution: from now on no officer and no credential of it counts.
		///
		/// # Events
		/// [`Event::InstitutionSuspended`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::UnknownInstitution`],
		/// [`Error::InstitutionNotActive`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::suspend_institution())]
		pub fn suspend_institution(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::change_institution(institution, |status| match status {
				Status::Active => Ok(Status::Suspended),
				_ => Err(Error::InstitutionNotActive),
			})?;
			Self::deposit_event(Event::InstitutionSuspended { institution });
			Ok(())
		}

		/// Reinstates a suspended institution, and with it everybody whose own standing there is in order.
		///
		/// # Events
		/// [`Event::InstitutionReinstated`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::UnknownInstitution`],
		/// [`Error::InstitutionNotSuspended`], [`Error::InstitutionRevoked`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::reinstate_institution())]
		pub fn reinstate_institution(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::change_institution(institution, |status| match status {
				Status::Suspended => Ok(Status::Active),
				Status::Revoked => Err(Error::InstitutionRevoked),
				Status::Active => Err(Error::InstitutionNotSuspended),
			})?;
			Self::deposit_event(Event::InstitutionReinstated { institution });
			Ok(())
		}

		/// Approves an application at an institution without a registrar: the applicant holds the credential from now on,
		/// and has standing. A credential that ends within 90 days, or has ended, is renewed by a new application; while
		/// the old one holds, the new one begins no later than it ends, and keeps its beginning. After one that has ended it
		/// begins now at the earliest, and the assignments under the old one are over.
		///
		/// The applicant signs `wrapped(APPLICATION_TAG, application)`.
		///
		/// # Events
		/// [`Event::CredentialIssued`], [`Event::CredentialRenewed`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::OwnCredential`], [`Error::RegistrarNamed`], [`Error::ForeignGenesis`],
		/// [`Error::ApplicationExpired`], [`Error::ApplicantSignatureInvalid`], [`Error::DatesInverted`],
		/// [`Error::DatesInPast`], [`Error::AccountInUse`], [`Error::AccountLeft`], [`Error::CredentialExists`],
		/// [`Error::CredentialRevokedBefore`], [`Error::RenewalGap`], [`Error::RenewalNotLonger`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::approve_application())]
		pub fn approve_application(
			origin: OriginFor<T>,
			application: Application<T::AccountId>,
			signature: T::Signature,
			valid_from: Moment,
			valid_until: Moment,
		) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::ensure_decides(&officer, &application.applicant, application.institution)?;
			Self::approve(application, &signature, valid_from, valid_until)?;
			Ok(())
		}

		/// Suspends a credential.
		///
		/// # Events
		/// [`Event::CredentialSuspended`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::OwnCredential`], [`Error::UnknownCredential`], [`Error::CredentialNotActive`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::suspend_credential())]
		pub fn suspend_credential(
			origin: OriginFor<T>,
			account: T::AccountId,
			institution: InstitutionId,
		) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::ensure_decides(&officer, &account, institution)?;
			Self::change_credential(&account, institution, |status| match status {
				Status::Active => Ok(Status::Suspended),
				_ => Err(Error::CredentialNotActive),
			})?;
			Self::deposit_event(Event::CredentialSuspended { account, institution });
			Ok(())
		}

		/// Reinstates a suspended credential, unless a violation was found: two officers do that, by
		/// [`Act::ReinstateCredential`].
		///
		/// # Events
		/// [`Event::CredentialReinstated`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::OwnCredential`], [`Error::ViolationFound`], [`Error::UnknownCredential`],
		/// [`Error::CredentialNotSuspended`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::reinstate_credential())]
		pub fn reinstate_credential(
			origin: OriginFor<T>,
			account: T::AccountId,
			institution: InstitutionId,
		) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::ensure_decides(&officer, &account, institution)?;
			Self::reinstate_credential_of(account, institution)?;
			Ok(())
		}

		/// Revokes a credential, for ever. The account keeps its standing, so that its old signed calls stay void.
		///
		/// # Events
		/// [`Event::CredentialRevoked`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::OwnCredential`], [`Error::UnknownCredential`], [`Error::CredentialRevokedBefore`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::revoke_credential())]
		pub fn revoke_credential(
			origin: OriginFor<T>,
			account: T::AccountId,
			institution: InstitutionId,
		) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::ensure_decides(&officer, &account, institution)?;
			Self::revoke_credential_of(account, institution)?;
			Ok(())
		}

		/// Registers a patient by a hospital's voucher. An account without standing sends it as a general transaction:
		/// the pool checks everything, in the order of the errors below, and gives the codes of [`pool_errors`].
		///
		/// The officer signs `wrapped(VOUCHER_TAG, voucher)`; the one-time key signs
		/// `tagged(REGISTER_TAG, (genesis, institution, one-time key, controller, HPKE key, terms))`, and the
		/// controller the same in the `wrapped` form. So nobody who sees the transaction can register in her place.
		///
		/// # Events
		/// [`Event::PatientRegistered`], and the grant of the accepted terms.
		///
		/// # Errors
		/// `BadOrigin` to a signed transaction; [`Error::VoucherExpired`], [`Error::VoucherTooLong`],
		/// [`Error::VoucherKeyWeak`], [`Error::VoucherUsed`], [`Error::ForeignGenesis`],
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::TermsChanged`], [`Error::TermsWider`],
		/// [`Error::TermsNotAcceptable`], [`Error::AccountInUse`], [`Error::AccountLeft`], [`Error::MalformedHpkeKey`],
		/// [`Error::HpkeKeyInUse`], [`Error::VoucherSignatureInvalid`], [`Error::KeySignatureInvalid`],
		/// [`Error::ControllerSignatureInvalid`], [`Error::IdsExhausted`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::register_patient())]
		#[pallet::authorize(|
			_source,
			voucher,
			officer,
			voucher_signature,
			controller,
			hpke,
			terms,
			key_signature,
			controller_signature,
		| Registration::<T> {
			voucher,
			officer,
			voucher_signature,
			controller,
			hpke,
			terms,
			key_signature,
			controller_signature,
		}.authorize())]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_register_patient())]
		pub fn register_patient(
			origin: OriginFor<T>,
			voucher: Voucher,
			officer: T::AccountId,
			voucher_signature: T::Signature,
			controller: T::AccountId,
			hpke: HpkeKey,
			terms: Terms,
			key_signature: [u8; 64],
			controller_signature: T::Signature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			let registration = Registration::<T> {
				voucher: &voucher,
				officer: &officer,
				voucher_signature: &voucher_signature,
				controller: &controller,
				hpke: &hpke,
				terms: &terms,
				key_signature: &key_signature,
				controller_signature: &controller_signature,
			};
			registration.check()?;
			registration.enter()
		}

		/// Forgets used vouchers that have ended; an ended voucher is refused whether it was used or not. Keys of other
		/// vouchers are passed over, since somebody else may have been faster.
		///
		/// # Events
		/// [`Event::VouchersPruned`].
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::NothingToPrune`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::prune_vouchers(u32::try_from(keys.len()).unwrap_or(MAX_PRUNED)))]
		pub fn prune_vouchers(origin: OriginFor<T>, keys: PrunedKeys) -> DispatchResult {
			Self::ensure_registered(origin)?;
			let count = registration::prune::<T>(&keys);
			ensure!(count > 0, Error::<T>::NothingToPrune);
			Self::deposit_event(Event::VouchersPruned { count });
			Ok(())
		}

		/// Proposes to assign a patient to a practitioner of the institution that admitted her.
		///
		/// # Events
		/// [`Event::AssignmentProposed`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::PatientNotActive`], [`Error::InstitutionNotActive`],
		/// [`Error::NotAnAdministrator`], [`Error::PractitionerNotActive`], [`Error::NotAPractitioner`],
		/// [`Error::AssignmentExists`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::propose_assignment())]
		pub fn propose_assignment(
			origin: OriginFor<T>,
			patient: PatientId,
			practitioner: T::AccountId,
		) -> DispatchResult {
			let administrator = ensure_signed(origin)?;
			let (institution, entry) = Self::propose(administrator, patient, &practitioner)?;
			Self::deposit_event(Event::AssignmentProposed {
				patient,
				institution,
				practitioner,
				entry,
			});
			Ok(())
		}

		/// Accepts a proposed assignment.
		///
		/// # Events
		/// [`Event::AssignmentAccepted`].
		///
		/// # Errors
		/// [`Error::UnknownAssignment`], [`Error::AssignmentNotProposed`], [`Error::UnknownPatient`],
		/// [`Error::PatientNotActive`], [`Error::InstitutionNotActive`], [`Error::PractitionerNotActive`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::accept_assignment())]
		pub fn accept_assignment(
			origin: OriginFor<T>,
			patient: PatientId,
			institution: InstitutionId,
		) -> DispatchResult {
			let practitioner = ensure_signed(origin)?;
			let entry = Self::accept(&practitioner, patient, institution)?;
			Self::deposit_event(Event::AssignmentAccepted {
				patient,
				institution,
				practitioner,
				entry,
			});
			Ok(())
		}

		/// Ends an assignment, accepted or not: the patient, the practitioner or an administrator there may.
		///
		/// # Events
		/// [`Event::AssignmentEnded`].
		///
		/// # Errors
		/// [`Error::UnknownAssignment`], [`Error::NotInvolved`], [`Error::AssignmentOver`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::end_assignment())]
		pub fn end_assignment(
			origin: OriginFor<T>,
			patient: PatientId,
			practitioner: T::AccountId,
			institution: InstitutionId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let entry = Self::end(who, patient, &practitioner, institution)?;
			Self::deposit_event(Event::AssignmentEnded {
				patient,
				institution,
				practitioner,
				entry,
			});
			Ok(())
		}

		/// Enters an application that the registrar attests: it found the licence in the medical register, and the
		/// applicant proved by a one-time code that she is the person there. Nothing of the code is on chain. An earlier
		/// application that waits is replaced.
		///
		/// The applicant signs `wrapped(APPLICATION_TAG, application)`.
		///
		/// # Events
		/// [`Event::ApplicationSubmitted`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotTheRegistrar`],
		/// [`Error::OwnCredential`], [`Error::OtherApplicant`], [`Error::ForeignGenesis`],
		/// [`Error::ApplicationExpired`], [`Error::ApplicantSignatureInvalid`], [`Error::CredentialExists`],
		/// [`Error::CredentialRevokedBefore`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::submit_application())]
		pub fn submit_application(
			origin: OriginFor<T>,
			applicant: T::AccountId,
			application: Application<T::AccountId>,
			applicant_signature: T::Signature,
		) -> DispatchResult {
			let registrar = ensure_signed(origin)?;
			Self::attest(registrar, applicant, &application, &applicant_signature)?;
			Ok(())
		}

		/// Approves an attested application, as `approve_application` does one that no registrar attested.
		///
		/// # Events
		/// [`Event::CredentialIssued`], [`Event::CredentialRenewed`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::OwnCredential`], [`Error::UnknownApplication`], [`Error::ApplicationExpired`],
		/// [`Error::RegistrarReplaced`], [`Error::DatesInverted`], [`Error::DatesInPast`], [`Error::AccountInUse`],
		/// [`Error::AccountLeft`], [`Error::CredentialExists`], [`Error::CredentialRevokedBefore`],
		/// [`Error::RenewalGap`], [`Error::RenewalNotLonger`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::approve_attested_application())]
		pub fn approve_attested_application(
			origin: OriginFor<T>,
			applicant: T::AccountId,
			institution: InstitutionId,
			valid_from: Moment,
			valid_until: Moment,
		) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::approve_attested(&officer, applicant, institution, valid_from, valid_until)?;
			Ok(())
		}

		/// Declines an attested application.
		///
		/// # Events
		/// [`Event::ApplicationDeclined`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::OwnCredential`], [`Error::UnknownApplication`].
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::decline_application())]
		pub fn decline_application(
			origin: OriginFor<T>,
			applicant: T::AccountId,
			institution: InstitutionId,
		) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::decline(&officer, applicant, institution)?;
			Ok(())
		}

		/// Forgets an application that nobody decided in time. Anybody registered may.
		///
		/// # Events
		/// [`Event::ApplicationLapsed`].
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::UnknownApplication`], [`Error::ApplicationNotExpired`].
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::prune_application())]
		pub fn prune_application(
			origin: OriginFor<T>,
			applicant: T::AccountId,
			institution: InstitutionId,
		) -> DispatchResult {
			Self::ensure_registered(origin)?;
			Self::forget_application(applicant, institution)?;
			Ok(())
		}

		/// Moves the caller to another hospital, where she holds an active credential: its quota is hers from now on, and
		/// her credential at the old home ends.
		///
		/// # Events
		/// [`Event::HomeMoved`].
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::HomeUnchanged`], [`Error::HoldsOffice`], [`Error::UnknownInstitution`],
		/// [`Error::InstitutionNotActive`], [`Error::CredentialNotActive`].
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::transfer())]
		pub fn transfer(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::move_home(who, institution)?;
			Ok(())
		}

		/// Proposes an act of two officers. It is refused now if it could not be carried out now, and lapses after seven
		/// days.
		///
		/// # Events
		/// [`Event::ActProposed`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::ActExists`], [`Error::TooManyActs`], and those of the act, which stand at [`Act`].
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::propose_act().saturating_add(act.weight::<T>()))]
		pub fn propose_act(origin: OriginFor<T>, institution: InstitutionId, act: ActOf<T>) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::note_act(&officer, institution, act)
		}

		/// Confirms the same act as another officer proposed, and carries it out.
		///
		/// # Events
		/// [`Event::ActConfirmed`], and that of the act.
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::ActNotProposed`], [`Error::OwnAct`], [`Error::ProposerLeft`], and those of the act, which stand at
		/// [`Act`].
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::confirm_act().saturating_add(act.weight::<T>()))]
		pub fn confirm_act(origin: OriginFor<T>, institution: InstitutionId, act: ActOf<T>) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::complete_act(&officer, institution, &act)
		}

		/// Takes a proposed act back. Any officer of the institution may.
		///
		/// # Events
		/// [`Event::ActWithdrawn`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::ActNotProposed`].
		#[pallet::call_index(19)]
		#[pallet::weight(T::WeightInfo::withdraw_act())]
		pub fn withdraw_act(origin: OriginFor<T>, institution: InstitutionId, act: ActOf<T>) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::drop_act(&officer, institution, &act)
		}

		/// Puts into force the keys that an institution announced 24 hours ago or earlier. Anybody registered may.
		///
		/// # Events
		/// [`Event::KeysInForce`].
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::NoKeysAnnounced`], [`Error::KeysNotDue`], [`Error::InstitutionRevoked`].
		#[pallet::call_index(20)]
		#[pallet::weight(T::WeightInfo::apply_keys())]
		pub fn apply_keys(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			Self::ensure_registered(origin)?;
			Self::put_keys_in_force(institution)?;
			Ok(())
		}

		/// Puts one officer in another's place, where fewer than two can sign: two could do it themselves.
		///
		/// # Events
		/// [`Event::OfficerReplaced`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::UnknownInstitution`], [`Error::UnknownOfficer`],
		/// [`Error::DuplicateOfficer`], [`Error::RegistrarIsOfficer`], [`Error::InstitutionRevoked`],
		/// [`Error::AccountInUse`], [`Error::AccountLeft`].
		#[pallet::call_index(21)]
		#[pallet::weight(T::WeightInfo::replace_officer())]
		pub fn replace_officer(
			origin: OriginFor<T>,
			institution: InstitutionId,
			officer: T::AccountId,
			successor: T::AccountId,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::exchange_officer(institution, officer, successor)?;
			Ok(())
		}

		/// Leaves for ever: the caller's credentials are revoked, its standing ends, and it is never registered again, so
		/// that nothing it signed before is valid again. It names every institution where it has a credential that was not
		/// revoked; with more than sixteen it gives some up first, by `resign_credential`.
		///
		/// # Events
		/// [`Event::AccountLeft`].
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::ActsForPatient`], [`Error::HoldsOffice`],
		/// [`Error::CredentialsNotNamed`], [`Error::UnknownCredential`].
		#[pallet::call_index(22)]
		#[pallet::weight(T::WeightInfo::leave(u32::try_from(credentials.len()).unwrap_or(MAX_LEFT)))]
		pub fn leave(origin: OriginFor<T>, credentials: LeftInstitutions) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::depart(who, &credentials)
		}

		/// Gives the caller's patient id another account to sign by, another HPKE key, or both. The account in whose place
		/// another comes never comes back. The new account signs `wrapped(ACCEPT_TAG, acceptance)` as the controller.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::NotAPatient`], [`Error::PatientNotActive`], [`Error::AcceptanceInvalid`],
		/// [`Error::NothingToRotate`], [`Error::MalformedHpkeKey`], [`Error::HpkeKeyInUse`],
		/// [`Error::AccountLeft`], [`Error::AccountInUse`].
		#[pallet::call_index(23)]
		#[pallet::weight(T::WeightInfo::rotate_keys())]
		pub fn rotate_keys(
			origin: OriginFor<T>,
			controller: Option<(T::AccountId, T::Signature)>,
			hpke: Option<HpkeKey>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::rotate(who, controller, hpke)
		}

		/// Names a caregiver of the caller, who is a patient. The caregiver signs `wrapped(ACCEPT_TAG, acceptance)`.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::NotAPatient`], [`Error::PatientNotActive`], [`Error::CaregiverExists`],
		/// [`Error::AcceptanceInvalid`], [`Error::AccountLeft`], [`Error::AccountInUse`],
		/// [`Error::TooManyCaregivers`].
		#[pallet::call_index(24)]
		#[pallet::weight(T::WeightInfo::name_caregiver())]
		pub fn name_caregiver(
			origin: OriginFor<T>,
			caregiver: T::AccountId,
			signature: T::Signature,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let patient = PatientOf::<T>::get(&who).ok_or(Error::<T>::NotAPatient)?;
			Self::add_caregiver(who, patient, caregiver, &signature)?;
			Ok(())
		}

		/// Ends a caregiver's part: the patient or the caregiver herself may. Her account never comes back.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotInvolved`], [`Error::UnknownCaregiver`].
		#[pallet::call_index(25)]
		#[pallet::weight(T::WeightInfo::remove_caregiver())]
		pub fn remove_caregiver(origin: OriginFor<T>, patient: PatientId, caregiver: T::AccountId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			ensure!(Patients::<T>::contains_key(patient), Error::<T>::UnknownPatient);
			let involved = who == caregiver || PatientOf::<T>::get(&who) == Some(patient);
			ensure!(involved, Error::<T>::NotInvolved);
			Self::drop_caregiver(who, patient, caregiver)
		}

		/// Objects to a guardian in the 72 hours before she acts: the patient may, and every guardian who acts. The
		/// guardianship ends.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::UnknownGuardian`], [`Error::NotInvolved`],
		/// [`Error::ObjectionTooLate`].
		#[pallet::call_index(26)]
		#[pallet::weight(T::WeightInfo::object_to_guardian())]
		pub fn object_to_guardian(origin: OriginFor<T>, patient: PatientId, guardian: T::AccountId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::object(who, patient, &guardian)
		}

		/// Contests a guardianship of the caller, who is the patient: it is suspended until the council decides.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::NotAPatient`], [`Error::UnknownGuardian`], [`Error::AlreadyContested`].
		#[pallet::call_index(27)]
		#[pallet::weight(T::WeightInfo::contest_guardian())]
		pub fn contest_guardian(origin: OriginFor<T>, guardian: T::AccountId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let patient = PatientOf::<T>::get(&who).ok_or(Error::<T>::NotAPatient)?;
			Self::contest(who, patient, &guardian)?;
			Ok(())
		}

		/// Upholds a contested guardianship or ends it.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::UnknownGuardian`], [`Error::NotContested`].
		#[pallet::call_index(28)]
		#[pallet::weight(T::WeightInfo::decide_guardian())]
		pub fn decide_guardian(
			origin: OriginFor<T>,
			patient: PatientId,
			guardian: T::AccountId,
			upheld: bool,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::judge_guardian(patient, &guardian, upheld)
		}

		/// Ends the caller's guardianship of a patient. Her account never comes back.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::UnknownGuardian`].
		#[pallet::call_index(29)]
		#[pallet::weight(T::WeightInfo::resign_guardian())]
		pub fn resign_guardian(origin: OriginFor<T>, patient: PatientId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::dismiss_guardian(who.clone(), patient, &who)
		}

		/// Commits the caller, who is a patient, to recovery contacts, or to none.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::NotAPatient`], [`Error::PatientNotActive`], [`Error::RecoveryOpen`],
		/// [`Error::ThresholdOutOfRange`].
		#[pallet::call_index(30)]
		#[pallet::weight(T::WeightInfo::set_recovery_contacts())]
		pub fn set_recovery_contacts(origin: OriginFor<T>, contacts: Option<ContactsCommitment>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::commit_contacts(who, contacts)?;
			Ok(())
		}

		/// Objects to the recovery of the caller's key, which is not lost.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::NotAPatient`], [`Error::NoRecovery`], [`Error::AlreadyObjected`].
		#[pallet::call_index(31)]
		#[pallet::weight(T::WeightInfo::object_to_recovery())]
		pub fn object_to_recovery(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::hear_objection(who)?;
			Ok(())
		}

		/// Shows a patient's recovery contacts, of whom enough sign the new keys: each `wrapped(VOUCH_TAG, Vouch)`, which
		/// names the time of the loss as those who began the recovery said it, and its own end. Anybody registered may. An
		/// objection by the old key delays nothing then.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::NoContacts`], [`Error::ContactsDiffer`], [`Error::TooFewContacts`],
		/// [`Error::VouchingExpired`], [`Error::VouchingTooLong`], [`Error::NoRecovery`], [`Error::AlreadyVouched`],
		/// [`Error::VouchInvalid`].
		#[pallet::call_index(32)]
		#[pallet::weight(T::WeightInfo::vouch(u32::try_from(signatures.len()).unwrap_or(MAX_CONTACTS)))]
		pub fn vouch(
			origin: OriginFor<T>,
			patient: PatientId,
			not_after: Moment,
			salt: [u8; 32],
			contacts: Contacts<T::AccountId>,
			signatures: Vouching<T::Signature>,
		) -> DispatchResult {
			let who = Self::ensure_registered(origin)?;
			let shown = Shown {
				not_after,
				salt,
				contacts,
				signatures,
			};
			Self::hear_contacts(who, patient, &shown)?;
			Ok(())
		}

		/// Completes a recovery, or refuses it: the new account signs for the patient and the old one never comes back.
		/// What her contacts signed for it counts for no other one.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::NoRecovery`], [`Error::RecoveryNotDue`],
		/// [`Error::PatientNotActive`], [`Error::HpkeKeyInUse`], [`Error::AccountInUse`], [`Error::AccountLeft`].
		#[pallet::call_index(33)]
		#[pallet::weight(T::WeightInfo::decide_recovery())]
		pub fn decide_recovery(origin: OriginFor<T>, patient: PatientId, complete: bool) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::judge_recovery(patient, complete)
		}

		/// Begins the recovery of a patient's key for which enough of her contacts vouch: they are shown, and sign the new
		/// keys and the time of the loss as for [`vouch`](Self::vouch), and the new account accepts. Anybody registered may
		/// send it. What was granted since `lost_at` counts for nothing until she confirms it.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::UnknownPatient`], [`Error::PatientNotActive`], [`Error::NoController`],
		/// [`Error::RecoveryOpen`], [`Error::NoContacts`], [`Error::ContactsDiffer`], [`Error::TooFewContacts`],
		/// [`Error::VouchingExpired`], [`Error::VouchingTooLong`], [`Error::VouchInvalid`], [`Error::LossInFuture`],
		/// [`Error::AccountInUse`], [`Error::AccountLeft`], [`Error::MalformedHpkeKey`], [`Error::HpkeKeyInUse`],
		/// [`Error::AcceptanceInvalid`].
		#[pallet::call_index(34)]
		#[pallet::weight(T::WeightInfo::recover(u32::try_from(signatures.len()).unwrap_or(MAX_CONTACTS)))]
		#[allow(clippy::too_many_arguments)]
		pub fn recover(
			origin: OriginFor<T>,
			patient: PatientId,
			controller: T::AccountId,
			hpke: HpkeKey,
			lost_at: Moment,
			not_after: Moment,
			salt: [u8; 32],
			contacts: Contacts<T::AccountId>,
			signatures: Vouching<T::Signature>,
			acceptance: T::Signature,
		) -> DispatchResult {
			let who = Self::ensure_registered(origin)?;
			let shown = Shown {
				not_after,
				salt,
				contacts,
				signatures,
			};
			Self::recover_by_contacts(who, patient, (controller, hpke), lost_at, &shown, &acceptance)?;
			Ok(())
		}

		/// Completes a recovery that the patient's contacts vouch for and that nobody objected to in seven days. Anybody
		/// registered may.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::NoRecovery`], [`Error::CouncilDecides`], [`Error::RecoveryNotDue`],
		/// [`Error::PatientNotActive`], [`Error::AccountInUse`], [`Error::AccountLeft`].
		#[pallet::call_index(35)]
		#[pallet::weight(T::WeightInfo::complete_recovery())]
		pub fn complete_recovery(origin: OriginFor<T>, patient: PatientId) -> DispatchResult {
			Self::ensure_registered(origin)?;
			Self::complete_vouched(patient)
		}

		/// Forgets a recovery that nobody completed or refused in 60 days, as if it had been refused. Anybody registered
		/// may.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::NotRegistered`], [`Error::NoRecovery`], [`Error::RecoveryNotExpired`], [`Error::PatientNotActive`],
		/// [`Error::DeathContested`].
		#[pallet::call_index(41)]
		#[pallet::weight(T::WeightInfo::prune_recovery())]
		pub fn prune_recovery(origin: OriginFor<T>, patient: PatientId) -> DispatchResult {
			let who = Self::ensure_registered(origin)?;
			Self::forget_recovery(who, patient)
		}

		/// Puts another account in a hospital's seat, for one whose key is lost or in other hands: it sits on the council in
		/// the earlier one's place, whose votes on open motions are void.
		///
		/// # Events
		/// [`Event::SeatChanged`], and the consortium's `Unseated` and `Seated`.
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::UnknownInstitution`],
		/// [`Error::InstitutionRevoked`], [`Error::SeatNotAllowed`], [`Error::SeatUnchanged`],
		/// [`Error::AccountInUse`], [`Error::AccountLeft`], and what the consortium refuses: `SeatTaken`.
		#[pallet::call_index(36)]
		#[pallet::weight(T::WeightInfo::change_seat().saturating_add(T::Seating::admitted_weight()))]
		pub fn change_seat(origin: OriginFor<T>, institution: InstitutionId, seat: T::AccountId) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::reseat(institution, seat)
		}

		/// Revokes an institution, for ever: from now on no officer and no credential of it counts, and it has no seat. Its
		/// validator leaves the set where the floor allows. Its officers, registrar and seat hold no office there any more.
		///
		/// # Events
		/// [`Event::InstitutionRevoked`], and the consortium's `Unseated`.
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::UnknownInstitution`],
		/// [`Error::InstitutionRevoked`], and what the consortium refuses: `LastSeat`.
		#[pallet::call_index(37)]
		#[pallet::weight(T::WeightInfo::revoke_institution().saturating_add(T::Seating::admitted_weight()))]
		pub fn revoke_institution(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::revoke(institution)
		}

		/// Gives up the caller's credential at an institution, for ever: it is revoked.
		///
		/// # Events
		/// [`Event::CredentialRevoked`].
		///
		/// # Errors
		/// [`Error::UnknownCredential`], [`Error::CredentialRevokedBefore`].
		#[pallet::call_index(38)]
		#[pallet::weight(T::WeightInfo::resign_credential())]
		pub fn resign_credential(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::revoke_credential_of(who, institution)?;
			Ok(())
		}

		/// Contests the note of a patient's death: she may, and every guardian who acted for her. It is suspended until the
		/// council decides or two officers take it back.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotInvolved`], [`Error::PatientNotDeceased`], [`Error::RecoveryOpen`] to her
		/// own key, [`Error::DeathUpheld`].
		#[pallet::call_index(39)]
		#[pallet::weight(T::WeightInfo::contest_death())]
		pub fn contest_death(origin: OriginFor<T>, patient: PatientId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::contest_note(who, patient)?;
			Ok(())
		}

		/// Upholds the contested note of a death, or takes it back.
		///
		/// # Events
		/// [`Event::PatientChanged`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::NotContested`], [`Error::PatientNotActive`].
		#[pallet::call_index(40)]
		#[pallet::weight(T::WeightInfo::decide_death())]
		pub fn decide_death(origin: OriginFor<T>, patient: PatientId, upheld: bool) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::judge_death(patient, upheld)?;
			Ok(())
		}
	}
}
