#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod access_control;
mod admission;
mod decide;
mod lists;
mod parties;
mod queries;
mod terms;
mod try_state;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use decide::MAX_READS;
pub use pallet::*;
pub use terms::{check, TermsFault};
pub use types::*;
pub use weights::WeightInfo;

// The pallet's and the codec's macros expand to casts and `expect`s of their own; the code in this module has none.
#[allow(clippy::cast_possible_truncation, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::{vec, vec::Vec};
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		AuditEntry, AuditTrail, DenialId, DenialTerms, GrantId, Grantee, InstitutionId, Kind, Moment, PatientId,
		Registry, RequestId, Terms,
	};

	/// The storage layout this code reads and writes.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The chain's clock.
		type Time: Time<Moment = u64>;
		/// Who is who.
		type Registry: Registry<Self::AccountId>;
		/// Where every change is written down.
		type Audit: AuditTrail<Self::AccountId>;
		/// Weights from the benchmarks.
		type WeightInfo: WeightInfo;
		/// Makes institutions, credentials and patients for the benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: salus_primitives::BenchmarkHelper<Self::AccountId>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The id of the next grant.
	#[pallet::storage]
	pub type NextGrant<T: Config> = StorageValue<_, GrantId, ValueQuery>;

	/// The id of the next request.
	#[pallet::storage]
	pub type NextRequest<T: Config> = StorageValue<_, RequestId, ValueQuery>;

	/// The id of the next denial.
	#[pallet::storage]
	pub type NextDenial<T: Config> = StorageValue<_, DenialId, ValueQuery>;

	/// Each patient's grants to each grantee.
	#[pallet::storage]
	pub type Grants<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		PatientId,
		Blake2_128Concat,
		Grantee<T::AccountId>,
		GrantList<T::AccountId>,
		ValueQuery,
	>;

	/// Each patient's denials.
	#[pallet::storage]
	pub type Denials<T: Config> = StorageMap<_, Twox64Concat, PatientId, DenialList<T::AccountId>, ValueQuery>;

	/// The requests of each requester to each patient.
	#[pallet::storage]
	pub type Requests<T: Config> =
		StorageDoubleMap<_, Twox64Concat, PatientId, Blake2_128Concat, T::AccountId, RequestList, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody asked a patient for consent.
		Asked {
			/// The patient.
			patient: PatientId,
			/// Who asked.
			requester: T::AccountId,
			/// The request.
			request: RequestId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The requester withdrew a request.
		Withdrawn {
			/// The patient.
			patient: PatientId,
			/// Who had asked.
			requester: T::AccountId,
			/// The request.
			request: RequestId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient approved a request, as it was or narrowed.
		Approved {
			/// The patient.
			patient: PatientId,
			/// Who had asked, and is the grantee.
			requester: T::AccountId,
			/// The request.
			request: RequestId,
			/// The grant that came of it.
			grant: GrantId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient declined a request.
		Declined {
			/// The patient.
			patient: PatientId,
			/// Who had asked.
			requester: T::AccountId,
			/// The request.
			request: RequestId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient gave a grant, of herself or by accepting the terms of her admission.
		Granted {
			/// The patient.
			patient: PatientId,
			/// To whom.
			grantee: Grantee<T::AccountId>,
			/// The grant.
			grant: GrantId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient revoked a grant.
		Revoked {
			/// The patient.
			patient: PatientId,
			/// Whose grant it was.
			grantee: Grantee<T::AccountId>,
			/// The grant.
			grant: GrantId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient made a denial.
		Denied {
			/// The patient.
			patient: PatientId,
			/// The denial.
			denial: DenialId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
		/// The patient lifted a denial.
		DenialLifted {
			/// The patient.
			patient: PatientId,
			/// The denial.
			denial: DenialId,
			/// The entry in the patient's trail.
			entry: AuditEntry<T::AccountId>,
		},
	}

	impl<T: Config> Event<T> {
		/// The entries of patients' trails that the event carries.
		pub fn audit(&self) -> Vec<(PatientId, AuditEntry<T::AccountId>)> {
			match self {
				Self::Asked { patient, entry, .. }
				| Self::Withdrawn { patient, entry, .. }
				| Self::Approved { patient, entry, .. }
				| Self::Declined { patient, entry, .. }
				| Self::Granted { patient, entry, .. }
				| Self::Revoked { patient, entry, .. }
				| Self::Denied { patient, entry, .. }
				| Self::DenialLifted { patient, entry, .. } => vec![(*patient, entry.clone())],
				Self::__Ignore(..) => Vec::new(),
			}
		}
	}

	#[pallet::error]
	pub enum Error<T> {
		/// No patient has this id: check the id on her card.
		UnknownPatient,
		/// The patient died or her id was merged: she can give nothing any more.
		PatientNotActive,
		/// The signer is not this patient: sign with the key she registered under this id.
		NotThePatient,
		/// No institution has this id.
		UnknownInstitution,
		/// The signer has no credential at the institution: name the one she works for.
		NoCredential,
		/// The signer's credential or the institution is suspended, expired or revoked.
		Inactive,
		/// The role may never do all that is asked: ask for what the role matrix allows.
		RoleForbids,
		/// The terms name no action, no purpose or no category: name at least one of each.
		TermsEmpty,
		/// The terms end before they start.
		TermsInverted,
		/// The terms have ended already: let them end later than now.
		TermsInPast,
		/// `recorded_until` is not after `recorded_from`.
		RangeInverted,
		/// The terms name a record twice: name it once.
		DuplicateRecord,
		/// The terms name a compartment twice: name it once.
		DuplicateCompartment,
		/// The terms allow no use: allow one at least, or any number.
		NoUses,
		/// Copies would have to be erased before the first could be made: let `erase_after` be later than now and
		/// than the start.
		EraseTooEarly,
		/// The terms allow more than was asked: narrow them, or leave them as they are.
		TermsWider,
		/// The request would expire at once: let it expire later than now.
		ExpiryInPast,
		/// The request would be open for more than 30 days.
		ExpiryTooFar,
		/// The same is asked already and can still be answered.
		DuplicateRequest,
		/// Eight requests to this patient are open: withdraw one, or wait until one expires.
		TooManyRequests,
		/// The requester made no such request, or it was settled.
		UnknownRequest,
		/// The request can't be answered any more: it has to be made again.
		RequestExpired,
		/// Sixteen grants to this grantee are live: revoke one.
		TooManyGrants,
		/// The grantee has no such grant from this patient, or it was dead and gave way to a new one.
		UnknownGrant,
		/// The grant was revoked before.
		AlreadyRevoked,
		/// The grant has no uses left.
		UsesExhausted,
		/// The same denial is there already.
		DuplicateDenial,
		/// Thirty-one denials are there, and the last slot is kept for one of everything: lift one, or deny all.
		TooManyDenials,
		/// The patient has no such denial.
		UnknownDenial,
		/// Every id has been given.
		IdsExhausted,
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
			let Some(standing) = T::Registry::standing(&requester, institution) else {
				Self::ensure_institution(institution)?;
				return Err(Error::<T>::NoCredential.into());
			};
			ensure!(standing.active, Error::<T>::Inactive);
			let now = T::Time::now();
			terms::check(&terms, now).map_err(Error::<T>::from)?;
			ensure!(terms::fit_role(&terms, standing.role), Error::<T>::RoleForbids);
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
		/// The signer is the patient.
		///
		/// # Events
		/// [`Event::Approved`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::PatientNotActive`],
		/// [`Error::UnknownRequest`], [`Error::RequestExpired`], [`Error::TermsWider`], the faults of terms as for
		/// [`Pallet::ask`], [`Error::TooManyGrants`], [`Error::IdsExhausted`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::approve())]
		pub fn approve(
			origin: OriginFor<T>,
			patient: PatientId,
			requester: T::AccountId,
			request: RequestId,
			terms: Terms,
		) -> DispatchResult {
			let controller = Self::ensure_patient(origin, patient)?;
			Self::ensure_alive(patient)?;
			let asked = Self::settle(patient, &requester, request)?;
			ensure!(T::Time::now() < asked.expires_at, Error::<T>::RequestExpired);
			ensure!(terms.is_within(&asked.terms), Error::<T>::TermsWider);
			terms::check(&terms, T::Time::now()).map_err(Error::<T>::from)?;
			let grantee = Grantee::Account(requester.clone());
			let grant = Self::give(patient, &grantee, terms, &controller, Some(request))?;
			let entry = T::Audit::append(patient, Some(controller), Kind::RequestApproved { request, grant });
			Self::deposit_event(Event::Approved {
				patient,
				requester,
				request,
				grant,
				entry,
			});
			Ok(())
		}

		/// Declines a request, expired or not. The signer is the patient.
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
			let controller = Self::ensure_patient(origin, patient)?;
			Self::settle(patient, &requester, request)?;
			let entry = T::Audit::append(patient, Some(controller), Kind::RequestDeclined { request });
			Self::deposit_event(Event::Declined {
				patient,
				requester,
				request,
				entry,
			});
			Ok(())
		}

		/// Gives a grant that nobody asked for. The signer is the patient. Where the grantee's list is full, its dead
		/// grant with the lowest id goes out.
		///
		/// # Events
		/// [`Event::Granted`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::PatientNotActive`],
		/// [`Error::UnknownInstitution`], the faults of terms as for [`Pallet::ask`], [`Error::TooManyGrants`],
		/// [`Error::IdsExhausted`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::grant())]
		pub fn grant(
			origin: OriginFor<T>,
			patient: PatientId,
			grantee: Grantee<T::AccountId>,
			terms: Terms,
		) -> DispatchResult {
			let controller = Self::ensure_patient(origin, patient)?;
			Self::ensure_alive(patient)?;
			match grantee {
				Grantee::Account(_) => {}
				Grantee::Institution(institution) | Grantee::Role(_, institution) | Grantee::Assigned(institution) => {
					Self::ensure_institution(institution)?
				}
			}
			terms::check(&terms, T::Time::now()).map_err(Error::<T>::from)?;
			let grant = Self::give(patient, &grantee, terms, &controller, None)?;
			let entry = T::Audit::append(patient, Some(controller), Kind::GrantGiven { grant });
			Self::deposit_event(Event::Granted {
				patient,
				grantee,
				grant,
				entry,
			});
			Ok(())
		}

		/// Revokes a grant, at once and for ever. The signer is the patient.
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
			let controller = Self::ensure_patient(origin, patient)?;
			Self::take_back(patient, &grantee, grant)?;
			let entry = T::Audit::append(patient, Some(controller), Kind::GrantRevoked { grant });
			Self::deposit_event(Event::Revoked {
				patient,
				grantee,
				grant,
				entry,
			});
			Ok(())
		}

		/// Makes a denial: whatever all that it names holds of is refused, whoever holds a grant. One that names
		/// nothing denies all. The signer is the patient.
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
			let controller = Self::ensure_patient(origin, patient)?;
			for institution in terms.institution.into_iter().chain(terms.source) {
				Self::ensure_institution(institution)?;
			}
			terms::denial_well_formed(&terms).map_err(Error::<T>::from)?;
			let denial = Self::refuse(patient, terms)?;
			let entry = T::Audit::append(patient, Some(controller), Kind::DenialMade { denial });
			Self::deposit_event(Event::Denied { patient, denial, entry });
			Ok(())
		}

		/// Lifts a denial. The signer is the patient.
		///
		/// # Events
		/// [`Event::DenialLifted`].
		///
		/// # Errors
		/// [`Error::UnknownPatient`], [`Error::NotThePatient`], [`Error::UnknownDenial`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::lift_denial())]
		pub fn lift_denial(origin: OriginFor<T>, patient: PatientId, denial: DenialId) -> DispatchResult {
			let controller = Self::ensure_patient(origin, patient)?;
			Self::lift(patient, denial)?;
			let entry = T::Audit::append(patient, Some(controller), Kind::DenialLifted { denial });
			Self::deposit_event(Event::DenialLifted { patient, denial, entry });
			Ok(())
		}
	}
}
