//! Grants passed on: a referral, a second opinion. Each names the grant it was passed on from, which is older, so that no
//! chain of them closes to a ring; it lives only while every grant above it does, which is looked up at use.

use crate::{losses::Doubt, types::NamedList, Config, Error, Grants, Pallet, MAX_PASSES};
use alloc::vec::Vec;
use frame_support::{ensure, storage::with_storage_layer, traits::Time};
use salus_primitives::{
	grantees_of, Action, Grant, GrantId, Grantee, InstitutionId, Moment, Parent, PatientId, PatientStatus, Registry,
	Terms,
};
use sp_runtime::DispatchError;

/// A patient's lists of grants, each read once.
pub(crate) struct Lists<T: Config> {
	patient: PatientId,
	read: Vec<NamedList<T::AccountId>>,
}

/// By whom and when the patient's own grant was given that stands at the top.
#[derive(Clone)]
pub(crate) struct Root<AccountId> {
	pub at: Moment,
	pub by: AccountId,
}

impl<AccountId: Clone> Root<AccountId> {
	pub fn of(grant: &Grant<AccountId>) -> Self {
		Self {
			at: grant.given_at,
			by: grant.given_by.clone(),
		}
	}
}

/// What the grants above one make of it.
pub(crate) struct Above<AccountId> {
	/// One of them was revoked, or gave way to another when it was dead.
	pub revoked: bool,
	/// One of them has no uses left.
	pub used_up: bool,
	/// How many they are.
	pub count: usize,
	/// The topmost that is left, or the grant itself.
	pub root: Root<AccountId>,
}

impl<T: Config> Lists<T> {
	pub fn of(patient: PatientId) -> Self {
		Self {
			patient,
			read: Vec::new(),
		}
	}

	/// The grants to a grantee.
	pub fn to(&mut self, grantee: &Grantee<T::AccountId>) -> &[Grant<T::AccountId>] {
		let at = match self.read.iter().position(|(read, _)| read == grantee) {
			Some(at) => at,
			None => {
				self.read
					.push((grantee.clone(), Grants::<T>::get(self.patient, grantee)));
				self.read.len().saturating_sub(1)
			}
		};
		self.read.get(at).map_or(&[], |(_, list)| list.as_slice())
	}

	/// What stands above the grant; its own use, or that of one above it, may count as not taken.
	pub fn above(&mut self, grant: &Grant<T::AccountId>, returned: &[GrantId]) -> Above<T::AccountId> {
		let mut above = Above {
			revoked: false,
			used_up: false,
			count: 0,
			root: Root::of(grant),
		};
		let mut next = grant.parent.clone();
		while let Some(parent) = next {
			let found = self
				.to(&parent.grantee)
				.iter()
				.find(|candidate| candidate.id == parent.grant);
			let Some(found) = found.filter(|_| above.count < MAX_PASSES) else {
				above.revoked = true;
				break;
			};
			let given_back = returned.contains(&grant.id) || returned.contains(&found.id);
			above.count = above.count.saturating_add(1);
			above.revoked |= found.revoked_at.is_some();
			above.used_up |= found.uses_left == Some(0) && !given_back;
			above.root = Root::of(found);
			next = found.parent.clone();
		}
		above
	}
}

impl<T: Config> Pallet<T> {
	/// Passes a grant on to an account, with terms that are no wider. A grant passed on to it before goes out if it is
	/// dead.
	pub(crate) fn delegate(
		patient: PatientId,
		signer: &T::AccountId,
		institution: InstitutionId,
		from: Parent<T::AccountId>,
		to: &T::AccountId,
		terms: Terms,
	) -> Result<GrantId, DispatchError> {
		let now = T::Time::now();
		let role = Self::ensure_active(signer, institution)?;
		let hers = grantees_of(signer, Some((institution, role))).any(|grantee| grantee == from.grantee)
			&& (!matches!(from.grantee, Grantee::Assigned(_))
				|| T::Registry::is_assigned(signer, patient, institution));
		ensure!(hers, Error::<T>::NotTheGrantee);
		ensure!(signer != to, Error::<T>::PassedToSelf);

		let mut lists = Lists::<T>::of(patient);
		let parent = lists
			.to(&from.grantee)
			.iter()
			.find(|candidate| candidate.id == from.grant)
			.cloned()
			.ok_or(Error::<T>::UnknownGrant)?;
		let above = lists.above(&parent, &[]);
		let live = !parent.is_dead(now) && parent.terms.starts <= now && !above.revoked && !above.used_up;
		let in_doubt = Doubt::<T>::of(patient, Some(PatientStatus::Active), now).covers(&above.root);
		ensure!(live && !in_doubt, Error::<T>::GrantNotLive);
		ensure!(above.count < MAX_PASSES, Error::<T>::PassedOnTooFar);
		ensure!(parent.terms.actions.contains(Action::Share), Error::<T>::NotShareable);
		// A grant to other than an account opens no compartment, whatever it names.
		let opens = matches!(from.grantee, Grantee::Account(_)) || terms.compartments.is_empty();
		ensure!(terms.is_within(&parent.terms) && opens, Error::<T>::TermsWider);
		crate::terms::check(&terms, now).map_err(Error::<T>::from)?;

		let grantee = Grantee::Account(to.clone());
		let mut list = Grants::<T>::get(patient, &grantee);
		for grant in list.iter().filter(|grant| grant.parent.is_some()) {
			let above = lists.above(grant, &[]);
			let dead = grant.is_dead(now) || above.revoked || above.used_up;
			ensure!(dead, Error::<T>::PassedOnBefore);
		}
		list.retain(|grant| grant.parent.is_none());
		Grants::<T>::insert(patient, &grantee, list);
		Self::give(patient, &grantee, terms, signer, None, Some(from))
	}

	/// Takes one use of a grant and of each grant above it.
	pub(crate) fn use_up(patient: PatientId, grant: Parent<T::AccountId>) -> Result<(), DispatchError> {
		with_storage_layer(|| {
			let mut next = Some(grant);
			for height in 0..=MAX_PASSES {
				let Some(Parent { grantee, grant }) = next else {
					return Ok(());
				};
				let mut list = Grants::<T>::get(patient, &grantee);
				let found = list
					.iter_mut()
					.find(|candidate| candidate.id == grant)
					.ok_or(Error::<T>::UnknownGrant)?;
				next = found.parent.clone();
				if let Some(erase_after) = found.terms.erase_after.filter(|_| height == 0) {
					Self::owe_erasure(patient, grant, &grantee, erase_after);
				}
				if let Some(left) = found.uses_left {
					found.uses_left = Some(left.checked_sub(1).ok_or(Error::<T>::UsesExhausted)?);
					Grants::<T>::insert(patient, &grantee, list);
				}
			}
			Ok(())
		})
	}
}
