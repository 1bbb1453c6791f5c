//! What a patient wants, and what comes of it, whoever brings it: she herself, her guardian, or the desk on paper.

use crate::{parties::Scope, terms, Config, Error, Event, Pallet, WeightInfo};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{ensure, traits::Time, weights::Weight};
use salus_primitives::{
	AuditTrail, CaseId, Compartment, DenialId, DenialTerms, GrantId, Grantee, Kind, PatientId, RequestId, Terms,
};
use scale_info::TypeInfo;
use sp_runtime::DispatchResult;

/// One thing that a patient wants. Its errors are those of the call of this name.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Wish<AccountId> {
	/// `approve`.
	#[codec(index = 0)]
	Approve {
		requester: AccountId,
		request: RequestId,
		terms: Terms,
	},
	/// `decline`.
	#[codec(index = 1)]
	Decline { requester: AccountId, request: RequestId },
	/// `grant`.
	#[codec(index = 2)]
	Grant { grantee: Grantee<AccountId>, terms: Terms },
	/// `revoke`.
	#[codec(index = 3)]
	Revoke {
		grantee: Grantee<AccountId>,
		grant: GrantId,
	},
	/// `deny`.
	#[codec(index = 4)]
	Deny(DenialTerms<AccountId>),
	/// `lift_denial`.
	#[codec(index = 5)]
	LiftDenial(DenialId),
	/// `seal`.
	#[codec(index = 6)]
	Seal(Compartment),
	/// `unseal`.
	#[codec(index = 7)]
	Unseal(Compartment),
	/// `appeal_case`.
	#[codec(index = 8)]
	Appeal(CaseId),
}

impl<AccountId> Wish<AccountId> {
	/// What the call of this name costs.
	pub(crate) fn weight<T: Config>(&self) -> Weight {
		match self {
			Self::Approve { .. } => T::WeightInfo::approve(),
			Self::Decline { .. } => T::WeightInfo::decline(),
			Self::Grant { .. } => T::WeightInfo::grant(),
			Self::Revoke { .. } => T::WeightInfo::revoke(),
			Self::Deny(_) => T::WeightInfo::deny(),
			Self::LiftDenial(_) => T::WeightInfo::lift_denial(),
			Self::Seal(_) => T::WeightInfo::seal(),
			Self::Unseal(_) => T::WeightInfo::unseal(),
			Self::Appeal(_) => T::WeightInfo::appeal_case(),
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Does what the patient wants, signed by somebody who acts for her.
	pub(crate) fn carry_out(
		who: T::AccountId,
		scope: &Scope,
		patient: PatientId,
		wish: Wish<T::AccountId>,
	) -> DispatchResult {
		match wish {
			Wish::Approve {
				requester,
				request,
				terms,
			} => Self::approve_request(who, scope, patient, requester, request, terms),
			Wish::Decline { requester, request } => Self::decline_request(who, patient, requester, request),
			Wish::Grant { grantee, terms } => Self::give_grant(who, scope, patient, grantee, terms),
			Wish::Revoke { grantee, grant } => Self::revoke_grant(who, patient, grantee, grant),
			Wish::Deny(terms) => Self::make_denial(who, patient, terms),
			Wish::LiftDenial(denial) => {
				Self::ensure_not_deceased(patient)?;
				Self::ensure_key_held(patient, scope)?;
				Self::lift(patient, denial)?;
				let entry = T::Audit::append(patient, Some(who), Kind::DenialLifted { denial });
				Self::deposit_event(Event::DenialLifted { patient, denial, entry });
				Ok(())
			}
			Wish::Seal(compartment) => {
				Self::close_drawer(patient, compartment)?;
				let entry = T::Audit::append(patient, Some(who), Kind::CompartmentSealed { compartment });
				Self::deposit_event(Event::CompartmentSealed {
					patient,
					compartment,
					entry,
				});
				Ok(())
			}
			Wish::Unseal(compartment) => {
				Self::ensure_not_deceased(patient)?;
				Self::ensure_key_held(patient, scope)?;
				Self::open_drawer(patient, compartment)?;
				let entry = T::Audit::append(patient, Some(who), Kind::CompartmentUnsealed { compartment });
				Self::deposit_event(Event::CompartmentUnsealed {
					patient,
					compartment,
					entry,
				});
				Ok(())
			}
			Wish::Appeal(case) => {
				Self::appeal(patient, case)?;
				let entry = T::Audit::append(patient, Some(who), Kind::CaseAppealed { case });
				Self::deposit_event(Event::CaseAppealed { patient, case, entry });
				Ok(())
			}
		}
	}

	fn approve_request(
		who: T::AccountId,
		scope: &Scope,
		patient: PatientId,
		requester: T::AccountId,
		request: RequestId,
		terms: Terms,
	) -> DispatchResult {
		Self::ensure_alive(patient)?;
		let asked = Self::settle(patient, &requester, request)?;
		ensure!(T::Time::now() < asked.expires_at, Error::<T>::RequestExpired);
		ensure!(terms.is_within(&asked.terms), Error::<T>::TermsWider);
		terms::check(&terms, T::Time::now()).map_err(Error::<T>::from)?;
		ensure!(scope.covers(&terms), Error::<T>::BeyondGuardianship);
		let grantee = Grantee::Account(requester.clone());
		let grant = Self::give(patient, &grantee, terms, &who, Some(request), None)?;
		let entry = T::Audit::append(patient, Some(who), Kind::RequestApproved { request, grant });
		Self::deposit_event(Event::Approved {
			patient,
			requester,
			request,
			grant,
			entry,
		});
		Ok(())
	}

	fn decline_request(
		who: T::AccountId,
		patient: PatientId,
		requester: T::AccountId,
		request: RequestId,
	) -> DispatchResult {
		Self::settle(patient, &requester, request)?;
		let entry = T::Audit::append(patient, Some(who), Kind::RequestDeclined { request });
		Self::deposit_event(Event::Declined {
			patient,
			requester,
			request,
			entry,
		});
		Ok(())
	}

	fn give_grant(
		who: T::AccountId,
		scope: &Scope,
		patient: PatientId,
		grantee: Grantee<T::AccountId>,
		terms: Terms,
	) -> DispatchResult {
		Self::ensure_alive(patient)?;
		match grantee {
			Grantee::Account(_) => {}
			Grantee::Institution(institution) | Grantee::Role(_, institution) | Grantee::Assigned(institution) => {
				Self::ensure_institution(institution)?
			}
		}
		terms::check(&terms, T::Time::now()).map_err(Error::<T>::from)?;
		ensure!(scope.covers(&terms), Error::<T>::BeyondGuardianship);
		let grant = Self::give(patient, &grantee, terms, &who, None, None)?;
		let entry = T::Audit::append(patient, Some(who), Kind::GrantGiven { grant });
		Self::deposit_event(Event::Granted {
			patient,
			grantee,
			grant,
			entry,
		});
		Ok(())
	}

	fn revoke_grant(
		who: T::AccountId,
		patient: PatientId,
		grantee: Grantee<T::AccountId>,
		grant: GrantId,
	) -> DispatchResult {
		Self::take_back(patient, &grantee, grant)?;
		let entry = T::Audit::append(patient, Some(who), Kind::GrantRevoked { grant });
		Self::deposit_event(Event::Revoked {
			patient,
			grantee,
			grant,
			entry,
		});
		Ok(())
	}

	fn make_denial(who: T::AccountId, patient: PatientId, terms: DenialTerms<T::AccountId>) -> DispatchResult {
		for institution in terms.institution.into_iter().chain(terms.source) {
			Self::ensure_institution(institution)?;
		}
		terms::denial_well_formed(&terms).map_err(Error::<T>::from)?;
		let denial = Self::refuse(patient, terms)?;
		let entry = T::Audit::append(patient, Some(who), Kind::DenialMade { denial });
		Self::deposit_event(Event::Denied { patient, denial, entry });
		Ok(())
	}
}
