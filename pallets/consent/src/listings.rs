//! Lists that run across patients: grants by grantee, requests by requester, cases by clinician and by institution,
//! erasures by grantee. No storage is kept for them. An index off chain keeps what is said here of each block, and what
//! it finds is looked up here again: it may be out of date, never wrong.

use crate::{Cases, Config, Erasures, Event, Grants, Pallet, Requests, MAX_PAGE};
use alloc::{vec, vec::Vec};
use core::iter;
use frame_support::traits::Time;
use salus_primitives::{
	Case, CaseId, ConsentRequest, Erasure, Grant, GrantId, Grantee, InstitutionId, Listing, Party, PatientId, RequestId,
};

impl<T: Config> Pallet<T> {
	/// What an event of this block put on a list or took off it, as it stands at the block's end.
	pub fn listings(event: &Event<T>) -> Vec<Listing<T::AccountId>> {
		match event {
			Event::Asked {
				patient,
				requester,
				request,
				..
			}
			| Event::Withdrawn {
				patient,
				requester,
				request,
				..
			}
			| Event::Declined {
				patient,
				requester,
				request,
				..
			} => vec![Self::request_listing(*patient, requester, *request)],
			Event::Approved {
				patient,
				requester,
				request,
				grant,
				..
			} => vec![
				Self::request_listing(*patient, requester, *request),
				Self::grant_listing(*patient, Grantee::Account(requester.clone()), *grant),
			],
			Event::Granted {
				patient,
				grantee,
				grant,
				..
			} => vec![Self::grant_listing(*patient, grantee.clone(), *grant)],
			Event::PassedOn { patient, to, grant, .. } => {
				vec![Self::grant_listing(*patient, Grantee::Account(to.clone()), *grant)]
			}
			Event::CaseOpened { patient, case, .. }
			| Event::CaseJoined { patient, case, .. }
			| Event::CaseClosed { patient, case, .. }
			| Event::CaseReviewed { patient, case, .. }
			| Event::CaseJudged { patient, case, .. } => {
				let found = Cases::<T>::get(patient, case);
				found.map_or_else(Vec::new, |found| Self::case_listings(*patient, *case, found))
			}
			Event::ErasureAttested { patient, grant, .. } => {
				Self::erasure_listing(*patient, *grant).into_iter().collect()
			}
			// A grant that was revoked or confirmed stays on its list; what a paper says has events of its own.
			Event::Revoked { .. }
			| Event::Confirmed { .. }
			| Event::PaperProposed { .. }
			| Event::PaperConfirmed { .. }
			| Event::PaperWithdrawn { .. }
			| Event::Denied { .. }
			| Event::DenialLifted { .. }
			| Event::CaseApproved { .. }
			| Event::CaseAppealed { .. }
			| Event::EmergencyLimitsSet { .. }
			| Event::IncidentProposed { .. }
			| Event::IncidentDeclared { .. }
			| Event::IncidentEnded { .. }
			| Event::CompartmentSealed { .. }
			| Event::CompartmentUnsealed { .. }
			| Event::SuccessorNamed { .. }
			| Event::__Ignore(..) => Vec::new(),
		}
	}

	/// What a use of a grant put on a list: an erasure that is owed.
	pub fn erasure_listing(patient: PatientId, grant: GrantId) -> Option<Listing<T::AccountId>> {
		let erasure = Erasures::<T>::get(patient, grant)?;
		Some(Listing {
			party: Party::Eraser(erasure.grantee),
			patient,
			id: grant,
			until: erasure.attested.map(|_| T::Time::now()),
		})
	}

	/// All that is on any list of a patient. Never call it in a transaction.
	pub fn listings_of(patient: PatientId) -> Vec<Listing<T::AccountId>> {
		let grants = Grants::<T>::iter_prefix(patient).flat_map(|(grantee, list)| {
			list.into_iter()
				.map(move |grant| Self::listing(Party::Grantee(grantee.clone()), patient, grant.id))
		});
		let requests = Requests::<T>::iter_prefix(patient).flat_map(|(requester, list)| {
			list.into_iter().map(move |request| Listing {
				until: Some(request.expires_at),
				..Self::listing(Party::Requester(requester.clone()), patient, request.id)
			})
		});
		let cases = Cases::<T>::iter_prefix(patient).flat_map(|(id, case)| Self::case_listings(patient, id, case));
		let erasures =
			Erasures::<T>::iter_key_prefix(patient).filter_map(|grant| Self::erasure_listing(patient, grant));
		grants.chain(requests).chain(cases).chain(erasures).collect()
	}

	/// Which of these grants stand in the grantee's lists, dead ones that still stand there included; at most
	/// [`MAX_PAGE`] are looked up, here and below.
	pub fn grants_to(
		grantee: Grantee<T::AccountId>,
		ids: Vec<(PatientId, GrantId)>,
	) -> Vec<(PatientId, Grant<T::AccountId>)> {
		looked_up(ids, |patient, id| {
			let list = Grants::<T>::get(patient, &grantee);
			let grant = list.into_iter().find(|grant| grant.id == id)?;
			Some((patient, grant))
		})
	}

	/// Which of these requests are the requester's and can still be answered.
	pub fn requests_by(requester: T::AccountId, ids: Vec<(PatientId, RequestId)>) -> Vec<(PatientId, ConsentRequest)> {
		let now = T::Time::now();
		looked_up(ids, |patient, id| {
			let list = Requests::<T>::get(patient, &requester);
			let request = list.into_iter().find(|request| request.id == id)?;
			(now < request.expires_at).then_some((patient, request))
		})
	}

	/// Which of these cases are open, with the clinician as opener or in the team.
	pub fn open_cases(
		clinician: T::AccountId,
		ids: Vec<(PatientId, CaseId)>,
	) -> Vec<(PatientId, CaseId, Case<T::AccountId>)> {
		let now = T::Time::now();
		Self::cases_that(ids, |case| case.is_open(now) && case.involves(&clinician))
	}

	/// Which of these cases are the institution's and were not reviewed: they ended, or will.
	pub fn unreviewed_cases(
		institution: InstitutionId,
		ids: Vec<(PatientId, CaseId)>,
	) -> Vec<(PatientId, CaseId, Case<T::AccountId>)> {
		Self::cases_that(ids, |case| case.institution == institution && !case.is_reviewed())
	}

	/// Which of these erasures the grantee owes: the attestation is missing, due or not.
	pub fn erasures_owed(
		grantee: Grantee<T::AccountId>,
		ids: Vec<(PatientId, GrantId)>,
	) -> Vec<(PatientId, GrantId, Erasure<T::AccountId>)> {
		looked_up(ids, |patient, id| {
			let erasure = Erasures::<T>::get(patient, id)?;
			(erasure.grantee == grantee && erasure.attested.is_none()).then_some((patient, id, erasure))
		})
	}

	fn cases_that(
		ids: Vec<(PatientId, CaseId)>,
		keep: impl Fn(&Case<T::AccountId>) -> bool,
	) -> Vec<(PatientId, CaseId, Case<T::AccountId>)> {
		looked_up(ids, |patient, id| {
			let case = Cases::<T>::get(patient, id).filter(|case| keep(case))?;
			Some((patient, id, case))
		})
	}

	fn grant_listing(patient: PatientId, grantee: Grantee<T::AccountId>, id: GrantId) -> Listing<T::AccountId> {
		let stands = Grants::<T>::get(patient, &grantee).iter().any(|grant| grant.id == id);
		Listing {
			until: (!stands).then(T::Time::now),
			..Self::listing(Party::Grantee(grantee), patient, id)
		}
	}

	fn request_listing(patient: PatientId, requester: &T::AccountId, id: RequestId) -> Listing<T::AccountId> {
		let list = Requests::<T>::get(patient, requester);
		let open = list.iter().find(|request| request.id == id);
		Listing {
			until: Some(open.map_or_else(T::Time::now, |request| request.expires_at)),
			..Self::listing(Party::Requester(requester.clone()), patient, id)
		}
	}

	fn case_listings(patient: PatientId, id: CaseId, case: Case<T::AccountId>) -> Vec<Listing<T::AccountId>> {
		let ends = case.end();
		let review = Listing {
			until: case.is_reviewed().then(T::Time::now),
			..Self::listing(Party::Reviewer(case.institution), patient, id)
		};
		let clinicians = iter::once(case.opener).chain(case.team).map(|clinician| Listing {
			until: Some(ends),
			..Self::listing(Party::Clinician(clinician), patient, id)
		});
		clinicians.chain([review]).collect()
	}

	fn listing(party: Party<T::AccountId>, patient: PatientId, id: u64) -> Listing<T::AccountId> {
		Listing {
			party,
			patient,
			id,
			until: None,
		}
	}
}

fn looked_up<Item>(ids: Vec<(PatientId, u64)>, item: impl Fn(PatientId, u64) -> Option<Item>) -> Vec<Item> {
	let most = usize::try_from(MAX_PAGE).unwrap_or(usize::MAX);
	let found = ids.into_iter().take(most);
	found.filter_map(|(patient, id)| item(patient, id)).collect()
}
