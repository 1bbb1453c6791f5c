//! What the documents of `did:salus` identifiers say.

use crate::{Config, Home, Pallet, Tombstones};
use alloc::{vec, vec::Vec};
use salus_primitives::{Addresses, DidDocument, DidSubject, HpkeKey, PatientStatus, Status};

impl<T: Config> Pallet<T> {
	/// The document of a subject that is or was registered. It joins nothing: a patient's account is named in hers alone,
	/// and an account's says nothing of what the account is.
	pub fn did_document(subject: DidSubject<T::AccountId>) -> Option<DidDocument<T::AccountId>> {
		match &subject {
			DidSubject::Institution(id) => {
				let entry = Self::institution(*id)?;
				let active = entry.status == Status::Active;
				let document = Self::document(subject, entry.officers.into_inner(), Some(entry.hpke), active);
				Some(DidDocument {
					addresses: entry.addresses,
					..document
				})
			}
			DidSubject::Patient(id) => {
				let entry = Self::patient(*id)?;
				let active = entry.status == PatientStatus::Active;
				let on_paper = entry.controller.is_none();
				let accounts = entry.controller.into_iter().collect();
				let document = Self::document(subject, accounts, entry.hpke, active);
				Some(DidDocument {
					controller: on_paper.then_some(DidSubject::Institution(entry.institution)),
					..document
				})
			}
			DidSubject::Account(account) => {
				let account = account.clone();
				let active = Home::<T>::contains_key(&account);
				let known = active || Tombstones::<T>::contains_key(&account);
				known.then(|| Self::document(subject, vec![account], None, active))
			}
		}
	}

	fn document(
		subject: DidSubject<T::AccountId>,
		accounts: Vec<T::AccountId>,
		hpke: Option<HpkeKey>,
		active: bool,
	) -> DidDocument<T::AccountId> {
		DidDocument {
			genesis: Self::genesis(),
			subject,
			controller: None,
			accounts,
			hpke,
			addresses: Addresses::new(),
			deactivated: !active,
		}
	}
}
