//! What a patient without a device signs on paper. One who is at the desk of her institution brings it, with a commitment
//! to the scan, and another witness who works there confirms the same; both saw her sign.

use crate::{parties::Scope, Config, Denials, Error, Event, Pallet, Papers, Wish};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	ensure,
	storage::{with_transaction, TransactionOutcome},
	traits::Time,
};
use salus_primitives::{AuditTrail, Grantee, InstitutionId, Kind, Moment, PatientId, Registry, Role, DAY};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	DispatchError, DispatchResult,
};

/// How long a paper waits for its second witness.
pub const PAPER_LIFETIME: Moment = 7 * DAY;

/// A paper that the patient signed before two witnesses.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Paper<AccountId> {
	/// What it says.
	pub wish: Wish<AccountId>,
	/// Salted commitment to its scan.
	pub scan: H256,
}

/// A paper that waits for its second witness.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct WaitingPaper {
	/// `blake2_256(SCALE(paper))`.
	pub paper: H256,
	/// It lapses at this time.
	pub until: Moment,
}

impl<T: Config> Pallet<T> {
	/// Notes a paper whose wish could be carried out now, instead of an earlier one of the same patient and witness: a
	/// witness never has to wait for room.
	pub(crate) fn note_paper(witness: T::AccountId, patient: PatientId, paper: Paper<T::AccountId>) -> DispatchResult {
		let institution = Self::ensure_on_paper(patient)?;
		ensure!(Self::is_at_the_desk(&witness, institution), Error::<T>::NotAtTheDesk);
		ensure!(!Self::gains(&witness, patient, &paper.wish), Error::<T>::WitnessGains);
		let waiting = WaitingPaper {
			paper: BlakeTwo256::hash_of(&paper),
			until: T::Time::now().saturating_add(PAPER_LIFETIME),
		};
		Self::rehearse(&witness, patient, paper.wish)?;
		Self::deposit_event(Event::PaperProposed {
			patient,
			witness: witness.clone(),
			paper: waiting.paper,
			until: waiting.until,
		});
		Papers::<T>::insert(patient, witness, waiting);
		Ok(())
	}

	/// Carries out what a paper says which another witness brought.
	pub(crate) fn complete_paper(
		second: T::AccountId,
		patient: PatientId,
		first: T::AccountId,
		paper: Paper<T::AccountId>,
	) -> DispatchResult {
		let institution = Self::ensure_on_paper(patient)?;
		ensure!(Self::works_at(&second, institution), Error::<T>::NotAWitness);
		ensure!(second != first, Error::<T>::OwnPaper);
		let waiting = Papers::<T>::take(patient, &first).ok_or(Error::<T>::UnknownPaper)?;
		ensure!(waiting.paper == BlakeTwo256::hash_of(&paper), Error::<T>::UnknownPaper);
		ensure!(T::Time::now() < waiting.until, Error::<T>::PaperLapsed);
		ensure!(Self::is_at_the_desk(&first, institution), Error::<T>::WitnessLeft);
		let gains = [&first, &second]
			.into_iter()
			.any(|witness| Self::gains(witness, patient, &paper.wish));
		ensure!(!gains, Error::<T>::WitnessGains);
		let kind = Kind::PaperWitnessed {
			with: first,
			scan: paper.scan,
		};
		let entry = T::Audit::append(patient, Some(second.clone()), kind);
		Self::deposit_event(Event::PaperConfirmed { patient, entry });
		Self::carry_out(second, &Scope::PATIENT, patient, paper.wish)
	}

	/// Takes a paper back: its witness may, and anybody once it lapsed.
	pub(crate) fn drop_paper(who: &T::AccountId, patient: PatientId, witness: &T::AccountId) -> Result<(), Error<T>> {
		let waiting = Papers::<T>::take(patient, witness).ok_or(Error::UnknownPaper)?;
		let lapsed = waiting.until <= T::Time::now();
		ensure!(lapsed || who == witness, Error::PaperWaits);
		Ok(())
	}

	/// The institution that admitted a patient for whom nobody signs by an account of hers.
	fn ensure_on_paper(patient: PatientId) -> Result<InstitutionId, Error<T>> {
		let entry = T::Registry::patient(patient).ok_or(Error::UnknownPatient)?;
		ensure!(entry.controller.is_none(), Error::NotOnPaper);
		Ok(entry.institution)
	}

	fn is_at_the_desk(account: &T::AccountId, institution: InstitutionId) -> bool {
		T::Registry::is_officer(account, institution)
			|| T::Registry::standing(account, institution)
				.is_some_and(|standing| standing.active && standing.role == Role::Administrator)
	}

	fn works_at(account: &T::AccountId, institution: InstitutionId) -> bool {
		T::Registry::is_officer(account, institution)
			|| T::Registry::standing(account, institution).is_some_and(|standing| standing.active)
	}

	/// Whether the wish opens something to the witness: a grant to her, or the end of a denial of hers.
	fn gains(witness: &T::AccountId, patient: PatientId, wish: &Wish<T::AccountId>) -> bool {
		match wish {
			Wish::Approve { requester, .. } => requester == witness,
			Wish::Grant { grantee, .. } => match grantee {
				Grantee::Account(account) => account == witness,
				Grantee::Institution(institution) => T::Registry::standing(witness, *institution).is_some(),
				Grantee::Role(role, institution) => {
					T::Registry::standing(witness, *institution).is_some_and(|standing| standing.role == *role)
				}
				Grantee::Assigned(institution) => T::Registry::is_assigned(witness, patient, *institution),
			},
			Wish::LiftDenial(denial) => Denials::<T>::get(patient)
				.iter()
				.any(|made| made.id == *denial && made.terms.account.as_ref() == Some(witness)),
			Wish::Decline { .. }
			| Wish::Revoke { .. }
			| Wish::Deny(_)
			| Wish::Seal(_)
			| Wish::Unseal(_)
			| Wish::Appeal(_) => false,
		}
	}

	/// Carries the wish out and takes it all back: what could not be done now is refused to the first witness already.
	fn rehearse(witness: &T::AccountId, patient: PatientId, wish: Wish<T::AccountId>) -> DispatchResult {
		with_transaction(|| -> TransactionOutcome<Result<DispatchResult, DispatchError>> {
			TransactionOutcome::Rollback(Ok(Self::carry_out(witness.clone(), &Scope::PATIENT, patient, wish)))
		})?
	}
}
