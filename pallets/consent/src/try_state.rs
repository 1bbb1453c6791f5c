//! What always holds.

#![cfg(any(feature = "try-runtime", feature = "std"))]

use crate::{
	terms, Config, Denials, Grants, NextDenial, NextGrant, NextRequest, Pallet, Requests, MAX_DENIALS,
	MAX_REQUEST_LIFETIME,
};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use salus_primitives::{DenialTerms, Registry};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds, for `try_state` and for the tests of a runtime:
	/// - every list is of a known patient and in the order of its ids, and no id occurs twice or was not given yet;
	/// - grants and requests have well-formed terms;
	/// - a grant has as many uses left as its terms gave or fewer, is passed on from none, and was revoked after it
	///   was given;
	/// - a request can be answered for 30 days at most, and no list of requests is empty;
	/// - no denial is there twice, none has an inverted range, and a slot is free for the denial of everything.
	pub fn check_state() -> Result<(), TryRuntimeError> {
		Self::check_grants()?;
		Self::check_requests()?;
		Self::check_denials()
	}

	fn check_grants() -> Result<(), TryRuntimeError> {
		let mut ids = BTreeSet::new();
		for (patient, _, list) in Grants::<T>::iter() {
			ensure!(
				T::Registry::patient(patient).is_some(),
				"consent: grants of an unknown patient"
			);
			ensure!(!list.is_empty(), "consent: an empty list of grants");
			ensure!(
				list.iter().is_sorted_by_key(|grant| grant.id),
				"consent: grants out of order"
			);
			for grant in list {
				ensure!(ids.insert(grant.id), "consent: a grant id occurs twice");
				ensure!(
					grant.id < NextGrant::<T>::get(),
					"consent: a grant id was not given yet"
				);
				ensure!(
					terms::well_formed(&grant.terms).is_ok(),
					"consent: a grant with malformed terms"
				);
				let uses = match (grant.terms.uses, grant.uses_left) {
					(None, None) => true,
					(Some(given), Some(left)) => left <= given,
					_ => false,
				};
				ensure!(uses, "consent: more uses left than were granted");
				ensure!(grant.parent.is_none(), "consent: a grant was passed on");
				let in_order = grant.revoked_at.is_none_or(|revoked_at| grant.given_at <= revoked_at);
				ensure!(in_order, "consent: a grant was revoked before it was given");
				let answered = grant.request.is_none_or(|request| request < NextRequest::<T>::get());
				ensure!(answered, "consent: a grant answers a request that was never made");
			}
		}
		Ok(())
	}

	fn check_requests() -> Result<(), TryRuntimeError> {
		let mut ids = BTreeSet::new();
		for (patient, _, list) in Requests::<T>::iter() {
			ensure!(
				T::Registry::patient(patient).is_some(),
				"consent: requests to an unknown patient"
			);
			ensure!(!list.is_empty(), "consent: an empty list of requests");
			ensure!(
				list.iter().is_sorted_by_key(|request| request.id),
				"consent: requests out of order"
			);
			for request in list {
				ensure!(ids.insert(request.id), "consent: a request id occurs twice");
				ensure!(
					request.id < NextRequest::<T>::get(),
					"consent: a request id was not given yet"
				);
				ensure!(
					terms::well_formed(&request.terms).is_ok(),
					"consent: a request with malformed terms"
				);
				let open_for = request.expires_at.checked_sub(request.asked_at);
				let bounded = open_for.is_some_and(|open_for| 0 < open_for && open_for <= MAX_REQUEST_LIFETIME);
				ensure!(bounded, "consent: a request is open for too long");
			}
		}
		Ok(())
	}

	fn check_denials() -> Result<(), TryRuntimeError> {
		let mut ids = BTreeSet::new();
		for (patient, list) in Denials::<T>::iter() {
			ensure!(
				T::Registry::patient(patient).is_some(),
				"consent: denials of an unknown patient"
			);
			ensure!(!list.is_empty(), "consent: an empty list of denials");
			ensure!(
				list.iter().is_sorted_by_key(|denial| denial.id),
				"consent: denials out of order"
			);
			let narrow = list.iter().filter(|denial| denial.terms != DenialTerms::all()).count();
			ensure!(
				narrow < MAX_DENIALS as usize,
				"consent: no slot is left for a denial of everything"
			);
			for (at, denial) in list.iter().enumerate() {
				ensure!(ids.insert(denial.id), "consent: a denial id occurs twice");
				ensure!(
					denial.id < NextDenial::<T>::get(),
					"consent: a denial id was not given yet"
				);
				ensure!(
					terms::denial_well_formed(&denial.terms).is_ok(),
					"consent: a denial with an inverted range"
				);
				let again = list
					.iter()
					.skip(at.saturating_add(1))
					.any(|later| later.terms == denial.terms);
				ensure!(!again, "consent: a denial is there twice");
			}
		}
		Ok(())
	}
}
