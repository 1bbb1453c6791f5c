//! Who may call what.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's module.
#[pallet_section]
mod calls {
	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Asks a patient for consent, as the holder of an active credential at an institution. The terms have to be
		/// within the role's row of the matrix. Expired requests of the signer to this patient go out.
		///
		/// # Events
		/// [`Event::Asked`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::PatientNotActive`], [`Error::UnknownInstitution`],
		/// [`Error::NoCredential`], [`Error::Inactive`], [`Error::TermsEmpty`], [`Error::TermsInverted`],
		/// [`Error::TermsInPast`], [`Error::RangeInverted`], [`Error::DuplicateRecord`],
		/// [`Error::DuplicateCompartment`], [`Error::NoUses`], [`Error::EraseTooEarly`], [`Error::RoleForbids`],
		/// [`Error::ExpiryInPast`], [`Error::ExpiryTooFar`], [`Error::DuplicateRequest`],
		/// [`Error::TooManyRequests`], [`Error::IdsExhausted`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::ask())]
		pub fn ask(
			origin: OriginFor<T>,
			patient: PatientId,
			institution: InstitutionId,
			terms: Terms,
			expires_at: Moment,
		) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			Self::ensure_alive(patient)?;
			let role = Self::ensure_active(&requester, institution)?;
			let now = T::Time::now();
			terms::check(&terms, now).map_err(Error::<T>::from)?;
			ensure!(terms::fit_role(&terms, role), Error::<T>::RoleForbids);
			ensure!(now < expires_at, Error::<T>::ExpiryInPast);
			ensure!(
				expires_at <= now.saturating_add(MAX_REQUEST_LIFETIME),
				Error::<T>::ExpiryTooFar
			);
			let request = Self::file(patient, &requester, institution, terms, expires_at)?;
			let entry = T::Audit::append(patient, Some(requester.clone()), Kind::ConsentRequested { request });
			Self::deposit_event(Event::Asked {
				patient,
				requester,
				request,
				entry,
			});
			Ok(())
		}

		/// Withdraws a request of the signer, expired or not.
		///
		/// # Events
		/// [`Event::Withdrawn`].
		///
		/// # Errors
		/// [`Error::UnknownRequest`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, patient: PatientId, request: RequestId) -> DispatchResult {
			let requester = ensure_signed(origin)?;
			Self::settle(patient, &requester, request)?;
			let entry = T::Audit::append(patient, Some(requester.clone()), Kind::RequestWithdrawn { request });
			Self::deposit_event(Event::Withdrawn {
				patient,
				requester,
				request,
				entry,
			});
			Ok(())
		}

		/// Approves a request on terms that are the asked ones or narrower, and gives the requester a grant on them.
		/// The signer acts for the patient.
		///
		/// # Events
		/// [`Event::Approved`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::PatientNotActive`],
		/// [`Error::UnknownRequest`], [`Error::RequestExpired`], [`Error::TermsWider`], the faults of terms as for
		/// [`Pallet::ask`], [`Error::BeyondGuardianship`], [`Error::TooManyGrants`], [`Error::IdsExhausted`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::approve())]
		pub fn approve(
			origin: OriginFor<T>,
			patient: PatientId,
			requester: T::AccountId,
			request: RequestId,
			terms: Terms,
		) -> DispatchResult {
			let (signer, scope) = Self::ensure_acts_for(origin, patient)?;
			let wish = Wish::Approve {
				requester,
				request,
				terms,
			};
			Self::carry_out(signer, &scope, patient, wish)
		}

		/// Declines a request, expired or not. The signer acts for the patient.
		///
		/// # Events
		/// [`Event::Declined`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::UnknownRequest`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::decline())]
		pub fn decline(
			origin: OriginFor<T>,
			patient: PatientId,
			requester: T::AccountId,
			request: RequestId,
		) -> DispatchResult {
			let (signer, scope) = Self::ensure_acts_for(origin, patient)?;
			Self::carry_out(signer, &scope, patient, Wish::Decline { requester, request })
		}

		/// Gives a grant that nobody asked for. The signer acts for the patient. Where the grantee's list is full, its dead
		/// grant with the lowest id goes out.
		///
		/// # Events
		/// [`Event::Granted`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::PatientNotActive`],
		/// [`Error::UnknownInstitution`], the faults of terms as for [`Pallet::ask`],
		/// [`Error::BeyondGuardianship`], [`Error::TooManyGrants`],
		/// [`Error::IdsExhausted`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::grant())]
		pub fn grant(
			origin: OriginFor<T>,
			patient: PatientId,
			grantee: Grantee<T::AccountId>,
			terms: Terms,
		) -> DispatchResult {
			let (signer, scope) = Self::ensure_acts_for(origin, patient)?;
			Self::carry_out(signer, &scope, patient, Wish::Grant { grantee, terms })
		}

		/// Revokes a grant, at once and for ever, and with it all that was passed on from it. The signer acts for the patient,
		/// or for a grant that was passed on, whoever did that.
		///
		/// # Events
		/// [`Event::Revoked`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::UnknownGrant`],
		/// [`Error::AlreadyRevoked`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::revoke())]
		pub fn revoke(
			origin: OriginFor<T>,
			patient: PatientId,
			grantee: Grantee<T::AccountId>,
			grant: GrantId,
		) -> DispatchResult {
			let who = Self::ensure_revokes(origin, patient, &grantee, grant)?;
			Self::carry_out(who, &Scope::PATIENT, patient, Wish::Revoke { grantee, grant })
		}

		/// Makes a denial: whatever all that it names holds of is refused, whoever holds a grant. One that names
		/// nothing denies all. The signer acts for the patient.
		///
		/// # Events
		/// [`Event::Denied`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::UnknownInstitution`],
		/// [`Error::RangeInverted`], [`Error::DuplicateDenial`], [`Error::TooManyDenials`],
		/// [`Error::IdsExhausted`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::deny())]
		pub fn deny(origin: OriginFor<T>, patient: PatientId, terms: DenialTerms<T::AccountId>) -> DispatchResult {
			let (signer, scope) = Self::ensure_acts_for(origin, patient)?;
			Self::carry_out(signer, &scope, patient, Wish::Deny(terms))
		}

		/// Lifts a denial. The signer is the patient, unless her key is being recovered, or acts for one who has no key: no
		/// guardian takes back what the patient refused by a key of her own.
		///
		/// # Events
		/// [`Event::DenialLifted`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::PatientNotActive`], [`Error::RecoveryOpen`],
		/// [`Error::UnknownDenial`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::lift_denial())]
		pub fn lift_denial(origin: OriginFor<T>, patient: PatientId, denial: DenialId) -> DispatchResult {
			let (signer, scope) = Self::ensure_opens(origin, patient)?;
			Self::carry_out(signer, &scope, patient, Wish::LiftDenial(denial))
		}

		/// Breaks the glass: opens a case of a patient until `ends_at`, at most 24 hours ahead, as a doctor or nurse of a
		/// hospital or clinic whose credential has been active for seven days. `justification` is a salted commitment to
		/// what she wrote down.
		///
		/// # Events
		/// [`Event::CaseOpened`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::PatientNotActive`], [`Error::UnknownInstitution`],
		/// [`Error::NoCredential`], [`Error::Inactive`], [`Error::NotAClinician`], [`Error::CredentialTooYoung`],
		/// [`Error::CaseEndsInPast`], [`Error::CaseTooLong`], [`Error::AlreadyInvolved`],
		/// [`Error::TooManyCasesToday`], [`Error::Barred`], [`Error::TooManyOpenCases`], [`Error::IdsExhausted`].
		#[pallet::call_index(8)]
		#[pallet::weight((T::WeightInfo::open_case(), DispatchClass::Operational))]
		pub fn open_case(
			origin: OriginFor<T>,
			patient: PatientId,
			institution: InstitutionId,
			reason: EmergencyReason,
			justification: H256,
			ends_at: Moment,
		) -> DispatchResult {
			let opener = ensure_signed(origin)?;
			Self::ensure_not_deceased(patient)?;
			let case = Self::break_glass(&opener, patient, institution, reason, justification, ends_at)?;
			let entry = T::Audit::append(patient, Some(opener.clone()), Kind::CaseOpened { case });
			Self::deposit_event(Event::CaseOpened {
				patient,
				case,
				opener,
				institution,
				entry,
			});
			Ok(())
		}

		/// Joins the team of an open case, as a doctor or nurse of the institution where it was opened.
		///
		/// # Events
		/// [`Event::CaseJoined`].
		///
		/// # Errors
		/// [`Error::UnknownCase`], [`Error::CaseEnded`], [`Error::NoCredential`], [`Error::Inactive`],
		/// [`Error::NotAClinician`], [`Error::AlreadyInvolved`], [`Error::AlreadyApproved`], [`Error::TeamFull`].
		#[pallet::call_index(9)]
		#[pallet::weight((T::WeightInfo::join_case(), DispatchClass::Operational))]
		pub fn join_case(origin: OriginFor<T>, patient: PatientId, case: CaseId) -> DispatchResult {
			let clinician = ensure_signed(origin)?;
			Self::join(&clinician, patient, case)?;
			let entry = T::Audit::append(patient, Some(clinician.clone()), Kind::CaseJoined { case });
			Self::deposit_event(Event::CaseJoined {
				patient,
				case,
				clinician,
				entry,
			});
			Ok(())
		}

		/// Approves an open case of others, as a doctor or nurse of a hospital or clinic.
		///
		/// # Events
		/// [`Event::CaseApproved`].
		///
		/// # Errors
		/// [`Error::UnknownCase`], [`Error::CaseEnded`], [`Error::UnknownInstitution`], [`Error::NoCredential`],
		/// [`Error::Inactive`], [`Error::NotAClinician`], [`Error::OwnCase`], [`Error::AlreadyApproved`],
		/// [`Error::TooManyApprovals`].
		#[pallet::call_index(10)]
		#[pallet::weight((T::WeightInfo::approve_case(), DispatchClass::Operational))]
		pub fn approve_case(
			origin: OriginFor<T>,
			patient: PatientId,
			case: CaseId,
			institution: InstitutionId,
		) -> DispatchResult {
			let approver = ensure_signed(origin)?;
			Self::support(&approver, patient, case, institution)?;
			let entry = T::Audit::append(patient, Some(approver.clone()), Kind::CaseApproved { case });
			Self::deposit_event(Event::CaseApproved {
				patient,
				case,
				approver,
				institution,
				entry,
			});
			Ok(())
		}

		/// Closes an open case. The signer opened it or joined it, or is a privacy officer where it was opened.
		///
		/// # Events
		/// [`Event::CaseClosed`].
		///
		/// # Errors
		/// [`Error::UnknownCase`], [`Error::CaseEnded`], [`Error::NotInvolved`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::close_case())]
		pub fn close_case(origin: OriginFor<T>, patient: PatientId, case: CaseId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::close(&who, patient, case)?;
			let entry = T::Audit::append(patient, Some(who), Kind::CaseClosed { case });
			Self::deposit_event(Event::CaseClosed { patient, case, entry });
			Ok(())
		}

		/// Reviews a case that has ended, as a privacy officer of the institution where it was opened who took no part
		/// in it. A violation suspends the opener's credential.
		///
		/// # Events
		/// [`Event::CaseReviewed`].
		///
		/// # Errors
		/// [`Error::UnknownCase`], [`Error::CaseStillOpen`], [`Error::NoCredential`], [`Error::Inactive`],
		/// [`Error::NotAPrivacyOfficer`], [`Error::OwnCase`], [`Error::AlreadyReviewed`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::review_case())]
		pub fn review_case(origin: OriginFor<T>, patient: PatientId, case: CaseId, verdict: Verdict) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::review(&officer, patient, case, verdict)?;
			let entry = T::Audit::append(patient, Some(officer), Kind::CaseReviewed { case, verdict });
			Self::deposit_event(Event::CaseReviewed {
				patient,
				case,
				verdict,
				entry,
			});
			Ok(())
		}

		/// Sends a case that has ended to the council, reviewed or not. The signer acts for the patient.
		///
		/// # Events
		/// [`Event::CaseAppealed`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::UnknownCase`], [`Error::CaseStillOpen`],
		/// [`Error::AlreadyJudged`], [`Error::AlreadyAppealed`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::appeal_case())]
		pub fn appeal_case(origin: OriginFor<T>, patient: PatientId, case: CaseId) -> DispatchResult {
			let (signer, scope) = Self::ensure_acts_for(origin, patient)?;
			Self::carry_out(signer, &scope, patient, Wish::Appeal(case))
		}

		/// Judges a case that the patient sent to the council or whose review is overdue. It is the last word; a
		/// violation suspends the opener's credential.
		///
		/// # Events
		/// [`Event::CaseJudged`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::UnknownCase`], [`Error::AlreadyJudged`],
		/// [`Error::NotBeforeTheCouncil`].
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::judge_case())]
		pub fn judge_case(origin: OriginFor<T>, patient: PatientId, case: CaseId, verdict: Verdict) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::judge(patient, case, verdict)?;
			let entry = T::Audit::append(patient, None, Kind::CaseJudged { case, verdict });
			Self::deposit_event(Event::CaseJudged {
				patient,
				case,
				verdict,
				entry,
			});
			Ok(())
		}

		/// Sets how many approvals a new case of an institution needs and how many it may open in a day (UTC).
		///
		/// # Events
		/// [`Event::EmergencyLimitsSet`].
		///
		/// # Errors
		/// `BadOrigin` to all but two thirds of the council; [`Error::UnknownInstitution`],
		/// [`Error::LimitsOutOfRange`].
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::set_emergency_limits())]
		pub fn set_emergency_limits(
			origin: OriginFor<T>,
			institution: InstitutionId,
			limits: EmergencyLimits,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::allow(institution, limits)?;
			Self::deposit_event(Event::EmergencyLimitsSet { institution, limits });
			Ok(())
		}

		/// Declares an incident at an institution: until `ends_at`, at most 72 hours ahead, its cases need no approval.
		/// Two thirds of the council declare it, or two of the institution's officers who both send the same call.
		///
		/// # Events
		/// [`Event::IncidentProposed`] for the first officer, then [`Event::IncidentDeclared`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::NotAnOfficer`], [`Error::IncidentEndsInPast`],
		/// [`Error::IncidentTooLong`].
		#[pallet::call_index(16)]
		#[pallet::weight((T::WeightInfo::declare_incident(), DispatchClass::Operational))]
		pub fn declare_incident(origin: OriginFor<T>, institution: InstitutionId, ends_at: Moment) -> DispatchResult {
			Self::declare(origin, institution, ends_at)
		}

		/// Ends an incident. The council may, and each officer of the institution.
		///
		/// # Events
		/// [`Event::IncidentEnded`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::NotAnOfficer`], [`Error::NoIncident`].
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::end_incident())]
		pub fn end_incident(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			Self::end(origin, institution)?;
			Self::deposit_event(Event::IncidentEnded { institution });
			Ok(())
		}

		/// Seals a compartment: nothing in it opens to break-glass until the seal is taken off. The signer is the
		/// patient.
		///
		/// # Events
		/// [`Event::CompartmentSealed`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::AlreadySealed`].
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::seal())]
		pub fn seal(origin: OriginFor<T>, patient: PatientId, compartment: Compartment) -> DispatchResult {
			let (signer, scope) = Self::ensure_acts_for(origin, patient)?;
			Self::carry_out(signer, &scope, patient, Wish::Seal(compartment))
		}

		/// Takes the seal off a compartment. The signer is the patient: no guardian takes it off. While her key is being
		/// recovered, it stays.
		///
		/// # Events
		/// [`Event::CompartmentUnsealed`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::PatientNotActive`], [`Error::RecoveryOpen`],
		/// [`Error::NotSealed`].
		#[pallet::call_index(19)]
		#[pallet::weight(T::WeightInfo::unseal())]
		pub fn unseal(origin: OriginFor<T>, patient: PatientId, compartment: Compartment) -> DispatchResult {
			let controller = Self::ensure_patient(origin, patient)?;
			Self::carry_out(controller, &Scope::PATIENT, patient, Wish::Unseal(compartment))
		}

		/// Passes a grant on to an account: a referral, a second opinion. The signer is one to whom the grant was given,
		/// acting at `institution`, and the grant allows her to share. An account holds one such grant of a patient.
		///
		/// # Events
		/// [`Event::PassedOn`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::PatientNotActive`], [`Error::UnknownInstitution`],
		/// [`Error::NoCredential`], [`Error::Inactive`], [`Error::NotTheGrantee`], [`Error::PassedToSelf`],
		/// [`Error::UnknownGrant`], [`Error::GrantNotLive`], [`Error::PassedOnTooFar`], [`Error::NotShareable`],
		/// [`Error::TermsWider`], the faults of terms as for [`Pallet::ask`], [`Error::PassedOnBefore`],
		/// [`Error::TooManyGrants`], [`Error::IdsExhausted`].
		#[pallet::call_index(20)]
		#[pallet::weight(T::WeightInfo::pass_on())]
		pub fn pass_on(
			origin: OriginFor<T>,
			patient: PatientId,
			institution: InstitutionId,
			from: Parent<T::AccountId>,
			to: T::AccountId,
			terms: Terms,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_alive(patient)?;
			let parent = from.grant;
			let grant = Self::delegate(patient, &who, institution, from, &to, terms)?;
			let entry = T::Audit::append(patient, Some(who), Kind::GrantPassedOn { grant, parent });
			Self::deposit_event(Event::PassedOn {
				patient,
				to,
				grant,
				parent,
				entry,
			});
			Ok(())
		}

		/// Names who reads and amends at an institution what an author wrote who left it, or takes that back. The signer
		/// is an officer of the institution, and not the successor.
		///
		/// # Events
		/// [`Event::SuccessorNamed`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::NotAnOfficer`], [`Error::NoCredential`],
		/// [`Error::AuthorStillThere`], [`Error::OwnSuccession`], [`Error::Inactive`], [`Error::NoSuccessor`].
		#[pallet::call_index(21)]
		#[pallet::weight(T::WeightInfo::name_successor())]
		pub fn name_successor(
			origin: OriginFor<T>,
			institution: InstitutionId,
			author: T::AccountId,
			successor: Option<T::AccountId>,
		) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::succeed(&officer, institution, &author, successor.as_ref())?;
			Self::deposit_event(Event::SuccessorNamed {
				institution,
				author,
				successor,
			});
			Ok(())
		}

		/// Attests that the copies made under a grant are erased. The signer is the account that held the grant, or an
		/// officer or privacy officer of the institution that did. Where the grant is used again, it is owed again.
		///
		/// # Events
		/// [`Event::ErasureAttested`].
		///
		/// # Errors
		/// [`Error::NothingToErase`], [`Error::NotTheGrantee`], [`Error::AlreadyAttested`].
		#[pallet::call_index(22)]
		#[pallet::weight(T::WeightInfo::attest_erasure())]
		pub fn attest_erasure(origin: OriginFor<T>, patient: PatientId, grant: GrantId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::attest(&who, patient, grant)?;
			let entry = T::Audit::append(patient, Some(who), Kind::ErasureAttested { grant });
			Self::deposit_event(Event::ErasureAttested { patient, grant, entry });
			Ok(())
		}

		/// Confirms a grant that was given since the patient's key was lost: it counts again, as of now. The signer acts
		/// for the patient; while the recovery waits, a guardian does.
		///
		/// # Events
		/// [`Event::Confirmed`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::PatientNotActive`], [`Error::UnknownGrant`],
		/// [`Error::NotSuspended`], [`Error::GrantNotLive`], [`Error::BeyondGuardianship`], [`Error::RecoveryOpen`].
		#[pallet::call_index(23)]
		#[pallet::weight(T::WeightInfo::confirm_grant())]
		pub fn confirm_grant(
			origin: OriginFor<T>,
			patient: PatientId,
			grantee: Grantee<T::AccountId>,
			grant: GrantId,
		) -> DispatchResult {
			let (signer, scope) = Self::ensure_acts_for(origin, patient)?;
			Self::ensure_alive(patient)?;
			Self::give_again(&signer, &scope, patient, &grantee, grant)?;
			let entry = T::Audit::append(patient, Some(signer), Kind::GrantConfirmed { grant });
			Self::deposit_event(Event::Confirmed {
				patient,
				grantee,
				grant,
				entry,
			});
			Ok(())
		}

		/// Brings what a patient without a device signed on paper, as its first witness: an officer or administrator of
		/// the institution that admitted her, to whom it opens nothing. It waits for a second witness for seven days;
		/// another paper of the same patient and witness takes its place.
		///
		/// # Events
		/// [`Event::PaperProposed`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotOnPaper`], [`Error::NotAtTheDesk`], [`Error::WitnessGains`], and those
		/// of the call that the paper's wish names.
		#[pallet::call_index(24)]
		#[pallet::weight(T::WeightInfo::witness_paper().saturating_add(paper.wish.weight::<T>()))]
		pub fn witness_paper(origin: OriginFor<T>, patient: PatientId, paper: Paper<T::AccountId>) -> DispatchResult {
			let witness = ensure_signed(origin)?;
			Self::note_paper(witness, patient, paper)
		}

		/// Confirms the same paper as its second witness, who holds office or an active credential at the institution
		/// that admitted the patient, and carries out what it says. It opens nothing to either witness.
		///
		/// # Events
		/// [`Event::PaperConfirmed`], then the event of the call that the paper's wish names.
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotOnPaper`], [`Error::NotAWitness`], [`Error::OwnPaper`],
		/// [`Error::UnknownPaper`], [`Error::PaperLapsed`], [`Error::WitnessLeft`], [`Error::WitnessGains`], and those of
		/// the call that the paper's wish names.
		#[pallet::call_index(25)]
		#[pallet::weight(T::WeightInfo::confirm_paper().saturating_add(paper.wish.weight::<T>()))]
		pub fn confirm_paper(
			origin: OriginFor<T>,
			patient: PatientId,
			witness: T::AccountId,
			paper: Paper<T::AccountId>,
		) -> DispatchResult {
			let second = ensure_signed(origin)?;
			Self::complete_paper(second, patient, witness, paper)
		}

		/// Takes back a paper that was not confirmed. Its witness may, and anybody once it lapsed.
		///
		/// # Events
		/// [`Event::PaperWithdrawn`].
		///
		/// # Errors
		/// [`Error::UnknownPaper`], [`Error::PaperWaits`].
		#[pallet::call_index(26)]
		#[pallet::weight(T::WeightInfo::withdraw_paper())]
		pub fn withdraw_paper(origin: OriginFor<T>, patient: PatientId, witness: T::AccountId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::drop_paper(&who, patient, &witness)?;
			Self::deposit_event(Event::PaperWithdrawn { patient, witness });
			Ok(())
		}
	}
}
