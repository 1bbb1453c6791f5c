#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod assignments;
mod credentials;
mod events;
mod institutions;
mod keys;
pub mod pool_errors;
mod registration;
mod registry;
mod try_state;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;
pub use pallet::*;
pub use registration::Registration;
pub use types::*;
pub use weights::WeightInfo;

// `expect` and the casts are in what the macros expand to, and in nothing written here. As many arguments as
// `register_patient` has, its caller signs.
#[allow(
	clippy::cast_possible_truncation,
	clippy::expect_used,
	clippy::too_many_arguments,
	clippy::type_complexity
)]
#[import_section(events::events)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::{ensure_authorized, pallet_prelude::*};
	use salus_primitives::{
		Admission, Application, Assignment, AuditEntry, AuditTrail, Credential, HpkeKey, Institution, InstitutionId,
		Moment, OnAdmitted, Patient, PatientId, Role, Status, Terms, Voucher,
	};
	use sp_core::H256;
	use sp_runtime::traits::{IdentifyAccount, Verify};

	/// The storage layout this code reads and writes.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The chain's clock.
		type Time: Time<Moment = Moment>;
		/// Two thirds of the council.
		type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Who keeps the terms a patient accepts when she registers.
		type Admission: Admission<Self::AccountId>;
		/// Who keeps the patients' audit trails.
		type Audit: AuditTrail<Self::AccountId>;
		/// Who is told of an admitted institution.
		type OnAdmitted: OnAdmitted<Self::AccountId>;
		/// What accounts sign applications, vouchers and registrations with.
		type Signature: Parameter + DecodeWithMemTracking + Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>>;
		/// Weights from the benchmarks.
		type WeightInfo: WeightInfo;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The id of the next institution.
	#[pallet::storage]
	pub type NextInstitution<T: Config> = StorageValue<_, InstitutionId, ValueQuery>;

	/// The admitted institutions.
	#[pallet::storage]
	pub type Institutions<T: Config> =
		StorageMap<_, Twox64Concat, InstitutionId, Institution<T::AccountId>, OptionQuery>;

	/// The institution whose quota an account uses. Each account here holds one provider reference of this pallet.
	#[pallet::storage]
	pub type Home<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, InstitutionId, OptionQuery>;

	/// What an account is at an institution.
	#[pallet::storage]
	pub type Credentials<T: Config> =
		StorageMap<_, Blake2_128Concat, (T::AccountId, InstitutionId), Credential, OptionQuery>;

	/// When a credential was last issued or reinstated; none for one that is as old as its first day.
	#[pallet::storage]
	pub type ActiveSince<T: Config> =
		StorageMap<_, Blake2_128Concat, (T::AccountId, InstitutionId), Moment, OptionQuery>;

	/// The id of the next patient.
	#[pallet::storage]
	pub type NextPatient<T: Config> = StorageValue<_, PatientId, ValueQuery>;

	/// The patients.
	#[pallet::storage]
	pub type Patients<T: Config> = StorageMap<_, Twox64Concat, PatientId, Patient<T::AccountId>, OptionQuery>;

	/// The patient that an account is the controller of.
	#[pallet::storage]
	pub type PatientOf<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, PatientId, OptionQuery>;

	/// Blake2-256 of the X25519 half of each HPKE key in use, so that two ids of one person never share one.
	#[pallet::storage]
	pub type HpkeKeys<T: Config> = StorageMap<_, Identity, H256, (), OptionQuery>;

	/// The one-time keys of used vouchers, and when those vouchers end.
	#[pallet::storage]
	pub type UsedVouchers<T: Config> = StorageMap<_, Blake2_128Concat, OneTimeKey, Moment, OptionQuery>;

	/// Which practitioners, and where, a patient is assigned to.
	#[pallet::storage]
	pub type Assignments<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		PatientId,
		Blake2_128Concat,
		(T::AccountId, InstitutionId),
		Assignment,
		OptionQuery,
	>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The first institutions, numbered from 0.
		pub institutions: Vec<Institution<T::AccountId>>,
		/// The first credentials.
		pub credentials: Vec<(T::AccountId, InstitutionId, Credential)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			// A chain must not start from a genesis that its own rules refuse.
			for institution in &self.institutions {
				let admitted = Pallet::<T>::admit(institution.clone());
				assert!(admitted.is_ok(), "genesis: an institution is refused: {admitted:?}");
			}
			for (account, institution, credential) in &self.credentials {
				let issued = Pallet::<T>::issue(account, *institution, credential.clone());
				assert!(issued.is_ok(), "genesis: a credential is refused: {issued:?}");
			}
		}
	}

	#[pallet::error]
	#[derive(PartialEq, Eq)]
	pub enum Error<T> {
		/// No institution has this id: look it up with `roles_institution`.
		UnknownInstitution,
		/// The institution is suspended: only the council can reinstate it.
		InstitutionNotActive,
		/// The institution is not suspended, so there is nothing to reinstate.
		InstitutionNotSuspended,
		/// An institution needs at least two officers, so that none decides about herself.
		TooFewOfficers,
		/// An officer is named twice.
		DuplicateOfficer,
		/// A hospital sits on the council: name its seat.
		SeatMissing,
		/// Only hospitals sit on the council: leave the seat out.
		SeatNotAllowed,
		/// An institution is admitted as active, and suspended later.
		StatusNotActive,
		/// The region is not an ISO 3166 code such as `CH` or `CH-ZH`.
		MalformedRegion,
		/// The time zone is not an IANA name such as `Europe/Zurich`.
		MalformedTimeZone,
		/// The HPKE key is too long or short, not canonical, or of low order: make another key pair.
		MalformedHpkeKey,
		/// The HPKE key is in use under another id: make another key pair.
		HpkeKeyInUse,
		/// The institution's admission terms could not become a grant: correct them, or name no action where no
		/// patients are admitted.
		AdmissionTermsNotAcceptable,
		/// The account acts in another capacity already, as staff or as a patient: use an account of its own for each.
		AccountInUse,
		/// There are no ids left.
		IdsExhausted,
		/// The caller is not an officer of the institution.
		NotAnOfficer,
		/// It is the officer's own credential: another officer must decide.
		OwnCredential,
		/// What was signed is for another chain: sign for this chain's genesis hash.
		ForeignGenesis,
		/// The application is void: ask the applicant to sign another one.
		ApplicationExpired,
		/// The signature under the application is not the applicant's.
		ApplicantSignatureInvalid,
		/// The credential would end before it begins.
		DatesInverted,
		/// The credential would have ended already.
		DatesInPast,
		/// The applicant holds a credential here that has not expired: reinstate that one, or revoke it.
		CredentialExists,
		/// The credential was revoked, for ever: a new one needs a new account.
		CredentialRevokedBefore,
		/// The account never had a credential at the institution.
		UnknownCredential,
		/// The credential is not active.
		CredentialNotActive,
		/// The credential is not suspended.
		CredentialNotSuspended,
		/// The voucher has ended: ask the hospital for another one.
		VoucherExpired,
		/// The voucher ends more than 30 days ahead: ask the hospital for a shorter one.
		VoucherTooLong,
		/// The voucher has been used: ask the hospital for another one.
		VoucherUsed,
		/// The hospital's admission terms are no longer those the voucher was made under: ask for another one.
		TermsChanged,
		/// The terms allow more than the hospital's admission terms: narrow them.
		TermsWider,
		/// The terms could not become a grant: they are empty, inverted or over.
		TermsNotAcceptable,
		/// The signature under the voucher is not the officer's.
		VoucherSignatureInvalid,
		/// The one-time key did not sign this registration: the letter's secret is needed.
		KeySignatureInvalid,
		/// The controller did not sign this registration.
		ControllerSignatureInvalid,
		/// The caller was never registered.
		NotRegistered,
		/// None of the keys belongs to a used voucher that has ended.
		NothingToPrune,
		/// No patient has this id.
		UnknownPatient,
		/// The patient died, or the id was merged into another.
		PatientNotActive,
		/// The caller holds no active administrator's credential at the patient's institution.
		NotAnAdministrator,
		/// The practitioner holds no active credential at the institution.
		PractitionerNotActive,
		/// The role may never see a record: patients are assigned to those who treat them.
		NotAPractitioner,
		/// The assignment is proposed or accepted already.
		AssignmentExists,
		/// The assignment is not waiting to be accepted.
		AssignmentNotProposed,
		/// The patient was never assigned to this practitioner at the institution.
		UnknownAssignment,
		/// The assignment is over already.
		AssignmentOver,
		/// The caller is neither the patient, nor the practitioner, nor an administrator of the institution.
		NotInvolved,
		/// Anybody could sign by the voucher's one-time key, which is of low order: ask the hospital for another one.
		VoucherKeyWeak,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_state()
		}
	}

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
		#[pallet::weight(T::WeightInfo::admit_institution().saturating_add(T::OnAdmitted::admitted_weight()))]
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
		/// [`Error::InstitutionNotSuspended`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::reinstate_institution())]
		pub fn reinstate_institution(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::change_institution(institution, |status| match status {
				Status::Suspended => Ok(Status::Active),
				_ => Err(Error::InstitutionNotSuspended),
			})?;
			Self::deposit_event(Event::InstitutionReinstated { institution });
			Ok(())
		}

		/// Approves an application: the applicant holds the credential from now on, and has standing. An expired
		/// credential is renewed by a new application.
		///
		/// The applicant signs `wrapped(APPLICATION_TAG, application)`.
		///
		/// # Events
		/// [`Event::CredentialIssued`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::OwnCredential`], [`Error::ForeignGenesis`], [`Error::ApplicationExpired`],
		/// [`Error::DatesInverted`], [`Error::DatesInPast`], [`Error::AccountInUse`], [`Error::CredentialExists`],
		/// [`Error::CredentialRevokedBefore`], [`Error::ApplicantSignatureInvalid`].
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
			Self::approve(&application, &signature, valid_from, valid_until)?;
			Self::deposit_event(Event::CredentialIssued {
				account: application.applicant,
				institution: application.institution,
				role: application.role,
			});
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

		/// Reinstates a suspended credential.
		///
		/// # Events
		/// [`Event::CredentialReinstated`].
		///
		/// # Errors
		/// [`Error::UnknownInstitution`], [`Error::InstitutionNotActive`], [`Error::NotAnOfficer`],
		/// [`Error::OwnCredential`], [`Error::UnknownCredential`], [`Error::CredentialNotSuspended`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::reinstate_credential())]
		pub fn reinstate_credential(
			origin: OriginFor<T>,
			account: T::AccountId,
			institution: InstitutionId,
		) -> DispatchResult {
			let officer = ensure_signed(origin)?;
			Self::ensure_decides(&officer, &account, institution)?;
			Self::change_credential(&account, institution, |status| match status {
				Status::Suspended => Ok(Status::Active),
				_ => Err(Error::CredentialNotSuspended),
			})?;
			Self::deposit_event(Event::CredentialReinstated { account, institution });
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
			Self::change_credential(&account, institution, |status| match status {
				Status::Revoked => Err(Error::CredentialRevokedBefore),
				_ => Ok(Status::Revoked),
			})?;
			Self::deposit_event(Event::CredentialRevoked { account, institution });
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
		/// [`Error::TermsNotAcceptable`], [`Error::AccountInUse`], [`Error::MalformedHpkeKey`],
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
			let who = ensure_signed(origin)?;
			ensure!(Home::<T>::contains_key(&who), Error::<T>::NotRegistered);
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
		/// [`Error::PatientNotActive`], [`Error::InstitutionNotActive`], [`Error::PractitionerNotActive`],
		/// [`Error::NotAPractitioner`].
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
	}
}
