//! What always holds.

#![cfg(any(feature = "try-runtime", feature = "std"))]

mod cases;

use crate::{
	delegation::Lists, terms, Config, Denials, Erasures, Grants, NextDenial, NextGrant, NextRequest, Pallet, Papers,
	Requests, Sealed, Successors, MAX_DENIALS, MAX_REQUEST_LIFETIME, PAPER_LIFETIME,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Time};
use salus_primitives::{DenialTerms, Grant, Grantee, PatientId, Registry};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds, for `try_state` and for the tests of a runtime:
	/// - every list is of a known patient and in the order of its ids, and no id occurs twice or was not given yet;
	/// - grants and requests have well-formed terms;
	/// - a grant has as many uses left as its terms gave or fewer, and was revoked after it was given;
	/// - a grant that was passed on is to an account which has one such, and younger and no wider than its parent;
	/// - a request can be answered for 30 days at most, and no list of requests is empty;
	/// - no denial is there twice, none has an inverted range, and a slot is free for the denial of everything;
	/// - a case is in time and in range, nobody is in one twice, approved or reviewed her own, or found anything while
	///   it was open; whoever is in an open case finds it by her name;
	/// - a successor is somebody else, of an author who had a credential there;
	/// - erasure is owed under a grant that was given, and as its terms say while it stands;
	/// - only known patients have seals, and one at least;
	/// - only papers of known patients wait, for seven days at most;
	/// - the dockets count the cases that wait for their review, and nothing else.
	pub fn check_state() -> Result<(), TryRuntimeError> {
		Self::check_grants()?;
		Self::check_requests()?;
		Self::check_denials()?;
		Self::check_cases()?;
		Self::check_seals()?;
		Self::check_successors()?;
		Self::check_papers()?;
		Self::check_erasures()
	}

	fn check_grants() -> Result<(), TryRuntimeError> {
		let mut ids = BTreeSet::new();
		for (patient, grantee, list) in Grants::<T>::iter() {
			ensure!(
				T::Registry::patient(patient).is_some(),
				"consent: grants of an unknown patient"
			);
			ensure!(!list.is_empty(), "consent: an empty list of grants");
			ensure!(
				list.iter().is_sorted_by_key(|grant| grant.id),
				"consent: grants out of order"
			);
			ensure!(
				list.iter().filter(|grant| grant.parent.is_some()).count() <= 1,
				"consent: two grants were passed on to one account"
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
				Self::check_parent(patient, &grantee, &grant)?;
				let in_order = grant.revoked_at.is_none_or(|revoked_at| grant.given_at <= revoked_at);
				ensure!(in_order, "consent: a grant was revoked before it was given");
				let answered = grant.request.is_none_or(|request| request < NextRequest::<T>::get());
				ensure!(answered, "consent: a grant answers a request that was never made");
			}
		}
		Ok(())
	}

	/// What was passed on is younger and no wider than what it came from, and goes to an account. Its parent may be
	/// gone, if it was dead.
	fn check_parent(
		patient: PatientId,
		grantee: &Grantee<T::AccountId>,
		grant: &Grant<T::AccountId>,
	) -> Result<(), TryRuntimeError> {
		let Some(parent) = &grant.parent else {
			return Ok(());
		};
		ensure!(
			matches!(grantee, Grantee::Account(_)),
			"consent: a grant was passed on to other than an account"
		);
		ensure!(parent.grant < grant.id, "consent: a grant is older than its parent");
		ensure!(
			matches!(parent.grantee, Grantee::Account(_)) || grant.terms.compartments.is_empty(),
			"consent: a compartment was passed on by other than an account"
		);
		let mut lists = Lists::<T>::of(patient);
		let found = lists
			.to(&parent.grantee)
			.iter()
			.find(|candidate| candidate.id == parent.grant);
		ensure!(
			found.is_none_or(|parent| grant.terms.is_within(&parent.terms)),
			"consent: a grant is wider than its parent"
		);
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

	fn check_seals() -> Result<(), TryRuntimeError> {
		for (patient, seals) in Sealed::<T>::iter() {
			ensure!(
				T::Registry::patient(patient).is_some() && !seals.is_empty(),
				"consent: seals of an unknown patient, or none"
			);
		}
		Ok(())
	}

	fn check_successors() -> Result<(), TryRuntimeError> {
		for (institution, author, successor) in Successors::<T>::iter() {
			ensure!(
				author != successor && T::Registry::standing(&author, institution).is_some(),
				"consent: a successor of herself, or of somebody who never worked there"
			);
		}
		Ok(())
	}

	fn check_papers() -> Result<(), TryRuntimeError> {
		let latest = T::Time::now().saturating_add(PAPER_LIFETIME);
		for (patient, _, waiting) in Papers::<T>::iter() {
			ensure!(
				T::Registry::patient(patient).is_some() && waiting.until <= latest,
				"consent: a paper of an unknown patient, or one that waits for too long"
			);
		}
		Ok(())
	}

	fn check_erasures() -> Result<(), TryRuntimeError> {
		for (patient, id, erasure) in Erasures::<T>::iter() {
			let list = Grants::<T>::get(patient, &erasure.grantee);
			let as_granted = list
				.iter()
				.find(|grant| grant.id == id)
				.is_none_or(|grant| grant.terms.erase_after == Some(erasure.erase_after));
			ensure!(
				id < NextGrant::<T>::get() && as_granted,
				"consent: erasure is owed that was never asked for"
			);
		}
		Ok(())
	}
}
