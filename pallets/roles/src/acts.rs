//! What two officers of an institution do together: one proposes an act, another confirms the same act before it lapses.

use crate::{
	ActOf, Config, Error, Event, GuardianshipTerms, Pallet, ProposedAct, ProposedActs, Recovery, WeightInfo,
	ACT_LIFETIME,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	ensure,
	storage::{with_transaction, TransactionOutcome},
	traits::Time,
	weights::Weight,
};
use salus_primitives::{Addresses, HpkeKey, InstitutionId, Moment, PatientId, PeerIds, Terms};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	DispatchError, DispatchResult,
};

/// An act of two officers. The errors named are those of [`Error`], and `propose_act` raises them already.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Act<AccountId, Signature> {
	/// Names the account that attests applications, instead of an earlier one.
	///
	/// Errors: `RegistrarIsOfficer`, `RegistrarExists`, `AccountInUse`, `AccountLeft`.
	#[codec(index = 0)]
	NameRegistrar(AccountId),
	/// From now on officers take applications themselves.
	///
	/// Errors: `NoRegistrar`.
	#[codec(index = 1)]
	RemoveRegistrar,
	/// Adds an officer.
	///
	/// Errors: `RegistrarIsOfficer`, `DuplicateOfficer`, `TooManyOfficers`, `AccountInUse`, `AccountLeft`.
	#[codec(index = 2)]
	AddOfficer(AccountId),
	/// Removes an officer.
	///
	/// Errors: `UnknownOfficer`, `TooFewOfficers`.
	#[codec(index = 3)]
	RemoveOfficer(AccountId),
	/// Announces another HPKE key.
	///
	/// Errors: `MalformedHpkeKey`, `HpkeKeyInUse`.
	#[codec(index = 4)]
	ChangeHpkeKey(HpkeKey),
	/// Announces other nodes.
	#[codec(index = 5)]
	ChangeNodes { peer_ids: PeerIds, addresses: Addresses },
	/// Publishes other admission terms: vouchers made under the old ones are void.
	///
	/// Errors: `AdmissionTermsNotAcceptable`.
	#[codec(index = 6)]
	ChangeAdmissionTerms(Terms),
	/// Gives up the validator's account, whose session keys are purged, and names another one or none.
	///
	/// Errors: `ValidatorUnchanged`, `AccountInUse`, `AccountLeft`, and what the consortium refuses.
	#[codec(index = 7)]
	ChangeValidator(Option<AccountId>),
	/// Registers a patient without a device.
	///
	/// Errors: `MajorityOutOfRange`, `NotFirstOfMonth`, `IdsExhausted`.
	#[codec(index = 8)]
	RegisterOnPaper {
		/// Salted commitment to what the officers saw.
		evidence: H256,
		/// Whether it is known who she is.
		identified: bool,
		/// For a minor: the first of the month in which she comes of age.
		majority: Option<Moment>,
	},
	/// Notes that it is known who a patient is.
	///
	/// Errors: `UnknownPatient`, `PatientElsewhere`, `AlreadyIdentified`, `MajorityRecorded`, `MajorityOutOfRange`,
	/// `NotFirstOfMonth`.
	// 9 was the act that named no majority.
	#[codec(index = 21)]
	Identify {
		/// Her id.
		patient: PatientId,
		/// Salted commitment to what the officers saw.
		evidence: H256,
		/// For a minor: the first of the month in which she comes of age. Her guardianships end with it.
		majority: Option<Moment>,
	},
	/// Hands the id of a patient on paper to the account that she signs by from now on.
	///
	/// Errors: `UnknownPatient`, `PatientElsewhere`, `PatientNotActive`, `HasController`, `AcceptanceInvalid`,
	/// `MalformedHpkeKey`, `HpkeKeyInUse`, `AccountInUse`, `AccountLeft`.
	#[codec(index = 10)]
	Claim {
		/// Her id.
		patient: PatientId,
		/// Her account.
		controller: AccountId,
		/// The key that subject wraps will be made to.
		hpke: HpkeKey,
		/// The account accepts, as its controller.
		signature: Signature,
	},
	/// Merges one id into another of the same person, who signs by the key of each id that has one:
	/// `wrapped(MERGE_TAG, (genesis, from, into, not_after))`.
	///
	/// Errors: `MergeIntoItself`, `UnknownPatient`, `PatientElsewhere`, `PatientNotActive`, `MergeNotAgreed`,
	/// `MergeAgreementExpired`.
	#[codec(index = 11)]
	Merge {
		/// The id that ends.
		from: PatientId,
		/// The id that stays.
		into: PatientId,
		/// What is signed holds until before this time.
		not_after: Moment,
		/// By the key of the id that ends.
		from_signature: Option<Signature>,
		/// By the key of the id that stays.
		into_signature: Option<Signature>,
	},
	/// Takes a merge back, for 30 days.
	///
	/// Errors: `UnknownPatient`, `PatientElsewhere`, `NotMerged`, `MergeFinal`.
	#[codec(index = 12)]
	Unmerge { from: PatientId },
	/// Notes a patient's death.
	///
	/// Errors: `UnknownPatient`, `PatientElsewhere`, `PatientNotActive`, `DeathContested`, `DeathInFuture`.
	#[codec(index = 13)]
	NoteDeath { patient: PatientId, at: Moment },
	/// Takes the note of a death back, contested or not.
	///
	/// Errors: `UnknownPatient`, `PatientElsewhere`, `PatientNotDeceased`.
	#[codec(index = 14)]
	RetractDeath { patient: PatientId },
	/// Gives a patient a guardian, or an executor to one who died.
	///
	/// Errors: `UnknownPatient`, `PatientElsewhere`, `WrongCapacity`, `EmptyScope`, `GuardianAmends`, `DatesInPast`,
	/// `NotFirstOfMonth`, `BeyondMajority`, `AcceptanceInvalid`, `AccountInUse`, `AccountLeft`, `GuardianExists`,
	/// `TooManyGuardians`.
	#[codec(index = 15)]
	GiveGuardian {
		/// Her id.
		patient: PatientId,
		/// Who, in what and for how long.
		terms: GuardianshipTerms<AccountId>,
		/// The account accepts, as guardian or executor.
		signature: Signature,
	},
	/// Ends a guardianship.
	///
	/// Errors: `UnknownPatient`, `PatientElsewhere`, `UnknownGuardian`.
	#[codec(index = 16)]
	EndGuardian { patient: PatientId, guardian: AccountId },
	/// Suspends a guardianship until the council decides, as a patient contests it who has no device.
	///
	/// Errors: `UnknownPatient`, `PatientElsewhere`, `PatientNotActive`, `HasController`, `UnknownGuardian`,
	/// `AlreadyContested`.
	#[codec(index = 17)]
	ContestGuardian { patient: PatientId, guardian: AccountId },
	/// Begins the recovery of a lost key, instead of an earlier one; the council completes it.
	///
	/// Errors: `UnknownPatient`, `PatientElsewhere`, `PatientNotActive`, `NoController`, `LossInFuture`,
	/// `AccountInUse`, `AccountLeft`, `MalformedHpkeKey`, `HpkeKeyInUse`, `AcceptanceInvalid`.
	#[codec(index = 18)]
	BeginRecovery {
		/// Her id.
		patient: PatientId,
		/// The account that will sign for her.
		controller: AccountId,
		/// The key that subject wraps will be made to.
		hpke: HpkeKey,
		/// Salted commitment to what the officers saw.
		evidence: H256,
		/// Since when she has not had her key, as she says: what was granted since is suspended.
		lost_at: Moment,
		/// The account accepts, as her controller.
		signature: Signature,
	},
	/// Enters a caregiver whom a patient names who has no device.
	///
	/// Errors: `UnknownPatient`, `PatientElsewhere`, `PatientNotActive`, `HasController`, `CaregiverExists`,
	/// `AcceptanceInvalid`, `AccountInUse`, `AccountLeft`, `TooManyCaregivers`.
	#[codec(index = 19)]
	NameCaregiver {
		/// Her id.
		patient: PatientId,
		/// Whom she names.
		caregiver: AccountId,
		/// The account accepts, as caregiver.
		signature: Signature,
	},
	/// Ends a caregiver's part, as a patient wants who has no device.
	///
	/// Errors: `UnknownPatient`, `PatientElsewhere`, `HasController`, `UnknownCaregiver`.
	#[codec(index = 20)]
	RemoveCaregiver { patient: PatientId, caregiver: AccountId },
	/// Reinstates a suspended credential, after a violation too.
	///
	/// Errors: `OwnCredential`, `UnknownCredential`, `CredentialNotSuspended`.
	#[codec(index = 22)]
	ReinstateCredential(AccountId),
}

impl<AccountId, Signature> Act<AccountId, Signature> {
	/// What it costs to carry it out.
	pub(crate) fn weight<T: Config>(&self) -> Weight {
		match self {
			Self::NameRegistrar(_)
			| Self::RemoveRegistrar
			| Self::AddOfficer(_)
			| Self::RemoveOfficer(_)
			| Self::ChangeHpkeKey(_)
			| Self::ChangeNodes { .. }
			| Self::ChangeAdmissionTerms(_)
			| Self::ReinstateCredential(_) => T::WeightInfo::institution_act(),
			Self::ChangeValidator(_) => T::WeightInfo::institution_act()
				.saturating_add(<T::Validators as crate::ValidatorAccounts<_>>::weight()),
			Self::RegisterOnPaper { .. }
			| Self::Identify { .. }
			| Self::Claim { .. }
			| Self::Unmerge { .. }
			| Self::NoteDeath { .. }
			| Self::RetractDeath { .. }
			| Self::BeginRecovery { .. } => T::WeightInfo::patient_act(),
			Self::NameCaregiver { .. } => T::WeightInfo::name_caregiver(),
			Self::RemoveCaregiver { .. } => T::WeightInfo::remove_caregiver(),
			// Two patients, of whom each may sign.
			Self::Merge { .. } => T::WeightInfo::patient_act().saturating_mul(2),
			Self::GiveGuardian { .. } | Self::EndGuardian { .. } | Self::ContestGuardian { .. } => {
				T::WeightInfo::guardian_act()
			}
		}
	}
}

/// Who does an act, and where.
pub(crate) struct Officers<'a, T: Config> {
	/// The institution they act for.
	pub institution: InstitutionId,
	/// Who proposed it.
	pub proposer: &'a T::AccountId,
	/// Who confirmed it.
	pub confirmer: &'a T::AccountId,
}

impl<T: Config> Pallet<T> {
	/// Under what an act stands in events.
	pub fn act_hash(act: &ActOf<T>) -> H256 {
		BlakeTwo256::hash_of(act)
	}

	/// Notes an act that could be carried out now.
	pub(crate) fn note_act(officer: &T::AccountId, institution: InstitutionId, act: ActOf<T>) -> DispatchResult {
		Self::ensure_officer(officer, institution)?;
		Self::rehearse(officer, institution, &act)?;
		let now = T::Time::now();
		let until = now.saturating_add(ACT_LIFETIME);
		let hash = Self::act_hash(&act);
		ProposedActs::<T>::try_mutate(institution, |acts| {
			acts.retain(|proposed| now < proposed.until);
			ensure!(acts.iter().all(|proposed| proposed.act != act), Error::<T>::ActExists);
			let proposed = ProposedAct {
				act,
				proposer: officer.clone(),
				until,
			};
			acts.try_push(proposed).map_err(|_| Error::<T>::TooManyActs)
		})?;
		Self::deposit_event(Event::ActProposed {
			institution,
			act: hash,
			proposer: officer.clone(),
			until,
		});
		Ok(())
	}

	/// Carries out an act that another officer proposed.
	pub(crate) fn complete_act(officer: &T::AccountId, institution: InstitutionId, act: &ActOf<T>) -> DispatchResult {
		let entry = Self::ensure_officer(officer, institution)?;
		let proposed = Self::take_act(institution, act)?;
		ensure!(proposed.proposer != *officer, Error::<T>::OwnAct);
		ensure!(entry.officers.contains(&proposed.proposer), Error::<T>::ProposerLeft);
		let officers = Officers {
			institution,
			proposer: &proposed.proposer,
			confirmer: officer,
		};
		Self::carry_out(&officers, proposed.act.clone())?;
		Self::deposit_event(Event::ActConfirmed {
			institution,
			act: Self::act_hash(act),
			proposer: proposed.proposer,
			officer: officer.clone(),
		});
		Ok(())
	}

	/// Takes an act back, one's own or another's.
	pub(crate) fn drop_act(officer: &T::AccountId, institution: InstitutionId, act: &ActOf<T>) -> DispatchResult {
		Self::ensure_officer(officer, institution)?;
		Self::take_act(institution, act)?;
		Self::deposit_event(Event::ActWithdrawn {
			institution,
			act: Self::act_hash(act),
			officer: officer.clone(),
		});
		Ok(())
	}

	/// The acts of an institution that wait for a second officer.
	pub fn proposed_acts(institution: InstitutionId) -> alloc::vec::Vec<ProposedAct<T::AccountId, T::Signature>> {
		let now = T::Time::now();
		let mut acts = ProposedActs::<T>::get(institution).into_inner();
		acts.retain(|proposed| now < proposed.until);
		acts
	}

	/// Removes an act from those that wait, unless it has lapsed.
	fn take_act(
		institution: InstitutionId,
		act: &ActOf<T>,
	) -> Result<ProposedAct<T::AccountId, T::Signature>, Error<T>> {
		let now = T::Time::now();
		let mut acts = ProposedActs::<T>::get(institution);
		let place = acts
			.iter()
			.position(|proposed| proposed.act == *act && now < proposed.until)
			.ok_or(Error::ActNotProposed)?;
		let taken = acts.remove(place);
		if acts.is_empty() {
			ProposedActs::<T>::remove(institution);
		} else {
			ProposedActs::<T>::insert(institution, acts);
		}
		Ok(taken)
	}

	/// Carries the act out and takes it all back: what could not be done now is refused to the first officer already.
	fn rehearse(officer: &T::AccountId, institution: InstitutionId, act: &ActOf<T>) -> DispatchResult {
		let officers = Officers {
			institution,
			proposer: officer,
			confirmer: officer,
		};
		with_transaction(|| -> TransactionOutcome<Result<DispatchResult, DispatchError>> {
			TransactionOutcome::Rollback(Ok(Self::carry_out(&officers, act.clone())))
		})?
	}

	fn carry_out(officers: &Officers<T>, act: ActOf<T>) -> DispatchResult {
		let institution = officers.institution;
		match act {
			Act::NameRegistrar(registrar) => Self::name_registrar(institution, registrar)?,
			Act::RemoveRegistrar => Self::remove_registrar(institution)?,
			Act::AddOfficer(officer) => Self::add_officer(institution, officer)?,
			Act::RemoveOfficer(officer) => Self::remove_officer(institution, officer)?,
			Act::ChangeHpkeKey(key) => Self::announce_hpke_key(institution, key)?,
			Act::ChangeNodes { peer_ids, addresses } => Self::announce_nodes(institution, peer_ids, addresses),
			Act::ChangeAdmissionTerms(terms) => Self::change_admission_terms(institution, terms)?,
			Act::ChangeValidator(validator) => Self::change_validator(institution, validator)?,
			Act::RegisterOnPaper {
				evidence,
				identified,
				majority,
			} => Self::register_on_paper(officers, evidence, identified, majority)?,
			Act::Identify {
				patient,
				evidence,
				majority,
			} => Self::identify(officers, patient, evidence, majority)?,
			Act::Claim {
				patient,
				controller,
				hpke,
				signature,
			} => Self::claim(officers, patient, &controller, hpke, &signature)?,
			Act::Merge {
				from,
				into,
				not_after,
				from_signature,
				into_signature,
			} => {
				let signatures = [from_signature.as_ref(), into_signature.as_ref()];
				Self::merge(officers, from, into, not_after, signatures)?;
			}
			Act::Unmerge { from } => Self::unmerge(officers, from)?,
			Act::NoteDeath { patient, at } => Self::note_death(officers, patient, at)?,
			Act::RetractDeath { patient } => Self::retract_death(officers, patient)?,
			Act::GiveGuardian {
				patient,
				terms,
				signature,
			} => Self::give_guardian(officers, patient, terms, &signature)?,
			Act::EndGuardian { patient, guardian } => {
				Self::patient_here(institution, patient)?;
				Self::dismiss_guardian(officers.confirmer.clone(), patient, &guardian)?;
			}
			Act::ContestGuardian { patient, guardian } => {
				Self::active_patient_here(institution, patient)?;
				Self::ensure_on_paper(patient)?;
				Self::contest(officers.confirmer.clone(), patient, &guardian)?;
			}
			Act::BeginRecovery {
				patient,
				controller,
				hpke,
				evidence,
				lost_at,
				signature,
			} => {
				let recovery = Recovery {
					controller,
					hpke,
					evidence,
					since: T::Time::now(),
					objected: false,
					vouched: false,
				};
				Self::begin_recovery(officers, patient, recovery, lost_at, &signature)?;
			}
			Act::NameCaregiver {
				patient,
				caregiver,
				signature,
			} => {
				Self::patient_here(institution, patient)?;
				Self::ensure_on_paper(patient)?;
				Self::add_caregiver(officers.confirmer.clone(), patient, caregiver, &signature)?;
			}
			Act::RemoveCaregiver { patient, caregiver } => {
				Self::patient_here(institution, patient)?;
				Self::ensure_on_paper(patient)?;
				Self::drop_caregiver(officers.confirmer.clone(), patient, caregiver)?;
			}
			Act::ReinstateCredential(account) => Self::reinstate_together(officers, account)?,
		}
		Ok(())
	}
}
